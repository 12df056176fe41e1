// SPDX-License-Identifier: MIT
#pragma once

// A value of a JSON document that is only read: of a tree of nlohmann-json, or of a plain document, which is the text
// itself with the places of its values. Most lines of a stream of jobs are plain, and making a tree of one takes longer
// than to read the job.

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

namespace detail {

/// What a value of a plain document is.
enum class plain_kind : unsigned char { text, whole, real, boolean, object, list };

/// A value of a plain document.
struct placed_value {
    std::string_view key{};     ///< in the object around it; empty in a list
    std::string_view text{};    ///< of a text
    std::int64_t whole = 0;     ///< of a whole number, 1 for true
    double real = 0;            ///< of any number
    std::size_t members = 0;    ///< of an object or a list
    std::size_t first = 0;      ///< its first member's place in the document
    std::size_t following = 0;  ///< the next member's place, of the object or list around it
    plain_kind kind = plain_kind::text;
};

}  // namespace detail

/// A JSON text of the usual kind, split into its values: objects and lists of texts without escapes, in ASCII, and of
/// numbers of at most 15 digits without a sign or an exponent, with each key once. Anything else is not plain, which a
/// parser of all of JSON reads or refuses.
class plain_json {
public:
    /// Splits a text, which must outlive the document.
    explicit plain_json(std::string_view text) : rest_(text) {
        constexpr std::size_t usual = 40;
        values_.reserve(usual);
        is_plain_ = read_value({}, 0);
        skip_spaces();
        is_plain_ = is_plain_ && rest_.empty();
    }

    /// Returns true if all of the text was read.
    [[nodiscard]] bool is_plain() const noexcept { return is_plain_; }
    /// Returns the value at a place; 0 is the whole document.
    [[nodiscard]] const detail::placed_value& operator[](std::size_t place) const { return values_[place]; }

private:
    static constexpr std::size_t most_values = 200;
    static constexpr int deepest = 8;

