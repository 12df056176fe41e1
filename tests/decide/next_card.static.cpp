// SPDX-License-Identifier: MIT

// Tests the order of the next cards up by cards that differ in one figure, and grades at their bounds.

#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/next_card.hpp>
#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

/// A consumer card of 16 GiB of 2024.
constexpr gpu common = [] {
    gpu card = cards::rtx_4090;
    card.id = "common";
    card.memory = gibibytes(16);
    card.release_year = 2024;
    card.launch_price = dollars::from_number(500);
    return card;
}();
template <class Change>
constexpr gpu with(Change change) {
    gpu card = common;
    card.id = "other";
    change(card);
    return card;
}
constexpr bool nearer(const gpu& a, const gpu& b) { return detail::is_nearer(a, b) && !detail::is_nearer(b, a); }
constexpr gpu twin = with([](gpu&) {});
constexpr gpu less_memory = with([](gpu& c) { c.memory = gibibytes(15); });
constexpr gpu newer = with([](gpu& c) { c.release_year = 2025; });
constexpr gpu cheaper = with([](gpu& c) { c.launch_price = dollars::from_number(1); });
constexpr gpu unpriced = with([](gpu& c) { c.launch_price = {}; });
constexpr gpu old = with([](gpu& c) { c.release_year = 2021; });
constexpr gpu older = with([](gpu& c) { c.release_year = 2020; });

}  // namespace

// Less memory is nearer whatever else, then a newer card, then a cheaper one of those whose price is known.
static_assert(nearer(less_memory, common) && nearer(newer, common) && nearer(cheaper, common) &&
              nearer(common, unpriced) && !detail::is_nearer(twin, common) && !detail::is_nearer(unpriced, unpriced));
static_assert(nearer(with([](gpu& c) {
                         c.memory = gibibytes(15);
                         c.release_year = 1;
                         c.launch_price = dollars::from_number(9000);
                     }),
                     common) &&
              nearer(with([](gpu& c) {
                         c.release_year = 2025;
                         c.launch_price = dollars::from_number(9000);
                     }),
                     common));

// A laptop's GPU, a slice, and what is not sold are no candidates; an export model is one for its own buyers.
constexpr bool bought(availability state, availability asked = availability::sold) {
    return can_be_bought(with([=](gpu& c) { c.availability = state; }), with([=](gpu& c) { c.availability = asked; }));
}
static_assert(bought(availability::sold) && !bought(availability::announced) && !bought(availability::for_export) &&
              bought(availability::for_export, availability::for_export) &&
              !bought(availability::announced, availability::for_export));
static_assert(!can_be_bought(with([](gpu& c) { c.form_factor = form_factor::laptop; }), common));
static_assert(product_kind_of(with([](gpu& c) { c.form_factor = form_factor::sh5_socket; })) ==
              product_kind::server_module);

constexpr bool candidate(const gpu& card, detail::next_card_search s = {.kind = product_kind::consumer}) {
    return detail::is_candidate(card, common, s);
}
constexpr gpu of_amd = with([](gpu& c) { c.vendor = vendor::amd; });
static_assert(candidate(twin) && !candidate(common) && !candidate(of_amd) &&
              candidate(of_amd, {.kind = product_kind::consumer, .any_vendor = true}) &&
              !candidate(twin, {.kind = product_kind::workstation}));
static_assert(candidate(twin, {.kind = product_kind::consumer, .oldest_year = 2024}) &&
              !candidate(twin, {.kind = product_kind::consumer, .oldest_year = 2025}));

// The nearest candidate that is accepted; of equals the first; the newest year; three years before it and no more.
constexpr auto all_of_them = [](const gpu&) { return true; };
constexpr detail::next_card_search consumer{.kind = product_kind::consumer};
constexpr const gpu* three_cards[]{&twin, &less_memory, &newer};
static_assert(detail::nearest(three_cards, common, consumer, all_of_them) == &less_memory &&
              detail::nearest(three_cards, common, consumer, [](const gpu& c) { return c.memory == gibibytes(16); }) ==
                  &newer &&
              detail::nearest(three_cards, common, consumer, [](const gpu&) { return false; }) == nullptr);
static_assert(detail::newest_year(three_cards, common, consumer) == 2025);
constexpr const gpu* two_twins[]{&unpriced, &twin};
constexpr const gpu* nothing_else[]{&common};
static_assert(detail::newest_year(nothing_else, common, consumer) == 0 &&
              detail::nearest(two_twins, common, consumer, all_of_them) == &twin);
constexpr const gpu* of_years[]{&twin, &old};
constexpr const gpu* of_more_years[]{&twin, &older};
constexpr auto not_twin = [](const gpu& c) { return c.release_year != 2024; };
constexpr gpu small_old = with([](gpu& c) {
    c.release_year = 2020;
    c.memory = gibibytes(8);
});
constexpr gpu small_recent = with([](gpu& c) {
    c.release_year = 2021;
    c.memory = gibibytes(8);
});
constexpr const gpu* with_old[]{&twin, &small_old};
constexpr const gpu* with_recent[]{&twin, &small_recent};
static_assert(detail::next_of_kind(with_old, common, consumer, all_of_them) == &twin &&
              detail::next_of_kind(with_recent, common, consumer, all_of_them) == &small_recent);
static_assert(detail::next_of_kind(of_years, common, consumer, not_twin) == &old &&
              detail::next_of_kind(of_more_years, common, consumer, not_twin) == &older);
// One's own vendor first, and the others only if the software runs there; one's own kind first, then those that cost
// more.
constexpr gpu workstation = with([](gpu& c) { c.segment = segment::workstation; });
constexpr const gpu* mixed[]{&of_amd, &workstation};
constexpr const gpu* of_others[]{&of_amd};
static_assert(next_card(mixed, common, true, all_of_them) == &workstation &&
              next_card(of_others, common, true, all_of_them) == &of_amd &&
              next_card(of_others, common, false, all_of_them) == nullptr);
static_assert(next_card(nothing_else, workstation, false, all_of_them) == &common);
