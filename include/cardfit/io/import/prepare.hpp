// SPDX-License-Identifier: MIT
#pragma once

// Facts of one tool that become facts of all: torchtune's and torchtitan's names of models, litgpt's switches of an
// adapter, torchtitan's converters.

#include <cardfit/io/import/lower_training.hpp>
#include <cardfit/io/import/read_titan_function.hpp>
#include <cardfit/io/import/tools/torchtune.hpp>
#include <cardfit/io/launch_models.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports {

namespace detail {

/// Sets a fact that follows from others.
inline void derive(request& r, std::string_view name, std::string value) {
    r.known.set(name, std::move(value), std::string(r.program->name), rank::option);
}

/// Returns a name of torchtune's as models are named: "llama3_1_8b" is "llama3.1-8b".
[[nodiscard]] inline std::string dashed_name(std::string_view name) {
    std::string text;
    while (!name.empty()) {
        const std::string_view part = name.substr(0, name.find('_'));
        name.remove_prefix((std::min)(name.size(), part.size() + 1));
        const bool digits = !part.empty() && part.find_first_not_of("0123456789") == part.npos && part.size() < 3;
        const bool version = digits && !text.empty() && text.back() >= '0' && text.back() <= '9';
        if (!text.empty()) text += version ? "." : "-";
        text += part;
    }
    return text;
}

/// Returns a builder of torchtune as models are named: "qwen2_5_1_5b_instruct" is "qwen2.5-1.5b".
[[nodiscard]] inline std::string tune_model_name(std::string builder) {
    for (const std::string_view stage : {"_instruct", "_base"})
        if (builder.ends_with(stage)) builder.erase(builder.size() - stage.size());
    for (const value_pair& each : tune_sizes)
        if (builder.starts_with("qwen") && builder.ends_with(each.theirs))
            return dashed_name(builder.substr(0, builder.size() - each.theirs.size())) + "-" + std::string(each.ours);
    return dashed_name(builder);
}

/// Reads the objective of torchtune's recipe. Its PPO takes optimizer steps of ppo_batch_size samples, and its longest
/// prompt is the tokenizer's length.
inline void read_tune_objective(request& r) {
    for (const std::string_view fact : {"tune.recipe", "config.file"})
        for (const value_pair& each : tune_objectives)
            if (r.known.text(fact).find(each.theirs) != std::string::npos)
                derive(r, "objective", std::string(each.ours));
    if (const std::string teacher = r.known.text("tune.teacher"); !teacher.empty())
        derive(r, "frozen.model", tune_model_name(teacher.substr(teacher.find_last_of('.') + 1)));
    if (r.known.text("objective") != "ppo") return;
    const std::int64_t accumulation = (std::max)(r.known.integer("training.gradient_accumulation", 1), std::int64_t{1});
    const std::int64_t batch = r.known.integer("tune.ppo_batch", 0);
    if (batch > 0) derive(r, "training.micro_batch", std::to_string((std::max)(batch / accumulation, std::int64_t{1})));
    if (r.known.has("training.sequence_length")) derive(r, "rollout.prompt", r.known.text("training.sequence_length"));
}

/// Returns the builder that one of torchtune's own configurations has: "llama3_1/8B_qlora_single_device" has
/// "qlora_llama3_1_8b". Its other settings stay unread, and are said to be.
[[nodiscard]] inline std::string builder_of_configuration(request& r) {
    const std::string name = r.known.text("config.file");
    const std::size_t slash = name.find('/');
    if (slash == name.npos || is_document(name)) return {};
    const std::string_view rest = std::string_view(name).substr(slash + 1);
    std::string size(rest.substr(0, rest.find('_')));
    std::replace(size.begin(), size.end(), '.', '_');
    const bool quantized = rest.find("_qlora") != rest.npos;
    const bool adapted = rest.find("_lora") != rest.npos;
    r.lose("config", name, "the settings of torchtune's own configuration, where the command states none",
           effect::either);
    return (quantized ? "qlora_"
            : adapted ? "lora_"
                      : "") +
           name.substr(0, slash) + "_" + io::detail::in_lower_case(size);
}

/// Reads torchtune's model, adapter and recipe.
inline void prepare_torchtune(request& r) {
    std::string name = r.known.text("tune.model");
    if (name.empty()) name = builder_of_configuration(r);
    name = name.substr(name.find_last_of('.') + 1);
    for (const std::string_view adapter : {"qlora_", "lora_", "dora_"}) {
        if (!name.starts_with(adapter)) continue;
        derive(r, "lora", "true");
        // NF4 of torchao quantizes its scales.
        if (adapter == "qlora_") derive(r, "training.base_weights", "nf4-dq");
        if (adapter == "dora_") derive(r, "lora.dora", "true");
        name.erase(0, adapter.size());
        break;
    }
    if (!name.empty()) derive(r, "model", tune_model_name(name));
    if (r.known.is_true("tune.quantized")) derive(r, "training.base_weights", "nf4-dq");
    read_tune_objective(r);
    if (const fact* listed = r.known.find("lora.targets")) {
        fact all = *listed;
        if (r.known.is_true("lora.mlp")) all.values.insert(all.values.end(), {"gate_proj", "up_proj", "down_proj"});
        if (r.known.is_true("lora.head")) all.values.emplace_back("lm_head");
        r.known.set("lora.targets", all);
    }
    if (r.known.text("tune.recipe").find("distributed") != std::string::npos) derive(r, "layout.sharding", "full");
}

/// Reads litgpt's adapter, its devices and how it divides the weights.
inline void prepare_litgpt(request& r) {
    const std::string mode = r.known.text("litgpt.mode");
    std::string model = r.known.text("model");
    if (model.starts_with("checkpoints/")) derive(r, "model", model.substr(12));
    if (const auto devices = integer_of(r.known.text("litgpt.devices")))
        derive(r, "cards.per_node", std::to_string(*devices));
    if (r.known.text("training.precision") == "bf16") derive(r, "training.optimizer_state", "bf16");
    const bool pretrains = mode == "pretrain";
    if (pretrains) derive(r, "training.compiled", "true");
    const bool several = resolve_cards_quietly(r) > 1;
    // litgpt/finetune/lora.py raises NotImplementedError.
    if (several && r.known.has("training.base_weights"))
        r.refuse(refused_value("quantize", r.known.text("training.base_weights"),
                               "no quantize on several devices, or --devices 1 --num_nodes 1: litgpt trains a "
                               "quantized base on one card alone"));
    if (several) derive(r, "layout.sharding", "full");
    if (several && !pretrains) derive(r, "recompute", "true");
    if (mode != "finetune_lora" && mode != "finetune") return;
    derive(r, "lora", "true");
    fact targets;
    for (const value_pair& each :
         {value_pair{"litgpt.q", "q_proj"}, value_pair{"litgpt.k", "k_proj"}, value_pair{"litgpt.v", "v_proj"},
          value_pair{"litgpt.o", "o_proj"}, value_pair{"litgpt.head", "lm_head"}})
        if (r.known.is_true(each.theirs)) targets.values.emplace_back(each.ours);
    if (r.known.is_true("litgpt.mlp"))
        targets.values.insert(targets.values.end(), {"gate_proj", "up_proj", "down_proj"});
    r.known.set("lora.targets", targets);
}

/// Derives the model from torchtitan's name and size of it.
inline void derive_titan_model(request& r) {
    const std::string name = r.known.text("titan.name");
    const std::string flavor = r.known.text("titan.flavor");
    std::string_view id;
    for (const io::detail::titan_model& each : io::detail::titan_models)
        if (each.name == name && each.flavor == flavor) id = each.id;
    if (!id.empty()) derive(r, "model", std::string(id));
    if (id.empty() && !r.known.has("model") && !name.empty()) derive(r, "model", name + "-" + flavor);
}

/// Derives the shards from torchtitan's degrees; -1 is what the others leave.
inline void derive_titan_shards(request& r) {
    if (r.known.integer("batch.global", -1) < 0) r.known.erase("batch.global");
    const std::int64_t copies = r.known.integer("data.replicate", 1);
    // Context-parallel ranks shard too (torchtitan/distributed/parallel_dims.py: fsdp_enabled).
    const bool sharded = r.known.integer("data.shard", -1) != 1 || r.known.integer("layout.context", 1) > 1;
    if (sharded) derive(r, "layout.sharding", "full");
    if (r.known.integer("data.shard", -1) < 0) r.known.erase("data.shard");
    if (sharded && copies > 1 && !r.known.has("data.shard")) {
        const std::int64_t cards = resolve_cards_quietly(r);
        const std::int64_t group = cards / bounded_product({copies, r.known.integer("layout.tensor", 1),
                                                            r.known.integer("layout.pipeline", 1)});
        derive(r, "layout.sharding_group", std::to_string(group));
    }
}

/// Derives whether gathered weights are kept: by default they are where a pipeline runs several micro-batches
/// (torchtitan/config/job_config.py).
inline void derive_titan_reshard(request& r) {
    const std::string reshard = r.known.text("titan.reshard");
    const bool pipeline = r.known.integer("layout.pipeline", 1) > 1;
    const bool keeps = reshard == "never" || (reshard != "always" && pipeline);
    if (keeps && r.known.text("layout.sharding") == "full") derive(r, "layout.sharding", "gradients");
}

/// Returns the stages of a rank under an interleaved schedule: as many as the layers of each make, else two.
[[nodiscard]] inline std::int64_t titan_virtual_stages(const request& r, std::int64_t pipeline) {
    constexpr std::int64_t usual = 2;
    const std::int64_t each = r.known.integer("titan.stage_layers", 0);
    const named_model model = model_named(r.known.text("model"), r.options.place);
    const transformer* decoder = decoder_of(model);
    if (each <= 0 || !decoder) return usual;
    const std::int64_t layers =
        decoder->layers + r.known.integer("titan.first_less", 1) + r.known.integer("titan.last_less", 1);
    return (std::max)((layers + each - 1) / each / pipeline, std::int64_t{1});
}

/// Derives the pipeline's schedule and micro-batches: the local batch is cut into micro-batches of one sequence unless
/// the file says otherwise.
inline void derive_titan_pipeline(request& r) {
    const std::int64_t pipeline = r.known.integer("layout.pipeline", 1);
    if (pipeline <= 1) return;
    const std::string schedule = r.known.text("titan.schedule");
    if (schedule == "interleaved")
        derive(r, "layout.virtual_stages", std::to_string(titan_virtual_stages(r, pipeline)));
    else if (schedule == "gpipe")
        derive(r, "layout.schedule", schedule);
    const std::int64_t local = r.known.integer("training.micro_batch", 1);
    const std::int64_t each = (std::max)(r.known.integer("titan.pipeline_batch", 1), std::int64_t{1});
    if (local % each != 0)
        return r.refuse(refused_value("parallelism.pipeline_parallel_microbatch_size", each,
                                      "a divisor of training.local_batch_size (" + std::to_string(local) + ")"));
    derive(r, "training.micro_batch", std::to_string(each));
    if (!r.known.has("batch.global")) derive(r, "training.gradient_accumulation", std::to_string(local / each));
}

/// Says that the loss is not compiled where only the model is.
inline void read_titan_compiled(request& r) {
    const fact* parts = r.known.find("titan.compiled");
    if (!parts || !r.known.is_true("training.compiled")) return;
    if (std::find(parts->values.begin(), parts->values.end(), "loss") == parts->values.end())
        r.lose("compile.components", setting{.values = parts->values}.text(), "a loss that is not compiled",
               effect::more_memory);
}

/// Reads torchtitan's model, number formats and shards.
inline void prepare_torchtitan(request& r) {
    derive_titan_model(r);
    read_titan_compiled(r);
    const std::string converters =
        r.known.has("titan.converters") ? setting{.values = r.known.find("titan.converters")->values}.text() : "";
    const std::string stored = r.known.text("titan.dtype");
    const bool half = stored == "bfloat16";
    const bool mixed = r.known.text("dtype") == "bfloat16";
    derive(r, "training.precision",
           half                                           ? "bf16"
           : converters.find("float8") != converters.npos ? "fp8-mixed"
           : converters.find("mx") != converters.npos     ? "mxfp8-mixed"
           : converters.find("nvfp4") != converters.npos  ? "nvfp4-mixed"
           : mixed                                        ? "bf16-mixed"
                                                          : "fp32");
    if (half) derive(r, "training.optimizer_state", "bf16");
    const std::string option = r.known.text("titan.option");
    if (r.known.text("training.recompute") == "selective" && option != "op")
        r.lose("selective_ac_option", option, "recompute of every " + option + "th layer as a whole", effect::either);
    derive_titan_shards(r);
    derive_titan_reshard(r);
    derive_titan_pipeline(r);
}

/// Sets the facts of a configuration that torchtitan has.
inline void set_titan_config(request& r, const titan_config& known) {
    const auto set = [&](std::string_view fact, std::string value) {
        r.known.set(fact, std::move(value), std::string(known.name), rank::file);
    };
    derive(r, "titan.name", std::string(known.module));
    set("titan.flavor", std::string(known.flavor));
    set("titan.tokens", std::to_string(known.tokens));
    set("training.sequence_length", std::to_string(known.context));
    set("training.recompute", std::string(known.recompute));
    if (known.tensor > 1) set("layout.tensor", std::to_string(known.tensor));
    if (known.expert > 1) set("layout.expert", std::to_string(known.expert));
    if (!known.converter.empty()) set("titan.converters", std::string(known.converter));
    if (known.compiled) set("training.compiled", "true");
}

/// Reads a configuration that the command's own module has. Returns false if there is none beside the command.
[[nodiscard]] inline bool read_titan_function(request& r) {
    std::string text;
    const std::string_view body = titan_function(r, text);
    if (body.empty()) return false;
    const std::string from = r.known.text("titan.config");
    // SelectiveAC is the default of Trainer.Config (torchtitan/trainer.py).
    r.known.set("training.recompute", "selective", from, rank::tool_default);
    for (const titan_config& each : titan_configs)
        if (body.find("= " + std::string(each.name) + "()") != body.npos) set_titan_config(r, each);
    read_titan_model(r, text, body, from);
    for (const python_argument& each : arguments_of_call(body, "Trainer.Config"))
        read_titan_keyword(r, body, each, from);
    read_titan_changes(r, body, from);
    return true;
}

/// Sets the facts of the configuration that a command names. Refuses another name, unless the person names the model.
inline void read_titan_config(request& r) {
    if (read_titan_function(r)) return;
    const std::string name = r.known.text("titan.config");
    std::string names;
    for (const titan_config& each : titan_configs) {
        if (each.name == name) return set_titan_config(r, each);
        names += std::string(each.name) + ", ";
    }
    if (r.options.model.is_null())
        r.refuse(
            refused_value("--config", name,
                          names + "a function of a module beside the command, or --model with the settings as flags"));
}

/// Reads torchtitan's configuration by name, and its batches, which it states in tokens.
inline void prepare_torchtitan_python(request& r) {
    constexpr std::int64_t usual_tokens = 16'384;
    constexpr std::int64_t usual_context = 2048;
    read_titan_config(r);
    // gpt-oss has no row among the models that launch writes.
    if (r.known.text("titan.name") == "gpt_oss") derive(r, "model", "gpt-oss-" + r.known.text("titan.flavor"));
    const std::int64_t context = r.known.integer("training.sequence_length", usual_context);
    const std::int64_t tokens = r.known.integer("titan.tokens", usual_tokens);
    if (context < 1 || tokens % context != 0)
        r.refuse(refused_value("training.num_tokens_per_microbatch_per_dp_rank", tokens,
                               "a multiple of max_context_length, " + std::to_string(context)));
    else
        derive(r, "training.micro_batch", std::to_string(tokens / context));
    derive(r, "training.sequence_length", std::to_string(context));
    const std::int64_t step = r.known.integer("titan.step_tokens", -1);
    if (step > 0 && context > 0) derive(r, "batch.global", std::to_string(step / context));
    // The tokens are those of one micro-batch, also of a pipeline's.
    derive(r, "titan.pipeline_batch", r.known.text("training.micro_batch"));
    prepare_torchtitan(r);
    const std::int64_t batches = r.known.integer("titan.pipeline_batches", 1);
    if (r.known.integer("layout.pipeline", 1) > 1 && step <= 0)
        derive(r, "training.gradient_accumulation", std::to_string(batches));
}

/// Reads AutoModel's packed rows, its adapter and the type of its weights: FSDP2 computes in bf16 where they are fp32.
inline void prepare_automodel(request& r) {
    if (r.known.integer("automodel.packed", 0) > 0)
        derive(r, "training.sequence_length", r.known.text("automodel.packed"));
    if (r.known.has("automodel.batch") && !r.known.is_stated("training.micro_batch"))
        derive(r, "training.micro_batch", r.known.text("automodel.batch"));
    const bool adapter = r.known.has("automodel.peft") || r.known.has("training.adapter.rank");
    if (adapter) derive(r, "lora", "true");
    if (r.known.text("dtype") == "float32") derive(r, "training.precision", "bf16-mixed");
    for (const std::string_view size : {"layout.tensor", "layout.pipeline", "layout.context", "layout.expert"})
        if (r.known.has(size) && !integer_of(r.known.text(size))) r.known.erase(size);
    if (resolve_cards_quietly(r) <= 1) r.known.erase("layout.sequence_parallel");
    // The schedule of a pipeline of one stage changes nothing.
    if (r.known.integer("layout.pipeline", 1) <= 1)
        std::erase_if(r.accounts.lost,
                      [](const accounted& each) { return each.written.starts_with("distributed.pipeline."); });
}

/// Reads LLaMA-Factory's and ms-swift's switches of optimizers, of which those that project have a rank (LLaMA-Factory:
/// 16 by default).
inline void prepare_llama_factory(request& r) {
    static constexpr value_pair optimizers[]{{"factory.galore", "galore"},
                                             {"factory.apollo", "apollo"},
                                             {"factory.adam_mini", "adam-mini"},
                                             {"factory.muon", "muon"}};
    // pure_bf16 computes in bf16 without --bf16.
    const bool stated = r.known.is_true("bf16") || r.known.is_true("fp16");
    if (r.known.is_true("pure") && !stated) derive(r, "bf16", "true");
    for (const value_pair& each : optimizers)
        if (r.known.is_true(each.theirs)) derive(r, "training.optimizer", std::string(each.ours));
    const bool projects = r.known.is_true("factory.galore") || r.known.is_true("factory.apollo");
    constexpr std::int64_t usual_rank = 16;
    const bool states = r.known.has("factory.rank") || r.program->name == "llama-factory";
    if (projects && states)
        derive(r, "training.optimizer_rank", std::to_string(r.known.integer("factory.rank", usual_rank)));
}

/// Derives the stages of a model that one process of ms-swift spreads over the visible cards (device_map auto): without
/// NPROC_PER_NODE it starts no launcher.
inline void divide_layers_of_one_process(request& r) {
    const std::int64_t cards = r.known.has("cards.visible") ? devices_in(r.known.text("cards.visible")) : 0;
    const bool launched = r.known.has("cards.processes_each") || r.known.has("cards.nodes");
    const bool divided = r.known.has("deepspeed.file") || r.known.has("fsdp");
    if (cards <= 1 || launched || divided || r.known.has("layout.pipeline")) return;
    derive(r, "layout.pipeline", std::to_string(cards));
    r.note("one process spreads the layers over " + std::to_string(cards) + " cards: read as a pipeline");
    r.lose("device_map", "auto", "the cards work one after another on one micro-batch, where a pipeline holds several",
           effect::less_memory);
}

/// Reads the length of Megatron-SWIFT and ms-swift, which is that of a prompt where samples are generated
/// (docs/source_en/Instruction/Command-line-parameters.md).
inline void prepare_megatron_swift(request& r) {
    const std::string objective = r.known.text("objective");
    const bool generates = objective == "grpo" || objective == "ppo" || objective == "gkd";
    if (generates && r.known.has("training.sequence_length") && !r.known.has("rollout.prompt"))
        derive(r, "rollout.prompt", r.known.text("training.sequence_length"));
    prepare_llama_factory(r);
}

/// Reads ms-swift's length, and the cards of its one process.
inline void prepare_swift(request& r) {
    divide_layers_of_one_process(r);
    prepare_megatron_swift(r);
}

/// Says that the experts of a base on few bits stay wide: bitsandbytes does not quantize them since transformers 5
/// holds them as one tensor, unless quantize_moe_experts is on (axolotl's docs/expert_quantization.qmd, 2026).
inline void lose_wide_experts(request& r) {
    constexpr int one_tensor_since = 202512;
    const bool few = r.known.is_true("bits4") || r.known.is_true("bits8");
    if (!few || r.known.is_true("axolotl.bits_of_experts") || r.month < one_tensor_since) return;
    const named_model model = model_named(r.known.text("model"), r.options.place);
    const transformer* decoder = decoder_of(model);
    if (decoder && decoder->experts.count > 0)
        r.lose("quantize_moe_experts", "false", "experts in 16 bits beside a quantized base", effect::more_memory);
}

/// Reads the switches of LLaVA's and FastChat's scripts: the first adapts every linear layer of the language model, and
/// the second its queries and values.
inline void prepare_transformers(request& r) {
    if (r.known.has("lora.enabled")) {
        derive(r, "lora", r.known.is_true("lora.enabled") ? "true" : "false");
        if (!r.known.has("lora.targets")) derive(r, "lora.all_linear", "true");
    }
    if (!r.known.has("lora.quantized")) return;
    derive(r, "lora", "true");
    if (r.known.is_true("lora.quantized")) derive(r, "bits4", "true");
}

/// Reads NeMo's adapter, whose modules are the projections of queries, keys and values by default, and the dropout of
/// its fine-tuning, which is 0 (conf/megatron_gpt_finetuning_config.yaml).
inline void prepare_nemo(request& r) {
    const bool tunes = r.known.is_true("nemo.tunes");
    for (const std::string_view fact : {"gpt.dropout", "gpt.attention_dropout"})
        if (tunes && !r.known.is_stated(fact)) derive(r, fact, "0");
    if (tunes)
        std::erase_if(r.accounts.defaults,
                      [](const accounted& each) { return each.written.find("dropout") != std::string::npos; });
    const std::string scheme = r.known.text("nemo.peft");
    if (scheme.empty() || scheme == "none" || scheme == "null") return;
    if (scheme != "lora") return r.lose("peft_scheme", scheme, "another adapter than LoRA", effect::either);
    derive(r, "lora", "true");
    if (!r.known.has("training.adapter.rank")) derive(r, "training.adapter.rank", "32");
    if (!r.known.has("lora.targets")) derive(r, "lora.targets", "attention_qkv");
}

/// Derives nanochat's width, heads and accumulation. Since 2026 its models have embeddings of values beside, and its
/// step's batch follows from a scaling law where nobody states it.
inline void prepare_nanochat(request& r) {
    constexpr int embeddings_of_values_since = 202601;
    const std::int64_t head = (std::max)(r.known.integer("nanochat.head", 128), std::int64_t{1});
    const std::int64_t width =
        bounded_product({r.known.integer("gpt.layers", 20), r.known.integer("nanochat.aspect", 64)});
    const std::int64_t heads = (width + head - 1) / head;
    derive(r, "gpt.hidden", std::to_string(bounded_product({heads, head})));
    derive(r, "gpt.heads", std::to_string(heads));
    const std::int64_t length = (std::max)(r.known.integer("training.sequence_length", 2048), std::int64_t{1});
    const std::int64_t tokens = r.known.integer("nanochat.tokens", 0);
    if (tokens > 0) derive(r, "batch.global", std::to_string(tokens / length));
    if (r.month >= embeddings_of_values_since)
        r.lose("value_embeds", "on", "embeddings of values beside those of words", effect::more_memory);
}

/// Returns the numbers of tokens that a setting of llama-bench lists. Refuses its ranges, such as 512-4096*2.
[[nodiscard]] inline std::vector<std::int64_t> bench_tokens(request& r, std::string_view name) {
    std::vector<std::int64_t> all{0};
    const fact* listed = r.known.find(name);
    for (std::size_t i = 0; listed && i < listed->values.size(); ++i) {
        all.push_back(integer_of(listed->values[i]).value_or(-1));
        if (all.back() < 0)
            r.refuse(refused_value(listed->written, listed->values[i], "whole numbers, with commas between"));
    }
    return all;
}

/// Derives the length of llama-bench's longest test: a prompt, tokens that follow none, or both of a pair, behind what
/// the cache holds (tools/llama-bench/README.md).
inline void prepare_llama_bench(request& r) {
    const auto largest = [&r](std::string_view name) {
        const std::vector<std::int64_t> tokens = bench_tokens(r, name);
        return *std::max_element(tokens.begin(), tokens.end());
    };
    const std::int64_t depth = largest("bench.depth");
    std::int64_t longest = (std::max)(largest("bench.prompt"), largest("bench.generate"));
    std::int64_t prompt = 0;
    const std::vector<std::int64_t> pairs = bench_tokens(r, "bench.both");
    for (std::size_t i = 1; i + 1 < pairs.size(); i += 2) {
        const std::int64_t both = pairs[i] + pairs[i + 1];
        if (both <= longest) continue;
        longest = both;
        prompt = pairs[i];
    }
    derive(r, "length", std::to_string(depth + longest));
    if (prompt > 0) derive(r, "length.input", std::to_string(depth + prompt));
}

/// Reads axolotl's plugins, and its settings of Liger's kernels: each kernel has one of its own, and no switch is for
/// all of them (integrations/liger/args.py).
inline void prepare_axolotl(request& r) {
    if (r.known.is_true("attention.eager")) derive(r, "training.attention", "eager");
    // float16 loads the model in fp16, without autocast (loaders/model.py).
    const bool half = r.known.is_true("axolotl.half") && !r.known.is_true("bf16") && !r.known.is_true("fp16");
    for (const std::string_view fact : {"fp16", "pure"})
        if (half) derive(r, fact, "true");
    if (half) derive(r, "bf16", "false");
    lose_wide_experts(r);
    derive(r, "liger", "true");
    for (const std::string_view kernel : {"liger.loss", "liger.norms", "liger.activations"})
        if (!r.known.has(kernel)) derive(r, kernel, "false");
    // A section fsdp_config turns FSDP on.
    for (const std::string_view setting : {"fsdp.reshard", "fsdp.offload"})
        if (r.known.has(setting)) derive(r, "fsdp.on", "true");
    const fact* plugins = r.known.find("plugins");
    if (!plugins) return;
    for (const std::string& plugin : plugins->values) {
        const bool cuts = plugin.find("CutCrossEntropy") != plugin.npos;
        if (cuts) derive(r, "liger.loss", "true");
        if (!cuts && plugin.find("Liger") == plugin.npos)
            r.lose("plugins", plugin, "what this plugin does", effect::either);
    }
}

}  // namespace detail

}  // namespace cardfit::io::imports
