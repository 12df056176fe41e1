// SPDX-License-Identifier: MIT
#pragma once

// Published models whose layers carry a state of fixed size. Sources: the config.json beside each publisher's weights,
// and the paper named at each model. The parameter counts are compared with the publishers' in
// tests/model/hybrid.static.cpp.

#include <cardfit/model/hybrid.hpp>

#include <array>
#include <string_view>

namespace cardfit::models {

// clang-format off

/// Mamba (arXiv 2312.00752, table 12) has a state of 16, a convolution of 4 and an expansion of 2; its vocabulary is
/// padded to a multiple of eight.
/// @{
inline constexpr hybrid mamba_130m{
    .layers = 24, .hidden = 768, .vocab = 50280, .tied_embeddings = true, .state = {.state = 16}};
inline constexpr hybrid mamba_370m{
    .layers = 48, .hidden = 1024, .vocab = 50280, .tied_embeddings = true, .state = {.state = 16}};
inline constexpr hybrid mamba_790m{
    .layers = 48, .hidden = 1536, .vocab = 50280, .tied_embeddings = true, .state = {.state = 16}};
inline constexpr hybrid mamba_1_4b{
    .layers = 48, .hidden = 2048, .vocab = 50280, .tied_embeddings = true, .state = {.state = 16}};
inline constexpr hybrid mamba_2_8b{
    .layers = 64, .hidden = 2560, .vocab = 50280, .tied_embeddings = true, .state = {.state = 16}};
/// @}

/// Falcon Mamba (arXiv 2410.05355, section 2): its norms of the step size, B and C have no weights, and its output head
/// is not tied.
inline constexpr hybrid falcon_mamba_7b{
    .layers = 64, .hidden = 4096, .vocab = 65024, .state = {.state = 16}};

/// Mamba-2 (arXiv 2405.21060, section 9.1) has a state of 128, heads of 64 and one group; its vocabulary is padded to a
/// multiple of sixteen.
/// @{
inline constexpr hybrid mamba2_130m{
    .layers = 24, .hidden = 768, .vocab = 50288, .tied_embeddings = true,
    .state = {.kind = recurrence::mamba2, .state = 128, .groups = 1, .heads = 24}};
inline constexpr hybrid mamba2_1_3b{
    .layers = 48, .hidden = 2048, .vocab = 50288, .tied_embeddings = true,
    .state = {.kind = recurrence::mamba2, .state = 128, .groups = 1, .heads = 64}};
inline constexpr hybrid mamba2_2_7b{
    .layers = 64, .hidden = 2560, .vocab = 50288, .tied_embeddings = true,
    .state = {.kind = recurrence::mamba2, .state = 128, .groups = 1, .heads = 80}};
inline constexpr hybrid codestral_mamba_7b{
    .layers = 64, .hidden = 4096, .vocab = 32768,
    .state = {.kind = recurrence::mamba2, .state = 128, .groups = 8, .heads = 128}};
/// @}

/// Jamba (arXiv 2403.19887, sections 2 and 3) has attention in one layer of eight, and experts in every second layer.
inline constexpr hybrid jamba_v0_1{
    .layers = 32, .hidden = 4096, .vocab = 65536, .state = {.state = 16, .inner_norms = true},
    .attention = layers_every(8, 4), .feed_forward = all_layers, .sparse = layers_every(2, 1),
    .heads = 32, .kv_heads = 8, .ffn = 14336, .experts = {.count = 16, .active = 2, .ffn = 14336}};

/// Bamba (IBM, Princeton, CMU and UIUC) has Mamba-2 layers and three attention layers.
inline constexpr hybrid bamba_9b{
    .layers = 32, .hidden = 4096, .vocab = 128256,
    .state = {.kind = recurrence::mamba2, .state = 128, .groups = 1, .heads = 128},
    .attention = layers_every(9, 9), .feed_forward = all_layers, .heads = 32, .kv_heads = 8, .ffn = 14336};

/// Granite 4.0 (IBM) has Mamba-2 layers and four attention layers. Each layer also has a feed-forward, or experts beside
/// a shared expert.
/// @{
inline constexpr layer_set granite_4_attention = layers_every(10, 5);
inline constexpr hybrid granite_4_h_micro{
    .layers = 40, .hidden = 2048, .vocab = 100352, .tied_embeddings = true,
    .state = {.kind = recurrence::mamba2, .state = 128, .groups = 1, .heads = 64},
    .attention = granite_4_attention, .feed_forward = all_layers, .heads = 32, .kv_heads = 8, .ffn = 8192};
inline constexpr hybrid granite_4_h_tiny{
    .layers = 40, .hidden = 1536, .vocab = 100352, .tied_embeddings = true,
    .state = {.kind = recurrence::mamba2, .state = 128, .groups = 1, .heads = 48},
    .attention = granite_4_attention, .feed_forward = all_layers, .sparse = all_layers, .heads = 12, .kv_heads = 4,
    .experts = {.count = 64, .active = 6, .ffn = 512, .shared = 1, .shared_ffn = 1024}};
inline constexpr hybrid granite_4_h_small{
    .layers = 40, .hidden = 4096, .vocab = 100352, .tied_embeddings = true,
    .state = {.kind = recurrence::mamba2, .state = 128, .groups = 1, .heads = 128},
    .attention = granite_4_attention, .feed_forward = all_layers, .sparse = all_layers, .heads = 32, .kv_heads = 8,
    .experts = {.count = 72, .active = 10, .ffn = 768, .shared = 1, .shared_ffn = 1536}};
/// @}

/// Nemotron-H (arXiv 2504.03624, table 1): each half of a layer, mixer or feed-forward, is a layer of its own.
/// @{
inline constexpr char nemotron_h_8b_pattern[] = "M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M-";
inline constexpr hybrid nemotron_h_8b{
    .layers = 52, .hidden = 4096, .vocab = 131072,
    .state = {.kind = recurrence::mamba2, .state = 128, .groups = 8, .heads = 128},
    .attention = layers_of(nemotron_h_8b_pattern, '*'), .mixerless = layers_of(nemotron_h_8b_pattern, '-'),
    .feed_forward = layers_of(nemotron_h_8b_pattern, '-'), .heads = 32, .kv_heads = 8, .head_dim = 128, .ffn = 21504,
    .ffn_gated = false};
/// @}

/// Qwen3-Next (model card and config.json of Qwen/Qwen3-Next-80B-A3B-Instruct) has gated attention in one layer of four.
/// The layer that predicts a second token ahead is left out.
inline constexpr hybrid qwen3_next_80b_a3b{
    .layers = 48, .hidden = 2048, .vocab = 151936,
    .state = {.kind = recurrence::gated_delta_net, .inner = 4096, .state = 128, .groups = 16, .heads = 32,
              .convolution_bias = false},
    .attention = layers_every(4, 3), .feed_forward = all_layers, .sparse = all_layers, .heads = 16, .kv_heads = 2,
    .head_dim = 256, .head_norm = true, .attention_gate = true,
    .experts = {.count = 512, .active = 10, .ffn = 512, .shared = 1, .shared_gate = true}};

/// LFM2 (arXiv 2511.23404): gated short convolutions, and attention in six of 16 or 24 layers; experts in all but the
/// first two layers of the larger one, whose bias of the router is a buffer.
/// @{
inline constexpr layer_set lfm2_attention{{1u << 2 | 1u << 5 | 1u << 8 | 1u << 10 | 1u << 12 | 1u << 14}};
inline constexpr hybrid lfm2_1_2b{
    .layers = 16, .hidden = 2048, .vocab = 65536, .tied_embeddings = true,
    .state = {.kind = recurrence::short_convolution, .kernel = 3, .convolution_bias = false},
    .attention = lfm2_attention, .feed_forward = all_layers, .heads = 32, .kv_heads = 8, .head_norm = true,
    .ffn = 8192};
inline constexpr layer_set lfm2_moe_attention{{1u << 2 | 1u << 6 | 1u << 10 | 1u << 14 | 1u << 18 | 1u << 21}};
inline constexpr hybrid lfm2_8b_a1b{
    .layers = 24, .hidden = 2048, .vocab = 65536, .tied_embeddings = true,
    .state = {.kind = recurrence::short_convolution, .kernel = 3, .convolution_bias = false},
    .attention = lfm2_moe_attention, .feed_forward = all_layers, .sparse = ~layer_set{{3}}, .heads = 32, .kv_heads = 8,
    .head_norm = true, .ffn = 7168, .experts = {.count = 32, .active = 4, .ffn = 1792}};
/// @}

/// Falcon-H1 (arXiv 2507.22448, table 5): attention and Mamba-2 in every layer.
inline constexpr hybrid falcon_h1_7b{
    .layers = 44, .hidden = 3072, .vocab = 130048,
    .state = {.kind = recurrence::mamba2, .inner = 3072, .state = 256, .groups = 1, .heads = 24, .gate_norm = false},
    .attention = all_layers, .feed_forward = all_layers, .heads = 12, .kv_heads = 2, .head_dim = 128,
    .parallel_state = true, .ffn = 12288};

/// MiniMax-Text-01 (arXiv 2501.08313, section 2): softmax attention in one layer of eight, experts in all.
inline constexpr hybrid minimax_text_01{
    .layers = 80, .hidden = 6144, .vocab = 200064,
    .state = {.kind = recurrence::lightning, .inner = 8192, .state = 128, .kernel = 1, .groups = 64, .heads = 64,
              .convolution_bias = false},
    .attention = layers_every(8, 7), .feed_forward = all_layers, .sparse = all_layers, .heads = 64, .kv_heads = 8,
    .head_dim = 128, .experts = {.count = 32, .active = 2, .ffn = 9216}};

// clang-format on

/// A model, its name in this library, and the repository of its published checkpoint on the Hugging Face hub.
struct hybrid_entry {
    std::string_view id;          ///< name in the library, as the tool takes it
    std::string_view repository;  ///< of the published checkpoint on the Hugging Face hub
    const hybrid* model;          ///< its shape
};

/// The models of this kind that are known by name.
inline constexpr std::array hybrids{
    hybrid_entry{"mamba-130m", "state-spaces/mamba-130m-hf", &mamba_130m},
    hybrid_entry{"mamba-370m", "state-spaces/mamba-370m-hf", &mamba_370m},
    hybrid_entry{"mamba-790m", "state-spaces/mamba-790m-hf", &mamba_790m},
    hybrid_entry{"mamba-1.4b", "state-spaces/mamba-1.4b-hf", &mamba_1_4b},
    hybrid_entry{"mamba-2.8b", "state-spaces/mamba-2.8b-hf", &mamba_2_8b},
    hybrid_entry{"falcon-mamba-7b", "tiiuae/falcon-mamba-7b", &falcon_mamba_7b},
    hybrid_entry{"mamba2-130m", "state-spaces/mamba2-130m", &mamba2_130m},
    hybrid_entry{"mamba2-1.3b", "state-spaces/mamba2-1.3b", &mamba2_1_3b},
    hybrid_entry{"mamba2-2.7b", "state-spaces/mamba2-2.7b", &mamba2_2_7b},
    hybrid_entry{"codestral-mamba-7b", "mistralai/Mamba-Codestral-7B-v0.1", &codestral_mamba_7b},
    hybrid_entry{"jamba-v0.1", "ai21labs/Jamba-v0.1", &jamba_v0_1},
    hybrid_entry{"bamba-9b", "ibm-ai-platform/Bamba-9B-v2", &bamba_9b},
    hybrid_entry{"granite-4.0-h-micro", "ibm-granite/granite-4.0-h-micro", &granite_4_h_micro},
    hybrid_entry{"granite-4.0-h-tiny", "ibm-granite/granite-4.0-h-tiny", &granite_4_h_tiny},
    hybrid_entry{"granite-4.0-h-small", "ibm-granite/granite-4.0-h-small", &granite_4_h_small},
    hybrid_entry{"nemotron-h-8b", "nvidia/Nemotron-H-8B-Base-8K", &nemotron_h_8b},
    hybrid_entry{"qwen3-next-80b-a3b", "Qwen/Qwen3-Next-80B-A3B-Instruct", &qwen3_next_80b_a3b},
    hybrid_entry{"lfm2-1.2b", "LiquidAI/LFM2-1.2B", &lfm2_1_2b},
    hybrid_entry{"lfm2-8b-a1b", "LiquidAI/LFM2-8B-A1B", &lfm2_8b_a1b},
    hybrid_entry{"falcon-h1-7b", "tiiuae/Falcon-H1-7B-Instruct", &falcon_h1_7b},
    hybrid_entry{"minimax-text-01", "MiniMaxAI/MiniMax-Text-01-hf", &minimax_text_01},
};

}  // namespace cardfit::models
