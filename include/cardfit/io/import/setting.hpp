// SPDX-License-Identifier: MIT
#pragma once

// A setting as a command line or a file states it, before any table is asked what it means; and the flat list of
// settings that a tree of keys and values is.

#include <cardfit/io/input_error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports {

/// One setting: its name with underscores, its values as text, and where it stands.
struct setting {
    std::string name{};                 ///< with underscores
    std::vector<std::string> values{};  ///< as texts
    /// As a person wrote the name: "--per-device-train-batch-size", "zero_optimization.stage".
    std::string written{};
    /// "command line", or the name of a file.
    std::string from{};

    /// Returns the values with spaces between.
    [[nodiscard]] std::string text() const {
        std::string all;
        for (const std::string& value : values) all += (&value == &values[0] ? "" : " ") + value;
        return all;
    }
};

/// The limits of a file of settings: a YAML file may state more by aliases than it has bytes.
inline constexpr std::size_t longest_document = std::size_t{1} << 20;
/// The most values of a file of settings.
inline constexpr std::size_t most_nodes = 100'000;
/// The deepest value of a file of settings.
inline constexpr int deepest_node = 64;

/// Throws input_error that says what is accepted in a file of settings.
[[noreturn]] inline void refuse_document(const std::string& name, const std::string& why, const std::string& accepted) {
    throw input_error({input_problem{
        .key = name, .accepted = accepted, .message = name + " is not read: " + why + "; accepted: " + accepted}});
}

/// Returns a scalar as text: true, 4, 1e-05. A text stays as it is.
[[nodiscard]] inline std::string scalar_text(const nlohmann::json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

namespace detail {

/// Adds the settings of a tree. Lists of scalars are one setting with several values; other lists are keys by number.
inline void flatten(const nlohmann::json& value, const std::string& path, const std::string& from,
                    std::vector<setting>& all) {
    const bool scalars = value.is_array() && std::none_of(value.begin(), value.end(), [](const nlohmann::json& each) {
                             return each.is_structured();
                         });
    if (value.is_null() || (value.is_structured() && value.empty())) return;
    if (value.is_structured() && !scalars) {
        for (const auto& each : value.items())
            flatten(each.value(), path.empty() ? each.key() : path + "." + each.key(), from, all);
        return;
    }
    setting one{.name = path, .values = {}, .written = path, .from = from};
    // Files of servers write their flags' names: model-path.
    std::replace(one.name.begin(), one.name.end(), '-', '_');
    if (!scalars) one.values.push_back(scalar_text(value));
    if (scalars)
        for (const nlohmann::json& each : value) one.values.push_back(scalar_text(each));
    all.push_back(std::move(one));
}

}  // namespace detail

/// Returns the settings of a tree of keys and values, each under its path with dots: "zero_optimization.stage". A key
/// without a value (null) is not given.
[[nodiscard]] inline std::vector<setting> settings_of(const nlohmann::json& tree, const std::string& from) {
    std::vector<setting> all;
    detail::flatten(tree, "", from, all);
    return all;
}

}  // namespace cardfit::io::imports
