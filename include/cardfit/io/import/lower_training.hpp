// SPDX-License-Identifier: MIT
#pragma once

// The facts of a training by Trainer and its kin as a job: which number formats, shards and batches they make together.

#include <cardfit/io/import/lower_adapter.hpp>
#include <cardfit/io/import/tools/hugging_face.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports {

/// The number formats of a training.
struct formats_of_training {
    std::string precision{};   ///< word of `training.precision`
    bool half_states = false;  ///< optimizer states in 16 bits
};

namespace detail {

/// Models whose published file is fp32 (recalled); other files are in 16 bits.
inline constexpr std::string_view fp32_files = "gpt2* bert* roberta* distilbert* t5* opt-125m";
/// Models whose config.json has a dropout above 0 (recalled).
inline constexpr std::string_view dropout_models = "gpt2* bert* roberta* distilbert* opt* t5* flan-t5* bart* mbart*";

/// Returns "bf16", "fp16", or nothing: the compute type.
[[nodiscard]] inline std::string half_of(request& r) {
    const facts& known = r.known;
    const std::string word = known.text("mixed_precision.word");
    const bool wants_bf16 = known.is_true("bf16") || known.text("bf16") == "auto" || word == "bf16";
    const bool by_card = known.text("bf16") == "auto" && is_before_ampere(r);
    if (known.is_true("fp16") || word == "fp16" || by_card) return "fp16";
    return wants_bf16 ? "bf16" : "";
}

/// Returns the type in which the weights are loaded.
[[nodiscard]] inline std::string loaded_type(const request& r, const named_model& model) {
    std::string dtype = r.known.text("dtype");
    if (dtype == "half") return r.known.is_true("bf16") || r.known.text("bf16") == "auto" ? "bfloat16" : "float32";
    if (dtype != "auto") return dtype;
    return lists(fp32_files, model.id) && !model.id.empty() ? "float32" : "bfloat16";
}

/// Returns the job's name of a 16-bit type; empty for another type.
[[nodiscard]] inline std::string short_type(const std::string& dtype) {
    if (dtype == "bfloat16") return "bf16";
    return dtype == "float16" ? "fp16" : "";
}

/// Returns true if adapters over a quantized base have the type of the base: under FSDP, which shards both in one, and
/// in TRL since trl#4577.
[[nodiscard]] inline bool has_one_type(const request& r, const sharded& s, std::string_view type) {
    constexpr int bf16_adapters_since = 202512;
    const bool trl = r.program->name == "trl" && r.month >= bf16_adapters_since;
    return s.by_fsdp || (trl && type != "fp16");
}

}  // namespace detail

/// Returns the number formats. DeepSpeed and FSDP with mixed precision keep fp32 weights or master weights; FSDP over a
/// quantized base needs one type for all; adapters over a 16-bit base are fp32 (peft's autocast_adapter_dtype), and
/// TRL's over a quantized base are bf16 since trl#4577.
[[nodiscard]] inline formats_of_training training_formats(request& r, const named_model& model, const sharded& s,
                                                          const std::string& base) {
    if (r.known.has("training.precision"))
        return {r.known.text("training.precision"), r.known.text("training.optimizer_state") == "bf16"};
    const std::string half = detail::half_of(r);
    const std::string loaded = detail::loaded_type(r, model);
    const std::string type = half.empty() ? detail::short_type(loaded) : half;
    const bool is_adapter = trains_adapter(r.known);
    const bool half_states = !r.known.has("zero.half_states") || r.known.is_true("zero.half_states");
    if (r.known.is_true("pure") && !type.empty()) return {type, half_states};
    const std::string single = r.known.is_true("tf32") ? "tf32" : "fp32";
    if (r.known.is_true("fp8") || r.known.text("mixed_precision.word") == "fp8") return {"fp8-mixed", false};
    if (is_adapter && !base.empty() && detail::has_one_type(r, s, type)) return {"bf16", true};
    if (is_adapter) return {type.empty() ? single : type + "-mixed", false};
    const bool widened = s.by_deepspeed || (s.by_fsdp && !half.empty());
    if (widened) return {type.empty() ? single : type + "-mixed", false};
    const std::string whole = detail::short_type(loaded);
    if (!whole.empty()) return {whole, true};
    if (!half.empty()) return {half + "-mixed", false};
    return {single, false};
}

