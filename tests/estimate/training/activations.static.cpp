// SPDX-License-Identifier: MIT

// Tests activation memory against published formulas.

#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
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

// A capacity of 1.25 times the mean bounds what an unbalanced router sends to one rank; padded experts take as much
// whatever it sends (Megatron-LM's --moe-expert-capacity-factor and --moe-pad-expert-input-to-capacity).
constexpr bytes within_capacity(double capacity, bool pad, std::int64_t imbalance, int expert = 8) {
    return memory(models::mixtral_8x7b,
                  {.expert_imbalance_percent = imbalance,
                   .expert_capacity_factor = capacity,
                   .pad_to_capacity = pad,
                   .framework = framework::megatron},
                  8 * cards::h100_sxm5_80gb, {.data = 8, .expert = expert})
        .components.activations;
}
static_assert(within_capacity(1.25, false, 200) == saved_by_experts(125));
static_assert(within_capacity(4, false, 200) == saved_by_experts(200));
static_assert(within_capacity(1.25, false, 100) == saved_by_experts(100));
static_assert(within_capacity(1.25, true, 100) == saved_by_experts(125));
static_assert(within_capacity(2, true, 100, 1) == saved_by_experts(200));
static_assert(!problems(training{.expert_capacity_factor = 1}, lower(models::llama_3_1_8b)).empty());
static_assert(!problems(training{.pad_to_capacity = true}, lower(models::mixtral_8x7b)).empty());
static_assert(!problems(training{.expert_capacity_factor = 1000}, lower(models::mixtral_8x7b)).empty());

// torchtitan's selective checkpointing of Llama 3.1 8B, bytes per token and layer: inputs of the layer and of
// attention's last matrix in bf16, and the statistics of 32 heads in fp32; of matmuls on its list, every second result
// (queries, values, gate and down). NVFP4 linears are not on the list; 15 % of the layers stay in bf16.
constexpr std::int64_t titan_layers(precision p) {
    const lowered_training lowered =
        lower_job(models::llama_3_1_8b,
                  training{.precision = p, .recompute = recompute::selective, .framework = framework::torchtitan},
                  8 * cards::b200_sxm_180gb, layout{.data = 8, .sharding = sharding::full});
    return lowered.stages[0].saved_per_token / 32;
}
constexpr std::int64_t listed_matmuls = 2 * (4096 + 1024 + 14336 + 4096);
static_assert(titan_layers(precision::bf16_mixed) == 2 * 2 * 4096 + 4 * 32 + listed_matmuls);
static_assert(titan_layers(precision::nvfp4_mixed) == 2 * 2 * 4096 + 4 * 32 + divide_up(listed_matmuls * 15, 100));

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

// Bytes per logit, by how the loss is computed. Megatron-LM: 16-bit logits and one fp32 copy; a second fp32 copy in its
// own fused path, which linkedin/Liger-Kernel#1260 measures at 1.5 times the unfused path with the logits held besides;
// Transformer Engine's kernel has the 16-bit logits alone. Megatron-SWIFT's default is the path of Megatron's own.
constexpr std::int64_t bytes_per_logit(const training& t) {
    return lower_rules(t, layout{}, row_of(t.framework).memory).logit_bytes;
}
static_assert(bytes_per_logit({.loss = loss::full, .framework = framework::megatron}) == 2 + 4);
static_assert(bytes_per_logit({.loss = loss::fused_kernel, .framework = framework::megatron}) == 2 + 4 + 4);
static_assert(3 * (bytes_per_logit({.loss = loss::full, .framework = framework::megatron}) + 2) ==
              2 * (bytes_per_logit({.loss = loss::fused_kernel, .framework = framework::megatron}) + 2));
