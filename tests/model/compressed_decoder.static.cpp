// SPDX-License-Identifier: MIT

// Tests DeepSeek-V4 against what its model cards state, and against counts by hand of the shapes in transformers'
// modeling_deepseek_v4.py.

#include <cardfit/model/compressed_decoder.hpp>
#include <cardfit/model/hybrid.hpp>
#include <cardfit/model/kv_cache.hpp>

using namespace cardfit;

namespace {

/// config.json of deepseek-ai/DeepSeek-V4-Flash: two layers with a window alone, then layers with an indexer and layers
/// without in turn.
constexpr compressed_decoder flash{
    .layers = 43,
    .hidden = 4096,
    .vocab = 129280,
    .attention = {.heads = 64,
                  .head_dim = 512,
                  .query_rank = 1024,
                  .output_groups = 8,
                  .output_rank = 1024,
                  .window = 128,
                  .indexer = {.heads = 64, .head_dim = 128, .tokens = 512}},
    .searched = layers_every(2, 2),
    .pooled = layers_every(2, 3),
    .searched_ratio = 4,
    .pooled_ratio = 128,
    .experts = {.count = 256, .active = 6, .ffn = 2048, .shared = 1, .router_bias = true},
    .residual_streams = 4};

/// config.json of deepseek-ai/DeepSeek-V4-Pro: the first two layers have entries and no indexer.
constexpr compressed_decoder pro = [] {
    compressed_decoder m = flash;
    m.layers = 61;
    m.hidden = 7168;
    m.attention.heads = 128;
    m.attention.query_rank = 1536;
    m.attention.output_groups = 16;
    m.attention.indexer.tokens = 1024;
    m.pooled.add(0);
    m.pooled.add(1);
    m.experts.count = 384;
    m.experts.ffn = 3072;
    return m;
}();

constexpr bool rounds_to(std::int64_t count, double published, double half_step) {
    const double off = static_cast<double>(count) - published;
    return -half_step <= off && off <= half_step;
}

/// Parameters of Flash by hand.
constexpr std::int64_t by_hand = [] {
    constexpr std::int64_t h = 4096;
    constexpr std::int64_t d = 512;
    constexpr std::int64_t queries = 64 * d;
    constexpr std::int64_t common =
        h * 1024 + 1024 + 1024 * queries + h * d + d + queries / 8 * 8 * 1024 + 8 * 1024 * h + 64;
    constexpr std::int64_t pooled = 2 * h * d + 128 * d + d;
    constexpr std::int64_t indexer = 2 * h * 256 + 4 * 256 + 128 + 1024 * 64 * 128 + h * 64;
    constexpr std::int64_t searched = 2 * h * 2 * d + 4 * 2 * d + d + indexer;
    constexpr std::int64_t experts = h * 256 + 256 + 257 * 3 * h * 2048;
    constexpr std::int64_t connections = 2 * (24 * 4 * h + 24 + 3);
    return 43 * (common + experts + connections + 2 * h) + 21 * searched + 20 * pooled + 2 * 129280 * h + h +
           4 * 4 * h + 4 + 1;
}();

}  // namespace

static_assert(parameters(flash) == by_hand);

// The model cards: 284 billion parameters of which a token visits 13, and 1.6 trillion of which it visits 49.
static_assert(rounds_to(parameters(flash), 284e9, 0.5e9));
static_assert(rounds_to(active_parameters(flash), 13e9, 1e9));
static_assert(rounds_to(parameters(pro), 1.6e12, 0.05e12));
static_assert(rounds_to(active_parameters(pro), 49e9, 1e9));

// The cache of a long sequence. 20 layers keep one entry of 512 elements per 128 tokens; 21 keep one per 4 tokens and a
// key of the indexer of 132 bytes; two keep the last 128 tokens.
static_assert(kv_cache(flash, 1 << 20) ==
              bytes_of((1 << 20) * (20 * 512LL * 2 / 128 + 21 * (512LL * 2 / 4 + 132 / 4)) + 2 * 128 * 512 * 2));
// DeepSeek-V3.2 keeps 576 elements and such a key per token and layer: the report's figure is 7 % of its cache, with
// entries in fewer bits than these 16.
static_assert(kv_cache(flash, 1 << 20).number * 10 < (1 << 20) * 61LL * (576 * 2 + 132));

// A window of 128 positions stands beside the entries, whatever the length, and what the next entries are made of.
static_assert(recurrent_state(flash) ==
              bytes_of(2 * (20 * (128 * 512 + 128 * 2 * 512LL) + 21 * (128 * 512 + 8 * (4 * 512 + 4 * 128LL)))));