/// The parallel sizes of a training.
struct sizes {
    std::int64_t tensor = 1;    ///< tensor parallelism
    std::int64_t pipeline = 1;  ///< pipeline stages
    std::int64_t context = 1;   ///< context parallelism
    std::int64_t data = 1;      ///< data parallelism
};

/// Returns the sizes of the layout. Refuses sizes that do not divide the cards.
[[nodiscard]] inline sizes sizes_of(request& r, const card_count& cards) {
    sizes s{.tensor = (std::max)(r.known.integer("layout.tensor", 1), std::int64_t{1}),
            .pipeline = (std::max)(r.known.integer("layout.pipeline", 1), std::int64_t{1}),
            .context = (std::max)(r.known.integer("layout.context", 1), std::int64_t{1})};
    const std::int64_t replica = bounded_product({s.tensor, s.pipeline, s.context});
    if (cards.total % replica != 0)
        r.refuse(refused_value("hardware.cards", cards.total,
                               "a multiple of tensor x pipeline x context, which is " + std::to_string(replica)));
    s.data = (std::max)(cards.total / replica, std::int64_t{1});
    return s;
}

/// Returns the micro-batches per step and rank. Refuses a global batch that the micro-batches do not divide, and a
/// DeepSpeed file that says something else than the script.
[[nodiscard]] inline std::int64_t accumulation_of(request& r, std::int64_t micro_batch, const sizes& s) {
    const facts& known = r.known;
    std::int64_t accumulation = known.integer("training.gradient_accumulation", 0);
    const auto from_global = [&](std::string_view name, std::int64_t per_step) {
        const std::int64_t global = known.integer(name, 0);
        if (global <= 0) return;
        if (per_step <= 0 || global % per_step != 0)
            return r.refuse(refused_value(known.find(name)->written, global,
                                          "a multiple of micro-batch x data = " + std::to_string(per_step)));
        const std::int64_t stated = known.is_stated("training.gradient_accumulation") ? accumulation : 0;
        if (stated > 0 && stated != global / per_step)
            return r.refuse(refused_value(known.find(name)->written, global,
                                          std::to_string(per_step * stated) + ", as the other settings make"));
        accumulation = global / per_step;
    };
    from_global("batch.global", micro_batch * s.data);
    from_global("zero.batch", micro_batch * s.data);
    from_global("batch.total", micro_batch);
    from_global("batch.all_ranks", s.data);
    const std::int64_t of_zero = known.integer("zero.accumulation", 0);
    if (of_zero > 0 && accumulation > 1 && of_zero != accumulation)
        r.refuse(refused_value(known.find("zero.accumulation")->written, of_zero,
                               std::to_string(accumulation) + ", as the script's flags say, or auto"));
    if (of_zero > 0 && accumulation == 0) accumulation = of_zero;
    return (std::max)(accumulation, std::int64_t{1});
}

/// Returns the micro-batch. Refuses a DeepSpeed file that says something else than the script.
[[nodiscard]] inline std::int64_t micro_batch_of(request& r) {
    const facts& known = r.known;
    const std::int64_t of_zero = known.integer("zero.micro_batch", 0);
    const bool stated = known.is_stated("training.micro_batch");
    const std::int64_t batch = known.integer("training.micro_batch", 1);
    if (of_zero > 0 && stated && of_zero != batch)
        r.refuse(refused_value(known.find("zero.micro_batch")->written, of_zero,
                               std::to_string(batch) + ", as the script's flags say, or auto"));
    return of_zero > 0 && !stated ? of_zero : batch;
}

/// Returns the sequence length: what the command states or, since none follows from rows that are not packed, the
/// longest that the model takes, which is said. Refuses a command where neither is known.
[[nodiscard]] inline std::int64_t sequence_length_of(request& r, const named_model& model) {
    if (r.options.sequence_length > 0) return r.options.sequence_length;
    const std::int64_t stated = r.known.integer("training.sequence_length", 0);
    const std::int64_t longest = context_length_of(model.written, model.id);
    if (r.known.has("seq.block")) {
        const std::int64_t block = r.known.integer("seq.block", 0);
        if (stated == 0) return longest > 0 ? (std::min)(block, longest) : block;
    }
    if (stated > 0) return stated;
    constexpr std::int64_t alpaca = 1024;  // its longest rows have about 1,000 tokens
    if (r.known.text("dataset").find("alpaca") != std::string::npos) {
        r.assume("training.sequence_length", "1024", "the longest rows of Alpaca have about 1,000 tokens; --seq N");
        return alpaca;
    }
    if (longest > 0) {
        r.assume("training.sequence_length", std::to_string(longest),
                 "no length is stated, and the data is not known: the longest that the model takes; --seq N");
        return longest;
    }
    r.refuse(missing_key("training.sequence_length", "--seq N: the command states no length"));
    return 0;
}

