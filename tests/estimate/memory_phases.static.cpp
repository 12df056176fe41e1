// SPDX-License-Identifier: MIT

// Tests the memory of each phase: against published figures, and against the estimate of the peak.

#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/estimate/memory_phases.hpp>
#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/multimodal_zoo.hpp>
#include <cardfit/model/zoo.hpp>

#include <string_view>

using namespace cardfit;

constexpr phase_memory phase_of(const memory_phase_list& phases, std::string_view name, int stage = 0) {
    for (const phase_memory& each : phases)
        if (each.name == name && each.stage == stage) return each;
    return {};
}

/// Returns true if the estimate of the peak is one of the phases, and no other phase of its stage holds more. Blocks
/// that other phases left are in the peak alone.
template <class Lowered>
constexpr bool has_peak(const Lowered& job, const memory_phase_list& phases) {
    const memory_estimate peak = memory(job);
    bool found = false;
    for (const phase_memory& each : phases) {
        memory_components here = peak.components;
        here.graphs = {};
        here.context = {};
        here.communication = {};
        if (each.stage == peak.peak_stage && each.reserved() > here.reserved()) return false;
        here.fragmentation = each.components.fragmentation;
        found = found || (each.when == peak.peak_phase && each.stage == peak.peak_stage && each.components == here);
    }
    return found;
}

// Llama 3.2 1B, bf16 autocast with full recomputation, 4 x 2048 tokens: 29,273,043,456 bytes are the most that tensors
// held, when the loss was computed (measured_h100.jsonl, h001a). It has 1,235,814,400 parameters (model.safetensors of
// meta-llama/Llama-3.2-1B), of which AdamW has two states and backward a gradient in fp32 each.
constexpr training checkpointed{.precision = precision::bf16_mixed,
                                .micro_batch = 4,
                                .sequence_length = 2048,
                                .recompute = recompute::full,
                                .framework = framework::transformers};
constexpr lowered_training tuned = lower_job(models::llama_3_2_1b, checkpointed, cards::h100_sxm5_80gb);
constexpr memory_phase_list of_step = memory_by_phase(tuned);
static_assert(of_step.count == 4 && has_peak(tuned, of_step));
constexpr double at_loss = static_cast<double>(phase_of(of_step, "loss").allocated().number);
static_assert(at_loss > 0.99 * 29'273'043'456.0 && at_loss < 1.01 * 29'273'043'456.0);
constexpr phase_memory stepping = phase_of(of_step, "optimizer step");
constexpr std::int64_t in_fp32 = std::int64_t{4} * 1'235'814'400;
static_assert(stepping.components.gradients.number == in_fp32 && stepping.components.optimizer.number == 2 * in_fp32);
static_assert(stepping.components.activations == bytes{} && stepping.components.logits == bytes{});
// Backward frees the saved activations as it goes.
static_assert(phase_of(of_step, "last layer of backward").components.activations <
              phase_of(of_step, "first layer of backward").components.activations);

// Every pipeline stage has its phases. The head is on the last one, so that the others have no logits.
constexpr lowered_training in_stages = lower_job(models::llama_3_1_8b, training{.framework = framework::megatron},
                                                 4 * cards::a100_sxm4_80gb, {.pipeline = 4});
constexpr memory_phase_list of_stages = memory_by_phase(in_stages);
static_assert(of_stages.count == 4 * in_stages.stage_count && has_peak(in_stages, of_stages));
static_assert(phase_of(of_stages, "loss", 0).components.logits == bytes{});
static_assert(phase_of(of_stages, "loss", 3).components.logits > bytes{});

// Llama 3.1 8B stores 2 x 32 layers x 8 heads x 128 elements of 16 bits per token: 131,072 bytes. Its weights alone
// are on the card when they are loaded.
constexpr inference chat{.prompt = 1000, .generate = 24};
constexpr lowered_inference served = lower_job(models::llama_3_1_8b, chat, cards::h100_sxm5_80gb);
constexpr memory_phase_list of_chat = memory_by_phase(served);
static_assert(has_peak(served, of_chat));
static_assert(phase_of(of_chat, "load").components.kv_cache == bytes{});
static_assert(phase_of(of_chat, "decode").components.kv_cache.number == std::int64_t{131'072} * 1024);
static_assert(phase_of(memory_by_phase(lower_job(models::llama_3_1_8b, inference{.prompt = 1000, .generate = 0},
                                                 cards::h100_sxm5_80gb)),
                       "decode")
                  .allocated() == bytes{});

// A vision tower has a phase of its own, and an image model none that generates.
constexpr lowered_inference looks =
    lower_job(models::llava_1_5_7b, {.prompt = 64, .generate = 8, .images = 1}, cards::h100_sxm5_80gb);
static_assert(memory_by_phase(looks).count == 5 && has_peak(looks, memory_by_phase(looks)));
constexpr lowered_inference sees = lower_job(models::vit_b_16, {.batch = 8}, cards::h100_sxm5_80gb);
static_assert(memory_by_phase(sees).count == 3 && has_peak(sees, memory_by_phase(sees)));
