// SPDX-License-Identifier: MIT
#pragma once

// Choices from a seed, the same on every machine: what generators of jobs are made of.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>

class random_choices {
public:
    explicit random_choices(unsigned seed) : random_(seed) {}

    [[nodiscard]] std::int64_t among(std::initializer_list<std::int64_t> values) {
        return values.begin()[below(values.size())];
    }
    /// An enumerator up to the last.
    template <class E>
    [[nodiscard]] E any(E last) {
        return static_cast<E>(below(static_cast<std::size_t>(last) + 1));
    }
    [[nodiscard]] bool coin() { return below(2) == 1; }
    [[nodiscard]] std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_()) % n; }

private:
    std::mt19937 random_;
};
