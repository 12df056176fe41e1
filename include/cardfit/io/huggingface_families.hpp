// SPDX-License-Identifier: MIT
#pragma once

// The keys that each model family of the transformers library has in config.json for its dimensions, the defaults of
// its configuration class, and what all models of the family have in common. There is one row per family;
// `huggingface.hpp` reads files by these rows.
//
// Source of every row: src/transformers/models/<family>/configuration_<family>.py and modeling_<family>.py of
// github.com/huggingface/transformers (4.5x). For `qwen`, the source is the remote code beside the weights of
// Qwen/Qwen-7B.

#include <cardfit/model/transformer.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace cardfit::io::detail {

/// There is no default: an absent or null key is an error. This holds for the sizes that distinguish the models of a
/// family.
inline constexpr std::int64_t required = -1;
/// The size is derived by `cardfit::transformer`, to which 0 means: kv_heads equals heads, head_dim equals hidden /
/// heads, or the model does not have the feature.
inline constexpr std::int64_t derived = 0;
/// The feed-forward is four times as wide as the hidden size.
inline constexpr std::int64_t four_times_hidden = -2;

/// The key of a size in config.json, and the values that are used if it is absent or null. With an empty name, the
/// family has no such size.
struct size_key {
    std::string_view name = "";
    std::string_view alias = "";     ///< a second name that the class accepts (its attribute_map)
    std::int64_t absent = required;  ///< the default of the class
    std::int64_t null = required;    ///< the value that the class uses for None
};

/// A key that affects the shape of the model and for which cardfit supports one value only. That value is also the
/// default of the class.
struct fixed_key {
    std::string_view name = "";
    std::string_view json = "";         ///< the supported value, as JSON
    std::string_view unsupported = "";  ///< the meaning of the other values
};

/// The flags that add biases to those that `shape` always has.
enum class bias_rule : unsigned char {
    by_shape,
    attention,          ///< `attention_bias`: biases of query, key, value and output
    attention_and_mlp,  ///< the same, and `mlp_bias`
    query_key_value,    ///< `qkv_bias`
    all_if_bias,        ///< `bias`
    all_if_enabled,     ///< `enable_bias`
    all_unless_no_bias  ///< `no_bias`
};

/// The rule for which layers have the window.
enum class window_rule : unsigned char {
    none,
    all,                  ///< every layer, if there is a window
    all_if_used,          ///< every layer, if use_sliding_window
    top_if_used,          ///< layers from max_window_layers on, if use_sliding_window; or layer_types
    alternating_if_used,  ///< every second layer below max_window_layers, if use_sliding_window; or layer_types
    pattern               ///< all but every n-th layer (sliding_window_pattern, or the row's); or layer_types
};

/// A rule of a family beyond sizes and flags. Each one is a function of the reader.
enum class special_rule : unsigned char { none, falcon, latent, mlp_only_layers, mpt, opt, qwen };

/// The row of a model family: the keys of its sizes, the shape that all of its models share, and its rules.
struct family {
    std::string_view model_type = "";
    /// The object inside config.json that has the keys. If this is empty, config.json itself has them.
    std::string_view within = "";

    size_key layers{"num_hidden_layers"};
    size_key hidden{"hidden_size"};
    size_key heads{"num_attention_heads"};
    size_key kv_heads{};
    size_key head_dim{};
    size_key ffn{"intermediate_size"};
    size_key vocab{"vocab_size"};
    size_key positions{};

    size_key expert_count{};
    size_key expert_active{};
    size_key expert_ffn{};
    size_key shared_count{};
    size_key shared_ffn{};
    size_key dense_layers{};

    size_key index_heads{};
    size_key index_head_dim{};
    size_key index_tokens{};

    transformer shape{};
    bool tied = false;  ///< the default of tie_word_embeddings
    bias_rule bias = bias_rule::by_shape;
    window_rule window = window_rule::none;
    size_key window_size{};
    std::int64_t window_every = 0;
    special_rule special = special_rule::none;
    std::array<fixed_key, 5> fixed{};
};

