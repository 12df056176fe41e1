// SPDX-License-Identifier: MIT
#pragma once

// Finds cards and MIG slices by id, by marketing name, by the names that nvidia-smi -L, NVML and
// torch.cuda.get_device_name() print, and by what people call them ("4090", "RTX4090", "m3 ultra 512gb", "dgx spark").

#include <cardfit/hardware/cards/aliases.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/hardware/cards/card_list.hpp>
#include <cardfit/hardware/cards/mig.hpp>
#include <cardfit/hardware/usable_memory.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace cardfit::cards {

/// Returns the card ("rtx-4090") or MIG slice ("a100-sxm4-80gb-mig-3g-40gb") with this id, or null if there is none.
[[nodiscard]] constexpr const gpu* find(std::string_view id) noexcept {
    for (const gpu* card : all)
        if (card->id == id) return card;
    for (const gpu* slice : all_mig)
        if (slice->id == id) return slice;
    return nullptr;
}

namespace detail {

[[nodiscard]] constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr bool digit(char c) noexcept { return c >= '0' && c <= '9'; }
/// Returns true if two texts are equal, apart from upper and lower case.
[[nodiscard]] constexpr bool same(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

/// A word of a name and, if it is a size ("80GB", "144G", "6 Gb"), its number of gigabytes.
struct word {
    std::string_view text;
    int gigabytes = 0;
    friend constexpr bool operator==(const word& a, const word& b) noexcept {
        return a.gigabytes == b.gigabytes && (a.gigabytes > 0 || same(a.text, b.text));
    }
};
/// The words of a name, at most 16.
struct words {
    std::array<word, 16> at{};
    std::size_t count = 0;

    [[nodiscard]] constexpr bool has(const word& w) const noexcept {
        for (std::size_t i = 0; i < count; ++i)
            if (at[i] == w) return true;
        return false;
    }
    constexpr void push_back(word w) noexcept {
        if (count < at.size()) {
            at[count] = w;
            ++count;
        } else
            at.back() = {"..."};
    }
};

/// Returns the number that a text begins with; 0 if it begins with none.
[[nodiscard]] constexpr int number_of(std::string_view text) noexcept {
    int number = 0;
    for (std::size_t i = 0; i < text.size() && i < 5 && digit(text[i]); ++i) number = number * 10 + (text[i] - '0');
    return number;
}

/// Returns the gigabytes of a size: "80GB" is 80, and "144G" is 144, but a MIG profile's "3g" is no size.
[[nodiscard]] constexpr int gigabytes_of(std::string_view text) noexcept {
    const int number = number_of(text);
    std::size_t digits = 0;
    while (digits < text.size() && digit(text[digits])) ++digits;
    const std::string_view unit = text.substr(digits);
    return same(unit, "gb") || (same(unit, "g") && number > 7) ? number : 0;
}

[[nodiscard]] constexpr bool names_memory_type(std::string_view text) noexcept {
    return text.size() > 3 && (same(text.substr(0, 3), "hbm") || same(text.substr(0, 4), "gddr"));
}
[[nodiscard]] constexpr bool names_module(std::string_view text) noexcept {
    return text.size() >= 3 && text.size() <= 4 && same(text.substr(0, 3), "sxm");
}

/// Adds a word. A "GB" after a number makes that number a size instead: "80 GB" is one word.
constexpr void add_word(words& found, std::string_view text) noexcept {
    word* before = found.count > 0 ? &found.at[found.count - 1] : nullptr;
    if (before && same(text, "gb") && digit(before->text[0]))
        before->gigabytes = number_of(before->text);
    else
        found.push_back({text, gigabytes_of(text)});
}

/// Adds the parts of a text without separators, which letters and digits alternate in: "RTX4090" is two words, as "RTX
/// 4090" is. Sizes, memory types and form factors ("80GB", "HBM3e", "SXM4") stay whole.
constexpr void add_parts(words& found, std::string_view text) noexcept {
    if (gigabytes_of(text) > 0 || names_memory_type(text) || names_module(text)) return add_word(found, text);
    std::size_t start = 0;
    for (std::size_t i = 1; i <= text.size(); ++i) {
        if (i < text.size() && digit(text[i]) == digit(text[i - 1])) continue;
        add_word(found, text.substr(start, i - start));
        start = i;
    }
}

/// Returns the words of a name, without text in parentheses and without the "GPU 0:" of nvidia-smi -L. A name of more
/// than 16 words gets a last word that no card has.
[[nodiscard]] constexpr words words_of(std::string_view text) noexcept {
    const std::size_t colon = text.find(':');
    if (text.size() > 4 && same(text.substr(0, 4), "gpu ") && colon < 9) text.remove_prefix(colon + 1);
    words found;
    int depth = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const char c = i < text.size() ? lower(text[i]) : ' ';
        if (depth == 0 && ((c >= 'a' && c <= 'z') || digit(c))) continue;
        if (depth == 0 && i > start) add_parts(found, text.substr(start, i - start));
        depth += c == '(' ? 1 : c == ')' && depth > 0 ? -1 : 0;
        start = i + 1;
    }
    return found;
}

/// Returns true for words that vendors print or omit at will.
[[nodiscard]] constexpr bool says_nothing(std::string_view text) noexcept {
    constexpr std::string_view ignored[]{"nvidia", "amd", "intel",      "geforce", "tesla",    "radeon", "instinct",
                                         "jetson", "agx", "generation", "edition", "graphics", "gpu",    "ac"};
    for (const std::string_view each : ignored)
        if (same(text, each)) return true;
    return false;
}
[[nodiscard]] constexpr bool names_form(std::string_view text) noexcept {
    return names_module(text) || same(text, "pcie") || same(text, "oam");
}

/// Returns true if a word identifies a row only as part of its name: it is no size, memory type, form factor or
/// segment.
[[nodiscard]] constexpr bool only_in_a_name(const word& w) noexcept {
    return w.gigabytes == 0 && !names_memory_type(w.text) && !names_form(w.text) && !same(w.text, "workstation");
}

/// Returns true if a name contains a text, in upper or lower case. It uses pointers, because a lookup asks this of
/// every row in one constant.
[[nodiscard]] constexpr bool mentions(std::string_view name, std::string_view text) noexcept {
    for (std::size_t start = 0; start + text.size() <= name.size(); ++start) {
        const char* a = name.data() + start;
        std::size_t i = 0;
        while (i < text.size() && lower(a[i]) == lower(text.data()[i])) ++i;
        if (i == text.size()) return true;
    }
    return false;
}

/// Returns true for words of a row's name that people omit: the names of product lines, which a number identifies
/// alone, and the words that mark a workstation card.
[[nodiscard]] constexpr bool is_omitted(std::string_view text, const gpu& card) noexcept {
    constexpr std::string_view lines[]{"rtx", "gtx", "rx", "arc", "apple"};
    for (const std::string_view each : lines)
        if (same(text, each)) return true;
    return card.segment == segment::workstation && (same(text, "pro") || same(text, "ai"));
}

/// Returns true if a printed word that is not in the row's name still fits the row.
[[nodiscard]] constexpr bool fits_row(const word& w, const gpu& card, const words& name) noexcept {
    // The printed name of a superchip has the memory of its CPU ("GH200 480GB").
    if (w.gigabytes > 0)
        return w.gigabytes == card.memory.number / bytes_per_gibibyte || card.form_factor == form_factor::superchip;
    if (names_memory_type(w.text)) return same(w.text, name_of(card.memory_type));
    if (same(w.text, "workstation")) return card.segment == segment::workstation;
    if (same(w.text, "pcie") || same(w.text, "oam")) return same(w.text, name_of(card.form_factor));
    if (!names_module(w.text) || card.form_factor != form_factor::sxm) return false;
    bool numbered = false;  // the row's own name says which module it is, so another number means another card
    for (std::size_t i = 0; i < name.count; ++i)
        numbered = numbered || (names_module(name.at[i].text) && name.at[i].text.size() == 4);
    return !numbered || w.text.size() == 3;
}

/// How well printed words match a row: not at all, in part, or with no word of the row's name missing but brands.
enum class match : unsigned char { none, partial, whole };

/// Returns whether printed words name a row that has this name: each of them fits the row, and none of the name's own
/// words is missing except sizes, memory types, form factors, product lines and brands. The match is whole if only
/// brands and product lines are missing.
[[nodiscard]] constexpr match match_of(const words& printed, const gpu& card, std::string_view called) noexcept {
    const words name = words_of(called);
    for (std::size_t i = 0; i < printed.count; ++i) {
        const word& w = printed.at[i];
        if (!name.has(w) && !fits_row(w, card, name)) return match::none;
    }
    match found = match::whole;
    for (std::size_t i = 0; i < name.count; ++i) {
        const word& w = name.at[i];
        if (says_nothing(w.text) || is_omitted(w.text, card) || printed.has(w)) continue;
        if (w.gigabytes == 0 && !names_memory_type(w.text) && !names_form(w.text)) return match::none;
        found = match::partial;
    }
    return found;
}

/// Returns true if a total that some tool prints can be this card's: 85 to 102 % of the marketed capacity. The range
/// covers ECC, the driver's reserve and the hidden stacks of B300, and distinguishes 10 from 12 GB and 80 from 96 GB.
[[nodiscard]] constexpr bool could_show(const gpu& card, bytes printed) noexcept {
    const std::int64_t marketed = card.memory.number;
    return printed.number == 0 || (printed.number >= marketed / 100 * 85 && printed.number <= marketed / 100 * 102);
}

/// Returns the words of a name that identify a card, without brands.
[[nodiscard]] constexpr words telling_words(std::string_view printed) noexcept {
    words said;
    const words every_word = words_of(printed);
    for (std::size_t i = 0; i < every_word.count; ++i)
        if (!says_nothing(every_word.at[i].text)) said.push_back(every_word.at[i]);
    return said;
}

/// Returns the longest word that can only be part of a name; empty if there is none.
[[nodiscard]] constexpr std::string_view longest_name_word(const words& said) noexcept {
    std::string_view key;
    for (std::size_t i = 0; i < said.count; ++i)
        if (only_in_a_name(said.at[i]) && said.at[i].text.size() > key.size()) key = said.at[i].text;
    return key;
}

/// Returns the cards of `table` that a name without a MIG profile can mean.
template <class Table>
[[nodiscard]] constexpr card_list boards_called(const Table& table, std::string_view printed, bytes memory) {
    card_list found;
    for (const gpu* card : table)
        if (same(card->name, printed) && found.count < found.rows.size()) found.push_back(card);
    if (!found.empty()) return found;
    const words said = telling_words(printed);
    const std::string_view key = longest_name_word(said);
    if (key.empty()) return found;
    card_list whole;
    const auto consider = [&](const gpu& card, std::string_view name) {
        if (!mentions(name, key)) return;
        const match m = match_of(said, card, name);
        if (m == match::none || !could_show(card, memory)) return;
        if (!found.has(card) && found.count < found.rows.size()) found.push_back(&card);
        if (m == match::whole && !whole.has(card) && whole.count < whole.rows.size()) whole.push_back(&card);
    };
    for (const gpu* card : table) consider(*card, card->name);
    for (const alias& each : aliases)
        if (mentions(each.name, key))
            for (const gpu* card : table)
                if (card->id == each.card->id) consider(*card, each.name);
    return whole.count == 1 ? whole : found;
}

/// Returns where " MIG 3g.40gb" begins in a name; npos if it is not there.
[[nodiscard]] constexpr std::size_t profile_start(std::string_view name) noexcept {
    for (std::size_t i = 0; i + 5 < name.size(); ++i)
        if (same(name.substr(i, 5), " mig ")) return i;
    return std::string_view::npos;
}

/// Returns the slices with this profile (" MIG 3g.40gb") of the cards that `board` can mean.
[[nodiscard]] constexpr card_list slices_called(std::string_view board, std::string_view profile, bytes memory) {
    card_list found;
    for (const gpu* card : boards_called(all, board, {}))
        for (const gpu* slice : all_mig)
            if (slice->mig_parent == card->id && same(slice->name.substr(profile_start(slice->name)), profile) &&
                could_show(*slice, memory))
                found.push_back(slice);
    return found;
}

}  // namespace detail

