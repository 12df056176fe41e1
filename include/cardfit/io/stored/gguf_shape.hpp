// SPDX-License-Identifier: MIT
#pragma once

// The bounds of a shape from the metadata of a GGUF file of any architecture. The keys are the same for all
// architectures (ggml, docs/gguf.md; llama.cpp, gguf-py/gguf/constants.py); which layers cache and which carry a state
// follows from the names of their tensors.

#include <cardfit/io/stored/shape_bounds.hpp>
#include <cardfit/io/tensor_file.hpp>

#include <array>
#include <map>
#include <string>

namespace cardfit::io {

namespace detail {

/// Reads the sizes of one architecture in a file's metadata.
class gguf_sizes {
public:
    explicit gguf_sizes(const tensor_file& file) : metadata_(file.metadata), prefix_(file.architecture + ".") {}

    [[nodiscard]] bool has(const std::string& key) const { return metadata_.contains(prefix_ + key); }
    /// Returns a size, which for a list is its largest element; `absent` if the key is absent or no size.
    [[nodiscard]] std::int64_t size(const std::string& key, std::int64_t absent) const {
        const auto at = metadata_.find(prefix_ + key);
        if (at == metadata_.end()) return absent;
        if (!at->second.is_array()) return number(at->second, absent);
        std::int64_t largest = 0;
        for (const nlohmann::json& each : at->second) largest = larger(largest, number(each, 0));
        return at->second.empty() ? absent : largest;
    }
    /// Returns the size of one layer, if the key has a list of one size per layer, or else the one size of all layers.
    [[nodiscard]] std::int64_t size_of_layer(const std::string& key, std::int64_t layer, std::int64_t absent) const {
        const auto at = metadata_.find(prefix_ + key);
        if (at == metadata_.end() || !at->second.is_array()) return size(key, absent);
        return layer < static_cast<std::int64_t>(at->second.size())
                   ? number(at->second[static_cast<std::size_t>(layer)], absent)
                   : size(key, absent);
    }
    /// Returns true if a list has a truth value or a number for each layer, and the one of this layer is set.
    [[nodiscard]] bool set_for_layer(const std::string& key, std::int64_t layer) const {
        const auto at = metadata_.find(prefix_ + key);
        if (at == metadata_.end() || !at->second.is_array()) return false;
        if (layer >= static_cast<std::int64_t>(at->second.size())) return false;
        const nlohmann::json& value = at->second[static_cast<std::size_t>(layer)];
        return value.is_boolean() ? value.get<bool>() : number(value, 0) != 0;
    }

private:
    [[nodiscard]] static std::int64_t number(const nlohmann::json& value, std::int64_t otherwise) {
        constexpr std::int64_t most = 1'000'000'000;
        return value.is_number_integer() && value >= 0 && value <= most ? value.get<std::int64_t>() : otherwise;
    }

