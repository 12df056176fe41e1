// SPDX-License-Identifier: MIT
#pragma once

// Changes that make a job fit: the smallest ones, alone and in pairs, each with its cost in time and its effect on the
// result.

#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/training/step_time.hpp>

#include <span>

namespace cardfit {

namespace detail {
/// Says that this header is included (declared.hpp).
struct remedies_header {};
}  // namespace detail

/// The effect of a change on the result, from none to the gravest.
enum class remedy_effect : unsigned char {
    none,             ///< none: the result is the same
    numerics,         ///< lower precision of some tensors
    fewer_trained,    ///< only adapters are trained
    shorter_context,  ///< a shorter context
    less_work,        ///< a smaller batch
};

/// The settings that changes modify. A pair never modifies one setting twice.
enum class changed_setting : unsigned char {
    micro_batch,
    recompute,
    loss,
    sharding,
    tensor_parallel,
    pipeline,
    offload,
    states,
    precision,
    adapter,
    sequence,
    weights,
    cache,
    batch,
};

/// One change to a training job. `apply` returns false if the change does not apply to the job.
struct training_change {
    std::string_view name;
    remedy_effect effect{};
    changed_setting setting{};
    bool (*apply)(training&, layout&, int cards) = nullptr;
};
/// One change to an inference.
struct inference_change {
    std::string_view name;
    remedy_effect effect{};
    changed_setting setting{};
    bool (*apply)(inference&, layout&, int cards) = nullptr;
};

namespace detail {

/// Divides the micro-batch; gradient accumulation makes up for it.
template <int By>
[[nodiscard]] constexpr bool smaller_micro_batch(training& t, layout&, int) noexcept {
    if (t.micro_batch % By != 0) return false;
    t.micro_batch /= By;
    t.gradient_accumulation *= By;
    return true;
}
template <recompute How>
[[nodiscard]] constexpr bool recomputes(training& t, layout&, int) noexcept {
    if (t.recompute >= How) return false;
    t.recompute = How;
    return true;
}
template <sharding How>
[[nodiscard]] constexpr bool shards(training&, layout& l, int) noexcept {
    if (l.sharding >= How || std::int64_t{l.data} * l.context < 2) return false;
    l.sharding = How;
    return true;
}
/// Takes ranks from data parallelism; the global batch stays the same.
template <int layout::*Way, int By>
[[nodiscard]] constexpr bool splits(training& t, layout& l, int) noexcept {
    if (l.data % By != 0) return false;
    l.data /= By;
    l.*Way *= By;
    t.gradient_accumulation *= By;
    l.sharding_group = 0;
    return true;
}
template <offload What>
[[nodiscard]] constexpr bool offloads(training& t, layout&, int) noexcept {
    if (t.offload != offload::none) return false;
    t.offload = What;
    return true;
}
[[nodiscard]] constexpr bool eight_bit_states(training& t, layout&, int) noexcept {
    const optimizer_row& row = row_of(t.optimizer);
    if (!row.with_8bit_states.exists) return false;
    t.optimizer = row.with_8bit_states.value;
    return true;
}
[[nodiscard]] constexpr bool half_states(training& t, layout&, int) noexcept {
    if (state_format(t, row_of(t).memory) == number_format::bf16) return false;
    t.optimizer_state = number_format::bf16;
    return true;
}
[[nodiscard]] constexpr bool pure_bf16(training& t, layout&, int) noexcept {
    const precision_row& row = row_of(t.precision);
    if (!row.pure.exists) return false;
    t.precision = row.pure.value;
    return true;
}
[[nodiscard]] constexpr bool chunked_loss(training& t, layout&, int) noexcept {
    if (t.loss != loss::by_default && t.loss != loss::full) return false;
    const logits_recipe& logits = row_of(t.framework).memory.logits;
    t.loss = logits.chunked < logits.full ? loss::chunked : loss::fused;
    return true;
}
template <number_format Base>
[[nodiscard]] constexpr bool adapters(training& t, layout&, int) noexcept {
    if (t.adapter.method != adapter_method::none) return false;
    t.adapter = {adapter_method::lora, 16,
                 targets(target::query, target::key, target::value, target::output, target::up, target::down)};
    t.base_weights = Base;
    return true;
}
template <int By>
[[nodiscard]] constexpr bool shorter_sequence(training& t, layout&, int) noexcept {
    if (t.sequence_length / By < 128) return false;
    t.sequence_length /= By;
    t.typical_length = smaller(t.typical_length, t.sequence_length);
    return true;
}

inline constexpr training_change training_changes[]{
    {"recompute selective", remedy_effect::none, changed_setting::recompute, recomputes<recompute::selective>},
    {"recompute full", remedy_effect::none, changed_setting::recompute, recomputes<recompute::full>},
    {"half the micro-batch, accumulated", remedy_effect::none, changed_setting::micro_batch, smaller_micro_batch<2>},
    {"a quarter of the micro-batch, accumulated", remedy_effect::none, changed_setting::micro_batch,
     smaller_micro_batch<4>},
    {"an eighth of the micro-batch, accumulated", remedy_effect::none, changed_setting::micro_batch,
     smaller_micro_batch<8>},
    {"loss in chunks", remedy_effect::none, changed_setting::loss, chunked_loss},
    {"sharding optimizer", remedy_effect::none, changed_setting::sharding, shards<sharding::optimizer>},
    {"sharding gradients", remedy_effect::none, changed_setting::sharding, shards<sharding::gradients>},
    {"sharding full", remedy_effect::none, changed_setting::sharding, shards<sharding::full>},
    {"tensor parallel over 2", remedy_effect::none, changed_setting::tensor_parallel, splits<&layout::tensor, 2>},
    {"tensor parallel over 4", remedy_effect::none, changed_setting::tensor_parallel, splits<&layout::tensor, 4>},
    {"tensor parallel over 8", remedy_effect::none, changed_setting::tensor_parallel, splits<&layout::tensor, 8>},
    {"pipeline of 2", remedy_effect::none, changed_setting::pipeline, splits<&layout::pipeline, 2>},
    {"pipeline of 4", remedy_effect::none, changed_setting::pipeline, splits<&layout::pipeline, 4>},
    {"pipeline of 8", remedy_effect::none, changed_setting::pipeline, splits<&layout::pipeline, 8>},
    {"optimizer states in host memory", remedy_effect::none, changed_setting::offload, offloads<offload::optimizer>},
    {"parameters and states in host memory", remedy_effect::none, changed_setting::offload, offloads<offload::full>},
    {"8-bit optimizer states", remedy_effect::numerics, changed_setting::states, eight_bit_states},
    {"bf16 optimizer states", remedy_effect::numerics, changed_setting::states, half_states},
    {"pure bf16", remedy_effect::numerics, changed_setting::precision, pure_bf16},
    {"LoRA of rank 16", remedy_effect::fewer_trained, changed_setting::adapter, adapters<number_format::by_default>},
    {"QLoRA of rank 16", remedy_effect::fewer_trained, changed_setting::adapter, adapters<number_format::nf4>},
    {"half the sequence", remedy_effect::shorter_context, changed_setting::sequence, shorter_sequence<2>},
    {"a quarter of the sequence", remedy_effect::shorter_context, changed_setting::sequence, shorter_sequence<4>},
};

template <number_format To>
[[nodiscard]] constexpr bool stores(inference& i, layout&, int) noexcept {
    const bool quantized = block_layout_of(i.weights).element_bits < 16;
    if (is_gguf(To) != is_gguf(i) && quantized) return false;
    if (is_gguf(To) != row_of(i.framework).memory.reads_gguf) return false;
    if (block_layout_of(To).element_bits >= block_layout_of(i.weights).element_bits) return false;
    i = with_weights(i, To);
    return true;
}
template <number_format To>
[[nodiscard]] constexpr bool caches(inference& i, layout&, int) noexcept {
    if (i.kv_cache != number_format::by_default) return false;
    i.kv_cache = To;
    return true;
}
template <int By>
[[nodiscard]] constexpr bool fewer_sequences(inference& i, layout&, int) noexcept {
    if (i.batch < By) return false;
    i.batch /= By;
    return true;
}
template <int By>
[[nodiscard]] constexpr bool shorter_prompt(inference& i, layout&, int) noexcept {
    if (i.prompt / By < 128) return false;
    i.prompt /= By;
    i.shared_prefix = smaller(i.shared_prefix, i.prompt);
    return true;
}
template <int layout::*Way, int By>
[[nodiscard]] constexpr bool serves_over(inference&, layout& l, int) noexcept {
    if (l.data % By != 0) return false;
    l.data /= By;
    l.*Way *= By;
    l.sharding_group = 0;
    return true;
}

inline constexpr inference_change inference_changes[]{
    {"tensor parallel over 2", remedy_effect::none, changed_setting::tensor_parallel, serves_over<&layout::tensor, 2>},
    {"tensor parallel over 4", remedy_effect::none, changed_setting::tensor_parallel, serves_over<&layout::tensor, 4>},
    {"tensor parallel over 8", remedy_effect::none, changed_setting::tensor_parallel, serves_over<&layout::tensor, 8>},
    {"layers over 2 cards", remedy_effect::none, changed_setting::pipeline, serves_over<&layout::pipeline, 2>},
    {"layers over 4 cards", remedy_effect::none, changed_setting::pipeline, serves_over<&layout::pipeline, 4>},
    {"fp8 cache", remedy_effect::numerics, changed_setting::cache, caches<number_format::fp8>},
    {"int8 cache", remedy_effect::numerics, changed_setting::cache, caches<number_format::int8>},
    {"fp8 weights", remedy_effect::numerics, changed_setting::weights, stores<number_format::fp8>},
    {"gptq-int8 weights", remedy_effect::numerics, changed_setting::weights, stores<number_format::gptq_int8>},
    {"awq-int4 weights", remedy_effect::numerics, changed_setting::weights, stores<number_format::awq_int4>},
    {"q8_0 weights", remedy_effect::numerics, changed_setting::weights, stores<number_format::q8_0>},
    {"q6_k weights", remedy_effect::numerics, changed_setting::weights, stores<number_format::q6_k>},
    {"q4_k_m weights", remedy_effect::numerics, changed_setting::weights, stores<number_format::q4_k_m>},
    {"q3_k_m weights", remedy_effect::numerics, changed_setting::weights, stores<number_format::q3_k_m>},
    {"half the prompt", remedy_effect::shorter_context, changed_setting::sequence, shorter_prompt<2>},
    {"a quarter of the prompt", remedy_effect::shorter_context, changed_setting::sequence, shorter_prompt<4>},
    {"half the sequences at once", remedy_effect::less_work, changed_setting::batch, fewer_sequences<2>},
    {"a quarter of the sequences at once", remedy_effect::less_work, changed_setting::batch, fewer_sequences<4>},
    {"an eighth of the sequences at once", remedy_effect::less_work, changed_setting::batch, fewer_sequences<8>},
};

}  // namespace detail

/// One way to make a job fit: one change, or two.
template <class Job>
struct remedy {
    std::string_view first;
    std::string_view second;  ///< empty if one change is enough
    remedy_effect effect{};   ///< of the graver change
    Job job{};
    cardfit::layout layout{};
    bytes device{};
    /// The time for the same number of tokens: of the global batch (training), or of one token of each sequence
    /// (inference).
    seconds time{};
    double slowdown = 0;  ///< over the time of the unchanged job, if the GPU were large enough

