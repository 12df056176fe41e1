// SPDX-License-Identifier: MIT
#pragma once

// Assigns jobs to machines. A card runs one job at a time; a job stays within one machine, and within one node unless
// it takes whole nodes.
//
// Plans are compared by these criteria, in this order: the number of jobs without a machine, the hourly cost of the
// machines in use, the number of machines, and the number of cards. Less is better for each of them.
//
// 1. Greedy placement in two orders. The first order starts with the jobs that run on the fewest machines (among these,
//    with the jobs that take the most cards), which wastes the least of a fleet with room for all jobs. The second
//    order starts with the jobs that take the fewest cards, which places more jobs on a fleet that is too small. Each
//    job is placed where it adds the least cost, so that a machine in use is preferred to an unused one. Ties are
//    broken by the fewest cards taken, then by the least memory left over, then by the order of the fleet.
// 2. Improvement of both plans: the first of these moves that makes the plan better is applied, until no move does. A
//    job without a machine takes the place of another job, which moves; one job moves; two jobs swap places; all jobs
//    of one machine move, so that it need not be rented. The better of both plans is the result.
//
// The search is deterministic. Every improvement is strict, so the search terminates. The plan need not be optimal: the
// problem is bin packing, which is NP-hard.

#include "jobs.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <vector>

namespace planner {

/// The fleet, the jobs, and whether and how each job runs on each machine.
struct planning {
    std::vector<fleet_machine> fleet{};
    std::vector<wanted_job> jobs{};
    std::vector<std::vector<machine_answer>> answers{};  ///< by job, then machine

