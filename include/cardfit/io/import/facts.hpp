// SPDX-License-Identifier: MIT
#pragma once

// What a command states, under the names of this project: keys of the job where a setting is one, and facts where
// several settings together make a key. Tools set them through their tables; the lowerings read them.

#include <cardfit/io/import/setting.hpp>
#include <cardfit/io/import/table.hpp>
#include <cardfit/job/keys.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <version>

#ifndef __cpp_lib_to_chars
#    include <locale>
#    include <sstream>
#endif

namespace cardfit::io::imports {

/// The facts that are no keys of the job, and what they are. Facts that start with "gpt.", "litgpt." and "factory." are
/// settings of Megatron's, litgpt's and LLaMA-Factory's own.
inline constexpr std::string_view fact_names[]{
    "model",                     // a name or a path
    "model.quant",               // the format of a GGUF repository
    "seq.block",                 // the length of training rows in tokens
    "batch.global",              // sequences per optimizer step over all cards
    "batch.all_ranks",           // accumulation over all ranks together
    "batch.total",               // micro-batch times accumulation, of one rank
    "zero.micro_batch",          // DeepSpeed's own, which must agree with the script's
    "zero.accumulation",         // the same
    "zero.batch",                // the same
    "zero.half_states",          // true: neither have the optimizer states
    "bf16",                      // true, false, auto
    "fp16",                      // true, false
    "fp8",                       // true, false
    "tf32",                      // true, false
    "pure",                      // true: weights and states in the compute type
    "dtype",                     // the type in which weights are loaded
    "lora",                      // true if adapters are trained
    "lora.all_linear",           // true
    "lora.targets",              // names of modules
    "lora.mlp",                  // true: the feed-forward too
    "lora.head",                 // true: the vocabulary head too
    "lora.saved",                // modules that are trained whole
    "lora.dora",                 // true, false
    "lora.dropout",              // a probability
    "freeze.layers",             // layers that are trained; negative: the first ones
    "freeze.spaced",             // true: the last layer of each group
    "freeze.extra",              // modules that are trained beside them
    "rollout.prompt",            // tokens of a prompt, at most
    "rollout.beta",              // the weight of the distance from the reference; 0: none is asked
    "rollout.vllm",              // true: vLLM generates the samples of a step
    "rollout.mode",              // colocate, server
    "rollout.sleeps",            // true: the engine frees its memory while the models train
    "rollout.sleep_level",       // the same, as a number; 0: it does not
    "nanochat.aspect",           // the width of nanochat's model for each of its layers
    "nanochat.head",             // the width of its heads
    "nanochat.tokens",           // tokens of an optimizer step over all ranks; negative: they follow from the model
    "nemo.peft",                 // lora, none
    "nemo.tunes",                // true: NeMo's script of fine-tuning
    "bench.prompt",              // tokens of the prompts that llama-bench times
    "bench.generate",            // tokens that it generates, in tests of their own
    "bench.both",                // pairs of both, in one test
    "bench.depth",               // tokens that the cache holds before
    "diffusion.data",            // the file of kohya's data sets
    "diffusion.denoiser_only",   // true: no adapters on the text encoders
    "axolotl.half",              // true: the model is loaded in fp16
    "axolotl.bits_of_experts",   // true: experts are quantized as the base is
    "lora.enabled",              // true: adapters on all linear layers of the language model
    "lora.quantized",            // true: the base under the adapters is in 4 bits
    "lisa.layers",               // layers that are sampled; 0: LISA is off
    "bits4",                     // true: the base is in 4 bits
    "bits8",                     // true
    "bits4.type",                // nf4, fp4
    "quant.bits",                // 4, 8
    "bits4.double",              // true: the scales are quantized too
    "recompute",                 // true, false
    "plugins",                   // modules of axolotl
    "attention.eager",           // true
    "liger",                     // true: one switch brings Liger's fused loss and kernels
    "liger.loss",                // true: the loss is fused; false: the switch leaves it out
    "liger.norms",               // the same of the kernels of norms
    "liger.activations",         // the same of the kernels of gated activations
    "fsdp",                      // words of FSDP
    "fsdp.on",                   // true
    "fsdp.file",                 // a file of FSDP's settings
    "fsdp.version",              // 1, 2
    "fsdp.strategy",             // full, gradients, none, hybrid
    "fsdp.reshard",              // true, false
    "fsdp.offload",              // true, false
    "fsdp.recompute",            // true, false
    "zero.on",                   // true
    "zero.stage",                // 0 to 3
    "zero.optimizer",            // the device of the optimizer states
    "zero.parameters",           // the device of the parameters
    "zero.checkpoints",          // true: checkpoints are kept on the host
    "data.replicate",            // ranks
    "data.shard",                // ranks
    "cards.total",               // cards in all
    "cards.nodes",               // machines
    "cards.per_node",            // cards of a machine
    "cards.visible",             // cards that a process may use
    "cards.processes",           // processes in all
    "cards.processes_each",      // processes of a node
    "objective",                 // sft, dpo …
    "dataset",                   // the name of a data set
    "tune.model",                // the name of torchtune's builder
    "tune.recipe",               // the name of torchtune's recipe
    "tune.teacher",              // the builder of its teacher
    "tune.quantized",            // true: the base is in NF4
    "tune.ppo_batch",            // samples of an optimizer step of its PPO
    "frozen.model",              // the name of a frozen teacher or reward model
    "litgpt.mode",               // pretrain, finetune_lora …
    "titan.config",              // the name of torchtitan's configuration
    "titan.tokens",              // tokens of a micro-batch of a rank
    "titan.step_tokens",         // tokens of an optimizer step over all ranks
    "bridge.recipe",             // the name of Megatron-Bridge's recipe
    "bridge.precision",          // bf16_mixed, bf16_with_fp8_current_scaling_mixed …
    "automodel.packed",          // tokens of a packed row; 0 if rows are not packed
    "automodel.batch",           // sequences that AutoModel's loader yields
    "diffusion.beside",          // what is trained beside the denoiser or in its place
    "automodel.peft",            // the class of adapters
    "titan.dtype",               // the type of the parameters
    "titan.converters",          // float8, mx
    "titan.option",              // op, or a number
    "titan.name",                // torchtitan's model
    "titan.flavor",              // torchtitan's size of it
    "titan.reshard",             // always, never, default
    "titan.schedule",            // 1f1b, gpipe, interleaved
    "titan.pipeline_batch",      // sequences of a micro-batch of a pipeline
    "titan.pipeline_batches",    // micro-batches of a pipeline
    "titan.stage_layers",        // layers of a stage
    "titan.first_less",          // layers that the first stage has less
    "titan.last_less",           // layers that the last stage has less
    "titan.compiled",            // model, loss
    "length",                    // tokens that a sequence may have, prompt and answer
    "length.input",              // tokens of the prompt
    "slots",                     // sequences that a server holds at once
    "slots.unified",             // true: they share the context
    "engine.dtype",              // the compute type of a server
    "engine.format",             // the method of quantization of a server
    "engine.expert",             // true: experts are divided among the ranks
    "engine.lora",               // true: adapters are served
    "engine.expert_size",        // ranks that share the experts
    "engine.data_attention",     // true: each rank attends to its own requests
    "engine.layers",             // layers on the card
    "engine.split",              // llama.cpp's split of layers
    "engine.cpu_experts",        // llama.cpp's experts, all of them in host memory
    "engine.rpc",                // servers whose cards llama.cpp uses over the network
    "connector.config",          // what moves the cache between servers, as one JSON object
    "speculation.config",        // the method, the draft and its tokens as one JSON object
    "speculation.method",        // the engine's word for what proposes tokens
    "speculation.draft",         // the name of the draft
    "speculation.checked",       // tokens that a pass checks, the model's own among them
    "fit",                       // true: context and layers shrink to what fits
    "diffusion.size",            // pixels of a side
    "diffusion.adam8",           // true
    "diffusion.texts",           // true
    "diffusion.latents_cached",  // true
    "diffusion.texts_cached",    // true
    "mixed_precision.word",      // no, bf16, fp16, fp8
    "deepspeed.file",            // a file, an object or the name of a built-in configuration
    "config.file",               // a file of settings
    "accelerate.file",           // accelerate's configuration file
    "accelerate.type",           // NO, MULTI_GPU, FSDP, DEEPSPEED, MEGATRON_LM
    "accelerate.flag",           // true: as accelerate.type says otherwise
    "accelerate.gpus",           // "all" or numbers
    "slurm.gres",                // "gpu:8"
    "docker.gpus",               // "all", a number or "device=0,1"
    "docker.environment",        // NAME=VALUE
    "deepspeed.include",         // "localhost:0,1"
    "nodes.range",               // torchrun's "1:4"
};

/// Returns true for a key of a job whose model is no diffusion model.
[[nodiscard]] constexpr bool is_job_key(std::string_view path) {
    bool found = false;
    keys::visit_sections([&](keys::section section, const auto& table) {
        for (const auto& each : table)
            found = found || (section != keys::section::diffusion && each.facts.path == path);
    });
    return found;
}

/// Returns true for the name of a fact or of a key of the job.
[[nodiscard]] constexpr bool is_fact(std::string_view name) {
    const bool own = name.starts_with("gpt.") || name.starts_with("litgpt.") || name.starts_with("factory.");
    if (own || is_job_key(name)) return true;
    return std::find(std::begin(fact_names), std::end(fact_names), name) != std::end(fact_names);
}

/// Returns true if every row of a table sets a fact or a key, or says what is lost.
[[nodiscard]] constexpr bool are_facts(std::span<const row> rows) {
    return std::all_of(rows.begin(), rows.end(), [](const row& each) {
        return each.ours.empty() ? !each.lost.empty() : is_fact(each.ours) || !each.lost.empty();
    });
}

/// Where a value comes from; a later one counts more.
enum class rank : unsigned char { tool_default, file, environment, command_line, option };

/// A value of a fact with its origin.
struct fact {
    std::vector<std::string> values{};   ///< as texts
    std::string written{};               ///< the setting, as a person wrote it
    std::string from{};                  ///< command line, environment, file or tool
    rank standing = rank::tool_default;  ///< decides between two values
};

/// Returns a truth value by any word for it; nothing for another text.
[[nodiscard]] inline std::optional<bool> truth_of(std::string_view text) {
    for (const std::string_view yes : {"true", "True", "TRUE", "yes", "Yes", "on", "On", "1", "enabled"})
        if (text == yes) return true;
    for (const std::string_view no : {"false", "False", "FALSE", "no", "No", "off", "Off", "0", "none", "disabled"})
        if (text == no) return false;
    return {};
}

/// Returns a real number that is the whole text; nothing for another text.
[[nodiscard]] inline std::optional<double> number_of(std::string_view text) {
    double value = 0;
    if (text.starts_with('+')) text.remove_prefix(1);
#ifdef __cpp_lib_to_chars
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
#else  // libc++ of Emscripten and of Apple reads no real numbers with from_chars
    if (text.empty() || text.find_first_not_of("0123456789.eE+-") != text.npos) return {};
    std::istringstream number{std::string(text)};
    number.imbue(std::locale::classic());
    if (!(number >> value) || number.peek() != std::istringstream::traits_type::eof()) return {};
#endif
    return value;
}

/// Returns a whole number up to 10^12, which may be written 1e9, 1_000 or 131072.0; nothing for another text.
[[nodiscard]] inline std::optional<std::int64_t> integer_of(std::string_view text) {
    std::string digits(text);
    std::erase(digits, '_');
    constexpr double largest = 1e12;
    const std::optional<double> value = number_of(digits);
    if (!value || std::abs(*value) > largest || !same_number(std::floor(*value), *value)) return {};
    return static_cast<std::int64_t>(*value);
}

/// The facts of one command.
class facts {
public:
    /// Sets a fact, unless a value that counts more is there.
    void set(std::string_view name, fact value) {
        const auto known = all_.find(name);
        if (known != all_.end() && known->second.standing > value.standing) return;
        all_.insert_or_assign(std::string(name), std::move(value));
    }
    /// Sets a fact of one value, unless a value that counts more is there.
    void set(std::string_view name, std::string value, std::string from, rank standing) {
        set(name, fact{.values = {std::move(value)},
                       .written = std::string(name),
                       .from = std::move(from),
                       .standing = standing});
    }
    /// Takes a fact away.
    void erase(std::string_view name) {
        if (const auto known = all_.find(name); known != all_.end()) all_.erase(known);
    }

