// SPDX-License-Identifier: MIT
#pragma once

// keys: the keys of the job file, each with the values that it accepts, its default, its flag and its meaning.

#include "answer_schema.hpp"
#include "command.hpp"
#include "commands.hpp"

#include <cardfit/io/job_schema.hpp>
#include <cardfit/io/key_table.hpp>

namespace tool {

struct keys_options {
    /// Only keys whose path contains one of these texts are printed.
    std::vector<std::string> named;
    bool json = false;
    bool markdown = false;
    bool schema = false;
    bool answer_schema = false;
};

/// Returns every key with its flag, and its default below.
[[nodiscard]] inline std::string keys_text() {
    std::string text;
    for (const io::listed_key& key : io::listed_keys()) {
        const bool is_required = key.facts->required || key.absent.starts_with("required");
        const std::string value = key.facts->required ? "required" : (is_required ? "" : "default: ") + key.absent;
        text += std::string(key.facts->path) + (key.facts->flag.empty() ? "" : "  " + std::string(key.facts->flag)) +
                "\n" + io::wrapped(value, output_width(), "    ") + "\n";
    }
    return text;
}

/// Returns the keys whose path contains one of these texts, each with the values that it accepts and its meaning.
[[nodiscard]] inline std::string keys_text(const std::vector<std::string>& named) {
    std::string text;
    for (const io::listed_key& key : io::listed_keys()) {
        const keys::key_facts& facts = *key.facts;
        const bool wanted = std::any_of(named.begin(), named.end(), [&](const std::string& part) {
            return facts.path.find(part) != facts.path.npos;
        });
        if (!wanted) continue;
        const bool diffusion = key.section == keys::section::diffusion;
        std::vector<std::vector<std::string>> rows{{"accepted", io::accepted_text(facts)},
                                                   {"default", facts.required ? "none: required" : key.absent}};
        const std::string aliases = io::detail::joined(io::detail::words_of(facts, true));
        if (!aliases.empty()) rows.push_back({"aliases", aliases});
        if (!facts.unit.empty()) rows.push_back({"unit", std::string(facts.unit)});
        if (!facts.flag.empty()) rows.push_back({"flag", std::string(facts.flag)});
        const std::string meaning = std::string(facts.path) + (diffusion ? " (diffusion models)" : "") + ": " +
                                    std::string(facts.documentation);
        text += io::wrapped(meaning, output_width(), "  ", "") + "\n" + io::facts_text(rows, output_width());
    }
    return text;
}

/// Prints the keys whose path contains one of these texts. Throws input_error if there is no such key.
inline int print_named(const std::vector<std::string>& named) {
    const std::string text = keys_text(named);
    if (text.empty())
        throw io::input_error({io::refused_value("keys", named[0], "a part of a key's path (see: cardfit keys)")});
    output() << text;
    return answered;
}

inline int print_keys(const keys_options& o) {
    if (o.answer_schema)
        output() << io::dump(answer_schema(), 2) << "\n";
    else if (o.schema)
        output() << io::dump(io::job_schema(), 2) << "\n";
    else if (o.markdown)
        output() << io::keys_markdown();
    else if (o.json)
        output() << io::dump(io::keys_json(), 1) << "\n";
    else if (o.named.empty())
        output() << keys_text();
    else
        return print_named(o.named);
    return answered;
}

inline std::function<int()> add_keys(CLI::App& app) {
    const auto o = std::make_shared<keys_options>();
    app.add_option("keys", o->named, "only keys whose path contains this: micro_batch, layout");
    add_json_flag(app, o->json);
    app.add_flag("--markdown", o->markdown, "print the page examples/job-keys.md");
    app.add_flag("--schema", o->schema, "print a JSON Schema of the job file");
    app.add_flag("--answer-schema", o->answer_schema, "print a JSON Schema of what the commands print with --json");
    return [o] { return print_keys(*o); };
}
inline constexpr command keys_command{
    .name = "keys",
    .help = "list the keys of a job file, or print its JSON Schema or that of the answers",
    .add = add_keys,
    .reads_jobs = false};

}  // namespace tool
