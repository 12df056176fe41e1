// SPDX-License-Identifier: MIT
#pragma once

// A GGUF file of type "Q4_K_M" holds tensors of several block types. Which tensor takes which is a set of rules in
// llama.cpp's quantizer; here they are a table, and the bytes of a whole file, of some of its layers, and of each kind
// of tensor follow from it exactly.
//
// Source of every row: llama.cpp, src/llama-quant.cpp, llama_tensor_get_type and llama_model_quantize_impl (commit
// 5a44f27e). Not here: the exceptions of the Falcon architecture; the two halves into which newer converters cut
// DeepSeek's attn_kv_b; and that a shared expert makes the i-quants below 3 bits count feed-forward layers twice.

#include <cardfit/model/network.hpp>
#include <cardfit/number_format.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

/// Whether a file was quantized with an importance matrix. `usual`: as its publishers do, with one for the i-quants up
/// to iq3_xxs (llama-quantize refuses most of them without) and without one for all others.
enum class importance_matrix : unsigned char { usual, without, with };

/// What the rules ask of a model. `mix_model_of` derives what a network tells; not the importance matrix.
struct mix_model {
    std::int64_t layers = 0;
    /// Query heads that share a key/value head.
    std::int64_t heads_per_group = 1;
    std::int64_t experts = 0;
    /// The head shares the embedding's weights: the embedding is then stored as the head would be.
    bool tied = false;
    cardfit::importance_matrix importance_matrix = importance_matrix::usual;
    /// Query, key and value are one tensor (Phi-3, GPT-2, GPT-NeoX, MPT).
    bool fused_attention = false;
};

[[nodiscard]] constexpr mix_model mix_model_of(const network& net) noexcept {
    return {.layers = net.layers,
            .heads_per_group = net.heads / net.kv_heads,
            .experts = net.experts,
            .tied = net.tied && net.head_parameters == 0,
            .fused_attention = net.fused_query_key_value};
}

