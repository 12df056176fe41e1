// SPDX-License-Identifier: MIT
#pragma once

// Reads the header of a safetensors file, or of the shards that a `model.safetensors.index.json` lists: names, types,
// shapes and exact bytes, but never the weights. The format is documented in huggingface/safetensors, README.md,
// "Format"; by its rules, the header takes at most 100 MB and the tensors fill the rest of the file without holes.

#include <cardfit/io/parse_json.hpp>
#include <cardfit/io/safetensors_model.hpp>
#include <cardfit/io/tensor_file.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <istream>
#include <set>

namespace cardfit::io {

namespace detail {

/// A dtype of the format (safetensors/src/tensor.rs), its number of bits, and cardfit's name for it.
struct safetensors_type {
    std::string_view name;
    std::int64_t bits;
    std::string_view format;
};
inline constexpr std::array safetensors_types{
    safetensors_type{"F64", 64, "fp64"},    safetensors_type{"F32", 32, "fp32"},
    safetensors_type{"F16", 16, "fp16"},    safetensors_type{"BF16", 16, "bf16"},
    safetensors_type{"F8_E4M3", 8, "fp8"},  safetensors_type{"F8_E5M2", 8, "fp8"},
    safetensors_type{"F8_E8M0", 8, "e8m0"}, safetensors_type{"F4", 4, "f4"},
    safetensors_type{"F6_E2M3", 6, "f6"},   safetensors_type{"F6_E3M2", 6, "f6"},
    safetensors_type{"I64", 64, "i64"},     safetensors_type{"U64", 64, "u64"},
    safetensors_type{"I32", 32, "i32"},     safetensors_type{"U32", 32, "u32"},
    safetensors_type{"I16", 16, "i16"},     safetensors_type{"U16", 16, "u16"},
    safetensors_type{"I8", 8, "int8"},      safetensors_type{"U8", 8, "u8"},
    safetensors_type{"BOOL", 8, "bool"},    safetensors_type{"C64", 64, "c64"},
};

/// Builds the tensor table from the events of the parser. The header is never stored as a tree, and a value that does
/// not belong in the header is refused where it occurs.
class safetensors_header : public nlohmann::json_sax<nlohmann::json> {
public:
    [[nodiscard]] std::vector<stored_tensor> take() { return std::move(tensors_); }

    bool null() override { return refuse(nullptr); }
    bool boolean(bool value) override { return refuse(value); }
    bool number_float(number_float_t value, const string_t&) override { return refuse(value); }
    bool binary(binary_t&) override { return refuse(nullptr); }
    bool number_integer(number_integer_t value) override { return refuse(value); }
    bool number_unsigned(number_unsigned_t value) override {
        constexpr std::size_t most_dimensions = 16;
        if (depth_ != 3) return refuse(value);
        if (value > static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)()))
            refuse_file(path(), value, "less than 2^63");
        std::vector<std::int64_t>& list = key_ == "shape" ? row_.shape : offsets_;
        if (list.size() >= (key_ == "shape" ? most_dimensions : 2))
            refuse_file(path(), list.size() + 1, key_ == "shape" ? "at most 16 dimensions" : "[begin, end]");
        list.push_back(static_cast<std::int64_t>(value));
        return true;
    }
    bool string(string_t& value) override {
        if (in_metadata_ && depth_ == 2) return true;
        if (depth_ != 2 || key_ != "dtype") return refuse(value);
        type_ = value;
        return true;
    }
    bool start_object(std::size_t) override {
        if (depth_ >= 2) return refuse("an object");
        ++depth_;
        keys_.clear();
        if (depth_ == 2) {
            row_ = {};
            type_.clear();
            offsets_.clear();
            row_.name = key_;
            in_metadata_ = key_ == "__metadata__";
        }
        return true;
    }
    bool key(string_t& value) override {
        constexpr std::size_t longest = 4096;
        constexpr std::size_t most = 1'000'000;
        if (value.size() > longest) refuse_file("safetensors.name.length", value.size(), "at most 4096 bytes");
        key_ = value;
        if (depth_ == 1 && tensors_.size() >= most) refuse_file("safetensors.tensors", most + 1, "at most 1000000");
        if (depth_ == 1 && value == "__metadata__" && std::exchange(had_metadata_, true))
            refuse_file("safetensors.__metadata__", nullptr, "each key once");
        if (depth_ != 2) return true;
        if (!keys_.insert(value).second)
            refuse_file("safetensors." + row_.name + "." + value, nullptr, "each key once");
        if (!in_metadata_ && value != "dtype" && value != "shape" && value != "data_offsets")
            refuse_file("safetensors." + row_.name + "." + value, nullptr, "the keys dtype, shape and data_offsets");
        return true;
    }
    bool end_object() override {
        if (depth_ == 2 && !in_metadata_) add_row();
        --depth_;
        in_metadata_ = false;
        return true;
    }
    bool start_array(std::size_t) override {
        if (depth_ != 2 || in_metadata_ || key_ == "dtype") return refuse("a list");
        ++depth_;
        return true;
    }
    bool end_array() override {
        --depth_;
        return true;
    }
    bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception& e) override {
        throw input_error(
            {input_problem{"safetensors.header", nullptr, "valid JSON",
                           "safetensors.header is no valid JSON at byte " + std::to_string(at) + ": " + e.what(), 0}});
    }

