// SPDX-License-Identifier: MIT

// Tests weights, gradients and optimizer states against published formulas and figures.

#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}
constexpr double state_gigabytes(const memory_estimate& m) {
    return in_gigabytes(m.components.weights + m.components.gradients + m.components.optimizer);
}

// ZeRO (arXiv 1910.02054, figure 1): 7.5 B parameters with Adam on 64 cards take 120, 31.4, 16.6 and 1.9 GB per card.
constexpr transformer seven_and_a_half_billion{.layers = 72,
                                               .hidden = 2880,
                                               .heads = 32,
                                               .ffn = 11520,
                                               .ffn_gated = false,
                                               .vocab = 50257,
                                               .tied_embeddings = true,
                                               .positions = 1024,
                                               .norm = norm_kind::layer,
                                               .biases = biases::all};
constexpr training zero_job{.precision = precision::fp16_mixed,
                            .optimizer = optimizer::adam,
                            .sequence_length = 1,
                            .recompute = recompute::full,
                            .framework = framework::deepspeed};
constexpr double zero(sharding s) {
    const double billions = static_cast<double>(parameters(seven_and_a_half_billion)) / 7.5e9;
    return state_gigabytes(
               memory(seven_and_a_half_billion, zero_job, 64 * cards::a100_sxm4_80gb, {.data = 64, .sharding = s})) /
           billions;
}
constexpr bool rounds_to(double value, double printed) { return value >= printed - 0.05 && value < printed + 0.05; }
static_assert(rounds_to(zero(sharding::none), 120) && rounds_to(zero(sharding::optimizer), 31.4));
static_assert(rounds_to(zero(sharding::gradients), 16.6) && rounds_to(zero(sharding::full), 1.9));

// Before a step, ZeRO flattens the 16-bit gradients of a card's share and copies the flat tensor to fp32: 6 bytes per
// parameter beside the gradients. ZeRO-3 steps 1e9 elements of a share at a time (sub_group_size).
constexpr memory_estimate zero_step(int cards, sharding s) {
    return memory(seven_and_a_half_billion, zero_job, cards * cards::a100_sxm4_80gb, {.data = cards, .sharding = s});
}
static_assert(zero_step(64, sharding::gradients).peak_phase == memory_phase::step);
static_assert(zero_step(64, sharding::gradients).components.temporaries.number ==
              divide_up(6 * parameters(seven_and_a_half_billion), 64));
