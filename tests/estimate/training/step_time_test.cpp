// SPDX-License-Identifier: MIT

// Tests limits on every time estimate, over thousands of random jobs on every card.

#include "../../random_jobs.hpp"

#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/model/detector_zoo.hpp>
#include <cardfit/model/translation_zoo.hpp>

#include <doctest/doctest.h>

namespace estimate_training_step_time_test {

using namespace cardfit;

namespace {

[[nodiscard]] time_estimate estimate(const random_training& g) {
    return step_time(g.model, g.job, g.hardware, g.layout);
}
/// Returns whether `a` is at least `b`, up to rounding.
[[nodiscard]] bool no_less(seconds a, seconds b) { return a.number >= b.number * (1 - 1e-9); }

void check_limits(const time_estimate& e) {
    const time_breakdown& b = e.breakdown;
    REQUIRE(e.step.number > 0);
    REQUIRE(e.step.number < 1e9);
    REQUIRE(b.total() == e.step);
    for (const seconds part : {b.compute, b.tensor_communication, b.data_communication, b.bubble, b.optimizer})
        REQUIRE(part >= seconds{});
    REQUIRE(e.step_low <= e.step);
    REQUIRE(e.step <= e.step_high);
    REQUIRE(e.model_flops_utilization > 0);
    REQUIRE(e.model_flops_utilization <= 1);
    REQUIRE(e.samples_per_second > 0);
}

const unsigned jobs = jobs_of(5000);

}  // namespace

TEST_CASE("a step's parts add up, its band encloses it, and no card beats its peak") {
    random_jobs make(1);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_training g = make.next_timed_training();
        CAPTURE(g);
        check_limits(estimate(g));
    }
}

TEST_CASE("no step is shorter than its matrices at the peak rate, or its weights at the memory's") {
    random_jobs make(2);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_training g = make.next_timed_training();
        CAPTURE(g);
        const peak_rates& r = g.hardware.card.rates;
        const number_format matrix = row_of(g.job.precision).matrix;
        double peak = r.fp32.number;
        if (g.job.precision == precision::tf32) peak = (std::max)(peak, r.tf32.number);
        if (matrix != number_format::fp32) peak = (std::max)({peak, r.fp16.number, r.bf16.number});
        if (matrix == number_format::fp8 || matrix == number_format::mxfp8) peak = (std::max)(peak, r.fp8.number);
        if (matrix == number_format::nvfp4) peak = (std::max)({peak, r.fp8.number, r.fp4.number});
        // Counts the matmuls of forward and of the input's gradient, which run under an adapter too.
        double products = 0;
        const network net = lower(g.model);
        for (std::size_t k = 0; k < net.block_kinds; ++k)
            for (std::int64_t m = 0; m < net.blocks[k].linear_count; ++m) {
                const linear& each = net.blocks[k].linears[m];
                products += static_cast<double>(net.blocks[k].layers.count(0, net.layers) * each.active * each.in) *
                            static_cast<double>(each.out);
            }
        const double samples = static_cast<double>(g.job.micro_batch * g.job.gradient_accumulation * g.layout.data);
        const double floor = 4 * products * samples * static_cast<double>(g.job.sequence_length) /
                             (peak * static_cast<double>(g.hardware.cards));
        REQUIRE(estimate(g).step.number >= floor);
        const double once = static_cast<double>(parameters(net) - net.embedding_parameters) / g.layout.pipeline /
                            g.layout.tensor / (std::max)(1, g.layout.expert) * 0.5;
        REQUIRE(estimate(g).step.number >= once / g.hardware.card.memory_bandwidth.number);
    }
}

