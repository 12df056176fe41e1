// SPDX-License-Identifier: MIT
#pragma once

// Every MIG slice, and the profiles of each card.

#include <cardfit/hardware/cards/mig_ampere_hopper.hpp>
#include <cardfit/hardware/cards/mig_blackwell.hpp>

// A list, wrapped like text.
// clang-format off
namespace cardfit::cards {

/// Every slice, by address. The slices are not in `all`: a slice is a card, but not one that can be bought.
inline constexpr std::array<const gpu*, 157> all_mig{
    &a100_sxm4_40gb_mig_1g_5gb, &a100_sxm4_40gb_mig_1g_5gb_me, &a100_sxm4_40gb_mig_1g_10gb,
    &a100_sxm4_40gb_mig_2g_10gb, &a100_sxm4_40gb_mig_3g_20gb, &a100_sxm4_40gb_mig_4g_20gb,
    &a100_sxm4_40gb_mig_7g_40gb, &a100_pcie_40gb_mig_1g_5gb, &a100_pcie_40gb_mig_1g_5gb_me,
    &a100_pcie_40gb_mig_1g_10gb, &a100_pcie_40gb_mig_2g_10gb, &a100_pcie_40gb_mig_3g_20gb,
    &a100_pcie_40gb_mig_4g_20gb, &a100_pcie_40gb_mig_7g_40gb, &a100_sxm4_80gb_mig_1g_10gb,
    &a100_sxm4_80gb_mig_1g_10gb_me, &a100_sxm4_80gb_mig_1g_20gb, &a100_sxm4_80gb_mig_2g_20gb,
    &a100_sxm4_80gb_mig_3g_40gb, &a100_sxm4_80gb_mig_4g_40gb, &a100_sxm4_80gb_mig_7g_80gb,
    &a100_pcie_80gb_mig_1g_10gb, &a100_pcie_80gb_mig_1g_10gb_me, &a100_pcie_80gb_mig_1g_20gb,
    &a100_pcie_80gb_mig_2g_20gb, &a100_pcie_80gb_mig_3g_40gb, &a100_pcie_80gb_mig_4g_40gb,
    &a100_pcie_80gb_mig_7g_80gb, &h100_sxm5_80gb_mig_1g_10gb, &h100_sxm5_80gb_mig_1g_10gb_me,
    &h100_sxm5_80gb_mig_1g_20gb, &h100_sxm5_80gb_mig_2g_20gb, &h100_sxm5_80gb_mig_3g_40gb,
    &h100_sxm5_80gb_mig_4g_40gb, &h100_sxm5_80gb_mig_7g_80gb, &h100_pcie_80gb_mig_1g_10gb,
    &h100_pcie_80gb_mig_1g_10gb_me, &h100_pcie_80gb_mig_1g_20gb, &h100_pcie_80gb_mig_2g_20gb,
    &h100_pcie_80gb_mig_3g_40gb, &h100_pcie_80gb_mig_4g_40gb, &h100_pcie_80gb_mig_7g_80gb, &h100_nvl_94gb_mig_1g_12gb,
    &h100_nvl_94gb_mig_1g_12gb_me, &h100_nvl_94gb_mig_1g_24gb, &h100_nvl_94gb_mig_2g_24gb, &h100_nvl_94gb_mig_3g_47gb,
    &h100_nvl_94gb_mig_4g_47gb, &h100_nvl_94gb_mig_7g_94gb, &gh200_96gb_mig_1g_12gb, &gh200_96gb_mig_1g_12gb_me,
    &gh200_96gb_mig_1g_24gb, &gh200_96gb_mig_2g_24gb, &gh200_96gb_mig_3g_48gb, &gh200_96gb_mig_4g_48gb,
    &gh200_96gb_mig_7g_96gb, &h20_96gb_mig_1g_12gb, &h20_96gb_mig_1g_12gb_me, &h20_96gb_mig_1g_24gb,
    &h20_96gb_mig_2g_24gb, &h20_96gb_mig_3g_48gb, &h20_96gb_mig_4g_48gb, &h20_96gb_mig_7g_96gb,
    &h200_sxm_141gb_mig_1g_18gb, &h200_sxm_141gb_mig_1g_18gb_me, &h200_sxm_141gb_mig_1g_35gb,
    &h200_sxm_141gb_mig_2g_35gb, &h200_sxm_141gb_mig_3g_71gb, &h200_sxm_141gb_mig_4g_71gb,
    &h200_sxm_141gb_mig_7g_141gb, &h200_nvl_141gb_mig_1g_18gb, &h200_nvl_141gb_mig_1g_18gb_me,
    &h200_nvl_141gb_mig_1g_35gb, &h200_nvl_141gb_mig_2g_35gb, &h200_nvl_141gb_mig_3g_71gb,
    &h200_nvl_141gb_mig_4g_71gb, &h200_nvl_141gb_mig_7g_141gb, &gh200_144gb_mig_1g_18gb, &gh200_144gb_mig_1g_18gb_me,
    &gh200_144gb_mig_1g_36gb, &gh200_144gb_mig_2g_36gb, &gh200_144gb_mig_3g_72gb, &gh200_144gb_mig_4g_72gb,
    &gh200_144gb_mig_7g_144gb, &a30_mig_1g_6gb, &a30_mig_2g_12gb, &a30_mig_4g_24gb, &a30_mig_1g_6gb_me,
    &a30_mig_2g_12gb_me, &b200_sxm_180gb_mig_1g_23gb, &b200_sxm_180gb_mig_1g_23gb_me, &b200_sxm_180gb_mig_1g_45gb,
    &b200_sxm_180gb_mig_2g_45gb, &b200_sxm_180gb_mig_3g_90gb, &b200_sxm_180gb_mig_4g_90gb,
    &b200_sxm_180gb_mig_7g_180gb, &gb200_mig_1g_23gb, &gb200_mig_1g_23gb_me, &gb200_mig_1g_47gb, &gb200_mig_2g_47gb,
    &gb200_mig_3g_93gb, &gb200_mig_4g_93gb, &gb200_mig_7g_186gb, &b300_sxm_288gb_mig_1g_34gb,
    &b300_sxm_288gb_mig_1g_34gb_me, &b300_sxm_288gb_mig_1g_67gb, &b300_sxm_288gb_mig_2g_67gb,
    &b300_sxm_288gb_mig_3g_135gb, &b300_sxm_288gb_mig_4g_135gb, &b300_sxm_288gb_mig_7g_269gb, &gb300_mig_1g_35gb,
    &gb300_mig_1g_35gb_me, &gb300_mig_1g_70gb, &gb300_mig_2g_70gb, &gb300_mig_3g_139gb, &gb300_mig_4g_139gb,
    &gb300_mig_7g_278gb, &rtx_pro_6000_blackwell_mig_1g_24gb, &rtx_pro_6000_blackwell_mig_2g_48gb,
    &rtx_pro_6000_blackwell_mig_4g_96gb, &rtx_pro_6000_blackwell_mig_1g_24gb_me,
    &rtx_pro_6000_blackwell_mig_1g_24gb_gfx, &rtx_pro_6000_blackwell_mig_1g_24gb_me_all,
    &rtx_pro_6000_blackwell_mig_1g_24gb_no_me, &rtx_pro_6000_blackwell_mig_2g_48gb_gfx,
    &rtx_pro_6000_blackwell_mig_2g_48gb_me_all, &rtx_pro_6000_blackwell_mig_2g_48gb_no_me,
    &rtx_pro_6000_blackwell_mig_4g_96gb_gfx, &rtx_pro_6000_blackwell_max_q_mig_1g_24gb,
    &rtx_pro_6000_blackwell_max_q_mig_2g_48gb, &rtx_pro_6000_blackwell_max_q_mig_4g_96gb,
    &rtx_pro_6000_blackwell_max_q_mig_1g_24gb_me, &rtx_pro_6000_blackwell_max_q_mig_1g_24gb_gfx,
    &rtx_pro_6000_blackwell_max_q_mig_1g_24gb_me_all, &rtx_pro_6000_blackwell_max_q_mig_1g_24gb_no_me,
    &rtx_pro_6000_blackwell_max_q_mig_2g_48gb_gfx, &rtx_pro_6000_blackwell_max_q_mig_2g_48gb_me_all,
    &rtx_pro_6000_blackwell_max_q_mig_2g_48gb_no_me, &rtx_pro_6000_blackwell_max_q_mig_4g_96gb_gfx,
    &rtx_pro_6000_blackwell_server_mig_1g_24gb, &rtx_pro_6000_blackwell_server_mig_2g_48gb,
    &rtx_pro_6000_blackwell_server_mig_4g_96gb, &rtx_pro_6000_blackwell_server_mig_1g_24gb_me,
    &rtx_pro_6000_blackwell_server_mig_1g_24gb_gfx, &rtx_pro_6000_blackwell_server_mig_1g_24gb_me_all,
    &rtx_pro_6000_blackwell_server_mig_1g_24gb_no_me, &rtx_pro_6000_blackwell_server_mig_2g_48gb_gfx,
    &rtx_pro_6000_blackwell_server_mig_2g_48gb_me_all, &rtx_pro_6000_blackwell_server_mig_2g_48gb_no_me,
    &rtx_pro_6000_blackwell_server_mig_4g_96gb_gfx, &rtx_pro_5000_blackwell_48gb_mig_1g_24gb,
    &rtx_pro_5000_blackwell_48gb_mig_2g_48gb, &rtx_pro_4500_blackwell_mig_1g_16gb,
    &rtx_pro_4500_blackwell_mig_2g_32gb, &jetson_thor_t5000_mig_1g_0gb, &jetson_thor_t5000_mig_2g_0gb,
    &jetson_thor_t5000_mig_3g_0gb,
};

}  // namespace cardfit::cards
