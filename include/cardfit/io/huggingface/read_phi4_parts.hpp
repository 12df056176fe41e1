// SPDX-License-Identifier: MIT
#pragma once

// What the checkpoint of Phi-4-multimodal (arXiv 2503.01743) holds beside its text model and its vision tower: a
// conformer for speech, and low-rank adapters of the text model's matrices for images and for speech. Source:
// modeling_phi4mm.py and speech_conformer_encoder.py beside microsoft/Phi-4-multimodal-instruct.

#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/model/transformer.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io::detail {

/// Returns the parameters of the adapters of one modality on every layer's four matrices (queries, keys and values are
/// one, gate and up another): `r` x (rows + columns) each. 0 if the file has no such adapters.
[[nodiscard]] inline std::int64_t phi4_adapters(config_reader& in, std::string_view key, const transformer& m) {
    const nlohmann::json* object = in.find(key);
    if (!object || object->is_null()) return 0;
    const nlohmann::json& part = *object;
    const auto rank = part.is_object() && part.contains("r") ? config_reader::integer(part["r"], 1, 100'000)
                                                             : std::optional<std::int64_t>{};
    if (!rank) {
        in.refuse(key, "an object whose \"r\" is the rank of the adapters");
        return 0;
    }
    const std::int64_t head = m.head_dim > 0 ? m.head_dim : m.hidden / m.heads;
    const std::int64_t kv_heads = m.kv_heads > 0 ? m.kv_heads : m.heads;
    const std::int64_t query = m.heads * head;
    const std::int64_t attention = m.hidden + query + 2 * kv_heads * head + query + m.hidden;
    const std::int64_t feed_forward = m.hidden + 2 * m.ffn + m.ffn + m.hidden;
    return m.layers * *rank * (attention + feed_forward);
}

/// The sizes of the conformer, by their keys in `audio_processor.config`.
struct conformer_sizes {
    std::int64_t hidden = 0;
    std::int64_t layers = 0;
    std::int64_t ffn = 0;
    std::int64_t heads = 0;
    std::int64_t features = 0;
    std::int64_t kernel = 0;
};

/// Returns the parameters of one layer of the conformer (ConformerEncoderLayer): two gated feed-forwards, attention,
/// and a module of convolutions, each behind a norm; and a norm behind them.
[[nodiscard]] constexpr std::int64_t conformer_layer(const conformer_sizes& c) noexcept {
    const std::int64_t h = c.hidden;
    const std::int64_t norm = 2 * h;
    const std::int64_t feed_forward = norm + (h + 1) * 2 * c.ffn + (c.ffn + 1) * h;
    const std::int64_t attention = norm + 4 * (h + 1) * h;
    // A gated pointwise convolution with biases behind it, a depthwise one, and two pointwise ones.
    const std::int64_t convolutions = norm + (h + 1) * 2 * h + 2 * h + (c.kernel + 1) * h + 2 * (h + 1) * h;
    return 2 * feed_forward + attention + convolutions + norm;
}

/// Returns the parameters of the conformer, and of the two projectors that take its result to the text model's width,
/// one for speech and one for speech beside images.
[[nodiscard]] constexpr std::int64_t conformer_parameters(const conformer_sizes& c, std::int64_t width) noexcept {
    const std::int64_t h = c.hidden;
    // Three convolutions of stride 2 over time and features, the later two depthwise and pointwise, and a matrix.
    const std::int64_t strided = 9 * h + h;
    const std::int64_t subsampling = 3 * strided + 2 * (h + 1) * h + (h * ((c.features + 7) / 8) + 1) * h;
    // Distances of at most 500 positions, on both sides, have a bias per head; features a mean and a deviation.
    const std::int64_t distances = 2 * 500 * c.heads;
    const std::int64_t projector = (h + 1) * width + (width + 1) * width;
    return c.layers * conformer_layer(c) + subsampling + distances + 2 * c.features + 2 * projector;
}

/// Returns the parameters that the checkpoint holds and whose work is not modeled. Throws input_error.
[[nodiscard]] inline std::int64_t phi4_held_parameters(const nlohmann::json& config, const std::string& path,
                                                       const transformer& m) {
    std::vector<input_problem> found;
    config_reader in(config, path, found);
    const std::int64_t adapters = phi4_adapters(in, "vision_lora", m) + phi4_adapters(in, "speech_lora", m);
    config_reader outer = in.part("audio_processor");
    config_reader audio = outer.part("config");
    const conformer_sizes c{.hidden = audio.size({"attention_dim", "", 1024}, 1, 100'000),
                            .layers = audio.size({"num_blocks", "", 24}, 1, 1000),
                            .ffn = audio.size({"linear_units", "", 1536}, 1, 1'000'000),
                            .heads = audio.size({"attention_heads", "", 16}, 1, 10'000),
                            .features = audio.size({"input_size", "", 80}, 1, 10'000),
                            .kernel = audio.size({"kernel_size", "", 3}, 1, 1000)};
    audio.fixed({"time_reduction", "8", "other reductions of time"});
    if (!found.empty()) throw input_error(std::move(found));
    return adapters + conformer_parameters(c, m.hidden);
}

}  // namespace cardfit::io::detail
