// SPDX-License-Identifier: MIT
#pragma once

// Describes what is wrong with an input: the field, its value and what is accepted. A list collects all problems
// without allocating memory, so that the same check runs in the compiler. An exception carries the first problem only.

#include <cardfit/key_ranges.hpp>
#include <cardfit/row_table.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

namespace cardfit {

/// One problem of an input. All texts are literals, stored as plain pointers: a string_view takes a dozen steps of a
/// constant evaluation, and every check builds these structures.
struct invalid_field {
    const char* field = "";  ///< the member, as in `layout.tensor`
    std::int64_t value = 0;  ///< the value that it has
    /// The accepted range, used if `accepted` is empty.
    std::int64_t low = 0;
    std::int64_t high = 0;  ///< the most that the range accepts, or the rule's other number
    /// What is accepted instead ("a divisor of heads"), or, if `is_rule` is set, what must hold ("must divide …").
    const char* accepted = "";
    bool is_rule = false;  ///< a rule between fields is broken, not a range
    /// The number that the rule compares the value with, taken from the user's own job. With 0, the rule has no such
    /// number.
    std::int64_t limit = 0;
};

/// The value of a field that is NaN (`as_whole`).
inline constexpr std::int64_t not_a_number = (std::numeric_limits<std::int64_t>::min)();

/// The exception for invalid input. In a constant expression, the throw is the compile error, and the call that leads
/// to it shows the name of the field and what is accepted.
class invalid_input : public std::invalid_argument {
public:
    /// Describes the problem in `what()`.
    explicit invalid_input(const invalid_field& p) : std::invalid_argument(describe(p)), what_is_wrong(p) {}

    /// Returns "field is value; accepted: …", or "field = value: what must hold (the number in the rule)".
    [[nodiscard]] static std::string describe(const invalid_field& p) {
        const std::string field = p.field;
        const std::string value = p.value == not_a_number ? "NaN" : std::to_string(p.value);
        if (p.is_rule) return field + " = " + value + ": " + rule_of(p);
        if (*p.accepted != '\0') return field + " is " + value + "; accepted: " + p.accepted;
        if (p.low == p.high) return field + " = " + value + ": must be " + std::to_string(p.low);
        return field + " is " + value + "; accepted: " + std::to_string(p.low) + " to " + std::to_string(p.high);
    }

    /// Returns what must hold, with the number in the rule: "must divide hardware.cards (3)".
    [[nodiscard]] static std::string rule_of(const invalid_field& p) {
        return p.limit == 0 ? std::string(p.accepted) : p.accepted + (" (" + std::to_string(p.limit) + ")");
    }

    invalid_field what_is_wrong;  ///< The field, its value and what is accepted.
};

/// A condition that must hold, and what is accepted if it does not.
struct field_condition {
    bool holds = true;          ///< whether the rule holds
    const char* field = "";     ///< the member that is named if it does not
    std::int64_t value = 0;     ///< the member's value
    const char* accepted = "";  ///< what would be accepted, as text
};

/// A rule that a field must satisfy, in words that follow "field = value: ", and the number that the rule compares the
/// value with (0 if there is none).
struct requirement {
    bool holds = true;       ///< whether the rule holds
    const char* field = "";  ///< the member that is named if it does not
    std::int64_t value = 0;  ///< the member's value
    const char* must = "";   ///< the rule, as in "must divide"
    std::int64_t limit = 0;  ///< the number that the rule compares with
};

/// The value of a key, which must be in the key's range.
struct ranged {
    const key_range& range;  ///< path and bounds
    std::int64_t value = 0;  ///< the value to check
};

/// The value of an enumeration, which must be one of its enumerators: a cast can make others, which have no row in any
/// table.
template <class Enum>
struct enumerated {
    const char* field = "";  ///< the member
    Enum value{};            ///< its value
};
template <class Enum>
enumerated(const char*, Enum) -> enumerated<Enum>;  ///< Deduces the enumeration.

/// What a list does with a problem: it either stores the problem or throws at once. A throw from inside the check puts
/// the name of the field and its bounds into the compiler's trace ("in constexpr expansion of
/// range("training.micro_batch", …, 1, 1000000)").
enum class on_problem : unsigned char { keep, refuse };

/// Up to 16 problems, in the order in which they were found. Further problems are counted but not stored.
class problem_list {
public:
    constexpr problem_list() = default;
    /// Makes an empty list, which throws at the first problem or keeps all of them.
    constexpr explicit problem_list(on_problem action) : action_(action) {}

