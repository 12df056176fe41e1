// SPDX-License-Identifier: MIT

// Tests what engines hold before the first request against start-up logs and release notes.

#include <cardfit/decide/serve.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr double gib = 1'073'741'824;

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

constexpr detail::trial_pass trial(const inference& i, const machine& m) {
    return detail::trial_of(as_released(i), row_of(i).memory, m);
}

constexpr inference vllm(release_number version) { return {.framework = engine::vllm, .engine_version = version}; }

}  // namespace

// A version has the month of its release (github.com/vllm-project/vllm/releases), and the rules of that month.
static_assert(as_released(vllm(version_of(0, 8, 4))).software_date == software_date{2025, 4});
static_assert(as_released(vllm(version_of(0, 8, 5))).software_date == software_date{2025, 4});
static_assert(as_released(vllm(version_of(0, 11))).software_date == software_date{2025, 10});
static_assert(as_released(vllm(version_of(9))).software_date >= software_date{2026, 8});
static_assert(as_released({.framework = engine::vllm}).software_date == latest_software_date);

// gpu_memory_utilization is 0.92 since #38284 (April 2026), unless the job names one.
static_assert(as_released(vllm(version_of(0, 19))).memory_utilization == 0.9);
static_assert(as_released(vllm(version_of(0, 20))).memory_utilization == 0.92);
static_assert(as_released({.framework = engine::vllm, .memory_utilization = 0.5}).memory_utilization == 0.5);

// V1 runs 1,024 sequences at once; since 0.8.4 (#16158) only on cards of 70 GiB and more that are not an A100. These
// read 8,192 tokens per pass, the others 2,048.
static_assert(trial(vllm(version_of(0, 8)), cards::rtx_4090).sequences == 1024);
static_assert(trial(vllm(version_of(0, 8, 4)), cards::rtx_4090).sequences == 256);
static_assert(trial(vllm(version_of(0, 8, 4)), cards::rtx_4090).tokens == 2048);
static_assert(trial(vllm(version_of(0, 8, 4)), cards::h100_sxm5_80gb).sequences == 1024);
static_assert(trial(vllm(version_of(0, 8, 4)), cards::h100_sxm5_80gb).tokens == 8192);
static_assert(trial(vllm(version_of(0, 8, 4)), cards::a100_sxm4_80gb).sequences == 256);
static_assert(trial({.framework = engine::vllm, .max_sequences = 7}, cards::h100_sxm5_80gb).sequences == 7);
static_assert(trial({.framework = engine::vllm, .max_batched_tokens = 512}, cards::h100_sxm5_80gb).sequences == 512);
static_assert(trial({}, cards::h100_sxm5_80gb).tokens == 0);

// vLLM logs the sizes that it records: 35 up to 256, 67 up to 512 in V1; 51 and 35 of them since 0.11.1.
static_assert(detail::recorded_sizes(256, 8) == 35);
static_assert(detail::recorded_sizes(512, 8) == 67);
static_assert(detail::recorded_sizes(512, 16) == 51);
static_assert(detail::recorded_sizes(1, 8) == 1);

// vLLM 0.10.2 on eight L40S, Qwen3-235B-A22B in FP8 (94 layers with experts): graphs 3.45 GiB, the activations' peak
// 1.4 GiB of 256 sequences, 238,208 tokens of cache.
constexpr inference l40s_job{.weights = number_format::fp8,
                             .prompt = 32'767,
                             .generate = 1,
                             .framework = engine::vllm,
                             .engine_version = version_of(0, 10, 2)};
constexpr lowered_inference on_l40s =
    lower_job(models::qwen3_235b_a22b, l40s_job, 8 * cards::l40s, {.tensor = 8, .expert = 8});
