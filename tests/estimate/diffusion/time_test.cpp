// SPDX-License-Identifier: MIT

// Tests the time of diffusion models, of making images and of training steps, against published and measured figures,
// and against invariants that do not depend on the figures.

#include <cardfit/estimate/diffusion/step_time.hpp>
#include <cardfit/estimate/diffusion/time.hpp>
#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/diffusion_zoo.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace estimate_diffusion_time_test {

using namespace cardfit;

namespace {

/// A published time of one batch of images, from the prompt to the image.
struct published_batch {
    const char* source;
    const diffusion* model;
    diffusion_job job;
    const gpu* card;
    double seconds;
};

const published_batch batches[]{
    // diffusers, docs/source/en/tutorials/fast_diffusion.md: an A100 80GB at 400 W.
    {"bf16, eager attention",
     &models::sd_xl,
     {.steps = 30, .attention = attention::eager, .software_date = {2023, 12}},
     &cards::a100_sxm4_80gb,
     4.63},
    {"bf16", &models::sd_xl, {.steps = 30, .software_date = {2023, 12}}, &cards::a100_sxm4_80gb, 3.31},
    // fal-ai/stable-diffusion-benchmarks, README.md: Diffusers with PyTorch 2.1 and SDPA, A100 80G SXM, 50 steps.
    {"fal.ai",
     &models::sd_xl,
     {.weights = number_format::fp16, .steps = 50, .software_date = {2023, 12}},
     &cards::a100_sxm4_80gb,
     5.932},
    {"fal.ai",
     &models::stable_diffusion_1_5,
     {.weights = number_format::fp16, .steps = 50, .software_date = {2023, 12}},
     &cards::a100_sxm4_80gb,
     1.604},
    // huggingface.co/stabilityai/stable-diffusion-xl-1.0-tensorrt, model card: "baseline (non-optimized)", 30 steps.
    {"stabilityai",
     &models::sd_xl,
     {.weights = number_format::fp16, .steps = 30, .software_date = {2023, 12}},
     &cards::a10,
     9.399},
    {"stabilityai",
     &models::sd_xl,
     {.weights = number_format::fp16, .steps = 30, .software_date = {2023, 12}},
     &cards::a100_sxm4_80gb,
     3.704},
    {"stabilityai",
     &models::sd_xl,
     {.weights = number_format::fp16, .steps = 30, .software_date = {2023, 12}},
     &cards::h100_sxm5_80gb,
     2.496},
    // diffusers, docs/source/en/optimization/para_attn.md: the baseline on an L20, 28 steps at 1024 x 1024.
    {"para_attn", &models::flux_1_dev, {.steps = 28, .software_date = {2025, 1}}, &cards::l20, 26.36},
    // pruna.ai/blog/comparison-flux-torch-compile-tensor-rt-pruna: 50 steps at 512 x 512 on an L40S.
    {"pruna",
     &models::flux_1_dev,
     {.width = 512, .height = 512, .steps = 50, .software_date = {2025, 2}},
     &cards::l40s,
     8.71},
};

/// A step that was measured on an H100 with PyTorch 2.11 and diffusers: one sample with random weights, latents and
/// embeddings cached, AdamW. Seconds are the median of three steps after two.
struct measured_step {
    const diffusion* model;
    training job;
    double seconds;
    double allocated;  ///< torch.cuda.max_memory_allocated, in GiB
};

/// Adapters on the attention of a frozen base in 16 bits.
training adapted(std::int64_t side, recompute how, std::int64_t rank, precision p, number_format base) {
    training t{.precision = p, .image_size = side, .conditions = conditions::cached, .recompute = how};
    t.adapter = {.method = adapter_method::lora,
                 .rank = rank,
                 .targets = targets(target::query, target::key, target::value, target::output),
                 .dropout = framework_switch::off};
    t.base_weights = base;
    return t;
}

/// All weights of the denoiser.
training whole(std::int64_t side, recompute how, std::int64_t batch, precision p) {
    return {
        .precision = p, .micro_batch = batch, .image_size = side, .conditions = conditions::cached, .recompute = how};
}

const measured_step steps[]{
    {&models::flux_1_dev, adapted(512, recompute::full, 16, precision::bf16_mixed, number_format::bf16), 0.829, 23.78},
    {&models::flux_1_dev, adapted(1024, recompute::full, 16, precision::bf16_mixed, number_format::bf16), 0.853, 26.54},
    {&models::flux_1_dev, adapted(512, recompute::none, 16, precision::bf16_mixed, number_format::bf16), 0.340, 31.42},
    {&models::sd_xl, adapted(1024, recompute::full, 32, precision::fp16_mixed, number_format::fp16), 0.946, 6.31},
    {&models::sd_xl, adapted(1024, recompute::none, 32, precision::fp16_mixed, number_format::fp16), 0.535, 12.81},
    {&models::stable_diffusion_1_5,
     {.precision = precision::fp16_mixed, .image_size = 512, .conditions = conditions::cached},
     0.200,
     16.18},
    {&models::stable_diffusion_1_5, whole(512, recompute::none, 4, precision::fp16_mixed), 0.240, 16.19},
    {&models::stable_diffusion_1_5, whole(512, recompute::full, 4, precision::fp16_mixed), 0.389, 16.18},
    {&models::stable_diffusion_1_5, whole(512, recompute::none, 1, precision::fp32), 0.160, 16.19},
    {&models::stable_diffusion_1_5, whole(512, recompute::none, 8, precision::bf16_mixed), 0.205, 20.77},
    {&models::sd_xl, whole(1024, recompute::full, 1, precision::bf16_mixed), 0.842, 48.33},
    {&models::sd_xl, whole(512, recompute::none, 1, precision::bf16_mixed), 0.400, 48.35},
    {&models::sd_xl, whole(1024, recompute::full, 1, precision::bf16), 0.826, 24.40},
};

/// A pass of the denoiser that was measured on the same H100, in seconds: the median of five after two.
struct measured_pass {
    const diffusion* model;
    number_format weights;
    std::int64_t side;
    std::int64_t batch;
    double seconds;
};
const measured_pass passes[]{
    {&models::sd_xl, number_format::fp16, 1024, 1, 0.0858},
    {&models::sd_xl, number_format::fp16, 1024, 8, 0.1535},
    {&models::sd_xl, number_format::fp16, 512, 8, 0.0869},
    {&models::stable_diffusion_1_5, number_format::fp16, 512, 2, 0.0562},
    {&models::stable_diffusion_1_5, number_format::fp16, 1024, 8, 0.1418},
    {&models::flux_1_dev, number_format::bf16, 512, 1, 0.0743},
    {&models::flux_1_dev, number_format::bf16, 512, 2, 0.1345},
    {&models::flux_1_dev, number_format::bf16, 1024, 1, 0.1873},
    {&models::flux_1_dev, number_format::bf16, 1024, 2, 0.3674},
    {&models::stable_diffusion_3_medium, number_format::fp16, 512, 1, 0.0465},
    {&models::stable_diffusion_3_medium, number_format::fp16, 1024, 2, 0.0558},
    {&models::stable_diffusion_3_medium, number_format::fp16, 1024, 8, 0.2060},
};

[[nodiscard]] time_estimate step_of(const diffusion& m, const training& t, const gpu& card) {
    return step_time(diffusion_trainee{m}, t, machine{card}, layout{}, default_training_time_constants);
}

}  // namespace

