// SPDX-License-Identifier: MIT
// The command-line tool cardfit. Its commands are listed in command_line.hpp.

#include "run.hpp"

#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    // The tool has no output by C's streams: those of C++ can have buffers of their own.
    std::ios::sync_with_stdio(false);
    tool::console streams{.input = std::cin, .output = std::cout, .errors = std::cerr, .of_process = true};
    tool::say_when_interrupted();
    const int code = tool::run_command(std::vector<std::string>(argv + 1, argv + argc), streams);
    // It is an error if the answer cannot be written.
    if (std::cout.flush()) return code;
    std::cerr << "cardfit: cannot write to standard output\n";
    return tool::bad_input;
}
