// SPDX-License-Identifier: MIT
#pragma once

// launch: turns a job into the command and the files of the launcher or server that runs it.

#include "commands.hpp"
#include "hardware_flags.hpp"

#include <cardfit/io/launch.hpp>

namespace tool {

struct launch_options {
    std::string path;
    hardware_flags hardware;
    std::string launcher;
    bool json = false;
};

/// Returns a word quoted for the shell. Variables that differ between nodes stay unquoted, so that the shell expands
/// them.
[[nodiscard]] inline std::string shell_word(const std::string& word) {
    const std::string plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%";
    if (word == "$NODE_RANK" || word.starts_with("$MASTER_ADDR")) return "\"" + word + "\"";
    if (!word.empty() && word.find_first_not_of(plain) == word.npos) return word;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

/// Returns the command as text. Each flag is on a line of its own, together with its values.
[[nodiscard]] inline std::string shell_command(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : word.starts_with("--") ? " \\\n    " : " ") + shell_word(word);
    return text + "\n";
}

/// Returns a shell script: the files as here-documents, then the command.
[[nodiscard]] inline std::string launch_text(const io::launch_plan& plan) {
    std::string text;
    for (const std::string& note : plan.notes) text += "# " + note + "\n";
    for (const io::launch_file& file : plan.files)
        text += "cat > " + shell_word(file.name) + " <<'CARDFIT'\n" + file.text + "CARDFIT\n";
    return text + shell_command(plan.command);
}

[[nodiscard]] inline nlohmann::ordered_json launch_json(const io::launch_plan& plan) {
    nlohmann::ordered_json files = nlohmann::ordered_json::object();
    for (const io::launch_file& file : plan.files) files[file.name] = file.text;
    return {{"command", plan.command}, {"files", std::move(files)}, {"notes", plan.notes}};
}

inline int launch(const launch_options& o) {
    const io::launch_plan plan =
        io::launch(read_job(on_hardware_of(o.hardware, io::job_of_text(read_all(o.path)))), o.launcher);
    std::cout << (o.json ? io::dump(launch_json(plan), 2) + "\n" : launch_text(plan));
    return answered;
}

inline std::function<int()> add_launch(CLI::App& app) {
    const auto o = std::make_shared<launch_options>();
    add_job_file(app, o->path);
    add_replacing_flags(app, o->hardware);
    app.add_option("--for", o->launcher, "torchtitan, deepspeed, megatron, accelerate, vllm, llama.cpp")->required();
    add_json_flag(app, o->json);
    return [o] { return launch(*o); };
}
inline constexpr command launch_command{"launch", "print a job as the command and files of the tool that runs it",
                                        add_launch};

}  // namespace tool
