// SPDX-License-Identifier: MIT
#pragma once

// What published peaks decide about a framework's memory: numbers (the caching allocator's slack, saved copies) and
// mechanisms that only the peaks of that framework show. Their values are in the frameworks' rows; this table says
// how each is fitted, and what an estimate uses where no row decides it. The other members of the rows are documented
// by the framework or counted from its source code.

#include <cardfit/calibration/constant.hpp>
#include <cardfit/frameworks/all.hpp>

#include <cstddef>
#include <string_view>

namespace cardfit {

/// A number that one framework's row has, or that several rows share.
struct memory_number {
    /// A number of a framework's row.
    using member = int framework_memory::*;

    std::string_view name = "";                     ///< name in calibration files
    cardfit::framework frameworks[12]{};            ///< the first `framework_count` of them
    int framework_count = 0;                        ///< the number of `frameworks`
    member first = nullptr;                         ///< the number's member
    member second = nullptr;                        ///< another member with the same value; null: none
    int undecided = 0;                              ///< the value where no row decides it
    int highest = 0;                                ///< upper bound of a fit; the lower bound is 0
    int step = 1;                                   ///< distance of the values that a fit tries
    cardfit::standing standing = standing::fitted;  ///< where its value comes from
    constant_range range{};                         ///< the values that its rows allow
    std::string_view source = "";                   ///< the rows or the source code behind it

