// SPDX-License-Identifier: MIT
#pragma once

// Reads a decoder that attends to compressed entries (DeepSeek-V4) from its `config.json`. Source of the keys and
// defaults: transformers, configuration_deepseek_v4.py.

#include <cardfit/io/huggingface/family.hpp>
#include <cardfit/io/huggingface/read_rows.hpp>
#include <cardfit/io/huggingface/shape_keys.hpp>
#include <cardfit/model/compressed_decoder.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace cardfit::io::detail {

/// The row of a family. The sizes that distinguish its models are required.
struct compressed_family {
    std::string_view model_type = "";
    size_key layers{"num_hidden_layers"};
    size_key hidden{"hidden_size"};
    size_key vocab{"vocab_size"};
    size_key heads{"num_attention_heads"};
    size_key head_dim{"head_dim", "", 512};
    size_key query_rank{"q_lora_rank"};
    size_key output_groups{"o_groups"};
    size_key output_rank{"o_lora_rank"};
    size_key window{"sliding_window", "", 128};
    size_key index_heads{"index_n_heads", "", 64};
    size_key index_head_dim{"index_head_dim", "", 128};
    size_key index_entries{"index_topk"};
    size_key expert_count{"n_routed_experts", "num_local_experts"};
    size_key expert_active{"num_experts_per_tok"};
    size_key expert_ffn{"moe_intermediate_size", "intermediate_size"};
    size_key shared_count{"n_shared_experts", "", 1};
    size_key streams{"hc_mult", "", 4};
    std::array<fixed_key, 3> fixed{{{"num_key_value_heads", "1", "several key and value heads"},
                                    {"attention_bias", "false", "biases"},
                                    {"mlp_bias", "false", "biases"}}};
    /// The layer that predicts a second token is not counted. The width that is rotated is a part of a head.
    std::array<std::string_view, 2> idle{"num_nextn_predict_layers", "qk_rope_head_dim"};
};

inline constexpr std::array compressed_families{compressed_family{.model_type = "deepseek_v4"}};

