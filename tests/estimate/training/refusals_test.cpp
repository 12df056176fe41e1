// SPDX-License-Identifier: MIT

// Tests that a training with a fault in one part is refused by the key of that part, and what a card's time needs.

#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_ampere_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

#include <string_view>

namespace estimate_training_refusals_test {

using namespace cardfit;

namespace {

/// Returns the field by which a job is refused; nothing if it is not.
[[nodiscard]] std::string_view refused(const training& t, const machine& m = cards::h100_sxm5_80gb,
                                       const layout& l = {}) {
    try {
        detail::check_job(lower(models::llama_3_1_8b), t, m, l);
    } catch (const invalid_input& e) {
        return e.what_is_wrong.field;
    }
    return "";
}
template <class Change>
[[nodiscard]] training with(Change change) {
    training t;
    change(t);
    return t;
}

}  // namespace

TEST_CASE("each refusal of a training names its key") {
    CHECK(refused({}).empty());
    const machine unlike{.card = cards::rtx_4090, .cards = 2, .others = {.of = {&cards::rtx_3090}, .count = 1}};
    CHECK(refused({}, unlike) == "hardware.other_cards");
    // Gradients have a format of their own where 16-bit weights have fp32 master weights.
    const auto gradients = [](framework f) {
        return refused(with([=](training& t) {
            t.gradients = number_format::bf16;
            t.framework = f;
        }));
    };
    CHECK(gradients(framework::megatron).empty());
    CHECK(gradients(framework::deepspeed).empty());
    CHECK(gradients(framework::pytorch) == "training.gradients");
    // Liger's kernels are the Hugging Face Trainer's; none of them are everywhere.
    const auto kernels = [](fused_kernels which, framework f) {
        return refused(with([=](training& t) {
            t.fused_kernels = which;
            t.framework = f;
        }));
    };
    CHECK(kernels(fused_kernels::all, framework::trl).empty());
    CHECK(kernels(fused_kernels::norms, framework::axolotl).empty());
    CHECK(kernels(fused_kernels::none, framework::pytorch).empty());
    CHECK(kernels(fused_kernels::norms, framework::pytorch) == "training.fused_kernels");
    CHECK(kernels(fused_kernels::all, framework::megatron) == "training.fused_kernels");
    // Drives hold states that are offloaded.
    const auto on_drives = [](offload what) {
        return refused(with([=](training& t) {
            t.offload = what;
            t.offload_device = offload_device::nvme;
            t.framework = framework::deepspeed;
        }));
    };
    CHECK(on_drives(offload::optimizer).empty());
    CHECK(on_drives(offload::full).empty());
    CHECK(on_drives(offload::none) == "training.offload_device");
    CHECK(on_drives(offload::activations) == "training.offload_device");
    // Layers are frozen on one pipeline stage.
    const training some = with([](training& t) { t.trained_layers = 4; });
    CHECK(refused(some, 2 * cards::h100_sxm5_80gb, {.data = 2}).empty());
    CHECK(refused(some, 2 * cards::h100_sxm5_80gb, {.pipeline = 2}) == "layout.pipeline");
    CHECK(refused(with([](training& t) { t.trained_layers = 1; }), 2 * cards::h100_sxm5_80gb, {.pipeline = 2}) ==
          "layout.pipeline");
    // Completions per prompt divide the samples of a step: 2 x 3 on each of 4 ranks.
    const auto generating = [](std::int64_t generations) {
        return refused(with([=](training& t) {
                           t.objective = objective::grpo;
                           t.framework = framework::trl;
                           t.micro_batch = 2;
                           t.gradient_accumulation = 3;
                           t.generations = generations;
                       }),
                       4 * cards::h100_sxm5_80gb, {.data = 4});
    };
    CHECK(generating(8).empty());
    CHECK(generating(24).empty());
    CHECK(generating(5) == "training.generations");
    CHECK(generating(16) == "training.generations");
}

TEST_CASE("a training's point names the key that is out of range, and its range") {
    const lowered_training gpt = lower_job(models::gpt2, training{.sequence_length = 512}, cards::rtx_4090);
    const auto only = [](const problem_list& found, std::string_view field, std::int64_t low, std::int64_t high) {
        REQUIRE(found.size() == 1);
        CHECK(found.begin()->field == field);
        CHECK(found.begin()->low == low);
        CHECK(found.begin()->high == high);
    };
    only(problems(gpt, 0, 1), "training.micro_batch", 1, 1'000'000);
    only(problems(gpt, 1'000'001, 1), "training.micro_batch", 1, 1'000'000);
    only(problems(gpt, 1, 0), "training.sequence_length", 1, 1024);
    only(problems(gpt, 1, 1025), "training.sequence_length", 1, 1024);
    CHECK(problems(gpt, 1, 1024).empty());
    CHECK(problems(lowered_training{}, 1, 1).begin()->field == std::string_view("job"));
    lowered_training large = gpt;
    large.fixed_bound = 2e18;
    only(problems(large, 1, 1), "training.micro_batch", 0, 0);
    // The bytes of a point are less than 2e18: 1e18 fixed, and two tokens of 5e17, or of which a score with each is
    // half.
    const auto within = [](double fixed, double token, double score) {
        lowered_training job;
        job.stage_count = 1;
        job.longest_sequence = 10;
        job.fixed_bound = fixed;
        job.token_bound = token;
        job.score_bound = score;
        return detail::within_reach(job, 1, 2);
    };
    CHECK(within(1.9e18, 0, 0));
    CHECK_FALSE(within(2e18, 0, 0));
    CHECK(within(1e18, 4.9e17, 0));
    CHECK_FALSE(within(1e18, 5e17, 0));
    CHECK(within(1e18, 0, 2.4e17));
    CHECK_FALSE(within(1e18, 0, 2.5e17));
    CHECK_FALSE(within(0, 5e17, 2.5e17));
    CHECK(within(0, 4.9e17, 2.5e17));
}

TEST_CASE("which attention runs in a flash kernel, by date and by network") {
    const network net = lower(models::llama_3_1_8b);
    const framework_time row{};
    const auto flash = [&](const network& n, const training& t, const framework_time& r) {
        return detail::uses_flash(n, t, r);
    };
    CHECK(flash(net, {}, row));
    CHECK_FALSE(flash(net, with([](training& t) { t.attention = attention::eager; }), row));
    CHECK(flash(net, with([](training& t) { t.attention = attention::flex; }), row));
    CHECK(flash(net, with([](training& t) { t.software_date = flash_since; }), row));
    CHECK_FALSE(flash(net, with([](training& t) { t.software_date = {flash_since.year - 1, 12}; }), row));
    network special = net;
    special.blocks[0].attention.flash = false;
    CHECK_FALSE(flash(special, {}, row));
    // Attention to another sequence, from a date on, where its scores have no bias.
    framework_time with_sources{};
    with_sources.flash_sources_since = {2024, 2};
    const training in_time = with([](training& t) { t.software_date = {2024, 2}; });
    special.blocks[0].attention.other_width = 2048;
    CHECK(flash(special, in_time, with_sources));
    CHECK_FALSE(flash(special, in_time, row));
    CHECK_FALSE(flash(special, with([](training& t) { t.software_date = {2024, 1}; }), with_sources));
    special.blocks[0].attention.biased_scores = true;
    CHECK_FALSE(flash(special, in_time, with_sources));
    // Windows of some frameworks' kernels, from a date on; of the others at once.
    network windowed = net;
    windowed.blocks[0].attention.window = 512;
    framework_time late{};
    late.windows_fused_late = true;
    const training before = with([](training& t) { t.software_date = {windows_fused_since.year - 1, 12}; });
    const training since = with([](training& t) { t.software_date = windows_fused_since; });
    CHECK_FALSE(flash(windowed, before, late));
    CHECK(flash(windowed, since, late));
    CHECK(flash(windowed, before, row));
    CHECK(flash(net, before, late));
}

TEST_CASE("sequence parallelism is the layout's, or the framework's own beside tensor parallelism") {
    const auto divides = [](sequence_parallel how, framework f) {
        return detail::divides_sequence(with([=](training& t) { t.framework = f; }), {.sequence_parallel = how});
    };
    CHECK(divides(sequence_parallel::on, framework::pytorch));
    CHECK_FALSE(divides(sequence_parallel::off, framework::torchtitan));
    CHECK(divides(sequence_parallel::by_default, framework::torchtitan) ==
          row_of(framework::torchtitan).memory.sequence_parallel_with_tensor);
    CHECK_FALSE(divides(sequence_parallel::by_default, framework::pytorch));
    bool any = false;
    for (const framework f : {framework::torchtitan, framework::megatron, framework::deepspeed})
        any = any || divides(sequence_parallel::by_default, f);
    CHECK(any);
}

TEST_CASE("tokens of a micro-batch: padding counts as computed, and ranks of a context share them") {
    network net = lower(models::llama_3_1_8b);
    net.padded_percent = 150;
    const training t = with([](training& j) {
        j.micro_batch = 3;
        j.sequence_length = 200;
    });
    const machine m = 2 * cards::h100_sxm5_80gb;
    const detail::card_rates card{};
    const framework_time row{};
    const auto lowered = [&](const network& n, const layout& l) {
        return detail::lower_time(n, t, m, l, row, card, default_training_time_constants);
    };
    CHECK(lowered(net, {.data = 1}).tokens == doctest::Approx(3 * 200 * 1.5));
    CHECK(lowered(net, {.data = 1, .context = 2}).tokens == doctest::Approx(3 * 200 * 1.5 / 2));
    CHECK(lowered(net, {.data = 1}).length == 200);
    net.tokens_per_sample = 1;
    CHECK(lowered(net, {.data = 1}).length == 1);
    CHECK(lowered(net, {.data = 1, .tensor = 2, .sequence_parallel = sequence_parallel::on}).sequence_cards == 2);
    CHECK(lowered(net, {.data = 1, .tensor = 2, .sequence_parallel = sequence_parallel::off}).sequence_cards == 1);
    CHECK(lowered(net, {.data = 1, .tensor = 2}).tensor == 2);
}

TEST_CASE("the column that a training's time needs: bandwidth, a rate of vectors, and that of its precision") {
    const auto missing = [](auto change, precision p) {
        gpu card = cards::h100_sxm5_80gb;
        change(card);
        return missing_for_step(card, p);
    };
    const auto nothing = [](gpu&) {};
    CHECK(!missing(nothing, precision::bf16_mixed));
    CHECK(missing([](gpu& c) { c.memory_bandwidth = {}; }, precision::bf16_mixed) == card_field::memory_bandwidth_gb_s);
    CHECK(missing([](gpu& c) { c.rates.fp32 = {}; }, precision::bf16_mixed) == card_field::fp32_tflops);
    // In fp32 no rate of 16 bits is needed.
    const auto without_halves = [](gpu& c) {
        c.rates.fp16 = {};
        c.rates.bf16 = {};
    };
    CHECK(!missing(without_halves, precision::fp32));
}

TEST_CASE("the model FLOPs of a step: three passes, two beside adapters, and parts of them for some layers") {
    const network net = lower(models::llama_3_1_8b);
    const machine m = cards::h100_sxm5_80gb;
    const detail::card_rates card{};
    const auto passes = [&](const training& t) {
        const detail::time_job j =
            detail::lower_time(net, t, m, {.data = 1}, row_of(t).time, card, default_training_time_constants);
        return detail::counted_passes(j);
    };
    const auto adapt = [](training& t) {
        t.adapter = {.method = adapter_method::lora, .rank = 4, .targets = targets(target::query)};
    };
    CHECK(passes({}) == 3);
    CHECK(passes(with(adapt)) == 2);
    // Eight of 32 layers, the last ones, with no end trained: nothing below them has a gradient.
    const auto last_eight = [](training& t) {
        t.trained_layers = 8;
        t.trained_ends = trained_ends::none;
    };
    CHECK(passes(with(last_eight)) == doctest::Approx(1 + 2 * 8 / 32.0));
    // With the embedding, the other 24 have gradients of their inputs.
    CHECK(passes(with([&](training& t) {
              last_eight(t);
              t.trained_ends = trained_ends::embedding;
          })) == doctest::Approx(1 + 2 * 8 / 32.0 + 24 / 32.0));
    CHECK(passes(with([&](training& t) {
              last_eight(t);
              adapt(t);
          })) == doctest::Approx(1 + 8 / 32.0));
}

TEST_CASE("another objective takes its further passes: of a reference, of other models, and of a gradient cache") {
    const network net = lower(models::llama_3_1_8b);
    const time_estimate one{.step = seconds_of(20),
                            .step_low = seconds_of(10),
                            .step_high = seconds_of(30),
                            .breakdown = {.compute = seconds_of(10),
                                          .tensor_communication = seconds_of(4),
                                          .data_communication = seconds_of(3),
                                          .bubble = seconds_of(2),
                                          .optimizer = seconds_of(1)},
                            .tokens_per_second = tokens_per_second::from_number(600),
                            .samples_per_second = 6,
                            .model_flops_utilization = 0.5};
    CHECK(one.breakdown.total() == one.step);
    const auto asked = [&](auto change) {
        return detail::with_objective(one, net, with([&](training& t) {
                                          t.objective = objective::dpo;
                                          t.framework = framework::trl;
                                          change(t);
                                      }));
    };
    const auto nothing = [](training&) {};
    // DPO's reference reads both sequences of a pair once: a third of a step of three passes, half beside adapters'
    // two, and a fourth with checkpoints.
    const objective_row& row = row_of(objective::dpo);
    const double sequences =
        static_cast<double>(detail::sequences_of(with([](training& t) { t.objective = objective::dpo; })));
    const double further = (row.reference_forwards + row.other_forwards) / sequences;
    CHECK(further > 0);
    const double longer = row.trained_copies + further / 3;
    const time_estimate dpo = asked(nothing);
    CHECK(dpo.breakdown.compute.number == doctest::Approx(10 * longer));
    CHECK(dpo.breakdown.tensor_communication.number == doctest::Approx(4 * longer));
    CHECK(dpo.breakdown.data_communication.number == doctest::Approx(3 * longer));
    CHECK(dpo.breakdown.bubble.number == doctest::Approx(2 * longer));
    CHECK(dpo.breakdown.optimizer.number == doctest::Approx(row.trained_copies));
    const double ratio = (19 * longer + row.trained_copies) / 20;
    CHECK(dpo.step.number == doctest::Approx(20 * ratio));
    CHECK(dpo.step_low.number == doctest::Approx(10 * ratio));
    CHECK(dpo.step_high.number == doctest::Approx(30 * ratio));
    CHECK(dpo.samples_per_second == doctest::Approx(6 / ratio / sequences));
    CHECK(dpo.tokens_per_second.number == doctest::Approx(600 / ratio));
    CHECK(dpo.model_flops_utilization == doctest::Approx(0.5 * row.trained_copies / ratio));
    CHECK(asked([](training& t) { t.recompute = recompute::full; }).breakdown.compute.number ==
          doctest::Approx(10 * (row.trained_copies + further / 4)));
    CHECK(asked([](training& t) { t.recompute = recompute::selective; }).breakdown.compute.number ==
          doctest::Approx(10 * longer));
    // A gradient cache embeds each sequence once more; a frozen model reads it once, as long as it is large.
    CHECK(asked([](training& t) { t.gradient_cache = 1; }).breakdown.compute.number ==
          doctest::Approx(10 * (longer + 1 / 3.0)));
    CHECK(asked([&](training& t) { t.frozen_parameters = parameters(net); }).breakdown.compute.number ==
          doctest::Approx(10 * (longer + 1 / 3.0)));
}

TEST_CASE("the rates of a step follow from its seconds") {
    const machine m = 4 * cards::h100_sxm5_80gb;
    const training t = with([](training& j) {
        j.micro_batch = 2;
        j.gradient_accumulation = 3;
        j.sequence_length = 512;
    });
    const time_estimate e = step_time(models::llama_3_1_8b, t, m, {.data = 4, .sharding = sharding::full});
    CHECK(e.samples_per_second == doctest::Approx(2 * 3 * 4 / e.step.number));
    CHECK(e.tokens_per_second.number == doctest::Approx(512 * e.samples_per_second));
    CHECK(e.step.number == doctest::Approx(e.breakdown.compute.number + e.breakdown.tensor_communication.number +
                                           e.breakdown.data_communication.number + e.breakdown.bubble.number +
                                           e.breakdown.optimizer.number));
    const double band = row_of(t).time.band_per_mille * 1e-3;
    CHECK(e.step_low.number == doctest::Approx((1 - band) * e.step.number));
    CHECK(e.step_high.number == doctest::Approx((1 + band) * e.step.number));
}

}  // namespace estimate_training_refusals_test
