// SPDX-License-Identifier: MIT
#pragma once

// What a serving engine's row states: what it allocates besides weights, and how it runs a step. Each engine has a
// header of its own in this folder; all.hpp lists them.

#include <cardfit/engines/floors.hpp>
#include <cardfit/job/inference.hpp>
#include <cardfit/job/inference_time_rules.hpp>
#include <cardfit/row_table.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace cardfit {

/// When and how much KV cache is allocated: as tokens come; for the whole context before the first token; as much as a
/// fraction of the card's memory has room for, which activations share (`fraction_of_total`) or which only weights and
/// cache fill (`fraction_for_cache`); or as much as a fraction of the memory that weights and activations leave free.
enum class cache_policy : unsigned char {
    grows,
    whole_context,
    fraction_of_total,
    fraction_for_cache,
    fraction_of_free
};

/// Returns true if the cache fills a fraction of the card's memory, or of what is free of it.
[[nodiscard]] constexpr bool fills_share(cache_policy cache) noexcept {
    return cache != cache_policy::grows && cache != cache_policy::whole_context;
}

/// A release of an engine that changed a rule of its row. The rules name the month; the table lets a job name the
/// release.
struct engine_release {
    release_number version{};  ///< the release
    software_date date{};      ///< its month
    std::string_view changed;  ///< what it changed, in words
};

/// The fraction of the memory that an engine fills unless the user names one, from a date on.
struct default_utilization {
    software_date since{};  ///< 0.0: from the first release on
    double fraction = 0;    ///< of the GPU's memory, or of what is free of it
};

/// How an engine that shares its fraction among weights and cache alone computes it, from a date on, in MiB of what it
/// leaves: a base, so much per token of the longest pass and per recorded batch size, per 8 GPUs of the model, and a
/// least on cards of more than 60 GiB. Before the first date the fraction depends on the GPUs of a tensor group alone.
struct computed_utilization {
    software_date since{};               ///< 0.0: from the first release on
    std::int64_t base = 0;               ///< MiB that are always left free
    std::int64_t per_two_tokens = 0;     ///< MiB per two tokens of a pass
    std::int64_t per_recorded_size = 0;  ///< MiB per recorded batch size of CUDA graphs
    std::int64_t per_eight_cards = 0;    ///< MiB per eight cards of tensor and pipeline parallelism
    std::int64_t least_on_large = 0;     ///< MiB on cards of more than 60 GiB
};

/// The tokens of a pass, and the largest recorded batch size on fewer than four GPUs and on four or more, on cards of
/// less memory than this.
struct pass_by_card {
    std::int64_t below_gibibytes = 0;   ///< GiB of the card's memory
    std::int64_t tokens = 0;            ///< in one forward pass
    std::int64_t recorded = 0;          ///< largest batch size that CUDA graphs record
    std::int64_t recorded_on_four = 0;  ///< the same with four cards or more in a tensor group
};

/// What an engine's trial run before the first request holds, from a date on, whatever the requests are. A large card
/// has 70 GiB or more and is not an A100 (vLLM's engine/arg_utils.py).
struct trial_run {
    software_date since{};             ///< 0.0: from the first release on
    std::int64_t tokens = 0;           ///< of its forward pass
    std::int64_t large_tokens = 0;     ///< on a large card
    std::int64_t sequences = 0;        ///< that the engine runs at once, whose logits are sampled
    std::int64_t large_sequences = 0;  ///< on a large card
    /// The pass holds a whole sequence of the job where that is longer than `tokens`.
    bool whole_sequence = false;
    /// A sequence longer than this is read in passes of `cut_tokens`; 0: none is cut. Whether the trial then samples.
    std::int64_t cut_beyond = 0;
    std::int64_t cut_tokens = 0;  ///< tokens of one such pass
    bool cut_samples = false;     ///< the trial samples although it is cut
    /// Bytes per logit of the whole vocabulary, on the GPU that samples.
    int logit_bytes = 0;
    /// Memory that the allocator has cached counts as used: so many per mille of the activations' peak beside it.
    int cached_per_mille = 0;
};

