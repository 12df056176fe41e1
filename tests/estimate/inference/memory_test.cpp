// SPDX-License-Identifier: MIT

// Tests invariants of the inference memory estimate over thousands of random jobs.

#include "../../random_jobs.hpp"

#include <cardfit/decide/serve.hpp>
#include <cardfit/model/convnet_zoo.hpp>

#include <doctest/doctest.h>

namespace estimate_inference_memory_test {

using namespace cardfit;

namespace {

[[nodiscard]] memory_estimate estimate(const random_inference& g) { return memory(g.net, g.job, g.hardware, g.layout); }

const unsigned jobs = jobs_of(5000);

}  // namespace

TEST_CASE("inference: components add up, none is negative, and the band encloses the estimate") {
    random_jobs make(11);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_inference g = make.next_inference();
        CAPTURE(g);
        const memory_estimate m = estimate(g);
        const memory_components& c = m.components;
        REQUIRE(c.weights + c.activations + c.logits + c.kv_cache + c.temporaries + c.workspace == m.allocated());
        REQUIRE(m.allocated() + c.fragmentation + c.graphs + c.context + c.communication == m.device());
        REQUIRE(m.device_low <= m.device());
        REQUIRE(m.device() <= m.device_high);
        for (const bytes part :
             {c.weights, c.activations, c.logits, c.kv_cache, c.temporaries, c.fragmentation, c.graphs})
            REQUIRE(part >= bytes{});
    }
}

TEST_CASE("inference: memory never falls with batch, prompt or generated tokens") {
    random_jobs make(12);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_inference g = make.next_inference();
        CAPTURE(g);
        const lowered_inference job = lower_job(g.net, g.job, g.hardware, g.layout);
        const bytes now = memory(job).device();
        REQUIRE(memory(job, g.job.batch + 1, g.job.prompt, g.job.generate).device() >= now);
        if (g.job.prompt + g.job.generate < job.longest_sequence) {
            REQUIRE(memory(job, g.job.batch, g.job.prompt + 1, g.job.generate).device() >= now);
            REQUIRE(memory(job, g.job.batch, g.job.prompt, g.job.generate + 1).device() >= now);
        }
    }
}

TEST_CASE("inference: the most users and the longest context fit, and one more does not") {
    random_jobs make(13);
    for (unsigned i = 0; i < jobs; ++i) {
        random_inference g = make.next_inference();
        CAPTURE(g);
        const lowered_inference job = lower_job(g.net, g.job, g.hardware, g.layout);
        g.job = job.job;  // an encoder generates nothing
        const auto holds = [&](std::int64_t batch, std::int64_t prompt, std::int64_t generate) {
            return starts(job) && fit(job, batch, prompt, generate).headroom >= bytes{};
        };
        const std::int64_t users = largest_batch(job);
        if (users > 0) REQUIRE(holds(users, g.job.prompt, g.job.generate));
        if (users < 10'000'000) REQUIRE_FALSE(holds(users + 1, g.job.prompt, g.job.generate));
        const std::int64_t context = longest_context(job);
        if (context > 0 && job.tokens_per_sample == 0) {
            const std::int64_t generate = smaller(g.job.generate, context - 1);
            REQUIRE(holds(g.job.batch, context - generate, generate));
        }
        const std::int64_t safe = largest_batch(job, error_bound::upper);
        REQUIRE(safe <= users);
        if (safe > 0) REQUIRE(fit(job, safe, g.job.prompt, g.job.generate).grade == grade::fits);
        const std::int64_t safe_context = longest_context(job, error_bound::upper);
        REQUIRE(safe_context <= context);
        if (safe_context > 0 && job.tokens_per_sample == 0) {
            const std::int64_t generate = smaller(g.job.generate, safe_context - 1);
            REQUIRE(fit(job, g.job.batch, safe_context - generate, generate).grade == grade::fits);
        }
    }
}

TEST_CASE("inference: all cards take as much as the sum of their stages, and an engine's cache fills its budget") {
    random_jobs make(14);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_inference g = make.next_inference();
        CAPTURE(g);
        const lowered_inference job = lower_job(g.net, g.job, g.hardware, g.layout);
        const memory_estimate shown = occupied(job);
        REQUIRE(shown.device() >= memory(job).device());
        if (fit(job).headroom >= bytes{} && job.cache == cache_policy::fraction_of_total)
            REQUIRE(shown.device() == budget(job, memory(job)));
        const memory_of_cards all = memory_of_all_cards(g.net, g.job, g.hardware, g.layout);
        REQUIRE(all.device <= g.hardware.cards * shown.device());
    }
}

