// SPDX-License-Identifier: MIT
#pragma once

// The bytes of GGUF files. A file of type "Q4_K_M" holds tensors of several block types; which tensor has which type
// follows rules of llama.cpp's quantizer, which are a table in gguf_mix_rows.hpp. From it follow the exact bytes of a
// whole file, of some of its layers, and of each kind of tensor.

#include <cardfit/job/gguf_mix_rows.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/number_format.hpp>

#include <cstdint>

namespace cardfit {

/// Whether a file was quantized with an importance matrix. `usual`: as publishers do, with one for the i-quants up to
/// iq3_xxs (llama-quantize refuses most of them without) and without one for all others.
enum class importance_matrix : unsigned char { usual, without, with };

/// What the rules ask of a model. `mix_model_of` derives all but the importance matrix from a network.
struct mix_model {
    std::int64_t layers = 0;           ///< layers of the model
    std::int64_t heads_per_group = 1;  ///< query heads that share a KV head
    std::int64_t experts = 0;          ///< routed experts per layer
    bool tied = false;  ///< the head shares the embedding's weights, which are then stored as the head would be
    cardfit::importance_matrix importance_matrix = importance_matrix::usual;  ///< whether quantization reads one
    bool fused_attention = false;  ///< query, key and value are one tensor (Phi-3, GPT-2, GPT-NeoX, MPT)
};

/// Returns what the rules ask of a network.
[[nodiscard]] constexpr mix_model mix_model_of(const network& net) noexcept {
    return {.layers = net.layers,
            .heads_per_group = net.heads / net.kv_heads,
            .experts = net.experts,
            .tied = net.tied && net.head_parameters == 0,
            .fused_attention = net.fused_query_key_value};
}

namespace detail::mixes {

/// Returns the type if a matrix row of this many elements consists of whole blocks of it; otherwise its substitute, or
/// fp16 if that does not fit either. (For rows whose length is not a multiple of 32, llama-quantize refuses the types
/// of 32.)
[[nodiscard]] constexpr number_format fitting_type(number_format type, std::int64_t row) noexcept {
    if (row % block_layout_of(type).block_elements == 0) return type;
    for (const fallback& f : fallbacks)
        if (f.type == type)
            return row % block_layout_of(f.instead).block_elements == 0 ? f.instead : number_format::fp16;
    return number_format::fp16;
}

/// Returns true for files of one unquantized type.
[[nodiscard]] constexpr bool stored_plain(const mix_row& row) noexcept { return row.head == base_type; }

[[nodiscard]] constexpr bool has_importance_matrix(const mix_row& row, const mix_model& m) noexcept {
    if (m.importance_matrix == importance_matrix::usual) return row.matrix;
    return m.importance_matrix == importance_matrix::with;
}

/// Returns the rule if it applies with or without the importance matrix; otherwise the base type.
[[nodiscard]] constexpr zoned applied(const zoned& rule, bool matrix) noexcept {
    const bool applies = rule.when == matrix_rule::always || (rule.when == matrix_rule::with) == matrix;
    return applies ? rule : zoned{};
}

[[nodiscard]] constexpr const expert_rule* expert_rule_of(const mix_row& row, target t, const mix_model& m) noexcept {
    for (const expert_rule& rule : expert_rules)
        if (rule.experts == m.experts && rule.matrix == t && rule.below_three_bits == row.below_three_bits)
            return &rule;
    return nullptr;
}

/// Returns the type that a layer rule substitutes for `type`, or `type` itself.
[[nodiscard]] constexpr number_format replaced(number_format type, const mix_row& row, target t,
                                               const mix_model& m) noexcept {
    const number_format named = type == base_type ? row.base : type;
    for (const layer_rule& rule : layer_rules)
        if (rule.layers == m.layers && m.heads_per_group > 1 && rule.matrix == t && rule.type == named)
            return rule.instead;
    return type;
}

[[nodiscard]] constexpr zoned value_types(const mix_row& row, const mix_model& m) noexcept {
    const bool grouped = m.heads_per_group >= 4 || (row.below_three_bits && m.experts >= 4);
    const bool own = grouped && row.grouped_value != base_type;
    zoned types = own ? zoned{row.grouped_value} : applied(row.value, has_importance_matrix(row, m));
    if (row.below_three_bits) return types;
    types.inside = replaced(types.inside, row, target::value, m);
    types.outside = replaced(types.outside, row, target::value, m);
    return types;
}

[[nodiscard]] constexpr zoned down_types(const mix_row& row, const mix_model& m) noexcept {
    zoned types = applied(row.down, has_importance_matrix(row, m));
    if (m.experts == 8 && !row.below_three_bits) types.zone = row.down_zone_of_eight;
    return types;
}

/// Returns the types of a matrix over the layers of a model, where its rows consist of whole blocks of them.
[[nodiscard]] constexpr zoned types_of(const mix_row& row, target t, bool expert, const mix_model& m) noexcept {
    if (t == target::router) return {number_format::fp32};
    if (t == target::latent || t == target::indexer || stored_plain(row)) return {};
    const bool attends = t == target::query || t == target::key || t == target::value;
    if (attends && m.fused_attention) return {row.fused};
    if (const expert_rule* rule = expert_rule_of(row, t, m)) return {rule->type};
    const bool feeds = t == target::gate || t == target::up || t == target::down;
    if (feeds && expert && row.experts != base_type) return {row.experts};
    switch (t) {
        case target::value:
            return value_types(row, m);
        case target::query:
        case target::key:
            return {row.query_and_key};
        case target::output:
            return {m.experts == 8 ? row.output_of_eight : row.output};
        case target::gate:
        case target::up:
            return applied(row.gate_and_up, has_importance_matrix(row, m));
        case target::down:
            return down_types(row, m);
        case target::embeddings:
        case target::head:
        case target::router:
        case target::latent:
        case target::convolution:
        case target::recurrence:
        case target::indexer:
            break;
    }
    return {};
}

/// Returns the number of layers of a kind among [low, high) that lie in a zone of n layers.
[[nodiscard]] constexpr std::int64_t count_in_zone(const layer_range& kind, layer_zone zone, std::int64_t low,
                                                   std::int64_t high, std::int64_t n) noexcept {
    const std::int64_t first = n / 8;
    const std::int64_t last = 7 * n / 8;
    switch (zone) {
        case layer_zone::all:
            return kind.count(low, high);
        case layer_zone::first_two:
            return kind.count(low, smaller(high, std::int64_t{2}));
        case layer_zone::first_four:
            return kind.count(low, smaller(high, std::int64_t{4}));
        case layer_zone::first_sixteenth:
            return kind.count(low, smaller(high, n / 16));
        case layer_zone::first_eighth:
            return kind.count(low, smaller(high, first));
        case layer_zone::middle:
            return kind.count(larger(low, first), smaller(high, last));
        case layer_zone::more_bits:
            break;
    }
    std::int64_t sum = kind.count(low, smaller(high, first)) + kind.count(larger(low, last), high);
    if (kind.every > 1 || !kind.listed.empty()) {
        for (std::int64_t i = first + 2; i < last; i += 3)
            if (low <= i && i < high) sum += kind.count(i, i + 1);
        return sum;
    }
    const std::int64_t from = larger(larger(low, kind.begin), first) - first;
    const std::int64_t to = smaller(smaller(high, kind.end), last) - first;
    return to > from && kind.multiples ? sum + to / 3 - from / 3 : sum;
}

/// Returns the bytes of all copies of a matrix in one layer.
[[nodiscard]] constexpr std::int64_t matrix_bytes(number_format type, const linear& l) {
    const number_format fits = fitting_type(type, l.in);
    return storage(fits, checked::multiply(l.copies, checked::multiply(l.in, l.out))).number;
}

[[nodiscard]] constexpr number_format head_type(const mix_row& row, std::int64_t width) noexcept {
    return fitting_type(stored_plain(row) ? row.base : row.head, width);
}
[[nodiscard]] constexpr number_format embedding_type(const mix_row& row, bool tied, std::int64_t width) noexcept {
    if (tied) return head_type(row, width);
    return fitting_type(row.embedding == base_type ? row.base : row.embedding, width);
}

}  // namespace detail::mixes

/// Returns true for the formats that llama.cpp reads as a file's type: ggml's blocks and mixes, plain floats, and MXFP4
/// experts.
[[nodiscard]] constexpr bool is_gguf_file_type(number_format format) noexcept { return detail::mixes::has_mix(format); }

/// Returns the block type of one matrix in a file of type `mix`. `layer` counts from 0 and is ignored for embedding and
/// head; `row` is the length of the matrix's rows (its inputs), which must hold whole blocks; `expert` is true for a
/// matrix of a mixture of experts. Norms, biases and routers are always fp32. Throws invalid_input for a format that is
/// no file type of llama.cpp.
[[nodiscard]] constexpr number_format format_in_mix(number_format mix, target t, std::int64_t layer, const mix_model& m,
                                                    std::int64_t row = 256, bool expert = false) {
    const detail::mixes::mix_row& r = detail::mixes::row_of_mix(mix);
    if (t == target::head) return detail::mixes::head_type(r, row);
    if (t == target::embeddings) return detail::mixes::embedding_type(r, m.tied, row);
    const detail::mixes::zoned z = detail::mixes::types_of(r, t, expert, m);
    const layer_range every_layer{0, m.layers, 1, true};
    const bool inside = detail::mixes::count_in_zone(every_layer, z.zone, layer, layer + 1, m.layers) > 0;
    const number_format type = inside ? z.inside : z.outside;
    return detail::mixes::fitting_type(type == detail::mixes::base_type ? r.base : type, row);
}

/// The bytes of a GGUF file's tensors, by kind, without the padding between tensors, metadata and vocabulary.
struct gguf_bytes {
    std::int64_t embedding = 0;     ///< the token embedding, which llama.cpp leaves in host memory
    std::int64_t attention = 0;     ///< queries, keys, values and outputs
    std::int64_t feed_forward = 0;  ///< dense feed-forwards
    std::int64_t experts = 0;       ///< routed experts
    std::int64_t vectors = 0;       ///< fp32: norms, biases, routers, learned positions
    /// The matrix that makes the logits; 0 where it is the embedding, which llama.cpp then loads a second time, onto
    /// the card.
    std::int64_t head = 0;

