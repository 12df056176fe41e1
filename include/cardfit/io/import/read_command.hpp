// SPDX-License-Identifier: MIT
#pragma once

// A command, a script or files of another tool as a job: the wrappers are taken off, the program found, its flags and
// files read by the tool's table, and the facts made a job.

#include <cardfit/io/import/lower_diffusion.hpp>
#include <cardfit/io/import/lower_megatron.hpp>
#include <cardfit/io/import/lower_server.hpp>
#include <cardfit/io/import/peel.hpp>
#include <cardfit/io/import/read_deployments.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports {

/// A command as a job, with the account of its settings.
struct imported {
    nlohmann::ordered_json job{};  ///< the job file
    account accounts{};            ///< what became of each setting
    std::string tool_name{};       ///< for people
    int month = 0;                 ///< of the tool's version, such as 202608
    /// The tool by whose table the command was read.
    const tool* program = nullptr;
};

namespace detail {

/// Returns the tool of a name; null if there is none.
[[nodiscard]] inline const tool* tool_named(std::string_view name) {
    for (const tool* each : tools)
        if (each->name == name) return each;
    return nullptr;
}

[[nodiscard]] inline std::string names_of_tools() {
    std::string names;
    for (const tool* each : tools) names += (names.empty() ? "" : ", ") + std::string(each->name);
    return names;
}

/// Returns the row of a program that a command begins with; null if there is none. A script is known by its name
/// without its folder, a module by "-m MODULE".
[[nodiscard]] inline const program* program_of(const std::vector<std::string>& words) {
    const program* found = nullptr;
    std::size_t length = 0;
    for (const program& each : programs) {
        const bool module = words.size() > 1 && words[0] == "-m" && words[1] == each.called;
        const bool path =
            each.called.find('/') != each.called.npos && !words.empty() && words[0].ends_with(each.called);
        const bool matches = module || path || words_begin_with(words, each.called) > 0;
        if (!matches || each.called.size() <= length) continue;
        found = &each;
        length = each.called.size();
    }
    return found;
}

/// Returns how many settings a tool takes.
[[nodiscard]] inline std::size_t settings_taken(const tool& t, const std::vector<setting>& settings) {
    return static_cast<std::size_t>(std::count_if(settings.begin(), settings.end(), [&](const setting& s) {
        const row* found = find_row(t, s.name);
        return found && !found->ours.empty();
    }));
}

/// Returns the tool that takes the most of some settings; null if none takes any.
[[nodiscard]] inline const tool* tool_for(const std::vector<setting>& settings) {
    const tool* best = nullptr;
    std::size_t most = 0;
    for (const tool* each : tools) {
        const std::size_t taken = settings_taken(*each, settings);
        if (taken <= most) continue;
        best = each;
        most = taken;
    }
    return best;
}

/// Returns the month of a version of a tool: of a month itself, of a release, or the newest.
[[nodiscard]] inline int month_of(request& r, const tool& t) {
    const std::string& version = r.options.version;
    if (version.empty()) return t.newest;
    if (const auto month = io::detail::parse_month(version)) return static_cast<int>(month->whole);
    if (const int month = month_of_release(t.releases, version); month > 0) return month;
    std::string accepted = "a month such as \"2025-07\"";
    for (const release& each : t.releases) accepted += ", " + std::string(each.version);
    r.refuse(refused_value("--tool-version", version, accepted));
    return t.newest;
}

/// Takes a word without a flag as a fact.
inline void take_positional(request& r, std::string_view fact_name, const std::string& word) {
    r.known.set(fact_name, word, "command line", rank::command_line);
    r.accounts.taken.push_back({.written = word, .from = "command line", .detail = std::string(fact_name)});
}

/// Reads the words of a program by its tool.
inline void read_program(request& r, const std::vector<std::string>& words) {
    read_flags flags = read_words(*r.program, words);
    account_for_all(*r.program, flags.settings, rank::command_line, r.known, r.accounts);
    for (const setting& s : flags.settings)
        if (r.program == &ollama_tool && (s.name == "f" || s.name == "file")) read_modelfile(r, s.text());
    // A script that starts the server names its model in the Modelfile that it writes.
    const std::string modelfile = "Modelfile";
    if (r.program == &ollama_tool && r.written_files.contains(modelfile)) read_modelfile(r, modelfile);
    std::size_t next = 0;
    std::vector<std::string_view> facts_of_words;
    for_each_word(r.program->positional, [&](std::string_view fact) { facts_of_words.push_back(fact); });
    for (const std::string& word : flags.positional) {
        if (r.program == &nanogpt_tool && word.ends_with(".py")) {
            read_script_of_python(r, word);
            continue;
        }
        const bool fact = next < facts_of_words.size() && !is_document(word);
        if (is_document(word) && has_settings_file(r, word))
            read_settings_file(r, *r.program, word);
        else if (fact)
            take_positional(r, facts_of_words[next], word);
        else
            r.accounts.unknown.push_back({.written = word, .from = "command line"});
        next += fact ? 1 : 0;
    }
}

/// Throws input_error for a command whose program is not known.
[[noreturn]] inline void refuse_program(const std::vector<std::string>& words) {
    const std::string first = words.empty() ? "" : words.front();
    throw input_error({refused_value(
        "command", first,
        "a command of " + names_of_tools() + ", or --as TOOL to say by whose settings the rest is read")});
}

/// Takes the tool that `--as` names, if it is given. Throws input_error for a name that no tool has.
inline void take_named_tool(request& r) {
    if (r.options.tool.empty()) return;
    r.program = tool_named(r.options.tool);
    if (!r.program) throw input_error({refused_value("--as", r.options.tool, names_of_tools())});
}

/// Finds the program of a command, and returns the words behind its name.
[[nodiscard]] inline std::vector<std::string> find_program(request& r, const std::vector<std::string>& words) {
    take_named_tool(r);
    const program* found = program_of(words);
    std::vector<std::string> rest = words;
    if (found) {
        take_words(rest, words[0] == "-m" ? 2 : (std::max)(words_begin_with(words, found->called), std::size_t{1}));
        if (!r.program) r.program = found->runs;
        if (!found->means.theirs.empty())
            r.known.set(found->means.theirs, std::string(found->means.ours), std::string(found->called),
                        rank::tool_default);
        return rest;
    }
    const bool script = !words.empty() && (words[0] == "-m" || words[0].ends_with(".py"));
    if (script) take_words(rest, words[0] == "-m" ? 2 : 1);
    if (script && has_settings_file(r, words[0])) read_script_of_python(r, words[0]);
    const bool config = script && std::any_of(rest.begin(), rest.end(), [](const std::string& word) {
                            return word.ends_with(".py") && word.find('=') == word.npos && !is_flag(word);
                        });
    if (!r.program && config && words[0].ends_with("train.py")) r.program = &nanogpt_tool;
    if (!r.program && script) r.program = tool_for(read_words(transformers_tool, rest).settings);
    if (!r.program) refuse_program(words);
    if (script) r.note(words[0] + " is read as a script of " + std::string(r.program->name) + ", by its settings");
    return rest;
}

/// Returns true for a command that runs a shell's script.
[[nodiscard]] inline bool is_shell(const std::vector<std::string>& words) {
    const std::string name = words.empty() ? "" : program_word(words.front());
    return name == "bash" || name == "sh" || name == "zsh" || name == "source" || name == "." || name == "eval";
}

/// Returns true for the name of a script of a shell.
[[nodiscard]] inline bool is_shell_script(std::string_view name) {
    return ends_in(name, {".sh", ".bash", ".slurm", ".sbatch", ".job", ".cmd"});
}

/// Returns true for a command that runs a script which is to be read: not torchtitan's run_train.sh, whose name is
/// known, where the file is not there.
[[nodiscard]] inline bool runs_script(const request& r, const std::vector<std::string>& words) {
    if (words.empty()) return false;
    const bool known = program_of(words) != nullptr && !has_file(words.front(), r.options.place);
    return is_shell(words) || (is_shell_script(words.front()) && !known);
}

/// Returns the variables that a batch system sets, from the options of its lines.
[[nodiscard]] inline shell_variables batch_variables(request& r, const std::vector<std::string>& options,
                                                     shell_variables variables) {
    if (options.empty()) return variables;
    const read_flags flags = read_words(slurm_wrapper, options);
    account_for_all(slurm_wrapper, flags.settings, rank::file, r.known, r.accounts);
    const card_count cards = count_cards(r.known);
    const std::string nodes = std::to_string((std::max)(cards.nodes, std::int64_t{1}));
    for (const char* name : {"SLURM_NNODES", "SLURM_JOB_NUM_NODES"}) variables[name] = {nodes};
    if (cards.per_node > 0)
        for (const char* name : {"SLURM_GPUS_ON_NODE", "SLURM_GPUS_PER_NODE"})
            variables[name] = {std::to_string(cards.per_node)};
    return variables;
}

/// Returns the script that the words of a shell's command are themselves, -c TEXT, -lc TEXT or eval WORDS; nothing for
/// the name of a file.
[[nodiscard]] inline std::optional<std::string> inline_script(const std::vector<std::string>& words) {
    const bool evaluates = words.size() > 1 && words[0] == "eval";
    if (evaluates) return setting{.values = {words.begin() + 1, words.end()}}.text();
    const bool given = is_shell(words) && words.size() > 2 && is_flag(words[1]) && words[1].ends_with('c');
    return given ? std::optional(words[2]) : std::nullopt;
}

/// Returns the variables of a script: those that stand before its command, and the words behind its name.
[[nodiscard]] inline shell_variables variables_of_script(const request& r, const std::vector<std::string>& words) {
    shell_variables variables;
    constexpr std::string_view start = "env.";
    for (const auto& [name, value] : r.known.all())
        if (name.starts_with(start)) variables[name.substr(start.size())] = value.values;
    if (words.empty()) return variables;
    for (std::size_t i = 0; i < words.size(); ++i) variables[std::to_string(i)] = {words[i]};
    variables["BASH_SOURCE"] = {words[0]};
    for (const char* all : {"@", "*"}) variables[all] = {words.begin() + 1, words.end()};
    return variables;
}

/// The shells that may start one another at most.
inline constexpr int most_shells = 8;

/// Returns true for the command of a known program, or of a shell that starts one. Wrappers are taken off in a trial of
/// its own: those of a command that is not chosen say nothing.
[[nodiscard]] inline bool starts_program(const request& r, std::vector<std::string> words, bool any_module = true,
                                         int depth = 0) {
    request trial{.options = r.options};
    peel(trial, words);
    if (words.empty() || depth > most_shells) return false;
    // Another module of Python, which may prepare data, counts where no known program is.
    if (program_of(words) || words[0].ends_with(".py") || (words[0] == "-m" && any_module)) return true;
    if (is_shell_script(words[0])) return has_file(words[0], r.options.place);
    if (!is_shell(words)) return false;
    const std::optional<std::string> text = inline_script(words);
    if (!text) return words.size() > 1 && has_file(words[1], r.options.place);
    const shell_script script = read_shell(*text, variables_of_script(trial, {}));
    return std::any_of(script.commands.begin(), script.commands.end(),
                       [&](const shell_command& each) { return starts_program(r, each.words, any_module, depth + 1); });
}

/// Returns the command of a script that starts a known program, wrappers taken off. Refuses a script without one.
[[nodiscard]] inline std::vector<std::string> command_of_script(request& r, const std::string& text,
                                                                const std::string& name, shell_variables variables) {
    const std::vector<std::string> batch = read_shell(text).batch_options;
    shell_script script = read_shell(text, batch_variables(r, batch, std::move(variables)));
    script.files.merge(r.written_files);
    r.written_files = std::move(script.files);
    std::vector<std::string> chosen;
    std::size_t others = 0;
    bool any_module = false;
    const auto starts = [&](const shell_command& each) { return starts_program(r, each.words, any_module); };
    any_module = std::none_of(script.commands.begin(), script.commands.end(), starts);
    for (const shell_command& each : script.commands) {
        if (!starts(each)) continue;
        if (!chosen.empty()) {
            ++others;
            continue;
        }
        for (const auto& [variable, value] : each.environment) add_variable(r, variable, value);
        chosen = each.words;
    }
    if (chosen.empty())
        throw input_error({refused_value(name, "no command of a known program",
                                         "a script that starts a program of " + names_of_tools())});
    if (others > 0) r.note(name + " starts " + std::to_string(others) + " more; only the first is read");
    peel(r, chosen);
    return chosen;
}

/// Follows a command into the script that it runs.
[[nodiscard]] inline std::vector<std::string> enter_script(request& r, std::vector<std::string> words) {
    if (const std::optional<std::string> text = inline_script(words))
        return command_of_script(r, *text, words[0], variables_of_script(r, {}));
    if (is_shell(words)) take_words(words, 1);
    while (!words.empty() && is_flag(words.front())) take_words(words, 1);
    if (words.empty()) refuse_program(words);
    const std::filesystem::path path = find_file(words[0], r.options.place);
    return command_of_script(r, read_text(path, words[0]), words[0], variables_of_script(r, words));
}

/// Reads the settings of a file that stands alone, by the tool that takes the most of them. DeepSpeed's and
/// accelerate's files are parts of a command, and no command.
inline void read_lone_settings(request& r, const std::string& name, const std::vector<setting>& settings) {
    take_named_tool(r);
    if (!r.program) r.program = tool_for(settings);
    if (!r.program) throw input_error({refused_value(name, "settings of no tool", "settings of " + names_of_tools())});
    r.month = month_of(r, *r.program);
    r.note(name + " is read as settings of " + std::string(r.program->name));
    account_for_all(*r.program, settings, rank::file, r.known, r.accounts);
    read_named_files(r);
}

/// Returns the command of the first container of a file that starts a known program; nothing for a file without
/// containers. Refuses containers of other programs alone.
[[nodiscard]] inline std::vector<std::string> command_of_deployment(request& r, const std::string& name,
                                                                    const std::vector<container>& all) {
    for (const container& each : all) {
        std::vector<std::string> words = command_of(each);
        if (!starts_program(r, words)) continue;
        if (!each.cards.empty()) r.known.set("docker.gpus", each.cards, name, rank::file);
        r.note(name + ": the container of " + each.image + " is read");
        return words;
    }
    if (!all.empty())
        throw input_error({refused_value(name, "containers of no known program",
                                         "a container that starts a program of " + names_of_tools())});
    return {};
}

/// Returns the command that a file of Docker Compose or Kubernetes starts. Reads another file as settings, and returns
/// nothing.
[[nodiscard]] inline std::vector<std::string> enter_document(request& r, const std::string& name) {
    const std::filesystem::path path = find_file(name, r.options.place);
    const std::vector<nlohmann::json> trees = documents_of(read_text(path, name), name);
    std::vector<std::string> started = command_of_deployment(r, name, containers_of(trees));
    if (!started.empty()) return started;
    r.files.push_back(path.string());
    read_lone_settings(r, name, settings_of(trees.front(), name));
    return {};
}

/// Programs whose command tells by a flag that another table is theirs.
struct variant {
    const tool* of;
    std::string_view flag;
    const tool* instead;
};
inline constexpr variant variants[]{
    {&megatron_tool, "--deepspeed", &megatron_deepspeed_tool},
    {&megatron_tool, "--zero-stage", &megatron_deepspeed_tool},
    {&megatron_tool, "--deepspeed_config", &megatron_deepspeed_tool},
    {&megatron_tool, "--deepspeed-config", &megatron_deepspeed_tool},
    {&torchtitan_tool, "--module", &torchtitan_python_tool},
    {&torchtitan_tool, "--config", &torchtitan_python_tool},
};

/// Takes the table that the flags of a command tell.
inline void take_variant(request& r, const std::vector<std::string>& words) {
    for (const variant& each : variants) {
        if (each.of != r.program) continue;
        for (const std::string& word : words)
            if (std::string_view(word).substr(0, word.find('=')) == each.flag) {
                r.program = each.instead;
                return;
            }
    }
}

/// Reads what a command's words say.
inline void read_words_of_command(request& r, std::vector<std::string> words) {
    peel(r, words);
    if (words.empty()) refuse_program(words);
    const bool alone = words.size() == 1;
    if (alone && words[0].ends_with(".pbtxt")) {
        read_triton(r, words[0]);
        r.month = month_of(r, *r.program);
        return;
    }
    if (alone && is_document(words[0])) {
        words = enter_document(r, words[0]);
        if (words.empty()) return;
        peel(r, words);
    }
    if (alone && is_modelfile(words[0])) words = {"ollama", "create", "-f", words[0]};
    for (int i = 0; i < most_shells && runs_script(r, words); ++i) words = enter_script(r, std::move(words));
    if (words.empty()) refuse_program(words);
    std::vector<std::string> rest = find_program(r, words);
    take_variant(r, rest);
    read_titan_environment(r);
    r.month = month_of(r, *r.program);
    read_environment(r);
    read_program(r, rest);
    read_named_files(r);
}

/// What becomes of one tool's facts before the job is made.
struct preparation {
    const tool* of;
    void (*run)(request&);
};
inline constexpr preparation preparations[]{
    {&torchtune_tool, prepare_torchtune},
    {&torchtitan_tool, prepare_torchtitan},
    {&torchtitan_python_tool, prepare_torchtitan_python},
    {&automodel_tool, prepare_automodel},
    {&megatron_bridge_tool, prepare_megatron_bridge},
    {&litgpt_tool, prepare_litgpt},
    {&transformers_tool, prepare_transformers},
    {&axolotl_tool, prepare_axolotl},
    {&llama_factory_tool, prepare_llama_factory},
    {&nemo_tool, prepare_nemo},
    {&kohya_tool, prepare_kohya},
    {&nanochat_tool, prepare_nanochat},
    {&llama_bench_tool, prepare_llama_bench},
    {&swift_tool, prepare_swift},
    {&megatron_swift_tool, prepare_megatron_swift},
};

/// Returns the job of the facts.
[[nodiscard]] inline nlohmann::ordered_json lower_request(request& r) {
    for (const preparation& each : preparations)
        if (each.of == r.program) each.run(r);
    if (!r.program->lost.empty())
        r.lose("framework", std::string(r.program->name), std::string(r.program->lost), effect::either);
    if (r.program->lowers == family::megatron) {
        prepare_megatron(r);
        return lower_training(r, model_of_dimensions(r));
    }
    if (r.program->lowers == family::server) return lower_server(r);
    if (r.program->lowers == family::diffusion) return lower_diffusion(r);
    return lower_training(r, model_of(r));
}

/// Leaves out the defaults of what the job does not have: adapters, a quantized base, a tower, samples, dimensions.
inline void drop_idle_defaults(const request& r, const nlohmann::ordered_json& job, account& accounts) {
    const nlohmann::ordered_json training = job.value("training", nlohmann::ordered_json::object());
    struct part {
        std::string_view start;
        std::string_view key;
    };
    constexpr part parts[]{
        {"training.adapter.", "adapter"},
        {"lora.", "adapter"},
        {"litgpt.", "adapter"},
        {"training.frozen_tower", "frozen_tower"},
        {"rollout.", "completion_length"},
        {"training.completion_length", "completion_length"},
    };
    // Bitsandbytes' formats alone have a second quantization, and are prepared.
    const std::string base = training.value("base_weights", "");
    const bool prepared = is_of_bitsandbytes(base);
    std::erase_if(accounts.defaults, [&](const accounted& each) {
        const bool of_few_bits =
            each.written.starts_with("bits4") || each.written == "training.adapter.kbit_preparation";
        if (of_few_bits && !prepared) return true;
        // A model that has a name has its dimensions from there.
        const bool of_dimensions =
            lists("gpt.normalization gpt.bias gpt.tied gpt.positions gpt.vocab_multiple", each.written);
        if (of_dimensions && !r.options.model.is_null()) return true;
        return std::any_of(std::begin(parts), std::end(parts), [&](const part& of) {
            return each.written.starts_with(of.start) && !training.contains(of.key);
        });
    });
}

/// Returns the job of what was read. Throws input_error with everything that cannot be read.
[[nodiscard]] inline imported finish(request& r) {
    // A switch that is off leaves the tool's own attention.
    if (r.known.text("training.attention") == "usual") r.known.erase("training.attention");
    add_defaults(*r.program, r.month, r.known, r.accounts);
    imported answer;
    if (r.accounts.problems.empty()) answer.job = lower_request(r);
    if (!r.accounts.problems.empty()) throw input_error(std::move(r.accounts.problems));
    answer.tool_name = std::string(r.program->name);
    answer.month = r.month;
    answer.program = r.program;
    answer.accounts = std::move(r.accounts);
    drop_idle_defaults(r, answer.job, answer.accounts);
    return answer;
}

}  // namespace detail

