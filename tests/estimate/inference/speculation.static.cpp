// SPDX-License-Identifier: MIT

// Speculative decoding: tokens per pass, what drafts take, and what they gain, by published figures.

#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr bool near(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

// Leviathan et al., arXiv 2211.17192, table 1: improvement of speed where the draft costs nothing.
static_assert(near(tokens_per_pass(0.6, 2), 1.96, 0.003) && near(tokens_per_pass(0.7, 3), 2.53, 0.003) &&
              near(tokens_per_pass(0.8, 2), 2.44, 0.003) && near(tokens_per_pass(0.8, 5), 3.69, 0.003) &&
              near(tokens_per_pass(0.9, 2), 2.71, 0.003) && near(tokens_per_pass(0.9, 10), 6.86, 0.003));
static_assert(tokens_per_pass(1, 4) == 5);

// EAGLE (arXiv 2401.15077, section 4): drafts of 0.24 B, 0.37 B and 0.99 B parameters for LLaMA-2 of 7 B, 13 B and
// 70 B.
constexpr double eagle_billions(const network& net) {
    return static_cast<double>(detail::eagle_draft(net, false).parameters) / 1e9;
}
static_assert(near(eagle_billions(lower_model(models::llama_2_7b, 0)), 0.24, 0.03) &&
              near(eagle_billions(lower_model(models::llama_2_13b, 0)), 0.37, 0.03) &&
              near(eagle_billions(lower_model(models::llama_2_70b, 0)), 0.99, 0.03));
// yuhuili/EAGLE3-LLaMA3.1-Instruct-8B has a file of 850 MB in 16 bits.
static_assert(near(2.0 *
                       static_cast<double>(detail::eagle_draft(lower_model(models::llama_3_1_8b, 0), true).parameters),
                   850e6, 0.02));

constexpr inference job_of(drafting method, std::int64_t drafted, double acceptance) {
    return {.weights = number_format::fp8,
            .prompt = 128,
            .generate = 512,
            .framework = engine::sglang,
            .speculation = {.method = method, .tokens = drafted, .acceptance = acceptance}};
}
constexpr machine eight = 8 * cards::h200_sxm_141gb;
constexpr layout tensor{.tensor = 8};
constexpr inference plain{.weights = number_format::fp8, .prompt = 128, .generate = 512, .framework = engine::sglang};

// DeepSeek-V3's README_WEIGHTS.md: the module has 11.5 B parameters of its own, in 8 bits one byte each.
constexpr bytes whole_weights(const inference& i) {
    return memory(models::deepseek_v3, i, cards::h200_sxm_141gb).components.weights;
}
constexpr bytes of_layer = whole_weights(job_of(drafting::prediction, 1, 0.85)) - whole_weights(plain);
static_assert(near(static_cast<double>(of_layer.number), 11.5e9, 0.025));

// DeepSeek-V3, arXiv 2412.19437, section 5.4.3: 85 to 90 % of the second tokens are accepted, 1.8 times the tokens per
// second.
constexpr double gain(drafting method, std::int64_t drafted, double acceptance) {
    return time(models::deepseek_v3, job_of(method, drafted, acceptance), eight, tensor).decode.number /
           time(models::deepseek_v3, plain, eight, tensor).decode.number;
}
static_assert(near(gain(drafting::prediction, 1, 0.875), 1.8, 0.06));
// N-grams cost nothing but a wider pass.
static_assert(gain(drafting::ngram, 3, 0.5) < tokens_per_pass(0.5, 3) && gain(drafting::ngram, 3, 0.5) > 1.4);

// A draft model holds its weights and its cache beside the model's.
constexpr network big = lower_model(models::llama_3_1_70b, 0);
constexpr network small = lower_model(models::llama_3_2_1b, 0);
constexpr inference with_draft{
    .prompt = 4096,
    .generate = 1,
    .framework = engine::vllm,
    .speculation = {.method = drafting::draft_model, .tokens = 5, .acceptance = 0.7, .draft = draft_of(small)}};
