// SPDX-License-Identifier: MIT
#pragma once

// calibrate: turns a user's own measurements into a calibration file for --calibration.

#include "commands.hpp"

#include <cardfit/validate/calibrate.hpp>

#include <fstream>
#include <string>
#include <vector>

namespace tool {

struct calibrate_options {
    std::string rows;
    std::string framework;
    std::string engine;
    std::string output;
};

/// Returns the rows of a file, lowered. Throws input_error with the line of the first malformed row.
[[nodiscard]] inline std::vector<cardfit::validation::lowered_row> own_rows(const std::string& path) {
    std::istringstream in(read_all(path));
    std::vector<cardfit::validation::lowered_row> rows;
    const auto add_row = [&](int, const std::string& line) {
        rows.push_back(cardfit::validation::lowered(cardfit::validation::read_measured_row(line, own_cards().get())));
    };
    const auto refuse = [](int number, const io::input_error& e) {
        std::vector<io::input_problem> problems = e.problems();
        for (io::input_problem& each : problems) {
            each.line = number;
            each.message = "line " + std::to_string(number) + ": " + each.message;
        }
        throw io::input_error(std::move(problems));
    };
    for_each_line(in, add_row, refuse);
    if (rows.empty()) throw io::input_error({io::missing_key("file", "measured rows, one per line")});
    return rows;
}

[[nodiscard]] inline std::string framework_name(const io::job_file& job) {
    return std::string(job.training ? row_of(job.training->framework).name : row_of(job.inference->framework).name);
}

/// Throws input_error unless all rows are of the same kind and of the framework or engine that is calibrated.
inline void check_own_rows(const std::vector<cardfit::validation::lowered_row>& rows, bool training,
                           const std::string& name) {
    const std::string key = training ? "training.framework" : "inference.framework";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const io::job_file& job = rows[i].measured.job;
        const bool same = job.training.has_value() == training && framework_name(job) == name;
        if (same) continue;
        io::input_problem p = io::refused_value(key, framework_name(job), name);
        p.line = static_cast<int>(i) + 1;
        p.message = "line " + std::to_string(p.line) + ": " + p.message;
        throw io::input_error({p});
    }
}

/// Returns the rows with a measured number above 0: either the times, or the peaks and largest sizes.
[[nodiscard]] inline cardfit::validation::row_list rows_of_kind(
    const std::vector<cardfit::validation::lowered_row>& rows, bool times) {
    cardfit::validation::row_list chosen;
    for (const cardfit::validation::lowered_row& row : rows) {
        const cardfit::validation::measured_row& m = row.measured;
        if (cardfit::validation::is_time(m) == times && !m.is_verdict() && m.value > 0) chosen.push_back(&row);
    }
    return chosen;
}

[[nodiscard]] inline nlohmann::ordered_json fit_json(const cardfit::validation::calibration_fit& fit) {
    return {{"rows", fit.rows},
            {"median_error_before", fit.median_before},
            {"median_error_after", fit.median_after},
            {"median_error_left_out", fit.median_left_out}};
}

/// Fits one framework or engine and returns the calibration's document.
template <class Calibration>
[[nodiscard]] nlohmann::ordered_json calibrated(const std::vector<cardfit::validation::lowered_row>& rows,
                                                const std::string& key, const std::string& name, Calibration c) {
    constexpr int least_time_band = 100;
    constexpr int least_memory_band = 50;
    const auto time = cardfit::validation::calibrate(rows_of_kind(rows, true), c.constants, least_time_band);
    const auto memory = cardfit::validation::calibrate(rows_of_kind(rows, false), c.row.memory, least_memory_band);
    nlohmann::ordered_json document = {{key, name}};
    for (const auto& each : time.constants) document["constants"][each.name] = each.value;
    for (const auto& each : memory.constants)
        document["memory"][each.name.substr(each.name.find('.') + 1)] = static_cast<int>(each.value);
    if (memory.band_per_mille > 0) document["band_per_mille"]["memory"] = (std::min)(memory.band_per_mille, 1000);
    if (time.band_per_mille > 0) document["band_per_mille"]["time"] = (std::min)(time.band_per_mille, 1000);
    if (memory.rows > 0) document["fit"]["memory"] = fit_json(memory);
    if (time.rows > 0) document["fit"]["time"] = fit_json(time);
    return document;
}

