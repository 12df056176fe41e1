// SPDX-License-Identifier: MIT
#pragma once

// fit: a job from flags. The flags become a job file, so that both are read, checked and refused by the same code.

#include "commands.hpp"

#include <cardfit/decide/price.hpp>
#include <cardfit/decide/remedies.hpp>
#include <cardfit/hardware/cards/mig.hpp>

#include <cardfit/io/weights_file.hpp>

#include <CLI/CLI.hpp>

namespace tool {

struct fit_options {
    std::string model;
    std::vector<std::string> cards;
    std::vector<std::string> lora;
    std::int64_t lora_rank = 0;  // 0: not given, which means 8
    double price = 0;            // dollars a card and hour
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
    app.add_option("--price", o.price, "dollars a card and hour: adds energy and cost of a token or step")
        ->check([](const std::string& text) {
            const nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
            const bool price = value.is_number() && value.get<double>() >= 0 && value.get<double>() <= 1e6;
            return price ? std::string() : text + " is no price; accepted: 0 to 1000000 dollars";
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

/// The job file that the flags state, for one card.
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

/// What would fit where a job does not: everything recomputed, fewest of the same card with everything sharded (and
/// then recomputed too), and the smallest single card.
[[nodiscard]] inline std::string would_fit(const io::job_file& job) {
    const network net = lower(job.model, job.training->image_size);
    const auto fits_on = [&](const machine& m, const layout& l, recompute r) {
        training t = *job.training;
        t.recompute = r;
        // A card that lacks the format runs none of it, however much it holds.
        return has_step_time(m.card, t.precision) && problems(l, m.cards, net).empty() &&
               fit(net, t, m, l).grade == grade::fits;
    };
    const recompute asked = job.training->recompute;
    std::vector<std::string> ways;
    if (fits_on(job.hardware, job.layout, recompute::full)) ways.push_back("--recompute full");
    int fewest = 2048;
    for (const recompute r : {asked, recompute::full}) {
        for (int n = 2; n < fewest; n *= 2) {
            machine m = job.hardware;
            m.cards = n;
            m.per_node = 0;
            if (!fits_on(m, {.data = n, .sharding = sharding::full}, r)) continue;
            ways.push_back(std::to_string(n) + " cards with --sharding full" + (r == asked ? "" : " --recompute full"));
            fewest = n;
        }
        if (asked == recompute::full) break;
    }
    const gpu* smallest = nullptr;
    for (const gpu* card : cardfit::cards::all) {
        const bool smaller = !smallest || usable_memory(*card) < usable_memory(*smallest);
        if (smaller && fits_on(*card, {}, asked)) smallest = card;
    }
    if (smallest) ways.push_back("one " + std::string(smallest->name));
    std::string text;
    for (const std::string& way : ways) text += (text.empty() ? "  would fit: " : "; ") + way;
    return text.empty() ? "  would fit: no number of these cards up to 1024, and no card of the table\n" : text + "\n";
}

/// What else would serve where an inference does not fit: fewer bits a weight, some layers in host memory (llama.cpp),
/// fewer users, a shorter context, more of the same card, the smallest single card.
[[nodiscard]] inline std::string would_serve(const io::job_file& job) {
    const network net = lower(job.model, job.image_size());
    const inference& i = *job.inference;
    std::vector<std::string> ways;
    const format_choice best = best_weights(net, i, job.hardware, job.layout);
    if (best.accepted) ways.push_back("--weights " + std::string(block_layout_of(best.format).name));
    const lowered_inference lowered = lower_job(net, i, job.hardware, job.layout);
    const std::int64_t batch = largest_batch(lowered, error_bound::upper),
                       context = longest_context(lowered, error_bound::upper);
    if (batch > 0) ways.push_back("--batch " + std::to_string(batch));
    if (context > i.generate) ways.push_back("--prompt " + std::to_string(context - i.generate));
    const bool split_layers = row_of(i.framework).memory.splits_layers;
    if (split_layers && cardfit::detail::is_autoregressive(net)) {
        const layer_split split = layers_on_cards(net, i, job.hardware, error_bound::upper);
        // With none on the card, llama.cpp alone computes in host memory.
        if (split.on_card > 0 || row_of(i.framework).memory.reads_gguf)
            ways.push_back(std::to_string(split.on_card) + " of " + std::to_string(split.layers) +
                           " layers on the card, " + io::in_gib(split.host_weights + split.host_cache) +
                           " in host memory");
    }
    const auto fits_on = [&](const machine& m, const layout& l) {
        return problems(l, m.cards, net).empty() && fit(net, i, m, l).grade == grade::fits;
    };
    for (int n = 2 * job.hardware.cards; n <= 64; n *= 2) {
        machine m = job.hardware;
        m.cards = n;
        m.per_node = 0;
        if (!fits_on(m, split_layers ? layout{.pipeline = n} : layout{.tensor = n})) continue;
        ways.push_back(std::to_string(n) + " cards with " + (split_layers ? "--pipeline " : "--tensor ") +
                       std::to_string(n));
        break;
    }
    const gpu* smallest = nullptr;
    for (const gpu* card : cardfit::cards::all) {
        const bool smaller = !smallest || usable_memory(*card) < usable_memory(*smallest);
        if (smaller && fits_on(*card, {})) smallest = card;
    }
    if (smallest) ways.push_back("one " + std::string(smallest->name));
    std::string text;
    for (const std::string& way : ways) text += (text.empty() ? "  would fit: " : "; ") + way;
    return text.empty() ? "  would fit: no format, number of cards or card of the table\n" : text + "\n";
}

/// The smallest MIG slice of the job's card that is enough for it, for a card that has slices.
[[nodiscard]] inline std::string slice_enough(const io::job_file& job) {
    if (job.hardware.cards != 1) return {};
    const std::string prefix = std::string(job.hardware.card.id) + "_mig_";
    const gpu* smallest = nullptr;
    for (const gpu* slice : cardfit::cards::all_mig) {
        const bool smaller = !smallest || usable_memory(*slice) < usable_memory(*smallest);
        if (!slice->id.starts_with(prefix) || !smaller) continue;
        machine m = *slice;
        m.host = job.hardware.host;
        const network net = lower(job.model, job.image_size());
        const grade g =
            job.training ? fit(net, *job.training, m, job.layout).grade : fit(net, *job.inference, m, job.layout).grade;
        if (g == grade::fits) smallest = slice;
    }
    return smallest ? "  smallest MIG slice that is enough: " + std::string(smallest->name) + "\n" : std::string();
}

/// "sharding full + pure bf16 (0.79 of the time, 65.6 GiB)", a line each.
template <class Job>
[[nodiscard]] std::string remedies_text(const remedy_report<Job>& r) {
    static constexpr const char* effects[] = {"same mathematics", "fewer bits", "trains adapters alone",
                                              "shorter context", "fewer sequences at once"};
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < r.count; ++i) {
        const remedy<Job>& each = r.of[i];
        rows.push_back({std::string(each.first) + (each.second.empty() ? "" : " + " + std::string(each.second)),
                        effects[static_cast<std::size_t>(each.effect)], io::fixed(each.slowdown, 2) + " x the time",
                        io::in_gib(each.device)});
    }
    return rows.empty() ? std::string("  no change alone or in pairs makes it fit\n")
                        : "  what makes it fit for sure:\n" + io::aligned(rows, 2, "    ");
}
template <class Job>
[[nodiscard]] nlohmann::ordered_json remedies_json(const remedy_report<Job>& r) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < r.count; ++i) {
        nlohmann::ordered_json changes = {r.of[i].first};
        if (!r.of[i].second.empty()) changes.push_back(r.of[i].second);
        all.push_back({{"changes", std::move(changes)},
                       {"effect", static_cast<int>(r.of[i].effect)},
                       {"slowdown", r.of[i].slowdown},
                       {"device_bytes", r.of[i].device.number}});
    }
    return all;
}

/// Calls `use` with the remedies of the job, where its time is known.
template <class Use>
void with_remedies(const io::job_file& job, const io::answered_job& a, Use use) {
    if (a.serving)
        use(remedies(lower(job.model, job.image_size()), *job.inference, job.hardware, job.layout));
    else if (a.step)
        std::visit([&](const auto& m) { use(remedies(m, *job.training, job.hardware, job.layout)); }, job.model);
}

/// Energy of the cards, and rent at the price given, of a million generated tokens or a training step; nothing for a
/// card without published power, rates or time.
[[nodiscard]] inline std::optional<unit_price> price_of(const io::job_file& job, const io::answered_job& a,
                                                        double price) {
    if (job.hardware.card.board_power.number <= 0) return {};
    const power_conditions alone{.efficiency = 1};
    if (a.step) return price_of_step(*a.step, job.hardware, dollars_of(price), alone);
    if (!a.serving || a.serving->generated.number <= 0) return {};
    unit_price token = price_of_token(*a.serving, job.hardware, job.inference->batch, dollars_of(price), alone);
    token.energy = 1e6 * token.energy;
    token.rent = 1e6 * token.rent;
    return token;
}

/// The job file of a diffusion model that the flags state, for one card; flags that are no keys there are refused by
/// its reader. `--image-size`, `--attention` and `--offload` are the training's flags too.
[[nodiscard]] inline nlohmann::json diffusion_job_of(const fit_options& o, const std::string& card) {
    nlohmann::json job = {{"model", o.model}, {"hardware", o.hardware}, {"inference", o.inference}};
    job["hardware"]["card"] = card;
    job["inference"].update(o.training);
    job["inference"].update(o.diffusion);
    if (!o.layout.empty()) job["layout"] = o.layout;
    return job;
}

/// What else would do where the images do not fit: the parts one by one, decoding piece by piece, fewer bits.
[[nodiscard]] inline std::string would_make(const io::diffusion_file& file) {
    diffusion_job j = file.job;
    std::string flags;
    const auto tried = [&](const char* flag, auto change) {
        change(j), flags += flag;
        return fit(*file.model, j, file.hardware).grade == grade::fits;
    };
    const bool found =
        tried(" --vae-slicing --vae-tiling", [](diffusion_job& c) { c.vae_slicing = c.vae_tiling = true; }) ||
        tried(" --offload model", [](diffusion_job& c) { c.offload = diffusion_offload::model; }) ||
        tried(" --weights nf4", [](diffusion_job& c) { c.weights = number_format::nf4; }) ||
        tried(" --batch 1", [](diffusion_job& c) { c.batch = 1; });
    return found ? "  would fit:" + flags + "\n" : "  would fit: no offloading, slicing, format or batch\n";
}

/// The same for a diffusion model.
inline int fit_diffusion(const fit_options& o) {
    if (!o.infer || !o.lora.empty() || o.price > 0) {
        std::cerr << "cardfit: " << o.model << " is a diffusion model; accepted: --infer, and no --lora or --price\n";
        return bad_input;
    }
    try {
        int code = does_not_fit;
        nlohmann::ordered_json answers = nlohmann::ordered_json::array();
        std::string text;
        for (const std::string& card : o.cards) {
            const io::diffusion_file file = io::read_diffusion(diffusion_job_of(o, card));
            const io::answered_job a = io::answer(file);
            code = (std::min)(code, code_of(a));
            nlohmann::ordered_json each = {{"card", file.hardware.card.id}};
            each.update(io::answer_json(file, a));
            answers.push_back(std::move(each));
            text += io::answer_text(file, a, style());
            if (a.report.grade == grade::does_not_fit) text += would_make(file);
            if (&card == &o.cards.back()) text += io::assumed_text(file.assumed, style());
        }
        std::cout << (o.json ? io::dump(o.cards.size() == 1 ? answers[0] : answers, 2) + "\n" : text);
        return code;
    } catch (const io::input_error& e) {
        return report_error(e, o.json);
    }
}

/// Engines whose cache is a share of the card, or of what is left of it.
[[nodiscard]] inline bool has_budget(const inference& i) {
    const cache_policy cache = row_of(i.framework).memory.cache;
    return cache == cache_policy::fraction_of_total || cache == cache_policy::fraction_of_free;
}

/// Exit code: that of the best answer, so that 1 means that no card asked is enough.
inline int fit(const fit_options& o) {
    if (io::find_diffusion(o.model)) return fit_diffusion(o);
    if (!o.diffusion.empty()) {
        std::cerr << "cardfit: " << o.diffusion.begin().key()
                  << " is a value of diffusion models; accepted: one of sd-xl, flux.1-dev … (see: cardfit models)\n";
        return bad_input;
    }
    if (o.train && o.infer) {
        std::cerr << "cardfit: fit takes --train or --infer, not both\n";
        return bad_input;
    }
    nlohmann::json unread = o.infer ? o.training : o.inference;
    if (o.infer) unread.erase("image_size");  // a flag of both
    if (!unread.empty() || (o.infer && !o.lora.empty())) {
        std::cerr << "cardfit: " << (unread.empty() ? "lora" : unread.begin().key()) << " is a value of "
                  << (o.infer ? "training" : "inference") << "; accepted: a value of "
                  << (o.infer ? "inference, or no --infer" : "training, or --infer") << "\n";
        return bad_input;
    }
    if (o.lora_rank != 0 && o.lora.empty()) {
        std::cerr << "cardfit: rank is " << o.lora_rank << " without --lora; accepted: a rank with --lora TARGETS\n";
        return bad_input;
    }
    try {
        int code = does_not_fit;
        nlohmann::ordered_json answers = nlohmann::ordered_json::array();
        std::string text;
        for (const std::string& card : o.cards) {
            const io::job_file job = io::read_job(job_of(o, card));
            if (o.inference.contains("memory_utilization") && !has_budget(*job.inference))
                throw io::input_error({io::refused_value("--utilization", o.inference["memory_utilization"],
                                                         "no value: this engine allocates as it needs")});
            const io::answered_job a = io::answer(job);
            code = (std::min)(code, code_of(a));
            if (o.json) {
                nlohmann::ordered_json each = {{"card", job.hardware.card.id}};
                each.update(io::answer_json(a));
                if (a.report.grade != grade::fits)
                    with_remedies(job, a, [&](const auto& r) { each["remedies"] = remedies_json(r); });
                if (const auto price = o.price > 0 ? price_of(job, a, o.price) : std::nullopt)
                    each["price"] = {{"of", a.step ? "step" : "million_tokens"},
                                     {"card_joules", price->energy.number},
                                     {"rent_dollars", price->rent.number}};
                answers.push_back(std::move(each));
                continue;
            }
            text += io::answer_text(job, a, style());
            if (const auto price = o.price > 0 ? price_of(job, a, o.price) : std::nullopt)
                text += "  " + std::string(a.step ? "a thousand steps" : "a million generated tokens") + ": " +
                        io::fixed((a.step ? 1e3 : 1) * in_kilowatt_hours(price->energy), 3) + " kWh of the cards, " +
                        io::fixed((a.step ? 1e3 : 1) * price->rent.number, 4) + " dollars of rent\n";
            else if (o.price > 0)
                text +=
                    "  no price: it follows from the time, of a step or of generated tokens, and the board's power\n";
            if (a.report.grade != grade::fits) with_remedies(job, a, [&](const auto& r) { text += remedies_text(r); });
            if (a.report.grade == grade::does_not_fit) text += job.training ? would_fit(job) : would_serve(job);
            if (a.report.grade == grade::fits) text += slice_enough(job);
            if (&card == &o.cards.back()) text += io::assumed_text(job, style());
        }
        std::cout << (o.json ? io::dump(o.cards.size() == 1 ? answers[0] : answers, 2) + "\n" : text);
        return code;
    } catch (const io::input_error& e) {
        return report_error(e, o.json);
    }
}

}  // namespace tool
