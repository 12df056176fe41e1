// SPDX-License-Identifier: MIT

// Tests what makes tokens of sound against wav2vec 2.0 (arXiv 2006.11477, section 4.2): seven convolutions of 512
// channels, with strides (5, 2, 2, 2, 2, 2, 2) and kernels (10, 3, 3, 3, 3, 2, 2), and a convolution over 128 tokens in
// 16 groups.

#include <cardfit/model/encoder_zoo.hpp>

using namespace cardfit;

constexpr sound_front base = models::wav2vec2_base_960h.sound;

// By hand: a convolution of 1 x 512 x 10, four of 512 x 512 x 3 and two of 512 x 512 x 2; the norm of the first one;
// the norm of the features and their projection; 768 x 48 x 128 over tokens, a bias, 128 lengths of the weight norm;
// the token in the place of masked ones.
static_assert(parameters(base, 768) ==
              5120 + 4 * 786'432 + 2 * 524'288 + 1024 + 1024 + 512 * 768 + 768 + 768 * 48 * 128 + 768 + 128 + 768);
static_assert(parameters(sound_front{}, 768) == 0);

// One token stands for 320 samples, 20 ms of 16 kHz; the first convolution makes 64 positions of them, each of which
// multiplies 10 samples with 512 channels, and so on; then come the projection and the convolution over tokens.
constexpr std::int64_t per_token =
    2 * (64 * 512 * 10 + (32 + 16 + 8 + 4) * 512 * 512 * 3 + (2 + 1) * 512 * 512 * 2 + 512 * 768 + 768 * 48 * 128);
constexpr std::int64_t share = lower(models::wav2vec2_base_960h).blocks[0].attention.flops;
static_assert(share * 12 >= per_token && share * 12 < per_token + 12);

// The widest moment is the first convolution's: its result, that of its norm, and that of its activation.
static_assert(lower(models::wav2vec2_base_960h).blocks[0].forward_width == 3 * 64 * 512);

static_assert(problems(base).empty());
static_assert(!problems(sound_front{.layers = 9}).empty());
static_assert(!problems(sound_front{.layers = 1}).empty());  // no channels
