// SPDX-License-Identifier: MIT

// Tests the parts of a layer's time against hand counts on a card of round numbers: one multiply-add, and one byte, per
// second.

#include "../round_job.hpp"

using namespace cardfit;
using namespace round_job;

namespace {

/// Two layers of width 16 with a gated feed-forward of 32: 4 x 16 x 16 and 3 x 16 x 32 weights, 2560 in all.
constexpr layer_block dense_block() {
    layer_block b{.layers = {.end = 2}};
    b.add({.target = target::query, .in = 16, .out = 16, .fused = fused_group::query_key_value});
    b.add({.target = target::key, .in = 16, .out = 16, .fused = fused_group::query_key_value});
    b.add({.target = target::value, .in = 16, .out = 16, .fused = fused_group::query_key_value});
    b.add({.target = target::output, .in = 16, .out = 16});
    b.add({.target = target::gate, .in = 16, .out = 32, .fused = fused_group::gate_up});
    b.add({.target = target::up, .in = 16, .out = 32, .fused = fused_group::gate_up});
    b.add({.target = target::down, .in = 32, .out = 16});
    b.feed_forward.gated = true;
    return b;
}

constexpr bench dense() {
    bench t;
    t.net = network{.block_kinds = 1, .layers = 2, .hidden = 16};
    t.net.blocks[0] = dense_block();
    return t;
}

/// One layer of width 16 without matrices.
constexpr bench one_layer() {
    bench t;
    t.net = network{.block_kinds = 1, .layers = 1, .hidden = 16};
    t.net.blocks[0].layers.end = 1;
    return t;
}

template <class Change>
constexpr detail::layer_time dense_with(Change change) {
    bench t = dense();
    change(t, t.net.blocks[0]);
    return t.layer();
}

}  // namespace

// ---- Matmuls

// Every token meets every weight once in forward, and once for each of two gradients.
constexpr detail::layer_time plain = dense_with([](bench&, layer_block&) {});
static_assert(plain.linear == 32 * 2560 && plain.data_gradient == 32 * 2560 && plain.weight_gradient == 32 * 2560);
// The residual path of 16 elements, and the feed-forward's activation over 32. One kernel, and 10 for a gate,
// 5 x 2 times.
static_assert(plain.elements == 1 * 16 + 1000 * 32 && plain.kernels == 5 * 2 * (1 + 10));
static_assert(plain.cast_bytes == 0 && plain.attention == 0 && plain.host_launches == 0 && plain.adapter_width == 0);
static_assert(plain.attention_backward == 0 && plain.expert_elements == 0 && plain.experts_visited == 0 &&
              plain.expert_layers == 0 && plain.context_exchange == 0 && plain.context_exchange_backward == 0);

// A layer that only the first of two is makes half a mean layer.
constexpr detail::layer_time half = dense_with([](bench&, layer_block& b) { b.layers.end = 1; });
static_assert(half.linear == plain.linear / 2 && half.elements == plain.elements / 2 &&
              half.kernels == plain.kernels / 2);

// Frozen weights under adapters have no gradient; dropout adds its masks; an ungated activation reads less often.
constexpr detail::layer_time adapted = dense_with([](bench& t, layer_block&) {
    t.adapted = true;
    t.job.adapter = {.method = adapter_method::lora, .rank = 4, .targets = targets(target::query, target::down)};
});
static_assert(adapted.linear == plain.linear && adapted.data_gradient == plain.linear && adapted.weight_gradient == 0);
// An adapter reads and writes its target's inputs and outputs: (16 + 16)/2 and (32 + 16)/2, and launches 3 kernels.
static_assert(adapted.adapter_width == 16 + 24 && adapted.kernels == plain.kernels + 2 * 3);
// DoRA reads whole matrices for their norms: 256 and 512 weights of 2 bytes.
constexpr detail::layer_time bound_by_bytes(adapter_method method, double bandwidth = 1, double tensor = 1) {
    return dense_with([=](bench& t, layer_block&) {
        t.adapted = true;
        t.tensor = tensor;
        t.card.bandwidth = bandwidth;
        t.card.linear.peak = 1e30;
        t.card.half_peak = 1e30;
        t.job.adapter = {.method = method, .rank = 4, .targets = targets(target::query, target::down)};
    });
}
constexpr detail::layer_time dora = bound_by_bytes(adapter_method::dora);
constexpr detail::layer_time lora = bound_by_bytes(adapter_method::lora);
static_assert(dora.linear - lora.linear == 3 * (256 + 512) * 2);
static_assert(bound_by_bytes(adapter_method::dora, 1, 2).linear - bound_by_bytes(adapter_method::lora, 1, 2).linear ==
              3 * (128 + 256) * 2);
