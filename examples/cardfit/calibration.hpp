// SPDX-License-Identifier: MIT
#pragma once

// --calibration and --cards-file: the files with the calibration of a command's jobs, and with the user's own cards.

#include "console.hpp"
#include "hub_flags.hpp"

#include <cardfit/io/calibration_file.hpp>
#include <cardfit/io/cards_file.hpp>
#include <cardfit/io/diffusion_file.hpp>

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tool {

namespace io = cardfit::io;

/// Returns the calibration that the command line names, or nothing if it names none.
[[nodiscard]] inline std::optional<io::calibration_file>& calibration() {
    return of_this_run<std::optional<io::calibration_file>>();
}

/// Returns the cards of the file that the command line names, or null if it names none.
[[nodiscard]] inline std::shared_ptr<const io::card_set>& own_cards() {
    return of_this_run<std::shared_ptr<const io::card_set>>();
}

/// Returns every card that commands choose from: the user's, then those of the table.
[[nodiscard]] inline std::span<const cardfit::gpu* const> known_cards() {
    return io::detail::table_with(own_cards().get());
}

/// Returns the card that a name means, or null if it means none or several.
[[nodiscard]] inline const cardfit::gpu* find_card(std::string_view name) {
    return io::find_card(name, {}, own_cards().get());
}

/// Returns what is accepted for the name of a card.
[[nodiscard]] inline std::string accepted_cards(std::string_view name) {
    return io::accepted_cards(name, {}, own_cards().get());
}

/// Reads a job of a diffusion model.
[[nodiscard]] inline io::diffusion_file read_diffusion(const nlohmann::json& given) {
    return io::read_diffusion(given, own_cards().get());
}

/// Reads a job and applies the calibration that the command line names.
[[nodiscard]] inline io::job_file read_job(const nlohmann::json& given) {
    io::job_file job = io::read_job(given, own_cards().get(), hub_fetcher());
    if (calibration()) io::apply(*calibration(), job);
    return job;
}

/// Reads a job of the usual kind from its text, as `io::read_plain_job` does, and applies the calibration. Returns
/// false for another text.
[[nodiscard]] inline bool read_plain_job(std::string_view text, io::job_file& job) {
    if (!io::read_plain_job(text, job, own_cards().get(), hub_fetcher())) return false;
    if (calibration()) io::apply(*calibration(), job);
    return true;
}

}  // namespace tool
