// SPDX-License-Identifier: MIT
#pragma once

// The keys of `hardware`: the machine that a job runs on.

#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/keys/key.hpp>

namespace cardfit::keys {

/// The words of a key, those of all enumerations as one type.
/// @{
inline constexpr auto link_words = as_words(link_names);
inline constexpr auto system_words = as_words(system_names);
/// @}

/// The card, the machine and the nodes have no member here: the reader looks up the card once `capacity_bytes` is
/// known, which tells cards of one name apart, and a machine stands for several members.
inline constexpr key<machine> hardware_keys[]{
    {.facts = {.path = "hardware.card",
               .kind = value_kind::card,
               .absent = "required, unless hardware.machine is given",
               .role = key_role::assumption,
               .documentation = "Card id or name (see: cardfit cards), or an object with a card's columns."}},
    {.facts = {.path = "hardware.machine",
               .kind = value_kind::machine,
               .absent = "the card and the other keys",
               .role = key_role::assumption,
               .documentation = "Named machine or instance (see: cardfit machines), instead of the card: sets cards, "
                                "per_node, link, network_gbit and the host's memory. A count may stand before a "
                                "machine or a card, and a link behind it: 2xp4d.24xlarge, 2xrtx-3090:nvlink-bridge."}},
    {.facts = {.path = "hardware.nodes",
               .range = key_ranges::nodes,
               .unit = "machines",
               .absent = "1, or what hardware.cards takes",
               .flag = "--nodes",
               .documentation = "Number of such machines, where hardware.machine is given."}},
    {.facts = {.path = "hardware.cards",
               .range = key_ranges::cards,
               .unit = "cards",
               .noted = true,
               .flag = "--cards",
               .documentation = "Number of cards in all. A module of several devices counts as that many."},
     .member = member<machine, &machine::cards>},
    {.facts = {.path = "hardware.other_cards",
               .kind = value_kind::cards,
               .absent = "none",
               .flag = "--other-cards",
               .documentation = "Cards of other models beside those of hardware.cards, in the same node and in the "
                                "engine's order. llama.cpp divides layers among them."}},
    {.facts = {.path = "hardware.per_node",
               .range = key_ranges::per_node,
               .unit = "cards",
               .absent = "as the machine in which the card is sold (8 for most), or all if fewer",
               .flag = "--per-node",
               .documentation = "Number of cards per node, which the link joins."},
     .member = member<machine, &machine::per_node>},
    {.facts = {.path = "hardware.link",
               .kind = value_kind::word,
               .words = link_words,
               .absent = "the board's own link; never a bridge",
               .role = key_role::assumption,
               .flag = "--link",
               .documentation = "Link between the cards of a node. pcie-host stages transfers in host memory."},
     .member = member<machine, &machine::link>},
    {.facts = {.path = "hardware.network_gbit",
               .kind = value_kind::number,
               .interval = key_ranges::network_gbit,
               .unit = "Gbit/s per card",
               .absent = "as the machine in which the card is sold",
               .role = key_role::assumption,
               .flag = "--network-gbit",
               .documentation = "Network bandwidth between nodes."},
     .member = member<machine, &machine::network_gbit>},
    {.facts = {.path = "hardware.host_memory_gb_s",
               .kind = value_kind::number,
               .interval = key_ranges::host_memory_gb_s,
               .unit = "GB/s",
               .absent = "89.6, two channels of DDR5-5600",
               .role = key_role::assumption,
               .flag = "--host-memory-gb-s",
               .documentation = "Nominal bandwidth of the host's memory, which layers in host memory are read at."},
     .member = member<machine, &machine::host_memory_gb_s>},
    {.facts = {.path = "hardware.ecc",
               .kind = value_kind::three_state,
               .absent = "as the card ships",
               .role = key_role::assumption,
               .flag = "--ecc",
               .documentation = "Error-correcting code of the card's memory."},
     .member = member<machine, &machine::ecc>},
    {.facts = {.path = "hardware.capacity_bytes",
               .range = key_ranges::capacity_bytes,
               .unit = "bytes",
               .absent = "the card's usable memory",
               .role = key_role::assumption,
               .flag = "--capacity-bytes",
               .documentation = "Memory that the runtime can hand out on an idle card (the total of cudaMemGetInfo)."},
     .member = member<machine, &machine::capacity>},
    {.facts = {.path = "hardware.system",
               .kind = value_kind::word,
               .words = system_words,
               .role = key_role::assumption,
               .flag = "--system",
               .documentation = "Operating system, which decides what the driver keeps of the card."},
     .member = member<machine, &machine::host, &host_conditions::system>},
    {.facts = {.path = "hardware.display_bytes",
               .range = key_ranges::display_bytes,
               .unit = "bytes",
               .role = key_role::assumption,
               .flag = "--display-bytes",
               .documentation = "Memory that a desktop takes of the card."},
     .member = member<machine, &machine::host, &host_conditions::display>},
    {.facts = {.path = "hardware.gpu_limit_mib",
               .range = key_ranges::gpu_limit_mib,
               .unit = "MiB",
               .absent = "as shipped",
               .role = key_role::assumption,
               .flag = "--gpu-limit-mib",
               .documentation = "Part of a memory shared with the host that the GPU may take: iogpu.wired_limit_mb on "
                                "macOS, ttm.pages_limit / 256 or the BIOS carve-out on AMD APUs."},
     .member = member<machine, &machine::host, &host_conditions::gpu_limit_mebibytes>},
};

}  // namespace cardfit::keys
