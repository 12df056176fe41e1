// SPDX-License-Identifier: MIT
#pragma once

// Reads the jobs from JSONL, one {"name": …, "job": …} per line. A job is a job file without its card, which the
// planner chooses. `hardware.cards` is the number of cards; for a job without `hardware` and `layout`, the planner
// chooses the number too.

#include "fleet.hpp"

#include <cardfit/io/answer.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <set>

namespace planner {

/// A job as its line in the file describes it.
struct wanted_job {
    std::string name{};
    nlohmann::json job{};
    /// The number of cards. 0 stands for the smallest number on which the job fits.
    int cards = 0;
    int line = 0;
};

/// A way to run a job on a machine: the number of cards and the job file with its layout.
struct way {
    int cards = 0;
    nlohmann::json job{};  ///< the complete job file
    cardfit::fit_report report{};
};

/// The reason why a job does not run on a machine: the memory that it lacks, or what is wrong with it.
struct no_way {
    std::string reason{};
    cardfit::bytes missing{};
};

struct machine_answer {
    std::optional<way> runs{};
    no_way why{};
};

/// Returns the job file for this many cards of a machine. If the job states no layout, training is fully sharded
/// (FSDP), inference is tensor parallel, and inference with llama.cpp divides the layers.
[[nodiscard]] inline nlohmann::json on_machine(const wanted_job& wanted, const cardfit::machine& m, int cards) {
    nlohmann::json job = wanted.job;
    job["hardware"] = {{"card", m.card.id}, {"cards", cards}};
    job["hardware"]["per_node"] = (std::min)(cards, cardfit::cards_per_node(m));
    if (m.link != cardfit::card_link::by_default) job["hardware"]["link"] = io::name_of(io::link_names, m.link);
    if (wanted.cards > 0 || cards == 1) return job;
    if (job.contains("training"))
        job["layout"] = {{"data", cards}, {"sharding", "full"}};
    else if (job["inference"].value("framework", "") == "llama.cpp")
        job["layout"] = {{"pipeline", cards}};
    else
        job["layout"] = {{"tensor", cards}};
    return job;
}

[[nodiscard]] inline cardfit::fit_report fit_of(const io::job_file& job) {
    if (job.training) return fit(lower(job.model, job.training->image_size), *job.training, job.hardware, job.layout);
    return fit(lower(job.model, 0), *job.inference, job.hardware, job.layout);
}

/// Returns the job on this many cards of a machine, or the reason why it does not run there.
[[nodiscard]] inline machine_answer try_cards(const wanted_job& wanted, const cardfit::machine& m, int cards,
                                              cardfit::grade worst) {
    try {
        way w{.cards = cards, .job = on_machine(wanted, m, cards)};
        w.report = fit_of(io::read_job(w.job));
        if (w.report.grade <= worst) return {.runs = std::move(w)};
        const cardfit::bytes missing = w.report.memory.device_high - w.report.capacity;
        return {.why = {"needs up to " + std::to_string(cardfit::in_mebibytes_up(w.report.memory.device_high)) +
                            " MiB per card on " + std::to_string(cards) + " x " + std::string(m.card.id) +
                            ", which has " + std::to_string(cardfit::in_mebibytes_down(w.report.capacity)) + " MiB",
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
[[nodiscard]] inline machine_answer ask(const wanted_job& wanted, const cardfit::machine& m, cardfit::grade worst) {
    machine_answer nearest{.why = {"asks for " + std::to_string(wanted.cards) +
                                       " cards, which no machine has as whole nodes or within one",
                                   cardfit::bytes_of(cardfit::checked::most)}};
    bool asked = false;
    const auto ask_for = [&](int cards) {
        machine_answer a = try_cards(wanted, m, cards, worst);
        if (a.runs || !asked || a.why.missing < nearest.why.missing) nearest = std::move(a);
        asked = true;
    };
    if (wanted.cards > 0 && can_take(m, wanted.cards)) ask_for(wanted.cards);
    for (int cards = 1; wanted.cards == 0 && cards <= m.cards && !nearest.runs; cards *= 2)
        if (can_take(m, cards)) ask_for(cards);
    return nearest;
}

namespace detail {

/// Returns the name and the number of cards of a job. Throws io::input_error.
[[nodiscard]] inline wanted_job wanted_of(const nlohmann::json& line) {
    constexpr int most_cards = 100'000;
    io::findings found;
    wanted_job w;
    io::object_reader in(line, "", found);
    const nlohmann::json* name = in.take("name");
    const nlohmann::json* job = in.take("job");
    if (!name) found.problems.push_back(io::missing_key("name", "a name"));
    if (name && (!name->is_string() || name->get<std::string>().empty())) in.refuse_value("name", *name, "a name");
    if (!job) found.problems.push_back(io::missing_key("job", "a job file without hardware.card"));
    if (job && !job->is_object()) in.refuse_value("job", *job, "a job file without hardware.card");
    in.finish();
    if (!found.problems.empty()) throw io::input_error(std::move(found.problems));
    w.name = *name;
    w.job = *job;
    w.cards = w.job.contains("layout") ? 1 : 0;
    if (!w.job.contains("hardware")) return w;
    io::object_reader hardware(w.job["hardware"], "job.hardware", found);
    const std::string cards_key = hardware.full("cards");
    const nlohmann::json* cards = hardware.take("cards");
    if (!cards)
        found.problems.push_back(io::missing_key(cards_key, io::integers(1, most_cards)));
    else if (!cards->is_number_integer() || *cards < 1 || *cards > most_cards)
        hardware.refuse_value(cards_key, *cards, io::integers(1, most_cards));
    else
        w.cards = cards->get<int>();
    hardware.finish();
    if (!found.problems.empty()) throw io::input_error(std::move(found.problems));
    return w;
}

}  // namespace detail

/// Returns the jobs of a JSONL text. Each line is checked as a job on the fleet's first card. Throws io::input_error
/// with all problems, each with its line.
[[nodiscard]] inline std::vector<wanted_job> read_jobs(const std::string& text, const cardfit::machine& first) {
    std::vector<wanted_job> jobs;
    std::vector<io::input_problem> problems;
    std::set<std::string> names;
    std::istringstream lines(text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (line.find_first_not_of(" \t\r") == line.npos) continue;
        try {
            wanted_job w = detail::wanted_of(io::parse_json(line));
            w.line = number;
            if (!names.insert(w.name).second)
                throw io::input_error({io::refused_value("name", w.name, "a name that no other job has")});
            cardfit::machine any = first;
            any.link = cardfit::card_link::by_default;
            any.per_node = 0;
            static_cast<void>(io::read_job(on_machine(w, any, (std::max)(w.cards, 1))));
            jobs.push_back(std::move(w));
        } catch (const io::input_error& e) {
            for (io::input_problem p : e.problems()) {
                p.line = number;
                problems.push_back(std::move(p));
            }
        }
    }
    if (jobs.empty() && problems.empty()) problems.push_back(io::missing_key("jobs", "at least one job"));
    if (!problems.empty()) throw io::input_error(std::move(problems));
    return jobs;
}

}  // namespace planner
