// SPDX-License-Identifier: MIT
#pragma once

// Reads an encoder from its `config.json`.

#include <cardfit/io/huggingface/encoders.hpp>
#include <cardfit/io/huggingface/read_rows.hpp>
#include <cardfit/io/huggingface/shape_keys.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace cardfit::io::detail {

using encoder_row = sequence_row<encoder_family, encoder>;
inline constexpr std::array encoder_rows{
    encoder_row{&encoder_family::layers, &encoder::layers, 1, 1000},
    encoder_row{&encoder_family::hidden, &encoder::hidden, 1, 100'000},
    encoder_row{&encoder_family::heads, &encoder::heads, 1, 10'000},
    encoder_row{&encoder_family::head_dim, &encoder::head_dim, 1, 100'000},
    encoder_row{&encoder_family::ffn, &encoder::ffn, 1, million},
    encoder_row{&encoder_family::vocab, &encoder::vocab, 1, 10 * million},
    encoder_row{&encoder_family::positions, &encoder::positions, 1, million},
    encoder_row{&encoder_family::segments, &encoder::segments, 0, 1000},
    encoder_row{&encoder_family::relative_buckets, &encoder::relative_buckets, 1, 100'000},
};

/// Returns the number of labels: those listed, or the key's value or default.
[[nodiscard]] inline std::int64_t labels_of(config_reader& in, const size_key& key = {"num_labels", "", 2}) {
    const nlohmann::json* labels = in.find("id2label");
    if (labels && labels->is_object() && !labels->empty()) return static_cast<std::int64_t>(labels->size());
    return in.size(key, 1, million);
}

/// Returns how many classes a head has.
[[nodiscard]] inline std::int64_t classes_of(class_count count, config_reader& in, const encoder& m) {
    switch (count) {
        case class_count::none:
            return 0;
        case class_count::labels:
            return labels_of(in);
        case class_count::one:
            return 1;
        case class_count::two:
            return 2;
        case class_count::vocabulary:
            return m.vocab;
    }
    return 0;
}

/// Returns the endings of the classes of a family, as a refusal lists them.
[[nodiscard]] inline std::string accepted_heads(const encoder_family& row) {
    std::string text =
        "a list whose first name is a class of the family " + std::string(row.model_type) + " and ends in ";
    for (const encoder_head& each : row.behind)
        text += std::string(&each == row.behind.data() ? "" : " or ") + std::string(each.name);
    return text + " (other heads are not supported)";
}

/// Reads what stands behind the layers from the name of the class that saved the weights. Without `architectures`, it
/// is the body.
inline void read_encoder_head(const encoder_family& row, config_reader& in, encoder& m) {
    const std::string accepted = accepted_heads(row);
    const std::optional<class_name> c = class_of_file(in, accepted);
    const std::string ending = c ? c->head : "Model";
    for (const encoder_head& head : row.behind) {
        if (head.name != ending || (c && !is_class_of(*c, row.model_type, row.classes))) continue;
        m.pooler = head.pooler;
        m.transform = head.transform;
        m.vocabulary_head = head.vocabulary_head;
        m.classes = classes_of(head.classes, in, m);
        m.next_sentence_classes = head.next_sentence ? 2 : 0;
        return;
    }
    in.refuse("architectures", accepted);
}

/// Returns true if a text that lists parts with "|" between them, or a list, has this part.
[[nodiscard]] inline bool has_part(const nlohmann::json* value, std::string_view part) {
    if (!value) return false;
    if (value->is_string())
        return ("|" + value->get<std::string>() + "|").find("|" + std::string(part) + "|") != std::string::npos;
    return value->is_array() && std::find(value->begin(), value->end(), std::string(part)) != value->end();
}

/// Reads the relative positions of DeBERTa: modeling_deberta_v2.py, DisentangledSelfAttention and DebertaV2Encoder.
inline void read_disentangled(config_reader& in, encoder& m, bool second) {
    const std::int64_t width = in.size({"embedding_size", "", derived, derived}, 1, 100'000);
    if (width != m.hidden) m.embedding_size = width;
    if (m.embedding_size > 0) in.refuse("embedding_size", "hidden_size (others are not supported)");
    const std::int64_t longest = m.positions;
    if (!in.flag("position_biased_input", true)) m.positions = 0;
    if (!in.flag("relative_attention", false)) return;
    const nlohmann::json* stated = in.find("max_relative_positions");
    const bool own = stated && stated->is_number_integer() && *stated > 0;
    const std::int64_t span = own ? in.size({"max_relative_positions"}, 1, million) : longest;
    const nlohmann::json* buckets = second ? in.find("position_buckets") : nullptr;
    const bool bucketed = buckets && buckets->is_number_integer() && *buckets > 0;
    m.disentangled.rows = 2 * (bucketed ? in.size({"position_buckets"}, 1, million) : span);
    const nlohmann::json* kinds = in.find("pos_att_type");
    m.disentangled.content_to_position = has_part(kinds, "c2p");
    m.disentangled.position_to_content = has_part(kinds, "p2c");
    if (!second) return;
    m.disentangled.own_matrices = !in.flag("share_att_key", false);
    m.disentangled.table_norm = has_part(in.find("norm_rel_ebd"), "layer_norm");
}

/// Reads the width of the embedding of ELECTRA: modeling_electra.py, ElectraModel.
inline void read_electra(config_reader& in, encoder& m) {
    const std::int64_t width = in.size({"embedding_size", "", 128}, 1, 100'000);
    if (width != m.hidden) m.embedding_size = width;
}

/// Reads the windows of ModernBERT: modeling_modernbert.py, ModernBertAttention. The first layer has no norm before its
/// attention, so that with the last norm there are as many as in plain layers.
inline void read_modernbert(config_reader& in, encoder& m) {
    m.global_every = in.size({"global_attn_every_n_layers", "", 3}, 1, 1000);
    m.window = in.size({"local_attention", "", 128}, 1, million);
}

/// Reads the activation of Nomic BERT, which says whether the feed-forward is gated.
inline void read_nomic(config_reader& in, encoder& m) {
    const nlohmann::json* activation = in.find("activation_function");
    const std::string name = activation && activation->is_string() ? activation->get<std::string>() : "";
    m.ffn_gated = name == "swiglu" || name == "geglu" || name == "glu";
    if (!m.ffn_gated) in.refuse("activation_function", "\"swiglu\", \"geglu\" or \"glu\" (others are not supported)");
    const nlohmann::json* fraction = in.find("rotary_emb_fraction");
    if (!fraction || !fraction->is_number() || *fraction == 0)
        in.refuse("rotary_emb_fraction", "1.0 (learned positions are not supported)");
}

/// Reads whether the feed-forward of T5 is gated.
inline void read_t5_gate(config_reader& in, encoder& m) {
    m.ffn_gated = names_gate(in);
    if (in.flag("is_gated_act", false)) m.ffn_gated = true;
}

/// Reads a list of one number per convolution.
inline void read_convolutions(config_reader& in, std::string_view key, std::initializer_list<std::int64_t> absent,
                              std::int64_t (&to)[max_sound_layers], std::int64_t& count) {
    const nlohmann::json* list = in.find(key);
    std::vector<std::int64_t> values = absent;
    if (list && !list->is_null()) {
        values.clear();
        for (std::size_t i = 0; list->is_array() && i < list->size(); ++i)
            values.push_back(config_reader::integer((*list)[i], 1, 100'000).value_or(0));
    }
    const auto most = static_cast<std::size_t>(max_sound_layers);
    const bool sound =
        !values.empty() && values.size() <= most && std::find(values.begin(), values.end(), 0) == values.end();
    if (!sound) return in.refuse(key, "a list of 1 to " + std::to_string(max_sound_layers) + " positive integers");
    for (std::size_t i = 0; i < values.size(); ++i) to[i] = values[i];
    const auto length = static_cast<std::int64_t>(values.size());
    if (count > 0 && length != count)
        return in.refuse(key, "as many numbers as conv_dim has, " + std::to_string(count));
    count = length;
}

/// Reads what makes tokens of sound: modeling_wav2vec2.py, Wav2Vec2FeatureEncoder and Wav2Vec2PositionalConvEmbedding.
inline void read_sound(config_reader& in, encoder& m) {
    sound_front& s = m.sound;
    read_convolutions(in, "conv_dim", {512, 512, 512, 512, 512, 512, 512}, s.channels, s.layers);
    read_convolutions(in, "conv_kernel", {10, 3, 3, 3, 3, 2, 2}, s.kernels, s.layers);
    read_convolutions(in, "conv_stride", {5, 2, 2, 2, 2, 2, 2}, s.strides, s.layers);
    s.bias = in.flag("conv_bias", false);
    const nlohmann::json* norm = in.find("feat_extract_norm");
    s.norm_in_each_layer = norm && *norm == "layer";
    if (norm && *norm != "layer" && *norm != "group") in.refuse("feat_extract_norm", "\"group\" or \"layer\"");
    s.position_kernel = in.size({"num_conv_pos_embeddings", "", 128}, 1, 10'000);
    s.position_groups = in.size({"num_conv_pos_embedding_groups", "", 16}, 1, 10'000);
    in.fixed({"add_adapter", "false", "adapters behind the encoder"});
    in.fixed({"feat_proj_layer_norm", "true", "features without a norm"});
    in.fixed({"conv_pos_batch_norm", "false", "positions with a batch norm"});
    m.vocab = 0;
    m.positions = 0;
    m.outer_norms = 1;
    m.embedding_norm = false;
}

/// Applies the rule that a family has beyond sizes.
inline void read_encoder_rule(encoder_rule rule, config_reader& in, encoder& m) {
    switch (rule) {
        case encoder_rule::none:
            return;
        case encoder_rule::deberta:
            return read_disentangled(in, m, false);
        case encoder_rule::deberta_v2:
            return read_disentangled(in, m, true);
        case encoder_rule::electra:
            return read_electra(in, m);
        case encoder_rule::modernbert:
            return read_modernbert(in, m);
        case encoder_rule::nomic:
            return read_nomic(in, m);
        case encoder_rule::sound:
            return read_sound(in, m);
        case encoder_rule::t5:
            return read_t5_gate(in, m);
    }
}

/// Returns the encoder that a config.json describes by the row of its family. Throws input_error.
[[nodiscard]] inline encoder read_encoder_config(const encoder_family& row, const nlohmann::json& config,
                                                 const std::string& path) {
    std::vector<input_problem> found;
    config_reader in(config, path, found);
    encoder m = row.shape;
    read_rows(encoder_rows, row, in, m);
    if (m.segments == derived) m.segments = 0;
    read_encoder_head(row, in, m);
    read_encoder_rule(row.rule, in, m);
    if (m.vocabulary_head) m.tied_embeddings = in.flag("tie_word_embeddings", true);
    for (const fixed_key& key : row.fixed) in.fixed(key);
    static_cast<void>(in.find("tie_word_embeddings"));
    refuse_unread_shapes(in, row.model_type, row.idle);
    if (found.empty()) add_problems(in, m, "model.encoder.");
    if (!found.empty()) throw input_error(std::move(found));
    return m;
}

/// Returns the row of the encoder alone if the file's class is that of the encoder of an encoder-decoder, or null.
[[nodiscard]] inline const encoder_family* lone_encoder_of(const nlohmann::json& config, std::string_view model_type) {
    const auto list = config.find("architectures");
    const bool named = list != config.end() && list->is_array() && !list->empty() && list->front().is_string();
    if (!named || !list->front().get<std::string>().ends_with("EncoderModel")) return nullptr;
    for (const encoder_family& row : lone_encoders)
        if (row.model_type == model_type) return &row;
    return nullptr;
}

}  // namespace cardfit::io::detail
