// SPDX-License-Identifier: MIT

// Tests the memory of inference against published figures. Where two figures of one source are compared, the source is
// named.

#include <cardfit/decide/serve.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

}  // namespace

// vLLM 0.2.4 on an A100 80GB at utilization 0.9 with 4096 tokens allocates 7,351 blocks of 16 tokens for Llama-2-7B in
// fp16.
constexpr lowered_inference served = lower_job(
    models::llama_2_7b,
    inference{.weights = number_format::fp16, .prompt = 4095, .framework = engine::vllm, .software_date = {2023, 12}},
    cards::a100_sxm4_80gb);
static_assert(within(static_cast<double>(occupied(served).components.kv_cache.number) / (16 * 524'288.0), 7351, 0.02));

// A growing cache stores all keys and values of a prompt until the next token, whatever the window.
static_assert(fit(models::gemma_3_27b, inference{.prompt = 60'000, .generate = 64}, cards::h100_sxm5_80gb).grade ==
              grade::does_not_fit);

// Thousands of points of one lowered job are evaluated in one constant.
constexpr bool many_points = [] {
    std::int64_t last = 0;
    for (std::int64_t n = 1; n <= 5000; ++n) {
        const std::int64_t now = memory(served, 1 + n % 64, n, 1).components.kv_cache.number;
        if (now <= 0 || last < 0) return false;
        last = now;
    }
    return true;
}();
static_assert(many_points);

// The buffers of a KV connector are beside vLLM's share: they leave the cache as it is, and where they find no room the
// engine does not start.
constexpr lowered_inference with_connector(std::int64_t mebibytes, double utilization) {
    return lower_job(models::llama_3_1_8b,
                     inference{.prompt = 4095,
                               .framework = engine::vllm,
                               .memory_utilization = utilization,
                               .connector_mib = mebibytes,
                               .software_date = {2026, 1}},
                     cards::a100_sxm4_80gb);
}
constexpr memory_components alone = occupied(with_connector(0, 0.85)).components;
constexpr memory_components connected = occupied(with_connector(2048, 0.85)).components;
static_assert(connected.kv_cache == alone.kv_cache && (connected.communication - alone.communication) == gibibytes(2));
static_assert(starts(with_connector(2048, 0.85)) && !starts(with_connector(20 * 1024, 0.85)));
static_assert(fit(with_connector(20 * 1024, 0.85)).grade == grade::does_not_fit);