    [[nodiscard]] const std::optional<way>& way_of(std::size_t job, int machine) const {
        return answers[job][static_cast<std::size_t>(machine)].runs;
    }
};

inline constexpr int nowhere = -1;

/// The machine of each job, or `nowhere`.
using assignment = std::vector<int>;

/// The place of a job on its machine: its first node, and the number of cards that it takes in each node.
struct place {
    std::size_t job = 0;
    int first_node = 0;
    int nodes = 1;
};

/// Returns how each job runs on each machine.
[[nodiscard]] inline planning ask_all(std::vector<fleet_machine> fleet, std::vector<wanted_job> jobs,
                                      cardfit::grade worst) {
    planning p{.fleet = std::move(fleet), .jobs = std::move(jobs)};
    for (const wanted_job& job : p.jobs) {
        std::vector<machine_answer>& row = p.answers.emplace_back();
        for (const fleet_machine& m : p.fleet) row.push_back(ask(job, m.hardware, worst));
    }
    return p;
}

/// Returns places for these jobs on the nodes of a machine, or nothing if one job does not fit. The packing is best fit
/// decreasing: the largest job comes first, and each job is placed in the node with the least room that is still enough
/// for it. This never overbooks a node, but can miss a packing that exists.
[[nodiscard]] inline std::optional<std::vector<place>> packed(const planning& p, int machine,
                                                              std::vector<std::size_t> jobs) {
    const cardfit::machine& m = p.fleet[static_cast<std::size_t>(machine)].hardware;
    const int node = cardfit::cards_per_node(m);
    const auto cards = [&](std::size_t job) { return p.way_of(job, machine)->cards; };
    std::stable_sort(jobs.begin(), jobs.end(), [&](std::size_t a, std::size_t b) { return cards(a) > cards(b); });
    std::vector<int> free(static_cast<std::size_t>(m.cards / node), node);
    // Jobs that take whole nodes come first and fill the machine from its first node.
    int whole = 0;
    std::vector<place> places;
    for (const std::size_t job : jobs) {
        const int wanted = cards(job);
        if (wanted > node) {
            places.push_back({job, whole, wanted / node});
            for (int n = 0; n < wanted / node; ++n, ++whole) {
                if (whole >= m.cards / node) return {};
                free[static_cast<std::size_t>(whole)] = 0;
            }
            continue;
        }
        auto best = free.end();
        for (auto at = free.begin(); at != free.end(); ++at)
            if (*at >= wanted && (best == free.end() || *at < *best)) best = at;
        if (best == free.end()) return {};
        *best -= wanted;
        places.push_back({job, static_cast<int>(best - free.begin()), 1});
    }
    return places;
}

[[nodiscard]] inline std::vector<std::size_t> jobs_on(const assignment& a, int machine) {
    std::vector<std::size_t> jobs;
    for (std::size_t j = 0; j < a.size(); ++j)
        if (a[j] == machine) jobs.push_back(j);
    return jobs;
}

/// Returns the places of the plan's jobs on one machine.
[[nodiscard]] inline std::vector<place> places_on(const planning& p, const assignment& a, int machine) {
    return packed(p, machine, jobs_on(a, machine)).value();
}

/// Returns true if the machine has room for the job in addition to the jobs that it already has.
[[nodiscard]] inline bool has_room(const planning& p, const assignment& a, std::size_t job, int machine) {
    if (!p.way_of(job, machine)) return false;
    std::vector<std::size_t> jobs = jobs_on(a, machine);
    if (a[job] != machine) jobs.push_back(job);
    return packed(p, machine, std::move(jobs)).has_value();
}

/// The cost of a plan. The members are compared in this order. Prices are integers in units of 0.001 cents, so that
/// sums are exact.
struct plan_cost {
    std::size_t unplaced = 0;
    std::int64_t price = 0;
    int machines = 0;
    int cards = 0;
    friend constexpr auto operator<=>(const plan_cost&, const plan_cost&) = default;
};

[[nodiscard]] inline std::int64_t price_of(const fleet_machine& m) {
    return static_cast<std::int64_t>(std::llround(m.dollars_per_hour * 1e5));
}

[[nodiscard]] inline plan_cost cost_of(const planning& p, const assignment& a) {
    plan_cost cost;
    std::vector<bool> used(p.fleet.size());
    for (std::size_t j = 0; j < a.size(); ++j) {
        if (a[j] == nowhere) {
            ++cost.unplaced;
            continue;
        }
        used[static_cast<std::size_t>(a[j])] = true;
        cost.cards += p.way_of(j, a[j])->cards;
    }
    for (std::size_t m = 0; m < used.size(); ++m)
        if (used[m]) {
            cost.price += price_of(p.fleet[m]);
            ++cost.machines;
        }
    return cost;
}

/// Returns the best machine for one job in this plan, other than `but`, or `nowhere` if no machine has room.
[[nodiscard]] inline int best_machine(const planning& p, const assignment& a, std::size_t job, int but = nowhere) {
    std::optional<std::tuple<std::int64_t, int, std::int64_t, int>> best;
    for (int m = 0; m < static_cast<int>(p.fleet.size()); ++m) {
        if (m == but || !has_room(p, a, job, m)) continue;
        const way& w = *p.way_of(job, m);
        const bool in_use = std::find(a.begin(), a.end(), m) != a.end();
        const std::tuple each{in_use ? 0 : price_of(p.fleet[static_cast<std::size_t>(m)]), w.cards,
                              w.report.headroom.number, m};
        if (!best || each < *best) best = each;
    }
    return best ? std::get<3>(*best) : nowhere;
}

/// Returns the jobs in the order of difficulty, the hardest to place first.
[[nodiscard]] inline std::vector<std::size_t> hardest_first(const planning& p) {
    const auto ease = [&](std::size_t job) {
        int machines = 0;
        int cards = 0;
        for (const machine_answer& a : p.answers[job])
            if (a.runs) {
                ++machines;
                cards = (std::max)(cards, a.runs->cards);
            }
        return std::tuple{machines, -cards};
    };
    std::vector<std::size_t> order(p.jobs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return ease(a) < ease(b); });
    return order;
}

/// Returns the jobs in the order of the number of cards, the smallest first. This is the order for a fleet that is too
/// small for all jobs.
[[nodiscard]] inline std::vector<std::size_t> smallest_first(const planning& p) {
    const auto fewest = [&](std::size_t job) {
        int cards = (std::numeric_limits<int>::max)();
        for (const machine_answer& a : p.answers[job])
            if (a.runs) cards = (std::min)(cards, a.runs->cards);
        return cards;
    };
    std::vector<std::size_t> order(p.jobs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return fewest(a) < fewest(b); });
    return order;
}

