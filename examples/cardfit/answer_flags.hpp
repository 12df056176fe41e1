// SPDX-License-Identifier: MIT
#pragma once

// Flags of the answer, for every command that has a verdict or a table: --require, -q, --csv, --markdown.

#include "command.hpp"

#include <cardfit/io/table.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace tool {

/// How an answer is printed, and which verdict is enough for exit code 0.
struct answer_flags {
    std::string require{};
    bool quiet = false;
    bool csv = false;
    bool markdown = false;
};

/// Adds the flags. `usual` says which verdict is enough without --require.
inline void add_answer_flags(CLI::App& app, answer_flags& flags, const std::string& usual) {
    app.add_option("--require", flags.require,
                   "the least sure verdict with exit code 0: fits (YES), likely (LIKELY) or possible (UNLIKELY); "
                   "default: " +
                       usual)
        ->check(CLI::IsMember({"fits", "likely", "possible"}));
    app.add_flag("-q,--quiet", flags.quiet, "print the verdict alone, in one word");
    CLI::Option* csv = app.add_flag("--csv", flags.csv, "print the table as CSV, with all its columns and rows");
    app.add_flag("--markdown", flags.markdown, "print the table as Markdown, with all its columns and rows")
        ->excludes(csv);
}

/// Returns the width of the terminal in characters, or 80 if the output goes elsewhere. COLUMNS replaces both.
[[nodiscard]] inline std::size_t output_width() {
    constexpr std::size_t usual = 80;
    constexpr std::size_t narrowest = 40;
    constexpr std::size_t widest = 1000;
    std::size_t width = usual;
    winsize window{};
    if (isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        width = window.ws_col;
    if (const char* columns = std::getenv("COLUMNS")) {
        const long stated = std::strtol(columns, nullptr, 10);
        if (stated > 0) width = static_cast<std::size_t>(stated);
    }
    return (std::min)((std::max)(width, narrowest), widest);
}

/// Returns a table as the flags ask for it: CSV, Markdown, or text no wider than the output. A line below a text names
/// the columns that it has no room for.
[[nodiscard]] inline std::string printed(cardfit::io::table t, const answer_flags& flags, const std::string& indent) {
    if (flags.csv) return cardfit::io::table_csv(t);
    if (flags.markdown) return cardfit::io::table_markdown(t);
    std::string left_out;
    for (const std::string& name : cardfit::io::narrow(t, output_width(), indent.size()))
        left_out += (left_out.empty() ? "" : ", ") + name;
    return cardfit::io::table_text(t, indent) +
           (left_out.empty() ? "" : indent + "no room for: " + left_out + " (--csv, --json)\n");
}

}  // namespace tool
