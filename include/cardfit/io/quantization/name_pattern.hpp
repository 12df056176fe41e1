// SPDX-License-Identifier: MIT
#pragma once

// Patterns of module names, as checkpoints state which modules they quantize and which they leave: names, shell
// wildcards, and regular expressions after "re:".

#include <bitset>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cardfit::io {

/// Thrown for a regular expression that is not read: its syntax is not supported, or it is too long or too deep.
struct unread_pattern : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

namespace detail {

/// The longest module name and the longest pattern, in characters.
inline constexpr std::size_t longest_module_name = 160;
inline constexpr std::size_t longest_pattern = 1024;

/// Matches a regular expression by following all positions at once that a match may have reached, so that no pattern
/// takes exponential time. It reads literals, ".", "\d", "\w", "\s", classes, groups, alternatives, "*", "+", "?",
/// "{m,n}", anchors, and lookaheads; anything else throws unread_pattern.
class expression {
public:
    using positions = std::bitset<longest_module_name + 1>;

    expression(std::string_view pattern, std::string_view name) : pattern_(pattern), name_(name) {}

    /// Returns the positions at which a match that begins at the start of the name may end.
    [[nodiscard]] positions ends() {
        positions start;
        start.set(0);
        const positions reached = alternatives(start, 0);
        if (at_ != pattern_.size()) throw unread_pattern("an unpaired parenthesis");
        return reached;
    }

private:
    static constexpr int deepest = 12;
    static constexpr int most_steps = 200'000;

    [[nodiscard]] bool done() const { return at_ >= pattern_.size(); }
    [[nodiscard]] bool next_is(char c) const { return !done() && pattern_[at_] == c; }
    [[nodiscard]] bool take(std::string_view text) {
        if (pattern_.substr(at_, text.size()) != text) return false;
        at_ += text.size();
        return true;
    }
    [[nodiscard]] char take_one() {
        if (done()) throw unread_pattern("an end in the middle of an expression");
        return pattern_[at_++];
    }

    [[nodiscard]] positions alternatives(const positions& from, int depth) {
        if (depth > deepest) throw unread_pattern("groups nested too deeply");
        positions reached = sequence(from, depth);
        while (take("|")) reached |= sequence(from, depth);
        return reached;
    }

    [[nodiscard]] positions sequence(positions from, int depth) {
        while (!done() && !next_is('|') && !next_is(')')) from = repeated(from, depth);
        return from;
    }

    /// Applies one atom with its quantifier.
    [[nodiscard]] positions repeated(const positions& from, int depth) {
        const std::size_t begin = at_;
        const positions once = atom(from, depth);
        const std::size_t after_atom = at_;
        std::size_t low = 1;
        std::size_t high = 1;
        read_quantifier(low, high);
        const std::size_t end = at_;
        if (low == 1 && high == 1) return once;
        if (pattern_[begin] == '.' && after_atom == begin + 1 && high >= longest_module_name)
            return any_from(from, low);
        positions reached = low == 0 ? from : positions();
        positions last = from;
        for (std::size_t i = 1; i <= high && last.any(); ++i) {
            at_ = begin;
            last = atom(last, depth);
            if (at_ != after_atom) throw unread_pattern("an expression that cannot be repeated");
            const positions before = reached;
            if (i >= low) reached |= last;
            if (i > low && reached == before) break;
        }
        at_ = end;
        return reached;
    }

    /// Returns all positions that are at least `low` characters after one of `from`.
    [[nodiscard]] positions any_from(const positions& from, std::size_t low) const {
        positions reached;
        bool begun = false;
        for (std::size_t p = 0; p + low <= name_.size(); ++p) {
            begun = begun || from[p];
            if (begun) reached.set(p + low);
        }
        return reached;
    }

    void read_quantifier(std::size_t& low, std::size_t& high) {
        if (take("*")) {
            low = 0;
            high = longest_module_name;
        } else if (take("+")) {
            high = longest_module_name;
        } else if (take("?")) {
            low = 0;
        } else if (take("{")) {
            low = number();
            high = take(",") ? (next_is('}') ? longest_module_name : number()) : low;
            if (!take("}") || low > high) throw unread_pattern("a malformed repetition");
        } else {
            return;
        }
        // A lazy or possessive quantifier reaches the same positions.
        if (next_is('?') || next_is('+')) ++at_;
    }
    [[nodiscard]] std::size_t number() {
        std::size_t value = 0;
        bool any = false;
        for (; !done() && pattern_[at_] >= '0' && pattern_[at_] <= '9'; ++at_) {
            value = value * 10 + static_cast<std::size_t>(pattern_[at_] - '0');
            any = true;
            if (value > longest_module_name) value = longest_module_name;
        }
        if (!any) throw unread_pattern("a malformed repetition");
        return value;
    }

