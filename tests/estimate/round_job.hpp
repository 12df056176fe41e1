// SPDX-License-Identifier: MIT
#pragma once

// A training job on a card of round numbers, for tests that count the parts of a step by hand.

#include <cardfit/estimate/kernels/layer.hpp>

namespace round_job {

using namespace cardfit;

inline constexpr kernel_constants lossless{.inner_start = 0,
                                           .last_wave = 0,
                                           .cuda_core_rate = 0,
                                           .odd_head_share = 0.25,
                                           .flash_start = 0,
                                           .flash_head_start = 0,
                                           .flash_backward = 3,
                                           .score_start = 2};

/// Constants of which each one that a test reads is a power of ten, so that the digits of a sum tell its parts.
inline constexpr training_time_constants round_constants{
    .step = {.residual_path = 1,
             .dropout = 10,
             .projections = 100,
             .gated_hidden = 1000,
             .plain_hidden = 2000,
             .forward_share = 0.25,
             .memory_path = 2,
             .shift_copies = 3,
             .gates = 2,
             .additive_scores = 3,
             .expert_permutation = 5,
             .score_bytes_autocast = 3,
             .without_score_dropout = 0.5,
             .fp8_cast = 1,
             .block_cast = 10,
             .magnitude_passes = 3,
             .kernels_per_layer = 5,
             .kernels_gated = 10,
             .kernels_experts = 100,
             .launches_per_expert_cast = 7,
             .kernels_latent = 1000,
             .kernels_second = 10'000,
             .kernels_recurrent = 100'000,
             .kernels_per_recurrence = 2,
             .kernels_per_adapter = 3,
             .shortest_recurrence = 1},
    .kernels = lossless,
    .links = {.nvswitch = 1, .network_latency = 0, .node_latency_share = 0}};

/// 2 FLOP, a multiply-add, per second in every format. Bytes cost nothing unless a test says so.
inline constexpr detail::card_rates one_per_second{.linear = {2, 1},
                                                   .half = {2, 1},
                                                   .fp32 = {1, 1},
                                                   .tf32 = {2, 1},
                                                   .half_peak = 2,
                                                   .matrix_units = true,
                                                   .bandwidth = 1e18,
                                                   .multiprocessors = 1,
                                                   .flash = 1,
                                                   .half_format = true,
                                                   .width = 2,
                                                   .constants = &lossless};

inline constexpr gpu switched{.links = {.nvlink_bidirectional = bytes_per_second::from_number(2)}};

/// Everything that a job of a test refers to.
struct bench {
    network net{};
    training job{.micro_batch = 2, .sequence_length = 16};
    machine hardware{.card = switched, .cards = 8, .per_node = 8, .link = card_link::nvswitch};
    layout l{.data = 1};
    framework_time row{};
    detail::card_rates card = one_per_second;
    training_time_constants constants = round_constants;
    double tensor = 1;
    double sequence_cards = 1;
    double traffic = 1;
    bool flash = true;
    bool adapted = false;

    /// Two samples of 16 tokens.
    [[nodiscard]] constexpr detail::time_job lowered() const {
        return {.net = net,
                .job = job,
                .hardware = hardware,
                .l = l,
                .row = row,
                .card = card,
                .constants = constants,
                .length = 16,
                .tokens = 32,
                .tensor = tensor,
                .sequence_cards = sequence_cards,
                .flash = flash,
                .adapted = adapted,
                .fused = {.traffic = 1, .scores = 2, .kernels = 1},
                .kernels = {.traffic = traffic, .scores = 2, .kernels = 2}};
    }
    [[nodiscard]] constexpr detail::layer_time layer() const { return detail::mean_layer(lowered()); }
};

}  // namespace round_job
