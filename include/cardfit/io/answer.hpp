// SPDX-License-Identifier: MIT
#pragma once

// The answer to a job, and the report of a bad one, as the JSON of the job format.

#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/io/job_file.hpp>
#include <cardfit/io/time_answer.hpp>
#include <cardfit/io/weights_text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>

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

/// Returns the components by their names, in bytes.
[[nodiscard]] inline nlohmann::ordered_json components_json(const memory_components& c) {
    nlohmann::ordered_json json = object_with_room(std::size(memory_component_list));
    for (const memory_component& component : memory_component_list) json[component.name] = (c.*component.member).number;
    return json;
}

namespace detail {

/// Returns what a job takes of the host, and a training of the disk; the memory of the host is absent where it is not
/// known.
[[nodiscard]] inline nlohmann::ordered_json host_json(const host_estimate& h) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    if (h.checkpoint.number > 0)
        json.update({{"checkpoint_bytes", h.checkpoint.number}, {"checkpoint_staged_bytes", h.staged.number}});
    json.update({{"offloaded_bytes", h.offloaded.number}, {"needed_bytes", h.needed().number}});
    if (h.loading.number > 0) json["loading_bytes"] = h.loading.number;
    if (h.nvme.number > 0) json["nvme_bytes"] = h.nvme.number;
    if (h.available.number > 0) json["available_bytes"] = h.available.number;
    return json;
}

/// Returns what each card holds, needs and has.
[[nodiscard]] inline nlohmann::ordered_json cards_json(const std::vector<card_answer>& cards) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const card_answer& each : cards)
        all.push_back({{"card", each.name},
                       {"layers", each.layers},
                       {"head", each.head},
                       {"grade", name_of(grade_names, each.report.grade)},
                       {"device_bytes", each.report.memory.device().number},
                       {"capacity_bytes", each.report.capacity.number},
                       {"components", components_json(each.report.memory.components)}});
    return all;
}

[[nodiscard]] inline nlohmann::ordered_json all_cards_json(const memory_of_cards& m) {
    nlohmann::ordered_json json = object_with_room(3);
    json["allocated_bytes"] = m.allocated.number;
    json["reserved_bytes"] = m.reserved.number;
    json["device_bytes"] = m.device.number;
    return json;
}

[[nodiscard]] inline nlohmann::ordered_json memory_json(const answered_job& a) {
    const memory_estimate& m = a.report.memory;
    nlohmann::ordered_json json = object_with_room(9);
    json["allocated_bytes"] = m.allocated().number;
    json["reserved_bytes"] = m.reserved().number;
    json["device_bytes"] = m.device().number;
    json["device_bytes_low"] = m.device_low.number;
    json["device_bytes_high"] = m.device_high.number;
    json["peak_phase"] = name_of(phase_names, m.peak_phase);
    json["components"] = components_json(m.components);
    json["all_cards"] = all_cards_json(a.all_cards);
    if (!a.cards.empty()) json["cards"] = cards_json(a.cards);
    return json;
}

[[nodiscard]] inline nlohmann::ordered_json verdict_json(const answered_job& a) {
    nlohmann::ordered_json verdict = object_with_room(14);
    verdict["grade"] = name_of(grade_names, a.report.grade);
    verdict["capacity_bytes"] = a.report.capacity.number;
    verdict["headroom_bytes"] = a.report.headroom.number;
    verdict["max_micro_batch"] = a.max_micro_batch;
    verdict["max_sequence_length"] = a.max_sequence_length;
    verdict["safe_micro_batch"] = a.safe_micro_batch;
    verdict["safe_sequence_length"] = a.safe_sequence_length;
    if (a.need().device() != a.report.memory.device()) {
        verdict["needed_bytes"] = a.need().device().number;
        verdict["needed_bytes_low"] = a.need().device_low.number;
        verdict["needed_bytes_high"] = a.need().device_high.number;
    }
    if (a.overfilled) verdict["overfilled"] = true;
    if (a.largest_utilization) verdict["largest_memory_utilization"] = *a.largest_utilization;
    return verdict;
}

}  // namespace detail

