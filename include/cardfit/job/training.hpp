// SPDX-License-Identifier: MIT
#pragma once

// A training job: its batch and sequence, precision, optimizer, adapter, and ways to save memory.

#include <cardfit/job/layer_choice.hpp>
#include <cardfit/job/objective.hpp>
#include <cardfit/job/optimizer.hpp>
#include <cardfit/job/precision.hpp>
#include <cardfit/model/module_formats.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

/// Activation checkpointing: which saved activations backward recomputes instead. What `selective` recomputes depends
/// on the framework.
enum class recompute : unsigned char { none, selective, full };
/// How attention is computed: by a fused kernel that never writes the attention matrix (`flash`: FlashAttention,
/// cuDNN's, PyTorch's scaled dot product), with the matrix written out, or by a kernel compiled for the model's own
/// scores
/// (`flex`: FlexAttention), which writes no matrix either. job/attention_kernels.hpp says where `flash` is not to be
/// had.
enum class attention : unsigned char { flash, eager, flex };
/// What is held in host memory. `full`: parameters, gradients and optimizer states, fetched layer by layer, while
/// activations stay on the card (CPU offload of FSDP and ZeRO-3).
enum class offload : unsigned char { none, optimizer, activations, full };
/// Returns true if the host holds the optimizer's states.
[[nodiscard]] constexpr bool moves_states(offload o) noexcept { return o == offload::optimizer || o == offload::full; }
/// How the logits are computed for the loss: all at once; in chunks; by a fused kernel that never writes them, or that
/// overwrites them with their gradient; all at once by a fused kernel that keeps copies in fp32; or at masked positions
/// only (BERT pre-training). How many bytes each takes is in the framework's row (`logits_recipe`).
enum class loss : unsigned char { by_default, full, chunked, fused, masked, fused_kernel };
/// Which kernels of Liger's replace a model's own under a framework of the Hugging Face Trainer: those of norms, of
/// gated activations, or both, and rotations, which save no less. By default, all of them with `loss::fused`, as the
/// Trainer's own switch has it.
enum class fused_kernels : unsigned char { by_default, none, norms, activations, all };
/// Layout of the feature maps of convolutions: NCHW (contiguous) or NHWC (channels last).
enum class memory_format : unsigned char { by_default, contiguous, channels_last };
/// What generates the samples of a step, where its objective asks for that: the training's own process, an engine that
/// shares the cards, or an engine on cards of its own.
enum class rollout_engine : unsigned char { trainer, colocated, apart };
/// The parts that prepare a diffusion model's samples: on the card (`computed`), or asked before the training began, so
/// that latents and embeddings of texts are read from disk (`cached`), or one of both (`latents_cached`: the
/// autoencoder leaves the card; `texts_cached`: the text encoders do).
enum class conditions : unsigned char { computed, cached, latents_cached, texts_cached };
/// The text encoders that a training of a diffusion model trains beside the denoiser, as it trains that (fully, or by
/// adapters): those of CLIP, or T5 too.
enum class trained_texts : unsigned char { none, clip, all };
/// Where offloaded weights, gradients and optimizer states lie: in host memory, or on an NVMe drive of the host,
/// through buffers in its memory (ZeRO-Infinity).
enum class offload_device : unsigned char { host, nvme };
/// What fills a micro-batch of sequences that differ in length: nothing (packed, or grouped by length), or padding up
/// to its longest sequence.
enum class padding : unsigned char { none, longest };
/// The kind of adapter that is trained over a frozen base.
enum class adapter_method : unsigned char { none, lora, dora };
/// A switch whose default is what the framework does.
enum class framework_switch : unsigned char { by_default, off, on };
/// Training frameworks; frameworks/ has a row for each.
enum class framework : unsigned char {
    pytorch,
    transformers,
    torchtitan,
    torchtune,
    litgpt,
    llm_foundry,
    megatron,
    megatron_deepspeed,
    deepspeed,
    dle,
    detectron2,
    tensorflow,
    trl,
    peft,
    axolotl,
    llama_factory,
    ms_swift,
    unsloth,
    megatron_swift,
};

/// A set of matrices by their role.
struct target_set {
    std::uint32_t bits = 0;  ///< bit n is the n-th `target`
    /// Returns true if the matrix is in the set.
    [[nodiscard]] constexpr bool has(target t) const noexcept { return (bits >> static_cast<unsigned>(t)) & 1u; }
    friend constexpr bool operator==(const target_set&, const target_set&) = default;
};
/// Returns the set of these targets.
template <class... Targets>
[[nodiscard]] constexpr target_set targets(Targets... t) noexcept {
    return {((std::uint32_t{1} << static_cast<unsigned>(t)) | ... | std::uint32_t{0})};
}

