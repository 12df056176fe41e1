// SPDX-License-Identifier: MIT
#pragma once

// Changes that make a job fit: alone, in pairs, and as many at once as it takes, each with its cost in time and its
// effect on the result.

#include <cardfit/decide/format_quality.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/training/step_time.hpp>

#include <algorithm>
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

/// The settings that changes modify. A remedy never modifies one setting twice.
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
    std::string_view name;                                   ///< as answers name it
    remedy_effect effect{};                                  ///< what it costs beside time
    changed_setting setting{};                               ///< the setting that it changes
    bool (*apply)(training&, layout&, int cards) = nullptr;  ///< changes job or layout
};
/// One change to an inference.
struct inference_change {
    std::string_view name;                                    ///< as answers name it
    remedy_effect effect{};                                   ///< what it costs beside time
    changed_setting setting{};                                ///< the setting that it changes
    bool (*apply)(inference&, layout&, int cards) = nullptr;  ///< changes job or layout
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
[[nodiscard]] constexpr bool fused_loss(training& t, layout&, int) noexcept {
    const logits_recipe& logits = row_of(t.framework).memory.logits;
    if (t.loss == loss::fused || !(logits.chunked < logits.full)) return false;
    t.loss = loss::fused;
    return true;
}
template <number_format Base>
[[nodiscard]] constexpr bool adapters(training& t, layout&, int) noexcept {
    if (t.adapter.method != adapter_method::none) return false;
    // All linear layers, as QLoRA does (Dettmers et al. 2023, section 4) and as fine-tuning tools do by default.
    t.adapter = {
        adapter_method::lora, 16,
        targets(target::query, target::key, target::value, target::output, target::gate, target::up, target::down)};
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
    {"fused loss", remedy_effect::none, changed_setting::loss, fused_loss},
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
    {"q5_k_m weights", remedy_effect::numerics, changed_setting::weights, stores<number_format::q5_k_m>},
    {"q4_k_m weights", remedy_effect::numerics, changed_setting::weights, stores<number_format::q4_k_m>},
    {"q3_k_m weights", remedy_effect::numerics, changed_setting::weights, stores<number_format::q3_k_m>},
    {"half the prompt", remedy_effect::shorter_context, changed_setting::sequence, shorter_prompt<2>},
    {"a quarter of the prompt", remedy_effect::shorter_context, changed_setting::sequence, shorter_prompt<4>},
    {"half the sequences at once", remedy_effect::less_work, changed_setting::batch, fewer_sequences<2>},
    {"a quarter of the sequences at once", remedy_effect::less_work, changed_setting::batch, fewer_sequences<4>},
    {"an eighth of the sequences at once", remedy_effect::less_work, changed_setting::batch, fewer_sequences<8>},
};

/// Returns true for a job that moves tensors to the host, which takes memory there.
[[nodiscard]] constexpr bool moves_to_host(const training& t) noexcept { return t.offload != offload::none; }
[[nodiscard]] constexpr bool moves_to_host(const inference&) noexcept { return false; }

}  // namespace detail

/// The most changes that a remedy makes at once.
inline constexpr std::size_t most_changes = 5;

/// One way to make a job fit: one change, or several at once.
template <class Job>
struct remedy {
    std::string_view names[most_changes]{};  ///< of the changes; the first `count` are set
    std::size_t count = 0;                   ///< the number of changes
    remedy_effect effect{};                  ///< of the gravest change
    /// Of the format in which the weights of an inference are stored if the remedy changes it.
    cardfit::quality quality = cardfit::quality::lossless;
    Job job{};                 ///< the changed job
    cardfit::layout layout{};  ///< the changed layout
    bytes device{};            ///< central estimate of the most-loaded GPU
    /// The time for the same number of tokens: of the global batch (training), or of one token of each sequence
    /// (inference). 0 if the card's rates are not known.
    seconds time{};
    /// Over the time of the unchanged job, if the GPU were large enough; 0 if no time is known.
    double slowdown = 0;

    /// Returns the number of changes.
    [[nodiscard]] constexpr int changes() const noexcept { return static_cast<int>(count); }
    /// The names of the changes.
    [[nodiscard]] constexpr std::span<const std::string_view> items() const noexcept { return {names, count}; }
    /// Returns true if the other remedy makes all changes of this one, and more: it then does more than is needed.
    [[nodiscard]] constexpr bool is_part_of(const remedy& o) const noexcept {
        if (count >= o.count) return false;
        for (const std::string_view name : items())
            if (std::find(o.items().begin(), o.items().end(), name) == o.items().end()) return false;
        return true;
    }
    /// Returns true if this remedy is as good in every respect and better in one, or is a part of the other one.
    [[nodiscard]] constexpr bool dominates(const remedy& o) const noexcept {
        if (is_part_of(o)) return true;
        const bool stays = !detail::moves_to_host(job) || detail::moves_to_host(o.job);
        const bool as_exact = effect <= o.effect && quality <= o.quality;
        const bool no_worse = stays && as_exact && changes() <= o.changes() && time <= o.time;
        return no_worse && (effect < o.effect || quality < o.quality || changes() < o.changes() || time < o.time);
    }
};

