// SPDX-License-Identifier: MIT
#pragma once

// Rows of refitted constants without one source: see left_out.hpp.

#include <cardfit/calibration/describe_memory.hpp>
#include <cardfit/calibration/fitted.hpp>

#include <cstddef>
#include <string_view>

namespace cardfit {

/// A refitted constant. `decided` is false where no row of another source depends on the constant; the value is then
/// the one that the left-out source gave.
struct left_out_value {
    double value = 0;     ///< the constant's value without the source
    bool decided = true;  ///< other sources decide the value
};

/// The fitted constants of times without one source, in the order of `for_each_fitted`.
template <std::size_t N>
struct left_out_times {
    std::string_view source = "";  ///< the source that was left out
    left_out_value values[N]{};    ///< in the order of `for_each_fitted`
};

/// A framework's memory without one source, in the order of `memory_numbers` and `memory_mechanisms`. Entries of other
/// frameworks mean nothing.
struct left_out_memory {
    std::string_view source = "";               ///< the source that was left out
    cardfit::framework framework{};             ///< the framework whose row was fitted
    int numbers[memory_number_count]{};         ///< in the order of `memory_numbers`
    bool mechanisms[memory_mechanism_count]{};  ///< in the order of `memory_mechanisms`
};

}  // namespace cardfit
