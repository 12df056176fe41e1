// SPDX-License-Identifier: MIT
#pragma once

// The bounds of a shape from a config.json of any family: the sizes that decoders state, under the names that families
// use, in the file itself or in the part that describes the text model. All layers count as layers that cache every
// token, and as recurrent layers too if the file states a state, so that both are upper bounds; but for layers that
// attend to an image, which keep that of one image.

#include <cardfit/io/stored/shape_bounds.hpp>

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

namespace detail {

/// Looks sizes up in a config.json and in the parts that describe a text model, the innermost first.
class config_sizes {
public:
    explicit config_sizes(const nlohmann::json& config) {
        if (config.is_object()) descend(config, 0);
    }
    /// A temporary file would be gone before its sizes are asked for.
    explicit config_sizes(nlohmann::json&& config) = delete;

    [[nodiscard]] const nlohmann::json* find(std::string_view key) const {
        for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
            const auto at = (*part)->find(std::string(key));
            if (at != (*part)->end() && !at->is_null()) return &*at;
        }
        return nullptr;
    }
    /// Returns the first size that the file states under one of these names; of a list, the largest element; 0 if there
    /// is none.
    [[nodiscard]] std::int64_t size(std::initializer_list<std::string_view> names) const {
        for (const std::string_view name : names) {
            const nlohmann::json* value = find(name);
            if (!value) continue;
            std::int64_t largest = number(*value);
            if (value->is_array())
                for (const nlohmann::json& each : *value) largest = larger(largest, number(each));
            if (largest > 0) return largest;
        }
        return 0;
    }
    [[nodiscard]] bool flag(std::string_view name) const {
        const nlohmann::json* value = find(name);
        return value && *value == true;
    }

private:
    void descend(const nlohmann::json& object, int depth) {
        constexpr int deepest = 4;
        parts_.push_back(&object);
        for (const char* key : {"text_config", "llm_config", "language_config", "thinker_config", "language_model"}) {
            const auto at = object.find(key);
            if (depth < deepest && at != object.end() && at->is_object()) return descend(*at, depth + 1);
        }
    }
    [[nodiscard]] static std::int64_t number(const nlohmann::json& value) {
        constexpr std::int64_t most = 1'000'000'000;
        return value.is_number_integer() && value > 0 && value <= most ? value.get<std::int64_t>() : 0;
    }

    std::vector<const nlohmann::json*> parts_;
};

/// Returns the elements of state per sequence of a recurrent layer, with its convolution's inputs; 0 if the file states
/// none.
[[nodiscard]] inline std::int64_t config_state(const config_sizes& in, std::int64_t hidden) {
    constexpr std::int64_t usual_kernel = 4;
    const std::int64_t kernel = larger(
        in.size({"mamba_d_conv", "conv_kernel", "linear_conv_kernel_dim", "conv_L_cache", "d_conv"}), usual_kernel);
    const std::int64_t state = in.size({"mamba_d_state", "ssm_state_size", "state_size", "d_state"});
    const std::int64_t heads = in.size({"mamba_n_heads", "mamba_num_heads", "n_mamba_heads"});
    const std::int64_t head = in.size({"mamba_d_head", "mamba_head_dim", "mamba_headdim"});
    const std::int64_t expand = in.size({"mamba_expand", "expand"});
    const std::int64_t groups = larger(in.size({"mamba_n_groups", "n_groups", "mamba_ngroups"}), std::int64_t{1});
    std::int64_t sum = 0;
    if (state > 0) {
        const std::int64_t by_heads = sizes_product(heads, head);
        const std::int64_t inner = larger(by_heads, sizes_product(larger(expand, by_heads > 0 ? 0 : 2), hidden));
        sum += sizes_product(inner, state) + sizes_product(kernel, inner + sizes_product(2 * groups, state));
    }
    const std::int64_t key_heads = in.size({"linear_num_key_heads"});
    const std::int64_t value_heads = in.size({"linear_num_value_heads"});
    const std::int64_t key = in.size({"linear_key_head_dim"});
    const std::int64_t value = in.size({"linear_value_head_dim"});
    if (value_heads > 0 && key > 0)
        sum += sizes_product(value_heads, sizes_product(key, value)) +
               sizes_product(kernel, sizes_product(2 * key_heads, key) + sizes_product(value_heads, value));
    if (in.find("conv_L_cache") != nullptr) sum += sizes_product(kernel, hidden);
    return sum;
}

