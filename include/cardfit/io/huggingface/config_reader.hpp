// SPDX-License-Identifier: MIT
#pragma once

// Reads one object of a `config.json` from the Hugging Face hub key by key, with the defaults of its configuration
// class.

#include <cardfit/io/input_error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
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
    bool per_layer = false;          ///< the class also takes a list with one number per layer; all must be the same
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
    /// Returns the value of a key, or null if the key is absent. The key then counts as read.
    [[nodiscard]] const nlohmann::json* find(std::string_view key) const {
        if (!has_read(key)) read_.emplace_back(key);
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

    /// Returns true if the key was asked for, whether the file has it or not.
    [[nodiscard]] bool has_read(std::string_view key) const {
        return std::find(read_.begin(), read_.end(), key) != read_.end();
    }
    [[nodiscard]] const nlohmann::json& object() const { return object_; }
    /// Returns a reader of the object under a key of this one, which adds its problems to the same list.
    [[nodiscard]] config_reader inside(std::string_view key, const nlohmann::json& object) const {
        return {object, full(key), found_};
    }
    /// Returns a reader of the object under a key of this one, or of an empty one where the key is absent or null. Any
    /// other value is a problem.
    [[nodiscard]] config_reader part(std::string_view key) {
        static const nlohmann::json nothing = nlohmann::json::object();
        const nlohmann::json* value = find(key);
        const bool is_object = value && value->is_object();
        if (value && !value->is_null() && !is_object) refuse(key, "an object");
        return inside(key, is_object ? *value : nothing);
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
            refuse_other_name(key, used, *value);
            if (const std::optional<std::int64_t> number = integer_of(key, *value, low, high)) return *number;
        }
        refuse(used, integers(low, high) + (key.null == required ? "" : ", or null"));
        return 0;
    }
    /// Returns a flag. As in Python, null is false.
    [[nodiscard]] bool flag(std::string_view key, bool absent) {
        const nlohmann::json* value = find(key);
        if (!value) return absent;
        if (!value->is_boolean() && !value->is_null()) refuse(key, "true, false, or null (false)");
        return value->is_boolean() && value->get<bool>();
    }
    /// Adds a problem unless the key is absent or has the one value that cardfit supports.
    void fixed(const fixed_key& key) {
        const nlohmann::json* value = key.name.empty() ? nullptr : find(key.name);
        // The values are compared as text, so that 1.0 is not 1.
        if (!value || (value->is_primitive() && short_text(*value) == key.json)) return;
        if (value->is_null() && key.json == "false") return;
        refuse(key.name, std::string(key.json) + " (" + std::string(key.unsupported) + " are not supported)");
    }
    /// Adds a problem unless the key is absent, null, or states the value that follows from others.
    void derived_value(std::string_view key, std::int64_t value, const std::string& accepted) {
        const nlohmann::json* stated = find(key);
        if (stated && !stated->is_null() && *stated != value) refuse(key, accepted);
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
    /// Adds a problem if the file states a size under both names with different values.
    void refuse_other_name(const size_key& key, std::string_view used, const nlohmann::json& value) {
        const nlohmann::json* other = key.alias.empty() || used == key.alias ? nullptr : find(key.alias);
        if (!other || other->is_null() || *other == value) return;
        refuse(key.alias, "the value of " + std::string(used) + ", " + short_text(value) + ", or no such key");
    }
    /// Returns the integer, or the one that a list repeats for every layer.
    [[nodiscard]] std::optional<std::int64_t> integer_of(const size_key& key, const nlohmann::json& value,
                                                         std::int64_t low, std::int64_t high) const {
        if (!value.is_array()) return integer(value, low, high);
        const nlohmann::json* layers = find("num_hidden_layers");
        const bool complete = layers && layers->is_number_integer() && *layers == value.size();
        const bool uniform = std::all_of(value.begin(), value.end(), [&](const auto& n) { return n == value.front(); });
        if (!key.per_layer || !complete || value.empty() || !uniform) return std::nullopt;
        return integer(value.front(), low, high);
    }

    const nlohmann::json& object_;
    std::string path_;
    std::vector<input_problem>& found_;
    mutable std::vector<std::string> read_;
};

[[nodiscard]] inline bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
    return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return text.ends_with(end); });
}
/// Returns true if the key `feed_forward_proj`, in which T5 names an activation, begins with "gated-".
[[nodiscard]] inline bool names_gate(const config_reader& in) {
    const nlohmann::json* activation = in.find("feed_forward_proj");
    return activation && activation->is_string() && activation->get<std::string>().starts_with("gated-");
}
/// Returns the letters and digits of a name, in lower case: "Qwen2Moe" and "qwen2_moe" are the same name.
[[nodiscard]] inline std::string folded(std::string_view name) {
    std::string text;
    for (const char c : name) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            text += static_cast<char>(upper ? c + 'a' - 'A' : c);
    }
    return text;
}

/// A class of transformers, as `architectures` names it: the family's part of the name, and the head's.
struct class_name {
    std::string stem{};
    std::string head{};
};

/// Returns the parts of the name of a class: "Qwen2MoeForCausalLM" is "Qwen2Moe" with the head "ForCausalLM".
[[nodiscard]] inline class_name class_parts(const std::string& name) {
    const std::size_t at = name.rfind("For");
    if (at != name.npos && at > 0) return {name.substr(0, at), name.substr(at)};
    for (const std::string_view head : {"LMHeadModel", "Model"})
        if (name.ends_with(head)) return {name.substr(0, name.size() - head.size()), std::string(head)};
    return {name, ""};
}

/// Returns true if a class is one of a family: its name begins as the model_type (without "_text"), or is one of
/// `others`, which then are all.
template <class Names>
[[nodiscard]] bool is_class_of(const class_name& c, std::string_view model_type, const Names& others) {
    constexpr std::string_view text = "_text";
    const std::string stem = folded(c.stem);
    for (const std::string_view other : others)
        if (!other.empty() && folded(other) == stem) return true;
    const bool listed = !others.empty() && !others.front().empty();
    if (model_type.ends_with(text)) model_type.remove_suffix(text.size());
    return !listed && (stem == folded(model_type) || stem == folded(model_type) + "text");
}

/// Returns the name of the class that saved the weights, or nothing if the file names none. Any value but a list of
/// names is a problem.
[[nodiscard]] inline std::optional<class_name> class_of_file(config_reader& in, const std::string& accepted) {
    const nlohmann::json* list = in.find("architectures");
    if (!list || list->is_null() || (list->is_array() && list->empty())) return std::nullopt;
    if (list->is_array() && list->front().is_string()) return class_parts(list->front().get<std::string>());
    in.refuse("architectures", accepted);
    return std::nullopt;
}

/// Checks that the class of the file is one of the family, with one of these heads.
template <class Names>
void check_class(config_reader& in, std::string_view model_type, const Names& classes,
                 std::initializer_list<std::string_view> heads) {
    std::string accepted =
        "a list whose first name is a class of the family " + std::string(model_type) + " and ends in ";
    for (const std::string_view head : heads)
        accepted += std::string(head == *heads.begin() ? "" : " or ") + std::string(head);
    accepted += " (other heads are not supported)";
    const std::optional<class_name> c = class_of_file(in, accepted);
    if (!c) return;
    const bool known = std::find(heads.begin(), heads.end(), c->head) != heads.end();
    if (!known || !is_class_of(*c, model_type, classes)) in.refuse("architectures", accepted);
}

}  // namespace cardfit::io::detail
