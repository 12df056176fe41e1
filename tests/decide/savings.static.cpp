// SPDX-License-Identifier: MIT

// Tests at compile time what precisions and weight formats save and what more cards bring, against facts that follow
// from the cards' documents.

#include <cardfit/decide/savings.hpp>
#include <cardfit/decide/scaling.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr training fine_tune{.micro_batch = 8, .sequence_length = 384, .framework = framework::dle};

constexpr precision_saving in(const savings_report& r, precision p) {
    for (const precision_saving& s : r.of)
        if (s.precision == p) return s;
    return {};
}

// The V100 has no bf16, no tf32 and no fp8; fp16 on its tensor cores is several times faster than fp32 (the V100
// whitepaper's 125 TFLOP/s against 15.7 TFLOP/s is the bound).
constexpr savings_report v100 = savings(models::bert_large, fine_tune, cards::v100_sxm2_16gb);
static_assert(in(v100, precision::bf16_mixed).reason == saving_reason::no_such_format &&
              in(v100, precision::tf32).reason == saving_reason::no_such_format &&
              in(v100, precision::fp8_mixed).reason == saving_reason::no_such_format);
static_assert(in(v100, precision::fp16_mixed).speed_up > 2 && in(v100, precision::fp16_mixed).speed_up < 125 / 15.7);

// On a GTX 1080 Ti, fp16 saves bytes but hardly any time.
constexpr savings_report pascal = savings(models::bert_base, fine_tune, cards::gtx_1080_ti);
static_assert(in(pascal, precision::fp16).saved > bytes{} && in(pascal, precision::fp16).speed_up < 1.5);
static_assert(in(pascal, precision::fp16).reason == saving_reason::no_matrix_units);

// On an RTX 4090, tf32 runs at fp32's rate (both are 82.6 TFLOP/s: Ada whitepaper).
constexpr savings_report ada = savings(models::bert_large, fine_tune, cards::rtx_4090);
static_assert(in(ada, precision::tf32).reason == saving_reason::same_rate && in(ada, precision::tf32).speed_up < 1.1);
static_assert(in(ada, precision::nvfp4_mixed).reason == saving_reason::no_such_format);

// NVIDIA states no tensor rate of the RTX 5090 D: fp16 takes less memory, and nobody knows how fast it is.
constexpr savings_report capped = savings(models::bert_large, fine_tune, cards::rtx_5090_d);
static_assert(in(capped, precision::fp16).reason == saving_reason::no_known_rate &&
              in(capped, precision::fp16).saved > bytes{} && in(capped, precision::fp16).speed_up <= 0);
static_assert(in(capped, precision::bf16_mixed).reason ==
              saving_reason::no_known_rate);  // compute capability 12.0 has it
static_assert(in(capped, precision::fp32).time.step > seconds{});

// On an A100, tf32 is faster than fp32, and bf16 is faster than tf32.
constexpr savings_report ampere = savings(models::bert_large, fine_tune, cards::a100_sxm4_80gb);
static_assert(in(ampere, precision::tf32).speed_up > 1.5 &&
              in(ampere, precision::bf16_mixed).speed_up > in(ampere, precision::tf32).speed_up);

// Scaling: NVLink is never slower than PCIe, efficiency is at most 1, and small batches suffer most without NVLink.
constexpr scaling_report eight =
    scaling(models::bert_large, {.micro_batch = 4, .sequence_length = 384}, 8 * cards::a100_sxm4_80gb);
constexpr bool nvlink_leads(const scaling_report& r) {
    for (std::size_t i = 0; i < r.weak_nvlink.count; ++i)
        if (r.weak_nvlink.points[i].time.step > r.weak_pcie.points[i].time.step ||
            r.weak_nvlink.points[i].efficiency > 1.0000001 || r.strong_nvlink.points[i].efficiency > 1.0000001)
            return false;
    return true;
}
static_assert(eight.has_nvlink && eight.weak_nvlink.count == 4 && nvlink_leads(eight));
static_assert(eight.weak_nvlink.link == card_link::nvswitch && eight.weak_pcie.link == card_link::pcie);

// With a fixed global batch, the speedup is the step time of one card over that of many cards, and the curve ends where
// there are no more samples than cards.
constexpr scaling_report four =
    scaling(models::bert_large, {.micro_batch = 2, .gradient_accumulation = 3, .sequence_length = 384},
            8 * cards::a100_sxm4_80gb);
constexpr bool strong_keeps_batch(const scaling_curve& c, double batch) {
    for (std::size_t i = 0; i < c.count; ++i) {
        const scaling_point& p = c.points[i];
        const double samples = p.time.samples_per_second * p.time.step.number;
        const double speed_up = c.points[0].time.step.number / p.time.step.number;
        if (samples < batch * (1 - 1e-9) || samples > batch * (1 + 1e-9) || p.speed_up < speed_up * (1 - 1e-9) ||
            p.speed_up > speed_up * (1 + 1e-9))
            return false;
    }
    return true;
}
static_assert(four.strong_nvlink.count == 4 && four.strong_nvlink.points[3].cards == 6 &&
              four.weak_nvlink.points[3].cards == 8 && strong_keeps_batch(four.strong_nvlink, 6));

