// SPDX-License-Identifier: MIT
#pragma once

// Summarizes a set of scores: medians and percentiles of the errors by quantity and source, ratios within series, and
// the number of wrong verdicts.

#include <cardfit/validate/score.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cardfit::validation {

/// Returns the nearest-rank percentile of sorted values: the smallest value that at least `share` of the values don't
/// exceed. `share` is a number from 0 to 1. Without values, the result is 0.
[[nodiscard]] inline double percentile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[(std::max)(rank, std::size_t{1}) - 1];
}

/// Returns the value in the middle, or the mean of the two values in the middle. Without values, the result is 0.
[[nodiscard]] inline double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

/// A few numbers that summarize the errors of some rows. All errors are relative (0.05 is 5 %).
struct summary {
    std::size_t n = 0;         ///< the number of rows
    double median_error = 0;   ///< of the absolute errors
    double percentile_90 = 0;  ///< of the absolute errors
    /// The median of the signed errors, which is positive if estimates are too high.
    double median_signed = 0;
    /// The five rows with the largest errors, the largest first.
    std::vector<scored_row> worst{};
};

/// Returns the summary of the errors of these rows.
[[nodiscard]] inline summary summarize(std::vector<scored_row> rows) {
    constexpr std::size_t most_shown = 5;
    std::sort(rows.begin(), rows.end(), [](const scored_row& a, const scored_row& b) { return a.error() > b.error(); });
    std::vector<double> errors;
    std::vector<double> signed_errors;
    for (const scored_row& r : rows) {
        errors.push_back(r.error());
        signed_errors.push_back(r.signed_error());
    }
    std::reverse(errors.begin(), errors.end());
    summary s{.n = rows.size(),
              .median_error = median(errors),
              .percentile_90 = percentile(errors, 0.9),
              .median_signed = median(signed_errors)};
    rows.resize((std::min)(rows.size(), most_shown));
    s.worst = std::move(rows);
    return s;
}

namespace detail {

/// Returns true if a row stands before another in their series. This is no lambda, since clang 14 with libc++ refuses
/// to sort these rows by one.
[[nodiscard]] inline bool comes_before(const scored_row& a, const scored_row& b) { return a.place < b.place; }

}  // namespace detail

/// Returns the ratio of each row to the first row of its series, as rows of a quantity of their own ("ratio of ...").
/// Rows without a series, and rows that measured 0, are left out.
[[nodiscard]] inline std::vector<scored_row> ratios(const std::vector<scored_row>& rows) {
    std::map<std::string, std::vector<scored_row>> series;
    for (const scored_row& r : rows)
        if (!r.place.series.empty() && r.measured > 0) series[r.place.series].push_back(r);
    std::vector<scored_row> found;
    for (auto& [name, members] : series) {
        std::stable_sort(members.begin(), members.end(), detail::comes_before);
        const scored_row& first = members[0];
        for (std::size_t i = 1; i < members.size(); ++i)
            found.push_back({.id = members[i].id,
                             .source = first.source,
                             .quantity = "ratio of " + first.quantity,
                             .measured = members[i].measured / first.measured,
                             .estimated = members[i].estimated / first.estimated});
    }
    return found;
}

/// Rows by quantity, then by source.
using grouped_rows = std::map<std::string, std::map<std::string, std::vector<scored_row>>>;

/// Groups the rows and the ratios within their series.
[[nodiscard]] inline grouped_rows group(const std::vector<scored_row>& rows) {
    grouped_rows groups;
    for (const scored_row& r : rows) groups[r.quantity][r.source].push_back(r);
    for (const scored_row& r : ratios(rows)) groups[r.quantity][r.source].push_back(r);
    return groups;
}

/// The errors of one quantity: a summary per source, and the means over sources. Each source has the same weight in
/// these means, however many rows it has.
struct quantity_summary {
    std::map<std::string, summary> sources{};  ///< by the repository or paper
    double mean_median = 0;                    ///< of the sources' medians
    double mean_percentile_90 = 0;             ///< of the sources' 90th percentiles
};

/// Returns the summaries of the sources of one quantity, and the means over the sources.
[[nodiscard]] inline quantity_summary summarize(const std::map<std::string, std::vector<scored_row>>& by_source) {
    quantity_summary all;
    for (const auto& [source, rows] : by_source) {
        summary one = summarize(rows);
        all.mean_median += one.median_error;
        all.mean_percentile_90 += one.percentile_90;
        all.sources.emplace(source, std::move(one));
    }
    if (by_source.empty()) return all;
    all.mean_median /= static_cast<double>(by_source.size());
    all.mean_percentile_90 /= static_cast<double>(by_source.size());
    return all;
}

/// The agreement of published verdicts with our grades.
struct verdict_counts {
    int ran = 0;            ///< published as running
    int out_of_memory = 0;  ///< published as out of memory
    /// Jobs graded `fits` that ran out of memory.
    int false_fits = 0;
    /// Jobs graded `does_not_fit` that ran.
    int false_refusals = 0;
    /// Jobs graded `tight`, which counts as right whether they ran or not.
    int tight = 0;
};

/// Returns how often the verdicts and the grades agree and disagree.
[[nodiscard]] inline verdict_counts count_verdicts(const std::vector<scored_verdict>& verdicts) {
    verdict_counts c;
    for (const scored_verdict& v : verdicts) {
        (v.ran ? c.ran : c.out_of_memory) += 1;
        c.false_fits += !v.ran && v.grade == grade::fits;
        c.false_refusals += v.ran && v.grade == grade::does_not_fit;
        c.tight += v.grade == grade::tight;
    }
    return c;
}

}  // namespace cardfit::validation
