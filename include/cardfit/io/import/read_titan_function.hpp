// SPDX-License-Identifier: MIT
#pragma once

// A configuration of torchtitan's that people write themselves: a function of Python in a module that --module names.
// It returns a Trainer.Config, or changes one that torchtitan has (torchtitan/config/README.md at b5bcd76c, 2026-08).

#include <cardfit/io/import/lower_hardware.hpp>
#include <cardfit/io/import/python_calls.hpp>
#include <cardfit/io/import/read_files.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports::detail {

/// What a component of a configuration means: the keyword of Trainer.Config, a word that its value has, and the fact.
struct titan_component {
    std::string_view keyword;
    std::string_view word;
    std::string_view fact;
    std::string_view value;
};
inline constexpr titan_component titan_components[]{
    {"activation_checkpoint", "FullAC", "training.recompute", "full"},
    {"activation_checkpoint", "SelectiveAC", "training.recompute", "selective"},
    {"activation_checkpoint", "None", "training.recompute", "none"},
    {"loss", "ChunkedLossWrapper", "training.loss", "chunked"},
    {"loss", "CrossEntropyLoss", "training.loss", "full"},
    {"optimizer", "default_adamw", "training.optimizer", "adamw"},
    {"optimizer", "\"AdamW\"", "training.optimizer", "adamw"},
    {"optimizer", "\"Adam\"", "training.optimizer", "adam"},
    {"converters", "Float8", "titan.converters", "float8"},
    {"converters", "MXFP8", "titan.converters", "mx"},
    {"converters", "NVFP4", "titan.converters", "nvfp4"},
};

/// Sections of a configuration, whose keywords are those of flags.
inline constexpr std::string_view titan_sections = "training parallelism compile";

/// Returns a product of whole numbers, such as 8 * 8192, which a comment may follow; nothing for another text.
[[nodiscard]] inline std::optional<std::int64_t> product_of(std::string_view text) {
    text = text.substr(0, text.find('#'));
    std::int64_t product = 1;
    while (true) {
        const std::size_t star = (std::min)(text.find('*'), text.size());
        const std::optional<std::int64_t> factor = integer_of(trimmed(text.substr(0, star)));
        if (!factor || *factor < 0) return {};
        product = bounded_product({product, *factor});
        if (star == text.size()) return product;
        text.remove_prefix(star + 1);
    }
}

/// Reads a keyword of a section by torchtitan's table. What is computed is something that the job cannot say.
inline void read_titan_value(request& r, const std::string& name, std::string_view value, const std::string& from) {
    std::vector<setting> read = read_python("value = " + std::string(value), from);
    if (const auto product = product_of(value)) read = {{.values = {std::to_string(*product)}, .from = from}};
    if (read.empty() && value == "None") return;
    if (read.empty()) return r.lose(name, std::string(value), "a value that is computed", effect::either);
    read.front().name = name;
    read.front().written = name;
    account_for_all(*r.program, {read.front()}, rank::file, r.known, r.accounts);
}

/// Reads a component by the words of its value.
inline void read_titan_component(request& r, const python_argument& each, const std::string& from) {
    for (const titan_component& known : titan_components)
        if (known.keyword == each.name && each.value.find(known.word) != each.value.npos)
            return r.known.set(known.fact, std::string(known.value), from, rank::file);
    r.lose(std::string(each.name), std::string(each.value), "a component that is no row of a table", effect::either);
}

/// Returns where a statement ends that goes on at a place: the end of its line, or of the line of its last bracket.
[[nodiscard]] inline std::size_t end_of_statement(std::string_view text, std::size_t at) {
    int depth = 0;
    for (; at < text.size() && (depth > 0 || text[at] != '\n'); at = behind_python_piece(text, at))
        depth += bracket_depth(text[at]);
    return (std::min)(at, text.size());
}

/// A statement of a function that sets something: config.training.steps = 100.
struct titan_statement {
    std::string_view target{};
    std::string_view value{};
    bool nested = false;  ///< it stands under a condition or in a loop
};