static_assert(bytes_per_logit({.loss = loss::fused, .framework = framework::megatron}) == 2);
static_assert(bytes_per_logit({.framework = framework::megatron}) == 2 + 4);
static_assert(bytes_per_logit({.framework = framework::megatron_swift}) == 2 + 4 + 4);
// A kernel over all logits after the model's upcast, as Unsloth's: 16-bit logits, an fp32 copy that becomes its own
// gradient, that gradient in 16 bits. A compiled loss of plain PyTorch has the same.
static_assert(bytes_per_logit({.loss = loss::fused_kernel, .framework = framework::transformers}) == 2 + 4 + 2);
static_assert(bytes_per_logit({.compiled = true}) == 2 + 4 + 2);
// torchtitan computes head and loss on an eighth of the tokens at a time since its pull request 2937 (April 2026).
static_assert(bytes_per_logit({.framework = framework::torchtitan, .software_date = {2026, 4}}) == 14);
static_assert(bytes_per_logit({.framework = framework::torchtitan, .software_date = {2026, 5}}) == divide_up(14, 8));

// With flash attention under Megatron, selective recomputation has nothing to recompute.
constexpr memory_estimate kept_all =
    memory(models::llama_3_1_8b, {.sequence_length = 8192, .framework = framework::megatron}, 8 * cards::h100_sxm5_80gb,
           {.tensor = 8});
constexpr memory_estimate kept_some =
    memory(models::llama_3_1_8b,
           {.sequence_length = 8192, .recompute = recompute::selective, .framework = framework::megatron},
           8 * cards::h100_sxm5_80gb, {.tensor = 8});
static_assert(kept_some.device() <= kept_all.device());

// What transformers saves of a layer of Llama 3.2 1B (hidden 2048, feed-forward 4 times as wide, keys and values a
// quarter as wide), counted by hand in bytes per hidden element and token. Eager in bf16: two RMSNorms save an fp32
// copy and a normalized one (12), attention its input, queries, keys, values and output (2 + 2 + 1 + 2), the
// feed-forward its input, both halves, SiLU's result and the product (2 + 4 x 8). Repeated keys and values take 4 bytes
// instead of 1. Liger's RMSNorms save their input alone, and its SwiGLU does not save SiLU's result.
constexpr network llama_1b = lower(models::llama_3_2_1b);
constexpr std::int64_t per_hidden_element(const training& t) {
    const memory_rules rules = lower_rules(t, {}, row_of(t.framework).memory);
    const std::int64_t statistics = 4 * 32;
    return (saved_bytes(llama_1b.blocks[0], *rules.kept, rules, 1) - statistics) / 2048;
}
constexpr std::int64_t per_hidden_element(precision p, loss l, software_date date = latest_software_date) {
    return per_hidden_element({.precision = p, .loss = l, .framework = framework::transformers, .software_date = date});
}
static_assert(per_hidden_element(precision::bf16, loss::full) == 12 + 7 + 2 + 4 * 8);
static_assert(per_hidden_element(precision::bf16, loss::full, {2025, 6}) == 12 + 10 + 2 + 4 * 8);
static_assert(per_hidden_element(precision::bf16, loss::fused) == 4 + 7 + 2 + 3 * 8);
// Under autocast the residual path is fp32 and five matrices cast their inputs.
static_assert(per_hidden_element(precision::bf16_mixed, loss::fused) == 8 + 5 * 2 + 5 + 3 * 8);
// Each kernel is a choice of its own. Of 17 norms and 8 layers of this width at 4 x 1024 tokens, an H100's peak fell by
// 0.533 GiB with Liger's norms (4 bytes per element of each norm) and by 0.500 GiB with its activations (2 bytes per
// element of each feed-forward): tests/published/measured_h100.jsonl, h101a to h107a.
constexpr std::int64_t with_kernels(loss l, fused_kernels kernels, framework f = framework::transformers) {
    return per_hidden_element({.precision = precision::bf16, .loss = l, .fused_kernels = kernels, .framework = f});
}
static_assert(with_kernels(loss::fused, fused_kernels::none) == 12 + 7 + 2 + 4 * 8);
static_assert(with_kernels(loss::fused, fused_kernels::norms) == 4 + 7 + 2 + 4 * 8);
static_assert(with_kernels(loss::fused, fused_kernels::activations) == 12 + 7 + 2 + 3 * 8);
static_assert(with_kernels(loss::full, fused_kernels::all) == 4 + 7 + 2 + 3 * 8);
// axolotl has a setting for each kernel: a fused loss alone, such as Cut Cross-Entropy, brings none.
static_assert(with_kernels(loss::fused, fused_kernels::by_default, framework::axolotl) == 12 + 7 + 2 + 4 * 8);