/// Returns the job that settings mean that a program already holds: those of `options.tool`, by default transformers'
/// TrainingArguments, and DeepSpeed's configuration, or null. Throws input_error with everything that cannot be read.
[[nodiscard]] inline imported import_settings(nlohmann::json settings, nlohmann::json deepspeed,
                                              const import_options& options) {
    request r{.options = options};
    detail::take_named_tool(r);
    if (!r.program) r.program = &transformers_tool;
    r.month = detail::month_of(r, *r.program);
    const bool inside = settings.is_object() && settings.contains("deepspeed") && settings["deepspeed"].is_object();
    if (inside && deepspeed.is_null()) deepspeed = settings["deepspeed"];
    if (inside) settings.erase("deepspeed");
    account_for_all(*r.program, settings_of(settings, "settings"), rank::file, r.known, r.accounts);
    if (deepspeed.is_object()) {
        const std::string name = "deepspeed.json";
        r.written_files[name] = deepspeed.dump();
        r.known.set("deepspeed.file", name, "settings", rank::command_line);
    }
    detail::read_named_files(r);
    return detail::finish(r);
}

/// Returns the job that a command means. Nothing is run, and only the files that it names are opened. Throws
/// input_error with everything that cannot be read.
[[nodiscard]] inline imported import_command(const std::vector<std::string>& words, const import_options& options) {
    request r{.options = options};
    detail::read_words_of_command(r, words);
    return detail::finish(r);
}

}  // namespace cardfit::io::imports
