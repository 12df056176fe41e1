// SPDX-License-Identifier: MIT
#pragma once

// How a training's weights are divided among data-parallel ranks: the words of FSDP and accelerate, the stages of
// DeepSpeed, and what either keeps on the host.

#include <cardfit/io/import/lower_hardware.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace cardfit::io::imports {

/// How the weights of a training are divided.
struct sharded {
    std::string sharding{};     ///< word of `layout.sharding`
    std::int64_t group = 0;     ///< cards that share one copy; 0: all
    bool by_fsdp = false;       ///< FSDP divides them
    bool by_deepspeed = false;  ///< DeepSpeed divides them
    std::string offload{};      ///< word of `training.offload`; empty: none
};

namespace detail {

/// The words of `fsdp` and the strategies that they name.
inline constexpr value_pair fsdp_words[]{
    {"full_shard", "full"},
    {"fsdp2", "full"},
    {"fsdp", "full"},
    {"shard_grad_op", "gradients"},
    {"no_shard", "none"},
    {"hybrid_shard", "hybrid"},
    {"hybrid_shard_zero2", "hybrid-zero2"},
};

/// Returns the strategy that accelerate's and axolotl's keys name; empty if none does.
[[nodiscard]] inline std::string strategy_of_keys(const facts& known) {
    std::string strategy = known.text("fsdp.strategy");
    const std::string reshard = known.text("fsdp.reshard");
    const bool counts = known.text("fsdp.version") == "2" || strategy.empty();
    if (!counts || reshard.empty()) return strategy;
    if (const auto truth = truth_of(reshard)) return *truth ? "full" : "gradients";
    return reshard == "SHARD_GRAD_OP" ? "gradients" : "full";
}

/// Returns the strategy of FSDP by all that names it. FULL_SHARD is the usual one.
[[nodiscard]] inline std::string fsdp_strategy(const facts& known) {
    std::string strategy = strategy_of_keys(known);
    if (const fact* words = known.find("fsdp"))
        for (const value_pair& each : fsdp_words)
            if (std::find(words->values.begin(), words->values.end(), each.theirs) != words->values.end())
                strategy = each.ours;
    return strategy.empty() ? "full" : strategy;
}

/// Reads the words of `fsdp`, or accelerate's keys for it.
inline void read_fsdp(request& r, const card_count& cards, sharded& s) {
    const facts& known = r.known;
    const std::string strategy = fsdp_strategy(known);
    const bool hybrid = strategy.starts_with("hybrid");
    s.by_fsdp = true;
    s.sharding = strategy == "hybrid" ? "full" : hybrid ? "gradients" : strategy;
    if (hybrid && cards.nodes > 1) s.group = cards.total / cards.nodes;
    if (cards.total == 1 && s.sharding != "none")
        r.note("FSDP on one card divides nothing: the job is undivided, but for its one gathered layer");
    const fact* words = known.find("fsdp");
    const bool offloads =
        words && std::find(words->values.begin(), words->values.end(), "offload") != words->values.end();
    if (offloads || known.is_true("fsdp.offload")) s.offload = "full";
}

/// Reads DeepSpeed's stage and offload.
inline void read_zero(request& r, sharded& s) {
    const facts& known = r.known;
    static constexpr const char* stages[]{"none", "optimizer", "gradients", "full"};
    constexpr std::int64_t usual_stage = 2;  // accelerate's, where its file has none
    const std::int64_t stage = known.integer("zero.stage", known.has("zero.batch") ? 0 : usual_stage);
    s.by_deepspeed = true;
    s.sharding = stages[(std::min)((std::max)(stage, std::int64_t{0}), std::int64_t{3})];
    const std::string optimizer = known.text("zero.optimizer");
    const std::string parameters = known.text("zero.parameters");
    if (optimizer == "nvme" || parameters == "nvme") r.known.set("training.offload_device", "nvme", "zero", rank::file);
    const bool states = optimizer == "cpu" || optimizer == "nvme" || optimizer == "true";
    const bool weights = parameters == "cpu" || parameters == "nvme";
    if (states) s.offload = weights ? "full" : "optimizer";
    if (weights && !states)
        r.lose("offload_param", parameters, "parameters on the host while optimizer states stay on the card",
               effect::less_memory);
}

}  // namespace detail

/// Returns how the weights are divided: by DeepSpeed, by FSDP, or not at all.
[[nodiscard]] inline sharded sharding_of(request& r, const card_count& cards) {
    const facts& known = r.known;
    sharded s;
    const std::string type = known.text("accelerate.type");
    const bool zero = type == "DEEPSPEED" || known.has("zero.stage") || known.is_true("zero.on");
    const std::string words = known.text("fsdp");
    const bool fsdp = type == "FSDP" || known.is_true("fsdp.on") || (!words.empty() && words != "false");
    if (zero)
        detail::read_zero(r, s);
    else if (fsdp)
        detail::read_fsdp(r, cards, s);
    const std::int64_t copies = known.integer("data.replicate", 1);
    const std::int64_t shards = known.integer("data.shard", 1);
    if (s.sharding.empty() && shards > 1) s.sharding = "full";
    // Context-parallel ranks share the shards (accelerate's and torchtitan's mesh dp_shard_cp).
    const std::int64_t group = bounded_product({shards, known.integer("layout.context", 1)});
    if (group > 1 && copies > 1) s.group = group;
    if (known.has("layout.sharding_group")) s.group = known.integer("layout.sharding_group", 0);
    if (known.has("layout.sharding")) s.sharding = known.text("layout.sharding");
    if (known.has("training.offload")) s.offload = known.text("training.offload");
    return s;
}

/// Returns the framework of the job: transformers' Trainer under DeepSpeed is DeepSpeed.
[[nodiscard]] inline std::string_view framework_of(const request& r, const sharded& division) {
    const bool by_deepspeed = division.by_deepspeed && r.program->framework == "transformers";
    return by_deepspeed ? "deepspeed" : r.program->framework;
}

}  // namespace cardfit::io::imports
