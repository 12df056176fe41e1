// SPDX-License-Identifier: MIT

// Tests the capacity planner as a user runs it: a plan books no card twice, and the command line agrees with every fit
// in it.

#include "../run_command.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using nlohmann::json;

outcome run(const std::string& command) { return run_command(command + " 2>&1"); }

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream in(path);
    REQUIRE(in);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && line[0] != '#') lines.push_back(line);
    return lines;
}

outcome planner(const std::string& fleet, const std::string& jobs, const std::string& flags = "") {
    return run(std::string(CARDFIT_PLANNER) + " " + fleet + " " + jobs + " " + flags);
}

const std::string header = "name,card,cards,per_node,link,dollars_per_hour\n";

/// Returns what the command line answers for exactly the jobs that a plan would start.
std::vector<json> tool_answers(const std::vector<json>& jobs) {
    std::string stream;
    for (const json& job : jobs) stream += job.dump() + "\n";
    std::istringstream answers(
        run(std::string(CARDFIT_TOOL) + " estimate --jsonl < " + file("planned.jsonl", stream)).text);
    std::vector<json> all;
    for (std::string line; std::getline(answers, line);) all.push_back(json::parse(line));
    REQUIRE(all.size() == jobs.size());
    return all;
}

/// Checks that jobs use no more cards of a machine's nodes than the nodes have, and that the machine's jobs are on its
/// own card.
void check_machine(const json& m) {
    CAPTURE(m["name"]);
    const int per_node = m["per_node"];
    const int nodes = m["cards"].get<int>() / per_node;
    std::vector<int> used(static_cast<std::size_t>(nodes));
    int all = 0;
    for (const json& job : m["jobs"]) {
        CAPTURE(job["name"]);
        const int first = job["first_node"];
        const int count = job["nodes"];
        const int cards = job["cards"];
        REQUIRE((first >= 0 && first + count <= nodes));
        CHECK((count == 1 ? cards <= per_node : cards == count * per_node));
        for (int n = first; n < first + count; ++n) used[static_cast<std::size_t>(n)] += cards / count;
        all += cards;
        CHECK(job["job"]["hardware"]["card"] == m["card"]);
        CHECK(job["job"]["hardware"]["cards"] == cards);
    }
    for (const int cards : used) CHECK(cards <= per_node);
    CHECK(m["cards_used"] == all);
}

/// Checks every invariant of a plan. `grades` are the grades that its jobs may have.
json checked_plan(const std::string& fleet, const std::string& jobs, const std::set<std::string>& grades = {"fits"}) {
    const outcome o = planner(fleet, jobs, grades.size() > 1 ? "--json --tight" : "--json");
    CHECK(planner(fleet, jobs, grades.size() > 1 ? "--json --tight" : "--json").text == o.text);
    json plan = json::parse(o.text);
    CHECK(o.code == (plan["unplaced"].empty() ? 0 : 1));

    std::map<std::string, json> wanted;
    for (const std::string& line : lines_of(jobs)) {
        const json job = json::parse(line);
        wanted[job["name"]] = job["job"];
    }
    std::vector<json> planned;
    std::vector<json> answers;
    std::set<std::string> seen;
    std::set<std::string> rented;
    double dollars = 0;
    for (const json& m : plan["machines"]) {
        check_machine(m);
        CHECK(rented.insert(m["name"]).second);
        CHECK(!m["jobs"].empty());
        dollars += m["dollars_per_hour"].get<double>();
        for (const json& job : m["jobs"]) {
            CHECK(seen.insert(job["name"]).second);
            planned.push_back(job["job"]);
            answers.push_back(job["answer"]);
            const json& asked = wanted.at(job["name"]);
            for (const char* key : {"model", "training", "inference"})
                CHECK(asked.value(key, json()) == job["job"].value(key, json()));
            if (asked.contains("hardware")) CHECK(asked["hardware"]["cards"] == job["cards"]);
            if (asked.contains("layout")) CHECK(asked["layout"] == job["job"]["layout"]);
        }
    }
    for (const json& job : plan["unplaced"]) {
        CHECK(seen.insert(job["name"]).second);
        CHECK(!job["reason"].get<std::string>().empty());
    }
    CHECK(seen.size() == wanted.size());
    CHECK(rented.size() + plan["idle"].size() == lines_of(fleet).size() - 1);
    CHECK(plan["dollars_per_hour"].get<double>() == doctest::Approx(dollars));
    const std::vector<json> told = tool_answers(planned);
    for (std::size_t i = 0; i < told.size(); ++i) {
        CHECK(grades.contains(told[i]["verdict"]["grade"]));
        CHECK(told[i] == answers[i]);
    }
    return plan;
}

