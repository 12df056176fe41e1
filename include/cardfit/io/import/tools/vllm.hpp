// SPDX-License-Identifier: MIT
#pragma once

// The arguments of `vllm serve` and of its older entry points (vllm/engine/arg_utils.py, config/*.py, 2026-08).

#include <cardfit/io/import/table.hpp>

namespace cardfit::io::imports {

/// A table of vLLM: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair engine_types[]{
    {"auto", ""},         {"half", "fp16"}, {"float16", "fp16"}, {"fp16", "fp16"},
    {"bfloat16", "bf16"}, {"bf16", "bf16"}, {"float", "fp32"},   {"float32", "fp32"},
};
inline constexpr value_pair vllm_cache_types[]{
    {"auto", ""},
    {"fp8", "fp8"},
    {"fp8_e4m3", "fp8"},
    {"fp8_e5m2", "fp8"},
    {"fp8_inc", "fp8"},
    {"fp8_ds_mla", "fp8"},
    {"float16", "fp16"},
    {"bfloat16", "bf16"},
    {"int8_per_token_head", "int8"},
    {"int4_per_token_head", "int4"},
};
inline constexpr value_pair engine_formats[]{
    {"awq", "awq-int4"},
    {"awq_marlin", "awq-int4"},
    {"gptq", "gptq-int4"},
    {"gptq_marlin", "gptq-int4"},
    {"fp8", "fp8"},
    {"bitsandbytes", "nf4"},
    {"bitsandbytes-nf4", "nf4"},
    {"bitsandbytes-fp4", "nf4"},
    {"modelopt_fp4", "nvfp4"},
    {"mxfp4", "mxfp4"},
    {"modelopt", "fp8"},
    {"modelopt_fp8", "fp8"},
    {"fbgemm_fp8", "fp8"},
    {"compressed-tensors", ""},
    {"gguf", ""},
    {"eetq", "int8"},
    {"w8a8_fp8", "fp8"},
    {"w8a8_int8", "w8a8"},
    {"none", ""},
    {"nvfp4", "nvfp4"},
};
inline constexpr value_pair eager_graphs[]{{"true", "false"}, {"", "false"}, {"false", "true"}};

inline constexpr value_pair vllm_exchanges[]{
    {"naive", "all-gather"},
    {"allgather_reducescatter", "all-gather"},
    {"deepep_low_latency", "deepep"},
    {"deepep_high_throughput", "deepep"},
};

inline constexpr row vllm_rows[]{
    takes("model model_tag", "model"),
    takes("tensor_parallel_size tp", "layout.tensor", reading::integer),
    takes("pipeline_parallel_size pp", "layout.pipeline", reading::integer),
    takes("data_parallel_size dp", "layout.data", reading::integer),
    takes("enable_expert_parallel ep", "engine.expert", reading::truth),
    takes("nnodes n", "cards.nodes", reading::integer),
    takes("max_model_len", "length", reading::text),
    takes("gpu_memory_utilization", "inference.memory_utilization", reading::number),
    takes("dtype", "engine.dtype", reading::word, engine_types),
    takes("quantization q", "engine.format", reading::word, engine_formats),
    takes("kv_cache_dtype", "inference.kv_cache", reading::word, vllm_cache_types),
    takes("enable_lora", "engine.lora", reading::truth),
    takes("max_loras", "inference.adapters", reading::integer),
    takes("max_lora_rank", "inference.adapter_rank", reading::integer),
    takes("language_model_only", "inference.text_only", reading::truth),
    takes("config", "config.file"),
    takes("max_num_seqs", "inference.max_sequences", reading::integer),
    takes("max_num_batched_tokens", "inference.max_batched_tokens", reading::integer),
    takes_if_key("enforce_eager", "inference.graphs", reading::word, effect::less_memory,
                 "inference.graphs: no CUDA graphs", eager_graphs),
    takes("all2all_backend", "inference.expert_exchange", reading::word, vllm_exchanges),
    takes("enable_dbo", "inference.two_batches", reading::truth),
    loses("decode_context_parallel_size prefill_context_parallel_size dcp pcp", effect::less_memory,
          "context parallelism", "1"),
    loses("kv_cache_memory_bytes num_gpu_blocks_override", effect::either, "inference.cache_bytes"),
    takes("kv_transfer_config", "connector.config"),
    loses("cpu_offload_gb", effect::less_memory, "inference.offload_bytes", "0"),
    loses("kv_offloading_size swap_space", effect::time_only, "a cache in host memory", "0"),
    takes("speculative_config sc", "speculation.config"),
    takes("speculative_model speculative_config.model", "speculation.draft"),
    takes("speculative_config.method", "speculation.method"),
    takes("num_speculative_tokens speculative_config.num_speculative_tokens", "inference.speculation.tokens",
          reading::integer),
    loses("limit_mm_per_prompt mm_processor_kwargs", effect::either, "image tokens and the vision tower's profile run"),
    loses("cudagraph_capture_sizes max_cudagraph_capture_size mamba_cache_dtype O compilation_config "
          "max_seq_len_to_capture",
          effect::either, "inference.graphs"),
    loses("data_parallel_size_local data_parallel_start_rank", effect::time_only, "one node's share of the replicas"),
};

