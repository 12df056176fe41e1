// SPDX-License-Identifier: MIT
#pragma once

// Reads an RWKV model from its `config.json`. Sources of the rows: transformers, configuration_rwkv.py;
// configuration_rwkv5.py and configuration_rwkv6.py beside RWKV/rwkv-5-world-3b and RWKV/v6-Finch-1B6-HF;
// fla/models/rwkv7/configuration_rwkv7.py of github.com/fla-org/flash-linear-attention.

#include <cardfit/io/huggingface/family.hpp>
#include <cardfit/io/huggingface/read_rows.hpp>
#include <cardfit/io/huggingface/shape_keys.hpp>
#include <cardfit/model/rwkv.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io::detail {

/// The row of a generation of RWKV. Sizes that are not keys of its class have no name.
struct rwkv_family {
    std::string_view model_type = "";
    std::array<std::string_view, 2> classes{};
    std::int64_t generation = 7;
    size_key layers{"num_hidden_layers"};
    size_key hidden{"hidden_size"};
    size_key vocab{"vocab_size"};
    size_key width{};
    size_key head_dim{};
    size_key ffn{"intermediate_size", "", derived, derived};
    /// The feed-forward that a file of generations 4 to 6 does not state, in half hidden sizes, rounded down to a
    /// multiple of 32.
    std::int64_t ffn_halves = 0;
    size_key decay{};
    size_key rate{};
    size_key value{};
    size_key gate{};
    std::array<fixed_key, 6> fixed{};
    /// Keys that shape other families and that this one's class does not read.
    std::array<std::string_view, 2> idle{};
};

inline constexpr size_key attention_width{"attention_hidden_size", "", derived, derived};
inline constexpr size_key rwkv_head{"head_size", "", 64};

/// Returns the row of generation 7. Published files state the ranks or have one of the published sizes.
[[nodiscard]] constexpr rwkv_family goose_family(std::string_view model_type) {
    return {.model_type = model_type,
            .classes = {"RWKV7"},
            .head_dim = {"head_dim", "", 64},
            .decay = {"decay_low_rank_dim", "", derived, derived},
            .rate = {"a_low_rank_dim", "", derived, derived},
            .value = {"v_low_rank_dim", "", derived, derived},
            .gate = {"gate_low_rank_dim", "", derived, derived},
            .fixed = {{{"attn", "null", "layers of attention"},
                       {"norm_bias", "true", "norms without a bias"},
                       {"norm_first", "true", "a model without the norm behind its embedding"}}}};
}

/// The heads of generations 4 to 6 are matrices of their own, whatever a file says: their files on the Hub state
/// tie_word_embeddings both ways.
inline constexpr std::array rwkv_families{
    rwkv_family{.model_type = "rwkv", .generation = 4, .width = attention_width, .ffn_halves = 8},
    rwkv_family{.model_type = "rwkv5",
                .classes = {"Rwkv5", "Rwkv"},
                .generation = 5,
                .width = attention_width,
                .head_dim = rwkv_head,
                .ffn_halves = 7,
                .fixed = {{{"model_version", "\"5_2\"", "other versions of generation 5"}}},
                .idle = {"tie_word_embeddings"}},
    rwkv_family{.model_type = "rwkv6",
                .classes = {"Rwkv6", "Rwkv"},
                .generation = 6,
                .width = attention_width,
                .head_dim = rwkv_head,
                .ffn_halves = 7,
                .fixed = {{{"expand_k", "1.0", "keys of another width than the hidden size"},
                           {"expand_v", "1.0", "values of another width than the hidden size"},
                           {"proj_low_rank_dim", "null", "stated ranks"},
                           {"gate_low_rank_dim", "null", "stated ranks"}}},
                .idle = {"tie_word_embeddings"}},
    goose_family("rwkv7"),
    goose_family("rwkv7_fla"),
};

