// SPDX-License-Identifier: MIT
#pragma once

// Reads the layers of Kimi Linear and of the text model of Kimi K3: transformers, configuration_kimi_linear.py. The
// files count layers from 1.

#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/model/hybrid.hpp>

#include <cstdint>
#include <string_view>

namespace cardfit::io::detail {

/// Returns the first layers of a model.
[[nodiscard]] inline layer_set first_layers(std::int64_t count) {
    layer_set set;
    for (std::int64_t i = 0; i < count; ++i) set.add(i);
    return set;
}

/// Returns the layers of a list of indices from 1. Any other value adds a problem.
[[nodiscard]] inline layer_set layers_from_one(config_reader& in, std::string_view key, std::int64_t layers) {
    layer_set set;
    const nlohmann::json* list = in.find(key);
    bool known = list && list->is_array();
    for (std::size_t i = 0; known && i < list->size(); ++i) {
        const auto index = config_reader::integer((*list)[i], 1, layers);
        known = index.has_value() && !set.has(*index - 1);
        if (known) set.add(*index - 1);
    }
    if (!known) in.refuse(key, "a list of different layers, from 1 to " + std::to_string(layers));
    return set;
}

/// Reads the object `linear_attn_config`: the linear attention, and which layers have it.
inline void read_linear_attention(config_reader& in, hybrid& m) {
    m.state.state = in.size({"head_dim"}, 1, 100'000);
    m.state.heads = in.size({"num_heads"}, 1, 100'000);
    m.state.kernel = in.size({"short_conv_kernel_size"}, 1, 1000);
    m.state.full_rank_gate = in.flag("use_full_rank_gate", false);
    const layer_set linear = layers_from_one(in, "kda_layers", m.layers);
    m.attention = layers_from_one(in, "full_attn_layers", m.layers);
    const std::int64_t listed = linear.count(0, m.layers) + m.attention.count(0, m.layers);
    if (listed != m.layers || !(linear & m.attention).empty())
        in.refuse("kda_layers", "the layers that full_attn_layers does not list");
}

/// Reads what Kimi's layers have beyond sizes.
inline void read_kimi(config_reader& in, hybrid& m) {
    const nlohmann::json* linear = in.find("linear_attn_config");
    if (!linear || !linear->is_object()) {
        in.refuse("linear_attn_config",
                  "an object with head_dim, num_heads, short_conv_kernel_size, kda_layers and "
                  "full_attn_layers");
        return;
    }
    config_reader inner = in.inside("linear_attn_config", *linear);
    read_linear_attention(inner, m);
    m.state.groups = m.state.heads;
    m.state.inner = m.state.heads * m.state.state;
    m.attention_gate = in.flag("mla_use_output_gate", false);
    m.expert_latent_norm = in.flag("latent_moe_use_norm", false) && m.expert_latent > 0;
    m.residual_block = in.size({"attn_res_block_size", "", derived, derived}, 0, max_listed_layers);
    // Latent attention has one latent for all heads.
    in.derived_value("num_key_value_heads", m.heads, "num_attention_heads, " + std::to_string(m.heads));
    const std::int64_t dense = in.size({"first_k_dense_replace", "", 1}, 0, m.layers);
    m.sparse = m.sparse & ~first_layers(dense);
}

}  // namespace cardfit::io::detail
