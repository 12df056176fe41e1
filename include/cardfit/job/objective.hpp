// SPDX-License-Identifier: MIT
#pragma once

// What a training optimizes, as a table: how many sequences a sample has, which models run beside the one that the job
// names, and what of the logits exists at once. Estimates are those of supervised training on sums of such lowerings
// (estimate/training/objective.hpp).

#include <cardfit/row_table.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cardfit {

/// What a training optimizes; `detail::listed_objectives` has a row for each.
enum class objective : unsigned char {
    sft,
    dpo,
    kto,
    orpo,
    reward,
    ppo,
    grpo,
    distillation,
    embedding,
    classification,
};

/// Whether a frozen reference model is asked for its probabilities. Beside an adapter it is the base itself.
enum class reference_model : unsigned char { by_default, off, on };

/// One objective.
struct objective_row {
    objective value{};              ///< the objective
    std::string_view name;          ///< the job file's word
    std::string_view aliases[3]{};  ///< further words
    int sequences = 1;              ///< sequences per sample that have a gradient: chosen and rejected are 2
    bool reference = false;         ///< a frozen reference model, unless the job says otherwise
    int reference_forwards = 0;     ///< forward passes of the reference, in sequences of a sample
    int other_forwards = 0;         ///< further forward passes without a gradient, of models of the job's size
    int trained_copies = 1;         ///< models of the job's size that are trained together: policy and value
    int scoring_copies = 0;         ///< further frozen models of the job's size, unless the job states their parameters
    bool needs_frozen = false;      ///< the job must state the parameters of a frozen model: a teacher
    bool takes_frozen = false;      ///< the job may state them
    bool vocabulary = true;         ///< false: a head of one or few outputs replaces the vocabulary's
    /// Bytes per logit of another model at the peak of the loss, beyond what supervised training holds there: 16-bit
    /// logits, an fp32 copy and its log-softmax (10), less the policy's gradient where that comes later (4).
    int logit_bytes_beside = 0;
    bool contrasts = false;  ///< the loss compares all sequences of a micro-batch with each other
    bool generates = false;  ///< each step first generates its samples
    /// Bytes per logit of generated tokens that the trainer keeps until it has their probabilities.
    int generated_logit_bytes = 0;
    bool completion_logits = false;  ///< the loss computes logits of the completion alone
    /// Half-width of the band where it is wider than the framework's.
    int band_per_mille = 0;
    std::string_view source{};  ///< paper or program
};

namespace detail {

inline constexpr objective_row listed_objectives[]{
    {.value = objective::sft, .name = "sft", .source = "supervised training: the next token of each sequence"},
    {.value = objective::dpo,
     .name = "dpo",
     .sequences = 2,
     .reference = true,
     .reference_forwards = 2,
     .logit_bytes_beside = 6,
     .source = "Rafailov et al., arXiv 2305.18290, equation 7; TRL's DPOTrainer concatenates the pair, and asks the "
               "reference while the policy's activations wait for backward"},
    {.value = objective::kto,
     .name = "kto",
     .reference = true,
     .reference_forwards = 2,
     .other_forwards = 1,
     .logit_bytes_beside = 6,
     .source = "Ethayarajh et al., arXiv 2402.01306: each completion, and a mismatched one for the KL term without a "
               "gradient"},
    {.value = objective::orpo,
     .name = "orpo",
     .aliases = {"simpo", "cpo"},
     .sequences = 2,
     .source = "Hong et al., arXiv 2403.07691: pairs without a reference, as SimPO (arXiv 2405.14734) and CPO"},
    {.value = objective::reward,
     .name = "reward",
     .aliases = {"rm"},
     .sequences = 2,
     .vocabulary = false,
     .source = "Ouyang et al., arXiv 2203.02155, equation 1: a scalar for each of a pair"},
    {.value = objective::ppo,
     .name = "ppo",
     .reference = true,
     .reference_forwards = 1,
     .other_forwards = 3,
     .trained_copies = 2,
     .scoring_copies = 1,
     .takes_frozen = true,
     .generates = true,
     .generated_logit_bytes = 8,
     .band_per_mille = 150,
     .source = "Ouyang et al., arXiv 2203.02155, section 3.5: policy and value model are trained, reward and reference "
               "are frozen; TRL's PPOTrainer, whose batch_generation stacks the fp32 scores of all steps"},
    {.value = objective::grpo,
     .name = "grpo",
     .aliases = {"rloo", "dapo"},
     .reference_forwards = 1,
     .other_forwards = 1,
     .takes_frozen = true,
     .generates = true,
     .completion_logits = true,
     .band_per_mille = 200,
     .source =
         "Shao et al., arXiv 2402.03300: no value model. No reference unless asked for: TRL's beta is 0 by default. "
         "TRL's logits_to_keep leaves out the prompt's logits. Three published peaks lie within 12 % (huggingface/"
         "trl#3456, modelscope/ms-swift#3848), with settings that had to be inferred"},
    {.value = objective::distillation,
     .name = "distillation",
     .aliases = {"gkd"},
     .needs_frozen = true,
     .takes_frozen = true,
     .logit_bytes_beside = 10,
     .source =
         "Hinton et al., arXiv 1503.02531, and Agarwal et al., arXiv 2306.13649: the teacher's probabilities stand "
         "beside the student's through backward"},
    {.value = objective::embedding,
     .name = "embedding",
     .aliases = {"contrastive"},
     .sequences = 2,
     .vocabulary = false,
     .contrasts = true,
     .source =
         "van den Oord et al., arXiv 1807.03748 (InfoNCE): a query and its match, the others' as negatives; Gao et "
         "al., arXiv 2101.06983 (GradCache): chunks are embedded without a gradient, then once more with one"},
    {.value = objective::classification,
     .name = "classification",
     .aliases = {"regression"},
     .vocabulary = false,
     .source = "a label per sequence (AutoModelForSequenceClassification)"},
};
static_assert(one_row_per_enumerator<listed_objectives>,
              "an objective without a row, or with two: add it to listed_objectives");
inline constexpr row_table objective_table = by_enumerator(listed_objectives);

}  // namespace detail

/// Returns the row of an objective.
[[nodiscard]] constexpr const objective_row& row_of(objective o) noexcept {
    return detail::row_at(detail::objective_table.of[static_cast<std::size_t>(o)]);
}

}  // namespace cardfit
