// SPDX-License-Identifier: MIT
#pragma once

// The passes of a diffusion model's parts, each a forward pass with training's kernels (inference/pass_time.hpp): text
// encoders, denoiser, autoencoder. Making images and training are made of them.

#include <cardfit/estimate/inference/pass_time.hpp>
#include <cardfit/job/diffusion_job.hpp>
#include <cardfit/model/diffusion_training.hpp>

namespace cardfit::detail {

/// Everything that the time of a part reads. The members must outlive the time_job that `of` returns.
struct diffusion_timer {
    training run{};
    machine hardware{};
    card_rates card{};
    const forward_constants* constants = &default_forward_constants;

    constexpr diffusion_timer(const training& t, const machine& m)
        : run(t), hardware(m), card(rates_of(m.card, t.precision, t.software_date, false)) {}

    /// Returns a forward pass of a network of which so many samples run at once.
    [[nodiscard]] constexpr time_job of(const network& net) const {
        return lower_time(net, run, hardware, resolved(layout{}, 1), row_of(run).time, card,
                          default_training_time_constants);
    }
};

/// Returns the seconds in which a text encoder reads `prompts` prompts: each matrix at every token, and what the host
/// launches per layer, as measured of T5.
[[nodiscard]] constexpr double text_seconds(const text_encoder& t, const diffusion_timer& d, double prompts) {
    constexpr double kernels = 45;
    const network net = lower(t);
    const double rows = prompts * static_cast<double>(t.tokens);
    const step_constants& c = default_training_time_constants.step;
    double layer = 0;
    const layer_block& b = net.blocks[0];
    for (std::int64_t i = 0; i < b.linear_count; ++i)
        layer += static_cast<double>(b.linears[i].copies) *
                 matmul_seconds(d.card, d.card.half, rows, static_cast<double>(b.linears[i].out),
                                static_cast<double>(b.linears[i].in), d.card.width);
    return static_cast<double>(t.layers) *
           most(layer + kernels * c.kernel_ramp, kernels * d.constants->pipeline_kernel);
}

/// The kernels that Diffusers launches around an operator of a U-Net, that operator included: a convolution with its
/// norm, activation and sums; a matrix with its share of norms and sums; attention with the copies of its heads.
inline constexpr double kernels_per_convolution = 6;
inline constexpr double kernels_per_matrix = 2;
inline constexpr double kernels_per_attention = 3;
/// The kernels of a transformer's layer, by which FLUX.1's pass over 512 pixels takes the 74 ms that it took an H100's
/// host: image and text apart, or as one sequence.
inline constexpr double kernels_per_joint_layer = 48;
inline constexpr double kernels_per_single_layer = 27;

/// Returns the kernels of a walk through a U-Net or an autoencoder.
[[nodiscard]] constexpr double kernels_of(const forward_sums& s) noexcept {
    return kernels_per_convolution * s.convolutions + kernels_per_matrix * s.matrices +
           kernels_per_attention * s.attentions;
}

/// Returns the seconds of one pass of the denoiser with `samples` samples.
[[nodiscard]] constexpr double denoiser_seconds(const diffusion& m, diffusion_timer d, std::int64_t height,
                                                std::int64_t width, std::int64_t samples) {
    d.run.micro_batch = samples;
    if (m.unet.levels == 0) {
        const joint_transformer& t = m.transformer;
        const network net = trained_transformer(t, height, width);
        const double kernels = kernels_per_joint_layer * static_cast<double>(t.num_layers) +
                               kernels_per_single_layer * static_cast<double>(t.num_single_layers);
        return most(forward_seconds(d.of(net), *d.constants), kernels * d.constants->pipeline_kernel);
    }
    network none;
    const time_job j = d.of(none);
    forward_sums sums;
    static_cast<void>(walk_unet(m.unet, height, width, m.text_encoders[0].tokens, false, nullptr,
                                forward_timer{j, sums, *d.constants}));
    return most(summed_seconds(sums, j, *d.constants), kernels_of(sums) * d.constants->pipeline_kernel);
}

/// Returns the seconds in which the autoencoder makes a batch of images of latents, or latents of images.
[[nodiscard]] constexpr double autoencoder_seconds(const autoencoder& v, const diffusion_timer& d, feature_map from,
                                                   bool decodes) {
    network net{.block_kinds = 1};
    add_alike(net.blocks[0], target::convolution, 0, 1, false);
    const time_job j = d.of(net);
    forward_sums sums;
    forward_walk<forward_timer> walk{
        .into = &net.blocks[0], .at = from, .visitor = forward_timer{j, sums, *d.constants}};
    if (decodes)
        walk_decoder(walk, v);
    else
        walk_encoder(walk, v);
    return summed_seconds(sums, j, *d.constants);
}

}  // namespace cardfit::detail