TEST_CASE("seconds per batch of images: each within the band, within 6 % at the median") {
    std::vector<double> errors;
    for (const published_batch& each : batches) {
        CAPTURE(each.source);
        const diffusion_time t = time(*each.model, each.job, *each.card);
        errors.push_back(std::abs(t.total().number / each.seconds - 1));
        CHECK(errors.back() <= t.band);
    }
    std::sort(errors.begin(), errors.end());
    CHECK(errors[errors.size() / 2] <= 0.06);
}

TEST_CASE("measured passes of denoisers: within 10 % at the median, all within 42 %") {
    std::vector<double> errors;
    for (const measured_pass& each : passes) {
        const diffusion_job j{
            .weights = each.weights, .batch = each.batch, .width = each.side, .height = each.side, .guidance = false};
        errors.push_back(std::abs(time(*each.model, j, cards::h100_sxm5_80gb).step.number / each.seconds - 1));
    }
    std::sort(errors.begin(), errors.end());
    CHECK(errors[errors.size() / 2] <= 0.10);
    CHECK(errors.back() <= 0.42);
}

TEST_CASE("measured training steps: memory within 7 %, time within 15 % at the median and within the band") {
    std::vector<double> errors;
    for (const measured_step& each : steps) {
        CAPTURE(each.seconds);
        const memory_estimate m = memory(diffusion_trainee{*each.model}, each.job, cards::h100_sxm5_80gb);
        const double gib = static_cast<double>(m.allocated().number) / (1024.0 * 1024 * 1024);
        CHECK(std::abs(gib / each.allocated - 1) <= 0.07);
        const time_estimate t = step_of(*each.model, each.job, cards::h100_sxm5_80gb);
        errors.push_back(std::abs(t.step.number / each.seconds - 1));
    }
    std::sort(errors.begin(), errors.end());
    CHECK(errors[errors.size() / 2] <= 0.15);
    CHECK(errors.back() <= detail::diffusion_step_band);
}

