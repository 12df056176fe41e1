// SPDX-License-Identifier: MIT

// Tests limits of the inference time estimate over thousands of random jobs: no time is below the physical bounds, and
// more of a resource never makes a job slower.

#include "../../random_jobs.hpp"

#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/convnet_zoo.hpp>
#include <cardfit/model/flops.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

namespace estimate_inference_time_test {

using namespace cardfit;

namespace {

[[nodiscard]] inference_time estimate(const random_inference& g) { return time(g.net, g.job, g.hardware, g.layout); }

const unsigned jobs = jobs_of(5000);

}  // namespace

TEST_CASE("no step is faster than reading the weights at the card's bandwidth, no prompt than its peak") {
    random_jobs make(21);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_inference g = make.next_inference();
        CAPTURE(g);
        // Image models have neither the job's prompt nor its tokens, and encoders generate nothing.
        const bool generates = is_autoregressive(g.net) && g.job.generate > 0;
        if (g.net.tokens_per_sample > 0 || !generates) continue;
        const inference_time t = estimate(g);
        const lowered_inference_time job = lower_time(g.net, g.job, g.hardware, g.layout);
        const double cards = g.layout.tensor;
        const double read = (job.load.dense + job.load.head * (g.net.classes > 0 ? 0 : 1)) *
                            (std::min)(job.load.bytes_per_weight, job.load.bytes_per_head_weight) / cards;
        REQUIRE(t.inter_token.number >= read / g.hardware.card.memory_bandwidth.number);
        const double peak = (std::max)({g.hardware.card.rates.fp32.number, g.hardware.card.rates.int8.number,
                                        job.load.rate_fp16, job.load.rate_fp8});
        const double products = 2 * (job.load.dense + job.load.expert * job.load.active) *
                                static_cast<double>(g.job.prompt * g.job.batch) / cards / g.layout.pipeline;
        REQUIRE(t.prefill.number >= products / peak);
        REQUIRE(t.decode.number > 0);
        REQUIRE(t.generated.number <= t.decode.number * 1.0000001);
    }
}

TEST_CASE("longer contexts, prompts and larger batches never take less time a step") {
    random_jobs make(22);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_inference g = make.next_inference();
        CAPTURE(g);
        const lowered_inference_time job = lower_time(g.net, g.job, g.hardware, g.layout);
        const inference_time now = time(job, g.job.batch, g.job.prompt, g.job.generate);
        const std::int64_t room =
            (g.net.longest_sequence > 0 ? g.net.longest_sequence : 100'000) - g.job.prompt - g.job.generate;
        const auto longer = [&](std::int64_t tokens) {
            return time(job, g.job.batch, g.job.prompt + smaller(tokens, room), g.job.generate);
        };
        REQUIRE(longer(1).inter_token >= now.inter_token);
        REQUIRE(time(job, g.job.batch + 1, g.job.prompt, g.job.generate).inter_token.number >=
                now.inter_token.number * 0.9999999);
        REQUIRE(longer(512).prefill.number >= now.prefill.number * 0.9999999);
    }
}

TEST_CASE("more bandwidth, more multiprocessors and a faster clock never cost time") {
    random_jobs make(23);
    for (unsigned i = 0; i < jobs; ++i) {
        random_inference g = make.next_inference();
        CAPTURE(g);
        const inference_time before = estimate(g);
        const auto no_slower = [&](auto change) {
            random_inference faster = g;
            change(faster.hardware.card);
            const inference_time after = estimate(faster);
            return after.inter_token.number <= before.inter_token.number * 1.0000001 &&
                   after.prefill.number <= before.prefill.number * 1.0000001;
        };
        REQUIRE(no_slower([](gpu& c) { c.memory_bandwidth = 1.5 * c.memory_bandwidth; }));
        // If the clock is unknown, the combined clock rate of all multiprocessors follows from the fp32 rate, however
        // many there are.
        // A pass without a cache divides one peak among them, whose last wave is emptier.
        const bool divides_peak = detail::runs_one_pass(g.net);
        if (g.hardware.card.boost_clock_mhz > 0 && !divides_peak)
            REQUIRE(no_slower([](gpu& c) { c.streaming_multiprocessors *= 2; }));
        REQUIRE(no_slower([](gpu& c) { c.boost_clock_mhz *= 1.3; }));
        REQUIRE(no_slower([](gpu& c) { c.rates.fp16 = 2.0 * c.rates.fp16; }));
    }
}

