// SPDX-License-Identifier: MIT
#pragma once

// What a serving engine does before the first request, by its release: the trial run that decides how much memory is
// left for the cache, the CUDA graphs that it records, and the fraction of the memory that it fills.

#include <cardfit/calibration/inference_calibration.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/model/network.hpp>

#include <span>
#include <string_view>

namespace cardfit {

namespace detail {

/// Returns the last of an engine's rules that has begun at a date, or a rule of zeros. Rules are in the order of dates.
template <class Rule>
[[nodiscard]] constexpr Rule last_begun(std::span<const Rule> rules, const software_date& date) noexcept {
    Rule last{};
    for (const Rule& rule : rules)
        if (date >= rule.since) last = rule;
    return last;
}

/// Returns the month of a version: that of the last listed release that is not newer, or of the first one.
[[nodiscard]] constexpr software_date date_of(std::span<const engine_release> releases,
                                              const release_number& version) noexcept {
    software_date date = releases.front().date;
    for (const engine_release& release : releases)
        if (version >= release.version) date = release.date;
    return date;
}

/// Returns true for the cards that vLLM and others give larger defaults: 70 GiB or more, and not an A100
/// (get_default_args in vllm/engine/arg_utils.py).
[[nodiscard]] constexpr bool has_large_defaults(const machine& m) noexcept {
    if (usable_memory(m).number < 70 * bytes_per_gibibyte) return false;
    return std::string_view(m.card.name).find("A100") == std::string_view::npos;
}

/// Returns the fraction of the memory that an engine fills where the job names none.
[[nodiscard]] constexpr double default_utilization_of(const engine_memory& row, const software_date& date) noexcept {
    const double listed = last_begun(row.utilizations, date).fraction;
    return listed > 0 ? listed : 0.9;
}

}  // namespace detail

/// Returns the context that an engine allocates where nobody states one, on cards of so much memory together; 0 tokens:
/// the model's own length.
[[nodiscard]] constexpr default_context default_context_of(const engine_memory& row, const software_date& date,
                                                           double gibibytes) noexcept {
    default_context last{};
    for (const default_context& rule : row.contexts)
        if (date >= rule.since && gibibytes >= static_cast<double>(rule.from_gibibytes)) last = rule;
    return last;
}

/// Returns the sequences that an engine runs at once where nobody states them.
[[nodiscard]] constexpr default_slots default_slots_of(const engine_memory& row, const software_date& date) noexcept {
    return detail::last_begun(row.own_slots, date);
}

/// Returns the job with what its engine decides filled in: the month of the version that it names, and the fraction of
/// the memory that the engine fills by default, unless it computes that from the machine.
[[nodiscard]] constexpr inference as_released(inference i) {
    const engine_row& row = row_of(i);
    if (i.engine_version.number != 0 && !row.releases.empty())
        i.software_date = detail::date_of(row.releases, i.engine_version);
    if (same_number(i.memory_utilization, engines_utilization) && row.memory.computed.empty())
        i.memory_utilization = detail::default_utilization_of(row.memory, i.software_date);
    return i;
}

namespace detail {

/// What the trial run of a job holds on its machine.
struct trial_pass {
    std::int64_t tokens = 0;     ///< of the forward pass; 0: the engine makes no trial
    std::int64_t sequences = 0;  ///< whose logits are sampled
    bool whole_sequence = false;
    std::int64_t cut_beyond = 0;
    std::int64_t cut_tokens = 0;
    bool cut_samples = false;
    int logit_bytes = 0;
    int cached_per_mille = 0;
};

/// Returns the trial run of a job on a machine: the engine's own by date and card, unless the job limits the tokens of
/// a pass or the sequences at once.
[[nodiscard]] constexpr trial_pass trial_of(const inference& i, const engine_memory& row, const machine& m) noexcept {
    const trial_run rule = last_begun(row.trials, i.software_date);
    if (rule.tokens == 0) return {};
    const bool large = has_large_defaults(m);
    trial_pass trial{.tokens = large ? rule.large_tokens : rule.tokens,
                     .sequences = large ? rule.large_sequences : rule.sequences,
                     .whole_sequence = rule.whole_sequence,
                     .cut_beyond = rule.cut_beyond,
                     .cut_tokens = rule.cut_tokens,
                     .cut_samples = rule.cut_samples,
                     .logit_bytes = rule.logit_bytes,
                     .cached_per_mille = rule.cached_per_mille};
    if (i.max_sequences > 0) trial.sequences = i.max_sequences;
    if (i.max_batched_tokens > 0) {
        trial.tokens = i.max_batched_tokens;
        trial.whole_sequence = false;
    }
    trial.sequences = smaller(trial.sequences, trial.tokens);
    return trial;
}

/// Returns the tokens of a pass and the recorded batch sizes on a card; zeros for an engine where no card decides.
[[nodiscard]] constexpr pass_by_card pass_on(const engine_memory& row, const machine& m) noexcept {
    const std::int64_t total = usable_memory(m).number;
    for (const pass_by_card& pass : row.passes)
        if (total < pass.below_gibibytes * bytes_per_gibibyte) return pass;
    return {};
}

/// Returns the fraction of the memory that weights and cache fill, where an engine computes it (SGLang's
/// server_args.py).
[[nodiscard]] constexpr double computed_utilization_of(const engine_memory& row, const inference& i, const machine& m,
                                                       const layout& l) noexcept {
    const computed_utilization rule = last_begun(row.computed, i.software_date);
    if (rule.base == 0)
        return l.tensor >= 16 ? 0.79 : l.tensor >= 8 ? 0.81 : l.tensor >= 4 ? 0.85 : l.tensor >= 2 ? 0.87 : 0.88;
    const pass_by_card pass = pass_on(row, m);
    const std::int64_t tokens = i.max_batched_tokens > 0 ? i.max_batched_tokens : pass.tokens;
    std::int64_t left = rule.base + larger(tokens, 2048) * rule.per_two_tokens / 2;
    left += (l.tensor >= 4 ? pass.recorded_on_four : pass.recorded) * rule.per_recorded_size;
    left += l.tensor * l.pipeline * rule.per_eight_cards / 8;
    const std::int64_t total = driver_total(m).number / bytes_per_mebibyte;
    if (total > 60 * 1024) left = larger(left, rule.least_on_large);
    return total > 2 * left ? static_cast<double>(total - left) / static_cast<double>(total) : 0.5;
}

/// Returns how many batch sizes up to `limit` an engine records: 1, 2, 4 and multiples of 8, above 256 of `step`.
[[nodiscard]] constexpr std::int64_t recorded_sizes(std::int64_t limit, std::int64_t step) noexcept {
    const std::int64_t below_eight = (limit >= 1) + (limit >= 2) + (limit >= 4);
    if (limit < 256) return below_eight + limit / 8;
    return below_eight + 32 + (limit - 256) / step;
}

/// Returns the bytes of the CUDA graphs of so many layers without and with experts.
[[nodiscard]] constexpr std::int64_t graph_bytes(const graph_rule& rule, std::int64_t sequences, std::int64_t dense,
                                                 std::int64_t with_experts) noexcept {
    const std::int64_t limit = rule.whole_decode ? smaller(2 * sequences, rule.largest) : rule.largest;
    std::int64_t sizes = recorded_sizes(limit, rule.whole_decode ? 16 : 8);
    if (rule.whole_decode) sizes += recorded_sizes(smaller(sequences, limit), 16);
    const std::int64_t kibibytes = dense * rule.dense_kibibytes + with_experts * rule.expert_kibibytes;
    return sizes * kibibytes * bytes_per_kibibyte;
}

/// Returns the bytes that the communicators of a serving process take: over PCIe 100 MiB (vLLM's logs: 0.20 to 0.33
/// GiB outside the allocator on several cards, 0.06 to 0.35 on one), over NVLink 1.6 GiB (1.79 GiB outside the
/// allocator on H100; the pool of SGLang on four H100 in #21348 leaves 2.2 GiB for them and the CUDA context).
[[nodiscard]] constexpr std::int64_t serving_communicators(const machine& m, const layout& l) noexcept {
    if (l.tensor * l.pipeline * l.expert <= 1) return 0;
    const card_link link = link_of(m);
    const bool joined = link == card_link::nvlink || link == card_link::nvswitch;
    return (joined ? 1600 : 100) * bytes_per_mebibyte;
}

}  // namespace detail

}  // namespace cardfit
