// SPDX-License-Identifier: MIT
#pragma once

// A job that does not fit fails to compile, and the compiler's message shows the numbers:
//
//     static_assert(require_fit<judge(models::llama_3_1_8b, finetune, 8 * cards::a100_sxm4_80gb, {.data = 8})>);
//
// A verdict is integers only, so that it can be a template argument; its numbers become the arguments of `fit_check`,
// whose failing static_assert names them.

#include <cardfit/decide/fits.hpp>

namespace cardfit {

/// A fit in MiB: needed at the high end of the band (rounded up), available (rounded down), and the breakdown of the
/// central estimate (each rounded up).
struct verdict {
    std::int64_t needed_MiB = 0;
    std::int64_t available_MiB = 0;
    std::int64_t weights_MiB = 0;
    std::int64_t gradients_MiB = 0;
    std::int64_t optimizer_MiB = 0;
    std::int64_t activations_MiB = 0;
    std::int64_t logits_MiB = 0;
    std::int64_t gathered_MiB = 0;
    std::int64_t buckets_MiB = 0;
    std::int64_t kv_cache_MiB = 0;
    std::int64_t temporaries_MiB = 0;
    std::int64_t workspace_MiB = 0;
    std::int64_t fragmentation_MiB = 0;
    std::int64_t context_MiB = 0;
    std::int64_t communication_MiB = 0;
    friend constexpr bool operator==(const verdict&, const verdict&) = default;
};

/// The verdict on a report.
[[nodiscard]] constexpr verdict judge(const fit_report& report) {
    const memory_components& c = report.memory.components;
    return {.needed_MiB = in_mebibytes_up(report.memory.device_high),
            .available_MiB = in_mebibytes_down(report.capacity),
            .weights_MiB = in_mebibytes_up(c.weights),
            .gradients_MiB = in_mebibytes_up(c.gradients),
            .optimizer_MiB = in_mebibytes_up(c.optimizer),
            .activations_MiB = in_mebibytes_up(c.activations),
            .logits_MiB = in_mebibytes_up(c.logits),
            .gathered_MiB = in_mebibytes_up(c.gathered),
            .buckets_MiB = in_mebibytes_up(c.buckets),
            .kv_cache_MiB = in_mebibytes_up(c.kv_cache),
            .temporaries_MiB = in_mebibytes_up(c.temporaries),
            .workspace_MiB = in_mebibytes_up(c.workspace),
            .fragmentation_MiB = in_mebibytes_up(c.fragmentation),
            .context_MiB = in_mebibytes_up(c.context),
            .communication_MiB = in_mebibytes_up(c.communication)};
}

/// The verdict on a job. Throws invalid_input for a job, layout or model that makes no sense.
template <class M>
requires architecture<M> || std::same_as<M, network>
[[nodiscard]] constexpr verdict judge(const M& model, const training& t, const machine& m, const layout& l = {}) {
    return judge(fit(model, t, m, l));
}

/// Names for the numbers in a compiler's message.
template <std::int64_t>
struct weights_MiB;
template <std::int64_t>
struct gradients_MiB;
template <std::int64_t>
struct optimizer_MiB;
template <std::int64_t>
struct activations_MiB;
template <std::int64_t>
struct logits_MiB;
template <std::int64_t>
struct gathered_MiB;
template <std::int64_t>
struct buckets_MiB;
template <std::int64_t>
struct kv_cache_MiB;
template <std::int64_t>
struct temporaries_MiB;
template <std::int64_t>
struct workspace_MiB;
template <std::int64_t>
struct fragmentation_MiB;
template <std::int64_t>
struct context_MiB;
template <std::int64_t>
struct communication_MiB;

/// Fails to compile unless Needed <= Available, with both and the breakdown in the message.
template <std::int64_t Needed, std::int64_t Available, class... Breakdown>
struct fit_check {
    static_assert(Needed <= Available, "cardfit: this job needs more MiB (left) than the card has (right)");
    static constexpr bool value = true;
};

/// True, or a compile error: `static_assert(require_fit<judge(model, job, machine, layout)>);`.
template <verdict V>
inline constexpr bool require_fit =
    fit_check<V.needed_MiB, V.available_MiB, weights_MiB<V.weights_MiB>, gradients_MiB<V.gradients_MiB>,
              optimizer_MiB<V.optimizer_MiB>, activations_MiB<V.activations_MiB>, logits_MiB<V.logits_MiB>,
              gathered_MiB<V.gathered_MiB>, buckets_MiB<V.buckets_MiB>, kv_cache_MiB<V.kv_cache_MiB>,
              temporaries_MiB<V.temporaries_MiB>, workspace_MiB<V.workspace_MiB>,
              fragmentation_MiB<V.fragmentation_MiB>, context_MiB<V.context_MiB>,
              communication_MiB<V.communication_MiB>>::value;

}  // namespace cardfit
