// SPDX-License-Identifier: MIT
#pragma once

// The answer to a job, and the report of a bad one, as the JSON of the job format.

#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/io/job_file.hpp>
#include <cardfit/io/json_text.hpp>
#include <cardfit/io/time_answer.hpp>
#include <cardfit/io/weights_text.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

/// What an image costs a model with a vision tower, and how many of them a sequence of the job has.
struct image_answer {
    std::int64_t pixels = 0;   ///< per side
    std::int64_t tokens = 0;   ///< of the sequence, per image
    std::int64_t images = 0;   ///< per sequence
    std::int64_t crossed = 0;  ///< features that layers of the text model attend to, beside the sequence
};

/// One card of a job whose cards hold different shares of the layers.
struct card_answer {
    std::string name{};       ///< the card's name, with its number
    std::int64_t layers = 0;  ///< layers of the model on this card
    bool head = false;        ///< the card has the output layer too
    fit_report report{};      ///< memory and capacity of this card
};

/// A job with everything that an answer states about it.
struct answered_job {
    fit_report report{};  ///< of the most-loaded GPU
    /// What the job needs, which the verdict is about; under an engine that fills a budget with cache, `report.memory`
    /// is what it takes.
    memory_estimate needed{};
    /// True if the engine's graphs find no room beside its share.
    bool overfilled = false;
    /// The largest `memory_utilization` with which the engine starts, where it does not start with the job's.
    std::optional<double> largest_utilization{};
    memory_of_cards all_cards{};  ///< of all GPUs together
    /// Each card, where cards hold different shares of the layers; empty elsewhere.
    std::vector<card_answer> cards{};
    /// The largest sizes whose central estimate is within capacity; they may be tight.
    std::int64_t max_micro_batch = 0;
    std::int64_t max_sequence_length = 0;  ///< tokens
    /// The largest sizes that are graded `fits`.
    std::int64_t safe_micro_batch = 0;
    std::int64_t safe_sequence_length = 0;    ///< tokens
    std::optional<inference_time> serving{};  ///< the time of an inference
    std::optional<diffusion_time> making{};   ///< the time of a batch of a diffusion model's images
    /// The time of a training step, where the card's rates are known.
    std::optional<time_estimate> step{};
    /// The generation of a step's samples, where the job generates them and says how long they are.
    std::optional<rollout_estimate> rollouts{};
    /// The mean length of which the time of a step is, in tokens; 0 where it is of the full length.
    std::int64_t typical_length = 0;
    /// The length of which the time of a step is, padding included.
    std::int64_t timed_length = 0;
    std::vector<std::string_view> estimated{};  ///< figures of the card that no document states
    /// Present for a model with a vision tower whose images become tokens.
    std::optional<image_answer> image{};
    /// The formats of the weights where the checkpoint or the zoo states how they are published; null elsewhere.
    nlohmann::ordered_json weights{};
    /// The file that the card comes from, if it is a user's.
    std::string card_file{};
    /// True if the vision tower is left out.
    bool text_only = false;
    /// What is known about the files of the checkpoint; null for a model that no file of weights describes.
    nlohmann::ordered_json stored{};

    /// Returns what the job needs; an engine that fills a budget takes more, which `report.memory` says.
    [[nodiscard]] const memory_estimate& need() const noexcept {
        return needed.device().number > 0 ? needed : report.memory;
    }
};

