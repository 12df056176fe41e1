// SPDX-License-Identifier: MIT
#pragma once

// One pipeline stage of a training job as the memory estimate sees it: the bytes that its lowering fills in, and what
// the lowering reads.

#include <cardfit/estimate/memory_estimate.hpp>
#include <cardfit/estimate/parameters.hpp>
#include <cardfit/estimate/stages.hpp>
#include <cardfit/job/memory_rules.hpp>

namespace cardfit {

/// One pipeline stage's card: bytes that stay, and bytes a token. Raw integers, because a planner asks millions of
/// times.
struct stage_load {
    std::int64_t weights = 0;
    std::int64_t gradients = 0;
    std::int64_t gradients_early = 0;  ///< there before backward has made any (accumulated, or never returned)
    std::int64_t gradients_loss = 0;   ///< there when the loss's own gradient is made
    std::int64_t slack_loss =
        0;  ///< blocks of the last step's gradients that the allocator's cache still holds, at the loss
    std::int64_t slack_first = 0;  ///< the same when backward begins
    std::int64_t optimizer = 0;
    std::int64_t gathered_forward = 0;
    std::int64_t gathered_backward = 0;
    std::int64_t buckets = 0;
    std::int64_t step_temporaries = 0;
    std::int64_t scratch = 0;               ///< dequantized or dummy matrices, through forward and backward
    std::int64_t saved_per_token = 0;       ///< activations of all micro-batches in flight, a token
    std::int64_t saved_per_score = 0;       ///< the same, a token and position
    std::int64_t recomputed_per_token = 0;  ///< one layer under recomputation, beyond what it keeps
    std::int64_t recomputed_per_score = 0;
    std::int64_t layer_per_token = 0;  ///< the last layer of backward, what it kept included
    std::int64_t layer_per_score = 0;
    std::int64_t embedding_head_per_token = 0;     ///< embedding's and head's own activations
    std::int64_t logits_per_token = 0;             ///< the loss's peak
    std::int64_t gathered_sequence_per_token = 0;  ///< one gathered sequence
};

/// A job lowered for one model, machine and layout: everything but micro-batch and sequence length.
struct lowered_training {
    stage_load stages[max_distinct_stages]{};
    int stage_index[max_distinct_stages]{};
    std::size_t stage_count = 0;
    std::int64_t workspace = 0;
    std::int64_t activation_slack_per_mille = 0;
    std::int64_t slack_per_mille = 0;
    std::int64_t band_per_mille = 0;
    std::int64_t context = 0;
    std::int64_t communication = 0;
    std::int64_t capacity = 0;
    std::int64_t context_parallel = 1;
    std::int64_t longest_sequence = 100'000'000;
    std::int64_t tokens_per_sample = 0;
    std::int64_t micro_batch = 1;
    std::int64_t sequence_length = 1;
    /// Largest per-token and per-score coefficients, to refuse a point whose bytes exceed 64 bits before multiplying.
    double token_bound = 0;
    double score_bound = 0;
    double fixed_bound = 0;
};

}  // namespace cardfit

namespace cardfit::detail {

/// Everything that lowering one stage reads.
struct stage_inputs {
    const network& net;
    const training& job;
    const layout& l;
    const memory_rules& rules;
    const framework_row& row;
    const stage_content& content;
    const parameter_sums (&kinds)[max_block_kinds];  ///< one layer of each kind
    parameter_sums sums{};                           ///< the whole stage
    parameter_sums ends{};                           ///< its embedding and head
    parameter_sums unit{};                           ///< its largest layer: what full sharding gathers at a time

    std::int64_t layers = 0;   ///< that the stage holds
    std::int64_t compute = 0;  ///< bytes of the compute format
    std::int64_t head = 0;     ///< the vocabulary head's matrix, tied or not, on the stage that has it
    bool quantized = false;    ///< a frozen base in fewer than 16 bits
};

}  // namespace cardfit::detail
