// SPDX-License-Identifier: MIT
#pragma once

// How many parameters a stored tensor has, quantized and packed tensors included. A packed tensor stores several
// weights in one integer; scales, zero points, indices and buffers have no parameters.
//
// | tensor                                   | stores                            | source | |
// ---------------------------------------- | --------------------------------- | ----------------------------------- |
// | .qweight, int32, with .scales            | 32 / bits weights, along one side | AutoGPTQ, AutoAWQ: qlinear modules |
// | .weight_packed, int32                    | 32 / bits weights                 | compressed-tensors: pack_quantized |
// | .weight_packed, uint8                    | 2 weights                         | compressed-tensors: nvfp4 | |
// .weight, uint8, with .weight_scale       | 2 weights                         | NVIDIA modelopt: NVFP4              |
// | .weight, uint8, with .weight.absmax      | 2 weights                         | bitsandbytes: 4-bit, quant_state |
// | _blocks, uint8                           | 2 weights                         | gpt-oss: mxfp4 |

#include <cardfit/io/tensor_file.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cardfit::io {

/// The tensors of a file by name.
using tensors_by_name = std::unordered_map<std::string_view, const stored_tensor*>;

/// Returns the tensors of a file by their names. The file must outlive the result.
[[nodiscard]] inline tensors_by_name index_of(const tensor_file& file) {
    tensors_by_name index;
    index.reserve(file.tensors.size());
    for (const stored_tensor& t : file.tensors) index.emplace(t.name, &t);
    return index;
}

namespace detail {

/// Returns a tensor of this name, or null.
[[nodiscard]] inline const stored_tensor* find_tensor(const tensors_by_name& index, const std::string& name) {
    const auto at = index.find(name);
    return at == index.end() ? nullptr : at->second;
}

/// Returns the weights of a matrix that is packed in 32-bit words, from the shapes of its scales, its zero points and
/// its index. AutoAWQ packs the columns ([in, out x bits / 32]), AutoGPTQ packs the rows ([in x bits / 32, out]).
/// Returns nothing if the shapes do not tell.
[[nodiscard]] inline std::optional<std::int64_t> unpacked_words(const stored_tensor& t, const tensors_by_name& index) {
    const std::string stem = t.name.substr(0, t.name.size() - std::string_view("qweight").size());
    const stored_tensor* scales = find_tensor(index, stem + "scales");
    if (!scales || scales->shape.size() != 2 || t.shape.size() != 2) return {};
    const std::int64_t out = scales->shape[1];
    // A word has at most 32 weights, whatever the shapes of a hostile file say.
    const auto within_words = [&](std::optional<std::int64_t> weights) {
        return weights && *weights / 32 <= t.elements ? weights : std::nullopt;
    };
    if (out != t.shape[1]) return within_words(product(t.shape[0], out));
    if (const stored_tensor* rows = find_tensor(index, stem + "g_idx"); rows && rows->shape.size() == 1)
        return within_words(product(rows->shape[0], out));
    const stored_tensor* zeros = find_tensor(index, stem + "qzeros");
    if (!zeros || zeros->shape.size() != 2 || zeros->shape[1] < 1 || out < 1) return {};
    const std::optional<std::int64_t> bits = product(zeros->shape[1], 32);
    const std::optional<std::int64_t> all_bits = product(t.elements, 32);
    if (!bits || !all_bits || *bits < out) return {};
    return *all_bits / (*bits / out);
}

/// Returns true if a tensor of bytes stores two weights in each.
[[nodiscard]] inline bool packs_two(const stored_tensor& t, const tensors_by_name& index) {
    if (t.name.ends_with("_blocks") || t.name.ends_with(".weight_packed")) return true;
    return index.contains(t.name + "_scale") || index.contains(t.name + ".absmax");
}

}  // namespace detail

/// Returns the parameters that a tensor stores: 0 for scales, indices and buffers. `word_bits` is the number of bits of
/// one weight where a word of 32 bits packs several and no shape tells how many.
[[nodiscard]] inline std::int64_t parameters_in(const stored_tensor& t, const tensors_by_name& index,
                                                std::int64_t word_bits = 4) {
    const named_tensor about = tensor_named(t.name);
    if (about.scale || about.buffer) return 0;
    const bool words = t.type == "i32" || t.type == "u32";
    // A file has at most 2^60 bytes, so 16 weights in each of its words do not exceed 64 bits.
    const std::int64_t per_word = 32 / (word_bits >= 2 ? word_bits : 4);
    if (words && t.name.ends_with(".qweight")) return detail::unpacked_words(t, index).value_or(t.elements * per_word);
    if (words && t.name.ends_with(".weight_packed")) return t.elements * per_word;
    if (t.type == "u8" && detail::packs_two(t, index)) return 2 * t.elements;
    const bool integers = words || t.type == "i64" || t.type == "u64" || t.type == "i16" || t.type == "u16";
    return integers || t.type == "bool" ? 0 : t.elements;
}

/// Returns the parameters of all tensors of a file.
[[nodiscard]] inline std::int64_t parameters_in(const tensor_file& file, std::int64_t word_bits = 4) {
    const tensors_by_name index = index_of(file);
    std::int64_t sum = 0;
    for (const stored_tensor& t : file.tensors) sum += parameters_in(t, index, word_bits);
    return sum;
}

}  // namespace cardfit::io
