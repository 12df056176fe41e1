// SPDX-License-Identifier: MIT
#pragma once

// The documents that rows of machines cite. `read` is the day on which the rows were last compared with the document,
// empty where that day was not written down.

#include <cardfit/hardware/gpu.hpp>

#include <string_view>

namespace cardfit::machines {

/// The rows' texts end in `sv`, as those of the card table do.
using std::literals::string_view_literals::operator""sv;

}  // namespace cardfit::machines

// One document a line.
// clang-format off
namespace cardfit::machines::documents {

/// A document that rows of machines cite: id, title, version, page or address, and the day when it was last read.
/// @{
inline constexpr document dgx1_whitepaper{"dgx1-whitepaper", "NVIDIA DGX-1 with V100 system architecture whitepaper", "", "", ""};
inline constexpr document dgx2_datasheet{"dgx2-datasheet", "NVIDIA DGX-2 datasheet", "", "", ""};
inline constexpr document dgx2_press{"dgx2-press", "Data Center Dynamics: NVIDIA DGX-2 packs 16 GPUs on two boards", "2018-03", "1.5 TB of system memory, 30 TB of NVMe", "2026-11-26"};
inline constexpr document dgx_a100_datasheet{"dgx-a100-datasheet", "NVIDIA DGX A100 datasheet", "", "", ""};
inline constexpr document dgx_a100_launch{"dgx-a100-launch", "Hardware Times: DGX A100 servers leverage AMD EPYC Rome CPUs", "2020-05", "2 x 64 cores, 1 TB of memory, 15 TB of NVMe; memory can be doubled to 2 TB and disks to 30 TB", "2026-11-26"};
inline constexpr document dgx_station_a100{"dgx-station-a100", "NVIDIA DGX Station A100 system architecture", "WP-10454-001_v01", "four A100 cards of a server's kind", "2026-11-26"};
inline constexpr document dgx_h100_datasheet{"dgx-h100-datasheet", "NVIDIA DGX H100 datasheet", "", "", ""};
inline constexpr document dgx_basepod{"dgx-basepod", "NVIDIA DGX BasePOD reference architecture, core components", "", "https://docs.nvidia.com/dgx-basepod/reference-architecture-infrastructure-foundation-enterprise-ai/latest/core-components.html", "2026-11-26"};
inline constexpr document dgx_b200_guide{"dgx-b200-guide", "NVIDIA DGX B200 User Guide, introduction", "", "https://docs.nvidia.com/dgx/dgxb200-user-guide/introduction-to-dgxb200.html", "2026-11-26"};
inline constexpr document dgx_b300_guide{"dgx-b300-guide", "NVIDIA DGX B300 User Guide", "", "as vengineer.hatenablog.com/entry/2025/12/06/080000 quotes it: 8 x 800 GbE of ConnectX-8", "2026-11-26"};
inline constexpr document dgx_gb200_guide{"dgx-gb200-guide", "NVIDIA DGX GB200 User Guide, hardware", "", "https://docs.nvidia.com/dgx/dgxgb200-user-guide/hardware.html", "2026-11-26"};
inline constexpr document nvl72_reference{"nvl72-reference", "NVIDIA Enterprise Reference Architecture, NVL72 AI Factory, components", "", "https://docs.nvidia.com/enterprise-reference-architectures/nvl72-ai-factory/latest/components.html", "2026-11-26"};
inline constexpr document hgx_datasheet{"hgx-datasheet", "NVIDIA HGX platform datasheet", "", "", ""};
inline constexpr document spark_nim{"spark-nim", "NVIDIA NIM: Deploy on DGX Spark", "", "https://docs.nvidia.com/nim/vision-language-models/latest/deploy-on-dgx-spark.html", "2026-11-26"};
inline constexpr document card_datasheets{"card-datasheets", "The datasheets of the cards", "", "", ""};
inline constexpr document amd_platform{"amd-platform", "AMD Instinct MI300X platform data sheet", "", "eight modules, each linked to the seven others", ""};
inline constexpr document mi325x_page{"mi325x-page", "AMD Instinct MI325X accelerators (a seller's page)", "", "https://wiaix.com/amd-instincttm-mi325x-accelerators", "2026-11-26"};
inline constexpr document mi350_press{"mi350-press", "AMD at Hot Chips 2025 (press)", "2025-08", "platforms of eight MI350X or MI355X", "2026-11-26"};
inline constexpr document apple_specs{"apple-specs", "Apple's technical specifications", "", "https://support.apple.com/specs", ""};
inline constexpr document karpenter{"karpenter", "aws/karpenter-provider-aws, instance types", "2026-08-21 (1d92708)", "generated from EC2: website/content/en/docs/reference/instance-types.md", "2026-11-26"};
inline constexpr document karpenter_1_12{"karpenter-1.12", "aws/karpenter-provider-aws, instance types of version 1.12 and 1.0", "2026-08-21 (1d92708)", "website/content/en/v1.12/reference/instance-types.md; p3 is no longer in the newest page", "2026-11-26"};
inline constexpr document ml_engineering{"ml-engineering", "ML Engineering (Stas Bekman), network", "", "https://github.com/stas00/ml-engineering", "2026-11-25"};
inline constexpr document nccl_1298{"nccl-1298", "NVIDIA/nccl, issue 1298", "", "g5.48xlarge without NCCL_TOPO_FILE", "2026-11-26"};
inline constexpr document trtllm_1034{"trtllm-1034", "NVIDIA/TensorRT-LLM, issue 1034", "", "no peer access on g5.48xlarge", "2026-11-26"};
inline constexpr document llm_d_181{"llm-d-181", "llm-d-incubation/llm-d-infra, pull request 181", "", "g6 has no peer access", "2026-11-26"};
inline constexpr document p6e_ultraserver{"p6e-ultraserver", "P6e-GB200 UltraServer reference architecture (AWS samples)", "", "18 instances in one NVLink domain of 72", "2026-11-26"};
inline constexpr document p6_comparison{"p6-comparison", "Comparison of the P6 family in a public report on AWS news", "", "144 vCPUs, 960 GiB, 3.2 Tbit/s", "2026-11-26"};
inline constexpr document gcp_gpus{"gcp-gpus", "Google Cloud, GPU machine types", "2026-04", "https://docs.cloud.google.com/compute/docs/gpus", "2026-11-26"};
inline constexpr document gcp_network{"gcp-network", "Google Cloud, Networking and GPU machines", "", "https://cloud.google.com/compute/docs/gpus/gpu-network-bandwidth", "2026-11-26"};
inline constexpr document azure_sizes{"azure-sizes", "MicrosoftDocs/azure-compute-docs, sizes/gpu-accelerated", "2024-07 to 2026-08", "articles/virtual-machines/sizes/gpu-accelerated", "2026-11-26"};
inline constexpr document azure_nd_a100{"azure-nd-a100", "Azure, GPU accelerated sizes (as copied in public repositories)", "", "a 200 Gigabit InfiniBand HDR connection per GPU", "2026-11-26"};
inline constexpr document nccl_1214{"nccl-1214", "NVIDIA/nccl, issue 1214", "", "no peer access between GPUs of an Azure VM with four", "2026-11-26"};
inline constexpr document oci_shapes{"oci-shapes", "Oracle Cloud, Compute Shapes", "2025-02-13", "https://docs.oracle.com/en-us/iaas/Content/Compute/References/computeshapes.htm", "2026-11-26"};
inline constexpr document skypilot_oci{"skypilot-oci", "skypilot-org/skypilot-catalog, oci/vms.csv", "0588751", "catalogs/v8/oci/vms.csv", "2026-11-26"};
inline constexpr document skypilot_lambda{"skypilot-lambda", "skypilot-org/skypilot-catalog, lambda/vms.csv", "0f40703", "catalogs/v8/lambda/vms.csv", "2026-11-26"};
inline constexpr document skypilot_runpod{"skypilot-runpod", "skypilot-org/skypilot-catalog, runpod/vms.csv", "01acdfd", "catalogs/v8/runpod/vms.csv", "2026-11-26"};
inline constexpr document coreweave_plans{"coreweave-plans", "CoreWeave's pricing page, as api-evangelist/coreweave transcribes it", "2026-09-20", "plans/coreweave-plans-pricing.yml", "2026-11-26"};
inline constexpr document coreweave_gb200{"coreweave-gb200", "CoreWeave, GB200 NVL72-powered instances", "", "https://docs.coreweave.com/docs/platform/instances/gb200", "2026-11-26"};
inline constexpr document lambda_api{"lambda-api", "Lambda Cloud API, InstanceType (as public clients document it)", "", "gpu_8x_h100_sxm5gdr: 208 vCPUs, 1800 GiB, 24780 GiB", "2026-11-26"};
/// @}

}  // namespace cardfit::machines::documents
// clang-format on
