// SPDX-License-Identifier: MIT
#pragma once

// The frame around every launcher. A launcher declares the keys of a job that it expresses; the frame refuses every
// other setting that differs from its default, and notes the assumptions of the estimate that differ, so that no plan
// loses a key on the way.

#include <cardfit/io/key_value.hpp>
#include <cardfit/io/launch_plan.hpp>
#include <cardfit/io/weights_text.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace cardfit::io::detail {

/// Why a launcher does not express a key.
struct unexpressed_key {
    std::string_view path;
    std::string_view why;
};

/// A launcher: its name, the section of the job that it runs, the keys that it expresses, and how.
struct launcher_row {
    std::string_view name{};
    bool trains = true;
    launch_plan (*plan)(const launch_request&) = nullptr;
    std::span<const std::string_view> expresses{};
    /// The frameworks or engines whose jobs it runs besides those of the default, by their names.
    std::span<const std::string_view> runs{};
    std::span<const unexpressed_key> reasons{};

    [[nodiscard]] constexpr bool has(std::string_view path) const {
        return std::find(expresses.begin(), expresses.end(), path) != expresses.end();
    }
};

/// True where every path of a list is one of the table of keys.
[[nodiscard]] constexpr bool are_keys(std::span<const std::string_view> paths) {
    return std::all_of(paths.begin(), paths.end(), [](std::string_view path) { return keys::is_key(path); });
}

/// Returns one list of keys: those that launchers share, and the launcher's own.
template <std::size_t Shared, std::size_t Own>
[[nodiscard]] consteval std::array<std::string_view, Shared + Own> with_own_keys(
    const std::array<std::string_view, Shared>& shared, const std::string_view (&own)[Own]) {
    std::array<std::string_view, Shared + Own> all{};
    std::copy_n(own, Own, std::copy_n(shared.begin(), Shared, all.begin()));
    return all;
}

/// The keys that every launcher of a training expresses.
inline constexpr auto training_keys = std::to_array<std::string_view>({
    "hardware.cards",
    "hardware.per_node",
    "training.precision",
    "training.optimizer",
    "training.optimizer_state",
    "training.micro_batch",
    "training.gradient_accumulation",
    "training.sequence_length",
    "training.recompute",
    "training.offload",
    "training.loss",
    "layout.data",
    "layout.sharding",
});
static_assert(are_keys(training_keys));

/// A layout as it runs: sizes filled in, and sequence parallelism as the job's framework has it.
[[nodiscard]] inline cardfit::layout as_it_runs(cardfit::layout l, const job_file& job) {
    l = resolved(l, job.hardware.cards);
    if (l.sequence_parallel != sequence_parallel::by_default) return l;
    const bool with_tensor = job.training && row_of(job.training->framework).memory.sequence_parallel_with_tensor;
    l.sequence_parallel = with_tensor && l.tensor > 1 ? sequence_parallel::on : sequence_parallel::off;
    return l;
}
[[nodiscard]] inline cardfit::training as_it_runs(const cardfit::training& t, const job_file&) { return t; }
[[nodiscard]] inline cardfit::inference as_it_runs(const cardfit::inference& i, const job_file&) { return i; }
[[nodiscard]] inline machine as_it_runs(machine m, const job_file&) {
    m.per_node = cards_per_node(m);
    return m;
}

/// Refuses a setting, with the default and why the launcher does not express it.
inline void refuse_setting(const launch_request& r, const launcher_row& row, const keys::key_facts& key,
                           const nlohmann::json& value, const std::string& standing) {
    std::string why = "has no setting for this key";
    for (const unexpressed_key& each : row.reasons)
        if (each.path == key.path) why = each.why;
    r.problems->push_back(
        refused_value(std::string(key.path), value, standing + " (" + std::string(row.name) + " " + why + ")"));
}

/// Refuses the framework or engine of a job that the launcher does not run.
inline void check_framework(const launch_request& r, const launcher_row& row, const nlohmann::json& value,
                            const keys::key_facts& key, std::string accepted) {
    for (const std::string_view each : row.runs) {
        if (value == nlohmann::json(each)) return;
        accepted += ", " + std::string(each);
    }
    r.problems->push_back(
        refused_value(std::string(key.path), value,
                      accepted + " (the job is estimated for what " + std::string(row.name) + " does not run)"));
}

/// Returns true if the job's weights are a quantized checkpoint's as published, which states their formats itself.
[[nodiscard]] inline bool states_its_formats(const job_file& job) {
    return job.published.quantized() && is_as_published(job);
}

/// Returns true for a key that a launcher need not say, because the checkpoint that it loads states it.
[[nodiscard]] inline bool is_of_checkpoint(const job_file& job, std::string_view path) {
    const bool of_weights = path == key_ranges::group.path || path.starts_with("inference.modules.") ||
                            path.starts_with("training.base_modules.");
    return of_weights && states_its_formats(job);
}

/// Goes through the keys of one section: see `check_keys`.
template <class Section>
void check_section(const launch_request& r, const launcher_row& row, keys::key_table<Section> table,
                   const Section& section, std::vector<std::string>& notes) {
    const Section running = as_it_runs(section, r.job);
    for (const keys::key<Section>& key : table) {
        if (key.member.get == nullptr || row.has(key.facts.path)) continue;
        if (is_of_checkpoint(r.job, key.facts.path)) continue;
        Section usual = section;
        key.member.set(usual, key.member.get(Section{}));
        const keys::key_value value = key.member.get(running);
        if (value == key.member.get(as_it_runs(usual, r.job))) continue;
        const nlohmann::json stated = value_json(key.facts, value);
        const std::string standing = default_text(key);
        if (key.facts.role == keys::key_role::assumption)
            notes.push_back("the estimate assumes " + std::string(key.facts.path) + " = " + plain_text(stated) + "; " +
                            std::string(row.name) + " is not told");
        else if (key.facts.path.ends_with(".framework"))
            check_framework(r, row, stated, key.facts, standing);
        else
            refuse_setting(r, row, key.facts, stated, standing);
    }
}

/// Refuses every setting of the job that differs from its default and that the launcher does not express. Adds to the
/// plan's notes each assumption that differs from its default.
inline void check_keys(const launch_request& r, const launcher_row& row, launch_plan& plan) {
    const job_file& job = r.job;
    check_section<machine>(r, row, keys::hardware_keys, job.hardware, plan.notes);
    if (job.training) check_section<training>(r, row, keys::training_keys, *job.training, plan.notes);
    if (job.inference) check_section<inference>(r, row, keys::inference_keys, *job.inference, plan.notes);
    check_section<layout>(r, row, keys::layout_keys, job.layout, plan.notes);
}

}  // namespace cardfit::io::detail
