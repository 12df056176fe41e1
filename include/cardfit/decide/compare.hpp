// SPDX-License-Identifier: MIT
#pragma once

// Cards side by side for one job, and the reason that decides for or against each: derived from the estimates, phase by
// phase.

#include <cardfit/decide/machine_range.hpp>
#include <cardfit/decide/price.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/training/step_time.hpp>

#include <initializer_list>
#include <span>

namespace cardfit {

namespace detail {
/// Says that this header is included (declared.hpp).
struct compare_header {};
}  // namespace detail

/// What sets a card apart from the winner.
enum class deciding_reason : unsigned char {
    wins,       ///< the job fits, and this card takes the least time
    capacity,   ///< the job does not fit: it needs `bytes_short` more than the card has
    unsure,     ///< only the central estimate fits: the upper error bound is `bytes_short` over the capacity
    compute,    ///< matmuls and other kernels take `seconds_lost` longer
    bandwidth,  ///< reading weights and KV cache takes `seconds_lost` longer
    link,       ///< exposed communication takes `seconds_lost` longer
    optimizer,  ///< the optimizer step, which memory bandwidth bounds, takes `seconds_lost` longer
    host,       ///< the host or the engine bounds the time, on all cards alike
    no_time,    ///< the card has no unit for the format, its rates are not published, or it does not run the job
};

/// The answer for one machine. Times are per step (training), per generated token, or per pass (inference).
struct compared_card {
    machine hardware{};  ///< the machine as it was given
    /// False if a document says that the card lacks the training's format, or if the training offloads to a host that
    /// has the same memory; `fit` is then empty.
    bool runs = true;
    fit_report fit{};            ///< memory, capacity and grade
    bool has_time = false;       ///< false for a job or card without a known time
    seconds time{};              ///< per step, token or pass; the header says which
    time_breakdown breakdown{};  ///< of a training step
    double throughput = 0;       ///< per second: samples, generated tokens, or sequences if nothing is generated
    joules energy{};             ///< of all cards, per step or per token
    deciding_reason reason = deciding_reason::no_time;  ///< why this card is slower than the winner or out
    bytes bytes_short{};                                ///< memory that the job lacks; 0: it fits
    seconds seconds_lost{};  ///< what the reason costs against the winner, per step, token or pass
    double slower = 1;       ///< this card's time over the winner's
};

/// The most machines of one comparison.
inline constexpr std::size_t max_compared = 16;

/// All machines in the order given, and the index of the winner; `winner` is `count` if the job fits none.
struct comparison {
    compared_card cards[max_compared]{};  ///< in the order given
    std::size_t count = 0;                ///< the number of machines
    std::size_t winner = 0;               ///< index of the fastest machine that the job fits
    bool is_training = false;             ///< a training, not an inference
    /// True for an inference whose time is that of a generated token; false for one whose time is that of a pass.
    bool is_autoregressive = false;

    /// The compared machines.
    [[nodiscard]] constexpr std::span<const compared_card> items() const noexcept { return {cards, count}; }
};

/// An aspect of a machine that may limit it, and that can be taken from another one to see what it is worth.
enum class machine_limit : unsigned char { matmul_rate, bandwidth, power, link, memory, cards };

/// A limit, its name, and how a machine takes it from another one.
struct machine_limit_row {
    machine_limit value{};                                     ///< the limit
    std::string_view name;                                     ///< its name in answers
    void (*take)(machine& m, const machine& other) = nullptr;  ///< gives `m` the other one's
    /// True for a limit that decides what fits.
    bool of_memory = false;
};
/// One row for each limit.
inline constexpr machine_limit_row machine_limits[]{
    {machine_limit::matmul_rate, "matmul rate",
     [](machine& m, const machine& other) {
         m.card.rates = other.card.rates;
         m.card.streaming_multiprocessors = other.card.streaming_multiprocessors;
         m.card.cuda_cores = other.card.cuda_cores;
         m.card.tensor_cores = other.card.tensor_cores;
         m.card.base_clock_mhz = other.card.base_clock_mhz;
         m.card.boost_clock_mhz = other.card.boost_clock_mhz;
         m.card.tensor_clock_mhz = other.card.tensor_clock_mhz;
     }},
    {machine_limit::bandwidth, "memory bandwidth",
     [](machine& m, const machine& other) {
         m.card.memory_bandwidth = other.card.memory_bandwidth;
         m.card.memory_type = other.card.memory_type;
         m.card.l2_mb = other.card.l2_mb;
     }},
    {machine_limit::power, "board power",
     [](machine& m, const machine& other) { m.card.board_power = other.card.board_power; }},
    {machine_limit::link, "link",
     [](machine& m, const machine& other) {
         m.card.links = other.card.links;
         m.link = link_of(other);
         m.network_gbit = other.network_gbit;
     }},
    {machine_limit::memory, "memory", [](machine& m, const machine& other) { m.capacity = usable_memory(other); },
     true},
    {machine_limit::cards, "number of cards",
     [](machine& m, const machine& other) {
         m.cards = other.cards;
         m.per_node = other.per_node;
     },
     true},
};
/// Returns the row of a limit.
[[nodiscard]] constexpr const machine_limit_row& row_of(machine_limit limit) noexcept {
    return machine_limits[static_cast<std::size_t>(limit)];
}

/// What a limit costs a machine: its throughput with the limit of another one, over its throughput without.
struct limit_cost {
    machine_limit limit{};  ///< the limit
    double factor = 1;      ///< throughput with the other machine's limit, over its own
};

/// What limits a machine against another one, the dearest first. Every factor is that of its limit on top of the limits
/// before it, so that their product is what all of them explain.
struct limit_costs {
    limit_cost of[std::size(machine_limits)]{};  ///< in the order of `machine_limits`
    std::size_t count = 0;                       ///< the number of them

