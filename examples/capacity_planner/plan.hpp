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
// 2. Improvement of both plans by these moves, each where it makes the plan better, until none does: a job without a
//    machine takes free cards, or takes the place of another job, which moves; one job moves; two jobs swap places; all
//    jobs of one machine move, so that it need not be rented. Of jobs of one class that a machine runs, one is tried:
//    the others are worth the same. The better of both plans is the result.
//
// The search is deterministic. Every improvement is strict, so the search terminates. The plan need not be optimal: the
// problem is bin packing, which is NP-hard.

#include "bookings.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>
#include <vector>

namespace planner {

/// Returns the best machine for one job in this plan, other than `but`, or `nowhere` if no machine has room.
[[nodiscard]] inline int best_machine(const planning& p, bookings& b, std::size_t job, int but = nowhere) {
    std::optional<std::tuple<std::int64_t, int, std::int64_t, int>> best;
    for (int m = 0; m < p.machines(); ++m) {
        if (m == but || !b.has_room(job, m)) continue;
        const way& w = p.way_of(job, m);
        const std::int64_t added = b.jobs_on(m) > 0 ? 0 : price_of(p.machine_at(m));
        const std::tuple each{added, w.cards, w.headroom, m};
        if (!best || each < *best) best = each;
    }
    return best ? std::get<3>(*best) : nowhere;
}

namespace detail {

/// Returns all jobs in the order of a key of their class.
template <class Key>
[[nodiscard]] std::vector<std::size_t> jobs_by(const planning& p, Key key) {
    std::vector<decltype(key(std::size_t{0}))> keys;
    for (std::size_t c = 0; c < p.cards_of_class.size(); ++c) keys.push_back(key(c));
    std::vector<std::size_t> order(p.jobs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return keys[p.class_of(a)] < keys[p.class_of(b)]; });
    return order;
}

}  // namespace detail

/// Returns the jobs in the order of difficulty, the hardest to place first.
[[nodiscard]] inline std::vector<std::size_t> hardest_first(const planning& p) {
    return detail::jobs_by(p, [&p](std::size_t job_class) {
        int machines = 0;
        int cards = 0;
        for (int m = 0; m < p.machines(); ++m) {
            const int taken = p.cards_on(job_class, m);
            machines += taken > 0 ? 1 : 0;
            cards = (std::max)(cards, taken);
        }
        return std::tuple{machines, -cards};
    });
}

/// Returns the jobs in the order of the number of cards, the smallest first. This is the order for a fleet that is too
/// small for all jobs.
[[nodiscard]] inline std::vector<std::size_t> smallest_first(const planning& p) {
    return detail::jobs_by(p, [&p](std::size_t job_class) {
        int fewest = (std::numeric_limits<int>::max)();
        for (const int cards : p.cards_of_class[job_class])
            if (cards > 0) fewest = (std::min)(fewest, cards);
        return fewest;
    });
}

