// SPDX-License-Identifier: MIT
#pragma once

// The facts of a diffusion model's training as a job: the denoiser, or adapters on its attention, with the text
// encoders, frozen or trained, and the autoencoder beside it.

#include <cardfit/io/import/lower_training.hpp>
#include <cardfit/io/import/tools/diffusers.hpp>

#include <string>
#include <vector>

namespace cardfit::io::imports {

namespace detail {

/// Reads the model of a file's name, and kohya's adapters: they are on every linear layer of the denoiser's transformer
/// blocks (UNET_TARGET_REPLACE_MODULE of networks/lora.py, create_modules of networks/lora_flux.py), and on the text
/// encoders too, unless their outputs are cached or `--network_train_unet_only` is given.
inline void prepare_kohya(request& r) {
    const std::string file = io::detail::file_name(r.known.text("model"));
    for (const value_pair& each : diffusion_files)
        if (each.theirs == file) r.known.set("model", std::string(each.ours), "kohya", rank::option);
    r.known.set("diffusion.linear_layers", "true", "kohya", rank::option);
    const bool denoiser = r.known.is_true("diffusion.denoiser_only") || r.known.is_true("diffusion.texts_cached");
    if (r.known.is_true("lora") && !denoiser)
        r.lose("network_train_unet_only", "false", "adapters on the text encoders", effect::more_memory);
}

}  // namespace detail

/// Returns the modules with adapters: the attention's four matrices (diffusers' train_dreambooth_lora_*.py), or those
/// of the feed-forward network too.
[[nodiscard]] inline std::vector<std::string> diffusion_targets(const facts& known) {
    std::vector<std::string> targets{"q", "k", "v", "o"};
    if (known.is_true("diffusion.linear_layers")) targets.insert(targets.end(), {"up", "down"});
    return targets;
}

/// Returns the `training` of a diffusion model's job. An adapter has rank 4 by default.
[[nodiscard]] inline nlohmann::ordered_json diffusion_training_json(request& r) {
    const facts& known = r.known;
    constexpr std::int64_t usual_rank = 4;
    const std::string word = known.text("mixed_precision.word");
    const bool half = word == "fp16" || word == "bf16";
    nlohmann::ordered_json training;
    training["precision"] = half ? word + "-mixed" : "fp32";
    const std::string optimizer = known.has("training.optimizer") ? known.text("training.optimizer") : "adamw";
    training["optimizer"] = known.is_true("diffusion.adam8") ? "adamw-8bit" : optimizer;
    training["micro_batch"] = known.integer("training.micro_batch", 1);
    const std::int64_t accumulation = known.integer("training.gradient_accumulation", 1);
    if (accumulation > 1) training["gradient_accumulation"] = accumulation;
    const std::string size = known.text("diffusion.size");
    const std::int64_t side = integer_of(size.substr(0, size.find_first_of(", "))).value_or(0);
    if (side > 0) training["image_size"] = side;
    if (known.is_true("recompute")) training["recompute"] = "full";
    if (known.is_true("lora"))
        training["adapter"] = {{"method", "lora"},
                               {"rank", known.integer("training.adapter.rank", usual_rank)},
                               {"targets", diffusion_targets(known)}};
    if (known.is_true("diffusion.texts")) training["text_encoders"] = "clip";
    if (known.is_true("training.prior_preservation")) training["prior_preservation"] = true;
    if (known.is_true("training.ema")) training["ema"] = true;
    const bool latents = known.is_true("diffusion.latents_cached");
    const bool texts = known.is_true("diffusion.texts_cached");
    if (latents || texts) training["conditions"] = !latents ? "texts-cached" : texts ? "cached" : "latents-cached";
    training["software_date"] = month_text(r.month);
    return training;
}

/// Returns the job of a diffusion model.
[[nodiscard]] inline nlohmann::ordered_json lower_diffusion(request& r) {
    const std::string model = r.options.model.is_string() ? r.options.model.get<std::string>() : r.known.text("model");
    if (model.empty()) r.refuse(missing_key("model", "a command that names its model, or --model"));
    if (const std::string beside = r.known.text("diffusion.beside"); !beside.empty())
        r.lose("the script", beside, "the job trains the denoiser, or adapters on it, and nothing else",
               effect::either);
    const card_count cards = resolve_cards(r, 0);
    nlohmann::ordered_json job;
    job["model"] = model;
    job["hardware"] = hardware_json(r, cards);
    job["training"] = diffusion_training_json(r);
    return job;
}

}  // namespace cardfit::io::imports
