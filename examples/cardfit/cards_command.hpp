// SPDX-License-Identifier: MIT
#pragma once

// cards: the card table, or the cards that match the flags, in the order that the user asks for.

#include "commands.hpp"

#include <cardfit/hardware/cards/query.hpp>
#include <cardfit/io/card_names.hpp>
#include <cardfit/io/card_page.hpp>

namespace tool {

struct cards_options {
    std::vector<std::string> ids;
    double min_memory_gib = 0;
    std::string format;
    std::string vendor;
    std::string segment;
    std::string sort;
    bool nvlink = false;
    bool ascending = false;
    bool json = false;
    bool sources = false;
    answer_flags answer{};
};

namespace detail {

/// Returns the value that the text of a flag names, or nothing for an empty text. Throws input_error for an unknown
/// name.
template <class E, class Names>
[[nodiscard]] std::optional<E> value_named(const std::string& flag, const std::string& text, const Names& names) {
    if (text.empty()) return {};
    for (const auto& n : names)
        if (n.name == text) return n.value;
    throw io::input_error({io::refused_value(flag, text, io::listed(names))});
}

[[nodiscard]] inline cardfit::cards::requirements requirements_of(const cards_options& o) {
    static constexpr std::array vendors{io::named{"nvidia", vendor::nvidia}, io::named{"amd", vendor::amd},
                                        io::named{"intel", vendor::intel}, io::named{"apple", vendor::apple}};
    static constexpr std::array segments{
        io::named{"datacenter", segment::datacenter}, io::named{"workstation", segment::workstation},
        io::named{"consumer", segment::consumer}, io::named{"embedded", segment::embedded}};
    using enum number_format;
    if (!(o.min_memory_gib >= 0 && o.min_memory_gib <= 1e6))
        throw io::input_error({io::refused_value("--min-memory", o.min_memory_gib, "GiB from 0 to 1000000")});
    return {
        .min_memory = bytes_of(static_cast<std::int64_t>(o.min_memory_gib * static_cast<double>(bytes_per_gibibyte))),
        .format = value_named<number_format>(
            "--format", o.format, io::formats({fp64, fp32, tf32, fp16, bf16, fp8, mxfp8, nvfp4, mxfp4, int8, int4})),
        .nvlink = o.nvlink,
        .vendor = value_named<cardfit::vendor>("--vendor", o.vendor, vendors),
        .segment = value_named<cardfit::segment>("--segment", o.segment, segments)};
}

/// Sorts the cards by a column of the JSON rows, largest first unless `ascending` is set. Cards without that figure
/// come last in both orders.
inline void sort_by_column(std::vector<const gpu*>& rows, const std::string& column, bool ascending) {
    if (column.empty()) return;
    std::vector<std::string_view> names;
    for (const io::card_column& each : io::card_columns) names.push_back(each.key);
    if (column != "id" && std::find(names.begin(), names.end(), column) == names.end()) {
        throw io::input_error({io::refused_value(
            "--sort", column, io::detail::hint("a key of cards --json", io::closest(column, names, 3)))});
    }
    std::vector<std::pair<nlohmann::ordered_json, const gpu*>> keyed;
    for (const gpu* card : rows) {
        nlohmann::ordered_json value = io::card_json(*card)[column];
        // A compute capability is a number in two parts: 12.0 is larger than 9.0.
        if (column == "compute_capability" && !value.is_null())
            value = card->compute_capability.major * 100 + card->compute_capability.minor;
        keyed.emplace_back(std::move(value), card);
    }
    std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
        const bool a_has = !a.first.is_null() && !a.first.is_boolean();
        const bool b_has = !b.first.is_null() && !b.first.is_boolean();
        if (!a_has || !b_has) return a_has && !b_has;
        return ascending ? a.first < b.first : b.first < a.first;
    });
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = keyed[i].second;
}

/// Returns the cards that the ids or names identify, or all cards if there are no names. Throws input_error with every
/// unknown name.
[[nodiscard]] inline std::vector<const gpu*> cards_named(const std::vector<std::string>& names) {
    if (names.empty()) return {known_cards().begin(), known_cards().end()};
    std::vector<const gpu*> chosen;
    std::vector<io::input_problem> problems;
    for (const std::string& name : names) {
        const gpu* card = find_card(name);
        if (!card)
            problems.push_back(io::refused_value("card", name, accepted_cards(name)));
        else if (std::find(chosen.begin(), chosen.end(), card) == chosen.end())
            chosen.push_back(card);
    }
    if (!problems.empty()) throw io::input_error(std::move(problems));
    return chosen;
}

