// SPDX-License-Identifier: MIT
#pragma once

// Published encoders: embedding models, rerankers, and bodies to fine-tune. Sources: the config.json beside each
// publisher's weights, recalled where no file stands in tests/io/configs. tests/model/encoder.static.cpp compares the
// parameter counts with what others state.

#include <cardfit/model/encoder.hpp>

#include <array>
#include <string_view>

namespace cardfit::models {

// clang-format off

/// Returns the body of BERT with its pooler (arXiv 1810.04805), which most embedding models are.
[[nodiscard]] constexpr encoder bert_body(std::int64_t layers, std::int64_t hidden, std::int64_t heads,
                                          std::int64_t vocab = 30522) noexcept {
    return {.layers = layers, .hidden = hidden, .heads = heads, .ffn = 4 * hidden, .vocab = vocab, .positions = 512,
            .segments = 2, .pooler = true};
}
/// Returns the body of XLM-RoBERTa with its pooler (arXiv 1911.02116); the first two positions are not used.
[[nodiscard]] constexpr encoder xlm_roberta_body(std::int64_t layers, std::int64_t hidden, std::int64_t heads,
                                                 std::int64_t positions) noexcept {
    return {.layers = layers, .hidden = hidden, .heads = heads, .ffn = 4 * hidden, .vocab = 250002,
            .positions = positions, .unused_positions = 2, .segments = 1, .pooler = true};
}
/// Returns an encoder with the head of masked words, as its checkpoint has it, in the place of a pooler.
[[nodiscard]] constexpr encoder with_masked_words(encoder m) noexcept {
    m.pooler = false; m.transform = true; m.vocabulary_head = true;
    return m;
}
/// Returns a ModernBERT (arXiv 2412.13663, table 4), whose feed-forward is gated, and which sees 128 tokens around each
/// in two layers of three.
[[nodiscard]] constexpr encoder modernbert(std::int64_t layers, std::int64_t hidden, std::int64_t heads,
                                           std::int64_t ffn) noexcept {
    return {.layers = layers, .hidden = hidden, .heads = heads, .ffn = ffn, .ffn_gated = true, .norm_bias = false,
            .biases = biases::none, .vocab = 50368, .window = 128, .global_every = 3, .transform = true,
            .vocabulary_head = true};
}
/// Returns a DeBERTa v3 (arXiv 2111.09543), without a head: 256 buckets of relative positions to each side.
[[nodiscard]] constexpr encoder deberta_v3(std::int64_t layers, std::int64_t hidden, std::int64_t heads) noexcept {
    return {.layers = layers, .hidden = hidden, .heads = heads, .ffn = 4 * hidden, .vocab = 128100,
            .disentangled = {.rows = 512, .table_norm = true, .content_to_position = true, .position_to_content = true}};
}

/// A published encoder, with the sizes of its configuration file.
/// @{
inline constexpr encoder all_minilm_l6_v2 = bert_body(6, 384, 12);
inline constexpr encoder all_minilm_l12_v2 = bert_body(12, 384, 12);
inline constexpr encoder bge_small_en = bert_body(12, 384, 12);
inline constexpr encoder bge_base_en = bert_body(12, 768, 12);
inline constexpr encoder bge_large_en = bert_body(24, 1024, 16);
inline constexpr encoder bge_m3 = xlm_roberta_body(24, 1024, 16, 8194);
inline constexpr encoder multilingual_e5_base = xlm_roberta_body(12, 768, 12, 514);
inline constexpr encoder multilingual_e5_large = xlm_roberta_body(24, 1024, 16, 514);
inline constexpr encoder xlm_roberta_base = with_masked_words(xlm_roberta_body(12, 768, 12, 514));
inline constexpr encoder xlm_roberta_large = with_masked_words(xlm_roberta_body(24, 1024, 16, 514));
/// RoBERTa (arXiv 1907.11692).
inline constexpr encoder roberta_base{
    .layers = 12, .hidden = 768, .heads = 12, .ffn = 3072, .vocab = 50265, .positions = 514, .unused_positions = 2,
    .segments = 1, .transform = true, .vocabulary_head = true};
/// DistilBERT (arXiv 1910.01108): without segments and pooler.
inline constexpr encoder distilbert_base{
    .layers = 6, .hidden = 768, .heads = 12, .ffn = 3072, .vocab = 30522, .positions = 512, .transform = true,
    .vocabulary_head = true};
/// MPNet (arXiv 2004.09297): positions, and 32 buckets of relative ones.
inline constexpr encoder all_mpnet_base_v2{
    .layers = 12, .hidden = 768, .heads = 12, .ffn = 3072, .vocab = 30527, .positions = 514, .unused_positions = 2,
    .relative_buckets = 32, .pooler = true};
/// Nomic Embed (arXiv 2402.01613): rotary positions, a gated feed-forward, no biases.
inline constexpr encoder nomic_embed_text_v1_5{
    .layers = 12, .hidden = 768, .heads = 12, .ffn = 3072, .ffn_gated = true, .biases = biases::none, .vocab = 30528,
    .segments = 2};
inline constexpr encoder modernbert_base = modernbert(22, 768, 12, 1152);
inline constexpr encoder modernbert_large = modernbert(28, 1024, 16, 2624);
inline constexpr encoder deberta_v3_base = deberta_v3(12, 768, 12);
inline constexpr encoder deberta_v3_large = deberta_v3(24, 1024, 16);
/// The encoder of T5 v1.1 XXL (arXiv 1910.10683), which reads prompts for SD 3 and FLUX.
inline constexpr encoder t5_xxl_encoder{
    .layers = 24, .hidden = 4096, .heads = 64, .head_dim = 64, .ffn = 10240, .ffn_gated = true, .norm = norm_kind::rms,
    .biases = biases::none, .vocab = 32128, .embedding_norm = false, .outer_norms = 1, .relative_buckets = 32,
    .bias_as_mask = true};
/// wav2vec 2.0 base (arXiv 2006.11477, section 4.2) as a recognizer of 32 letters: 50 tokens per second of sound.
inline constexpr encoder wav2vec2_base_960h{
    .layers = 12, .hidden = 768, .heads = 12, .ffn = 3072, .embedding_norm = false, .outer_norms = 1,
    .sound = {.layers = 7, .channels = {512, 512, 512, 512, 512, 512, 512}, .kernels = {10, 3, 3, 3, 3, 2, 2},
              .strides = {5, 2, 2, 2, 2, 2, 2}},
    .classes = 32};
/// @}

// clang-format on

/// A model, its name in this library, and the repository of its published checkpoint on the Hugging Face hub.
struct encoder_entry {
    std::string_view id;          ///< name in the library, as the tool takes it
    std::string_view repository;  ///< of the published checkpoint on the Hugging Face hub
    const encoder* model;         ///< its shape
};

/// A published encoder, with the sizes of its configuration file.
/// @{
inline constexpr std::array encoders{
    encoder_entry{"all-minilm-l6-v2", "sentence-transformers/all-MiniLM-L6-v2", &all_minilm_l6_v2},
    encoder_entry{"all-minilm-l12-v2", "sentence-transformers/all-MiniLM-L12-v2", &all_minilm_l12_v2},
    encoder_entry{"all-mpnet-base-v2", "sentence-transformers/all-mpnet-base-v2", &all_mpnet_base_v2},
    encoder_entry{"bge-small-en-v1.5", "BAAI/bge-small-en-v1.5", &bge_small_en},
    encoder_entry{"bge-base-en-v1.5", "BAAI/bge-base-en-v1.5", &bge_base_en},
    encoder_entry{"bge-large-en-v1.5", "BAAI/bge-large-en-v1.5", &bge_large_en},
    encoder_entry{"bge-m3", "BAAI/bge-m3", &bge_m3},
    encoder_entry{"multilingual-e5-base", "intfloat/multilingual-e5-base", &multilingual_e5_base},
    encoder_entry{"multilingual-e5-large", "intfloat/multilingual-e5-large", &multilingual_e5_large},
    encoder_entry{"nomic-embed-text-v1.5", "nomic-ai/nomic-embed-text-v1.5", &nomic_embed_text_v1_5},
    encoder_entry{"modernbert-base", "answerdotai/ModernBERT-base", &modernbert_base},
    encoder_entry{"modernbert-large", "answerdotai/ModernBERT-large", &modernbert_large},
    encoder_entry{"distilbert-base", "distilbert/distilbert-base-uncased", &distilbert_base},
    encoder_entry{"roberta-base", "FacebookAI/roberta-base", &roberta_base},
    encoder_entry{"xlm-roberta-base", "FacebookAI/xlm-roberta-base", &xlm_roberta_base},
    encoder_entry{"xlm-roberta-large", "FacebookAI/xlm-roberta-large", &xlm_roberta_large},
    encoder_entry{"deberta-v3-base", "microsoft/deberta-v3-base", &deberta_v3_base},
    encoder_entry{"deberta-v3-large", "microsoft/deberta-v3-large", &deberta_v3_large},
    encoder_entry{"t5-xxl-encoder", "google/t5-v1_1-xxl", &t5_xxl_encoder},
    encoder_entry{"wav2vec2-base-960h", "facebook/wav2vec2-base-960h", &wav2vec2_base_960h},
};
/// @}

}  // namespace cardfit::models
