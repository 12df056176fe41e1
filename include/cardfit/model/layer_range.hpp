// SPDX-License-Identifier: MIT
#pragma once

// Which layers of a network are of one kind.

#include <cardfit/units.hpp>

#include <bit>
#include <cstdint>

namespace cardfit {

/// The largest number of layers of a model whose kinds of layer follow no simple rule.
inline constexpr std::int64_t max_listed_layers = 128;

/// A set of layers by index, from 0, for patterns without a simple rule.
struct layer_set {
    std::uint64_t words[2]{};  ///< bit i of word i / 64 is layer i

    /// Returns true if layer `i`, 0 to 127, is in the set.
    [[nodiscard]] constexpr bool has(std::int64_t i) const noexcept { return (words[i / 64] >> (i % 64) & 1u) != 0; }
    /// Adds layer `i`, 0 to 127.
    constexpr void add(std::int64_t i) noexcept { words[i / 64] |= std::uint64_t{1} << (i % 64); }
    /// Returns true if no layer is in the set.
    [[nodiscard]] constexpr bool empty() const noexcept { return (words[0] | words[1]) == 0; }
    /// Returns how many layers of the set are in [low, high), which is cut to [0, 128).
    [[nodiscard]] constexpr std::int64_t count(std::int64_t low, std::int64_t high) const noexcept {
        return below(high) - below(smaller(low, high));
    }
    /// Returns the layers that are in both sets.
    friend constexpr layer_set operator&(const layer_set& a, const layer_set& b) noexcept {
        return {{a.words[0] & b.words[0], a.words[1] & b.words[1]}};
    }
    /// Returns the layers, 0 to 127, that are not in the set.
    friend constexpr layer_set operator~(const layer_set& a) noexcept { return {{~a.words[0], ~a.words[1]}}; }
    friend constexpr bool operator==(const layer_set&, const layer_set&) = default;

    /// Returns how many layers of the set are below `end`.
    [[nodiscard]] constexpr std::int64_t below(std::int64_t end) const noexcept {
        std::int64_t sum = 0;
        for (std::int64_t w = 0; w < 2; ++w) {
            const std::int64_t bits = smaller(larger(end - 64 * w, 0), 64);
            const std::uint64_t mask = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
            sum += std::popcount(words[w] & mask);
        }
        return sum;
    }
};

/// Which layers of a network are of one kind: those in [begin, end) whose 1-based index is (or is not) a multiple of
/// `every`; or those that are listed, if any are.
struct layer_range {
    std::int64_t begin = 0;  ///< the first layer
    std::int64_t end = 0;    ///< behind the last layer
    std::int64_t every = 1;  ///< 1: all of them
    bool multiples = true;   ///< whether multiples of `every` are meant, or the others
    layer_set listed{};      ///< the layers themselves, if there is no rule

    /// Returns how many of the layers [low, high) are of this kind.
    [[nodiscard]] constexpr std::int64_t count(std::int64_t low, std::int64_t high) const noexcept {
        if (!listed.empty()) return listed.count(low, high);
        const std::int64_t from = low > begin ? low : begin;
        const std::int64_t until = high < end ? high : end;
        if (until <= from) return 0;
        const std::int64_t hits = until / every - from / every;
        return multiples ? hits : until - from - hits;
    }
};

}  // namespace cardfit