    /// Returns true if the framework's row has the number.
    [[nodiscard]] constexpr bool belongs_to(framework f) const noexcept {
        for (int i = 0; i < framework_count; ++i)
            if (frameworks[i] == f) return true;
        return false;
    }
    /// Sets the number in a row.
    constexpr void set(framework_memory& row, int value) const noexcept {
        row.*first = value;
        if (second) row.*second = value;
    }
    /// Returns the number that the frameworks' rows have.
    [[nodiscard]] constexpr int stored() const noexcept { return row_of(frameworks[0]).memory.*first; }
};

/// The description of every fitted number of the frameworks' rows.
inline constexpr memory_number memory_numbers[]{
    {"default.activation_slack_per_mille",
     {framework::pytorch, framework::transformers, framework::torchtune, framework::litgpt, framework::deepspeed,
      framework::detectron2, framework::trl, framework::peft, framework::axolotl, framework::llama_factory,
      framework::ms_swift, framework::unsloth},
     12,
     &framework_memory::activation_slack_per_mille,
     nullptr,
     50,
     500,
     5,
     standing::fitted,
     {},
     "allocator traces and peaks of an H100 without checkpoints (tests/published/measured_h100.jsonl)"},
    {"default.slack_per_mille",
     {framework::pytorch, framework::transformers, framework::torchtune, framework::litgpt, framework::deepspeed,
      framework::detectron2, framework::trl, framework::peft, framework::axolotl, framework::llama_factory,
      framework::ms_swift, framework::unsloth},
     12,
     &framework_memory::slack_per_mille,
     nullptr,
     50,
     200,
     5,
     standing::fitted,
     {},
     "device readings of Qwen's fine-tunes, peaks of an H100 and of fms-acceleration"},
    {"torchtitan.slack_per_mille",
     {framework::torchtitan},
     1,
     &framework_memory::activation_slack_per_mille,
     &framework_memory::slack_per_mille,
     50,
     200,
     1,
     standing::fitted,
     {},
     "torchtitan's and torchao's reserved peaks"},
    {"megatron.slack_per_mille",
     {framework::megatron, framework::megatron_swift},
     2,
     &framework_memory::activation_slack_per_mille,
     &framework_memory::slack_per_mille,
     50,
     200,
     1,
     standing::fitted,
     {},
     "SimuMax: reserved against allocated peaks"},
    {"megatron-deepspeed.slack_per_mille",
     {framework::megatron_deepspeed},
     1,
     &framework_memory::activation_slack_per_mille,
     &framework_memory::slack_per_mille,
     50,
     200,
     1,
     standing::fitted,
     {},
     "BigScience's device readings"},
    {"tensorflow.activation_slack_per_mille",
     {framework::tensorflow},
     1,
     &framework_memory::activation_slack_per_mille,
     nullptr,
     50,
     500,
     5,
     standing::fitted,
     {},
     "google-research/bert: largest batches"},
    {"llm-foundry.activation_slack_per_mille",
     {framework::llm_foundry},
     1,
     &framework_memory::activation_slack_per_mille,
     nullptr,
     50,
     500,
     5,
     standing::assumed,
     {},
     "the middle of the other frameworks; verdicts alone are published"},
    {"dle.activation_slack_per_mille",
     {framework::dle},
     1,
     &framework_memory::activation_slack_per_mille,
     nullptr,
     50,
     500,
     5,
     standing::assumed,
     {},
     "the middle of the other frameworks; verdicts alone are published"},
};

/// A mechanism that published peaks show, and what an estimate does without it.
struct memory_mechanism {
    cardfit::framework framework{};               ///< the framework that has it
    std::string_view name = "";                   ///< its name, that of the member
    void (*remove)(framework_memory&) = nullptr;  ///< removes it from a row
    std::string_view source = "";                 ///< the rows or the source code that show it
};

/// The mechanisms of the frameworks' rows.
inline constexpr memory_mechanism memory_mechanisms[]{
    {framework::megatron, "matrix_scratch", [](framework_memory& m) { m.matrix_scratch = false; }, "SimuMax"},
    {framework::megatron, "second_output_under_context",
     [](framework_memory& m) { m.second_output_under_context = false; }, "SimuMax"},
    {framework::megatron, "fused_logits", [](framework_memory& m) { m.logits.fused = m.logits.full; },
     "SimuMax: Megatron-Core's fused cross-entropy"},
    {framework::torchtitan, "keeps_freed_gradients", [](framework_memory& m) { m.keeps_freed_gradients = false; },
     "torchtitan's reserved peaks over numbers of cards"},
    {framework::torchtitan, "gathers_stage_under_pipeline",
     [](framework_memory& m) { m.gathers_stage_under_pipeline = false; }, "torchtitan's pipeline rows"},
    {framework::torchtitan, "compiled_logits", [](framework_memory& m) { m.logits = {}; },
     "torchtitan: compiled loss, loss parallelism"},
    {framework::megatron_deepspeed, "keeps_stage_outputs", [](framework_memory& m) { m.keeps_stage_outputs = false; },
     "BigScience's pipeline stages"},
    {framework::megatron_deepspeed, "accumulated_bf16", [](framework_memory& m) { m.mixed_bf16 = m.mixed_fp16; },
     "BigScience's bf16 runs"},
    {framework::litgpt, "adapters",
     [](framework_memory& m) {
         m.adapters = {.quantized_head = m.adapters.quantized_head,
                       .quantized_input_copies = m.adapters.quantized_input_copies};
     },
     "litgpt: one adapter over query, key and value"},
    {framework::litgpt, "quantized_input_copies", [](framework_memory& m) { m.adapters.quantized_input_copies = 0; },
     "litgpt: pairs of rows with and without nf4"},
    {framework::litgpt, "unsharded_accumulation", [](framework_memory& m) { m.unsharded_accumulation = false; },
     "litgpt's FSDP rows"},
    {framework::litgpt, "flat_gradients", [](framework_memory& m) { m.flat_gradients = false; }, "litgpt's FSDP rows"},
    {framework::litgpt, "saved_tensors", [](framework_memory& m) { m.eager = row_of(framework::pytorch).memory.eager; },
     "litgpt's resource tables"},
    {framework::torchtune, "chunked_logits", [](framework_memory& m) { m.logits = {}; }, "torchtune's card table"},
    {framework::transformers, "logits", [](framework_memory& m) { m.logits = {}; }, "Qwen, Hugging Face, unsloth"},
    {framework::transformers, "widens_quantized_base",
     [](framework_memory& m) { m.adapters.widens_quantized_base = false; }, "Qwen's fine-tunes of 4-bit bases"},
    {framework::tensorflow, "saved_tensors",
     [](framework_memory& m) {
         m.eager = row_of(framework::pytorch).memory.eager;
         m.autocast = row_of(framework::pytorch).memory.autocast;
     },
     "google-research/bert"},
    {framework::tensorflow, "second_gradient",
     [](framework_memory& m) { m.full_precision = row_of(framework::pytorch).memory.full_precision; },
     "google-research/bert"},
    {framework::detectron2, "convolution_transforms", [](framework_memory& m) { m.convolution_transforms = false; },
     "detectron2's model zoo"},
};

/// The number of `memory_numbers`.
inline constexpr std::size_t memory_number_count = sizeof memory_numbers / sizeof *memory_numbers;
/// The number of `memory_mechanisms`.
inline constexpr std::size_t memory_mechanism_count = sizeof memory_mechanisms / sizeof *memory_mechanisms;

namespace detail {

/// True if every framework's slack is described, and rows that share a number have the same value.
[[nodiscard]] constexpr bool describes_every_slack() {
    for (const framework_row* row : framework_table) {
        bool activation = false;
        bool differs = false;
        for (const memory_number& number : memory_numbers) {
            if (!number.belongs_to(row->value)) continue;
            activation = activation || number.first == &framework_memory::activation_slack_per_mille;
            differs = differs || row->memory.*number.first != number.stored() ||
                      (number.second && row->memory.*number.second != number.stored());
        }
        if (!activation || differs) return false;
    }
    return true;
}
static_assert(describes_every_slack(), "the slack of every framework is described in memory_numbers");

}  // namespace detail

}  // namespace cardfit
