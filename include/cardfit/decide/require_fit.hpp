// SPDX-License-Identifier: MIT
#pragma once

// A job that does not fit fails to compile, and the compiler's message shows the numbers:
//
//     static_assert(require_fit<judge(models::llama_3_1_8b, finetune, 8 * cards::a100_sxm4_80gb, {.data = 8})>);
//
// A verdict holds integers only, so that it can be a template argument. Its numbers become the template arguments of
// `fit_check`, whose failing static_assert shows them.

#include <cardfit/decide/fits.hpp>

#include <array>

namespace cardfit {

/// A fit in MiB: needed at the upper end of the error band (rounded up), available (rounded down), and the components
/// of the central estimate (each rounded up) in the order of `memory_component_list`.
struct verdict {
    std::int64_t needed_MiB = 0;                                        ///< upper error bound, rounded up
    std::int64_t available_MiB = 0;                                     ///< what a job can have, rounded down
    std::array<std::int64_t, memory_component_count> components_MiB{};  ///< central estimate
    friend constexpr bool operator==(const verdict&, const verdict&) = default;
};

/// Returns the verdict on a report.
[[nodiscard]] constexpr verdict judge(const fit_report& report) {
    verdict v{.needed_MiB = in_mebibytes_up(report.memory.device_high),
              .available_MiB = in_mebibytes_down(report.capacity)};
    for (std::size_t i = 0; i < memory_component_count; ++i)
        v.components_MiB[i] = in_mebibytes_up(report.memory.components.*memory_component_list[i].member);
    return v;
}

/// Returns the verdict on a job: a training, an inference (decide/serve.hpp) or a diffusion job, which has no layout
/// (decide/diffusion_fits.hpp). Throws invalid_input for a job, layout or model that is invalid.
template <class M, class Job>
requires requires(const M& model, const Job& job, const machine& m, const layout& l) { fit(model, job, m, l); }
[[nodiscard]] constexpr verdict judge(const M& model, const Job& job, const machine& m, const layout& l = {}) {
    return judge(fit(model, job, m, l));
}
/// Returns the verdict on a model of another kind, without a layout.
template <class M, class Job>
requires requires(const M& model, const Job& job, const machine& m) {
    fit(model, job, m);
    requires !network_model<M>;
}
[[nodiscard]] constexpr verdict judge(const M& model, const Job& job, const machine& m) {
    return judge(fit(model, job, m));
}

/// The name of a component and its size, for a compiler's message.
template <bytes memory_components::*Component, std::int64_t MiB>
struct size_MiB;

/// Fails to compile unless Needed <= Available, with both and the sizes of all components in the message.
template <std::int64_t Needed, std::int64_t Available, class... Sizes>
struct fit_check {
    static_assert(Needed <= Available, "cardfit: this job needs more MiB (left) than the card has (right)");
    static constexpr bool value = true;  ///< whether the job fits
};

namespace detail {

template <verdict V, std::size_t... Component>
[[nodiscard]] constexpr bool check_fit(std::index_sequence<Component...>) {
    return fit_check<V.needed_MiB, V.available_MiB,
                     size_MiB<memory_component_list[Component].member, V.components_MiB[Component]>...>::value;
}

}  // namespace detail

/// True, or a compile error: `static_assert(require_fit<judge(model, job, machine, layout)>);`.
template <verdict V>
inline constexpr bool require_fit = detail::check_fit<V>(std::make_index_sequence<memory_component_count>{});

}  // namespace cardfit
