// SPDX-License-Identifier: MIT
#pragma once

// torchtitan's job configuration as a function of Python, which its main branch reads and its README asks people to
// write (torchtitan/config/README.md, configs.py, trainer.py, models/*/config_registry.py at b5bcd76c, August 2026).

#include <cardfit/io/launch_titan_layout.hpp>

namespace cardfit::io::detail {

/// The month from which on the main branch counts batches in tokens (pytorch/torchtitan#4121, 20 August 2026).
inline constexpr software_date titan_function_since{2026, 9};

/// A value of the job as an expression of Python.
template <class Key>
struct python_row {
    Key key;
    std::string_view expression;
};
inline constexpr python_row<cardfit::recompute> titan_checkpoints[]{
    {recompute::none, "None"},
    {recompute::selective, "SelectiveAC.Config()"},
    {recompute::full, "FullAC.Config()"},
};
inline constexpr python_row<cardfit::loss> titan_losses[]{
    {loss::full, "CrossEntropyLoss.Config(global_vocab_size=decoder_vocab_size(model_spec))"},
    {loss::chunked,
     "ChunkedLossWrapper.Config(\n"
     "            loss_fn=CrossEntropyLoss.Config(global_vocab_size=decoder_vocab_size(model_spec)),\n        )"},
};

/// The converters of a precision: of linear layers in a dense model, in one with experts, and of the experts. The head
/// and the router stay as they are (models/{llama3,deepseek_v3}/config_registry.py).
struct titan_converter {
    std::string_view kind{};
    std::string_view classes{};
    std::string_view dense{};
    std::string_view linear{};
    std::string_view experts{};
};
inline constexpr titan_converter titan_converters[]{
    {"float8", "Float8GroupedExpertsConverter, Float8LinearConverter",
     "Float8LinearConverter.Config(filter_fqns=[\"lm_head\"], ",
     "Float8LinearConverter.Config(filter_fqns=[\"lm_head\", \"router.gate\"], ",
     "Float8GroupedExpertsConverter.Config("},
    {"mx", "MXFP8GroupedExpertsConverter, MXFP8LinearConverter", "MXFP8LinearConverter.Config(fqns=[\"layers\"], ",
     "MXFP8LinearConverter.Config(fqns=[\"attention\", \"shared_experts\", \"feed_forward\"], ",
     "MXFP8GroupedExpertsConverter.Config(pad_multiple=128, "},
    {"nvfp4", "NVFP4LinearConverter", "NVFP4LinearConverter.Config(fqns=nvfp4_bf16_tail_fqns(LAYERS, 0.15), "},
};

/// Refuses what the main branch does not have.
inline void refuse_for_titan_function(const launch_request& r, const transformer& m) {
    const cardfit::training& t = *r.job.training;
    static_cast<void>(launch_row(r, titan_losses, r.loss(), "training.loss", loss_names));
    r.require(!t.optimizer_in_backward, "training.optimizer_in_backward", true,
              "false: the main branch has no optimizer in the backward pass, which 0.2.2 has");
    const bool experts = m.experts.count > 0;
    r.require(!experts || t.precision != precision::nvfp4_mixed, "training.precision", "nvfp4-mixed",
              "another for a model with experts, which have no converter for NVFP4");
    // components/quantization/mxfp8.md: expert parallelism must be enabled.
    r.require(!experts || t.precision != precision::mxfp8_mixed || r.layout.expert > 1, "layout.expert",
              r.layout.expert, "more than 1 where experts are in mxfp8");
}

/// Returns a call with keywords, each on a line of its own.
[[nodiscard]] inline std::string call_with_keywords(std::string_view name, const nlohmann::ordered_json& keywords) {
    std::string text = std::string(name) + "(\n";
    for (const auto& [key, value] : keywords.items()) text += "            " + key + "=" + python_value(value) + ",\n";
    return text + "        )";
}

/// Returns the batch in tokens: of one micro-batch of a data-parallel rank, and of an optimizer step of all of them.
/// CUDA graphs run with no pipeline and with few ways of moving tokens to experts; the estimate has none.
[[nodiscard]] inline nlohmann::ordered_json titan_token_batches(const launch_request& r, const titan_precision& p) {
    const cardfit::training& t = *r.job.training;
    nlohmann::ordered_json keys = {{"num_tokens_per_microbatch_per_dp_rank", t.micro_batch * t.sequence_length},
                                   {"num_tokens_per_train_step", r.global_batch() * t.sequence_length},
                                   {"max_context_length", t.sequence_length},
                                   {"disable_cuda_graphs", true}};
    keys.update(titan_formats(t, p));
    return keys;
}

/// Returns the section of the parallelism. FlexAttention, the default of the models, has a load balancer of its own.
[[nodiscard]] inline nlohmann::ordered_json titan_function_parallelism(const launch_request& r, const titan_job& job) {
    nlohmann::ordered_json keys = job.parallelism;
    if (r.layout.pipeline > 1) keys["num_pp_microbatches"] = r.job.training->gradient_accumulation;
    if (r.layout.context > 1) keys["context_parallel_load_balancer"] = "ptrr";
    return keys;
}

/// Returns the call that makes the model, with the converters of the precision.
[[nodiscard]] inline std::string titan_registry_call(const titan_job& job, bool compiled) {
    std::string text = "model_registry(\"" + std::string(job.model.flavor) + "\"";
    const std::string compiles = std::string("model_compile_enabled=") + (compiled ? "True" : "False") + "),\n";
    const bool experts = job.network.experts.count > 0;
    for (const titan_converter& each : titan_converters) {
        if (each.kind != job.precision.quantize) continue;
        std::string linear(experts ? each.linear : each.dense);
        if (const std::size_t at = linear.find("LAYERS"); at != linear.npos)
            linear.replace(at, 6, std::to_string(job.network.layers));
        text += ",\n        converters=[\n            " + linear + compiles;
        if (experts) text += "            " + std::string(each.experts) + compiles;
        return text + "        ],\n    )";
    }
    return text + ")";
}

/// Returns the lines that import what the function calls.
[[nodiscard]] inline std::string titan_imports(const titan_job& job) {
    std::string text =
        "from torchtitan.components.data import ConcatThenSplitPackingConfig, GrainDataLoader\n"
        "from torchtitan.components.loss import ChunkedLossWrapper, CrossEntropyLoss\n"
        "from torchtitan.components.optimizer import OptimizersContainer, ParamGroupConfig\n";
    for (const titan_converter& each : titan_converters)
        if (each.kind == job.precision.quantize)
            text += "from torchtitan.components.quantization import " + std::string(each.classes) + "\n";
    if (job.precision.quantize == "nvfp4")
        text += "from torchtitan.components.quantization.nvfp4 import nvfp4_bf16_tail_fqns\n";
    return text +
           "from torchtitan.config import CompileConfig, ParallelismConfig, TrainingConfig\n"
           "from torchtitan.distributed.activation_checkpoint import FullAC, SelectiveAC\n"
           "from torchtitan.hf_datasets.text_datasets import DATASETS\n"
           "from torchtitan.models.common.config_utils import decoder_vocab_size\n"
           "from torchtitan.models." +
           std::string(job.model.name) + " import model_registry\nfrom torchtitan.trainer import Trainer\n";
}

/// Returns the module: one function that returns the whole configuration.
[[nodiscard]] inline std::string titan_module(const launch_request& r, const titan_job& job) {
    const cardfit::training& t = *r.job.training;
    const auto expression = [](const auto& rows, auto key) {
        for (const auto& each : rows)
            if (each.key == key) return std::string(each.expression);
        return std::string("None");
    };
    const std::string lead = "        ";
    std::string text = titan_imports(job) + "\n\ndef job() -> Trainer.Config:\n";
    text += "    model_spec = " + titan_registry_call(job, t.compiled) + "\n    return Trainer.Config(\n";
    text += lead + "model_spec=model_spec,\n" + lead + "hf_assets_path=\"" + job.assets + "\",\n";
    text += lead + "loss=" + expression(titan_losses, r.loss()) + ",\n";
    text += lead + "optimizer=OptimizersContainer.Config(\n";
    text += lead + "    param_groups=[ParamGroupConfig(pattern=r\".*\", optimizer_name=\"" +
            std::string(job.optimizer.name) + "\", optimizer_kwargs={\"lr\": 3e-4})],\n" + lead + "),\n";
    text += lead + "training=" + call_with_keywords("TrainingConfig", titan_token_batches(r, job.precision)) + ",\n";
    text +=
        lead + "dataloader=GrainDataLoader.Config(dataset=ConcatThenSplitPackingConfig(dataset=DATASETS[\"c4\"])),\n";
    text += lead + "parallelism=" + call_with_keywords("ParallelismConfig", titan_function_parallelism(r, job)) + ",\n";
    text += lead + "activation_checkpoint=" + expression(titan_checkpoints, t.recompute) + ",\n";
    text += lead + "compile=CompileConfig(enable=" + (t.compiled ? "True" : "False") + "),\n";
    return text + "    )\n";
}

/// Returns the plan: a module of Python and torchrun.
[[nodiscard]] inline launch_plan titan_function_plan(const launch_request& r, const titan_job& job) {
    flag_list f = torchrun(r);
    f.add("-m", std::string("torchtitan.train")).add("--module", "cardfit_torchtitan").add("--config", "job");
    return {
        std::move(f).words(),
        {{"cardfit_torchtitan.py", titan_module(r, job)}},
        {"torchtitan's main branch of August 2026 or later, which reads no TOML (--tool-version 0.2.2 writes TOML); "
         "the dataset c4, the learning rate and the number of steps stand for what the job does not say"}};
}

}  // namespace cardfit::io::detail
