// SPDX-License-Identifier: MIT
#pragma once

// Files that describe a decoder beside its weights and are no config.json of transformers: `params.json`, as Meta and
// Mistral publish it, and `mlc-chat-config.json`.
//
// Sources: github.com/meta-llama/llama-models, models/llama3/args.py and model.py (FeedForward);
// github.com/mistralai/mistral-inference, src/mistral_inference/args.py; github.com/mlc-ai/mlc-llm,
// python/mlc_llm/interface/gen_config.py.

#include <cardfit/io/huggingface/read_decoder.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <string>

namespace cardfit::io::detail {

inline constexpr family params_json{.model_type = "params.json",
                                    .layers = {"n_layers"},
                                    .hidden = {"dim"},
                                    .heads = {"n_heads"},
                                    .kv_heads = {"n_kv_heads", "", derived, derived},
                                    .head_dim = any_head_dim,
                                    .ffn = {"hidden_dim", "", derived, derived},
                                    .window = window_rule::all,
                                    .window_size = {"sliding_window", "", derived, derived}};

/// Returns true for the keys of a params.json.
[[nodiscard]] inline bool is_params_json(const nlohmann::json& config) {
    return !config.contains("model_type") && config.contains("dim") && config.contains("n_layers");
}

/// Returns the width of the feed-forward by Meta's rule: two thirds of 4 x dim, times ffn_dim_multiplier, rounded up to
/// a multiple of multiple_of.
[[nodiscard]] inline std::int64_t meta_ffn(config_reader& in, std::int64_t hidden) {
    const std::int64_t multiple = in.size({"multiple_of", "", 256}, 1, million);
    const nlohmann::json* factor = in.find("ffn_dim_multiplier");
    constexpr double largest = 100;
    const bool stated = factor && !factor->is_null();
    if (stated && !(factor->is_number() && factor->get<double>() > 0 && factor->get<double>() <= largest)) {
        in.refuse("ffn_dim_multiplier", "a number up to 100, or null");
        return 0;
    }
    std::int64_t width = 8 * hidden / 3;
    if (stated) width = static_cast<std::int64_t>(std::floor(factor->get<double>() * static_cast<double>(width)));
    return multiple == 0 ? 0 : (width + multiple - 1) / multiple * multiple;
}

/// Reads the experts of a Mixtral: all layers have them, as wide as hidden_dim.
inline void read_params_experts(config_reader& in, transformer& m) {
    const nlohmann::json* value = in.find("moe");
    if (!value || value->is_null()) return;
    if (!value->is_object()) return in.refuse("moe", "an object");
    config_reader moe = in.inside("moe", *value);
    m.experts.count = moe.size({"num_experts"}, 1, dimensions::experts.high);
    m.experts.active = moe.size({"num_experts_per_tok"}, 1, dimensions::active_experts.high);
    m.experts.ffn = m.ffn;
    refuse_unread_shapes(moe, "params.json", {});
}

/// Returns the transformer that a params.json describes. Throws input_error.
[[nodiscard]] inline transformer read_params_json(const nlohmann::json& config, const std::string& path) {
    std::vector<input_problem> found;
    config_reader in(config, path, found);
    transformer m;
    read_sizes(params_json, in, m);
    read_window(params_json, in, m);
    if (m.ffn == derived && found.empty()) m.ffn = meta_ffn(in, m.hidden);
    read_params_experts(in, m);
    m.tied_embeddings = in.flag("tied_embeddings", false);
    refuse_unread_shapes(in, params_json.model_type, {});
    if (found.empty()) add_shape_problems(params_json, in, m);
    if (!found.empty()) throw input_error(std::move(found));
    return m;
}

/// Returns true for the keys of an mlc-chat-config.json.
[[nodiscard]] inline bool is_mlc_config(const nlohmann::json& config) {
    const auto inner = config.find("model_config");
    constexpr int deepest = 64;
    return config.contains("model_type") && inner != config.end() && inner->is_object() &&
           nests_within(*inner, deepest) && nests_within(config["model_type"], deepest);
}

/// Returns the config.json inside an mlc-chat-config.json.
[[nodiscard]] inline nlohmann::json config_of_mlc(const nlohmann::json& config) {
    nlohmann::json inner = config["model_config"];
    inner["model_type"] = config["model_type"];
    return inner;
}

}  // namespace cardfit::io::detail
