// SPDX-License-Identifier: MIT
#pragma once

// What an answer says about the format of the weights: whether it is that of the published checkpoint, and the formats
// of the modules that differ.

#include <cardfit/io/job_file.hpp>

#include <nlohmann/json.hpp>

#include <string>

namespace cardfit::io {

namespace detail {

[[nodiscard]] inline std::string format_text(number_format format) { return std::string(block_layout_of(format).name); }

/// Returns the weights of a job: those of its inference, or of the frozen base of its training.
struct weights_of_job {
    number_format weights{};
    const module_formats* modules = nullptr;
};
[[nodiscard]] inline weights_of_job weights_of(const job_file& job) {
    if (job.inference) return {job.inference->weights, &job.inference->modules};
    return {base_format(*job.training), &job.training->base_modules};
}

}  // namespace detail

/// Returns true if the weights of a job are stored as its checkpoint is published.
[[nodiscard]] inline bool is_as_published(const job_file& job) {
    const detail::weights_of_job own = detail::weights_of(job);
    const published_formats& published = job.published.formats;
    return job.published.is_checkpoint && !job.published.contradicted && own.weights == published.weights &&
           *own.modules == published.modules;
}

/// Returns true if the weights of a job are those that only the name of its model states.
[[nodiscard]] inline bool is_by_name(const job_file& job) {
    const detail::weights_of_job own = detail::weights_of(job);
    const published_formats& published = job.published.formats;
    return job.published.by_name && own.weights == published.weights && *own.modules == published.modules;
}

/// Returns true if weights in this format would be made by quantizing a quantized checkpoint again.
[[nodiscard]] inline bool requantizes(const job_file& job, number_format weights) {
    return job.published.quantized() && weights != job.published.formats.weights;
}

/// Returns the words of an answer's first line: "weights mxfp4, as published".
[[nodiscard]] inline std::string weights_text(const job_file& job) {
    const number_format weights = detail::weights_of(job).weights;
    std::string text = "weights " + detail::format_text(weights);
    if (is_by_name(job)) return text + ", by the name";
    if (is_as_published(job)) return text + ", as published";
    if (!job.published.quantized()) return text;
    const std::string published = detail::format_text(job.published.formats.weights);
    return text + (requantizes(job, weights) ? " (published in " : " (other modules than published in ") + published +
           ")";
}

/// Returns the sentence after a change that quantizes a quantized checkpoint again; empty for other changes.
[[nodiscard]] inline std::string requantizing_text(const job_file& job, number_format weights) {
    if (!requantizes(job, weights)) return {};
    return " (not the published " + detail::format_text(job.published.formats.weights) + " checkpoint)";
}

/// Returns the formats of the weights as an answer's JSON has them; null where nothing is published about them.
[[nodiscard]] inline nlohmann::ordered_json weights_json(const job_file& job) {
    const bool base = job.training && !job.published.carries_adapters;
    if (!job.published.known() || base) return nullptr;
    const detail::weights_of_job own = detail::weights_of(job);
    nlohmann::ordered_json json = {{"format", detail::format_text(own.weights)},
                                   {"as_published", is_as_published(job)},
                                   {"published", detail::format_text(job.published.formats.weights)}};
    nlohmann::ordered_json modules = nlohmann::ordered_json::object();
    for (const module_row& row : cardfit::detail::module_table) {
        const number_format format = (*own.modules).*row.format;
        if (format != number_format::by_default) modules[std::string(row.name)] = detail::format_text(format);
    }
    if (!modules.empty()) json["modules"] = std::move(modules);
    if (job.published.by_name) json["by_name"] = is_by_name(job);
    if (own.modules->unquantized_layers > 0) json["unquantized_layers"] = own.modules->unquantized_layers;
    if ((is_as_published(job) || is_by_name(job) || job.published.contradicted) && !job.published.notes.empty())
        json["notes"] = job.published.notes;
    return json;
}

/// Returns what the formats of the checkpoint do not say exactly, as lines of an answer; empty if there is nothing.
[[nodiscard]] inline std::string weights_notes_text(const job_file& job) {
    const bool named = job.published.contradicted && detail::weights_of(job).weights != job.published.formats.weights;
    if (named || !(is_as_published(job) || is_by_name(job) || job.published.contradicted)) return {};
    std::string text;
    for (const std::string& note : job.published.notes) text += "  Weights: " + note + "\n";
    return text;
}

}  // namespace cardfit::io
