// SPDX-License-Identifier: MIT
#pragma once

// Decoders whose kinds of layer differ in more than a window, and their lowering to blocks: heads, widths and feed-
// forwards by kind of layer, layers without attention, values that are keys, layers that attend to another layer's
// cache or to images alone, a second embedding that joins every layer.

#include <cardfit/model/feed_forward/alternating_updates.hpp>
#include <cardfit/model/feed_forward/layer_input.hpp>
#include <cardfit/model/mixers/borrowed_cache_attention.hpp>
#include <cardfit/model/mixers/image_cross_attention.hpp>
#include <cardfit/model/mixers/tied_value_attention.hpp>
#include <cardfit/model/transformer.hpp>

namespace cardfit {

/// Where the attention of a layer takes its keys and values from.
enum class key_value_source : unsigned char {
    own_matrices,    ///< a matrix for each
    keys_as_values,  ///< one matrix for both (tied_value_attention.hpp)
    borrowed,        ///< an earlier layer's cache (borrowed_cache_attention.hpp)
    images,          ///< the features of images (image_cross_attention.hpp)
    no_attention,    ///< nowhere: the layer has a feed-forward and its norm alone (Puzzle, arXiv 2411.19146)
};

/// Layers of one kind, and what they have in the place of the model's own. Zero means the model's own.
struct layer_variant {
    layer_set layers{};                                        ///< the layers of the variant
    key_value_source source = key_value_source::own_matrices;  ///< where keys and values come from
    std::int64_t heads = 0;                                    ///< attention heads
    std::int64_t kv_heads = 0;                                 ///< KV heads
    std::int64_t head_dim = 0;                                 ///< elements per head
    std::int64_t window = 0;                                   ///< the most recent positions that a token sees; 0: all
    std::int64_t ffn = 0;                                      ///< width of the feed-forward
    bool dense = false;                                        ///< a dense feed-forward in a model of experts
    friend constexpr bool operator==(const layer_variant&, const layer_variant&) = default;
};

/// A decoder of at most 128 layers, each of which is of one variant.
struct varied_decoder {
    transformer common{};  ///< its `sliding_window` and `experts.dense_layers` are those of the variants
    layer_variant variants[max_block_kinds]{};  ///< the kinds of layer; others have the model's own values
    std::int64_t expert_norms = 0;       ///< norms of a layer around its experts, beside `common.norms_per_layer`
    std::int64_t layer_input = 0;        ///< width per layer of the second embedding (feed_forward/layer_input.hpp)
    std::int64_t layer_input_vocab = 0;  ///< rows of it
    alternating_updates updates{};       ///< AltUp; `inputs` 0: none
    bool head_gate = false;              ///< one number per head and token multiplies the attention's result (Step 3.5)
    /// Parameters that the checkpoint holds and whose work is not modeled: an audio tower, matrices that a layer does
    /// not use.
    std::int64_t held_parameters = 0;
    friend constexpr bool operator==(const varied_decoder&, const varied_decoder&) = default;
};

namespace detail {

/// Returns the transformer whose layers a variant has.
[[nodiscard]] constexpr transformer layer_of(const varied_decoder& m, const layer_variant& v) noexcept {
    transformer t = m.common;
    if (v.heads > 0) t.heads = v.heads;
    if (v.kv_heads > 0) t.kv_heads = v.kv_heads;
    if (v.head_dim > 0) t.head_dim = v.head_dim;
    if (v.ffn > 0) t.ffn = v.ffn;
    if (v.dense) t.experts = {};
    return t;
}

/// Returns true if every layer of the model is of exactly one variant.
[[nodiscard]] constexpr bool covers_layers(const varied_decoder& m) noexcept {
    layer_set seen;
    std::int64_t count = 0;
    for (const layer_variant& v : m.variants) {
        if (!(seen & v.layers).empty()) return false;
        count += v.layers.count(0, m.common.layers);
        seen.words[0] |= v.layers.words[0];
        seen.words[1] |= v.layers.words[1];
    }
    return count == m.common.layers;
}

}  // namespace detail

/// Returns everything that is wrong with a model's dimensions; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const varied_decoder& m, on_problem action = on_problem::keep) {
    constexpr std::int64_t million = 1'000'000;
    problem_list found(action);
    found.ranges(
        invalid_field{"model.layers", m.common.layers, 1, max_listed_layers},
        invalid_field{"model.expert_norms", m.expert_norms, 0, 100},
        invalid_field{"model.layer_input", m.layer_input, 0, million},
        invalid_field{"model.layer_input_vocab", m.layer_input_vocab, m.layer_input > 0 ? 1 : 0, 10 * million},
        invalid_field{"model.updates.inputs", m.updates.inputs, 0, 1000},
        invalid_field{"model.updates.laurel_rank", m.updates.laurel_rank, m.updates.inputs > 0 ? 1 : 0, million},
        invalid_field{"model.held_parameters", m.held_parameters, 0, million * million});
    if (!found.empty()) return found;
    for (const layer_variant& v : m.variants) {
        if (v.layers.empty()) continue;
        found.ranges(invalid_field{"model.variants.window", v.window, 0, 1000 * million});
        found.append(problems(detail::layer_of(m, v), action));
    }
    if (!found.empty()) return found;
    found.require(field_condition{detail::covers_layers(m), "model.variants.layers", m.common.layers,
                                  "every layer in exactly one variant"});
    return found;
}

