// SPDX-License-Identifier: MIT
#pragma once

// The suite of `compare` without a job: six jobs that people buy cards for, one row each, every machine with the
// settings that are best on it.

#include "compare_reasons.hpp"

namespace tool {

/// A job of the suite, as a job file without hardware.
struct suite_job {
    const char* name;
    const char* unit;
    const char* file;
};
/// ResNet-50 is in TF32, because that is what PyTorch's convolutions compute in by default on Ampere and later cards
/// (its notes on CUDA semantics, "TensorFloat-32"), whatever the tensors are called.
inline constexpr suite_job suite_jobs[]{
    {"ResNet-50, TF32", "images/s",
     R"({"model": "resnet-50", "hardware": {}, "training": {"precision": "tf32", "micro_batch": 64}})"},
    {"BERT-large, fp16 AMP", "samples/s",
     R"({"model": "bert-large", "hardware": {},
         "training": {"precision": "fp16-mixed", "micro_batch": 16, "sequence_length": 384}})"},
    {"8B LoRA, bf16", "samples/s",
     R"({"model": "llama-3.1-8b", "hardware": {}, "training": {"precision": "bf16", "sequence_length": 2048,
         "adapter": {"method": "lora", "rank": 16, "targets": ["q", "k", "v", "o", "gate", "up", "down"]}}})"},
    {"8B full, bf16, 8-bit Adam", "samples/s",
     R"({"model": "llama-3.1-8b", "hardware": {},
         "training": {"precision": "bf16", "optimizer": "adamw-8bit", "sequence_length": 2048}})"},
    {"8B in vLLM, 16 users", "tokens/s",
     R"({"model": "llama-3.1-8b", "hardware": {},
         "inference": {"framework": "vllm", "batch": 16, "prompt": 1024, "generate": 256}})"},
    {"70B in llama.cpp, q4_k_m", "tokens/s",
     R"({"model": "llama-3.1-70b", "hardware": {},
         "inference": {"framework": "llama.cpp", "weights": "q4_k_m", "prompt": 1024, "generate": 256}})"},
};

/// The machines with every job of the suite.
struct suite_answers {
    std::vector<std::string> machines{};
    std::vector<compared_machines> jobs{};  ///< in the order of `suite_jobs`
};

[[nodiscard]] inline suite_answers suite_on(const std::vector<std::string>& names) {
    suite_answers s{.machines = names};
    for (const suite_job& each : suite_jobs) s.jobs.push_back(compared_on(nlohmann::json::parse(each.file), names));
    return s;
}

/// Returns in how many jobs a machine is the fastest, and how many fit it.
struct suite_count {
    int fastest = 0;
    int fits = 0;
};
[[nodiscard]] inline suite_count count_of(const suite_answers& s, std::size_t machine) {
    suite_count n;
    for (const compared_machines& job : s.jobs) {
        n.fastest += job.fastest == machine;
        n.fits += job.all[machine].fits();
    }
    return n;
}

/// Returns what a million units of a job of the suite cost on a machine at its best, or 0 where it has no price, or the
/// job does not run on it.
[[nodiscard]] inline double suite_cost(const compared_machine& m) {
    const std::optional<io::hourly_rent> rent = rent_of(m.hardware());
    return rent && m.runs_best() ? 1e6 * rent->during(seconds_of(1 / m.rate())).number : 0;
}

/// Returns what a job of the suite makes, without its unit of time: "images" for "images/s".
[[nodiscard]] inline std::string made_by(const suite_job& job) {
    const std::string unit = job.unit;
    return unit.substr(0, unit.find('/'));
}

/// Adds the row of what a job of the suite costs, if a machine has a price for it.
inline void add_cost_row(const compared_machines& job, const std::string& made, io::table& t) {
    std::vector<std::string> row{"  $ per 1M " + made};
    bool any = false;
    for (const compared_machine& each : job.all) {
        const double cost = suite_cost(each);
        row.push_back(cost > 0 ? in_dollars(cost) : "-");
        any = any || cost > 0;
    }
    if (any) t.rows.push_back(std::move(row));
}

/// Returns the table of the suite: a row a job, and one more with its cost where there are prices.
[[nodiscard]] inline io::table suite_table(const suite_answers& s) {
    io::table t{.columns = {{"job", 0, true}}};
    for (const std::string& name : s.machines) t.columns.push_back({name});
    for (std::size_t i = 0; i < s.jobs.size(); ++i) {
        t.rows.push_back({std::string(suite_jobs[i].name) + ", " + suite_jobs[i].unit});
        for (std::size_t k = 0; k < s.machines.size(); ++k) {
            const compared_machine& each = s.jobs[i].all[k];
            const std::string mark = s.jobs[i].fastest == k ? "*" : "";
            t.rows.back().push_back(each.runs_best() ? mark + rate_digits(each.rate()) : each.fits() ? "fits" : "-");
        }
        add_cost_row(s.jobs[i], made_by(suite_jobs[i]), t);
    }
    return t;
}

