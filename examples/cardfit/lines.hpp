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
#include <ostream>
#include <string>
#include <string_view>
#include <system_error>

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

/// Reads lines from a stream in pieces, as they arrive.
class line_reader {
public:
    explicit line_reader(std::istream& in) : in_(in) {}

    /// Reads the next line; returns false at the end of the stream. It calls `before_waiting` before it waits for
    /// input.
    template <class Wait>
    [[nodiscard]] bool next(Wait before_waiting) {
        line_.clear();
        is_too_long_ = false;
        ++number_;
        bool any = false;
        while (begin_ < piece_.size() || refill(before_waiting)) {
            any = true;
            const std::size_t end = piece_.find('\n', begin_);
            append(std::string_view(piece_).substr(begin_, end == piece_.npos ? end : end - begin_));
            begin_ = end == piece_.npos ? piece_.size() : end + 1;
            if (end != piece_.npos) return true;
        }
        return any;
    }

    [[nodiscard]] int number() const noexcept { return number_; }
    /// Returns the line without its end. Of one that is too long, it is empty.
    [[nodiscard]] const std::string& line() const noexcept { return line_; }
    [[nodiscard]] bool is_too_long() const noexcept { return is_too_long_; }

private:
    void append(std::string_view part) {
        is_too_long_ = is_too_long_ || line_.size() + part.size() > longest_line;
        if (is_too_long_)
            line_.clear();
        else
            line_ += part;
    }

    /// Reads what the stream has, and waits for something if it has nothing. Returns false at its end.
    template <class Wait>
    [[nodiscard]] bool refill(Wait before_waiting) {
        constexpr std::size_t longest_piece = std::size_t{1} << 16U;
        begin_ = 0;
        piece_.clear();
        if (in_.rdbuf()->in_avail() <= 0) before_waiting();
        const int first = in_.get();
        if (first == std::istream::traits_type::eof()) return false;
        piece_.resize(longest_piece);
        piece_[0] = static_cast<char>(first);
        const std::streamsize more = in_.readsome(&piece_[1], static_cast<std::streamsize>(longest_piece - 1));
        piece_.resize(1 + static_cast<std::size_t>(more));
        return true;
    }

    std::istream& in_;
    std::string piece_{};
    std::size_t begin_ = 0;  ///< of what is not read yet of the piece
    std::string line_{};
    int number_ = 0;
    bool is_too_long_ = false;
};

/// Calls `each(number, line)` with every line of a stream and its number, from 1. Where the line is longer than
/// `longest_line`, or `each` throws, it calls `refuse(number, error)` and goes on with the next line. It calls
/// `before_waiting()` before it waits for input. Throws input_error if the stream cannot be read to its end.
template <class Each, class Refuse, class Wait>
void for_each_line(std::istream& in, Each each, Refuse refuse, Wait before_waiting) {
    line_reader lines(in);
    while (lines.next(before_waiting)) {
        try {
            if (lines.is_too_long()) throw too_long_line();
            each(lines.number(), lines.line());
        } catch (const std::exception& e) {
            refuse(lines.number(), problem_of(e));
        }
    }
    refuse_unreadable(in);
}
template <class Each, class Refuse>
void for_each_line(std::istream& in, Each each, Refuse refuse) {
    for_each_line(in, each, refuse, [] {});
}

/// Writes lines in large pieces, each of whole lines.
class line_writer {
public:
    explicit line_writer(std::ostream& out) : out_(out) {}
    line_writer(const line_writer&) = delete;
    line_writer& operator=(const line_writer&) = delete;
    ~line_writer() { flush(); }

    void write(std::string_view line) {
        constexpr std::size_t longest_piece = std::size_t{1} << 16U;
        lines_ += line;
        lines_ += '\n';
        if (lines_.size() >= longest_piece) flush();
    }
    void flush() {
        if (!lines_.empty()) out_ << lines_ << std::flush;
        lines_.clear();
    }

private:
    std::ostream& out_;
    std::string lines_{};
};

}  // namespace tool
