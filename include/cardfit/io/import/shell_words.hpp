// SPDX-License-Identifier: MIT
#pragma once

// The commands of a shell text, read as text and never run: quotes, continued lines, comments, here-documents, arrays,
// arithmetic, paths beside the script, arms of `if` and `case`, and variables with the values that the text itself
// gives them. What only a running shell knows (another $(…), an unset variable) stays as it is written.

#include <cardfit/io/import/shell_arithmetic.hpp>
#include <cardfit/io/import/shell_branches.hpp>
#include <cardfit/io/input_error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io::imports {

/// One command: the variables that stand before it, and its words.
struct shell_command {
    std::vector<std::pair<std::string, std::string>> environment{};  ///< by name and value
    std::vector<std::string> words{};                                ///< the program and its arguments
};

/// The commands of a text in their order, and the options of its `#SBATCH` lines.
struct shell_script {
    std::vector<shell_command> commands{};     ///< in their order
    std::vector<std::string> batch_options{};  ///< as they are written
    /// The here-documents that `cat` writes into files, by the name of the file.
    std::map<std::string, std::string, std::less<>> files{};
};

/// Values of variables; an array has several.
using shell_variables = std::map<std::string, std::vector<std::string>, std::less<>>;

/// The length of the longest script and of all its expanded words, in bytes.
inline constexpr std::size_t longest_script = std::size_t{1} << 20;

/// Reads the commands of a text. Throws input_error for a text that is too long or expands to too much.
class shell_reader {
public:
    /// Reads a text with variables that are known; `depth` counts the scripts around it.
    shell_reader(std::string_view text, shell_variables variables, int depth = 0)
        : text_(text), variables_(std::move(variables)), depth_(depth) {
        if (text.size() > longest_script) refuse("a text of at most 1 MiB");
        if (text.find('\0') != text.npos) refuse("a text without bytes that are 0");
    }

    /// Returns the commands. Throws input_error for a text that no shell reads.
    [[nodiscard]] shell_script read() {
        while (at_ < text_.size()) step();
        end_command();
        return std::move(script_);
    }

private:
    [[noreturn]] static void refuse(const std::string& accepted) {
        throw input_error({input_problem{.key = "command",
                                         .accepted = accepted,
                                         .message = "the command's text is not read; accepted: " + accepted}});
    }

    void step() {
        const char c = text_[at_];
        if (c == '\n') return end_line();
        if (c == ' ' || c == '\t' || c == '\r') return skip_after(&shell_reader::end_word);
        if (c == '#' && !open_) return read_comment();
        if (c == '\\') return read_escape();
        if (c == '\'') return read_single_quotes();
        if (c == '"') return read_double_quotes();
        if (c == '$') return append_expansion(expand(), false);
        if (c == '`') return read_backquotes();
        if (c == ';' && text_.substr(at_).starts_with(";;")) return end_arm();
        if (c == ';' || c == '&' || c == '|') return skip_after(&shell_reader::end_command);
        if (c == '<' || c == '>') return read_redirection();
        if (c == '(' && word_.ends_with('=') && open_ && !in_array_) return read_array();
        if (c == '(' || c == ')') return read_parenthesis();
        put(c);
        ++at_;
    }

    void end_arm() {
        end_command();
        branches_.close_arm();
        at_ += 2;
    }

    void read_parenthesis() {
        const bool closes = text_[at_] == ')';
        skip_after(&shell_reader::end_command);
        if (closes) branches_.close_patterns();
    }

    void skip_after(void (shell_reader::*end)()) {
        (this->*end)();
        ++at_;
    }

    void put(char c) {
        word_ += c;
        open_ = true;
        if (++budget_ > 4 * longest_script) refuse("variables that expand to at most 4 MiB");
    }

    void end_word() {
        if (open_ && skip_words_ > 0) {
            --skip_words_;
            target_ = word_;
        } else if (open_)
            add_word(word_);
        word_.clear();
        open_ = false;
        quoted_ = false;
    }

    void add_word(const std::string& word) {
        const std::size_t equals = assignment_in(word);
        const bool exported = command_.words.size() == 1 && command_.words[0] == "export";
        if (equals != word.npos && (command_.words.empty() || exported)) {
            command_.environment.emplace_back(word.substr(0, equals), word.substr(equals + 1));
            return;
        }
        static constexpr std::string_view keywords[]{"if", "then", "else", "elif", "fi", "for",  "while", "until",
                                                     "do", "done", "{",    "}",    "!",  "time", "exec"};
        if (command_.words.empty() && !quoted_)
            for (const std::string_view keyword : keywords)
                if (word == keyword) {
                    if (!in_array_) branches_.keyword(word);
                    return;
                }
        command_.words.push_back(word);
    }

