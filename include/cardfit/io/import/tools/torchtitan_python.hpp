// SPDX-License-Identifier: MIT
#pragma once

// torchtitan since February 2026: a configuration is a function of Python, named by --module and --config, and flags
// with dots change it (torchtitan/config/configs.py and models/*/config_registry.py at b5bcd76c, 2026-08).

#include <cardfit/io/import/tools/torchtitan.hpp>

#include <cstdint>

namespace cardfit::io::imports {

/// A configuration that torchtitan names.
struct titan_config {
    std::string_view name{};    ///< of the function
    std::string_view module{};  ///< folder of the model
    /// The size of the model.
    std::string_view flavor{};
    /// Tokens of a micro-batch of one data-parallel rank, and of a sequence.
    std::int64_t tokens = 0;
    std::int64_t context = 0;      ///< tokens
    std::string_view recompute{};  ///< word of `training.recompute`
    std::int64_t tensor = 1;       ///< tensor parallelism
    std::int64_t expert = 1;       ///< expert parallelism
    /// The converter of the linear layers; empty if there is none.
    std::string_view converter{};
    bool compiled = false;  ///< torch.compile
};

/// A table of torchtitan, whose configurations are Python functions: its part in `tool` (io/import/table.hpp) says what
/// it holds.
/// @{
inline constexpr titan_config titan_configs[]{
    {"llama3_8b", "llama3", "8B", 8192, 8192, "selective"},
    {"llama3_8b_mxfp8", "llama3", "8B", 8192, 8192, "selective", 1, 1, "mx", true},
    {"llama3_70b", "llama3", "70B", 65'536, 8192, "full", 8},
    {"llama3_405b", "llama3", "405B", 16'384, 8192, "full", 8, 1, "float8", true},
    {"qwen3_0_6b", "qwen3", "0.6B", 16'384, 4096, "selective"},
    {"qwen3_1_7b", "qwen3", "1.7B", 16'384, 4096, "selective"},
    {"qwen3_14b", "qwen3", "14B", 16'384, 4096, "full"},
    {"qwen3_30b_a3b", "qwen3", "30B-A3B", 8192, 4096, "full"},
    {"qwen3_32b", "qwen3", "32B", 8192, 4096, "full"},
    {"deepseek_v3_16b", "deepseek_v3", "16B", 16'384, 4096, "selective", 1, 8},
    {"gpt_oss_20b", "gpt_oss", "20b", 8192, 8192, "full"},
    {"gpt_oss_120b", "gpt_oss", "120b", 8192, 8192, "full"},
};

inline constexpr row torchtitan_python_rows[]{
    takes("module", "titan.name"),
    takes("config", "titan.config"),
    takes("training.num_tokens_per_microbatch_per_dp_rank", "titan.tokens", reading::integer),
    takes("training.num_tokens_per_train_step", "titan.step_tokens", reading::integer),
    takes("training.max_context_length", "training.sequence_length", reading::integer),
    takes("compile.enable", "training.compiled", reading::truth),
    loses("parallelism.enable_sequence_parallel", effect::more_memory, "layout.sequence_parallel false", "true True"),
    loses("compile.enable_async_tensor_parallel", effect::time_only, "overlapped tensor parallelism", "false"),
    loses("training.disable_cuda_graphs", effect::less_memory, "CUDA graphs of a training step", "true True"),
    takes("parallelism.num_pp_microbatches", "titan.pipeline_batches", reading::integer),
};

inline constexpr standing torchtitan_python_defaults[]{
    {"titan.option", "op", "SelectiveAC: which operations are saved"},
    {"titan.dtype", "float32", "training.dtype"},
    {"dtype", "bfloat16", "training.mixed_precision_param"},
    {"data.shard", "-1", "parallelism.data_parallel_shard_degree: what the others leave"},
    {"training.optimizer", "adamw", "default_adamw"},
    {"training.loss", "chunked", "ChunkedLossWrapper (torchtitan#2937)"},
};

inline constexpr std::span<const row> torchtitan_python_tables[]{torchtitan_python_rows, titan_shared_rows};
inline constexpr tool torchtitan_python_tool{
    .name = "torchtitan",
    .framework = "torchtitan",
    .rows = torchtitan_python_tables,
    .defaults = torchtitan_python_defaults,
    .harmless =
        "comm* override* hf_assets_path metrics* profiler* checkpoint* dataloader* "
        "validator* debug* tokenizer* dump_folder optimizer.* lr_scheduler* "
        "training.steps training.max_norm training.gc* compile.* "
        "parallelism.pipeline_parallel_* parallelism.context_parallel_* "
        "parallelism.spmd_backend"};
/// @}

}  // namespace cardfit::io::imports