    void skip_spaces() {
        std::size_t spaces = 0;
        while (spaces < rest_.size() &&
               (rest_[spaces] == ' ' || rest_[spaces] == '\t' || rest_[spaces] == '\r' || rest_[spaces] == '\n'))
            ++spaces;
        rest_.remove_prefix(spaces);
    }
    [[nodiscard]] bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    [[nodiscard]] bool take_word(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    /// Reads a text in quotes, all of whose characters stand for themselves.
    [[nodiscard]] bool take_text(std::string_view& text) {
        if (!take('"')) return false;
        std::size_t length = 0;
        while (length < rest_.size() && rest_[length] >= ' ' && rest_[length] <= '~' && rest_[length] != '"' &&
               rest_[length] != '\\')
            ++length;
        text = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return take('"');
    }
    /// Reads digits onto a number that has `digits` of them, up to one more than a plain number has: more of them would
    /// not fit in 64 bits.
    void take_digits(std::int64_t& number, std::size_t& digits) {
        std::size_t taken = 0;
        while (taken < rest_.size() && digits <= most_digits && rest_[taken] >= '0' && rest_[taken] <= '9') {
            number = number * 10 + (rest_[taken] - '0');
            ++taken;
            ++digits;
        }
        rest_.remove_prefix(taken);
    }
    /// Reads a number of at most 15 digits. Its digits and the power of ten below them are exact as doubles, so that
    /// their quotient is the double nearest to the number.
    [[nodiscard]] bool take_number(detail::placed_value& value) {
        const bool leading_zero = !rest_.empty() && rest_.front() == '0';
        std::size_t digits = 0;
        take_digits(value.whole, digits);
        if (digits == 0 || digits > most_digits || (leading_zero && digits > 1)) return false;
        double power = 1;
        if (take('.')) {
            const std::size_t before = digits;
            take_digits(value.whole, digits);
            if (digits == before || digits > most_digits) return false;
            for (std::size_t i = before; i < digits; ++i) power *= 10;
            value.kind = detail::plain_kind::real;
        } else
            value.kind = detail::plain_kind::whole;
        value.real = static_cast<double>(value.whole) / power;
        return rest_.empty() || (rest_.front() != 'e' && rest_.front() != 'E');
    }
    [[nodiscard]] bool has_key(const detail::placed_value& object, std::string_view key) const {
        std::size_t place = object.first;
        for (std::size_t i = 0; i < object.members; ++i) {
            if (values_[place].key == key) return true;
            place = values_[place].following;
        }
        return false;
    }
    /// Reads the members of an object or a list up to its closing bracket, after the opening one.
    [[nodiscard]] bool take_members(std::size_t around, bool of_object, int depth) {
        const char closing = of_object ? '}' : ']';
        skip_spaces();
        if (take(closing)) return true;
        std::size_t last = 0;
        do {
            std::string_view key;
            skip_spaces();
            if (of_object && (!take_text(key) || has_key(values_[around], key))) return false;
            skip_spaces();
            if (of_object && !take(':')) return false;
            const std::size_t place = values_.size();
            if (!read_value(key, depth)) return false;
            (last == 0 ? values_[around].first : values_[last].following) = place;
            last = place;
            ++values_[around].members;
            skip_spaces();
        } while (take(','));
        return take(closing);
    }
    /// Appends the value that the rest of the text begins with.
    [[nodiscard]] bool read_value(std::string_view key, int depth) {
        if (values_.size() == most_values || depth > deepest) return false;
        skip_spaces();
        const std::size_t place = values_.size();
        detail::placed_value& value = values_.emplace_back();
        value.key = key;
        if (take('{')) {
            value.kind = detail::plain_kind::object;
            return take_members(place, true, depth + 1);
        }
        if (take('[')) {
            value.kind = detail::plain_kind::list;
            return take_members(place, false, depth + 1);
        }
        if (!rest_.empty() && rest_.front() == '"') return take_text(value.text);
        value.kind = detail::plain_kind::boolean;
        if (take_word("false")) return true;
        value.whole = 1;
        if (take_word("true")) return true;
        value.whole = 0;
        return take_number(value);
    }

    static constexpr std::size_t most_digits = 15;

    std::string_view rest_;
    std::vector<detail::placed_value> values_{};
    bool is_plain_ = false;
};

/// A tree that is there, or one that was made of a plain value. A tree that is there is never copied: a hostile one
/// nests so deep that a copy would need the stack.
class tree_of_view {
public:
    /// A tree that is there.
    explicit tree_of_view(const nlohmann::json& tree) : tree_(&tree) {}
    /// A tree that was made.
    explicit tree_of_view(nlohmann::json&& made) : made_(std::move(made)) {}
    /// Returns the tree, which lives as long as this object at least.
    operator const nlohmann::json&() const { return tree_ ? *tree_ : made_; }  // NOLINT(google-explicit-constructor)

private:
    nlohmann::json made_{};
    const nlohmann::json* tree_ = nullptr;
};

/// A value of a JSON document. The document must outlive it.
class json_view {
public:
    /// The value of a tree. (A view stands for the value wherever a job is read.)
    json_view(const nlohmann::json& tree) : tree_(&tree) {}  // NOLINT(google-explicit-constructor)
    json_view(nlohmann::json&& tree) = delete;
    /// A whole plain document.
    explicit json_view(const plain_json& document) : json_view(document, 0) {}

    /// What the value is.
    /// @{
    [[nodiscard]] bool is_object() const { return tree_ ? tree_->is_object() : is(detail::plain_kind::object); }
    [[nodiscard]] bool is_array() const { return tree_ ? tree_->is_array() : is(detail::plain_kind::list); }
    [[nodiscard]] bool is_string() const { return tree_ ? tree_->is_string() : is(detail::plain_kind::text); }
    /// @}
    /// Returns the number of members of an object or a list.
    [[nodiscard]] std::size_t size() const { return tree_ ? tree_->size() : value().members; }

