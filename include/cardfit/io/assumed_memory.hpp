// SPDX-License-Identifier: MIT
#pragma once

// What an answer assumes about host memory: the part of a shared memory that the GPU gets, and the link that offloaded
// tensors cross.

#include <cardfit/estimate/collectives.hpp>
#include <cardfit/io/figures.hpp>
#include <cardfit/io/object_reader.hpp>
#include <cardfit/job/inference.hpp>

#include <optional>
#include <string>

namespace cardfit::io::detail {

/// Returns the link between a card and its host's memory: "NVLink-C2C of 450.0 GB/s per direction".
[[nodiscard]] inline std::string host_link_text(const gpu& card) {
    const std::string rate = fixed(cardfit::detail::host_link_bytes_per_second(card) / 1e9, 1) + " GB/s per direction";
    if (host_link_per_direction(card).number > 0) return "NVLink-C2C of " + rate;
    const card_links& l = card.links;
    if (pcie_per_direction(card) == bytes_per_second{}) return "a PCIe slot of " + rate + " (the card's is not known)";
    return "PCIe " + std::to_string(l.pcie_generation) + " x" + std::to_string(l.pcie_lanes) + " of " + rate;
}

/// Adds what an answer assumes about memory that GPU and host share: how much of it the GPU gets, which a setting of
/// the host changes, or what the operating system takes.
inline void assume_shared_memory(const machine& m, findings& found) {
    if (!shares_memory_with_host(m.card)) return;
    const std::string usable = in_gib(usable_memory(m)) + " of " + fixed(in_gibibytes(m.card.memory), 0) + " GiB";
    if (!has_gpu_limit(m.card))
        found.assumed.push_back({"shared memory", usable + " left by an idle operating system"});
    else if (m.host.gpu_limit_mebibytes == 0 && m.capacity.number == 0)
        found.assumed.push_back({key_ranges::gpu_limit_mib.path,
                                 std::to_string(in_mebibytes_down(usable_memory(m))) + " as shipped (" + usable + "; " +
                                     std::string(row_of(m.card.memory_sharing).setting) + " changes it)"});
}

/// Adds the link that offloaded tensors cross.
inline void assume_host_link(const std::optional<training>& job, const gpu& card, findings& found) {
    if (job && job->offload_device == offload_device::nvme)
        found.assumed.push_back({"NVMe", "as fast as host memory (a step takes at least this time)"});
    if (job && job->offload != offload::none) found.assumed.push_back({"link to host memory", host_link_text(card)});
}

/// Adds the rate of host memory, and the link to it, where layers of a served model are there.
inline void assume_host_memory(const std::optional<inference>& job, const machine& m, findings& found) {
    if (!job || !is_placed(*job)) return;
    if (!(m.host_memory_gb_s > 0))
        found.assumed.push_back({key_ranges::host_memory_gb_s.path, fixed(assumed_host_memory_gb_s, 1) +
                                                                        " (two channels of DDR5-5600; 42 % of it reach "
                                                                        "the host's kernels)"});
    found.assumed.push_back({"link to host memory", host_link_text(m.card)});
}

}  // namespace cardfit::io::detail
