// SPDX-License-Identifier: MIT
// A program whose answers are constants: its object code must hold the answers and nothing of the library.
#include <cardfit/cardfit.hpp>
using namespace cardfit;

constexpr training finetune{.micro_batch = 1, .sequence_length = 1024};
static_assert(fits(models::gpt2, finetune, cards::rtx_4090));
constexpr fit_report report = fit(models::gpt2, finetune, cards::rtx_4090);
constexpr double needed = in_gibibytes(report.memory.device());

extern "C" double needed_gibibytes() { return needed; }