    [[nodiscard]] constexpr int changes() const noexcept { return second.empty() ? 1 : 2; }
    /// Returns true if this remedy is as good in every respect and better in one.
    [[nodiscard]] constexpr bool dominates(const remedy& o) const noexcept {
        const bool no_worse = effect <= o.effect && changes() <= o.changes() && time <= o.time;
        return no_worse && (effect < o.effect || changes() < o.changes() || time < o.time);
    }
};

inline constexpr std::size_t max_remedies = 12;

/// The remedies of a job: those with the least effect first, then those with the fewest changes, then the fastest. None
/// of them is dominated by another. Empty if nothing that was tried fits.
template <class Job>
struct remedy_report {
    remedy<Job> of[max_remedies]{};
    std::size_t count = 0;
    bool fits_as_it_stands = false;

    /// The remedies, best first.
    [[nodiscard]] constexpr std::span<const remedy<Job>> items() const noexcept { return {of, count}; }
};

namespace detail {

template <class Job>
constexpr void keep_remedy(remedy_report<Job>& report, const remedy<Job>& r) {
    for (std::size_t i = 0; i < report.count; ++i)
        if (report.of[i].dominates(r) || (!r.dominates(report.of[i]) && report.of[i].time == r.time &&
                                          report.of[i].effect == r.effect && report.of[i].changes() == r.changes()))
            return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < report.count; ++i)
        if (!r.dominates(report.of[i])) report.of[kept++] = report.of[i];
    report.count = kept;
    const auto before = [](const remedy<Job>& a, const remedy<Job>& b) {
        if (a.effect != b.effect) return a.effect < b.effect;
        return a.changes() != b.changes() ? a.changes() < b.changes() : a.time < b.time;
    };
    std::size_t at = kept;
    while (at > 0 && before(r, report.of[at - 1])) --at;
    if (at == max_remedies) return;
    const std::size_t end = kept < max_remedies ? kept : max_remedies - 1;
    for (std::size_t i = end; i > at; --i) report.of[i] = report.of[i - 1];
    report.of[at] = r, report.count = end + 1;
}

/// Tries every change alone and every pair of changes. `judge(remedy)` returns true if the changed job fits at the
/// upper error bound, and then fills in device memory and time.
template <class Job, class Change, std::size_t N, class Judge>
constexpr void try_changes(remedy_report<Job>& report, const Change (&changes)[N], const Job& job, const layout& l,
                           int cards, Judge judge) {
    const auto try_one = [&](const Change& a, const Change* b) {
        remedy<Job> r{.first = a.name, .second = {}, .effect = a.effect, .job = job, .layout = l};
        if (!a.apply(r.job, r.layout, cards)) return;
        if (b) {
            if (!b->apply(r.job, r.layout, cards)) return;
            r.second = b->name;
            r.effect = a.effect < b->effect ? b->effect : a.effect;
        }
        if (judge(r)) keep_remedy(report, r);
    };
    for (std::size_t i = 0; i < N; ++i) try_one(changes[i], nullptr);
    for (std::size_t i = 0; i < N; ++i)
        for (std::size_t j = i + 1; j < N; ++j)
            if (changes[i].setting != changes[j].setting) try_one(changes[i], &changes[j]);
}

}  // namespace detail

