// SPDX-License-Identifier: MIT
// A job that does not fit is refused: the compiler's message has the needed and available MiB, and the breakdown by
// name.
// expect g++: In instantiation of .struct cardfit::fit_check<112376, 80896, cardfit::size_MiB<&cardfit::memory_components::weights, 30633>, cardfit::size_MiB<&cardfit::memory_components::gradients, 30633>, cardfit::size_MiB<&cardfit::memory_components::optimizer, 40000>, cardfit::size_MiB<&cardfit::memory_components::activations, 11110>
// expect g++: error: static assertion failed: cardfit: this job needs more MiB \(left\) than the card has \(right\)
// expect g++: note: the comparison reduces to .\(112376 <= 80896\)
// expect clang: error: static_assert failed due to requirement '112376L <= 80896L' "cardfit: this job needs more MiB \(left\) than the card has \(right\)"
// expect clang: in instantiation of template class 'cardfit::fit_check<112376, 80896, cardfit::size_MiB<&cardfit::memory_components::weights, 30633>, cardfit::size_MiB<&cardfit::memory_components::gradients, 30633>, cardfit::size_MiB<&cardfit::memory_components::optimizer, 40000>, cardfit::size_MiB<&cardfit::memory_components::activations, 11110>
#include <cardfit/decide/require_fit.hpp>
using namespace cardfit;
#ifdef CARDFIT_FAIL
constexpr std::int64_t available = 80'896;
#else
constexpr std::int64_t available = 120'000;
#endif
static_assert(
    require_fit<verdict{
        .needed_MiB = 112'376, .available_MiB = available, .components_MiB = {30'633, 30'633, 40'000, 11'110}}>);
