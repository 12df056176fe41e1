// SPDX-License-Identifier: MIT
#pragma once

// The documents that card rows cite. `where` is the page or address, or what the document is cited for; `read` the day
// on which a figure of the table was last compared with it, empty where that day was not written down. Public issues
// and tables of other projects stand where no maker states the figure.

#include <cardfit/hardware/gpu.hpp>

#include <string_view>

namespace cardfit::cards {

/// The rows' texts end in `sv`: their lengths are then literals. Without it the evaluator counts every character of
/// every row, which each includer pays for.
using std::literals::string_view_literals::operator""sv;

}  // namespace cardfit::cards

// One document a line.
// clang-format off
namespace cardfit::cards::documents {

/// A document that rows of cards cite: id, title, version, page or address, and the day when it was last read.
/// @{
inline constexpr document p100_datasheet{"p100-datasheet", "NVIDIA Tesla P100 datasheet", "2016", "", ""};
inline constexpr document p100_brief{"p100-brief", "NVIDIA Tesla P100 PCIe product brief", "PB-08248", "board power, plug, cooling", "2026-11-25"};
inline constexpr document pascal_whitepaper{"pascal-whitepaper", "NVIDIA Tesla P100 whitepaper", "v1.2", "", ""};
inline constexpr document p40_datasheet{"p40-datasheet", "NVIDIA Tesla P40 datasheet", "", "", ""};
inline constexpr document p40_brief{"p40-brief", "NVIDIA Tesla P40 product brief", "PB-08338", "", "2026-11-25"};
inline constexpr document v100_datasheet{"v100-datasheet", "NVIDIA V100 datasheet", "", "", ""};
inline constexpr document v100_brief{"v100-brief", "NVIDIA V100 PCIe product brief", "PB-08744", "", ""};
inline constexpr document v100_whitepaper{"v100-whitepaper", "NVIDIA Tesla V100 GPU architecture whitepaper", "v1.1", "", ""};
inline constexpr document dgx2_datasheet{"dgx2-datasheet", "NVIDIA DGX-2 datasheet", "", "512 GB in 16 cards, NVSwitch", ""};
inline constexpr document gv100_datasheet{"gv100-datasheet", "NVIDIA Quadro GV100 datasheet", "", "", ""};
inline constexpr document quadro_rtx_datasheet{"quadro-rtx-datasheet", "NVIDIA Quadro RTX datasheets", "", "", ""};
inline constexpr document turing_whitepaper{"turing-whitepaper", "NVIDIA Turing GPU architecture whitepaper", "WP-09183-001", "", ""};
inline constexpr document geforce_pages{"geforce-pages", "GeForce product pages and launch announcements", "", "prices, cooling, NVLink; links that a page does not name are none", ""};
inline constexpr document a100_datasheet{"a100-datasheet", "NVIDIA A100 datasheet", "2020 (40 GB), 2021 (80 GB, 1758950-r4)", "quoted at https://glennklockwood.com/garden/processors/A100", "2026-11-26"};
inline constexpr document a100_brief_40gb{"a100-brief-40gb", "NVIDIA A100 40GB PCIe product brief", "PB-10137-001_v03", "passive, dual slot, CPU 8-pin, two-way bridge", "2026-11-25"};
inline constexpr document a100_brief_80gb{"a100-brief-80gb", "NVIDIA A100 80GB PCIe product brief", "PB-10577-001_v03", "", "2026-11-25"};
inline constexpr document a100_whitepaper{"a100-whitepaper", "NVIDIA A100 Tensor Core GPU architecture whitepaper", "v1.0", "https://images.nvidia.com/aem-dam/en-zz/Solutions/data-center/nvidia-ampere-architecture-whitepaper.pdf", ""};
inline constexpr document ga102_whitepaper{"ga102-whitepaper", "NVIDIA Ampere GA102 GPU architecture whitepaper", "v2", "https://www.nvidia.com/content/PDF/nvidia-ampere-ga-102-gpu-architecture-whitepaper-v2.pdf", ""};
inline constexpr document a800_statement{"a800-statement", "NVIDIA's statement on the A800", "November 2022", "as the press reports it: NVLink 600 to 400 GB/s, power unchanged", "2026-11-25"};
inline constexpr document rtx_a_datasheet{"rtx-a-datasheet", "NVIDIA's datasheet of the RTX A card", "", "the A6000's is quoted at https://servethehome.com/nvidia-rtx-a6000-48gb-gpu-drops-quadro-designation", "2026-11-26"};
inline constexpr document a40_datasheet{"a40-datasheet", "NVIDIA A40 datasheet", "", "", ""};
inline constexpr document a40_brief{"a40-brief", "NVIDIA A40 product brief", "PB-09976", "", "2026-11-25"};
inline constexpr document board_datasheet{"board-datasheet", "NVIDIA's datasheet of the board", "", "form factor, power, ECC, peak rates; L40 and L40S are quoted at https://www.mullet.se/product.html?product_id=355414", "2026-11-26"};
inline constexpr document board_brief{"board-brief", "NVIDIA's product brief of the board", "", "plug, cooling", ""};
inline constexpr document rtx_ada_datasheet{"rtx-ada-datasheet", "NVIDIA's datasheet of the RTX Ada card", "", "", ""};
inline constexpr document ada_whitepaper{"ada-whitepaper", "NVIDIA Ada GPU architecture whitepaper", "v2.02, appendix A", "https://images.nvidia.com/aem-dam/Solutions/geforce/ada/nvidia-ada-gpu-architecture.pdf", ""};
inline constexpr document h100_whitepaper{"h100-whitepaper", "NVIDIA H100 Tensor Core GPU architecture whitepaper", "v1.04", "https://resources.nvidia.com/en-us-tensor-core", "2026-11-25"};
inline constexpr document h100_datasheet{"h100-datasheet", "NVIDIA H100 datasheet", "", "", ""};
inline constexpr document h100_brief{"h100-brief", "NVIDIA H100 PCIe product brief", "PB-11133", "", ""};
inline constexpr document h100_nvl_brief{"h100-nvl-brief", "NVIDIA H100 NVL product brief", "", "", ""};
inline constexpr document h200_datasheet{"h200-datasheet", "NVIDIA H200 datasheet", "", "", ""};
inline constexpr document gh200_datasheet{"gh200-datasheet", "NVIDIA GH200 Grace Hopper Superchip datasheet", "", "", ""};
inline constexpr document flashmla_75{"flashmla-75", "deepseek-ai/FlashMLA, issue 75", "", "https://github.com/deepseek-ai/FlashMLA/issues/75", ""};
inline constexpr document deepep{"deepep", "deepseek-ai/DeepEP, README", "", "about 160 GB/s usable one way of 200", "2026-11-25"};
inline constexpr document torchtitan{"torchtitan", "pytorch/torchtitan, table of peaks", "", "2.4 TB/s and 500 W of the H100 96GB; 191.5 TFLOPS of an MI250X device", "2026-11-25"};
inline constexpr document blackwell_brief{"blackwell-brief", "NVIDIA Blackwell architecture technical brief", "", "", ""};
inline constexpr document b200_datasheet{"b200-datasheet", "NVIDIA HGX B200 datasheet", "", "", ""};
inline constexpr document gb200_datasheet{"gb200-datasheet", "NVIDIA GB200 NVL72 datasheet", "", "a 72nd of it", ""};
inline constexpr document fastvideo{"fastvideo", "hao-ai-lab/FastVideo, tests", "", "152 multiprocessors", "2026-11-25"};
inline constexpr document b300_datasheet{"b300-datasheet", "NVIDIA HGX B300 datasheet", "", "as aiconfigurator and a public notebook quote it", "2026-11-25"};
inline constexpr document gb300_datasheet{"gb300-datasheet", "NVIDIA GB300 NVL72 datasheet", "", "as aiconfigurator quotes it", ""};
inline constexpr document aiconfigurator{"aiconfigurator", "ai-dynamo/aiconfigurator, systems", "", "2430 MHz and 467.8 TFLOPS BF16 on real nodes", "2026-11-25"};
inline constexpr document rtx_pro_page{"rtx-pro-page", "NVIDIA's product page of the RTX PRO card", "", "AI TOPS, bandwidth, cooling", "2026-11-25"};
inline constexpr document rtx_pro_datasheet{"rtx-pro-datasheet", "NVIDIA's datasheet of the RTX PRO card", "", "", ""};
inline constexpr document rtx_blackwell_whitepaper{"rtx-blackwell-whitepaper", "NVIDIA RTX Blackwell GPU architecture whitepaper", "v1.1, appendix A", "https://images.nvidia.com/aem-dam/Solutions/geforce/blackwell/nvidia-rtx-blackwell-gpu-architecture.pdf", ""};
inline constexpr document orin_datasheet{"orin-datasheet", "NVIDIA Jetson AGX Orin module data sheet", "", "", ""};
inline constexpr document thor_page{"thor-page", "NVIDIA Jetson Thor product page", "", "", ""};
inline constexpr document spark_page{"spark-page", "NVIDIA DGX Spark product page", "", "", ""};
inline constexpr document forum_359960{"forum-359960", "NVIDIA developer forum, topic 359960", "", "188 TFLOPS FP8, 356 NVFP4", "2026-11-25"};
inline constexpr document cuda_gpus{"cuda-gpus", "NVIDIA's list of CUDA GPUs", "", "https://developer.nvidia.com/cuda-gpus", ""};
inline constexpr document mig_guide{"mig-guide", "NVIDIA Multi-Instance GPU User Guide", "", "supported GPUs and profiles; https://docs.nvidia.com/datacenter/tesla/mig-user-guide/", ""};
inline constexpr document vgpu_list{"vgpu-list", "NVIDIA vGPU types reference and release notes", "NVIDIA AI Enterprise 3.0 and 8, vGPU software 19", "https://docs.nvidia.com/ai-enterprise/release-8/latest/infra-software/vgpu/reference/index.html; https://docs.nvidia.com/vgpu/", "2026-11-26"};
inline constexpr document cuda_guide{"cuda-guide", "CUDA C Programming Guide, 3.2.6.4", "", "peer access: devices of the Tesla series", "2026-11-25"};
inline constexpr document nanoflow_22{"nanoflow-22", "efeslab/Nanoflow, issue 22", "", "peer access on workstation cards", ""};
inline constexpr document nccl_841{"nccl-841", "NVIDIA/nccl, issue 841", "", "peer access on A100 80GB PCIe", "2026-11-25"};
inline constexpr document nccl_1127{"nccl-1127", "NVIDIA/nccl, issue 1127", "", "no peer access on GeForce 30 without NVLink", ""};
inline constexpr document tensorflow_24677{"tensorflow-24677", "tensorflow/tensorflow, issue 24677", "", "no peer access on GeForce 20", ""};
inline constexpr document p2p_modules_28{"p2p-modules-28", "tinygrad/open-gpu-kernel-modules, issue 28", "", "no peer access on GeForce 40", ""};
inline constexpr document p2p_modules_29{"p2p-modules-29", "tinygrad/open-gpu-kernel-modules, issue 29", "", "no peer access on GeForce 50", ""};
inline constexpr document p2p_modules_16{"p2p-modules-16", "aikitoria/open-gpu-kernel-modules, issue 16", "", "peer access on A10", "2026-11-25"};
inline constexpr document device_readings{"device-readings", "Readings of nvidia-smi, ROCm, xpu-smi and PyTorch in public logs", "tests/hardware/device_memory.csv", "usable memory, ECC, multiprocessors, limits", "2026-11-25"};
inline constexpr document mi300a_guide{"mi300a-guide", "ROCm documentation, AMD Instinct MI300A system optimization", "2024-08", "HIP allocates 96 of 128 GiB by default; https://github.com/ROCm/legacy-rocm-build/pull/3587", "2026-11-26"};
inline constexpr document ollama_3406{"ollama-3406", "ollama/ollama issue 3406", "2024-09", "AGX Orin 64GB: total 61.4 GiB, 51.6 available with a desktop", "2026-11-26"};
inline constexpr document unsloth_7960{"unsloth-7960", "unslothai/unsloth issue 7960", "", "Strix Halo, 128 GB: PyTorch sees 62.47 GiB as shipped", "2026-11-26"};
inline constexpr document llmfit_872{"llmfit-872", "AlexsJones/llmfit pull request 872", "2026-08", "GB10: 121.63 GiB unified", "2026-11-26"};
inline constexpr document amd_datasheet{"amd-datasheet", "AMD's data sheet of the accelerator", "", "", ""};
inline constexpr document amd_page{"amd-page", "AMD's product page", "", "links that a page does not name are none", ""};
inline constexpr document rocm_specifications{"rocm-specifications", "ROCm documentation, GPU hardware specifications", "", "architecture, target, CUs, L2; https://rocm.docs.amd.com/en/latest/reference/gpu-arch-specs.html", ""};
inline constexpr document rocm_mi250{"rocm-mi250", "ROCm documentation, AMD Instinct MI250 microarchitecture", "", "a device has 104 CUs and 1.6 TB/s; four links, 400 GB/s both ways, join the two; docs/conceptual/gpu-arch/mi250.md", "2026-11-26"};
inline constexpr document frontier_guide{"frontier-guide", "OLCF, Frontier User Guide", "", "a node shows eight devices; 200 GB/s one way inside an MI250X, 50 to 100 between two; https://docs.olcf.ornl.gov/systems/frontier_user_guide.html", "2026-11-26"};
inline constexpr document llnl_el_capitan{"llnl-el-capitan", "LLNL, hardware of the El Capitan systems", "", "two links with 256 GB/s to each of three peers; https://hpc.llnl.gov/node/1244", "2026-11-26"};
inline constexpr document rocm_links{"rocm-links", "ROCm documentation, GPU architecture", "", "Infinity Fabric links, peer access through the BAR", ""};
inline constexpr document cdna4_whitepaper{"cdna4-whitepaper", "AMD CDNA 4 architecture whitepaper", "", "FP6, and FP64 matrix at 128 operations a clock and CU", ""};
inline constexpr document intel_ark{"intel-ark", "Intel's product specifications (ARK)", "", "", ""};
inline constexpr document intel_brief{"intel-brief", "Intel's product brief", "", "", ""};
inline constexpr document intel_max_overview{"intel-max-overview", "Intel Data Center GPU Max technical overview", "", "", ""};
inline constexpr document hot_chips_33{"hot-chips-33", "Intel Xe-HPC at Hot Chips 33", "2021", "", ""};
inline constexpr document hmc_tech{"hmc-tech", "hmc-tech.com, GPU pages", "", "https://hmc-tech.com/gpu", "2026-11-25"};
inline constexpr document gaudi_paper{"gaudi-paper", "Intel Gaudi white papers and product briefs", "", "", ""};
inline constexpr document habana_docs{"habana-docs", "docs.habana.ai", "", "21 of 24 ports join the cards of a node", "2026-11-25"};
inline constexpr document ml_engineering{"ml-engineering", "ML Engineering (Stas Bekman)", "", "https://github.com/stas00/ml-engineering", ""};
inline constexpr document llm_analysis{"llm-analysis", "cli99/llm-analysis, GPU table", "", "70 TFLOPS", ""};
inline constexpr document techpowerup{"techpowerup", "TechPowerUp GPU database", "", "https://www.techpowerup.com/gpu-specs/; cross-checked against a second public table where one has the figure", ""};
inline constexpr document llmfit{"llmfit", "AlexsJones/llmfit, hardware table", "", "Apple's bandwidths, usable memory", "2026-11-25"};
inline constexpr document huggingface_js{"huggingface-js", "huggingface/huggingface.js, hardware.ts", "", "packages/tasks/src/hardware.ts", "2026-11-25"};
inline constexpr document apple_specs{"apple-specs", "Apple's technical specifications", "", "https://support.apple.com/specs", ""};
inline constexpr document orin_small_datasheet{"orin-small-datasheet", "NVIDIA Jetson Orin NX and Orin Nano module data sheets", "DS-10712-001 v1.1 (NX)", "https://www.scribd.com/document/673174036/Orin-nano-datasheet: cores, 625 MHz, 128-bit LPDDR5; https://www.scribd.com/document/717939089", "2026-11-26"};
inline constexpr document apple_launches{"apple-launches", "Apple's announcements of M3 Ultra, M4 Max and M5 Max, as the press quotes them", "", "GPU cores, memory, bandwidth: https://mjtsai.com/blog/2025/03/05/apple-m3-ultra/; https://awesomeagents.ai/hardware/apple-m5-max", "2026-11-26"};
inline constexpr document mi350p_launch{"mi350p-launch", "ServeTheHome, launch of AMD's Instinct MI350P", "", "https://www.servethehome.com/?p=99664", "2026-11-26"};
/// @}

}  // namespace cardfit::cards::documents
