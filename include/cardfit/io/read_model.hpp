// SPDX-License-Identifier: MIT
#pragma once

// The `model` of a job file: a zoo id, a file that describes a model, or dimensions.

#include <cardfit/io/any_model.hpp>
#include <cardfit/io/context_lengths.hpp>
#include <cardfit/io/counted.hpp>
#include <cardfit/io/figures.hpp>
#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/huggingface/prediction.hpp>
#include <cardfit/io/key_reader.hpp>
#include <cardfit/io/local_models.hpp>
#include <cardfit/io/model_names.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/io/published_weights.hpp>
#include <cardfit/io/weights_file.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace cardfit::io {

/// What an answer says about a checkpoint's files; nothing is known about a model that no file of weights describes.
struct stored_facts {
    /// The bytes of the weights, which a job takes that names no format of its own.
    stored_weights weights{};
    /// False if the architecture is not known, so that the answer rests on the bytes and on bounds.
    bool shape_verified = true;
    std::string why_no_shape{};  ///< why the architecture is not known
    /// The file that states the bytes, and whether they are exact or an upper bound.
    std::string source{};
    bool exact = true;                 ///< false: an upper bound
    std::vector<std::string> notes{};  ///< for people
};

/// The model of a job: its architecture, the name that answers give it, how its checkpoint stores the weights, and what
/// its files state.
struct model_of_job {
    any_model model{};              ///< the model, of any kind
    std::string name{};             ///< as the job has it
    published_weights published{};  ///< formats of the published checkpoint
    stored_facts stored{};          ///< what files of weights state
    /// The folder of weights beside a config.json whose quantization is not read; empty if there is none.
    std::string weights_beside{};
    /// Where the name is not that of the model: what it was taken for, and why.
    std::string resolution{};
    /// The repository at the Hub that the name states; empty if it states none.
    std::string repository{};
    /// The longest context that the model is made for; 0: not known.
    std::int64_t context_length = 0;
};

namespace detail {

[[nodiscard]] inline transformer read_transformer(json_view value, findings& found) {
    transformer m;
    read_section(value, "model.transformer", keys::transformer_keys, m, found);
    const bool reads_images = value.contains("patch_tokens");
    if (!value.is_object() || reads_images || m.vocab > 0) return m;
    constexpr std::int64_t largest = 10'000'000;
    const std::string path = "model.transformer.vocab";
    const std::optional<json_view> given = value.find("vocab");
    if (!given)
        found.problems.push_back(missing_key(path, integers(1, largest)));
    else if (given->whole() == 0)
        found.problems.push_back(refused_value(path, given->shown(), integers(1, largest)));
    return m;
}

/// Returns "a zoo id such as gpt2, gpt2-xl".
[[nodiscard]] inline std::string hint(std::string_view what, const std::vector<std::string_view>& names) {
    std::string text = std::string(what);
    for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? " such as " : ", ") + std::string(names[i]);
    return text;
}

/// Returns the sentence about a checkpoint that makes no model: what is not known, and what is.
[[nodiscard]] inline std::string no_model_text(const checkpoint& c, const std::string& path) {
    std::string text = "a checkpoint that tells what its layers are and what they cache (" + c.why_no_model;
    if (!c.why_no_shape.empty() && c.why_no_shape != c.why_no_model) text += "; " + c.why_no_shape;
    text += ")";
    if (c.contents.bytes > 0)
        text += "; its weights take " + std::to_string(c.contents.bytes) + " bytes (see: cardfit models " + path + ")";
    return text + "; dimensions can be given as {\"transformer\": {…}}";
}

/// Returns the formats of a checkpoint's weights: those that its config.json states, or else the one that takes the
/// most bytes. A checkpoint whose quantization is not read has its bytes, and no shape whose kernels are known.
[[nodiscard]] inline published_weights published_of(checkpoint& c) {
    if (c.shape_verified && c.config.is_object()) {
        published_weights published =
            read_published_weights(c.config, *c.model, std::filesystem::path(c.contents.config));
        if (published.problems.empty()) return published;
        c.why_no_shape = short_reason(published.problems.front());
        use_bounds(c, bounds_of(c), "config.json");
        if (!c.model) throw input_error(std::move(published.problems));
    }
    published_weights published;
    published.is_checkpoint = false;
    published.is_gguf_file = c.contents.file.kind == "gguf";
    if (c.format && stores_weights(*c.format)) published.formats.weights = *c.format;
    return published;
}

/// Reads a checkpoint: a folder, a file of weights, an index or the Hub's answer for a model.
inline void read_stored_model(const char* kind, const nlohmann::json& path, model_of_job& job) {
    const std::string key = std::string("model.") + kind;
    const std::string* name = path.get_ptr<const std::string*>();
    if (!name) refuse_file(key, path, "the path of a folder, an index or a file of weights");
    job.name = *name;
    checkpoint c = read_checkpoint(*name);
    if (!c.model) refuse_file(key, path, no_model_text(c, *name));
    job.published = published_of(c);
    job.model = *c.model;
    job.stored = {.weights = c.weights,
                  .shape_verified = c.shape_verified,
                  .why_no_shape = std::move(c.why_no_shape),
                  .source = std::move(c.contents.source),
                  .exact = c.contents.exact,
                  .notes = std::move(c.notes)};
}

