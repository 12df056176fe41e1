// SPDX-License-Identifier: MIT
#pragma once

// Disaggregated serving: some replicas read prompts, others generate, and the keys and values of each prompt go from
// the one to the other over the link. The rate of all is that of the slower side (DistServe, Zhong et al. 2024,
// section 2.3: 2 prefill instances at 5.6 requests per second and 1 decode instance at 10 serve 10). Prompts are read
// one after the other on each replica, as in goodput.hpp; a replica that generates is delayed by no prompt. The
// transfer is counted whole, although engines overlap it with the layers of the prompt.

#include <cardfit/decide/goodput.hpp>
#include <cardfit/estimate/collectives.hpp>
#include <cardfit/model/kv_cache.hpp>

namespace cardfit {

/// Replicas of one kind: their layout, whose `data` is 1 or, with experts divided among all of them, their number.
struct phase_replicas {
    cardfit::layout layout{};  ///< of one group
    std::int64_t count = 0;    ///< groups of `layout`
    double rate = 0;           ///< requests per second of one group that keep the service level

    /// Returns the number of cards of one group.
    [[nodiscard]] constexpr std::int64_t cards_each() const noexcept {
        return std::int64_t{layout.data} * layout.tensor * layout.pipeline;
    }
};

/// A disaggregated server.
struct disaggregated_server {
    phase_replicas prefill{};        ///< the groups that read prompts
    phase_replicas decode{};         ///< the groups that generate
    bytes moved{};                   ///< keys, values and states of one prompt
    seconds transfer{};              ///< of them, from one replica to another
    double requests_per_second = 0;  ///< of the whole server, at the service level
    seconds first_token{};           ///< of the service level's percentage of requests, transfer included
    seconds per_token{};             ///< of the service level's percentage of requests
    double running = 0;              ///< sequences that one decode replica generates, the mean

