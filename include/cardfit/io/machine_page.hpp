// SPDX-License-Identifier: MIT
#pragma once

// The table of named machines for people and for programs: a list, one machine's page with its documents, and JSON.

#include <cardfit/hardware/machines.hpp>
#include <cardfit/io/card_page.hpp>
#include <cardfit/io/machine_names.hpp>
#include <cardfit/io/text.hpp>

#include <nlohmann/json.hpp>

#include <span>
#include <string>
#include <vector>

namespace cardfit::io {

namespace detail {

/// What stands where no document states a figure.
inline constexpr const char* not_documented = "not documented";

[[nodiscard]] inline std::string count_or_unknown(std::int64_t count) {
    return count > 0 ? std::to_string(count) : not_documented;
}

/// Returns a size in the unit that documents use: "2048 GiB" where it is a whole number of GiB, else "30400 GB".
[[nodiscard]] inline std::string size_text(bytes size) {
    constexpr std::int64_t gibibyte = std::int64_t{1} << 30;
    constexpr std::int64_t gigabyte = 1'000'000'000;
    if (size.number % gibibyte == 0) return std::to_string(size.number / gibibyte) + " GiB";
    return std::to_string(size.number / gigabyte) + " GB";
}

[[nodiscard]] inline std::string disk_text(const named_machine& m) {
    if (m.diskless) return "none";
    return m.local_disk.number > 0 ? size_text(m.local_disk) : not_documented;
}

[[nodiscard]] inline std::string link_word(const named_machine& m) {
    return m.cards == 1 && m.nvlink_domain == 0 ? "-" : std::string(name_of(link_names, link_of(m)));
}

[[nodiscard]] inline std::string network_text(const named_machine& m) {
    if (m.network_gbit <= 0) return not_documented;
    return decimal(m.network_gbit) + " Gbit/s per card, " + decimal(m.network_gbit * m.cards) + " per machine";
}

/// Returns a number of JSON; null where no document states it.
template <class Number>
[[nodiscard]] nlohmann::ordered_json known_or_null(Number value) {
    return value > 0 ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

[[nodiscard]] inline nlohmann::ordered_json documents_json(const named_machine& m) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const document* each : m.documents)
        if (each != nullptr)
            all.push_back({{"id", each->id},
                           {"title", each->title},
                           {"revision", each->revision},
                           {"where", each->where},
                           {"read", each->read}});
    return all;
}

}  // namespace detail

/// Returns the row of a machine as JSON. `null` stands for what no document states.
[[nodiscard]] inline nlohmann::ordered_json machine_json(const named_machine& m) {
    nlohmann::ordered_json disk;
    if (m.diskless || m.local_disk.number > 0) disk = m.local_disk.number;
    return {{"name", m.name},
            {"alias", m.alias.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(m.alias)},
            {"seller", m.seller},
            {"card", m.card.id},
            {"cards", m.cards},
            {"link", name_of(link_names, link_of(m))},
            {"network_gbit_per_card", detail::known_or_null(m.network_gbit)},
            {"nvlink_domain", detail::known_or_null(m.nvlink_domain)},
            {"host_memory_bytes", detail::known_or_null(m.host_memory.number)},
            {"vcpus", detail::known_or_null(m.vcpus)},
            {"cpu_cores", detail::known_or_null(m.cpu_cores)},
            {"local_disk_bytes", disk},
            {"note", m.note},
            {"estimated", m.estimated},
            {"documents", detail::documents_json(m)}};
}

/// Returns the page of a machine: every figure with its unit, the note, and the documents.
[[nodiscard]] inline std::string machine_page(const named_machine& m) {
    std::vector<std::vector<std::string>> rows{
        {"cards", std::to_string(m.cards) + " x " + std::string(m.card.name) + " (" + std::string(m.card.id) + ")"},
        {"link", detail::link_word(m)},
        {"network", detail::network_text(m)},
        {"NVLink domain", m.nvlink_domain > 0 ? counted(m.nvlink_domain, "card") : "the machine"},
        {"host memory", m.host_memory.number > 0 ? detail::size_text(m.host_memory) : detail::not_documented},
        {"vCPUs", detail::count_or_unknown(m.vcpus)},
        {"cores", detail::count_or_unknown(m.cpu_cores)},
        {"local disk", detail::disk_text(m)}};
    if (!m.alias.empty()) rows.push_back({"also called", std::string(m.alias)});
    std::string text = std::string(m.seller) + " " + std::string(m.name) + "\n" + facts_text(rows, detail::page_width) +
                       detail::paragraph("note", m.note) + detail::paragraph("estimated", m.estimated) + "documents:\n";
    for (const document* each : m.documents)
        if (each != nullptr) text += detail::citation_text(*each);
    return text;
}

/// Returns a list of machines as rows of cells, with a heading.
[[nodiscard]] inline std::vector<std::vector<std::string>> machine_rows(std::span<const named_machine* const> list) {
    std::vector<std::vector<std::string>> rows{
        {"machine", "seller", "cards", "link", "Gbit/s per card", "host memory", "CPUs", "local disk"}};
    for (const named_machine* m : list) {
        const int cpus = m->vcpus > 0 ? m->vcpus : m->cpu_cores;
        const std::string kind = m->vcpus > 0 ? " vCPUs" : " cores";
        const auto known = [](const std::string& text) { return text == detail::not_documented ? "-" : text; };
        rows.push_back({std::string(m->name), std::string(m->seller),
                        std::to_string(m->cards) + " x " + std::string(m->card.id), detail::link_word(*m),
                        m->network_gbit > 0 ? decimal(m->network_gbit) : "-",
                        m->host_memory.number > 0 ? detail::size_text(m->host_memory) : "-",
                        cpus > 0 ? std::to_string(cpus) + kind : "-", known(detail::disk_text(*m))});
    }
    return rows;
}

/// Returns rows of cells as a table of Markdown.
[[nodiscard]] inline std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (const std::string& cell : rows[i]) text += "| " + cell + " ";
        text += "|\n";
        if (i > 0) continue;
        for (std::size_t k = 0; k < rows[i].size(); ++k) text += "| --- ";
        text += "|\n";
    }
    return text;
}

}  // namespace cardfit::io
