// SPDX-License-Identifier: MIT
#pragma once

// Goodput: the most requests per second whose time to the first token and time per output token stay within a service
// level, and what a server does at a given rate of requests or with a given number of users in a closed loop.
//
// The model: requests arrive at random (Poisson), all of the same lengths. The engine batches continuously: every step
// makes one token of each running sequence, and a chunk of a prompt joins a step if one waits. With `b` running
// sequences a step takes t(1 + b), the step of the request itself and of those that it meets. A prompt's chunk takes
// its time alone, less the reading of the weights, which the step does anyway. Then, by Little's law, b = rate x
// generate x (time per token), and a request meets b prompts while it generates, so that
//
//     time per token = t(1 + b) + b x (prompt's extra time) / generate.
//
// Prompts wait for each other in a queue with a constant service time (M/D/1, as in DistServe, Zhong et al. 2024,
// section 3.1): the mean wait is load x service / (2 (1 - load)), and the wait is taken to fall exponentially beyond
// its mean. Running sequences are Poisson-distributed; the average of their number over the time of one request has two
// thirds of the variance. Sequences that no cache has room for are not modelled: the rate stays below.

#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>

namespace cardfit {

/// The lengths of all requests, in tokens.
struct request_traffic {
    std::int64_t prompt = 1024;   ///< of the prompt
    std::int64_t generate = 256;  ///< of the answer
};

/// The share of requests that a service level is about, with the normal quantile of the share. Accepted are 50, 90, 95
/// and 99.
struct service_percentile {
    int percent = 0;      ///< of the requests
    double quantile = 0;  ///< standard deviations above the mean
};
/// The percentages that a service level may name.
inline constexpr service_percentile service_percentiles[]{{50, 0}, {90, 1.281552}, {95, 1.644854}, {99, 2.326348}};

/// A service level: the longest times that this percentage of requests may have; 0: any.
struct service_level {
    seconds first_token{};  ///< the longest time to the first token (TTFT)
    seconds per_token{};    ///< the longest time per output token (TPOT)
    int percent = 90;       ///< of the requests: 50, 90, 95 or 99

    /// Returns true if neither time is longer than the level's.
    [[nodiscard]] constexpr bool is_kept_by(seconds to_first, seconds to_each) const noexcept {
        return (first_token == seconds{} || to_first <= first_token) &&
               (per_token == seconds{} || to_each <= per_token);
    }
};

/// A served model, lowered once for many rates.
struct lowered_service {
    lowered_inference_time job{};  ///< one replica's job
    request_traffic traffic{};     ///< the lengths of the requests
    std::int64_t replicas = 1;     ///< copies of the model that share the requests
    std::int64_t sequences = 0;    ///< that one replica has room for, at most
    std::int64_t pass_tokens = 0;  ///< in one forward pass; 0: any number
    double prompt_seconds = 0;     ///< of one prompt that is read alone
    double weights_seconds = 0;    ///< of reading the weights, which a chunk of a prompt and a step do once together
    bool reads_prompts = true;     ///< false: another replica reads the prompts
};

/// What a server does at a rate of requests. Times are of the service level's percentage of requests, and means.
struct service_state {
    double requests_per_second = 0;  ///< of all replicas
    double running = 0;              ///< sequences that generate, the mean of one replica
    double prompt_load = 0;          ///< share of the time in which prompts are read
    seconds first_token{};           ///< TTFT of the service level's percentage of requests
    seconds per_token{};             ///< TPOT of the service level's percentage of requests
    seconds mean_first_token{};      ///< TTFT, the mean
    seconds mean_per_token{};        ///< TPOT, the mean
    seconds mixed_step{};  ///< of a step that a chunk of a prompt joins, the longest time between two tokens; mean
};

namespace detail {

/// Returns the normal quantile of a percentage. Throws invalid_input for one that is not listed.
[[nodiscard]] constexpr double quantile_of(int percent) {
    for (const service_percentile& each : service_percentiles)
        if (each.percent == percent) return each.quantile;
    throw invalid_input({"percentile", percent, 50, 99, "50, 90, 95 or 99"});
}

/// Returns the seconds of a step that generates a token of each of `sequences`, at the mean length of their contexts.
[[nodiscard]] constexpr double running_step(const lowered_service& s, double sequences) noexcept {
    const double context =
        static_cast<double>(s.traffic.prompt + s.job.image_tokens) + static_cast<double>(s.traffic.generate) / 2;
    return step_seconds(s.job, sequences, context, static_cast<double>(s.job.crossed));
}

/// Returns the forward passes in which a prompt is read among running sequences.
[[nodiscard]] constexpr double chunks_of(const lowered_service& s, double running) noexcept {
    if (s.pass_tokens <= 0) return 1;
    const double room = most(static_cast<double>(s.pass_tokens) - running, 1);
    return whole_up(static_cast<double>(s.traffic.prompt + s.job.image_tokens) / room);
}

/// What follows from the mean number of running sequences of one replica.
struct service_balance {
    double rate = 0;     ///< requests per second that arrive
    double step = 0;     ///< seconds of a step that a request takes part in
    double extra = 0;    ///< seconds by which a prompt delays the sequences that run
    double service = 0;  ///< seconds in which a prompt is read among them
    double chunks = 0;   ///< forward passes in which it is read; 0 where other replicas read prompts

