// SPDX-License-Identifier: MIT

// Tests activation memory against published formulas.

#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

// Korthikanti et al. (arXiv 2205.05198), equations 1 to 4 and table 2, state the activations of one GPT layer in bytes,
// with dropout.
constexpr std::int64_t s = 2048, b = 1, h = 12288, a = 96;
constexpr transformer gpt3{.layers = 1,
                           .hidden = h,
                           .heads = a,
                           .ffn = 4 * h,
                           .ffn_gated = false,
                           .vocab = 51200,
                           .norm = norm_kind::layer,
                           .biases = biases::all};
constexpr training korthikanti{.precision = precision::fp16_mixed,
                               .micro_batch = b,
                               .sequence_length = s,
                               .attention = attention::eager,
                               .dropout = true,
                               .framework = framework::megatron};
constexpr network gpt3_net = lower(gpt3);
constexpr std::int64_t layer_bytes(recompute r, int tensor, sequence_parallel sp) {
    training t = korthikanti;
    t.recompute = r;
    const memory_rules rules = lower_rules(t, {.tensor = tensor, .sequence_parallel = sp}, row_of(t.framework).memory);
    return saved_bytes(gpt3_net.blocks[0], *rules.kept, rules, tensor) * s * b +
           score_bytes(gpt3_net.blocks[0], *rules.kept, rules, tensor) * s * s * b;
}
static_assert(layer_bytes(recompute::none, 1, sequence_parallel::off) == s * b * h * 34 + 5 * a * s * s * b);
static_assert(layer_bytes(recompute::none, 8, sequence_parallel::off) ==
              s * b * h * (10 + 24 / 8) + 5 * a * s * s * b / 8);
static_assert(layer_bytes(recompute::none, 8, sequence_parallel::on) == (s * b * h * 34 + 5 * a * s * s * b) / 8);
static_assert(layer_bytes(recompute::selective, 8, sequence_parallel::on) == s * b * h * 34 / 8);

// With twice the tokens on the experts of the most-loaded rank, a job whose experts save activations needs more memory,
// but not more than twice as much.
constexpr bytes saved_by_experts(std::int64_t imbalance) {
    return memory(models::mixtral_8x7b, {.expert_imbalance_percent = imbalance, .framework = framework::megatron},
                  8 * cards::h100_sxm5_80gb, {.data = 8, .expert = 8})
        .components.activations;
}
static_assert(saved_by_experts(200) > saved_by_experts(100) && saved_by_experts(200) < 2 * saved_by_experts(100));
// A rank that has all experts processes its own tokens, whichever experts they visit.
static_assert(memory(models::mixtral_8x7b, {.expert_imbalance_percent = 200}, 8 * cards::h100_sxm5_80gb, {.data = 8})
                  .components.activations ==
              memory(models::mixtral_8x7b, training{}, 8 * cards::h100_sxm5_80gb, {.data = 8}).components.activations);

// The last layer in backward still has its saved tensors when all gradients exist.
constexpr stage_load kept_layers =
    lower_job(models::llama_3_1_8b, {.sequence_length = 8192, .recompute = recompute::none}, cards::h100_sxm5_80gb)
        .stages[0];
static_assert(kept_layers.layer_per_token * 32 >= kept_layers.saved_per_token);

// BERT pre-training computes logits at 15 % of the positions (arXiv 1810.04805, section 3.1).
constexpr std::int64_t logit_bytes(loss how) {
    return lower_job(models::bert_base, training{.sequence_length = 512, .loss = how}, cards::a100_sxm4_80gb)
        .stages[0]
        .logits_per_token;
}
static_assert(logit_bytes(loss::masked) == divide_up(logit_bytes(loss::full) * 15, 100));

// With flash attention under Megatron, selective recomputation has nothing to recompute.
constexpr memory_estimate kept_all =
    memory(models::llama_3_1_8b, {.sequence_length = 8192, .framework = framework::megatron}, 8 * cards::h100_sxm5_80gb,
           {.tensor = 8});
constexpr memory_estimate kept_some =
    memory(models::llama_3_1_8b,
           {.sequence_length = 8192, .recompute = recompute::selective, .framework = framework::megatron},
           8 * cards::h100_sxm5_80gb, {.tensor = 8});
static_assert(kept_some.device() <= kept_all.device());
