// SPDX-License-Identifier: MIT
#pragma once

// Whether a training job fits, by how much, and the largest batch and the longest sequence that fit.

#include <cardfit/estimate/training/host_memory.hpp>
#include <cardfit/estimate/training/lower.hpp>

namespace cardfit {

/// The verdict on an estimate: `fits` if even the upper error bound is within capacity, `does_not_fit` if even the
/// lower error bound is not, `tight` in between.
enum class grade : unsigned char { fits, tight, does_not_fit };

/// The memory that the most-loaded GPU needs, and the capacity that it has.
struct fit_report {
    memory_estimate memory{};  ///< the estimate for the most-loaded GPU
    bytes capacity{};          ///< what a job can have of the card's memory
    bytes headroom{};          ///< capacity minus the central estimate; negative if the job does not fit
    cardfit::grade grade = grade::does_not_fit;  ///< fits, tight or does not fit
    host_estimate host{};                        ///< of a job that takes host memory; otherwise all 0
};

/// How sure it is that a job fits: at the upper error bound, by the central estimate, at the lower error bound, or not
/// at all.
enum class sureness : unsigned char { yes, likely, unlikely, no };

/// The words for how sure a verdict is: the first one of an answer, the one of its JSON, and a mark for tables.
struct sureness_row {
    sureness value{};       ///< the verdict
    std::string_view word;  ///< the first word of an answer
    std::string_view name;  ///< as JSON has it
    std::string_view mark;  ///< in a table's cell
};
/// One row for each verdict.
inline constexpr sureness_row sureness_rows[]{
    {sureness::yes, "YES", "yes", ""},
    {sureness::likely, "LIKELY", "likely", "~"},
    {sureness::unlikely, "UNLIKELY", "unlikely", "?"},
    {sureness::no, "NO", "no", "-"},
};
/// Returns the row of a verdict.
[[nodiscard]] constexpr const sureness_row& row_of(sureness s) noexcept {
    return sureness_rows[static_cast<std::size_t>(s)];
}

/// Returns how sure it is that a job of this grade fits, whose central estimate leaves this headroom.
[[nodiscard]] constexpr sureness sureness_of(grade of, bytes headroom) noexcept {
    if (of == grade::fits) return sureness::yes;
    if (of == grade::does_not_fit) return sureness::no;
    return headroom.number >= 0 ? sureness::likely : sureness::unlikely;
}

/// Returns how sure a report is that the job fits.
[[nodiscard]] constexpr sureness sureness_of(const fit_report& report) noexcept {
    return sureness_of(report.grade, report.headroom);
}

/// Returns the grade of an estimate against a capacity.
[[nodiscard]] constexpr grade grade_of(const memory_estimate& estimate, bytes capacity) noexcept {
    if (estimate.device_high <= capacity) return grade::fits;
    return estimate.device_low > capacity ? grade::does_not_fit : grade::tight;
}

/// Returns the report on an estimate against a capacity.
[[nodiscard]] constexpr fit_report report_of(const memory_estimate& estimate, bytes capacity) {
    return {.memory = estimate,
            .capacity = capacity,
            .headroom = capacity - estimate.device(),
            .grade = grade_of(estimate, capacity)};
}

/// Returns the fit of a lowered job at this micro-batch and sequence length. Throws invalid_input if either is out of
/// range.
[[nodiscard]] constexpr fit_report fit(const lowered_training& job, std::int64_t micro_batch,
                                       std::int64_t sequence_length) {
    return report_of(memory(job, micro_batch, sequence_length), bytes_of(job.capacity));
}
/// Returns the fit of the job with its own micro-batch and sequence length.
[[nodiscard]] constexpr fit_report fit(const lowered_training& job) {
    return fit(job, job.micro_batch, job.sequence_length);
}

/// Returns true if a job is known to take host memory: it offloads, or its data loaders prefetch.
[[nodiscard]] constexpr bool takes_host_memory(const training& t) noexcept {
    return t.offload != offload::none || t.data_workers > 0;
}

/// Returns the fit of a training job with what it takes of the host. A job that offloads more than the host is known to
/// have does not fit; one whose buffers would not have room beside that is tight at best.
[[nodiscard]] constexpr fit_report with_host(fit_report report, const training& t, const host_estimate& host) {
    report.host = host;
    if (!takes_host_memory(t)) return report;
    if (host.scarce() && report.grade == grade::fits) report.grade = grade::tight;
    if (host.exceeded()) report.grade = grade::does_not_fit;
    return report;
}

/// Returns the fit of a training job, with the host's part where it offloads. Throws invalid_input for a job, layout or
/// model that is invalid.
template <network_model M>
[[nodiscard]] constexpr fit_report fit(const M& model, const training& t, const machine& m, const layout& l = {}) {
    const fit_report report = fit(lower_job(model, t, m, l));
    return !takes_host_memory(t) ? report : with_host(report, t, host_memory(model, t, m, l));
}

namespace detail {

/// Returns true unless the host is known to have too little memory for the job with its buffers.
template <network_model M>
[[nodiscard]] constexpr bool host_holds(const M& model, const training& t, const machine& m, const layout& l) {
    return !takes_host_memory(t) || !host_memory(model, t, m, l).scarce();
}

/// Returns the job at another size, without what its own size bounds and its host memory does not depend on.
[[nodiscard]] constexpr training at_size(training t, std::int64_t micro_batch, std::int64_t sequence_length) noexcept {
    t.micro_batch = micro_batch;
    t.sequence_length = sequence_length;
    t.typical_length = 0;
    t.padding = padding::none;
    t.generations = 0;
    t.completion_length = 0;
    t.gradient_cache = smaller(t.gradient_cache, micro_batch);
    return t;
}

}  // namespace detail

/// Returns true if the job fits even at the upper error bound.
[[nodiscard]] constexpr bool fits(const lowered_training& job, std::int64_t micro_batch, std::int64_t sequence_length) {
    return memory(job, micro_batch, sequence_length).device_high.number <= job.capacity;
}
/// Returns true if the training fits every card even at the upper error bound, and its host memory holds the rest.
/// Throws invalid_input for a job, layout or model that is invalid.
template <network_model M>
[[nodiscard]] constexpr bool fits(const M& model, const training& t, const machine& m, const layout& l = {}) {
    if (!detail::host_holds(model, t, m, l)) return false;
    return fits(lower_job(model, t, m, l), t.micro_batch, t.sequence_length);
}

/// Which bound a search for the largest size compares with the capacity: the central estimate, or the upper error
/// bound. A size found at the upper bound is graded `fits`; one found by the central estimate may be `tight`.
enum class error_bound : unsigned char { central, upper };

namespace detail {

/// Returns the largest n in [1, limit] for which `holds` is true, or 0 if there is none. `holds` is true up to some n
/// and false beyond it.
template <class Predicate>
[[nodiscard]] constexpr std::int64_t largest_that_holds(std::int64_t limit, Predicate holds) {
    if (limit < 1 || !holds(1)) return 0;
    std::int64_t low = 1;
    while (low < limit && holds(smaller(low * 2, limit))) low = smaller(low * 2, limit);
    std::int64_t high = smaller(low * 2, limit + 1);
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        if (holds(middle))
            low = middle;
        else
            high = middle;
    }
    return low;
}

[[nodiscard]] constexpr bool holds(const lowered_training& job, std::int64_t micro_batch, std::int64_t sequence_length,
                                   error_bound how) {
    if (!within_reach(job, micro_batch, sequence_length)) return false;
    const memory_estimate need = memory(job, micro_batch, sequence_length);
    return (how == error_bound::upper ? need.device_high : need.device()).number <= job.capacity;
}

}  // namespace detail

