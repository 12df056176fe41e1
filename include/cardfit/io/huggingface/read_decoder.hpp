// SPDX-License-Identifier: MIT
#pragma once

// Reads a transformer from the `config.json` beside its weights on the Hugging Face hub. The names that each model
// family has for its dimensions are in `dense_decoders.hpp` and `sparse_decoders.hpp`. A shape that cardfit cannot
// express is an error; it is never replaced by a similar one.

#include <cardfit/io/huggingface/decoders.hpp>
#include <cardfit/io/huggingface/read_sizes.hpp>
#include <cardfit/io/huggingface/read_special.hpp>
#include <cardfit/io/huggingface/read_window.hpp>
#include <cardfit/io/huggingface/shape_keys.hpp>
#include <cardfit/problem.hpp>

#include <algorithm>
#include <cstddef>

namespace cardfit::io {

namespace detail {

/// The biases of a layer by the matrices that have them.
struct bias_set {
    bool query_key_value = false;
    bool output = false;
    bool feed_forward = false;
};

/// Reads the flags of biases, and adds them to those that the shape of the family has.
inline void read_biases(const family& row, config_reader& in, transformer& m) {
    bias_set has{.query_key_value = m.biases != biases::none,
                 .output = m.biases == biases::all || m.output_bias,
                 .feed_forward = m.biases == biases::all || m.feed_forward_bias};
    for (const bias_flag& flag : row.biases) {
        if (flag.name.empty() || in.flag(flag.name, flag.absent) == flag.inverted) continue;
        const bool all = flag.matrices == biased::all;
        const bool attention = all || flag.matrices == biased::attention;
        has.query_key_value = has.query_key_value || attention || flag.matrices == biased::query_key_value;
        has.output = has.output || attention || flag.matrices == biased::output;
        has.feed_forward = has.feed_forward || all || flag.matrices == biased::feed_forward;
    }
    const bool everywhere = has.query_key_value && has.output && has.feed_forward;
    m.biases = everywhere ? biases::all : has.query_key_value ? biases::qkv : biases::none;
    m.output_bias = has.output && !everywhere;
    m.feed_forward_bias = has.feed_forward && !everywhere;
}

/// Reads the flags that add norms and biases elsewhere.
inline void read_flags(const family& row, config_reader& in, transformer& m) {
    read_biases(row, in, m);
    if (!row.norm.name.empty() && in.flag(row.norm.name, row.norm.absent))
        (row.norm.joint ? m.joint_norm : m.head_norm) = true;
    if (!row.router_bias.empty() && in.flag(row.router_bias, false)) m.experts.router_bias = true;
    if (!row.head_bias.empty() && in.flag(row.head_bias, false)) m.head_bias = true;
    m.tied_embeddings = in.flag("tie_word_embeddings", row.tied);
}

/// Reads the head from the name of the class that saved the weights, which must be one of the family. Without
/// `architectures`, the model has the head of a language model. Heads other than those named here have other shapes and
/// are errors.
inline void read_head(const family& row, config_reader& in, transformer& m) {
    const std::string accepted =
        "a list whose first name ends in ForCausalLM, LMHeadModel, ForSequenceClassification or Model (other heads "
        "are not supported)";
    const std::optional<class_name> c = class_of_file(in, accepted);
    if (!c) return;
    if (!is_class_of(*c, row.model_type, row.classes))
        return in.refuse("architectures",
                         "a class of the family " + std::string(row.model_type) + "; " + ways_forward());
    if (c->head == "ForSequenceClassification") {
        const nlohmann::json* labels = in.find("id2label");
        const bool listed = labels && labels->is_object() && !labels->empty();
        m.classes = listed ? static_cast<std::int64_t>(labels->size())
                           : in.size({"num_labels", "", 2}, 1, dimensions::classes.high);
        return;
    }
    const bool whole = row.special == special_rule::chatglm || !row.within.empty();
    if (c->head == "ForConditionalGeneration" && whole) return;
    // The class ChatGLMModel has the head.
    if (c->head == "Model") {
        m.headless = row.special != special_rule::chatglm;
        return;
    }
    if (c->head == "ForCausalLM" || c->head == "LMHeadModel") return;
    in.refuse("architectures", accepted);
}

/// Returns how many layers at the start have a dense feed-forward by a list with one entry per layer, or nothing if
/// dense layers stand between the sparse ones.
template <class IsDense>
[[nodiscard]] std::optional<std::int64_t> leading(const nlohmann::json& list, std::int64_t layers, IsDense is_dense) {
    if (!list.is_array() || list.size() != static_cast<std::size_t>(layers)) return std::nullopt;
    const auto sparse = std::find_if_not(list.begin(), list.end(), is_dense);
    if (std::any_of(sparse, list.end(), is_dense)) return std::nullopt;
    return static_cast<std::int64_t>(sparse - list.begin());
}

/// Reads `mlp_only_layers`, the indices of dense layers (Qwen). Only dense layers at the start can be expressed.
inline void read_mlp_only_layers(config_reader& in, transformer& m) {
    const nlohmann::json* list = in.find("mlp_only_layers");
    if (!list || list->is_null()) return;
    bool at_start = list->is_array() && list->size() <= static_cast<std::size_t>(m.layers);
    for (std::size_t i = 0; at_start && i < list->size(); ++i) {
        const auto index = static_cast<std::int64_t>(i);
        at_start = config_reader::integer((*list)[i], index, index).has_value();
    }
    if (!at_start)
        return in.refuse("mlp_only_layers", "[], or the first layers [0, 1, ...] (others are not supported)");
    if (!list->empty()) m.experts.dense_layers = static_cast<std::int64_t>(list->size());
}

/// Reads the lists that say which layers of a mixture of experts are dense, whatever the family calls them: the indices
/// of the dense ones, a type for each layer, or a frequency. Only dense layers at the start can be expressed.
inline void read_dense_layers(config_reader& in, transformer& m) {
    if (m.experts.count == 0) return;
    read_mlp_only_layers(in, m);
    if (const nlohmann::json* types = in.find("mlp_layer_types"); types && !types->is_null()) {
        const auto dense = leading(*types, m.layers, [](const nlohmann::json& type) { return type == "dense"; });
        if (dense) m.experts.dense_layers = *dense;
        if (!dense) in.refuse("mlp_layer_types", "a list of num_hidden_layers times \"dense\", then \"sparse\"");
    }
    const nlohmann::json* often = in.find("moe_layer_freq");
    if (!often || often->is_null() || *often == 1) return;
    const auto dense = leading(*often, m.layers, [](const nlohmann::json& each) { return each == 0; });
    if (dense) m.experts.dense_layers = *dense;
    if (!dense) in.refuse("moe_layer_freq", "1 (dense layers between the sparse ones are not supported)");
}

/// Returns the key of the file for a field that one of the rows has; empty if the family has no key for it.
template <class Rows, class Keys>
[[nodiscard]] std::string_view key_of_field(const Rows& rows, const Keys& keys, const config_reader& in,
                                            std::string_view field) {
    for (const auto& row : rows)
        if (field == row.field && !(keys.*row.key).name.empty()) return in.name(keys.*row.key);
    return {};
}

/// Returns the key of the file for a field of the transformer, or the field itself if the family has no key for it.
[[nodiscard]] inline std::string_view file_key(const family& row, const config_reader& in, std::string_view field) {
    for (const std::string_view key :
         {key_of_field(size_rows, row, in, field), key_of_field(expert_rows, row, in, field),
          key_of_field(index_rows, row.index, in, field), key_of_field(latent_rows, row.latent, in, field)})
        if (!key.empty()) return key;
    return field;
}

/// Adds the problems that problems(transformer) finds, under the keys of the file.
inline void add_shape_problems(const family& row, config_reader& in, const transformer& m) {
    if (m.head_dim == 0 && m.latent_attention.kv_rank == 0 && m.hidden % m.heads != 0) {
        in.refuse(in.name(row.heads), m.heads, "a divisor of the hidden size, " + std::to_string(m.hidden));
        return;
    }
    if (m.kv_heads > 0 && m.heads % m.kv_heads != 0) {
        in.refuse(file_key(row, in, "kv_heads"), m.kv_heads,
                  "a divisor of the number of heads, " + std::to_string(m.heads));
        return;
    }
    constexpr std::string_view prefix = "model.transformer.";
    for (const invalid_field& p : cardfit::problems(m)) {
        std::string_view field = p.field;
        const std::string_view words = p.accepted;
        if (field.substr(0, prefix.size()) == prefix) field.remove_prefix(prefix.size());
        in.refuse(file_key(row, in, field), p.value, words.empty() ? integers(p.low, p.high) : std::string(words));
    }
}

/// Returns the transformer of an object by the row of its family. `outer` has the architecture of the file.
[[nodiscard]] inline transformer read_body(const family& row, config_reader& in, transformer m,
                                           const std::vector<input_problem>& found) {
    read_sizes(row, in, m);
    read_flags(row, in, m);
    read_window(row, in, m);
    read_dense_layers(in, m);
    for (const fixed_key& key : row.fixed) in.fixed(key);
    read_special(row, in, m);
    read_latent_heads(in, m.latent_attention);
    read_equal_keys(row, in);
    static_cast<void>(in.size(row.prediction.layers, 0, dimensions::layers.high));
    refuse_unread_shapes(in, row.model_type, row.idle);
    if (found.empty()) add_shape_problems(row, in, m);
    return m;
}

/// Returns the transformer that a config.json describes by the row of its family. Throws input_error.
[[nodiscard]] inline transformer read_decoder_config(const family& row, const nlohmann::json& config,
                                                     const std::string& path) {
    std::vector<input_problem> found;
    config_reader outer(config, path, found);
    transformer m = row.shape;
    read_head(row, outer, m);
    const nlohmann::json* body = row.within.empty() ? &config : outer.find(row.within);
    if (!body || !body->is_object()) {
        outer.refuse(row.within, "an object");
    } else {
        config_reader in(*body, row.within.empty() ? path : outer.full(row.within), found);
        m = read_body(row, in, m, found);
        constexpr std::string_view tower[]{"vision_config"};
        if (!row.within.empty() && !outer.flag("tie_word_embeddings", true)) m.tied_embeddings = false;
        if (!row.within.empty()) refuse_unread_shapes(outer, row.model_type, tower);
    }
    if (!found.empty()) throw input_error(std::move(found));
    return m;
}

/// Returns the row of the family that the model_type of the file names. Throws input_error if there is none.
[[nodiscard]] inline const family& find_family(const nlohmann::json& config, const std::string& path) {
    const auto type = config.find("model_type");
    for (const family& row : families)
        if (type != config.end() && *type == std::string(row.model_type)) return row;
    const std::string key = path + ".model_type";
    const std::string accepted = "the model_type of a family that cardfit reads; " + ways_forward();
    throw input_error({type == config.end() ? missing_key(key, accepted) : refused_value(key, *type, accepted)});
}

}  // namespace detail

/// Returns the transformer that a parsed Hugging Face `config.json` describes. The supported families are the rows of
/// `huggingface/decoders.hpp`. For a multimodal Gemma 3, this is the text model; for DeepSeek-V3, it is the model
/// without its multi-token-prediction layer, which transformers does not load either. The sizes that distinguish one
/// model from another are required; for other absent keys, the default of the family's configuration class in
/// transformers is used. Keys that don't affect a shape are ignored; a key that affects the shape of other families,
/// with a value that matters, is a problem. Throws input_error with all problems, whose keys
/// have the prefix `model.huggingface.`.
[[nodiscard]] inline transformer read_huggingface_config(const nlohmann::json& config) {
    const std::string path = "model.huggingface";
    if (!config.is_object()) throw input_error({refused_value(path, config, "an object, as in a config.json")});
    return detail::read_decoder_config(detail::find_family(config, path), config, path);
}

}  // namespace cardfit::io