    /// Returns the bytes of all layers.
    [[nodiscard]] constexpr std::int64_t layers() const noexcept {
        return attention + feed_forward + experts + vectors;
    }
    /// Returns the bytes of the whole file's tensors.
    [[nodiscard]] constexpr std::int64_t total() const noexcept { return embedding + layers() + head; }
    friend constexpr bool operator==(const gguf_bytes&, const gguf_bytes&) = default;
};

namespace detail::mixes {

inline constexpr std::int64_t fp32_bytes = 4;

[[nodiscard]] constexpr bool belongs_to_attention(target t) noexcept {
    return t == target::query || t == target::key || t == target::value || t == target::output || t == target::latent ||
           t == target::indexer;
}

/// The layers [low, high) of a network, some of which are of one kind.
struct layer_span {
    const layer_range& kind;
    std::int64_t low = 0;
    std::int64_t high = 0;
};

/// Returns the bytes of one matrix in all layers of a span.
[[nodiscard]] constexpr std::int64_t weights_in(const layer_span& span, const linear& l, const mix_row& row,
                                                const mix_model& m) {
    // Matrices that read a latent (MLA's) have names of their own, which no rule mentions.
    const target named = l.reads_latent ? target::latent : l.target;
    const zoned types = types_of(row, named, l.split == weight_split::expert, m);
    const std::int64_t all = span.kind.count(span.low, span.high);
    const std::int64_t inside = count_in_zone(span.kind, types.zone, span.low, span.high, m.layers);
    const number_format outer = types.outside == base_type ? row.base : types.outside;
    const number_format inner = types.inside == base_type ? row.base : types.inside;
    std::int64_t sum = 0;
    if (inside > 0) sum += checked::multiply(inside, matrix_bytes(inner, l));
    if (all > inside) sum += checked::multiply(all - inside, matrix_bytes(outer, l));
    return sum;
}

constexpr void add(gguf_bytes& sum, const linear& l, std::int64_t weights) noexcept {
    if (l.target == target::router)
        sum.vectors += weights;
    else if (l.split == weight_split::expert)
        sum.experts += weights;
    else if (belongs_to_attention(l.target))
        sum.attention += weights;
    else
        sum.feed_forward += weights;
}

}  // namespace detail::mixes

/// Returns the bytes of layers [low, high), without embedding, head and final norm. The steps of the sum grow with the
/// kinds of layers and their matrices, not with the number of layers.
[[nodiscard]] constexpr gguf_bytes gguf_layer_bytes(const network& net, number_format mix, std::int64_t low,
                                                    std::int64_t high, const mix_model& m) {
    const detail::mixes::mix_row& row = detail::mixes::row_of_mix(mix);
    gguf_bytes sum;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        const std::int64_t layers = b.layers.count(low, high);
        if (layers == 0) continue;
        sum.vectors += layers * detail::mixes::fp32_bytes * b.vector_parameters;
        for (std::int64_t i = 0; i < b.linear_count; ++i) {
            const linear& l = b.linears[i];
            detail::mixes::add(sum, l, detail::mixes::weights_in({b.layers, low, high}, l, row, m));
            if (l.bias) sum.vectors += layers * detail::mixes::fp32_bytes * l.copies * l.out;
        }
    }
    return sum;
}
/// The same with the rules of the network itself (`mix_model_of`).
[[nodiscard]] constexpr gguf_bytes gguf_layer_bytes(const network& net, number_format mix, std::int64_t low,
                                                    std::int64_t high) {
    return gguf_layer_bytes(net, mix, low, high, mix_model_of(net));
}

