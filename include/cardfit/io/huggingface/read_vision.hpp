// SPDX-License-Identifier: MIT
#pragma once

// Reads models of images alone: vision transformers with a classifier or without, pairs of an image and a text encoder,
// residual networks and Swin transformers; and the configurations of timm, which name an architecture.
//
// Sources: configuration_<family>.py and modeling_<family>.py of github.com/huggingface/transformers (4.5x), and
// timm/models/vision_transformer.py and resnet.py of github.com/huggingface/pytorch-image-models (1.0).

#include <cardfit/io/any_model.hpp>
#include <cardfit/io/huggingface/read_tower.hpp>
#include <cardfit/model/convnet_zoo.hpp>
#include <cardfit/model/multimodal.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io::detail {

/// Returns the name of the class that saved the weights, or "" if the file names none.
[[nodiscard]] inline std::string class_of(const config_reader& in) {
    const nlohmann::json* list = in.find("architectures");
    const bool named = list && list->is_array() && !list->empty() && list->front().is_string();
    return named ? list->front().get<std::string>() : std::string();
}

/// Returns the number of classes: of `id2label`, or `num_labels`, which is 2 where the file has neither.
[[nodiscard]] inline std::int64_t classes_of(config_reader& in) {
    const nlohmann::json* labels = in.find("id2label");
    if (labels && labels->is_object() && !labels->empty()) return static_cast<std::int64_t>(labels->size());
    return in.size({"num_labels", "", 2}, 1, 1'000'000);
}

/// Returns the transformer with a classifier that has a tower's layers and patches.
[[nodiscard]] inline transformer classifier_of(const vision_tower& m, std::int64_t classes) {
    const std::int64_t side = m.image_size / larger(m.patch_size, 1);
    return {.layers = m.layers,
            .hidden = m.hidden,
            .heads = m.heads,
            .ffn = m.ffn,
            .ffn_gated = false,
            .norm = m.norm,
            .biases = m.biases,
            .kind = model_kind::encoder,
            .patch_tokens = side * side,
            .classes = classes,
            .patch_size = m.patch_size};
}

/// Reads a ViT: with a classifier, or with the pooler of its body.
[[nodiscard]] inline any_model read_vit(config_reader& in) {
    constexpr tower_family row{.model_type = "vit",
                               .layers = {"num_hidden_layers", "", 12},
                               .hidden = {"hidden_size", "", 768},
                               .heads = {"num_attention_heads", "", 12},
                               .ffn = {"intermediate_size", "", 3072},
                               .patch = {"patch_size", "", 16},
                               .image = {"image_size", "", 224},
                               .positions = position_rule::grid,
                               .shape = {.outer_norms = 1, .class_tokens = 1},
                               .fixed = {{{"qkv_bias", "true", "attention without biases"},
                                          {"num_channels", "3", "images of other than three channels"}}}};
    vision_tower m = read_tower(row, in);
    const std::string name = class_of(in);
    if (name.empty() || name == "ViTForImageClassification") return classifier_of(m, classes_of(in));
    if (name != "ViTModel") in.refuse("architectures", "[\"ViTForImageClassification\"] or [\"ViTModel\"]");
    m.projectors[0] = {.in = m.hidden, .out = m.hidden};
    return m;
}

/// Reads a tower alone. A projection behind it is part of the class whose name says so.
[[nodiscard]] inline any_model read_tower_alone(std::string_view type, config_reader& in) {
    vision_tower m = read_tower(*find_tower(type), in);
    const std::string name = class_of(in);
    if (name.ends_with("WithProjection"))
        m.projectors[0] = {.in = m.hidden, .out = in.size({"projection_dim", "", 512}, 1, million), .bias = false};
    else if (name == "Dinov2ForImageClassification" || name == "Dinov2WithRegistersForImageClassification")
        m.projectors[0] = {.in = 2 * m.hidden, .out = classes_of(in)};
    else if (!name.empty() && !name.ends_with("Model") && !name.ends_with("Backbone"))
        in.refuse("architectures", "a model without a head (other heads are not supported)");
    return m;
}