const std::string folder = std::string(CARDFIT_SOURCE) + "/examples/capacity_planner/";

}  // namespace

TEST_CASE("the sample fleet and jobs") {
    const json plan = checked_plan(folder + "fleet.csv", folder + "jobs.jsonl");
    CHECK(plan["machines"].size() == 4);
    REQUIRE(plan["unplaced"].size() == 2);
    CHECK(plan["unplaced"][0]["name"] == "long-context");
    CHECK(plan["unplaced"][0]["reason"].get<std::string>().starts_with("no room left on hopper-2 (16 of 16 cards)"));
    CHECK(plan["unplaced"][1]["name"] == "frontier");
    CHECK(plan["unplaced"][1]["reason"].get<std::string>().starts_with("needs up to "));
    CHECK(plan["dollars_per_hour"].get<double>() == doctest::Approx(48.9));
    const json tight = checked_plan(folder + "fleet.csv", folder + "jobs.jsonl", {"fits", "tight"});
    CHECK(tight["unplaced"].size() <= 2);
    const outcome table = planner(folder + "fleet.csv", folder + "jobs.jsonl");
    CHECK(table.code == 1);
    CHECK(says(table, "7 of 9 jobs on 4 of 5 machines"));
    CHECK(says(table, "no machine for frontier: needs up to"));
}

TEST_CASE("improvement: a machine is given back where another has room for its jobs") {
    const std::string fleet =
        file("two_hoppers.csv", header + "small,h100-sxm5-80gb,8,8,,22\nlarge,h100-sxm5-80gb,16,8,,41\n");
    std::string jobs;
    for (const char* name : {"one", "two"})
        jobs += R"({"name": ")" + std::string(name) +
                R"(", "job": {"model": "llama-3.2-3b", "hardware": {"cards": 8}, "training": {"recompute": "full"},)"
                R"( "layout": {"data": 8, "sharding": "full"}}})"
                "\n";
    const json plan = checked_plan(fleet, file("two_jobs.jsonl", jobs));
    CHECK(plan["unplaced"].empty());
    CHECK(plan["dollars_per_hour"] == 41);
}

TEST_CASE("a fleet that is too small for all runs as many as it can") {
    const std::string fleet = file("too_small.csv", header + "four,rtx-4090,4,,,4\n");
    std::string jobs;
    for (const char* cards : {"4", "1", "1", "2", "1"})
        jobs += R"({"name": ")" + std::to_string(jobs.size()) +
                R"(", "job": {"model": "gpt2", "hardware": {"cards": )" + cards +
                R"(}, "training": {"sequence_length": 1024}}})"
                "\n";
    const json plan = checked_plan(fleet, file("too_small.jsonl", jobs));
    CHECK(plan["unplaced"].size() == 2);
}

TEST_CASE("improvement: a job moves on where another has no other place") {
    // The large job is first placed on `pair`, which is cheaper; then only two of the three pairs have room.
    const std::string fleet = file("places.csv", header + "single,h100-sxm5-80gb,1,,,9\npair,h100-sxm5-80gb,2,,,3\n" +
                                                     "gaming-1,rtx-4090,2,,,1\ngaming-2,rtx-4090,2,,,1\n");
    std::string jobs =
        R"({"name": "large", "job": {"model": "llama-3.1-8b", "hardware": {"cards": 1}, "inference": {"weights": "bf16", "batch": 16, "prompt": 4096}}})"
        "\n";
    for (const char* name : {"a", "b", "c"})
        jobs += R"({"name": ")" + std::string(name) +
                R"(", "job": {"model": "gpt2", "hardware": {"cards": 2}, "training": {"sequence_length": 1024}}})"
                "\n";
    const json plan = checked_plan(fleet, file("places.jsonl", jobs));
    CHECK(plan["unplaced"].empty());
    CHECK(plan["machines"].size() == 4);
    CHECK(plan["machines"][0]["jobs"][0]["name"] == "large");
}

