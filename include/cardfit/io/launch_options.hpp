// SPDX-License-Identifier: MIT
#pragma once

// Options that a tool got with a release: a plan of an earlier month is written as the releases of that month take it,
// or refused by the key that needs the option. Months are those of the first release whose sources have the option,
// found by the text of the named files at the tags of each repository; "recalled" is from memory.

#include <cardfit/io/key_value.hpp>
#include <cardfit/io/launch_settings.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::detail {

/// An option that a tool has since a month.
struct dated_option {
    /// The launchers that write it, with spaces between.
    std::string_view launchers{};
    /// A flag, a flag with its value, or a key of a file.
    std::string_view option{};
    /// The month of the first release that has it, such as 202509.
    int since = 0;
    /// The flag that earlier releases have in its place.
    std::string_view before{};
    /// The job's key that no earlier release can say. Without this and `before`, earlier releases do by themselves what
    /// the option says, which is left out.
    std::string_view key{};
    /// The release, and where it is written.
    std::string_view release{};
};

inline constexpr std::string_view with_script = "trl accelerate deepspeed";

/// huggingface/trl: trl/trainer/{sft_config,model_config}.py.
inline constexpr dated_option trl_options[]{
    {with_script, "--max_length", 202503, "--max_seq_length", "", "TRL 0.16 (#2895)"},
    {with_script, "--use_dora", 202503, "", "training.adapter.method", "TRL 0.16 (#2974)"},
    {with_script, "--activation_offloading", 202505, "", "training.offload", "TRL 0.18 (#2954)"},
    {with_script, "--packing_strategy", 202506, "", "", "TRL 0.19 (#3521); rows were cut at the length before"},
    {with_script, "--dtype", 202509, "--torch_dtype", "", "TRL 0.23 (#4000)"},
    {with_script, "--loss_type chunked_nll", 202605, "", "training.loss", "TRL 1.4 (#5575)"},
    {with_script, "--loss_type", 202509, "", "", "TRL 0.23 (#4042); the loss was nll before"},
    {with_script, "--bnb_4bit_quant_storage", 202512, "", "training.base_weights", "TRL 0.26 (#4496)"},
    {with_script, "--use_liger_kernel", 202409, "", "training.loss", "transformers 4.45 (recalled)"},
};

/// huggingface/accelerate: src/accelerate; deepspeedai/DeepSpeed: deepspeed/runtime; axolotl-ai-cloud/axolotl:
/// src/axolotl/utils/schemas; hiyouga/LLaMA-Factory: src/llamafactory/hparams.
inline constexpr dated_option file_options[]{
    {"accelerate", "fsdp_version", 202504, "", "layout.sharding", "accelerate 1.6"},
    {"accelerate", "parallelism_config", 202508, "", "layout.sharding_group", "accelerate 1.10"},
    {"deepspeed", "bf16_master_weights_and_grads", 202512, "", "training.precision", "DeepSpeed 0.18.3 (#7700)"},
    {"deepspeed", "autotp_size", 202502, "", "layout.tensor", "DeepSpeed 0.16.4"},
    {"axolotl", "fsdp_version", 202508, "", "layout.sharding", "axolotl 0.12"},
    {"axolotl", "dp_shard_size", 202508, "", "layout.sharding_group", "axolotl 0.12"},
    {"axolotl", "context_parallel_size", 202508, "", "layout.context", "axolotl 0.12"},
    {"axolotl", "tensor_parallel_size", 202504, "", "layout.tensor", "axolotl 0.8"},
    {"axolotl", "attn_implementation", 202507, "", "training.attention", "axolotl 0.11"},
    {"llama-factory", "enable_liger_kernel", 202409, "", "training.loss", "LLaMA-Factory 0.9"},
    {"llama-factory", "quantization_method", 202407, "", "training.base_weights", "LLaMA-Factory 0.8.3"},
    {"llama-factory", "freeze_trainable_layers", 202405, "", "training.trained_layers", "LLaMA-Factory 0.7.1"},
};

