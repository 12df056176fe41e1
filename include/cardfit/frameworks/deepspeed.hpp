// SPDX-License-Identifier: MIT
#pragma once

// DeepSpeed shards optimizer states, gradients and weights by ZeRO.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

/// The rules of `deepspeed`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row deepspeed{
    .value = framework::deepspeed,
    .name = "deepspeed",
    .aliases = {"zero"},
    .launch_name = "deepspeed",
    .accelerate_sharding = "DEEPSPEED",
    .memory = {.eager = &saved_tables::eager,
               .autocast = &saved_tables::eager,
               .compiled = &saved_tables::compiled,
               .selective = &saved_tables::every_second_matmul,
               .mixed_fp16 = mixed_recipes::zero,
               .mixed_bf16 = mixed_recipes::zero,
               .states_follow_parameters = false,
               .adapters = {.whole_embeddings = true},
               .gradients_persist = true,
               .host_buffer_per_mille = 500,
               .bucket_elements = 500'000'000,
               .stepped_elements = 1'000'000'000,
               .block_streams = block_streams::one,
               .band_per_mille = 100},
    .time = {.fusion = fusion::full,
             .reduction = gradient_reduction::late,
             .master_weights = true,
             .hides_tensor_collectives = true,
             .windows_fused_late = true,
             .band_per_mille = 100},
    .sources = {.memory = "Rajbhandari et al., arXiv 1910.02054; DeepSpeed ZeRO configuration (sub_group_size 1e9); "
                          "estimate_zero3_model_states_mem_needs (additional_buffer_factor 1.5)",
                .time = "DeepSpeed transformer kernels"},
};

}  // namespace cardfit::frameworks
