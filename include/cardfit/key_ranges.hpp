// SPDX-License-Identifier: MIT
#pragma once

// The range of every numeric key of a job, written once: the job file's reader, the checks of the C++ aggregates
// (`problems`), the tool's flags and the JSON Schema all read it here. A key's other properties are in job/keys.hpp.

#include <cstdint>

namespace cardfit {

/// The path of a key in the job file, and the whole numbers that it accepts.
struct key_range {
    const char* path = "";  ///< the key, as in the job file
    std::int64_t low = 0;   ///< the least that is accepted
    std::int64_t high = 0;  ///< the most that is accepted
};

/// The path of a key in the job file, and the real numbers that it accepts.
struct key_interval {
    const char* path = "";  ///< the key, as in the job file
    double low = 0;         ///< the least that is accepted
    double high = 0;        ///< the most that is accepted
};

namespace key_ranges {

/// The values that a job file's key accepts, bounds included.
/// @{
inline constexpr key_range cards{"hardware.cards", 1, 1'000'000};
inline constexpr key_range nodes{"hardware.nodes", 1, 100'000};
inline constexpr key_range per_node{"hardware.per_node", 1, 1'000'000};
inline constexpr key_interval network_gbit{"hardware.network_gbit", 0.001, 1e6};
inline constexpr key_range capacity_bytes{"hardware.capacity_bytes", 1, std::int64_t{1} << 60};
inline constexpr key_range display_bytes{"hardware.display_bytes", 0, std::int64_t{1} << 40};
/// A machine's own bound is 15/16 of its memory.
inline constexpr key_range gpu_limit_mib{"hardware.gpu_limit_mib", 1, std::int64_t{1} << 24};

inline constexpr key_range micro_batch{"training.micro_batch", 1, 1'000'000};
inline constexpr key_range gradient_accumulation{"training.gradient_accumulation", 1, 1'000'000};
inline constexpr key_range sequence_length{"training.sequence_length", 1, 100'000'000};
inline constexpr key_range frozen_parameters{"training.frozen_parameters", 1, 100'000'000'000'000};
inline constexpr key_range trained_layers{"training.trained_layers", 1, 10'000};
inline constexpr key_range negatives{"training.negatives", 1, 10'000};
inline constexpr key_range gradient_cache{"training.gradient_cache", 1, 1'000'000};
inline constexpr key_range generations{"training.generations", 1, 10'000};
inline constexpr key_range completion_length{"training.completion_length", 1, 100'000'000};
inline constexpr key_interval engine_utilization{"training.engine_utilization", 0.01, 0.99};
inline constexpr key_range training_source_length{"training.source_length", 1, 100'000'000};
inline constexpr key_range typical_length{"training.typical_length", 0, 100'000'000};
inline constexpr key_range training_image_size{"training.image_size", 1, 100'000};
inline constexpr key_range training_images{"training.images", 0, 10'000};
inline constexpr key_range data_workers{"training.data_workers", 0, 1'024};
inline constexpr key_range prefetch_factor{"training.prefetch_factor", 1, 1'024};
inline constexpr key_range optimizer_rank{"training.optimizer_rank", 1, 65'536};
inline constexpr key_range adapter_rank{"training.adapter.rank", 1, 65'536};
/// 100 is a balanced router.
inline constexpr key_range expert_imbalance_percent{"training.expert_imbalance_percent", 100, 10'000};
inline constexpr key_interval expert_capacity_factor{"training.expert_capacity_factor", 0.01, 100};
inline constexpr key_range mtp_layers{"training.mtp_layers", 0, 16};

inline constexpr key_range unquantized_layers{"inference.modules.unquantized_layers", 0, 10'000};
inline constexpr key_range base_unquantized_layers{"training.base_modules.unquantized_layers", 0, 10'000};
inline constexpr key_range group{"inference.group", 1, 65'536};
inline constexpr key_range batch{"inference.batch", 1, 10'000'000};
inline constexpr key_range prompt{"inference.prompt", 1, 100'000'000};
inline constexpr key_range generate{"inference.generate", 0, 100'000'000};
inline constexpr key_range served_context{"inference.context", 2, 100'000'000};
inline constexpr key_range inference_image_size{"inference.image_size", 1, 100'000};
inline constexpr key_range inference_images{"inference.images", 0, 10'000};
inline constexpr key_range shared_prefix{"inference.shared_prefix", 0, 100'000'000};
inline constexpr key_range adapters{"inference.adapters", 0, 100'000};
inline constexpr key_range served_adapter_rank{"inference.adapter_rank", 1, 65'536};
inline constexpr key_interval memory_utilization{"inference.memory_utilization", 0.01, 1};
inline constexpr key_range max_sequences{"inference.max_sequences", 1, 1'000'000};
inline constexpr key_interval host_memory_gb_s{"hardware.host_memory_gb_s", 1, 100'000};
inline constexpr key_range gpu_layers{"inference.gpu_layers", 0, 1'000'000};
inline constexpr key_range cpu_expert_layers{"inference.cpu_expert_layers", 0, 1'000'000};
inline constexpr key_range connector_mib{"inference.connector_mib", 0, 1'000'000};
inline constexpr key_range max_batched_tokens{"inference.max_batched_tokens", 1, 100'000'000};

inline constexpr key_range speculative_tokens{"inference.speculation.tokens", 1, 64};
inline constexpr key_interval acceptance{"inference.speculation.acceptance", 0.01, 1};

inline constexpr key_range images{"inference.batch", 1, 100'000};
inline constexpr key_range image_side{"inference.image_size", 8, 16'384};
inline constexpr key_range image_width{"inference.width", 8, 16'384};
inline constexpr key_range image_height{"inference.height", 8, 16'384};
inline constexpr key_range denoising_steps{"inference.steps", 1, 1000};

inline constexpr key_range data{"layout.data", 1, 1'000'000};
inline constexpr key_range tensor{"layout.tensor", 1, 4'096};
inline constexpr key_range pipeline{"layout.pipeline", 1, 4'096};
inline constexpr key_range virtual_stages{"layout.virtual_stages", 1, 1'024};
inline constexpr key_range context{"layout.context", 1, 65'536};
inline constexpr key_range expert{"layout.expert", 1, 65'536};
inline constexpr key_range sharding_group{"layout.sharding_group", 1, 1'000'000};
/// @}

/// Ranges of a transformer's dimensions. Where a dimension is optional, 0 stands for "none" in the aggregate.
namespace dimensions {

/// The values that a shape of `model.transformer` accepts, bounds included.
/// @{
inline constexpr key_range layers{"model.transformer.layers", 1, 10'000};
inline constexpr key_range hidden{"model.transformer.hidden", 1, 1'000'000};
inline constexpr key_range heads{"model.transformer.heads", 1, 10'000};
inline constexpr key_range ffn{"model.transformer.ffn", 0, 10'000'000};
inline constexpr key_range vocab{"model.transformer.vocab", 0, 10'000'000};
inline constexpr key_range kv_heads{"model.transformer.kv_heads", 1, 10'000};
inline constexpr key_range head_dim{"model.transformer.head_dim", 1, 100'000};
inline constexpr key_range positions{"model.transformer.positions", 0, 100'000'000};
inline constexpr key_range experts{"model.transformer.experts.count", 1, 100'000};
inline constexpr key_range active_experts{"model.transformer.experts.active", 1, 100'000};
inline constexpr key_range expert_ffn{"model.transformer.experts.ffn", 1, 10'000'000};
inline constexpr key_range shared_experts{"model.transformer.experts.shared", 0, 10'000};
inline constexpr key_range shared_ffn{"model.transformer.experts.shared_ffn", 0, 10'000'000};
inline constexpr key_range dense_layers{"model.transformer.experts.dense_layers", 0, 10'000};
inline constexpr key_range latent_attention_q_rank{"model.transformer.latent_attention.q_rank", 0, 1'000'000};
inline constexpr key_range latent_attention_kv_rank{"model.transformer.latent_attention.kv_rank", 1, 1'000'000};
inline constexpr key_range latent_attention_nope_dim{"model.transformer.latent_attention.nope_dim", 1, 100'000};
inline constexpr key_range latent_attention_rope_dim{"model.transformer.latent_attention.rope_dim", 0, 100'000};
inline constexpr key_range latent_attention_value_dim{"model.transformer.latent_attention.value_dim", 1, 100'000};
inline constexpr key_range sparse_attention_heads{"model.transformer.sparse_attention.heads", 1, 10'000};
inline constexpr key_range sparse_attention_head_dim{"model.transformer.sparse_attention.head_dim", 1, 100'000};
inline constexpr key_range sparse_attention_tokens{"model.transformer.sparse_attention.tokens", 1, 1'000'000'000};
inline constexpr key_range sliding_window_window{"model.transformer.sliding_window.window", 1, 1'000'000'000};
inline constexpr key_range sliding_window_global_every{"model.transformer.sliding_window.global_every", 0, 10'000};
inline constexpr key_range patch_tokens{"model.transformer.patch_tokens", 1, 1'000'000};
inline constexpr key_range classes{"model.transformer.classes", 1, 10'000'000};
inline constexpr key_range norms_per_layer{"model.transformer.norms_per_layer", 1, 4};
inline constexpr key_range patch_size{"model.transformer.patch_size", 1, 10'000};
/// @}

}  // namespace dimensions

/// The years of a `software_date`, whose path depends on the kind of job.
/// @{
inline constexpr std::int64_t first_year = 2000;
inline constexpr std::int64_t last_year = 2100;
/// @}

}  // namespace key_ranges

}  // namespace cardfit
