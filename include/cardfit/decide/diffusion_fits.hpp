// SPDX-License-Identifier: MIT
#pragma once

// Whether a diffusion job fits one GPU, and how many images it makes at once.

#include <cardfit/decide/fits.hpp>
#include <cardfit/estimate/diffusion/memory.hpp>

namespace cardfit {

/// Returns the fit of a diffusion job. Throws invalid_input for a job or model that is invalid.
[[nodiscard]] constexpr fit_report fit(const diffusion& model, const diffusion_job& j, const machine& m) {
    return report_of(memory(model, j, m), usable_memory(m));
}
/// Returns true if the job fits even at the upper error bound.
[[nodiscard]] constexpr bool fits(const diffusion& model, const diffusion_job& j, const machine& m) {
    return fit(model, j, m).grade == grade::fits;
}

/// Returns the largest number of images at once whose estimate is within capacity; 0 if not even 1 is.
[[nodiscard]] constexpr std::int64_t largest_batch(const diffusion& model, diffusion_job j, const machine& m,
                                                   error_bound how = error_bound::central) {
    j.batch = 1;
    const bytes capacity = usable_memory(m);
    return detail::largest_that_holds(100'000, [&](std::int64_t n) {
        j.batch = n;
        const memory_estimate need = memory(model, j, m);
        return (how == error_bound::upper ? need.device_high : need.device()) <= capacity;
    });
}

}  // namespace cardfit
