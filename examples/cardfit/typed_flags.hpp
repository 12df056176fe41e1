// SPDX-License-Identifier: MIT
#pragma once

// Flags that people type because other tools have them: --per_device_train_batch_size, --max-seq-length,
// --gradient-checkpointing. Each stands for one flag of this tool, or for a flag with a value. Underscores in a flag's
// name are hyphens, and case does not matter.

#include <CLI/CLI.hpp>

#include <cardfit/hardware/machines/lookup.hpp>
#include <cardfit/io/machine_names.hpp>
#include <cardfit/io/typed_words.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// A flag of other tools: the flag here, its value where that is fixed, and the flag of a serving job where it differs.
struct typed_flag {
    std::string_view typed;
    std::string_view own;
    std::string_view value{};
    std::string_view of_serving{};
};
inline constexpr typed_flag typed_flags[]{
    {"--batch-size", "--micro-batch", "", "--batch"},
    {"--per-device-train-batch-size", "--micro-batch"},
    {"--micro-batch-size", "--micro-batch"},
    {"--gradient-accumulation-steps", "--accumulation"},
    {"--gradient-accumulation", "--accumulation"},
    {"--gradient-checkpointing", "--recompute", "full"},
    {"--activation-checkpointing", "--recompute", "full"},
    {"--max-seq-length", "--seq"},
    {"--max-seq-len", "--seq"},
    {"--max-length", "--seq"},
    {"--sequence-length", "--seq"},
    {"--seq-length", "--seq"},
    {"--seq-len", "--seq"},
    {"--cutoff-len", "--seq"},
    {"--load-in-4bit", "--base-weights", "nf4", "--weights"},
    {"--load-in-8bit", "--base-weights", "int8", "--weights"},
    {"--lora-r", "--rank"},
    {"--lora-rank", "--rank"},
    {"--lora-target-modules", "--lora"},
    {"--lora-target", "--lora"},
    {"--optim", "--optimizer"},
    {"--attn-implementation", "--attention"},
    {"--torch-compile", "--compiled"},
    {"--num-gpus", "--cards"},
    {"--gpus", "--cards"},
    {"--tensor-parallel-size", "--tensor"},
    {"--pipeline-parallel-size", "--pipeline"},
    {"--data-parallel-size", "--data"},
    {"--context-parallel-size", "--context-parallel"},
    {"--expert-parallel-size", "--expert"},
    {"--tp", "--tensor"},
    {"--pp", "--pipeline"},
    {"--dp", "--data"},
    {"--cp", "--context-parallel"},
    {"--ep", "--expert"},
    {"-tp", "--tensor"},
    {"-pp", "--pipeline"},
    {"-dp", "--data"},
    {"--max-model-len", "--context"},
    {"--context-length", "--context"},
    {"--ctx-size", "--context"},
    {"-c", "--context"},
    {"--max-num-seqs", "--max-sequences"},
    {"--max-running-requests", "--max-sequences"},
    {"--max-num-batched-tokens", "--max-batched-tokens"},
    {"--enforce-eager", "--graphs", "false"},
    {"--disable-cuda-graph", "--graphs", "false"},
    {"--gpu-memory-utilization", "--utilization"},
    {"--mem-fraction-static", "--utilization"},
    {"--kv-cache-dtype", "--kv-cache"},
    {"--cache-type-k", "--kv-cache"},
    {"--cache-type-v", "--value-cache"},
    {"-ctk", "--kv-cache"},
    {"-ctv", "--value-cache"},
    {"--n-gpu-layers", "--gpu-layers"},
    {"-ngl", "--gpu-layers"},
    {"--n-cpu-moe", "--cpu-expert-layers"},
    {"-ncmoe", "--cpu-expert-layers"},
    {"--ubatch-size", "--max-batched-tokens"},
    {"-ub", "--max-batched-tokens"},
    {"-ts", "--tensor-split"},
    {"--flash-attn", "--attention"},
    {"-fa", "--attention"},
    {"--quantization", "--weights"},
};