/// Returns the largest micro-batch whose estimate is within capacity at this sequence length; 0 if not even a
/// micro-batch of 1 is. Throws invalid_input if the sequence length is out of range.
[[nodiscard]] constexpr std::int64_t largest_micro_batch(const lowered_training& job, std::int64_t sequence_length,
                                                         error_bound how = error_bound::central) {
    check(job, 1, sequence_length);
    return detail::largest_that_holds(key_ranges::micro_batch.high,
                                      [&](std::int64_t n) { return detail::holds(job, n, sequence_length, how); });
}
/// The same for a job that is lowered already. At the upper error bound, the host holds its part too.
template <network_model M>
[[nodiscard]] constexpr std::int64_t largest_micro_batch(const lowered_training& lowered, const M& model,
                                                         const training& t, const machine& m, const layout& l,
                                                         error_bound how) {
    const std::int64_t on_card = largest_micro_batch(lowered, t.sequence_length, how);
    if (how == error_bound::central || !takes_host_memory(t)) return on_card;
    return detail::largest_that_holds(on_card, [&](std::int64_t n) {
        return detail::host_holds(model, detail::at_size(t, n, t.sequence_length), m, l);
    });
}
/// The same for a model, a job, a machine and a layout.
template <network_model M>
[[nodiscard]] constexpr std::int64_t largest_micro_batch(const M& model, const training& t, const machine& m,
                                                         const layout& l = {}, error_bound how = error_bound::central) {
    return largest_micro_batch(lower_job(model, t, m, l), model, t, m, l, how);
}

