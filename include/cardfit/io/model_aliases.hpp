// SPDX-License-Identifier: MIT
#pragma once

// Names of published models that have the shape of a zoo model: distillations, fine-tunes with a name of their own and
// later releases. The counts of parameters in the comments are those of the repositories' safetensors, as llmfit's
// hf_models.json lists them (AlexsJones/llmfit, commit 4d3ab0e). It lists the zoo model's count for many rows without a
// comment too. That the others have its shape is recalled and was not looked up: those of Ollama, the Llama
// distillations, DeepSeek-R1-Zero, -V3-Base, -V3.1, -V3.2-Exp and -V2.5, Kimi-K2-Base, Llama-3.1-Nemotron-70B,
// zephyr-7b-alpha, Mistral-7B-v0.2, Qwen2.5-Math-72B, gpt-oss-safeguard, codegemma, Phi-4-reasoning and whisper-large.

#include <cstdint>
#include <string_view>

namespace cardfit::io {

/// A name, the zoo model whose shape it has, and what differs from that model.
struct model_alias {
    std::string_view name;
    /// Empty for a published model that shares the name of a zoo model and not its checkpoint.
    std::string_view id;
    bool untied = false;
    /// True if every layer attends to all tokens, where the zoo model has a window.
    bool no_window = false;
    std::int64_t vocab = 0;  ///< 0: that of the zoo model
    /// True for a name of Ollama's library, where it means another release than elsewhere.
    bool of_ollama = false;
};

inline constexpr model_alias model_aliases[]{
    // Distillations (arXiv 2501.12948 names their base models). The 1.5B has a head of its own: its config.json says
    // tie_word_embeddings false (recalled), and 1,777,088,000 parameters are those of an untied Qwen2.5-1.5B.
    {"DeepSeek-R1-Distill-Qwen-1.5B", "qwen2.5-1.5b", true},
    {"DeepSeek-R1-Distill-Qwen-7B", "qwen2.5-7b"},    // config.json in tests/io/configs
    {"DeepSeek-R1-Distill-Qwen-14B", "qwen2.5-14b"},  // 14,770,033,664
    {"DeepSeek-R1-Distill-Qwen-32B", "qwen2.5-32b"},
    {"DeepSeek-R1-Distill-Llama-8B", "llama-3.1-8b"},
    {"DeepSeek-R1-Distill-Llama-70B", "llama-3.1-70b"},
    {"DeepSeek-R1-0528-Qwen3-8B", "qwen3-8b"},  // 8,190,735,360
    // Ollama's names of the same (ollama.com/library/deepseek-r1, recalled). Its 8b has been two models.
    {"deepseek-r1-1.5b", "qwen2.5-1.5b", true, false, 0, true},
    {"deepseek-r1-7b", "qwen2.5-7b", false, false, 0, true},
    {"deepseek-r1-14b", "qwen2.5-14b", false, false, 0, true},
    {"deepseek-r1-32b", "qwen2.5-32b", false, false, 0, true},
    {"deepseek-r1-70b", "llama-3.1-70b", false, false, 0, true},
    {"deepseek-r1-671b", "deepseek-v3", false, false, 0, true},
    {"deepseek-v3-671b", "deepseek-v3", false, false, 0, true},
    {"mistral-7b", "mistral-7b", false, true, 32768, true},
    // Releases of one architecture. Files of DeepSeek-R1 and of a quantized DeepSeek-V3.1 stand in tests/io/configs.
    {"DeepSeek-R1", "deepseek-v3"},
    {"DeepSeek-R1-Zero", "deepseek-v3"},
    {"DeepSeek-V3-Base", "deepseek-v3"},
    {"DeepSeek-V3.1", "deepseek-v3"},
    {"DeepSeek-V3.1-Base", "deepseek-v3"},
    {"DeepSeek-V3.1-Terminus", "deepseek-v3"},
    {"DeepSeek-V3.2-Exp", "deepseek-v3.2"},
    {"DeepSeek-V2.5", "deepseek-v2"},
    {"DeepSeek-Coder-V2", "deepseek-v2"},
    {"DeepSeek-Coder-V2-Lite", "deepseek-v2-lite"},
    {"Kimi-K2-Base", "kimi-k2"},
    // Its experts are published in 4 bits (recalled), not in fp8 as those of Kimi-K2-Instruct.
    {"Kimi-K2-Thinking", ""},
    {"Llama-3.3-70B", "llama-3.1-70b"},  // 70,553,706,496, of the Instruct
    {"Llama-3.1-Nemotron-70B", "llama-3.1-70b"},
    {"Llama-Guard-3-8B", "llama-3.1-8b"},
    {"Hermes-3-Llama-3.1-8B", "llama-3.1-8b"},
    {"vicuna-7b-v1.5", "llama-2-7b"},
    {"vicuna-13b-v1.5", "llama-2-13b"},
    {"zephyr-7b-alpha", "mistral-7b"},
    {"zephyr-7b-beta", "mistral-7b"},
    // Mistral 7B attends to all tokens since v0.2 (recalled), and has 32768 words since v0.3: 7,248,023,552 parameters,
    // of Mistral-7B-Instruct-v0.3.
    {"Mistral-7B-v0.2", "mistral-7b", false, true},
    {"Mistral-7B-v0.3", "mistral-7b", false, true, 32768},
    {"QwQ-32B", "qwen2.5-32b"},
    {"Qwen2.5-Coder-0.5B", "qwen2.5-0.5b"},
    {"Qwen2.5-Coder-1.5B", "qwen2.5-1.5b"},
    {"Qwen2.5-Coder-3B", "qwen2.5-3b"},
    {"Qwen2.5-Coder-7B", "qwen2.5-7b"},
    {"Qwen2.5-Coder-14B", "qwen2.5-14b"},  // 14,770,033,664
    {"Qwen2.5-Coder-32B", "qwen2.5-32b"},
    {"Qwen2.5-Math-1.5B", "qwen2.5-1.5b"},
    {"Qwen2.5-Math-7B", "qwen2.5-7b"},
    {"Qwen2.5-Math-72B", "qwen2.5-72b"},
    {"Qwen3Guard-Gen-8B", "qwen3-8b"},  // 8,190,735,360
    {"Qwen3-Coder-30B-A3B", "qwen3-30b-a3b"},
    {"Qwen3-Coder-Next", "qwen3-next-80b-a3b"},
    {"UI-TARS-1.5-7B", "qwen2.5-vl-7b"},  // 8,292,166,656
    {"olmOCR-2-7B", "qwen2.5-vl-7b"},     // 8,292,166,656
    {"RolmOCR", "qwen2.5-vl-7b"},         // 8,292,166,656
    {"gpt-oss-safeguard-20b", "gpt-oss-20b"},
    {"gpt-oss-safeguard-120b", "gpt-oss-120b"},
    {"codegemma-7b", "gemma-7b"},
    {"Phi-4-reasoning", "phi-4"},
    {"Phi-4-reasoning-plus", "phi-4"},
    {"phi-4-14b", "phi-4"},
    {"phi-3-3.8b", "phi-3-mini"},
    {"whisper-large", "whisper-large-v2"},
};

}  // namespace cardfit::io
