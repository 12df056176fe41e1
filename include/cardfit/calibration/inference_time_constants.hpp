// SPDX-License-Identifier: MIT
#pragma once

// Every number that the time of an inference depends on, besides the card's and the engine's rows. A caller may vary
// any of them: `inference_time(model, job, machine, layout, constants)`. The default values are the fitted ones. The
// standing, range and source of every member are in calibration/describe_inference.hpp.

#include <cardfit/calibration/forward_constants.hpp>
#include <cardfit/calibration/link_constants.hpp>

namespace cardfit {

/// All constants of an inference's time that hold under every engine.
struct inference_time_constants {
    /// Fraction of the nameplate bandwidth that streaming kernels reach, by memory.
    /// @{
    double streaming_hbm2 = 0.77;
    double streaming_hbm3 = 0.90;
    double streaming_large_l2 = 0.95;  ///< GDDR behind 32 MB of L2 or more
    double streaming_gddr = 0.86;
    double streaming_ecc = 0.95;  ///< of `streaming_gddr`, where ECC takes a part of the memory
    /// @}

    /// Matmuls with few tokens: fraction of the peak; weights or bytes that one multiprocessor unpacks per clock; the
    /// fraction of the shorter of bytes and FLOPs that the longer does not hide; microseconds per layer.
    /// @{
    double gemm_efficiency = 0.705;
    double gemm_overlap_lost = 0.45;
    double vector_bytes_per_clock = 6.5;
    double marlin_efficiency = 0.456;
    double marlin_layer = 20;
    double fp8_efficiency = 0.456;
    double dequantizing_weights_per_clock = 5.3;
    double awq_weights_per_clock = 8.4;
    double wna16_weights_per_clock = 4.1;  ///< vLLM's fused experts before Marlin's
    double int8_weights_per_clock = 8.7;
    double int4_weights_per_clock = 11.5;
    /// @}

    /// Matmuls of prompts: fraction of the peak.
    /// @{
    double prompt_efficiency = 0.54;
    double awq_prompt_efficiency = 0.37;
    double fp16_accumulate_efficiency = 0.62;  ///< of the rate with fp16 accumulation
    double gddr_flops_per_watt = 0.45e12;      ///< of a GDDR board's power, with fp16 accumulation
    /// @}

    double early_tiled_flops_per_clock = 550;  ///< per multiprocessor: llama.cpp's first MMQ on tensor cores
    double tiled_flops_per_clock = 680;        ///< the same since stream-k
    double tiled_expert_share = 0.5;           ///< of it, for experts

    // Attention in decode.
    double paged_share = 0.85;          ///< of the nameplate bandwidth: paged and split kernels
    double unsplit_clocks = 0.53;       ///< per cache element, one block per head
    double scored_share = 0.47;         ///< of the nameplate bandwidth: llama.cpp's kernels that write the scores
    double scored_head_clocks = 24;     ///< added, per head and position, over all multiprocessors
    double early_vector_clocks = 0.40;  ///< per element of all heads, at least: llama.cpp's flash kernel for vectors
    double flash_vector_clocks = 0.23;  ///< the same since it was rewritten
    double flash_latent_clocks = 0.13;  ///< the same on tensor cores, where the heads share one key of a latent
    double concatenated_clocks = 4.45;  ///< per element of the KV heads, where the cache is concatenated every step
    double repeated_clocks = 1.0;       ///< per element of all heads, where it is repeated for them

    // Attention and element-wise kernels of prompts.
    double prompt_attention_efficiency = 0.90;  ///< of the peak: attention's matmuls
    double softmax_clocks = 0.23;               ///< multiprocessor clocks per causal pair of tokens
    double unfused_clocks = 108;                ///< per element of the residual at four bytes, kernels run one by one
    double native_unfused_clocks = 80;          ///< the same under llama.cpp
    double tiled_unfused_clocks = 30;           ///< the same beside MMQ, which quantizes its inputs itself
    double scored_prompt_clocks = 4.5;    ///< per head and pair of tokens: llama.cpp's kernels that write the scores
    double flash_prompt_clocks = 0.0148;  ///< per element of a head and pair of tokens: its flash kernels
    double fused_bytes = 26;              ///< per element of the residual, fused kernels

