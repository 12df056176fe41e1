// SPDX-License-Identifier: MIT

// Tests power, cooling, energy and software support. Expected values are computed by hand, or come from a document
// where one is named.

#include "../close.hpp"

#include <cardfit/estimate/power.hpp>
#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/hardware/software_support.hpp>

using namespace cardfit;

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}
constexpr bool within(watts value, double expected, double share = 1e-9) {
    return within(in_watts(value), expected, share);
}

// An RTX 4090 draws 450 W through one 16-pin plug of 600 W.
static_assert(cards::rtx_4090.board_power == 450_W &&
              connectors_of(cards::rtx_4090) == power_connectors{.pcie_16pin = 1});
static_assert(rating_of(connectors_of(cards::rtx_4090)) == 600_W && (2 * connectors_of(cards::rtx_4090)).count() == 2);
static_assert(connectors_of(cards::a100_pcie_80gb) == power_connectors{.eps_8pin = 1});
static_assert(connectors_of(cards::rtx_3090) == power_connectors{.pcie_12pin = 1});
static_assert(connectors_of(cards::gtx_1080_ti) == power_connectors{.pcie_8pin = 1, .pcie_6pin = 1});
static_assert(rating_of(connectors_of(cards::gtx_1080_ti)) == 225_W);
static_assert(connectors_of(cards::t4).count() == 0 && connectors_of(cards::h100_sxm5_80gb).count() == 0);

// Power supplies: one RTX 4090 and a 250 W host take 700 W, times 1.25; NVIDIA asks for 850. One RTX 5090 and 250 W:
// 825 * 1.25; NVIDIA asks for 1000. One RTX 3090 and 250 W: 600 * 1.25; NVIDIA asks for 750.
constexpr power_conditions desk{.host = 250_W};
static_assert(within(supply_of(cards::rtx_4090, desk).rating, 875) &&
              within(supply_of(cards::rtx_4090, desk).rating, 850, 0.05));
static_assert(within(supply_of(cards::rtx_5090, desk).rating, 1031.25) &&
              within(supply_of(cards::rtx_5090, desk).rating, 1000, 0.05));
static_assert(within(supply_of(cards::rtx_3090, desk).rating, 750));

// Excursions: 350 * 2 + 250 determines a supply that is not specified for them; 950 / 1.8 does not determine one that
// is. An RTX 5090 was measured at 901.1 W (Igor's Lab).
static_assert(within(supply_of(cards::rtx_3090, desk, supply_standard::atx_2).rating, 950));
static_assert(within(supply_of(cards::rtx_3090, desk, supply_standard::atx_2).excursion, 950));
static_assert(within(supply_of(2 * cards::rtx_4090, desk).excursion, 2 * 450 * 1.3 + 250));
static_assert(supply_of(cards::rtx_5090).excursion >= 901.1_W && within(supply_of(cards::rtx_5090).excursion, 920));
static_assert(excursion_of(cards::rtx_3090).estimated && !excursion_of(cards::rtx_5090).estimated);

// Power at the wall: four RTX 3090s limited to 300 W of 350 drew 1717 W at the wall and 1580 W behind the supply (Puget
// Systems).
static_assert(within(node_power(4 * cards::rtx_3090, {.host = 380_W, .draw = 300.0 / 350}), 1717, 0.001));
static_assert(within(node_power(2 * cards::rtx_4090, desk), 1250));  // (900 + 250) / .92

// Circuits are used at 80 %: 120 V * 15 A * .8 = 1440 W, and so on.
static_assert(within(continuous_power(circuits::us_120v_15a), 1440) &&
              within(continuous_power(circuits::us_120v_20a), 1920));
static_assert(within(continuous_power(circuits::us_240v_20a), 3840) &&
              within(continuous_power(circuits::us_208v_30a), 4992));
static_assert(within(continuous_power(circuits::eu_230v_16a), 2944));