/// Returns the answer's JSON document. Keys that do not apply are absent.
[[nodiscard]] inline nlohmann::ordered_json answer_json(const answered_job& a) {
    nlohmann::ordered_json answer = object_with_room(16);
    answer["memory"] = detail::memory_json(a);
    answer["verdict"] = detail::verdict_json(a);
    if (a.report.host.is_known()) answer["host"] = detail::host_json(a.report.host);
    if (a.serving) answer["time"] = time_json(*a.serving);
    if (a.making) answer["time"] = time_json(*a.making);
    if (a.step) answer["time"] = step_json(*a.step);
    if (a.rollouts) answer["time"]["rollouts"] = rollouts_json(*a.rollouts);
    if (a.step && a.typical_length > 0) answer["time"]["typical_length"] = a.typical_length;
    if (a.step && a.timed_length != a.typical_length && a.typical_length > 0)
        answer["time"]["padded_length"] = a.timed_length;
    if (a.text_only) answer["text_only"] = true;
    if (a.image)
        answer["image"] = {{"pixels", a.image->pixels}, {"tokens", a.image->tokens}, {"per_sequence", a.image->images}};
    if (a.image && a.image->crossed > 0) answer["image"]["crossed"] = a.image->crossed;
    if (!a.weights.is_null()) answer["weights"] = a.weights;
    if (!a.stored.is_null()) answer["stored"] = a.stored;
    answer["estimated"] = a.estimated;
    if (!a.card_file.empty()) answer["card_file"] = a.card_file;
    return answer;
}
/// Returns the answer's JSON document with the defaults that the answer assumes, by key.
[[nodiscard]] inline nlohmann::ordered_json answer_json(const job_file& job, const answered_job& a) {
    nlohmann::ordered_json answer = answer_json(a);
    const machine& m = job.hardware;
    if (m.card.devices_per_module > 1)
        answer["modules"] = {{"devices_per_module", m.card.devices_per_module}, {"modules", modules_of(m)}};
    if (job.context_length > 0 && a.max_sequence_length > job.context_length)
        answer["verdict"]["model_positions"] = job.context_length;
    if (!job.resolution.empty()) answer["model"] = {{"is", job.model_name}, {"resolution", job.resolution}};
    answer["assumed"] = assumed_json(job.assumed);
    return answer;
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

namespace detail {

[[nodiscard]] inline std::string dump_by_nlohmann(const nlohmann::ordered_json& json, int indent) {
    return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// Appends a text in quotes. Few texts have characters that need more than that.
inline void append_text(std::string& out, const std::string& text) {
    const auto is_plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
    if (!std::all_of(text.begin(), text.end(), is_plain)) {
        out += dump_by_nlohmann(text, -1);
        return;
    }
    out += '"';
    out += text;
    out += '"';
}

/// Appends a number with the digits that nlohmann's serializer writes.
inline void append_number(std::string& out, double number) {
    char digits[64];
    char* end = std::isfinite(number) ? nlohmann::detail::to_chars(std::begin(digits), std::end(digits), number)
                                      : std::copy_n("null", 4, digits);
    out.append(digits, end);
}
inline void append_number(std::string& out, std::int64_t number) {
    char digits[24];
    out.append(digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr);
}

/// Appends the text that nlohmann's serializer writes on one line, which takes a third of an answer's time.
inline void append_json(std::string& out, const nlohmann::ordered_json& json) {
    const char* between = "";
    if (const auto* object = json.get_ptr<const nlohmann::ordered_json::object_t*>()) {
        out += '{';
        for (const auto& [key, value] : *object) {
            out += between;
            between = ",";
            append_text(out, key);
            out += ':';
            append_json(out, value);
        }
        out += '}';
    } else if (json.is_array()) {
        out += '[';
        for (const nlohmann::ordered_json& each : json) {
            out += between;
            between = ",";
            append_json(out, each);
        }
        out += ']';
    } else if (const auto* text = json.get_ptr<const std::string*>())
        append_text(out, *text);
    else if (json.is_number_float())
        append_number(out, json.get<double>());
    else if (json.is_number_integer() && !json.is_number_unsigned())
        append_number(out, json.get<std::int64_t>());
    else
        out += dump_by_nlohmann(json, -1);
}

}  // namespace detail

/// Returns JSON text, with bytes that are not UTF-8 replaced.
[[nodiscard]] inline std::string dump(const nlohmann::ordered_json& json, int indent = -1) {
    if (indent >= 0) return detail::dump_by_nlohmann(json, indent);
    std::string text;
    detail::append_json(text, json);
    return text;
}

}  // namespace cardfit::io
