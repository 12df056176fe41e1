// SPDX-License-Identifier: MIT
#pragma once

// The arguments of SGLang (docs/advanced_features/server_arguments.md, 2026-05), TensorRT-LLM's trtllm-serve
// (llm_args.py, 2026-02), LMDeploy (messages.py, 2026) and text-generation-inference (launcher.md, 2025-09).

#include <cardfit/io/import/tools/vllm.hpp>

namespace cardfit::io::imports {

/// A table of SGLang, TensorRT-LLM, LMDeploy or TGI: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair sglang_cache_types[]{
    {"auto", ""}, {"fp8_e5m2", "fp8"}, {"fp8_e4m3", "fp8"}, {"bf16", "bf16"}, {"bfloat16", "bf16"},
};
inline constexpr value_pair sglang_exchanges[]{{"none", "all-gather"}, {"deepep", "deepep"}};
inline constexpr value_pair sglang_sends[]{{"true", "deepep"}, {"", "deepep"}, {"false", "all-gather"}};
inline constexpr row sglang_rows[]{
    takes("model_path model", "model"),
    takes("config", "config.file"),
    takes("tp tp_size tensor_parallel_size", "layout.tensor", reading::integer),
    takes("pp pp_size pipeline_parallel_size", "layout.pipeline", reading::integer),
    takes("dp dp_size data_parallel_size", "layout.data", reading::integer),
    takes("ep ep_size expert_parallel_size", "engine.expert_size", reading::integer),
    takes("enable_dp_attention", "engine.data_attention", reading::truth),
    takes("nnodes", "cards.nodes", reading::integer),
    takes("context_length", "length"),
    takes("mem_fraction_static", "inference.memory_utilization", reading::number),
    takes("dtype", "engine.dtype", reading::word, engine_types),
    takes("quantization", "engine.format", reading::word, engine_formats),
    takes("kv_cache_dtype", "inference.kv_cache", reading::word, sglang_cache_types),
    takes("enable_lora", "engine.lora", reading::truth),
    takes("language_only", "inference.text_only", reading::truth),
    takes("max_loras_per_batch", "inference.adapters", reading::integer),
    takes("max_lora_rank", "inference.adapter_rank", reading::integer),
    takes("max_running_requests", "inference.max_sequences", reading::integer),
    takes("chunked_prefill_size", "inference.max_batched_tokens", reading::integer),
    takes_if_key("disable_cuda_graph", "inference.graphs", reading::word, effect::less_memory,
                 "inference.graphs: no CUDA graphs", eager_graphs),
    takes("moe_a2a_backend", "inference.expert_exchange", reading::word, sglang_exchanges),
    takes("enable_deepep_moe", "inference.expert_exchange", reading::word, sglang_sends),
    takes("enable_two_batch_overlap", "inference.two_batches", reading::truth),
    loses("swa_full_tokens_ratio disable_hybrid_swa_memory", effect::either, "memory of windowed layers"),
    loses("enable_fp32_lm_head", effect::more_memory, "logits in fp32", "false"),
    loses("max_total_tokens max_prefill_tokens", effect::either, "inference.cache_tokens"),
    loses("cuda_graph_max_bs cuda_graph_bs", effect::either, "inference.graphs"),
    loses("cpu_offload_gb", effect::less_memory, "inference.offload_bytes", "0"),
    takes("speculative_algorithm speculative_algo", "speculation.method"),
    takes("speculative_draft_model_path speculative_draft_model speculative_draft", "speculation.draft"),
    takes("speculative_num_steps", "inference.speculation.tokens", reading::integer),
    takes("speculative_num_draft_tokens", "speculation.checked", reading::integer),
    loses("speculative_eagle_topk", effect::time_only, "a tree of proposed tokens instead of a chain", "1"),
    loses("enable_mixed_chunk enable_torch_compile", effect::either, "the engine's buffers", "false"),
    loses("enable_hierarchical_cache hicache_ratio hicache_size enable_lmcache", effect::time_only,
          "a cache in host memory", "false", reading::truth),
    loses("moe_dense_tp_size moe_dp_size moe_data_parallel_size", effect::either, "how dense layers are divided"),
    loses("attn_cp_size attention_context_parallel_size enable_dsa_prefill_context_parallel "
          "enable_nsa_prefill_context_parallel",
          effect::less_memory, "context parallelism", "1 false"),
    loses("pp_max_micro_batch_size pp_async_batch_depth", effect::either, "micro-batches of the pipeline", "0"),
    loses("max_mamba_cache_size mamba_ssm_dtype mamba_full_memory_ratio", effect::either, "memory of the states"),
    loses("offload_group_size offload_num_in_group offload_prefetch_step", effect::less_memory,
          "layers in host memory, in groups", "-1"),
    loses("kt_num_gpu_experts kt_weight_path kt_max_deferred_experts_per_token", effect::less_memory,
          "experts in host memory (KTransformers)"),
    loses("piecewise_cuda_graph_max_tokens piecewise_cuda_graph_tokens torch_compile_max_bs "
          "disable_piecewise_cuda_graph enforce_piecewise_cuda_graph",
          effect::either, "inference.graphs", "false"),
    loses("torchao_config", effect::either, "inference.weights by torchao"),
    loses("speculative_draft_model_quantization", effect::less_memory, "the format of the draft"),
    loses("keep_mm_feature_on_device mm_enable_dp_encoder mm_process_config limit_mm_data_per_request", effect::either,
          "memory of images", "false"),
    loses("encoder_only", effect::less_memory, "the vision tower alone is served", "false"),
    loses("enable_pdmux sm_group_num", effect::either, "prefill and decode share a card", "false 8"),
    loses("ep_num_redundant_experts", effect::more_memory, "copies of experts", "0"),
    loses("hybrid_kvcache_ratio", effect::either, "memory of windowed layers"),
    loses("dllm_algorithm", effect::either, "a language model that diffuses", ""),
    // Expert-parallel size is the tensor-parallel one (deprecated).
    takes("enable_ep_moe", "engine.expert", reading::truth),
};
inline constexpr std::string_view sglang_harmless =
    "weight_version checkpoint_engine_* incremental_* soft_watchdog* dist_timeout model_checksum gpu_id_step "
    "sleep_on_idle "
    "custom_* uvicorn* crash_* enable_mfu_metrics enable_metrics_for_all_schedulers bucket_* collect_tokens_histogram "
    "prompt_tokens_buckets generation_tokens_buckets gc_warning* enable_request_time_stats_logging kv_events_config "
    "enable_trace otlp* export_metrics_* admin_api_key completion_template tool_server sampling_defaults "
    "preferred_sampling_params enable_lora_overlap_loading lora_target_modules max_loaded_loras lora_eviction_policy "
    "lora_backend max_lora_chunk_size lora_drain_wait_threshold prefill_attention_backend decode_attention_backend "
    "mm_attention_backend dsa_* nsa_* fp8_gemm_backend fp4_gemm_backend disable_flashinfer_autotune "
    "speculative_draft_model_revision speculative_draft_load_format speculative_accept_* speculative_token_map "
    "speculative_attention_mode speculative_draft_attention_backend speculative_moe_* speculative_ngram_* "
    "enable_multi_layer_eagle flashinfer_* enable_flashinfer_* enable_aiter_* deepep_* enable_fused_* "
    "ep_dispatch_algorithm init_expert_location enable_eplb eplb_* expert_distribution_* enable_expert_* elastic_ep_* "
    "enable_elastic_* mooncake_ib_device enable_deepep_waterfill mamba_scheduler_strategy mamba_track_interval "
    "hierarchical_sparse_* kt_method kt_cpuinfer kt_threadpool_count dllm_algorithm_config offload_mode "
    "multi_item_scoring_delimiter disable_cuda_graph_padding enable_profile_cuda_graph enable_cudagraph_gc "
    "enable_layerwise_nvtx_marker enable_nccl_nvls enable_symm_mem enable_torch_symm_mem disable_flashinfer_* "
    "enable_tokenizer_batch_encode disable_tokenizer_batch_decode disable_outlines_disk_cache enable_mscclpp "
    "enable_dp_lm_head enable_single_batch_overlap tbo_* enable_torch_compile_debug_mode piecewise_cuda_graph_compiler "
    "enable_nan_detection triton_attention_* num_continuous_decode_steps delete_ckpt_after_loading enable_memory_saver "
    "enable_weights_cpu_backup enable_draft_weights_cpu_backup enable_custom_logit_processor disable_shared_experts_* "
    "disable_chunked_prefix_cache disable_fast_image_processor enable_return_* scheduler_recv_interval numa_node "
    "rl_on_policy_target enable_attn_tp_input_scattered enable_precise_* enable_dynamic_batch_tokenizer "
    "dynamic_batch_tokenizer_* debug_tensor_* num_reserved_decode_tokens encoder_transfer_backend encoder_urls "
    "weight_loader_* remote_instance_* pdmux_config_path mm_max_concurrent_calls mm_per_request_timeout "
    "enable_broadcast_* enable_mm_global_cache decrypted_* enable_prefix_mm_cache forward_hooks msprobe_* "
    "prefill_round_robin_balance enable_triton_kernel_moe crash_on_nan load_watch_interval rl_quant_profile "
    "quantize_and_serve enable_quant_communications use_cuda_ipc_transport vlm_cache_size_mb enable_jit_deepgemm "
    "enable_spec_v2 host port api_key served_model_name trust_remote_code tokenizer* chat_template tool_call_parser "
    "reasoning_parser "
    "log* node_rank nccl* dist_init_addr schedule_* page_size random_seed watchdog* attention_backend sampling_backend "
    "disable_radix_cache enable_metrics download_dir load_format load_balance_method revision stream_* "
    "base_gpu_id decode_log_interval enable_p2p_check disable_custom_all_reduce grammar_backend json_model* "
    "disaggregation_* hicache_write_policy hicache_io_backend hicache_mem_layout hicache_storage_* "
    "is_embedding enable_multimodal model_impl model_loader_extra_config fastapi_root_path grpc_mode "
    "max_queued_requests "
    "prefill_max_requests enable_dynamic_chunking enable_priority_scheduling radix_eviction_policy "
    "enable_prefill_delayer prefill_delayer_* priority_* abort_on_* quantization_param_path modelopt_* "
    "checkpoint_engine_wait_weights_before_ready hf_chat_template_name enable_deterministic_inference "
    "lora_paths allow_auto_truncate router_* deepep_mode moe_runner_backend disable_overlap_schedule "
    "enable_cache_report show_time_cost skip_server_warmup warmups constrained_json* file_storage_path device policy";
