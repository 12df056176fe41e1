// SPDX-License-Identifier: MIT
#pragma once

// models PATH and models NAME: the exact bytes of a checkpoint, by purpose and by type, and the model that it contains;
// or the model of a config.json, or the one that a name means.

#include "commands.hpp"
#include "hub_flags.hpp"

#include <cardfit/io/read_model.hpp>
#include <cardfit/model/kv_cache.hpp>

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
    {"tower", &io::bytes_by_kind::tower},
    {"scales", &io::bytes_by_kind::scales},
    {"norms", &io::bytes_by_kind::norms},
    {"other", &io::bytes_by_kind::other},
};

/// Returns a transformer under the keys of the job file.
[[nodiscard]] inline nlohmann::ordered_json transformer_json(const transformer& m) {
    nlohmann::ordered_json j{{"parameters", parameters(m)},
                             {"layers", m.layers},
                             {"hidden", m.hidden},
                             {"heads", m.heads},
                             {"kv_heads", m.kv_heads > 0 ? m.kv_heads : m.heads},
                             {"head_dim", m.head_dim > 0 ? m.head_dim : m.hidden / m.heads},
                             {"ffn", m.experts.count > 0 ? m.experts.ffn : m.ffn},
                             {"vocab", m.vocab},
                             {"tied_embeddings", m.tied_embeddings}};
    if (m.experts.count > 0) j["experts"] = {{"count", m.experts.count}, {"active", m.experts.active}};
    if (m.sliding_window.window > 0) j["sliding_window"] = m.sliding_window.window;
    return j;
}

/// Returns the sizes that networks of all kinds have.
[[nodiscard]] inline nlohmann::ordered_json network_json(const network& net) {
    nlohmann::ordered_json j{{"parameters", parameters(net)},
                             {"active_parameters", active_parameters(net)},
                             {"layers", net.layers},
                             {"hidden", net.hidden}};
    if (is_autoregressive(net)) j["cache_bytes_per_token"] = kv_cache_per_token(net).number;
    if (const bytes state = recurrent_state(net); state.number > 0) j["state_bytes"] = state.number;
    return j;
}

/// Returns a model whose shape is known, or null.
[[nodiscard]] inline nlohmann::ordered_json model_json(const io::any_model& m, bool shape_verified) {
    if (!shape_verified) return nullptr;
    if (const transformer* plain = std::get_if<transformer>(&m)) return transformer_json(*plain);
    const network net = lower(m);
    nlohmann::ordered_json j = network_json(net);
    const model_shape shape = shape_of(m);
    for (const shape_column& column : shape_columns)
        if (shape.*column.size > 0) j[column.name] = shape.*column.size;
    return j;
}

/// Returns the bytes of the tensors by purpose. Norms and everything without a purpose are also summed, under the key
/// that older versions had.
[[nodiscard]] inline nlohmann::ordered_json kinds_json(const io::tensor_file& file) {
    const io::bytes_by_kind kinds = io::by_kind(file);
    nlohmann::ordered_json bytes;
    for (const kind_row& row : kind_rows) bytes[row.name] = kinds.*row.bytes;
    bytes["norms_and_rest"] = kinds.norms_and_rest();
    return bytes;
}

/// Adds what the tensors of a checkpoint are.
inline void add_tensors(const io::tensor_file& file, nlohmann::ordered_json& j) {
    std::map<std::string, std::int64_t> by_type;
    for (const io::stored_tensor& t : file.tensors) by_type[t.type] += t.bytes;
    nlohmann::ordered_json types;
    for (const auto& [type, size] : by_type) types[type] = size;
    j["tensors"] = file.tensors.size();
    j["elements"] = file.elements;
    j["tensor_bytes"] = file.tensor_bytes;
    j["bytes"] = kinds_json(file);
    j["bytes_by_type"] = types;
}

/// Returns what a checkpoint contains. Without headers, only the total is known.
[[nodiscard]] inline nlohmann::ordered_json checkpoint_json(const std::string& path, const io::checkpoint& c) {
    const io::stored_contents& contents = c.contents;
    nlohmann::ordered_json j{{"file", path}, {"kind", contents.kind}};
    if (contents.bytes > 0 && contents.file.tensors.empty()) j["tensor_bytes"] = contents.bytes;
    if (!contents.exact) j["upper_bound"] = true;
    if (contents.bytes > 0 || !contents.file.kind.empty()) {
        if (!contents.file.kind.empty()) add_tensors(contents.file, j);
        j["source"] = contents.source;
    }
    if (contents.parameters) j["parameters"] = *contents.parameters;
    j["model"] = c.model ? model_json(*c.model, c.shape_verified) : nlohmann::ordered_json();
    if (c.model && !c.shape_verified) j["bounds"] = network_json(lower(*c.model));
    if (!contents.file.architecture.empty()) j["architecture"] = contents.file.architecture;
    if (!c.shape_verified) j["why_no_model"] = c.why_no_shape.empty() ? c.why_no_model : c.why_no_shape;
    if (!c.model && !c.why_no_shape.empty()) j["why_no_bounds"] = c.why_no_model;
    if (!c.notes.empty()) j["notes"] = c.notes;
    return j;
}

