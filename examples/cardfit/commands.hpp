// SPDX-License-Identifier: MIT
#pragma once

// estimate and models: what the library says, printed.

#include <cardfit/io/cards_table.hpp>
#include <cardfit/io/diffusion_file.hpp>
#include <cardfit/io/text.hpp>
#include <cardfit/version.hpp>

#include <unistd.h>

#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace tool {

using namespace cardfit;

/// Exit codes of the job format.
enum exit_code { answered = 0, does_not_fit = 1, bad_input = 2, bad_lines = 3 };

[[nodiscard]] inline std::string version() {
    return "cardfit " + std::to_string(CARDFIT_VERSION_MAJOR) + "." + std::to_string(CARDFIT_VERSION_MINOR) + "." +
           std::to_string(CARDFIT_VERSION_PATCH);
}

/// Color on a terminal only.
[[nodiscard]] inline io::text_style style() { return {.color = isatty(STDOUT_FILENO) == 1}; }

/// A file's text, or standard input's for "-". Throws input_error.
[[nodiscard]] inline std::string read_all(const std::string& path) {
    if (path != "-") return io::read_file(path, "job");
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

[[nodiscard]] inline int code_of(const io::answered_job& a) {
    return a.report.grade == grade::does_not_fit ? does_not_fit : answered;
}

/// Prints an error as the format asks: the reason on stderr, and with --json the document on stdout.
inline int report_error(const io::input_error& e, bool json) {
    if (json) std::cout << io::dump(io::error_json(e, 0), 2) << "\n";
    std::cerr << "cardfit: " << e.what() << "\n";
    return bad_input;
}

struct estimate_options {
    std::string path;
    bool json = false;
    bool stream = false;
};

/// The answer's JSON to a job of any model.
[[nodiscard]] inline nlohmann::ordered_json answer_line(const std::string& line) {
    const nlohmann::json job = io::job_of_text(line);
    if (!io::asks_for_diffusion(job)) return io::answer_json(io::answer(io::read_job(job)));
    const io::diffusion_file file = io::read_diffusion(job);
    return io::answer_json(file, io::answer(file));
}

/// One answer a line, in order; a bad line gives an error object in its place.
inline int estimate_stream(std::istream& in) {
    int code = answered;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        try {
            std::cout << io::dump(answer_line(line)) << "\n" << std::flush;
        } catch (const io::input_error& e) {
            std::cout << io::dump(io::error_json(e, number)) << "\n" << std::flush;
            code = bad_lines;
        }
    }
    return code;
}

/// Prints a diffusion model's answer; the code of its grade.
inline int estimate_diffusion(const io::diffusion_file& file, bool json) {
    const io::answered_job a = io::answer(file);
    if (json)
        std::cout << io::dump(io::answer_json(file, a), 2) << "\n";
    else
        std::cout << io::answer_text(file, a, style()) << io::assumed_text(file.assumed, style());
    return code_of(a);
}

inline int estimate(const estimate_options& options) {
    if (options.stream && !options.path.empty() && options.path != "-") {
        try {
            std::istringstream text(read_all(options.path));
            return estimate_stream(text);
        } catch (const io::input_error& e) {
            return report_error(e, options.json);
        }
    }
    if (options.stream) return estimate_stream(std::cin);
    if (options.path.empty()) {
        std::cerr << "cardfit: estimate needs a job file, or - for standard input, or --jsonl\n";
        return bad_input;
    }
    try {
        const nlohmann::json given = io::job_of_text(read_all(options.path));
        if (io::asks_for_diffusion(given)) return estimate_diffusion(io::read_diffusion(given), options.json);
        const io::job_file job = io::read_job(given);
        const io::answered_job a = io::answer(job);
        if (options.json)
            std::cout << io::dump(io::answer_json(a), 2) << "\n";
        else
            std::cout << io::answer_text(job, a, style()) << io::assumed_text(job, style());
        return code_of(a);
    } catch (const io::input_error& e) {
        return report_error(e, options.json);
    }
}

struct table_options {
    std::vector<std::string> ids;
    bool json = false;
};

/// The entries asked for, or all. Throws input_error naming the ids that are not there, with the closest that are.
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

/// One model's row: a transformer with its dimensions, another architecture with what it lowers to.
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
    if (const transformer* m = std::get_if<transformer>(&model)) {
        const std::int64_t kv_heads = m->kv_heads > 0 ? m->kv_heads : m->heads;
        row.update({{"layers", m->layers}, {"hidden", m->hidden}, {"heads", m->heads}, {"kv_heads", kv_heads}});
        row.update({{"ffn", m->ffn}, {"vocab", m->vocab}, {"experts", m->experts.count}});
        for (const std::int64_t each : {m->layers, m->hidden, m->heads, kv_heads, m->ffn, m->vocab})
            cells.push_back(std::to_string(each));
    } else {
        cells.resize(9, "-");
    }
    if (net.image_size > 0) row["image_size"] = net.image_size;
    cells.push_back(net.image_size > 0 ? std::to_string(net.image_size) : "-");
    all.push_back(std::move(row));
    rows.push_back(std::move(cells));
}

inline int models(const table_options& options) {
    try {
        std::vector<std::string_view> ids = io::model_ids();
        for (const std::string_view id : io::diffusion_ids()) ids.push_back(id);
        const auto chosen = selected(ids, options.ids, "model", [](std::string_view id) { return id; });
        nlohmann::ordered_json all = nlohmann::ordered_json::array();
        std::vector<std::vector<std::string>> rows{
            {"id", "parameters", "active", "layers", "hidden", "heads", "kv", "ffn", "vocab", "pixels"}};
        for (const std::string_view id : chosen) add_model(id, all, rows);
        std::cout << (options.json ? io::dump(all, 1) + "\n" : io::aligned(rows, 1, ""));
        return answered;
    } catch (const io::input_error& e) {
        return report_error(e, options.json);
    }
}

}  // namespace tool
