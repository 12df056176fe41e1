// SPDX-License-Identifier: MIT
#pragma once

// Answers as text: aligned tables, one bar per component, and color if the output is a terminal.

#include <cardfit/io/answer.hpp>
#include <cardfit/io/figures.hpp>
#include <cardfit/io/table.hpp>
#include <cardfit/io/weights_text.hpp>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace cardfit::io {

/// How to print. `color` allows escape codes; `width` is that of the output in characters.
struct text_style {
    bool color = false;      ///< escape codes are allowed
    std::size_t width = 80;  ///< characters of a line

    /// Returns a text in the color of an escape code, or as it is.
    [[nodiscard]] std::string paint(const char* code, const std::string& text) const {
        return color ? std::string(code) + text + "\033[0m" : text;
    }
    /// Returns a text in the color of good news, of a warning, of bad news, or of what matters less.
    /// @{
    [[nodiscard]] std::string good(const std::string& text) const { return paint("\033[32m", text); }
    [[nodiscard]] std::string warn(const std::string& text) const { return paint("\033[33m", text); }
    [[nodiscard]] std::string bad(const std::string& text) const { return paint("\033[31m", text); }
    [[nodiscard]] std::string dim(const std::string& text) const { return paint("\033[2m", text); }
    /// @}
    /// Returns a text in the color of a verdict.
    [[nodiscard]] std::string as(sureness s, const std::string& text) const {
        return s == sureness::yes ? good(text) : s == sureness::no ? bad(text) : warn(text);
    }
};

/// Returns true if a terminal takes escape codes: NO_COLOR is not set to anything (no-color.org), and TERM is not
/// "dumb". Either may be null.
[[nodiscard]] inline bool takes_color(const char* no_color, const char* term) noexcept {
    const bool refused = no_color != nullptr && *no_color != '\0';
    return !refused && (term == nullptr || std::string_view(term) != "dumb");
}

/// Returns a bar that fills `share` of `width` characters, in steps of one eighth of a character.
[[nodiscard]] inline std::string bar(double share, int width) {
    static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const int units = static_cast<int>((std::min)((std::max)(share, 0.0), 1.0) * width * 8 + 0.5);
    std::string text;
    for (int i = 0; i < units / 8; ++i) text += "█";
    return text + eighths[units % 8];
}

/// Returns a time in a suitable unit: "3.21 ms".
[[nodiscard]] inline std::string in_time(seconds t) {
    const double s = t.number;
    return s >= 100    ? fixed(s, 0) + " s"
           : s >= 1    ? fixed(s, 2) + " s"
           : s >= 1e-3 ? fixed(s * 1e3, 2) + " ms"
                       : fixed(s * 1e6, 0) + " us";
}

/// Returns a time with three digits, in milliseconds below a second.
[[nodiscard]] inline std::string short_time(seconds t) {
    const double milliseconds = 1e3 * t.number;
    if (milliseconds >= 1e5) return fixed(t.number, 0) + " s";
    if (milliseconds >= 1e3) return fixed(t.number, milliseconds < 1e4 ? 2 : 1) + " s";
    return fixed(milliseconds, milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0) + " ms";
}

