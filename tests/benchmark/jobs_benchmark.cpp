// SPDX-License-Identifier: MIT

// Measures what a job costs as text: read, answered and written, and one job at many sizes.

#include <cardfit/io/answer.hpp>
#include <cardfit/io/job_sizes.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace cardfit;

namespace {

const std::string training_line =
    R"({"model": "llama-3.1-8b", "hardware": {"card": "h100-sxm5-80gb", "cards": 8}, "training": {"precision": )"
    R"("bf16-mixed", "optimizer": "adamw", "micro_batch": 2, "sequence_length": 8192, "recompute": "selective", )"
    R"("framework": "torchtitan"}, "layout": {"data": 8, "sharding": "full"}})";
const std::string inference_line =
    R"({"model": "llama-3.1-8b", "hardware": {"card": "h100-sxm5-80gb"}, "inference": {"weights": "bf16", "batch": )"
    R"(64, "prompt": 1024, "generate": 500, "framework": "vllm"}})";
const std::string pipeline_line =
    R"({"model": "deepseek-v3", "hardware": {"card": "h100-sxm5-80gb", "cards": 2048}, "training": {"micro_batch": )"
    R"(1, "gradient_accumulation": 128, "sequence_length": 4096, "framework": "megatron"}, "layout": {"data": 128, )"
    R"("pipeline": 16, "expert": 64, "sharding": "optimizer"}})";

void answer_line(benchmark::State& state, const std::string& line) {
    for (auto _ : state) {
        const io::job_file job = io::read_job_text(line);
        benchmark::DoNotOptimize(io::answer_line(job, io::answer(job)));
    }
    state.counters["jobs/s"] = benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
void read_line(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(io::read_job_text(training_line));
}
void answer_job(benchmark::State& state) {
    const io::job_file job = io::read_job_text(training_line);
    for (auto _ : state) benchmark::DoNotOptimize(io::answer(job));
}
void write_answer(benchmark::State& state) {
    const io::job_file job = io::read_job_text(training_line);
    const io::answered_job answered = io::answer(job);
    for (auto _ : state) benchmark::DoNotOptimize(io::answer_line(job, answered));
}
void answer_sizes(benchmark::State& state) {
    constexpr std::size_t count = 1000;
    const std::vector<std::int64_t> batches(count, 2);
    const std::vector<std::int64_t> lengths(count, 4096);
    std::int64_t sum = 0;
    for (auto _ : state) {
        const io::job_file job = io::read_job_text(training_line);
        io::fit_sizes(job, count, batches.data(), lengths.data(),
                      [&](std::size_t, const fit_report& report) { sum += report.memory.device().number; });
    }
    benchmark::DoNotOptimize(sum);
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::RegisterBenchmark("a line of JSON to its answer, training", answer_line, training_line);
    benchmark::RegisterBenchmark("a line of JSON to its answer, inference", answer_line, inference_line);
    benchmark::RegisterBenchmark("a line of JSON to its answer, DeepSeek-V3 with 16 stages", answer_line,
                                 pipeline_line);
    benchmark::RegisterBenchmark("of which reading the job", read_line);
    benchmark::RegisterBenchmark("of which answering it", answer_job);
    benchmark::RegisterBenchmark("of which writing the answer", write_answer);
    benchmark::RegisterBenchmark("one job as JSON at 1,000 sizes", answer_sizes);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