/// Returns true if one of Liger's kernels runs: the switch for all of them is on, and does not leave it out.
[[nodiscard]] inline bool runs_liger(const request& r, std::string_view kernel) {
    return r.known.is_true("liger") && (!r.known.has(kernel) || r.known.is_true(kernel));
}

/// Returns the word of the kernels that run beside the loss.
[[nodiscard]] inline std::string_view kernels_word(const request& r) {
    const bool norms = runs_liger(r, "liger.norms");
    const bool activations = runs_liger(r, "liger.activations");
    return norms && activations ? "all" : norms ? "norms" : activations ? "activations" : "none";
}

/// Adds the loss, and the kernels where they are not those that the framework has with this loss. Nothing is known of
/// kernels under a framework whose row has none (DeepSpeed).
inline void add_loss(const request& r, const sharded& division, nlohmann::ordered_json& training) {
    const bool fused = runs_liger(r, "liger.loss");
    const std::string loss = fused ? "fused" : r.known.text("training.loss");
    if (!loss.empty()) training["loss"] = loss;
    const framework_memory& row = detail::memory_of_framework(r, division);
    if (!row.has_fused_kernels) return;
    const bool brought = fused && row.fused_loss_brings_kernels;
    const std::string_view kernels = kernels_word(r);
    if (kernels != (brought ? "all" : "none")) training["fused_kernels"] = kernels;
}

/// Adds the objective. One that the job has no word for is something that it cannot say.
inline void apply_objective(request& r, nlohmann::ordered_json& training) {
    const std::string objective = r.known.text("objective");
    if (objective.empty() || objective == "sft") return;
    // The default of a loss is that of supervised training.
    if (!r.known.is_stated("training.loss") && !runs_liger(r, "liger.loss")) training.erase("loss");
    if (const auto word = detail::word_of({.ours = "training.objective"}, objective))
        training["objective"] = *word;
    else
        r.lose("objective", objective, "training.objective: generation and further models during training",
               effect::more_memory);
}

/// Returns the row of a training's objective.
[[nodiscard]] inline const objective_row& objective_of(const nlohmann::ordered_json& training) {
    const std::string word = training.value("objective", "sft");
    return row_of(value_named(keys::objective_names, word).value_or(objective::sft));
}

/// Adds the parameters of a frozen teacher or reward model that the command names. One that is not known, and one
/// beside an objective that counts none, is something that the job cannot say.
inline void apply_frozen_model(request& r, nlohmann::ordered_json& training) {
    const fact* named = r.known.find("frozen.model");
    if (!named || r.known.text("frozen.model").empty()) return;
    const std::string name = r.known.text("frozen.model");
    const named_model frozen = model_named(name, r.options.place);
    const bool counted = objective_of(training).takes_frozen;
    if (counted && frozen.model && problems(*frozen.model).empty()) {
        training["frozen_parameters"] = parameters(lower(*frozen.model));
        return;
    }
    r.lose(named->written, name, "training.frozen_parameters: a teacher or a reward model", effect::more_memory);
}

/// Adds whether a frozen reference model is asked, where the weight of the distance from it is known: none is loaded
/// at 0 (GRPOConfig).
inline void apply_reference(request& r, nlohmann::ordered_json& training) {
    for (const reference_weight& each : reference_weights)
        if (each.objective == r.known.text("objective"))
            add_default(each.weight, *r.program, r.month, r.known, r.accounts);
    if (!r.known.has("rollout.beta")) return;
    const bool asked = r.known.is_above_zero("rollout.beta");
    if (asked != objective_of(training).reference) training["reference"] = asked;
}

