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