namespace detail {

/// Makes a move if the plan is better afterwards. `move` returns whether it was possible. Returns true if it was made.
template <class Move>
[[nodiscard]] bool better(bookings& b, Move move) {
    const plan_cost before = b.cost();
    const std::size_t changes = b.changes();
    if (move() && b.cost() < before) return true;
    b.undo(changes);
    return false;
}

[[nodiscard]] inline bool move_to(bookings& b, std::size_t job, int machine) {
    if (machine == nowhere || !b.has_room(job, machine)) return false;
    b.move(job, machine);
    return true;
}

/// Puts `job` in the place of `other`, which moves to its best machine. Returns false if there is none.
[[nodiscard]] inline bool take_place(const planning& p, bookings& b, std::size_t job, std::size_t other) {
    const int machine = b.machine_of(other);
    b.move(other, nowhere);
    return move_to(b, job, machine) && move_to(b, other, best_machine(p, b, other));
}

/// Gives a job a machine: free cards, or the place of a job of this machine that moves. Returns true if it did.
[[nodiscard]] inline bool place_on(const planning& p, bookings& b, std::size_t job, int machine) {
    if (!p.way_of(job, machine).runs()) return false;
    if (better(b, [&] { return move_to(b, job, machine); })) return true;
    const auto others = b.one_of_each_class(machine);
    return std::any_of(others.begin(), others.end(), [&](std::size_t other) {
        return p.class_of(other) != p.class_of(job) && better(b, [&] { return take_place(p, b, job, other); });
    });
}

/// Gives machines to jobs that have none.
[[nodiscard]] inline bool place_unplaced(const planning& p, bookings& b) {
    std::map<std::size_t, std::vector<std::size_t>> unplaced;
    for (const std::size_t job : b.sorted_jobs(nowhere)) unplaced[p.class_of(job)].push_back(job);
    bool improved = false;
    for (auto& [job_class, jobs] : unplaced)
        for (int m = 0; m < p.machines(); ++m)
            while (!jobs.empty() && place_on(p, b, jobs.back(), m)) {
                jobs.pop_back();
                improved = true;
            }
    return improved;
}

/// Returns true if the plan costs less once a job is on another machine than its own.
[[nodiscard]] inline bool move_saves(const planning& p, const bookings& b, std::size_t job, int machine) {
    const int here = b.machine_of(job);
    const bool leaves = b.jobs_on(here) == 1;
    const bool enters = b.jobs_on(machine) == 0;
    const auto price = [&p](int m) { return price_of(p.machine_at(m)); };
    const plan_cost added{.price = (enters ? price(machine) : 0) - (leaves ? price(here) : 0),
                          .machines = (enters ? 1 : 0) - (leaves ? 1 : 0),
                          .cards = p.way_of(job, machine).cards - p.way_of(job, here).cards};
    return added < plan_cost{};
}

/// Returns the machines in the order of their prices, the dearest first: what it costs is the first to be saved.
[[nodiscard]] inline std::vector<int> dearest_first(const planning& p) {
    std::vector<int> machines(p.fleet.size());
    std::iota(machines.begin(), machines.end(), 0);
    const auto price = [&p](int m) { return price_of(p.machine_at(m)); };
    std::stable_sort(machines.begin(), machines.end(), [&](int a, int b) { return price(a) > price(b); });
    return machines;
}

/// Moves single jobs.
[[nodiscard]] inline bool move_jobs(const planning& p, bookings& b) {
    bool improved = false;
    for (const int here : dearest_first(p))
        for (const std::size_t job : b.one_of_each_class(here))
            for (int m = 0; m < p.machines(); ++m) {
                if (m == b.machine_of(job) || !p.way_of(job, m).runs() || !move_saves(p, b, job, m)) continue;
                improved = better(b, [&] { return move_to(b, job, m); }) || improved;
            }
    return improved;
}

/// Returns true if two jobs take fewer cards after they swap places. Nothing else in the cost of the plan changes.
[[nodiscard]] inline bool swap_saves(const planning& p, const bookings& b, std::size_t job, std::size_t other) {
    const int here = b.machine_of(job);
    const int there = b.machine_of(other);
    const way& job_there = p.way_of(job, there);
    const way& other_here = p.way_of(other, here);
    return job_there.runs() && other_here.runs() &&
           job_there.cards + other_here.cards < p.way_of(job, here).cards + p.way_of(other, there).cards;
}
[[nodiscard]] inline bool swap_places(bookings& b, std::size_t job, std::size_t other) {
    const int here = b.machine_of(job);
    const int there = b.machine_of(other);
    b.move(job, nowhere);
    b.move(other, nowhere);
    return move_to(b, other, here) && move_to(b, job, there);
}

/// Swaps one pair of jobs of two machines. Returns true if it did.
[[nodiscard]] inline bool swap_between(const planning& p, bookings& b, int here, int there) {
    for (const std::size_t job : b.one_of_each_class(here))
        for (const std::size_t other : b.one_of_each_class(there))
            if (swap_saves(p, b, job, other) && better(b, [&] { return swap_places(b, job, other); })) return true;
    return false;
}

/// Swaps pairs of jobs. On machines of one kind they would take as many cards as before.
[[nodiscard]] inline bool swap_jobs(const planning& p, bookings& b) {
    bool improved = false;
    for (int here = 0; here < p.machines(); ++here)
        for (int there = here + 1; there < p.machines(); ++there)
            while (p.kind_of(here) != p.kind_of(there) && swap_between(p, b, here, there)) improved = true;
    return improved;
}

/// Moves all jobs of a machine to their best other machines, so that it need not be rented.
[[nodiscard]] inline bool clear(const planning& p, bookings& b, int machine) {
    const std::vector<std::size_t> jobs = b.sorted_jobs(machine);
    for (const std::size_t job : jobs) b.move(job, nowhere);
    for (const std::size_t job : jobs)
        if (!move_to(b, job, best_machine(p, b, job, machine))) return false;
    return !jobs.empty();
}
[[nodiscard]] inline bool clear_machines(const planning& p, bookings& b) {
    bool improved = false;
    for (const int m : dearest_first(p)) improved = better(b, [&] { return clear(p, b, m); }) || improved;
    return improved;
}

}  // namespace detail

/// Returns the plan that places the jobs greedily in this order, improved until no move improves it.
[[nodiscard]] inline bookings plan_in_order(const planning& p, const std::vector<std::size_t>& order) {
    bookings b(p);
    for (const std::size_t job : order) b.move(job, best_machine(p, b, job));
    for (bool improved = true; improved;) {
        improved = false;
        for (const auto move : {detail::place_unplaced, detail::move_jobs, detail::swap_jobs, detail::clear_machines})
            improved = move(p, b) || improved;
    }
    return b;
}

/// Returns the better of the plans of both orders.
[[nodiscard]] inline bookings plan(const planning& p) {
    bookings hardest = plan_in_order(p, hardest_first(p));
    bookings smallest = plan_in_order(p, smallest_first(p));
    return smallest.cost() < hardest.cost() ? smallest : hardest;
}

}  // namespace planner