namespace detail::mixes {

/// Layers of which a rule speaks; n is the number of all. Halves and eighths are cut off.
enum class layer_zone : unsigned char {
    all,
    first_two,
    first_four,
    first_sixteenth,  ///< i < n/16
    first_eighth,     ///< i < n/8
    middle,           ///< n/8 <= i < 7n/8
    more_bits,        ///< the first and the last eighth, and every third between
};

/// Whether a rule holds with an importance matrix, without, or always.
enum class matrix_rule : unsigned char { always, with, without };

/// Stands for "as the mix's base type". No GGUF tensor that the table names is of it.
inline constexpr number_format base_type = number_format::by_default;

/// One type inside a zone of layers, another outside.
struct zoned {
    number_format inside = base_type;
    layer_zone zone = layer_zone::all;
    number_format outside = base_type;
    matrix_rule when = matrix_rule::always;
};

/// The types of one file mix. What is not named is of the base type.
struct mix_row {
    number_format mix{};
    number_format base{};
    number_format embedding = base_type;
    number_format head = number_format::q6_k;
    zoned value{};
    /// The value matrix where at least 4 query heads share a key/value head.
    number_format grouped_value = base_type;
    number_format query_and_key = base_type;
    zoned gate_and_up{};
    zoned down{};
    number_format output = base_type;
    /// Query, key and value in one tensor.
    number_format fused = base_type;
    /// The attention's output and the zone of `down` in a model of exactly 8 experts.
    number_format output_of_eight = base_type;
    layer_zone down_zone_of_eight = layer_zone::first_eighth;
    number_format experts = base_type;
    /// The i-quants below 3 bits: own rules for experts, and no extra bits for 80 layers.
    bool below_three_bits = false;
    /// Usually quantized with an importance matrix.
    bool matrix = false;
};

// clang-format off
using enum number_format;
using enum layer_zone;
inline constexpr mix_row mix_rows[]{
    {.mix = fp32, .base = fp32, .head = base_type},
    {.mix = fp16, .base = fp16, .head = base_type},
    {.mix = bf16, .base = bf16, .head = base_type},
    {.mix = q8_0, .base = q8_0, .head = q8_0},
    {.mix = q4_0, .base = q4_0, .down = {q4_1, first_eighth, base_type, matrix_rule::with}},
    {.mix = q4_1, .base = q4_1},
    {.mix = q5_0, .base = q5_0, .down = {q5_1, first_eighth, base_type, matrix_rule::with}},
    {.mix = q5_1, .base = q5_1},
    {.mix = q2_k, .base = q2_k, .value = {q3_k}, .grouped_value = q4_k, .down = {q3_k}, .output = q3_k,
     .output_of_eight = q5_k, .down_zone_of_eight = all},
    {.mix = q2_k_s, .base = q2_k, .grouped_value = q4_k, .down = {q4_k, first_eighth}},
    {.mix = q3_k_s, .base = q3_k, .output_of_eight = q5_k},
    {.mix = q3_k_m, .base = q3_k, .value = {q5_k, first_two, q4_k}, .down = {q5_k, first_sixteenth, q4_k},
     .output = q4_k, .fused = q4_k, .output_of_eight = q5_k, .down_zone_of_eight = first_sixteenth},
    {.mix = q3_k_l, .base = q3_k, .value = {q5_k}, .down = {q5_k}, .output = q5_k, .fused = q4_k,
     .down_zone_of_eight = all},
    {.mix = q4_k_s, .base = q4_k, .value = {q5_k, first_four}, .down = {q5_k, first_eighth}, .output_of_eight = q5_k},
    {.mix = q4_k_m, .base = q4_k, .value = {q6_k, more_bits}, .down = {q6_k, more_bits}, .fused = q5_k,
     .output_of_eight = q5_k, .down_zone_of_eight = more_bits},
    {.mix = q5_k_s, .base = q5_k},
    {.mix = q5_k_m, .base = q5_k, .value = {q6_k, more_bits}, .down = {q6_k, more_bits}, .fused = q6_k,
     .down_zone_of_eight = more_bits},
    {.mix = q6_k, .base = q6_k},
    {.mix = iq1_s, .base = iq1_s, .embedding = q2_k, .head = q5_k, .value = {q2_k}, .grouped_value = q4_k,
     .down = {q2_k, first_eighth}, .output = iq2_xxs, .output_of_eight = q5_k, .below_three_bits = true, .matrix = true},
    {.mix = iq1_m, .base = iq1_m, .embedding = q2_k, .head = q5_k, .value = {q2_k}, .grouped_value = q4_k,
     .down = {q2_k, first_eighth}, .output = iq2_xxs, .output_of_eight = q5_k, .below_three_bits = true, .matrix = true},
    {.mix = iq2_xxs, .base = iq2_xxs, .embedding = q2_k, .head = q5_k, .value = {q2_k}, .grouped_value = q4_k,
     .down = {q2_k, first_eighth}, .output_of_eight = q5_k, .below_three_bits = true, .matrix = true},
    {.mix = iq2_xs, .base = iq2_xs, .embedding = q2_k, .head = q5_k, .value = {q2_k}, .grouped_value = q4_k,
     .down = {q2_k, first_eighth}, .output_of_eight = q5_k, .below_three_bits = true, .matrix = true},
    {.mix = iq2_s, .base = iq2_xs, .embedding = iq3_s, .head = q5_k, .value = {iq3_s}, .grouped_value = q4_k,
     .down = {iq3_s, first_eighth}, .output = iq3_s, .output_of_eight = q5_k, .below_three_bits = true, .matrix = true},
    {.mix = iq2_m, .base = iq2_s, .embedding = iq3_s, .head = q5_k, .value = {iq3_s}, .grouped_value = q4_k,
     .down = {iq3_s, first_eighth}, .output = iq3_s, .output_of_eight = q5_k, .below_three_bits = true, .matrix = true},
    {.mix = iq3_xxs, .base = iq3_xxs, .embedding = iq3_s, .head = q5_k,
     .value = {iq3_s, all, base_type, matrix_rule::without}, .grouped_value = q4_k, .query_and_key = iq2_s,
     .down = {q4_k, first_eighth, q3_k, matrix_rule::without}, .output = iq3_s, .output_of_eight = q5_k, .matrix = true},
    {.mix = iq3_xs, .base = iq3_s, .grouped_value = q4_k, .query_and_key = iq3_xxs, .gate_and_up = {iq3_xxs, middle},
     .output_of_eight = q5_k},
    {.mix = iq3_s, .base = iq3_s, .grouped_value = q4_k, .output_of_eight = q5_k},
    {.mix = iq3_m, .base = iq3_s, .value = {q4_k}, .down = {q4_k, first_eighth}, .output = q4_k, .fused = q4_k,
     .output_of_eight = q5_k, .down_zone_of_eight = more_bits},
    {.mix = iq4_nl, .base = iq4_nl, .grouped_value = q5_k,
     .down = {q5_k, first_eighth, base_type, matrix_rule::without}, .output_of_eight = q5_k},
    {.mix = iq4_xs, .base = iq4_xs, .grouped_value = q5_k,
     .down = {q5_k, first_eighth, base_type, matrix_rule::without}, .output_of_eight = q5_k},
    {.mix = tq1_0, .base = tq1_0, .embedding = q4_k},
    {.mix = tq2_0, .base = tq2_0, .embedding = q4_k},
    {.mix = mxfp4, .base = q8_0, .head = q8_0, .experts = mxfp4},
};

/// What llama-quantize takes the bare names for (tools/quantize/quantize.cpp).
struct mix_alias { number_format name{}, mix{}; };
inline constexpr mix_alias mix_aliases[]{{q3_k, q3_k_m}, {q4_k, q4_k_m}, {q5_k, q5_k_m}};

/// What stands in where a row is no multiple of the block.
struct fallback { number_format type{}, instead{}; };
inline constexpr fallback fallbacks[]{
    {tq1_0, q4_0},    {tq2_0, q4_0},     {q2_k, iq4_nl},  {q3_k, iq4_nl},  {iq1_s, iq4_nl},
    {iq1_m, iq4_nl},  {iq2_xxs, iq4_nl}, {iq2_xs, iq4_nl}, {iq2_s, iq4_nl}, {iq3_xxs, iq4_nl},
    {iq3_s, iq4_nl},  {iq4_xs, iq4_nl},  {q4_k, q5_0},    {q5_k, q5_1},    {q6_k, q8_0},
};
// clang-format on

[[nodiscard]] constexpr const mix_row& row_of_mix(number_format file) {
    for (const mix_alias& a : mix_aliases)
        if (a.name == file) return row_of_mix(a.mix);
    for (const mix_row& row : mix_rows)
        if (row.mix == file) return row;
    throw invalid_input({"inference.weights", static_cast<std::int64_t>(file), 0, 0, "a file type of llama.cpp"});
}

/// The type itself where a row holds whole blocks of it; else its stand-in, and fp16 where that does not fit either.
/// (For rows that are no multiple of 32, llama-quantize refuses the types of 32.)
[[nodiscard]] constexpr number_format fitting_type(number_format type, std::int64_t row) noexcept {
    if (row % block_layout_of(type).block_elements == 0) return type;
    for (const fallback& f : fallbacks)
        if (f.type == type)
            return row % block_layout_of(f.instead).block_elements == 0 ? f.instead : number_format::fp16;
    return number_format::fp16;
}

[[nodiscard]] constexpr bool stored_plain(const mix_row& row) noexcept { return row.head == base_type; }

/// The types of a matrix over the layers of a model, before rows are looked at.
[[nodiscard]] constexpr zoned types_of(const mix_row& row, target t, bool expert, const mix_model& m) noexcept {
    if (t == target::router || t == target::latent || stored_plain(row))
        return {t == target::router ? number_format::fp32 : base_type};
    const bool eight = m.experts == 8;
    const bool matrix =
        m.importance_matrix == importance_matrix::usual ? row.matrix : m.importance_matrix == importance_matrix::with;
    const auto held = [matrix](const zoned& z) {
        return z.when == matrix_rule::always || (z.when == matrix_rule::with) == matrix ? z : zoned{};
    };
    const bool attends = t == target::query || t == target::key || t == target::value;
    if (attends && m.fused_attention) return {row.fused};
    switch (t) {
        case target::value: {
            if (eight && !row.below_three_bits) return {number_format::q8_0};
            const bool grouped = m.heads_per_group >= 4 || (row.below_three_bits && m.experts >= 4);
            zoned z = grouped && row.grouped_value != base_type ? zoned{row.grouped_value} : held(row.value);
            // The matrix of a 70B (80 layers, shared key/value heads) is 8 times smaller than its queries'.
            if (m.layers == 80 && m.heads_per_group > 1 && !row.below_three_bits) {
                for (number_format* f : {&z.inside, &z.outside}) {
                    const number_format type = *f == base_type ? row.base : *f;
                    if (type == number_format::q3_k || type == number_format::q4_k) *f = number_format::q5_k;
                }
            }
            return z;
        }
        case target::key:
            if (eight) return {row.below_three_bits ? number_format::q4_k : number_format::q8_0};
            return {row.query_and_key};
        case target::query:
            return {row.query_and_key};
        case target::output:
            return {eight ? row.output_of_eight : row.output};
        case target::gate:
        case target::up:
            return expert && row.experts != base_type ? zoned{row.experts} : held(row.gate_and_up);
        case target::down: {
            if (expert && row.experts != base_type) return {row.experts};
            zoned z = held(row.down);
            if (eight && !row.below_three_bits) z.zone = row.down_zone_of_eight;
            return z;
        }
        default:
            return {};
    }
}

/// Layers of a kind among [low, high) of n that lie in a zone.
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

/// The block type that one matrix takes in a file of type `mix`. `layer` counts from 0 and is ignored for embedding and
/// head; `row` is the length of the matrix's rows (its inputs), which must hold whole blocks; `expert` tells a matrix
/// of a mixture of experts. Norms and biases are fp32 always, and so is the router. Throws invalid_input for a format
/// that is no file type of llama.cpp.
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

/// Bytes of a GGUF file's tensors, by kind. Padding between tensors, metadata and vocabulary are not in it.
struct gguf_bytes {
    /// The token embedding, which llama.cpp leaves in host memory.
    std::int64_t embedding = 0;
    std::int64_t attention = 0;
    std::int64_t feed_forward = 0;
    std::int64_t experts = 0;
    /// fp32: norms, biases, routers, learned positions.
    std::int64_t vectors = 0;
    /// The matrix that makes the logits; 0 where it is the embedding. llama.cpp then loads that once more beside the
    /// layers.
    std::int64_t head = 0;

