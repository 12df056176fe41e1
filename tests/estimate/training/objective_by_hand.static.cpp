// SPDX-License-Identifier: MIT

// Tests what an objective adds to a stage, counted by hand on a network of two layers.

#include <cardfit/estimate/training/lower.hpp>

using namespace cardfit;

namespace {

/// Two layers of width 16 with a matrix of 16 x 16 and 8 elements of cache per token each, an embedding and a head of
/// 10 tokens, and running statistics of 5 per layer.
constexpr network small = [] {
    network net{.block_kinds = 1,
                .layers = 2,
                .hidden = 16,
                .embedding_parameters = 160,
                .head_parameters = 160,
                .final_parameters = 16,
                .logits = 10,
                .final_norm_width = 16};
    layer_block& b = net.blocks[0];
    b.layers.end = 2;
    b.buffers = 5;
    b.cache.width = 8;
    b.add({.target = target::query, .in = 16, .out = 16});
    return net;
}();
constexpr std::int64_t layer = 256;
constexpr std::int64_t parameters_of_small = 2 * layer + 160 + 160 + 16;
constexpr std::int64_t statistics = 2 * 5 * 4;

constexpr memory_rules in_16_bits{.compute_width = 2 * width_scale, .recipe = {.weight = 2, .gradient = 4}};
constexpr layout one{.data = 1, .sharding_group = 1};

/// 3 samples of 16 tokens, twice per step: 96 tokens.
constexpr training of(objective o) {
    return {.objective = o, .micro_batch = 3, .gradient_accumulation = 2, .sequence_length = 16};
}
constexpr detail::objective_load load_of(const training& t, const layout& l = one) {
    return {.net = small, .job = t, .l = l, .rules = in_16_bits};
}

// ---- Frozen copies

constexpr std::int64_t frozen(const training& t, const layout& l = one, int stage = 0) {
    return detail::frozen_bytes(load_of(t, l), stage);
}
constexpr training with_parameters(training t, std::int64_t parameters) {
    t.frozen_parameters = parameters;
    return t;
}
constexpr training with_lora(training t) {
    t.adapter = {.method = adapter_method::lora, .rank = 8, .targets = targets(target::query)};
    return t;
}
constexpr training referring(training t, reference_model reference) {
    t.reference = reference;
    return t;
}

}  // namespace

static_assert(frozen(of(objective::sft)) == 0 && frozen(of(objective::orpo)) == 0);
static_assert(frozen(of(objective::dpo)) == 2 * parameters_of_small + statistics &&
              frozen(of(objective::ppo)) == 2 * frozen(of(objective::dpo)));
// PPO's reward model of its own size takes the place of a copy: 1000 parameters of 2 bytes.
static_assert(frozen(with_parameters(of(objective::ppo), 1000)) == frozen(of(objective::dpo)) + 2000 &&
              frozen(with_parameters(of(objective::distillation), 1000)) == 2000);
// The reference of an adapter is the base; one that is asked for, or refused, is there or is not.
static_assert(frozen(with_lora(of(objective::dpo))) == 0 &&
              frozen(referring(of(objective::grpo), reference_model::on)) == frozen(of(objective::dpo)) &&
              frozen(of(objective::grpo)) == 0 && frozen(referring(of(objective::dpo), reference_model::off)) == 0);
// Two stages have a layer each, one with the embedding and one with the head and the last norm; two tensor-parallel
// cards halve matrices, four shards quarter what they share, and statistics stay whole.
constexpr layout two_stages{.data = 1, .pipeline = 2, .sharding_group = 1};
static_assert(frozen(of(objective::dpo), two_stages, 0) == 2 * (layer + 160) + statistics / 2 &&
              frozen(of(objective::dpo), two_stages, 1) == 2 * (layer + 160 + 16) + statistics / 2);
static_assert(frozen(of(objective::dpo), {.data = 1, .tensor = 2, .sharding_group = 1}) ==
              2 * (parameters_of_small - 16) / 2 + 2 * 16 + statistics);
