// SPDX-License-Identifier: MIT
// Tests which precisions a card runs. The sources are NVIDIA's T4, A100, H100 and Blackwell datasheets (fp8 from
// compute capability 8.9 on, fp4 from 10.0 on), AMD's CDNA 3 whitepaper, and Intel's Gaudi documentation.

#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/hardware/physics.hpp>
#include <cardfit/job/precision.hpp>
#include <cardfit/job/training_problems.hpp>

#include <string_view>

using namespace cardfit;

namespace {

constexpr bool refuses(const gpu& card, precision p, std::string_view accepted) {
    const problem_list found = problems(p, card);
    return found.size() == 1 && found.begin()->field == std::string_view("training.precision") &&
           found.begin()->value == static_cast<int>(p) && found.begin()->accepted == accepted;
}
constexpr std::string_view wide = "fp32, tf32, fp16-mixed, bf16-mixed, fp16, bf16";
constexpr std::string_view with_fp8 = "fp32, tf32, fp16-mixed, bf16-mixed, fp16, bf16, fp8-mixed";

static_assert(refuses(cards::t4, precision::fp8_mixed, wide));
static_assert(refuses(cards::a100_sxm4_80gb, precision::fp8_mixed, wide));
static_assert(refuses(cards::h100_sxm5_80gb, precision::nvfp4_mixed, with_fp8));
static_assert(refuses(cards::mi300x, precision::mxfp8_mixed, with_fp8));
static_assert(problems(precision::fp8_mixed, cards::h100_sxm5_80gb).empty());
// A training has the problems of its precision.
static_assert(!problems(training{.precision = precision::fp8_mixed}, cards::a100_sxm4_80gb).empty());
static_assert(problems(training{.precision = precision::fp8_mixed}, cards::h100_sxm5_80gb).empty());
static_assert(problems(precision::nvfp4_mixed, cards::b200_sxm_180gb).empty());
static_assert(problems(precision::fp8_mixed, cards::gb10).empty());
// This card has the units, although no document states their rates.
static_assert(problems(precision::fp8_mixed, cards::mi308x).empty() && !has_fp8(cards::mi308x));
// Nothing is known of a user's own card that states neither architecture nor rates.
static_assert(problems(precision::fp8_mixed, gpu{}).empty());
// These formats run on every card, even without units of their own.
static_assert([] {
    for (const gpu* card : cards::all)
        for (const precision p : {precision::fp32, precision::tf32, precision::fp16_mixed, precision::bf16_mixed,
                                  precision::fp16, precision::bf16})
            if (!problems(p, *card).empty()) return false;
    return true;
}());
// The architectures' narrow formats are those of the physics table.
static_assert([] {
    for (const architecture_rates& line : architecture_table) {
        const gpu_architecture a = line.capability.major > 0 ? architecture_of(line.capability) : line.architecture;
        if (row_of(a).fp8 != (line.fp8 != 0) || row_of(a).fp4 != (line.fp4 != 0)) return false;
    }
    return true;
}());

}  // namespace
