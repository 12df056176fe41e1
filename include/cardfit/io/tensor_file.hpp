// SPDX-License-Identifier: MIT
#pragma once

// The contents of a file of weights, read from its header alone: names, types, shapes and exact bytes. The readers of
// GGUF and of safetensors share this header. Both must read hostile files: they never allocate memory for a length that
// the file states but is too short for.

#include <cardfit/io/input_error.hpp>
#include <cardfit/io/stored/tensor_names.hpp>
#include <cardfit/model/transformer.hpp>
#include <cardfit/number_format.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

/// One tensor of a file. The shape is in the order of the file: GGUF states the row length first, safetensors states it
/// last.
struct stored_tensor {
    std::string name{};  ///< as the file has it
    /// cardfit's name of the type if it has one ("bf16", "q4_k"), or else the file's name in lower case ("i64").
    std::string type{};
    std::optional<number_format> format{};  ///< the type, if cardfit has it
    std::vector<std::int64_t> shape{};      ///< elements along each dimension
    std::int64_t elements = 0;              ///< elements of the tensor
    std::int64_t bytes = 0;                 ///< bytes in the file
    /// The distance from the start of the tensor data, in bytes.
    std::int64_t offset = 0;
};

/// A file of weights, or all shards of one model.
struct tensor_file {
    /// "gguf" or "safetensors".
    std::string kind{};
    std::vector<stored_tensor> tensors{};  ///< in the order of the file
    std::int64_t tensor_bytes = 0;         ///< of all tensors
    std::int64_t elements = 0;             ///< of all tensors
    /// The metadata of a GGUF file.
    std::map<std::string, nlohmann::json> metadata{};
    /// The name of the architecture, if the file states one.
    std::string architecture{};
    /// The format in which a job reads the weights of the file, if cardfit supports it.
    std::optional<number_format> weights{};
    /// The model, if the file describes one that cardfit can express and that has exactly as many parameters as the
    /// file.
    std::optional<transformer> model{};
    /// The reason why there is no model.
    std::string why_no_model{};
};

/// The bytes of a file by purpose. Scales and zero points of quantized matrices are apart from the matrices.
struct bytes_by_kind {
    std::int64_t embedding = 0;     ///< tables in which tokens and positions are looked up
    std::int64_t attention = 0;     ///< matrices of attention and of recurrences
    std::int64_t feed_forward = 0;  ///< matrices of dense feed-forwards and of shared experts
    std::int64_t experts = 0;       ///< matrices of routed experts
    std::int64_t head = 0;          ///< the output layer
    std::int64_t norms = 0;         ///< weights of norms
    std::int64_t tower = 0;         ///< towers of images and sound
    std::int64_t scales = 0;        ///< scales and zero points of quantized matrices
    std::int64_t other = 0;         ///< what no name tells

    /// Returns the bytes of norms and of everything whose purpose no name shows.
    [[nodiscard]] std::int64_t norms_and_rest() const { return norms + other; }
};

