// SPDX-License-Identifier: MIT
#pragma once

// A calibration as a JSON file: what `cardfit calibrate` writes from a user's measurements and every command that reads
// jobs takes by --calibration. It names the framework or engine whose jobs it holds for, and what replaces constants,
// allocator slack and bands there.
//
//     {"framework": "torchtitan",
//      "constants": {"kernels.matrix_hopper": 0.71},
//      "memory": {"slack_per_mille": 20, "activation_slack_per_mille": 30},
//      "band_per_mille": {"memory": 60, "time": 110},
//      "fit": {...}}                                      what the fit found; not read

#include <cardfit/calibration/fitted.hpp>
#include <cardfit/calibration/inference_calibration.hpp>
#include <cardfit/calibration/training_calibration.hpp>
#include <cardfit/io/figures.hpp>
#include <cardfit/io/job_file.hpp>
#include <cardfit/io/names.hpp>
#include <cardfit/io/object_reader.hpp>
#include <cardfit/io/parse_json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cardfit::io {

/// A calibration that holds for the jobs of one framework or of one engine.
struct calibration_file {
    std::optional<cardfit::framework> framework{};  ///< of a training; absent for an engine's
    std::optional<cardfit::engine> engine{};        ///< of an inference; absent for a framework's
    training_calibration training{};                ///< row and constants of a training
    inference_calibration inference{};              ///< row and constants of an inference
};

/// The calibration of a framework or an engine that replaces nothing.
[[nodiscard]] inline calibration_file calibration_of(cardfit::framework f) {
    return {.framework = f, .training = {.row = row_of(f)}};
}
/// The same of an engine.
[[nodiscard]] inline calibration_file calibration_of(cardfit::engine e) {
    return {.engine = e, .inference = {.row = row_of(e)}};
}

/// Lets a job of the calibration's framework or engine use it; other jobs stay as they are. The calibration must
/// outlive the job.
inline void apply(const calibration_file& c, job_file& job) {
    if (c.framework && job.training && job.training->framework == *c.framework) job.training->calibration = &c.training;
    if (c.engine && job.inference && job.inference->framework == *c.engine) job.inference->calibration = &c.inference;
}

namespace detail {

/// Reads one number of an object, if it is there.
inline void read_number(object_reader& in, std::string_view key, double low, double high, double& target) {
    const std::optional<json_view> value = in.take(key);
    if (!value) return;
    const std::string accepted =
        "a number from " + cardfit::detail::significant(low, 4) + " to " + cardfit::detail::significant(high, 4);
    const std::optional<double> given = value->number();
    if (!given || !(*given >= low) || !(*given <= high)) return in.refuse_value(in.full(key), *value, accepted);
    target = *given;
}

inline void read_number(object_reader& in, std::string_view key, int low, int high, int& target) {
    const std::optional<json_view> value = in.take(key);
    if (!value) return;
    const std::string accepted = "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
    const std::optional<std::int64_t> given = value->whole();
    if (!given || *given < low || *given > high) return in.refuse_value(in.full(key), *value, accepted);
    target = static_cast<int>(*given);
}

/// Reads constants by their full names. Each lies within a tenth and ten times its default value.
template <class Constants>
void read_constants(json_view given, Constants& constants, findings& found) {
    object_reader in(given, "constants", found);
    std::vector<std::string> names;
    for_each_constant(constants, [&](std::string_view group, const auto& description, double&) {
        names.push_back(std::string(group) + "." + std::string(description.name));
    });
    std::size_t i = 0;
    for_each_constant(constants, [&](std::string_view, const auto&, double& value) {
        read_number(in, names[i], value / 10, value * 10, value);
        ++i;
    });
    if (!given.is_object()) return;
    given.for_each([&](std::string_view key, json_view value) {
        if (std::find(names.begin(), names.end(), key) != names.end()) return;
        const std::vector<std::string_view> known(names.begin(), names.end());
        found.problems.push_back(refused_value("constants." + std::string(key), value.shown(),
                                               hint("the name of a constant", closest(key, known, 3))));
    });
}

inline void read_memory(json_view given, framework_memory& row, findings& found) {
    object_reader in(given, "memory", found);
    read_number(in, "slack_per_mille", 0, 1000, row.slack_per_mille);
    read_number(in, "activation_slack_per_mille", 0, 1000, row.activation_slack_per_mille);
    in.finish();
}
inline void read_memory(json_view given, engine_memory& row, findings& found) {
    object_reader in(given, "memory", found);
    read_number(in, "slack_per_mille", 0, 1000, row.slack_per_mille);
    in.finish();
}

/// Reads what replaces a row and constants. The order of keys is free.
template <class Calibration>
void read_replacements(object_reader& in, Calibration& c, findings& found) {
    if (const std::optional<json_view> given = in.take("constants")) read_constants(*given, c.constants, found);
    if (const std::optional<json_view> given = in.take("memory")) read_memory(*given, c.row.memory, found);
    if (const std::optional<json_view> given = in.take("band_per_mille")) {
        object_reader bands(*given, "band_per_mille", found);
        read_number(bands, "memory", 1, 1000, c.row.memory.band_per_mille);
        read_number(bands, "time", 1, 1000, c.row.time.band_per_mille);
        bands.finish();
    }
}

template <class E, class Names>
[[nodiscard]] std::optional<E> read_base(json_view value, const std::string& key, const Names& names, findings& found) {
    std::string accepted;
    for (const auto& each : names) {
        if (value.text() == each.name) return each.value;
        if (!each.alias) accepted += (accepted.empty() ? "" : ", ") + std::string(each.name);
    }
    found.problems.push_back(refused_value(key, value.shown(), accepted));
    return {};
}

}  // namespace detail

/// The framework or engine of a name. Throws input_error for an unknown one.
[[nodiscard]] inline cardfit::framework framework_of_name(const std::string& name, const std::string& key) {
    findings found;
    const nlohmann::json stated = name;
    const auto base = detail::read_base<cardfit::framework>(stated, key, framework_names, found);
    if (!base) throw input_error(std::move(found.problems));
    return *base;
}
/// The engine of a name. Throws input_error for an unknown one.
[[nodiscard]] inline cardfit::engine engine_of_name(const std::string& name, const std::string& key) {
    findings found;
    const nlohmann::json stated = name;
    const auto base = detail::read_base<cardfit::engine>(stated, key, engine_names, found);
    if (!base) throw input_error(std::move(found.problems));
    return *base;
}

/// Reads a calibration. Throws input_error with everything that is wrong with it.
[[nodiscard]] inline calibration_file read_calibration(std::string_view text) {
    const nlohmann::json value = parse_json(text);
    findings found;
    object_reader in(value, "", found);
    if (!value.is_object()) throw input_error({refused_value("calibration", value, "an object")});
    calibration_file c;
    const std::optional<json_view> framework = in.take("framework");
    const std::optional<json_view> engine = in.take("engine");
    if (framework.has_value() == engine.has_value())
        throw input_error({missing_key("framework", "either framework or engine, and not both")});
    if (framework) {
        const auto base = detail::read_base<cardfit::framework>(*framework, "framework", framework_names, found);
        if (base) c = calibration_of(*base);
        detail::read_replacements(in, c.training, found);
    } else {
        const auto base = detail::read_base<cardfit::engine>(*engine, "engine", engine_names, found);
        if (base) c = calibration_of(*base);
        detail::read_replacements(in, c.inference, found);
    }
    static_cast<void>(in.take("fit"));
    in.finish();
    if (!found.problems.empty()) throw input_error(std::move(found.problems));
    return c;
}

}  // namespace cardfit::io
