// SPDX-License-Identifier: MIT
#pragma once

// What another tool's setting means here, as a row: its name there, the fact or job key that it sets, how its value is
// read, or what is lost because no key of the job says it. The tables are in tools/, one file a tool.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace cardfit::io::imports {

/// How the value of a setting is read.
enum class reading : unsigned char {
    text,      ///< as it is written, or one of the row's values
    integer,   ///< a whole number, which may be written 1e9
    number,    ///< a real number
    truth,     ///< true or false; a flag without a value is true
    negation,  ///< true or false, and the fact is the opposite
    word,      ///< one of the row's values, or of the words and aliases of the job's key
    list,      ///< words, separated by spaces, commas or as a list
};

/// What happens to the estimate because a setting is left out.
enum class effect : unsigned char {
    more_memory,  ///< the run needs more memory than the estimate says
    less_memory,  ///< the run needs less memory than the estimate says
    either,       ///< the run may need more or less memory
    time_only,    ///< only the time changes
};

/// A value of another tool and what it is called here.
struct value_pair {
    std::string_view theirs{};  ///< a value as the other tool has it
    std::string_view ours{};    ///< the value in the job file
    /// What the value means besides, that the job cannot say.
    std::string_view lost{};
};

/// One setting of a tool.
struct row {
    /// The names of the setting, with spaces between, as its flag and its key in a file have it, with underscores.
    std::string_view theirs{};
    /// The key of the job or the fact that it sets (facts.hpp); empty if it has none.
    std::string_view ours{};
    reading how = reading::text;           ///< how its text is read
    std::span<const value_pair> values{};  ///< words of its values; empty: as they are
    /// What the job cannot say; a row that has this and a key is taken as soon as the job has that key.
    std::string_view lost{};
    effect consequence = effect::either;  ///< of leaving it out
    /// The values, with spaces between, at which nothing is lost.
    std::string_view harmless_at{};
};

/// Returns a row that sets a fact or a key.
[[nodiscard]] constexpr row takes(std::string_view theirs, std::string_view ours, reading how = reading::text,
                                  std::span<const value_pair> values = {}) {
    return {.theirs = theirs, .ours = ours, .how = how, .values = values};
}

/// Returns a row of a setting that the job cannot say, unless it has one of the values at which nothing is lost.
[[nodiscard]] constexpr row loses(std::string_view theirs, effect consequence, std::string_view lost,
                                  std::string_view harmless_at = {}, reading how = reading::text) {
    return {.theirs = theirs, .how = how, .lost = lost, .consequence = consequence, .harmless_at = harmless_at};
}

/// Returns a row of a setting that changes neither memory nor time, where a later table of the tool has one of its
/// name.
[[nodiscard]] constexpr row changes_nothing(std::string_view theirs) {
    return {.theirs = theirs, .lost = "nothing", .consequence = effect::time_only, .harmless_at = "*"};
}

/// Returns a row of a setting whose key the job may have: it is taken if it has, and lost otherwise.
[[nodiscard]] constexpr row takes_if_key(std::string_view theirs, std::string_view ours, reading how,
                                         effect consequence, std::string_view lost,
                                         std::span<const value_pair> values = {}) {
    return {.theirs = theirs, .ours = ours, .how = how, .values = values, .lost = lost, .consequence = consequence};
}

/// A value that a tool has where nobody states one. Months are numbers such as 202512.
struct standing {
    std::string_view ours{};   ///< the key or fact
    std::string_view value{};  ///< as the tool would be given it
    /// What the tool calls it, and where that is written.
    std::string_view why{};
    int since = 0;        ///< the first month
    int before = 999912;  ///< the first month in which it no longer stands
    /// Returns true if it stands in this month.
    [[nodiscard]] constexpr bool stands_in(int month) const { return month >= since && month < before; }
};

/// A version of a tool and the month of its release: "0.2" is 0.2 and 0.2.1, "4.5*" all that starts so.
struct release {
    std::string_view version{};  ///< a version, with a star for any ending
    int month = 0;               ///< of its release, such as 202608
};