/// What CUDA graphs take, from a date on: bytes per layer and captured batch size, for layers with and without experts.
struct graph_rule {
    software_date since{};     ///< 0.0: from the first release on
    std::int64_t largest = 0;  ///< captured batch size
    /// Batch sizes above 256 are captured in steps of 16 instead of 8, none above twice the sequences at once, and the
    /// sizes up to these are captured once more as whole graphs for decoding.
    bool whole_decode = false;
    std::int64_t dense_kibibytes = 0;   ///< KiB per layer and size, without experts
    std::int64_t expert_kibibytes = 0;  ///< KiB per layer and size, with experts
    /// The graphs are within the share that `memory_utilization` names.
    bool in_share = false;
};

/// The tokens of context that an engine allocates where nobody states them, from a date on and from so much memory of
/// all cards on. The last one that applies counts.
struct default_context {
    software_date since{};            ///< 0.0: from the first release on
    std::int64_t from_gibibytes = 0;  ///< of the memory of all cards
    std::int64_t tokens = 0;          ///< 0: the model's own length
};

/// The sequences that an engine runs at once where nobody states them, from a date on.
struct default_slots {
    software_date since{};        ///< 0.0: from the first release on
    std::int64_t at_once = 1;     ///< sequences
    bool where_they_fit = false;  ///< and else one
    bool unified = false;         ///< they share one cache (inference.unified_cache)
};

/// Positions of a rotary table where the model states none: what configs of 2024 state most often.
inline constexpr std::int64_t rotary_positions = 32'768;

/// Formats of 8 bits or fewer of a cache: fp8 alone (kv_cache_dtype of SGLang, TensorRT-LLM and TGI).
inline constexpr number_format fp8_caches[]{number_format::fp8};
/// Formats of a cache of integers (llama.cpp's q8_0 and q4_0, quant_policy of LMDeploy, transformers' QuantizedCache
/// with HQQ, ExLlama's Q8 and Q4, recalled).
inline constexpr number_format integer_caches[]{number_format::int8, number_format::int4};
/// Both of them (vLLM's int8_per_token_head and int4_per_token_head beside fp8).
inline constexpr number_format fp8_and_integer_caches[]{number_format::fp8, number_format::int8, number_format::int4};

