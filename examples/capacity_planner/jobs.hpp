// SPDX-License-Identifier: MIT
#pragma once

// Reads the jobs from JSONL, one {"name": …, "job": …} per line. A job is a job file without its card, which the
// planner chooses. `hardware.cards` is the number of cards; for a job without `hardware` and `layout`, the planner
// chooses the number too.

#include "fleet.hpp"

#include <cardfit/io/answer.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace planner {

/// What a job asks for, apart from its name. Jobs that ask for the same share one.
struct job_body {
    nlohmann::json job{};
    /// The number of cards. 0 stands for the smallest number on which the job fits.
    int cards = 0;
};

/// A job as its line in the file names it.
struct wanted_job {
    std::string name{};
    std::size_t body = 0;  ///< the index of what it asks for
    int line = 0;
};

/// The jobs of a file, and each different thing that they ask for.
struct wanted_jobs {
    std::vector<job_body> bodies{};
    std::vector<wanted_job> jobs{};
};

/// Returns the job file for this many cards of a machine. If the job states no layout, training is fully sharded
/// (FSDP), inference is tensor parallel, and inference with llama.cpp divides the layers.
[[nodiscard]] inline nlohmann::json on_machine(const job_body& wanted, const cardfit::machine& m, int cards) {
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

namespace detail {

/// A line of the file: the name of a job and what it asks for.
struct named_job {
    std::string name{};
    job_body body{};
};

/// Returns the name and the number of cards of a job. Throws io::input_error.
[[nodiscard]] inline named_job wanted_of(const nlohmann::json& line) {
    constexpr int most_cards = 100'000;
    io::findings found;
    named_job w;
    io::object_reader in(line, "", found);
    const std::optional<io::json_view> name = in.take("name");
    const std::optional<io::json_view> job = in.take("job");
    if (!name) found.problems.push_back(io::missing_key("name", "a name"));
    if (name && name->text().value_or("").empty()) in.refuse_value("name", *name, "a name");
    if (!job) found.problems.push_back(io::missing_key("job", "a job file without hardware.card"));
    if (job && !job->is_object()) in.refuse_value("job", *job, "a job file without hardware.card");
    in.finish();
    if (!found.problems.empty()) throw io::input_error(std::move(found.problems));
    w.name = std::string(*name->text());
    w.body.job = job->tree();
    w.body.cards = job->contains("layout") ? 1 : 0;
    if (!job->contains("hardware")) return w;
    io::object_reader hardware(w.body.job["hardware"], "job.hardware", found);
    const std::string cards_key = hardware.full("cards");
    const std::optional<io::json_view> cards = hardware.take("cards");
    const std::int64_t count = cards ? cards->whole().value_or(0) : 0;
    if (!cards)
        found.problems.push_back(io::missing_key(cards_key, io::integers(1, most_cards)));
    else if (count < 1 || count > most_cards)
        hardware.refuse_value(cards_key, *cards, io::integers(1, most_cards));
    else
        w.body.cards = static_cast<int>(count);
    hardware.finish();
    if (!found.problems.empty()) throw io::input_error(std::move(found.problems));
    return w;
}

/// Reads the jobs line by line. What equal jobs ask for is checked once, as a job on the fleet's first card.
class jobs_reader {
public:
    explicit jobs_reader(const cardfit::machine& first) : any_(first) {
        any_.link = cardfit::card_link::by_default;
        any_.per_node = 0;
    }

    /// Adds the job of a line. Throws io::input_error.
    void read(const std::string& line, int number) {
        named_job w = wanted_of(io::parse_json(line));
        if (!names_.insert(w.name).second)
            throw io::input_error({io::refused_value("name", w.name, "a name that no other job has")});
        const std::size_t body = index_of(std::move(w.body));
        found_.jobs.push_back({.name = std::move(w.name), .body = body, .line = number});
    }

    [[nodiscard]] wanted_jobs take() { return std::move(found_); }

private:
    [[nodiscard]] std::size_t index_of(job_body body) {
        std::string text = io::dump(body.job);
        const auto known = bodies_.find(text);
        if (known != bodies_.end()) return known->second;
        static_cast<void>(io::read_job(on_machine(body, any_, (std::max)(body.cards, 1))));
        const std::size_t index = found_.bodies.size();
        found_.bodies.push_back(std::move(body));
        bodies_.emplace(std::move(text), index);
        return index;
    }

    cardfit::machine any_;
    std::set<std::string> names_{};
    std::map<std::string, std::size_t> bodies_{};
    wanted_jobs found_{};
};

}  // namespace detail

/// Returns the jobs of a JSONL text. Each line is checked as a job on the fleet's first card. Throws io::input_error
/// with all problems, each with its line.
[[nodiscard]] inline wanted_jobs read_jobs(const std::string& text, const cardfit::machine& first) {
    detail::jobs_reader reader(first);
    std::vector<io::input_problem> problems;
    std::istringstream lines(text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (line.find_first_not_of(" \t\r") == line.npos) continue;
        try {
            reader.read(line, number);
        } catch (const io::input_error& e) {
            for (io::input_problem p : e.problems()) {
                p.line = number;
                problems.push_back(std::move(p));
            }
        }
    }
    wanted_jobs found = reader.take();
    if (found.jobs.empty() && problems.empty()) problems.push_back(io::missing_key("jobs", "at least one job"));
    if (!problems.empty()) throw io::input_error(std::move(problems));
    return found;
}

}  // namespace planner
