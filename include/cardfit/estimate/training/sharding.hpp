// SPDX-License-Identifier: MIT
#pragma once

// What ZeRO and FSDP shard, and what they gather around a layer at work.

#include <cardfit/estimate/training/stage.hpp>

namespace cardfit::detail {

/// Cards over which data parallelism spreads weights, gradients and optimizer state of a group of so many.
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

/// FSDP's gradients beyond the trained shards: whole ones where accumulating micro-batches don't synchronize, and those
/// of frozen weights that share a flat parameter with trained ones.
[[nodiscard]] constexpr std::int64_t unsharded_gradients(const stage_load& s, const stage_inputs& in) noexcept {
    const std::int64_t per_parameter = in.rules.flat_gradients ? in.compute : in.rules.recipe.gradient;
    const std::int64_t all =
        (in.rules.adapted && !in.rules.flat_gradients ? in.sums.adapter : in.sums.dense() + in.sums.expert) *
        per_parameter;
    const std::int64_t here = in.job.offload == offload::full ? 0 : s.gradients;
    return larger((in.rules.whole_gradients ? all : divide_up(all, in.l.sharding_group)) - here, 0);
}

/// What is there only while a layer needs it: gathered shards, units fetched from the host, autocast's copies.
constexpr void add_gathered(stage_load& s, const stage_inputs& in) noexcept {
    const memory_rules& r = in.rules;
    const std::int64_t unit = (in.unit.dense() + in.unit.expert) * in.compute;
    const std::int64_t root = (in.ends.lookup + in.ends.vector) * in.compute;
    const std::int64_t stage = in.sums.dense() + in.sums.expert;
    const bool sharded = in.l.sharding == sharding::full && in.l.sharding_group > 1;
    if (r.whole_stage) {
        s.gathered_forward = stage * in.compute;
        s.gathered_backward = stage * (in.compute + 4);
    } else if (sharded || in.job.offload == offload::full) {
        const std::int64_t gradients = r.whole_gradients || r.flat_gradients ? unsharded_gradients(s, in) : 0;
        // The layer at work and the next one, where there is a next one; in backward one layer's gradients too.
        const std::int64_t units = smaller(2, in.layers);
        s.gathered_forward = root + units * unit + (r.whole_gradients ? gradients : 0);
        s.gathered_backward = root + (r.adapted ? units : units + 1) * unit + gradients;
    } else if (r.recipe.cast_cache > 0 && (r.widened || !r.adapted || r.base == number_format::fp32)) {
        // Autocast's copies live as long as backward needs them, and are gone when the optimizer steps.
        s.gathered_forward = s.gathered_backward =
            ((r.widened ? 0 : in.sums.matrix + in.sums.expert) + in.head) * r.recipe.cast_cache;
    }
}

}  // namespace cardfit::detail
