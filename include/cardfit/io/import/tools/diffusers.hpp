// SPDX-License-Identifier: MIT
#pragma once

// diffusers' training scripts (examples/text_to_image, examples/dreambooth, 2026) and kohya's sd-scripts (their flags
// and TOML files have the same names).

#include <cardfit/io/import/tools/hugging_face.hpp>

namespace cardfit::io::imports {

/// Diffusion models by the name of their repository.
inline constexpr value_pair diffusion_names[]{
    {"CompVis/stable-diffusion-v1-4", "sd-1.5"},
    {"runwayml/stable-diffusion-v1-5", "sd-1.5"},
    {"stable-diffusion-v1-5/stable-diffusion-v1-5", "sd-1.5"},
    {"stabilityai/stable-diffusion-2-1", "sd-2.1"},
    {"stabilityai/stable-diffusion-xl-base-1.0", "sd-xl"},
    {"stabilityai/stable-diffusion-3-medium-diffusers", "sd-3-medium"},
    {"stabilityai/stable-diffusion-3.5-large", "sd-3.5-large"},
    {"black-forest-labs/FLUX.1-dev", "flux.1-dev"},
    {"black-forest-labs/FLUX.1-schnell", "flux.1-schnell"},
};

/// Diffusion models by the name of the single file that their publisher has.
inline constexpr value_pair diffusion_files[]{
    {"v1-5-pruned.safetensors", "sd-1.5"},           {"v1-5-pruned-emaonly.safetensors", "sd-1.5"},
    {"sd_xl_base_1.0.safetensors", "sd-xl"},         {"sd3_medium.safetensors", "sd-3-medium"},
    {"sd3.5_large.safetensors", "sd-3.5-large"},     {"flux1-dev.safetensors", "flux.1-dev"},
    {"flux1-schnell.safetensors", "flux.1-schnell"},
};

/// A table of the training scripts of diffusers or of kohya: its part in `tool` (io/import/table.hpp) says what it
/// holds.
/// @{
inline constexpr row diffusers_rows[]{
    takes("pretrained_model_name_or_path", "model", reading::text, diffusion_names),
    takes("resolution max_resolution", "diffusion.size"),
    takes("mixed_precision", "mixed_precision.word"),
    takes("train_batch_size", "training.micro_batch", reading::integer),
    takes("gradient_accumulation_steps", "training.gradient_accumulation", reading::integer),
    takes("gradient_checkpointing", "recompute", reading::truth),
    takes("use_8bit_adam", "diffusion.adam8", reading::truth),
    takes("optimizer optimizer_type", "training.optimizer", reading::word, optimizer_values),
    takes("rank network_dim", "training.adapter.rank", reading::integer),
    takes("config_file", "config.file"),
    takes("use_ema", "training.ema", reading::truth),
    // kohya's file of data sets (docs/config_README-en.md).
    takes("dataset_config", "diffusion.data"),
    takes("general.batch_size datasets.0.batch_size", "training.micro_batch", reading::integer),
    takes("general.resolution datasets.0.resolution", "diffusion.size"),
    loses("datasets.1.batch_size datasets.1.resolution datasets.2.batch_size datasets.2.resolution", effect::either,
          "the sizes of more data sets than the first"),
    takes("network_train_unet_only", "diffusion.denoiser_only", reading::truth),
    loses("network_train_text_encoder_only", effect::either, "adapters on the text encoders alone", "false"),
    takes("train_text_encoder", "diffusion.texts", reading::truth),
    takes("with_prior_preservation", "training.prior_preservation", reading::truth),
    takes("cache_latents", "diffusion.latents_cached", reading::truth),
    takes("cache_text_encoder_outputs", "diffusion.texts_cached", reading::truth),
    loses("blocks_to_swap", effect::less_memory, "blocks of the denoiser that wait in host memory", "0"),
    loses("train_text_encoder_ti", effect::more_memory, "trained embeddings of new words", "false"),
};
inline constexpr std::string_view diffusers_harmless =
    "dataset_name instance_data_dir instance_prompt class_data_dir class_prompt output_dir max_train_steps "
    "num_train_epochs learning_rate lr_* max_grad_norm seed validation* checkpointing_steps report_to guidance_scale "
    "pretrained_vae_model_name_or_path proportion_empty_prompts center_crop random_flip caption_column image_column "
    "push_to_hub hub_* snr_gamma adam_* prodigy* text_encoder_lr* max_train_epochs "
    "num_class_images sample_batch_size logging_dir allow_tf32 dataloader_num_workers noise_offset variant revision "
    "resume_from_checkpoint local_rank weighting_scheme network_alpha network_module network_args unet_lr "
    "train_data_dir "
    "output_name save_* sample_* caption_extension shuffle_caption keep_tokens bucket* min_bucket* max_bucket* "
    "enable_bucket clip_skip max_token_length persistent* max_data_loader* optimizer_args lowram no_half_vae "
    "prior_loss* "
    "enable_xformers_memory_efficient_attention xformers sdpa conditioning_image_column ae clip_l t5xxl "
    "timestep_sampling discrete_flow_shift model_prediction_type general.* datasets.* "
    "image_interpolation*";
inline constexpr std::string_view diffusers_switches =
    "center_crop random_flip push_to_hub allow_tf32 use_ema train_text_encoder with_prior_preservation cache_latents "
    "enable_xformers_memory_efficient_attention xformers sdpa enable_bucket cache_text_encoder_outputs no_half_vae "
    "lowram "
    "shuffle_caption network_train_unet_only network_train_text_encoder_only";

inline constexpr std::span<const row> diffusers_tables[]{diffusers_rows};
inline constexpr tool diffusers_tool{.name = "diffusers",
                                     .lowers = family::diffusion,
                                     .framework = "diffusers",
                                     .rows = diffusers_tables,
                                     .harmless = diffusers_harmless,
                                     .switches = diffusers_switches};
inline constexpr tool kohya_tool{.name = "kohya",
                                 .lowers = family::diffusion,
                                 .framework = "diffusers",
                                 .rows = diffusers_tables,
                                 .harmless = diffusers_harmless,
                                 .switches = diffusers_switches};
/// @}

}  // namespace cardfit::io::imports
