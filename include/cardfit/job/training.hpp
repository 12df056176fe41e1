// SPDX-License-Identifier: MIT
#pragma once

// A training job: its batch and sequence, precision, optimizer, adapter, and ways to save memory.

#include <cardfit/hardware/shared_memory.hpp>
#include <cardfit/job/layer_choice.hpp>
#include <cardfit/job/objective.hpp>
#include <cardfit/job/optimizer.hpp>
#include <cardfit/job/precision.hpp>
#include <cardfit/model/module_formats.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/model/prediction_layers.hpp>
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
    std::uint32_t bits = 0;
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
    adapter_method method = adapter_method::none;
    std::int64_t rank = 0;
    target_set targets{};
    /// Dropout before the adapter's first matrix: each target then saves a dropped-out copy of its input.
    framework_switch dropout = framework_switch::by_default;
    /// peft's prepare_model_for_kbit_training over a bitsandbytes base: what is not quantized is fp32.
    framework_switch kbit_preparation = framework_switch::by_default;
    friend constexpr bool operator==(const adapter&, const adapter&) = default;
};

/// The month of the software that a job runs: rules that a release changed name the month of the release.
struct software_date {
    int year = 0;
    int month = 0;
    friend constexpr bool operator==(const software_date&, const software_date&) = default;
    // A defaulted <=> takes four times as many steps of a constant evaluation.
    friend constexpr bool operator<(const software_date& a, const software_date& b) noexcept {
        return 12 * a.year + a.month < 12 * b.year + b.month;
    }
    friend constexpr bool operator>(const software_date& a, const software_date& b) noexcept { return b < a; }
    friend constexpr bool operator<=(const software_date& a, const software_date& b) noexcept { return !(b < a); }
    friend constexpr bool operator>=(const software_date& a, const software_date& b) noexcept { return !(a < b); }
};
/// The date of a job that names none: the month of this release.
inline constexpr software_date latest_software_date{2026, 11};
/// Stands for software that no release has yet.
inline constexpr software_date no_software_yet{9999, 1};

struct training_calibration;

