// SPDX-License-Identifier: MIT

// Tests what full sharding gathers: no unit twice, and unsharded gradients where micro-batches accumulate.

#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

constexpr transformer one_layer{.layers = 1,
                                .hidden = 12288,
                                .heads = 96,
                                .ffn = 4 * 12288,
                                .ffn_gated = false,
                                .vocab = 51200,
                                .norm = norm_kind::layer,
                                .biases = biases::all};
constexpr training megatron{.precision = precision::fp16_mixed,
                            .micro_batch = 1,
                            .sequence_length = 2048,
                            .attention = attention::eager,
                            .dropout = true,
                            .framework = framework::megatron};

// Offloaded weights are fetched to the card one unit at a time: a layer of Llama 3.1 405B has 3.2 B parameters, and two
// layers are present at once.
constexpr training offloaded{
    .precision = precision::bf16, .sequence_length = 1, .recompute = recompute::full, .offload = offload::full};
static_assert(memory(models::llama_3_1_405b, offloaded, cards::h100_sxm5_80gb).components.gathered >
              gigabytes(2 * 2 * 3));

// meta-pytorch/torchtune's README has 44.8 GB per card for QLoRA of Llama 3.1 405B on 8 A100. Its recipe as it stands
// (llama3_1/405B_qlora.yaml: one sequence at a time, Alpaca not packed) is met within 5 % at 128 to 512 tokens. At the
// 4,096 tokens per micro-batch that the README's note has for the table's rows, checkpoints (126 layers of 16,384 in
// 16 bits: 16.9 GB) beside an eighth of the packed weights (26 GB) leave 2 GB for everything else.
constexpr double tuned_405b(std::int64_t tokens) {
    const training job{.precision = precision::bf16,
                       .sequence_length = tokens,
                       .recompute = recompute::full,
                       .compiled = true,
                       .adapter = {.method = adapter_method::lora,
                                   .rank = 16,
                                   .targets = targets(target::query, target::value, target::output, target::gate,
                                                      target::up, target::down)},
                       .base_weights = number_format::nf4,
                       .loss = loss::chunked,
                       .framework = framework::torchtune,
                       .software_date = {2024, 9}};
    const layout sharded{.data = 8, .sharding = sharding::full};
    return in_gigabytes(memory(models::llama_3_1_405b, job, 8 * cards::a100_sxm4_80gb, sharded).allocated());
}
static_assert(tuned_405b(128) > 44.8 * 0.95 && tuned_405b(512) < 44.8 * 1.05);

// Nothing is gathered twice: a model of one layer has one unit in forward, and in backward that unit with its
// gradients.
constexpr stage_load one_unit =
    lower_job(one_layer, megatron, 8 * cards::h100_sxm5_80gb, {.data = 8, .sharding = sharding::full}).stages[0];
static_assert(one_unit.gathered_forward == 2 * parameters(one_layer));
static_assert(one_unit.gathered_backward < 2 * one_unit.gathered_forward);

// FSDP stores whole gradients while it accumulates micro-batches without synchronizing (litgpt), whether they are
// offloaded or not.
constexpr std::int64_t whole_gradients(offload what) {
    const stage_load load = lower_job(models::llama_3_1_8b,
                                      training{.precision = precision::bf16,
                                               .gradient_accumulation = 8,
                                               .sequence_length = 1,
                                               .offload = what,
                                               .framework = framework::litgpt},
                                      2 * cards::h100_sxm5_80gb, {.data = 2, .sharding = sharding::full})
                                .stages[0];
    return load.gathered_backward + load.gradients;
}
static_assert(whole_gradients(offload::full) >= 2 * parameters(models::llama_3_1_8b));
static_assert(whole_gradients(offload::full) == whole_gradients(offload::none));

// LoRA in the Hugging Face Trainer (foundation-model-stack/fms-acceleration, scripts/benchmarks/refs/a100_80gb.csv:
// packed to 4096, rank 16 on q, k, v, o, gradient checkpointing).
constexpr training adapted{.precision = precision::bf16_mixed,
                           .sequence_length = 4096,
                           .recompute = recompute::full,
                           .adapter = {.method = adapter_method::lora,
                                       .rank = 16,
                                       .targets = targets(target::query, target::key, target::value, target::output)},
                           .framework = framework::transformers,
                           .software_date = {2024, 12}};
constexpr layout two_shards{.data = 2, .sharding = sharding::full};
constexpr lowered_training mistral_alone = lower_job(models::mistral_7b, adapted, cards::a100_sxm4_80gb);
constexpr lowered_training mistral_sharded =
    lower_job(models::mistral_7b, adapted, 2 * cards::a100_sxm4_80gb, two_shards);

