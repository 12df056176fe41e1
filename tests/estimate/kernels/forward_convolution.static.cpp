// SPDX-License-Identifier: MIT

// Tests the forward pass of a convolutional network against hand counts on a card of round numbers.

#include "../../close.hpp"
#include "../round_job.hpp"

#include <cardfit/estimate/kernels/forward_convolution.hpp>

using namespace cardfit;
using namespace round_job;
using detail::attention_shape;
using detail::convolution_shape;
using detail::elementwise;
using detail::forward_sums;

namespace {

constexpr forward_constants shares{.convolution = 0.5,
                                   .normalized_passes = 8,
                                   .activation_pass = 0.25,
                                   .copy_pass = 3,
                                   .transposed_passes = 5,
                                   .stacked_passes = 7,
                                   .host_kernel = 2};

constexpr bench images() {
    bench t;
    kernel_constants& k = t.constants.kernels;
    k.convolution_16bit = 1;
    k.convolution_tf32 = 1;
    k.convolution_fp32 = 1;
    k.channels_first = 1;
    k.convolution_wave = 0;
    k.split_inner = 1e9;
    t.constants.step.frozen_norm_pass = 0.5;
    t.constants.step.kernels_per_convolution = 9;
    t.constants.step.kernel_ramp = 0;
    t.row.channels_last = true;
    return t;
}
template <class Change, class Ask>
constexpr auto of(Change change, Ask question) {
    bench t = images();
    change(t);
    return question(t.lowered());
}
constexpr auto nothing = [](bench&) {};
constexpr auto contiguous = [](bench& t) { t.row.channels_last = false; };

/// A 1 x 1 convolution from 8 channels of 4 x 4 to 16, three times.
constexpr convolution_shape pointwise{
    .in = {.channels = 8, .height = 4, .width = 4}, .out = {.channels = 16, .height = 4, .width = 4}, .times = 3};
template <class Change>
constexpr forward_sums visited(Change change, convolution_shape shape = pointwise) {
    return of(change, [&](const detail::time_job& j) {
        forward_sums sums{.seconds = 1000, .elements = 1, .transposed = 10, .kernels = 100};
        detail::forward_timer{j, sums, shares}.convolution(shape);
        return sums;
    });
}
constexpr double matmul =
    of(nothing, [](const detail::time_job& j) { return detail::matmuls_of(pointwise, j).forward(); });
constexpr convolution_shape matrix = [] {
    convolution_shape s = pointwise;
    s.matrix = true;
    return s;
}();
constexpr double matrix_matmul =
    of(nothing, [](const detail::time_job& j) { return detail::matmuls_of(matrix, j).forward(); });

constexpr double passes(elementwise what) {
    return of(nothing, [=](const detail::time_job& j) { return detail::forward_passes(what, j, shares); });
}

}  // namespace

// A convolution takes half of its forward pass in training and launches a third of a training's kernels; a matrix takes
// all of it.
constexpr forward_sums after = visited(nothing);
static_assert(matmul > 0 && close(after.seconds, 1000 + 0.5 * matmul) && after.kernels == 103 &&
              after.convolutions == 3 && after.matrices == 0 && after.attentions == 0 && after.elements == 1 &&
              after.transposed == 10);
constexpr forward_sums after_matrix = visited(nothing, matrix);
static_assert(close(after_matrix.seconds, 1000 + matrix_matmul) && after_matrix.matrices == 3 &&
              after_matrix.convolutions == 0);
// Tensor cores read inputs whose channels come last: others are transposed, and so are results: 8 x 16 and 16 x 16.
static_assert(visited(contiguous).transposed == 10 + 3 * (128 + 256) && visited(contiguous, matrix).transposed == 10);
static_assert(visited([](bench& t) {
                  contiguous(t);
                  t.card.matrix_units = false;
              }).transposed == 10 &&
              visited([](bench& t) {
                  contiguous(t);
                  t.card.half_format = false;
              }).transposed == 10);
static_assert(visited(contiguous,
                      [] {
                          convolution_shape s = pointwise;
                          s.groups = 2;
                          return s;
                      }())
                  .transposed == 10);

// Attention launches one kernel each time.
constexpr attention_shape attended{.from = 4, .to = 8, .heads = 2, .width = 16, .times = 3};
static_assert(of(nothing, [](const detail::time_job& j) {
    forward_sums sums{.seconds = 1000, .kernels = 100};
    detail::forward_timer{j, sums, shares}.attention(attended);
    return close(sums.seconds, 1000 + detail::attention_seconds(attended, j)) && sums.kernels == 103 &&
           sums.attentions == 3 && detail::attention_seconds(attended, j) > 0;
}));

// Passes: a norm and its activation 8, an activation alone a quarter of them, a copy three times as many, a window's
// copy half of what forward and backward make of it, and scores by their bytes.
static_assert(passes(elementwise::batch_norm) == 8 && passes(elementwise::activation) == 2 &&
              passes(elementwise::copy) == 24 && passes(elementwise::frozen_norm) == 4 &&
              passes(elementwise::window_copy) == detail::window_copies / 2);
static_assert(of(nothing, [](const detail::time_job& j) {
    return close(detail::forward_passes(elementwise::scores, j, shares), 0.25 * detail::score_traffic(j, 1) / 2);
}));
static_assert(of(nothing, [](const detail::time_job& j) {
    forward_sums sums{.elements = 1};
    detail::forward_timer{j, sums, shares}.pass(elementwise::copy, 10);
    return sums.elements == 1 + 24 * 10;
}));

// Two images move 100 elements, and 5 passes over 10 that are transposed, of 2 bytes each at 4 bytes per second; seven
// times as slowly on stacked memory, relative to GDDR.
constexpr forward_sums moved{.seconds = 1000, .elements = 100, .transposed = 10, .kernels = 3};
template <class Change>
constexpr double seconds_with(Change change) {
    return of(
        [&](bench& t) {
            t.card.bandwidth = 4;
            change(t);
        },
        [](const detail::time_job& j) { return detail::summed_seconds(moved, j, shares); });
}
static_assert(close(seconds_with(nothing), 1000 + 150 * 2 * 2 / 4.0));
static_assert(close(seconds_with([](bench& t) { t.hardware.card.memory_type = memory_type::hbm3; }),
                    1000 + 7 * 150 * 2 * 2 / 4.0));
// Kernels begin slowly, and the host launches one in two seconds.
static_assert(close(seconds_with([](bench& t) { t.constants.step.kernel_ramp = 10; }), 1000 + 150 + 30));
static_assert(of(nothing, [](const detail::time_job& j) {
    return detail::summed_seconds({.seconds = 1, .kernels = 3}, j, shares) == 6;
}));
