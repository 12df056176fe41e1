// SPDX-License-Identifier: MIT

// Tests --prices, the user's file of prices, in every command that takes it.

#include "../run_command.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace tool_prices_tool_test {

namespace {

using json = nlohmann::json;

outcome run(const std::string& arguments) { return run_command(CARDFIT_TOOL " " + arguments + " 2>&1"); }
bool mentions(const outcome& o, const std::string& part) {
    return o.text.find(part) != o.text.npos || unwrapped(o.text).find(part) != std::string::npos;
}

/// Writes a file and returns its path.
std::string written(const std::string& name, const std::string& text) {
    std::string path = std::string(CARDFIT_SCRATCH) + "/" + name;
    std::filesystem::create_directories(CARDFIT_SCRATCH);
    std::ofstream(path) << text;
    return path;
}

/// Returns --prices with a file: an instance, a card, and a card whose price is old.
std::string prices() {
    return " --prices " + written("prices.csv",
                                  "machine,usd_per_hour,date,source\n"
                                  "p5.48xlarge,36,2026-07-20,\"AWS, on demand\"\n"
                                  "l40s,0.72,2026-11-01,my contract\n"
                                  "rtx-4090,0.36,2020-01-01,an old offer\n"
                                  "apple-m3-max-128gb,3.6,2026-11-01,my contract\n");
}

std::string training() {
    return written("prices_training.json", R"({"model": "llama-3.2-1b", "hardware": {"machine": "p5.48xlarge"},
        "training": {"micro_batch": 1}, "layout": {"data": 8, "sharding": "full"}})");
}
std::string serving() {
    return written("prices_serving.json", R"({"model": "llama-3.2-1b", "hardware": {"card": "l40s"},
        "inference": {"batch": 8, "prompt": 512, "generate": 128}})");
}

const std::string aws = "Price: p5.48xlarge: $36.00 per hour on 2026-07-20 (AWS, on demand)";

/// Returns the cost of seconds at 36 dollars an hour, of which one second is one cent.
doctest::Approx cents(const json& seconds) { return doctest::Approx(0.01 * seconds.get<double>()); }

}  // namespace

TEST_CASE("estimate and fit state the cost, and the day and the source of the price") {
    const outcome text = run("estimate " + training() + prices());
    CHECK(mentions(text, "Cost per 1,000 steps: "));
    CHECK(mentions(text, aws));
    CHECK(!mentions(text, "more than a year"));
    const json answer = json::parse(run("estimate " + training() + prices() + " --json").text);
    CHECK(answer["price"]["usd_per_hour"] == 36);
    CHECK(answer["price"]["priced_as"] == "p5.48xlarge");
    CHECK(answer["price"]["date"] == "2026-07-20");
    CHECK(answer["price"]["source"] == "AWS, on demand");
    CHECK(answer["price"]["older_than_a_year"] == false);
    CHECK(answer["price"]["of"] == "step");
    CHECK(answer["price"]["rent_dollars"] == cents(answer["time"]["step_seconds"]));
    CHECK(!json::parse(run("estimate " + training() + " --json").text).contains("price"));

    const std::string fit = "fit llama-3.2-1b --infer --generate 64 ";
    const outcome old = run(fit + "--card rtx-4090" + prices());
    CHECK(mentions(old, "$0.36 per hour on 2020-01-01 (an old offer); this price is more than a year old"));
    // The price of an instance is not that of its cards elsewhere.
    const outcome other = run(fit + "--card h100-sxm5-80gb" + prices());
    CHECK(mentions(other, "no price for 1 x H100 SXM5 80GB in "));
    CHECK(mentions(other, "prices with this card: p5.48xlarge"));
    // --price keeps its meaning and stands before the file.
    const outcome stated = run(fit + "--card rtx-4090 --price 2" + prices());
    CHECK(mentions(stated, "Cost per 1M generated tokens"));
    CHECK(!mentions(stated, "an old offer"));
    // The rent of a card is known where its power is not.
    const json unknown = json::parse(run(fit + "--card apple-m3-max-128gb --json" + prices()).text);
    CHECK(unknown["price"]["card_joules"].is_null());
    CHECK(unknown["price"]["rent_dollars"] > 0);
    CHECK(mentions(run(fit + "--card apple-m3-max-128gb" + prices()), "energy not known, $"));
}

TEST_CASE("a named machine is rented whole, and several of them together") {
    const json half = json::parse(run("estimate " + training() + prices() + " --json").text);
    CHECK(half["price"]["priced_count"] == 1);
    const std::string two =
        written("prices_two.json", R"({"model": "llama-3.2-1b", "hardware": {"machine": "p5.48xlarge",
        "nodes": 2}, "training": {"micro_batch": 1}, "layout": {"data": 16, "sharding": "full"}})");
    const json both = json::parse(run("estimate " + two + prices() + " --json").text);
    CHECK(both["price"]["priced_count"] == 2);
    CHECK(both["price"]["usd_per_hour"] == 72);
}