constexpr inference without_draft{.prompt = 4096, .generate = 1, .framework = engine::vllm};
constexpr machine four = 4 * cards::h100_sxm5_80gb;
constexpr bytes weights_of(const inference& i) { return memory(big, i, four, {.tensor = 4}).components.weights; }
constexpr bytes cache_of_job(const inference& i) { return memory(big, i, four, {.tensor = 4}).components.kv_cache; }
static_assert(near(static_cast<double>((weights_of(with_draft) - weights_of(without_draft)).number), 1.2358e9 * 2 / 4,
                   0.001));
// 16 layers of 8 heads of 64, keys and values, in 16 bits, on four GPUs; 4097 tokens in blocks of 16.
static_assert((cache_of_job(with_draft) - cache_of_job(without_draft)).number == 4112 * (16 * 2 * 8 * 64) * 2 / 4);

// What is missing or too much is refused.
constexpr bool accepts(speculation s) { return problems({.speculation = s}, big).empty(); }
static_assert(accepts({.method = drafting::ngram, .tokens = 3, .acceptance = 0.4}));
static_assert(!accepts({.method = drafting::ngram, .tokens = 3}));
static_assert(!accepts({.method = drafting::ngram, .acceptance = 0.4}));
static_assert(!accepts({.tokens = 3}));
static_assert(!accepts({.method = drafting::draft_model, .tokens = 3, .acceptance = 0.4}));
static_assert(!accepts({.method = drafting::eagle, .tokens = 3, .acceptance = 0.4, .draft = draft_of(small)}));

}  // namespace

namespace {

/// Seconds of one pass of a draft under llama.cpp with an empty cache.
constexpr double draft_pass(software_date date) {
    const inference i{
        .weights = number_format::q4_k_m,
        .framework = engine::llama_cpp,
        .speculation = {.method = drafting::draft_model, .tokens = 4, .acceptance = 0.7, .draft = draft_of(small)},
        .software_date = date};
    return detail::draft_seconds(lower_time(big, i, cards::h100_sxm5_80gb), 1, 0);
}
constexpr inference_time_constants constants = default_inference_time_constants;

}  // namespace

// A draft's 16 layers take the launches of the job's date: without graphs in 2024, fused kernels in 2026.
static_assert(near((draft_pass({2024, 1}) - draft_pass({2026, 1})) * 1e6,
                   16 * (constants.native_layer - constants.native_fused_layer), 1e-3));

// ---- Drafts of round numbers

namespace {

/// 3 layers of width 8, the last two with 4 experts of 8 x 2 of which 2 are visited and a router; 10 logits; 6 elements
/// of cache a layer.
constexpr network round_net = [] {
    network net{.block_kinds = 2, .layers = 3, .hidden = 8, .logits = 10, .heads = 2, .kv_heads = 2, .experts = 4};
    net.blocks[0].layers = {.end = 1};
    net.blocks[1].layers = {.begin = 1, .end = 3};
    for (std::size_t k = 0; k < 2; ++k) {
        layer_block& b = net.blocks[k];
        b.add({.target = target::query, .in = 8, .out = 8});
        b.add({.target = target::key, .in = 8, .out = 4});
        b.add({.target = target::value, .in = 8, .out = 3});
        b.add({.target = target::output, .in = 8, .out = 8});
        b.vector_parameters = 16;
        b.cache = {.width = 6};
        b.attention = {.scores = score_kind::dot_product, .causal = true};
    }
    net.blocks[1].add({.target = target::router, .split = weight_split::none, .in = 8, .out = 4});
    net.blocks[1].add(
        {.target = target::up, .split = weight_split::expert, .in = 8, .out = 2, .copies = 4, .active = 2});
    net.blocks[1].buffers = 5;
    return net;
}();

}  // namespace

// As a draft of another model: 3 x (64 + 32 + 24 + 64) weights, and 2 x (32 + 2 x 16) of router and experts.
constexpr draft_model whole_draft = draft_of(round_net);
static_assert(whole_draft.layers == 3 && whole_draft.hidden == 8 && whole_draft.head == 80 &&
              whole_draft.cache_width == 18 && whole_draft.matrices == 3 * 184 + 2 * (32 + 32) &&
              whole_draft.parameters == parameters(round_net));
