// SPDX-License-Identifier: MIT
#pragma once

// Time of making images with a diffusion model: the text encoders read the prompt once, the denoiser runs once per
// step, and the autoencoder makes the images.

#include <cardfit/estimate/diffusion/memory.hpp>
#include <cardfit/estimate/diffusion/passes.hpp>

namespace cardfit {

/// Half-width of the error band, as a fraction, from the published times in tests/estimate/diffusion/time_test.cpp.
inline constexpr double diffusion_time_band = 0.3;

/// The time of one batch of images.
struct diffusion_time {
    seconds texts{};               ///< of all text encoders
    seconds step{};                ///< of one denoising step, with guidance
    std::int64_t steps = 0;        ///< denoising steps
    seconds decoding{};            ///< of the autoencoder
    double images_per_second = 0;  ///< over `total()`
    double band = 0;               ///< half-width of the error band, as a fraction

    /// Returns the time of a batch of images.
    [[nodiscard]] constexpr seconds total() const noexcept {
        return texts + static_cast<double>(steps) * step + decoding;
    }
};

/// Returns true if making images in this format has a time on this card: training's kernels are measured on it.
[[nodiscard]] constexpr bool has_diffusion_time(const gpu& card, number_format weights) noexcept {
    return has_step_time(card, detail::precision_of(inference{.weights = weights}));
}

namespace detail {

/// Returns the passes of a job whose parts compute in a format.
[[nodiscard]] constexpr diffusion_timer timer_of(const diffusion_job& j, const machine& m, number_format format) {
    return diffusion_timer({.precision = precision_of(inference{.weights = format}),
                            .micro_batch = j.batch,
                            .attention = j.attention,
                            .software_date = j.software_date},
                           m);
}

}  // namespace detail

/// Returns the time of making a batch of images. Copies of offloaded parts over the host's link and the scheduler's own
/// arithmetic are not counted. Throws invalid_input as `memory` does, and where the job has no time.
[[nodiscard]] constexpr diffusion_time time(const diffusion& model, const diffusion_job& j, const machine& m) {
    problem_list found(on_problem::refuse);
    found.append(problems(model));
    found.append(problems(j, model));
    found.append(problems(j, m.card));
    found.append(problems(m));
    found.ranges(invalid_field{"hardware.cards", m.cards, 1, 1});
    const std::int64_t shrink = pixels_per_latent(model.vae);
    const std::int64_t width = divide_up(j.width > 0 ? j.width : model.default_size, shrink);
    const std::int64_t height = divide_up(j.height > 0 ? j.height : model.default_size, shrink);
    const bool twice = j.guidance && !model.transformer.guidance_embeds;
    const std::int64_t samples = j.batch * (twice ? 2 : 1);
    // Diffusers upcasts a pipeline in fp16 alone: bf16 has fp32's exponent.
    const bool upcasts = model.vae.force_upcast && compute_format_of(j.weights) == number_format::fp16;
    const detail::diffusion_timer d = detail::timer_of(j, m, j.weights);
    const detail::diffusion_timer decoder = detail::timer_of(j, m, upcasts ? number_format::fp32 : j.weights);
    double texts = 0;
    for (const text_encoder& t : model.text_encoders)
        if (t.layers > 0) texts += detail::text_seconds(t, d, static_cast<double>(samples));
    diffusion_time t{
        .texts = seconds_of(texts), .steps = j.steps > 0 ? j.steps : model.default_steps, .band = diffusion_time_band};
    if (model.unet.levels > 0 || model.transformer.num_layers > 0)
        t.step = seconds_of(detail::denoiser_seconds(model, d, height, width, samples));
    if (model.vae.levels > 0)
        t.decoding = seconds_of(
            detail::autoencoder_seconds(model.vae, decoder, {model.vae.latent_channels, height, width}, true));
    t.images_per_second = static_cast<double>(j.batch) / t.total().number;
    return t;
}

}  // namespace cardfit