/// Adds what generates the samples of a step, and the length of a prompt with its completion. Without vLLM the trainer
/// itself generates.
inline void apply_rollouts(request& r, nlohmann::ordered_json& training) {
    if (!objective_of(training).generates) {
        for (const char* key : {"generations", "completion_length", "engine_utilization"}) training.erase(key);
        return;
    }
    const bool runs_vllm = r.known.is_true("rollout.vllm");
    for (const standing& each : rollout_defaults) {
        const bool of_prompt = each.ours == "rollout.prompt";
        const bool of_mode = each.ours == "rollout.mode";
        if ((!of_prompt || r.options.sequence_length == 0) && (!of_mode || runs_vllm))
            add_default(each, *r.program, r.month, r.known, r.accounts);
    }
    const std::int64_t completion = r.known.integer("training.completion_length", 0);
    training["completion_length"] = completion;
    if (r.options.sequence_length == 0) training["sequence_length"] = r.known.integer("rollout.prompt", 0) + completion;
    apply_reference(r, training);
    if (!runs_vllm) return;
    const bool colocated = r.known.text("rollout.mode") == "colocate";
    training["rollouts"] = colocated ? "colocated" : "apart";
    const bool sleeps = r.known.is_true("rollout.sleeps") || r.known.integer("rollout.sleep_level", 0) > 0;
    if (colocated && sleeps) training["engine_sleeps"] = true;
}

/// Adds which of embedding and head are trained beside layers. Another module is something that the job cannot say.
inline void apply_trained_ends(request& r, nlohmann::ordered_json& training) {
    const fact* extra = r.known.find("freeze.extra");
    if (!extra) return;
    bool embedding = false;
    bool head = false;
    for (const std::string& module : extra->values) {
        const bool is_embedding = module == "embed_tokens" || module == "wte";
        const bool is_head = module == "lm_head";
        embedding = embedding || is_embedding;
        head = head || is_head;
        if (!is_embedding && !is_head && module != "norm")
            r.lose(extra->written, module, "training.trained_ends has no word for this module", effect::more_memory);
    }
    if (embedding || head) training["trained_ends"] = embedding && head ? "both" : embedding ? "embedding" : "head";
}

/// Adds the layers that are trained: LLaMA-Factory's freeze, whose default is the last two, or LISA's.
inline void apply_trained_layers(request& r, nlohmann::ordered_json& training) {
    const std::int64_t sampled = r.known.integer("lisa.layers", 0);
    if (sampled > 0) {
        training["trained_layers"] = sampled;
        training["trained_layer_choice"] = "sampled";
    }
    if (r.known.text("lora") != "freeze") return;
    const std::int64_t layers = r.known.integer("freeze.layers", 2);
    training["trained_layers"] = layers < 0 ? -layers : layers;
    if (r.known.is_true("freeze.spaced"))
        training["trained_layer_choice"] = "spaced";
    else if (layers < 0)
        training["trained_layer_choice"] = "first";
    apply_trained_ends(r, training);
}

/// Adds that the vision tower is not trained, where the model has one, or may have one and the command says so.
/// Beside adapters it never is, so that adapters on it are something that the job cannot say.
inline void apply_frozen_tower(request& r, const named_model& model, nlohmann::ordered_json& training) {
    const fact* frozen = r.known.find("training.frozen_tower");
    if (!frozen) return;
    const bool is_frozen = r.known.is_true("training.frozen_tower");
    const bool adapter = training.contains("adapter");
    const bool stated = r.known.is_stated("training.frozen_tower");
    const bool has_tower = model.model && std::holds_alternative<multimodal_transformer>(*model.model);
    if (stated && !is_frozen && adapter && (has_tower || !model.model))
        r.lose(frozen->written, "false", "adapters on the vision tower", effect::more_memory);
    if (!is_frozen || adapter) return;
    if (has_tower || (!model.model && stated)) training["frozen_tower"] = true;
    if (stated && model.model && !has_tower)
        r.lose(frozen->written, "true", "the vision tower: the text part of the model is counted alone",
               effect::more_memory);
}

/// Adds the layout to a job, without sizes of 1.
inline void add_layout(const request& r, const sizes& s, const sharded& division, nlohmann::ordered_json& job) {
    nlohmann::ordered_json layout = nlohmann::ordered_json::object();
    const bool serves = r.program->lowers == family::server;
    const bool others = s.tensor * s.pipeline * s.context > 1;
    if (s.data > 1 && (serves || others)) layout["data"] = s.data;
    if (s.tensor > 1) layout["tensor"] = s.tensor;
    if (s.pipeline > 1) layout["pipeline"] = s.pipeline;
    for (const std::string_view key : {"layout.virtual_stages", "layout.expert"})
        if (r.known.integer(key, 1) > 1) layout[std::string(key.substr(7))] = r.known.integer(key, 1);
    if (r.known.has("layout.schedule")) layout["schedule"] = r.known.text("layout.schedule");
    if (s.context > 1) layout["context"] = s.context;
    const bool shards = !division.sharding.empty() && division.sharding != "none";
    if (shards && s.data * s.context > 1) layout["sharding"] = division.sharding;
    if (shards && division.group > 0) layout["sharding_group"] = division.group;
    if (r.known.has("layout.sequence_parallel"))
        layout["sequence_parallel"] = r.known.is_true("layout.sequence_parallel");
    if (!layout.empty()) job["layout"] = std::move(layout);
}