TEST_CASE("replicas multiply rates and leave times alone") {
    const inference i{.weights = number_format::fp16, .batch = 8, .generate = 100, .framework = engine::vllm};
    const inference_time one = time(models::llama_3_1_8b, i, cards::h100_sxm5_80gb);
    const inference_time four = time(models::llama_3_1_8b, i, 4 * cards::h100_sxm5_80gb, {.data = 4});
    CHECK(four.inter_token == one.inter_token);
    CHECK(four.prefill == one.prefill);
    CHECK(four.decode.number == doctest::Approx(4 * one.decode.number));
}

/// Returns the tokens per second of DeepSeek-V3 for so many users on eight cards.
[[nodiscard]] double deepseek_rate(const gpu& card, number_format weights, engine framework, software_date date,
                                   std::int64_t users, std::int64_t prompt = 128, std::int64_t generate = 128) {
    const inference i{.weights = weights,
                      .batch = users,
                      .prompt = prompt,
                      .generate = generate,
                      .framework = framework,
                      .software_date = date};
    return time(models::deepseek_v3, i, 8 * card, {.tensor = 8}).decode.number;
}

TEST_CASE("vLLM runs all experts of AWQ in one kernel since February 2025, and in Marlin's since May") {
    // Eight A800, DeepSeek-R1 in AWQ (vLLM pull request 14138, March 2025), batches of 1 to 64.
    const double measured[]{49.4, 83.4, 126.5, 180.3, 249.5, 361.2, 478.6};
    for (int n = 0; n < 7; ++n) {
        const std::int64_t users = std::int64_t{1} << n;
        CAPTURE(users);
        const double rate =
            deepseek_rate(cards::a800_sxm4_80gb, number_format::awq_int4, engine::vllm, {2025, 3}, users);
        CHECK(rate == doctest::Approx(measured[n]).epsilon(0.16));
    }
    const auto on_h100 = [](software_date date) {
        return deepseek_rate(cards::h100_sxm5_80gb, number_format::awq_int4, engine::vllm, date, 1);
    };
    // Eight H100 in July 2025 (tenstorrent/tt-inference-server issue 356): 16.1 ms per token.
    CHECK(on_h100({2025, 7}) == doctest::Approx(62.1).epsilon(0.05));
    CHECK(on_h100({2025, 1}) < 0.5 * on_h100({2025, 3}));
}

TEST_CASE("SGLang attends to MLA's latent in kernels of its own until March 2025, in fused ones afterwards") {
    // Eight H200: DeepSeek-V3 with prompts of 128 and answers of 256 tokens in December 2024 (sglang#2643), one user in
    // December 2025 (sglang#15869), DeepSeek-R1 in 0.5.7 with 1024 and 1024 tokens (SemiAnalysisAI/InferenceX#870).
    const auto rate = [](software_date date, std::int64_t users, std::int64_t prompt, std::int64_t generate) {
        return deepseek_rate(cards::h200_sxm_141gb, number_format::fp8, engine::sglang, date, users, prompt, generate);
    };
    CHECK(rate({2024, 12}, 1, 128, 256) == doctest::Approx(30.29).epsilon(0.1));
    CHECK(rate({2024, 12}, 8, 128, 256) == doctest::Approx(206.32).epsilon(0.1));
    CHECK(rate({2024, 12}, 32, 128, 256) == doctest::Approx(760.52).epsilon(0.12));
    CHECK(rate({2025, 12}, 1, 18, 256) == doctest::Approx(112).epsilon(0.05));
    CHECK(rate({2026, 1}, 8, 1024, 1024) == doctest::Approx(8 / 0.0128).epsilon(0.1));
    CHECK(rate({2026, 1}, 16, 1024, 1024) == doctest::Approx(16 / 0.0172).epsilon(0.1));
    CHECK(rate({2026, 1}, 32, 1024, 1024) == doctest::Approx(32 / 0.0256).epsilon(0.2));
    CHECK(rate({2026, 1}, 64, 1024, 1024) == doctest::Approx(64 / 0.0346).epsilon(0.2));
}

