// SPDX-License-Identifier: MIT
#pragma once

// The arguments of llama.cpp's programs (common/common.h, tools/server/README.md, 2026-08) and ollama's commands,
// Modelfile and environment (envconfig/config.go, docs/context-length.mdx, 2026-08).

#include <cardfit/io/import/table.hpp>

namespace cardfit::io::imports {

/// A table of llama.cpp, llama-bench or Ollama: its part in `tool` (io/import/table.hpp) says what it holds.
/// @{
inline constexpr value_pair llama_cache_types[]{
    {"f16", "fp16"},  {"bf16", "bf16"}, {"q8_0", "int8"}, {"q4_0", "int4"},
    {"q5_0", "q5_0"}, {"q5_1", "q5_1"}, {"q4_1", "q4_1"}, {"iq4_nl", "iq4_nl"},
};
inline constexpr value_pair llama_splits[]{
    {"none", "none"},
    {"layer", "layer"},
    {"tensor", "tensor"},
    {"row", "tensor", "rows divided: counted as tensor"},
};
inline constexpr value_pair llama_attentions[]{
    {"on", "flash"}, {"auto", "flash"}, {"off", "eager"},     {"1", "flash"},
    {"0", "eager"},  {"", "flash"},     {"enabled", "flash"}, {"disabled", "eager"},
};

/// The names of cards, of which there are as many as cards.
inline constexpr value_pair llama_devices[]{{"none", "", "no layer on a card: the model is in host memory"}};

inline constexpr row llama_cpp_rows[]{
    takes("m model", "model"),
    takes("hf hf_repo hfr", "model"),
    takes("hff hf_file", "model.quant"),
    takes("c ctx_size n_ctx", "length"),
    takes("np parallel", "slots", reading::integer),
    takes("kvu kv_unified", "slots.unified", reading::truth),
    takes("sm split_mode", "engine.split", reading::word, llama_splits),
    {.theirs = "ctk cache_type_k type_k",
     .ours = "inference.kv_cache",
     .how = reading::word,
     .values = llama_cache_types,
     .consequence = effect::less_memory},
    takes("ctv cache_type_v type_v", "inference.value_cache", reading::word, llama_cache_types),
    takes("fit", "fit", reading::truth),
    takes("dev device", "cards.visible", reading::text, llama_devices),
    takes("ngl n_gpu_layers gpu_layers", "engine.layers"),
    takes("n_cpu_moe ncmoe", "inference.cpu_expert_layers", reading::integer),
    takes("ub ubatch_size", "inference.max_batched_tokens", reading::integer),
    takes("fa flash_attn", "inference.attention", reading::word, llama_attentions),
    takes("ts tensor_split", "inference.tensor_split", reading::list),
    takes("rpc", "engine.rpc"),
    takes("cmoe cpu_moe", "engine.cpu_experts", reading::truth),
    loses("ot override_tensor", effect::either, "where tensors are"),
    takes("md model_draft hfd hfrd hf_repo_draft", "speculation.draft"),
    takes("draft draft_n draft_max", "inference.speculation.tokens", reading::integer),
    loses("spec_*", effect::more_memory, "inference.speculation"),
    loses("ngld n_gpu_layers_draft gpu_layers_draft", effect::less_memory, "layers of the draft in host memory",
          "99 999 all"),
    loses("ctkd cache_type_k_draft ctvd cache_type_v_draft", effect::less_memory, "the format of the draft's cache"),
    loses("cd ctx_size_draft", effect::either, "the draft's own context"),
    loses("mmproj mmproj_url", effect::more_memory, "the vision tower"),
    loses("lora lora_scaled", effect::more_memory, "inference.adapters"),
    loses("nkvo no_kv_offload", effect::less_memory, "the cache is on the host"),
    loses("swa_full", effect::more_memory, "windows have a cache of the whole context"),
    loses("cram cache_ram", effect::time_only, "prompts that are kept in host memory"),
    loses("mg main_gpu", effect::either, "the card of what is not split", "0"),
};
inline constexpr std::string_view llama_cpp_harmless =
    "t threads* tb b batch_size n n_predict predict p prompt f file temp top_k top_p min_p seed s host port api_key* "
    "a alias jinja chat_template* reasoning* log* v verbose mlock mmap no_mmap numa rope* yarn* repeat* presence* "
    "frequency* mirostat* samplers cont_batching cb no_cont_batching e escape i interactive* cnv conversation color "
    "no_warmup warmup metrics slots props embeddings embedding pooling to timeout path no_webui webui sp special "
    "keep r reps o output prio poll C cpu* ssl* grammar* json_schema* cache_reuse slot_save_path sps dry_* xtc* "
    "no_display_prompt simple_io st single_turn sys system_prompt n_prompt n_gen pg no_context_shift context_shift "
    "draft_min draft_p_min devd device_draft fitt fit_target fitc fit_ctx hft hf_token offline lazy_mode direct_io dio "
    "kvo kv_offload";
inline constexpr std::string_view llama_cpp_switches =
    "jinja mlock mmap no_mmap cont_batching cb no_cont_batching e escape i interactive cnv conversation color "
    "no_warmup "
    "metrics slots props embeddings embedding no_webui special v verbose cmoe cpu_moe nkvo no_kv_offload swa_full "
    "no_context_shift context_shift no_display_prompt simple_io st single_turn log_disable offline";

inline constexpr standing llama_cpp_defaults[]{
    {"length", "0", "ctx-size: the model's", 202501},
    {"length", "4096", "ctx-size", 0, 202501},
    {"engine.split", "layer", "split-mode"},
    {"fit", "true", "fit: context and layers shrink to what the card has", 202512},
};
inline constexpr release llama_cpp_releases[]{{"b9*", 202608}};

inline constexpr std::span<const row> llama_cpp_tables[]{llama_cpp_rows};
inline constexpr tool llama_cpp_tool{.name = "llama.cpp",
                                     .lowers = family::server,
                                     .written = spelling::hyphens,
                                     .framework = "llama.cpp",
                                     .rows = llama_cpp_tables,
                                     .defaults = llama_cpp_defaults,
                                     .harmless = llama_cpp_harmless,
                                     .switches = llama_cpp_switches,
                                     .releases = llama_cpp_releases};

/// llama-bench's tests: its -p and -n are numbers of tokens, of which there may be several.
inline constexpr row llama_bench_rows[]{
    takes("p n_prompt", "bench.prompt", reading::list),
    takes("n n_gen", "bench.generate", reading::list),
    takes("pg", "bench.both", reading::list),
    takes("d n_depth", "bench.depth", reading::list),
};
inline constexpr standing llama_bench_defaults[]{
    {"bench.prompt", "512", "n-prompt"},
    {"bench.generate", "128", "n-gen"},
    {"engine.split", "layer", "split-mode"},
};
inline constexpr std::span<const row> llama_bench_tables[]{llama_bench_rows, llama_cpp_rows};
inline constexpr tool llama_bench_tool{.name = "llama.cpp",
                                       .lowers = family::server,
                                       .written = spelling::hyphens,
                                       .framework = "llama.cpp",
                                       .rows = llama_bench_tables,
                                       .defaults = llama_bench_defaults,
                                       .harmless = llama_cpp_harmless,
                                       .switches = llama_cpp_switches,
                                       .releases = llama_cpp_releases};

inline constexpr row ollama_rows[]{
    takes("num_ctx context_length", "length"),
    takes("num_parallel", "slots", reading::integer),
    takes("num_gpu", "engine.layers"),
    takes("kv_cache_type", "inference.kv_cache", reading::word, llama_cache_types),
    takes("flash_attention", "inference.attention", reading::word, llama_attentions),
    loses("max_loaded_models", effect::more_memory, "several models at once", "1"),
    loses("gpu_overhead", effect::more_memory, "memory left free", "0"),
    loses("sched_spread", effect::either, "a split over all cards", "0 false"),
};
inline constexpr std::string_view ollama_harmless =
    "host models keep_alive debug origins max_queue temperature top_* repeat* seed stop num_predict num_batch "
    "num_thread min_p mirostat* template system license message adapter noprune insecure verbose format nowordwrap "
    "think hidethinking f file";
inline constexpr std::span<const row> ollama_tables[]{ollama_rows};
inline constexpr tool ollama_tool{.name = "ollama",
                                  .lowers = family::server,
                                  .framework = "llama.cpp",
                                  .rows = ollama_tables,
                                  .harmless = ollama_harmless,
                                  .switches = "verbose insecure nowordwrap hidethinking",
                                  .positional = "model"};
/// @}

}  // namespace cardfit::io::imports
