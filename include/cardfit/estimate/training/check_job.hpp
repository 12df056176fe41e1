// SPDX-License-Identifier: MIT
#pragma once

// The checks that every estimate of a training makes before it lowers the job. They stand apart from those of an
// inference so that a training does not pay for the tables of engines.

#include <cardfit/frameworks/all.hpp>
#include <cardfit/hardware/machine.hpp>
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

/// Returns what is wrong with the cards of a training: those of several models, and MIG slices, which nothing joins.
[[nodiscard]] constexpr problem_list joined_problems(const machine& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.require(field_condition{m.others.count == 0, "hardware.other_cards", m.others.count,
                                  "no cards of other models for a training, whose cards have equal parts"},
                  field_condition{!are_slices(m), key_ranges::cards.path, m.cards,
                                  "1 for a MIG slice: a process sees one slice, and NCCL joins none of them"});
    return found;
}

/// Throws invalid_input (a std::invalid_argument) that names the first thing that is wrong with a machine, a training
/// of this network, or a layout.
constexpr void check_job(const network& net, const training& t, const machine& m, const layout& l) {
    check(m);
    check(t, net);
    // The second condition is written out, because a call takes steps of constant evaluation.
    if (m.others.count > 0 || (m.cards > 1 && m.card.mig_slices_per_card > 0))
        static_cast<void>(joined_problems(m, on_problem::refuse));
    if (t.offload != offload::none || row_of(t.precision).without_units == without_units::refused) check(t, m.card);
    if (t.gradients != number_format::by_default || t.fused_kernels != fused_kernels::by_default) check_by_framework(t);
    if (t.offload_device != offload_device::host) check_nvme(t);
    if (t.trained_layers != 0) check_trained_layers(t, l);
    check(l, m.cards, net);
    if (t.generations > 0) check_generations(t, l, m.cards);
}

}  // namespace cardfit::detail
