// SPDX-License-Identifier: MIT

// Tests `cards` and --cards-file: the documents behind figures as JSON, and cards of one's own in every command.

#include "../run_command.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace tool_cards_tool_test {

namespace {

using json = nlohmann::json;

outcome run(const std::string& arguments) { return run_command(CARDFIT_TOOL " " + arguments); }

/// Returns the flag for a file with one card: an RTX 4090 with other memory.
std::string own_cards() {
    return " --cards-file " +
           file("own_cards.json", R"([{"id": "mine", "name": "My Card", "like": "rtx-4090", "memory_gb": 48}])");
}

}  // namespace

TEST_CASE("cards --sources --json has the standing and the document of each figure") {
    const json cards = json::parse(run("cards a100-sxm4-80gb --sources --json").text);
    REQUIRE(cards.size() == 1);
    const json& card = cards[0];
    CHECK(card["id"] == "a100-sxm4-80gb");
    CHECK(card["memory_bandwidth_gb_s"] == 2039);
    CHECK(card["figures"]["memory_bandwidth_gb_s"] ==
          json{{"unit", "GB/s"}, {"standing", "documented"}, {"document", "a100-datasheet"}});
    CHECK(card["figures"]["fp8_dense"]["standing"] == "none");
    CHECK(card["figures"]["fp8_dense"]["document"].is_null());
    for (const json& figure : card["figures"]) {
        if (figure["document"].is_null()) continue;
        bool listed = false;
        for (const json& document : card["documents"]) listed = listed || document["id"] == figure["document"];
        CHECK_MESSAGE(listed, figure.dump());
    }
}

TEST_CASE("what cards --json prints is a file of cards, and so is the answer to it") {
    const outcome printed = run("cards --json");
    const std::string flag = " --cards-file " + file("all_cards.json", printed.text);
    json expected = json::parse(printed.text);
    json again = json::parse(run("cards --json" + flag).text);
    REQUIRE(again.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        expected[i].erase("source");
        again[i].erase("source");
    }
    CHECK(again == expected);
}

TEST_CASE("every command that takes a card takes one of a file") {
    const std::string own = own_cards();
    CHECK(says(run("cards mine" + own), "My Card (mine)"));
    CHECK(says(run("fit llama-3.1-8b --card mine --infer" + own), "on 1 x My Card (Cards file "));
    CHECK(says(run("fit llama-3.1-8b --card \"my card\" --infer" + own), "on 1 x My Card (Cards file "));
    CHECK(says(run("fit sd-xl --card mine --infer" + own), "on 1 x My Card (Cards file "));
    const json answer = json::parse(run("fit llama-3.1-8b --card mine --infer --json" + own).text);
    CHECK(answer["card"] == "mine");
    CHECK(answer["card_file"].get<std::string>().starts_with("Cards file "));
    const std::string job = " " + file("own_job.json", R"({"model": "gpt2", "hardware": {"card": "mine", "cards": 2},
        "training": {"sequence_length": 512}, "layout": {"data": 2}})");
    for (const char* command : {"estimate", "batch", "savings", "scaling", "plan"})
        CHECK_MESSAGE(run(command + job + own + " > /dev/null").code == 0, command);
    CHECK(run("rank" + job + own + " --card mine --count 1").code == 0);
    CHECK(run("compare mine rtx-4090 --job" + job + own).code == 0);
    CHECK(run("serve llama-3.1-8b --card mine" + own).code == 0);
    CHECK(run("launch" + job + own + " --for deepspeed").code == 0);
    // Without the file, the name is not known; with it, a misspelled name leads to it.
    CHECK(says(run("fit gpt2 --card mine 2>&1"), "hardware.card is \"mine\""));
    CHECK(says(run("fit gpt2 --card minee 2>&1" + own), "such as mine,"));
}

TEST_CASE("a job states its card itself") {
    const std::string job = file("own_card_job.json", R"({"model": "gpt2", "training": {"sequence_length": 512},
        "hardware": {"card": {"id": "mine", "like": "rtx-4090", "memory_gb": 48}}})");
    CHECK(says(run("estimate " + job), "on 1 x mine (Cards file hardware.card)"));
    const std::string bad = file("bad_card_job.json", R"({"model": "gpt2", "training": {},
        "hardware": {"card": {"id": "mine", "like": "rtx-4090", "memory_gb": 480}}})");
    const outcome refused = run("estimate " + bad + " 2>&1");
    CHECK(refused.code == 2);
    CHECK(says(refused, "mine.memory_gb is 480 GiB; accepted: 12 to 48 GiB (rule capacity:"));
}

TEST_CASE("a file of cards that is wrong is named") {
    CHECK(says(run("cards --cards-file /nowhere.json 2>&1"), "--cards-file is \"/nowhere.json\"; accepted: the path"));
    const std::string broken = file("broken_cards.json", "[{");
    const outcome refused = run("cards --cards-file " + broken + " 2>&1");
    CHECK(refused.code == 2);
    CHECK(says(refused, broken + " is not valid JSON"));
    const std::string twice = file("twice_cards.json", R"([{"id": "mine", "id": "other", "like": "rtx-4090"}])");
    CHECK(says(run("cards --cards-file " + twice + " 2>&1"), "is given twice"));
}

}  // namespace tool_cards_tool_test
