// SPDX-License-Identifier: MIT
#pragma once

// What speculative decoding makes of the best choice of `serve`: with the prediction layer of the model's checkpoint, a
// smaller model of its family as draft, or n-grams of the text. It stands beside the table of choices, because its rate
// depends on how many proposed tokens are accepted, which no one knows before.

#include "serve_table.hpp"

#include <cardfit/decide/speculative.hpp>
#include <cardfit/model/zoo.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// A way to propose tokens, what it makes of the best choice, and the flags that state it.
struct proposed_tokens {
    std::string how;
    std::string flags;
    speculation job{};
    bool has_usual_share = true;  ///< of accepted tokens; else it is the text that decides, and no time is shown
    speculative_choice result{};
};

namespace detail {

/// Names with which models begin whose checkpoint has a layer that predicts further tokens: num_nextn_predict_layers or
/// mtp_num_hidden_layers in config.json, and "MTP" in the model card of Qwen3-Next.
inline constexpr std::string_view predicting_models[]{"deepseek-v3", "glm-4.5", "glm-4.6", "glm-4.7",
                                                      "glm-5",       "mimo-7b", "qwen3.5", "qwen3-next"};

[[nodiscard]] inline bool predicts_tokens(const io::job_file& job) {
    return std::any_of(std::begin(predicting_models), std::end(predicting_models),
                       [&](std::string_view name) { return job.model_name.starts_with(name); });
}

[[nodiscard]] inline std::string_view family_of(std::string_view name) { return name.substr(0, name.find('-')); }

/// Returns the smallest model of the zoo that has the family's name and the vocabulary of a model, and at most a fifth
/// of its parameters; null if there is none.
[[nodiscard]] inline const models::zoo_entry* draft_for(const io::job_file& job, const network& net) {
    constexpr std::int64_t least_ratio = 5;
    const models::zoo_entry* best = nullptr;
    for (const models::zoo_entry& each : models::all) {
        if (family_of(each.id) != family_of(job.model_name)) continue;
        const network draft = lower(*each.model);
        const bool small = parameters(draft) * least_ratio <= parameters(net);
        if (!small || draft.logits != net.logits || !is_autoregressive(draft)) continue;
        if (best == nullptr || parameters(draft) < parameters(lower(*best->model))) best = &each;
    }
    return best;
}

/// The acceptance of a draft's tokens where nobody states one, as `import` assumes it; of a prediction layer's token
/// the lower end of DeepSeek-V3's 85 to 90 % (arXiv 2412.19437, section 5.4.3).
inline constexpr double usual_acceptance = 0.7;
inline constexpr double predicted_acceptance = 0.85;

/// Returns the ways to propose tokens for a model.
[[nodiscard]] inline std::vector<proposed_tokens> ways_to_propose(const io::job_file& job, const network& net) {
    constexpr std::int64_t usual = 3;
    std::vector<proposed_tokens> ways;
    if (predicts_tokens(job))
        ways.push_back({.how = "its prediction layer (MTP)",
                        .flags = "--speculation mtp",
                        .job = {.method = drafting::prediction, .tokens = 1, .acceptance = predicted_acceptance}});
    if (const models::zoo_entry* draft = draft_for(job, net))
        ways.push_back({.how = std::string(draft->id) + " as draft",
                        .flags = "--speculation draft-model --draft " + std::string(draft->id),
                        .job = {.method = drafting::draft_model,
                                .tokens = usual,
                                .acceptance = usual_acceptance,
                                .draft = draft_of(lower(*draft->model))}});
    ways.push_back({.how = "n-grams of the text",
                    .flags = "--speculation ngram",
                    .job = {.method = drafting::ngram, .tokens = usual, .acceptance = usual_acceptance},
                    .has_usual_share = false});
    return ways;
}

/// Returns true if the launcher of the best choice's engine can say a way to propose tokens.
[[nodiscard]] inline bool can_propose(const served& s, const proposed_tokens& way) {
    job_choice c = s.best();
    c.choice.job.speculation = way.job;
    if (way.job.method != drafting::draft_model) return can_launch(s, c);
    // The draft's name is the command line's; llama.cpp and vLLM take one.
    c.choice.job.speculation = {};
    return can_launch(s, c);
}

}  // namespace detail

/// Returns what speculative decoding makes of the best choice, where the command line states none, the choice is on the
/// cards and has a time.
[[nodiscard]] inline std::vector<proposed_tokens> proposals_of(const served& s) {
    const job_choice& best = s.best();
    const serving_choice& c = best.choice;
    const bool on_cards = c.place == serving_place::cards || c.place == serving_place::uneven_cards;
    const bool plain = c.job.speculation.method == drafting::none && !c.is_disaggregated();
    if (!plain || !on_cards || !c.has_time || c.verdict == serving_verdict::no || !s.net.shape_verified) return {};
    const io::job_file& job = s.jobs[best.job];
    std::vector<proposed_tokens> ways;
    for (proposed_tokens& way : detail::ways_to_propose(job, s.net)) {
        inference asked = c.job;
        asked.speculation = way.job;
        if (!problems(asked, s.net).empty() || !detail::can_propose(s, way)) continue;
        way.flags += " --speculative-tokens " + std::to_string(way.job.tokens);
        way.result = speculate(s.net, c, job.hardware, s.wish, way.job, job.context_length);
        ways.push_back(std::move(way));
    }
    return ways;
}

/// Returns what speculative decoding makes of the best choice, as a table with its assumptions; empty if there is none.
[[nodiscard]] inline std::string proposals_text(const serve_options& o, const served& s) {
    const std::vector<proposed_tokens> ways = proposals_of(s);
    if (ways.empty()) return {};
    io::table t{.columns = {{"speculative decoding", 0, true},
                            {"tokens", 4},
                            {"accepted", 0},
                            {"GiB/card", 3},
                            {"TPOT", 0},
                            {"tok/s", 1},
                            {"pays from", 0},
                            {"verdict", 2, true}}};
    for (const proposed_tokens& way : ways) {
        const serving_choice& c = way.result.choice;
        const bool timed = way.has_usual_share && c.verdict != serving_verdict::no;
        const double least = way.result.least_acceptance;
        t.rows.push_back({way.how, std::to_string(way.job.tokens), timed ? io::in_percent(way.job.acceptance) : "?",
                          io::fixed(in_gibibytes(c.needed), 1), timed ? short_time(c.per_token) : "-",
                          timed ? rate_text(c.rate) : "-", least > 1 ? "never" : io::in_percent(least),
                          std::string(row_of(c.verdict).name)});
    }
    const std::string note = "The accepted share is assumed; --acceptance states yours, with " + ways[0].flags + ".";
    return printed(t, o.answer, "  ") + indented("  " + note);
}

/// Returns the same as JSON.
[[nodiscard]] inline nlohmann::ordered_json proposals_json(const served& s) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const proposed_tokens& way : proposals_of(s)) {
        const serving_choice& c = way.result.choice;
        const double least = way.result.least_acceptance;
        nlohmann::ordered_json one = {{"method", io::name_of(keys::drafting_names, way.job.method)},
                                      {"how", way.how},
                                      {"flags", way.flags},
                                      {"tokens", way.job.tokens},
                                      {"answer", row_of(c.verdict).word},
                                      {"needed_bytes", c.needed.number},
                                      {"users", c.users}};
        if (least <= 1) one["pays_from_acceptance"] = least;
        if (way.has_usual_share) {
            one["assumed_acceptance"] = way.job.acceptance;
            one["per_token_seconds"] = c.per_token.number;
            one["tokens_per_second"] = c.rate.number;
        }
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace tool