    void end_command() {
        end_word();
        skip_words_ = 0;
        const bool of_branch = branches_.reads(command_.words, !reads_doubt_);
        if (!of_branch && branches_.runs()) run_command();
        if (document_end_.empty()) target_.clear();
        command_ = {};
        reads_doubt_ = false;
    }

    void run_command() {
        const bool exported = command_.words.size() == 1 && command_.words[0] == "export";
        if (command_.words.empty() || exported)
            for (const auto& [name, value] : command_.environment) assign(name, value);
        if (!command_.words.empty() && !exported) script_.commands.push_back(with_exported(std::move(command_)));
    }

    /// Sets a variable. A word that nobody gave, such as $2 where options are read, replaces no value that is known.
    void assign(const std::string& name, const std::string& value) {
        const bool not_given = value.size() > 1 && value[0] == '$' && value[1] >= '0' && value[1] <= '9';
        if (not_given && variables_.contains(name)) return;
        note_doubt(name);
        variables_[name] = {value};
        exported_[name] = value;
    }

    /// Notes whether a variable has a value that the running shell may not give it.
    void note_doubt(const std::string& name) {
        if (reads_doubt_ || branches_.in_doubt())
            doubtful_.insert(name);
        else
            doubtful_.erase(name);
    }

    /// Returns a command with the variables that were set before it.
    [[nodiscard]] shell_command with_exported(shell_command command) const {
        std::vector<std::pair<std::string, std::string>> all(exported_.begin(), exported_.end());
        all.insert(all.end(), command.environment.begin(), command.environment.end());
        command.environment = std::move(all);
        return command;
    }

    void end_line() {
        const bool writes = command_.words.size() == 1 && command_.words[0] == "cat";
        end_command();
        ++at_;
        if (document_end_.empty()) return;
        std::string document;
        while (at_ < text_.size()) {
            const std::string_view line = rest_of_line();
            at_ += line.size() + (at_ + line.size() < text_.size() ? 1 : 0);
            const std::size_t start = line.find_first_not_of('\t');
            if (start != line.npos && line.substr(start) == document_end_) break;
            document += std::string(line) + "\n";
        }
        if (writes && !target_.empty() && branches_.runs())
            script_.files[target_] = document_quoted_ ? document : expanded(document);
        document_end_.clear();
        document_quoted_ = false;
        target_.clear();
    }

    /// Returns a here-document with the values of its variables.
    [[nodiscard]] std::string expanded(const std::string& document) const {
        shell_reader inside(document, variables_, depth_ + 1);
        while (inside.at_ < document.size()) inside.read_in_quotes();
        return std::move(inside.word_);
    }

    [[nodiscard]] std::string_view rest_of_line() const {
        const std::string_view rest = text_.substr(at_);
        return rest.substr(0, rest.find('\n'));
    }

    void read_comment() {
        const std::string_view line = rest_of_line();
        constexpr std::string_view mark = "#SBATCH";
        if (line.starts_with(mark)) {
            std::string_view rest = line.substr(mark.size());
            while (!rest.empty()) {
                const std::size_t start = rest.find_first_not_of(" \t\r");
                if (start == rest.npos) break;
                const std::size_t end = rest.find_first_of(" \t\r", start);
                const std::string_view word = rest.substr(start, end == rest.npos ? rest.npos : end - start);
                if (word.starts_with('#')) break;
                script_.batch_options.emplace_back(word);
                rest = end == rest.npos ? std::string_view() : rest.substr(end);
            }
        }
        at_ += line.size();
    }

    void read_escape() {
        ++at_;
        if (at_ >= text_.size()) return;
        const bool windows = text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n';
        if (windows) ++at_;
        if (text_[at_] != '\n') put(text_[at_]);
        ++at_;
    }

    void read_single_quotes() {
        open_ = true;
        quoted_ = true;
        for (++at_; at_ < text_.size() && text_[at_] != '\''; ++at_) put(text_[at_]);
        ++at_;
    }

    void read_double_quotes() {
        open_ = true;
        quoted_ = true;
        ++at_;
        while (at_ < text_.size() && text_[at_] != '"') read_in_quotes();
        ++at_;
    }

    /// Reads one character, or one expansion, between double quotes.
    void read_in_quotes() {
        if (text_[at_] == '$') return append_expansion(expand(), true);
        const bool escape = text_[at_] == '\\' && at_ + 1 < text_.size() &&
                            std::string_view("\"\\$`\n").find(text_[at_ + 1]) != std::string_view::npos;
        if (escape) ++at_;
        if (!escape || text_[at_] != '\n') put(text_[at_]);
        ++at_;
    }

