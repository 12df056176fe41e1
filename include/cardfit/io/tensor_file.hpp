// SPDX-License-Identifier: MIT
#pragma once

// What a file of weights holds, read from its header alone: names, types, shapes and exact bytes. Shared by the readers
// of GGUF and of safetensors. Both read hostile files: nothing is allocated on the word of a length that the file does
// not bear out.

#include <cardfit/io/input_error.hpp>
#include <cardfit/model/transformer.hpp>
#include <cardfit/number_format.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

/// One tensor of a file. The shape is the file's own order: GGUF has the row's length first, safetensors last.
struct stored_tensor {
    std::string name{};
    /// cardfit's name of the type where it has one ("bf16", "q4_k"), else the file's in lower case ("i64").
    std::string type{};
    std::optional<number_format> format{};
    std::vector<std::int64_t> shape{};
    std::int64_t elements = 0;
    std::int64_t bytes = 0;
    /// From the start of the tensor data.
    std::int64_t offset = 0;
};

/// A file of weights, or all shards of one model.
struct tensor_file {
    /// "gguf" or "safetensors".
    std::string kind{};
    std::vector<stored_tensor> tensors{};
    std::int64_t tensor_bytes = 0;
    std::int64_t elements = 0;
    /// The architecture's name where the file has one.
    std::string architecture{};
    /// The format that a job reads the file's weights in, where cardfit has it.
    std::optional<number_format> weights{};
    /// The model, where the file describes one that cardfit expresses and whose parameters are the file's exactly.
    std::optional<transformer> model{};
    /// Why there is no model.
    std::string why_no_model{};
};

/// Bytes of a file by what they are for.
struct bytes_by_kind {
    std::int64_t embedding = 0, attention = 0, feed_forward = 0, experts = 0, head = 0, norms_and_rest = 0;
};

namespace detail {

/// Refuses: `what` is the field's path, as in "gguf.tensors[3].offset".
[[noreturn]] inline void refuse_file(const std::string& what, const nlohmann::json& value,
                                     const std::string& accepted) {
    throw input_error({refused_value(what, value, accepted)});
}

/// A size that no sum over the file overflows on.
inline void check_file_size(const std::string& what, std::int64_t bytes) {
    if (bytes < 0 || bytes > std::int64_t{1} << 60) refuse_file(what + ".file_size", bytes, "0 to 2^60 bytes");
}

/// Returns the number of bytes of the UTF-8 character that starts a text, or 0 if none does: overlong forms, surrogates
/// and values past U+10FFFF are none (Unicode 15, table 3-7).
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

[[nodiscard]] inline bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

/// a x b, or nothing past 64 bits.
[[nodiscard]] inline std::optional<std::int64_t> product(std::int64_t a, std::int64_t b) {
    if (a != 0 && b > (std::numeric_limits<std::int64_t>::max)() / a) return std::nullopt;
    return a * b;
}

/// A type by cardfit's name, if it has one.
[[nodiscard]] inline std::optional<number_format> format_named(std::string_view name) {
    for (const block_layout& layout : cardfit::detail::format_table)
        if (layout.name == name && layout.block_elements > 0) return layout.value;
    return std::nullopt;
}

/// Sorts by place in the file and refuses tensors that share bytes, or names.
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

/// Sums over the tensors. Places have been checked, so they are within the file and do not overflow.
inline void add_sums(tensor_file& file) {
    for (const stored_tensor& t : file.tensors) {
        file.tensor_bytes += t.bytes;
        file.elements += t.elements;
    }
}

/// The format that holds most of the file's bytes; nothing where that is none of cardfit's.
[[nodiscard]] inline std::optional<number_format> most_frequent_format(const tensor_file& file) {
    std::map<std::string, std::int64_t> bytes;
    const stored_tensor* most = nullptr;
    for (const stored_tensor& t : file.tensors) {
        bytes[t.type] += t.bytes;
        if (!most || bytes[t.type] > bytes[most->type]) most = &t;
    }
    return most ? most->format : std::nullopt;
}

/// A part of a tensor's name and what it is for; the first that fits counts.
struct name_part {
    std::string_view part;
    std::int64_t bytes_by_kind::*kind;
};
inline constexpr name_part name_parts[]{
    {"norm", &bytes_by_kind::norms_and_rest},     {"token_embd.", &bytes_by_kind::embedding},
    {"embed_tokens.", &bytes_by_kind::embedding}, {"wte.", &bytes_by_kind::embedding},
    {"lm_head.", &bytes_by_kind::head},           {"_exps.", &bytes_by_kind::experts},
    {".experts.", &bytes_by_kind::experts},       {"ffn_gate_inp", &bytes_by_kind::norms_and_rest},
    {".attn", &bytes_by_kind::attention},         {"_attn.", &bytes_by_kind::attention},
    {".attention.", &bytes_by_kind::attention},   {".ffn_", &bytes_by_kind::feed_forward},
    {".mlp.", &bytes_by_kind::feed_forward},
};

}  // namespace detail

/// The file's bytes by what the tensors' names (of llama.cpp, or of transformers) say they are for.
[[nodiscard]] inline bytes_by_kind by_kind(const tensor_file& file) {
    bytes_by_kind sum;
    for (const stored_tensor& t : file.tensors) {
        std::int64_t bytes_by_kind::*kind =
            t.name == "output.weight" ? &bytes_by_kind::head : &bytes_by_kind::norms_and_rest;
        for (const detail::name_part& p : detail::name_parts) {
            if (t.name.find(p.part) == std::string::npos) continue;
            kind = p.kind;
            break;
        }
        sum.*kind += t.bytes;
    }
    return sum;
}

}  // namespace cardfit::io
