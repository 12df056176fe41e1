// SPDX-License-Identifier: MIT
#pragma once

// Reads a stream line by line so that no line can end the stream: a line that is too long is reported and skipped, and
// a stream that cannot be read to its end is an error.

#include <cardfit/io/input_error.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <istream>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

namespace tool {

/// The longest line of a stream that is read, in bytes. A job has a few hundred bytes.
inline constexpr std::size_t longest_line = std::size_t{1} << 20U;

/// Returns true if reading a stream ended because of an error. Standard input reports an error of the system to C's
/// stream alone.
[[nodiscard]] inline bool is_unreadable(const std::istream& in) {
    return in.bad() || (&in == &std::cin && std::ferror(stdin) != 0);
}

/// Throws input_error if reading a stream ended because of an error.
inline void refuse_unreadable(const std::istream& in) {
    if (!is_unreadable(in)) return;
    throw cardfit::io::input_error({{.key = "file",
                                     .accepted = "a file or a stream that can be read to its end",
                                     .message = "the input cannot be read to its end"}});
}

/// Returns a file to read line by line, of any length. Throws input_error if it cannot be read.
[[nodiscard]] inline std::ifstream lines_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::error_code ignored;
    if (file && !std::filesystem::is_directory(path, ignored)) return file;
    throw cardfit::io::input_error({cardfit::io::refused_value("job", path, "the path of a file that can be read")});
}

/// Returns what an exception says as the problem of an input. An input_error keeps its own problems.
[[nodiscard]] inline cardfit::io::input_error problem_of(const std::exception& e) {
    const auto* known = dynamic_cast<const cardfit::io::input_error*>(&e);
    if (known != nullptr) return *known;
    return cardfit::io::input_error(
        {{.key = "line", .accepted = "a line that can be answered", .message = std::string("line: ") + e.what()}});
}

[[nodiscard]] inline cardfit::io::input_error too_long_line() {
    const std::string accepted = "at most " + std::to_string(longest_line) + " bytes";
    return cardfit::io::input_error(
        {{.key = "line", .accepted = accepted, .message = "the line is too long; accepted: " + accepted}});
}

/// Calls `each(number, line)` with every line of a stream and its number, from 1. Where the line is longer than
/// `longest_line`, or `each` throws, it calls `refuse(number, error)` and goes on with the next line. Throws
/// input_error if the stream cannot be read to its end.
template <class Each, class Refuse>
void for_each_line(std::istream& in, Each each, Refuse refuse) {
    std::vector<char> buffer(longest_line + 2);
    for (int number = 1; in.getline(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0;
         ++number) {
        const bool too_long = in.fail() && !in.eof();
        try {
            if (too_long) throw too_long_line();
            const auto extracted = static_cast<std::size_t>(in.gcount());
            each(number, std::string(buffer.data(), in.eof() ? extracted : extracted - 1));
        } catch (const std::exception& e) {
            refuse(number, problem_of(e));
        }
        if (!too_long) continue;
        in.clear();
        in.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    refuse_unreadable(in);
}

}  // namespace tool
