// SPDX-License-Identifier: MIT
#pragma once

// Slices of Ampere and Hopper boards (A100, A30, H100, GH200, H20, H200).

#include <cardfit/hardware/cards/mig_profiles.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>

namespace cardfit::cards {

/// A MIG slice: its card's row with the slice's share of units, memory and bandwidth (`mig_slice`).
/// @{
inline constexpr gpu a100_sxm4_40gb_mig_1g_5gb =
    mig_slice(a100_sxm4_40gb, mig::a100_40gb[0], "a100-sxm4-40gb-mig-1g-5gb", "A100 SXM4 40GB MIG 1g.5gb");
inline constexpr gpu a100_sxm4_40gb_mig_1g_5gb_me =
    mig_slice(a100_sxm4_40gb, mig::a100_40gb[1], "a100-sxm4-40gb-mig-1g-5gb-me", "A100 SXM4 40GB MIG 1g.5gb+me");
inline constexpr gpu a100_sxm4_40gb_mig_1g_10gb =
    mig_slice(a100_sxm4_40gb, mig::a100_40gb[2], "a100-sxm4-40gb-mig-1g-10gb", "A100 SXM4 40GB MIG 1g.10gb");
inline constexpr gpu a100_sxm4_40gb_mig_2g_10gb =
    mig_slice(a100_sxm4_40gb, mig::a100_40gb[3], "a100-sxm4-40gb-mig-2g-10gb", "A100 SXM4 40GB MIG 2g.10gb");
inline constexpr gpu a100_sxm4_40gb_mig_3g_20gb =
    mig_slice(a100_sxm4_40gb, mig::a100_40gb[4], "a100-sxm4-40gb-mig-3g-20gb", "A100 SXM4 40GB MIG 3g.20gb");
inline constexpr gpu a100_sxm4_40gb_mig_4g_20gb =
    mig_slice(a100_sxm4_40gb, mig::a100_40gb[5], "a100-sxm4-40gb-mig-4g-20gb", "A100 SXM4 40GB MIG 4g.20gb");
inline constexpr gpu a100_sxm4_40gb_mig_7g_40gb =
    mig_slice(a100_sxm4_40gb, mig::a100_40gb[6], "a100-sxm4-40gb-mig-7g-40gb", "A100 SXM4 40GB MIG 7g.40gb");

inline constexpr gpu a100_pcie_40gb_mig_1g_5gb =
    mig_slice(a100_pcie_40gb, mig::a100_40gb[0], "a100-pcie-40gb-mig-1g-5gb", "A100 PCIe 40GB MIG 1g.5gb");
inline constexpr gpu a100_pcie_40gb_mig_1g_5gb_me =
    mig_slice(a100_pcie_40gb, mig::a100_40gb[1], "a100-pcie-40gb-mig-1g-5gb-me", "A100 PCIe 40GB MIG 1g.5gb+me");
inline constexpr gpu a100_pcie_40gb_mig_1g_10gb =
    mig_slice(a100_pcie_40gb, mig::a100_40gb[2], "a100-pcie-40gb-mig-1g-10gb", "A100 PCIe 40GB MIG 1g.10gb");
inline constexpr gpu a100_pcie_40gb_mig_2g_10gb =
    mig_slice(a100_pcie_40gb, mig::a100_40gb[3], "a100-pcie-40gb-mig-2g-10gb", "A100 PCIe 40GB MIG 2g.10gb");
inline constexpr gpu a100_pcie_40gb_mig_3g_20gb =
    mig_slice(a100_pcie_40gb, mig::a100_40gb[4], "a100-pcie-40gb-mig-3g-20gb", "A100 PCIe 40GB MIG 3g.20gb");
inline constexpr gpu a100_pcie_40gb_mig_4g_20gb =
    mig_slice(a100_pcie_40gb, mig::a100_40gb[5], "a100-pcie-40gb-mig-4g-20gb", "A100 PCIe 40GB MIG 4g.20gb");
inline constexpr gpu a100_pcie_40gb_mig_7g_40gb =
    mig_slice(a100_pcie_40gb, mig::a100_40gb[6], "a100-pcie-40gb-mig-7g-40gb", "A100 PCIe 40GB MIG 7g.40gb");

inline constexpr gpu a100_sxm4_80gb_mig_1g_10gb =
    mig_slice(a100_sxm4_80gb, mig::a100_80gb[0], "a100-sxm4-80gb-mig-1g-10gb", "A100 SXM4 80GB MIG 1g.10gb");
inline constexpr gpu a100_sxm4_80gb_mig_1g_10gb_me =
    mig_slice(a100_sxm4_80gb, mig::a100_80gb[1], "a100-sxm4-80gb-mig-1g-10gb-me", "A100 SXM4 80GB MIG 1g.10gb+me");
inline constexpr gpu a100_sxm4_80gb_mig_1g_20gb =
    mig_slice(a100_sxm4_80gb, mig::a100_80gb[2], "a100-sxm4-80gb-mig-1g-20gb", "A100 SXM4 80GB MIG 1g.20gb");
inline constexpr gpu a100_sxm4_80gb_mig_2g_20gb =
    mig_slice(a100_sxm4_80gb, mig::a100_80gb[3], "a100-sxm4-80gb-mig-2g-20gb", "A100 SXM4 80GB MIG 2g.20gb");
inline constexpr gpu a100_sxm4_80gb_mig_3g_40gb =
    mig_slice(a100_sxm4_80gb, mig::a100_80gb[4], "a100-sxm4-80gb-mig-3g-40gb", "A100 SXM4 80GB MIG 3g.40gb");
inline constexpr gpu a100_sxm4_80gb_mig_4g_40gb =
    mig_slice(a100_sxm4_80gb, mig::a100_80gb[5], "a100-sxm4-80gb-mig-4g-40gb", "A100 SXM4 80GB MIG 4g.40gb");
inline constexpr gpu a100_sxm4_80gb_mig_7g_80gb =
    mig_slice(a100_sxm4_80gb, mig::a100_80gb[6], "a100-sxm4-80gb-mig-7g-80gb", "A100 SXM4 80GB MIG 7g.80gb");

inline constexpr gpu a100_pcie_80gb_mig_1g_10gb =
    mig_slice(a100_pcie_80gb, mig::a100_80gb[0], "a100-pcie-80gb-mig-1g-10gb", "A100 PCIe 80GB MIG 1g.10gb");
inline constexpr gpu a100_pcie_80gb_mig_1g_10gb_me =
    mig_slice(a100_pcie_80gb, mig::a100_80gb[1], "a100-pcie-80gb-mig-1g-10gb-me", "A100 PCIe 80GB MIG 1g.10gb+me");
inline constexpr gpu a100_pcie_80gb_mig_1g_20gb =
    mig_slice(a100_pcie_80gb, mig::a100_80gb[2], "a100-pcie-80gb-mig-1g-20gb", "A100 PCIe 80GB MIG 1g.20gb");
inline constexpr gpu a100_pcie_80gb_mig_2g_20gb =
    mig_slice(a100_pcie_80gb, mig::a100_80gb[3], "a100-pcie-80gb-mig-2g-20gb", "A100 PCIe 80GB MIG 2g.20gb");
inline constexpr gpu a100_pcie_80gb_mig_3g_40gb =
    mig_slice(a100_pcie_80gb, mig::a100_80gb[4], "a100-pcie-80gb-mig-3g-40gb", "A100 PCIe 80GB MIG 3g.40gb");
inline constexpr gpu a100_pcie_80gb_mig_4g_40gb =
    mig_slice(a100_pcie_80gb, mig::a100_80gb[5], "a100-pcie-80gb-mig-4g-40gb", "A100 PCIe 80GB MIG 4g.40gb");
inline constexpr gpu a100_pcie_80gb_mig_7g_80gb =
    mig_slice(a100_pcie_80gb, mig::a100_80gb[6], "a100-pcie-80gb-mig-7g-80gb", "A100 PCIe 80GB MIG 7g.80gb");

inline constexpr gpu h100_sxm5_80gb_mig_1g_10gb =
    mig_slice(h100_sxm5_80gb, mig::h100_sxm_80gb[0], "h100-sxm5-80gb-mig-1g-10gb", "H100 SXM5 80GB MIG 1g.10gb");
inline constexpr gpu h100_sxm5_80gb_mig_1g_10gb_me =
    mig_slice(h100_sxm5_80gb, mig::h100_sxm_80gb[1], "h100-sxm5-80gb-mig-1g-10gb-me", "H100 SXM5 80GB MIG 1g.10gb+me");
inline constexpr gpu h100_sxm5_80gb_mig_1g_20gb =
    mig_slice(h100_sxm5_80gb, mig::h100_sxm_80gb[2], "h100-sxm5-80gb-mig-1g-20gb", "H100 SXM5 80GB MIG 1g.20gb");
inline constexpr gpu h100_sxm5_80gb_mig_2g_20gb =
    mig_slice(h100_sxm5_80gb, mig::h100_sxm_80gb[3], "h100-sxm5-80gb-mig-2g-20gb", "H100 SXM5 80GB MIG 2g.20gb");
inline constexpr gpu h100_sxm5_80gb_mig_3g_40gb =
    mig_slice(h100_sxm5_80gb, mig::h100_sxm_80gb[4], "h100-sxm5-80gb-mig-3g-40gb", "H100 SXM5 80GB MIG 3g.40gb");
inline constexpr gpu h100_sxm5_80gb_mig_4g_40gb =
    mig_slice(h100_sxm5_80gb, mig::h100_sxm_80gb[5], "h100-sxm5-80gb-mig-4g-40gb", "H100 SXM5 80GB MIG 4g.40gb");
inline constexpr gpu h100_sxm5_80gb_mig_7g_80gb =
    mig_slice(h100_sxm5_80gb, mig::h100_sxm_80gb[6], "h100-sxm5-80gb-mig-7g-80gb", "H100 SXM5 80GB MIG 7g.80gb");

inline constexpr gpu h100_pcie_80gb_mig_1g_10gb =
    mig_slice(h100_pcie_80gb, mig::h100_pcie_80gb[0], "h100-pcie-80gb-mig-1g-10gb", "H100 PCIe 80GB MIG 1g.10gb");
inline constexpr gpu h100_pcie_80gb_mig_1g_10gb_me =
    mig_slice(h100_pcie_80gb, mig::h100_pcie_80gb[1], "h100-pcie-80gb-mig-1g-10gb-me", "H100 PCIe 80GB MIG 1g.10gb+me");
inline constexpr gpu h100_pcie_80gb_mig_1g_20gb =
    mig_slice(h100_pcie_80gb, mig::h100_pcie_80gb[2], "h100-pcie-80gb-mig-1g-20gb", "H100 PCIe 80GB MIG 1g.20gb");
inline constexpr gpu h100_pcie_80gb_mig_2g_20gb =
    mig_slice(h100_pcie_80gb, mig::h100_pcie_80gb[3], "h100-pcie-80gb-mig-2g-20gb", "H100 PCIe 80GB MIG 2g.20gb");
inline constexpr gpu h100_pcie_80gb_mig_3g_40gb =
    mig_slice(h100_pcie_80gb, mig::h100_pcie_80gb[4], "h100-pcie-80gb-mig-3g-40gb", "H100 PCIe 80GB MIG 3g.40gb");
inline constexpr gpu h100_pcie_80gb_mig_4g_40gb =
    mig_slice(h100_pcie_80gb, mig::h100_pcie_80gb[5], "h100-pcie-80gb-mig-4g-40gb", "H100 PCIe 80GB MIG 4g.40gb");
inline constexpr gpu h100_pcie_80gb_mig_7g_80gb =
    mig_slice(h100_pcie_80gb, mig::h100_pcie_80gb[6], "h100-pcie-80gb-mig-7g-80gb", "H100 PCIe 80GB MIG 7g.80gb");

inline constexpr gpu h100_nvl_94gb_mig_1g_12gb =
    mig_slice(h100_nvl_94gb, mig::h100_nvl_94gb[0], "h100-nvl-94gb-mig-1g-12gb", "H100 NVL 94GB MIG 1g.12gb");
inline constexpr gpu h100_nvl_94gb_mig_1g_12gb_me =
    mig_slice(h100_nvl_94gb, mig::h100_nvl_94gb[1], "h100-nvl-94gb-mig-1g-12gb-me", "H100 NVL 94GB MIG 1g.12gb+me");
inline constexpr gpu h100_nvl_94gb_mig_1g_24gb =
    mig_slice(h100_nvl_94gb, mig::h100_nvl_94gb[2], "h100-nvl-94gb-mig-1g-24gb", "H100 NVL 94GB MIG 1g.24gb");
inline constexpr gpu h100_nvl_94gb_mig_2g_24gb =
    mig_slice(h100_nvl_94gb, mig::h100_nvl_94gb[3], "h100-nvl-94gb-mig-2g-24gb", "H100 NVL 94GB MIG 2g.24gb");
inline constexpr gpu h100_nvl_94gb_mig_3g_47gb =
    mig_slice(h100_nvl_94gb, mig::h100_nvl_94gb[4], "h100-nvl-94gb-mig-3g-47gb", "H100 NVL 94GB MIG 3g.47gb");
inline constexpr gpu h100_nvl_94gb_mig_4g_47gb =
    mig_slice(h100_nvl_94gb, mig::h100_nvl_94gb[5], "h100-nvl-94gb-mig-4g-47gb", "H100 NVL 94GB MIG 4g.47gb");
inline constexpr gpu h100_nvl_94gb_mig_7g_94gb =
    mig_slice(h100_nvl_94gb, mig::h100_nvl_94gb[6], "h100-nvl-94gb-mig-7g-94gb", "H100 NVL 94GB MIG 7g.94gb");

inline constexpr gpu gh200_96gb_mig_1g_12gb =
    mig_slice(gh200_96gb, mig::gh200_96gb[0], "gh200-96gb-mig-1g-12gb", "GH200 MIG 1g.12gb");
inline constexpr gpu gh200_96gb_mig_1g_12gb_me =
    mig_slice(gh200_96gb, mig::gh200_96gb[1], "gh200-96gb-mig-1g-12gb-me", "GH200 MIG 1g.12gb+me");
inline constexpr gpu gh200_96gb_mig_1g_24gb =
    mig_slice(gh200_96gb, mig::gh200_96gb[2], "gh200-96gb-mig-1g-24gb", "GH200 MIG 1g.24gb");
inline constexpr gpu gh200_96gb_mig_2g_24gb =
    mig_slice(gh200_96gb, mig::gh200_96gb[3], "gh200-96gb-mig-2g-24gb", "GH200 MIG 2g.24gb");
inline constexpr gpu gh200_96gb_mig_3g_48gb =
    mig_slice(gh200_96gb, mig::gh200_96gb[4], "gh200-96gb-mig-3g-48gb", "GH200 MIG 3g.48gb");
inline constexpr gpu gh200_96gb_mig_4g_48gb =
    mig_slice(gh200_96gb, mig::gh200_96gb[5], "gh200-96gb-mig-4g-48gb", "GH200 MIG 4g.48gb");
inline constexpr gpu gh200_96gb_mig_7g_96gb =
    mig_slice(gh200_96gb, mig::gh200_96gb[6], "gh200-96gb-mig-7g-96gb", "GH200 MIG 7g.96gb");

inline constexpr gpu h20_96gb_mig_1g_12gb =
    mig_slice(h20_96gb, mig::h20_96gb[0], "h20-96gb-mig-1g-12gb", "H20 96GB MIG 1g.12gb");
inline constexpr gpu h20_96gb_mig_1g_12gb_me =
    mig_slice(h20_96gb, mig::h20_96gb[1], "h20-96gb-mig-1g-12gb-me", "H20 96GB MIG 1g.12gb+me");
inline constexpr gpu h20_96gb_mig_1g_24gb =
    mig_slice(h20_96gb, mig::h20_96gb[2], "h20-96gb-mig-1g-24gb", "H20 96GB MIG 1g.24gb");
inline constexpr gpu h20_96gb_mig_2g_24gb =
    mig_slice(h20_96gb, mig::h20_96gb[3], "h20-96gb-mig-2g-24gb", "H20 96GB MIG 2g.24gb");
inline constexpr gpu h20_96gb_mig_3g_48gb =
    mig_slice(h20_96gb, mig::h20_96gb[4], "h20-96gb-mig-3g-48gb", "H20 96GB MIG 3g.48gb");
inline constexpr gpu h20_96gb_mig_4g_48gb =
    mig_slice(h20_96gb, mig::h20_96gb[5], "h20-96gb-mig-4g-48gb", "H20 96GB MIG 4g.48gb");
inline constexpr gpu h20_96gb_mig_7g_96gb =
    mig_slice(h20_96gb, mig::h20_96gb[6], "h20-96gb-mig-7g-96gb", "H20 96GB MIG 7g.96gb");

inline constexpr gpu h200_sxm_141gb_mig_1g_18gb =
    mig_slice(h200_sxm_141gb, mig::h200_141gb[0], "h200-sxm-141gb-mig-1g-18gb", "H200 SXM 141GB MIG 1g.18gb");
inline constexpr gpu h200_sxm_141gb_mig_1g_18gb_me =
    mig_slice(h200_sxm_141gb, mig::h200_141gb[1], "h200-sxm-141gb-mig-1g-18gb-me", "H200 SXM 141GB MIG 1g.18gb+me");
inline constexpr gpu h200_sxm_141gb_mig_1g_35gb =
    mig_slice(h200_sxm_141gb, mig::h200_141gb[2], "h200-sxm-141gb-mig-1g-35gb", "H200 SXM 141GB MIG 1g.35gb");
inline constexpr gpu h200_sxm_141gb_mig_2g_35gb =
    mig_slice(h200_sxm_141gb, mig::h200_141gb[3], "h200-sxm-141gb-mig-2g-35gb", "H200 SXM 141GB MIG 2g.35gb");
inline constexpr gpu h200_sxm_141gb_mig_3g_71gb =
    mig_slice(h200_sxm_141gb, mig::h200_141gb[4], "h200-sxm-141gb-mig-3g-71gb", "H200 SXM 141GB MIG 3g.71gb");
inline constexpr gpu h200_sxm_141gb_mig_4g_71gb =
    mig_slice(h200_sxm_141gb, mig::h200_141gb[5], "h200-sxm-141gb-mig-4g-71gb", "H200 SXM 141GB MIG 4g.71gb");
inline constexpr gpu h200_sxm_141gb_mig_7g_141gb =
    mig_slice(h200_sxm_141gb, mig::h200_141gb[6], "h200-sxm-141gb-mig-7g-141gb", "H200 SXM 141GB MIG 7g.141gb");

inline constexpr gpu h200_nvl_141gb_mig_1g_18gb =
    mig_slice(h200_nvl_141gb, mig::h200_141gb[0], "h200-nvl-141gb-mig-1g-18gb", "H200 NVL 141GB MIG 1g.18gb");
inline constexpr gpu h200_nvl_141gb_mig_1g_18gb_me =
    mig_slice(h200_nvl_141gb, mig::h200_141gb[1], "h200-nvl-141gb-mig-1g-18gb-me", "H200 NVL 141GB MIG 1g.18gb+me");
inline constexpr gpu h200_nvl_141gb_mig_1g_35gb =
    mig_slice(h200_nvl_141gb, mig::h200_141gb[2], "h200-nvl-141gb-mig-1g-35gb", "H200 NVL 141GB MIG 1g.35gb");
inline constexpr gpu h200_nvl_141gb_mig_2g_35gb =
    mig_slice(h200_nvl_141gb, mig::h200_141gb[3], "h200-nvl-141gb-mig-2g-35gb", "H200 NVL 141GB MIG 2g.35gb");
inline constexpr gpu h200_nvl_141gb_mig_3g_71gb =
    mig_slice(h200_nvl_141gb, mig::h200_141gb[4], "h200-nvl-141gb-mig-3g-71gb", "H200 NVL 141GB MIG 3g.71gb");
inline constexpr gpu h200_nvl_141gb_mig_4g_71gb =
    mig_slice(h200_nvl_141gb, mig::h200_141gb[5], "h200-nvl-141gb-mig-4g-71gb", "H200 NVL 141GB MIG 4g.71gb");
inline constexpr gpu h200_nvl_141gb_mig_7g_141gb =
    mig_slice(h200_nvl_141gb, mig::h200_141gb[6], "h200-nvl-141gb-mig-7g-141gb", "H200 NVL 141GB MIG 7g.141gb");

inline constexpr gpu gh200_144gb_mig_1g_18gb =
    mig_slice(gh200_144gb, mig::gh200_144gb[0], "gh200-144gb-mig-1g-18gb", "GH200 MIG 1g.18gb");
inline constexpr gpu gh200_144gb_mig_1g_18gb_me =
    mig_slice(gh200_144gb, mig::gh200_144gb[1], "gh200-144gb-mig-1g-18gb-me", "GH200 MIG 1g.18gb+me");
inline constexpr gpu gh200_144gb_mig_1g_36gb =
    mig_slice(gh200_144gb, mig::gh200_144gb[2], "gh200-144gb-mig-1g-36gb", "GH200 MIG 1g.36gb");
inline constexpr gpu gh200_144gb_mig_2g_36gb =
    mig_slice(gh200_144gb, mig::gh200_144gb[3], "gh200-144gb-mig-2g-36gb", "GH200 MIG 2g.36gb");
inline constexpr gpu gh200_144gb_mig_3g_72gb =
    mig_slice(gh200_144gb, mig::gh200_144gb[4], "gh200-144gb-mig-3g-72gb", "GH200 MIG 3g.72gb");
inline constexpr gpu gh200_144gb_mig_4g_72gb =
    mig_slice(gh200_144gb, mig::gh200_144gb[5], "gh200-144gb-mig-4g-72gb", "GH200 MIG 4g.72gb");
inline constexpr gpu gh200_144gb_mig_7g_144gb =
    mig_slice(gh200_144gb, mig::gh200_144gb[6], "gh200-144gb-mig-7g-144gb", "GH200 MIG 7g.144gb");

inline constexpr gpu a30_mig_1g_6gb = mig_slice(a30, mig::a30[0], "a30-mig-1g-6gb", "A30 MIG 1g.6gb");
inline constexpr gpu a30_mig_2g_12gb = mig_slice(a30, mig::a30[1], "a30-mig-2g-12gb", "A30 MIG 2g.12gb");
inline constexpr gpu a30_mig_4g_24gb = mig_slice(a30, mig::a30[2], "a30-mig-4g-24gb", "A30 MIG 4g.24gb");
inline constexpr gpu a30_mig_1g_6gb_me = mig_slice(a30, mig::a30[3], "a30-mig-1g-6gb-me", "A30 MIG 1g.6gb+me");
inline constexpr gpu a30_mig_2g_12gb_me = mig_slice(a30, mig::a30[4], "a30-mig-2g-12gb-me", "A30 MIG 2g.12gb+me");
/// @}

}  // namespace cardfit::cards
