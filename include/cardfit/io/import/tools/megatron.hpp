// SPDX-License-Identifier: MIT
#pragma once

// Megatron-LM's arguments (megatron/training/arguments.py, core/transformer/transformer_config.py, 2026-08),
// Megatron-DeepSpeed's, and NeMo 1's keys of the same names (conf/megatron_gpt_config.yaml, 2024-06).

#include <cardfit/io/import/tools/deepspeed.hpp>

namespace cardfit::io::imports {

/// A table of Megatron-LM, Megatron-DeepSpeed or NeMo: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair megatron_shards[]{
    {"no_shard", "none"},
    {"optim", "optimizer"},
    {"optim_grads", "gradients"},
    {"optim_grads_params", "full"},
};
inline constexpr value_pair megatron_recomputes_of[]{{"full", "full"}, {"selective", "selective"}, {"None", "none"}};
inline constexpr value_pair megatron_attentions[]{
    {"auto", "flash"}, {"flash", "flash"}, {"fused", "flash"}, {"unfused", "eager"}, {"local", "eager"},
};
inline constexpr value_pair megatron_optimizers_of[]{
    {"adam", "adamw"},
    {"sgd", "sgd-momentum"},
    {"muon", "muon"},
    {"dist_muon", "muon"},
    {"lion", "lion"},
    {"fused_adam", "adamw"},
    {"distributed_fused_adam", "adamw"},
    {"adamw", "adamw"},
};

inline constexpr value_pair bf16_if_true[]{{"true", "bf16"}, {"", "bf16"}, {"false", "fp32"}};
inline constexpr value_pair fp8_if_true[]{{"true", "fp8"}, {"", "fp8"}};