TEST_CASE("more steps, images, pixels and guidance never take less time") {
    for (const models::diffusion_entry& entry : models::diffusions) {
        CAPTURE(entry.id);
        const diffusion& m = *entry.model;
        const auto seconds_of_job = [&](const diffusion_job& j) { return time(m, j, cards::a100_sxm4_80gb).total(); };
        const diffusion_job plain{};
        CHECK(time(m, plain, cards::a100_sxm4_80gb).steps == m.default_steps);
        CHECK(seconds_of_job({.steps = 20}) < seconds_of_job({.steps = 40}));
        CHECK(seconds_of_job({.guidance = false}) <= seconds_of_job(plain));
        CHECK(seconds_of_job({.attention = attention::eager}) >= seconds_of_job(plain));
        CHECK(seconds_of_job({.weights = number_format::fp32}) > seconds_of_job(plain));
        seconds before{};
        double rate = 0;
        for (std::int64_t batch = 1; batch <= 16; batch *= 2) {
            const diffusion_time t = time(m, {.batch = batch}, cards::a100_sxm4_80gb);
            CHECK(t.total() >= before);
            CHECK(t.images_per_second >= 0.99 * rate);
            before = t.total();
            rate = t.images_per_second;
        }
        before = {};
        for (std::int64_t side = 256; side <= 2048; side *= 2) {
            const seconds here = seconds_of_job({.width = side, .height = side});
            CHECK(here >= before);
            before = here;
        }
    }
}

/// Counts the FLOPs of convolutions and matrices.
struct flop_counter {
    double& flops;
    constexpr void convolution(const detail::convolution_shape& s) const {
        const std::int64_t inner = s.in.channels / s.groups * s.kernel * s.kernel;
        flops += 2.0 * static_cast<double>(s.times * s.out.elements() * inner);
    }
    constexpr void attention(const detail::attention_shape&) const {}
    constexpr void pass(detail::elementwise, std::int64_t) const {}
};

TEST_CASE(
    "the FLOPs of a U-Net: 5.98e12 for SDXL at 1024 x 1024, attention not counted (dataset diffusers/benchmarks)") {
    double flops = 0;
    for_each_convolution(detail::trained_operators{models::sd_xl}, 1024, flop_counter{flops});
    CHECK(flops == doctest::Approx(5.98e12).epsilon(0.005));
}

TEST_CASE("a training step: texts and latents take time, checkpointing too, adapters less") {
    for (const models::diffusion_entry& entry : models::diffusions) {
        CAPTURE(entry.id);
        const training full{.micro_batch = 8, .conditions = conditions::cached};
        const seconds plain = step_of(*entry.model, full, cards::h100_sxm5_80gb).step;
        const auto with = [&](auto change) {
            training t = full;
            change(t);
            return step_of(*entry.model, t, cards::h100_sxm5_80gb).step;
        };
        CHECK(with([](training& t) { t.conditions = conditions::computed; }) > plain);
        CHECK(with([](training& t) { t.recompute = recompute::full; }) > plain);
        CHECK(with([](training& t) { t.micro_batch = 16; }) > plain);
        CHECK(with([](training& t) { t.gradient_accumulation = 2; }) > plain);
        CHECK(with([](training& t) {
                  t.adapter = {.method = adapter_method::lora, .rank = 8, .targets = targets(target::query)};
              }) < plain);
        CHECK(step_of(*entry.model, full, cards::rtx_4090).step > plain);
    }
}

TEST_CASE("no time where training's kernels are not measured") {
    CHECK(has_diffusion_time(cards::rtx_4090, number_format::bf16));
    CHECK_FALSE(has_diffusion_time(cards::apple_m1_16gb, number_format::bf16));
}

}  // namespace estimate_diffusion_time_test
