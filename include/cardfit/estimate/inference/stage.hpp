// SPDX-License-Identifier: MIT
#pragma once

// One pipeline stage of an inference as the memory estimate sees it: the bytes that its lowering fills in, and what the
// lowering reads.

#include <cardfit/estimate/memory_estimate.hpp>
#include <cardfit/estimate/stages.hpp>
#include <cardfit/engines/all.hpp>

namespace cardfit {

/// One stage's card: bytes that stay, and bytes a token, a sequence, a token and position.
struct inference_stage {
    std::int64_t weights = 0;
    std::int64_t load = 0;             ///< beside the weights until they are loaded
    std::int64_t scratch = 0;          ///< a dequantized matrix
    std::int64_t cache_per_token = 0;  ///< of a sequence, in the layers that keep all tokens
    /// The same in the layers that keep a window, and its tokens.
    std::int64_t window_per_token[max_block_kinds]{};
    std::int64_t window_tokens[max_block_kinds]{};
    std::int64_t state_sequence = 0;    ///< of a sequence, whatever its length
    std::int64_t cross_per_token = 0;   ///< of a source token: keys and values of cross attention
    std::int64_t growth_per_token = 0;  ///< one layer's keys that stand twice while the cache grows, or are expanded
    std::int64_t feed_forward_per_token = 0;  ///< of the tokens in one forward pass, in the widest feed-forward
    std::int64_t attention_per_token = 0;     ///< the same in attention
    std::int64_t score = 0;                   ///< a token and position of the prompt's attention matrix
    std::int64_t buffers_per_token = 0;       ///< allocated once for the longest forward pass
    std::int64_t hidden_per_token = 0;        ///< of the tokens in one forward pass, when the head runs
    std::int64_t logit_row = 0;
};

/// An inference lowered for one model, machine and layout: everything but batch, prompt and generated tokens.
struct lowered_inference {
    inference_stage stages[max_distinct_stages]{};
    int stage_index[max_distinct_stages]{};
    std::size_t stage_count = 0;
    inference job{};
    cache_policy cache = cache_policy::grows;
    std::int64_t block_tokens = 1;
    std::int64_t shared_prefix = 0;  ///< tokens that sequences share, where the engine does
    std::int64_t chunk = 0;          ///< tokens of one forward pass at most; 0: any
    bool reserves_context = false;   ///< buffers are made for all sequences' contexts, not for a prompt
    std::int64_t profiled_sequences = 0;
    int caches_while_decoding = 1;
    std::int64_t graphs = 0;
    std::int64_t workspace = 0;
    std::int64_t context = 0;
    std::int64_t communication = 0;
    std::int64_t slack_per_mille = 0;
    std::int64_t band_per_mille = 0;
    std::int64_t capacity = 0;  ///< what the runtime hands out
    std::int64_t context_parallel = 1;
    /// A prompt is a source that is no part of the sequence.
    bool is_encoder_decoder = false;
    std::int64_t max_source_length = 100'000'000;
    std::int64_t longest_sequence = 100'000'000;
    std::int64_t tokens_per_sample = 0;
    double token_bound = 0;
    double score_bound = 0;
    double fixed_bound = 0;
};

}  // namespace cardfit

namespace cardfit::detail {

/// Everything that lowering one stage reads.
struct serving_inputs {
    const network& net;
    const inference& job;
    const layout& l;
    const engine_memory& row;
    const stage_content& content;
    std::int64_t compute = 2;
    std::int64_t low = 0;  ///< layers [low, high) are here
    std::int64_t high = 0;
};

}  // namespace cardfit::detail
