// SPDX-License-Identifier: MIT
#pragma once

// What is wrong with an input file, all of it at once: the key's full path, the value as found, what is accepted.

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace cardfit::io {

/// One thing wrong with an input file: the key's full path, the value as found, what is accepted.
/// `value` is null where the key is missing; `line` is 0 where the reader does not know it.
struct input_problem {
    std::string key{};
    nlohmann::json value{};
    std::string accepted{};
    std::string message{};
    int line = 0;
    /// Well formed, but about something that cardfit does not answer yet.
    bool not_there_yet = false;
};

namespace detail {

/// Whether a value nests no deeper than `depth`: copying and printing recurse, and a file may nest a million deep.
[[nodiscard]] inline bool nests_within(const nlohmann::json& value, int depth) {
    if (!value.is_structured()) return true;
    if (depth == 0) return false;
    for (const nlohmann::json& element : value) {
        if (!nests_within(element, depth - 1)) return false;
    }
    return true;
}

/// The value as JSON on one line, cut to about 60 bytes between two characters. Bytes that are no UTF-8 are replaced.
[[nodiscard]] inline std::string short_text(const nlohmann::json& value) {
    constexpr std::size_t longest = 60;
    std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (text.size() <= longest) return text;
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end) + "...";
}

}  // namespace detail

/// A value that is not accepted: "KEY is VALUE; accepted: ACCEPTED".
[[nodiscard]] inline input_problem refused_value(std::string key, const nlohmann::json& value, std::string accepted) {
    constexpr int deepest = 64;
    const bool printable = detail::nests_within(value, deepest);
    const std::string text = printable ? detail::short_text(value) : std::string("nested more than 64 deep");
    std::string message = key + " is " + text + "; accepted: " + accepted;
    return {std::move(key), printable ? value : nlohmann::json(), std::move(accepted), std::move(message), 0};
}

/// A key that must be there and is not: "KEY is missing; accepted: ACCEPTED".
[[nodiscard]] inline input_problem missing_key(std::string key, std::string accepted) {
    std::string message = key + " is missing; accepted: " + accepted;
    return {std::move(key), nlohmann::json(), std::move(accepted), std::move(message), 0};
}

/// "an integer from 1 to 8", or "no other than 1".
[[nodiscard]] inline std::string integers(std::int64_t low, std::int64_t high) {
    return low == high ? "no other than " + std::to_string(low)
                       : "an integer from " + std::to_string(low) + " to " + std::to_string(high);
}

/// Thrown for an input file that is not accepted; carries everything that is wrong with it.
class input_error : public std::invalid_argument {
public:
    explicit input_error(std::vector<input_problem> problems)
        : std::invalid_argument(lines(problems)),
          problems_(std::make_shared<const std::vector<input_problem>>(std::move(problems))) {}

    /// In the order found. `what()` has their messages, one a line.
    [[nodiscard]] const std::vector<input_problem>& problems() const noexcept { return *problems_; }

private:
    [[nodiscard]] static std::string lines(const std::vector<input_problem>& problems) {
        std::string text;
        for (const input_problem& p : problems) text += (text.empty() ? "" : "\n") + p.message;
        return text;
    }

    // Shared, so that copying the exception cannot throw.
    std::shared_ptr<const std::vector<input_problem>> problems_;
};

}  // namespace cardfit::io
