// SPDX-License-Identifier: MIT
#pragma once

// The changes that make a job fit, as flags to type and as JSON. Each change is shown with its cost in time and its
// effect on the result.

#include "answer_flags.hpp"
#include "job_flags.hpp"

#include <cardfit/decide/remedies.hpp>
#include <cardfit/io/table.hpp>
#include <cardfit/io/text.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace tool {

using namespace cardfit;

/// Returns a ratio of times in words: "13.5x slower", "1.15x faster", "same speed".
[[nodiscard]] inline std::string speed_text(double slowdown) {
    if (std::abs(slowdown - 1) < 0.005) return "same speed";
    const double factor = slowdown > 1 ? slowdown : 1 / slowdown;
    return io::fixed(factor, factor < 10 ? 2 : 1) + (slowdown > 1 ? "x slower" : "x faster");
}

[[nodiscard]] inline number_format weights_of(const inference& job) { return job.weights; }
[[nodiscard]] inline number_format weights_of(const training& job) { return base_format(job); }

/// Returns true if a remedy stores the weights of an inference in a format that its quantized checkpoint does not have.
template <class Job>
[[nodiscard]] bool requantizes(const io::job_file& job, const remedy<Job>& r) {
    return job.inference && weights_of(r.job) != job.inference->weights && io::requantizes(job, weights_of(r.job));
}

/// The flags that a remedy may set, in the order in which they are typed.
inline constexpr std::string_view remedy_flags[]{
    "--lora",      "--rank",    "--base-weights", "--precision",    "--optimizer",  "--optimizer-state",
    "--recompute", "--loss",    "--micro-batch",  "--accumulation", "--seq",        "--typical-length",
    "--offload",   "--weights", "--kv-cache",     "--batch",        "--prompt",     "--shared-prefix",
    "--data",      "--tensor",  "--pipeline",     "--sharding",     "--gpu-layers", "--cpu-expert-layers"};

/// Adds a flag with the value of its key after a change, if the section has the key and the change modifies it.
template <class Section>
void add_changed_flag(std::string_view flag, keys::key_table<Section> table, const Section& before,
                      const Section& after, std::vector<given_flag>& given) {
    for (const keys::key<Section>& key : table)
        if (key.facts.flag == flag && key.member.get(before) != key.member.get(after))
            given.push_back({std::string(flag), io::value_json(key.facts, key.member.get(after))});
}

[[nodiscard]] inline keys::key_table<training> keys_of(const training&) { return keys::training_keys; }
[[nodiscard]] inline keys::key_table<inference> keys_of(const inference&) { return keys::inference_keys; }

/// Returns the flags that turn a job into that of a remedy, with their values in the form of a job file.
template <class Job>
[[nodiscard]] std::vector<given_flag> flags_of(const Job& before, const layout& laid, const remedy<Job>& r) {
    std::vector<given_flag> given;
    for (const std::string_view flag : remedy_flags) {
        add_changed_flag(flag, keys_of(before), before, r.job, given);
        add_changed_flag<layout>(flag, keys::layout_keys, laid, r.layout, given);
    }
    return given;
}

/// Returns flags as they are typed: "--lora all --rank 16 --base-weights nf4".
[[nodiscard]] inline std::string typed_text(const std::vector<given_flag>& flags) {
    std::string text;
    for (const given_flag& each : flags) {
        std::string value = io::plain_text(each.value);
        if (each.value.is_array()) {
            value.clear();
            for (const nlohmann::json& word : each.value) value += (value.empty() ? "" : ",") + word.get<std::string>();
            if (each.value == linear_targets()) value = "all";
        }
        text += (text.empty() ? "" : " ") + each.flag + " " + value;
    }
    return text;
}

/// Returns flags as the keys of a job file that they set, for a merge patch (RFC 7396).
[[nodiscard]] inline nlohmann::json patch_of(const std::vector<given_flag>& flags, bool trains) {
    nlohmann::json patch = nlohmann::json::object();
    apply_flags({flags}, trains ? job_kind::training : job_kind::inference, patch);
    return patch;
}

[[nodiscard]] inline const training& settings_of(const io::job_file& job, const training&) { return *job.training; }
[[nodiscard]] inline const inference& settings_of(const io::job_file& job, const inference&) { return *job.inference; }

template <class Job>
[[nodiscard]] std::vector<given_flag> flags_of(const io::job_file& job, const remedy<Job>& r) {
    return flags_of(settings_of(job, r.job), resolved(job.layout, job.hardware.cards), r);
}

/// Returns what a remedy does to the result, in words.
[[nodiscard]] inline std::string effect_text(remedy_effect effect, quality of_weights) {
    static constexpr const char* effects[] = {"exact", "lower precision", "trains adapters only", "shorter context",
                                              "smaller batch"};
    const std::string text = effects[static_cast<std::size_t>(effect)];
    return of_weights == quality::lossless ? text : text + " (quality: " + std::string(name_of(of_weights)) + ")";
}

/// Returns the host memory that a remedy takes: ", 119.2 GiB of host memory"; empty if it takes none.
[[nodiscard]] inline std::string host_text(const io::job_file& job, const remedy<training>& r) {
    if (r.job.offload == offload::none) return {};
    const network net = lower(job.model, job.training->image_size);
    return ", " + io::in_gib(host_memory(net, r.job, job.hardware, r.layout).needed()) + " of host memory";
}
[[nodiscard]] inline std::string host_text(const io::job_file&, const remedy<inference>&) { return {}; }

/// Returns what a remedy needs, its speed if the card has a time, and its effect: "7.83 GiB, 14.98 GiB of host memory,
/// 1.38x slower, exact".
template <class Job>
[[nodiscard]] std::string facts_text(const io::job_file& job, const remedy<Job>& r) {
    const std::string speed = r.slowdown > 0 ? ", " + speed_text(r.slowdown) : std::string();
    return io::in_gib(r.device) + host_text(job, r) + speed + ", " + effect_text(r.effect, r.quality);
}

