// SPDX-License-Identifier: MIT
#pragma once

// The job file's names for enumerators that have no row of their own, and the closest names to one that is not known.

#include <cardfit/decide/fits.hpp>
#include <cardfit/engines/all.hpp>
#include <cardfit/frameworks/all.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/inference.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/model/transformer.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

/// One name of one enumerator.
template <class E>
struct named {
    std::string_view name;
    E value;
};
template <class E>
named(std::string_view, E) -> named<E>;

inline constexpr std::array norm_names{named{"rms", norm::rms}, named{"layer", norm::layer}};
inline constexpr std::array biases_names{named{"none", biases::none}, named{"qkv", biases::qkv},
                                         named{"all", biases::all}};
inline constexpr std::array kind_names{named{"decoder", model_kind::decoder}, named{"encoder", model_kind::encoder}};
inline constexpr std::array link_names{named{"nvswitch", card_link::nvswitch}, named{"nvlink", card_link::nvlink},
                                       named{"nvlink-bridge", card_link::nvlink_bridge}, named{"pcie", card_link::pcie},
                                       named{"pcie-host", card_link::pcie_host}};
inline constexpr std::array system_names{named{"linux", host_system::linux_host},
                                         named{"windows", host_system::windows}, named{"wsl", host_system::wsl}};
inline constexpr std::array recompute_names{named{"none", recompute::none}, named{"selective", recompute::selective},
                                            named{"full", recompute::full}};
inline constexpr std::array attention_names{named{"flash", attention::flash}, named{"eager", attention::eager}};
inline constexpr std::array offload_names{named{"none", offload::none}, named{"optimizer", offload::optimizer},
                                          named{"activations", offload::activations}, named{"full", offload::full}};
inline constexpr std::array loss_names{named{"full", loss::full}, named{"chunked", loss::chunked},
                                       named{"fused", loss::fused}, named{"masked", loss::masked}};
inline constexpr std::array adapter_names{named{"lora", adapter_method::lora}, named{"dora", adapter_method::dora}};
inline constexpr std::array target_names{named{"q", target::query},   named{"k", target::key},
                                         named{"v", target::value},   named{"o", target::output},
                                         named{"gate", target::gate}, named{"up", target::up},
                                         named{"down", target::down}, named{"embeddings", target::embeddings},
                                         named{"head", target::head}};
inline constexpr std::array sharding_names{named{"none", sharding::none}, named{"optimizer", sharding::optimizer},
                                           named{"gradients", sharding::gradients}, named{"full", sharding::full}};
inline constexpr std::array phase_names{named{"forward", phase::forward},   named{"loss", phase::loss},
                                        named{"backward", phase::backward}, named{"step", phase::step},
                                        named{"load", phase::load},         named{"prefill", phase::prefill},
                                        named{"decode", phase::decode}};
inline constexpr std::array grade_names{named{"fits", grade::fits}, named{"tight", grade::tight},
                                        named{"does-not-fit", grade::does_not_fit}};

/// The names in a table of rows.
template <class Table>
[[nodiscard]] auto names_of_rows(const Table& table) {
    std::vector<named<decltype(cardfit::detail::row_at(*table.begin()).value)>> names;
    for (const auto& listed : table) {
        const auto& row = cardfit::detail::row_at(listed);
        names.push_back({row.name, row.value});
    }
    return names;
}

inline const std::vector<named<precision>> precision_names = names_of_rows(cardfit::detail::precision_table);
inline const std::vector<named<optimizer>> optimizer_names = names_of_rows(cardfit::detail::optimizer_table);
inline const std::vector<named<framework>> framework_names = names_of_rows(cardfit::detail::framework_table);
inline const std::vector<named<engine>> engine_names = names_of_rows(cardfit::detail::engine_table);
inline const std::vector<named<number_format>> format_names = names_of_rows(cardfit::detail::format_table);

/// The formats that a key accepts, by name.
[[nodiscard]] inline std::vector<named<number_format>> formats(std::initializer_list<number_format> accepted) {
    std::vector<named<number_format>> names;
    for (const number_format f : accepted) names.push_back({block_layout_of(f).name, f});
    return names;
}

/// Formats a model's weights may be stored in: all that an inference or a frozen base may name.
[[nodiscard]] inline std::vector<named<number_format>> weight_format_names() {
    std::vector<named<number_format>> names;
    for (const named<number_format>& n : format_names)
        if (stores_weights(n.value)) names.push_back(n);
    return names;
}

/// The name of an enumerator.
template <class Names, class E>
[[nodiscard]] std::string_view name_of(const Names& names, E value) {
    for (const auto& n : names)
        if (n.value == value) return n.name;
    return "?";
}

/// "a, b, c"
template <class Names>
[[nodiscard]] std::string listed(const Names& names) {
    std::string text;
    for (const auto& n : names) text += (text.empty() ? "" : ", ") + std::string(n.name);
    return text;
}

/// Insertions, deletions, replacements and swaps of neighbors that turn one text into the other.
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

/// The `count` closest of `names` to a text, closest first; ties keep the table's order.
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