inline constexpr std::array rwkv_rows{
    sequence_row<rwkv_family, rwkv>{&rwkv_family::layers, &rwkv::layers, 1, 10'000},
    sequence_row<rwkv_family, rwkv>{&rwkv_family::hidden, &rwkv::hidden, 1, million},
    sequence_row<rwkv_family, rwkv>{&rwkv_family::vocab, &rwkv::vocab, 1, 10 * million},
    sequence_row<rwkv_family, rwkv>{&rwkv_family::width, &rwkv::width, 1, million},
    sequence_row<rwkv_family, rwkv>{&rwkv_family::head_dim, &rwkv::head_dim, 1, 10'000},
    sequence_row<rwkv_family, rwkv>{&rwkv_family::ffn, &rwkv::ffn, 1, 10 * million},
};
inline constexpr std::array rwkv_rank_rows{
    sequence_row<rwkv_family, rwkv_ranks>{&rwkv_family::decay, &rwkv_ranks::decay, 1, 100'000},
    sequence_row<rwkv_family, rwkv_ranks>{&rwkv_family::rate, &rwkv_ranks::rate, 1, 100'000},
    sequence_row<rwkv_family, rwkv_ranks>{&rwkv_family::value, &rwkv_ranks::value, 1, 100'000},
    sequence_row<rwkv_family, rwkv_ranks>{&rwkv_family::gate, &rwkv_ranks::gate, 1, 100'000},
};

/// Returns the width of a feed-forward that a file does not state. Generation 7 states its ratio to the hidden size.
[[nodiscard]] inline std::int64_t usual_rwkv_ffn(const rwkv_family& row, config_reader& in, std::int64_t hidden) {
    constexpr std::int64_t multiple = 32;
    if (row.generation < 7) return hidden * row.ffn_halves / 2 / multiple * multiple;
    return divide_up(in.size({"hidden_ratio", "", 4, 4}, 1, 1000) * hidden, multiple) * multiple;
}

/// Reads the ranks of generation 7, or those of the published model of the same size where the file states none.
inline void read_rwkv_ranks(const rwkv_family& row, config_reader& in, rwkv& m) {
    read_rows(rwkv_rank_rows, row, in, m.ranks);
    if (m.generation == 6) m.ranks = models::rwkv6_ranks(m.hidden);
    if (m.generation != 7 || !(m.ranks == rwkv_ranks{})) return;
    m.ranks = models::rwkv7_ranks(m.hidden);
    if (m.ranks == rwkv_ranks{})
        in.refuse(
            row.decay.name,
            "decay_low_rank_dim, a_low_rank_dim, v_low_rank_dim and gate_low_rank_dim, because no published model "
            "has this hidden size");
}

/// Checks the number of heads, which follows from their width. Files that state it repeat it.
inline void check_rwkv_heads(config_reader& in, const rwkv& m) {
    const std::int64_t width = m.width > 0 ? m.width : m.hidden;
    const std::int64_t heads = m.head_dim > 0 ? width / m.head_dim : 0;
    in.derived_value("num_heads", heads,
                     "the channels of the recurrence over the width of a head, " + std::to_string(heads));
    const nlohmann::json* values = in.find("value_dim");
    if (!values || values->is_null()) return;
    const auto same = [&](const nlohmann::json& each) { return each == m.hidden; };
    if (values->is_array() ? !std::all_of(values->begin(), values->end(), same) : !same(*values))
        in.refuse("value_dim", "the hidden size, " + std::to_string(m.hidden));
}

[[nodiscard]] inline rwkv read_rwkv_config(const rwkv_family& row, const nlohmann::json& config,
                                           const std::string& path) {
    std::vector<input_problem> found;
    config_reader in(config, path, found);
    rwkv m{.generation = row.generation};
    check_class(in, row.model_type, row.classes, {"ForCausalLM"});
    read_rows(rwkv_rows, row, in, m);
    const std::int64_t usual_ffn = usual_rwkv_ffn(row, in, m.hidden);
    if (m.ffn == derived) m.ffn = usual_ffn;
    if (found.empty()) read_rwkv_ranks(row, in, m);
    if (found.empty()) check_rwkv_heads(in, m);
    if (row.idle.front().empty()) m.tied_embeddings = in.flag("tie_word_embeddings", false);
    for (const fixed_key& key : row.fixed) in.fixed(key);
    if (found.empty()) refuse_unread_shapes(in, row.model_type, row.idle);
    if (found.empty()) add_problems(in, m, "model.rwkv.");
    if (!found.empty()) throw input_error(std::move(found));
    return m;
}

}  // namespace cardfit::io::detail