static_assert(bound_by_bytes(adapter_method::dora, 2, 1).linear == dora.linear / 2);
// Where bytes bound a matmul, it moves rows x inner + inner x columns + rows x columns elements: of a fused query, key
// and value 512 + 768 + 1536, of an output 512 + 256 + 512, of gate and up 512 + 1024 + 2048, of a down 1024 + 512 +
// 512, each of 2 bytes.
static_assert(lora.linear == 2 * (2816 + 1280 + 3584 + 2048) && lora.data_gradient == lora.linear);

constexpr detail::layer_time with_dropout = dense_with([](bench& t, layer_block&) { t.job.dropout = true; });
static_assert(with_dropout.elements == plain.elements + 10 * 16);
constexpr detail::layer_time ungated = dense_with([](bench&, layer_block& b) { b.feed_forward.gated = false; });
static_assert(ungated.elements == 16 + 2000 * 32 && ungated.kernels == 5 * 2);

// Tensor parallelism divides every matrix; sequence parallelism divides the residual path.
constexpr detail::layer_time divided = dense_with([](bench& t, layer_block&) {
    t.tensor = 2;
    t.sequence_cards = 2;
});
static_assert(divided.linear == plain.linear / 2 && divided.elements == 8 + 1000 * 16);
// A matrix that is not divided is whole on each card.
constexpr detail::layer_time copied = dense_with([](bench& t, layer_block& b) {
    t.tensor = 2;
    b.linears[3].split = weight_split::none;
});
static_assert(copied.linear == divided.linear + 32 * 128);

// A matrix to a latent has its result's elements split by kernels of their own.
constexpr detail::layer_time latent = dense_with([](bench&, layer_block& b) {
    b.linears[3].target = target::latent;
    b.attention.latent_kernels = true;
    b.attention.projected = 3;
});
static_assert(latent.elements == plain.elements + 100 * 16 + 100 * 3 && latent.kernels == plain.kernels + 5 * 2 * 1000);

static_assert(dense_with([](bench& t, layer_block& b) {
                  t.tensor = 2;
                  b.attention.projected = 4;
              }).elements == 16 + 1000 * 16 + 100 * 2);

// Tensor parallelism divides the rows of output and down, and the columns of the others: where bytes bound a matmul,
// query, key and value then move 512 + 384 + 768 elements, output 256 + 128 + 512, gate and up 512 + 512 + 1024, down
// 512 + 256 + 512.
constexpr double divided_bytes = bound_by_bytes(adapter_method::lora, 1, 2).linear;
static_assert(divided_bytes == 2 * (1664 + 896 + 2048 + 1280));

// Keys and values of a memory of 8 positions, and of a source of 24: 40 and 48 rows instead of 32.
constexpr double with_rows(matmul_rows rows, fused_group group) {
    bench t = one_layer();
    t.net.source_length = 24;
    layer_block& b = t.net.blocks[0];
    b.attention.memory = 8;
    b.add({.target = target::key, .in = 16, .out = 16, .fused = group, .rows = rows});
    return t.layer().linear / 256;
}
static_assert(with_rows(matmul_rows::all_tokens, fused_group::none) == 32 &&
              with_rows(matmul_rows::tokens_and_memory, fused_group::none) == 32 + 2 * 8 &&
              with_rows(matmul_rows::all_tokens, fused_group::cross_key_value) == 2 * 24);
static_assert(with_rows(matmul_rows::second_direction, fused_group::none) == 0 &&
              with_rows(matmul_rows::relative_positions, fused_group::none) == 0);

