// SPDX-License-Identifier: MIT

// Tests decisions over generated jobs: every remedy makes the job fit and none is dominated, a bounded search finds
// what an exhaustive search finds, and the reasons of a comparison are those of the estimates.

#include "../random_jobs.hpp"

#include <cardfit/decide/compare.hpp>
#include <cardfit/decide/plan.hpp>
#include <cardfit/decide/rank.hpp>
#include <cardfit/decide/remedies.hpp>
#include <cardfit/decide/rollouts.hpp>
#include <cardfit/decide/savings.hpp>
#include <cardfit/decide/scaling.hpp>
#include <cardfit/decide/whole_run.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace decide_decisions_test {

using namespace cardfit;

namespace {

const machine machines[]{8 * cards::a100_sxm4_80gb,
                         8 * cards::rtx_4090,
                         4 * cards::rtx_a6000,
                         2 * cards::h100_sxm5_80gb,
                         8 * cards::v100_sxm2_32gb,
                         cards::rtx_4090,
                         cards::t4};
const transformer* const models_tried[]{&models::gpt2_xl, &models::llama_3_1_8b, &models::llama_2_13b,
                                        &models::mixtral_8x7b};

template <class Job>
void check_remedies(const network& net, const Job& job, const machine& m) {
    const remedy_report<Job> report = remedies(net, job, m);
    for (std::size_t i = 0; i < report.count; ++i) {
        const remedy<Job>& r = report.of[i];
        REQUIRE(fit(net, r.job, m, r.layout).grade == grade::fits);
        REQUIRE(fit(net, r.job, m, r.layout).memory.device() == r.device);
        REQUIRE(r.time.number > 0);
        for (std::size_t k = 0; k < report.count; ++k)
            if (k != i) REQUIRE_FALSE(report.of[k].dominates(r));
    }
}

/// A set of changes that makes a job fit.
struct fitting_set {
    std::vector<std::size_t> changes{};
    remedy_effect effect{};
    bool on_host = false;
    double seconds = 0;
};

/// Returns the sets of `size` changes, each of another setting, in the order of the table.
[[nodiscard]] std::vector<std::vector<std::size_t>> sets_of_changes(std::size_t size) {
    std::vector<std::vector<std::size_t>> sets{{}};
    for (std::size_t n = 0; n < size; ++n) {
        std::vector<std::vector<std::size_t>> longer;
        for (const std::vector<std::size_t>& set : sets)
            for (std::size_t i = set.empty() ? 0 : set.back() + 1; i < std::size(detail::training_changes); ++i) {
                const auto same_setting = [&](std::size_t k) {
                    return detail::training_changes[k].setting == detail::training_changes[i].setting;
                };
                if (std::any_of(set.begin(), set.end(), same_setting)) continue;
                longer.push_back(set);
                longer.back().push_back(i);
            }
        sets = std::move(longer);
    }
    return sets;
}

/// Returns every set of at most `most` changes with which the job fits for sure, by trying all of them.
[[nodiscard]] std::vector<fitting_set> every_remedy(const network& net, const training& t, const machine& m,
                                                    std::size_t most) {
    std::vector<fitting_set> found;
    for (std::size_t size = 1; size <= most; ++size)
        for (const std::vector<std::size_t>& set : sets_of_changes(size)) {
            training job = t;
            layout laid = resolved({}, m.cards);
            fitting_set each{.changes = set};
            bool applies = true;
            for (const std::size_t i : set) {
                applies = applies && detail::training_changes[i].apply(job, laid, m.cards);
                each.effect = (std::max)(each.effect, detail::training_changes[i].effect);
            }
            if (!applies || !problems(job, net).empty() || !problems(laid, m.cards, net).empty()) continue;
            if (!problems(job, m.card).empty() || !divides_heads(laid, net)) continue;
            if (fit(net, job, m, laid).grade != grade::fits) continue;
            each.on_host = detail::moves_to_host(job);
            each.seconds = step_time(net, job, m, laid).step.number * static_cast<double>(t.sequence_length) /
                           static_cast<double>(job.sequence_length);
            found.push_back(std::move(each));
        }
    return found;
}

/// Returns the fewest changes of a set that has at most this effect and leaves everything on the cards; 0 if none does.
template <class Sets, class Effect, class Host, class Count>
[[nodiscard]] std::size_t fewest(const Sets& sets, Effect effect, Host on_host, Count count, remedy_effect most) {
    std::size_t least = 0;
    for (const auto& each : sets)
        if (effect(each) <= most && !on_host(each) && (least == 0 || count(each) < least)) least = count(each);
    return least;
}

/// Returns every layout of the space that the model allows on the machine, in no particular order.
[[nodiscard]] std::vector<layout> every_layout(const network& net, const training& t, const machine& m,
                                               const plan_space& space) {
    std::vector<layout> all{{}};
    const auto vary = [&](auto set, const auto& values) {
        std::vector<layout> varied;
        for (const layout& l : all)
            for (const auto value : values) {
                varied.push_back(l);
                set(varied.back(), value);
            }
        all = std::move(varied);
    };
    const auto powers_of_two = [](int most) {
        std::vector<int> values;
        for (int n = 1; n <= most; n *= 2) values.push_back(n);
        return values;
    };
    std::vector<int> stages;
    for (int n = 1; n <= space.pipeline; ++n) stages.push_back(n);
    vary([](layout& l, int n) { l.tensor = n; }, powers_of_two(space.tensor));
    vary([](layout& l, int n) { l.pipeline = n; }, stages);
    vary([](layout& l, int n) { l.context = n; }, powers_of_two(space.context));
    vary([](layout& l, int n) { l.virtual_stages = n; }, powers_of_two(space.virtual_stages));
    vary([](layout& l, int n) { l.expert = n; }, powers_of_two(space.expert));
    vary([](layout& l, sharding s) { l.sharding = s; },
         std::vector{sharding::none, sharding::optimizer, sharding::gradients, sharding::full});
    std::vector<layout> possible;
    for (layout& l : all) {
        const int other = l.tensor * l.pipeline * l.context;
        if (m.cards % other != 0) continue;
        l.data = m.cards / other;
        const bool shards_nothing = l.sharding != sharding::none && l.data * l.context == 1;
        if (shards_nothing || t.sequence_length % l.context != 0) continue;
        if (problems(l, m.cards, net).empty()) possible.push_back(l);
    }
    return possible;
}

/// Returns the job with this micro-batch and the gradient accumulation that the global batch then needs, or nothing if
/// no accumulation gives that global batch.
[[nodiscard]] std::optional<training> with_micro_batch(training job, const layout& l, std::int64_t micro,
                                                       std::int64_t global_batch) {
    if (global_batch % (micro * l.data) != 0) return {};
    job.micro_batch = micro;
    job.gradient_accumulation = global_batch / (micro * l.data);
    if (l.virtual_stages > 1 && job.gradient_accumulation % l.pipeline != 0) return {};
    return job;
}

/// Returns every plan that fits, by trying all of them.
[[nodiscard]] std::vector<plan> exhaustive(const network& net, const training& t, const machine& m,
                                           std::int64_t global_batch, const plan_space& space) {
    std::vector<plan> fitting;
    const bytes capacity = usable_memory(m);
    const auto try_plan = [&](const training& job, const layout& l) {
        const memory_estimate e = memory(lower_job(net, job, m, l));
        if (grade_of(e, capacity) != grade::fits) return;
        fitting.push_back({.job = job,
                           .layout = l,
                           .time = step_time(net, job, m, l),
                           .device = e.device(),
                           .capacity = capacity,
                           .grade = grade::fits});
    };
    for (const layout& l : every_layout(net, t, m, space))
        for (std::int64_t micro = 1; micro <= space.micro_batch; micro *= 2) {
            std::optional<training> job = with_micro_batch(t, l, micro, global_batch);
            if (!job) continue;
            for (const recompute r : {recompute::none, recompute::selective, recompute::full}) {
                job->recompute = r;
                try_plan(*job, l);
            }
        }
    return fitting;
}

}  // namespace

