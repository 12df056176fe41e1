// SPDX-License-Identifier: MIT
#pragma once

// reference: the commands and options of this tool as a man page, as a page of the guide, or as the completions of a
// shell. All are read from the parser itself, so that they cannot differ from what the tool accepts.

#include "command.hpp"
#include "commands.hpp"

#include <cardfit/io/launch_script.hpp>
#include <cardfit/io/table.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace tool {

/// Returns the options of a command that have a name with dashes, without --help.
[[nodiscard]] inline std::vector<const CLI::Option*> flags_of(const CLI::App& command) {
    std::vector<const CLI::Option*> flags;
    for (const CLI::Option* option : command.get_options())
        if (!option->get_lnames().empty() && option->get_lnames().front() != "help") flags.push_back(option);
    return flags;
}

/// Returns the arguments of a command that are known by their place.
[[nodiscard]] inline std::vector<const CLI::Option*> arguments_of(const CLI::App& command) {
    std::vector<const CLI::Option*> arguments;
    for (const CLI::Option* option : command.get_options())
        if (option->get_positional()) arguments.push_back(option);
    return arguments;
}

/// Returns the names of a flag as they are typed, such as "-v, --verbose".
[[nodiscard]] inline std::string names_of(const CLI::Option& flag) {
    std::string names;
    for (const std::string& name : flag.get_snames()) names += (names.empty() ? "-" : ", -") + name;
    for (const std::string& name : flag.get_lnames()) names += (names.empty() ? "--" : ", --") + name;
    return names;
}

/// Returns the line that shows how a command is typed.
[[nodiscard]] inline std::string synopsis(const CLI::App& command) {
    std::string line = "cardfit " + command.get_name();
    for (const CLI::Option* argument : arguments_of(command)) {
        const std::string name = argument->get_name(true) + (argument->get_items_expected_max() > 1 ? "..." : "");
        line += argument->get_required() ? " " + name : " [" + name + "]";
    }
    return line + (flags_of(command).empty() ? "" : " [OPTIONS]");
}

/// Returns a text as a man page writes it: a backslash and a leading dot or apostrophe have a meaning of their own.
[[nodiscard]] inline std::string roff(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '\\')
            escaped += "\\e";
        else if (c == '-')
            escaped += "\\-";
        else
            escaped += c;
    }
    const bool is_request = !escaped.empty() && (escaped.front() == '.' || escaped.front() == '\'');
    return is_request ? "\\&" + escaped : escaped;
}

/// Returns the manual's page of the tool, section 1.
[[nodiscard]] inline std::string man_page(const CLI::App& app) {
    std::string page = ".TH CARDFIT 1 \"\" \"" + roff(version()) + "\" \"User Commands\"\n.SH NAME\ncardfit \\- " +
                       roff("GPU specifications and fit estimators for deep-learning jobs") +
                       "\n.SH SYNOPSIS\n.B cardfit\n.I command\n[arguments] [options]\n.SH DESCRIPTION\n" +
                       roff(app.get_description()) + "\n.SH COMMANDS\n";
    for (const CLI::App* command : app.get_subcommands({})) {
        page += ".SS " + roff(synopsis(*command)) + "\n" + roff(command->get_description()) + "\n";
        for (const CLI::Option* argument : arguments_of(*command))
            page += ".TP\n.I " + roff(argument->get_name(true)) + "\n" + roff(argument->get_description()) + "\n";
        for (const CLI::Option* flag : flags_of(*command))
            page += ".TP\n.B " + roff(names_of(*flag)) + "\n" + roff(flag->get_description()) + "\n";
    }
    return page + ".SH EXIT STATUS\n.TP\n.B 0\nThe command is answered, and the job fits.\n.TP\n.B 1\n" +
           "The job does not fit.\n.TP\n.B 2\nThe input is not accepted.\n.TP\n.B 3\nSome lines of a stream are not " +
           "accepted.\n";
}

/// Returns the page of the guide that lists every command with its options.
[[nodiscard]] inline std::string reference_page(const CLI::App& app) {
    std::string page =
        "# Commands\n\n`cardfit reference --markdown` prints this page.\n\n" + app.get_description() + "\n";
    for (const CLI::App* command : app.get_subcommands({})) {
        page += "\n## " + command->get_name() + "\n" + command->get_description() + "\n\n";
        page += "`" + synopsis(*command) + "`\n";
        io::table options{.columns = {{.name = "option", .left = true}, {.name = "meaning", .left = true}}, .rows = {}};
        for (const CLI::Option* argument : arguments_of(*command))
            options.rows.push_back({"`" + argument->get_name(true) + "`", argument->get_description()});
        for (const CLI::Option* flag : flags_of(*command))
            options.rows.push_back({"`" + names_of(*flag) + "`", flag->get_description()});
        if (!options.rows.empty()) page += "\n" + io::table_markdown(options);
    }
    return page;
}