// Two RTX 4090s in a 250 W host stay under a 15 A circuit at 120 V, with 1250 of 1440 W. With a 450 W host they do not
// (1467 W), nor do three of them (1739 W), which a 20 A circuit carries, nor two RTX 5090s (1522 W).
static_assert(carries(circuits::us_120v_15a, node_power(2 * cards::rtx_4090, desk)));
static_assert(!carries(circuits::us_120v_15a, node_power(2 * cards::rtx_4090, {.host = 450_W})));
static_assert(!carries(circuits::us_120v_15a, node_power(3 * cards::rtx_4090, desk)));
static_assert(carries(circuits::us_120v_20a, node_power(3 * cards::rtx_4090, desk)));
static_assert(!carries(circuits::us_120v_15a, node_power(2 * cards::rtx_5090, desk)));

// Breakers: 1250 / 120 / .8 = 13.0 A; 1739 / 120 / .8 = 18.1 A; 1739 / 230 / .8 = 9.5 A. Eight H100s and 2800 W are
// 9130 W: 54.9 A at 208 V, 47.6 A at 240 V.
static_assert(breaker_amperes(watts_of(1250), 120) == 15 && breaker_amperes(watts_of(1739), 120) == 20);
static_assert(breaker_amperes(watts_of(1739), 230) == 10);
constexpr watts eight_h100 = node_power(8 * cards::h100_sxm5_80gb, {.host = 2800_W});
static_assert(within(eight_h100, 8400 / 0.92) && breaker_amperes(eight_h100, 208) == 60 &&
              breaker_amperes(eight_h100, 240) == 50);

// All power becomes heat: 1 kW is 3412.14 BTU/h.
static_assert(within(btu_per_hour(1000_W), 3412.14, 1e-6));
static_assert(within(wall_power(16 * cards::a100_sxm4_80gb, {.host = 1000_W, .efficiency = 1}), 16 * 400 + 2 * 1000));

// Passively cooled boards depend on the chassis's airflow.
static_assert(needs_chassis_airflow(cards::a100_pcie_80gb) == documented::yes &&
              needs_chassis_airflow(cards::l40s) == documented::yes);
static_assert(needs_chassis_airflow(cards::rtx_4090) == documented::no &&
              needs_chassis_airflow(cards::rtx_a6000) == documented::no);
static_assert(needs_chassis_airflow(cards::jetson_thor_t5000) == documented::unknown);

// One day of eight A100s: (8 * 400 * .9 + 1000) / .92 * 1.2 = 5060.9 W, which is 121.46 kWh and, at 15 cents, $18.22.
constexpr power_conditions rack{.host = 1000_W, .draw = draw_of(power_load::training), .overhead = 1.2};
constexpr joules day = energy_of(8 * cards::a100_sxm4_80gb, seconds_of(86400), rack);
static_assert(within(in_kilowatt_hours(day), 121.461, 1e-5));
static_assert(within(in_dollars(cost_of(day, dollars_per_kilowatt_hour(0.15))), 18.219, 1e-4));
static_assert(within(in_dollars(cost_of(joules_of(3.6e6), dollars_per_kilowatt_hour(0.30))), 0.30, 1e-12));

// There is no answer for a card of unknown power, for a MIG slice, or for shares out of range.
constexpr gpu of_unknown_power = [] {
    gpu card = cards::gh200_96gb;
    card.board_power = {};
    return card;
}();
static_assert(problems(of_unknown_power, power_conditions{}).size() == 1 &&
              problems(cards::a100_sxm4_80gb_mig_3g_40gb, power_conditions{}).size() == 1);
static_assert(problems(cards::rtx_4090, power_conditions{.draw = 1.5, .efficiency = 0}).size() == 2 &&
              problems(cards::rtx_4090, desk).empty());
template <auto Ask>
concept answers = requires {
    typename std::bool_constant<(static_cast<void>(Ask()), true)>;
};
static_assert(answers<[] { return node_power(cards::rtx_4090); }> &&
              !answers<[] { return node_power(of_unknown_power); }>);
