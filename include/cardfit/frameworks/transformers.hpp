// SPDX-License-Identifier: MIT
#pragma once

// The Hugging Face Trainer, and what runs it: TRL, peft and Accelerate.

#include <cardfit/frameworks/row.hpp>

namespace cardfit::frameworks {

/// The rules of `transformers`: what the estimates of memory and time read of it, with the sources.
inline constexpr framework_row transformers{
    .value = framework::transformers,
    .name = "transformers",
    .aliases = {"hf", "huggingface", "accelerate"},
    .launch_name = "accelerate",
    .memory =
        {.eager = &saved_tables::eager,
         .autocast = &saved_tables::autocast,
         .compiled = &saved_tables::compiled,
         .selective = &saved_tables::every_second_matmul,
         .mixed_fp16 = mixed_recipes::autocast,
         .mixed_bf16 = mixed_recipes::autocast,
         .logits = {.replaced = 12,
                    .kept_since = {2024, 10},
                    .unshifted_since = {2025, 2},
                    // Liger's ops/fused_linear_cross_entropy.py: the sum over chunks, a chunk's, and that in fp32.
                    .fused_head_gradient = 8},
         .adapters = {.casts_inputs = true,
                      .whole_embeddings = true,
                      .widens_quantized_base = true,
                      .checkpoints_need_input_gradients = true,
                      .reshard_hooks_hold_inputs = true,
                      .reentrant_until = {2026, 1}},
         .softcap_since = {2024, 7},
         .mask_bias_since = {2026, 7},
         .grouped_since = {2025, 7},
         .eager_softcap_since = {2024, 9},
         .grouped_experts_since = {2026, 1},
         .runs_models_of_transformers = true,
         .has_fused_kernels = true,
         .fused_loss_brings_kernels = true,
         .bucket_gradient_copies = 1,
         .band_per_mille = 210,
         .quantized_base_band_per_mille = 230,
         .convolution_transforms = true,
         .foreach_temporaries = 1},
    .time = {.fused_optimizer = false,
             .flash_sources_since = {2024, 2},
             .cudnn_attention_since = {2026, 3},
             .band_per_mille = 440},
    .sources =
        {.memory =
             "Hugging Face Trainer: torch.amp; peft modules_to_save, prepare_model_for_kbit_training; transformers "
             "4.46 (October 2024) upcasts logits in ForCausalLMLoss, while the output still holds them in 16 bits; "
             "4.49 (February 2025) makes no shifted copy of them (huggingface/transformers#35646), and 12 bytes per "
             "logit were measured with 5.17 (tests/published/measured_h100.jsonl); "
             "enable_gqa since huggingface/transformers#39412 (July 2025), with which PyTorch falls back to its math "
             "kernel in fp32 (measured_h100.jsonl, h014a) and before compute capability 8.0 (#48633); "
             "T5's bias in PyTorch's attention since huggingface/transformers#47014 (July 2026), and the tensors of "
             "its "
             "math kernel as listed on an H200 (measured_h200.jsonl, k00); "
             "soft-capped scores by FlashAttention 2.6 (huggingface/transformers#31887), and eager by default since "
             "4.45 "
             "(huggingface/transformers#32865; no later change of that default was found); "
             "activations.py NewGELUActivation; integrations/moe.py, whose default is grouped_mm since 5.0 (January "
             "2026, recalled), as measured with 5.17; "
             "checkpoints are reentrant until January 2026 (huggingface/transformers#43203, huggingface/trl#4811)",
         .time =
             "Hugging Face Trainer; mli/transformers-benchmarks; BART and Whisper call PyTorch's attention since 4.38 "
             "(February 2024, recalled), as profiled on an H200; the cuDNN that PyTorch 2.11 brings (March 2026, "
             "recalled) passes the threshold of check_prefer_cudnn_attention (huggingface/transformers#48163), and "
             "an H200 ran it at 449 TFLOP/s forward and 435 backward, causal, with heads of 64 and 16,384 tokens"},
};

}  // namespace cardfit::frameworks
