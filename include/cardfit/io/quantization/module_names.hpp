// SPDX-License-Identifier: MIT
#pragma once

// The names that checkpoints give the matrices of a network, and which of them a pattern of a quantization means. One
// matrix has several names, because model families spell theirs differently; a pattern means it by any of them.

#include <cardfit/io/quantization/name_pattern.hpp>
#include <cardfit/model/module_formats.hpp>
#include <cardfit/model/network.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

namespace detail {

/// The names of one matrix inside its layer.
using spellings = std::array<std::string_view, 11>;

inline constexpr spellings attention_matrices[]{
    {"self_attn.q_proj", "self_attn.q_a_proj", "self_attn.q_b_proj", "self_attn.qkv_proj", "attention.wq",
     "attn.c_attn", "attn.qkv_proj", "attention.query_key_value", "self_attention.query_key_value", "mixer.q_proj",
     "attn.q_proj"},
    {"self_attn.k_proj", "self_attn.kv_a_proj_with_mqa", "self_attn.kv_b_proj", "attention.wk", "mixer.k_proj",
     "attn.k_proj"},
    {"self_attn.v_proj", "attention.wv", "mixer.v_proj", "attn.v_proj"},
    {"self_attn.o_proj", "attention.wo", "attn.c_proj", "attention.dense", "self_attention.dense", "mixer.o_proj",
     "self_attn.dense", "attn.out_proj", "attn.o_proj"},
};
inline constexpr spellings recurrence_matrices[]{
    {"linear_attn.in_proj_qkv", "linear_attn.in_proj_qkvz", "linear_attn.q_proj", "mixer.in_proj", "mamba.in_proj"},
    {"linear_attn.out_proj", "linear_attn.o_proj", "mixer.out_proj", "mamba.out_proj"},
};
inline constexpr spellings feed_forward_matrices[]{
    {"mlp.gate_proj", "mlp.gate_up_proj", "feed_forward.w1", "mlp.c_fc", "mlp.dense_h_to_4h", "mlp.w1"},
    {"mlp.up_proj", "mlp.gate_up_proj", "feed_forward.w3", "mlp.fc1", "mixer.up_proj", "mlp.w2"},
    {"mlp.down_proj", "feed_forward.w2", "mlp.c_proj", "mlp.dense_4h_to_h", "mlp.fc2", "mixer.down_proj"},
};
inline constexpr spellings expert_matrices[]{
    {"mlp.experts.0.gate_proj", "mlp.experts.gate_up_proj", "block_sparse_moe.experts.0.w1",
     "feed_forward.experts.gate_up_proj", "mixer.experts.0.up_proj", "moe.experts.0.gate_proj"},
    {"mlp.experts.0.down_proj", "mlp.experts.down_proj", "block_sparse_moe.experts.0.w2",
     "feed_forward.experts.down_proj", "mixer.experts.0.down_proj", "moe.experts.0.down_proj"},
};
inline constexpr spellings shared_expert_matrices[]{
    {"mlp.shared_experts.gate_proj", "mlp.shared_expert.gate_proj", "feed_forward.shared_expert.gate_proj",
     "mixer.shared_experts.up_proj"},
    {"mlp.shared_experts.down_proj", "mlp.shared_expert.down_proj", "feed_forward.shared_expert.down_proj",
     "mixer.shared_experts.down_proj"},
};
/// The head and the embedding are outside the layers: these are their whole names.
inline constexpr spellings head_matrices[]{{"lm_head", "language_model.lm_head", "embed_out", "output"}};
inline constexpr spellings embedding_matrices[]{{"model.embed_tokens", "model.language_model.embed_tokens",
                                                 "language_model.model.embed_tokens", "transformer.wte"}};

/// What stands before the number of a layer of the text model.
inline constexpr std::string_view layer_prefixes[]{
    "model.layers.",
    "model.language_model.layers.",
    "language_model.model.layers.",
    "transformer.h.",
    "backbone.layers.",
    "model.decoder.layers.",
    "gpt_neox.layers.",
    "transformer.blocks.",
};
/// The parts of names that lead to the text model's layers; towers and draft layers have others.
inline constexpr std::string_view text_parts[]{"model",    "language_model", "transformer", "backbone", "decoder",
                                               "gpt_neox", "text_model",     "thinker",     "llm"};
inline constexpr std::string_view layer_parts[]{"layers", "h", "blocks"};

/// Returns the matrices of a module; none for the router, which checkpoints do not quantize.
[[nodiscard]] inline std::span<const spellings> matrices_of(module_kind kind) {
    switch (kind) {
        case module_kind::attention:
            return attention_matrices;
        case module_kind::recurrence:
            return recurrence_matrices;
        case module_kind::feed_forward:
            return feed_forward_matrices;
        case module_kind::experts:
            return expert_matrices;
        case module_kind::shared_experts:
            return shared_expert_matrices;
        case module_kind::head:
            return head_matrices;
        case module_kind::embedding:
            return embedding_matrices;
        case module_kind::router:
            break;
    }
    return {};
}

/// A word in a name that no family known here has, and the module that it probably means.
struct telling_word {
    std::string_view word;
    module_kind kind;
};
/// The first word that a name contains decides.
inline constexpr telling_word telling_words[]{
    {"linear_attn", module_kind::recurrence},
    {"mamba", module_kind::recurrence},
    {"ssm", module_kind::recurrence},
    {"shared_expert", module_kind::shared_experts},
    {"expert", module_kind::experts},
    {"attn", module_kind::attention},
    {"attention", module_kind::attention},
    {"qkv", module_kind::attention},
    {"mlp", module_kind::feed_forward},
    {"ffn", module_kind::feed_forward},
    {"feed_forward", module_kind::feed_forward},
};
/// Words in the names of vectors and of small matrices, which no quantization stores otherwise, and in the names of
/// towers and draft models.
inline constexpr std::string_view harmless_words[]{"norm",       "rotary",      "conv",    "bias",        "router",
                                                   ".gate#",     "_gate#",      "indexer", "sinks",       "in_proj_a#",
                                                   "in_proj_b#", "in_proj_ba#", "vision",  "visual",      "audio",
                                                   "projector",  "mtp",         "eh_proj", "embed_tokens"};

/// Returns the module that a name of no known family probably means; nothing where it means no large matrix.
[[nodiscard]] inline std::optional<module_kind> guessed_module(std::string_view name) {
    // A "#" stands for the end of the name.
    const std::string ended = "." + std::string(name) + "#";
    for (const std::string_view word : harmless_words)
        if (ended.find(word) != ended.npos) return {};
    for (const telling_word& each : telling_words)
        if (ended.find(each.word) != ended.npos) return each.kind;
    return {};
}

/// Returns the parts of a name between its dots.
[[nodiscard]] inline std::vector<std::string_view> parts_of(std::string_view name) {
    std::vector<std::string_view> parts;
    for (std::size_t from = 0; from <= name.size();) {
        const std::size_t dot = (std::min)(name.find('.', from), name.size());
        parts.push_back(name.substr(from, dot - from));
        from = dot + 1;
    }
    return parts;
}

template <std::size_t N>
[[nodiscard]] bool is_one_of(const std::string_view (&list)[N], std::string_view text) {
    return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

/// Returns true if the parts of a name contain those of another one, one after the other.
[[nodiscard]] inline bool contains_parts(std::string_view name, std::string_view part) {
    const std::vector<std::string_view> all = parts_of(name);
    const std::vector<std::string_view> wanted = parts_of(part);
    return std::search(all.begin(), all.end(), wanted.begin(), wanted.end()) != all.end();
}

}  // namespace detail

/// A pattern of module names, prepared for many questions.
class module_pattern {
public:
    /// Reads a name, a part of one, or a regular expression behind "re:".
    explicit module_pattern(std::string_view text) : text_(text) {
        if (text_.starts_with("re:")) {
            kind_ = pattern_kind::expression;
            text_.erase(0, 3);
            return;
        }
        if (text_.find_first_of("*?") != text_.npos) kind_ = pattern_kind::wildcard;
        find_layer();
        shorten();
        if (!outside_ && !text_.empty() && !is_known()) guess_ = detail::guessed_module(text_);
    }