    /// Returns a fact, or null.
    [[nodiscard]] const fact* find(std::string_view name) const {
        const auto known = all_.find(name);
        return known == all_.end() ? nullptr : &known->second;
    }
    /// Returns true if a fact is there.
    [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
    /// Returns true if a fact is there, and not because the tool has it by default.
    [[nodiscard]] bool is_stated(std::string_view name) const {
        const fact* known = find(name);
        return known && known->standing > rank::tool_default;
    }
    /// Returns the first value of a fact; empty if it has none.
    [[nodiscard]] std::string text(std::string_view name) const {
        const fact* known = find(name);
        return known && !known->values.empty() ? known->values.front() : std::string();
    }
    /// Returns true for any word of truth.
    [[nodiscard]] bool is_true(std::string_view name) const { return truth_of(text(name)).value_or(false); }
    /// Returns true for a real number above 0; false for another value, and for none.
    [[nodiscard]] bool is_above_zero(std::string_view name) const { return number_of(text(name)).value_or(0) > 0; }
    /// Returns a whole number, or `other` if the fact is not there.
    [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t other) const {
        return has(name) ? integer_of(text(name)).value_or(other) : other;
    }
    /// Returns all facts by their names.
    [[nodiscard]] const std::map<std::string, fact, std::less<>>& all() const { return all_; }

private:
    std::map<std::string, fact, std::less<>> all_{};
};

}  // namespace cardfit::io::imports