TEST_CASE("a card without a time has remedies too: what fits does not depend on rates") {
    // No document states the rate of fp32 of a Gaudi 3, nor the tensor rates of a 5090 D.
    const machine m = cards::gaudi3;
    REQUIRE(!has_step_time(m.card, precision::bf16_mixed));
    const network net = lower(models::llama_3_1_8b);
    REQUIRE(fit(net, training{}, m).grade == grade::does_not_fit);
    const auto found = remedies(models::llama_3_1_8b, training{}, m);
    CHECK(found.count > 0);
    for (const remedy<training>& each : found.items()) {
        CHECK(fit(net, each.job, m, each.layout).grade == grade::fits);
        CHECK(each.slowdown == 0);
        CHECK(each.time == seconds{});
    }
    const machine unknown = cards::rtx_5090_d;
    const network large = lower(models::qwen3_32b);
    const inference i{.framework = engine::vllm};
    REQUIRE(!has_inference_time(unknown.card, large));
    const auto smaller = remedies(models::qwen3_32b, i, unknown);
    CHECK(smaller.count > 0);
    for (const remedy<inference>& each : smaller.items()) {
        CHECK(fit(large, each.job, unknown, each.layout).grade == grade::fits);
        CHECK(each.slowdown == 0);
    }
}

TEST_CASE("no plan of one card is slower than the job as it is given, whatever its micro-batch is") {
    const machine m = cards::rtx_4090;
    for (const std::int64_t micro : {1, 12, 32, 96, 100}) {
        const training t{.precision = precision::fp32, .micro_batch = micro, .sequence_length = 128};
        REQUIRE(fit(models::bert_base, t, m).grade == grade::fits);
        const plan_report plans = best_plans(models::bert_base, t, m, {}, detail::ranked_space);
        REQUIRE(plans.count > 0);
        CHECK(plans.best().time.step <= step_time(models::bert_base, t, m).step);
    }
}