    /// Stores a problem, or throws invalid_input if the list is set to throw.
    constexpr void add(const invalid_field& p) {
        if (action_ == on_problem::refuse) throw invalid_input(p);
        if (count_ < kept_.size()) kept_[count_] = p;
        ++count_;
    }
    /// The arguments are plain, so that the compiler's trace shows the field, the value and what is accepted.
    constexpr void out_of_range(const char* field, std::int64_t value, std::int64_t low, std::int64_t high) {
        add({field, value, low, high});
    }
    /// Adds a value that none of the accepted ones equals; throws `invalid_input` if the list does.
    constexpr void not_accepted(const char* field, std::int64_t value, const char* accepted) {
        add({field, value, 0, 0, accepted});
    }
    /// Adds a broken rule between fields; throws `invalid_input` if the list does.
    constexpr void breaks_rule(const char* field, std::int64_t value, const char* must, std::int64_t limit) {
        add({field, value, 0, 0, must, true, limit});
    }

    // The checks are inlined, so that a job without problems pays for comparisons, and not for the texts beside them.

    /// Adds a problem for each of `checks` whose value is outside its key's range. The checks are a single expression,
    /// because a call for each of them would take three more steps of a constant evaluation.
    template <class... Check>
    [[gnu::always_inline]] constexpr void within(const Check&... checks) {
        ((checks.value < checks.range.low || checks.value > checks.range.high
              ? out_of_range(checks.range.path, checks.value, checks.range.low, checks.range.high)
              : void()),
         ...);
    }
    /// Adds a problem for each of `checks` that violates low <= value <= high. This is for bounds that depend on other
    /// fields.
    template <class... Check>
    [[gnu::always_inline]] constexpr void ranges(const Check&... checks) {
        ((checks.value < checks.low || checks.value > checks.high
              ? out_of_range(checks.field, checks.value, checks.low, checks.high)
              : void()),
         ...);
    }
    /// Adds a problem for each of `checks` whose value is none of its enumeration's.
    template <class... Enum>
    [[gnu::always_inline]] constexpr void enumerators(const enumerated<Enum>&... checks) {
        ((static_cast<std::uint64_t>(checks.value) > detail::highest_of<Enum>
              ? out_of_range(checks.field, static_cast<std::int64_t>(checks.value), 0, detail::highest_of<Enum>)
              : void()),
         ...);
    }
    /// Adds a problem for each condition or requirement that does not hold.
    template <class... Condition>
    [[gnu::always_inline]] constexpr void require(const Condition&... conditions) {
        ((conditions.holds ? void() : refuse(conditions)), ...);
    }
    /// Adds the problems of another list.
    constexpr void append(const problem_list& other) {
        for (const invalid_field& p : other) add(p);
    }
    /// The problems that were kept, in the order in which they were found.
    /// @{
    [[nodiscard]] constexpr bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return count_ < kept_.size() ? count_ : kept_.size(); }
    [[nodiscard]] constexpr const invalid_field* begin() const noexcept { return kept_.data(); }
    [[nodiscard]] constexpr const invalid_field* end() const noexcept { return kept_.data() + size(); }
    /// @}

private:
    constexpr void refuse(const field_condition& c) { not_accepted(c.field, c.value, c.accepted); }
    constexpr void refuse(const requirement& r) { breaks_rule(r.field, r.value, r.must, r.limit); }

    std::array<invalid_field, 16> kept_{};
    std::size_t count_ = 0;
    on_problem action_ = on_problem::keep;
};

/// Throws invalid_input for the first of `problems(about...)`, and does nothing if there are none.
template <class... About>
requires requires(const About&... about) { problems(about..., on_problem::refuse); }
constexpr void check(const About&... about) { static_cast<void>(problems(about..., on_problem::refuse)); }

}  // namespace cardfit