/// Returns the statements of a function that set a variable, or a member of one.
[[nodiscard]] inline std::vector<titan_statement> statements_of(std::string_view body) {
    std::vector<titan_statement> all;
    std::size_t indent = body.npos;
    for (std::size_t at = body.find_first_not_of(" \t\r\n"); at != body.npos;) {
        const std::size_t end = end_of_statement(body, at);
        const std::size_t column = at - (body.rfind('\n', at) + 1);
        const bool comment = body[at] == '#';
        if (!comment) indent = (std::min)(indent, column);
        const python_argument set = argument_of(body.substr(at, end - at));
        if (!comment && !set.name.empty()) all.push_back({set.name, set.value, column > indent});
        at = body.find_first_not_of(" \t\r\n", end);
    }
    return all;
}

/// Returns what a variable of a function was set to, or the text itself if it is no variable.
[[nodiscard]] inline std::string_view value_of_variable(std::string_view body, std::string_view text) {
    for (const titan_statement& each : statements_of(body))
        if (each.target == text) return each.value;
    return text;
}

/// Reads one keyword of a configuration, or a value that changes it.
inline void read_titan_keyword(request& r, std::string_view body, python_argument each, const std::string& from) {
    const std::string name(each.name);
    each.value = value_of_variable(body, each.value);
    const bool component = std::any_of(std::begin(titan_components), std::end(titan_components),
                                       [&](const titan_component& known) { return known.keyword == name; });
    if (component) return read_titan_component(r, each, from);
    if (name == "model_spec") return;
    const std::size_t open = (std::min)(each.value.find('('), each.value.size());
    const bool called = open < each.value.size();
    if (!lists(titan_sections, name)) return read_titan_value(r, name, called ? "True" : each.value, from);
    if (!called) return r.lose(name, std::string(each.value), "a section that is computed", effect::either);
    for (const python_argument& inner : arguments_of_call(each.value, each.value.substr(0, open)))
        read_titan_value(r, name + "." + std::string(inner.name), inner.value, from);
}

/// Reads the model: the module of torchtitan.models that its registry is imported from, its size and its converters.
inline void read_titan_model(request& r, const std::string& text, std::string_view body, const std::string& from) {
    constexpr std::string_view package = "from torchtitan.models.";
    for (std::size_t at = text.find(package); at != text.npos; at = text.find(package, at + 1)) {
        const std::string_view rest = std::string_view(text).substr(at + package.size());
        const std::string_view module = rest.substr(0, rest.find_first_of(" ."));
        if (module != "common") r.known.set("titan.name", std::string(module), from, rank::option);
    }
    for (const python_argument& each : arguments_of_call(body, "model_registry")) {
        if (each.name == "converters") read_titan_component(r, each, from);
        if (!each.name.empty() || each.value.size() < 2) continue;
        r.known.set("titan.flavor", std::string(each.value.substr(1, each.value.size() - 2)), from, rank::file);
    }
}

/// Reads the statements that change a configuration, whatever its variable is called. Whether a condition holds is not
/// known.
inline void read_titan_changes(request& r, std::string_view body, const std::string& from) {
    for (const titan_statement& each : statements_of(body)) {
        const std::size_t dot = each.target.find('.');
        if (dot == each.target.npos) continue;
        const python_argument change{each.target.substr(dot + 1), each.value};
        if (each.nested)
            r.lose(std::string(change.name), std::string(change.value), "a change under a condition", effect::either);
        else if (change.name.find('.') == change.name.npos)
            read_titan_keyword(r, body, change, from);
        else
            read_titan_value(r, std::string(change.name), change.value, from);
    }
}

/// Returns the body of the function that a command names, and puts the text of its module into `text`; empty if no file
/// of this module is beside the command.
[[nodiscard]] inline std::string_view titan_function(request& r, std::string& text) {
    std::string path = r.known.text("titan.name");
    if (!std::all_of(path.begin(), path.end(), is_dotted_character)) return {};
    std::replace(path.begin(), path.end(), '.', '/');
    path += ".py";
    if (!has_settings_file(r, path)) return {};
    text = text_of_file(r, path);
    return body_of_function(text, r.known.text("titan.config"));
}

}  // namespace cardfit::io::imports::detail
