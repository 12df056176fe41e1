// SPDX-License-Identifier: MIT
#pragma once

// Whether and how each job runs on each machine. The library is asked once for each different job and each kind of
// machine: a fleet has many machines, but few kinds of them.

#include "jobs.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

namespace planner {

/// How a job runs on a kind of machine.
struct way {
    int cards = 0;              ///< 0: it does not run there
    std::int64_t headroom = 0;  ///< bytes of each card that are left over

    [[nodiscard]] bool runs() const noexcept { return cards > 0; }
};

/// The reason why a job does not run on a machine: the memory that it lacks, or what is wrong with it.
struct no_way {
    std::string reason{};
    cardfit::bytes missing{};
};

struct machine_answer {
    way runs{};
    no_way why{};
};

[[nodiscard]] inline cardfit::fit_report fit_of(const io::job_file& job) {
    if (job.training) return fit(lower(job.model, job.training->image_size), *job.training, job.hardware, job.layout);
    return fit(lower(job.model, 0), *job.inference, job.hardware, job.layout);
}

/// Returns the job on this many cards of a machine, or the reason why it does not run there.
[[nodiscard]] inline machine_answer try_cards(const job_body& wanted, const cardfit::machine& m, int cards,
                                              cardfit::grade worst) {
    try {
        const cardfit::fit_report report = fit_of(io::read_job(on_machine(wanted, m, cards)));
        if (report.grade <= worst) return {.runs = {.cards = cards, .headroom = report.headroom.number}};
        const cardfit::bytes missing = report.memory.device_high - report.capacity;
        return {.why = {"needs up to " + std::to_string(cardfit::in_mebibytes_up(report.memory.device_high)) +
                            " MiB per card on " + std::to_string(cards) + " x " + std::string(m.card.id) +
                            ", which has " + std::to_string(cardfit::in_mebibytes_down(report.capacity)) + " MiB",
                        missing}};
    } catch (const std::exception& e) {
        // The problem is this card or this number of cards, because invalid lines were refused earlier.
        return {.why = {e.what(), cardfit::bytes_of(cardfit::checked::most - 1)}};
    }
}

/// Returns true if a job may take this many cards of a machine. A job that takes more than one node must take whole
/// nodes.
[[nodiscard]] inline bool can_take(const cardfit::machine& m, int cards) {
    const int node = cardfit::cards_per_node(m);
    return cards <= m.cards && (cards <= node || cards % node == 0);
}

/// Returns the job on the smallest number of cards of a machine on which it runs, or else the reason for the number of
/// cards that lacks the least memory. `worst` is the worst grade that is accepted.
[[nodiscard]] inline machine_answer ask(const job_body& wanted, const cardfit::machine& m, cardfit::grade worst) {
    machine_answer nearest{.why = {"asks for " + std::to_string(wanted.cards) +
                                       " cards, which no machine has as whole nodes or within one",
                                   cardfit::bytes_of(cardfit::checked::most)}};
    bool asked = false;
    const auto ask_for = [&](int cards) {
        machine_answer a = try_cards(wanted, m, cards, worst);
        if (a.runs.runs() || !asked || a.why.missing < nearest.why.missing) nearest = std::move(a);
        asked = true;
    };
    if (wanted.cards > 0 && can_take(m, wanted.cards)) ask_for(wanted.cards);
    for (int cards = 1; wanted.cards == 0 && cards <= m.cards && !nearest.runs.runs(); cards *= 2)
        if (can_take(m, cards)) ask_for(cards);
    return nearest;
}

/// The fleet, the jobs, and how each job runs on each machine. Machines of one kind differ in name and price alone.
/// Jobs of one class take the same number of cards on every kind of machine, so that they can stand for each other.
struct planning {
    std::vector<fleet_machine> fleet{};
    std::vector<job_body> bodies{};
    std::vector<wanted_job> jobs{};
    std::vector<cardfit::machine> kinds{};
    std::vector<std::size_t> kind_of_machine{};
    std::vector<std::vector<way>> ways{};  ///< by body, then kind
    std::vector<no_way> nearest{};  ///< by body: the reason for the kind that comes closest, of those without a way
    std::vector<std::size_t> class_of_body{};
    std::vector<std::vector<int>> cards_of_class{};  ///< by class, then kind; 0 where its jobs do not run

