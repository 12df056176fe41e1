// SPDX-License-Identifier: MIT
#pragma once

// Reads a decoder of a family without a row, by the names that sizes have in all families. What it finds is a guess: a
// gate in the feed-forward and a head of its own are often not stated, and nothing says that the layers are a decoder's
// of the usual kind. So a shape is a full answer only if its parameters are as many as the file of the weights has.

#include <cardfit/io/huggingface/read_decoder.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace cardfit::io {

namespace detail {

/// Returns the key of a size that may be absent, by the first two names of a role that a file states.
[[nodiscard]] inline size_key key_of_role(const nlohmann::json& config, shape_role role) {
    size_key found{.absent = derived, .null = derived};
    for (const shape_key& key : shape_keys) {
        const auto at = key.role == role ? config.find(std::string(key.name)) : config.end();
        if (at == config.end() || is_neutral(key, *at)) continue;
        (found.name.empty() ? found.name : found.alias) = key.name;
        if (!found.alias.empty()) break;
    }
    return found;
}

/// Returns a row with the names under which a file states its sizes.
[[nodiscard]] inline family general_row(const nlohmann::json& config) {
    const auto key = [&](shape_role role) { return key_of_role(config, role); };
    family row{.model_type = "decoder",
               .layers = key(shape_role::layers),
               .hidden = key(shape_role::hidden),
               .heads = key(shape_role::heads),
               .kv_heads = key(shape_role::kv_heads),
               .head_dim = key(shape_role::head_dim),
               .ffn = key(shape_role::ffn),
               .vocab = key(shape_role::vocab),
               .expert_count = key(shape_role::experts),
               .expert_active = key(shape_role::active_experts),
               .expert_ffn = key(shape_role::expert_ffn),
               .shared_count = key(shape_role::shared_experts),
               .shared_ffn = key(shape_role::shared_ffn),
               .dense_layers = key(shape_role::dense_layers)};
    row.latent = {.q_rank = key(shape_role::q_rank),
                  .kv_rank = key(shape_role::kv_rank),
                  .nope_dim = key(shape_role::nope_dim),
                  .rope_dim = key(shape_role::rope_dim),
                  .value_dim = key(shape_role::value_dim)};
    row.prediction.layers = key(shape_role::prediction_layers);
    // Latent attention has one latent for all heads.
    if (!row.latent.kv_rank.name.empty()) row.kv_heads = {};
    // Where no key states the width of an expert, it is that of the feed-forward (Mixtral).
    if (row.expert_ffn.name.empty() && !row.expert_count.name.empty()) row.expert_ffn = row.ffn;
    return row;
}

/// Keys that change a count by less than can be seen, or that bound a cache which is then counted without the bound.
inline constexpr std::string_view negligible_keys[]{
    "add_bias_linear",
    "add_qkv_bias",
    "attention_bias",
    "attention_out_bias",
    "bias",
    "lm_head_bias",
    "mlp_bias",
    "o_bias",
    "qk_layernorm",
    "qk_norm",
    "qkv_bias",
    "use_bias",
    "use_qk_norm",
    "use_qkv_bias",
    "sliding_window",
    "sliding_window_pattern",
    "_sliding_window_pattern",
    "num_key_value_heads",
    "head_dim",
    "tie_word_embeddings",
    "mtp_transformer_layers",
};

/// Returns the shape that the sizes of a config.json make, or nothing if they make none, or if the file states a
/// mechanism besides.
[[nodiscard]] inline std::optional<transformer> general_shape(const nlohmann::json& config) {
    std::vector<input_problem> found;
    config_reader in(config, "model.huggingface", found);
    const family row = general_row(config);
    transformer m;
    read_sizes(row, in, m);
    if (m.layers == 0 || m.hidden == 0 || m.heads == 0 || m.vocab == 0 || m.ffn + m.experts.ffn == 0) return {};
    if (m.experts.shared_ffn > 0 && m.experts.shared == 0) m.experts.shared = 1;
    if (m.experts.count <= 1) m.experts = {};
    m.tied_embeddings = in.flag("tie_word_embeddings", false);
    static_cast<void>(in.size(row.prediction.layers, 0, dimensions::layers.high));
    skip_types(in, m.layers, {"full_attention", "sliding_attention"});
    read_dense_layers(in, m);
    refuse_unread_shapes(in, row.model_type, negligible_keys);
    if (!found.empty() || !problems(m).empty()) return {};
    return m;
}

}  // namespace detail

/// Returns the shapes that the sizes of a config.json may make where no row says more: with a gated feed-forward and
/// without, and with a head of its own or without where the file does not say. Empty if the file does not state the
/// sizes of a decoder, or states another mechanism. Only a count of the weights can tell which of them, if any, is the
/// model.
[[nodiscard]] inline std::vector<transformer> general_shapes(const nlohmann::json& config) {
    std::vector<transformer> shapes;
    if (!config.is_object()) return shapes;
    const std::optional<transformer> first = detail::general_shape(config);
    if (!first) return shapes;
    for (const bool gated : {true, false}) {
        for (const bool tied : {false, true}) {
            if (config.contains("tie_word_embeddings") && tied != first->tied_embeddings) continue;
            transformer m = *first;
            m.ffn_gated = gated;
            m.tied_embeddings = tied;
            shapes.push_back(m);
        }
    }
    return shapes;
}

}  // namespace cardfit::io