inline constexpr size_key kv_heads_or_heads{"num_key_value_heads", "", derived, derived};
inline constexpr size_key any_head_dim{"head_dim", "", derived, derived};
inline constexpr std::int64_t default_window = 4096;

/// Returns the key num_key_value_heads of a class that has a number as its default, and that sets as many as there are
/// heads for None.
[[nodiscard]] constexpr size_key kv_heads_default(std::int64_t heads) {
    return {"num_key_value_heads", "", heads, derived};
}

/// Returns the row of Gemma 3. In a multimodal config.json, the text model is a nested object that states only the
/// differences from the defaults of the class. Only in that object do the sizes of the class stand in for absent keys.
[[nodiscard]] constexpr family gemma3(bool nested) {
    constexpr std::int64_t layers = 26;
    constexpr std::int64_t hidden = 2304;
    constexpr std::int64_t heads = 8;
    constexpr std::int64_t kv_heads = 4;
    constexpr std::int64_t ffn = 9216;
    constexpr std::int64_t vocab = 262'208;
    return {.model_type = nested ? "gemma3" : "gemma3_text",
            .within = nested ? "text_config" : "",
            .layers = {"num_hidden_layers", "", nested ? layers : required},
            .hidden = {"hidden_size", "", nested ? hidden : required},
            .heads = {"num_attention_heads", "", nested ? heads : required},
            .kv_heads = {"num_key_value_heads", "", kv_heads},
            .head_dim = {"head_dim", "", 256},
            .ffn = {"intermediate_size", "", nested ? ffn : required},
            .vocab = {"vocab_size", "", nested ? vocab : required},
            .shape = {.norms_per_layer = 4, .head_norm = true},
            .tied = true,
            .bias = bias_rule::attention,
            .window = window_rule::pattern,
            .window_size = {"sliding_window", "", default_window},
            .window_every = 6,
            .fixed = {{{nested ? "model_type" : "", nested ? "\"gemma3_text\"" : "", "other text models"}}}};
}

