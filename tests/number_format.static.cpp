// SPDX-License-Identifier: MIT

// Tests the bytes of n elements in any format against the published block layouts.

#include <cardfit/number_format.hpp>

using namespace cardfit;

static_assert(storage(number_format::bf16, 8'030'261'248) == bytes_of(16'060'522'496));
static_assert(storage(number_format::fp32, 3) == bytes_of(12));
static_assert(storage(number_format::int4, 3) == bytes_of(2));
static_assert(storage(number_format::q4_0, 33) == bytes_of(36));
static_assert(storage(number_format::fp64, 0) == bytes_of(0));

// Bits per element are from QLoRA section 3 (4 + 32/64; 4 + 8/64 + 32/(64 256)), the OCP microscaling formats, NVFP4,
// GPTQ with groups of 128, and ggml's block structs.
static_assert(bits_per_element(number_format::nf4) == 4.5);
static_assert(bits_per_element(number_format::nf4_dq) == 4 + 8.0 / 64 + 32.0 / (64 * 256));
static_assert(bits_per_element(number_format::mxfp4) == 4.25 && bits_per_element(number_format::mxfp8) == 8.25);
static_assert(bits_per_element(number_format::nvfp4) == 4.5);
static_assert(bits_per_element(number_format::gptq_int4) == 4 + 16.0 / 128 + 4.0 / 128);
static_assert(bits_per_element(number_format::gptq_int8) == 8 + 16.0 / 128 + 8.0 / 128);
static_assert(bits_per_element(number_format::q4_0) == 4.5 && bits_per_element(number_format::q4_1) == 5.0);
static_assert(bits_per_element(number_format::q5_0) == 5.5 && bits_per_element(number_format::q5_1) == 6.0);
static_assert(bits_per_element(number_format::q8_0) == 8.5 && bits_per_element(number_format::q8_1) == 9.0);
static_assert(bits_per_element(number_format::q2_k) == 2.625 && bits_per_element(number_format::q3_k) == 3.4375);
static_assert(bits_per_element(number_format::q4_k) == 4.5 && bits_per_element(number_format::q5_k) == 5.5);
static_assert(bits_per_element(number_format::q6_k) == 6.5625 && bits_per_element(number_format::q8_k) == 9.125);
static_assert(bits_per_element(number_format::iq1_s) == 1.5625 && bits_per_element(number_format::iq1_m) == 1.75);
static_assert(bits_per_element(number_format::iq2_xxs) == 2.0625 && bits_per_element(number_format::iq2_xs) == 2.3125);
static_assert(bits_per_element(number_format::iq2_s) == 2.5625 && bits_per_element(number_format::iq3_xxs) == 3.0625);
static_assert(bits_per_element(number_format::iq4_nl) == 4.5 && bits_per_element(number_format::iq4_xs) == 4.25);
static_assert(bits_per_element(number_format::tq1_0) == 1.6875 && bits_per_element(number_format::tq2_0) == 2.0625);
static_assert(is_file_mix(number_format::q4_k_m) && !is_file_mix(number_format::q4_k));

// Each row is at the index of its enumerator.
static_assert(block_layout_of(number_format::fp64).name == "fp64" &&
              block_layout_of(number_format::int8).name == "int8");
static_assert(block_layout_of(number_format::awq_int4).name == "awq-int4" &&
              block_layout_of(number_format::q5_k_m).name == "q5_k_m" &&
              block_layout_of(number_format::iq3_m).name == "iq3_m");
static_assert(is_file_mix(number_format::q2_k_s) && is_file_mix(number_format::iq2_m) &&
              is_file_mix(number_format::iq3_xs) && is_file_mix(number_format::iq3_m));

// ExLlama's formats are named by their mean bits per weight.
static_assert(bits_per_element(number_format::exl2_4_65) == 4.65 && bits_per_element(number_format::exl3_2_5) == 2.5);
