// SPDX-License-Identifier: MIT
#pragma once

// Does making these images fit, and how many fit at once.

#include <cardfit/decide/fits.hpp>
#include <cardfit/estimate/diffusion/memory.hpp>

namespace cardfit {

/// Needed against available.
[[nodiscard]] constexpr fit_report fit(const diffusion& model, const diffusion_job& j, const machine& m) {
    return report_of(memory(model, j, m), usable_memory(m));
}
/// True where the job fits for sure: the high end of the band is within capacity.
[[nodiscard]] constexpr bool fits(const diffusion& model, const diffusion_job& j, const machine& m) {
    return fit(model, j, m).grade == grade::fits;
}

/// Most images at once whose central estimate is within capacity; 0 where not even 1 is.
[[nodiscard]] constexpr std::int64_t largest_batch(const diffusion& model, diffusion_job j, const machine& m) {
    j.batch = 1;
    const std::int64_t capacity = usable_memory(m).number;
    return detail::largest_that_holds(100'000, [&](std::int64_t n) {
        j.batch = n;
        return memory(model, j, m).device().number <= capacity;
    });
}

}  // namespace cardfit