/// What the memory estimate reads of an engine.
struct engine_memory {
    /// Formats of 8 bits or fewer that the engine has for a cache, from the most bits to the fewest.
    std::span<const number_format> narrow_caches{};
    cache_policy cache = cache_policy::grows;  ///< how the KV cache grows
    /// `cache` applies from this date on; before it, the whole context was allocated.
    software_date budget_since{};
    /// Tokens that a sequence's cache is rounded up to.
    std::int64_t block_tokens = 1;
    /// Blocks of a prefix that several sequences share are stored once.
    bool shares_prefixes = false;
    /// Before this date a step built its cache as a new tuple, so the old and the new cache coexist until it ends.
    software_date cache_in_place_since{};
    /// From this date on, layers with an attention window cache only the window; before it, all tokens.
    software_date windows_since = no_software_yet;
    /// From this date on, the cache stores MLA's latent; before it, the keys and values expanded from the latent, by
    /// head, each padded to `expanded_head` elements (0: not padded).
    software_date latent_since{};
    std::int64_t expanded_head = 0;  ///< elements
    /// Before this date the latent was stored twice, as keys and as values.
    software_date latent_values_until{};
    /// A layer expands the whole cached latent to keys and values before it attends.
    bool expands_latent = false;
    /// Bytes of scales that an int8 or int4 cache stores per 32 elements.
    int cache_scale_bytes = 0;
    /// Bytes per element of a recurrent layer's state, and of its convolution's; 0: the compute format's.
    int state_bytes = 0;
    int convolution_state_bytes = 0;  ///< bytes per element
    /// The most tokens that one forward pass takes, from `chunked_since` on; 0: whole prompts.
    std::int64_t prefill_chunk = 0;
    software_date chunked_since{};  ///< 0.0: from the first release on
    /// Sequences whose logits the engine's profiling run computes, whatever the batch.
    std::int64_t profiled_sequences = 0;
    /// The trial run by date, for engines that have one; the last one that has begun applies.
    std::span<const trial_run> trials{};
    /// The fraction of the memory that the engine fills by date; empty: 0.9, which no engine without a budget reads.
    std::span<const default_utilization> utilizations{};
    /// The fraction that the engine computes instead, and what its passes hold by card.
    std::span<const computed_utilization> computed{};
    std::span<const pass_by_card> passes{};  ///< by the card's memory
    /// Hidden-size tensors that live while a layer's feed-forward runs.
    int hidden_copies = 4;
    /// Before this date buffers of the feed-forward are allocated once, and stay while attention and the head run.
    software_date static_buffers_until{};
    /// Before this date every layer holds its own rotary sines and cosines, in the compute format, for
    /// `rotary_positions` positions.
    software_date rotary_shared_since{};
    /// The experts are computed for all tokens at once; otherwise one expert after the other.
    bool experts_at_once = false;
    /// From this date on, they are, by one grouped matmul: tokens gathered for experts, their outputs, these weighted,
    /// and these in the order of the tokens exist at once.
    software_date grouped_experts_since = no_software_yet;
    /// Experts may be divided among cards (expert parallelism).
    bool divides_experts = true;
    /// One buffer serves an expert's input and its gate and up outputs, and experts that data-parallel ranks share read
    /// the tokens of all these ranks, at most 32,768 at once (vLLM's fused_moe.py and VLLM_FUSED_MOE_CHUNK_SIZE).
    bool gathers_experts = false;
    /// Bytes per head, token and position of the prompt's attention matrix, until `scores_until`; 0: flash attention.
    int score_bytes = 0;
    software_date scores_until = no_software_yet;  ///< from then on, flash attention
    /// From this date on, a job may choose between flash attention and kernels that write the scores.
    software_date flash_since = no_software_yet;
    /// The same where attention has sinks, which the engine's flash kernels do not support.
    int sink_score_bytes = 0;
    /// The same where every pair of positions has a bias of its own.
    int biased_score_bytes = 0;
    /// Bytes per token and position of the attention mask, whatever the number of heads.
    int mask_bytes = 0;
    /// Buffers are reserved before the first token, for the contexts of all sequences in one cache.
    bool reserves_context = false;
    /// Bytes per logit: 16 bits, and an fp32 copy.
    int logit_bytes = 6;
    /// fp32 logits return to the card of the first layers (accelerate's hook on a model that device_map distributes).
    bool returns_logits = false;
    /// Query, key and value matrices coexist with their concatenation until the model is loaded.
    bool fuses_query_key_value = false;
    /// Bytes per element of the matrix that is being quantized on the card; 0: weights are loaded quantized.
    int quantizing_bytes = 0;
    /// A tied table is stored twice, as embedding and as head.
    bool unties_table = false;
    /// A quantized model's head is quantized too.
    bool quantized_head = false;
    /// A buffer for one dequantized matrix stays allocated (exllama's kernels).
    bool keeps_dequantized = false;
    /// From this date on, the cache has the format that a checkpoint states for it, unless the user names one.
    software_date checkpoint_cache_since = no_software_yet;
    /// From this date on, the engine does not start where less memory is free than the share that it is told to take.
    software_date asks_for_share_since = no_software_yet;
    /// From these dates on, tokens may be sent to the ranks of their experts by DeepEP's kernels, whose buffers are
    /// made for so many tokens per rank; and a step may run as two halves, of which one computes while the other sends.
    software_date sends_tokens_since = no_software_yet;
    software_date two_batches_since = no_software_yet;  ///< from this date on, a step may run as two halves
    std::int64_t sent_tokens = 0;                       ///< tokens per rank
    /// The kernels of MXFP4 experts pad the hidden size and each GPU's part of the inner size to multiples of these; 0:
    /// they pad nothing.
    std::int64_t mxfp4_hidden_multiple = 0;
    std::int64_t mxfp4_inner_multiple = 0;  ///< elements
    /// Weights in fp32 are served in 16 bits unless the user asks for fp32.
    bool casts_fp32 = false;
    /// Weights come in llama.cpp's files.
    bool reads_gguf = false;
    /// From this date on, the token embedding stays in host memory.
    software_date embedding_in_host_since = no_software_yet;
    /// Several cards hold consecutive layers, and layers that do not fit may stay in host memory; else cards divide
    /// matrices.
    bool splits_layers = false;
    /// The cards take layers, the head as the last of them, by shares that a job may state; by default, those of their
    /// memory. Otherwise equal shares.
    bool splits_by_share = false;
    /// A job may state which layers, and whose experts, stay in host memory; from this date on, the head is the first
    /// part that is placed on a card, before it the last.
    bool places_layers = false;
    software_date head_placed_first_since = no_software_yet;  ///< from this date on, the head is placed first
    /// Contexts and sequences where nobody states them, by date; empty for engines that ask for both or take the
    /// model's.
    std::span<const default_context> contexts{};
    std::span<const default_slots> own_slots{};  ///< sequences at once, by date
    /// From this date on, the sequences of a job may share one cache of the length of one of them.
    software_date unified_since = no_software_yet;
    /// Pipeline stages communicate through NCCL.
    bool pipeline_by_nccl = false;
    /// The CUDA context holds none of PyTorch's kernels: 256 MiB (InvokeAI issue 9413, RTX 3090).
    bool bare_context = false;
    /// Size of CUDA graphs' private pool where it is a constant.
    std::int64_t graph_mebibytes = 0;
    /// The graphs by date where captured sizes and layers decide.
    std::span<const graph_rule> graphs{};
    /// Memory outside the allocator within the engine's share: cuBLAS, kernels and communicators without NVLink. The
    /// CUDA context is then outside the share. 0: the context and NCCL's buffers are within it.
    std::int64_t non_torch_mebibytes = 0;
    /// Memory that the caching allocator takes beyond what tensors hold.
    int slack_per_mille = 10;
    /// Half-width of the band, as framework_memory's; 100 (the mean over the measured engines, rounded up) where no
    /// measurement is published.
    int band_per_mille = 100;
};