/// Returns the month of a version by a table of releases, the first that fits; 0 if none does.
[[nodiscard]] constexpr int month_of_release(std::span<const release> releases, std::string_view version) {
    for (const release& each : releases) {
        const bool open = each.version.ends_with('*');
        const std::string_view start = each.version.substr(0, each.version.size() - (open ? 1 : 0));
        if (!version.starts_with(start)) continue;
        const std::string_view rest = version.substr(start.size());
        if (open || rest.empty() || rest[0] < '0' || rest[0] > '9') return each.month;
    }
    return 0;
}
static_assert(month_of_release(std::array{release{"0.2", 1}, release{"0.20", 2}}, "0.20.1") == 2);

/// How a tool's facts become a job.
enum class family : unsigned char { trainer, megatron, server, diffusion };

/// How a tool's settings are written.
enum class spelling : unsigned char {
    underscores,  ///< `--per_device_train_batch_size 4`
    hyphens,      ///< `--max-model-len 4096`
    keys,         ///< micro_batch_size: 4
};

/// Everything about a tool.
struct tool {
    std::string_view name{};                   ///< for people and `--for`
    family lowers = family::trainer;           ///< how its settings become a job
    spelling written = spelling::underscores;  ///< how its settings are spelled
    /// The framework or engine of the job.
    std::string_view framework{};
    std::span<const std::span<const row>> rows{};  ///< tables of its settings, the first one counts
    std::span<const standing> defaults{};          ///< values where nobody states one
    /// Settings that change neither memory nor time, with spaces between; a star stands for any ending.
    std::string_view harmless{};
    /// More of them, that several tools share.
    std::string_view harmless_too[2]{};
    /// Those of them that take no value on a command line.
    std::string_view switches{};
    /// The month of the sources that the table was made from.
    int newest = 202608;
    std::span<const release> releases{};  ///< versions by month
    /// What no job of this tool can say.
    std::string_view lost{};
    /// The facts that words without a flag set, in their order: the model of `vllm serve MODEL`.
    std::string_view positional{};
};

/// Returns true for a character of a name, of a variable or a module: a letter, a digit or an underscore.
[[nodiscard]] constexpr bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Returns true for a value that only a running shell knows.
[[nodiscard]] constexpr bool is_open_value(std::string_view value) { return value.find_first_of("$`") != value.npos; }

/// Calls `visit` with each word of a text with spaces between.
template <class Visit>
constexpr void for_each_word(std::string_view text, Visit visit) {
    while (!text.empty()) {
        const std::size_t start = text.find_first_not_of(' ');
        if (start == text.npos) return;
        const std::size_t end = text.find(' ', start);
        visit(text.substr(start, end == text.npos ? text.npos : end - start));
        if (end == text.npos) return;
        text.remove_prefix(end);
    }
}

/// Calls `visit` with the name and the value of each NAME=VALUE of a text with spaces between.
template <class Visit>
constexpr void for_each_named(std::string_view text, Visit visit) {
    for_each_word(text, [&](std::string_view word) {
        const std::size_t equals = word.find('=');
        visit(word.substr(0, equals), word.substr(equals + 1));
    });
}

/// Returns true if a text with spaces between has this word, or one that a star at its end makes it fit.
[[nodiscard]] constexpr bool lists(std::string_view words, std::string_view name) {
    bool found = false;
    for_each_word(words, [&](std::string_view word) {
        const bool open = word.ends_with('*');
        found = found || word == name || (open && name.starts_with(word.substr(0, word.size() - 1)));
    });
    return found;
}

/// Returns the row of a setting, or null. Rows of later tables are looked up last.
[[nodiscard]] constexpr const row* find_row(const tool& t, std::string_view name) {
    for (const std::span<const row> rows : t.rows)
        for (const row& each : rows)
            if (lists(each.theirs, name)) return &each;
    return nullptr;
}

/// Returns true for a setting that changes neither memory nor time.
[[nodiscard]] constexpr bool is_harmless_for(const tool& t, std::string_view name) {
    for (const std::string_view list : {t.harmless, t.harmless_too[0], t.harmless_too[1], t.switches})
        if (lists(list, name)) return true;
    return false;
}

/// Returns the row of a setting that a flag such as "no_gradient_checkpointing" turns off; null for another flag, and
/// for one that has a row of its own.
[[nodiscard]] constexpr const row* find_negated_row(const tool& t, std::string_view name) {
    const bool negates = name.starts_with("no_") && find_row(t, name) == nullptr;
    return negates ? find_row(t, name.substr(3)) : nullptr;
}

}  // namespace cardfit::io::imports
