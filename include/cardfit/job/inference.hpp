// SPDX-License-Identifier: MIT
#pragma once

// An inference job: the format of the weights, the number of sequences and their length, and the serving engine.

#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/job/weight_bytes.hpp>

namespace cardfit {

/// Serving engines; engines/ has a row for each.
enum class engine : unsigned char {
    transformers,
    vllm,
    sglang,
    llama_cpp,
    tensorrt_llm,
    lmdeploy,
    exllama,
    gpt_fast,
    deepspeed,
    litgpt,
    autoawq,
    tgi,
    exllamav3,
    ollama,
};

/// How a serving engine computes attention: by its flash kernels, or by separate kernels that write the scores; by
/// default, as the engine does at the job's date.
enum class serving_attention : unsigned char { by_default, flash, eager };

/// How the tokens of data-parallel ranks reach the experts that these ranks share: every rank gathers all tokens (an
/// all-gather and a reduce-scatter), which is what engines do by default; or each token is sent to the ranks of its
/// experts alone, by DeepEP's kernels.
enum class expert_exchange : unsigned char { gathered, sent };

/// The version of a serving engine: `version_of(0, 11)` for "0.11.0", `version_of(6325)` for build b6325.
struct release_number {
    std::int64_t number = 0;  ///< 10⁶ x first + 10³ x second + third part; 0: not stated
    int named = 0;            ///< 1 + the engine that "vllm 0.11.0" names, as its enumerator's number; 0: none
    friend constexpr auto operator<=>(const release_number&, const release_number&) = default;
    // CUDA's compiler loses the comparison that <=> implies, so it is written.
    friend constexpr bool operator==(const release_number&, const release_number&) = default;
};

/// Returns the version of these parts.
[[nodiscard]] constexpr release_number version_of(std::int64_t first, std::int64_t second = 0,
                                                  std::int64_t third = 0) noexcept {
    return {1'000'000 * first + 1'000 * second + third};
}

/// What proposes tokens that the model checks in one pass (speculative decoding): nothing; a smaller model; the model's
/// own layer of multi-token prediction; EAGLE's layer, of its first two versions or its third; n-grams of the text.
enum class drafting : unsigned char { none, draft_model, prediction, eagle, eagle3, ngram };

/// A draft model by its sizes; `draft_of(network)` counts them.
struct draft_model {
    std::int64_t layers = 0;       ///< hidden layers
    std::int64_t hidden = 0;       ///< hidden size
    std::int64_t matrices = 0;     ///< weights of its layers that a token visits
    std::int64_t head = 0;         ///< weights of its vocabulary head
    std::int64_t parameters = 0;   ///< of the whole draft
    std::int64_t cache_width = 0;  ///< elements that its layers cache per token
    friend constexpr bool operator==(const draft_model&, const draft_model&) = default;
};

/// Speculative decoding of a job.
struct speculation {
    drafting method{};        ///< what drafts; none: no speculation
    std::int64_t tokens = 0;  ///< proposed per pass
    /// Probability that a proposed token is accepted after those before it.
    double acceptance = 0;
    draft_model draft{};  ///< with `drafting::draft_model`
    friend constexpr bool operator==(const speculation&, const speculation&) = default;
};

/// Stands for the fraction of the memory that an engine takes where the user names none.
inline constexpr double engines_utilization = -1;

/// Stands for all layers and the head.
inline constexpr std::int64_t all_layers_on_cards = 1'000'000;

struct inference_calibration;

/// Shares of the layers that the cards hold, in any unit (llama.cpp's `--tensor-split`); none: by the memory of each.
struct card_shares {
    double of[max_cards_of_split]{};  ///< one share for each card
    int count = 0;                    ///< the number of cards
    friend constexpr bool operator==(const card_shares&, const card_shares&) = default;
};

/// One inference job. Sizes are per replica of the model. The defaults are those of the job file.
struct inference {
    number_format weights = number_format::bf16;  ///< format of the model's weights
    module_formats modules{};                     ///< formats of the modules that differ from `weights`
    /// The weights as a checkpoint's files store them, which then are the bytes of the weights. `weights` is still the
    /// format whose kernels compute.
    stored_weights stored{};
    std::int64_t group = 128;                               ///< rows that share a scale in GPTQ and AWQ formats
    number_format kv_cache = number_format::by_default;     ///< by default, the format that computes
    number_format value_cache = number_format::by_default;  ///< of the values; by default, `kv_cache`
    std::int64_t batch = 1;                                 ///< sequences, or images, at once
    std::int64_t prompt = 1024;                             ///< tokens per sequence
    std::int64_t generate = 1;                              ///< tokens per sequence
    std::int64_t image_size = 0;  ///< pixels per side; for a detector, the square root of the area; 0: the model's own
    std::int64_t images = 0;      ///< images per sequence, whose tokens join the prompt's (models with a vision tower)
    bool text_only = false;       ///< the vision tower is not loaded: no weights of it, and no images
    engine framework = engine::transformers;  ///< inference engine, whose memory and time rules apply
    bool full_prompt_logits = false;          ///< logits of every prompt token, not of the last one alone
    /// Tokens at the beginning of the prompt that all sequences share; engines that share blocks cache them once.
    std::int64_t shared_prefix = 0;
    /// LoRA adapters that are served with the base, each of rank `adapter_rank` on every matrix, in the compute format.
    std::int64_t adapters = 0;
    std::int64_t adapter_rank = 16;  ///< rank of the served adapters
    /// Fraction of the memory that an engine with a budget may use; by default, the engine's own.
    double memory_utilization = engines_utilization;
    /// The most sequences that the engine runs at once, and the most tokens in one forward pass; 0: the engine's own.
    std::int64_t max_sequences = 0;
    std::int64_t max_batched_tokens = 0;  ///< 0: the engine's own
    /// MiB of each GPU that the buffers of a KV connector take beside the engine's share (LMCache's pd_buffer_size on
    /// cuda). NIXL's and Mooncake's connectors register the cache itself and take none.
    std::int64_t connector_mib = 0;
    cardfit::speculation speculation{};  ///< draft model or heads
    /// how tokens reach the experts of other cards
    cardfit::expert_exchange expert_exchange = expert_exchange::gathered;
    /// A step runs as two halves of its batch, and the tokens of one half are exchanged while the other computes.
    bool two_batches = false;
    bool graphs = true;  ///< the engine records CUDA graphs, if it can
    /// Weights in fp32 compute in fp16 under torch.autocast, which casts each matrix once and keeps the copy.
    bool autocast = false;
    /// By default, PyTorch's own (contiguous).
    cardfit::memory_format memory_format = memory_format::by_default;
    serving_attention attention = serving_attention::by_default;  ///< by default, the engine's own kernels
    /// Layers on the cards, the head among them (llama.cpp's -ngl), and the first layers whose experts are in host
    /// memory (`--n-cpu-moe`). See placement_of.
    std::int64_t gpu_layers = all_layers_on_cards;
    std::int64_t cpu_expert_layers = 0;  ///< 0: none
    /// The sequences share one cache, which holds prompt and generated tokens of all of them together (`--kv-unified`).
    bool unified_cache = false;
    card_shares tensor_split{};  ///< of engines whose cards take layers by shares
    /// The engine's version, whose month replaces `software_date`; by default, the engine of that month.
    release_number engine_version{};
    cardfit::software_date software_date = latest_software_date;  ///< month in which the software was current
    /// The caller's own row and constants (calibration/inference_calibration.hpp), which must outlive the job; null:
    /// the engine's and the default ones.
    const inference_calibration* calibration = nullptr;
    friend constexpr bool operator==(const inference&, const inference&) = default;
};

/// Returns true if a job states what it leaves in host memory: whole layers, or the experts of the first ones.
[[nodiscard]] constexpr bool is_placed(const inference& i) noexcept {
    return i.gpu_layers != all_layers_on_cards || i.cpu_expert_layers != 0;
}

/// Returns the format in which a job computes: that of its weights, or that to which autocast casts them.
[[nodiscard]] constexpr number_format compute_format_of(const inference& i) noexcept {
    return i.autocast ? number_format::fp16 : compute_format_of(i.weights);
}

/// Returns the job with all its weights in one format, as `format` stores them and no file does.
[[nodiscard]] constexpr inference with_weights(inference i, number_format format) noexcept {
    i.weights = format;
    i.modules = {};
    i.stored = {};
    return i;
}

/// Returns the job with its keys and values in one format; `by_default` is the compute type.
[[nodiscard]] constexpr inference with_cache(inference i, number_format format) noexcept {
    i.kv_cache = format;
    i.value_cache = number_format::by_default;
    return i;
}

namespace detail {

/// Returns the job as a network reads it: a network with a fixed number of tokens per sample (images) reads that many,
/// and neither it nor an encoder generates tokens; an encoder of a fixed length (Whisper's) reads that many, too.
[[nodiscard]] constexpr inference as_read_by(const network& net, inference i) noexcept {
    if (net.tokens_per_sample > 0) i.prompt = net.tokens_per_sample;
    if (net.fixed_source_length > 0) i.prompt = net.fixed_source_length;
    if (net.tokens_per_sample > 0 || !is_autoregressive(net)) i.generate = 0;
    return i;
}

/// Returns the most tokens that a job may generate: one where the model generates none, the positions of a decoder
/// beside an encoder; elsewhere prompt and generated tokens are bounded together.
[[nodiscard]] constexpr std::int64_t most_generated(const network& net, std::int64_t longest) noexcept {
    if (net.tokens_per_sample > 0) return key_ranges::prompt.high;
    if (!is_autoregressive(net)) return 1;
    return net.is_encoder_decoder ? longest : key_ranges::prompt.high;
}

/// Adds what is wrong with a job's speculative decoding.
constexpr void check_speculation(problem_list& found, const speculation& s, const network& net) {
    const bool drafts = s.method != drafting::none;
    const bool by_model = s.method == drafting::draft_model;
    const auto method = static_cast<std::int64_t>(s.method);
    found.require(
        requirement{drafts || (s.tokens == 0 && same_number(s.acceptance, 0.0) && s.draft.layers == 0),
                    "inference.speculation.method", method,
                    "must not be none with other keys of inference.speculation"},
        field_condition{!drafts || (is_autoregressive(net) && !net.is_encoder_decoder && net.shape_verified),
                        "inference.speculation.method", method, "none for a model that is no decoder of known shape"},
        requirement{!drafts || (s.tokens >= key_ranges::speculative_tokens.low &&
                                s.tokens <= key_ranges::speculative_tokens.high),
                    key_ranges::speculative_tokens.path, s.tokens,
                    "must be the tokens that are proposed per pass, with inference.speculation.method"},
        requirement{!drafts || (s.acceptance > 0 && s.acceptance <= 1), key_ranges::acceptance.path,
                    as_whole(100 * s.acceptance),
                    "must be the share of proposed tokens that is accepted, with inference.speculation.method; engines "
                    "log it"},
        requirement{by_model == (s.draft.layers > 0), "inference.speculation.draft", s.draft.layers,
                    "must be a model with inference.speculation.method draft-model, and only then"});
}

/// Adds the values that are none of their enumeration's, and returns true if there are none. In a constant, the
/// compiler refuses them anyway, and steps of the evaluation are scarce.
constexpr bool has_enumerators(problem_list& found, const inference& i) {
    found.enumerators(enumerated{"inference.weights", i.weights}, enumerated{"inference.kv_cache", i.kv_cache},
                      enumerated{"inference.value_cache", i.value_cache},
                      enumerated{"inference.memory_format", i.memory_format},
                      enumerated{"inference.framework", i.framework}, enumerated{"inference.attention", i.attention},
                      enumerated{"inference.speculation.method", i.speculation.method},
                      enumerated{"inference.expert_exchange", i.expert_exchange});
    for (const module_row& row : module_table)
        found.enumerators(enumerated{"inference.modules", i.modules.*row.format});
    return found.empty();
}

/// Adds what is wrong with the formats of a job's weights and cache.
constexpr void check_formats(problem_list& found, const inference& i, const network& net) {
    found.require(
        field_condition{same_number(i.memory_utilization, engines_utilization) ||
                            (i.memory_utilization > 0 && i.memory_utilization <= key_ranges::memory_utilization.high),
                        key_ranges::memory_utilization.path, as_whole(100 * i.memory_utilization),
                        "more than 0, at most 100 percent"},
        field_condition{stores_cache(i.kv_cache), "inference.kv_cache", static_cast<std::int64_t>(i.kv_cache),
                        "fp16, bf16, fp8, int8, int4, fp32, llama.cpp's q4_1, q5_0, q5_1 and iq4_nl, or the default"},
        field_condition{stores_cache(i.value_cache), "inference.value_cache", static_cast<std::int64_t>(i.value_cache),
                        "fp16, bf16, int8, int4, q4_1, q5_0, q5_1, iq4_nl, or the default"},
        field_condition{stores_weights(i.weights), "inference.weights", static_cast<std::int64_t>(i.weights),
                        "a format that weights are stored in"},
        field_condition{stores_modules(i.modules), "inference.modules", 0,
                        "formats of single matrices, which GGUF formats are not"},
        field_condition{i.modules.unquantized_layers >= 0 && i.modules.unquantized_layers <= net.layers,
                        "inference.modules.unquantized_layers", i.modules.unquantized_layers,
                        "0 to the model's layers"},
        requirement{!is_gguf(i.weights) || !differ_by_module(i.modules), "inference.weights",
                    static_cast<std::int64_t>(i.weights),
                    "must not be a GGUF format with inference.modules: the file type decides each tensor's type"},
        requirement{!net.convolutional || !is_gguf(i.weights), "inference.weights",
                    static_cast<std::int64_t>(i.weights), "must not be a GGUF format, which stores no convolutions"},
        requirement{!i.autocast || i.weights == number_format::fp32, "inference.autocast", 1,
                    "must be false unless inference.weights is fp32: autocast casts nothing else"});
}

/// Adds what is wrong with the exchange of tokens among experts.
constexpr void check_exchange(problem_list& found, const inference& i, const network& net) {
    const bool sends = i.expert_exchange == expert_exchange::sent;
    found.require(requirement{!sends || net.experts > 0, "inference.expert_exchange",
                              static_cast<std::int64_t>(i.expert_exchange),
                              "must be all-gather, or left out, for a model without experts"},
                  requirement{sends || !i.two_batches, "inference.two_batches", 1,
                              "must be false unless inference.expert_exchange is deepep, whose traffic it hides"});
}

/// Adds what is wrong with the images of a job.
constexpr void check_images(problem_list& found, const inference& i, const network& net, std::int64_t largest_image) {
    found.require(
        requirement{!i.text_only || net.tower.layers > 0 || net.stored.tower > 0, "inference.text_only", 1,
                    "must be false for a model without a vision tower"},
        requirement{!i.text_only || i.images == 0, key_ranges::inference_images.path, i.images,
                    "must be 0 with inference.text_only"},
        requirement{i.images <= 0 || net.tower.layers > 0, key_ranges::inference_images.path, i.images,
                    "must be 0 for a model without a vision tower"},
        requirement{i.image_size == 0 || largest_image == 0 || i.image_size == net.image_size + net.tower.image_size,
                    "inference.image_size", i.image_size, "must be the size that the network was lowered for",
                    net.image_size + net.tower.image_size});
    if (i.memory_format != memory_format::by_default && net.tokens_per_sample == 0)
        found.breaks_rule("inference.memory_format", static_cast<std::int64_t>(i.memory_format),
                          "must be left out for a model that reads no images", 0);
}

}  // namespace detail

/// Returns everything that is wrong with a job for this network; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const inference& i, const network& net,
                                              on_problem action = on_problem::keep) {
    problem_list found(action);
    if (!__builtin_is_constant_evaluated() && !detail::has_enumerators(found, i)) return found;
    constexpr std::int64_t any = key_ranges::prompt.high;
    const std::int64_t longest = net.longest_sequence > 0 ? net.longest_sequence : any;
    const std::int64_t source = net.max_source_length > 0 ? net.max_source_length : any;
    const bool reads_images = net.tokens_per_sample > 0;
    const std::int64_t largest_image = reads_images || net.tower.layers > 0 ? key_ranges::inference_image_size.high : 0;
    const std::int64_t image_tokens = i.images * net.tower.image_tokens;
    const bool generates = is_autoregressive(net);
    const std::int64_t most_generated = detail::most_generated(net, longest);
    const bool one_sequence = generates && !reads_images && !net.is_encoder_decoder;
    found.within(ranged{key_ranges::batch, i.batch}, ranged{key_ranges::group, i.group},
                 ranged{key_ranges::adapters, i.adapters}, ranged{key_ranges::served_adapter_rank, i.adapter_rank});
    if (i.max_sequences != 0) found.within(ranged{key_ranges::max_sequences, i.max_sequences});
    found.within(ranged{key_ranges::gpu_layers, i.gpu_layers},
                 ranged{key_ranges::cpu_expert_layers, i.cpu_expert_layers});
    if (i.connector_mib != 0) found.within(ranged{key_ranges::connector_mib, i.connector_mib});
    if (i.max_batched_tokens != 0) found.within(ranged{key_ranges::max_batched_tokens, i.max_batched_tokens});
    found.ranges(
        invalid_field{key_ranges::prompt.path, i.prompt, key_ranges::prompt.low,
                      net.is_encoder_decoder ? source : longest},
        invalid_field{key_ranges::generate.path, i.generate, key_ranges::generate.low, most_generated},
        invalid_field{"inference.software_date", i.software_date.year, key_ranges::first_year, key_ranges::last_year},
        invalid_field{"inference.software_date (month)", i.software_date.month, 1, 12},
        invalid_field{key_ranges::shared_prefix.path, i.shared_prefix, 0, reads_images ? 0 : i.prompt},
        invalid_field{key_ranges::inference_image_size.path, i.image_size, 0, largest_image},
        invalid_field{key_ranges::inference_images.path, i.images, 0, key_ranges::inference_images.high});
    detail::check_formats(found, i, net);
    detail::check_images(found, i, net, largest_image);
    found.require(
        requirement{!one_sequence || i.generate <= 0 || i.generate <= longest - larger(i.prompt, 0) - image_tokens,
                    key_ranges::generate.path, i.generate,
                    "prompt + generate must not exceed the model's longest sequence", longest},
        field_condition{i.engine_version.named == 0 || i.engine_version.named == 1 + static_cast<int>(i.framework),
                        "inference.engine_version", i.engine_version.number,
                        "a version of the engine that inference.framework names"});
    const speculation& s = i.speculation;
    if (s.method != drafting::none || s.tokens != 0 || !same_number(s.acceptance, 0.0) || s.draft.layers != 0)
        detail::check_speculation(found, s, net);
    if (i.two_batches || i.expert_exchange != expert_exchange::gathered) detail::check_exchange(found, i, net);
    if (!net.shape_verified)
        found.require(field_condition{i.adapters == 0, key_ranges::adapters.path, i.adapters,
                                      "0 for a model whose shape is not verified"});
    return found;
}

/// Returns the weights of a job as files store them: those that the job states, or else those of the model itself.
[[nodiscard]] constexpr const stored_weights& stored_of(const network& net, const inference& i) noexcept {
    return i.stored.known() ? i.stored : net.stored;
}

}  // namespace cardfit
