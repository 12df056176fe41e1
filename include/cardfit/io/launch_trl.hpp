// SPDX-License-Identifier: MIT
#pragma once

// TRL's supervised fine-tuning by its own flags and those of transformers' Trainer (training_args.py), started by
// torchrun: data-parallel replicas, or the shards of Trainer's `--fsdp`.

#include <cardfit/io/launch_hugging_face.hpp>

namespace cardfit::io::detail {

inline constexpr unexpressed_key trl_reasons[]{
    {"layout.tensor", "shards by data alone"},
    {"layout.pipeline", "has no pipelines"},
    {"layout.context", "leaves context parallelism to accelerate's file"},
    {"training.dropout", "leaves dropout to the model's config.json"},
    {"training.adapter.kbit_preparation", "prepares as trl does at the job's date"},
};

/// Words of Trainer's `--fsdp`.
inline constexpr flag_row<cardfit::sharding> trainer_fsdp_words[]{
    {sharding::none, ""},
    {sharding::gradients, "shard_grad_op auto_wrap"},
    {sharding::full, "full_shard auto_wrap"},
};

/// Returns the plan: torchrun -m trl.scripts.sft.
[[nodiscard]] inline launch_plan launch_trl(const launch_request& r) {
    const cardfit::training& t = *r.job.training;
    const bool shards = r.layout.sharding != sharding::none;
    const transformer* m = launch_transformer(r);
    const auto* fsdp = launch_row(r, trainer_fsdp_words, r.layout.sharding, "layout.sharding", sharding_names);
    r.require(t.recompute != recompute::selective, "training.recompute", "selective", "none, full");
    r.require(t.offload != offload::optimizer, "training.offload", "optimizer", "none, activations, full");
    r.require(t.offload != offload::full || shards, "training.offload", "full", "none, activations unless FSDP shards");
    refuse_other_states(r);
    if (!m || !fsdp) return {};
    flag_list f = torchrun(r);
    f.add("-m").add("trl.scripts.sft");
    std::vector<std::string> notes = add_script(r, *m, {.division = {.by_fsdp = shards}}, f);
    f.add("--gradient_checkpointing", std::string(t.recompute == recompute::full ? "True" : "False"));
    const std::string offloads = t.offload == offload::full ? " offload" : "";
    f.add_if(shards, "--fsdp", std::string(fsdp->flags) + offloads);
    return {.command = std::move(f).words(), .notes = std::move(notes)};
}

}  // namespace cardfit::io::detail
