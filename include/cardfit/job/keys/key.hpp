// SPDX-License-Identifier: MIT
#pragma once

// What a key of the job file is: its path, its kind of value, what it accepts, what its absence means, and the member
// of the C++ aggregate that it sets. The tables beside this file have a row for each key; job/keys.hpp has them all.

#include <cardfit/job/keys/words.hpp>
#include <cardfit/key_ranges.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace cardfit::keys {

/// The kinds of values that a key may have in the job file.
enum class value_kind : unsigned char {
    integer,      ///< a whole number in `range`
    number,       ///< a number in `interval`
    boolean,      ///< true or false
    three_state,  ///< true or false, where the absence of the key means "as usual" and neither of them
    word,         ///< one of `words`
    words,        ///< a list of at least one of `words`
    month,        ///< "2024-12"
    version,      ///< "0.11.0", "vllm 0.11.0", "b6325"
    card,         ///< a card's id or printed name
    model,        ///< the name of a model
    machine,      ///< a machine or card, with a count before it or a link after it: "2xp4d.24xlarge"
    cards,        ///< a list of card ids or printed names
    shares,       ///< a list of numbers from 0 on, one for each card
};

/// What a launcher does with a key that differs from its default.
enum class key_role : unsigned char {
    setting,     ///< part of the run: a launcher expresses it or refuses the job
    assumption,  ///< a fact about the machine or the software that the estimate takes: a launcher only notes it
};

/// What a job must have for a key to mean something. A job file that gives the key another value than its default in
/// a job without it is refused.
enum class key_needs : unsigned char {
    nothing,
    training,         ///< a job of training
    engine_share,     ///< an engine that fills a share of the card with cache
    grouped_weights,  ///< a format of weights in which groups share a scale
};

/// Everything about a key but its member.
struct key_facts {
    /// As errors name it: "training.micro_batch".
    std::string_view path{};
    value_kind kind = value_kind::integer;  ///< the type of the value
    key_range range{};                      ///< of a whole number
    key_interval interval{};                ///< of a real number
    std::span<const word> words{};          ///< that a `value_kind::word` accepts
    std::string_view unit{};                ///< of the value, as in "tokens"
    /// What the absence of the key means, where the member's default would not say it: "hidden / heads".
    std::string_view absent{};
    /// True where the key has no default.
    bool required = false;
    /// True where an answer lists the default among what it assumed.
    bool noted = false;
    key_role role = key_role::setting;     ///< what a launcher does with it
    key_needs needs = key_needs::nothing;  ///< what a job must have for it
    /// The flag of `cardfit fit`; empty: the command takes the value in another way, or not at all.
    std::string_view flag{};
    /// One sentence for `--help`, the table of keys and the JSON Schema.
    std::string_view documentation{};
};

/// A member's value, whatever its type: whole numbers, booleans, bytes, enumerators and months and versions in `whole`,
/// real numbers in `real`.
struct key_value {
    std::int64_t whole = 0;  ///< all but real numbers
    double real = 0;         ///< a real number
    friend constexpr bool operator==(const key_value& a, const key_value& b) noexcept {
        return a.whole == b.whole && same_number(a.real, b.real);
    }
};

namespace detail {

[[nodiscard]] constexpr key_value value_of(double member) { return {.real = member}; }
[[nodiscard]] constexpr key_value value_of(const bytes& member) { return {.whole = member.number}; }
[[nodiscard]] constexpr key_value value_of(const target_set& member) { return {.whole = member.bits}; }
[[nodiscard]] constexpr key_value value_of(const software_date& member) {
    return {.whole = 100 * std::int64_t{member.year} + member.month};
}
/// The engine that a version names takes the digits above those of its parts.
inline constexpr std::int64_t version_digits = 1'000'000'000'000;
[[nodiscard]] constexpr key_value value_of(const release_number& member) {
    return {.whole = member.named * version_digits + member.number};
}
template <class Whole>
requires std::is_integral_v<Whole> || std::is_enum_v<Whole>
[[nodiscard]] constexpr key_value value_of(Whole member) { return {.whole = static_cast<std::int64_t>(member)}; }

constexpr void assign(double& member, key_value value) { member = value.real; }
constexpr void assign(bytes& member, key_value value) { member = bytes_of(value.whole); }
constexpr void assign(target_set& member, key_value value) { member.bits = static_cast<std::uint32_t>(value.whole); }
constexpr void assign(software_date& member, key_value value) {
    member = {static_cast<int>(value.whole / 100), static_cast<int>(value.whole % 100)};
}
constexpr void assign(release_number& member, key_value value) {
    member = {value.whole % version_digits, static_cast<int>(value.whole / version_digits)};
}
template <class Whole>
requires std::is_integral_v<Whole> || std::is_enum_v<Whole>
constexpr void assign(Whole& member, key_value value) { member = static_cast<Whole>(value.whole); }

/// Returns the member at the end of a path of member pointers.
template <auto First, auto... Rest, class Aggregate>
[[nodiscard]] constexpr auto& reach(Aggregate& aggregate) {
    if constexpr (sizeof...(Rest) == 0)
        return aggregate.*First;
    else
        return reach<Rest...>(aggregate.*First);
}

}  // namespace detail

/// How to read and to write one member of an aggregate.
template <class Section>
struct member_access {
    key_value (*get)(const Section&) = nullptr;  ///< reads the member
    void (*set)(Section&, key_value) = nullptr;  ///< writes the member
};

/// The access to a member by its path of member pointers: `member<training, &training::adapter, &adapter::rank>`.
template <class Section, auto... Path>
inline constexpr member_access<Section> member{
    .get = [](const Section& section) { return detail::value_of(detail::reach<Path...>(section)); },
    .set = [](Section& section, key_value value) { detail::assign(detail::reach<Path...>(section), value); },
};

/// A key with its member.
template <class Section>
struct key {
    key_facts facts{};                ///< what is known of the key
    member_access<Section> member{};  ///< its place in the aggregate
};

/// The keys of one section.
template <class Section>
using key_table = std::span<const key<Section>>;

}  // namespace cardfit::keys
