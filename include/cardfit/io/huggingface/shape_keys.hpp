// SPDX-License-Identifier: MIT
#pragma once

// The keys by which config.json files state a shape, whatever the family: what a key counts, under all of its names. A
// key of this list that the row of a family does not read is never ignored, because it describes another shape; and a
// file of a family without a row is read by these names.

#include <cardfit/io/huggingface/config_reader.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace cardfit::io::detail {

/// What a key states. The keys of `other` state a mechanism of some family.
enum class shape_role : unsigned char {
    layers,
    hidden,
    heads,
    kv_heads,
    head_dim,
    ffn,
    vocab,
    experts,
    active_experts,
    expert_ffn,
    shared_experts,
    shared_ffn,
    dense_layers,
    q_rank,
    kv_rank,
    nope_dim,
    rope_dim,
    value_dim,
    prediction_layers,
    other
};

/// A key that states a shape. `neutral` is a value, as JSON, that states the same as an absent key, alone or for every
/// layer, besides null, false, 0, "", [] and {}.
struct shape_key {
    std::string_view name = "";
    shape_role role = shape_role::other;
    std::string_view neutral = "";
};

inline constexpr shape_key shape_keys[]{
    {"num_hidden_layers", shape_role::layers},
    {"n_layer", shape_role::layers},
    {"n_layers", shape_role::layers},
    {"num_layers", shape_role::layers},
    {"hidden_size", shape_role::hidden},
    {"n_embd", shape_role::hidden},
    {"n_embed", shape_role::hidden},
    {"d_model", shape_role::hidden},
    {"num_attention_heads", shape_role::heads},
    {"n_head", shape_role::heads},
    {"n_heads", shape_role::heads},
    {"num_heads", shape_role::heads},
    {"attention_heads", shape_role::heads},
    {"num_key_value_heads", shape_role::kv_heads},
    {"num_kv_heads", shape_role::kv_heads},
    {"n_head_kv", shape_role::kv_heads},
    {"multi_query_group_num", shape_role::kv_heads},
    {"num_query_groups", shape_role::kv_heads},
    {"num_attention_groups", shape_role::kv_heads},
    {"head_dim", shape_role::head_dim},
    {"kv_channels", shape_role::head_dim},
    {"attention_head_dim", shape_role::head_dim},
    {"intermediate_size", shape_role::ffn},
    {"ffn_hidden_size", shape_role::ffn},
    {"ff_intermediate_size", shape_role::ffn},
    {"n_inner", shape_role::ffn},
    {"ffn_dim", shape_role::ffn},
    {"padded_vocab_size", shape_role::vocab},
    {"vocab_size", shape_role::vocab},
    {"n_routed_experts", shape_role::experts},
    {"num_local_experts", shape_role::experts},
    {"num_experts", shape_role::experts},
    {"moe_num_experts", shape_role::experts},
    {"num_experts_per_tok", shape_role::active_experts},
    {"num_experts_per_token", shape_role::active_experts},
    {"moe_topk", shape_role::active_experts},
    {"moe_top_k", shape_role::active_experts},
    {"moe_k", shape_role::active_experts},
    {"moe_intermediate_size", shape_role::expert_ffn},
    {"expert_ffn_hidden_size", shape_role::expert_ffn},
    {"n_shared_experts", shape_role::shared_experts},
    {"num_shared_experts", shape_role::shared_experts},
    {"num_shared_expert", shape_role::shared_experts},
    {"moe_num_shared_experts", shape_role::shared_experts},
    {"shared_expert_intermediate_size", shape_role::shared_ffn},
    {"moe_shared_expert_intermediate_size", shape_role::shared_ffn},
    {"shared_intermediate_size", shape_role::shared_ffn},
    {"first_k_dense_replace", shape_role::dense_layers},
    {"moe_layer_start_index", shape_role::dense_layers},
    {"num_dense_layers", shape_role::dense_layers},
    {"q_lora_rank", shape_role::q_rank},
    {"kv_lora_rank", shape_role::kv_rank},
    {"qk_nope_head_dim", shape_role::nope_dim},
    {"qk_rope_head_dim", shape_role::rope_dim},
    {"v_head_dim", shape_role::value_dim},
    {"num_nextn_predict_layers", shape_role::prediction_layers},
    {"mtp_num_hidden_layers", shape_role::prediction_layers},
    {"num_mtp_modules", shape_role::prediction_layers},
    {"tie_word_embeddings"},
    // Which layers are of which kind.
    {"attn_layer_indices"},
    {"attn_layer_period"},
    {"attn_type_list", shape_role::other, "1"},
    {"block_configs"},
    {"block_types"},
    {"compress_ratios"},
    {"cross_attention_layers"},
    {"decoder_sparse_step", shape_role::other, "1"},
    {"expert_layer_period"},
    {"full_attention_interval"},
    {"full_attn_idxs"},
    {"hybrid_layer_ids"},
    {"hybrid_layer_pattern"},
    {"hybrid_override_pattern"},
    {"interleave_moe_layer_step"},
    {"layer_types"},
    {"layers_block_type"},
    {"linear_attn_config"},
    {"mlp_layer_types"},
    {"mlp_only_layers"},
    {"moe_layer_freq", shape_role::other, "1"},
    {"moe_layer_interval", shape_role::other, "1"},
    {"moe_layers"},
    {"moe_layers_enum"},
    {"num_attention_heads_per_layer"},
    {"num_key_value_heads_per_layer"},
    {"sliding_window"},
    {"sliding_window_pattern"},
    {"_sliding_window_pattern"},
    // Biases and norms.
    {"add_bias_linear"},
    {"add_qkv_bias"},
    {"attention_bias"},
    {"attention_out_bias"},
    {"bias"},
    {"lm_head_bias"},
    {"mlp_bias"},
    {"o_bias"},
    {"qk_layernorm"},
    {"qk_norm"},
    {"qkv_bias"},
    {"use_bias"},
    {"use_qk_norm"},
    {"use_qkv_bias"},
    // Mechanisms beside attention and feed-forward.
    {"a_low_rank_dim"},
    {"adapter_rank"},
    {"add_cross_attention"},
    {"attention_chunk_size"},
    {"attention_hidden_size"},
    {"attention_other_setting"},
    {"attention_window_size"},
    {"attention_k_eq_v"},
    {"attn_res_block_size"},
    {"audio_config"},
    {"conv_L_cache"},
    {"conv1d_width"},
    {"conv_kernel"},
    {"decay_low_rank_dim"},
    {"dense_ffn_hidden"},
    {"embedding_size"},
    {"enable_moe_block"},
    {"gate_low_rank_dim"},
    {"global_head_dim"},
    {"hc_mult"},
    {"head_size"},
    {"hidden_size_per_layer_input"},
    {"index_head_dim"},
    {"index_n_heads"},
    {"index_topk"},
    {"index_topk_freq", shape_role::other, "1"},
    {"index_topk_pattern"},
    {"indexer_types"},
    {"intermediate_size_mlp"},
    {"laurel_rank"},
    {"latent_moe_use_norm"},
    {"linear_conv_kernel_dim"},
    {"linear_key_head_dim"},
    {"linear_num_key_heads"},
    {"linear_num_value_heads"},
    {"linear_value_head_dim"},
    {"lru_width"},
    {"mamba_d_conv"},
    {"mamba_d_state"},
    {"mamba_head_dim"},
    {"mamba_n_heads"},
    {"mamba_num_heads"},
    {"mla_use_output_gate"},
    {"moe"},
    {"moe_latent_size"},
    {"mtp_transformer_layers"},
    {"num_global_key_value_heads"},
    {"num_kv_shared_layers"},
    {"num_mem_blocks"},
    {"n_mamba_heads"},
    {"mamba_ngroups"},
    {"num_zero_experts"},
    {"o_groups"},
    {"o_lora_rank"},
    {"residual_moe"},
    {"routed_expert_hidden_size"},
    {"share_expert_dim"},
    {"speech_lora"},
    {"ssm_state_size"},
    {"state_size"},
    {"use_cla"},
    {"use_head_wise_attn_gate"},
    {"use_moe_router_bias"},
    {"use_shared_attention_adapter"},
    {"use_double_wide_mlp"},
    {"use_mixed_mlp_moe"},
    {"v_low_rank_dim"},
    {"vision_config"},
    {"vision_encoder"},
    {"vision_lora"},
    {"vocab_size_per_layer_input"},
    {"word_embed_proj_dim"},
    {"zero_expert_num"},
};

