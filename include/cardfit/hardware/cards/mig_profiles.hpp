// SPDX-License-Identifier: MIT
#pragma once

// The MIG profiles of every board that supports MIG.
//
// Sources. Shares and instances: NVIDIA Multi-Instance GPU User Guide, "Supported MIG Profiles". SMs and MiB:
// `nvidia-smi mig -lgip` as printed in the guide, in NVIDIA's mig-parted and gpu-operator repositories, and by users.
// The two decimals of a listing are read as the sixteenth of a GiB that rounds to them (9.62: 9.625 GiB). The profiles
// of a board with the same number of memory slices have the same memory in every listing, so one reading serves all of
// them; where drivers differ, the smaller reading is used.

#include <cardfit/hardware/mig_profile.hpp>

#include <array>

namespace cardfit::mig {

/// The profiles of a board, in the order of the user guide.
/// @{
inline constexpr std::array<mig_profile, 7> a100_40gb{{
    {"1g.5gb", "mig-1g-5gb", {1, 7}, {1, 8}, 5, 7, 14, 4864},
    {"1g.5gb+me", "mig-1g-5gb-me", {1, 7}, {1, 8}, 5, 1, 14, 4864, 0, mig_media::extended},
    {"1g.10gb", "mig-1g-10gb", {1, 7}, {2, 8}, 10, 4, 14, 9856, 1},
    {"2g.10gb", "mig-2g-10gb", {2, 7}, {2, 8}, 10, 3, 28, 9856},
    {"3g.20gb", "mig-3g-20gb", {3, 7}, {4, 8}, 20, 2, 42, 19968},
    {"4g.20gb", "mig-4g-20gb", {4, 7}, {4, 8}, 20, 1, 56, 19968},
    {"7g.40gb", "mig-7g-40gb", {7, 7}, {8, 8}, 40, 1, 98, 40192},
}};

inline constexpr std::array<mig_profile, 7> a100_80gb{{
    {"1g.10gb", "mig-1g-10gb", {1, 7}, {1, 8}, 10, 7, 14, 9856},
    {"1g.10gb+me", "mig-1g-10gb-me", {1, 7}, {1, 8}, 10, 1, 14, 9856, 0, mig_media::extended},
    {"1g.20gb", "mig-1g-20gb", {1, 7}, {2, 8}, 20, 4, 14, 19968, 1},
    {"2g.20gb", "mig-2g-20gb", {2, 7}, {2, 8}, 20, 3, 28, 19968},
    {"3g.40gb", "mig-3g-40gb", {3, 7}, {4, 8}, 40, 2, 42, 40192},
    {"4g.40gb", "mig-4g-40gb", {4, 7}, {4, 8}, 40, 1, 56, 40192},
    {"7g.80gb", "mig-7g-80gb", {7, 7}, {8, 8}, 80, 1, 98, 80384},
}};

inline constexpr std::array<mig_profile, 7> h100_sxm_80gb{{
    {"1g.10gb", "mig-1g-10gb", {1, 7}, {1, 8}, 10, 7, 16, 9856},
    {"1g.10gb+me", "mig-1g-10gb-me", {1, 7}, {1, 8}, 10, 1, 16, 9856, 0, mig_media::extended},
    {"1g.20gb", "mig-1g-20gb", {1, 7}, {2, 8}, 20, 4, 26, 19968, 1},
    {"2g.20gb", "mig-2g-20gb", {2, 7}, {2, 8}, 20, 3, 32, 19968},
    {"3g.40gb", "mig-3g-40gb", {3, 7}, {4, 8}, 40, 2, 60, 40192},
    {"4g.40gb", "mig-4g-40gb", {4, 7}, {4, 8}, 40, 1, 64, 40192},
    {"7g.80gb", "mig-7g-80gb", {7, 7}, {8, 8}, 80, 1, 132, 81152},
}};

/// The board has 114 SMs, and therefore other SM shares than the SXM board. The SMs are from a listing of driver 570;
/// the memory is that listed for the SXM board.
inline constexpr std::array<mig_profile, 7> h100_pcie_80gb{{
    {"1g.10gb", "mig-1g-10gb", {1, 7}, {1, 8}, 10, 7, 14, 9856},
    {"1g.10gb+me", "mig-1g-10gb-me", {1, 7}, {1, 8}, 10, 1, 14, 9856, 0, mig_media::extended},
    {"1g.20gb", "mig-1g-20gb", {1, 7}, {2, 8}, 20, 4, 14, 19968, 1},
    {"2g.20gb", "mig-2g-20gb", {2, 7}, {2, 8}, 20, 3, 30, 19968},
    {"3g.40gb", "mig-3g-40gb", {3, 7}, {4, 8}, 40, 2, 46, 40192},
    {"4g.40gb", "mig-4g-40gb", {4, 7}, {4, 8}, 40, 1, 62, 40192},
    {"7g.80gb", "mig-7g-80gb", {7, 7}, {8, 8}, 80, 1, 114, 81152},
}};

inline constexpr std::array<mig_profile, 7> h100_nvl_94gb{{
    {"1g.12gb", "mig-1g-12gb", {1, 7}, {1, 8}, 12, 7, 16, 10880},
    {"1g.12gb+me", "mig-1g-12gb-me", {1, 7}, {1, 8}, 12, 1, 16, 10880, 0, mig_media::extended},
    {"1g.24gb", "mig-1g-24gb", {1, 7}, {2, 8}, 24, 4, 26, 22016, 1},
    {"2g.24gb", "mig-2g-24gb", {2, 7}, {2, 8}, 24, 3, 32, 22016},
    {"3g.47gb", "mig-3g-47gb", {3, 7}, {4, 8}, 47, 2, 60, 47232},
    {"4g.47gb", "mig-4g-47gb", {4, 7}, {4, 8}, 47, 1, 64, 47232},
    {"7g.94gb", "mig-7g-94gb", {7, 7}, {8, 8}, 94, 1, 132, 94848},
}};

inline constexpr std::array<mig_profile, 7> gh200_96gb{{
    {"1g.12gb", "mig-1g-12gb", {1, 7}, {1, 8}, 12, 7, 16, 11264},
    {"1g.12gb+me", "mig-1g-12gb-me", {1, 7}, {1, 8}, 12, 1, 16, 11264, 0, mig_media::extended},
    {"1g.24gb", "mig-1g-24gb", {1, 7}, {2, 8}, 24, 4, 26, 23552, 1},
    {"2g.24gb", "mig-2g-24gb", {2, 7}, {2, 8}, 24, 3, 32, 23552},
    {"3g.48gb", "mig-3g-48gb", {3, 7}, {4, 8}, 48, 2, 60, 0, 0, mig_media::share, true},
    {"4g.48gb", "mig-4g-48gb", {4, 7}, {4, 8}, 48, 1, 64, 0, 0, mig_media::share, true},
    {"7g.96gb", "mig-7g-96gb", {7, 7}, {8, 8}, 96, 1, 132, 0},
}};

/// No listing was found.
inline constexpr std::array<mig_profile, 7> h20_96gb{{
    {"1g.12gb", "mig-1g-12gb", {1, 7}, {1, 8}, 12, 7, 0, 0},
    {"1g.12gb+me", "mig-1g-12gb-me", {1, 7}, {1, 8}, 12, 1, 0, 0, 0, mig_media::extended},
    {"1g.24gb", "mig-1g-24gb", {1, 7}, {2, 8}, 24, 4, 0, 0, 1},
    {"2g.24gb", "mig-2g-24gb", {2, 7}, {2, 8}, 24, 3, 0, 0},
    {"3g.48gb", "mig-3g-48gb", {3, 7}, {4, 8}, 48, 2, 0, 0},
    {"4g.48gb", "mig-4g-48gb", {4, 7}, {4, 8}, 48, 1, 0, 0},
    {"7g.96gb", "mig-7g-96gb", {7, 7}, {8, 8}, 96, 1, 0, 0},
}};

inline constexpr std::array<mig_profile, 7> h200_141gb{{
    {"1g.18gb", "mig-1g-18gb", {1, 7}, {1, 8}, 18, 7, 16, 16384},
    {"1g.18gb+me", "mig-1g-18gb-me", {1, 7}, {1, 8}, 18, 1, 16, 16384, 0, mig_media::extended},
    {"1g.35gb", "mig-1g-35gb", {1, 7}, {2, 8}, 35, 4, 26, 33024, 1},
    {"2g.35gb", "mig-2g-35gb", {2, 7}, {2, 8}, 35, 3, 32, 33024},
    {"3g.71gb", "mig-3g-71gb", {3, 7}, {4, 8}, 71, 2, 60, 71168},
    {"4g.71gb", "mig-4g-71gb", {4, 7}, {4, 8}, 71, 1, 64, 71168},
    {"7g.141gb", "mig-7g-141gb", {7, 7}, {8, 8}, 141, 1, 132, 143104},
}};

inline constexpr std::array<mig_profile, 7> gh200_144gb{{
    {"1g.18gb", "mig-1g-18gb", {1, 7}, {1, 8}, 18, 7, 16, 17920},
    {"1g.18gb+me", "mig-1g-18gb-me", {1, 7}, {1, 8}, 18, 1, 16, 17920, 0, mig_media::extended},
    {"1g.36gb", "mig-1g-36gb", {1, 7}, {2, 8}, 36, 4, 26, 36096, 1},
    {"2g.36gb", "mig-2g-36gb", {2, 7}, {2, 8}, 36, 3, 32, 36096},
    {"3g.72gb", "mig-3g-72gb", {3, 7}, {4, 8}, 72, 2, 60, 0, 0, mig_media::share, true},
    {"4g.72gb", "mig-4g-72gb", {4, 7}, {4, 8}, 72, 1, 64, 0, 0, mig_media::share, true},
    {"7g.144gb", "mig-7g-144gb", {7, 7}, {8, 8}, 144, 1, 132, 0, 0, mig_media::share, true},
}};

/// Drivers differ on the smallest slice (20.50 or 22.00 GiB); the smaller size is used here.
inline constexpr std::array<mig_profile, 7> b200_180gb{{
    {"1g.23gb", "mig-1g-23gb", {1, 7}, {1, 8}, 23, 7, 18, 20992},
    {"1g.23gb+me", "mig-1g-23gb-me", {1, 7}, {1, 8}, 23, 1, 18, 20992, 0, mig_media::extended},
    {"1g.45gb", "mig-1g-45gb", {1, 7}, {2, 8}, 45, 4, 30, 45312},
    {"2g.45gb", "mig-2g-45gb", {2, 7}, {2, 8}, 45, 3, 36, 45312},
    {"3g.90gb", "mig-3g-90gb", {3, 7}, {4, 8}, 90, 2, 0, 0},
    {"4g.90gb", "mig-4g-90gb", {4, 7}, {4, 8}, 90, 1, 72, 0},
    {"7g.180gb", "mig-7g-180gb", {7, 7}, {8, 8}, 180, 1, 148, 0},
}};

/// Drivers differ on the smallest slice (20.00 or 22.00 GiB); the smaller size is used here. The board's SMs are not
/// published.
inline constexpr std::array<mig_profile, 7> gb200{{
    {"1g.23gb", "mig-1g-23gb", {1, 7}, {1, 8}, 23, 7, 18, 20480},
    {"1g.23gb+me", "mig-1g-23gb-me", {1, 7}, {1, 8}, 23, 1, 18, 20480, 0, mig_media::extended},
    {"1g.47gb", "mig-1g-47gb", {1, 7}, {2, 8}, 47, 4, 32, 46592},
    {"2g.47gb", "mig-2g-47gb", {2, 7}, {2, 8}, 47, 3, 38, 46592},
    {"3g.93gb", "mig-3g-93gb", {3, 7}, {4, 8}, 93, 2, 0, 0},
    {"4g.93gb", "mig-4g-93gb", {4, 7}, {4, 8}, 93, 1, 0, 0},
    {"7g.186gb", "mig-7g-186gb", {7, 7}, {8, 8}, 186, 1, 0, 0},
}};

/// The SMs are those of the B200, which has as many.
inline constexpr std::array<mig_profile, 7> b300_288gb{{
    {"1g.34gb", "mig-1g-34gb", {1, 7}, {1, 8}, 34, 7, 18, 34560, 0, mig_media::share, true},
    {"1g.34gb+me", "mig-1g-34gb-me", {1, 7}, {1, 8}, 34, 1, 18, 34560, 0, mig_media::extended, true},
    {"1g.67gb", "mig-1g-67gb", {1, 7}, {2, 8}, 67, 4, 30, 0, 0, mig_media::share, true},
    {"2g.67gb", "mig-2g-67gb", {2, 7}, {2, 8}, 67, 3, 36, 0, 0, mig_media::share, true},
    {"3g.135gb", "mig-3g-135gb", {3, 7}, {4, 8}, 135, 2, 0, 0},
    {"4g.135gb", "mig-4g-135gb", {4, 7}, {4, 8}, 135, 1, 72, 0, 0, mig_media::share, true},
    {"7g.269gb", "mig-7g-269gb", {7, 7}, {8, 8}, 269, 1, 148, 0, 0, mig_media::share, true},
}};

/// No listing was found.
inline constexpr std::array<mig_profile, 7> gb300{{
    {"1g.35gb", "mig-1g-35gb", {1, 7}, {1, 8}, 35, 7, 0, 0},
    {"1g.35gb+me", "mig-1g-35gb-me", {1, 7}, {1, 8}, 35, 1, 0, 0, 0, mig_media::extended},
    {"1g.70gb", "mig-1g-70gb", {1, 7}, {2, 8}, 70, 4, 0, 0},
    {"2g.70gb", "mig-2g-70gb", {2, 7}, {2, 8}, 70, 3, 0, 0},
    {"3g.139gb", "mig-3g-139gb", {3, 7}, {4, 8}, 139, 2, 0, 0},
    {"4g.139gb", "mig-4g-139gb", {4, 7}, {4, 8}, 139, 1, 0, 0},
    {"7g.278gb", "mig-7g-278gb", {7, 7}, {8, 8}, 278, 1, 0, 0},
}};

inline constexpr std::array<mig_profile, 5> a30{{
    {"1g.6gb", "mig-1g-6gb", {1, 4}, {1, 4}, 6, 4, 14, 5952},
    {"2g.12gb", "mig-2g-12gb", {2, 4}, {2, 4}, 12, 2, 28, 11968},
    {"4g.24gb", "mig-4g-24gb", {4, 4}, {4, 4}, 24, 1, 56, 0},
    {"1g.6gb+me", "mig-1g-6gb-me", {1, 4}, {1, 4}, 6, 1, 14, 5952, 0, mig_media::extended},
    {"2g.12gb+me", "mig-2g-12gb-me", {2, 4}, {2, 4}, 12, 1, 28, 11968, 0, mig_media::extended},
}};

/// Drivers differ on a quarter slice (23.12 or 23.62 GiB); the smaller size is used here.
inline constexpr std::array<mig_profile, 11> rtx_pro_6000{{
    {"1g.24gb", "mig-1g-24gb", {1, 4}, {1, 4}, 24, 4, 46, 23680},
    {"2g.48gb", "mig-2g-48gb", {2, 4}, {2, 4}, 48, 2, 94, 47616},
    {"4g.96gb", "mig-4g-96gb", {4, 4}, {4, 4}, 96, 1, 188, 95616},
    {"1g.24gb+me", "mig-1g-24gb-me", {1, 4}, {1, 4}, 24, 1, 46, 23680, 0, mig_media::extended},
    {"1g.24gb+gfx", "mig-1g-24gb-gfx", {1, 4}, {1, 4}, 24, 4, 46, 23680},
    {"1g.24gb+me.all", "mig-1g-24gb-me-all", {1, 4}, {1, 4}, 24, 1, 46, 23680, 0, mig_media::all},
    {"1g.24gb-me", "mig-1g-24gb-no-me", {1, 4}, {1, 4}, 24, 4, 46, 23680, 0, mig_media::none},
    {"2g.48gb+gfx", "mig-2g-48gb-gfx", {2, 4}, {2, 4}, 48, 2, 94, 47616},
    {"2g.48gb+me.all", "mig-2g-48gb-me-all", {2, 4}, {2, 4}, 48, 1, 94, 47616, 0, mig_media::all},
    {"2g.48gb-me", "mig-2g-48gb-no-me", {2, 4}, {2, 4}, 48, 2, 94, 47616, 0, mig_media::none},
    {"4g.96gb+gfx", "mig-4g-96gb-gfx", {4, 4}, {4, 4}, 96, 1, 188, 95616},
}};

/// Earlier editions of the guide divided this board into four (1g.12gb to 4g.48gb).
inline constexpr std::array<mig_profile, 2> rtx_pro_5000_48gb{{
    {"1g.24gb", "mig-1g-24gb", {1, 2}, {1, 2}, 24, 2, 0, 0},
    {"2g.48gb", "mig-2g-48gb", {2, 2}, {2, 2}, 48, 1, 110, 0},
}};

inline constexpr std::array<mig_profile, 2> rtx_pro_4500{{
    {"1g.16gb", "mig-1g-16gb", {1, 2}, {1, 2}, 16, 2, 0, 0},
    {"2g.32gb", "mig-2g-32gb", {2, 2}, {2, 2}, 32, 1, 82, 0},
}};
/// @}

/// The slices are thirds of the SMs over one unified memory; the SMs are estimated.
inline constexpr std::array<mig_profile, 3> jetson_thor{{
    {"1g.0gb", "mig-1g-0gb", {1, 3}, {0, 0}, 0, 1, 0, 0},
    {"2g.0gb", "mig-2g-0gb", {2, 3}, {0, 0}, 0, 1, 0, 0},
    {"3g.0gb", "mig-3g-0gb", {3, 3}, {0, 0}, 0, 1, 0, 0},
}};

/// The profiles of one board.
struct board {
    std::string_view card = "";          ///< the id of the board's card
    const mig_profile* first = nullptr;  ///< its profiles
    int count = 0;                       ///< the number of its profiles