private:
    [[nodiscard]] std::string path() const {
        return depth_ < 2 ? "safetensors." + key_ : "safetensors." + row_.name + "." + key_;
    }
    bool refuse(const nlohmann::json& value) const {
        refuse_file(path(), value,
                    in_metadata_      ? "texts"
                    : depth_ == 0     ? "an object of tensors by name"
                    : depth_ == 1     ? "an object with the keys dtype, shape and data_offsets"
                    : key_ == "dtype" ? "the name of a type"
                                      : "a list of whole numbers from 0");
    }
    void add_row() {
        const std::string name = "safetensors." + row_.name;
        for (const char* needed : {"dtype", "shape", "data_offsets"})
            if (keys_.find(needed) == keys_.end())
                throw input_error({missing_key(name + "." + needed, "each of dtype, shape and data_offsets")});
        const auto* type = std::find_if(safetensors_types.begin(), safetensors_types.end(),
                                        [&](const safetensors_type& t) { return t.name == type_; });
        if (type == safetensors_types.end())
            refuse_file(name + ".dtype", type_, "a dtype of safetensors, such as \"BF16\"");
        std::optional<std::int64_t> elements = 1;
        for (const std::int64_t extent : row_.shape) {
            elements = product(*elements, extent);
            if (!elements) refuse_file(name + ".shape", row_.shape, "a shape of less than 2^63 elements");
        }
        const std::optional<std::int64_t> bits = product(*elements, type->bits);
        if (!bits || *bits % 8 != 0)
            refuse_file(name + ".shape", row_.shape, "a tensor of whole bytes, less than 2^60");
        row_.elements = *elements;
        row_.bytes = *bits / 8;
        if (offsets_.size() != 2 || offsets_[0] > offsets_[1])
            refuse_file(name + ".data_offsets", offsets_, "[begin, end] with begin <= end");
        if (offsets_[1] - offsets_[0] != row_.bytes)
            refuse_file(name + ".data_offsets", offsets_,
                        "a range of " + std::to_string(row_.bytes) + " bytes, as dtype and shape say");
        row_.offset = offsets_[0];
        row_.type = std::string(type->format);
        row_.format = format_named(type->format);
        tensors_.push_back(std::move(row_));
    }

    std::vector<stored_tensor> tensors_;
    stored_tensor row_;
    std::string key_, type_;
    std::vector<std::int64_t> offsets_;
    std::set<std::string> keys_;
    int depth_ = 0;
    bool in_metadata_ = false, had_metadata_ = false;
};

/// Adds the model that the names and shapes describe, or the reason why there is none.
inline void add_shapes_model(tensor_file& file) {
    file.model = model_of_shapes(file);
    if (!file.model) file.why_no_model = "names and shapes do not tell the model; a config.json beside the file does";
}

/// Throws input_error unless every range is within the data, so that sums over the ranges cannot overflow.
inline void check_offsets_fit(const std::vector<stored_tensor>& tensors, std::int64_t data) {
    for (const stored_tensor& t : tensors)
        if (t.offset > data || t.bytes > data - t.offset)
            refuse_file("safetensors." + t.name + ".data_offsets", t.offset,
                        "a range within the file's " + std::to_string(data) + " bytes of data");
}

/// Throws input_error for the first tensor with a hole before it, and if the tensors don't fill the data.
inline void check_filled(const std::vector<stored_tensor>& tensors, std::int64_t data) {
    std::int64_t end = 0;
    for (const stored_tensor& t : tensors) {
        if (t.offset != end)
            refuse_file("safetensors." + t.name + ".data_offsets", t.offset,
                        "tensors without holes: a begin of " + std::to_string(end));
        end += t.bytes;
    }
    if (end != data)
        refuse_file("safetensors.file_size", data,
                    "data of " + std::to_string(end) + " bytes behind the header, as the tensors take");
}

}  // namespace detail

