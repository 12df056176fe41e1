// SPDX-License-Identifier: MIT
#pragma once

// The flags of a job. Every key of the job file whose row names a flag has one; --help groups them by section.

#include "console.hpp"

#include <cardfit/io/key_table.hpp>
#include <cardfit/io/text.hpp>
#include <cardfit/io/typed_words.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

using namespace cardfit;

/// A flag and its value in the form that a job file has it.
struct given_flag {
    std::string flag{};
    nlohmann::json value{};
};

/// The flags of one command line, in the order in which they were given.
struct job_flags {
    std::vector<given_flag> given{};

    [[nodiscard]] const given_flag* find(std::string_view flag) const {
        const auto at = std::find_if(given.begin(), given.end(), [&](const given_flag& g) { return g.flag == flag; });
        return at == given.end() ? nullptr : &*at;
    }
    /// Sets a flag. A flag that is given more than once has its last value.
    void set(const std::string& flag, nlohmann::json value) {
        std::erase_if(given, [&](const given_flag& g) { return g.flag == flag; });
        given.push_back({flag, std::move(value)});
    }
};

/// The kind of a job, which determines the sections to which its flags may belong.
enum class job_kind : unsigned char { training, inference, diffusion };

/// Returns the value that the text of a flag means: a number, a truth value, or else the text itself.
[[nodiscard]] inline nlohmann::json value_of_text(const std::string& text) {
    const nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
    return value.is_number() || value.is_boolean() ? value : nlohmann::json(text);
}

/// Returns the values that the texts of a list mean.
[[nodiscard]] inline nlohmann::json values_of_texts(const std::vector<std::string>& texts) {
    nlohmann::json values = nlohmann::json::array();
    for (const std::string& text : texts) values.push_back(value_of_text(text));
    return values;
}

/// Returns true for a key whose flag is a switch, that is, false unless the flag is given.
[[nodiscard]] inline bool is_switch(const io::listed_key& key) {
    return key.facts->kind == keys::value_kind::boolean && key.default_value == nlohmann::json(false);
}

/// Returns true for a key whose flag takes values with commas between.
[[nodiscard]] inline bool is_list(const keys::key_facts& key) {
    return key.kind == keys::value_kind::words || key.kind == keys::value_kind::cards ||
           key.kind == keys::value_kind::shares;
}

/// Returns the help text of a key: its description, its words or unit, and its default.
[[nodiscard]] inline std::string help_of(const io::listed_key& key) {
    constexpr std::size_t most_words = 14;
    const std::vector<std::string_view> words = io::detail::words_of(*key.facts, false);
    std::string text(key.facts->documentation);
    for (std::size_t i = 0; i < words.size() && i < most_words; ++i)
        text += (i == 0 ? " One of " : ", ") + std::string(words[i]);
    if (words.size() > most_words)
        text += " … (all: cardfit keys " + std::string(key.facts->path) + ").";
    else if (!words.empty())
        text += ".";
    const std::string unit(key.facts->unit);
    if (!unit.empty() && text.find(unit) == text.npos) text += " Unit: " + unit + ".";
    if (!key.absent.empty() && !is_switch(key)) text += " Default: " + key.absent + ".";
    return text;
}

/// Returns the placeholder for the value of a flag in --help.
[[nodiscard]] inline std::string placeholder_of(const keys::key_facts& key) {
    switch (key.kind) {
        case keys::value_kind::integer:
        case keys::value_kind::number:
            return "N";
        case keys::value_kind::boolean:
        case keys::value_kind::three_state:
            return "true|false";
        case keys::value_kind::word:
            return "WORD";
        case keys::value_kind::words:
            return "WORD,...";
        case keys::value_kind::month:
            return "YYYY-MM";
        case keys::value_kind::version:
            return "VERSION";
        case keys::value_kind::card:
            return "ID";
        case keys::value_kind::model:
        case keys::value_kind::machine:
            return "NAME";
        case keys::value_kind::cards:
            return "ID,...";
        case keys::value_kind::shares:
            return "N,...";
    }
    return {};
}

/// Adds the flag of a key: a switch if the key is false by default, and otherwise a flag with a value. Returns it.
inline CLI::Option* add_key_flag(CLI::App& app, const io::listed_key& key, job_flags& flags) {
    const std::string flag(key.facts->flag);
    CLI::Option* option = nullptr;
    if (is_switch(key))
        option = app.add_flag_callback(flag, [&flags, flag] { flags.set(flag, true); });
    else if (is_list(*key.facts))
        option = app.add_option_function<std::vector<std::string>>(
                        flag, [&flags, flag](const auto& texts) { flags.set(flag, values_of_texts(texts)); })
                     ->delimiter(',')
                     ->type_name(placeholder_of(*key.facts));
    else if (key.facts->kind == keys::value_kind::version)
        // The text itself, because 0.10 as a number is 0.1.
        option = app.add_option_function<std::string>(
                        flag, [&flags, flag](const std::string& text) { flags.set(flag, text); })
                     ->type_name(placeholder_of(*key.facts));
    else
        option = app.add_option_function<std::string>(
                        flag, [&flags, flag](const std::string& text) { flags.set(flag, value_of_text(text)); })
                     ->type_name(placeholder_of(*key.facts));
    if (!is_switch(key) && key.facts->kind != keys::value_kind::words) option->take_last();
    option->description(help_of(key));
    return option->group(std::string(io::title_of(key.section)));
}

/// Returns the long flags of a command, with their hyphens. CLI11 would search all of them for each name.
[[nodiscard]] inline std::set<std::string, std::less<>> names_of_flags(const CLI::App& app) {
    std::set<std::string, std::less<>> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) names.insert("--" + name);
    return names;
}

