// SPDX-License-Identifier: MIT

// Tests FLOPs against published formulas and figures.

#include <cardfit/model/flops.hpp>
#include <cardfit/model/translation_zoo.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr bool within(double value, double published, double share) {
    return value > published * (1 - share) && value < published * (1 + share);
}

/// Narayanan et al., arXiv 2104.04473, section 5.1: 96 B s l h^2 (1 + s/6h + V/16lh) where every layer's forward pass
/// runs twice, and 72 B s l h^2 (1 + s/6h + V/12lh) where it runs once. The paper counts attention without a causal
/// mask.
constexpr double narayanan(double s, double l, double h, double v) {
    return 72 * s * l * h * h * (1 + s / (6 * h) + v / (12 * l * h));
}
constexpr transformer gpt(std::int64_t layers, std::int64_t hidden, std::int64_t heads) {
    return {.layers = layers,
            .hidden = hidden,
            .heads = heads,
            .ffn = 4 * hidden,
            .ffn_gated = false,
            .vocab = 51200,
            .tied_embeddings = true,
            .positions = 2048,
            .norm = norm_kind::layer,
            .biases = biases::all};
}
/// Returns the training FLOPs where attention is not causal, as the paper counts it.
constexpr double whole_attention(const transformer& m, std::int64_t length) {
    network net = lower(m);
    for (layer_block& b : net.blocks) b.attention.causal = false;
    return training_flops(net, length);
}

}  // namespace

// torchvision states the GFLOPS of vit_b_16 and vit_l_16 (multiply-adds).
static_assert(within(forward_flops(models::vit_b_16, 1) / 2e9, 17.56, 0.01));
static_assert(within(forward_flops(models::vit_l_16, 1) / 2e9, 61.55, 0.01));
// These are the GPT models of arXiv 2104.04473, table 1, with 1.7, 18.4 and 145.6 billion parameters.
static_assert(within(whole_attention(gpt(24, 2304, 24), 2048), narayanan(2048, 24, 2304, 51200), 1e-9));
static_assert(within(whole_attention(gpt(40, 6144, 48), 2048), narayanan(2048, 40, 6144, 51200), 1e-9));
static_assert(within(whole_attention(gpt(80, 12288, 96), 2048), narayanan(2048, 80, 12288, 51200), 1e-9));
// GPT-3 (arXiv 2005.14165, table D.1) took 3.14e23 FLOPs for 300 billion tokens, 6 per parameter and token, without
// attention.
static_assert(within(training_flops(gpt(96, 12288, 96), 2048) / 2048 * 300e9, 3.14e23, 0.03));
// Llama 3.1 405B (arXiv 2407.21783, section 3) took 3.8e25 FLOPs for 15.6 trillion tokens in sequences of 8,192.
static_assert(within(training_flops(models::llama_3_1_405b, 8192) / 8192 * 15.6e12, 3.8e25, 0.05));
// An attention window saves FLOPs where the sequence is longer than it, and none where it is not.
constexpr transformer with_window(std::int64_t window) {
    transformer m = models::mistral_7b;
    m.sliding_window = {.window = window};
    return m;
}
static_assert(forward_flops(with_window(4096), 32768) < forward_flops(with_window(0), 32768));
static_assert(forward_flops(with_window(4096), 4096) == forward_flops(with_window(0), 4096));
// Training takes three times the FLOPs of forward.
static_assert(training_flops(models::gpt2, 1024) == 3 * forward_flops(models::gpt2, 1024));

// Sequence models: the Transformer has 213 million parameters with a vocabulary of 37,000 (arXiv 1706.03762, table 3),
// which are counted there without biases and norms.
constexpr encoder_decoder paper{
    .encoder_layers = 6, .decoder_layers = 6, .hidden = 1024, .heads = 16, .ffn = 4096, .vocab = 37000};
static_assert(within(static_cast<double>(parameters(paper)), 213e6, 0.01));
// NVIDIA DeepLearningExamples states 192 million parameters for Transformer-XL base.
static_assert(within(static_cast<double>(parameters(models::transformer_xl_base)), 192e6, 0.003));
// MLPerf Training's GNMT reference logs this number of parameters; the vocabulary follows from it.
static_assert(parameters(models::gnmt) == 159'605'817);
