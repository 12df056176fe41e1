// SPDX-License-Identifier: MIT

// Tests cards that come from a file: the table's own rows read back, cards that start from a row, and refusals.

#include <cardfit/io/cards_file.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace io_cards_file_test {

using namespace cardfit;

namespace {

/// Returns the messages of the problems of a file, one a line; empty if it is accepted.
std::string refusal(const nlohmann::json& cards) {
    try {
        static_cast<void>(io::read_cards(cards, "my_cards.json"));
    } catch (const io::input_error& e) {
        return e.what();
    }
    return {};
}

nlohmann::json like_4090(nlohmann::json changes = nlohmann::json::object()) {
    nlohmann::json card = {{"id", "mine"}, {"like", "rtx-4090"}};
    card.update(changes);
    return card;
}

/// A consistent row of an Ada card with 64 multiprocessors: 64 x 1024 FLOP per clock x 2 GHz = 131.072 TFLOP/s.
nlohmann::json whole_row() {
    return {{"id", "rtx-9999"},
            {"name", "RTX 9999"},
            {"vendor", "nvidia"},
            {"architecture", "Ada Lovelace"},
            {"segment", "workstation"},
            {"compute_capability", "8.9"},
            {"sm_count", 64},
            {"boost_clock_mhz", 2000},
            {"memory_gb", 16},
            {"memory_type", "GDDR6"},
            {"memory_bus_bits", 256},
            {"memory_data_rate_gbps", 20},
            {"memory_bandwidth_gb_s", 640},
            {"bf16_dense", 131.072},
            {"fp8_dense", 262.144},
            {"form_factor", "PCIe"},
            {"tdp_w", 250},
            {"power_connector", "1x 16-pin"},
            {"nvlink_topology", "none"}};
}

bool says(const std::string& text, const char* part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("what cards --json prints is a file of cards") {
    nlohmann::json printed = nlohmann::json::array();
    for (const gpu* card : cards::all) printed.push_back(nlohmann::json(io::card_json(*card)));
    REQUIRE(refusal(printed) == "");
    const auto read = io::read_cards(printed, "my_cards.json");
    REQUIRE(read->own().size() == cards::all.size());
    for (std::size_t i = 0; i < cards::all.size(); ++i) {
        const gpu& own = *read->own()[i];
        nlohmann::ordered_json row = io::card_json(own);
        nlohmann::ordered_json expected = io::card_json(*cards::all[i]);
        CHECK(io::is_users(own));
        CHECK(row["source"] == "Cards file my_cards.json");
        row.erase("source");
        expected.erase("source");
        CHECK_MESSAGE(row == expected, nlohmann::ordered_json::diff(row, expected).dump());
        CHECK(platform_of(own) == platform_of(*cards::all[i]));
        CHECK(usable_memory(own) == usable_memory(*cards::all[i]));
    }
    CHECK_FALSE(io::is_users(cards::rtx_4090));
}

TEST_CASE("a card starts from a row of the table") {
    const auto read = io::read_cards(
        like_4090(
            {{"name", "My 4090"}, {"memory_gb", 48}, {"note", "bought used"}, {"source", "nvidia-smi on my machine"}}),
        "f.json");
    const gpu& card = *read->own().at(0);
    CHECK(card.memory == 48_GiB);
    CHECK(card.memory_bandwidth.number == cards::rtx_4090.memory_bandwidth.number);
    CHECK(card.rates.bf16.number == cards::rtx_4090.rates.bf16.number);
    // The readings of a 24 GB board say nothing about 48 GB.
    CHECK(card.driver_total.number == 0);
    CHECK(card.runtime_total.number == 0);
    CHECK(card.documents.of(card_field::memory_gb)->id == std::string(io::users_document));
    CHECK(card.documents.of(card_field::memory_gb)->where == std::string("nvidia-smi on my machine"));
    CHECK(card.documents.of(card_field::bf16_dense)->id == std::string("ada-whitepaper"));
    CHECK(card.note == "bought used");
    CHECK(read->all().size() == cards::all.size() + 1);
    // A later card may start from an earlier one of the same file.
    const nlohmann::json two = {like_4090({{"tdp_w", 300}}), {{"id", "second"}, {"like", "mine"}}};
    CHECK(io::read_cards(two, "f.json")->own().at(1)->board_power == 300_W);
}

TEST_CASE("a user's card takes the place of the table's card of that id") {
    const auto read = io::read_cards({{"id", "rtx-4090"}, {"like", "rtx-4090"}, {"tdp_w", 300}}, "f.json");
    CHECK(read->all().size() == cards::all.size());
    CHECK(read->find_own("rtx-4090")->board_power == 300_W);
}

TEST_CASE("a whole row, and null, false and absent in it") {
    CHECK(refusal(whole_row()) == "");
    const auto read = io::read_cards(whole_row(), "f.json");
    const nlohmann::ordered_json row = io::card_json(*read->own()[0]);
    CHECK(row["fp4_dense"] == false);  // Ada has no FP4 unit
    CHECK(row["fp16_tensor_acc32_dense"].is_null());
    nlohmann::json card = whole_row();
    card["fp4_dense"] = false;
    card["l2_mb"] = nullptr;
    CHECK(refusal(card) == "");
    card["bf16_dense"] = false;
    CHECK(says(refusal(card), "rtx-9999.bf16_dense is false; accepted: the figure, or null if it is not known"));
}

TEST_CASE("a figure that breaks a rule is refused with the rule, the expected number and both operands") {
    nlohmann::json card = whole_row();
    card["memory_bandwidth_gb_s"] = 768;
    CHECK(refusal(card) ==
          "rtx-9999.memory_bandwidth_gb_s is 768 GB/s; accepted: 633.6 to 646.401 GB/s (rule bandwidth: bus width x "
          "data rate / 8; memory_bus_bits 256 bit, memory_data_rate_gbps 20 Gbit/s per pin)");
    card = whole_row();
    card["bf16_dense"] = 262.144;  // the sparse rate
    const std::string text = refusal(card);
    CHECK(says(text, "rtx-9999.bf16_dense is 262.144 TFLOP/s; accepted: 128.45 to 133.694 TFLOP/s (rule bf16:"));
    CHECK(says(text, "sm_count 64, boost_clock_mhz 2000 MHz"));
    card = whole_row();
    card["memory_gb"] = 64;
    CHECK(says(refusal(card), "rtx-9999.memory_gb is 64 GiB; accepted: 8 to 32 GiB (rule capacity:"));
    // Every nonsense of one row is named at once.
    card = whole_row();
    card.update({{"fp16_tensor_acc32_dense", 99'999},
                 {"fp8_dense", 1},
                 {"memory_gb", 320},
                 {"usable_mib_smi", 999'999},
                 {"pcie_gen", 9},
                 {"pcie_lanes", 3},
                 {"tdp_w", 900}});
    const std::string all = refusal(card);
    for (const char* rule : {"rule fp16:", "rule fp8:", "rule bf16_beside_fp16:", "rule capacity:",
                             "rule driver_reading:", "rule pcie:", "rule power_connector:"})
        CHECK_MESSAGE(says(all, rule), rule << "\n" << all);
    card = whole_row();
    card["id"] = "RTX 9999";
    CHECK(says(refusal(card), "accepted: the id consists of lower-case words and numbers joined by hyphens (rule id)"));
    card = whole_row();
    card["compute_capability"] = "8.5";
    CHECK(says(refusal(card), "rule known_architecture"));
}

TEST_CASE("an exemption has a reason and is needed") {
    nlohmann::json card = whole_row();
    card["bf16_dense"] = 120;
    card["exempt"] = {"bf16"};
    CHECK(says(refusal(card), "rtx-9999.exempt is [\"bf16\"]; accepted: a card with exempt rules states the reason"));
    card["exemption"] = "the clock under load is lower";
    CHECK(refusal(card) == "");
    card["bf16_dense"] = 131.072;
    CHECK(says(refusal(card), "a rule is exempt only if the card breaks it"));
    card["exempt"] = {"gravity"};
    CHECK(says(refusal(card), "rtx-9999.exempt is \"gravity\"; accepted: rules: known_architecture"));
}

TEST_CASE("input that is wrong or hostile is refused, with the field and what is accepted") {
    CHECK(says(refusal(nlohmann::json::array()), "number of cards is 0; accepted: a card, or a list of 1 to 1000"));
    CHECK(says(refusal(3), "cards is 3; accepted: a card, or a list"));
    CHECK(says(refusal({1, 2}), "cards[0] is 1; accepted: an object"));
    CHECK(says(refusal(nlohmann::json(std::vector<int>(1001, 0))), "number of cards is 1001"));
    CHECK(says(refusal({{"name", "x"}}), "card.id is missing; accepted: a short name"));
    CHECK(says(refusal({{"id", "x"}}), "x.memory_gb is missing; accepted: a number above 0, at most 1000000"));
    CHECK(says(refusal(like_4090({{"memory_gbb", 48}})),
               "mine.memory_gbb is not a known key; accepted: a key of cards --json such as memory_gb"));
    CHECK(says(refusal({{"id", "mine"}, {"like", "rtx-4091"}}), "mine.like is \"rtx-4091\"; accepted: the id of a"));
    for (const nlohmann::json& value : {nlohmann::json(-1), nlohmann::json(0), nlohmann::json(1e300),
                                        nlohmann::json("48"), nlohmann::json(nullptr), nlohmann::json::array()})
        CHECK(says(refusal(like_4090({{"memory_gb", value}})), "mine.memory_gb is "));
    CHECK(says(refusal(like_4090({{"sm_count", 12.5}})), "mine.sm_count is 12.5; accepted: a whole number above 0"));
    CHECK(says(refusal(like_4090({{"vendor", "nvidea"}})), "accepted: one of NVIDIA, AMD, Intel, Apple"));
    CHECK(says(refusal(like_4090({{"vendor", nullptr}})), "mine.vendor is null; accepted: one of NVIDIA"));
    CHECK(says(refusal(like_4090({{"compute_capability", 8.9}})), "a text such as \"8.9\""));
    CHECK(says(refusal(like_4090({{"name", std::string(101, 'x')}})), "at most 100 bytes"));
    CHECK(says(refusal(like_4090({{"name", "red \x1B[31m"}})), "without control characters"));
    CHECK(says(refusal(like_4090({{"power_connector", "8.9"}})), "mine.power_connector is \"8.9\"; accepted: plugs"));
    CHECK(says(refusal(like_4090({{"note", 3}})), "mine.note is 3; accepted: a text of at most 4000"));
    CHECK(says(refusal({like_4090(), like_4090()}), "mine.id is \"mine\"; accepted: an id that no other card"));
    CHECK(says(refusal(like_4090({{"estimated", {"speed"}}})), "mine.estimated is \"speed\"; accepted: columns of"));
    // The number of problems is bounded.
    nlohmann::json many = nlohmann::json::array();
    for (int i = 0; i < 1000; ++i) many.push_back({{"id", std::to_string(i)}, {"memory_gb", -1}});
    const std::string all = refusal(many);
    CHECK(std::count(all.begin(), all.end(), '\n') <= 100);
}

}  // namespace io_cards_file_test
