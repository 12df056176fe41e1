// SPDX-License-Identifier: MIT

// Tests DeepSeek-V3.2's sparse attention against counts by hand from its paper (arXiv 2512.02556, section 2.1),
// config.json (index_n_heads 64, index_head_dim 128, index_topk 2048; the rest as DeepSeek-V3's) and
// inference/model.py.

#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/flops.hpp>
#include <cardfit/model/kv_cache.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr bool close_to(double value, double expected) {
    return value > expected * (1 - 1e-9) && value < expected * (1 + 1e-9);
}

constexpr std::int64_t layers = 61;
constexpr std::int64_t hidden = 7168;
constexpr std::int64_t index_queries = 1536 * 64 * 128;
constexpr std::int64_t index_key = hidden * 128;
constexpr std::int64_t index_weights = hidden * 64;
constexpr std::int64_t key_norm = 2 * 128;

}  // namespace

// The parameters are V3's and the indexer's, 671.9 billion.
static_assert(index_queries + index_key + index_weights + key_norm == 13'959'424);
static_assert(parameters(models::deepseek_v3_2) == parameters(models::deepseek_v3) + layers * 13'959'424);
static_assert(parameters(models::deepseek_v3_2) == 671'877'944'064);
static_assert(active_parameters(models::deepseek_v3_2) - active_parameters(models::deepseek_v3) == layers * 13'959'424);

// The cache has 576 elements of the latent and its rotary key, and an index key of 128 bytes with a scale of 4.
static_assert(kv_cache_per_token(models::deepseek_v3_2).number == layers * (2 * 576 + 132));
static_assert(kv_cache(models::deepseek_v3_2, 131'072).number == 131'072 * layers * (2 * 576 + 132));
static_assert(kv_cache_per_token(models::deepseek_v3_2, number_format::fp8).number == layers * (576 + 132));

// Up to 2,048 tokens, attention covers every position, so only the FLOPs of the indexer are added: its matrices, and 64
// x 128 multiply-adds per position of the causal half.
namespace {
constexpr double index_flops(double length) {
    return static_cast<double>(layers) * length *
           (2.0 * static_cast<double>(index_queries + index_key + index_weights) + 2.0 * 64 * 128 * length / 2);
}
constexpr double added_flops(std::int64_t length) {
    return forward_flops(models::deepseek_v3_2, length) - forward_flops(models::deepseek_v3, length);
}
}  // namespace
static_assert(close_to(added_flops(2048), index_flops(2048)));
// Beyond 2,048 tokens, each of 128 heads multiplies queries of 192 and values of 128 elements with 2,048 positions,
// except for the first tokens, which have fewer; V3 multiplies them with half of the sequence.
namespace {
constexpr double saved_flops(double length) {
    constexpr double selected = 2048;
    return static_cast<double>(layers) * length * 2 * 128 * (192 + 128) *
           (length / 2 - (selected - selected * selected / (2 * length)));
}
}  // namespace
static_assert(close_to(-added_flops(131'072), saved_flops(131'072) - index_flops(131'072)));

// In decode, beyond 2,048 tokens, a step reads 132 bytes more per token and layer, where V3's reads 1,152.
namespace {
constexpr double attention_step(const transformer& m, double context) {
    const inference job{.weights = number_format::fp8, .framework = engine::vllm};
    const lowered_inference_time lowered = lower_time(lower(m), job, 8 * cards::h200_sxm_141gb, {.tensor = 8});
    return detail::attention_seconds(lowered, 1, context, 0);
}
constexpr double growth(const transformer& m) { return attention_step(m, 131'072) - attention_step(m, 65'536); }
}  // namespace
static_assert(close_to(growth(models::deepseek_v3_2) / growth(models::deepseek_v3), 132.0 / 1152));
static_assert(attention_step(models::deepseek_v3_2, 2048) > attention_step(models::deepseek_v3, 2048));

// The indexer is replicated on every tensor-parallel card, as the latent is, and so is its cache.
namespace {
constexpr std::int64_t cached_on_one_of(int tensor) {
    const inference job{.kv_cache = number_format::bf16, .framework = engine::vllm};
    const machine cards = tensor * cards::h200_sxm_141gb;
    return lower_job(models::deepseek_v3_2, job, cards, {.tensor = tensor}).stages[0].cache_per_token;
}
}  // namespace
static_assert(cached_on_one_of(8) == layers * (2 * 576 + 132));
static_assert(cached_on_one_of(8) == cached_on_one_of(1));

// Training saves the index queries and their weights once, and the index key twice: before and after its norm.
namespace {
constexpr const network sparse = lower(models::deepseek_v3_2);
constexpr const network dense = lower(models::deepseek_v3);
}  // namespace
static_assert(sparse.blocks[0].width.of[tensor_role::replicated_operand] == 64 * 128 + 64);
static_assert(sparse.blocks[0].width.of[tensor_role::latent] - dense.blocks[0].width.of[tensor_role::latent] == 128);

// A layer with experts has 15 matrices: five of the latent attention, three of the indexer, three of the shared expert,
// the router, and three of the routed experts.
static_assert(sparse.blocks[1].linear_count == 15);