/// Returns the changes that make a training job fit its machine at the upper error bound. Throws invalid_input as
/// lower_job and step_time do.
template <network_model M>
[[nodiscard]] constexpr remedy_report<training> remedies(const M& model, const training& t, const machine& m,
                                                         const layout& given = {}) {
    const network net = lower_model(model, t.image_size);
    const layout l = resolved(given, m.cards);
    remedy_report<training> report{.fits_as_it_stands = fit(net, t, m, given).grade == grade::fits};
    const double asked = step_time(model, t, m, given).step.number;
    const double length = static_cast<double>(t.sequence_length);
    detail::try_changes(report, detail::training_changes, t, l, m.cards, [&](remedy<training>& r) {
        if (!problems(r.job, net).empty() || !problems(r.layout, m.cards, net).empty()) return false;
        if (!problems(r.job, m.card).empty()) return false;
        if (!divides_heads(r.layout, net)) return false;
        const fit_report f = fit(net, r.job, m, r.layout);
        if (f.grade != grade::fits) return false;
        r.device = f.memory.device();
        // The time for the same number of tokens: at half the sequence length, two steps.
        r.time = step_time(model, r.job, m, r.layout).step * (length / static_cast<double>(r.job.sequence_length));
        r.slowdown = r.time.number / asked;
        return true;
    });
    return report;
}

