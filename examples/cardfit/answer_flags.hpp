// SPDX-License-Identifier: MIT
#pragma once

// Flags of the answer: --require, -q, --csv, --markdown for every command that has a verdict or a table, and --color
// and -v for all commands.

#include "command.hpp"
#include "console.hpp"

#include <cardfit/io/table.hpp>
#include <cardfit/io/text.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace tool {

/// How an answer is printed, and which verdict is enough for exit code 0.
struct answer_flags {
    std::string require{};
    bool quiet = false;
    bool csv = false;
    bool markdown = false;
};

/// The verdict that is enough for exit code 0 where --require does not say another: everything but NO.
inline constexpr cardfit::sureness enough_by_default = cardfit::sureness::unlikely;

/// Adds --require.
inline void add_require_flag(CLI::App& app, answer_flags& flags, const std::string& usual = "possible") {
    app.add_option("--require", flags.require,
                   "the least sure verdict with exit code 0: fits (YES), likely (LIKELY) or possible (UNLIKELY); "
                   "default: " +
                       usual)
        ->check(one_of({"fits", "likely", "possible"}));
}

/// Adds --csv and --markdown.
inline void add_table_flags(CLI::App& app, answer_flags& flags) {
    CLI::Option* csv = app.add_flag("--csv", flags.csv, "print the table as CSV, with all its columns and rows");
    app.add_flag("--markdown", flags.markdown, "print the table as Markdown, with all its columns and rows")
        ->excludes(csv);
}

/// Adds -q.
inline void add_quiet_flag(CLI::App& app, answer_flags& flags) {
    app.add_flag("-q,--quiet", flags.quiet, "print the verdict alone, in one word");
}

/// Adds the flags. `usual` says which verdict is enough without --require.
inline void add_answer_flags(CLI::App& app, answer_flags& flags, const std::string& usual = "possible") {
    add_require_flag(app, flags, usual);
    add_quiet_flag(app, flags);
    add_table_flags(app, flags);
}

/// Returns the width of the terminal in characters, or 80 if the output goes elsewhere. COLUMNS replaces both.
[[nodiscard]] inline std::size_t output_width() {
    constexpr std::size_t usual = 80;
    constexpr std::size_t narrowest = 40;
    constexpr std::size_t widest = 1000;
    std::size_t width = usual;
    winsize window{};
    if (is_terminal(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        width = window.ws_col;
    if (const char* columns = std::getenv("COLUMNS")) {
        const long stated = std::strtol(columns, nullptr, 10);
        if (stated > 0) width = static_cast<std::size_t>(stated);
    }
    return (std::min)((std::max)(width, narrowest), widest);
}

/// How all commands print: when with color, and whether with everything that is assumed.
struct output_flags {
    std::string color = "auto";
    bool verbose = false;
};

/// Returns the flags of the command line.
[[nodiscard]] inline output_flags& output_choice() { return of_this_run<output_flags>(); }

inline void add_output_flags(CLI::App& app) {
    app.add_option("--color", output_choice().color,
                   "auto (default): on a terminal, unless NO_COLOR is set; always; never")
        ->check(one_of({"auto", "always", "never"}));
    app.add_flag("-v,--verbose", output_choice().verbose, "also print all that is assumed, and more ways to fit");
}

/// Returns the style of standard output.
[[nodiscard]] inline cardfit::io::text_style style() {
    const std::string& asked = output_choice().color;
    const bool takes =
        is_terminal(STDOUT_FILENO) && cardfit::io::takes_color(std::getenv("NO_COLOR"), std::getenv("TERM"));
    const bool color = asked == "always" || (asked == "auto" && takes);
    return {.color = color, .width = output_width()};
}

/// Returns the first lines of an answer: its verdict, in the color of the verdict, and `rest` right behind it, such as
/// ": at 2,048 tokens, micro-batch up to 4".
[[nodiscard]] inline std::string verdict_lines(cardfit::sureness verdict, const std::string& rest) {
    const std::string word(cardfit::row_of(verdict).word);
    const std::string lines = cardfit::io::wrapped(word + rest, output_width());
    return style().as(verdict, word) + lines.substr(word.size()) + "\n";
}

/// Returns a text below the first line of an answer: indented lines, no wider than the output.
[[nodiscard]] inline std::string indented(const std::string& text) {
    return cardfit::io::wrapped(text, output_width(), "  ") + "\n";
}

/// Returns what an answer assumes: everything with -v, and else what is assumed of the machine and how much more there
/// is.
[[nodiscard]] inline std::string assumptions_text(const std::vector<cardfit::io::assumption>& assumed) {
    if (output_choice().verbose) return cardfit::io::assumed_text(assumed, style());
    std::string text;
    std::size_t others = 0;
    for (const cardfit::io::assumption& each : assumed) {
        const bool of_machine = each.key.starts_with("hardware.") && each.key != "hardware.cards";
        if (of_machine)
            text += (text.empty() ? "" : ", ") + each.key + " " + each.value;
        else
            ++others;
    }
    if (others > 0)
        text += (text.empty() ? "" : ", and ") + std::to_string(others) + (others == 1 ? " default" : " defaults") +
                " (-v lists them)";
    return text.empty() ? text : style().dim(cardfit::io::wrapped("Assumed: " + text, output_width(), "  ")) + "\n";
}

/// Returns true if a verdict is as sure as --require asks for; `usual` is enough without it.
[[nodiscard]] inline bool is_enough(const answer_flags& flags, cardfit::sureness verdict,
                                    cardfit::sureness usual = enough_by_default) {
    using cardfit::sureness;
    const sureness least = flags.require == "fits"       ? sureness::yes
                           : flags.require == "likely"   ? sureness::likely
                           : flags.require == "possible" ? sureness::unlikely
                                                         : usual;
    return verdict <= least;
}

/// Returns a verdict as -q asks for it: one word.
[[nodiscard]] inline std::string quiet_text(cardfit::sureness verdict) {
    return std::string(cardfit::row_of(verdict).word) + "\n";
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
           (left_out.empty()
                ? std::string()
                : cardfit::io::wrapped("no room for: " + left_out + " (--csv, --json)", output_width(), indent) + "\n");
}

}  // namespace tool
