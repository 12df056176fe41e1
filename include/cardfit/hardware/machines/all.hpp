// SPDX-License-Identifier: MIT
#pragma once

// Every named machine, and the names of machines for which there is no estimate.

#include <cardfit/hardware/machines/aws.hpp>
#include <cardfit/hardware/machines/azure.hpp>
#include <cardfit/hardware/machines/google.hpp>
#include <cardfit/hardware/machines/gpu_clouds.hpp>
#include <cardfit/hardware/machines/nvidia.hpp>
#include <cardfit/hardware/machines/oracle.hpp>
#include <cardfit/hardware/machines/workstations.hpp>

#include <array>
#include <cstddef>

namespace cardfit::machines {

namespace detail {

/// Returns several lists joined into one.
template <std::size_t... Sizes>
[[nodiscard]] constexpr auto joined(const std::array<const named_machine*, Sizes>&... lists) noexcept {
    std::array<const named_machine*, (Sizes + ...)> all{};
    std::size_t next = 0;
    const auto append = [&](const auto& list) {
        for (const named_machine* each : list) {
            all[next] = each;
            ++next;
        }
    };
    (append(lists), ...);
    return all;
}

inline constexpr std::string_view trainium = "has AWS Trainium chips, which are not GPUs";
inline constexpr std::string_view inferentia = "has AWS Inferentia chips, which are not GPUs";
inline constexpr std::string_view tpu = "is a Google TPU, which is not a GPU";
inline constexpr std::string_view npu = "is a Huawei NPU, which is not a GPU";
inline constexpr std::string_view m60 = "has NVIDIA M60 cards, which the card table lacks";
inline constexpr std::string_view k80 = "has NVIDIA K80 cards, which the card table lacks";
inline constexpr std::string_view share = "has a share of a GPU, whose rates no document states";

}  // namespace detail

/// The whole table, by address.
inline constexpr std::array all =
    detail::joined(nvidia_rows, workstation_rows, aws_rows, google_rows, azure_rows, oracle_rows, gpu_cloud_rows);

/// Names that no estimate can be made for. The table is asked only for names that no machine and no card has.
inline constexpr refused_machine refused[]{
    {"trn", detail::trainium},
    {"trainium", detail::trainium},
    {"awstrainium", detail::trainium},
    {"inf1", detail::inferentia},
    {"inf2", detail::inferentia},
    {"inferentia", detail::inferentia},
    {"awsinferentia", detail::inferentia},
    {"dl1", "has Intel Gaudi accelerators of the first generation, which the card table lacks"},
    {"dl2q", "has Qualcomm AI 100 accelerators, which are not GPUs"},
    {"vt1", "has Xilinx U30 video accelerators, which are not GPUs"},
    {"tpu", detail::tpu},
    {"googletpu", detail::tpu},
    {"ct3", detail::tpu},
    {"ct4p", detail::tpu},
    {"ct5", detail::tpu},
    {"ct6e", detail::tpu},
    {"v5lite", detail::tpu},
    {"v5e", detail::tpu},
    {"v5p", detail::tpu},
    {"v6e", detail::tpu},
    {"ascend", detail::npu},
    {"huaweiascend", detail::npu},
    {"tenstorrent", "is a Tenstorrent accelerator, which is not a GPU"},
    {"cerebras", "is a Cerebras accelerator, which is not a GPU"},
    {"groq", "is a Groq accelerator, which is not a GPU"},
    {"graphcore", "is a Graphcore IPU, which is not a GPU"},
    {"g3s", detail::m60},
    {"g34xlarge", detail::m60},
    {"g38xlarge", detail::m60},
    {"g316xlarge", detail::m60},
    {"p2xlarge", detail::k80},
    {"p28xlarge", detail::k80},
    {"p216xlarge", detail::k80},
    {"g4ad", "has AMD Radeon Pro V520 cards, which the card table lacks"},
    {"g5g", "has NVIDIA T4G cards, which the card table lacks"},
    {"g6f", detail::share},
    {"gr6f", detail::share},
    {"g4standard6", detail::share},
    {"g4standard12", detail::share},
    {"g4standard24", detail::share},
    {"nv6adsa10", detail::share},
    {"nv12adsa10", detail::share},
    {"nv18adsa10", detail::share},
};

}  // namespace cardfit::machines
