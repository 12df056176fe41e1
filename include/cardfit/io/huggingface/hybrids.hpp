// SPDX-License-Identifier: MIT
#pragma once

// The families of recurrent models, with or without attention layers, whose config.json can be read: the keys that they
// have for their dimensions, and the defaults of their configuration classes. There is one row per family;
// `read_hybrid.hpp` reads files by these rows.
//
// Source of every row: src/transformers/models/<family>/configuration_<family>.py and modeling_<family>.py of
// github.com/huggingface/transformers (4.5x). For `nemotron_h`, the source is the remote code beside
// nvidia/Nemotron-H-8B-Base-8K; for `minimax_text_01` and `minimax_m1`, that beside MiniMaxAI/MiniMax-Text-01 and
// MiniMaxAI/MiniMax-M1-40k.

#include <cardfit/io/huggingface/family.hpp>
#include <cardfit/model/hybrid.hpp>

#include <array>
#include <string_view>

namespace cardfit::io::detail {

/// How a family states which layers have attention and which have experts.
enum class pattern_rule : unsigned char {
    none,          ///< no layer has attention
    periods,       ///< `attn_layer_period` and `..._offset`, `expert_layer_period` and `..._offset`
    indices,       ///< `attn_layer_indices`
    types,         ///< `layer_types`, a list of "mamba" and "attention"
    numbers,       ///< `attn_type_list`, a list of 0 and, for attention, 1; or `layer_types`
    interval,      ///< `layer_types`, of "linear_attention" and "full_attention"; or every `full_attention_interval`-th
    convolutions,  ///< `layer_types`, of "conv" and "full_attention", or `full_attn_idxs`; `num_dense_layers`
    all,           ///< every layer has attention
    kimi,          ///< `linear_attn_config`, or `layer_types` and sizes beside it (read_kimi.hpp)
    blocks,        ///< `block_types`, a list of "recurrent" and "attention" that repeats
    shared,        ///< `layers_block_type` of "mamba" and "hybrid", or `hybrid_layer_ids`: layers with a shared block
    letters        ///< `hybrid_override_pattern`, a text of M, *, - and E; or the list `layers_block_type`
};

/// The row of a family of recurrent models, with or without layers of attention.
struct hybrid_family {
    std::string_view model_type = "";
    size_key layers{"num_hidden_layers"};
    size_key hidden{"hidden_size"};
    size_key vocab{"vocab_size"};
    size_key heads{};
    size_key kv_heads{};
    size_key head_dim{};
    size_key ffn{};
    size_key window{};

    size_key state{};
    size_key kernel{};
    size_key groups{};
    size_key state_heads{};
    size_key dt_rank{};  ///< the default of `state_space` is "auto"
    size_key inner{};    ///< the width of the recurrence; the class prefers it to the width that follows from `expand`
    /// Where `inner` is absent, the width of the recurrence is the number of heads times this size. If there is no such
    /// key, or it is "auto", the width is `expand` times the hidden size.
    size_key state_head_dim{};
    size_key expand{};

    size_key expert_count{};
    size_key expert_active{};
    size_key expert_ffn{};
    size_key shared_count{};
    size_key shared_ffn{};
    size_key expert_latent{};

    latent_keys latent{};

    prediction_keys prediction{};

