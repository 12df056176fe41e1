// SPDX-License-Identifier: MIT
#pragma once

// Job files whose model is a diffusion model. They are read as strictly as all others, and their answers have the same
// form.

#include <cardfit/decide/diffusion_fits.hpp>
#include <cardfit/io/answer.hpp>
#include <cardfit/io/diffusion_names.hpp>
#include <cardfit/io/text.hpp>

namespace cardfit::io {

/// Returns true if a job file asks a diffusion model to make images. A training is a job as all others.
[[nodiscard]] inline bool asks_for_diffusion(json_view job) {
    if (!job.contains("model")) return false;
    if (job.contains("training") && !job.contains("inference")) return false;
    const json_view model = job["model"];
    return model.is_string() ? find_diffusion(*model.text()) != nullptr : !diffusers_path_of(model).empty();
}

/// A job of a diffusion model, as its file states it, with the defaults filled in.
struct diffusion_file {
    std::string model_name{};          ///< as the file has it
    const diffusion* model = nullptr;  ///< the pipeline
    /// The model that a folder describes, to which `model` then points; null for a model of the zoo.
    std::shared_ptr<const diffusion> own_model{};
    machine hardware{};  ///< the card
    /// The card that the job itself states, to whose texts `hardware` points; null if it names a card.
    std::shared_ptr<const card_set> own_card{};
    diffusion_job job{};                ///< the job
    std::vector<assumption> assumed{};  ///< the defaults that were filled in
};

namespace detail {

/// Reads the job. Sets `square` if the file gives `image_size`, which stands for both width and height.
[[nodiscard]] inline diffusion_job read_diffusion_job(json_view value, bool& square, findings& found) {
    diffusion_job j;
    read_section(value, "inference", keys::diffusion_keys, j, found);
    if (!value.contains("image_size")) return j;
    const keys::key_facts& side = keys::diffusion_keys[2].facts;
    const std::int64_t pixels = parse_value(side, std::string(side.path), value["image_size"], found.problems).whole;
    square = !value.contains("width") && !value.contains("height");
    if (!value.contains("width")) j.width = pixels;
    if (!value.contains("height")) j.height = pixels;
    return j;
}

/// Adds the problems of the job as a whole, under the keys that the file uses.
inline void add_diffusion_problems(const diffusion_file& file, bool square, findings& found) {
    problem_list list;
    for (invalid_field p : problems(file.job, *file.model)) {
        const bool height = std::string_view(p.field) == "inference.height";
        if (square && height) continue;
        if (square && std::string_view(p.field) == "inference.width") p.field = "inference.image_size";
        list.add(p);
    }
    list.append(problems(file.job, file.hardware.card));
    for (const invalid_field& p : problems(file.hardware)) list.add(p);
    if (file.hardware.cards != 1) list.add({"hardware.cards", file.hardware.cards, 1, 1});
    add_core_problems(list, found);
}

}  // namespace detail

/// Reads a job for which `asks_for_diffusion` returns true. `own` are the user's cards, which must outlive
/// the job, or null. Throws input_error with all of its problems.
[[nodiscard]] inline diffusion_file read_diffusion(const nlohmann::json& value, const card_set* own = nullptr) {
    findings found;
    diffusion_file file;
    object_reader in(value, "", found);
    const json_view model = *in.take("model");
    file.model_name = model.is_string() ? std::string(*model.text()) : diffusers_path_of(model);
    if (!model.is_string()) file.own_model = std::make_shared<const diffusion>(read_diffusers(file.model_name));
    if (const models::diffusion_entry* known = detail::pipeline_of_lone_index(file.model_name))
        found.assumed.push_back({"model", "the parts of " + std::string(known->repository) + ", which are not there"});
    file.model = file.own_model ? file.own_model.get() : find_diffusion(file.model_name);
    detail::cards_of_job known{.own = own};
    detail::read_hardware(in.take("hardware"), file.hardware, known, found);
    file.own_card = std::move(known.stated);
    const std::optional<json_view> job = in.take("inference");
    bool square = false;
    if (job)
        file.job = detail::read_diffusion_job(*job, square, found);
    else
        found.problems.push_back(missing_key("inference", "an object, or training"));
    in.finish();
    if (found.problems.empty()) detail::add_diffusion_problems(file, square, found);
    if (found.problems.empty()) detail::assume_shared_memory(file.hardware, found);
    if (!found.problems.empty()) throw input_error(std::move(found.problems));
    file.assumed = std::move(found.assumed);
    return file;
}

/// Returns the answer to a job. Its `max_micro_batch` is the number of images that are generated at once. Throws
/// input_error if the job's bytes exceed 64 bits.
[[nodiscard]] inline answered_job answer(const diffusion_file& file) {
    try {
        answered_job a{.report = fit(*file.model, file.job, file.hardware)};
        const memory_estimate& m = a.report.memory;
        a.all_cards = {.allocated = m.allocated(), .reserved = m.reserved(), .device = m.device()};
        a.max_micro_batch = largest_batch(*file.model, file.job, file.hardware);
        a.safe_micro_batch = largest_batch(*file.model, file.job, file.hardware, error_bound::upper);
        if (has_diffusion_time(file.hardware.card, file.job.weights))
            a.making = time(*file.model, file.job, file.hardware);
        detail::add_estimated_capacity(file.hardware, a);
        a.card_file = users_file_of(file.hardware.card);
        return a;
    } catch (const std::overflow_error& e) {
        throw input_error({input_problem{.key = "inference.batch",
                                         .value = file.job.batch,
                                         .accepted = "a job of less than 9.2e18 bytes",
                                         .message = e.what()}});
    }
}

/// Returns the name of the part of the model that runs at the peak: a text encoder, the denoiser or the VAE.
[[nodiscard]] inline std::string working_part(const diffusion_file& file, const memory_estimate& m) {
    int encoders = 0;
    for (const text_encoder& t : file.model->text_encoders) encoders += t.layers > 0;
    if (m.peak_stage < encoders) return "text encoder " + std::to_string(m.peak_stage + 1);
    const bool denoises = file.model->unet.levels > 0 || file.model->transformer.num_layers > 0;
    return denoises && m.peak_stage == encoders ? "denoiser" : "vae";
}

/// Returns the answer as JSON: the same document as for other jobs, with the part of the model that runs at the peak
/// and without a sequence length.
[[nodiscard]] inline nlohmann::ordered_json answer_json(const diffusion_file& file, const answered_job& a) {
    nlohmann::ordered_json json = answer_json(a);
    json["memory"]["peak_part"] = working_part(file, a.report.memory);
    json["verdict"].erase("max_sequence_length");
    json["verdict"].erase("safe_sequence_length");
    json["assumed"] = assumed_json(file.assumed);
    return json;
}

/// Returns the time of a batch of images: "3.14 s a batch (±25 %), 0.32 images/s: 30 steps of 98.5 ms, decoding 176
/// ms".
[[nodiscard]] inline std::string making_text(const diffusion_time& t) {
    const double rate = t.images_per_second;
    return in_time(t.total()) + " per batch (±" + in_percent(t.band) + "), " + fixed(rate, rate < 10 ? 2 : 1) +
           " images/s: " + counted(t.steps, "step") + " of " + in_time(t.step) + ", text " + in_time(t.texts) +
           ", decoding " + in_time(t.decoding);
}

/// Returns why there is no time of a diffusion model on its card.
[[nodiscard]] inline std::string why_no_time_of(const diffusion_file& file) {
    return "images in " + std::string(block_layout_of(file.job.weights).name) + " are not measured on " +
           std::string(file.hardware.card.name);
}

/// Returns the answer below its verdict: on what, `ways` (what to do, as lines), the time, and the memory by component
/// with the part of the model that runs at the peak.
[[nodiscard]] inline std::string answer_body(const diffusion_file& file, const answered_job& a, const text_style& style,
                                             const std::string& ways = {}) {
    const diffusion_job& j = file.job;
    const auto side = [&](std::int64_t given) { return std::to_string(given > 0 ? given : file.model->default_size); };
    const std::string title = file.model_name + " (" + parameter_text(parameters(*file.model)) + ") on 1 x " +
                              name_and_file(file.hardware.card) + ": diffusers, weights " +
                              std::string(block_layout_of(j.weights).name) + ", " + std::to_string(j.batch) +
                              (j.batch == 1 ? " image of " : " images of ") + side(j.width) + " x " + side(j.height) +
                              " pixels";
    const std::string limits = "most images at once " + std::to_string(a.max_micro_batch);
    const std::string times = a.making ? making_text(*a.making) : "No time estimate: " + why_no_time_of(file);
    return wrapped(title, style.width, "  ") + "\n" + ways + wrapped(times, style.width, "  ") + "\n" +
           wrapped(limits, style.width, "  ") + "\n" + detail::safe_sizes_text(a, "images at once") +
           "  Memory at the peak, while the " + working_part(file, a.report.memory) + " works:\n" + breakdown_text(a) +
           detail::estimated_text(a);
}

/// Returns the whole answer as text, the verdict first.
[[nodiscard]] inline std::string answer_text(const diffusion_file& file, const answered_job& a, const text_style& style,
                                             const std::string& ways = {}) {
    return verdict_text(a.report, style) + "\n" + answer_body(file, a, style, ways);
}

}  // namespace cardfit::io