/// Returns the bytes of all tensors, by kind. Throws invalid_input for a format that is not a file type of llama.cpp,
/// and std::overflow_error past 64 bits.
[[nodiscard]] constexpr gguf_bytes gguf_bytes_by_kind(const network& net, number_format mix, const mix_model& m) {
    const detail::mixes::mix_row& row = detail::mixes::row_of_mix(mix);
    gguf_bytes sum = gguf_layer_bytes(net, mix, 0, net.layers, m);
    sum.vectors += detail::mixes::fp32_bytes * (net.position_parameters + net.final_parameters);
    sum.embedding = storage(detail::mixes::embedding_type(row, m.tied, net.hidden), net.embedding_parameters).number;
    sum.head = storage(detail::mixes::head_type(row, net.hidden), net.head_parameters).number;
    return sum;
}
/// The same with the rules of the network itself (`mix_model_of`).
[[nodiscard]] constexpr gguf_bytes gguf_bytes_by_kind(const network& net, number_format mix) {
    return gguf_bytes_by_kind(net, mix, mix_model_of(net));
}

/// Returns the bytes of all tensors of a network in a GGUF file of type `mix` (a mix, or a block type: "q2_k" is
/// llama.cpp's file type of that name). The file is larger by its metadata, a few MB of vocabulary. Throws as
/// `gguf_bytes_by_kind` does.
[[nodiscard]] constexpr std::int64_t gguf_weight_bytes(const network& net, number_format mix) {
    return gguf_bytes_by_kind(net, mix).total();
}

}  // namespace cardfit
