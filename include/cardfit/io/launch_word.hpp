// SPDX-License-Identifier: MIT
#pragma once

// What a launcher needs to start a job: the words of its command, its files, and notes for people.

#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

/// A word of a command. The shell expands the variables of a word that `expands`; every other word is taken as it is.
struct launch_word {
    std::string text{};    ///< the word without quotes
    bool expands = false;  ///< the shell expands its variables
    [[nodiscard]] friend bool operator==(const launch_word& word, std::string_view other) { return word.text == other; }
};

/// Returns a word in which the shell expands a variable that differs between nodes: $MASTER_ADDR, $NODE_RANK.
[[nodiscard]] inline launch_word expanded(std::string_view text) { return {std::string(text), true}; }

/// A file that a launch needs besides its command.
struct launch_file {
    std::string name{};  ///< name in the folder of the launch
    std::string text{};  ///< the whole file
};

/// A job as its launcher takes it.
struct launch_plan {
    std::vector<launch_word> command{};  ///< the words of the command
    std::vector<launch_file> files{};    ///< the files beside it
    /// What the launcher needs although no job states it, with the value that stands for it.
    std::vector<std::string> notes{};
    /// The command of every node but the first; empty where all nodes have the same.
    std::vector<launch_word> command_elsewhere{};
    /// DeepSpeed divides the training, by whose rules it is estimated.
    bool by_deepspeed = false;
};

}  // namespace cardfit::io