inline constexpr std::string_view sglang_switches =
    "trust_remote_code disable_radix_cache enable_metrics enable_p2p_check disable_custom_all_reduce "
    "disable_overlap_schedule enable_cache_report show_time_cost skip_server_warmup disable_cuda_graph log_requests "
    "enable_torch_compile enable_mixed_chunk enable_deepep_moe";
inline constexpr standing sglang_defaults[]{
    {"inference.memory_utilization", "0.88",
     "mem_fraction_static is computed, about 0.84 to 0.9 of the card, for "
     "weights and cache without activations"},
};
inline constexpr std::span<const row> sglang_tables[]{sglang_rows};
inline constexpr tool sglang_tool{.name = "sglang",
                                  .lowers = family::server,
                                  .written = spelling::hyphens,
                                  .framework = "sglang",
                                  .rows = sglang_tables,
                                  .defaults = sglang_defaults,
                                  .harmless = sglang_harmless,
                                  .switches = sglang_switches,
                                  .newest = 202605,
                                  .positional = "model"};

inline constexpr row trtllm_rows[]{
    takes("model", "model"),
    takes("tp_size tensor_parallel_size", "layout.tensor", reading::integer),
    takes("pp_size pipeline_parallel_size", "layout.pipeline", reading::integer),
    takes("ep_size moe_expert_parallel_size", "engine.expert_size", reading::integer),
    takes("enable_attention_dp", "engine.data_attention", reading::truth),
    takes("max_seq_len", "length"),
    takes("max_input_len", "length.input", reading::integer),
    takes("kv_cache_free_gpu_memory_fraction free_gpu_memory_fraction kv_cache_config.free_gpu_memory_fraction",
          "inference.memory_utilization", reading::number),
    takes("kv_cache_config.dtype kv_cache_dtype", "inference.kv_cache", reading::word, vllm_cache_types),
    takes("dtype", "engine.dtype", reading::word, engine_types),
    takes("quant_config.quant_algo", "engine.format", reading::word, engine_formats),
    takes("extra_llm_api_options config", "config.file"),
    takes("gpus_per_node", "cards.per_node", reading::integer),
    takes("max_batch_size", "inference.max_sequences", reading::integer),
    takes("max_num_tokens", "inference.max_batched_tokens", reading::integer),
    takes("speculative_config.decoding_type", "speculation.method"),
    takes("speculative_config.speculative_model_dir speculative_config.speculative_model", "speculation.draft"),
    takes("speculative_config.max_draft_len speculative_config.num_nextn_predict_layers",
          "inference.speculation.tokens", reading::integer),
    loses("speculative_config.*", effect::more_memory, "inference.speculation"),
    loses("kv_cache_config.host_cache_size", effect::time_only, "a cache on the host", "0"),
    takes("kv_cache_free_gpu_mem_fraction", "inference.memory_utilization", reading::number),
    loses("kv_cache_config.max_tokens max_tokens_in_paged_kv_cache", effect::either, "inference.cache_tokens"),
    loses("moe_tensor_parallel_size", effect::either, "tensor parallelism in experts", "1"),
};
inline constexpr std::string_view trtllm_harmless =
    "gpt_model_type gpt_model_path encoder_model_path batch_scheduler_policy batching_strategy executor_worker_path "
    "decoding_mode max_queue* enable_kv_cache_reuse normalize_log_probs exclude_input_in_output gpu_device_ids "
    "backend host port trust_remote_code tokenizer log_level cuda_graph_config.* kv_cache_config.* moe_config.* "
    "print_iter_log stream_interval scheduler_config.* enable_chunked_prefill metadata* server_role "
    "max_beam_width num_postprocess_workers reasoning_parser tool_parser attn_backend enable_iter_perf_stats "
    "guided_decoding_backend allreduce_strategy cluster_size disable_overlap_scheduler";
