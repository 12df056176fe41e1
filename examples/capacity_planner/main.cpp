// SPDX-License-Identifier: MIT

// A capacity planner: assigns jobs to the machines of a fleet, so that every job fits and the cost is low. The library
// answers for every job and machine; plan.hpp describes the search.
//
//     build/bin/cardfit_capacity_planner examples/capacity_planner/fleet.csv examples/capacity_planner/jobs.jsonl
//
// The fleet is a CSV file with the columns name, card, cards, per_node, link and dollars_per_hour (for the whole
// machine). The columns per_node and link may be empty, which stands for the defaults of the job file. The jobs are
// JSONL: one {"name": …, "job": …} per line, where the job is a job file without hardware.card. The exit code is 0 if
// all jobs have a machine, 1 if some have none, and 2 if the input is invalid; each reason is then printed with its
// line. Ctrl-C says so and ends the program as the signal does, which a shell reports as 130.

#include "../cardfit/console.hpp"
#include "report.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace {

using namespace planner;

/// Prints every problem as FILE:LINE: REASON.
void print_problems(const std::string& path, const io::input_error& error) {
    for (const io::input_problem& p : error.problems())
        std::cerr << path << ":" << (p.line > 0 ? std::to_string(p.line) + ":" : "") << " " << p.message << "\n";
}

struct options {
    std::string fleet{};
    std::string jobs{};
    bool json = false;
    bool tight = false;
};

int run(const options& o) {
    const std::string* reading = &o.fleet;
    try {
        std::vector<fleet_machine> fleet = read_fleet(io::read_file(o.fleet, "fleet"));
        reading = &o.jobs;
        wanted_jobs jobs = read_jobs(io::read_file(o.jobs, "jobs"), fleet.front().hardware);
        const planning p =
            ask_all(std::move(fleet), std::move(jobs), o.tight ? cardfit::grade::tight : cardfit::grade::fits);
        const bookings b = plan(p);
        if (o.json)
            write_plan_json(std::cout, p, b);
        else
            std::cout << plan_text(p, b);
        return b.cost().unplaced > 0 ? 1 : 0;
    } catch (const io::input_error& e) {
        print_problems(*reading, e);
        return 2;
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Assigns jobs to machines");
    options o;
    app.add_option("fleet", o.fleet, "CSV: name,card,cards,per_node,link,dollars_per_hour")->required();
    app.add_option("jobs", o.jobs, "JSONL: one {\"name\": ..., \"job\": ...} per line")->required();
    app.add_flag("--json", o.json, "print one JSON document");
    app.add_flag("--tight", o.tight, "accept jobs whose upper error bound exceeds the card's memory");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    }
    tool::say_when_interrupted();
    return run(o);
}
