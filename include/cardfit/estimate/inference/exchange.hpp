// SPDX-License-Identifier: MIT
#pragma once

// The exchange of tokens with experts on other data-parallel ranks by DeepEP's kernels: a dispatch to the ranks of a
// token's experts, and a combine of their outputs. Traffic inside a node goes over NVLink while that between nodes goes
// over the network (deepseek-ai/DeepEP, docs/legacy.md).

#include <cardfit/estimate/arithmetic.hpp>

#include <cstdint>

namespace cardfit::detail {

/// What the exchange of one layer depends on.
struct expert_traffic {
    double ranks = 1;       ///< among which experts are distributed
    double per_node = 1;    ///< of these ranks
    double active = 0;      ///< experts that a token visits
    double dispatched = 0;  ///< bytes per token
    double combined = 0;    ///< bytes per token
    double inside = 0;      ///< bytes per second of one GPU within a node
    double network = 0;     ///< bytes per second of one GPU between nodes
    double latency = 0;     ///< seconds of each of the two kernels beside their bytes

    [[nodiscard]] constexpr double nodes() const noexcept { return most(ranks / per_node, 1); }
};

/// Copies of a token that leave its GPU: to other GPUs of its node, and to other nodes.
struct token_copies {
    double inside = 0;
    double between = 0;
};

/// Returns the copies that the low-latency kernels send: one to the rank of each expert. Experts are uniform among
/// ranks.
[[nodiscard]] constexpr token_copies copies_of_step(const expert_traffic& t) noexcept {
    const double here = least(t.per_node, t.ranks);
    return {.inside = t.active * (here - 1) / t.ranks, .between = t.active * (t.ranks - here) / t.ranks};
}

/// Returns the copies that the kernels of prompts send: one to each node that has one of the token's experts, from
/// where each GPU of that node that needs it gets a copy over NVLink. Routing is uniform; a model that limits a token's
/// nodes sends less.
[[nodiscard]] constexpr token_copies copies_of_prompt(const expert_traffic& t) noexcept {
    const double nodes = t.nodes();
    const double here = least(t.per_node, t.ranks);
    const auto active = static_cast<std::int64_t>(t.active);
    const double visited_nodes = nodes * (1 - power(1 - 1 / nodes, active));
    const double visited_ranks = t.ranks * (1 - power(1 - 1 / t.ranks, active));
    return {.inside = visited_ranks * (here - 1) / here, .between = visited_nodes * (nodes - 1) / nodes};
}

/// Returns the seconds of one kernel that sends so many bytes per copy of each of `tokens` tokens of a rank. The slower
/// of both links counts.
[[nodiscard]] constexpr double sending_seconds(const expert_traffic& t, const token_copies& copies, double tokens,
                                               double bytes) noexcept {
    const double inside = copies.inside * tokens * bytes / t.inside;
    const double between = copies.between > 0 ? copies.between * tokens * bytes / t.network : 0;
    return t.latency + most(inside, between);
}

/// Returns the seconds of dispatch and combine of one layer for `tokens` tokens of each rank.
[[nodiscard]] constexpr double exchange_seconds(const expert_traffic& t, const token_copies& copies,
                                                double tokens) noexcept {
    return sending_seconds(t, copies, tokens, t.dispatched) + sending_seconds(t, copies, tokens, t.combined);
}

/// Returns the seconds of two halves of a batch that take turns, of which one computes while the tokens of the other
/// are exchanged: the share `hidden` of the shorter of both is hidden, because sending and receiving take
/// multiprocessors too.
[[nodiscard]] constexpr double overlapped_seconds(double computes, double exchange, double hidden) noexcept {
    return computes + exchange - hidden * least(computes, exchange);
}

/// Returns the bytes of the buffers of the low-latency kernels: two pairs of a send and a receive buffer with a place
/// for each token at each expert (LowLatencyLayout in DeepEP's csrc/config.hpp at 030cdf0a; flags are left out). A
/// message has 16 bits per element of the hidden state and 4 bytes per 128 elements.
[[nodiscard]] constexpr std::int64_t exchange_buffers(std::int64_t tokens, std::int64_t hidden,
                                                      std::int64_t experts) noexcept {
    return 4 * experts * tokens * (2 * hidden + hidden / 128 * 4);
}

}  // namespace cardfit::detail
