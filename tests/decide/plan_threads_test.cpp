// SPDX-License-Identifier: MIT

// Tests that several threads find what one thread finds, end when they are asked to, and pass errors on.

#include <cardfit/decide/plan_threads.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>

using namespace cardfit;

namespace {

const training dense_job{.gradient_accumulation = 16, .sequence_length = 8192, .framework = framework::megatron};

bool same(const plan_report& a, const plan_report& b) {
    if (a.count != b.count || a.stopped != b.stopped) return false;
    for (std::size_t i = 0; i < a.count; ++i) {
        const plan& p = a.front[i];
        const plan& q = b.front[i];
        if (p.time.step != q.time.step || p.device != q.device || p.layout != q.layout || p.grade != q.grade ||
            p.job.micro_batch != q.job.micro_batch || p.job.recompute != q.job.recompute)
            return false;
    }
    return a.progress.candidates == b.progress.candidates && a.progress.timed == b.progress.timed;
}

plan a_plan(double time, std::int64_t device, const layout& l) {
    return {.layout = l, .time = {.step = seconds_of(time)}, .device = bytes_of(device)};
}
plan_report of(std::initializer_list<plan> plans) {
    plan_report report;
    for (const plan& each : plans) report.front[report.count++] = each;
    return report;
}

}  // namespace

TEST_CASE("several threads find the plans that one thread finds") {
    struct asked {
        network net;
        machine hardware;
        layout given;
    };
    const asked questions[]{
        {lower(models::llama_3_1_8b), 8 * cards::h100_sxm5_80gb, {.data = 8}},
        {lower(models::llama_3_1_405b), 512 * cards::h100_sxm5_80gb, {.data = 64, .tensor = 8}},
        {lower(models::mixtral_8x7b), 64 * cards::h100_sxm5_80gb, {.data = 8, .tensor = 8}},
        {lower(models::llama_3_1_405b), 8 * cards::rtx_4090, {.data = 8}},
    };
    for (const asked& each : questions)
        for (const bool tight : {false, true}) {
            const plan_space space{.virtual_stages = 2, .context = 4, .micro_batch = 8, .tight = tight};
            const plan_report one = best_plans(each.net, dense_job, each.hardware, each.given, space);
            for (const std::size_t threads : {1U, 2U, 3U, 7U})
                CHECK(same(best_plans_by_threads(each.net, dense_job, each.hardware, each.given, space, threads), one));
        }
}

TEST_CASE("parts of a search are merged to the front of all, in which the plan that is tried first stays") {
    const layout wide{.tensor = 2};
    const layout deep{.pipeline = 2};
    const plan_report parts[]{of({a_plan(1, 90, wide), a_plan(3, 50, wide), a_plan(5, 10, wide)}),
                              of({a_plan(2, 60, deep), a_plan(3, 50, deep), a_plan(4, 50, deep), a_plan(5, 20, deep)})};
    const plan_report all = detail::merged(parts);
    REQUIRE(all.count == 4);
    CHECK((all.front[0].device == bytes_of(90) && all.front[1].device == bytes_of(60)));
    CHECK((all.front[2].device == bytes_of(50) && all.front[2].time.step == seconds_of(3)));
    CHECK(all.front[2].layout == deep);
    CHECK((all.front[3].device == bytes_of(10) && all.front[3].layout == wide));
    const plan_progress seen[]{{.candidates = 3, .timed = 2, .measured = 2, .fitting = 1, .best_seconds = 7},
                               {.candidates = 4, .timed = 3},
                               {.candidates = 5, .timed = 4, .measured = 3, .fitting = 2, .best_seconds = 6}};
    const plan_progress sum = detail::sum_of(seen);
    CHECK((sum.candidates == 12 && sum.timed == 9 && sum.measured == 5 && sum.fitting == 3 && sum.best_seconds == 6));
}

TEST_CASE("a part whose front was full may have dropped a plan that is slower than those it kept") {
    const auto full = [](double slowest) {
        plan_report report;
        for (report.count = 0; report.count < max_front; ++report.count)
            report.front[report.count] = a_plan(slowest, 50, {});
        return report;
    };
    plan_report fewer = full(3);
    --fewer.count;
    CHECK(!detail::may_miss_plans(full(4), fewer));
    CHECK(!detail::may_miss_plans(full(3), full(3)));
    CHECK(detail::may_miss_plans(full(4), full(3)));
    CHECK(detail::may_miss_plans(fewer, full(3)));
}

TEST_CASE("a search by threads ends when it is asked to") {
    const machine m = 512 * cards::h100_sxm5_80gb;
    const layout given{.data = 64, .tensor = 8};
    const plan_space all{};
    plan_space some = all;
    some.stop = [](const plan_progress&) { return true; };
    const plan_report whole = best_plans_by_threads(models::llama_3_1_405b, dense_job, m, given, all, 2);
    const plan_report stopped = best_plans_by_threads(models::llama_3_1_405b, dense_job, m, given, some, 2);
    CHECK(!whole.stopped);
    CHECK(stopped.stopped);
    CHECK(stopped.progress.candidates < whole.progress.candidates);
}

TEST_CASE("an error of any thread is the error of the search") {
    const machine m = 8 * cards::h100_sxm5_80gb;
    training none = dense_job;
    none.micro_batch = 0;
    CHECK_THROWS_AS(static_cast<void>(best_plans_by_threads(models::llama_3_1_8b, none, m, {}, {}, 3)), invalid_input);
    plan_space refusing;
    refusing.accept = [](const plan& p, const void*) {
        if (p.layout.pipeline > 1) throw std::runtime_error("several stages");
        return true;
    };
    CHECK_THROWS_AS(static_cast<void>(best_plans_by_threads(models::llama_3_1_8b, dense_job, m, {}, refusing, 2)),
                    std::runtime_error);
}