[[nodiscard]] inline io::table cards_table(const std::vector<const gpu*>& chosen) {
    std::vector<std::vector<std::string>> rows{
        {"id", "GB", "usable GiB", "GB/s", "bf16 TF", "fp16 TF", "NVLink GB/s", "W", "cc", "estimated"}};
    const auto figure = [](double value, int digits) {
        return value == 0 ? std::string("-") : io::fixed(value, digits);
    };
    for (const gpu* g : chosen) {
        const compute_capability cc = g->compute_capability;
        rows.push_back(
            {std::string(g->id), io::fixed(in_gibibytes(g->memory), 0), io::fixed(in_gibibytes(usable_memory(*g)), 2),
             figure(in_gigabytes_per_second(g->memory_bandwidth), 0), figure(in_teraflops(g->rates.bf16), 1),
             figure(in_teraflops(g->rates.fp16), 1), figure(in_gigabytes_per_second(g->links.nvlink_bidirectional), 0),
             figure(in_watts(g->board_power), 0),
             cc.major > 0 ? std::to_string(cc.major) + "." + std::to_string(cc.minor) : "-",
             io::detail::estimated_text(*g)});
    }
    return io::table_of(std::move(rows), 1, 5);
}

[[nodiscard]] inline std::string cards_text(const std::vector<const gpu*>& chosen) {
    return printed(cards_table(chosen), {}, "") +
           io::wrapped(
               "Rates are dense tensor-core rates with fp32 accumulation. The column 'estimated' counts the figures "
               "that "
               "no document states, by what they touch; 'others' touch no estimate. See: cardfit cards ID --sources. "
               "GPUs "
               "and systems of unified memory only: the table has no TPUs and no NPUs.",
               output_width()) +
           "\n";
}

}  // namespace detail

inline int cards(const cards_options& options) {
    const cardfit::cards::requirements wanted = detail::requirements_of(options);
    std::vector<const gpu*> chosen = detail::cards_named(options.ids);
    std::erase_if(chosen, [&](const gpu* card) { return !cardfit::cards::meets(*card, wanted); });
    detail::sort_by_column(chosen, options.sort, options.ascending);
    if (!options.json && (options.answer.csv || options.answer.markdown)) {
        output() << printed(detail::cards_table(chosen), options.answer, "");
        return answered;
    }
    if (options.sources && !options.json) {
        for (const gpu* g : chosen) output() << io::sources_text(*g);
        return answered;
    }
    if (!options.json && options.ids.size() == 1 && chosen.size() == 1) {
        output() << io::card_page(*chosen[0]);
        return answered;
    }
    if (!options.json) {
        output() << (chosen.empty() ? "No card in the table meets all of that.\n" : detail::cards_text(chosen));
        return answered;
    }
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const gpu* g : chosen) all.push_back(options.sources ? io::sources_json(*g) : io::card_json(*g));
    output() << io::dump(all, 1) << "\n";
    return answered;
}

inline std::function<int()> add_cards(CLI::App& app) {
    const auto o = std::make_shared<cards_options>();
    app.add_option("ids", o->ids, "card ids, or names such as 4090, \"dgx spark\" or what nvidia-smi prints");
    app.add_option("--min-memory", o->min_memory_gib, "at least this many GiB of memory");
    app.add_option("--format", o->format, "supports matmuls in this number format: bf16, fp8 ...");
    app.add_flag("--nvlink", o->nvlink, "has NVLink");
    app.add_option("--vendor", o->vendor, "nvidia, amd, intel, apple");
    app.add_option("--segment", o->segment, "datacenter, workstation, consumer, embedded");
    app.add_option("--sort", o->sort, "sort by this key of the JSON rows, largest first");
    app.add_flag("--ascending", o->ascending, "sort smallest first");
    app.add_flag("--sources", o->sources, "show what is behind each figure: standing, document, note");
    add_json_flag(app, o->json);
    add_table_flags(app, o->answer);
    return [o] { return cards(*o); };
}
inline constexpr command cards_command{.name = "cards",
                                       .help = "show the card table, or the cards that match",
                                       .add = add_cards,
                                       .reads_jobs = false,
                                       .takes_cards = true};

}  // namespace tool