TEST_CASE("more of the job never takes less time") {
    random_jobs make(3);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_training g = make.next_timed_training();
        CAPTURE(g);
        const seconds before = estimate(g).step;
        // The matmul of an expert with a few tokens becomes efficient slightly faster than it grows.
        const double rounding = g.model.experts.count > 0 ? 1e-2 : 0;
        const auto grows = [&](auto change) {
            random_training larger = g;
            change(larger);
            return no_less(estimate(larger).step, before * (1 - rounding));
        };
        REQUIRE(grows([](random_training& x) { x.job.micro_batch += 1; }));
        REQUIRE(grows([](random_training& x) { x.job.micro_batch *= 3; }));
        REQUIRE(grows([](random_training& x) { x.job.sequence_length += 1; }));
        REQUIRE(grows([](random_training& x) { x.job.sequence_length *= 2; }));
        // A pipeline's bubble gets smaller where more micro-batches share one cast of the weights.
        if (g.layout.pipeline == 1 && !g.job.optimizer_in_backward)
            REQUIRE(grows([](random_training& x) { x.job.gradient_accumulation += 1; }));
        REQUIRE(grows([](random_training& x) { x.model.layers += x.layout.pipeline * x.layout.virtual_stages; }));
        REQUIRE(grows([](random_training& x) { x.model.vocab += 1000; }));
        REQUIRE(grows([](random_training& x) {
            // Heads stay as wide as they are: some widths have faster kernels than others.
            if (x.model.head_dim == 0) x.model.head_dim = x.model.hidden / x.model.heads;
            x.model.hidden *= 2;
        }));
    }
}

TEST_CASE("fewer trained layers never take longer, and all of them take as long as the whole model") {
    random_jobs make(11);
    for (unsigned i = 0; i < jobs / 4; ++i) {
        random_training g = make.next_timed_training();
        // What copies to the host do not hide is counted for the average layer of each part, and parts differ by kind.
        if (g.layout.pipeline > 1 || g.job.offload == offload::activations) continue;
        CAPTURE(g);
        // The longer of kernels and launches is taken of the average layer of each part, and parts of layers of several
        // kinds differ.
        const double tolerance = lower(g.model).block_kinds > 1 ? 0.15 : 1e-6;
        const bool adapted = g.job.adapter.method != adapter_method::none;
        const double whole = estimate(g).step.number;
        g.job.trained_ends = adapted ? trained_ends::by_default : trained_ends::both;
        g.job.trained_layers = g.model.layers;
        REQUIRE(estimate(g).step.number == doctest::Approx(whole).epsilon(1e-9));
        for (const layer_choice choice : {layer_choice::last, layer_choice::first, layer_choice::spaced}) {
            g.job.trained_layer_choice = choice;
            g.job.trained_layers = 1;
            const double one = estimate(g).step.number;
            g.job.trained_layers = g.model.layers / 2;
            const double half = estimate(g).step.number;
            REQUIRE(one > 0);
            REQUIRE(one <= half * (1 + tolerance));
            REQUIRE(half <= whole * (1 + tolerance));
        }
    }
}

TEST_CASE("more bandwidth and faster links never cost time") {
    random_jobs make(4);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_training g = make.next_timed_training();
        CAPTURE(g);
        const seconds before = estimate(g).step;
        const auto saves = [&](auto change) {
            random_training better = g;
            change(better);
            return no_less(before, estimate(better).step);
        };
        for (const double factor : {1.01, 1.5, 10.0}) {
            REQUIRE(saves([&](random_training& x) {
                x.hardware.card.memory_bandwidth = x.hardware.card.memory_bandwidth * factor;
            }));
            REQUIRE(saves([&](random_training& x) {
                x.hardware.card.links.nvlink_bidirectional = x.hardware.card.links.nvlink_bidirectional * factor;
            }));
        }
        REQUIRE(saves([](random_training& x) { x.hardware.network_gbit = 1600; }));
        REQUIRE(saves([](random_training& x) { x.hardware.card.board_power = watts_of(5000); }));
    }
}

// Sharding would divide the optimizer's work, and a mesh of direct links gets more of them with more cards.
TEST_CASE("more replicas never shorten a step") {
    random_jobs make(5);
    for (unsigned i = 0; i < jobs; ++i) {
        random_training g = make.next_timed_training();
        CAPTURE(g);
        g.layout.sharding = sharding::none;
        g.layout.expert = 1;
        if (link_of(g.hardware) == card_link::nvlink) g.hardware.link = card_link::pcie;
        seconds last{};
        for (const int data : {1, 2, 3, 4, 8, 16, 64, 1024}) {
            g.layout.data = data;
            g.hardware.cards = data * g.layout.tensor * g.layout.pipeline * g.layout.context;
            g.hardware.per_node = 0;
            const seconds now = estimate(g).step;
            REQUIRE(no_less(now, last));
            last = now;
        }
    }
}

