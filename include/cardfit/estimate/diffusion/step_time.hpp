// SPDX-License-Identifier: MIT
#pragma once

// Time of a training step of a diffusion model: forward and backward of its denoiser, and before them, unless they are
// cached, the latents of its images and the embeddings of their texts.

#include <cardfit/estimate/diffusion/passes.hpp>

namespace cardfit {

namespace detail {

/// Half-width of the error band of a step's time, as a fraction: mostly, the host limits small batches, and hosts
/// differ. tests/estimate/diffusion/time_test.cpp has the measured steps.
inline constexpr double diffusion_step_band = 0.4;

/// A U-Net whose operators for_each_convolution visits; of frozen weights, none has a gradient.
struct trained_operators {
    const diffusion& model;
    bool frozen = false;
};

/// Passes operators on as frozen ones, if they are.
template <class Visitor>
struct freezing_visitor {
    Visitor visitor;
    bool frozen = false;

    constexpr void convolution(convolution_shape s) const {
        s.frozen = frozen;
        visitor.convolution(s);
    }
    constexpr void attention(const attention_shape& s) const { visitor.attention(s); }
    constexpr void pass(elementwise what, std::int64_t elements) const { visitor.pass(what, elements); }
};

template <class Visitor>
constexpr void for_each_convolution(const trained_operators& o, std::int64_t image_size, Visitor visitor) {
    const std::int64_t latent = image_size / pixels_per_latent(o.model.vae);
    static_cast<void>(walk_unet(o.model.unet, latent, latent, o.model.text_encoders[0].tokens, false, nullptr,
                                freezing_visitor<Visitor>{visitor, o.frozen}));
}

/// Counts the FLOPs and the operators of a pass with one sample.
struct operator_counter {
    double& flops;
    forward_sums& sums;