/// Returns what --facts adds: the properties of the machines' cards, in the columns of the suite.
[[nodiscard]] inline std::vector<compared_property> suite_facts(const suite_answers& s) {
    std::vector<compared_property> rows = hardware_properties();
    for (compared_property& each : fact_properties()) rows.push_back(std::move(each));
    keep_valued(rows, s.jobs[0]);
    return rows;
}

/// Returns the tables of the suite and of the facts as one, for programs.
[[nodiscard]] inline io::table whole_suite_table(const suite_answers& s, bool facts) {
    io::table t = suite_table(s);
    if (facts) add_rows(s.jobs[0], suite_facts(s), t);
    return t;
}

/// Returns the machine that is the fastest in most jobs; of equals, the one that more jobs fit.
[[nodiscard]] inline std::size_t suite_winner(const suite_answers& s) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < s.machines.size(); ++i) {
        const suite_count a = count_of(s, i);
        const suite_count b = count_of(s, best);
        if (a.fastest > b.fastest || (a.fastest == b.fastest && a.fits > b.fits)) best = i;
    }
    return best;
}

/// Returns the first line: the machine that is fastest in most jobs, and what it leaves to the others.
[[nodiscard]] inline std::string suite_verdict(const suite_answers& s) {
    const std::size_t winner = suite_winner(s);
    const std::string all = std::to_string(s.jobs.size());
    const suite_count won = count_of(s, winner);
    const bool any = won.fastest > 0;
    std::string text = ": ";
    if (any)
        text += compared_name(s.jobs[0].all[winner].hardware()) + " is the fastest in " + std::to_string(won.fastest) +
                " of " + all + " jobs and runs " + std::to_string(won.fits);
    else if (won.fits > 0)
        text += compared_name(s.jobs[0].all[winner].hardware()) + " runs " + std::to_string(won.fits) + " of " + all +
                " jobs, in times that are not known";
    else
        text += "none of the jobs fits any of them";
    for (std::size_t i = 0; i < s.machines.size(); ++i) {
        if (i == winner) continue;
        const suite_count n = count_of(s, i);
        text += "; " + compared_name(s.jobs[0].all[i].hardware()) + " in " + std::to_string(n.fastest) + " and runs " +
                std::to_string(n.fits);
    }
    return verdict_lines(won.fits > 0 ? sureness::yes : sureness::no, text);
}

/// Returns a machine's answer to a job of the suite.
[[nodiscard]] inline nlohmann::ordered_json suite_entry(const compared_machine& m) {
    nlohmann::ordered_json entry = {{"machine", m.typed},
                                    {"fits", m.fits()},
                                    {"per_second", m.runs_best() ? nlohmann::ordered_json(m.rate()) : nullptr}};
    add_price_json(entry, m.hardware(), "million", m.runs_best() ? seconds_of(1e6 / m.rate()) : seconds{});
    return entry;
}

[[nodiscard]] inline nlohmann::ordered_json suite_json(const suite_answers& s, bool facts) {
    nlohmann::ordered_json jobs = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < s.jobs.size(); ++i) {
        nlohmann::ordered_json machines = nlohmann::ordered_json::array();
        for (const compared_machine& each : s.jobs[i].all) machines.push_back(suite_entry(each));
        const compared_machine* winner = s.jobs[i].winner();
        jobs.push_back({{"job", suite_jobs[i].name},
                        {"unit", suite_jobs[i].unit},
                        {"file", nlohmann::ordered_json::parse(suite_jobs[i].file)},
                        {"fastest", winner != nullptr ? nlohmann::ordered_json(winner->typed) : nullptr},
                        {"machines", std::move(machines)}});
    }
    nlohmann::ordered_json json = {{"suite", std::move(jobs)}};
    if (facts)
        for (const compared_machine& each : s.jobs[0].all) json["facts"][each.typed] = facts_json(each);
    json["version"] = version();
    return json;
}

/// Returns true if a machine fits a job of the suite and has no time for it.
[[nodiscard]] inline bool has_untimed(const suite_answers& s) {
    return std::any_of(s.jobs.begin(), s.jobs.end(), [](const compared_machines& job) {
        return std::any_of(job.all.begin(), job.all.end(),
                           [](const compared_machine& each) { return each.fits() && !each.runs_best(); });
    });
}

[[nodiscard]] inline std::string suite_text(const suite_answers& s, bool facts) {
    std::vector<machine> machines;
    for (const compared_machine& each : s.jobs[0].all) machines.push_back(each.hardware());
    return suite_verdict(s) +
           indented(
               "Each machine at its best: micro-batch, recomputation and layout are those of its fastest plan "
               "that fits at the upper error bound; 8B and 70B are Llama 3.1; * fastest, - does not fit" +
               std::string(has_untimed(s) ? ", fits: in a time that is not known" : "") +
               ". For the reasons: --job FILE") +
           folded_text(suite_table(s)) +
           (facts ? folded_text(machines_table(s.jobs[0], suite_facts(s))) : std::string()) + prices_text(machines);
}

}  // namespace tool