namespace detail {

[[nodiscard]] inline std::optional<image_answer> image_of(const network& net, std::int64_t images, bool text_only) {
    if (net.tower.image_tokens == 0 || text_only) return {};
    return image_answer{.pixels = net.tower.image_size,
                        .tokens = net.tower.image_tokens,
                        .images = images,
                        .crossed = net.tower.crossed};
}

[[nodiscard]] inline answered_job answer_training(const job_file& job) {
    const network net = lower(job.model, job.training->image_size);
    const lowered_training lowered = lower_job(net, *job.training, job.hardware, job.layout);
    const training& t = *job.training;
    const host_estimate host = host_memory(lowered, net, t, job.hardware, job.layout, row_of(t).memory);
    answered_job a{.report = with_host(fit(lowered), t, host),
                   .all_cards = memory_of_all_cards(lowered, net, t, job.hardware, job.layout)};
    a.max_micro_batch = largest_micro_batch(lowered, lowered.sequence_length);
    a.max_sequence_length = longest_sequence(lowered, lowered.micro_batch);
    a.safe_micro_batch = largest_micro_batch(lowered, net, t, job.hardware, job.layout, error_bound::upper);
    a.safe_sequence_length = longest_sequence(lowered, net, t, job.hardware, job.layout, error_bound::upper);
    a.step = answer_step_time(job);
    if (a.step) a.rollouts = rollouts(net, *job.training, job.hardware, job.layout);
    a.typical_length = job.training->typical_length;
    a.timed_length = timed_length(*job.training);
    a.image = image_of(net, job.training->images, job.text_only());
    return a;
}

/// Returns an answer for each card of a job whose cards are of several models or have stated shares of the layers.
[[nodiscard]] inline std::vector<card_answer> answer_cards(const job_file& job, const network& net) {
    const machine& m = job.hardware;
    const inference i = as_released(*job.inference);
    std::vector<card_answer> cards;
    if (m.others.count == 0 && i.tensor_split.count == 0) return cards;
    const placement place = placement_of(net.layers, i, row_of(i).memory);
    for (int card = 0; card < m.cards; ++card) {
        const cardfit::detail::placed_stage stage =
            cardfit::detail::shared_stage_of(net, job.layout, place, cardfit::detail::shares_of(i, m), card);
        cards.push_back({.name = std::string(seen_by_card(m, card).card.name),
                         .layers = stage.high - stage.low,
                         .head = stage.content.head,
                         .report = fit_of_card(net, *job.inference, m, job.layout, card)});
    }
    return cards;
}

/// Answers an inference. Under an engine that fills a budget with cache, the memory is what nvidia-smi shows, and the
/// verdict is about what the job needs.
[[nodiscard]] inline answered_job answer_inference(const job_file& job) {
    const network net = lower(job.model, job.image_size());
    const lowered_inference lowered = lower_job(net, *job.inference, job.hardware, job.layout);
    answered_job a{.report = fit(lowered),
                   .all_cards = memory_of_all_cards(lowered, net, *job.inference, job.hardware, job.layout)};
    a.needed = a.report.memory;
    a.overfilled = overfills(lowered, a.needed);
    if (!starts(lowered)) a.largest_utilization = largest_utilization(lowered);
    a.report.memory = occupied(lowered);
    a.cards = answer_cards(job, net);
    a.max_micro_batch = largest_batch(lowered);
    a.max_sequence_length = longest_context(lowered);
    a.safe_micro_batch = largest_batch(lowered, error_bound::upper);
    a.safe_sequence_length = longest_context(lowered, error_bound::upper);
    a.image = image_of(net, job.inference->images, job.text_only());
    a.serving = with_timed_model(job.model, net, [&](const auto& model) {
        std::optional<inference_time> found;
        if (has_inference_time(model, net, lowered.job, job.hardware))
            found = time(model, net, lowered.job, job.hardware, job.layout, constants_of(lowered.job));
        return found;
    });
    return a;
}

/// Adds the figures of the card's capacity that no vendor document states.
inline void add_estimated_capacity(const machine& hardware, answered_job& a) {
    const gpu& card = hardware.card;
    if (hardware.capacity.number != 0 || usable_memory(hardware) == card.runtime_total) return;
    if (hardware.host.gpu_limit_mebibytes != 0) return;
    if (card.driver_total.number == 0 && !shares_memory_with_host(card)) a.estimated.push_back("usable_mib_smi");
    a.estimated.push_back("usable_mib_torch");
}

/// Returns what an answer says about the files of a checkpoint, or null.
[[nodiscard]] inline nlohmann::ordered_json stored_json(const job_file& job) {
    const stored_facts& stored = job.stored;
    if (!stored.weights.known() && stored.notes.empty()) return nullptr;
    if (!stored.weights.known()) return {{"notes", stored.notes}};
    nlohmann::ordered_json json = {{"shape_verified", stored.shape_verified},
                                   {"weight_bytes", stored.weights.total()},
                                   {"exact", stored.exact},
                                   {"source", stored.source}};
    if (!stored.shape_verified) json["why"] = stored.why_no_shape;
    if (!stored.notes.empty()) json["notes"] = stored.notes;
    return json;
}

}  // namespace detail

/// Answers a job. Throws input_error for what cardfit does not answer yet, and for a job whose bytes exceed 64 bits.
[[nodiscard]] inline answered_job answer(const job_file& job) {
    try {
        answered_job a = job.training ? detail::answer_training(job) : detail::answer_inference(job);
        if (a.step) detail::add_estimated_rates(job.hardware, job.training->precision, a.estimated);
        detail::add_estimated_capacity(job.hardware, a);
        a.weights = weights_json(job);
        a.card_file = users_file_of(job.hardware.card);
        a.text_only = job.text_only();
        a.stored = detail::stored_json(job);
        return a;
    } catch (const invalid_input& e) {
        throw refused(e);
    } catch (const std::overflow_error& e) {
        throw input_error({input_problem{.key = "hardware.cards",
                                         .value = job.hardware.cards,
                                         .accepted = "a job whose cards together take less than 9.2e18 bytes",
                                         .message = e.what()}});
    }
}

