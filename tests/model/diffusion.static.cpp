// SPDX-License-Identifier: MIT

// Tests the parameters of diffusion models' parts against the counts that others print or publish, exactly.

#include <cardfit/model/diffusion_parts.hpp>
#include <cardfit/model/diffusion_zoo.hpp>

using namespace cardfit;

namespace {

constexpr std::int64_t denoiser(const diffusion& m) {
    const diffusion_parts parts = lower_parts(m, m.default_size, m.default_size);
    return parameters(parts.of[parts.count - 2].net);
}
constexpr std::int64_t vae(const diffusion& m) { return parameters(lower_sized(m.vae, 8, 8)); }

}  // namespace

// diffusers' own docstring states num_parameters (ModelMixin.num_parameters, stable-diffusion-v1-5).
static_assert(denoiser(models::stable_diffusion_1_5) == 859'520'964);
// diffusers' benchmark table (datasets/diffusers/benchmarks, collated_results) states 2567.46 and 11901.41 million; the
// trainers' logs and the safetensors totals of the repositories have all digits.
static_assert(denoiser(models::sd_xl) == 2'567'463'684);
static_assert(denoiser(models::flux_1_dev) == 11'901'408'320);
// FLUX.1-schnell lacks the two matrices that embed the guidance scale: 256 x 3072 and 3072 x 3072, with biases:
// 10,229,760 by hand. The total of its transformer's safetensors is recalled.
static_assert(denoiser(models::flux_1_schnell) == 11'891'178'560);
// The U-Net of Stable Diffusion 2 and its text model: sizes of both in buddy-compiler/buddy-mlir, BuddyStableDiffusion.
static_assert(denoiser(models::stable_diffusion_2_1) == 865'910'724);
static_assert(parameters(lower(models::stable_diffusion_2_1.text_encoders[0])) == 340'387'840);
// The source is NVIDIA AITune, "Ahead-of-time Inspect Guide", module summary of stable-diffusion-3-medium-diffusers.
static_assert(denoiser(models::stable_diffusion_3_medium) == 2'028'328'000);
// The elements of SD 3.5 Medium's transformer in its safetensors file, less the stored table of 384 x 384 positions.
static_assert(denoiser(models::stable_diffusion_3_5_medium) == 2'469'663'936 - std::int64_t{384} * 384 * 1536);
// Stability AI's model card states 8.1 billion.
static_assert((denoiser(models::stable_diffusion_3_5_large) + 50'000'000) / 100'000'000 == 81);

// The sources are layer and parameter listings of SDXL's parts (83,653,863) and tensor comparisons of FLUX.1's
// autoencoder (83,819,683 values).
static_assert(vae(models::flux_1_dev) == 83'819'683);
static_assert(vae(models::stable_diffusion_1_5) == 83'653'863);
static_assert(vae(models::sd_xl) == 83'653'863);

// NVIDIA AITune's summary again: 123,650,304 with its projection, 694,659,840, and 4,762,310,656. The text encoder that
// SD 1.5, SDXL and FLUX.1 load has no projection: it has 768 x 768 fewer.
static_assert(parameters(lower(models::clip_l_projected)) == 123'650'304);
static_assert(parameters(lower(models::clip_l)) == 123'060'480);
static_assert(parameters(lower(models::openclip_big_g)) == 694'659'840);
static_assert(parameters(lower(models::t5_xxl(512))) == 4'762'310'656);

// SDXL's paper (arXiv 2307.01952, table 1) states 817 million parameters for the text encoders together.
static_assert((parameters(lower(models::clip_l)) + parameters(lower(models::openclip_big_g))) / 1'000'000 == 817);

// An invalid description names the field that is wrong.
constexpr bool refuses(const diffusion& m, const char* field) {
    for (const invalid_field& p : problems(m))
        if (std::string_view(p.field) == field) return true;
    return false;
}
constexpr diffusion changed(auto change) {
    diffusion m = models::sd_xl;
    change(m);
    return m;
}
static_assert(problems(models::sd_xl).empty() && problems(models::flux_1_dev).empty());
static_assert(refuses(changed([](diffusion& m) { m.unet.levels = 0; }), "model.diffusion.unet.levels"));
static_assert(refuses(changed([](diffusion& m) { m.unet.levels = 5; }), "model.diffusion.unet.levels"));
static_assert(refuses(changed([](diffusion& m) { m.unet.block_out_channels[1] = 0; }),
                      "model.diffusion.unet.block_out_channels"));
static_assert(refuses(changed([](diffusion& m) { m.vae.latent_channels = -4; }),
                      "model.diffusion.vae.latent_channels"));
