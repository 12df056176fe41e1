// SPDX-License-Identifier: MIT
#pragma once

// One row of the card table: the figures of a datasheet in the datasheet's terms, and which of them no document backs.

#include <cardfit/hardware/card_terms.hpp>
#include <cardfit/units.hpp>

#include <cstdint>
#include <string_view>

namespace cardfit {

struct machine;

/// The columns of a row, as bits of `gpu::estimated`. The names are the table's (see `cardfit cards --json`).
enum class card_field : std::uint64_t {
    name,
    vendor,
    architecture,
    segment,
    release_year,
    compute_capability,
    sm_count,
    cuda_cores,
    tensor_cores,
    rt_cores,
    base_clock_mhz,
    boost_clock_mhz,
    tensor_clock_mhz,
    memory_gb,
    memory_type,
    memory_bus_bits,
    memory_data_rate_gbps,
    memory_bandwidth_gb_s,
    l2_mb,
    ecc,
    fp64_tflops,
    fp64_tensor,
    fp32_tflops,
    tf32_dense,
    fp16_tensor_acc16_dense,
    fp16_tensor_acc32_dense,
    bf16_dense,
    fp8_acc16_dense,
    fp8_dense,
    fp4_dense,
    int8_dense,
    int4_dense,
    structured_sparsity,
    pcie_gen,
    pcie_lanes,
    nvlink_gen,
    nvlink_total_bidir_gb_s,
    nvlink_links,
    nvlink_topology,
    p2p_over_pcie,
    tdp_w,
    power_connector,
    form_factor,
    slot_width,
    cooling,
    mig_max_instances,
    launch_price_usd,
    usable_mib_smi,
    usable_mib_torch,
};

/// A set of columns.
struct card_fields {
    std::uint64_t bits = 0;

    [[nodiscard]] constexpr bool has(card_field field) const noexcept {
        return (bits >> static_cast<unsigned>(field)) & 1u;
    }
    friend constexpr bool operator==(const card_fields&, const card_fields&) = default;
    friend constexpr card_fields operator|(card_fields a, card_fields b) noexcept { return {a.bits | b.bits}; }
};

template <class... Fields>
[[nodiscard]] constexpr card_fields fields(Fields... field) noexcept {
    return {((std::uint64_t{1} << static_cast<unsigned>(field)) | ... | std::uint64_t{0})};
}

/// The rules that the figures of a row obey (physics.hpp checks them). A row that breaks a rule names it in `exempt`.
enum class physics_rule : unsigned char {
    known_architecture,
    cores,
    tensor_cores,
    fp64,
    fp64_tensor,
    fp32,
    tf32,
    fp16_accumulate_fp16,
    fp16,
    bf16,
    fp8_accumulate_fp16,
    fp8,
    fp4,
    int8,
    int4,
    formats,
    bandwidth,
    links,
    exemption_has_reason,  ///< an exempt rule needs `exemption_reason`
    exemption_is_needed,   ///< an exempt rule must be broken
};
inline constexpr int physics_rule_count = 20;

/// A set of rules.
struct physics_rules {
    std::uint32_t bits = 0;

    [[nodiscard]] constexpr bool has(physics_rule rule) const noexcept {
        return (bits >> static_cast<unsigned>(rule)) & 1u;
    }
    friend constexpr bool operator==(const physics_rules&, const physics_rules&) = default;
    friend constexpr physics_rules operator|(physics_rules a, physics_rules b) noexcept { return {a.bits | b.bits}; }
};

template <class... Rules>
[[nodiscard]] constexpr physics_rules rules(Rules... rule) noexcept {
    return {((std::uint32_t{1} << static_cast<unsigned>(rule)) | ... | std::uint32_t{0})};
}

/// NVIDIA's compute capability; 0.0 on other vendors' cards.
struct compute_capability {
    int major = 0;
    int minor = 0;
    friend constexpr auto operator<=>(const compute_capability&, const compute_capability&) = default;
};

/// Peak rates, dense (structured sparsity is a factor of 2 on top). Zero: the card has no such unit.
/// Tensor rates name the accumulator, because GeForce halves FP16 with FP32 accumulation.
struct peak_rates {
    flop_per_second fp64{};
    flop_per_second fp64_tensor{};
    flop_per_second fp32{};
    flop_per_second tf32{};
    flop_per_second fp16_accumulate_fp16{};
    flop_per_second fp16{};
    flop_per_second bf16{};
    flop_per_second fp8_accumulate_fp16{};
    flop_per_second fp8{};
    flop_per_second fp4{};
    flop_per_second int8{};
    flop_per_second int4{};
    documented structured_sparsity = documented::unknown;
};

/// Links to other cards and to the host. NVLink totals are the sum of both directions, as datasheets state them.
struct card_links {
    int pcie_generation = 0;
    int pcie_lanes = 0;
    int nvlink_generation = 0;
    int nvlink_links = 0;
    bytes_per_second nvlink_bidirectional{};
    link_topology topology{};
    documented peer_access_over_pcie = documented::unknown;
};

/// A card (for MI250-class boards and A16: the part that the row's name says). Units are in the types; clocks are in
/// MHz. Zero means that the card has none, or that nobody published the figure. `estimated` names the figures that no
/// document backs and that do not follow from documented ones by the rules of physics.hpp; `note` says where sources
/// disagree.
struct gpu {
    std::string_view id = "";
    std::string_view name = "";
    cardfit::vendor vendor{};
    gpu_architecture architecture{};
    cardfit::segment segment{};
    int release_year = 0;
    cardfit::compute_capability compute_capability{};
    /// The counterpart on other vendors' cards: AMD's LLVM target ("gfx942"), Intel's architecture ("Xe-HPC").
    std::string_view instruction_set{};
    int streaming_multiprocessors = 0;
    int cuda_cores = 0;
    int tensor_cores = 0;
    int ray_tracing_cores = 0;
    double base_clock_mhz = 0;
    double boost_clock_mhz = 0;
    /// The clock behind the vendor's tensor peak where it is not the boost clock (H100 SXM: 1830 against 1980).
    double tensor_clock_mhz = 0;
    /// Marketed capacity, with GB read as GiB. The memory that a job can use is `usable_memory`.
    bytes memory{};
    cardfit::memory_type memory_type{};
    int memory_bus_bits = 0;
    double memory_data_rate_gbps = 0;
    bytes_per_second memory_bandwidth{};
    double l2_mb = 0;
    ecc_support ecc{};
    peak_rates rates{};
    card_links links{};
    watts board_power{};
    std::string_view power_connector = "";
    cardfit::form_factor form_factor{};
    int slots = 0;
    cardfit::cooling cooling{};
    int mig_instances = 0;
    dollars launch_price{};
    /// What nvidia-smi (or ROCm) prints as total on current drivers, ECC as shipped; 0 if no reading was found.
    bytes driver_total{};
    /// What cudaMemGetInfo reports as total on Linux; 0 if no reading was found.
    bytes runtime_total{};
    std::string_view source = "";
    std::string_view note = "";
    card_fields estimated{};
    /// The rules of physics.hpp that this row breaks, and why. An exemption without a reason, or without need, is
    /// refused.
    physics_rules exempt{};
    std::string_view exemption_reason{};
    /// For a MIG slice: the id of its card, and how many slices of this kind that card holds.
    std::string_view mig_parent = "";
    int mig_slices_per_card = 0;

    /// A machine of one card: a card stands wherever a machine is asked for.
    constexpr operator machine() const;
};

}  // namespace cardfit
