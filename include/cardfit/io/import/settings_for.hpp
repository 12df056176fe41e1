// SPDX-License-Identifier: MIT
#pragma once

// Keys of the job as a tool's own settings: the tables of import, read the other way. A change of a job is told in the
// words of the command that a person was about to run.

#include <cardfit/io/import/account.hpp>
#include <cardfit/io/key_value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports {

namespace detail {

/// A value of a key that tools have as a fact of their own.
struct key_as_fact {
    std::string_view path;
    std::string_view value;
    std::string_view fact;
    std::string_view as;
};
inline constexpr key_as_fact keys_as_facts[]{
    {"training.recompute", "full", "recompute", "true"},       {"training.loss", "fused", "liger", "true"},
    {"training.offload", "full", "fsdp.offload", "true"},      {"layout.sharding", "full", "fsdp", "full_shard"},
    {"layout.sharding", "gradients", "fsdp", "shard_grad_op"},
};

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
    for (const key_as_fact& each : keys_as_facts)
        if (each.path == path && each.value == value)
            if (auto written = setting_of_fact(t, each.fact, std::string(each.as))) return written;
    return setting_of_fact(t, path, value);
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

/// Returns the settings of a tool that change one training into another; empty if it has not all of them.
[[nodiscard]] inline std::string settings_for(const tool& t, const training& before, const layout& laid_before,
                                              const training& after, const layout& laid_after) {
    std::vector<std::string> settings;
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
