// SPDX-License-Identifier: MIT
#pragma once

// What the fuzzers of texts, and the replay of their corpora, do with a text: a job is answered, a config.json is
// trained and served, and a file that a user states is read. Each function throws input_error for what is refused, and
// broken_promise where something that was accepted is not what the reader promises.

#include "../../examples/capacity_planner/fleet.hpp"
#include "../sound_answer.hpp"

#include <cardfit/io/answer.hpp>
#include <cardfit/io/calibration_file.hpp>
#include <cardfit/io/cards_file.hpp>
#include <cardfit/io/cards_table.hpp>
#include <cardfit/io/diffusion_file.hpp>
#include <cardfit/io/prices_file.hpp>

#include <cmath>
#include <memory>
#include <string>

namespace fuzz {

namespace io = cardfit::io;

/// Returns true if a refusal says what is wrong: it has problems, and each names a key and has a message.
[[nodiscard]] inline bool says_why(const io::input_error& e) {
    const auto says = [](const io::input_problem& p) { return !p.key.empty() && !p.message.empty(); };
    return !e.problems().empty() && std::all_of(e.problems().begin(), e.problems().end(), says);
}

/// Returns the answer to a job, as the tool prints it.
[[nodiscard]] inline std::string answer_to(const nlohmann::json& job) {
    if (io::asks_for_diffusion(job)) {
        const io::diffusion_file file = io::read_diffusion(job);
        const io::answered_job a = io::answer(file);
        check_answer(a);
        return io::dump(io::answer_json(file, a));
    }
    const io::job_file file = io::read_job(job);
    const io::answered_job a = io::answer(file);
    check_answer(a);
    return io::dump(io::answer_json(file, a));
}

/// Answers a job. The answer is JSON, and the job as it is written back has the same answer.
inline void check_job(const std::string& text) {
    const nlohmann::json job = io::job_of_text(text);
    const std::string answer = answer_to(job);
    const nlohmann::json written = nlohmann::json::parse(answer, nullptr, false);
    promise(written.is_object(), "an answer is an object");
    for (const char* part : {"memory", "verdict", "time"}) {
        if (!written.contains(part)) continue;
        for (const auto& figure : written[part].flatten()) promise(!figure.is_null(), "every figure is a number");
    }
    promise(answer_to(io::job_of_text(job.dump())) == answer, "a job that is written back has the same answer");
}

/// Reads a config.json and answers a training and an inference of its model.
inline void check_config(const std::string& text) {
    const nlohmann::json config = io::parse_json(io::detail::with_python_numbers_quoted(text));
    const io::any_model model = io::read_huggingface_model(config);
    promise(problems(model).empty(), "a model that is read is a model");
    const nlohmann::json jobs[]{{{"training", {{"sequence_length", 1}}}}, {{"inference", {{"prompt", 1}}}}};
    for (nlohmann::json job : jobs) {
        job["model"] = {{"huggingface", config}};
        job["hardware"] = {{"card", "rtx-4090"}};
        try {
            static_cast<void>(answer_to(job));
        } catch (const io::input_error& e) {
            promise(says_why(e), "a refusal says why");
        }
    }
}

/// Reads a file of cards. What `cards --json` prints of its cards is a file of the same cards; their source is the
/// file.
inline void check_cards(const std::string& text) {
    const auto rows_of = [](const io::card_set& cards) {
        nlohmann::json rows = nlohmann::json::array();
        for (const cardfit::gpu* card : cards.own()) {
            rows.push_back(nlohmann::json(io::card_json(*card)));
            rows.back().erase("source");
        }
        return rows;
    };
    const nlohmann::json rows = rows_of(*io::read_cards(io::parse_json(text), "cards.json"));
    promise(rows_of(*io::read_cards(rows, "cards.json")) == rows, "cards that are written back are the same");
}

inline void check_prices(const std::string& text) {
    const std::shared_ptr<const io::price_list> list = io::read_prices(text, "prices.csv", "--prices");
    for (const io::machine_price& each : list->prices) {
        promise(each.usd_per_hour > 0 && std::isfinite(each.usd_per_hour), "a price is above 0");
        promise(each.hardware.cards > 0 && problems(each.hardware).empty(), "a price is of a machine");
    }
}

/// Reads a calibration. A job that takes it has a sound answer.
inline void check_calibration(const std::string& text) {
    const io::calibration_file c = io::read_calibration(text);
    nlohmann::json job{{"model", "gpt2"}, {"hardware", {{"card", "a100-sxm4-80gb"}}}};
    const auto kind = c.framework ? "training" : "inference";
    job[kind] = {{"framework", c.framework ? io::name_of(io::framework_names, *c.framework)
                                           : io::name_of(io::engine_names, *c.engine)}};
    io::job_file file = io::read_job(job);
    io::apply(c, file);
    check_answer(io::answer(file));
}

inline void check_fleet(const std::string& text) {
    for (const planner::fleet_machine& each : planner::read_fleet(text)) {
        promise(each.hardware.cards > 0 && problems(each.hardware).empty(), "a line of a fleet is a machine");
        promise(each.dollars_per_hour >= 0 && std::isfinite(each.dollars_per_hour), "a rent is not negative");
    }
}

/// Reads a file that a user states. Its first byte says which: cards, prices, a calibration or a fleet.
inline void check_file(const std::string& bytes) {
    if (bytes.empty()) return;
    const std::string text = bytes.substr(1);
    switch (bytes.front()) {
        case 'c':
            return check_cards(text);
        case 'p':
            return check_prices(text);
        case 'k':
            return check_calibration(text);
        default:
            return check_fleet(text);
    }
}

/// Gives a text to one of the functions above; what is refused has its reasons.
inline void read_or_refuse(void (*check)(const std::string&), const std::string& text) {
    try {
        check(text);
    } catch (const io::input_error& e) {
        promise(says_why(e), "a refusal says why");
    }
}

}  // namespace fuzz
