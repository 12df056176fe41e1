// SPDX-License-Identifier: MIT
#pragma once

// The facts of a diffusion model's training as a job: the denoiser, or adapters on its attention, with the text
// encoders, frozen or trained, and the autoencoder beside it.

#include <cardfit/io/import/lower_training.hpp>

#include <string>

namespace cardfit::io::imports {

/// Returns the `training` of a diffusion model's job. The scripts adapt the attention's four matrices, by default with
/// rank 4 (diffusers' train_dreambooth_lora_*.py).
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
                               {"targets", {"q", "k", "v", "o"}}};
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