    /// Returns the seconds of a step that generates a token of each running sequence and reads a chunk of a prompt: the
    /// prompt's time divided among its chunks, less the weights, which both read once. 0 where there are no chunks.
    [[nodiscard]] constexpr double mixed_step() const noexcept { return chunks > 0 ? service / chunks : 0; }
};
[[nodiscard]] constexpr service_balance balance_of(const lowered_service& s, double running) noexcept {
    const double alone = s.reads_prompts ? s.prompt_seconds : 0;
    service_balance b{.step = running_step(s, 1 + running), .chunks = s.reads_prompts ? chunks_of(s, running) : 0};
    const double shared = b.chunks * least(s.weights_seconds, b.step);
    b.extra = most(alone - shared, 0);
    b.service = running > 0 ? alone + b.chunks * b.step - shared : alone;
    b.rate = running / (static_cast<double>(s.traffic.generate) * b.step + running * b.extra);
    return b;
}

/// Returns the seconds that this percentage of prompts wait for others at most, where each is read in `service` seconds
/// and the load is the share of the time in which one is.
[[nodiscard]] constexpr double wait_of(double service, double load, int percent) noexcept {
    const double later = 1 - percent / 100.0;
    if (load <= later) return 0;
    return service / (2 * most(1 - load, 1e-9)) * natural_logarithm(load / later);
}

/// Returns the state of a server with so many running sequences per replica.
[[nodiscard]] constexpr service_state state_with(const lowered_service& s, double running, int percent) {
    const service_balance b = balance_of(s, running);
    const double quantile = quantile_of(percent);
    const double generate = static_cast<double>(s.traffic.generate);
    const double load = b.rate * b.service;
    const double residual = b.step / 2 * least(running, 1);
    const double spread = quantile * square_root_of(running);
    const double fuller = 1 + running + spread * square_root_of(2.0 / 3);
    return {.requests_per_second = b.rate * static_cast<double>(s.replicas),
            .running = running,
            .prompt_load = load,
            .first_token = seconds_of(b.service + residual + wait_of(b.service, load, percent)),
            .per_token = seconds_of(running_step(s, fuller) + (running + spread) * b.extra / generate),
            .mean_first_token = seconds_of(b.service + residual + b.service * load / (2 * most(1 - load, 1e-9))),
            .mean_per_token = seconds_of(b.step + running * b.extra / generate),
            .mixed_step = seconds_of(b.mixed_step())};
}

/// Returns the most running sequences for which `holds` is true, by bisection to a thousandth; `holds` is true up to
/// some number and false beyond.
template <class Holds>
[[nodiscard]] constexpr double most_running(double limit, Holds holds) {
    if (holds(limit)) return limit;
    double low = 0;
    double high = limit;
    for (int i = 0; i < 40 && high - low > 1e-3 * high; ++i) {
        const double middle = (low + high) / 2;
        (holds(middle) ? low : high) = middle;
    }
    return low;
}

}  // namespace detail

/// Returns the sequences of one replica that this percentage of the time does not exceed, one that arrives included.
[[nodiscard]] constexpr std::int64_t sequences_at(const service_state& at, int percent) {
    return static_cast<std::int64_t>(
        detail::whole_up(at.running + detail::quantile_of(percent) * detail::square_root_of(at.running) + 1));
}

/// Lowers a served model once: the times, the sequences that one replica has room for even at the upper error bound,
/// and the tokens of a pass. Throws invalid_input as lower_job and lower_time do.
[[nodiscard]] constexpr lowered_service lower_service(const network& net, inference i, const machine& m,
                                                      const layout& l, const request_traffic& traffic) {
    i.prompt = traffic.prompt;
    i.generate = traffic.generate;
    i.batch = 1;
    const lowered_inference memory = lower_job(net, i, m, l);
    const std::int64_t at_once = i.max_sequences > 0          ? i.max_sequences
                                 : memory.trial.sequences > 0 ? memory.trial.sequences
                                                              : key_ranges::batch.high;
    lowered_service s{.job = lower_time(net, i, m, l),
                      .traffic = traffic,
                      .replicas = resolved(l, m.cards).data,
                      .sequences = smaller(largest_batch(memory, error_bound::upper), at_once),
                      .pass_tokens = memory.chunk};
    s.prompt_seconds = time(s.job, 1, traffic.prompt, 0).prefill.number;
    s.weights_seconds = detail::matmuls_seconds(s.job, 1);
    return s;
}

/// Returns what a server does at a rate of requests per second, on all replicas together. A rate that it cannot hold is
/// answered by the state at the highest rate that it can.
[[nodiscard]] constexpr service_state state_at(const lowered_service& s, double requests_per_second, int percent = 90) {
    const double rate = requests_per_second / static_cast<double>(s.replicas);
    const double running = detail::most_running(static_cast<double>(s.sequences), [&](double n) {
        const detail::service_balance b = detail::balance_of(s, n);
        return b.rate <= rate && b.rate * b.service < 1;
    });
    return detail::state_with(s, running, percent);
}

/// Returns what a server does for so many users per replica, each of whom sends the next request when the last one is
/// answered (a closed loop, as `--max-concurrency` of a benchmark makes it).
[[nodiscard]] constexpr service_state state_with_users(const lowered_service& s, double users, int percent = 90) {
    const double generate = static_cast<double>(s.traffic.generate);
    const double running = detail::most_running(detail::least(users, static_cast<double>(s.sequences)), [&](double n) {
        const service_state at = detail::state_with(s, n, percent);
        if (at.prompt_load >= 1) return false;
        const double rate = at.requests_per_second / static_cast<double>(s.replicas);
        return rate * (at.mean_first_token.number + generate * at.mean_per_token.number) <= users;
    });
    return detail::state_with(s, running, percent);
}

/// Returns the goodput: the state at the highest rate of requests that keeps the service level, with room for its
/// sequences. Its rate is 0 if no rate keeps it. Throws invalid_input for a percentage that is not listed.
[[nodiscard]] constexpr service_state goodput(const lowered_service& s, const service_level& level) {
    const auto keeps = [&](double running) {
        const service_state at = detail::state_with(s, running, level.percent);
        return at.prompt_load < 1 && level.is_kept_by(at.first_token, at.per_token) &&
               sequences_at(at, level.percent) <= s.sequences;
    };
    if (s.sequences < 1 || !keeps(1e-3)) return {};
    return detail::state_with(s, detail::most_running(static_cast<double>(s.sequences), keeps), level.percent);
}

}  // namespace cardfit
