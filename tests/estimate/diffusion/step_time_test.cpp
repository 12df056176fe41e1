// SPDX-License-Identifier: MIT

// Tests the parts of a diffusion model's training step by counts by hand and by sums of parts: what the host launches,
// what makes latents and embeddings, and a sample of the class beside each sample.

#include <cardfit/estimate/diffusion/step_time.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/diffusion_zoo.hpp>

#include <doctest/doctest.h>

#include <array>

#include "../round_job.hpp"

namespace estimate_diffusion_step_time_test {

using namespace cardfit;

namespace {

const machine h100{.card = cards::h100_sxm5_80gb};

[[nodiscard]] double conditions_of(const diffusion& m, conditions how, trained_texts texts = trained_texts::none,
                                   bool adapted = false, std::int64_t batch = 4) {
    training t{.micro_batch = batch, .conditions = how, .text_encoders = texts};
    if (adapted) t.adapter = {.method = adapter_method::lora, .rank = 4, .targets = targets(target::query)};
    return detail::condition_seconds(m, t, h100, m.default_size);
}

[[nodiscard]] double text_of(const text_encoder& e, std::int64_t batch) {
    const detail::diffusion_timer d({.precision = precision::fp16, .micro_batch = batch}, h100);
    return e.layers == 0 ? 0 : detail::text_seconds(e, d, static_cast<double>(batch));
}

[[nodiscard]] time_estimate step_of(const diffusion& m, const training& t, const machine& on = h100) {
    return step_time(diffusion_trainee{m}, t, on, {}, default_training_time_constants);
}

/// Host work of 100 kernels, among them 10 matrices, in 3 units, under a job that `change` makes.
template <class Change>
[[nodiscard]] double host_with(Change change) {
    round_job::bench b;
    b.constants.step.passes = 3;
    const network small{.block_kinds = 1, .layers = 4};
    b.net = small;
    b.net.blocks[0].layers = {.end = 4};
    b.net.blocks[0].add({.target = target::query, .in = 8, .out = 8});
    b.net.blocks[0].add({.target = target::key, .in = 8, .out = 8});
    b.net.blocks[0].add({.target = target::up, .in = 8, .out = 8, .copies = 2});
    change(b);
    const detail::host_work w{.kernels = 100, .matrices = 10, .units = 3};
    return detail::host_seconds(w, b.lowered(), {.pipeline_kernel = 0.5, .checkpoint = 7});
}

}  // namespace

TEST_CASE("the FLOPs and operators of a pass are counted shape by shape") {
    double flops = 0;
    detail::forward_sums sums;
    const detail::operator_counter counter{flops, sums};
    // A 3 x 3 convolution from 8 to 4 channels at 5 x 6 positions, in 2 groups, twice: 2 x 2 x 120 x (4 x 9).
    counter.convolution({.in = {8, 5, 6}, .out = {4, 5, 6}, .kernel = 3, .groups = 2, .times = 2});
    CHECK(flops == 2 * 2 * 120 * 36);
    CHECK(sums.convolutions == 2);
    CHECK(sums.matrices == 0);
    counter.convolution({.in = {8, 1, 1}, .out = {4, 1, 1}, .times = 3, .matrix = true});
    CHECK(flops == 2 * 2 * 120 * 36 + 3 * 2 * 4 * 8);
    CHECK(sums.convolutions == 2);
    CHECK(sums.matrices == 3);
    // Queries times keys, and probabilities times values: 2 x 2 FLOPs for each of 7 x 9 pairs and 16 elements.
    flops = 0;
    counter.attention({.from = 7, .to = 9, .heads = 2, .width = 16, .times = 5});
    CHECK(flops == 5 * 4 * 7 * 9 * 16);
    CHECK(sums.attentions == 5);
    counter.pass(detail::elementwise::copy, 1000);
    CHECK(flops == 5 * 4 * 7 * 9 * 16);
    CHECK(detail::kernels_of({.convolutions = 1, .matrices = 10, .attentions = 100}) == 6 + 2 * 10 + 3 * 100);
}

TEST_CASE("what the host launches for a transformer of joint and single layers, and for a U-Net") {
    // FLUX.1 has 19 joint and 38 single layers (its transformer/config.json).
    const diffusion& flux = models::flux_1_dev;
    const network net = lower(diffusion_trainee{flux}, 1024);
    const detail::host_work w = detail::host_work_of(flux, net, 1024);
    CHECK(w.kernels == 48 * 19 + 27 * 38);
    CHECK(w.matrices == 12 * 19 + 5 * 38);
    CHECK(w.units == 19 + 38);
    CHECK(w.flops > 0);
    // A U-Net's operators do not depend on the number of pixels, and its FLOPs do.
    const diffusion& sd = models::stable_diffusion_1_5;
    const network unet = lower(diffusion_trainee{sd}, 512);
    const detail::host_work small = detail::host_work_of(sd, unet, 256);
    const detail::host_work large = detail::host_work_of(sd, unet, 512);
    CHECK(small.kernels == large.kernels);
    CHECK(small.matrices == large.matrices);
    CHECK(large.flops > 4 * small.flops);
    CHECK(large.flops < 8 * small.flops);
    double flops = 0;
    detail::forward_sums sums;
    detail::for_each_convolution(detail::trained_operators{sd}, 512, detail::operator_counter{flops, sums});
    CHECK(large.kernels == detail::kernels_of(sums));
    CHECK(large.matrices == sums.matrices + sums.convolutions);
    CHECK(large.flops == flops);
    // Blocks of activations: the network's layers but for those of its 4 levels' parameters.
    CHECK(large.units == static_cast<double>(unet.layers - 4));
}

TEST_CASE("the host's seconds of a micro-step: kernels, casts, adapters and checkpoints") {
    // Three passes of 100 kernels at half a second.
    const auto as_it_is = [](round_job::bench&) {};
    CHECK(host_with(as_it_is) == 100 * 3 * 0.5);
    // Autocast casts input and weight of 10 matrices.
    const auto mixed = [](round_job::bench& b) { b.card.mixed = true; };
    CHECK(host_with(mixed) == (100 + 20) * 3 * 0.5);
    // Full recomputation is one pass more, and saves the state of each of 3 units.
    const auto checkpointed = [](round_job::bench& b) { b.job.recompute = recompute::full; };
    CHECK(host_with(checkpointed) == 100 * 4 * 0.5 + 3 * 7);
    CHECK(host_with([](round_job::bench& b) { b.job.recompute = recompute::selective; }) == 100 * 3 * 0.5);
    // Adapters on queries and on 2 copies of `up` in each of 4 layers: 5 kernels each.
    const auto adapted = [](round_job::bench& b) {
        b.adapted = true;
        b.job.base_weights = number_format::bf16;
        b.job.adapter = {.method = adapter_method::lora, .rank = 4, .targets = targets(target::query, target::up)};
    };
    CHECK(host_with(adapted) == (100 + 5 * 4 * 3) * 3 * 0.5);
    // A base in 16 bits needs no cast of its weights, one in 32 does.
    CHECK(host_with([&](round_job::bench& b) {
              adapted(b);
              b.card.mixed = true;
          }) == (100 + 10 + 5 * 4 * 3) * 3 * 0.5);
    CHECK(host_with([&](round_job::bench& b) {
              adapted(b);
              b.card.mixed = true;
              b.job.base_weights = number_format::fp32;
          }) == (100 + 20 + 5 * 4 * 3) * 3 * 0.5);
}

TEST_CASE("latents and embeddings: what is cached takes no time, and the rest adds up") {
    for (const models::diffusion_entry& entry : models::diffusions) {
        CAPTURE(entry.id);
        const diffusion& m = *entry.model;
        double texts = 0;
        double clip = 0;
        for (const text_encoder& e : m.text_encoders) {
            texts += text_of(e, 4);
            if (e.positions > 0) clip += text_of(e, 4);
        }
        const double images = conditions_of(m, conditions::texts_cached);
        CHECK(images > 0);
        CHECK(conditions_of(m, conditions::cached) == 0);
        CHECK(conditions_of(m, conditions::latents_cached) == doctest::Approx(texts));
        CHECK(conditions_of(m, conditions::computed) == doctest::Approx(images + texts));
        // Backward is two passes more, or one where adapters leave the weights frozen.
        CHECK(conditions_of(m, conditions::latents_cached, trained_texts::all) == doctest::Approx(3 * texts));
        CHECK(conditions_of(m, conditions::latents_cached, trained_texts::all, true) == doctest::Approx(2 * texts));
        CHECK(conditions_of(m, conditions::latents_cached, trained_texts::clip) == doctest::Approx(texts + 2 * clip));
        CHECK(conditions_of(m, conditions::latents_cached, trained_texts::clip, true) == doctest::Approx(texts + clip));
    }
}

TEST_CASE("a sample of the class for each sample is a micro-batch twice as large, of which half count") {
    for (const diffusion* m : {&models::stable_diffusion_1_5, &models::flux_1_dev}) {
        training t{.micro_batch = 4, .conditions = conditions::cached};
        const time_estimate twice = [&] {
            training larger_batch = t;
            larger_batch.micro_batch = 8;
            return step_of(*m, larger_batch);
        }();
        t.prior_preservation = true;
        const time_estimate prior = step_of(*m, t);
        CHECK(prior.step == twice.step);
        CHECK(prior.samples_per_second == doctest::Approx(twice.samples_per_second / 2));
        CHECK(prior.model_flops_utilization == doctest::Approx(twice.model_flops_utilization));
        CHECK(prior.samples_per_second == doctest::Approx(4 / prior.step.number));
    }
}

TEST_CASE("the error band and the utilization of a step follow from its seconds") {
    const diffusion& m = models::stable_diffusion_1_5;
    const training t{.micro_batch = 64, .image_size = 512, .conditions = conditions::cached};
    const time_estimate whole = step_of(m, t);
    CHECK(whole.step_low.number == doctest::Approx(0.6 * whole.step.number));
    CHECK(whole.step_high.number == doctest::Approx(1.4 * whole.step.number));
    // Three passes' FLOPs of each sample over 989.4e12 FLOP/s, the dense bf16 rate of NVIDIA's H100 SXM datasheet.
    const double pass = detail::host_work_of(m, lower(diffusion_trainee{m}, 512), 512).flops;
    CHECK(whole.model_flops_utilization ==
          doctest::Approx(whole.samples_per_second * 3 * pass / 989.4e12).epsilon(0.001));
    // Adapters leave out the gradients of weights.
    training adapted = t;
    adapted.adapter = {.method = adapter_method::lora, .rank = 4, .targets = targets(target::query)};
    const time_estimate beside = step_of(m, adapted);
    CHECK(beside.model_flops_utilization ==
          doctest::Approx(beside.samples_per_second * 2 * pass / 989.4e12).epsilon(0.001));
    // Eight cards with a micro-batch each make eight times the samples of a step.
    const time_estimate eight = step_of(m, t, 8 * cards::h100_sxm5_80gb);
    CHECK(eight.samples_per_second == doctest::Approx(8 * 64 / eight.step.number));
    CHECK(eight.model_flops_utilization ==
          doctest::Approx(eight.samples_per_second * 3 * pass / (8 * 989.4e12)).epsilon(0.001));
}

TEST_CASE("frozen weights of a U-Net have no gradient, whatever else its walk visits") {
    struct collector {
        std::int64_t* trained;
        std::int64_t* attentions;
        std::int64_t* passes;
        constexpr void convolution(const detail::convolution_shape& s) const { *trained += s.frozen ? 0 : 1; }
        constexpr void attention(const detail::attention_shape&) const { ++*attentions; }
        constexpr void pass(detail::elementwise, std::int64_t elements) const { *passes += elements; }
    };
    const auto walk = [](bool frozen, std::int64_t size) {
        std::int64_t counts[3]{};
        detail::for_each_convolution(detail::trained_operators{models::stable_diffusion_1_5, frozen}, size,
                                     collector{&counts[0], &counts[1], &counts[2]});
        return std::array{counts[0], counts[1], counts[2]};
    };
    CHECK(walk(true, 512)[0] == 0);
    CHECK(walk(false, 512)[0] > 0);
    CHECK(walk(true, 512)[1] == walk(false, 512)[1]);
    CHECK(walk(true, 512)[2] == walk(false, 512)[2]);
    CHECK(walk(false, 512)[2] > walk(false, 256)[2]);
}

TEST_CASE("the micro-step of a denoiser: a U-Net's trained parameters are its own, or the adapters'") {
    const diffusion& m = models::stable_diffusion_1_5;
    const network net = lower(diffusion_trainee{m}, 512);
    const auto trained_of = [&](bool adapters) {
        round_job::bench b;
        b.net = net;
        b.job.micro_batch = 1;
        b.job.image_size = 512;
        b.adapted = adapters;
        if (adapters) b.job.adapter = {.method = adapter_method::lora, .rank = 4, .targets = targets(target::query)};
        return detail::denoiser_work(m, b.lowered()).trained;
    };
    // The U-Net of Stable Diffusion 1.5 has 859,520,964 parameters (its safetensors file).
    CHECK(trained_of(false) == doctest::Approx(859'520'964).epsilon(0.001));
    CHECK(trained_of(true) < 0.001 * trained_of(false));
    CHECK(trained_of(true) > 0);
}

}  // namespace estimate_diffusion_step_time_test