static_assert(zero_step(2, sharding::full).components.temporaries.number == 6'000'000'000);

// A job that states the format that gradients have anyway is the same job.
constexpr std::int64_t temporaries_with(number_format gradients) {
    training job = zero_job;
    job.gradients = gradients;
    const layout sharded{.data = 64, .sharding = sharding::gradients};
    return memory(seven_and_a_half_billion, job, 64 * cards::a100_sxm4_80gb, sharded).components.temporaries.number;
}
static_assert(temporaries_with(number_format::fp16) == temporaries_with(number_format::by_default));

// QwenLM/Qwen, README: full fine-tuning of Qwen-1.8B by ZeRO on one A100 takes 43.5 GB at 256, 512, 1024 and 2048
// tokens alike, because the step is the peak.
constexpr transformer qwen_1_8b{
    .layers = 24, .hidden = 2048, .heads = 16, .ffn = 5504, .vocab = 151'936, .biases = biases::qkv};
constexpr memory_estimate qwen_by_zero(std::int64_t tokens) {
    return memory(qwen_1_8b,
                  training{.gradient_accumulation = 8,
                           .sequence_length = tokens,
                           .recompute = recompute::full,
                           .framework = framework::deepspeed,
                           .software_date = {2023, 12}},
                  cards::a100_sxm4_80gb);
}
static_assert(qwen_by_zero(2048).peak_phase == memory_phase::step);
static_assert(within(in_gigabytes(qwen_by_zero(256).device()), 43.5, 0.05));
static_assert(within(in_gigabytes(qwen_by_zero(2048).device()), 43.5, 0.05));

// Transformer Engine stores an fp8 copy of each matrix and its transpose beside the 16-bit one: two bytes per parameter
// of the layers' matrices, and none for embedding, head and norms. Llama-3.1-8B has 8,030,261,248 parameters.
constexpr std::int64_t megatron_weights(precision p) {
    return memory(models::llama_3_1_8b, training{.precision = p, .framework = framework::megatron},
                  cards::h100_sxm5_80gb)
        .components.weights.number;
}
static_assert(megatron_weights(precision::fp8_mixed) - megatron_weights(precision::bf16_mixed) ==
              2 * (8'030'261'248 - 2 * 128'256 * 4096 - 65 * 4096));

// The copies of experts are divided along with the experts, not among all cards: each of eight cards with different
// experts stores two bytes per parameter of all of its own experts, and an eighth of the rest.
constexpr std::int64_t sharded_experts(precision p, int expert) {
    const layout l{.data = 8, .expert = expert, .sharding = sharding::full};
    return memory(models::mixtral_8x7b, training{.precision = p, .framework = framework::megatron},
                  8 * cards::h200_sxm_141gb, l)
        .components.weights.number;
}
static_assert(sharded_experts(precision::fp8_mixed, 8) - sharded_experts(precision::bf16_mixed, 8) ==
              sharded_experts(precision::fp8_mixed, 1) - sharded_experts(precision::bf16_mixed, 1));

// Bytes per parameter (Megatron-LM's distributed-optimizer table): bf16 with fp32 main gradients takes 18, sharded 6 +
// 12/d.
constexpr training megatron{.sequence_length = 1, .recompute = recompute::full, .framework = framework::megatron};
constexpr auto megatron_state(int data, sharding how) {
    const memory_components c =
        memory(models::llama_2_7b, megatron, data * cards::h100_sxm5_80gb, {.data = data, .sharding = how}).components;
    return static_cast<double>((c.weights + c.gradients + c.optimizer).number) /
           static_cast<double>(parameters(models::llama_2_7b));
}
static_assert(within(megatron_state(1, sharding::none), 18, 1e-6) &&
              within(megatron_state(8, sharding::optimizer), 6 + 12.0 / 8, 1e-6));

// LoRA of rank 8 on query and value of Llama-2-7B trains 4,194,304 parameters (litgpt); in pure 16-bit training there
// are two 16-bit states.
constexpr training lora{
    .precision = precision::bf16,
    .optimizer_state = number_format::bf16,
    .sequence_length = 1,
    .adapter = {.method = adapter_method::lora, .rank = 8, .targets = targets(target::query, target::value)}};
constexpr memory_estimate adapted = memory(models::llama_2_7b, lora, cards::a100_sxm4_80gb);
static_assert(adapted.components.weights == bytes_of(2 * (6'738'415'616 + 4'194'304)));
static_assert(adapted.components.optimizer == bytes_of(4 * 4'194'304));

// torch.optim makes its states in the format of the parameters (zeros_like), so a pure bf16 job has two bf16 moments;
// DeepSpeed keeps fp32 states.
constexpr std::int64_t default_states(framework f, precision p) {
    return memory(models::llama_2_7b, {.precision = p, .sequence_length = 1, .framework = f}, cards::h200_sxm_141gb)
        .components.optimizer.number;
}
static_assert(default_states(framework::pytorch, precision::bf16) == 4 * 6'738'415'616);
static_assert(default_states(framework::transformers, precision::fp16) == 4 * 6'738'415'616);
static_assert(default_states(framework::pytorch, precision::bf16_mixed) == 8 * 6'738'415'616);
static_assert(default_states(framework::deepspeed, precision::bf16) == 8 * 6'738'415'616);

// DoRA (arXiv 2402.09353, table 1): on LLaMA-7B, LoRA of rank 32 trains 0.83 % of the parameters and DoRA trains 0.84
// %, on the same five targets.
constexpr double trained_share(adapter_method method) {
    const memory_components c =
        memory(models::llama_2_7b,
               {.precision = precision::bf16,
                .optimizer_state = number_format::bf16,
                .sequence_length = 1,
                .adapter = {method, 32, targets(target::query, target::key, target::value, target::up, target::down)}},
               cards::a100_sxm4_80gb)
            .components;
    return static_cast<double>(c.optimizer.number) / 4 / 6'738'415'616.0;
}
static_assert(within(trained_share(adapter_method::lora), 0.0083, 0.0041) &&
              within(trained_share(adapter_method::dora), 0.0084, 0.0071));
static_assert(trained_share(adapter_method::dora) > trained_share(adapter_method::lora));

// Paged optimizer states do not count as needed GPU memory: the driver moves them to the host when the GPU is full.
constexpr bytes states(optimizer o) {
    return memory(models::llama_2_7b,
                  {.precision = precision::bf16,
                   .optimizer = o,
                   .optimizer_state = number_format::fp32,
                   .sequence_length = 1},
                  cards::a100_sxm4_80gb)
        .components.optimizer;
}
// The fp32 master weights of a 16-bit model are not optimizer states: they stay on the GPU.
static_assert(memory(models::llama_2_7b,
                     {.precision = precision::bf16_mixed,
                      .optimizer = optimizer::paged_adamw,
                      .sequence_length = 1,
                      .framework = framework::megatron},
                     cards::h200_sxm_141gb)
                  .components.optimizer == bytes_of(4 * 6'738'415'616));
static_assert(states(optimizer::adamw) == bytes_of(8 * 6'738'415'616) && states(optimizer::paged_adamw) == bytes{});

// Muon leaves the embedding and the head to AdamW: it has one momentum for 6.98 B parameters of hidden layers, and
// AdamW has two moments for 1.05 B other parameters and the norms.
constexpr std::int64_t optimizer_bytes(const transformer& m, const training& t, const machine& machine,
                                       const layout& l = {}) {
    return memory(m, t, machine, l).components.optimizer.number;
}
constexpr training muon{.precision = precision::bf16,
                        .optimizer = optimizer::muon,
                        .optimizer_state = number_format::fp32,
                        .sequence_length = 1};
constexpr std::int64_t lookup_and_norms = 2 * 128256ll * 4096 + (2 * 32 + 1) * 4096;
static_assert(optimizer_bytes(models::llama_3_1_8b, muon, cards::a100_sxm4_80gb) ==
              4 * (8'030'261'248 - lookup_and_norms) + 8 * lookup_and_norms);

// Adafactor stores one fp32 value per row and per column. Adapters have rows and columns of their own; experts are
// divided among cards.
constexpr training adafactor{
    .precision = precision::bf16,
    .optimizer = optimizer::adafactor,
    .sequence_length = 1,
    .adapter = {.method = adapter_method::lora, .rank = 8, .targets = targets(target::query, target::value)}};
static_assert(optimizer_bytes(models::llama_3_1_8b, adafactor, cards::a100_sxm4_80gb) ==
              32 * 4 * ((4096 + 8) + (8 + 4096) + (4096 + 8) + (8 + 1024)));

// States counted by hand for Llama-2-7B: 32 layers of four matrices of 4096 x 4096 and three of 4096 x 11008; embedding
// and head of 32000 x 4096; 65 norms.
constexpr std::int64_t llama_hidden = 32 * (4 * 4096ll * 4096 + 3 * 4096ll * 11008);
constexpr std::int64_t llama_lookup = 2 * 32000ll * 4096;
constexpr std::int64_t llama_norms = 65 * 4096;
constexpr std::int64_t llama_edges = 32 * (4 * (4096 + 4096) + 3 * (4096 + 11008)) + 2 * (32000 + 4096);
static_assert(llama_hidden + llama_lookup + llama_norms == 6'738'415'616);
static_assert(states(optimizer::schedule_free_adamw) == states(optimizer::adamw));
static_assert(states(optimizer::prodigy) == 2 * states(optimizer::adamw));
static_assert(states(optimizer::lion_8bit).number == 6'738'415'616 / 256 * 260);
// One momentum in fp32, and one value per row and per column (Adam-mini at most), or two of each (CAME), which keeps
// whole second moments of norms. The estimate counts an edge of the embedding's width for the two lookups together.
static_assert(within(static_cast<double>(states(optimizer::adam_mini).number), 4.0 * 6'738'415'616 + 4.0 * llama_edges,
                     1e-6));
static_assert(within(static_cast<double>(states(optimizer::came).number),
                     4.0 * (6'738'415'616 + llama_norms) + 8.0 * llama_edges, 1e-5));
// GaLore (arXiv 2403.03507) at rank 128: two moments of 128 x the longer side and a projection of 128 x the shorter
// side; APOLLO (arXiv 2412.05270) at rank 256 has no projection to store.
constexpr std::int64_t longer_sides = 32 * (4 * 4096 + 3 * 11008);
constexpr std::int64_t shorter_sides = 32 * 7 * 4096;
static_assert(states(optimizer::galore).number ==
              4 * 128 * (2 * longer_sides + shorter_sides) + 8 * (llama_lookup + llama_norms));
static_assert(states(optimizer::apollo).number == 8 * 256 * longer_sides + 8 * (llama_lookup + llama_norms));
static_assert(states(optimizer::q_galore) < states(optimizer::galore_8bit) &&
              states(optimizer::galore_8bit) < states(optimizer::galore));
// ms-swift's examples/train/tuners/galore: Qwen2.5-7B in bf16, micro-batch 1 of short texts, rank 128, largest
// reserved memory as its training log prints it: 38 GiB for GaLore, 35 GiB for Q-GaLore (train_galore.sh,
// train_qgalore.sh).
constexpr double swift_gibibytes(optimizer o) {
    const training job{.precision = precision::bf16,
                       .optimizer = o,
                       .optimizer_state = number_format::bf16,
                       .gradient_accumulation = 16,
                       .sequence_length = 512,
                       .recompute = recompute::full,
                       .framework = framework::transformers};
    return static_cast<double>(memory(models::qwen2_5_7b, job, cards::a100_sxm4_80gb).reserved().number) / 1073741824.0;
}
static_assert(within(swift_gibibytes(optimizer::galore), 38, 0.08));
static_assert(within(swift_gibibytes(optimizer::q_galore), 35, 0.08));
// SOAP (arXiv 2409.11321): a covariance and its eigenvectors for sides of 4096, none for 11008, which exceeds 10,000.
constexpr std::int64_t squares_of_4096 = 32 * (4 * 2 + 3) * 4096ll * 4096;
static_assert(states(optimizer::soap).number == 8 * 6'738'415'616 + 2 * 4 * squares_of_4096);
static_assert(states(optimizer::shampoo).number ==
              2 * 4 * (squares_of_4096 + 32 * 3 * 11008ll * 11008) + 4 * (llama_lookup + llama_norms));

// Expert parallelism divides the frozen experts once: eight cards together store the 8 x 7B base model.
constexpr training sparse_lora{
    .precision = precision::bf16,
    .sequence_length = 1,
    .adapter = {.method = adapter_method::lora, .rank = 8, .targets = targets(target::query)}};
constexpr std::int64_t sparse_weights(int expert) {
    return memory(models::mixtral_8x7b, sparse_lora, 8 * cards::h100_sxm5_80gb,
                  {.data = 8, .expert = expert, .sharding = sharding::full})
        .components.weights.number;
}
static_assert(within(static_cast<double>(sparse_weights(8)), static_cast<double>(sparse_weights(1)), 0.001));
static_assert(8 * sparse_weights(1) > 2 * parameters(models::mixtral_8x7b));

// Adapters on experts belong to the cards that hold the experts: with eight experts on eight cards, the ranks share out
// the states of no expert's adapter. Mixtral: 32 layers, 8 experts of 3 matrices of 4096 x 14336; q is 4096 x 4096.
constexpr std::int64_t adapter_states(int expert, target_set where) {
    return memory(models::mixtral_8x7b,
                  {.precision = precision::bf16,
                   .optimizer_state = number_format::fp32,
                   .sequence_length = 1,
                   .adapter = {.method = adapter_method::lora, .rank = 8, .targets = where}},
                  8 * cards::h100_sxm5_80gb, {.data = 8, .expert = expert, .sharding = sharding::optimizer})
        .components.optimizer.number;
}
constexpr std::int64_t on_experts = 32ll * 8 * 8 * (4096 + 14336);
static_assert(adapter_states(1, targets(target::up)) == 2 * 4 * on_experts / 8);
static_assert(adapter_states(8, targets(target::up)) == 2 * 4 * on_experts / 8);
static_assert(adapter_states(2, targets(target::up)) == 2 * 4 * (on_experts / 2) / 4);
static_assert(adapter_states(8, targets(target::query)) == 2 * 4 * 32ll * 8 * (4096 + 4096) / 8);

// Megatron-LM's --grad-reduce-in-bf16 accumulates and reduces in bf16: two bytes less of gradients, and an fp32 copy of
// a rank's share while the optimizer steps (core/optimizer/distrib_optimizer.py).
constexpr memory_components megatron_gradients(number_format format) {
    return memory(models::llama_2_7b, {.sequence_length = 1, .gradients = format, .framework = framework::megatron},
                  8 * cards::h100_sxm5_80gb, {.data = 8, .sharding = sharding::optimizer})
        .components;
}
static_assert(megatron_gradients(number_format::by_default).gradients == bytes_of(4 * 6'738'415'616));
static_assert(megatron_gradients(number_format::fp32).gradients == bytes_of(4 * 6'738'415'616));
static_assert(megatron_gradients(number_format::bf16).gradients == bytes_of(2 * 6'738'415'616));

// Adafactor steps one matrix after the other, in fp32: the gradient, the weight, the squared gradient and the update
// (transformers, optimization.py). 9,219,373,056 bytes were measured at its step with Llama 3.2 1B in bf16, whose
// embedding is its largest matrix, beside 5,016,159,232 with the gradients alone (measured_h100.jsonl, h049a).
constexpr training narrow_adafactor{.precision = precision::bf16,
                                    .optimizer = optimizer::adafactor,
                                    .sequence_length = 512,
                                    .recompute = recompute::full,
                                    .framework = framework::transformers};
constexpr memory_estimate stepping = memory(models::llama_3_2_1b, narrow_adafactor, cards::h100_sxm5_80gb);
static_assert(stepping.components.temporaries == bytes_of(std::int64_t{16} * 128'256 * 2048));
static_assert(within(static_cast<double>(stepping.allocated().number), 9'219'373'056.0, 0.01));
// Of fp32 weights it makes no copies.
constexpr training wide_adafactor{.precision = precision::fp32,
                                  .optimizer = optimizer::adafactor,
                                  .sequence_length = 512,
                                  .recompute = recompute::full,
                                  .framework = framework::transformers};
static_assert(lower_job(models::llama_3_2_1b, wide_adafactor, cards::h100_sxm5_80gb).stages[0].step_temporaries ==
              std::int64_t{8} * 128'256 * 2048);
