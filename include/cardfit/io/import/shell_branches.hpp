// SPDX-License-Identifier: MIT
#pragma once

// Which commands of a shell text run: the arms of `if` and `case` whose conditions compare values that the text itself
// states. An arm whose condition only a running shell knows (a file, a loop's variable, an unset name) counts as run,
// and what it sets is in doubt: no later condition is decided by it.

#include <cardfit/io/import/table.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports {

namespace detail {

/// Returns a word as a number, or nothing.
[[nodiscard]] inline std::optional<std::int64_t> shell_number(std::string_view word) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size()) return {};
    return value;
}

/// Returns what two words compared give, or nothing for a comparison that is not known.
[[nodiscard]] inline std::optional<bool> compared(std::string_view left, std::string_view sign,
                                                  std::string_view right) {
    if (sign == "=" || sign == "==" || sign == "!=") {
        if (right.find_first_of("*?[") != right.npos) return {};
        return (left == right) == (sign != "!=");
    }
    const std::optional<std::int64_t> a = shell_number(left);
    const std::optional<std::int64_t> b = shell_number(right);
    if (!a || !b) return {};
    if (sign == "-eq") return *a == *b;
    if (sign == "-ne") return *a != *b;
    if (sign == "-gt") return *a > *b;
    if (sign == "-ge") return *a >= *b;
    if (sign == "-lt") return *a < *b;
    if (sign == "-le") return *a <= *b;
    return {};
}

/// Returns what [ … ], [[ … ]] or test … gives for words that are known, or nothing.
[[nodiscard]] inline std::optional<bool> test_result(std::span<const std::string> words) {
    if (words.empty()) return {};
    const std::string_view closing = words[0] == "[" ? "]" : words[0] == "[[" ? "]]" : "";
    if (closing.empty() && words[0] != "test") return {};
    if (!closing.empty() && (words.size() < 2 || words.back() != closing)) return {};
    const std::span<const std::string> inner = words.subspan(1, words.size() - (closing.empty() ? 1 : 2));
    for (const std::string& word : inner)
        if (is_open_value(word)) return {};
    if (inner.size() == 1) return !inner[0].empty();
    if (inner.size() == 2 && inner[0] == "-z") return inner[1].empty();
    if (inner.size() == 2 && inner[0] == "-n") return !inner[1].empty();
    if (inner.size() == 3) return compared(inner[0], inner[1], inner[2]);
    return {};
}

/// Returns true if a word matches the pattern of an arm, in which * stands for any text; nothing for other patterns.
[[nodiscard]] inline std::optional<bool> pattern_matches(std::string_view word, std::string_view pattern) {
    if (is_open_value(pattern) || pattern.find_first_of("?[") != pattern.npos) return {};
    const std::size_t star = pattern.find('*');
    if (star == pattern.npos) return word == pattern;
    if (pattern.find('*', star + 1) != pattern.npos) return {};
    const std::string_view start = pattern.substr(0, star);
    const std::string_view end = pattern.substr(star + 1);
    return word.size() >= start.size() + end.size() && word.starts_with(start) && word.ends_with(end);
}

}  // namespace detail

/// The arms around a command.
class shell_branches {
public:
    /// Returns true if the commands here run, as far as the text says.
    [[nodiscard]] bool runs() const {
        for (const branch& each : open_)
            if (!each.runs) return false;
        return true;
    }

    /// Returns true if it is not known whether the commands here run, or how often.
    [[nodiscard]] bool in_doubt() const {
        if (repeats_ > 0) return true;
        for (const branch& each : open_)
            if (each.doubt) return true;
        return false;
    }

    /// Reads a keyword that begins a command.
    void keyword(std::string_view word) {
        if (word == "do" || word == "{") ++repeats_;
        if ((word == "done" || word == "}") && repeats_ > 0) --repeats_;
        if (word == "if") open_.push_back({.asks = true});
        if (open_.empty() || open_.back().is_case) return;
        branch& innermost = open_.back();
        if (word == "!" && innermost.asks) innermost.negated = !innermost.negated;
        if (word == "then") decide(innermost);
        if (word == "elif") ask_again(innermost);
        if (word == "else") innermost.runs = !innermost.taken;
        if (word == "fi") open_.pop_back();
    }

    /// Reads a command before it is run. Returns true for one that is a part of an `if` or `case` itself.
    [[nodiscard]] bool reads(std::span<const std::string> words, bool known) {
        if (words.size() > 2 && words[0] == "case" && words[2] == "in") {
            const bool decided = known && !in_doubt() && !is_open_value(words[1]);
            open_.push_back({.is_case = true, .asks = true, .doubt = !decided, .runs = false, .subject = words[1]});
            read_patterns(words.subspan(3));
            return true;
        }
        if (open_.empty() || words.empty()) return false;
        branch& innermost = open_.back();
        if (innermost.is_case && words[0] == "esac") {
            open_.pop_back();
            return true;
        }
        if (!innermost.asks) return false;
        if (innermost.is_case) {
            read_patterns(words);
            return true;
        }
        ++innermost.conditions;
        const bool alone = innermost.conditions == 1 && known && !in_doubt();
        innermost.result = alone ? detail::test_result(words) : std::nullopt;
        return false;
    }

    /// Reads the parenthesis behind the patterns of an arm.
    void close_patterns() {
        if (open_.empty() || !open_.back().is_case || !open_.back().asks) return;
        branch& innermost = open_.back();
        innermost.asks = false;
        innermost.runs = innermost.doubt || (innermost.matches && !innermost.taken);
        innermost.taken = innermost.taken || innermost.matches;
    }

    /// Reads the two semicolons behind an arm.
    void close_arm() {
        if (open_.empty() || !open_.back().is_case) return;
        open_.back().asks = true;
        open_.back().matches = false;
        open_.back().runs = false;
    }

private:
    struct branch {
        bool is_case = false;
        /// True between `if` and `then`, and where patterns stand.
        bool asks = false;
        bool negated = false;
        /// True if a condition before is not known.
        bool doubt = false;
        /// True if an arm is known to be the one that runs.
        bool taken = false;
        bool matches = false;
        bool runs = true;
        int conditions = 0;
        std::optional<bool> result{};
        std::string subject{};
    };

    static void decide(branch& b) {
        const std::optional<bool> holds = b.result ? std::optional(*b.result != b.negated) : std::nullopt;
        b.asks = false;
        b.runs = !b.taken && holds.value_or(true);
        b.taken = b.taken || holds.value_or(false);
        b.doubt = b.doubt || (!holds && !b.taken);
    }

    static void ask_again(branch& b) {
        b.asks = true;
        b.negated = false;
        b.conditions = 0;
        b.result.reset();
        b.runs = true;
    }

    void read_patterns(std::span<const std::string> patterns) {
        branch& innermost = open_.back();
        for (const std::string& pattern : patterns) {
            const std::optional<bool> matches = detail::pattern_matches(innermost.subject, pattern);
            if (!matches) innermost.doubt = true;
            innermost.matches = innermost.matches || matches.value_or(false);
        }
    }

    std::vector<branch> open_{};
    /// The loops and functions around a command: their commands run any number of times.
    int repeats_ = 0;
};

}  // namespace cardfit::io::imports