    // Engines: microseconds of device time per layer beside bytes and FLOPs, and per step.
    double layer = 66;                ///< engines that record graphs
    double native_layer = 88;         ///< llama.cpp's C++ loop
    double native_graph_layer = 60;   ///< the same with CUDA graphs
    double native_fused_layer = 41;   ///< the same with graphs and fused kernels
    double native_expert_layer = 20;  ///< added to a layer with experts
    double native_latent_layer = 68;  ///< added to a layer with MLA
    double early_delta_layer = 900;   ///< added to a layer with the delta rule, some of whose kernels run on the host
    double copied_delta_layer = 250;  ///< the same where all run on the card, with copies between them
    double plain_delta_layer = 100;   ///< the same without most copies
    double fused_delta_layer = 12;    ///< the same in one kernel
    double native_step = 140;         ///< per step of llama.cpp
    double compiled_layer = 29;       ///< compiled or fused layers
    double compiled_step = 120;       ///< per step of gpt-fast
    double expert_layer = 34;         ///< added to a layer with experts
    double latent_layer = 100;        ///< added to a layer with MLA
    double early_latent_layer = 390;  ///< the same in SGLang before March 2025
    double sent_latency = 28;         ///< of each dispatch and combine of DeepEP, beside its bytes
    double sent_hidden = 0.45;        ///< of the shorter of exchange and computation, where two batches overlap
    double sequence = 43;             ///< per sequence and step: vLLM's and SGLang's schedulers
    double pipeline_send = 179;       ///< per send between pipeline stages
    double shortest_prompt = 58'000;  ///< AutoAWQ's shortest prompt
    // vLLM's older releases, microseconds.
    double early_step = 1340;                ///< added to a step before 2025 (the V0 engine)
    double oldest_step = 465;                ///< added to a step before 0.5.4
    double oldest_expert_layer = 693;        ///< added to a layer with experts before 0.5.4
    double oldest_eager_layer = 407;         ///< host time per layer beyond the contexts of recorded graphs
    double oldest_eager_tensor_layer = 144;  ///< the same, added under tensor parallelism
    double graphless_layer = 800;            ///< host time per layer without graphs since the V1 engine
    double expert_loop_host = 681;           ///< host time per layer where GPTQ experts run one by one

    double host_switch = 85;        ///< per layer on a card whose experts the host computes
    double host_read_share = 0.42;  ///< of the nominal bandwidth of host memory: llama.cpp's kernels on the host

    /// The host under eager engines: microseconds per layer, by format and date of transformers.
    /// @{
    double host_early = 505;            ///< 16 bits and int8 before April 2024
    double host_16bit = 574;            ///< 16 bits
    double host_quantized_early = 384;  ///< 4 bits before April 2024
    double host_quantized = 542;        ///< 4 bits, and formats that are not named
    double host_int8_2024 = 755;
    double host_int8_2025 = 1354;
    double host_awq_2024 = 729;
    double host_fp8 = 1345;
    double cache_passes = 10;  ///< over the cache of quantized models, since 2025
    /// Over the cache of models in 16 bits, since attention takes grouped keys and values as they are.
    double grouped_cache_passes = 4.4;
    double older_host = 1.46;         ///< launch time of hosts whose slots are older than PCIe 5, relative to others
    double spread_hooks = 277;        ///< microseconds per layer: hooks of a model that is spread over several cards
    double host_overlap_lost = 0.11;  ///< of the shorter of host and device time
    /// @}

    link_constants links{};       ///< of links between cards
    forward_constants forward{};  ///< of passes without a cache

    friend constexpr bool operator==(const inference_time_constants&, const inference_time_constants&) = default;
};

/// The constants that estimates use by default.
inline constexpr inference_time_constants default_inference_time_constants{};

}  // namespace cardfit
