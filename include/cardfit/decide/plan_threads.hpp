// SPDX-License-Identifier: MIT
#pragma once

// The best layouts, searched by several threads: each tries a part of the layouts, and what they find is merged to what
// one thread finds. Programs that search in constant expressions, or without threads, include plan.hpp alone.

#include <cardfit/decide/plan.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <mutex>
#include <span>
#include <system_error>
#include <vector>

namespace cardfit {

namespace detail {

/// Returns the sum of what the parts of a search looked at.
[[nodiscard]] constexpr plan_progress sum_of(std::span<const plan_progress> parts) noexcept {
    plan_progress sum;
    for (const plan_progress& each : parts) {
        sum.candidates += each.candidates;
        sum.timed += each.timed;
        sum.measured += each.measured;
        sum.fitting += each.fitting;
        if (each.best_seconds > 0 && (sum.best_seconds <= 0 || each.best_seconds < sum.best_seconds))
            sum.best_seconds = each.best_seconds;
    }
    return sum;
}

/// Returns the front of what the parts of a search found. Of plans that are equally fast and small, the one that is
/// tried first is kept, as in one search.
[[nodiscard]] inline plan_report merged(std::span<const plan_report> parts) {
    plan_report all;
    std::vector<plan> plans;
    std::vector<plan_progress> progress;
    for (const plan_report& each : parts) {
        plans.insert(plans.end(), each.items().begin(), each.items().end());
        progress.push_back(each.progress);
        all.stopped = all.stopped || each.stopped;
    }
    std::vector<const plan*> order;
    order.reserve(plans.size());
    for (const plan& each : plans) order.push_back(&each);
    // Plans of one layout are of one part, which has them in the order in which they are tried.
    std::sort(order.begin(), order.end(), [](const plan* a, const plan* b) {
        if (a->time.step != b->time.step) return a->time.step < b->time.step;
        if (a->device != b->device) return a->device < b->device;
        if (is_tried_before(a->layout, b->layout)) return true;
        return !is_tried_before(b->layout, a->layout) && a < b;
    });
    for (const plan* each : order) {
        if (all.count > 0 && all.front[all.count - 1].device <= each->device) continue;
        if (all.count == max_front) break;
        all.front[all.count] = *each;
        ++all.count;
    }
    all.progress = sum_of(progress);
    return all;
}

/// Returns true if a front of all parts may miss a plan of one of them, because the part's own front was full: what it
/// dropped is slower than all that it kept.
[[nodiscard]] constexpr bool may_miss_plans(const plan_report& all, const plan_report& part) noexcept {
    if (part.count < max_front) return false;
    return all.count < max_front || all.items().back().time.step > part.items().back().time.step;
}

/// The progress of the parts of a search, each of which runs on a thread of its own.
class shared_progress {
public:
    /// Starts with parts that looked at nothing.
    explicit shared_progress(std::size_t parts) : parts_(parts) {}

    /// Notes the progress of a part, and returns true if the search is to end.
    [[nodiscard]] bool note(std::size_t part, const plan_progress& p) {
        const std::lock_guard lock(mutex_);
        parts_[part] = p;
        return stopped_;
    }
    /// Returns the progress of all parts together.
    [[nodiscard]] plan_progress sum() {
        const std::lock_guard lock(mutex_);
        return sum_of(parts_);
    }
    /// Ends the search.
    void stop() {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }

private:
    std::mutex mutex_;
    std::vector<plan_progress> parts_;
    bool stopped_ = false;
};

}  // namespace detail

/// Returns what `best_plans` returns, found by so many threads, of which this thread is one: it alone calls
/// `space.stop`, while all call `space.accept`. Fewer candidates than with one thread are beaten before they are
/// measured, so that `progress` counts more of them as measured. Throws invalid_input as best_plans does.
template <network_model M>
[[nodiscard]] plan_report best_plans_by_threads(const M& model, const training& t, const machine& m,
                                                const layout& given, const plan_space& space, std::size_t threads) {
    if (threads <= 1) return best_plans(model, t, m, given, space);
    const std::int64_t count = static_cast<std::int64_t>(threads);
    detail::shared_progress progress(threads);
    const auto asks_to_stop = [&] {
        if (!space.stop || !space.stop(progress.sum())) return false;
        progress.stop();
        return true;
    };
    const auto search = [&](std::size_t part) {
        return detail::searched(
            model, t, m, given, space, {}, {.index = static_cast<std::int64_t>(part), .count = count},
            [&](const plan_progress& p) { return progress.note(part, p) || (part == 0 && asks_to_stop()); });
    };
    std::vector<plan_report> found(threads);
    std::vector<std::future<void>> others;
    try {
        for (std::size_t part = 1; part < threads; ++part)
            others.push_back(std::async(std::launch::async, [&, part] { found[part] = search(part); }));
    } catch (const std::system_error&) {
        // The system has no thread left.
        progress.stop();
        others.clear();
        return best_plans(model, t, m, given, space);
    }
    try {
        found[0] = search(0);
        for (std::future<void>& each : others) {
            while (each.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready)
                static_cast<void>(asks_to_stop());
            each.get();
        }
    } catch (...) {
        progress.stop();
        throw;
    }
    plan_report all = detail::merged(found);
    const auto may_miss = [&all](const plan_report& part) { return detail::may_miss_plans(all, part); };
    if (!all.stopped && std::any_of(found.begin(), found.end(), may_miss)) return best_plans(model, t, m, given, space);
    return all;
}

}  // namespace cardfit