    void read_backquotes() {
        const std::size_t end = text_.find('`', at_ + 1);
        const std::size_t stop = end == text_.npos ? text_.size() : end + 1;
        const std::string_view whole = text_.substr(at_, stop - at_);
        at_ = stop;
        const std::optional<std::string> path =
            end == text_.npos ? std::nullopt : path_of(whole.substr(1, whole.size() - 2));
        for (const char c : path ? std::string_view(*path) : whole) put(c);
    }

    /// Skips a redirection with its file. A here-document is skipped at the end of the line.
    void read_redirection() {
        const bool document = text_.substr(at_).starts_with("<<") && !text_.substr(at_).starts_with("<<<");
        const bool number = word_.size() == 1 && word_[0] >= '0' && word_[0] <= '9';
        if (number) {
            word_.clear();
            open_ = false;
        }
        end_word();
        // In [[ a < b ]] it is a comparison.
        reads_doubt_ = true;
        while (at_ < text_.size() && std::string_view("<>&-").find(text_[at_]) != std::string_view::npos) ++at_;
        if (!document) {
            skip_words_ = 1;
            return;
        }
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
        while (at_ < text_.size() && std::string_view(" \t\n;|&").find(text_[at_]) == std::string_view::npos) {
            const bool quote = text_[at_] == '\'' || text_[at_] == '"' || text_[at_] == '\\';
            document_quoted_ = document_quoted_ || quote;
            if (!quote) document_end_ += text_[at_];
            ++at_;
        }
    }

    /// Reads NAME=(WORDS…) into the variable.
    void read_array() {
        std::string name = word_.substr(0, word_.size() - 1);
        const bool adds = name.ends_with('+');
        if (adds) name.pop_back();
        word_.clear();
        open_ = false;
        const std::size_t before = command_.words.size();
        in_array_ = true;
        for (++at_; at_ < text_.size() && text_[at_] != ')';) {
            if (text_[at_] == '\n')
                skip_after(&shell_reader::end_word);
            else
                step();
            if (command_.words.size() < before) break;
        }
        end_word();
        in_array_ = false;
        ++at_;
        const auto first =
            command_.words.begin() + static_cast<std::ptrdiff_t>((std::min)(before, command_.words.size()));
        std::vector<std::string> values(first, command_.words.end());
        command_.words.erase(first, command_.words.end());
        if (!branches_.runs()) return;
        note_doubt(name);
        std::vector<std::string>& variable = variables_[name];
        if (!adds) variable.clear();
        variable.insert(variable.end(), values.begin(), values.end());
    }