constexpr layout four_shards{.data = 4, .sharding = sharding::full, .sharding_group = 4};
static_assert(frozen(of(objective::dpo), four_shards) == 2 * parameters_of_small / 4 + statistics &&
              frozen(with_parameters(of(objective::distillation), 1000), four_shards) == 500 &&
              frozen(with_parameters(of(objective::distillation), 1000),
                     {.data = 1, .tensor = 2, .pipeline = 2, .sharding_group = 1}) == 500 &&
              frozen(with_parameters(of(objective::distillation), 1001), four_shards) == 501);

// What the model itself never trains is copied too.
static_assert([] {
    network net = small;
    net.blocks[0].add({.target = target::output, .in = 16, .out = 16, .frozen = true});
    const training t = of(objective::dpo);
    return detail::frozen_bytes({.net = net, .job = t, .l = one, .rules = in_16_bits}, 0);
}() == 2 * (parameters_of_small + 2 * 256) + statistics);

// ---- Rollouts of the trainer

// 96 tokens with 2 layers of 8 elements of 2 bytes; a stage has one layer, and two cards half of each.
static_assert(detail::generated_cache(load_of(of(objective::ppo)), 0) == 96 * 2 * 8 * 2 &&
              detail::generated_cache(load_of(of(objective::ppo), two_stages), 1) == 96 * 8 * 2);
static_assert(detail::generated_cache(load_of(of(objective::ppo), {.data = 1, .tensor = 2, .sharding_group = 1}), 0) ==
              96 * 2 * 8);
// TRL's PPOTrainer keeps 8 bytes per logit of what is generated: all 16 tokens at most, or 4 of them.
constexpr training of_four_tokens = [] {
    training t = of(objective::ppo);
    t.completion_length = 4;
    return t;
}();
static_assert(detail::generated_length(of(objective::ppo)) == 16 && detail::generated_length(of_four_tokens) == 4);
static_assert(detail::generated_logits(load_of(of(objective::ppo))) == 96 * 10 * 8 &&
              detail::generated_logits(load_of(of_four_tokens)) == 24 * 10 * 8 &&
              detail::generated_logits(load_of(of(objective::grpo))) == 0 &&
              detail::generated_logits(load_of(of_four_tokens, {.data = 1, .tensor = 2, .sharding_group = 1})) ==
                  24 * 10 * 4);

namespace {
/// Returns the temporaries of a step beside `gradients`, where the optimizer itself has 70.
constexpr std::int64_t rolled_out(const training& t, const layout& l, std::int64_t gradients, std::int64_t engine = 0) {
    stage_load s{.gradients = gradients, .step_temporaries = 70};
    detail::add_rollouts(s, {.net = small, .job = t, .l = l, .rules = in_16_bits, .engine = engine}, 0);
    return s.step_temporaries;
}
constexpr std::int64_t kept = 96 * 2 * 8 * 2 + 96 * 10 * 8;
constexpr training by_engine(bool sleeps) {
    training t = of(objective::ppo);
    t.rollouts = rollout_engine::colocated;
    t.engine_sleeps = sleeps;
    return t;
}
}  // namespace
// Cache and logits take the place of the gradients, which are gone; what the optimizer takes comes at another time.
static_assert(rolled_out(of(objective::ppo), one, 0) == kept &&
              rolled_out(of(objective::ppo), one, 100) == kept - 100 &&
              rolled_out(of(objective::ppo), one, kept) == 70 && rolled_out(of(objective::ppo), one, kept - 71) == 71);
// Full sharding over two cards gathers policy and value model; over one card nothing is gathered.
constexpr layout alone{.data = 1, .sharding = sharding::full, .sharding_group = 1};
constexpr layout two_shards{.data = 2, .sharding = sharding::full, .sharding_group = 2};
static_assert(rolled_out(of(objective::ppo), alone, 0) == kept &&
              rolled_out(of(objective::ppo), two_shards, 0) == kept + 2 * (2 * parameters_of_small + statistics) &&
              rolled_out(of(objective::ppo), {.data = 2, .sharding = sharding::gradients, .sharding_group = 2}, 0) ==
                  kept);
// An engine that sleeps while the model is trained is awake between two steps; another one is counted elsewhere.
static_assert(rolled_out(by_engine(true), one, 100, 1000) == 900 && rolled_out(by_engine(false), one, 100, 1000) == 70);

// ---- Sequences and models

