// SPDX-License-Identifier: MIT

// Tests the next card up: by hand for cards that people have, and by properties for random jobs on every kind of card.

#include "../random_jobs.hpp"

#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/next_card.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/training/step_time.hpp>

#include <doctest/doctest.h>

namespace decide_next_card_test {

using namespace cardfit;

namespace {

/// Returns the next card up with at least this much memory.
const gpu* next_with(const gpu& asked, bytes memory, bool any_vendor = false) {
    return next_card(cards::all, asked, any_vendor, [&](const gpu& card) { return card.memory >= memory; });
}

/// Checks what holds for every suggestion: it can be bought, the job runs on it, and it is of the same kind as the card
/// that was asked about if a card of that kind can be bought and the job runs on it.
template <class Accepts>
void check_suggestion(const gpu& asked, Accepts accepts) {
    const gpu* next = next_card(cards::all, asked, false, accepts);
    bool kind_accepted = false;
    bool any_accepted = false;
    for (const gpu* card : cards::all) {
        if (card->vendor != asked.vendor || card->id == asked.id || !can_be_bought(*card, asked)) continue;
        if (!accepts(*card)) continue;
        any_accepted = true;
        kind_accepted = kind_accepted || product_kind_of(*card) == product_kind_of(asked);
    }
    CHECK((next != nullptr) == any_accepted);
    if (next == nullptr) return;
    CHECK(accepts(*next));
    CHECK(can_be_bought(*next, asked));
    CHECK(next->vendor == asked.vendor);
    CHECK(next->id != "b100");
    CHECK(next->availability != availability::announced);
    CHECK(next->availability != availability::barely_shipped);
    CHECK(next->availability != availability::modified);
    if (kind_accepted) CHECK(product_kind_of(*next) == product_kind_of(asked));
}

}  // namespace

TEST_CASE("kinds of products") {
    CHECK(product_kind_of(cards::rtx_4090) == product_kind::consumer);
    CHECK(product_kind_of(cards::rtx_4090_laptop) == product_kind::consumer);
    CHECK(product_kind_of(cards::rtx_a6000) == product_kind::workstation);
    CHECK(product_kind_of(cards::l40s) == product_kind::server_card);
    CHECK(product_kind_of(cards::h100_sxm5_80gb) == product_kind::server_module);
    CHECK(product_kind_of(cards::mi300a) == product_kind::server_module);
    for (const gpu* each : {&cards::gb10, &cards::apple_m3_ultra_512gb, &cards::ryzen_ai_max_395})
        CHECK(product_kind_of(*each) == product_kind::computer);
}

TEST_CASE("the next card up is of the same kind, in production, and the cheapest of its size") {
    // 16 GB GeForce cards of 2022 and later: the RTX 5060 Ti 16GB is the newest generation's cheapest ($429).
    CHECK(next_with(cards::rtx_3060_12gb, 16_GiB) == &cards::rtx_5060_ti_16gb);
    CHECK(next_with(cards::rtx_3060_12gb, 20_GiB) == &cards::rtx_4090);
    CHECK(next_with(cards::rtx_4090, 28_GiB) == &cards::rtx_5090);
    CHECK(next_with(cards::t4, 20_GiB) == &cards::l4);
    CHECK(next_with(cards::h100_sxm5_80gb, 120_GiB) == &cards::h200_sxm_141gb);
    CHECK(next_with(cards::apple_m2_max_96gb, 300_GiB) == &cards::apple_m3_ultra_512gb);
    CHECK(next_with(cards::rx_7800_xt, 22_GiB) == &cards::rx_7900_xtx);
    // No GeForce card has more than 32 GB that its maker sells: the next kind up is a workstation card.
    CHECK(product_kind_of(*next_with(cards::rtx_4090, 40_GiB)) == product_kind::workstation);
    // A card for a server's slot before a module that needs a baseboard; the B100 and export models never.
    CHECK(next_with(cards::rtx_4090, 120_GiB) == &cards::h200_nvl_141gb);
    CHECK(next_with(cards::h200_sxm_141gb, 150_GiB) == &cards::b200_sxm_180gb);
    // Another vendor's card only if the software runs there: 288 GB is the most that NVIDIA sells in one device.
    CHECK(next_with(cards::rtx_4090, 400_GiB) == nullptr);
    CHECK(next_with(cards::rtx_4090, 400_GiB, true) == &cards::apple_m3_ultra_512gb);
    // Whoever has an export model may be offered another one.
    CHECK(next_with(cards::h800_sxm5_80gb, 96_GiB)->memory == 96_GiB);
    CHECK(next_with(cards::rtx_4090, 1000_GiB, true) == nullptr);
}

TEST_CASE("suggestions for random trainings can be followed") {
    random_jobs random(12);
    for (int n = 0; n < 60; ++n) {
        const random_training g = random.next_training();
        CAPTURE(g);
        if (!problems(g.model).empty()) continue;
        const network net = lower(g.model);
        check_suggestion(g.hardware.card, [&](const gpu& card) {
            if (!has_step_time(card, g.job.precision) || !problems(g.job, card).empty()) return false;
            return fit(net, g.job, machine(card)).grade == grade::fits;
        });
    }
}

TEST_CASE("suggestions for random inferences can be followed") {
    random_jobs random(13);
    for (int n = 0; n < 60; ++n) {
        const random_inference g = random.next_inference();
        CAPTURE(g);
        check_suggestion(g.hardware.card, [&](const gpu& card) {
            return !missing_for_inference(card, g.job.weights) && fit(g.net, g.job, machine(card)).grade == grade::fits;
        });
    }
}

}  // namespace decide_next_card_test
