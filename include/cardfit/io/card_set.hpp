// SPDX-License-Identifier: MIT
#pragma once

// The cards of a user's file, which take their place beside those of the table.

#include <cardfit/hardware/cards/all.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

/// The id of the document that stands for the user's file.
inline constexpr std::string_view users_document = "cards-file";

/// Returns true if a card comes from a user's file and not from the table.
[[nodiscard]] inline bool is_users(const gpu& g) noexcept {
    return !g.documents.empty() && std::string_view(g.documents.first->from->id) == users_document;
}

/// Returns the file that a user's card comes from, such as "Cards file my_cards.json"; empty for a card of the table.
[[nodiscard]] inline std::string_view users_file_of(const gpu& g) noexcept {
    return is_users(g) ? std::string_view(g.documents.first->from->title) : std::string_view();
}

/// Returns the name of a card, with the file for a user's card: "My 4090 (Cards file my_cards.json)".
[[nodiscard]] inline std::string name_and_file(const gpu& g) {
    return std::string(g.name) + (is_users(g) ? " (" + std::string(users_file_of(g)) + ")" : "");
}

/// The cards of a file. The rows point to texts that the object stores, so it must outlive every job of its cards.
class card_set {
public:
    /// Names the file, for messages.
    explicit card_set(std::string file) : file_(std::move(file)) {}
    card_set(const card_set&) = delete;
    card_set& operator=(const card_set&) = delete;

    /// Returns the user's cards, in the order of the file.
    [[nodiscard]] const std::vector<const gpu*>& own() const noexcept { return own_; }
    /// Returns the user's cards followed by the cards of the table whose ids the file does not use.
    [[nodiscard]] const std::vector<const gpu*>& all() const noexcept { return all_; }

    /// Stores a text for as long as the object lives.
    [[nodiscard]] std::string_view store(std::string text) { return texts_.emplace_back(std::move(text)); }

    /// Adds a card whose given columns the file states. `source` is where the user has them from.
    void add(gpu card, card_fields given, const std::string& source) {
        const document& file = documents_.emplace_back(
            document{users_document.data(), store("Cards file " + file_).data(), "", store(source).data(), ""});
        std::vector<citation>& cited = citations_.emplace_back();
        cited.push_back({&file, given});
        for (const citation& each : card.documents) cited.push_back(each);
        card.documents.first = cited.data();
        card.documents.count = cited.size();
        own_.push_back(&cards_.emplace_back(card));
    }

    /// Completes the list of all cards, after the last card is added.
    void finish() {
        all_ = own_;
        for (const gpu* row : cards::all)
            if (find_own(row->id) == nullptr) all_.push_back(row);
    }

    /// Returns the user's card with this id, or null if there is none.
    [[nodiscard]] const gpu* find_own(std::string_view id) const noexcept {
        for (const gpu* card : own_)
            if (card->id == id) return card;
        return nullptr;
    }

private:
    std::string file_;
    std::deque<std::string> texts_{};
    std::deque<document> documents_{};
    std::deque<std::vector<citation>> citations_{};
    std::deque<gpu> cards_{};
    std::vector<const gpu*> own_{};
    std::vector<const gpu*> all_{};
};

}  // namespace cardfit::io
