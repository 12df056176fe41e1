// SPDX-License-Identifier: MIT
#pragma once

// Which machine runs which job, what that costs, and which machine has room for more. A change costs what it changes:
// nothing is counted again for machines that it does not touch, and changes can be undone.

#include "ways.hpp"

#include <algorithm>
#include <cmath>
#include <compare>
#include <optional>
#include <vector>

namespace planner {

/// The nodes that a job takes of its machine: its first node and their number.
struct node_range {
    int first = 0;
    int count = 1;
};

/// Returns nodes of a machine for jobs that take these numbers of cards, the largest first, or nothing if one job does
/// not fit. The packing is best fit decreasing: each job is placed in the node with the least room that is still
/// enough for it. This never overbooks a node, but can miss a packing that exists.
[[nodiscard]] inline std::optional<std::vector<node_range>> packed(const cardfit::machine& m,
                                                                   const std::vector<int>& cards) {
    const int node = cardfit::cards_per_node(m);
    std::vector<int> free(static_cast<std::size_t>(m.cards / node), node);
    // Jobs that take whole nodes come first and fill the machine from its first node.
    int whole = 0;
    std::vector<node_range> places;
    places.reserve(cards.size());
    for (const int wanted : cards) {
        if (wanted > node) {
            places.push_back({whole, wanted / node});
            for (int n = 0; n < wanted / node; ++n) {
                if (whole >= m.cards / node) return {};
                free[static_cast<std::size_t>(whole)] = 0;
                ++whole;
            }
            continue;
        }
        auto best = free.end();
        for (auto at = free.begin(); at != free.end(); ++at)
            if (*at >= wanted && (best == free.end() || *at < *best)) best = at;
        if (best == free.end()) return {};
        *best -= wanted;
        places.push_back({static_cast<int>(best - free.begin()), 1});
    }
    return places;
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

inline constexpr int nowhere = -1;

/// The jobs of one class on one machine.
struct booked_class {
    std::size_t job_class = 0;
    std::vector<std::size_t> jobs{};
};

/// The machine of each job. At first, no job has one.
class bookings {
public:
    explicit bookings(const planning& p)
        : p_(&p),
          machine_of_(p.jobs.size(), nowhere),
          position_(p.jobs.size()),
          loads_(p.fleet.size()),
          cost_{.unplaced = p.jobs.size()} {}

    [[nodiscard]] int machine_of(std::size_t job) const { return machine_of_[job]; }
    [[nodiscard]] const plan_cost& cost() const noexcept { return cost_; }
    [[nodiscard]] std::size_t jobs_on(int machine) const { return load_of(machine).jobs; }

    /// Returns the jobs of a machine in the order of the file, or those that have none.
    [[nodiscard]] std::vector<std::size_t> sorted_jobs(int machine) const {
        std::vector<std::size_t> jobs;
        if (machine == nowhere) {
            for (std::size_t job = 0; job < machine_of_.size(); ++job)
                if (machine_of_[job] == nowhere) jobs.push_back(job);
            return jobs;
        }
        for (const booked_class& each : load_of(machine).classes)
            jobs.insert(jobs.end(), each.jobs.begin(), each.jobs.end());
        std::sort(jobs.begin(), jobs.end());
        return jobs;
    }

    /// Returns one job of each class that a machine runs.
    [[nodiscard]] std::vector<std::size_t> one_of_each_class(int machine) const {
        std::vector<std::size_t> jobs;
        for (const booked_class& each : load_of(machine).classes) jobs.push_back(each.jobs.back());
        return jobs;
    }

    /// Returns true if a machine has room for a job in addition to its jobs.
    [[nodiscard]] bool has_room(std::size_t job, int machine) {
        const int cards = p_->way_of(job, machine).cards;
        load& on = loads_[static_cast<std::size_t>(machine)];
        const cardfit::machine& m = p_->hardware_of(machine);
        if (cards == 0 || on.cards + cards > m.cards) return false;
        if (m.cards == cardfit::cards_per_node(m)) return true;
        for (const room& each : on.rooms)
            if (each.cards == cards) return each.enough;
        on.rooms.push_back({cards, packed(m, sorted_cards(machine, cards)).has_value()});
        return on.rooms.back().enough;
    }

    /// Puts a job on a machine that has room for it, or takes it away from its own.
    void move(std::size_t job, int machine) {
        changes_.push_back({job, machine_of_[job]});
        set(job, machine);
    }

    /// Returns the number of changes so far, to which `undo` can go back.
    [[nodiscard]] std::size_t changes() const noexcept { return changes_.size(); }
    void undo(std::size_t changes) {
        for (; changes_.size() > changes; changes_.pop_back()) set(changes_.back().job, changes_.back().before);
    }

private:
    /// Whether a machine has room for a job that takes this many cards.
    struct room {
        int cards = 0;
        bool enough = false;
    };
    struct load {
        std::vector<booked_class> classes{};
        std::size_t jobs = 0;
        int cards = 0;
        std::vector<room> rooms{};  ///< what was asked since the machine's jobs changed
    };
    struct change {
        std::size_t job = 0;
        int before = nowhere;
    };

    [[nodiscard]] const load& load_of(int machine) const { return loads_[static_cast<std::size_t>(machine)]; }

    /// Returns the numbers of cards that the jobs of a machine take and another one would take, the largest first.
    [[nodiscard]] std::vector<int> sorted_cards(int machine, int another) const {
        std::vector<int> cards{another};
        for (const booked_class& each : load_of(machine).classes)
            cards.insert(cards.end(), each.jobs.size(), p_->cards_on(each.job_class, machine));
        std::sort(cards.begin(), cards.end(), std::greater<>());
        return cards;
    }

    void set(std::size_t job, int machine) {
        if (machine_of_[job] != nowhere) take(job);
        machine_of_[job] = machine;
        if (machine != nowhere) put(job);
    }

    void put(std::size_t job) {
        const int machine = machine_of_[job];
        load& on = loads_[static_cast<std::size_t>(machine)];
        const std::size_t job_class = p_->class_of(job);
        auto at = on.classes.begin();
        while (at != on.classes.end() && at->job_class != job_class) ++at;
        if (at == on.classes.end()) at = on.classes.insert(at, booked_class{.job_class = job_class});
        position_[job] = at->jobs.size();
        at->jobs.push_back(job);
        count(on, machine, p_->cards_on(job_class, machine), 1);
    }

    void take(std::size_t job) {
        const int machine = machine_of_[job];
        load& on = loads_[static_cast<std::size_t>(machine)];
        const std::size_t job_class = p_->class_of(job);
        auto at = on.classes.begin();
        while (at->job_class != job_class) ++at;
        const std::size_t last = at->jobs.back();
        at->jobs[position_[job]] = last;
        position_[last] = position_[job];
        at->jobs.pop_back();
        if (at->jobs.empty()) on.classes.erase(at);
        count(on, machine, p_->cards_on(job_class, machine), -1);
    }

    /// Counts one job more (1) or less (-1) on a machine.
    void count(load& on, int machine, int cards, int sign) {
        const bool was_idle = on.jobs == 0;
        on.jobs = sign > 0 ? on.jobs + 1 : on.jobs - 1;
        on.cards += sign * cards;
        on.rooms.clear();
        cost_.unplaced = sign > 0 ? cost_.unplaced - 1 : cost_.unplaced + 1;
        cost_.cards += sign * cards;
        if (was_idle == (on.jobs == 0)) return;
        cost_.machines += sign;
        cost_.price += sign * price_of(p_->machine_at(machine));
    }

    const planning* p_;
    std::vector<int> machine_of_;
    std::vector<std::size_t> position_;  ///< of each job among those of its class on its machine
    std::vector<load> loads_;
    plan_cost cost_;
    std::vector<change> changes_{};
};

/// A job on its machine: the nodes that it takes.
struct place {
    std::size_t job = 0;
    node_range nodes{};
};

/// Returns the places of the jobs of one machine, the largest first.
[[nodiscard]] inline std::vector<place> places_on(const planning& p, const bookings& b, int machine) {
    std::vector<std::size_t> jobs = b.sorted_jobs(machine);
    const auto cards = [&](std::size_t job) { return p.way_of(job, machine).cards; };
    std::stable_sort(jobs.begin(), jobs.end(), [&](std::size_t a, std::size_t c) { return cards(a) > cards(c); });
    std::vector<int> wanted;
    for (const std::size_t job : jobs) wanted.push_back(cards(job));
    const std::vector<node_range> nodes = packed(p.hardware_of(machine), wanted).value();
    std::vector<place> places;
    for (std::size_t i = 0; i < jobs.size(); ++i) places.push_back({jobs[i], nodes[i]});
    return places;
}

}  // namespace planner