/// The most remedies of a report.
inline constexpr std::size_t max_remedies = 12;

/// The remedies of a job: those with the least effect first, then those with the fewest changes, then those with
/// weights of the highest quality, then the fastest. None of them is dominated by another. Empty if nothing that was
/// tried fits.
template <class Job>
struct remedy_report {
    remedy<Job> of[max_remedies]{};  ///< the remedies, the best first
    std::size_t count = 0;           ///< the number of remedies
    bool fits_as_it_stands = false;  ///< the job needs no remedy

    /// The remedies, best first.
    [[nodiscard]] constexpr std::span<const remedy<Job>> items() const noexcept { return {of, count}; }
};

namespace detail {

/// Returns true if two remedies, none of which dominates the other, differ in nothing that they are judged by.
template <class Job>
[[nodiscard]] constexpr bool is_as_good(const remedy<Job>& a, const remedy<Job>& b) noexcept {
    return !b.dominates(a) && a.time == b.time && a.effect == b.effect && a.quality == b.quality &&
           a.changes() == b.changes();
}

template <class Job>
constexpr void keep_remedy(remedy_report<Job>& report, const remedy<Job>& r) {
    for (std::size_t i = 0; i < report.count; ++i)
        if (report.of[i].dominates(r) || is_as_good(report.of[i], r)) return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < report.count; ++i)
        if (!r.dominates(report.of[i])) report.of[kept++] = report.of[i];
    report.count = kept;
    const auto before = [](const remedy<Job>& a, const remedy<Job>& b) {
        if (a.effect != b.effect) return a.effect < b.effect;
        if (a.changes() != b.changes()) return a.changes() < b.changes();
        return a.quality != b.quality ? a.quality < b.quality : a.time < b.time;
    };
    std::size_t at = kept;
    while (at > 0 && before(r, report.of[at - 1])) --at;
    if (at == max_remedies) return;
    const std::size_t end = kept < max_remedies ? kept : max_remedies - 1;
    for (std::size_t i = end; i > at; --i) report.of[i] = report.of[i - 1];
    report.of[at] = r;
    report.count = end + 1;
}

/// Returns true if a remedy of at most this effect keeps everything on the cards.
template <class Job>
[[nodiscard]] constexpr bool is_settled(const remedy_report<Job>& report, remedy_effect effect) noexcept {
    for (const remedy<Job>& each : report.items())
        if (each.effect <= effect && !moves_to_host(each.job)) return true;
    return false;
}

/// The search for remedies of one job. It judges at most `most_judged` sets of three changes or more.
template <class Job, class Change, std::size_t N, class Judge>
struct remedy_search {
    static constexpr int most_judged = 4000;
    remedy_report<Job>& report;
    const Change (&changes)[N];
    int cards = 1;
    Judge judge;
    bool used[N]{};
    int judged = 0;

    [[nodiscard]] constexpr bool modifies_again(std::size_t next) const noexcept {
        for (std::size_t i = 0; i < next; ++i)
            if (used[i] && changes[i].setting == changes[next].setting) return true;
        return false;
    }

    /// Adds one change to a remedy. Returns false if the change does not apply.
    [[nodiscard]] constexpr bool add(remedy<Job>& r, std::size_t next) const {
        if (!changes[next].apply(r.job, r.layout, cards)) return false;
        r.names[r.count] = changes[next].name;
        ++r.count;
        if (r.effect < changes[next].effect) r.effect = changes[next].effect;
        return true;
    }

    /// Tries all sets that add `size` changes from `start` on, whose gravest effect is `wanted`, or any for null.
    constexpr void extend(const remedy<Job>& before, std::size_t start, std::size_t size, const remedy_effect* wanted) {
        for (std::size_t i = start; i + size <= N; ++i) {
            if (wanted != nullptr && (*wanted < changes[i].effect || judged >= most_judged)) continue;
            if (modifies_again(i)) continue;
            remedy<Job> r = before;
            if (!add(r, i)) continue;
            if (size > 1) {
                used[i] = true;
                extend(r, i + 1, size - 1, wanted);
                used[i] = false;
                continue;
            }
            if (wanted != nullptr && r.effect != *wanted) continue;
            if (wanted != nullptr) ++judged;
            if (judge(r)) keep_remedy(report, r);
        }
    }
};

