// SPDX-License-Identifier: MIT
#pragma once

// Which document states which columns of a row, for rows that share their documents. The source of a column is the
// first document of the list that names it; `rest` stands for every column. A figure that follows from stated ones by
// the rules of physics.hpp (a rate from units and clock, a data rate from bus and bandwidth) needs no document of its
// own. A figure in a row's `estimated` is one that a public table lists or that the card's family has, and that none of
// the row's documents states; where more is known, the note says it.

#include <cardfit/hardware/cards/documents.hpp>

// Groups of columns and lists of documents, wrapped like text.
// clang-format off
namespace cardfit::cards {

namespace columns {

/// A group of columns that documents state together.
/// @{
inline constexpr card_fields identity = fields(card_field::name, card_field::vendor, card_field::architecture,
    card_field::segment, card_field::release_year, card_field::availability);
inline constexpr card_fields units = fields(card_field::sm_count, card_field::cuda_cores, card_field::tensor_cores,
    card_field::rt_cores, card_field::compute_capability);
inline constexpr card_fields clocks = fields(card_field::base_clock_mhz, card_field::boost_clock_mhz,
    card_field::tensor_clock_mhz);
inline constexpr card_fields memory = fields(card_field::memory_gb, card_field::memory_type,
    card_field::memory_bus_bits, card_field::memory_data_rate_gbps, card_field::memory_bandwidth_gb_s,
    card_field::memory_sharing);
inline constexpr card_fields cache = fields(card_field::l2_mb);
inline constexpr card_fields rates = fields(card_field::fp64_tflops, card_field::fp64_tensor, card_field::fp32_tflops,
    card_field::tf32_dense, card_field::fp16_tensor_acc16_dense, card_field::fp16_tensor_acc32_dense,
    card_field::bf16_dense, card_field::fp8_acc16_dense, card_field::fp8_dense, card_field::fp6_dense,
    card_field::fp4_dense, card_field::int8_dense, card_field::int4_dense, card_field::structured_sparsity);
inline constexpr card_fields slot = fields(card_field::pcie_gen, card_field::pcie_lanes);
inline constexpr card_fields nvlink = fields(card_field::nvlink_gen, card_field::nvlink_total_bidir_gb_s,
    card_field::nvlink_links, card_field::nvlink_topology, card_field::host_link_bidir_gb_s);
inline constexpr card_fields peers = fields(card_field::p2p_over_pcie);
inline constexpr card_fields carrier = fields(card_field::devices_per_module, card_field::module_bidir_gb_s);
inline constexpr card_fields power = fields(card_field::tdp_w);
inline constexpr card_fields plug = fields(card_field::power_connector);
inline constexpr card_fields board = fields(card_field::form_factor, card_field::slot_width, card_field::cooling);
inline constexpr card_fields price = fields(card_field::launch_price_usd);
inline constexpr card_fields mig = fields(card_field::mig_max_instances);
inline constexpr card_fields vgpu = fields(card_field::vgpu);
inline constexpr card_fields readings = fields(card_field::usable_mib_smi, card_field::usable_mib_torch,
    card_field::ecc);
inline constexpr card_fields sm = fields(card_field::sm_count, card_field::cuda_cores, card_field::tensor_cores);
inline constexpr card_fields compute = fields(card_field::compute_capability);
/// @}
/// Everything that a public database lists except vGPU, which NVIDIA lists itself.
inline constexpr card_fields rest{~fields(card_field::vgpu).bits};

}  // namespace columns

/// The documents of some rows, each with the columns that it states: the first one that states a column is its source.
/// @{
inline constexpr citation public_database[]{{&documents::device_readings, columns::readings},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_a800[]{{&documents::a800_statement, columns::nvlink | columns::power},
    {&documents::device_readings, columns::readings}, {&documents::cuda_guide, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::a100_whitepaper, columns::rates | columns::units | columns::cache},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_h800[]{{&documents::deepep, columns::nvlink},
    {&documents::device_readings, columns::readings}, {&documents::cuda_guide, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_h800_sxm[]{{&documents::flashmla_75, columns::rates | columns::memory},
    {&documents::deepep, columns::nvlink}, {&documents::device_readings, columns::readings},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_h100_96gb[]{{&documents::torchtitan, columns::memory | columns::power},
    {&documents::device_readings, columns::readings}, {&documents::cuda_guide, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_p100[]{
    {&documents::p100_datasheet, columns::rates | columns::memory | columns::power},
    {&documents::p100_brief, columns::plug | columns::board},
    {&documents::pascal_whitepaper, columns::units | columns::cache | columns::nvlink},
    {&documents::device_readings, columns::readings}, {&documents::cuda_guide, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_p40[]{{&documents::p40_datasheet, columns::rates | columns::memory | columns::power},
    {&documents::p40_brief, columns::plug | columns::board}, {&documents::device_readings, columns::readings},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_pascal_geforce[]{
    {&documents::geforce_pages, columns::nvlink | columns::price | columns::board},
    {&documents::device_readings, columns::readings}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_v100[]{
    {&documents::v100_datasheet, columns::rates | columns::memory | columns::power},
    {&documents::v100_brief, columns::plug | columns::board},
    {&documents::v100_whitepaper, columns::units | columns::cache | columns::nvlink | columns::slot},
    {&documents::dgx2_datasheet, columns::identity}, {&documents::device_readings, columns::readings},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_gv100[]{
    {&documents::gv100_datasheet, columns::memory | columns::power | columns::plug | columns::nvlink | columns::board},
    {&documents::v100_whitepaper, columns::rates | columns::units | columns::cache},
    {&documents::device_readings, columns::readings}, {&documents::nanoflow_22, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_titan_v[]{{&documents::v100_whitepaper, columns::rates | columns::units},
    {&documents::geforce_pages, columns::nvlink}, {&documents::device_readings, columns::readings},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_quadro_rtx[]{
    {&documents::quadro_rtx_datasheet, columns::memory | columns::power | columns::plug | columns::board | columns::nvlink},
    {&documents::turing_whitepaper, columns::rates | columns::units | columns::cache},
    {&documents::device_readings, columns::readings}, {&documents::nanoflow_22, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_turing_geforce[]{{&documents::turing_whitepaper, columns::rates | columns::units},
    {&documents::geforce_pages, columns::nvlink | columns::price | columns::board},
    {&documents::tensorflow_24677, columns::peers}, {&documents::device_readings, columns::readings},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_titan_rtx[]{{&documents::turing_whitepaper, columns::rates | columns::units},
    {&documents::geforce_pages, columns::nvlink}, {&documents::device_readings, columns::readings},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_a100_40gb[]{
    {&documents::a100_datasheet, columns::rates | columns::memory | columns::power | columns::nvlink | columns::slot},
    {&documents::a100_brief_40gb, columns::plug | columns::board},
    {&documents::a100_whitepaper, columns::units | columns::cache}, {&documents::device_readings, columns::readings},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_a100_80gb[]{
    {&documents::a100_datasheet, columns::rates | columns::memory | columns::power | columns::nvlink | columns::slot},
    {&documents::a100_whitepaper, columns::units | columns::cache}, {&documents::device_readings, columns::readings},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_a100_80gb_pcie[]{
    {&documents::a100_datasheet, columns::rates | columns::memory | columns::power | columns::nvlink | columns::slot},
    {&documents::a100_brief_80gb, columns::plug | columns::board},
    {&documents::a100_whitepaper, columns::units | columns::cache}, {&documents::nccl_841, columns::peers},
    {&documents::device_readings, columns::readings}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_rtx_a[]{
    {&documents::rtx_a_datasheet, columns::memory | columns::power | columns::plug | columns::board | columns::nvlink | columns::slot},
    {&documents::ga102_whitepaper, columns::rates | columns::units}, {&documents::device_readings, columns::readings},
    {&documents::nanoflow_22, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_a40[]{
    {&documents::a40_datasheet, columns::rates | columns::memory | columns::power | columns::nvlink},
    {&documents::a40_brief, columns::plug | columns::board}, {&documents::ga102_whitepaper, columns::units},
    {&documents::device_readings, columns::readings}, {&documents::cuda_guide, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_a10g[]{{&documents::llm_analysis, columns::rates},
    {&documents::device_readings, columns::readings | columns::sm | columns::power},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_ampere_geforce[]{{&documents::ga102_whitepaper, columns::rates | columns::units},
    {&documents::geforce_pages, columns::nvlink | columns::price | columns::board},
    {&documents::nccl_1127, columns::peers}, {&documents::device_readings, columns::readings},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_rtx_ada[]{
    {&documents::rtx_ada_datasheet, columns::memory | columns::power | columns::plug | columns::board | columns::slot},
    {&documents::ada_whitepaper, columns::rates | columns::units | columns::cache},
    {&documents::device_readings, columns::readings}, {&documents::nanoflow_22, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_ada_geforce[]{
    {&documents::ada_whitepaper, columns::rates | columns::units | columns::cache},
    {&documents::geforce_pages, columns::nvlink | columns::price | columns::board},
    {&documents::p2p_modules_28, columns::peers}, {&documents::device_readings, columns::readings},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_rtx_4090[]{
    {&documents::ada_whitepaper, columns::rates | columns::units | columns::cache | columns::memory | columns::clocks | columns::power | columns::plug},
    {&documents::geforce_pages, columns::nvlink | columns::price | columns::board},
    {&documents::p2p_modules_28, columns::peers}, {&documents::device_readings, columns::readings},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_board[]{
    {&documents::board_datasheet, columns::rates | columns::memory | columns::power | columns::board | columns::slot},
    {&documents::board_brief, columns::plug}, {&documents::cuda_guide, columns::peers},
    {&documents::device_readings, columns::readings}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_h100_pcie[]{
    {&documents::h100_whitepaper, columns::rates | columns::units | columns::memory | columns::cache | columns::nvlink},
    {&documents::h100_brief, columns::plug | columns::board | columns::power},
    {&documents::device_readings, columns::readings}, {&documents::cuda_guide, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_h100_sxm[]{
    {&documents::h100_whitepaper, columns::rates | columns::units | columns::memory | columns::cache | columns::nvlink | columns::power | columns::slot | columns::board},
    {&documents::device_readings, columns::readings}, {&documents::cuda_guide, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_h100_nvl[]{
    {&documents::h100_datasheet, columns::rates | columns::memory | columns::power | columns::nvlink},
    {&documents::h100_nvl_brief, columns::plug | columns::board}, {&documents::device_readings, columns::readings},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_h200[]{
    {&documents::h200_datasheet, columns::rates | columns::memory | columns::power | columns::nvlink},
    {&documents::h100_whitepaper, columns::units}, {&documents::device_readings, columns::readings | columns::cache},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_h20[]{{&documents::mig_guide, columns::mig | columns::identity},
    {&documents::device_readings, columns::readings | columns::sm | columns::power},
    {&documents::cuda_guide, columns::peers}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_gh200[]{{&documents::gh200_datasheet, columns::memory | columns::nvlink},
    {&documents::h100_whitepaper, columns::rates | columns::units},
    {&documents::device_readings, columns::readings | columns::power | columns::cache},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_b100[]{
    {&documents::blackwell_brief, columns::rates | columns::memory | columns::nvlink | columns::power | columns::board | columns::identity},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_b200[]{
    {&documents::b200_datasheet, columns::rates | columns::memory | columns::power | columns::nvlink},
    {&documents::device_readings, columns::readings | columns::sm | columns::cache},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_gb200[]{
    {&documents::gb200_datasheet, columns::rates | columns::memory | columns::nvlink},
    {&documents::fastvideo, columns::sm}, {&documents::device_readings, columns::readings | columns::power},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_b300[]{
    {&documents::b300_datasheet, columns::rates | columns::memory | columns::nvlink},
    {&documents::device_readings, columns::readings | columns::sm | columns::power},
    {&documents::cuda_guide, columns::peers}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_gb300[]{
    {&documents::gb300_datasheet, columns::rates | columns::memory | columns::nvlink},
    {&documents::device_readings, columns::readings}, {&documents::cuda_guide, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_rtx_pro[]{
    {&documents::rtx_pro_datasheet, columns::memory | columns::power | columns::plug | columns::board | columns::slot},
    {&documents::rtx_pro_page, columns::rates},
    {&documents::rtx_blackwell_whitepaper, columns::units | columns::cache},
    {&documents::device_readings, columns::readings}, {&documents::nanoflow_22, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_rtx_pro_server[]{{&documents::aiconfigurator, columns::rates | columns::clocks},
    {&documents::rtx_pro_page, columns::memory | columns::board | columns::power},
    {&documents::device_readings, columns::readings}, {&documents::cuda_guide, columns::peers},
    {&documents::mig_guide, columns::mig}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_blackwell_geforce[]{
    {&documents::rtx_blackwell_whitepaper, columns::rates | columns::units | columns::cache},
    {&documents::geforce_pages, columns::nvlink | columns::price | columns::board},
    {&documents::p2p_modules_29, columns::peers}, {&documents::device_readings, columns::readings},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_rtx_5090[]{
    {&documents::rtx_blackwell_whitepaper, columns::rates | columns::units | columns::cache | columns::memory | columns::clocks | columns::power | columns::plug},
    {&documents::geforce_pages, columns::nvlink | columns::price | columns::board},
    {&documents::p2p_modules_29, columns::peers}, {&documents::device_readings, columns::readings},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_jetson[]{{&documents::ollama_3406, fields(card_field::usable_mib_torch)},
    {&documents::orin_datasheet, columns::rates | columns::memory | columns::units | columns::power | columns::slot | columns::board},
    {&documents::device_readings, columns::readings}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_thor[]{
    {&documents::thor_page, columns::rates | columns::memory | columns::power | columns::board},
    {&documents::cuda_gpus, columns::compute}, {&documents::mig_guide, columns::mig},
    {&documents::device_readings, columns::readings | columns::sm | columns::cache},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_spark[]{{&documents::forum_359960, columns::rates},
    {&documents::llmfit_872, fields(card_field::usable_mib_torch)},
    {&documents::spark_page, columns::memory | columns::power | columns::board | columns::price},
    {&documents::cuda_gpus, columns::compute}, {&documents::device_readings, columns::readings},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation amd_instinct[]{
    {&documents::amd_datasheet, columns::rates | columns::memory | columns::power | columns::board | columns::slot},
    {&documents::rocm_specifications, columns::units | columns::cache},
    {&documents::rocm_links, columns::nvlink | columns::peers}, {&documents::device_readings, columns::readings},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation amd_instinct_mi250[]{{&documents::rocm_mi250, columns::carrier | columns::units},
    {&documents::amd_datasheet, columns::rates | columns::memory | columns::power | columns::board | columns::slot},
    {&documents::rocm_specifications, columns::cache},
    {&documents::rocm_links, columns::nvlink | columns::peers}, {&documents::device_readings, columns::readings},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation amd_instinct_mi250x[]{{&documents::frontier_guide, columns::carrier},
    {&documents::amd_datasheet, columns::rates | columns::memory | columns::power | columns::board | columns::slot},
    {&documents::rocm_specifications, columns::units | columns::cache},
    {&documents::rocm_links, columns::nvlink | columns::peers}, {&documents::device_readings, columns::readings},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation amd_mi300a[]{{&documents::llnl_el_capitan, columns::nvlink},
    {&documents::mi300a_guide, fields(card_field::usable_mib_torch, card_field::memory_sharing)},
    {&documents::amd_datasheet, columns::rates | columns::memory | columns::power | columns::board | columns::slot},
    {&documents::rocm_specifications, columns::units | columns::cache}, {&documents::rocm_links, columns::peers},
    {&documents::device_readings, columns::readings}, {&documents::techpowerup, columns::rest}};
inline constexpr citation amd_instinct_mi35x[]{
    {&documents::amd_datasheet, columns::rates | columns::memory | columns::power | columns::board | columns::slot},
    {&documents::cdna4_whitepaper, columns::identity},
    {&documents::rocm_specifications, columns::units | columns::cache},
    {&documents::rocm_links, columns::nvlink | columns::peers}, {&documents::device_readings, columns::readings},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation amd_mi350p[]{
    {&documents::mi350p_launch, columns::identity | columns::units | columns::clocks | columns::memory | columns::rates | columns::slot | columns::nvlink | columns::power | columns::board},
    {&documents::cdna4_whitepaper, columns::rest}};
inline constexpr citation amd_mi308x[]{
    {&documents::device_readings, columns::readings | columns::sm | columns::power | columns::compute},
    {&documents::rocm_links, columns::peers}, {&documents::techpowerup, columns::rest}};
inline constexpr citation amd_radeon[]{
    {&documents::amd_page, columns::memory | columns::power | columns::board | columns::nvlink | columns::slot | columns::price},
    {&documents::rocm_specifications, columns::units | columns::cache},
    {&documents::device_readings, columns::readings}, {&documents::techpowerup, columns::rest}};
inline constexpr citation amd_ryzen[]{{&documents::unsloth_7960, fields(card_field::usable_mib_torch)},
    {&documents::amd_page, columns::memory | columns::power | columns::board | columns::nvlink},
    {&documents::rocm_specifications, columns::units}, {&documents::device_readings, columns::readings},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation intel_product[]{
    {&documents::intel_ark, columns::memory | columns::power | columns::slot | columns::units | columns::nvlink | columns::board},
    {&documents::intel_brief, columns::rates}, {&documents::hmc_tech, columns::plug | columns::cache},
    {&documents::device_readings, columns::readings}, {&documents::techpowerup, columns::rest}};
inline constexpr citation intel_max[]{
    {&documents::intel_ark, columns::memory | columns::power | columns::slot | columns::units},
    {&documents::intel_max_overview, columns::rates | columns::nvlink | columns::board},
    {&documents::hot_chips_33, columns::cache}, {&documents::device_readings, columns::readings},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation intel_gaudi2[]{
    {&documents::gaudi_paper, columns::rates | columns::memory | columns::power | columns::board},
    {&documents::habana_docs, columns::nvlink}, {&documents::device_readings, columns::readings},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation intel_gaudi3[]{{&documents::ml_engineering, columns::rates},
    {&documents::habana_docs, columns::nvlink}, {&documents::gaudi_paper, columns::rest}};
inline constexpr citation apple_chip[]{
    {&documents::apple_specs, columns::units | columns::memory | columns::identity | columns::board},
    {&documents::llmfit, columns::memory}, {&documents::huggingface_js, columns::rates},
    {&documents::apple_launches, columns::units | columns::memory}, {&documents::apple_specs, columns::rest}};
inline constexpr citation nvidia_laptop[]{
    {&documents::hmc_tech, columns::units | columns::memory | columns::clocks | columns::board | columns::power | columns::cache},
    {&documents::huggingface_js, columns::rates}, {&documents::rtx_blackwell_whitepaper, columns::peers},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_rtx_4090_48gb[]{{&documents::device_readings, columns::readings},
    {&documents::ada_whitepaper, columns::rates | columns::units | columns::cache | columns::memory | columns::clocks | columns::power | columns::plug},
    {&documents::geforce_pages, columns::nvlink | columns::price | columns::board},
    {&documents::p2p_modules_28, columns::peers}, {&documents::device_readings, columns::readings},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_modified_turing[]{{&documents::turing_whitepaper, columns::rates | columns::units},
    {&documents::geforce_pages, columns::nvlink | columns::price | columns::board},
    {&documents::tensorflow_24677, columns::peers}, {&documents::device_readings, columns::readings},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_rtx_pro_sff[]{
    {&documents::hmc_tech, columns::units | columns::memory | columns::clocks | columns::rates | columns::board | columns::power | columns::cache},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_rtx_pro_4500_server[]{{&documents::mig_guide, columns::mig},
    {&documents::rtx_pro_page, columns::memory | columns::power | columns::board | columns::units},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
inline constexpr citation intel_arc_pro[]{
    {&documents::hmc_tech, columns::rates | columns::units | columns::clocks | columns::power | columns::plug | columns::board},
    {&documents::intel_ark, columns::memory | columns::slot}, {&documents::techpowerup, columns::rest}};
inline constexpr citation intel_arc_pro_b70[]{
    {&documents::intel_brief, columns::memory | columns::rates | columns::power | columns::slot | columns::price | columns::units},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation amd_radeon_table[]{{&documents::huggingface_js, columns::rates},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_jetson_small[]{
    {&documents::orin_small_datasheet, columns::memory | columns::units | columns::board | columns::clocks | columns::rates},
    {&documents::device_readings, columns::readings}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_thor_t4000[]{{&documents::cuda_gpus, columns::compute | columns::identity},
    {&documents::thor_page, columns::units | columns::board}, {&documents::vgpu_list, columns::vgpu},
    {&documents::techpowerup, columns::rest}};
inline constexpr citation nvidia_a10[]{
    {&documents::board_datasheet, columns::rates | columns::memory | columns::power | columns::board | columns::slot},
    {&documents::board_brief, columns::plug}, {&documents::p2p_modules_16, columns::peers},
    {&documents::device_readings, columns::readings}, {&documents::mig_guide, columns::mig},
    {&documents::vgpu_list, columns::vgpu}, {&documents::techpowerup, columns::rest}};
/// @}

}  // namespace cardfit::cards
