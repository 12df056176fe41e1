// SPDX-License-Identifier: MIT
#pragma once

// What an NVLink bridge would bring: cards that take one run without it unless the job names it, because a bridge is
// bought apart.

#include "remedies_text.hpp"

#include <cardfit/hardware/links.hpp>
#include <cardfit/io/text.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace tool {

/// The time of a job with bridges between its cards.
struct bridge_offer {
    double seconds = 0;  ///< per step, or per generated token with its share of the prompt, or per pass
    double faster = 1;   ///< the time without bridges over the time with them
};

namespace detail {

/// Returns the seconds of a step, of a generated token with its share of the prompt, or of a pass that generates
/// nothing; 0 without a time.
[[nodiscard]] inline double unit_time(const io::answered_job& a) {
    if (a.step) return a.step->step.number;
    if (!a.serving) return 0;
    return a.serving->generated.number > 0 ? 1 / a.serving->generated.number : a.serving->prefill.number;
}

}  // namespace detail

/// Returns the time with NVLink bridges, where the job's cards take some, it names no link, and they save at least 1 %.
[[nodiscard]] inline std::optional<bridge_offer> bridge_of(const io::job_file& job, const io::answered_job& a) {
    const machine& m = job.hardware;
    const card_link usual = link_of(m);
    const bool joined = usual != card_link::pcie && usual != card_link::pcie_host;
    if (joined || m.link != card_link::by_default || cards_per_node(m) < 2 || links_of(m.card).bridged == 0) return {};
    const double without = detail::unit_time(a);
    if (without <= 0) return {};
    io::job_file bridged = job;
    bridged.hardware.link = card_link::nvlink_bridge;
    const double with = detail::unit_time(io::answer(bridged));
    if (with <= 0 || without < 1.01 * with) return {};
    return bridge_offer{.seconds = with, .faster = without / with};
}

/// Returns the line that offers bridges: "With NVLink bridges (--link nvlink-bridge): step 0.5 s, 1.20x faster".
[[nodiscard]] inline std::string bridge_text(const io::job_file& job, const io::answered_job& a) {
    const std::optional<bridge_offer> offer = bridge_of(job, a);
    if (!offer) return {};
    const std::string unit = a.step ? "step " : a.serving->generated.number > 0 ? "generated token " : "pass ";
    return "  With NVLink bridges (--link nvlink-bridge): " + unit + io::in_time(seconds_of(offer->seconds)) + ", " +
           speed_text(1 / offer->faster) + "\n";
}

}  // namespace tool