/// Who launches a layer's kernels: `eager` Python, concurrently with the device; `graph` a recorded CUDA graph;
/// `compiled` fused code; `native` a C++ loop.
enum class kernel_launch : unsigned char { eager, graph, compiled, native };
/// How attention reads the cache: `split` over many blocks (flash decoding, paged); `unsplit`, one block per head;
/// `copied`, concatenated and repeated for all heads every step; `listed`, by the kernels that the engine's row lists.
enum class cache_reading : unsigned char { split, unsplit, copied, listed };

/// Attention kernels from a date on. In a step they stream the cache once, at a share of the nameplate bandwidth (null:
/// that of streaming kernels), and take clocks over all multiprocessors per head and position, or per element of a head
/// and position; both times add up, or the longer one counts. In a prompt they take clocks per head, token and
/// position, or per element of a head, token and position. Null stands for 0.
struct attention_kernel {
    software_date since{};                 ///< 0.0: from the first release on
    time_figure share = nullptr;           ///< of the bandwidth
    time_figure head_clocks = nullptr;     ///< clocks per head and position
    time_figure element_clocks = nullptr;  ///< clocks per element of a head and position
    time_figure latent_clocks = nullptr;   ///< in its place where all heads share one key of a latent; null: the same
    bool overlaps = false;                 ///< its time overlaps with the reading of the cache
    time_figure prompt_head_clocks = nullptr;  ///< of a prompt
    time_figure prompt_clocks = nullptr;       ///< of a prompt
};

/// Formats that a kernel choice may name besides a quantized format: every format of 16 bits or more, and every
/// quantized format that the engine's choices do not name.
inline constexpr number_format unquantized = number_format::fp16;
/// Stands for every quantized format that the list does not name.
inline constexpr number_format every_other = number_format::by_default;

/// Which kernel multiplies a format under an engine from a date on, and what eager Python's launches take per layer.
struct kernel_choice {
    number_format format{};                 ///< a quantized format, `unquantized` or `every_other`
    software_date since{};                  ///< 0.0: from the first release on
    const matmul_kernel* kernel = nullptr;  ///< the kernel; null: none is known
    time_figure host_layer = nullptr;       ///< microseconds of host time per layer, eager engines
    bool synchronizes = false;              ///< the host waits for the device after every matmul
    time_figure cache_passes = nullptr;     ///< times that attention moves the cache's bytes; null: as other formats
};
/// The most kernel choices of an engine.
inline constexpr std::size_t max_kernel_choices = 14;

