// SPDX-License-Identifier: MIT

// Tests what a micro-step and a step make of a layer's time, against hand counts on a card of round numbers.

#include "../../close.hpp"
#include "../round_job.hpp"

#include <cardfit/estimate/training/step_time.hpp>

using namespace cardfit;
using namespace round_job;

namespace {

/// A job of 32 tokens of width 16, whose residual has 1024 bytes; memory moves a byte per second, and so do the links
/// inside a node, between nodes and to the host.
constexpr bench slow_memory() {
    bench t;
    t.net = network{.layers = 2, .hidden = 16};
    t.card.bandwidth = 1;
    t.hardware.network_gbit = 8;
    t.constants.links.network_share = 1e-9;
    t.constants.links.unknown_slot = 2;
    t.constants.links.host_copy_share = 0.5;
    step_constants& c = t.constants.step;
    c.cast_forward = 0.25;
    c.hidden_tensor = 0.25;
    c.hidden_tensor_late = 0.5;
    c.exposed_all_to_all = 1;
    c.adapter_bytes = 2;
    c.dequantization = 3;
    c.offloaded_activations = 4;
    c.masked_positions = 0.25;
    c.logit_bytes = 5;
    c.full_accumulation = 7;
    c.fused_accumulation = 5;
    c.autocast = 20;
    c.launch = 0;
    c.kernel_ramp = 0;
    c.passes = 3;
    return t;
}

}  // namespace

// ---- Collectives of a layer

// Two all-reduces of 1024 bytes among 2 cards, each of which sends 2 x 1/2 of them; a quarter is hidden, or half of it
// with sequence parallelism where the framework hides them since `overlap_since`.
constexpr double tensor_seconds(int cards, double sequence_cards, bool hides, software_date date) {
    bench t = slow_memory();
    t.l.tensor = cards;
    t.sequence_cards = sequence_cards;
    t.row.hides_tensor_collectives = hides;
    t.job.software_date = date;
    return detail::tensor_collectives(t.lowered());
}
static_assert(tensor_seconds(1, 1, true, overlap_since) == 0 && tensor_seconds(2, 2, true, overlap_since) == 1024);
static_assert(tensor_seconds(2, 1, true, overlap_since) == 1536 && tensor_seconds(2, 2, false, overlap_since) == 1536);
static_assert(tensor_seconds(2, 2, true, {2022, 12}) == 1536 && tensor_seconds(4, 4, true, overlap_since) == 1536);

// A token that visits 2 of the experts on 4 cards: each of them is the neighbor's with 1/4, and one of two nodes has
// one of them with 1/2, to which it crosses once. There and back.
constexpr double expert_seconds(std::int64_t visited, int cards, int per_node) {
    bench t = slow_memory();
    t.l.expert = cards;
    t.hardware.per_node = per_node;
    const detail::layer_time y{.expert_layers = 1, .experts_visited = static_cast<double>(visited)};
    return detail::expert_exchange(t.lowered(), y);
}
static_assert(close(expert_seconds(2, 4, 2), 2 * (2 * 1024.0 / 4 + 2 * 1024.0 / 2)));
static_assert(close(expert_seconds(8, 4, 2), 2 * (8 * 1024.0 / 4 + 2 * 1024.0 / 2)));
static_assert(close(expert_seconds(2, 4, 4), 2 * 2 * 1024.0 * 3 / 4));
static_assert(close(expert_seconds(2, 4, 1), 2 * 2 * 1024.0 * 3 / 4));
static_assert(expert_seconds(2, 1, 4) == 0 && expert_seconds(0, 4, 4) == 0);
static_assert([] {
    bench t = slow_memory();
    t.l.expert = 2;
    t.job.expert_imbalance_percent = 150;
    const detail::layer_time every_second{.expert_layers = 0.5, .experts_visited = 1};
    const double inside = detail::expert_exchange(t.lowered(), every_second);
    t.hardware.per_node = 1;
    return inside == 2 * 1.5 * 1024 / 2 && close(detail::expert_exchange(t.lowered(), every_second), 1.5 * 1024);
}());

// ---- The pass of a layer

// Every part has a digit of its own. 4000 bytes of casts, 1/4 of them forward; (4 x 2 + 8) x 32 x 2 bytes of elements,
// 1/4 of them forward; adapters of 3 elements of 2 bytes on each of 2 cards; all-reduces of 1536 seconds.
constexpr detail::layer_time digits{.linear = 2,
                                    .data_gradient = 10,
                                    .weight_gradient = 100,
                                    .cast_bytes = 4000,
                                    .attention = 10'000,
                                    .attention_backward = 100'000,
                                    .context_exchange = 1e6,
                                    .context_exchange_backward = 1e7,
                                    .elements = 4,
                                    .expert_elements = 8,
                                    .adapter_width = 3};