inline constexpr standing trtllm_defaults[]{
    {"inference.memory_utilization", "0.9", "free_gpu_memory_fraction of what is free after the weights"},
};
inline constexpr std::span<const row> trtllm_tables[]{trtllm_rows};
inline constexpr tool trtllm_tool{.name = "tensorrt-llm",
                                  .lowers = family::server,
                                  .framework = "tensorrt-llm",
                                  .rows = trtllm_tables,
                                  .defaults = trtllm_defaults,
                                  .harmless = trtllm_harmless,
                                  .switches = "trust_remote_code",
                                  .newest = 202602,
                                  .positional = "model"};

inline constexpr value_pair quant_policies[]{{"0", ""}, {"4", "int4"}, {"8", "int8"}};
inline constexpr value_pair lmdeploy_formats[]{
    {"hf", ""}, {"awq", "awq-int4"}, {"gptq", "gptq-int4"}, {"fp8", "fp8"}, {"mxfp4", "mxfp4"}, {"layout", ""},
};
inline constexpr row lmdeploy_rows[]{
    takes("model_path", "model"),
    takes("tp", "layout.tensor", reading::integer),
    takes("dp", "layout.data", reading::integer),
    takes("ep", "engine.expert_size", reading::integer),
    takes("session_len", "length"),
    takes("cache_max_entry_count", "inference.memory_utilization", reading::number),
    takes("quant_policy", "inference.kv_cache", reading::word, quant_policies),
    takes("model_format", "engine.format", reading::word, lmdeploy_formats),
    takes("dtype", "engine.dtype", reading::word, engine_types),
    takes("max_batch_size", "inference.max_sequences", reading::integer),
    takes("max_prefill_token_num", "inference.max_batched_tokens", reading::integer),
    loses("adapters", effect::more_memory, "inference.adapters"),
    loses("cp", effect::less_memory, "context parallelism", "1"),
    loses("cudagraph_capture_batch_sizes", effect::either, "inference.graphs"),
    loses("dllm_*", effect::either, "a diffusion language model"),
    takes("language_model_only", "inference.text_only", reading::truth),
    loses("vision_max_batch_size", effect::either, "image tokens"),
    loses("num_tokens_per_iter speculative*", effect::either, "the engine's buffers"),
};
inline constexpr std::string_view lmdeploy_harmless =
    "backend server_name server_port host port api_keys log_level model_name chat_template cache_block_seq_len "
    "rope_scaling_factor enable_prefix_caching eager_mode device revision download_dir max_log_len tool_call_parser "
    "allowed_media_domains block_size kernel_block_size generation_config logprobs_mode max_concurrent_requests "
    "max_prefill_iters migration_protocol disable_* dist_init_addr dp_rank serving_strategy routing_strategy ssl "
    "temperature top_p top_k repetition_penalty session_id stream_output use_logn_attn link_type async "
    "enable_abort_handling enable_eplb enable_return_routed_experts "
    "reasoning_parser allow_* proxy_url nnodes node_rank communicator enable_metrics trust_remote_code hf_overrides";
