// SPDX-License-Identifier: MIT
#pragma once

// The families of encoders whose config.json can be read: the keys that they have for their dimensions, the defaults of
// their configuration classes, and what each of their classes has behind the layers. There is one row per family;
// `read_encoder.hpp` reads files by these rows.
//
// Source of every row: src/transformers/models/<family>/configuration_<family>.py and modeling_<family>.py of
// github.com/huggingface/transformers (4.5x); for nomic_bert modeling_hf_nomic_bert.py of nomic-ai/nomic-bert-2048, for
// new modeling.py of Alibaba-NLP/new-impl.

#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/model/encoder.hpp>

#include <array>
#include <span>
#include <string_view>

namespace cardfit::io::detail {

/// How many classes a head has.
enum class class_count : unsigned char {
    none,
    labels,  ///< as many as the file has labels
    one,
    two,
    vocabulary  ///< one per letter that is heard (CTC)
};

/// What a class has behind the layers, by the ending of its name.
struct encoder_head {
    std::string_view name = "";
    bool pooler = false;
    bool transform = false;
    bool vocabulary_head = false;
    class_count classes = class_count::none;
    bool next_sentence = false;
};

inline constexpr encoder_head bert_heads[]{
    {.name = "Model", .pooler = true},
    {.name = "ForMaskedLM", .transform = true, .vocabulary_head = true},
    {.name = "ForPreTraining", .pooler = true, .transform = true, .vocabulary_head = true, .next_sentence = true},
    {.name = "ForSequenceClassification", .pooler = true, .classes = class_count::labels},
    {.name = "ForTokenClassification", .classes = class_count::labels},
    {.name = "ForQuestionAnswering", .classes = class_count::two},
    {.name = "ForMultipleChoice", .pooler = true, .classes = class_count::one},
    {.name = "ForNextSentencePrediction", .pooler = true, .classes = class_count::two},
};
/// The classifier of RoBERTa and its kin has a matrix of hidden x hidden in the place of the pooler.
inline constexpr encoder_head roberta_heads[]{
    {.name = "Model", .pooler = true},
    {.name = "ForMaskedLM", .transform = true, .vocabulary_head = true},
    {.name = "ForSequenceClassification", .pooler = true, .classes = class_count::labels},
    {.name = "ForTokenClassification", .classes = class_count::labels},
    {.name = "ForQuestionAnswering", .classes = class_count::two},
};
/// DistilBERT and DeBERTa have that matrix in front of a classifier alone.
inline constexpr encoder_head poolerless_heads[]{
    {.name = "Model"},
    {.name = "ForMaskedLM", .transform = true, .vocabulary_head = true},
    {.name = "ForSequenceClassification", .pooler = true, .classes = class_count::labels},
    {.name = "ForTokenClassification", .classes = class_count::labels},
    {.name = "ForQuestionAnswering", .classes = class_count::two},
};
/// ELECTRA's pre-training tells for each token whether it was replaced.
inline constexpr encoder_head electra_heads[]{
    {.name = "Model"},
    {.name = "ForPreTraining", .pooler = true, .classes = class_count::one},
    {.name = "ForMaskedLM", .transform = true, .vocabulary_head = true},
    {.name = "ForSequenceClassification", .pooler = true, .classes = class_count::labels},
    {.name = "ForTokenClassification", .classes = class_count::labels},
    {.name = "ForQuestionAnswering", .classes = class_count::two},
};
inline constexpr encoder_head modernbert_heads[]{
    {.name = "Model"},
    {.name = "ForMaskedLM", .transform = true, .vocabulary_head = true},
    {.name = "ForSequenceClassification", .transform = true, .classes = class_count::labels},
    {.name = "ForTokenClassification", .transform = true, .classes = class_count::labels},
};
inline constexpr encoder_head new_heads[]{
    {.name = "Model"},
    {.name = "ForSequenceClassification", .pooler = true, .classes = class_count::labels},
    {.name = "ForTokenClassification", .classes = class_count::labels},
};
inline constexpr encoder_head body_alone[]{{.name = "Model"}};
inline constexpr encoder_head sound_heads[]{
    {.name = "Model"},
    {.name = "ForCTC", .classes = class_count::vocabulary},
};

/// What a family has beyond sizes: each one is a function of the reader.
enum class encoder_rule : unsigned char { none, deberta, deberta_v2, electra, modernbert, nomic, sound, t5 };

/// The row of a family of encoders.
struct encoder_family {
    std::string_view model_type = "";
    /// The names of its classes before their endings; if empty, the model_type.
    std::array<std::string_view, 2> classes{};
    size_key layers{"num_hidden_layers"};
    size_key hidden{"hidden_size"};
    size_key heads{"num_attention_heads"};
    size_key head_dim{};
    size_key ffn{"intermediate_size"};
    size_key vocab{"vocab_size"};
    size_key positions{"max_position_embeddings", "", 512};
    size_key segments{};
    size_key relative_buckets{};
    std::span<const encoder_head> behind{};
    encoder shape{};
    encoder_rule rule = encoder_rule::none;
    std::array<fixed_key, 8> fixed{};
    /// Keys that shape other families and that this one's class does not read.
    std::array<std::string_view, 4> idle{};
};

inline constexpr size_key two_segments{"type_vocab_size", "", 2};
inline constexpr fixed_key absolute_positions{"position_embedding_type", "\"absolute\"", "relative positions"};
inline constexpr fixed_key no_decoder{"is_decoder", "false", "a decoder of this family"};
inline constexpr fixed_key no_cross_attention{"add_cross_attention", "false", "cross-attention layers"};

/// Returns the row of RoBERTa under another name of its model_type.
[[nodiscard]] constexpr encoder_family roberta_family(std::string_view model_type, std::string_view stem) {
    return {.model_type = model_type,
            .classes = {stem},
            .segments = two_segments,
            .behind = roberta_heads,
            .shape = {.unused_positions = 2},
            .fixed = {{absolute_positions, no_decoder, no_cross_attention}}};
}

/// Returns the row of the encoder of T5 alone, in a class named XEncoderModel.
[[nodiscard]] constexpr encoder_family t5_encoder(std::string_view model_type, std::string_view stem,
                                                  bool table_in_each_layer) {
    return {.model_type = model_type,
            .classes = {stem},
            .layers = {"num_layers"},
            .hidden = {"d_model"},
            .heads = {"num_heads"},
            .head_dim = {"d_kv", "", 64},
            .ffn = {"d_ff"},
            .positions = {},
            .relative_buckets = {"relative_attention_num_buckets", "", 32},
            .behind = body_alone,
            .shape = {.norm = norm_kind::rms,
                      .biases = biases::none,
                      .embedding_norm = false,
                      .outer_norms = 1,
                      .relative_in_each_layer = table_in_each_layer,
                      .bias_as_mask = true},
            .rule = encoder_rule::t5};
}

inline constexpr std::array encoder_families{
    encoder_family{.model_type = "bert",
                   .segments = two_segments,
                   .behind = bert_heads,
                   .fixed = {{absolute_positions, no_decoder, no_cross_attention}}},
    roberta_family("camembert", "Camembert"),
    encoder_family{.model_type = "deberta",
                   .segments = {"type_vocab_size", "", 0},
                   .behind = poolerless_heads,
                   .shape = {.key_bias = false, .disentangled = {.own_matrices = true, .key_position_bias = false}},
                   .rule = encoder_rule::deberta,
                   .fixed = {{{"talking_head", "false", "talking heads"}}}},
    encoder_family{.model_type = "deberta-v2",
                   .head_dim = {"attention_head_size", "", derived, derived},
                   .segments = {"type_vocab_size", "", 0},
                   .behind = poolerless_heads,
                   .rule = encoder_rule::deberta_v2,
                   .fixed = {{{"conv_kernel_size", "0", "convolutions over tokens"}}}},
    encoder_family{.model_type = "distilbert",
                   .layers = {"n_layers", "num_hidden_layers"},
                   .hidden = {"dim", "hidden_size"},
                   .heads = {"n_heads", "num_attention_heads"},
                   .ffn = {"hidden_dim"},
                   .behind = poolerless_heads},
    encoder_family{.model_type = "electra",
                   .segments = two_segments,
                   .behind = electra_heads,
                   .rule = encoder_rule::electra,
                   .fixed = {{absolute_positions, no_decoder, no_cross_attention}}},
    encoder_family{.model_type = "hubert", .behind = sound_heads, .rule = encoder_rule::sound},
    encoder_family{.model_type = "modernbert",
                   .positions = {},
                   .behind = modernbert_heads,
                   .shape = {.ffn_gated = true, .norm_bias = false, .biases = biases::none},
                   .rule = encoder_rule::modernbert,
                   .fixed = {{{"attention_bias", "false", "biases"},
                              {"mlp_bias", "false", "biases"},
                              {"norm_bias", "false", "norms with a bias"},
                              {"decoder_bias", "true", "a head without a bias"},
                              {"classifier_bias", "false", "a head with a bias"},
                              {"tie_word_embeddings", "true", "a head of its own"}}}},
    encoder_family{.model_type = "mpnet",
                   .relative_buckets = {"relative_attention_num_buckets", "", 32},
                   .behind = roberta_heads,
                   .shape = {.unused_positions = 2}},
    encoder_family{.model_type = "new",
                   .positions = {},
                   .segments = {"type_vocab_size", "", 1},
                   .behind = new_heads,
                   .shape = {.ffn_gated = true, .biases = biases::qkv, .output_bias = true, .down_bias = true},
                   .fixed = {{{"position_embedding_type", "\"rope\"", "learned positions"},
                              {"layer_norm_type", "\"layer_norm\"", "other norms"},
                              {"logn_attention_scale", "false", "scaled scores"}}}},
    encoder_family{.model_type = "nomic_bert",
                   .layers = {"n_layer", "num_hidden_layers"},
                   .hidden = {"n_embd", "hidden_size"},
                   .heads = {"n_head", "num_attention_heads"},
                   .ffn = {"n_inner"},
                   .positions = {},
                   .segments = two_segments,
                   .behind = body_alone,
                   .shape = {.ffn_gated = true, .biases = biases::none},
                   .rule = encoder_rule::nomic,
                   .fixed = {{{"qkv_proj_bias", "false", "biases"},
                              {"mlp_fc1_bias", "false", "biases"},
                              {"mlp_fc2_bias", "false", "biases"},
                              {"moe_every_n_layers", "0", "experts"},
                              {"use_rms_norm", "false", "RMSNorms"},
                              {"prenorm", "false", "norms before each half of a layer"}}},
                   .idle = {"num_experts"}},
    roberta_family("roberta", "Roberta"),
    encoder_family{.model_type = "wav2vec2", .behind = sound_heads, .rule = encoder_rule::sound},
    encoder_family{.model_type = "wavlm",
                   .relative_buckets = {"num_buckets", "", 320},
                   .behind = sound_heads,
                   .shape = {.gates_positions = true},
                   .rule = encoder_rule::sound},
    roberta_family("xlm-roberta", "XLMRoberta"),
};

/// The encoders of encoder-decoders, in classes of their own: T5EncoderModel.
inline constexpr std::array lone_encoders{
    t5_encoder("t5", "T5Encoder", false),
    t5_encoder("mt5", "MT5Encoder", false),
    t5_encoder("umt5", "UMT5Encoder", true),
};

}  // namespace cardfit::io::detail