    /// Appends the words of an expansion to the word that is being read. Outside quotes, spaces divide words.
    void append_expansion(const std::vector<std::string>& values, bool quoted) {
        // "$@" without words is no word.
        if (quoted && values.empty() && word_.empty()) open_ = false;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i > 0) end_word();
            if (quoted) open_ = true;
            for (const char c : values[i]) {
                const bool space = c == ' ' || c == '\t' || c == '\n';
                if (space && !quoted)
                    end_word();
                else
                    put(c);
            }
        }
    }

    /// Returns the values of what stands behind a dollar sign, and moves behind it.
    [[nodiscard]] std::vector<std::string> expand() {
        const std::size_t start = at_;
        ++at_;
        if (at_ < text_.size() && text_[at_] == '(') return {skip_parentheses(start)};
        if (at_ < text_.size() && text_[at_] == '{') return expand_braces(start);
        const std::size_t name = at_;
        while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
        if (at_ == name && at_ < text_.size() && std::string_view("@*#?!").find(text_[at_]) != std::string_view::npos)
            ++at_;
        return value_of(text_.substr(name, at_ - name), text_.substr(start, at_ - start));
    }

    /// Returns what $(…) or $((…)) is: a number if it is arithmetic with known values, and otherwise itself, unread.
    [[nodiscard]] std::string skip_parentheses(std::size_t start) {
        int depth = 0;
        do {
            if (text_[at_] == '(') ++depth;
            if (text_[at_] == ')') --depth;
            ++at_;
        } while (at_ < text_.size() && depth > 0);
        const std::string_view whole = text_.substr(start, at_ - start);
        const auto lookup = [this](std::string_view name) {
            const auto known = variables_.find(name);
            return known == variables_.end() || known->second.size() != 1 ? std::string() : known->second.front();
        };
        if (const std::optional<std::int64_t> value = shell_arithmetic(whole, lookup)) return std::to_string(*value);
        const std::optional<std::string> path =
            whole.size() > 3 ? path_of(whole.substr(2, whole.size() - 3)) : std::nullopt;
        return path.value_or(one_word(whole));
    }

    /// Returns the path that commands print: pwd, dirname PATH, realpath PATH, readlink -f PATH, cd PATH && pwd. No
    /// folder is asked: a script lies where its name says. Nothing for other commands, and for a path that is not
    /// known.
    [[nodiscard]] std::optional<std::string> path_of(std::string_view commands) const {
        constexpr int deepest = 8;
        if (depth_ >= deepest) return {};
        std::string folder = ".";
        std::optional<std::string> printed;
        for (const shell_command& each : shell_reader(commands, variables_, depth_ + 1).read().commands) {
            if (each.words.empty()) return {};
            const std::string& name = each.words.front();
            const std::string& last = each.words.back();
            const bool names_path = each.words.size() > 1 && !is_open_value(last);
            if (name == "pwd")
                printed = folder;
            else if (names_path && name == "cd")
                folder = last;
            else if (names_path && name == "dirname")
                printed = last.find('/') == last.npos ? "." : std::filesystem::path(last).parent_path().string();
            else if (names_path && (name == "realpath" || name == "readlink"))
                printed = last;
            else
                return {};
        }
        return printed;
    }

    [[nodiscard]] std::vector<std::string> expand_braces(std::size_t start) {
        int depth = 0;
        do {
            if (text_[at_] == '{') ++depth;
            if (text_[at_] == '}') --depth;
            ++at_;
        } while (at_ < text_.size() && depth > 0);
        const std::string_view whole = text_.substr(start, at_ - start);
        if (depth > 0 || whole.size() < 4) return {one_word(whole)};
        const std::string_view inner = whole.substr(2, whole.size() - 3);
        std::size_t end = 0;
        while (end < inner.size() && is_name_character(inner[end])) ++end;
        const std::string_view name = inner.substr(0, end);
        std::string_view rest = inner.substr(end);
        if (rest == "[@]" || rest == "[*]" || rest.empty()) return value_of(name, whole);
        if (rest.starts_with('[') && rest.ends_with(']')) return {word_at(name, rest, whole)};
        if (rest.starts_with(':')) rest.remove_prefix(1);
        if (!rest.starts_with('-') && !rest.starts_with('=')) return {one_word(whole)};
        if (doubtful_.contains(name)) reads_doubt_ = true;
        const auto known = variables_.find(name);
        if (known != variables_.end() && !known->second.empty() && known->second != std::vector<std::string>{""})
            return known->second;
        return {expanded_default(rest.substr(1))};
    }

    /// Returns the default of ${NAME:-DEFAULT}. A default that is a variable itself is looked up.
    [[nodiscard]] std::string expanded_default(std::string_view text) {
        if (text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0])
            text = text.substr(1, text.size() - 2);
        if (!text.starts_with('$')) return std::string(text);
        std::string_view name = text.substr(1);
        if (name.starts_with('{') && name.ends_with('}')) name = name.substr(1, name.size() - 2);
        if (doubtful_.contains(name)) reads_doubt_ = true;
        const auto known = variables_.find(name);
        return known == variables_.end() || known->second.empty() ? one_word(text) : known->second.front();
    }

    [[nodiscard]] std::vector<std::string> value_of(std::string_view name, std::string_view written) {
        if (doubtful_.contains(name)) reads_doubt_ = true;
        const auto known = variables_.find(name);
        return known == variables_.end() ? std::vector{std::string(written)} : known->second;
    }

    /// Returns the word of an array at an index in brackets, or what is written if the index or the word is not known.
    [[nodiscard]] std::string word_at(std::string_view name, std::string_view index, std::string_view written) const {
        const std::optional<std::int64_t> number = detail::shell_number(index.substr(1, index.size() - 2));
        const auto known = variables_.find(name);
        if (!number || *number < 0 || known == variables_.end()) return one_word(written);
        const auto place = static_cast<std::size_t>(*number);
        return place < known->second.size() ? known->second[place] : one_word(written);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t budget_ = 0;
    std::string word_{};
    bool open_ = false;
    bool quoted_ = false;
    bool in_array_ = false;
    int skip_words_ = 0;
    std::string document_end_{};
    /// True if the mark of a here-document is quoted: its variables stay as they are written.
    bool document_quoted_ = false;
    /// The file of the last redirection.
    std::string target_{};
    shell_command command_{};
    shell_branches branches_{};
    shell_variables variables_;
    /// The variables that an arm or a loop sets which may not run.
    std::set<std::string, std::less<>> doubtful_{};
    /// True if the command that is being read has the value of such a variable.
    bool reads_doubt_ = false;
    /// The texts around this one.
    int depth_;
    std::map<std::string, std::string> exported_{};
    shell_script script_{};
};

/// Returns the commands of a shell text. `variables` are those that are set before it.
[[nodiscard]] inline shell_script read_shell(std::string_view text, shell_variables variables = {}) {
    return shell_reader(text, std::move(variables)).read();
}

}  // namespace cardfit::io::imports
