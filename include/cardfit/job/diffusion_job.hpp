// SPDX-License-Identifier: MIT
#pragma once

// A job that makes images with a diffusion model: their number and size, and the ways of Diffusers to save memory.

#include <cardfit/hardware/shared_memory.hpp>
#include <cardfit/job/inference.hpp>
#include <cardfit/model/diffusion.hpp>

namespace cardfit {

/// Which parts of the model are on the card. `model`: only the part that computes (enable_model_cpu_offload of
/// Diffusers).
enum class diffusion_offload : unsigned char { none, model };

/// One image generation job. The defaults are those of the job file.
struct diffusion_job {
    /// Format of the denoiser and the large text encoder; small encoders and the autoencoder stay in the compute
    /// format.
    number_format weights = number_format::bf16;
    std::int64_t batch = 1;   ///< images per batch
    std::int64_t width = 0;   ///< pixels; 0: the model's own
    std::int64_t height = 0;  ///< pixels; 0: the model's own
    std::int64_t steps = 0;   ///< of denoising; 0: those of the model's pipeline
    /// Classifier-free guidance (Ho and Salimans, arXiv 2207.12598): each step also runs without the prompt, in the
    /// same batch. A model that takes the guidance scale as an input runs once per step regardless.
    bool guidance = true;
    diffusion_offload offload = diffusion_offload::none;  ///< what waits in host memory
    bool vae_tiling = false;   ///< decodes one tile of the autoencoder's sample size after the other
    bool vae_slicing = false;  ///< decodes one image after the other
    cardfit::attention attention = attention::flash;              ///< eager stores the scores
    cardfit::software_date software_date = latest_software_date;  ///< the month of the software
    friend constexpr bool operator==(const diffusion_job&, const diffusion_job&) = default;
};

/// Returns everything that is wrong with a job for this model; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const diffusion_job& j, const diffusion& m,
                                              on_problem action = on_problem::keep) {
    problem_list found(action);
    const std::int64_t multiple = size_multiple(m);
    const std::int64_t format = static_cast<std::int64_t>(j.weights);
    // In width and height, 0 stands for the model's own size.
    found.within(ranged{key_ranges::images, j.batch});
    found.ranges(invalid_field{key_ranges::image_width.path, j.width, 0, key_ranges::image_width.high},
                 invalid_field{key_ranges::image_height.path, j.height, 0, key_ranges::image_height.high},
                 invalid_field{key_ranges::denoising_steps.path, j.steps, 0, key_ranges::denoising_steps.high});
    found.require(
        requirement{j.width % multiple == 0, key_ranges::image_width.path, j.width,
                    "must be a multiple of the latents' patch in pixels", multiple},
        requirement{j.height % multiple == 0, key_ranges::image_height.path, j.height,
                    "must be a multiple of the latents' patch in pixels", multiple},
        field_condition{
            stores_weights(j.weights) && !is_gguf(j.weights) && block_layout_of(j.weights).kind != format_kind::grouped,
            "inference.weights", format, "fp32, fp16, bf16, fp8, int8, nf4, nf4-dq, mxfp4, nvfp4"});
    return found;
}

/// Returns what is wrong with a job on this card: offloading where GPU and host share one memory; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const diffusion_job& j, const gpu& card,
                                              on_problem action = on_problem::keep) {
    problem_list found(action);
    if (j.offload != diffusion_offload::none && shares_memory_with_host(card))
        found.breaks_rule("inference.offload", static_cast<std::int64_t>(j.offload), host_memory_rule(card), 0);
    return found;
}

}  // namespace cardfit
