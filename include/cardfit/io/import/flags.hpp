// SPDX-License-Identifier: MIT
#pragma once

// The words of a command line as settings: --flag value, --flag=value, -f value, key=value, and words without a flag.

#include <cardfit/io/import/setting.hpp>
#include <cardfit/io/import/table.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports {

/// The settings of a command line, and the words that belong to no flag.
struct read_flags {
    std::vector<setting> settings{};        ///< in the order of the command
    std::vector<std::string> positional{};  ///< in the order of the command
    /// The number of words that were read; less than all where reading stops at the first word without a flag.
    std::size_t read = 0;
};

namespace detail {

/// Returns true for a word that is a flag and not a negative number.
[[nodiscard]] inline bool is_flag(std::string_view word) {
    if (word.size() < 2 || word[0] != '-' || word == "--") return false;
    const char next = word[1];
    return !(next >= '0' && next <= '9') && next != '.';
}

/// Returns the name of a flag with underscores and without its hyphens.
[[nodiscard]] inline std::string flag_name(std::string_view word) {
    while (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
    std::string name;
    for (const char c : word) name += c == '-' ? '_' : c;
    return name;
}

/// Returns how many words behind a flag are its values, at most. A flag that no row reads may have any number, such as
/// names of data sets, where no word without a flag can follow: not where a `program` follows a wrapper's flags.
[[nodiscard]] inline std::size_t most_values(const tool& t, std::string_view name, bool program) {
    constexpr std::size_t any = 1'000;
    const row* found = find_row(t, name);
    if (find_negated_row(t, name)) return 0;
    const bool is_switch = lists(t.switches, name);
    if (is_switch) return 1;
    if (found) return found->how == reading::list ? any : 1;
    return program || !t.positional.empty() ? 1 : any;
}

/// Returns true for a word that only a truth value has: a number may be another word of the command.
[[nodiscard]] inline bool is_word_of_truth(std::string_view word) {
    for (const std::string_view each : {"true", "True", "TRUE", "false", "False", "FALSE", "yes", "no", "on", "off"})
        if (word == each) return true;
    return false;
}

/// Returns true for key=value of Hydra, torchtune and nanoGPT.
[[nodiscard]] inline bool is_override(std::string_view word) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos || equals == 0 || word[0] == '/' || word[0] == '{') return false;
    return word.find_first_of(" /:") > equals;
}

/// Returns true for the name of a file of settings, which may stand behind any flag.
[[nodiscard]] inline bool is_settings_file(std::string_view word) {
    return word.ends_with(".yaml") || word.ends_with(".yml") || word.ends_with(".toml");
}

/// Returns true if a flag takes this word as its value, `before` values behind it: a switch takes words of truth only.
[[nodiscard]] inline bool takes_value(const tool& t, std::string_view name, std::string_view word, std::size_t before) {
    if (is_flag(word) || word == "--") return false;
    if (lists(t.switches, name)) return is_word_of_truth(word);
    const row* found = find_row(t, name);
    const bool truth = found && (found->how == reading::truth || found->how == reading::negation);
    if (!found && before > 0) return !is_override(word) && !is_settings_file(word);
    if (!truth || is_word_of_truth(word)) return true;
    return word == "1" || word == "0" || word == "auto" || word == "disabled" || word == "enabled";
}

}  // namespace detail

/// Reads the words of a command line by the table of its tool. With `stop`, reading ends at the first word without a
/// flag, where a wrapper's own flags end.
[[nodiscard]] inline read_flags read_words(const tool& t, const std::vector<std::string>& words, bool stop = false) {
    read_flags found;
    for (std::size_t i = 0; i < words.size();) {
        const std::string& word = words[i];
        found.read = i + 1;
        const bool flag = detail::is_flag(word);
        const std::size_t equals = word.find('=');
        if (!flag && stop) {
            found.read = word == "--" ? i + 1 : i;
            return found;
        }
        ++i;
        if (word == "--") continue;
        if (!flag && !detail::is_override(word)) {
            found.positional.push_back(word);
            continue;
        }
        setting s{.name = detail::flag_name(std::string_view(word).substr(0, equals)),
                  .values = {},
                  .written = word.substr(0, equals),
                  .from = "command line"};
        if (equals != word.npos)
            s.values.push_back(word.substr(equals + 1));
        else
            for (std::size_t most = detail::most_values(t, s.name, stop);
                 s.values.size() < most && i < words.size() &&
                 detail::takes_value(t, s.name, words[i], s.values.size());)
                s.values.push_back(words[i++]);
        found.read = i;
        found.settings.push_back(std::move(s));
    }
    found.read = words.size();
    return found;
}

}  // namespace cardfit::io::imports
