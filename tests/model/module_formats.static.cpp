// SPDX-License-Identifier: MIT

// Tests the formats by module: which module each matrix belongs to, and the bytes of checkpoints that store modules in
// formats of their own, counted by hand from their shapes.

#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/hybrid_zoo.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}
constexpr std::int64_t weights(const transformer& m, const inference& i, const layout& l = {}) {
    return memory(m, i, l.tensor * cards::h200_sxm_141gb, l).components.weights.number;
}

/// Returns the parameters of all matrices that belong to a module.
constexpr std::int64_t parameters_in(const network& net, module_kind kind) {
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        for (std::int64_t i = 0; i < net.blocks[k].linear_count; ++i)
            if (module_of(net.blocks[k].linears[i], net.blocks[k]) == kind)
                sum += net.blocks[k].layers.count(0, net.layers) * parameters(net.blocks[k].linears[i]);
    return sum;
}

// DeepSeek-V3 (arXiv 2412.19437, section 4.2): 58 layers of 256 experts and 1 shared expert of width 2048, 3 dense
// layers of width 18432, all of hidden size 7168.
constexpr network v3 = lower(models::deepseek_v3);
static_assert(parameters_in(v3, module_kind::experts) == std::int64_t{58} * 256 * 3 * 7168 * 2048);
static_assert(parameters_in(v3, module_kind::shared_experts) == std::int64_t{58} * 3 * 7168 * 2048);
static_assert(parameters_in(v3, module_kind::feed_forward) == std::int64_t{3} * 3 * 7168 * 18432);
static_assert(parameters_in(v3, module_kind::router) >= std::int64_t{58} * 7168 * 256);
static_assert(parameters_in(v3, module_kind::recurrence) == 0);
// Qwen3-Next has linear attention in three layers of four.
static_assert(parameters_in(lower(models::qwen3_next_80b_a3b), module_kind::recurrence) > 0);

// A format for every module is the format of the weights.
constexpr inference fp8{.weights = number_format::fp8};
constexpr inference fp8_by_module{.weights = number_format::bf16,
                                  .modules = {.attention = number_format::fp8, .feed_forward = number_format::fp8}};
static_assert(weights(models::llama_3_1_8b, fp8) == weights(models::llama_3_1_8b, fp8_by_module));

// All layers left unquantized are the unquantized model.
constexpr inference none_quantized{.weights = number_format::nf4, .modules = {.unquantized_layers = 32}};
static_assert(weights(models::llama_3_1_8b, none_quantized) == weights(models::llama_3_1_8b, {}));

// Meta's Llama-3.1-405B-FP8 keeps attention, the first and the last layer, embedding and head in 16 bits
// (fbgemm_fp8, modules_to_not_convert). By hand, without scales: attention 126 x (2 x 16384^2 + 2 x 16384 x 1024) x 2
// bytes, feed-forwards 3 x 16384 x 53248 in 124 layers of 1 byte and 2 of 2 bytes, 2 x 128256 x 16384 x 2 bytes at the
// ends. vLLM's log of 8 cards says 57.75 GiB a card (vllm-project/vllm#6746).
constexpr inference meta_405b{.weights = number_format::fp8,
                              .modules = {.attention = number_format::bf16, .unquantized_layers = 2},
                              .framework = engine::vllm};
constexpr double by_hand = 126.0 * (2.0 * 16384 * 16384 + 2.0 * 16384 * 1024) * 2 +
                           3.0 * 16384 * 53248 * (124 + 2 * 2) + 2.0 * 128256 * 16384 * 2;
static_assert(within(8.0 * static_cast<double>(weights(models::llama_3_1_405b, meta_405b, {.tensor = 8})), by_hand,
                     0.001));
static_assert(within(static_cast<double>(weights(models::llama_3_1_405b, meta_405b, {.tensor = 8})),
                     57.75 * 1024 * 1024 * 1024, 0.02));

