// SPDX-License-Identifier: MIT
#pragma once

// Reads a diffusion model from the folder that diffusers saved: `model_index.json` names the pipeline and the class of
// each part, and each part's own folder has its config.json. Only these files are read. An index whose parts are not
// there stands for the published pipeline of its class, if there is one; a U-Net or an autoencoder is also read alone.
//
// Source: src/diffusers of github.com/huggingface/diffusers (0.35): pipelines/<name>/pipeline_<name>.py,
// models/unets/unet_2d_condition.py, models/transformers/transformer_{sd3,flux}.py,
// models/autoencoders/autoencoder_kl.py.

#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/io/huggingface/read_denoiser.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/io/stored/folder.hpp>
#include <cardfit/model/diffusion.hpp>
#include <cardfit/model/diffusion_zoo.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

namespace detail {

/// What a pipeline does with its parts.
struct pipeline_row {
    std::string_view class_name = "";
    /// True if it reads the autoencoder's force_upcast.
    bool upcasts = false;
    std::int64_t t5_tokens = 0;  ///< the length to which it pads a prompt for T5
    bool clip_joins = false;     ///< tokens of CLIP join those of T5 in the transformer's sequence
    std::int64_t steps = 50;     ///< its default of num_inference_steps
    /// Steps of a distilled transformer, which has no guidance scale (FLUX.1-schnell's model card); 0: there is none.
    std::int64_t distilled_steps = 0;
    /// The zoo id of the only shape that published pipelines of the class have; empty: they have several.
    std::string_view only_shape = "";
};

inline constexpr std::array pipeline_rows{
    pipeline_row{.class_name = "StableDiffusionPipeline"},
    pipeline_row{.class_name = "StableDiffusionXLPipeline", .upcasts = true, .only_shape = "sd-xl"},
    pipeline_row{.class_name = "StableDiffusion3Pipeline", .t5_tokens = 256, .clip_joins = true, .steps = 28},
    pipeline_row{
        .class_name = "FluxPipeline", .t5_tokens = 512, .steps = 28, .distilled_steps = 4, .only_shape = "flux.1-dev"},
};

/// One part of a pipeline: its folder's config.json, and the class that model_index.json names.
struct pipeline_part {
    std::string path{};
    std::string class_name{};
    nlohmann::json config{};
};

/// Returns the class that model_index.json names for a part; empty if the pipeline goes without it.
[[nodiscard]] inline std::string class_of_part(const nlohmann::json& index, const std::string& part) {
    const auto at = index.find(part);
    const bool named = at != index.end() && at->is_array() && at->size() == 2 && (*at)[1].is_string();
    return named ? (*at)[1].get<std::string>() : "";
}

/// Returns a part of a pipeline. Its class is one of `accepted`. Throws input_error.
[[nodiscard]] inline pipeline_part read_part(const std::filesystem::path& folder, const nlohmann::json& index,
                                             const std::string& part,
                                             std::initializer_list<std::string_view> accepted) {
    pipeline_part read{.path = (folder / part / "config.json").string(), .class_name = class_of_part(index, part)};
    if (std::find(accepted.begin(), accepted.end(), read.class_name) == accepted.end()) {
        std::string classes;
        for (const std::string_view each : accepted) classes += (classes.empty() ? "" : " or ") + std::string(each);
        throw input_error({refused_value("model." + part, read.class_name,
                                         "the class " + classes +
                                             " in model_index.json (another part is a model of its own: the path of "
                                             "its config.json or folder)")});
    }
    read.config = parse_json_file(read.path, "model." + part);
    if (!read.config.is_object()) refuse_file("model." + part, read.path, "a config.json with an object");
    return read;
}

/// Returns an integer of a list, or the one that stands for all of its places.
[[nodiscard]] inline std::int64_t at_level(config_reader& in, std::string_view key, std::size_t level,
                                           std::int64_t absent, std::int64_t high) {
    const nlohmann::json* value = in.find(key);
    if (!value || value->is_null()) return absent;
    const bool listed = value->is_array() && level < value->size();
    const auto number = config_reader::integer(listed ? (*value)[level] : *value, 0, high);
    if (!number) in.refuse(key, integers(0, high) + ", or a list with one for each level");
    return number.value_or(0);
}

/// Reads the widths of the levels of a U-Net or an autoencoder. Returns how many there are.
inline std::int64_t read_levels(config_reader& in, std::int64_t (&to)[max_unet_levels]) {
    const nlohmann::json* list = in.find("block_out_channels");
    bool sound = list && list->is_array() && !list->empty() && list->size() <= max_unet_levels;
    for (std::size_t i = 0; sound && i < list->size(); ++i) {
        const auto width = config_reader::integer((*list)[i], 1, 100'000);
        sound = width.has_value();
        to[i] = width.value_or(0);
    }
    if (sound) return static_cast<std::int64_t>(list->size());
    in.refuse("block_out_channels", "a list of 1 to " + std::to_string(max_unet_levels) + " integers");
    return 0;
}

/// Returns a text encoder of CLIP: modeling_clip.py, CLIPTextModel.
[[nodiscard]] inline text_encoder read_clip(config_reader& in, bool projects) {
    text_encoder t;
    t.layers = in.size({"num_hidden_layers"}, 1, 1000);
    t.hidden = in.size({"hidden_size"}, 1, 100'000);
    t.heads = in.size({"num_attention_heads"}, 1, 1000);
    t.ffn = in.size({"intermediate_size"}, 1, million);
    t.vocab = in.size({"vocab_size", "", 49408}, 1, 10 * million);
    t.positions = in.size({"max_position_embeddings", "", 77}, 1, 10'000);
    t.tokens = t.positions;
    t.head_dim = t.heads > 0 ? t.hidden / t.heads : 0;
    if (projects) t.projection = in.size({"projection_dim", "", 512}, 1, 100'000);
    return t;
}

/// Returns a text encoder of T5 v1.1: modeling_t5.py, T5EncoderModel.
[[nodiscard]] inline text_encoder read_t5(config_reader& in, std::int64_t tokens) {
    text_encoder t;
    t.layers = in.size({"num_layers"}, 1, 1000);
    t.hidden = in.size({"d_model"}, 1, 100'000);
    t.heads = in.size({"num_heads"}, 1, 1000);
    t.head_dim = in.size({"d_kv", "", 64}, 1, 10'000);
    t.ffn = in.size({"d_ff"}, 1, million);
    t.vocab = in.size({"vocab_size"}, 1, 10 * million);
    t.relative_buckets = in.size({"relative_attention_num_buckets", "", 32}, 1, 100'000);
    t.tokens = tokens;
    t.fp32_down = true;
    t.quantizes = true;
    if (!names_gate(in)) in.refuse("feed_forward_proj", "\"gated-gelu\" (others are not supported)");
    return t;
}

/// Returns the U-Net of a config: UNet2DConditionModel. Its attention_head_dim is the number of heads.
[[nodiscard]] inline conditional_unet read_unet(config_reader& in) {
    conditional_unet u;
    u.levels = read_levels(in, u.block_out_channels);
    u.in_channels = in.size({"in_channels", "", 4}, 1, 1000);
    u.out_channels = in.size({"out_channels", "", 4}, 1, 1000);
    u.layers_per_block = in.size({"layers_per_block", "", 2}, 1, 100);
    u.cross_attention_dim = in.size({"cross_attention_dim", "", 1280}, 1, 100'000);
    const nlohmann::json* kinds = in.find("down_block_types");
    const bool listed = kinds && kinds->is_array() && kinds->size() == static_cast<std::size_t>(u.levels);
    if (!listed) in.refuse("down_block_types", "a list with one class for each of block_out_channels");
    for (std::size_t i = 0; listed && i < kinds->size(); ++i) {
        const bool attends = (*kinds)[i] == "CrossAttnDownBlock2D";
        if (!attends && (*kinds)[i] != "DownBlock2D")
            in.refuse("down_block_types", "CrossAttnDownBlock2D and DownBlock2D (others are not supported)");
        const std::int64_t depth = at_level(in, "transformer_layers_per_block", i, 1, 100);
        u.transformer_layers_per_block[i] = attends ? depth : 0;
        u.middle_transformer_layers = depth;
        u.heads[i] = at_level(in, "attention_head_dim", i, 8, 1000);
    }
    const nlohmann::json* added = in.find("addition_embed_type");
    if (added && *added == "text_time")
        u.added_embedding_dim = in.size({"projection_class_embeddings_input_dim"}, 1, 100'000);
    else if (added && !added->is_null())
        in.refuse("addition_embed_type", "null or \"text_time\" (others are not supported)");
    in.fixed({"class_embed_type", "null", "class embeddings"});
    in.fixed({"time_cond_proj_dim", "null", "a guidance scale as an input"});
    in.fixed({"encoder_hid_dim", "null", "projected texts"});
    in.fixed({"num_attention_heads", "null", "heads of another number"});
    in.fixed({"dual_cross_attention", "false", "two attentions in each layer"});
    return u;
}

/// Reads what both kinds of joint transformer have.
[[nodiscard]] inline joint_transformer read_joint(config_reader& in) {
    joint_transformer d;
    d.num_layers = in.size({"num_layers"}, 1, 1000);
    d.heads = in.size({"num_attention_heads"}, 1, 1000);
    d.head_dim = in.size({"attention_head_dim"}, 1, 10'000);
    d.joint_attention_dim = in.size({"joint_attention_dim", "", 4096}, 1, 100'000);
    d.pooled_projection_dim = in.size({"pooled_projection_dim"}, 1, 100'000);
    return d;
}

/// Returns the transformer of SD 3: SD3Transformer2DModel.
[[nodiscard]] inline joint_transformer read_sd3(config_reader& in) {
    joint_transformer d = read_joint(in);
    d.patch_size = in.size({"patch_size", "", 2}, 1, 64);
    d.in_channels = in.size({"in_channels", "", 16}, 1, 1000) * d.patch_size * d.patch_size;
    d.out_channels = in.size({"out_channels", "", 16}, 1, 1000) * d.patch_size * d.patch_size;
    const std::int64_t side = in.size({"pos_embed_max_size", "", 96}, 1, 10'000);
    d.stored_positions = side * side;
    d.last_layer_drops_text = true;
    d.query_key_norm = read_query_key_norm(in);
    d.dual_layers = read_dual_layers(in);
    const std::int64_t width = in.size({"caption_projection_dim"}, 1, 100'000);
    if (width > 0 && width != d.heads * d.head_dim)
        in.refuse("caption_projection_dim", "heads times their width, " + std::to_string(d.heads * d.head_dim));
    return d;
}

/// Returns the transformer of FLUX.1: FluxTransformer2DModel.
[[nodiscard]] inline joint_transformer read_flux(config_reader& in) {
    joint_transformer d = read_joint(in);
    d.num_single_layers = in.size({"num_single_layers"}, 1, 1000);
    d.in_channels = in.size({"in_channels", "", 64}, 1, 1000);
    d.out_channels = in.size({"out_channels", "", d.in_channels, d.in_channels}, 1, 1000);
    d.guidance_embeds = in.flag("guidance_embeds", false);
    d.query_key_norm = true;
    d.rotary = true;
    return d;
}

/// Returns the autoencoder of a config: AutoencoderKL.
[[nodiscard]] inline autoencoder read_vae(config_reader& in, bool upcasts) {
    autoencoder v;
    v.levels = read_levels(in, v.block_out_channels);
    v.latent_channels = in.size({"latent_channels", "", 4}, 1, 1024);
    v.layers_per_block = in.size({"layers_per_block", "", 1}, 1, 100);
    v.sample_size = in.size({"sample_size", "", 32}, 8, 16'384);
    v.quant_conv = in.flag("use_quant_conv", true);
    if (in.flag("use_post_quant_conv", true) != v.quant_conv)
        in.refuse("use_post_quant_conv", "the value of use_quant_conv (others are not supported)");
    v.force_upcast = in.flag("force_upcast", true) && upcasts;
    return v;
}

/// Calls `read` on a part's config.json, and throws what it finds.
template <class Read>
[[nodiscard]] auto read_config_of(const pipeline_part& part, const std::string& key, Read read) {
    std::vector<input_problem> found;
    config_reader in(part.config, "model." + key, found);
    auto result = read(in);
    if (!found.empty()) throw in_file_named(part.path, input_error(std::move(found)));
    return result;
}

/// Reads the text encoders in their order. Returns the tokens of the longest CLIP.
inline std::int64_t read_text_encoders(const std::filesystem::path& folder, const nlohmann::json& index,
                                       const pipeline_row& row, diffusion& m) {
    constexpr const char* names[max_text_encoders]{"text_encoder", "text_encoder_2", "text_encoder_3"};
    std::size_t count = 0;
    std::int64_t clip_tokens = 0;
    for (const char* name : names) {
        if (class_of_part(index, name).empty()) continue;
        const pipeline_part part =
            read_part(folder, index, name, {"CLIPTextModel", "CLIPTextModelWithProjection", "T5EncoderModel"});
        const bool projects = part.class_name == "CLIPTextModelWithProjection";
        text_encoder& t = m.text_encoders[count++];
        t = read_config_of(part, name, [&](config_reader& in) {
            return part.class_name == "T5EncoderModel" ? read_t5(in, row.t5_tokens) : read_clip(in, projects);
        });
        if (part.class_name != "T5EncoderModel") clip_tokens = (std::max)(clip_tokens, t.tokens);
    }
    return clip_tokens;
}

/// Returns the pixels per side that a pipeline makes by default: those of its denoiser's latents, 128 for FLUX.1.
[[nodiscard]] inline std::int64_t default_size_of(const pipeline_part& denoiser, const autoencoder& vae) {
    constexpr std::int64_t packed = 128;
    const auto side = denoiser.config.find("sample_size");
    const bool stated = side != denoiser.config.end() && side->is_number_integer();
    const std::int64_t latents = stated ? config_reader::integer(*side, 1, 2048).value_or(packed) : packed;
    return latents * pixels_per_latent(vae);
}

/// Returns the row of a pipeline's class, or null if it is not known.
[[nodiscard]] inline const pipeline_row* pipeline_of_class(const nlohmann::json& name) {
    for (const pipeline_row& row : pipeline_rows)
        if (name == std::string(row.class_name)) return &row;
    return nullptr;
}

/// Returns the published pipeline that an index without its parts stands for: the repository that it names, or the only
/// shape of its class; null if there is none.
[[nodiscard]] inline const models::diffusion_entry* published_pipeline(const nlohmann::json& index) {
    const pipeline_row* row = pipeline_of_class(index.value("_class_name", nlohmann::json()));
    const nlohmann::json repository = index.value("_name_or_path", nlohmann::json());
    for (const models::diffusion_entry& each : models::diffusions)
        if (repository == std::string(each.repository)) return &each;
    for (const models::diffusion_entry& each : models::diffusions)
        if (row && !row->only_shape.empty() && row->only_shape == each.id) return &each;
    return nullptr;
}

/// Returns true for the path of an index in whose folder no part has a folder.
[[nodiscard]] inline bool is_lone_index(const std::string& path) {
    if (!path.ends_with("model_index.json")) return false;
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code failed;
    for (const char* part : {"unet", "transformer", "vae", "text_encoder"})
        if (std::filesystem::is_directory(folder / part, failed)) return false;
    return true;
}

/// Returns the index in a file; `path` is what the job names. Throws input_error.
[[nodiscard]] inline nlohmann::json read_index(const std::string& file, const std::string& path) {
    nlohmann::json index = parse_json_file(file, "model");
    if (!index.is_object()) refuse_file("model", path, "a model_index.json with an object");
    return index;
}

/// Returns the published pipeline that a path stands for if it is that of an index without its parts; null otherwise.
/// Throws input_error for an index that cannot be read.
[[nodiscard]] inline const models::diffusion_entry* pipeline_of_lone_index(const std::string& path) {
    return is_lone_index(path) ? published_pipeline(read_index(path, path)) : nullptr;
}

/// Returns the model of an index without its parts. Throws input_error if it stands for no published pipeline.
[[nodiscard]] inline diffusion read_lone_index(const std::string& path) {
    const nlohmann::json index = read_index(path, path);
    if (const models::diffusion_entry* known = published_pipeline(index)) return *known->model;
    std::string ids;
    for (const models::diffusion_entry& each : models::diffusions)
        ids += (ids.empty() ? "" : ", ") + std::string(each.id);
    throw input_error({refused_value("model._class_name", index.value("_class_name", nlohmann::json()),
                                     "a pipeline with the folders of its parts beside the index, which says only "
                                     "their classes; or the id of a known one: " +
                                         ids)});
}

/// A class whose config.json is read without a pipeline.
struct lone_part {
    std::string_view class_name;
    void (*read)(config_reader& in, diffusion& m);
};
inline constexpr lone_part lone_parts[]{
    {"UNet2DConditionModel",
     [](config_reader& in, diffusion& m) {
         m.unet = read_unet(in);
         m.vae.levels = 0;
     }},
    {"AutoencoderKL", [](config_reader& in, diffusion& m) { m.vae = read_vae(in, false); }},
};

/// Returns the row of the class that a config.json of one part names, or null if there is none.
[[nodiscard]] inline const lone_part* lone_part_of(const nlohmann::json& config) {
    if (!config.is_object()) return nullptr;
    for (const lone_part& each : lone_parts)
        if (config.value("_class_name", nlohmann::json()) == std::string(each.class_name)) return &each;
    return nullptr;
}

/// Returns the path of the config.json of a part alone: the path itself, or the file in the folder.
[[nodiscard]] inline std::string config_of_part(const std::string& path) {
    std::error_code failed;
    if (!std::filesystem::is_directory(path, failed)) return path;
    return (std::filesystem::path(path) / "config.json").string();
}

/// Returns the part that is read alone of the path of its config.json or folder, or nothing for any other path.
[[nodiscard]] inline std::optional<pipeline_part> find_lone_part(const std::string& path) {
    pipeline_part part{.path = config_of_part(path)};
    std::error_code failed;
    if (!part.path.ends_with(".json") || !std::filesystem::is_regular_file(part.path, failed)) return {};
    try {
        part.config = parse_json_file(part.path, "model");
    } catch (const input_error&) {
        return {};
    }
    return lone_part_of(part.config) ? std::optional(std::move(part)) : std::nullopt;
}

/// Throws input_error with the problems of a model as a whole.
inline void refuse_problems(const diffusion& m) {
    std::vector<input_problem> found;
    for (const invalid_field& p : problems(m))
        found.push_back(refused_value(std::string(p.field), p.value, integers(p.low, p.high)));
    if (!found.empty()) throw input_error(std::move(found));
}

/// Returns a U-Net or an autoencoder alone. Throws input_error.
[[nodiscard]] inline diffusion read_lone_part(const pipeline_part& part) {
    const lone_part* row = lone_part_of(part.config);
    diffusion m = read_config_of(part, "diffusers", [&](config_reader& in) {
        diffusion read;
        row->read(in, read);
        return read;
    });
    m.default_size = m.unet.levels > 0 ? default_size_of(part, m.vae) : m.vae.sample_size;
    refuse_problems(m);
    return m;
}

}  // namespace detail

/// Returns true for the path of a folder, or of its model_index.json, that diffusers saved, or of a U-Net or an
/// autoencoder alone.
[[nodiscard]] inline bool is_diffusers_path(const std::string& path) {
    std::error_code failed;
    if (path.ends_with("model_index.json")) return std::filesystem::is_regular_file(path, failed);
    if (detail::find_lone_part(path)) return true;
    if (!std::filesystem::is_directory(path, failed)) return false;
    try {
        return std::filesystem::is_regular_file(detail::snapshot_of(path) / "model_index.json", failed);
    } catch (const input_error&) {
        return false;
    }
}

/// Returns the diffusion model of a folder, or of a model_index.json in it. Throws input_error for a pipeline or a part
/// whose shape is not known.
[[nodiscard]] inline diffusion read_diffusers(const std::string& path) {
    if (const std::optional<detail::pipeline_part> part = detail::find_lone_part(path))
        return detail::read_lone_part(*part);
    if (detail::is_lone_index(path)) return detail::read_lone_index(path);
    const bool is_index = path.ends_with("model_index.json");
    const std::filesystem::path folder =
        is_index ? std::filesystem::path(path).parent_path() : detail::snapshot_of(path);
    const nlohmann::json index = detail::read_index((folder / "model_index.json").string(), path);
    const nlohmann::json name = index.value("_class_name", nlohmann::json());
    const detail::pipeline_row* row = detail::pipeline_of_class(name);
    if (!row) {
        std::string known;
        for (const detail::pipeline_row& r : detail::pipeline_rows)
            known += (known.empty() ? "" : ", ") + std::string(r.class_name);
        throw input_error({refused_value("model._class_name", name,
                                         known + " (parts of other pipelines are models of their own: the path of "
                                                 "the part's config.json or folder)")});
    }
    diffusion m;
    const std::int64_t clip_tokens = detail::read_text_encoders(folder, index, *row, m);
    const detail::pipeline_part vae = detail::read_part(folder, index, "vae", {"AutoencoderKL"});
    m.vae = detail::read_config_of(vae, "vae",
                                   [&](detail::config_reader& in) { return detail::read_vae(in, row->upcasts); });
    const bool unet = row->t5_tokens == 0;
    const std::string part = unet ? "unet" : "transformer";
    const detail::pipeline_part denoiser = detail::read_part(folder, index, part,
                                                             {unet              ? "UNet2DConditionModel"
                                                              : row->clip_joins ? "SD3Transformer2DModel"
                                                                                : "FluxTransformer2DModel"});
    if (unet)
        m.unet = detail::read_config_of(denoiser, part, detail::read_unet);
    else
        m.transformer = detail::read_config_of(denoiser, part, row->clip_joins ? detail::read_sd3 : detail::read_flux);
    m.transformer.text_tokens = unet ? 0 : row->t5_tokens + (row->clip_joins ? clip_tokens : 0);
    m.default_size = detail::default_size_of(denoiser, m.vae);
    const bool distilled = row->distilled_steps > 0 && !m.transformer.guidance_embeds;
    m.default_steps = distilled ? row->distilled_steps : row->steps;
    detail::refuse_problems(m);
    return m;
}

}  // namespace cardfit::io
