// SPDX-License-Identifier: MIT
#pragma once

// Reads the header of a GGUF file (versions 2 and 3, little-endian): the metadata and the tensor table, but never the
// weights. The format is documented in ggml, docs/gguf.md.

#include <cardfit/io/gguf_model.hpp>
#include <cardfit/io/tensor_file.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <istream>
#include <set>

namespace cardfit::io {

namespace detail {

/// A tensor type of ggml (enum ggml_type in ggml.h) and the layout of its block.
struct ggml_type {
    std::uint32_t code;
    std::string_view name;
    std::int64_t block_elements;
    std::int64_t block_bytes;
};
// clang-format off
inline constexpr std::array ggml_types{
    ggml_type{0, "fp32", 1, 4},       ggml_type{1, "fp16", 1, 2},       ggml_type{2, "q4_0", 32, 18},
    ggml_type{3, "q4_1", 32, 20},     ggml_type{6, "q5_0", 32, 22},     ggml_type{7, "q5_1", 32, 24},
    ggml_type{8, "q8_0", 32, 34},     ggml_type{9, "q8_1", 32, 36},     ggml_type{10, "q2_k", 256, 84},
    ggml_type{11, "q3_k", 256, 110},  ggml_type{12, "q4_k", 256, 144},  ggml_type{13, "q5_k", 256, 176},
    ggml_type{14, "q6_k", 256, 210},  ggml_type{15, "q8_k", 256, 292},  ggml_type{16, "iq2_xxs", 256, 66},
    ggml_type{17, "iq2_xs", 256, 74}, ggml_type{18, "iq3_xxs", 256, 98}, ggml_type{19, "iq1_s", 256, 50},
    ggml_type{20, "iq4_nl", 32, 18},  ggml_type{21, "iq3_s", 256, 110}, ggml_type{22, "iq2_s", 256, 82},
    ggml_type{23, "iq4_xs", 256, 136}, ggml_type{24, "i8", 1, 1},       ggml_type{25, "i16", 1, 2},
    ggml_type{26, "i32", 1, 4},       ggml_type{27, "i64", 1, 8},       ggml_type{28, "fp64", 1, 8},
    ggml_type{29, "iq1_m", 256, 56},  ggml_type{30, "bf16", 1, 2},      ggml_type{34, "tq1_0", 256, 54},
    ggml_type{35, "tq2_0", 256, 66},  ggml_type{39, "mxfp4", 32, 17},
};
// clang-format on

/// The types of metadata values, and the number of bytes of each type of fixed size (0 for the others).
enum class gguf_value : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64, count };
inline constexpr std::array<std::int64_t, 13> gguf_value_bytes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

/// Reads little-endian numbers and texts. It refuses to read past the end of the file, and limits the size of the
/// header.
class gguf_stream {
public:
    gguf_stream(std::istream& in, std::int64_t file_bytes) : in_(in), size_(file_bytes) {}

    [[nodiscard]] std::int64_t at() const noexcept { return at_; }
    [[nodiscard]] std::int64_t left() const noexcept { return size_ - at_; }

    template <class Number>
    [[nodiscard]] Number number(const std::string& what) {
        std::array<unsigned char, sizeof(Number)> raw{};
        take(what, sizeof(Number));
        if (!in_.read(reinterpret_cast<char*>(raw.data()), sizeof(Number))) cut_off(what);
        std::uint64_t value = 0;
        for (std::size_t i = sizeof(Number); i-- > 0;) value = value << 8U | raw[i];
        return static_cast<Number>(value);
    }
    /// Reads the number of items that follow, each of which takes at least `least` bytes. Throws input_error if the
    /// file is too short for that number.
    [[nodiscard]] std::int64_t count(const std::string& what, std::int64_t least) {
        const auto n = number<std::uint64_t>(what);
        const std::int64_t most = left() / least;
        if (n > static_cast<std::uint64_t>(most))
            refuse_file(what, n, "at most " + std::to_string(most) + ", for the file holds no more");
        return static_cast<std::int64_t>(n);
    }
    [[nodiscard]] std::string text(const std::string& what, std::int64_t longest) {
        const std::int64_t n = count(what + ".length", 1);
        if (n > longest) refuse_file(what + ".length", n, "at most " + std::to_string(longest) + " bytes");
        std::string value(static_cast<std::size_t>(n), '\0');
        take(what, n);
        if (n > 0 && !in_.read(value.data(), n)) cut_off(what);
        if (!is_utf8(value)) refuse_file(what, value, "UTF-8");
        return value;
    }
    void skip(const std::string& what, std::int64_t n) {
        take(what, n);
        if (n > 0 && (!in_.ignore(n) || in_.gcount() != n)) cut_off(what);
    }

private:
    static constexpr std::int64_t longest_header = 256LL << 20;

