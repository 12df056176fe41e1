// SPDX-License-Identifier: MIT
#pragma once

// What --help prints: every text is broken at the width of the terminal, and what a flag accepts stands behind what it
// means.

#include "answer_flags.hpp"

#include <cardfit/io/text.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace tool {

namespace detail {

/// CLI11 writes the type of a value and the words of its check as one name with this between.
inline constexpr char before_check = ':';

}  // namespace detail

/// Prints the help of the tool and of its commands.
class help_formatter : public CLI::Formatter {
public:
    [[nodiscard]] std::string make_option_opts(const CLI::Option* option) const override {
        if (option->get_type_size() == 0) return {};
        const std::string type = option->get_type_name();
        return " " + get_label(type.substr(0, type.find(detail::before_check)));
    }

    [[nodiscard]] std::string make_option_desc(const CLI::Option* option) const override {
        const std::string type = option->get_type_name();
        const std::size_t check = type.find(detail::before_check);
        std::string text = option->get_description();
        if (check != type.npos && check + 1 < type.size()) text += "; accepted: " + type.substr(check + 1);
        for (const CLI::Option* other : option->get_excludes()) text += "; not with " + other->get_name();
        return cardfit::io::wrapped(text, beside_names());
    }

    [[nodiscard]] std::string make_description(const CLI::App* app) const override {
        return cardfit::io::wrapped(app->get_description(), output_width()) + "\n";
    }

    [[nodiscard]] std::string make_subcommand(const CLI::App* command) const override {
        std::string name = "  " + command->get_name();
        name.resize((std::max)(get_column_width(), name.size() + 1), ' ');
        const std::string margin(get_column_width(), ' ');
        return cardfit::io::wrapped(command->get_description(), margin.size() + beside_names(), margin, name) + "\n";
    }

private:
    /// Returns the width of the column of texts.
    [[nodiscard]] std::size_t beside_names() const {
        constexpr std::size_t narrowest = 30;
        return (std::max)(output_width(), get_column_width() + narrowest) - get_column_width();
    }
};

}  // namespace tool
