// SPDX-License-Identifier: MIT
#pragma once

// Ollama runs GGUF files on ggml's kernels: in runners of its own, and since 0.30.0 in llama-server.

#include <cardfit/engines/llama_cpp.hpp>

namespace cardfit::engines {

/// The months of Ollama's tags (github.com/ollama/ollama), and the rule that changed.
inline constexpr engine_release ollama_releases[]{
    {version_of(0, 1, 39), {2024, 5}, "OLLAMA_FLASH_ATTENTION (#4580)"},
    {version_of(0, 2, 0), {2024, 7}, "four requests at once where their contexts fit, else one"},
    {version_of(0, 5, 0), {2024, 12}, "quantized caches with flash attention, OLLAMA_KV_CACHE_TYPE (#6279)"},
    {version_of(0, 6, 7), {2025, 4}, "contexts of 4096 tokens (#10364), two requests at once where they fit"},
    {version_of(0, 10, 0), {2025, 7}, "one request at once (#11330)"},
    {version_of(0, 11, 8), {2025, 8}, "flash attention by default for gpt-oss (#11996)"},
    {version_of(0, 12, 4), {2025, 10}, "flash attention by default for Qwen 3, and for Gemma 3 in 0.12.6"},
    {version_of(0, 15, 5), {2026, 2}, "contexts by the memory of all cards"},
    {version_of(0, 30, 0), {2026, 6}, "llama-server runs every GGUF file, with --flash-attn auto and --fit (#16031)"},
};

/// DefaultContextLength of envconfig/config.go, and initDefaultNumCtx's tiers of server/routes.go: 23 and 47 GiB of all
/// cards' memory together.
inline constexpr default_context ollama_contexts[]{
    {.tokens = 2048},
    {.since = {2025, 4}, .tokens = 4096},
    {.since = {2026, 2}, .tokens = 4096},
    {.since = {2026, 2}, .from_gibibytes = 23, .tokens = 32'768},
    {.since = {2026, 2}, .from_gibibytes = 47, .tokens = 262'144},
};

/// OLLAMA_NUM_PARALLEL of envconfig/config.go and defaultParallel of server/sched.go. Each slot has a context of its
/// own.
inline constexpr default_slots ollama_slots[]{
    {.at_once = 1},
    {.since = {2024, 7}, .at_once = 4, .where_they_fit = true},
    {.since = {2025, 4}, .at_once = 2, .where_they_fit = true},
    {.since = {2025, 7}, .at_once = 1},
};

/// Returns what llama.cpp allocates, with attention that writes its scores until Ollama hands it to llama-server.
[[nodiscard]] constexpr engine_memory ollama_memory() noexcept {
    engine_memory row = llama_cpp.memory;
    row.scores_until = {2026, 6};
    row.contexts = ollama_contexts;
    row.own_slots = ollama_slots;
    return row;
}

/// The rules of `ollama`: what the estimates of memory and time read of it, with the sources.
inline constexpr engine_row ollama{
    .value = engine::ollama,
    .name = "ollama",
    .releases = ollama_releases,
    .memory = ollama_memory(),
    .time = llama_cpp.time,
    .sources = {.memory =
                    "llama.cpp's, whose buffers are ggml's under Ollama's own runners too: num_batch 512, a cache "
                    "of num_ctx per request; flash attention by default since llama-server runs the files (0.30.0), "
                    "before it for single architectures, which inference.attention states (FlashAttention in "
                    "fs/ggml/ggml.go)",
                .time = "estimated: as llama.cpp"},
};

}  // namespace cardfit::engines