    constexpr void convolution(const convolution_shape& s) const noexcept {
        const double times = static_cast<double>(s.times);
        const std::int64_t inner = s.in.channels / s.groups * s.kernel * s.kernel;
        flops += 2 * times * static_cast<double>(s.out.elements()) * static_cast<double>(inner);
        (s.matrix ? sums.matrices : sums.convolutions) += times;
    }
    constexpr void attention(const attention_shape& s) const noexcept {
        const double times = static_cast<double>(s.times);
        flops += 4 * times * static_cast<double>(s.from * s.to) * static_cast<double>(s.width);
        sums.attentions += times;
    }
    constexpr void pass(elementwise, std::int64_t) const noexcept {}
};

/// What the host launches for a forward pass, and the FLOPs of a sample.
struct host_work {
    double kernels = 0;
    double matrices = 0;  ///< convolutions and matrices, whose inputs and weights autocast casts
    double flops = 0;
    double units = 0;  ///< layers and residual blocks that checkpointing recomputes one by one
};

[[nodiscard]] constexpr host_work host_work_of(const diffusion& m, const network& net, std::int64_t image_size) {
    if (m.unet.levels == 0) {
        const double joint = static_cast<double>(m.transformer.num_layers);
        const double single = static_cast<double>(m.transformer.num_single_layers);
        // Twelve matrices for image and text in a joint layer, five in a single one.
        return {.kernels = kernels_per_joint_layer * joint + kernels_per_single_layer * single,
                .matrices = 12 * joint + 5 * single,
                .flops = forward_flops(net, 0),
                .units = joint + single};
    }
    host_work w;
    forward_sums sums;
    for_each_convolution(trained_operators{m}, image_size, operator_counter{w.flops, sums});
    w.kernels = kernels_of(sums);
    w.matrices = sums.convolutions + sums.matrices;
    // The layers of activations are behind those of parameters, one of these per level.
    w.units = static_cast<double>(net.layers - m.unet.levels);
    return w;
}

/// Returns the seconds of the host for a micro-step: a forward pass, as many and a half in backward, another forward
/// pass under full recomputation, where each unit also saves and restores the states of random numbers. Autocast casts
/// the input of a matrix, and its weight where that has 32 bits; an adapter adds two matrices with two casts and a sum.
[[nodiscard]] constexpr double host_seconds(const host_work& w, const time_job& j, const forward_constants& c) {
    const bool casts_weights = j.card.mixed && block_layout_of(base_format(j.job)).element_bits > 16 && j.adapted;
    double kernels = w.kernels;
    if (j.card.mixed) kernels += w.matrices * (casts_weights || !j.adapted ? 2 : 1);
    constexpr double per_adapter = 5;
    if (j.adapted) {
        double targets = 0;
        for (std::size_t k = 0; k < j.net.block_kinds; ++k) {
            const layer_block& b = j.net.blocks[k];
            for (std::int64_t i = 0; i < b.linear_count; ++i)
                if (j.job.adapter.targets.has(b.linears[i].target))
                    targets += static_cast<double>(b.linears[i].copies * b.layers.count(0, j.net.layers));
        }
        kernels += per_adapter * targets;
    }
    const bool checkpoints = j.job.recompute == recompute::full;
    const double passes = j.constants.step.passes + (checkpoints ? 1 : 0);
    return kernels * passes * c.pipeline_kernel + (checkpoints ? w.units * c.checkpoint : 0);
}

/// Returns the seconds of making latents and embeddings of the samples of a micro-batch; trained text encoders have a
/// backward pass.
[[nodiscard]] constexpr double condition_seconds(const diffusion& m, const training& t, const machine& hardware,
                                                 std::int64_t image_size) {
    training frozen{.precision = precision::fp16,
                    .micro_batch = t.micro_batch,
                    .attention = t.attention,
                    .software_date = t.software_date};
    if (!has_step_time(hardware.card, frozen.precision)) frozen.precision = precision::fp32;
    const diffusion_timer d(frozen, hardware);
    const bool latents = t.conditions == conditions::computed || t.conditions == conditions::texts_cached;
    const bool texts = t.conditions == conditions::computed || t.conditions == conditions::latents_cached;
    double seconds = latents ? autoencoder_seconds(m.vae, d, {3, image_size, image_size}, false) : 0;
    for (const text_encoder& e : m.text_encoders) {
        if (e.layers == 0 || !texts) continue;
        const bool trained =
            t.text_encoders == trained_texts::all || (t.text_encoders == trained_texts::clip && e.positions > 0);
        const double passes = !trained ? 1 : t.adapter.method == adapter_method::none ? 3 : 2;
        seconds += passes * text_seconds(e, d, static_cast<double>(t.micro_batch));
    }
    return seconds;
}

/// Returns a micro-step of the denoiser.
[[nodiscard]] constexpr step_work denoiser_work(const diffusion& m, const time_job& j) {
    const parameter_sums sums = whole_sums(j);
    if (m.unet.levels == 0) return layered_work(j, sums);
    step_work w = convolution_work(trained_operators{m, j.adapted}, j, sums);
    if (j.adapted) w.trained = static_cast<double>(sums.adapter);
    return w;
}

}  // namespace detail

/// Returns the time of one training step of a diffusion model, as step_time of other models does. Throws invalid_input
/// for what is wrong with job, layout or machine.
[[nodiscard]] constexpr time_estimate step_time(const diffusion_trainee& model, const training& asked, const machine& m,
                                                const layout& l, const training_time_constants& constants) {
    const network net = lower(model, asked.image_size);
    detail::check_job(net, asked, m, l);
    training t = asked;
    t.image_size = net.image_size;
    if (t.prior_preservation) t.micro_batch *= 2;
    const framework_time& row = row_of(t).time;
    const detail::card_rates card = detail::rates_of(m.card, t.precision, t.software_date,
                                                     fuses_attention(row, t.software_date), constants.kernels);
    const detail::time_job j = detail::lower_time(net, t, m, resolved(l, m.cards), row, card, constants);
    detail::step_work w = detail::denoiser_work(model.model, j);
    const detail::host_work pass = detail::host_work_of(model.model, net, t.image_size);
    w.micro = detail::most(w.micro, detail::host_seconds(pass, j, default_forward_constants));
    w.micro += detail::condition_seconds(model.model, t, m, t.image_size);
    w.average = w.micro;
    time_estimate e = detail::estimate_of(j, detail::assemble(j, w));
    if (t.prior_preservation) e.samples_per_second /= 2;
    e.step_low = e.step * (1 - detail::diffusion_step_band);
    e.step_high = e.step * (1 + detail::diffusion_step_band);
    const double sample = pass.flops * (j.adapted ? 2 : 3) * (t.prior_preservation ? 2 : 1);
    e.model_flops_utilization =
        detail::least(1, e.samples_per_second * sample / (static_cast<double>(m.cards) * card.linear.peak));
    return e;
}

}  // namespace cardfit
