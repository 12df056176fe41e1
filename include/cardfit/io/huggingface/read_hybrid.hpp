// SPDX-License-Identifier: MIT
#pragma once

// Reads a recurrent model, with or without attention layers, from its `config.json`.

#include <cardfit/io/huggingface/hybrids.hpp>
#include <cardfit/io/huggingface/read_rows.hpp>

#include <cstddef>

namespace cardfit::io::detail {

inline constexpr std::array hybrid_rows{
    sequence_row<hybrid_family, hybrid>{&hybrid_family::layers, &hybrid::layers, 1, max_listed_layers},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::hidden, &hybrid::hidden, 1, million},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::vocab, &hybrid::vocab, 1, 10 * million},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::heads, &hybrid::heads, 1, 10'000},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::kv_heads, &hybrid::kv_heads, 1, 10'000},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::head_dim, &hybrid::head_dim, 1, 100'000},
    sequence_row<hybrid_family, hybrid>{&hybrid_family::ffn, &hybrid::ffn, 1, 10 * million},
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
    sequence_row<hybrid_family, mixture_of_experts>{&hybrid_family::shared_ffn, &mixture_of_experts::shared_ffn, 1,
                                                    10 * million},
};

/// Returns a size, or 0 for "auto".
[[nodiscard]] inline std::int64_t size_or_auto(config_reader& in, const size_key& key, std::int64_t high) {
    const nlohmann::json* value = key.name.empty() ? nullptr : in.find(key.name);
    if (value && *value == "auto") return 0;
    return in.size(key, 1, high);
}

/// Returns the positions of `member` in a list of layer types, where `other` is the only other type. Any other list is
/// a problem.
[[nodiscard]] inline layer_set listed_layers(config_reader& in, std::int64_t layers, std::string_view member,
                                             std::string_view other) {
    layer_set set;
    const nlohmann::json* list = in.find("layer_types");
    bool known = list && list->is_array() && list->size() == static_cast<std::size_t>(layers);
    for (std::size_t i = 0; known && i < list->size(); ++i) {
        known = (*list)[i] == std::string(member) || (*list)[i] == std::string(other);
        if (known && (*list)[i] == std::string(member)) set.add(static_cast<std::int64_t>(i));
    }
    if (!known)
        in.refuse("layer_types", "a list of num_hidden_layers times \"" + std::string(member) + "\" or \"" +
                                     std::string(other) + "\"");
    return set;
}

/// Returns the layers with attention from the list `attn_layer_indices`, or none if the key is absent or null. Any
/// other value adds a problem.
[[nodiscard]] inline layer_set indexed_layers(config_reader& in, std::int64_t layers) {
    layer_set set;
    const nlohmann::json* list = in.find("attn_layer_indices");
    if (!list || list->is_null()) return set;
    bool known = list->is_array();
    for (std::size_t i = 0; known && i < list->size(); ++i) {
        const auto index = config_reader::integer((*list)[i], 0, layers - 1);
        known = index.has_value();
        if (known) set.add(*index);
    }
    if (!known) in.refuse("attn_layer_indices", "a list of layers, from 0");
    return set;
}

/// Reads `hybrid_override_pattern`, which has one letter per layer: M for a recurrence, * for attention, - for a
/// feed-forward.
inline void read_letters(config_reader& in, hybrid& m) {
    const nlohmann::json* value = in.find("hybrid_override_pattern");
    const std::string text = value && value->is_string() ? value->get<std::string>() : "";
    if (text.size() != static_cast<std::size_t>(m.layers) || text.find_first_not_of("M*-") != std::string::npos)
        return in.refuse("hybrid_override_pattern", "num_hidden_layers letters M, * and - (others are not supported)");
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '*') m.attention.add(static_cast<std::int64_t>(i));
        if (text[i] == '-') m.mixerless.add(static_cast<std::int64_t>(i));
    }
    m.feed_forward = m.mixerless;
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
            m.attention = listed_layers(in, m.layers, "attention", "mamba");
            break;
        case pattern_rule::interval:
            if (const nlohmann::json* dense = in.find("mlp_only_layers"); dense && !dense->empty())
                in.refuse("mlp_only_layers", "[] (dense layers between the sparse ones are not supported)");
            if (const nlohmann::json* types = in.find("layer_types"); types && !types->is_null()) {
                m.attention = listed_layers(in, m.layers, "full_attention", "linear_attention");
            } else {
                const std::int64_t every = in.size({"full_attention_interval", "", 4}, 1, 10'000);
                m.attention = layers_every(every, every - 1);
            }
            break;
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
    check_architecture(in, {"ForCausalLM"},
                       "a list whose first name ends in ForCausalLM (other heads are not supported)");
    read_rows(hybrid_rows, row, in, m);
    read_rows(state_rows, row, in, m.state);
    read_rows(hybrid_expert_rows, row, in, m.experts);
    m.state.dt_rank = size_or_auto(in, row.dt_rank, million);
    const std::int64_t head = size_or_auto(in, row.state_head_dim, 100'000);
    m.state.inner = in.size(row.inner, 1, 10 * million);
    if (m.state.inner == derived)
        m.state.inner = head > 0 ? m.state.heads * head : in.size(row.expand, 1, 100) * m.hidden;
    if (!row.convolution_bias.empty()) m.state.convolution_bias = in.flag(row.convolution_bias, true);
    m.tied_embeddings = in.flag("tie_word_embeddings", row.tied);
    for (const fixed_key& key : row.fixed) in.fixed(key);
    if (found.empty()) read_pattern(row, in, m);
    if (found.empty()) add_problems(in, m, "model.hybrid.");
    if (!found.empty()) throw input_error(std::move(found));
    return m;
}

}  // namespace cardfit::io::detail
