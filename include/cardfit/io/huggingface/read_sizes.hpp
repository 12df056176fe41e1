// SPDX-License-Identifier: MIT
#pragma once

// Reads the sizes of a transformer by the row of its family.

#include <cardfit/io/huggingface/family.hpp>
#include <cardfit/key_ranges.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

namespace cardfit::io::detail {

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

/// A size of a mechanism that has its own keys: its field, its key, the member that it is stored in, and its upper
/// bound.
template <class Keys, class Mechanism>
struct mechanism_row {
    std::string_view field;
    size_key Keys::*key;
    std::int64_t Mechanism::*value;
    std::int64_t high;
};
using index_row = mechanism_row<index_keys, sparse_attention>;
using latent_row = mechanism_row<latent_keys, latent_attention>;

inline constexpr std::array index_rows{
    index_row{"sparse_attention.heads", &index_keys::heads, &sparse_attention::heads,
              dimensions::sparse_attention_heads.high},
    index_row{"sparse_attention.head_dim", &index_keys::head_dim, &sparse_attention::head_dim,
              dimensions::sparse_attention_head_dim.high},
    index_row{"sparse_attention.tokens", &index_keys::tokens, &sparse_attention::tokens,
              dimensions::sparse_attention_tokens.high},
};
inline constexpr std::array latent_rows{
    latent_row{"latent_attention.q_rank", &latent_keys::q_rank, &latent_attention::q_rank,
               dimensions::latent_attention_q_rank.high},
    latent_row{"latent_attention.kv_rank", &latent_keys::kv_rank, &latent_attention::kv_rank,
               dimensions::latent_attention_kv_rank.high},
    latent_row{"latent_attention.nope_dim", &latent_keys::nope_dim, &latent_attention::nope_dim,
               dimensions::latent_attention_nope_dim.high},
    latent_row{"latent_attention.rope_dim", &latent_keys::rope_dim, &latent_attention::rope_dim,
               dimensions::latent_attention_rope_dim.high},
    latent_row{"latent_attention.value_dim", &latent_keys::value_dim, &latent_attention::value_dim,
               dimensions::latent_attention_value_dim.high},
};

/// Reads the sizes of a mechanism that its keys name.
template <class Rows, class Keys, class Mechanism>
void read_mechanism(const Rows& rows, const Keys& keys, config_reader& in, Mechanism& to) {
    for (const auto& row : rows)
        if (!(keys.*row.key).name.empty()) to.*row.value = in.size(keys.*row.key, 1, row.high);
}

/// Reads the sizes that the row of the family has keys for.
inline void read_sizes(const family& row, config_reader& in, transformer& m) {
    for (const size_row& s : size_rows) m.*s.value = in.size(row.*s.key, 1, s.high);
    if (m.ffn == four_times_hidden) m.ffn = 4 * m.hidden;
    for (const expert_row& e : expert_rows) {
        if (!(row.*e.key).name.empty()) m.experts.*e.value = in.size(row.*e.key, e.low, e.high);
    }
    read_mechanism(index_rows, row.index, in, m.sparse_attention);
    read_mechanism(latent_rows, row.latent, in, m.latent_attention);
    // In MiniCPM 3, the head of a value has the width of the hidden size over the heads unless the file states it.
    const bool narrow = m.latent_attention.kv_rank > 0 && m.latent_attention.value_dim == derived;
    if (narrow && m.heads > 0) m.latent_attention.value_dim = m.hidden / m.heads;
}

/// Reads the widths of a head that files of latent attention repeat: classes set them from the latent's widths.
inline void read_latent_heads(config_reader& in, const latent_attention& l) {
    if (l.kv_rank == 0) return;
    const struct {
        std::string_view key;
        std::int64_t widths[3];
    } heads[] = {{"head_dim", {l.rope_dim, l.nope_dim, l.nope_dim + l.rope_dim}},
                 {"qk_head_dim", {l.nope_dim + l.rope_dim, l.nope_dim + l.rope_dim, l.nope_dim + l.rope_dim}}};
    for (const auto& head : heads) {
        const nlohmann::json* value = in.find(head.key);
        const bool repeats = !value || value->is_null() ||
                             std::any_of(std::begin(head.widths), std::end(head.widths),
                                         [&](std::int64_t width) { return *value == width; });
        if (!repeats)
            in.refuse(head.key, "the width of a head of qk_nope_head_dim and qk_rope_head_dim, " +
                                    std::to_string(l.nope_dim) + " and " + std::to_string(l.rope_dim));
    }
}

/// Reads the keys that must equal other keys of the file.
inline void read_equal_keys(const family& row, config_reader& in) {
    for (const equal_keys& pair : row.equal) {
        if (pair.name.empty()) continue;
        const nlohmann::json* value = in.find(pair.name);
        const nlohmann::json* other = in.find(pair.other);
        if (!value || value->is_null() || !other) continue;
        // A list with one number per layer states it for each.
        const auto same = [&](const nlohmann::json& each) { return each == *other; };
        if (value->is_array() ? std::all_of(value->begin(), value->end(), same) : same(*value)) continue;
        in.refuse(pair.name, "the value of " + std::string(pair.other) + ", " + short_text(*other));
    }
}

}  // namespace cardfit::io::detail
