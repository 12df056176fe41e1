// SPDX-License-Identifier: MIT
#pragma once

// The compiler checks memory, step time and utilization of every row of a job table, and shows the numbers of a row
// that fails. Memory is checked by the library's `require_fit`. Time and utilization show how to write a rule of your
// own in the same way: the integers to compare are the arguments of a class template whose static_assert compares them.

#include <cardfit/cardfit.hpp>
#include <cardfit/estimate/training/step_time.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace scheduler {

/// One row: a job, its machine and layout, and the limits that it must meet.
struct scheduled_job {
    std::string_view name{};
    cardfit::transformer model{};
    cardfit::training run{};
    cardfit::machine machine{};
    cardfit::layout layout{};
    /// The longest step time that is allowed, in milliseconds. It is compared with the upper error bound of the step
    /// time.
    std::int64_t longest_step_ms = 0;
    /// The smallest model FLOPs utilization (MFU) that is allowed, in percent of the dense peak of the cards.
    std::int64_t min_utilization_percent = 0;
};

/// Fails to compile if a step takes longer than promised. Both times are in milliseconds.
template <std::int64_t StepMilliseconds, std::int64_t Promised>
struct step_time_check {
    static_assert(StepMilliseconds <= Promised, "the step takes more milliseconds (left) than promised (right)");
    static constexpr bool value = true;
};

/// Fails to compile if the utilization is lower than promised. Both values are in percent.
template <std::int64_t Percent, std::int64_t Promised>
struct utilization_check {
    static_assert(Percent >= Promised, "the utilization in percent (left) is less than promised (right)");
    static constexpr bool value = true;
};

[[nodiscard]] constexpr cardfit::time_estimate step_of(const scheduled_job& job) {
    return cardfit::step_time(job.model, job.run, job.machine, job.layout);
}
/// Returns the upper error bound of the step time, rounded to whole milliseconds.
[[nodiscard]] constexpr std::int64_t slowest_step_ms(const scheduled_job& job) {
    return static_cast<std::int64_t>(step_of(job).step_high.number * 1000 + 0.5);
}
/// Returns the MFU in whole percent, rounded down.
[[nodiscard]] constexpr std::int64_t utilization_percent(const scheduled_job& job) {
    return static_cast<std::int64_t>(step_of(job).model_flops_utilization * 100);
}

/// The checks of one row. The error for a row that fails shows its index in the table: `row_check<table, 1>`.
template <const auto& Table, std::size_t Row>
struct row_check {
    static constexpr const scheduled_job& job = Table[Row];
    static constexpr bool value = cardfit::require_fit<cardfit::judge(job.model, job.run, job.machine, job.layout)> &&
                                  step_time_check<slowest_step_ms(job), job.longest_step_ms>::value &&
                                  utilization_check<utilization_percent(job), job.min_utilization_percent>::value;
};

template <const auto& Table, std::size_t... Row>
[[nodiscard]] consteval bool every_row_holds(std::index_sequence<Row...>) {
    return (row_check<Table, Row>::value && ...);
}

/// True if every row meets its limits. Otherwise, it is a compile error that shows the row and its numbers. Use it as
/// `static_assert(holds<nightly>);`.
template <const auto& Table>
inline constexpr bool holds = every_row_holds<Table>(std::make_index_sequence<std::size(Table)>{});

}  // namespace scheduler
