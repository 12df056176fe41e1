// SPDX-License-Identifier: MIT

// Tests preference, reward, reinforcement and distillation training: sums of lowerings that agree exactly with
// supervised training, frozen copies counted by hand, published peaks, and refusals.

#include <cardfit/decide/fits.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/model/convnet_zoo.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr gpu card = cards::a100_sxm4_80gb;
constexpr machine four = 4 * card;
constexpr layout zero_3{.data = 4, .sharding = sharding::full};
constexpr transformer qwen = models::qwen2_5_7b;
constexpr std::int64_t qwen_parameters = 7'615'616'512;

constexpr training job(objective o, std::int64_t micro_batch, std::int64_t length = 512) {
    return {.objective = o,
            .micro_batch = micro_batch,
            .sequence_length = length,
            .recompute = recompute::full,
            .framework = framework::deepspeed};
}
constexpr memory_estimate on_four(const training& t) { return memory(qwen, t, four, zero_3); }
constexpr double reserved_gibibytes(const training& t) {
    return static_cast<double>(on_four(t).reserved().number) / 1073741824.0;
}
constexpr training without_reference(training t) {
    t.reference = reference_model::off;
    return t;
}

// Pairs without a reference are supervised training of twice as many sequences, byte for byte.
static_assert(on_four(job(objective::orpo, 2)).components == on_four(job(objective::sft, 4)).components);
static_assert(on_four(without_reference(job(objective::dpo, 2))).components ==
              on_four(job(objective::sft, 4)).components);
// The reference is a frozen copy in 16 bits, of which each of four GPUs has a share.
static_assert((on_four(job(objective::dpo, 2)).components.weights -
               on_four(job(objective::orpo, 2)).components.weights) == bytes_of(2 * qwen_parameters / 4));
// Beside an adapter the reference is the base without it: no copy.
constexpr adapter lora{
    .method = adapter_method::lora, .rank = 8, .targets = targets(target::query, target::value, target::down)};
constexpr training with_lora(training t) {
    t.adapter = lora;
    return t;
}
static_assert(on_four(with_lora(job(objective::dpo, 2))).components.weights ==
              on_four(with_lora(job(objective::sft, 4))).components.weights);
// Two trained models and two frozen ones: 2 x 16 and 2 x 2 bytes per parameter.
constexpr memory_components ppo = on_four(job(objective::ppo, 1)).components;
static_assert(ppo.optimizer == bytes_of(2 * 12 * qwen_parameters / 4));
static_assert(ppo.weights == bytes_of((2 * 2 + 2 * 2) * qwen_parameters / 4));
// GRPO has no value model, and no reference unless asked for.
static_assert(on_four(job(objective::grpo, 1)).components.weights == bytes_of(2 * qwen_parameters / 4));
// A scalar head has no logits.
static_assert(memory(qwen, job(objective::reward, 1), card).components.logits == bytes{} &&
              memory(qwen, job(objective::embedding, 1), card).components.logits == bytes{});
static_assert(lower_job(qwen, job(objective::classification, 1), card).stages[0].logits_per_token == 0);

// A colocated engine takes its share of the card, all the time or between steps alone.
constexpr training rollouts(bool sleeps) {
    training t = job(objective::grpo, 1);
    t.rollouts = rollout_engine::colocated;
    t.engine_utilization = 0.25;
    t.engine_sleeps = sleeps;
    return t;
}
constexpr std::int64_t quarter = usable_memory(four).number / 4;
static_assert(on_four(rollouts(false)).components.kv_cache == bytes_of(quarter));
static_assert(on_four(rollouts(true)).components.kv_cache == bytes{});
static_assert(on_four(rollouts(true)).device() < on_four(rollouts(false)).device());
constexpr training elsewhere = [] {
    training t = job(objective::grpo, 1);
    t.rollouts = rollout_engine::apart;
    return t;
}();
static_assert(on_four(elsewhere).device() < on_four(rollouts(true)).device());

// ms-swift, examples/train/rlhf/dpo/full.sh: Qwen2.5-7B, ZeRO-3 on 4 GPUs, batch 4: 57 GiB padded, 47 without padding.
// The texts' lengths are not published: 57 lies between 512 and 1024 tokens padded, and 47 above what 256 tokens take.
static_assert(reserved_gibibytes(job(objective::dpo, 4, 512)) < 57 &&
              reserved_gibibytes(job(objective::dpo, 4, 1024)) > 57);
static_assert(reserved_gibibytes(job(objective::dpo, 4, 256)) < 47 &&
              reserved_gibibytes(job(objective::dpo, 4, 512)) > 47);
// hiyouga/LlamaFactory#10175: LoRA of a 4B on one 80 GB GPU takes a batch of 4 in supervised training, and not 2 pairs:
// the logits of the reference stand beside the policy's.
constexpr std::int64_t longest_of_4b(objective o, std::int64_t micro_batch) {
    training t = with_lora(job(o, micro_batch));
    t.precision = precision::bf16;
    t.framework = framework::transformers;
    return longest_sequence(models::qwen3_4b, t, card);
}
static_assert(longest_of_4b(objective::dpo, 2) < longest_of_4b(objective::sft, 4));
// ms-swift, examples/train/rlhf/gkd/fast.sh: a 7B student of a 14B teacher (14,770,033,664 parameters) that does not
// generate, ZeRO-3 on 4 GPUs, batch 4: 56 GiB, of texts whose lengths are not published.
constexpr training student(std::int64_t length) {
    training t = job(objective::distillation, 4, length);
    t.frozen_parameters = 14'770'033'664;
    return t;
}
static_assert(reserved_gibibytes(student(512)) < 56 && reserved_gibibytes(student(1536)) > 56);
// The one published peak of PPO (ms-swift, examples/train/rlhf/ppo/full.sh, Llama-3.1-8B, ZeRO-3 on 8 GPUs, 65 GiB) is
// within the band, which is wider for that.
constexpr memory_estimate published_ppo =
    memory(models::llama_3_1_8b, job(objective::ppo, 1, 2048), 8 * card, {.data = 8, .sharding = sharding::full});
static_assert(published_ppo.device_high.number > 65 * 1073741824ll &&
              published_ppo.device_low.number < 65 * 1073741824ll);

// Time: a reference adds a forward pass for each of the pair, a third of a pass forward and backward.
constexpr double seconds_of(const training& t) { return step_time(qwen, t, four, zero_3).breakdown.compute.number; }
constexpr double longer = seconds_of(job(objective::dpo, 2)) / seconds_of(job(objective::orpo, 2));
static_assert(longer > 1.24 && longer < 1.26);  // a fourth, as full recomputation repeats the forward pass
static_assert(step_time(qwen, job(objective::orpo, 2), four, zero_3).samples_per_second * 2 ==
              step_time(qwen, job(objective::sft, 4), four, zero_3).samples_per_second);

// Refusals.
constexpr std::size_t wrong(training t) { return problems(t, lower(qwen)).size(); }
static_assert(wrong(job(objective::dpo, 1)) == 0 && wrong(student(512)) == 0 && wrong(rollouts(true)) == 0);
static_assert(wrong(job(objective::distillation, 1)) == 1);
static_assert(wrong({.frozen_parameters = 1000}) == 1);
static_assert(wrong({.reference = reference_model::on}) == 1);
static_assert(wrong({.rollouts = rollout_engine::apart}) == 1 && wrong({.engine_sleeps = true}) == 1);
static_assert(wrong({.objective = objective::grpo, .engine_utilization = 1.5}) == 1);
static_assert(problems(training{.objective = objective::dpo}, lower(models::resnet_50)).size() > 0);

}  // namespace
