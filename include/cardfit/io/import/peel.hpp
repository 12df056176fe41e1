// SPDX-License-Identifier: MIT
#pragma once

// Takes what stands before a program off a command: variables, launchers, batch systems, containers and shells. Their
// flags become facts about cards and machines.

#include <cardfit/io/import/flags.hpp>
#include <cardfit/io/import/request.hpp>
#include <cardfit/io/import/shell_words.hpp>
#include <cardfit/io/import/tools/wrappers.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace cardfit::io::imports {

/// The programs that may stand inside one another at most.
inline constexpr int most_wrappers = 20;

namespace detail {

/// Returns a word of a command as programs are compared: without its folder, Python without its version.
[[nodiscard]] inline std::string program_word(const std::string& word) {
    std::string name = io::detail::file_name(word);
    const bool python = name.starts_with("python") || name == "ipython";
    if (python) return "python";
    return name.ends_with(".exe") ? name.substr(0, name.size() - 4) : name;
}

/// Returns how many words of a command a text with spaces stands for; 0 if the command does not begin with it.
[[nodiscard]] inline std::size_t words_begin_with(const std::vector<std::string>& words, std::string_view called) {
    std::size_t count = 0;
    bool same = true;
    for_each_word(called, [&](std::string_view each) {
        same = same && count < words.size() && (count == 0 ? program_word(words[count]) == each : words[count] == each);
        ++count;
    });
    return same ? count : 0;
}

/// Adds a variable that stands before a command.
inline void add_variable(request& r, const std::string& name, const std::string& value) {
    for (const value_pair& each : environment_facts) {
        if (each.theirs != name || is_open_value(value) || value.empty()) continue;
        r.known.set(each.ours, value, "environment", rank::environment);
        r.accounts.taken.push_back(
            {.written = name, .value = value, .from = "environment", .detail = std::string(each.ours)});
    }
    const bool grows = value.find("expandable_segments:True") != value.npos;
    if (grows)
        r.accounts.lost.push_back({.written = name,
                                   .value = value,
                                   .from = "environment",
                                   .detail = "segments of the allocator that grow: less is lost between blocks",
                                   .consequence = effect::less_memory});
    r.known.set("env." + name, value, "environment", rank::environment);
}

/// Takes a number of words off the start.
inline void take_words(std::vector<std::string>& words, std::size_t count) {
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>((std::min)(count, words.size())));
}

/// Takes NAME=VALUE off the start of a command.
inline void take_variables(request& r, std::vector<std::string>& words) {
    std::size_t count = 0;
    for (; count < words.size(); ++count) {
        const std::size_t equals = words[count].find('=');
        const bool flag = is_flag(words[count]);
        if (flag || equals == std::string::npos || equals == 0) break;
        if (words[count].find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") != equals)
            break;
        add_variable(r, words[count].substr(0, equals), words[count].substr(equals + 1));
    }
    take_words(words, count);
}

/// Replaces the image of a container by the program that it starts.
inline void enter_image(request& r, std::vector<std::string>& words) {
    if (words.empty()) return;
    const std::string image = words.front();
    take_words(words, 1);
    if (const fact* given = r.known.find("docker.environment")) {
        std::vector<std::string> variables = given->values;
        take_variables(r, variables);
    }
    for (const image_program& each : image_programs) {
        if (image.find(each.image) == image.npos) continue;
        std::vector<std::string> program;
        for_each_word(each.command, [&](std::string_view word) { program.emplace_back(word); });
        if (words_begin_with(words, each.command) > 0) return;
        words.insert(words.begin(), program.begin(), program.end());
        return;
    }
}

/// Takes one wrapper off a command. Returns false if it begins with none.
[[nodiscard]] inline bool peel_wrapper(request& r, std::vector<std::string>& words) {
    const wrapper* found = nullptr;
    std::size_t length = 0;
    for (const wrapper& each : wrappers) {
        const std::size_t count = words_begin_with(words, each.command);
        if (count <= length) continue;
        found = &each;
        length = count;
    }
    if (!found) return false;
    take_words(words, length);
    read_flags flags = read_words(*found->flags, words, true);
    const bool module = std::any_of(flags.settings.begin(), flags.settings.end(),
                                    [](const setting& s) { return s.written == "-m" || s.written == "--module"; });
    account_for_all(*found->flags, flags.settings, rank::command_line, r.known, r.accounts);
    take_words(words, flags.read);
    if (module && !words.empty()) words.insert(words.begin(), {"python", "-m"});
    if (found->container) enter_image(r, words);
    return true;
}

/// Takes `env` with its flags off a command.
[[nodiscard]] inline bool peel_env(std::vector<std::string>& words) {
    if (program_word(words.front()) != "env" && words.front() != "export") return false;
    take_words(words, 1);
    while (!words.empty() && is_flag(words.front())) take_words(words, words.front() == "-u" ? 2 : 1);
    return true;
}

/// Returns the file of kubectl apply -f FILE, or create; empty if the words before a container's command name none.
[[nodiscard]] inline std::string file_of_deployment(const std::vector<std::string>& words) {
    if (words[1] != "apply" && words[1] != "create") return {};
    constexpr std::string_view flag = "--filename=";
    for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
        if (words[i].starts_with(flag)) return words[i].substr(flag.size());
        const bool named = (words[i] == "-f" || words[i] == "--filename") && i + 1 < words.size();
        if (named && words[i + 1] != "-") return words[i + 1];
    }
    return {};
}

/// Takes what stands before the command of a container in a cluster off: `kubectl run NAME --image=IMAGE -- COMMAND`.
[[nodiscard]] inline bool peel_kubectl(request& r, std::vector<std::string>& words) {
    if (program_word(words.front()) != "kubectl" || words.size() < 2) return false;
    if (const std::string file = file_of_deployment(words); !file.empty()) {
        words = {file};
        return true;
    }
    const auto end = std::find(words.begin(), words.end(), "--");
    std::string image;
    for (auto word = words.begin(); word != end; ++word) {
        if (word->starts_with("--image=")) image = word->substr(8);
        if (*word == "--image" && word + 1 != end) image = *(word + 1);
        if (word->starts_with("--env=")) {
            std::vector<std::string> variable{word->substr(6)};
            take_variables(r, variable);
        }
    }
    if (image.empty() && end == words.end()) return false;
    words.erase(words.begin(), end == words.end() ? end : end + 1);
    if (!image.empty()) {
        words.insert(words.begin(), image);
        enter_image(r, words);
    }
    return true;
}

/// Takes the flags of Python off, so that a command begins with a script or with "-m MODULE".
[[nodiscard]] inline bool peel_python(std::vector<std::string>& words) {
    if (program_word(words.front()) != "python" || words.size() < 2) return false;
    std::size_t count = 1;
    while (count < words.size() && is_flag(words[count]) && words[count] != "-m" && words[count] != "-c") ++count;
    take_words(words, count);
    return true;
}

}  // namespace detail

/// Takes everything off a command that stands before its program. Shells are left, for the caller to read their
/// scripts.
inline void peel(request& r, std::vector<std::string>& words) {
    for (int i = 0; i < most_wrappers && !words.empty(); ++i) {
        detail::take_variables(r, words);
        if (words.empty()) return;
        const bool peeled = detail::peel_env(words) || detail::peel_kubectl(r, words) || detail::peel_wrapper(r, words);
        if (!peeled && !detail::peel_python(words)) return;
    }
}

}  // namespace cardfit::io::imports
