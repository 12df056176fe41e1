// SPDX-License-Identifier: MIT

// Tests lowered jobs of whole models: sums over stages, cards and layers that must agree, and the bounds of rules.

#include <cardfit/decide/goodput.hpp>
#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/training/host_memory.hpp>
#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/encoder_decoder_zoo.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

namespace estimate_lowered_test {

using namespace cardfit;

namespace {
const gpu& h100 = cards::h100_sxm5_80gb;
}  // namespace

TEST_CASE("the memory of all cards is the sum over stages of each stage's cards") {
    const network net = lower(models::llama_3_1_8b);
    const machine m = 4 * h100;
    const layout l{.data = 2, .pipeline = 2};
    const training t{.gradient_accumulation = 4, .sequence_length = 512};
    const memory_of_cards all = memory_of_all_cards(net, t, m, l);
    const inference i{.framework = engine::vllm};
    memory_of_cards served;
    for (int stage = 0; stage < 2; ++stage)
        served.add(occupied(detail::lower_stages(net, as_released(i), m, resolved(l, 4), stage, stage + 1)), 2);
    CHECK(memory_of_all_cards(net, i, m, l).device == served.device);
    CHECK(memory_of_all_cards(net, i, m, l).allocated == served.allocated);
    // The first stage has micro-batches in flight that the last one has not, and none has the other's ends.
    CHECK(all.device < 4 * memory(lower_job(net, t, m, l)).device());
    CHECK(all.device > 2 * memory(lower_job(net, t, m, l)).device());
    // Without stages, all cards are alike.
    CHECK(memory_of_all_cards(net, t, m, {.data = 4}).device == 4 * memory(lower_job(net, t, m, {.data = 4})).device());
}

TEST_CASE("stages that are alike share a place: the first, with the embedding, covers those between the ends") {
    CHECK(
        lower_job(models::llama_3_1_8b, inference{.framework = engine::vllm}, 4 * h100, {.pipeline = 4}).stage_count ==
        2);
    CHECK(lower_job(models::llama_3_1_8b, inference{.framework = engine::vllm}, h100).stage_count == 1);
}

TEST_CASE("each further frozen layer takes the same bytes, the first one too") {
    const network net = lower(models::llama_3_1_8b);
    const auto weights = [&](std::int64_t trained, trained_ends ends) {
        training t{.sequence_length = 512, .framework = framework::transformers};
        t.trained_layers = trained;
        t.trained_ends = ends;
        return memory(net, t, h100).components.weights.number;
    };
    for (const trained_ends ends : {trained_ends::both, trained_ends::none}) {
        const std::int64_t each = weights(29, ends) - weights(28, ends);
        CHECK(weights(30, ends) - weights(29, ends) == each);
        CHECK(weights(31, ends) - weights(30, ends) == each);
        CHECK(weights(32, ends) - weights(31, ends) == each);
    }
}

TEST_CASE("the band of a training in four bits is the framework's own for them") {
    framework_memory row = row_of(framework::megatron).memory;
    row.band_per_mille = 10;
    row.fp4_band_per_mille = 20;
    const network net = lower(models::llama_3_2_1b);
    const auto band = [&](precision p) {
        const training t{.precision = p, .sequence_length = 512, .framework = framework::megatron};
        return lower_job(net, t, cards::b200_sxm_180gb, {}, row).band_per_mille;
    };
    CHECK(band(precision::nvfp4_mixed) == 20);
    CHECK(band(precision::bf16_mixed) == 10);
}

TEST_CASE("prediction layers are on the last stage, beside its part of the others") {
    network net = lower(models::llama_3_2_1b);
    REQUIRE(net.layers == 16);
    net.layers = 17;
    net.blocks[0].layers.end = 17;
    net.prediction_layers = 1;
    const layout l{.data = 1, .pipeline = 2};
    CHECK(content_of(net, l, 1, 0).layers[0] == 8);
    CHECK(content_of(net, l, 1, 1).layers[0] == 9);
    CHECK(content_of(net, l, 8, 0).in_flight == 2);
    CHECK(content_of(net, l, 8, 1).in_flight == 1);
    CHECK(content_of(net, {.data = 1}, 8, 0).in_flight == 1);
}

TEST_CASE("an encoder-decoder's prompt is read by its encoder, and its steps by its decoder") {
    // Whisper large-v3-turbo: 32 layers that read 30 seconds in 1,500 positions, and 4 that write.
    const network net = lower(models::whisper_large_v3_turbo);
    const inference i{.prompt = 1500, .generate = 16};
    const lowered_inference_time lowered = lower_time(net, i, h100);
    detail::serving_load reading;
    detail::add_parameters(reading, net, i, {.data = 1}, true);
    detail::serving_load stepping;
    detail::add_parameters(stepping, net, i, {.data = 1}, false);
    CHECK(reading.dense > stepping.dense);
    CHECK(reading.layers == 32);
    CHECK(stepping.layers == 4);
    CHECK(lowered.prompt_load.dense == reading.dense);
    CHECK(lowered.load.dense == stepping.dense);
    CHECK(lowered.is_encoder_decoder);
    // A decoder reads and steps with all of its layers.
    const lowered_inference_time plain = lower_time(lower(models::gpt2), {.prompt = 128, .generate = 16}, h100);
    CHECK(plain.prompt_load.layers == 12);
    CHECK(plain.load.layers == 12);
}

TEST_CASE("a draft reads the prompt too") {
    const network net = lower(models::llama_3_1_70b);
    inference i{.prompt = 1024, .generate = 64, .framework = engine::vllm};
    const machine m = 4 * h100;
    const layout four{.tensor = 4};
    const inference_time plain = time(net, i, m, four);
    i.speculation = {.method = drafting::draft_model,
                     .tokens = 3,
                     .acceptance = 0.7,
                     .draft = draft_of(lower(models::llama_3_2_1b))};
    const inference_time drafted = time(net, i, m, four);
    CHECK(drafted.prefill > plain.prefill);
    // A draft of a fiftieth of the weights takes a small part of the prompt's time.
    CHECK(drafted.prefill.number < 1.2 * plain.prefill.number);
}

TEST_CASE("a card belongs to the first kind of pass whose bound its memory is below") {
    constexpr std::int64_t gib = std::int64_t{1024} * 1024 * 1024;
    static constexpr pass_by_card passes[]{{.below_gibibytes = 10, .tokens = 1}, {.below_gibibytes = 20, .tokens = 2}};
    engine_memory row{};
    row.passes = passes;
    // A machine whose display takes what its card has beyond so many usable bytes.
    const auto tokens = [&](std::int64_t usable) {
        machine m = h100;
        m.host.display = bytes_of(usable_memory(m).number - usable);
        REQUIRE(usable_memory(m).number == usable);
        return detail::pass_on(row, m).tokens;
    };
    CHECK(tokens(10 * gib - 1) == 1);
    CHECK(tokens(10 * gib) == 2);
    CHECK(tokens(20 * gib - 1) == 2);
    CHECK(tokens(20 * gib) == 0);
}

TEST_CASE("a token waits for the step of all that run, one that arrives included") {
    const lowered_service s = lower_service(lower(models::llama_3_1_8b), {.framework = engine::vllm}, h100, {},
                                            {.prompt = 512, .generate = 64});
    const detail::service_balance b = detail::balance_of(s, 8);
    const service_state at = detail::state_with(s, 8, 50);
    // Half of the time, no more than the mean of eight run beside the one that is counted.
    CHECK(at.per_token.number == doctest::Approx(detail::running_step(s, 9) + 8 * b.extra / 64));
    CHECK(at.mean_per_token.number == doctest::Approx(b.step + 8 * b.extra / 64));
}

TEST_CASE("a checkpoint has all trained weights and states, and frozen layers of a model too") {
    const network net = lower(models::llama_3_2_1b);
    const auto checkpoint = [&](auto change) {
        training t{.sequence_length = 512, .framework = framework::transformers};
        change(t);
        return host_memory(net, t, h100, {}, row_of(t).memory).checkpoint.number;
    };
    const std::int64_t all = checkpoint([](training&) {});
    // AdamW in fp32 under autocast: 4 bytes of weights and 8 of moments for each of 1,235,814,400 parameters (Llama 3.2
    // 1B, whose embedding is its head).
    CHECK(all == 12 * std::int64_t{1'235'814'400});
    const std::int64_t some = checkpoint([](training& t) {
        t.trained_layers = 1;
        t.trained_ends = trained_ends::none;
    });
    CHECK(some > 2 * std::int64_t{1'235'814'400});
    CHECK(some < all);
    const std::int64_t adapters = checkpoint([](training& t) {
        t.adapter = {.method = adapter_method::lora, .rank = 8, .targets = targets(target::query)};
    });
    CHECK(adapters < all / 100);
}

}  // namespace estimate_lowered_test
