// SPDX-License-Identifier: MIT

// Tests what engines refuse whatever the memory.

#include <cardfit/estimate/inference/runnable.hpp>
#include <cardfit/hardware/cards/all.hpp>

using namespace cardfit;

// A version is known where an engine's releases are listed.
static_assert(engine_problems({.framework = engine::vllm, .engine_version = version_of(0, 11)}).empty());
static_assert(!engine_problems({.framework = engine::litgpt, .engine_version = version_of(0, 5)}).empty());
static_assert(engine_problems({.framework = engine::litgpt}).empty());

// llama.cpp has had flash attention since May 2024, and reads a quantized cache with it alone ("V cache quantization
// requires flash_attn"); vLLM has no kernels that write the scores.
static_assert(engine_problems({.framework = engine::llama_cpp, .attention = serving_attention::eager}).empty());
static_assert(!engine_problems({.framework = engine::vllm, .attention = serving_attention::eager}).empty());
static_assert(!engine_problems(
                   {.framework = engine::llama_cpp, .attention = serving_attention::flash, .software_date = {2024, 3}})
                   .empty());
static_assert(!engine_problems({.kv_cache = number_format::int8,
                                .framework = engine::llama_cpp,
                                .attention = serving_attention::eager})
                   .empty());

namespace {

constexpr bool runs(engine e, number_format weights, const gpu& card) {
    return engine_runs(inference{.weights = weights, .framework = e}, card);
}

}  // namespace

// vLLM refuses bfloat16 on a T4 ("Bfloat16 is only supported on GPUs with compute capability of at least 8.0") and does
// not run on a P100 at all. llama.cpp loads GGUF files, TensorRT-LLM none of them.
static_assert(!runs(engine::vllm, number_format::bf16, cards::t4));
static_assert(runs(engine::vllm, number_format::fp16, cards::t4));
static_assert(runs(engine::vllm, number_format::bf16, cards::rtx_4090));
static_assert(!runs(engine::vllm, number_format::fp8, cards::p100_pcie_16gb));
static_assert(!runs(engine::llama_cpp, number_format::awq_int4, cards::rtx_4090));
static_assert(runs(engine::llama_cpp, number_format::q4_k_m, cards::rtx_4090));
static_assert(runs(engine::llama_cpp, number_format::bf16, cards::t4));
static_assert(!runs(engine::tensorrt_llm, number_format::q4_k_m, cards::rtx_4090));
static_assert(runs(engine::vllm, number_format::bf16, cards::mi300x));

// EXL2 files are ExLlamaV2's, EXL3 files ExLlamaV3's.
static_assert(runs(engine::exllama, number_format::exl2_4_65, cards::rtx_3090));
static_assert(!runs(engine::exllama, number_format::exl3_4_0, cards::rtx_3090));
static_assert(runs(engine::exllamav3, number_format::exl3_4_0, cards::rtx_3090));
static_assert(!runs(engine::vllm, number_format::exl2_4_65, cards::rtx_3090));

// What engines run by compute capability, from their documentation: vLLM's table of supported hardware (Volta: no AWQ,
// no INT8 W8A8, no FP8; Turing: all but FP8, which 0.32 runs there), bitsandbytes' (8 bits from 7.5, 4 bits from 6.0),
// TensorRT-LLM's support matrix of 0.18.2 (Ampere and later, FP8 from Ada on).
static_assert(!runs(engine::vllm, number_format::int8, cards::p4));
static_assert(!runs(engine::vllm, number_format::int8, cards::v100_sxm2_16gb));
static_assert(!runs(engine::vllm, number_format::w8a8, cards::v100_sxm2_16gb));
static_assert(runs(engine::vllm, number_format::w8a8, cards::t4));
static_assert(runs(engine::vllm, number_format::gptq_int4, cards::v100_sxm2_16gb));
static_assert(!runs(engine::vllm, number_format::awq_int4, cards::v100_sxm2_16gb));
static_assert(!runs(engine::transformers, number_format::int8, cards::p4));
static_assert(runs(engine::transformers, number_format::nf4, cards::p4));
static_assert(!runs(engine::transformers, number_format::awq_int4, cards::p4));
static_assert(!runs(engine::transformers, number_format::fp8, cards::a100_sxm4_80gb));
static_assert(runs(engine::transformers, number_format::gptq_int8, cards::p4));
static_assert(!runs(engine::tensorrt_llm, number_format::fp8, cards::a100_sxm4_80gb));
static_assert(!runs(engine::tensorrt_llm, number_format::fp16, cards::t4));
static_assert(!runs(engine::autoawq, number_format::awq_int4, cards::v100_sxm2_16gb));
static_assert(!runs(engine::lmdeploy, number_format::fp16, cards::p4));
static_assert(runs(engine::lmdeploy, number_format::awq_int4, cards::v100_sxm2_16gb));

