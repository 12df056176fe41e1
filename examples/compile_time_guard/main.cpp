// SPDX-License-Identifier: MIT

// A batch scheduler whose build fails if a job of its table no longer fits its cards or exceeds its limits. The table
// is in job_table.hpp, the checks are in guard.hpp; this program only prints the jobs that the compiler accepted.
//
//     g++ -std=c++20 -Iinclude examples/compile_time_guard/main.cpp -o nightly && ./nightly

#include "job_table.hpp"

#include <cstdio>

int main() {
    for (const scheduler::scheduled_job& job : scheduler::nightly) {
        const cardfit::verdict v = cardfit::judge(job.model, job.run, job.machine, job.layout);
        std::printf("%-28.*s  %d x %-14.*s  at most %6lld of %lld MiB  step at most %4lld of %lld ms  %2lld %% used\n",
                    static_cast<int>(job.name.size()), job.name.data(), job.machine.cards,
                    static_cast<int>(job.machine.card.id.size()), job.machine.card.id.data(),
                    static_cast<long long>(v.needed_MiB), static_cast<long long>(v.available_MiB),
                    static_cast<long long>(scheduler::slowest_step_ms(job)),
                    static_cast<long long>(job.longest_step_ms),
                    static_cast<long long>(scheduler::utilization_percent(job)));
    }
}
