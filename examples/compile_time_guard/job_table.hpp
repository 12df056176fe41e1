// SPDX-License-Identifier: MIT
#pragma once

// The jobs that the scheduler runs every night. The scheduler does not build if a job does not fit or exceeds its
// limits: change a model, a batch or a card and try.

#include "guard.hpp"

namespace scheduler {

using namespace cardfit;

inline constexpr scheduled_job nightly[]{
    {
        .name = "summarizer, full fine-tuning",
        .model = models::llama_3_1_8b,
        .run = {.micro_batch = 2, .sequence_length = 8192, .recompute = recompute::full},
        .machine = 8 * cards::h100_sxm5_80gb,
        .layout = {.data = 8, .sharding = sharding::full},
        .longest_step_ms = 4000,
        .min_utilization_percent = 30,
    },
    {
        .name = "support assistant, LoRA",
        .model = models::llama_3_1_8b,
        .run = {.precision = precision::bf16,
                .micro_batch = 1,
                .sequence_length = 2048,
                .recompute = recompute::full,
                .adapter = {.method = adapter_method::lora,
                            .rank = 16,
                            .targets = targets(target::query, target::value)}},
        .machine = cards::l40s,
        .longest_step_ms = 1000,
        .min_utilization_percent = 20,
    },
    {
        .name = "log anomaly model",
        .model = models::gpt2,
        .run = {.micro_batch = 4, .sequence_length = 1024},
        .machine = cards::rtx_4090,
        .longest_step_ms = 120,
        .min_utilization_percent = 20,
    },
};

static_assert(holds<nightly>);

}  // namespace scheduler
