// SPDX-License-Identifier: MIT

// Tests inference of models with recurrent layers and of encoder-decoders: which memory and time grow with the context
// and which do not.

#include "../../random_jobs.hpp"

#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/model/kv_cache.hpp>

#include <doctest/doctest.h>

namespace estimate_inference_hybrid_test {

using namespace cardfit;

namespace {

constexpr std::int64_t mebibyte = 1'048'576;

[[nodiscard]] std::int64_t cache_of(const network& net, const inference& i, const machine& m, const layout& l = {}) {
    const lowered_inference job = lower_job(net, i, m, l);
    return detail::cache_bytes(job, job.stages[0], i.batch, i.prompt, i.generate);
}

const unsigned jobs = jobs_of(2000);
const machine one_card = 1 * cards::h100_sxm5_80gb;

}  // namespace

TEST_CASE("hybrid: llama.cpp's recurrent state is what its log says") {
    const inference served{
        .weights = number_format::fp16, .prompt = 512, .generate = 0, .framework = engine::llama_cpp};
    // ggml-org/llama.cpp pull request 5328, comment of 2024-02-05: "For Mamba 3B, each KV slot takes 23.75 MiB".
    CHECK(cache_of(lower(models::mamba_2_8b), served, one_card) * 100 == 2375 * mebibyte);
    // GeniePod/genie-claw issue 410: the recurrent state of Mamba-1.4B takes 14.25 MiB.
    CHECK(cache_of(lower(models::mamba_1_4b), served, one_card) * 100 == 1425 * mebibyte);
}

TEST_CASE("hybrid: a state does not grow with the context, and each sequence has its own") {
    for (const models::hybrid_entry& entry : models::hybrids) {
        const network net = lower(*entry.model);
        for (const engine f : {engine::transformers, engine::vllm, engine::llama_cpp}) {
            inference i{.prompt = 1000, .generate = 24, .framework = f};
            const lowered_inference job = lower_job(net, i, one_card);
            const std::int64_t state = job.stages[0].state_sequence;
            REQUIRE(state > 0);
            const std::int64_t attended = detail::cache_bytes(job, job.stages[0], 1, 1024, 0) - state;
            REQUIRE(detail::cache_bytes(job, job.stages[0], 1, 2048, 0) == state + 2 * attended);
            REQUIRE(detail::cache_bytes(job, job.stages[0], 7, 1024, 0) == 7 * (state + attended));
            REQUIRE((attended == 0) == entry.model->attention.empty());
        }
        const inference i{};
        REQUIRE(lower_job(net, i, one_card).stages[0].state_sequence == recurrent_state(net).number);
        REQUIRE(2 * lower_job(net, i, 2 * cards::h100_sxm5_80gb, {.tensor = 2}).stages[0].state_sequence >=
                recurrent_state(net).number);
    }
}

TEST_CASE("hybrid: a pipeline's stages hold all states once") {
    for (const models::hybrid_entry& entry : models::hybrids) {
        const network net = lower(*entry.model);
        std::int64_t sum = 0;
        const inference i{};
        for (int stage = 0; stage < 2; ++stage)
            sum += detail::lower_stages(net, i, 2 * cards::h100_sxm5_80gb, resolved(layout{.pipeline = 2}, 2), stage,
                                        stage + 1)
                       .stages[0]
                       .state_sequence;
        REQUIRE(sum == recurrent_state(net).number);
    }
}

TEST_CASE("encoder-decoder: the source fills the cross cache, the target the decoder's own") {
    const inference i{.batch = 4, .prompt = 512, .generate = 100};
    const network net = lower(models::flan_t5_xxl);
    const std::int64_t own = kv_cache(net, 100).number;
    const std::int64_t cross = cross_cache(net, 512).number;
    CHECK(cache_of(net, i, one_card) == 4 * (own + cross));
    const lowered_inference job = lower_job(net, i, one_card);
    CHECK(detail::cache_bytes(job, job.stages[0], 1, 1024, 100) == own + 2 * cross);
    CHECK(detail::cache_bytes(job, job.stages[0], 1, 512, 200) == 2 * own + cross);
}

// modeling_whisper.py pads every clip to 30 s: 1500 positions. 32 layers of 2 x 1280 elements in 16 bits cache them and
// 128 tokens for 16 clips; an H200 held 7,487,307,264 bytes (measured_h200.jsonl, k28).
TEST_CASE("encoder-decoder: an encoder of one length reads it, whatever the prompt") {
    const inference i{.weights = number_format::fp16, .batch = 16, .prompt = 200, .generate = 128};
    const memory_estimate m = memory(models::whisper_large_v3, i, 1 * cards::h200_sxm_141gb);
    CHECK(m.components.kv_cache.number == std::int64_t{16} * (1500 + 128) * 32 * 2 * 1280 * 2);
    CHECK(m.peak_phase == memory_phase::decode);
    CHECK(m.allocated().number == doctest::Approx(7'487'307'264.0).epsilon(0.01));
}

// The encoder has read the source before the decoder caches anything: 3,389,468,160 bytes of T5 large with 32 sources
// of 512 tokens (measured_h200.jsonl, k27).
TEST_CASE("encoder-decoder: activations of the encoder and the cache are not there at once") {
    const inference i{.batch = 32, .prompt = 512, .generate = 64};
    const memory_estimate m = memory(models::t5_large, i, 1 * cards::h200_sxm_141gb);
    CHECK(m.allocated().number == doctest::Approx(3'389'468'160.0).epsilon(0.02));
    const memory_estimate first = memory(lower_job(lower(models::t5_large), i, 1 * cards::h200_sxm_141gb), 32, 512, 0);
    CHECK(first.components.kv_cache.number == 0);
}

TEST_CASE("encoder-decoder: positions bound source and target each") {
    const network net = lower(models::whisper_large_v3);
    const inference whole{.prompt = 1500, .generate = 448};
    CHECK(problems(whole, net).empty());
    CHECK(!problems(inference{.prompt = 1501, .generate = 448}, net).empty());
    CHECK(!problems(inference{.prompt = 1500, .generate = 449}, net).empty());
    const lowered_inference job = lower_job(net, whole, one_card);
    CHECK(problems(job, 1, 1500, 448).empty());
    CHECK(!problems(job, 1, 1501, 448).empty());
    CHECK(!problems(job, 1, 1500, 449).empty());
    CHECK(longest_context(job) == 1500 + 448);
    CHECK(largest_batch(job) > 100);
}

TEST_CASE("hybrid and encoder-decoder: memory never falls with batch, prompt or generated tokens") {
    random_jobs make(31);
    for (unsigned n = 0; n < jobs; ++n) {
        const random_inference g = make.next_sequence_inference();
        CAPTURE(g);
        const inference& i = g.job;
        const lowered_inference job = lower_job(g.net, i, g.hardware, g.layout);
        // Of two stages, the one that decides may change to one that holds a little less, of which more is cache: some
        // engines leave a share of the memory free.
        const std::int64_t held = memory(job).device().number;
        const bytes now = bytes_of(g.layout.pipeline > 1 ? held / 100 * 98 : held);
        REQUIRE(now > bytes{});
        REQUIRE(memory(job, i.batch + 1, i.prompt, i.generate).device() >= now);
        if (problems(job, i.batch, i.prompt + 1, i.generate).empty())
            REQUIRE(memory(job, i.batch, i.prompt + 1, i.generate).device() >= now);
        if (problems(job, i.batch, i.prompt, i.generate + 1).empty())
            REQUIRE(memory(job, i.batch, i.prompt, i.generate + 1).device() >= now);
    }
}

TEST_CASE("hybrid and encoder-decoder: time is positive and never falls with batch or generated tokens") {
    random_jobs make(32);
    for (unsigned n = 0; n < jobs; ++n) {
        const random_inference g = make.next_sequence_inference();
        CAPTURE(g);
        const lowered_inference_time job = lower_time(g.net, g.job, g.hardware, g.layout);
        const inference_time now = time(job, g.job.batch, g.job.prompt, 100);
        REQUIRE(now.prefill.number > 0);
        REQUIRE(now.inter_token.number > 0);
        REQUIRE(time(job, g.job.batch, g.job.prompt, 400).inter_token.number >= now.inter_token.number * 0.999999);
        REQUIRE(time(job, 2 * g.job.batch, g.job.prompt, 100).prefill.number >= now.prefill.number * 0.999999);
    }
}

TEST_CASE("hybrid: a recurrent model's step does not grow with its context") {
    const lowered_inference_time job =
        lower_time(lower(models::mamba_2_8b), inference{.framework = engine::vllm}, one_card);
    CHECK(time(job, 8, 100, 10).inter_token.number == doctest::Approx(time(job, 8, 100'000, 10).inter_token.number));
}

TEST_CASE("hybrid: training keeps a state's inputs, and a longer sequence keeps more") {
    const training job{.micro_batch = 1, .sequence_length = 2048};
    for (const models::hybrid_entry& entry : models::hybrids) {
        const network net = lower(*entry.model);
        const lowered_training lowered = lower_job(net, job, 64 * cards::h100_sxm5_80gb, {.data = 64});
        // The sequence is so long that the peak lies in backward.
        REQUIRE(memory(lowered, 1, 262'144).components.activations >
                memory(lowered, 1, 131'072).components.activations);
    }
}

}  // namespace estimate_inference_hybrid_test
