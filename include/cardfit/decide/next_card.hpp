// SPDX-License-Identifier: MIT
#pragma once

// The card to buy or rent next if a job does not fit: the next card up of the same kind of product, then of the kinds
// that cost more.

#include <cardfit/hardware/capabilities.hpp>
#include <cardfit/hardware/gpu.hpp>

namespace cardfit {

/// The kinds of products that cards are, in the order of what a machine with them costs. A computer is a whole system
/// whose GPU uses its memory (Apple, DGX Spark, Jetson, Ryzen AI Max); a server module needs a baseboard (SXM, OAM,
/// superchips).
enum class product_kind : unsigned char { computer, consumer, workstation, server_card, server_module };
/// The number of kinds.
inline constexpr int product_kind_count = 5;

/// Returns the kind of product that a card is. A laptop's GPU counts as a consumer card, because what replaces it is
/// one.
[[nodiscard]] constexpr product_kind product_kind_of(const gpu& card) noexcept {
    if (is_module(card) || card.form_factor == form_factor::sh5_socket) return product_kind::server_module;
    if (shares_memory_with_host(card)) return product_kind::computer;
    if (card.segment == segment::consumer) return product_kind::consumer;
    return card.segment == segment::datacenter ? product_kind::server_card : product_kind::workstation;
}

/// Returns true if a card can be suggested to someone who has `asked`: it is sold, and not only for export where
/// `asked` is not, and it is no laptop's GPU and no MIG slice.
[[nodiscard]] constexpr bool can_be_bought(const gpu& card, const gpu& asked) noexcept {
    const bool sold = card.availability == availability::sold ||
                      (card.availability == availability::for_export && asked.availability == availability::for_export);
    return sold && card.form_factor != form_factor::laptop && !is_mig_slice(card);
}

namespace detail {

/// Returns true if `card` is the nearer step up: less memory, then the newer one, then the cheaper one at launch.
[[nodiscard]] constexpr bool is_nearer(const gpu& card, const gpu& than) noexcept {
    if (card.memory != than.memory) return card.memory < than.memory;
    if (card.release_year != than.release_year) return card.release_year > than.release_year;
    const double price = card.launch_price.number;
    const double other = than.launch_price.number;
    return price > 0 && (same_number(other, 0.0) || price < other);
}

/// The cards among which the next one is searched for.
struct next_card_search {
    product_kind kind{};
    bool any_vendor = false;
    int oldest_year = 0;
};

[[nodiscard]] constexpr bool is_candidate(const gpu& card, const gpu& asked, const next_card_search& s) noexcept {
    const bool vendor = s.any_vendor || card.vendor == asked.vendor;
    return vendor && product_kind_of(card) == s.kind && card.release_year >= s.oldest_year && card.id != asked.id &&
           can_be_bought(card, asked);
}

/// Returns the nearest candidate that `accepts` takes, or null if it takes none.
template <class Cards, class Accepts>
[[nodiscard]] constexpr const gpu* nearest(const Cards& cards, const gpu& asked, const next_card_search& s,
                                           Accepts accepts) {
    const gpu* best = nullptr;
    for (const gpu* card : cards) {
        if (!is_candidate(*card, asked, s) || (best != nullptr && !is_nearer(*card, *best))) continue;
        if (accepts(*card)) best = card;
    }
    return best;
}

/// Returns the year of the newest candidate.
template <class Cards>
[[nodiscard]] constexpr int newest_year(const Cards& cards, const gpu& asked, const next_card_search& s) noexcept {
    int newest = 0;
    for (const gpu* card : cards)
        if (is_candidate(*card, asked, s) && card->release_year > newest) newest = card->release_year;
    return newest;
}

/// Returns the next card of one kind: among those that were released at most three years before the newest of the kind,
/// because older ones are no longer made, or else among all.
template <class Cards, class Accepts>
[[nodiscard]] constexpr const gpu* next_of_kind(const Cards& cards, const gpu& asked, next_card_search s,
                                                Accepts accepts) {
    s.oldest_year = newest_year(cards, asked, s) - 3;
    if (const gpu* recent = nearest(cards, asked, s, accepts)) return recent;
    s.oldest_year = 0;
    return nearest(cards, asked, s, accepts);
}

}  // namespace detail

/// Returns the card of a range of pointers to cards that is the next one up from `asked` for a job that `accepts`
/// takes: of the same kind of product if one is accepted, then of the kinds that cost more, then of the others. Only
/// cards of the same vendor are considered, unless nothing of it is accepted and `any_vendor` says that the job's
/// software runs on the others'. A card that is announced, hardly delivered, rebuilt by a workshop, or (for others than
/// its own buyers) made for export is never returned. Null if no card is accepted.
template <class Cards, class Accepts>
[[nodiscard]] constexpr const gpu* next_card(const Cards& cards, const gpu& asked, bool any_vendor, Accepts accepts) {
    const int own = static_cast<int>(product_kind_of(asked));
    for (const bool others : {false, true}) {
        if (others && !any_vendor) break;
        for (int step = 0; step < product_kind_count; ++step) {
            const int kind = (own + step) % product_kind_count;
            const detail::next_card_search s{static_cast<product_kind>(kind), others, 0};
            if (const gpu* next = detail::next_of_kind(cards, asked, s, accepts)) return next;
        }
    }
    return nullptr;
}

}  // namespace cardfit