TEST_CASE("convolutional and sequence networks keep the same limits") {
    random_jobs make(6);
    const convnet nets[]{models::resnet_50,    models::vgg_16,           models::densenet_161,
                         models::mobilenet_v2, models::efficientnet_b0,  models::u_net,
                         models::swin_t,       models::resnext_50_32x4d, models::mobilenet_v3_large,
                         models::resnet_18,    models::ssd300_resnet50,  models::mask_rcnn_r50_fpn};
    for (unsigned i = 0; i < 1200; ++i) {
        training t = make.training();
        t.adapter = {};
        t.base_weights = number_format::by_default;
        const int count = static_cast<int>(make.among({1, 2, 8, 32}));
        const machine m = count * make.timed_card(t);
        const convnet& net = nets[i % std::size(nets)];
        const time_estimate e = step_time(net, t, m);
        check_limits(e);
        REQUIRE(e.tokens_per_second.number == 0);
        training more = t;
        more.micro_batch += 1;
        REQUIRE(no_less(step_time(net, more, m).step, e.step));
        machine faster = m;
        faster.card.memory_bandwidth = m.card.memory_bandwidth * 1.5;
        REQUIRE(no_less(e.step, step_time(net, t, faster).step));
        t.sequence_length = 64;
        check_limits(step_time(models::transformer_big, t, m));
        check_limits(step_time(models::gnmt, t, m));
        check_limits(step_time(models::transformer_xl_base, t, m));
    }
}

TEST_CASE("state spaces run in parallel, and no layer is left out") {
    // The feed-forward of a state space is not an LSTM: on an H100, no model falls below a tenth of the peak, as a
    // model mistaken for one did.
    for (const models::hybrid_entry& entry : models::hybrids) {
        const training t{.micro_batch = 2, .sequence_length = 4096};
        const time_estimate e = step_time(*entry.model, t, cards::h100_sxm5_80gb);
        const double least = forward_flops(lower(*entry.model), 4096) * 3 * 2 / 989.4e12;
        CHECK_MESSAGE(e.breakdown.compute.number >= least, entry.id);
        CHECK_MESSAGE(e.breakdown.compute.number <= 10 * least, entry.id);
    }
}

TEST_CASE("experts on other cards of a tensor-parallel group make no more work") {
    const training t{
        .micro_batch = 8, .gradient_accumulation = 4, .sequence_length = 4096, .framework = framework::megatron};
    const auto computes = [&](int expert) {
        const layout l{.data = 1, .tensor = 8, .expert = expert};
        return step_time(models::mixtral_8x7b, t, 8 * cards::h200_sxm_141gb, l).breakdown.compute.number;
    };
    for (const int expert : {2, 4, 8}) CHECK(computes(expert) < 1.25 * computes(1));
}

