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

inline bool says(const outcome& o, const std::string& text) {
    if (o.text.find(text) != std::string::npos) return true;
    MESSAGE(o.text);
    return false;
}
