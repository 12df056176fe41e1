// SPDX-License-Identifier: MIT
#pragma once

// Compares a figure with a count by hand.

/// Returns true if a value is what is expected but for the rounding of its operations.
[[nodiscard]] constexpr bool close(double value, double expected) {
    const double difference = value > expected ? value - expected : expected - value;
    return difference < 1e-12 * (expected > 0 ? expected : 1);
}
