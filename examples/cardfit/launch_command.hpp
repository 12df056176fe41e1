// SPDX-License-Identifier: MIT
#pragma once

// launch: a job as the command and the files of the tool that runs it.

#include "commands.hpp"

#include <cardfit/io/launch.hpp>

namespace tool {

struct launch_options {
    std::string path;
    std::string launcher;
    bool json = false;
};

/// A word as a shell reads it back. The variables that differ from node to node are left to be expanded.
[[nodiscard]] inline std::string shell_word(const std::string& word) {
    const std::string plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%";
    if (word == "$NODE_RANK" || word.starts_with("$MASTER_ADDR")) return "\"" + word + "\"";
    if (!word.empty() && word.find_first_not_of(plain) == word.npos) return word;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

/// The command, a flag with its values on each line.
[[nodiscard]] inline std::string shell_command(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : word.starts_with("--") ? " \\\n    " : " ") + shell_word(word);
    return text + "\n";
}

/// Files as here-documents and then the command: the whole is a shell script.
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
    try {
        const io::launch_plan plan = io::launch(io::read_job_text(read_all(o.path)), o.launcher);
        std::cout << (o.json ? io::dump(launch_json(plan), 2) + "\n" : launch_text(plan));
        return answered;
    } catch (const io::input_error& e) {
        return report_error(e, o.json);
    }
}

}  // namespace tool