static_assert(!answers<[] { return connectors_of(cards::a100_pcie_80gb_mig_3g_40gb); }>);
static_assert(!answers<[] {
    return continuous_power({120, 0});
}> && !answers<[] { return breaker_amperes(watts_of(100), 100); }>);
static_assert(!answers<[] { return energy_of(cards::rtx_4090, seconds_of(-1)); }>);

// Every plug text of the table is understood or empty. A PCIe board's plugs and slot carry its board power, except on
// the boards named below, whose plug text or own design says otherwise.
constexpr int boards_past_their_plugs() {
    int count = 0;
    for (const gpu* g : cards::all)
        if (g->form_factor == form_factor::pcie && !g->power_connector.empty())
            count += g->board_power > rating_of(connectors_of(*g)) + pcie_slot_power;
    return count;
}
static_assert(boards_past_their_plugs() <= 6);  // P100 PCIe, GV100, A5000, A5500, MI210, Arc Pro B60

// Toolkits follow NVIDIA's CUDA toolkit, driver and architecture matrix.
static_assert(cuda_supports(cards::v100_sxm2_32gb, {12, 9}) == documented::yes &&
              cuda_supports(cards::v100_sxm2_32gb, {13, 0}) == documented::no);
static_assert(cuda_supports(cards::gtx_1080_ti, {13, 0}) == documented::no &&
              cuda_supports(cards::t4, {13, 0}) == documented::yes);
static_assert(cuda_supports(cards::t4, {9, 2}) == documented::no &&
              cuda_supports(cards::a100_sxm4_80gb, {11, 0}) == documented::yes);
static_assert(cuda_supports(cards::rtx_3090, {11, 0}) == documented::no &&
              cuda_supports(cards::rtx_3090, {11, 1}) == documented::yes);
static_assert(cuda_supports(cards::rtx_4090, {11, 7}) == documented::no &&
              cuda_supports(cards::h100_sxm5_80gb, {11, 8}) == documented::yes);
static_assert(cuda_supports(cards::rtx_5090, {12, 6}) == documented::no &&
              cuda_supports(cards::b200_sxm_180gb, {12, 8}) == documented::yes);
static_assert(cuda_supports(cards::mi300x, {12, 8}) == documented::no);
static_assert(cuda_supports(cards::a100_sxm4_80gb_mig_1g_10gb, {11, 0}) == documented::yes);
static_assert(software_support_of({7, 0})->last_driver == 580 && software_support_of({7, 5})->last_driver == 0);

// cuDNN follows its support matrices.
static_assert(cudnn_supports(cards::v100_sxm2_32gb, {9, 10}) == documented::yes &&
              cudnn_supports(cards::v100_sxm2_32gb, {9, 11}) == documented::no);
static_assert(cudnn_supports(cards::a100_sxm4_80gb, {8, 9}) == documented::yes &&
              cudnn_supports(cards::rtx_5090, {9, 10}) == documented::yes);
static_assert(cudnn_supports(cards::rtx_5090, {8, 9}) == documented::unknown &&
              cudnn_supports(cards::mi300x, {9, 10}) == documented::no);

// Every NVIDIA card of the table has a row of software support.
constexpr bool all_capabilities_known() {
    for (const gpu* g : cards::all)
        if (g->vendor == vendor::nvidia && software_support_of(g->compute_capability) == nullptr) return false;
    return true;
}
static_assert(all_capabilities_known());

// ---- By hand

namespace {
/// Cards of 100 W: one in a desktop, 12 in nodes of 4.
constexpr gpu hundred_watts = [] {
    gpu card = cards::rtx_4090;
    card.board_power = watts_of(100);
    return card;
}();
constexpr machine three_nodes{.card = hundred_watts, .cards = 12, .per_node = 4};
constexpr power_conditions round_conditions{.host = watts_of(60), .draw = 0.5, .efficiency = 0.8, .overhead = 1.5};
}  // namespace
// A node at the wall: (4 x 100 / 2 + 60) / 0.8 W, three of them, and 1.5 times that at the meter for 10 seconds.
static_assert(close(node_power(three_nodes, round_conditions).number, 325) &&
              close(wall_power(three_nodes, round_conditions).number, 975) &&
              close(energy_of(three_nodes, seconds_of(10), round_conditions).number, 975 * 1.5 * 10));
