// SPDX-License-Identifier: MIT

// Reads the config.json files of diffusion transformers. FLUX.1-dev's count is sourced in
// tests/model/diffusion.static.cpp; the others are recalled totals of the repositories' safetensors files and were not
// looked up. Those of Qwen-Image, Wan 2.1 14B and HunyuanVideo are rows of tests/io/configs/reference.csv.

#include <cardfit/io/huggingface/model.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

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
    check_refused(changed(wan, {{"added_kv_proj_dim", 5120}}), "added_kv_proj_dim");
    check_refused(changed(wan, {{"qk_norm", "rms_norm"}}), "qk_norm");
    check_refused(changed(wan, {{"patch_size", {1, 2, 0}}}), "patch_size");
    check_refused(changed(ltx, {{"attention_bias", false}}), "attention_bias");
    check_refused(changed(ltx, {{"patch_size", 2}}), "patch_size");
    check_refused(changed(flux, {{"_class_name", "AllegroTransformer3DModel"}}), "_class_name");
    check_refused(changed(flux, {{"num_layers", -1}}), "num_layers");
    check_refused(changed(flux, {{"num_kv_heads", 8}}), "num_kv_heads");
}
