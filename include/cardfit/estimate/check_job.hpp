// SPDX-License-Identifier: MIT
#pragma once

// The checks that every estimate makes before it lowers a job.

#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/problem.hpp>

namespace cardfit::detail {

/// Throws invalid_input (a std::invalid_argument) that names the first thing that is wrong with a machine, a job
/// (training or inference) of this network, or a layout.
template <class Job>
constexpr void check_job(const network& net, const Job& job, const machine& m, const layout& l) {
    check(m);
    check(job, net);
    check(l, m.cards, net);
}

}  // namespace cardfit::detail
