// SPDX-License-Identifier: MIT
#pragma once

// What ZeRO and FSDP shard, and the weights that they gather for the layer whose forward or backward runs.

#include <cardfit/estimate/training/stage.hpp>

namespace cardfit::detail {

/// The number of GPUs over which data parallelism shards weights, gradients and optimizer states.
struct shares {
    std::int64_t weight = 1;
    std::int64_t gradient = 1;
    std::int64_t optimizer = 1;
};
[[nodiscard]] constexpr shares shares_of(sharding s, std::int64_t group) noexcept {
    return {.weight = s == sharding::full ? group : 1,
            .gradient = s >= sharding::gradients ? group : 1,
            .optimizer = s >= sharding::optimizer ? group : 1};
}

/// Returns the bytes of FSDP's gradients beyond the trained shards: unsharded gradients where accumulating
/// micro-batches does not synchronize, and gradients of frozen weights that share a flat parameter with trained ones.
[[nodiscard]] constexpr std::int64_t unsharded_gradients(const stage_load& s, const stage_inputs& in) noexcept {
    const memory_rules& r = in.rules;
    const std::int64_t bytes_per_parameter = r.flat_gradients ? in.compute : r.recipe.gradient;
    const bool adapters_alone = r.adapted && !r.flat_gradients;
    const std::int64_t parameters = adapters_alone ? in.sums.adapter : in.sums.dense() + in.sums.expert;
    const std::int64_t all = parameters * bytes_per_parameter;
    const std::int64_t counted = in.job.offload == offload::full ? 0 : s.gradients;
    return larger((r.whole_gradients ? all : divide_up(all, in.l.sharding_group)) - counted, 0);
}

/// Returns the bytes of the largest layer of a quantized base as full sharding gathers it: as it is stored.
[[nodiscard]] constexpr std::int64_t quantized_unit(const stage_inputs& in) {
    const parameter_sums& unit = in.unit;
    return storage(in.rules.base, unit.matrix + unit.expert).number + (unit.dense() - unit.matrix) * in.compute;
}

/// Adds the weights that full sharding gathers, or that the host sends, layer by layer.
constexpr void add_gathered_layers(stage_load& s, const stage_inputs& in) {
    const memory_rules& r = in.rules;
    const std::int64_t unit = in.quantized ? quantized_unit(in) : (in.unit.dense() + in.unit.expert) * in.compute;
    const std::int64_t root = (in.ends.embedding_head + in.ends.vector) * in.compute;
    const std::int64_t gradients = r.whole_gradients || r.flat_gradients ? unsharded_gradients(s, in) : 0;
    // The layer that runs and the next one are gathered, if there is a next one. In backward, one layer's gradients
    // exist too.
    const std::int64_t units = smaller(2, in.layers);
    s.gathered_forward = root + units * unit + (r.whole_gradients ? gradients : 0);
    s.gathered_backward = root + (r.adapted ? units : units + 1) * unit + gradients;
    s.gathered_ahead = r.adapted ? (units - 1) * unit : 0;
}

/// Adds autocast's 16-bit copies, which live as long as backward needs them, and are gone when the optimizer steps.
/// Checkpoints need none of their layers' until they run again, one after the other.
constexpr void add_cast_copies(stage_load& s, const stage_inputs& in) {
    const memory_rules& r = in.rules;
    const std::int64_t layers = r.widened ? 0 : in.sums.matrix + (r.wide_experts ? 0 : in.sums.expert);
    const std::int64_t running = r.widened ? 0 : in.unit.matrix + (r.wide_experts ? 0 : in.unit.expert);
    s.gathered_head = in.head * r.recipe.cast_cache;
    s.gathered_forward = layers * r.recipe.cast_cache + s.gathered_head;
    s.gathered_backward = r.checkpoint_width > 0 ? running * r.recipe.cast_cache : s.gathered_forward;
}

/// Adds the weights that exist only while a layer needs them: gathered shards, layers fetched from the host, and
/// autocast's 16-bit copies.
constexpr void add_gathered(stage_load& s, const stage_inputs& in) {
    const memory_rules& r = in.rules;
    const std::int64_t stage = in.sums.dense() + in.sums.expert;
    const bool sharded = in.l.sharding == sharding::full && in.l.sharding_group > 1;
    if (r.whole_stage) {
        s.gathered_forward = stage * in.compute;
        s.gathered_backward = stage * (in.compute + 4);
    } else if (sharded || in.job.offload == offload::full) {
        add_gathered_layers(s, in);
    } else if (r.recipe.cast_cache > 0 && (r.widened || !r.adapted || r.base == number_format::fp32)) {
        add_cast_copies(s, in);
    }
}

}  // namespace cardfit::detail