    void take(const std::string& what, std::int64_t n) {
        if (n > left()) cut_off(what);
        at_ += n;
        if (at_ > longest_header) refuse_file("gguf.header.length", at_, "at most 256 MiB");
    }
    [[noreturn]] void cut_off(const std::string& what) const {
        refuse_file(what, nullptr, "a file that goes on; it ends after " + std::to_string(size_) + " bytes");
    }

    std::istream& in_;
    std::int64_t size_;
    std::int64_t at_ = 0;
};

/// Reads a scalar of fixed size and returns it as JSON.
[[nodiscard]] inline nlohmann::json gguf_scalar(gguf_stream& in, gguf_value type, const std::string& what) {
    switch (type) {
        case gguf_value::u8:
            return in.number<std::uint8_t>(what);
        case gguf_value::i8:
            return in.number<std::int8_t>(what);
        case gguf_value::u16:
            return in.number<std::uint16_t>(what);
        case gguf_value::i16:
            return in.number<std::int16_t>(what);
        case gguf_value::u32:
            return in.number<std::uint32_t>(what);
        case gguf_value::i32:
            return in.number<std::int32_t>(what);
        case gguf_value::u64:
            return in.number<std::uint64_t>(what);
        case gguf_value::i64:
            return in.number<std::int64_t>(what);
        case gguf_value::boolean:
            return in.number<std::uint8_t>(what) != 0;
        case gguf_value::f32:
        case gguf_value::f64:
        case gguf_value::string:
        case gguf_value::array:
        case gguf_value::count:
            break;
    }
    in.skip(what, gguf_value_bytes[static_cast<std::size_t>(type)]);
    return nullptr;
}

/// Reads the type of a metadata value. Throws input_error for a type that the format does not have.
[[nodiscard]] inline gguf_value gguf_type(gguf_stream& in, const std::string& what) {
    const auto code = in.number<std::uint32_t>(what + ".type");
    if (code >= static_cast<std::uint32_t>(gguf_value::count))
        refuse_file(what + ".type", code, "a metadata value type, 0 to 12");
    return static_cast<gguf_value>(code);
}

/// Reads an array. Short arrays of integers are returned with their values. Of all other arrays, only the length is
/// returned, as {"length": n}, because vocabularies are long.
[[nodiscard]] inline nlohmann::json gguf_array(gguf_stream& in, const std::string& what, int depth) {
    constexpr int deepest = 4;
    constexpr std::int64_t kept = 1024;
    if (depth > deepest) refuse_file(what, nullptr, "arrays nested at most 4 deep");
    const gguf_value type = gguf_type(in, what);
    const std::int64_t size = gguf_value_bytes[static_cast<std::size_t>(type)];
    const std::int64_t n = in.count(what + ".length", size > 0 ? size : type == gguf_value::string ? 8 : 12);
    nlohmann::json values = nlohmann::json::array();
    const bool whole = size > 0 && type != gguf_value::f32 && type != gguf_value::f64;
    if (whole && n <= kept) {
        for (std::int64_t i = 0; i < n; ++i) values.push_back(gguf_scalar(in, type, what));
        return values;
    }
    if (size > 0) in.skip(what, n * size);
    for (std::int64_t i = 0; size == 0 && i < n; ++i) {
        if (type == gguf_value::string)
            in.skip(what, in.count(what + ".length", 1));
        else
            static_cast<void>(gguf_array(in, what, depth + 1));
    }
    return {{"length", n}};
}

/// Reads a metadata value of any type. A text may have up to 16 MiB.
[[nodiscard]] inline nlohmann::json gguf_metadata_value(gguf_stream& in, const std::string& what) {
    constexpr std::int64_t longest_text = 16 << 20;
    const gguf_value type = gguf_type(in, what);
    if (type == gguf_value::array) return gguf_array(in, what, 1);
    return type == gguf_value::string ? nlohmann::json(in.text(what, longest_text)) : gguf_scalar(in, type, what);
}

/// Reads `count` metadata values with their keys. Throws input_error for a key that occurs twice.
[[nodiscard]] inline std::map<std::string, nlohmann::json> gguf_metadata(gguf_stream& in, std::int64_t count) {
    constexpr std::int64_t longest_key = 65'535;
    std::map<std::string, nlohmann::json> metadata;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::string key = in.text("gguf.metadata[" + std::to_string(i) + "].key", longest_key);
        if (!metadata.emplace(key, gguf_metadata_value(in, "gguf." + key)).second)
            refuse_file("gguf.metadata.key", key, "each key once");
    }
    return metadata;
}

