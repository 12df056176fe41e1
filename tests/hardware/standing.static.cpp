// SPDX-License-Identifier: MIT

// Tests the standing of figures (known, none or unknown), and that no time is estimated from a rate that no document
// states.

#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/kernels/matmul.hpp>
#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/hardware/standing.hpp>

using namespace cardfit;

// An A100 has no FP8 units (NVIDIA A100 whitepaper). A GeForce RTX 5090 D has them, at rates that NVIDIA does not
// publish.
static_assert(standing_of(cards::a100_sxm4_80gb, card_field::fp8_dense) == figure_standing::none);
static_assert(standing_of(cards::rtx_5090_d, card_field::fp8_dense) == figure_standing::unknown);
static_assert(standing_of(cards::h100_sxm5_80gb, card_field::fp8_dense) == figure_standing::documented);
static_assert(standing_of(cards::h100_sxm5_96gb, card_field::fp8_dense) == figure_standing::estimated);
static_assert(has_unit(cards::a100_sxm4_80gb, &peak_rates::fp8) == documented::no &&
              has_unit(cards::rtx_5090_d, &peak_rates::fp8) == documented::unknown &&
              has_unit(cards::h100_sxm5_80gb, &peak_rates::fp8) == documented::yes);

// The same holds for links, plugs, MIG, ray tracing cores and ECC.
static_assert(standing_of(cards::rtx_4090, card_field::nvlink_total_bidir_gb_s) == figure_standing::none &&
              standing_of(cards::data_center_gpu_max_1550, card_field::nvlink_total_bidir_gb_s) ==
                  figure_standing::unknown);
static_assert(standing_of(cards::a100_sxm4_80gb, card_field::power_connector) == figure_standing::none &&
              standing_of(cards::rtx_5880_ada, card_field::power_connector) == figure_standing::unknown);
static_assert(standing_of(cards::rtx_a6000, card_field::mig_max_instances) == figure_standing::none &&
              standing_of(cards::h100_sxm5_96gb, card_field::mig_max_instances) == figure_standing::unknown);
static_assert(standing_of(cards::a100_sxm4_80gb, card_field::rt_cores) == figure_standing::none &&
              standing_of(cards::a100_sxm4_80gb, card_field::launch_price_usd) == figure_standing::unknown);
static_assert(standing_of(cards::rtx_3090, card_field::ecc) == figure_standing::none &&
              standing_of(cards::gb10, card_field::ecc) == figure_standing::unknown);

// DGX Spark's prefill runs at the tensor rate (full rate with FP32 accumulation: 48 x 1024 x 2.418 GHz), not at the
// 29.7 TFLOPS of the vector units. Without the tensor rate there is no time, in training and in inference alike.
static_assert(cards::gb10.rates.bf16 == 118.8_TFLOPS && has_step_time(cards::gb10, precision::bf16_mixed));
constexpr gpu spark_without_rates = [] {
    gpu card = cards::gb10;
    card.rates.fp16 = {};
    card.rates.bf16 = {};
    return card;
}();
static_assert(missing_for_inference(spark_without_rates) == card_field::fp16_tensor_acc32_dense);
static_assert(missing_for_step(spark_without_rates, precision::bf16_mixed) == card_field::bf16_dense);
static_assert(!publishes_rates(spark_without_rates) && !has_step_time(spark_without_rates, precision::bf16_mixed));
static_assert(!publishes_rates(cards::rtx_5090_d) && publishes_rates(cards::rtx_5090));
// A card without units for 16-bit matrices runs them on its vector units.
static_assert(publishes_rates(cards::gtx_1080_ti) && has_step_time(cards::gtx_1080_ti, precision::fp16_mixed));
// Gaudi 3's documents state BF16 and FP8 rates; the vector rate is missing for its training time.
static_assert(missing_for_step(cards::gaudi3, precision::bf16_mixed) == card_field::fp32_tflops &&
              publishes_rates(cards::gaudi3));
static_assert(!has_step_time(cards::apple_m4_max_128gb, precision::bf16_mixed));

// macOS gives the GPU two thirds of 16 GiB on an M1 (recommendedMaxWorkingSetSize 11453 MB) and 48 of 64 GiB.
static_assert(in_mebibytes_down(usable_memory(cards::apple_m1_16gb)) == 10922);
static_assert(usable_memory(cards::apple_m1_max_64gb) == 48_GiB);
// Strix Halo has 62.47 GiB as shipped (unslothai/unsloth issue 7960).
static_assert(in_mebibytes_down(usable_memory(cards::ryzen_ai_max_395)) == 63969);

// On the cards that most people ask about, no decision depends on an estimated figure.
static_assert([] {
    for (const gpu* card :
         {&cards::a100_pcie_40gb, &cards::a100_sxm4_40gb, &cards::a100_pcie_80gb, &cards::a100_sxm4_80gb,
          &cards::rtx_a6000, &cards::rtx_4090, &cards::h100_pcie_80gb, &cards::h100_sxm5_80gb, &cards::h100_nvl_94gb,
          &cards::h200_sxm_141gb, &cards::h200_nvl_141gb, &cards::b200_sxm_180gb, &cards::rtx_5090, &cards::l4,
          &cards::l40s, &cards::mi300x})
        if (estimated_figures_of(*card).touching() > 0) return false;
    return true;
}());
// In the whole table there are few such figures, and the note of each row says where they come from.
static_assert([] {
    int touching = 0;
    for (const gpu* card : cards::all) {
        const int here = estimated_figures_of(*card).touching();
        if (here > 0 && card->note.empty()) return false;
        touching += here;
    }
    return touching <= 60;
}());
