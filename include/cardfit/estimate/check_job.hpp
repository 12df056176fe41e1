// SPDX-License-Identifier: MIT
#pragma once

// The checks that every estimate makes before it lowers a job.

#include <cardfit/estimate/inference/runnable.hpp>
#include <cardfit/frameworks/all.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/inference.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/job/training_problems.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/problem.hpp>

namespace cardfit::detail {

/// Throws invalid_input for a format of gradients where nothing but the weights decides it.
constexpr void check_gradients(const training& t) {
    problem_list found(on_problem::refuse);
    found.require(field_condition{row_of(t.framework).memory.mixed_bf16.master > 0, "training.gradients",
                                  static_cast<std::int64_t>(t.gradients),
                                  "none but that of the weights, unless a framework keeps 16-bit weights with fp32 "
                                  "master weights (megatron, deepspeed)"});
}

/// Throws invalid_input for what only some frameworks have: a format of gradients, and Liger's kernels.
constexpr void check_by_framework(const training& t) {
    if (t.gradients != number_format::by_default) check_gradients(t);
    problem_list found(on_problem::refuse);
    found.require(field_condition{
        t.fused_kernels <= fused_kernels::none || row_of(t.framework).memory.has_fused_kernels,
        "training.fused_kernels", static_cast<std::int64_t>(t.fused_kernels),
        "none, unless the framework is one of the Hugging Face Trainer's (transformers, trl, peft, axolotl, "
        "llama-factory, ms-swift)"});
}

/// Throws invalid_input for states on NVMe where none are offloaded.
constexpr void check_nvme(const training& t) {
    problem_list found(on_problem::refuse);
    found.require(field_condition{moves_states(t.offload), "training.offload_device",
                                  static_cast<std::int64_t>(t.offload_device),
                                  "host unless training.offload is optimizer or full"});
}

/// Throws invalid_input for completions per prompt that do not divide the samples of a step.
constexpr void check_generations(const training& t, const layout& given, int cards) {
    const std::int64_t samples = t.micro_batch * t.gradient_accumulation * resolved(given, cards).data;
    problem_list found(on_problem::refuse);
    found.require(requirement{samples % t.generations == 0, key_ranges::generations.path, t.generations,
                              "must divide the samples of a step (micro_batch x gradient_accumulation x data)",
                              samples});
}

/// Throws invalid_input for only some layers trained in a layout that no framework freezes layers in.
constexpr void check_trained_layers(const training& t, const layout& l) {
    problem_list found(on_problem::refuse);
    found.require(field_condition{t.trained_layers == 0 || l.pipeline <= 1, "layout.pipeline", l.pipeline,
                                  "1 with training.trained_layers"});
}

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

/// Returns what is wrong with cards of several models for a training.
[[nodiscard]] constexpr problem_list alike_problems(const machine& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.require(field_condition{m.others.count == 0, "hardware.other_cards", m.others.count,
                                  "no cards of other models for a training, whose cards have equal parts"});
    return found;
}

/// Throws invalid_input for experts divided among cards under an engine that cannot.
constexpr void check_experts(const inference& i, const layout& l) {
    problem_list found(on_problem::refuse);
    found.require(field_condition{row_of(i).memory.divides_experts, key_ranges::expert.path, l.expert,
                                  "1 under this engine, which divides no experts among cards"});
}

/// Throws invalid_input (a std::invalid_argument) that names the first thing that is wrong with a machine, a job
/// (training or inference) of this network, or a layout.
constexpr void check_job(const network& net, const training& t, const machine& m, const layout& l) {
    check(m);
    check(t, net);
    if (m.others.count > 0) static_cast<void>(alike_problems(m, on_problem::refuse));
    if (t.offload != offload::none) check(t, m.card);
    if (t.gradients != number_format::by_default || t.fused_kernels != fused_kernels::by_default) check_by_framework(t);
    if (t.offload_device != offload_device::host) check_nvme(t);
    if (t.trained_layers != 0) check_trained_layers(t, l);
    if (row_of(t.precision).without_units == without_units::refused) check(t.precision, m.card);
    check(l, m.cards, net);
    if (t.generations > 0) check_generations(t, l, m.cards);
}
constexpr void check_job(const network& net, const inference& i, const machine& m, const layout& l) {
    check(m);
    check(i, net);
    check(l, m.cards, net);
    if (m.others.count > 0 || i.tensor_split.count > 0) static_cast<void>(share_problems(i, m, l, on_problem::refuse));
    static_cast<void>(engine_problems(i, on_problem::refuse));
    if (l.expert > 1) check_experts(i, l);
}

}  // namespace cardfit::detail
