// SPDX-License-Identifier: MIT
#pragma once

// What a program reads besides its flags: the files of settings that the command names or its script writes, a
// Modelfile, a script of Python, and the environment.

#include <cardfit/io/import/python_settings.hpp>
#include <cardfit/io/import/request.hpp>
#include <cardfit/io/import/tools/programs.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports::detail {

/// Returns true if a file was not read before, and remembers it.
[[nodiscard]] inline bool is_new_file(request& r, const std::string& path) {
    if (std::find(r.files.begin(), r.files.end(), path) != r.files.end()) return false;
    r.files.push_back(path);
    return true;
}

/// Returns true for a file of settings that a command can name.
[[nodiscard]] inline bool has_settings_file(const request& r, const std::string& name) {
    return r.written_files.contains(name) || has_file(name, r.options.place);
}

/// Returns the text of a file that a command names, or that its script writes.
[[nodiscard]] inline std::string text_of_file(const request& r, const std::string& name) {
    const auto written = r.written_files.find(name);
    return written == r.written_files.end() ? read_text(find_file(name, r.options.place), name) : written->second;
}

/// Returns the settings of a file that a command names, or that its script writes; nothing if it was read before.
[[nodiscard]] inline std::vector<setting> settings_of_file(request& r, const std::string& name) {
    const auto written = r.written_files.find(name);
    const bool inside = written != r.written_files.end();
    const std::filesystem::path beside(r.files.empty() ? std::string() : r.files.front());
    const std::filesystem::path path = inside ? std::filesystem::path(name) : find_file(name, r.options.place, beside);
    if (!is_new_file(r, path.string())) return {};
    return settings_of(document_of(inside ? written->second : read_text(path, name), name), name);
}

/// Reads a file of settings by the table of a tool.
inline void read_settings_file(request& r, const tool& t, const std::string& name) {
    account_for_all(t, settings_of_file(r, name), rank::file, r.known, r.accounts);
}

/// Leaves out the values that DeepSpeed's file leaves to Trainer.
inline void erase_auto(std::vector<setting>& settings) {
    std::erase_if(settings, [](const setting& s) { return s.text() == "auto"; });
}

/// Reads DeepSpeed's settings: a file, or the name of a configuration that ms-swift has built in.
inline void read_deepspeed(request& r) {
    const std::string name = r.known.text("deepspeed.file");
    if (name.empty() || name == "false" || name == "true") return;
    r.known.set("zero.on", "true", name, rank::file);
    for (const std::string_view stage : {"zero0", "zero1", "zero2", "zero3"}) {
        if (name != stage && name != std::string(stage) + "_offload") continue;
        r.known.set("zero.stage", std::string(1, stage.back()), name, rank::file);
        if (name.ends_with("_offload")) r.known.set("zero.optimizer", "cpu", name, rank::file);
        if (name == "zero3_offload") r.known.set("zero.parameters", "cpu", name, rank::file);
        return;
    }
    std::vector<setting> settings = settings_of_file(r, name);
    erase_auto(settings);
    if (!r.known.has("zero.stage")) r.known.set("zero.stage", "0", name, rank::tool_default);
    account_for_all(deepspeed_tool, settings, rank::file, r.known, r.accounts);
}

/// Reads Trainer's file of FSDP's settings, whose keys are those of `fsdp_config`.
inline void read_fsdp_file(request& r) {
    const std::string name = r.known.text("fsdp.file");
    if (!is_document(name)) return;
    std::vector<setting> settings = settings_of_file(r, name);
    for (setting& each : settings) each.name.insert(0, "fsdp_config.");
    account_for_all(*r.program, settings, rank::file, r.known, r.accounts);
}

/// Reads KEY=VALUE settings of a configuration that a tool has built in, by a table.
inline void read_built_in(request& r, const tool& t, const std::string& name, std::string_view text) {
    std::vector<setting> settings;
    for_each_named(text, [&](std::string_view word, std::string_view value) {
        const std::string key(word);
        settings.push_back({.name = key, .values = {std::string(value)}, .written = key, .from = name});
    });
    account_for_all(t, settings, rank::file, r.known, r.accounts);
}

/// Reads accelerate's file, or the configuration that TRL names.
inline void read_accelerate_config(request& r) {
    const std::string name = r.known.text("accelerate.file");
    for (const value_pair& each : trl_accelerate_configs)
        if (r.program == &trl_tool && each.theirs == name) return read_built_in(r, accelerate_tool, name, each.ours);
    if (!name.empty()) read_settings_file(r, accelerate_tool, name);
}

/// Reads a configuration that torchtune names.
inline void read_torchtune_config(request& r) {
    const std::string name = r.known.text("config.file");
    const torchtune_config* named = r.program == &torchtune_tool ? torchtune_config_named(name) : nullptr;
    if (!named) return;
    read_built_in(r, *r.program, name, torchtune_shared);
    if (named->settings.find("lora_") != named->settings.npos) read_built_in(r, *r.program, name, torchtune_adapters);
    read_built_in(r, *r.program, name, named->settings);
    r.note(name + " is read as torchtune had it in April 2026");
}

/// Reads a recipe that Megatron-Bridge names.
inline void read_bridge_recipe(request& r) {
    const std::string name = r.known.text("bridge.recipe");
    const bridge_recipe* named = r.program == &megatron_bridge_tool ? bridge_recipe_named(name) : nullptr;
    if (!named) return;
    read_built_in(r, *r.program, name, named->settings);
    r.note(name + " is read as Megatron-Bridge had it in August 2026");
}

