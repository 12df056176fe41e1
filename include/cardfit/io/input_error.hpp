// SPDX-License-Identifier: MIT
#pragma once

// The problems of an input file. They are reported all at once, each with the full path of its key, the value found and
// what is accepted.

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace cardfit::io {

/// The number of problems of one input that are reported. A hostile file may have millions of them.
inline constexpr std::size_t most_problems = 100;

/// One problem of an input file: the full path of the key, the value found and what is accepted. `value` is null if the
/// key is missing; `line` is 0 if the reader does not know it.
struct input_problem {
    std::string key{};       ///< the key, as in "training.micro_batch"
    nlohmann::json value{};  ///< what the input has; null if the key is missing
    std::string accepted{};  ///< what would be accepted, for people
    std::string message{};   ///< the whole problem, for people
    int line = 0;            ///< line of the file, from 1
    /// True if the input is well formed but asks for something that cardfit does not support yet.
    bool not_there_yet = false;
};

namespace detail {

/// Returns true if a value nests at most `depth` levels deep. Copying and printing are recursive, and a hostile file
/// may nest a million levels deep.
[[nodiscard]] inline bool nests_within(const nlohmann::json& value, int depth) {
    if (!value.is_structured()) return true;
    if (depth == 0) return false;
    for (const nlohmann::json& element : value) {
        if (!nests_within(element, depth - 1)) return false;
    }
    return true;
}

/// Returns a text cut between two characters to at most `longest` bytes, and "..." if anything was cut.
[[nodiscard]] inline std::string cut_text(std::string text, std::size_t longest) {
    if (text.size() <= longest) return text;
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end) + "...";
}

/// Returns the value as JSON on one line, with bytes that are not UTF-8 replaced.
[[nodiscard]] inline std::string value_text(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Returns the value as JSON on one line of at most 60 bytes, as messages show it.
[[nodiscard]] inline std::string short_text(const nlohmann::json& value) {
    constexpr std::size_t longest = 60;
    return cut_text(value_text(value), longest);
}

}  // namespace detail

namespace detail {

/// Returns a problem with this value. The function `say` makes the message from the text of the value, which is cut as
/// messages show it. The problem keeps the value itself only up to 1,000 bytes of JSON, and the start of its text
/// beyond, so that a report is not larger than what it reports.
template <class Say>
[[nodiscard]] input_problem problem_with(std::string key, const nlohmann::json& value, std::string accepted, Say say) {
    constexpr int deepest = 64;
    constexpr std::size_t longest_value = 1000;
    if (!nests_within(value, deepest)) {
        std::string message = say("nested more than 64 levels deep");
        return {std::move(key), nlohmann::json(), std::move(accepted), std::move(message), 0};
    }
    std::string message = say(short_text(value));
    const std::string text = value_text(value);
    nlohmann::json kept = text.size() > longest_value ? nlohmann::json(cut_text(text, longest_value)) : value;
    return {std::move(key), std::move(kept), std::move(accepted), std::move(message), 0};
}

}  // namespace detail

/// Returns the problem of a value that is not accepted: "KEY is VALUE; accepted: ACCEPTED".
[[nodiscard]] inline input_problem refused_value(const std::string& key, const nlohmann::json& value,
                                                 const std::string& accepted) {
    return detail::problem_with(
        key, value, accepted, [&](const std::string& text) { return key + " is " + text + "; accepted: " + accepted; });
}

/// Returns the problem of a value that violates a rule: "KEY = VALUE: RULE", where the rule states what must hold.
[[nodiscard]] inline input_problem broken_rule(const std::string& key, const nlohmann::json& value,
                                               const std::string& rule) {
    return detail::problem_with(key, value, rule,
                                [&](const std::string& text) { return key + " = " + text + ": " + rule; });
}

/// Returns the problem of a required key that is missing: "KEY is missing; accepted: ACCEPTED".
[[nodiscard]] inline input_problem missing_key(std::string key, std::string accepted) {
    std::string message = key + " is missing; accepted: " + accepted;
    return {std::move(key), nlohmann::json(), std::move(accepted), std::move(message), 0};
}

/// Returns "an integer from 1 to 8", or "1" if the range has only one integer.
[[nodiscard]] inline std::string integers(std::int64_t low, std::int64_t high) {
    return low == high ? std::to_string(low) : "an integer from " + std::to_string(low) + " to " + std::to_string(high);
}

/// The exception for an input file that is not accepted. It carries the first 100 problems of the file, and says so
/// if there are more.
class input_error : public std::invalid_argument {
public:
    /// Keeps the first 100 problems.
    explicit input_error(std::vector<input_problem> problems) : input_error(first_of(std::move(problems)), checked{}) {}

    /// Returns the problems in the order in which they were found. `what()` returns their messages, one per line.
    [[nodiscard]] const std::vector<input_problem>& problems() const noexcept { return *problems_; }

private:
    struct checked {};

    input_error(std::vector<input_problem> problems, checked)
        : std::invalid_argument(lines(problems)),
          problems_(std::make_shared<const std::vector<input_problem>>(std::move(problems))) {}

    /// Returns the first 100 problems. The last of them says so if there are more.
    [[nodiscard]] static std::vector<input_problem> first_of(std::vector<input_problem> problems) {
        if (problems.size() <= most_problems) return problems;
        problems.resize(most_problems);
        problems.back().message += "\n(only the first " + std::to_string(most_problems) + " problems are listed)";
        return problems;
    }

    [[nodiscard]] static std::string lines(const std::vector<input_problem>& problems) {
        std::string text;
        for (const input_problem& p : problems) text += (text.empty() ? "" : "\n") + p.message;
        return text;
    }

    // The list is shared, so that copying the exception cannot throw.
    std::shared_ptr<const std::vector<input_problem>> problems_;
};

}  // namespace cardfit::io