TEST_CASE("a remedy does no more than is needed, and stores weights no worse than is needed") {
    const remedy_report<inference> report =
        remedies(models::qwen2_5_32b, inference{.framework = engine::llama_cpp}, cards::rtx_4090);
    REQUIRE(report.count > 1);
    for (const remedy<inference>& each : report.items())
        for (const remedy<inference>& other : report.items()) CHECK(!each.is_part_of(other));
    // 32.8 B parameters take 27.3 GB in q6_k, which is too much, and 19.9 GB in q4_k_m, which fits. What is smaller
    // still is faster and comes after it.
    CHECK(report.of[0].job.weights == number_format::q4_k_m);
    CHECK(report.of[0].quality == quality::good);
    CHECK(report.of[1].quality > report.of[0].quality);
    CHECK(report.of[1].time < report.of[0].time);
}

TEST_CASE("nothing is moved to a host that has the same memory") {
    int tried = 0;
    for (const gpu* card : cards::all) {
        if (!shares_memory_with_host(*card)) continue;
        ++tried;
        const network net = lower(models::llama_3_2_3b);
        const machine m = *card;
        CHECK_THROWS_AS(static_cast<void>(memory(lower_job(net, training{.offload = offload::full}, m))),
                        invalid_input);
        if (has_step_time(*card, precision::bf16_mixed)) {
            CHECK_THROWS_AS(
                static_cast<void>(step_time(models::llama_3_2_3b, training{.offload = offload::optimizer}, m)),
                invalid_input);
            const auto found = remedies(models::llama_3_2_3b, training{.micro_batch = 8}, m);
            for (const remedy<training>& r : found.items()) CHECK(r.job.offload == offload::none);
        }
        // The driver pages optimizer states to nowhere else.
        const auto needs = [&](optimizer o) {
            return memory(lower_job(net, training{.optimizer = o}, m)).components.optimizer;
        };
        CHECK(needs(optimizer::paged_adamw) == needs(optimizer::adamw));
        CHECK(needs(optimizer::paged_adamw_8bit) == needs(optimizer::adamw_8bit));
        // Layers beside the GPU take the same bytes, so all of them are on it or the model does not fit.
        for (const std::int64_t prompt : {1'000, 100'000, 10'000'000}) {
            const inference i{
                .weights = number_format::q4_k_m, .prompt = prompt - 1, .generate = 1, .framework = engine::llama_cpp};
            const layer_split split = layers_on_cards(net, i, m);
            CHECK((split.on_card == 0 || split.on_card == split.layers));
            CHECK((split.on_card > 0 || split.host_weights == bytes{}));
        }
    }
    CHECK(tried > 40);
    // The driver of a card with memory of its own frees the states.
    CHECK(memory(lower_job(lower(models::llama_3_2_3b), training{.optimizer = optimizer::paged_adamw}, cards::rtx_4090))
              .components.optimizer == bytes{});
}

TEST_CASE("a job that offloads is compared and ranked beside cards that cannot offload") {
    const training t{.sequence_length = 512, .recompute = recompute::full, .offload = offload::full};
    const comparison c = compare(models::llama_3_1_8b, t, {machine(cards::gb10), machine(cards::rtx_4090)});
    CHECK(!c.items()[0].runs);
    CHECK(c.winner == 1);
    CHECK(!rank_one(models::llama_3_1_8b, t, cards::mi300a).fits);
    CHECK(rank_one(models::llama_3_1_8b, t, cards::rtx_4090).fits);
}