// Two RTX 4090s have no NVLink to compare with and no peer access: what they exchange goes through the host.
constexpr scaling_report two = scaling(models::gpt2_medium, {.sequence_length = 1024}, 2 * cards::rtx_4090);
static_assert(!two.has_nvlink && two.weak_pcie.link == card_link::pcie_host);
static_assert(two.weak_pcie.points[1].exposed_communication > seconds{});

// Weight formats of an inference. H100 reads half the bytes in fp8, and the head stays in 16 bits: less than twice as
// fast, and more than half of the weights' bytes.
constexpr inference serve{.prompt = 512, .generate = 128, .framework = engine::vllm};
constexpr format_savings_report formats = savings(models::llama_3_1_8b, serve, cards::h100_sxm5_80gb);
constexpr format_saving in(const format_savings_report& r, number_format f) {
    for (const format_saving& s : r.items())
        if (s.format == f) return s;
    return {};
}
static_assert(formats.count == std::size(formats_by_quality));
static_assert(in(formats, number_format::bf16).speed_up == 1 && in(formats, number_format::bf16).memory_ratio == 1 &&
              in(formats, number_format::bf16).saved == bytes{});
static_assert(in(formats, number_format::fp8).speed_up > 1 && in(formats, number_format::fp8).speed_up < 2);
static_assert(2 * in(formats, number_format::fp8).memory.components.weights > formats.own.memory.components.weights &&
              in(formats, number_format::fp8).memory.components.weights < formats.own.memory.components.weights);

// A format with fewer bits per element needs no more memory for weights. Mixes of GGUF formats state no bits.
constexpr bool fewer_bits_need_less(const format_savings_report& r) {
    for (const format_saving& a : r.items())
        for (const format_saving& b : r.items()) {
            const double bits = bits_per_element(b.format);
            const bool fewer = bits > 0 && bits < bits_per_element(a.format);
            if (fewer && b.memory.components.weights > a.memory.components.weights) return false;
        }
    return true;
}
constexpr inference gguf{
    .weights = number_format::q4_k_m, .prompt = 512, .generate = 128, .framework = engine::llama_cpp};
constexpr format_savings_report mixes = savings(models::llama_3_1_8b, gguf, cards::rtx_4090);
static_assert(mixes.count == std::size(gguf_by_quality));
static_assert(fewer_bits_need_less(formats) && fewer_bits_need_less(mixes));
static_assert(in(mixes, number_format::bf16).saved < bytes{} && in(mixes, number_format::bf16).speed_up < 1 &&
              in(mixes, number_format::q2_k).saved > bytes{} && in(mixes, number_format::q2_k).memory_ratio < 1);

// Formats of the KV cache: vLLM has fp8, int8 and int4 beside the compute type, llama.cpp q8_0 and q4_0. In fp8 a token
// of Llama 3.1 8B takes 2 x 32 layers x 8 heads x 128 bytes, half of what it takes in bf16.
constexpr format_savings_report caches = cache_savings(models::llama_3_1_8b, serve, cards::h100_sxm5_80gb);
static_assert(caches.count == 4 && caches.of[0].saved == bytes{} && caches.of[0].speed_up == 1);
static_assert(caches.of[0].memory.components.kv_cache == bytes_of(640 * 2 * 32 * 8 * 128 * 2));
static_assert(in(caches, number_format::fp8).memory.components.kv_cache == bytes_of(640 * 2 * 32 * 8 * 128));
static_assert(in(caches, number_format::int8).memory.components.kv_cache == bytes_of(640 * 2 * 32 * 8 * 128));
static_assert(in(caches, number_format::int4).memory.components.kv_cache == bytes_of(640 * 32 * 8 * 128));
static_assert(in(caches, number_format::fp8).saved == bytes_of(640 * 2 * 32 * 8 * 128));
static_assert(cache_savings(models::llama_3_1_8b, gguf, cards::rtx_4090).count == 3);
// An encoder has no cache.
static_assert(cache_savings(models::bert_large, {.prompt = 512, .generate = 0}, cards::rtx_4090).count == 0);

// The answer for each format is that of a job in it.
constexpr inference in_fp8{.weights = number_format::fp8, .prompt = 512, .generate = 128, .framework = engine::vllm};
static_assert(in(formats, number_format::fp8).time.inter_token ==
              time(models::llama_3_1_8b, in_fp8, cards::h100_sxm5_80gb).inter_token);
static_assert(in(formats, number_format::fp8).memory.device() ==
              memory(models::llama_3_1_8b, in_fp8, cards::h100_sxm5_80gb).device());

}  // namespace
