// SPDX-License-Identifier: MIT

// Tests prices that a user states in a CSV file.

#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/hardware/cards/mig.hpp>
#include <cardfit/io/prices_file.hpp>

#include <doctest/doctest.h>

#include <string>

namespace io_prices_file_test {

namespace {

using namespace cardfit;
using namespace std::chrono_literals;

const std::string header = "machine,usd_per_hour,date,source\n";

std::shared_ptr<const io::price_list> prices(const std::string& lines) {
    return io::read_prices(header + lines, "prices.csv", "--prices");
}

/// Returns the messages of a text that is refused.
std::string refusal(const std::string& text) {
    try {
        static_cast<void>(io::read_prices(text, "prices.csv", "--prices"));
    } catch (const io::input_error& e) {
        return e.what();
    }
    return "accepted";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

double hourly(const io::price_list& list, const machine& m) {
    const auto rent = list.find(m);
    return rent ? rent->per_hour.number : 0;
}

}  // namespace

TEST_CASE("a price is for everything that the name means") {
    const auto list = prices(
        "p5.48xlarge,55.04,2026-07-20,\"AWS, \"\"on demand\"\"\"\n"
        "\n# mine\r\n 2xrtx-3090:nvlink-bridge , 0.6 ,2026-11-01, my contract\r\nrtx-4090,0.44,2026-11-01,me");
    REQUIRE(list->prices.size() == 3);
    const io::machine_price& aws = list->prices[0];
    CHECK(aws.hardware.cards == 8);
    CHECK(aws.hardware.name == "p5.48xlarge");
    CHECK(aws.source == "AWS, \"on demand\"");
    CHECK(aws.date == 2026y / 7 / 20);
    CHECK(list->prices[1].line == 5);
    CHECK(list->prices[1].hardware.cards == 2);
    CHECK(list->prices[1].source == "my contract");
    // The machine is rented whole, and the card one by one.
    const named_machine& p5 = *machines::find("p5.48xlarge");
    CHECK(hourly(*list, p5) == 55.04);
    CHECK(hourly(*list, p5.take(4)) == 55.04);
    CHECK(hourly(*list, p5.take(9)) == 2 * 55.04);
    CHECK(hourly(*list, 3 * cards::rtx_4090) == doctest::Approx(3 * 0.44));
    // A price of a link is for that link alone, and the price of an instance for that instance alone.
    machine bridged = 2 * cards::rtx_3090;
    CHECK(hourly(*list, bridged) == 0);
    bridged.link = card_link::nvlink_bridge;
    CHECK(hourly(*list, bridged) == 0.6);
    CHECK(hourly(*list, 8 * cards::h100_sxm5_80gb) == 0);
    CHECK(list->names_with(cards::h100_sxm5_80gb) == std::vector<std::string>{"p5.48xlarge"});
    // An hour of 0.44 dollars is 1,100 microdollars for nine seconds.
    CHECK(list->find(cards::rtx_4090)->during(seconds_of(9)).number == doctest::Approx(0.0011));
}

TEST_CASE("the lowest rent of several lines counts, and a MIG slice takes its share") {
    const auto list = prices("8xa100-sxm4-80gb,8,2026-11-01,by the box\na100-sxm4-80gb,2,2026-11-01,by the card");
    CHECK(hourly(*list, 8 * cards::a100_sxm4_80gb) == 8);
    CHECK(hourly(*list, 2 * cards::a100_sxm4_80gb) == 4);
    for (const gpu* slice : cards::all_mig)
        if (slice->mig_parent == "a100-sxm4-80gb")
            CHECK(hourly(*list, *slice) <= 1.0 / slice->mig_slices_per_card + 1e-12);
}

TEST_CASE("a price is old after a year") {
    const auto list = prices("p4,0.1,2025-03-01,a");
    CHECK(!io::is_older_than_a_year(list->prices[0], std::chrono::sys_days(2026y / 3 / 1)));
    CHECK(io::is_older_than_a_year(list->prices[0], std::chrono::sys_days(2026y / 3 / 2)));
}

TEST_CASE("what is wrong is named by line, column, value and what is accepted") {
    CHECK(has(refusal("machine;usd_per_hour;date;source\np4;1;2026-01-01;a\n"),
              "prices.csv, line 1 is \"machine;usd_per_hour;date;source\"; accepted: the header "
              "machine,usd_per_hour,date,source"));
    CHECK(has(refusal(""), "no header"));
    CHECK(has(refusal(header), "no prices"));
    const std::string unknown = refusal(header + "# comment\np5.49xlarge,1,2026-01-01,a\n");
    CHECK(has(unknown, "prices.csv, line 3, machine is \"p5.49xlarge\""));
    CHECK(has(unknown, "p5.48xlarge"));
    CHECK(has(refusal(header + "trn2.48xlarge,1,2026-01-01,a\n"), "not GPUs"));
    for (const char* number : {"-1", "nan", "inf", "0", "1e999", "$2", "\"1,000\"", "", "1000001", "true"}) {
        const std::string refused = refusal(header + "p4," + number + ",2026-01-01,a\n");
        CHECK_MESSAGE(has(refused, "line 2, usd_per_hour is "), number);
        CHECK_MESSAGE(has(refused, "above 0"), number);
    }
    for (const char* date :
         {"", "today", "2026-02-30", "26-01-01", "2026/01/01", "2026-13-01", "2026-1-01", "1999-01-01"})
        CHECK_MESSAGE(has(refusal(header + "p4,1," + date + ",a\n"), "line 2, date is "), date);
    CHECK(has(refusal(header + "p4,1,2026-01-01,\n"), "line 2, source is "));
    CHECK(has(refusal(header + "p4,1,2026-01-01,a\x1b[2J\n"), "line 2, source is "));
    CHECK(has(refusal(header + "p4,1,2026-01-01,a\xFF\n"), "line 2, source is "));
    CHECK(has(refusal(header + "p4,1,2026-01-01\n"), "four fields"));
    CHECK(has(refusal(header + "p4,1,2026-01-01,AWS, on demand\n"), "quotes around a field"));
    CHECK(has(refusal(header + "p4,1,2026-01-01,\"open\n"), "four fields"));
    CHECK(has(refusal(header + "p4,1,2026-01-01,\"a\"b\n"), "four fields"));
    // The same machine by another name is the same machine.
    CHECK(
        has(refusal(header + "p5.48xlarge,1,2026-01-01,a\nP5-48xlarge,2,2026-01-01,b\n"),
            "line 3, machine is \"P5-48xlarge\"; accepted: one price a machine; line 2 has the price of p5.48xlarge"));
    // All problems are reported at once.
    const std::string both = refusal(header + "p4,-1,never,a\nnonesuch,1,2026-01-01,a\n");
    CHECK(has(both, "line 2, usd_per_hour"));
    CHECK(has(both, "line 2, date"));
    CHECK(has(both, "line 3, machine"));
}

TEST_CASE("the size of a file is bounded") {
    std::string many = header;
    for (int i = 0; i < 300'000; ++i) many += "nonesuch,1,2026\n";
    CHECK(has(refusal(many), "4 MiB"));
    many.resize(100'000);
    CHECK(std::count(many.begin(), many.end(), '\n') > 1000);
    const std::string all = refusal(many);
    CHECK(std::count(all.begin(), all.end(), '\n') < 60);
}

TEST_CASE("the sample of public list prices is read, and each line is a machine") {
    const auto list = io::read_prices_file(CARDFIT_SOURCE "/examples/prices.csv", "--prices");
    CHECK(list->prices.size() == 65);
    for (const io::machine_price& each : list->prices) {
        CHECK_MESSAGE(!each.hardware.name.empty(), each.name);
        CHECK_MESSAGE(hourly(*list, each.hardware) == each.usd_per_hour, each.name);
    }
}

}  // namespace io_prices_file_test
