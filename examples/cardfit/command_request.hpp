// SPDX-License-Identifier: MIT
#pragma once

// A command as a JSON document, for callers in other languages and in a browser: the request has the words of a command
// line, and the answer is what the command prints with --json. Both run the same code.
//
//     {"command": "fit", "model": "llama-3.1-8b", "card": ["rtx-4090", "rtx-3090"], "lora": "all"}
//     {"command": "compare", "job": {"model": …, "hardware": …}, "arguments": ["a100-sxm4-80gb", "rtx-4090"]}

#include "command_line.hpp"
#include "run.hpp"

#include <cardfit/io/answer.hpp>
#include <cardfit/io/parse_json.hpp>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

namespace detail {

/// The words of a command line and what it reads from standard input.
struct request_words {
    std::vector<std::string> words;
    std::string input;
};

/// Returns a value of a request as the word that follows a flag.
[[nodiscard]] inline std::string word_of(const nlohmann::json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Returns the words of a list. Throws input_error for a word that could be read as a flag.
[[nodiscard]] inline std::vector<std::string> arguments_of(const nlohmann::json& value) {
    std::vector<std::string> words;
    if (!value.is_array()) throw io::input_error({io::refused_value("arguments", value, "a list of texts")});
    for (const nlohmann::json& each : value) {
        const std::string word = each.is_string() || each.is_number() ? word_of(each) : "--";
        if (word.size() > 1 && word.starts_with("-"))
            throw io::input_error({io::refused_value("arguments", each,
                                                     "texts that are not flags; a flag is a key of its own, such as "
                                                     "{\"cards\": 8} for --cards 8")});
        words.push_back(word);
    }
    return words;
}

/// Adds a key of a request as the flag of its name: `true` is a flag without a value, `false` and null are no flag, and
/// a list gives the flag once per value.
inline void add_flag_words(const std::string& key, const nlohmann::json& value, std::vector<std::string>& words) {
    std::string flag = "--" + key;
    std::replace(flag.begin(), flag.end(), '_', '-');
    if (key.empty() || key.find('=') != key.npos)
        throw io::input_error({io::refused_value(key, value, "the name of a flag without its hyphens")});
    if (value.is_null() || value == false) return;
    if (value == true) return words.push_back(flag);
    if (!value.is_array()) return words.push_back(flag + "=" + word_of(value));
    for (const nlohmann::json& each : value) words.push_back(flag + "=" + word_of(each));
}

/// Returns the command that a request names. Throws input_error for another.
[[nodiscard]] inline const command& command_of(const nlohmann::json& request) {
    const nlohmann::json name = request.is_object() ? request.value("command", nlohmann::json()) : nlohmann::json();
    const command* of = name.is_string() ? find_command(name.get_ref<const std::string&>()) : nullptr;
    if (of != nullptr) return *of;
    throw io::input_error({name.is_null() ? io::missing_key("command", command_names())
                                          : io::refused_value("command", name, command_names())});
}

/// Which flags a command has, of those that decide how a request is put.
struct request_flags {
    bool json = false;
    bool job = false;
};

/// Returns the flags of a command, which are looked up once, since it takes time to add them.
[[nodiscard]] inline const request_flags& flags_of(const command& of) {
    thread_local std::map<std::string, request_flags> known;
    const auto at = known.find(of.name);
    if (at != known.end()) return at->second;
    CLI::App app;
    static_cast<void>(of.add(app));
    const auto has = [&](const char* flag) { return app.get_option_no_throw(flag) != nullptr; };
    return known[of.name] = {.json = has("--json"), .job = has("--job")};
}

/// Returns the command line that a request means. The job goes in by standard input.
[[nodiscard]] inline request_words words_of(const nlohmann::json& request, const command& of) {
    const request_flags& flags = flags_of(of);
    request_words read{.words = {of.name}, .input = {}};
    for (const auto& [key, value] : request.items())
        if (key != "command" && key != "arguments" && key != "job" && key != "input" && key != "json")
            add_flag_words(key, value, read.words);
    if (flags.json) read.words.emplace_back("--json");
    for (const char* key : {"input", "job"}) {
        const nlohmann::json value = request.value(key, nlohmann::json());
        if (!value.is_null()) read.input = word_of(value);
    }
    if (!request.value("job", nlohmann::json()).is_null()) read.words.emplace_back(flags.job ? "--job=-" : "-");
    if (!request.contains("arguments")) return read;
    for (std::string& word : arguments_of(request["arguments"])) read.words.push_back(std::move(word));
    return read;
}

/// Returns what a command printed as a document: its JSON, what it refused, or else its text.
[[nodiscard]] inline nlohmann::ordered_json printed_document(const std::string& text, const std::string& problems,
                                                             int code) {
    nlohmann::ordered_json document = nlohmann::ordered_json::parse(text, nullptr, false);
    if (!document.is_discarded()) return document;
    if (code != bad_input) return {{"text", text}};
    const std::string prefix = "cardfit: ";
    const std::string why = problems.substr(problems.starts_with(prefix) ? prefix.size() : 0);
    return io::error_json(io::input_error({io::input_problem{
                              .key = "request", .accepted = "a request that the command accepts", .message = why}}),
                          0);
}

/// Gives every problem of a document the number of the line of its request.
inline void add_line(nlohmann::ordered_json& document, int line) {
    if (line == 0 || !document.is_object() || !document.contains("problems")) return;
    document["error"]["line"] = line;
    for (nlohmann::ordered_json& each : document["problems"]) each["line"] = line;
}

/// Runs the command of a request. Throws input_error for a request that names no command or has no words.
[[nodiscard]] inline request_answer run_request(const nlohmann::json& request) {
    std::istringstream none;
    std::ostringstream text;
    std::ostringstream problems;
    request_words read;
    {
        // The flags of a command are looked up with a console of their own, since they store their values there.
        console looked_up{.input = none, .output = text, .errors = problems};
        const console_scope scope(looked_up);
        read = words_of(request, command_of(request));
    }
    std::istringstream input(read.input);
    console streams{.input = input, .output = text, .errors = problems};
    const int code = run_command(read.words, streams);
    return {printed_document(text.str(), problems.str(), code), code};
}

}  // namespace detail

}  // namespace tool