    /// Returns the layer that the pattern names; -1 if it names none.
    [[nodiscard]] std::int64_t layer() const { return layer_; }

    /// Returns true if the pattern probably means a module in this layer, although no name known here matches it.
    [[nodiscard]] bool may_mean(module_kind kind, std::int64_t layer) const {
        return guess_ == kind && (layer_ < 0 || layer_ == layer);
    }

    /// Returns true if the pattern means a matrix of a layer of the text model, by any of its names.
    [[nodiscard]] bool means(std::int64_t layer, const detail::spellings& matrix) const {
        if (outside_ || (layer_ >= 0 && layer_ != layer)) return false;
        if (!tells_layers_apart()) layer = 0;
        const auto known = answers_.find({&matrix, layer});
        if (known != answers_.end()) return known->second;
        const bool any = std::any_of(matrix.begin(), matrix.end(),
                                     [&](std::string_view name) { return !name.empty() && means_name(layer, name); });
        answers_[{&matrix, layer}] = any;
        return any;
    }
    /// Returns true if the pattern means a matrix outside the layers.
    [[nodiscard]] bool means(const detail::spellings& matrix) const {
        if (outside_ || layer_ >= 0) return false;
        return std::any_of(matrix.begin(), matrix.end(),
                           [&](std::string_view name) { return !name.empty() && matches(name); });
    }

private:
    enum class pattern_kind : unsigned char { name, wildcard, expression };

    /// Returns false if the pattern means a matrix in every layer or in none.
    [[nodiscard]] bool tells_layers_apart() const {
        return layer_ >= 0 || text_.find_first_of("0123456789[?{") != text_.npos || text_.find("\\d") != text_.npos;
    }

