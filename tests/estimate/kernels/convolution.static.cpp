// SPDX-License-Identifier: MIT

// Tests the matmuls of convolutions, their passes and a step of them against hand counts on a card of round numbers.

#include "../../close.hpp"
#include "../round_job.hpp"

#include <cardfit/estimate/kernels/convolution.hpp>

using namespace cardfit;
using namespace round_job;
using detail::attention_shape;
using detail::convolution_shape;
using detail::elementwise;

namespace {

/// Full rates, no losses of waves, and an inner sum of any length that starts at once.
constexpr bench images() {
    bench t;
    kernel_constants& k = t.constants.kernels;
    k.convolution_16bit = 1;
    k.convolution_tf32 = 1;
    k.convolution_fp32 = 1;
    k.channels_first = 0.25;
    k.winograd_saving = 2;
    k.convolution_wave = 0;
    k.split_inner = 1e9;
    t.constants.step.frozen_norm_pass = 0.5;
    t.constants.step.activation_pass = 0.25;
    t.constants.step.copy_pass = 3;
    t.constants.step.normalized_passes = 10;
    t.constants.step.kernels_per_convolution = 9;
    t.constants.step.kernel_ramp = 0;
    t.constants.step.launch = 0;
    t.constants.step.backward_share = 0.75;
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

// 3 x 3 of stride 2 from 8 channels of 4 x 4 to 16 of 2 x 2, for a micro-batch of 2.
constexpr convolution_shape halving{.in = {.channels = 8, .height = 4, .width = 4},
                                    .out = {.channels = 16, .height = 2, .width = 2},
                                    .kernel = 3,
                                    .groups = 1,
                                    .times = 1};

}  // namespace

// 8 positions of results, each of 16 channels and an inner sum of 72; 32 positions before it.
constexpr double products = 8 * 16 * 72;
static_assert(of(nothing, [](const detail::time_job& j) {
    const detail::convolution_matmuls m = detail::matmuls_of(halving, j);
    return m.flops == 2 * products && m.inner == 72 && m.window_out == 144 && m.from == 32 && m.to == 8 && m.in == 8 &&
           m.out == 16 && m.size == 2 * (8 * 16 + 32 * 8 + 16 * 72) && close(m.forward(), products) &&
           close(m.data_gradient(), products) && close(m.weight_gradient(), products);
}));
// Groups divide the inner sums; shapes that are visited several times count as often.
static_assert(of(nothing, [](const detail::time_job& j) {
    convolution_shape s = halving;
    s.groups = 2;
    s.times = 3;
    const detail::convolution_matmuls m = detail::matmuls_of(s, j);
    return m.inner == 36 && m.window_out == 72 && m.flops == 2 * 3 * 8 * 16 * 36 && m.to == 24 && m.from == 96;
}));
// Bytes bound each matmul alike. A start of 72 doubles a sum of 72; of 72 multiprocessors, results of half a tile leave
// a wave of half of them empty: one that costs as much again.
static_assert(close(of([](bench& t) { t.card.bandwidth = 0.001; },
                       [](const detail::time_job& j) { return detail::matmuls_of(halving, j).forward(); }),
                    1000.0 * 2 * (8 * 16 + 32 * 8 + 16 * 72)));
static_assert(close(of([](bench& t) { t.constants.kernels.inner_start = 72; },
                       [](const detail::time_job& j) { return detail::matmuls_of(halving, j).forward(); }),
                    2 * products));
constexpr double waved(double length, double split) {
    bench t = images();
    t.card.multiprocessors = 4;
    t.constants.kernels.convolution_wave = 0.5;
    t.constants.kernels.tile_elements = 64;
    t.constants.kernels.split_inner = split;
    t.constants.kernels.smallest_partial_wave = 0.25;
    const auto j = t.lowered();
    const detail::convolution_matmuls m{.j = j, .reached = {2, 1}, .flops = 2 * 8 * 16 * length};
    return m.seconds(8, 16, length) / (8 * 16 * length);
}
// Two tiles on 4 multiprocessors: half a wave costs half x 4 / 2 more. Beyond a sum of 100 it is split: half more.
static_assert(close(waved(50, 100), 2) && close(waved(400, 100), 1.5) && close(waved(110, 100), 200.0 / 110));
// A wave counts at least a quarter of the multiprocessors.
static_assert([] {
    bench t = images();
    t.card.multiprocessors = 4;
    t.constants.kernels.convolution_wave = 0.5;
    t.constants.kernels.smallest_partial_wave = 0.25;
    const auto j = t.lowered();
    const detail::convolution_matmuls m{.j = j, .reached = {2, 0.5}, .flops = 2 * 8 * 16 * 50};
    return close(m.seconds(8, 16, 50), 2 * 8 * 16 * 50 * (1 + 0.5 * 4));
}());

// ---- Rates

constexpr bool reaches(const detail::rate& r, double peak, double share) {
    return close(r.peak, peak) && close(r.share, share);
}
template <class Change>
constexpr detail::rate rate_of(bool winograd, bool matrix, Change change) {
    return of(
        [=](bench& t) {
            t.card.fp32 = {1, 0.5};
            t.card.tf32 = {4, 0.25};
            t.card.half = {8, 0.75};
            change(t);
        },
        [=](const detail::time_job& j) { return detail::convolution_rate(j, winograd, matrix); });
}
// 16 bits on tensor cores; a quarter of it in the contiguous layout before kernels transformed it, which matrices do
// not mind.
constexpr auto contiguous = [](bench& t) {
    t.row.channels_last = false;
    t.job.software_date = {2020, 9};
};
static_assert(reaches(rate_of(true, false, nothing), 8, 0.75) &&
              reaches(rate_of(true, false, contiguous), 8, 0.75 / 4) &&
              reaches(rate_of(true, true, contiguous), 8, 0.75));
static_assert(reaches(rate_of(false, false,
                              [](bench& t) {
                                  contiguous(t);
                                  t.job.memory_format = memory_format::channels_last;
                              }),
                      8, 0.75) &&
              reaches(rate_of(false, false,
                              [](bench& t) {
                                  t.job.memory_format = memory_format::contiguous;
                                  t.job.software_date = {2020, 9};
                              }),
                      8, 0.75 / 4) &&
              reaches(rate_of(false, false,
                              [](bench& t) {
                                  contiguous(t);
                                  t.job.software_date = transformed_layouts_since;
                              }),
                      8, 0.75));
// fp32 on CUDA cores, twice as fast by Winograd's algorithm; tf32 unless that is slower.
constexpr auto in_fp32 = [](bench& t) { t.card.half_format = false; };
static_assert(reaches(rate_of(false, false, in_fp32), 1, 0.5) && reaches(rate_of(true, false, in_fp32), 1, 1));
constexpr auto in_tf32 = [](bench& t) {
    in_fp32(t);
    t.card.tf32_format = true;
};
static_assert(reaches(rate_of(false, false, in_tf32), 4, 0.25) && reaches(rate_of(true, false,
                                                                                  [](bench& t) {
                                                                                      in_tf32(t);
                                                                                      t.card.tf32.peak = 2;
                                                                                  }),
                                                                          2, 0.5));
// 16 bits without tensor cores have the share of their own, and no algorithm of Winograd's.
static_assert(reaches(rate_of(true, false, [](bench& t) { t.card.matrix_units = false; }), 1, 0.75));

// ---- Passes and steps

constexpr double share_of(elementwise what, bool autocasts) {
    return of(
        [=](bench& t) {
            t.card.mixed = autocasts;
            t.job.dropout = true;
        },
        [=](const detail::time_job& j) { return detail::pass_share(what, j); });
}
static_assert(share_of(elementwise::frozen_norm, false) == 0.5 && share_of(elementwise::activation, false) == 0.25 &&
              share_of(elementwise::copy, false) == 3 && share_of(elementwise::layer_norm, false) == 1 &&
              share_of(elementwise::layer_norm, true) == 2 && share_of(elementwise::window_copy, false) == 2.8);
// Scores: 2 passes of 2 bytes, or of 3 under autocast, relative to 10 of 2.
static_assert(close(share_of(elementwise::scores, false), 0.2) && close(share_of(elementwise::scores, true), 0.3));

// Attention inside windows: 2 x 5 queries of 8 elements in 2 heads with 7 positions, 4 FLOPs each.
constexpr attention_shape window{.from = 5, .to = 7, .heads = 2, .width = 8, .times = 1};
constexpr auto attending = [](const detail::time_job& j) { return detail::attention_seconds(window, j); };
static_assert(close(of(nothing, attending), 2 * 10 * 7 * 8));
static_assert(close(of([](bench& t) { t.card.flash = 0.5; }, attending), 2 * 2 * 10 * 7 * 8));
static_assert(close(of(
                        [](bench& t) {
                            t.constants.kernels.flash_start = 7;
                            t.constants.kernels.flash_head_start = 4;
                            t.constants.kernels.flash_head = 4;
                        },
                        attending),
                    2 * 2 * 10 * 7 * 8));
// Written scores of 2 heads: 2 passes of 2 bytes, a quarter of them forward.
static_assert(close(of(
                        [](bench& t) {
                            t.flash = false;
                            t.card.bandwidth = 1;
                            t.job.dropout = true;
                            t.card.half.share = 0.5;
                        },
                        attending),
                    2 * 2 * 10 * 7 * 8 + 0.25 * 10 * 7 * 2 * 4));
static_assert(close(of(
                        [](bench& t) {
                            t.card.half = {1, 1};
                        },
                        [](const detail::time_job& j) {
                            attention_shape wide = window;
                            wide.width = 514;
                            return detail::attention_seconds(wide, j);
                        }),
                    4 * 10 * 7 * 514.0));

// A visit takes three matmuls; the gradient of weights not if they are frozen, that of the image not at all.
constexpr detail::convolution_sums visited(bool frozen, bool needs_gradient, bool matrix) {
    bench t = images();
    const auto j = t.lowered();
    detail::convolution_sums sums;
    const detail::convolution_timer timer{j, sums};
    convolution_shape s = halving;
    s.frozen = frozen;
    s.needs_gradient = needs_gradient;
    s.matrix = matrix;
    timer.convolution(s);
    timer.pass(elementwise::copy, 100);
    return sums;
}
static_assert(close(visited(false, true, false).seconds, 3 * products) &&
              close(visited(true, true, false).seconds, 2 * products) &&
              close(visited(false, false, false).seconds, 2 * products) && visited(false, true, false).kernels == 9 &&
              visited(false, true, true).kernels == 3 && visited(false, true, false).elements == 300);
static_assert([] {
    bench t = images();
    const auto j = t.lowered();
    detail::convolution_sums sums;
    detail::convolution_timer{j, sums}.attention({.from = 5, .to = 7, .heads = 2, .width = 8, .times = 2});
    return close(sums.seconds, (1 + 3) * 2 * 20 * 7 * 8) && sums.kernels == 6;
}());

namespace {
/// A network of one convolution and one pass over 50 elements.
struct one_convolution {};
template <class Visitor>
constexpr void for_each_convolution(const one_convolution&, std::int64_t, Visitor visitor) {
    convolution_shape s = halving;
    s.needs_gradient = true;
    visitor.convolution(s);
    visitor.pass(elementwise::batch_norm, 50);
}
constexpr detail::step_work step(recompute how, double ramp, double launch) {
    bench t = images();
    t.job.recompute = how;
    t.card.bandwidth = 1;
    t.card.half = {2e-6, 1};
    t.constants.step.kernel_ramp = ramp;
    t.constants.step.launch = launch;
    const auto j = t.lowered();
    return detail::convolution_work(one_convolution{}, j, {.matrix = 100, .vector = 20, .frozen = 7});
}
}  // namespace
// The pass moves 10 x 50 elements of 2 images, 2 bytes each; three quarters are backward's.
constexpr double pass_bytes = 10 * 50 * 2 * 2;
constexpr double micro = 3e6 * products + pass_bytes;
static_assert(close(step(recompute::none, 0, 0).micro, micro) &&
              close(step(recompute::none, 0, 0).backward, 0.75 * micro) &&
              close(step(recompute::none, 0, 0).average, micro));
static_assert(close(step(recompute::full, 0, 0).micro, 1.25 * micro) &&
              close(step(recompute::full, 0, 0).backward, micro) &&
              close(step(recompute::selective, 0, 0).micro, micro + pass_bytes / 4) &&
              close(step(recompute::selective, 0, 0).backward, 0.75 * micro + pass_bytes / 4));
static_assert(close(step(recompute::none, 1e9, 0).micro, micro + 9e9) &&
              close(step(recompute::none, 0, 1e12).micro, 9e12));
static_assert(step(recompute::none, 0, 0).parameters == 127 && step(recompute::none, 0, 0).trained == 120 &&
              step(recompute::none, 0, 0).tensors == 3);
