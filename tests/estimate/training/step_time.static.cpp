// SPDX-License-Identifier: MIT

// Tests time estimates against published figures: rates of training runs, bus bandwidths of collectives, and peak
// rates.

#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_ampere_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_blackwell.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/hardware/cards/nvidia_volta.hpp>
#include <cardfit/model/detector_zoo.hpp>
#include <cardfit/model/encoder_decoder_zoo.hpp>
#include <cardfit/model/translation_zoo.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

constexpr bool within(double value, double expected, double share) {
    return value >= expected * (1 - share) && value <= expected * (1 + share);
}

// ---- Published runs

// torchtitan, Llama 3.1 8B on eight H100s (96 GB, 500 W), December 2024: 5762 tokens/s per card, 6667 compiled, and
// 8532 with fp8.
constexpr double titan(precision p, bool compiled) {
    const training job{.precision = p,
                       .micro_batch = 2,
                       .sequence_length = 8192,
                       .recompute = recompute::selective,
                       .compiled = compiled,
                       .framework = framework::torchtitan,
                       .software_date = {2024, 12}};
    return step_time(models::llama_3_1_8b, job, 8 * cards::h100_sxm5_96gb, {.sharding = sharding::full})
        .tokens_per_second.number;
}
static_assert(within(titan(precision::bf16_mixed, false), 46096, 0.21));
static_assert(within(titan(precision::bf16_mixed, true), 53336, 0.21));
static_assert(within(titan(precision::fp8_mixed, true), 68256, 0.21));

// Megatron-Bridge, Qwen3-235B-A22B in MXFP8 on B200s with 16 experts a card, one sequence at a time: 3776 tokens/s per
// card on 256 (April 2026), 3269 on 64 (November 2025). The host casts what experts read one after the other.
constexpr double bridge(std::int64_t accumulation, int cards, int data, int virtual_stages, software_date date) {
    const training job{.precision = precision::mxfp8_mixed,
                       .gradient_accumulation = accumulation,
                       .sequence_length = 4096,
                       .framework = framework::megatron,
                       .software_date = date};
    const layout l{
        .data = data, .pipeline = 8, .virtual_stages = virtual_stages, .expert = 8, .sharding = sharding::optimizer};
    return step_time(models::qwen3_235b_a22b, job, cards * cards::b200_sxm_180gb, l).tokens_per_second.number / cards;
}
static_assert(within(bridge(256, 256, 32, 1, {2026, 4}), 3776, 0.15));
static_assert(within(bridge(128, 64, 8, 2, {2025, 11}), 3269, 0.15));

// A TinyLlama in transformers 5.17 with PyTorch 2.11 on one H200, 65,536 tokens in bf16 with checkpoints: 5.318 s
// (measured_h200.jsonl, k07), nearly all of it attention, which is cuDNN's since PyTorch 2.11.
constexpr double long_step(software_date date) {
    const training job{.precision = precision::bf16,
                       .sequence_length = 65'536,
                       .recompute = recompute::full,
                       .framework = framework::transformers,
                       .software_date = date};
    return step_time(models::tinyllama_1_1b, job, cards::h200_sxm_141gb).step.number;
}
static_assert(within(long_step({2026, 3}), 5.318, 0.1) && long_step({2026, 2}) > 1.8 * long_step({2026, 3}));

// Whisper small in transformers' Trainer on one H200, 16 clips of 1500 positions and 128 tokens: 0.1158 s
// (measured_h200.jsonl, k01). Both stacks and the attention between them run in fused kernels.
constexpr double whisper_step(attention how) {
    const training job{.precision = precision::fp16_mixed,
                       .micro_batch = 16,
                       .sequence_length = 128,
                       .attention = how,
                       .framework = framework::transformers};
    return step_time(models::whisper_small, job, cards::h200_sxm_141gb).step.number;
}
static_assert(within(whisper_step(attention::flash), 0.1158, 0.15));
static_assert(whisper_step(attention::eager) > 1.5 * whisper_step(attention::flash));

// NVIDIA DeepLearningExamples, ResNet-50 in fp32 on a V100 16 GB, October 2020: 384 images/s.
constexpr time_estimate resnet = step_time(models::resnet_50,
                                           {.precision = precision::fp32,
                                            .optimizer = optimizer::sgd_momentum,
                                            .micro_batch = 96,
                                            .framework = framework::dle,
                                            .software_date = {2020, 10}},
                                           cards::v100_sxm2_16gb);
static_assert(within(resnet.samples_per_second, 384, 0.29) && resnet.tokens_per_second.number == 0);

