// SPDX-License-Identifier: MIT
#pragma once

// What the estimators of a step's time read of a job, and what a micro-step hands on to the step.

#include <cardfit/estimate/kernels/matmul.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/frameworks/row.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/model/network.hpp>

namespace cardfit::detail {

/// A job, lowered once to what the time estimate reads.
struct time_job {
    const network& net;
    const training& job;
    const machine& hardware;
    layout l;  ///< resolved
    const framework_time& row;
    const card_rates& card;
    const training_time_constants& constants;
    double length = 0;  ///< tokens a sample
    double tokens = 0;  ///< positions of a micro-batch on one card, padding included
    double tensor = 1;
    double sequence_cards = 1;  ///< that divide the residual path
    bool flash = false;
    bool adapted = false;
    fusion_cost fused{};    ///< by framework
    fusion_cost kernels{};  ///< the same, or compiled
};

/// What a micro-step takes, seconds, and the parameters of one card before sharding.
struct step_work {
    double micro = 0;                 ///< on the slowest stage
    double average = 0;               ///< on the average stage
    double backward = 0;              ///< that hides gradient reduction
    double tensor_communication = 0;  ///< of `micro`
    double accumulation = 0;          ///< parameters' casts, gradients' sums
    double parameters = 0;
    double trained = 0;
    double trained_experts = 0;  ///< of `trained`
    double tensors = 0;          ///< that an optimizer steps
};

}  // namespace cardfit::detail