/// One training job. Sizes are per data-parallel rank. The defaults are those of the job file.
struct training {
    cardfit::objective objective = objective::sft;
    /// Whether a frozen reference model is asked; by default as the objective's row says.
    cardfit::reference_model reference = reference_model::by_default;
    /// Parameters of a frozen model of another size beside the job's: the teacher of a distillation, the reward model
    /// of reinforcement. 0: none, or for ppo one of the job's size.
    std::int64_t frozen_parameters = 0;
    cardfit::rollout_engine rollouts = rollout_engine::trainer;
    std::int64_t negatives = 0;          ///< hard negatives per sample of an embedding's training
    std::int64_t gradient_cache = 0;     ///< sequences of a chunk of a cached contrastive loss; 0: no gradient cache
    std::int64_t generations = 0;        ///< completions per prompt; 0: not stated
    std::int64_t completion_length = 0;  ///< tokens of `sequence_length` that are generated; 0: not stated
    double engine_utilization = 0.3;     ///< fraction of each card that a colocated engine takes
    bool engine_sleeps = false;          ///< a colocated engine frees its memory while the models train
    cardfit::precision precision = precision::bf16_mixed;
    cardfit::optimizer optimizer = optimizer::adamw;
    /// Format of the optimizer's states; by default the framework's (see state_format).
    number_format optimizer_state = number_format::by_default;
    std::int64_t optimizer_rank = 0;  ///< rank of a projecting optimizer (GaLore, APOLLO); 0: the optimizer's own
    std::int64_t micro_batch = 1;
    std::int64_t gradient_accumulation = 1;
    std::int64_t sequence_length = 2048;
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
    cardfit::layer_choice trained_layer_choice = layer_choice::last;
    cardfit::trained_ends trained_ends = trained_ends::by_default;
    cardfit::conditions conditions = conditions::computed;
    cardfit::trained_texts text_encoders = trained_texts::none;
    /// Each sample comes with one of its class, whose loss keeps the model from forgetting it (DreamBooth, Ruiz et al.,
    /// arXiv 2208.12242, section 3.3): twice the images in a batch.
    bool prior_preservation = false;
    bool ema = false;  ///< a moving average of the trained weights of a diffusion model stays on the card
    cardfit::recompute recompute = recompute::none;
    cardfit::attention attention = attention::flash;
    /// By default, as the framework does it.
    cardfit::memory_format memory_format = memory_format::by_default;
    bool dropout = false;
    bool compiled = false;
    cardfit::adapter adapter{};
    /// Format of a frozen base under an adapter; by default, the precision's compute format.
    number_format base_weights = number_format::by_default;
    module_formats base_modules{};  ///< formats of the base's modules that differ from `base_weights`
    cardfit::offload offload = offload::none;
    cardfit::offload_device offload_device = offload_device::host;
    cardfit::loss loss = loss::by_default;
    /// Format in which gradients are accumulated and reduced beside 16-bit weights with fp32 master weights; a pure
    /// precision has gradients in the format of the weights.
    number_format gradients = number_format::by_default;
    bool optimizer_in_backward = false;
    /// Tokens of the most-loaded expert-parallel rank, in percent of the mean; 100 is a balanced router.
    std::int64_t expert_imbalance_percent = 100;
    /// Tokens that an expert takes at most, in those of a balanced router: the others are dropped. 0: no bound.
    double expert_capacity_factor = 0;
    bool pad_to_capacity = false;  ///< an expert's input has as many tokens as it takes at most
    std::int64_t mtp_layers = 0;   ///< layers of multi-token prediction that are trained behind the model's own
    /// Processes of each card's data loader, which hold `prefetch_factor` batches each in host memory; 0: not counted.
    std::int64_t data_workers = 0;
    std::int64_t prefetch_factor = 2;
    cardfit::framework framework = framework::pytorch;
    cardfit::software_date software_date = latest_software_date;
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

/// Returns true if every module has no format of its own, or one that a matrix is stored in by itself.
[[nodiscard]] constexpr bool stores_modules(const module_formats& formats) noexcept {
    for (const module_row& row : module_table) {
        const number_format format = formats.*row.format;
        const bool stored = stores_weights(format) && !is_gguf(format);
        if (format != number_format::by_default && !stored) return false;
    }
    return true;
}

/// Returns the targets that the matrices of a network have, embedding and head included, as bits.
[[nodiscard]] constexpr std::uint32_t adaptable(const network& net) noexcept {
    std::uint32_t bits = (net.embedding_parameters > 0 ? targets(target::embeddings).bits : 0u) |
                         (net.logits > 0 ? targets(target::head).bits : 0u);
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        for (std::int64_t i = 0; i < net.blocks[k].linear_count; ++i)
            bits |= targets(net.blocks[k].linears[i].target).bits;
    return bits & ~targets(target::router, target::latent, target::convolution, target::indexer).bits;
}

/// Returns a bound that no adapter of this rank exceeds with its parameters: a double, because the exact count may
/// exceed 64 bits.
[[nodiscard]] constexpr double adapter_bound(const network& net, std::int64_t rank) noexcept {
    double sides = 2.0 * static_cast<double>(net.hidden) + static_cast<double>(net.logits);
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        for (std::int64_t i = 0; i < net.blocks[k].linear_count; ++i) {
            const linear& m = net.blocks[k].linears[i];
            sides +=
                static_cast<double>(net.layers) * static_cast<double>(m.copies) * static_cast<double>(m.in + m.out);
        }
    return sides * static_cast<double>(rank);
}

/// Adds what is wrong with a job's images and with what it asks of the model's vision tower.
constexpr void check_tower(problem_list& found, const training& t, const network& net) {
    found.require(
        requirement{t.images * net.tower.image_tokens <= t.sequence_length, key_ranges::training_images.path, t.images,
                    "must have no more tokens together than training.sequence_length", t.sequence_length},
        requirement{!t.text_only || (net.tower.layers > 0 && t.images == 0), "training.text_only", 1,
                    "must be false for a model without a vision tower, and with training.images"},
        requirement{t.images <= 0 || net.tower.layers > 0, key_ranges::training_images.path, t.images,
                    "must be 0 for a model without a vision tower"},
        requirement{!t.frozen_tower || net.tower.layers > 0, "training.frozen_tower", 1,
                    "must be false for a model without a vision tower"});
}

/// Adds what is wrong with a job's length of the source.
constexpr void check_source(problem_list& found, const training& t, const network& net) {
    const std::int64_t longest =
        net.max_source_length > 0 ? net.max_source_length : key_ranges::training_source_length.high;
    found.ranges(invalid_field{key_ranges::training_source_length.path, t.source_length, 0, longest});
    found.require(requirement{net.is_encoder_decoder, key_ranges::training_source_length.path, t.source_length,
                              "must be absent for a model that is no encoder-decoder"},
                  requirement{net.fixed_source_length == 0 || t.source_length == net.fixed_source_length,
                              key_ranges::training_source_length.path, t.source_length,
                              "must be what the model's encoder always reads", net.fixed_source_length});
}

/// Adds what does not go together with a job's objective.
constexpr void check_objective(problem_list& found, const training& t, const network& net) {
    const objective_row& row = row_of(t.objective);
    const std::int64_t which = static_cast<std::int64_t>(t.objective);
    const bool colocated = t.rollouts == rollout_engine::colocated;
    found.ranges(
        invalid_field{key_ranges::generations.path, t.generations, 0, row.generates ? key_ranges::generations.high : 0},
        invalid_field{key_ranges::negatives.path, t.negatives, 0, row.contrasts ? key_ranges::negatives.high : 0},
        invalid_field{key_ranges::gradient_cache.path, t.gradient_cache, 0, row.contrasts ? t.micro_batch : 0},
        invalid_field{key_ranges::completion_length.path, t.completion_length, 0,
                      row.generates ? t.sequence_length - 1 : 0});
    found.ranges(invalid_field{key_ranges::frozen_parameters.path, t.frozen_parameters, 0,
                               row.takes_frozen ? key_ranges::frozen_parameters.high : 0});
    found.require(
        requirement{t.objective == objective::sft || net.logits > 0 || (!row.vocabulary && net.tokens_per_sample == 0),
                    "training.objective", which,
                    "must be sft for a model without vocabulary logits, or for one that reads text an objective that "
                    "needs none (embedding, classification, reward)"},
        requirement{!row.needs_frozen || t.frozen_parameters > 0, key_ranges::frozen_parameters.path,
                    t.frozen_parameters, "must be the parameters of the teacher with training.objective distillation"},
        requirement{t.reference != reference_model::on || row.reference_forwards > 0, "training.reference", 1,
                    "must be absent or false for an objective that asks no reference model"},
        requirement{t.rollouts == rollout_engine::trainer || row.generates, "training.rollouts",
                    static_cast<std::int64_t>(t.rollouts),
                    "needs an objective that generates its samples: ppo or grpo"},
        requirement{!t.engine_sleeps || colocated, "training.engine_sleeps", 1,
                    "needs training.rollouts colocated: another engine takes no memory of these cards"},
        requirement{t.loss != loss::masked || t.objective == objective::sft, "training.objective", which,
                    "must be sft with training.loss masked"});
    found.require(field_condition{t.engine_utilization > 0 && t.engine_utilization < 1,
                                  key_ranges::engine_utilization.path, static_cast<std::int64_t>(t.engine_utilization),
                                  "more than 0, less than 1"});
}

/// Adds what is wrong with the layers that a job trains.
constexpr void check_trained_layers(problem_list& found, const training& t, const network& net) {
    const bool some = t.trained_layers > 0;
    const bool adapted = t.adapter.method != adapter_method::none;
    found.ranges(invalid_field{key_ranges::trained_layers.path, t.trained_layers, 0, net.layers});
    found.require(
        requirement{!some || !(net.is_encoder_decoder || net.convolutional), key_ranges::trained_layers.path,
                    t.trained_layers,
                    "must be absent for an encoder-decoder or a convolutional model, whose layers are not in one row"},
        requirement{some || t.trained_layer_choice == layer_choice::last, "training.trained_layer_choice",
                    static_cast<std::int64_t>(t.trained_layer_choice), "needs training.trained_layers"},
        requirement{(some && !adapted) || t.trained_ends == trained_ends::by_default, "training.trained_ends",
                    static_cast<std::int64_t>(t.trained_ends),
                    adapted ? "must be absent with training.adapter, whose targets name the embeddings and the head"
                            : "needs training.trained_layers"},
        requirement{!some || adapted || t.base_weights == number_format::by_default ||
                        block_layout_of(t.base_weights).element_bits >= 16,
                    "training.base_weights", static_cast<std::int64_t>(t.base_weights),
                    "must have 16 bits or more with training.trained_layers, unless adapters are trained"});
}

/// Adds what is wrong with the capacity of a job's experts, with its layers of multi-token prediction, and with its
/// data loader.
constexpr void check_changes(problem_list& found, const training& t, const network& net) {
    constexpr key_interval factor = key_ranges::expert_capacity_factor;
    const bool bounded = t.expert_capacity_factor >= factor.low && t.expert_capacity_factor <= factor.high;
    const std::int64_t shown = bounded ? static_cast<std::int64_t>(t.expert_capacity_factor) : 0;
    found.within(ranged{key_ranges::data_workers, t.data_workers},
                 ranged{key_ranges::prefetch_factor, t.prefetch_factor});
    found.ranges(invalid_field{key_ranges::mtp_layers.path, t.mtp_layers, 0, key_ranges::mtp_layers.high});
    found.require(
        field_condition{t.expert_capacity_factor == 0 || bounded, factor.path, shown, "0.01 to 100, or 0 for no bound"},
        requirement{t.expert_capacity_factor == 0 || net.experts > 0, factor.path, shown,
                    "must be absent for a model without experts"},
        requirement{!t.pad_to_capacity || bounded, "training.pad_to_capacity", 1,
                    "needs training.expert_capacity_factor"},
        requirement{t.mtp_layers == 0 || t.objective == objective::sft, key_ranges::mtp_layers.path, t.mtp_layers,
                    "must be 0 with an objective other than sft"},
        requirement{t.mtp_layers == 0 || t.trained_layers == 0, key_ranges::mtp_layers.path, t.mtp_layers,
                    "must be 0 with training.trained_layers"},
        requirement{t.mtp_layers == net.prediction_layers || takes_prediction_layers(net), key_ranges::mtp_layers.path,
                    t.mtp_layers,
                    "must be 0 for a model that does not predict the next token, or whose last layer has no attention "
                    "or no room for one more matrix"});
}

/// Adds what is wrong with the parts of a diffusion model beside its denoiser.
constexpr void check_conditions(problem_list& found, const training& t, const network& net) {
    const bool parts = net.condition_bytes > 0;
    const bool trains_texts = t.text_encoders != trained_texts::none;
    const bool has_texts = t.conditions == conditions::computed || t.conditions == conditions::latents_cached;
    found.require(
        requirement{t.conditions == conditions::computed || parts, "training.conditions",
                    static_cast<std::int64_t>(t.conditions),
                    "must be computed for a model without text encoders and autoencoder beside it"},
        requirement{!trains_texts || has_texts, "training.conditions", static_cast<std::int64_t>(t.conditions),
                    "must be computed or latents-cached where text encoders are trained"},
        requirement{!trains_texts || net.texts[static_cast<std::size_t>(t.text_encoders)].parameters > 0,
                    "training.text_encoders", static_cast<std::int64_t>(t.text_encoders),
                    "must be none for a model without such text encoders beside it"},
        requirement{!t.prior_preservation || parts, "training.prior_preservation", 1,
                    "must be false for a model that is no diffusion model"},
        requirement{!t.ema || parts, "training.ema", 1, "must be false for a model that is no diffusion model"});
}

/// Adds what is wrong with a job's objective, its images and its source.
constexpr void check_inputs(problem_list& found, const training& t, const network& net) {
    check_objective(found, t, net);
    check_changes(found, t, net);
    if (t.memory_format != memory_format::by_default && net.tokens_per_sample == 0)
        found.breaks_rule("training.memory_format", static_cast<std::int64_t>(t.memory_format),
                          "must be left out for a model that reads no images", 0);
    check_tower(found, t, net);
    check_trained_layers(found, t, net);
    if (t.source_length != 0) check_source(found, t, net);
    check_conditions(found, t, net);
}

/// Returns the tokens per source that a job of this network states or the network fixes; 0: as many as the target's.
[[nodiscard]] constexpr std::int64_t source_length_of(const network& net, const training& t) noexcept {
    return t.source_length > 0 ? t.source_length : net.fixed_source_length;
}

/// Returns true if a network must still be lowered for the length of the job's source.
[[nodiscard]] constexpr bool tells_source_apart(const network& net, const training& t) noexcept {
    return net.is_encoder_decoder && net.source_length == 0 && source_length_of(net, t) > 0;
}

/// Adds what is wrong with a job's adapter and the base under it.
constexpr void check_adapter(problem_list& found, const training& t, const network& net) {
    found.require(
        field_condition{stores_modules(t.base_modules), "training.base_modules", 0,
                        "formats of single matrices, which GGUF formats are not"},
        field_condition{t.base_modules.unquantized_layers >= 0 && t.base_modules.unquantized_layers <= net.layers,
                        "training.base_modules.unquantized_layers", t.base_modules.unquantized_layers,
                        "0 to the model's layers"});
    const std::uint32_t possible = adaptable(net);
    found.require(
        field_condition{t.adapter.targets.bits != 0, "training.adapter.targets", 0,
                        "at least one of q, k, v, o, gate, up, down, embeddings, head"},
        field_condition{(t.adapter.targets.bits & ~possible) == 0, "training.adapter.targets", t.adapter.targets.bits,
                        "targets of the model's matrices; head and embeddings where it has them"},
        requirement{
            !reads_shapes(row_of(t.optimizer).memory), "training.optimizer", static_cast<std::int64_t>(t.optimizer),
            "must not be one that projects or preconditions whole matrices (galore, apollo, soap, shampoo) with "
            "training.adapter, whose matrices are narrow already"},
        requirement{adapter_bound(net, t.adapter.rank) < 1e16, "training.adapter.rank", t.adapter.rank,
                    "must train fewer than 1e16 parameters"});
}

/// Adds the values that are none of their enumeration's, and returns true if there are none. In a constant, the
/// compiler refuses them anyway, and steps of the evaluation are scarce.
constexpr bool has_enumerators(problem_list& found, const training& t) {
    found.enumerators(
        enumerated{"training.objective", t.objective}, enumerated{"training.reference", t.reference},
        enumerated{"training.rollouts", t.rollouts}, enumerated{"training.precision", t.precision},
        enumerated{"training.optimizer", t.optimizer}, enumerated{"training.optimizer_state", t.optimizer_state},
        enumerated{"training.conditions", t.conditions}, enumerated{"training.text_encoders", t.text_encoders},
        enumerated{"training.recompute", t.recompute}, enumerated{"training.attention", t.attention},
        enumerated{"training.memory_format", t.memory_format}, enumerated{"training.adapter.method", t.adapter.method},
        enumerated{"training.base_weights", t.base_weights}, enumerated{"training.offload", t.offload},
        enumerated{"training.offload_device", t.offload_device}, enumerated{"training.loss", t.loss},
        enumerated{"training.gradients", t.gradients}, enumerated{"training.framework", t.framework});
    for (const module_row& row : module_table)
        found.enumerators(enumerated{"training.base_modules", t.base_modules.*row.format});
    return found.empty();
}

}  // namespace detail

