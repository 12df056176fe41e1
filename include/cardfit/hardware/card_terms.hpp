// SPDX-License-Identifier: MIT
#pragma once

// The terms in which card rows are written: an enumeration for each, and the word that tables, JSON and CSV print.
// An enumerator without a word is a compile error that names it.

#include <cardfit/row_table.hpp>

#include <string_view>

namespace cardfit {

/// The maker of a GPU.
enum class vendor : unsigned char { nvidia, amd, intel, apple };
/// The market that a card is sold to.
enum class segment : unsigned char { datacenter, workstation, consumer, embedded };
/// The kind of a card's memory chips.
enum class memory_type : unsigned char {
    gddr5,
    gddr5x,
    gddr6,
    gddr6x,
    gddr7,
    hbm2,
    hbm2e,
    hbm3,
    hbm3e,
    lpddr4x,
    lpddr5,
    lpddr5x,
};
/// Whether GPU and host use the same memory, and which part of it the GPU may take: none (the card has memory of its
/// own), all that the operating system leaves, what the Linux kernel's graphics translation table maps (GTT), or what
/// macOS wires for the GPU. Facts of each kind are in hardware/shared_memory.hpp.
enum class memory_sharing : unsigned char { none, whole, gtt, wired };
/// Error correction: not documented, absent, supported with no documented default, supported and off as shipped, or on
/// as shipped.
enum class ecc_support : unsigned char { unknown, none, supported, off_by_default, on_by_default };
/// How a board sheds its heat: unknown, by the chassis's air, by a fan of its own, or by a radial one.
enum class cooling : unsigned char { unknown, passive, active, blower };
/// Three-valued facts: a document says yes, a document says no, or no document was found.
enum class documented : unsigned char { unknown, no, yes };

/// Whether a card can be bought: from its maker, hardly (few were ever delivered), not yet, only as a board that a
/// workshop rebuilt with more memory than its maker sold, or only in countries for which export rules bar its sibling.
enum class availability : unsigned char { sold, barely_shipped, announced, modified, for_export };

/// The shape in which a card is sold. An SXM, OAM or superchip board is a module of a baseboard; `module` and `system`
/// are embedded boards and whole computers; `sh5_socket` is a processor socket (MI300A); `laptop` is soldered into one.
enum class form_factor : unsigned char { unknown, pcie, sxm, oam, superchip, sh5_socket, module, system, laptop };

/// How the links of a card other than PCIe join several cards, in the maker's words.
enum class link_topology : unsigned char {
    unknown,
    none,
    bridge2,                 ///< NVLink bridges that join two cards
    bridge2_or_4,            ///< bridges for two or for four cards exist
    mesh,                    ///< direct NVLinks
    mesh_or_nvswitch,        ///< direct NVLinks (DGX-1), or a switch (DGX-2)
    nvswitch,                ///< a switch joins all cards of a node
    nvswitch_and_c2c,        ///< the same, and NVLink-C2C to a Grace CPU
    infinity_fabric_pair,    ///< AMD, the two links of an MI210 bridge
    infinity_fabric_276,     ///< AMD, three links of 92 GB/s
    infinity_fabric_300,     ///< AMD, three links of 100 GB/s
    infinity_fabric_400,     ///< AMD, four links of 100 GB/s
    infinity_fabric_mesh_4,  ///< AMD, each of four processors has two links to each other one
    infinity_fabric_mesh_8,  ///< AMD, each of eight cards has a link to each other one
    xe_link,
    xe_link_bridge,
    roce_24_100,  ///< Gaudi 2, 24 Ethernet ports of 100 Gbit/s
    roce_24_200,  ///< Gaudi 3, 24 Ethernet ports of 200 Gbit/s
};

/// The generation of a card's cores. (`architecture` is the concept of a model.)
enum class gpu_architecture : unsigned char {
    unknown,
    nvidia_pascal,  // Windows defines a macro pascal
    volta,
    turing,
    ampere,
    ada_lovelace,
    hopper,
    blackwell,        ///< the data center's, compute capability 10.0 and 11.0
    blackwell_ultra,  ///< compute capability 10.3
    blackwell_2,      ///< GeForce's and the workstations', compute capability 12
    gcn_5_1,
    cdna,
    cdna2,
    cdna3,
    cdna4,
    rdna_2,
    rdna_3,
    rdna_3_5,
    rdna_4,
    xe_hpg,
    xe2_hpg,
    xe_hpc,
    gaudi,
    apple_m,   ///< Apple M1 and M2
    apple_m3,  ///< and M4: ray tracing and dynamic caching
    apple_m5,  ///< the first with a matrix unit in each GPU core
};

/// An enumerator and its printed word; an empty word is printed as null.
template <class Enum>
struct printed_word {
    Enum value{};                ///< the enumerator
    std::string_view word = "";  ///< its word in tables, JSON and CSV
};

/// What a topology says of the links, besides its word.
struct link_topology_row {
    link_topology value{};       ///< the enumerator
    std::string_view word = "";  ///< its word in tables, JSON and CSV
    bool switched = false;       ///< a switch joins the cards
    bool mesh = false;           ///< direct links may join more than two cards
    int bridged = 0;             ///< the most cards that one bridge joins; 0: there is no bridge
};

/// What an architecture is called, and which narrow formats its tensor cores multiply.
struct gpu_architecture_row {
    gpu_architecture value{};    ///< the enumerator
    std::string_view word = "";  ///< its word in tables, JSON and CSV
    bool fp8 = false;            ///< tensor cores multiply FP8
    bool fp4 = false;            ///< and the block scales of the MX formats
};

namespace detail {

inline constexpr printed_word<vendor> vendor_words[]{
    {vendor::nvidia, "NVIDIA"}, {vendor::amd, "AMD"}, {vendor::intel, "Intel"}, {vendor::apple, "Apple"}};

inline constexpr printed_word<segment> segment_words[]{{segment::datacenter, "datacenter"},
                                                       {segment::workstation, "workstation"},
                                                       {segment::consumer, "consumer"},
                                                       {segment::embedded, "embedded"}};

inline constexpr printed_word<memory_type> memory_type_words[]{
    {memory_type::gddr5, "GDDR5"},     {memory_type::gddr5x, "GDDR5X"}, {memory_type::gddr6, "GDDR6"},
    {memory_type::gddr6x, "GDDR6X"},   {memory_type::gddr7, "GDDR7"},   {memory_type::hbm2, "HBM2"},
    {memory_type::hbm2e, "HBM2e"},     {memory_type::hbm3, "HBM3"},     {memory_type::hbm3e, "HBM3e"},
    {memory_type::lpddr4x, "LPDDR4X"}, {memory_type::lpddr5, "LPDDR5"}, {memory_type::lpddr5x, "LPDDR5X"}};

inline constexpr printed_word<memory_sharing> memory_sharing_words[]{{memory_sharing::none, "none"},
                                                                     {memory_sharing::whole, "whole"},
                                                                     {memory_sharing::gtt, "gtt"},
                                                                     {memory_sharing::wired, "wired"}};
inline constexpr printed_word<ecc_support> ecc_words[]{{ecc_support::unknown, ""},
                                                       {ecc_support::none, "n"},
                                                       {ecc_support::supported, "y"},
                                                       {ecc_support::off_by_default, "y-off"},
                                                       {ecc_support::on_by_default, "y-on"}};

inline constexpr printed_word<cooling> cooling_words[]{
    {cooling::unknown, ""}, {cooling::passive, "passive"}, {cooling::active, "active"}, {cooling::blower, "blower"}};

inline constexpr printed_word<documented> known_words[]{
    {documented::unknown, ""}, {documented::no, "n"}, {documented::yes, "y"}};

inline constexpr printed_word<availability> availability_words[]{{availability::sold, "sold"},
                                                                 {availability::barely_shipped, "barely shipped"},
                                                                 {availability::announced, "announced"},
                                                                 {availability::modified, "modified board"},
                                                                 {availability::for_export, "for export"}};

inline constexpr printed_word<form_factor> form_factor_words[]{
    {form_factor::unknown, ""},      {form_factor::pcie, "PCIe"},           {form_factor::sxm, "SXM"},
    {form_factor::oam, "OAM"},       {form_factor::superchip, "superchip"}, {form_factor::sh5_socket, "SH5 socket"},
    {form_factor::module, "module"}, {form_factor::system, "system"},       {form_factor::laptop, "laptop"}};

inline constexpr link_topology_row link_topology_rows[]{
    {.value = link_topology::unknown},
    {.value = link_topology::none, .word = "none"},
    {.value = link_topology::bridge2, .word = "bridge2", .bridged = 2},
    {.value = link_topology::bridge2_or_4, .word = "bridge2|bridge4", .bridged = 4},
    {.value = link_topology::mesh, .word = "mesh", .mesh = true},
    {.value = link_topology::mesh_or_nvswitch, .word = "mesh|nvswitch(DGX-2)", .switched = true, .mesh = true},
    {.value = link_topology::nvswitch, .word = "nvswitch", .switched = true},
    {.value = link_topology::nvswitch_and_c2c, .word = "nvswitch|C2C 900 to Grace", .switched = true},
    {.value = link_topology::infinity_fabric_pair, .word = "IF link x2"},
    {.value = link_topology::infinity_fabric_276, .word = "IF 3 links 276 GB/s"},
    {.value = link_topology::infinity_fabric_300, .word = "IF 3 links 300 GB/s"},
    {.value = link_topology::infinity_fabric_400, .word = "IF 4 links 400 GB/s"},
    {.value = link_topology::infinity_fabric_mesh_4, .word = "IF full mesh 4", .mesh = true},
    {.value = link_topology::infinity_fabric_mesh_8, .word = "IF full mesh 8", .mesh = true},
    {.value = link_topology::xe_link, .word = "Xe Link"},
    {.value = link_topology::xe_link_bridge, .word = "Xe Link bridge"},
    {.value = link_topology::roce_24_100, .word = "24x100GbE RoCE"},
    {.value = link_topology::roce_24_200, .word = "24x200GbE RoCE"},
};

/// "Generation 12.5" is the name of Xe-HPC in the TechPowerUp database, from which the table takes its words. Formats:
/// the documents of `architecture_table` in physics.hpp.
inline constexpr gpu_architecture_row gpu_architecture_rows[]{
    {.value = gpu_architecture::unknown},
    {.value = gpu_architecture::nvidia_pascal, .word = "Pascal"},
    {.value = gpu_architecture::volta, .word = "Volta"},
    {.value = gpu_architecture::turing, .word = "Turing"},
    {.value = gpu_architecture::ampere, .word = "Ampere"},
    {.value = gpu_architecture::ada_lovelace, .word = "Ada Lovelace", .fp8 = true},
    {.value = gpu_architecture::hopper, .word = "Hopper", .fp8 = true},
    {.value = gpu_architecture::blackwell, .word = "Blackwell", .fp8 = true, .fp4 = true},
    {.value = gpu_architecture::blackwell_ultra, .word = "Blackwell Ultra", .fp8 = true, .fp4 = true},
    {.value = gpu_architecture::blackwell_2, .word = "Blackwell 2.0", .fp8 = true, .fp4 = true},
    {.value = gpu_architecture::gcn_5_1, .word = "GCN 5.1"},
    {.value = gpu_architecture::cdna, .word = "CDNA"},
    {.value = gpu_architecture::cdna2, .word = "CDNA2"},
    {.value = gpu_architecture::cdna3, .word = "CDNA3", .fp8 = true},
    {.value = gpu_architecture::cdna4, .word = "CDNA4", .fp8 = true, .fp4 = true},
    {.value = gpu_architecture::rdna_2, .word = "RDNA 2.0"},
    {.value = gpu_architecture::rdna_3, .word = "RDNA 3.0"},
    {.value = gpu_architecture::rdna_3_5, .word = "RDNA3.5"},
    {.value = gpu_architecture::rdna_4, .word = "RDNA 4.0", .fp8 = true},
    {.value = gpu_architecture::xe_hpg, .word = "Xe-HPG"},
    {.value = gpu_architecture::xe2_hpg, .word = "Xe2-HPG"},
    {.value = gpu_architecture::xe_hpc, .word = "Generation 12.5"},
    {.value = gpu_architecture::gaudi, .word = "Gaudi", .fp8 = true},
    {.value = gpu_architecture::apple_m, .word = "Apple M"},
    {.value = gpu_architecture::apple_m3, .word = "Apple M3"},
    {.value = gpu_architecture::apple_m5, .word = "Apple M5"},
};

static_assert(one_row_per_enumerator<vendor_words>);
static_assert(one_row_per_enumerator<segment_words>);
static_assert(one_row_per_enumerator<memory_type_words>);
static_assert(one_row_per_enumerator<ecc_words>);
static_assert(one_row_per_enumerator<cooling_words>);
static_assert(one_row_per_enumerator<known_words>);
static_assert(one_row_per_enumerator<availability_words>);
static_assert(one_row_per_enumerator<form_factor_words>);
static_assert(one_row_per_enumerator<link_topology_rows>);
static_assert(one_row_per_enumerator<gpu_architecture_rows>);

/// The row of an enumerator; empty for a value that is no enumerator.
template <class Row, std::size_t N, class Enum>
[[nodiscard]] constexpr Row row_with(const Row (&rows)[N], Enum value) noexcept {
    for (const Row& row : rows)
        if (row.value == value) return row;
    return {};
}

}  // namespace detail

/// The word that tables, JSON and CSV print for an enumerator; empty for what is not known.
/// @{
[[nodiscard]] constexpr std::string_view name_of(vendor v) noexcept {
    return detail::row_with(detail::vendor_words, v).word;
}
[[nodiscard]] constexpr std::string_view name_of(segment s) noexcept {
    return detail::row_with(detail::segment_words, s).word;
}
[[nodiscard]] constexpr std::string_view name_of(memory_type m) noexcept {
    return detail::row_with(detail::memory_type_words, m).word;
}
[[nodiscard]] constexpr std::string_view name_of(memory_sharing s) noexcept {
    return detail::row_with(detail::memory_sharing_words, s).word;
}
[[nodiscard]] constexpr std::string_view name_of(ecc_support e) noexcept {
    return detail::row_with(detail::ecc_words, e).word;
}
[[nodiscard]] constexpr std::string_view name_of(cooling c) noexcept {
    return detail::row_with(detail::cooling_words, c).word;
}
[[nodiscard]] constexpr std::string_view name_of(documented k) noexcept {
    return detail::row_with(detail::known_words, k).word;
}
[[nodiscard]] constexpr std::string_view name_of(availability a) noexcept {
    return detail::row_with(detail::availability_words, a).word;
}
[[nodiscard]] constexpr std::string_view name_of(form_factor f) noexcept {
    return detail::row_with(detail::form_factor_words, f).word;
}
[[nodiscard]] constexpr std::string_view name_of(link_topology t) noexcept {
    return detail::row_with(detail::link_topology_rows, t).word;
}
[[nodiscard]] constexpr std::string_view name_of(gpu_architecture a) noexcept {
    return detail::row_with(detail::gpu_architecture_rows, a).word;
}
/// @}

/// What a topology says of the links.
[[nodiscard]] constexpr link_topology_row row_of(link_topology t) noexcept {
    return detail::row_with(detail::link_topology_rows, t);
}

/// What an architecture can do.
[[nodiscard]] constexpr gpu_architecture_row row_of(gpu_architecture a) noexcept {
    return detail::row_with(detail::gpu_architecture_rows, a);
}

}  // namespace cardfit
