// SPDX-License-Identifier: MIT
#pragma once

// Writes include/cardfit/calibration/left_out_data.hpp, which `cardfit validate --leave-one-source-out` reads.

#include "leave_out.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>
#include <string>

namespace calibration {

template <class Constants>
[[nodiscard]] std::string times_text(const char* name, const char* count, refits<Constants> r) {
    std::string text = "/// The constants of a time without one source each, in the order of `for_each_fitted`.\n";
    text += "inline constexpr left_out_times<" + std::string(count) + "> " + name + "[]{\n";
    for (auto& [source, one] : r.without) {
        text += "    {\"" + source + "\",\n     {";
        const std::vector<parameter> parameters = parameters_of(one.constants);
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            char value[40];
            std::snprintf(value, sizeof value, one.decided[i] ? "{%.5g}" : "{%.5g, false}", *parameters[i].value);
            text += (i == 0 ? "" : ", ") + std::string(value);
        }
        text += "}},\n";
    }
    return text + "};\n\n";
}

/// Returns the enumerator's name: the framework's word with "_" in place of "-".
[[nodiscard]] inline std::string enumerator_of(framework f) {
    std::string name(row_of(f).name);
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

[[nodiscard]] inline std::string memories_text(const memory_refits& r, const std::vector<lowered_row>& rows) {
    std::set<std::pair<std::string, framework>> seen;
    std::string text = "/// The numbers and mechanisms of a framework's row without one source each.\n";
    text += "inline constexpr left_out_memory left_out_memories[]{\n";
    for (const lowered_row& row : rows) {
        const framework f = row.measured.job.training->framework;
        if (!seen.insert({row.measured.source, f}).second) continue;
        const memory_values& values = r.without.at(row.measured.source);
        text += "    {\"" + row.measured.source + "\", framework::" + enumerator_of(f) + ",\n     {";
        for (std::size_t i = 0; i < memory_number_count; ++i)
            text += (i == 0 ? "" : ", ") + std::to_string(values.numbers[i]);
        text += "},\n     {";
        for (std::size_t i = 0; i < memory_mechanism_count; ++i)
            text += std::string(i == 0 ? "" : ", ") + (values.mechanisms[i] ? "true" : "false");
        text += "}},\n";
    }
    return text + "};\n";
}

inline void write_left_out(const std::string& path, const refits<training_time_constants>& training,
                           const refits<inference_time_constants>& inference, const memory_refits& memory,
                           const std::vector<lowered_row>& rows) {
    std::ofstream out(path);
    out << "// SPDX-License-Identifier: MIT\n#pragma once\n\n"
           "// Written by `refit --write-left-out` (tests/calibration): the fitted constants without each source.\n"
           "// Don't edit it. See left_out.hpp.\n\n"
           "#include <cardfit/calibration/left_out_row.hpp>\n\nnamespace cardfit {\n\n// clang-format off\n"
        << times_text("left_out_training", "fitted_training_constants", training)
        << times_text("left_out_inference", "fitted_inference_constants", inference) << memories_text(memory, rows)
        << "// clang-format on\n\n}  // namespace cardfit\n";
    if (!out) throw std::runtime_error("cannot write " + path);
}

}  // namespace calibration