namespace detail {

/// Returns true if a command has this flag.
[[nodiscard]] inline bool has_flag(const CLI::App& command, std::string_view flag) {
    return command.get_option_no_throw(std::string(flag)) != nullptr;
}

/// Returns the command that a command line names, or null.
[[nodiscard]] inline const CLI::App* command_of(const CLI::App& app, const std::vector<std::string>& given) {
    const auto named = [&](const CLI::App* each) { return !given.empty() && each->get_name() == given[0]; };
    const std::vector<const CLI::App*> found = app.get_subcommands(named);
    return found.empty() ? nullptr : found.front();
}

/// Adds one word of a command line, with its flag in this tool's words.
inline void add_in_own_words(const CLI::App& command, const std::string& word, bool serves,
                             std::vector<std::string>& words) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const std::string rest = equals == word.npos ? "" : word.substr(equals);
    const std::string plain = cardfit::io::detail::compared_word(name);
    if (has_flag(command, name)) return words.push_back(word);
    if (has_flag(command, plain)) return words.push_back(plain + rest);
    const auto* typed = std::find_if(std::begin(typed_flags), std::end(typed_flags),
                                     [&](const typed_flag& each) { return each.typed == plain; });
    const bool known = typed != std::end(typed_flags);
    const std::string_view own = known && serves && !typed->of_serving.empty() ? typed->of_serving
                                 : known                                       ? typed->own
                                                                               : "";
    if (!known || !has_flag(command, own)) return words.push_back(word);
    words.push_back(std::string(own) + (typed->value.empty() ? rest : ""));
    if (!typed->value.empty()) words.emplace_back(typed->value);
}

/// Returns the value of a flag among the words of a command line, behind it or behind "="; empty if it is not given.
[[nodiscard]] inline std::string value_among(const std::vector<std::string>& given, std::string_view flag) {
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (given[i] == flag && i + 1 < given.size()) return given[i + 1];
        if (given[i].starts_with(std::string(flag) + "=")) return given[i].substr(flag.size() + 1);
    }
    return {};
}

/// Returns how many cards a name such as 2xrtx-4090 or g5.12xlarge states.
[[nodiscard]] inline std::int64_t cards_called(const std::string& name) {
    const cardfit::io::machine_phrase phrase = cardfit::io::phrase_of(name);
    const cardfit::named_machine* machine = cardfit::machines::find(phrase.name);
    const std::int64_t each = machine != nullptr ? machine->cards : 1;
    return each * (std::max)(phrase.count, std::int64_t{1});
}

/// Returns how many cards a job file states; 1 for what is no job file.
[[nodiscard]] inline std::int64_t cards_of_file(const std::string& path) {
    std::ifstream file(path);
    const nlohmann::json job = nlohmann::json::parse(file, nullptr, false);
    if (!job.is_object() || !job.contains("hardware") || !job["hardware"].is_object()) return 1;
    const nlohmann::json& hardware = job["hardware"];
    if (hardware.contains("cards") && hardware["cards"].is_number_integer())
        return hardware["cards"].get<std::int64_t>();
    const bool named = hardware.contains("machine") && hardware["machine"].is_string();
    return named ? cards_called(hardware["machine"].get<std::string>()) : 1;
}

/// Returns the number of cards that a command line states: by --cards, by its first machine, such as 2xrtx-4090, or by
/// its job file.
[[nodiscard]] inline std::string cards_among(const std::vector<std::string>& given) {
    std::string stated = value_among(given, "--cards");
    if (!stated.empty()) return stated;
    std::int64_t cards = 1;
    for (const char* flag : {"--machine", "--card"})
        if (cards == 1) cards = cards_called(value_among(given, flag));
    for (const std::string& word : given)
        if (cards == 1 && word.ends_with(".json")) cards = cards_of_file(word);
    return std::to_string(cards);
}