/// LoRA (arXiv 2106.09685): the base is frozen, and each target has a pair of trained matrices of rank `rank`. DoRA
/// (arXiv 2402.09353): in addition, each target has a trained magnitude per output.
struct adapter {
    adapter_method method = adapter_method::none;  ///< kind of adapter; none: the model itself is trained
    std::int64_t rank = 0;                         ///< rank of the adapter's matrices
    target_set targets{};                          ///< matrices that the adapter is on
    /// Dropout before the adapter's first matrix: each target then saves a dropped-out copy of its input.
    framework_switch dropout = framework_switch::by_default;
    /// peft's prepare_model_for_kbit_training over a bitsandbytes base: what is not quantized is fp32.
    framework_switch kbit_preparation = framework_switch::by_default;
    friend constexpr bool operator==(const adapter&, const adapter&) = default;
};

/// The month of the software that a job runs: rules that a release changed name the month of the release.
struct software_date {
    int year = 0;   ///< year, 2000 to 2100; 0: no date
    int month = 0;  ///< month, 1 to 12
    friend constexpr bool operator==(const software_date&, const software_date&) = default;
    // A defaulted <=> takes four times as many steps of a constant evaluation.
    /// Compares by time.
    /// @{
    friend constexpr bool operator<(const software_date& a, const software_date& b) noexcept {
        return 12 * a.year + a.month < 12 * b.year + b.month;
    }
    friend constexpr bool operator>(const software_date& a, const software_date& b) noexcept { return b < a; }
    friend constexpr bool operator<=(const software_date& a, const software_date& b) noexcept { return !(b < a); }
    friend constexpr bool operator>=(const software_date& a, const software_date& b) noexcept { return !(a < b); }
    /// @}
};
/// The date of a job that names none: the month of this release.
inline constexpr software_date latest_software_date{2026, 11};
/// Stands for software that no release has yet.
inline constexpr software_date no_software_yet{9999, 1};

struct training_calibration;

/// One training job. Sizes are per data-parallel rank. The defaults are those of the job file.
struct training {
    cardfit::objective objective = objective::sft;  ///< what is optimized
    /// Whether a frozen reference model is asked; by default as the objective's row says.
    cardfit::reference_model reference = reference_model::by_default;
    /// Parameters of a frozen model of another size beside the job's: the teacher of a distillation, the reward model
    /// of reinforcement. 0: none, or for ppo one of the job's size.
    std::int64_t frozen_parameters = 0;
    cardfit::rollout_engine rollouts = rollout_engine::trainer;  ///< what generates samples of ppo and grpo
    std::int64_t negatives = 0;          ///< hard negatives per sample of an embedding's training
    std::int64_t gradient_cache = 0;     ///< sequences of a chunk of a cached contrastive loss; 0: no gradient cache
    std::int64_t generations = 0;        ///< completions per prompt; 0: not stated
    std::int64_t completion_length = 0;  ///< tokens of `sequence_length` that are generated; 0: not stated
    double engine_utilization = 0.3;     ///< fraction of each card that a colocated engine takes
    bool engine_sleeps = false;          ///< a colocated engine frees its memory while the models train
    cardfit::precision precision = precision::bf16_mixed;  ///< number formats of weights and compute
    cardfit::optimizer optimizer = optimizer::adamw;       ///< optimizer, whose states take memory
    /// Format of the optimizer's states; by default the framework's (see state_format).
    number_format optimizer_state = number_format::by_default;
    std::int64_t optimizer_rank = 0;  ///< rank of a projecting optimizer (GaLore, APOLLO); 0: the optimizer's own
    std::int64_t micro_batch = 1;     ///< micro-batch size per data-parallel rank
    std::int64_t gradient_accumulation = 1;  ///< micro-batches per optimizer step and data-parallel rank
    std::int64_t sequence_length = 2048;     ///< tokens per sequence
    /// Tokens per source of an encoder-decoder, whose target has `sequence_length`; 0: the model's own (Whisper), or as
    /// many as the target's.
    std::int64_t source_length = 0;
    /// Mean length of the sequences, where `sequence_length` is only the longest: memory is of the longest, time of the
    /// mean, or of the padded mean. 0: all sequences have the full length, as packed ones have.
    std::int64_t typical_length = 0;
    cardfit::padding padding = padding::none;  ///< of sequences with a typical length
    std::int64_t image_size = 0;  ///< pixels per side; for a detector, the square root of the area; 0: the model's own
    std::int64_t images = 0;  ///< images per sample, whose tokens are part of the sequence (models with a vision tower)
    bool text_only = false;   ///< the vision tower is not loaded: no weights of it, and no images
    bool frozen_tower = false;  ///< the vision tower is not trained; beside adapters it never is
    /// Layers that are trained, or that adapters are on; the others are frozen, in `base_weights`. 0: all of them.
    std::int64_t trained_layers = 0;
    cardfit::layer_choice trained_layer_choice = layer_choice::last;  ///< which of the layers are trained
    /// which of embedding and vocabulary head are trained beside them
    cardfit::trained_ends trained_ends = trained_ends::by_default;
    /// latents and embeddings of texts: computed on the card, or cached
    cardfit::conditions conditions = conditions::computed;
    cardfit::trained_texts text_encoders = trained_texts::none;  ///< text encoders that are trained beside the denoiser
    /// Each sample comes with one of its class, whose loss keeps the model from forgetting it (DreamBooth, Ruiz et al.,
    /// arXiv 2208.12242, section 3.3): twice the images in a batch.
    bool prior_preservation = false;
    bool ema = false;  ///< a moving average of the trained weights of a diffusion model stays on the card
    cardfit::recompute recompute = recompute::none;   ///< activation checkpointing
    cardfit::attention attention = attention::flash;  ///< attention kernel: eager stores the scores
    /// By default, as the framework does it.
    cardfit::memory_format memory_format = memory_format::by_default;
    bool dropout = false;        ///< masks are saved for backward
    bool compiled = false;       ///< the model's graph is compiled (torch.compile)
    cardfit::adapter adapter{};  ///< adapter over a frozen base
    /// Format of a frozen base under an adapter; by default, the precision's compute format.
    number_format base_weights = number_format::by_default;
    module_formats base_modules{};             ///< formats of the base's modules that differ from `base_weights`
    cardfit::offload offload = offload::none;  ///< what host memory holds
    cardfit::offload_device offload_device = offload_device::host;     ///< where offloaded states lie
    cardfit::loss loss = loss::by_default;                             ///< how the vocabulary's logits are computed
    cardfit::fused_kernels fused_kernels = fused_kernels::by_default;  ///< Liger's kernels in place of the model's own
    /// Format in which gradients are accumulated and reduced beside 16-bit weights with fp32 master weights; a pure
    /// precision has gradients in the format of the weights.
    number_format gradients = number_format::by_default;
    bool optimizer_in_backward = false;  ///< each gradient is applied and freed during backward
    /// Tokens of the most-loaded expert-parallel rank, in percent of the mean; 100 is a balanced router.
    std::int64_t expert_imbalance_percent = 100;
    /// Tokens that an expert takes at most, in those of a balanced router: the others are dropped. 0: no bound.
    double expert_capacity_factor = 0;
    bool pad_to_capacity = false;  ///< an expert's input has as many tokens as it takes at most
    std::int64_t mtp_layers = 0;   ///< layers of multi-token prediction that are trained behind the model's own
    /// Processes of each card's data loader, which hold `prefetch_factor` batches each in host memory; 0: not counted.
    std::int64_t data_workers = 0;
    std::int64_t prefetch_factor = 2;                   ///< batches that each of these workers loads in advance
    cardfit::framework framework = framework::pytorch;  ///< training framework, whose memory and time rules apply
    cardfit::software_date software_date = latest_software_date;  ///< month in which the software was current
    /// The caller's own row and constants (calibration/training_calibration.hpp), which must outlive the job; null: the
    /// framework's and the default ones.
    const training_calibration* calibration = nullptr;
    friend constexpr bool operator==(const training&, const training&) = default;
};