/// NVIDIA/Megatron-LM: megatron/training/arguments.py and the dataclasses that arguments are made of.
inline constexpr dated_option megatron_options[]{
    {"megatron", "--moe-expert-capacity-factor", 202405, "", "training.expert_capacity_factor", "core 0.7"},
    {"megatron", "--ckpt-format", 202410, "", "", "core 0.9; only Megatron FSDP asks for it"},
    {"megatron", "--multi-latent-attention", 202502, "", "model", "core 0.10"},
    {"megatron", "--moe-layer-freq", 202502, "", "model", "core 0.10"},
    {"megatron", "--moe-ffn-hidden-size", 202502, "", "model", "core 0.10"},
    {"megatron", "--moe-shared-expert-intermediate-size", 202502, "", "model", "core 0.10"},
    {"megatron", "--expert-tensor-parallel-size", 202502, "", "", "core 0.10; experts were cut as the rest before"},
    {"megatron", "--num-distributed-optimizer-instances", 202502, "", "layout.sharding_group", "core 0.10"},
    {"megatron", "--attention-backend flash", 202503, "--use-flash-attn", "", "core 0.11"},
    {"megatron", "--attention-backend auto", 202503, "", "", "core 0.11; Transformer Engine chose before"},
    {"megatron", "--attention-backend", 202503, "", "training.attention", "core 0.11"},
    {"megatron", "--moe-router-score-function", 202503, "", "model", "core 0.11"},
    {"megatron", "--num-virtual-stages-per-pipeline-rank", 202503, "", "layout.virtual_stages", "core 0.11"},
    {"megatron", "--account-for-embedding-in-pipeline-split", 202503, "", "layout.pipeline", "core 0.11"},
    {"megatron", "--use-precision-aware-optimizer", 202503, "", "training.optimizer_state", "core 0.11"},
    {"megatron", "--mtp-num-layers", 202505, "", "training.mtp_layers", "core 0.12"},
    {"megatron", "--recompute-modules", 202505, "", "", "core 0.12; selective meant core attention before"},
    {"megatron", "--cross-entropy-fusion-impl te", 202505, "", "training.loss", "core 0.12"},
    {"megatron", "--cross-entropy-fusion-impl", 202505, "", "", "core 0.12; the fusion was its own before"},
    {"megatron", "--optimizer-cpu-offload", 202505, "", "training.offload", "core 0.12"},
    {"megatron", "--grad-reduce-in-bf16", 202505, "", "training.gradients", "core 0.12"},
    {"megatron", "--data-parallel-sharding-strategy", 202505, "", "layout.sharding", "core 0.12"},
    {"megatron", "--use-megatron-fsdp", 202510, "--use-custom-fsdp", "", "core 0.14"},
    {"megatron", "--fp8-recipe", 202505, "", "training.precision", "core 0.12"},
    {"megatron", "--fp4-format", 202512, "", "training.precision", "core 0.15"},
    {"megatron", "--softmax-type", 202512, "", "model", "core 0.15"},
    {"megatron", "--window-size", 202512, "", "model", "core 0.15"},
    {"megatron", "--cpu-offloading-num-layers", 202602, "", "training.offload", "core 0.16"},
    {"megatron", "--optimizer muon", 202602, "", "training.optimizer", "core 0.16"},
    {"megatron", "--optimizer lion", 202604, "", "training.optimizer", "core 0.17"},
    {"megatron", "--optimizer soap", 202606, "", "training.optimizer", "core 0.18"},
};

/// vllm-project/vllm: by the pull requests.
inline constexpr dated_option vllm_options[]{
    {"vllm", "--speculative-config", 202503, "", "inference.speculation.method", "vLLM 0.8 (#14434)"},
    {"vllm", "--all2all-backend", 202511, "", "inference.expert_exchange",
     "vLLM 0.11.1 (#26732); VLLM_ALL2ALL_BACKEND before"},
    {"vllm", "--nnodes", 202512, "", "hardware.per_node", "vLLM 0.12 (recalled); Ray before"},
};

