// SPDX-License-Identifier: MIT

// Tests answers of decisions at their bounds: as many cards, users, tokens and samples as are asked for, and one fewer.

#include <cardfit/decide/disaggregated.hpp>
#include <cardfit/decide/goodput.hpp>
#include <cardfit/decide/next_card.hpp>
#include <cardfit/decide/plan.hpp>
#include <cardfit/decide/price.hpp>
#include <cardfit/decide/remedies.hpp>
#include <cardfit/decide/rank.hpp>
#include <cardfit/decide/savings.hpp>
#include <cardfit/decide/scaling.hpp>
#include <cardfit/decide/serving_choices.hpp>
#include <cardfit/decide/whole_run.hpp>
#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/multimodal_zoo.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

namespace decide_answers_test {

using namespace cardfit;

namespace {

const inference vllm{.framework = engine::vllm};
const inference llama_cpp{.weights = number_format::q4_k_m, .framework = engine::llama_cpp};

}  // namespace

TEST_CASE("the longest context counts its images, and generates no more than it is long") {
    const machine card = cards::h100_sxm5_80gb;
    // Qwen2.5-VL's images of 644 x 644 pixels take 23 x 23 tokens each (patches of 14, merged by 2).
    inference seeing{.prompt = 1000, .generate = 24, .image_size = 644, .images = 2, .framework = engine::vllm};
    const lowered_inference lowered = lower_job(models::qwen2_5_vl_7b, seeing, card);
    CHECK(lowered.image_tokens == 2 * 23 * 23);
    const std::int64_t longest = longest_context(lowered);
    const auto holds = [&](std::int64_t context) {
        return detail::holds(lowered, 1, context - 24 - lowered.image_tokens, 24, error_bound::central);
    };
    CHECK(holds(longest));
    CHECK_FALSE((longest < lowered.longest_sequence && holds(longest + 1)));
    CHECK(longest <= lowered.longest_sequence);
    lowered_inference short_one = lowered;
    short_one.longest_sequence = lowered.image_tokens + 50;
    CHECK(longest_context(short_one) == lowered.image_tokens + 50);
    short_one.longest_sequence = lowered.image_tokens;
    CHECK(longest_context(short_one) == 0);
}

TEST_CASE("layers on cards: every layer is on a card or in host memory, with its weights and its cache") {
    const network net = lower(models::llama_3_1_8b);
    inference i = llama_cpp;
    i.prompt = 2048;
    i.generate = 256;
    const layer_split whole = layers_on_cards(net, i, cards::rtx_4090);
    CHECK(whole.on_card == 32);
    CHECK(whole.shares.count == 1);
    CHECK(whole.shares.of[0] == 33);
    // llama.cpp leaves the embedding in host memory, whatever is on the card.
    const gguf_bytes file = gguf_bytes_by_kind(net, i.weights);
    CHECK(whole.host_weights == bytes_of(file.embedding));
    CHECK(whole.host_cache == bytes{});
    // A card whose memory all layers but the first exceed: the first one, the embedding and its part of the cache stay.
    const auto on = [&](const gpu& card) { return layers_on_cards(net, i, card); };
    const auto with_memory = [](double share) {
        gpu card = cards::rtx_4090;
        card.memory = bytes_of(static_cast<std::int64_t>(share * static_cast<double>(card.memory.number)));
        card.driver_total = {};
        card.runtime_total = {};
        return card;
    };
    std::int64_t before = 33;
    for (const double share : {0.35, 0.3, 0.25, 0.2, 0.15, 0.1}) {
        const layer_split split = on(with_memory(share));
        CHECK(split.on_card <= before);
        before = split.on_card;
        const std::int64_t off = 32 - split.on_card;
        const gguf_bytes layers = gguf_layer_bytes(net, i.weights, 0, off);
        CHECK(split.host_cache.number == off * (kv_cache(net, 2304, cache_format(i)).number / 32));
        if (split.on_card > 0) CHECK(split.host_weights == bytes_of(file.embedding + layers.layers()));
        CHECK(split.in_host() == split.host_weights + split.host_cache);
    }
}

TEST_CASE("figures of a choice: the users that are rated, the sequences that run at once, and where layers are") {
    const network net = lower(models::llama_3_1_8b);
    const auto users = [&](std::int64_t wished) {
        return serve_one(net, vllm, cards::h100_sxm5_80gb, {}, {.prompt = 7168, .generate = 1024, .users = wished});
    };
    CHECK(users(1).rated_users == 1);
    CHECK(users(5).rated_users == 5);
    CHECK(users(0).rated_users == users(0).users);
    CHECK(users(0).job.batch == 1);
    CHECK(users(5).job.batch == 5);
    // More users are served at a higher rate, at no shorter times.
    CHECK(users(5).rate > users(1).rate);
    CHECK(users(5).per_token >= users(1).per_token);
    CHECK(users(5).first_token == users(1).first_token);
    // An engine without a trial run has no limit of sequences beside the job's own.
    const serving_choice by_layers =
        serve_one(net, llama_cpp, cards::rtx_4090, {.data = 1, .pipeline = 1}, {.prompt = 900, .generate = 100});
    CHECK(by_layers.job.max_sequences == 0);
    CHECK(by_layers.place == serving_place::cards);
    CHECK(by_layers.split.on_card == 32);
    // The wish's own limit of sequences stays, and queues users beyond it.
    inference limited = vllm;
    limited.max_sequences = 3;
    const serving_choice queued =
        serve_one(net, limited, cards::h100_sxm5_80gb, {}, {.prompt = 7168, .generate = 1024, .users = 4});
    CHECK(queued.job.max_sequences == 3);
    CHECK(queued.users == 3);
    CHECK(queued.verdict == serving_verdict::no);
    // vLLM leaves no layers in host memory: a model that is too large is nowhere, under an engine that does it is
    // there.
    const network large = lower(models::llama_3_1_70b);
    CHECK(serve_one(large, vllm, cards::rtx_4090, {}, {.prompt = 900, .generate = 100}).place ==
          serving_place::nowhere);
    CHECK(serve_one(large, llama_cpp, cards::rtx_4090, {}, {.prompt = 900, .generate = 100}).place ==
          serving_place::host_too);
}

TEST_CASE("sequences of a service: the job's own number, or that of the engine's trial run") {
    const network net = lower(models::llama_3_1_8b);
    const auto sequences = [&](std::int64_t at_once) {
        inference i = vllm;
        i.max_sequences = at_once;
        return lower_service(net, i, cards::h100_sxm5_80gb, {}, {.prompt = 64, .generate = 16}).sequences;
    };
    CHECK(sequences(1) == 1);
    CHECK(sequences(7) == 7);
    // vLLM runs 1024 sequences at once on a card of 80 GB since 0.8.
    CHECK(sequences(0) == 1024);
}

TEST_CASE("groups of a disaggregated server are as large as a node, and leave a card for the other group") {
    const network net = lower(models::llama_3_1_8b);
    const service_level level{.first_token = seconds_of(10), .per_token = seconds_of(1)};
    const disaggregated_server two =
        best_disaggregation(net, vllm, 2 * cards::h100_sxm5_80gb, {.prompt = 1000, .generate = 100}, level);
    CHECK(two.requests_per_second > 0);
    CHECK(two.prefill.cards_each() == 1);
    CHECK(two.decode.cards_each() == 1);
    CHECK(best_disaggregation(net, vllm, cards::h100_sxm5_80gb, {.prompt = 1000, .generate = 100}, level)
              .requests_per_second == 0);
    // 70 B parameters of 2 bytes need two cards of 80 GB in each group: three cards are too few, four hold two groups
    // of two.
    const network large = lower(models::llama_3_1_70b);
    const auto cards_of = [&](int n) {
        return best_disaggregation(large, vllm, n * cards::h100_sxm5_80gb, {.prompt = 100, .generate = 16}, level);
    };
    CHECK(cards_of(2).requests_per_second == 0);
    CHECK(cards_of(8).requests_per_second >= cards_of(4).requests_per_second);
}

TEST_CASE("cards by a deadline: the first doubling in time, up to the most that are asked and to the batch") {
    const training t{.micro_batch = 4, .sequence_length = 256};
    const machine one = cards::h100_sxm5_80gb;
    const auto by = [&](double seconds_left, int most) {
        return cards_by(models::gpt2, t, one, {}, 1000, seconds_of(seconds_left), most);
    };
    CHECK(by(1e9, 1024).cards == 1);
    const seconds on_one = by(1e9, 1024).time;
    const cards_in_time faster = by(0.99 * on_one.number, 1024);
    CHECK(faster.cards == 2);
    CHECK(by(0.99 * on_one.number, 2).cards == 2);
    CHECK(by(0.99 * on_one.number, 1).cards == 0);
    // A deadline that is met exactly is met; four samples divide among four cards, and among no more.
    CHECK(by(on_one.number, 1).cards == 1);
    CHECK(by(faster.time.number, 2).cards == 2);
    const cards_in_time four = by(0.99 * faster.time.number, 4);
    if (four.cards != 0) CHECK(four.cards == 4);
    CHECK(by(1e-9, 1024).cards == 0);
}

TEST_CASE("the newest candidate of a kind, and the first sequence of a job, are counted from one") {
    const gpu asked = cards::rtx_4090;
    const detail::next_card_search s{product_kind_of(asked), false, 0};
    const gpu* const none[]{&asked};
    CHECK(detail::newest_year(none, asked, s) >= 0);
    // A job whose longest sequence is one token has one, if it fits.
    lowered_training one = lower_job(models::gpt2, training{.sequence_length = 16}, cards::rtx_4090);
    one.longest_sequence = 1;
    CHECK(longest_sequence(one, 1) == 1);
    one.capacity = 1;
    CHECK(longest_sequence(one, 1) == 0);
}

TEST_CASE("why a precision saves time: each reason by the figures that make it") {
    const time_breakdown bound_by_matmuls{.compute = seconds_of(10)};
    const gpu& card = cards::a100_sxm4_80gb;
    CHECK(detail::reason_of(card, precision::fp32, bound_by_matmuls, 9) == saving_reason::baseline);
    CHECK(detail::reason_of(card, precision::bf16_mixed, bound_by_matmuls, 16) == saving_reason::matrix_units);
    // 312 TFLOP/s are 16 times 19.5: half of that is 8.
    CHECK(detail::reason_of(card, precision::bf16_mixed, bound_by_matmuls, 8.1) == saving_reason::matrix_units);
    CHECK(detail::reason_of(card, precision::bf16_mixed, bound_by_matmuls, 7.9) == saving_reason::memory_bound);
    const auto with = [](double data, double tensor, double optimizer) {
        return time_breakdown{.compute = seconds_of(10),
                              .tensor_communication = seconds_of(tensor),
                              .data_communication = seconds_of(data),
                              .optimizer = seconds_of(optimizer)};
    };
    CHECK(detail::reason_of(card, precision::bf16_mixed, with(6, 5, 0), 16) == saving_reason::link_bound);
    CHECK(detail::reason_of(card, precision::bf16_mixed, with(5, 5, 0), 16) == saving_reason::matrix_units);
    CHECK(detail::reason_of(card, precision::bf16_mixed, with(0, 0, 11), 16) == saving_reason::optimizer_bound);
    CHECK(detail::reason_of(card, precision::bf16_mixed, with(0, 0, 10), 16) == saving_reason::matrix_units);
    gpu without = card;
    without.rates.bf16 = {};
    CHECK(detail::reason_of(without, precision::bf16_mixed, bound_by_matmuls, 1) == saving_reason::no_matrix_units);
    gpu same = card;
    same.rates.bf16 = same.rates.fp32;
    CHECK(detail::reason_of(same, precision::bf16_mixed, bound_by_matmuls, 1) == saving_reason::same_rate);
}

TEST_CASE("pairs of changes begin with every change, and sets of three with those of the wanted effect") {
    // Each change adds its power of ten to the accumulation.
    const auto found_exactly = [](std::int64_t wanted) {
        static constexpr training_change changes[]{
            {"one", remedy_effect::none, changed_setting::loss,
             [](training& t, layout&, int) {
                 t.gradient_accumulation += 1;
                 return true;
             }},
            {"ten", remedy_effect::numerics, changed_setting::states,
             [](training& t, layout&, int) {
                 t.gradient_accumulation += 10;
                 return true;
             }},
            {"hundred", remedy_effect::less_work, changed_setting::batch,
             [](training& t, layout&, int) {
                 t.gradient_accumulation += 100;
                 return true;
             }},
        };
        remedy_report<training> found;
        detail::try_changes(found, changes, training{.gradient_accumulation = 0}, layout{.data = 1}, 1,
                            [=](remedy<training>& r) {
                                r.time = seconds_of(1);
                                return r.job.gradient_accumulation == wanted;
                            });
        return found;
    };
    CHECK(found_exactly(1).count == 1);
    CHECK(found_exactly(11).count == 1);
    CHECK(found_exactly(11).of[0].count == 2);
    CHECK(found_exactly(101).of[0].count == 2);
    CHECK(found_exactly(110).of[0].effect == remedy_effect::less_work);
    CHECK(found_exactly(111).of[0].count == 3);
    CHECK(found_exactly(111).of[0].effect == remedy_effect::less_work);
    CHECK(found_exactly(112).count == 0);
}

TEST_CASE("a plan of a tight search may need the lower end of the band, and no more") {
    const training t{.micro_batch = 1, .sequence_length = 512};
    // Whatever a tight search finds fits by the central estimate, and a strict one finds nothing that it does not.
    const machine m = 2 * cards::h100_sxm5_80gb;
    for (const bool tight : {false, true}) {
        plan_space space;
        space.tight = tight;
        const plan_report found = best_plans(models::llama_3_2_1b, t, m, {}, space);
        REQUIRE(found.count > 0);
        CHECK(found.best().grade != grade::does_not_fit);
    }
}

TEST_CASE("prices are from nothing to a billion dollars, and 64 sequences saturate a card") {
    const machine two = 2 * cards::a100_sxm4_80gb;
    const auto rent = [&](double price) {
        return price_of(seconds_of(1800), two, power_load::training, dollars_of(price)).rent.number;
    };
    CHECK(rent(0) == 0);
    CHECK(rent(3) == doctest::Approx(3));
    CHECK(rent(1e9) == doctest::Approx(1e9));
    CHECK_THROWS_AS(static_cast<void>(rent(-0.01)), invalid_input);
    CHECK_THROWS_AS(static_cast<void>(rent(1.01e9)), invalid_input);
    CHECK(load_of_batch(63) == power_load::decode);
    CHECK(load_of_batch(64) == power_load::decode_saturated);
    // A quarter of a second per token takes a quarter of a second's energy.
    const inference_time four_per_second{.generated = tokens_per_second::from_number(4)};
    CHECK(price_of_token(four_per_second, two, 64).energy.number ==
          doctest::Approx(price_of(seconds_of(1), two, power_load::decode_saturated, {}).energy.number / 4));
    const inference_time at_once{.prefill = seconds_of(1)};
    CHECK_THROWS_AS(static_cast<void>(price_of_token(at_once, two, 1)), invalid_input);
}

TEST_CASE("a deadline that a bound of the time meets exactly is met") {
    const auto within = [](double deadline) {
        return ends_within(seconds_of(1), seconds_of(2), seconds_of(3), seconds_of(deadline));
    };
    CHECK(within(3) == sureness::yes);
    CHECK(within(2.5) == sureness::likely);
    CHECK(within(2) == sureness::likely);
    CHECK(within(1.5) == sureness::unlikely);
    CHECK(within(1) == sureness::unlikely);
    CHECK(within(0.5) == sureness::no);
    // A batch of 2 requests of 10 tokens takes 40 seconds at half a token per second, and its prompts where none is
    // generated.
    const inference two{.batch = 2, .generate = 10};
    const detail::run_step slow =
        detail::step_of(two, cards::rtx_4090, {.data = 1},
                        {.prefill = seconds_of(3), .generated = tokens_per_second::from_number(0.5), .band = 0.1});
    CHECK(slow.samples == 2);
    CHECK(slow.time.number == doctest::Approx(40));
    CHECK(slow.low.number == doctest::Approx(36));
    CHECK(slow.high.number == doctest::Approx(44));
    CHECK(detail::step_of(two, cards::rtx_4090, {.data = 1}, {.prefill = seconds_of(3)}).time == seconds_of(3));
}

TEST_CASE("a search tries every sharding, and layers of no more cards than there are") {
    const machine two = 2 * cards::h100_sxm5_80gb;
    const auto found_with = [&](sharding wanted, sharding most) {
        plan_space space{.most_sharding = most};
        space.accept = [](const plan& p, const void* how) {
            return p.layout.sharding == *static_cast<const sharding*>(how);
        };
        space.accept_context = &wanted;
        return best_plans(models::llama_3_2_1b, training{.micro_batch = 2, .sequence_length = 128}, two, {}, space)
            .count;
    };
    for (const sharding each : {sharding::none, sharding::optimizer, sharding::gradients, sharding::full})
        CHECK(found_with(each, sharding::full) > 0);
    CHECK(found_with(sharding::gradients, sharding::gradients) > 0);
    CHECK(found_with(sharding::full, sharding::gradients) == 0);
    CHECK(plan_space{}.most_sharding == sharding::full);
    const network net{.experts = 6};
    const detail::layer_bounds few = detail::layers_tried({}, net, 4);
    CHECK(few.tensor == 4);
    CHECK(few.context == 4);
    CHECK(few.expert == 6);
    CHECK(few.micro_batch == 64);
    const network wide{.experts = 100};
    const detail::layer_bounds many = detail::layers_tried({.micro_batches = false}, wide, 1000);
    CHECK(many.tensor == 64);
    CHECK(many.context == 16);
    CHECK(many.expert == 64);
    CHECK(many.micro_batch == 1);
    CHECK(detail::plan_variant{}.gradient_accumulation == 0);
    CHECK(detail::plan_variant{}.micro_batch == 0);
    // A ranking searches the layouts of one node of eight cards.
    const plan_space& ranked = detail::ranked_space;
    CHECK((ranked.tensor == 8 && ranked.pipeline == 8 && ranked.expert == 8 && ranked.micro_batch == 64));
    CHECK((ranked.virtual_stages == 1 && ranked.context == 1));
}

TEST_CASE("an inference scales from as many cards as one replica has, and a model that refuses them says so") {
    const machine two = 2 * cards::h100_sxm5_80gb;
    const inference i{.prompt = 100, .generate = 10, .framework = engine::vllm};
    CHECK(detail::undivided_layout({.data = 2}, i, two).data == 2);
    CHECK(detail::undivided_layout({}, i, two).data == 1);
    CHECK_THROWS_AS(static_cast<void>(detail::undivided_layout({.data = 3}, i, two)), invalid_input);
    CHECK(scaling(models::gpt2, i, cards::h100_sxm5_80gb).pcie.count == 1);
    // GPT-2 has 12 layers, so no 16 stages; a model that is asked nothing wrong has points.
    const machine sixteen = 16 * cards::h100_sxm5_80gb;
    CHECK_THROWS_AS(static_cast<void>(scaling(models::gpt2, i, sixteen, {.pipeline = 16})), invalid_input);
    CHECK(scaling(models::gpt2, i, sixteen, {.pipeline = 4}).pcie.count > 0);
    // A link of one byte per second is a link.
    gpu slow = cards::h100_sxm5_80gb;
    slow.links.nvlink_bidirectional = bytes_per_second::from_number(1);
    CHECK(nvlink_of(slow) == card_link::nvswitch);
    slow.links.nvlink_bidirectional = {};
    CHECK(nvlink_of(slow) == card_link::by_default);
}

TEST_CASE("the embedding is in host memory where the engine leaves it there, and once where it is the head too") {
    inference i = llama_cpp;
    i.prompt = 100;
    i.generate = 28;
    gpu tiny = cards::rtx_4090;
    tiny.memory = bytes_of(cards::rtx_4090.memory.number / 40);
    tiny.driver_total = {};
    tiny.runtime_total = {};
    const auto in_host = [&](const network& net) {
        const layer_split split = layers_on_cards(net, i, tiny);
        CHECK(split.on_card == 0);
        return split.host_weights.number;
    };
    // A file of Llama-3.1-8B has a head of its own, and one of Llama-3.2-1B has the table alone: on the host, each
    // takes what the file has, beside the last norm's weights and what the layers' norms are widened to.
    const network untied = lower(models::llama_3_1_8b);
    const network tied = lower(models::llama_3_2_1b);
    const auto near = [](std::int64_t value, std::int64_t expected) {
        return value > expected - 1'000'000 && value < expected + 1'000'000;
    };
    CHECK(near(in_host(untied), gguf_weight_bytes(untied, i.weights)));
    CHECK(near(in_host(tied), gguf_weight_bytes(tied, i.weights)));
    // On a card that holds all layers, llama.cpp leaves the table in host memory, and transformers nothing.
    CHECK(layers_on_cards(tied, i, cards::rtx_4090).host_weights ==
          bytes_of(gguf_bytes_by_kind(tied, i.weights).embedding));
    const inference whole{.prompt = 100, .generate = 28, .framework = engine::transformers};
    CHECK(layers_on_cards(tied, whole, cards::rtx_4090).on_card == tied.layers);
    CHECK(layers_on_cards(tied, whole, cards::rtx_4090).host_weights == bytes{});
}

}  // namespace decide_answers_test
