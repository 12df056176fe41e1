// SPDX-License-Identifier: MIT
#pragma once

// The `model` of a job file: a zoo id, a file that describes a model, or dimensions.

#include <cardfit/io/any_model.hpp>
#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/key_reader.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/io/published_weights.hpp>
#include <cardfit/io/weights_file.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace cardfit::io {

/// The model of a job: its architecture, the name that answers give it, and how its checkpoint stores the weights.
struct model_of_job {
    any_model model{};
    std::string name{};
    published_weights published{};
};

namespace detail {

[[nodiscard]] inline transformer read_transformer(const nlohmann::json& value, findings& found) {
    transformer m;
    read_section(value, "model.transformer", keys::transformer_keys, m, found);
    const bool reads_images = value.is_object() && value.contains("patch_tokens");
    if (!value.is_object() || reads_images || m.vocab > 0) return m;
    constexpr std::int64_t largest = 10'000'000;
    const std::string path = "model.transformer.vocab";
    const auto given = value.find("vocab");
    if (given == value.end())
        found.problems.push_back(missing_key(path, integers(1, largest)));
    else if (given->is_number_integer() && *given == 0)
        found.problems.push_back(refused_value(path, *given, integers(1, largest)));
    return m;
}

/// Returns "a zoo id such as gpt2, gpt2-xl".
[[nodiscard]] inline std::string hint(std::string_view what, const std::vector<std::string_view>& names) {
    std::string text = std::string(what);
    for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? " such as " : ", ") + std::string(names[i]);
    return text;
}

inline void read_named_model(const std::string& id, model_of_job& job, findings& found) {
    job.name = id;
    if (std::optional<any_model> model = find_model(id)) {
        job.model = *model;
        job.published.formats = published_formats_of(id);
        return;
    }
    found.problems.push_back(refused_value("model", id,
                                           hint("a zoo id", closest(id, model_ids(), 3)) +
                                               " (see: cardfit models), {\"huggingface\": …} or {\"transformer\": …}"));
}

inline void read_huggingface_config(const nlohmann::json& config, model_of_job& job) {
    job.name = config.is_string() ? config.get<std::string>() : "config.json";
    if (!config.is_string()) {
        job.model = read_huggingface_model(config);
        job.published = read_published_weights(config, job.model);
        return;
    }
    const nlohmann::json file = parse_json_file(job.name, "model.huggingface");
    job.model = read_huggingface_model(file);
    job.published = read_published_weights(file, job.model, std::filesystem::path(job.name));
}

/// Reads a file of weights with its model; `kind` is "gguf" or "safetensors".
inline void read_weights_file(const char* kind, const nlohmann::json& path, model_of_job& job) {
    job.name = path.is_string() ? path.get<std::string>() : kind;
    const tensor_file file = file_with_model(kind, path);
    job.model = *file.model;
    job.published.is_checkpoint = false;
    if (file.weights && stores_weights(*file.weights)) job.published.formats.weights = *file.weights;
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

inline void read_model(const nlohmann::json* value, model_of_job& job, findings& found) {
    const std::string accepted =
        "a zoo id, {\"huggingface\": a path or a config.json's object}, {\"gguf\": a path}, {\"safetensors\": a path} "
        "or {\"transformer\": {…}}";
    if (!value) return found.problems.push_back(missing_key("model", accepted));
    if (value->is_string()) return read_named_model(value->get<std::string>(), job, found);
    if (!value->is_object() || value->size() != 1)
        return found.problems.push_back(refused_value("model", *value, accepted));
    object_reader in(*value, "model", found);
    if (const nlohmann::json* dimensions = in.take("transformer")) {
        job.name = "transformer";
        job.model = read_transformer(*dimensions, found);
    }
    if (const nlohmann::json* config = in.take("huggingface"))
        collect_problems(found, [&] { read_huggingface_config(*config, job); });
    for (const char* kind : {"gguf", "safetensors"})
        if (const nlohmann::json* path = in.take(kind))
            collect_problems(found, [&] { read_weights_file(kind, *path, job); });
    in.finish();
}

}  // namespace detail

}  // namespace cardfit::io
