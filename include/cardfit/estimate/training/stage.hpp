// SPDX-License-Identifier: MIT
#pragma once

// One pipeline stage of a training job as the memory estimate sees it: the byte counts that the lowering fills in, and
// the inputs that the lowering reads.

#include <cardfit/estimate/memory_estimate.hpp>
#include <cardfit/estimate/parameters.hpp>
#include <cardfit/estimate/stages.hpp>
#include <cardfit/job/memory_rules.hpp>

namespace cardfit {

/// The bytes that one pipeline stage holds on one GPU: fixed ones, and coefficients of the tokens in a micro-batch and
/// of the pairs of token and attended position (attention scores). The members are plain integers rather than
/// quantities, because a planner evaluates millions of points.
struct stage_load {
    std::int64_t weights = 0;    ///< bytes of weights
    std::int64_t gradients = 0;  ///< bytes of gradients at the end of backward
    /// Gradients that exist before backward has computed any: they are accumulated, or were never freed.
    std::int64_t gradients_early = 0;
    /// Gradients that exist when the loss computes its own gradient.
    std::int64_t gradients_loss = 0;
    /// Blocks of the previous step's gradients that the allocator still caches, at the loss and when backward starts.
    std::int64_t slack_loss = 0;
    std::int64_t slack_first = 0;        ///< when backward starts
    std::int64_t optimizer = 0;          ///< bytes of optimizer states
    std::int64_t gathered_forward = 0;   ///< gathered by sharded training, in forward
    std::int64_t gathered_head = 0;      ///< the part of it that is left when the loss computes its gradient
    std::int64_t gathered_backward = 0;  ///< gathered by sharded training, in backward
    std::int64_t gathered_ahead = 0;     ///< the part of it that the last layer of backward does not gather ahead
    std::int64_t buckets = 0;            ///< of the gradients' reduction
    std::int64_t step_temporaries = 0;   ///< of the optimizer's step
    /// Dequantized matrices, or dummy weight gradients, that exist through forward and backward.
    std::int64_t scratch = 0;
    /// Saved activations of all micro-batches in flight, per token and per attention score.
    std::int64_t saved_per_token = 0;
    std::int64_t saved_per_score = 0;  ///< bytes per attention score
    /// What the layer whose backward runs holds beyond its saved activations.
    std::int64_t recomputed_per_token = 0;
    std::int64_t recomputed_per_score = 0;  ///< bytes per attention score
    /// The last layer of backward, its saved activations included.
    std::int64_t layer_per_token = 0;
    std::int64_t layer_per_score = 0;  ///< bytes per attention score
    /// Inputs of layers, and their gradients, that stay until backward ends.
    std::int64_t held_per_token = 0;
    /// Activations of the embedding and of the head themselves.
    std::int64_t embedding_head_per_token = 0;
    std::int64_t logits_per_token = 0;             ///< at the peak of the loss
    std::int64_t late_logits_per_token = 0;        ///< the part of them that exists only when forward has ended
    std::int64_t gathered_sequence_per_token = 0;  ///< one sequence, gathered by sequence parallelism
    /// Saved activations per sample, whatever the length of the sequence, of all micro-batches in flight: of the vision
    /// tower over its images, or of an encoder over a source of its own length.
    std::int64_t tower_per_sample = 0;
    /// What the encoder's layer whose backward runs holds beyond them, per sample; or what frozen parts need that
    /// prepare a sample (a diffusion model's autoencoder), which run before the trained network does.
    std::int64_t source_layer_per_sample = 0;
};

/// What PyTorch's caching allocator does with blocks that are freed (c10/cuda/CUDACachingAllocator.cpp): a tensor takes
/// the smallest free block of its stream that holds it, and what is left of the block stays beside it.
struct block_cache_rules {
    bool counted = false;          ///< blocks are counted one by one; percentages are all that is known otherwise
    bool gradients_apart = false;  ///< FSDP reduces gradients on a stream of its own, whose blocks serve nothing else
    std::int64_t logit_bytes = 0;  ///< of one logit at the peak of the loss
    std::int64_t copy_bytes = 0;   ///< of one 16-bit logit, whose block is too small for the fp32 logits
    std::int64_t forward_layer_percent = 0;   ///< of a layer's backward: what its forward leaves to the loss
    std::int64_t backward_layer_percent = 0;  ///< of the same: what inputs break that backward holds to its end
    std::int64_t gathered_percent = 0;        ///< of gathered weights: what their stream has cached beside them
};

/// A training job lowered for one model, machine and layout. Only the micro-batch and the sequence length are open:
/// `memory(job, micro_batch, sequence_length)`.
struct lowered_training {
    stage_load stages[max_distinct_stages]{};     ///< the distinct stages
    int stage_index[max_distinct_stages]{};       ///< pipeline stage of each, from 0
    std::size_t stage_count = 0;                  ///< the number of distinct stages
    std::int64_t workspace = 0;                   ///< bytes of the libraries' workspace
    std::int64_t activation_slack_per_mille = 0;  ///< allocator slack, of activations
    std::int64_t slack_per_mille = 0;             ///< allocator slack, of everything else
    block_cache_rules cache{};                    ///< blocks that the allocator keeps
    std::int64_t band_per_mille = 0;              ///< half-width of the error band
    std::int64_t context = 0;                     ///< bytes of the CUDA context
    std::int64_t communication = 0;               ///< bytes of the communicators' buffers
    std::int64_t engine = 0;                      ///< of a serving engine that shares the card, its weights included
    std::int64_t capacity = 0;                    ///< usable memory of one GPU
    std::int64_t context_parallel = 1;            ///< cards that share the positions of each sequence
    std::int64_t longest_sequence = 100'000'000;  ///< tokens
    std::int64_t tokens_per_sample = 0;           ///< 0: the sequence length
    std::int64_t samples_at_once = 0;             ///< of a micro-batch that pass forward and backward together; 0: all
    std::int64_t micro_batch = 1;                 ///< of the job
    std::int64_t sequence_length = 1;             ///< of the job
    /// Upper bounds of the bytes per token, per score and fixed: a point whose bytes would exceed 64 bits is refused
    /// before anything is multiplied.
    double token_bound = 0;
    double score_bound = 0;  ///< bytes per score
    double fixed_bound = 0;  ///< bytes
};

}  // namespace cardfit