// A pair is two sequences, with two negatives four; GradCache keeps embeddings, their gradients and a copy in fp32.
constexpr training with_negatives = [] {
    training t = of(objective::embedding);
    t.negatives = 2;
    return t;
}();
static_assert(detail::sequences_of(of(objective::sft)) == 1 && detail::sequences_of(of(objective::dpo)) == 2 &&
              detail::sequences_of(with_negatives) == 4);
static_assert([] {
    stage_load s{.tower_per_sample = 5};
    detail::add_cached_embeddings(s, load_of(with_negatives));
    return s.tower_per_sample;
}() == 5 + 3 * 4 * 16 * 4);
// A head of one output replaces the vocabulary's.
constexpr network scalar = detail::trained_network(small, of(objective::reward));
static_assert(scalar.logits == 0 && scalar.head_parameters == 0 && scalar.classes == 1 &&
              scalar.final_parameters == 16 + 16 && !scalar.tied);
static_assert(detail::trained_network(small, of(objective::dpo)).logits == 10 &&
              detail::trained_network(small, of(objective::dpo)).classes == small.classes);

namespace {
/// Returns a lowering of one stage that has 10 bytes of logits per token, 7 of them late, with an objective added.
constexpr lowered_training with_objective(const training& t, std::int64_t logit_bytes) {
    lowered_training lowered{.stage_count = 1, .band_per_mille = 50};
    lowered.stages[0] = {.weights = 1000, .saved_per_token = 3, .logits_per_token = 32, .late_logits_per_token = 16};
    memory_rules rules = in_16_bits;
    rules.logit_bytes = logit_bytes;
    detail::add_objective(lowered, {.net = small, .job = t, .l = one, .rules = rules, .engine = 500});
    return lowered;
}
constexpr std::int64_t logits_of(const training& t, std::int64_t logit_bytes) {
    return with_objective(t, logit_bytes).stages[0].logits_per_token;
}
constexpr training completing(objective o) {
    training t = of(o);
    t.completion_length = 4;
    return t;
}
}  // namespace
// Where whole logits exist, 6 bytes of the reference's stand beside each of 10 of the policy's, for both of a pair; a
// fused loss has neither, and nobody asks a reference that is off.
static_assert(logits_of(of(objective::dpo), 6) == 2 * (32 + 60) && logits_of(of(objective::dpo), 5) == 2 * 32 &&
              logits_of(referring(of(objective::dpo), reference_model::off), 6) == 2 * 32 &&
              logits_of(of(objective::distillation), 6) == 32 + 100);
// GRPO computes the logits of completions alone: 4 of 16 tokens.
static_assert(logits_of(completing(objective::grpo), 4) == 8 && logits_of(of(objective::grpo), 4) == 32 &&
              logits_of(completing(objective::ppo), 4) == 32 &&
              with_objective(completing(objective::grpo), 4).stages[0].late_logits_per_token == 4);
// Policy and value model have states and activations each, and the frozen copies come on top; the band is the wider
// one.
static_assert(with_objective(of(objective::ppo), 4).stages[0].saved_per_token == 6 &&
              with_objective(of(objective::ppo), 4).stages[0].weights ==
                  2 * 1000 + 2 * (2 * parameters_of_small + statistics) &&
              with_objective(of(objective::ppo), 4).band_per_mille == 150 &&
              with_objective(of(objective::dpo), 4).band_per_mille == 50);
// An engine that never sleeps holds its memory all the time.
static_assert(with_objective(by_engine(false), 4).engine == 500 && with_objective(by_engine(true), 4).engine == 0 &&
              with_objective(of(objective::dpo), 4).engine == 0);
// Offloaded parameters leave the frozen models on the host too.
static_assert([] {
    training t = of(objective::dpo);
    t.offload = offload::full;
    return with_objective(t, 4).stages[0].weights;
}() == 1000);
// A gradient cache embeds a chunk of sequences at a time, not a pair.
static_assert([] {
    training t = of(objective::embedding);
    t.gradient_cache = 1;
    const lowered_training lowered = with_objective(t, 4);
    return lowered.stages[0].saved_per_token == 3 && lowered.samples_at_once == 1 &&
           lowered.stages[0].tower_per_sample == 3 * 4 * 16 * 2;
}());
static_assert(with_objective(of(objective::embedding), 4).stages[0].saved_per_token == 6 &&
              with_objective(of(objective::embedding), 4).stages[0].tower_per_sample == 0);
