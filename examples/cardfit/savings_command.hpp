// SPDX-License-Identifier: MIT
#pragma once

// savings: the memory and the step time of a training job in each precision, compared with fp32. The answer is the
// fastest precision that fits and keeps fp32 weights; the table says of each one what bounds its step. For an
// inference, the formats of the weights and of the KV cache are compared (savings_formats.hpp).

#include "batch_command.hpp"
#include "prices.hpp"
#include "savings_formats.hpp"

#include <cardfit/decide/savings.hpp>

namespace tool {

struct savings_options {
    std::string path;
    hardware_flags hardware;
    bool json = false;
    answer_flags answer{};
};

/// Returns true if a precision has a step time on the card.
[[nodiscard]] inline bool has_time(const precision_saving& s) { return s.time.step.number > 0; }

/// Returns what bounds a step in a precision, in the words of a table.
[[nodiscard]] inline std::string_view bound_text(saving_reason reason) {
    static constexpr std::string_view words[]{
        "baseline",      "not on this card",   "no tensor cores for it",   "the same matmul rate",
        "communication", "the optimizer step", "memory traffic, launches", "tensor cores",
        "no known rate"};
    return words[static_cast<std::size_t>(reason)];
}

[[nodiscard]] inline std::string reason_text(const precision_saving& s, const gpu& card) {
    switch (s.reason) {
        case saving_reason::baseline:
            return "baseline";
        case saving_reason::no_such_format:
            return "not supported by " + std::string(card.name);
        case saving_reason::no_matrix_units:
            return "no tensor cores: less memory, about the same time";
        case saving_reason::same_rate:
            return "same matmul rate as fp32";
        case saving_reason::link_bound:
            return "bound by communication";
        case saving_reason::optimizer_bound:
            return "bound by the optimizer step";
        case saving_reason::memory_bound:
            return "bound by memory traffic and kernel launches";
        case saving_reason::matrix_units:
            return "bound by tensor cores";
        case saving_reason::no_known_rate:
            return "no document states the rate of " + std::string(card.name);
    }
    return {};
}

[[nodiscard]] inline nlohmann::ordered_json saving_json(const precision_saving& s, const machine& m) {
    const gpu& card = m.card;
    nlohmann::ordered_json json = {{"precision", row_of(s.precision).name},
                                   {"supported", s.reason != saving_reason::no_such_format},
                                   {"reason", reason_text(s, card)}};
    if (s.reason == saving_reason::no_such_format) return json;
    json["device_bytes"] = s.memory.device().number;
    json["saved_bytes"] = s.saved.number;
    json["components"] = io::components_json(s.memory.components);
    if (!has_time(s)) return json;
    json["step_seconds"] = s.time.step.number;
    json["speed_up"] = s.speed_up;
    json["breakdown"] = io::breakdown_json(s.time.breakdown);
    add_price_json(json, m, "step", s.time.step);
    return json;
}

/// Reads a job, on the machine of the command line if it names one.
[[nodiscard]] inline io::job_file job_on_hardware(const std::string& path, const hardware_flags& hardware) {
    return read_asked(on_hardware_of(hardware, job_json(path))).job;
}

/// Throws input_error for a job that is no training, or one on a card that has no step time.
inline void check_training(const io::job_file& job) {
    if (!job.training)
        throw io::input_error({io::input_problem{
            .key = "inference",
            .accepted = "training",
            .message =
                "inference: this command takes a training job; cardfit serve finds the layout of an inference"}});
    if (!has_step_time(job.hardware.card, job.training->precision))
        throw io::input_error({io::refused_value(
            "hardware.card", std::string(job.hardware.card.id),
            "a card with a step time (" + io::why_no_time(job) + "); cardfit fit answers for its memory")});
}

/// Reads a training job as `job_on_hardware` does, and checks it.
[[nodiscard]] inline io::job_file training_job(const std::string& path, const hardware_flags& hardware) {
    io::job_file job = job_on_hardware(path, hardware);
    check_training(job);
    return job;
}

/// What a precision does to the training, from the least to the most.
enum class precision_effect : unsigned char {
    usual,      ///< fp32 weights, and matmuls of 16 bits or more
    narrow,     ///< fp32 weights, and matmuls of fewer than 16 bits
    no_master,  ///< no fp32 weights
};
[[nodiscard]] inline precision_effect effect_of(precision p) {
    const precision_row& row = row_of(p);
    if (!row.mixed && row.compute != number_format::fp32) return precision_effect::no_master;
    return block_layout_of(row.matrix).element_bits < 16 ? precision_effect::narrow : precision_effect::usual;
}

/// Returns what an effect is, in words.
[[nodiscard]] inline std::string effect_text(precision_effect effect) {
    static constexpr const char* words[]{"fp32 weights", "matmuls of fewer than 16 bits",
                                         "no fp32 weights, so that updates smaller than its rounding are lost"};
    return words[static_cast<std::size_t>(effect)];
}

/// The savings of a job, and what it has of memory.
struct job_savings {
    const io::job_file& job;
    savings_report report{};

