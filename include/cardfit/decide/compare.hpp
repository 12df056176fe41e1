// SPDX-License-Identifier: MIT
#pragma once

// Cards side by side for one job, and the reasons that decide: derived from the estimates, phase by phase, not from
// what is said of the cards.

#include <cardfit/decide/price.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/training/step_time.hpp>

namespace cardfit {

/// What sets a card apart from the one that wins.
enum class deciding_reason : unsigned char {
    wins,       ///< fits, and takes the least time
    capacity,   ///< does not fit: `bytes_short` too much
    unsure,     ///< only the central estimate fits, the band does not: `bytes_short` over at its high end
    compute,    ///< products and kernels take `seconds_lost` longer
    bandwidth,  ///< reading weights and cache takes `seconds_lost` longer
    link,       ///< exposed communication takes `seconds_lost` longer
    optimizer,  ///< the optimizer's step, bound by bandwidth, takes `seconds_lost` longer
    host,       ///< the time is the host's or the engine's, alike on all cards
    no_time,    ///< it has no unit for the format, or nobody published its rates
};

/// One card's answer. Times are of a step (training), of a generated token, or of a pass (inference).
struct compared_card {
    machine hardware{};
    fit_report fit{};
    bool has_time = false;
    seconds time{};
    time_breakdown breakdown{};  ///< of a training
    double throughput = 0;       ///< samples, generated tokens, or sequences where nothing is generated
    joules energy{};             ///< of the cards, a step or a token
    deciding_reason reason{};
    bytes bytes_short{};
    seconds seconds_lost{};
    double slower = 1;  ///< time over the winner's
};

inline constexpr std::size_t max_compared = 16;

/// All cards in the order given, and the index of the winner; `winner` is `count` where none fits for sure.
struct comparison {
    compared_card cards[max_compared]{};
    std::size_t count = 0;
    std::size_t winner = 0;
    bool is_autoregressive =
        false;  ///< an inference whose time is a token's; of others that generate nothing, a pass's
};

namespace detail {

/// Fits for sure before tight before not; then the least time.
[[nodiscard]] constexpr bool better(const compared_card& a, const compared_card& b) noexcept {
    if (a.fit.grade != b.fit.grade) return a.fit.grade < b.fit.grade;
    return a.has_time && (!b.has_time || a.time < b.time);
}

constexpr void give_reasons(comparison& c, bool training) {
    c.winner = c.count;
    for (std::size_t i = 0; i < c.count; ++i)
        if (c.cards[i].fit.grade == grade::fits && c.cards[i].has_time &&
            (c.winner == c.count || better(c.cards[i], c.cards[c.winner])))
            c.winner = i;
    for (std::size_t i = 0; i < c.count; ++i) {
        compared_card& card = c.cards[i];
        if (card.fit.grade == grade::does_not_fit) {
            card.reason = deciding_reason::capacity;
            card.bytes_short = -card.fit.headroom;
            continue;
        }
        if (card.fit.grade == grade::tight) {
            card.reason = deciding_reason::unsure;
            card.bytes_short = card.fit.memory.device_high - card.fit.capacity;
            continue;
        }
        if (!card.has_time) {
            card.reason = deciding_reason::no_time;
            continue;
        }
        if (i == c.winner) continue;
        const compared_card& best = c.cards[c.winner];
        card.slower = card.time.number / best.time.number;
        if (!training) {
            // Decode reads, a pass over whole sequences computes; what neither explains is the engine's.
            card.seconds_lost = card.time - best.time;
            const bool slower_matmuls = card.hardware.card.rates.fp16 < best.hardware.card.rates.fp16;
            card.reason = !c.is_autoregressive && slower_matmuls ? deciding_reason::compute
                          : card.hardware.card.memory_bandwidth < best.hardware.card.memory_bandwidth
                              ? deciding_reason::bandwidth
                              : deciding_reason::host;
            continue;
        }
        const time_breakdown& a = card.breakdown;
        const time_breakdown& b = best.breakdown;
        const seconds compute = a.compute + a.bubble - b.compute - b.bubble;
        const seconds link =
            a.tensor_communication + a.data_communication - b.tensor_communication - b.data_communication;
        const seconds step = a.optimizer - b.optimizer;
        card.reason = compute >= link && compute >= step ? deciding_reason::compute
                      : link >= step                     ? deciding_reason::link
                                                         : deciding_reason::optimizer;
        card.seconds_lost = card.reason == deciding_reason::compute ? compute
                            : card.reason == deciding_reason::link  ? link
                                                                    : step;
    }
}

}  // namespace detail

/// Compares machines for a training job. At most 16; throws invalid_input as lower_job and step_time, and for more.
template <class M, std::size_t N>
[[nodiscard]] constexpr comparison compare(const M& model, const training& t, const machine (&machines)[N],
                                           const layout& l = {}) {
    static_assert(N <= max_compared, "cardfit: at most 16 machines are compared at once");
    comparison c;
    for (const machine& m : machines) {
        compared_card& card = c.cards[c.count++];
        card.hardware = m, card.fit = fit(model, t, m, l);
        card.has_time = has_step_time(m.card, t.precision);
        if (!card.has_time) continue;
        const time_estimate e = step_time(model, t, m, l);
        card.time = e.step;
        card.breakdown = e.breakdown;
        card.throughput = e.samples_per_second;
        if (m.card.board_power.number > 0) card.energy = price_of_step(e, m, {}, {.efficiency = 1}).energy;
    }
    detail::give_reasons(c, true);
    return c;
}

/// Compares machines for an inference. At most 16; throws invalid_input as lower_job and lower_time, and for more.
template <class M, std::size_t N>
[[nodiscard]] constexpr comparison compare(const M& model, const inference& i, const machine (&machines)[N],
                                           const layout& l = {}) {
    static_assert(N <= max_compared, "cardfit: at most 16 machines are compared at once");
    const network net = lower_model(model, i.image_size);
    comparison c;
    for (const machine& m : machines) {
        compared_card& card = c.cards[c.count++];
        card.hardware = m;
        card.fit = fit(net, i, m, l);
        card.has_time = has_inference_time(m.card, net);
        if (!card.has_time) continue;
        const inference_time e = time(net, i, m, l);
        const bool is_autoregressive = e.inter_token.number > 0;
        const double sequences = static_cast<double>(i.batch) * resolved(l, m.cards).data;
        c.is_autoregressive = is_autoregressive;
        card.time = is_autoregressive ? e.inter_token : e.prefill;
        card.throughput = is_autoregressive ? e.generated.number : sequences / e.prefill.number;
        if (is_autoregressive && m.card.board_power.number > 0)
            card.energy = price_of_token(e, m, i.batch, {}, {.efficiency = 1}).energy;
    }
    detail::give_reasons(c, false);
    return c;
}

}  // namespace cardfit
