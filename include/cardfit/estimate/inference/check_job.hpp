// SPDX-License-Identifier: MIT
#pragma once

// The checks that every estimate of an inference makes before it lowers the job.

#include <cardfit/estimate/inference/runnable.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/inference.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/problem.hpp>

namespace cardfit::detail {

/// Returns what is wrong with cards of several models and with shares of cards: an engine that does not divide layers
/// by shares, or a layout that does not give each card layers.
[[nodiscard]] constexpr problem_list share_problems(const inference& i, const machine& m, const layout& given,
                                                    on_problem action = on_problem::keep) {
    problem_list found(action);
    if (m.others.count == 0 && i.tensor_split.count == 0) return found;
    const card_shares& shares = i.tensor_split;
    const bool by_share = row_of(i).memory.splits_by_share;
    double sum = 0;
    bool counts = true;
    for (int card = 0; card < shares.count; ++card) {
        counts = counts && shares.of[card] >= 0;
        sum += shares.of[card];
    }
    found.require(
        field_condition{by_share || m.others.count == 0, "hardware.other_cards", m.others.count,
                        "no cards of other models for this engine, whose cards have equal parts: llama.cpp divides "
                        "layers by shares"},
        field_condition{by_share || shares.count == 0, "inference.tensor_split", shares.count,
                        "no value for this engine, whose cards have equal parts: llama.cpp divides layers by shares"},
        requirement{given.pipeline == m.cards, "layout.pipeline", given.pipeline,
                    "must be the number of cards where they have shares of the layers", m.cards},
        requirement{shares.count == 0 || shares.count == m.cards, "inference.tensor_split", shares.count,
                    "must have a share for each card", m.cards},
        field_condition{shares.count == 0 || (counts && sum > 0), "inference.tensor_split", as_whole(sum),
                        "shares of 0 or more, not all of them 0"});
    return found;
}

/// Returns what is wrong with a model that is divided among MIG slices; each slice may hold a replica of its own.
[[nodiscard]] constexpr problem_list slice_problems(const machine& m, const layout& given,
                                                    on_problem action = on_problem::keep) {
    problem_list found(action);
    if (!are_slices(m)) return found;
    const bool divided = resolved(given, m.cards).data < m.cards || given.expert > 1;
    found.require(field_condition{!divided, key_ranges::cards.path, m.cards,
                                  "1 for a MIG slice, or layout.data replicas of 1 slice each: a process sees one "
                                  "slice, and NCCL joins none of them"});
    return found;
}

/// Returns what is wrong with the cards of an inference: their shares, and a model divided among MIG slices.
[[nodiscard]] constexpr problem_list card_problems(const inference& i, const machine& m, const layout& given) {
    problem_list found = share_problems(i, m, given);
    return found.empty() ? slice_problems(m, given) : found;
}

/// Throws invalid_input for experts divided among cards under an engine that cannot.
constexpr void check_experts(const inference& i, const layout& l) {
    problem_list found(on_problem::refuse);
    found.require(field_condition{row_of(i).memory.divides_experts, key_ranges::expert.path, l.expert,
                                  "1 under this engine, which divides no experts among cards"});
}

/// Throws invalid_input (a std::invalid_argument) that names the first thing that is wrong with a machine, an inference
/// of this network, or a layout.
constexpr void check_job(const network& net, const inference& i, const machine& m, const layout& l) {
    check(m);
    check(i, net);
    check(l, m.cards, net);
    if (m.others.count > 0 || i.tensor_split.count > 0) static_cast<void>(share_problems(i, m, l, on_problem::refuse));
    if (are_slices(m)) static_cast<void>(slice_problems(m, l, on_problem::refuse));
    static_cast<void>(engine_problems(i, on_problem::refuse));
    if (l.expert > 1) check_experts(i, l);
}

}  // namespace cardfit::detail