TEST_CASE("what llama.cpp leaves to the host counts where the GPU has no part of its own") {
    const inference i{.weights = number_format::q8_0, .framework = engine::llama_cpp};
    const auto weights = [&](const gpu& card) { return memory(models::llama_3_1_8b, i, card).components.weights; };
    // The embedding of Llama 3.1 8B in q8_0: 128,256 x 4096 elements in blocks of 32 that take 34 bytes.
    const bytes embedding = bytes_of(std::int64_t{128'256} * 4096 / 32 * 34);
    for (const gpu* card : cards::all) {
        if (!shares_memory_with_host(*card)) continue;
        const bytes more = weights(*card) - weights(cards::rtx_4090);
        CHECK(more == (has_gpu_limit(*card) ? bytes{} : embedding));
    }
    // The weights are counted once, although the file is mapped into the same memory: 8.03 B parameters.
    CHECK(weights(cards::gb10).number < std::int64_t{8'040'000'000} / 32 * 34);
}

TEST_CASE("every remedy fits when it is applied, and none is dominated by another") {
    int found = 0;
    for (const machine& m : machines)
        for (const transformer* model : models_tried) {
            const network net = lower(*model);
            const std::int64_t length = smaller(2048, model->positions > 0 ? model->positions : 2048);
            check_remedies(net, training{.micro_batch = 8, .sequence_length = length}, m);
            check_remedies(net, inference{.batch = 64, .prompt = length - 8, .generate = 8, .framework = engine::vllm},
                           m);
            check_remedies(net,
                           inference{.batch = 4, .prompt = length - 8, .generate = 8, .framework = engine::llama_cpp},
                           machine{.card = m.card});
            found += static_cast<int>(remedies(net, training{.micro_batch = 8, .sequence_length = length}, m).count);
        }
    CHECK(found > 20);
}

TEST_CASE("the bounded search finds the front of an exhaustive one") {
    const plan_space space{
        .tensor = 4, .pipeline = 4, .virtual_stages = 2, .context = 2, .expert = 4, .micro_batch = 4};
    for (const machine& m : machines)
        for (const transformer* model : models_tried) {
            const network net = lower(*model);
            const training t{.gradient_accumulation = 16 / (m.cards > 16 ? 16 : m.cards) * 2, .sequence_length = 1024};
            const std::int64_t batch = t.gradient_accumulation * m.cards;
            const plan_report report = best_plans(net, t, m, {}, space);
            const std::vector<plan> all = exhaustive(net, t, m, batch, space);
            REQUIRE((report.count == 0) == all.empty());
            for (const plan& p : all) {
                bool covered = false;
                for (std::size_t i = 0; i < report.count; ++i)
                    covered =
                        covered || (report.front[i].time.step <= p.time.step && report.front[i].device <= p.device);
                REQUIRE((covered || report.count == max_front));
                REQUIRE(report.best().time.step <= p.time.step);
            }
            for (std::size_t i = 0; i + 1 < report.count; ++i) {
                REQUIRE(report.front[i].time.step < report.front[i + 1].time.step);
                REQUIRE(report.front[i].device > report.front[i + 1].device);
            }
            REQUIRE(report.progress.measured <= report.progress.timed);
        }
}

TEST_CASE("a plan divides no card's key and value heads") {
    // gemma-2b has one key/value head and Qwen3-30B-A3B has four: torchtitan and Megatron-LM refuse more
    // tensor-parallel cards.
    const training t{.gradient_accumulation = 4, .sequence_length = 4096, .framework = framework::megatron};
    for (const transformer* model : {&models::gemma_2b, &models::qwen3_30b_a3b}) {
        const network net = lower(*model);
        const plan_report report = best_plans(net, t, 8 * cards::h100_sxm5_80gb);
        REQUIRE(report.count > 0);
        for (std::size_t i = 0; i < report.count; ++i) CHECK(net.kv_heads % report.front[i].layout.tensor == 0);
    }
}

TEST_CASE("a search can be stopped, and then has the best so far") {
    const plan_report r =
        best_plans(models::gpt2_xl, training{.gradient_accumulation = 8, .sequence_length = 1024},
                   8 * cards::a100_sxm4_80gb, {}, {.stop = [](const plan_progress& p) { return p.fitting > 0; }});
    CHECK(r.stopped);
    CHECK(r.count > 0);
}

TEST_CASE("the reasons of a comparison are those of the estimates") {
    const machine compared[]{cards::a100_sxm4_80gb, cards::rtx_a6000, cards::rtx_4090, cards::t4,
                             cards::v100_sxm2_16gb};
    for (const transformer* model : models_tried) {
        const comparison c = compare(*model, training{.sequence_length = 512, .recompute = recompute::full}, compared);
        REQUIRE(c.count == 5);
        for (std::size_t i = 0; i < c.count; ++i) {
            const compared_card& card = c.cards[i];
            REQUIRE((card.reason == deciding_reason::capacity) == (card.fit.grade == grade::does_not_fit));
            REQUIRE((card.reason == deciding_reason::unsure) == (card.fit.grade == grade::tight));
            if (card.reason == deciding_reason::capacity)
                REQUIRE(card.bytes_short == card.fit.memory.device() - card.fit.capacity);
            if (card.fit.grade != grade::fits) continue;
            REQUIRE(c.winner < c.count);
            const compared_card& best = c.cards[c.winner];
            REQUIRE(best.time <= card.time);
            if (i != c.winner)
                // This is the largest of three parts whose differences add up to the whole.
                REQUIRE(3 * card.seconds_lost.number >= (card.time - best.time).number * (1 - 1e-9));
        }
    }
}

TEST_CASE("a ranking puts what fits first, best first, and its plans fit") {
    const network net = lower(models::llama_2_13b);
    const training t{.precision = precision::bf16, .micro_batch = 8, .sequence_length = 1024};
    std::vector<ranked_machine> all;
    for (const machine& m : machines) all.push_back(rank_one(net, t, m, dollars_of(m.cards == 1 ? 0.5 : 2.0)));
    for (const rank_by by : {rank_by::time, rank_by::energy, rank_by::rent}) {
        rank(all, by);
        for (std::size_t i = 0; i + 1 < all.size(); ++i) {
            REQUIRE((all[i].fits || !all[i + 1].fits));
            if (!all[i + 1].fits) continue;
            if (by == rank_by::time) REQUIRE(all[i].throughput >= all[i + 1].throughput);
            if (by == rank_by::energy) REQUIRE(all[i].energy <= all[i + 1].energy);
            if (by == rank_by::rent) REQUIRE(all[i].rent <= all[i + 1].rent);
        }
    }
    CHECK(all[0].fits);
    for (const ranked_machine& r : all)
        if (r.fits) REQUIRE(fit(net, r.job, r.hardware, r.layout).grade == grade::fits);
    // A MIG slice of a card is never faster than the card.
    const inference i{.weights = number_format::fp16, .prompt = 512, .generate = 64};
    CHECK(rank_one(lower(models::llama_3_2_1b), i, cards::a100_sxm4_80gb).throughput > 0);
    // Encoders run as a copy on each card.
    const inference encode{.weights = number_format::fp16, .prompt = 512, .generate = 1};
    const ranked_machine one = rank_one(models::bert_base, encode, cards::a100_sxm4_80gb);
    const ranked_machine two = rank_one(models::bert_base, encode, 2 * cards::a100_sxm4_80gb);
    CHECK(two.layout.data == 2);
    CHECK(two.throughput == doctest::Approx(2 * one.throughput));
}

TEST_CASE("no set of changes is smaller than the remedies found: all sets of up to three are tried") {
    struct small_case {
        const transformer* model;
        training job;
        machine hardware;
    };
    const small_case cases[]{
        {&models::llama_3_2_1b, {.micro_batch = 8, .sequence_length = 2048}, cards::rtx_4090},
        {&models::llama_3_1_8b, {.micro_batch = 2, .sequence_length = 2048}, 2 * cards::a100_sxm4_80gb},
        {&models::llama_3_1_8b,
         {.precision = precision::bf16, .micro_batch = 4, .sequence_length = 4096},
         cards::rtx_3060_12gb},
    };
    constexpr std::size_t most = 3;
    int compared = 0;
    for (const small_case& each : cases) {
        const network net = lower(*each.model);
        const std::vector<fitting_set> all = every_remedy(net, each.job, each.hardware, most);
        const remedy_report<training> report = remedies(net, each.job, each.hardware);
        REQUIRE(!report.fits_as_it_stands);
        for (const remedy_effect effect : {remedy_effect::none, remedy_effect::numerics, remedy_effect::fewer_trained,
                                           remedy_effect::shorter_context}) {
            const std::size_t least = fewest(
                all, [](const fitting_set& s) { return s.effect; }, [](const fitting_set& s) { return s.on_host; },
                [](const fitting_set& s) { return s.changes.size(); }, effect);
            const std::size_t found = fewest(
                report.items(), [](const remedy<training>& r) { return r.effect; },
                [](const remedy<training>& r) { return detail::moves_to_host(r.job); },
                [](const remedy<training>& r) { return r.count; }, effect);
            CAPTURE(each.model->layers);
            CAPTURE(static_cast<int>(effect));
            if (least > 0)
                CHECK(found == least);
            else
                CHECK((found == 0 || found > most));
            ++compared;
        }
        // Nothing that was left out is better in every respect than a remedy that was found.
        for (const remedy<training>& r : report.items())
            for (const fitting_set& other : all) {
                if (other.changes.size() > 2) continue;
                const bool stays = !other.on_host || detail::moves_to_host(r.job);
                const bool no_worse = stays && other.effect <= r.effect && other.changes.size() <= r.count &&
                                      other.seconds <= r.time.number;
                const bool better = other.effect < r.effect || other.changes.size() < r.count ||
                                    other.seconds < r.time.number * (1 - 1e-9);
                CHECK_FALSE((no_worse && better));
            }
    }
    CHECK(compared == 12);
}

TEST_CASE("all decisions say the same of the same job") {
    random_jobs jobs(17);
    int curves = 0;
    for (unsigned n = jobs_of(100); n > 0; --n) {
        const random_training g = jobs.next_timed_training();
        const layout l = resolved(g.layout, g.hardware.cards);
        if (!problems(g.job, lower(g.model)).empty() || !problems(l, g.hardware.cards, lower(g.model)).empty())
            continue;
        CAPTURE(g);
        const fit_report alone = fit(g.model, g.job, g.hardware, l);
        const time_estimate step = step_time(g.model, g.job, g.hardware, l);
        const comparison beside = compare(g.model, g.job, {g.hardware}, l);
        CHECK(beside.cards[0].fit.memory.device() == alone.memory.device());
        CHECK(beside.cards[0].fit.grade == alone.grade);
        CHECK(beside.cards[0].time == step.step);
        const precision_saving saved =
            savings(g.model, g.job, g.hardware, l).of[static_cast<std::size_t>(g.job.precision)];
        // A format that the card computes by another is none that could save something.
        if (saved.reason != saving_reason::no_such_format) {
            CHECK(saved.memory.device() == alone.memory.device());
            CHECK(saved.time.step == step.step);
        }
        const lowered_training lowered = lower_job(g.model, g.job, g.hardware, l);
        const std::int64_t safe = largest_micro_batch(lowered, g.job.sequence_length, error_bound::upper);
        if (!alone.host.exceeded()) CHECK((safe >= g.job.micro_batch) == (alone.grade == grade::fits));
        // A run of the job's own global batch is one step.
        const whole_run run = run_of(samples_per_step(g.job, g.hardware, l), g.job, g.hardware, l, step);
        CHECK(run.steps == 1);
        CHECK(run.time == step.step);
        // The last point of the curves over the machine's own link is the job.
        if (l.sharding_group > 0 && l.sharding_group != l.data * l.context) continue;
        const scaling_report curve = scaling(g.model, g.job, g.hardware, l);
        const scaling_curve& own = curve.weak_pcie.link == link_of(g.hardware) ? curve.weak_pcie : curve.weak_nvlink;
        if (own.link != link_of(g.hardware) || own.points[own.count - 1].cards != g.hardware.cards) continue;
        CHECK(own.points[own.count - 1].time.step.number == doctest::Approx(step.step.number));
        CHECK(own.points[own.count - 1].verdict == sureness_of(alone));
        ++curves;
    }
    CHECK(curves > 10);
}

TEST_CASE("a run of requests: batches, hours, energy and rent by hand, and replicas by a deadline") {
    // Batches of 16 on each of two replicas are 32 requests of 256 tokens: 8,192 tokens, 2 s at 4,096 tokens/s.
    const inference i{.batch = 16, .prompt = 1024, .generate = 256};
    const machine m = 8 * cards::a100_sxm4_80gb;
    const layout l{.tensor = 4};
    const inference_time t{.prefill = seconds_of(0.25), .generated = tokens_per_second::from_number(4096), .band = 0.2};
    const whole_run r = run_of(1000, i, m, l, t, dollars_of(1.5));
    // 1,000 requests are 32 batches (31.25 rounded up).
    CHECK(r.steps == 32);
    CHECK(r.time.number == doctest::Approx(64));
    CHECK(r.time_low.number == doctest::Approx(51.2));
    CHECK(r.time_high.number == doctest::Approx(76.8));
    // 8 cards of 400 W for 64 s, and 64 / 3600 h at 8 x $1.50.
    CHECK(r.energy_limit.number == doctest::Approx(204'800));
    CHECK(r.rent.number == doctest::Approx(64.0 / 3600 * 12));
    // Four replicas need 16 batches: 32 s on 16 cards; those of the machine are enough for 64 s.
    CHECK(cards_by(i, m, l, t, 1000, seconds_of(40)).cards == 16);
    CHECK(cards_by(i, m, l, t, 1000, seconds_of(40)).time.number == doctest::Approx(32));
    CHECK(cards_by(i, m, l, t, 1000, seconds_of(64)).cards == 8);
    CHECK(cards_by(i, m, l, t, 1000, seconds_of(1)).cards == 0);
    // Where nothing is generated, a batch takes a pass: 1,000 images in batches of 16 on one card are 63 passes.
    const inference_time pass{.prefill = seconds_of(0.25), .samples_per_second = 64};
    CHECK(run_of(1000, inference{.batch = 16}, cards::a100_sxm4_80gb, {}, pass).time.number == doctest::Approx(15.75));
    CHECK_THROWS_AS(static_cast<void>(run_of(0, i, m, l, t)), invalid_input);
}

TEST_CASE("a run of samples: steps, hours, energy and rent by hand, and cards by a deadline") {
    // 1,000 samples in steps of 2 x 4 x 8 = 64 are 16 steps (15.6 rounded up).
    const training t{.micro_batch = 2, .gradient_accumulation = 4, .sequence_length = 1024};
    const machine m = 8 * cards::a100_sxm4_80gb;
    const layout l{.data = 8, .sharding = sharding::full};
    const time_estimate step{.step = seconds_of(90), .step_low = seconds_of(60), .step_high = seconds_of(120)};
    const whole_run r = run_of(1000, t, m, l, step, dollars_of(1.5));
    CHECK(r.steps == 16);
    CHECK(r.time.number == doctest::Approx(1440));
    CHECK(r.time_low.number == doctest::Approx(960));
    CHECK(r.time_high.number == doctest::Approx(1920));
    // 8 cards of 400 W for 0.4 h are 1.28 kWh, and at $1.50 an hour $4.80.
    CHECK(in_kilowatt_hours(r.energy_limit) == doctest::Approx(1.28));
    CHECK(r.rent.number == doctest::Approx(4.8));
    CHECK(r.rent_high.number == doctest::Approx(6.4));
    CHECK_THROWS_AS(static_cast<void>(run_of(0, t, m, l, step)), invalid_input);
    CHECK(ends_within(seconds_of(1), seconds_of(2), seconds_of(3), seconds_of(3)) == sureness::yes);
    CHECK(ends_within(seconds_of(1), seconds_of(2), seconds_of(3), seconds_of(2.5)) == sureness::likely);
    CHECK(ends_within(seconds_of(1), seconds_of(2), seconds_of(3), seconds_of(1.5)) == sureness::unlikely);
    CHECK(ends_within(seconds_of(1), seconds_of(2), seconds_of(3), seconds_of(0.5)) == sureness::no);
    // With a deadline of half the time of one card, more cards than one are needed, and these are enough.
    const training one{.micro_batch = 16, .sequence_length = 1024};
    const double seconds_on_one = 1e6 / step_time(models::gpt2_xl, one, cards::a100_sxm4_80gb).samples_per_second;
    const cards_in_time found =
        cards_by(models::gpt2_xl, one, cards::a100_sxm4_80gb, {}, 1'000'000, seconds_of(seconds_on_one / 3));
    CHECK(found.cards >= 4);
    CHECK(found.time.number <= seconds_on_one / 3);
    // Two cards that a network joins take longer than two in one node.
    const machine together = 2 * cards::a100_sxm4_80gb;
    machine apart = together;
    apart.per_node = 1;
    const seconds any = seconds_of(1e9);
    CHECK(cards_by(models::gpt2_xl, one, apart, {}, 1'000'000, any).time >
          cards_by(models::gpt2_xl, one, together, {}, 1'000'000, any).time);
}

TEST_CASE("a recommended plan is the simplest within the error of the fastest") {
    for (const transformer* model : {&models::gpt2_xl, &models::llama_3_1_8b})
        for (const machine& m : {8 * cards::a100_sxm4_80gb, 8 * cards::rtx_4090, 4 * cards::rtx_a6000}) {
            const training t{.micro_batch = 2, .sequence_length = 1024};
            const plan_space space{.tensor = 8, .pipeline = 4, .virtual_stages = 1, .context = 1, .expert = 1};
            const recommendation best = recommended_plan(*model, t, m, {}, space);
            const plan_report all = best_plans(*model, t, m, {}, space);
            const std::optional<plan> alone = plan_to_run(*model, t, m, {}, space);
            REQUIRE((best.count > 0) == (all.count > 0));
            REQUIRE(alone.has_value() == (all.count > 0));
            if (all.count == 0) continue;
            CHECK((alone->time.step == best.plan.time.step && alone->device == best.plan.device));
            CHECK((alone->layout == best.plan.layout && alone->job.micro_batch == best.plan.job.micro_batch));
            const plan_report fastest = detail::searched(*model, t, m, {}, space, {.fastest_alone = true});
            CHECK((fastest.best().time.step == all.best().time.step && fastest.best().device == all.best().device));
            CHECK(fastest.progress.measured <= all.progress.measured);
            CHECK(best.plan.time.step <= all.best().time.step_high);
            CHECK(fit(lower(*model), best.plan.job, m, best.plan.layout).grade == grade::fits);
            // Where data parallelism alone is within the error, it is recommended.
            plan_space simple{.tensor = 1, .pipeline = 1, .virtual_stages = 1, .context = 1, .expert = 1};
            simple.most_sharding = sharding::none;
            const plan_report copies = best_plans(*model, t, m, {}, simple);
            if (copies.count > 0 && copies.best().time.step <= all.best().time.step_high) {
                CHECK(best.plan.layout.sharding == sharding::none);
                CHECK(best.plan.time.step == copies.best().time.step);
            }
        }
}

TEST_CASE("the founding question: what decides between an A100, an RTX A6000 and an RTX 4090") {
    const machine three[]{cards::a100_sxm4_80gb, cards::rtx_a6000, cards::rtx_4090};
    // Full fine-tuning of a 7B model: the two cards that are not the A100 lose by capacity.
    const comparison full = compare(
        models::llama_2_7b,
        training{.precision = precision::bf16, .optimizer_state = number_format::bf16, .recompute = recompute::full},
        three);
    CHECK(full.winner == 0);
    CHECK(full.cards[2].reason == deciding_reason::capacity);
    // Decoding with 4-bit weights of a 70B model: the 4090 lacks the memory, and the A6000 lacks the bandwidth.
    const comparison decode =
        compare(models::llama_3_1_70b,
                inference{.weights = number_format::q4_k_m, .generate = 256, .framework = engine::llama_cpp}, three);
    CHECK(decode.winner == 0);
    CHECK(decode.cards[1].reason == deciding_reason::bandwidth);
    CHECK(decode.cards[2].reason == deciding_reason::capacity);
    // A model that fits on all three cards, in fp32 without tensor cores: 82.6 TFLOP/s against 38.7 and 19.5. The 4090
    // wins.
    const comparison plain =
        compare(models::gpt2, training{.precision = precision::fp32, .sequence_length = 512}, three);
    CHECK(plain.winner == 2);
    CHECK(plain.cards[0].reason == deciding_reason::compute);
}

TEST_CASE("cards are compared from any range, and one that lacks the format does not run") {
    const training fp8{.precision = precision::fp8_mixed, .sequence_length = 512};
    const std::vector<gpu> some{cards::t4, cards::rtx_4090};
    const comparison c = compare(models::gpt2, fp8, some);
    REQUIRE(c.items().size() == 2);
    CHECK(!c.items()[0].runs);
    CHECK(c.items()[0].reason == deciding_reason::no_time);
    CHECK(c.winner == 1);
    const gpu* pointers[]{&cards::t4, &cards::rtx_4090};
    CHECK(compare(models::gpt2, fp8, pointers).winner == 1);
    CHECK(compare(models::gpt2, fp8, {cards::t4, 2 * cards::rtx_4090}).cards[1].hardware.cards == 2);
    CHECK_THROWS_AS(static_cast<void>(compare(models::gpt2, fp8, std::vector<gpu>(17, cards::rtx_4090))),
                    invalid_input);
    CHECK_THROWS_AS(static_cast<void>(fit(models::gpt2, fp8, cards::t4)), invalid_input);
}

TEST_CASE("the samples of reinforcement are generated as an inference of their size is") {
    const network net = lower(models::llama_3_1_8b);
    const machine eight = 8 * cards::h100_sxm5_80gb;
    const layout zero_3{.data = 8, .sharding = sharding::full};
    training t{.objective = objective::grpo,
               .generations = 8,
               .completion_length = 512,
               .micro_batch = 4,
               .gradient_accumulation = 4,
               .sequence_length = 1024};
    const auto by_trainer = rollouts(net, t, eight, zero_3);
    REQUIRE(by_trainer);
    CHECK(by_trainer->sequences == 16);
    CHECK(by_trainer->at_once == 16);
    CHECK(by_trainer->prompts == 16);
    const inference alone{.weights = number_format::bf16, .batch = 16, .prompt = 512, .generate = 512};
    const inference_time one = time(net, alone, cards::h100_sxm5_80gb, {});
    CHECK(by_trainer->time.number == doctest::Approx(one.prefill.number + 512 * one.inter_token.number).epsilon(1e-9));
    // An engine with a small share holds fewer sequences, and takes more rounds; with no room for the model, none.
    t.rollouts = rollout_engine::colocated;
    t.micro_batch = 64;
    t.engine_utilization = 0.3;
    const auto small = rollouts(net, t, eight, zero_3);
    t.engine_utilization = 0.8;
    const auto large = rollouts(net, t, eight, zero_3);
    REQUIRE(small);
    REQUIRE(large);
    CHECK(small->at_once < large->at_once);
    CHECK(large->at_once <= 256);
    CHECK(small->time > large->time);
    t.engine_utilization = 0.1;
    CHECK_FALSE(rollouts(net, t, eight, zero_3).has_value());
    // Longer completions take longer; nothing is said of cards that are not the job's, or of unstated lengths.
    t.engine_utilization = 0.8;
    t.completion_length = 256;
    CHECK(rollouts(net, t, eight, zero_3)->time < large->time);
    t.rollouts = rollout_engine::apart;
    CHECK_FALSE(rollouts(net, t, eight, zero_3).has_value());
    t.rollouts = rollout_engine::trainer;
    t.completion_length = 0;
    CHECK_FALSE(rollouts(net, t, eight, zero_3).has_value());
}

}  // namespace decide_decisions_test
