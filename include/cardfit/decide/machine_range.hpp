// SPDX-License-Identifier: MIT
#pragma once

// What verbs over several machines take: any range of machines, of cards, or of pointers to cards (a query's result).

#include <cardfit/hardware/machine.hpp>

#include <iterator>

namespace cardfit {

/// One element of a range as a machine: a card stands for one of it.
[[nodiscard]] constexpr const machine& as_machine(const machine& m) noexcept { return m; }
/// Returns a machine of one such card.
[[nodiscard]] constexpr machine as_machine(const gpu& card) { return card; }
/// Returns a machine of one such card.
[[nodiscard]] constexpr machine as_machine(const gpu* card) { return *card; }

/// A range of machines, cards or pointers to cards: an array, a span, a vector, a `cards::query`.
template <class Range>
concept machine_range = requires(const Range& range) {
    as_machine(*std::begin(range));
    std::size(range);
};

}  // namespace cardfit
