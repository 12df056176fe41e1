// SPDX-License-Identifier: MIT
#pragma once

// Scores a measured row: compares our estimate with the published number, or our grade with the published verdict.

#include <cardfit/io/answer.hpp>
#include <cardfit/validate/measured_row.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace cardfit::validation {

/// A measured number and its estimate.
struct scored_row {
    std::string id{};      ///< the row's id
    std::string source{};  ///< who published it
    /// The measured quantity. For memory, the counter follows in parentheses.
    std::string quantity{};
    double measured = 0;   ///< in the unit that the quantity names
    double estimated = 0;  ///< in the same unit
    series_place place{};  ///< the row's place in its series

    /// Returns the relative error, which is positive if the estimate is too high. A measured 0 has no relative error:
    /// the result is then 0 if the estimate is 0 as well, and 1 otherwise.
    [[nodiscard]] double signed_error() const {
        if (same_number(measured, 0.0)) return same_number(estimated, 0.0) ? 0.0 : 1.0;
        return estimated / measured - 1;
    }
    /// Returns the distance of the estimate, by the measured number.
    [[nodiscard]] double error() const { return std::abs(signed_error()); }
};

/// A published verdict and our grade.
struct scored_verdict {
    std::string id{};  ///< the row's id
    /// True if the job ran, false if it ran out of memory.
    bool ran = false;
    cardfit::grade grade{};  ///< of the estimate
    /// True if the row measured the memory of a run, which therefore ran.
    bool of_memory = false;
};

/// All scores of a set of rows.
struct scores {
    std::vector<scored_row> rows{};          ///< the rows with a number
    std::vector<scored_verdict> verdicts{};  ///< the rows that state whether the job ran
};

namespace detail {

/// Returns the bytes of the answer that the meter of the row reads, on one card or over all cards as its scope says.
[[nodiscard]] inline bytes estimated_memory(const io::answered_job& a, const measured_row& row) {
    const memory_estimate& one = a.report.memory;
    const bool all_cards = row.scope == "all-cards";
    if (row.meter == "allocated") return all_cards ? a.all_cards.allocated : one.allocated();
    if (row.meter == "reserved") return all_cards ? a.all_cards.reserved : one.reserved();
    return all_cards ? a.all_cards.device : one.device();
}

/// Returns a time or rate of the answer, in the unit that the quantity names. Throws input_error for one that the job
/// does not have.
[[nodiscard]] inline double estimated_time(const io::answered_job& a, const std::string& quantity) {
    const nlohmann::ordered_json answer = io::answer_json(a);
    if (answer.contains("time") && answer["time"].contains(quantity)) return answer["time"][quantity].get<double>();
    throw io::input_error({io::input_problem{.key = "measured.quantity",
                                             .value = quantity,
                                             .accepted = "a quantity of the job's answer",
                                             .message = "measured.quantity: " + quantity + " is not there yet",
                                             .not_there_yet = true}});
}

/// Returns the answer's number for the quantity of the row, in the unit that the quantity names.
[[nodiscard]] inline double estimated_number(const io::answered_job& a, const measured_row& row) {
    if (row.is_memory()) return static_cast<double>(estimated_memory(a, row).number);
    if (row.quantity == "max_micro_batch") return static_cast<double>(a.max_micro_batch);
    if (row.quantity == "max_sequence_length") return static_cast<double>(a.max_sequence_length);
    return estimated_time(a, row.quantity);
}

}  // namespace detail

/// Estimates the row's job and adds the score. A row that measured memory is a verdict as well: its job ran. Throws
/// input_error if the job has no answer, or if the answer lacks the measured quantity.
inline void score(const measured_row& row, scores& s) {
    const io::answered_job a = io::answer(row.job);
    if (row.is_verdict()) {
        s.verdicts.push_back({.id = row.id, .ran = !same_number(row.value, 0.0), .grade = a.report.grade});
        return;
    }
    if (row.is_memory()) s.verdicts.push_back({.id = row.id, .ran = true, .grade = a.report.grade, .of_memory = true});
    s.rows.push_back({.id = row.id,
                      .source = row.source,
                      .quantity = row.is_memory() ? row.quantity + " (" + row.meter + ")" : row.quantity,
                      .measured = row.value,
                      .estimated = detail::estimated_number(a, row),
                      .place = row.place});
}

}  // namespace cardfit::validation
