// SPDX-License-Identifier: MIT

// Tests preference, reward, reinforcement and distillation training, and training of only some layers: sums of
// lowerings that agree exactly with supervised training of all layers, frozen copies counted by hand, published peaks,
// and refusals.

#include <cardfit/decide/fits.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/model/convnet_zoo.hpp>
#include <cardfit/model/encoder_zoo.hpp>
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

// An embedding's samples are a query, its match and hard negatives: as many supervised sequences.
constexpr training pairs(std::int64_t micro_batch, std::int64_t negatives, std::int64_t chunk = 0) {
    training t = job(objective::embedding, micro_batch, 128);
    t.negatives = negatives;
    t.gradient_cache = chunk;
    return t;
}
constexpr encoder bert = models::bge_large_en;
static_assert(memory(bert, pairs(6, 1), card).components == memory(bert, pairs(9, 0), card).components);
static_assert(memory(bert, pairs(6, 0), card).components ==
              memory(bert, job(objective::sft, 12, 128), card).components);
// GradCache: activations are those of a chunk; beside them stand the embeddings, their gradients and a copy in fp32 (12
// bytes) of each sequence.
static_assert(lower_job(bert, pairs(4096, 0, 32), card).stages[0].tower_per_sample == 2 * 1024 * 12);
static_assert(memory(bert, pairs(2048, 0, 32), card).device() < memory(bert, pairs(512, 0), card).device());
static_assert(largest_micro_batch(bert, pairs(64, 0, 32), card) > 10 * largest_micro_batch(bert, pairs(64, 0), card));

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
// ms-swift, examples/train/rlhf/ppo: Llama-3.1-8B with a reward model of its size, 512 generated tokens. Full training
// with ZeRO-3 on 8 GPUs takes 65 GiB, because policy and value model are gathered to generate; LoRA with ZeRO-2 on 4
// GPUs takes 50.
constexpr training published_ppo(std::int64_t accumulation) {
    training t = job(objective::ppo, 1, 1024);
    t.gradient_accumulation = accumulation;
    t.completion_length = 512;
    return t;
}
constexpr double ppo_gibibytes(const training& t, const machine& m, const layout& l) {
    return static_cast<double>(memory(models::llama_3_1_8b, t, m, l).reserved().number) / 1073741824.0;
}
constexpr double full_ppo = ppo_gibibytes(published_ppo(2), 8 * card, {.data = 8, .sharding = sharding::full});
constexpr double lora_ppo = ppo_gibibytes(
    [] {
        training t = published_ppo(4);
        t.adapter = {.method = adapter_method::lora,
                     .rank = 8,
                     .targets = targets(target::query, target::key, target::value, target::output, target::gate,
                                        target::up, target::down)};
        return t;
    }(),
    4 * card, {.data = 4, .sharding = sharding::gradients});
static_assert(full_ppo > 65 * 0.96 && full_ppo < 65 * 1.04);
static_assert(lora_ppo > 50 * 0.96 && lora_ppo < 50 * 1.04);

// huggingface/trl#3456: GRPO with 4 completions of 1,024 tokens behind prompts of 2,048 at a time, generated by the
// trainer, shows 49,273 MiB on an A100 for Qwen3-0.6B and 78,147 MiB for Qwen3-1.7B. Of what the reporter does not
// state, the Trainer's defaults are taken: autocast in bf16, AdamW, no checkpoints.
constexpr training published_grpo(framework f, std::int64_t samples, std::int64_t length) {
    training t = job(objective::grpo, samples, length);
    t.completion_length = 1024;
    t.recompute = recompute::none;
    t.framework = f;
    t.software_date = {2025, 5};
    return t;
}
constexpr double trl_mebibytes(const transformer& model) {
    return static_cast<double>(memory(model, published_grpo(framework::trl, 4, 3072), card).device().number) / 1048576;
}
static_assert(trl_mebibytes(models::qwen3_0_6b) > 49'273 * 0.92 && trl_mebibytes(models::qwen3_0_6b) < 49'273 * 1.08);
static_assert(trl_mebibytes(models::qwen3_1_7b) > 78'147 * 0.92 && trl_mebibytes(models::qwen3_1_7b) < 78'147 * 1.08);
// modelscope/ms-swift#3848: LoRA of rank 64 on all linear layers of Qwen2.5-3B, one completion of at most 1,024 tokens
// at a time, full recomputation, an engine on another card: about 12 GB at the peak of forward and backward. The
// lengths of whole sequences lie between 1,280 (short prompts) and the cap, 3,072.
constexpr double swift_gigabytes(std::int64_t length) {
    training t = published_grpo(framework::ms_swift, 1, length);
    t.rollouts = rollout_engine::apart;
    t.gradient_accumulation = 6;
    t.recompute = recompute::full;
    t.adapter = {.method = adapter_method::lora,
                 .rank = 64,
                 .targets = targets(target::query, target::key, target::value, target::output, target::gate, target::up,
                                    target::down)};
    return in_gigabytes(memory(models::qwen2_5_3b, t, card).reserved());
}
static_assert(swift_gigabytes(1280) > 12 * 0.88 && swift_gigabytes(3072) < 12 * 1.12);

