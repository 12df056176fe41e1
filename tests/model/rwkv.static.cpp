// SPDX-License-Identifier: MIT

// Tests the parameters of RWKV models against the totals of published checkpoints and the formulas of their papers, and
// their state by hand.

#include <cardfit/model/kv_cache.hpp>
#include <cardfit/model/rwkv.hpp>

using namespace cardfit;

namespace {

/// RWKV-7 with a feed-forward of four times the hidden size and 65,536 words.
constexpr rwkv goose(std::int64_t layers, std::int64_t hidden) {
    return {.layers = layers,
            .hidden = hidden,
            .head_dim = 64,
            .ffn = 4 * hidden,
            .vocab = 65536,
            .ranks = models::rwkv7_ranks(hidden)};
}
/// RWKV-5 and RWKV-6, whose feed-forward is 3.5 times as wide as the hidden size.
constexpr rwkv world(std::int64_t generation, std::int64_t layers, std::int64_t hidden, rwkv_ranks ranks = {}) {
    return {.generation = generation,
            .layers = layers,
            .hidden = hidden,
            .head_dim = 64,
            .ffn = hidden / 2 * 7,
            .vocab = 65536,
            .ranks = ranks};
}
constexpr rwkv rwkv_4_169m{.generation = 4, .layers = 12, .hidden = 768, .ffn = 3072, .vocab = 50277};

/// Parameters by the papers: arXiv 2404.05892, of Eagle and Finch with D channels, L layers and V words.
constexpr std::int64_t eagle(std::int64_t l, std::int64_t d) {
    return 13 * d * d * l + 14 * d * l + 4 * d + 2 * d * 65536;
}
constexpr std::int64_t finch(std::int64_t l, std::int64_t d) {
    return 13 * d * d * l + 464 * d * l + 4 * d + 2 * d * 65536;
}

}  // namespace

// Totals of the safetensors files of the models of generation 7 (rwkv7-hf, PUBLISHED_MODELS.md).
static_assert(parameters(goose(12, 768)) == 191'034'624);
static_assert(parameters(goose(24, 1024)) == 450'767'872);
static_assert(parameters(goose(24, 2048)) == 1'527'404'544);
static_assert(parameters(goose(32, 2560)) == 2'947'735'040);
static_assert(parameters(goose(32, 4096)) == 7'199'141'888);

// The formulas of the paper, for Eagle 3B and Finch 1.6B.
static_assert(parameters(world(5, 32, 2560)) == eagle(32, 2560));
static_assert(parameters(world(6, 24, 2048, models::rwkv6_ranks(2048))) == finch(24, 2048));

// RWKV/rwkv-4-169m-pile: the total of its file.
static_assert(parameters(rwkv_4_169m) == 169'342'464);

// Only a token's own layers grow with its length: there is no cache. The state of generations 5 to 7 is a matrix of 64
// x 64 per head; both halves of a layer keep the last token.
static_assert(kv_cache_per_token(goose(32, 2560)) == bytes_of(0));
static_assert(recurrent_state(goose(32, 2560)) == bytes_of(32 * 2 * (2560 * 64 + 2 * 2560)));
static_assert(recurrent_state(rwkv_4_169m) == bytes_of(12 * 2 * (3 * 768 + 2 * 768)));

// A token attends to nothing, and the model continues its input.
static_assert(is_autoregressive(lower(goose(12, 768))));
