// SPDX-License-Identifier: MIT
#pragma once

// The transformer that follows from the names and shapes in a safetensors file alone. These don't state the number of
// heads, so the model is unambiguous only where a norm on the queries of each head shows the width of a head (Qwen 3).
// Mixture-of-experts models remain ambiguous, because no shape states how many experts each token visits. The names are
// those of transformers, models/qwen3/modeling_qwen3.py.

#include <cardfit/io/tensor_file.hpp>

namespace cardfit::io::detail {

/// Returns the model that the shapes describe, if it has exactly as many parameters as the file.
[[nodiscard]] inline std::optional<transformer> model_of_shapes(const tensor_file& file) {
    const std::string stem = "model.layers.";
    std::map<std::string_view, const stored_tensor*> named;
    transformer m;
    for (const stored_tensor& t : file.tensors) {
        named[t.name] = &t;
        const std::size_t end = t.name.find('.', stem.size());
        if (t.name.starts_with(stem) && t.name.ends_with(".input_layernorm.weight") && end < t.name.size()) ++m.layers;
    }
    const auto extent = [&](std::string_view name, std::size_t dimension) {
        const auto at = named.find(name);
        return at == named.end() || at->second->shape.size() <= dimension ? 0 : at->second->shape[dimension];
    };
    constexpr std::int64_t widest_head = 256;
    m.head_dim = extent("model.layers.0.self_attn.q_norm.weight", 0);
    const bool other = named.contains("model.layers.0.post_feedforward_layernorm.weight");
    if (m.head_dim < 1 || m.head_dim > widest_head || other) return std::nullopt;
    m.heads = extent("model.layers.0.self_attn.q_proj.weight", 0) / m.head_dim;
    m.kv_heads = extent("model.layers.0.self_attn.k_proj.weight", 0) / m.head_dim;
    m.ffn = extent("model.layers.0.mlp.gate_proj.weight", 0);
    m.vocab = extent("model.embed_tokens.weight", 0);
    m.hidden = extent("model.embed_tokens.weight", 1);
    m.tied_embeddings = !named.contains("lm_head.weight");
    m.head_norm = true;
    if (!problems(m).empty() || parameters(m) != file.elements) return std::nullopt;
    return m;
}

}  // namespace cardfit::io::detail