    /// Makes names of parameters names of their modules, and one expert stand for all.
    void shorten() {
        constexpr std::string_view parameter = ".weight";
        if (text_.ends_with(parameter)) text_.erase(text_.size() - parameter.size());
        constexpr std::string_view experts = "experts.";
        const std::size_t at = text_.find(experts);
        if (at == text_.npos) return;
        const std::size_t from = at + experts.size();
        const std::size_t to = (std::min)(text_.find_first_not_of("0123456789", from), text_.size());
        if (to > from) text_.replace(from, to - from, "0");
    }

    /// Returns true if the pattern means any matrix of any module by a name known here, or cannot be judged by one
    /// layer alone.
    [[nodiscard]] bool is_known() const {
        if (layer_ < 0 && kind_ == pattern_kind::wildcard && tells_layers_apart()) return true;
        for (const module_row& row : cardfit::detail::module_table)
            for (const detail::spellings& matrix : detail::matrices_of(row.value))
                if (means((std::max)(layer_, std::int64_t{0}), matrix) || means(matrix)) return true;
        return false;
    }

    /// Splits "model.layers.3.self_attn" into the layer and the name inside it.
    void find_layer() {
        const std::vector<std::string_view> parts = detail::parts_of(text_);
        for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
            const std::string_view number = parts[i + 1];
            const bool is_number =
                !number.empty() && number.size() <= 4 && number.find_first_not_of("0123456789") == number.npos;
            // A wildcard may end with the number: "mtp.layers.0*".
            const bool cut_short = !number.empty() && number.back() == '*' && number.size() > 1;
            if (!detail::is_one_of(detail::layer_parts, parts[i]) || (!is_number && !cut_short)) continue;
            for (std::size_t k = 0; k < i; ++k) outside_ = outside_ || !detail::is_one_of(detail::text_parts, parts[k]);
            if (!is_number) return;
            layer_ = std::stoll(std::string(number));
            const std::size_t inside = static_cast<std::size_t>(number.data() - text_.data()) + number.size();
            text_ = inside < text_.size() ? text_.substr(inside + 1) : std::string();
            return;
        }
    }

    /// Returns true if the pattern means the matrix with this name inside its layer.
    [[nodiscard]] bool means_name(std::int64_t layer, std::string_view name) const {
        if (layer_ >= 0) {
            if (text_.empty()) return true;
            if (kind_ == pattern_kind::wildcard) return matches(name);
            return name == text_ || (name.starts_with(text_) && name[text_.size()] == '.');
        }
        if (kind_ == pattern_kind::name) {
            if (detail::contains_parts(name, text_)) return true;
            // Whole parts that lead to layers ("model", "model.layers") mean all of them.
            if (text_.find("layers") == text_.npos && !detail::is_one_of(detail::text_parts, text_)) return false;
        }
        return std::any_of(std::begin(detail::layer_prefixes), std::end(detail::layer_prefixes),
                           [&](std::string_view prefix) {
                               return matches(std::string(prefix) + std::to_string(layer) + "." + std::string(name));
                           });
    }

    /// Returns true if the pattern means a whole name.
    [[nodiscard]] bool matches(std::string_view name) const {
        switch (kind_) {
            case pattern_kind::expression:
                return matches_at_start(text_, name);
            case pattern_kind::wildcard: {
                if (matches_wildcard(text_, name)) return true;
                // A wildcard that ends in the middle means everything below it: "model.layers.*.self_attn".
                return name.size() > text_.size() / 2 && matches_wildcard(text_ + ".*", name);
            }
            case pattern_kind::name:
                break;
        }
        return detail::contains_parts(name, text_);
    }

    std::string text_;
    pattern_kind kind_ = pattern_kind::name;
    std::int64_t layer_ = -1;
    /// True for layers of a tower or of a draft model.
    bool outside_ = false;
    std::optional<module_kind> guess_{};
    /// Answers that were already given, because a file may ask about thousands of names.
    mutable std::map<std::pair<const detail::spellings*, std::int64_t>, bool> answers_{};
};

/// Many patterns, found by the layer that they name.
class module_patterns {
public:
    /// Adds a pattern.
    void add(const std::string& text) {
        module_pattern pattern(text);
        const std::int64_t layer = pattern.layer();
        (layer < 0 ? everywhere_ : of_layer_[layer]).push_back(std::move(pattern));
    }
    /// Returns true if any pattern that may mean a matrix of this layer (-1: outside the layers) satisfies `asks`.
    template <class Asks>
    [[nodiscard]] bool any(std::int64_t layer, Asks asks) const {
        if (std::any_of(everywhere_.begin(), everywhere_.end(), asks)) return true;
        const auto own = of_layer_.find(layer);
        return own != of_layer_.end() && std::any_of(own->second.begin(), own->second.end(), asks);
    }

private:
    std::vector<module_pattern> everywhere_;
    std::map<std::int64_t, std::vector<module_pattern>> of_layer_;
};

}  // namespace cardfit::io