/// The text encoder of a contrastive pair: the defaults of its class.
struct text_encoder_defaults {
    std::int64_t hidden = 0;
    std::int64_t heads = 0;
    std::int64_t ffn = 0;
    std::int64_t vocab = 0;
    std::int64_t positions = 0;
};

[[nodiscard]] inline transformer read_text_encoder(config_reader& in, const text_encoder_defaults& d) {
    return {.layers = in.size({"num_hidden_layers", "", 12}, 1, 1000),
            .hidden = in.size({"hidden_size", "", d.hidden}, 1, 100'000),
            .heads = in.size({"num_attention_heads", "", d.heads}, 1, 10'000),
            .ffn = in.size({"intermediate_size", "", d.ffn}, 1, million),
            .ffn_gated = false,
            .vocab = in.size({"vocab_size", "", d.vocab}, 1, 10 * million),
            .positions = in.size({"max_position_embeddings", "", d.positions}, 1, million),
            .norm = norm_kind::layer,
            .biases = biases::all};
}

/// Reads CLIP or SigLIP. CLIP projects both results without biases and has a temperature; SigLIP pools the image by
/// attention, projects the text with a bias, and has a temperature and a bias (arXiv 2303.15343, section 3.2).
[[nodiscard]] inline any_model read_contrastive(bool siglip, const nlohmann::json& config, const std::string& path,
                                                std::vector<input_problem>& found) {
    static const nlohmann::json defaults = nlohmann::json::object();
    config_reader outer(config, path, found);
    const auto part = [&](const char* key) {
        const nlohmann::json* value = outer.find(key);
        if (value && !value->is_object()) outer.refuse(key, "an object");
        return config_reader(value && value->is_object() ? *value : defaults, outer.full(key), found);
    };
    config_reader text = part("text_config");
    config_reader image = part("vision_config");
    constexpr text_encoder_defaults clip_text{512, 8, 2048, 49408, 77};
    constexpr text_encoder_defaults siglip_text{768, 12, 3072, 32000, 64};
    multimodal_transformer m{
        .text = read_text_encoder(text, siglip ? siglip_text : clip_text),
        .vision = read_tower(*find_tower(siglip ? "siglip_vision_model" : "clip_vision_model"), image),
        .fusion = modality_fusion::contrastive,
        .scalars = siglip ? 2 : 1};
    if (siglip) {
        const std::int64_t out = text.size({"projection_size", "", m.text.hidden, m.text.hidden}, 1, million);
        m.text_projection = {.in = m.text.hidden, .out = out};
        return m;
    }
    const std::int64_t out = outer.size({"projection_dim", "", 512}, 1, million);
    m.text_projection = {.in = m.text.hidden, .out = out, .bias = false};
    m.vision.projectors[0] = {.in = m.vision.hidden, .out = out, .bias = false};
    return m;
}

/// Returns the integers of a list of four; a problem and zeros for anything else.
[[nodiscard]] inline std::array<std::int64_t, 4> four(config_reader& in, std::string_view key,
                                                      const std::array<std::int64_t, 4>& absent) {
    const nlohmann::json* list = in.find(key);
    if (!list) return absent;
    std::array<std::int64_t, 4> values{};
    bool known = list->is_array() && list->size() == values.size();
    for (std::size_t i = 0; known && i < values.size(); ++i) {
        const auto value = config_reader::integer((*list)[i], 1, 100'000);
        known = value.has_value();
        values[i] = value.value_or(0);
    }
    if (!known) in.refuse(key, "a list of four integers");
    return values;
}

/// Returns a network whose last stage, the classifier, has this many classes.
[[nodiscard]] inline convnet with_classes(convnet m, std::int64_t classes) {
    for (convnet_stage& s : m.stages)
        if (s.kind == stage_kind::fully_connected && s.width == models::detail::classifier.width) s.width = classes;
    return m;
}

/// Reads a residual network of the widths of He et al. (arXiv 1512.03385, table 1) with any depths.
[[nodiscard]] inline any_model read_resnet(config_reader& in) {
    const nlohmann::json* layer = in.find("layer_type");
    const bool basic = layer && *layer == "basic";
    if (layer && !basic && *layer != "bottleneck") in.refuse("layer_type", "\"bottleneck\" or \"basic\"");
    const std::int64_t first = basic ? 64 : 256;
    const auto depths = four(in, "depths", {3, 4, 6, 3});
    const auto widths = four(in, "hidden_sizes", {256, 512, 1024, 2048});
    for (std::size_t i = 0; i < widths.size(); ++i)
        if (widths[i] != first << i) {
            in.refuse("hidden_sizes", basic ? "[64, 128, 256, 512]" : "[256, 512, 1024, 2048]");
            break;
        }
    in.fixed({"embedding_size", "64", "other widths of the first convolution"});
    in.fixed({"num_channels", "3", "images of other than three channels"});
    in.fixed({"downsample_in_first_stage", "false", "strides in the first stage"});
    const std::string name = class_of(in);
    if (!name.empty() && name != "ResNetForImageClassification")
        in.refuse("architectures", "[\"ResNetForImageClassification\"]");
    return with_classes(models::detail::residual_classifier(
                            {.kind = basic ? stage_kind::basic_residual : stage_kind::bottleneck_residual,
                             .repeats = {depths[0], depths[1], depths[2], depths[3]},
                             .stride_first = in.flag("downsample_in_bottleneck", false)}),
                        classes_of(in));
}

/// Reads a Swin transformer with windows of 7 x 7 and two layers in every stage but the third (arXiv 2103.14030,
/// section 3.3).
[[nodiscard]] inline any_model read_swin(config_reader& in) {
    const std::int64_t width = in.size({"embed_dim", "", 96}, 1, 100'000);
    const auto depths = four(in, "depths", {2, 2, 6, 2});
    const auto heads = four(in, "num_heads", {3, 6, 12, 24});
    if (depths[0] != 2 || depths[1] != 2 || depths[3] != 2) in.refuse("depths", "[2, 2, a number of layers, 2]");
    for (std::size_t i = 1; i < heads.size(); ++i)
        if (heads[i] != heads[0] << i) {
            in.refuse("num_heads", "heads that double from stage to stage");
            break;
        }
    in.fixed({"window_size", "7", "other windows"});
    in.fixed({"patch_size", "4", "other patches"});
    in.fixed({"image_size", "224", "other sizes of images"});
    in.fixed({"num_channels", "3", "images of other than three channels"});
    in.fixed({"use_absolute_embeddings", "false", "learned positions"});
    in.fixed({"qkv_bias", "true", "attention without biases"});
    const std::string name = class_of(in);
    if (!name.empty() && name != "SwinForImageClassification")
        in.refuse("architectures", "[\"SwinForImageClassification\"]");
    return with_classes(models::detail::swin(width, depths[2], heads[0]), classes_of(in));
}

/// A size of vision transformers by the name that timm gives it (arXiv 2010.11929, table 1; arXiv 2106.04560, table 2).
struct vit_size {
    std::string_view name;
    std::int64_t layers;
    std::int64_t hidden;
    std::int64_t heads;
    std::int64_t ffn;
};
inline constexpr vit_size vit_sizes[]{
    {"tiny", 12, 192, 3, 768},        {"small", 12, 384, 6, 1536},  {"base", 12, 768, 12, 3072},
    {"large", 24, 1024, 16, 4096},    {"huge", 32, 1280, 16, 5120}, {"giant", 40, 1408, 16, 6144},
    {"gigantic", 48, 1664, 16, 8192},
};

/// Reads a whole number at the front of a text and removes it; 0 if there is none.
[[nodiscard]] inline std::int64_t leading_number(std::string_view& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return 0;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// Reads "vit_base_patch16_224", a name of timm. A name with anything else in it is another shape.
[[nodiscard]] inline vision_tower timm_vit(std::string_view name) {
    vision_tower m{.outer_norms = 1, .class_tokens = 1};
    constexpr std::string_view vit = "vit_";
    constexpr std::string_view patch = "_patch";
    if (!name.starts_with(vit)) return {};
    name.remove_prefix(vit.size());
    for (const vit_size& s : vit_sizes) {
        if (!name.starts_with(s.name) || !name.substr(s.name.size()).starts_with(patch)) continue;
        name.remove_prefix(s.name.size() + patch.size());
        m.layers = s.layers;
        m.hidden = s.hidden;
        m.heads = s.heads;
        m.ffn = s.ffn;
        m.patch_size = leading_number(name);
        if (!name.starts_with("_")) return {};
        name.remove_prefix(1);
        m.image_size = leading_number(name);
        if (!name.empty() || m.patch_size == 0 || m.image_size < m.patch_size) return {};
        m.positions = (m.image_size / m.patch_size) * (m.image_size / m.patch_size) + 1;
        return m;
    }
    return {};
}

/// A network of timm and its name in this library.
struct timm_network {
    std::string_view name;
    const convnet* model;
};
inline constexpr timm_network timm_networks[]{
    {"resnet18", &models::resnet_18},
    {"resnet34", &models::resnet_34},
    {"resnet50", &models::resnet_50},
    {"resnet101", &models::resnet_101},
    {"resnet152", &models::resnet_152},
    {"resnext50_32x4d", &models::resnext_50_32x4d},
    {"resnext101_32x8d", &models::resnext_101_32x8d},
    {"vgg11", &models::vgg_11},
    {"vgg13", &models::vgg_13},
    {"vgg16", &models::vgg_16},
    {"vgg19", &models::vgg_19},
    {"densenet121", &models::densenet_121},
    {"densenet161", &models::densenet_161},
    {"densenet169", &models::densenet_169},
    {"densenet201", &models::densenet_201},
    {"mobilenetv2_100", &models::mobilenet_v2},
    {"swin_tiny_patch4_window7_224", &models::swin_t},
};

/// Reads the config.json of timm, which names an architecture and the number of classes.
[[nodiscard]] inline any_model read_timm(config_reader& in) {
    const nlohmann::json* value = in.find("architecture");
    const std::string name = value && value->is_string() ? value->get<std::string>() : std::string();
    const std::int64_t classes = in.size({"num_classes", "", 1000}, 0, 1'000'000);
    for (const timm_network& each : timm_networks)
        if (each.name == name && classes > 0) return with_classes(*each.model, classes);
    const vision_tower vit = timm_vit(name);
    if (vit.layers > 0) return classes > 0 ? any_model(classifier_of(vit, classes)) : any_model(vit);
    in.refuse("architecture",
              "a name of timm such as \"vit_base_patch16_224\" or \"resnet50\" (others are not supported)");
    return {};
}

/// The model_type that stands for a file of timm, which has none.
inline constexpr std::string_view timm_type = "timm";
/// The types of models of images alone.
inline constexpr std::string_view vision_types[]{"clip",       "clip_vision_model",
                                                 "dinov2",     "dinov2_with_registers",
                                                 "dinov3_vit", "resnet",
                                                 "siglip",     "siglip_vision_model",
                                                 "swin",       "vit"};

/// Reads a model of images alone of one of `vision_types`, or a file of timm.
[[nodiscard]] inline any_model read_vision_config(const nlohmann::json& config, std::string_view type,
                                                  const std::string& path) {
    std::vector<input_problem> found;
    config_reader in(config, path, found);
    any_model model;
    if (type == timm_type)
        model = read_timm(in);
    else if (type == "vit")
        model = read_vit(in);
    else if (type == "resnet")
        model = read_resnet(in);
    else if (type == "swin")
        model = read_swin(in);
    else if (type == "clip" || type == "siglip")
        model = read_contrastive(type == "siglip", config, path, found);
    else
        model = read_tower_alone(type, in);
    if (found.empty()) add_problems(in, model, "model.");
    if (!found.empty()) throw input_error(std::move(found));
    return model;
}

}  // namespace cardfit::io::detail
