// SPDX-License-Identifier: MIT
#pragma once

// The rules that a card's figures must obey: units x rate per unit and clock x clock, bus x data rate, links x rate per
// link, the capacity of the chips of a memory type, the power that plugs carry, and the formats that an architecture
// has. The rules follow from the table of architecture_rates.hpp and from standards; no rule depends on a single card.
// This header is not part of cardfit.hpp. Include it to check a row of your own:
// `static_assert(obeys_physics<&my_card>)`. A failure names the row, the rule, the stated number and what the rule
// accepts.

#include <cardfit/hardware/architecture_rates.hpp>
#include <cardfit/hardware/connectors.hpp>
#include <cardfit/hardware/usable_memory.hpp>

#include <utility>

namespace cardfit {

/// The relative error that is accepted between a stated peak rate and units x rate x clock; for a bandwidth it is half
/// as large.
inline constexpr double rate_tolerance = 0.02;
/// The relative error that is accepted between a stated bandwidth and bus width x data rate.
inline constexpr double bandwidth_tolerance = 0.01;

/// The capacity of a memory type per 32 bits of bus: the least and the most GiB that boards have been built with.
struct memory_class {
    memory_type value{};   ///< the memory type
    double least_gib = 0;  ///< per 32 bits of bus
    double most_gib = 0;   ///< per 32 bits of bus
};

/// The bounds are half to twice the typical capacity of the type's chips per 32 bits. (GDDR: one chip, or two in
/// clamshell mode. HBM: a stack has 1024 bits.) LPDDR has a wider range: 2 GiB on an Orin Nano, 16 on a DGX Spark and
/// on an M3 Ultra of 512 GB.
inline constexpr memory_class memory_classes[]{
    {memory_type::gddr5, 0.5, 2},  {memory_type::gddr5x, 0.5, 2}, {memory_type::gddr6, 1, 4},
    {memory_type::gddr6x, 1, 4},   {memory_type::gddr7, 1.5, 6},  {memory_type::hbm2, 3.0 / 32, 12.0 / 32},
    {memory_type::hbm2e, 0.25, 1}, {memory_type::hbm3, 0.25, 1},  {memory_type::hbm3e, 12.0 / 32, 48.0 / 32},
    {memory_type::lpddr4x, 1, 16}, {memory_type::lpddr5, 1, 16},  {memory_type::lpddr5x, 1, 16},
};
static_assert(detail::one_row_per_enumerator<memory_classes>);

/// The unit of a rule's numbers.
enum class physics_unit : unsigned char { count, gigaflops, megabytes_per_second, mebibytes, board_watts };

/// The result of one rule for one row: the stated number, and the least and the most that the rule accepts. A rule that
/// does not apply to the row accepts the stated number.
struct rule_check {
    physics_unit unit{};      ///< the unit of the three numbers
    std::int64_t stated = 0;  ///< what the row states
    std::int64_t least = 0;   ///< the least that the rule accepts
    std::int64_t most = 0;    ///< the most that the rule accepts