// 8-bit matmuls cast what they read and write and, once per micro-batch, the weights: 32 rows of 16 + 48, 16 + 16,
// 16 + 64 and 32 + 16 elements. Where weights change only with a step, a cast serves all micro-batches.
constexpr double rows_cast = 32 * (64 + 32 + 80 + 48);
constexpr detail::layer_time narrow = dense_with([](bench& t, layer_block&) { t.card.narrow = true; });
static_assert(narrow.cast_bytes == rows_cast + 2560 && narrow.linear == plain.linear);
constexpr detail::layer_time cached_cast = dense_with([](bench& t, layer_block&) {
    t.card.narrow = true;
    t.card.block_scaled = true;
    t.row.master_weights = true;
    t.job.gradient_accumulation = 4;
});
static_assert(cached_cast.cast_bytes == 10 * (rows_cast + 640));
// Their operands have one byte.
constexpr detail::layer_time narrow_bytes = dense_with([](bench& t, layer_block&) {
    t.card.narrow = true;
    t.card.bandwidth = 1;
    t.card.linear.peak = 1e30;
    t.card.half_peak = 1e30;
});
static_assert(narrow_bytes.linear == lora.linear / 2 && narrow_bytes.weight_gradient == lora.linear / 2);

// ---- Experts

// Four experts of 16 x 8 and 8 x 16 weights, of which a token visits two.
constexpr bench experts() {
    bench t = one_layer();
    t.net.experts = 4;
    layer_block& b = t.net.blocks[0];
    const linear up{.target = target::up, .split = weight_split::expert, .in = 16, .out = 8, .copies = 4, .active = 2};
    const linear down{
        .target = target::down, .split = weight_split::expert, .in = 8, .out = 16, .copies = 4, .active = 2};
    b.add(up);
    b.add(down);
    b.feed_forward.experts = true;
    return t;
}
constexpr detail::layer_time mixture = experts().layer();
// 32 tokens x 2 experts x 256 weights. 2 x 8 elements of activations; 5 x 16 per visited expert are gathered.
static_assert(mixture.linear == 32 * 2 * 256 && mixture.weight_gradient == mixture.linear);
static_assert(mixture.elements == 16 + 2000 * 16 && mixture.experts_visited == 2 && mixture.expert_layers == 1);
static_assert(mixture.expert_elements == 2 * 5 * 16 && mixture.kernels == 5 * 2 * (1 + 100));
static_assert(mixture.host_launches == 0);
// Two cards share the experts, and each gets the tokens of both: as much work, and half of the experts' casts.
constexpr detail::layer_time over_cards(int cards, double tensor, fusion how, bool narrow_format) {
    bench t = experts();
    t.l.expert = cards;
    t.tensor = tensor;
    t.row.fusion = how;
    t.card.narrow = narrow_format;
    return t.layer();
}
static_assert(over_cards(2, 1, fusion::eager, false).linear == mixture.linear);
static_assert(over_cards(1, 1, fusion::full, true).host_launches == 7 * 4 &&
              over_cards(2, 1, fusion::full, true).host_launches == 7 * 2);
static_assert(over_cards(1, 1, fusion::eager, true).host_launches == 0 &&
              over_cards(1, 1, fusion::full, false).host_launches == 0);
// Tensor parallelism divides each expert, or the tokens among cards of different experts.
static_assert(over_cards(1, 2, fusion::eager, false).linear == mixture.linear / 2 &&
              over_cards(2, 2, fusion::eager, false).linear == mixture.linear / 2);
// Of layers with experts, one in two: half of the visits.
constexpr detail::layer_time every_second = [] {
    bench t = experts();
    t.net.layers = 2;
    return t.layer();
}();
static_assert(every_second.experts_visited == 1 && every_second.expert_layers == 0.5);

// ---- Recurrence

