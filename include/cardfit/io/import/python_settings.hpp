// SPDX-License-Identifier: MIT
#pragma once

// Keyword arguments with literal values in a Python text: per_device_train_batch_size=2, target_modules=["q_proj"]. The
// text is searched, not run: a value that is computed is not read.

#include <cardfit/io/import/setting.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports {

namespace detail {

/// Finds keywords and their literals in a Python text.
class python_reader {
public:
    python_reader(std::string_view text, std::string from) : text_(text), from_(std::move(from)) {}

    [[nodiscard]] std::vector<setting> read() {
        while (at_ < text_.size()) step();
        return std::move(all_);
    }

private:
    void step() {
        const char c = text_[at_];
        if (c == '#') return skip_line();
        if (c == '\'' || c == '"') {
            static_cast<void>(string_literal());
            return;
        }
        if (is_name(c)) return read_name();
        ++at_;
    }

    void skip_line() {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    }

    void skip_spaces() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
    }

    [[nodiscard]] static bool is_name(char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
    }

    [[nodiscard]] std::string_view take_name() {
        const std::size_t start = at_;
        while (at_ < text_.size() && is_name(text_[at_])) ++at_;
        return text_.substr(start, at_ - start);
    }

    void read_name() {
        const std::string_view name = take_name();
        // What is loaded behind the training is another run's. A model's own train() only sets its mode.
        if (name.ends_with("trainer.train") && text_.substr(at_).starts_with("()")) {
            at_ = text_.size();
            return;
        }
        if (name.ends_with("from_pretrained") && at_ < text_.size() && text_[at_] == '(') return read_model(name);
        const std::size_t after = at_;
        skip_spaces();
        const bool assigns = at_ + 1 < text_.size() && text_[at_] == '=' && text_[at_ + 1] != '=';
        if (!assigns || name.find('.') != name.npos) {
            at_ = after;
            return;
        }
        ++at_;
        skip_spaces();
        const std::size_t start = at_;
        std::optional<std::vector<std::string>> values = literal();
        // What is computed may have keywords of its own.
        if (!values) at_ = start;
        if (!values && at_ < text_.size() && !is_name(text_[at_])) ++at_;
        add(name, std::move(values));
    }

    /// Reads the first argument of from_pretrained, where it is a text.
    void read_model(std::string_view called) {
        ++at_;
        skip_spaces();
        const bool text = at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"');
        if (!text || called.find("Tokenizer") != called.npos || called.find("Processor") != called.npos) return;
        add("model_name", std::vector{string_literal()});
    }

    void add(std::string_view name, std::optional<std::vector<std::string>> values) {
        if (!values) return;
        all_.push_back(
            {.name = std::string(name), .values = std::move(*values), .written = std::string(name), .from = from_});
    }

    [[nodiscard]] std::string string_literal() {
        const char quote = text_[at_];
        const bool triple = text_.substr(at_, 3) == std::string(3, quote);
        const std::string end(triple ? 3 : 1, quote);
        std::string value;
        for (at_ += end.size(); at_ < text_.size() && text_.substr(at_, end.size()) != end; ++at_) {
            if (!triple && text_[at_] == '\n') return value;
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            value += text_[at_];
        }
        at_ = (std::min)(at_ + end.size(), text_.size());
        return value;
    }

    /// Returns the values of a literal: a text, a number, a word, or a list of texts. Nothing for what is computed.
    [[nodiscard]] std::optional<std::vector<std::string>> literal() {
        if (at_ >= text_.size()) return {};
        const char c = text_[at_];
        if (c == '\'' || c == '"') return std::vector{string_literal()};
        if (c == '[' || c == '(') return list_literal();
        if (!is_name(c) && c != '-') return {};
        std::string value;
        if (c == '-') {
            value = "-";
            ++at_;
        }
        value += take_name();
        // A number may have its exponent's sign inside.
        const bool exponent =
            value.ends_with('e') && value.size() > 1 && std::isdigit(static_cast<unsigned char>(value[0])) != 0;
        if (exponent && at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) {
            value += text_[at_++];
            value += take_name();
        }
        const std::size_t after = at_;
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
        const bool computed =
            at_ < text_.size() && std::string_view("(*+/[%<>").find(text_[at_]) != std::string_view::npos;
        const bool known = value == "True" || value == "False" || value.starts_with("torch.") ||
                           value.starts_with('-') || std::isdigit(static_cast<unsigned char>(value[0])) != 0;
        at_ = after;
        if (computed || !known) return {};
        return std::vector{value};
    }

    [[nodiscard]] std::optional<std::vector<std::string>> list_literal() {
        std::vector<std::string> values;
        for (++at_; at_ < text_.size() && text_[at_] != ']' && text_[at_] != ')';) {
            const char c = text_[at_];
            if (c == '\'' || c == '"') {
                values.push_back(string_literal());
                continue;
            }
            const bool between = c == ',' || c == ' ' || c == '\n' || c == '\t';
            if (!between) return {};
            ++at_;
        }
        if (at_ < text_.size()) ++at_;
        return values.empty() ? std::nullopt : std::optional(values);
    }

    std::string_view text_;
    std::string from_;
    std::size_t at_ = 0;
    std::vector<setting> all_{};
};

}  // namespace detail

/// Returns the keyword arguments and assignments of a Python text whose values are literals.
[[nodiscard]] inline std::vector<setting> read_python(const std::string& text, const std::string& from) {
    return detail::python_reader(text, from).read();
}

}  // namespace cardfit::io::imports
