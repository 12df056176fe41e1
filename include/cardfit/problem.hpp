// SPDX-License-Identifier: MIT
#pragma once

// What is wrong with an input: the field, its value and what is accepted. A list collects all of it without allocating,
// so that the same check runs in the compiler; an exception carries the first.

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace cardfit {

/// One thing that is wrong. `accepted` is words, or empty where `low` to `high` says it. Both texts are literals: plain
/// pointers, because a string_view costs a constant evaluation a dozen steps and these are built on every check.
struct problem {
    const char* field = "";
    std::int64_t value = 0;
    std::int64_t low = 0;
    std::int64_t high = 0;
    const char* accepted = "";
};

/// Thrown for input that makes no sense. In a constant expression the throw is the compile error, and the names of the
/// field and of what is accepted stand in the call that leads to it.
class invalid_input : public std::invalid_argument {
public:
    explicit invalid_input(const problem& p) : std::invalid_argument(describe(p)), what_is_wrong(p) {}

    /// "field is value; accepted: …"
    [[nodiscard]] static std::string describe(const problem& p) {
        std::string text = std::string(p.field) + " is " + std::to_string(p.value) + "; accepted: ";
        if (*p.accepted != '\0') return text + p.accepted;
        return text + std::to_string(p.low) + " to " + std::to_string(p.high);
    }

    problem what_is_wrong;
};

/// Something that must hold, and what is accepted where it does not.
struct condition {
    bool holds = true;
    const char* field = "";
    std::int64_t value = 0;
    const char* accepted = "";
};

/// What a list does with a problem: keep it, or throw it at once. A throw from inside the check leaves the field's name
/// and its bounds in the compiler's trace ("in constexpr expansion of range("training.micro_batch", …, 1, 1000000)").
enum class on_problem : unsigned char { keep, refuse };

/// Up to 16 problems, in the order found; more are counted, not kept.
class problem_list {
public:
    constexpr problem_list() = default;
    constexpr explicit problem_list(on_problem action) : action_(action) {}

    /// Throws invalid_input where the list refuses.
    constexpr void add(const problem& p) {
        if (action_ == on_problem::refuse) throw invalid_input(p);
        if (count_ < kept_.size()) kept_[count_] = p;
        ++count_;
    }
    /// Plain arguments, so that a compiler's trace shows the field, the value and what is accepted.
    constexpr void out_of_range(const char* field, std::int64_t value, std::int64_t low, std::int64_t high) {
        add({field, value, low, high});
    }
    constexpr void not_accepted(const char* field, std::int64_t value, const char* accepted) {
        add({field, value, 0, 0, accepted});
    }

    /// A problem for each of `checks` that has low <= value <= high not hold. All in one expression: a call for each
    /// would cost a constant evaluation three steps.
    template <class... Check>
    constexpr void ranges(const Check&... checks) {
        ((checks.value < checks.low || checks.value > checks.high
              ? out_of_range(checks.field, checks.value, checks.low, checks.high)
              : void()),
         ...);
    }
    /// A problem for each of `conditions` that does not hold.
    template <class... Condition>
    constexpr void require(const Condition&... conditions) {
        ((conditions.holds ? void() : not_accepted(conditions.field, conditions.value, conditions.accepted)), ...);
    }
    constexpr void append(const problem_list& other) {
        for (const problem& p : other) add(p);
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return count_ < kept_.size() ? count_ : kept_.size(); }
    [[nodiscard]] constexpr const problem* begin() const noexcept { return kept_.data(); }
    [[nodiscard]] constexpr const problem* end() const noexcept { return kept_.data() + size(); }

private:
    std::array<problem, 16> kept_{};
    std::size_t count_ = 0;
    on_problem action_ = on_problem::keep;
};

}  // namespace cardfit
