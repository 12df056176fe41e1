// SPDX-License-Identifier: MIT
#pragma once

// Keys of the job as a tool's own settings: the tables of import, read the other way. A change of a job is told in the
// words of the command that a person was about to run.

#include <cardfit/io/import/account.hpp>
#include <cardfit/io/import/tools/remedies.hpp>
#include <cardfit/io/key_value.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports {

namespace detail {

/// Returns the first of the names of a setting, as the tool writes it, with a value.
[[nodiscard]] inline std::string written_setting(const tool& t, const row& r, const std::string& value) {
    std::string name(r.theirs.substr(0, r.theirs.find(' ')));
    if (t.written == spelling::keys) return name + ": " + value;
    const bool dotted = name.find('.') != name.npos;
    if (t.written == spelling::hyphens && !dotted) std::replace(name.begin(), name.end(), '_', '-');
    const bool short_name = t.name == "llama.cpp" && name.size() < 4;
    const bool is_switch = r.how == reading::truth && value == "true" && t.written == spelling::hyphens;
    return (short_name ? "-" : "--") + name + (is_switch ? "" : " " + value);
}

/// Returns the setting of a tool that sets a fact to a value; nothing if it has none.
[[nodiscard]] inline std::optional<std::string> setting_of_fact(const tool& t, std::string_view fact_name,
                                                                const std::string& value) {
    for (const std::span<const row> rows : t.rows)
        for (const row& each : rows) {
            if (each.ours != fact_name) continue;
            const bool opposite = each.how == reading::negation;
            if (opposite) return written_setting(t, each, value == "true" ? "false" : "true");
            if (each.values.empty()) return written_setting(t, each, value);
            for (const value_pair& pair : each.values)
                if (pair.ours == value && !pair.theirs.empty() && pair.lost.empty())
                    return written_setting(t, each, std::string(pair.theirs));
        }
    return {};
}

/// Returns the setting of a tool that gives a key a value; nothing if it has none.
[[nodiscard]] inline std::optional<std::string> setting_of_key(const tool& t, std::string_view path,
                                                               const std::string& value) {
    for (const key_as_fact& each : keys_as_facts) {
        const bool counts = each.tools.empty() || lists(each.tools, t.name);
        if (!counts || each.path != path || each.value != value) continue;
        if (auto written = setting_of_fact(t, each.fact, std::string(each.as))) return written;
    }
    std::optional<std::string> written = setting_of_fact(t, path, value);
    for (const companion& each : companions)
        if (written && each.tool == t.name && each.setting == *written) *written += each.more;
    return written;
}

/// Adds the settings that change one section into another. Returns false if a change has no setting.
template <class Section>
[[nodiscard]] bool add_changes(const tool& t, keys::key_table<Section> table, const Section& before,
                               const Section& after, std::vector<std::string>& settings) {
    bool all = true;
    for (const keys::key<Section>& key : table) {
        if (key.member.get == nullptr || key.member.get(before) == key.member.get(after)) continue;
        const std::string value = plain_text(value_json(key.facts, key.member.get(after)));
        const std::optional<std::string> written = setting_of_key(t, key.facts.path, value);
        if (written) settings.push_back(*written);
        all = all && written;
    }
    return all;
}

/// Returns the words of a key's value.
template <class Section>
[[nodiscard]] std::string value_text(keys::key_table<Section> table, std::string_view path, const Section& of) {
    for (const keys::key<Section>& key : table)
        if (key.facts.path == path && key.member.get != nullptr)
            return plain_text(value_json(key.facts, key.member.get(of)));
    return {};
}

/// Adds the one setting that divides the weights and puts states on the host, where a tool has it, and takes both
/// changes as said.
inline void add_division(const tool& t, training& before, const training& after, layout& laid_before,
                         const layout& laid_after, std::vector<std::string>& settings) {
    if (before.offload == after.offload && laid_before.sharding == laid_after.sharding) return;
    const std::string offload = value_text<training>(keys::training_keys, "training.offload", after);
    const std::string sharding = value_text<layout>(keys::layout_keys, "layout.sharding", laid_after);
    for (const division_words& each : divisions) {
        if (each.tool != t.name || each.sharding != sharding || each.offload != offload) continue;
        settings.emplace_back(each.written);
        before.offload = after.offload;
        laid_before.sharding = laid_after.sharding;
    }
}

/// Adds the settings of adapters that a training had not, where a tool has them, and takes them as said.
inline void add_adapter(const tool& t, training& before, const training& after, std::vector<std::string>& settings) {
    if (before.adapter == after.adapter) return;
    for (const adapter_words& each : adapters_of_tools) {
        if (each.tool != t.name) continue;
        settings.emplace_back(each.lora);
        if (after.base_weights == number_format::nf4) settings.emplace_back(each.quantized);
        before.adapter = after.adapter;
        before.base_weights = after.base_weights;
    }
}

/// Returns true if a tool states the batch of a step over all cards, from which the accumulation follows.
[[nodiscard]] inline bool states_global_batch(const tool& t) {
    for (const std::span<const row> rows : t.rows)
        for (const row& each : rows)
            if (each.ours == "batch.global" || each.ours == "titan.step_tokens") return true;
    return false;
}

/// Returns true if a tool has the layout's changed sizes as settings; adds them.
[[nodiscard]] inline bool add_layout_changes(const tool& t, layout before, layout after,
                                             std::vector<std::string>& settings) {
    // The data-parallel size and its groups follow from the others.
    after.data = before.data;
    after.sharding_group = before.sharding_group;
    return add_changes<layout>(t, keys::layout_keys, before, after, settings);
}

[[nodiscard]] inline std::string joined_settings(const std::vector<std::string>& settings) {
    std::string text;
    for (const std::string& each : settings) text += (text.empty() ? "" : ", ") + each;
    return text;
}

}  // namespace detail