    /// The limits and their factors.
    [[nodiscard]] constexpr std::span<const limit_cost> items() const noexcept { return {of, count}; }
};

/// Returns what limits `m` against `other`: the limit with which it would gain the most if it had that of `other`, then
/// the one with which it would then gain the most, and so on, while a gain is more than `least`.
/// `throughput_of(machine, limit row)` returns the throughput of a machine in some unit, or 0 where it has none; `own`
/// is that of `m`. The reasons of a comparison are derived so: nothing says in advance which figure matters to which
/// job.
template <class Throughput>
[[nodiscard]] constexpr limit_costs limits_of(machine m, const machine& other, double own, Throughput throughput_of,
                                              double least = 1.03) {
    limit_costs costs;
    while (own > 0 && costs.count < std::size(machine_limits)) {
        const machine_limit_row* dearest = nullptr;
        double most = own * least;
        for (const machine_limit_row& row : machine_limits) {
            machine changed = m;
            row.take(changed, other);
            const double throughput = throughput_of(changed, row);
            if (throughput <= most) continue;
            most = throughput;
            dearest = &row;
        }
        if (dearest == nullptr) break;
        costs.of[costs.count++] = {dearest->value, most / own};
        dearest->take(m, other);
        own = most;
    }
    return costs;
}

namespace detail {

/// Returns true if `a` is better: first by grade, then by time.
[[nodiscard]] constexpr bool better(const compared_card& a, const compared_card& b) noexcept {
    if (a.fit.grade != b.fit.grade) return a.fit.grade < b.fit.grade;
    return a.has_time && (!b.has_time || a.time < b.time);
}

/// Returns the index of the fastest card that the job fits; `count` if there is none.
[[nodiscard]] constexpr std::size_t winner_of(const comparison& c) noexcept {
    std::size_t winner = c.count;
    for (std::size_t i = 0; i < c.count; ++i) {
        const compared_card& card = c.cards[i];
        if (!card.runs || card.fit.grade != grade::fits || !card.has_time) continue;
        if (winner == c.count || better(card, c.cards[winner])) winner = i;
    }
    return winner;
}

/// A reason and the time that it costs against the winner.
struct time_difference {
    deciding_reason reason = deciding_reason::no_time;
    seconds lost{};
};

/// Returns the part of a training step that loses the most time against the winner; the first of equal parts.
[[nodiscard]] constexpr time_difference largest_difference(const time_breakdown& card,
                                                           const time_breakdown& best) noexcept {
    const seconds communication = card.tensor_communication + card.data_communication;
    const time_difference differences[]{
        {deciding_reason::compute, card.compute + card.bubble - best.compute - best.bubble},
        {deciding_reason::link, communication - best.tensor_communication - best.data_communication},
        {deciding_reason::optimizer, card.optimizer - best.optimizer},
    };
    time_difference largest = differences[0];
    for (const time_difference& each : differences)
        if (each.lost > largest.lost) largest = each;
    return largest;
}

/// Returns the reason for an inference: memory bandwidth bounds decode, and FLOPs bound a pass over whole sequences;
/// what neither explains is due to the host or the engine.
[[nodiscard]] constexpr deciding_reason inference_reason(const gpu& card, const gpu& best,
                                                         bool autoregressive) noexcept {
    if (!autoregressive && card.rates.fp16 < best.rates.fp16) return deciding_reason::compute;
    return card.memory_bandwidth < best.memory_bandwidth ? deciding_reason::bandwidth : deciding_reason::host;
}

/// Sets the reason of a card that has no time to compare. Returns false if the card has one.
[[nodiscard]] constexpr bool set_reason_without_time(compared_card& card) {
    if (!card.runs) {
        card.reason = deciding_reason::no_time;
        return true;
    }
    if (card.fit.grade == grade::does_not_fit) {
        card.reason = deciding_reason::capacity;
        card.bytes_short = -card.fit.headroom;
        return true;
    }
    if (card.fit.grade == grade::tight) {
        card.reason = deciding_reason::unsure;
        card.bytes_short = card.fit.memory.device_high - card.fit.capacity;
        return true;
    }
    card.reason = card.has_time ? deciding_reason::wins : deciding_reason::no_time;
    return !card.has_time;
}

}  // namespace detail

/// Finds the winner of a comparison, and for every other card the reason that decides against it. `compare` calls it;
/// a comparison that was assembled from several calls it again.
constexpr void set_reasons(comparison& c) {
    c.winner = detail::winner_of(c);
    for (std::size_t i = 0; i < c.count; ++i) {
        compared_card& card = c.cards[i];
        if (detail::set_reason_without_time(card) || i == c.winner) continue;
        const compared_card& best = c.cards[c.winner];
        card.slower = card.time.number / best.time.number;
        if (c.is_training) {
            const detail::time_difference difference = detail::largest_difference(card.breakdown, best.breakdown);
            card.reason = difference.reason;
            card.seconds_lost = difference.lost;
        } else {
            card.reason = detail::inference_reason(card.hardware.card, best.hardware.card, c.is_autoregressive);
            card.seconds_lost = card.time - best.time;
        }
    }
}

namespace detail {

/// Says that a card does not run the job, whatever its memory.
constexpr void refuse(compared_card& card) {
    const bytes capacity = usable_memory(card.hardware);
    card.fit = {.capacity = capacity, .headroom = capacity, .grade = grade::does_not_fit};
}

/// Compares machines with `answer(compared_card&, comparison&)`, which fills in the fit and the time of one.
template <class Machines, class Answer>
[[nodiscard]] constexpr comparison compare_all(const Machines& given, bool is_training, Answer answer) {
    comparison c;
    c.is_training = is_training;
    for (const auto& each : given) {
        if (c.count == max_compared)
            throw invalid_input({"cards", static_cast<std::int64_t>(std::size(given)), 1, max_compared});
        compared_card& card = c.cards[c.count];
        ++c.count;
        card.hardware = as_machine(each);
        answer(card, c);
    }
    set_reasons(c);
    return c;
}

}  // namespace detail

/// Compares machines for a training job. `machines` is any range of machines, cards or pointers to cards, at run time
/// as at compile time. Throws invalid_input for more than 16, and as `fit` and `step_time` do.
template <network_model M, machine_range Machines>
[[nodiscard]] constexpr comparison compare(const M& model, const training& t, const Machines& machines,
                                           const layout& l = {}) {
    return detail::compare_all(machines, true, [&](compared_card& card, comparison&) {
        const machine& m = card.hardware;
        card.runs = problems(t, m.card).empty();
        if (!card.runs) return detail::refuse(card);
        card.fit = fit(model, t, m, l);
        card.has_time = has_step_time(m.card, t.precision);
        if (!card.has_time) return;
        const time_estimate e = step_time(model, t, m, l);
        card.time = e.step;
        card.breakdown = e.breakdown;
        card.throughput = e.samples_per_second;
        if (m.card.board_power.number > 0) card.energy = price_of_step(e, m, {}, {.efficiency = 1}).energy;
    });
}

/// Compares machines for an inference, as above. Throws invalid_input for more than 16, and as `fit` and `time` do.
template <network_model M, machine_range Machines>
[[nodiscard]] constexpr comparison compare(const M& model, const inference& i, const Machines& machines,
                                           const layout& l = {}) {
    const network net = lower_model(model, i.image_size);
    return detail::compare_all(machines, false, [&](compared_card& card, comparison& all) {
        const machine& m = card.hardware;
        card.runs = engine_runs(i, m.card);
        if (!card.runs) return detail::refuse(card);
        card.fit = fit(net, i, m, l);
        card.has_time = has_inference_time(model, net, i, m.card);
        if (!card.has_time) return;
        const inference_time e = time(model, net, i, m, l, constants_of(i));
        const bool generates = e.inter_token.number > 0;
        const double sequences = static_cast<double>(i.batch) * resolved(l, m.cards).data;
        all.is_autoregressive = generates;
        card.time = detail::token_or_pass(e);
        card.throughput = detail::throughput_of(e, sequences);
        if (generates && m.card.board_power.number > 0)
            card.energy = price_of_token(e, m, i.batch, {}, {.efficiency = 1}).energy;
    });
}

/// The same for machines in braces: `compare(model, job, {cards::rtx_4090, 2 * cards::l40s})`.
template <network_model M, class Job>
[[nodiscard]] constexpr comparison compare(const M& model, const Job& job, std::initializer_list<machine> machines,
                                           const layout& l = {}) {
    return compare(model, job, std::span<const machine>(machines.begin(), machines.size()), l);
}

}  // namespace cardfit