// What one layer saves per token, listed by walking the graphs of small models on an H100 (PyTorch 2.11, transformers
// 5.17; tests/published/README.md).
constexpr std::int64_t saved_by_layer(const transformer& m, const training& t) {
    network net = lower(m);
    memory_rules rules = lower_rules(t, {}, row_of(t.framework).memory);
    detail::adapt_to_network(rules, net, t, row_of(t.framework).memory, false);
    return saved_bytes(net.blocks[0], *rules.kept, rules, 1);
}
// GPT-2's gelu_new is eight operators: its power, tanh, and the latter and one are saved in fp32 under autocast beside
// the input and the result. Queries, keys and values read one cast of the input.
constexpr training amp{.precision = precision::bf16_mixed, .framework = framework::transformers};
constexpr training pure{.precision = precision::bf16, .framework = framework::transformers};
static_assert(saved_by_layer(models::gpt2, amp) == 3072 * (3 * 4 + 2 + 2) + 768 * (2 * 4 + 3 * 2 + 3 * 2) + 12 * 4);
static_assert(saved_by_layer(models::gpt2, pure) == 3072 * (3 * 2 + 2 + 2) + 768 * (2 * 2 + 3 * 2 + 3 * 2) + 12 * 4);
// PyTorch's own GELU is one operator (nanoGPT).
static_assert(saved_by_layer(models::gpt2, pure) -
                  saved_by_layer(models::gpt2, {.precision = precision::bf16, .framework = framework::pytorch}) ==
              3072 * 3 * 2);
// Gemma's norms multiply by 1 + weight in fp32: 8 bytes per element in bf16 too.
constexpr transformer small_gemma{.layers = 4,
                                  .hidden = 1024,
                                  .heads = 4,
                                  .kv_heads = 1,
                                  .head_dim = 256,
                                  .ffn = 4096,
                                  .vocab = 32000,
                                  .wide_norms = true};
static_assert(saved_by_layer(small_gemma, pure) == 2 * 8 * 1024 + 4 * 2 * 1024 + 2 * 512 + 4 * 2 * 4096 + 4 * 4);
// Of two experts per token, a grouped matmul with fp32 weights saves the input, both halves, the activation, the
// product and the output in fp32: as much again as the loop over experts in 16 bits.
constexpr transformer small_mixtral{.layers = 4,
                                    .hidden = 1024,
                                    .heads = 16,
                                    .kv_heads = 8,
                                    .ffn = 3584,
                                    .vocab = 32000,
                                    .experts = {.count = 8, .active = 2, .ffn = 3584}};
constexpr training looped{
    .precision = precision::bf16_mixed, .framework = framework::transformers, .software_date = {2025, 9}};
static_assert(saved_by_layer(small_mixtral, amp) - saved_by_layer(small_mixtral, looped) ==
              2 * 2 * (2 * 1024 + 4 * 3584));
// Kernels of norms and activations leave experts as they are.
constexpr std::int64_t wider_experts_with(fused_kernels kernels) {
    training now = amp;
    training before = looped;
    now.fused_kernels = kernels;
    before.fused_kernels = kernels;
    return saved_by_layer(small_mixtral, now) - saved_by_layer(small_mixtral, before);
}
static_assert(wider_experts_with(fused_kernels::norms) == 2 * 2 * (2 * 1024 + 4 * 3584));
static_assert(wider_experts_with(fused_kernels::all) == 2 * 2 * (2 * 1024 + 4 * 3584));

// LayerNorms beside adapters are as wide where kernels take grouped keys as where these are repeated: GPT-2 has as many
// keys as queries, so that nothing else differs.
constexpr training adapted_gpt2(software_date date) {
    return {.precision = precision::bf16_mixed,
            .adapter = {.method = adapter_method::lora, .rank = 8},
            .framework = framework::transformers,
            .software_date = date};
}
static_assert(saved_by_layer(models::gpt2, adapted_gpt2({2026, 2})) ==
              saved_by_layer(models::gpt2, adapted_gpt2({2025, 6})));