namespace cardfit::detail {

/// The activation memory of one layer, in bytes per token and per attention score (a token and a position that it
/// attends to): what is saved from forward to backward, and what exists beyond that while its backward runs.
struct layer_activations {
    std::int64_t saved_per_token = 0;
    std::int64_t saved_per_score = 0;
    std::int64_t recomputed_per_token = 0;
    std::int64_t recomputed_per_score = 0;
};

/// What lowering reads of one layer of a kind, which is the same on every stage.
struct layer_inputs {
    parameter_sums parameters{};
    layer_activations activations{};
    std::int64_t transient = 0;  ///< bytes per token of `transient_bytes`
};

/// Everything about a job that lowering its stages reads.
struct job_inputs {
    const network& net;
    const training& job;
    const layout& l;
    const memory_rules& rules;
    const framework_memory& row;
    layer_inputs kinds[max_block_kinds]{};
    std::int64_t compute = 0;  ///< bytes per element of the compute format
    std::int64_t shapes = 0;  ///< elements of one matrix of each distinct shape, where the framework has scratch for it
};

/// Everything that lowering one pipeline stage reads.
struct stage_inputs {
    const network& net;
    const training& job;
    const layout& l;
    const memory_rules& rules;
    const framework_memory& row;
    const stage_content& content;
    const layer_inputs (&kinds)[max_block_kinds];
    parameter_sums sums{};  ///< the parameters of the whole stage
    parameter_sums ends{};  ///< the parameters of its embedding and head
    parameter_sums unit{};  ///< its largest layer, which full sharding gathers at a time

    const layer_block* largest_layer =
        nullptr;  ///< the layer whose parameters are `unit`; null on a stage without layers

    std::int64_t layers = 0;   ///< the number of layers on the stage
    std::int64_t compute = 0;  ///< bytes per element of the compute format
    std::int64_t head = 0;     ///< elements of the head's matrix, tied or not; 0 on stages without the head
    bool quantized = false;    ///< the base is frozen and has fewer than 16 bits
};

}  // namespace cardfit::detail
