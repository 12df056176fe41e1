// SPDX-License-Identifier: MIT
#pragma once

// What the name of a stored tensor tells: which part of the model it belongs to, which layer, and whether it belongs to
// a quantized matrix as its scale or zero point. The names are those of transformers' modules, of Meta's and Mistral's
// own files, and of llama.cpp (src/llama-arch.cpp, gguf-py/gguf/constants.py).

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace cardfit::io {

/// The part of a model that a tensor belongs to.
enum class tensor_kind : unsigned char {
    embedding,     ///< tables in which tokens and positions are looked up
    attention,     ///< attention and other mixers: state spaces, linear attention, recurrences
    feed_forward,  ///< dense feed-forwards, and experts that every token visits
    experts,
    norms,
    head,   ///< the matrix that makes the logits, or a classifier
    tower,  ///< encoders of images and sound, and what joins them to the text model
    other,  ///< routers, buffers, and everything whose name tells nothing
    count,
};

/// What the name of a tensor tells.
struct named_tensor {
    tensor_kind kind = tensor_kind::other;  ///< the part of the model
    /// True for a matrix that makes keys or values, of which tensor parallelism copies whole heads.
    bool key_value = false;
    /// True for a scale, a zero point or an index of a quantized matrix; such a tensor has no parameters of its own.
    bool scale = false;
    /// True for a constant that is stored beside the parameters: rotary frequencies, a causal mask, running statistics.
    bool buffer = false;
    /// The name up to the number of the layer ("model.layers.12"); empty outside layers.
    std::string_view layer{};
};

namespace detail {

/// A part of a name and the kind that it shows. The first part that a name contains decides.
struct kind_part {
    std::string_view part;
    tensor_kind kind;
};
inline constexpr kind_part kind_parts[]{
    {"visual.", tensor_kind::tower},
    {"vision", tensor_kind::tower},
    {"image", tensor_kind::tower},
    {"multi_modal", tensor_kind::tower},
    {"mm_projector", tensor_kind::tower},
    {"mm.", tensor_kind::tower},
    {"mlp1.", tensor_kind::tower},
    {"audio", tensor_kind::tower},
    {"v.blk.", tensor_kind::tower},
    {"v.patch_embd", tensor_kind::tower},
    {"v.position_embd", tensor_kind::tower},
    {"a.blk.", tensor_kind::tower},
    {"ffn_gate_inp", tensor_kind::other},
    {".router.", tensor_kind::other},
    {"mlp.gate.", tensor_kind::other},
    {"moe.gate.", tensor_kind::other},
    {"rotary_emb.", tensor_kind::other},
    {"rope_freqs", tensor_kind::other},
    {"rope_factors", tensor_kind::other},
    {"_exps.", tensor_kind::experts},
    {"_chexps.", tensor_kind::experts},
    {".experts.", tensor_kind::experts},
    {"token_embd", tensor_kind::embedding},
    {"position_embd", tensor_kind::embedding},
    {"token_types", tensor_kind::embedding},
    {"embed_tokens", tensor_kind::embedding},
    {"embed_positions", tensor_kind::embedding},
    {"embed_in.", tensor_kind::embedding},
    {"tok_embeddings", tensor_kind::embedding},
    {"word_embedding", tensor_kind::embedding},
    {"embeddings.", tensor_kind::embedding},
    {"embedding.", tensor_kind::embedding},
    {"wte.", tensor_kind::embedding},
    {"wpe.", tensor_kind::embedding},
    {"shared.weight", tensor_kind::embedding},
    {"lm_head.", tensor_kind::head},
    {"embed_out.", tensor_kind::head},
    {"output_layer.", tensor_kind::head},
    {"classifier.", tensor_kind::head},
    {"attention.output.dense", tensor_kind::attention},
    {".output.dense", tensor_kind::feed_forward},
    {"attn", tensor_kind::attention},
    {"attention", tensor_kind::attention},
    {"Attention", tensor_kind::attention},
    {"mixer.", tensor_kind::attention},
    {"mamba.", tensor_kind::attention},
    {"ssm_", tensor_kind::attention},
    {"time_mix", tensor_kind::attention},
    {"shortconv", tensor_kind::attention},
    {"ffn", tensor_kind::feed_forward},
    {"mlp.", tensor_kind::feed_forward},
    {"feed_forward.", tensor_kind::feed_forward},
    {"channel_mix", tensor_kind::feed_forward},
    {"intermediate.dense", tensor_kind::feed_forward},
    {"DenseReluDense", tensor_kind::feed_forward},
    {"fc1.", tensor_kind::feed_forward},
    {"fc2.", tensor_kind::feed_forward},
};

/// The ends of the names of scales, zero points and indices: AutoGPTQ and AutoAWQ, bitsandbytes, compressed-tensors,
/// DeepSeek's fp8 files, gpt-oss's mxfp4 files, and NVIDIA's modelopt.
inline constexpr std::string_view scale_ends[]{".scales",           ".qzeros",       ".g_idx",      ".SCB",
                                               ".weight_format",    ".absmax",       ".quant_map",  ".nested_absmax",
                                               ".nested_quant_map", "_scale",        "_scale_inv",  "_scale_2",
                                               "_scales",           "_global_scale", "_zero_point", "_g_idx",
                                               ".weight_shape"};

/// The ends of the names of buffers: rotary frequencies, positions and causal masks of transformers, running statistics
/// of batch norms.
inline constexpr std::string_view buffer_ends[]{".inv_freq",
                                                ".position_ids",
                                                ".masked_bias",
                                                ".attn.bias",
                                                ".running_mean",
                                                ".running_var",
                                                "rope_freqs.weight",
                                                "rope_factors_long.weight",
                                                "rope_factors_short.weight",
                                                ".num_batches_tracked"};

/// Parts of the names of matrices that make keys or values alone.
inline constexpr std::string_view key_value_parts[]{"k_proj.", "v_proj.",   ".attn_k.",    ".attn_v.",  ".wk.",
                                                    ".wv.",    "self.key.", "self.value.", "key_proj.", "value_proj."};

template <class Ends>
[[nodiscard]] bool ends_in_any(std::string_view name, const Ends& ends) {
    return std::any_of(std::begin(ends), std::end(ends), [&](std::string_view end) { return name.ends_with(end); });
}
template <class Parts>
[[nodiscard]] bool contains_any(std::string_view name, const Parts& parts) {
    return std::any_of(std::begin(parts), std::end(parts),
                       [&](std::string_view part) { return name.find(part) != name.npos; });
}

/// Returns the last module of a name: "q_norm" of "model.layers.0.self_attn.q_norm.weight".
[[nodiscard]] inline std::string_view last_module(std::string_view name) {
    const std::size_t end = name.rfind('.');
    if (end == name.npos) return name;
    const std::size_t begin = name.rfind('.', end == 0 ? 0 : end - 1);
    return name.substr(begin == name.npos ? 0 : begin + 1, end - (begin == name.npos ? 0 : begin + 1));
}

/// Returns true if the module is a norm: "norm" is in its name, or it is one of GPT-2's (ln_1, ln_f).
[[nodiscard]] inline bool names_norm(std::string_view module) {
    const auto has = [&](std::string_view part) { return module.find(part) != module.npos; };
    return has("norm") || has("Norm") || module.starts_with("ln_") || module == "ln";
}

/// Returns the name up to its first part that is a number, or an empty text.
[[nodiscard]] inline std::string_view layer_part(std::string_view name) {
    for (std::size_t begin = 0; begin < name.size();) {
        const std::size_t dot = (std::min)(name.find('.', begin), name.size());
        const std::string_view part = name.substr(begin, dot - begin);
        const bool number = !part.empty() &&
                            std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
        if (number && begin > 0) return name.substr(0, dot);
        begin = dot + 1;
    }
    return {};
}

}  // namespace detail

/// Returns what the name of a tensor tells.
[[nodiscard]] inline named_tensor tensor_named(std::string_view name) {
    named_tensor t;
    t.scale = detail::ends_in_any(name, detail::scale_ends) || name.find(".quant_state.") != name.npos;
    t.buffer = detail::ends_in_any(name, detail::buffer_ends);
    t.layer = detail::layer_part(name);
    if (name == "output.weight" || name == "output.bias" || name == "score.weight") {
        t.kind = tensor_kind::head;
        return t;
    }
    for (const detail::kind_part& p : detail::kind_parts) {
        if (name.find(p.part) == name.npos) continue;
        t.kind = p.kind;
        break;
    }
    if (t.kind != tensor_kind::tower && !t.scale && detail::names_norm(detail::last_module(name)))
        t.kind = tensor_kind::norms;
    if (t.kind == tensor_kind::tower) t.layer = {};
    t.key_value = t.kind == tensor_kind::attention && detail::contains_any(name, detail::key_value_parts);
    return t;
}

}  // namespace cardfit::io
