// SPDX-License-Identifier: MIT
#pragma once

// What more cards bring, with NVLink and without: step time, speed-up, efficiency and exposed communication for 1, 2, 4
// … cards, for a batch that grows with the cards (weak) and for one that stays (strong).

#include <cardfit/decide/fits.hpp>
#include <cardfit/estimate/training_time.hpp>
#include <cardfit/hardware/links.hpp>

namespace cardfit {

/// One number of cards.
struct scaling_point {
    int cards = 0;
    bool fits = false;
    time_estimate time{};
    double speed_up = 0;    ///< against one card: samples a second (weak), one over the step (strong)
    double efficiency = 0;  ///< speed-up over cards
    seconds exposed_communication{};
};

inline constexpr std::size_t max_scaling_points = 16;

/// One curve: points at 1, 2, 4 … cards, and at all of them, over one link.
struct scaling_curve {
    card_link link{};
    scaling_point points[max_scaling_points]{};
    std::size_t count = 0;
    /// Past this number of cards a step of a batch that stays takes longer again; 0: not within the curve.
    int loses_beyond = 0;
};

/// Both links, for a batch a card that stays (weak) and for the whole batch that stays (strong).
struct scaling_report {
    bool has_nvlink = false;
    scaling_curve weak_nvlink{};
    scaling_curve weak_pcie{};
    scaling_curve strong_nvlink{};
    scaling_curve strong_pcie{};
    /// Smallest micro-batch (1, 2, 4 …) at which all the cards lose less than 2 % of their rate by doing without
    /// NVLink; 0: none up to 1024.
    std::int64_t link_stops_mattering = 0;
};

/// How NVLink joins cards of this kind, as its topology says; `by_default` without it.
[[nodiscard]] constexpr card_link nvlink_of(const gpu& card) noexcept {
    if (card.links.nvlink_bidirectional.number <= 0) return card_link::by_default;
    const link_facts facts = links_of(card);
    const card_link usual = link_of(machine{.card = card});
    if (usual == card_link::nvswitch || usual == card_link::nvlink) return usual;
    return facts.bridged > 0 ? card_link::nvlink_bridge : facts.switched ? card_link::nvswitch : card_link::nvlink;
}
/// What cards of this kind have without NVLink: PCIe with peer access, or through the host.
[[nodiscard]] constexpr card_link pcie_of(const gpu& card) noexcept {
    return card.links.peer_access_over_pcie == known::no ? card_link::pcie_host : card_link::pcie;
}

namespace detail {

[[nodiscard]] constexpr machine with_cards(machine m, int cards, card_link link) noexcept {
    const int node = m.per_node > 0 ? m.per_node : 8;
    m.cards = cards, m.per_node = cards < node ? cards : node, m.link = link;
    return m;
}

/// The same work on more cards: all of the batch stays, so that each card accumulates less, and then takes less at
/// once. Where it does not divide, this is the share of the card with most, for which the others wait.
[[nodiscard]] constexpr training shared_out(training t, int cards) noexcept {
    const std::int64_t samples = t.micro_batch * t.gradient_accumulation, each = divide_up(samples, cards);
    t.micro_batch = smaller(t.micro_batch, each), t.gradient_accumulation = divide_up(each, t.micro_batch);
    return t;
}

template <class M>
[[nodiscard]] constexpr scaling_curve curve(const M& model, const training& t, const machine& m, sharding how,
                                            int most_cards, card_link link, bool strong) {
    scaling_curve c{.link = link};
    const std::int64_t batch = t.micro_batch * t.gradient_accumulation;
    if (strong) most_cards = static_cast<int>(smaller(most_cards, batch));
    for (int n = 1; n <= most_cards && c.count < max_scaling_points;
         n = n < most_cards && most_cards < 2 * n ? most_cards : 2 * n) {
        const machine cards = with_cards(m, n, link);
        const layout l{.data = n, .sharding = how};
        const training each = strong ? shared_out(t, n) : t;
        scaling_point& p = c.points[c.count++];
        p.cards = n, p.time = step_time(model, each, cards, l),
        p.fits = fit(model, each, cards, l).grade == grade::fits;
        p.exposed_communication = p.time.breakdown.data_communication + p.time.breakdown.tensor_communication;
        if (strong) {
            // What the batch has, not what cards of full shares would.
            const double given = p.time.samples_per_second, has = static_cast<double>(batch) / p.time.step.number;
            p.time.samples_per_second = has, p.time.tokens_per_second = p.time.tokens_per_second * (has / given),
            p.time.model_flops_utilization *= has / given;
        }
        p.speed_up = p.time.samples_per_second / c.points[0].time.samples_per_second, p.efficiency = p.speed_up / n;
        const bool slower = c.count > 1 && p.time.step > c.points[c.count - 2].time.step;
        if (strong && slower && c.loses_beyond == 0) c.loses_beyond = c.points[c.count - 2].cards;
    }
    return c;
}

}  // namespace detail

/// Scaling of a job by data parallelism with the given sharding, up to the machine's number of cards. The strong curve
/// ends where the global batch has fewer samples than cards. Throws invalid_input as step_time.
template <class M>
[[nodiscard]] constexpr scaling_report scaling(const M& model, const training& t, const machine& m,
                                               sharding how = sharding::none) {
    const card_link nvlink = nvlink_of(m.card), pcie = pcie_of(m.card);
    scaling_report r{.has_nvlink = nvlink != card_link::by_default};
    r.weak_pcie = detail::curve(model, t, m, how, m.cards, pcie, false),
    r.strong_pcie = detail::curve(model, t, m, how, m.cards, pcie, true);
    if (!r.has_nvlink) return r;
    r.weak_nvlink = detail::curve(model, t, m, how, m.cards, nvlink, false),
    r.strong_nvlink = detail::curve(model, t, m, how, m.cards, nvlink, true);
    training larger_batch = t;
    for (std::int64_t batch = 1; batch <= 1024 && r.link_stops_mattering == 0; batch *= 2) {
        larger_batch.micro_batch = batch;
        const layout l{.data = m.cards, .sharding = how};
        const double with = step_time(model, larger_batch, detail::with_cards(m, m.cards, nvlink), l).step.number,
                     without = step_time(model, larger_batch, detail::with_cards(m, m.cards, pcie), l).step.number;
        if (without < 1.02 * with) r.link_stops_mattering = batch;
    }
    return r;
}

}  // namespace cardfit