/// Returns the layers that attend to an image in the place of the sequence (Llama 3.2 Vision: modeling_mllama.py,
/// MllamaCrossAttentionDecoderLayer). They cache nothing per token, and keep keys and values of one image per sequence:
/// of every tile's patches and its class token. No layers if the file lists none.
[[nodiscard]] inline stored_layers crossing_layers(const nlohmann::json& config, const config_sizes& in,
                                                   std::int64_t layers, std::int64_t width) {
    const nlohmann::json* list = in.find("cross_attention_layers");
    const auto listed = list && list->is_array() ? static_cast<std::int64_t>(list->size()) : 0;
    if (listed == 0 || listed >= layers) return {};
    const auto vision = config.find("vision_config");
    const nlohmann::json nothing;
    const config_sizes tower(vision == config.end() ? nothing : *vision);
    const auto size_or = [&](std::string_view name, std::int64_t usual) {
        const std::int64_t stated = tower.size({name});
        return stated > 0 ? stated : usual;
    };
    const std::int64_t side = divide_up(size_or("image_size", 560), size_or("patch_size", 14));
    const std::int64_t positions = sizes_product(size_or("max_num_tiles", 4), sizes_product(side, side) + 1);
    return {.layers = listed, .state_width = sizes_product(positions, width)};
}

/// Returns what each layer caches of one token.
[[nodiscard]] inline stored_layers config_cache(const config_sizes& in, std::int64_t kv_heads, std::int64_t head) {
    const std::int64_t rank = in.size({"kv_lora_rank"});
    if (rank > 0) return {.cache_width = rank + in.size({"qk_rope_head_dim"}), .latent_values = rank};
    const std::int64_t value = larger(in.size({"v_head_dim", "value_head_dim"}), head);
    return {.cache_width = sizes_product(kv_heads, head + value)};
}

}  // namespace detail

/// Returns the bounds of the shape that a config.json states. `has_state` says that the names of the tensors show a
/// recurrence.
[[nodiscard]] inline shape_bounds config_shape(const nlohmann::json& config, bool has_state) {
    const detail::config_sizes in(config);
    shape_bounds bounds;
    stored_model& m = bounds.model;
    m.hidden = in.size({"hidden_size", "n_embd", "d_model", "dim", "model_dim"});
    m.heads = in.size({"num_attention_heads", "n_head", "n_heads", "num_heads"});
    const std::int64_t kv_heads =
        larger(in.size({"num_key_value_heads", "n_kv_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num"}),
               in.size({"num_global_key_value_heads"}));
    m.kv_heads = kv_heads > 0 ? kv_heads : m.heads;
    const std::int64_t stated =
        larger(in.size({"head_dim", "kv_channels", "attention_head_dim", "d_kv"}), in.size({"global_head_dim"}));
    const std::int64_t head = stated > 0 ? stated : m.heads > 0 ? divide_up(m.hidden, m.heads) : 0;
    const std::int64_t query = in.size({"qk_nope_head_dim"}) + in.size({"qk_rope_head_dim"});
    m.query_width = detail::sizes_product(m.heads, larger(head, query));
    const std::int64_t dense = in.size({"intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size", "d_ff",
                                        "hidden_dim", "block_ff_dim", "intermediate_size_mlp"});
    m.experts = in.size({"num_experts", "n_routed_experts", "num_local_experts", "moe_num_experts"});
    const std::int64_t active =
        in.size({"num_experts_per_tok", "num_experts_per_token", "top_k_experts", "moe_topk", "moe_k", "moe_top_k"}) +
        in.size({"n_shared_experts", "num_shared_experts", "num_shared_expert"});
    const std::int64_t expert = in.size({"moe_intermediate_size", "expert_ffn_hidden_size", "moe_ffn_hidden_size"});
    const std::int64_t shared = in.size({"shared_expert_intermediate_size", "moe_shared_expert_intermediate_size"});
    m.ffn =
        larger(dense > 0 ? dense : 4 * m.hidden, detail::sizes_product(active, expert > 0 ? expert : dense) + shared);
    m.vocab = in.size({"vocab_size", "padded_vocab_size"});
    const std::int64_t layers = in.size({"num_hidden_layers", "n_layer", "n_layers", "num_layers", "n_blocks"});
    const std::int64_t state = detail::config_state(in, m.hidden);
    if (layers < 1 || m.hidden < 1)
        bounds.unknown = "the number and the width of its layers";
    else if (m.heads < 1)
        bounds.unknown = "the number of its heads";
    else if (m.experts > 1 && active < 1)
        bounds.unknown = "how many experts a token visits";
    else if (in.flag("is_encoder_decoder"))
        bounds.unknown = "what the decoder of an encoder-decoder caches";
    else if (has_state && state == 0)
        bounds.unknown = "the state of its recurrent layers";
    if (!bounds.unknown.empty()) return bounds;
    stored_layers each = detail::config_cache(in, m.kv_heads, head);
    const stored_layers crossing = detail::crossing_layers(config, in, layers, each.cache_width);
    each.layers = layers - crossing.layers;
    each.state_width = state;
    detail::add_layers(m, crossing);
    detail::add_layers(m, each);
    return bounds;
}

}  // namespace cardfit::io
