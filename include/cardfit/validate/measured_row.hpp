// SPDX-License-Identifier: MIT
#pragma once

// A published measurement: a job in the job format, what was measured, and who published it.

#include <cardfit/io/job_file.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/validate/series.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::validation {

/// A measured row.
struct measured_row {
    std::string id{};  ///< unique in its file
    /// The repository that published the row, as "owner/name", or the paper's name.
    std::string source{};
    /// One of `measured_quantities`.
    std::string quantity{};
    /// The counter that was read if the quantity is memory_bytes: allocated, reserved or device.
    std::string meter = "device";
    /// The cards whose bytes were read if the quantity is memory_bytes: fullest-card or all-cards.
    std::string scope = "fullest-card";
    /// The measured number, in the unit that the quantity names. For a verdict ("fits"), 1 if the job ran and 0
    /// otherwise.
    double value = 0;
    io::job_file job{};    ///< the job that was measured
    series_place place{};  ///< the row's place in its series

    /// Returns true if the row states whether the job ran rather than a number.
    [[nodiscard]] bool is_verdict() const { return quantity == "fits"; }
    /// Returns true if the row states bytes.
    [[nodiscard]] bool is_memory() const { return quantity == "memory_bytes"; }
};

/// The quantities that a row can measure.
[[nodiscard]] inline const std::vector<std::string>& measured_quantities() {
    static const std::vector<std::string> names{
        "memory_bytes",       "fits",         "max_micro_batch", "max_sequence_length",     "tokens_per_second",
        "samples_per_second", "step_seconds", "prefill_seconds", "decode_tokens_per_second"};
    return names;
}

/// Returns the "owner/name" at the start of a source's path, or the whole text if it is not a path.
[[nodiscard]] inline std::string repository_of(const std::string& source) {
    const std::size_t first = source.find('/');
    return first == source.npos ? source : source.substr(0, source.find('/', first + 1));
}

namespace detail {

/// Throws input_error unless the row has the keys of a measured row, each with a value of the right kind.
inline void check_shape(const nlohmann::json& row) {
    const bool has_keys = row.is_object() && row.contains("id") && row["id"].is_string() && row.contains("source") &&
                          row["source"].is_string() && row.contains("job") && row.contains("measured");
    const bool has_measurement = has_keys && row["measured"].is_object() && row["measured"].contains("quantity") &&
                                 row["measured"]["quantity"].is_string() && row["measured"].contains("value");
    if (has_measurement) return;
    throw io::input_error(
        {io::refused_value("row", row, "a measured row: id, source, job, measured with quantity and value")});
}

/// Throws input_error unless the key in `measured` is one of the accepted words, or is absent where it may be.
inline void check_word(const nlohmann::json& measured, const std::string& key, const std::vector<std::string>& accepted,
                       bool required) {
    if (!measured.contains(key) || measured[key].is_null()) {
        if (required) throw io::input_error({io::missing_key("measured." + key, "a name")});
        return;
    }
    const std::string* text = measured[key].get_ptr<const std::string*>();
    if (text && std::find(accepted.begin(), accepted.end(), *text) != accepted.end()) return;
    std::string list;
    for (const std::string& each : accepted) list += (list.empty() ? "" : ", ") + each;
    throw io::input_error({io::refused_value("measured." + key, measured[key], list)});
}

/// Throws input_error for an unknown quantity, meter or scope, and for a value of the wrong kind.
inline void check_measured(const nlohmann::json& measured) {
    check_word(measured, "quantity", measured_quantities(), true);
    check_word(measured, "meter", {"allocated", "reserved", "device"}, measured["quantity"] == "memory_bytes");
    check_word(measured, "scope", {"fullest-card", "all-cards"}, false);
    const nlohmann::json& value = measured["value"];
    const bool verdict = measured["quantity"] == "fits";
    const bool is_number = value.is_number() && value.get<double>() >= 0;
    if (verdict ? value.is_boolean() : is_number) return;
    throw io::input_error(
        {io::refused_value("measured.value", value, verdict ? "true, false" : "a number of 0 or more")});
}

}  // namespace detail

/// Reads one measured row, given as a line of JSON. `own` are the user's cards, which must outlive the row, or null.
/// Throws input_error if the row or its job is malformed.
[[nodiscard]] inline measured_row read_measured_row(const std::string& line, const io::card_set* own = nullptr) {
    const nlohmann::json row = io::parse_json(line);
    detail::check_shape(row);
    const nlohmann::json& measured = row["measured"];
    detail::check_measured(measured);
    measured_row read{.id = row["id"], .source = repository_of(row["source"]), .quantity = measured["quantity"]};
    if (read.is_memory()) {
        read.meter = measured["meter"];
        if (measured.contains("scope") && !measured["scope"].is_null()) read.scope = measured["scope"];
    }
    read.value = read.is_verdict() ? (measured["value"].get<bool>() ? 1.0 : 0.0) : measured["value"].get<double>();
    read.job = io::read_job(row["job"], own);
    read.place = place_of(row);
    return read;
}

}  // namespace cardfit::validation
