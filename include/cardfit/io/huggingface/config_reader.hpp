// SPDX-License-Identifier: MIT
#pragma once

// Reads one object of a `config.json` from the Hugging Face hub key by key, with the defaults of its configuration
// class.

#include <cardfit/io/input_error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io::detail {

inline constexpr std::int64_t million = 1'000'000;

/// There is no default: an absent or null key is an error. This holds for the sizes that distinguish the models of a
/// family.
inline constexpr std::int64_t required = -1;
/// The size is derived by `cardfit::transformer`, to which 0 means: kv_heads equals heads, head_dim equals hidden /
/// heads, or the model does not have the feature.
inline constexpr std::int64_t derived = 0;
/// The feed-forward is four times as wide as the hidden size.
inline constexpr std::int64_t four_times_hidden = -2;

/// The key of a size in config.json, and the values that are used if it is absent or null. With an empty name, the
/// family has no such size.
struct size_key {
    std::string_view name = "";
    std::string_view alias = "";     ///< a second name that the class accepts (its attribute_map)
    std::int64_t absent = required;  ///< the default of the class
    std::int64_t null = required;    ///< the value that the class uses for None
};

/// A key that affects the shape of the model and for which cardfit supports one value only. That value is also the
/// default of the class.
struct fixed_key {
    std::string_view name = "";
    std::string_view json = "";         ///< the supported value, as JSON
    std::string_view unsupported = "";  ///< the meaning of the other values
};

/// Reads one object of a config.json key by key. Problems are added to the list; the value returned is then 0 or false.
class config_reader {
public:
    config_reader(const nlohmann::json& object, std::string path, std::vector<input_problem>& found)
        : object_(object), path_(std::move(path)), found_(found) {}

    [[nodiscard]] std::string full(std::string_view key) const { return path_ + "." + std::string(key); }
    /// Returns the value of a key, or null if the key is absent.
    [[nodiscard]] const nlohmann::json* find(std::string_view key) const {
        const auto at = object_.find(std::string(key));
        return at == object_.end() ? nullptr : &*at;
    }
    void refuse(std::string_view key, const std::string& accepted) {
        const nlohmann::json* value = find(key);
        found_.push_back(value ? refused_value(full(key), *value, accepted) : missing_key(full(key), accepted));
    }
    void refuse(std::string_view key, const nlohmann::json& value, const std::string& accepted) {
        found_.push_back(refused_value(full(key), value, accepted));
    }

    /// Returns the name under which the file states a size: the family's own name or its alias.
    [[nodiscard]] std::string_view name(const size_key& key) const {
        return !find(key.name) && !key.alias.empty() && find(key.alias) ? key.alias : key.name;
    }
    /// Returns a size in [low, high], or its default if the key is absent or null.
    [[nodiscard]] std::int64_t size(const size_key& key, std::int64_t low, std::int64_t high) {
        if (key.name.empty()) return derived;
        const std::string_view used = name(key);
        const nlohmann::json* value = find(used);
        const std::int64_t stand_in = value ? key.null : key.absent;
        if ((!value || value->is_null()) && stand_in != required) return stand_in;
        if (value) {
            if (const std::optional<std::int64_t> number = integer(*value, low, high)) return *number;
        }
        refuse(used, integers(low, high) + (key.null == required ? "" : ", or null"));
        return 0;
    }
    [[nodiscard]] bool flag(std::string_view key, bool absent) {
        const nlohmann::json* value = find(key);
        if (value && !value->is_boolean()) refuse(key, "true or false");
        return value && value->is_boolean() ? value->get<bool>() : absent;
    }
    /// Adds a problem unless the key is absent or has the one value that cardfit supports.
    void fixed(const fixed_key& key) {
        const nlohmann::json* value = key.name.empty() ? nullptr : find(key.name);
        // The values are compared as text, so that 1.0 is not 1.
        if (!value || (value->is_primitive() && short_text(*value) == key.json)) return;
        refuse(key.name, std::string(key.json) + " (" + std::string(key.unsupported) + " are not supported)");
    }

    /// Returns the number if it is an integer in [low, high]. The parser reads integers past 64 bits as floats.
    [[nodiscard]] static std::optional<std::int64_t> integer(const nlohmann::json& value, std::int64_t low,
                                                             std::int64_t high) {
        if (!value.is_number_integer()) return std::nullopt;
        if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(high)) {
            return std::nullopt;
        }
        const auto number = value.get<std::int64_t>();
        return number < low || number > high ? std::nullopt : std::optional(number);
    }

private:
    const nlohmann::json& object_;
    std::string path_;
    std::vector<input_problem>& found_;
};

[[nodiscard]] inline bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
    return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return text.ends_with(end); });
}
inline void check_architecture(config_reader& in, std::initializer_list<std::string_view> ends,
                               const std::string& accepted) {
    const nlohmann::json* list = in.find("architectures");
    if (!list || list->is_null() || (list->is_array() && list->empty())) return;
    const bool named = list->is_array() && list->front().is_string();
    if (!named || !ends_with_any(list->front().get<std::string>(), ends)) in.refuse("architectures", accepted);
}

}  // namespace cardfit::io::detail
