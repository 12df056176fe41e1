// SPDX-License-Identifier: MIT
#pragma once

// Finds machines by name. Names are compared by their letters and digits alone, in upper or lower case: "P5.48xlarge",
// "p5-48xlarge" and "p5 48xlarge" are one name.

#include <cardfit/hardware/machines/all.hpp>

#include <string_view>

namespace cardfit::machines {

namespace detail {

[[nodiscard]] constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr bool counts(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Removes what a name begins with that tells nothing: SageMaker's "ml.", Azure's "Standard_".
[[nodiscard]] constexpr std::string_view without_prefix(std::string_view name) noexcept {
    constexpr std::string_view prefixes[]{"standard_", "standard-", "standard ", "ml."};
    for (const std::string_view prefix : prefixes) {
        bool begins = name.size() > prefix.size();
        for (std::size_t i = 0; begins && i < prefix.size(); ++i) begins = lower(name[i]) == prefix[i];
        if (begins) return name.substr(prefix.size());
    }
    return name;
}

/// Returns the position of the next letter or digit at or after `at`; the name's size if there is none.
[[nodiscard]] constexpr std::size_t next_counting(std::string_view name, std::size_t at) noexcept {
    while (at < name.size() && !counts(name[at])) ++at;
    return at;
}

/// Returns whether the letters and digits of a name begin with those of another, and whether nothing follows.
struct name_match {
    bool begins = false;
    bool whole = false;
};
[[nodiscard]] constexpr name_match match(std::string_view name, std::string_view beginning) noexcept {
    std::size_t i = next_counting(name, 0);
    std::size_t k = next_counting(beginning, 0);
    if (k == beginning.size()) return {};
    while (i < name.size() && k < beginning.size() && lower(name[i]) == lower(beginning[k])) {
        i = next_counting(name, i + 1);
        k = next_counting(beginning, k + 1);
    }
    return {.begins = k == beginning.size(), .whole = k == beginning.size() && i == name.size()};
}

}  // namespace detail

/// Returns the machine with this name or alias, or null if there is none. Upper and lower case and punctuation do not
/// matter, nor does Azure's "Standard_" or SageMaker's "ml." before the name.
[[nodiscard]] constexpr const named_machine* find(std::string_view name) noexcept {
    const std::string_view said = detail::without_prefix(name);
    for (const named_machine* each : all)
        if (detail::match(said, each->name).whole || detail::match(said, each->alias).whole) return each;
    return nullptr;
}

/// Returns why there is no estimate for a name that no machine has ("has AWS Trainium chips, which are not GPUs");
/// empty if nothing is known about the name.
[[nodiscard]] constexpr std::string_view why_refused(std::string_view name) noexcept {
    const std::string_view said = detail::without_prefix(name);
    for (const refused_machine& each : refused)
        if (detail::match(said, each.prefix).begins) return each.reason;
    return {};
}

}  // namespace cardfit::machines
