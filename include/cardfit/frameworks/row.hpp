// SPDX-License-Identifier: MIT
#pragma once

// What a training framework's row states: which tensors it saves for backward, what it stores per parameter, and how it
// spends time. Each framework has a header of its own in this folder; all.hpp lists them.

#include <cardfit/job/saved_tensors.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/row_table.hpp>

#include <cstdint>
#include <string_view>

namespace cardfit {

/// Bytes that a framework stores per parameter under mixed precision.
struct mixed_recipe {
    int weight = 4;         ///< weights that forward reads, or shards of them
    int gradient = 4;       ///< gradients, fp32 main gradients included
    int master = 0;         ///< fp32 copy that the optimizer updates
    int cast_cache = 0;     ///< 16-bit copies of matrices that autocast makes, alive through forward and backward
    int step_gradient = 0;  ///< copies of the sharded gradient during the optimizer step

    friend constexpr bool operator==(const mixed_recipe&, const mixed_recipe&) = default;
};

namespace mixed_recipes {
/// Bytes per parameter in mixed precision, as the name says.
/// @{
inline constexpr mixed_recipe autocast{.weight = 4, .gradient = 4, .cast_cache = 2};
inline constexpr mixed_recipe fsdp{.weight = 4, .gradient = 4};
/// Before each step, DeepSpeed's ZeRO flattens the 16-bit gradients and copies the flat tensor to fp32, and both exist
/// for a while (runtime/zero/stage_1_and_2.py, step; stage3.py, _prepare_fp32_grad_for_sub_group).
inline constexpr mixed_recipe zero{.weight = 2, .gradient = 2, .master = 4, .step_gradient = 6};
/// DeepSpeed's bf16 optimizer accumulates gradients in fp32, next to the bf16 gradients.
inline constexpr mixed_recipe zero_bf16_accumulated{.weight = 2, .gradient = 6, .master = 4};
inline constexpr mixed_recipe megatron{.weight = 2, .gradient = 4, .master = 4};
inline constexpr mixed_recipe apex_o2{.weight = 2, .gradient = 2, .master = 4};
/// @}
}  // namespace mixed_recipes

/// Bytes per logit (vocabulary entry and token) at the loss's peak, by how the loss is computed.
struct logits_recipe {
    int full = 14;               ///< 16-bit logits, an fp32 copy, its log-softmax, and the gradient of that
    int replaced = 14;           ///< `full` before `kept_since`, when the fp32 copy replaced the 16-bit logits
    software_date kept_since{};  ///< 0.0: from the first release on
    /// From `unshifted_since` on, the labels are shifted instead of a copy of the logits: the log-softmax and two
    /// gradients in fp32 are the peak.
    int unshifted = 12;
    software_date unshifted_since = no_software_yet;  ///< from this date on, the labels are shifted
    int unshifted_forward = 10;  ///< of these 12, at the end of forward: 16-bit logits, an fp32 copy, its log-softmax
    int compiled = 14;           ///< graph and loss compiled, from `compiled_since` on
    software_date compiled_since{};  ///< 0.0: from the first release on
    int tensor_parallel = 14;        ///< the vocabulary divided by tensor parallelism (DTensor's loss_parallel)
    int chunked = 6;                 ///< logits computed and consumed chunk by chunk
    int fused = 0;                   ///< a fused kernel that never writes the logits, or overwrites them
    /// Bytes per element of the head that the fused kernel needs for the head's gradient; 0: one in the compute format.
    int fused_head_gradient = 0;
    /// A fused kernel over all logits: 16-bit logits, an fp32 copy that becomes its own gradient, and that gradient in
    /// 16 bits (Triton's cross-entropy of Unsloth and fms-acceleration, after the model's upcast).
    int fused_kernel = 8;
    /// The framework's own loss from `default_since` on; `loss::full` before.
    cardfit::loss default_loss = loss::full;
    software_date default_since{};  ///< 0.0: from the first release on
};

/// How a framework implements adapters.
struct adapter_recipe {
    bool dropout = true;  ///< adapters have dropout: each target reads its own dropped-out copy of the input
    /// Under autocast each target reads a cast copy of its input: adapters are fp32 beside a base of 16 bits (peft's
    /// autocast_adapter_dtype and _cast_input_dtype).
    bool casts_inputs = false;
    bool fused_query_key_value = false;  ///< queries, keys and values are one target
    bool whole_embeddings = false;  ///< `embeddings` and `head` as targets are trained whole (peft's modules_to_save)
    bool quantized_head = false;    ///< a quantized base includes the head
    /// Copies of a frozen quantized matrix's input that stay saved. bitsandbytes' 4-bit matmul saved it (ctx.tensors);
    /// two 16-bit copies are fitted on litgpt's published pairs with and without nf4.
    int quantized_input_copies = 0;
    /// bitsandbytes' bases (nf4, nf4-dq, int8) keep all that is not quantized, and the adapters, in fp32, and run under
    /// autocast: peft's prepare_model_for_kbit_training and autocast_adapter_dtype.
    bool widens_quantized_base = false;
    /// The month from which on the framework does not call prepare_model_for_kbit_training.
    software_date widens_until = no_software_yet;
    /// Under checkpoints, the embedding's output needs a gradient (transformers' enable_input_require_grads, which peft
    /// calls: recalled), so that backward runs through all layers, with adapters or without.
    bool checkpoints_need_input_gradients = false;
    /// FSDP1 reshards a frozen layer by a hook on its inputs (pytorch/pytorch#101982). Over a reentrant checkpoint
    /// these inputs are leaves of the graph, and the hook holds them and their gradients until backward ends.
    bool reshard_hooks_hold_inputs = false;
    /// The month from which on checkpoints are not reentrant by default.
    software_date reentrant_until{};
};

/// Which streams cache freed blocks of memory beyond percentages: PyTorch's caching allocator, with one stream
/// (DeepSpeed's flat buffers are reduced in place) or also FSDP's for gathered weights and reduced gradients. `none`
/// where percentages were fitted on the framework's own peaks.
enum class block_streams : unsigned char { none, one, sharded };

/// What the memory estimate reads of a framework.
struct framework_memory {
    const saved_table* eager = nullptr;      ///< no recomputation, graph not compiled, weights in the compute format
    const saved_table* autocast = nullptr;   ///< the same where autocast makes 16-bit copies of fp32 weights
    const saved_table* compiled = nullptr;   ///< no recomputation, compiled graph
    const saved_table* selective = nullptr;  ///< selective recomputation
    /// The same of layers whose matmuls run in NVFP4, if it differs; and the percent of layers, at the end, that stay
    /// in 16 bits under NVFP4.
    const saved_table* selective_fp4 = nullptr;
    int wide_layers_under_fp4 = 0;                        ///< percent of all layers that stay in 16 bits
    mixed_recipe mixed_fp16{};                            ///< bytes per parameter under fp16 mixed precision
    mixed_recipe mixed_bf16{};                            ///< bytes per parameter under bf16 mixed precision
    mixed_recipe pure_16bit{.weight = 2, .gradient = 2};  ///< bytes per parameter in pure 16 bits
    /// The optimizer makes its states in the format of the parameters, as torch.optim does (zeros_like).
    bool states_follow_parameters = true;
    mixed_recipe full_precision{};  ///< bytes per parameter in fp32
    logits_recipe logits{};         ///< bytes per logit at the loss's peak
    adapter_recipe adapters{};      ///< what adapters add
    /// From these dates on, the framework's flash kernels, backward included, know attention sinks, soft-capped scores
    /// and a bias for each pair of positions; before, attention writes its scores (job/attention_kernels.hpp).
    software_date sinks_since = no_software_yet;
    software_date softcap_since = no_software_yet;        ///< soft-capped scores
    software_date biased_scores_since = no_software_yet;  ///< a bias for each pair of positions
    /// From this date on, models that can hand their bias to PyTorch's attention as a mask do so. Its math kernel alone
    /// takes that, whether the bias is trained or not.
    software_date mask_bias_since = no_software_yet;
    /// From this date on, keys and values are not repeated for PyTorch's attention, whose kernels that write no scores
    /// take them so in 16 bits on cards from Ampere on alone.
    software_date grouped_since = no_software_yet;
    /// From this date on, attention with soft-capped scores writes them unless the job asks for another kernel.
    software_date eager_softcap_since = no_software_yet;
    /// From this date on, one grouped matmul multiplies the matrices of all experts.
    software_date grouped_experts_since = no_software_yet;
    /// Models are those of Hugging Face transformers, whose code writes some activations out of several operators.
    bool runs_models_of_transformers = false;
    bool has_fused_kernels = false;  ///< Liger's kernels can replace the norms and gated activations of a model
    /// One switch brings them with the fused loss, unless the job says which kernels run.
    bool fused_loss_brings_kernels = false;
    bool gradients_persist = false;              ///< gradient memory is allocated once and never returned
    bool sequence_parallel_with_tensor = false;  ///< tensor parallelism brings sequence parallelism
    bool gathers_sequence = false;               ///< the full sequence is gathered for one matrix at a time (Megatron)
    bool second_output_under_context = false;    ///< attention's output is saved twice under context parallelism
    bool keeps_stage_outputs =
        false;  ///< each in-flight micro-batch keeps its stage's output next to saved activations
    /// Copies of each matrix in the narrow format that matmuls read, which stay from micro-batch to micro-batch.
    int cached_narrow_copies = 0;
    bool gathers_stage_under_pipeline = false;  ///< FSDP keeps a pipeline stage gathered, with unsharded fp32 gradients
    /// Accumulating micro-batches are not synchronized, so FSDP holds unsharded gradients (no_sync).
    bool unsharded_accumulation = false;
    bool flat_gradients = false;     ///< FSDP1's flat parameters have gradients for frozen weights too
    bool matrix_scratch = false;     ///< Transformer Engine's dummy weight gradients, one per distinct shape
    int bucket_gradient_copies = 0;  ///< gradient-sized flat copies that data-parallel buckets hold
    /// What the framework's estimator of host memory adds to offloaded states for buffers, per mille.
    int host_buffer_per_mille = 0;
    std::int64_t bucket_elements = 0;  ///< elements of DeepSpeed's fixed communication buckets, all together
    /// Elements of a GPU's share that ZeRO-3 steps at a time (sub_group_size); 0: all of them.
    std::int64_t stepped_elements = 0;
    cardfit::block_streams block_streams = block_streams::sharded;  ///< which streams cache freed blocks
    /// From this date on, the framework's launcher lets the caching allocator's segments expand, so that few blocks
    /// are left over, and percentages describe what is held.
    software_date segments_expand_since = no_software_yet;
    /// Memory that the caching allocator takes beyond what tensors hold (and beyond blocks that are counted), by splits
    /// and unequal block sizes: per mille of activations, which come and go in many sizes.
    int activation_slack_per_mille = 70;
    int slack_per_mille = 20;  ///< the same of everything else
    /// The same where blocks are counted, before PyTorch 2.0: fitted on Hugging Face's readings of 2021, from no known
    /// cause.
    int early_activation_slack_per_mille = 250;
    int early_slack_per_mille = 30;  ///< of everything else
    /// Whether gradients freed after a step still count at the next peak, because their blocks stay in the cache in
    /// sizes that activations cannot reuse. It is fitted on torchtitan's reserved peaks over numbers of cards.
    bool keeps_freed_gradients = false;
    /// Half-width of the band around an estimate: the 90th percentile of |estimate / measured - 1| on the published
    /// memory rows of the framework (tests/published, 2026-11), rounded up to a whole percent and at least 50;
    /// where only verdicts were published, what no completed run's estimate exceeds its card by (llm-foundry, dle: 80);
    /// 150 where no measurement is published.
    int band_per_mille = 150;
    /// The same for kinds of job whose measured errors are larger, whatever their cause; 0: the framework's own.
    int experts_band_per_mille = 0;
    int offload_band_per_mille = 0;         ///< of the optimizer's states
    int fp4_band_per_mille = 0;             ///< of fp4 matmuls
    int pipeline_band_per_mille = 0;        ///< of pipeline stages
    int quantized_base_band_per_mille = 0;  ///< of adapters beside a base of fewer than 16 bits
    /// Whether fp32 convolutions allocate workspace for cuDNN's Winograd transforms, which its heuristic chooses for
    /// 3x3. Where a benchmark picks the algorithm (torch.backends.cudnn.benchmark), one that does not fit is skipped.
    bool convolution_transforms = false;
    /// Full recomputation saves the layers' inputs in host memory.
    bool checkpoints_on_host = false;
    int foreach_temporaries = 0;  ///< parameter-sized temporaries of the optimizer step, in the state format
};

/// How far element-wise kernels are fused: not, by hand in places, throughout, or by a compiler.
enum class fusion : unsigned char { eager, partial, full, compiled };

/// When replicated gradients are reduced: in buckets as they arrive, or all of them after backward (apex, Megatron's
/// own, DeepSpeed's), which are overlapped too since 2023.
enum class gradient_reduction : unsigned char { bucketed, late };

/// What the time estimate reads of a framework.
struct framework_time {
    cardfit::fusion fusion = fusion::eager;  ///< how far element-wise kernels are fused
    bool fused_optimizer = true;  ///< one kernel updates many tensors (foreach, fused, apex), not a loop of operators
    gradient_reduction reduction = gradient_reduction::bucketed;  ///< how gradients are reduced
    bool master_weights = false;  ///< 16-bit weights, with fp32 ones in the optimizer alone, so there are no casts
    /// Full-precision fine-tunes of a classifier with plain Adam clip and step tensor by tensor from the host.
    bool steps_tensor_by_tensor = false;
    bool channels_last = false;             ///< 16-bit convolutions run in their fast layout
    bool hides_tensor_collectives = false;  ///< with sequence parallelism, since `overlap_since`
    /// Attention with windows has a fused kernel since `windows_fused_since`, and none before.
    bool windows_fused_late = false;
    /// From this date on, attention to another sequence (an encoder's result) runs in a fused kernel.
    software_date flash_sources_since = no_software_yet;
    /// From this date on, models call PyTorch's attention as it comes, and that runs cuDNN's kernels where they are
    /// faster than FlashAttention 2 (on Hopper).
    software_date cudnn_attention_since = no_software_yet;
    /// Half-width of the band: the 90th percentile of |estimate / measured - 1| over the published training rates of
    /// that framework (tests/published/speed.jsonl, 2026-11), rounded up to a whole percent and at least 100; 350 where
    /// fewer than five rows are published.
    int band_per_mille = 350;
};

/// Returns true if attention runs in the kernels of fused stacks (cuDNN, Transformer Engine) at this date.
[[nodiscard]] constexpr bool fuses_attention(const framework_time& row, software_date date) noexcept {
    return row.fusion == fusion::full || !(date < row.cudnn_attention_since);
}

/// One training framework.
struct framework_row {
    cardfit::framework value{};      ///< the framework
    std::string_view name;           ///< the job file's word
    std::string_view aliases[4]{};   ///< other words that users type
    std::string_view launch_name{};  ///< what `cardfit launch --for` calls it; empty where no launcher writes its files
    /// The distributed_type of Accelerate that shards weights for this framework.
    std::string_view accelerate_sharding = "FSDP";
    framework_memory memory{};  ///< rules of memory
    framework_time time{};      ///< rules of time
    row_sources sources{};      ///< where the rules come from
};

/// torch.optim frees gradients instead of zeroing them from PyTorch 2.0 (March 2023) on; before, they stay allocated.
inline constexpr software_date gradients_freed_since{2023, 3};
/// torch.optim steps with foreach kernels by default from PyTorch 2.0 on.
inline constexpr software_date foreach_since{2023, 3};

}  // namespace cardfit