inline constexpr std::span<const dated_option> dated_options[]{trl_options, file_options, megatron_options,
                                                               vllm_options};

/// Returns where a command has a flag, with its value where the option names one; its size if it has not.
[[nodiscard]] inline std::size_t place_of(const std::vector<launch_word>& words, std::string_view option) {
    const std::string_view flag = option.substr(0, option.find(' '));
    const std::string_view value = option.size() == flag.size() ? std::string_view() : option.substr(flag.size() + 1);
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] == flag && (value.empty() || (i + 1 < words.size() && words[i + 1] == value))) return i;
    return words.size();
}

/// Returns true if a line of a file of the plan begins with this key.
[[nodiscard]] inline bool has_key(const launch_plan& plan, std::string_view key) {
    for (const launch_file& file : plan.files)
        for (std::size_t at = file.text.find(key); at != file.text.npos; at = file.text.find(key, at + 1)) {
            const std::size_t before = file.text.find_last_not_of(" \"", at == 0 ? 0 : at - 1);
            const bool begins = at == 0 || before == file.text.npos || file.text[before] == '\n';
            const std::string_view rest = std::string_view(file.text).substr(at + key.size());
            if (begins && (rest.starts_with(':') || rest.starts_with("\":"))) return true;
        }
    return false;
}

/// Returns the value of a job's key; the model's name for "model".
[[nodiscard]] inline nlohmann::json value_of_key(const job_file& job, std::string_view path) {
    nlohmann::json value = job.model_name;
    const auto look = [&](const auto& table, const auto& section) {
        for (const auto& key : table)
            if (key.facts.path == path && key.member.get != nullptr)
                value = value_json(key.facts, key.member.get(section));
    };
    look(keys::key_table<machine>(keys::hardware_keys), job.hardware);
    look(keys::key_table<layout>(keys::layout_keys), job.layout);
    if (job.training) look(keys::key_table<training>(keys::training_keys), *job.training);
    if (job.inference) look(keys::key_table<inference>(keys::inference_keys), *job.inference);
    return value;
}

/// Writes a flag as the releases before it have it, or leaves it out together with its value.
inline void write_before(std::vector<launch_word>& words, const dated_option& option) {
    const std::size_t at = place_of(words, option.option);
    if (at == words.size()) return;
    const auto first = words.begin() + static_cast<std::ptrdiff_t>(at);
    const bool has_value = at + 1 < words.size() && !words[at + 1].text.starts_with("--");
    const bool keeps_value = !option.before.empty() && option.option.find(' ') == option.option.npos;
    if (has_value && !keeps_value) words.erase(first + 1);
    if (option.before.empty())
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
    else
        words[at].text = std::string(option.before);
}

/// Writes a plan as the releases of the job's month take it. Refuses the keys that none of them can say.
inline void write_as_released(const launch_request& r, launch_plan& plan) {
    const software_date date = r.job.training ? r.job.training->software_date : r.job.inference->software_date;
    const int month = month_number(date);
    for (const std::span<const dated_option> table : dated_options)
        for (const dated_option& each : table) {
            if (month >= each.since || !imports::lists(each.launchers, r.launcher)) continue;
            const bool written =
                place_of(plan.command, each.option) < plan.command.size() || has_key(plan, each.option);
            const std::string since = month_text(each.since);
            r.require(each.key.empty() || !written, std::string(each.key), value_of_key(r.job, each.key),
                      "another before " + since + ", when " + std::string(each.release) + " brought " +
                          std::string(each.option));
            write_before(plan.command, each);
            write_before(plan.command_elsewhere, each);
        }
}

}  // namespace cardfit::io::detail