// Kimi-K2-Thinking stores its routed experts in 4 bits with a 16-bit scale per group of 32 and no zero points
// (compressed-tensors), all other modules in bf16: 60 layers of 384 experts of 3 x 7168 x 2048, 4.5 bits each.
constexpr module_formats experts_alone{
    .attention = number_format::bf16, .feed_forward = number_format::bf16, .shared_experts = number_format::bf16};
constexpr std::int64_t kimi_experts = std::int64_t{60} * 384 * 3 * 7168 * 2048;
static_assert(memory(models::kimi_k2, {.weights = number_format::w4a16, .modules = experts_alone, .group = 32},
                     8 * cards::h200_sxm_141gb, {.tensor = 8})
                      .components.weights.number *
                  8 >=
              kimi_experts / 16 * 9 + 2 * (parameters(models::kimi_k2) - kimi_experts));

// Embedding and head have formats of their own: each has 128256 rows of 4096.
constexpr inference quantized_ends{.weights = number_format::bf16,
                                   .modules = {.embedding = number_format::fp8, .head = number_format::fp8}};
constexpr std::int64_t ends = 2 * std::int64_t{128256} * 4096;
constexpr std::int64_t scales = 2 * (128256 / 128) * (4096 / 128) * 4;
static_assert(weights(models::llama_3_1_8b, {}) - weights(models::llama_3_1_8b, quantized_ends) == ends - scales);

// A group of 128 weights in 4 bits with a 16-bit scale takes 66 bytes, with a 16-bit zero point 68, with a packed one
// 66.5; an 8-bit row has an fp32 scale.
static_assert(matrix_bytes(number_format::w4a16, 4096, 4096, 1, 128) == 4096 * 4096 / 128 * 66);
static_assert(matrix_bytes(number_format::hqq_int4, 4096, 4096, 1, 128) == 4096 * 4096 / 128 * 68);
static_assert(2 * matrix_bytes(number_format::awq_int4, 4096, 4096, 1, 128) == 4096 * 4096 / 128 * 133);
static_assert(matrix_bytes(number_format::w8a8, 4096, 1024, 1, 128) == 4096 * 1024 + 4 * 1024);
static_assert(matrix_bytes(number_format::gptq_int3, 4096, 4096, 1, 128) ==
              4096 * 4096 * 3 / 8 + 4096 * 4096 / 128 * 2 + 4096 * 4096 / 128 * 3 / 8 + 4 * 4096);

// The frozen base of an adapter may leave modules in 16 bits too: each of 32 layers has 4 x 4096 x 4096 weights less
// 3/4 of two of them (8 of 32 heads) in attention.
constexpr training qlora{.recompute = recompute::full,
                         .adapter = {adapter_method::lora, 16, targets(target::query)},
                         .base_weights = number_format::nf4_dq};
constexpr training with_modules(training t, const module_formats& modules) {
    t.base_modules = modules;
    return t;
}
constexpr std::int64_t base_of(const training& t) {
    return memory(models::llama_3_1_8b, t, cards::h200_sxm_141gb).components.weights.number;
}
constexpr std::int64_t attention = std::int64_t{32} * (2 * 4096 * 4096 + 2 * 4096 * 1024);
static_assert(base_of(with_modules(qlora, {.attention = number_format::bf16})) - base_of(qlora) ==
              2 * attention - storage(number_format::nf4_dq, attention).number);
static_assert(!problems(with_modules({}, {.attention = number_format::bf16}), lower(models::llama_3_1_8b)).empty());

// A GGUF file's type decides each tensor's type, so a job with one has no formats by module; nor is a GGUF type one.
constexpr network llama = lower(models::llama_3_1_8b);
static_assert(
    !problems(inference{.weights = number_format::q4_k_m, .modules = {.head = number_format::bf16}}, llama).empty());
static_assert(!problems(inference{.modules = {.head = number_format::q6_k}}, llama).empty());
static_assert(!problems(inference{.modules = {.unquantized_layers = 33}}, llama).empty());
static_assert(problems(fp8_by_module, llama).empty());

}  // namespace
