// SPDX-License-Identifier: MIT
#pragma once

// Slices of Blackwell boards (B200, GB200, B300, GB300, RTX PRO, Jetson Thor).

#include <cardfit/hardware/cards/mig_profiles.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
#include <cardfit/hardware/cards/nvidia_embedded.hpp>

namespace cardfit::cards {

/// A MIG slice: its card's row with the slice's share of units, memory and bandwidth (`mig_slice`).
/// @{
inline constexpr gpu b200_sxm_180gb_mig_1g_23gb =
    mig_slice(b200_sxm_180gb, mig::b200_180gb[0], "b200-sxm-180gb-mig-1g-23gb", "B200 SXM 180GB MIG 1g.23gb");
inline constexpr gpu b200_sxm_180gb_mig_1g_23gb_me =
    mig_slice(b200_sxm_180gb, mig::b200_180gb[1], "b200-sxm-180gb-mig-1g-23gb-me", "B200 SXM 180GB MIG 1g.23gb+me");
inline constexpr gpu b200_sxm_180gb_mig_1g_45gb =
    mig_slice(b200_sxm_180gb, mig::b200_180gb[2], "b200-sxm-180gb-mig-1g-45gb", "B200 SXM 180GB MIG 1g.45gb");
inline constexpr gpu b200_sxm_180gb_mig_2g_45gb =
    mig_slice(b200_sxm_180gb, mig::b200_180gb[3], "b200-sxm-180gb-mig-2g-45gb", "B200 SXM 180GB MIG 2g.45gb");
inline constexpr gpu b200_sxm_180gb_mig_3g_90gb =
    mig_slice(b200_sxm_180gb, mig::b200_180gb[4], "b200-sxm-180gb-mig-3g-90gb", "B200 SXM 180GB MIG 3g.90gb");
inline constexpr gpu b200_sxm_180gb_mig_4g_90gb =
    mig_slice(b200_sxm_180gb, mig::b200_180gb[5], "b200-sxm-180gb-mig-4g-90gb", "B200 SXM 180GB MIG 4g.90gb");
inline constexpr gpu b200_sxm_180gb_mig_7g_180gb =
    mig_slice(b200_sxm_180gb, mig::b200_180gb[6], "b200-sxm-180gb-mig-7g-180gb", "B200 SXM 180GB MIG 7g.180gb");

inline constexpr gpu gb200_mig_1g_23gb =
    mig_slice(gb200, mig::gb200[0], "gb200-mig-1g-23gb", "GB200 186GB MIG 1g.23gb");
inline constexpr gpu gb200_mig_1g_23gb_me =
    mig_slice(gb200, mig::gb200[1], "gb200-mig-1g-23gb-me", "GB200 186GB MIG 1g.23gb+me");
inline constexpr gpu gb200_mig_1g_47gb =
    mig_slice(gb200, mig::gb200[2], "gb200-mig-1g-47gb", "GB200 186GB MIG 1g.47gb");
inline constexpr gpu gb200_mig_2g_47gb =
    mig_slice(gb200, mig::gb200[3], "gb200-mig-2g-47gb", "GB200 186GB MIG 2g.47gb");
inline constexpr gpu gb200_mig_3g_93gb =
    mig_slice(gb200, mig::gb200[4], "gb200-mig-3g-93gb", "GB200 186GB MIG 3g.93gb");
inline constexpr gpu gb200_mig_4g_93gb =
    mig_slice(gb200, mig::gb200[5], "gb200-mig-4g-93gb", "GB200 186GB MIG 4g.93gb");
inline constexpr gpu gb200_mig_7g_186gb =
    mig_slice(gb200, mig::gb200[6], "gb200-mig-7g-186gb", "GB200 186GB MIG 7g.186gb");

inline constexpr gpu b300_sxm_288gb_mig_1g_34gb =
    mig_slice(b300_sxm_288gb, mig::b300_288gb[0], "b300-sxm-288gb-mig-1g-34gb", "B300 SXM 288GB MIG 1g.34gb");
inline constexpr gpu b300_sxm_288gb_mig_1g_34gb_me =
    mig_slice(b300_sxm_288gb, mig::b300_288gb[1], "b300-sxm-288gb-mig-1g-34gb-me", "B300 SXM 288GB MIG 1g.34gb+me");
inline constexpr gpu b300_sxm_288gb_mig_1g_67gb =
    mig_slice(b300_sxm_288gb, mig::b300_288gb[2], "b300-sxm-288gb-mig-1g-67gb", "B300 SXM 288GB MIG 1g.67gb");
inline constexpr gpu b300_sxm_288gb_mig_2g_67gb =
    mig_slice(b300_sxm_288gb, mig::b300_288gb[3], "b300-sxm-288gb-mig-2g-67gb", "B300 SXM 288GB MIG 2g.67gb");
inline constexpr gpu b300_sxm_288gb_mig_3g_135gb =
    mig_slice(b300_sxm_288gb, mig::b300_288gb[4], "b300-sxm-288gb-mig-3g-135gb", "B300 SXM 288GB MIG 3g.135gb");
inline constexpr gpu b300_sxm_288gb_mig_4g_135gb =
    mig_slice(b300_sxm_288gb, mig::b300_288gb[5], "b300-sxm-288gb-mig-4g-135gb", "B300 SXM 288GB MIG 4g.135gb");
inline constexpr gpu b300_sxm_288gb_mig_7g_269gb =
    mig_slice(b300_sxm_288gb, mig::b300_288gb[6], "b300-sxm-288gb-mig-7g-269gb", "B300 SXM 288GB MIG 7g.269gb");

inline constexpr gpu gb300_mig_1g_35gb =
    mig_slice(gb300, mig::gb300[0], "gb300-mig-1g-35gb", "GB300 288GB MIG 1g.35gb");
inline constexpr gpu gb300_mig_1g_35gb_me =
    mig_slice(gb300, mig::gb300[1], "gb300-mig-1g-35gb-me", "GB300 288GB MIG 1g.35gb+me");
inline constexpr gpu gb300_mig_1g_70gb =
    mig_slice(gb300, mig::gb300[2], "gb300-mig-1g-70gb", "GB300 288GB MIG 1g.70gb");
inline constexpr gpu gb300_mig_2g_70gb =
    mig_slice(gb300, mig::gb300[3], "gb300-mig-2g-70gb", "GB300 288GB MIG 2g.70gb");
inline constexpr gpu gb300_mig_3g_139gb =
    mig_slice(gb300, mig::gb300[4], "gb300-mig-3g-139gb", "GB300 288GB MIG 3g.139gb");
inline constexpr gpu gb300_mig_4g_139gb =
    mig_slice(gb300, mig::gb300[5], "gb300-mig-4g-139gb", "GB300 288GB MIG 4g.139gb");
inline constexpr gpu gb300_mig_7g_278gb =
    mig_slice(gb300, mig::gb300[6], "gb300-mig-7g-278gb", "GB300 288GB MIG 7g.278gb");

inline constexpr gpu rtx_pro_6000_blackwell_mig_1g_24gb =
    mig_slice(rtx_pro_6000_blackwell, mig::rtx_pro_6000[0], "rtx-pro-6000-blackwell-mig-1g-24gb",
              "RTX PRO 6000 Blackwell Workstation MIG 1g.24gb");
inline constexpr gpu rtx_pro_6000_blackwell_mig_2g_48gb =
    mig_slice(rtx_pro_6000_blackwell, mig::rtx_pro_6000[1], "rtx-pro-6000-blackwell-mig-2g-48gb",
              "RTX PRO 6000 Blackwell Workstation MIG 2g.48gb");
inline constexpr gpu rtx_pro_6000_blackwell_mig_4g_96gb =
    mig_slice(rtx_pro_6000_blackwell, mig::rtx_pro_6000[2], "rtx-pro-6000-blackwell-mig-4g-96gb",
              "RTX PRO 6000 Blackwell Workstation MIG 4g.96gb");
inline constexpr gpu rtx_pro_6000_blackwell_mig_1g_24gb_me =
    mig_slice(rtx_pro_6000_blackwell, mig::rtx_pro_6000[3], "rtx-pro-6000-blackwell-mig-1g-24gb-me",
              "RTX PRO 6000 Blackwell Workstation MIG 1g.24gb+me");
inline constexpr gpu rtx_pro_6000_blackwell_mig_1g_24gb_gfx =
    mig_slice(rtx_pro_6000_blackwell, mig::rtx_pro_6000[4], "rtx-pro-6000-blackwell-mig-1g-24gb-gfx",
              "RTX PRO 6000 Blackwell Workstation MIG 1g.24gb+gfx");
inline constexpr gpu rtx_pro_6000_blackwell_mig_1g_24gb_me_all =
    mig_slice(rtx_pro_6000_blackwell, mig::rtx_pro_6000[5], "rtx-pro-6000-blackwell-mig-1g-24gb-me-all",
              "RTX PRO 6000 Blackwell Workstation MIG 1g.24gb+me.all");
inline constexpr gpu rtx_pro_6000_blackwell_mig_1g_24gb_no_me =
    mig_slice(rtx_pro_6000_blackwell, mig::rtx_pro_6000[6], "rtx-pro-6000-blackwell-mig-1g-24gb-no-me",
              "RTX PRO 6000 Blackwell Workstation MIG 1g.24gb-me");
inline constexpr gpu rtx_pro_6000_blackwell_mig_2g_48gb_gfx =
    mig_slice(rtx_pro_6000_blackwell, mig::rtx_pro_6000[7], "rtx-pro-6000-blackwell-mig-2g-48gb-gfx",
              "RTX PRO 6000 Blackwell Workstation MIG 2g.48gb+gfx");
inline constexpr gpu rtx_pro_6000_blackwell_mig_2g_48gb_me_all =
    mig_slice(rtx_pro_6000_blackwell, mig::rtx_pro_6000[8], "rtx-pro-6000-blackwell-mig-2g-48gb-me-all",
              "RTX PRO 6000 Blackwell Workstation MIG 2g.48gb+me.all");
inline constexpr gpu rtx_pro_6000_blackwell_mig_2g_48gb_no_me =
    mig_slice(rtx_pro_6000_blackwell, mig::rtx_pro_6000[9], "rtx-pro-6000-blackwell-mig-2g-48gb-no-me",
              "RTX PRO 6000 Blackwell Workstation MIG 2g.48gb-me");
inline constexpr gpu rtx_pro_6000_blackwell_mig_4g_96gb_gfx =
    mig_slice(rtx_pro_6000_blackwell, mig::rtx_pro_6000[10], "rtx-pro-6000-blackwell-mig-4g-96gb-gfx",
              "RTX PRO 6000 Blackwell Workstation MIG 4g.96gb+gfx");

inline constexpr gpu rtx_pro_6000_blackwell_max_q_mig_1g_24gb =
    mig_slice(rtx_pro_6000_blackwell_max_q, mig::rtx_pro_6000[0], "rtx-pro-6000-blackwell-max-q-mig-1g-24gb",
              "RTX PRO 6000 Blackwell Max-Q MIG 1g.24gb");
inline constexpr gpu rtx_pro_6000_blackwell_max_q_mig_2g_48gb =
    mig_slice(rtx_pro_6000_blackwell_max_q, mig::rtx_pro_6000[1], "rtx-pro-6000-blackwell-max-q-mig-2g-48gb",
              "RTX PRO 6000 Blackwell Max-Q MIG 2g.48gb");
inline constexpr gpu rtx_pro_6000_blackwell_max_q_mig_4g_96gb =
    mig_slice(rtx_pro_6000_blackwell_max_q, mig::rtx_pro_6000[2], "rtx-pro-6000-blackwell-max-q-mig-4g-96gb",
              "RTX PRO 6000 Blackwell Max-Q MIG 4g.96gb");
inline constexpr gpu rtx_pro_6000_blackwell_max_q_mig_1g_24gb_me =
    mig_slice(rtx_pro_6000_blackwell_max_q, mig::rtx_pro_6000[3], "rtx-pro-6000-blackwell-max-q-mig-1g-24gb-me",
              "RTX PRO 6000 Blackwell Max-Q MIG 1g.24gb+me");
inline constexpr gpu rtx_pro_6000_blackwell_max_q_mig_1g_24gb_gfx =
    mig_slice(rtx_pro_6000_blackwell_max_q, mig::rtx_pro_6000[4], "rtx-pro-6000-blackwell-max-q-mig-1g-24gb-gfx",
              "RTX PRO 6000 Blackwell Max-Q MIG 1g.24gb+gfx");
inline constexpr gpu rtx_pro_6000_blackwell_max_q_mig_1g_24gb_me_all =
    mig_slice(rtx_pro_6000_blackwell_max_q, mig::rtx_pro_6000[5], "rtx-pro-6000-blackwell-max-q-mig-1g-24gb-me-all",
              "RTX PRO 6000 Blackwell Max-Q MIG 1g.24gb+me.all");
inline constexpr gpu rtx_pro_6000_blackwell_max_q_mig_1g_24gb_no_me =
    mig_slice(rtx_pro_6000_blackwell_max_q, mig::rtx_pro_6000[6], "rtx-pro-6000-blackwell-max-q-mig-1g-24gb-no-me",
              "RTX PRO 6000 Blackwell Max-Q MIG 1g.24gb-me");
inline constexpr gpu rtx_pro_6000_blackwell_max_q_mig_2g_48gb_gfx =
    mig_slice(rtx_pro_6000_blackwell_max_q, mig::rtx_pro_6000[7], "rtx-pro-6000-blackwell-max-q-mig-2g-48gb-gfx",
              "RTX PRO 6000 Blackwell Max-Q MIG 2g.48gb+gfx");
inline constexpr gpu rtx_pro_6000_blackwell_max_q_mig_2g_48gb_me_all =
    mig_slice(rtx_pro_6000_blackwell_max_q, mig::rtx_pro_6000[8], "rtx-pro-6000-blackwell-max-q-mig-2g-48gb-me-all",
              "RTX PRO 6000 Blackwell Max-Q MIG 2g.48gb+me.all");
inline constexpr gpu rtx_pro_6000_blackwell_max_q_mig_2g_48gb_no_me =
    mig_slice(rtx_pro_6000_blackwell_max_q, mig::rtx_pro_6000[9], "rtx-pro-6000-blackwell-max-q-mig-2g-48gb-no-me",
              "RTX PRO 6000 Blackwell Max-Q MIG 2g.48gb-me");
inline constexpr gpu rtx_pro_6000_blackwell_max_q_mig_4g_96gb_gfx =
    mig_slice(rtx_pro_6000_blackwell_max_q, mig::rtx_pro_6000[10], "rtx-pro-6000-blackwell-max-q-mig-4g-96gb-gfx",
              "RTX PRO 6000 Blackwell Max-Q MIG 4g.96gb+gfx");

inline constexpr gpu rtx_pro_6000_blackwell_server_mig_1g_24gb =
    mig_slice(rtx_pro_6000_blackwell_server, mig::rtx_pro_6000[0], "rtx-pro-6000-blackwell-server-mig-1g-24gb",
              "RTX PRO 6000 Blackwell Server MIG 1g.24gb");
inline constexpr gpu rtx_pro_6000_blackwell_server_mig_2g_48gb =
    mig_slice(rtx_pro_6000_blackwell_server, mig::rtx_pro_6000[1], "rtx-pro-6000-blackwell-server-mig-2g-48gb",
              "RTX PRO 6000 Blackwell Server MIG 2g.48gb");
inline constexpr gpu rtx_pro_6000_blackwell_server_mig_4g_96gb =
    mig_slice(rtx_pro_6000_blackwell_server, mig::rtx_pro_6000[2], "rtx-pro-6000-blackwell-server-mig-4g-96gb",
              "RTX PRO 6000 Blackwell Server MIG 4g.96gb");
inline constexpr gpu rtx_pro_6000_blackwell_server_mig_1g_24gb_me =
    mig_slice(rtx_pro_6000_blackwell_server, mig::rtx_pro_6000[3], "rtx-pro-6000-blackwell-server-mig-1g-24gb-me",
              "RTX PRO 6000 Blackwell Server MIG 1g.24gb+me");
inline constexpr gpu rtx_pro_6000_blackwell_server_mig_1g_24gb_gfx =
    mig_slice(rtx_pro_6000_blackwell_server, mig::rtx_pro_6000[4], "rtx-pro-6000-blackwell-server-mig-1g-24gb-gfx",
              "RTX PRO 6000 Blackwell Server MIG 1g.24gb+gfx");
inline constexpr gpu rtx_pro_6000_blackwell_server_mig_1g_24gb_me_all =
    mig_slice(rtx_pro_6000_blackwell_server, mig::rtx_pro_6000[5], "rtx-pro-6000-blackwell-server-mig-1g-24gb-me-all",
              "RTX PRO 6000 Blackwell Server MIG 1g.24gb+me.all");
inline constexpr gpu rtx_pro_6000_blackwell_server_mig_1g_24gb_no_me =
    mig_slice(rtx_pro_6000_blackwell_server, mig::rtx_pro_6000[6], "rtx-pro-6000-blackwell-server-mig-1g-24gb-no-me",
              "RTX PRO 6000 Blackwell Server MIG 1g.24gb-me");
inline constexpr gpu rtx_pro_6000_blackwell_server_mig_2g_48gb_gfx =
    mig_slice(rtx_pro_6000_blackwell_server, mig::rtx_pro_6000[7], "rtx-pro-6000-blackwell-server-mig-2g-48gb-gfx",
              "RTX PRO 6000 Blackwell Server MIG 2g.48gb+gfx");
inline constexpr gpu rtx_pro_6000_blackwell_server_mig_2g_48gb_me_all =
    mig_slice(rtx_pro_6000_blackwell_server, mig::rtx_pro_6000[8], "rtx-pro-6000-blackwell-server-mig-2g-48gb-me-all",
              "RTX PRO 6000 Blackwell Server MIG 2g.48gb+me.all");
inline constexpr gpu rtx_pro_6000_blackwell_server_mig_2g_48gb_no_me =
    mig_slice(rtx_pro_6000_blackwell_server, mig::rtx_pro_6000[9], "rtx-pro-6000-blackwell-server-mig-2g-48gb-no-me",
              "RTX PRO 6000 Blackwell Server MIG 2g.48gb-me");
inline constexpr gpu rtx_pro_6000_blackwell_server_mig_4g_96gb_gfx =
    mig_slice(rtx_pro_6000_blackwell_server, mig::rtx_pro_6000[10], "rtx-pro-6000-blackwell-server-mig-4g-96gb-gfx",
              "RTX PRO 6000 Blackwell Server MIG 4g.96gb+gfx");

inline constexpr gpu rtx_pro_5000_blackwell_48gb_mig_1g_24gb =
    mig_slice(rtx_pro_5000_blackwell_48gb, mig::rtx_pro_5000_48gb[0], "rtx-pro-5000-blackwell-48gb-mig-1g-24gb",
              "RTX PRO 5000 Blackwell MIG 1g.24gb");
inline constexpr gpu rtx_pro_5000_blackwell_48gb_mig_2g_48gb =
    mig_slice(rtx_pro_5000_blackwell_48gb, mig::rtx_pro_5000_48gb[1], "rtx-pro-5000-blackwell-48gb-mig-2g-48gb",
              "RTX PRO 5000 Blackwell MIG 2g.48gb");

inline constexpr gpu rtx_pro_4500_blackwell_mig_1g_16gb =
    mig_slice(rtx_pro_4500_blackwell, mig::rtx_pro_4500[0], "rtx-pro-4500-blackwell-mig-1g-16gb",
              "RTX PRO 4500 Blackwell MIG 1g.16gb");
inline constexpr gpu rtx_pro_4500_blackwell_mig_2g_32gb =
    mig_slice(rtx_pro_4500_blackwell, mig::rtx_pro_4500[1], "rtx-pro-4500-blackwell-mig-2g-32gb",
              "RTX PRO 4500 Blackwell MIG 2g.32gb");

inline constexpr gpu jetson_thor_t5000_mig_1g_0gb =
    mig_slice(jetson_thor_t5000, mig::jetson_thor[0], "jetson-thor-t5000-mig-1g-0gb", "Jetson AGX Thor MIG 1g.0gb");
inline constexpr gpu jetson_thor_t5000_mig_2g_0gb =
    mig_slice(jetson_thor_t5000, mig::jetson_thor[1], "jetson-thor-t5000-mig-2g-0gb", "Jetson AGX Thor MIG 2g.0gb");
inline constexpr gpu jetson_thor_t5000_mig_3g_0gb =
    mig_slice(jetson_thor_t5000, mig::jetson_thor[2], "jetson-thor-t5000-mig-3g-0gb", "Jetson AGX Thor MIG 3g.0gb");
/// @}

}  // namespace cardfit::cards