    [[nodiscard]] constexpr std::int64_t layers() const noexcept {
        return attention + feed_forward + experts + vectors;
    }
    [[nodiscard]] constexpr std::int64_t total() const noexcept { return embedding + layers() + head; }
    friend constexpr bool operator==(const gguf_bytes&, const gguf_bytes&) = default;
};

/// Bytes of layers [low, high), without embedding, head and final norm. The steps of the sum grow with the kinds of
/// layers and their matrices, not with the layers.
[[nodiscard]] constexpr gguf_bytes gguf_layer_bytes(const network& net, number_format mix, std::int64_t low,
                                                    std::int64_t high, const mix_model& m) {
    constexpr std::int64_t fp32_bytes = 4;
    const detail::mixes::mix_row& row = detail::mixes::row_of_mix(mix);
    gguf_bytes sum;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const block& b = net.blocks[k];
        const std::int64_t layers = b.layers.count(low, high);
        if (layers == 0) continue;
        sum.vectors += layers * fp32_bytes * b.vector_parameters;
        for (std::int64_t i = 0; i < b.linear_count; ++i) {
            const linear& l = b.linears[i];
            // Matrices that read a latent (MLA's) have names of their own, which no rule mentions.
            const bool expert = l.split == split::expert;
            const detail::mixes::zoned z =
                detail::mixes::types_of(row, l.reads_latent ? target::latent : l.target, expert, m);
            const std::int64_t inside = detail::mixes::count_in_zone(b.layers, z.zone, low, high, m.layers);
            const auto size_in = [&](number_format type) {
                return detail::mixes::matrix_bytes(type == detail::mixes::base_type ? row.base : type, l);
            };
            const std::int64_t weights = (inside > 0 ? checked::multiply(inside, size_in(z.inside)) : 0) +
                                         (layers > inside ? checked::multiply(layers - inside, size_in(z.outside)) : 0);
            if (l.bias) sum.vectors += layers * fp32_bytes * l.copies * l.out;
            const bool attention = l.target == target::query || l.target == target::key || l.target == target::value ||
                                   l.target == target::output || l.target == target::latent;
            (l.target == target::router ? sum.vectors
             : expert                   ? sum.experts
             : attention                ? sum.attention
                                        : sum.feed_forward) += weights;
        }
    }
    return sum;
}
[[nodiscard]] constexpr gguf_bytes gguf_layer_bytes(const network& net, number_format mix, std::int64_t low,
                                                    std::int64_t high) {
    return gguf_layer_bytes(net, mix, low, high, mix_model_of(net));
}

