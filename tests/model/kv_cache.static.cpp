// SPDX-License-Identifier: MIT

// Tests the key/value cache of the zoo's models against figures that others publish: a paper, a fact sheet, an article,
// or the allocation that an engine wrote to its log. Engines and most articles say KB, MB and GB for powers of 1024;
// each figure is written here in the unit that it means. An element has two bytes unless a line names a format. A
// figure that was published rounded is compared within half of its last digit.

#include <cardfit/model/kv_cache.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

/// Returns whether `size` is within `half_step` of a published, rounded figure; both figures count `unit`s.
constexpr bool rounds_to(bytes size, double published, double half_step, bytes unit) {
    const double off = static_cast<double>(size.number) / static_cast<double>(unit.number) - published;
    return -half_step <= off && off <= half_step;
}

}  // namespace

// Papers. "Insights into DeepSeek-V3", arXiv 2505.09343, table 1, in thousands of bytes:
static_assert(kv_cache_per_token(models::deepseek_v3) == 70'272_B);
static_assert(kv_cache_per_token(models::qwen2_5_72b) == 327'680_B);
static_assert(kv_cache_per_token(models::llama_3_1_405b) == 516'096_B);
// "Cake", arXiv 2410.03065, table 1, as a survey quotes it; the Llama 2 rows are fine-tunes, LongAlpaca:
static_assert(kv_cache_per_token(models::llama_2_7b) == 512_KiB);
static_assert(kv_cache_per_token(models::llama_2_13b) == 800_KiB);
static_assert(kv_cache_per_token(models::llama_3_1_8b) == 128_KiB);
static_assert(kv_cache_per_token(models::llama_3_1_70b) == 320_KiB);
// DeepSeek-V2, arXiv 2405.04434, table 9: elements per token of the large and the small model with latent attention:
static_assert(rounds_to(kv_cache_per_token(models::deepseek_v2), 34.6, 0.05, 2'000_B));
static_assert(rounds_to(kv_cache_per_token(models::deepseek_v2_lite), 15.6, 0.05, 2'000_B));

// These are allocations that llama.cpp logged. A cache of n cells takes n times the bytes per token.
// huggingface.co/dranger003/c4ai-command-r-v01-iMat.GGUF/discussions/6, 2048 cells each; Mistral as its fine-tune
// functionary-small-v2.4:
static_assert(kv_cache_per_token(models::mistral_7b) * 2048 == 256_MiB);
static_assert(kv_cache_per_token(models::mixtral_8x7b) * 2048 == 256_MiB);
static_assert(kv_cache_per_token(models::llama_3_8b) * 2048 == 256_MiB);
static_assert(kv_cache_per_token(models::llama_3_70b) * 2048 == 640_MiB);
// Arm Learning Path "Run a Large Language Model (LLM) chatbot on Arm servers":
static_assert(kv_cache_per_token(models::llama_3_1_8b) * 4096 == 512_MiB);
// github.com/ggml-org/llama.cpp, pull request 11446, latent attention; 244 MiB of it are the shared rotary keys:
static_assert(kv_cache_per_token(models::deepseek_v3) * 32'768 == 2196_MiB);
// github.com/ggml-org/llama.cpp, issue 6849, the 128k variant:
static_assert(kv_cache_per_token(models::phi_3_mini) * 131'328 == 49'248_MiB);
// github.com/ggml-org/llama.cpp, issue 11200, Qwen2.5-Coder with the cache in q8_0:
static_assert(kv_cache_per_token(models::qwen2_5_32b, number_format::q8_0) * 32'768 == 4352_MiB);
// github.com/ollama/ollama, issues 790, 5913, 9091 and 9685, the last a size that ollama planned without windows:
static_assert(kv_cache_per_token(models::gemma_7b) * 2048 == 896_MiB);
static_assert(kv_cache_per_token(models::llama_3_70b) * 2048 == 640_MiB);
static_assert(kv_cache_per_token(models::qwen2_5_14b) * 8192 == 1536_MiB);
static_assert(kv_cache_per_token(models::gemma_3_27b) * 2048 == 992_MiB);

// These are capacities that servers logged: a number of tokens fills a number of GiB.
// github.com/vllm-project/vllm, issue 33263:
static_assert(rounds_to(kv_cache_per_token(models::qwen3_1_7b) * 175'856, 18.78, 0.005, 1_GiB));
// github.com/vllm-project/vllm, issue 21348, the SGLang log: the keys alone, on each of four cards:
static_assert(rounds_to(kv_cache_per_token(models::qwen3_235b_a22b) * 367'404, 8 * 8.23, 8 * 0.005, 1_GiB));

// Fact sheets of sebastianraschka.com/llm-architecture-gallery, "KV cache / token (bf16)"; qwen3_30b_a3b as Qwen3 Coder
// Flash, which has the same attention.
static_assert(kv_cache_per_token(models::gpt2_xl) == 300_KiB);
static_assert(kv_cache_per_token(models::llama_3_8b) == 128_KiB);
static_assert(kv_cache_per_token(models::llama_3_2_1b) == 32_KiB);
static_assert(kv_cache_per_token(models::gemma_3_27b) == 496_KiB);
static_assert(kv_cache_per_token(models::phi_4) == 200_KiB);
static_assert(kv_cache_per_token(models::qwen3_4b) == 144_KiB);
static_assert(kv_cache_per_token(models::qwen3_8b) == 144_KiB);
static_assert(kv_cache_per_token(models::qwen3_32b) == 256_KiB);
static_assert(kv_cache_per_token(models::qwen3_30b_a3b) == 96_KiB);
static_assert(kv_cache_per_token(models::qwen3_235b_a22b) == 188_KiB);
static_assert(kv_cache_per_token(models::gpt_oss_20b) == 48_KiB);
static_assert(kv_cache_per_token(models::gpt_oss_120b) == 72_KiB);
static_assert(rounds_to(kv_cache_per_token(models::deepseek_v3), 68.6, 0.05, 1_KiB));

// Articles and tables.
// frankdenneman.nl/2026/01/12/the-dynamic-world-of-llm-runtime-memory:
static_assert(kv_cache_per_token(models::llama_3_1_70b) == 327'680_B);
// docs.rs/kv-cache-size, 0.1.1:
static_assert(kv_cache_per_token(models::llama_3_1_8b) == 131'072_B);
// systemoverflow.com, "What is KV cache":
static_assert(kv_cache_per_token(models::llama_2_7b) == 524'288_B);
// github.com/turboderp-org/exllamav2, issue 425:
static_assert(kv_cache_per_token(models::phi_3_mini) == 384_KiB);
// baeseokjae.github.io, kv-budget-formula-check, beside a measured 11.98 KiB:
static_assert(kv_cache_per_token(models::qwen2_5_0_5b) == 12'288_B);
// flytomelight.github.io/llm-cal, Qwen2.5-7B on an RTX 4090:
static_assert(kv_cache(models::qwen2_5_7b, 4096) == 224_MiB);
static_assert(kv_cache(models::qwen2_5_7b, 32'768) == 1792_MiB);
static_assert(kv_cache(models::qwen2_5_7b, 131'072) == 7_GiB);
// gigagpu.com/qwen-2-5-32b-vram-requirements:
static_assert(rounds_to(kv_cache_per_token(models::qwen2_5_32b), 262, 0.5, 1'000_B));
// canitrun.dev/models/mixtral-8x22b, at 8192 tokens:
static_assert(rounds_to(kv_cache(models::mixtral_8x22b, 8192), 1.88, 0.005, 1_GB));
// huggingface.co/blog/llama31, at 128,000 tokens:
static_assert(rounds_to(kv_cache(models::llama_3_1_8b, 128'000), 15.62, 0.006, 1_GiB));  // 15.625, cut
static_assert(rounds_to(kv_cache(models::llama_3_1_70b, 128'000), 39.06, 0.005, 1_GiB));
// reddit.com/r/LocalLLaMA/comments/1jl33br, at 131,072 tokens, sliding windows not used:
static_assert(kv_cache(models::llama_3_1_405b, 131'072) == 63_GiB);
static_assert(kv_cache(models::llama_3_1_70b, 131'072) == 40_GiB);
static_assert(kv_cache_per_token(models::gemma_3_27b) * 131'072 == 62_GiB);

// The following caches have sliding windows.
// gigagpu.com/?p=30045: the cache takes half a GB at 4K tokens, and no more at 32K.
static_assert(kv_cache(models::mistral_7b, 4096) == 512_MiB);
static_assert(kv_cache(models::mistral_7b, 32'768) == kv_cache(models::mistral_7b, 4096));
// news.ycombinator.com/item?id=43749521: the 62 GB above become 10 GB with windows.
static_assert(rounds_to(kv_cache(models::gemma_3_27b, 131'072), 10, 0.5, 1_GiB));
// github.com/ggml-org/llama.cpp, docs/backend/hexagon/developer.md, a log of gpt-oss-20b in q8_0: 102.00 MiB for 8192
// cells of the 12 layers without a window, 3.19 MiB for 256 cells of the 12 with one.
static_assert((kv_cache(models::gpt_oss_20b, 8192, number_format::q8_0) -
               kv_cache(models::gpt_oss_20b, 128, number_format::q8_0)) *
                  8192 ==
              102_MiB * (8192 - 128));
static_assert(rounds_to(kv_cache_per_token(models::gpt_oss_20b, number_format::q8_0) * 8192 - 102_MiB, 3.19, 0.005,
                        32_MiB));  // 8192 cells are 32 times 256
