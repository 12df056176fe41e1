// SPDX-License-Identifier: MIT
#pragma once

// The longest sequence that a published model was made for, which servers take where nobody states one: the
// max_position_embeddings of the repositories' config.json. Those of tests/io/configs are read there by a test; the
// others, marked so, are recalled.

#include <cardfit/io/model_names.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cardfit::io::imports {

/// A model's name or zoo id, and its positions.
struct context_length {
    std::string_view name;
    std::int64_t tokens;
    bool recalled = true;
};

inline constexpr context_length context_lengths[]{
    // Names that differ from their zoo model come first.
    {"DeepSeek-R1-Distill-Qwen-1.5B", 131072},
    {"DeepSeek-R1-Distill-Qwen-7B", 131072, false},
    {"DeepSeek-R1-Distill-Qwen-14B", 131072},
    {"DeepSeek-R1-Distill-Qwen-32B", 131072},
    {"Qwen2.5-7B-Instruct", 32768, false},
    {"Qwen2.5-14B-Instruct", 32768},
    {"Qwen2.5-32B-Instruct", 32768},
    {"Qwen2.5-72B-Instruct", 32768, false},
    {"Qwen3-4B-Instruct-2507", 262144},
    {"Qwen3-4B-Thinking-2507", 262144},
    {"Qwen3-30B-A3B-Instruct-2507", 262144},
    {"Qwen3-30B-A3B-Thinking-2507", 262144},
    {"Qwen3-235B-A22B-Instruct-2507", 262144},
    {"Qwen3-235B-A22B-Thinking-2507", 262144},
    {"Qwen3-Coder-30B-A3B-Instruct", 262144},
    {"QwQ-32B", 40960},
    {"Phi-3-mini-128k-instruct", 131072},
    {"Mistral-7B-Instruct-v0.1", 32768},
    // Zoo ids.
    {"gpt2", 1024, false},
    {"gpt2-medium", 1024},
    {"gpt2-large", 1024},
    {"gpt2-xl", 1024},
    {"opt-125m", 2048, false},
    {"opt-1.3b", 2048},
    {"opt-6.7b", 2048, false},
    {"opt-30b", 2048},
    {"pythia-1b", 2048},
    {"pythia-6.9b", 2048, false},
    {"mpt-7b", 2048, false},
    {"falcon-7b", 2048},
    {"falcon-40b", 2048},
    {"llama-2-7b", 4096},
    {"llama-2-13b", 4096},
    {"llama-2-70b", 4096},
    {"llama-3-8b", 8192},
    {"llama-3-70b", 8192},
    {"llama-3.1-8b", 131072, false},
    {"llama-3.1-70b", 131072, false},
    {"llama-3.1-405b", 131072, false},
    {"llama-3.2-1b", 131072},
    {"llama-3.2-3b", 131072},
    {"tinyllama-1.1b", 2048, false},
    {"mistral-7b", 32768, false},
    {"mixtral-8x7b", 32768, false},
    {"mixtral-8x22b", 65536, false},
    {"qwen-7b", 8192},
    {"qwen-14b", 8192},
    {"qwen-72b", 32768},
    {"qwen1.5-moe-a2.7b", 8192, false},
    {"qwen2-7b", 32768},
    {"qwen2-72b", 32768},
    {"qwen2.5-0.5b", 32768},
    {"qwen2.5-1.5b", 32768},
    {"qwen2.5-3b", 32768},
    {"qwen2.5-7b", 131072, false},
    {"qwen2.5-14b", 131072},
    {"qwen2.5-32b", 131072},
    {"qwen2.5-72b", 131072},
    {"qwen3-0.6b", 40960, false},
    {"qwen3-1.7b", 40960},
    {"qwen3-4b", 40960},
    {"qwen3-8b", 40960, false},
    {"qwen3-14b", 40960, false},
    {"qwen3-32b", 40960, false},
    {"qwen3-30b-a3b", 40960, false},
    {"qwen3-235b-a22b", 40960, false},
    {"qwen3-next-80b-a3b", 262144, false},
    {"gemma-2b", 8192},
    {"gemma-7b", 8192, false},
    {"gemma-2-2b", 8192},
    {"gemma-2-9b", 8192, false},
    {"gemma-2-27b", 8192},
    {"gemma-3-1b", 32768, false},
    {"gemma-3-4b", 131072},
    {"gemma-3-12b", 131072},
    {"gemma-3-27b", 131072},
    {"gemma-3-4b-vision", 131072},
    {"gemma-3-12b-vision", 131072},
    {"gemma-3-27b-vision", 131072},
    {"phi-2", 2048, false},
    {"phi-3-mini", 4096, false},
    {"phi-4", 16384},
    {"deepseek-v2", 163840, false},
    {"deepseek-v2-lite", 163840, false},
    {"deepseek-v3", 163840, false},
    {"deepseek-v3.2", 163840},
    {"kimi-k2", 131072},
    {"gpt-oss-20b", 131072, false},
    {"gpt-oss-120b", 131072},
    {"qwen2.5-vl-7b", 128000, false},
    {"qwen2.5-vl-3b", 128000},
    {"qwen2.5-vl-72b", 128000},
    {"qwen3-vl-8b", 262144, false},
    {"qwen3-vl-32b", 262144, false},
    {"qwen3-vl-30b-a3b", 262144, false},
    {"qwen3-vl-235b-a22b", 262144, false},
};

/// Returns the longest sequence of a model by the name that a command has, or else by its zoo id; 0 if neither is
/// known.
[[nodiscard]] inline std::int64_t context_length_of(const std::string& name, std::string_view id) {
    const std::string repository(io::detail::name_of_repository(name));
    std::string plain = repository;
    static_cast<void>(take_format(plain));
    for (const std::string& spelled : {repository, plain})
        for (const context_length& each : context_lengths)
            if (io::detail::words_of_name(each.name) == io::detail::words_of_name(spelled)) return each.tokens;
    for (const context_length& each : context_lengths)
        if (each.name == id) return each.tokens;
    return 0;
}

}  // namespace cardfit::io::imports
