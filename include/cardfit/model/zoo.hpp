// SPDX-License-Identifier: MIT
#pragma once

// Models by name, with the dimensions that their publishers' config.json files state. No parameter count is written
// down here: it follows from the dimensions, and the tests compare it with the publisher's own figure.

#include <cardfit/model/module_formats.hpp>
#include <cardfit/model/transformer.hpp>

#include <array>
#include <string_view>

// One model a row, as a paper's table has them.
// clang-format off
namespace cardfit::models {

/// GPT-2 (Radford et al., 2019, table 2; config.json of openai-community/gpt2*). Learned positions, every matrix
/// biased.
/// @{
inline constexpr transformer gpt2{
    .layers = 12, .hidden = 768, .heads = 12, .ffn = 3072, .ffn_gated = false, .vocab = 50257,
    .tied_embeddings = true, .positions = 1024, .norm = norm_kind::layer, .biases = biases::all,
    .fused_query_key_value = true, .activation_in_steps = true};
inline constexpr transformer gpt2_medium{
    .layers = 24, .hidden = 1024, .heads = 16, .ffn = 4096, .ffn_gated = false, .vocab = 50257,
    .tied_embeddings = true, .positions = 1024, .norm = norm_kind::layer, .biases = biases::all,
    .fused_query_key_value = true, .activation_in_steps = true};
inline constexpr transformer gpt2_large{
    .layers = 36, .hidden = 1280, .heads = 20, .ffn = 5120, .ffn_gated = false, .vocab = 50257,
    .tied_embeddings = true, .positions = 1024, .norm = norm_kind::layer, .biases = biases::all,
    .fused_query_key_value = true, .activation_in_steps = true};
inline constexpr transformer gpt2_xl{
    .layers = 48, .hidden = 1600, .heads = 25, .ffn = 6400, .ffn_gated = false, .vocab = 50257,
    .tied_embeddings = true, .positions = 1024, .norm = norm_kind::layer, .biases = biases::all,
    .fused_query_key_value = true, .activation_in_steps = true};
/// @}

/// BERT (arXiv 1810.04805, section 3; config.json of google-bert/bert-*-uncased), with its pooler and both
/// pre-training heads, as the published checkpoints have them.
/// @{
inline constexpr transformer bert_base{
    .layers = 12, .hidden = 768, .heads = 12, .ffn = 3072, .ffn_gated = false, .vocab = 30522,
    .tied_embeddings = true, .positions = 512, .norm = norm_kind::layer, .biases = biases::all,
    .kind = model_kind::encoder};
inline constexpr transformer bert_large{
    .layers = 24, .hidden = 1024, .heads = 16, .ffn = 4096, .ffn_gated = false, .vocab = 30522,
    .tied_embeddings = true, .positions = 512, .norm = norm_kind::layer, .biases = biases::all,
    .kind = model_kind::encoder};
/// @}

/// OPT (arXiv 2205.01068, table 1; config.json of facebook/opt-*). The position table has two rows more than the 2048
/// tokens that the model reads, because its rows are looked up at an offset of 2. OPT-350M is not here: its word
/// embedding is narrower than its layers, and its norms stand behind the sublayers.
/// @{
inline constexpr transformer opt_125m{
    .layers = 12, .hidden = 768, .heads = 12, .ffn = 3072, .ffn_gated = false, .vocab = 50272,
    .tied_embeddings = true, .positions = 2050, .norm = norm_kind::layer, .biases = biases::all};
inline constexpr transformer opt_1_3b{
    .layers = 24, .hidden = 2048, .heads = 32, .ffn = 8192, .ffn_gated = false, .vocab = 50272,
    .tied_embeddings = true, .positions = 2050, .norm = norm_kind::layer, .biases = biases::all};
inline constexpr transformer opt_6_7b{
    .layers = 32, .hidden = 4096, .heads = 32, .ffn = 16384, .ffn_gated = false, .vocab = 50272,
    .tied_embeddings = true, .positions = 2050, .norm = norm_kind::layer, .biases = biases::all};
inline constexpr transformer opt_30b{
    .layers = 48, .hidden = 7168, .heads = 56, .ffn = 28672, .ffn_gated = false, .vocab = 50272,
    .tied_embeddings = true, .positions = 2050, .norm = norm_kind::layer, .biases = biases::all};
/// @}

/// Pythia (arXiv 2304.01373, table 1; config.json of EleutherAI/pythia-*). Attention and feed-forward run in parallel,
/// each with a norm of its own. The 6.9B pads its vocabulary to more rows than the 1B, since it was trained
/// tensor-parallel.
/// @{
inline constexpr transformer pythia_1b{
    .layers = 16, .hidden = 2048, .heads = 8, .ffn = 8192, .ffn_gated = false, .vocab = 50304, .norm = norm_kind::layer,
    .biases = biases::all, .fused_query_key_value = true};
inline constexpr transformer pythia_6_9b{
    .layers = 32, .hidden = 4096, .heads = 32, .ffn = 16384, .ffn_gated = false, .vocab = 50432, .norm = norm_kind::layer,
    .biases = biases::all, .fused_query_key_value = true};
/// @}

/// MPT (config.json of mosaicml/mpt-7b). ALiBi takes the place of positions; no bias anywhere, not in the norms
/// either.
inline constexpr transformer mpt_7b{
    .layers = 32, .hidden = 4096, .heads = 32, .ffn = 16384, .ffn_gated = false, .vocab = 50432,
    .tied_embeddings = true, .norm = norm_kind::layer, .norm_bias = false, .fused_query_key_value = true};

/// Falcon (arXiv 2311.16867; config.json of tiiuae/falcon-*). Attention and feed-forward run in parallel: on one norm
/// in the 7B, on one each in the 40B. Only the norms have biases.
/// @{
inline constexpr transformer falcon_7b{
    .layers = 32, .hidden = 4544, .heads = 71, .kv_heads = 1, .head_dim = 64, .ffn = 18176, .ffn_gated = false,
    .vocab = 65024, .tied_embeddings = true, .norm = norm_kind::layer, .norms_per_layer = 1, .fused_query_key_value = true};
inline constexpr transformer falcon_40b{
    .layers = 60, .hidden = 8192, .heads = 128, .kv_heads = 8, .head_dim = 64, .ffn = 32768, .ffn_gated = false,
    .vocab = 65024, .tied_embeddings = true, .norm = norm_kind::layer, .fused_query_key_value = true};
/// @}

/// Llama 2 (arXiv 2307.09288; config.json of meta-llama/Llama-2-*-hf).
/// @{
inline constexpr transformer llama_2_7b{
    .layers = 32, .hidden = 4096, .heads = 32, .ffn = 11008, .vocab = 32000};
inline constexpr transformer llama_2_13b{
    .layers = 40, .hidden = 5120, .heads = 40, .ffn = 13824, .vocab = 32000};
inline constexpr transformer llama_2_70b{
    .layers = 80, .hidden = 8192, .heads = 64, .kv_heads = 8, .ffn = 28672, .vocab = 32000};
/// @}

/// Llama 3, 3.1 and 3.2 (arXiv 2407.21783, table 3; config.json of meta-llama/*). The 3.1 models differ from the 3 in
/// the rotary embedding alone, which holds no parameters.
/// @{
inline constexpr transformer llama_3_8b{
    .layers = 32, .hidden = 4096, .heads = 32, .kv_heads = 8, .ffn = 14336, .vocab = 128256};
inline constexpr transformer llama_3_70b{
    .layers = 80, .hidden = 8192, .heads = 64, .kv_heads = 8, .ffn = 28672, .vocab = 128256};
inline constexpr transformer llama_3_1_8b{
    .layers = 32, .hidden = 4096, .heads = 32, .kv_heads = 8, .ffn = 14336, .vocab = 128256};
inline constexpr transformer llama_3_1_70b{
    .layers = 80, .hidden = 8192, .heads = 64, .kv_heads = 8, .ffn = 28672, .vocab = 128256};
inline constexpr transformer llama_3_1_405b{
    .layers = 126, .hidden = 16384, .heads = 128, .kv_heads = 8, .ffn = 53248, .vocab = 128256};
inline constexpr transformer llama_3_2_1b{
    .layers = 16, .hidden = 2048, .heads = 32, .kv_heads = 8, .head_dim = 64, .ffn = 8192, .vocab = 128256,
    .tied_embeddings = true};
inline constexpr transformer llama_3_2_3b{
    .layers = 28, .hidden = 3072, .heads = 24, .kv_heads = 8, .head_dim = 128, .ffn = 8192, .vocab = 128256,
    .tied_embeddings = true};
/// @}

/// TinyLlama (arXiv 2401.02385, table 2; config.json of TinyLlama/TinyLlama-1.1B-*).
inline constexpr transformer tinyllama_1_1b{
    .layers = 22, .hidden = 2048, .heads = 32, .kv_heads = 4, .ffn = 5632, .vocab = 32000};

/// Mistral and Mixtral (arXiv 2310.06825 and 2401.04088, table 1 each; config.json of mistralai/*). The 7B is v0.1:
/// later versions drop the window, and v0.3 has a larger vocabulary. The 8x22B is the base model, whose vocabulary is
/// 32000.
/// @{
inline constexpr transformer mistral_7b{
    .layers = 32, .hidden = 4096, .heads = 32, .kv_heads = 8, .ffn = 14336, .vocab = 32000,
    .sliding_window = {.window = 4096}};
inline constexpr transformer mixtral_8x7b{
    .layers = 32, .hidden = 4096, .heads = 32, .kv_heads = 8, .vocab = 32000,
    .experts = {.count = 8, .active = 2, .ffn = 14336}};
inline constexpr transformer mixtral_8x22b{
    .layers = 56, .hidden = 6144, .heads = 48, .kv_heads = 8, .vocab = 32000,
    .experts = {.count = 8, .active = 2, .ffn = 16384}};
/// @}

/// Qwen (arXiv 2309.16609, table 1; config.json of Qwen/Qwen-*). Their intermediate_size counts gate and up together,
/// so each is half as wide.
/// @{
inline constexpr transformer qwen_1_8b{
    .layers = 24, .hidden = 2048, .heads = 16, .ffn = 5504, .vocab = 151936, .biases = biases::qkv,
    .fused_query_key_value = true};
inline constexpr transformer qwen_7b{
    .layers = 32, .hidden = 4096, .heads = 32, .ffn = 11008, .vocab = 151936, .biases = biases::qkv,
    .fused_query_key_value = true};
inline constexpr transformer qwen_14b{
    .layers = 40, .hidden = 5120, .heads = 40, .ffn = 13696, .vocab = 152064, .biases = biases::qkv,
    .fused_query_key_value = true};
inline constexpr transformer qwen_72b{
    .layers = 80, .hidden = 8192, .heads = 64, .ffn = 24576, .vocab = 152064, .biases = biases::qkv,
    .fused_query_key_value = true};
/// @}

/// Qwen 1.5 MoE (config.json of Qwen/Qwen1.5-MoE-A2.7B): beside 60 experts of 1408 a shared one of 5632 behind a gate.
inline constexpr transformer qwen1_5_moe_a2_7b{
    .layers = 24, .hidden = 2048, .heads = 16, .vocab = 151936, .biases = biases::qkv,
    .experts = {.count = 60, .active = 4, .ffn = 1408, .shared = 1, .shared_ffn = 5632, .shared_gate = true}};

/// Qwen 2 and 2.5 (arXiv 2407.10671, table 1, and 2412.15115; config.json of Qwen/*). The sliding window that their
/// files mention is switched off.
/// @{
inline constexpr transformer qwen2_7b{
    .layers = 28, .hidden = 3584, .heads = 28, .kv_heads = 4, .ffn = 18944, .vocab = 152064, .biases = biases::qkv};
inline constexpr transformer qwen2_72b{
    .layers = 80, .hidden = 8192, .heads = 64, .kv_heads = 8, .ffn = 29568, .vocab = 152064, .biases = biases::qkv};
inline constexpr transformer qwen2_5_0_5b{
    .layers = 24, .hidden = 896, .heads = 14, .kv_heads = 2, .ffn = 4864, .vocab = 151936, .tied_embeddings = true,
    .biases = biases::qkv};
inline constexpr transformer qwen2_5_1_5b{
    .layers = 28, .hidden = 1536, .heads = 12, .kv_heads = 2, .ffn = 8960, .vocab = 151936, .tied_embeddings = true,
    .biases = biases::qkv};
inline constexpr transformer qwen2_5_3b{
    .layers = 36, .hidden = 2048, .heads = 16, .kv_heads = 2, .ffn = 11008, .vocab = 151936, .tied_embeddings = true,
    .biases = biases::qkv};
inline constexpr transformer qwen2_5_7b{
    .layers = 28, .hidden = 3584, .heads = 28, .kv_heads = 4, .ffn = 18944, .vocab = 152064, .biases = biases::qkv};
inline constexpr transformer qwen2_5_14b{
    .layers = 48, .hidden = 5120, .heads = 40, .kv_heads = 8, .ffn = 13824, .vocab = 152064, .biases = biases::qkv};
inline constexpr transformer qwen2_5_32b{
    .layers = 64, .hidden = 5120, .heads = 40, .kv_heads = 8, .ffn = 27648, .vocab = 152064, .biases = biases::qkv};
inline constexpr transformer qwen2_5_72b{
    .layers = 80, .hidden = 8192, .heads = 64, .kv_heads = 8, .ffn = 29568, .vocab = 152064, .biases = biases::qkv};
/// @}

/// Qwen 3 (arXiv 2505.09388, tables 1 and 2; config.json of Qwen/Qwen3-*). Norms on queries and keys instead of
/// biases.
/// @{
inline constexpr transformer qwen3_0_6b{
    .layers = 28, .hidden = 1024, .heads = 16, .kv_heads = 8, .head_dim = 128, .ffn = 3072, .vocab = 151936,
    .tied_embeddings = true, .head_norm = true};
inline constexpr transformer qwen3_1_7b{
    .layers = 28, .hidden = 2048, .heads = 16, .kv_heads = 8, .head_dim = 128, .ffn = 6144, .vocab = 151936,
    .tied_embeddings = true, .head_norm = true};
inline constexpr transformer qwen3_4b{
    .layers = 36, .hidden = 2560, .heads = 32, .kv_heads = 8, .head_dim = 128, .ffn = 9728, .vocab = 151936,
    .tied_embeddings = true, .head_norm = true};
inline constexpr transformer qwen3_8b{
    .layers = 36, .hidden = 4096, .heads = 32, .kv_heads = 8, .head_dim = 128, .ffn = 12288, .vocab = 151936,
    .head_norm = true};
inline constexpr transformer qwen3_14b{
    .layers = 40, .hidden = 5120, .heads = 40, .kv_heads = 8, .head_dim = 128, .ffn = 17408, .vocab = 151936,
    .head_norm = true};
inline constexpr transformer qwen3_32b{
    .layers = 64, .hidden = 5120, .heads = 64, .kv_heads = 8, .head_dim = 128, .ffn = 25600, .vocab = 151936,
    .head_norm = true};
inline constexpr transformer qwen3_30b_a3b{
    .layers = 48, .hidden = 2048, .heads = 32, .kv_heads = 4, .head_dim = 128, .vocab = 151936,
    .experts = {.count = 128, .active = 8, .ffn = 768}, .head_norm = true};
inline constexpr transformer qwen3_235b_a22b{
    .layers = 94, .hidden = 4096, .heads = 64, .kv_heads = 4, .head_dim = 128, .vocab = 151936,
    .experts = {.count = 128, .active = 8, .ffn = 1536}, .head_norm = true};
/// @}

/// Gemma (arXiv 2403.08295, table 1; config.json of google/gemma-*). Its ffn is one of the two halves, as everywhere
/// here.
/// @{
inline constexpr transformer gemma_2b{
    .layers = 18, .hidden = 2048, .heads = 8, .kv_heads = 1, .head_dim = 256, .ffn = 16384, .vocab = 256000,
    .tied_embeddings = true, .wide_norms = true};
inline constexpr transformer gemma_7b{
    .layers = 28, .hidden = 3072, .heads = 16, .head_dim = 256, .ffn = 24576, .vocab = 256000,
    .tied_embeddings = true, .wide_norms = true};
/// @}

/// Gemma 2 (arXiv 2408.00118, table 1; config.json of google/gemma-2-*). A norm before and behind each sublayer.
/// @{
inline constexpr transformer gemma_2_2b{
    .layers = 26, .hidden = 2304, .heads = 8, .kv_heads = 4, .head_dim = 256, .ffn = 9216, .vocab = 256000,
    .tied_embeddings = true, .sliding_window = {.window = 4096, .global_every = 2}, .norms_per_layer = 4,
    .attention_softcap = true, .wide_norms = true};
inline constexpr transformer gemma_2_9b{
    .layers = 42, .hidden = 3584, .heads = 16, .kv_heads = 8, .head_dim = 256, .ffn = 14336, .vocab = 256000,
    .tied_embeddings = true, .sliding_window = {.window = 4096, .global_every = 2}, .norms_per_layer = 4,
    .attention_softcap = true, .wide_norms = true};
inline constexpr transformer gemma_2_27b{
    .layers = 46, .hidden = 4608, .heads = 32, .kv_heads = 16, .head_dim = 128, .ffn = 36864, .vocab = 256000,
    .tied_embeddings = true, .sliding_window = {.window = 4096, .global_every = 2}, .norms_per_layer = 4,
    .attention_softcap = true, .wide_norms = true};
/// @}

/// Gemma 3 (arXiv 2503.19786, table 1; config.json of google/gemma-3-*). The text tower only: from the 4B on, a vision
/// encoder and a projector belong to the published model. Those have 64 more rows in the embedding, for the image
/// token.
/// @{
inline constexpr transformer gemma_3_1b{
    .layers = 26, .hidden = 1152, .heads = 4, .kv_heads = 1, .head_dim = 256, .ffn = 6912, .vocab = 262144,
    .tied_embeddings = true, .sliding_window = {.window = 512, .global_every = 6}, .norms_per_layer = 4,
    .head_norm = true, .wide_norms = true};
inline constexpr transformer gemma_3_4b{
    .layers = 34, .hidden = 2560, .heads = 8, .kv_heads = 4, .head_dim = 256, .ffn = 10240, .vocab = 262208,
    .tied_embeddings = true, .sliding_window = {.window = 1024, .global_every = 6}, .norms_per_layer = 4,
    .head_norm = true, .wide_norms = true};
inline constexpr transformer gemma_3_12b{
    .layers = 48, .hidden = 3840, .heads = 16, .kv_heads = 8, .head_dim = 256, .ffn = 15360, .vocab = 262208,
    .tied_embeddings = true, .sliding_window = {.window = 1024, .global_every = 6}, .norms_per_layer = 4,
    .head_norm = true, .wide_norms = true};
inline constexpr transformer gemma_3_27b{
    .layers = 62, .hidden = 5376, .heads = 32, .kv_heads = 16, .head_dim = 128, .ffn = 21504, .vocab = 262208,
    .tied_embeddings = true, .sliding_window = {.window = 1024, .global_every = 6}, .norms_per_layer = 4,
    .head_norm = true, .wide_norms = true};
/// @}

/// Phi (arXiv 2309.05463; config.json of microsoft/phi-*). 1.5 and 2: attention and feed-forward in parallel on one
/// norm, a bias on the head. Phi-3 (arXiv 2404.14219) is the 4k version: the 128k one has a window as long as its
/// context.
/// @{
inline constexpr transformer phi_1_5{
    .layers = 24, .hidden = 2048, .heads = 32, .ffn = 8192, .ffn_gated = false, .vocab = 51200, .norm = norm_kind::layer,
    .biases = biases::all, .norms_per_layer = 1, .head_bias = true, .activation_in_steps = true};
inline constexpr transformer phi_2{
    .layers = 32, .hidden = 2560, .heads = 32, .ffn = 10240, .ffn_gated = false, .vocab = 51200, .norm = norm_kind::layer,
    .biases = biases::all, .norms_per_layer = 1, .head_bias = true, .activation_in_steps = true};
inline constexpr transformer phi_3_mini{
    .layers = 32, .hidden = 3072, .heads = 32, .ffn = 8192, .vocab = 32064, .sliding_window = {.window = 2047},
    .fused_query_key_value = true};
inline constexpr transformer phi_4{
    .layers = 40, .hidden = 5120, .heads = 40, .kv_heads = 10, .ffn = 17920, .vocab = 100352,
    .fused_query_key_value = true};
/// @}

/// DeepSeek V2 (arXiv 2405.04434, section 3.1.2 and appendix B), V3 (arXiv 2412.19437, section 4.2) and V3.2 (arXiv
/// 2512.02556, section 2.1); config.json of deepseek-ai/*. V3 and V3.2 are the main models: without the layer that
/// predicts a second token ahead, and with the bias that balances the experts counted as the checkpoint counts it.
/// @{
inline constexpr transformer deepseek_v2{
    .layers = 60, .hidden = 5120, .heads = 128, .ffn = 12288, .vocab = 102400,
    .experts = {.count = 160, .active = 6, .ffn = 1536, .shared = 2, .dense_layers = 1},
    .latent_attention = {.q_rank = 1536, .kv_rank = 512, .nope_dim = 128, .rope_dim = 64, .value_dim = 128}};
inline constexpr transformer deepseek_v2_lite{
    .layers = 27, .hidden = 2048, .heads = 16, .ffn = 10944, .vocab = 102400,
    .experts = {.count = 64, .active = 6, .ffn = 1408, .shared = 2, .dense_layers = 1},
    .latent_attention = {.kv_rank = 512, .nope_dim = 128, .rope_dim = 64, .value_dim = 128}};
inline constexpr transformer deepseek_v3{
    .layers = 61, .hidden = 7168, .heads = 128, .ffn = 18432, .vocab = 129280,
    .experts = {.count = 256, .active = 8, .ffn = 2048, .shared = 1, .dense_layers = 3, .router_bias = true},
    .latent_attention = {.q_rank = 1536, .kv_rank = 512, .nope_dim = 128, .rope_dim = 64, .value_dim = 128}};


inline constexpr transformer deepseek_v3_2{
    .layers = 61, .hidden = 7168, .heads = 128, .ffn = 18432, .vocab = 129280,
    .experts = {.count = 256, .active = 8, .ffn = 2048, .shared = 1, .dense_layers = 3, .router_bias = true},
    .latent_attention = {.q_rank = 1536, .kv_rank = 512, .nope_dim = 128, .rope_dim = 64, .value_dim = 128},
    .sparse_attention = {.heads = 64, .head_dim = 128, .tokens = 2048}};
/// @}

/// Kimi K2 (arXiv 2507.20534, table 2; config.json of moonshotai/Kimi-K2-Instruct): DeepSeek-V3's layers with more
/// experts and fewer heads.
inline constexpr transformer kimi_k2{
    .layers = 61, .hidden = 7168, .heads = 64, .ffn = 18432, .vocab = 163840,
    .experts = {.count = 384, .active = 8, .ffn = 2048, .shared = 1, .dense_layers = 1, .router_bias = true},
    .latent_attention = {.q_rank = 1536, .kv_rank = 512, .nope_dim = 128, .rope_dim = 64, .value_dim = 128}};

/// gpt-oss (arXiv 2508.10925, section 2; config.json of openai/gpt-oss-*). Biases on attention, router and experts.
/// @{
inline constexpr transformer gpt_oss_20b{
    .layers = 24, .hidden = 2880, .heads = 64, .kv_heads = 8, .head_dim = 64, .vocab = 201088, .biases = biases::all,
    .experts = {.count = 32, .active = 4, .ffn = 2880, .router_bias = true},
    .sliding_window = {.window = 128, .global_every = 2}, .attention_sinks = true};
inline constexpr transformer gpt_oss_120b{
    .layers = 36, .hidden = 2880, .heads = 64, .kv_heads = 8, .head_dim = 64, .vocab = 201088, .biases = biases::all,
    .experts = {.count = 128, .active = 4, .ffn = 2880, .router_bias = true},
    .sliding_window = {.window = 128, .global_every = 2}, .attention_sinks = true};
/// @}

/// Vision Transformer (arXiv 2010.11929, table 1) with the head for ImageNet-1k, as torchvision's vit_b_16 and
/// vit_l_16.
/// @{
inline constexpr transformer vit_b_16{
    .layers = 12, .hidden = 768, .heads = 12, .ffn = 3072, .ffn_gated = false, .norm = norm_kind::layer,
    .biases = biases::all, .kind = model_kind::encoder, .patch_tokens = 196, .classes = 1000, .fused_query_key_value = true, .patch_size = 16};
inline constexpr transformer vit_l_16{
    .layers = 24, .hidden = 1024, .heads = 16, .ffn = 4096, .ffn_gated = false, .norm = norm_kind::layer,
    .biases = biases::all, .kind = model_kind::encoder, .patch_tokens = 196, .classes = 1000, .fused_query_key_value = true, .patch_size = 16};
/// @}

/// Formats of checkpoints that are published quantized. What their files leave alone is in bf16.
/// quantization_config of openai/gpt-oss-*: mxfp4, modules_to_not_convert attention, router, embed_tokens and lm_head.
inline constexpr published_formats mxfp4_experts{
    .weights = number_format::mxfp4,
    .modules = {.attention = number_format::bf16, .embedding = number_format::bf16, .head = number_format::bf16}};
/// quantization_config of deepseek-ai/DeepSeek-V3 and -V3.2 and of moonshotai/Kimi-K2-Instruct: fp8, weight_block_size 128 x 128; arXiv 2412.19437,
/// section 3.3: embedding, head and routers keep their precision.
inline constexpr published_formats fp8_blocks{
    .weights = number_format::fp8, .modules = {.embedding = number_format::bf16, .head = number_format::bf16}};

/// A model with its name here, the repository of its published checkpoint at the Hugging Face hub, and the formats of
/// that checkpoint where it is quantized.
struct zoo_entry {
    std::string_view id;          ///< name in the library, as the tool takes it
    std::string_view repository;  ///< of the published checkpoint on the Hugging Face hub
    const transformer* model;  ///< its shape
    published_formats published{};  ///< formats of the published weights
};

/// The whole zoo, family by family.
inline constexpr std::array all{
    zoo_entry{"gpt2", "openai-community/gpt2", &gpt2},
    zoo_entry{"gpt2-medium", "openai-community/gpt2-medium", &gpt2_medium},
    zoo_entry{"gpt2-large", "openai-community/gpt2-large", &gpt2_large},
    zoo_entry{"gpt2-xl", "openai-community/gpt2-xl", &gpt2_xl},
    zoo_entry{"bert-base", "google-bert/bert-base-uncased", &bert_base},
    zoo_entry{"bert-large", "google-bert/bert-large-uncased", &bert_large},
    zoo_entry{"opt-125m", "facebook/opt-125m", &opt_125m},
    zoo_entry{"opt-1.3b", "facebook/opt-1.3b", &opt_1_3b},
    zoo_entry{"opt-6.7b", "facebook/opt-6.7b", &opt_6_7b},
    zoo_entry{"opt-30b", "facebook/opt-30b", &opt_30b},
    zoo_entry{"pythia-1b", "EleutherAI/pythia-1b", &pythia_1b},
    zoo_entry{"pythia-6.9b", "EleutherAI/pythia-6.9b", &pythia_6_9b},
    zoo_entry{"mpt-7b", "mosaicml/mpt-7b", &mpt_7b},
    zoo_entry{"falcon-7b", "tiiuae/falcon-7b", &falcon_7b},
    zoo_entry{"falcon-40b", "tiiuae/falcon-40b", &falcon_40b},
    zoo_entry{"llama-2-7b", "meta-llama/Llama-2-7b-hf", &llama_2_7b},
    zoo_entry{"llama-2-13b", "meta-llama/Llama-2-13b-hf", &llama_2_13b},
    zoo_entry{"llama-2-70b", "meta-llama/Llama-2-70b-hf", &llama_2_70b},
    zoo_entry{"llama-3-8b", "meta-llama/Meta-Llama-3-8B", &llama_3_8b},
    zoo_entry{"llama-3-70b", "meta-llama/Meta-Llama-3-70B", &llama_3_70b},
    zoo_entry{"llama-3.1-8b", "meta-llama/Llama-3.1-8B", &llama_3_1_8b},
    zoo_entry{"llama-3.1-70b", "meta-llama/Llama-3.1-70B", &llama_3_1_70b},
    zoo_entry{"llama-3.1-405b", "meta-llama/Llama-3.1-405B", &llama_3_1_405b},
    zoo_entry{"llama-3.2-1b", "meta-llama/Llama-3.2-1B", &llama_3_2_1b},
    zoo_entry{"llama-3.2-3b", "meta-llama/Llama-3.2-3B", &llama_3_2_3b},
    zoo_entry{"tinyllama-1.1b", "TinyLlama/TinyLlama-1.1B-Chat-v1.0", &tinyllama_1_1b},
    zoo_entry{"mistral-7b", "mistralai/Mistral-7B-v0.1", &mistral_7b},
    zoo_entry{"mixtral-8x7b", "mistralai/Mixtral-8x7B-v0.1", &mixtral_8x7b},
    zoo_entry{"mixtral-8x22b", "mistralai/Mixtral-8x22B-v0.1", &mixtral_8x22b},
    zoo_entry{"qwen-1.8b", "Qwen/Qwen-1_8B", &qwen_1_8b},
    zoo_entry{"qwen-7b", "Qwen/Qwen-7B", &qwen_7b},
    zoo_entry{"qwen-14b", "Qwen/Qwen-14B", &qwen_14b},
    zoo_entry{"qwen-72b", "Qwen/Qwen-72B", &qwen_72b},
    zoo_entry{"qwen1.5-moe-a2.7b", "Qwen/Qwen1.5-MoE-A2.7B", &qwen1_5_moe_a2_7b},
    zoo_entry{"qwen2-7b", "Qwen/Qwen2-7B", &qwen2_7b},
    zoo_entry{"qwen2-72b", "Qwen/Qwen2-72B", &qwen2_72b},
    zoo_entry{"qwen2.5-0.5b", "Qwen/Qwen2.5-0.5B", &qwen2_5_0_5b},
    zoo_entry{"qwen2.5-1.5b", "Qwen/Qwen2.5-1.5B", &qwen2_5_1_5b},
    zoo_entry{"qwen2.5-3b", "Qwen/Qwen2.5-3B", &qwen2_5_3b},
    zoo_entry{"qwen2.5-7b", "Qwen/Qwen2.5-7B", &qwen2_5_7b},
    zoo_entry{"qwen2.5-14b", "Qwen/Qwen2.5-14B", &qwen2_5_14b},
    zoo_entry{"qwen2.5-32b", "Qwen/Qwen2.5-32B", &qwen2_5_32b},
    zoo_entry{"qwen2.5-72b", "Qwen/Qwen2.5-72B", &qwen2_5_72b},
    zoo_entry{"qwen3-0.6b", "Qwen/Qwen3-0.6B", &qwen3_0_6b},
    zoo_entry{"qwen3-1.7b", "Qwen/Qwen3-1.7B", &qwen3_1_7b},
    zoo_entry{"qwen3-4b", "Qwen/Qwen3-4B", &qwen3_4b},
    zoo_entry{"qwen3-8b", "Qwen/Qwen3-8B", &qwen3_8b},
    zoo_entry{"qwen3-14b", "Qwen/Qwen3-14B", &qwen3_14b},
    zoo_entry{"qwen3-32b", "Qwen/Qwen3-32B", &qwen3_32b},
    zoo_entry{"qwen3-30b-a3b", "Qwen/Qwen3-30B-A3B", &qwen3_30b_a3b},
    zoo_entry{"qwen3-235b-a22b", "Qwen/Qwen3-235B-A22B", &qwen3_235b_a22b},
    zoo_entry{"gemma-2b", "google/gemma-2b", &gemma_2b},
    zoo_entry{"gemma-7b", "google/gemma-7b", &gemma_7b},
    zoo_entry{"gemma-2-2b", "google/gemma-2-2b", &gemma_2_2b},
    zoo_entry{"gemma-2-9b", "google/gemma-2-9b", &gemma_2_9b},
    zoo_entry{"gemma-2-27b", "google/gemma-2-27b", &gemma_2_27b},
    zoo_entry{"gemma-3-1b", "google/gemma-3-1b-pt", &gemma_3_1b},
    zoo_entry{"gemma-3-4b", "google/gemma-3-4b-pt", &gemma_3_4b},
    zoo_entry{"gemma-3-12b", "google/gemma-3-12b-pt", &gemma_3_12b},
    zoo_entry{"gemma-3-27b", "google/gemma-3-27b-pt", &gemma_3_27b},
    zoo_entry{"phi-1.5", "microsoft/phi-1_5", &phi_1_5},
    zoo_entry{"phi-2", "microsoft/phi-2", &phi_2},
    zoo_entry{"phi-3-mini", "microsoft/Phi-3-mini-4k-instruct", &phi_3_mini},
    zoo_entry{"phi-4", "microsoft/phi-4", &phi_4},
    zoo_entry{"deepseek-v2", "deepseek-ai/DeepSeek-V2", &deepseek_v2},
    zoo_entry{"deepseek-v2-lite", "deepseek-ai/DeepSeek-V2-Lite", &deepseek_v2_lite},
    zoo_entry{"deepseek-v3", "deepseek-ai/DeepSeek-V3", &deepseek_v3, fp8_blocks},
    zoo_entry{"deepseek-v3.2", "deepseek-ai/DeepSeek-V3.2", &deepseek_v3_2, fp8_blocks},
    zoo_entry{"kimi-k2", "moonshotai/Kimi-K2-Instruct", &kimi_k2, fp8_blocks},
    zoo_entry{"gpt-oss-20b", "openai/gpt-oss-20b", &gpt_oss_20b, mxfp4_experts},
    zoo_entry{"gpt-oss-120b", "openai/gpt-oss-120b", &gpt_oss_120b, mxfp4_experts},
    zoo_entry{"vit-b-16", "google/vit-base-patch16-224", &vit_b_16},
    zoo_entry{"vit-l-16", "google/vit-large-patch16-224", &vit_l_16},
};

}  // namespace cardfit::models
