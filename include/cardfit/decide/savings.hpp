// SPDX-License-Identifier: MIT
#pragma once

// What each precision saves for a training job on a machine, against fp32: memory by component, step time, and the
// reason. What each format of the weights and of the KV cache saves for an inference, compared with the job's own
// format: memory and time.

#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/training/step_time.hpp>

#include <optional>
#include <span>

namespace cardfit {

namespace detail {
/// Says that this header is included (declared.hpp).
struct savings_header {};
}  // namespace detail

/// The reason for what a precision saves.
enum class saving_reason : unsigned char {
    baseline,
    no_such_format,   ///< the card has no unit for the format: the job does not run in it
    no_matrix_units,  ///< matmuls run on the plain cores: the format saves memory, but hardly any time
    same_rate,        ///< matmuls are no faster than in fp32
    link_bound,       ///< communication takes longer than compute
    optimizer_bound,  ///< the optimizer step takes longer than compute
    memory_bound,     ///< matmuls got faster; memory traffic and kernel launches did not, and dominate
    matrix_units,     ///< tensor cores dominate the step
    no_known_rate,    ///< no document states the card's rate in the format: the memory is known, the time is not
};

/// One precision, compared with fp32.
struct precision_saving {
    cardfit::precision precision{};  ///< the precision
    saving_reason reason{};          ///< why it is or is not possible on the card
    memory_estimate memory{};        ///< with this precision
    time_estimate time{};            ///< of one optimizer step
    bytes saved{};                   ///< device memory; negative if master weights cost more than the format saves
    double speed_up = 0;             ///< step time of fp32 divided by this one's; 0 if the precision has no step time
};

/// Every precision, in the order of the enumeration; fp32, the baseline, comes first.
struct savings_report {
    precision_saving of[detail::precision_table.size()]{};  ///< one row for each precision

    /// The savings of all precisions, in the order of the enumeration.
    [[nodiscard]] constexpr std::span<const precision_saving> items() const noexcept { return of; }
};

namespace detail {

/// Returns the reason for a precision. `compute_speed_up` is the compute time of fp32 divided by that of the precision.
[[nodiscard]] constexpr saving_reason reason_of(const gpu& card, precision p, const time_breakdown& b,
                                                double compute_speed_up) noexcept {
    if (p == precision::fp32) return saving_reason::baseline;
    const double rate = matmul_rate(card, p).number;
    const double plain = card.rates.fp32.number;
    if (rate <= 0) return saving_reason::no_matrix_units;
    if (rate < 1.05 * plain) return saving_reason::same_rate;
    const double compute = b.compute.number;
    if (b.data_communication.number + b.tensor_communication.number > compute) return saving_reason::link_bound;
    if (b.optimizer.number > compute) return saving_reason::optimizer_bound;
    // Less than half of the speed-up that the peak rates promise.
    return compute_speed_up < 0.5 * rate / plain ? saving_reason::memory_bound : saving_reason::matrix_units;
}

}  // namespace detail

namespace detail {

/// Returns true if a card computes in a precision, or may do so: no document says that it has no units for it.
[[nodiscard]] constexpr bool may_compute_in(const gpu& card, precision p) noexcept {
    if (computes_in(card, p)) return true;
    return has_unit(card, row_of(p).matmul_rate) == documented::unknown && problems(p, card).empty();
}

}  // namespace detail

/// Returns what each precision saves for this job on this machine. Throws invalid_input as lower_job does, and as
/// step_time does for fp32.
template <network_model M>
[[nodiscard]] constexpr savings_report savings(const M& model, training t, const machine& m, const layout& l = {}) {
    savings_report report;
    for (const precision_row& row : detail::precision_table) {
        precision_saving& s = report.of[static_cast<std::size_t>(row.value)];
        s.precision = row.value;
        t.precision = row.value;
        if (!detail::may_compute_in(m.card, s.precision)) {
            s.reason = saving_reason::no_such_format;
            continue;
        }
        s.memory = memory(lower_job(model, t, m, l));
        const precision_saving& baseline = report.of[static_cast<std::size_t>(precision::fp32)];
        s.saved = baseline.memory.device() - s.memory.device();
        if (s.precision != precision::fp32 && !has_step_time(m.card, s.precision)) {
            s.reason = saving_reason::no_known_rate;
            continue;
        }
        s.time = step_time(model, t, m, l);
        s.speed_up = baseline.time.step.number / s.time.step.number;
        s.reason = detail::reason_of(m.card, s.precision, s.time.breakdown,
                                     baseline.time.breakdown.compute.number / s.time.breakdown.compute.number);
    }
    return report;
}

/// One format of the weights or of the KV cache, compared with the job's own.
struct format_saving {
    number_format format{};                      ///< the format of the weights, or of the cache
    memory_estimate memory{};                    ///< with this format
    cardfit::grade grade = grade::does_not_fit;  ///< fits, tight or does not fit
    inference_time time{};                       ///< of prompt and tokens
    bytes saved{};            ///< device memory; negative where the format needs more than the job's own
    double memory_ratio = 0;  ///< device memory over that of the job's own format
    /// Time per output token in the job's own format over that in this one; of a pass, where nothing is generated.
    double speed_up = 0;
};

/// The job's own format, and the formats of the list that `best_weights` chooses from, or those of the engine's caches,
/// from the highest precision to the lowest.
struct format_savings_report {
    format_saving own{};                                 ///< of the job as it is
    format_saving of[std::size(gguf_by_quality) + 1]{};  ///< the other formats
    std::size_t count = 0;                               ///< the number of other formats

