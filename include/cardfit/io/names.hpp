// SPDX-License-Identifier: MIT
#pragma once

// The names of enumerators in job files and answers, and the names closest to one that is not known.

#include <cardfit/decide/fits.hpp>
#include <cardfit/job/keys/words.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

// The words of the keys of a job are defined in the core.
using keys::adapter_names;
using keys::attention_names;
using keys::biases_names;
using keys::diffusion_offload_names;
using keys::engine_names;
using keys::format_names;
using keys::framework_names;
using keys::fused_kernels_names;
using keys::kind_names;
using keys::link_names;
using keys::loss_names;
using keys::memory_format_names;
using keys::name_of;
using keys::named;
using keys::norm_names;
using keys::offload_device_names;
using keys::offload_names;
using keys::optimizer_names;
using keys::precision_names;
using keys::recompute_names;
using keys::schedule_names;
using keys::sharding_names;
using keys::system_names;
using keys::target_names;
using keys::weight_format_names;

/// The words of an answer.
inline constexpr std::array phase_names{
    named{"forward", memory_phase::forward},   named{"loss", memory_phase::loss},
    named{"backward", memory_phase::backward}, named{"step", memory_phase::step},
    named{"load", memory_phase::load},         named{"prefill", memory_phase::prefill},
    named{"decode", memory_phase::decode}};
/// The words of the grades, as answers print them.
inline constexpr std::array grade_names{named{"fits", grade::fits}, named{"tight", grade::tight},
                                        named{"does-not-fit", grade::does_not_fit}};

/// Returns the value that a word stands for, or nothing if it is no name.
template <class E, std::size_t N>
[[nodiscard]] constexpr std::optional<E> value_named(const std::array<named<E>, N>& names, std::string_view word) {
    for (const named<E>& each : names)
        if (each.name == word) return each.value;
    return {};
}

/// Returns the formats of a list with their names.
[[nodiscard]] inline std::vector<named<number_format>> formats(std::initializer_list<number_format> accepted) {
    std::vector<named<number_format>> names;
    for (const number_format f : accepted) names.push_back({block_layout_of(f).name, f});
    return names;
}

/// Returns the names of a list, without aliases, as "a, b, c".
template <class Names>
[[nodiscard]] std::string listed(const Names& names) {
    std::string text;
    for (const auto& n : names)
        if (!n.alias) text += (text.empty() ? "" : ", ") + std::string(n.name);
    return text;
}

/// Returns the number of insertions, deletions, replacements and swaps of neighboring characters that turn one text
/// into the other.
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            cost[i][j] =
                (std::min)({cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]), cost[i - 1][j] + 1, cost[i][j - 1] + 1});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) cost[i][j] = (std::min)(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a.size()][b.size()];
}

/// Returns the `count` names closest to a text, the closest first. Names at the same distance stay in the order of
/// `names`.
[[nodiscard]] inline std::vector<std::string_view> closest(std::string_view text, std::vector<std::string_view> names,
                                                           std::size_t count) {
    const std::string_view head = text.substr(0, 100);  // a hostile name may be a megabyte long
    std::vector<std::pair<std::size_t, std::string_view>> ranked;
    for (const std::string_view name : names) ranked.emplace_back(edit_distance(head, name), name);
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    names.clear();
    for (const auto& [distance, name] : ranked)
        if (names.size() < count) names.push_back(name);
    return names;
}

}  // namespace cardfit::io
