// SPDX-License-Identifier: MIT

// Lightning attention as MiniMax-Text-01 has it (arXiv 2501.08313, table 1 and section 2.2; config.json of
// MiniMaxAI/MiniMax-Text-01): 80 layers of 6144, 64 heads of 128, attention with 8 KV heads in every eighth layer, 32
// experts of 9216 of which a token visits 2, and 200,064 words. Counted by hand.

#include <cardfit/estimate/parameters.hpp>
#include <cardfit/model/hybrid.hpp>
#include <cardfit/model/kv_cache.hpp>

using namespace cardfit;

namespace {

constexpr hybrid minimax{.layers = 80,
                         .hidden = 6144,
                         .vocab = 200064,
                         .state = {.kind = recurrence::lightning,
                                   .inner = 8192,
                                   .state = 128,
                                   .kernel = 1,
                                   .groups = 64,
                                   .heads = 64,
                                   .convolution_bias = false},
                         .attention = layers_every(8, 7),
                         .feed_forward = all_layers,
                         .sparse = all_layers,
                         .heads = 64,
                         .kv_heads = 8,
                         .head_dim = 128,
                         .experts = {.count = 32, .active = 2, .ffn = 9216}};
constexpr network net = lower(minimax);

// Queries, keys and values; gate; output; the weight of the norm.
constexpr std::int64_t lightning = 6144 * 3 * 8192 + 6144 * 8192 + 8192 * 6144 + 8192;
constexpr std::int64_t attention = 2 * 6144 * 8192 + 2 * 6144 * 1024;
constexpr std::int64_t experts = 6144 * 32 + 32 * 3 * std::int64_t{6144} * 9216;
constexpr std::int64_t norms = 2 * 6144;
constexpr std::int64_t vocabulary = 2 * std::int64_t{200064} * 6144;
static_assert(parameters(net) == 70 * lightning + 10 * attention + 80 * (experts + norms) + vocabulary + 6144);
// The total of the checkpoint, recalled, is the same; each token visits 45.9 B (arXiv 2501.08313, abstract), which the
// vocabulary's two matrices are not among.
static_assert(parameters(net) == 456'089'655'296);
static_assert((active_parameters(net) - vocabulary) / 100'000'000 == 459);

// Ten layers cache keys and values of 8 heads; the others carry a matrix of 128 x 128 per head, and no convolution.
static_assert(kv_cache_per_token(net) == bytes_of(10 * 2 * 8 * 128 * 2));
static_assert(net.blocks[0].state.width == 64 * 128 * 128);
static_assert(net.blocks[0].state.convolution == 0);
static_assert(net.blocks[0].state.flops == 5 * 64 * 128 * 128);
static_assert(net.blocks[0].attention.scores == score_kind::none);

// Queries, keys and values twice, and four tensors as wide as the values.
static_assert(net.blocks[0].width.of[tensor_role::recurrent_state] == 10 * 8192);

}  // namespace