/// Returns what a path shows: a checkpoint, or the model of a config.json. Throws input_error.
[[nodiscard]] inline nlohmann::ordered_json path_json(const std::string& path) {
    if (io::is_checkpoint(path)) return checkpoint_json(path, io::read_checkpoint(path));
    const nlohmann::json value = io::parse_json_file(path, "model");
    if (io::is_hub_model(value)) return checkpoint_json(path, io::read_checkpoint(path));
    io::findings found;
    io::model_of_job job;
    io::detail::collect_problems(found, [&] { io::detail::read_huggingface_config(path, job); });
    if (!found.problems.empty() && io::contents_beside(path))
        return checkpoint_json(path, io::read_checkpoint(io::detail::folder_of(path)));
    if (!found.problems.empty()) throw io::input_error(std::move(found.problems));
    if (!job.stored.shape_verified) return checkpoint_json(path, io::read_checkpoint(io::detail::folder_of(path)));
    return {{"file", path}, {"kind", "config"}, {"model", model_json(job.model, true)}};
}

/// Returns the model that a name means, and the format in which it is published or that the name states.
[[nodiscard]] inline nlohmann::ordered_json resolved_json(const std::string& text, const io::resolved_model& resolved) {
    nlohmann::ordered_json j{{"name", text}, {"kind", "name"}, {"is", resolved.id + resolved.difference}};
    if (!resolved.repository.empty()) j["repository"] = resolved.repository;
    const number_format weights = resolved.published.formats.weights;
    if (weights != number_format::by_default) j["weights"] = block_layout_of(weights).name;
    j["model"] = model_json(resolved.model, true);
    for (const io::input_problem& p : resolved.published.problems) j["notes"].push_back(p.message);
    return j;
}

/// Returns what the repository of a name tells, from the local cache or from the Hub, if it can be asked.
[[nodiscard]] inline std::optional<nlohmann::ordered_json> repository_json(const std::string& text) {
    const auto fetched = io::detail::find_repository(io::phrase_of_model(text), hub_fetcher());
    if (!fetched) return {};
    nlohmann::ordered_json j{{"name", text}, {"from", fetched->from}};
    j.update(checkpoint_json(fetched->folder, io::read_checkpoint(fetched->folder)));
    return j;
}

/// Returns what a name means. A name that means a model of cardfit's own remains one if its repository does not tell
/// more. Throws input_error.
[[nodiscard]] inline nlohmann::ordered_json name_json(const std::string& text) {
    std::optional<io::resolved_model> resolved = io::resolve_model(text);
    if (resolved && resolved->published.problems.empty()) return resolved_json(text, *resolved);
    try {
        if (const auto told = repository_json(text)) return *told;
    } catch (const io::input_error& e) {
        if (!resolved) throw;
        for (const io::input_problem& p : e.problems()) resolved->published.problems.push_back(p);
    }
    if (resolved) return resolved_json(text, *resolved);
    throw io::input_error({io::refused_value("model", text, io::detail::accepted_models(text))});
}

/// Adds one row of name and value per member. The members of an inner object carry its name as a prefix.
inline void add_rows(const nlohmann::ordered_json& j, const std::string& prefix,
                     std::vector<std::vector<std::string>>& rows) {
    for (const auto& [key, value] : j.items()) {
        if (value.is_object())
            add_rows(value, prefix + key + " ", rows);
        else if (value.is_array())
            for (const nlohmann::ordered_json& each : value)
                rows.push_back({prefix + key, each.is_string() ? each.get<std::string>() : each.dump()});
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

/// Returns true for an id of the zoo, of a pipeline of diffusers too.
[[nodiscard]] inline bool is_zoo_id(const std::string& id) {
    return io::find_model(id).has_value() || io::detail::has_word(io::diffusion_ids(), id);
}

/// Prints the models of the zoo, or those that the user names by ids of it. If a path or another name is among them,
/// prints what each means.
inline int models_or_files(const table_options& options) {
    if (std::all_of(options.ids.begin(), options.ids.end(), is_zoo_id)) return models(options);
    if (!options.json)
        refuse_table(options.answer, "prints the table of the zoo, and not all of these names are in it",
                     "ids of the zoo, or --json");
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    std::vector<std::vector<std::string>> rows;
    for (const std::string& id : options.ids) {
        const bool path = io::detail::leads_to_file(id) || io::detail::is_meant_as_path(id);
        if (is_zoo_id(id) || io::find_diffusion(id) != nullptr)
            add_model(id, all, rows);
        else
            all.push_back(path ? path_json(id) : name_json(id));
    }
    output() << (options.json ? io::dump(all, 1) + "\n" : files_text(all));
    return answered;
}

inline std::function<int()> add_models(CLI::App& app) {
    const auto o = std::make_shared<table_options>();
    app.add_option("ids", o->ids,
                   "zoo ids; other names, such as repositories of the Hub; or folders, indices, config.json, .gguf and "
                   ".safetensors files");
    add_json_flag(app, o->json);
    add_table_flags(app, o->answer);
    add_hub_flags(app);
    return [o] { return models_or_files(*o); };
}
inline constexpr command models_command{.name = "models",
                                        .help = "show the model zoo, or what names and weight files mean",
                                        .add = add_models,
                                        .reads_jobs = false};

}  // namespace tool
