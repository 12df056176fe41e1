// SPDX-License-Identifier: MIT
#pragma once

// Reads an encoder-decoder from its `config.json`.

#include <cardfit/io/huggingface/encoder_decoders.hpp>
#include <cardfit/io/huggingface/read_encoder.hpp>
#include <cardfit/io/huggingface/read_rows.hpp>
#include <cardfit/io/huggingface/shape_keys.hpp>

namespace cardfit::io::detail {

using encoder_decoder_row = sequence_row<encoder_decoder_family, encoder_decoder>;
inline constexpr std::array encoder_decoder_rows{
    encoder_decoder_row{&encoder_decoder_family::encoder_layers, &encoder_decoder::encoder_layers, 1, 1000},
    encoder_decoder_row{&encoder_decoder_family::decoder_layers, &encoder_decoder::decoder_layers, 1, 1000},
    encoder_decoder_row{&encoder_decoder_family::hidden, &encoder_decoder::hidden, 1, 100'000},
    encoder_decoder_row{&encoder_decoder_family::heads, &encoder_decoder::heads, 1, 10'000},
    encoder_decoder_row{&encoder_decoder_family::ffn, &encoder_decoder::ffn, 1, million},
    encoder_decoder_row{&encoder_decoder_family::vocab, &encoder_decoder::vocab, 1, 10 * million},
    encoder_decoder_row{&encoder_decoder_family::head_dim, &encoder_decoder::head_dim, 1, 100'000},
    encoder_decoder_row{&encoder_decoder_family::relative_buckets, &encoder_decoder::relative_buckets, 1, 100'000},
    encoder_decoder_row{&encoder_decoder_family::source_positions, &encoder_decoder::source_positions, 1, million},
    encoder_decoder_row{&encoder_decoder_family::target_positions, &encoder_decoder::target_positions, 1, million},
    encoder_decoder_row{&encoder_decoder_family::source_channels, &encoder_decoder::source_channels, 1, 100'000},
};

/// Checks the class of the file, and reads the size of its classifier if it has one. A file of the body alone counts as
/// the whole model, because the head shares the matrix of the embedding.
inline void read_classifier(const encoder_decoder_family& row, config_reader& in, encoder_decoder& m) {
    constexpr std::string_view classifier = "ForSequenceClassification";
    const nlohmann::json* list = row.labels.name.empty() ? nullptr : in.find("architectures");
    const bool named = list && list->is_array() && !list->empty() && list->front().is_string();
    if (!named || !list->front().get<std::string>().ends_with(classifier))
        return check_class(in, row.model_type, row.classes, {"ForConditionalGeneration", "Model"});
    check_class(in, row.model_type, row.classes, {classifier});
    m.classes = labels_of(in, row.labels);
}

[[nodiscard]] inline encoder_decoder read_encoder_decoder_config(const encoder_decoder_family& row,
                                                                 const nlohmann::json& config,
                                                                 const std::string& path) {
    std::vector<input_problem> found;
    config_reader in(config, path, found);
    encoder_decoder m = row.shape;
    read_classifier(row, in, m);
    read_rows(encoder_decoder_rows, row, in, m);
    if (m.decoder_layers == derived) m.decoder_layers = m.encoder_layers;
    if (m.source_positions > 0) m.source_positions += row.unused_positions;
    if (m.target_positions > 0) m.target_positions += row.unused_positions;
    for (const auto& [key, value] : {std::pair{row.decoder_heads, m.heads}, std::pair{row.decoder_ffn, m.ffn}})
        if (!key.name.empty() && in.find(key.name) && in.size(key, 1, million) != value)
            in.refuse(key.name, "the encoder's, " + std::to_string(value) + " (others are not supported)");
    if (row.gated_by_name) m.ffn_gated = names_gate(in);
    // Some files of Flan-T5 name an activation without a gate and set this flag; the flag then decides.
    if (row.gated_by_name && in.flag("is_gated_act", false)) m.ffn_gated = true;
    m.tied_embeddings = in.flag("tie_word_embeddings", true);
    for (const fixed_key& key : row.fixed) in.fixed(key);
    refuse_unread_shapes(in, row.model_type, row.idle);
    if (found.empty()) add_problems(in, m, "model.encoder_decoder.");
    if (!found.empty()) throw input_error(std::move(found));
    return m;
}

}  // namespace cardfit::io::detail
