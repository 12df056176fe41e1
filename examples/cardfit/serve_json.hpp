// SPDX-License-Identifier: MIT
#pragma once

// The answer of `serve` as JSON.

#include "serve_text.hpp"

namespace tool {

[[nodiscard]] inline nlohmann::ordered_json phases_json(const disaggregated_server& d) {
    const auto group = [](const phase_replicas& each) {
        return nlohmann::ordered_json{
            {"groups", each.count}, {"layout", layout_json(each.layout)}, {"requests_per_second_each", each.rate}};
    };
    return {{"prefill", group(d.prefill)},
            {"decode", group(d.decode)},
            {"moved_bytes_per_request", d.moved.number},
            {"transfer_seconds", d.transfer.number}};
}

[[nodiscard]] inline nlohmann::ordered_json choice_json(const served& s, const job_choice& c) {
    const io::job_file& job = s.jobs[c.job];
    const serving_choice& each = c.choice;
    const format_quality* quality = quality_row_of(each.job.weights);
    nlohmann::ordered_json json = {{"engine", io::name_of(io::engine_names, each.job.framework)},
                                   {"weights", format_name(job, each)},
                                   {"quality", quality_text(job, each)},
                                   {"own_format", each.own_format},
                                   {"verdict", row_of(each.verdict).name},
                                   {"fit", row_of(each.fits).name},
                                   {"layout", layout_json(each.layout)},
                                   {"layers_on_cards", each.split.on_card},
                                   {"layers", each.split.layers},
                                   {"uneven", each.place == serving_place::uneven_cards},
                                   {"host_bytes", each.split.in_host().number},
                                   {"file_bytes", c.file.number},
                                   {"bits_per_weight", bits_per_weight(s, c)},
                                   {"needed_bytes", each.needed.number},
                                   {"capacity_bytes", each.capacity.number},
                                   {"longest_context", each.longest},
                                   {"users", each.users}};
    for (int card = 0; card < each.job.tensor_split.count; ++card)
        json["tensor_split"].push_back(each.job.tensor_split.of[card]);
    if (quality && quality->rise >= 0) json["perplexity_rise"] = quality->rise;
    if (quality) json["quality_source"] = quality->source;
    if (each.has_time)
        json["time"] = {{"first_token_seconds", each.first_token.number},
                        {"per_token_seconds", each.per_token.number},
                        {"tokens_per_second", each.rate.number},
                        {"rated_users", each.rated_users},
                        {"band", each.band}};
    if (each.is_disaggregated()) json["disaggregated"] = phases_json(each.phases);
    if (each.has_time && s.wish.asks_for_rate())
        json["goodput"] = {{"requests_per_second", each.goodput.requests_per_second},
                           {"percentile", s.wish.percent},
                           {"running", each.goodput.running},
                           {"prompt_load", each.goodput.prompt_load},
                           {"first_token_seconds", each.goodput.first_token.number},
                           {"per_token_seconds", each.goodput.per_token.number},
                           {"mixed_step_seconds", each.goodput.mixed_step.number}};
    if (const std::optional<double> price = dollars_per_million(job, each)) json["dollars_per_million_tokens"] = *price;
    return json;
}

[[nodiscard]] inline nlohmann::ordered_json command_json(const served& s) {
    const serving_choice& c = s.best().choice;
    const std::string_view launcher = row_of(c.job.framework).launch_name;
    if (launcher.empty() || !has_command(c)) return nullptr;
    try {
        if (c.is_disaggregated()) {
            const io::disaggregated_launch all = phases_of(s);
            return {{"prefill", launch_json(all.prefill)},
                    {"decode", launch_json(all.decode)},
                    {"router", launch_json({.command = all.router})},
                    {"dynamo",
                     {{"prefill", launch_json({.command = all.dynamo_prefill})},
                      {"decode", launch_json({.command = all.dynamo_decode})},
                      {"frontend", launch_json({.command = all.dynamo_frontend})}}}};
        }
        return launch_json(io::launch(s.job_of(s.best()), launcher));
    } catch (const io::input_error& refused) {
        return {{"refused", refused.what()}};
    }
}

/// Returns the answer for one machine as JSON: the best choice's figures at its top, and all choices.
[[nodiscard]] inline nlohmann::ordered_json served_json(const served& s) {
    const job_choice& best = s.best();
    const io::job_file& job = s.jobs[best.job];
    nlohmann::ordered_json json = {{"card", job.hardware.card.id}, {"cards", job.hardware.cards}};
    if (!job.hardware.name.empty()) json.update(machine_json(job.hardware));
    json["answer"] = row_of(best.choice.verdict).word;
    json["context"] = s.wish.context();
    json["prompt"] = s.wish.prompt;
    json["generate"] = s.wish.generate;
    json["as_published"] = io::is_as_published(s.job_of(best));
    json.update(choice_json(s, best));
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const job_choice& each : s.choices) all.push_back(choice_json(s, each));
    json["choices"] = std::move(all);
    if (nlohmann::ordered_json proposals = proposals_json(s); !proposals.empty())
        json["speculation"] = std::move(proposals);
    if (nlohmann::ordered_json command = command_json(s); !command.is_null()) json["launch"] = std::move(command);
    const std::optional<io::hourly_rent> rent = add_rent_json(json, job.hardware);
    if (rent && best.choice.users > 0)
        json["price"]["usd_per_user_hour"] = rent->per_hour.number / static_cast<double>(best.choice.users);
    return json;
}

}  // namespace tool
