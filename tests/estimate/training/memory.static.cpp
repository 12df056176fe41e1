// SPDX-License-Identifier: MIT

// Tests the memory estimate against published formulas and figures.

#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

// The components add up to the total.
constexpr memory_estimate some = memory(models::mixtral_8x7b, training{.framework = framework::megatron},
                                        8 * cards::h100_sxm5_80gb, {.data = 4, .tensor = 2, .expert = 4});
constexpr bool adds_up(const memory_components& c) {
    return c.weights + c.gradients + c.optimizer + c.activations + c.logits + c.gathered + c.buckets + c.kv_cache +
                   c.temporaries + c.workspace ==
               c.allocated() &&
           c.allocated() + c.fragmentation == c.reserved() && c.reserved() + c.context + c.communication == c.device();
}
static_assert(adds_up(some.components));
static_assert(some.device_low <= some.device() && some.device() <= some.device_high);

// An image's tokens follow from its size, and a batch whose tokens exceed 64 bits is refused like any other.
constexpr lowered_training images =
    lower_job(models::vit_b_16, {.micro_batch = 1, .sequence_length = 1}, cards::a100_sxm4_80gb);
static_assert(memory(images, 64, 1).components.activations.number ==
              memory(images, 64, 5).components.activations.number);

// Under autocast with full recomputation the 16-bit copies of weights live until forward ends, where logits take 10
// bytes; of 12 bytes a little later the head's copy alone exists: 29,273,043,456 bytes were measured with Llama 3.2 1B
// (measured_h100.jsonl, h001a). Of few logits the copies are the larger part.
constexpr training checkpointed{.precision = precision::bf16_mixed,
                                .micro_batch = 4,
                                .sequence_length = 2048,
                                .recompute = recompute::full,
                                .framework = framework::transformers};
constexpr lowered_training autocast = lower_job(models::llama_3_2_1b, checkpointed, cards::h100_sxm5_80gb);
constexpr double at_loss = static_cast<double>(memory(autocast).allocated().number);
static_assert(at_loss > 0.99 * 29'273'043'456.0 && at_loss < 1.01 * 29'273'043'456.0);
static_assert(memory(autocast).components.gathered == bytes_of(2 * 128'256 * 2048));
static_assert(detail::loss_peak({.job = autocast, .stage = autocast.stages[0], .tokens = 0}).gathered ==
              std::int64_t{2} * 1'235'746'816);

// Every bound of a point is one that is looked at.
static_assert(problems(autocast, 1, 1).empty() && problems(autocast, 4, 2048).empty());
static_assert(!problems(autocast, 0, 2048).empty() && !problems(autocast, 1'000'001, 2048).empty());
static_assert(!problems(autocast, 4, 0).empty() && !problems(autocast, 4, autocast.longest_sequence + 1).empty());
static_assert(!problems(autocast, 1'000'000, autocast.longest_sequence).empty());
static_assert(!problems(lowered_training{}, 1, 1).empty());

// Whatever is trained, all weights of a model are on the card: Llama 3.2 1B has 1,235,814,400 parameters
// (model.safetensors of meta-llama/Llama-3.2-1B).
constexpr std::int64_t weights_where_trained(trained_ends ends) {
    const training job{.precision = precision::bf16, .micro_batch = 1, .trained_layers = 2, .trained_ends = ends};
    return memory(models::llama_3_2_1b, job, cards::h100_sxm5_80gb).components.weights.number;
}
static_assert(weights_where_trained(trained_ends::both) == std::int64_t{2} * 1'235'814'400);
static_assert(weights_where_trained(trained_ends::head) == std::int64_t{2} * 1'235'814'400);
static_assert(weights_where_trained(trained_ends::none) == std::int64_t{2} * 1'235'814'400);