TEST_CASE("compare, rank and serve state prices") {
    const outcome text = run("compare l40s rtx-4090 l4 --job " + serving() + prices());
    CHECK(mentions(text, "price per hour"));
    CHECK(mentions(text, "cost per 1M tokens"));
    CHECK(mentions(text, "Price: l40s: $0.72 per hour on 2026-11-01 (my contract)"));
    CHECK(mentions(text, "no price for 1 x L4"));
    CHECK(!mentions(run("compare l40s l4 --job " + serving()), "price per hour"));
    const json cards = json::parse(run("compare l40s l4 --job " + serving() + " --json" + prices()).text)["cards"];
    CHECK(cards[0]["price"]["of"] == "token");
    const double tokens_per_second = cards[0]["per_second"];
    CHECK(cards[0]["price"]["rent_dollars"] == doctest::Approx(0.72 / 3600 / tokens_per_second));
    CHECK(cards[1]["price"].is_null());

    const json ranked = json::parse(run("rank " + serving() + " --by rent --top 2 --json" + prices()).text);
    for (const json& each : ranked) CHECK(each["price"]["usd_per_hour"] > 0);
    const json named = json::parse(run("rank " + serving() + " --card l40s --count 1 --json" + prices()).text);
    CHECK(named[0]["price"]["usd_per_hour"] == 0.72);
    CHECK(named[0]["rent_dollars"] == cards[0]["price"]["rent_dollars"]);
    const json all = json::parse(run("rank " + serving() + " --count 1 --top 1000 --json" + prices()).text);
    CHECK(std::any_of(all.begin(), all.end(), [](const json& e) { return e.value("machine", "") == "p5.48xlarge"; }));
    const outcome flag = run("rank " + serving() + " --card l40s --count 1 --price l40s=7.2" + prices());
    CHECK(!mentions(flag, "my contract"));

    const outcome served = run("serve llama-3.2-1b --card l40s --weights bf16" + prices());
    CHECK(mentions(served, "  Rent: $0.720 per hour, $"));
    CHECK(mentions(served, "per user and hour with "));
    const json users = json::parse(run("serve llama-3.2-1b --card l40s --weights bf16 --json" + prices()).text);
    CHECK(users["price"]["usd_per_user_hour"] == doctest::Approx(0.72 / users["users"].get<double>()));
}

TEST_CASE("savings, plan and scaling state the cost of a step") {
    for (const char* command : {"savings ", "plan ", "scaling "}) {
        const outcome text = run(command + training() + prices());
        CHECK_MESSAGE(mentions(text, "$/1,000 steps"), command);
        CHECK_MESSAGE(mentions(text, aws), command);
        CHECK_MESSAGE(!mentions(run(command + training()), "$/1,000 steps"), command);
    }
    for (const json& each : json::parse(run("savings " + training() + " --json" + prices()).text))
        if (each["supported"]) CHECK(each["price"]["rent_dollars"] == cents(each["step_seconds"]));
    const json plans = json::parse(run("plan " + training() + " --top 2 --json" + prices()).text);
    for (const json& each : plans["plans"]) CHECK(each["price"]["rent_dollars"] == cents(each["step_seconds"]));
    // Two of the eight cards cost as much as all of them.
    const json curves = json::parse(run("scaling " + training() + " --json" + prices()).text);
    const json& points = curves["curves"].is_array() ? curves["curves"] : curves;
    for (const json& curve : points)
        for (const json& point : curve["points"]) CHECK(point["price"]["rent_dollars"] == cents(point["step_seconds"]));
}

TEST_CASE("a file of prices that is wrong is refused with its line, in text and JSON") {
    const std::string wrong = written(
        "prices_wrong.csv", "machine,usd_per_hour,date,source\nl40s,0.7,2026-11-01,a\np5.49xlarge,-1,2026-11-01,a\n");
    const outcome refused = run("fit llama-3.2-1b --card l40s --prices " + wrong);
    CHECK(refused.code == 2);
    CHECK(mentions(refused, "line 3, machine is \"p5.49xlarge\""));
    CHECK(mentions(refused, "line 3, usd_per_hour is \"-1\"; accepted: a number of US dollars above 0"));
    const outcome document =
        run_command(CARDFIT_TOOL " estimate " + training() + " --json --prices " + wrong + " 2>/dev/null");
    CHECK(json::parse(document.text)["problems"][0]["line"] == 3);
    CHECK(mentions(run("fit llama-3.2-1b --card l40s --prices /nonesuch.csv"), "a file that can be read"));
}

TEST_CASE("the sample of public list prices is accepted") {
    const outcome answer = run("estimate " + training() + " --prices " CARDFIT_SOURCE "/examples/prices.csv");
    CHECK(answer.code == 0);
    CHECK(mentions(answer, "p5.48xlarge: $55.04 per hour on 2026-07-20"));
}

}  // namespace tool_prices_tool_test
