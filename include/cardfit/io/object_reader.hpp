// SPDX-License-Identifier: MIT
#pragma once

// Reads a JSON object key by key. It collects problems, notes the defaults of absent keys, and reports every key that
// the caller never asks for as an error.

#include <cardfit/io/input_error.hpp>
#include <cardfit/io/json_view.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

/// Returns an empty object with room for this many members. An object that grows beyond its room copies all of them.
[[nodiscard]] inline nlohmann::ordered_json object_with_room(std::size_t members) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    json.get_ref<nlohmann::ordered_json::object_t&>().reserve(members);
    return json;
}

/// A key that was not given, and the default that is used instead, in readable form.
struct assumption {
    std::string key{};    ///< the whole path of the key
    std::string value{};  ///< the default, for people
};

/// What the reading of a file finds besides the values: its problems and assumptions.
struct findings {
    std::vector<input_problem> problems;  ///< what was refused, in the order of reading
    std::vector<assumption> assumed;      ///< the defaults that were filled in
};

/// Reads one object. Keys can be asked for in any order; `finish` reports the keys that were not asked for.
class object_reader {
public:
    /// Starts to read; `path` stands before each key in messages. A value that is no object is a problem.
    object_reader(json_view object, std::string path, findings& found)
        : object_(object), path_(std::move(path)), found_(found) {
        if (!object.is_object()) refuse_value(path_, object, "an object");
        known_.reserve(most_keys);
    }

    /// Returns true if the value is an object.
    [[nodiscard]] bool is_object() const { return object_.is_object(); }

    /// Returns the full path of a key: "training.micro_batch".
    [[nodiscard]] std::string full(std::string_view key) const {
        return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
    }

    /// Returns the value of a key, or nothing if it is absent. The key then counts as known.
    [[nodiscard]] std::optional<json_view> take(std::string_view key) {
        known_.push_back(key);
        return object_.find(key);
    }

    /// Adds a problem with a key's value.
    void refuse_value(const std::string& key, json_view value, const std::string& accepted) {
        found_.problems.push_back(refused_value(key, value.shown(), accepted));
    }
    /// Adds a default that was filled in.
    void assume(std::string_view key, std::string value) { found_.assumed.push_back({full(key), std::move(value)}); }

    /// Adds a problem for every key that was never taken, until there are more problems than a report holds.
    void finish() {
        if (!object_.is_object()) return;
        object_.for_each([&](std::string_view key, json_view value) {
            if (std::find(known_.begin(), known_.end(), key) != known_.end()) return;
            if (found_.problems.size() <= most_problems) refuse_unknown_key(key, value);
        });
    }

private:
    void refuse_unknown_key(std::string_view key, json_view value) {
        constexpr std::size_t longest_key = 200;
        std::string accepted = "one of the keys";
        for (auto known = known_.begin(); known != known_.end(); ++known)
            if (std::find(known_.begin(), known, *known) == known)
                accepted += (known == known_.begin() ? " " : ", ") + std::string(*known);
        const std::string name = detail::cut_text(full(key), longest_key);
        input_problem p = refused_value(name, value.shown(), accepted);
        p.message = name + " is not a known key; accepted: " + accepted;
        found_.problems.push_back(std::move(p));
    }

    static constexpr std::size_t most_keys = 64;  ///< that most objects are asked for

    json_view object_;
    std::string path_;
    findings& found_;
    std::vector<std::string_view> known_;  ///< the keys that were asked for, some of them twice
};

namespace detail {

[[nodiscard]] inline bool names_key(json_view section, std::string_view key) { return section.contains(key); }

/// Returns the text of a key, or an empty one.
[[nodiscard]] inline std::string_view word_of(json_view section, std::string_view key) {
    const std::optional<json_view> value = section.find(key);
    return value ? value->text().value_or(std::string_view()) : std::string_view();
}

}  // namespace detail

}  // namespace cardfit::io
