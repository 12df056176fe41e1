// SPDX-License-Identifier: MIT

// Tests diffusion models in training: parameters, frozen parts in 16 bits counted by hand, checkpointing, and published
// peaks and verdicts.

#include <cardfit/decide/fits.hpp>
#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_ampere_geforce.hpp>
#include <cardfit/model/diffusion_training.hpp>
#include <cardfit/model/diffusion_zoo.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr diffusion_trainee flux{models::flux_1_dev};
constexpr diffusion_trainee sd3{models::stable_diffusion_3_medium};
constexpr diffusion_trainee sdxl{models::sd_xl};
constexpr diffusion_trainee sd15{models::stable_diffusion_1_5};

// What is trained is the denoiser. Published: FLUX.1-dev's transformer has 11,901,408,320 parameters, SDXL's U-Net
// 2,567,463,684, that of Stable Diffusion 1.5 859,520,964.
static_assert(parameters(flux) == 11'901'408'320);
static_assert(parameters(sdxl) == 2'567'463'684 && parameters(sd15) == 859'520'964);
// A sample of FLUX.1 at 1024 x 1024: 64 x 64 patches of latents and 512 tokens of text.
static_assert(lower(flux, 1024).tokens_per_sample == 64 * 64 + 512);

// Beside the denoiser stand its text encoders and autoencoder, in 16 bits; SDXL's autoencoder in fp32. They are what
// the pipeline has beyond the denoiser.
static_assert(lower(flux).condition_bytes == 2 * (parameters(models::flux_1_dev) - parameters(flux)));
static_assert(lower(sd15).condition_bytes == 2 * (parameters(models::stable_diffusion_1_5) - parameters(sd15)));

constexpr training lora(std::int64_t rank, std::int64_t side) {
    return {.precision = precision::bf16,
            .image_size = side,
            .adapter = {.method = adapter_method::lora,
                        .rank = rank,
                        .targets = targets(target::query, target::key, target::value, target::output)}};
}
constexpr training cached(training t) {
    t.conditions = conditions::cached;
    return t;
}
constexpr training checkpointed(training t) {
    t.recompute = recompute::full;
    return t;
}
constexpr memory_components of(const diffusion_trainee& m, const training& t) {
    return memory(m, t, cards::a100_sxm4_80gb).components;
}
static_assert(of(flux, lora(16, 512)).weights - of(flux, cached(lora(16, 512))).weights ==
              bytes_of(lower(flux).condition_bytes));
// Without latents in advance, the autoencoder's pass over 1024 x 1024 pixels is counted.
static_assert(of(sdxl, checkpointed(lora(4, 1024))).activations >
              of(sdxl, cached(checkpointed(lora(4, 1024)))).activations);
// Checkpointing and smaller images save activations, of transformers and of U-Nets.
static_assert(2 * of(flux, checkpointed(lora(16, 1024))).activations < of(flux, lora(16, 1024)).activations);
static_assert(2 * of(sdxl, cached(checkpointed(lora(4, 1024)))).activations <
              of(sdxl, cached(lora(4, 1024))).activations);
static_assert(3 * of(sd15, cached(lora(4, 256))).activations < of(sd15, cached(lora(4, 512))).activations);

// XLabs-AI/x-flux#12: LoRA of rank 16 on FLUX.1-dev in bf16 shows 42,837 MiB on an A100 80 GB, with T5, CLIP and the
// autoencoder on the card; 512 pixels are what the repository's train_configs/test_lora.yaml has.
constexpr memory_estimate published = memory(flux, lora(16, 512), cards::a100_sxm4_80gb);
constexpr std::int64_t shown = 42'837ll * 1024 * 1024;
static_assert(published.device_low.number < shown && published.device_high.number > shown);
static_assert(published.device().number < shown * 115 / 100 && published.device().number > shown * 85 / 100);

// huggingface/diffusers#8560: DreamBooth of SD 3 medium at 1024 pixels, fp16, batch 1, is out of memory on an RTX 4090.
static_assert(fit(sd3, {.precision = precision::fp16_mixed, .image_size = 1024}, cards::rtx_4090).grade ==
              grade::does_not_fit);
// kohya-ss/sd-scripts#661: LoRA of rank 32 on SDXL at 1024 pixels with Adafactor, checkpointing and latents in advance
// trains on an RTX 3080 Ti of 12 GB.
constexpr training kohya = [] {
    training t = cached(checkpointed(lora(32, 1024)));
    t.precision = precision::fp16_mixed;
    t.optimizer = optimizer::adafactor;
    return t;
}();
static_assert(fits(sdxl, kohya, cards::rtx_3080_ti));

// Trained text encoders, counted by hand. CLIP-L has 123,060,480 parameters: beside an fp32 copy of the weights AdamW
// holds 16 bytes each where they are trained, and 2 where they are frozen.
constexpr training half{.precision = precision::fp16_mixed, .recompute = recompute::full};
constexpr auto states_of = [](const diffusion_trainee& m, const training& t) {
    const memory_components c = of(m, t);
    return (c.weights + c.gradients + c.optimizer).number;
};
constexpr training with_texts = [] {
    training t = half;
    t.text_encoders = trained_texts::clip;
    return t;
}();
static_assert(states_of(sd15, with_texts) - states_of(sd15, half) == (16 - 2) * 123'060'480);
// T5 of FLUX.1 is trained only if all are.
constexpr training all_texts = [] {
    training t = half;
    t.text_encoders = trained_texts::all;
    return t;
}();
static_assert(states_of(flux, all_texts) == states_of(flux, with_texts) + 14ll * 4'762'310'656);
// A moving average is one more fp32 copy of the U-Net's 859,520,964 parameters.
constexpr training averaged = [] {
    training t = half;
    t.ema = true;
    return t;
}();
static_assert(states_of(sd15, averaged) - states_of(sd15, half) == 4ll * 859'520'964);
// A sample of the class beside each sample is a batch of twice the size.
constexpr training preserving = [] {
    training t = cached(half);
    t.prior_preservation = true;
    return t;
}();
constexpr training twice = [] {
    training t = cached(half);
    t.micro_batch = 2;
    return t;
}();
static_assert(of(sdxl, preserving).activations == of(sdxl, twice).activations);
// Cached latents leave the text encoders on the card, cached texts the autoencoder.
constexpr training latents = [] {
    training t = half;
    t.conditions = conditions::latents_cached;
    return t;
}();
constexpr training texts = [] {
    training t = half;
    t.conditions = conditions::texts_cached;
    return t;
}();
static_assert(states_of(sdxl, half) + states_of(sdxl, cached(half)) ==
              states_of(sdxl, latents) + states_of(sdxl, texts));
// huggingface/diffusers, examples/text_to_image/README.md: Stable Diffusion 1 at 512 pixels with EMA, fp16 and
// checkpointing trains on 24 GB. examples/dreambooth/README.md: with prior preservation, 8-bit Adam and checkpointing
// it trains on 16 GB.
constexpr training dreambooth = [] {
    training t = half;
    t.image_size = 512;
    t.optimizer = optimizer::adamw_8bit;
    t.prior_preservation = true;
    return t;
}();
static_assert(fit(sd15, averaged, cards::rtx_3090).grade != grade::does_not_fit);
static_assert(fits(sd15, dreambooth, cards::rtx_4080));
static_assert(problems(with_texts, lower(sd15)).empty() &&
              problems(with_texts, lower(models::llama_3_1_8b)).size() == 1);
static_assert(problems(averaged, lower(models::llama_3_1_8b)).size() == 1);
static_assert(problems(preserving, lower(models::llama_3_1_8b)).size() == 2);
constexpr training trained_and_cached = [] {
    training t = cached(half);
    t.text_encoders = trained_texts::clip;
    return t;
}();
static_assert(problems(trained_and_cached, lower(sd15)).size() == 1);

// Refusals: nothing is cached for a language model, and a side must divide into latents.
static_assert(problems(training{.conditions = conditions::cached}, lower(models::llama_3_1_8b)).size() == 1);
static_assert(problems(lora(16, 512), lower(flux, 512)).empty() && problems(lora(4, 512), lower(sd15, 512)).empty());

}  // namespace
