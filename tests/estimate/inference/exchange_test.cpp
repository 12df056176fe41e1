// SPDX-License-Identifier: MIT

// The exchange of tokens by DeepEP's kernels against the tables of deepseek-ai/DeepEP (docs/legacy.md): H800 with 400
// Gbit/s each, hidden 7168, 8 experts per token, dispatch in fp8 with a scale per 128 elements, combine in bf16.

#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

namespace estimate_inference_exchange_test {

using namespace cardfit;

namespace {

bool near(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

const network mixture = lower_model(models::deepseek_v3, 0);
const inference sends{.weights = number_format::fp8,
                      .prompt = 2000,
                      .generate = 100,
                      .framework = engine::sglang,
                      .expert_exchange = expert_exchange::sent,
                      .software_date = {2025, 5}};

detail::expert_traffic traffic(int ranks) {
    return lower_time(mixture, sends, ranks * cards::h800_sxm5_80gb, {.data = ranks, .expert = ranks}).load.traffic;
}

// Low-latency kernels with 128 tokens per rank: microseconds of dispatch and combine.
bool low_latency(int ranks, double dispatch, double combine) {
    const detail::expert_traffic t = traffic(ranks);
    const detail::token_copies copies = detail::copies_of_step(t);
    return near(1e6 * detail::sending_seconds(t, copies, 128, t.dispatched), dispatch, 0.12) &&
           near(1e6 * detail::sending_seconds(t, copies, 128, t.combined), combine, 0.12);
}

// Kernels of prompts with 4096 tokens per rank: 158 GB/s of a combine over NVLink of one node, which each of the 5.3
// ranks that a token visits gets; 58 and 57 GB/s of the network among four nodes, whose own copy counts.
double prompt_bandwidth(int ranks, double bytes, bool over_network) {
    const detail::expert_traffic t = traffic(ranks);
    const detail::token_copies copies = detail::copies_of_prompt(t);
    const double counted = over_network ? copies.between / (1 - 1 / t.nodes()) : copies.inside / (1 - 1 / t.per_node);
    return counted * 4096 * bytes / (detail::sending_seconds(t, copies, 4096, bytes) - t.latency) / 1e9;
}

bytes buffers(expert_exchange how) {
    inference i = sends;
    i.expert_exchange = how;
    return memory(models::deepseek_v3, i, 32 * cards::h800_sxm5_80gb, {.data = 32, .expert = 32})
        .components.communication;
}

// SGLang on 72 H100 (lmsys.org/blog/2025-05-05-large-scale-ep): 256 sequences per GPU of 2,000 tokens each decode
// 22,282 tokens per second and node of eight with two batches, 1.255 times as many as without. 32 experts are stored
// twice.
network with_redundant_experts() {
    transformer model = models::deepseek_v3;
    model.experts.count = 288;
    return lower_model(model, 0);
}
double per_node(bool two_batches) {
    inference i = sends;
    i.two_batches = two_batches;
    const lowered_inference_time job =
        lower_time(with_redundant_experts(), i, 72 * cards::h100_sxm5_80gb, {.data = 72, .expert = 72});
    return time(job, 256, 2000, 100).decode.number / 9;
}

// DeepSeek's own profile as the same report counts it (deepseek-ai/profile-data: simulated balanced routing): 128
// sequences per GPU of 4,096 tokens on 128 H800 decode 18,598 tokens per second and node; prompts of 4,096 tokens,
// 16,384 tokens per GPU, are read at 62,713 on 32.
lowered_inference_time of_deepseek(int ranks) {
    inference i = sends;
    i.two_batches = true;
    return lower_time(mixture, i, ranks * cards::h800_sxm5_80gb, {.data = ranks, .expert = ranks});
}

// What no release does, and what hides nothing, is refused.
bool accepts(const inference& i, const network& net) { return problems(i, net).empty() && engine_problems(i).empty(); }
inference with(inference i, engine framework, software_date date, bool two_batches = false) {
    i.framework = framework;
    i.software_date = date;
    i.two_batches = two_batches;
    return i;
}

}  // namespace

TEST_CASE("the exchange of tokens among experts, as DeepEP, DeepSeek and SGLang measured it") {
    CHECK(low_latency(8, 77, 114));
    CHECK(low_latency(16, 118, 195));
    CHECK(low_latency(32, 155, 273));
    CHECK(low_latency(64, 173, 314));
    CHECK(low_latency(128, 192, 369));
    CHECK(low_latency(256, 194, 360));
    CHECK(near(prompt_bandwidth(8, traffic(8).combined, false), 158, 0.1));
    CHECK(near(prompt_bandwidth(32, traffic(32).dispatched, true), 58, 0.1));
    CHECK(near(prompt_bandwidth(32, traffic(32).combined, true), 57, 0.1));
    // DeepEP's own formula with 128 tokens and 256 experts: 1.9 GB.
    CHECK(detail::exchange_buffers(128, 7168, 256) == 4LL * 256 * 128 * 14'560);
    CHECK((buffers(expert_exchange::sent) - buffers(expert_exchange::gathered)).number ==
          detail::exchange_buffers(128, 7168, 256));
    CHECK(near(per_node(true), 22'282, 0.06));
    CHECK(near(per_node(false), 22'282 / 1.255, 0.1));
    CHECK(near(time(of_deepseek(128), 128, 4096, 1).decode.number / 16, 18'598, 0.25));
    CHECK(near(8 * 16'384 / time(of_deepseek(32), 4, 4096, 1).prefill.number, 62'713, 0.12));
}

TEST_CASE("what no release sends, and what hides nothing, is refused") {
    CHECK(accepts(with(sends, engine::sglang, {2025, 5}, true), mixture));
    CHECK(!accepts(with(sends, engine::sglang, {2025, 4}, true), mixture));
    CHECK(!accepts(with(sends, engine::sglang, {2025, 2}), mixture));
    CHECK(!accepts(with(sends, engine::vllm, {2025, 4}), mixture));
    CHECK(!accepts(with(sends, engine::tensorrt_llm, {2026, 1}), mixture));
    CHECK(!accepts(sends, lower_model(models::llama_3_1_8b, 0)));
    CHECK(!accepts({.framework = engine::sglang, .two_batches = true}, mixture));
}

}  // namespace estimate_inference_exchange_test