/// Returns the folder of a file as the path of a folder.
[[nodiscard]] inline std::string folder_of(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    return folder.empty() ? "." : folder.string();
}

/// Adds a note on layers of multi-token prediction, which the file of the weights has and the model has not.
inline void note_prediction(const nlohmann::json& config, model_of_job& job) {
    const prediction_layers predicted = prediction_layers_of(config, lower(job.model));
    if (predicted.layers == 0) return;
    const auto billions = [](std::int64_t count) { return fixed(static_cast<double>(count) / 1e9, 2) + " B"; };
    std::string note = counted(predicted.layers, "multi-token-prediction layer") + " (" +
                       billions(predicted.parameters) + " parameters";
    if (predicted.vocabulary_parameters > 0)
        note +=
            ", " + billions(predicted.vocabulary_parameters) + " more in files with an embedding and head of theirs";
    job.stored.notes.push_back(note + ") not counted, unless a training has training.mtp_layers");
}

/// Adds a note on the transformer of a diffusion model, whose other parts are not counted.
inline void note_denoiser(model_of_job& job) {
    if (std::holds_alternative<denoiser>(job.model))
        job.stored.notes.push_back(
            "the denoiser alone, without text encoders and autoencoder: a prompt is the patches "
            "of one image or video (and its text where both are one sequence), a prefill one step");
}

inline void read_huggingface_config(const nlohmann::json& config, model_of_job& job) {
    job.name = config.is_string() ? config.get<std::string>() : "config.json";
    if (!config.is_string()) {
        check_nesting(config, "model.huggingface", "model.huggingface");
        job.model = read_huggingface_model(config);
        job.published = read_published_weights(config, job.model);
        job.context_length = context_length_in(config);
        note_prediction(config, job);
        note_denoiser(job);
        return;
    }
    try {
        const nlohmann::json file = parse_json_file(job.name, "model.huggingface");
        if (is_hub_model(file)) return read_stored_model("huggingface", config, job);
        if (!file.is_object())
            throw input_error({refused_value(
                "model.huggingface", job.name,
                std::string("the path of a config.json, which is an object (this file is ") + file.type_name() + ")")});
        job.model = read_huggingface_model(file);
        job.published = read_published_weights(file, job.model, std::filesystem::path(job.name));
        job.context_length = context_length_in(file);
        if (!job.published.problems.empty() && contents_beside(job.name)) job.weights_beside = folder_of(job.name);
        note_prediction(file, job);
        note_denoiser(job);
    } catch (const input_error&) {
        // Weights beside a config.json that is not read still have their bytes.
        if (!contents_beside(job.name)) throw;
        read_stored_model("huggingface", folder_of(job.name), job);
    }
}

/// Calls `read`, and collects what it throws.
template <class Read>
void collect_problems(findings& found, Read read) {
    try {
        read();
    } catch (const input_error& e) {
        for (const input_problem& p : e.problems()) found.problems.push_back(p);
    }
}

/// Takes the bytes of the weights beside a config.json whose quantization is not read.
inline void use_weights_beside(model_of_job& job, findings& found) {
    if (job.weights_beside.empty()) return;
    collect_problems(found, [&] {
        std::string name = std::move(job.name);
        job.stored = {};
        read_stored_model("huggingface", job.weights_beside, job);
        job.name = std::move(name);
    });
}

/// Returns the kind of model that a path leads to, as the key of a job file.
[[nodiscard]] inline const char* kind_of_path(const std::string& path) {
    if (path.ends_with(".gguf")) return "gguf";
    if (is_weights_file(path)) return "safetensors";
    return is_model_folder(path) ? "folder" : "huggingface";
}

/// Returns true for a text that is meant as a path whether there is such a file or not. OWNER/NAME is none.
[[nodiscard]] inline bool is_meant_as_path(const std::string& text) {
    for (const char* start : {"/", "./", "../", "~"})
        if (text.starts_with(start)) return true;
    return text.ends_with(".json") || is_weights_file(text) || text == "." || text == "..";
}

[[nodiscard]] inline bool leads_to_file(const std::string& text) {
    std::error_code failed;
    return text.size() < 4096 && text.find('\0') == text.npos && std::filesystem::exists(text, failed) && !failed;
}

/// Returns what is accepted for a name that is not known.
[[nodiscard]] inline std::string accepted_models(const std::string& text) {
    return accepted_names(text) + ", OWNER/NAME at the Hub, a path, {\"huggingface\": …} or {\"transformer\": …}";
}

/// Returns the sentence about a name that is not that of its model.
[[nodiscard]] inline std::string resolution_of(const std::string& text, const resolved_model& model) {
    return text + " is " + model.id + model.difference + ", by its name";
}

