// SPDX-License-Identifier: MIT
#pragma once

// A job table that is checked by the compiler: memory, step time and utilization of every row, each with its numbers in
// the message. Memory is the library's own `require_fit`; time and utilization are done here in the same way, as an
// example of a rule of one's own: integers become the arguments of a class template whose static_assert compares them.

#include <cardfit/cardfit.hpp>
#include <cardfit/estimate/training/step_time.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace scheduler {

/// One row: what is run, on what, how, and what was promised of it.
struct scheduled_job {
    std::string_view name{};
    cardfit::transformer model{};
    cardfit::training run{};
    cardfit::machine machine{};
    cardfit::layout layout{};
    std::int64_t longest_step_ms = 0;          ///< against the high end of the step's band
    std::int64_t min_utilization_percent = 0;  ///< model FLOPs over the cards' dense peak
};

template <std::int64_t StepMilliseconds, std::int64_t Promised>
struct step_time_check {
    static_assert(StepMilliseconds <= Promised, "a step takes more milliseconds (left) than was promised (right)");
    static constexpr bool value = true;
};

template <std::int64_t Percent, std::int64_t Promised>
struct utilisation_check {
    static_assert(Percent >= Promised, "the cards are used to fewer percent (left) than was promised (right)");
    static constexpr bool value = true;
};

[[nodiscard]] constexpr cardfit::time_estimate step_of(const scheduled_job& job) {
    return cardfit::step_time(job.model, job.run, job.machine, job.layout);
}
[[nodiscard]] constexpr std::int64_t slowest_step_ms(const scheduled_job& job) {
    return static_cast<std::int64_t>(step_of(job).step_high.number * 1000 + 0.5);
}
[[nodiscard]] constexpr std::int64_t utilisation_percent(const scheduled_job& job) {
    return static_cast<std::int64_t>(step_of(job).model_flops_utilization * 100);
}

/// One row's checks. A row that fails is named by its number in the table: `row_check<table, 1>`.
template <const auto& Table, std::size_t Row>
struct row_check {
    static constexpr const scheduled_job& job = Table[Row];
    static constexpr bool value = cardfit::require_fit<cardfit::judge(job.model, job.run, job.machine, job.layout)> &&
                                  step_time_check<slowest_step_ms(job), job.longest_step_ms>::value &&
                                  utilisation_check<utilisation_percent(job), job.min_utilization_percent>::value;
};

template <const auto& Table, std::size_t... Row>
[[nodiscard]] consteval bool every_row_holds(std::index_sequence<Row...>) {
    return (row_check<Table, Row>::value && ...);
}

/// True, or a compile error that shows the row and its numbers: `static_assert(holds<nightly>);`.
template <const auto& Table>
inline constexpr bool holds = every_row_holds<Table>(std::make_index_sequence<std::size(Table)>{});

}  // namespace scheduler