/// Reads the files that settings name. DeepSpeed's is last, because each of the others may name it.
inline void read_named_files(request& r) {
    read_accelerate_config(r);
    read_torchtune_config(r);
    read_bridge_recipe(r);
    // A file changes what a recipe has.
    if (const std::string name = r.known.text("config.file"); !name.empty() && is_document(name))
        read_settings_file(r, *r.program, name);
    read_fsdp_file(r);
    if (const std::string name = r.known.text("diffusion.data"); !name.empty()) read_settings_file(r, *r.program, name);
    // Hydra names its files without their ending.
    if (const std::string name = r.known.text("gpt.config"); !name.empty())
        read_settings_file(r, *r.program, is_document(name) ? name : name + ".yaml");
    read_deepspeed(r);
}

/// The variables of the environment that are settings of a tool, by how their names begin.
struct environment_prefix {
    const tool* of;
    std::string_view prefix;
};
inline constexpr environment_prefix environment_prefixes[]{
    {&llama_cpp_tool, "LLAMA_ARG_"}, {&ollama_tool, "OLLAMA_"}, {&vllm_tool, "VLLM_"}, {&sglang_tool, "SGLANG_"}};

/// Reads what torchtitan's run_train.sh takes from the environment: a file, or since 2026 a module's configuration.
inline void read_titan_environment(request& r) {
    if (r.program != &torchtitan_tool) return;
    constexpr value_pair variables[]{
        {"env.CONFIG_FILE", "config.file"}, {"env.MODULE", "titan.name"}, {"env.CONFIG", "titan.config"}};
    for (const value_pair& each : variables)
        if (r.known.has(each.theirs) && !r.known.has(each.ours))
            r.known.set(each.ours, r.known.text(each.theirs), "environment", rank::environment);
    if (r.known.has("titan.config")) r.program = &torchtitan_python_tool;
}

/// Reads the variables of the environment that are settings of the tool.
inline void read_environment(request& r) {
    std::vector<setting> settings;
    for (const environment_prefix& each : environment_prefixes) {
        if (each.of != r.program) continue;
        const std::string start = "env." + std::string(each.prefix);
        for (const auto& [name, value] : r.known.all())
            if (name.starts_with(start))
                settings.push_back({.name = io::detail::in_lower_case(name.substr(start.size())),
                                    .values = value.values,
                                    .written = name.substr(4),
                                    .from = "environment"});
    }
    account_for_all(*r.program, settings, rank::environment, r.known, r.accounts);
}

/// Returns true for the name of a Modelfile.
[[nodiscard]] inline bool is_modelfile(const std::string& name) {
    return io::detail::file_name(name).starts_with("Modelfile");
}

/// Reads a Modelfile of ollama: FROM names the model, PARAMETER a setting.
inline void read_modelfile(request& r, const std::string& name) {
    std::istringstream lines(text_of_file(r, name));
    std::vector<setting> settings;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string keyword;
        std::string key;
        std::string value;
        words >> keyword;
        keyword = io::detail::in_lower_case(keyword);
        // The name on the command line of `ollama create NAME -f FILE` is that of what it makes.
        if (keyword == "from" && words >> value)
            r.known.set("model", value, name, rank::option);
        else if (keyword == "parameter" && words >> key >> value)
            settings.push_back({.name = key, .values = {value}, .written = "PARAMETER " + key, .from = name});
        else if (keyword == "adapter")
            r.lose("ADAPTER", line.substr(0, 100), "inference.adapters", effect::more_memory);
    }
    account_for_all(*r.program, settings, rank::file, r.known, r.accounts);
}

/// Gives every length of a script of Unsloth its smallest max_seq_length: it cuts that of the trainer to the model's,
/// and writes it over max_length (unsloth/models/rl.py).
inline void cut_unsloth_lengths(request& r, std::vector<setting>& settings) {
    std::int64_t smallest = 0;
    for (const setting& s : settings) {
        const std::int64_t length = s.name == "max_seq_length" ? integer_of(s.text()).value_or(0) : 0;
        if (length > 0 && (smallest == 0 || length < smallest)) smallest = length;
    }
    if (smallest == 0) return;
    for (setting& s : settings) {
        if ((s.name != "max_seq_length" && s.name != "max_length") || integer_of(s.text()) == smallest) continue;
        r.note("Unsloth takes " + std::to_string(smallest) + " tokens for " + s.name + " " + s.text());
        s.values = {std::to_string(smallest)};
    }
}

/// Reads the keywords of a script of Python by the tool whose calls it has.
inline void read_script_of_python(request& r, const std::string& name) {
    const std::string text = text_of_file(r, name);
    const bool of_unsloth = text.find("unsloth") != text.npos || text.find("FastLanguageModel") != text.npos;
    const bool trains =
        of_unsloth || text.find("TrainingArguments") != text.npos || text.find("SFTConfig") != text.npos;
    if (!trains && r.program != &nanogpt_tool) return;
    if (!r.program)
        r.program = of_unsloth ? &unsloth_tool : text.find("SFTConfig") != text.npos ? &trl_tool : &transformers_tool;
    std::vector<setting> settings = read_python(text, name);
    // Other assignments of a script are its own.
    std::erase_if(settings, [&](const setting& s) {
        return find_row(*r.program, s.name) == nullptr && !is_harmless_for(*r.program, s.name);
    });
    if (r.program == &unsloth_tool) cut_unsloth_lengths(r, settings);
    account_for_all(*r.program, settings, rank::file, r.known, r.accounts);
    r.note(name + ": keywords with literal values are read, and nothing else of it");
}

}  // namespace cardfit::io::imports::detail