template <class Change>
constexpr detail::layer_pass pass_with(Change change, const detail::parameter_sums& p = {}) {
    bench t = slow_memory();
    t.l.tensor = 2;
    t.tensor = 2;
    t.traffic = 2;
    change(t);
    return detail::pass_of(t.lowered(), digits, p);
}
constexpr bool is(const detail::layer_pass& pass, double forward, double backward, double communication) {
    return close(pass.forward, forward) && close(pass.backward, backward) && close(pass.communication, communication);
}
constexpr double forward = 2 + 1000 + 10'000 + 256 + 1536 + 1e6 + 96;
constexpr double backward = 10 + 100 + 3000 + 1e5 + 768 + 1536 + 1e7 + 192;
constexpr double sent = 2 * 1536 + 1e6 + 1e7;
static_assert(is(pass_with([](bench&) {}), forward, backward, sent));
// Full recomputation repeats forward and what it sends; selective, attention's core in Megatron, and every second
// matmul with the elements between them elsewhere.
static_assert(is(pass_with([](bench& t) { t.job.recompute = recompute::full; }), forward, backward + forward,
                 sent + 1536 + 1e6));
static_assert(is(pass_with([](bench& t) {
                     t.job.recompute = recompute::selective;
                     t.row.fusion = fusion::full;
                 }),
                 forward, backward + 10'000, sent));
static_assert(is(pass_with([](bench& t) { t.job.recompute = recompute::selective; }), forward, backward + 1 + 256,
                 sent));
// A frozen base of 100 parameters a layer in 4 bits is unpacked for every pass, at 3 bytes per parameter; one in 16
// bits, or that is trained, is not.
constexpr auto in_four_bits = [](bench& t) {
    t.adapted = true;
    t.job.adapter.method = adapter_method::lora;
    t.job.base_weights = number_format::nf4;
};
constexpr detail::parameter_sums two_hundred{.matrix = 200};
static_assert(is(pass_with(in_four_bits, two_hundred), forward + 300, backward + 300, sent));
static_assert(is(pass_with([](bench& t) { t.adapted = true; }, two_hundred), forward, backward, sent));
static_assert(is(pass_with(
                     [](bench& t) {
                         in_four_bits(t);
                         t.job.recompute = recompute::full;
                     },
                     two_hundred),
                 forward + 300, backward + forward + 2 * 300, sent + 1536 + 1e6));
// Activations go to the host at a byte per second: 4 x 1024 with all saved tensors, and 1024 of checkpoints, of which
// compute hides its own time.
constexpr detail::layer_pass offloaded(recompute how, double linear) {
    bench t = slow_memory();
    t.job.offload = offload::activations;
    t.job.recompute = how;
    return detail::pass_of(t.lowered(), {.linear = linear, .data_gradient = 5000}, {});
}
static_assert(is(offloaded(recompute::none, 10), 4096, 5000, 0) && is(offloaded(recompute::none, 5000), 5000, 5000, 0));
static_assert(is(offloaded(recompute::full, 10), 1024, 5010, 0));
static_assert(is(detail::pass_of(slow_memory().lowered(), {.linear = 10}, {}), 10, 0, 0));

// ---- Head, accumulation, tensors

// 32 tokens with 8 logits of 16 elements, three matmuls, and 5 bytes per logit. A masked loss has a quarter of the
// tokens; a frozen head has no gradient of its weights; half of the logits on each of two cards.
template <class Change>
constexpr double head_with(Change change) {
    bench t = slow_memory();
    t.net.logits = 8;
    t.card.half.peak = 0.02;
    change(t);
    return detail::head_seconds(t.lowered());
}
constexpr double head_products = 100 * 32 * 8 * 16;
constexpr double head_bytes = 32 * 8 * 5;
static_assert(close(head_with([](bench&) {}), 3 * head_products + head_bytes));
static_assert(close(head_with([](bench& t) { t.job.loss = loss::masked; }), (3 * head_products + head_bytes) / 4));
static_assert(close(head_with([](bench& t) { t.adapted = true; }), 2 * head_products + head_bytes));
static_assert(close(head_with([](bench& t) {
                        t.adapted = true;
                        t.job.adapter.targets = targets(target::head);
                    }),
                    3 * head_products + head_bytes));
static_assert(close(head_with([](bench& t) { t.tensor = 2; }), (3 * head_products + head_bytes) / 2));
static_assert(close(head_with([](bench& t) { t.net.frequent_logits = 2; }), (3 * head_products + head_bytes) / 4));
static_assert(close(head_with([](bench& t) { t.net.prediction_layers = 1; }), (3 * head_products + head_bytes) * 2));
static_assert(head_with([](bench& t) { t.net.logits = 0; }) == 0);
// Only the last layers are trained: with the head by default, and without it if the job says so.
static_assert(close(head_with([](bench& t) {
                        t.job.trained_layers = 1;
                        t.job.trained_ends = trained_ends::none;
                    }),
                    2 * head_products + head_bytes));
static_assert(close(head_with([](bench& t) {
                        t.job.trained_layers = 1;
                        t.job.trained_ends = trained_ends::head;
                    }),
                    3 * head_products + head_bytes));

// Full precision 7 bytes per parameter, summed by the matmul itself 5, autocast 20, of its shard.
constexpr double accumulated(bool half_format, bool master_weights, bool mixed, sharding how) {
    bench t = slow_memory();
    t.card.half_format = half_format;
    t.card.mixed = mixed;
    t.row.master_weights = master_weights;
    t.l.sharding = how;
    t.l.sharding_group = 4;
    return detail::accumulation_seconds(t.lowered(), 10);
}
static_assert(accumulated(false, false, true, sharding::full) == 70 && accumulated(false, true, true, {}) == 70);
static_assert(accumulated(true, true, true, {}) == 50 && accumulated(true, false, false, {}) == 50);
static_assert(accumulated(true, false, true, sharding::full) == 50 && accumulated(true, false, true, {}) == 200);
static_assert(accumulated(true, false, true, sharding::optimizer) == 200);

// A layer of two norms (a weight each) and a LayerNorm (weight and bias), a matrix with a bias and one without: 7
// tensors, in three layers.
static_assert([] {
    network net{.block_kinds = 1, .layers = 3, .hidden = 16};
    layer_block& b = net.blocks[0];
    b.layers.end = 3;
    b.width.of[tensor_role::rms_norm_input] = 2 * 16;
    b.width.of[tensor_role::layer_norm_input] = 16;
    b.add({.in = 16, .out = 16, .bias = true});
    b.add({.in = 16, .out = 16});
    return detail::trained_tensors(net);
}() == 3 * 7);

// ---- Layers and stages

/// Layers of one matrix of 16 x 16, forward 8192 seconds and as long for each gradient.
constexpr bench matrices(std::int64_t layers, int pipeline) {
    bench t = slow_memory();
    t.card.bandwidth = 1e18;
    t.net.block_kinds = 1;
    t.net.layers = layers;
    t.net.blocks[0].layers.end = layers;
    t.net.blocks[0].add({.target = target::output, .in = 16, .out = 16});
    t.l.pipeline = pipeline;
    return t;
}
constexpr double pass = 32 * 256;

// One layer has 5 x 2 kernels. The device waits 100 seconds for each of them in 3 passes; the host takes 10'000.
constexpr detail::layer_seconds seconds_of(double ramp, double launch, recompute how, bool forward_alone = false) {
    bench t = matrices(1, 1);
    t.constants.step.kernel_ramp = ramp;
    t.constants.step.launch = launch;
    t.job.recompute = how;
    return forward_alone ? detail::forward_seconds_of_layer(t.lowered(), {})
                         : detail::seconds_of_layer(t.lowered(), {});
}
static_assert(close(seconds_of(0, 0, recompute::none).both, 3 * pass));
static_assert(close(seconds_of(100, 0, recompute::none).both, 3 * pass + 3000));
static_assert(close(seconds_of(100, 0, recompute::full).both, 4 * pass + 4000));
static_assert(close(seconds_of(0, 10'000, recompute::none).both, 3e5) &&
              close(seconds_of(0, 10'000, recompute::none).backward, 2e5));
static_assert(close(seconds_of(0, 10'000, recompute::full).both, 4e5) &&
              close(seconds_of(0, 1, recompute::full).backward, 3 * pass));
static_assert(close(seconds_of(100, 0, recompute::none, true).both, pass + 1000) &&
              close(seconds_of(0, 10'000, recompute::none, true).both, 1e5));

/// The step of layers between an embedding and a head of 8 logits, which takes 3 x 32 x 8 x 16 seconds.
constexpr detail::step_work work(std::int64_t layers, int pipeline, std::int64_t predicting = 0,
                                 const detail::parameter_sums& p = {}) {
    bench t = matrices(layers, pipeline);
    t.net.logits = 8;
    t.net.prediction_layers = predicting;
    return detail::layered_work(t.lowered(), p);
}
constexpr double head = 3 * 32 * 8 * 16;
static_assert(close(work(6, 1).micro, 18 * pass + head) && close(work(6, 1).average, 18 * pass + head));
static_assert(close(work(6, 2).micro, 9 * pass + head) && close(work(6, 2).average, 9 * pass + head / 2));
static_assert(close(work(6, 2).backward, 6 * pass) && close(work(6, 1).backward, 12 * pass));
// Of five layers, embedding and head count as one each: 3.5 on each of two stages, one of which is the head.
static_assert(close(work(5, 2).micro, 3.5 * 3 * pass) && close(work(5, 2).average, (15 * pass + head) / 2));
// A prediction layer is on the last stage, and has logits of its own.
static_assert(close(work(5, 2, 1).micro, 3 * 3 * pass + 2 * head) && close(work(5, 2, 1).backward, 4 * pass));
constexpr detail::parameter_sums thousand{.matrix = 1000, .expert = 600};
static_assert(work(6, 2, 0, thousand).parameters == 800 && work(6, 2, 0, thousand).trained == 800 &&
              work(6, 2, 0, thousand).trained_experts == 300 && close(work(6, 2, 0, thousand).tensors, 6));
static_assert(close(work(6, 2, 0, thousand).accumulation, 800 * 5 / 1e18));
// Under tensor parallelism, a layer sends 2 x 1536 seconds of all-reduces; the stage that counts has 3 layers.
static_assert([] {
    bench t = matrices(6, 2);
    t.l.tensor = 2;
    return detail::layered_work(t.lowered(), {}).tensor_communication;
}() == 3 * 2 * 1536);
static_assert([] {
    bench t = matrices(5, 2);
    t.l.tensor = 2;
    return detail::layered_work(t.lowered(), {}).tensor_communication;
}() == 3.5 * 2 * 1536);
static_assert([] {
    bench t = matrices(5, 2);
    t.net.logits = 8000;
    t.l.tensor = 2;
    return detail::layered_work(t.lowered(), {}).tensor_communication;
}() == 2.5 * 2 * 1536);

// Of four layers, the last is trained: three have forward alone. Adapters with a gradient of their inputs below them
// have two passes, and three layers of the base one.
constexpr detail::step_work one_trained(layer_choice which) {
    bench t = matrices(4, 1);
    t.job.trained_layers = 1;
    t.job.trained_layer_choice = which;
    t.job.trained_ends = trained_ends::none;
    return detail::layered_work(t.lowered(), {.matrix = 1024});
}
static_assert(close(one_trained(layer_choice::last).micro, 3 * pass + 3 * pass));
static_assert(close(one_trained(layer_choice::first).micro, 3 * pass + 3 * 2 * pass));
static_assert(one_trained(layer_choice::last).trained == 256 && one_trained(layer_choice::last).parameters == 1024 &&
              one_trained(layer_choice::last).trained_experts == 0 && one_trained(layer_choice::last).tensors == 1);

// A tower of 3 layers of 8 x 8 reads 2 images of 2 tiles of 4 patches per sample, and 10 FLOPs per tile beside: 8
// passes of a micro-batch of 2, 32 patches. A frozen one has no backward.
constexpr double tower(bool frozen, double ramp, recompute how) {
    bench t = matrices(1, 1);
    t.net.tower = {.block_kinds = 1, .layers = 3, .hidden = 8, .image_passes = 2, .pass_patches = 4, .pass_flops = 10};
    t.net.blocks[1].layers.end = 3;
    t.net.blocks[1].add({.target = target::output, .in = 8, .out = 8});
    t.job.images = 2;
    t.job.frozen_tower = frozen;
    t.job.recompute = how;
    t.constants.step.kernel_ramp = ramp;
    return detail::tower_seconds(t.lowered());
}
static_assert(close(tower(false, 0, recompute::none), 3 * 3 * 32 * 64 + 3 * 8 * 10 / 2.0));
static_assert(close(tower(true, 0, recompute::none), 3 * 32 * 64 + 8 * 10 / 2.0));
static_assert(close(tower(false, 1, recompute::none) - tower(false, 0, recompute::none), 3 * 10 * 3));
static_assert(close(tower(false, 1, recompute::full) - tower(false, 0, recompute::full), 3 * 10 * 4));
static_assert(close(tower(true, 1, recompute::full) - tower(true, 0, recompute::full), 3 * 10));

// The parts of a micro-step by stages: the tower is on the first one, head and predicting layers on the last. Of six
// layers of 10 seconds, each of two stages has three; of five, embedding and head count too: 3.5 and 2.5.
constexpr detail::step_work of_parts(std::int64_t layers, int pipeline, double tower_part, double head_part,
                                     bool adapted = false) {
    bench t = matrices(layers, pipeline);
    t.adapted = adapted;
    return detail::layered_work(
        t.lowered(), {.matrix = 1000, .expert = 600, .adapter = 40},
        {.mean = {.both = 10, .backward = 6, .communication = 1}, .head = head_part, .tower = tower_part});
}
static_assert(of_parts(6, 1, 7, 5).micro == 72 && of_parts(6, 1, 7, 5).average == 72 &&
              of_parts(6, 1, 7, 5).backward == 36 && of_parts(6, 1, 7, 5).tensor_communication == 6);
static_assert(of_parts(6, 2, 7, 5).micro == 37 && of_parts(6, 2, 3, 5).micro == 35 &&
              of_parts(6, 2, 7, 5).average == 36 && of_parts(6, 2, 7, 5).backward == 18 &&
              of_parts(6, 2, 7, 5).tensor_communication == 3);
static_assert(of_parts(5, 2, 7, 5).micro == 42 && of_parts(5, 2, 7, 30).micro == 55 &&
              of_parts(5, 2, 7, 5).tensor_communication == 3.5 && of_parts(5, 2, 7, 30).tensor_communication == 2.5);
static_assert(of_parts(6, 2, 7, 5).parameters == 800 && of_parts(6, 2, 7, 5).trained == 800 &&
              of_parts(6, 2, 7, 5).trained_experts == 300);
static_assert(of_parts(6, 2, 7, 5, true).parameters == 800 && of_parts(6, 2, 7, 5, true).trained == 20 &&
              of_parts(6, 2, 7, 5, true).trained_experts == 0);

// Two layers read a source of 64 tokens, four times the 16 of the target, which three layers read: the average of five.
constexpr detail::layer_seconds stacks(std::int64_t source) {
    bench t = matrices(5, 1);
    t.net.block_kinds = 2;
    t.net.source_length = source;
    t.net.blocks[1] = t.net.blocks[0];
    t.net.blocks[0].encodes = true;
    t.net.blocks[0].layers = {0, 2};
    t.net.blocks[1].layers = {2, 5};
    return detail::mean_layer_seconds(t.lowered(), {});
}
static_assert(close(stacks(64).both, 3 * pass * (2 * 4 + 3) / 5) &&
              close(stacks(64).backward, 2 * stacks(64).both / 3));
static_assert(close(stacks(16).both, 3 * pass) && close(stacks(0).both, 3 * pass));
static_assert(close(stacks(32).both, 3 * pass * (2 * 2 + 3) / 5));
// Eight ranks of two cards each hold the experts that four cards divide four times, and at least once.
constexpr std::int64_t expert_copies(std::int64_t group, int tensor, int expert) {
    bench t = matrices(1, 1);
    t.l.tensor = tensor;
    t.l.expert = expert;
    return detail::expert_replicas(t.lowered(), group);
}
static_assert(expert_copies(8, 2, 4) == 4 && expert_copies(8, 1, 4) == 2 && expert_copies(2, 1, 8) == 1);
// The parameters of a part of the layers are its share of all.
static_assert([] {
    const detail::parameter_sums third =
        detail::share_of({.matrix = 300, .expert = 90, .vector = 30, .embedding_head = 60}, 2, 6);
    return third.matrix == 100 && third.vector == 10 && third.embedding_head == 20 && third.expert == 90;
}());

// ---- Data parallelism

// 100 parameters of 2 bytes over 4 cards: weights are gathered twice, each time 3/4 of 200 bytes, and gradients are
// scattered once. Compute hides half of a micro-step; what is hidden costs a quarter.
constexpr detail::step_work hundred{.micro = 100, .average = 90, .backward = 60, .parameters = 100, .trained = 100};
template <class Change>
constexpr bench replicas(Change change) {
    bench t = slow_memory();
    t.hardware.cards = 4;
    t.l = {.data = 4, .sharding = sharding::full, .sharding_group = 4};
    t.constants.step.gather_window = 0.5;
    t.constants.step.hidden_cost = 0.25;
    t.constants.step.bucket_window = 0.5;
    t.constants.step.flattening = 3;
    change(t);
    return t;
}
template <class Change>
constexpr double sharded(Change change) {
    const bench t = replicas(change);
    return detail::sharding_seconds(t.lowered(), hundred);
}
static_assert(close(sharded([](bench&) {}), 450 - 50 + 50.0 / 4));
// Autocast has fp32 gradients, and where compute hides everything only the cost of hiding is left.
static_assert(close(sharded([](bench& t) { t.card.mixed = true; }), 600 - 50 + 50.0 / 4));
static_assert(close(sharded([](bench& t) {
                        t.card.mixed = true;
                        t.row.master_weights = true;
                    }),
                    450 - 50 + 50.0 / 4));
static_assert(close(sharded([](bench& t) { t.constants.step.gather_window = 10; }), 450.0 / 4));
static_assert(sharded([](bench& t) { t.l.sharding_group = 1; }) == 0 &&
              sharded([](bench& t) { t.l.sharding = sharding::optimizer; }) == 0);
static_assert(close(sharded([](bench& t) {
                        t.l.sharding_group = 2;
                        t.l.data = 2;
                    }),
                    300 - 50 + 50.0 / 4));

template <class Change>
constexpr double reduced(Change change, const detail::step_work& w = hundred) {
    const bench t = replicas(change);
    return detail::reduction_seconds(t.lowered(), w);
}
// Gradients of 4 bytes by themselves: 2 x 3/4 of 400 bytes all-reduced; or scattered, and the weights gathered.
constexpr auto plainly = [](bench& t) {
    t.l.sharding = sharding::none;
    t.job.gradients = number_format::fp32;
};
static_assert(close(reduced(plainly), 600 - 30));
static_assert(close(reduced([](bench& t) {
                        plainly(t);
                        t.l.sharding = sharding::optimizer;
                    }),
                    300 + 150 - 30));
static_assert(close(reduced([](bench& t) {
                        plainly(t);
                        t.job.gradients = number_format::bf16;
                    }),
                    300 - 30));
// Autocast's gradients are fp32, whatever the job says of them.
static_assert(close(reduced([](bench& t) {
                        plainly(t);
                        t.job.gradients = number_format::bf16;
                        t.card.mixed = true;
                    }),
                    600 - 30));
static_assert(close(reduced([](bench& t) {
                        plainly(t);
                        t.job.gradients = number_format::bf16;
                        t.card.mixed = true;
                        t.row.master_weights = true;
                    }),
                    300 - 30));
static_assert(reduced([](bench& t) {
                  plainly(t);
                  t.l.data = 1;
              }) == 0);
// Context parallelism reduces over its ranks too.
static_assert(close(reduced([](bench& t) {
                        plainly(t);
                        t.l.data = 2;
                        t.l.context = 2;
                    }),
                    600 - 30));
// Before `overlap_since`, buckets are flattened: 3 passes over 400 bytes; a late reduction is not hidden at all.
static_assert(close(reduced([](bench& t) {
                        plainly(t);
                        t.job.software_date = {2022, 12};
                    }),
                    600 - 30 + 1200));
static_assert(close(reduced([](bench& t) {
                        plainly(t);
                        t.job.software_date = {2022, 12};
                        t.row.reduction = gradient_reduction::late;
                    }),
                    600 + 1200));
static_assert(close(reduced([](bench& t) {
                        plainly(t);
                        t.row.reduction = gradient_reduction::late;
                    }),
                    600 - 30));
// Of 100 parameters, 60 are experts that two cards share: two replicas of them reduce 2 x 1/2 of 240 bytes.
constexpr detail::step_work with_experts{.micro = 100, .backward = 60, .trained = 100, .trained_experts = 60};
static_assert(close(reduced(
                        [](bench& t) {
                            plainly(t);
                            t.l.expert = 2;
                        },
                        with_experts),
                    240 + 240 - 30));
// Shards in groups of 2: each half of the gradients is reduced between the two groups.
static_assert(close(reduced([](bench& t) {
                        t.l.sharding_group = 2;
                        t.job.gradients = number_format::fp32;
                    }),
                    200 - 30));
static_assert(reduced([](bench&) {}) == 0);

// ---- Optimizer

// AdamW moves 36 bytes per parameter in one kernel, and 104 operator by operator.
template <class Change>
constexpr double stepped(Change change, const detail::step_work& w = hundred) {
    bench t = replicas(change);
    return detail::optimizer_seconds(t.lowered(), w);
}
static_assert(stepped([](bench&) {}) == 36 * 25 && stepped([](bench& t) { t.l.sharding = sharding::none; }) == 3600);
static_assert(stepped([](bench& t) { t.row.fused_optimizer = false; }) == 104 * 25);
static_assert(stepped([](bench& t) {
                  t.row.fused_optimizer = false;
                  t.job.compiled = true;
              }) == 36 * 25);
static_assert(stepped([](bench& t) { t.l.expert = 2; }, with_experts) == 36 * (10 + 30));
static_assert(stepped(
                  [](bench& t) {
                      t.l.expert = 2;
                      t.l.sharding = sharding::none;
                  },
                  with_experts) == 36 * 100);
// Copies to the host: 16 bytes per parameter for the states, 24 with the weights; two more micro-batches fetch weights
// of 2 bytes twice and return gradients once.
static_assert(stepped([](bench& t) { t.job.offload = offload::optimizer; }) == 25 * (36 + 16));
static_assert(stepped([](bench& t) { t.job.offload = offload::full; }) == 25 * (36 + 24));
static_assert(stepped([](bench& t) {
                  t.job.offload = offload::full;
                  t.job.gradient_accumulation = 3;
              }) == 25 * (36 + 24) + 2 * 100 * 3 * 2 / 4.0);
// A frozen base of weights of one byte is fetched twice per micro-batch.
static_assert(stepped([](bench& t) {
                  t.job.offload = offload::full;
                  t.job.base_weights = number_format::fp8;
                  t.job.gradient_accumulation = 3;
                  t.adapted = true;
                  t.job.adapter.method = adapter_method::lora;
              }) == 25 * (36 + 24) + 2 * 100 * 3 * 2 / 4.0 + 3 * 2 * 100 / 4.0);
// Full-precision classifiers step Adam tensor by tensor, 1000 seconds each here.
constexpr auto by_tensor = [](bench& t) {
    t.constants.step.tensor_step = 1000;
    t.row.steps_tensor_by_tensor = true;
    t.card.half_format = false;
    t.net.classes = 2;
    t.job.optimizer = optimizer::adam;
};
constexpr detail::step_work seven_tensors{.trained = 100, .tensors = 7};
static_assert(stepped(by_tensor, seven_tensors) == 7000);
static_assert(stepped(
                  [](bench& t) {
                      by_tensor(t);
                      t.card.half_format = true;
                  },
                  seven_tensors) == 36 * 25);
static_assert(stepped(
                  [](bench& t) {
                      by_tensor(t);
                      t.net.classes = 0;
                  },
                  seven_tensors) == 36 * 25);

// ---- Pipeline and step

// 2 x 32 x 16 x 2 bytes to the next stage and back, half of which is exposed, for each chunk; between nodes the slower
// of both links counts.
constexpr double between_stages(int stages, int chunks, int per_node, double gbit, double sequence_cards = 1) {
    bench t = slow_memory();
    t.constants.step.exposed_stage_exchange = 0.5;
    t.hardware.per_node = per_node;
    t.hardware.network_gbit = gbit;
    t.sequence_cards = sequence_cards;
    t.l.pipeline = stages;
    t.l.virtual_stages = chunks;
    return detail::stage_exchange_seconds(t.lowered());
}
static_assert(between_stages(1, 1, 8, 8) == 0 && close(between_stages(2, 1, 8, 8), 1024));
static_assert(close(between_stages(2, 3, 8, 8), 3072) && close(between_stages(2, 1, 8, 8, 2), 512));
static_assert(close(between_stages(2, 1, 4, 4), 2048) && close(between_stages(2, 1, 8, 4), 1024) &&
              close(between_stages(2, 1, 4, 80), 1024));

// Three micro-batches of 100 + 10 seconds and the exchange, (p - 1)/v of an average stage of 90 + 10, stragglers of a
// hundredth per doubling of 8 cards, and a second for the step.
constexpr time_breakdown assembled(double compute_alone = 100) {
    bench t = slow_memory();
    t.constants.step.exposed_stage_exchange = 0.5;
    t.constants.step.stragglers = 0.01;
    t.constants.step.step_overhead = 1;
    t.l = {.data = 1, .pipeline = 2};
    t.job.gradient_accumulation = 3;
    t.card.bandwidth = 1;
    const detail::step_work w{
        .micro = compute_alone, .average = 90, .tensor_communication = 20, .accumulation = 10, .trained = 1};
    return detail::assemble(t.lowered(), w);
}
static_assert(close(assembled().bubble.number, 100) && close(assembled().tensor_communication.number, 3 * 1044));
static_assert(close(assembled().compute.number, (3 * (110 + 1024) + 100) * 1.03 - 100 - 3 * 1044 + 1));
static_assert(assembled().data_communication.number == 0 && assembled().optimizer.number == 36);
static_assert([] {
    bench t = replicas([](bench&) {});
    t.constants.step.stragglers = 0.01;
    t.constants.step.step_overhead = 1;
    t.job.gradient_accumulation = 3;
    const time_breakdown b = detail::assemble(t.lowered(), hundred);
    const double sharding = 450 - 50 + 50.0 / 4;
    return close(b.data_communication.number, 3 * sharding) && b.bubble.number == 0 &&
           close(b.compute.number, 3 * (100 + sharding) * 1.02 - 3 * sharding + 1);
}());
// No step computes for less than nothing.
static_assert(assembled(-1e6).compute.number == 1);

// ---- Stacks and parts of the layers

namespace {

/// Eight layers of 16 x 16 weights on two tensor-parallel cards, beside a quantized base that is unpacked.
constexpr bench eight_layers() {
    bench t = slow_memory();
    t.net = network{.block_kinds = 1, .layers = 8, .hidden = 16};
    t.net.blocks[0].layers = {.end = 8};
    t.net.blocks[0].add({.target = target::query, .in = 16, .out = 16});
    t.l.tensor = 2;
    t.tensor = 2;
    return t;
}
constexpr detail::parameter_sums eight_hundred{.matrix = 800, .vector = 80, .embedding_head = 8000};

constexpr bool same(const detail::layer_seconds& a, const detail::layer_seconds& b) {
    return close(a.both, b.both) && close(a.backward, b.backward) && close(a.communication, b.communication);
}
/// Returns true if the mean of two stacks of equal layers, whose source is as long as their target, is that of all.
template <class Change>
constexpr bool stacks_add_up(Change change) {
    bench whole = eight_layers();
    change(whole);
    bench apart = whole;
    apart.net.block_kinds = 2;
    apart.net.blocks[1] = apart.net.blocks[0];
    apart.net.blocks[0].layers = {.end = 3};
    apart.net.blocks[0].encodes = true;
    apart.net.blocks[1].layers = {.begin = 3, .end = 8};
    apart.net.is_encoder_decoder = true;
    apart.net.source_length = 16;
    return same(detail::mean_layer_seconds(apart.lowered(), eight_hundred),
                detail::mean_layer_seconds(whole.lowered(), eight_hundred));
}
/// Returns the seconds of the mean layer of a job that trains so many of the last layers.
constexpr detail::layer_seconds training_last(std::int64_t layers, trained_ends ends) {
    bench t = eight_layers();
    t.job.trained_layers = layers;
    t.job.trained_ends = ends;
    return detail::mean_layer_seconds(t.lowered(), eight_hundred);
}
/// Returns the seconds of a layer that relays gradients, and of one that none reaches.
constexpr detail::layer_seconds frozen_layer(bool relays) {
    bench t = eight_layers();
    t.job = detail::frozen_job(t.job);
    t.adapted = true;
    const detail::time_job j = t.lowered();
    return relays ? detail::seconds_of_layer(j, eight_hundred) : detail::forward_seconds_of_layer(j, eight_hundred);
}
constexpr detail::layer_seconds mixed(double share, const detail::layer_seconds& a, const detail::layer_seconds& b) {
    return {.both = share * a.both + (1 - share) * b.both,
            .backward = share * a.backward + (1 - share) * b.backward,
            .communication = share * a.communication + (1 - share) * b.communication};
}
constexpr auto as_they_are = [](bench&) {};
constexpr detail::layer_seconds trained_layer = [] {
    const bench t = eight_layers();
    return detail::mean_layer_seconds(t.lowered(), eight_hundred);
}();

}  // namespace

static_assert(trained_layer.both > trained_layer.backward && trained_layer.backward > 0 &&
              trained_layer.communication > 0);
static_assert(stacks_add_up(as_they_are) && stacks_add_up(in_four_bits));
// A source of twice the tokens makes an encoder of three of eight layers take twice as long.
static_assert([] {
    bench t = eight_layers();
    t.net.block_kinds = 2;
    t.net.blocks[1] = t.net.blocks[0];
    t.net.blocks[0].layers = {.end = 3};
    t.net.blocks[0].encodes = true;
    t.net.blocks[1].layers = {.begin = 3, .end = 8};
    t.net.source_length = 32;
    const detail::layer_seconds mean = detail::mean_layer_seconds(t.lowered(), eight_hundred);
    return close(mean.communication, (2 * 3 + 5) / 8.0 * trained_layer.communication);
}());
// All layers trained are all; of two that are, the other six relay gradients to a trained embedding, or end at none.
static_assert(same(training_last(8, trained_ends::both), trained_layer));
static_assert(frozen_layer(true).both < trained_layer.both && frozen_layer(false).both < frozen_layer(true).both &&
              frozen_layer(false).backward == 0 &&
              close(frozen_layer(false).communication, trained_layer.communication / 2));
static_assert(same(training_last(2, trained_ends::both), mixed(0.25, trained_layer, frozen_layer(true))));
static_assert(same(training_last(2, trained_ends::none), mixed(0.25, trained_layer, frozen_layer(false))));
// Beside a quantized base, each part unpacks its own weights.
static_assert([] {
    bench t = eight_layers();
    in_four_bits(t);
    t.job.adapter.targets = targets(target::query);
    const detail::layer_seconds all = detail::mean_layer_seconds(t.lowered(), eight_hundred);
    t.job.trained_layers = 8;
    return same(detail::mean_layer_seconds(t.lowered(), eight_hundred), all);
}());

// What only some layers train: two of 8 x 16 weights on each of two cards, and the ends.
constexpr detail::step_work part_of_layers(trained_ends ends) {
    bench t = eight_layers();
    t.net.embedding_parameters = 100;
    t.net.head_parameters = 60;
    t.net.final_parameters = 16;
    t.job.trained_layers = 2;
    t.job.trained_ends = ends;
    detail::step_work w{.trained = 1e9, .trained_experts = 7, .tensors = 1e9};
    detail::set_trained_layers(w, t.lowered());
    return w;
}
static_assert(part_of_layers(trained_ends::none).trained == 2 * 128 &&
              part_of_layers(trained_ends::none).tensors == 2 &&
              part_of_layers(trained_ends::none).trained_experts == 0);
static_assert(part_of_layers(trained_ends::embedding).trained == 2 * 128 + 50 &&
              part_of_layers(trained_ends::head).trained == 2 * 128 + 30 + 16 &&
              part_of_layers(trained_ends::both).trained == 2 * 128 + 50 + 30 + 16);

// ---- Stages of a micro-step

namespace {
/// A network of so many layers of 10 seconds' width and a head, over so many stages.
constexpr detail::step_work staged(std::int64_t layers, int stages, std::int64_t predictions = 0,
                                   std::int64_t logits = 0) {
    bench t = slow_memory();
    t.net =
        network{.block_kinds = 1, .layers = layers, .prediction_layers = predictions, .hidden = 16, .logits = logits};
    t.net.blocks[0].layers = {.end = layers};
    t.net.blocks[0].add({.target = target::query, .in = 16, .out = 16});
    t.l.pipeline = stages;
    return detail::layered_work(t.lowered(), {.matrix = 1200, .expert = 600});
}
constexpr double layer8 = staged(8, 1).micro / 8;
}  // namespace

// Eight layers on two stages are four each; seven and the ends are four and a half, of which the last has a head
// instead of one. The head is on the last stage.
static_assert(layer8 > 0 && close(staged(8, 2).micro, 4 * layer8) && close(staged(8, 2).average, 4 * layer8));
static_assert(close(staged(7, 2).micro, 4.5 * layer8) && close(staged(7, 2).average, 3.5 * layer8));
static_assert(close(staged(8, 2).backward, staged(8, 1).backward / 2));
constexpr double head8 = staged(8, 1, 0, 100).micro - 8 * layer8;
static_assert(head8 > 0 && close(staged(8, 2, 0, 100).micro, 4 * layer8 + head8) &&
              close(staged(8, 2, 0, 100).average, 4 * layer8 + head8 / 2));
// One prediction layer follows the last stage's four of eight others.
static_assert(close(staged(9, 2, 1).micro, 5 * layer8) && close(staged(9, 2, 1).average, 4.5 * layer8));
// Each stage has its part of all parameters.
static_assert(staged(8, 2).parameters == 900 && staged(8, 2).trained == 900 && staged(8, 2).trained_experts == 300);

// ---- Bounds

// Images of one, and a tower of one layer, take time; no images and no tower none.
constexpr double tower_of(std::int64_t images, std::int64_t layers) {
    bench t = slow_memory();
    t.net.tower = {.layers = layers, .hidden = 16, .image_passes = 1, .pass_patches = 4, .pass_flops = 6};
    t.job.images = images;
    return detail::tower_seconds(t.lowered());
}
static_assert(tower_of(0, 1) == 0 && tower_of(1, 0) == 0 && tower_of(1, 1) > 0);
// Logits of a head, or of the frequent ones alone, once more for each prediction layer.
static_assert(detail::vocabulary_logits_per_token(network{.prediction_layers = 2, .logits = 10}) == 30 &&
              detail::vocabulary_logits_per_token(network{.logits = 10, .frequent_logits = 1}) == 1);
// Adapters on two tensor-parallel cards are halves.
static_assert(time_breakdown{.compute = cardfit::seconds_of(1),
                             .tensor_communication = cardfit::seconds_of(10),
                             .data_communication = cardfit::seconds_of(100),
                             .bubble = cardfit::seconds_of(1000),
                             .optimizer = cardfit::seconds_of(10'000)}
                  .total() == cardfit::seconds_of(11'111));
