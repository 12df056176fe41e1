// SPDX-License-Identifier: MIT
#pragma once

// The row of a family of transformers: the keys that it has in config.json for its dimensions, the defaults of its
// configuration class, and what all models of the family have in common. `dense_decoders.hpp` and `sparse_decoders.hpp`
// have the rows, and `read_decoder.hpp` reads files by them.

#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/model/transformer.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace cardfit::io::detail {

/// The matrices that a flag gives a bias.
enum class biased : unsigned char { query_key_value, output, attention, feed_forward, all };

/// A flag that adds biases to those that `shape` always has. With `inverted`, the flag takes them away.
struct bias_flag {
    std::string_view name = "";
    bool absent = false;  ///< the default of the class
    biased matrices = biased::all;
    bool inverted = false;
};

/// A flag that adds norms on queries and keys: of each head, or across all heads.
struct norm_flag {
    std::string_view name = "";
    bool absent = false;
    bool joint = false;
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
enum class special_rule : unsigned char {
    none,
    arctic,
    chatglm,
    dbrx,
    ernie,
    falcon,
    gpt_bigcode,
    mpt,
    opt,
    qwen,
    stablelm
};

/// The keys of latent attention.
struct latent_keys {
    size_key q_rank{};
    size_key kv_rank{};
    size_key nope_dim{};
    size_key rope_dim{};
    size_key value_dim{};
};

/// The keys of the indexer of sparse attention.
struct index_keys {
    size_key heads{};
    size_key head_dim{};
    size_key tokens{};
};

/// What a family has for multi-token prediction: layers behind the model's own, each with a matrix that joins two
/// hidden states, and some with an embedding and a head of their own. The model does not have them in transformers; an
/// engine that speculates with them loads them.
struct prediction_keys {
    size_key layers{};
    std::int64_t own_vocabulary_matrices = 0;  ///< an embedding and a head: 2
    std::int64_t norms = 3;                    ///< norms of the hidden size beside those of the layer
};

/// A key whose value must be that of another key, because the family has no room for another value.
struct equal_keys {
    std::string_view name = "";
    std::string_view other = "";
};

/// The row of a model family: the keys of its sizes, the shape that all of its models share, and its rules.
struct family {
    std::string_view model_type = "";
    /// The object inside config.json that has the keys. If this is empty, config.json itself has them.
    std::string_view within = "";
    /// The families that `architectures` may name; if empty, the model_type.
    std::array<std::string_view, 3> classes{};

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

    latent_keys latent{};
    index_keys index{};
    prediction_keys prediction{};

    transformer shape{};
    bool tied = false;  ///< the default of tie_word_embeddings
    std::array<bias_flag, 3> biases{};
    norm_flag norm{};
    std::string_view router_bias = "";  ///< the flag of a bias on the router, false if absent
    std::string_view head_bias = "";    ///< the flag of a bias on the vocabulary head, false if absent
    window_rule window = window_rule::none;
    size_key window_size{};
    std::int64_t window_every = 0;
    special_rule special = special_rule::none;
    std::array<fixed_key, 6> fixed{};
    std::array<equal_keys, 2> equal{};
    /// Keys that shape other families and that this one's class does not read.
    std::array<std::string_view, 6> idle{};
};

inline constexpr size_key kv_heads_or_heads{"num_key_value_heads", "", derived, derived};
inline constexpr size_key any_head_dim{"head_dim", "", derived, derived};
inline constexpr std::int64_t default_window = 4096;

inline constexpr bias_flag attention_biases{"attention_bias", false, biased::attention};
inline constexpr bias_flag feed_forward_biases{"mlp_bias", false, biased::feed_forward};

/// Returns the key num_key_value_heads of a class that has a number as its default, and that sets as many as there are
/// heads for None.
[[nodiscard]] constexpr size_key kv_heads_default(std::int64_t heads) {
    return {"num_key_value_heads", "", heads, derived};
}

/// Returns the keys of latent attention as DeepSeek names them, with the class's default for the rank of the queries:
/// modeling_deepseek_v3.py, DeepseekV3Attention. If q_lora_rank is null, one matrix computes the queries.
[[nodiscard]] constexpr latent_keys deepseek_latent(std::int64_t q_rank) {
    return {.q_rank = {"q_lora_rank", "", q_rank, derived},
            .kv_rank = {"kv_lora_rank"},
            .nope_dim = {"qk_nope_head_dim"},
            .rope_dim = {"qk_rope_head_dim"},
            .value_dim = {"v_head_dim"}};
}

}  // namespace cardfit::io::detail