TEST_CASE("ExLlamaV2 reads EXL2 files as fast as the card's memory allows") {
    // exllamav2's README: tokens per second on an RTX 4090 and an RTX 3090 Ti.
    const auto rate = [](const auto& model, number_format weights, const gpu& card) {
        const inference i{.weights = weights, .prompt = 128, .generate = 128, .framework = engine::exllama};
        return time(model, i, card).decode.number;
    };
    CHECK(rate(models::llama_2_70b, number_format::exl2_2_5, cards::rtx_4090) == doctest::Approx(38).epsilon(0.1));
    CHECK(rate(models::llama_2_70b, number_format::exl2_2_5, cards::rtx_3090_ti) == doctest::Approx(33).epsilon(0.1));
    CHECK(rate(models::llama_2_7b, number_format::exl2_4_0, cards::rtx_4090) == doctest::Approx(211).epsilon(0.2));
    CHECK(rate(models::llama_2_7b, number_format::exl2_4_0, cards::rtx_3090_ti) == doctest::Approx(185).epsilon(0.2));
}

TEST_CASE("the busiest expert-parallel rank decides a step") {
    // Qwen3-235B in fp8 on eight L40S with expert parallelism, vLLM 0.10.2, one user: 38.8 tokens per second. Eight
    // experts of a token lie on at most three or four of eight ranks' sixteen.
    const inference i{.weights = number_format::fp8,
                      .prompt = 100,
                      .generate = 2227,
                      .framework = engine::vllm,
                      .software_date = {2025, 9}};
    const auto rate = [&](int expert) {
        return time(models::qwen3_235b_a22b, i, 8 * cards::l40s, {.tensor = 8, .expert = expert}).decode.number;
    };
    CHECK(rate(8) == doctest::Approx(38.8).epsilon(0.1));
    CHECK(rate(8) < rate(1));
    // Where each data-parallel rank attends for itself, all ranks share the experts: each reads an eighth of them.
    const layout attention_by_rank{.data = 8, .expert = 8};
    const layout copies{.data = 8};
    const machine eight = 8 * cards::h200_sxm_141gb;
    inference many = i;
    many.batch = 64;
    CHECK(time(models::qwen3_30b_a3b, many, eight, attention_by_rank).decode >
          time(models::qwen3_30b_a3b, many, eight, copies).decode);
}