    /// Returns a text; nothing for another kind of value.
    [[nodiscard]] std::optional<std::string_view> text() const {
        if (tree_ == nullptr) return is_string() ? std::optional(value().text) : std::nullopt;
        const auto* text = tree_->get_ptr<const std::string*>();
        return text ? std::optional<std::string_view>(*text) : std::nullopt;
    }
    /// Returns a whole number; nothing for another kind of value, and for one beyond 64 bits.
    [[nodiscard]] std::optional<std::int64_t> whole() const {
        if (tree_ == nullptr) return is(detail::plain_kind::whole) ? std::optional(value().whole) : std::nullopt;
        if (!tree_->is_number_integer()) return {};
        constexpr auto largest = static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)());
        if (tree_->is_number_unsigned() && tree_->get<std::uint64_t>() > largest) return {};
        return tree_->get<std::int64_t>();
    }
    /// Returns any number; nothing for another kind of value.
    [[nodiscard]] std::optional<double> number() const {
        if (tree_ == nullptr)
            return is(detail::plain_kind::whole) || is(detail::plain_kind::real) ? std::optional(value().real)
                                                                                 : std::nullopt;
        return tree_->is_number() ? std::optional(tree_->get<double>()) : std::nullopt;
    }
    /// Returns true or false; nothing for another kind of value.
    [[nodiscard]] std::optional<bool> boolean() const {
        if (tree_ == nullptr) return is(detail::plain_kind::boolean) ? std::optional(value().whole != 0) : std::nullopt;
        return tree_->is_boolean() ? std::optional(tree_->get<bool>()) : std::nullopt;
    }

    /// Returns a member of an object; nothing if there is none, or if the value is no object.
    [[nodiscard]] std::optional<json_view> find(std::string_view key) const {
        if (tree_ != nullptr) {
            const auto* members = tree_->get_ptr<const nlohmann::json::object_t*>();
            if (members == nullptr || members->empty()) return {};
            const auto at = members->find(key);
            return at == members->end() ? std::nullopt : std::optional<json_view>(at->second);
        }
        if (!is_object()) return {};
        std::size_t place = value().first;
        for (std::size_t i = 0; i < value().members; ++i) {
            const detail::placed_value& member = (*document_)[place];
            if (member.key == key) return json_view(*document_, place);
            place = member.following;
        }
        return {};
    }
    /// Returns true if the value is an object with this key.
    [[nodiscard]] bool contains(std::string_view key) const { return find(key).has_value(); }
    /// Returns a member that is there.
    [[nodiscard]] json_view operator[](std::string_view key) const { return *find(key); }

    /// Calls `each(key, value)` with every member of an object, or with an empty key and every value of a list.
    template <class Each>
    void for_each(Each each) const {
        if (tree_ != nullptr) {
            if (const auto* members = tree_->get_ptr<const nlohmann::json::object_t*>())
                for (const auto& [key, member] : *members) each(std::string_view(key), json_view(member));
            else if (tree_->is_array())
                for (const nlohmann::json& member : *tree_) each(std::string_view(), json_view(member));
            return;
        }
        std::size_t place = value().first;
        for (std::size_t i = 0; i < value().members; ++i) {
            const detail::placed_value& member = (*document_)[place];
            each(member.key, json_view(*document_, place));
            place = member.following;
        }
    }

    /// Returns the value as a tree, which is not copied where it is one.
    [[nodiscard]] tree_of_view shown() const { return tree_ ? tree_of_view(*tree_) : tree_of_view(tree()); }
    /// Returns a copy of the value as a tree. It needs the stack for a value that nests deep.
    [[nodiscard]] nlohmann::json tree() const {
        if (tree_ != nullptr) return *tree_;
        nlohmann::json made;
        switch (value().kind) {
            case detail::plain_kind::text:
                return std::string(value().text);
            case detail::plain_kind::whole:
                return static_cast<std::uint64_t>(value().whole);
            case detail::plain_kind::real:
                return value().real;
            case detail::plain_kind::boolean:
                return value().whole != 0;
            case detail::plain_kind::object:
                made = nlohmann::json::object();
                for_each([&](std::string_view key, json_view member) { made[std::string(key)] = member.tree(); });
                return made;
            case detail::plain_kind::list:
                made = nlohmann::json::array();
                for_each([&](std::string_view, json_view member) { made.push_back(member.tree()); });
                return made;
        }
        return made;
    }

private:
    json_view(const plain_json& document, std::size_t place) : document_(&document), place_(place) {}

    [[nodiscard]] const detail::placed_value& value() const { return (*document_)[place_]; }
    [[nodiscard]] bool is(detail::plain_kind kind) const { return value().kind == kind; }

    const nlohmann::json* tree_ = nullptr;  ///< null for a value of a plain document
    const plain_json* document_ = nullptr;
    std::size_t place_ = 0;
};

}  // namespace cardfit::io