// EAGLE joins two features, and has the last layer without its router: 128 + 184 + 32. EAGLE-3 joins three, reads two
// inputs with queries, keys and values, and has a head for 32,000 tokens of its own.
constexpr draft_model second = detail::eagle_draft(round_net, false);
static_assert(second.layers == 1 && second.hidden == 8 && second.cache_width == 6 &&
              second.matrices == 128 + 184 + 32 && second.head == 80 && second.parameters == second.matrices);
constexpr draft_model third = detail::eagle_draft(round_net, true);
static_assert(third.matrices == 192 + 184 + (64 + 32 + 24) + 32 && third.head == 32'000 * 8 &&
              third.parameters == third.matrices + third.head);
// A matrix of queries that reads a latent reads one input.
static_assert([] {
    network net = round_net;
    net.blocks[1].linears[0].in = 4;
    return detail::eagle_draft(net, true).matrices == 192 + (184 - 32) + (32 + 24) + 32;
}());
constexpr draft_model beside(drafting method) {
    return detail::draft_beside(round_net, {.method = method, .draft = {.layers = 7}});
}
static_assert(beside(drafting::draft_model).layers == 7 && beside(drafting::eagle) == second &&
              beside(drafting::eagle3) == third && beside(drafting::ngram) == draft_model{} &&
              beside(drafting::none) == draft_model{} && beside(drafting::prediction) == draft_model{});

// ---- What a stage holds of a draft

namespace {
constexpr inference_stage drafted(drafting method, bool head = true, int cards = 1) {
    const inference i{.speculation = {.method = method, .draft = {.layers = 1, .parameters = 100, .cache_width = 20}}};
    const engine_memory row{};
    const layout l{.data = 1, .tensor = cards};
    const detail::trial_pass trial{};
    const stage_content content{.layers = {1, 2}, .embedding = true, .head = head};
    const stored_weights stored{};
    inference_stage s{.weights = 1'000'000, .cache_per_token = 1000};
    detail::add_draft(s, {.net = round_net,
                          .job = i,
                          .l = l,
                          .row = row,
                          .trial = trial,
                          .content = content,
                          .stored = stored,
                          .high = 3});
    return s;
}
}  // namespace

// The stage of the head has a draft's 100 parameters of 2 bytes and its cache of 20 elements, which two cards divide;
// n-grams, and the other stages, have none.
static_assert(drafted(drafting::draft_model).weights == 1'000'200 &&
              drafted(drafting::draft_model).cache_per_token == 1040);
static_assert(drafted(drafting::draft_model, true, 2).weights == 1'000'100 &&
              drafted(drafting::draft_model, true, 2).cache_per_token == 1020);
static_assert(drafted(drafting::draft_model, false).weights == 1'000'000 &&
              drafted(drafting::draft_model, false).cache_per_token == 1000);
static_assert(drafted(drafting::ngram).weights == 1'000'000 && drafted(drafting::none).weights == 1'000'000 &&
              drafted(drafting::none).cache_per_token == 1000);
// EAGLE's own 344 parameters, and 6 elements of cache.
static_assert(drafted(drafting::eagle).weights == 1'000'000 + 2 * 344 &&
              drafted(drafting::eagle).cache_per_token == 1012);
// A prediction layer: the last layer's 184 + 32 + 4 x 16 weights and 16 of norms in 2 bytes, 5 buffers of 4; a matrix
// of 16 x 8 that joins, and three norms (DeepSeek-V3, arXiv 2412.19437, figure 3: of both inputs and before the head).
static_assert(drafted(drafting::prediction).weights ==
                  1'000'000 + 2 * (184 + 32 + 64 + 16) + 20 + 2 * (16 * 8 + detail::joint_vectors(round_net)) &&
              drafted(drafting::prediction).cache_per_token == 1012);
static_assert(detail::joint_vectors(round_net) == 3 * 8);