    [[nodiscard]] positions atom(const positions& from, int depth) {
        if (++steps_ > most_steps) throw unread_pattern("an expression that takes too long");
        if (take("(?:")) return group(from, depth);
        if (take("(?=")) return lookahead(from, depth, true);
        if (take("(?!")) return lookahead(from, depth, false);
        if (take("(?")) throw unread_pattern("a group of a kind that is not read");
        if (take("(")) return group(from, depth);
        if (take("^")) return from & positions(1);
        if (take("$")) return at_end(from);
        if (take("[")) return advance_by_class(from);
        const char c = take_one();
        if (c == '.') return advance(from, [](char) { return true; });
        if (c == '\\') return escaped(from);
        if (c == '*' || c == '+' || c == '?' || c == '{') throw unread_pattern("a repetition of nothing");
        return advance(from, [c](char each) { return each == c; });
    }

    [[nodiscard]] positions group(const positions& from, int depth) {
        const positions reached = alternatives(from, depth + 1);
        if (!take(")")) throw unread_pattern("an unpaired parenthesis");
        return reached;
    }
    /// Keeps the positions from which the group does, or does not, match.
    [[nodiscard]] positions lookahead(const positions& from, int depth, bool wanted) {
        const std::size_t begin = at_;
        positions kept;
        // The group is read once for its length, even where there is no position.
        static_cast<void>(group(positions(), depth));
        const std::size_t end = at_;
        for (std::size_t p = 0; p <= name_.size(); ++p) {
            if (!from[p]) continue;
            at_ = begin;
            positions one;
            one.set(p);
            if (group(one, depth).any() == wanted) kept.set(p);
        }
        at_ = end;
        return kept;
    }
    [[nodiscard]] positions at_end(const positions& from) const {
        positions kept;
        if (from[name_.size()]) kept.set(name_.size());
        return kept;
    }

    [[nodiscard]] positions escaped(const positions& from) {
        const char c = take_one();
        const auto is_digit = [](char each) { return each >= '0' && each <= '9'; };
        const auto is_word = [is_digit](char each) {
            return is_digit(each) || (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || each == '_';
        };
        if (c == 'd') return advance(from, is_digit);
        if (c == 'D') return advance(from, [is_digit](char each) { return !is_digit(each); });
        if (c == 'w') return advance(from, is_word);
        if (c == 'W') return advance(from, [is_word](char each) { return !is_word(each); });
        if (c == 's') return positions();
        if (is_word(c)) throw unread_pattern("an escape that is not read");
        return advance(from, [c](char each) { return each == c; });
    }
    [[nodiscard]] positions advance_by_class(const positions& from) {
        const bool negated = take("^");
        std::bitset<256> set;
        for (bool first = true; first || !next_is(']'); first = false) {
            char low = take_one();
            if (low == '\\') low = take_one();
            if (low == 'd' && pattern_[at_ - 2] == '\\') {
                for (unsigned char digit = '0'; digit <= '9'; ++digit) set.set(digit);
                continue;
            }
            char high = low;
            if (next_is('-') && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']') {
                ++at_;
                high = take_one();
            }
            for (int each = static_cast<unsigned char>(low); each <= static_cast<unsigned char>(high); ++each)
                set.set(static_cast<std::size_t>(each));
        }
        ++at_;
        return advance(from, [&](char each) { return set[static_cast<unsigned char>(each)] != negated; });
    }

    template <class Accepts>
    [[nodiscard]] positions advance(const positions& from, Accepts accepts) const {
        positions reached;
        for (std::size_t p = 0; p < name_.size(); ++p)
            if (from[p] && accepts(name_[p])) reached.set(p + 1);
        return reached;
    }

    std::string_view pattern_;
    std::string_view name_;
    std::size_t at_ = 0;
    int steps_ = 0;
};

/// Returns a shell wildcard as a regular expression.
[[nodiscard]] inline std::string expression_of_wildcard(std::string_view wildcard) {
    std::string text;
    for (const char c : wildcard) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (c == '*')
            text += ".*";
        else if (c == '?')
            text += ".";
        else
            text += plain ? std::string(1, c) : std::string("\\") + c;
    }
    return text;
}

}  // namespace detail

/// Returns true if a regular expression matches at the start of a name, as Python's re.match does. Throws
/// unread_pattern.
[[nodiscard]] inline bool matches_at_start(std::string_view pattern, std::string_view name) {
    if (pattern.size() > detail::longest_pattern) throw unread_pattern("more than 1024 characters");
    if (name.size() > detail::longest_module_name) return false;
    return detail::expression(pattern, name).ends().any();
}

/// Returns true if a shell wildcard ("*" and "?") matches a whole name.
[[nodiscard]] inline bool matches_wildcard(std::string_view wildcard, std::string_view name) {
    if (wildcard.size() > detail::longest_pattern || name.size() > detail::longest_module_name) return false;
    const std::string pattern = detail::expression_of_wildcard(wildcard);
    return detail::expression(pattern, name).ends()[name.size()];
}

}  // namespace cardfit::io
