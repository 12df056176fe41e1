// SPDX-License-Identifier: MIT
#pragma once

// --calibration: the file with the calibration of a command's jobs.

#include <cardfit/io/calibration_file.hpp>

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace tool {

namespace io = cardfit::io;

/// Returns the calibration that the command line names, or nothing if it names none. A process runs only one command.
[[nodiscard]] inline std::optional<io::calibration_file>& calibration() {
    static std::optional<io::calibration_file> given;
    return given;
}

/// Reads a job and applies the calibration that the command line names.
[[nodiscard]] inline io::job_file read_job(const nlohmann::json& given) {
    io::job_file job = io::read_job(given);
    if (calibration()) io::apply(*calibration(), job);
    return job;
}

}  // namespace tool
