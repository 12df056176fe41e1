// SPDX-License-Identifier: MIT
#pragma once

// The layouts of a number of cards that a search tries, one after another.

#include <cardfit/job/layout.hpp>

namespace cardfit {

/// The largest size of each way to parallelize that a search tries.
struct layout_bounds {
    int tensor = 1;          ///< tensor parallelism
    int pipeline = 1;        ///< pipeline parallelism
    int virtual_stages = 1;  ///< virtual stages per pipeline stage
    int context = 1;         ///< context parallelism
    int expert = 1;          ///< expert parallelism
};

/// Generates layouts: powers of two of every way, and of a pipeline every number, as long as tensor x pipeline x
/// context divides the cards; data parallelism takes the rest. `expert` varies fastest, then `virtual_stages` (more
/// than 1 only in a pipeline), `context`, `pipeline` and `tensor`.
///
///     for (layout_generator each(cards, bounds); each.valid(); each.next()) try_layout(each.current());
class layout_generator {
public:
    /// Starts at the first layout of this many cards within the bounds.
    constexpr layout_generator(int cards, const layout_bounds& bounds) noexcept
        : cards_(cards), bounds_(bounds), valid_(bounds.tensor >= 1 && bounds.pipeline >= 1) {}

    /// Returns false when no layout is left.
    [[nodiscard]] constexpr bool valid() const noexcept { return valid_; }

    /// Returns the layout that the generator stands at, if `valid()`.
    [[nodiscard]] constexpr layout current() const noexcept {
        layout l = at_;
        l.data = cards_ / (l.tensor * l.pipeline * l.context);
        return l;
    }

    /// Goes on to the next layout.
    constexpr void next() noexcept {
        valid_ = next_expert() || next_virtual_stages() || next_context() || next_pipeline() || next_tensor();
    }

private:
    // Each advances one way and returns true, or resets it to 1 and returns false.
    [[nodiscard]] constexpr bool next_expert() noexcept {
        at_.expert *= 2;
        if (at_.expert <= bounds_.expert) return true;
        at_.expert = 1;
        return false;
    }
    [[nodiscard]] constexpr bool next_virtual_stages() noexcept {
        at_.virtual_stages *= 2;
        if (at_.pipeline > 1 && at_.virtual_stages <= bounds_.virtual_stages) return true;
        at_.virtual_stages = 1;
        return false;
    }
    [[nodiscard]] constexpr bool next_context() noexcept {
        at_.context *= 2;
        if (at_.context <= bounds_.context && divides()) return true;
        at_.context = 1;
        return false;
    }
    [[nodiscard]] constexpr bool next_pipeline() noexcept {
        while (++at_.pipeline <= bounds_.pipeline)
            if (divides()) return true;
        at_.pipeline = 1;
        return false;
    }
    [[nodiscard]] constexpr bool next_tensor() noexcept {
        at_.tensor *= 2;
        return at_.tensor <= bounds_.tensor && divides();
    }
    [[nodiscard]] constexpr bool divides() const noexcept {
        return cards_ % (at_.tensor * at_.pipeline * at_.context) == 0;
    }

    int cards_ = 1;
    layout_bounds bounds_{};
    layout at_{.data = 1};
    bool valid_ = true;
};

}  // namespace cardfit
