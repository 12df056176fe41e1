// SPDX-License-Identifier: MIT

// Tests the classes of formats against the perplexities that are published for them.

#include <cardfit/decide/format_quality.hpp>
#include <cardfit/decide/serve.hpp>

using namespace cardfit;

// llama.cpp, tools/perplexity/README.md: "Mean PPL ratio" of Llama 3 8B, q6_K 1.003490, q4_K_M 1.028160, q2_K 1.564849.
constexpr double rise_of(number_format format) { return quality_row_of(format)->rise; }
constexpr bool is_near(double a, double b) { return a - b < 5e-4 && b - a < 5e-4; }
static_assert(is_near(rise_of(number_format::q6_k), 0.003490));
static_assert(is_near(rise_of(number_format::q4_k_m), 0.028160));
static_assert(is_near(rise_of(number_format::q2_k), 0.564849));

static_assert(quality_of(number_format::bf16) == quality::lossless);
static_assert(quality_of(number_format::q8_0) == quality::lossless);
static_assert(quality_of(number_format::q6_k) == quality::near_lossless);
static_assert(quality_of(number_format::q4_k_m) == quality::good);
static_assert(quality_of(number_format::q3_k_m) == quality::usable);
static_assert(quality_of(number_format::iq1_m) == quality::poor && rise_of(number_format::iq1_m) > 3);
static_assert(name_of(quality::near_lossless) == "near");

// A rise of exactly the most of a class is of the class.
static_assert(quality_of_rise(0.001) == quality::lossless && quality_of_rise(0.01) == quality::near_lossless &&
              quality_of_rise(0.05) == quality::good && quality_of_rise(0.2) == quality::usable &&
              quality_of_rise(0.21) == quality::poor && quality_of_rise(0) == quality::lossless);

// A format about which nothing is published is not called good.
static_assert(quality_row_of(number_format::tq1_0) == nullptr && quality_of(number_format::tq1_0) == quality::poor);

// Every format that a search tries has a row with a source, and a lower quality stands later in the search.
constexpr bool is_ordered(const auto& formats) {
    quality last = quality::lossless;
    for (const number_format format : formats) {
        const format_quality* row = quality_row_of(format);
        if (row == nullptr || row->source.empty() || quality_of(format) < last) return false;
        last = quality_of(format);
    }
    return true;
}
static_assert(is_ordered(gguf_by_quality));
static_assert(is_ordered(formats_by_quality));
