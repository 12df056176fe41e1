// SPDX-License-Identifier: MIT
#pragma once

// The encoder-decoder transformer (Vaswani et al., arXiv 1706.03762) and its descendants T5, BART and Whisper. In
// training, one sample is a pair of a source and a target. Unless the job or the model states the source's length
// (source_length.hpp), both are equally long, and one token stands for one token of each. In inference, the prompt is
// the source, which the encoder reads once, and the generated tokens are the target.

#include <cardfit/model/mixers/cross_attention.hpp>
#include <cardfit/model/sound_front.hpp>
#include <cardfit/model/transformer.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

/// An encoder of T5's kind whose sizes are not the decoder's: RMSNorms, no biases, relative positions, an embedding of
/// its own. A matrix takes its result to the decoder's width. Without a width there is none.
struct source_stack {
    std::int64_t hidden = 0;            ///< hidden size; 0: there is no such stack
    std::int64_t heads = 0;             ///< attention heads
    std::int64_t head_dim = 0;          ///< elements per head
    std::int64_t ffn = 0;               ///< width of the feed-forward
    bool ffn_gated = false;             ///< a gate multiplies one half of it by the other
    std::int64_t vocab = 0;             ///< rows of its own embedding
    std::int64_t relative_buckets = 0;  ///< rows of its relative position bias
    friend constexpr bool operator==(const source_stack&, const source_stack&) = default;
};

/// An encoder-decoder. The defaults describe the first one: source, target and head share one embedding, positions have
/// no parameters, norms are LayerNorms, and every matrix has a bias.
struct encoder_decoder {
    std::int64_t encoder_layers = 0;             ///< layers of the encoder
    std::int64_t decoder_layers = 0;             ///< layers of the decoder
    std::int64_t hidden = 0;                     ///< hidden size of both
    std::int64_t heads = 0;                      ///< attention heads
    std::int64_t ffn = 0;                        ///< width of the feed-forward
    std::int64_t vocab = 0;                      ///< rows of the embedding
    std::int64_t head_dim = 0;                   ///< default: hidden / heads
    bool ffn_gated = false;                      ///< a gate multiplies one half of it by the other
    bool tied_embeddings = true;                 ///< the output layer shares the embedding's matrix
    cardfit::norm_kind norm = norm_kind::layer;  ///< LayerNorm or RMSNorm
    cardfit::biases biases = biases::all;        ///< the matrices that have a bias
    bool key_bias = true;                        ///< false: every matrix but the keys' has a bias (Whisper)
    std::int64_t stack_norms = 0;                ///< norms outside the layers, before or after each stack
    std::int64_t relative_buckets = 0;           ///< buckets of T5's position bias, with one bias per head and stack
    std::int64_t source_positions = 0;           ///< rows of the encoder's stored position table
    std::int64_t target_positions = 0;           ///< rows of the decoder's stored position table
    std::int64_t source_channels = 0;     ///< mel bins that Whisper's two convolutions read; 0: the source is words
    bool relative_in_each_layer = false;  ///< each layer has a position bias of its own (UMT5)
    /// Size of a classifier on the last token of the target, behind a matrix of hidden x hidden, in the place of the
    /// vocabulary head (BART, section 3.1); 0: there is none.
    std::int64_t classes = 0;
    source_stack source{};  ///< an encoder of other sizes
    /// Parameters that the checkpoint holds and whose work is not modeled: a codec of sound.
    std::int64_t held_parameters = 0;
    friend constexpr bool operator==(const encoder_decoder&, const encoder_decoder&) = default;
};

