// SPDX-License-Identifier: MIT
#pragma once

// The layers of multi-token prediction (DeepSeek-V3, arXiv 2412.19437, section 2.2) that a config.json states. The
// files of the weights have them; transformers does not load them, and an engine does if it speculates with them.

#include <cardfit/io/huggingface/decoders.hpp>
#include <cardfit/io/huggingface/hybrids.hpp>
#include <cardfit/io/huggingface/text_part.hpp>
#include <cardfit/model/network.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string_view>

namespace cardfit::io {

/// Layers of multi-token prediction, which are no part of the model.
struct prediction_layers {
    std::int64_t layers = 0;  ///< their number; 0: none
    /// The parameters of these layers with the matrix and the norms before them.
    std::int64_t parameters = 0;
    /// The parameters of embeddings and heads that some files repeat for these layers, and others don't.
    std::int64_t vocabulary_parameters = 0;
};

namespace detail {

/// Returns the parameters of one layer as the last one of a network, with attention: where the last one has none, those
/// of a layer that attends are added.
[[nodiscard]] inline std::int64_t last_layer_parameters(const network& net) {
    std::int64_t sum = 0;
    std::int64_t attending = 0;
    bool attends = false;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        const bool has_attention = b.attention.scores != score_kind::none;
        if (has_attention) attending = parameters(b);
        if (b.layers.count(net.layers - 1, net.layers) == 0) continue;
        sum = parameters(b);
        attends = has_attention;
    }
    return attends ? sum : sum + attending;
}

/// Returns the keys of prediction layers of a family of decoders, or null if the model_type has none.
[[nodiscard]] inline const prediction_keys* prediction_keys_of(std::string_view model_type) {
    for (const family& row : families)
        if (row.model_type == model_type && !row.prediction.layers.name.empty()) return &row.prediction;
    for (const hybrid_family& row : hybrid_families)
        if (row.model_type == model_type && !row.prediction.layers.name.empty()) return &row.prediction;
    return nullptr;
}

}  // namespace detail

/// Returns the prediction layers that a config.json states beside the model that it describes; none if it states none.
/// `net` is the model lowered. Of a multimodal model, these are the layers of its text model.
[[nodiscard]] inline prediction_layers prediction_layers_of(const nlohmann::json& config, const network& net) {
    if (!config.is_object()) return {};
    const nlohmann::json part = detail::text_part(config);
    const nlohmann::json& text = part.is_object() ? part : config;
    const auto type = text.find("model_type");
    if (type == text.end() || !type->is_string()) return {};
    const detail::prediction_keys* keys = detail::prediction_keys_of(type->get<std::string>());
    const auto count = keys ? text.find(std::string(keys->layers.name)) : text.end();
    if (count == text.end() || !count->is_number_integer()) return {};
    constexpr std::int64_t most_layers = 1000;
    const std::int64_t layers = count->get<std::int64_t>();
    if (layers < 1 || layers > most_layers) return {};
    const std::int64_t h = net.hidden;
    return {.layers = layers,
            .parameters = layers * (detail::last_layer_parameters(net) + 2 * h * h + keys->norms * h),
            .vocabulary_parameters = layers * keys->own_vocabulary_matrices * net.logits * h};
}

}  // namespace cardfit::io
