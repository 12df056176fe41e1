// SPDX-License-Identifier: MIT
#pragma once

// One row of the card table: the figures of a datasheet in the datasheet's terms, and the columns that no document
// backs.

#include <cardfit/hardware/card_terms.hpp>
#include <cardfit/hardware/platforms.hpp>
#include <cardfit/units.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cardfit {

struct machine;

/// The columns of a row, as bits of `gpu::estimated`. Their names are those of the table (see `cardfit cards --json`).
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
    fp6_dense,
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
    vgpu,
    availability,
    devices_per_module,
    module_bidir_gb_s,
    memory_sharing,
    host_link_bidir_gb_s,
};
/// The number of columns of the card table.
inline constexpr unsigned card_field_count = 56;

/// A set of columns.
struct card_fields {
    std::uint64_t bits = 0;  ///< bit n is the n-th `card_field`

    /// Returns true if the column is in the set.
    [[nodiscard]] constexpr bool has(card_field field) const noexcept {
        return (bits >> static_cast<unsigned>(field)) & 1u;
    }
    friend constexpr bool operator==(const card_fields&, const card_fields&) = default;
    /// Returns the union of two sets.
    friend constexpr card_fields operator|(card_fields a, card_fields b) noexcept { return {a.bits | b.bits}; }
};

/// Returns the set of these columns.
template <class... Fields>
[[nodiscard]] constexpr card_fields fields(Fields... field) noexcept {
    return {((std::uint64_t{1} << static_cast<unsigned>(field)) | ... | std::uint64_t{0})};
}

/// A document that rows cite. Its members are plain texts, because rows only point to it.
struct document {
    const char* id = "";        ///< a short id, as `cards --sources` prints it
    const char* title = "";     ///< the title as the document has it
    const char* revision = "";  ///< version or date of the document; empty: it has none
    const char* where = "";     ///< page or address
    const char* read = "";      ///< the day when the table was last compared with the document; empty: not recorded
};

/// A document and the columns that it states.
struct citation {
    const document* from = nullptr;  ///< the document
    card_fields states{};            ///< the columns that it states
};

/// A list of citations that has a name of its own, so that rows can share it.
struct citations {
    const citation* first = nullptr;  ///< the first citation of the list
    std::size_t count = 0;            ///< the number of citations

    constexpr citations() = default;
    /// Points to a list, which must outlive this object.
    template <std::size_t N>
    constexpr citations(const citation (&list)[N]) noexcept : first(list), count(N) {}
    /// The citations in order: the first document that states a column is its source.
    /// @{
    [[nodiscard]] constexpr const citation* begin() const noexcept { return first; }
    [[nodiscard]] constexpr const citation* end() const noexcept { return first + count; }
    [[nodiscard]] constexpr bool empty() const noexcept { return count == 0; }
    /// @}

    /// Returns the document behind a column, which is the first one that states it; null if no document does.
    [[nodiscard]] constexpr const document* of(card_field column) const noexcept {
        for (std::size_t i = 0; i < count; ++i)
            if (first[i].states.has(column)) return first[i].from;
        return nullptr;
    }
};

/// The rules that the figures of a row obey; physics.hpp checks them. A row that breaks a rule names it in `exempt`.
enum class physics_rule : unsigned char {
    known_architecture,
    multiprocessors,  ///< a row with tensor rates states how many multiprocessors it has
    cores,
    tensor_cores,
    ray_tracing_cores,
    fp64,
    fp64_tensor,
    fp32,
    tf32,
    fp16_accumulate_fp16,
    fp16,
    bf16,
    fp8_accumulate_fp16,
    fp8,
    fp6,
    fp4,
    int8,
    int4,
    formats,            ///< the row states no rate for a format that the architecture has no unit for
    bf16_beside_fp16,   ///< 16-bit formats run at the architecture's ratio, which is the same rate on nearly all
    fp8_at_least_fp16,  ///< a narrower format is never slower than a wider one
    fp4_at_least_fp8,
    bandwidth,             ///< the bandwidth is the bus width times the data rate
    shared_memory,         ///< a row with LPDDR memory, an Apple chip or an APU states how GPU and host share it
    capacity,              ///< the capacity is what chips of this memory type provide on a bus of this width
    driver_reading,        ///< the total that the driver shows is 80 to 102 % of the capacity
    runtime_reading,       ///< the runtime hands out no more than the driver shows
    pcie,                  ///< the generation is 1 to 6, and the lanes are 1, 2, 4, 8 or 16
    links,                 ///< the total is the number of links times the rate of one link
    module_links,          ///< a module states the bandwidth of its links
    power_connector,       ///< plugs and slot carry the board power
    id,                    ///< an id consists of lower-case words and numbers joined by hyphens
    exemption_has_reason,  ///< an exempt rule needs `exemption_reason`
    exemption_is_needed,   ///< an exempt rule must be broken
};
/// The number of rules.
inline constexpr int physics_rule_count = 34;