    /// The savings of all formats that were compared, from the highest precision to the lowest.
    [[nodiscard]] constexpr std::span<const format_saving> items() const noexcept { return {of, count}; }
};
static_assert(std::size(formats_by_quality) <= std::size(gguf_by_quality));

namespace detail {

/// Returns memory, grade and time of the job in its format, not yet compared. `net` is the model's lowering.
template <network_model M>
[[nodiscard]] constexpr format_saving saving_of(const M& model, const network& net, const inference& i,
                                                const machine& m, const layout& l) {
    const fit_report report = fit(net, i, m, l);
    return {.format = i.weights,
            .memory = report.memory,
            .grade = report.grade,
            .time = time(model, net, i, m, l, constants_of(i))};
}

/// Sets what a format saves against the job's own.
constexpr void compare_with(const format_saving& own, format_saving& s) noexcept {
    s.saved = own.memory.device() - s.memory.device();
    s.memory_ratio = static_cast<double>(s.memory.device().number) / static_cast<double>(own.memory.device().number);
    s.speed_up = token_or_pass(own.time) / token_or_pass(s.time);
}

/// Adds what a job with other formats saves, if its engine runs it and it has a time. `format` is the one that differs;
/// where it is not given, that of the weights.
template <network_model M>
constexpr void add_saving(const M& model, const network& net, const inference& i, const machine& m, const layout& l,
                          format_savings_report& report, std::optional<number_format> format = {}) {
    if (!problems(i, net).empty() || !engine_runs(i, m.card)) return;
    if (!has_inference_time(model, net, i, m.card)) return;
    format_saving& s = report.of[report.count];
    s = saving_of(model, net, i, m, l);
    s.format = format.value_or(i.weights);
    compare_with(report.own, s);
    ++report.count;
}

}  // namespace detail

/// Returns what each weight format saves for an inference on this machine: the formats that its engine reads (those of
/// `best_weights`), without those in which the model cannot be stored or whose time on the card no document gives. A
/// card without fp8 units runs fp8 weights at its 16-bit rate. Throws invalid_input as lower_job and lower_time do for
/// the job as it stands.
template <network_model M>
[[nodiscard]] constexpr format_savings_report savings(const M& model, const inference& i, const machine& m,
                                                      const layout& l = {}) {
    const network net = lower_model(model, i.image_size);
    format_savings_report report{.own = detail::saving_of(model, net, i, m, l)};
    detail::compare_with(report.own, report.own);
    const std::span<const number_format> formats = row_of(i).memory.reads_gguf
                                                       ? std::span<const number_format>(gguf_by_quality)
                                                       : std::span<const number_format>(formats_by_quality);
    // Cards before Ampere run 16 bits as fp16 where the engine does not run bf16 on them.
    if (!engine_runs(with_weights(i, number_format::bf16), m.card))
        detail::add_saving(model, net, with_weights(i, number_format::fp16), m, l, report);
    for (const number_format format : formats) detail::add_saving(model, net, with_weights(i, format), m, l, report);
    return report;
}

/// Returns what each format of the KV cache saves for an inference on this machine, with the weights of the job: the
/// compute type, and the narrower formats that its engine has. Nothing is compared for a job without a cache. Throws
/// invalid_input as `savings` does.
template <network_model M>
[[nodiscard]] constexpr format_savings_report cache_savings(const M& model, const inference& i, const machine& m,
                                                            const layout& l = {}) {
    const network net = lower_model(model, i.image_size);
    format_savings_report report{.own = detail::saving_of(model, net, i, m, l)};
    detail::compare_with(report.own, report.own);
    if (report.own.memory.components.kv_cache.number == 0) return report;
    const auto add = [&](number_format format) {
        detail::add_saving(model, net, with_cache(i, format), m, l, report, format);
    };
    add(number_format::by_default);
    for (const number_format format : row_of(i).memory.narrow_caches) add(format);
    return report;
}

}  // namespace cardfit