/// Returns every row that a printed name and the total memory printed with it (0: not known) can mean: one row, several
/// rows that differ in what the name leaves out ("GeForce RTX 3080": 10 and 12 GB), or none.
[[nodiscard]] constexpr card_list find_all_by_name(std::string_view printed, bytes memory = {}) {
    card_list found;
    if (const gpu* card = find(printed)) found.push_back(card);
    if (!found.empty()) return found;
    const std::size_t profile = detail::profile_start(printed);
    if (profile == std::string_view::npos) return detail::boards_called(all, printed, memory);
    return detail::slices_called(printed.substr(0, profile), printed.substr(profile), memory);
}

/// Returns the one card that a name means: an id, a marketing name, what nvidia-smi -L, NVML or
/// torch.cuda.get_device_name() print ("GPU 0: NVIDIA A100-SXM4-40GB (UUID: …)", "NVIDIA A100-SXM4-80GB MIG 3g.40gb"),
/// or what people call it ("4090", "a6000", "dgx spark"). Words may be in any order, in any case, and joined. Brands,
/// product lines, sizes and form factors may be missing if the other words, or the total memory
/// printed beside them, leave one card. Returns null if the name means no card or several; `find_all_by_name` lists
/// those.
[[nodiscard]] constexpr const gpu* find_by_name(std::string_view printed, bytes memory = {}) {
    const card_list found = find_all_by_name(printed, memory);
    return found.count == 1 ? found.rows[0] : nullptr;
}

namespace detail {

/// A name as a template argument.
template <std::size_t N>
struct card_name {
    char text[N]{};
    consteval card_name(const char (&name)[N]) {
        for (std::size_t i = 0; i < N; ++i) text[i] = name[i];
    }
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text, N - 1}; }
};

template <card_name Name>
struct card_called {
    static constexpr std::size_t matches = find_all_by_name(Name.view()).count;
    static_assert(matches != 0, "cardfit: no card of the table has this name");
    static_assert(matches <= 1,
                  "cardfit: several cards have this name: say its memory or form factor too, or use its id");
    static constexpr const gpu* card =
        matches == 1 ? find_by_name(Name.view()) : all[0];  // not null, so that one error is enough
};

}  // namespace detail

/// `cards::named<"NVIDIA RTX A6000">` is the card that a name means. It does not compile if the name means no card, or
/// several.
template <detail::card_name Name>
inline constexpr const gpu& named = *detail::card_called<Name>::card;

}  // namespace cardfit::cards