TEST_CASE("DoRA takes longer than LoRA") {
    training t{.precision = precision::bf16, .sequence_length = 2048};
    t.adapter = {.method = adapter_method::lora, .rank = 16, .targets = targets(target::query, target::up)};
    const seconds lora = step_time(models::llama_3_1_8b, t, cards::a100_sxm4_80gb).step;
    t.adapter.method = adapter_method::dora;
    // DoRA needs at least one more read of 32 x 4096 x (4096 + 14336) elements of 16 bits at 2.04 TB/s.
    CHECK((step_time(models::llama_3_1_8b, t, cards::a100_sxm4_80gb).step - lora).number >
          32 * 4096.0 * (4096 + 14'336) * 2 / 2.04e12);
}

TEST_CASE("weights in host memory cross the slot for every pass") {
    // 70 B parameters in 16 bits cross PCIe 4.0 x16 twice (31.5 GB/s in one direction).
    training t{.precision = precision::bf16, .sequence_length = 512, .recompute = recompute::full};
    t.adapter = {.method = adapter_method::lora, .rank = 16, .targets = targets(target::query, target::value)};
    t.offload = offload::full;
    const double once = step_time(models::llama_3_1_70b, t, cards::rtx_4090).step.number;
    CHECK(once > 2 * 141.1e9 / 31.5e9);
    t.gradient_accumulation = 4;
    CHECK(step_time(models::llama_3_1_70b, t, cards::rtx_4090).step.number > 3.5 * once);
}

TEST_CASE("NVLink-C2C carries offloaded tensors faster than a slot") {
    // 450 GB/s per direction to a GH200, and 225 to each GPU of a GB200, against 63 of PCIe 5.
    for (const offload what : {offload::optimizer, offload::activations, offload::full}) {
        const training t{.recompute = recompute::full, .offload = what};
        const auto step = [&](const gpu& card) { return step_time(models::llama_3_1_8b, t, card).step; };
        CHECK(step(cards::gh200_96gb) < step(cards::h100_sxm5_80gb));
        CHECK(step(cards::gh200_144gb) < step(cards::h200_sxm_141gb));
        CHECK(step(cards::gb200) < step(cards::b200_sxm_180gb));
        CHECK(step(cards::gb300) < step(cards::b300_sxm_288gb));
    }
    CHECK(detail::host_link_bytes_per_second(cards::gh200_96gb) ==
          doctest::Approx(450.0 / 63.0 * detail::host_link_bytes_per_second(cards::h100_sxm5_80gb)).epsilon(0.001));
    // A slot is assumed only for cards of which neither a slot nor another link to the host is known.
    for (const gpu* card : cards::all) {
        const bool known = card->links.pcie_lanes > 0 || card->links.host_bidirectional.number > 0;
        if (!known) CHECK(detail::host_link_bytes_per_second(*card) == default_link_constants.unknown_slot);
    }
}

TEST_CASE("one more image never takes less time") {
    for (const convnet& net : {models::resnet_50, models::resnet_152, models::densenet_161})
        for (const precision p : {precision::fp16_mixed, precision::fp32}) {
            seconds last{};
            for (int images = 1; images < 200; ++images) {
                const seconds now = step_time(net, {.precision = p, .micro_batch = images}, cards::a100_sxm4_80gb).step;
                REQUIRE(no_less(now, last));
                last = now;
            }
        }
}

TEST_CASE("every detector and every card answers") {
    for (const models::detector_entry& entry : models::detectors)
        check_limits(step_time(entry.make(), {.framework = framework::detectron2}, 8 * cards::v100_sxm2_16gb));
    for (const gpu* card : cards::all)
        for (const precision p : {precision::fp32, precision::bf16_mixed, precision::fp8_mixed, precision::nvfp4_mixed})
            if (has_step_time(*card, p))
                check_limits(step_time(models::llama_3_2_1b, {.precision = p}, *card));
            else
                CHECK_THROWS_AS(static_cast<void>(step_time(models::llama_3_2_1b, {.precision = p}, *card)),
                                invalid_input);
}

TEST_CASE("a card computes in the formats that it has") {
    // The V100 has no bf16 units (NVIDIA V100 datasheet); PyTorch emulates bf16 without the rate of the tensor cores.
    // The A100 has no fp8.
    const training bf16{.precision = precision::bf16_mixed};
    const training fp16{.precision = precision::fp16_mixed};
    CHECK(step_time(models::opt_125m, bf16, cards::v100_sxm2_32gb).step.number >
          2 * step_time(models::opt_125m, fp16, cards::v100_sxm2_32gb).step.number);
    CHECK(has_step_time(cards::v100_sxm2_32gb, precision::bf16));
    CHECK_FALSE(has_step_time(cards::a100_sxm4_80gb, precision::fp8_mixed));
    CHECK(has_step_time(cards::h100_sxm5_80gb, precision::fp8_mixed));
    CHECK_FALSE(has_step_time(cards::h100_sxm5_80gb, precision::mxfp8_mixed));
    CHECK_THROWS_AS(
        static_cast<void>(step_time(models::gpt2, {.precision = precision::fp8_mixed}, cards::a100_sxm4_80gb)),
        invalid_input);
}

TEST_CASE("input that makes no sense is refused by name") {
    CHECK_THROWS_AS(static_cast<void>(step_time(models::gpt2, {.micro_batch = 0}, cards::rtx_4090)), invalid_input);
    CHECK_THROWS_AS(static_cast<void>(step_time(models::gpt2, {}, 8 * cards::rtx_4090, {.data = 3})), invalid_input);
    CHECK_THROWS_AS(static_cast<void>(step_time(models::gpt2, {}, gpu{})), invalid_input);
    CHECK_THROWS_AS(static_cast<void>(step_time(lower(models::resnet_50), {}, cards::rtx_4090)), invalid_input);
}

}  // namespace estimate_training_step_time_test