/// A set of rules.
struct physics_rules {
    std::uint64_t bits = 0;  ///< bit n is the n-th `physics_rule`

    /// Returns true if the rule is in the set.
    [[nodiscard]] constexpr bool has(physics_rule rule) const noexcept {
        return (bits >> static_cast<unsigned>(rule)) & 1u;
    }
    friend constexpr bool operator==(const physics_rules&, const physics_rules&) = default;
    /// Returns the union of two sets.
    friend constexpr physics_rules operator|(physics_rules a, physics_rules b) noexcept { return {a.bits | b.bits}; }
};

/// Returns the set of these rules.
template <class... Rules>
[[nodiscard]] constexpr physics_rules rules(Rules... rule) noexcept {
    return {((std::uint64_t{1} << static_cast<unsigned>(rule)) | ... | std::uint64_t{0})};
}

/// NVIDIA's compute capability; 0.0 for other vendors' cards.
struct compute_capability {
    int major = 0;  ///< the architecture's number: 9 for Hopper
    int minor = 0;  ///< the variant's number: 6 for GeForce Ampere in 8.6
    friend constexpr auto operator<=>(const compute_capability&, const compute_capability&) = default;
    // CUDA's compiler loses the comparison that <=> implies, so it is written.
    friend constexpr bool operator==(const compute_capability&, const compute_capability&) = default;
};

/// Dense peak rates; structured sparsity adds a factor of 2. Tensor rates name the accumulator, because GeForce cards
/// run FP16 with FP32 accumulation at half the rate. A rate that a row leaves out is zero, which alone says nothing:
/// the card has no such unit if its architecture has none (`has_unit` in architecture_rates.hpp), and otherwise no
/// document states the rate.
struct peak_rates {
    flop_per_second fp64{};                                ///< FP64 on the FP64 units
    flop_per_second fp64_tensor{};                         ///< FP64 on tensor cores
    flop_per_second fp32{};                                ///< FP32 on the FP32 units
    flop_per_second tf32{};                                ///< TF32 on tensor cores
    flop_per_second fp16_accumulate_fp16{};                ///< FP16 on tensor cores, sums in FP16
    flop_per_second fp16{};                                ///< FP16 on tensor cores, sums in FP32
    flop_per_second bf16{};                                ///< BF16 on tensor cores
    flop_per_second fp8_accumulate_fp16{};                 ///< FP8 on tensor cores, sums in FP16
    flop_per_second fp8{};                                 ///< FP8 on tensor cores, sums in FP32
    flop_per_second fp6{};                                 ///< FP6 on tensor cores
    flop_per_second fp4{};                                 ///< FP4 on tensor cores
    flop_per_second int8{};                                ///< INT8 on tensor cores
    flop_per_second int4{};                                ///< INT4 on tensor cores
    documented structured_sparsity = documented::unknown;  ///< twice the rates where 2 of 4 weights are zero
};

/// Links to other cards and to the host. NVLink totals are the sum of both directions, as in datasheets.
struct card_links {
    int pcie_generation = 0;                  ///< PCI Express generation of the slot
    int pcie_lanes = 0;                       ///< PCI Express lanes of the slot
    int nvlink_generation = 0;                ///< NVLink generation; 0: no NVLink
    int nvlink_links = 0;                     ///< the number of NVLinks (of Infinity Fabric links on AMD's cards)
    bytes_per_second nvlink_bidirectional{};  ///< all links, sum of both directions
    link_topology topology{};                 ///< how the links join cards
    /// whether cards reach one another over the slot, by the driver
    documented peer_access_over_pcie = documented::unknown;
    /// The link to the host's memory if it is not the slot: NVLink-C2C to a Grace CPU, as the sum of both directions.
    bytes_per_second host_bidirectional{};
};

