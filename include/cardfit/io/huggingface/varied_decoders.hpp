// SPDX-License-Identifier: MIT
#pragma once

// Families of decoders whose kinds of layer differ in more than a window: the keys of the sizes that their layers have
// in common, and the rule by which the others are read (read_varied.hpp).
//
// Source of every row: configuration_<family>.py and modeling_<family>.py of github.com/huggingface/transformers
// (4.5x; of Gemma 4, 5.x).

#include <cardfit/io/huggingface/family.hpp>

#include <array>

namespace cardfit::io::detail {

/// What a family's layers differ in; `alike`: in nothing. Each is a function of the reader.
enum class variants_rule : unsigned char { gemma3n, gemma4, llama4, mllama, block_configs, step3p5, alike };

/// The row of a family.
struct varied_family {
    std::string_view model_type = "";
    family common{};
    variants_rule rule = variants_rule::gemma4;
};

/// Returns the row of a Gemma 3n: of the multimodal file or, without `within`, of its text model.
[[nodiscard]] constexpr varied_family gemma3n_family(std::string_view model_type, std::string_view within) {
    return {.model_type = model_type,
            .common = {.model_type = model_type,
                       .within = within,
                       .classes = {{"gemma3n", "gemma3n_text"}},
                       .layers = {"num_hidden_layers", "", 35},
                       .hidden = {"hidden_size", "", 2048},
                       .heads = {"num_attention_heads", "", 8},
                       .kv_heads = {"num_key_value_heads", "", 2},
                       .head_dim = {"head_dim", "", 256},
                       .ffn = {"intermediate_size", "", 16'384, required, true},
                       .vocab = {"vocab_size", "", 262'400},
                       .shape = {.norms_per_layer = 4, .head_norm = true},
                       .tied = true,
                       .biases = {{attention_biases}}},
            .rule = variants_rule::gemma3n};
}

inline constexpr std::array varied_families{
    gemma3n_family("gemma3n", "text_config"),
    gemma3n_family("gemma3n_text", ""),
    varied_family{.model_type = "gemma4_text",
                  .common = {.model_type = "gemma4_text",
                             .classes = {{"gemma4", "gemma4_text"}},
                             .kv_heads = {"num_key_value_heads", "", 4},
                             .head_dim = {"head_dim", "", 256},
                             .expert_count = {"num_experts", "", derived, derived},
                             .expert_active = {"top_k_experts", "", derived, derived},
                             .expert_ffn = {"moe_intermediate_size", "expert_intermediate_size", derived, derived},
                             .shape = {.norms_per_layer = 4, .head_norm = true},
                             .tied = true,
                             .biases = {{attention_biases}}},
                  .rule = variants_rule::gemma4},
    varied_family{.model_type = "nemotron-nas",
                  .common = {.model_type = "nemotron-nas",
                             .classes = {{"decilm"}},
                             .head_dim = any_head_dim,
                             .ffn = {},
                             .biases = {{attention_biases, feed_forward_biases}}},
                  .rule = variants_rule::block_configs},
    // The code beside the weights of stepfun-ai/Step-3.5-Flash. Its layers of prediction are not counted.
    varied_family{
        .model_type = "step3p5",
        .common = {.model_type = "step3p5",
                   .kv_heads = {"num_attention_groups", "num_key_value_heads"},
                   .head_dim = {"head_dim"},
                   .expert_count = {"moe_num_experts", "num_experts"},
                   .expert_active = {"moe_top_k", "num_experts_per_tok"},
                   .expert_ffn = {"moe_intermediate_size"},
                   .shared_ffn = {"share_expert_dim", "share_expert_dims"},
                   .shape = {.experts = {.shared = 1}},
                   .norm = {"use_qk_norm", false},
                   .router_bias = "use_moe_router_bias",
                   .fixed = {{{"use_moe", "true", "models without experts"}, {"sink", "false", "attention sinks"}}},
                   .idle = {{"num_nextn_predict_layers"}}},
        .rule = variants_rule::step3p5},
    varied_family{.model_type = "phi4mm_text",
                  .common = {.model_type = "phi4mm_text",
                             .classes = {{"phi4mm"}},
                             .kv_heads = kv_heads_or_heads,
                             .head_dim = any_head_dim,
                             .shape = {.fused_query_key_value = true},
                             .biases = {{attention_biases, feed_forward_biases}},
                             // read_phi4_parts.hpp reads the adapters.
                             .idle = {{"speech_lora", "vision_lora"}}},
                  .rule = variants_rule::alike},
    varied_family{.model_type = "llama4_text",
                  .common = {.model_type = "llama4_text",
                             .classes = {{"llama4", "llama4_text"}},
                             .kv_heads = {"num_key_value_heads", "", 8, derived},
                             .head_dim = {"head_dim", "", 128, derived},
                             .ffn = {"intermediate_size_mlp", "", 16'384},
                             .expert_count = {"num_local_experts", "", 16},
                             .expert_active = {"num_experts_per_tok", "", 1},
                             .expert_ffn = {"intermediate_size"},
                             .shape = {.experts = {.shared = 1}},
                             .biases = {{attention_biases}},
                             // The norms of queries and keys have no weights: modeling_llama4.py, Llama4TextL2Norm.
                             .idle = {{"use_qk_norm"}}},
                  .rule = variants_rule::llama4},
    varied_family{.model_type = "mllama_text_model",
                  .common = {.model_type = "mllama_text_model",
                             .classes = {{"mllama"}},
                             .layers = {"num_hidden_layers", "", 40},
                             .hidden = {"hidden_size", "", 4096},
                             .heads = {"num_attention_heads", "", 32},
                             .kv_heads = {"num_key_value_heads", "", 8},
                             .ffn = {"intermediate_size", "", 14'336},
                             .vocab = {"vocab_size", "", 128'256}},
                  .rule = variants_rule::mllama},
};

}  // namespace cardfit::io::detail
