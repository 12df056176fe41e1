// SPDX-License-Identifier: MIT
#pragma once

// Published encoder-decoders. Sources: the config.json beside each publisher's weights, and the paper named at each
// model. The parameter counts are compared with the publishers' in tests/model/encoder_decoder.static.cpp.

#include <cardfit/model/encoder_decoder.hpp>

#include <array>
#include <string_view>

namespace cardfit::models {

// clang-format off

/// Returns a T5 model (Raffel et al., arXiv 1910.10683, sections 2.1 and 3.7): RMS norms, no biases, 32 buckets of
/// relative positions, and heads of width 64 (128 in the two largest models). The model sets no longest source or
/// target.
/// @{
[[nodiscard]] constexpr encoder_decoder t5(std::int64_t layers, std::int64_t hidden, std::int64_t heads,
                                           std::int64_t head_dim, std::int64_t ffn) noexcept {
    return {.encoder_layers = layers, .decoder_layers = layers, .hidden = hidden, .heads = heads, .ffn = ffn,
            .vocab = 32128, .head_dim = head_dim, .norm = norm_kind::rms, .biases = biases::none, .stack_norms = 2,
            .relative_buckets = 32};
}
/// Returns a T5 v1.1 model (released_checkpoints.md of the repository), which is also the shape of Flan-T5 (arXiv
/// 2210.11416): it has a gated feed-forward, and its output head is not tied to the embedding.
[[nodiscard]] constexpr encoder_decoder t5_v1_1(std::int64_t layers, std::int64_t hidden, std::int64_t heads,
                                                std::int64_t ffn) noexcept {
    encoder_decoder m = t5(layers, hidden, heads, 64, ffn);
    m.ffn_gated = true; m.tied_embeddings = false;
    return m;
}
inline constexpr encoder_decoder t5_small = t5(6, 512, 8, 64, 2048);
inline constexpr encoder_decoder t5_base = t5(12, 768, 12, 64, 3072);
inline constexpr encoder_decoder t5_large = t5(24, 1024, 16, 64, 4096);
inline constexpr encoder_decoder t5_3b = t5(24, 1024, 32, 128, 16384);
inline constexpr encoder_decoder t5_11b = t5(24, 1024, 128, 128, 65536);
inline constexpr encoder_decoder flan_t5_small = t5_v1_1(8, 512, 6, 1024);
inline constexpr encoder_decoder flan_t5_base = t5_v1_1(12, 768, 12, 2048);
inline constexpr encoder_decoder flan_t5_large = t5_v1_1(24, 1024, 16, 2816);
inline constexpr encoder_decoder flan_t5_xl = t5_v1_1(24, 2048, 32, 5120);
inline constexpr encoder_decoder flan_t5_xxl = t5_v1_1(24, 4096, 64, 10240);
/// @}

/// Returns a BART model (arXiv 1910.13461). A norm of the embeddings precedes each stack; the table of positions has
/// 1024 rows and two more that are not used.
/// @{
[[nodiscard]] constexpr encoder_decoder bart(std::int64_t layers, std::int64_t hidden, std::int64_t heads) noexcept {
    return {.encoder_layers = layers, .decoder_layers = layers, .hidden = hidden, .heads = heads, .ffn = 4 * hidden,
            .vocab = 50265, .stack_norms = 2, .source_positions = 1026, .target_positions = 1026};
}
inline constexpr encoder_decoder bart_base = bart(6, 768, 12);
inline constexpr encoder_decoder bart_large = bart(12, 1024, 16);
/// @}

/// BART with a classifier of three classes, as a zero-shot classifier (facebook/bart-large-mnli).
/// @{
[[nodiscard]] constexpr encoder_decoder with_classes(encoder_decoder m, std::int64_t classes) noexcept {
    m.classes = classes;
    return m;
}
inline constexpr encoder_decoder bart_large_mnli = with_classes(bart_large, 3);
/// @}

/// Returns a translator of NLLB-200 (arXiv 2207.04672) of BART's layers: a norm behind each stack, and sines for
/// positions, which the file does not store.
/// @{
[[nodiscard]] constexpr encoder_decoder nllb(std::int64_t layers, std::int64_t hidden, std::int64_t ffn) noexcept {
    return {.encoder_layers = layers, .decoder_layers = layers, .hidden = hidden, .heads = 16, .ffn = ffn,
            .vocab = 256206, .stack_norms = 2};
}
inline constexpr encoder_decoder nllb_200_distilled_600m = nllb(12, 1024, 4096);
inline constexpr encoder_decoder nllb_200_3_3b = nllb(24, 2048, 8192);
/// mBART-50 (arXiv 2008.00401): a norm of the embeddings and one behind the layers in each stack.
inline constexpr encoder_decoder mbart_large_50{
    .encoder_layers = 12, .decoder_layers = 12, .hidden = 1024, .heads = 16, .ffn = 4096, .vocab = 250054,
    .stack_norms = 4, .source_positions = 1026, .target_positions = 1026};
/// Returns an mT5 model (arXiv 2010.11934): T5 v1.1 with 250,112 words.
[[nodiscard]] constexpr encoder_decoder mt5(std::int64_t layers, std::int64_t hidden, std::int64_t heads,
                                            std::int64_t ffn) noexcept {
    encoder_decoder m = t5_v1_1(layers, hidden, heads, ffn);
    m.vocab = 250112;
    return m;
}
inline constexpr encoder_decoder mt5_small = mt5(8, 512, 6, 1024);
inline constexpr encoder_decoder mt5_base = mt5(12, 768, 12, 2048);
/// @}

/// Returns a Whisper model (arXiv 2212.04356, table 1). Its source is always 30 seconds of audio, which are 1500
/// tokens; the prompt of an inference job is therefore 1500.
/// @{
[[nodiscard]] constexpr encoder_decoder whisper(std::int64_t encoder_layers, std::int64_t decoder_layers,
                                                std::int64_t hidden, std::int64_t heads, std::int64_t vocab = 51865,
                                                std::int64_t mel_bins = 80) noexcept {
    return {.encoder_layers = encoder_layers, .decoder_layers = decoder_layers, .hidden = hidden, .heads = heads,
            .ffn = 4 * hidden, .vocab = vocab, .key_bias = false, .stack_norms = 2, .source_positions = 1500,
            .target_positions = 448, .source_channels = mel_bins};
}
inline constexpr encoder_decoder whisper_tiny = whisper(4, 4, 384, 6);
inline constexpr encoder_decoder whisper_base = whisper(6, 6, 512, 8);
inline constexpr encoder_decoder whisper_small = whisper(12, 12, 768, 12);
inline constexpr encoder_decoder whisper_medium = whisper(24, 24, 1024, 16);
inline constexpr encoder_decoder whisper_large_v2 = whisper(32, 32, 1280, 20);
inline constexpr encoder_decoder whisper_large_v3 = whisper(32, 32, 1280, 20, 51866, 128);
inline constexpr encoder_decoder whisper_large_v3_turbo = whisper(32, 4, 1280, 20, 51866, 128);
/// Distil-Whisper (arXiv 2311.00430) keeps two layers of the decoder.
inline constexpr encoder_decoder distil_whisper_large_v3 = whisper(32, 2, 1280, 20, 51866, 128);
/// @}

// clang-format on

/// A model, its name in this library, and the repository of its published checkpoint on the Hugging Face hub.
struct encoder_decoder_entry {
    std::string_view id;           ///< name in the library, as the tool takes it
    std::string_view repository;   ///< of the published checkpoint on the Hugging Face hub
    const encoder_decoder* model;  ///< its shape
};

/// The models of this kind that are known by name.
inline constexpr std::array encoder_decoders{
    encoder_decoder_entry{"t5-small", "google-t5/t5-small", &t5_small},
    encoder_decoder_entry{"t5-base", "google-t5/t5-base", &t5_base},
    encoder_decoder_entry{"t5-large", "google-t5/t5-large", &t5_large},
    encoder_decoder_entry{"t5-3b", "google-t5/t5-3b", &t5_3b},
    encoder_decoder_entry{"t5-11b", "google-t5/t5-11b", &t5_11b},
    encoder_decoder_entry{"flan-t5-small", "google/flan-t5-small", &flan_t5_small},
    encoder_decoder_entry{"flan-t5-base", "google/flan-t5-base", &flan_t5_base},
    encoder_decoder_entry{"flan-t5-large", "google/flan-t5-large", &flan_t5_large},
    encoder_decoder_entry{"flan-t5-xl", "google/flan-t5-xl", &flan_t5_xl},
    encoder_decoder_entry{"flan-t5-xxl", "google/flan-t5-xxl", &flan_t5_xxl},
    encoder_decoder_entry{"bart-base", "facebook/bart-base", &bart_base},
    encoder_decoder_entry{"bart-large", "facebook/bart-large", &bart_large},
    encoder_decoder_entry{"bart-large-mnli", "facebook/bart-large-mnli", &bart_large_mnli},
    encoder_decoder_entry{"mbart-large-50", "facebook/mbart-large-50-many-to-many-mmt", &mbart_large_50},
    encoder_decoder_entry{"mt5-small", "google/mt5-small", &mt5_small},
    encoder_decoder_entry{"mt5-base", "google/mt5-base", &mt5_base},
    encoder_decoder_entry{"nllb-200-distilled-600m", "facebook/nllb-200-distilled-600M", &nllb_200_distilled_600m},
    encoder_decoder_entry{"nllb-200-3.3b", "facebook/nllb-200-3.3B", &nllb_200_3_3b},
    encoder_decoder_entry{"whisper-tiny", "openai/whisper-tiny", &whisper_tiny},
    encoder_decoder_entry{"whisper-base", "openai/whisper-base", &whisper_base},
    encoder_decoder_entry{"whisper-small", "openai/whisper-small", &whisper_small},
    encoder_decoder_entry{"whisper-medium", "openai/whisper-medium", &whisper_medium},
    encoder_decoder_entry{"whisper-large-v2", "openai/whisper-large-v2", &whisper_large_v2},
    encoder_decoder_entry{"whisper-large-v3", "openai/whisper-large-v3", &whisper_large_v3},
    encoder_decoder_entry{"whisper-large-v3-turbo", "openai/whisper-large-v3-turbo", &whisper_large_v3_turbo},
    encoder_decoder_entry{"distil-whisper-large-v3", "distil-whisper/distil-large-v3", &distil_whisper_large_v3},
};

}  // namespace cardfit::models
