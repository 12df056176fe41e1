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
    /// The names of its classes before their endings; if empty, the model_type.
    std::array<std::string_view, 2> classes{};
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
    /// The number of labels of a classifier in a class named XForSequenceClassification; if it has no name, the family
    /// has no such class.
    size_key labels{};
    encoder_decoder shape{};
    std::array<fixed_key, 4> fixed{};
    /// Keys that shape other families and that this one's class does not read.
    std::array<std::string_view, 2> idle{};
};

/// Returns the row of BART's kin: they differ in norms outside the layers, and in what they store of positions.
[[nodiscard]] constexpr encoder_decoder_family bart_family(std::string_view model_type, std::int64_t stack_norms,
                                                           std::int64_t positions, std::int64_t unused_positions) {
    const size_key rows = positions > 0 ? size_key{"max_position_embeddings", "", positions} : size_key{};
    return {.model_type = model_type,
            .source_positions = rows,
            .target_positions = rows,
            .unused_positions = unused_positions,
            .shape = {.stack_norms = stack_norms},
            .idle = {"num_hidden_layers"}};
}

/// Returns the row of T5's kin.
[[nodiscard]] constexpr encoder_decoder_family t5_family(std::string_view model_type, bool table_in_each_layer) {
    return {.model_type = model_type,
            .encoder_layers = {"num_layers"},
            .decoder_layers = {"num_decoder_layers", "", derived, derived},
            .heads = {"num_heads"},
            .ffn = {"d_ff"},
            .head_dim = {"d_kv", "", 64},
            .relative_buckets = {"relative_attention_num_buckets", "", 32},
            .decoder_heads = {},
            .decoder_ffn = {},
            .gated_by_name = true,
            .shape = {.norm = norm_kind::rms,
                      .biases = biases::none,
                      .stack_norms = 2,
                      .relative_in_each_layer = table_in_each_layer}};
}

[[nodiscard]] constexpr encoder_decoder_family bart_row() {
    encoder_decoder_family row = bart_family("bart", 2, 1024, 2);
    row.labels = {"num_labels", "", 3};
    row.fixed = {{{"add_final_layer_norm", "false", "norms behind the stacks"},
                  {"normalize_before", "false", "norms before each half of a layer"},
                  {"static_position_embeddings", "false", "positions without parameters"}}};
    return row;
}

/// Returns the row of Marian. It stores the sines of its positions, and its class MarianMTModel has the head.
[[nodiscard]] constexpr encoder_decoder_family marian_row() {
    encoder_decoder_family row = bart_family("marian", 0, 1024, 0);
    row.classes = {"MarianMT", "Marian"};
    row.fixed = {{{"share_encoder_decoder_embeddings", "true", "a vocabulary for each stack"},
                  {"normalize_embedding", "false", "norms of the embeddings"},
                  {"add_final_layer_norm", "false", "norms behind the stacks"}}};
    return row;
}

inline constexpr std::array encoder_decoder_families{
    bart_row(),
    // Its sines are made when the model is built: modeling_m2m_100.py, M2M100SinusoidalPositionalEmbedding.
    bart_family("m2m_100", 2, 0, 0),
    marian_row(),
    // A norm of the embeddings and one behind the layers, in each stack: modeling_mbart.py.
    bart_family("mbart", 4, 1024, 2),
    t5_family("mt5", false),
    // It stores the sines of its positions, as Marian does: modeling_pegasus.py, PegasusSinusoidalPositionalEmbedding.
    bart_family("pegasus", 2, 1024, 0),
    t5_family("t5", false),
    t5_family("umt5", true),
    encoder_decoder_family{.model_type = "whisper",
                           .source_positions = {"max_source_positions", "", 1500},
                           .target_positions = {"max_target_positions", "", 448},
                           .source_channels = {"num_mel_bins", "", 80},
                           .shape = {.key_bias = false, .stack_norms = 2},
                           .idle = {"num_hidden_layers"}},
};

}  // namespace cardfit::io::detail