/// Reads the header of a safetensors file of `file_bytes` bytes from a stream at the start of the file. Throws
/// input_error.
[[nodiscard]] inline tensor_file read_safetensors(std::istream& in, std::int64_t file_bytes) {
    constexpr std::int64_t longest_header = 100'000'000;
    constexpr std::int64_t length_bytes = 8;
    detail::check_file_size("safetensors", file_bytes);
    std::array<unsigned char, length_bytes> raw{};
    if (file_bytes < length_bytes || !in.read(reinterpret_cast<char*>(raw.data()), length_bytes))
        detail::refuse_file("safetensors.file_size", file_bytes, "at least 8 bytes, the header's length");
    std::uint64_t length = 0;
    for (std::size_t i = raw.size(); i-- > 0;) length = length << 8U | raw[i];
    const std::int64_t most = (std::min)(longest_header, file_bytes - length_bytes);
    if (length > static_cast<std::uint64_t>(most))
        detail::refuse_file("safetensors.header.length", length,
                            "at most " + std::to_string(most) + ", which " +
                                (most == longest_header ? "is the format's limit" : "the file has left"));
    const std::int64_t size = static_cast<std::int64_t>(length);
    std::string header(static_cast<std::size_t>(size), '\0');
    if (size > 0 && !in.read(header.data(), size))
        detail::refuse_file("safetensors.header", nullptr, "a file that goes on; it ends within its header");
    if (header.empty() || header.front() != '{')
        detail::refuse_file("safetensors.header", header.substr(0, 8), "JSON that begins with {");

    detail::safetensors_header table;
    static_cast<void>(nlohmann::json::sax_parse(header, &table));
    tensor_file file;
    file.kind = "safetensors";
    file.tensors = table.take();
    detail::check_offsets_fit(file.tensors, file_bytes - length_bytes - size);
    detail::check_places(file.tensors, "safetensors");
    detail::check_filled(file.tensors, file_bytes - length_bytes - size);
    detail::add_sums(file);
    detail::add_shapes_model(file);
    return file;
}

/// Returns the files that a `model.safetensors.index.json` lists, each once, in order. Throws input_error, also for a
/// name that leads out of the folder of the index.
[[nodiscard]] inline std::vector<std::string> safetensors_shards(const nlohmann::json& index) {
    const auto map = index.is_object() ? index.find("weight_map") : index.end();
    if (!index.is_object() || map == index.end() || !map->is_object() || map->empty())
        throw input_error({missing_key("safetensors.index.weight_map", "an object that names each tensor's file")});
    std::set<std::string> files;
    for (const auto& [tensor, file] : map->items()) {
        const std::string* name = file.get_ptr<const std::string*>();
        const bool plain = name && name->ends_with(".safetensors") &&
                           name->find_first_of("/\\:") == std::string::npos && name->find('\0') == std::string::npos;
        if (!plain)
            detail::refuse_file("safetensors.index.weight_map." + tensor, file,
                                "the name of a .safetensors file beside the index");
        files.insert(*name);
    }
    return {files.begin(), files.end()};
}

namespace detail {

/// Reads the header of the safetensors file at a path. Throws input_error.
[[nodiscard]] inline tensor_file read_safetensors_file(const std::string& path) {
    const std::int64_t size = regular_file_size(path, "model.safetensors");
    std::ifstream in(path, std::ios::binary);
    if (!in) refuse_file("model.safetensors", path, "the path of a file that can be read");
    try {
        return read_safetensors(in, size);
    } catch (const input_error& e) {
        throw in_file_named(path, e);
    }
}

/// Adds the tensors of a part to those of the parts before it. Throws input_error for a name that is there already.
inline void add_part(tensor_file& all, tensor_file part, std::set<std::string>& names) {
    for (stored_tensor& t : part.tensors) {
        if (!names.insert(t.name).second) refuse_file("safetensors.tensors.name", t.name, "each name once");
        all.tensors.push_back(std::move(t));
    }
}

/// Fills in what follows from the tensors of all parts.
inline void finish_parts(tensor_file& all) {
    check_sums(all, "safetensors");
    add_sums(all);
    add_shapes_model(all);
}

/// Reads all shards of an index as one file. Throws input_error unless each tensor is in the file that the index names.
[[nodiscard]] inline tensor_file read_sharded(const std::string& path) {
    const nlohmann::json index = parse_json_file(path, "model.safetensors");
    tensor_file all;
    all.kind = "safetensors";
    std::set<std::string> names;
    for (const std::string& shard : safetensors_shards(index)) {
        tensor_file part = read_safetensors_file((std::filesystem::path(path).parent_path() / shard).string());
        for (const stored_tensor& t : part.tensors) {
            const auto at = index["weight_map"].find(t.name);
            if (at == index["weight_map"].end() || *at != shard)
                refuse_file("safetensors.index.weight_map", t.name, "each tensor in the file that the index names");
        }
        add_part(all, std::move(part), names);
    }
    for (const auto& [tensor, file] : index["weight_map"].items())
        if (names.find(tensor) == names.end())
            refuse_file("safetensors.index.weight_map." + tensor, file, "a file that holds the tensor");
    finish_parts(all);
    return all;
}

}  // namespace detail

/// Reads the header of a safetensors file, or of all shards of a `.json` index. The model is what the names and shapes
/// tell by themselves. Throws input_error.
[[nodiscard]] inline tensor_file read_safetensors(const std::string& path) {
    tensor_file file = path.ends_with(".json") ? detail::read_sharded(path) : detail::read_safetensors_file(path);
    file.weights = detail::most_frequent_format(file);
    return file;
}

/// Reads the headers of all parts of a model as those of one file. Throws input_error.
[[nodiscard]] inline tensor_file read_safetensors_parts(const std::vector<std::string>& paths) {
    tensor_file all;
    all.kind = "safetensors";
    std::set<std::string> names;
    for (const std::string& path : paths) detail::add_part(all, detail::read_safetensors_file(path), names);
    detail::finish_parts(all);
    all.weights = detail::most_frequent_format(all);
    return all;
}

}  // namespace cardfit::io
