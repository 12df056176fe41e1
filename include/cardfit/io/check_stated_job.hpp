// SPDX-License-Identifier: MIT
#pragma once

// Checks what only a whole job tells: keys that mean nothing to it, and parts that do not go together. It also states
// the defaults that follow from several parts.

#include <cardfit/estimate/inference/check_job.hpp>
#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/io/assumed_attention.hpp>
#include <cardfit/io/assumed_convolutions.hpp>
#include <cardfit/io/assumed_layers.hpp>
#include <cardfit/io/core_problems.hpp>
#include <cardfit/io/stated_job.hpp>

#include <nlohmann/json.hpp>

#include <span>
#include <string>
#include <string_view>

namespace cardfit::io::detail {

/// Lowers the model. Where that is refused, it adds so to what was found, and the network has no meaning.
[[nodiscard]] inline network lower_or_refuse(const job_file& job, findings& found) {
    try {
        return lower(job.model, job.image_size());
    } catch (const invalid_input& e) {
        invalid_field wrong = e.what_is_wrong;
        // Lowerings name the size as a training has it.
        if (job.inference && std::string_view(wrong.field) == key_ranges::training_image_size.path)
            wrong.field = key_ranges::inference_image_size.path;
        found.problems.push_back(in_file(wrong));
        return network();
    }
}

/// States another value for a key that the job does not name.
inline void assume_instead(std::string_view key, const std::string& value, findings& found) {
    for (assumption& each : found.assumed)
        if (each.key == key) each.value = value;
}

/// States the format of the optimizer's states that the framework makes, where the job names none.
inline void resolve_state_format(const training& t, findings& found) {
    const number_format format = state_format(t, row_of(t).memory);
    const char* why = format == number_format::fp32 ? "" : " (as the parameters)";
    assume_instead("training.optimizer_state", std::string(block_layout_of(format).name) + why, found);
}

/// A condition under which keys mean something.
struct key_condition {
    keys::key_needs value{};
    bool (*met)(const job_file&) = nullptr;
    const char* accepted = "";
};

[[nodiscard]] inline bool has_grouped_weights(const job_file& job) {
    const inference& i = *job.inference;
    bool grouped = has_groups(i.weights);
    for (const module_row& row : cardfit::detail::module_table) grouped = grouped || has_groups(i.modules.*row.format);
    return grouped;
}

inline constexpr key_condition key_conditions[]{
    {keys::key_needs::training, [](const job_file& job) { return job.training.has_value(); },
     "no value for an inference: only a training has it"},
    {keys::key_needs::engine_share,
     [](const job_file& job) { return fills_share(row_of(*job.inference).memory.cache); },
     "no value: this engine allocates memory as it needs it"},
    {keys::key_needs::grouped_weights, has_grouped_weights, "no value: the weights' format has no groups"},
};

/// Refuses the keys of a section that mean nothing to the job, where the file gives them another value than their
/// default.
template <class Section>
void refuse_unneeded(json_view object, keys::key_table<Section> table, const Section& given, const job_file& job,
                     findings& found) {
    const Section defaults{};
    for (const keys::key<Section>& key : table) {
        if (key.facts.needs == keys::key_needs::nothing) continue;
        const std::string_view path = key.facts.path;
        const std::string_view leaf = path.substr(path.find('.') + 1);
        if (!names_key(object, leaf)) continue;
        if (key.member.get(given) == key.member.get(defaults)) continue;
        for (const key_condition& each : key_conditions)
            if (each.value == key.facts.needs && !each.met(job))
                found.problems.push_back(refused_value(std::string(path), object[leaf].shown(), each.accepted));
    }
}

/// Refuses the keys of all sections that mean nothing to the job.
inline void refuse_unneeded(json_view file, const job_file& job, findings& found) {
    const nlohmann::json none;
    const auto section = [&](const char* name) { return file.find(name).value_or(json_view(none)); };
    if (job.training) refuse_unneeded<training>(section("training"), keys::training_keys, *job.training, job, found);
    if (job.inference)
        refuse_unneeded<inference>(section("inference"), keys::inference_keys, *job.inference, job, found);
    refuse_unneeded<layout>(section("layout"), keys::layout_keys, job.layout, job, found);
}

/// Adds what an engine does not run on a card, which the message names with its compute capability.
inline void add_card_problems(const inference& i, const gpu& card, findings& found) {
    const compute_capability has = card.compute_capability;
    for (const invalid_field& p : card_problems(i, card)) {
        input_problem problem = in_file(p);
        problem.message +=
            " (" + std::string(card.name) + ": " + std::to_string(has.major) + "." + std::to_string(has.minor) + ")";
        found.problems.push_back(problem);
    }
}

/// Says that a release later than all that are listed is taken to be as the last of them.
inline void note_later_release(const inference& i, findings& found) {
    const std::span<const engine_release> releases = row_of(i).releases;
    if (releases.empty() || i.engine_version.number <= releases.back().version.number) return;
    found.assumed.push_back({"inference.engine_version", version_text(i.engine_version.number) + " as " +
                                                             version_text(releases.back().version.number) +
                                                             ", the last that is listed"});
}

/// Checks what only the whole job tells: a model without sense, a sequence longer than the model's positions, a layout
/// that does not divide the cards.
inline void check_whole(const job_file& job, findings& found) {
    add_core_problems(problems(job.model), found);
    if (!found.problems.empty()) return;
    const network net = lower_or_refuse(job, found);
    if (!found.problems.empty()) return;
    if (job.training) add_core_problems(problems(*job.training, net), found);
    if (job.training) add_core_problems(problems(*job.training, job.hardware.card), found);
    if (job.inference) add_core_problems(problems(*job.inference, net), found);
    if (job.inference) add_core_problems(engine_problems(*job.inference), found);
    if (job.inference) add_core_problems(format_problems(*job.inference), found);
    if (job.inference) add_card_problems(*job.inference, job.hardware.card, found);
    if (job.inference) note_later_release(*job.inference, found);
    // An image's tokens are the network's own: no length is assumed.
    if (net.tokens_per_sample > 0)
        std::erase_if(found.assumed, [](const assumption& a) {
            return a.key == key_ranges::prompt.path || a.key == key_ranges::generate.path ||
                   a.key == key_ranges::sequence_length.path;
        });
    add_core_problems(problems(job.layout, job.hardware.cards, net), found);
    add_core_problems(problems(job.hardware), found);
    if (job.training) add_core_problems(cardfit::detail::joined_problems(job.hardware), found);
    if (job.inference)
        add_core_problems(cardfit::detail::card_problems(*job.inference, job.hardware, job.layout), found);
    if (job.training) assume_attention(*job.training, net, job.hardware.card, found);
    if (job.training) assume_layers(*job.training, found);
    if (job.training) assume_convolutions(*job.training, net, job.hardware.card, found);
}

}  // namespace cardfit::io::detail