    const std::map<std::string, nlohmann::json>& metadata_;
    std::string prefix_;
};

/// What the names of one layer's tensors show.
struct layer_contents {
    bool keys = false;
    bool state = false;
};

/// Returns what each layer has: matrices of keys and values, and parts of a recurrence.
[[nodiscard]] inline std::map<std::int64_t, layer_contents> gguf_layers(const tensor_file& file) {
    constexpr std::array state_parts{".ssm_", ".time_mix", ".shortconv"};
    constexpr std::array key_parts{".attn_k", ".attn_qkv", ".attn_v"};
    std::map<std::int64_t, layer_contents> layers;
    for (const stored_tensor& t : file.tensors) {
        if (!t.name.starts_with("blk.")) continue;
        const std::size_t dot = t.name.find('.', 4);
        if (dot == t.name.npos || dot == 4 || dot > 10) continue;
        const std::string digits = t.name.substr(4, dot - 4);
        if (digits.find_first_not_of("0123456789") != digits.npos) continue;
        layer_contents& layer = layers[std::stoll(digits)];
        layer.state = layer.state || contains_any(t.name, state_parts);
        layer.keys = layer.keys || (contains_any(t.name, key_parts) && !names_norm(last_module(t.name)));
    }
    return layers;
}

/// Returns the elements of state per sequence of a recurrent layer, as llama.cpp stores them: the state of the
/// recurrence and the last inputs of its convolution (llama-hparams.cpp, n_embd_r and n_embd_s); 0 if the file does not
/// tell.
[[nodiscard]] inline std::int64_t gguf_state(const gguf_sizes& of, std::int64_t hidden) {
    const std::int64_t inner = of.size("ssm.inner_size", 0);
    const std::int64_t state = of.size("ssm.state_size", 0);
    const std::int64_t groups = of.size("ssm.group_count", 1);
    const std::int64_t kernel = of.size("ssm.conv_kernel", 1);
    if (inner > 0 && state > 0) {
        const std::int64_t width = inner + sizes_product(2 * groups, state);
        return sizes_product(inner, state) + sizes_product(larger(kernel - 1, 0), width);
    }
    if (const std::int64_t head = of.size("wkv.head_size", 0); head > 0) return sizes_product(hidden, head + 2);
    if (const std::int64_t cached = of.size("shortconv.l_cache", 0); cached > 1)
        return sizes_product(hidden, cached - 1);
    return 0;
}

/// Returns what one layer caches. A window counts only where the file lists which layers have it.
[[nodiscard]] inline stored_layers gguf_layer(const gguf_sizes& of, std::int64_t layer, std::int64_t heads,
                                              std::int64_t head_width) {
    constexpr const char* pattern = "attention.sliding_window_pattern";
    const std::int64_t window = of.size("attention.sliding_window", 0);
    const bool windowed = window > 0 && of.set_for_layer(pattern, layer);
    const std::int64_t kv_heads = of.size_of_layer("attention.head_count_kv", layer, heads);
    std::int64_t key = of.size("attention.key_length", head_width);
    std::int64_t value = of.size("attention.value_length", head_width);
    if (windowed) {
        key = of.size("attention.key_length_swa", key);
        value = of.size("attention.value_length_swa", value);
    }
    stored_layers cached{.layers = 1, .cache_width = sizes_product(kv_heads, key + value)};
    if (windowed) cached.window = window;
    const std::int64_t rank = of.size("attention.kv_lora_rank", 0);
    if (rank > 0 && of.has("attention.key_length_mla")) {
        cached.cache_width = rank + of.size("rope.dimension_count", key);
        cached.latent_values = rank;
    }
    return cached;
}

/// Adds the layers with what each of them caches and carries. Returns what is not known, or an empty text.
[[nodiscard]] inline std::string add_gguf_layers(const tensor_file& file, const gguf_sizes& of, stored_model& m) {
    const std::int64_t layers = of.size("block_count", 0);
    constexpr std::int64_t most_layers = 10'000;
    if (layers < 1 || layers > most_layers) return "the number of its layers (block_count)";
    if (m.heads < 1) return "the number of its heads (attention.head_count)";
    const std::int64_t head_width = divide_up(m.hidden, m.heads);
    const std::int64_t state = gguf_state(of, m.hidden);
    const std::int64_t full_every = of.size("full_attention_interval", 0);
    std::map<std::int64_t, layer_contents> contents = gguf_layers(file);
    for (std::int64_t i = 0; i < layers; ++i) {
        const layer_contents& has = contents[i];
        stored_layers layer = gguf_layer(of, i, m.heads, head_width);
        const bool linear = has.state && full_every > 0 && (i + 1) % full_every != 0;
        if ((has.state && !has.keys) || linear) layer = {.layers = 1};
        if (has.state && state == 0) return "the state of its recurrent layers";
        if (has.state) layer.state_width = state;
        add_layers(m, layer);
    }
    return {};
}

}  // namespace detail

/// Returns the bounds of the shape that the metadata of a GGUF file states.
[[nodiscard]] inline shape_bounds gguf_shape(const tensor_file& file) {
    shape_bounds bounds;
    stored_model& m = bounds.model;
    const detail::gguf_sizes of(file);
    m.hidden = of.size("embedding_length", 0);
    m.heads = of.size("attention.head_count", 0);
    if (m.heads == 0 && of.has("wkv.head_size"))
        m.heads = divide_up(m.hidden, larger(of.size("wkv.head_size", 1), std::int64_t{1}));
    m.kv_heads = larger(of.size("attention.head_count_kv", m.heads), std::int64_t{1});
    const std::int64_t head_width = m.heads > 0 ? divide_up(m.hidden, m.heads) : 0;
    const std::int64_t key = of.size("attention.key_length_mla", of.size("attention.key_length", head_width));
    m.query_width = detail::sizes_product(m.heads, key);
    m.experts = of.size("expert_count", 0);
    const std::int64_t active = of.size("expert_used_count", 0) + of.size("expert_shared_count", 0);
    const std::int64_t dense = of.size("feed_forward_length", 0);
    const std::int64_t expert = of.size("expert_feed_forward_length", dense);
    m.ffn = larger(dense, detail::sizes_product(active, expert) + of.size("expert_shared_feed_forward_length", 0));
    m.vocab = of.size("vocab_size", 0);
    for (const stored_tensor& t : file.tensors)
        if (t.name == "token_embd.weight" && t.shape.size() == 2) m.vocab = t.shape[1];
    const bool two_stacks = of.has("decoder_block_count");
    if (file.architecture.empty())
        bounds.unknown = "its architecture (general.architecture)";
    else if (m.hidden < 1)
        bounds.unknown = "its width (embedding_length)";
    else if (two_stacks)
        bounds.unknown = "what the decoder of an encoder-decoder caches";
    else
        bounds.unknown = detail::add_gguf_layers(file, of, m);
    return bounds;
}

}  // namespace cardfit::io