// TRL's logits_to_keep: GRPO computes the logits of completions alone, PPO those of whole sequences.
constexpr std::int64_t loss_logits(objective o, std::int64_t completion) {
    training t = job(o, 1, 1024);
    t.completion_length = completion;
    return lower_job(qwen, t, card).stages[0].logits_per_token;
}
static_assert(loss_logits(objective::grpo, 256) * 4 == loss_logits(objective::grpo, 0));
static_assert(loss_logits(objective::ppo, 256) == loss_logits(objective::ppo, 0));

// Time: a reference adds a forward pass for each of the pair, a third of a pass forward and backward.
constexpr double seconds_of(const training& t) { return step_time(qwen, t, four, zero_3).breakdown.compute.number; }
constexpr double longer = seconds_of(job(objective::dpo, 2)) / seconds_of(job(objective::orpo, 2));
static_assert(longer > 1.24 && longer < 1.26);  // a fourth, as full recomputation repeats the forward pass
static_assert(step_time(qwen, job(objective::orpo, 2), four, zero_3).samples_per_second * 2 ==
              step_time(qwen, job(objective::sft, 4), four, zero_3).samples_per_second);

// GradCache embeds everything once more, without a gradient: a fourth of the time with full recomputation.
constexpr double embedding_seconds(const training& t) { return step_time(bert, t, card).breakdown.compute.number; }
constexpr double cached = embedding_seconds(pairs(512, 0, 32)) / embedding_seconds(pairs(512, 0));
static_assert(cached > 1.24 && cached < 1.26);

// Refusals.
static_assert(problems(pairs(64, 2, 32), lower(bert)).size() == 0 &&
              problems(pairs(16, 0, 32), lower(bert)).size() == 1);
static_assert(problems(training{.negatives = 1, .sequence_length = 128}, lower(bert)).size() == 1);
constexpr std::size_t wrong(training t) { return problems(t, lower(qwen)).size(); }
static_assert(wrong(job(objective::dpo, 1)) == 0 && wrong(student(512)) == 0 && wrong(rollouts(true)) == 0);
static_assert(wrong(job(objective::distillation, 1)) == 1);
static_assert(wrong({.frozen_parameters = 1000}) == 1);
static_assert(wrong({.reference = reference_model::on}) == 1);
static_assert(wrong({.rollouts = rollout_engine::apart}) == 1 && wrong({.engine_sleeps = true}) == 1);
static_assert(wrong({.objective = objective::grpo, .engine_utilization = 1.5}) == 1);
static_assert(wrong({.completion_length = 8}) == 1 && wrong({.generations = 8}) == 1);
static_assert(wrong({.objective = objective::grpo, .completion_length = 2048}) == 1);
static_assert(wrong({.objective = objective::grpo, .generations = 8, .completion_length = 1024}) == 0);
static_assert(problems(training{.objective = objective::dpo}, lower(models::resnet_50)).size() > 0);

// ---- Only some layers trained

constexpr training partly(std::int64_t layers, layer_choice choice, trained_ends ends = trained_ends::by_default) {
    return {.precision = precision::bf16,
            .gradient_accumulation = 16,
            .sequence_length = 2048,
            .trained_layers = layers,
            .trained_layer_choice = choice,
            .trained_ends = ends,
            .recompute = recompute::full,
            .framework = framework::ms_swift,
            .software_date = {2025, 3}};
}
constexpr training without_recomputation(training t) {
    t.recompute = recompute::none;
    return t;
}
constexpr memory_estimate on_card(const training& t) { return memory(qwen, t, card); }

// A layer of Qwen2.5-7B: q and o, k and v with biases, gate, up and down, two norms.
constexpr std::int64_t qwen_layer = 2 * 3584 * 3584 + 2 * 3584 * 512 + 3584 + 2 * 512 + 3 * 3584 * 18944 + 2 * 3584;
constexpr std::int64_t qwen_end = std::int64_t{152064} * 3584;
static_assert(28 * qwen_layer + 2 * qwen_end + 3584 == qwen_parameters);
// All layers, embedding and head are the supervised training of the whole model, byte for byte.
static_assert(on_card(partly(28, layer_choice::last, trained_ends::both)).components ==
              on_card(partly(0, layer_choice::last)).components);
// Weights are those of the whole model, gradients (2 bytes) and states (4) those of the trained parameters.
static_assert(on_card(partly(2, layer_choice::last)).components.weights == bytes_of(2 * qwen_parameters));
static_assert(on_card(partly(2, layer_choice::last)).components.optimizer == bytes_of(4 * 2 * qwen_layer));
static_assert(on_card(partly(2, layer_choice::sampled)).components.optimizer ==
              bytes_of(4 * (2 * qwen_layer + 2 * qwen_end + 3584)));
static_assert(on_card(partly(4, layer_choice::spaced, trained_ends::head)).components.optimizer ==
              bytes_of(4 * (4 * qwen_layer + qwen_end + 3584)));
