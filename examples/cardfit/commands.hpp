// SPDX-License-Identifier: MIT
#pragma once

// The command models, and what all commands share: reading a file and reporting an error.

#include "answer_flags.hpp"
#include "calibration.hpp"
#include "command.hpp"
#include "lines.hpp"
#include "model_shape.hpp"
#include "prices.hpp"
#include "question.hpp"
#include "run.hpp"

#include <cardfit/io/cards_table.hpp>
#include <cardfit/io/counted.hpp>
#include <cardfit/io/diffusion_file.hpp>
#include <cardfit/io/text.hpp>
#include <cardfit/version.hpp>

#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace tool {

using namespace cardfit;

/// Returns the commit that the tool was built from, or an empty text if it was not built in a checkout (commit.cpp).
[[nodiscard]] const char* commit();

/// Returns the name of the tool, its version and, if it was built in a checkout, its commit.
[[nodiscard]] inline std::string version() {
    const std::string number = std::to_string(CARDFIT_VERSION_MAJOR) + "." + std::to_string(CARDFIT_VERSION_MINOR) +
                               "." + std::to_string(CARDFIT_VERSION_PATCH);
    const std::string of = commit();
    return "cardfit " + number + (of.empty() ? "" : " (" + of + ")");
}

/// Returns an answer with what it is of: `job`, the job file that has this answer (none where no job has it);
/// `assumed`, the values that the answer assumes and the job does not state, by key; and `version`, the name and
/// version of the tool. Where an answer is an array, each of its entries has these keys.
[[nodiscard]] inline nlohmann::ordered_json with_question(nlohmann::ordered_json json, const nlohmann::json& file,
                                                          const std::vector<io::assumption>& assumed) {
    if (!file.is_null()) json["job"] = file;
    json["assumed"] = nlohmann::ordered_json::object();
    for (const io::assumption& each : assumed)
        if (!file.contains(pointer_of(each.key))) json["assumed"][each.key] = each.value;
    json["version"] = version();
    return json;
}

/// Prints what is wrong with an input: the reason on standard error and, if JSON was asked for, a document on standard
/// output. Returns the exit code.
inline int report_error(const io::input_error& e, bool json) {
    if (json) output() << io::dump(io::error_json(e, 0), 2) << "\n";
    errors() << "cardfit: " << e.what() << "\n";
    return bad_input;
}

/// Says that Ctrl-C stopped a search before it tried all of something. Returns the exit code.
inline int report_stop(const char* rest) {
    errors() << "cardfit: stopped; the other " << rest << " were not tried\n";
    return stopped;
}

struct table_options {
    std::vector<std::string> ids;
    bool json = false;
    answer_flags answer{};
};

/// Returns the entries of a table that the ids name, or all entries if there are no ids. Throws input_error with each
/// id that the table lacks and the closest ids that it has.
template <class Table, class Id>
[[nodiscard]] auto selected(const Table& table, const std::vector<std::string>& ids, const std::string& key, Id id_of) {
    std::vector<typename Table::value_type> chosen;
    if (ids.empty()) return std::vector<typename Table::value_type>(table.begin(), table.end());
    std::vector<std::string_view> known;
    for (const auto& each : table) known.push_back(id_of(each));
    std::vector<io::input_problem> problems;
    for (const std::string& id : ids) {
        const auto at = std::find(known.begin(), known.end(), id);
        if (at == known.end())
            problems.push_back(io::refused_value(key, id, io::detail::hint("an id", io::closest(id, known, 3))));
        else
            chosen.push_back(table[static_cast<std::size_t>(at - known.begin())]);
    }
    if (!problems.empty()) throw io::input_error(std::move(problems));
    return chosen;
}

/// Adds the row of a model: its dimensions, or for one without layers of one width those of the network that it is
/// lowered to.
inline void add_model(std::string_view id, nlohmann::ordered_json& all, std::vector<std::vector<std::string>>& rows) {
    if (const diffusion* pipeline = io::find_diffusion(id)) {
        const std::int64_t count = parameters(*pipeline);
        all.push_back({{"id", id}, {"parameters", count}, {"image_size", pipeline->default_size}});
        rows.push_back({std::string(id), std::to_string(count), "-", "-", "-", "-", "-", "-", "-",
                        std::to_string(pipeline->default_size)});
        return;
    }
    const io::any_model model = *io::find_model(id);
    const network net = lower(model);
    nlohmann::ordered_json row = {
        {"id", id}, {"parameters", parameters(net)}, {"active_parameters", active_parameters(net)}};
    std::vector<std::string> cells{std::string(id), std::to_string(parameters(net)),
                                   std::to_string(active_parameters(net))};
    const model_shape shape = shape_of(model);
    for (const shape_column& column : shape_columns) {
        const std::int64_t size = shape.*column.size;
        if (size != no_size) row[column.name] = size;
        if (column.in_table) cells.push_back(size > 0 ? std::to_string(size) : "-");
    }
    const number_format published = io::published_formats_of(id).weights;
    if (published != number_format::by_default) row["published_weights"] = block_layout_of(published).name;
    if (net.tower.layers > 0) row["tower_parameters"] = tower_parameters(net);
    const std::int64_t pixels = net.image_size + net.tower.image_size;
    if (pixels > 0) row["image_size"] = pixels;
    cells.push_back(pixels > 0 ? std::to_string(pixels) : "-");
    all.push_back(std::move(row));
    rows.push_back(std::move(cells));
}

inline int models(const table_options& options) {
    std::vector<std::string_view> ids = io::model_ids();
    for (const std::string_view id : io::diffusion_ids()) ids.push_back(id);
    const auto chosen = selected(ids, options.ids, "model", [](std::string_view id) { return id; });
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    std::vector<std::vector<std::string>> rows{
        {"id", "parameters", "active", "layers", "hidden", "heads", "kv", "ffn", "vocab", "pixels"}};
    for (const std::string_view id : chosen) add_model(id, all, rows);
    output() << (options.json ? io::dump(all, 1) + "\n"
                              : printed(io::table_of(std::move(rows), 1, 3), options.answer, ""));
    return answered;
}

}  // namespace tool
