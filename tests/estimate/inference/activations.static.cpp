// SPDX-License-Identifier: MIT

// Tests the activations of a forward pass against the buffers that llama.cpp logs.

#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

}  // namespace

// Without flash attention, llama.cpp allocates a compute buffer of 8480 MiB for 131072 tokens of Llama-3.1-8B (its
// logs); with flash attention, only the mask remains of it.
constexpr std::int64_t compute_buffer(software_date date, serving_attention kernels = serving_attention::by_default) {
    const memory_components c = memory(models::llama_3_1_8b,
                                       inference{.weights = number_format::q4_k_m,
                                                 .prompt = 131'008,
                                                 .generate = 64,
                                                 .framework = engine::llama_cpp,
                                                 .attention = kernels,
                                                 .software_date = date},
                                       cards::rtx_4090)
                                    .components;
    return (c.activations + c.logits).number;
}
static_assert(within(static_cast<double>(compute_buffer({2024, 8})), 8480.0 * 1'048'576, 0.02));
// The flag decides before its default: -fa in 2024, -fa off in 2026.
static_assert(compute_buffer({2024, 8}, serving_attention::flash) == compute_buffer({2025, 9}));
static_assert(compute_buffer({2026, 8}, serving_attention::eager) == compute_buffer({2024, 8}));
// Eight sequences in one cache of the same total size have the same buffer.
constexpr inference eight{.weights = number_format::q4_k_m,
                          .batch = 8,
                          .prompt = 16'320,
                          .generate = 64,
                          .framework = engine::llama_cpp,
                          .software_date = {2024, 8}};
static_assert(
    within(static_cast<double>(memory(models::llama_3_1_8b, eight, cards::rtx_4090).components.activations.number +
                               memory(models::llama_3_1_8b, eight, cards::rtx_4090).components.logits.number),
           8480.0 * 1'048'576, 0.02));
static_assert(compute_buffer({2025, 12}) < 512 * std::int64_t{1'048'576});

// transformers 5 multiplies all experts by one grouped matmul: of 4096 tokens that visit 8 experts each, the gathered
// ones, the experts' outputs, these weighted and these in the tokens' order were four tensors of 128 MiB on an H200
// (measured_h200.jsonl, k29), beside the residual's four of 16 MiB.
constexpr std::int64_t expert_activations(software_date date) {
    const inference i{.prompt = 4096, .software_date = date};
    return memory(models::qwen3_30b_a3b, i, cards::h200_sxm_141gb).components.activations.number;
}
static_assert(expert_activations({2026, 1}) == (4 * 128 + 4 * 16) * std::int64_t{1'048'576});
static_assert(expert_activations({2025, 12}) < expert_activations({2026, 1}) / 2);