namespace detail {

// These are the moves that one step of improvement tries, in order. Each changes a copy of the plan and returns whether
// it was possible.

[[nodiscard]] inline bool move_to(const planning& p, assignment& a, std::size_t job, int machine) {
    if (a[job] == machine || !has_room(p, a, job, machine)) return false;
    a[job] = machine;
    return true;
}

/// Puts `job` in the place of `other`, which moves to its best machine. Returns false if there is none.
[[nodiscard]] inline bool take_place(const planning& p, assignment& a, std::size_t job, std::size_t other) {
    const int machine = a[other];
    if (machine == nowhere) return false;
    a[other] = nowhere;
    if (!move_to(p, a, job, machine)) return false;
    a[other] = best_machine(p, a, other);
    return a[other] != nowhere;
}

/// Returns true if two jobs take fewer cards after they swap places. Nothing else in the cost of the plan changes.
[[nodiscard]] inline bool swap_saves(const planning& p, const assignment& a, std::size_t job, std::size_t other) {
    const int here = a[job];
    const int there = a[other];
    if (here == nowhere || there == nowhere || here == there) return false;
    const auto& job_there = p.way_of(job, there);
    const auto& other_here = p.way_of(other, here);
    return job_there && other_here &&
           job_there->cards + other_here->cards < p.way_of(job, here)->cards + p.way_of(other, there)->cards;
}
[[nodiscard]] inline bool swap_places(const planning& p, assignment& a, std::size_t job, std::size_t other) {
    const int here = a[job];
    const int there = a[other];
    a[job] = nowhere;
    a[other] = nowhere;
    return move_to(p, a, other, here) && move_to(p, a, job, there);
}

/// Moves all jobs of a machine to their best other machines, so that it need not be rented.
[[nodiscard]] inline bool clear(const planning& p, assignment& a, int machine) {
    const std::vector<std::size_t> jobs = jobs_on(a, machine);
    for (const std::size_t job : jobs) a[job] = nowhere;
    for (const std::size_t job : jobs) {
        a[job] = best_machine(p, a, job, machine);
        if (a[job] == nowhere) return false;
    }
    return !jobs.empty();
}

/// Applies a move if it makes the plan better. Returns true if it did.
template <class Move>
[[nodiscard]] bool better(const planning& p, assignment& a, Move move) {
    assignment changed = a;
    if (!move(changed) || !(cost_of(p, changed) < cost_of(p, a))) return false;
    a = std::move(changed);
    return true;
}

/// Applies the first move that makes the plan better. Returns false if none does.
[[nodiscard]] inline bool improve_once(const planning& p, assignment& a) {
    const int machines = static_cast<int>(p.fleet.size());
    for (std::size_t job = 0; job < a.size(); ++job)
        for (std::size_t other = 0; a[job] == nowhere && other < a.size(); ++other)
            if (better(p, a, [&](assignment& b) { return take_place(p, b, job, other); })) return true;
    for (std::size_t job = 0; job < a.size(); ++job)
        for (int m = 0; m < machines; ++m)
            if (p.way_of(job, m) && better(p, a, [&](assignment& b) { return move_to(p, b, job, m); })) return true;
    for (std::size_t job = 0; job < a.size(); ++job)
        for (std::size_t other = job + 1; other < a.size(); ++other)
            if (swap_saves(p, a, job, other) &&
                better(p, a, [&](assignment& b) { return swap_places(p, b, job, other); }))
                return true;
    for (int m = 0; m < machines; ++m)
        if (better(p, a, [&](assignment& b) { return clear(p, b, m); })) return true;
    return false;
}

}  // namespace detail

/// Returns the plan that places the jobs greedily in this order, improved until no move improves it.
[[nodiscard]] inline assignment plan_in_order(const planning& p, const std::vector<std::size_t>& order) {
    assignment a(p.jobs.size(), nowhere);
    for (const std::size_t job : order) a[job] = best_machine(p, a, job);
    while (detail::improve_once(p, a)) continue;
    return a;
}

/// Returns the better of the plans of both orders.
[[nodiscard]] inline assignment plan(const planning& p) {
    assignment hardest = plan_in_order(p, hardest_first(p));
    assignment smallest = plan_in_order(p, smallest_first(p));
    return cost_of(p, smallest) < cost_of(p, hardest) ? smallest : hardest;
}

/// Returns the reason why a job has no machine: either the machines that it runs on are full, or it runs on none, with
/// the machine that comes closest.
[[nodiscard]] inline std::string reason(const planning& p, std::size_t job) {
    std::string full;
    const no_way* nearest = nullptr;
    for (std::size_t m = 0; m < p.fleet.size(); ++m) {
        const machine_answer& a = p.answers[job][m];
        if (a.runs)
            full += (full.empty() ? "" : ", ") + p.fleet[m].name + " (" + std::to_string(a.runs->cards) + " of " +
                    std::to_string(p.fleet[m].hardware.cards) + " cards)";
        else if (!nearest || a.why.missing < nearest->missing)
            nearest = &a.why;
    }
    return full.empty() ? nearest->reason : "no room left on " + full;
}

}  // namespace planner
