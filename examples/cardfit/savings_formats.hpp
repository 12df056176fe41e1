// SPDX-License-Identifier: MIT
#pragma once

// savings of an inference: memory and time of each format of the weights, and of each format of the KV cache, against
// 16 bits. The answer is the fastest of the formats that fit and lose least of the model's quality.

#include "batch_command.hpp"
#include "prices.hpp"
#include "remedies_text.hpp"

#include <cardfit/decide/format_quality.hpp>
#include <cardfit/decide/savings.hpp>
#include <cardfit/decide/serving_choices.hpp>
#include <cardfit/io/weights_text.hpp>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace tool {

/// A row of the answer: formats of weights and cache, with what they save against the first row.
struct saved_format {
    inference job{};
    format_saving saving{};
    bool of_cache = false;  ///< the cache is what differs from the job
    bytes saved{};
    double speed_up = 0;

    [[nodiscard]] sureness verdict(const machine& m) const {
        return sureness_of(report_of(saving.memory, usable_memory(m)));
    }
};

/// The formats of an inference; the first row is what the others are compared with.
struct format_answers {
    const io::job_file& job;
    std::vector<saved_format> rows{};

    [[nodiscard]] const saved_format& baseline() const { return rows.front(); }
    /// Returns the row to use: of those that fit as surely as any, that keep the checkpoint as it is published and lose
    /// least of its quality, the fastest. Null if none fits.
    [[nodiscard]] const saved_format* best() const {
        const saved_format* found = nullptr;
        const auto rank = [&](const saved_format& s) {
            const number_format weights = s.job.weights;
            return std::tuple(s.verdict(job.hardware), io::requantizes(job, weights), quality_of(weights),
                              cardfit::detail::rise_of_poor(weights), -s.speed_up);
        };
        for (const saved_format& s : rows)
            if (!s.of_cache && s.verdict(job.hardware) != sureness::no && (!found || rank(s) < rank(*found)))
                found = &s;
        return found;
    }
    [[nodiscard]] sureness verdict() const {
        const saved_format* found = best();
        return found == nullptr ? sureness::no : found->verdict(job.hardware);
    }
};

namespace detail {

/// Adds the rows of one report; `set` gives a job its format.
template <class Set>
void add_rows_of(const format_savings_report& report, const inference& job, bool of_cache, Set set,
                 std::vector<saved_format>& rows) {
    const auto add = [&](const inference& i, const format_saving& s) {
        const bool known = std::any_of(rows.begin(), rows.end(), [&](const saved_format& row) {
            return row.job.weights == i.weights && row.job.kv_cache == i.kv_cache &&
                   row.job.value_cache == i.value_cache;
        });
        if (!known) rows.push_back({.job = i, .saving = s, .of_cache = of_cache});
    };
    for (const format_saving& s : report.items())
        add(s.format == report.own.format && !of_cache ? job : set(s.format), s);
    if (!of_cache) add(job, report.own);
}

}  // namespace detail

/// Returns the formats of an inference that has a time, compared with 16-bit weights, or, where the engine does not run
/// such, with the job's own.
[[nodiscard]] inline format_answers formats_of(const io::job_file& job) {
    format_answers all{.job = job};
    const inference& i = *job.inference;
    io::with_timed_model(job.model, lower(job.model, job.image_size()), [&](const auto& model) {
        detail::add_rows_of(
            cardfit::savings(model, i, job.hardware, job.layout), i, false,
            [&](number_format format) { return with_weights(i, format); }, all.rows);
        detail::add_rows_of(
            cache_savings(model, i, job.hardware, job.layout), i, true,
            [&](number_format format) { return with_cache(i, format); }, all.rows);
    });
    const format_saving first = all.baseline().saving;
    for (saved_format& each : all.rows) {
        each.saved = first.memory.device() - each.saving.memory.device();
        each.speed_up = cardfit::detail::token_or_pass(first.time) / cardfit::detail::token_or_pass(each.saving.time);
    }
    return all;
}

