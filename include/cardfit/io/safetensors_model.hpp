// SPDX-License-Identifier: MIT
#pragma once

// The transformer that the names and shapes of a safetensors file tell by themselves. They hold no count of heads; only
// where a norm on each head's queries shows a head's width (Qwen 3) is the model unambiguous. Experts are not: no shape
// says how many a token visits. Names: transformers, models/qwen3/modeling_qwen3.py.

#include <cardfit/io/tensor_file.hpp>

namespace cardfit::io::detail {

/// The model that the shapes make, if its parameters are the file's exactly.
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