static_assert(within(static_cast<double>(on_l40s.graphs), 3.45 * gib, 0.1));
static_assert(within(static_cast<double>(memory(on_l40s).components.logits.number), 1.4 * gib, 0.06));
static_assert(within(static_cast<double>(longest_context(on_l40s)), 238'208, 0.02));

// vLLM 0.6.4 on an RTX 3090, Llama-3.1-8B (#10517): a pass holds the whole sequence of 20,000 tokens (2.07 GiB), and
// chunks of 512 tokens beyond 32,768 (0.06 GiB), which sample nothing. 29,000 tokens don't fit, 35,000 do.
constexpr lowered_inference on_3090 = lower_job(
    models::llama_3_1_8b, inference{.framework = engine::vllm, .engine_version = version_of(0, 6, 4)}, cards::rtx_3090);
constexpr double activations_on_3090(std::int64_t length) {
    const memory_components c = memory(on_3090, 1, length - 1, 1).components;
    return static_cast<double>(c.activations.number + c.logits.number);
}
static_assert(within(activations_on_3090(20'000), 2.07 * gib, 0.08));
static_assert(within(activations_on_3090(35'000), 0.06 * gib, 0.1));
static_assert(fit(on_3090, 1, 28'999, 1).headroom < bytes{});
static_assert(fit(on_3090, 1, 34'999, 1).headroom > bytes{});

// vLLM 0.10.1 on an H100, gpt-oss-120b (#23278): the weights take 65.97 GiB, because Marlin pads the experts, and the
// cache would have -2.14 GiB.
constexpr lowered_inference gpt_oss = lower_job(models::gpt_oss_120b,
                                                inference{.weights = number_format::mxfp4,
                                                          .prompt = 1,
                                                          .generate = 0,
                                                          .framework = engine::vllm,
                                                          .engine_version = version_of(0, 10, 1)},
                                                cards::h100_sxm5_80gb);
static_assert(within(static_cast<double>(memory(gpt_oss).components.weights.number), 65.97 * gib, 0.005));
static_assert(within(static_cast<double>(-fit(gpt_oss).headroom.number), 2.14 * gib, 0.25));

// vLLM 0.8.5 on four A10, Qwen3-30B-A3B (#17469): out of memory while graphs are recorded; it starts without them.
constexpr inference a10_job{
    .prompt = 1023, .framework = engine::vllm, .max_sequences = 1, .engine_version = version_of(0, 8, 5)};
constexpr inference a10_eager{.prompt = 1023,
                              .framework = engine::vllm,
                              .max_sequences = 1,
                              .graphs = false,
                              .engine_version = version_of(0, 8, 5)};
static_assert(fit(models::qwen3_30b_a3b, a10_job, 4 * cards::a10, {.tensor = 4}).grade == grade::tight);
static_assert(fit(models::qwen3_30b_a3b, a10_eager, 4 * cards::a10, {.tensor = 4}).grade == grade::fits);

// SGLang on four H100 with mem-fraction-static 0.93, Qwen3-235B-A22B in FP8 (vllm-project/vllm#21348): 367,404 tokens.
// The share is of what the CUDA context and NCCL leave, and activations are not in it.
constexpr inference sglang_job{.weights = number_format::fp8,
                               .prompt = 40'959,
                               .generate = 1,
                               .framework = engine::sglang,
                               .memory_utilization = 0.93,
                               .software_date = {2025, 7}};
static_assert(within(static_cast<double>(longest_context(models::qwen3_235b_a22b, sglang_job, 4 * cards::h100_sxm5_80gb,
                                                         {.tensor = 4})),
                     367'404, 0.03));

// mem_fraction_static is computed since September 2025: at least 10 GiB are left on an H100 of 80 GiB. Before, it was
// 0.85 for four GPUs.
constexpr double sglang_share(software_date date, int cards) {
    const inference job{.framework = engine::sglang, .software_date = date};
    return lower_job(models::llama_3_1_8b, job, cards * cards::h100_sxm5_80gb, {.tensor = cards})
        .job.memory_utilization;
}
static_assert(within(sglang_share({2026, 1}, 1), 1 - 14'336 / 81'559.0, 0.02));
static_assert(within(sglang_share({2025, 1}, 4), 0.85, 0.001));

// TensorRT-LLM builds for 2,048 sequences: decoder and runtime buffers take 8.42 GB for a vocabulary of 151,936
// (NVIDIA/TensorRT-LLM#1188), and a tied table is stored twice: 875 MiB of Qwen2.5-0.5B in int8.
constexpr inference trt_job{.weights = number_format::int8,
                            .prompt = 8191,
                            .generate = 1,
                            .framework = engine::tensorrt_llm,
                            .memory_utilization = 0.9,
                            .software_date = {2024, 11}};
constexpr memory_estimate on_a4000 = memory(models::qwen2_5_0_5b, trt_job, cards::rtx_a4000);
static_assert(within(static_cast<double>(on_a4000.components.logits.number), 8.42e9, 0.1));
static_assert(within(static_cast<double>(on_a4000.components.weights.number), 875 * 1'048'576.0, 0.03));

// LMDeploy's cache_max_entry_count is 0.8 of what is free.
static_assert(as_released({.framework = engine::lmdeploy}).memory_utilization == 0.8);

// vLLM 0.7.2 on two RTX 4090, DeepSeek-R1-Distill-Qwen-14B (#13061): 13.9476 GB of weights a GPU, room for 81,536
// tokens beside the logits of the first rank's sampler at utilization 0.98.
constexpr inference on_two_4090{.prompt = 131'071,
                                .generate = 1,
                                .framework = engine::vllm,
                                .memory_utilization = 0.98,
                                .engine_version = version_of(0, 7, 2)};
constexpr lowered_inference distilled = lower_job(models::qwen2_5_14b, on_two_4090, 2 * cards::rtx_4090, {.tensor = 2});
static_assert(within(static_cast<double>(memory(distilled).components.weights.number), 13.9476 * gib, 0.02));
static_assert(within(static_cast<double>(longest_context(distilled)), 81'536, 0.03));

// Decoder and runtime buffers of that build coexist with the execution context: 395,776 tokens of cache are left.
static_assert(within(static_cast<double>(longest_context(lower_job(models::qwen2_5_0_5b, trt_job, cards::rtx_a4000))),
                     395'776, 0.13));

// ExLlamaV2 with Llama-2-7B in 16 bits and 4,096 positions: 15,162 MiB with a 16-bit cache, 13,882 with one of 4 bits
// (oobabooga/textgen#5645). The embedding stays on the CPU, and flash attention writes no scores.
constexpr double exllama_mebibytes(number_format cache) {
    const inference job{.weights = number_format::fp16,
                        .kv_cache = cache,
                        .prompt = 4095,
                        .generate = 1,
                        .framework = engine::exllama,
                        .software_date = {2024, 3}};
    return static_cast<double>(memory(models::llama_2_7b, job, cards::rtx_3090).device().number) / 1'048'576;
}
static_assert(within(exllama_mebibytes(number_format::fp16), 15'162, 0.04));
static_assert(within(exllama_mebibytes(number_format::int4), 13'882, 0.04));

// Ollama's contexts and requests at once by release: envconfig/config.go, server/sched.go and server/routes.go at its
// tags.
constexpr software_date month_of(release_number version) {
    return as_released({.framework = engine::ollama, .engine_version = version}).software_date;
}
constexpr std::int64_t ollama_tokens(release_number version, double gibibytes) {
    return default_context_of(engines::ollama.memory, month_of(version), gibibytes).tokens;
}
static_assert(ollama_tokens(version_of(0, 5, 0), 80) == 2048 && ollama_tokens(version_of(0, 6, 7), 80) == 4096);
static_assert(ollama_tokens(version_of(0, 15, 4), 80) == 4096 && ollama_tokens(version_of(0, 15, 5), 16) == 4096);
static_assert(ollama_tokens(version_of(0, 15, 5), 24) == 32'768 && ollama_tokens(version_of(0, 30, 0), 48) == 262'144);
constexpr default_slots ollama_slots(release_number version) {
    return default_slots_of(engines::ollama.memory, month_of(version));
}
static_assert(ollama_slots(version_of(0, 1, 39)).at_once == 1 && ollama_slots(version_of(0, 2, 0)).at_once == 4);
static_assert(ollama_slots(version_of(0, 6, 7)).at_once == 2 && ollama_slots(version_of(0, 10, 0)).at_once == 1);
static_assert(default_slots_of(engines::llama_cpp.memory, {2025, 10}).at_once == 1 &&
              default_slots_of(engines::llama_cpp.memory, {2025, 12}).unified);

// Ollama's attention writes its scores until llama-server runs the files (0.30.0), unless the cache is quantized.
constexpr std::int64_t ollama_activations(release_number version, number_format cache) {
    return memory(models::llama_3_1_8b,
                  inference{.weights = number_format::q4_k_m,
                            .kv_cache = cache,
                            .prompt = 32'000,
                            .generate = 100,
                            .framework = engine::ollama,
                            .engine_version = version},
                  cards::rtx_3090)
        .components.activations.number;
}
// 32 heads of fp32 scores for each of 512 tokens and 32,100 positions.
static_assert(ollama_activations(version_of(0, 15, 5), number_format::by_default) >
              32 * 4 * 512 * std::int64_t{32'100});
static_assert(ollama_activations(version_of(0, 30, 0), number_format::by_default) < 64 * 1'048'576);
static_assert(ollama_activations(version_of(0, 15, 5), number_format::int8) < 64 * 1'048'576);

// ---- By hand

namespace {

/// A trial of 1000 tokens and 10 sequences, on large cards of 4000 and 40, whose logits have 6 bytes.
constexpr trial_run one_trial[]{{.since = {2024, 1},
                                 .tokens = 1000,
                                 .large_tokens = 4000,
                                 .sequences = 10,
                                 .large_sequences = 40,
                                 .whole_sequence = true,
                                 .cut_beyond = 7,
                                 .cut_tokens = 5,
                                 .cut_samples = true,
                                 .logit_bytes = 6,
                                 .cached_per_mille = 30}};
constexpr engine_memory with_trial{.trials = one_trial};
constexpr machine of_gibibytes(int capacity, std::string_view name = "") {
    return {.card = {.name = name}, .capacity = gibibytes(capacity)};
}
constexpr detail::trial_pass on(int capacity, inference i = {}, std::string_view name = "") {
    return detail::trial_of(i, with_trial, of_gibibytes(capacity, name));
}

}  // namespace
static_assert(on(24).tokens == 1000 && on(24).sequences == 10 && on(24).whole_sequence && on(24).cut_beyond == 7 &&
              on(24).cut_tokens == 5 && on(24).cut_samples && on(24).logit_bytes == 6 && on(24).cached_per_mille == 30);
// Cards of 70 GiB and more are large, but for A100s.
static_assert(on(70).tokens == 4000 && on(70).sequences == 40 && on(69).tokens == 1000 &&
              on(80, {}, "A100 SXM4").tokens == 1000 && on(80, {}, "H100").tokens == 4000);
static_assert(on(24, {.software_date = {2023, 12}}).tokens == 0);
// A job's limits replace the engine's, and no more sequences run than the pass has tokens.
static_assert(on(24, {.max_sequences = 3}).sequences == 3 && on(24, {.max_sequences = 3}).tokens == 1000 &&
              on(24, {.max_batched_tokens = 8}).tokens == 8 && on(24, {.max_batched_tokens = 8}).sequences == 8 &&
              !on(24, {.max_batched_tokens = 8}).whole_sequence && on(24, {.max_sequences = 5000}).sequences == 1000);

// Sizes 1, 2, 4 and multiples of 8 up to 256, and steps of 16 from there: 3 + 32 + 16 up to 512.
static_assert(detail::recorded_sizes(0, 16) == 0 && detail::recorded_sizes(1, 16) == 1 &&
              detail::recorded_sizes(2, 16) == 2 && detail::recorded_sizes(4, 16) == 3 &&
              detail::recorded_sizes(8, 16) == 4 && detail::recorded_sizes(255, 16) == 3 + 31 &&
              detail::recorded_sizes(256, 16) == 35 && detail::recorded_sizes(512, 16) == 51 &&
              detail::recorded_sizes(512, 8) == 67);
// 100 KiB per size and dense layer, 1000 per layer with experts. Of whole decodes, sizes up to twice the sequences, and
// those up to the sequences once more.
constexpr graph_rule plain_graphs{.largest = 512, .dense_kibibytes = 100, .expert_kibibytes = 1000};
static_assert(detail::graph_bytes(plain_graphs, 8, 3, 0) == 67 * 300 * 1024 &&
              detail::graph_bytes(plain_graphs, 8, 3, 2) == 67 * 2300 * 1024);
constexpr graph_rule whole_graphs{.largest = 512, .whole_decode = true, .dense_kibibytes = 100};
static_assert(detail::graph_bytes(whole_graphs, 128, 1, 0) == (35 + 19) * 100 * 1024 &&
              detail::graph_bytes(whole_graphs, 400, 1, 0) == (51 + 44) * 100 * 1024 &&
              detail::graph_bytes(whole_graphs, 1000, 1, 0) == (51 + 51) * 100 * 1024);

// One process needs no communicators; several take 1600 MiB over NVLink, and 100 over PCIe.
constexpr std::int64_t communicators(card_link link, const layout& l) {
    return detail::serving_communicators({.card = cards::h100_sxm5_80gb, .cards = 8, .link = link}, l) /
           bytes_per_mebibyte;
}
static_assert(communicators(card_link::nvswitch, {.tensor = 2}) == 1600 &&
              communicators(card_link::nvlink, {.pipeline = 2}) == 1600 &&
              communicators(card_link::pcie, {.expert = 2}) == 100 && communicators(card_link::nvswitch, {}) == 0 &&
              communicators(card_link::pcie_host, {.tensor = 2}) == 100);

// The fraction that an engine leaves: 1000 MiB, half of 4 per token of at least 2048, 10 per recorded size, 16 per 8
// cards; no less than 5000 on cards of more than 60 GiB.
namespace {
constexpr computed_utilization one_rule[]{
    {.base = 1000, .per_two_tokens = 4, .per_recorded_size = 10, .per_eight_cards = 16, .least_on_large = 9000}};
constexpr pass_by_card passes[]{{.below_gibibytes = 40, .tokens = 3000, .recorded = 8, .recorded_on_four = 20},
                                {.below_gibibytes = 1000, .tokens = 1000, .recorded = 30, .recorded_on_four = 50}};
constexpr engine_memory computing{.computed = one_rule, .passes = passes};
constexpr double left_mebibytes(int capacity, const layout& l, std::int64_t tokens = 0) {
    const machine m{.card = {.driver_total = gibibytes(capacity)}, .cards = 64, .capacity = gibibytes(capacity)};
    const double fraction = detail::computed_utilization_of(computing, {.max_batched_tokens = tokens}, m, l);
    return (1 - fraction) * capacity * 1024;
}
constexpr bool leaves(double value, double expected) { return value > expected - 0.01 && value < expected + 0.01; }
}  // namespace
static_assert(leaves(left_mebibytes(24, {}), 1000 + 3000 * 2 + 8 * 10 + 2) &&
              leaves(left_mebibytes(24, {.tensor = 4}), 1000 + 3000 * 2 + 20 * 10 + 8) &&
              leaves(left_mebibytes(24, {.tensor = 2, .pipeline = 3}), 1000 + 3000 * 2 + 8 * 10 + 12) &&
              leaves(left_mebibytes(24, {}, 2500), 1000 + 2500 * 2 + 8 * 10 + 2) &&
              leaves(left_mebibytes(24, {}, 100), 1000 + 2048 * 2 + 8 * 10 + 2));
static_assert(leaves(left_mebibytes(60, {}), 1000 + 2048 * 2 + 30 * 10 + 2) && leaves(left_mebibytes(61, {}), 9000));
// A card of which so much would be left fills half of its memory.
static_assert(leaves(left_mebibytes(13, {}), 13 * 512));
// Engines of before the rule state it by tensor parallelism.
constexpr double stated(int tensor) {
    return detail::computed_utilization_of(engine_memory{}, {}, of_gibibytes(24), {.tensor = tensor});
}
static_assert(stated(1) == 0.88 && stated(2) == 0.87 && stated(3) == 0.87 && stated(4) == 0.85 && stated(8) == 0.81 &&
              stated(16) == 0.79);