TEST_CASE("a job of several nodes takes whole ones, and one of a node stays in it") {
    const std::string fleet = file("nodes.csv", header + "cluster,a100-sxm4-80gb,12,4,nvswitch,30\n");
    const auto job = [](const std::string& name, int cards) {
        return R"({"name": ")" + name + R"(", "job": {"model": "gpt2", "hardware": {"cards": )" +
               std::to_string(cards) + R"(}, "training": {"sequence_length": 1024}}})" + "\n";
    };
    // Three jobs of three cards leave one card on each node: no job of two cards fits there, though three cards are
    // free.
    json plan = checked_plan(fleet, file("nodes.jsonl", job("a", 3) + job("b", 3) + job("c", 3) + job("d", 2)));
    CHECK(plan["unplaced"].size() == 1);
    plan = checked_plan(fleet, file("nodes.jsonl", job("small", 2) + job("wide", 8) + job("other", 2)));
    CHECK(plan["unplaced"].empty());
    plan = checked_plan(fleet, file("nodes.jsonl", job("six", 6) + job("all", 12)));
    REQUIRE(plan["unplaced"].size() == 1);
    CHECK(plan["unplaced"][0]["reason"] == "asks for 6 cards, which no machine has as whole nodes or within one");
}

TEST_CASE("a fleet of many equal machines and a list of many equal jobs") {
    // 60 nodes of 8 cards are 480 cards; 200 jobs of 1 card and 20 of 8 take 360 of them, which is 45 nodes.
    std::string fleet = header;
    for (int i = 0; i < 60; ++i) fleet += "node-" + std::to_string(i) + ",h100-sxm5-80gb,8,8,,22\n";
    std::string jobs;
    const auto add = [&jobs](const std::string& name, const std::string& cards, const std::string& length) {
        jobs += R"({"name": ")" + name + R"(", "job": {"model": "gpt2", "hardware": {"cards": )" + cards +
                R"(}, "training": {"sequence_length": )" + length + "}}}\n";
    };
    for (int i = 0; i < 200; ++i) add("small-" + std::to_string(i), "1", i % 2 == 0 ? "1024" : "512");
    for (int i = 0; i < 20; ++i) add("large-" + std::to_string(i), "8", "1024");
    const std::string path = file("many.csv", fleet);
    const json plan = checked_plan(path, file("many.jsonl", jobs));
    CHECK(plan["unplaced"].empty());
    CHECK(plan["machines"].size() == 45);
    for (int i = 20; i < 60; ++i) add("large-" + std::to_string(i), "8", "1024");
    const json full = checked_plan(path, file("too_many.jsonl", jobs));
    CHECK(full["machines"].size() == 60);
    // Jobs of one card are placed first: 25 nodes are theirs, and 35 of the 60 large jobs have a node.
    REQUIRE(full["unplaced"].size() == 25);
    const std::string reason = full["unplaced"][0]["reason"];
    CHECK(reason.starts_with("no room left on node-0 (8 of 8 cards), node-1 (8 of 8 cards), "));
    CHECK(reason.ends_with(" and 52 more"));
}

