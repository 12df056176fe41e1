// SPDX-License-Identifier: MIT

// Tests estimates at the bounds of their conditions: one token, one byte, one step, one month, and nothing at all.

#include <cardfit/estimate/diffusion/time.hpp>
#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/memory_phases.hpp>
#include <cardfit/estimate/power.hpp>
#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/diffusion_zoo.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace estimate_bounds_test {

using namespace cardfit;

TEST_CASE("power: a circuit has volts and amperes, and conditions are refused in per mille") {
    CHECK_THROWS_AS(static_cast<void>(continuous_power({0, 15})), invalid_input);
    CHECK_THROWS_AS(static_cast<void>(continuous_power({120, 0})), invalid_input);
    CHECK(continuous_power({120, 15}).number == doctest::Approx(1440));
    const auto refused = [](const power_conditions& c, std::string_view field, std::int64_t value) {
        const problem_list found = problems(cards::rtx_4090, c);
        return found.size() == 1 && found.begin()->field == field && found.begin()->value == value;
    };
    CHECK(refused({.efficiency = 0.4}, "power.efficiency", 400));
    CHECK(refused({.draw = 1.5}, "power.draw", 1500));
    CHECK(refused({.overhead = 4}, "power.overhead", 4000));
    CHECK(refused({.host = watts_of(-5)}, "power.host", -5));
    CHECK(problems(cards::rtx_4090, power_conditions{.draw = 0.01, .efficiency = 0.5, .overhead = 3}).empty());
    CHECK(problems(cards::rtx_4090, power_conditions{.draw = 1, .efficiency = 1, .overhead = 1}).empty());
}

TEST_CASE("an image of one step has one, and one without a number has the model's own") {
    const diffusion& model = models::sd_xl;
    CHECK(time(model, diffusion_job{.steps = 1}, cards::h100_sxm5_80gb).steps == 1);
    CHECK(time(model, diffusion_job{.steps = 7}, cards::h100_sxm5_80gb).steps == 7);
    CHECK(time(model, diffusion_job{}, cards::h100_sxm5_80gb).steps == model.default_steps);
}

TEST_CASE("a window of one byte per token is cached, and none is not") {
    lowered_inference job;
    inference_stage s;
    CHECK(detail::cache_bytes(job, s, 1, 10, 0) == 0);
    s.window_per_token[0] = 1;
    s.window_tokens[0] = 4;
    CHECK(detail::cache_bytes(job, s, 1, 10, 0) == 4);
    CHECK(detail::cache_bytes(job, s, 3, 2, 1) == 9);
    job.chunk = 2;
    CHECK(detail::cache_bytes(job, s, 1, 10, 0) == 6);
}

TEST_CASE("a tower's matmuls take their FLOPs by the card's rate, however few they are") {
    inference_time_constants constants{};
    constants.gemm_efficiency = 0.5;
    lowered_inference_time job;
    job.constants = &constants;
    job.prompt_load.rate = 2;
    CHECK(detail::tower_seconds(job, 3) == 0);
    job.tower_flops = 0.5;
    CHECK(detail::tower_seconds(job, 3) == doctest::Approx(1.5));
    job.prompt_load.tensor = 2;
    CHECK(detail::tower_seconds(job, 3) == doctest::Approx(0.75));
}

TEST_CASE("llama.cpp has flash attention from May 2024 on") {
    const auto problems_in = [](int month) {
        problem_list found(on_problem::keep);
        detail::check_attention(
            found,
            {.framework = engine::llama_cpp, .attention = serving_attention::flash, .software_date = {2024, month}});
        return found.size();
    };
    CHECK(problems_in(4) == 1);
    CHECK(problems_in(5) == 0);
}

TEST_CASE("a layer without matrices has no largest one, and a matrix of one element has one element") {
    layer_block b;
    CHECK(detail::largest_matrix(b, {}) == 0);
    b.add({.in = 1, .out = 1});
    CHECK(detail::largest_matrix(b, {}) == 1);
    b.add({.in = 3, .out = 5});
    CHECK(detail::largest_matrix(b, {.tensor = 2}) == 8);
}

