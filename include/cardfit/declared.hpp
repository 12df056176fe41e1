// SPDX-License-Identifier: MIT
#pragma once

// The verbs that cardfit.hpp declares without their definitions, because not every includer wants to pay for them. A
// call without the header is a compile error that says which header to include.

#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/inference.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/job/training.hpp>

#include <initializer_list>

namespace cardfit {

namespace detail {

// The header that defines a verb completes its type.
struct step_time_header;
struct inference_time_header;
struct remedies_header;
struct savings_header;
struct scaling_header;
struct plan_header;
struct compare_header;
struct rank_header;

/// `Header`, in a way that a compiler cannot look up before the call.
template <class Header, class Model>
struct asked_for {
    using type = Header;
};
/// True until the header is included.
template <class Header, class Model>
concept missing = !requires {
    sizeof(typename asked_for<Header, Model>::type);
};

/// What a verb without its header returns.
struct nothing {};

template <class>
inline constexpr bool is_included = false;

}  // namespace detail

// The reference has each of these functions where it is defined.
/// @cond
template <class M>
requires detail::missing<detail::step_time_header, M>
constexpr detail::nothing step_time(const M&, const training&, const machine&, const layout& = {}) {
    static_assert(detail::is_included<M>,
                  "cardfit: include <cardfit/estimate/training/step_time.hpp> to call step_time");
    return {};
}
template <class M>
requires detail::missing<detail::step_time_header, M>
constexpr detail::nothing time(const M&, const training&, const machine&, const layout& = {}) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/estimate/training/step_time.hpp> to call time");
    return {};
}
template <class M>
requires detail::missing<detail::inference_time_header, M>
constexpr detail::nothing time(const M&, const inference&, const machine&, const layout& = {}) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/estimate/inference/time.hpp> to call time");
    return {};
}
template <class M>
requires detail::missing<detail::remedies_header, M>
constexpr detail::nothing remedies(const M&, const training&, const machine&, const layout& = {}) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/remedies.hpp> to call remedies");
    return {};
}
template <class M>
requires detail::missing<detail::remedies_header, M>
constexpr detail::nothing remedies(const M&, const inference&, const machine&, const layout& = {}) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/remedies.hpp> to call remedies");
    return {};
}
template <class M>
requires detail::missing<detail::savings_header, M>
constexpr detail::nothing savings(const M&, const training&, const machine&, const layout& = {}) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/savings.hpp> to call savings");
    return {};
}
template <class M>
requires detail::missing<detail::savings_header, M>
constexpr detail::nothing savings(const M&, const inference&, const machine&, const layout& = {}) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/savings.hpp> to call savings");
    return {};
}
template <class M>
requires detail::missing<detail::scaling_header, M>
constexpr detail::nothing scaling(const M&, const training&, const machine&, const layout& = {}) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/scaling.hpp> to call scaling");
    return {};
}
template <class M>
requires detail::missing<detail::scaling_header, M>
constexpr detail::nothing scaling(const M&, const inference&, const machine&, const layout& = {}) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/scaling.hpp> to call scaling");
    return {};
}
template <class M>
requires detail::missing<detail::plan_header, M>
constexpr detail::nothing best_plans(const M&, const training&, const machine&, const layout& = {}) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/plan.hpp> to call best_plans");
    return {};
}
template <class M>
requires detail::missing<detail::plan_header, M>
constexpr detail::nothing best_plans(const M&, const inference&, const machine&, const layout& = {}) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/plan.hpp> to call best_plans");
    return {};
}
template <class M, class Job, class Machines, class... Rest>
requires detail::missing<detail::compare_header, M>
constexpr detail::nothing compare(const M&, const Job&, const Machines&, const Rest&...) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/compare.hpp> to call compare");
    return {};
}
template <class M, class Job>
requires detail::missing<detail::compare_header, M>
constexpr detail::nothing compare(const M&, const Job&, std::initializer_list<machine>, const layout& = {}) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/compare.hpp> to call compare");
    return {};
}
template <class M, class Job, class Machines, class... Rest>
requires detail::missing<detail::rank_header, M>
constexpr detail::nothing rank(const M&, const Job&, const Machines&, const Rest&...) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/rank.hpp> to call rank");
    return {};
}
template <class M, class Job>
requires detail::missing<detail::rank_header, M>
constexpr detail::nothing rank(const M&, const Job&, std::initializer_list<machine>, const layout& = {}) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/rank.hpp> to call rank");
    return {};
}
template <class M, class Job>
requires detail::missing<detail::rank_header, M>
constexpr detail::nothing rank_one(const M&, const Job&, const machine&) {
    static_assert(detail::is_included<M>, "cardfit: include <cardfit/decide/rank.hpp> to call rank_one");
    return {};
}
/// @endcond

}  // namespace cardfit
