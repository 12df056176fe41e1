// SPDX-License-Identifier: MIT
#pragma once

// Series of measured rows: runs of one source that differ only in cards, layout, link, gradient accumulation or
// precision. The ratio of two such runs is a measurement of its own, which the other conditions of the source don't
// affect.

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <tuple>

namespace cardfit::validation {

/// The place of a row in its series. The rows of a series are ordered by cards, then by precision, then by link.
struct series_place {
    /// The name of the series, its quantity and the part of the job that all its rows share. If this is empty, the row
    /// has no series.
    std::string series{};
    std::int64_t cards = 0;  ///< of the job
    /// 0 for fp32, 1 for tf32, 2 for every other precision.
    int precision = 0;
    std::string link{};  ///< word of the link between cards
    /// Orders by series, cards, precision and link.
    friend bool operator<(const series_place& a, const series_place& b) {
        return std::tie(a.series, a.cards, a.precision, a.link) < std::tie(b.series, b.cards, b.precision, b.link);
    }
};

namespace detail {

/// Returns 0 for fp32, 1 for tf32 and 2 for every other precision.
[[nodiscard]] inline int precision_rank(const std::string& precision) {
    if (precision == "fp32") return 0;
    if (precision == "tf32") return 1;
    return 2;
}

/// Returns the job without the keys that may differ within a series.
[[nodiscard]] inline nlohmann::json shared_part(nlohmann::json job) {
    for (const char* key : {"cards", "link", "per_node", "network_gbit"}) job["hardware"].erase(key);
    job.erase("layout");
    if (!job.contains("training")) return job;
    for (const char* key : {"precision", "gradient_accumulation"}) job["training"].erase(key);
    return job;
}

}  // namespace detail

/// Returns the place of a measured row in the series that it names. The row is given as JSON in the job format.
[[nodiscard]] inline series_place place_of(const nlohmann::json& row) {
    if (!row.contains("series") || !row["series"].is_string()) return {};
    const nlohmann::json& job = row["job"];
    const std::string precision = job.value("/training/precision"_json_pointer, std::string());
    return {.series = row["series"].get<std::string>() + row["measured"]["quantity"].get<std::string>() +
                      detail::shared_part(job).dump(),
            .cards = job.value("/hardware/cards"_json_pointer, std::int64_t{1}),
            .precision = detail::precision_rank(precision),
            .link = job.value("/hardware/link"_json_pointer, std::string())};
}

}  // namespace cardfit::validation
