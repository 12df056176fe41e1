// SPDX-License-Identifier: MIT
#pragma once

// Hugging Face transformers generates with eager PyTorch modules.

#include <cardfit/engines/row.hpp>

namespace cardfit::engines {

/// Months from which on transformers' releases are the current ones, recalled: 4.36 appeared in mid-December 2023.
inline constexpr engine_release transformers_releases[]{
    {version_of(4, 28), {2023, 4}, ""},
    {version_of(4, 31), {2023, 7}, ""},
    {version_of(4, 36), {2024, 1}, "DynamicCache"},
    {version_of(4, 40), {2024, 4}, ""},
    {version_of(4, 45), {2024, 9}, "one rotary table for all layers"},
    {version_of(4, 48), {2025, 1}, ""},
    {version_of(4, 51), {2025, 4}, ""},
    {version_of(4, 56), {2025, 9}, "sliding layers in the cache"},
    {version_of(5, 0), {2026, 1}, ""},
};

/// The rules of `transformers`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row transformers{
    .value = engine::transformers,
    .name = "transformers",
    .aliases = {"hf", "huggingface"},
    .releases = transformers_releases,
    .floors = pytorch_floors,
    .memory = {.narrow_caches = integer_caches,
               .cache_in_place_since = {2024, 1},
               .windows_since = {2025, 9},
               .latent_since = {2026, 9},
               .expands_latent = true,
               .rotary_shared_since = {2024, 9},
               .grouped_experts_since = {2026, 1},
               .sink_score_bytes = 6,
               // modeling_t5.py: the scores and the bias in 16 bits, softmax in fp32, and its result in 16 bits.
               .biased_score_bytes = 10,
               .returns_logits = true,
               .keeps_dequantized = true,
               .splits_layers = true,
               .band_per_mille = 110},
    .time =
        {.launches = kernel_launch::eager,
         .attention = cache_reading::copied,
         .pipeline_send = &inference_time_constants::pipeline_send,
         .expert_layer = nullptr,
         .band_per_mille = 200,
         .kernels =
             {{every_other, {}, &kernels::dequantizing, &inference_time_constants::host_quantized},
              {unquantized, {}, &kernels::gemm, &inference_time_constants::host_early},
              {unquantized, {2024, 4}, &kernels::gemm, &inference_time_constants::host_16bit},
              {unquantized,
               {2025, 7},
               &kernels::gemm,
               &inference_time_constants::host_16bit,
               false,
               &inference_time_constants::grouped_cache_passes},
              {number_format::gptq_int8, {}, &kernels::dequantizing, &inference_time_constants::host_early},
              {number_format::gptq_int8, {2024, 4}, &kernels::dequantizing, &inference_time_constants::host_int8_2024},
              {number_format::gptq_int8,
               {2025, 1},
               &kernels::dequantizing,
               &inference_time_constants::host_int8_2025,
               false,
               &inference_time_constants::cache_passes},
              {number_format::gptq_int4, {}, &kernels::dequantizing, &inference_time_constants::host_quantized_early},
              {number_format::gptq_int4, {2024, 4}, &kernels::dequantizing, &inference_time_constants::host_quantized},
              {number_format::gptq_int4,
               {2025, 1},
               &kernels::dequantizing,
               &inference_time_constants::host_quantized,
               false,
               &inference_time_constants::cache_passes},
              {number_format::awq_int4, {}, &kernels::awq_fused, &inference_time_constants::host_quantized_early},
              {number_format::awq_int4, {2024, 4}, &kernels::awq_fused, &inference_time_constants::host_awq_2024},
              {number_format::awq_int4,
               {2025, 1},
               &kernels::awq_fused,
               &inference_time_constants::host_quantized,
               false,
               &inference_time_constants::cache_passes},
              {number_format::fp8, {}, &kernels::dequantizing, &inference_time_constants::host_fp8, true}}},
    .sources =
        {.memory =
             "transformers: DynamicCache from 4.36 (December 2023) on, sliding layers in it from 4.56 on; MLA's "
             "latent in it since #47761 (between August and September 2026, #48761); no fused attention with "
             "sinks (GptOssPreTrainedModel), so scores, their concatenation with the sinks and the softmax in 16 "
             "bits; integrations/moe.py (grouped_mm by default since 5.0, January 2026, recalled; four tensors of the "
             "experts' input listed on an H200, measured_h200.jsonl, k29); eager modules keep residual, its sum with "
             "attention, the normed input and the embedding's "
             "output in addition to gate, up and their product; exllama kernels for GPTQ; rotary tables in every "
             "layer before 4.45 (September 2024)",
         .time = "fitted (2026-11): host time per layer 562 to 586 on one PCIe 5 host, other hosts within 30 %; "
                 "16-bit, GPTQ, "
                 "AWQ and fp8 rows of 2023 to 2025; since July 2025 attention takes grouped keys and values as they "
                 "are (huggingface/transformers#39412), as profiled on an H200 (measured_h200.jsonl, k23 and k24); ten "
                 "passes of an fp16 cache in 2025 fit badly (H20, +-30 %)"},
};

}  // namespace cardfit::engines
