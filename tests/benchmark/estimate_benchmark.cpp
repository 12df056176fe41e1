// SPDX-License-Identifier: MIT

// Measures what every question of the library costs: pieces of an estimate, time, inference, decisions and searches.
// The names of the benchmarks are the questions, which speed.py prints as a table.

#include <cardfit/cardfit.hpp>
#include <cardfit/decide/compare.hpp>
#include <cardfit/decide/plan.hpp>
#include <cardfit/decide/rank.hpp>
#include <cardfit/decide/remedies.hpp>
#include <cardfit/decide/savings.hpp>
#include <cardfit/decide/scaling.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/model/convnet_zoo.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>

using namespace cardfit;

namespace {

/// Registers a question. What it reads is taken to change between two askings, so that none is answered in advance.
template <class Question>
void ask(const char* name, Question question, benchmark::TimeUnit unit = benchmark::kNanosecond) {
    benchmark::RegisterBenchmark(name, [question](benchmark::State& state) {
        auto mine = question;
        benchmark::DoNotOptimize(&mine);
        for (auto _ : state) {
            benchmark::ClobberMemory();
            benchmark::DoNotOptimize(mine());
        }
    })->Unit(unit);
}

const machine eight = 8 * cards::h100_sxm5_80gb;
const machine thousand = 1024 * cards::h100_sxm5_80gb;
constexpr layout sharded{.data = 8, .sharding = sharding::full};
constexpr layout sixteen_stages{.data = 8, .tensor = 8, .pipeline = 16, .sharding = sharding::optimizer};
constexpr training small_job{
    .micro_batch = 2, .sequence_length = 8192, .recompute = recompute::selective, .framework = framework::torchtitan};
constexpr training large_job{.gradient_accumulation = 128,
                             .sequence_length = 8192,
                             .recompute = recompute::selective,
                             .framework = framework::megatron};
constexpr inference chat{.batch = 64, .prompt = 1024, .generate = 500, .framework = engine::vllm};
constexpr inference gguf{
    .weights = number_format::q4_k_m, .prompt = 4096, .generate = 512, .framework = engine::llama_cpp};
const machine one = 1 * cards::h100_sxm5_80gb;

void ask_estimates() {
    const transformer model = models::llama_3_1_8b;
    const network net = lower(model);
    const network large = lower(models::llama_3_1_405b);
    ask("memory of Llama 3.1 8B, from the model", [=] { return memory(model, small_job, eight, sharded); });
    ask("memory and time of Llama 3.1 8B, from the model", [=] {
        const network lowered = lower(model);
        return memory(lowered, small_job, eight, sharded).device().number +
               static_cast<std::int64_t>(step_time(lowered, small_job, eight, sharded).step.number);
    });
    ask("the network of a model", [=] { return lower(model); });
    ask("memory of Llama 3.1 8B, from its network", [=] { return memory(net, small_job, eight, sharded); });
    ask("memory of Llama 3.1 405B, 16 stages, from its network",
        [=] { return memory(large, large_job, thousand, sixteen_stages); });
    ask("memory of all cards, Llama 3.1 405B, 16 stages",
        [=] { return memory_of_all_cards(large, large_job, thousand, sixteen_stages); });
    const lowered_training lowered = lower_job(net, small_job, eight, sharded);
    ask("one point of a lowered training", [=] { return memory(lowered, 2, 8192); });
    ask("largest micro-batch of a lowered training", [=] { return largest_micro_batch(lowered, 2048); });
    ask("longest sequence of a lowered training", [=] { return longest_sequence(lowered, 1); });
    ask("step time of Llama 3.1 8B, from its network", [=] { return step_time(net, small_job, eight, sharded); });
    ask("step time of Llama 3.1 405B, 16 stages, from its network",
        [=] { return step_time(large, large_job, thousand, sixteen_stages); });
    ask("step time of ResNet-50", [convolutional = models::resnet_50] {
        return step_time(convolutional, training{.precision = precision::fp16_mixed, .micro_batch = 128}, eight);
    });
}

void ask_inferences() {
    const network net = lower(models::llama_3_1_8b);
    const network large = lower(models::llama_3_1_70b);
    ask("fit of an inference of Llama 3.1 8B, from its network", [=] { return fit(net, chat, one); });
    ask("time of an inference of Llama 3.1 8B, from its network", [=] { return time(net, chat, one); });
    const lowered_inference lowered = lower_job(net, chat, one);
    ask("one point of a lowered inference", [=] { return memory(lowered, 64, 1024, 500); });
    ask("largest batch of a lowered inference", [=] { return largest_batch(lowered); });
    ask("longest context of a lowered inference", [=] { return longest_context(lowered); });
    const machine desktop = 1 * cards::rtx_4090;
    ask("layers of Llama 3.1 70B on a card", [=] { return layers_on_cards(large, gguf, desktop); });
}

void ask_decisions() {
    const network net = lower(models::llama_3_1_8b);
    const network seven = lower(models::llama_2_7b);
    const machine two = 2 * cards::a100_sxm4_40gb;
    ask("remedies of Llama 2 7B on two cards",
        [=] { return remedies(seven, training{.precision = precision::bf16, .sequence_length = 2048}, two); });
    ask("savings of Llama 3.1 8B", [=] { return savings(net, small_job, eight, sharded); });
    ask("scaling of Llama 3.1 8B over 8 cards", [=] { return scaling(net, small_job, eight, sharded); });
    ask("comparison of three cards", [=] {
        const machine compared[]{cards::a100_sxm4_80gb, cards::rtx_a6000, cards::rtx_4090};
        return compare(seven, training{.precision = precision::bf16, .sequence_length = 2048}, compared);
    });
    ask("ranking of one machine of 8 cards", [=] {
        return rank_one(net, training{.precision = precision::bf16, .micro_batch = 8, .sequence_length = 2048}, eight);
    });
}

/// Registers a search, with the layouts that it tries per second.
void ask_plan(const char* name, const network& net, const training& t, const machine& m, const layout& given) {
    benchmark::RegisterBenchmark(name, [=](benchmark::State& state) {
        double tried = 0;
        for (auto _ : state) {
            benchmark::ClobberMemory();
            const plan_report found = best_plans(net, t, m, given);
            tried += static_cast<double>(found.progress.candidates);
        }
        state.counters["layouts/s"] = benchmark::Counter(tried, benchmark::Counter::kIsRate);
    })->Unit(benchmark::kMillisecond);
}

void ask_plans() {
    const training t{.gradient_accumulation = 16, .sequence_length = 8192, .framework = framework::megatron};
    ask_plan("plan of Llama 3.1 8B on 8 cards", lower(models::llama_3_1_8b), t, eight, {.data = 8});
    training large = t;
    large.gradient_accumulation = 16;
    ask_plan("plan of Llama 3.1 405B on 1,024 cards", lower(models::llama_3_1_405b), large, thousand,
             {.data = 128, .tensor = 8});
    large.sequence_length = 4096;
    ask_plan("plan of DeepSeek-V3 on 2,048 cards", lower(models::deepseek_v3), large, 2048 * cards::h100_sxm5_80gb,
             {.data = 128, .pipeline = 16, .expert = 64});
}

/// The jobs that speed.py asks of other estimators too.
void ask_for_peers() {
    const machine a100 = 8 * cards::a100_sxm4_80gb;
    const transformer model = models::llama_3_1_8b;
    const training t{.gradient_accumulation = 8,
                     .sequence_length = 4096,
                     .recompute = recompute::selective,
                     .framework = framework::megatron};
    ask("peers: 8B, tensor 2 x data 4: memory",
        [=] { return memory(model, t, a100, {.data = 4, .tensor = 2, .sharding = sharding::optimizer}); });
    const transformer trillion{
        .layers = 128, .hidden = 25600, .heads = 160, .ffn = 102400, .ffn_gated = false, .vocab = 51200};
    const training full{.precision = precision::fp16_mixed,
                        .micro_batch = 4,
                        .gradient_accumulation = 64,
                        .sequence_length = 2048,
                        .recompute = recompute::full,
                        .framework = framework::megatron};
    const machine many = 3072 * cards::a100_sxm4_80gb;
    const layout l{.data = 12, .tensor = 4, .pipeline = 64, .sharding = sharding::optimizer};
    ask("peers: 1T, tensor 4 x pipeline 64 x data 12: memory", [=] { return memory(trillion, full, many, l); });
    ask("peers: 1T, tensor 4 x pipeline 64 x data 12: memory and time", [=] {
        const network net = lower(trillion);
        return memory(net, full, many, l).device().number +
               static_cast<std::int64_t>(step_time(net, full, many, l).step.number);
    });
}

}  // namespace

int main(int argc, char** argv) {
    ask_estimates();
    ask_inferences();
    ask_decisions();
    ask_plans();
    ask_for_peers();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