TEST_CASE("layers on a card and in host memory are the whole model") {
    random_jobs make(15);
    for (unsigned i = 0; i < 300; ++i) {
        random_inference g = make.next_inference();
        CAPTURE(g);
        g.hardware.cards = 1;
        g.hardware.link = card_link::by_default;
        const layer_split split = layers_on_cards(g.net, g.job, g.hardware);
        REQUIRE(split.on_card >= 0);
        REQUIRE(split.on_card <= split.layers);
        REQUIRE(split.host_weights >= bytes{});
        REQUIRE(split.host_cache >= bytes{});
    }
}

TEST_CASE("inference: input that makes no sense is refused by name") {
    const auto refuses = [](const transformer& model, const inference& job, const machine& m, const layout& l,
                            const char* field) {
        try {
            static_cast<void>(memory(model, job, m, l));
        } catch (const invalid_input& e) {
            return std::string_view(e.what()).find(field) == 0;
        }
        return false;
    };
    const transformer good = models::llama_3_1_8b;
    const machine one = cards::rtx_4090;
    CHECK(refuses(good, {.batch = 0}, one, {}, "inference.batch is 0"));
    CHECK(refuses(good, {.prompt = -5}, one, {}, "inference.prompt is -5"));
    CHECK(refuses(good, {.generate = -1}, one, {}, "inference.generate is -1"));
    CHECK(refuses(good, {.group = 0}, one, {}, "inference.group is 0"));
    CHECK(refuses(models::mixtral_8x7b, {.framework = engine::llama_cpp}, 4 * cards::h200_sxm_141gb,
                  {.data = 4, .expert = 4}, "layout.expert"));
    CHECK(refuses(good, {.memory_utilization = 0}, one, {}, "inference.memory_utilization"));
    CHECK(refuses(good, {.memory_utilization = 1.5}, one, {}, "inference.memory_utilization"));
    CHECK(refuses(models::gpt2, {.prompt = 1024, .generate = 1}, one, {},
                  "inference.generate = 1: prompt + generate must not exceed the model's longest sequence (1024)"));
    CHECK(refuses(models::bert_base, {.prompt = 100, .generate = 2}, one, {}, "inference.generate is 2"));
    CHECK_FALSE(problems(inference{.prompt = 8, .shared_prefix = 4}, lower(models::resnet_50)).empty());
    CHECK(memory(models::bert_base, {.prompt = 512}, one).device() > bytes{});
    CHECK(refuses(good, {.batch = 10'000'000, .prompt = 99'000'000}, one, {}, "inference.batch"));
    CHECK(refuses(good, {.weights = number_format::fp64}, one, {}, "inference.weights"));
    CHECK(refuses(good, {}, 8 * cards::h100_sxm5_80gb, {.tensor = 3}, "layout.tensor"));
}

TEST_CASE("an engine that finds less free memory than its share does not start") {
    const auto starts_at = [](double utilization, software_date date, bytes display) {
        const inference job{
            .prompt = 1024, .framework = engine::vllm, .memory_utilization = utilization, .software_date = date};
        const machine m{.card = cards::rtx_4090, .host = {.display = display}};
        return fit(models::qwen2_5_0_5b, job, m).grade != grade::does_not_fit;
    };
    // A 4090 reports 23.64 GiB, of which the CUDA context takes half a GiB.
    CHECK(starts_at(0.9, {2025, 6}, {}));
    CHECK(!starts_at(1.0, {2025, 6}, {}));
    CHECK(!starts_at(0.99, {2025, 6}, {}));
    CHECK(starts_at(0.99, {2025, 4}, {}));  // V0 did not ask
    CHECK(!starts_at(0.9, {2025, 6}, gibibytes(8)));
    CHECK(starts_at(0.6, {2025, 6}, gibibytes(8)));
    const lowered_inference half =
        lower_job(models::qwen2_5_0_5b, inference{.prompt = 1024, .framework = engine::vllm, .memory_utilization = 0.9},
                  machine{.card = cards::rtx_4090, .host = {.display = gibibytes(12)}});
    CHECK(largest_utilization(half) == doctest::Approx(0.47));  // (23.64 - 12 - 0.49) / 23.64
}

}  // namespace estimate_inference_memory_test