/// Returns true for a value that states the same as an absent key.
[[nodiscard]] inline bool is_neutral(const shape_key& key, const nlohmann::json& value) {
    if (value.is_null() || (value.is_structured() && value.empty())) return true;
    if (value.is_boolean()) return !value.get<bool>();
    if (value.is_number() && value == 0) return true;
    if (value.is_string() && value.get<std::string>().empty()) return true;
    const auto states_nothing = [&](const nlohmann::json& each) {
        return !key.neutral.empty() && each.is_primitive() && short_text(each) == key.neutral;
    };
    return value.is_array() ? std::all_of(value.begin(), value.end(), states_nothing) : states_nothing(value);
}

/// Returns the ways that stay open where a config.json cannot be read.
[[nodiscard]] inline std::string ways_forward() {
    return "the file of the weights ({\"safetensors\": a path} or {\"gguf\": a path}) answers with exact bytes, and "
           "{\"transformer\": {…}} takes dimensions";
}

/// Adds a problem for every key that states a shape and was not read. `idle` are keys that shape nothing in the family.
inline void refuse_unread_shapes(config_reader& in, std::string_view family, std::span<const std::string_view> idle) {
    for (const shape_key& key : shape_keys) {
        const auto at = in.object().find(std::string(key.name));
        if (at == in.object().end() || in.has_read(key.name) || is_neutral(key, *at)) continue;
        if (std::find(idle.begin(), idle.end(), key.name) != idle.end()) continue;
        in.refuse(key.name, "no such key, because it shapes no " + std::string(family) + " model that cardfit knows; " +
                                ways_forward());
    }
}

}  // namespace cardfit::io::detail
