// SPDX-License-Identifier: MIT
#pragma once

// Writes JSON. One function writes a document into either of two targets: text on one line, value by value and without
// a tree, or a tree to which a command adds keys of its own. Both therefore have the same keys in the same order.

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

namespace detail {

[[nodiscard]] inline std::string dump_by_nlohmann(const nlohmann::ordered_json& json, int indent) {
    return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// Appends a text in quotes. Few texts have characters that need more than that.
inline void append_text(std::string& out, std::string_view text) {
    // The loop looks at every character, because one without a way out of it is made of vector instructions.
    bool is_plain = true;
    for (const char c : text) is_plain = is_plain & (c >= ' ') & (c <= '~') & (c != '"') & (c != '\\');
    if (!is_plain) {
        out += dump_by_nlohmann(text, -1);
        return;
    }
    out += '"';
    out += text;
    out += '"';
}

/// Appends a number with the digits that nlohmann's serializer writes.
inline void append_number(std::string& out, double number) {
    char digits[64];
    char* end = std::isfinite(number) ? nlohmann::detail::to_chars(std::begin(digits), std::end(digits), number)
                                      : std::copy_n("null", 4, digits);
    out.append(digits, end);
}
inline void append_number(std::string& out, std::int64_t number) {
    char digits[24];
    out.append(digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr);
}

/// Appends the text that nlohmann's serializer writes on one line, in less time.
inline void append_json(std::string& out, const nlohmann::ordered_json& json) {
    const char* between = "";
    if (const auto* object = json.get_ptr<const nlohmann::ordered_json::object_t*>()) {
        out += '{';
        for (const auto& [key, value] : *object) {
            out += between;
            between = ",";
            append_text(out, key);
            out += ':';
            append_json(out, value);
        }
        out += '}';
    } else if (json.is_array()) {
        out += '[';
        for (const nlohmann::ordered_json& each : json) {
            out += between;
            between = ",";
            append_json(out, each);
        }
        out += ']';
    } else if (const auto* text = json.get_ptr<const std::string*>())
        append_text(out, *text);
    else if (json.is_number_float())
        append_number(out, json.get<double>());
    else if (json.is_number_integer() && !json.is_number_unsigned())
        append_number(out, json.get<std::int64_t>());
    else
        out += dump_by_nlohmann(json, -1);
}

}  // namespace detail

/// Writes a document as text on one line, with bytes that are not UTF-8 replaced.
class json_text {
public:
    /// Appends to a text, which must outlive the writer.
    explicit json_text(std::string& out) : out_(out) {}

    /// Starts an object, whose members follow until `end_object`.
    void begin_object() { begin('{'); }
    /// Ends the object that was started last.
    void end_object() { end('}'); }
    /// Starts a list, whose values follow until `end_list`.
    void begin_list() { begin('['); }
    /// Ends the list that was started last.
    void end_list() { end(']'); }
    /// Writes the key of the value that follows.
    void key(std::string_view name) {
        separate();
        detail::append_text(out_, name);
        out_ += ':';
        follows_ = false;
    }
    /// Writes a number. One that is not finite is null, because JSON has no other word for it.
    void value(double number) {
        separate();
        detail::append_number(out_, number);
    }
    /// Writes true, false or a whole number.
    template <std::integral Number>
    void value(Number number) {
        separate();
        if constexpr (std::same_as<Number, bool>)
            out_ += number ? "true" : "false";
        else
            detail::append_number(out_, static_cast<std::int64_t>(number));
    }
    /// Writes a text.
    void value(std::string_view text) {
        separate();
        detail::append_text(out_, text);
    }
    /// Writes a tree. (Texts do not convert to this template's argument.)
    template <std::same_as<nlohmann::ordered_json> Tree>
    void value(const Tree& tree) {
        separate();
        detail::append_json(out_, tree);
    }

private:
    void separate() {
        if (follows_) out_ += ',';
        follows_ = true;
    }
    void begin(char bracket) {
        separate();
        out_ += bracket;
        follows_ = false;
    }
    void end(char bracket) {
        out_ += bracket;
        follows_ = true;
    }

    std::string& out_;
    bool follows_ = false;  ///< the next value or key stands after another one
};

/// Writes a document as a tree, by the same calls as json_text.
class json_tree {
public:
    /// Starts an object, whose members follow until `end_object`.
    void begin_object() {
        nlohmann::ordered_json& object = place(nlohmann::ordered_json::object());
        // An object that grows beyond its room copies all of its members.
        object.get_ref<nlohmann::ordered_json::object_t&>().reserve(most_members);
        open_.push_back(&object);
    }
    /// Ends the object that was started last.
    void end_object() { open_.pop_back(); }
    /// Starts a list, whose values follow until `end_list`.
    void begin_list() { open_.push_back(&place(nlohmann::ordered_json::array())); }
    /// Ends the list that was started last.
    void end_list() { open_.pop_back(); }
    /// Writes the key of the value that follows.
    void key(std::string_view name) { key_ = name; }
    /// Writes a value: a number, a text or a tree.
    template <class Value>
    void value(const Value& each) {
        place(each);
    }

    /// Returns the document.
    [[nodiscard]] nlohmann::ordered_json take() { return std::move(root_); }

private:
    static constexpr std::size_t most_members = 20;  ///< of most objects

    /// Puts a value where it belongs, and returns it there. It stays in its place until the object or list around it
    /// gets another value.
    nlohmann::ordered_json& place(nlohmann::ordered_json value) {
        if (open_.empty()) return root_ = std::move(value);
        nlohmann::ordered_json& around = *open_.back();
        if (around.is_object()) return around[key_] = std::move(value);
        around.push_back(std::move(value));
        return around.back();
    }

    nlohmann::ordered_json root_{};
    std::vector<nlohmann::ordered_json*> open_{};  ///< the objects and lists around the next value
    std::string key_{};
};

/// Writes a member of an object: its key and its value.
template <class Out, class Value>
void write_member(Out& out, std::string_view key, const Value& value) {
    out.key(key);
    out.value(value);
}

/// Returns the tree of what `write(out)` writes.
template <class Write>
[[nodiscard]] nlohmann::ordered_json tree_of(Write write) {
    json_tree out;
    write(out);
    return out.take();
}

/// Returns the text, on one line, of what `write(out)` writes.
template <class Write>
[[nodiscard]] std::string line_of(Write write) {
    constexpr std::size_t usual = 2048;  // bytes of an answer
    std::string text;
    text.reserve(usual);
    json_text out(text);
    write(out);
    return text;
}

/// Returns JSON text, with bytes that are not UTF-8 replaced.
[[nodiscard]] inline std::string dump(const nlohmann::ordered_json& json, int indent = -1) {
    if (indent >= 0) return detail::dump_by_nlohmann(json, indent);
    std::string text;
    detail::append_json(text, json);
    return text;
}

}  // namespace cardfit::io