/// Returns the result of a fit as text: "time: 12 rows, median error 18.0 % before, 3.1 % after, 4.4 % of rows left
/// out".
[[nodiscard]] inline std::string fit_text(const nlohmann::ordered_json& document) {
    const auto percent = [](const nlohmann::ordered_json& share) {
        return io::fixed(100 * share.get<double>(), 1) + " %";
    };
    std::string text;
    const nlohmann::ordered_json none = nlohmann::ordered_json::object();
    const nlohmann::ordered_json fits = document.value("fit", none);
    const nlohmann::ordered_json constants = document.value("constants", none);
    const nlohmann::ordered_json memory = document.value("memory", none);
    const nlohmann::ordered_json bands = document.value("band_per_mille", none);
    for (const auto& [kind, fit] : fits.items())
        text += kind + ": " + std::to_string(fit["rows"].get<int>()) + " rows; median error " +
                percent(fit["median_error_before"]) + " before, " + percent(fit["median_error_after"]) + " after, " +
                percent(fit["median_error_left_out"]) + " of rows left out\n";
    for (const auto& [name, value] : constants.items()) text += "  " + name + " = " + value.dump() + "\n";
    for (const auto& [name, value] : memory.items()) text += "  memory." + name + " = " + value.dump() + "\n";
    for (const auto& [name, value] : bands.items())
        text += "  " + name + " band = " + io::fixed(value.get<double>() / 10, 0) + " %\n";
    return text;
}

inline int calibrate(const calibrate_options& o) {
    if (!o.framework.empty() && !o.engine.empty())
        throw io::input_error(
            {io::refused_value("--engine", o.engine, "either --framework or --engine, and not both")});
    const std::vector<cardfit::validation::lowered_row> rows = own_rows(o.rows);
    const io::job_file& first = rows[0].measured.job;
    const bool training = o.engine.empty() && (!o.framework.empty() || first.training.has_value());
    const std::string given = training ? o.framework : o.engine;
    nlohmann::ordered_json document;
    if (training) {
        const cardfit::framework f =
            given.empty() ? first.training->framework : io::framework_of_name(given, "--framework");
        const std::string name(row_of(f).name);
        check_own_rows(rows, true, name);
        document = calibrated(rows, "framework", name, io::calibration_of(f).training);
    } else {
        const cardfit::engine e = given.empty() ? first.inference->framework : io::engine_of_name(given, "--engine");
        const std::string name(row_of(e).name);
        check_own_rows(rows, false, name);
        document = calibrated(rows, "engine", name, io::calibration_of(e).inference);
    }
    if (!document.contains("fit"))
        throw io::input_error({io::missing_key("file", "rows that measured a number above 0")});
    const std::string text = io::dump(document, 2) + "\n";
    if (o.output.empty() || o.output == "-") {
        output() << text;
        return answered;
    }
    std::ofstream out(o.output);
    out << text;
    if (!out.flush()) throw io::input_error({io::refused_value("-o", o.output, "a path that can be written")});
    output() << fit_text(document);
    return answered;
}

inline std::function<int()> add_calibrate(CLI::App& app) {
    const auto o = std::make_shared<calibrate_options>();
    app.add_option("file", o->rows, "your measured rows (JSONL), or - for standard input")->required();
    app.add_option("--framework", o->framework, "the framework that the rows are of; default: the first row's");
    app.add_option("--engine", o->engine, "the serving engine that the rows are of; default: the first row's");
    app.add_option("-o,--output", o->output, "write the calibration here; default: standard output");
    return [o] { return calibrate(*o); };
}
inline constexpr command calibrate_command{.name = "calibrate",
                                           .help = "fit constants to your own measurements, for --calibration",
                                           .add = add_calibrate,
                                           .reads_jobs = false,
                                           .takes_cards = true};

}  // namespace tool
