// SPDX-License-Identifier: MIT
#pragma once

// A plan as a shell script. Every word and every name of a file is quoted by one function, notes are single lines, and
// the shell expands nothing but the variables that a launcher put there itself.

#include <cardfit/io/launch_word.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

namespace detail {

/// Returns a text of one line: control characters become question marks.
[[nodiscard]] inline std::string on_one_line(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return text;
}

/// Returns true if a text has this line.
[[nodiscard]] inline bool has_line(std::string_view text, std::string_view line) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (text.substr(0, end) == line) return true;
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return false;
}

/// Returns a word that ends the here-document of a text: no line of the text is this word.
[[nodiscard]] inline std::string end_of_document(std::string_view text) {
    std::string word = "CARDFIT";
    while (has_line(text, word)) word += "_";
    return word;
}

}  // namespace detail

/// Returns a word as the shell takes it: a word that expands in double quotes, any other so that each of its characters
/// stands for itself.
[[nodiscard]] inline std::string shell_word(const launch_word& word) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%";
    if (word.expands) return "\"" + word.text + "\"";
    if (!word.text.empty() && word.text.find_first_not_of(plain) == word.text.npos) return word.text;
    std::string quoted = "'";
    for (const char c : word.text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

/// Returns the command as text, with each flag on a line of its own together with its values.
[[nodiscard]] inline std::string shell_command(const std::vector<launch_word>& words) {
    std::string text;
    for (const launch_word& word : words)
        text += (text.empty() ? "" : word.text.starts_with("--") ? " \\\n    " : " ") + shell_word(word);
    return text + "\n";
}

namespace detail {

/// Returns the here-document that writes a file.
[[nodiscard]] inline std::string file_script(const launch_file& file) {
    const std::string end = end_of_document(file.text);
    const std::string last = file.text.empty() || file.text.ends_with('\n') ? "" : "\n";
    return "cat > " + shell_word({file.name}) + " <<'" + end + "'\n" + file.text + last + end + "\n";
}

/// Returns the notes as comments and the files as here-documents.
[[nodiscard]] inline std::string preparation_script(const launch_plan& plan) {
    std::string text;
    for (const std::string& note : plan.notes) text += "# " + on_one_line(note) + "\n";
    for (const launch_file& file : plan.files) text += file_script(file);
    return text;
}

/// Returns the command; nodes behind the first have one of their own where the plan has one.
[[nodiscard]] inline std::string command_script(const launch_plan& plan) {
    std::string command = shell_command(plan.command);
    if (plan.command_elsewhere.empty()) return command;
    return "if [ \"$NODE_RANK\" = 0 ]; then\n" + command + "else\n" + shell_command(plan.command_elsewhere) + "fi\n";
}

}  // namespace detail

/// Returns a shell script: the notes as comments, the files as here-documents, then the command.
[[nodiscard]] inline std::string shell_script(const launch_plan& plan) {
    return detail::preparation_script(plan) + detail::command_script(plan);
}

/// Returns a batch script of SLURM (sbatch(1), srun(1)): one task per node runs the command, with the first node's name
/// and its own number in the variables that launchers read.
[[nodiscard]] inline std::string slurm_script(const launch_plan& plan, int nodes, int cards_per_node) {
    const std::string task = "NODE_RANK=$SLURM_NODEID\nexport NODE_RANK\n" + detail::command_script(plan);
    return "#!/bin/sh\n#SBATCH --nodes=" + std::to_string(nodes) +
           "\n#SBATCH --ntasks-per-node=1\n#SBATCH --gpus-per-node=" + std::to_string(cards_per_node) +
           "\n#SBATCH --exclusive\n" + detail::preparation_script(plan) +
           "MASTER_ADDR=$(scontrol show hostnames \"$SLURM_JOB_NODELIST\" | head -n 1)\nexport MASTER_ADDR\nsrun sh "
           "-c " +
           shell_word({task}) + "\n";
}

}  // namespace cardfit::io
