// SPDX-License-Identifier: MIT
#pragma once

// The bounds of a shape from the names and shapes of the tensors in a safetensors file alone: the matrices of keys and
// values show what a layer caches. The shapes do not tell how many heads there are; heads of 64 bound their number.

#include <cardfit/io/stored/parameter_count.hpp>
#include <cardfit/io/stored/shape_bounds.hpp>

#include <map>
#include <string>
#include <string_view>

namespace cardfit::io {

/// Returns true if the names of the tensors show a recurrence, whose state is carried from token to token.
[[nodiscard]] inline bool shows_state(std::string_view name) {
    for (const char* part : {"mamba", "ssm", "linear_attn", "A_log", "time_mix", "short_conv", "shortconv", ".conv1d",
                             "conv.conv.", "rglru", ".rwkv", "lightning"})
        if (name.find(part) != name.npos) return true;
    return false;
}

namespace detail {

/// Returns the outputs of a matrix, which transformers stores as [out, in]; of a matrix that is packed along its
/// outputs, those of its scales; 0 if the shape does not tell.
[[nodiscard]] inline std::int64_t outputs_of(const stored_tensor& t, const tensors_by_name& index) {
    if (t.shape.size() != 2) return 0;
    if (t.name.ends_with(".qweight")) {
        const stored_tensor* scales = find_tensor(index, t.name.substr(0, t.name.size() - 7) + "scales");
        return scales && scales->shape.size() == 2 ? scales->shape[1] : 0;
    }
    const bool flat = t.type == "u8" && index.contains(t.name + ".absmax");
    return t.name.ends_with(".weight") || t.name.ends_with(".weight_packed") ? (flat ? 0 : t.shape[0]) : 0;
}

/// What one layer's tensors show.
struct shown_layer {
    std::int64_t keys = 0;
    std::int64_t values = 0;
    std::int64_t queries = 0;
};

/// Notes the outputs of a layer's matrix if its name says that it computes keys, values or queries.
inline void add_projection(shown_layer& layer, std::string_view name, std::int64_t outputs) {
    if (name.find("k_proj.") != name.npos) layer.keys = larger(layer.keys, outputs);
    if (name.find("v_proj.") != name.npos) layer.values = larger(layer.values, outputs);
    if (name.find("q_proj.") != name.npos) layer.queries = larger(layer.queries, outputs);
}

}  // namespace detail

/// Returns the bounds of the shape that the tensors of a safetensors file show.
[[nodiscard]] inline shape_bounds tensor_shape(const tensor_file& file) {
    const tensors_by_name index = index_of(file);
    std::map<std::string_view, detail::shown_layer> layers;
    shape_bounds bounds;
    stored_model& m = bounds.model;
    for (const stored_tensor& t : file.tensors) {
        const named_tensor about = tensor_named(t.name);
        if (shows_state(t.name)) bounds.unknown = "the state of its recurrent layers";
        if (about.kind == tensor_kind::experts) bounds.unknown = "how many experts a token visits";
        if (about.scale || about.kind == tensor_kind::tower) continue;
        if (about.kind == tensor_kind::embedding && t.shape.size() == 2 && t.shape[0] >= m.vocab) {
            m.vocab = t.shape[0];
            m.hidden = t.shape[1];
        }
        if (about.layer.empty()) continue;
        const std::int64_t out = detail::outputs_of(t, index);
        detail::add_projection(layers[about.layer], t.name, out);
        if (about.kind == tensor_kind::feed_forward) m.ffn = larger(m.ffn, out);
    }
    constexpr std::int64_t narrow_head = 64;
    constexpr std::int64_t wide_head = 256;
    std::int64_t widest_keys = 0;
    for (const auto& [name, layer] : layers) {
        if (layer.keys == 0 || layer.values == 0 || layer.queries == 0) bounds.unknown = "what its layers cache";
        m.query_width = larger(m.query_width, layer.queries);
        widest_keys = larger(widest_keys, layer.keys);
        detail::add_layers(m, {.layers = 1, .cache_width = layer.keys + layer.values});
    }
    m.heads = larger(m.query_width / narrow_head, std::int64_t{1});
    m.kv_heads = larger(widest_keys / wide_head, std::int64_t{1});
    if (m.hidden == 0 || layers.empty()) bounds.unknown = "what its layers cache";
    return bounds;
}

}  // namespace cardfit::io
