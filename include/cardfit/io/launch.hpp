// SPDX-License-Identifier: MIT
#pragma once

// A job as the command and the files of the tool that runs it. What a tool cannot express is an error that names the
// key, so that no plan loses a setting on the way.

#include <cardfit/engines/all.hpp>
#include <cardfit/frameworks/all.hpp>
#include <cardfit/io/launch_accelerate.hpp>
#include <cardfit/io/launch_deepspeed.hpp>
#include <cardfit/io/launch_engines.hpp>
#include <cardfit/io/launch_megatron.hpp>
#include <cardfit/io/launch_ollama.hpp>
#include <cardfit/io/launch_options.hpp>
#include <cardfit/io/launch_serving.hpp>
#include <cardfit/io/launch_torchtitan.hpp>
#include <cardfit/io/launch_trl.hpp>
#include <cardfit/io/launch_unsloth.hpp>

namespace cardfit::io {

namespace detail {

inline constexpr std::string_view torchtitan_frameworks[]{frameworks::torchtitan.name};
inline constexpr std::string_view megatron_frameworks[]{frameworks::megatron.name};
inline constexpr std::string_view trainer_frameworks[]{frameworks::transformers.name, frameworks::trl.name,
                                                       frameworks::peft.name, frameworks::deepspeed.name};
inline constexpr std::string_view script_frameworks[]{frameworks::transformers.name, frameworks::trl.name,
                                                      frameworks::peft.name};
inline constexpr std::string_view axolotl_frameworks[]{frameworks::axolotl.name};
inline constexpr std::string_view llama_factory_frameworks[]{frameworks::llama_factory.name};
inline constexpr std::string_view unsloth_frameworks[]{frameworks::unsloth.name};
inline constexpr std::string_view vllm_engines[]{engines::vllm.name};
inline constexpr std::string_view llama_cpp_engines[]{engines::llama_cpp.name};
inline constexpr std::string_view ollama_engines[]{engines::llama_cpp.name, engines::ollama.name};
inline constexpr std::string_view sglang_engines[]{engines::sglang.name};
inline constexpr std::string_view trtllm_engines[]{engines::tensorrt_llm.name};
inline constexpr std::string_view lmdeploy_engines[]{engines::lmdeploy.name};
inline constexpr std::string_view tgi_engines[]{engines::tgi.name};

inline constexpr launcher_row launchers[]{
    {.name = "torchtitan", .plan = &launch_torchtitan, .expresses = torchtitan_keys, .runs = torchtitan_frameworks},
    {.name = "deepspeed",
     .plan = &launch_deepspeed,
     .expresses = deepspeed_keys,
     .runs = trainer_frameworks,
     .reasons = deepspeed_reasons},
    {.name = "megatron", .plan = &launch_megatron, .expresses = megatron_keys, .runs = megatron_frameworks},
    {.name = "accelerate",
     .plan = &launch_accelerate,
     .expresses = accelerate_keys,
     .runs = trainer_frameworks,
     .reasons = accelerate_reasons},
    {.name = "trl", .plan = &launch_trl, .expresses = script_keys, .runs = script_frameworks, .reasons = trl_reasons},
    {.name = "axolotl",
     .plan = &launch_axolotl,
     .expresses = tuner_keys,
     .runs = axolotl_frameworks,
     .reasons = tuner_reasons},
    {.name = "llama-factory",
     .plan = &launch_llama_factory,
     .expresses = llama_factory_keys,
     .runs = llama_factory_frameworks,
     .reasons = tuner_reasons},
    {.name = "unsloth",
     .plan = &launch_unsloth,
     .expresses = script_keys,
     .runs = unsloth_frameworks,
     .reasons = unsloth_reasons},
    {.name = "vllm",
     .trains = false,
     .plan = &launch_vllm,
     .expresses = vllm_keys,
     .runs = vllm_engines,
     .reasons = serving_reasons},
    {.name = "llama.cpp",
     .trains = false,
     .plan = &launch_llama_cpp,
     .expresses = llama_cpp_keys,
     .runs = llama_cpp_engines,
     .reasons = serving_reasons},
    {.name = "ollama",
     .trains = false,
     .plan = &launch_ollama,
     .expresses = ollama_keys,
     .runs = ollama_engines,
     .reasons = ollama_reasons},
    {.name = "sglang",
     .trains = false,
     .plan = &launch_sglang,
     .expresses = engine_keys,
     .runs = sglang_engines,
     .reasons = engine_reasons},
    {.name = "tensorrt-llm",
     .trains = false,
     .plan = &launch_trtllm,
     .expresses = engine_keys,
     .runs = trtllm_engines,
     .reasons = engine_reasons},
    {.name = "lmdeploy",
     .trains = false,
     .plan = &launch_lmdeploy,
     .expresses = engine_keys,
     .runs = lmdeploy_engines,
     .reasons = engine_reasons},
    {.name = "tgi",
     .trains = false,
     .plan = &launch_tgi,
     .expresses = engine_keys,
     .runs = tgi_engines,
     .reasons = engine_reasons},
};

/// True where every launch name of a table's rows is a launcher's name.
template <class Table>
[[nodiscard]] constexpr bool launch_names_are_launchers(const Table& table, bool trains) {
    for (const auto* row : table) {
        bool found = row->launch_name.empty();
        for (const launcher_row& each : launchers)
            found = found || (each.trains == trains && each.name == row->launch_name);
        if (!found) return false;
    }
    return true;
}
static_assert(launch_names_are_launchers(cardfit::detail::framework_table, true));
static_assert(launch_names_are_launchers(cardfit::detail::engine_table, false));

/// The launcher of this name. Throws input_error where there is none.
[[nodiscard]] inline const launcher_row& launcher_named(std::string_view name) {
    std::string accepted;
    for (const launcher_row& each : launchers) {
        if (each.name == name) return each;
        accepted += (accepted.empty() ? "" : ", ") + std::string(each.name);
    }
    throw input_error({refused_value("launcher", std::string(name), accepted)});
}

}  // namespace detail

/// Returns the names of the launchers.
[[nodiscard]] inline std::vector<std::string_view> launcher_names() {
    std::vector<std::string_view> names;
    for (const detail::launcher_row& row : detail::launchers) names.push_back(row.name);
    return names;
}

/// Returns the command and the files that start a job. Throws input_error with every key that the launcher cannot
/// express, with `launcher` where there is no such launcher, and where the cards are no whole number of nodes.
[[nodiscard]] inline launch_plan launch(const job_file& job, std::string_view launcher) {
    const detail::launcher_row& row = detail::launcher_named(launcher);
    if (row.trains != job.training.has_value())
        throw input_error({missing_key(row.trains ? "training" : "inference",
                                       "a job of " + std::string(row.trains ? "training" : "inference") + ", which " +
                                           std::string(launcher) + " runs")});
    std::vector<input_problem> problems;
    const int per_node = cards_per_host(job.hardware);
    const detail::launch_request r{.job = job,
                                   .layout = resolved(job.layout, job.hardware.cards),
                                   .nodes = job.hardware.cards / per_node,
                                   .per_node = per_node,
                                   .launcher = launcher,
                                   .problems = &problems};
    r.require(r.nodes * per_node == job.hardware.cards, "hardware.per_node", per_node,
              "a divisor of hardware.cards (" + std::to_string(job.hardware.cards) + ")");
    launch_plan plan = row.plan(r);
    detail::write_as_released(r, plan);
    detail::check_keys(r, row, plan);
    if (!problems.empty()) throw input_error(std::move(problems));
    return plan;
}

namespace detail {

/// What an engine is told of a disaggregated deployment: its servers that read prompts, those that generate, and the
/// router in front of them, with its flags for each address.
struct disaggregation_row {
    std::string_view launcher;
    std::string_view prefill;
    std::string_view decode;
    std::string_view router;
    std::string_view prefill_address;
    std::string_view decode_address;
    bool addresses_in_list = false;  ///< one flag takes all addresses of a kind; otherwise each has its own
    std::string_view note;
    /// The words with which the engine's own command begins, those in their place under Dynamo, and what Dynamo's
    /// workers are told beside `--disaggregation-mode`.
    std::string_view begins;
    std::string_view dynamo;
    std::string_view dynamo_more;
};

/// vLLM, docs/features/nixl_connector_usage.md (2026); SGLang, docs/advanced_features/pd_disaggregation.md (2026).
inline constexpr disaggregation_row disaggregations[]{
    {"vllm", R"(--kv-transfer-config {"kv_connector":"NixlConnector","kv_role":"kv_producer"})",
     R"(--kv-transfer-config {"kv_connector":"NixlConnector","kv_role":"kv_consumer"})",
     "python tests/v1/kv_connector/nixl_integration/toy_proxy_server.py --port 8192", "--prefiller-hosts",
     "--decoder-hosts", true,
     "each server has its own GPUs (CUDA_VISIBLE_DEVICES), --port, VLLM_NIXL_SIDE_CHANNEL_PORT and, on several hosts, "
     "VLLM_NIXL_SIDE_CHANNEL_HOST; the router is in vLLM's repository and takes --prefiller-ports and --decoder-ports",
     "vllm serve", "python -m dynamo.vllm --model",
     R"(--kv-transfer-config {"kv_connector":"NixlConnector","kv_role":"kv_both"})"},
    {"sglang", "--disaggregation-mode prefill --disaggregation-transfer-backend nixl",
     "--disaggregation-mode decode --disaggregation-transfer-backend nixl",
     "python -m sglang_router.launch_router --pd-disaggregation --host 0.0.0.0 --port 8000", "--prefill", "--decode",
     false, "each server has its own GPUs (--base-gpu-id) and --port; an address is http://HOST:PORT",
     "python -m sglang.launch_server", "python -m dynamo.sglang", "--disaggregation-transfer-backend nixl"},
};

[[nodiscard]] inline const disaggregation_row* disaggregation_of(std::string_view launcher) {
    for (const disaggregation_row& row : disaggregations)
        if (row.launcher == launcher) return &row;
    return nullptr;
}

}  // namespace detail

/// The commands of a disaggregated deployment. The router's addresses are P1, P2 … and D1, D2 … in place of the hosts.
struct disaggregated_launch {
    launch_plan prefill{};              ///< the servers that read prompts
    launch_plan decode{};               ///< the servers that generate
    std::vector<launch_word> router{};  ///< the command of the router
    /// The same three under NVIDIA Dynamo, whose frontend finds the servers by itself.
    std::vector<launch_word> dynamo_prefill{};
    std::vector<launch_word> dynamo_decode{};    ///< the servers that generate
    std::vector<launch_word> dynamo_frontend{};  ///< the command of the frontend
};

namespace detail {

/// Returns the words of a text.
[[nodiscard]] inline std::vector<launch_word> words_of(std::string_view text) {
    flag_list words({});
    return std::move(words.add_words(text)).words();
}

/// Adds the words of a text to a command.
inline void add_words(std::vector<launch_word>& command, std::string_view text) {
    for (launch_word& word : words_of(text)) command.push_back(std::move(word));
}

/// Returns an engine's command as Dynamo's worker of that engine starts it (docs.nvidia.com/dynamo, backends; examples
/// of 2026): the words with which it begins are replaced, and what it does is `--disaggregation-mode`.
[[nodiscard]] inline std::vector<launch_word> under_dynamo(const disaggregation_row& row,
                                                           const std::vector<launch_word>& command,
                                                           std::string_view phase) {
    std::vector<launch_word> words = words_of(row.dynamo);
    const std::size_t replaced = words_of(row.begins).size();
    words.insert(words.end(), command.begin() + static_cast<std::ptrdiff_t>(replaced), command.end());
    add_words(words, "--disaggregation-mode " + std::string(phase) + " " + std::string(row.dynamo_more));
    return words;
}

}  // namespace detail

/// Returns the commands of a group that reads prompts, of one that generates, and of the router in front of so many of
/// each. Throws input_error as `launch` does, and where no launcher of the engine writes such commands.
[[nodiscard]] inline disaggregated_launch launch_disaggregated(const job_file& prefill, std::int64_t prefill_groups,
                                                               const job_file& decode, std::int64_t decode_groups,
                                                               std::string_view launcher) {
    const detail::disaggregation_row* row = detail::disaggregation_of(launcher);
    if (!row) throw input_error({refused_value("launcher", std::string(launcher), "vllm, sglang")});
    disaggregated_launch all{.prefill = launch(prefill, launcher), .decode = launch(decode, launcher)};
    all.dynamo_prefill = detail::under_dynamo(*row, all.prefill.command, "prefill");
    all.dynamo_decode = detail::under_dynamo(*row, all.decode.command, "decode");
    all.dynamo_frontend = detail::words_of("python -m dynamo.frontend --router-mode kv");
    detail::add_words(all.prefill.command, row->prefill);
    detail::add_words(all.decode.command, row->decode);
    all.decode.notes.emplace_back(row->note);
    all.router = detail::words_of(row->router);
    const auto add_addresses = [&](std::string_view flag, std::string_view host, std::int64_t groups) {
        for (std::int64_t n = 1; n <= groups; ++n) {
            if (n == 1 || !row->addresses_in_list) all.router.push_back({std::string(flag)});
            all.router.push_back({std::string(host) + std::to_string(n)});
        }
    };
    add_addresses(row->prefill_address, "P", prefill_groups);
    add_addresses(row->decode_address, "D", decode_groups);
    return all;
}

}  // namespace cardfit::io
