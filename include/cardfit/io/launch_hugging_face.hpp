// SPDX-License-Identifier: MIT
#pragma once

// DeepSpeed's JSON and Accelerate's YAML, both around the same script: TRL's supervised fine-tuning
// (python -m trl.scripts.sft), whose arguments are those of transformers' Trainer and of TRL's ModelConfig and
// SFTConfig. Accelerate: FSDP2 with its parallelism config, or the DeepSpeed plugin for ZeRO-1 and ZeRO-2.

#include <cardfit/frameworks/trl.hpp>
#include <cardfit/io/import/lower_training.hpp>
#include <cardfit/io/import/tools/hugging_face.hpp>
#include <cardfit/io/launch_models.hpp>
#include <cardfit/io/launch_settings.hpp>
#include <cardfit/job/memory_rules.hpp>

#include <algorithm>

namespace cardfit::io::detail {

/// The keys that the script's flags express under every launcher that starts it.
inline constexpr std::string_view own_script_keys[]{
    "training.attention",       "training.compiled",        "training.adapter.method", "training.adapter.rank",
    "training.adapter.targets", "training.adapter.dropout", "training.base_weights",
};
inline constexpr auto script_keys = with_own_keys(training_keys, own_script_keys);
static_assert(are_keys(script_keys));

/// Trainer's `--optim`, and DeepSpeed's own optimizer where its file names one. `untested`: ZeRO runs the optimizer
/// only with zero_allow_untested_optimizer.
struct trainer_optimizer {
    cardfit::optimizer key;
    std::string_view trainer;
    std::string_view deepspeed = "";
    bool untested = false;
    /// True where the optimizer states have a format of their own; the others' take that of the weights.
    bool own_states = false;
};
// Without weight decay, which is Trainer's default, Adam and AdamW are one.
inline constexpr trainer_optimizer trainer_optimizers[]{
    {optimizer::adam, "adamw_torch_fused", "Adam"},
    {optimizer::adamw, "adamw_torch_fused", "AdamW"},
    {optimizer::sgd, "sgd", "", true},
    {optimizer::adamw_8bit, "adamw_8bit", "", true, true},
    {optimizer::adamw_4bit, "adamw_torch_4bit", "", true, true},
    {optimizer::adafactor, "adafactor", "", true, true},
    {optimizer::lion, "lion_32bit", "Lion", false, true},
    {optimizer::lion_8bit, "lion_8bit", "", true, true},
    {optimizer::schedule_free_adamw, "schedule_free_adamw", "", true},
    {optimizer::paged_adamw, "paged_adamw_32bit", "", true, true},
    {optimizer::paged_adamw_8bit, "paged_adamw_8bit", "", true, true},
};

/// Returns the row of an optimizer that has states; null for one without, and for one that Trainer lacks.
[[nodiscard]] constexpr const trainer_optimizer* trainer_row_with_states(cardfit::optimizer key) {
    for (const trainer_optimizer& o : trainer_optimizers)
        if (o.key == key && row_of(key).memory.matrix_states > 0) return &o;
    return nullptr;
}

/// A precision as the format in which the script loads weights, as Accelerate's mixed precision, and as Trainer's
/// flags.
struct trainer_precision {
    cardfit::precision key;
    std::string_view dtype;
    std::string_view mixed;
    std::string_view flags;
    /// Where DeepSpeed holds the weights, Trainer's flag must say what DeepSpeed's file says.
    std::string_view deepspeed_flags = flags;
    /// No flag says it: Trainer takes it from accelerate's file, if it has none of its own (training_args.py).
    bool by_accelerate = false;
};
inline constexpr trainer_precision trainer_precisions[]{
    {precision::fp32, "float32", "no", "--bf16 False"},
    {precision::tf32, "float32", "no", "--bf16 False --tf32 True"},
    {precision::bf16_mixed, "float32", "bf16", "--bf16 True"},
    {precision::fp16_mixed, "float32", "fp16", "--bf16 False --fp16 True"},
    {precision::bf16, "bfloat16", "no", "--bf16 False", "--bf16 True"},
    {precision::fp8_mixed, "float32", "fp8", "--bf16 False", "", true},
};

/// A frozen base's format as ModelConfig's flags; the compute type needs none.
inline constexpr flag_row<number_format> base_formats[]{
    {number_format::by_default, ""},
    {number_format::int8, "--load_in_8bit True"},
    {number_format::nf4, "--load_in_4bit True --bnb_4bit_quant_type nf4"},
    {number_format::nf4_dq, "--load_in_4bit True --bnb_4bit_quant_type nf4 --use_bnb_nested_quant True"},
};
/// A matrix of a family's models at the hub, by the name of its module, and the targets that it holds together. Names:
/// transformers/models/{llama,gpt2,gpt_neox,falcon,phi3}/modeling_*.py.
struct target_module {
    /// Zoo models, with spaces between; a star stands for any ending.
    std::string_view models;
    target_set holds;
    std::string_view module;
};
inline constexpr target_module fused_modules[]{
    {"gpt2*", targets(target::query, target::key, target::value), "c_attn"},
    {"gpt2*", targets(target::output, target::down), "c_proj"},
    {"gpt2*", targets(target::up), "c_fc"},
    {"pythia* falcon-7b falcon-40b", targets(target::query, target::key, target::value), "query_key_value"},
    {"pythia* falcon-7b falcon-40b", targets(target::output), "dense"},
    {"pythia* falcon-7b falcon-40b", targets(target::up), "dense_h_to_4h"},
    {"pythia* falcon-7b falcon-40b", targets(target::down), "dense_4h_to_h"},
    {"phi-3-mini", targets(target::query, target::key, target::value), "qkv_proj"},
    {"phi-3-mini", targets(target::output), "o_proj"},
    {"phi-3-mini", targets(target::gate, target::up), "gate_up_proj"},
    {"phi-3-mini", targets(target::down), "down_proj"},
};
/// Modules of Llama's names, which other dense models with gated feed-forwards have.
inline constexpr target_module plain_modules[]{
    {"*", targets(target::query), "q_proj"},   {"*", targets(target::key), "k_proj"},
    {"*", targets(target::value), "v_proj"},   {"*", targets(target::output), "o_proj"},
    {"*", targets(target::gate), "gate_proj"}, {"*", targets(target::up), "up_proj"},
    {"*", targets(target::down), "down_proj"}, {"*", targets(target::embeddings), "embed_tokens"},
    {"*", targets(target::head), "lm_head"},
};

/// Returns the modules of some rows that hold the targets, each wholly; nothing if a module holds others too, or a
/// target has no module.
[[nodiscard]] inline std::vector<std::string_view> modules_in(std::span<const target_module> rows, std::string_view id,
                                                              target_set wanted) {
    std::vector<std::string_view> modules;
    std::uint32_t held = 0;
    for (const target_module& each : rows) {
        if (!imports::lists(each.models, id) || (each.holds.bits & wanted.bits) != each.holds.bits) continue;
        modules.push_back(each.module);
        held |= each.holds.bits;
    }
    return held == wanted.bits ? modules : std::vector<std::string_view>{};
}

/// Returns the modules that an adapter's targets are in the job's model. Refuses targets that are no modules there.
[[nodiscard]] inline std::vector<std::string_view> modules_of_adapter(const launch_request& r, const transformer& m) {
    const target_set wanted = r.job.training->adapter.targets;
    const std::optional<published_model> known = find_published(r.job.model_name, r.job.model);
    const std::string_view id = known ? known->id : std::string_view();
    const bool fused = std::any_of(std::begin(fused_modules), std::end(fused_modules),
                                   [&](const target_module& each) { return imports::lists(each.models, id); });
    const bool llamas = m.ffn_gated && m.experts.count == 0 && m.latent_attention.kv_rank == 0;
    std::vector<std::string_view> modules;
    if (fused) modules = modules_in(fused_modules, id, wanted);
    if (!fused && llamas) modules = modules_in(plain_modules, id, wanted);
    r.require(!modules.empty(), "training.adapter.targets", "given",
              fused ? "targets that are whole modules of this model: query, key and value are one"
                    : "targets of a dense model with gated feed-forwards, whose modules have Llama's names");
    return modules;
}

inline constexpr flag_row<cardfit::attention> trainer_attentions[]{
    {attention::flash, "sdpa"},
    {attention::eager, "eager"},
    {attention::flex, "flex_attention"},
};
inline constexpr flag_row<cardfit::loss> trainer_losses[]{
    {loss::full, "--loss_type nll"},
    {loss::fused, "--use_liger_kernel True"},
    {loss::chunked, "--loss_type chunked_nll"},
};

inline void add_adapter(const launch_request& r, const transformer& m, flag_list& f) {
    const cardfit::training& t = *r.job.training;
    if (t.adapter.method == adapter_method::none) return;
    const bool dropout = cardfit::detail::is_on(t.adapter.dropout, row_of(t.framework).memory.adapters.dropout);
    f.add_words("--use_peft True").add("--lora_dropout", dropout ? "0.05" : "0.0").add("--lora_r", t.adapter.rank);
    f.add_if(t.adapter.method == adapter_method::dora, "--use_dora", std::string("True"));
    f.add("--lora_target_modules");
    for (const std::string_view module : modules_of_adapter(r, m)) f.add(module);
    // A quantized checkpoint states its own format.
    if (states_its_formats(r.job)) return;
    const number_format base = t.base_weights;
    // FSDP and ZeRO-3 shard one format with the rest (peft's guides for FSDP and for DeepSpeed).
    f.add_if((base == number_format::nf4 || base == number_format::nf4_dq) && r.layout.sharding == sharding::full,
             "--bnb_4bit_quant_storage", row_of(t.precision).compute == number_format::fp16 ? "float16" : "bfloat16");
    const bool compute = base == row_of(t.precision).compute && t.precision != precision::fp32;
    for (const flag_row<number_format>& each : base_formats)
        if (each.key == base) return static_cast<void>(f.add_words(each.flags));
    r.require(compute, "training.base_weights", std::string(block_layout_of(base).name),
              "the compute type, int8, nf4, nf4-dq");
}

/// Returns the number formats that a tool makes of facts, NAME=VALUE with spaces between, as import reads them.
[[nodiscard]] inline imports::formats_of_training formats_of_facts(const launch_request& r, const imports::tool& by,
                                                                   const imports::sharded& division,
                                                                   const std::string& base, std::string_view facts) {
    const cardfit::training& t = *r.job.training;
    const imports::import_options options{};
    imports::request q{.options = options, .program = &by};
    q.month = month_number(t.software_date);
    imports::for_each_named(facts, [&](std::string_view fact, std::string_view value) {
        q.known.set(fact, std::string(value), "", imports::rank::file);
    });
    q.known.set("lora", t.adapter.method == adapter_method::none ? "false" : "true", "", imports::rank::file);
    imports::add_defaults(by, q.month, q.known, q.accounts);
    const std::optional<published_model> known = find_published(r.job.model_name, r.job.model);
    const imports::named_model model{.id = known ? std::string(known->id) : std::string()};
    return imports::training_formats(q, model, division, base);
}

/// Returns true if the states of an optimizer have the format of the weights, and no format of their own.
[[nodiscard]] inline bool states_follow_weights(cardfit::optimizer o) {
    return imports::lists("adamw adam sgd lion paged-adamw", name_of(optimizer_names, o));
}

/// Refuses a precision that the tool does not make of the job's base and adapters: peft keeps adapters over a 16-bit
/// base in fp32. Returns a note where it keeps them in 16 bits and the job in fp32, which takes more; else nothing.
[[nodiscard]] inline std::string precision_note(const launch_request& r, const imports::tool& by,
                                                const imports::sharded& division, std::string_view facts) {
    const cardfit::training& t = *r.job.training;
    const bool quantized = t.adapter.method != adapter_method::none && is_quantized(t.base_weights);
    const std::string base = quantized ? std::string(name_of(format_names, t.base_weights)) : std::string();
    const imports::formats_of_training means = formats_of_facts(r, by, division, base, facts);
    const std::string asked(name_of(precision_names, t.precision));
    if (quantized && means.precision + "-mixed" == asked)
        return std::string(by.name) + " makes training.precision " + means.precision +
               " of these adapters; the estimate, of " + asked + ", counts them in fp32";
    r.require(means.precision == asked, "training.precision", asked,
              means.precision + ", which " + std::string(by.name) + " makes of this base and these adapters");
    const bool half = r.optimizer_state() == number_format::bf16;
    r.require(!states_follow_weights(t.optimizer) || means.half_states == half, "training.optimizer_state",
              std::string(block_layout_of(r.optimizer_state()).name),
              std::string(means.half_states ? "bf16" : "fp32") + ", which " + std::string(by.name) + " makes");
    return {};
}

/// Refuses a base that the estimate widens and TRL's script does not, or the other way.
inline void refuse_preparation(const launch_request& r, const cardfit::training& t) {
    const bool by_key = t.adapter.kbit_preparation != framework_switch::by_default;
    if (t.adapter.method == adapter_method::none || by_key) return;
    const auto widens = [&](const framework_memory& row) {
        return cardfit::detail::widens_base(t, t.base_weights, r.layout, row.adapters);
    };
    r.require(widens(row_of(t.framework).memory) == widens(frameworks::trl.memory), "training.framework",
              std::string(row_of(t.framework).name),
              "trl for a bitsandbytes base: its script has not widened it since December 2025");
}

/// Refuses states in another format than the script keeps them in.
inline void refuse_other_states(const launch_request& r) {
    const cardfit::training& t = *r.job.training;
    const trainer_optimizer* o = trainer_row_with_states(t.optimizer);
    if (o == nullptr) return;
    const bool half = t.precision == precision::bf16 && !o->own_states;
    r.require((r.optimizer_state() == number_format::bf16) == half, "training.optimizer_state",
              std::string(block_layout_of(r.optimizer_state()).name), half ? "bf16, as the weights" : "fp32");
}

inline void refuse_for_trainer(const launch_request& r, const cardfit::training& t) {
    refuse_preparation(r, t);
    const trainer_optimizer* o = trainer_row_with_states(t.optimizer);
    if (o == nullptr) return;
    r.require(!moves_states(t.offload) || r.layout.sharding == sharding::none || !o->deepspeed.empty(),
              "training.offload", std::string(name_of(offload_names, t.offload)),
              "none, activations with this optimizer");
}

inline constexpr std::string_view script_note =
    "the dataset trl-lib/Capybara, the learning rate and the number of steps stand for what the job does not say";

/// What a file beside the script says: how weights are divided, and facts about number formats.
struct script_file {
    imports::sharded division{};
    std::string facts{};
    /// DeepSpeed's own file, which names the optimizer.
    bool is_deepspeeds = false;
};

/// Returns flags with values as facts: "--bf16 True" as "bf16=true".
[[nodiscard]] inline std::string facts_of_flags(std::string_view flags) {
    std::string facts;
    imports::for_each_word(flags, [&](std::string_view word) {
        facts += word.starts_with("--") ? " " + std::string(word.substr(2)) : "=" + in_lower_case(word);
    });
    return facts;
}

/// Adds the script and its arguments, to run with a file beside it. Returns the plan's notes.
[[nodiscard]] inline std::vector<std::string> add_script(const launch_request& r, const transformer& m,
                                                         const script_file& file, flag_list& f) {
    const bool with_deepspeed = file.is_deepspeeds;
    const cardfit::training& t = *r.job.training;
    refuse_for_trainer(r, t);
    f.add("--model_name_or_path", hub_model(r)).add("--dataset_name", std::string("trl-lib/Capybara"));
    f.add("--output_dir", std::string("./outputs")).add("--max_length", t.sequence_length);
    // Whole sequences: the other strategies go without padding, which wants FlashAttention 2.
    f.add_words("--packing True --packing_strategy wrapped");
    f.add("--per_device_train_batch_size", t.micro_batch);
    f.add("--gradient_accumulation_steps", t.gradient_accumulation).add("--learning_rate", std::string("2e-5"));
    const auto* p = launch_row(r, trainer_precisions, t.precision, "training.precision", precision_names);
    const auto* o = launch_row(r, trainer_optimizers, t.optimizer, "training.optimizer", optimizer_names);
    const auto* c = launch_row(r, trainer_losses, r.loss(), "training.loss", loss_names);
    if (!p || !o || !c) return {};
    r.require(!p->by_accelerate || imports::lists(file.facts, "mixed_precision.word=" + std::string(p->mixed)),
              "training.precision", std::string(name_of(precision_names, t.precision)),
              "fp32, tf32, bf16-mixed, fp16-mixed, bf16; accelerate's file has fp8 (--for accelerate)");
    if (!r.problems->empty()) return {};
    const bool frozen = t.adapter.method != adapter_method::none && p->mixed != "no";
    const std::string dtype(!frozen ? p->dtype : p->mixed == "bf16" ? "bfloat16" : "float16");
    const std::string_view formats = with_deepspeed ? p->deepspeed_flags : p->flags;
    const std::string facts = facts_of_flags(formats) + " dtype=" + dtype + " " + file.facts;
    const std::string note = precision_note(r, imports::trl_tool, file.division, facts);
    f.add("--dtype", dtype).add_words(formats).add_words(c->flags);
    if (!with_deepspeed || o->deepspeed.empty()) f.add("--optim", std::string(o->trainer));
    // Half the setting is PyTorch's: torch.nn.functional.scaled_dot_product_attention runs FlashAttention's kernels.
    if (const auto* a = launch_row(r, trainer_attentions, t.attention, "training.attention", attention_names))
        f.add("--attn_implementation", std::string(a->flags));
    f.add_if(t.compiled, "--torch_compile", std::string("True"));
    f.add_if(t.offload == offload::activations, "--activation_offloading", std::string("True"));
    add_adapter(r, m, f);
    std::vector<std::string> notes{std::string(script_note)};
    if (!note.empty()) notes.push_back(note);
    return notes;
}

}  // namespace cardfit::io::detail
