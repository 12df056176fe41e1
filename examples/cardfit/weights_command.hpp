// SPDX-License-Identifier: MIT
#pragma once

// models FILE: the exact bytes of a file of weights, by purpose and by type, and the model that it contains.

#include "commands.hpp"

#include <cardfit/io/weights_file.hpp>

#include <algorithm>
#include <map>

namespace tool {

struct kind_row {
    const char* name;
    std::int64_t io::bytes_by_kind::*bytes;
};
inline constexpr kind_row kind_rows[]{
    {"embedding", &io::bytes_by_kind::embedding},
    {"attention", &io::bytes_by_kind::attention},
    {"feed_forward", &io::bytes_by_kind::feed_forward},
    {"experts", &io::bytes_by_kind::experts},
    {"head", &io::bytes_by_kind::head},
    {"norms_and_rest", &io::bytes_by_kind::norms_and_rest},
};

/// Returns the model under the keys of the job file, or null.
[[nodiscard]] inline nlohmann::ordered_json model_json(const std::optional<transformer>& m) {
    if (!m) return nullptr;
    nlohmann::ordered_json j{{"parameters", parameters(*m)},
                             {"layers", m->layers},
                             {"hidden", m->hidden},
                             {"heads", m->heads},
                             {"kv_heads", m->kv_heads > 0 ? m->kv_heads : m->heads},
                             {"head_dim", m->head_dim > 0 ? m->head_dim : m->hidden / m->heads},
                             {"ffn", m->experts.count > 0 ? m->experts.ffn : m->ffn},
                             {"vocab", m->vocab},
                             {"tied_embeddings", m->tied_embeddings}};
    if (m->experts.count > 0) j["experts"] = {{"count", m->experts.count}, {"active", m->experts.active}};
    if (m->sliding_window.window > 0) j["sliding_window"] = m->sliding_window.window;
    return j;
}

[[nodiscard]] inline nlohmann::ordered_json file_json(const std::string& path, const io::tensor_file& file) {
    const io::bytes_by_kind kinds = io::by_kind(file);
    std::map<std::string, std::int64_t> by_type;
    for (const io::stored_tensor& t : file.tensors) by_type[t.type] += t.bytes;
    nlohmann::ordered_json bytes;
    nlohmann::ordered_json types;
    for (const kind_row& row : kind_rows) bytes[row.name] = kinds.*row.bytes;
    for (const auto& [type, size] : by_type) types[type] = size;
    nlohmann::ordered_json j{{"file", path},
                             {"kind", file.kind},
                             {"tensors", file.tensors.size()},
                             {"elements", file.elements},
                             {"tensor_bytes", file.tensor_bytes},
                             {"bytes", bytes},
                             {"bytes_by_type", types},
                             {"model", model_json(file.model)}};
    if (!file.architecture.empty()) j["architecture"] = file.architecture;
    if (!file.model) j["why_no_model"] = file.why_no_model;
    return j;
}

/// Adds one row of name and value per member. The members of an inner object carry its name as a prefix.
inline void add_rows(const nlohmann::ordered_json& j, const std::string& prefix,
                     std::vector<std::vector<std::string>>& rows) {
    for (const auto& [key, value] : j.items()) {
        if (value.is_object())
            add_rows(value, prefix + key + " ", rows);
        else
            rows.push_back({prefix + key, value.is_string() ? value.get<std::string>() : value.dump()});
    }
}

[[nodiscard]] inline std::string files_text(const nlohmann::ordered_json& files) {
    std::string text;
    for (const nlohmann::ordered_json& file : files) {
        std::vector<std::vector<std::string>> rows;
        add_rows(file, "", rows);
        text += (text.empty() ? "" : "\n") + io::aligned(rows, 2, "");
    }
    return text;
}

/// Prints the models of the zoo. If the user names only files of weights, prints what these files contain instead.
inline int models_or_files(const table_options& options) {
    if (options.ids.empty() || !std::all_of(options.ids.begin(), options.ids.end(), io::is_weights_file))
        return models(options);
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const std::string& path : options.ids) all.push_back(file_json(path, io::read_weights_file(path)));
    std::cout << (options.json ? io::dump(all, 1) + "\n" : files_text(all));
    return answered;
}

inline std::function<int()> add_models(CLI::App& app) {
    const auto o = std::make_shared<table_options>();
    app.add_option("ids", o->ids, "zoo ids, or .gguf and .safetensors files");
    add_json_flag(app, o->json);
    return [o] { return models_or_files(*o); };
}
inline constexpr command models_command{"models", "show the model zoo, or the contents of weight files", add_models,
                                        false};

}  // namespace tool