inline constexpr standing lmdeploy_defaults[]{
    {"inference.memory_utilization", "0.8", "cache_max_entry_count of what is free after the weights"},
};
inline constexpr std::span<const row> lmdeploy_tables[]{lmdeploy_rows};
inline constexpr tool lmdeploy_tool{.name = "lmdeploy",
                                    .lowers = family::server,
                                    .written = spelling::hyphens,
                                    .framework = "lmdeploy",
                                    .rows = lmdeploy_tables,
                                    .defaults = lmdeploy_defaults,
                                    .harmless = lmdeploy_harmless,
                                    .switches = "enable_prefix_caching eager_mode trust_remote_code",
                                    .positional = "model"};

inline constexpr row tgi_rows[]{
    takes("model_id", "model"),
    takes("num_shard", "layout.tensor", reading::integer),
    takes("max_total_tokens", "length"),
    takes("max_input_tokens max_input_length", "length.input", reading::integer),
    takes("cuda_memory_fraction", "inference.memory_utilization", reading::number),
    takes("kv_cache_dtype", "inference.kv_cache", reading::word, vllm_cache_types),
    takes("quantize", "engine.format", reading::word, engine_formats),
    takes("dtype", "engine.dtype", reading::word, engine_types),
    takes("max_batch_size", "inference.max_sequences", reading::integer),
    takes("max_batch_prefill_tokens", "inference.max_batched_tokens", reading::integer),
    loses("max_batch_total_tokens", effect::either, "inference.cache_tokens"),
    takes("speculate", "inference.speculation.tokens", reading::integer),
    loses("lora_adapters", effect::more_memory, "inference.adapters"),
    loses("cuda_graphs", effect::either, "inference.graphs"),
};
inline constexpr std::string_view tgi_harmless =
    "port hostname host json_output revision max_concurrent_requests max_best_of max_stop_sequences "
    "max_client_batch_size "
    "waiting_served_ratio max_waiting_tokens trust_remote_code sharded api_key otlp* cors* huggingface_hub_cache "
    "weights_cache_override validation_workers max_top_n_tokens disable_* tokenizer_config_path usage_stats "
    "payload_limit ngrok* shard_uds_path master_* rope_* watermark* env download_only enable_prefill_logprobs";
inline constexpr standing tgi_defaults[]{
    {"inference.memory_utilization", "1.0", "cuda_memory_fraction"},
};
inline constexpr std::span<const row> tgi_tables[]{tgi_rows};
inline constexpr tool tgi_tool{.name = "tgi",
                               .lowers = family::server,
                               .written = spelling::hyphens,
                               .framework = "tgi",
                               .rows = tgi_tables,
                               .defaults = tgi_defaults,
                               .harmless = tgi_harmless,
                               .switches = "json_output trust_remote_code",
                               .newest = 202509,
                               .positional = "model"};
/// @}

}  // namespace cardfit::io::imports
