// SPDX-License-Identifier: MIT
#pragma once

// What a search for plans is asked and what it finds: the space of layouts, its progress, and the Pareto front of time
// and memory.

#include <cardfit/decide/fits.hpp>
#include <cardfit/estimate/training/time_estimate.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

namespace cardfit {

/// Returns the samples of one step: micro-batch x gradient accumulation x data parallelism.
[[nodiscard]] constexpr std::int64_t samples_per_step(const training& t, const machine& m, const layout& l) noexcept {
    return t.micro_batch * t.gradient_accumulation * resolved(l, m.cards).data;
}

/// One way to run the job.
struct plan {
    training job{};                              ///< with the plan's micro-batch, accumulation and recomputation
    cardfit::layout layout{};                    ///< degrees of parallelism and sharding
    time_estimate time{};                        ///< of one optimizer step
    bytes device{};                              ///< central estimate of the most-loaded GPU
    bytes capacity{};                            ///< what a job can have of the card's memory
    cardfit::grade grade = grade::does_not_fit;  ///< fits or tight
};

/// The search space: powers of two up to each bound, the job's own micro-batch, and every pipeline depth that divides
/// the cards. A member that is false keeps what the job has.
struct plan_space {
    int tensor = 64;            ///< the most cards that share each layer
    int pipeline = 128;         ///< the most pipeline stages
    int virtual_stages = 8;     ///< the most virtual stages per pipeline stage
    int context = 16;           ///< the most cards that share each sequence
    int expert = 64;            ///< the most cards among which experts are divided
    int micro_batch = 64;       ///< the largest micro-batch
    bool sharding = true;       ///< try every sharding up to `most_sharding`
    bool recompute = true;      ///< try every kind of recomputation
    bool micro_batches = true;  ///< try micro-batches of 1, 2, 4 … up to `micro_batch`
    cardfit::sharding most_sharding = cardfit::sharding::full;  ///< the most sharding that is tried
    /// Accept plans of grade `tight` too.
    bool tight = false;
    /// Called now and then; returns true to stop the search with the best plans so far. Null: the search is never
    /// stopped.
    bool (*stop)(const struct plan_progress&) = nullptr;
    /// Returns true for a plan that may be reported: one that a launcher can express. `context` is `accept_context`.
    /// Null: every plan may be.
    bool (*accept)(const plan&, const void* context) = nullptr;
    const void* accept_context = nullptr;  ///< handed to `accept`
};

/// The progress of a search.
struct plan_progress {
    std::int64_t candidates = 0;  ///< layouts and settings that were looked at
    std::int64_t timed = 0;       ///< whose time was estimated
    std::int64_t measured = 0;    ///< whose memory was estimated
    std::int64_t fitting = 0;     ///< that fit
    double best_seconds = 0;      ///< per step, of the best plan so far; 0: none fits yet
};

/// The most plans of a front.
inline constexpr std::size_t max_front = 32;

/// The Pareto front of time and memory, from the fastest plan to the smallest: no other plan is both as fast and as
/// small. It is empty if nothing fits.
struct plan_report {
    plan front[max_front]{};   ///< the plans, the fastest first
    std::size_t count = 0;     ///< the number of plans
    plan_progress progress{};  ///< what the search looked at
    bool stopped = false;      ///< `plan_space::stop` ended the search

    /// Returns the fastest plan. Throws std::out_of_range if no layout fits.
    [[nodiscard]] constexpr const plan& best() const {
        return count > 0 ? front[0] : throw std::out_of_range("cardfit: no layout fits, so there is no best plan");
    }
    /// The plans of the front, fastest first.
    [[nodiscard]] constexpr std::span<const plan> items() const noexcept { return {front, count}; }
};

}  // namespace cardfit