/// Reads one row of the tensor table.
[[nodiscard]] inline stored_tensor gguf_tensor(gguf_stream& in, std::int64_t index) {
    constexpr std::int64_t longest_name = 1024;
    constexpr std::uint32_t most_dimensions = 4;
    const std::string row = "gguf.tensors[" + std::to_string(index) + "]";
    stored_tensor t;
    t.name = in.text(row + ".name", longest_name);
    const auto dimensions = in.number<std::uint32_t>(row + ".dimensions");
    if (dimensions < 1 || dimensions > most_dimensions) refuse_file(row + ".dimensions", dimensions, "1 to 4");
    std::optional<std::int64_t> elements = 1;
    for (std::uint32_t i = 0; i < dimensions; ++i) {
        const auto extent = in.number<std::uint64_t>(row + ".shape");
        const bool fits =
            extent > 0 && extent <= static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)());
        if (fits) elements = product(*elements, static_cast<std::int64_t>(extent));
        if (!fits || !elements) refuse_file(row + ".shape", extent, "a shape of 1 to 2^63 - 1 elements");
        t.shape.push_back(static_cast<std::int64_t>(extent));
    }
    t.elements = *elements;
    const auto code = in.number<std::uint32_t>(row + ".type");
    const auto* type =
        std::find_if(ggml_types.begin(), ggml_types.end(), [&](const ggml_type& g) { return g.code == code; });
    if (type == ggml_types.end()) refuse_file(row + ".type", code, "a ggml type of fp32 (0) to mxfp4 (39)");
    t.type = std::string(type->name);
    t.format = format_named(type->name);
    if (t.shape.front() % type->block_elements != 0)
        refuse_file(row + ".shape", t.shape.front(),
                    "rows of whole blocks of " + std::to_string(type->block_elements) + " for " + t.type);
    const std::optional<std::int64_t> bytes = product(*elements / type->block_elements, type->block_bytes);
    if (!bytes) refuse_file(row + ".shape", t.shape, "a tensor of less than 2^63 bytes");
    t.bytes = *bytes;
    const auto offset = in.number<std::uint64_t>(row + ".offset");
    if (offset > static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)()))
        refuse_file(row + ".offset", offset, "an offset within the file");
    t.offset = static_cast<std::int64_t>(offset);
    return t;
}

/// Returns the alignment of the tensors' offsets in bytes. The specification allows multiples of 8; llama.cpp accepts
/// only powers of two, and so does this function.
[[nodiscard]] inline std::int64_t gguf_alignment(const std::map<std::string, nlohmann::json>& metadata) {
    constexpr std::int64_t standard = 32;
    constexpr std::int64_t lowest = 8;
    constexpr std::int64_t highest = 1 << 20;
    const auto at = metadata.find("general.alignment");
    if (at == metadata.end()) return standard;
    const std::int64_t value =
        at->second.is_number_unsigned() && at->second <= highest ? at->second.get<std::int64_t>() : 0;
    if (value < lowest || (value & (value - 1)) != 0)
        refuse_file("gguf.general.alignment", at->second, "a power of two from 8 to 1048576");
    return value;
}

