// SPDX-License-Identifier: MIT

// Reads config.json files of models of images alone. The counts of ViT-B/16 and ViT-L/16, ResNet and Swin are those
// that torchvision states with its weights (num_params); those of DINOv2, CLIP and SigLIP stand in
// embeddings-benchmark/mteb (n_parameters, commit a905523). The others are recalled, and equal the counts by hand that
// stand beside them.

#include <cardfit/io/huggingface/model.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace io_vision_test {

using namespace cardfit;
using nlohmann::json;

namespace {

std::int64_t count(const json& config) { return parameters(lower(io::read_huggingface_model(config))); }

/// Returns the message of the refusal; empty if the file is read.
std::string refusal(const json& config) {
    try {
        static_cast<void>(count(config));
    } catch (const io::input_error& e) {
        return e.what();
    }
    return {};
}

json timm(const char* architecture, std::int64_t classes = 1000) {
    return {{"architecture", architecture}, {"num_classes", classes}};
}

}  // namespace

TEST_CASE("vision transformers by their config.json") {
    // ViT-B/16 has 86,567,656 parameters with its classifier (769 x 1000), and 86,389,248 with the pooler of its body
    // (769 x 768) instead.
    const json vit = {{"model_type", "vit"}, {"architectures", {"ViTForImageClassification"}}, {"num_labels", 1000}};
    CHECK(count(vit) == 86'567'656);
    // The zoo's is torchvision's, which has one matrix for queries, keys and values; transformers has three.
    transformer of_transformers = models::vit_b_16;
    of_transformers.fused_query_key_value = false;
    CHECK(io::read_huggingface_model(vit) == io::any_model(of_transformers));
    CHECK(count({{"model_type", "vit"}, {"architectures", {"ViTModel"}}}) == 86'389'248);
    CHECK(count({{"model_type", "dinov2"}, {"architectures", {"Dinov2Model"}}, {"image_size", 518}}) == 86'580'480);
    // With four registers, 4 x 768 more. DINOv2 giant has gated feed-forwards: the total of a pathology model of its
    // shape (kaiko-ai/midnight), as a repository that loads it states it.
    CHECK(count({{"model_type", "dinov2_with_registers"},
                 {"architectures", {"Dinov2WithRegistersModel"}},
                 {"image_size", 518},
                 {"patch_size", 14},
                 {"num_register_tokens", 4}}) == 86'580'480 + 4 * 768);
    CHECK(count({{"model_type", "dinov2"},
                 {"hidden_size", 1536},
                 {"num_hidden_layers", 40},
                 {"num_attention_heads", 24},
                 {"use_swiglu_ffn", true},
                 {"image_size", 518}}) == 1'136'480'768);
    // DINOv3 ViT-B: the count that transformers 5.6 has of it, quoted by a repository that trains on its features.
    json dino = {{"model_type", "dinov3_vit"}, {"architectures", {"DINOv3ViTModel"}},
                 {"hidden_size", 768},         {"intermediate_size", 3072},
                 {"num_attention_heads", 12},  {"num_hidden_layers", 12},
                 {"num_register_tokens", 4},   {"patch_size", 16},
                 {"query_bias", true},         {"key_bias", false},
                 {"value_bias", true}};
    CHECK(count(dino) == 85'660'416);
    dino["value_bias"] = false;
    CHECK(refusal(dino).find("value_bias") != std::string::npos);
    // CLIP's tower: 303,179,776 parameters of the 427,616,513, and 303,966,208 with its projection. By hand: 24 layers
    // of 12,596,224, patches of 3 x 14 x 14 x 1024, a class token, 257 positions and two norms; the projection has
    // 1024 x 768.
    json clip = {{"model_type", "clip_vision_model"}, {"hidden_size", 1024},     {"intermediate_size", 4096},
                 {"num_attention_heads", 16},         {"num_hidden_layers", 24}, {"patch_size", 14}};
    CHECK(count(clip) == 303'179'776);
    clip["architectures"] = {"CLIPVisionModelWithProjection"};
    clip["projection_dim"] = 768;
    CHECK(count(clip) == 303'966'208);
    clip["architectures"] = {"CLIPForImageClassification"};
    CHECK(refusal(clip).find("architectures") != std::string::npos);
}

TEST_CASE("the defaults of CLIP and SigLIP are their base models") {
    // openai/clip-vit-base-patch32 has 151,277,313 parameters, google/siglip-base-patch16-224 203,155,970.
    CHECK(count({{"model_type", "clip"}, {"text_config", json::object()}, {"vision_config", json::object()}}) ==
          151'277'313);
    CHECK(count({{"model_type", "siglip"}}) == 203'155'970);
    CHECK(refusal({{"model_type", "clip"}, {"vision_config", 4}}).find("vision_config") != std::string::npos);
    CHECK(refusal({{"model_type", "clip"}, {"text_config", {{"hidden_size", 0}}}}).find("text_config.hidden_size") !=
          std::string::npos);
}

TEST_CASE("residual networks and Swin transformers by their config.json") {
    const json resnet = {{"model_type", "resnet"}, {"num_labels", 1000}};
    CHECK(count(resnet) == 25'557'032);
    json deep = resnet;
    deep["depths"] = {3, 8, 36, 3};
    CHECK(count(deep) == 60'192'808);
    json basic = resnet;
    basic["layer_type"] = "basic";
    basic["depths"] = {2, 2, 2, 2};
    basic["hidden_sizes"] = {64, 128, 256, 512};
    CHECK(count(basic) == 11'689'512);
    basic["hidden_sizes"] = {64, 128, 256, 500};
    CHECK(refusal(basic).find("hidden_sizes") != std::string::npos);
    // Swin-T and Swin-S (arXiv 2103.14030, table 1: 28 and 50 M).
    json swin = {{"model_type", "swin"}, {"num_labels", 1000}};
    CHECK(count(swin) == 28'288'354);
    swin["depths"] = {2, 2, 18, 2};
    CHECK(count(swin) == 49'606'258);
    swin["window_size"] = 12;
    CHECK(refusal(swin).find("window_size") != std::string::npos);
}

TEST_CASE("timm names an architecture") {
    CHECK(count(timm("vit_large_patch16_224")) == 304'326'632);
    // By hand: 12 layers of 444,864 (12 x 192^2 + 13 x 192), patches of 769 x 192, a class token and 197 positions, a
    // norm, and a classifier of 193 x 1000.
    CHECK(count(timm("vit_tiny_patch16_224")) == 5'717'416);
    // At 384 pixels there are 577 positions instead of 197.
    CHECK(count(timm("vit_base_patch16_384")) == 86'567'656 + 380 * 768);
    // Without a classifier the body is left.
    CHECK(count(timm("vit_base_patch16_224", 0)) == 86'567'656 - 769 * 1000);
    CHECK(count(timm("resnet50")) == 25'557'032);
    CHECK(count(timm("resnet50", 10)) == 25'557'032 - 990 * 2049);
    for (const char* name :
         {"vit_base_patch16_224_dino", "vit_base_patch0_224", "vit_base_patch16_8", "convnext_tiny", ""})
        CHECK(refusal(timm(name)).find("architecture") != std::string::npos);
    CHECK(refusal({{"architecture", 7}}).find("architecture") != std::string::npos);
}

}  // namespace io_vision_test