namespace detail {

/// Writes the components by their names, in bytes.
template <class Out>
void write_components(Out& out, const memory_components& c) {
    out.begin_object();
    for (const memory_component& each : memory_component_list) write_member(out, each.name, (c.*each.member).number);
    out.end_object();
}

/// Writes what a job takes of the host, and a training of the disk; the memory of the host is absent where it is not
/// known.
template <class Out>
void write_host(Out& out, const host_estimate& h) {
    out.begin_object();
    if (h.checkpoint.number > 0) {
        write_member(out, "checkpoint_bytes", h.checkpoint.number);
        write_member(out, "checkpoint_staged_bytes", h.staged.number);
    }
    write_member(out, "offloaded_bytes", h.offloaded.number);
    write_member(out, "needed_bytes", h.needed().number);
    if (h.loading.number > 0) write_member(out, "loading_bytes", h.loading.number);
    if (h.nvme.number > 0) write_member(out, "nvme_bytes", h.nvme.number);
    if (h.available.number > 0) write_member(out, "available_bytes", h.available.number);
    out.end_object();
}

/// Writes what each card holds, needs and has.
template <class Out>
void write_cards(Out& out, const std::vector<card_answer>& cards) {
    out.begin_list();
    for (const card_answer& each : cards) {
        out.begin_object();
        write_member(out, "card", each.name);
        write_member(out, "layers", each.layers);
        write_member(out, "head", each.head);
        write_member(out, "grade", name_of(grade_names, each.report.grade));
        write_member(out, "device_bytes", each.report.memory.device().number);
        write_member(out, "capacity_bytes", each.report.capacity.number);
        out.key("components");
        write_components(out, each.report.memory.components);
        out.end_object();
    }
    out.end_list();
}

template <class Out>
void write_all_cards(Out& out, const memory_of_cards& m) {
    out.begin_object();
    write_member(out, "allocated_bytes", m.allocated.number);
    write_member(out, "reserved_bytes", m.reserved.number);
    write_member(out, "device_bytes", m.device.number);
    out.end_object();
}

template <class Out>
void write_memory(Out& out, const answered_job& a) {
    const memory_estimate& m = a.report.memory;
    out.begin_object();
    write_member(out, "allocated_bytes", m.allocated().number);
    write_member(out, "reserved_bytes", m.reserved().number);
    write_member(out, "device_bytes", m.device().number);
    write_member(out, "device_bytes_low", m.device_low.number);
    write_member(out, "device_bytes_high", m.device_high.number);
    write_member(out, "peak_phase", name_of(phase_names, m.peak_phase));
    out.key("components");
    write_components(out, m.components);
    out.key("all_cards");
    write_all_cards(out, a.all_cards);
    if (!a.cards.empty()) {
        out.key("cards");
        write_cards(out, a.cards);
    }
    out.end_object();
}

/// Writes the verdict. `positions` is the longest context that the model is made for; 0: not known.
template <class Out>
void write_verdict(Out& out, const answered_job& a, std::int64_t positions) {
    const memory_estimate& need = a.need();
    out.begin_object();
    write_member(out, "grade", name_of(grade_names, a.report.grade));
    write_member(out, "capacity_bytes", a.report.capacity.number);
    write_member(out, "headroom_bytes", a.report.headroom.number);
    write_member(out, "max_micro_batch", a.max_micro_batch);
    write_member(out, "max_sequence_length", a.max_sequence_length);
    write_member(out, "safe_micro_batch", a.safe_micro_batch);
    write_member(out, "safe_sequence_length", a.safe_sequence_length);
    if (need.device() != a.report.memory.device()) {
        write_member(out, "needed_bytes", need.device().number);
        write_member(out, "needed_bytes_low", need.device_low.number);
        write_member(out, "needed_bytes_high", need.device_high.number);
    }
    if (a.overfilled) write_member(out, "overfilled", true);
    if (a.largest_utilization) write_member(out, "largest_memory_utilization", *a.largest_utilization);
    if (positions > 0 && a.max_sequence_length > positions) write_member(out, "model_positions", positions);
    out.end_object();
}

/// Writes the time of a training step, with the generation of its samples and the length of which it is.
template <class Out>
void write_training_time(Out& out, const answered_job& a) {
    out.begin_object();
    write_step(out, *a.step);
    if (a.rollouts) {
        out.key("rollouts");
        write_rollouts(out, *a.rollouts);
    }
    if (a.typical_length > 0) {
        write_member(out, "typical_length", a.typical_length);
        if (a.timed_length != a.typical_length) write_member(out, "padded_length", a.timed_length);
    }
    out.end_object();
}

template <class Out>
void write_image(Out& out, const image_answer& image) {
    out.begin_object();
    write_member(out, "pixels", image.pixels);
    write_member(out, "tokens", image.tokens);
    write_member(out, "per_sequence", image.images);
    if (image.crossed > 0) write_member(out, "crossed", image.crossed);
    out.end_object();
}

/// Writes the members of an answer that follow from what was answered alone. Keys that do not apply are absent.
template <class Out>
void write_answered(Out& out, const answered_job& a, std::int64_t positions) {
    out.key("memory");
    write_memory(out, a);
    out.key("verdict");
    write_verdict(out, a, positions);
    if (a.report.host.is_known()) {
        out.key("host");
        write_host(out, a.report.host);
    }
    if (a.serving || a.making || a.step) out.key("time");
    if (a.serving) write_time(out, *a.serving);
    if (a.making) write_time(out, *a.making);
    if (a.step) write_training_time(out, a);
    if (a.text_only) write_member(out, "text_only", true);
    if (a.image) {
        out.key("image");
        write_image(out, *a.image);
    }
    if (!a.weights.is_null()) write_member(out, "weights", a.weights);
    if (!a.stored.is_null()) write_member(out, "stored", a.stored);
    out.key("estimated");
    out.begin_list();
    for (const std::string_view each : a.estimated) out.value(each);
    out.end_list();
    if (!a.card_file.empty()) write_member(out, "card_file", a.card_file);
}

/// Writes what the answer says of the job itself: modules, the model that its name means, and the defaults that the
/// answer assumes, by key.
template <class Out>
void write_job(Out& out, const job_file& job) {
    const machine& m = job.hardware;
    if (m.card.devices_per_module > 1) {
        out.key("modules");
        out.begin_object();
        write_member(out, "devices_per_module", m.card.devices_per_module);
        write_member(out, "modules", modules_of(m));
        out.end_object();
    }
    if (!job.resolution.empty()) {
        out.key("model");
        out.begin_object();
        write_member(out, "is", job.model_name);
        write_member(out, "resolution", job.resolution);
        out.end_object();
    }
    out.key("assumed");
    out.begin_object();
    for (const assumption& each : job.assumed) write_member(out, each.key, each.value);
    out.end_object();
}

/// Writes the answer's document, with the defaults that the answer assumes.
template <class Out>
void write_answer(Out& out, const job_file& job, const answered_job& a) {
    out.begin_object();
    write_answered(out, a, job.context_length);
    write_job(out, job);
    out.end_object();
}

}  // namespace detail

