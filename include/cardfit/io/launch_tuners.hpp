// SPDX-License-Identifier: MIT
#pragma once

// Fine-tuning by axolotl (src/axolotl/utils/schemas at 067b021c, July 2026) and LLaMA-Factory (src/llamafactory/hparams
// at ff6d4d12, August 2026): their YAML files, by the tables that import reads them with.

#include <cardfit/io/import/tools/axolotl.hpp>
#include <cardfit/io/import/tools/llama_factory.hpp>
#include <cardfit/io/launch_accelerate.hpp>
#include <cardfit/io/launch_deepspeed.hpp>
#include <cardfit/io/launch_settings.hpp>

#include <algorithm>

namespace cardfit::io::detail {

/// The keys that the files express.
inline constexpr std::string_view own_tuner_keys[]{
    "training.offload_device", "training.fused_kernels", "layout.tensor", "layout.context", "layout.sharding_group",
};
inline constexpr auto tuner_keys = with_own_keys(script_keys, own_tuner_keys);
static_assert(are_keys(tuner_keys));

/// LLaMA-Factory's file trains some of the layers, too.
inline constexpr std::string_view own_llama_factory_keys[]{
    "training.trained_layers",
    "training.trained_layer_choice",
    "training.trained_ends",
};
inline constexpr auto llama_factory_keys = with_own_keys(tuner_keys, own_llama_factory_keys);
static_assert(are_keys(llama_factory_keys));

inline constexpr unexpressed_key tuner_reasons[]{
    {"layout.pipeline", "has no pipelines"},
    {"training.dropout", "leaves dropout to the model's config.json"},
    {"training.adapter.kbit_preparation", "prepares a quantized base as its framework's row says"},
};

/// A tool that fine-tunes by a file of settings.
struct tuner {
    settings_target target{};
    /// The names of the settings whose values are Trainer's own words.
    std::string_view optimizer{};
    std::string_view targets{};
    /// Targets are one text with commas between, not a list.
    bool targets_are_text = false;
};

inline constexpr phrase axolotl_phrases[]{
    {"training.attention", "flash", "attn_implementation=sdpa"},
    {"training.attention", "eager", "attn_implementation=eager"},
    {"liger", "none", ""},
    {"liger", "loss", "plugins=axolotl.integrations.liger.LigerPlugin liger_fused_linear_cross_entropy=true"},
    {"liger", "norms", "plugins=axolotl.integrations.liger.LigerPlugin liger_rms_norm=true"},
    {"liger", "activations", "plugins=axolotl.integrations.liger.LigerPlugin liger_glu_activation=true"},
    {"liger", "all",
     "plugins=axolotl.integrations.liger.LigerPlugin liger_rms_norm=true liger_glu_activation=true liger_rope=true"},
    {"liger", "loss and norms",
     "plugins=axolotl.integrations.liger.LigerPlugin liger_fused_linear_cross_entropy=true liger_rms_norm=true"},
    {"liger", "loss and activations",
     "plugins=axolotl.integrations.liger.LigerPlugin liger_fused_linear_cross_entropy=true liger_glu_activation=true"},
    {"liger", "loss and all",
     "plugins=axolotl.integrations.liger.LigerPlugin liger_fused_linear_cross_entropy=true liger_rms_norm=true "
     "liger_glu_activation=true liger_rope=true"},
    {"fsdp", "full",
     "fsdp_version=2 fsdp_config.auto_wrap_policy=TRANSFORMER_BASED_WRAP "
     "fsdp_config.state_dict_type=SHARDED_STATE_DICT "
     "fsdp_config.reshard_after_forward=true"},
};
inline constexpr tuner axolotl_tuner{
    .target = {.of = &imports::axolotl_tool,
               .names =
                   "base_model sequence_len micro_batch_size gradient_accumulation_steps adapter lora_r peft_use_dora "
                   "load_in_4bit load_in_8bit bf16 fp16 tf32 bfloat16 gradient_checkpointing torch_compile "
                   "tensor_parallel_size context_parallel_size dp_shard_size dp_replicate_size "
                   "fsdp_config.offload_params",
               .phrases = axolotl_phrases},
    .optimizer = "optimizer",
    .targets = "lora_target_modules"};

inline constexpr phrase llama_factory_phrases[]{
    {"liger", "none", ""},
    {"liger", "loss and all", "enable_liger_kernel=true"},
    {"training.attention", "flash", "flash_attn=sdpa"},
    {"training.attention", "eager", "flash_attn=disabled"},
    {"bits4", "false", ""},
    {"bits4", "true", "quantization_bit=4 quantization_method=bnb"},
    {"bits8", "false", ""},
    {"bits8", "true", "quantization_bit=8 quantization_method=bnb"},
    {"fsdp", "full", "fsdp=full_shard,auto_wrap"},
};
inline constexpr tuner llama_factory_tuner{
    .target = {.of = &imports::llama_factory_tool,
               .names = "model_name_or_path finetuning_type lora_rank use_dora double_quantization cutoff_len "
                        "freeze_trainable_layers use_llama_pro "
                        "per_device_train_batch_size gradient_accumulation_steps bf16 fp16 tf32 pure_bf16 "
                        "disable_gradient_checkpointing torch_compile",
               .phrases = llama_factory_phrases},
    .optimizer = "optim",
    .targets = "lora_target",
    .targets_are_text = true};

/// Facts about number formats that a file may state, in the order in which they are tried.
inline constexpr std::string_view stated_precisions[]{
    "bf16=true", "fp16=true", "bf16=true pure=true", "bf16=false", "bf16=false tf32=true",
};

/// Says the precision by the first facts that mean it.
inline void say_precision(setting_writer& w, const launch_request& r, const tuner& by, const imports::sharded& division,
                          const std::string& base) {
    const cardfit::training& t = *r.job.training;
    const std::string_view precision = name_of(precision_names, t.precision);
    const bool follow = states_follow_weights(t.optimizer);
    const bool half = r.optimizer_state() == number_format::bf16;
    for (const std::string_view facts : stated_precisions) {
        bool sayable = true;
        imports::for_each_named(
            facts, [&](std::string_view fact, std::string_view value) { sayable = sayable && w.can_say(fact, value); });
        const imports::formats_of_training means = formats_of_facts(r, *by.target.of, division, base, facts);
        if (!sayable || means.precision != precision || (follow && means.half_states != half)) continue;
        imports::for_each_named(facts, [&](std::string_view fact, std::string_view value) {
            w.say(fact, std::string(value), "", "training.precision");
        });
        return;
    }
    r.require(false, "training.precision", std::string(precision),
              "a precision and training.optimizer_state that the tool's settings make together for this model");
}

/// Says the format of a frozen base.
inline void say_base(setting_writer& w, const launch_request& r, number_format base) {
    const bool four = base == number_format::nf4 || base == number_format::nf4_dq;
    if (states_its_formats(r.job)) return;
    w.say("bits4", four, "false", "training.base_weights");
    if (four) w.say("bits4.double", base == number_format::nf4_dq, "false", "training.base_weights");
    w.say("bits8", base == number_format::int8, "false", "training.base_weights");
    const bool compute = base == row_of(r.job.training->precision).compute || base == number_format::by_default;
    r.require(four || compute || base == number_format::int8, "training.base_weights",
              std::string(block_layout_of(base).name), "the compute type, int8, nf4-dq");
}

/// Says which layers are trained while the others are frozen: LLaMA-Factory's freeze (hparams/finetuning_args.py),
/// which counts the first layers as a negative number. The launchers of other tuners do not express these keys.
inline void say_trained_layers(setting_writer& w, const launch_request& r) {
    const cardfit::training& t = *r.job.training;
    const bool first = t.trained_layer_choice == layer_choice::first;
    r.require(t.adapter.method == adapter_method::none, "training.trained_layers", t.trained_layers,
              "0 beside adapters, which are on all layers");
    r.require(t.trained_layer_choice != layer_choice::sampled, "training.trained_layer_choice", "sampled",
              "last, first, spaced");
    w.say("lora", std::string("freeze"), "", "training.trained_layers");
    w.say("freeze.layers", first ? -t.trained_layers : t.trained_layers, "", "training.trained_layers");
    if (t.trained_layer_choice == layer_choice::spaced)
        w.say("freeze.spaced", true, "false", "training.trained_layer_choice");
    const bool embedding = t.trained_ends == trained_ends::embedding || t.trained_ends == trained_ends::both;
    const bool head = t.trained_ends == trained_ends::head || t.trained_ends == trained_ends::both;
    if (embedding || head)
        w.write("freeze_extra_modules", embedding && head ? "embed_tokens,lm_head" : head ? "lm_head" : "embed_tokens");
}

/// Says what is trained: all weights, some of the layers, or adapters on named modules.
inline void say_adapter(setting_writer& w, const launch_request& r, const tuner& by, const transformer& m) {
    const cardfit::training& t = *r.job.training;
    const bool adapts = t.adapter.method != adapter_method::none;
    if (t.trained_layers > 0 && w.can_say("lora", "freeze")) return say_trained_layers(w, r);
    w.say("lora", adapts, "false", "training.adapter.method");
    if (!adapts) return;
    w.say("training.adapter.rank", t.adapter.rank, "8", "training.adapter.rank");
    if (t.adapter.method == adapter_method::dora) w.say("lora.dora", true, "false", "training.adapter.method");
    nlohmann::ordered_json modules = nlohmann::ordered_json::array();
    std::string text;
    for (const std::string_view module : modules_of_adapter(r, m)) {
        modules.push_back(module);
        text += (text.empty() ? "" : ",") + std::string(module);
    }
    w.write(by.targets, by.targets_are_text ? nlohmann::ordered_json(text) : modules);
    const bool dropout = cardfit::detail::is_on(t.adapter.dropout, row_of(t.framework).memory.adapters.dropout);
    w.write("lora_dropout", dropout ? 0.05 : 0.0);
    say_base(w, r, t.base_weights);
}

/// Says how weights are shared out: by FSDP in the file, or by a file of DeepSpeed's. Returns what import makes of it.
[[nodiscard]] inline imports::sharded say_sharding(setting_writer& w, const launch_request& r) {
    const cardfit::layout& l = r.layout;
    const std::string_view kind = accelerate_kind(r);
    refuse_for_accelerate(r, *r.job.training, kind);
    imports::sharded division{.by_fsdp = kind == "FSDP", .by_deepspeed = kind == "DEEPSPEED"};
    w.say("layout.tensor", l.tensor, "1", "layout.tensor");
    w.say("layout.context", l.context, "1", "layout.context");
    if (division.by_deepspeed) w.write("deepspeed", "ds_config.json");
    if (!division.by_fsdp) return division;
    w.say("fsdp", std::string("full"), "", "layout.sharding");
    if (r.job.training->offload == offload::full) w.say("fsdp.offload", true, "false", "training.offload");
    const bool meshes = l.tensor > 1 || l.context > 1 || l.sharding_group != l.data * l.context;
    if (!meshes) return division;
    r.require(l.context == 1 || l.sharding_group == l.data * l.context, "layout.sharding_group", l.sharding_group,
              "data x context with context parallelism");
    const int shard = (std::max)(l.sharding_group / l.context, 1);
    w.say("data.shard", shard, "1", "layout.sharding_group");
    w.say("data.replicate", l.data / shard, "1", "layout.sharding_group");
    return division;
}

/// Returns DeepSpeed's file for a Trainer, which fills in what is "auto".
[[nodiscard]] inline std::string trainers_deepspeed_file(const launch_request& r) {
    const nlohmann::ordered_json automatic = {{"enabled", "auto"}};
    const nlohmann::ordered_json document = {{"train_batch_size", "auto"},
                                             {"train_micro_batch_size_per_gpu", "auto"},
                                             {"gradient_accumulation_steps", "auto"},
                                             {"gradient_clipping", "auto"},
                                             {"bf16", automatic},
                                             {"fp16", automatic},
                                             {"zero_optimization", zero_section(r)},
                                             {"zero_allow_untested_optimizer", true}};
    return document.dump(2) + "\n";
}

/// Returns the kernels of Liger's that run beside a loss: those that the job says, or that its framework brings. A
/// framework whose row has none (DeepSpeed) is told nothing of them.
[[nodiscard]] inline fused_kernels kernels_of(const cardfit::training& t, cardfit::loss loss) {
    if (t.fused_kernels != fused_kernels::by_default) return t.fused_kernels;
    const framework_memory& row = row_of(t.framework).memory;
    const bool brought = row.fused_loss_brings_kernels || !row.has_fused_kernels;
    return loss == loss::fused && brought ? fused_kernels::all : fused_kernels::none;
}

/// Says the loss and the kernels of Liger's beside it, which a tool may have one setting for.
inline void say_kernels(setting_writer& w, const launch_request& r, cardfit::loss loss) {
    const fused_kernels kernels = kernels_of(*r.job.training, loss);
    const auto together = [&](std::string_view word) {
        if (loss != loss::fused) return std::string(word);
        return word == "none" ? std::string("loss") : "loss and " + std::string(word);
    };
    const std::string word(name_of(fused_kernels_names, kernels));
    if (together(word) == "none" || w.can_say("liger", together(word)))
        return w.say("liger", together(word), "none", "training.fused_kernels");
    std::string accepted;
    for (const auto& each : fused_kernels_names)
        if (!each.alias && w.can_say("liger", together(each.name)))
            accepted += (accepted.empty() ? "" : ", ") + std::string(each.name);
    r.require(false, "training.fused_kernels", word,
              accepted + " beside training.loss " + std::string(name_of(loss_names, loss)));
}

/// Says everything of a training that the tools share. Returns true if DeepSpeed has a file of its own.
[[nodiscard]] inline bool say_training(setting_writer& w, const launch_request& r, const tuner& by,
                                       const transformer& m) {
    const cardfit::training& t = *r.job.training;
    w.say("model", hub_model(r), "", "model");
    w.say("training.sequence_length", t.sequence_length, "", "training.sequence_length");
    w.say("training.micro_batch", t.micro_batch, "", "training.micro_batch");
    w.say("training.gradient_accumulation", t.gradient_accumulation, "1", "training.gradient_accumulation");
    say_adapter(w, r, by, m);
    const imports::sharded division = say_sharding(w, r);
    const bool adapts = t.adapter.method != adapter_method::none;
    const bool quantized = adapts && is_quantized(t.base_weights);
    say_precision(w, r, by, division, quantized ? std::string(name_of(format_names, t.base_weights)) : std::string());
    if (const auto* o = launch_row(r, trainer_optimizers, t.optimizer, "training.optimizer", optimizer_names))
        w.write(by.optimizer, std::string(o->trainer));
    w.say("recompute", t.recompute == recompute::full, "false", "training.recompute");
    w.say("training.attention", std::string(name_of(attention_names, t.attention)), "flash", "training.attention");
    const cardfit::loss loss = r.loss();
    r.require(loss == loss::full || loss == loss::fused, "training.loss", std::string(name_of(loss_names, loss)),
              "full, fused");
    say_kernels(w, r, loss);
    w.say("training.compiled", t.compiled, "false", "training.compiled");
    if (t.offload == offload::activations)
        w.say("training.offload", std::string("activations"), "none", "training.offload");
    return division.by_deepspeed;
}

inline constexpr std::string_view tuner_note =
    "the dataset, the learning rate and the number of epochs stand for what the job does not say";

/// Returns the plan: axolotl.yaml and torchrun. Rows are padded to the whole length.
[[nodiscard]] inline launch_plan launch_axolotl(const launch_request& r) {
    const transformer* m = launch_transformer(r);
    if (!m) return {};
    setting_writer w(r, axolotl_tuner.target, r.job.training->software_date);
    const bool zero = say_training(w, r, axolotl_tuner, *m);
    w.write("datasets", nlohmann::ordered_json::parse(R"([{"path": "tatsu-lab/alpaca", "type": "alpaca"}])"));
    w.write("pad_to_sequence_len", true);
    w.write("output_dir", "./outputs");
    w.write("learning_rate", 2e-5);
    w.write("num_epochs", 1);
    launch_plan plan{.notes = {std::string(tuner_note)}, .by_deepspeed = zero};
    flag_list f = torchrun(r);
    f.add("-m").add("axolotl.cli.train").add("axolotl.yaml");
    plan.command = std::move(f).words();
    if (zero) plan.files.push_back({"ds_config.json", trainers_deepspeed_file(r)});
    plan.files.push_back({"axolotl.yaml", yaml_text(settings_document(w.settings()))});
    return plan;
}

/// Returns the plan: llama_factory.yaml and llamafactory-cli train, which starts torchrun itself.
[[nodiscard]] inline launch_plan launch_llama_factory(const launch_request& r) {
    const transformer* m = launch_transformer(r);
    if (!m) return {};
    setting_writer w(r, llama_factory_tuner.target, r.job.training->software_date);
    w.write("stage", "sft");
    w.write("do_train", true);
    const bool zero = say_training(w, r, llama_factory_tuner, *m);
    w.write("dataset", "alpaca_en_demo");
    w.write("packing", true);
    w.write("output_dir", "./outputs");
    w.write("learning_rate", 2e-5);
    launch_plan plan{.notes = {std::string(tuner_note)}, .by_deepspeed = zero};
    flag_list f({"env", "FORCE_TORCHRUN=1"});
    f.add("NPROC_PER_NODE=" + std::to_string(r.per_node));
    if (r.nodes > 1) {
        f.add("NNODES=" + std::to_string(r.nodes)).add_word(expanded("NODE_RANK=$NODE_RANK"));
        f.add_word(expanded("MASTER_ADDR=$MASTER_ADDR")).add("MASTER_PORT=29500");
    }
    f.add("llamafactory-cli").add("train").add("llama_factory.yaml");
    plan.command = std::move(f).words();
    if (zero) plan.files.push_back({"ds_config.json", trainers_deepspeed_file(r)});
    plan.files.push_back({"llama_factory.yaml", yaml_text(settings_document(w.settings()))});
    return plan;
}

}  // namespace cardfit::io::detail
