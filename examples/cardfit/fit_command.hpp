// SPDX-License-Identifier: MIT
#pragma once

// fit: a job from flags. The flags become a job file, so that both are read, checked and refused by the same code.

#include "alternatives.hpp"
#include "commands.hpp"
#include "remedies_text.hpp"

#include <cardfit/decide/price.hpp>

#include <cardfit/io/weights_file.hpp>

namespace tool {

struct fit_options {
    std::string model;
    std::vector<std::string> cards;
    std::vector<std::string> lora;
    /// 0: not given, which means 8.
    std::int64_t lora_rank = 0;
    /// US dollars per GPU-hour; 0: no cost asked for.
    double price = 0;
    bool train = false;
    bool infer = false;
    bool json = false;
    /// Values of the job file, by section, as the flags give them.
    nlohmann::json hardware = nlohmann::json::object();
    nlohmann::json training = nlohmann::json::object();
    nlohmann::json inference = nlohmann::json::object();
    nlohmann::json diffusion = nlohmann::json::object();
    nlohmann::json layout = nlohmann::json::object();
};

/// A flag whose value goes to `section[key]`; whole numbers as numbers, the rest as text.
inline void add_value(CLI::App& app, const std::string& flag, nlohmann::json& section, const std::string& key,
                      const std::string& help) {
    app.add_option_function<std::string>(
        flag,
        [&section, key](const std::string& text) {
            const nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
            section[key] = value.is_number() || value.is_boolean() ? value : nlohmann::json(text);
        },
        help);
}
inline void add_switch(CLI::App& app, const std::string& flag, nlohmann::json& section, const std::string& key,
                       const std::string& help) {
    app.add_flag_callback(
        flag, [&section, key] { section[key] = true; }, help);
}

inline void add_fit_flags(CLI::App& app, fit_options& o) {
    app.add_option("model", o.model, "a zoo id (see: cardfit models) or the path of a config.json")->required();
    app.add_option("--card", o.cards, "card id or printed name; may be given several times (see: cardfit cards)")
        ->required();
    app.add_flag("--train", o.train, "a training job (default)");
    app.add_flag("--infer", o.infer, "an inference job");
    app.add_flag("--json", o.json, "print one JSON document");
    app.add_option("--price", o.price, "US dollars per GPU-hour: adds the energy and cost of a step or token")
        ->check([](const std::string& text) {
            const nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
            const bool price = value.is_number() && value.get<double>() >= 0 && value.get<double>() <= 1e6;
            return price ? std::string() : text + " is not a price; accepted: 0 to 1000000 dollars";
        });
    add_value(app, "--cards", o.hardware, "cards", "how many cards");
    add_value(app, "--per-node", o.hardware, "per_node", "cards a node");
    add_value(app, "--link", o.hardware, "link", "nvswitch, nvlink, nvlink-bridge, pcie, pcie-host");
    add_value(app, "--precision", o.training, "precision",
              "fp32, tf32, fp16-mixed, bf16-mixed, fp16, bf16, fp8-mixed …");
    add_value(app, "--optimizer", o.training, "optimizer", "sgd, adamw, adamw-8bit, adafactor, lion, muon …");
    add_value(app, "--optimizer-state", o.training, "optimizer_state", "fp32, bf16");
    add_value(app, "--micro-batch", o.training, "micro_batch", "sequences a step on one data-parallel rank");
    add_value(app, "--accumulation", o.training, "gradient_accumulation", "micro-batches a step");
    add_value(app, "--seq", o.training, "sequence_length", "tokens a sequence");
    add_value(app, "--image-size", o.training, "image_size", "pixels a side (vision)");
    add_value(app, "--recompute", o.training, "recompute", "none, selective, full");
    add_value(app, "--attention", o.training, "attention", "flash, eager");
    add_value(app, "--offload", o.training, "offload", "none, optimizer, activations, full");
    add_value(app, "--loss", o.training, "loss", "full, chunked, fused, masked");
    add_value(app, "--framework", o.training, "framework",
              "pytorch, transformers, torchtitan, torchtune, megatron, deepspeed …");
    add_value(app, "--base-weights", o.training, "base_weights", "format of the frozen base under LoRA: bf16, nf4 …");
    add_switch(app, "--compiled", o.training, "compiled", "a compiled graph");
    add_switch(app, "--dropout", o.training, "dropout", "dropout is on");
    app.add_option("--lora", o.lora, "train LoRA matrices on these targets: q,k,v,o,gate,up,down,embeddings,head")
        ->delimiter(',');
    app.add_option("--rank", o.lora_rank, "rank of the LoRA matrices (default 8)")->check(CLI::Range(1, 65'536));
    add_value(app, "--weights", o.inference, "weights", "format of the weights (inference)");
    add_value(app, "--batch", o.inference, "batch", "sequences at once (inference)");
    add_value(app, "--prompt", o.inference, "prompt", "prompt tokens (inference)");
    add_value(app, "--generate", o.inference, "generate", "generated tokens (inference)");
    add_value(app, "--kv-cache", o.inference, "kv_cache",
              "format of the cache: fp16, bf16, fp8, int8, int4 (inference)");
    add_value(app, "--engine", o.inference, "framework",
              "transformers, vllm, sglang, llama.cpp, tensorrt-llm, lmdeploy, exllama, gpt-fast … (inference)");
    add_value(app, "--utilization", o.inference, "memory_utilization", "share of the card for an engine's budget");
    add_value(app, "--guidance", o.diffusion, "guidance", "false: no second pass without the prompt (diffusion)");
    add_switch(app, "--vae-tiling", o.diffusion, "vae_tiling", "decode tile by tile (diffusion)");
    add_switch(app, "--vae-slicing", o.diffusion, "vae_slicing", "decode image by image (diffusion)");
    add_value(app, "--data", o.layout, "data", "data-parallel size");
    add_value(app, "--tensor", o.layout, "tensor", "tensor-parallel size");
    add_value(app, "--pipeline", o.layout, "pipeline", "pipeline stages");
    add_value(app, "--context", o.layout, "context", "context-parallel size");
    add_value(app, "--expert", o.layout, "expert", "expert-parallel size");
    add_value(app, "--sharding", o.layout, "sharding", "none, optimizer, gradients, full");
}

/// Returns the job file that the flags state, for one card.
[[nodiscard]] inline nlohmann::json job_of(const fit_options& o, const std::string& card) {
    const bool in_zoo = io::find_model(o.model).has_value();
    const bool is_path = o.model.find('/') != o.model.npos || o.model.ends_with(".json");
    const char* reader = o.model.ends_with(".gguf")     ? "gguf"
                         : io::is_weights_file(o.model) ? "safetensors"
                                                        : "huggingface";
    const bool is_file = is_path || io::is_weights_file(o.model);
    nlohmann::json job = {{"model", in_zoo || !is_file ? nlohmann::json(o.model) : nlohmann::json{{reader, o.model}}},
                          {"hardware", o.hardware}};
    job["hardware"]["card"] = card;
    job[o.infer ? "inference" : "training"] = o.infer ? o.inference : o.training;
    if (o.infer && o.training.contains("image_size")) job["inference"]["image_size"] = o.training["image_size"];
    if (!o.infer && !o.lora.empty())
        job["training"]["adapter"] = {
            {"method", "lora"}, {"rank", o.lora_rank == 0 ? 8 : o.lora_rank}, {"targets", o.lora}};
    if (!o.layout.empty()) job["layout"] = o.layout;
    return job;
}

/// Returns the energy of the cards, and their cost at the price given, of one training step or of a million generated
/// tokens; nothing for a card without published power, rates or time.
[[nodiscard]] inline std::optional<unit_price> price_of(const io::job_file& job, const io::answered_job& a,
                                                        double price) {
    if (price <= 0 || job.hardware.card.board_power.number <= 0) return {};
    const power_conditions alone{.efficiency = 1};
    if (a.step) return price_of_step(*a.step, job.hardware, dollars_of(price), alone);
    if (!a.serving || a.serving->generated.number <= 0) return {};
    unit_price token = price_of_token(*a.serving, job.hardware, job.inference->batch, dollars_of(price), alone);
    token.energy = 1e6 * token.energy;
    token.rent = 1e6 * token.rent;
    return token;
}

/// Returns the line with energy and cost, or why there is none. Empty where no price was given.
[[nodiscard]] inline std::string price_text(const fit_options& o, const io::job_file& job, const io::answered_job& a) {
    if (o.price <= 0) return {};
    const std::optional<unit_price> price = price_of(job, a, o.price);
    if (!price)
        return "  No cost estimate: it needs the time of a step or of generated tokens, and the card's power.\n";
    const double units = a.step ? 1e3 : 1;
    return std::string("  Cost per ") + (a.step ? "1,000 steps: " : "1M generated tokens: ") +
           io::fixed(units * in_kilowatt_hours(price->energy), 3) + " kWh (cards only), $" +
           io::fixed(units * price->rent.number, 4) + "\n";
}

/// Returns the job file of a diffusion model that the flags state, for one card. Its reader refuses the keys that
/// diffusion models lack. `--image-size`, `--attention` and `--offload` are flags of training jobs too.
[[nodiscard]] inline nlohmann::json diffusion_job_of(const fit_options& o, const std::string& card) {
    nlohmann::json job = {{"model", o.model}, {"hardware", o.hardware}, {"inference", o.inference}};
    job["hardware"]["card"] = card;
    job["inference"].update(o.training);
    job["inference"].update(o.diffusion);
    if (!o.layout.empty()) job["layout"] = o.layout;
    return job;
}

/// Throws input_error for a flag that does not go with the others.
[[noreturn]] inline void refuse_flag(const std::string& key, const std::string& message, const std::string& accepted) {
    throw io::input_error(
        {io::input_problem{.key = key, .accepted = accepted, .message = message + "; accepted: " + accepted}});
}

/// The answers to one command line, one per card.
struct fit_answers {
    /// That of the best answer, so that 1 means that the job fits on none of the cards.
    int code = does_not_fit;
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    std::string text{};
};

inline int print(const fit_answers& all, bool json) {
    if (json)
        std::cout << io::dump(all.json.size() == 1 ? all.json[0] : all.json, 2) << "\n";
    else
        std::cout << all.text;
    return all.code;
}

/// Answers a diffusion model.
inline int fit_diffusion(const fit_options& o) {
    if (!o.infer || !o.lora.empty() || o.price > 0)
        refuse_flag("model", o.model + " is a diffusion model", "--infer, without --lora and --price");
    fit_answers all;
    for (const std::string& card : o.cards) {
        const io::diffusion_file file = io::read_diffusion(diffusion_job_of(o, card));
        const io::answered_job a = io::answer(file);
        all.code = (std::min)(all.code, code_of(a));
        nlohmann::ordered_json each = {{"card", file.hardware.card.id}};
        each.update(io::answer_json(file, a));
        all.json.push_back(std::move(each));
        all.text += io::answer_text(file, a, style());
        if (a.report.grade == grade::does_not_fit) all.text += diffusion_alternatives(file);
        if (&card == &o.cards.back()) all.text += io::assumed_text(file.assumed, style());
    }
    return print(all, o.json);
}

/// True for engines whose cache takes a fraction of the card, or of what is free on it.
[[nodiscard]] inline bool has_budget(const inference& i) {
    const cache_policy cache = row_of(i.framework).memory.cache;
    return cache == cache_policy::fraction_of_total || cache == cache_policy::fraction_of_free;
}

/// Throws input_error for flags that contradict each other, or that belong to another kind of job.
inline void check_flags(const fit_options& o) {
    if (!o.diffusion.empty())
        refuse_flag(o.diffusion.begin().key(), o.diffusion.begin().key() + " is an option of diffusion models",
                    "a model such as sd-xl or flux.1-dev (see: cardfit models)");
    if (o.train && o.infer) refuse_flag("--train", "--train and --infer are given together", "one of them");
    nlohmann::json unread = o.infer ? o.training : o.inference;
    // --image-size is an option of both.
    if (o.infer) unread.erase("image_size");
    if (o.infer && !o.lora.empty()) unread["lora"] = true;
    if (!unread.empty()) {
        const std::string key = unread.begin().key();
        const std::string other = o.infer ? "training" : "inference";
        const std::string own = o.infer ? "inference, or omit --infer" : "training, or add --infer";
        refuse_flag(key, key + " is an option of " + other, "options of " + own);
    }
    if (o.lora_rank != 0 && o.lora.empty())
        refuse_flag("--rank", "--rank is " + std::to_string(o.lora_rank) + " without --lora",
                    "a rank with --lora TARGETS");
}

[[nodiscard]] inline nlohmann::ordered_json fit_json(const fit_options& o, const io::job_file& job,
                                                     const io::answered_job& a) {
    nlohmann::ordered_json json = {{"card", job.hardware.card.id}};
    json.update(io::answer_json(a));
    if (a.report.grade != grade::fits)
        with_remedies(job, a, [&](const auto& r) { json["remedies"] = remedies_json(r); });
    if (const std::optional<unit_price> price = price_of(job, a, o.price))
        json["price"] = {{"of", a.step ? "step" : "million_tokens"},
                         {"card_joules", price->energy.number},
                         {"rent_dollars", price->rent.number}};
    return json;
}

[[nodiscard]] inline std::string fit_text(const fit_options& o, const io::job_file& job, const io::answered_job& a) {
    std::string text = io::answer_text(job, a, style()) + price_text(o, job, a);
    if (a.report.grade == grade::fits) return text + smallest_slice(job);
    with_remedies(job, a, [&](const auto& r) { text += remedies_text(r); });
    if (a.report.grade == grade::tight) return text;
    return text + (job.training ? training_alternatives(job) : inference_alternatives(job));
}

inline int fit(const fit_options& o) {
    if (io::find_diffusion(o.model)) return fit_diffusion(o);
    check_flags(o);
    fit_answers all;
    for (const std::string& card : o.cards) {
        const io::job_file job = io::read_job(job_of(o, card));
        if (o.inference.contains("memory_utilization") && !has_budget(*job.inference))
            throw io::input_error({io::refused_value("--utilization", o.inference["memory_utilization"],
                                                     "no value: this engine allocates memory as it needs it")});
        const io::answered_job a = io::answer(job);
        all.code = (std::min)(all.code, code_of(a));
        if (o.json)
            all.json.push_back(fit_json(o, job, a));
        else
            all.text += fit_text(o, job, a);
        if (&card == &o.cards.back()) all.text += io::assumed_text(job, style());
    }
    return print(all, o.json);
}

inline std::function<int()> add_fit(CLI::App& app) {
    const auto o = std::make_shared<fit_options>();
    add_fit_flags(app, *o);
    return [o] { return fit(*o); };
}
inline constexpr command fit_command{"fit", "estimate a job given by flags, on one or several kinds of card", add_fit};

}  // namespace tool