/// Reads the magic number and the version. Throws input_error unless the file is a little-endian GGUF file of version 2
/// or 3.
inline void gguf_version(gguf_stream& in) {
    constexpr std::uint32_t magic = 0x46554747;
    constexpr std::uint32_t lowest = 2;
    constexpr std::uint32_t highest = 3;
    const auto found = in.number<std::uint32_t>("gguf.magic");
    if (found != magic) refuse_file("gguf.magic", found, "\"GGUF\", the first four bytes of such a file");
    const auto version = in.number<std::uint32_t>("gguf.version");
    if ((version & 0xFFFFU) == 0 && version != 0)
        refuse_file("gguf.version", version, "a little-endian file; this one is big-endian");
    if (version < lowest || version > highest) refuse_file("gguf.version", version, "2 or 3");
}

}  // namespace detail

/// Reads the header of a GGUF file of `file_bytes` bytes from a stream at the start of the file. The result has a model
/// for the architectures of `gguf_model.hpp`. A file of a split model is read on its own. Throws input_error for the
/// first problem.
[[nodiscard]] inline tensor_file read_gguf(std::istream& stream, std::int64_t file_bytes) {
    detail::check_file_size("gguf", file_bytes);
    detail::gguf_stream in(stream, file_bytes);
    detail::gguf_version(in);
    constexpr std::int64_t least_tensor = 32;
    constexpr std::int64_t least_entry = 13;
    constexpr std::int64_t most_tensors = 1'000'000;
    constexpr std::int64_t most_entries = 65'536;
    const std::int64_t tensors = in.count("gguf.tensor_count", least_tensor);
    const std::int64_t entries = in.count("gguf.metadata_count", least_entry);
    if (tensors > most_tensors) detail::refuse_file("gguf.tensor_count", tensors, "at most 1000000");
    if (entries > most_entries) detail::refuse_file("gguf.metadata_count", entries, "at most 65536");
    const std::map<std::string, nlohmann::json> metadata = detail::gguf_metadata(in, entries);
    const std::int64_t alignment = detail::gguf_alignment(metadata);

    tensor_file file;
    file.kind = "gguf";
    for (std::int64_t i = 0; i < tensors; ++i) file.tensors.push_back(detail::gguf_tensor(in, i));
    const std::int64_t start = divide_up(in.at(), alignment) * alignment;
    for (const stored_tensor& t : file.tensors) {
        if (t.offset % alignment != 0)
            detail::refuse_file("gguf." + t.name + ".offset", t.offset, "a multiple of " + std::to_string(alignment));
        const std::int64_t room = file_bytes - start;
        if (t.offset > room || t.bytes > room - t.offset)
            detail::refuse_file("gguf." + t.name + ".offset", t.offset,
                                "data within the file; it has " + std::to_string((std::max<std::int64_t>)(room, 0)) +
                                    " bytes of tensor data, the tensor takes " + std::to_string(t.bytes));
    }
    detail::check_places(file.tensors, "gguf");
    detail::add_sums(file);
    file.metadata = metadata;
    detail::add_gguf_model(metadata, file);
    return file;
}

/// Reads the header of the GGUF file at a path. Throws input_error.
[[nodiscard]] inline tensor_file read_gguf(const std::string& path) {
    const std::int64_t size = detail::regular_file_size(path, "model.gguf");
    std::ifstream in(path, std::ios::binary);
    if (!in) throw input_error({refused_value("model.gguf", path, "the path of a file that can be read")});
    try {
        return read_gguf(in, size);
    } catch (const input_error& e) {
        throw detail::in_file_named(path, e);
    }
}

}  // namespace cardfit::io
