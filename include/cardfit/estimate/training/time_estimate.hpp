// SPDX-License-Identifier: MIT
#pragma once

// The result of a training time estimate: the time of a step, its error band, its parts, and the rates that follow.

#include <cardfit/units.hpp>

namespace cardfit {

/// The time of a step by purpose. The five parts add up to the step.
struct time_breakdown {
    seconds compute{};               ///< kernels, their launches, waiting for the host and for stragglers
    seconds tensor_communication{};  ///< of tensor parallelism, experts' all-to-all, context and pipeline
    seconds data_communication{};    ///< gradient reduction and weight all-gathers not hidden by compute
    seconds bubble{};                ///< waiting for other pipeline stages
    seconds optimizer{};             ///< the optimizer's step, and what it copies from host memory

    /// Returns the sum of all parts: the time of a step.
    [[nodiscard]] constexpr seconds total() const {
        return compute + tensor_communication + data_communication + bubble + optimizer;
    }
};

/// The time of one training step. Rates are those of the whole job, all GPUs together.
struct time_estimate {
    seconds step{};  ///< of one optimizer step
    /// The error band. Its half-width is the measured error of the framework (its row in frameworks/).
    seconds step_low{};
    seconds step_high{};                             ///< the upper error bound
    time_breakdown breakdown{};                      ///< the parts of `step`
    cardfit::tokens_per_second tokens_per_second{};  ///< 0 if a sample is an image
    double samples_per_second = 0;                   ///< of the whole job
    /// MFU: model FLOPs (model/flops.hpp: causal attention counts half, recomputation does not count) over the dense
    /// peak of all GPUs, in the compute format and accumulator in use; at most 1.
    double model_flops_utilization = 0;
};

}  // namespace cardfit
