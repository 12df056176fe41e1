// SPDX-License-Identifier: MIT
#pragma once

// Which MIG slices fit on one card together, found by an exhaustive search under NVIDIA's placement rules.
//
// A slice occupies consecutive memory slices and can start at only a few of them; two slices never overlap. Sources:
// NVML, "Get GPU instance placements"; `nvidia-smi mig -lgipp` in NVIDIA's Multi-Instance GPU User Guide, "Getting
// Started with MIG".

#include <cardfit/hardware/cards/mig_profiles.hpp>
#include <cardfit/problem.hpp>

#include <concepts>

namespace cardfit {

/// Whether the slices fit on one card together, and the first memory slice of each (the first compute slice if memory
/// is unified), in the order of the arguments. It converts to bool, so that a `static_assert` accepts it.
struct mig_partition {
    bool possible = false;       ///< whether all slices fit on one card
    std::array<int, 8> start{};  ///< the first memory slice of each, in the order of the arguments

    /// Returns `possible`.
    constexpr explicit operator bool() const noexcept { return possible; }
};

/// Returns how many slices of the card an instance occupies: memory slices, or compute slices if memory is unified.
[[nodiscard]] constexpr int occupied_slices(const mig_profile& p) noexcept {
    return p.memory.of > 0 ? p.memory.slices : p.compute.slices;
}

/// Returns true if an instance may start at this slice: at a multiple of its own width, with every compute slice on the
/// card (the last of the eight memory slices has none). This gives what `nvidia-smi mig -lgipp` prints: on seven-slice
/// boards 1g at 0 to 6, 1g with double memory at 0, 2, 4, 6, 2g at 0, 2, 4, 3g at 0, 4, 4g and 7g at 0; on four-slice
/// boards 1g at 0 to 3 and 2g at 0, 2. No listing was found for two-slice boards and Jetson Thor; applying the same
/// rule to them is an estimate.
[[nodiscard]] constexpr bool may_start(const mig_profile& p, int slice) noexcept {
    const int width = occupied_slices(p);
    const int slices = p.memory.of > 0 ? p.memory.of : p.compute.of;
    return slice >= 0 && slice % width == 0 && slice + width <= slices && slice + p.compute.slices <= p.compute.of;
}

namespace detail {

/// Returns the card's profile of this name. Throws invalid_input if the card has none.
[[nodiscard]] constexpr const mig_profile& mig_profile_named(const mig::board& board, std::string_view name) {
    for (const mig_profile& p : board)
        if (p.name == name) return p;
    throw invalid_input({"hardware.mig", 0, 0, 0, "a MIG profile of the card as nvidia-smi prints it (3g.40gb)"});
}

/// Returns the profile of this slice. Throws invalid_input unless the slice is one of the card's.
[[nodiscard]] constexpr const mig_profile& mig_profile_named(const mig::board& board, const gpu& slice) {
    const bool own = slice.mig_parent == board.card && slice.id.size() > board.card.size();
    for (const mig_profile& p : board)
        if (own && slice.id.substr(board.card.size() + 1) == p.id) return p;
    throw invalid_input({"hardware.mig", 0, 0, 0, "a slice of the card that is cut"});
}

/// Returns true if the instance counts and the media engines allow the mix: no profile occurs more often than its
/// listing says, at most one instance has the optical-flow engine, and an instance with every engine has only instances
/// without any beside it.
[[nodiscard]] constexpr bool engines_suffice(const mig_profile* const* profiles, int count) noexcept {
    int extended = 0;
    int all = 0;
    int none = 0;
    for (int i = 0; i < count; ++i) {
        int alike = 0;
        for (int j = 0; j < count; ++j) alike += profiles[j] == profiles[i];
        if (alike > profiles[i]->instances) return false;
        extended += profiles[i]->media == mig_media::extended;
        all += profiles[i]->media == mig_media::all;
        none += profiles[i]->media == mig_media::none;
    }
    return extended + all <= 1 && (all == 0 || none == count - 1);
}

/// Places the instances from index `at` on, and returns whether all of them fit. `taken` has one bit per occupied
/// slice. The search is exhaustive, because there are at most eight instances.
[[nodiscard]] constexpr bool place(const mig_profile* const* profiles, int count, int at, unsigned taken,
                                   std::array<int, 8>& start) noexcept {
    if (at == count) return true;
    const mig_profile& p = *profiles[at];
    const int first = at > 0 && profiles[at - 1] == profiles[at] ? start[static_cast<unsigned>(at - 1)] + 1 : 0;
    for (int slice = first; slice < 8; ++slice) {
        const unsigned mask = ((1u << occupied_slices(p)) - 1u) << slice;
        if (!may_start(p, slice) || (taken & mask) != 0) continue;
        start[static_cast<unsigned>(at)] = slice;
        if (place(profiles, count, at + 1, taken | mask, start)) return true;
    }
    return false;
}

}  // namespace detail

/// Returns whether these slices fit on one card together. `kinds` are profile names ("3g.40gb") or slices
/// (`cards::a100_sxm4_80gb_mig_3g_40gb`), in any mix; name each one as often as you want it.
///
///     static_assert( partition(cards::a100_sxm4_80gb, "4g.40gb", "3g.40gb"));
///     static_assert(!partition(cards::a100_sxm4_80gb, "3g.40gb", "3g.40gb", "1g.10gb"));  // no memory slice is left
///
/// Throws invalid_input for a card without MIG, and for a profile or slice of another card.
template <class... Kind>
requires((std::convertible_to<const Kind&, std::string_view> || std::same_as<Kind, gpu>)&&...)
    [[nodiscard]] constexpr mig_partition partition(const gpu& card, const Kind&... kinds) {
    const mig::board board = mig::board_of(card);
    if (board.count == 0 || is_mig_slice(card))
        throw invalid_input({"hardware.card", 0, 0, 0, "a card with Multi-Instance GPU, whole"});
    if constexpr (sizeof...(kinds) == 0)
        return {.possible = true};
    else {
        const mig_profile* profiles[] = {&detail::mig_profile_named(board, kinds)...};
        constexpr int count = static_cast<int>(sizeof...(kinds));
        mig_partition result;
        if (count > 8 || !detail::engines_suffice(profiles, count)) return result;
        result.possible = detail::place(profiles, count, 0, 0u, result.start);
        return result;
    }
}

}  // namespace cardfit
