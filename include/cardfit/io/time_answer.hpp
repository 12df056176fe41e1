// SPDX-License-Identifier: MIT
#pragma once

// Time in an answer: the keys of the job format, and a line for people.

#include <cardfit/decide/rollouts.hpp>
#include <cardfit/estimate/diffusion/step_time.hpp>
#include <cardfit/estimate/diffusion/time.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/io/cards_table.hpp>
#include <cardfit/io/figures.hpp>
#include <cardfit/io/job_file.hpp>
#include <cardfit/io/json_text.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

namespace detail {

/// A training job's step; nothing where nobody published the card's bandwidth or rates, or it lacks the format.
[[nodiscard]] inline std::optional<time_estimate> answer_step_time(const job_file& job) {
    if (!has_step_time(job.hardware.card, job.training->precision)) return {};
    return std::visit([&](const auto& m) { return step_time(m, *job.training, job.hardware, job.layout); }, job.model);
}

/// The card's figures behind a step's time that no document backs.
inline void add_estimated_rates(const machine& hardware, cardfit::precision precision,
                                std::vector<std::string_view>& estimated) {
    struct used_field {
        card_field field;
        bool used;
    };
    const number_format matrix = row_of(precision).matrix;
    const bool wide = matrix == number_format::fp32;
    const used_field fields[]{
        {card_field::memory_bandwidth_gb_s, true},
        {card_field::fp32_tflops, wide},
        {card_field::tf32_dense, precision == cardfit::precision::tf32},
        {card_field::fp16_tensor_acc32_dense, !wide},
        {card_field::fp8_dense, matrix == number_format::fp8 || matrix == number_format::mxfp8},
        {card_field::fp4_dense, matrix == number_format::nvfp4},
        {card_field::nvlink_total_bidir_gb_s, hardware.cards > 1},
        {card_field::tdp_w, !wide},
    };
    for (const used_field& f : fields)
        if (f.used && hardware.card.estimated.has(f.field)) estimated.push_back(key_of(f.field));
}

/// Writes the time of an inference; without generated tokens the prefill, and the images or sequences per second.
template <class Out>
void write_time(Out& out, const inference_time& t) {
    out.begin_object();
    write_member(out, "prefill_seconds", t.prefill.number);
    if (t.samples_per_second > 0) write_member(out, "samples_per_second", t.samples_per_second);
    if (t.inter_token.number > 0) {
        write_member(out, "inter_token_seconds", t.inter_token.number);
        write_member(out, "decode_tokens_per_second", t.decode.number);
        write_member(out, "tokens_per_second", t.generated.number);
    }
    out.end_object();
}

/// Writes the time of making a batch of images.
template <class Out>
void write_time(Out& out, const diffusion_time& t) {
    out.begin_object();
    write_member(out, "batch_seconds", t.total().number);
    write_member(out, "batch_seconds_low", (1 - t.band) * t.total().number);
    write_member(out, "batch_seconds_high", (1 + t.band) * t.total().number);
    write_member(out, "samples_per_second", t.images_per_second);
    write_member(out, "text_seconds", t.texts.number);
    write_member(out, "denoising_step_seconds", t.step.number);
    write_member(out, "denoising_steps", t.steps);
    write_member(out, "decoding_seconds", t.decoding.number);
    out.end_object();
}

/// Writes the parts of a step's time in seconds.
template <class Out>
void write_breakdown(Out& out, const time_breakdown& b) {
    out.begin_object();
    write_member(out, "compute", b.compute.number);
    write_member(out, "tensor_communication", b.tensor_communication.number);
    write_member(out, "data_communication", b.data_communication.number);
    write_member(out, "bubble", b.bubble.number);
    write_member(out, "optimizer", b.optimizer.number);
    out.end_object();
}

/// Writes the members of `time` that a training step has. Tokens are absent where a sample is an image.
template <class Out>
void write_step(Out& out, const time_estimate& t) {
    write_member(out, "step_seconds", t.step.number);
    write_member(out, "step_seconds_low", t.step_low.number);
    write_member(out, "step_seconds_high", t.step_high.number);
    if (t.tokens_per_second.number > 0) write_member(out, "tokens_per_second", t.tokens_per_second.number);
    write_member(out, "samples_per_second", t.samples_per_second);
    write_member(out, "model_flops_utilization", t.model_flops_utilization);
    out.key("breakdown");
    write_breakdown(out, t.breakdown);
}

/// Writes the generation of a step's samples, whose time comes on top of the step's.
template <class Out>
void write_rollouts(Out& out, const rollout_estimate& r) {
    out.begin_object();
    write_member(out, "seconds", r.time.number);
    write_member(out, "sequences_per_rank", r.sequences);
    write_member(out, "sequences_at_once", r.at_once);
    if (r.prompts > 0) write_member(out, "prompts_per_step", r.prompts);
    out.end_object();
}

}  // namespace detail

/// Returns the parts of a step's time in seconds.
[[nodiscard]] inline nlohmann::ordered_json breakdown_json(const time_breakdown& b) {
    return tree_of([&](json_tree& out) { detail::write_breakdown(out, b); });
}

/// Returns "generating its samples takes 12.3 s (±20 %) more: 64 sequences per rank, 32 at once".
[[nodiscard]] inline std::string rollouts_text(const rollout_estimate& r) {
    return "generating its samples takes " + significant(r.time.number, 3) + " s (±" + in_percent(r.band) +
           ") more: " + std::to_string(r.sequences) + " sequences per rank, " + std::to_string(r.at_once) + " at once" +
           (r.prompts > 0 ? ", of " + std::to_string(r.prompts) + " prompts in all" : "");
}

/// Returns "step 1.32 s (1.04 to 1.6); 49645 tokens/s; MFU 32.0 %; bound by compute (96 %)".
[[nodiscard]] inline std::string step_text(const time_estimate& t) {
    struct part {
        const char* name;
        seconds time;
    };
    const time_breakdown& b = t.breakdown;
    const part parts[]{{"compute", b.compute},
                       {"tensor communication", b.tensor_communication},
                       {"data communication", b.data_communication},
                       {"pipeline bubble", b.bubble},
                       {"optimizer", b.optimizer}};
    const part* longest = parts;
    for (const part& p : parts)
        if (p.time > longest->time) longest = &p;
    const bool tokens = t.tokens_per_second.number > 0;
    const double rate = tokens ? t.tokens_per_second.number : t.samples_per_second;
    const std::string range = significant(t.step_low.number, 3) + " to " + significant(t.step_high.number, 3);
    const std::string share = fixed(100 * longest->time.number / t.step.number, 0);
    return "step " + significant(t.step.number, 3) + " s (" + range + "); " + fixed(rate, rate < 100 ? 2 : 0) +
           (tokens ? " tokens" : " samples") + "/s; MFU " + fixed(100 * t.model_flops_utilization, 1) +
           " %; bound by " + longest->name + " (" + share + " %)";
}

}  // namespace cardfit::io
