// SPDX-License-Identifier: MIT

// Tests that a job with a fault in one part is refused by the key of that part, whatever verb is asked.

#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_ampere_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/multimodal_zoo.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

#include <string_view>

namespace estimate_inference_refusals_test {

using namespace cardfit;

namespace {

/// Returns the field by which a call is refused; nothing if it is not.
template <class Call>
[[nodiscard]] std::string_view refused(Call call) {
    try {
        static_cast<void>(call());
    } catch (const invalid_input& e) {
        return e.what_is_wrong.field;
    }
    return "";
}
[[nodiscard]] std::string_view lowering(const inference& i, const machine& m, const layout& l = {}) {
    return refused([&] { return lower_job(models::llama_3_1_8b, i, m, l); });
}

}  // namespace

TEST_CASE("lowering refuses shares, cards of several models and divided experts that the engine does not have") {
    const machine unlike{.card = cards::rtx_4090, .cards = 2, .others = {.of = {&cards::rtx_3090}, .count = 1}};
    CHECK(lowering({.framework = engine::vllm}, unlike, {.pipeline = 2}) == "hardware.other_cards");
    inference shared{.framework = engine::vllm};
    shared.tensor_split = {.of = {1, 1}, .count = 2};
    CHECK(lowering(shared, 2 * cards::rtx_4090, {.pipeline = 2}) == "inference.tensor_split");
    CHECK(lowering({.framework = engine::vllm, .unified_cache = true}, cards::rtx_4090) == "inference.unified_cache");
    const auto divided = [](engine e) {
        return refused([&] {
            return lower_job(models::mixtral_8x7b, inference{.framework = e}, 2 * cards::h100_sxm5_80gb,
                             {.data = 2, .expert = 2});
        });
    };
    CHECK(divided(engine::vllm).empty());
    CHECK(divided(engine::litgpt) == "layout.expert");
}

TEST_CASE("a time is refused for sequences beyond the model's positions, with its images among them") {
    const lowered_inference_time gpt = lower_time(lower(models::gpt2), {.prompt = 512}, cards::rtx_4090);
    const auto asked = [&](std::int64_t batch, std::int64_t prompt, std::int64_t generate) {
        return refused([&] { return time(gpt, batch, prompt, generate); });
    };
    // GPT-2 has 1,024 positions (its config.json).
    CHECK(asked(1, 1024, 0).empty());
    CHECK(asked(1, 1025, 0) == "inference.prompt");
    CHECK(asked(1, 0, 1) == "inference.prompt");
    CHECK(asked(1, 1, 1023).empty());
    CHECK(asked(1, 1, 1024) == "inference.generate");
    CHECK(asked(1, 1, -1) == "inference.generate");
    CHECK(asked(0, 1, 1) == "inference.batch");
    CHECK(asked(10'000'000, 1, 1).empty());
    CHECK(asked(10'000'001, 1, 1) == "inference.batch");
    // Three images of 5 tokens take 15 of them.
    lowered_inference_time seeing = gpt;
    seeing.image_tokens = 15;
    const auto beside = [&](std::int64_t prompt, std::int64_t generate) {
        return refused([&] { return time(seeing, 1, prompt, generate); });
    };
    CHECK(beside(1009, 0).empty());
    CHECK(beside(1010, 0) == "inference.prompt");
    CHECK(beside(1000, 9).empty());
    CHECK(beside(1000, 10) == "inference.generate");
    // A source is any text, and the target alone has positions.
    lowered_inference_time translating = seeing;
    translating.is_encoder_decoder = true;
    CHECK(refused([&] { return time(translating, 1, 5000, 1024); }).empty());
    CHECK(refused([&] { return time(translating, 1, 5000, 1025); }) == "inference.generate");
    // No positions are any number of them.
    lowered_inference_time endless = gpt;
    endless.longest_sequence = 0;
    CHECK(refused([&] { return time(endless, 1, 5000, 5000); }).empty());
    lowered_inference_time one = gpt;
    one.longest_sequence = 1;
    CHECK(refused([&] { return time(one, 1, 2, 0); }) == "inference.prompt");
}

TEST_CASE("a point of memory names the key that is out of range, and its range") {
    const lowered_inference gpt = lower_job(models::gpt2, inference{.prompt = 512}, cards::rtx_4090);
    const auto only = [](const problem_list& found, std::string_view field, std::int64_t low, std::int64_t high) {
        REQUIRE(found.size() == 1);
        CHECK(found.begin()->field == field);
        CHECK(found.begin()->low == low);
        CHECK(found.begin()->high == high);
    };
    only(problems(gpt, 0, 1, 1), "inference.batch", 1, 10'000'000);
    only(problems(gpt, 1, 1025, 0), "inference.prompt", 1, 1024);
    only(problems(gpt, 1, 1000, 25), "inference.generate", 0, 24);
    lowered_inference seeing = gpt;
    seeing.image_tokens = 15;
    only(problems(seeing, 1, 1010, 0), "inference.prompt", 1, 1009);
    only(problems(seeing, 1, 1000, 10), "inference.generate", 0, 9);
    // Images beyond all positions leave a prompt none.
    seeing.image_tokens = 2000;
    CHECK(problems(seeing, 1, 1, 0).begin()->high == 0);
    lowered_inference translating = gpt;
    translating.is_encoder_decoder = true;
    translating.max_source_length = 500;
    only(problems(translating, 1, 501, 1), "inference.prompt", 1, 500);
    only(problems(translating, 1, 500, 1025), "inference.generate", 0, 1024);
    // What nobody lowered, and bytes beyond 64 bits.
    CHECK(problems(lowered_inference{}, 1, 1, 0).begin()->field == std::string_view("job"));
    lowered_inference large = gpt;
    large.fixed_bound = 2e18;
    only(problems(large, 1, 1, 0), "inference.batch", 0, 0);
    CHECK(problems(gpt, 1, 1024, 0).empty());
}

TEST_CASE("the column that a card's time needs: bandwidth, a rate of 16 bits or of vectors, and that of 8 bits") {
    CHECK(!missing_for_inference(cards::h100_sxm5_80gb));
    const auto without = [](auto change) {
        gpu card = cards::h100_sxm5_80gb;
        change(card);
        return card;
    };
    CHECK(missing_for_inference(without([](gpu& c) { c.memory_bandwidth = {}; })) == card_field::memory_bandwidth_gb_s);
    CHECK(!missing_for_inference(without([](gpu& c) { c.rates.fp16 = {}; })));
    CHECK(!missing_for_inference(without([](gpu& c) { c.rates.bf16 = {}; })));
    CHECK(!missing_for_inference(without([](gpu& c) { c.rates.bf16 = flop_per_second::from_number(1); })));
    const gpu vectors = without([](gpu& c) {
        c.rates.bf16 = {};
        c.rates.fp16 = {};
    });
    // A Hopper has units for 16 bits, so a rate that no document states is missing; a card without such units computes
    // on its vectors.
    const documented unit = has_unit(vectors, &peak_rates::fp16);
    const auto expected =
        unit == documented::unknown ? std::optional(card_field::fp16_tensor_acc32_dense) : std::optional<card_field>();
    CHECK(missing_for_inference(vectors) == expected);
    // On a card with a rate of 8 bits, its formats lack nothing.
    CHECK(!missing_for_inference(cards::h100_sxm5_80gb, number_format::fp8));
    CHECK(!missing_for_inference(cards::h100_sxm5_80gb, number_format::mxfp8));
    CHECK(publishes_rates(cards::h100_sxm5_80gb));
    CHECK_FALSE(publishes_rates(without([](gpu& c) { c.memory_bandwidth = {}; })));
}

TEST_CASE("a machine has a time where each of its cards has one, and a model of known shape without convolutions") {
    const gpu unknown = [] {
        gpu card = cards::rtx_3090;
        card.memory_bandwidth = {};
        return card;
    }();
    const network net = lower(models::llama_3_1_8b);
    const machine known{.card = cards::rtx_4090, .cards = 2, .others = {.of = {&cards::rtx_3090}, .count = 1}};
    const machine partly{.card = cards::rtx_4090, .cards = 2, .others = {.of = {&unknown}, .count = 1}};
    CHECK(has_inference_time(known, net));
    CHECK_FALSE(has_inference_time(partly, net));
    CHECK_FALSE(has_inference_time(machine{.card = unknown}, net));
    network guessed = net;
    guessed.shape_verified = false;
    CHECK_FALSE(has_inference_time(cards::rtx_4090, guessed));
    network of_convolutions = net;
    of_convolutions.convolutional = true;
    CHECK_FALSE(has_inference_time(cards::rtx_4090, of_convolutions));
    CHECK(refused([&] { return lower_time(guessed, {}, cards::rtx_4090); }) == "hardware.card");
}

TEST_CASE("what a user waits for is a token, or the pass where nothing is generated") {
    const inference_time generating{
        .prefill = seconds_of(5), .inter_token = seconds_of(0.5), .generated = tokens_per_second::from_number(0.5)};
    const inference_time passing{.prefill = seconds_of(5)};
    CHECK(detail::token_or_pass(generating) == seconds_of(0.5));
    CHECK(detail::token_or_pass(passing) == seconds_of(5));
    CHECK(detail::throughput_of(generating, 10) == 0.5);
    CHECK(detail::throughput_of(passing, 10) == 2);
}

TEST_CASE("times of replicas, images, unified caches and bands follow from those of one") {
    const network net = lower(models::llama_3_1_8b);
    const inference vllm{.framework = engine::vllm};
    const lowered_inference_time one = lower_time(net, vllm, cards::h100_sxm5_80gb);
    const lowered_inference_time four = lower_time(net, vllm, 4 * cards::h100_sxm5_80gb, {.data = 4});
    const inference_time a = time(one, 8, 1000, 100);
    const inference_time b = time(four, 8, 1000, 100);
    CHECK(b.inter_token == a.inter_token);
    CHECK(b.decode.number == doctest::Approx(4 * a.decode.number));
    CHECK(b.generated.number == doctest::Approx(4 * a.generated.number));
    // Rates by definition: sequences over a step, and all tokens over prefill and steps.
    CHECK(a.decode.number == doctest::Approx(8 / a.inter_token.number));
    CHECK(a.generated.number == doctest::Approx(8 * 100 / (a.prefill.number + 100 * a.inter_token.number)));
    CHECK(time(four, 8, 1000, 0).samples_per_second == doctest::Approx(4 * 8 / time(four, 8, 1000, 0).prefill.number));
    CHECK(a.band == doctest::Approx(row_of(vllm).time.band_per_mille * 1e-3));
    // Images' tokens are the prompt's.
    lowered_inference_time seeing = one;
    seeing.image_tokens = 300;
    CHECK(time(seeing, 8, 700, 100).inter_token == a.inter_token);
    CHECK(time(seeing, 8, 700, 100).prefill == a.prefill);
    // Sequences of a unified cache have equal parts of it.
    lowered_inference_time unified = one;
    unified.job.unified_cache = true;
    CHECK(time(unified, 10, 1000, 100).inter_token.number ==
          doctest::Approx(time(one, 10, 100, 10).inter_token.number));
    CHECK(time(unified, 10, 1000, 100).prefill.number == doctest::Approx(time(one, 10, 100, 10).prefill.number));
    // A step is linear in its context, so the mean over the growing cache is the step at its middle: that of a prompt
    // which is longer by half of what is generated.
    CHECK(time(one, 8, 1000, 1000).inter_token.number ==
          doctest::Approx(detail::step_seconds(one, 8, 1500, 0)).epsilon(0.002));
}

TEST_CASE("of the passes that one engine runs, precision follows from the format that computes") {
    CHECK(detail::precision_of(inference{.weights = number_format::bf16}) == precision::bf16);
    CHECK(detail::precision_of(inference{.weights = number_format::fp16}) == precision::fp16);
    CHECK(detail::precision_of(inference{.weights = number_format::fp32}) == precision::fp32);
    CHECK(detail::precision_of(inference{.weights = number_format::tf32}) == precision::tf32);
    CHECK(detail::precision_of(inference{.weights = number_format::fp32, .autocast = true}) == precision::fp16_mixed);
    // Images and encoders run one pass; a decoder does not.
    CHECK(detail::runs_one_pass(lower(models::vit_b_16)));
    CHECK(detail::runs_one_pass(lower(models::bert_base)));
    CHECK_FALSE(detail::runs_one_pass(lower(models::gpt2)));
    network one_token = lower(models::gpt2);
    one_token.tokens_per_sample = 1;
    CHECK(detail::runs_one_pass(one_token));
    CHECK(detail::has_pass_time(cards::h100_sxm5_80gb, lower(models::vit_b_16), {}, true));
    CHECK_FALSE(detail::has_pass_time(cards::h100_sxm5_80gb, lower(models::gpt2), {}, true));
    network guessed = lower(models::vit_b_16);
    guessed.shape_verified = false;
    CHECK_FALSE(detail::has_pass_time(cards::h100_sxm5_80gb, guessed, {}, true));
}

}  // namespace estimate_inference_refusals_test
