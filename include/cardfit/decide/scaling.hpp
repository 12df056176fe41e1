// SPDX-License-Identifier: MIT
#pragma once

// What more cards bring, with NVLink and without: step time, speed-up, efficiency and exposed communication for 1, 2, 4
// … cards, for a batch that grows with the cards (weak) and for one that stays (strong).

#include <cardfit/decide/fits.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/links.hpp>

#include <span>

namespace cardfit {

namespace detail {
/// Says that this header is included (declared.hpp).
struct scaling_header {};
}  // namespace detail

/// One number of cards.
struct scaling_point {
    int cards = 0;
    bool fits = false;
    time_estimate time{};
    double speed_up = 0;    ///< against the first point: samples a second (weak), one over the step (strong)
    double efficiency = 0;  ///< speed-up over the first point's cards times more
    seconds exposed_communication{};
};

inline constexpr std::size_t max_scaling_points = 16;

/// One curve: points at 1, 2, 4 … replicas of the model, and at all of them, over one link. A replica is one card, or
/// as many as tensor, pipeline, context and expert parallelism take.
struct scaling_curve {
    card_link link{};
    scaling_point points[max_scaling_points]{};
    std::size_t count = 0;
    /// The points, in the order of the number of cards.
    [[nodiscard]] constexpr std::span<const scaling_point> items() const noexcept { return {points, count}; }
    /// Past this number of cards a step of a batch that stays takes longer again; 0: not within the curve.
    int scaling_limit = 0;
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
    std::int64_t nvlink_irrelevant_from_batch = 0;
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
    return card.links.peer_access_over_pcie == documented::no ? card_link::pcie_host : card_link::pcie;
}

namespace detail {

[[nodiscard]] constexpr machine with_cards(machine m, int cards, card_link link) noexcept {
    const int node = m.per_node > 0 ? m.per_node : 8;
    m.cards = cards;
    m.per_node = cards < node ? cards : node;
    m.link = link;
    return m;
}

/// The same work on more cards: all of the batch stays, so that each card accumulates less, and then takes less at
/// once. Where it does not divide, this is the share of the card with most, for which the others wait.
[[nodiscard]] constexpr training shared_out(training t, int cards) noexcept {
    const std::int64_t samples = t.micro_batch * t.gradient_accumulation;
    const std::int64_t each = divide_up(samples, cards);
    t.micro_batch = smaller(t.micro_batch, each);
    t.gradient_accumulation = divide_up(each, t.micro_batch);
    return t;
}

/// Data-parallel ranks that the job's expert parallelism takes at least, and cards of one rank.
[[nodiscard]] constexpr int fewest_ranks(const layout& l) noexcept {
    int ranks = 1;
    while (ranks < l.expert && ranks * l.context * l.tensor % l.expert != 0) ++ranks;
    return ranks;
}
[[nodiscard]] constexpr int cards_per_rank(const layout& l) noexcept { return l.tensor * l.pipeline * l.context; }

/// The job's layout over so many data-parallel ranks; shards are over all of them where its groups don't divide them.
[[nodiscard]] constexpr layout over_ranks(layout l, int ranks) noexcept {
    l.data = ranks;
    if (l.sharding_group > 0 && ranks * l.context % l.sharding_group != 0) l.sharding_group = 0;
    return l;
}

template <class M>
[[nodiscard]] constexpr scaling_curve curve(const M& model, const training& t, const machine& m, const layout& given,
                                            card_link link, bool strong) {
    scaling_curve c{.link = link};
    const std::int64_t batch = t.micro_batch * t.gradient_accumulation;
    const int fewest = fewest_ranks(given);
    const int all = m.cards / cards_per_rank(given) / fewest;
    const int most = strong ? static_cast<int>(smaller(all, batch)) : all;
    for (int n = 1; n <= most && c.count < max_scaling_points; n = n < most && most < 2 * n ? most : 2 * n) {
        const int ranks = n * fewest;
        const machine cards = with_cards(m, ranks * cards_per_rank(given), link);
        const layout l = over_ranks(given, ranks);
        const training each = strong ? shared_out(t, n) : t;
        scaling_point& p = c.points[c.count++];
        p.cards = cards.cards, p.time = step_time(model, each, cards, l),
        p.fits = fit(model, each, cards, l).grade == grade::fits;
        p.exposed_communication = p.time.breakdown.data_communication + p.time.breakdown.tensor_communication;
        if (strong) {
            // What the batch has, not what cards of full shares would.
            const double full = p.time.samples_per_second;
            const double has = static_cast<double>(batch * fewest) / p.time.step.number;
            p.time.samples_per_second = has;
            p.time.tokens_per_second = p.time.tokens_per_second * (has / full);
            p.time.model_flops_utilization *= has / full;
        }
        p.speed_up = p.time.samples_per_second / c.points[0].time.samples_per_second;
        p.efficiency = p.speed_up / n;
        const bool slower = c.count > 1 && p.time.step > c.points[c.count - 2].time.step;
        if (strong && slower && c.scaling_limit == 0) c.scaling_limit = c.points[c.count - 2].cards;
    }
    return c;
}

}  // namespace detail

/// Scaling of a job by data parallelism, up to the machine's number of cards; the layout's other ways, its sharding and
/// its groups stay. The strong curve ends where the global batch has fewer samples than ranks. Throws invalid_input as
/// step_time.
template <class M>
[[nodiscard]] constexpr scaling_report scaling(const M& model, const training& t, const machine& m,
                                               const layout& given = {}) {
    // Data parallelism is what the curves try, so that any of it is right.
    layout whole = given;
    whole.data = 0;
    whole.sharding_group = 0;
    check(whole, m.cards, lower_model(model, t.image_size));
    const card_link nvlink = nvlink_of(m.card);
    const card_link pcie = pcie_of(m.card);
    scaling_report r{.has_nvlink = nvlink != card_link::by_default};
    r.weak_pcie = detail::curve(model, t, m, given, pcie, false),
    r.strong_pcie = detail::curve(model, t, m, given, pcie, true);
    if (!r.has_nvlink) return r;
    r.weak_nvlink = detail::curve(model, t, m, given, nvlink, false),
    r.strong_nvlink = detail::curve(model, t, m, given, nvlink, true);
    training larger_batch = t;
    for (std::int64_t batch = 1; batch <= 1024 && r.nvlink_irrelevant_from_batch == 0; batch *= 2) {
        larger_batch.micro_batch = batch;
        const layout l = detail::over_ranks(given, m.cards / detail::cards_per_rank(given));
        const double with = step_time(model, larger_batch, detail::with_cards(m, m.cards, nvlink), l).step.number;
        const double without = step_time(model, larger_batch, detail::with_cards(m, m.cards, pcie), l).step.number;
        if (without < 1.02 * with) r.nvlink_irrelevant_from_batch = batch;
    }
    return r;
}

}  // namespace cardfit
