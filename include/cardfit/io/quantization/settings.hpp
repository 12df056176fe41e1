// SPDX-License-Identifier: MIT
#pragma once

// The settings of one quantization method, read key by key from a checkpoint's files.

#include <cardfit/io/input_error.hpp>
#include <cardfit/io/quantization/scheme.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io::detail {

/// The most patterns of module names that a file may have.
inline constexpr std::size_t most_patterns = 200'000;

/// How to go on where a quantization is not read.
inline constexpr std::string_view other_ways =
    "or name the format with inference.weights (--weights FORMAT), or read the bytes from a file of weights";

/// One object of a quantization's settings, with its path for messages. A key that has another type than its method
/// gives it is refused.
class settings {
public:
    settings(const nlohmann::json& object, std::string path) : object_(&object), path_(std::move(path)) {
        if (!object.is_object()) throw input_error({refused_value(path_, object, "an object")});
    }

    [[nodiscard]] const nlohmann::json& object() const { return *object_; }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string full(std::string_view key) const { return path_ + "." + std::string(key); }

    /// Returns the value of a key; null if it is absent or null.
    [[nodiscard]] const nlohmann::json* find(std::string_view key) const {
        const auto at = object_->find(std::string(key));
        return at == object_->end() || at->is_null() ? nullptr : &*at;
    }
    /// Returns the first of several keys that is there.
    [[nodiscard]] const nlohmann::json* find_any(std::initializer_list<std::string_view> keys) const {
        for (const std::string_view key : keys)
            if (const nlohmann::json* value = find(key)) return value;
        return nullptr;
    }
    /// Returns the object of a key; nothing if it is absent.
    [[nodiscard]] std::optional<settings> inner(std::string_view key) const {
        const nlohmann::json* value = find(key);
        return value ? std::optional<settings>(settings(*value, full(key))) : std::nullopt;
    }

    [[nodiscard]] std::string text(std::string_view key) const {
        const nlohmann::json* value = find(key);
        if (!value) return {};
        if (!value->is_string()) refuse(key, "text");
        return value->get<std::string>();
    }
    [[nodiscard]] bool flag(std::string_view key, bool absent = false) const {
        const nlohmann::json* value = find(key);
        if (!value) return absent;
        if (!value->is_boolean()) refuse(key, "true or false");
        return value->get<bool>();
    }
    [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t absent) const {
        const nlohmann::json* value = find(key);
        if (!value) return absent;
        constexpr std::int64_t largest = 1'000'000;
        const bool small = value->is_number_integer() &&
                           !(value->is_number_unsigned() && value->get<std::uint64_t>() > std::uint64_t{largest});
        if (!small) refuse(key, integers(-1, largest));
        return value->get<std::int64_t>();
    }
    /// Returns a list of names; empty if the key is absent. Lists in lists are read as one list.
    [[nodiscard]] std::vector<std::string> names(std::string_view key) const {
        std::vector<std::string> all;
        const nlohmann::json* value = find(key);
        if (value) add_names(key, *value, all, 0);
        return all;
    }

    /// Throws input_error: the value of a key is not read.
    [[noreturn]] void refuse(std::string_view key, const std::string& accepted) const {
        const nlohmann::json* value = find(key);
        throw input_error({value ? refused_value(full(key), *value, accepted) : missing_key(full(key), accepted)});
    }
    /// Throws input_error: the format that a key states is not read.
    [[noreturn]] void refuse_format(std::string_view key, const std::string& accepted) const {
        refuse(key, accepted + "; " + std::string(other_ways));
    }

private:
    void add_names(std::string_view key, const nlohmann::json& value, std::vector<std::string>& all, int depth) const {
        if (value.is_string()) {
            if (all.size() >= most_patterns) refuse(key, "at most 200000 names");
            return all.push_back(value.get<std::string>());
        }
        if (!value.is_array() || depth > 2) refuse(key, "a list of module names");
        for (const nlohmann::json& each : value) add_names(key, each, all, depth + 1);
    }

    const nlohmann::json* object_;
    std::string path_;
};

/// Returns the rows that share a scale; -1 stands for whole columns.
[[nodiscard]] inline std::int64_t group_size(const settings& in, std::string_view key, std::int64_t absent) {
    const std::int64_t rows = in.integer(key, absent);
    if (rows == -1 || rows == 0) return key_ranges::group.high;
    if (rows < key_ranges::group.low || rows > key_ranges::group.high)
        in.refuse(key, "-1, or " + integers(key_ranges::group.low, key_ranges::group.high));
    return rows;
}

/// A number of bits and its format.
struct format_of_bits {
    std::int64_t bits;
    number_format format;
};
/// Returns the format of this many bits. Throws input_error where the list has none.
template <std::size_t N>
[[nodiscard]] number_format format_of(const settings& in, std::string_view key, std::int64_t bits,
                                      const format_of_bits (&formats)[N]) {
    std::string accepted;
    for (const format_of_bits& each : formats) {
        if (each.bits == bits) return each.format;
        accepted += (accepted.empty() ? "" : ", ") + std::to_string(each.bits);
    }
    in.refuse_format(key, accepted);
}

}  // namespace cardfit::io::detail