/// A card: one device, as the runtime counts them. A board or module that carries several devices (MI250, A16, GB200)
/// is that many cards, and every figure of its row is that of one device. Units are in the types, and clocks are in
/// MHz. A figure that a row leaves out (zero, an empty text, an enumerator `unknown`) is not known, unless standing.hpp
/// says that a card of its kind has none. `estimated` names the figures that no document backs and that do not follow
/// from documented ones by the rules of physics.hpp. `note` says where sources disagree.
struct gpu {
    std::string_view id = "";                          ///< short name in lower case with hyphens, as `--card` takes it
    std::string_view name = "";                        ///< the product's name with its memory
    cardfit::vendor vendor{};                          ///< the maker of the GPU
    gpu_architecture architecture{};                   ///< the architecture of its multiprocessors
    cardfit::segment segment{};                        ///< the market that it is sold to
    int release_year = 0;                              ///< year of the first sale
    cardfit::compute_capability compute_capability{};  ///< NVIDIA's version of the instruction set
    /// The counterpart of the compute capability on other vendors' cards: AMD's LLVM target ("gfx942"), Intel's
    /// architecture ("Xe-HPC").
    std::string_view instruction_set{};
    int streaming_multiprocessors = 0;  ///< SMs; compute units on AMD's cards, Xe cores on Intel's
    int cuda_cores = 0;                 ///< FP32 units of all SMs
    int tensor_cores = 0;               ///< of all SMs; 0: none
    int ray_tracing_cores = 0;          ///< ray-tracing units of all SMs; 0: none
    double base_clock_mhz = 0;          ///< guaranteed clock
    double boost_clock_mhz = 0;         ///< the clock of the peak rates
    /// The clock behind the vendor's tensor peak if it differs from the boost clock (H100 SXM: 1830 against 1980 MHz).
    double tensor_clock_mhz = 0;
    /// The marketed capacity, with GB read as GiB. `usable_memory` returns the memory that a job can use.
    bytes memory{};
    cardfit::memory_type memory_type{};  ///< the kind of memory chips
    /// Whether the host uses the same memory. Then nothing is gained by moving tensors "to the host".
    cardfit::memory_sharing memory_sharing{};
    int memory_bus_bits = 0;                ///< width of the memory bus in bits
    double memory_data_rate_gbps = 0;       ///< Gbit/s per pin
    bytes_per_second memory_bandwidth{};    ///< the nameplate figure
    double l2_mb = 0;                       ///< L2 cache of the chip in MB
    ecc_support ecc{};                      ///< error correction of the memory
    peak_rates rates{};                     ///< dense peak rates
    card_links links{};                     ///< links to other cards and to the host
    watts board_power{};                    ///< TDP or total board power
    std::string_view power_connector = "";  ///< the plugs, as in "1x 16-pin"
    cardfit::form_factor form_factor{};     ///< slot, module or soldered
    int slot_width = 0;                     ///< slots that the board's cooler takes
    cardfit::cooling cooling{};             ///< how the board sheds its heat
    int mig_instances = 0;                  ///< the most MIG instances; 0: no MIG
    dollars launch_price{};                 ///< the vendor's price in US dollars at launch
    /// The total that nvidia-smi (or ROCm) prints on current drivers, with ECC as shipped; 0 if no reading was found.
    bytes driver_total{};
    /// The total that cudaMemGetInfo reports on Linux; 0 if no reading was found.
    bytes runtime_total{};
    /// The devices that one board or module carries, and the bandwidth of the links that join them inside the module,
    /// as the sum of both directions; 0: none but the links to other modules.
    int devices_per_module = 1;
    bytes_per_second module_bidirectional{};  ///< between the devices of one module
    /// Whether NVIDIA's vGPU software runs on the card, so that the card can serve several virtual machines.
    documented virtual_gpu = documented::unknown;
    cardfit::availability availability = cardfit::availability::sold;  ///< whether it is or was sold
    /// The machine in which the card is usually sold, where its kind does not tell (`platform_of`).
    cardfit::platform platform{};
    /// The documents behind the row, each with the columns that it states.
    citations documents{};
    std::string_view note = "";  ///< where sources disagree; empty: nowhere
    card_fields estimated{};     ///< the columns that no document backs
    /// The rules of physics.hpp that this row breaks, and the reason. An exemption that has no reason, or that is not
    /// needed, is refused.
    physics_rules exempt{};
    std::string_view exemption_reason{};  ///< why the row breaks the rules in `exempt`
    /// For a MIG slice, the id of its card, and the number of slices of this kind that the card can have.
    std::string_view mig_parent = "";
    int mig_slices_per_card = 0;  ///< 0: not a MIG slice

    /// Returns a machine of this one card, so that a card can be passed wherever a machine is expected.
    constexpr operator machine() const;
};

}  // namespace cardfit
