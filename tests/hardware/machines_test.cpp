// SPDX-License-Identifier: MIT

// Tests the names of machines: every one is found, none twice, and none is taken for a card or for an accelerator that
// is no GPU.

#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/hardware/machines.hpp>

#include <doctest/doctest.h>

namespace hardware_machines_test {

using namespace cardfit;

TEST_CASE("every machine is found by its name and its alias") {
    for (const named_machine* row : machines::all) {
        CAPTURE(row->name);
        CHECK(machines::find(row->name) == row);
        if (!row->alias.empty()) CHECK(machines::find(row->alias) == row);
    }
}

TEST_CASE("no machine has a card's id or name, unless the card is all that it has") {
    for (const named_machine* row : machines::all) {
        CAPTURE(row->name);
        // People call the card of a DGX Spark by the name of the machine.
        for (const gpu* card : cards::find_all_by_name(row->name)) CHECK((row->cards == 1 && card->id == row->card.id));
    }
    for (const gpu* card : cards::all) {
        CAPTURE(card->id);
        CHECK(machines::find(card->id) == nullptr);
        CHECK(machines::find(card->name) == nullptr);
    }
}

TEST_CASE("no machine of the table has a name that is refused") {
    for (const named_machine* row : machines::all) {
        CAPTURE(row->name);
        CHECK(machines::why_refused(row->name).empty());
    }
}

}  // namespace hardware_machines_test