inline constexpr std::array families{
    family{.model_type = "bert",
           .positions = {"max_position_embeddings", "", 512},
           .shape = {.ffn_gated = false, .norm = norm_kind::layer, .biases = biases::all, .kind = model_kind::encoder},
           .tied = true,
           .fixed = {{{"type_vocab_size", "2", "other numbers of segments"},
                      {"position_embedding_type", "\"absolute\"", "relative positions"},
                      {"is_decoder", "false", "BERT as a decoder"},
                      {"add_cross_attention", "false", "cross-attention layers"}}}},
    family{.model_type = "deepseek_v2",
           .expert_count = {"n_routed_experts"},
           .expert_active = {"num_experts_per_tok"},
           .expert_ffn = {"moe_intermediate_size"},
           .shared_count = {"n_shared_experts", "", required, derived},
           .dense_layers = {"first_k_dense_replace", "", 0},
           .special = special_rule::latent,
           .fixed = {{{"moe_layer_freq", "1", "dense layers between the sparse ones"},
                      {"attention_bias", "false", "biases in latent attention"},
                      {"mlp_bias", "false", "biases in the feed-forward alone"}}}},
    family{.model_type = "deepseek_v3",
           .expert_count = {"n_routed_experts", "num_local_experts"},
           .expert_active = {"num_experts_per_tok"},
           .expert_ffn = {"moe_intermediate_size"},
           .shared_count = {"n_shared_experts", "", required, derived},
           .dense_layers = {"first_k_dense_replace", "", 3},
           .shape = {.experts = {.router_bias = true}},
           .special = special_rule::latent,
           .fixed = {{{"moe_layer_freq", "1", "dense layers between the sparse ones"},
                      {"attention_bias", "false", "biases in latent attention"}}}},
    family{.model_type = "deepseek_v32",
           .expert_count = {"n_routed_experts", "num_local_experts"},
           .expert_active = {"num_experts_per_tok"},
           .expert_ffn = {"moe_intermediate_size"},
           .shared_count = {"n_shared_experts", "", required, derived},
           .dense_layers = {"first_k_dense_replace", "", 3},
           .index_heads = {"index_n_heads"},
           .index_head_dim = {"index_head_dim"},
           .index_tokens = {"index_topk"},
           .shape = {.experts = {.router_bias = true}},
           .special = special_rule::latent,
           .fixed = {{{"moe_layer_freq", "1", "dense layers between the sparse ones"},
                      {"attention_bias", "false", "biases in latent attention"}}}},
    family{.model_type = "falcon",
           .layers = {"num_hidden_layers", "n_layer"},
           .hidden = {"hidden_size", "n_embed"},
           .heads = {"num_attention_heads", "n_head"},
           .kv_heads = {"num_kv_heads", "n_head_kv", derived, derived},
           .ffn = {"ffn_hidden_size", "", four_times_hidden, four_times_hidden},
           .shape = {.ffn_gated = false, .norm = norm_kind::layer, .fused_query_key_value = true},
           .tied = true,
           .bias = bias_rule::all_if_bias,
           .special = special_rule::falcon},
    family{.model_type = "gemma",
           .kv_heads = {"num_key_value_heads", "", 16},
           .head_dim = {"head_dim", "", 256},
           .tied = true,
           .bias = bias_rule::attention},
    family{.model_type = "gemma2",
           .kv_heads = {"num_key_value_heads", "", 4},
           .head_dim = {"head_dim", "", 256},
           .shape = {.norms_per_layer = 4},
           .tied = true,
           .bias = bias_rule::attention,
           .window = window_rule::pattern,
           .window_size = {"sliding_window", "", default_window},
           .window_every = 2},
    gemma3(true),
    gemma3(false),
    family{
        .model_type = "gpt2",
        .layers = {"n_layer", "num_hidden_layers"},
        .hidden = {"n_embd", "hidden_size"},
        .heads = {"n_head", "num_attention_heads"},
        .ffn = {"n_inner", "", four_times_hidden, four_times_hidden},
        .positions = {"n_positions", "max_position_embeddings", 1024},
        .shape = {.ffn_gated = false, .norm = norm_kind::layer, .biases = biases::all, .fused_query_key_value = true},
        .tied = true,
        .fixed = {{{"add_cross_attention", "false", "cross-attention layers"}}}},
    family{
        .model_type = "gpt_neox",
        .shape = {.ffn_gated = false, .norm = norm_kind::layer, .biases = biases::all, .fused_query_key_value = true},
        .fixed = {{{"attention_bias", "true", "biases in the feed-forward alone"}}}},
    family{.model_type = "gpt_oss",
           .kv_heads = kv_heads_default(8),
           .head_dim = {"head_dim", "", 64, derived},
           .ffn = {},
           .expert_count = {"num_local_experts", "num_experts"},
           .expert_active = {"num_experts_per_tok", "experts_per_token"},
           .expert_ffn = {"intermediate_size"},
           .shape = {.biases = biases::all, .experts = {.router_bias = true}, .attention_sinks = true},
           .window = window_rule::pattern,
           .window_size = {"sliding_window", "", 128},
           .window_every = 2,
           .fixed = {{{"attention_bias", "true", "biases in the experts alone"}}}},
    family{.model_type = "llama",
           .kv_heads = kv_heads_or_heads,
           .head_dim = any_head_dim,
           .bias = bias_rule::attention_and_mlp},
    family{.model_type = "mistral",
           .kv_heads = kv_heads_default(8),
           .head_dim = any_head_dim,
           .window = window_rule::all,
           .window_size = {"sliding_window", "", default_window, derived}},
    family{.model_type = "mixtral",
           .kv_heads = kv_heads_default(8),
           .head_dim = any_head_dim,
           .ffn = {},
           .expert_count = {"num_local_experts", "num_experts"},
           .expert_active = {"num_experts_per_tok"},
           .expert_ffn = {"intermediate_size"},
           .window = window_rule::all,
           .window_size = {"sliding_window", "", derived, derived}},
    family{.model_type = "mpt",
           .layers = {"n_layers", "num_hidden_layers"},
           .hidden = {"d_model", "hidden_size"},
           .heads = {"n_heads", "num_attention_heads"},
           .ffn = {},
           .shape = {.ffn_gated = false, .norm = norm_kind::layer, .norm_bias = false, .fused_query_key_value = true},
           .tied = true,
           .special = special_rule::mpt,
           .fixed = {{{"no_bias", "true", "biases"}}}},
    family{.model_type = "opt",
           .ffn = {"ffn_dim"},
           .positions = {"max_position_embeddings", "", 2048},
           .shape = {.ffn_gated = false, .norm = norm_kind::layer},
           .tied = true,
           .bias = bias_rule::all_if_enabled,
           .special = special_rule::opt,
           .fixed = {{{"do_layer_norm_before", "true", "norms after each sublayer, as in opt-350m,"},
                      {"layer_norm_elementwise_affine", "true", "norms without parameters"},
                      {"_remove_final_layer_norm", "false", "a model without its final norm"}}}},
    family{.model_type = "phi",
           .kv_heads = kv_heads_or_heads,
           .head_dim = any_head_dim,
           .shape = {.ffn_gated = false,
                     .norm = norm_kind::layer,
                     .biases = biases::all,
                     .norms_per_layer = 1,
                     .head_bias = true},
           .fixed = {{{"qk_layernorm", "false", "LayerNorms with biases on queries and keys"}}}},
    family{.model_type = "phi3",
           .kv_heads = kv_heads_or_heads,
           .head_dim = any_head_dim,
           .shape = {.fused_query_key_value = true},
           .window = window_rule::all,
           .window_size = {"sliding_window", "", derived, derived}},
    family{.model_type = "qwen",
           .layers = {"num_hidden_layers", "n_layer"},
           .hidden = {"hidden_size", "n_embd"},
           .heads = {"num_attention_heads", "n_head"},
           .head_dim = {"kv_channels", "", 128},
           .ffn = {"intermediate_size", "ffn_hidden_size"},
           .shape = {.biases = biases::qkv, .fused_query_key_value = true},
           .bias = bias_rule::all_unless_no_bias,
           .special = special_rule::qwen},
    family{.model_type = "qwen2",
           .kv_heads = kv_heads_default(32),
           .head_dim = any_head_dim,
           .shape = {.biases = biases::qkv},
           .window = window_rule::top_if_used,
           .window_size = {"sliding_window", "", default_window, derived}},
    family{.model_type = "qwen2_moe",
           .kv_heads = kv_heads_default(16),
           .head_dim = any_head_dim,
           .expert_count = {"num_experts"},
           .expert_active = {"num_experts_per_tok"},
           .expert_ffn = {"moe_intermediate_size"},
           .shared_ffn = {"shared_expert_intermediate_size"},
           .shape = {.experts = {.shared = 1, .shared_gate = true}},
           .bias = bias_rule::query_key_value,
           .window = window_rule::alternating_if_used,
           .window_size = {"sliding_window", "", default_window, derived},
           .special = special_rule::mlp_only_layers,
           .fixed = {{{"decoder_sparse_step", "1", "dense layers between the sparse ones"}}}},
    family{.model_type = "qwen3",
           .kv_heads = kv_heads_default(32),
           .head_dim = {"head_dim", "", 128},
           .shape = {.head_norm = true},
           .bias = bias_rule::attention,
           .window = window_rule::top_if_used,
           .window_size = {"sliding_window", "", default_window, derived}},
    family{.model_type = "qwen3_moe",
           .kv_heads = {"num_key_value_heads", "", 4},
           .head_dim = any_head_dim,
           .expert_count = {"num_experts", "num_local_experts"},
           .expert_active = {"num_experts_per_tok"},
           .expert_ffn = {"moe_intermediate_size"},
           .shape = {.head_norm = true},
           .bias = bias_rule::attention,
           .window = window_rule::all_if_used,
           .window_size = {"sliding_window", "", default_window, derived},
           .special = special_rule::mlp_only_layers,
           .fixed = {{{"decoder_sparse_step", "1", "dense layers between the sparse ones"}}}},
};

}  // namespace cardfit::io::detail
