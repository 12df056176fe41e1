// SPDX-License-Identifier: MIT

// Reads folders that diffusers saved. The config.json files are those of the repositories, cut to the keys that shape a
// part; each folder must make the zoo's model, whose parts are counted in tests/model/diffusion.static.cpp.

#include <cardfit/io/diffusion_file.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace io_diffusers_test {

using namespace cardfit;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// The files of a folder: the path of each within it, and its content.
using files = std::map<std::string, json>;

std::string folder_of(const files& all) {
    const fs::path folder = fs::path(CARDFIT_SCRATCH) / "diffusers_test";
    fs::remove_all(folder);
    for (const auto& [path, content] : all) {
        fs::create_directories((folder / path).parent_path());
        std::ofstream(folder / path) << content.dump();
    }
    return folder.string();
}

const json clip_l = {{"hidden_size", 768},        {"intermediate_size", 3072}, {"num_hidden_layers", 12},
                     {"num_attention_heads", 12}, {"vocab_size", 49408},       {"max_position_embeddings", 77},
                     {"projection_dim", 768}};
const json big_g = {{"hidden_size", 1280},       {"intermediate_size", 5120}, {"num_hidden_layers", 32},
                    {"num_attention_heads", 20}, {"vocab_size", 49408},       {"max_position_embeddings", 77},
                    {"projection_dim", 1280}};
const json t5 = {{"d_model", 4096},    {"d_ff", 10240},    {"d_kv", 64},
                 {"num_heads", 64},    {"num_layers", 24}, {"feed_forward_proj", "gated-gelu"},
                 {"vocab_size", 32128}};
const json part_clip = {"transformers", "CLIPTextModel"};
const json part_projected = {"transformers", "CLIPTextModelWithProjection"};
const json part_t5 = {"transformers", "T5EncoderModel"};
const json part_vae = {"diffusers", "AutoencoderKL"};

json vae(std::int64_t channels, std::int64_t sample_size, bool quant_conv, bool upcast) {
    return {{"block_out_channels", {128, 256, 512, 512}},
            {"latent_channels", channels},
            {"layers_per_block", 2},
            {"sample_size", sample_size},
            {"use_quant_conv", quant_conv},
            {"use_post_quant_conv", quant_conv},
            {"force_upcast", upcast}};
}

files sdxl() {
    return {{"model_index.json",
             {{"_class_name", "StableDiffusionXLPipeline"},
              {"text_encoder", part_clip},
              {"text_encoder_2", part_projected},
              {"unet", {"diffusers", "UNet2DConditionModel"}},
              {"vae", part_vae}}},
            {"text_encoder/config.json", clip_l},
            {"text_encoder_2/config.json", big_g},
            {"unet/config.json",
             {{"block_out_channels", {320, 640, 1280}},
              {"down_block_types", {"DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"}},
              {"transformer_layers_per_block", {1, 2, 10}},
              {"attention_head_dim", {5, 10, 20}},
              {"cross_attention_dim", 2048},
              {"layers_per_block", 2},
              {"addition_embed_type", "text_time"},
              {"projection_class_embeddings_input_dim", 2816},
              {"sample_size", 128}}},
            {"vae/config.json", vae(4, 1024, true, true)}};
}

files stable_diffusion() {
    return {
        {"model_index.json",
         {{"_class_name", "StableDiffusionPipeline"},
          {"text_encoder", part_clip},
          {"unet", {"diffusers", "UNet2DConditionModel"}},
          {"vae", part_vae},
          {"safety_checker", {"stable_diffusion", "StableDiffusionSafetyChecker"}}}},
        {"text_encoder/config.json", clip_l},
        {"unet/config.json",
         {{"block_out_channels", {320, 640, 1280, 1280}},
          {"down_block_types", {"CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"}},
          {"attention_head_dim", 8},
          {"cross_attention_dim", 768},
          {"layers_per_block", 2},
          {"sample_size", 64}}},
        {"vae/config.json", vae(4, 512, true, true)}};
}

files sd3(std::int64_t layers, json norm) {
    return {{"model_index.json",
             {{"_class_name", "StableDiffusion3Pipeline"},
              {"text_encoder", part_projected},
              {"text_encoder_2", part_projected},
              {"text_encoder_3", part_t5},
              {"transformer", {"diffusers", "SD3Transformer2DModel"}},
              {"vae", part_vae}}},
            {"text_encoder/config.json", clip_l},
            {"text_encoder_2/config.json", big_g},
            {"text_encoder_3/config.json", t5},
            {"transformer/config.json",
             {{"num_layers", layers},
              {"num_attention_heads", layers},
              {"attention_head_dim", 64},
              {"in_channels", 16},
              {"out_channels", 16},
              {"patch_size", 2},
              {"joint_attention_dim", 4096},
              {"caption_projection_dim", layers * 64},
              {"pooled_projection_dim", 2048},
              {"pos_embed_max_size", 192},
              {"qk_norm", norm},
              {"sample_size", 128}}},
            {"vae/config.json", vae(16, 1024, false, true)}};
}

files flux(bool guidance) {
    return {{"model_index.json",
             {{"_class_name", "FluxPipeline"},
              {"text_encoder", part_clip},
              {"text_encoder_2", part_t5},
              {"transformer", {"diffusers", "FluxTransformer2DModel"}},
              {"vae", part_vae}}},
            {"text_encoder/config.json", clip_l},
            {"text_encoder_2/config.json", t5},
            {"transformer/config.json",
             {{"num_layers", 19},
              {"num_single_layers", 38},
              {"num_attention_heads", 24},
              {"attention_head_dim", 128},
              {"in_channels", 64},
              {"joint_attention_dim", 4096},
              {"pooled_projection_dim", 768},
              {"guidance_embeds", guidance}}},
            {"vae/config.json", vae(16, 1024, false, true)}};
}

