// SPDX-License-Identifier: MIT

// Tests the parameter counts, caches and states of models with recurrent layers against what publishers state. "HF
// total" is the `total` of the safetensors metadata that the model's page on Hugging Face shows.

#include <cardfit/job/gguf_mixes.hpp>
#include <cardfit/model/flops.hpp>
#include <cardfit/model/hybrid_zoo.hpp>
#include <cardfit/model/kv_cache.hpp>

#include <cstdint>

using namespace cardfit;

namespace {

/// Returns whether `count` is within `half_step` of a published, rounded figure.
constexpr bool rounds_to(std::int64_t count, double published, double half_step) {
    const double off = static_cast<double>(count) - published;
    return -half_step <= off && off <= half_step;
}

// Qwen3-Next's layer that predicts a second token has attention, experts, four norms and one of its own, and the matrix
// that joins two states.
constexpr std::int64_t qwen3_next_second_token = [] {
    constexpr std::int64_t h = 2048;
    constexpr std::int64_t attention = h * 2 * 4096 + 2 * h * 512 + 4096 * h + 2 * 256;
    constexpr std::int64_t experts = h * 512 + 513 * 3 * h * 512 + h;
    return attention + experts + 2 * h + 3 * h + 2 * h * h;
}();

}  // namespace

// Mamba.
static_assert(parameters(models::mamba_130m) == 129'135'360);                    // HF total
static_assert(parameters(models::mamba_370m) == 371'516'416);                    // HF total
static_assert(parameters(models::mamba_790m) == 793'204'224);                    // HF total
static_assert(parameters(models::mamba_1_4b) == 1'372'178'432);                  // HF total
static_assert(parameters(models::mamba_2_8b) == 2'768'345'600);                  // HF total
static_assert(rounds_to(parameters(models::falcon_mamba_7b), 7.27e9, 0.005e9));  // HF page: 7.27B

// Mamba-2.
static_assert(rounds_to(parameters(models::mamba2_130m), 130e6, 5e6));     // name
static_assert(rounds_to(parameters(models::mamba2_1_3b), 1.3e9, 0.05e9));  // name
static_assert(rounds_to(parameters(models::mamba2_2_7b), 2.7e9, 0.05e9));  // name
static_assert(parameters(models::codestral_mamba_7b) == 7'285'403'648);    // mistral.ai, 16 July 2024

// These models mix recurrent layers with attention.
static_assert(rounds_to(parameters(models::jamba_v0_1), 51.6e9, 0.05e9));      // HF page: 52B (51.6B)
static_assert(rounds_to(active_parameters(models::jamba_v0_1), 12e9, 0.5e9));  // arXiv 2403.19887: 12B active
static_assert(rounds_to(parameters(models::bamba_9b), 9.78e9, 0.005e9));       // model card: 9.78B
static_assert(parameters(models::granite_4_h_micro) == 3'191'396'096);         // GGUF general.parameter_count
static_assert(rounds_to(parameters(models::granite_4_h_tiny), 7e9, 0.5e9));    // ibm.com: 7B, 1B active
static_assert(rounds_to(active_parameters(models::granite_4_h_tiny), 1e9, 0.5e9));
static_assert(parameters(models::granite_4_h_small) == 32'207'337'984);  // HF total; ibm.com: 9B active
static_assert(rounds_to(active_parameters(models::granite_4_h_small), 9e9, 0.5e9));
static_assert(rounds_to(parameters(models::nemotron_h_8b), 8.1e9, 0.05e9));  // arXiv 2504.03624: 8.1B
static_assert(parameters(models::qwen3_next_80b_a3b) + qwen3_next_second_token == 81'324'862'720);  // HF total

// Short convolutions, attention beside a state space, and lightning attention. The totals of LFM2 are those that
// hf_models.json of AlexsJones/llmfit (commit 4d3ab0e) lists; those of Falcon-H1 and MiniMax are recalled. MiniMax's is
// counted by hand in mixers/lightning_attention.static.cpp.
static_assert(parameters(models::lfm2_1_2b) == 1'170'340'608);                    // llmfit
static_assert(parameters(models::lfm2_8b_a1b) == 8'339'929'856);                  // llmfit
static_assert(rounds_to(active_parameters(models::lfm2_8b_a1b), 1.5e9, 0.06e9));  // model card: 1.5B active
static_assert(rounds_to(parameters(models::falcon_h1_7b), 7.59e9, 0.005e9));      // recalled: 7.59B
static_assert(parameters(models::minimax_text_01) == 456'089'655'296);            // recalled
// arXiv 2501.08313: 45.9B active, without the embedding and the head.
static_assert(rounds_to(active_parameters(models::minimax_text_01) - 2 * std::int64_t{200'064} * 6144, 45.9e9, 0.05e9));

// By hand: six layers of LFM2 cache 8 heads of 64, ten carry two inputs of a convolution over three tokens.
static_assert(kv_cache_per_token(models::lfm2_1_2b) == bytes_of(2 * 6 * 2 * 8 * 64));
static_assert(recurrent_state(models::lfm2_1_2b) == bytes_of(2 * 10 * 2 * 2048));
// Each of Falcon-H1's 44 layers caches 2 heads of 128, and carries 3072 x 256 of state and 3 inputs of 3584 channels.
static_assert(kv_cache_per_token(models::falcon_h1_7b) == bytes_of(2 * 44 * 2 * 2 * 128));
static_assert(recurrent_state(models::falcon_h1_7b) == bytes_of(2 * 44 * (3072 * 256 + 3 * 3584)));
// Ten layers of MiniMax-Text-01 cache 8 heads of 128; 70 carry 64 states of 128 x 128.
static_assert(kv_cache_per_token(models::minimax_text_01) == bytes_of(2 * 10 * 2 * 8 * 128));
static_assert(recurrent_state(models::minimax_text_01) == bytes_of(std::int64_t{2} * 70 * 64 * 128 * 128));

// Jamba's cache at 256k tokens is 4 GB in 16 bits (arXiv 2403.19887, table 1).
static_assert(kv_cache(models::jamba_v0_1, 256 * 1024).number == 4 * std::int64_t{1'073'741'824});
static_assert(kv_cache(models::falcon_mamba_7b, 1'000'000).number == 0);

// Qwen3-Next's cache at 300,032 tokens in llama.cpp is 7032.00 MiB (log in ROCm/TheRock issue 2595). The recurrent
// layers of a Qwen3.5 have the same dimensions; 24 of them take 50.25 MiB in fp32 (log in JamePeng/llama-cpp-python
// issue 78).
static_assert(kv_cache(models::qwen3_next_80b_a3b, 300'032, number_format::fp16).number ==
              7032 * std::int64_t{1'048'576});
static_assert(recurrent_state(models::qwen3_next_80b_a3b, number_format::fp32, number_format::fp32).number * 24 * 100 ==
              5025 * std::int64_t{1'048'576} * 36);

// In GGUF files the matrices of recurrent layers have the base type. For Granite 4.0 H Small in Q8_0, the bytes are the
// `size` that llama.cpp's server reports of unsloth's file; for H Tiny in Q4_K_M, ollama.com states 4.2 GB
// (granite4:tiny-h).
static_assert(gguf_weight_bytes(lower(models::granite_4_h_small), number_format::q8_0) == 34'261'297'152);
static_assert(rounds_to(gguf_weight_bytes(lower(models::granite_4_h_tiny), number_format::q4_k_m), 4.2e9, 0.05e9));

// Mamba's recurrent state has two matrices per layer, inner x state and inner x 3 (mamba_ssm, allocate_inference_cache,
// without the oldest of its four columns, which the next step overwrites).
static_assert(recurrent_state(models::mamba_130m, number_format::fp32, number_format::fp32).number ==
              24 * 1536 * (16 + 3) * 4);

// A pattern of layers results in these kinds of layers.
static_assert(lower(models::jamba_v0_1).block_kinds == 3 && lower(models::nemotron_h_8b).block_kinds == 3 &&
              lower(models::mamba_130m).block_kinds == 1);
static_assert(layers_of(models::nemotron_h_8b_pattern, 'M').count(0, 52) == 24);
// The two halves of a pipeline have all layers exactly once.
static_assert([] {
    const network net = lower(models::jamba_v0_1);
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        if (net.blocks[k].layers.count(0, 13) + net.blocks[k].layers.count(13, 32) != net.blocks[k].layers.count(0, 32))
            return false;
    return true;
}());

// The FLOPs of a state do not depend on the length: they are 2 x matrices and head, plus less than a tenth.
static_assert([] {
    const double matrices = 2.0 * static_cast<double>(parameters(models::mamba_2_8b));
    const double token = forward_flops(models::mamba_2_8b, 1000) / 1000;
    return token > 0.95 * matrices && token < 1.1 * matrices &&
           token * 100'000 > 0.999999 * forward_flops(models::mamba_2_8b, 100'000) &&
           token * 100'000 < 1.000001 * forward_flops(models::mamba_2_8b, 100'000);
}());

// A description that gives no valid model is refused.
static_assert(!problems(hybrid{.layers = 200, .hidden = 8, .vocab = 8, .state = {.state = 8}}).empty());
static_assert(!problems(hybrid{.layers = 2, .hidden = 8, .vocab = 8}).empty());
