// SPDX-License-Identifier: MIT
#pragma once

// Reads a transformer from the `config.json` beside its weights on the Hugging Face hub. The names that each model
// family has for its dimensions are in `decoders.hpp`. A shape that cardfit cannot express is an error; it is never
// replaced by a similar one.

#include <cardfit/io/huggingface/decoders.hpp>
#include <cardfit/problem.hpp>

#include <cstddef>

namespace cardfit::io {

namespace detail {

/// A size of the transformer: its field in problems(transformer), its key in the row of a family, and its bounds.
struct size_row {
    std::string_view field;
    size_key family::*key;
    std::int64_t transformer::*value;
    std::int64_t high;
};
/// A size of the mixture of experts: its field, its key in the row of a family, and its bounds.
struct expert_row {
    std::string_view field;
    size_key family::*key;
    std::int64_t mixture_of_experts::*value;
    std::int64_t low;
    std::int64_t high;
};

namespace dimensions = key_ranges::dimensions;
inline constexpr std::array size_rows{
    size_row{"layers", &family::layers, &transformer::layers, dimensions::layers.high},
    size_row{"hidden", &family::hidden, &transformer::hidden, dimensions::hidden.high},
    size_row{"heads", &family::heads, &transformer::heads, dimensions::heads.high},
    size_row{"kv_heads", &family::kv_heads, &transformer::kv_heads, dimensions::kv_heads.high},
    size_row{"head_dim", &family::head_dim, &transformer::head_dim, dimensions::head_dim.high},
    size_row{"ffn", &family::ffn, &transformer::ffn, dimensions::ffn.high},
    size_row{"vocab", &family::vocab, &transformer::vocab, dimensions::vocab.high},
    size_row{"positions", &family::positions, &transformer::positions, dimensions::positions.high},
};
inline constexpr std::array expert_rows{
    expert_row{"experts.count", &family::expert_count, &mixture_of_experts::count, 1, dimensions::experts.high},
    expert_row{"experts.active", &family::expert_active, &mixture_of_experts::active, 1,
               dimensions::active_experts.high},
    expert_row{"experts.ffn", &family::expert_ffn, &mixture_of_experts::ffn, 1, dimensions::expert_ffn.high},
    expert_row{"experts.shared", &family::shared_count, &mixture_of_experts::shared, 0,
               dimensions::shared_experts.high},
    expert_row{"experts.shared_ffn", &family::shared_ffn, &mixture_of_experts::shared_ffn, 1,
               dimensions::shared_ffn.high},
    expert_row{"experts.dense_layers", &family::dense_layers, &mixture_of_experts::dense_layers, 0,
               dimensions::dense_layers.high},
};

/// A size of the indexer of sparse attention: its field, its key in the row of a family, and its upper bound.
struct index_row {
    std::string_view field;
    size_key family::*key;
    std::int64_t sparse_attention::*value;
    std::int64_t high;
};
inline constexpr std::array index_rows{
    index_row{"sparse_attention.heads", &family::index_heads, &sparse_attention::heads,
              dimensions::sparse_attention_heads.high},
    index_row{"sparse_attention.head_dim", &family::index_head_dim, &sparse_attention::head_dim,
              dimensions::sparse_attention_head_dim.high},
    index_row{"sparse_attention.tokens", &family::index_tokens, &sparse_attention::tokens,
              dimensions::sparse_attention_tokens.high},
};

/// Reads the sizes that the row of the family has keys for.
inline void read_sizes(const family& row, config_reader& in, transformer& m) {
    for (const size_row& s : size_rows) m.*s.value = in.size(row.*s.key, 1, s.high);
    if (m.ffn == four_times_hidden) m.ffn = 4 * m.hidden;
    for (const expert_row& e : expert_rows) {
        if (!(row.*e.key).name.empty()) m.experts.*e.value = in.size(row.*e.key, e.low, e.high);
    }
    for (const index_row& i : index_rows) {
        if (!(row.*i.key).name.empty()) m.sparse_attention.*i.value = in.size(row.*i.key, 1, i.high);
    }
}

inline void read_biases(const family& row, config_reader& in, transformer& m) {
    const bool attention_too = row.bias == bias_rule::attention || row.bias == bias_rule::attention_and_mlp;
    const bool attention = attention_too && in.flag("attention_bias", false);
    const bool mlp = row.bias == bias_rule::attention_and_mlp && in.flag("mlp_bias", false);
    if (attention) m.biases = mlp ? biases::all : biases::qkv;
    m.output_bias = attention && !mlp;
    if (mlp && !attention) in.refuse("mlp_bias", "false (biases in the feed-forward alone are not supported)");
    if (row.bias == bias_rule::query_key_value && in.flag("qkv_bias", true)) m.biases = biases::qkv;
    if ((row.bias == bias_rule::all_if_bias && in.flag("bias", false)) ||
        (row.bias == bias_rule::all_if_enabled && in.flag("enable_bias", true)) ||
        (row.bias == bias_rule::all_unless_no_bias && !in.flag("no_bias", true))) {
        m.biases = biases::all;
    }
}

/// Returns which layers have the window, from the list `layer_types`. If this is not a list of the known types, adds a
/// problem and returns an empty list.
[[nodiscard]] inline std::vector<bool> listed_windows(const nlohmann::json& list, config_reader& in,
                                                      std::int64_t layers) {
    std::vector<bool> slides;
    bool known = list.is_array() && list.size() == static_cast<std::size_t>(layers);
    for (std::size_t i = 0; known && i < list.size(); ++i) {
        known = list[i] == "sliding_attention" || list[i] == "full_attention";
        slides.push_back(list[i] == "sliding_attention");
    }
    if (known) return slides;
    in.refuse("layer_types", "a list of num_hidden_layers times \"full_attention\" or \"sliding_attention\"");
    return {};
}

/// Returns which layers have the window by the rule of the family. The layer index `i` starts at 0.
[[nodiscard]] inline std::vector<bool> ruled_windows(const family& row, config_reader& in, std::int64_t layers) {
    constexpr std::int64_t class_default = 28;
    const bool bounded = row.window == window_rule::top_if_used || row.window == window_rule::alternating_if_used;
    const bool patterned = row.window == window_rule::pattern && row.window_every != 2;
    const std::int64_t bound = bounded ? in.size({"max_window_layers", "", class_default}, 0, 10'000) : 0;
    const std::int64_t every =
        patterned ? in.size({"sliding_window_pattern", "_sliding_window_pattern", row.window_every}, 1, 10'000) : 2;
    std::vector<bool> slides;
    for (std::int64_t i = 0; i < layers && every > 0; ++i) {
        const bool not_last = (i + 1) % every != 0;
        slides.push_back(row.window == window_rule::top_if_used           ? i >= bound
                         : row.window == window_rule::alternating_if_used ? not_last && i < bound
                         : row.window == window_rule::pattern             ? not_last
                                                                          : true);
    }
    return slides;
}

/// Reads the sliding window. cardfit can express a window in all layers, in none, or in all but every n-th layer.
inline void read_window(const family& row, config_reader& in, transformer& m) {
    if (row.window == window_rule::none) return;
    const bool by_flag = row.window != window_rule::all && row.window != window_rule::pattern;
    if (by_flag && !in.flag("use_sliding_window", false)) return;
    const std::int64_t window = in.size(row.window_size, 1, dimensions::sliding_window_window.high);
    if (window == 0 || m.layers == 0) return;
    const bool lists = row.window != window_rule::all && row.window != window_rule::all_if_used;
    const nlohmann::json* types = lists ? in.find("layer_types") : nullptr;
    const bool listed = types && !types->is_null();
    const std::vector<bool> slides = listed ? listed_windows(*types, in, m.layers) : ruled_windows(row, in, m.layers);

    const auto full = std::find(slides.begin(), slides.end(), false);
    if (std::find(slides.begin(), slides.end(), true) == slides.end()) return;
    m.sliding_window = {.window = window, .global_every = full == slides.end() ? 0 : full - slides.begin() + 1};
    for (std::size_t i = 0; m.sliding_window.global_every > 0 && i < slides.size(); ++i) {
        const bool global = static_cast<std::int64_t>(i + 1) % m.sliding_window.global_every == 0;
        if (global != slides[i]) continue;
        return in.refuse(listed ? "layer_types" : "max_window_layers",
                         "a window in all layers, in none, or in all but every n-th (others are not supported)");
    }
}

/// Reads the head from the name of the class that saved the weights. Without `architectures`, the model has the head of
/// a language model. Models without a head, and with heads other than those named here, have other shapes and are
/// errors.
inline void read_head(const family& row, config_reader& in, transformer& m) {
    const nlohmann::json* list = in.find("architectures");
    if (!list || list->is_null() || (list->is_array() && list->empty())) return;
    const bool encoder = row.shape.kind == model_kind::encoder;
    const bool named = list->is_array() && list->front().is_string();
    const std::string text = named ? list->front().get<std::string>() : "";
    if (encoder && text.ends_with("ForSequenceClassification")) {
        const nlohmann::json* labels = in.find("id2label");
        const bool listed = labels && labels->is_object() && !labels->empty();
        m.classes = listed ? static_cast<std::int64_t>(labels->size())
                           : in.size({"num_labels", "", 2}, 1, dimensions::classes.high);
        return;
    }
    if (encoder ? ends_with_any(text, {"ForPreTraining", "ForMaskedLM"})
                : ends_with_any(text, {"ForCausalLM", "LMHeadModel", "ForConditionalGeneration"})) {
        return;
    }
    in.refuse("architectures", encoder ? "a list whose first name ends in ForPreTraining, ForMaskedLM or "
                                         "ForSequenceClassification (other heads are not supported)"
                                       : "a list whose first name ends in ForCausalLM or LMHeadModel (other heads are "
                                         "not supported)");
}

/// Reads the rules of Falcon: modeling_falcon.py, FalconAttention and FalconDecoderLayer.
inline void read_falcon(config_reader& in, transformer& m) {
    const bool new_architecture = in.flag("new_decoder_architecture", false);
    const bool multi_query = in.flag("multi_query", true);
    const bool parallel = in.flag("parallel_attn", true);
    const std::int64_t norms = in.size({"num_ln_in_parallel_attn", "", derived, derived}, 1, 2);
    if (!new_architecture) m.kv_heads = multi_query ? 1 : m.heads;
    m.norms_per_layer = !parallel || norms == 2 || (new_architecture && norms == 0) ? 2 : 1;
}

/// Reads latent attention: modeling_deepseek_v3.py, DeepseekV3Attention. If q_lora_rank is null, one matrix computes
/// the queries.
inline void read_latent(config_reader& in, transformer& m) {
    constexpr std::int64_t q_rank = 1536;
    m.latent_attention = {
        .q_rank = in.size({"q_lora_rank", "", q_rank, derived}, 1, dimensions::latent_attention_q_rank.high),
        .kv_rank = in.size({"kv_lora_rank"}, 1, dimensions::latent_attention_kv_rank.high),
        .nope_dim = in.size({"qk_nope_head_dim"}, 1, dimensions::latent_attention_nope_dim.high),
        .rope_dim = in.size({"qk_rope_head_dim"}, 1, dimensions::latent_attention_rope_dim.high),
        .value_dim = in.size({"v_head_dim"}, 1, dimensions::latent_attention_value_dim.high)};
}

/// Reads the dense layers of Qwen's mixture-of-experts models. Only dense layers at the start can be expressed.
inline void read_mlp_only_layers(config_reader& in, transformer& m) {
    const nlohmann::json* list = in.find("mlp_only_layers");
    if (!list || list->is_null()) return;
    bool leading = list->is_array() && list->size() <= static_cast<std::size_t>(m.layers);
    for (std::size_t i = 0; leading && i < list->size(); ++i) {
        const auto index = static_cast<std::int64_t>(i);
        leading = config_reader::integer((*list)[i], index, index).has_value();
    }
    if (!leading) return in.refuse("mlp_only_layers", "[], or the first layers [0, 1, ...] (others are not supported)");
    m.experts.dense_layers = static_cast<std::int64_t>(list->size());
}

/// Reads the rules of MPT: modeling_mpt.py, and for multi-query attention the remote code beside the weights of
/// mosaicml.
inline void read_mpt(config_reader& in, transformer& m, std::vector<input_problem>& found) {
    m.ffn = in.size({"expansion_ratio", "", 4}, 1, 100) * m.hidden;
    const nlohmann::json* attention = in.find("attn_config");
    if (!attention || attention->is_null()) return;
    if (!attention->is_object()) return in.refuse("attn_config", "an object");
    config_reader inner(*attention, in.full("attn_config"), found);
    inner.fixed({"alibi", "true", "learned positions"});
    inner.fixed({"qk_ln", "false", "norms on whole queries and keys"});
    const nlohmann::json* type = inner.find("attn_type");
    if (!type || *type == "multihead_attention") return;
    if (*type == "multiquery_attention") {
        m.kv_heads = 1;
    } else {
        inner.refuse("attn_type", "\"multihead_attention\" or \"multiquery_attention\"");
    }
}

/// Reads the rules of OPT: modeling_opt.py, OPTLearnedPositionalEmbedding (an offset of 2), and the projections of
/// opt-350m.
inline void read_opt(config_reader& in, transformer& m) {
    if (m.positions > 0) m.positions += 2;
    const std::int64_t width = in.size({"word_embed_proj_dim", "", m.hidden, m.hidden}, 1, million);
    if (width > 0 && m.hidden > 0 && width != m.hidden) {
        in.refuse("word_embed_proj_dim",
                  "hidden_size, " + std::to_string(m.hidden) + " (projected embeddings are not supported)");
    }
}

/// Applies the rule that a family has beyond sizes and flags.
inline void read_special(const family& row, config_reader& in, transformer& m, std::vector<input_problem>& found) {
    switch (row.special) {
        case special_rule::none:
            break;
        case special_rule::falcon:
            read_falcon(in, m);
            break;
        case special_rule::latent:
            read_latent(in, m);
            break;
        case special_rule::mlp_only_layers:
            read_mlp_only_layers(in, m);
            break;
        case special_rule::mpt:
            read_mpt(in, m, found);
            break;
        case special_rule::opt:
            read_opt(in, m);
            break;
        // Qwen 1 halves its intermediate_size (rounded down): one half is the width of the gate, the other that of the
        // linear part.
        case special_rule::qwen:
            m.ffn /= 2;
            break;
    }
}

/// Returns the key of the file for a field of the transformer, or the field itself if the family has no key for it.
[[nodiscard]] inline std::string_view file_key(const family& row, const config_reader& in, std::string_view field) {
    for (const size_row& s : size_rows) {
        if (field == s.field && !(row.*s.key).name.empty()) return in.name(row.*s.key);
    }
    for (const expert_row& e : expert_rows) {
        if (field == e.field && !(row.*e.key).name.empty()) return in.name(row.*e.key);
    }
    for (const index_row& i : index_rows) {
        if (field == i.field && !(row.*i.key).name.empty()) return in.name(row.*i.key);
    }
    return field;
}

/// Adds the problems that problems(transformer) finds, under the keys of the file.
inline void add_shape_problems(const family& row, config_reader& in, const transformer& m) {
    if (m.head_dim == 0 && m.latent_attention.kv_rank == 0 && m.hidden % m.heads != 0) {
        in.refuse(in.name(row.heads), m.heads, "a divisor of the hidden size, " + std::to_string(m.hidden));
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

/// Returns the row of the family that the model_type of the file names. Throws input_error if there is none.
[[nodiscard]] inline const family& find_family(const nlohmann::json& config, const std::string& path) {
    std::string accepted = "one of ";
    const auto type = config.find("model_type");
    for (const family& row : families) {
        if (type != config.end() && *type == std::string(row.model_type)) return row;
        accepted += (&row == &families.front() ? "\"" : ", \"") + std::string(row.model_type) + "\"";
    }
    const std::string key = path + ".model_type";
    throw input_error({type == config.end() ? missing_key(key, accepted) : refused_value(key, *type, accepted)});
}

}  // namespace detail

/// Returns the transformer that a parsed Hugging Face `config.json` describes. The supported families are the rows of
/// `huggingface/decoders.hpp`. For a multimodal Gemma 3, this is the text model; for DeepSeek-V3, it is the model
/// without its multi-token-prediction layer, which transformers does not load either. The sizes that distinguish one
/// model from another are required; for other absent keys, the default of the family's configuration class in
/// transformers is used. Keys that don't affect the shape are ignored. Throws input_error with all problems, whose keys
/// have the prefix `model.huggingface.`.
[[nodiscard]] inline transformer read_huggingface_config(const nlohmann::json& config) {
    const std::string path = "model.huggingface";
    if (!config.is_object()) throw input_error({refused_value(path, config, "an object, as in a config.json")});
    const detail::family& row = detail::find_family(config, path);

    std::vector<input_problem> found;
    detail::config_reader outer(config, path, found);
    transformer m = row.shape;
    detail::read_head(row, outer, m);
    const nlohmann::json* body = row.within.empty() ? &config : outer.find(row.within);
    if (!body || !body->is_object()) outer.refuse(row.within, "an object");
    if (body && body->is_object()) {
        detail::config_reader in(*body, row.within.empty() ? path : outer.full(row.within), found);
        detail::read_sizes(row, in, m);
        detail::read_biases(row, in, m);
        detail::read_window(row, in, m);
        m.tied_embeddings = in.flag("tie_word_embeddings", row.tied);
        for (const detail::fixed_key& key : row.fixed) in.fixed(key);
        detail::read_special(row, in, m, found);
        if (found.empty()) detail::add_shape_problems(row, in, m);
    }
    if (!found.empty()) throw input_error(std::move(found));
    return m;
}

}  // namespace cardfit::io
