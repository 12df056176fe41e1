// SPDX-License-Identifier: MIT
#pragma once

// What an engine does not run, whatever the memory: versions that nobody lists, and formats that it does not load.

#include <cardfit/estimate/inference/trial_run.hpp>
#include <cardfit/hardware/gpu.hpp>
#include <cardfit/job/gguf_mixes.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

namespace detail {

/// Adds what is wrong with the attention that a job chooses.
constexpr void check_attention(problem_list& found, const inference& i) {
    const engine_memory& row = row_of(i).memory;
    const auto asked = static_cast<std::int64_t>(i.attention);
    if (row.flash_since == no_software_yet)
        return found.not_accepted("inference.attention", asked,
                                  "no value for this engine, whose attention kernels are not to be chosen");
    if (i.attention == serving_attention::flash && as_released(i).software_date < row.flash_since)
        return found.not_accepted(
            "inference.attention", asked,
            "eager for software of that date, which has no flash attention: llama.cpp has it since May 2024");
    if (i.attention == serving_attention::eager && quantizes_cache(i))
        found.not_accepted("inference.attention", asked,
                           "flash with a quantized inference.kv_cache, which only flash attention reads");
}

/// Adds what is wrong with a job that leaves layers in host memory.
constexpr void check_placement(problem_list& found, const inference& i) {
    if (row_of(i).memory.places_layers) return;
    const bool layers = i.gpu_layers != all_layers_on_cards;
    const key_range& key = layers ? key_ranges::gpu_layers : key_ranges::cpu_expert_layers;
    found.not_accepted(key.path, layers ? i.gpu_layers : i.cpu_expert_layers,
                       "no value for this engine: llama.cpp leaves layers in host memory");
}

/// Adds what is wrong with the formats of a cache that llama.cpp alone has.
constexpr void check_cache_formats(problem_list& found, const inference& i) {
    if (row_of(i).memory.reads_gguf) return;
    if (i.value_cache != number_format::by_default)
        found.not_accepted("inference.value_cache", static_cast<std::int64_t>(i.value_cache),
                           "no value for this engine, whose keys and values have one format");
    if (block_layout_of(i.kv_cache).kind == format_kind::ggml_block)
        found.not_accepted("inference.kv_cache", static_cast<std::int64_t>(i.kv_cache),
                           "a format other than GGUF's, which llama.cpp alone has in its cache");
}

/// Adds what is wrong with how tokens are sent to experts.
constexpr void check_sent_tokens(problem_list& found, const inference& i) {
    const engine_memory& row = row_of(i).memory;
    const software_date date = as_released(i).software_date;
    if (i.expert_exchange == expert_exchange::sent && date < row.sends_tokens_since)
        found.not_accepted("inference.expert_exchange", static_cast<std::int64_t>(i.expert_exchange),
                           "all-gather: DeepEP's kernels are in SGLang since March 2025 and in vLLM since May 2025");
    if (i.two_batches && date < row.two_batches_since)
        found.not_accepted("inference.two_batches", 1,
                           "false: two batches overlap in SGLang since May 2025 and in vLLM since September 2025");
}

/// Adds what is wrong with the buffers of a KV connector.
constexpr void check_connector(problem_list& found, const inference& i) {
    if (!row_of(i).disaggregates)
        found.not_accepted(key_ranges::connector_mib.path, i.connector_mib,
                           "no value for this engine: vllm, sglang and tensorrt-llm have KV connectors");
}

}  // namespace detail

/// Returns what an engine does not run of a job; empty if nothing is known against it.
[[nodiscard]] constexpr problem_list engine_problems(const inference& i, on_problem action = on_problem::keep) {
    problem_list found(action);
    if (i.engine_version.number != 0 && row_of(i).releases.empty())
        found.not_accepted("inference.engine_version", i.engine_version.number,
                           "no value for this engine, whose releases are not listed: give inference.software_date");
    if (i.kv_cache != number_format::by_default || i.value_cache != number_format::by_default)
        detail::check_cache_formats(found, i);
    if (i.unified_cache && as_released(i).software_date < row_of(i).memory.unified_since)
        found.not_accepted(
            "inference.unified_cache", 1,
            "false for this engine and date, where each sequence has a cache of its own: llama.cpp has unified "
            "caches (--kv-unified) since July 2025");
    if (is_placed(i)) detail::check_placement(found, i);
    if (i.connector_mib != 0) detail::check_connector(found, i);
    if (i.two_batches || i.expert_exchange != expert_exchange::gathered) detail::check_sent_tokens(found, i);
    if (i.attention != serving_attention::by_default) detail::check_attention(found, i);
    return found;
}

/// Returns what is wrong with the job's format, which no release of the engine loads; empty if nothing is known against
/// it.
[[nodiscard]] constexpr problem_list format_problems(const inference& i) {
    problem_list found;
    const engine_row& row = row_of(i);
    const auto format = static_cast<std::int64_t>(i.weights);
    if (row.refuses_gguf && is_gguf(i.weights))
        found.not_accepted("inference.weights", format,
                           "a format other than GGUF's, whose files this engine does not load");
    if (is_exllama(i.weights) && !row.own.contains(i.weights))
        found.not_accepted("inference.weights", format,
                           "a format that this engine loads: EXL2 files are exllama's, EXL3 files exllamav3's");
    if (row.memory.reads_gguf && !is_gguf_file_type(i.weights))
        found.not_accepted(
            "inference.weights", format,
            "a format of GGUF files, which are all that this engine loads: see cardfit keys inference.weights");
    return found;
}

/// Returns what is wrong with the job's format on a card, on which the engine does not run it; empty if nothing is
/// known against it.
[[nodiscard]] constexpr problem_list card_problems(const inference& i, const gpu& card) {
    problem_list found;
    if (card.compute_capability == compute_capability{}) return found;
    const software_date date = as_released(i).software_date;
    for (const capability_floor& floor : row_of(i).floors) {
        const bool about = floor.format == every_format || floor.format == i.weights;
        const bool then = date >= floor.since && date < floor.until;
        if (about && then && card.compute_capability < floor.from)
            found.not_accepted("inference.weights", static_cast<std::int64_t>(i.weights), floor.accepted);
    }
    return found;
}

/// Returns true unless the job's engine is known not to load its format, or not to run it on the card. The lowering
/// does not ask: comparisons and searches go over formats and cards that may be among them.
[[nodiscard]] constexpr bool engine_runs(const inference& i, const gpu& card) {
    return format_problems(i).empty() && card_problems(i, card).empty();
}

}  // namespace cardfit