// A floor holds between dates.
static_assert(!engine_runs({.weights = number_format::fp8, .framework = engine::vllm, .software_date = {2026, 2}},
                           cards::t4));
static_assert(runs(engine::vllm, number_format::fp8, cards::t4));
static_assert(
    engine_runs({.weights = number_format::fp16, .framework = engine::tensorrt_llm, .software_date = {2024, 3}},
                cards::v100_sxm2_16gb));

// At a date, one floor of a format holds, and a refusal names no other.
static_assert(card_problems({.weights = number_format::fp16, .framework = engine::tensorrt_llm}, cards::p4).size() ==
              1);
static_assert(card_problems({.weights = number_format::fp8, .framework = engine::vllm, .software_date = {2026, 2}},
                            cards::v100_sxm2_16gb)
                  .size() == 1);

// Each refusal names its key and the value that it refuses, and nothing else is refused beside it.
namespace {

constexpr bool refuses(const problem_list& found, std::string_view field, std::int64_t value) {
    return found.size() == 1 && found.begin()->field == field && found.begin()->value == value;
}
constexpr bool refuses(const inference& i, std::string_view field, std::int64_t value) {
    return refuses(engine_problems(i), field, value);
}

}  // namespace

static_assert(refuses({.framework = engine::litgpt, .engine_version = version_of(0, 5)}, "inference.engine_version",
                      version_of(0, 5).number));
// Only llama.cpp has values in a format of their own, and a cache in GGUF's formats.
static_assert(refuses({.value_cache = number_format::fp8, .framework = engine::vllm}, "inference.value_cache",
                      static_cast<std::int64_t>(number_format::fp8)) &&
              refuses({.kv_cache = number_format::q8_0, .framework = engine::vllm}, "inference.kv_cache",
                      static_cast<std::int64_t>(number_format::q8_0)) &&
              engine_problems({.kv_cache = number_format::fp8, .framework = engine::vllm}).empty() &&
              engine_problems(
                  {.kv_cache = number_format::q8_0, .value_cache = number_format::q8_0, .framework = engine::llama_cpp})
                  .empty());
static_assert(refuses({.framework = engine::vllm, .unified_cache = true}, "inference.unified_cache", 1));
// Only llama.cpp leaves layers in host memory: the key is the one that was given.
static_assert(refuses({.framework = engine::vllm, .gpu_layers = 7}, "inference.gpu_layers", 7) &&
              refuses({.framework = engine::vllm, .cpu_expert_layers = 9}, "inference.cpu_expert_layers", 9) &&
              engine_problems({.framework = engine::llama_cpp, .gpu_layers = 7}).empty());
static_assert(refuses({.framework = engine::llama_cpp, .connector_mib = 5}, "inference.connector_mib", 5) &&
              engine_problems({.framework = engine::vllm, .connector_mib = 5}).empty());
// DeepEP's kernels are in vLLM since May 2025, two batches since September.
static_assert(
    refuses({.framework = engine::vllm, .expert_exchange = expert_exchange::sent, .software_date = {2025, 4}},
            "inference.expert_exchange", static_cast<std::int64_t>(expert_exchange::sent)) &&
    engine_problems({.framework = engine::vllm, .expert_exchange = expert_exchange::sent, .software_date = {2025, 5}})
        .empty());
static_assert(refuses({.framework = engine::vllm, .two_batches = true, .software_date = {2025, 8}},
                      "inference.two_batches", 1) &&
              engine_problems({.framework = engine::vllm, .two_batches = true, .software_date = {2025, 9}}).empty());
static_assert(refuses({.framework = engine::vllm, .attention = serving_attention::eager}, "inference.attention",
                      static_cast<std::int64_t>(serving_attention::eager)));
constexpr inference in_format(number_format weights, engine e) { return {.weights = weights, .framework = e}; }
static_assert(refuses(format_problems(in_format(number_format::awq_int4, engine::llama_cpp)), "inference.weights",
                      static_cast<std::int64_t>(number_format::awq_int4)) &&
              refuses(format_problems(in_format(number_format::q8_0, engine::tensorrt_llm)), "inference.weights",
                      static_cast<std::int64_t>(number_format::q8_0)) &&
              refuses(format_problems(in_format(number_format::exl3_4_0, engine::vllm)), "inference.weights",
                      static_cast<std::int64_t>(number_format::exl3_4_0)) &&
              format_problems(in_format(number_format::exl3_4_0, engine::exllamav3)).empty());
// A card whose capability is not known runs everything.
static_assert(card_problems(in_format(number_format::fp8, engine::vllm), gpu{}).empty() &&
              refuses(card_problems(in_format(number_format::bf16, engine::vllm), cards::t4), "inference.weights",
                      static_cast<std::int64_t>(number_format::bf16)));