/// Returns the number of parameters in billions or millions: "8.03 B parameters". An index of packed weights does not
/// tell it; the count is then 0.
[[nodiscard]] inline std::string parameter_text(std::int64_t count) {
    if (count == 0) return "number of parameters not known";
    if (count >= 1'000'000'000) return fixed(static_cast<double>(count) / 1e9, 2) + " B parameters";
    return fixed(static_cast<double>(count) / 1e6, 1) + " M parameters";
}

/// Returns the word of a report's verdict in its color.
[[nodiscard]] inline std::string verdict_word(const fit_report& report, const text_style& style) {
    const sureness sure = sureness_of(report);
    return style.as(sure, std::string(row_of(sure).word));
}

/// Returns the verdict with what is needed of what is usable, and the range of the estimate: "YES: fits, needs 20.15 of
/// 79.14 GiB (90 % range 15.40 to 25.60)".
[[nodiscard]] inline std::string verdict_text(const fit_report& report, const text_style& style) {
    static constexpr const char* grades[] = {": fits, ", ": tight, ", ": does not fit, "};
    const std::string verdict = verdict_word(report, style) + grades[static_cast<std::size_t>(report.grade)];
    if (report.host.exceeded())
        return verdict + "needs " + in_gib(report.host.offloaded - report.host.nvme) +
               " of host memory, more than the host's " + in_gib(report.host.available);
    return verdict + "needs " + fixed(in_gibibytes(report.capacity - report.headroom), 2) + " of " +
           in_gib(report.capacity) + " (90 % range " + fixed(in_gibibytes(report.memory.device_low), 2) + " to " +
           fixed(in_gibibytes(report.memory.device_high), 2) + ")";
}

namespace detail {

[[nodiscard]] inline std::string images_text(std::int64_t batch, std::int64_t side) {
    return std::to_string(batch) + (batch == 1 ? " image of " : " images of ") + std::to_string(side) +
           " pixels a side";
}

/// Returns the format of the weights, with their bytes for a job that takes those of its checkpoint's files: "weights
/// awq-int4, as published, 37.04 GiB in model.safetensors".
[[nodiscard]] inline std::string stored_format_text(const job_file& job) {
    const stored_weights& stored = job.stored.weights;
    const bool verified = job.stored.shape_verified;
    if (!stored.known() || (verified && !job.inference->stored.known())) return weights_text(job);
    return (verified ? weights_text(job) : "weights as stored") + (job.stored.exact ? ", " : ", at most ") +
           in_gib(bytes_of(stored.total())) + " in " + job.stored.source;
}

[[nodiscard]] inline std::string title_of_inference(const job_file& job, const inference& i) {
    const network read = lower(job.model, i.image_size);
    const std::string text = std::string(row_of(i.framework).name) + ", " + stored_format_text(job) + ", batch ";
    if (read.image_size > 0) return text + images_text(i.batch, read.image_size);
    return text + std::to_string(i.batch) + " x (" + std::to_string(i.prompt) + " prompt + " +
           std::to_string(i.generate) + " generated) tokens";
}

[[nodiscard]] inline std::string title_of_training(const job_file& job, const training& t) {
    std::string text = std::string(row_of(t.precision).name) + " " + std::string(row_of(t.optimizer).name);
    if (t.adapter.method != adapter_method::none) text += " LoRA rank " + std::to_string(t.adapter.rank);
    if (t.objective != objective::sft) text += " " + std::string(row_of(t.objective).name);
    const network net = lower(job.model, t.image_size);
    if (t.trained_layers > 0)
        text += " on " + std::to_string(t.trained_layers) + " of " + std::to_string(net.layers) + " layers (" +
                std::string(row_of(t.trained_layer_choice).name) + ")";
    const std::int64_t length = net.tokens_per_sample > 0 ? net.tokens_per_sample : t.sequence_length;
    text += ", micro-batch ";
    if (net.convolutional || net.condition_bytes > 0)
        text += images_text(t.micro_batch, net.image_size);
    else
        text += std::to_string(t.micro_batch) + " x " + std::to_string(length) + " tokens";
    return text + ", recompute " + std::string(name_of(recompute_names, t.recompute));
}

}  // namespace detail

/// Returns the cards and the named machine that they are of: "16 x A100 SXM4 40GB (2 x p4d.24xlarge)", and cards of
/// other models behind them: "1 x GeForce RTX 3090 + 2 x GeForce RTX 3060 12GB".
[[nodiscard]] inline std::string hardware_text(const machine& m) {
    const auto counted_card = [](int cards, const gpu& card) {
        return std::to_string(cards) + " x " + name_and_file(card);
    };
    std::string text = counted_card(m.cards - m.others.count, m.card) + machine_name_text(m);
    for (int i = 0; i < m.others.count;) {
        int alike = 1;
        while (i + alike < m.others.count && m.others.of[i + alike] == m.others.of[i]) ++alike;
        text += " + " + counted_card(alike, *m.others.of[i]);
        i += alike;
    }
    return text;
}

/// Returns a line for each card of a job whose cards hold different shares of the layers; empty for other jobs.
[[nodiscard]] inline std::string cards_text(const answered_job& a) {
    std::string text;
    for (const card_answer& each : a.cards) {
        const fit_report& r = each.report;
        text += "  Card " + std::to_string(&each - a.cards.data()) + ", " + each.name + ": " +
                counted(each.layers, "layer") + (each.head ? " and the head" : "") + ", " + in_gib(r.memory.device()) +
                " of " + in_gib(r.capacity) + "\n";
    }
    return text;
}

/// Returns the model and its size: "llama-3.1-8b (8.03 B parameters)".
[[nodiscard]] inline std::string model_title(const job_file& job) {
    const network net = lower(job.model);
    const std::int64_t left_out = job.text_only() ? tower_parameters(net) : 0;
    return job.model_name + (job.text_only() ? ", text part only" : "") + " (" +
           parameter_text(parameters(net) - left_out) + ")";
}

/// Returns what is done with the model: "bf16 adamw LoRA rank 8, micro-batch 1 x 2048 tokens, recompute full".
[[nodiscard]] inline std::string work_title(const job_file& job) {
    return job.inference ? detail::title_of_inference(job, *job.inference)
                         : detail::title_of_training(job, *job.training);
}

/// Returns a description of the job: model, hardware and work.
[[nodiscard]] inline std::string title(const job_file& job) {
    return model_title(job) + " on " + hardware_text(job.hardware) + ": " + work_title(job);
}

/// Returns the components, the memory needed and the memory available, as bars.
[[nodiscard]] inline std::string breakdown_text(const answered_job& a) {
    const memory_estimate& m = a.report.memory;
    const double whole = (std::max)(in_gibibytes(m.device()), in_gibibytes(a.report.capacity));
    std::vector<std::vector<std::string>> rows;
    const auto add = [&](const char* name, bytes size) {
        rows.push_back({name, in_gib(size), bar(in_gibibytes(size) / whole, 40)});
    };
    for (const memory_component& component : memory_component_list)
        if ((m.components.*component.member).number > 0) add(component.name, m.components.*component.member);
    // An engine that fills a memory budget with its cache takes more memory than the job needs.
    const bytes need = a.report.capacity - a.report.headroom;
    if (need < m.device()) add("taken", m.device());
    add("needed", need);
    add("available", a.report.capacity);
    for (auto& row : rows) row[1] = std::string(12 - (std::min)(row[1].size(), std::size_t{12}), ' ') + row[1];
    return aligned(rows, 3, "  ");
}

/// Returns the reason why an answer has no time: a figure that no document states, a vendor or an operation for which
/// there is no time model, or a unit that the card lacks.
[[nodiscard]] inline std::string why_no_time(const job_file& job) {
    const gpu& card = job.hardware.card;
    const std::optional<card_field> missing = job.training ? missing_for_step(card, job.training->precision)
                                                           : missing_for_inference(card, job.inference->weights);
    if (missing) {
        return "no document states " + std::string(key_of(*missing)) + " of " + std::string(card.name) +
               ", which the time needs";
    }
    if (job.training && !trains_at_a_measured_rate(card))
        return "training on " + std::string(name_of(card.vendor)) + " GPUs is not measured";
    if (job.inference) return "kernels of images are not measured on " + std::string(card.name) + " in this format";
    return std::string(card.name) + " has no unit for " +
           std::string(name_of(precision_names, job.training->precision));
}

/// The longest sequence length that a job file accepts. If attention windows or recurrent states limit the size of the
/// cache at any sequence length, memory sets no shorter limit.
inline constexpr std::int64_t no_limit = key_ranges::sequence_length.high;
/// Returns a sequence length as text, or "any" if memory sets no limit.
[[nodiscard]] inline std::string in_tokens(std::int64_t longest) {
    return longest >= no_limit ? "any" : std::to_string(longest);
}

namespace detail {

/// Returns the name of a column of the card table in words.
[[nodiscard]] inline std::string column_text(std::string_view column) {
    struct named_column {
        std::string_view column;
        const char* text;
    };
    static constexpr named_column columns[]{
        {"usable_mib_torch", "usable memory"},
        {"usable_mib_smi", "memory that nvidia-smi shows"},
        {"memory_bandwidth_gb_s", "memory bandwidth"},
        {"fp32_tflops", "fp32 throughput"},
        {"tf32_dense", "tf32 throughput"},
        {"fp16_tensor_acc32_dense", "fp16 and bf16 throughput"},
        {"fp8_dense", "fp8 throughput"},
        {"fp4_dense", "fp4 throughput"},
        {"nvlink_total_bidir_gb_s", "NVLink bandwidth"},
        {"tdp_w", "power limit"},
    };
    for (const named_column& each : columns)
        if (each.column == column) return each.text;
    return std::string(column);
}

/// Returns the figures of the card that the answer uses and that no document of the vendor states. The text is empty if
/// there are none.
[[nodiscard]] inline std::string estimated_text(const answered_job& a) {
    if (a.estimated.empty()) return {};
    std::string text;
    for (const std::string_view column : a.estimated) text += (text.empty() ? "" : ", ") + column_text(column);
    return "  Estimated (no vendor document): " + text + "\n";
}

/// Returns the largest size that fits, as this text says it, or "none".
[[nodiscard]] inline std::string or_none(std::int64_t n, const std::string& text) { return n > 0 ? text : "none"; }

/// Returns the largest batch and the longest sequence length that fit.
[[nodiscard]] inline std::string limits_text(const job_file& job, const answered_job& a, bool images) {
    const char* batch = job.training ? "largest micro-batch " : images ? "most images at once " : "most sequences ";
    std::string text = batch + or_none(a.max_micro_batch, std::to_string(a.max_micro_batch));
    if (images) return text;
    text += job.training ? ", longest sequence " : ", longest context ";
    // A training beyond the positions scales them, and asks for more than the model was made for.
    const bool scaled = job.training && job.training->sequence_length > job.context_length;
    if (job.context_length == 0 || a.max_sequence_length <= job.context_length || scaled)
        return text + or_none(a.max_sequence_length, in_tokens(a.max_sequence_length));
    return text + in_tokens(job.context_length) + " (the model's positions; " +
           (job.training ? "memory" : "the cache") + " holds " + in_tokens(a.max_sequence_length) + ")";
}

/// Returns a line with the largest sizes that fit even at the upper error bound, where they are smaller than those of
/// the central estimate; `lengths` names the sequence, or is empty where no length is asked for.
[[nodiscard]] inline std::string safe_sizes_text(const answered_job& a, std::string_view batches,
                                                 std::string_view lengths = {}) {
    const bool same_length = lengths.empty() || a.safe_sequence_length == a.max_sequence_length;
    if (a.safe_micro_batch == a.max_micro_batch && same_length) return {};
    const std::string batch =
        std::string(batches) + " " + or_none(a.safe_micro_batch, std::to_string(a.safe_micro_batch));
    const std::string length = lengths.empty() ? std::string()
                                               : ", " + std::string(lengths) + " " +
                                                     or_none(a.safe_sequence_length, in_tokens(a.safe_sequence_length));
    return "  Safe at the upper error bound: " + batch + length + "\n";
}

/// Returns the same for a job of `images` or of text.
[[nodiscard]] inline std::string safe_sizes_text(const job_file& job, const answered_job& a, bool images) {
    if (job.training) return safe_sizes_text(a, "micro-batch", images ? "" : "sequence");
    return images ? safe_sizes_text(a, "images at once") : safe_sizes_text(a, "sequences", "context");
}

/// Returns how many tokens of the sequence an image takes, and how many images the job has; empty for a model without a
/// vision tower.
[[nodiscard]] inline std::string image_text(const std::optional<image_answer>& answer) {
    if (!answer) return {};
    const image_answer& image = *answer;
    const std::string side = std::to_string(image.pixels);
    const std::string what = image.pixels > 0 ? "An image of " + side + " x " + side + " pixels" : "A clip of sound";
    std::string text = "  " + what + " takes " + std::to_string(image.tokens) + " tokens";
    if (image.crossed > 0) text += " and " + std::to_string(image.crossed) + " positions of a cache of its own";
    if (image.images == 0) return text + "; the job has none (--images)\n";
    return text + "; " + std::to_string(image.images) +
           " per sequence: " + std::to_string(image.images * image.tokens) + " tokens\n";
}

/// Returns what one pass of a model that generates nothing answers, one of its batch: "image" or "sequence".
[[nodiscard]] inline std::string pass_unit(const network& net) {
    return net.tokens_per_sample > 0 ? "image" : "sequence";
}

/// Returns the time to first token and the time per output token, with the throughputs; of a model that generates
/// nothing, the time of a pass, with the images or sequences per second.
[[nodiscard]] inline std::string serving_text(const inference_time& t, const network& net) {
    const std::string first = in_time(t.prefill) + " (±" + in_percent(t.band) + ")";
    if (t.inter_token.number <= 0)
        return "a pass takes " + first + "; " + fixed(t.samples_per_second, t.samples_per_second < 100) + " " +
               pass_unit(net) + "s/s";
    std::string text = "TTFT " + first;
    const auto rate = [](auto per_second) { return fixed(per_second.number, per_second.number < 100) + " tokens/s"; };
    return text + ", TPOT " + in_time(t.inter_token) + "; " + rate(t.decode) + " in decode, " + rate(t.generated) +
           " with the prompt";
}

/// Returns of which lengths memory and time are, where they differ.
[[nodiscard]] inline std::string lengths_text(const training& t) {
    if (t.typical_length == 0) return {};
    return "Memory of sequences of " + std::to_string(t.sequence_length) + " tokens, time of " +
           std::to_string(t.typical_length) + " on average, " +
           (t.padding == padding::none
                ? "without padding"
                : "padded to about " + std::to_string(timed_length(t)) + " (exponential lengths)") +
           ".\n";
}

/// Returns the time of a training step or of a request, or the reason why there is none.
[[nodiscard]] inline std::string time_text(const job_file& job, const answered_job& a, const network& net) {
    if (!job.stored.shape_verified)
        return "No time estimate: the shape is not verified, and a time needs the architecture";
    if (!a.step && !a.serving) return "No time estimate: " + why_no_time(job);
    const std::string given = a.report.grade == grade::does_not_fit ? "If it fit: " : "";
    if (a.serving) return given + serving_text(*a.serving, net);
    const bool generates = row_of(job.training->objective).generates;
    const std::string step = given + lengths_text(*job.training) + step_text(*a.step);
    if (a.rollouts) return step + "\n  " + rollouts_text(*a.rollouts);
    return step + (generates ? "; generating the step's samples comes on top" : "");
}

[[nodiscard]] inline std::string_view phase_text(memory_phase p) {
    return p == memory_phase::step ? "the optimizer step" : name_of(phase_names, p);
}

/// Returns what a user of the job's named machine should know, as a paragraph.
[[nodiscard]] inline std::string machine_note_text(const machine& m) {
    const named_machine* row = machines::find(m.name);
    if (row == nullptr || row->note.empty()) return {};
    constexpr std::size_t width = 80;
    return wrapped("  " + std::string(row->name) + ": " + std::string(row->note), width, "    ") + "\n";
}

}  // namespace detail

namespace detail {

/// Returns the first line of an answer that rests on stored bytes and bounds.
[[nodiscard]] inline std::string unverified_text(const job_file& job, const text_style& style) {
    if (job.stored.shape_verified) return {};
    constexpr std::size_t width = 80;
    return style.warn(wrapped("Shape not verified: " + job.stored.why_no_shape +
                                  ". The weights are the stored bytes; cache and activations are bounds.",
                              width)) +
           "\n";
}

/// Returns what is to be said about the files of a checkpoint, a line each.
[[nodiscard]] inline std::string stored_notes_text(const job_file& job) {
    constexpr std::size_t width = 80;
    std::string text;
    for (const std::string& note : job.stored.notes) text += wrapped("Note: " + note, width, "  ") + "\n";
    return text;
}

/// Returns what a job takes of disk and host, as a line; empty for an inference that takes nothing of the host.
[[nodiscard]] inline std::string host_text(const host_estimate& h) {
    if (!h.is_known()) return {};
    if (h.checkpoint.number == 0)
        return "  Host memory " + in_gib(h.needed()) +
               (h.available.number > 0 ? " of " + in_gib(h.available) : " (what the host has is not known)") + "\n";
    std::string text = "  Checkpoint " + in_gib(h.checkpoint);
    if (h.needed().number == 0) return text + "\n";
    text += "; host memory " + in_gib(h.needed());
    if (h.available.number > 0) text += " of " + in_gib(h.available);
    text += " per host";
    if (h.loading.number > 0) text += ", of which data loaders " + in_gib(h.loading);
    if (h.nvme.number > 0) text += ", NVMe " + in_gib(h.nvme);
    return text + "\n";
}

}  // namespace detail

/// Returns the verdict with the range of what the job needs, and the reason where the engine itself finds no room.
[[nodiscard]] inline std::string verdict_text(const answered_job& a, const text_style& style) {
    fit_report report = a.report;
    report.memory = a.need();
    if (a.largest_utilization)
        return style.bad("NO") +
               ": does not start, less memory is free than the engine's share of it; it starts with\n" +
               "  memory_utilization " + fixed(*a.largest_utilization, 2) + " or less";
    std::string text = verdict_text(report, style);
    if (!a.overfilled) return text;
    return text +
           "\n  The engine fills its share and then records CUDA graphs, for which the card has too little:\n"
           "  lower memory_utilization, or turn the graphs off";
}

/// Returns the lines below the verdict that say what an answer is about, how fast it runs, and how large it may be.
[[nodiscard]] inline std::string speed_text(const job_file& job, const answered_job& a, const text_style& style) {
    const network net = lower(job.model, job.image_size());
    const bool has_limits = a.max_micro_batch > 0 || a.max_sequence_length > 0;
    std::string text = wrapped(detail::time_text(job, a, net), style.width, "  ") + "\n";
    if (has_limits) text += wrapped(detail::limits_text(job, a, net.image_size > 0), style.width, "  ") + "\n";
    return text + detail::safe_sizes_text(job, a, net.image_size > 0) + detail::host_text(a.report.host);
}

/// Returns the memory by component, with the phase of the peak.
[[nodiscard]] inline std::string bytes_text(const job_file& job, const answered_job& a) {
    std::string peak = "  Memory at the peak, " + std::string(detail::phase_text(a.report.memory.peak_phase));
    if (job.layout.pipeline > 1) peak += " on pipeline stage " + std::to_string(a.report.memory.peak_stage);
    const std::string modules = module_text(job.hardware);
    return peak + ":\n" + cards_text(a) + breakdown_text(a) + (modules.empty() ? "" : "  " + modules + "\n");
}

/// Returns what is to be said about model, weights, images, card and machine of a job, a line each.
[[nodiscard]] inline std::string notes_text(const job_file& job, const answered_job& a) {
    return (job.resolution.empty() ? "" : "  Model: " + job.resolution + "\n") + weights_notes_text(job) +
           detail::stored_notes_text(job) + detail::image_text(a.image) + detail::estimated_text(a) +
           detail::machine_note_text(job.hardware);
}

/// Returns the answer to a job below its verdict: on what, `ways` (what to do, as lines), sizes and times, and the
/// memory by component.
[[nodiscard]] inline std::string answer_body(const job_file& job, const answered_job& a, const text_style& style,
                                             const std::string& ways = {}) {
    return detail::unverified_text(job, style) + wrapped(title(job), style.width, "  ") + "\n" + ways +
           speed_text(job, a, style) + bytes_text(job, a) + notes_text(job, a);
}

/// Returns the whole answer to a job, the verdict first.
[[nodiscard]] inline std::string answer_text(const job_file& job, const answered_job& a, const text_style& style,
                                             const std::string& ways = {}) {
    return verdict_text(a, style) + "\n" + answer_body(job, a, style, ways);
}

/// Returns the defaults that an answer assumes, as one paragraph.
[[nodiscard]] inline std::string assumed_text(const std::vector<assumption>& assumed, const text_style& style) {
    if (assumed.empty()) return {};
    std::string text = "Assumed:";
    for (const assumption& each : assumed) text += (&each == &assumed[0] ? " " : ", ") + each.key + " " + each.value;
    return style.dim(wrapped(text, style.width, "  ")) + "\n";
}
/// Returns the defaults that the answer to a job assumes, as one paragraph.
[[nodiscard]] inline std::string assumed_text(const job_file& job, const text_style& style) {
    return assumed_text(job.assumed, style);
}

}  // namespace cardfit::io