/// A figure that an engine has from a date on; null stands for 0.
struct dated_figure {
    software_date since{};         ///< 0.0: from the first release on
    time_figure figure = nullptr;  ///< the constant
};

/// The kernel of quantized experts from a date on; null: the one that multiplies the format elsewhere.
struct dated_kernel {
    software_date since{};                  ///< 0.0: from the first release on
    const matmul_kernel* kernel = nullptr;  ///< the kernel
};

/// What the time estimate reads of an engine. Figures are constants, in microseconds, that several engines may share;
/// null stands for 0.
struct engine_time {
    kernel_launch launches = kernel_launch::graph;   ///< how kernels are launched
    cache_reading attention = cache_reading::split;  ///< how attention reads the cache
    /// The same where attention writes its scores (`writes_scores`).
    cache_reading scored_attention = cache_reading::split;
    std::span<const attention_kernel> flash_kernels{};   ///< where `attention` is `listed`
    std::span<const attention_kernel> scored_kernels{};  ///< where `scored_attention` is
    bool quantized_head = false;                         ///< the head has the format of the weights
    bool accumulates_fp16 = false;                       ///< prompts' matmuls accumulate in fp16
    int prompt_piece = 0;                                ///< tokens per pass of a prompt; 0: whole prompts
    int unfused_bytes = 0;  ///< bytes per element where point-wise kernels run one by one in a prompt; 0: fused
    /// Device time per layer besides bytes: small kernels, launch gaps.
    time_figure layer = &inference_time_constants::layer;
    std::span<const dated_figure> layers{};  ///< the same by date; the last one that has begun applies
    time_figure step = nullptr;              ///< device time per step
    time_figure sequence = nullptr;          ///< host time per sequence and step
    time_figure pipeline_send = nullptr;     ///< per send between pipeline stages
    time_figure early_step = nullptr;        ///< added to a step before `early_until`
    software_date early_until{};             ///< month of the release that removed it
    time_figure oldest_step = nullptr;       ///< added to a step before `oldest_until`
    software_date oldest_until{};            ///< month of the release that removed it
    /// Added to a layer with experts; `oldest_expert_layer` before `oldest_until`.
    time_figure expert_layer = &inference_time_constants::expert_layer;
    time_figure oldest_expert_layer = &inference_time_constants::expert_layer;  ///< null: 0
    time_figure expert_loop_host = nullptr;  ///< host time per layer where GPTQ experts run one by one
    /// From this date on, one fused kernel runs all experts of a layer in these formats too.
    software_date experts_fused_since = no_software_yet;
    /// The kernels of GPTQ and AWQ experts since they are fused; empty: the format's own.
    std::span<const dated_kernel> expert_kernels{};
    /// Added to a layer that attends to a latent (MLA), by date: absorbed matmuls, concatenations, norms, grouped
    /// routing and shared experts as kernels of their own.
    std::span<const dated_figure> latent_layers{};
    /// Added to a layer whose state the delta rule corrects, by date: products and copies as kernels of their own.
    std::span<const dated_figure> delta_layers{};
    /// From this date on, the host schedules the next step while the device runs this one (asynchronous scheduling).
    software_date schedules_ahead_since = no_software_yet;
    /// Graphs were recorded for contexts of up to so many tokens before `oldest_until`; 0: for any.
    std::int64_t oldest_graph_tokens = 0;
    time_figure oldest_eager_layer = nullptr;         ///< host time per layer beyond them
    time_figure oldest_eager_tensor_layer = nullptr;  ///< added under tensor parallelism
    /// Host time per layer of a job that records no graphs, by date; empty: the engine records none, or it is not
    /// known.
    std::span<const dated_figure> graphless_layers{};
    time_figure shortest_prompt = nullptr;        ///< the least that a prompt takes
    int band_per_mille = 350;                     ///< half-width of the error band
    kernel_choice kernels[max_kernel_choices]{};  ///< by format and date; the last one that applies counts
};

/// Host time per layer without recorded graphs (`--enforce-eager`, `--disable-cuda-graph`), under vLLM and SGLang.
inline constexpr dated_figure pytorch_graphless_layers[]{{{}, &inference_time_constants::oldest_eager_layer},
                                                         {{2025, 3}, &inference_time_constants::graphless_layer}};

