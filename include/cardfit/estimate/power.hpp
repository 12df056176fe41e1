// SPDX-License-Identifier: MIT
#pragma once

// Power, cooling, energy and cost: supply and connectors, circuit and breaker, heat, kilowatt-hours and their price.

#include <cardfit/hardware/connectors.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/problem.hpp>

#include <algorithm>
#include <array>

namespace cardfit {

/// How a machine is loaded and powered. The defaults are the cards alone, at their board power, behind an 80 PLUS
/// Platinum supply.
struct power_conditions {
    watts host{};              ///< power of one node's processors, memory, drives, fans and network cards
    double draw = 1;           ///< a card's mean power over its board power; see `draw_of`
    double efficiency = 0.92;  ///< of the supply: 80 PLUS Platinum at half load, 115 V (Gold .90, Titanium .94)
    double overhead = 1;       ///< PUE: the building's power over that of its computers
};

/// The type of workload that a machine runs.
enum class power_load : unsigned char { peak, training, prefill, decode_saturated, decode };

/// Returns a card's mean power over its board power. `peak` is the board power by definition. The others are estimated
/// from the ML.ENERGY leaderboard (H100 and B200 under vLLM: chat .56 to .91 and .58 to .96 from the 10th to the 90th
/// percentile, medians .71 and .80; text to video .90 and .82); no table of power during training was found.
[[nodiscard]] constexpr double draw_of(power_load load) noexcept {
    return load == power_load::peak ? 1 : load == power_load::decode ? 0.65 : 0.90;
}

/// Returns everything that is wrong with the power figures of a machine or of its conditions (fractions are stated in
/// per mille).
[[nodiscard]] constexpr problem_list problems(const machine& m, const power_conditions& c,
                                              on_problem action = on_problem::keep) {
    problem_list found(action);
    const auto whole = [](double v) { return v >= -1e15 && v <= 1e15 ? static_cast<std::int64_t>(v) : 0; };
    const auto within = [](double v, double low, double high) { return v >= low && v <= high; };
    found.ranges(invalid_field{"hardware.cards", m.cards, 1, 1'000'000},
                 invalid_field{"hardware.per_node", m.per_node, 0, 1'000'000});
    found.require(field_condition{m.card.board_power.number > 0, "hardware.card", 0,
                                  "a card with a board power, not a MIG slice"},
                  field_condition{within(c.host.number, 0, 1e6), "power.host", whole(c.host.number), "0 to 1000000 W"},
                  field_condition{within(c.draw, 0.01, 1), "power.draw", whole(c.draw * 1000), "10 to 1000 per mille"},
                  field_condition{within(c.efficiency, 0.5, 1), "power.efficiency", whole(c.efficiency * 1000),
                                  "500 to 1000 per mille"},
                  field_condition{within(c.overhead, 1, 3), "power.overhead", whole(c.overhead * 1000),
                                  "1000 to 3000 per mille"});
    return found;
}

// ---- Supply

/// How far the boards of an architecture exceed their board power for less than a millisecond.
struct power_excursion {
    gpu_architecture architecture{};  ///< the boards' architecture
    double factor = 1;                ///< the peak by the board power
    bool estimated = true;            ///< no measurement of this architecture is known
    std::string_view source = "";     ///< the measurement
};

/// The excursions of the largest GeForce of each architecture. PCIe CEM 5.0 allows a factor of 3 for 100 us.
inline constexpr std::array<power_excursion, 3> power_excursions{{
    {gpu_architecture::ampere, 2.0, true, "reports of RTX 3090 tripping supplies; no measurement read"},
    {gpu_architecture::ada_lovelace, 1.3, true, "reports on RTX 4090; no measurement read"},
    {gpu_architecture::blackwell_2, 1.6, false,
     "Igor's Lab, RTX 5090: 901.1 W under 1 ms, of 575 W (1.57, rounded up)"},
}};

/// Returns the row of a card's architecture; if it has none, 2.0, the largest of the table (estimated).
[[nodiscard]] constexpr power_excursion excursion_of(const gpu& card) noexcept {
    for (const power_excursion& row : power_excursions)
        if (row.architecture == architecture_of(card)) return row;
    return {architecture_of(card), 2.0, true, "the largest of the families with a row"};
}

/// The standard of a supply: ATX 3.x supplies ride through excursions past their rating, older ones need not.
enum class supply_standard : unsigned char { atx_2, atx_3 };

/// The rating of a supply over its steady load: the usual advice (1.25), so that it runs near its best efficiency;
/// estimated.
inline constexpr double supply_margin = 1.25;
/// The load over its rating that an ATX 3.x supply bears for a millisecond. Intel's design guide: 2.0 for 100 us, 1.2
/// for 100 ms; 1.8 for 1 ms, estimated between them.
inline constexpr double atx_3_excursion = 1.8;

/// What one node's supply must deliver, on its DC side.
struct supply_need {
    watts load{};       ///< board powers and host
    watts steady{};     ///< the load with its margin
    watts excursion{};  ///< every card in excursion at once, and the host
    watts rating{};     ///< the smallest supply that bears both
};

/// Returns the board power of all cards of one host together.
[[nodiscard]] constexpr watts cards_power(const machine& m) noexcept {
    watts sum = m.card.board_power * static_cast<double>(cards_per_host(m) - m.others.count);
    for (int i = 0; i < m.others.count; ++i) sum += m.others.of[i]->board_power;
    return sum;
}

/// Returns the supply of one node (of one tray where a node is a rack of them): rating = max(1.25 (n P + H), excursion
/// / allowance), excursion = k n P + H, for n cards of board power P a node, host H and the architecture's factor k;
/// allowance 1.8 for ATX 3.x, 1 before. Draw, efficiency and overhead do not enter. Throws invalid_input where
/// `problems(m, c)` are.
[[nodiscard]] constexpr supply_need supply_of(const machine& m, const power_conditions& c = {},
                                              supply_standard standard = supply_standard::atx_3) {
    check(m, c);
    const watts cards = cards_power(m);
    const watts load = cards + c.host;
    const watts excursion = cards * excursion_of(m.card).factor + c.host;
    const watts steady = load * supply_margin;
    const watts rated = standard == supply_standard::atx_3 ? excursion / atx_3_excursion : excursion;
    return {.load = load, .steady = steady, .excursion = excursion, .rating = (std::max)(steady, rated)};
}

// ---- At the wall

/// Returns the power of one node (or tray) at the wall: (n P draw + H) / efficiency. Throws invalid_input where
/// `problems(m, c)` are.
[[nodiscard]] constexpr watts node_power(const machine& m, const power_conditions& c = {}) {
    check(m, c);
    return (cards_power(m) * c.draw + c.host) / c.efficiency;
}

/// Returns the power of all nodes at the wall, without the building's overhead: the heat that it must remove.
[[nodiscard]] constexpr watts wall_power(const machine& m, const power_conditions& c = {}) {
    check(m, c);
    const std::int64_t nodes = divide_up(m.cards, cards_per_host(m));
    return (m.card.board_power * m.cards * c.draw + c.host * nodes) / c.efficiency;
}

/// Returns BTU (International Table, 1055.05585262 J) per hour: 1 W is 3.41214.
[[nodiscard]] constexpr double btu_per_hour(watts heat) noexcept { return heat.number * 3600 / 1055.05585262; }

/// A branch circuit: its voltage and the rating of its breaker.
struct circuit {
    double volts = 0;    ///< between phase and neutral, or between two phases
    double amperes = 0;  ///< rating of the breaker
};

namespace circuits {

/// A circuit of a wall socket: country, volts and amperes.
/// @{
inline constexpr circuit us_120v_15a{120, 15};
inline constexpr circuit us_120v_20a{120, 20};
inline constexpr circuit us_208v_30a{208, 30};
inline constexpr circuit us_240v_20a{240, 20};
inline constexpr circuit us_240v_30a{240, 30};
inline constexpr circuit eu_230v_16a{230, 16};
/// @}

}  // namespace circuits

/// The fraction of a circuit that a load of three hours or more may use: NEC 210.20(A), whose breaker is rated at 125 %
/// of a continuous load. Elsewhere the law does not require it, but it is the same precaution.
inline constexpr double continuous_share = 0.8;

/// Returns the watts that a circuit carries for hours, at power factor 1 (supplies correct theirs to .95 and more).
/// Throws invalid_input unless volts and amperes are positive.
[[nodiscard]] constexpr watts continuous_power(const circuit& c) {
    if (!(c.volts > 0) || !(c.amperes > 0))
        throw invalid_input({"power.circuit", 0, 0, 0, "positive volts and amperes"});
    return watts_of(c.volts * c.amperes * continuous_share);
}

/// Returns true if a circuit carries this load for hours.
[[nodiscard]] constexpr bool carries(const circuit& c, watts wall) { return wall <= continuous_power(c); }

/// Standard breakers, in amperes: NEC 240.6(A); at 230 V, IEC 60898-1's preferred ratings.
inline constexpr std::array<int, 21> nec_breakers{15, 20,  25,  30,  35,  40,  45,  50,  60,  70, 80,
                                                  90, 100, 110, 125, 150, 175, 200, 225, 250, 300};
/// Ratings of breakers by IEC 60898-1, amperes.
inline constexpr std::array<int, 11> iec_breakers{6, 10, 13, 16, 20, 25, 32, 40, 50, 63, 80};

/// Returns the smallest standard breaker for a continuous load, in amperes: at least 125 % of its current (NEC
/// 210.20(A)). `volts` is 120, 208 or 240 (NEC) or 230 (IEC), single phase. Throws invalid_input for other voltages, a
/// load that is not positive and a load past the largest breaker listed.
[[nodiscard]] constexpr int breaker_amperes(watts wall, double volts) {
    const bool iec = same_number(volts, 230.0);
    const bool nec = same_number(volts, 120.0) || same_number(volts, 208.0) || same_number(volts, 240.0);
    if (!iec && !nec) throw invalid_input({"power.volts", 0, 0, 0, "120, 208, 230 or 240 V"});
    if (!(wall.number > 0)) throw invalid_input({"power.wall", 0, 0, 0, "a positive load"});
    const double needed = wall.number / volts / continuous_share;
    if (iec) {
        for (int rating : iec_breakers)
            if (rating >= needed) return rating;
    } else {
        for (int rating : nec_breakers)
            if (rating >= needed) return rating;
    }
    throw invalid_input({"power.wall", 0, 0, 0, "a load for one breaker of up to 300 A (NEC) or 80 A (IEC)"});
}

/// Returns whether the card has no fan of its own and depends on the airflow of the chassis (or on its cold plates).
[[nodiscard]] constexpr documented needs_chassis_airflow(const gpu& card) noexcept {
    if (card.cooling == cooling::unknown) return documented::unknown;
    return card.cooling == cooling::passive ? documented::yes : documented::no;
}

/// Joules of one kilowatt-hour.
inline constexpr double joules_per_kilowatt_hour = 3.6e6;

/// The price of energy.
using dollars_per_joule = amount<dimensions::ratio<dimensions::dollar_unit, dimensions::joule_unit>, double>;
/// Returns a price of energy from dollars per kilowatt-hour.
[[nodiscard]] constexpr dollars_per_joule dollars_per_kilowatt_hour(double price) {
    return dollars_per_joule::from_number(price / joules_per_kilowatt_hour);
}

/// Returns the kilowatt-hours of an energy.
[[nodiscard]] constexpr double in_kilowatt_hours(joules energy) noexcept {
    return energy.number / joules_per_kilowatt_hour;
}

/// Returns the energy of a run of all nodes at the building's meter: wall power x PUE x time. Throws invalid_input
/// where `problems(m, c)` are and for a negative time.
[[nodiscard]] constexpr joules energy_of(const machine& m, seconds time, const power_conditions& c = {}) {
    if (!(time.number >= 0)) throw invalid_input({"power.seconds", 0, 0, 0, "a time of 0 or more"});
    return joules_of(wall_power(m, c).number * c.overhead * time.number);
}

/// Returns the cost of an energy at a price that the caller gives: prices age too fast for a table. Throws
/// invalid_input for a negative price.
[[nodiscard]] constexpr dollars cost_of(joules energy, dollars_per_joule price) {
    if (!(price.number >= 0)) throw invalid_input({"power.price", 0, 0, 0, "a price of 0 or more"});
    return dollars_of(energy.number * price.number);
}

}  // namespace cardfit
