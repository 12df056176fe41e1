// SPDX-License-Identifier: MIT
#pragma once

// One JSON object, read key by key: what is wrong is collected, what is absent keeps its default and is noted, what
// nobody asked for is an error.

#include <cardfit/io/input_error.hpp>
#include <cardfit/io/names.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

/// A key that was not given, and the default that stands for it.
struct assumption {
    std::string key{};
    std::string value{};
};

/// What reading a file gathers beside its values.
struct findings {
    std::vector<input_problem> problems;
    std::vector<assumption> assumed;
};

/// Reads one object. Keys are asked for in any order; `finish` reports those that nobody asked for.
class object_reader {
public:
    object_reader(const nlohmann::json& object, std::string path, findings& found)
        : object_(object), path_(std::move(path)), found_(found) {
        if (!object.is_object()) refuse_value(path_, object, "an object");
    }

    [[nodiscard]] std::string full(std::string_view key) const {
        return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
    }

    /// The key's value, or null; from now on the key is known.
    [[nodiscard]] const nlohmann::json* take(std::string_view key) {
        if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
        if (!object_.is_object()) return nullptr;
        const auto at = object_.find(std::string(key));
        return at == object_.end() ? nullptr : &*at;
    }

    /// A whole number in [low, high].
    template <std::integral Number>
    void integer(std::string_view key, Number& target, std::int64_t low, std::int64_t high) {
        const nlohmann::json* value = take(key);
        if (!value) return assume(key, std::to_string(target));
        const bool whole =
            value->is_number_integer() &&
            !(value->is_number_unsigned() &&
              value->get<std::uint64_t>() > static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)()));
        const std::int64_t number = whole ? value->get<std::int64_t>() : 0;
        if (!whole || number < low || number > high) return refuse_value(full(key), *value, integers(low, high));
        target = static_cast<Number>(number);
    }
    /// The same, where the key must be there.
    template <std::integral Number>
    void required_integer(std::string_view key, Number& target, std::int64_t low, std::int64_t high) {
        if (!object_.is_object()) return;
        if (!object_.contains(std::string(key))) {
            known_.push_back(key);
            found_.problems.push_back(missing_key(full(key), integers(low, high)));
            return;
        }
        integer(key, target, low, high);
    }
    /// A number in [low, high].
    void number(std::string_view key, double& target, double low, double high, std::string_view accepted) {
        const nlohmann::json* value = take(key);
        if (!value) return;
        const double given = value->is_number() ? value->get<double>() : -1;
        if (!value->is_number() || !(given >= low && given <= high))
            return refuse_value(full(key), *value, std::string(accepted));
        target = given;
    }
    void flag(std::string_view key, bool& target) {
        const nlohmann::json* value = take(key);
        if (!value) return assume(key, target ? "true" : "false");
        if (!value->is_boolean()) return refuse_value(full(key), *value, "true, false");
        target = value->get<bool>();
    }
    /// One of `names`. `standing` is what an absent key means, for the note; empty: nothing worth a note.
    template <class Names, class E>
    void name(std::string_view key, E& target, const Names& names, std::string_view standing) {
        const nlohmann::json* value = take(key);
        if (!value) return standing.empty() ? void() : assume(key, std::string(standing));
        const std::string* text = value->get_ptr<const std::string*>();
        for (const auto& n : names)
            if (text && *text == n.name) return static_cast<void>(target = n.value);
        refuse_value(full(key), *value, listed(names));
    }
    template <class Names, class E>
    void name(std::string_view key, E& target, const Names& names) {
        name(key, target, names, name_of(names, target));
    }

    void refuse_value(const std::string& key, const nlohmann::json& value, std::string accepted) {
        found_.problems.push_back(refused_value(key, value, std::move(accepted)));
    }
    void assume(std::string_view key, std::string value) { found_.assumed.push_back({full(key), std::move(value)}); }

    /// Reports every key that was never taken.
    void finish() {
        if (!object_.is_object()) return;
        for (const auto& [key, value] : object_.items()) {
            if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
            std::string accepted = "one of the keys";
            for (std::size_t i = 0; i < known_.size(); ++i) accepted += (i == 0 ? " " : ", ") + std::string(known_[i]);
            input_problem p = refused_value(full(key), value, accepted);
            p.message = full(key) + " is not a known key; accepted: " + accepted;
            found_.problems.push_back(std::move(p));
        }
    }

private:
    const nlohmann::json& object_;
    std::string path_;
    findings& found_;
    std::vector<std::string_view> known_;
};

}  // namespace cardfit::io
