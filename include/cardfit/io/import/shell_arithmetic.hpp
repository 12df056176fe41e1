// SPDX-License-Identifier: MIT
#pragma once

// The arithmetic of shells in scripts of training: $((GPUS * NODES)), $(expr 16 / $GPUS). Whole numbers, variables with
// known values, + - * / % and parentheses. Beside it: what a single word of a shell is.

#include <cardfit/io/import/table.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cardfit::io::imports {

/// Returns the value of a variable as text; empty if it is not known.
using variable_lookup = std::function<std::string(std::string_view)>;

namespace detail {

/// Reads a sum of products. Numbers are of at most 12 digits, and parentheses of a depth of at most 32.
class arithmetic_reader {
public:
    arithmetic_reader(std::string_view text, const variable_lookup& values) : text_(text), values_(values) {}

    /// Returns the value of the whole text; nothing for a text that is no arithmetic, or whose variables are not known.
    [[nodiscard]] std::optional<std::int64_t> read() {
        const std::optional<std::int64_t> value = sum();
        return value && peek() == '\0' ? value : std::nullopt;
    }

private:
    static constexpr std::int64_t largest = 1'000'000'000'000;

    /// Returns the next character behind spaces; 0 at the end.
    [[nodiscard]] char peek() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\\')) ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    [[nodiscard]] static std::optional<std::int64_t> bounded(std::optional<std::int64_t> value) {
        return value && *value <= largest && *value >= -largest ? value : std::nullopt;
    }

    /// Returns true for a factor whose product with another of its kind may overflow.
    [[nodiscard]] static bool is_large(std::int64_t value) { return value > 1'000'000 || value < -1'000'000; }

    [[nodiscard]] std::optional<std::int64_t> sum() {
        std::optional<std::int64_t> total = product();
        while (total && (peek() == '+' || peek() == '-')) {
            const bool adds = text_[at_++] == '+';
            const std::optional<std::int64_t> next = product();
            if (!next) return {};
            total = bounded(adds ? *total + *next : *total - *next);
        }
        return total;
    }

    [[nodiscard]] std::optional<std::int64_t> product() {
        std::optional<std::int64_t> total = term();
        while (total && (peek() == '*' || peek() == '/' || peek() == '%')) {
            const char sign = text_[at_++];
            const std::optional<std::int64_t> next = term();
            if (!next || (sign != '*' && *next == 0)) return {};
            if (sign == '*' && is_large(*total) && is_large(*next)) return {};
            total = bounded(sign == '*' ? *total * *next : sign == '/' ? *total / *next : *total % *next);
        }
        return total;
    }

    [[nodiscard]] std::optional<std::int64_t> term() {
        const char c = peek();
        if (c == '(') return in_parentheses();
        while (at_ < text_.size() && (text_[at_] == '$' || text_[at_] == '{')) ++at_;
        const std::size_t start = at_;
        while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
        const std::string_view word = text_.substr(start, at_ - start);
        if (at_ < text_.size() && text_[at_] == '}') ++at_;
        if (word.empty()) return {};
        const bool number = word[0] >= '0' && word[0] <= '9';
        return number ? whole(word) : whole(values_(word));
    }

    [[nodiscard]] std::optional<std::int64_t> in_parentheses() {
        constexpr int deepest = 32;
        if (++depth_ > deepest) return {};
        ++at_;
        const std::optional<std::int64_t> value = sum();
        if (!value || peek() != ')') return {};
        ++at_;
        --depth_;
        return value;
    }

    [[nodiscard]] static std::optional<std::int64_t> whole(std::string_view digits) {
        constexpr std::size_t most_digits = 12;
        if (digits.empty() || digits.size() > most_digits) return {};
        std::int64_t value = 0;
        for (const char c : digits) {
            if (c < '0' || c > '9') return {};
            value = value * 10 + (c - '0');
        }
        return value;
    }

    std::string_view text_;
    const variable_lookup& values_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

}  // namespace detail

/// Returns the value of $((…)) and of $(expr …), written with the dollar sign; nothing for another text, and where a
/// variable is not known.
[[nodiscard]] inline std::optional<std::int64_t> shell_arithmetic(std::string_view written,
                                                                  const variable_lookup& values) {
    constexpr std::string_view expr = "$(expr ";
    const bool doubled = written.starts_with("$((") && written.ends_with("))") && written.size() > 5;
    const bool called = written.starts_with(expr) && written.ends_with(')');
    if (doubled) return detail::arithmetic_reader(written.substr(3, written.size() - 5), values).read();
    if (called)
        return detail::arithmetic_reader(written.substr(expr.size(), written.size() - expr.size() - 1), values).read();
    return {};
}

/// Returns the place of the equals sign of NAME=VALUE, or npos.
[[nodiscard]] inline std::size_t assignment_in(std::string_view word) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos || equals == 0) return word.npos;
    for (std::size_t i = 0; i < equals; ++i)
        if (!is_name_character(word[i]) || (i == 0 && word[i] >= '0' && word[i] <= '9')) return word.npos;
    return equals;
}

/// Returns a text that stays unread as one word: its spaces are left out.
[[nodiscard]] inline std::string one_word(std::string_view text) {
    std::string word;
    for (const char c : text)
        if (c != ' ' && c != '\n' && c != '\t') word += c;
    return word;
}

}  // namespace cardfit::io::imports
