// SPDX-License-Identifier: MIT

// Reads the config.json files of diffusion transformers. FLUX.1-dev's count is sourced in
// tests/model/diffusion.static.cpp, and so is SD 3's. Those of FLUX.2, Z-Image and SD 3.5 Medium are quoted by
// repositories that read the files; the others are recalled totals of the repositories' safetensors files and were not
// looked up. Those of Qwen-Image, Wan 2.1 14B and HunyuanVideo are rows of tests/io/configs/reference.csv.

#include <cardfit/io/huggingface/model.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace io_denoiser_test {

using namespace cardfit;
using nlohmann::json;

namespace {

const json flux = {{"_class_name", "FluxTransformer2DModel"},
                   {"attention_head_dim", 128},
                   {"guidance_embeds", true},
                   {"in_channels", 64},
                   {"joint_attention_dim", 4096},
                   {"num_attention_heads", 24},
                   {"num_layers", 19},
                   {"num_single_layers", 38},
                   {"patch_size", 1},
                   {"pooled_projection_dim", 768}};
const json wan = {{"_class_name", "WanTransformer3DModel"},
                  {"added_kv_proj_dim", nullptr},
                  {"attention_head_dim", 128},
                  {"cross_attn_norm", true},
                  {"ffn_dim", 8960},
                  {"freq_dim", 256},
                  {"image_dim", nullptr},
                  {"in_channels", 16},
                  {"num_attention_heads", 12},
                  {"num_layers", 30},
                  {"out_channels", 16},
                  {"patch_size", {1, 2, 2}},
                  {"qk_norm", "rms_norm_across_heads"},
                  {"text_dim", 4096}};
const json ltx = {{"_class_name", "LTXVideoTransformer3DModel"},
                  {"attention_bias", true},
                  {"attention_head_dim", 64},
                  {"caption_channels", 4096},
                  {"cross_attention_dim", 2048},
                  {"in_channels", 128},
                  {"norm_elementwise_affine", false},
                  {"num_attention_heads", 32},
                  {"num_layers", 28},
                  {"out_channels", 128},
                  {"patch_size", 1},
                  {"patch_size_t", 1},
                  {"qk_norm", "rms_norm_across_heads"}};

const json sd3 = {{"_class_name", "SD3Transformer2DModel"},
                  {"attention_head_dim", 64},
                  {"caption_projection_dim", 1536},
                  {"in_channels", 16},
                  {"joint_attention_dim", 4096},
                  {"num_attention_heads", 24},
                  {"num_layers", 24},
                  {"out_channels", 16},
                  {"patch_size", 2},
                  {"pooled_projection_dim", 2048},
                  {"pos_embed_max_size", 192}};

json flux2(std::int64_t heads, std::int64_t joint, std::int64_t single, std::int64_t text, bool guidance) {
    return {{"_class_name", "Flux2Transformer2DModel"},
            {"attention_head_dim", 128},
            {"guidance_embeds", guidance},
            {"in_channels", 128},
            {"joint_attention_dim", text},
            {"mlp_ratio", 3.0},
            {"num_attention_heads", heads},
            {"num_layers", joint},
            {"num_single_layers", single},
            {"patch_size", 1},
            {"timestep_guidance_channels", 256}};
}

std::int64_t count(const json& config) { return parameters(lower(io::read_huggingface_model(config))); }
json changed(json config, const json& keys) {
    config.update(keys);
    return config;
}

/// Checks that a file is refused, with this key.
void check_refused(const json& config, const std::string& key) {
    std::string found;
    try {
        static_cast<void>(io::read_huggingface_model(config));
    } catch (const io::input_error& e) {
        found = e.problems().front().key;
    }
    CHECK(found == "model.huggingface." + key);
}

}  // namespace