/// llama.cpp's split modes (-sm), and the flag here that has as many parts as cards.
struct split_mode {
    std::string_view typed;
    std::string_view own;
};
inline constexpr split_mode split_modes[]{{"layer", "--pipeline"}, {"tensor", "--tensor"}};

/// Returns the words of a command line without llama.cpp's -sm, which becomes the flag of that layout for all cards,
/// and without -mg, which names the card of what is not divided and changes no card's bytes in these modes. Throws
/// ValidationError for rows of matrices, whose cache is on one card and which no estimate knows, and for one card of
/// several.
[[nodiscard]] inline std::vector<std::string> without_split_mode(const std::vector<std::string>& given) {
    std::string mode;
    std::vector<std::string> words;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const std::string name = given[i].substr(0, given[i].find('='));
        const bool splits = name == "-sm" || name == "--split-mode";
        const bool main_card = name == "-mg" || name == "--main-gpu";
        if (!splits && !main_card) {
            words.push_back(given[i]);
            continue;
        }
        const std::string value = value_among({given.begin() + static_cast<std::ptrdiff_t>(i), given.end()}, name);
        if (splits) mode = value;
        if (name.size() == given[i].size()) ++i;
    }
    if (mode.empty()) return words;
    const std::string cards = cards_among(given);
    if (mode == "none" && cards == "1") return words;
    if (mode == "none")
        throw CLI::ValidationError("--split-mode", "none is of one card; accepted: layer or tensor, or --cards 1");
    for (const split_mode& each : split_modes)
        if (each.typed == mode) {
            words.emplace_back(each.own);
            words.push_back(cards);
            return words;
        }
    throw CLI::ValidationError("--split-mode", mode + " is not estimated; accepted: layer, tensor or none");
}

}  // namespace detail

/// Returns the words of a command line with its flags in this tool's words. What stands behind "--" is the command of
/// another tool and stays as it is.
[[nodiscard]] inline std::vector<std::string> in_own_flags(const CLI::App& app, const std::vector<std::string>& given) {
    const CLI::App* command = detail::command_of(app, given);
    if (command == nullptr) return given;
    const bool serves = given[0] == "serve" || std::find(given.begin(), given.end(), "--infer") != given.end();
    const auto theirs = std::find(given.begin(), given.end(), "--");
    std::vector<std::string> own(given.begin(), theirs);
    if (detail::has_flag(*command, "--pipeline")) own = detail::without_split_mode(own);
    own.insert(own.end(), theirs, given.end());
    std::vector<std::string> words;
    bool foreign = false;
    for (const std::string& word : own) {
        foreign = foreign || word == "--";
        if (foreign || !word.starts_with("-") || word.size() < 2)
            words.push_back(word);
        else
            detail::add_in_own_words(*command, word, serves, words);
    }
    return words;
}

/// Returns the flag of a command whose name is close to one that it does not have; empty if none is.
[[nodiscard]] inline std::string flag_like(const CLI::App& app, const std::vector<std::string>& given) {
    const CLI::App* command = detail::command_of(app, given);
    if (command == nullptr) return {};
    std::vector<std::string> names;
    for (const CLI::Option* option : command->get_options())
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    std::vector<std::string_view> views(names.begin(), names.end());
    for (const typed_flag& each : typed_flags)
        if (detail::has_flag(*command, each.own)) views.push_back(each.typed);
    for (const std::string& word : given) {
        if (word == "--") break;
        const std::string name =
            cardfit::io::detail::compared_word(word.substr(0, (std::min)(word.find('='), std::size_t{60})));
        if (!word.starts_with("--") || detail::has_flag(*command, name)) continue;
        if (const std::string_view near = cardfit::io::name_meant(name, views); !near.empty()) return std::string(near);
    }
    return {};
}

}  // namespace tool
