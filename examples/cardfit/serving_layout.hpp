// SPDX-License-Identifier: MIT
#pragma once

// The layout of a served model: which flags state it, how it is written, and the one that fit and serve choose where
// the command line states none.

#include "job_flags.hpp"

#include <cardfit/decide/rank.hpp>
#include <cardfit/decide/serving_choices.hpp>
#include <cardfit/io/counted.hpp>
#include <cardfit/io/job_file.hpp>
#include <cardfit/io/launch_serving.hpp>
#include <cardfit/io/text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

namespace tool {

using namespace cardfit;

/// The flags that state the layout of a served model.
inline constexpr std::string_view serving_layout_flags[]{"--data", "--tensor", "--pipeline", "--expert"};

[[nodiscard]] inline bool states_layout(const job_flags& flags) {
    return flags.find("--context-parallel") != nullptr ||
           std::any_of(std::begin(serving_layout_flags), std::end(serving_layout_flags),
                       [&](std::string_view flag) { return flags.find(flag) != nullptr; });
}

/// Returns a layout in the abbreviations of the field, for tables: "TP2 DP4", "PP4 VPP8 CP2", "1 card".
[[nodiscard]] inline std::string layout_words(const layout& l) {
    std::string text;
    const auto add = [&](const char* name, std::int64_t n) {
        if (n > 1) text += (text.empty() ? "" : " ") + std::string(name) + std::to_string(n);
    };
    add("TP", l.tensor);
    add("PP", l.pipeline);
    add("VPP", l.virtual_stages);
    add("CP", l.context);
    add("DP", l.data);
    add("EP", l.expert);
    return text.empty() ? "1 card" : text;
}

/// Returns a layout under the keys of the job file.
[[nodiscard]] inline nlohmann::ordered_json layout_json(const layout& l) {
    nlohmann::ordered_json keys = {{"data", l.data},
                                   {"tensor", l.tensor},
                                   {"pipeline", l.pipeline},
                                   {"virtual_stages", l.virtual_stages},
                                   {"context", l.context},
                                   {"expert", l.expert},
                                   {"sharding", io::name_of(io::sharding_names, l.sharding)}};
    if (l.sharding_group > 0) keys["sharding_group"] = l.sharding_group;
    if (l.sequence_parallel != sequence_parallel::by_default)
        keys["sequence_parallel"] = l.sequence_parallel == sequence_parallel::on;
    return keys;
}

/// Returns true if a job file states the sequences that are served at once.
[[nodiscard]] inline bool states_batch(const nlohmann::json& file) {
    return file.contains("inference") && file["inference"].is_object() && file["inference"].contains("batch");
}

/// Returns the best that a machine makes of an inference whose replicas together serve so many users; 0: any number, as
/// a batch that no one states. The layout is the one that `serve` chooses, or without a search the usual one.
[[nodiscard]] inline ranked_machine served_on(const io::job_file& job, const machine& m, std::int64_t users,
                                              dollars hour, bool searches = true) {
    const network net = lower(job.model, job.image_size());
    inference i = *job.inference;
    layout l = usual_layout(net, i, m);
    const bool possible = problems(l, m.cards, net).empty();
    if ((searches || !possible) && m.cards > 1 && is_autoregressive(net) && engine_runs(i, m.card)) {
        const serving_wish wish{.prompt = i.prompt, .generate = i.generate, .users = users};
        const serving_choice best = best_serving_layout(net, i, m, wish);
        if (best.layout.data > 0) {
            l = best.layout;
            i.batch = best.job.batch;
            i.tensor_split = best.job.tensor_split;
        }
    }
    return io::with_timed_model(job.model, net, [&](const auto& model) { return rank_one(model, i, m, l, hour); });
}

/// Chooses the layout of an inference on several cards whose command line states none, as `serve` does. The sequences
/// of the job, where its file states them, are divided among its replicas. Returns the line that says so; empty for a
/// job that stays as it is.
[[nodiscard]] inline std::string choose_layout(const job_flags& flags, const nlohmann::json& file, io::job_file& job) {
    if (!job.inference || job.hardware.cards == 1 || states_layout(flags)) return {};
    const network net = lower(job.model, job.image_size());
    if (!is_autoregressive(net)) return {};
    const serving_wish wish{.prompt = job.inference->prompt,
                            .generate = job.inference->generate,
                            .users = states_batch(file) ? job.inference->batch : 0};
    const serving_choice best = best_serving_layout(net, *job.inference, job.hardware, wish);
    if (best.layout.data == 0) return {};
    job.layout = best.layout;
    job.inference->batch = best.job.batch;
    job.inference->tensor_split = best.job.tensor_split;
    std::erase_if(job.assumed, [](const io::assumption& each) { return each.key.starts_with("layout."); });
    const std::string each =
        best.layout.data > 1 ? ", " + io::counted(best.job.batch, "sequence") + " per replica" : "";
    const std::string uneven = best.place == serving_place::uneven_cards
                                   ? "; an uneven split (--tensor-split " +
                                         io::detail::shares_text(best.job.tensor_split) +
                                         "), because in equal shares it does not fit"
                                   : "";
    return io::wrapped("Layout: " + layout_words(best.layout) + each +
                           " (chosen; --tensor, --pipeline, --data and --expert state another)" + uneven,
                       80, "  ") +
           "\n";
}

}  // namespace tool
