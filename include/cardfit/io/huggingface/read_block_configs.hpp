// SPDX-License-Identifier: MIT
#pragma once

// Reads the layers of a decoder that a search of architectures found (Puzzle, arXiv 2411.19146): `block_configs` states
// for each layer how many query heads share a KV head, how wide its feed-forward is, and what it lacks. Source:
// configuration_decilm.py, block_config.py and modeling_decilm.py beside nvidia/Llama-3_3-Nemotron-Super-49B-v1.

#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/io/huggingface/shape_keys.hpp>
#include <cardfit/model/varied_decoder.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::detail {

/// What one element of `block_configs` states.
struct layer_config {
    bool attends = false;
    std::int64_t kv_heads = 0;
    std::int64_t ffn = 0;
    friend bool operator==(const layer_config&, const layer_config&) = default;
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

/// Layers that state the same.
struct layer_kind {
    layer_config config{};
    layer_set layers{};
};

/// Adds a layer to the kind of those that state the same, or to a new one.
inline void add_layer(std::vector<layer_kind>& kinds, const layer_config& layer, std::int64_t index) {
    const auto same = [&](const layer_kind& kind) { return kind.config == layer; };
    auto kind = std::find_if(kinds.begin(), kinds.end(), same);
    if (kind == kinds.end()) kind = kinds.insert(kinds.end(), layer_kind{.config = layer});
    kind->layers.add(index);
}

/// Merges the two kinds with the same attention whose feed-forwards are closest in width, so that the layers of both
/// have their mean width, rounded down. What the widths lose in all is added to `lost`. Kinds as wide as the widest one
/// stay, because the memory of a layer's work is theirs. Returns false if no two kinds can be merged.
[[nodiscard]] inline bool merge_closest(std::vector<layer_kind>& kinds, std::int64_t& lost) {
    std::int64_t widest = 0;
    for (const layer_kind& kind : kinds) widest = larger(widest, kind.config.ffn);
    layer_kind* first = nullptr;
    layer_kind* second = nullptr;
    std::int64_t closest = widest + 1;
    for (layer_kind& a : kinds) {
        for (layer_kind& b : kinds) {
            const std::int64_t apart = b.config.ffn - a.config.ffn;
            if (apart <= 0 || apart >= closest || b.config.ffn == widest) continue;
            if (a.config.attends != b.config.attends || a.config.kv_heads != b.config.kv_heads) continue;
            first = &a;
            second = &b;
            closest = apart;
        }
    }
    if (!first) return false;
    const std::int64_t narrow = first->layers.count(0, max_listed_layers);
    const std::int64_t wide = second->layers.count(0, max_listed_layers);
    const std::int64_t widths = narrow * first->config.ffn + wide * second->config.ffn;
    first->config.ffn = widths / (narrow + wide);
    lost += widths % (narrow + wide);
    first->layers.words[0] |= second->layers.words[0];
    first->layers.words[1] |= second->layers.words[1];
    kinds.erase(kinds.begin() + (second - kinds.data()));
    return true;
}

/// Reads the layers of `block_configs`. Layers of which all is left out do not count. Where they are of more kinds than
/// a network has places for, those that are most alike count with their mean width: parameters and cache of the whole
/// model stay exact, and so does its work, to a few parts in 100,000; those of a pipeline stage may differ a little.
inline void read_block_configs(config_reader& in, varied_decoder& m) {
    const nlohmann::json* list = in.find("block_configs");
    if (!list || !list->is_array() || list->size() != static_cast<std::size_t>(m.common.layers))
        return in.refuse("block_configs", "a list of num_hidden_layers objects with \"attention\" and \"ffn\"");
    std::vector<layer_kind> kinds;
    std::int64_t count = 0;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const std::optional<layer_config> layer = layer_config_of((*list)[i], m.common);
        if (!layer)
            return in.refuse("block_configs[" + std::to_string(i) + "]",
                             "attention with n_heads_in_group, a divisor of num_attention_heads, or no_op; ffn with "
                             "ffn_mult, or both no_op; linear replacements, sinks and windows are not supported; " +
                                 ways_forward());
        if (layer->ffn == 0) continue;
        if (count < max_listed_layers) add_layer(kinds, *layer, count);
        ++count;
    }
    bool fits = count <= max_listed_layers;
    std::int64_t lost = 0;
    while (fits && kinds.size() > max_block_kinds) fits = merge_closest(kinds, lost);
    if (!fits)
        return in.refuse("block_configs", "at most " + std::to_string(max_listed_layers) + " layers of at most " +
                                              std::to_string(max_block_kinds) + " kinds; " + ways_forward());
    for (std::size_t k = 0; k < kinds.size(); ++k) {
        const layer_config& layer = kinds[k].config;
        m.variants[k] = {.layers = kinds[k].layers,
                         .source = layer.attends ? key_value_source::own_matrices : key_value_source::no_attention,
                         .kv_heads = layer.kv_heads,
                         .ffn = layer.ffn};
    }
    m.common.layers = count;
    m.held_parameters = lost * (m.common.ffn_gated ? 3 : 2) * m.common.hidden;
}

}  // namespace cardfit::io::detail