namespace detail {

/// Throws input_error. `what` is the path of the field, such as "gguf.tensors[3].offset".
[[noreturn]] inline void refuse_file(const std::string& what, const nlohmann::json& value,
                                     const std::string& accepted) {
    throw input_error({refused_value(what, value, accepted)});
}

/// The ending of the file beside a file of weights of which only the start is there: it states the size of the whole.
/// cardfit's cache of the Hub has such files.
inline constexpr std::string_view whole_size_ending = ".whole-size";

/// Returns the size of the whole file of which a file is the start, or its own size if it is no part.
[[nodiscard]] inline std::uintmax_t whole_size(const std::string& path, std::uintmax_t own) {
    std::ifstream stated(path + std::string(whole_size_ending));
    std::uintmax_t whole = 0;
    return stated >> whole && whole > own ? whole : own;
}

/// Returns the size of a file in bytes. Throws input_error unless it is a regular file: opening a pipe or a device
/// would wait, or never end. A chain of symbolic links that does not end is no file either.
[[nodiscard]] inline std::int64_t regular_file_size(const std::string& path, const std::string& key) {
    std::error_code failed;
    const bool regular = std::filesystem::is_regular_file(path, failed) && !failed;
    const std::uintmax_t own = regular ? std::filesystem::file_size(path, failed) : 0;
    const std::uintmax_t size = regular && !failed ? whole_size(path, own) : own;
    if (!regular || failed) refuse_file(key, path, "the path of a file that can be read");
    return size > std::uintmax_t{1} << 60 ? (std::int64_t{1} << 60) + 1 : static_cast<std::int64_t>(size);
}

/// Returns the error with the name of the file before each message.
[[nodiscard]] inline input_error in_file_named(const std::string& path, const input_error& e) {
    std::vector<input_problem> problems = e.problems();
    for (input_problem& p : problems) p.message = path + ": " + p.message;
    return input_error(std::move(problems));
}

/// Throws input_error unless the size of the file is small enough that no sum over the file overflows.
inline void check_file_size(const std::string& what, std::int64_t bytes) {
    if (bytes < 0 || bytes > std::int64_t{1} << 60) refuse_file(what + ".file_size", bytes, "0 to 2^60 bytes");
}

/// Returns the number of bytes of the UTF-8 character at the start of a text, or 0 if there is no valid one: overlong
/// forms, surrogates and values past U+10FFFF are not valid (Unicode 15, table 3-7).
[[nodiscard]] inline std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    const unsigned char second = byte(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool surrogate = first == 0xED && second > 0x9F;
    const bool too_large = first == 0xF4 && second > 0x8F;
    return overlong || surrogate || too_large ? 0 : length;
}

/// Returns true if the whole text is valid UTF-8.
[[nodiscard]] inline bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

/// Returns a x b, or nothing if the result exceeds 64 bits.
[[nodiscard]] inline std::optional<std::int64_t> product(std::int64_t a, std::int64_t b) {
    if (a != 0 && b > (std::numeric_limits<std::int64_t>::max)() / a) return std::nullopt;
    return a * b;
}

/// Returns the format with this name, or nothing if cardfit does not have it.
[[nodiscard]] inline std::optional<number_format> format_named(std::string_view name) {
    for (const block_layout& layout : cardfit::detail::format_table)
        if (layout.name == name && layout.block_elements > 0) return layout.value;
    return std::nullopt;
}

/// Sorts the tensors by their position in the file. Throws input_error for two tensors with the same name or with bytes
/// in common.
inline void check_places(std::vector<stored_tensor>& tensors, const std::string& path) {
    std::sort(tensors.begin(), tensors.end(),
              [](const stored_tensor& a, const stored_tensor& b) { return a.name < b.name; });
    for (std::size_t i = 1; i < tensors.size(); ++i)
        if (tensors[i].name == tensors[i - 1].name)
            refuse_file(path + ".tensors.name", tensors[i].name, "each name once");
    std::sort(tensors.begin(), tensors.end(), [](const stored_tensor& a, const stored_tensor& b) {
        return std::pair(a.offset, a.bytes) < std::pair(b.offset, b.bytes);
    });
    for (std::size_t i = 1; i < tensors.size(); ++i)
        if (tensors[i].offset < tensors[i - 1].offset + tensors[i - 1].bytes)
            refuse_file(path + "." + tensors[i].name + ".offset", tensors[i].offset,
                        "an offset behind the end of " + tensors[i - 1].name);
}

/// Throws input_error unless the bytes of all tensors, which several files may hold, are at most 2^60 together.
inline void check_sums(const tensor_file& file, const std::string& path) {
    constexpr std::int64_t most = std::int64_t{1} << 60;
    std::int64_t left = most;
    for (const stored_tensor& t : file.tensors) {
        if (t.bytes > left) refuse_file(path + ".tensor_bytes", t.bytes, "at most 2^60 bytes in all files together");
        left -= t.bytes;
    }
}

/// Adds the sums over the tensors. They cannot overflow, because the positions have been checked to be within the file.
inline void add_sums(tensor_file& file) {
    for (const stored_tensor& t : file.tensors) {
        file.tensor_bytes += t.bytes;
        file.elements += t.elements;
    }
}

/// Returns the format of the type that takes the most bytes of the file, or nothing if cardfit does not support it.
[[nodiscard]] inline std::optional<number_format> most_frequent_format(const tensor_file& file) {
    std::map<std::string, std::int64_t> bytes;
    const stored_tensor* most = nullptr;
    for (const stored_tensor& t : file.tensors) {
        bytes[t.type] += t.bytes;
        if (!most || bytes[t.type] > bytes[most->type]) most = &t;
    }
    return most ? most->format : std::nullopt;
}

/// The member that sums each kind of tensor, in the order of tensor_kind.
inline constexpr std::int64_t bytes_by_kind::*kind_members[]{
    &bytes_by_kind::embedding, &bytes_by_kind::attention, &bytes_by_kind::feed_forward, &bytes_by_kind::experts,
    &bytes_by_kind::norms,     &bytes_by_kind::head,      &bytes_by_kind::tower,        &bytes_by_kind::other,
};
static_assert(std::size(kind_members) == static_cast<std::size_t>(tensor_kind::count));

}  // namespace detail

/// Returns the bytes of the file by purpose, as the names of the tensors (in llama.cpp or in transformers) show it.
[[nodiscard]] inline bytes_by_kind by_kind(const tensor_file& file) {
    bytes_by_kind sum;
    for (const stored_tensor& t : file.tensors) {
        const named_tensor about = tensor_named(t.name);
        sum.*(about.scale ? &bytes_by_kind::scales : detail::kind_members[static_cast<std::size_t>(about.kind)]) +=
            t.bytes;
    }
    return sum;
}

}  // namespace cardfit::io