/// The dimensions and settings that Megatron and NeMo name alike, but for the "model." before NeMo's.
inline constexpr row megatron_rows[]{
    takes("num_layers model.num_layers", "gpt.layers", reading::integer),
    takes("hidden_size model.hidden_size", "gpt.hidden", reading::integer),
    takes("ffn_hidden_size model.ffn_hidden_size", "gpt.ffn", reading::integer),
    takes("num_attention_heads model.num_attention_heads", "gpt.heads", reading::integer),
    takes("num_query_groups num_key_value_heads model.num_query_groups", "gpt.kv_heads", reading::integer),
    takes("group_query_attention", "gpt.grouped", reading::truth),
    takes("kv_channels model.kv_channels", "gpt.head_dim", reading::integer),
    takes("swiglu model.swiglu", "gpt.swiglu", reading::truth),
    takes("model.activation", "gpt.activation"),
    takes("normalization model.normalization", "gpt.normalization"),
    takes("disable_bias_linear", "gpt.bias", reading::negation),
    takes("model.bias", "gpt.bias", reading::truth),
    takes("add_qkv_bias", "gpt.qkv_bias", reading::truth),
    takes("qk_layernorm", "gpt.head_norm", reading::truth),
    takes("untie_embeddings_and_output_weights", "gpt.tied", reading::negation),
    takes("model.share_embeddings_and_output_weights", "gpt.tied", reading::truth),
    takes("position_embedding_type model.position_embedding_type", "gpt.positions"),
    takes("use_rotary_position_embeddings", "gpt.rope", reading::truth),
    takes("max_position_embeddings model.max_position_embeddings", "gpt.longest", reading::integer),
    takes("vocab_size padded_vocab_size", "gpt.vocab", reading::integer),
    takes("make_vocab_size_divisible_by model.make_vocab_size_divisible_by", "gpt.vocab_multiple", reading::integer),
    takes("tokenizer_type model.tokenizer.type", "gpt.tokenizer"),
    takes("tokenizer_model", "gpt.tokenizer_model"),
    takes("vocab_file model.tokenizer.vocab_file", "gpt.vocab_file"),
    takes("num_experts", "gpt.experts", reading::integer),
    takes("moe_router_topk", "gpt.active", reading::integer),
    takes("moe_ffn_hidden_size", "gpt.expert_ffn", reading::integer),
    takes("moe_shared_expert_intermediate_size", "gpt.shared_ffn", reading::integer),
    takes("moe_expert_capacity_factor", "training.expert_capacity_factor", reading::number),
    takes("moe_pad_expert_input_to_capacity", "training.pad_to_capacity", reading::truth),
    takes("mtp_num_layers", "training.mtp_layers", reading::integer),
    takes("num_workers", "training.data_workers", reading::integer),
    takes("micro_batch_size model.micro_batch_size", "training.micro_batch", reading::integer),
    takes("global_batch_size model.global_batch_size", "batch.global", reading::integer),
    takes("seq_length model.encoder_seq_length model.data.seq_length", "training.sequence_length", reading::integer),
    takes("tensor_model_parallel_size model.tensor_model_parallel_size", "layout.tensor", reading::integer),
    takes("pipeline_model_parallel_size model.pipeline_model_parallel_size", "layout.pipeline", reading::integer),
    takes("context_parallel_size model.context_parallel_size", "layout.context", reading::integer),
    takes("expert_model_parallel_size model.expert_model_parallel_size", "layout.expert", reading::integer),
    takes("num_virtual_stages_per_pipeline_rank model.virtual_pipeline_model_parallel_size", "layout.virtual_stages",
          reading::integer),
    takes("num_layers_per_virtual_pipeline_stage", "gpt.layers_per_virtual_stage", reading::integer),
    takes("sequence_parallel model.sequence_parallel", "layout.sequence_parallel", reading::truth),
    takes("use_distributed_optimizer", "gpt.distributed_optimizer", reading::truth),
    takes("data_parallel_sharding_strategy", "layout.sharding", reading::word, megatron_shards),
    takes("use_torch_fsdp2 use_megatron_fsdp", "gpt.fsdp", reading::truth),
    takes("num_distributed_optimizer_instances", "gpt.instances", reading::integer),
    takes("bf16", "bf16", reading::truth),
    takes("fp16", "fp16", reading::truth),
    takes("trainer.precision", "gpt.precision"),
    takes("fp8_format model.fp8", "gpt.fp8"),
    takes("fp8_recipe", "gpt.fp8_recipe"),
    takes("fp4_format", "gpt.fp4"),
    loses("model.megatron_amp_O2", effect::either, "weights in fp32 under autocast, and not in 16 bits beside fp32",
          "true True"),
    takes("recompute_granularity model.activations_checkpoint_granularity", "training.recompute", reading::word,
          megatron_recomputes_of),
    takes("recompute_activations", "gpt.recompute_activations", reading::truth),
    takes("checkpoint_activations deepspeed_activation_checkpointing", "recompute", reading::truth),
    takes("attention_dropout model.attention_dropout", "gpt.attention_dropout", reading::number),
    takes("hidden_dropout model.hidden_dropout", "gpt.dropout", reading::number),
    takes("attention_backend", "training.attention", reading::word, megatron_attentions),
    takes("use_flash_attn use_flash_attn_v2 use_flash_attn_triton", "gpt.flash", reading::truth),
    takes("cross_entropy_loss_fusion", "gpt.fused_loss", reading::truth),
    takes("optimizer", "training.optimizer", reading::word, megatron_optimizers_of),
    takes("model.optim.name", "gpt.optimizer", reading::text),
    // It lets the types of the states be chosen, and leaves them in fp32.
    changes_nothing("use_precision_aware_optimizer"),
    takes("exp_avg_dtype", "gpt.state"),
    takes("exp_avg_sq_dtype", "gpt.second_state"),
    takes("optimizer_cpu_offload", "gpt.offload", reading::truth),
    takes("cpu_offloading_num_layers", "gpt.offload_layers", reading::integer),
    takes("zero_stage", "zero.stage", reading::integer),
    // By this flag the table of Megatron-DeepSpeed is taken.
    changes_nothing("deepspeed"),
    takes("deepspeed_config", "deepspeed.file"),
    takes("trainer.devices", "cards.per_node", reading::integer),
    takes("trainer.num_nodes", "cards.nodes", reading::integer),
    takes("config_name", "gpt.config"),
    // NeMo's fine-tuning (conf/megatron_gpt_finetuning_config.yaml).
    takes("model.peft.peft_scheme", "nemo.peft"),
    takes("model.peft.lora_tuning.adapter_dim", "training.adapter.rank", reading::integer),
    takes("model.peft.lora_tuning.target_modules", "lora.targets", reading::list),
    takes("model.peft.lora_tuning.adapter_dropout", "lora.dropout", reading::number),
    takes("model.data.train_ds.max_seq_length", "training.sequence_length", reading::integer),
    changes_nothing("model.restore_from_path model.answer_only_loss"),
    takes_if_key("grad_reduce_in_bf16", "training.gradients", reading::word, effect::less_memory,
                 "training.gradients: gradients in bf16, 2 bytes and not 4", bf16_if_true),
    // Transformer Engine keeps such weights by rows and by columns. The one measured run with them (ms-swift's fp8
    // benchmark of Qwen3-14B on H20, 58 GiB) is estimated at 56 GiB without any saving, so none is promised.
    takes_if_key("fp8_param_gather fp8_param", "training.weights", reading::word, effect::less_memory,
                 "training.weights: weights kept in fp8, by rows and by columns: 2 bytes, and not 4 with cached copies",
                 fp8_if_true),
    loses("main_grads_dtype main_params_dtype", effect::less_memory, "training.gradients, training.weights", "fp32"),
    loses("expert_tensor_parallel_size", effect::either, "tensor parallelism in experts", "1"),
    loses("decoder_first_pipeline_num_layers decoder_last_pipeline_num_layers pipeline_model_parallel_layout",
          effect::either, "layers of a stage"),
    loses("recompute_method model.activations_checkpoint_method", effect::more_memory, "training.recompute_layers",
          "uniform None null"),
    loses("recompute_num_layers model.activations_checkpoint_num_layers", effect::either, "training.recompute_layers",
          "1"),
    takes("sgd_momentum", "gpt.momentum", reading::number),
    takes("cross_entropy_fusion_impl", "gpt.fused_loss_by"),
    loses("recompute_modules", effect::either, "training.recompute_modules", "core_attn "),
    loses("optimizer_offload_fraction", effect::either, "a part of the optimizer on the host", "1 1.0"),
    loses("overlap_grad_reduce overlap_param_gather tp_comm_overlap", effect::time_only, "training.overlap"),
    takes("multi_latent_attention", "gpt.latent", reading::truth),
    takes("q_lora_rank", "gpt.q_rank", reading::integer),
    takes("kv_lora_rank", "gpt.kv_rank", reading::integer),
    takes("qk_head_dim", "gpt.nope_dim", reading::integer),
    takes("qk_pos_emb_head_dim", "gpt.rope_dim", reading::integer),
    takes("v_head_dim", "gpt.value_dim", reading::integer),
    takes("moe_layer_freq", "gpt.layer_kinds"),
    takes("moe_router_enable_expert_bias", "gpt.router_bias", reading::truth),
    takes("softmax_type", "gpt.softmax"),
    loses("model.use_flash_attention", effect::more_memory, "Transformer Engine picks its own attention kernel",
          "True true"),
    takes("window_size", "gpt.window", reading::list),
    takes("window_attn_skip_freq", "gpt.window_skip", reading::integer),
};

