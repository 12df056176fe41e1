// SPDX-License-Identifier: MIT

// Tests what a vision tower adds to an inference: weights by the published counts, tokens of images in the cache, the
// pass over images in prefill, and nothing where a job has no images beyond the weights.

#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/multimodal_zoo.hpp>

using namespace cardfit;

namespace {

constexpr gpu card = cards::h100_sxm5_80gb;
constexpr multimodal_transformer qwen = models::qwen2_5_vl_7b;

constexpr std::int64_t weights(const auto& model, const inference& i, const machine& m = card, const layout& l = {}) {
    return memory(model, i, m, l).components.weights.number;
}
constexpr std::int64_t cache(const inference& i) { return memory(qwen, i, card).components.kv_cache.number; }

// The weights in 16 bits are two bytes per parameter of the published checkpoint; the tower keeps 16 bits beside a
// quantized text model.
constexpr inference text_only{.prompt = 1000, .generate = 24};
static_assert(weights(qwen, text_only) == 2 * 8'292'166'656);
constexpr inference quantized{.weights = number_format::awq_int4, .prompt = 1000, .framework = engine::vllm};
static_assert(weights(qwen, quantized) - weights(qwen.text, quantized) == 2 * 676'550'144);

// Tensor parallelism divides the tower's matrices.
constexpr std::int64_t on_four = weights(qwen, {.framework = engine::vllm}, 4 * card, {.tensor = 4}) -
                                 weights(qwen.text, {.framework = engine::vllm}, 4 * card, {.tensor = 4});
static_assert(4 * on_four > 2 * 676'550'144 && on_four < 676'550'144);

// With pipeline stages it is on the first one.
constexpr layout staged{.pipeline = 2};
static_assert(memory_of_all_cards(lower(qwen), text_only, 2 * card, staged).allocated.number >
              memory_of_all_cards(lower(qwen.text), text_only, 2 * card, staged).allocated.number + 2 * 676'550'144 -
                  1);

// Two images of 644 x 644 pixels take 2 x 23 x 23 tokens of cache.
constexpr inference two_images{.prompt = 1000, .generate = 24, .image_size = 644, .images = 2};
static_assert(cache(two_images) == cache({.prompt = 1000 + 2 * 23 * 23, .generate = 24}));
static_assert(memory(qwen, two_images, card).device() > memory(qwen, text_only, card).device());

// A large image among few words: the tower's pass has the peak of the activations.
constexpr memory_estimate large = memory(qwen, {.batch = 8, .prompt = 8, .image_size = 3584, .images = 1}, card);
static_assert(large.components.activations.number > 8 * std::int64_t{65'536} * 2 * 1280 * 2);

// An image that makes the prompt longer than the model's positions is refused.
constexpr auto refuses = [](const auto& model, const inference& i) { return !problems(i, lower(model)).empty(); };
static_assert(refuses(qwen.text, {.images = 1}));
static_assert(!refuses(qwen, {.images = 1}));
static_assert(refuses(qwen, {.images = -1}));
static_assert(refuses(models::clip_vit_l14, {.prompt = 78, .images = 1}));

// Time: the tower's FLOPs at the rate of the prompt's matmuls, and the longer prompt.
constexpr inference_time with = time(qwen, two_images, card);
constexpr inference_time without = time(qwen, text_only, card);
constexpr inference_time longer = time(qwen, {.prompt = 1000 + 2 * 23 * 23, .generate = 24}, card);
static_assert(with.prefill > longer.prefill && longer.prefill > without.prefill);
static_assert(with.inter_token == longer.inter_token);
constexpr double tower_seconds = with.prefill.number - longer.prefill.number;
// Between the dense peak of 989 TFLOP/s and a third of it.
constexpr double flops = 2 * image_flops(lower(qwen, 644));
static_assert(tower_seconds > flops / 989e12 && tower_seconds < 3 * flops / 989e12);

// A contrastive pair reads a text and an image, and generates nothing.
constexpr memory_estimate pair = memory(models::clip_vit_l14, {.batch = 32, .prompt = 77, .images = 1}, card);
static_assert(pair.components.weights.number == 2 * 427'616'513);
static_assert(pair.components.kv_cache.number == 0);

// Without its tower a model is its text part.
static_assert(memory(qwen, inference{.prompt = 1000, .generate = 24, .text_only = true}, card).device() ==
              memory(qwen.text, text_only, card).device());
static_assert(refuses(qwen, {.images = 1, .text_only = true}));
static_assert(refuses(qwen.text, {.text_only = true}));

}  // namespace