// Layers below the lowest trained one save nothing: each further layer from the top adds as much as the one before.
constexpr std::int64_t saved_by(std::int64_t layers, layer_choice choice) {
    return lower_job(qwen, without_recomputation(partly(layers, choice)), card).stages[0].saved_per_token;
}
static_assert(saved_by(2, layer_choice::last) == 2 * saved_by(1, layer_choice::last));
static_assert(saved_by(28, layer_choice::last) == 28 * saved_by(1, layer_choice::last));
// Frozen layers above the lowest trained one save what their inputs' gradients need, which is less than trained ones.
static_assert(saved_by(1, layer_choice::first) > saved_by(1, layer_choice::last));
static_assert(saved_by(1, layer_choice::first) < saved_by(28, layer_choice::first));
static_assert(saved_by(4, layer_choice::spaced) > saved_by(4, layer_choice::last) &&
              saved_by(4, layer_choice::spaced) < saved_by(4, layer_choice::first));

// ms-swift, examples/train/tuners: LISA with 2 layers of Qwen2.5-7B takes 29 GiB on one card, LLaMA Pro with 4 new
// blocks (32 layers, every eighth trained) 25.4, on the same texts. Their lengths are not published; 2,048 tokens is
// where ms-swift would cut them. One length, 1,408 tokens, explains both within 3 %.
constexpr double gibibytes_of(bytes b) { return static_cast<double>(b.number) / 1073741824.0; }
constexpr training as_long_as(std::int64_t tokens, training t) {
    t.sequence_length = tokens;
    return t;
}
constexpr double lisa(std::int64_t tokens) {
    return gibibytes_of(on_card(as_long_as(tokens, partly(2, layer_choice::sampled))).reserved());
}
static_assert(lisa(1408) > 29 * 0.97 && lisa(1408) < 29 * 1.03 && lisa(2048) > 29);
constexpr transformer expanded = [] {
    transformer model = qwen;
    model.layers = 32;
    return model;
}();
constexpr double llama_pro(std::int64_t tokens) {
    return gibibytes_of(memory(expanded, as_long_as(tokens, partly(4, layer_choice::spaced)), card).reserved());
}
static_assert(llama_pro(1408) > 25.4 * 0.97 && llama_pro(1408) < 25.4 * 1.03 && llama_pro(2048) > 25.4);

// Adapters on the last layers alone: below them nothing is saved, unless checkpoints make the embedding's output need a
// gradient.
constexpr training adapters_on(std::int64_t layers, recompute how) {
    training t = with_lora(partly(layers, layer_choice::last));
    t.recompute = how;
    t.framework = framework::peft;
    return t;
}
static_assert(3 * gibibytes_of(on_card(adapters_on(4, recompute::none)).components.activations) <
              gibibytes_of(on_card(adapters_on(0, recompute::none)).components.activations));
static_assert(on_card(adapters_on(4, recompute::full)).components.activations ==
              on_card(adapters_on(0, recompute::full)).components.activations);
static_assert(on_card(adapters_on(28, recompute::none)).components ==
              on_card(adapters_on(0, recompute::none)).components);
static_assert(on_card(adapters_on(4, recompute::none)).components.weights <
              on_card(adapters_on(5, recompute::none)).components.weights);

// Of experts and dense layers, those of the larger kind may be sampled.
constexpr transformer deepseek = models::deepseek_v2_lite;
static_assert(memory(deepseek, partly(1, layer_choice::sampled), card).components.optimizer >=
              memory(deepseek, partly(1, layer_choice::last, trained_ends::both), card).components.optimizer);

// Time: layers below the lowest trained one have a forward pass alone; frozen ones above it no weight gradients.
constexpr double step_of(const training& t) { return step_time(qwen, t, card).step.number; }
static_assert(step_of(partly(1, layer_choice::last)) < step_of(partly(1, layer_choice::first)));
static_assert(step_of(partly(1, layer_choice::first)) < step_of(partly(28, layer_choice::first)));
static_assert(step_of(partly(1, layer_choice::last)) > step_of(partly(0, layer_choice::last)) / 5);
static_assert(step_of(partly(28, layer_choice::last, trained_ends::both)) <
                  step_of(partly(0, layer_choice::last)) * 1.000001 &&
              step_of(partly(28, layer_choice::last, trained_ends::both)) >
                  step_of(partly(0, layer_choice::last)) * 0.999999);

static_assert(wrong(partly(2, layer_choice::last)) == 0 && wrong(partly(29, layer_choice::last)) == 1);
static_assert(wrong(partly(0, layer_choice::first)) == 1);
static_assert(wrong(partly(0, layer_choice::last, trained_ends::both)) == 1);
static_assert(wrong(with_lora(partly(2, layer_choice::last, trained_ends::both))) == 1);
constexpr training in_four_bits = [] {
    training t = partly(2, layer_choice::last);
    t.base_weights = number_format::nf4;
    return t;
}();
static_assert(wrong(in_four_bits) == 1 && wrong(with_lora(in_four_bits)) == 0);
static_assert(problems(partly(2, layer_choice::last), lower(models::resnet_50)).size() > 0);

}  // namespace
