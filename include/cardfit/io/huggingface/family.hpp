// SPDX-License-Identifier: MIT
#pragma once

// The row of a family of transformers: the keys that it has in config.json for its dimensions, the defaults of its
// configuration class, and what all models of the family have in common. `decoders.hpp` has the rows, and
// `read_decoder.hpp` reads files by them.

#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/model/transformer.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace cardfit::io::detail {

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

}  // namespace cardfit::io::detail
