// SPDX-License-Identifier: MIT
#pragma once

// The CUDA toolkits, drivers and cuDNN releases that support a card, by its compute capability.

#include <cardfit/hardware/gpu.hpp>

#include <array>

namespace cardfit {

/// A release of the CUDA toolkit or of cuDNN. 0.0: no document names one, or there is none yet.
struct software_version {
    int major = 0;  ///< number before the dot
    int minor = 0;  ///< number after the dot
    friend constexpr auto operator<=>(const software_version&, const software_version&) = default;
    // CUDA's compiler loses the comparison that <=> implies, so it is written.
    friend constexpr bool operator==(const software_version&, const software_version&) = default;
};

/// The releases that support one compute capability. `cudnn_named` is the oldest release found whose support matrix or
/// notes name the architecture; earlier releases may run too.
struct software_support {
    cardfit::compute_capability capability{};  ///< the compute capability
    software_version first_cuda{};             ///< the first CUDA toolkit that compiles for it
    software_version last_cuda{};              ///< 0.0: still supported
    int last_driver = 0;                       ///< driver branch; 0: still supported
    software_version cudnn_named{};            ///< the oldest cuDNN whose notes name it
    software_version last_cudnn{};             ///< 0.0: still supported
};

/// The table's sources. Toolkits: NVIDIA, "CUDA Toolkit, Driver, and Architecture Matrix" (6.0 to 9.0, 10.0, 12.0).
/// Pascal and Volta support ends with CUDA 12.x, whose last release is 12.9, and with driver R580 (CUDA 13.0 release
/// notes, "Deprecated Architectures"). Where the matrix groups an architecture with others, the source is the PTX ISA
/// that introduced the target: sm_86 7.1 (CUDA 11.1), sm_87 7.4 (11.4), sm_89 and sm_90 7.8 (11.8), sm_103 and sm_121
/// 8.8 (12.9), sm_110 9.0 (13.0; Thor was sm_101 before). cuDNN: the support matrices of 7.5 (6.x to 7.5), 8.1
/// (Ampere), 8.9 (Ada, Hopper) and 9.5 (Jetson Orin's platform, estimated), and the release notes of 9.8 (Blackwell).
/// 9.10 is the last release whose matrix lists Pascal and Volta.
inline constexpr std::array<software_support, 14> software_table{{
    {{6, 0}, {8, 0}, {12, 9}, 580, {7, 5}, {9, 10}},
    {{6, 1}, {8, 0}, {12, 9}, 580, {7, 5}, {9, 10}},
    {{7, 0}, {9, 0}, {12, 9}, 580, {7, 5}, {9, 10}},
    {{7, 5}, {10, 0}, {}, 0, {7, 5}, {}},
    {{8, 0}, {11, 0}, {}, 0, {8, 1}, {}},
    {{8, 6}, {11, 1}, {}, 0, {8, 1}, {}},
    {{8, 7}, {11, 4}, {}, 0, {9, 5}, {}},
    {{8, 9}, {11, 8}, {}, 0, {8, 9}, {}},
    {{9, 0}, {11, 8}, {}, 0, {8, 9}, {}},
    {{10, 0}, {12, 8}, {}, 0, {9, 8}, {}},
    {{10, 3}, {12, 9}, {}, 0, {}, {}},
    {{11, 0}, {13, 0}, {}, 0, {}, {}},
    {{12, 0}, {12, 8}, {}, 0, {9, 8}, {}},
    {{12, 1}, {12, 9}, {}, 0, {}, {}},
}};

/// Returns the table's row for a compute capability, or null if there is none.
[[nodiscard]] constexpr const software_support* software_support_of(compute_capability capability) noexcept {
    for (const software_support& row : software_table)
        if (row.capability == capability) return &row;
    return nullptr;
}

namespace detail {

/// Returns whether `asked` lies between the first and the last release that support something; unknown without a first.
[[nodiscard]] constexpr documented covers(software_version first, software_version last,
                                          software_version asked) noexcept {
    if (first.major == 0) return documented::unknown;
    const bool ended = last.major > 0 && asked > last;
    return asked < first || ended ? documented::no : documented::yes;
}

}  // namespace detail

/// Returns whether this CUDA toolkit compiles for the card: no for other vendors' cards, unknown for a compute
/// capability that is not in the table.
[[nodiscard]] constexpr documented cuda_supports(const gpu& card, software_version toolkit) noexcept {
    if (card.compute_capability.major == 0) return documented::no;
    const software_support* row = software_support_of(card.compute_capability);
    return row == nullptr ? documented::unknown : detail::covers(row->first_cuda, row->last_cuda, toolkit);
}

/// Returns whether this cuDNN release runs on the card: yes from the oldest release that names the architecture to the
/// last one that supports it, no for later releases, and unknown for earlier ones, which may run. The result is no for
/// other vendors' cards.
[[nodiscard]] constexpr documented cudnn_supports(const gpu& card, software_version cudnn) noexcept {
    if (card.compute_capability.major == 0) return documented::no;
    const software_support* row = software_support_of(card.compute_capability);
    if (row == nullptr || row->cudnn_named.major == 0 || cudnn < row->cudnn_named) return documented::unknown;
    return detail::covers(row->cudnn_named, row->last_cudnn, cudnn);
}

}  // namespace cardfit
