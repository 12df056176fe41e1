// SPDX-License-Identifier: MIT

// Tests denoisers by hand counts of their layers, and against what their publishers state.

#include <cardfit/model/denoiser.hpp>
#include <cardfit/model/kv_cache.hpp>

using namespace cardfit;

constexpr std::int64_t h = 3072;
constexpr denoiser flux{.joint_layers = 19, .single_layers = 38, .heads = 24, .head_dim = 128, .ffn = 4 * h};

// A joint layer has for latents and text each: six shifts, scales and gates, four matrices of attention, two of the
// feed-forward, and norms of a head's queries and keys. A single layer has three shifts, scales and gates, three
// matrices of queries, keys and values, one to 4 h, and one from 5 h.
constexpr std::int64_t joint = 2 * (6 * h * h + 6 * h + 4 * (h * h + h) + 8 * h * h + 5 * h + 2 * 128);
constexpr std::int64_t single = 3 * h * h + 3 * h + 3 * (h * h + h) + 4 * h * h + 4 * h + 5 * h * h + h + 2 * 128;
static_assert(parameters(flux) == 19 * joint + 38 * single);
// FLUX.1-dev has 11,901,408,320 (tests/model/diffusion.static.cpp), 64,124,992 of them outside its layers.
static_assert(parameters(flux) == 11'901'408'320 - 64'124'992);

// A token visits the matrices of the latents or those of the text.
constexpr denoiser joint_alone{.joint_layers = 1, .heads = 24, .head_dim = 128, .ffn = 4 * h};
static_assert(active_parameters(joint_alone) == joint / 2 + 2 * 128);

// Wan 2.1 14B: a layer has 8 matrices of attention, two of the feed-forward, norms of whole queries and keys in both
// attentions, six vectors of a table, and a norm in front of the cross attention.
constexpr std::int64_t w = 5120;
constexpr denoiser wan{
    .crossed_layers = 40, .heads = 40, .head_dim = 128, .ffn = 13824, .cross_norm = true, .text_tokens = 512};
static_assert(parameters(wan) == 40 * (8 * (w * w + w) + 2 * w * 13824 + 13824 + w + 4 * w + 6 * w + 2 * w));

// SD 3's last layer, by hand: of the text, a shift and a scale, and the matrices of queries, keys and values alone.
constexpr denoiser ending{.joint_layers = 1, .last_drops_text = true, .heads = 24, .head_dim = 128, .ffn = 4 * h};
static_assert(parameters(ending) == joint - (4 * h * h + 4 * h) - (h * h + h) - (8 * h * h + 5 * h));
// A second attention of the latents: four matrices, three shifts, scales and gates more, norms of queries and keys.
constexpr denoiser dual{.joint_layers = 1, .dual_layers = 1, .heads = 24, .head_dim = 128, .ffn = 4 * h};
static_assert(parameters(dual) == joint + 4 * (h * h + h) + 3 * h * h + 3 * h + 2 * 128);
// FLUX.2's layers as an audit of its code counts them: 981,467,648 and 490,733,824.
constexpr denoiser flux_2{.joint_layers = 1,
                          .heads = 48,
                          .head_dim = 128,
                          .ffn = 3 * 6144,
                          .bias = false,
                          .gated = true,
                          .shared_modulation = true};
static_assert(parameters(flux_2) == 981'467'648);
constexpr denoiser flux_2_single{.single_layers = 1,
                                 .heads = 48,
                                 .head_dim = 128,
                                 .ffn = 3 * 6144,
                                 .bias = false,
                                 .gated = true,
                                 .shared_modulation = true};
static_assert(parameters(flux_2_single) == 490'733'824);

static_assert(!is_autoregressive(lower(wan)));
static_assert(kv_cache_per_token(wan).number == 0);
static_assert(problems(wan).empty());
static_assert(!problems(denoiser{.heads = 1, .head_dim = 1, .ffn = 1}).empty());  // no layer
