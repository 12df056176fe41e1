// SPDX-License-Identifier: MIT
// The same message is printed for a model, a job and a card.
// expect g++: cardfit::fit_check<[0-9]+, 2[0-9]{4}, cardfit::size_MiB<&cardfit::memory_components::weights, [0-9]+>, cardfit::size_MiB<&cardfit::memory_components::gradients, [0-9]+>
// expect g++: note: the comparison reduces to .\([0-9]+ <= 2[0-9]{4}\)
// expect clang: static_assert failed due to requirement '[0-9]+L <= 2[0-9]{4}L' "cardfit: this job needs more MiB
// expect clang: cardfit::size_MiB<&cardfit::memory_components::weights, [0-9]+>, cardfit::size_MiB<&cardfit::memory_components::gradients, [0-9]+>, cardfit::size_MiB<&cardfit::memory_components::optimizer, [0-9]+>
#include <cardfit/cardfit.hpp>
using namespace cardfit;
#ifdef CARDFIT_FAIL
constexpr transformer model = models::llama_3_1_8b;
#else
constexpr transformer model = models::gpt2;
#endif
static_assert(require_fit<judge(model, training{.sequence_length = 1024}, cards::rtx_4090)>);
