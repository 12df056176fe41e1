// SPDX-License-Identifier: MIT
#pragma once

// How much memory a diffusion model takes: weights of the parts that are on the card, and beside them what the part at
// work holds. The fullest of text encoders, a step of the denoiser and decoding counts, decoding mostly.

#include <cardfit/engines/diffusers.hpp>
#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/job/diffusion_job.hpp>
#include <cardfit/model/diffusion_parts.hpp>

namespace cardfit {

/// Half-width of the band: SD 3 and SDXL as Hugging Face measured them (blog posts sd3, simple_sdxl_optimizations) lie
/// within it but for VAE slicing (see tests/estimate/diffusion/memory_test.cpp). What the caching allocator shows
/// beyond tensors is not in it: it has taken up to 2.4 times what a decoding holds (FLUX.1-dev, blog post
/// diffusers-quantization: 4.7 GiB reserved), and lets go of that before it fails.
inline constexpr std::int64_t diffusion_band_per_mille = 150;

namespace detail {

/// A part's card: weights, and bytes of one sample.
struct diffusion_stage {
    std::int64_t weights = 0;
    std::int64_t working_weights = 0;  ///< while it works: fp32 where it upcasts
    std::int64_t scratch = 0;
    std::int64_t sample = 0;
    std::int64_t samples = 1;
    std::int64_t results = 0;  ///< what has been made and waits
};

[[nodiscard]] constexpr inference_stage weights_of(const network& net, number_format format, const machine& m,
                                                   const diffusion_job& j) {
    return lower_job(net, inference{.weights = format, .generate = 0, .software_date = j.software_date}, m).stages[0];
}

[[nodiscard]] constexpr diffusion_stage stage_of(const diffusion_part& part, const diffusion_job& j, const machine& m) {
    const number_format compute = compute_format_of(j.weights);
    const number_format working = part.upcasts ? number_format::fp32 : compute;
    const inference_stage stored = weights_of(part.net, part.quantizes ? j.weights : compute, m, j);
    const std::int64_t wide = j.weights == number_format::fp16 ? 2 * part.fp32_elements : 0;
    std::int64_t live = 0;
    for (const block& b : part.net.blocks) live = larger(live, b.forward_width);
    return {.weights = stored.weights + wide,
            .working_weights = part.upcasts ? weights_of(part.net, working, m, j).weights : stored.weights + wide,
            .scratch = stored.scratch,
            .sample = checked::multiply(live, block_layout_of(working).block_bytes)};
}

}  // namespace detail

/// Memory of making a batch of images. `peak_stage` is the part at work at the fullest moment: text encoders in their
/// order, then the denoiser, then the autoencoder. cuDNN's workspace is counted with a convolution's tensors.
/// Throws invalid_input for a model, job or machine that makes no sense, and for more than one card.
[[nodiscard]] constexpr memory_estimate memory(const diffusion& model, const diffusion_job& j, const machine& m) {
    problem_list found(on_problem::refuse);
    found.append(problems(model));
    found.append(problems(j, model));
    found.append(problems(m));
    found.ranges(problem{"hardware.cards", m.cards, 1, 1});
    const std::int64_t width = j.width > 0 ? j.width : model.default_size;
    const std::int64_t height = j.height > 0 ? j.height : model.default_size;
    const diffusion_parts parts =
        lower_parts(model, width, height, j.attention == attention::eager, j.vae_tiling ? model.vae.sample_size : 0);
    detail::diffusion_stage stages[max_diffusion_parts]{};
    std::int64_t all = 0;
    for (std::size_t i = 0; i < parts.count; ++i) {
        stages[i] = detail::stage_of(parts.of[i], j, m);
        stages[i].samples = j.batch;
        all += stages[i].weights;
    }
    detail::diffusion_stage& denoiser = stages[parts.count - 2];
    detail::diffusion_stage& decoder = stages[parts.count - 1];
    if (j.guidance && !model.transformer.guidance_embeds) denoiser.samples *= 2;
    // One image is not sliced, and no more than a tile not tiled. Decoded pieces wait and are then joined.
    const bool sliced = j.vae_slicing && j.batch > 1;
    const bool tiled = j.vae_tiling && larger(width, height) > model.vae.sample_size;
    const bool wide = model.vae.force_upcast || j.weights == number_format::fp32;
    if (sliced) decoder.samples = 1;
    if (sliced || tiled) decoder.results = 2 * j.batch * 3 * width * height * (wide ? 4 : 2);

    memory_components peak;
    std::int64_t most = 0;
    int at = 0;
    for (std::size_t i = 0; i < parts.count; ++i) {
        const detail::diffusion_stage& s = stages[i];
        const std::int64_t others = j.offload == diffusion_offload::model ? 0 : all - s.weights;
        const std::int64_t weights = others + s.working_weights;
        const std::int64_t live = checked::add(checked::multiply(s.samples, s.sample), s.results);
        const std::int64_t total = checked::add(weights + s.scratch, live);
        if (total <= most) continue;
        most = total;
        at = static_cast<int>(i);
        peak.weights = bytes_of(weights);
        peak.activations = bytes_of(live);
        peak.temporaries = bytes_of(s.scratch);
    }
    const engine_memory& row = engines::diffusers.memory;
    peak.workspace = bytes_of(workspace_bytes(m.card));
    peak.fragmentation = bytes_of(most / 1000 * row.slack_per_mille);
    peak.context = bytes_of(context_bytes(j.software_date));
    return with_band({.components = peak, .peak_phase = phase::forward, .peak_stage = at}, diffusion_band_per_mille);
}

}  // namespace cardfit