/// Takes the model that a name means.
inline void use_resolved(const std::string& text, resolved_model resolved, model_of_job& job) {
    job.name = resolved.id;
    if (text != resolved.id) job.resolution = resolution_of(text, resolved);
    job.model = resolved.model;
    job.published = std::move(resolved.published);
    job.repository = std::move(resolved.repository);
    job.context_length = context_length_of(job.name);
    const listed_model* listed = find_listed(job.name);
    if (listed == nullptr) return;
    const nlohmann::json config = config_of(*listed);
    if (const std::int64_t stated = context_length_in(config); stated > 0) job.context_length = stated;
    note_prediction(config, job);
}

/// Reads the model that a path leads to.
inline void read_path(const std::string& path, model_of_job& job) {
    const char* kind = kind_of_path(path);
    if (std::string_view(kind) == "huggingface") return read_huggingface_config(path, job);
    read_stored_model(kind, path, job);
}

/// Reads a folder that has what a repository tells.
inline void read_repository(const std::string& text, const fetched_model& fetched, model_of_job& job) {
    const model_phrase phrase = phrase_of_model(text);
    read_stored_model("folder", fetched.folder, job);
    job.name = phrase.repository();
    job.repository = phrase.repository();
    job.resolution = text + " is " + fetched.from;
}

/// Takes the model that a name means and whose format the name leaves open, with the reason why no one else told it.
inline void use_open_format(const std::string& text, resolved_model resolved, const input_error* why,
                            model_of_job& job) {
    if (why != nullptr)
        for (const input_problem& p : why->problems()) resolved.published.problems.push_back(p);
    use_resolved(text, std::move(resolved), job);
}

/// Returns the folder with what a repository tells about its model: a snapshot in the local cache, or else what `fetch`
/// has. Returns nothing if no one is asked. Throws input_error.
[[nodiscard]] inline std::optional<fetched_model> find_repository(const model_phrase& phrase,
                                                                  const model_fetcher& fetch) {
    if (const std::optional<std::string> snapshot = find_in_hub_cache(phrase))
        return fetched_model{*snapshot, "in the local cache: " + *snapshot};
    if (!fetch || phrase.owner.empty()) return {};
    return fetch(phrase);
}

/// Reads a model that the zoo does not have, or not in the format of its name: from the local cache, or else from where
/// `fetch` has it. A name that means a zoo model remains one if both fail.
inline void read_beyond_zoo(const std::string& text, std::optional<resolved_model> resolved, const model_fetcher& fetch,
                            model_of_job& job) {
    try {
        if (const std::optional<fetched_model> fetched = find_repository(phrase_of_model(text), fetch))
            return read_repository(text, *fetched, job);
    } catch (const input_error& e) {
        if (!resolved) throw;
        return use_open_format(text, std::move(*resolved), &e, job);
    }
    if (!resolved) throw input_error({refused_value("model", text, accepted_models(text))});
    use_open_format(text, std::move(*resolved), nullptr, job);
}

/// Reads a model by its name: a zoo id, a path, a name that means a zoo model, or a repository.
inline void read_named_model(const std::string& text, const model_fetcher& fetch, model_of_job& job, findings& found) {
    job.name = text;
    // The model is assigned as what it is: a variant as a whole takes 12 KB.
    if (with_zoo_model(text, [&](const auto& model) { job.model = model; })) {
        job.published.formats = published_formats_of(text);
        job.context_length = context_length_of(text);
        return;
    }
    if (leads_to_file(text) || is_meant_as_path(text)) return collect_problems(found, [&] { read_path(text, job); });
    std::optional<resolved_model> resolved = resolve_model(text);
    if (resolved && resolved->published.problems.empty()) return use_resolved(text, std::move(*resolved), job);
    collect_problems(found, [&] { read_beyond_zoo(text, std::move(resolved), fetch, job); });
}

inline void read_model(const std::optional<json_view>& value, const model_fetcher& fetch, model_of_job& job,
                       findings& found) {
    const std::string accepted =
        "a zoo id or another name of a model, a path, {\"huggingface\": a path or a config.json's object}, {\"gguf\": "
        "a path}, {\"safetensors\": a path}, "
        "{\"folder\": a path} or {\"transformer\": {…}}";
    if (!value) return found.problems.push_back(missing_key("model", accepted));
    if (value->is_string()) return read_named_model(std::string(*value->text()), fetch, job, found);
    if (!value->is_object() || value->size() != 1)
        return found.problems.push_back(refused_value("model", value->shown(), accepted));
    object_reader in(*value, "model", found);
    if (const std::optional<json_view> dimensions = in.take("transformer")) {
        job.name = "transformer";
        job.model = read_transformer(*dimensions, found);
    }
    if (const std::optional<json_view> config = in.take("huggingface"))
        collect_problems(found, [&] { read_huggingface_config(config->shown(), job); });
    for (const char* kind : {"gguf", "safetensors", "folder"})
        if (const std::optional<json_view> path = in.take(kind))
            collect_problems(found, [&] { read_stored_model(kind, path->shown(), job); });
    in.finish();
}

}  // namespace detail

}  // namespace cardfit::io