TEST_CASE("published diffusion transformers have the parameters of their files") {
    CHECK(count(flux) == 11'901'408'320);                                         // FLUX.1-dev
    CHECK(count(changed(flux, {{"guidance_embeds", false}})) == 11'891'178'560);  // FLUX.1-schnell
    CHECK(count(wan) == 1'418'996'800);                                           // Wan2.1-T2V-1.3B-Diffusers
    CHECK(count(ltx) == 1'923'385'472);                                           // LTX-Video
    CHECK(count(json{{"_class_name", "ZImageTransformer2DModel"}}) == 6'154'908'736);
    CHECK(count(flux2(48, 8, 48, 15360, true)) == 32'223'281'152);  // FLUX.2-dev
    CHECK(count(flux2(32, 8, 24, 12288, false)) == 9'078'581'248);  // FLUX.2-klein-9B
    CHECK(count(flux2(24, 5, 20, 7680, false)) == 3'875'544'576);   // FLUX.2-klein-4B
    // SD 3 Medium: 2,028,328,000 and a stored table of 192 x 192 positions.
    CHECK(count(sd3) == 2'028'328'000 + std::int64_t{192} * 192 * 1536);
}

TEST_CASE("layers with a second attention, and those that read an image") {
    json medium = sd3;
    medium["dual_attention_layers"] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    medium["pos_embed_max_size"] = 384;
    medium["qk_norm"] = "rms_norm";
    CHECK(count(medium) == 2'469'663'936);  // SD 3.5 Medium: the elements of its transformer's safetensors
    // Wan of images to video, by hand: in each layer keys and values of the image with their norm; patches with 20
    // channels more; two norms and two matrices for the features of CLIP.
    const std::int64_t h = 1536;
    const json video = changed(wan, {{"added_kv_proj_dim", h}, {"image_dim", 1280}, {"in_channels", 36}});
    CHECK(count(video) - count(wan) ==
          30 * (2 * (h * h + h) + h) + 20 * 4 * h + 2 * 1280 + 1280 * 1280 + 1280 + 1280 * h + h + 2 * h);
}

TEST_CASE("a denoiser has no cache, and every size counts") {
    for (const json& config : {flux, wan, ltx}) {
        const network net = lower(io::read_huggingface_model(config));
        CHECK_FALSE(is_autoregressive(net));
        for (const char* key : {"num_layers", "attention_head_dim", "in_channels"}) {
            json other = config;
            other[key] = config[key].get<std::int64_t>() * 2;
            INFO(std::string(config["_class_name"]), " ", key);
            // The width of LTX's layers must be that of its cross attention.
            if (config == ltx && std::string(key) == "attention_head_dim")
                check_refused(other, "cross_attention_dim");
            else
                CHECK(count(other) > parameters(net));
        }
    }
}

TEST_CASE("other shapes of these classes are refused") {
    check_refused(changed(wan, {{"added_kv_proj_dim", 5120}}), "image_dim");
    check_refused(changed(sd3, {{"dual_attention_layers", {0, 2}}}), "dual_attention_layers");
    check_refused(changed(sd3, {{"dual_attention_layers", 13}}), "dual_attention_layers");
    check_refused(changed(sd3, {{"qk_norm", "layer_norm"}}), "qk_norm");
    check_refused(changed(sd3, {{"caption_projection_dim", 1152}}), "caption_projection_dim");
    check_refused(flux2(48, 8, 48, 0, true), "joint_attention_dim");
    check_refused(changed(flux2(48, 8, 48, 15360, true), {{"mlp_ratio", 4.0}}), "mlp_ratio");
    check_refused({{"_class_name", "ZImageTransformer2DModel"}, {"siglip_feat_dim", 1152}}, "siglip_feat_dim");
    check_refused(changed(wan, {{"qk_norm", "rms_norm"}}), "qk_norm");
    check_refused(changed(wan, {{"patch_size", {1, 2, 0}}}), "patch_size");
    check_refused(changed(ltx, {{"attention_bias", false}}), "attention_bias");
    check_refused(changed(ltx, {{"patch_size", 2}}), "patch_size");
    check_refused(changed(flux, {{"_class_name", "AllegroTransformer3DModel"}}), "_class_name");
    check_refused(changed(flux, {{"num_layers", -1}}), "num_layers");
    check_refused(changed(flux, {{"num_kv_heads", 8}}), "num_kv_heads");
}

}  // namespace io_denoiser_test
