// SPDX-License-Identifier: MIT
#pragma once

// ollama: a Modelfile (docs/modelfile.md) and the server's environment (envconfig/config.go), both of 2026-08.

#include <cardfit/io/launch_serving.hpp>

namespace cardfit::io::detail {

/// The keys that the Modelfile and the environment express.
inline constexpr std::string_view ollama_keys[]{
    "hardware.cards",   "hardware.per_node",  "inference.weights",   "inference.kv_cache",   "inference.batch",
    "inference.prompt", "inference.generate", "inference.attention", "inference.gpu_layers", "layout.pipeline",
};
static_assert(are_keys(ollama_keys));

inline constexpr unexpressed_key ollama_reasons[]{
    {"layout.tensor", "divides layers among the cards, not rows"},
    {"layout.data", "is one replica"},
    {"inference.max_batched_tokens", "has num_batch, which it lowers by itself"},
    {"inference.cpu_expert_layers", "places whole layers"},
};

/// OLLAMA_KV_CACHE_TYPE (docs/faq.md): a quantized cache needs flash attention.
inline constexpr cache_format ollama_caches[]{
    {number_format::by_default, "f16"},
    {number_format::fp16, "f16"},
    {number_format::int8, "q8_0"},
    {number_format::int4, "q4_0"},
};

/// Returns the Modelfile: the file of weights, the context of one sequence, and the layers on the cards.
[[nodiscard]] inline std::string modelfile(const inference& i, const std::string& weights) {
    std::string text = "FROM " + weights + "\nPARAMETER num_ctx " + std::to_string(i.prompt + i.generate) + "\n";
    if (i.gpu_layers != all_layers_on_cards) text += "PARAMETER num_gpu " + std::to_string(i.gpu_layers) + "\n";
    return text;
}

/// Returns the plan: Modelfile, and ollama serve with its environment. The server holds num_ctx tokens for each of its
/// parallel requests.
[[nodiscard]] inline launch_plan launch_ollama(const launch_request& r) {
    const inference& i = *r.job.inference;
    refuse_for_llama_cpp(r, i);
    r.require(r.layout.pipeline == r.job.hardware.cards, "layout.pipeline", r.layout.pipeline,
              std::to_string(r.job.hardware.cards) + ", all cards");
    const auto* cache = launch_row(r, ollama_caches, i.kv_cache, "inference.kv_cache", format_names);
    const bool flash = !writes_scores(as_released(i), row_of(i).memory);
    const bool plain = cache && cache->name == std::string_view("f16");
    r.require(flash || plain, "inference.kv_cache", std::string(block_layout_of(i.kv_cache).name),
              "fp16 without flash attention");
    if (!cache) return {};
    const std::string file = gguf_file(r);
    const std::string weights = file.starts_with('/') || file.starts_with('.') ? file : "./" + file;
    flag_list f({"env"});
    f.add("OLLAMA_NUM_PARALLEL=" + std::to_string(i.batch));
    f.add("OLLAMA_KV_CACHE_TYPE=" + std::string(cache->name));
    f.add(flash ? "OLLAMA_FLASH_ATTENTION=1" : "OLLAMA_FLASH_ATTENTION=0");
    f.add("ollama").add("serve");
    launch_plan plan{.command = std::move(f).words(), .files = {{"Modelfile", modelfile(i, on_one_line(weights))}}};
    plan.notes.emplace_back("beside the server: ollama create cardfit -f Modelfile, then ollama run cardfit");
    if (!r.job.model_name.ends_with(".gguf"))
        plan.notes.push_back("replace " + file + " by your file's path" + requantizing_text(r.job, i.weights));
    return plan;
}

}  // namespace cardfit::io::detail