    /// The profiles in the user guide's order.
    /// @{
    [[nodiscard]] constexpr const mig_profile* begin() const noexcept { return first; }
    [[nodiscard]] constexpr const mig_profile* end() const noexcept { return first + count; }
    /// @}
};

/// The boards that support MIG, by the ids of their cards.
/// @{
inline constexpr std::array<board, 23> boards{{
    {"a100-sxm4-40gb", a100_40gb.data(), 7},
    {"a100-pcie-40gb", a100_40gb.data(), 7},
    {"a100-sxm4-80gb", a100_80gb.data(), 7},
    {"a100-pcie-80gb", a100_80gb.data(), 7},
    {"h100-sxm5-80gb", h100_sxm_80gb.data(), 7},
    {"h100-pcie-80gb", h100_pcie_80gb.data(), 7},
    {"h100-nvl-94gb", h100_nvl_94gb.data(), 7},
    {"gh200-96gb", gh200_96gb.data(), 7},
    {"h20-96gb", h20_96gb.data(), 7},
    {"h200-sxm-141gb", h200_141gb.data(), 7},
    {"h200-nvl-141gb", h200_141gb.data(), 7},
    {"gh200-144gb", gh200_144gb.data(), 7},
    {"b200-sxm-180gb", b200_180gb.data(), 7},
    {"gb200", gb200.data(), 7},
    {"b300-sxm-288gb", b300_288gb.data(), 7},
    {"gb300", gb300.data(), 7},
    {"a30", a30.data(), 5},
    {"rtx-pro-6000-blackwell", rtx_pro_6000.data(), 11},
    {"rtx-pro-6000-blackwell-max-q", rtx_pro_6000.data(), 11},
    {"rtx-pro-6000-blackwell-server", rtx_pro_6000.data(), 11},
    {"rtx-pro-5000-blackwell-48gb", rtx_pro_5000_48gb.data(), 2},
    {"rtx-pro-4500-blackwell", rtx_pro_4500.data(), 2},
    {"jetson-thor-t5000", jetson_thor.data(), 3},
}};
/// @}

/// Returns the board that this card is, or that this slice belongs to; empty (`count` 0) for a card that does not
/// support MIG.
[[nodiscard]] constexpr board board_of(const gpu& card) noexcept {
    const std::string_view whole = card.mig_parent.empty() ? card.id : card.mig_parent;
    for (const board& b : boards)
        if (b.card == whole) return b;
    return {};
}

}  // namespace cardfit::mig
