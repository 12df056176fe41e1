// SPDX-License-Identifier: MIT
#pragma once

// The families of encoder-decoders whose config.json can be read: the keys that they have for their dimensions, and the
// defaults of their configuration classes. There is one row per family; `read_encoder_decoder.hpp` reads files by these
// rows.
//
// Source of every row: src/transformers/models/<family>/configuration_<family>.py and modeling_<family>.py of
// github.com/huggingface/transformers (4.5x).

#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/model/encoder_decoder.hpp>

#include <array>
#include <string_view>

namespace cardfit::io::detail {

/// The row of a family of encoder-decoders.
struct encoder_decoder_family {
    std::string_view model_type = "";
    size_key encoder_layers{"encoder_layers"};
    size_key decoder_layers{"decoder_layers"};
    size_key hidden{"d_model"};
    size_key heads{"encoder_attention_heads"};
    size_key ffn{"encoder_ffn_dim"};
    size_key vocab{"vocab_size"};
    size_key head_dim{};
    size_key relative_buckets{};
    size_key source_positions{};
    size_key target_positions{};
    size_key source_channels{};
    /// Keys whose value must equal that of another key: the decoder must have the size of the encoder.
    size_key decoder_heads{"decoder_attention_heads"};
    size_key decoder_ffn{"decoder_ffn_dim"};
    /// The number of rows of the position embedding that no token uses.
    std::int64_t unused_positions = 0;
    /// True if the file states a gated feed-forward by a `feed_forward_proj` that begins with "gated-" or by
    /// `is_gated_act`.
    bool gated_by_name = false;
    encoder_decoder shape{};
    std::array<fixed_key, 4> fixed{};
};

inline constexpr std::array encoder_decoder_families{
    encoder_decoder_family{.model_type = "bart",
                           .source_positions = {"max_position_embeddings", "", 1024},
                           .target_positions = {"max_position_embeddings", "", 1024},
                           .unused_positions = 2,
                           .shape = {.stack_norms = 2},
                           .fixed = {{{"add_final_layer_norm", "false", "norms behind the stacks"},
                                      {"normalize_before", "false", "norms before each half of a layer"},
                                      {"static_position_embeddings", "false", "positions without parameters"}}}},
    encoder_decoder_family{.model_type = "t5",
                           .encoder_layers = {"num_layers"},
                           .decoder_layers = {"num_decoder_layers", "", derived, derived},
                           .heads = {"num_heads"},
                           .ffn = {"d_ff"},
                           .head_dim = {"d_kv", "", 64},
                           .relative_buckets = {"relative_attention_num_buckets", "", 32},
                           .decoder_heads = {},
                           .decoder_ffn = {},
                           .gated_by_name = true,
                           .shape = {.norm = norm_kind::rms, .biases = biases::none, .stack_norms = 2}},
    encoder_decoder_family{.model_type = "whisper",
                           .source_positions = {"max_source_positions", "", 1500},
                           .target_positions = {"max_target_positions", "", 448},
                           .source_channels = {"num_mel_bins", "", 80},
                           .shape = {.key_bias = false, .stack_norms = 2}},
};

}  // namespace cardfit::io::detail
