// SPDX-License-Identifier: MIT
#pragma once

// A vision tower in training: its parameters on the stage that has the embedding, trained or frozen, and the
// activations of its pass over a sample's images, which backward reaches last.

#include <cardfit/estimate/training/activations.hpp>

namespace cardfit::detail {

/// Returns true if a job trains the tower of its model: adapters stand beside the text model alone, and the job may
/// freeze it.
[[nodiscard]] constexpr bool trains_tower(const job_inputs& of) noexcept {
    return of.net.tower.layers > 0 && !of.job.text_only && !of.job.frozen_tower && !of.rules.adapted;
}

/// Returns the sums of a stage with those of the tower. A frozen one keeps its weights and nothing else; beside
/// adapters it counts as what quantization leaves in 16 bits.
[[nodiscard]] constexpr parameter_sums with_tower_parameters(parameter_sums sums, const job_inputs& of) noexcept {
    const parameter_sums tower = tower_sums(of.net, of.l);
    if (trains_tower(of))
        sums.add(tower, 1);
    else if (of.rules.adapted)
        sums.vector += tower.dense();
    else
        sums.frozen += tower.dense();
    return sums;
}

/// Returns the bytes of saved activations of a trained tower over the images of one sample, and of one recomputed layer
/// beside them, for all micro-batches in flight. Throws invalid_input past 64 bits.
[[nodiscard]] constexpr std::int64_t tower_activations(const stage_inputs& in) {
    const tower_answers& t = in.net.tower;
    std::int64_t saved = 0;
    std::int64_t recomputed = 0;
    for (std::size_t k = in.net.block_kinds; k < in.net.block_kinds + t.block_kinds; ++k) {
        const layer_block& b = in.net.blocks[k];
        const layer_activations layer = activations_of_layer(b, t.hidden, in.rules, in.l.tensor, 0);
        saved += b.layers.count(0, t.layers) * (layer.saved_per_token + t.pass_patches * layer.saved_per_score);
        recomputed = larger(recomputed, layer.recomputed_per_token + t.pass_patches * layer.recomputed_per_score);
    }
    const double passes = static_cast<double>(in.job.images * t.image_passes * t.pass_patches);
    if (passes * static_cast<double>(saved + recomputed) * static_cast<double>(in.content.in_flight) > 2e18)
        throw invalid_input({"training.images", in.job.images, 0, 0, "a job of less than 2e18 bytes a card"});
    return in.job.images * t.image_passes * t.pass_patches *
           (divide_up(saved * in.content.in_flight, in.l.virtual_stages) + recomputed);
}

}  // namespace cardfit::detail
