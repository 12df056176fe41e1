// SPDX-License-Identifier: MIT
#pragma once

// The longest context that a model is made for, beyond which engines refuse to serve it although its rotary positions
// have no end: max_position_embeddings of its config.json.

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string_view>

namespace cardfit::io {

/// The positions of a zoo model whose architecture has no table of them, or of a published model that has the shape of
/// a zoo model and other positions.
struct context_length {
    std::string_view name;    ///< the model's id
    std::int64_t tokens = 0;  ///< tokens that its positions allow
    bool recalled = true;     ///< not read in a file of tests/io/configs, where a test reads the others
};

/// max_position_embeddings of the publishers' config.json files. A model that is not listed has no ceiling here.
/// Mistral-7B is v0.1. Context lengths that need a rope_scaling that the file does not have are not counted.
inline constexpr context_length context_lengths[]{
    // Names that differ from their zoo model.
    {"DeepSeek-R1-Distill-Qwen-1.5B", 131'072},
    {"DeepSeek-R1-Distill-Qwen-7B", 131'072},
    {"DeepSeek-R1-Distill-Qwen-14B", 131'072},
    {"DeepSeek-R1-Distill-Qwen-32B", 131'072},
    {"Qwen2.5-7B-Instruct", 32'768, false},
    {"Qwen2.5-14B-Instruct", 32'768},
    {"Qwen2.5-32B-Instruct", 32'768},
    {"Qwen2.5-72B-Instruct", 32'768, false},
    {"Qwen3-4B-Instruct-2507", 262'144},
    {"Qwen3-4B-Thinking-2507", 262'144},
    {"Qwen3-30B-A3B-Instruct-2507", 262'144},
    {"Qwen3-30B-A3B-Thinking-2507", 262'144},
    {"Qwen3-235B-A22B-Instruct-2507", 262'144},
    {"Qwen3-235B-A22B-Thinking-2507", 262'144},
    {"Qwen3-Coder-30B-A3B-Instruct", 262'144},
    {"QwQ-32B", 40'960},
    {"Phi-3-mini-128k-instruct", 131'072},
    {"Mistral-7B-Instruct-v0.1", 32'768},
    {"Qwen2-7B-Instruct", 32'768},
    {"Qwen2-72B-Instruct", 32'768},
    {"Qwen2.5-1.5B-Instruct", 32'768},
    // Zoo ids.
    {"gpt2", 1024},
    {"gpt2-medium", 1024},
    {"gpt2-large", 1024},
    {"gpt2-xl", 1024},
    {"opt-125m", 2048, false},
    {"opt-1.3b", 2048},
    {"opt-6.7b", 2048, false},
    {"opt-30b", 2048},
    {"pythia-1b", 2048},
    {"pythia-6.9b", 2048, false},
    {"mpt-7b", 2048},
    {"falcon-7b", 2048},
    {"falcon-40b", 2048},
    {"llama-2-7b", 4096},
    {"llama-2-13b", 4096},
    {"llama-2-70b", 4096},
    {"llama-3-8b", 8192},
    {"llama-3-70b", 8192},
    {"llama-3.1-8b", 131'072, false},
    {"llama-3.1-70b", 131'072, false},
    {"llama-3.1-405b", 131'072, false},
    {"llama-3.2-1b", 131'072},
    {"llama-3.2-3b", 131'072},
    {"llama-3.2-11b-vision", 131'072},
    {"llama-3.2-90b-vision", 131'072},
    {"tinyllama-1.1b", 2048},
    {"mistral-7b", 32'768, false},
    {"mixtral-8x7b", 32'768, false},
    {"mixtral-8x22b", 65'536, false},
    {"qwen-7b", 8192},
    {"qwen-14b", 8192},
    {"qwen-72b", 32'768},
    {"qwen1.5-moe-a2.7b", 8192, false},
    {"qwen2-7b", 131'072},
    {"qwen2-72b", 131'072},
    {"qwen2.5-0.5b", 32'768},
    {"qwen2.5-1.5b", 131'072},
    {"qwen2.5-3b", 32'768},
    {"qwen2.5-7b", 131'072, false},
    {"qwen2.5-14b", 131'072},
    {"qwen2.5-32b", 131'072},
    {"qwen2.5-72b", 131'072},
    {"qwen3-0.6b", 40'960, false},
    {"qwen3-1.7b", 40'960},
    {"qwen3-4b", 40'960},
    {"qwen3-8b", 40'960, false},
    {"qwen3-14b", 40'960, false},
    {"qwen3-32b", 40'960, false},
    {"qwen3-30b-a3b", 40'960, false},
    {"qwen3-235b-a22b", 40'960, false},
    {"qwen3-next-80b-a3b", 262'144, false},
    {"qwen3-coder-480b-a35b", 262'144},
    {"gemma-4-26b-a4b", 262'144, false},
    {"gemma-4-31b", 262'144},
    {"llama-4-maverick", 1'048'576, false},
    {"gemma-2b", 8192},
    {"gemma-7b", 8192, false},
    {"gemma-2-2b", 8192},
    {"gemma-2-9b", 8192, false},
    {"gemma-2-27b", 8192},
    {"gemma-3-1b", 32'768, false},
    {"gemma-3-4b", 131'072},
    {"gemma-3-12b", 131'072},
    {"gemma-3-27b", 131'072},
    {"gemma-3-4b-vision", 131'072},
    {"gemma-3-12b-vision", 131'072},
    {"gemma-3-27b-vision", 131'072},
    {"phi-1.5", 2048},
    {"phi-2", 2048, false},
    {"phi-3-mini", 4096, false},
    {"phi-4", 16'384},
    {"deepseek-v2", 163'840, false},
    {"deepseek-v2-lite", 163'840, false},
    {"deepseek-v3", 163'840, false},
    {"deepseek-v3.2", 163'840},
    {"kimi-k2", 131'072},
    {"gpt-oss-20b", 131'072, false},
    {"gpt-oss-120b", 131'072},
    {"qwen2.5-vl-7b", 128'000, false},
    {"qwen2.5-vl-3b", 128'000},
    {"qwen2.5-vl-72b", 128'000},
    {"qwen3-vl-8b", 262'144, false},
    {"qwen3-vl-32b", 262'144, false},
    {"qwen3-vl-30b-a3b", 262'144, false},
    {"qwen3-vl-235b-a22b", 262'144, false},
    // Listed models (listed_models.hpp).
    {"qwen1.5-0.5b", 32'768},
    {"qwen1.5-4b", 32'768},
    {"qwen1.5-32b", 32'768},
    {"qwen1.5-110b", 32'768},
    {"qwen3-embedding-0.6b", 32'768},
    {"qwen3-embedding-4b", 40'960},
    {"qwen3-embedding-8b", 40'960},
    {"qwen2-vl-2b", 32'768},
    {"qwen2-vl-7b", 32'768},
    {"qwen2-vl-72b", 32'768},
    {"qwen2.5-vl-32b", 128'000},
    {"qwen3.5-0.8b", 262'144},
    {"qwen3.5-2b", 262'144},
    {"qwen3.5-4b", 262'144},
    {"qwen3.5-9b", 262'144},
    {"qwen3.5-27b", 262'144},
    {"qwen3.5-35b-a3b", 262'144},
    {"qwen3.5-122b-a10b", 262'144},
    {"qwen3.5-397b-a17b", 262'144},
    {"glm-4.5-air", 131'072},
    {"glm-4.6", 202'752},
    {"glm-4.7-flash", 202'752},
    {"glm-5", 202'752},
    {"glm-4-9b", 131'072},
    {"kimi-k2.5", 262'144},
    {"minimax-m2.5", 196'608},
    {"phi-3.5-moe", 131'072},
    {"phi-3-medium", 4096},
    {"phi-4-mini", 131'072},
    {"phi-4-multimodal", 131'072},
    {"granite-3.1-1b-a400m", 131'072},
    {"granite-3.3-2b", 131'072},
    {"granite-3.3-8b", 131'072},
    {"nemotron-nano-9b-v2", 131'072},
    {"nemotron-3-nano-30b-a3b", 262'144},
    {"smollm2-135m", 8192},
    {"smollm2-360m", 8192},
    {"smollm2-1.7b", 8192},
    {"smollm3-3b", 65'536},
    {"yi-6b", 4096},
    {"yi-9b", 4096},
    {"yi-34b", 4096},
    {"codellama-34b", 16'384},
    {"deepseek-coder-1.3b", 16'384},
    {"deepseek-coder-33b", 16'384},
    {"deepseek-llm-7b", 4096},
    {"solar-10.7b", 4096},
    {"falcon3-3b", 32'768},
    {"falcon3-7b", 32'768},
    {"falcon3-10b", 32'768},
    {"mistral-small-24b", 32'768},
    {"mistral-small-22b", 32'768},
    {"mistral-large-123b", 131'072},
    {"ministral-8b", 32'768},
    {"e5-mistral-7b", 32'768},
    {"gemma-3-270m", 32'768},
    {"olmo-2-1b", 4096},
    {"olmo-2-7b", 4096},
    {"olmo-2-13b", 4096},
    {"olmo-2-32b", 4096},
    {"olmo-3-7b", 65'536},
    {"olmo-3.1-32b", 65'536},
    {"starcoder2-3b", 16'384},
    {"starcoder2-7b", 16'384},
    {"starcoder2-15b", 16'384},
    {"pythia-70m", 2048},
    {"pythia-160m", 2048},
    {"pythia-410m", 2048},
    {"pythia-1.4b", 2048},
    {"pythia-2.8b", 2048},
    {"pythia-12b", 2048},
    {"gpt-neox-20b", 2048},
    {"gpt-j-6b", 2048},
    {"aya-expanse-8b", 8192},
    {"seed-oss-36b", 524'288},
};

/// Returns the positions of a zoo model; 0 if they are not listed.
[[nodiscard]] constexpr std::int64_t context_length_of(std::string_view id) noexcept {
    for (const context_length& each : context_lengths)
        if (each.name == id) return each.tokens;
    return 0;
}

/// Returns the positions that a config.json states, of its text part for a model that reads images; 0 if it states
/// none.
[[nodiscard]] inline std::int64_t context_length_in(const nlohmann::json& config) {
    if (!config.is_object()) return 0;
    const auto text = config.find("text_config");
    const nlohmann::json& part = text != config.end() && text->is_object() ? *text : config;
    const auto positions = part.find("max_position_embeddings");
    return positions != part.end() && positions->is_number_integer() ? positions->get<std::int64_t>() : 0;
}

}  // namespace cardfit::io