    [[nodiscard]] int machines() const noexcept { return static_cast<int>(fleet.size()); }
    [[nodiscard]] const fleet_machine& machine_at(int machine) const {
        return fleet[static_cast<std::size_t>(machine)];
    }
    [[nodiscard]] std::size_t kind_of(int machine) const { return kind_of_machine[static_cast<std::size_t>(machine)]; }
    [[nodiscard]] const cardfit::machine& hardware_of(int machine) const { return kinds[kind_of(machine)]; }
    [[nodiscard]] std::size_t class_of(std::size_t job) const { return class_of_body[jobs[job].body]; }
    [[nodiscard]] const way& way_of(std::size_t job, int machine) const {
        return ways[jobs[job].body][kind_of(machine)];
    }
    /// Returns the cards that a job of a class takes of a machine, or 0.
    [[nodiscard]] int cards_on(std::size_t job_class, int machine) const {
        return cards_of_class[job_class][kind_of(machine)];
    }
    /// Returns the file of a job as a machine runs it.
    [[nodiscard]] nlohmann::json file_of(std::size_t job, int machine) const {
        return on_machine(bodies[jobs[job].body], hardware_of(machine), way_of(job, machine).cards);
    }
};

namespace detail {

inline void sort_into_kinds(planning& p) {
    std::map<std::tuple<std::string_view, cardfit::card_link, int, int>, std::size_t> known;
    for (const fleet_machine& m : p.fleet) {
        const cardfit::machine& h = m.hardware;
        const std::tuple key{h.card.id, h.link, h.cards, cardfit::cards_per_node(h)};
        const auto [at, is_new] = known.emplace(key, p.kinds.size());
        if (is_new) p.kinds.push_back(h);
        p.kind_of_machine.push_back(at->second);
    }
}

inline void sort_into_classes(planning& p) {
    std::map<std::vector<int>, std::size_t> known;
    for (const std::vector<way>& row : p.ways) {
        std::vector<int> cards;
        for (const way& w : row) cards.push_back(w.cards);
        const auto [at, is_new] = known.emplace(cards, p.cards_of_class.size());
        if (is_new) p.cards_of_class.push_back(std::move(cards));
        p.class_of_body.push_back(at->second);
    }
}

}  // namespace detail

/// Returns how each job runs on each machine. `worst` is the worst grade that is accepted.
[[nodiscard]] inline planning ask_all(std::vector<fleet_machine> fleet, wanted_jobs wanted, cardfit::grade worst) {
    planning p{.fleet = std::move(fleet), .bodies = std::move(wanted.bodies), .jobs = std::move(wanted.jobs)};
    detail::sort_into_kinds(p);
    for (const job_body& body : p.bodies) {
        std::vector<way>& row = p.ways.emplace_back();
        no_way& nearest = p.nearest.emplace_back();
        for (const cardfit::machine& kind : p.kinds) {
            machine_answer a = ask(body, kind, worst);
            row.push_back(a.runs);
            if (a.runs.runs()) continue;
            if (nearest.reason.empty() || a.why.missing < nearest.missing) nearest = std::move(a.why);
        }
    }
    detail::sort_into_classes(p);
    return p;
}

namespace detail {

/// Returns which machines a job runs on; the first ones by name.
[[nodiscard]] inline std::string machines_of(const planning& p, std::size_t job) {
    constexpr int most_named = 8;
    std::string text;
    int count = 0;
    for (int m = 0; m < p.machines(); ++m) {
        const way& w = p.way_of(job, m);
        if (!w.runs() || ++count > most_named) continue;
        text += (text.empty() ? "" : ", ") + p.machine_at(m).name + " (" + std::to_string(w.cards) + " of " +
                std::to_string(p.hardware_of(m).cards) + " cards)";
    }
    if (count > most_named) text += " and " + std::to_string(count - most_named) + " more";
    return text;
}

}  // namespace detail

/// Returns the reason why a job has no machine: either the machines that it runs on are full, or it runs on none, with
/// the machine that comes closest.
[[nodiscard]] inline std::string reason(const planning& p, std::size_t job) {
    const std::string full = detail::machines_of(p, job);
    return full.empty() ? p.nearest[p.jobs[job].body].reason : "no room left on " + full;
}

}  // namespace planner
