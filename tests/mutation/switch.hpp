// SPDX-License-Identifier: MIT
#pragma once

// run.py includes this before everything else in the program that contains all mutants. The environment variable
// CARDFIT_MUTANT chooses the mutant that acts, and what the compiler evaluates is never changed.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <vector>

namespace cardfit_mutation {

inline constexpr int most = 20'000;

inline int acting = 0;
inline bool reached[most]{};

/// Adds a line to the file that CARDFIT_REACHED names: the name of a test, and the numbers of the mutants that were
/// reached since the last line.
inline void write_reached(const char* test) {
    const char* path = std::getenv("CARDFIT_REACHED");
    if (path == nullptr) return;
    std::FILE* out = std::fopen(path, "a");
    std::fprintf(out, "%s\t", test);
    for (int n = 0; n < most; ++n) {
        if (reached[n]) std::fprintf(out, "%d ", n);
        reached[n] = false;
    }
    std::fprintf(out, "\n");
    std::fclose(out);
}

/// The constants of the tests are evaluated before `main`, so the mutant is chosen before them.
__attribute__((constructor(101))) inline void choose() {
    const char* n = std::getenv("CARDFIT_MUTANT");
    acting = n != nullptr ? std::atoi(n) : 0;
}

/// Returns whether mutant `n` acts here.
constexpr bool on(int n) {
    if (std::is_constant_evaluated()) return false;
    reached[n] = true;
    return acting == n;
}

template <int N, class T>
constexpr T pick(T old, T changed) {
    return on(N) ? changed : old;
}

/// Two of these around the operands, and one around the result, turn `&&` into `||` and the reverse. The right operand
/// is still evaluated only where it decides.
template <int N, class T>
constexpr bool unless(const T& value) {
    return static_cast<bool>(value) != on(N);
}

template <char Operator>
struct calculation;

#define CARDFIT_CALCULATION(NAME, OPERATOR)                                                 \
    template <>                                                                             \
    struct calculation<NAME> {                                                              \
        template <class A, class B>                                                         \
        constexpr auto operator()(const A& a, const B& b) const -> decltype(a OPERATOR b) { \
            return a OPERATOR b;                                                            \
        }                                                                                   \
    }
CARDFIT_CALCULATION('+', +);
CARDFIT_CALCULATION('-', -);
CARDFIT_CALCULATION('*', *);
CARDFIT_CALCULATION('/', /);
CARDFIT_CALCULATION('%', %);
CARDFIT_CALCULATION('<', <);
CARDFIT_CALCULATION('>', >);
CARDFIT_CALCULATION('l', <=);
CARDFIT_CALCULATION('g', >=);
CARDFIT_CALCULATION('e', ==);
CARDFIT_CALCULATION('n', !=);
#undef CARDFIT_CALCULATION

template <class Old, class New, class A, class B>
inline constexpr bool exchangeable = false;
template <class Old, class New, class A, class B>
requires std::is_same_v<std::invoke_result_t<Old, const A&, const B&>, std::invoke_result_t<New, const A&, const B&>>
inline constexpr bool exchangeable<Old, New, A, B> = true;

/// `a + changed<7, '+', '-'>{} + b` is `a + b`, or `a - b` where mutant 7 acts and the result has the same type.
template <int N, char Old, char New>
struct changed {};

template <int N, char Old, char New, class A>
struct left_operand {
    const A& a;
    template <class B>
    constexpr auto with(const B& b) const {
        using is = calculation<Old>;
        using becomes = calculation<New>;
        if constexpr (exchangeable<is, becomes, A, B>)
            return on(N) ? becomes{}(a, b) : is{}(a, b);
        else
            return is{}(a, b);
    }
};

#define CARDFIT_CHAINED(OPERATOR)                                                                \
    template <int N, char Old, char New, class A>                                                \
    constexpr left_operand<N, Old, New, A> operator OPERATOR(const A& a, changed<N, Old, New>) { \
        return {a};                                                                              \
    }                                                                                            \
    template <int N, char Old, char New, class A, class B>                                       \
    constexpr auto operator OPERATOR(const left_operand<N, Old, New, A>& a, const B& b) {        \
        return a.with(b);                                                                        \
    }
CARDFIT_CHAINED(+)
CARDFIT_CHAINED(-)
CARDFIT_CHAINED(%)
CARDFIT_CHAINED(<)
CARDFIT_CHAINED(>)
CARDFIT_CHAINED(<=)
CARDFIT_CHAINED(>=)
CARDFIT_CHAINED(==)
CARDFIT_CHAINED(!=)
#undef CARDFIT_CHAINED

template <int N, char Old, char New, class B>
struct right_operand {
    const B& b;
};

/// `a += assigned<7, '+', '-'>{} = b` is `a += b`, or `a -= b` where mutant 7 acts.
template <int N, char Old, char New>
struct assigned {
    // No other operator takes a whole right side as `=` does, so this one returns what the assignment before it reads.
    template <class B>
    // NOLINTNEXTLINE(misc-unconventional-assign-operator)
    constexpr right_operand<N, Old, New, B> operator=(const B& b) const {
        return {b};
    }
};

#define CARDFIT_ASSIGNED(OPERATOR, REVERSE)                                            \
    template <int N, char Old, char New, class A, class B>                             \
    constexpr A& operator OPERATOR(A& a, const right_operand<N, Old, New, B>& right) { \
        if (on(N)) return a REVERSE right.b;                                           \
        return a OPERATOR right.b;                                                     \
    }
CARDFIT_ASSIGNED(+=, -=)
CARDFIT_ASSIGNED(-=, +=)
CARDFIT_ASSIGNED(*=, /=)
CARDFIT_ASSIGNED(/=, *=)
#undef CARDFIT_ASSIGNED

/// Returns the value of a constant of a static test, evaluated at run time.
template <class Value>
auto now(Value value) {
    volatile bool evaluated = true;
    static_cast<void>(evaluated);
    return value();
}

struct assertion {
    const char* place;
    bool (*holds)();
};
inline std::vector<assertion>& assertions() {
    static std::vector<assertion> all;
    return all;
}
inline bool registered(const char* place, bool (*holds)()) {
    assertions().push_back({place, holds});
    return true;
}
constexpr bool value_of(bool holds, const char* = "") { return holds; }

/// Evaluates the static tests' assertions, and leaves at the first one that does not hold or throws.
inline void check_assertions() {
    for (const assertion& each : assertions()) {
        bool holds = false;
        try {
            holds = each.holds();
        } catch (...) {
        }
        if (holds) continue;
        std::printf("TEST CASE: %s\n", each.place);
        std::fflush(stdout);
        std::_Exit(1);
    }
}

}  // namespace cardfit_mutation

#define CARDFIT_JOINED_(A, B) A##B
#define CARDFIT_JOINED(A, B) CARDFIT_JOINED_(A, B)
#define CARDFIT_HOLDS(PLACE, ...)                                   \
    static const bool CARDFIT_JOINED(cardfit_holds_, __COUNTER__) = \
        cardfit_mutation::registered(PLACE, []() -> bool { return cardfit_mutation::value_of(__VA_ARGS__); })