/// The flags of keys that a run needs: those that its command line names, or all of them for help and refusals. CLI11
/// takes longer to add all than an estimate takes.
struct needed_key_flags {
    std::optional<std::set<std::string, std::less<>>> named{};

    [[nodiscard]] bool has(std::string_view flag) const { return !named || named->find(flag) != named->end(); }
};
[[nodiscard]] inline needed_key_flags& needed_flags() { return of_this_run<needed_key_flags>(); }

/// Adds a flag for every key that has one which the run needs and the command does not have yet. A flag that several
/// sections share is listed in the first of them. Returns the added flags.
inline std::vector<CLI::Option*> add_job_flags(CLI::App& app, job_flags& flags) {
    std::set<std::string, std::less<>> names = names_of_flags(app);
    std::vector<CLI::Option*> added;
    for (const io::listed_key& key : io::listed_keys())
        if (!key.facts->flag.empty() && needed_flags().has(key.facts->flag) &&
            names.insert(std::string(key.facts->flag)).second)
            added.push_back(add_key_flag(app, key, flags));
    return added;
}

/// Returns the words for all linear layers of a transformer, which `--lora all` stands for.
[[nodiscard]] inline const nlohmann::json& linear_targets() {
    static const nlohmann::json words{"q", "k", "v", "o", "gate", "up", "down"};
    return words;
}

namespace detail {

/// Returns the sections that the reader of such a job reads. The sections that this reader refuses with a message of
/// its own come last.
[[nodiscard]] inline std::vector<keys::section> sections_of(job_kind kind) {
    switch (kind) {
        case job_kind::training:
            return {keys::section::hardware, keys::section::training, keys::section::layout};
        case job_kind::inference:
            return {keys::section::hardware, keys::section::inference, keys::section::layout};
        case job_kind::diffusion:
            return {keys::section::hardware, keys::section::diffusion, keys::section::inference, keys::section::layout};
    }
    return {};
}

/// Returns the key that a flag sets in one of the sections, or null if none of them has it.
[[nodiscard]] inline const keys::key_facts* key_of(std::string_view flag, const std::vector<keys::section>& sections) {
    const keys::key_facts* found = nullptr;
    for (const keys::section wanted : sections)
        keys::visit_sections([&](keys::section section, const auto& table) {
            for (const auto& each : table)
                if (!found && section == wanted && each.facts.flag == flag) found = &each.facts;
        });
    return found;
}

/// Throws input_error for a flag that belongs to another kind of job.
[[noreturn]] inline void refuse_kind(const given_flag& given, job_kind kind) {
    using enum keys::section;
    const bool trains = key_of(given.flag, {training}) != nullptr;
    const bool serves = key_of(given.flag, {inference}) != nullptr;
    const keys::key_facts* key = key_of(given.flag, {training, inference, diffusion});
    const std::string path(key->path);
    const std::string owner = trains ? "training" : serves ? "inference" : "diffusion models";
    const std::string accepted = !trains && !serves ? "a model such as sd-xl or flux.1-dev (see: cardfit models)"
                                 : kind == job_kind::training ? "options of training, or add --infer"
                                                              : "options of inference, or omit --infer";
    throw io::input_error({io::input_problem{
        .key = path,
        .value = given.value,
        .accepted = accepted,
        .message = given.flag + " is an option of " + owner + " (" + path + "); accepted: " + accepted}});
}

/// Gives an adapter its default method and rank. Throws input_error for flags of an adapter whose targets are missing.
inline void complete_adapter(const job_flags& flags, nlohmann::json& job) {
    if (!job.contains("training") || !job["training"].contains("adapter")) return;
    nlohmann::json& adapter = job["training"]["adapter"];
    if (const auto given = adapter.find("targets"); given != adapter.end())
        for (const char* all : {"all", "all-linear"})
            if (*given == nlohmann::json{all}) *given = linear_targets();
    constexpr std::int64_t usual_rank = 8;
    if (!adapter.contains("method")) adapter["method"] = "lora";
    if (!adapter.contains("rank")) adapter["rank"] = usual_rank;
    if (adapter.contains("targets")) return;
    for (const char* flag : {"--rank", "--adapter-method"})
        if (const given_flag* given = flags.find(flag)) {
            const std::string accepted = std::string(flag) + " with --lora TARGETS";
            throw io::input_error(
                {io::input_problem{.key = flag,
                                   .value = given->value,
                                   .accepted = accepted,
                                   .message = std::string(flag) + " is " + io::plain_text(given->value) +
                                              " without --lora; accepted: " + accepted}});
        }
}

}  // namespace detail

/// Returns the JSON pointer of a key of a job file, such as "training.micro_batch".
[[nodiscard]] inline nlohmann::json::json_pointer pointer_of(std::string_view key) {
    std::string pointer = "/" + std::string(key);
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    return nlohmann::json::json_pointer(pointer);
}

/// Stores the values of the flags in a job file. Throws input_error for a flag that belongs to another kind of job.
inline void apply_flags(const job_flags& flags, job_kind kind, nlohmann::json& job) {
    const std::vector<keys::section> sections = detail::sections_of(kind);
    for (const given_flag& given : flags.given) {
        const keys::key_facts* key = detail::key_of(given.flag, sections);
        if (!key) detail::refuse_kind(given, kind);
        job[pointer_of(key->path)] = given.value;
    }
    detail::complete_adapter(flags, job);
    io::say_in_own_words(job);
}

}  // namespace tool