/// Returns the components by their names, in bytes.
[[nodiscard]] inline nlohmann::ordered_json components_json(const memory_components& c) {
    return tree_of([&](json_tree& out) { detail::write_components(out, c); });
}

/// Returns the answer's JSON document. Keys that do not apply are absent.
[[nodiscard]] inline nlohmann::ordered_json answer_json(const answered_job& a) {
    return tree_of([&](json_tree& out) {
        out.begin_object();
        detail::write_answered(out, a, 0);
        out.end_object();
    });
}
/// Returns the answer's JSON document with the defaults that the answer assumes, by key.
[[nodiscard]] inline nlohmann::ordered_json answer_json(const job_file& job, const answered_job& a) {
    return tree_of([&](json_tree& out) { detail::write_answer(out, job, a); });
}
/// Returns the text of the same document, on one line.
[[nodiscard]] inline std::string answer_line(const job_file& job, const answered_job& a) {
    return line_of([&](json_text& out) { detail::write_answer(out, job, a); });
}

/// Returns a problem as `--json` prints it: key, value, accepted, message and line.
[[nodiscard]] inline nlohmann::ordered_json problem_json(const input_problem& p) {
    nlohmann::ordered_json json = {
        {"key", p.key}, {"value", p.value}, {"accepted", p.accepted}, {"message", p.message}};
    if (p.line > 0) json["line"] = p.line;
    return json;
}

/// Returns the JSON report of a bad input; `line` is its line in a stream, or 0.
[[nodiscard]] inline nlohmann::ordered_json error_json(const input_error& error, int line) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (input_problem p : error.problems()) {
        if (line > 0) p.line = line;
        all.push_back(problem_json(p));
    }
    nlohmann::ordered_json first = all.empty() ? nlohmann::ordered_json::object() : all[0];
    return {{"error", std::move(first)}, {"problems", std::move(all)}};
}

}  // namespace cardfit::io
