// SPDX-License-Identifier: MIT
#pragma once

// A machine or cloud instance by name: its cards and what joins them, its network, its host, and the documents that
// state them. A row is what one order delivers: a server, a rack, or an instance.

#include <cardfit/hardware/machine.hpp>

#include <array>
#include <string_view>

namespace cardfit {

/// A named machine. 0 and an empty text stand for "not documented" in every member, unless it says otherwise.
struct named_machine {
    /// As its maker writes it: "p5.48xlarge". Lookup ignores upper and lower case and punctuation.
    std::string_view name{};
    /// Another name of the same machine; empty: there is none.
    std::string_view alias{};
    /// Who sells it: "AWS", "NVIDIA".
    std::string_view seller{};
    const gpu& card;  ///< the row of each of its cards
    /// Number of cards in one machine.
    int cards = 1;
    /// The link between the cards; `by_default`: the board's own.
    card_link link = card_link::by_default;
    /// Network bandwidth between machines in Gbit/s per card. Rows write it as the machine's total over its cards.
    double network_gbit = 0;
    /// Number of cards that one NVLink domain joins where it is larger than the machine (72 in an NVL72 rack); 0: the
    /// domain is the machine.
    int nvlink_domain = 0;
    /// Memory of the host, per machine.
    bytes host_memory{};
    /// Hardware threads of the host as clouds count them, per machine.
    int vcpus = 0;
    /// Physical cores of the host, per machine.
    int cpu_cores = 0;
    /// Local disks for data, per machine.
    bytes local_disk{};
    /// True where a document says that the machine has no local disk, or only one that can be added.
    bool diskless = false;
    /// What a user of the machine should know: documented facts about its links, traps of its documents.
    std::string_view note{};
    /// The figures that no document states, and how they were estimated.
    std::string_view estimated{};
    /// The documents that state the figures, the most important first.
    std::array<const document*, 3> documents{};

    /// Returns the number of cards that one node holds where there are enough machines: the NVLink domain.
    [[nodiscard]] constexpr int cards_per_domain() const noexcept { return nvlink_domain > 0 ? nvlink_domain : cards; }

    /// Returns `count` cards of such machines, which may be fewer than one machine has. Throws std::invalid_argument
    /// unless 1 <= count <= 1,000,000.
    [[nodiscard]] constexpr machine take(int count) const {
        machine taken = count * card;
        taken.per_node = static_cast<int>(smaller(count, cards_per_domain()));
        taken.link = link;
        taken.network_gbit = network_gbit;
        const int machines_per_node = (taken.per_node + cards - 1) / cards;
        taken.host_memory = host_memory * machines_per_node;
        taken.name = name;
        return taken;
    }

    /// One such machine.
    constexpr operator machine() const { return take(cards); }
};

/// `2 * machines::p4d_24xlarge` is a machine of two such instances. Throws std::invalid_argument unless there are 1 to
/// 1,000,000 cards.
template <exact_scalar Count>
[[nodiscard]] constexpr machine operator*(Count count, const named_machine& row) {
    problem_list found(on_problem::refuse);
    found.within(ranged{key_ranges::nodes, static_cast<std::int64_t>(count)});
    found.within(ranged{key_ranges::cards, static_cast<std::int64_t>(count) * row.cards});
    return row.take(static_cast<int>(count) * row.cards);
}

/// A name that no estimate can be made for, and why: an accelerator that is no GPU, a share of a card, or a card that
/// is not in the table.
struct refused_machine {
    /// The beginning of the names, without punctuation, in lower case.
    std::string_view prefix{};
    /// Completes "NAME …": "has AWS Trainium chips, which are not GPUs".
    std::string_view reason{};
};

}  // namespace cardfit