// huggingface/pytorch-image-models, results/benchmark-train-amp-nchw-pt112-cu113-rtx3090.csv, July 2022: images/s of
// one RTX 3090 in autocast and the contiguous layout, which cuDNN 8 transforms around its kernels.
constexpr double timm(const convnet& model, std::int64_t batch) {
    const training job{.precision = precision::fp16_mixed,
                       .optimizer = optimizer::sgd_momentum,
                       .micro_batch = batch,
                       .image_size = 224,
                       .software_date = {2022, 7}};
    return step_time(model, job, cards::rtx_3090).samples_per_second;
}
static_assert(within(timm(models::resnet_18, 512), 2764, 0.18) && within(timm(models::resnet_50, 512), 826, 0.18));
static_assert(within(timm(models::resnet_152, 192), 370, 0.18) && within(timm(models::vgg_16, 384), 465, 0.18));
static_assert(within(timm(models::swin_t, 256), 647, 0.18) && within(timm(models::mobilenet_v2, 512), 1832, 0.18));

// lambdal/deeplearning-benchmark, ResNet-50 on an RTX 3090: 797.93 images/s in mixed precision and 472.45 in fp32,
// whose convolutions run in tf32 (October 2020); 905 and 513 (September 2022). cuDNN before version 8 was slower in the
// contiguous layout, and memory_format says which layout a program uses.
constexpr double resnet_rate(precision p, memory_format format, software_date date, const gpu& card = cards::rtx_3090) {
    const training job{.precision = p,
                       .optimizer = optimizer::sgd_momentum,
                       .micro_batch = 128,
                       .memory_format = format,
                       .software_date = date};
    return step_time(models::resnet_50, job, card).samples_per_second;
}
constexpr double mixed = resnet_rate(precision::fp16_mixed, memory_format::by_default, latest_software_date);
constexpr double full = resnet_rate(precision::fp32, memory_format::by_default, latest_software_date);
static_assert(within(mixed / full, 797.93 / 472.45, 0.1) && within(mixed / full, 905.0 / 513, 0.1));
static_assert(full == resnet_rate(precision::tf32, memory_format::by_default, latest_software_date));
// An A100's tf32 is eight times its fp32.
static_assert(resnet_rate(precision::fp32, memory_format::by_default, {2020, 10}, cards::a100_sxm4_80gb) >
              1.5 * resnet_rate(precision::fp32, memory_format::by_default, {2020, 9}, cards::a100_sxm4_80gb));
static_assert(resnet_rate(precision::fp16_mixed, memory_format::contiguous, {2020, 1}) <
              0.8 * resnet_rate(precision::fp16_mixed, memory_format::channels_last, {2020, 1}));

// ---- Contents of an estimate

constexpr time_estimate step = step_time(models::llama_3_1_8b, {.recompute = recompute::full},
                                         16 * cards::a100_sxm4_80gb, {.pipeline = 2, .sharding = sharding::full});
static_assert(step.breakdown.total() == step.step && step.step_low < step.step && step.step < step.step_high);
static_assert(step.breakdown.bubble.number > 0 && step.breakdown.data_communication.number > 0);
static_assert(step.model_flops_utilization > 0.02 && step.model_flops_utilization < 0.7);
// The token rate of a translation model counts the tokens of both sentences.
constexpr time_estimate gnmt =
    step_time(models::gnmt, {.micro_batch = 128, .sequence_length = 26, .framework = framework::dle}, cards::rtx_3090);
static_assert(within(gnmt.tokens_per_second.number, gnmt.samples_per_second * 52, 1e-12));
// The largest networks of the zoo are estimated within the compilers' default limits.
static_assert(step_time(models::ssd300_resnet50, {.micro_batch = 8, .framework = framework::dle}, cards::a100_sxm4_80gb)
                  .step.number > 0);
static_assert(step_time(models::mask_rcnn_r50_fpn, {.framework = framework::detectron2}, 8 * cards::v100_sxm2_16gb)
                  .step.number > 0);
static_assert(step_time(models::resnet_152, {.micro_batch = 8}, cards::a100_sxm4_80gb).step.number > 0);

// Of a masked loss, 15 % of the positions have logits (BERT, arXiv 1810.04805, section 3.1). A logit takes 2 FLOPs per
// hidden element, forward and for two gradients: BERT-large has 30,522 entries of 1024 elements.
constexpr double bert_flops(loss how) {
    const training job{.precision = precision::fp16_mixed, .micro_batch = 8, .sequence_length = 512, .loss = how};
    const time_estimate e = step_time(models::bert_large, job, cards::a100_sxm4_80gb);
    return e.model_flops_utilization * e.step.number * 312e12;
}
static_assert(within(bert_flops(loss::full) - bert_flops(loss::masked), 0.85 * 6 * 30'522 * 1024 * 8 * 512, 1e-6));