TEST_CASE("activations and logits of a share are idle while graphs are recorded") {
    // Of 1,000 bytes the engine fills 900; 15 of them are idle, so 115 beside the share are as many as there is room.
    lowered_inference job{.cache = cache_policy::fraction_of_total, .graphs = 1, .capacity = 1000};
    job.job.memory_utilization = 0.9;
    memory_estimate need;
    need.components.activations = bytes_of(10);
    need.components.logits = bytes_of(5);
    job.beside_share = 115;
    CHECK_FALSE(overfills(job, need));
    job.beside_share = 116;
    CHECK(overfills(job, need));
    job.graphs = 0;
    CHECK_FALSE(overfills(job, need));
    job.graphs = 1;
    job.cache = cache_policy::grows;
    CHECK_FALSE(overfills(job, need));
}

TEST_CASE("graphs of a dense model are those of its layers alone, and eight stages are all there are") {
    const inference vllm{.framework = engine::vllm, .graphs = true};
    const lowered_inference dense = lower_job(models::llama_3_1_8b, vllm, cards::h100_sxm5_80gb);
    const engine_memory& row = row_of(vllm).memory;
    REQUIRE_FALSE(row.graphs.empty());
    const auto by_layers = [&](std::int64_t plain, std::int64_t with_experts) {
        return detail::graph_bytes(detail::last_begun(row.graphs, dense.job.software_date), dense.trial.sequences,
                                   plain, with_experts);
    };
    CHECK(dense.graphs == by_layers(32, 0));
    CHECK(by_layers(32, 0) < by_layers(32, 1));
    // The layers of a GGUF file differ by their index, so each of eight cards has a stage of its own.
    const inference q4{.weights = number_format::q4_k_m, .framework = engine::llama_cpp};
    const lowered_inference eight = lower_job(models::llama_3_1_70b, q4, 8 * cards::rtx_4090, {.pipeline = 8});
    REQUIRE(eight.stage_count == max_distinct_stages);
    CHECK(detail::capacity_of_stage(eight, 99) == eight.capacity);
    CHECK(occupied(eight).device() == memory(eight).device());
    lowered_inference filling = eight;
    filling.cache = cache_policy::fraction_of_total;
    filling.job.memory_utilization = 0.9;
    CHECK(occupied(filling).device() >= memory(filling).device());
}

TEST_CASE("stages beyond the eighth share the last place, which holds as much as any of them") {
    const inference q4{.weights = number_format::q4_k_m, .framework = engine::llama_cpp};
    const lowered_inference sixteen = lower_job(models::llama_3_1_70b, q4, 16 * cards::rtx_4090, {.pipeline = 16});
    REQUIRE(sixteen.stage_count == max_distinct_stages);
    // The head, and with it the logits, is on the sixteenth card alone.
    CHECK(sixteen.stages[0].logit_row == 0);
    CHECK(sixteen.stages[max_distinct_stages - 1].logit_row > 0);
    const lowered_inference last = lower_job(models::llama_3_1_70b, q4, 2 * cards::rtx_4090, {.pipeline = 2});
    CHECK(sixteen.stages[max_distinct_stages - 1].logit_row == last.stages[1].logit_row);
}

TEST_CASE("of stored weights, the host holds the embedding, and of layers and experts those before the cards'") {
    network net = lower(models::llama_3_1_8b);
    const inference i{.weights = number_format::q4_k_m, .framework = engine::llama_cpp};
    REQUIRE(net.layers == 32);
    // Four per layer of matrices, keys and values and norms together, and ten per layer of experts.
    net.stored = {.embedding = 7, .head = 5, .matrices = 64, .key_value = 32, .experts = 320, .replicated = 32};
    const auto left = [&](std::int64_t layers, std::int64_t experts, bool head) {
        return detail::host_weights(net, i, {.first_layer = layers, .first_experts = experts, .head = head});
    };
    CHECK(left(0, 0, true) == 7);
    CHECK(left(0, 0, false) == 7 + 5);
    CHECK(left(3, 3, true) == 7 + 3 * 4 + 3 * 10);
    CHECK(left(3, 20, true) == 7 + 3 * 4 + 20 * 10);
    CHECK(left(32, 32, false) == 7 + 128 + 320 + 5);
}

TEST_CASE("a sample of one token generates nothing") {
    lowered_inference job = lower_job(models::llama_3_1_8b, inference{.prompt = 50, .generate = 9}, cards::rtx_4090);
    const auto decodes = [&] {
        const memory_phase_list found = memory_by_phase(job);
        const auto end = found.all.begin() + static_cast<std::ptrdiff_t>(found.count);
        return std::any_of(found.all.begin(), end,
                           [](const phase_memory& p) { return std::string_view(p.name) == "decode"; });
    };
    CHECK(decodes());
    job.tokens_per_sample = 1;
    CHECK_FALSE(decodes());
}

}  // namespace estimate_bounds_test