    std::string_view convolution_bias = "";  ///< the name of the flag; if empty, `shape` decides
    hybrid shape{};
    bool tied = false;  ///< the default of tie_word_embeddings
    std::string_view gate_norm =
        "";  ///< the flag of the norm behind Mamba-2, false if absent; if empty, `shape` decides
    pattern_rule pattern = pattern_rule::none;
    std::array<fixed_key, 6> fixed{};
    /// Keys that shape other families and that this one's class does not read.
    std::array<std::string_view, 6> idle{};
};

/// Returns the row of a family with the keys and defaults of Mamba.
inline constexpr hybrid_family mamba_family(std::string_view model_type) {
    return {.model_type = model_type,
            .layers = {"num_hidden_layers", "n_layer"},
            .hidden = {"hidden_size", "d_model"},
            .state = {"state_size", "", 16},
            .kernel = {"conv_kernel", "", 4},
            .dt_rank = {"time_step_rank", "", derived},
            .inner = {"intermediate_size", "", derived},
            .expand = {"expand", "", 2},
            .convolution_bias = "use_conv_bias",
            .tied = true,
            .fixed = {{{"use_bias", "false", "biases in the projections"}}}};
}

/// Returns the row of a family with the linear attention of Qwen3-Next. The experts are required where there are any.
inline constexpr hybrid_family qwen_hybrid(std::string_view model_type, bool experts) {
    hybrid_family row{.model_type = model_type,
                      .heads = {"num_attention_heads"},
                      .kv_heads = {"num_key_value_heads", "", experts ? 2 : 4},
                      .head_dim = {"head_dim", "", 256},
                      .state = {"linear_key_head_dim", "", 128},
                      .kernel = {"linear_conv_kernel_dim", "", 4},
                      .groups = {"linear_num_key_heads", "", 16},
                      .state_heads = {"linear_num_value_heads", "", 32},
                      .state_head_dim = {"linear_value_head_dim", "", 128},
                      .prediction = {.layers = {"mtp_num_hidden_layers", "", derived, derived}},
                      .shape = {.state = {.kind = recurrence::gated_delta_net, .convolution_bias = false},
                                .feed_forward = all_layers,
                                .head_norm = true,
                                .attention_gate = true},
                      .pattern = pattern_rule::interval,
                      .fixed = {{{"attention_bias", "false", "biases in attention"},
                                 {"attn_output_gate", "true", "attention without a gate"},
                                 {"mtp_use_dedicated_embeddings", "false", "an embedding of the prediction layers"},
                                 {"decoder_sparse_step", "1", "dense layers between the sparse ones"}}}};
    if (!experts) {
        row.ffn = {"intermediate_size"};
        return row;
    }
    row.expert_count = {"num_experts"};
    row.expert_active = {"num_experts_per_tok"};
    row.expert_ffn = {"moe_intermediate_size"};
    row.shared_ffn = {"shared_expert_intermediate_size"};
    row.shape.experts = {.shared = 1, .shared_gate = true};
    row.idle = {"intermediate_size"};
    return row;
}

/// Returns the row of an LFM2. The model's configuration states the feed-forward's width before its class takes two
/// thirds of it; that of the mixture of experts does not.
inline constexpr hybrid_family lfm2_family(std::string_view model_type, bool experts) {
    hybrid_family row{.model_type = model_type,
                      .heads = {"num_attention_heads"},
                      .kv_heads = {"num_key_value_heads", "", 8, derived},
                      .head_dim = {"head_dim", "", derived, derived},
                      .ffn = {"intermediate_size", experts ? "" : "block_ff_dim"},
                      .kernel = {"conv_L_cache", "", 3},
                      .shape = {.state = {.kind = recurrence::short_convolution, .convolution_bias = false},
                                .feed_forward = all_layers,
                                .head_norm = true},
                      .tied = true,
                      .pattern = pattern_rule::convolutions,
                      .fixed = {{{"conv_bias", "false", "biases of the convolution"}}},
                      .idle = {{"num_heads"}}};
    if (!experts) return row;
    row.expert_count = {"num_experts", "", 32};
    row.expert_active = {"num_experts_per_tok", "", 4};
    row.expert_ffn = {"moe_intermediate_size"};
    return row;
}

/// Returns a row of MiniMax-01 (arXiv 2501.08313): lightning attention with a decay per head, and experts in every
/// layer. Which layers attend must be stated, because the classes have no default in common.
inline constexpr hybrid_family minimax_family(std::string_view model_type) {
    return {.model_type = model_type,
            .heads = {"num_attention_heads"},
            .kv_heads = {"num_key_value_heads", "", 8, derived},
            .head_dim = {"head_dim"},
            .state = {"head_dim"},
            .groups = {"num_attention_heads"},
            .state_heads = {"num_attention_heads"},
            .state_head_dim = {"head_dim"},
            .expert_count = {"num_local_experts", "", 8},
            .expert_active = {"num_experts_per_tok", "", 2},
            .expert_ffn = {"intermediate_size"},
            .shape = {.state = {.kind = recurrence::lightning, .kernel = 1, .convolution_bias = false},
                      .feed_forward = all_layers},
            .pattern = pattern_rule::numbers};
}

/// Returns the row of RecurrentGemma. Its file states twice the feed-forward's width: RecurrentGemmaMlp.
inline constexpr hybrid_family recurrent_gemma_family() {
    return {.model_type = "recurrent_gemma",
            .heads = {"num_attention_heads"},
            .kv_heads = {"num_key_value_heads", "", derived, derived},
            .head_dim = {"head_dim", "", derived, derived},
            .ffn = {"intermediate_size"},
            .window = {"attention_window_size", "", 2048},
            .kernel = {"conv1d_width", "", 4},
            .state_heads = {"num_attention_heads"},
            .inner = {"lru_width", "", derived, derived},
            .shape = {.state = {.kind = recurrence::gated_linear, .state = 1},
                      .feed_forward = all_layers,
                      .output_bias = true,
                      .feed_forward_bias = true},
            .tied = true,
            .pattern = pattern_rule::blocks,
            .fixed = {{{"attention_bias", "false", "biases of queries, keys and values"}}}};
}

/// Returns the row of Zamba2. Its attention is as wide as two hidden sizes, which files repeat.
inline constexpr hybrid_family zamba2_family() {
    return {.model_type = "zamba2",
            .state = {"mamba_d_state", "", 64},
            .kernel = {"mamba_d_conv", "", 4},
            .groups = {"mamba_ngroups", "", 1},
            .state_heads = {"n_mamba_heads", "", 8},
            .expand = {"mamba_expand", "", 2},
            .convolution_bias = "use_conv_bias",
            .shape = {.state = {.kind = recurrence::mamba2}},
            .tied = true,
            .pattern = pattern_rule::shared,
            .fixed = {{{"add_bias_linear", "false", "biases in the feed-forward"}}},
            .idle = {{"ffn_hidden_size", "kv_channels", "num_query_groups"}}};
}

inline constexpr std::array hybrid_families{
    hybrid_family{.model_type = "bamba",
                  .heads = {"num_attention_heads"},
                  .kv_heads = {"num_key_value_heads", "", 8, derived},
                  .ffn = {"intermediate_size"},
                  .state = {"mamba_d_state", "", 256},
                  .kernel = {"mamba_d_conv", "", 4},
                  .groups = {"mamba_n_groups", "", 1},
                  .state_heads = {"mamba_n_heads", "", 128},
                  .state_head_dim = {"mamba_d_head", "", derived},
                  .expand = {"mamba_expand", "", 2},
                  .convolution_bias = "mamba_conv_bias",
                  .shape = {.state = {.kind = recurrence::mamba2}, .feed_forward = all_layers},
                  .pattern = pattern_rule::indices,
                  .fixed = {{{"mamba_proj_bias", "false", "biases in the projections"},
                             {"attention_bias", "false", "biases in attention"},
                             {"mlp_bias", "false", "biases in the feed-forward"}}}},
    hybrid_family{.model_type = "falcon_h1",
                  .heads = {"num_attention_heads"},
                  .kv_heads = {"num_key_value_heads", "", 8, derived},
                  .head_dim = {"head_dim", "", derived, derived},
                  .ffn = {"intermediate_size"},
                  .state = {"mamba_d_state", "", 256},
                  .kernel = {"mamba_d_conv", "", 4},
                  .groups = {"mamba_n_groups", "", 1},
                  .state_heads = {"mamba_n_heads", "", 128},
                  .inner = {"mamba_d_ssm", "", 1024, derived},
                  .state_head_dim = {"mamba_d_head", "", derived},
                  .expand = {"mamba_expand", "", 2},
                  .convolution_bias = "mamba_conv_bias",
                  .shape = {.state = {.kind = recurrence::mamba2}, .feed_forward = all_layers, .parallel_state = true},
                  .gate_norm = "mamba_rms_norm",
                  .pattern = pattern_rule::all,
                  .fixed = {{{"mamba_proj_bias", "false", "biases in the projections"},
                             {"projectors_bias", "false", "biases in the projections"},
                             {"attention_bias", "false", "biases in attention"},
                             {"mlp_bias", "false", "biases in the feed-forward"}}}},
    mamba_family("falcon_mamba"),
    hybrid_family{
        .model_type = "granitemoehybrid",
        .heads = {"num_attention_heads"},
        .kv_heads = {"num_key_value_heads", "", derived, derived},
        .ffn = {"shared_intermediate_size", "", 1024},
        .state = {"mamba_d_state", "", 256},
        .kernel = {"mamba_d_conv", "", 4},
        .groups = {"mamba_n_groups", "", 1},
        .state_heads = {"mamba_n_heads", "", 128},
        .state_head_dim = {"mamba_d_head", "", derived},
        .expand = {"mamba_expand", "", 2},
        .expert_count = {"num_local_experts", "", 8},
        .expert_active = {"num_experts_per_tok", "", 2},
        .expert_ffn = {"intermediate_size"},
        .shared_ffn = {"shared_intermediate_size", "", 1024},
        .convolution_bias = "mamba_conv_bias",
        .shape = {.state = {.kind = recurrence::mamba2}, .feed_forward = all_layers, .experts = {.shared = 1}},
        .pattern = pattern_rule::types,
        .fixed = {{{"mamba_proj_bias", "false", "biases in the projections"},
                   {"attention_bias", "false", "biases in attention"}}}},
    hybrid_family{.model_type = "jamba",
                  .heads = {"num_attention_heads"},
                  .kv_heads = {"num_key_value_heads", "", 8, derived},
                  .ffn = {"intermediate_size"},
                  .state = {"mamba_d_state", "", 16},
                  .kernel = {"mamba_d_conv", "", 4},
                  .dt_rank = {"mamba_dt_rank", "", derived},
                  .expand = {"mamba_expand", "", 2},
                  .expert_count = {"num_experts", "", 16},
                  .expert_active = {"num_experts_per_tok", "", 2},
                  .expert_ffn = {"intermediate_size"},
                  .convolution_bias = "mamba_conv_bias",
                  .shape = {.state = {.inner_norms = true}, .feed_forward = all_layers},
                  .pattern = pattern_rule::periods,
                  .fixed = {{{"mamba_proj_bias", "false", "biases in the projections"}}}},
    // Its classes set the width of a head from the latent's widths, whatever the file says.
    hybrid_family{.model_type = "kimi_linear",
                  .heads = {"num_attention_heads"},
                  .ffn = {"intermediate_size", "dense_ffn_hidden"},
                  .expert_count = {"num_experts", "num_local_experts"},
                  .expert_active = {"num_experts_per_token", "num_experts_per_tok"},
                  .expert_ffn = {"moe_intermediate_size"},
                  .shared_count = {"num_shared_experts", "n_shared_experts", required, derived},
                  .expert_latent = {"routed_expert_hidden_size", "", derived, derived},
                  .latent = {.q_rank = {"q_lora_rank", "", derived, derived},
                             .kv_rank = {"kv_lora_rank"},
                             .nope_dim = {"qk_nope_head_dim"},
                             .rope_dim = {"qk_rope_head_dim"},
                             .value_dim = {"v_head_dim"}},
                  .prediction = {.layers = {"num_nextn_predict_layers", "", derived, derived}},
                  .shape = {.state = {.kind = recurrence::kimi_delta, .convolution_bias = false},
                            .feed_forward = all_layers,
                            .experts = {.router_bias = true}},
                  .pattern = pattern_rule::kimi,
                  .fixed = {{{"attention_bias", "false", "biases in latent attention"},
                             {"moe_layer_freq", "1", "dense layers between the sparse ones"}}},
                  .idle = {{"head_dim"}}},
    lfm2_family("lfm2", false),
    lfm2_family("lfm2_moe", true),
    mamba_family("mamba"),
    hybrid_family{.model_type = "mamba2",
                  .state = {"state_size", "", 128},
                  .kernel = {"conv_kernel", "", 4},
                  .groups = {"n_groups", "", 8},
                  .state_heads = {"num_heads", "", 128},
                  .state_head_dim = {"head_dim", "", 64},
                  .expand = {"expand", "", 2},
                  .convolution_bias = "use_conv_bias",
                  .shape = {.state = {.kind = recurrence::mamba2}},
                  .fixed = {{{"use_bias", "false", "biases in the projections"}}},
                  .idle = {{"intermediate_size"}}},
    minimax_family("minimax"),
    minimax_family("minimax_m1"),
    minimax_family("minimax_text_01"),
    hybrid_family{.model_type = "nemotron_h",
                  .layers = {"num_hidden_layers", "", derived, derived},
                  .heads = {"num_attention_heads"},
                  .kv_heads = {"num_key_value_heads", "", 8, derived},
                  .head_dim = {"attention_head_dim", "head_dim", 128},
                  .ffn = {"intermediate_size"},
                  .state = {"ssm_state_size", "", 128},
                  .kernel = {"conv_kernel", "", 4},
                  .groups = {"n_groups", "", 8},
                  .state_heads = {"mamba_num_heads", "", 128},
                  .state_head_dim = {"mamba_head_dim", "", 64},
                  .expand = {"expand", "", 2},
                  .expert_count = {"n_routed_experts", "num_local_experts", derived, derived},
                  .expert_active = {"num_experts_per_tok", "", derived, derived},
                  .expert_ffn = {"moe_intermediate_size", "", derived, derived},
                  .shared_ffn = {"moe_shared_expert_intermediate_size", "", derived, derived},
                  .expert_latent = {"moe_latent_size", "", derived, derived},
                  .prediction = {.layers = {"num_nextn_predict_layers", "", derived, derived}},
                  .convolution_bias = "use_conv_bias",
                  .shape = {.state = {.kind = recurrence::mamba2},
                            .ffn_gated = false,
                            .experts = {.shared = 1, .router_bias = true}},
                  .pattern = pattern_rule::letters,
                  .fixed = {{{"mamba_proj_bias", "false", "biases in the projections"},
                             {"use_bias", "false", "biases in the projections"},
                             {"attention_bias", "false", "biases in attention"},
                             {"mlp_bias", "false", "biases in the feed-forward"},
                             {"n_shared_experts", "1", "several shared experts"}}}},
    recurrent_gemma_family(),
    zamba2_family(),
    qwen_hybrid("qwen3_5_moe_text", true),
    qwen_hybrid("qwen3_5_text", false),
    hybrid_family{.model_type = "qwen3_next",
                  .heads = {"num_attention_heads"},
                  .kv_heads = {"num_key_value_heads", "", 2},
                  .head_dim = {"head_dim", "", 256},
                  .state = {"linear_key_head_dim", "", 128},
                  .kernel = {"linear_conv_kernel_dim", "", 4},
                  .groups = {"linear_num_key_heads", "", 16},
                  .state_heads = {"linear_num_value_heads", "", 32},
                  .state_head_dim = {"linear_value_head_dim", "", 128},
                  .expert_count = {"num_experts", "", 512},
                  .expert_active = {"num_experts_per_tok", "", 10},
                  .expert_ffn = {"moe_intermediate_size", "", 512},
                  .shared_ffn = {"shared_expert_intermediate_size", "", 512},
                  .shape = {.state = {.kind = recurrence::gated_delta_net, .convolution_bias = false},
                            .feed_forward = all_layers,
                            .head_norm = true,
                            .attention_gate = true,
                            .experts = {.shared = 1, .shared_gate = true}},
                  .pattern = pattern_rule::interval,
                  .fixed = {{{"attention_bias", "false", "biases in attention"},
                             {"decoder_sparse_step", "1", "dense layers between the sparse ones"}}},
                  .idle = {{"intermediate_size"}}},
};

}  // namespace cardfit::io::detail