// On one card a token more takes 540,960 bytes (21.91, 30.17, 46.68 GiB at micro-batches 4, 8, 16), on two 786,720
// (19.76, 31.77, 55.78 GiB). The difference is exactly the inputs of 30 of the 32 layers in bf16: FSDP's reshard hooks
// hold them and their gradients until backward ends (pytorch/pytorch#101982). Here it is counted without the
// gradient of the last layer's output.
constexpr std::int64_t held = mistral_sharded.stages[0].held_per_token;
static_assert(held == 2 * 31 * 2 * 4096);
static_assert(mistral_alone.stages[0].held_per_token == 0);

// A checkpoint that is not reentrant leaves the hook no leaf to hold (huggingface/trl#4811), and neither do trained
// layers, which FSDP reshards by a hook on their gradient.
constexpr training today = [] {
    training t = adapted;
    t.software_date = {2026, 1};
    return t;
}();
constexpr training whole = [] {
    training t = adapted;
    t.adapter = {};
    return t;
}();
static_assert(lower_job(models::mistral_7b, today, 2 * cards::a100_sxm4_80gb, two_shards).stages[0].held_per_token ==
              0);
static_assert(lower_job(models::mistral_7b, whole, 2 * cards::a100_sxm4_80gb, two_shards).stages[0].held_per_token ==
              0);

// A quantized base is gathered as it is stored: of Llama-2-70B's 855,654,400 parameters a layer, nf4 with double
// quantization stores 0.516 bytes each (QLoRA, arXiv 2305.14314, section 3: 4.127 bits).
constexpr training quantized = [] {
    training t = adapted;
    t.micro_batch = 2;
    t.base_weights = number_format::nf4_dq;
    return t;
}();
constexpr lowered_training llama_70b = lower_job(models::llama_2_70b, quantized, 2 * cards::a100_sxm4_80gb, two_shards);
constexpr std::int64_t one_layer_gathered = llama_70b.stages[0].gathered_ahead;
static_assert(one_layer_gathered > 855'654'400 * 0.515 && one_layer_gathered < 855'654'400 * 0.518);

// Measured: 46,686,294,508 bytes allocated.
constexpr double allocated = static_cast<double>(memory(llama_70b).allocated().number);
static_assert(allocated > 0.98 * 46'686'294'508.0 && allocated < 1.02 * 46'686'294'508.0);

// A base of 16 bits has nothing that autocast would cast, so the residual path has 16 bits as well: an adapter over a
// GPTQ base with fp16=True, measured 28,443,420,918 bytes allocated at micro-batch 8.
constexpr training gptq = [] {
    training t = adapted;
    t.precision = precision::fp16_mixed;
    t.micro_batch = 8;
    t.base_weights = number_format::gptq_int4;
    return t;
}();
constexpr double gptq_allocated =
    static_cast<double>(memory(lower_job(models::mistral_7b, gptq, cards::a100_sxm4_80gb)).allocated().number);
static_assert(gptq_allocated > 0.98 * 28'443'420'918.0 && gptq_allocated < 1.02 * 28'443'420'918.0);

// prepare_model_for_kbit_training widens what bitsandbytes does not quantize, and the residual path with it: the same
// QLoRA run took 34.46 GiB with it and 26.46 GiB without.
constexpr std::int64_t qlora_checkpoint(framework_switch preparation) {
    training t = adapted;
    t.base_weights = number_format::nf4_dq;
    t.adapter.kbit_preparation = preparation;
    return lower_job(models::mistral_7b, t, cards::a100_sxm4_80gb).stages[0].saved_per_token;
}
static_assert(qlora_checkpoint(framework_switch::on) == 32 * 4 * 4096);
static_assert(qlora_checkpoint(framework_switch::off) == 32 * 2 * 4096);
static_assert(qlora_checkpoint(framework_switch::by_default) == qlora_checkpoint(framework_switch::on));

// Without dropout, the four adapters read the tensors that exist, and make no copies of their inputs (two bytes and a
// mask for each element); attention's input is then saved once.
constexpr std::int64_t live_bytes(framework_switch dropout, framework of = framework::pytorch) {
    training t = adapted;
    t.framework = of;
    t.adapter.dropout = dropout;
    return lower_job(models::mistral_7b, t, cards::a100_sxm4_80gb).stages[0].recomputed_per_token;
}
static_assert(live_bytes(framework_switch::on) - live_bytes(framework_switch::off) == 4 * 3 * 4096 - 2 * 4096);
// Under autocast, peft's adapters are fp32, and each casts its input: only the masks are less. 34,118,251,008 and
// 36,643,222,016 bytes were measured without dropout and with it (measured_h100.jsonl, h016a and h017a).
static_assert(live_bytes(framework_switch::on, framework::transformers) -
                  live_bytes(framework_switch::off, framework::transformers) ==
              4 * 4096);
