// SPDX-License-Identifier: MIT
#pragma once

// What a time estimate says: a step, its band, where it goes, and the rates that follow from it.

#include <cardfit/units.hpp>

namespace cardfit {

/// Where a step's time goes, seconds. The five add up to the step.
struct time_breakdown {
    seconds compute{};               ///< kernels, their launch, the host's floor, stragglers
    seconds tensor_communication{};  ///< tensor parallelism, experts' all-to-all, context and pipeline exchange
    seconds data_communication{};    ///< gradients reduced, weights gathered: what compute does not hide
    seconds bubble{};                ///< pipeline stages that wait
    seconds optimizer{};             ///< the step itself, and what it fetches from the host

    [[nodiscard]] constexpr seconds total() const {
        return compute + tensor_communication + data_communication + bubble + optimizer;
    }
};

/// One training step. Rates count the whole job, all cards together.
struct time_estimate {
    seconds step{};
    /// The band: half-widths come from the measured error of that framework (job/training_time_rules.hpp).
    seconds step_low{};
    seconds step_high{};
    time_breakdown breakdown{};
    cardfit::tokens_per_second tokens_per_second{};  ///< 0 where a sample is an image
    double samples_per_second = 0;
    /// Model FLOPs (model/flops.hpp: causal attention half, no recomputation) over the dense peak of the compute format
    /// and accumulator in use, of all cards; at most 1.
    double model_flops_utilization = 0;
};

}  // namespace cardfit
