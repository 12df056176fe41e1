// SPDX-License-Identifier: MIT
#pragma once

// The dimensions that the table of models prints, for models of all kinds.

#include <cardfit/io/any_model.hpp>

#include <cstdint>
#include <variant>

namespace tool {

using namespace cardfit;
namespace io = cardfit::io;

/// A dimension that models of a kind do not have.
inline constexpr std::int64_t no_size = -1;

/// The dimensions of a model.
struct model_shape {
    std::int64_t layers = no_size;
    std::int64_t hidden = no_size;
    std::int64_t heads = no_size;
    std::int64_t kv_heads = no_size;
    std::int64_t ffn = no_size;
    std::int64_t vocab = no_size;
    std::int64_t experts = no_size;
};

struct shape_column {
    const char* name;
    std::int64_t model_shape::*size;
    bool in_table = true;
};
inline constexpr shape_column shape_columns[]{
    {"layers", &model_shape::layers},          {"hidden", &model_shape::hidden}, {"heads", &model_shape::heads},
    {"kv_heads", &model_shape::kv_heads},      {"ffn", &model_shape::ffn},       {"vocab", &model_shape::vocab},
    {"experts", &model_shape::experts, false},
};

/// Returns true for blocks of a convnet that have convolutions or matrices: pools, norms and copies have none.
[[nodiscard]] inline bool has_matrices(stage_kind kind) {
    for (const stage_kind without :
         {stage_kind::none, stage_kind::max_pool, stage_kind::average_pool, stage_kind::fixed_pool,
          stage_kind::upsample, stage_kind::layer_normalization, stage_kind::normalization})
        if (kind == without) return false;
    return true;
}

/// Returns the layers of a model whose dimensions are its own: of both halves, or of all kinds, where it has these.
template <class Model>
[[nodiscard]] std::int64_t layers_of(const Model& m) {
    std::int64_t layers = 0;
    if constexpr (requires { m.layers; }) layers = m.layers;
    if constexpr (requires { m.encoder_layers; }) layers = m.encoder_layers + m.decoder_layers;
    if constexpr (requires { m.joint_layers; }) layers = m.joint_layers + m.single_layers + m.crossed_layers;
    if constexpr (requires { m.stages; }) {
        layers = 0;
        for (const convnet_stage& stage : m.stages) layers += has_matrices(stage.kind) ? stage.repeats : 0;
    }
    return layers;
}

/// Returns the dimensions of a model without parts.
template <class Model>
[[nodiscard]] model_shape own_shape_of(const Model& m) {
    model_shape shape;
    shape.layers = layers_of(m);
    if constexpr (requires { m.hidden; }) shape.hidden = m.hidden;
    if constexpr (requires { std::int64_t{m.heads}; }) shape.heads = m.heads;
    shape.kv_heads = shape.heads;
    if constexpr (requires { m.kv_heads; })
        if (m.kv_heads > 0) shape.kv_heads = m.kv_heads;
    if constexpr (requires { m.ffn; }) shape.ffn = m.ffn;
    if constexpr (requires { m.vocab; }) shape.vocab = m.vocab;
    if constexpr (requires { m.experts.count; }) {
        shape.experts = m.experts.count;
        if (shape.ffn == 0 && m.experts.count > 0) shape.ffn = m.experts.ffn;
    }
    return shape;
}

/// Returns the dimensions of a model: those of the text model or of the layers in common, where it has such a part. The
/// layers of a convnet are its blocks that have convolutions or matrices.
template <class Model>
[[nodiscard]] model_shape shape_of(const Model& m) {
    if constexpr (requires { m.text; }) {
        return shape_of(m.text);
    } else if constexpr (requires { m.common; }) {
        return shape_of(m.common);
    } else {
        return own_shape_of(m);
    }
}

/// Returns the dimensions of a model of any kind.
[[nodiscard]] inline model_shape shape_of(const io::any_model& model) {
    return std::visit([](const auto& m) { return shape_of(m); }, model);
}

}  // namespace tool
