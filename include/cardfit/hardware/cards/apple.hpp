// SPDX-License-Identifier: MIT
#pragma once

// Apple silicon: the GPU of the chip, and the unified memory of the computer around it. What the GPU may use of it is
// macOS's limit (usable_memory.hpp), which `sysctl iogpu.wired_limit_mb` raises. Apple publishes no GPU clocks; the
// FP32 rate is that of public tables, and 16-bit matrices run at it before M5.

#include <cardfit/hardware/cards/sources.hpp>
#include <cardfit/hardware/gpu.hpp>

#include <array>

// One group of figures a line, as a datasheet has them.
// clang-format off
namespace cardfit::cards {

/// The same chip beside another size of memory (`id` and `name` are views: give literals).
[[nodiscard]] constexpr gpu with_memory(const gpu& chip, std::string_view id, std::string_view name, bytes memory) {
    gpu g = chip;
    g.id = id;
    g.name = name;
    g.memory = memory;
    return g;
}

/// The GPU of an Apple chip in a computer with this much unified memory. `documents` cites what states each figure;
/// `estimated` names the figures that no document states.
/// @{
inline constexpr gpu apple_m1_8gb{
    .id = "apple-m1-8gb"sv, .name = "Apple M1 8GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m,
    .segment = segment::consumer, .release_year = 2020,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 8, .cuda_cores = 1024,
    .memory = 8_GiB, .memory_type = memory_type::lpddr4x, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 128, .memory_bandwidth = 68_GBps,
    .rates = {.fp32 = 2.6_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "8 GPU cores; a binned chip has 7"sv,
};
inline constexpr gpu apple_m1_16gb =
    with_memory(apple_m1_8gb, "apple-m1-16gb", "Apple M1 16GB", 16_GiB);

inline constexpr gpu apple_m1_pro_16gb{
    .id = "apple-m1-pro-16gb"sv, .name = "Apple M1 Pro 16GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m,
    .segment = segment::consumer, .release_year = 2021,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 16, .cuda_cores = 2048,
    .memory = 16_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 256, .memory_bandwidth = 200_GBps,
    .rates = {.fp32 = 5.2_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "16 GPU cores; a binned chip has 14"sv,
};
inline constexpr gpu apple_m1_pro_32gb =
    with_memory(apple_m1_pro_16gb, "apple-m1-pro-32gb", "Apple M1 Pro 32GB", 32_GiB);

inline constexpr gpu apple_m1_max_32gb{
    .id = "apple-m1-max-32gb"sv, .name = "Apple M1 Max 32GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m,
    .segment = segment::consumer, .release_year = 2021,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 32, .cuda_cores = 4096,
    .memory = 32_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 512, .memory_bandwidth = 400_GBps,
    .rates = {.fp32 = 10.4_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "32 GPU cores; a binned chip has 24"sv,
};
inline constexpr gpu apple_m1_max_64gb =
    with_memory(apple_m1_max_32gb, "apple-m1-max-64gb", "Apple M1 Max 64GB", 64_GiB);

inline constexpr gpu apple_m1_ultra_64gb{
    .id = "apple-m1-ultra-64gb"sv, .name = "Apple M1 Ultra 64GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m,
    .segment = segment::consumer, .release_year = 2022,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 64, .cuda_cores = 8192,
    .memory = 64_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 1024, .memory_bandwidth = 800_GBps,
    .rates = {.fp32 = 21_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "64 GPU cores; a binned chip has 48"sv,
};
inline constexpr gpu apple_m1_ultra_128gb =
    with_memory(apple_m1_ultra_64gb, "apple-m1-ultra-128gb", "Apple M1 Ultra 128GB", 128_GiB);

inline constexpr gpu apple_m2_8gb{
    .id = "apple-m2-8gb"sv, .name = "Apple M2 8GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m,
    .segment = segment::consumer, .release_year = 2022,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 10, .cuda_cores = 1280,
    .memory = 8_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 128, .memory_bandwidth = 100_GBps,
    .rates = {.fp32 = 3.6_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "10 GPU cores; a binned chip has 8"sv,
};
inline constexpr gpu apple_m2_16gb =
    with_memory(apple_m2_8gb, "apple-m2-16gb", "Apple M2 16GB", 16_GiB);
inline constexpr gpu apple_m2_24gb =
    with_memory(apple_m2_8gb, "apple-m2-24gb", "Apple M2 24GB", 24_GiB);

inline constexpr gpu apple_m2_pro_16gb{
    .id = "apple-m2-pro-16gb"sv, .name = "Apple M2 Pro 16GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m,
    .segment = segment::consumer, .release_year = 2023,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 19, .cuda_cores = 2432,
    .memory = 16_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 256, .memory_bandwidth = 200_GBps,
    .rates = {.fp32 = 6.8_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "19 GPU cores; a binned chip has 16"sv,
};
inline constexpr gpu apple_m2_pro_32gb =
    with_memory(apple_m2_pro_16gb, "apple-m2-pro-32gb", "Apple M2 Pro 32GB", 32_GiB);

inline constexpr gpu apple_m2_max_32gb{
    .id = "apple-m2-max-32gb"sv, .name = "Apple M2 Max 32GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m,
    .segment = segment::consumer, .release_year = 2023,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 38, .cuda_cores = 4864,
    .memory = 32_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 512, .memory_bandwidth = 400_GBps,
    .rates = {.fp32 = 13.5_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "38 GPU cores; a binned chip has 30"sv,
};
inline constexpr gpu apple_m2_max_64gb =
    with_memory(apple_m2_max_32gb, "apple-m2-max-64gb", "Apple M2 Max 64GB", 64_GiB);
inline constexpr gpu apple_m2_max_96gb =
    with_memory(apple_m2_max_32gb, "apple-m2-max-96gb", "Apple M2 Max 96GB", 96_GiB);

inline constexpr gpu apple_m2_ultra_64gb{
    .id = "apple-m2-ultra-64gb"sv, .name = "Apple M2 Ultra 64GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m,
    .segment = segment::consumer, .release_year = 2023,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 76, .cuda_cores = 9728,
    .memory = 64_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 1024, .memory_bandwidth = 800_GBps,
    .rates = {.fp32 = 27.2_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "76 GPU cores; a binned chip has 60"sv,
};
inline constexpr gpu apple_m2_ultra_128gb =
    with_memory(apple_m2_ultra_64gb, "apple-m2-ultra-128gb", "Apple M2 Ultra 128GB", 128_GiB);
inline constexpr gpu apple_m2_ultra_192gb =
    with_memory(apple_m2_ultra_64gb, "apple-m2-ultra-192gb", "Apple M2 Ultra 192GB", 192_GiB);

inline constexpr gpu apple_m3_8gb{
    .id = "apple-m3-8gb"sv, .name = "Apple M3 8GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m3,
    .segment = segment::consumer, .release_year = 2023,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 10, .cuda_cores = 1280, .ray_tracing_cores = 10,
    .memory = 8_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 128, .memory_bandwidth = 100_GBps,
    .rates = {.fp32 = 4.1_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "10 GPU cores; a binned chip has 8; huggingface.js lists 2.84 TFLOPS"sv,
};
inline constexpr gpu apple_m3_16gb =
    with_memory(apple_m3_8gb, "apple-m3-16gb", "Apple M3 16GB", 16_GiB);
inline constexpr gpu apple_m3_24gb =
    with_memory(apple_m3_8gb, "apple-m3-24gb", "Apple M3 24GB", 24_GiB);

inline constexpr gpu apple_m3_pro_18gb{
    .id = "apple-m3-pro-18gb"sv, .name = "Apple M3 Pro 18GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m3,
    .segment = segment::consumer, .release_year = 2023,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 18, .cuda_cores = 2304, .ray_tracing_cores = 18,
    .memory = 18_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 192, .memory_bandwidth = 150_GBps,
    .rates = {.fp32 = 7.4_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "18 GPU cores; a binned chip has 14; huggingface.js once listed 14 TFLOPS"sv,
};
inline constexpr gpu apple_m3_pro_36gb =
    with_memory(apple_m3_pro_18gb, "apple-m3-pro-36gb", "Apple M3 Pro 36GB", 36_GiB);

inline constexpr gpu apple_m3_max_48gb{
    .id = "apple-m3-max-48gb"sv, .name = "Apple M3 Max 48GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m3,
    .segment = segment::consumer, .release_year = 2023,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 40, .cuda_cores = 5120, .ray_tracing_cores = 40,
    .memory = 48_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 512, .memory_bandwidth = 400_GBps,
    .rates = {.fp32 = 14.2_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "40 GPU cores; the chip of 30 cores has 300 GB/s and 36 or 96 GB"sv,
};
inline constexpr gpu apple_m3_max_64gb =
    with_memory(apple_m3_max_48gb, "apple-m3-max-64gb", "Apple M3 Max 64GB", 64_GiB);
inline constexpr gpu apple_m3_max_128gb =
    with_memory(apple_m3_max_48gb, "apple-m3-max-128gb", "Apple M3 Max 128GB", 128_GiB);

inline constexpr gpu apple_m3_ultra_96gb{
    .id = "apple-m3-ultra-96gb"sv, .name = "Apple M3 Ultra 96GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m3,
    .segment = segment::consumer, .release_year = 2025,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 80, .cuda_cores = 10240, .ray_tracing_cores = 80,
    .memory = 96_GiB, .memory_type = memory_type::lpddr5, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 1024, .memory_bandwidth = 819_GBps,
    .rates = {.fp32 = 28.4_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "80 GPU cores; a binned chip has 60; llmfit lists 800 GB/s"sv,
};
inline constexpr gpu apple_m3_ultra_256gb =
    with_memory(apple_m3_ultra_96gb, "apple-m3-ultra-256gb", "Apple M3 Ultra 256GB", 256_GiB);
inline constexpr gpu apple_m3_ultra_512gb =
    with_memory(apple_m3_ultra_96gb, "apple-m3-ultra-512gb", "Apple M3 Ultra 512GB", 512_GiB);

inline constexpr gpu apple_m4_16gb{
    .id = "apple-m4-16gb"sv, .name = "Apple M4 16GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m3,
    .segment = segment::consumer, .release_year = 2024,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 10, .cuda_cores = 1280, .ray_tracing_cores = 10,
    .memory = 16_GiB, .memory_type = memory_type::lpddr5x, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 128, .memory_bandwidth = 120_GBps,
    .rates = {.fp32 = 4.6_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "10 GPU cores; a binned chip has 8"sv,
};
inline constexpr gpu apple_m4_24gb =
    with_memory(apple_m4_16gb, "apple-m4-24gb", "Apple M4 24GB", 24_GiB);
inline constexpr gpu apple_m4_32gb =
    with_memory(apple_m4_16gb, "apple-m4-32gb", "Apple M4 32GB", 32_GiB);

inline constexpr gpu apple_m4_pro_24gb{
    .id = "apple-m4-pro-24gb"sv, .name = "Apple M4 Pro 24GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m3,
    .segment = segment::consumer, .release_year = 2024,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 20, .cuda_cores = 2560, .ray_tracing_cores = 20,
    .memory = 24_GiB, .memory_type = memory_type::lpddr5x, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 256, .memory_bandwidth = 273_GBps,
    .rates = {.fp32 = 9.2_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "20 GPU cores; a binned chip has 16"sv,
};
inline constexpr gpu apple_m4_pro_48gb =
    with_memory(apple_m4_pro_24gb, "apple-m4-pro-48gb", "Apple M4 Pro 48GB", 48_GiB);
inline constexpr gpu apple_m4_pro_64gb =
    with_memory(apple_m4_pro_24gb, "apple-m4-pro-64gb", "Apple M4 Pro 64GB", 64_GiB);

inline constexpr gpu apple_m4_max_48gb{
    .id = "apple-m4-max-48gb"sv, .name = "Apple M4 Max 48GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m3,
    .segment = segment::consumer, .release_year = 2024,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 40, .cuda_cores = 5120, .ray_tracing_cores = 40,
    .memory = 48_GiB, .memory_type = memory_type::lpddr5x, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 512, .memory_bandwidth = 546_GBps,
    .rates = {.fp32 = 18.4_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "40 GPU cores; the chip of 32 cores has 410 GB/s and 36 GB"sv,
};
inline constexpr gpu apple_m4_max_64gb =
    with_memory(apple_m4_max_48gb, "apple-m4-max-64gb", "Apple M4 Max 64GB", 64_GiB);
inline constexpr gpu apple_m4_max_128gb =
    with_memory(apple_m4_max_48gb, "apple-m4-max-128gb", "Apple M4 Max 128GB", 128_GiB);

inline constexpr gpu apple_m5_16gb{
    .id = "apple-m5-16gb"sv, .name = "Apple M5 16GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m5,
    .segment = segment::consumer, .release_year = 2025,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 10, .cuda_cores = 1280, .tensor_cores = 10, .ray_tracing_cores = 10,
    .memory = 16_GiB, .memory_type = memory_type::lpddr5x, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 128, .memory_bandwidth = 153.6_GBps,
    .rates = {.fp32 = 5.7_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "10 GPU cores; a matrix unit in each, of no published rate"sv,
};
inline constexpr gpu apple_m5_24gb =
    with_memory(apple_m5_16gb, "apple-m5-24gb", "Apple M5 24GB", 24_GiB);
inline constexpr gpu apple_m5_32gb =
    with_memory(apple_m5_16gb, "apple-m5-32gb", "Apple M5 32GB", 32_GiB);

inline constexpr gpu apple_m5_pro_24gb{
    .id = "apple-m5-pro-24gb"sv, .name = "Apple M5 Pro 24GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m5,
    .segment = segment::consumer, .release_year = 2026,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 20, .cuda_cores = 2560, .tensor_cores = 20, .ray_tracing_cores = 20,
    .memory = 24_GiB, .memory_type = memory_type::lpddr5x, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 256, .memory_bandwidth = 307_GBps,
    .rates = {.fp32 = 11.4_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "20 GPU cores; a matrix unit in each, of no published rate"sv,
};
inline constexpr gpu apple_m5_pro_48gb =
    with_memory(apple_m5_pro_24gb, "apple-m5-pro-48gb", "Apple M5 Pro 48GB", 48_GiB);
inline constexpr gpu apple_m5_pro_64gb =
    with_memory(apple_m5_pro_24gb, "apple-m5-pro-64gb", "Apple M5 Pro 64GB", 64_GiB);

inline constexpr gpu apple_m5_max_48gb{
    .id = "apple-m5-max-48gb"sv, .name = "Apple M5 Max 48GB"sv, .vendor = vendor::apple, .architecture = gpu_architecture::apple_m5,
    .segment = segment::consumer, .release_year = 2026,
    .instruction_set = "Metal"sv, .streaming_multiprocessors = 40, .cuda_cores = 5120, .tensor_cores = 40, .ray_tracing_cores = 40,
    .memory = 48_GiB, .memory_type = memory_type::lpddr5x, .memory_sharing = memory_sharing::wired, .memory_bus_bits = 512, .memory_bandwidth = 614_GBps,
    .rates = {.fp32 = 22.8_TFLOPS, .structured_sparsity = documented::no},
    .links = {.topology = link_topology::none, .peer_access_over_pcie = documented::no},
    .form_factor = form_factor::system,
    .documents = apple_chip,
    .note = "40 GPU cores; a matrix unit in each, of no published rate"sv,
};
inline constexpr gpu apple_m5_max_64gb =
    with_memory(apple_m5_max_48gb, "apple-m5-max-64gb", "Apple M5 Max 64GB", 64_GiB);
inline constexpr gpu apple_m5_max_128gb =
    with_memory(apple_m5_max_48gb, "apple-m5-max-128gb", "Apple M5 Max 128GB", 128_GiB);
/// @}

/// The rows of this file: a new row is listed here, and so is in the table.
inline constexpr std::array apple_rows{
    &apple_m1_8gb, &apple_m1_16gb, &apple_m1_pro_16gb, &apple_m1_pro_32gb, &apple_m1_max_32gb, &apple_m1_max_64gb,
    &apple_m1_ultra_64gb, &apple_m1_ultra_128gb, &apple_m2_8gb, &apple_m2_16gb, &apple_m2_24gb, &apple_m2_pro_16gb,
    &apple_m2_pro_32gb, &apple_m2_max_32gb, &apple_m2_max_64gb, &apple_m2_max_96gb, &apple_m2_ultra_64gb,
    &apple_m2_ultra_128gb, &apple_m2_ultra_192gb, &apple_m3_8gb, &apple_m3_16gb, &apple_m3_24gb, &apple_m3_pro_18gb,
    &apple_m3_pro_36gb, &apple_m3_max_48gb, &apple_m3_max_64gb, &apple_m3_max_128gb, &apple_m3_ultra_96gb,
    &apple_m3_ultra_256gb, &apple_m3_ultra_512gb, &apple_m4_16gb, &apple_m4_24gb, &apple_m4_32gb, &apple_m4_pro_24gb,
    &apple_m4_pro_48gb, &apple_m4_pro_64gb, &apple_m4_max_48gb, &apple_m4_max_64gb, &apple_m4_max_128gb,
    &apple_m5_16gb, &apple_m5_24gb, &apple_m5_32gb, &apple_m5_pro_24gb, &apple_m5_pro_48gb, &apple_m5_pro_64gb,
    &apple_m5_max_48gb, &apple_m5_max_64gb, &apple_m5_max_128gb,
};

}  // namespace cardfit::cards