/// Checks that a folder is refused, with this key.
void check_refused(const files& all, const std::string& key) {
    std::string found;
    try {
        static_cast<void>(io::read_diffusers(folder_of(all)));
    } catch (const io::input_error& e) {
        found = e.problems().front().key;
    }
    CHECK(found == key);
}

}  // namespace

TEST_CASE("a folder makes the model of the zoo") {
    CHECK(io::read_diffusers(folder_of(sdxl())) == models::sd_xl);
    CHECK(io::read_diffusers(folder_of(stable_diffusion())) == models::stable_diffusion_1_5);
    CHECK(io::read_diffusers(folder_of(sd3(38, "rms_norm"))) == models::stable_diffusion_3_5_large);
    CHECK(io::read_diffusers(folder_of(flux(true))) == models::flux_1_dev);
    CHECK(io::read_diffusers(folder_of(flux(false))) == models::flux_1_schnell);
    CHECK(io::read_diffusers(folder_of(sdxl()) + "/model_index.json") == models::sd_xl);
}

TEST_CASE("a job names the folder, and has the answer of the zoo's model") {
    const std::string folder = folder_of(flux(true));
    const json inference = {{"batch", 1}};
    const json hardware = {{"card", "rtx-4090"}};
    const json named = {{"model", "flux.1-dev"}, {"hardware", hardware}, {"inference", inference}};
    json read = named;
    read["model"] = {{"folder", folder}};
    REQUIRE(io::asks_for_diffusion(read));
    const io::diffusion_file file = io::read_diffusion(read);
    CHECK(io::answer(file).report.memory.device() == io::answer(io::read_diffusion(named)).report.memory.device());
    CHECK(file.model_name == folder);
    read["model"] = {{"folder", CARDFIT_SCRATCH}};
    CHECK_FALSE(io::asks_for_diffusion(read));
}

TEST_CASE("an index without its parts stands for the published pipeline of its class") {
    const auto index_of = [](const files& all) {
        return folder_of({{"model_index.json", all.at("model_index.json")}}) + "/model_index.json";
    };
    CHECK(io::read_diffusers(index_of(sdxl())) == models::sd_xl);
    const json job = {{"model", {{"huggingface", index_of(sdxl())}}},
                      {"hardware", {{"card", "rtx-4090"}}},
                      {"inference", {{"batch", 1}}}};
    const io::diffusion_file file = io::read_diffusion(job);
    REQUIRE_FALSE(file.assumed.empty());
    CHECK(file.assumed.front().value == "the parts of stabilityai/stable-diffusion-xl-base-1.0, which are not there");
    // Three published shapes have this class, of which the repository tells one.
    files several = sd3(24, nullptr);
    CHECK_THROWS_WITH_AS(static_cast<void>(io::read_diffusers(index_of(several))), doctest::Contains("sd-3.5-medium"),
                         io::input_error);
    several["model_index.json"]["_name_or_path"] = "stabilityai/stable-diffusion-3.5-medium";
    CHECK(io::read_diffusers(index_of(several)) == models::stable_diffusion_3_5_medium);
    several["model_index.json"] = json::array();
    CHECK_THROWS_WITH_AS(static_cast<void>(io::read_diffusers(index_of(several))),
                         doctest::Contains("a model_index.json with an object"), io::input_error);
}

TEST_CASE("a U-Net and an autoencoder are read alone") {
    files parts = sdxl();
    parts["unet/config.json"]["_class_name"] = "UNet2DConditionModel";
    parts["vae/config.json"]["_class_name"] = "AutoencoderKL";
    const std::string folder = folder_of(parts);
    const diffusion unet = io::read_diffusers(folder + "/unet/config.json");
    CHECK(parameters(unet) == 2'567'463'684);
    CHECK(unet.default_size == 1024);
    CHECK(io::read_diffusers(folder + "/unet") == unet);
    const diffusion vae = io::read_diffusers(folder + "/vae");
    CHECK(parameters(vae) == 83'653'863);
    const json job = {{"model", {{"huggingface", folder + "/vae/config.json"}}},
                      {"hardware", {{"card", "rtx-4090"}}},
                      {"inference", {{"batch", 1}}}};
    REQUIRE(io::asks_for_diffusion(job));
    const io::diffusion_file file = io::read_diffusion(job);
    CHECK(io::working_part(file, io::answer(file).report.memory) == "vae");
    CHECK_FALSE(io::is_diffusers_path(folder + "/text_encoder/config.json"));
}

TEST_CASE("parts of other shapes are refused by name") {
    files other = flux(true);
    other["model_index.json"]["_class_name"] = "WanPipeline";
    check_refused(other, "model._class_name");
    other = flux(true);
    other["model_index.json"]["transformer"] = {"diffusers", "Flux2Transformer2DModel"};
    check_refused(other, "model.transformer");
    other = sd3(24, nullptr);
    other["transformer/config.json"]["dual_attention_layers"] = {0, 2};
    check_refused(other, "model.transformer.dual_attention_layers");
    other = sdxl();
    other["unet/config.json"]["block_out_channels"] = {320, 640};
    check_refused(other, "model.unet.down_block_types");
    other = sdxl();
    other["unet/config.json"]["time_cond_proj_dim"] = 256;
    check_refused(other, "model.unet.time_cond_proj_dim");
    other = sdxl();
    other["vae/config.json"].erase("block_out_channels");
    check_refused(other, "model.vae.block_out_channels");
    other = sdxl();
    other.erase("text_encoder/config.json");
    check_refused(other, "model.text_encoder");
}

}  // namespace io_diffusers_test