TEST_CASE("vLLM schedules a step behind the one that runs since January 2026") {
    // A 5090 gave 15,367 tokens per second to 256 users of Qwen3-4B, prompts of 19 and answers of 126 tokens
    // (Xecutive-Development-LLC/ai-infra-lab).
    inference i{.weights = number_format::bf16,
                .batch = 256,
                .prompt = 19,
                .generate = 126,
                .framework = engine::vllm,
                .software_date = {2026, 9}};
    const inference_time ahead = time(models::qwen3_4b, i, cards::rtx_5090);
    CHECK(ahead.generated.number == doctest::Approx(15'367).epsilon(0.3));
    i.software_date = {2025, 12};
    const inference_time before = time(models::qwen3_4b, i, cards::rtx_5090);
    // The host takes 43 microseconds per sequence.
    CHECK(before.inter_token.number - ahead.inter_token.number == doctest::Approx(256 * 43e-6));
}

TEST_CASE("without graphs the host decides a step") {
    const auto token = [](const network& net, const machine& m, const layout& l, bool graphs) {
        const inference i{.weights = number_format::bf16,
                          .prompt = 128,
                          .generate = 256,
                          .framework = engine::vllm,
                          .graphs = graphs,
                          .software_date = {2025, 5}};
        return time(net, i, m, l).inter_token.number;
    };
    // 20 tokens per second with --enforce-eager on four A10 (vllm-project/vllm issue 17469, 0.8.5).
    const network experts = lower(models::qwen3_30b_a3b);
    CHECK(token(experts, 4 * cards::a10, {.tensor = 4}, false) == doctest::Approx(1.0 / 20).epsilon(0.15));
    CHECK(token(experts, 4 * cards::a10, {.tensor = 4}, true) < 0.5 / 20);
    // Qwen2.5-Omni's thinker on an A800: 22 to 23 ms, 13 with graphs (vllm-project/vllm-omni issue 7960).
    const network seven = lower(models::qwen2_5_7b);
    CHECK(token(seven, cards::a800_pcie_80gb, {}, false) == doctest::Approx(0.0225).epsilon(0.05));
    CHECK(token(seven, cards::a800_pcie_80gb, {}, true) == doctest::Approx(0.013).epsilon(0.15));
    // A batch whose device computes longer than the host needs takes the same time.
    const inference full{.weights = number_format::bf16,
                         .batch = 256,
                         .prompt = 4096,
                         .generate = 16,
                         .framework = engine::vllm,
                         .graphs = false};
    inference recorded = full;
    recorded.graphs = true;
    CHECK(time(seven, full, cards::a100_sxm4_80gb).inter_token ==
          time(seven, recorded, cards::a100_sxm4_80gb).inter_token);
}

TEST_CASE("all-reduces through host memory take longer than between peers") {
    const inference i{.weights = number_format::fp16, .prompt = 2048, .generate = 64, .framework = engine::vllm};
    const auto over = [&](card_link link) {
        return time(models::llama_3_1_8b, i, {.card = cards::l40s, .cards = 4, .link = link}, {.tensor = 4});
    };
    CHECK(over(card_link::pcie_host).prefill > over(card_link::pcie).prefill);
    CHECK(over(card_link::pcie_host).inter_token > over(card_link::pcie).inter_token);
}

TEST_CASE("an encoder without generated tokens has a prefill alone") {
    const inference_time t = time(models::bert_large, {.prompt = 128, .generate = 0}, cards::a100_sxm4_80gb);
    CHECK(t.prefill.number > 0);
    CHECK(t.inter_token.number == 0);
}

TEST_CASE("modules that are left in 16 bits read more bytes and compute at a lower rate than those in fp8") {
    const auto time_of = [](const module_formats& modules) {
        const inference job{.weights = number_format::fp8,
                            .modules = modules,
                            .prompt = 4096,
                            .generate = 64,
                            .framework = engine::vllm};
        return time(models::llama_3_1_70b, job, 4 * cards::h100_sxm5_80gb, {.tensor = 4});
    };
    const inference_time none = time_of({});
    const inference_time attention = time_of({.attention = number_format::bf16});
    const inference_time all = time_of({.attention = number_format::bf16, .feed_forward = number_format::bf16});
    CHECK(none.prefill < attention.prefill);
    CHECK(attention.prefill < all.prefill);
    CHECK(none.inter_token < attention.inter_token);
    CHECK(attention.inter_token < all.inter_token);
    // Naming the format of the weights for every module changes nothing.
    const inference_time named = time_of({.attention = number_format::fp8, .feed_forward = number_format::fp8});
    CHECK(named.prefill.number == doctest::Approx(none.prefill.number));
    CHECK(named.inter_token.number == doctest::Approx(none.inter_token.number));
}

TEST_CASE(
    "a pass over images: no faster than its FLOPs at the peak, more images take longer, and never less per image") {
    for (const models::convnet_entry& entry : models::convnets) {
        CAPTURE(entry.id);
        const network net = lower_model(*entry.model, 0);
        for (const gpu* card : {&cards::rtx_3090, &cards::a100_sxm4_80gb, &cards::h100_sxm5_80gb}) {
            seconds before{};
            for (std::int64_t batch = 1; batch <= 256; batch *= 4) {
                const inference job{.weights = number_format::fp16, .batch = batch};
                const inference_time t = time(*entry.model, job, *card);
                REQUIRE(t.prefill >= before);
                REQUIRE(t.inter_token.number == 0);
                REQUIRE(t.samples_per_second == doctest::Approx(static_cast<double>(batch) / t.prefill.number));
                REQUIRE(t.samples_per_second * forward_flops(net, 0) <= card->rates.fp16.number);
                before = t.prefill;
                inference last = job;
                last.memory_format = memory_format::channels_last;
                REQUIRE(time(*entry.model, last, *card).prefill <= t.prefill);
                inference wider = last;
                wider.weights = number_format::fp32;
                REQUIRE(time(*entry.model, wider, *card).prefill >= time(*entry.model, last, *card).prefill);
            }
        }
        // Replicas multiply the rate.
        const inference job{.weights = number_format::fp16, .batch = 64};
        const double one = time(*entry.model, job, cards::a100_sxm4_80gb).samples_per_second;
        CHECK(time(*entry.model, job, 4 * cards::a100_sxm4_80gb, {.data = 4}).samples_per_second ==
              doctest::Approx(4 * one));
    }
}

TEST_CASE("passes measured on an H100 with PyTorch 2.11 (cuDNN chooses by benchmark), random weights: within 15 %") {
    struct measured_pass {
        inference job;
        double seconds;
    };
    const auto check = [](const auto& model, const auto& passes) {
        for (const measured_pass& each : passes)
            CHECK(time(model, each.job, cards::h100_sxm5_80gb).prefill.number ==
                  doctest::Approx(each.seconds).epsilon(0.15));
    };
    constexpr memory_format last = memory_format::channels_last;
    constexpr number_format fp16 = number_format::fp16;
    constexpr number_format fp32 = number_format::fp32;
    const measured_pass resnets[]{{{.weights = fp16, .batch = 256, .memory_format = last}, 0.01863},
                                  {{.weights = fp32, .batch = 256, .autocast = true}, 0.02710},
                                  {{.weights = fp32, .batch = 256, .autocast = true, .memory_format = last}, 0.02018},
                                  {{.weights = fp16, .batch = 256}, 0.02707},
                                  {{.weights = fp32, .batch = 256}, 0.04141},
                                  {{.weights = fp16, .batch = 1, .memory_format = last}, 0.00433}};
    check(models::resnet_50, resnets);
    const measured_pass base[]{{{.weights = fp16, .batch = 256}, 0.02607},
                               {{.weights = fp32, .batch = 256, .autocast = true}, 0.03280},
                               {{.weights = fp32, .batch = 256}, 0.20872}};
    check(models::vit_b_16, base);
    const measured_pass large[]{{{.weights = fp16, .batch = 256}, 0.07681},
                                {{.weights = fp32, .batch = 256, .autocast = true}, 0.09283},
                                {{.weights = fp32, .batch = 256}, 0.71415}};
    check(models::vit_l_16, large);
}

TEST_CASE("a pass is refused or has no time where nothing is known of it") {
    // A lowered convolutional network no longer has the shapes of its convolutions.
    CHECK_THROWS_AS(static_cast<void>(time(lower_model(models::resnet_50, 0), inference{}, cards::a100_sxm4_80gb)),
                    invalid_input);
    CHECK_FALSE(has_inference_time(cards::a100_sxm4_80gb, lower_model(models::resnet_50, 0)));
    // An engine that only a cast can make has no row, whose absence the check of the job reports.
    const inference cast{.framework = static_cast<engine>(99)};
    CHECK_THROWS_AS(static_cast<void>(time(models::llama_3_1_8b, cast, cards::rtx_4090)), invalid_input);
    CHECK_THROWS_AS(static_cast<void>(time(models::bert_base, cast, cards::rtx_4090)), invalid_input);
    const network bert = lower_model(models::bert_base, 0);
    CHECK_FALSE(problems(inference{.autocast = true}, bert).empty());
    CHECK(problems(inference{.weights = number_format::fp32, .prompt = 128, .autocast = true}, bert).empty());
    CHECK_FALSE(problems(inference{.prompt = 128, .memory_format = memory_format::channels_last}, bert).empty());
}

TEST_CASE("autocast holds fp32 weights and their 16-bit copies, and activations of 16 bits") {
    const auto weights = [](const inference& i) {
        return memory(models::vit_l_16, i, cards::a100_sxm4_80gb).components;
    };
    const memory_components wide = weights({.weights = number_format::fp32});
    const memory_components cast = weights({.weights = number_format::fp32, .autocast = true});
    const memory_components half = weights({.weights = number_format::fp16});
    CHECK(cast.weights == wide.weights);
    CHECK(cast.activations == half.activations);
    CHECK(cast.temporaries.number > 0.95 * static_cast<double>(half.weights.number));
    CHECK(cast.temporaries <= half.weights);
}

}  // namespace estimate_inference_time_test
