// SPDX-License-Identifier: MIT
#pragma once

// The layout of a training on several cards whose command line states none: the simplest whose step is within the error
// of the fastest, for the job's own micro-batch and recomputation; on cards without a step time, the least sharding
// that fits.

#include "job_flags.hpp"

#include <cardfit/decide/plan.hpp>
#include <cardfit/decide/rank.hpp>
#include <cardfit/io/job_file.hpp>
#include <cardfit/io/text.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace tool {

using namespace cardfit;

/// The flags that state the layout of a training.
inline constexpr std::string_view training_layout_flags[]{
    "--data", "--tensor", "--pipeline", "--context-parallel", "--expert", "--sharding", "--virtual-stages"};

/// Returns the ways in which a layout divides a job: "data 4 x tensor 2", or "1 card".
[[nodiscard]] inline std::string ways_of(const layout& l) {
    std::string text;
    const auto add = [&](const char* name, std::int64_t n) {
        if (n > 1) text += (text.empty() ? "" : " x ") + std::string(name) + " " + std::to_string(n);
    };
    add("data", l.data);
    add("tensor", l.tensor);
    add("pipeline", l.pipeline);
    add("virtual", l.virtual_stages);
    add("context", l.context);
    add("expert", l.expert);
    return text.empty() ? "1 card" : text;
}

namespace detail {

/// Returns the plan that the planner recommends for the job with its own micro-batch and recomputation, or nothing if
/// none fits even at the lower error bound.
[[nodiscard]] inline std::optional<plan> recommended(const io::job_file& job) {
    plan_space space = cardfit::detail::ranked_space;
    space.recompute = false;
    space.micro_batches = false;
    for (const bool tight : {false, true}) {
        space.tight = tight;
        const std::optional<plan> best = std::visit(
            [&](const auto& model) { return plan_to_run(model, *job.training, job.hardware, job.layout, space); },
            job.model);
        if (best) return best;
    }
    return {};
}

/// Returns the least sharding over data-parallel ranks with which the job fits, or full sharding if none does. This is
/// what is chosen on cards whose rates are not known, because nothing says there which layout is the fastest.
[[nodiscard]] inline sharding least_sharding(const io::job_file& job) {
    const network net = lower(job.model, job.training->image_size);
    for (const sharding each : {sharding::none, sharding::optimizer, sharding::gradients}) {
        layout tried = job.layout;
        tried.sharding = each;
        if (!problems(tried, job.hardware.cards, net).empty()) continue;
        if (fit(net, *job.training, job.hardware, tried).grade == grade::fits) return each;
    }
    return sharding::full;
}

}  // namespace detail

/// Chooses the layout of a training on several cards whose command line states none. Where nothing fits, parameters and
/// states are divided fully. Returns the line that says so; empty for a job that stays as it is.
[[nodiscard]] inline std::string choose_training_layout(const job_flags& flags, io::job_file& job) {
    const bool stated = std::any_of(std::begin(training_layout_flags), std::end(training_layout_flags),
                                    [&](std::string_view flag) { return flags.find(flag) != nullptr; });
    const gpu& card = job.hardware.card;
    if (stated || !problems(*job.training, card).empty()) return {};
    job.layout = resolved(job.layout, job.hardware.cards);
    if (!has_step_time(card, job.training->precision)) {
        job.layout.sharding = detail::least_sharding(job);
    } else if (const std::optional<plan> best = detail::recommended(job)) {
        job.training = best->job;
        job.layout = best->layout;
    } else {
        job.layout.sharding = sharding::full;
    }
    std::erase_if(job.assumed, [](const io::assumption& each) { return each.key.starts_with("layout."); });
    const std::string divided = job.layout.sharding == sharding::none
                                    ? "no sharding"
                                    : "sharding " + std::string(io::name_of(io::sharding_names, job.layout.sharding));
    const std::string accumulated = job.training->gradient_accumulation > 1
                                        ? ", accumulation " + std::to_string(job.training->gradient_accumulation)
                                        : "";
    return io::wrapped("Layout: " + ways_of(job.layout) + ", " + divided + accumulated +
                           " (chosen; --data, --tensor, --pipeline and --sharding state another)",
                       80, "  ") +
           "\n";
}

}  // namespace tool