/// Returns the name of a format of a cache: that of the compute type where the job states none.
[[nodiscard]] inline std::string cache_text(const inference& i) {
    const auto name = [](number_format format) { return std::string(block_layout_of(format).name); };
    const std::string keys = name(i.kv_cache == number_format::by_default ? compute_format_of(i.weights) : i.kv_cache);
    return i.value_cache == number_format::by_default ? keys : keys + "/" + name(i.value_cache);
}

/// Returns the class of what a format loses of the model's quality; "own" for that of a quantized checkpoint.
[[nodiscard]] inline std::string quality_text(const io::job_file& job, const saved_format& s) {
    const bool own = job.published.quantized() && !io::requantizes(job, s.job.weights);
    return own ? "own" : std::string(name_of(quality_of(s.job.weights)));
}

/// Returns the table of the formats.
[[nodiscard]] inline io::table formats_table(const format_answers& all) {
    const bool generates = all.baseline().saving.time.inter_token.number > 0;
    const bool cached = all.baseline().saving.memory.components.kv_cache.number > 0;
    const machine& m = all.job.hardware;
    io::table t{.columns = {{"weights", 0, true}, {"answer", 0, true}, {"GiB"}, {"saved"}, {"quality", 1, true}}};
    if (cached) t.columns.insert(t.columns.begin() + 1, {"KV cache", 0, true});
    if (cached) t.columns.push_back({"cache GiB", 3});
    t.columns.push_back({generates ? "TTFT" : "pass", 2});
    if (generates) t.columns.push_back({"TPOT"});
    t.columns.push_back({"speed-up"});
    if (prices() && generates) t.columns.push_back({"$/1M tokens"});
    for (const saved_format& s : all.rows) {
        std::vector<std::string> row{std::string(block_layout_of(s.job.weights).name)};
        if (cached) row.push_back(cache_text(s.job));
        row.insert(row.end(), {std::string(row_of(s.verdict(m)).word), gib_cell(s.saving.memory.device()),
                               gib_cell(s.saved), quality_text(all.job, s)});
        if (cached) row.push_back(io::fixed(in_gibibytes(s.saving.memory.components.kv_cache), 2));
        row.push_back(io::short_time(s.saving.time.prefill));
        if (generates) row.push_back(io::short_time(s.saving.time.inter_token));
        row.push_back(io::fixed(s.speed_up, 2) + "x");
        const std::optional<io::hourly_rent> rent = rent_of(m);
        const double million = generates ? 1e6 / s.saving.time.generated.number : 0;
        if (prices() && generates) row.push_back(rent ? in_dollars(rent->during(seconds_of(million)).number) : "-");
        t.rows.push_back(std::move(row));
    }
    return t;
}

/// Returns what a format brings: "1.71x the speed of bf16 with 7.0 GiB less memory (8.9 GiB); quality: lossless".
[[nodiscard]] inline std::string format_text(const format_answers& all, const saved_format& s) {
    const std::string size = gib_cell(s.saved.number < 0 ? bytes{} - s.saved : s.saved) + " GiB";
    const std::string memory = size == "0.0 GiB" ? "the same memory" : size + (s.saved.number < 0 ? " more" : " less");
    return std::string(block_layout_of(s.job.weights).name) + " runs at " + io::fixed(s.speed_up, 2) +
           "x the speed of " + std::string(block_layout_of(all.baseline().job.weights).name) + " with " + memory +
           " (" + gib_cell(s.saving.memory.device()) +
           " GiB); quality: " + std::string(name_of(quality_of(s.job.weights))) +
           io::requantizing_text(all.job, s.job.weights);
}

