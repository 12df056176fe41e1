// SPDX-License-Identifier: MIT
#pragma once

// Answers for people: aligned tables, a bar for each component, color where the output is a terminal.

#include <cardfit/io/answer.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace cardfit::io {

/// How to print: whether escape codes for color may be used.
struct text_style {
    bool color = false;

    [[nodiscard]] std::string paint(const char* code, const std::string& text) const {
        return color ? std::string(code) + text + "\033[0m" : text;
    }
    [[nodiscard]] std::string good(const std::string& text) const { return paint("\033[32m", text); }
    [[nodiscard]] std::string warn(const std::string& text) const { return paint("\033[33m", text); }
    [[nodiscard]] std::string bad(const std::string& text) const { return paint("\033[31m", text); }
    [[nodiscard]] std::string dim(const std::string& text) const { return paint("\033[2m", text); }
};

/// printf-formatted numbers: `fixed(3.14159, 2)` is "3.14".
[[nodiscard]] inline std::string fixed(double value, int digits) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
    return buffer;
}
[[nodiscard]] inline std::string in_gib(bytes b) { return fixed(in_gibibytes(b), 2) + " GiB"; }

/// Columns of the width of their widest cell; the first `left` columns are aligned left, the others right.
[[nodiscard]] inline std::string aligned(const std::vector<std::vector<std::string>>& rows, std::size_t left,
                                         const std::string& indent) {
    // Cells are measured in characters, not bytes: bars and units are UTF-8.
    const auto width_of = [](const std::string& cell) {
        return static_cast<std::size_t>(std::count_if(
            cell.begin(), cell.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    };
    std::vector<std::size_t> widths;
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (widths.size() <= i) widths.push_back(0);
            widths[i] = (std::max)(widths[i], width_of(row[i]));
        }
    std::string text;
    for (const auto& row : rows) {
        std::string line = indent;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string padding(widths[i] - width_of(row[i]), ' ');
            line += (i == 0 ? "" : "  ") + (i < left ? row[i] + padding : padding + row[i]);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

/// A bar of eighths: `share` of `width` characters.
[[nodiscard]] inline std::string bar(double share, int width) {
    static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const int units = static_cast<int>((std::min)((std::max)(share, 0.0), 1.0) * width * 8 + 0.5);
    std::string text;
    for (int i = 0; i < units / 8; ++i) text += "█";
    return text + eighths[units % 8];
}

/// "3.21 ms"
[[nodiscard]] inline std::string in_time(seconds t) {
    const double s = t.number;
    return s >= 100    ? fixed(s, 0) + " s"
           : s >= 1    ? fixed(s, 2) + " s"
           : s >= 1e-3 ? fixed(s * 1e3, 2) + " ms"
                       : fixed(s * 1e6, 0) + " us";
}

/// "8.03 B parameters"
[[nodiscard]] inline std::string parameter_text(std::int64_t count) {
    if (count >= 1'000'000'000) return fixed(static_cast<double>(count) / 1e9, 2) + " B parameters";
    return fixed(static_cast<double>(count) / 1e6, 1) + " M parameters";
}

/// Grade and headroom in words.
[[nodiscard]] inline std::string verdict_text(const fit_report& report, const text_style& style) {
    const std::string margin =
        report.headroom.number >= 0 ? in_gib(report.headroom) + " to spare" : in_gib(-report.headroom) + " too much";
    switch (report.grade) {
        case grade::fits:
            return style.good("fits") + ", " + margin;
        case grade::tight:
            return style.warn("tight") + ", " + margin + " by the central estimate";
        case grade::does_not_fit:
            return style.bad("does not fit") + ", " + margin;
    }
    return {};
}

/// What the job is, in one line.
[[nodiscard]] inline std::string title(const job_file& job) {
    std::string text = job.model_name + " (" + parameter_text(parameters(lower(job.model))) + ") on " +
                       std::to_string(job.hardware.cards) + " x " + std::string(job.hardware.card.name);
    if (job.inference) {
        const inference& i = *job.inference;
        const network read = lower(job.model, i.image_size);
        if (read.image_size > 0)
            return text + ": " + std::string(row_of(i.framework).name) + ", weights " +
                   std::string(block_layout_of(i.weights).name) + ", batch " + std::to_string(i.batch) + " images of " +
                   std::to_string(read.image_size) + " pixels a side";
        return text + ": " + std::string(row_of(i.framework).name) + ", weights " +
               std::string(block_layout_of(i.weights).name) + ", batch " + std::to_string(i.batch) + " x (" +
               std::to_string(i.prompt) + " prompt + " + std::to_string(i.generate) + " generated) tokens";
    }
    const training& t = *job.training;
    text += ": " + std::string(row_of(t.precision).name) + " " + std::string(row_of(t.optimizer).name);
    if (t.adapter.method != adapter_method::none) text += " LoRA rank " + std::to_string(t.adapter.rank);
    const network net = lower(job.model, t.image_size);
    const std::int64_t image = net.tokens_per_sample;
    const std::int64_t length = image > 0 ? image : t.sequence_length;
    if (net.convolutional)
        return text + ", micro-batch " + std::to_string(t.micro_batch) + " images of " +
               std::to_string(net.image_size) + " pixels a side, recompute " +
               std::string(name_of(recompute_names, t.recompute));
    return text + ", micro-batch " + std::to_string(t.micro_batch) + " x " + std::to_string(length) +
           " tokens, recompute " + std::string(name_of(recompute_names, t.recompute));
}

/// The components, what is needed and what is available, as bars.
[[nodiscard]] inline std::string breakdown_text(const answered_job& a) {
    const memory_estimate& m = a.report.memory;
    const double whole = (std::max)(in_gibibytes(m.device()), in_gibibytes(a.report.capacity));
    std::vector<std::vector<std::string>> rows;
    for (const memory_component& component : memory_component_list) {
        const bytes size = m.components.*component.member;
        if (size.number > 0) rows.push_back({component.name, in_gib(size), bar(in_gibibytes(size) / whole, 40)});
    }
    // An engine that fills a budget with cache takes more than the job needs.
    const bytes need = a.report.capacity - a.report.headroom;
    if (need < m.device()) rows.push_back({"taken", in_gib(m.device()), bar(in_gibibytes(m.device()) / whole, 40)});
    rows.push_back({"needed", in_gib(need), bar(in_gibibytes(need) / whole, 40)});
    rows.push_back({"available", in_gib(a.report.capacity), bar(in_gibibytes(a.report.capacity) / whole, 40)});
    for (auto& row : rows) row[1] = std::string(12 - (std::min)(row[1].size(), std::size_t{12}), ' ') + row[1];
    return aligned(rows, 3, "  ");
}

/// Why an answer has no time.
[[nodiscard]] inline std::string why_no_time(const job_file& job, const network& net) {
    const gpu& card = job.hardware.card;
    if (job.inference && publishes_rates(card) && !has_inference_time(card, net))
        return "rates of convolutions at inference are not measured";
    if (job.training && card.rates.fp32.number > 0 && !computes_in(card, job.training->precision))
        return std::string(card.name) + " has no unit for " +
               std::string(name_of(precision_names, job.training->precision)) + ", or nobody published its rate";
    return "nobody published the rates of " + std::string(card.name);
}

/// The longest sequence that a job file takes. Where windows or states keep no more however long a sequence gets,
/// memory sets no shorter one.
inline constexpr std::int64_t no_limit = 100'000'000;
[[nodiscard]] inline std::string in_tokens(std::int64_t longest) {
    return longest >= no_limit ? "any" : std::to_string(longest);
}

/// The whole answer to one job.
[[nodiscard]] inline std::string answer_text(const job_file& job, const answered_job& a, const text_style& style) {
    const memory_estimate& m = a.report.memory;
    std::string text = title(job) + "\n" + breakdown_text(a);
    text += "  " + verdict_text(a.report, style) + "; band " + in_gib(m.device_low) + " to " + in_gib(m.device_high) +
            "; fullest during " + std::string(name_of(phase_names, m.peak_phase));
    if (job.layout.pipeline > 1) text += " on pipeline stage " + std::to_string(m.peak_stage);
    const network net = lower(job.model, job.image_size());
    const bool images = net.image_size > 0;
    text += std::string(job.training ? "\n  largest micro-batch "
                        : images     ? "\n  most images at once "
                                     : "\n  most sequences at once ") +
            std::to_string(a.max_micro_batch);
    if (!images)
        text += (job.training ? ", longest sequence " : ", longest context (prompt + generated) ") +
                in_tokens(a.max_sequence_length);
    text += "\n";
    const bool does_not_fit = a.report.grade == grade::does_not_fit;
    if (a.serving) {
        const inference_time& t = *a.serving;
        const std::string band = " (+-" + fixed(100 * t.band, 0) + " %)";
        text +=
            std::string(does_not_fit ? "  if it fitted: " : "  ") + "first token after " + in_time(t.prefill) + band;
        if (t.inter_token.number > 0)
            text += ", then " + in_time(t.inter_token) + " a token: " + fixed(t.decode.number, t.decode.number < 100) +
                    " tokens/s in decode, " + fixed(t.generated.number, t.generated.number < 100) + " with the prompt";
        text += "\n";
    }
    if (a.step) text += std::string(does_not_fit ? "  if it fitted: " : "  ") + step_text(*a.step) + "\n";
    if (!a.step && !a.serving) text += "  no time: " + why_no_time(job, net) + "\n";
    if (!a.estimated.empty()) {
        text += "  estimated, no document found:";
        for (const std::string_view field : a.estimated) text += " " + std::string(field);
        text += "\n";
    }
    return text;
}

/// The defaults that an answer rests on, in one paragraph.
[[nodiscard]] inline std::string assumed_text(const std::vector<assumption>& assumed, const text_style& style) {
    if (assumed.empty()) return {};
    std::string text = "  assumed:";
    for (const assumption& each : assumed) text += (&each == &assumed[0] ? " " : ", ") + each.key + " " + each.value;
    return style.dim(text) + "\n";
}
[[nodiscard]] inline std::string assumed_text(const job_file& job, const text_style& style) {
    return assumed_text(job.assumed, style);
}

}  // namespace cardfit::io