inline constexpr std::string_view vllm_harmless =
    "host port api_key served_model_name trust_remote_code tokenizer* chat_template* response_role tool_* "
    "enable_auto_tool_choice reasoning_parser enable_reasoning log* disable_log* uvicorn* ssl* allowed* revision "
    "code_revision download_dir load_format generation_config seed root_path middleware enable_prefix_caching "
    "enable_chunked_prefill block_size scheduling* async_scheduling master_addr master_port node_rank headless "
    "distributed_executor_backend worker_use_ray data_parallel_address data_parallel_rpc_port data_parallel_backend "
    "disable_custom_all_reduce max_logprobs max_log_len otlp* collect_detailed_traces hf_* rope_scaling rope_theta "
    "guided_decoding* structured_outputs* lora_modules lora_dtype fully_sharded_loras "
    "enable_eplb eplb_config expert_placement_strategy disable_hybrid_kv_cache_manager attention_backend "
    "kv_offloading_backend override_* task runner convert pooler_config preemption_mode enable_request_id_headers "
    "enable_server_load_tracking return_tokens_as_token_ids disable_frontend_multiprocessing api_server_count "
    "use_v2_block_manager device mm_encoder_tp_mode mm_processor_cache_gb enable_sleep_mode stream_interval "
    "ray_workers_use_nsight worker_* max_parallel_loading_workers data_parallel_rank data_parallel_hybrid_lb dbo_* dpn "
    "dpr dpa dpp dpb enable_multimodal_encoder_data_parallel prefix_caching_hash_algo calculate_kv_scales "
    "kv_sharing_fast_prefill enable_mm_embeds media_io_kwargs disable_mm_preprocessor_cache mm_processor_cache_type "
    "mm_shm_cache_max_object_size_mb mm_encoder_attn_backend interleave_mm_strings max_cpu_loras default_mm_loras "
    "show_hidden_metrics_for_version max_num_partial_prefills max_long_partial_prefills long_prefill_token_threshold "
    "disable_chunked_mm_input scheduler_cls kv_events_config additional_config num_redundant_experts eplb_* "
    "disable_nccl_for_dp_synchronization aggregate_engine_logging model_impl config_format hf_token "
    "use_v1 flash_attn_version host_ip port no_usage_stats do_not_track use_modelscope cache_root "
    "allow_long_max_model_len rpc_timeout engine_iteration_timeout_s use_flashinfer* use_deep_gemm use_triton* "
    "moe_* nccl_so_path pp_layer_partition configure_logging trace_function plugins use_precompiled "
    "skip_tokenizer_init cuda_graph_sizes no_scheduler_reserve_full_isl";
inline constexpr std::string_view vllm_switches =
    "trust_remote_code enable_auto_tool_choice enable_reasoning disable_log_requests disable_log_stats "
    "enable_prefix_caching no_enable_prefix_caching enable_chunked_prefill no_enable_chunked_prefill headless "
    "disable_custom_all_reduce async_scheduling fully_sharded_loras enable_eplb disable_frontend_multiprocessing "
    "enforce_eager use_v2_block_manager enable_sleep_mode skip_tokenizer_init worker_use_ray enable_dbo "
    "disable_uvicorn_access_log enable_log_requests";

inline constexpr standing vllm_defaults[]{
    {"inference.memory_utilization", "0.92", "gpu_memory_utilization (vllm#38284)", 202604},
    {"inference.memory_utilization", "0.9", "gpu_memory_utilization", 0, 202604},
};

inline constexpr release vllm_releases[]{
    {"0.2", 202401}, {"0.3", 202402}, {"0.4", 202405}, {"0.5", 202407},  {"0.6", 202411},
    {"0.7", 202502}, {"0.8", 202504}, {"0.9", 202506}, {"0.10", 202508}, {"0.11", 202510},
};

inline constexpr std::span<const row> vllm_tables[]{vllm_rows};
inline constexpr tool vllm_tool{.name = "vllm",
                                .lowers = family::server,
                                .written = spelling::hyphens,
                                .framework = "vllm",
                                .rows = vllm_tables,
                                .defaults = vllm_defaults,
                                .harmless = vllm_harmless,
                                .switches = vllm_switches,
                                .releases = vllm_releases,
                                .positional = "model"};
/// @}

}  // namespace cardfit::io::imports