TEST_CASE("Ctrl-C says that it stopped the planner, and ends it as the signal does") {
    // 60,000 different jobs take longer than a second on any machine.
    std::string jobs;
    for (int i = 1; i <= 60'000; ++i)
        jobs += R"({"name": "job-)" + std::to_string(i) +
                R"(", "job": {"model": "gpt2", "training": {"sequence_length": 512, "micro_batch": )" +
                std::to_string(i) + "}}}\n";
    const outcome o = run("timeout --preserve-status -s INT 1 " + std::string(CARDFIT_PLANNER) + " " + folder +
                          "fleet.csv " + file("interrupted.jsonl", jobs));
    CHECK(o.code == 130);
    CHECK(says(o, "cardfit: stopped"));
}

TEST_CASE("everything wrong with a fleet is told, by line") {
    const std::string jobs = folder + "jobs.jsonl";
    const std::string path = file("bad.csv", "# a remark\n" + header +
                                                 "a,rtx-4091,1,,,1\n"          // line 3
                                                 "b,rtx-4090,none,,,1\n"       // line 4
                                                 "c,rtx-4090,2,,nvlink,1\n"    // line 5
                                                 "d,rtx-4090,2,,infini,1\r\n"  // line 6
                                                 "\n"
                                                 "e,rtx-4090,2,,,-1\n"       // line 8
                                                 "e,rtx-4090,12,8,,1\n"      // line 9
                                                 "f,rtx-4090,2,,\n"          // line 10
                                                 "\"g,rtx-4090,2,,,1\n"      // line 11
                                                 ",rtx-4090,1,2,,1e999\n");  // line 12
    const outcome o = planner(path, jobs);
    CHECK(o.code == 2);
    CHECK(says(o, path + ":3: card is \"rtx-4091\"; accepted: a card's id or printed name such as rtx-4090"));
    CHECK(says(o, path + ":4: cards is \"none\"; accepted: an integer from 1 to 100000"));
    CHECK(says(o, path + ":5: link is \"nvlink\"; accepted: pcie, pcie-host (rtx-4090 has no NVLink)"));
    CHECK(says(o, path + ":6: link is \"infini\"; accepted: nvswitch"));
    CHECK(says(o, path + ":8: dollars_per_hour is \"-1\"; accepted: a number from 0 to 1000000"));
    CHECK(says(o, path + ":9: name is \"e\"; accepted: a name that no other machine has; line 8 has this one"));
    CHECK(says(o, path + ":10: line is \"f,rtx-4090,2,,\"; accepted: 6 cells"));
    CHECK(says(o, path + ":11: line is "));
    CHECK(says(o, path + ":12: name is \"\"; accepted: a name"));
    CHECK(says(o, path + ":12: per_node is \"2\"; accepted: an integer from 1 to 1"));
    CHECK(says(o, path + ":12: dollars_per_hour is \"1e999\""));
    CHECK(says(planner(file("uneven.csv", header + "x,rtx-4090,12,8,,1\n"), jobs),
               ":2: cards is \"12\"; accepted: whole"));
    CHECK(says(planner(file("columns.csv", "name,card,cards\nx,rtx-4090,1\n"), jobs), ":1: header is"));
    CHECK(says(planner(file("empty.csv", ""), jobs), "fleet is missing; accepted: a header"));
    CHECK(says(planner(file("bare.csv", header), jobs), "fleet is missing; accepted: at least one machine"));
    CHECK(planner("/nowhere.csv", jobs).code == 2);
}

TEST_CASE("everything wrong with the jobs is told, by line") {
    const std::string good = R"({"name": "x", "job": {"model": "gpt2", "training": {"sequence_length": 1024}}})";
    const std::string path =
        file("bad.jsonl",
             good + "\n" + good + "\n{\n\n" +  // lines 1 to 4
                 R"({"name": "y", "job": {"model": "gpt2", "training": {"sequence_length": 4096}}})" + "\n" +
                 R"({"name": "z", "job": {"model": "gpt2", "hardware": {"card": "l4", "cards": 1}, "training": {}}})" +
                 "\n" + R"({"job": 7})" + "\n\xff\n");
    const outcome o = planner(folder + "fleet.csv", path);
    CHECK(o.code == 2);
    CHECK(says(o, path + ":2: name is \"x\"; accepted: a name that no other job has"));
    CHECK(says(o, path + ":3: job is not valid JSON"));
    CHECK(says(o, path + ":5: training.sequence_length is 4096"));
    CHECK(says(o, path + ":6: job.hardware.card is not a known key; accepted: one of the keys cards"));
    CHECK(says(o, path + ":7: name is missing"));
    CHECK(says(o, path + ":7: job is 7"));
    CHECK(says(o, path + ":8: job is not valid JSON"));
}
