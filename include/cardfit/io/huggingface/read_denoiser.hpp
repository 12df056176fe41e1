// SPDX-License-Identifier: MIT
#pragma once

// Reads the transformer of a diffusion model from the `config.json` in its folder, which names a class of diffusers
// (`_class_name`) in the place of a model_type.
//
// Source of every class: src/diffusers/models/transformers/transformer_{flux,flux2,hunyuan_video,ltx,qwenimage,sd3,wan,
// z_image}.py of github.com/huggingface/diffusers (0.35; of FLUX.2 and Z-Image, 0.36).

#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/io/huggingface/read_rows.hpp>
#include <cardfit/io/huggingface/shape_keys.hpp>
#include <cardfit/model/denoiser.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::detail {

/// Returns the parameters of a matrix with a bias.
[[nodiscard]] constexpr std::int64_t matrix(std::int64_t in, std::int64_t out) noexcept { return in * out + out; }
/// Returns the parameters of two matrices with an activation between them.
[[nodiscard]] constexpr std::int64_t two_matrices(std::int64_t in, std::int64_t out) noexcept {
    return matrix(in, out) + matrix(out, out);
}
/// The width of the sines of a time step: Timesteps(256).
inline constexpr std::int64_t sines = 256;

/// Returns the positions of the latents that one patch covers, from an integer or a list of one per axis.
[[nodiscard]] inline std::int64_t patch_of(config_reader& in, std::int64_t absent) {
    const nlohmann::json* value = in.find("patch_size");
    if (!value || value->is_null()) return absent;
    std::int64_t positions = 1;
    const nlohmann::json list = value->is_array() ? *value : nlohmann::json::array({*value, *value});
    for (const nlohmann::json& side : list) positions *= config_reader::integer(side, 1, 64).value_or(0);
    if (positions < 1 || list.size() > 3) in.refuse("patch_size", integers(1, 64) + ", or a list of up to 3 of them");
    return positions;
}

/// Reads heads, and layers of a kind.
inline void read_heads(config_reader& in, denoiser& m, std::int64_t& layers) {
    layers = in.size({"num_layers"}, 1, 1000);
    m.heads = in.size({"num_attention_heads"}, 1, 1000);
    m.head_dim = in.size({"attention_head_dim"}, 1, 1000);
    m.ffn = 4 * m.heads * m.head_dim;
}