/// Returns the settings of a tool that change one training into another; empty if it has not all of them. The batch of
/// a step stays the same.
[[nodiscard]] inline std::string settings_for(const tool& t, training before, layout laid_before, const training& after,
                                              const layout& laid_after) {
    std::vector<std::string> settings;
    if (detail::states_global_batch(t)) before.gradient_accumulation = after.gradient_accumulation;
    detail::add_division(t, before, after, laid_before, laid_after, settings);
    detail::add_adapter(t, before, after, settings);
    const bool own = detail::add_changes<training>(t, keys::training_keys, before, after, settings);
    const bool laid = detail::add_layout_changes(t, laid_before, laid_after, settings);
    return own && laid ? detail::joined_settings(settings) : std::string();
}

/// Returns the setting of a server that gives its sequences a length in tokens; nothing if it has none. llama.cpp
/// states the tokens of all its slots together.
[[nodiscard]] inline std::optional<std::string> setting_of_length(const tool& t, std::int64_t tokens,
                                                                  std::int64_t slots) {
    return detail::setting_of_fact(t, "length", std::to_string(t.name == "llama.cpp" ? tokens * slots : tokens));
}

/// Returns the settings of a server that change one inference into another; empty if it has not all of them. A server
/// knows the length of a whole sequence.
[[nodiscard]] inline std::string settings_for(const tool& t, const inference& before, const layout& laid_before,
                                              inference after, const layout& laid_after) {
    std::vector<std::string> settings;
    const bool shorter = after.prompt != before.prompt || after.generate != before.generate;
    const auto written =
        shorter ? setting_of_length(t, after.prompt + after.generate, after.batch) : std::optional<std::string>();
    if (written) settings.push_back(*written);
    if (shorter && !written) return {};
    after.prompt = before.prompt;
    after.generate = before.generate;
    const bool own = detail::add_changes<inference>(t, keys::inference_keys, before, after, settings);
    const bool laid = detail::add_layout_changes(t, laid_before, laid_after, settings);
    return own && laid ? detail::joined_settings(settings) : std::string();
}

}  // namespace cardfit::io::imports