/// Returns everything that is wrong with a model's dimensions; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const encoder_decoder& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.ranges(invalid_field{"model.encoder_decoder.encoder_layers", m.encoder_layers, 1, 1000},
                 invalid_field{"model.encoder_decoder.decoder_layers", m.decoder_layers, 1, 1000},
                 invalid_field{"model.encoder_decoder.hidden", m.hidden, 1, 100'000},
                 invalid_field{"model.encoder_decoder.heads", m.heads, 1, 10'000},
                 invalid_field{"model.encoder_decoder.ffn", m.ffn, 1, 1'000'000},
                 invalid_field{"model.encoder_decoder.vocab", m.vocab, 1, 10'000'000},
                 invalid_field{"model.encoder_decoder.head_dim", m.head_dim, 0, 100'000},
                 invalid_field{"model.encoder_decoder.stack_norms", m.stack_norms, 0, 4},
                 invalid_field{"model.encoder_decoder.relative_buckets", m.relative_buckets, 0, 100'000},
                 invalid_field{"model.encoder_decoder.source_positions", m.source_positions, 0, 10'000'000},
                 invalid_field{"model.encoder_decoder.target_positions", m.target_positions, 0, 10'000'000},
                 invalid_field{"model.encoder_decoder.source_channels", m.source_channels, 0, 100'000},
                 invalid_field{"model.encoder_decoder.classes", m.classes, 0, 1'000'000},
                 invalid_field{"model.encoder_decoder.held_parameters", m.held_parameters, 0, 1'000'000'000'000});
    const source_stack& s = m.source;
    const std::int64_t least = s.hidden > 0 ? 1 : 0;
    found.ranges(invalid_field{"model.encoder_decoder.source.hidden", s.hidden, 0, 100'000},
                 invalid_field{"model.encoder_decoder.source.heads", s.heads, least, 10'000},
                 invalid_field{"model.encoder_decoder.source.head_dim", s.head_dim, least, 100'000},
                 invalid_field{"model.encoder_decoder.source.ffn", s.ffn, least, 1'000'000},
                 invalid_field{"model.encoder_decoder.source.vocab", s.vocab, least, 10'000'000},
                 invalid_field{"model.encoder_decoder.source.relative_buckets", s.relative_buckets, 0, 100'000});
    if (!found.empty()) return found;
    found.require(field_condition{m.head_dim > 0 || m.hidden % m.heads == 0, "model.encoder_decoder.head_dim",
                                  m.head_dim, "a head_dim, or a hidden that is a multiple of heads"});
    return found;
}

namespace detail {

/// Returns the transformer whose layers both stacks use.
[[nodiscard]] constexpr transformer layer_of(const encoder_decoder& m) noexcept {
    return {.layers = m.encoder_layers + m.decoder_layers,
            .hidden = m.hidden,
            .heads = m.heads,
            .head_dim = m.head_dim,
            .ffn = m.ffn,
            .ffn_gated = m.ffn_gated,
            .vocab = m.vocab,
            .tied_embeddings = m.tied_embeddings,
            .norm = m.norm,
            .biases = m.biases};
}

/// Returns the cross attention of a decoder layer.
[[nodiscard]] constexpr mechanism::cross_attention cross_attention_of(const encoder_decoder& m) noexcept {
    return {.hidden = m.hidden,
            .heads = m.heads,
            .head_dim = m.head_dim > 0 ? m.head_dim : m.hidden / m.heads,
            .bias = m.biases != biases::none,
            .norm = m.norm};
}

/// Gives both stacks' own attention a learned bias for each pair of positions, which fused kernels do not take.
constexpr void bias_scores(network& net) noexcept {
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        attention_answers& a = net.blocks[k].attention;
        a.biased_scores = true;
        a.mask_bias = true;
        a.flash = false;
    }
}

/// Replaces the vocabulary head of a network by a classifier.
constexpr void classify(network& net, const encoder_decoder& m) {
    const std::int64_t h = m.hidden;
    net.final_parameters += h * h + h + (h + 1) * m.classes;
    net.classes = m.classes;
    net.logits = 0;
    net.head_parameters = 0;
    net.tied = false;
}

/// Puts an encoder of other sizes in the place of the first stack, with its embedding, its positions, its last norm and
/// the matrix behind it.
constexpr void replace_encoder(network& net, const encoder_decoder& m) {
    const source_stack& s = m.source;
    const network source = lower(transformer{.layers = m.encoder_layers,
                                             .hidden = s.hidden,
                                             .heads = s.heads,
                                             .head_dim = s.head_dim,
                                             .ffn = s.ffn,
                                             .ffn_gated = s.ffn_gated,
                                             .vocab = s.vocab,
                                             .tied_embeddings = true});
    layer_block& encoder = net.blocks[0];
    encoder = source.blocks[0];
    encoder.layers = {0, m.encoder_layers, 1, true};
    encoder.attention.causal = false;
    encoder.encodes = true;
    encoder.cache = {};
    encoder.attention.biased_scores = s.relative_buckets > 0;
    encoder.attention.mask_bias = s.relative_buckets > 0;
    encoder.attention.flash = s.relative_buckets == 0;
    net.position_parameters += s.vocab * s.hidden + s.relative_buckets * s.heads;
    net.final_parameters += s.hidden + s.hidden * m.hidden + m.hidden;
}

/// Adds the convolutions that read sound to the network.
constexpr void add_audio_front(network& net, const encoder_decoder& m) {
    const std::int64_t h = m.hidden;
    const std::int64_t bins = m.source_channels;
    const stack_front front = audio_front(bins, h, m.source_positions);
    net.position_parameters += front.parameters;
    net.sample_flops = front.flops;
    net.fixed_source_length = m.source_positions;
    // Two frames per position: their bins, the first convolution's result and its GELU; then the second one's result
    // and its GELU.
    net.source_front_width = 2 * bins + 2 * 2 * h + 2 * h;
}

}  // namespace detail

/// Returns an encoder-decoder lowered to blocks. Throws invalid_input for dimensions that make no model.
[[nodiscard]] constexpr network lower(const encoder_decoder& m) {
    check(m);
    network net = lower(detail::layer_of(m));
    layer_block decoder = net.blocks[0];
    add_cross_attention(decoder, detail::cross_attention_of(m));
    decoder.layers = {m.encoder_layers, net.layers, 1, true};
    // The encoder reads the source once, in both directions, and caches nothing.
    layer_block& encoder = net.blocks[0];
    encoder.layers = {0, m.encoder_layers, 1, true};
    encoder.attention.causal = false;
    encoder.encodes = true;
    encoder.cache = {};
    if (!m.key_bias) {
        drop_biases(encoder, target::key);
        drop_biases(decoder, target::key);
    }
    net.blocks[1] = decoder;
    net.block_kinds = 2;
    if (m.relative_buckets > 0) detail::bias_scores(net);
    net.final_parameters = m.stack_norms * (m.norm == norm_kind::layer ? 2 : 1) * m.hidden;
    net.final_norm_width = m.stack_norms > 0 ? m.hidden : 0;
    const std::int64_t table = m.relative_buckets * m.heads;
    net.position_parameters = (m.source_positions + m.target_positions) * m.hidden;
    net.position_parameters += (m.relative_in_each_layer ? net.layers : 2) * table;
    if (m.source.hidden > 0) detail::replace_encoder(net, m);
    net.final_parameters += m.held_parameters;
    if (m.classes > 0) detail::classify(net, m);
    if (m.source_channels > 0) detail::add_audio_front(net, m);
    net.is_encoder_decoder = true;
    net.max_source_length = m.source_positions;
    net.longest_sequence = m.target_positions;
    return net;
}

}  // namespace cardfit
