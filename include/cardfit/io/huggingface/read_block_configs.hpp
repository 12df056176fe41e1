// SPDX-License-Identifier: MIT
#pragma once

// Reads the layers of a decoder that a search of architectures found (Puzzle, arXiv 2411.19146): `block_configs` states
// for each layer how many query heads share a KV head, how wide its feed-forward is, and what it lacks. Source:
// configuration_decilm.py, block_config.py and modeling_decilm.py beside nvidia/Llama-3_3-Nemotron-Super-49B-v1.

#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/io/huggingface/shape_keys.hpp>
#include <cardfit/model/varied_decoder.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace cardfit::io::detail {

/// What one element of `block_configs` states.
struct layer_config {
    bool attends = false;
    std::int64_t kv_heads = 0;
    std::int64_t ffn = 0;
};

/// Returns true if none of these keys of a layer's part states anything.
[[nodiscard]] inline bool all_neutral(const nlohmann::json& part, std::initializer_list<const char*> keys) {
    for (const char* key : keys)
        if (part.contains(key) && !is_neutral({}, part[key])) return false;
    return true;
}

/// Returns true if a part of a layer is left out.
[[nodiscard]] inline bool is_left_out(const nlohmann::json& part) {
    return part.contains("no_op") && part["no_op"] == true;
}

/// Returns the width of a feed-forward: 2/3 of `mult` hidden sizes, rounded up to a multiple of 256
/// (_ffn_mult_to_intermediate_size in modeling_decilm.py). 0 for a factor that makes no width.
[[nodiscard]] inline std::int64_t multiplied_width(double mult, std::int64_t hidden) {
    constexpr std::int64_t multiple = 256;
    const double width = 2 * mult * static_cast<double>(hidden) / 3;
    if (!(width >= 1) || width > static_cast<double>(10 * million)) return 0;
    return (static_cast<std::int64_t>(width) + multiple - 1) / multiple * multiple;
}

/// Returns what an element of `block_configs` states, or nothing for one that cardfit does not read: layers that are
/// replaced by a matrix, have sinks or a window, or attend without a feed-forward.
[[nodiscard]] inline std::optional<layer_config> layer_config_of(const nlohmann::json& element, const transformer& m) {
    if (!element.is_object()) return std::nullopt;
    const auto attention = element.find("attention");
    const auto feed_forward = element.find("ffn");
    if (attention == element.end() || feed_forward == element.end()) return std::nullopt;
    if (!attention->is_object() || !feed_forward->is_object()) return std::nullopt;
    if (!all_neutral(*attention, {"replace_with_linear", "sparsify", "num_sink_tokens", "unshifted_sink",
                                  "use_prefill_window_in_sink_attention", "window_length"}))
        return std::nullopt;
    if (!all_neutral(*feed_forward, {"replace_with_linear", "sparsify"})) return std::nullopt;
    for (const nlohmann::json& part : {*attention, *feed_forward})
        if (!is_left_out(part) && !all_neutral(part, {"no_op"})) return std::nullopt;

    layer_config layer{.attends = !is_left_out(*attention)};
    if (layer.attends) {
        const auto group = config_reader::integer(attention->value("n_heads_in_group", nlohmann::json()), 1, m.heads);
        if (!group || m.heads % *group != 0) return std::nullopt;
        layer.kv_heads = m.heads / *group;
    }
    if (is_left_out(*feed_forward)) return layer.attends ? std::nullopt : std::optional(layer);
    const nlohmann::json mult = feed_forward->value("ffn_mult", nlohmann::json());
    if (mult.is_number()) layer.ffn = multiplied_width(mult.get<double>(), m.hidden);
    return layer.ffn > 0 ? std::optional(layer) : std::nullopt;
}

/// Returns the variant that has what a layer states: one that the model has already, or the next one. Returns null
/// where the model has no room for another.
[[nodiscard]] inline layer_variant* variant_of(varied_decoder& m, const layer_config& layer) {
    for (layer_variant& v : m.variants) {
        if (v.layers.empty()) {
            v.source = layer.attends ? key_value_source::own_matrices : key_value_source::no_attention;
            v.kv_heads = layer.kv_heads;
            v.ffn = layer.ffn;
            return &v;
        }
        const bool attends = v.source == key_value_source::own_matrices;
        if (attends == layer.attends && v.kv_heads == layer.kv_heads && v.ffn == layer.ffn) return &v;
    }
    return nullptr;
}

/// Reads the layers of `block_configs`. Layers of which all is left out do not count.
inline void read_block_configs(config_reader& in, varied_decoder& m) {
    const nlohmann::json* list = in.find("block_configs");
    if (!list || !list->is_array() || list->size() != static_cast<std::size_t>(m.common.layers))
        return in.refuse("block_configs", "a list of num_hidden_layers objects with \"attention\" and \"ffn\"");
    std::int64_t count = 0;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const std::optional<layer_config> layer = layer_config_of((*list)[i], m.common);
        if (!layer)
            return in.refuse("block_configs[" + std::to_string(i) + "]",
                             "attention with n_heads_in_group, a divisor of num_attention_heads, or no_op; ffn with "
                             "ffn_mult, or both no_op; linear replacements, sinks and windows are not supported; " +
                                 ways_forward());
        if (layer->ffn == 0) continue;
        layer_variant* v = count < max_listed_layers ? variant_of(m, *layer) : nullptr;
        if (!v)
            return in.refuse("block_configs", "at most " + std::to_string(max_listed_layers) + " layers of at most " +
                                                  std::to_string(max_block_kinds) + " kinds; " + ways_forward());
        v->layers.add(count);
        ++count;
    }
    m.common.layers = count;
}

}  // namespace cardfit::io::detail
