// SPDX-License-Identifier: MIT
#pragma once

// Peak memory of a diffusion model: the weights of the parts on the GPU, and what the running part holds beside them.
// The parts run one after the other (text encoders, denoiser, autoencoder); mostly the autoencoder's decoding has the
// peak.

#include <cardfit/engines/diffusers.hpp>
#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/job/diffusion_job.hpp>
#include <cardfit/model/diffusion_parts.hpp>

namespace cardfit {

/// Half-width of the error band. Hugging Face's measurements of SD 3 and SDXL (blog posts sd3,
/// simple_sdxl_optimizations) lie within it, except those with VAE slicing (see
/// tests/estimate/diffusion/memory_test.cpp). The estimate leaves out what the caching allocator holds beyond tensors:
/// it has been up to 2.4 times what decoding needs (FLUX.1-dev, blog post diffusers-quantization: 4.7 GiB reserved),
/// and the allocator frees it before it fails.
inline constexpr std::int64_t diffusion_band_per_mille = 150;

namespace detail {

/// The bytes of one part of a diffusion model on its GPU.
struct diffusion_stage {
    std::int64_t weights = 0;
    std::int64_t working_weights = 0;  ///< the weights while the part runs: in fp32 if it upcasts
    std::int64_t scratch = 0;
    std::int64_t sample = 0;   ///< activations of one sample
    std::int64_t samples = 1;  ///< samples that run at once
    std::int64_t results = 0;  ///< finished results that wait for the others
};

/// The parts of a diffusion model in the order in which they run.
struct diffusion_stages {
    diffusion_stage of[max_diffusion_parts]{};
    std::size_t count = 0;
    std::int64_t weights = 0;  ///< of all parts
};

[[nodiscard]] constexpr inference_stage weights_of(const network& net, number_format format, const machine& m,
                                                   const diffusion_job& j) {
    return lower_job(net, inference{.weights = format, .generate = 0, .software_date = j.software_date}, m).stages[0];
}

/// Returns the bytes of one part. Where the rest is fp16, some weights of a part may stay in fp32.
[[nodiscard]] constexpr diffusion_stage lower_part(const diffusion_part& part, const diffusion_job& j,
                                                   const machine& m) {
    const number_format compute = compute_format_of(j.weights);
    const number_format working = part.upcasts ? number_format::fp32 : compute;
    const inference_stage stored = weights_of(part.net, part.quantizes ? j.weights : compute, m, j);
    const std::int64_t stays_wide = j.weights == number_format::fp16 ? 2 * part.fp32_elements : 0;
    std::int64_t widest = 0;
    for (const layer_block& b : part.net.blocks) widest = larger(widest, b.forward_width);
    diffusion_stage s{.weights = stored.weights + stays_wide,
                      .working_weights = stored.weights + stays_wide,
                      .scratch = stored.scratch,
                      .sample = checked::multiply(widest, block_layout_of(working).block_bytes),
                      .samples = j.batch};
    if (part.upcasts) s.working_weights = weights_of(part.net, working, m, j).weights;
    return s;
}

/// Adjusts the autoencoder's decoding to slices and tiles, whose finished pieces wait and are then joined. A single
/// image is not sliced, and an image that is no larger than a tile is not tiled.
constexpr void add_slices(diffusion_stage& decoder, const diffusion& model, const diffusion_job& j, std::int64_t width,
                          std::int64_t height) noexcept {
    const bool sliced = j.vae_slicing && j.batch > 1;
    const bool tiled = j.vae_tiling && larger(width, height) > model.vae.sample_size;
    const bool fp32 = model.vae.force_upcast || j.weights == number_format::fp32;
    if (sliced) decoder.samples = 1;
    if (sliced || tiled) decoder.results = 2 * j.batch * 3 * width * height * (fp32 ? 4 : 2);
}

[[nodiscard]] constexpr diffusion_stages lower_diffusion(const diffusion& model, const diffusion_job& j,
                                                         const machine& m) {
    const std::int64_t width = j.width > 0 ? j.width : model.default_size;
    const std::int64_t height = j.height > 0 ? j.height : model.default_size;
    const diffusion_parts parts =
        lower_parts(model, width, height, j.attention == attention::eager, j.vae_tiling ? model.vae.sample_size : 0);
    diffusion_stages stages{.count = parts.count};
    for (std::size_t i = 0; i < parts.count; ++i) {
        stages.of[i] = lower_part(parts.of[i], j, m);
        stages.weights += stages.of[i].weights;
        // Classifier-free guidance runs each sample with and without the prompt.
        const bool twice = j.guidance && !model.transformer.guidance_embeds;
        if (twice && parts.of[i].role == diffusion_role::denoises) stages.of[i].samples *= 2;
        if (parts.of[i].role == diffusion_role::decodes) add_slices(stages.of[i], model, j, width, height);
    }
    return stages;
}

}  // namespace detail

/// Returns the peak memory, in bytes, of making a batch of images. `peak_stage` is the index of the part that runs at
/// the peak: text encoders in their order, then the denoiser, then the autoencoder. cuDNN's workspace is counted among
/// a convolution's tensors. Throws invalid_input for a model, job or machine that is invalid, and for more than one
/// GPU.
[[nodiscard]] constexpr memory_estimate memory(const diffusion& model, const diffusion_job& j, const machine& m) {
    problem_list found(on_problem::refuse);
    found.append(problems(model));
    found.append(problems(j, model));
    found.append(problems(j, m.card));
    found.append(problems(m));
    found.ranges(invalid_field{"hardware.cards", m.cards, 1, 1});
    const detail::diffusion_stages stages = detail::lower_diffusion(model, j, m);
    memory_components peak;
    std::int64_t most = 0;
    int peak_part = 0;
    for (std::size_t i = 0; i < stages.count; ++i) {
        const detail::diffusion_stage& s = stages.of[i];
        const std::int64_t others = j.offload == diffusion_offload::model ? 0 : stages.weights - s.weights;
        const std::int64_t weights = others + s.working_weights;
        const std::int64_t activations = checked::add(checked::multiply(s.samples, s.sample), s.results);
        const std::int64_t total = checked::add(weights + s.scratch, activations);
        if (total <= most) continue;
        most = total;
        peak_part = static_cast<int>(i);
        peak.weights = bytes_of(weights);
        peak.activations = bytes_of(activations);
        peak.temporaries = bytes_of(s.scratch);
    }
    const engine_memory& row = engines::diffusers.memory;
    peak.workspace = bytes_of(workspace_bytes(m.card));
    peak.fragmentation = bytes_of(most / 1000 * row.slack_per_mille);
    peak.context = bytes_of(context_bytes(j.software_date));
    return with_band({.components = peak, .peak_phase = memory_phase::forward, .peak_stage = peak_part},
                     diffusion_band_per_mille);
}

}  // namespace cardfit
