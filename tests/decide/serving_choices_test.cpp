// SPDX-License-Identifier: MIT

// Tests the choices of serving: each is the answer that the verbs give for its job, and the best comes first.

#include <cardfit/decide/serving_choices.hpp>
#include <cardfit/decide/speculative.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

namespace decide_serving_choices_test {

using namespace cardfit;

TEST_CASE("each choice is the answer of the verbs for its job, and the best comes first") {
    const network net = lower(models::llama_3_1_8b);
    const inference vllm{.framework = engine::vllm, .software_date = {2026, 4}};
    const serving_wish wish{.prompt = 7168, .generate = 1024};
    const serving_choice one = serve_one(net, vllm, cards::h100_sxm5_80gb, {}, wish, 131'072);

    // The figures are those of the same job asked by itself, which runs the sequences that the engine does (1024 on
    // this card since 0.8).
    const lowered_inference alone = lower_job(net, one.job, cards::h100_sxm5_80gb);
    CHECK(one.job.max_sequences == 1024);
    CHECK(one.job.prompt == 7168);
    CHECK(one.job.batch == 1);
    CHECK(one.needed == fit(alone).memory.device());
    CHECK(one.verdict == serving_verdict::yes);
    CHECK(one.users == largest_batch(alone, error_bound::upper));
    CHECK(one.first_token == time(net, one.job, cards::h100_sxm5_80gb).prefill);
    CHECK(one.per_token == time(net, one.job, cards::h100_sxm5_80gb).inter_token);
    // The model has 131,072 positions (its config.json), which is 16 GiB of cache at 128 KiB per token.
    CHECK(one.longest == 131'072);
    CHECK(serve_one(net, vllm, cards::h100_sxm5_80gb, {}, wish, 16'384).longest == 16'384);

    // A wish that no time keeps is not kept, and neither is one for more users than fit.
    const auto with = [&](serving_wish w) -> serving_verdict {
        return serve_one(net, vllm, cards::h100_sxm5_80gb, {}, w, 131'072).verdict;
    };
    CHECK(with({.prompt = 7168, .generate = 1024, .per_token = seconds_of(1e-6)}) == serving_verdict::no);
    CHECK(with({.prompt = 7168, .generate = 1024, .first_token = seconds_of(1e-6)}) == serving_verdict::no);
    CHECK(with({.prompt = 7168, .generate = 1024, .users = one.users}) == serving_verdict::yes);
    CHECK(with({.prompt = 7168, .generate = 1024, .users = 2 * one.users}) == serving_verdict::no);
    // A card whose bandwidth is not known gives no times, so no wish about them is kept.
    const auto unknown_bandwidth = [&]() -> gpu {
        gpu card = cards::h100_sxm5_80gb;
        card.memory_bandwidth = {};
        return card;
    };
    const serving_choice untimed = serve_one(net, vllm, unknown_bandwidth(), {}, wish);
    CHECK(!untimed.has_time);
    CHECK(untimed.verdict == serving_verdict::yes);
    CHECK(serve_one(net, vllm, unknown_bandwidth(), {}, {.prompt = 7168, .generate = 1024, .per_token = seconds_of(10)})
              .verdict == serving_verdict::no);

    // 8 cards are 4 ways of tensor x data; pipelines and experts' ranks come on top. llama.cpp has one layout.
    const auto layouts_of = [&](const network& n, engine e, int cards) -> int {
        int count = 0;
        for_each_serving_layout(n, {.framework = e}, cards * cards::h100_sxm5_80gb,
                                [&](const layout& l) { count += l.pipeline == 1 || l.pipeline == cards ? 1 : 0; });
        return count;
    };
    CHECK(layouts_of(net, engine::llama_cpp, 8) == 1);
    CHECK(layouts_of(net, engine::vllm, 8) == 5);
    // A mixture of experts also divides its experts among all ranks, in every one of the 4.
    CHECK(layouts_of(lower(models::mixtral_8x7b), engine::vllm, 8) == 9);

    // 70B in q4_k_m on a card of 24 GB leaves layers in host memory; two cards hold them
    // (tests/decide/serve.static.cpp).
    const inference q4{.weights = number_format::q4_k_m, .framework = engine::llama_cpp};
    const network large = lower(models::llama_3_1_70b);
    const serving_choice on_one = serve_one(large, q4, cards::rtx_4090, {}, wish);
    CHECK(on_one.place == serving_place::host_too);
    CHECK(on_one.verdict == serving_verdict::yes);
    CHECK(on_one.verdict == sureness_of(fit(large, on_one.job, cards::rtx_4090)));
    CHECK(on_one.users == largest_batch(large, on_one.job, cards::rtx_4090, {}, error_bound::upper));
    CHECK(on_one.longest >= wish.context());
    CHECK(on_one.split.on_card > 35);
    CHECK(on_one.split.on_card < 48);
    CHECK(on_one.needed <= on_one.capacity);
    CHECK(on_one.job.gpu_layers >= on_one.split.on_card);
    CHECK(on_one.split.host_weights > gibibytes(15));
    // Half of 42.5 GB at some 40 GB/s of host memory take half a second per token.
    CHECK(on_one.has_time);
    CHECK(on_one.per_token > seconds_of(0.2));
    CHECK(on_one.per_token < seconds_of(1.5));
    // So it keeps a wish of two seconds per token, and not one of a tenth, whatever fits.
    serving_wish timed = wish;
    timed.per_token = seconds_of(2);
    CHECK(serve_one(large, q4, cards::rtx_4090, {}, timed).verdict == serving_verdict::yes);
    timed.per_token = seconds_of(0.1);
    const serving_choice slow = serve_one(large, q4, cards::rtx_4090, {}, timed);
    CHECK(slow.verdict == serving_verdict::no);
    CHECK(slow.fits == sureness::yes);
    // A mixture of experts leaves experts there, and keeps its attention on the card.
    const serving_choice experts_out =
        serve_one(lower(models::mixtral_8x7b), {.weights = number_format::q8_0, .framework = engine::llama_cpp},
                  cards::rtx_4090, {}, wish);
    CHECK(experts_out.place == serving_place::host_too);
    CHECK(experts_out.job.cpu_expert_layers > 0);
    CHECK(experts_out.split.on_card == experts_out.split.layers);
    CHECK(experts_out.needed <= experts_out.capacity);
    const serving_choice on_two = serve_one(large, q4, 2 * cards::rtx_4090, {.data = 1, .pipeline = 2}, wish);
    CHECK(on_two.split.on_card == 80);
    CHECK(on_two.verdict == serving_verdict::yes);
    // Cards of 24, 12 and 12 GiB hold 42.5 GB in no shares of their memory, and with a split that the choice states.
    const machine unlike{.card = cards::rtx_3090,
                         .cards = 3,
                         .others = {.of = {&cards::rtx_3060_12gb, &cards::rtx_3060_12gb}, .count = 2}};
    const serving_wish short_wish{.prompt = 3072, .generate = 1024};
    const serving_choice uneven = serve_one(large, q4, unlike, {.data = 1, .pipeline = 3}, short_wish);
    CHECK(uneven.place == serving_place::uneven_cards);
    CHECK(uneven.job.tensor_split.count == 3);
    // 80 layers and the head.
    CHECK(uneven.job.tensor_split.of[0] + uneven.job.tensor_split.of[1] + uneven.job.tensor_split.of[2] == 81);
    for (int card = 0; card < 3; ++card)
        CHECK(fit_of_card(large, uneven.job, unlike, uneven.layout, card).grade == grade::fits);
    CHECK(uneven.users >= 1);
    CHECK(uneven.longest >= 4096);
    // What binds equal shares binds these too: the positions of the model, and the sequences that run at once.
    CHECK(serve_one(large, q4, unlike, {.data = 1, .pipeline = 3}, {.prompt = 384, .generate = 128}, 512).longest ==
          512);
    inference one_at_once = q4;
    one_at_once.max_sequences = 1;
    const serving_wish of_two{.prompt = 1536, .generate = 512, .users = 2};
    const serving_choice queued = serve_one(large, one_at_once, unlike, {.data = 1, .pipeline = 3}, of_two);
    CHECK(queued.place == serving_place::uneven_cards);
    CHECK(queued.users == 1);
    CHECK(queued.verdict == serving_verdict::no);
    // Shares that the job states stay, whether they fit or not.
    inference stated = q4;
    stated.tensor_split = {.of = {1, 1, 1}, .count = 3};
    const serving_choice third = serve_one(large, stated, unlike, {.data = 1, .pipeline = 3}, short_wish);
    CHECK(third.job.tensor_split == stated.tensor_split);
    CHECK(third.verdict == serving_verdict::no);

    // A host that is known to be too small holds nothing.
    const auto small_host = [&]() -> machine {
        machine m = cards::rtx_4090;
        m.host_memory = gibibytes(8);
        return m;
    };
    const serving_choice cramped = serve_one(large, q4, small_host(), {}, wish);
    CHECK(cramped.place == serving_place::nowhere);
    CHECK(cramped.verdict == serving_verdict::no);
    CHECK(serves_before(on_two, on_one));
    CHECK(!serves_before(on_one, on_two));
    // What is likely to fit the cards comes before what surely fits with host memory, and that before what is unlikely.
    serving_choice unsure = on_two;
    unsure.verdict = serving_verdict::likely;
    CHECK(serves_before(unsure, on_one));
    unsure.verdict = serving_verdict::unlikely;
    CHECK(serves_before(on_one, unsure));

    // The same job asked by itself takes as much of the host, and does not fit a host that is known to have less.
    const fit_report of_job = fit(large, on_one.job, cards::rtx_4090);
    CHECK(of_job.host.offloaded == on_one.split.in_host());
    CHECK(of_job.grade == grade::fits);
    machine exact = cards::rtx_4090;
    exact.host_memory = of_job.host.offloaded;
    CHECK(fit(large, on_one.job, exact).grade == grade::fits);
    exact.host_memory -= bytes_of(1);
    CHECK(fit(large, on_one.job, exact).grade == grade::does_not_fit);
    CHECK(largest_batch(large, on_one.job, exact) == 0);

    // The best layout is one that no other of the same job comes before.
    const serving_choice best = best_serving_layout(net, vllm, 4 * cards::h100_sxm5_80gb, wish);
    const bool none_before = [&] {
        bool none = true;
        for_each_serving_layout(net, vllm, 4 * cards::h100_sxm5_80gb, [&](const layout& l) {
            none = none && !serves_before(serve_one(net, vllm, 4 * cards::h100_sxm5_80gb, l, wish), best);
        });
        return none;
    }();
    CHECK(none_before);

    // Poor formats come last, the worse one behind the better one, whatever their rates.
    const auto in = [&](number_format format, double rate) -> serving_choice {
        return {.job = {.weights = format},
                .place = serving_place::cards,
                .verdict = serving_verdict::yes,
                .rate = tokens_per_second::from_number(rate)};
    };
    CHECK(serves_before(in(number_format::q4_k_m, 10), in(number_format::q2_k, 20)));
    CHECK(serves_before(in(number_format::q2_k, 10), in(number_format::iq1_m, 20)));
    CHECK(serves_before(in(number_format::iq4_xs, 20), in(number_format::q4_k_m, 10)));

    // Llama-3.1-8B: the README of llama.cpp's quantize has a file of 4.58 GiB in Q4_K_M, and 14.96 GiB in F16.
    const auto is_about = [](bytes b, double gib) -> bool {
        return in_gibibytes(b) > gib - 0.02 && in_gibibytes(b) < gib + 0.02;
    };
    const auto gguf = [](number_format f) -> inference { return {.weights = f, .framework = engine::llama_cpp}; };
    CHECK(is_about(file_bytes(net, gguf(number_format::q4_k_m), cards::rtx_4090), 4.58));
    CHECK(is_about(file_bytes(net, gguf(number_format::fp16), cards::rtx_4090), 14.96));
    CHECK(is_about(file_bytes(net, vllm, cards::rtx_4090), 14.96));

    // An engine that only a cast can make has no row to ask.
    const inference cast{.framework = static_cast<engine>(99)};
    CHECK_THROWS_AS(static_cast<void>(leaves_layers_in_host(cast, {.card = cards::rtx_4090})), std::out_of_range);
}

TEST_CASE("speculative decoding pays from the acceptance on at which a token takes as long as without") {
    const network net = lower(models::llama_3_1_70b);
    const machine m = 4 * cards::h100_sxm5_80gb;
    const layout four{.tensor = 4};
    const serving_wish wish{.prompt = 1024, .generate = 256};
    const serving_choice plain = serve_one(net, {.framework = engine::vllm}, m, four, wish);
    speculation how{.method = drafting::draft_model,
                    .tokens = 3,
                    .acceptance = 0.7,
                    .draft = draft_of(lower(models::llama_3_2_1b))};
    const speculative_choice drafted = speculate(net, plain, m, wish, how);
    CHECK(drafted.choice.needed > plain.needed);
    REQUIRE(drafted.least_acceptance > 0);
    REQUIRE(drafted.least_acceptance < 0.7);
    CHECK(drafted.choice.per_token < plain.per_token);
    how.acceptance = drafted.least_acceptance;
    const speculative_choice even = speculate(net, plain, m, wish, how);
    CHECK(even.choice.per_token.number == doctest::Approx(plain.per_token.number));
    // A draft as large as the model never pays: each proposed token takes at least as long as a pass.
    how.draft = draft_of(net);
    CHECK(speculate(net, plain, m, wish, how).least_acceptance > 1);
    // The acceptance for t tokens per pass of one proposed token is t - 1; no acceptance yields more than two tokens.
    CHECK(detail::acceptance_for(1.5, 1) == doctest::Approx(0.5));
    CHECK(detail::acceptance_for(2.5, 1) > 1);
}

}  // namespace decide_serving_choices_test