// Sixteen steps of a micro-batch of two: 2 x 16 x 64 multiply-adds each, which wait for one another.
constexpr detail::layer_time recurrent(double shortest) {
    bench t = one_layer();
    t.constants.step.shortest_recurrence = shortest;
    layer_block& b = t.net.blocks[0];
    b.state = {.update = state_update::step_by_step, .gate_width = 5};
    b.add({.target = target::recurrence, .in = 16, .out = 64, .rows = matmul_rows::time_steps});
    return t.layer();
}
static_assert(recurrent(1).linear == 16 * 2048 && recurrent(1).data_gradient == 16 * 2048);
static_assert(recurrent(5000).linear == 16 * 5000 && recurrent(5000).data_gradient == 16 * 5000);
// The gradient of the weights does not wait: one matmul of all 32 tokens.
static_assert(recurrent(5000).weight_gradient == 32 * 1024);
// Two launches a step; the layer's kernels are as many as its mixer's, 5 x 2 times; 100 x 2 x 5 elements of gates.
static_assert(recurrent(1).kernels == 2 * 16 + 5 * 2 * 100'000 && recurrent(1).elements == 16 + 100 * 2 * 5);

// ---- Attention

// Two heads of 8: 16 elements of queries, and of results.
template <class Change>
constexpr detail::layer_time attending(Change change) {
    bench t = one_layer();
    layer_block& b = t.net.blocks[0];
    b.attention = {.scores = score_kind::dot_product,
                   .heads = 2,
                   .head_width = 8,
                   .kernel_head_width = 8,
                   .score_heads = 2,
                   .causal = true};
    b.width.of[tensor_role::query] = 16;
    b.width.of[tensor_role::attention_output] = 16;
    change(t, b.attention);
    return t.layer();
}
constexpr auto unchanged = [](bench&, attention_answers&) {};
// Two matmuls of 16 elements with the 8 positions of the mean causal token, 32 tokens.
constexpr double flash_forward = 2 * 16 * 8 * 32;
static_assert(attending(unchanged).attention == flash_forward &&
              attending(unchanged).attention_backward == 3 * flash_forward);
static_assert(attending([](bench&, attention_answers& a) { a.causal = false; }).attention == 2 * flash_forward);
static_assert(attending([](bench&, attention_answers& a) { a.window = 4; }).attention == flash_forward / 2);
static_assert(attending([](bench&, attention_answers& a) { a.window = 16; }).attention == flash_forward);
static_assert(attending([](bench&, attention_answers& a) { a.memory = 8; }).attention == 2 * flash_forward);
static_assert(attending([](bench& t, attention_answers&) { t.tensor = 2; }).attention == flash_forward / 2);
static_assert(attending([](bench& t, attention_answers&) { t.card.flash = 0.5; }).attention == 2 * flash_forward);
static_assert(attending([](bench&, attention_answers& a) { a.scores = score_kind::none; }).attention == 0);
// As long as flash attention's start, or as narrow as a head's, it takes twice the time; its rate is that of heads of
// 8 elements here.
static_assert(attending([](bench& t, attention_answers&) {
                  t.constants.kernels.flash_start = 16;
                  t.constants.kernels.flash_head_start = 8;
                  t.constants.kernels.flash_head = 8;
              }).attention == 2 * flash_forward);
static_assert(attending([](bench& t, attention_answers& a) {
                  a.kernel_head_width = 2;
                  t.constants.kernels.flash_head_start = 6;
                  t.constants.kernels.flash_head = 6;
              }).attention == 2 * flash_forward);
// A search of one head of 4 among 8 positions, before attention.
static_assert(attending([](bench&, attention_answers& a) {
                  a.scan_heads = 1;
                  a.scan_head_width = 4;
              }).attention == flash_forward + 4 * 8 * 32);
static_assert(attending([](bench&, attention_answers& a) {
                  a.causal = false;
                  a.scan_heads = 1;
                  a.scan_head_width = 4;
              }).attention_backward == 3 * (2 * flash_forward + 4 * 16 * 32));

// Eager attention computes all 16 positions, and moves 2 passes of 2 bytes of 2 x 16 x 32 scores, half of them where
// no dropout follows; a quarter in forward.
constexpr auto eager = [](bench& t, attention_answers&) { t.flash = false; };
constexpr double eager_products = 2 * 16 * 16 * 32;
static_assert(attending(eager).attention == eager_products &&
              attending(eager).attention_backward == 2 * eager_products);
constexpr double score_bytes(bool dropout, bool shifts, double tensor, bool autocasts) {
    const auto change = [=](bench& t, attention_answers& a) {
        t.flash = false;
        t.job.dropout = dropout;
        t.tensor = tensor;
        t.card.mixed = autocasts;
        t.card.bandwidth = 1;
        a.shifts_scores = shifts;
    };
    const detail::layer_time y = attending(change);
    const double forward = y.attention - eager_products / tensor;
    const double backward = y.attention_backward - 2 * eager_products / tensor;
    return forward * 3 == backward ? forward + backward : -1;
}
static_assert(score_bytes(true, false, 1, false) == 2 * 2 * 2 * 16 * 32);
static_assert(score_bytes(false, false, 1, false) == 2 * 2 * 16 * 32);
static_assert(score_bytes(true, true, 1, false) == 3 * 2 * 2 * 2 * 16 * 32);
static_assert(score_bytes(true, false, 2, false) == 2 * 2 * 16 * 32);
// Autocast computes the softmax in fp32: 3 bytes per score here.
static_assert(score_bytes(true, false, 1, true) == 2 * 3 * 2 * 16 * 32);
// A source of 8 positions beside the 16 of the target: 12 on average.
static_assert(attending([](bench& t, attention_answers& a) {
                  t.flash = false;
                  t.net.source_length = 8;
                  a.source_heads = 2;
              }).attention == 2 * 16 * 12 * 32);
// Heads whose width is no multiple of 8 have no tensor cores: a quarter of the fp32 rate, which is half.
static_assert(attending([](bench& t, attention_answers& a) {
                  t.flash = false;
                  t.constants.kernels.fp32_hbm = 1;
                  a.kernel_head_width = 12;
              }).attention == 8 * eager_products);
static_assert(attending([](bench& t, attention_answers&) {
                  t.flash = false;
                  t.constants.kernels.inner_start = 4;
              }).attention == 2 * eager_products);

// Keys and values of 6 elements travel around 4 ranks: 3/4 of 4 x 32 x 6 x 2 bytes at a byte per second. What attention
// does not hide is exposed, and twice as much in backward.
constexpr detail::layer_time around(std::int64_t width, bool by_head, double tensor) {
    bench t = one_layer();
    t.net.blocks[0].cache = {.width = width, .by_head = by_head};
    t.l.context = 4;
    t.tensor = tensor;
    return t.layer();
}
static_assert(around(6, true, 1).context_exchange == 3 * 32 * 6 * 2 &&
              around(6, true, 1).context_exchange_backward == 2 * 3 * 32 * 6 * 2);
static_assert(around(6, true, 2).context_exchange == 3 * 32 * 3 * 2 &&
              around(6, false, 2).context_exchange == 3 * 32 * 6 * 2);
/// Attention of `flash_forward` seconds, whose keys and values have so many elements.
constexpr void attend(layer_block& b, std::int64_t exchanged) {
    b.attention = {.scores = score_kind::dot_product, .kernel_head_width = 8, .causal = true};
    b.width.of[tensor_role::query] = 16;
    b.width.of[tensor_role::attention_output] = 16;
    b.cache = {.width = exchanged};
}
constexpr detail::layer_time hidden_ring(std::int64_t exchanged) {
    bench t = one_layer();
    attend(t.net.blocks[0], exchanged);
    t.l.context = 4;
    return t.layer();
}
static_assert(hidden_ring(6).context_exchange == 0 && hidden_ring(6).context_exchange_backward == 0);
static_assert(hidden_ring(60).context_exchange == 3 * 32 * 60 * 2 - flash_forward);
static_assert(hidden_ring(100).context_exchange_backward == 2 * 3 * 32 * 100 * 2 - 3 * flash_forward);

// Two kinds of layer, each one of two: each ring waits for its own attention alone, and two ranks have a ring too.
constexpr detail::layer_time two_kinds(int ranks) {
    bench t;
    t.net = network{.block_kinds = 2, .layers = 2, .hidden = 16};
    for (int k = 0; k < 2; ++k) {
        t.net.blocks[k].layers = {.begin = k, .end = k + 1};
        attend(t.net.blocks[k], 100);
    }
    t.l.context = ranks;
    return t.layer();
}
static_assert(two_kinds(4).attention == flash_forward && two_kinds(1).context_exchange == 0);
static_assert(two_kinds(4).context_exchange == 3 * 32 * 100 * 2 - flash_forward &&
              two_kinds(4).context_exchange_backward == 2 * 3 * 32 * 100 * 2 - 3 * flash_forward);
static_assert(two_kinds(2).context_exchange_backward == 0 &&
              two_kinds(8).context_exchange == 7 * 32 * 100 * 2 - flash_forward);

// ---- Element-wise kernels

// A second attention has a residual path of its own and kernels of its own, a memory makes the path longer.
constexpr detail::layer_time paths = attending([](bench&, attention_answers& a) {
    a.second_query_width = 32;
    a.second_kernels = true;
    a.prepends_memory = true;
    a.additive_width = 7;
});
static_assert(paths.elements == (1 + 2 + 2) * 16 + 3 * 16 * 7 && paths.kernels == 5 * 2 * (1 + 10'000));