    /// Returns true if the rule accepts the stated number.
    [[nodiscard]] constexpr bool holds() const noexcept { return stated >= least && stated <= most; }
};

namespace detail {

/// Returns the check that `stated` equals `expected`.
[[nodiscard]] constexpr rule_check exactly(physics_unit unit, std::int64_t stated, std::int64_t expected) noexcept {
    return {unit, stated, expected, expected};
}
/// Returns the check of `stated` against `expected` within a relative error of `share`. Both are in the type's own
/// unit; `scale` of it make one `unit`.
[[nodiscard]] constexpr rule_check about(physics_unit unit, double stated, double expected, double share,
                                         double scale) noexcept {
    // The bounds are rounded outward, so that digits smaller than the unit break no rule.
    return {unit, as_whole(stated / scale + 0.5), as_whole(expected * (1 - share) / scale),
            as_whole(expected * (1 + share) / scale) + 1};
}

[[nodiscard]] constexpr std::int64_t in_gigaflops(flop_per_second rate) noexcept {
    return as_whole(rate.number / 1e9 + 0.5);
}

/// Returns the column of rates that a rule checks; null for the other rules.
[[nodiscard]] constexpr const rate_of_unit* rate_of_rule(physics_rule rule) noexcept {
    constexpr physics_rule first = physics_rule::fp64;
    if (rule < first || rule > physics_rule::int4) return nullptr;
    return &rates_of_units[static_cast<std::size_t>(rule) - static_cast<std::size_t>(first)];
}

/// Checks that a rate is multiprocessors x operations per clock x clock. Vendors state tensor peaks at a clock of their
/// own (`tensor_clock_mhz`).
[[nodiscard]] constexpr rule_check check_rate(const gpu& g, const architecture_rates& line,
                                              const rate_of_unit& column) noexcept {
    const double stated = (g.rates.*column.rate).number;
    const int per_clock = line.*column.per_clock;
    const bool vector =
        column.rate == &peak_rates::fp64 || column.rate == &peak_rates::fp64_tensor || column.rate == &peak_rates::fp32;
    const double clock_mhz = !vector && g.tensor_clock_mhz > 0 ? g.tensor_clock_mhz : g.boost_clock_mhz;
    const double expected = 1e6 * clock_mhz * g.streaming_multiprocessors * per_clock;
    if (same_number(stated, 0.0) || per_clock <= 0 || expected <= 0) return {};
    return about(physics_unit::gigaflops, stated, expected, rate_tolerance, 1e9);
}

/// Returns how many rates the row states for formats that the architecture has no unit for.
[[nodiscard]] constexpr std::int64_t rates_without_unit(const gpu& g, const architecture_rates& line) noexcept {
    std::int64_t found = 0;
    for (const rate_of_unit& column : rates_of_units)
        if ((g.rates.*column.rate).number > 0 && line.*column.per_clock == 0) ++found;
    return found;
}

[[nodiscard]] constexpr bool states_tensor_rate(const peak_rates& r) noexcept {
    return r.fp16.number > 0 || r.bf16.number > 0 || r.fp8.number > 0 || r.fp4.number > 0;
}

/// Checks that a stated number of cores is the number of multiprocessors times the cores of each.
[[nodiscard]] constexpr rule_check check_units(std::int64_t stated, int units, int per_unit) noexcept {
    if (stated == 0 || units == 0 || per_unit < 0) return {};
    return exactly(physics_unit::count, stated, static_cast<std::int64_t>(units) * per_unit);
}

/// Checks that the rate of the narrower format is at least that of the wider one.
[[nodiscard]] constexpr rule_check check_at_least(flop_per_second narrow, flop_per_second wide) noexcept {
    if (narrow == flop_per_second{} || wide == flop_per_second{}) return {};
    return {physics_unit::gigaflops, in_gigaflops(narrow), in_gigaflops(wide), in_gigaflops(narrow * 1e3)};
}

/// Checks that the BF16 rate is the FP16 rate times the architecture's ratio of the two (1 if the ratio is not known).
[[nodiscard]] constexpr rule_check check_bf16(const gpu& g, const architecture_rates& line) noexcept {
    const peak_rates& r = g.rates;
    if (r.bf16 == flop_per_second{} || r.fp16 == flop_per_second{}) return {};
    const double ratio = line.fp16 > 0 && line.bf16 > 0 ? static_cast<double>(line.bf16) / line.fp16 : 1;
    return about(physics_unit::gigaflops, r.bf16.number, r.fp16.number * ratio, rate_tolerance, 1e9);
}

/// Checks that the memory bandwidth is the bus width times the data rate.
[[nodiscard]] constexpr rule_check check_bandwidth(const gpu& g) noexcept {
    const double pins = g.memory_bus_bits * g.memory_data_rate_gbps / 8 * 1e9;
    if (pins <= 0) return {};
    return about(physics_unit::megabytes_per_second, g.memory_bandwidth.number, pins, bandwidth_tolerance, 1e6);
}

/// Checks that the memory is within the bounds of its type on a bus of this width.
[[nodiscard]] constexpr rule_check check_capacity(const gpu& g) noexcept {
    if (g.memory_bus_bits == 0) return {};
    for (const memory_class& each : memory_classes) {
        if (each.value != g.memory_type) continue;
        const double channels = g.memory_bus_bits / 32.0;
        return {physics_unit::mebibytes, in_mebibytes_down(g.memory), as_whole(each.least_gib * channels * 1024),
                as_whole(each.most_gib * channels * 1024)};
    }
    return {};
}

/// Checks that a row whose memory is a processor's states how GPU and host share it.
[[nodiscard]] constexpr rule_check check_shared_memory(const gpu& g) noexcept {
    const bool is_processor = g.vendor == vendor::apple || g.form_factor == form_factor::sh5_socket;
    if (!has_processor_memory(g) && !is_processor) return {};
    return exactly(physics_unit::count, shares_memory_with_host(g), 1);
}

/// Checks that the driver's reading is 80 to 102 % of the marketed capacity.
[[nodiscard]] constexpr rule_check check_driver_reading(const gpu& g) noexcept {
    if (g.driver_total.number == 0) return {};
    const std::int64_t device = in_mebibytes_down(g.memory);
    return {physics_unit::mebibytes, in_mebibytes_down(g.driver_total), device * 80 / 100, device * 102 / 100};
}

/// Checks that the runtime's reading is at most the driver's.
[[nodiscard]] constexpr rule_check check_runtime_reading(const gpu& g) noexcept {
    if (g.driver_total.number == 0 || g.runtime_total.number == 0) return {};
    return {physics_unit::mebibytes, in_mebibytes_down(g.runtime_total), 0, in_mebibytes_down(g.driver_total)};
}

/// Checks the generation and, if it is valid, the number of lanes.
[[nodiscard]] constexpr rule_check check_pcie(const card_links& l) noexcept {
    if (l.pcie_generation == 0 && l.pcie_lanes == 0) return {};
    if (l.pcie_generation < 1 || l.pcie_generation > 6) return {physics_unit::count, l.pcie_generation, 1, 6};
    std::int64_t lanes = 1;
    while (lanes < l.pcie_lanes && lanes < 16) lanes *= 2;
    return exactly(physics_unit::count, l.pcie_lanes, lanes);
}

/// Checks that the links' total bandwidth is their number times the rate of one link, within 0.1 %.
[[nodiscard]] constexpr rule_check check_links(const gpu& g, const architecture_rates& line) noexcept {
    const card_links& l = g.links;
    if (l.nvlink_links == 0 || l.nvlink_bidirectional == bytes_per_second{}) return {};
    return about(physics_unit::megabytes_per_second, l.nvlink_bidirectional.number,
                 1e9 * l.nvlink_links * line.link_gb_s, 0.001, 1e6);
}

/// Checks that a module states the bandwidth of its links.
[[nodiscard]] constexpr rule_check check_module_links(const gpu& g) noexcept {
    if (!is_module(g)) return {};
    const std::int64_t stated = as_whole(g.links.nvlink_bidirectional.number / 1e6);
    return {physics_unit::megabytes_per_second, stated, 1, larger(stated, 1)};
}

/// Checks that the plugs and the slot of a PCIe board whose plugs are known carry at least the board power.
[[nodiscard]] constexpr rule_check check_power_connector(const gpu& g) {
    if (g.form_factor != form_factor::pcie || g.power_connector.empty()) return {};
    const std::int64_t carried = as_whole((rating_of(connectors_of(g)) + pcie_slot_power).number);
    return {physics_unit::board_watts, as_whole(g.board_power.number), 0, carried};
}

/// Checks that an id has only valid characters. The stated number is the position of the first invalid one; an empty id
/// breaks the rule too.
[[nodiscard]] constexpr rule_check check_id(std::string_view id) noexcept {
    std::int64_t good = 0;
    for (const char c : id) {
        const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        const bool joins = c == '-' && good > 0;
        if (!word && !joins) break;
        ++good;
    }
    const std::int64_t length = static_cast<std::int64_t>(id.size());
    return exactly(physics_unit::count, good, larger(length, 1));
}

/// Returns the result of a rule that needs the architecture's line.
[[nodiscard]] constexpr rule_check check_by_line(const gpu& g, physics_rule rule, const architecture_rates& line) {
    const int units = g.streaming_multiprocessors;
    if (const rate_of_unit* column = rate_of_rule(rule)) return check_rate(g, line, *column);
    if (rule == physics_rule::cores) return check_units(g.cuda_cores, units, line.cores);
    if (rule == physics_rule::tensor_cores) return check_units(g.tensor_cores, units, line.tensor_cores);
    if (rule == physics_rule::ray_tracing_cores) return check_units(g.ray_tracing_cores, units, line.ray_tracing_cores);
    if (rule == physics_rule::formats) return exactly(physics_unit::count, rates_without_unit(g, line), 0);
    if (rule == physics_rule::bf16_beside_fp16) return check_bf16(g, line);
    if (rule == physics_rule::links) return check_links(g, line);
    return {};
}

}  // namespace detail

/// Returns the result of a rule for a row. A figure that the row leaves out breaks no rule but `multiprocessors` and
/// `module_links`.
[[nodiscard]] constexpr rule_check check(const gpu& g, physics_rule rule) {
    const architecture_rates* line = rates_of_architecture(g);
    if (rule == physics_rule::known_architecture) return detail::exactly(physics_unit::count, line != nullptr, 1);
    if (rule == physics_rule::multiprocessors) {
        if (!detail::states_tensor_rate(g.rates)) return {};
        return {physics_unit::count, g.streaming_multiprocessors, 1, 1024};
    }
    if (rule == physics_rule::fp8_at_least_fp16) return detail::check_at_least(g.rates.fp8, g.rates.fp16);
    if (rule == physics_rule::fp4_at_least_fp8) return detail::check_at_least(g.rates.fp4, g.rates.fp8);
    if (rule == physics_rule::bandwidth) return detail::check_bandwidth(g);
    if (rule == physics_rule::shared_memory) return detail::check_shared_memory(g);
    if (rule == physics_rule::capacity) return detail::check_capacity(g);
    if (rule == physics_rule::driver_reading) return detail::check_driver_reading(g);
    if (rule == physics_rule::runtime_reading) return detail::check_runtime_reading(g);
    if (rule == physics_rule::pcie) return detail::check_pcie(g.links);
    if (rule == physics_rule::module_links) return detail::check_module_links(g);
    if (rule == physics_rule::power_connector) return detail::check_power_connector(g);
    if (rule == physics_rule::id) return detail::check_id(g.id);
    return line == nullptr ? rule_check{} : detail::check_by_line(g, rule, *line);
}

/// Returns the rules that the row's published figures break, with or without an exemption.
[[nodiscard]] constexpr physics_rules broken_rules(const gpu& g) {
    physics_rules broken;
    for (int i = 0; i < physics_rule_count; ++i) {
        const physics_rule rule = static_cast<physics_rule>(i);
        if (!check(g, rule).holds()) broken = broken | rules(rule);
    }
    return broken;
}

/// Returns what is wrong with the row: the rules that it breaks without exemption, and exemptions that have no reason
/// or are not needed.
[[nodiscard]] constexpr physics_rules unexcused_rules(const gpu& g) {
    const physics_rules broken = broken_rules(g);
    physics_rules wrong{broken.bits & ~g.exempt.bits};
    if (g.exempt.bits != 0 && g.exemption_reason.empty()) wrong = wrong | rules(physics_rule::exemption_has_reason);
    if ((g.exempt.bits & ~broken.bits) != 0) wrong = wrong | rules(physics_rule::exemption_is_needed);
    return wrong;
}

/// The numbers in a compiler's message.
template <std::int64_t Number>
struct stated {};
template <std::int64_t Least, std::int64_t Most>
struct accepted {};

/// The compiler's message names this type with the row, the rule that it breaks, the rule's unit, what the row states
/// and what the rule accepts. The comparisons print both numbers too.
template <const gpu* Row, physics_rule Rule, physics_unit Unit, class Stated, class Accepted>
struct physics_check;
template <const gpu* Row, physics_rule Rule, physics_unit Unit, std::int64_t Stated, std::int64_t Least,
          std::int64_t Most>
/// The result of one rule: it compiles if the rule accepts what the row states.
struct physics_check<Row, Rule, Unit, stated<Stated>, accepted<Least, Most>> {
    static constexpr bool holds = Stated >= Least && Stated <= Most;  ///< whether the rule accepts the number
    static_assert(Stated >= Least,
                  "cardfit: the card's row states less than this rule accepts, and no exemption with a reason");
    static_assert(Stated <= Most,
                  "cardfit: the card's row states more than this rule accepts, and no exemption with a reason");
};
/// The two rules about exemptions have no numbers.
template <const gpu* Row, physics_rule Rule>
struct exemption_check {
    /// whether the exemption is needed and has a reason
    static constexpr bool holds = !unexcused_rules(*Row).has(Rule);
    static_assert(holds, "cardfit: the card's row is exempt from a rule without a reason, or without need");
};

namespace detail {

template <const gpu* Row, physics_rule Rule>
[[nodiscard]] constexpr bool obeys() {
    if constexpr (!unexcused_rules(*Row).has(Rule)) {
        return true;
    } else if constexpr (Rule == physics_rule::exemption_has_reason || Rule == physics_rule::exemption_is_needed) {
        return exemption_check<Row, Rule>::holds;
    } else {
        constexpr rule_check c = check(*Row, Rule);
        return physics_check<Row, Rule, c.unit, stated<c.stated>, accepted<c.least, c.most>>::holds;
    }
}

}  // namespace detail

/// Whether a card obeys every rule of its architecture or states a reason for each exemption; otherwise a compile error
/// names the row, the rule and the numbers. `Row` points to a named object:
/// `static_assert(obeys_physics<&cards::rtx_4090>)`.
template <const gpu* Row>
inline constexpr bool obeys_physics = [] {
    if constexpr (unexcused_rules(*Row).bits == 0)
        return true;
    else
        return []<std::size_t... Rule>(std::index_sequence<Rule...>) {
            return (detail::obeys<Row, static_cast<physics_rule>(Rule)>() && ...);
        }
    (std::make_index_sequence<static_cast<std::size_t>(physics_rule_count)>{});
}();

/// The compiler's message names this type with two rows of a table that have the same id.
template <const gpu* First, const gpu* Second>
struct same_id {
    static constexpr bool differ = First->id != Second->id;  ///< whether the two ids differ
    static_assert(differ, "cardfit: two rows have the same id");
};

namespace detail {

struct pair_of_rows {
    std::size_t first = 0;
    std::size_t second = 0;
};
/// Returns the first two rows that have the same id; the same row twice if all ids differ.
template <class Table>
[[nodiscard]] constexpr pair_of_rows rows_with_one_id(const Table& table) noexcept {
    for (std::size_t i = 0; i < table.size(); ++i)
        for (std::size_t k = i + 1; k < table.size(); ++k)
            if (table[i]->id == table[k]->id) return {i, k};
    return {};
}

}  // namespace detail

/// Whether every row of a table of pointers has an id of its own; otherwise a compile error names two rows that share
/// one.
template <const auto& Table>
inline constexpr bool ids_are_unique = [] {
    constexpr detail::pair_of_rows found = detail::rows_with_one_id(Table);
    if constexpr (found.first == found.second)
        return true;
    else
        return same_id<Table[found.first], Table[found.second]>::differ;
}();

}  // namespace cardfit
