// SPDX-License-Identifier: MIT

// Tests disaggregated serving against what DistServe and DeepSeek published.

#include <cardfit/decide/disaggregated.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

namespace decide_disaggregated_test {

using namespace cardfit;

TEST_CASE("disaggregated serving, as DistServe and DeepSeek published it") {
    const auto within = [&](double estimated, double stated, double percent) -> bool {
        return estimated > stated * (1 - percent / 100) && estimated < stated * (1 + percent / 100);
    };

    // DistServe (hao-ai-lab.github.io/blogs/distserve; OSDI 2024, figure 1): a 13B model on A100s, a prefill instance
    // keeps the service level at 5.6 requests per second and a decode instance at 10, so that 2 of the one and 1 of the
    // other serve 10 on 3 cards.
    const disaggregated_server stated{.prefill = {.layout = {.data = 1}, .rate = 5.6},
                                      .decode = {.layout = {.data = 1}, .rate = 10}};
    const disaggregated_server on_three = balanced(stated, 3);
    CHECK(on_three.prefill.count == 2);
    CHECK(on_three.decode.count == 1);
    CHECK(on_three.requests_per_second == 10);
    CHECK(balanced(stated, 2).requests_per_second == 5.6);
    CHECK(balanced(stated, 1).requests_per_second == 0);
    // Its gain over serving both on each card was 2.1; the estimate's own goodput gains less, and gains.
    const inference vllm{.framework = engine::vllm, .software_date = {2024, 3}};
    const network llama_13b = lower(models::llama_2_13b);
    const request_traffic synthetic{.prompt = 512, .generate = 64};
    const service_level level{.first_token = seconds_of(0.4), .per_token = seconds_of(0.04)};
    const service_state together = goodput(lower_service(llama_13b, vllm, cards::a100_sxm4_80gb, {}, synthetic), level);
    const disaggregated_server apart =
        best_disaggregation(llama_13b, vllm, 3 * cards::a100_sxm4_80gb, synthetic, level);
    CHECK(apart.cards() <= 3);
    CHECK(apart.prefill.count >= 1);
    CHECK(apart.decode.count >= 1);
    CHECK(apart.requests_per_second > 3 * together.requests_per_second);
    CHECK(apart.first_token <= level.first_token);
    CHECK(apart.per_token <= level.per_token);

    // DistServe, section 3.3: the cache of a request of 512 tokens of OPT-66B is 1.13 GB (GiB, by the count), and 10 of
    // them per second need 90 Gbit/s.
    const transformer opt_66b{.layers = 64, .hidden = 9216, .heads = 72, .kv_heads = 72, .ffn = 36864, .vocab = 50272};
    const bytes opt_request = bytes_of_prompt(lower(opt_66b), {.weights = number_format::fp16}, 512);
    CHECK(within(in_gibibytes(opt_request), 1.13, 1));
    const auto ten_ports = [&]() -> machine {
        machine m = 2 * cards::a100_sxm4_80gb;
        m.per_node = 1;
        m.network_gbit = 90;
        return m;
    };
    CHECK(within(transfer_seconds(ten_ports(), opt_request, 1).number * default_link_constants.network_share, 0.1, 9));
    // Two senders move half each.
    CHECK(within(transfer_seconds(ten_ports(), opt_request, 2).number * 2,
                 transfer_seconds(ten_ports(), opt_request, 1).number, 1));
    // Within a node, the cards' own link is faster than the network between nodes.
    CHECK(transfer_seconds(2 * cards::a100_sxm4_80gb, opt_request, 1) <
          transfer_seconds(16 * cards::a100_sxm4_80gb, opt_request, 1));

    // DeepSeek's unit that reads prompts is 32 H800 with experts in 32 parts; its profile (deepseek-ai/profile-data, as
    // lmsys.org/blog/2025-05-05-large-scale-ep counts it) reads 62.7 thousand tokens per second and node in prompts of
    // 4,096, twice as many as in production (32.2), where SGLang on H100 reads 50.3 in the same prompts.
    const inference sglang{.weights = number_format::fp8,
                           .framework = engine::sglang,
                           .expert_exchange = expert_exchange::sent,
                           .two_batches = true,
                           .software_date = {2025, 5}};
    const network deepseek = lower(models::deepseek_v3);
    const lowered_service reads = lower_service(deepseek, sglang, 32 * cards::h800_sxm5_80gb,
                                                {.data = 32, .expert = 32}, {.prompt = 4096, .generate = 1});
    CHECK(within(32 * 4096 / reads.prompt_seconds / 4, 62'713, 25));
    CHECK(within(32 * 4096 / reads.prompt_seconds / 4, 50'302, 25));
    // DeepSeek-V3's latent takes 70 kB per token ("Insights into DeepSeek-V3", ISCA 2025, table 1: 70.272 KB).
    CHECK(within(static_cast<double>(bytes_of_prompt(deepseek, sglang, 1000).number), 70'272'000, 0.1));

    // A level that no prompt keeps has no server, and neither has a model that does not fit a group.
    CHECK(best_disaggregation(llama_13b, vllm, 3 * cards::a100_sxm4_80gb, synthetic, {.first_token = seconds_of(0.001)})
              .requests_per_second == 0);
    CHECK(best_disaggregation(lower(models::llama_3_1_70b), vllm, 2 * cards::rtx_4090, synthetic, level)
              .requests_per_second == 0);
}

TEST_CASE("groups of round numbers are balanced by hand") {
    // Groups of 2 cards read 3 prompts per second, groups of 4 answer 5: of 14 cards, 1 and 3 groups serve 3, 3 and 2
    // serve 9, 5 and 1 serve 5.
    const disaggregated_server d{.prefill = {.layout = {.data = 1, .tensor = 2}, .rate = 3},
                                 .decode = {.layout = {.data = 2, .tensor = 2}, .rate = 5}};
    const disaggregated_server best = balanced(d, 14);
    CHECK(best.prefill.count == 3);
    CHECK(best.decode.count == 2);
    CHECK(best.requests_per_second == 9);
    CHECK(best.cards() == 14);
    // Of equal rates, the one with the fewest cards: of 10, 2 and 1 groups serve 5, and so do 3 and 1.
    CHECK(balanced(d, 10).prefill.count == 2);
    CHECK(balanced(d, 5).requests_per_second == 0);
    CHECK(balanced(d, 6).requests_per_second == 3);
    const disaggregated_server slow{.prefill = {.layout = {.data = 1}, .rate = 100},
                                    .decode = {.layout = {.data = 1}, .rate = 1}};
    CHECK(balanced(slow, 4).prefill.count == 1);
    CHECK(balanced(slow, 4).decode.count == 3);
    CHECK(rate_of({.count = 2, .rate = 3}, {.count = 3, .rate = 5}) == 6);
}

TEST_CASE("a replica reads as many prompts as its time to the first token allows") {
    lowered_service s;
    s.prompt_seconds = 2;
    // 95 % of what it can read without a limit, and nothing within less than a prompt takes.
    CHECK(detail::prompts_within(s, 0, 90) == doctest::Approx(0.475));
    CHECK(detail::prompts_within(s, 1.9, 90) == 0);
    // Within 2 seconds nine in ten must find nobody: a load of a tenth. Within 2 + 2 ln 5, one half.
    CHECK(detail::prompts_within(s, 2, 90) == doctest::Approx(0.05));
    CHECK(detail::prompts_within(s, 2 + 2 * 1.6094379, 90) == doctest::Approx(0.25));
    CHECK(detail::prompts_within(s, 1e6, 90) == doctest::Approx(0.475));
}

TEST_CASE("a prompt moves over the node's link, or over the network beyond a node") {
    machine m{.card = {.links = {.nvlink_bidirectional = bytes_per_second::from_number(2e11)}},
              .cards = 8,
              .per_node = 8,
              .link = card_link::nvswitch,
              .network_gbit = 80};
    const link_constants& c = default_link_constants;
    const double latency = c.network_latency;
    CHECK(transfer_seconds(m, bytes_of(4'000'000'000), 4).number ==
          doctest::Approx(1e9 / (1e11 * c.nvswitch) + latency * c.node_latency_share));
    m.per_node = 4;
    CHECK(transfer_seconds(m, bytes_of(4'000'000'000), 4).number ==
          doctest::Approx(1e9 / (1e10 * c.network_share) + latency));
    CHECK(transfer_seconds(m, bytes_of(1'000'000'000), 0).number ==
          doctest::Approx(1e9 / (1e10 * c.network_share) + latency));
    CHECK(detail::cards_of_group(m, 2).cards == 2);
    CHECK(detail::cards_of_group(m, 2).per_node == 2);
    CHECK(detail::cards_of_group(m, 6).per_node == 4);
}

TEST_CASE("a disaggregated server is put together from one group that reads and one that generates") {
    const network net = lower(models::llama_2_13b);
    inference vllm{.framework = engine::vllm, .software_date = {2024, 3}};
    const machine two = 2 * cards::a100_sxm4_80gb;
    const layout one{.data = 1};
    const request_traffic traffic{.prompt = 512, .generate = 64};
    const disaggregated_server d = disaggregate(net, vllm, two, one, one, traffic, {});
    // A key and a value of 5120 elements in 40 layers and 2 bytes, of 512 tokens, from one card to one other.
    CHECK(d.moved.number == std::int64_t{2} * 5120 * 40 * 2 * 512);
    CHECK(d.transfer == transfer_seconds(two, d.moved, 1));
    // Without a limit, a group reads at 95 % of its rate, and the first token waits for others and for the transfer.
    const lowered_service reads = lower_service(net, vllm, cards::a100_sxm4_80gb, one, {512, 1});
    CHECK(d.prefill.rate == doctest::Approx(0.95 / reads.prompt_seconds));
    CHECK(d.first_token.number ==
          doctest::Approx(reads.prompt_seconds + d.transfer.number + detail::wait_of(reads.prompt_seconds, 0.95, 90)));
    // The other group generates as many as it has room for, and is delayed by no prompt.
    lowered_service generates = lower_service(net, vllm, cards::a100_sxm4_80gb, one, traffic);
    generates.reads_prompts = false;
    const service_state most = goodput(generates, {});
    CHECK(d.decode.rate == doctest::Approx(most.requests_per_second));
    CHECK(d.running == doctest::Approx(most.running));
    CHECK(d.per_token == most.per_token);
    // What the limits leave decides each side: twice the time of a prompt beside the transfer, and no less than it.
    const auto within = [&](double first_token) {
        return disaggregate(net, vllm, two, one, one, traffic, {.first_token = seconds_of(first_token)});
    };
    const double prompt = reads.prompt_seconds;
    CHECK(within(d.transfer.number + 2 * prompt).prefill.rate ==
          doctest::Approx(detail::prompts_within(reads, 2 * prompt, 90)));
    CHECK(within(d.transfer.number + 2 * prompt).first_token.number ==
          doctest::Approx(d.transfer.number + 2 * prompt).epsilon(1e-6));
    CHECK(within(d.transfer.number).prefill.rate == 0);
    CHECK(within(d.transfer.number / 2).decode.rate == 0);
    CHECK(within(d.transfer.number + prompt / 2).prefill.rate == 0);
    // Two replicas in a group read twice as many.
    CHECK(disaggregate(net, vllm, 4 * cards::a100_sxm4_80gb, {.data = 2}, one, traffic, {}).prefill.rate ==
          doctest::Approx(2 * d.prefill.rate));
    // Room for one sequence is enough to read prompts; a model that no card holds moves nothing.
    vllm.max_sequences = 1;
    CHECK(disaggregate(net, vllm, two, one, one, traffic, {}).moved == d.moved);
    CHECK(disaggregate(lower(models::llama_3_1_70b), vllm, two, one, one, traffic, {}).moved == bytes{});
    // A limit of less than a second is a limit too.
    lowered_service quick;
    quick.prompt_seconds = 0.1;
    CHECK(detail::prompts_within(quick, 0.1, 90) == doctest::Approx(1));
}

}  // namespace decide_disaggregated_test