/// Returns the length of which a step's time is: the mean, or the mean of each micro-batch's longest sequence. That is
/// estimated for lengths with an exponential distribution, the longest of n of which is 1 + 1/2 + … + 1/n means.
[[nodiscard]] constexpr std::int64_t timed_length(const training& t) noexcept {
    if (t.typical_length == 0) return t.sequence_length;
    if (t.padding == padding::none) return t.typical_length;
    const double most = static_cast<double>(t.sequence_length);
    double longest = 0;
    for (std::int64_t i = 1; i <= t.micro_batch && longest < most; ++i)
        longest += static_cast<double>(t.typical_length) / static_cast<double>(i);
    return static_cast<std::int64_t>(longest < most ? longest : most);
}

/// Returns the format of the frozen base under an adapter.
[[nodiscard]] constexpr number_format base_format(const training& t) noexcept {
    return t.base_weights == number_format::by_default ? row_of(t.precision).compute : t.base_weights;
}

namespace detail {

/// Returns the tokens per source that a job of this network states or the network fixes; 0: as many as the target's.
[[nodiscard]] constexpr std::int64_t source_length_of(const network& net, const training& t) noexcept {
    return t.source_length > 0 ? t.source_length : net.fixed_source_length;
}

/// Returns true if a network must still be lowered for the length of the job's source.
[[nodiscard]] constexpr bool tells_source_apart(const network& net, const training& t) noexcept {
    return net.is_encoder_decoder && net.source_length == 0 && source_length_of(net, t) > 0;
}

}  // namespace detail

/// Returns the training of so many samples per step, with those of each of the cards in one micro-batch. Each card has
/// at least one sample.
[[nodiscard]] constexpr training in_one_batch(training t, std::int64_t samples, std::int64_t cards = 1) noexcept {
    t.micro_batch = divide_up(samples, cards);
    t.gradient_accumulation = 1;
    return t;
}

}  // namespace cardfit
