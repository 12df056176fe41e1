// SPDX-License-Identifier: MIT
#pragma once

// What a framework keeps and stores, as data: one row a framework.

#include <cardfit/job/saved_tensors.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/model/network.hpp>

namespace cardfit {

/// What a framework stores for a parameter under mixed precision. Bytes.
struct mixed_recipe {
    int weight = 4;         ///< the weights that forward uses (or shards of them)
    int gradient = 4;       ///< gradients, main gradients included
    int master = 0;         ///< fp32 copy that the optimizer works on
    int cast_cache = 0;     ///< 16-bit copies of matrices made by autocast, alive through forward and backward
    int step_gradient = 0;  ///< fp32 copy of the sharded gradient during the step
};

/// Bytes a vocabulary logit at the loss's peak, by how the loss is computed.
struct logits_recipe {
    int full = 14;      ///< 16-bit logits, an fp32 copy, its log-softmax, and that one's gradient
    int replaced = 14;  ///< `full` before `kept_since`: the fp32 copy took the 16-bit logits' place
    software_date kept_since{};
    int compiled = 14;  ///< the same where graph and loss are compiled
    software_date compiled_since{};
    int tensor_parallel = 14;  ///< the same with the vocabulary divided (DTensor's loss_parallel)
    int chunked = 6;
    int fused = 0;
    cardfit::loss default_loss = loss::full;
    /// `default_loss` from here on, `full` before.
    software_date default_since{};
};

/// How adapters read their inputs.
struct adapter_recipe {
    bool dropout = true;  ///< each target reads a dropped-out copy of its own
    bool fused_query_key_value = false;
    bool whole_embeddings = false;  ///< `embeddings` and `head` as targets are trained whole (peft's modules_to_save)
    bool quantized_head = false;    ///< a quantized base includes the head
    /// How often a quantized matrix keeps its input although it is frozen. bitsandbytes' 4-bit product kept it (saved
    /// in ctx.tensors); two 16-bit copies' worth is settled on litgpt's published pairs with and without nf4.
    int quantized_input_copies = 0;
    /// bitsandbytes' bases (nf4, nf4-dq, int8) keep all that is not quantized, and the adapters, in fp32, and run under
    /// autocast: peft's prepare_model_for_kbit_training and autocast_adapter_dtype.
    bool widens_quantized_base = false;
};

/// One framework. Everything an estimator needs to know about it.
struct framework_row {
    std::string_view name;
    const saved_table* eager = nullptr;      ///< no recomputation, graph not compiled, weights in the compute format
    const saved_table* autocast = nullptr;   ///< the same where autocast makes 16-bit copies of fp32 weights
    const saved_table* compiled = nullptr;   ///< no recomputation, compiled graph
    const saved_table* selective = nullptr;  ///< selective recomputation
    mixed_recipe mixed_fp16{};
    mixed_recipe mixed_bf16{};
    mixed_recipe pure_16bit{.weight = 2, .gradient = 2};
    mixed_recipe full_precision{};
    logits_recipe logits{};
    adapter_recipe adapters{};
    bool gradients_persist = false;  ///< gradient memory is allocated once and never returned
    bool sequence_parallel_with_tensor = false;
    bool gathers_sequence = false;             ///< one full sequence gathered for a matrix at a time (Megatron)
    bool second_output_under_context = false;  ///< attention keeps its output twice under context parallelism
    bool keeps_stage_outputs =
        false;  ///< each micro-batch in flight keeps its stage's output beside what backward keeps
    /// Copies of a matrix in the narrow format that products read, kept from micro-batch to micro-batch.
    int cached_narrow_copies = 0;
    bool gathers_stage_under_pipeline = false;  ///< FSDP keeps a pipeline stage gathered, with unsharded fp32 gradients
    bool unsharded_accumulation =
        false;  ///< accumulating micro-batches don't synchronize: FSDP then keeps whole gradients (no_sync)
    bool flat_gradients = false;       ///< FSDP1's flat parameters have gradients for frozen weights too
    bool matrix_scratch = false;       ///< Transformer Engine's dummy weight gradients, one a distinct shape
    int bucket_gradient_copies = 0;    ///< gradient-sized flat copies that data-parallel buckets hold
    std::int64_t bucket_elements = 0;  ///< fixed communication buckets (DeepSpeed), elements, together
    /// Share of what tensors hold that the caching allocator takes beyond, by splits and unequal block sizes: of
    /// activations, which come and go in many sizes, and of all the rest.
    int activation_slack_per_mille = 250;
    int slack_per_mille = 30;
    /// Whether gradients freed after a step still count at the next peak: their blocks stay in the cache, cut to sizes
    /// that activations don't have. Settled on torchtitan's reserved peaks over numbers of cards; elsewhere they are
    /// used again.
    bool keeps_freed_gradients = false;
    /// Half-width of the band around an estimate: the 90th percentile of |estimate / measured - 1| on the published
    /// memory rows of the framework (tests/published, 2026-11), rounded up to a whole per cent and at least 50;
    /// where only verdicts were published, what no completed run's estimate exceeds its card by (llm-foundry, dle: 80);
    /// 150 where nobody published.
    int band_per_mille = 150;
    /// Whether fp32 convolutions take cuDNN's Winograd transforms as workspace: its heuristic's choice for 3x3. Where a
    /// benchmark picks the algorithm (torch.backends.cudnn.benchmark), one that does not fit is passed over.
    bool convolution_transforms = false;
    int foreach_temporaries = 0;  ///< parameter-sized temporaries of the optimizer step, in the state format
    std::string_view source;
};

/// torch.optim zeroes gradients by freeing them from PyTorch 2.0 on (March 2023); before, they stay allocated.
inline constexpr software_date gradients_freed_since{2023, 3};
/// torch.optim steps with foreach kernels by default from PyTorch 2.0 on.
inline constexpr software_date foreach_since{2023, 3};

namespace detail {

inline constexpr mixed_recipe autocast{.weight = 4, .gradient = 4, .cast_cache = 2};
inline constexpr mixed_recipe fsdp_mixed{.weight = 4, .gradient = 4};
inline constexpr mixed_recipe zero_mixed{.weight = 2, .gradient = 2, .master = 4, .step_gradient = 4};
/// DeepSpeed's bf16 optimizer accumulates gradients in fp32 beside the bf16 ones.
inline constexpr mixed_recipe zero_bf16_accumulated{.weight = 2, .gradient = 6, .master = 4};
inline constexpr mixed_recipe megatron_mixed{.weight = 2, .gradient = 4, .master = 4};
inline constexpr mixed_recipe apex_o2{.weight = 2, .gradient = 2, .master = 4};

inline constexpr framework_row framework_rows[]{
    {.name = "pytorch",
     .eager = &saved_eager,
     .autocast = &saved_autocast,
     .compiled = &saved_compiled,
     .selective = &saved_every_second_matmul,
     .mixed_fp16 = autocast,
     .mixed_bf16 = autocast,
     .bucket_gradient_copies = 1,
     .convolution_transforms = true,
     .foreach_temporaries = 1,
     .source = "PyTorch documentation: torch.amp, DistributedDataParallel, torch.optim (foreach)"},
    {.name = "transformers",
     .eager = &saved_eager,
     .autocast = &saved_autocast,
     .compiled = &saved_compiled,
     .selective = &saved_every_second_matmul,
     .mixed_fp16 = autocast,
     .mixed_bf16 = autocast,
     .logits = {.replaced = 12, .kept_since = {2024, 10}},
     .adapters = {.whole_embeddings = true, .widens_quantized_base = true},
     .bucket_gradient_copies = 1,
     .band_per_mille = 220,
     .convolution_transforms = true,
     .foreach_temporaries = 1,
     .source = "Hugging Face Trainer: torch.amp; peft modules_to_save, prepare_model_for_kbit_training; transformers "
               "4.46 (October 2024) upcasts logits in ForCausalLMLoss, while the output still holds them in 16 bits"},
    {.name = "torchtitan",
     .eager = &saved_eager,
     .autocast = &saved_eager,
     .compiled = &saved_compiled,
     .selective = &saved_every_second_matmul,
     .mixed_fp16 = fsdp_mixed,
     .mixed_bf16 = fsdp_mixed,
     .logits = {.compiled = 4, .compiled_since = {2025, 4}, .tensor_parallel = 22},
     .sequence_parallel_with_tensor = true,
     .gathers_stage_under_pipeline = true,
     .activation_slack_per_mille = 10,
     .slack_per_mille = 10,
     .keeps_freed_gradients = true,
     .band_per_mille = 220,
     .source = "pytorch/torchtitan: docs (FSDP2, activation checkpointing); pull request 1033 compiles the loss (April "
               "2025)"},
    {.name = "torchtune",
     .eager = &saved_eager,
     .autocast = &saved_eager,
     .compiled = &saved_compiled,
     .selective = &saved_every_second_matmul,
     .mixed_fp16 = fsdp_mixed,
     .mixed_bf16 = fsdp_mixed,
     .logits = {.chunked = 2},
     .adapters = {.dropout = false},
     .band_per_mille = 160,
     .foreach_temporaries = 1,
     .source = "torchtune documentation: memory optimization overview"},
    {.name = "litgpt",
     .eager = &saved_litgpt,
     .autocast = &saved_autocast,
     .compiled = &saved_compiled,
     .selective = &saved_every_second_matmul,
     .mixed_fp16 = autocast,
     .mixed_bf16 = autocast,
     .adapters = {.fused_query_key_value = true, .quantized_head = true, .quantized_input_copies = 2},
     .unsharded_accumulation = true,
     .flat_gradients = true,
     .band_per_mille = 110,
     .foreach_temporaries = 1,
     .source = "Lightning Fabric precision and FSDP strategy documentation; litgpt lora.py"},
    {.name = "llm-foundry",
     .eager = &saved_eager,
     .autocast = &saved_eager,
     .compiled = &saved_compiled,
     .selective = &saved_every_second_matmul,
     .mixed_fp16 = fsdp_mixed,
     .mixed_bf16 = fsdp_mixed,
     .logits = {.full = 4, .compiled = 4},
     .activation_slack_per_mille = 50,
     .band_per_mille = 80,
     .source = "Composer FSDP documentation: mixed_precision PURE; llm-foundry: fused_crossentropy of flash-attn on "
               "16-bit logits"},
    {.name = "megatron",
     .eager = &saved_by_fused_kernels,
     .autocast = &saved_by_fused_kernels,
     .compiled = &saved_by_fused_kernels,
     .selective = &saved_without_scores,
     .mixed_fp16 = megatron_mixed,
     .mixed_bf16 = megatron_mixed,
     .logits = {.full = 6,
                .compiled = 6,
                .tensor_parallel = 6,
                .fused = 2,
                .default_loss = loss::fused,
                .default_since = {2024, 1}},
     .gradients_persist = true,
     .sequence_parallel_with_tensor = true,
     .gathers_sequence = true,
     .second_output_under_context = true,
     .cached_narrow_copies = 2,
     .matrix_scratch = true,
     .activation_slack_per_mille = 53,
     .slack_per_mille = 53,
     .band_per_mille = 50,
     .source =
         "Megatron-LM docs: distributed optimizer; Korthikanti et al., arXiv 2205.05198; Transformer Engine keeps "
         "each fp8 weight and its transpose between micro-batches (its pull request 244)"},
    {.name = "megatron-deepspeed",
     .eager = &saved_by_fused_kernels,
     .autocast = &saved_by_fused_kernels,
     .compiled = &saved_by_fused_kernels,
     .selective = &saved_without_scores,
     .mixed_fp16 = zero_mixed,
     .mixed_bf16 = zero_bf16_accumulated,
     .logits = {.full = 6, .compiled = 6, .tensor_parallel = 6, .fused = 2},
     .gradients_persist = true,
     .keeps_stage_outputs = true,
     .bucket_elements = 1'000'000'000,
     .activation_slack_per_mille = 90,
     .slack_per_mille = 90,
     .band_per_mille = 100,
     .source = "Megatron-DeepSpeed: ZeRO-1 with Megatron's kernels; DeepSpeed BF16_Optimizer"},
    {.name = "deepspeed",
     .eager = &saved_eager,
     .autocast = &saved_eager,
     .compiled = &saved_compiled,
     .selective = &saved_every_second_matmul,
     .mixed_fp16 = zero_mixed,
     .mixed_bf16 = zero_mixed,
     .adapters = {.whole_embeddings = true},
     .gradients_persist = true,
     .bucket_elements = 500'000'000,
     .band_per_mille = 150,
     .source = "Rajbhandari et al., arXiv 1910.02054; DeepSpeed ZeRO configuration"},
    {.name = "dle",
     .eager = &saved_eager,
     .autocast = &saved_eager,
     .compiled = &saved_compiled,
     .selective = &saved_without_scores,
     .mixed_fp16 = apex_o2,
     .mixed_bf16 = apex_o2,
     .bucket_gradient_copies = 1,
     .activation_slack_per_mille = 50,
     .band_per_mille = 80,
     .source = "NVIDIA DeepLearningExamples: apex amp O2, fused optimizers"},
    {.name = "detectron2",
     .eager = &saved_eager,
     .autocast = &saved_autocast,
     .compiled = &saved_compiled,
     .selective = &saved_every_second_matmul,
     .mixed_fp16 = autocast,
     .mixed_bf16 = autocast,
     .bucket_gradient_copies = 1,
     .band_per_mille = 110,
     .convolution_transforms = true,
     .source = "detectron2: plain PyTorch; torch.backends.cudnn.benchmark is off (CUDNN_BENCHMARK of its defaults)"},
    {.name = "tensorflow",
     .eager = &saved_tensorflow,
     .autocast = &saved_tensorflow,
     .compiled = &saved_tensorflow,
     .selective = &saved_tensorflow,
     .mixed_fp16 = autocast,
     .mixed_bf16 = autocast,
     .full_precision = {.weight = 4, .gradient = 8},
     .gradients_persist = true,
     .activation_slack_per_mille = 30,
     .source = "google-research/bert: modeling.py, optimization.py on TensorFlow 1.11"},
};

}  // namespace detail

[[nodiscard]] constexpr const framework_row& row_of(framework f) noexcept {
    return detail::framework_rows[static_cast<std::size_t>(f)];
}

}  // namespace cardfit