/// Tries every change alone and every pair of changes. Where no remedy of an effect keeps everything on the cards, sets
/// of three changes and more are tried, the smaller sets first, until one does. `judge(remedy)` returns true if the
/// changed job fits as surely as is wanted, and then fills in device memory and time.
template <class Job, class Change, std::size_t N, class Judge>
constexpr void try_changes(remedy_report<Job>& report, const Change (&changes)[N], const Job& job, const layout& l,
                           int cards, Judge judge) {
    remedy_search<Job, Change, N, Judge> search{report, changes, cards, judge};
    remedy<Job> none{};
    none.job = job;
    none.layout = l;
    search.extend(none, 0, 1, nullptr);
    search.extend(none, 0, 2, nullptr);
    for (std::size_t size = 3; size <= most_changes; ++size)
        for (const remedy_effect effect : {remedy_effect::none, remedy_effect::numerics, remedy_effect::fewer_trained,
                                           remedy_effect::shorter_context, remedy_effect::less_work})
            if (!is_settled(report, effect)) search.extend(none, 0, size, &effect);
}

}  // namespace detail

/// Returns the changes that make a training job fit its machine at the upper error bound, or as surely as `wanted`. On
/// a card that has no step time, they are judged by their memory alone. Throws invalid_input as lower_job and step_time
/// do.
template <network_model M>
[[nodiscard]] constexpr remedy_report<training> remedies(const M& model, const training& t, const machine& m,
                                                         const layout& given = {}, sureness wanted = sureness::yes) {
    const network net = lower_model(model, t.image_size);
    const layout l = resolved(given, m.cards);
    remedy_report<training> report{.fits_as_it_stands = fit(net, t, m, given).grade == grade::fits};
    const bool has_time = has_step_time(m.card, t.precision);
    const double asked = has_time ? step_time(model, t, m, given).step.number : 0;
    const double length = static_cast<double>(t.sequence_length);
    detail::try_changes(report, detail::training_changes, t, l, m.cards, [&](remedy<training>& r) {
        if (!problems(r.job, net).empty() || !problems(r.layout, m.cards, net).empty()) return false;
        if (!problems(r.job, m.card).empty()) return false;
        if (!divides_heads(r.layout, net)) return false;
        const fit_report f = fit(net, r.job, m, r.layout);
        if (wanted < sureness_of(f)) return false;
        r.device = f.memory.device();
        if (!has_time) return true;
        if (!has_step_time(m.card, r.job.precision)) return false;
        // The time for the same number of tokens: at half the sequence length, two steps.
        r.time = step_time(model, r.job, m, r.layout).step * (length / static_cast<double>(r.job.sequence_length));
        r.slowdown = r.time.number / asked;
        return true;
    });
    return report;
}

/// Returns the changes that make an inference fit its machine at the upper error bound, or as surely as `wanted`. On a
/// card that has no time for the job, they are judged by their memory alone. Throws invalid_input as lower_job and
/// lower_time do.
template <network_model M>
[[nodiscard]] constexpr remedy_report<inference> remedies(const M& model, const inference& i, const machine& m,
                                                          const layout& given = {}, sureness wanted = sureness::yes) {
    const network net = lower_model(model, i.image_size);
    const layout l = resolved(given, m.cards);
    remedy_report<inference> report{.fits_as_it_stands = fit(net, i, m, l).grade == grade::fits};
    const auto token = [&](const inference& job, const layout& laid) {
        const inference_time t = time(model, net, job, m, laid, constants_of(job));
        const double sequences = static_cast<double>(job.batch) * resolved(laid, m.cards).data;
        return detail::token_or_pass(t).number / sequences;
    };
    const bool has_time = has_inference_time(model, net, i, m.card);
    const double asked = has_time ? token(i, l) : 0;
    detail::try_changes(report, detail::inference_changes, i, l, m.cards, [&](remedy<inference>& r) {
        if (!problems(r.job, net).empty() || !problems(r.layout, m.cards, net).empty()) return false;
        if (!engine_runs(r.job, m.card)) return false;
        const fit_report f = fit(net, r.job, m, r.layout);
        if (wanted < sureness_of(f)) return false;
        r.device = f.memory.device();
        if (r.job.weights != i.weights) r.quality = quality_of(r.job.weights);
        if (!has_time) return true;
        if (!has_inference_time(model, net, r.job, m.card)) return false;
        r.time = seconds_of(token(r.job, r.layout));
        r.slowdown = r.time.number / asked;
        return true;
    });
    return report;
}

}  // namespace cardfit