inline constexpr std::string_view megatron_harmless =
    "use_mcore_models lr* min_lr* clip_grad weight_decay* train_iters train_samples split data_path data_cache_path "
    "merge_file model.tokenizer.* save* load* log_* eval_* tensorboard* wandb* distributed_backend rotary* "
    "calculate_per_token_loss fp8_amax* mock_data init_method* adam_* seed no_load* exit_* rampup_batch_size "
    "step_batch_size_schedule attention_softmax_in_fp32 apply_layernorm_1p no_masked_softmax_fusion ckpt_format "
    "override_opt_param_scheduler bias_* no_bias* manual_gc* norm_epsilon disable_* "
    "transformer_impl dist_ckpt* distributed_timeout* cpu_offloading* loss_scale* initial_loss_scale hysteresis "
    "moe_router* moe_grouped_gemm moe_token_dispatcher_type moe_aux* moe_z_loss* moe_permute_fusion use_rope_scaling "
    "account_for_* no_gradient_accumulation_fusion gradient_accumulation_fusion moe_shared_expert_overlap "
    "delay_wgrad_compute no_create_attention_mask_in_dataloader reset_* eod_mask_loss context_parallel_algo "
    "cp_comm_type empty_unused_memory_level te_rng_tracker inference_rng_tracker use_legacy* no_query* "
    "no_pipeline_parallel ds_sequence_parallel_size optim.* model.optim.* model.data.* model.init_method* "
    "model.layernorm_epsilon model.apply_* model.native_amp* model.hysteresis model.fp8_* model.gradient_as* "
    "model.gradient_acc* model.nsys* model.gen_shape model.seed model.resume* model.bias_* model.masked_softmax_fusion "
    "model.overlap_p2p* model.batch_p2p* model.precision trainer.accumulate_grad_batches trainer.max_* trainer.log_* "
    "trainer.val_* trainer.limit_* trainer.accelerator trainer.logger trainer.enable_* trainer.use_distributed_sampler "
    "trainer.replace_sampler_ddp trainer.gradient_clip_val trainer.benchmark trainer.num_sanity* exp_manager.* "
    "accumulate_allreduce_grads_in_fp32 "
    "no_persist_layer_norm timing_log* config_path name restore_from_path run.* "
    "model.peft.* hydra.* cluster_type use_tokenizer_model_from_checkpoint_args "
    "no_async_tensor_model_parallel_allreduce "
    "no_rope_fusion bert_* lazy_mpu_init no_data_sharding sharp_* profile* use_dist_ckpt async_save non_persistent* "
    "no_position_embedding attention_output_gate decoupled_lr* check_for_nan* num_dataset_builder_threads ";
