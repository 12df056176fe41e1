// SPDX-License-Identifier: MIT
#pragma once

// Functions that tests of built programs share: running a command, writing scratch files, and searching its output for
// a text.

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include <sys/wait.h>

struct outcome {
    int code = -1;
    std::string text;
};

/// Runs a command line through the shell.
inline outcome run_command(const std::string& command) {
    outcome o;
    std::FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe);
    char buffer[4096];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) o.text.append(buffer, n);
    const int status = pclose(pipe);
    o.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return o;
}

/// Writes a scratch file and returns its path.
inline std::string file(const std::string& name, const std::string& text) {
    std::string path = std::string(CARDFIT_SCRATCH) + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

/// Returns a text with each line break, and the indentation behind it, as one space.
inline std::string unwrapped(const std::string& text) {
    std::string line;
    bool breaks = false;
    for (const char c : text) {
        if (breaks && c == ' ') continue;
        breaks = c == '\n';
        line += breaks ? ' ' : c;
    }
    return line;
}

/// Returns true if an output has a text, whether or not lines are wrapped within it.
inline bool says(const outcome& o, const std::string& text) {
    if (o.text.find(text) != std::string::npos || unwrapped(o.text).find(text) != std::string::npos) return true;
    MESSAGE(o.text);
    return false;
}
