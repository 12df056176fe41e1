// SPDX-License-Identifier: MIT

// Measures what an estimate costs: from a model to its estimate, from a network to its estimate, one point of a lowered
// job, and searches.

#include <cardfit/cardfit.hpp>

#include <benchmark/benchmark.h>

using namespace cardfit;

namespace {

const machine eight = 8 * cards::h100_sxm5_80gb;
constexpr layout sharded{.data = 8, .sharding = sharding::full};
training job{
    .micro_batch = 2, .sequence_length = 8192, .recompute = recompute::selective, .framework = framework::torchtitan};

void full_estimate(benchmark::State& state) {
    transformer model = models::llama_3_1_8b;
    for (auto _ : state) {
        benchmark::DoNotOptimize(model);
        benchmark::DoNotOptimize(job);
        benchmark::DoNotOptimize(memory(model, job, eight, sharded));
    }
}
BENCHMARK(full_estimate);

void pipeline_estimate(benchmark::State& state) {
    const machine many = 512 * cards::h100_sxm5_80gb;
    const layout l{.data = 8, .tensor = 8, .pipeline = 8, .sharding = sharding::optimizer};
    transformer model = models::llama_3_1_405b;
    for (auto _ : state) {
        benchmark::DoNotOptimize(model);
        benchmark::DoNotOptimize(memory(model, job, many, l));
    }
}
BENCHMARK(pipeline_estimate);

void one_point(benchmark::State& state) {
    const lowered_training lowered = lower_job(models::llama_3_1_8b, job, eight, sharded);
    std::int64_t batch = 1;
    for (auto _ : state) {
        benchmark::DoNotOptimize(batch);
        benchmark::DoNotOptimize(memory(lowered, batch, 8192));
    }
}
BENCHMARK(one_point);

void largest_batch(benchmark::State& state) {
    const lowered_training lowered = lower_job(models::llama_3_1_8b, job, eight, sharded);
    for (auto _ : state) benchmark::DoNotOptimize(largest_micro_batch(lowered, 2048));
}
BENCHMARK(largest_batch);

}  // namespace

BENCHMARK_MAIN();