static_assert(close(wall_power({.card = hundred_watts, .cards = 5, .per_node = 4}, round_conditions).number,
                    (250 + 2 * 60) / 0.8));
// Its supply: 460 W with a quarter more, or 4 x 100 x 1.3 + 60 W of excursion, 1.8 times what ATX 3 supplies are rated
// at.
constexpr supply_need of_node = supply_of(three_nodes, round_conditions);
static_assert(close(of_node.load.number, 460) && close(of_node.steady.number, 575) &&
              close(of_node.excursion.number, 580) && close(of_node.rating.number, 575) &&
              close(supply_of(three_nodes, round_conditions, supply_standard::atx_2).rating.number, 580));
static_assert(excursion_of(cards::rtx_3090).factor == 2.0 && excursion_of(cards::rtx_5090).factor == 1.6 &&
              excursion_of(cards::h100_pcie_80gb).factor == 2.0 && excursion_of(cards::h100_pcie_80gb).estimated &&
              !excursion_of(cards::rtx_5090).estimated);
// Cards of other models in the node count with their own power.
static_assert(
    close(cards_power({.card = hundred_watts, .cards = 3, .others = {.of = {&cards::rtx_4090}, .count = 1}}).number,
          200 + 450));
// A circuit of 120 V and 15 A carries 1440 W for hours (NEC 210.20(A)), and no watt more.
static_assert(carries(circuits::us_120v_15a, watts_of(1440)) && !carries(circuits::us_120v_15a, watts_of(1441)) &&
              close(continuous_power(circuits::eu_230v_16a).number, 2944) &&
              close(continuous_power(circuits::us_240v_30a).number, 5760) &&
              close(continuous_power(circuits::us_208v_30a).number, 4992) &&
              close(continuous_power(circuits::us_120v_20a).number, 1920) &&
              close(continuous_power(circuits::us_240v_20a).number, 3840));
// Every standard breaker carries exactly four fifths of its rating: NEC 240.6(A) at 120 V, IEC 60898-1 at 230 V.
constexpr bool carries_its_own(std::initializer_list<int> ratings, double volts) {
    for (const int rating : ratings) {
        const double most = rating * volts * 0.8;
        if (breaker_amperes(watts_of(most * 0.999), volts) != rating) return false;
        if (rating != *(ratings.end() - 1) && breaker_amperes(watts_of(most * 1.001), volts) <= rating) return false;
    }
    return true;
}
constexpr auto nec_ratings = {15, 20,  25,  30,  35,  40,  45,  50,  60,  70, 80,
                              90, 100, 110, 125, 150, 175, 200, 225, 250, 300};
static_assert(carries_its_own(nec_ratings, 120) && carries_its_own(nec_ratings, 208) &&
              carries_its_own(nec_ratings, 240) && carries_its_own({6, 10, 13, 16, 20, 25, 32, 40, 50, 63, 80}, 230));
static_assert(!answers<[] { return breaker_amperes(watts_of(0), 120); }> &&
              !answers<[] { return breaker_amperes(watts_of(30'000), 120); }> && !answers<[] {
                  return continuous_power({0, 15});
              }> &&
              !answers<[] { return cost_of(joules_of(1), dollars_per_kilowatt_hour(-1)); }>);
// A watt is 3.41214 BTU per hour; a kilowatt-hour is 3.6 MJ.
static_assert(btu_per_hour(watts_of(1000)) > 3412.13 && btu_per_hour(watts_of(1000)) < 3412.15 &&
              in_kilowatt_hours(joules_of(7.2e6)) == 2 &&
              close(cost_of(joules_of(7.2e6), dollars_per_kilowatt_hour(0.25)).number, 0.5));
static_assert(needs_chassis_airflow(gpu{.cooling = cooling::passive}) == documented::yes &&
              needs_chassis_airflow(gpu{.cooling = cooling::active}) == documented::no &&
              needs_chassis_airflow(gpu{}) == documented::unknown);
