// SPDX-License-Identifier: MIT

// Tests what a vision tower adds to a training job: states of all parameters or of none, activations of its patches,
// and time.

#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/multimodal_zoo.hpp>

using namespace cardfit;

namespace {

constexpr gpu card = cards::h100_sxm5_80gb;
constexpr multimodal_transformer qwen = models::qwen2_5_vl_3b;
constexpr std::int64_t tower = tower_parameters(lower(qwen));

constexpr memory_components of(const auto& model, const training& t, const machine& m = card, const layout& l = {}) {
    return memory(model, t, m, l).components;
}

// Pure bf16 with AdamW: 2 bytes of weight, and two states of 4 bytes where the job asks for fp32 ones. All parameters
// are trained, or none of the tower's.
constexpr training full{.precision = precision::bf16, .optimizer_state = number_format::fp32, .sequence_length = 1024};
constexpr training frozen{.precision = precision::bf16,
                          .optimizer_state = number_format::fp32,
                          .sequence_length = 1024,
                          .frozen_tower = true};
static_assert(of(qwen, full).weights.number == 2 * 3'754'622'976);
static_assert(of(qwen, frozen).weights.number == 2 * 3'754'622'976);
static_assert(of(qwen, frozen).optimizer == of(qwen.text, full).optimizer);
static_assert((of(qwen, full).optimizer - of(qwen.text, full).optimizer).number == 2 * 4 * tower);

// Beside an adapter the tower is frozen, in 16 bits.
constexpr training lora{.sequence_length = 1024,
                        .adapter = {.method = adapter_method::lora, .rank = 16, .targets = targets(target::query)},
                        .base_weights = number_format::nf4};
static_assert(of(qwen, lora).weights.number - of(qwen.text, lora).weights.number == 2 * tower);
static_assert(of(qwen, lora).optimizer == of(qwen.text, lora).optimizer);

// Full sharding divides its states as all others.
constexpr layout sharded{.data = 8, .sharding = sharding::full};
static_assert(
    8 * (of(qwen, full, 8 * card, sharded).optimizer - of(qwen.text, full, 8 * card, sharded).optimizer).number ==
    of(qwen, full).optimizer.number - of(qwen.text, full).optimizer.number);

// Activations: those of the sequence, and of 46 x 46 patches. Checkpointing keeps one input of 1280 elements per layer
// and patch; a frozen tower keeps nothing. The loss is where all are saved.
constexpr training with_images(std::int64_t images, bool frozen_tower, recompute r = recompute::none) {
    return {.precision = precision::bf16,
            .micro_batch = 4,
            .sequence_length = 1024,
            .image_size = 644,
            .images = images,
            .frozen_tower = frozen_tower,
            .recompute = r};
}
constexpr std::int64_t saved(std::int64_t images, bool frozen_tower, recompute r = recompute::none) {
    const network net = lower(qwen, 644);
    return lower_job(net, with_images(images, frozen_tower, r), card).stages[0].tower_per_sample;
}
static_assert(saved(0, false) == 0);
static_assert(saved(1, true) == 0);
// A layer with LayerNorms and dropout keeps 34 x width bytes per token beside its scores (Korthikanti et al., arXiv
// 2205.05198, equation 1), of which the two dropout masks are 2; flash attention keeps 4 bytes per head instead of the
// scores. The tower of LLaVA has 24 such layers of width 1024 with 16 heads, and 577 positions.
constexpr training llava{.precision = precision::bf16, .sequence_length = 1024, .images = 1};
static_assert(lower_job(models::llava_1_5_7b, llava, 8 * card, {.data = 8, .sharding = sharding::full})
                  .stages[0]
                  .tower_per_sample == 24 * 577 * (32 * 1024 + 4 * 16));
constexpr std::int64_t patches = 46 * 46;
static_assert(saved(1, false, recompute::full) > 2 * 32 * patches * 1280);
static_assert(saved(1, false, recompute::full) < saved(1, false) / 4);
static_assert(of(qwen, with_images(1, false)).activations.number - of(qwen, with_images(0, false)).activations.number ==
              4 * saved(1, false));

// Images are part of the sequence: two of 529 tokens do not fit 1024.
constexpr auto refuses = [](const auto& model, const training& t) { return !problems(t, lower(model, 644)).empty(); };
static_assert(!refuses(qwen, with_images(1, false)));
static_assert(refuses(qwen, with_images(2, false)));
static_assert(!problems(training{.images = 1}, lower(qwen.text)).empty());
static_assert(!problems(training{.frozen_tower = true}, lower(qwen.text)).empty());

// Time: images take longer, and longer where the tower is trained.
constexpr seconds text_step = step_time(qwen, with_images(0, false), card).step;
constexpr seconds frozen_step = step_time(qwen, with_images(1, true), card).step;
constexpr seconds trained_step = step_time(qwen, with_images(1, false), card).step;
static_assert(frozen_step < trained_step);
static_assert(trained_step > text_step);
// At least the tower's FLOPs at the peak of 989 TFLOP/s.
constexpr double flops = 4 * 3 * image_flops(lower(qwen, 644));
static_assert(trained_step.number - text_step.number > flops / 989e12);
static_assert(trained_step.number - text_step.number < 5 * flops / 989e12);

// Without its tower a model is its text part.
constexpr training words{
    .precision = precision::bf16, .optimizer_state = number_format::fp32, .sequence_length = 1024, .text_only = true};
static_assert(memory(qwen, words, card).device() == memory(qwen.text, full, card).device());
static_assert(step_time(qwen, words, card).step == step_time(qwen.text, full, card).step);

}  // namespace
