// SPDX-License-Identifier: MIT

// Tests encoder-decoders whose source and target differ in length: FLOPs and scores counted by hand, memory and time
// that agree with equal lengths, and published batch sizes of Whisper.

#include <cardfit/decide/fits.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_volta.hpp>
#include <cardfit/model/encoder_decoder_zoo.hpp>
#include <cardfit/model/source_length.hpp>

using namespace cardfit;

namespace {

constexpr bool within(double value, double expected, double share) {
    return value > expected * (1 - share) && value < expected * (1 + share);
}

constexpr network t5 = lower(models::t5_large);

// A source as long as the target changes no FLOPs and no number of scores.
static_assert(forward_flops(with_source(t5, 512), 512) == forward_flops(t5, 512));
static_assert(with_source(t5, 512).blocks[1].attention.score_heads == 16 &&
              with_source(t5, 512).blocks[1].attention.source_heads == 16);
// T5-large by hand, 512 tokens in and 4 out: 24 layers of 12 h^2 in the encoder and of 16 h^2 in the decoder, 4 h^2 of
// which (keys and values of the source, 2 h^2) have a row per source token; scores with 512 positions; the head.
constexpr double h = 1024;
constexpr double by_hand =
    24 * 2 * (512 * (12 * h * h + 2 * 512 * h) + 4 * (14 * h * h + 4 * h + 2 * 512 * h) + 512 * 2 * h * h) +
    4 * 2 * h * 32128;
static_assert(within(forward_flops(with_source(t5, 512), 4), by_hand, 1e-9));

// The stacks of a network are its encoder and its decoder.
static_assert(stack_of(t5, true).layers == 24 && stack_of(t5, false).layers == 24);
static_assert(stack_of(lower(models::whisper_large_v3_turbo), true).layers == 32 &&
              stack_of(lower(models::whisper_large_v3_turbo), false).layers == 4);

constexpr training translation(std::int64_t source, std::int64_t target) {
    return {.micro_batch = 8, .sequence_length = target, .source_length = source, .attention = attention::eager};
}
constexpr double device(std::int64_t source, std::int64_t target) {
    return static_cast<double>(
        memory(models::t5_large, translation(source, target), cards::a100_sxm4_80gb).device().number);
}
constexpr double seconds_of_step(std::int64_t source, std::int64_t target) {
    return step_time(models::t5_large, translation(source, target), cards::a100_sxm4_80gb).step.number;
}
// Stated or not, equal lengths give nearly the same (all decoder layers read one copy of the encoder's result).
static_assert(within(device(512, 512), device(0, 512), 0.02));
static_assert(within(seconds_of_step(512, 512), seconds_of_step(0, 512), 0.02));
// More of either takes more, and a short target leaves the encoder's share.
static_assert(device(512, 4) < device(512, 512) && device(4, 512) < device(512, 512) && device(512, 4) > device(4, 4));
static_assert(seconds_of_step(512, 4) < seconds_of_step(512, 512) && seconds_of_step(512, 4) > seconds_of_step(4, 4));

// Whisper needs no key: the encoder of one layer's eager scores is 12 heads x 1500 x 1500, saved in fp16 and fp32 under
// autocast, and each layer's checkpoint 1500 x 768 in fp32, whatever the target's length.
constexpr training whisper(std::int64_t micro_batch, std::int64_t target = 128) {
    return {.precision = precision::fp16_mixed,
            .micro_batch = micro_batch,
            .sequence_length = target,
            .recompute = recompute::full,
            .attention = attention::eager,
            .framework = framework::transformers,
            .software_date = {2022, 12}};  // the month of the event
}
constexpr stage_load small = lower_job(models::whisper_small, whisper(1), cards::v100_sxm2_16gb).stages[0];
static_assert(small.source_layer_per_sample > 12 * 1500 * 1500 * 6 &&
              small.source_layer_per_sample < 12 * 1500 * 1500 * 9);
static_assert(small.tower_per_sample > 12 * 1500 * 768 * 4 && small.tower_per_sample < 2 * 12 * 1500 * 768 * 4);

// huggingface/community-events, whisper-fine-tuning-event/README.md, recommended batch sizes with fp16 and gradient
// checkpointing: small 16 on a V100 16 GB and 64 on an A100 40 GB, medium 2 and 32. Each fits, twice as much does not.
constexpr std::int64_t largest(const encoder_decoder& m, const gpu& card) {
    return largest_micro_batch(m, whisper(1), card);
}
static_assert(largest(models::whisper_small, cards::v100_sxm2_16gb) >= 16 &&
              largest(models::whisper_small, cards::v100_sxm2_16gb) < 2 * 16 + 2);
static_assert(largest(models::whisper_small, cards::a100_sxm4_40gb) >= 64 &&
              largest(models::whisper_small, cards::a100_sxm4_40gb) < 2 * 64);
static_assert(largest(models::whisper_medium, cards::v100_sxm2_16gb) >= 2 &&
              largest(models::whisper_medium, cards::v100_sxm2_16gb) < 2 * 2);
static_assert(largest(models::whisper_medium, cards::a100_sxm4_40gb) >= 32 &&
              largest(models::whisper_medium, cards::a100_sxm4_40gb) < 2 * 32);

// huggingface/transformers#10326: T5-3B, 512 in and 4 out, ZeRO-2 with the optimizer on the host, micro-batch 4 ran on
// two V100 32 GB.
static_assert(fits(models::t5_3b,
                   {.precision = precision::fp16_mixed,
                    .micro_batch = 4,
                    .sequence_length = 4,
                    .source_length = 512,
                    .dropout = true,
                    .offload = offload::optimizer,
                    .framework = framework::deepspeed,
                    .software_date = {2021, 2}},
                   2 * cards::v100_sxm2_32gb, {.data = 2, .sharding = sharding::gradients}));

// Refusals: a source of a decoder, and another one than Whisper's.
constexpr std::size_t refused(const network& net, std::int64_t source) {
    return problems(training{.sequence_length = 8, .source_length = source}, net).size();
}
static_assert(refused(t5, 512) == 0 && refused(lower(models::whisper_small), 1500) == 0);
static_assert(refused(lower(models::whisper_small), 1000) == 1 && refused(lower(models::bart_base), 2000) == 1);

}  // namespace