/// Formats of an engine's own files, from the first to the last enumerator.
struct own_formats {
    number_format first{};  ///< the first enumerator; `by_default`: there are none
    number_format last{};   ///< the last enumerator
    /// Returns true if the format is one of them.
    [[nodiscard]] constexpr bool contains(number_format format) const noexcept {
        return first != number_format::by_default && format >= first && format <= last;
    }
};

/// One serving engine.
struct engine_row {
    engine value{};                  ///< the engine
    std::string_view name;           ///< the job file's word
    std::string_view aliases[4]{};   ///< other words that users type
    std::string_view launch_name{};  ///< what `cardfit launch --for` calls it; empty where no launcher writes its files
    bool assumed = false;            ///< serves where a user names no engine: one for GGUF files, one for the rest
    std::span<const engine_release> releases{};  ///< by date; empty: a job cannot name the engine's version
    std::span<const capability_floor> floors{};  ///< on NVIDIA's cards
    bool refuses_gguf = false;                   ///< no release loads GGUF files
    own_formats own{};                           ///< which of ExLlama's formats it loads; none by default
    bool lacks_apple = false;                    ///< no kernels of its own for Apple's GPUs
    bool disaggregates = false;                  ///< replicas that read prompts hand them to replicas that generate
    engine_memory memory{};                      ///< rules of memory
    engine_time time{};                          ///< rules of time
    /// "fitted (2026-11)" in the source of times: on the published rows of tests/published/speed.jsonl at that date;
    /// the range after a value is how far it moves when whole groups of rows are left out.
    row_sources sources{};
};

namespace detail {

/// Returns the last of an engine's choices for a format that applies at a date; null if there is none.
[[nodiscard]] constexpr const kernel_choice* last_choice(const engine_time& row, number_format format,
                                                         const software_date& date) noexcept {
    const kernel_choice* found = nullptr;
    for (const kernel_choice& choice : row.kernels)
        if (choice.kernel && choice.format == format && date >= choice.since) found = &choice;
    return found;
}

}  // namespace detail

/// Returns the kernel that multiplies this format under the engine at this date: the last one chosen for the format,
/// else the one for every other format, which each engine has.
[[nodiscard]] constexpr const kernel_choice& kernel_of(const engine_time& row, number_format format,
                                                       const software_date& date) noexcept {
    const number_format key = block_layout_of(format).element_bits >= 16 ? unquantized : format;
    const kernel_choice* named = detail::last_choice(row, key, date);
    return named ? *named : *detail::last_choice(row, every_other, date);
}

/// Returns true if a job quantizes its cache.
[[nodiscard]] constexpr bool quantizes_cache(const inference& i) noexcept {
    return is_quantized(i.kv_cache) || is_quantized(i.value_cache);
}

/// Returns true if attention writes its scores under an engine: as the job says, or by the engine's default at the
/// job's date. Only flash attention reads a quantized cache where the engine has both (llama_context in
/// llama-context.cpp: "V cache quantization requires flash_attn").
[[nodiscard]] constexpr bool writes_scores(const inference& i, const engine_memory& row) noexcept {
    if (i.attention != serving_attention::by_default) return i.attention == serving_attention::eager;
    if (row.score_bytes == 0 || i.software_date >= row.scores_until) return false;
    const bool has_both = i.software_date >= row.flash_since;
    return !has_both || !quantizes_cache(i);
}

/// The elements per token that a cache stores for one layer, and whether tensor parallelism divides them.
struct cache_layout {
    std::int64_t width = 0;  ///< elements per token and layer
    bool splits = true;      ///< tensor parallelism divides them
};

/// Returns what the cache stores for a layer: keys and values by head, or MLA's latent where the engine caches that.
[[nodiscard]] constexpr cache_layout cache_of(const layer_block& b, const engine_memory& row,
                                              software_date date) noexcept {
    const cache_answers& c = b.cache;
    if (!c.compressed) return {c.width, c.by_head};
    if (date < row.latent_since)
        return {row.expanded_head > 0 ? c.expanded_heads * row.expanded_head : c.expanded_width, true};
    return {c.width + (date < row.latent_values_until ? c.value_width : 0), false};
}

}  // namespace cardfit
