// SPDX-License-Identifier: MIT
#pragma once

// The facts of a diffusion model's training as a job. No job trains such a model, so it is the generation of as many
// images of that size, and what is not counted is said.

#include <cardfit/io/import/lower_training.hpp>

#include <string>

namespace cardfit::io::imports {

/// Returns the job of a diffusion model.
[[nodiscard]] inline nlohmann::ordered_json lower_diffusion(request& r) {
    const std::string model = r.options.model.is_string() ? r.options.model.get<std::string>() : r.known.text("model");
    if (model.empty()) r.refuse(missing_key("model", "a command that names its model, or --model"));
    const card_count cards = resolve_cards(r, 0);
    nlohmann::ordered_json job;
    job["model"] = model;
    job["hardware"] = hardware_json(r, {.total = 1});
    if (cards.total > 1)
        r.lose("hardware.cards", std::to_string(cards.total), "several cards of a diffusion model", effect::either);
    const std::string word = r.known.text("mixed_precision.word");
    nlohmann::ordered_json inference;
    inference["weights"] = word == "fp16" || word == "bf16" ? word : "fp32";
    inference["batch"] = r.known.integer("training.micro_batch", 1);
    const std::string size = r.known.text("diffusion.size");
    const std::int64_t side = integer_of(size.substr(0, size.find(','))).value_or(0);
    if (side > 0) inference["image_size"] = side;
    job["inference"] = std::move(inference);
    return job;
}

}  // namespace cardfit::io::imports