    [[nodiscard]] bool runs(const precision_saving& s) const { return s.reason != saving_reason::no_such_format; }
    [[nodiscard]] sureness verdict(const precision_saving& s) const {
        return runs(s) ? sureness_of(report_of(s.memory, usable_memory(job.hardware))) : sureness::no;
    }
    /// Returns the precision to use: of those that fit as surely as any, and that change the training least, the
    /// fastest; of equals the last, because bf16 needs no loss scaling. Null if none fits.
    [[nodiscard]] const precision_saving* best() const {
        const precision_saving* found = nullptr;
        const auto rank = [&](const precision_saving& s) { return std::pair(verdict(s), effect_of(s.precision)); };
        for (const precision_saving& s : report.of) {
            if (verdict(s) == sureness::no || !has_time(s)) continue;
            const bool better = found == nullptr || rank(s) < rank(*found);
            if (better || (rank(s) == rank(*found) && s.speed_up >= found->speed_up)) found = &s;
        }
        return found;
    }
    /// Returns how sure it is that the job fits in the precision to use.
    [[nodiscard]] sureness verdict() const {
        const precision_saving* found = best();
        return found == nullptr ? sureness::no : verdict(*found);
    }
    /// Returns the fastest precision of an effect, or null if none fits.
    [[nodiscard]] const precision_saving* fastest(precision_effect effect) const {
        const precision_saving* found = nullptr;
        for (const precision_saving& s : report.of) {
            if (verdict(s) == sureness::no || effect_of(s.precision) != effect || !has_time(s)) continue;
            if (found == nullptr || s.speed_up >= found->speed_up) found = &s;
        }
        return found;
    }
    [[nodiscard]] const precision_saving& of(precision p) const { return report.of[static_cast<std::size_t>(p)]; }
};

/// Returns the table of the precisions.
[[nodiscard]] inline io::table savings_table(const job_savings& all) {
    io::table t{.columns = {{"precision", 0, true},
                            {"answer", 0, true},
                            {"GiB"},
                            {"saved"},
                            {"step", 3},
                            {"speed-up"},
                            {"fp32 weights", 4, true}}};
    if (prices()) t.columns.push_back({"$/1,000 steps"});
    t.columns.push_back({"bound by", 2, true});
    const machine& m = all.job.hardware;
    for (const precision_saving& s : all.report.of) {
        const bool runs = all.runs(s);
        const auto if_runs = [runs](const std::string& text) { return runs ? text : std::string("-"); };
        const auto if_timed = [&s](const std::string& text) { return has_time(s) ? text : std::string("-"); };
        t.rows.push_back({std::string(row_of(s.precision).name), if_runs(std::string(row_of(all.verdict(s)).word)),
                          if_runs(io::fixed(in_gibibytes(s.memory.device()), 1)),
                          if_runs(io::fixed(in_gibibytes(s.saved), 1)), if_timed(io::short_time(s.time.step)),
                          if_timed(io::fixed(s.speed_up, 2) + "x"),
                          if_runs(effect_of(s.precision) == precision_effect::no_master ? "no" : "yes")});
        if (prices()) t.rows.back().push_back(if_timed(cost_cell(m, s.time.step)));
        t.rows.back().push_back(std::string(bound_text(s.reason)));
    }
    return t;
}

/// Returns what a precision brings against fp32: "2.56x the speed of fp32 with 1.7 GiB less memory (15.0 GiB)".
[[nodiscard]] inline std::string saving_text(const precision_saving& s) {
    const double saved = in_gibibytes(s.saved);
    const std::string size = io::fixed(saved < 0 ? -saved : saved, 1) + " GiB";
    const std::string memory =
        size == "0.0 GiB" ? "the same memory" : size + (saved < 0 ? " more memory" : " less memory");
    return io::fixed(s.speed_up, 2) + "x the speed of fp32 with " + memory + " (" +
           io::fixed(in_gibibytes(s.memory.device()), 1) + " GiB)";
}

/// Returns the first line: the precision to use and what it brings.
[[nodiscard]] inline std::string savings_verdict(const job_savings& all) {
    const precision_saving* best = all.best();
    std::string text = ": ";
    if (best == nullptr)
        text += "the job fits in no precision, of " + io::in_gib(usable_memory(all.job.hardware));
    else if (best->precision == precision::fp32)
        text += "fp32, and no precision that keeps fp32 weights and fits as surely is faster";
    else
        text +=
            std::string(row_of(best->precision).name) + " runs at " + saving_text(*best) +
            (all.runs(all.of(precision::tf32)) && best->precision != precision::tf32
                 ? ", " + io::fixed(best->speed_up / all.of(precision::tf32).speed_up, 2) + "x tf32"
                 : "") +
            (effect_of(best->precision) == precision_effect::usual ? ""
                                                                   : "; " + effect_text(effect_of(best->precision)));
    return verdict_lines(all.verdict(), text);
}

/// Returns the faster precisions that change the training more, a line each.
[[nodiscard]] inline std::string faster_text(const job_savings& all) {
    const precision_saving* best = all.best();
    if (best == nullptr) return {};
    std::string text;
    for (const precision_effect each : {precision_effect::narrow, precision_effect::no_master}) {
        const precision_saving* other = all.fastest(each);
        if (other == nullptr || each <= effect_of(best->precision) || other->speed_up < 1.02 * best->speed_up) continue;
        text += indented(std::string(row_of(other->precision).name) + ": " + saving_text(*other) + "; " +
                         effect_text(each));
    }
    return text;
}

[[nodiscard]] inline std::string savings_text(const savings_options& o, const job_savings& all) {
    if (o.answer.quiet) return quiet_text(all.verdict());
    if (o.answer.csv || o.answer.markdown) return printed(savings_table(all), o.answer, "");
    io::table t = savings_table(all);
    io::remove_column(t, "fp32 weights");
    return savings_verdict(all) + indented(io::title(all.job)) + faster_text(all) +
           printed(std::move(t), o.answer, "  ") + prices_text({all.job.hardware}) + assumptions_text(all.job.assumed);
}

/// Returns the job file of the job in a precision, or null where the card does not run it.
[[nodiscard]] inline nlohmann::json file_of(const job_savings& all, const precision_saving& s) {
    if (!all.runs(s)) return nullptr;
    nlohmann::json file = asked().job;
    file["training"]["precision"] = row_of(s.precision).name;
    return file;
}

[[nodiscard]] inline nlohmann::ordered_json savings_json(const job_savings& all) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const precision_saving& s : all.report.of) {
        rows.push_back(with_question(saving_json(s, all.job.hardware), file_of(all, s), all.job.assumed));
        if (all.runs(s)) rows.back()["answer"] = row_of(all.verdict(s)).name;
    }
    return rows;
}

/// Answers the command. The exit code is 1 if the job fits in no precision, or format, as surely as --require asks for.
inline int savings(const savings_options& o) {
    const io::job_file job = job_on_hardware(o.path, o.hardware);
    if (job.inference) return format_savings(job, o.answer, o.json);
    check_training(job);
    const job_savings all{
        job,
        std::visit([&](const auto& model) { return cardfit::savings(model, *job.training, job.hardware, job.layout); },
                   job.model)};
    output() << (o.json ? io::dump(savings_json(all), 1) + "\n" : savings_text(o, all));
    return is_enough(o.answer, all.verdict()) ? answered : does_not_fit;
}

inline std::function<int()> add_savings(CLI::App& app) {
    const auto o = std::make_shared<savings_options>();
    add_job_file(app, o->path);
    add_replacing_flags(app, o->hardware);
    add_prices_flag(app);
    add_answer_flags(app, o->answer);
    add_json_flag(app, o->json);
    return [o] { return savings(*o); };
}
inline constexpr command savings_command{
    .name = "savings",
    .help =
        "compare memory and time of each precision with those of fp32, or of each format of"
        " an inference with those of 16 bits",
    .add = add_savings,
    .takes_question = true};

}  // namespace tool