/// Returns the longest sequence, in tokens, whose estimate is within capacity at this micro-batch; 0 if not even a
/// sequence of 1 token is. It is never longer than the model's positions. For a model with a fixed number of tokens per
/// sample (images), it is that number. Throws invalid_input if the micro-batch is out of range.
[[nodiscard]] constexpr std::int64_t longest_sequence(const lowered_training& job, std::int64_t micro_batch,
                                                      error_bound how = error_bound::central) {
    check(job, micro_batch, 1);
    if (job.tokens_per_sample > 0) return detail::holds(job, micro_batch, 1, how) ? job.tokens_per_sample : 0;
    return detail::largest_that_holds(job.longest_sequence,
                                      [&](std::int64_t n) { return detail::holds(job, micro_batch, n, how); });
}
/// The same for a job that is lowered already. At the upper error bound, the host holds its part too.
template <network_model M>
[[nodiscard]] constexpr std::int64_t longest_sequence(const lowered_training& lowered, const M& model,
                                                      const training& t, const machine& m, const layout& l,
                                                      error_bound how) {
    const std::int64_t on_card = longest_sequence(lowered, t.micro_batch, how);
    if (how == error_bound::central || !takes_host_memory(t)) return on_card;
    // A sequence that the images alone fill is the shortest of the job.
    const std::int64_t shortest = t.images > 0 ? t.images * lower_model(model, t.image_size).tower.image_tokens : 1;
    return detail::largest_that_holds(on_card, [&](std::int64_t n) {
        return detail::host_holds(model, detail::at_size(t, t.micro_batch, larger(n, shortest)), m, l);
    });
}
/// The same for a model, a job, a machine and a layout.
template <network_model M>
[[nodiscard]] constexpr std::int64_t longest_sequence(const M& model, const training& t, const machine& m,
                                                      const layout& l = {}, error_bound how = error_bound::central) {
    return longest_sequence(lower_job(model, t, m, l), model, t, m, l, how);
}

/// The following names are shared by training, inference and diffusion: the largest batch (here the micro-batch) and
/// the longest length (here the sequence).
template <network_model M>
[[nodiscard]] constexpr std::int64_t largest_batch(const M& model, const training& t, const machine& m,
                                                   const layout& l = {}, error_bound how = error_bound::central) {
    return largest_micro_batch(model, t, m, l, how);
}
/// Returns the longest sequence length that fits, as for a lowered job. Throws invalid_input for a job, layout or model
/// that is invalid.
template <network_model M>
[[nodiscard]] constexpr std::int64_t longest_length(const M& model, const training& t, const machine& m,
                                                    const layout& l = {}, error_bound how = error_bound::central) {
    return longest_sequence(model, t, m, l, how);
}

}  // namespace cardfit
