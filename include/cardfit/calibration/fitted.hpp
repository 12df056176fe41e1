// SPDX-License-Identifier: MIT
#pragma once

// The constants as one list: each with its full name ("kernels.matrix_hopper"), its description and its place in a
// structure that a caller may change.

#include <cardfit/calibration/describe_inference.hpp>
#include <cardfit/calibration/describe_training.hpp>

#include <cstddef>
#include <string_view>

namespace cardfit {

namespace detail {

template <class Constants, std::size_t N, class Visit>
constexpr void visit_constants(std::string_view group, const constant<Constants> (&table)[N], Constants& constants,
                               Visit& visit) {
    for (const constant<Constants>& one : table) visit(group, one, constants.*one.member);
}

template <class Constants, std::size_t N>
[[nodiscard]] constexpr std::size_t fitted_in(const constant<Constants> (&table)[N]) noexcept {
    std::size_t count = 0;
    for (const constant<Constants>& one : table) count += one.standing == standing::fitted;
    return count;
}

}  // namespace detail

/// Calls `visit(group, description, value)` for every constant of a training step's time. The value may be changed.
template <class Visit>
constexpr void for_each_constant(training_time_constants& c, Visit visit) {
    detail::visit_constants("kernels", kernel_descriptions, c.kernels, visit);
    detail::visit_constants("links", link_descriptions, c.links, visit);
    detail::visit_constants("step", step_descriptions, c.step, visit);
}

/// Calls `visit(group, description, value)` for every constant of an inference's time but its links. The value may be
/// changed.
template <class Visit>
constexpr void for_each_constant(inference_time_constants& c, Visit visit) {
    detail::visit_constants("inference", inference_descriptions, c, visit);
}

/// Calls `visit(group, description, value)` for the constants that are fitted.
template <class Constants, class Visit>
constexpr void for_each_fitted(Constants& c, Visit visit) {
    for_each_constant(c, [&](std::string_view group, const auto& description, double& value) {
        if (description.standing == standing::fitted) visit(group, description, value);
    });
}

/// The number of fitted constants of a training step's time.
inline constexpr std::size_t fitted_training_constants = detail::fitted_in(kernel_descriptions) +
                                                         detail::fitted_in(link_descriptions) +
                                                         detail::fitted_in(step_descriptions);
/// The number of fitted constants of an inference's time.
inline constexpr std::size_t fitted_inference_constants = detail::fitted_in(inference_descriptions);

}  // namespace cardfit
