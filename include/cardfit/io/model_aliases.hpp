// SPDX-License-Identifier: MIT
#pragma once

// Names of published models that have the shape of a zoo model: distillations, fine-tunes with a name of their own and
// later releases. The counts of parameters in the comments are those of the repositories' safetensors, as llmfit's
// hf_models.json lists them (AlexsJones/llmfit, commit 4d3ab0e). It lists the zoo model's count for many rows without a
// comment too. That the others have its shape is recalled and was not looked up: those of Ollama, the Llama
// distillations, DeepSeek-R1-Zero, -V3-Base, -V3.1, -V3.2-Exp and -V2.5, Kimi-K2-Base, Llama-3.1-Nemotron-70B,
// zephyr-7b-alpha, Mistral-7B-v0.2, Qwen2.5-Math-72B, gpt-oss-safeguard, codegemma, Phi-4-reasoning, whisper-large,
// Llama 1, CodeLlama-70b and -Python, the Gemma, Mistral and Llama fine-tunes, Qwen2-Math, and the embedding models
// without a count.

#include <cstdint>
#include <string_view>

namespace cardfit::io {

/// A name, the zoo model whose shape it has, and what differs from that model.
struct model_alias {
    std::string_view name;  ///< the name, as users write it
    /// Empty for a published model that shares the name of a zoo model and not its checkpoint.
    std::string_view id;
    bool untied = false;  ///< its head has a matrix of its own
    /// True if every layer attends to all tokens, where the zoo model has a window.
    bool no_window = false;
    std::int64_t vocab = 0;  ///< 0: that of the zoo model
    /// True for a name of Ollama's library, where it means another release than elsewhere.
    bool of_ollama = false;
};

/// Names that are no zoo ids, and the zoo models that they mean.
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
    // Releases and fine-tunes of listed models (listed_models.hpp).
    {"Qwen2-0.5B", "qwen2.5-0.5b"},  // 494,032,768, of the Instruct
    {"Qwen2-1.5B", "qwen2.5-1.5b"},  // 1,543,714,304
    {"Qwen1.5-1.8B", "qwen-1.8b"},
    {"Qwen1.5-7B", "qwen-7b"},
    {"Qwen1.5-14B", "qwen-14b"},
    {"Qwen1.5-72B", "qwen-72b"},
    {"Qwen2-Math-1.5B", "qwen2.5-1.5b"},
    {"Qwen2-Math-7B", "qwen2-7b"},
    {"Qwen2-Math-72B", "qwen2-72b"},
    {"QwQ-32B-Preview", "qwen2.5-32b"},
    {"QVQ-72B-Preview", "qwen2-vl-72b"},
    {"Qwen3Guard-Gen-0.6B", "qwen3-0.6b"},
    {"Qwen3Guard-Gen-4B", "qwen3-4b"},
    {"Qwen3-Reranker-0.6B", "qwen3-embedding-0.6b"},
    {"Qwen3-Reranker-4B", "qwen3-embedding-4b"},
    {"Qwen3.6-27B", "qwen3.5-27b"},          // 27,781,427,952 with the layer of multi-token prediction
    {"Qwen3.6-35B-A3B", "qwen3.5-35b-a3b"},  // 35,951,822,704 with that layer
    {"Nanonets-OCR-s", "qwen2.5-vl-3b"},
    {"Nanonets-OCR2-3B", "qwen2.5-vl-3b"},  // 3,754,622,976
    {"Cosmos-Reason1-7B", "qwen2.5-vl-7b"},
    {"Cosmos-Reason2-8B", "qwen3-vl-8b"},    // 8,767,123,696
    {"Yi-1.5-6B", "yi-6b"},                  // 6,061,035,520
    {"Yi-1.5-9B", "yi-9b"},                  // 8,829,407,232
    {"Yi-1.5-34B", "yi-34b"},                // 34,388,917,248
    {"Yi-Coder-9B", "yi-9b"},                // 8,829,407,232, of the Chat
    {"dolphin-2.9.1-yi-1.5-34b", "yi-34b"},  // 34,388,917,248
    {"SmolLM-135M", "smollm2-135m"},         // 134,515,008
    {"SmolLM-360M", "smollm2-360m"},
    {"SmolLM-1.7B", "smollm2-1.7b"},
    {"SmolVLM", "smolvlm2-2.2b"},             // 2,246,272,880, of the Instruct
    {"SmolVLM2-256M-Video", "smolvlm-256m"},  // 256,484,928
    {"SmolVLM2-500M-Video", "smolvlm-500m"},
    {"LFM2.5-1.2B", "lfm2-1.2b"},   // 1,170,340,608
    {"bloomz-560m", "bloom-560m"},  // 559,214,592
    {"bloomz-1b1", "bloom-1b1"},
    {"bloomz-1b7", "bloom-1b7"},
    {"bloomz-3b", "bloom-3b"},
    {"bloomz-7b1", "bloom-7b1"},
    {"Kimi-K2.6", "kimi-k2.5"},  // 1,058,589,420,528, in packed words, of both
    {"GLM-4.5", "glm-4.6"},
    {"GLM-4.7", "glm-4.6"},
    {"GLM-5.1", "glm-5"},              // 753,864,139,008 with the layer of multi-token prediction
    {"MiniMax-M2", "minimax-m2.5"},    // 228,703,644,928 with the scales
    {"MiniMax-M2.1", "minimax-m2.5"},  // 228,703,644,928
    {"MiniMax-M2.7", "minimax-m2.5"},  // 228,703,644,928
    {"DeepSeek-V3.2-Speciale", "deepseek-v3.2"},
    {"NVIDIA-Nemotron-3-Nano-30B-A3B", "nemotron-3-nano-30b-a3b"},  // 31,577,937,344, of the BF16
    {"Olmo-3-32B", "olmo-3.1-32b"},
    {"Olmo-3-32B-Think", "olmo-3.1-32b"},
    {"Olmo-3-1125-32B", "olmo-3.1-32b"},
    {"Olmo-3.1-32B-Think", "olmo-3.1-32b"},
    {"Olmo-3-7B-Think", "olmo-3-7b"},
    {"Mistral-Small", ""},  // of several sizes
    {"Mistral-Nemo", "mistral-nemo-12b"},
    {"Codestral-22B-v0.1", "mistral-small-22b"},
    {"codestral-22b", "mistral-small-22b"},
    {"Mistral-Large", "mistral-large-123b"},
    {"Mistral-Small-3.2-24B", "mistral-small-3.1-24b"},
    {"Devstral-Small-2505", "mistral-small-24b"},  // 23,572,403,200, of the bf16 of -2507
    {"Devstral-Small-2507", "mistral-small-24b"},
    {"Magistral-Small-2506", "mistral-small-24b"},
    {"Magistral-Small-2507", "mistral-small-24b"},
    {"granite-3.1-8b", "granite-3.3-8b", false, false, 49155},
    {"granite-3.2-8b", "granite-3.3-8b", false, false, 49155},
    {"granite-3.1-2b", "granite-3.3-2b", false, false, 49155},
    {"granite-3.0-1b-a400m", "granite-3.1-1b-a400m"},
    {"aya-23-8B", "aya-expanse-8b"},           // 8,028,033,024
    {"aya-expanse-32b", "command-r-08-2024"},  // 32,296,476,672
    {"command-r", "command-r-35b"},
    {"command-r-plus", "command-r-plus-104b"},
    // Phi-3 with a longer context attends to all tokens (recalled); Phi-3.5-mini has 3,821,079,552 parameters.
    {"Phi-3-mini-128k", "phi-3-mini", false, true},
    {"Phi-3.5-mini", "phi-3-mini", false, true},
    {"phi-3.5-3.8b", "phi-3-mini", false, true, 0, true},
    {"Phi-3-medium-128k", "phi-3-medium", false, true},
    {"Phi-3-medium-14b", "phi-3-medium"},
    {"Phi-4-mini-reasoning", "phi-4-mini"},
    {"phi-4-mini-3.8b", "phi-4-mini"},
    {"phi-2-2.7b", "phi-2"},
    // Llama 1 and Code Llama have the shapes of Llama 2; Code Llama has 16 words more: 6,738,546,688 and
    // 13,016,028,160.
    {"llama-7b", "llama-2-7b"},
    {"llama-13b", "llama-2-13b"},
    {"CodeLlama-7b", "llama-2-7b", false, false, 32016},
    {"CodeLlama-13b", "llama-2-13b", false, false, 32016},
    {"CodeLlama-70b", "llama-2-70b", false, false, 32016},
    {"CodeLlama-7b-Python", "llama-2-7b"},
    {"CodeLlama-13b-Python", "llama-2-13b"},
    {"CodeLlama-34b-Python", "codellama-34b"},
    {"deepseek-coder-6.7b", "llama-2-7b", false, false, 32256},  // 6,740,512,768, of the instruct
    {"deepseek-coder-7b-v1.5", "deepseek-llm-7b"},
    {"deepseek-math-7b", "deepseek-llm-7b"},
    {"Llama-Guard-3-1B", "llama-3.2-1b"},
    {"Meta-Llama-Guard-2-8B", "llama-3-8b"},
    {"Llama-3.1-Nemotron-Nano-8B-v1", "llama-3.1-8b"},
    {"Hermes-3-Llama-3.1-70B", "llama-3.1-70b"},
    {"Hermes-3-Llama-3.2-3B", "llama-3.2-3b"},
    {"Llama-3.1-Tulu-3-8B", "llama-3.1-8b", false, false, 128264},
    {"saiga_llama3_8b", "llama-3-8b"},                       // 8,030,261,248
    {"L3.3-GeneticLemonade-Final-v2-70B", "llama-3.1-70b"},  // 70,553,706,496
    {"OpenHermes-2.5-Mistral-7B", "mistral-7b", false, false, 32002},
    {"Nous-Hermes-2-Mixtral-8x7B-DPO", "mixtral-8x7b", false, false, 32002},
    {"neural-chat-7b-v3", "mistral-7b"},
    {"BioMistral-7B", "mistral-7b"},
    {"SFR-Embedding-Mistral", "e5-mistral-7b"},
    {"SFR-Embedding-2_R", "e5-mistral-7b"},  // 7,110,660,096
    {"Linq-Embed-Mistral", "e5-mistral-7b"},
    {"shieldgemma-2b", "gemma-2-2b"},
    {"shieldgemma-9b", "gemma-2-9b"},
    {"shieldgemma-27b", "gemma-2-27b"},
    {"codegemma-2b", "gemma-2b"},
    {"gemma-1.1-2b", "gemma-2b"},
    {"gemma-1.1-7b", "gemma-7b"},
    {"medgemma-4b", "gemma-3-4b-vision"},
    {"medgemma-1.5-4b", "gemma-3-4b-vision"},
    {"medgemma-27b", "gemma-3-27b-vision"},
    {"medgemma-27b-text", "gemma-3-27b"},
    {"TinyLlama", "tinyllama-1.1b"},
    {"gpt2-small", "gpt2"},
    {"DialoGPT-small", "gpt2"},
    {"DialoGPT-medium", "gpt2-medium"},
    {"DialoGPT-large", "gpt2-large"},
    // Embedding models of BERT's and RoBERTa's shapes.
    {"mxbai-embed-large-v1", "bge-large-en-v1.5"},  // 335,141,888
    {"mxbai-embed-large", "bge-large-en-v1.5"},
    {"UAE-Large-V1", "bge-large-en-v1.5"},
    {"bge-small-en", "bge-small-en-v1.5"},  // 33,360,512 with 512 positions that are a buffer
    {"bge-base-en", "bge-base-en-v1.5"},
    {"bge-large-en", "bge-large-en-v1.5"},
    {"bge-base-zh", "bge-base-zh-v1.5"},
    {"bge-large-zh", "bge-large-zh-v1.5"},
    {"e5-small-v2", "bge-small-en-v1.5"},
    {"e5-base-v2", "bge-base-en-v1.5"},
    {"e5-large-v2", "bge-large-en-v1.5"},
    {"gte-small", "bge-small-en-v1.5"},
    {"gte-base", "bge-base-en-v1.5"},
    {"gte-large", "bge-large-en-v1.5"},
    {"snowflake-arctic-embed-s", "bge-small-en-v1.5"},
    {"snowflake-arctic-embed-m", "bge-base-en-v1.5"},
    {"snowflake-arctic-embed-l", "bge-large-en-v1.5"},
    {"multi-qa-MiniLM-L6-cos-v1", "all-minilm-l6-v2"},
    {"paraphrase-MiniLM-L6-v2", "all-minilm-l6-v2"},
    {"all-MiniLM-22m", "all-minilm-l6-v2", false, false, 0, true},
    {"multi-qa-mpnet-base-dot-v1", "all-mpnet-base-v2"},
    {"paraphrase-mpnet-base-v2", "all-mpnet-base-v2"},
    {"paraphrase-multilingual-MiniLM-L12-v2", "multilingual-e5-small"},
    {"paraphrase-multilingual-mpnet-base-v2", "multilingual-e5-base"},
    {"multilingual-e5-large-instruct", "multilingual-e5-large"},
    {"nomic-embed-text-v1", "nomic-embed-text-v1.5"},
    {"nomic-embed-text", "nomic-embed-text-v1.5"},
    {"SapBERT-from-PubMedBERT-fulltext", "bge-base-en-v1.5"},  // 109,482,752 with 512 positions that are a buffer
    {"SapBERT-from-PubMedBERT-fulltext-mean-token", "bge-base-en-v1.5"},
    {"MedCPT-Query-Encoder", "bge-base-en-v1.5"},                             // 109,482,240
    {"opensearch-neural-sparse-encoding-doc-v2-distill", "distilbert-base"},  // 66,985,530
    // Ollama's names.
    {"qwen2.5vl-3b", "qwen2.5-vl-3b", false, false, 0, true},
    {"qwen2.5vl-7b", "qwen2.5-vl-7b", false, false, 0, true},
    {"qwen2.5vl-32b", "qwen2.5-vl-32b", false, false, 0, true},
    {"qwen2.5vl-72b", "qwen2.5-vl-72b", false, false, 0, true},
    {"vicuna-7b", "llama-2-7b", false, false, 0, true},
    {"vicuna-13b", "llama-2-13b", false, false, 0, true},
    {"bge-m3-567m", "bge-m3", false, false, 0, true},
    {"mxbai-embed-large-335m", "bge-large-en-v1.5", false, false, 0, true},
    {"qwen3-30b", "qwen3-30b-a3b", false, false, 0, true},
    {"qwen3-235b", "qwen3-235b-a22b", false, false, 0, true},
    {"qwen3-coder-30b", "qwen3-30b-a3b", false, false, 0, true},
    {"qwen3-coder-480b", "qwen3-coder-480b-a35b", false, false, 0, true},
    {"qwen3.5-35b", "qwen3.5-35b-a3b", false, false, 0, true},
    {"qwen3.5-122b", "qwen3.5-122b-a10b", false, false, 0, true},
    {"qwen3-next-80b", "qwen3-next-80b-a3b", false, false, 0, true},
    {"nemotron-3-nano-30b", "nemotron-3-nano-30b-a3b", false, false, 0, true},
    {"nemotron-70b", "llama-3.1-70b", false, false, 0, true},
};

}  // namespace cardfit::io