inline constexpr std::array compressed_rows{
    sequence_row<compressed_family, compressed_decoder>{&compressed_family::layers, &compressed_decoder::layers, 1,
                                                        max_listed_layers},
    sequence_row<compressed_family, compressed_decoder>{&compressed_family::hidden, &compressed_decoder::hidden, 1,
                                                        100'000},
    sequence_row<compressed_family, compressed_decoder>{&compressed_family::vocab, &compressed_decoder::vocab, 1,
                                                        10 * million},
    sequence_row<compressed_family, compressed_decoder>{&compressed_family::streams,
                                                        &compressed_decoder::residual_streams, 1, 100},
};
inline constexpr std::array compressed_attention_rows{
    sequence_row<compressed_family, compressed_attention>{&compressed_family::heads, &compressed_attention::heads, 1,
                                                          10'000},
    sequence_row<compressed_family, compressed_attention>{&compressed_family::head_dim, &compressed_attention::head_dim,
                                                          1, 100'000},
    sequence_row<compressed_family, compressed_attention>{&compressed_family::query_rank,
                                                          &compressed_attention::query_rank, 1, 100'000},
    sequence_row<compressed_family, compressed_attention>{&compressed_family::output_groups,
                                                          &compressed_attention::output_groups, 1, 10'000},
    sequence_row<compressed_family, compressed_attention>{&compressed_family::output_rank,
                                                          &compressed_attention::output_rank, 1, 100'000},
    sequence_row<compressed_family, compressed_attention>{&compressed_family::window, &compressed_attention::window, 1,
                                                          million},
};
inline constexpr std::array compressed_index_rows{
    sequence_row<compressed_family, sparse_attention>{&compressed_family::index_heads, &sparse_attention::heads, 1,
                                                      10'000},
    sequence_row<compressed_family, sparse_attention>{&compressed_family::index_head_dim, &sparse_attention::head_dim,
                                                      1, 100'000},
    sequence_row<compressed_family, sparse_attention>{&compressed_family::index_entries, &sparse_attention::tokens, 1,
                                                      million},
};
inline constexpr std::array compressed_expert_rows{
    sequence_row<compressed_family, mixture_of_experts>{&compressed_family::expert_count, &mixture_of_experts::count, 1,
                                                        100'000},
    sequence_row<compressed_family, mixture_of_experts>{&compressed_family::expert_active, &mixture_of_experts::active,
                                                        1, 100'000},
    sequence_row<compressed_family, mixture_of_experts>{&compressed_family::expert_ffn, &mixture_of_experts::ffn, 1,
                                                        million},
    sequence_row<compressed_family, mixture_of_experts>{&compressed_family::shared_count, &mixture_of_experts::shared,
                                                        0, 1000},
};

/// A kind of layer: its name in `layer_types`, and the ratio in `compress_ratios` that stands for it.
struct compressed_layer_type {
    std::string_view name = "";
    std::int64_t ratio = 0;
    layer_set compressed_decoder::*layers = nullptr;
};
inline constexpr compressed_layer_type compressed_layer_types[]{
    {"sliding_attention", 0, nullptr},
    {"compressed_sparse_attention", 4, &compressed_decoder::searched},
    {"heavily_compressed_attention", 128, &compressed_decoder::pooled},
};

/// Reads which layers have which entries, from `layer_types`, or from `compress_ratios`, whose entries beyond the last
/// layer belong to the layers of prediction.
inline void read_compressed_layers(config_reader& in, compressed_decoder& m) {
    m.searched_ratio = 4;
    m.pooled_ratio = 128;
    const nlohmann::json* types = in.find("layer_types");
    const nlohmann::json* ratios = in.find("compress_ratios");
    const bool typed = types && !types->is_null();
    const nlohmann::json* list = typed ? types : ratios;
    const auto layers = static_cast<std::size_t>(m.layers);
    bool known = list && list->is_array() && (typed ? list->size() == layers : list->size() >= layers);
    for (std::size_t i = 0; known && i < layers; ++i) {
        known = false;
        for (const compressed_layer_type& type : compressed_layer_types) {
            if (typed ? (*list)[i] != std::string(type.name) : (*list)[i] != type.ratio) continue;
            known = true;
            if (type.layers) (m.*type.layers).add(static_cast<std::int64_t>(i));
        }
    }
    if (!known)
        in.refuse(typed ? "layer_types" : "compress_ratios",
                  typed ? "a list of num_hidden_layers times \"sliding_attention\", \"compressed_sparse_attention\" or "
                          "\"heavily_compressed_attention\""
                        : "a list of at least num_hidden_layers times 0, 4 or 128");
}

[[nodiscard]] inline compressed_decoder read_compressed_config(const compressed_family& row,
                                                               const nlohmann::json& config, const std::string& path) {
    std::vector<input_problem> found;
    config_reader in(config, path, found);
    compressed_decoder m{.experts = {.router_bias = true}};
    check_class(in, row.model_type, std::array<std::string_view, 1>{}, {"ForCausalLM"});
    read_rows(compressed_rows, row, in, m);
    read_rows(compressed_attention_rows, row, in, m.attention);
    read_rows(compressed_index_rows, row, in, m.attention.indexer);
    read_rows(compressed_expert_rows, row, in, m.experts);
    m.tied_embeddings = in.flag("tie_word_embeddings", false);
    for (const fixed_key& key : row.fixed) in.fixed(key);
    for (const char* key : {"compress_rates", "compress_rate_csa", "compress_rate_hca"})
        if (const nlohmann::json* value = in.find(key); value && !value->is_null())
            in.refuse(key, "no such key (ratios other than 4 and 128 are not supported)");
    if (found.empty()) read_compressed_layers(in, m);
    if (found.empty()) refuse_unread_shapes(in, row.model_type, row.idle);
    if (found.empty()) add_problems(in, m, "model.compressed.");
    if (!found.empty()) throw input_error(std::move(found));
    return m;
}

}  // namespace cardfit::io::detail