/// FluxTransformer2DModel: latents that come as patches; text, time step, guidance, pooled text; a last modulation.
inline void read_flux_denoiser(config_reader& in, denoiser& m) {
    read_heads(in, m, m.joint_layers);
    m.single_layers = in.size({"num_single_layers"}, 1, 1000);
    const std::int64_t h = m.heads * m.head_dim;
    const std::int64_t channels = in.size({"in_channels", "", 64}, 1, 10'000);
    const std::int64_t out = in.size({"out_channels", "", channels, channels}, 1, 10'000);
    const std::int64_t text = in.size({"joint_attention_dim", "", 4096}, 1, 100'000);
    const std::int64_t pooled = in.size({"pooled_projection_dim", "", 768}, 1, 100'000);
    const std::int64_t times = in.flag("guidance_embeds", false) ? 2 : 1;
    static_cast<void>(patch_of(in, 1));
    m.outer_parameters = matrix(channels, h) + matrix(text, h) + times * two_matrices(sines, h) +
                         two_matrices(pooled, h) + matrix(h, 2 * h) + matrix(h, out);
}

/// QwenImageTransformer2DModel: as FLUX.1 without pooled text, with a norm of the text.
inline void read_qwen_image(config_reader& in, denoiser& m) {
    read_heads(in, m, m.joint_layers);
    const std::int64_t h = m.heads * m.head_dim;
    const std::int64_t channels = in.size({"in_channels", "", 64}, 1, 10'000);
    const std::int64_t out = in.size({"out_channels", "", 16}, 1, 10'000);
    const std::int64_t text = in.size({"joint_attention_dim", "", 3584}, 1, 100'000);
    in.fixed({"guidance_embeds", "false", "a guidance scale as an input"});
    in.fixed({"use_additional_t_cond", "false", "further conditions of the time step"});
    m.outer_parameters = matrix(channels, h) + text + matrix(text, h) + two_matrices(sines, h) + matrix(h, 2 * h) +
                         matrix(h, out * patch_of(in, 4));
}

/// HunyuanVideoTransformer3DModel: the text passes through refining layers first, which know time step and mean text.
inline void read_hunyuan_video(config_reader& in, denoiser& m) {
    read_heads(in, m, m.joint_layers);
    m.single_layers = in.size({"num_single_layers"}, 1, 1000);
    const std::int64_t refiners = in.size({"num_refiner_layers", "", 2}, 1, 100);
    const std::int64_t h = m.heads * m.head_dim;
    const std::int64_t channels = in.size({"in_channels", "", 16}, 1, 10'000);
    const std::int64_t out = in.size({"out_channels", "", 16}, 1, 10'000);
    const std::int64_t text = in.size({"text_embed_dim", "", 4096}, 1, 100'000);
    const std::int64_t pooled = in.size({"pooled_projection_dim", "", 768}, 1, 100'000);
    const std::int64_t patch = patch_of(in, 4) * in.size({"patch_size_t", "", 1}, 1, 64);
    const std::int64_t times = in.flag("guidance_embeds", true) ? 2 : 1;
    const nlohmann::json* ratio = in.find("mlp_ratio");
    if (ratio && *ratio != 4) in.refuse("mlp_ratio", "4.0 (others are not supported)");
    in.fixed({"image_condition_type", "null", "images as a condition"});
    // Two norms with weights, attention, a feed-forward, and two gates.
    const std::int64_t refiner = 4 * h + 4 * matrix(h, h) + matrix(h, 4 * h) + matrix(4 * h, h) + matrix(h, 2 * h);
    m.outer_parameters = matrix(channels * patch, h) + refiners * refiner + two_matrices(sines, h) +
                         two_matrices(text, h) + matrix(text, h) + times * two_matrices(sines, h) +
                         two_matrices(pooled, h) + matrix(h, 2 * h) + matrix(h, out * patch);
}

/// Reads the image that a Wan of images to video reads: features of CLIP, 257 of an image (WanImageEmbedding), which
/// pass through two norms and two matrices, and of which each layer makes keys and values of its own.
inline void read_wan_image(config_reader& in, denoiser& m) {
    constexpr std::int64_t clip_features = 257;
    m.image_width = in.size({"added_kv_proj_dim", "", 0, 0}, 1, 100'000);
    const std::int64_t width = in.size({"image_dim", "", 0, 0}, 1, 100'000);
    const std::int64_t positions = in.size({"pos_embed_seq_len", "", 0, 0}, 1, 100'000);
    const std::int64_t h = m.heads * m.head_dim;
    if ((m.image_width > 0) != (width > 0)) in.refuse("image_dim", "a width where added_kv_proj_dim is one");
    if (width == 0) return;
    m.image_tokens = clip_features;
    m.outer_parameters += 2 * width + matrix(width, width) + matrix(width, h) + 2 * h + positions * width;
}

/// WanTransformer3DModel: one modulation for all layers, to which each adds a table.
inline void read_wan(config_reader& in, denoiser& m) {
    read_heads(in, m, m.crossed_layers);
    m.ffn = in.size({"ffn_dim"}, 1, million);
    m.cross_norm = in.flag("cross_attn_norm", true);
    m.text_tokens = 512;  // WanPipeline pads a prompt to 512 tokens: pipeline_wan.py, max_sequence_length
    const std::int64_t h = m.heads * m.head_dim;
    const std::int64_t channels = in.size({"in_channels", "", 16}, 1, 10'000);
    const std::int64_t out = in.size({"out_channels", "", 16}, 1, 10'000);
    const std::int64_t text = in.size({"text_dim", "", 4096}, 1, 100'000);
    const std::int64_t times = in.size({"freq_dim", "", sines}, 1, 100'000);
    const std::int64_t patch = patch_of(in, 4);
    in.fixed({"qk_norm", "\"rms_norm_across_heads\"", "other norms of queries and keys"});
    m.outer_parameters = matrix(channels * patch, h) + two_matrices(times, h) + matrix(h, 6 * h) +
                         two_matrices(text, h) + matrix(h, out * patch) + 2 * h;
    read_wan_image(in, m);
}

/// LTXVideoTransformer3DModel: as Wan, without a norm in front of the cross attention.
inline void read_ltx(config_reader& in, denoiser& m) {
    read_heads(in, m, m.crossed_layers);
    m.text_tokens = 128;  // LTXPipeline pads a prompt to 128 tokens: pipeline_ltx.py, max_sequence_length
    const std::int64_t h = m.heads * m.head_dim;
    const std::int64_t channels = in.size({"in_channels", "", 128}, 1, 10'000);
    const std::int64_t out = in.size({"out_channels", "", 128}, 1, 10'000);
    const std::int64_t text = in.size({"caption_channels", "", 4096}, 1, 100'000);
    const std::int64_t cross = in.size({"cross_attention_dim", "", 2048}, 1, 100'000);
    if (cross > 0 && cross != h) in.refuse("cross_attention_dim", "heads times their width, " + std::to_string(h));
    in.fixed({"attention_bias", "true", "attention without biases"});
    in.fixed({"qk_norm", "\"rms_norm_across_heads\"", "other norms of queries and keys"});
    in.fixed({"norm_elementwise_affine", "false", "norms with weights"});
    const std::int64_t patch = patch_of(in, 1) * in.size({"patch_size_t", "", 1}, 1, 64);
    if (patch != 1) in.refuse("patch_size", "1 (others are not supported)");
    m.outer_parameters = matrix(channels, h) + two_matrices(sines, h) + matrix(h, 6 * h) + two_matrices(text, h) +
                         2 * h + matrix(h, out);
}

/// Returns whether SD 3's queries and keys have a norm.
[[nodiscard]] inline bool read_query_key_norm(config_reader& in) {
    const nlohmann::json* norm = in.find("qk_norm");
    const bool normed = norm && *norm == "rms_norm";
    if (norm && !norm->is_null() && !normed) in.refuse("qk_norm", "null or \"rms_norm\" (others are not supported)");
    return normed;
}

/// Returns the number of SD 3.5 Medium's layers with two attentions, which are the first ones.
[[nodiscard]] inline std::int64_t read_dual_layers(config_reader& in) {
    const nlohmann::json* list = in.find("dual_attention_layers");
    if (!list || list->is_null()) return 0;
    bool first = list->is_array();
    for (std::size_t i = 0; first && i < list->size(); ++i) first = (*list)[i] == i;
    if (!first) in.refuse("dual_attention_layers", "a list of the first layers, from 0, such as [0, 1, 2]");
    return first ? static_cast<std::int64_t>(list->size()) : 0;
}

/// SD3Transformer2DModel. Its table of sines, which is not trained, is stored with the weights and counts.
inline void read_sd3_denoiser(config_reader& in, denoiser& m) {
    read_heads(in, m, m.joint_layers);
    const std::int64_t h = m.heads * m.head_dim;
    const std::int64_t channels = in.size({"in_channels", "", 16}, 1, 10'000);
    const std::int64_t out = in.size({"out_channels", "", 16}, 1, 10'000);
    const std::int64_t text = in.size({"joint_attention_dim", "", 4096}, 1, 100'000);
    const std::int64_t pooled = in.size({"pooled_projection_dim", "", 2048}, 1, 100'000);
    const std::int64_t side = in.size({"pos_embed_max_size", "", 96}, 1, 10'000);
    const std::int64_t width = in.size({"caption_projection_dim", "", 1152}, 1, 100'000);
    if (width != h) in.refuse("caption_projection_dim", "heads times their width, " + std::to_string(h));
    m.head_norm = read_query_key_norm(in);
    m.dual_layers = read_dual_layers(in);
    m.last_drops_text = true;
    const std::int64_t patch = patch_of(in, 4);
    m.outer_parameters = matrix(channels * patch, h) + side * side * h + two_matrices(sines, h) +
                         two_matrices(pooled, h) + matrix(text, h) + matrix(h, 2 * h) + matrix(h, out * patch);
}

/// Flux2Transformer2DModel: FLUX.1 with gated feed-forwards, without biases and pooled text; three matrices of
/// modulation serve all layers.
inline void read_flux2(config_reader& in, denoiser& m) {
    read_heads(in, m, m.joint_layers);
    m.single_layers = in.size({"num_single_layers"}, 1, 1000);
    const std::int64_t h = m.heads * m.head_dim;
    const std::int64_t channels = in.size({"in_channels", "", 128}, 1, 10'000);
    const std::int64_t out = in.size({"out_channels", "", channels, channels}, 1, 10'000);
    const std::int64_t text = in.size({"joint_attention_dim", "", 15'360}, 1, 100'000);
    const std::int64_t times = in.size({"timestep_guidance_channels", "", sines}, 1, 100'000);
    const std::int64_t embedded = in.flag("guidance_embeds", true) ? 2 : 1;
    const nlohmann::json* ratio = in.find("mlp_ratio");
    if (ratio && *ratio != 3) in.refuse("mlp_ratio", "3.0 (others are not supported)");
    m.ffn = 3 * h;
    m.gated = true;
    m.bias = false;
    m.shared_modulation = true;
    const std::int64_t patch = patch_of(in, 1);
    m.outer_parameters =
        channels * h + text * h + embedded * (times * h + h * h) + (6 + 6 + 3) * h * h + 2 * h * h + h * out * patch;
}

/// ZImageTransformer2DModel: refining layers of the latents and, without the time step, of the text, then layers of
/// both. Its time step is embedded in at most 256 dimensions.
inline void read_z_image(config_reader& in, denoiser& m) {
    const std::int64_t refiners = in.size({"n_refiner_layers", "", 2}, 0, 100);
    m.plain_layers = in.size({"n_layers", "", 30}, 1, 1000) + refiners;
    m.time_free_layers = refiners;
    m.heads = in.size({"n_heads", "", 30}, 1, 1000);
    const std::int64_t h = in.size({"dim", "", 3840}, 1, 100'000);
    if (in.size({"n_kv_heads", "", 30}, 1, 1000) != m.heads) in.refuse("n_kv_heads", "n_heads");
    if (m.heads > 0 && h % m.heads != 0) in.refuse("dim", "a multiple of n_heads");
    m.head_dim = m.heads > 0 ? h / m.heads : 0;
    m.ffn = 8 * h / 3;
    m.gated = true;
    m.bias = false;
    m.head_norm = in.flag("qk_norm", true);
    m.time_width = smaller(h, 256);
    constexpr std::int64_t time_inner = 1024;
    const std::int64_t channels = in.size({"in_channels", "", 16}, 1, 10'000);
    const std::int64_t text = in.size({"cap_feat_dim", "", 2560}, 1, 100'000);
    in.fixed({"siglip_feat_dim", "null", "images as a condition"});
    for (const char* key : {"all_patch_size", "all_f_patch_size"}) {
        const nlohmann::json one = key == std::string_view("all_patch_size") ? nlohmann::json{2} : nlohmann::json{1};
        if (const nlohmann::json* value = in.find(key); value && *value != one) in.refuse(key, one.dump());
    }
    const std::int64_t patch = 4 * channels;
    m.outer_parameters = matrix(patch, h) + matrix(h, patch) + matrix(m.time_width, h) + matrix(sines, time_inner) +
                         matrix(time_inner, m.time_width) + text + matrix(text, h) + 2 * h;
}

/// A class of denoiser, and how its config is read.
struct denoiser_row {
    std::string_view class_name;
    void (*read)(config_reader& in, denoiser& m);
};
inline constexpr denoiser_row denoiser_rows[]{
    {"Flux2Transformer2DModel", &read_flux2},
    {"FluxTransformer2DModel", &read_flux_denoiser},
    {"HunyuanVideoTransformer3DModel", &read_hunyuan_video},
    {"LTXVideoTransformer3DModel", &read_ltx},
    {"QwenImageTransformer2DModel", &read_qwen_image},
    {"SD3Transformer2DModel", &read_sd3_denoiser},
    {"WanTransformer3DModel", &read_wan},
    {"ZImageTransformer2DModel", &read_z_image},
};

/// Returns true if a config.json names a class of diffusers.
[[nodiscard]] inline bool is_diffusers_config(const nlohmann::json& config) {
    return config.contains("_class_name") && !config.contains("model_type");
}

/// Returns the denoiser that a config.json describes. Throws input_error.
[[nodiscard]] inline denoiser read_denoiser_config(const nlohmann::json& config, const std::string& path) {
    std::vector<input_problem> found;
    config_reader in(config, path, found);
    const nlohmann::json* name = in.find("_class_name");
    std::string known;
    denoiser m;
    bool reads = false;
    for (const denoiser_row& row : denoiser_rows) {
        known += std::string(row.class_name) + ", ";
        if (*name != std::string(row.class_name)) continue;
        row.read(in, m);
        refuse_unread_shapes(in, row.class_name, {});
        reads = true;
    }
    if (!reads)
        in.refuse("_class_name",
                  known + "or the folder of a pipeline, which has a model_index.json; " + ways_forward());
    if (found.empty()) add_problems(in, m, "model.denoiser.");
    if (!found.empty()) throw input_error(std::move(found));
    return m;
}

}  // namespace cardfit::io::detail
