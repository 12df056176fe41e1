// SPDX-License-Identifier: MIT
#pragma once

// One pipeline stage of an inference as the memory estimate sees it: the byte counts that the lowering fills in, and
// the inputs that the lowering reads.

#include <cardfit/estimate/inference/placement.hpp>
#include <cardfit/estimate/inference/trial_run.hpp>
#include <cardfit/estimate/memory_estimate.hpp>
#include <cardfit/estimate/stages.hpp>
#include <cardfit/engines/all.hpp>

namespace cardfit {

/// The bytes that one pipeline stage holds on one GPU: fixed ones, and coefficients of the tokens in the cache, of the
/// sequences, and of the tokens in one forward pass.
struct inference_stage {
    std::int64_t weights = 0;          ///< bytes of weights
    std::int64_t load = 0;             ///< temporaries that exist until the weights are loaded
    std::int64_t scratch = 0;          ///< one dequantized matrix
    std::int64_t cache_per_token = 0;  ///< KV cache of the layers that cache all tokens of a sequence
    /// KV cache of the layers of each kind that cache a window, and the tokens in that window.
    std::int64_t window_per_token[max_block_kinds]{};
    std::int64_t window_tokens[max_block_kinds]{};  ///< tokens
    std::int64_t state_sequence = 0;                ///< recurrent state per sequence, whatever its length
    std::int64_t cross_per_token = 0;               ///< keys and values of cross attention, per source token
    /// One layer's keys and values that exist twice while the cache grows, or that are expanded from a latent.
    std::int64_t growth_per_token = 0;
    std::int64_t feed_forward_per_token = 0;  ///< activations of one forward pass in the widest feed-forward
    std::int64_t attention_per_token = 0;     ///< activations of one forward pass in the widest attention
    std::int64_t score = 0;                   ///< attention matrix of the prompt, per token and position
    std::int64_t buffers_per_token = 0;       ///< buffers that are allocated once, for the longest forward pass
    std::int64_t hidden_per_token = 0;        ///< activations of one forward pass when the head runs
    std::int64_t source_per_token = 0;        ///< an encoder's result, which decoding reads
    std::int64_t logit_row = 0;               ///< logits of one token
    std::int64_t image_activations = 0;       ///< activations of the vision tower that reads one image
    std::int64_t image_features = 0;          ///< the tokens that the tower made of one image
    std::int64_t graphs = 0;                  ///< CUDA graphs of the stage's layers
    std::int64_t missing = 0;                 ///< bytes that the stage's card has less than the largest card
};

/// An inference lowered for one model, machine and layout. Only the batch, the prompt and the generated tokens are
/// open: `memory(job, batch, prompt, generate)`.
struct lowered_inference {
    inference_stage stages[max_distinct_stages]{};  ///< the distinct stages
    int stage_index[max_distinct_stages]{};         ///< pipeline stage of each, from 0
    std::size_t stage_count = 0;                    ///< the number of distinct stages
    inference job{};                                ///< the job
    cache_policy cache = cache_policy::grows;       ///< how the cache grows
    std::int64_t block_tokens = 1;                  ///< a sequence's cache is rounded up to so many tokens
    std::int64_t shared_prefix = 0;       ///< tokens whose cache the sequences share; 0 if the engine does not share
    std::int64_t chunk = 0;               ///< the most tokens in one forward pass; 0: any number
    bool reserves_context = false;        ///< buffers are allocated for the contexts of all sequences, not for a prompt
    std::int64_t profiled_sequences = 0;  ///< whose logits the profiling run computes
    detail::trial_pass trial{};           ///< what the engine's trial run holds, whatever the job's sequences are
    int caches_while_decoding = 1;        ///< copies of the cache that exist while a token is generated
    std::int64_t graphs = 0;              ///< bytes of CUDA graphs
    std::int64_t beside_share = 0;        ///< bytes that the engine takes beside the share that it may fill
    std::int64_t workspace = 0;           ///< bytes of the libraries' workspace
    std::int64_t context = 0;             ///< bytes of the CUDA context
    std::int64_t communication = 0;       ///< bytes of the communicators' buffers
    std::int64_t slack_per_mille = 0;     ///< allocator slack
    std::int64_t band_per_mille = 0;      ///< half-width of the error band
    std::int64_t capacity = 0;            ///< usable memory of one GPU; of the largest one, where they differ
    /// Weights and cache of one replica that a job which places its layers leaves in host memory.
    inference_stage in_host{};
    std::int64_t replicas = 1;     ///< of such a job, which share the memory of their host
    std::int64_t host_memory = 0;  ///< bytes of all hosts; 0: not known
    /// Bytes beyond `capacity` that the runtime reports and others take: the operating system (`reported_but_taken`)
    /// and a display.
    std::int64_t system = 0;
    std::int64_t context_parallel = 1;  ///< cards that share the positions of each sequence
    bool asks_for_share = false;        ///< the engine does not start where its share is not free
    bool is_encoder_decoder = false;    ///< the prompt is a source, which is not part of the generated sequence
    std::int64_t max_source_length = 100'000'000;  ///< tokens
    std::int64_t fixed_source_length = 0;          ///< tokens that the encoder always reads; 0: those of the prompt
    std::int64_t longest_sequence = 100'000'000;   ///< tokens
    std::int64_t tokens_per_sample = 0;            ///< 0: the prompt's length
    std::int64_t images = 0;                       ///< images per sequence
    std::int64_t image_tokens = 0;                 ///< tokens of all images of a sequence, which join the prompt's
    std::int64_t crossed = 0;  ///< features of all images of a sequence, to which cross attention attends
    /// Upper bounds of the bytes per token, per score and fixed: a point whose bytes would exceed 64 bits is refused
    /// before anything is multiplied.
    double token_bound = 0;
    double score_bound = 0;  ///< bytes per score
    double fixed_bound = 0;  ///< bytes
};

}  // namespace cardfit

namespace cardfit::detail {

/// Everything that lowering one pipeline stage reads.
struct serving_inputs {
    const network& net;
    const inference& job;
    const layout& l;
    const engine_memory& row;
    const trial_pass& trial;
    const stage_content& content;
    /// The weights as files store them; none where a format states their bytes.
    const stored_weights& stored;
    std::int64_t compute = 2;      ///< bytes per element of the compute format
    std::int64_t unquantized = 2;  ///< bytes per weight that its format leaves unquantized
    std::int64_t low = 0;          ///< the stage has the layers [low, high)
    std::int64_t high = 0;
    /// The first layer of the model whose experts are on the cards.
    std::int64_t first_experts = 0;
    /// What the engine leaves in host memory takes bytes of the GPU's (shared_memory.hpp).
    bool host_takes_from_gpu = false;
};

}  // namespace cardfit::detail
