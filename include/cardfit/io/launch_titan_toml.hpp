// SPDX-License-Identifier: MIT
#pragma once

// torchtitan's job configuration as TOML of the 0.2 releases (torchtitan/config/job_config.py, February 2026), the last
// that read TOML.

#include <cardfit/io/launch_titan_layout.hpp>

namespace cardfit::io::detail {

/// Refuses what the releases that read TOML do not have.
inline void refuse_for_titan_toml(const launch_request& r) {
    const cardfit::training& t = *r.job.training;
    r.require(r.loss() == loss::full, "training.loss", std::string(name_of(loss_names, r.loss())),
              "full: the releases that read TOML take all logits at once; since September 2026, or by --tool-version "
              "2026-09, the file is Python, which has the chunked loss");
    r.require(t.precision != precision::nvfp4_mixed, "training.precision", "nvfp4-mixed",
              "another: NVFP4 is of the main branch, from software_date 2026-09 on");
}

/// Returns the section of the batch. With a pipeline, the local batch is cut into micro-batches; without one, the
/// global batch implies gradient accumulation.
[[nodiscard]] inline nlohmann::ordered_json titan_training(const launch_request& r, const titan_precision& p) {
    const cardfit::training& t = *r.job.training;
    nlohmann::ordered_json keys = {
        {"local_batch_size", r.layout.pipeline > 1 ? t.micro_batch * t.gradient_accumulation : t.micro_batch},
        {"global_batch_size", r.global_batch()},
        {"seq_len", t.sequence_length}};
    keys.update(titan_formats(t, p));
    return keys;
}

/// Returns the section of the parallelism.
[[nodiscard]] inline nlohmann::ordered_json titan_toml_parallelism(const launch_request& r, const titan_job& job) {
    nlohmann::ordered_json keys = job.parallelism;
    if (r.layout.pipeline > 1) keys["pipeline_parallel_microbatch_size"] = r.job.training->micro_batch;
    if (r.layout.expert > 1) keys["expert_tensor_parallel_degree"] = 1;
    return keys;
}

/// Adds the converters of linear layers and, of a model with experts, of their grouped matmuls. The router stays as it
/// is (torchtitan/models/deepseek_v3/train_configs).
inline void add_titan_quantization(const titan_precision& p, bool experts, nlohmann::ordered_json& document) {
    if (p.quantize.empty()) return;
    const std::string kind(p.quantize);
    nlohmann::ordered_json& linear = document["quantize"]["linear"][kind];
    document["model"]["converters"] = {"quantize.linear." + kind};
    linear["filter_fqns"] = {"output"};
    if (!experts) return;
    document["model"]["converters"].push_back("quantize.grouped_mm." + kind);
    linear["filter_fqns"].push_back("router.gate");
    document["quantize"]["grouped_mm"][kind]["fqns"] = {"experts"};
}

/// Returns the plan: one TOML file and torchrun.
[[nodiscard]] inline launch_plan titan_toml_plan(const launch_request& r, const titan_job& job) {
    const cardfit::training& t = *r.job.training;
    nlohmann::ordered_json document;
    document["job"]["description"] = r.job.model_name + " on " + std::to_string(r.job.hardware.cards) + " cards";
    document["model"] = {{"name", job.model.name}, {"flavor", job.model.flavor}, {"hf_assets_path", job.assets}};
    document["optimizer"] = {{"name", job.optimizer.name}, {"early_step_in_backward", t.optimizer_in_backward}};
    document["training"] = titan_training(r, job.precision);
    document["parallelism"] = titan_toml_parallelism(r, job);
    document["activation_checkpoint"]["mode"] = name_of(recompute_names, t.recompute);
    if (t.recompute == recompute::selective) document["activation_checkpoint"]["selective_ac_option"] = "op";
    document["compile"]["enable"] = t.compiled;
    add_titan_quantization(job.precision, job.network.experts.count > 0, document);
    const std::string name = "torchtitan.toml";
    flag_list f = torchrun(r);
    f.add("-m", std::string("torchtitan.train")).add("--job.config_file", name);
    return {std::move(f).words(),
            {{name, toml_text(document).substr(1)}},
            {"torchtitan 0.2.2 or before (the last releases that read TOML); learning rate, steps and dataset are its "
             "defaults, and c4_test is a test set"}};
}

}  // namespace cardfit::io::detail
