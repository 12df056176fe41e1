// SPDX-License-Identifier: MIT
#pragma once

// --calibration: the file that a command's jobs are calibrated by.

#include <cardfit/io/calibration_file.hpp>

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace tool {

namespace io = cardfit::io;

/// The calibration that the command line names; nothing where it names none. One command runs in a process.
[[nodiscard]] inline std::optional<io::calibration_file>& calibration() {
    static std::optional<io::calibration_file> given;
    return given;
}

/// Reads a job, and lets it use the command line's calibration.
[[nodiscard]] inline io::job_file read_job(const nlohmann::json& given) {
    io::job_file job = io::read_job(given);
    if (calibration()) io::apply(*calibration(), job);
    return job;
}

}  // namespace tool