/// Returns the first line: the format to use, and what it brings.
[[nodiscard]] inline std::string formats_verdict(const format_answers& all) {
    const saved_format* best = all.best();
    if (best == nullptr)
        return verdict_lines(sureness::no,
                             ": the job fits in no format, of " + io::in_gib(usable_memory(all.job.hardware)));
    if (best == &all.baseline())
        return verdict_lines(all.verdict(), ": " + std::string(block_layout_of(best->job.weights).name) + " weights (" +
                                                gib_cell(best->saving.memory.device()) +
                                                " GiB), and no format of the same quality is faster");
    return verdict_lines(all.verdict(), ": " + format_text(all, *best));
}

/// Returns the faster formats of lower quality that fit, the fastest of each class, a line each.
[[nodiscard]] inline std::string faster_formats_text(const format_answers& all) {
    const saved_format* best = all.best();
    if (best == nullptr) return {};
    std::string text;
    double fastest = 1.02 * best->speed_up;
    for (const quality_row& each : quality_rows) {
        if (each.value <= quality_of(best->job.weights) || each.value == quality::poor) continue;
        const saved_format* found = nullptr;
        for (const saved_format& s : all.rows) {
            const bool counts = !s.of_cache && quality_of(s.job.weights) == each.value && s.speed_up >= fastest &&
                                s.verdict(all.job.hardware) <= best->verdict(all.job.hardware);
            if (counts && (!found || s.speed_up > found->speed_up)) found = &s;
        }
        if (found == nullptr) continue;
        fastest = 1.02 * found->speed_up;
        text += indented(format_text(all, *found));
    }
    return text;
}

[[nodiscard]] inline std::string formats_text(const answer_flags& flags, const format_answers& all) {
    if (flags.quiet) return quiet_text(all.verdict());
    if (flags.csv || flags.markdown) return printed(formats_table(all), flags, "");
    return formats_verdict(all) + indented(io::title(all.job)) + faster_formats_text(all) +
           printed(formats_table(all), flags, "  ") + prices_text({all.job.hardware}) +
           assumptions_text(all.job.assumed);
}

[[nodiscard]] inline nlohmann::ordered_json formats_json(const format_answers& all) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const saved_format& s : all.rows) {
        const inference_time& time = s.saving.time;
        nlohmann::ordered_json json = {{"weights", block_layout_of(s.job.weights).name},
                                       {"kv_cache", cache_text(s.job)},
                                       {"quality", quality_text(all.job, s)},
                                       {"baseline", &s == &all.baseline()},
                                       {"device_bytes", s.saving.memory.device().number},
                                       {"saved_bytes", s.saved.number},
                                       {"components", io::components_json(s.saving.memory.components)},
                                       {"prefill_seconds", time.prefill.number}};
        if (time.inter_token.number > 0)
            json.update(
                {{"inter_token_seconds", time.inter_token.number}, {"tokens_per_second", time.generated.number}});
        json["speed_up"] = s.speed_up;
        json["answer"] = row_of(s.verdict(all.job.hardware)).name;
        if (io::requantizes(all.job, s.job.weights)) json["requantizes"] = true;
        add_price_json(json, all.job.hardware, "million_tokens",
                       seconds_of(time.generated.number > 0 ? 1e6 / time.generated.number : 0));
        nlohmann::json file = asked().job;
        set_changed<inference>(keys::inference_keys, *all.job.inference, s.job, file);
        rows.push_back(with_question(std::move(json), file, all.job.assumed));
    }
    return rows;
}

/// Throws input_error for an inference without a time.
inline void check_time(const io::job_file& job) {
    if (io::answer(job).serving) return;
    throw io::input_error({io::refused_value(
        "hardware.card", std::string(job.hardware.card.id),
        "a card and model with a time (" + io::why_no_time(job) + "); cardfit fit answers for the memory")});
}

/// Answers savings of an inference. Throws input_error for a card or model without a time.
inline int format_savings(const io::job_file& job, const answer_flags& flags, bool json) {
    check_time(job);
    const format_answers all = formats_of(job);
    output() << (json ? io::dump(formats_json(all), 1) + "\n" : formats_text(flags, all));
    return is_enough(flags, all.verdict()) ? answered : does_not_fit;
}

}  // namespace tool