/// Returns the flags of a command as they are typed, one per word.
[[nodiscard]] inline std::vector<std::string> flag_words(const CLI::App& command) {
    std::vector<std::string> words{"--help"};
    for (const CLI::Option* flag : flags_of(command)) {
        for (const std::string& name : flag->get_lnames()) words.push_back("--" + name);
        for (const std::string& name : flag->get_snames()) words.push_back("-" + name);
    }
    return words;
}

/// Returns words with a blank between them.
template <class Words>
[[nodiscard]] std::string blank_joined(const Words& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + std::string(word);
    return text;
}

[[nodiscard]] inline std::string card_words() {
    std::vector<std::string_view> ids;
    for (const gpu* card : cards::all) ids.push_back(card->id);
    return blank_joined(ids);
}

/// Returns the completions of bash: commands, their flags, cards after --card, and else models and files.
[[nodiscard]] inline std::string bash_completion(const CLI::App& app) {
    std::vector<std::string> names;
    std::string cases;
    for (const CLI::App* command : app.get_subcommands({})) {
        names.push_back(command->get_name());
        cases += "    " + command->get_name() + ") flags='" + blank_joined(flag_words(*command)) + "' ;;\n";
    }
    return "# Completions of cardfit for bash, which `cardfit reference --completion bash` prints.\n"
           "_cardfit() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} flags=\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
           "        COMPREPLY=($(compgen -W '" +
           blank_joined(names) +
           " --help --version' -- \"$current\"))\n"
           "        return\n"
           "    fi\n"
           "    case ${COMP_WORDS[1]} in\n" +
           cases +
           "    esac\n"
           "    case $previous in\n"
           "    --card) COMPREPLY=($(compgen -W '" +
           card_words() +
           "' -- \"$current\")); return ;;\n"
           "    esac\n"
           "    case $current in\n"
           "    -*) COMPREPLY=($(compgen -W \"$flags\" -- \"$current\")) ;;\n"
           "    *) COMPREPLY=($(compgen -W '" +
           blank_joined(io::model_ids()) +
           "' -- \"$current\") $(compgen -f -- \"$current\")) ;;\n"
           "    esac\n"
           "}\n"
           "complete -o filenames -F _cardfit cardfit\n";
}

/// Returns the completions of zsh, which are those of bash.
[[nodiscard]] inline std::string zsh_completion(const CLI::App& app) {
    return "#compdef cardfit\nautoload -U +X bashcompinit && bashcompinit\n" + bash_completion(app);
}

/// Returns the completions of fish.
[[nodiscard]] inline std::string fish_completion(const CLI::App& app) {
    std::string script = "# Completions of cardfit for fish, which `cardfit reference --completion fish` prints.\n";
    for (const CLI::App* command : app.get_subcommands({})) {
        const std::string name = command->get_name();
        script += "complete -c cardfit -n __fish_use_subcommand -a " + name + " -d " +
                  io::shell_word({command->get_description()}) + "\n";
        for (const CLI::Option* flag : flags_of(*command)) {
            script +=
                "complete -c cardfit -n '__fish_seen_subcommand_from " + name + "' -l " + flag->get_lnames().front();
            if (flag->get_lnames().front() == "card") script += " -x -a '" + card_words() + "'";
            script += " -d " + io::shell_word({flag->get_description()}) + "\n";
        }
    }
    return script;
}

struct reference_options {
    std::string shell;
    bool man = false;
    bool markdown = false;  ///< the default, so nothing asks for it
};

inline int print_reference(const CLI::App& app, const reference_options& o) {
    if (o.man)
        output() << man_page(app);
    else if (o.shell == "bash")
        output() << bash_completion(app);
    else if (o.shell == "zsh")
        output() << zsh_completion(app);
    else if (o.shell == "fish")
        output() << fish_completion(app);
    else
        output() << reference_page(app);
    return answered;
}

inline std::function<int()> add_reference(CLI::App& app) {
    const auto o = std::make_shared<reference_options>();
    app.add_flag("--man", o->man, "print the manual's page");
    app.add_flag("--markdown", o->markdown, "print the page examples/guide/commands.md (the default)");
    app.add_option("--completion", o->shell, "print the completions of a shell: bash, zsh or fish")
        ->check(one_of({"bash", "zsh", "fish"}));
    const CLI::App* whole = app.get_parent();
    return [o, whole] { return print_reference(*whole, *o); };
}
inline constexpr command reference_command{.name = "reference",
                                           .help = "print all commands as a man page, a page or completions",
                                           .add = add_reference,
                                           .reads_jobs = false};

}  // namespace tool