/// Bytes of all tensors, by kind. Throws invalid_input for a format that is no file type of llama.cpp,
/// std::overflow_error past 64 bits.
[[nodiscard]] constexpr gguf_bytes gguf_bytes_by_kind(const network& net, number_format mix, const mix_model& m) {
    const detail::mixes::mix_row& row = detail::mixes::row_of_mix(mix);
    gguf_bytes sum = gguf_layer_bytes(net, mix, 0, net.layers, m);
    sum.vectors += 4 * (net.position_parameters + net.final_parameters);
    sum.embedding = storage(detail::mixes::embedding_type(row, m.tied, net.hidden), net.embedding_parameters).number;
    sum.head = storage(detail::mixes::head_type(row, net.hidden), net.head_parameters).number;
    return sum;
}
[[nodiscard]] constexpr gguf_bytes gguf_bytes_by_kind(const network& net, number_format mix) {
    return gguf_bytes_by_kind(net, mix, mix_model_of(net));
}

/// Bytes of all tensors of a network in a GGUF file of type `mix` (a mix, or a block type: "q2_k" is llama.cpp's file
/// type of that name). The file is larger by its metadata, a few MB of vocabulary.
[[nodiscard]] constexpr std::int64_t gguf_weight_bytes(const network& net, number_format mix) {
    return gguf_bytes_by_kind(net, mix).total();
}

}  // namespace cardfit
