// SPDX-License-Identifier: MIT

// Tests NVML's answers, which a library of the tests gives, and names as tools print them.

#include "../hardware/device_memory.hpp"

#include <cardfit/io/card_names.hpp>
#include <cardfit/io/nvml.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

namespace io_nvml_test {

using namespace cardfit;

namespace {

io::nvml_answer with(const char* fake) {
    setenv("FAKE_NVML", fake, 1);
    return io::nvml_cards(CARDFIT_FAKE_NVML);
}

}  // namespace

TEST_CASE("the cards that NVML lists") {
    const io::nvml_answer found =
        with("NVIDIA A100-SXM4-80GB=81920,1024;NVIDIA GeForce RTX 3080=12288,0;NVIDIA GB10=0");
    CHECK(found.loaded);
    CHECK(found.problem.empty());
    REQUIRE(found.cards.size() == 3);
    CHECK(found.cards[0].name == "NVIDIA A100-SXM4-80GB");
    CHECK(found.cards[0].free == 80896_MiB);
    CHECK(found.cards[1].index == 1);
    CHECK(cards::find_by_name(found.cards[1].name, found.cards[1].total) == &cards::rtx_3080_12gb);
    CHECK(found.cards[2].total.number == 0);
    CHECK(cards::find_by_name(found.cards[2].name) == &cards::gb10);
    CHECK(with("").cards.empty());
}

TEST_CASE("no library, no NVML, no driver") {
    const io::nvml_answer none = io::nvml_cards("/nowhere/libnvidia-ml.so.1");
    CHECK_FALSE(none.loaded);
    CHECK(none.problem.find("no NVIDIA driver found") != none.problem.npos);
    const io::nvml_answer other = io::nvml_cards("libm.so.6");
    CHECK_FALSE(other.loaded);
    CHECK(other.problem.find("is no NVML") != other.problem.npos);
    const io::nvml_answer stopped = with("error=9");
    CHECK(stopped.problem == "NVML does not start: the driver is not loaded");
    CHECK(stopped.cards.empty());
}

TEST_CASE("every printed name finds its row") {
    // These are not names of stock cards: prose, notes of a power cap, a modified board, and a Radeon that is known by
    // its size only.
    int left_out = 0;
    for (const memory_reading& row : memory_readings()) {
        const auto has = [](const std::string& text, const char* part) { return text.find(part) != text.npos; };
        if (has(row.note, "prose") || has(row.note, "modded board") || has(row.note, "low trust for the card name") ||
            has(row.printed_name, "W cap")) {
            ++left_out;
            continue;
        }
        const gpu* found = cards::find_by_name(row.printed_name, mebibytes(static_cast<std::int64_t>(row.total_mib)));
        CHECK_MESSAGE(
            (found && found->id == row.id),
            row.printed_name << " is " << (found ? std::string(found->id) : io::accepted_cards(row.printed_name)));
    }
    CHECK(left_out == 6);
}

TEST_CASE("names that are not one card's") {
    CHECK(io::as_id("NVIDIA GeForce RTX 4091") == "rtx-4091");
    CHECK(io::ids_near("NVIDIA GeForce RTX 4091")[0] == "rtx-4090");
    CHECK(io::accepted_cards("NVIDIA GeForce RTX 3080") ==
          "one of the cards of that name: rtx-3080-12gb, rtx-3080-10gb (see: cardfit cards)");
    // The cards that have all words of a name come first, then those that contain it, and spelling comes last.
    using ids = std::vector<std::string_view>;
    CHECK(io::ids_near("RTX 6000") == ids{"quadro-rtx-6000", "rtx-a6000", "rtx-6000-ada", "rtx-pro-6000-blackwell",
                                          "rtx-pro-6000-blackwell-max-q", "rtx-pro-6000-blackwell-server"});
    CHECK(io::ids_near("5070 laptop") == ids{"rtx-5070-ti-laptop"});
    CHECK(io::ids_near("4091")[0] == "rtx-4090");
    CHECK(io::ids_near("H10")[0] == "h100-pcie-80gb");
    CHECK(&io::card_named("Tesla T4", "card") == &cards::t4);
    CHECK_THROWS_AS(static_cast<void>(io::card_named("RTX 4091", "card")), io::input_error);
    for (const gpu* card : cards::all) {
        const cards::card_list named = cards::find_all_by_name(card->name, driver_total(*card));
        CHECK_MESSAGE(named.has(*card), card->name);
        CHECK_MESSAGE(named.size() == 1, card->name);
    }
    // A name may be malicious input.
    CHECK(cards::find_all_by_name(std::string(1'000'000, 'x')).empty());
    CHECK(cards::find_all_by_name(std::string(1'000'000, '(')).empty());
    CHECK(cards::find_all_by_name("GPU 999999999999999999999: 99999999999999999GB").empty());
    CHECK_FALSE(io::ids_near(std::string(1'000'000, '9')).empty());
}

}  // namespace io_nvml_test
