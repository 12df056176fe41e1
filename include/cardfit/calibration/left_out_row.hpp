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
    double value = 0;
    bool decided = true;
};

/// The fitted constants of times without one source, in the order of `for_each_fitted`.
template <std::size_t N>
struct left_out_times {
    std::string_view source = "";
    left_out_value values[N]{};
};

/// A framework's memory without one source, in the order of `memory_numbers` and `memory_mechanisms`. Entries of other
/// frameworks mean nothing.
struct left_out_memory {
    std::string_view source = "";
    cardfit::framework framework{};
    int numbers[memory_number_count]{};
    bool mechanisms[memory_mechanism_count]{};
};

}  // namespace cardfit