namespace detail {

/// Adds the attention of a variant's layers to a block.
constexpr void add_attention(layer_block& b, const layer_variant& v, const mechanism::grouped_attention& a) {
    switch (v.source) {
        case key_value_source::own_matrices:
            return add_mixer(b, a);
        case key_value_source::keys_as_values:
            return add_mixer(b, mechanism::tied_value_attention{a});
        case key_value_source::borrowed:
            return add_mixer(b, mechanism::borrowed_cache_attention{a});
        case key_value_source::images:
            return add_mixer(b, mechanism::image_cross_attention{a});
        case key_value_source::no_attention:
            return;
    }
}

/// Adds the layers of one variant to a network.
constexpr void add_variant(network& net, const varied_decoder& m, const layer_variant& v) {
    layer_block& b = net.blocks[net.block_kinds];
    const transformer t = layer_of(m, v);
    mechanism::residual_norms norms = norms_of(t);
    if (v.source == key_value_source::no_attention) norms.count /= 2;
    norms.count += t.experts.count > 0 ? m.expert_norms : 0;
    add_norms(b, norms);
    b.width.of[tensor_role::dropout_mask] = 2 * t.hidden;
    add_attention(b, v, grouped_attention_of(t, v.window > 0 ? v.window : all_positions));
    if (m.head_gate) b.add({.target = target::query, .in = t.hidden, .out = t.heads});
    if (t.experts.count > 0)
        add_feed_forward(b, experts_of(t));
    else
        add_feed_forward(b, dense_of(t));
    if (m.layer_input > 0) mechanism::add_layer_input(b, {.hidden = t.hidden, .width = m.layer_input});
    if (m.updates.inputs > 0) mechanism::add_alternating_updates(b, t.hidden, m.updates);
    b.layers = {.begin = 0, .end = t.layers, .listed = v.layers};
    ++net.block_kinds;
}

/// Returns the fewest KV heads of any variant: tensor parallelism beyond them copies the cache.
[[nodiscard]] constexpr std::int64_t fewest_kv_heads(const varied_decoder& m) noexcept {
    std::int64_t fewest = m.common.heads;
    for (const layer_variant& v : m.variants) {
        const transformer t = layer_of(m, v);
        if (v.layers.count(0, t.layers) > 0 && t.kv_heads > 0) fewest = smaller(fewest, t.kv_heads);
    }
    return fewest;
}

}  // namespace detail

/// Returns a decoder lowered to blocks. Throws invalid_input (a std::invalid_argument) for dimensions that make no
/// model.
[[nodiscard]] constexpr network lower(const varied_decoder& m) {
    check(m);
    network net;
    net.layers = m.common.layers;
    net.hidden = m.common.hidden;
    net.heads = m.common.heads;
    net.kv_heads = detail::fewest_kv_heads(m);
    net.experts = m.common.experts.count;
    net.final_norm_is_rms = m.common.norm == norm_kind::rms;
    for (const layer_variant& v : m.variants)
        if (v.layers.count(0, net.layers) > 0) detail::add_variant(net, m, v);
    detail::add_text_ends(net, m.common);
    // A second embedding counts with the rest of the embedding, which every card holds and no format shrinks.
    net.position_parameters += m.held_parameters + mechanism::outer_parameters(m.updates, m.common.hidden);
    if (m.layer_input > 0)
        net.position_parameters += m.layer_input_vocab * m.layer_input * m.common.layers + m.layer_input;
    return net;
}

}  // namespace cardfit