/// Returns the remedies that an answer shows, at most `most`: those first that keep everything on the cards, and of
/// these and of the others the first of each effect before further ones.
template <class Job>
[[nodiscard]] std::vector<remedy<Job>> shown_remedies(const remedy_report<Job>& r, std::size_t most) {
    std::vector<remedy<Job>> chosen;
    const auto has = [&](const remedy<Job>& each, auto is_like) {
        return std::any_of(chosen.begin(), chosen.end(), [&](const remedy<Job>& c) { return is_like(each, c); });
    };
    const auto same_effect = [](const remedy<Job>& a, const remedy<Job>& b) { return a.effect == b.effect; };
    const auto same = [](const remedy<Job>& a, const remedy<Job>& b) {
        return std::equal(a.names, a.names + most_changes, b.names);
    };
    for (const bool first : {true, false})
        for (const bool host : {false, true})
            for (const remedy<Job>& each : r.items()) {
                if (cardfit::detail::moves_to_host(each.job) != host || chosen.size() == most) continue;
                if (!(first ? has(each, same_effect) : has(each, same))) chosen.push_back(each);
            }
    std::stable_sort(chosen.begin(), chosen.end(), [](const remedy<Job>& a, const remedy<Job>& b) {
        return cardfit::detail::moves_to_host(a.job) < cardfit::detail::moves_to_host(b.job);
    });
    return chosen;
}

/// Returns the remedies of a report that keep everything on the cards.
template <class Job>
[[nodiscard]] remedy_report<Job> on_cards(const remedy_report<Job>& r) {
    remedy_report<Job> found{.fits_as_it_stands = r.fits_as_it_stands};
    for (const remedy<Job>& each : r.items())
        if (!cardfit::detail::moves_to_host(each.job)) found.of[found.count++] = each;
    return found;
}

/// Returns the remedies as flags to add to the command, at most `most` of them, each with what it needs, its speed and
/// its effect.
template <class Job>
[[nodiscard]] std::string remedies_text(const io::job_file& job, const remedy_report<Job>& r, std::size_t most = 4,
                                        const char* title = "To make it fit, add:") {
    const std::size_t width = output_width();
    if (r.count == 0)
        return std::string("  No set of up to 5 changes makes it fit") +
               (job.inference ? " with weights of usable quality" : "") + ".\n";
    std::string text = "  " + std::string(title) + "\n";
    bool again = false;
    for (const remedy<Job>& each : shown_remedies(r, most)) {
        again = again || requantizes(job, each);
        const std::string facts = facts_text(job, each) + (requantizes(job, each) ? " (re-quantized)" : "");
        const std::string flags = typed_text(flags_of(job, each));
        const std::string line = "    " + flags + "   " + facts;
        text += line.size() <= width
                    ? line + "\n"
                    : io::wrapped(flags, width, "    ") + "\n" + io::wrapped(facts, width, "      ") + "\n";
    }
    if (!again) return text;
    return text + "    re-quantized: not the published " +
           std::string(block_layout_of(job.published.formats.weights).name) + " checkpoint\n";
}

template <class Job>
[[nodiscard]] nlohmann::ordered_json remedies_json(const io::job_file& job, const remedy_report<Job>& r) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const remedy<Job>& each : r.items()) {
        const std::vector<given_flag> flags = flags_of(job, each);
        const auto names = each.items();
        all.push_back({{"changes", std::vector<std::string>(names.begin(), names.end())},
                       {"effect", static_cast<int>(each.effect)},
                       {"does", effect_text(each.effect, each.quality)},
                       {"slowdown", each.slowdown > 0 ? nlohmann::json(each.slowdown) : nlohmann::json()},
                       {"device_bytes", each.device.number},
                       {"flags", typed_text(flags)},
                       {"patch", patch_of(flags, job.training.has_value())}});
        if (each.quality != quality::lossless) all.back()["quality"] = name_of(each.quality);
        if (requantizes(job, each)) all.back()["requantizes"] = true;
    }
    return all;
}

/// Returns the remedies of a training, or of an inference, that fit as surely as `wanted`.
[[nodiscard]] inline remedy_report<training> remedies_of(const io::job_file& job, const training& t, sureness wanted) {
    return std::visit([&](const auto& m) { return remedies(m, t, job.hardware, job.layout, wanted); }, job.model);
}
[[nodiscard]] inline remedy_report<inference> remedies_of(const io::job_file& job, const inference& i,
                                                          sureness wanted) {
    return io::with_timed_model(job.model, lower(job.model, job.image_size()),
                                [&](const auto& m) { return remedies(m, i, job.hardware, job.layout, wanted); });
}

/// Calls `use` with the remedies of the job that fit at the upper error bound.
template <class Use>
void with_remedies(const io::job_file& job, Use use) {
    if (job.inference)
        use(remedies_of(job, *job.inference, sureness::yes));
    else if (job.training)
        use(remedies_of(job, *job.training, sureness::yes));
}

/// Returns the remedies that are likely to fit and keep everything on the cards; none if one of `sure`, which fit for
/// sure, does so, or if the job is as likely to fit already.
template <class Job>
[[nodiscard]] remedy_report<Job> likely_remedies(const io::job_file& job, const io::answered_job& a,
                                                 const remedy_report<Job>& sure) {
    if (sureness_of(a.report) <= sureness::likely || on_cards(sure).count > 0) return remedy_report<Job>{};
    return on_cards(remedies_of(job, settings_of(job, Job{}), sureness::likely));
}

}  // namespace tool
