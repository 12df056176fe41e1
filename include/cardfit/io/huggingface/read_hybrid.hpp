// SPDX-License-Identifier: MIT
#pragma once

// Reads a recurrent model, with or without attention layers, from its `config.json`.

#include <cardfit/io/huggingface/hybrids.hpp>
#include <cardfit/io/huggingface/read_kimi.hpp>
#include <cardfit/io/huggingface/read_rows.hpp>
#include <cardfit/io/huggingface/read_sizes.hpp>
#include <cardfit/io/huggingface/shape_keys.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>

namespace cardfit::io::detail {

inline constexpr std::array hybrid_rows{
    sequence_row<hybrid_family, hybrid>{&hybrid_family::layers, &hybrid::layers, 1, max_listed_layers},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::hidden, &hybrid::hidden, 1, million},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::vocab, &hybrid::vocab, 1, 10 * million},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::heads, &hybrid::heads, 1, 10'000},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::kv_heads, &hybrid::kv_heads, 1, 10'000},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::head_dim, &hybrid::head_dim, 1, 100'000},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::ffn, &hybrid::ffn, 1, 10 * million},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::window, &hybrid::window, 1, 1000 * million},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::expert_latent, &hybrid::expert_latent, 1, million},
};
inline constexpr std::array state_rows{
    sequence_row<hybrid_family, state_space>{&hybrid_family::state, &state_space::state, 1, 100'000},
    sequence_row<hybrid_family, state_space>{&hybrid_family::kernel, &state_space::kernel, 1, 1000},
    sequence_row<hybrid_family, state_space>{&hybrid_family::groups, &state_space::groups, 1, 10'000},
    sequence_row<hybrid_family, state_space>{&hybrid_family::state_heads, &state_space::heads, 1, 100'000},
};
inline constexpr std::array hybrid_expert_rows{
    sequence_row<hybrid_family, mixture_of_experts>{&hybrid_family::expert_count, &mixture_of_experts::count, 0,
                                                    100'000},
    sequence_row<hybrid_family, mixture_of_experts>{&hybrid_family::expert_active, &mixture_of_experts::active, 0,
                                                    100'000},
    sequence_row<hybrid_family, mixture_of_experts>{&hybrid_family::expert_ffn, &mixture_of_experts::ffn, 1,
                                                    10 * million},
    sequence_row<hybrid_family, mixture_of_experts>{&hybrid_family::shared_count, &mixture_of_experts::shared, 0,
                                                    100'000},
    sequence_row<hybrid_family, mixture_of_experts>{&hybrid_family::shared_ffn, &mixture_of_experts::shared_ffn, 1,
                                                    10 * million},
};

/// Returns a size, or 0 for "auto".
[[nodiscard]] inline std::int64_t size_or_auto(config_reader& in, const size_key& key, std::int64_t high) {
    const nlohmann::json* value = key.name.empty() ? nullptr : in.find(key.name);
    if (value && *value == "auto") return 0;
    return in.size(key, 1, high);
}

/// Returns true if a type is one of these names.
[[nodiscard]] inline bool is_one_of(const nlohmann::json& type, std::initializer_list<std::string_view> names) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return type == std::string(name); });
}

/// Adds the positions of the types `members` among the first `layers` of a list, where `others` are the only other
/// types. Returns false for any other list, and for one of fewer layers.
[[nodiscard]] inline bool add_layers_of_types(layer_set& set, const nlohmann::json* list, std::int64_t layers,
                                              std::initializer_list<std::string_view> members,
                                              std::initializer_list<std::string_view> others) {
    const auto count = static_cast<std::size_t>(layers);
    bool known = list && list->is_array() && list->size() >= count;
    for (std::size_t i = 0; known && i < count; ++i) {
        const bool member = is_one_of((*list)[i], members);
        known = member || is_one_of((*list)[i], others);
        if (member) set.add(static_cast<std::int64_t>(i));
    }
    return known;
}

/// Returns the positions of the type `members` in a list of layer types, where `others` is the only other type; both
/// have a name and, some, the name that transformers 5 gives it. Any other list is a problem.
[[nodiscard]] inline layer_set listed_layers(config_reader& in, std::int64_t layers,
                                             std::initializer_list<std::string_view> members,
                                             std::initializer_list<std::string_view> others) {
    layer_set set;
    const nlohmann::json* list = in.find("layer_types");
    const bool complete = list && list->size() == static_cast<std::size_t>(layers);
    if (!complete || !add_layers_of_types(set, list, layers, members, others))
        in.refuse("layer_types", "a list of num_hidden_layers times \"" + std::string(*members.begin()) + "\" or \"" +
                                     std::string(*others.begin()) + "\"");
    return set;
}

/// Returns the layers with attention from a list of indices such as `attn_layer_indices`, or none if the key is absent
/// or null. Any other value adds a problem.
[[nodiscard]] inline layer_set indexed_layers(config_reader& in, std::int64_t layers,
                                              std::string_view key = "attn_layer_indices") {
    layer_set set;
    const nlohmann::json* list = in.find(key);
    if (!list || list->is_null()) return set;
    bool known = list->is_array();
    for (std::size_t i = 0; known && i < list->size(); ++i) {
        const auto index = config_reader::integer((*list)[i], 0, layers - 1);
        known = index.has_value();
        if (known) set.add(*index);
    }
    if (!known) in.refuse(key, "a list of layers, from 0");
    return set;
}

/// Returns the layers with attention from the list `attn_type_list` of 0 and 1. Any other value adds a problem.
[[nodiscard]] inline layer_set numbered_layers(config_reader& in, std::int64_t layers) {
    layer_set set;
    const nlohmann::json* list = in.find("attn_type_list");
    bool known = list && list->is_array() && list->size() == static_cast<std::size_t>(layers);
    for (std::size_t i = 0; known && i < list->size(); ++i) {
        const auto type = config_reader::integer((*list)[i], 0, 1);
        known = type.has_value();
        if (type == 1) set.add(static_cast<std::int64_t>(i));
    }
    if (!known) in.refuse("attn_type_list", "a list of num_hidden_layers times 0 (linear attention) or 1 (attention)");
    return set;
}

/// The names of a layer's type in a list, and its letter in a pattern: modeling_nemotron_h.py.
struct layer_letter {
    std::string_view type = "";
    char letter = 0;
};
inline constexpr layer_letter layer_letters[]{
    {"mamba", 'M'}, {"linear_attention", 'M'}, {"attention", '*'}, {"full_attention", '*'}, {"mlp", '-'}, {"moe", 'E'},
};

/// Returns the layers by letters, from `hybrid_override_pattern` or from the list `layers_block_type`: M is a
/// recurrence, * attention, - a feed-forward and E experts. Any other value is a problem, and the text is then empty.
[[nodiscard]] inline std::string letters_of(config_reader& in) {
    const nlohmann::json* pattern = in.find("hybrid_override_pattern");
    const nlohmann::json* list = in.find("layers_block_type");
    std::string text = pattern && pattern->is_string() ? pattern->get<std::string>() : "";
    if (!pattern && list && list->is_array()) {
        for (const nlohmann::json& type : *list) {
            const auto is_type = [&](const layer_letter& l) { return type == std::string(l.type); };
            const auto row = std::find_if(std::begin(layer_letters), std::end(layer_letters), is_type);
            text += row == std::end(layer_letters) ? '?' : row->letter;
        }
    }
    if (!text.empty() && text.find_first_not_of("M*-E") == std::string::npos) return text;
    in.refuse(list ? "layers_block_type" : "hybrid_override_pattern",
              "one letter per layer, M, *, - or E, or a list of \"mamba\", \"attention\", \"mlp\" and \"moe\"");
    return "";
}

/// Returns the number of layers of a family that states it by the length of a pattern alone.
[[nodiscard]] inline std::int64_t listed_length(config_reader& in) {
    return static_cast<std::int64_t>(letters_of(in).size());
}

/// Reads the layers by letters. Experts and feed-forwards are layers without a mixer.
inline void read_letters(config_reader& in, hybrid& m) {
    const std::string text = letters_of(in);
    if (text.empty()) return;
    if (text.size() != static_cast<std::size_t>(m.layers))
        return in.refuse("num_hidden_layers", std::to_string(text.size()) + ", the number of layers in the pattern");
    m.sparse = {};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto layer = static_cast<std::int64_t>(i);
        if (text[i] == '*') m.attention.add(layer);
        if (text[i] == '-' || text[i] == 'E') m.mixerless.add(layer);
        if (text[i] == 'E') m.sparse.add(layer);
    }
    m.feed_forward = m.mixerless;
    if (m.sparse.empty()) m.experts = {};
}

/// Reads the layers of an LFM2: configuration_lfm2.py; modeling_lfm2.py, Lfm2MLP, and modeling_lfm2_moe.py.
inline void read_convolutions(config_reader& in, hybrid& m) {
    const nlohmann::json* types = in.find("layer_types");
    const layer_set indexed = indexed_layers(in, m.layers, "full_attn_idxs");
    const bool listed = types && !types->is_null();
    m.attention = listed ? listed_layers(in, m.layers, {"full_attention"}, {"conv"}) : indexed;
    if (listed && !indexed.empty() && indexed != m.attention)
        in.refuse("full_attn_idxs", "the layers of \"full_attention\" in layer_types");
    if (m.attention.empty()) in.refuse("layer_types", "a list with \"full_attention\" in it, or full_attn_idxs");
    if (m.experts.count > 0) {
        const std::int64_t dense = in.size({"num_dense_layers", "", 2}, 0, m.layers);
        m.sparse = m.sparse & ~first_layers(dense);
        return;
    }
    if (!in.flag("block_auto_adjust_ff_dim", true)) return;
    const std::int64_t multiple = in.size({"block_multiple_of", "", 256}, 1, million);
    const nlohmann::json* factor = in.find("block_ffn_dim_multiplier");
    if (factor && !factor->is_null() && *factor != 1.0)
        return in.refuse("block_ffn_dim_multiplier", "1.0 (other factors are not supported)");
    m.ffn = divide_up(2 * m.ffn / 3, multiple) * multiple;
}

/// Reads the types of RecurrentGemma's layers, which a list repeats, and the width of a feed-forward.
inline void read_blocks(config_reader& in, hybrid& m) {
    const nlohmann::json* types = in.find("block_types");
    const nlohmann::json usual = {"recurrent", "recurrent", "attention"};
    const nlohmann::json& list = types && !types->is_null() ? *types : usual;
    bool known = list.is_array() && !list.empty() && list.size() <= static_cast<std::size_t>(max_listed_layers);
    for (std::size_t i = 0; known && i < static_cast<std::size_t>(m.layers); ++i) {
        const nlohmann::json& type = list[i % list.size()];
        known = type == "recurrent" || type == "attention";
        if (type == "attention") m.attention.add(static_cast<std::int64_t>(i));
    }
    if (!known) in.refuse("block_types", "a list of \"recurrent\" and \"attention\"");
    if (m.ffn % 2 != 0) in.refuse("intermediate_size", "an even number, of which a feed-forward has half");
    m.ffn /= 2;
}

/// Refuses a key whose value is not the one that the class derives.
inline void check_derived(config_reader& in, std::string_view key, std::int64_t value) {
    in.derived_value(key, value, std::to_string(value) + " (other widths of a head are not supported)");
}

/// Reads the shared blocks of Zamba2: configuration_zamba2.py. Where both lists are there, they must agree.
inline void read_shared_blocks(config_reader& in, hybrid& m) {
    shared_blocks& s = m.shared;
    s.blocks = in.size({"num_mem_blocks", "", 1}, 1, max_listed_layers);
    s.heads = in.size({"num_attention_heads", "", 32}, 1, 10'000);
    s.ffn = in.size({"intermediate_size", "", 4 * m.hidden, 4 * m.hidden}, 1, 10 * million);
    s.adapter_rank = in.size({"adapter_rank", "", 128}, 1, million);
    s.feed_forward_adapters = true;
    s.attention_adapters = in.flag("use_shared_attention_adapter", false);
    s.head_dim = s.heads > 0 ? 2 * m.hidden / s.heads : 0;
    check_derived(in, "attention_head_dim", s.head_dim);
    check_derived(in, "attention_hidden_size", 2 * m.hidden);
    check_derived(in, "num_key_value_heads", s.heads);
    check_derived(in, "mamba_headdim", m.state.heads > 0 ? m.state.inner / m.state.heads : 0);
    const nlohmann::json* types = in.find("layers_block_type");
    const layer_set indexed = indexed_layers(in, m.layers, "hybrid_layer_ids");
    const bool typed = types && !types->is_null();
    const bool complete = typed && types->size() == static_cast<std::size_t>(m.layers);
    if (!typed) s.layers = indexed;
    if (typed && !(complete && add_layers_of_types(s.layers, types, m.layers, {"hybrid"}, {"mamba"})))
        return in.refuse("layers_block_type", "a list of num_hidden_layers times \"mamba\" or \"hybrid\"");
    if (s.layers.empty() || (!indexed.empty() && indexed != s.layers))
        in.refuse("hybrid_layer_ids", "the layers of \"hybrid\" in layers_block_type, at least one");
}

/// Reads which layers have attention and which have experts. A model with a single expert counts as one without
/// experts.
inline void read_pattern(const hybrid_family& row, config_reader& in, hybrid& m) {
    const bool experts = m.experts.count > 1;
    if (!experts) m.experts = {};
    m.sparse = experts ? all_layers : layer_set{};
    switch (row.pattern) {
        case pattern_rule::none:
            break;
        case pattern_rule::periods: {
            m.attention = layers_every(in.size({"attn_layer_period", "", 8}, 1, 10'000),
                                       in.size({"attn_layer_offset", "", 4}, 0, 10'000));
            const layer_set sparse = layers_every(in.size({"expert_layer_period", "", 2}, 1, 10'000),
                                                  in.size({"expert_layer_offset", "", 1}, 0, 10'000));
            if (experts) m.sparse = sparse;
            break;
        }
        case pattern_rule::indices:
            m.attention = indexed_layers(in, m.layers);
            break;
        case pattern_rule::types:
            m.attention = listed_layers(in, m.layers, {"attention", "full_attention"}, {"mamba", "linear_attention"});
            break;
        case pattern_rule::numbers:
            m.attention = in.find("attn_type_list")
                              ? numbered_layers(in, m.layers)
                              : listed_layers(in, m.layers, {"full_attention"}, {"linear_attention"});
            break;
        case pattern_rule::interval:
            if (const nlohmann::json* dense = in.find("mlp_only_layers"); dense && !dense->empty())
                in.refuse("mlp_only_layers", "[] (dense layers between the sparse ones are not supported)");
            if (const nlohmann::json* types = in.find("layer_types"); types && !types->is_null()) {
                m.attention = listed_layers(in, m.layers, {"full_attention"}, {"linear_attention"});
                const std::int64_t every = in.size({"full_attention_interval", "", derived, derived}, 1, 10'000);
                if (every != derived && !(m.attention == (layers_every(every, every - 1) & first_layers(m.layers))))
                    in.refuse("full_attention_interval", "the interval of the list layer_types, or no such key");
            } else {
                const std::int64_t every = in.size({"full_attention_interval", "", 4}, 1, 10'000);
                m.attention = layers_every(every, every - 1);
            }
            break;
        case pattern_rule::convolutions:
            return read_convolutions(in, m);
        case pattern_rule::all:
            m.attention = all_layers;
            break;
        case pattern_rule::kimi:
            return read_kimi(in, m);
        case pattern_rule::blocks:
            return read_blocks(in, m);
        case pattern_rule::shared:
            return read_shared_blocks(in, m);
        case pattern_rule::letters:
            read_letters(in, m);
            break;
    }
}

[[nodiscard]] inline hybrid read_hybrid_config(const hybrid_family& row, const nlohmann::json& config,
                                               const std::string& path) {
    std::vector<input_problem> found;
    config_reader in(config, path, found);
    hybrid m = row.shape;
    check_class(in, row.model_type, std::array<std::string_view, 1>{}, {"ForCausalLM"});
    read_rows(hybrid_rows, row, in, m);
    if (found.empty() && m.layers == derived) m.layers = listed_length(in);
    read_rows(state_rows, row, in, m.state);
    read_rows(hybrid_expert_rows, row, in, m.experts);
    read_mechanism(latent_rows, row.latent, in, m.latent_attention);
    m.state.dt_rank = size_or_auto(in, row.dt_rank, million);
    const std::int64_t head = size_or_auto(in, row.state_head_dim, 100'000);
    m.state.inner = in.size(row.inner, 1, 10 * million);
    if (m.state.inner == derived)
        m.state.inner = head > 0 ? m.state.heads * head : in.size(row.expand, 1, 100) * m.hidden;
    if (!row.convolution_bias.empty()) m.state.convolution_bias = in.flag(row.convolution_bias, true);
    if (!row.gate_norm.empty()) m.state.gate_norm = in.flag(row.gate_norm, false);
    m.tied_embeddings = in.flag("tie_word_embeddings", row.tied);
    for (const fixed_key& key : row.fixed) in.fixed(key);
    static_cast<void>(in.size(row.prediction.layers, 0, 1000));
    if (found.empty()) read_pattern(row, in, m);
    if (found.empty()) refuse_unread_shapes(in, row.model_type, row.idle);
    if (found.empty()) add_problems(in, m, "model.hybrid.");
    if (!found.empty()) throw input_error(std::move(found));
    return m;
}

}  // namespace cardfit::io::detail