    /// Returns the number of cards of both kinds together.
    [[nodiscard]] constexpr std::int64_t cards() const noexcept {
        return prefill.count * prefill.cards_each() + decode.count * decode.cards_each();
    }
};

/// Returns the requests per second of so many prefill and decode groups together.
[[nodiscard]] constexpr double rate_of(const phase_replicas& prefill, const phase_replicas& decode) noexcept {
    return detail::least(static_cast<double>(prefill.count) * prefill.rate,
                         static_cast<double>(decode.count) * decode.rate);
}

/// Returns the bytes that a prompt leaves in the caches and states of a model, and that a transfer moves.
[[nodiscard]] constexpr bytes bytes_of_prompt(const network& net, const inference& i, std::int64_t prompt) {
    return kv_cache(net, prompt, cache_format(i)) + recurrent_state(net, compute_format_of(i.weights));
}

/// Returns the seconds of moving the bytes of a prompt between two groups of cards, each of which sends its share: over
/// the node's own link if all cards are in one node, and else over the network.
[[nodiscard]] constexpr seconds transfer_seconds(const machine& m, bytes moved, std::int64_t senders) noexcept {
    const double share = static_cast<double>(moved.number) / static_cast<double>(larger(senders, 1));
    const std::int64_t inner = m.cards <= cards_per_node(m) ? 1 : cards_per_node(m);
    return seconds_of(collective_seconds(m, collective::point_to_point, 2, share, inner));
}

namespace detail {

/// Returns the most prompts per second that one replica reads within a time to the first token, by bisection; without a
/// limit, 95 % of what it can read.
[[nodiscard]] constexpr double prompts_within(const lowered_service& s, double first_token, int percent) noexcept {
    const double service = s.prompt_seconds;
    constexpr double busiest = 0.95;
    if (first_token <= 0) return busiest / service;
    if (service > first_token) return 0;
    double low = 0;
    double high = busiest;
    for (int i = 0; i < 30; ++i) {
        const double load = (low + high) / 2;
        (service + wait_of(service, load, percent) <= first_token ? low : high) = load;
    }
    return low / service;
}

/// Returns a machine with as many of its cards as a group of replicas has. It stays in one node if it fits.
[[nodiscard]] constexpr machine cards_of_group(machine m, std::int64_t cards) noexcept {
    m.per_node = static_cast<int>(smaller(cards_per_node(m), cards));
    m.cards = static_cast<int>(cards);
    return m;
}

}  // namespace detail

/// Returns a disaggregated server of `prefill_groups` and `decode_groups` on a machine, under the layouts of one group
/// of each. The result has the rate 0 if one of them does not fit or cannot keep the service level. Throws
/// invalid_input as lower_job and lower_time do.
[[nodiscard]] constexpr disaggregated_server disaggregate(const network& net, const inference& i, const machine& m,
                                                          const layout& prefill, const layout& decode,
                                                          const request_traffic& traffic, const service_level& level) {
    disaggregated_server d{.prefill = {.layout = prefill}, .decode = {.layout = decode}};
    const machine reads = detail::cards_of_group(m, d.prefill.cards_each());
    const machine generates = detail::cards_of_group(m, d.decode.cards_each());
    lowered_service generating = lower_service(net, i, generates, decode, traffic);
    generating.reads_prompts = false;
    const lowered_service reading = lower_service(net, i, reads, prefill, {traffic.prompt, 1});
    if (reading.sequences < 1 || generating.sequences < 1) return d;
    d.moved = bytes_of_prompt(net, i, traffic.prompt);
    d.transfer = transfer_seconds(m, d.moved, smaller(prefill.tensor, decode.tensor));
    const double budget = level.first_token.number > 0 ? level.first_token.number - d.transfer.number : 0;
    if (level.first_token.number > 0 && budget <= 0) return d;
    const double alone = detail::prompts_within(reading, budget, level.percent);
    const service_state most = goodput(generating, {.per_token = level.per_token, .percent = level.percent});
    d.prefill.rate = alone * static_cast<double>(reading.replicas);
    d.decode.rate = most.requests_per_second;
    const double load = alone * reading.prompt_seconds;
    d.first_token = seconds_of(reading.prompt_seconds + detail::wait_of(reading.prompt_seconds, load, level.percent) +
                               d.transfer.number);
    d.per_token = most.per_token;
    d.running = most.running;
    return d;
}

/// Returns the server with the numbers of groups that give `cards` cards the highest rate, and of those the fewest
/// cards. Its rate is 0 if the cards do not suffice for one group of each.
[[nodiscard]] constexpr disaggregated_server balanced(disaggregated_server d, std::int64_t cards) noexcept {
    disaggregated_server best = d;
    for (std::int64_t n = 1; n * d.prefill.cards_each() < cards; ++n) {
        d.prefill.count = n;
        d.decode.count = (cards - n * d.prefill.cards_each()) / d.decode.cards_each();
        if (d.decode.count < 1) break;
        d.requests_per_second = rate_of(d.prefill, d.decode);
        if (d.requests_per_second > best.requests_per_second) best = d;
    }
    return best;
}

/// Returns the best disaggregated server of a machine, over tensor-parallel groups of powers of two within a node. Its
/// rate is 0 if none keeps the service level.
[[nodiscard]] constexpr disaggregated_server best_disaggregation(const network& net, const inference& i,
                                                                 const machine& m, const request_traffic& traffic,
                                                                 const service_level& level) {
    disaggregated_server best;
    const int most = static_cast<int>(smaller(cards_per_node(m), m.cards - 1));
    for (int reads = 1; reads <= most; reads *= 2)
        for (int generates = 1; generates <= most && reads + generates <= m.cards; generates *= 2) {
            const layout prefill{.data = 1, .tensor = reads};
            const layout decode{.data = 1, .tensor = generates};
            if (!problems(prefill, reads, net).empty() || !problems(decode, generates, net).empty()) continue;
            const disaggregated_server d = balanced(disaggregate(net, i, m, prefill, decode, traffic, level), m.cards);
            if (d.requests_per_second > best.requests_per_second) best = d;
        }
    return best;
}

}  // namespace cardfit
