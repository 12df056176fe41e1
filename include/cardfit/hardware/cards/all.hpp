// SPDX-License-Identifier: MIT
#pragma once

// Every card, oldest family first.

#include <cardfit/hardware/cards/nvidia_pascal.hpp>
#include <cardfit/hardware/cards/nvidia_volta.hpp>
#include <cardfit/hardware/cards/nvidia_turing.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_ada.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
#include <cardfit/hardware/cards/nvidia_turing_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_ampere_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_embedded.hpp>
#include <cardfit/hardware/cards/amd_instinct.hpp>
#include <cardfit/hardware/cards/amd_radeon.hpp>
#include <cardfit/hardware/cards/intel.hpp>

#include <array>

// A list, wrapped like text.
// clang-format off
namespace cardfit::cards {

/// The whole table, by address: a program that names one card carries one card.
inline constexpr std::array<const gpu*, 167> all{
    &p100_pcie_16gb, &p100_sxm2_16gb, &p40, &p4, &titan_xp, &titan_x_pascal, &gtx_1050_ti, &gtx_1060_6gb, &gtx_1070,
    &gtx_1070_ti, &gtx_1080, &gtx_1080_ti, &v100_sxm2_16gb, &v100_pcie_16gb, &v100_sxm2_32gb, &v100_sxm3_32gb,
    &v100_pcie_32gb, &v100s_pcie_32gb, &quadro_gv100, &titan_v, &t4, &quadro_rtx_8000, &quadro_rtx_6000,
    &quadro_rtx_5000, &a100_pcie_40gb, &a100_sxm4_40gb, &a100_pcie_80gb, &a100_sxm4_80gb, &a800_pcie_40gb,
    &a800_pcie_80gb, &a800_sxm4_80gb, &a30, &a2, &a10, &a10g, &a16, &a40, &rtx_a6000, &rtx_a5500, &rtx_a5000,
    &rtx_a4500, &rtx_a4000, &rtx_a2000_6gb, &rtx_a2000_12gb, &l4, &l20, &l40, &l40s, &rtx_6000_ada, &rtx_5880_ada,
    &rtx_5000_ada, &rtx_4500_ada, &rtx_4000_ada, &rtx_4000_sff_ada, &rtx_2000_ada, &h100_pcie_80gb, &h100_sxm5_80gb,
    &h100_sxm5_96gb, &h100_nvl_94gb, &h200_sxm_141gb, &h200_nvl_141gb, &h20_96gb, &h800_pcie_80gb, &h800_sxm5_80gb,
    &gh200_96gb, &gh200_144gb, &b100, &b200_sxm_180gb, &gb200, &b300_sxm_288gb, &gb300, &rtx_pro_6000_blackwell,
    &rtx_pro_6000_blackwell_max_q, &rtx_pro_6000_blackwell_server, &rtx_pro_5000_blackwell_48gb,
    &rtx_pro_4500_blackwell, &rtx_pro_4000_blackwell, &rtx_pro_2000_blackwell, &rtx_pro_5000_blackwell_72gb,
    &titan_rtx, &gtx_1650, &gtx_1650_super, &gtx_1660, &gtx_1660_super, &gtx_1660_ti, &rtx_2060, &rtx_2060_12gb,
    &rtx_2060_super, &rtx_2070, &rtx_2070_super, &rtx_2080, &rtx_2080_super, &rtx_2080_ti, &rtx_3050_8gb,
    &rtx_3060_12gb, &rtx_3060_8gb, &rtx_3060_ti, &rtx_3070_ti, &rtx_3080_12gb, &rtx_3080_ti, &rtx_3070,
    &rtx_3080_10gb, &rtx_3090, &rtx_3090_ti, &rtx_4060, &rtx_4060_ti_8gb, &rtx_4060_ti_16gb, &rtx_4070,
    &rtx_4070_super, &rtx_4070_ti, &rtx_4070_ti_super, &rtx_4080, &rtx_4080_super, &rtx_4090, &rtx_4090_d, &rtx_5050,
    &rtx_5060, &rtx_5060_ti_8gb, &rtx_5060_ti_16gb, &rtx_5070, &rtx_5070_ti, &rtx_5080, &rtx_5090, &rtx_5090_d,
    &rtx_5090_d_v2, &jetson_agx_orin_64gb, &jetson_agx_orin_32gb, &jetson_thor_t5000, &gb10, &mi50_16gb, &mi50_32gb,
    &mi60, &mi100, &mi210, &mi250, &mi250x, &mi300a, &mi300x, &mi308x, &mi325x, &mi350x, &mi355x, &rx_6800,
    &rx_6800_xt, &rx_6900_xt, &rx_6950_xt, &rx_7800_xt, &rx_7900_gre, &rx_7900_xt, &rx_7900_xtx, &rx_9060_xt_16gb,
    &rx_9070, &rx_9070_xt, &radeon_pro_w6800, &radeon_pro_w7800_32gb, &radeon_pro_w7800_48gb, &radeon_pro_w7900,
    &radeon_ai_pro_r9700, &ryzen_ai_max_395, &arc_a770_16gb, &arc_b580, &arc_pro_b60, &data_center_gpu_flex_170,
    &data_center_gpu_max_1100, &data_center_gpu_max_1550, &gaudi2, &gaudi3,
};

}  // namespace cardfit::cards