inline constexpr std::string_view megatron_switches =
    "deepspeed use_precision_aware_optimizer use_mcore_models calculate_per_token_loss mock_data no_load_optim "
    "no_load_rng attention_softmax_in_fp32 "
    "apply_layernorm_1p no_masked_softmax_fusion override_opt_param_scheduler moe_grouped_gemm use_rope_scaling "
    "account_for_embedding_in_pipeline_split account_for_loss_in_pipeline_split no_gradient_accumulation_fusion "
    "overlap_grad_reduce overlap_param_gather tp_comm_overlap multi_latent_attention manual_gc log_throughput "
    "grad_reduce_in_bf16 accumulate_allreduce_grads_in_fp32 fp8_param_gather no_pipeline_parallel "
    "no_create_attention_mask_in_dataloader moe_permute_fusion use_dist_ckpt async_save no_bias_swiglu_fusion "
    "no_query_key_layer_scaling no_position_embedding log_params_norm log_num_zeros_in_grad no_rope_fusion "
    "disable_moe_token_parallel "
    "moe_router_enable_expert_bias moe_pad_expert_input_to_capacity moe_shared_expert_overlap te_rng_tracker "
    "log_timers_to_tensorboard "
    "log_memory_to_tensorboard log_validation_ppl_to_tensorboard log_world_size_to_tensorboard";

inline constexpr standing megatron_defaults[]{
    {"training.micro_batch", "1", "micro-batch-size has no default"},
    {"training.optimizer", "adamw", "optimizer adam with decoupled weight decay"},
    {"gpt.attention_dropout", "0.1", "attention-dropout"},
    {"gpt.dropout", "0.1", "hidden-dropout"},
    {"gpt.normalization", "LayerNorm", "normalization"},
    {"gpt.bias", "true", "linear layers have biases"},
    {"gpt.tied", "true", "embeddings and output weights are shared"},
    {"gpt.positions", "learned_absolute", "position-embedding-type"},
    {"gpt.vocab_multiple", "128", "make-vocab-size-divisible-by"},
    {"layout.sequence_parallel", "false", "sequence-parallel"},
};

inline constexpr std::span<const row> megatron_tables[]{megatron_rows};
/// Tags core_v… of NVIDIA/Megatron-LM.
inline constexpr release megatron_releases[]{
    {"0.19", 202608}, {"0.18", 202606}, {"0.17", 202604}, {"0.16", 202602}, {"0.15", 202512}, {"0.14", 202510},
    {"0.13", 202507}, {"0.12", 202505}, {"0.11", 202503}, {"0.10", 202502}, {"0.9", 202410},  {"0.8", 202408},
};
inline constexpr tool megatron_tool{.name = "megatron",
                                    .lowers = family::megatron,
                                    .written = spelling::hyphens,
                                    .framework = "megatron",
                                    .rows = megatron_tables,
                                    .defaults = megatron_defaults,
                                    .harmless = megatron_harmless,
                                    .switches = megatron_switches,
                                    .releases = megatron_releases};
inline constexpr standing megatron_deepspeed_defaults[]{
    {"training.micro_batch", "1", "micro-batch-size has no default"},
    {"training.optimizer", "adamw", "optimizer adam with decoupled weight decay"},
    {"gpt.attention_dropout", "0.1", "attention-dropout"},
    {"gpt.dropout", "0.1", "hidden-dropout"},
    {"gpt.normalization", "layernorm", "normalization"},
    {"gpt.bias", "true", "linear layers have biases"},
    {"gpt.tied", "true", "embeddings and output weights are shared"},
    {"gpt.positions", "learned_absolute", "position embeddings are learned"},
    {"gpt.vocab_multiple", "128", "make-vocab-size-divisible-by"},
    {"training.attention", "eager", "no flash attention without --use-flash-attn or --use-flash-attn-v2"},
};
inline constexpr tool megatron_deepspeed_tool{.name = "megatron-deepspeed",
                                              .lowers = family::megatron,
                                              .written = spelling::hyphens,
                                              .framework = "megatron-deepspeed",
                                              .rows = megatron_tables,
                                              .defaults = megatron_deepspeed_defaults,
                                              .harmless = megatron_harmless,
                                              .switches = megatron_switches,
                                              .newest = 202507};
inline constexpr tool nemo_tool{.name = "nemo",
                                .lowers = family::megatron,
                                .written = spelling::keys,
                                .framework = "megatron",
                                .rows = megatron_tables,
                                .defaults = megatron_defaults,
                                .harmless = megatron_harmless,
                                .newest = 202406};
/// @}

}  // namespace cardfit::io::imports