/// Returns the changes that make an inference fit its machine at the upper error bound. Throws invalid_input as
/// lower_job and lower_time do.
template <network_model M>
[[nodiscard]] constexpr remedy_report<inference> remedies(const M& model, const inference& i, const machine& m,
                                                          const layout& given = {}) {
    const network net = lower_model(model, i.image_size);
    const layout l = resolved(given, m.cards);
    remedy_report<inference> report{.fits_as_it_stands = fit(net, i, m, l).grade == grade::fits};
    const auto token = [&](const inference& job, const layout& laid) {
        const inference_time t = time(model, net, job, m, laid, constants_of(job));
        const double sequences = static_cast<double>(job.batch) * resolved(laid, m.cards).data;
        return detail::token_or_pass(t).number / sequences;
    };
    const double asked = token(i, l);
    detail::try_changes(report, detail::inference_changes, i, l, m.cards, [&](remedy<inference>& r) {
        if (!problems(r.job, net).empty() || !problems(r.layout, m.cards, net).empty()) return false;
        const fit_report f = fit(net, r.job, m, r.layout);
        if (f.grade != grade::fits) return false;
        r.device = f.memory.device();
        r.time = seconds_of(token(r.job, r.layout));
        r.slowdown = r.time.number / asked;
        return true;
    });
    return report;
}

}  // namespace cardfit
