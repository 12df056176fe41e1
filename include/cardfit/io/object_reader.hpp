// SPDX-License-Identifier: MIT
#pragma once

// One JSON object, read key by key. Problems are collected, defaults that stand for absent keys are noted, and keys
// that the reader never asks for are errors.

#include <cardfit/io/input_error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

/// A key that was not given, and the default that stands for it, as people read it.
struct assumption {
    std::string key{};
    std::string value{};
};

/// What the reading of a file gathers besides its values.
struct findings {
    std::vector<input_problem> problems;
    std::vector<assumption> assumed;
};

/// Reads one object. Keys are asked for in any order; `finish` reports the others.
class object_reader {
public:
    object_reader(const nlohmann::json& object, std::string path, findings& found)
        : object_(object), path_(std::move(path)), found_(found) {
        if (!object.is_object()) refuse_value(path_, object, "an object");
    }

    [[nodiscard]] bool is_object() const { return object_.is_object(); }

    /// Returns the key's full path: "training.micro_batch".
    [[nodiscard]] std::string full(std::string_view key) const {
        return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
    }

    /// Returns the key's value, or null where it is absent. From now on the key is known.
    [[nodiscard]] const nlohmann::json* take(std::string_view key) {
        if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
        if (!object_.is_object()) return nullptr;
        const auto at = object_.find(std::string(key));
        return at == object_.end() ? nullptr : &*at;
    }

    void refuse_value(const std::string& key, const nlohmann::json& value, const std::string& accepted) {
        found_.problems.push_back(refused_value(key, value, accepted));
    }
    void assume(std::string_view key, std::string value) { found_.assumed.push_back({full(key), std::move(value)}); }

    /// Adds a problem for every key that was never taken.
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