/// Optimizers whose states are in the type of the parameters.
inline constexpr std::string_view in_parameters_type =
    "adamw adam sgd sgd-momentum lamb lion paged-adamw galore apollo adam-mini muon";

/// Returns the `training` of a job whose model and division are known.
[[nodiscard]] inline nlohmann::ordered_json training_json(request& r, const named_model& model, const sharded& division,
                                                          const sizes& s) {
    const facts& known = r.known;
    nlohmann::ordered_json training;
    const bool adapter = trains_adapter(known);
    const std::string base = adapter ? base_weights_of(r, model) : std::string();
    const formats_of_training formats = training_formats(r, model, division, base);
    training["precision"] = formats.precision;
    const std::string optimizer = known.has("training.optimizer") ? known.text("training.optimizer") : "adamw";
    training["optimizer"] = optimizer;
    if (formats.half_states && lists(in_parameters_type, optimizer)) training["optimizer_state"] = "bf16";
    training["micro_batch"] = micro_batch_of(r);
    const std::int64_t accumulation = accumulation_of(r, training["micro_batch"].get<std::int64_t>(), s);
    if (accumulation > 1) training["gradient_accumulation"] = accumulation;
    training["sequence_length"] = sequence_length_of(r, model);
    const bool full = known.is_true("recompute") || known.is_true("fsdp.recompute");
    const std::string recompute = known.has("training.recompute") ? known.text("training.recompute")
                                  : full                          ? "full"
                                                                  : "none";
    if (recompute != "none") training["recompute"] = recompute;
    if (known.text("training.attention") == "eager") training["attention"] = "eager";
    const bool dropout = known.has("training.dropout") ? known.is_true("training.dropout")
                                                       : r.program->framework == "transformers" &&
                                                             lists(detail::dropout_models, model.id) && !adapter;
    if (dropout) training["dropout"] = true;
    if (known.is_true("training.compiled")) training["compiled"] = true;
    if (adapter) training["adapter"] = adapter_json(r, model, division, base);
    if (!base.empty()) training["base_weights"] = base;
    if (!division.offload.empty() && division.offload != "none") training["offload"] = division.offload;
    training["framework"] = framework_of(r, division);
    add_loss(r, division, training);
    if (known.is_true("training.optimizer_in_backward")) training["optimizer_in_backward"] = true;
    training["software_date"] = month_text(r.month);
    constexpr std::string_view lowered =
        "precision optimizer optimizer_state micro_batch gradient_accumulation sequence_length recompute attention "
        "dropout "
        "compiled base_weights offload loss fused_kernels optimizer_in_backward framework software_date frozen_tower";
    add_stated_keys(r, "training.", lowered, training);
    apply_objective(r, training);
    apply_frozen_model(r, training);
    apply_rollouts(r, training);
    apply_trained_layers(r, training);
    apply_frozen_tower(r, model, training);
    return training;
}

/// Returns the job of a training of this model. What cannot be read is among the request's problems.
[[nodiscard]] inline nlohmann::ordered_json lower_training(request& r, const named_model& model) {
    const facts& known = r.known;
    const std::int64_t replica = bounded_product(
        {known.integer("data.replicate", 1), known.integer("data.shard", 1), known.integer("layout.tensor", 1),
         known.integer("layout.pipeline", 1), known.integer("layout.context", 1)});
    const card_count cards = resolve_cards(r, replica > 1 ? replica : 0);
    const sharded division = sharding_of(r, cards);
    const sizes s = sizes_of(r, cards);
    nlohmann::ordered_json job;
    job["model"] = model.job;
    job["hardware"] = hardware_json(r, cards);
    if (!r.accounts.problems.empty()) return job;
    job["training"] = training_json(r, model, division, s);
    add_layout(r, s, division, job);
    return job;
}

}  // namespace cardfit::io::imports