/// Returns everything that is wrong with a job for this network; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const training& t, const network& net,
                                              on_problem action = on_problem::keep) {
    problem_list found(action);
    if (!__builtin_is_constant_evaluated() && !detail::has_enumerators(found, t)) return found;
    const bool adapted = t.adapter.method != adapter_method::none;
    const std::int64_t base = static_cast<std::int64_t>(t.base_weights);
    const std::int64_t longest = net.longest_sequence > 0 ? net.longest_sequence : key_ranges::sequence_length.high;
    const std::int64_t largest_image =
        net.tokens_per_sample > 0 || net.tower.layers > 0 ? key_ranges::training_image_size.high : 0;
    found.within(ranged{key_ranges::micro_batch, t.micro_batch},
                 ranged{key_ranges::gradient_accumulation, t.gradient_accumulation});
    found.ranges(
        invalid_field{key_ranges::sequence_length.path, t.sequence_length, key_ranges::sequence_length.low, longest},
        invalid_field{key_ranges::training_image_size.path, t.image_size, 0, largest_image},
        invalid_field{key_ranges::training_images.path, t.images, 0, key_ranges::training_images.high},
        invalid_field{key_ranges::typical_length.path, t.typical_length, 0, t.sequence_length},
        invalid_field{key_ranges::optimizer_rank.path, t.optimizer_rank, 0, key_ranges::optimizer_rank.high},
        invalid_field{"training.software_date (month)", t.software_date.month, 1, 12},
        invalid_field{"training.software_date", t.software_date.year, key_ranges::first_year, key_ranges::last_year},
        invalid_field{key_ranges::expert_imbalance_percent.path, t.expert_imbalance_percent, 100,
                      net.experts > 0 ? key_ranges::expert_imbalance_percent.high : 100},
        invalid_field{key_ranges::adapter_rank.path, t.adapter.rank, adapted ? key_ranges::adapter_rank.low : 0,
                      adapted ? key_ranges::adapter_rank.high : 0});
    found.require(
        field_condition{t.optimizer_state == number_format::by_default || t.optimizer_state == number_format::fp32 ||
                            t.optimizer_state == number_format::bf16,
                        "training.optimizer_state", static_cast<std::int64_t>(t.optimizer_state), "fp32, bf16"},
        field_condition{net.shape_verified, "model", 0,
                        "a model whose shape is known: a zoo id, a config.json that is read, or dimensions"},
        requirement{
            !t.optimizer_in_backward || t.gradient_accumulation <= 1, "training.gradient_accumulation",
            t.gradient_accumulation,
            "must be 1 with training.optimizer_in_backward, which frees each gradient as soon as it is applied"},
        requirement{t.optimizer_rank == 0 || row_of(t.optimizer).memory.default_rank > 0,
                    key_ranges::optimizer_rank.path, t.optimizer_rank,
                    "needs a training.optimizer that projects gradients, such as galore or apollo"},
        requirement{t.base_weights == number_format::by_default || adapted || t.trained_layers > 0,
                    "training.base_weights", base,
                    "needs training.adapter or training.trained_layers: without them nothing is frozen"},
        requirement{!is_file_mix(t.base_weights) && t.base_weights != number_format::tf32, "training.base_weights",
                    base, "must be a single format, not a GGUF file mix"},
        requirement{adapted || !differ_by_module(t.base_modules), "training.base_modules", 0,
                    "needs training.adapter: without one there is no frozen base"},
        requirement{t.padding == padding::none || t.typical_length > 0, "training.padding",
                    static_cast<std::int64_t>(t.padding),
                    "needs training.typical_length: without one, no sequence is "
                    "shorter than another"},
        requirement{t.image_size == 0 || largest_image == 0 || t.image_size == net.image_size + net.tower.image_size,
                    "training.image_size", t.image_size, "must be the size that the network was lowered for",
                    net.image_size + net.tower.image_size});
    if (t.images != 0 || t.text_only || t.frozen_tower || t.source_length != 0 ||
        t.conditions != conditions::computed || t.text_encoders != trained_texts::none || t.prior_preservation ||
        t.ema || t.objective != objective::sft || t.reference != reference_model::by_default ||
        t.frozen_parameters != 0 || t.rollouts != rollout_engine::trainer || t.engine_sleeps || t.generations != 0 ||
        t.completion_length != 0 || t.negatives != 0 || t.gradient_cache != 0 || !(t.engine_utilization > 0) ||
        t.engine_utilization >= 1 || t.memory_format != memory_format::by_default || t.trained_layers != 0 ||
        t.trained_layer_choice != layer_choice::last || t.trained_ends != trained_ends::by_default ||
        t.mtp_layers != 0 || !(t.expert_capacity_factor == 0) || t.pad_to_capacity || t.data_workers != 0 ||
        t.prefetch_factor != 2)
        detail::check_inputs(found, t, net);
    if (adapted) detail::check_adapter(found, t, net);
    return found;
}

/// Returns what is wrong with a job on this card: offloading where GPU and host share one memory; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const training& t, const gpu& card,
                                              on_problem action = on_problem::keep) {
    problem_list found(action);
    if (t.offload != offload::none && shares_memory_with_host(card))
        found.breaks_rule("training.offload", static_cast<std::int64_t>(t.offload), host_memory_rule(card), 0);
    return found;
}

}  // namespace cardfit
