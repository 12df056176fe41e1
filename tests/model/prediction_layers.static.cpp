// SPDX-License-Identifier: MIT

// Tests layers of multi-token prediction: DeepSeek-V3's published counts, the place of the layers in a pipeline, and
// what their logits add.

#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/prediction_layers.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr network v3 = lower(models::deepseek_v3);
constexpr network v3_predicting = with_prediction_layers(v3, 1);

// By the names of its file: enorm, hnorm, eh_proj, the norm of shared_head, and layer 61, which is as layer 60.
constexpr std::int64_t joint = 2 * 7168 * 7168;
static_assert(parameters(v3_predicting) - parameters(v3) ==
              3 * 7168 + joint + parameters(v3.blocks[v3.block_kinds - 1]));
// DeepSeek-V3, README_WEIGHTS.md: 11.5 B parameters, excluding the shared embedding and head of 0.9 B each, and 2.4 B
// activated with them; both are met without eh_proj.
constexpr std::int64_t added = parameters(v3_predicting) - parameters(v3) - joint;
static_assert(added > 11'450'000'000 && added < 11'550'000'000);
constexpr std::int64_t activated =
    active_parameters(v3_predicting) - active_parameters(v3) - joint + 2 * std::int64_t{129'280} * 7168;
static_assert(activated > 2'350'000'000 && activated < 2'450'000'000);

// Two depths: two layers of one kind, and three times the logits' FLOPs.
constexpr network two = with_prediction_layers(lower(models::llama_3_1_8b), 2);
static_assert(two.layers == 34 && two.blocks[1].layers.count(0, 34) == 2 && two.blocks[0].layers.count(0, 34) == 32);
static_assert(forward_flops(two, 4096) >
              forward_flops(models::llama_3_1_8b, 4096) +
                  2 * 4096.0 * (2 * 4096.0 * 128'256 + detail::layer_flops(two.blocks[0], 4096)));

// Neither an encoder nor an encoder-decoder predicts further tokens; nor does a network whose last layer has no
// attention.
static_assert(takes_prediction_layers(v3) && !takes_prediction_layers(lower(models::bert_base)));

// A pipeline of 4 stages has the model's layers in fours, and the prediction layers on the last stage.
constexpr layout staged{.data = 1, .pipeline = 4};
static_assert(content_of(two, staged, 8, 0).layers[0] == 8 && content_of(two, staged, 8, 0).layers[1] == 0);
static_assert(content_of(two, staged, 8, 3).layers[0] == 8 && content_of(two, staged, 8, 3).layers[1] == 2);

// DeepSeek-V3 on 16 stages, 4 units each of embedding, 61 layers, the prediction layer and the head: 3 layers on the
// first stage, 4 on each other, and 2 with the prediction layer on the last.
constexpr std::int64_t layers_on(std::int64_t stage) {
    const stage_content content = content_of(v3_predicting, layout{.data = 1, .pipeline = 16}, 64, stage);
    return content.layers[0] + content.layers[1];
}
static_assert(layers_on(0) == 3 && layers_on(1) == 4 && layers_on(14) == 4 && layers_on(15) == 2);

constexpr training job(std::int64_t mtp, loss how = loss::full) {
    return {.micro_batch = 1,
            .gradient_accumulation = 8,
            .sequence_length = 4096,
            .loss = how,
            .mtp_layers = mtp,
            .framework = framework::megatron};
}
constexpr stage_load last_stage(std::int64_t mtp, loss how = loss::full) {
    const lowered_training lowered =
        lower_job(models::llama_3_1_8b, job(mtp, how), 4 * cards::h100_sxm5_80gb, layout{.pipeline = 4});
    for (std::size_t i = 0; i < lowered.stage_count; ++i)
        if (lowered.stage_index[i] == 3) return lowered.stages[i];
    return {};
}
// Megatron-LM's loss leaves its fp32 softmax of each depth; the loss of the model itself takes 6 bytes per logit.
static_assert(last_stage(0).logits_per_token == 128'256 * 6);
static_assert(last_stage(2).logits_per_token == 128'256 * (6 + 2 * 4));
// Transformer Engine's fused loss leaves the gradient in place of the 16-bit logits.
static_assert(last_stage(2, loss::fused).logits_per_token == 128'256 * (2 + 2 * 2));
static_assert(last_stage(2, loss::chunked).logits_per_token == last_stage(0, loss::chunked).logits_per_token);
// The last stage of a pipeline looks up tokens too: a copy of the embedding and two layers, 2 bytes per weight.
constexpr std::int64_t more_weights =
    2 * (128'256 * std::int64_t{4096} + 2 * (parameters(two.blocks[0]) + 2 * 4096 * 4096 + 3 * 4096));
static_assert(last_stage(2).weights - last_stage(0).weights == more_weights);

// More layers take longer, by less than their FLOPs: what a step waits for beside matmuls is not longer.
constexpr double seconds_of_step(std::int64_t mtp) {
    return step_time(models::llama_3_1_8b, job(mtp), 8 * cards::h100_sxm5_80gb,
                     {.data = 1, .tensor = 8, .sharding = sharding::optimizer})
        .step.number;
}
constexpr double ratio = seconds_of_step(2) / seconds_of_step(0);
constexpr double flops = forward_flops(two, 4096) / forward_flops(models::llama_3_1_8b, 4096);
static_assert(ratio > 1 + (flops - 1) * 0.7 && ratio < flops);

// An encoder has no next token.
constexpr std::size_t wrong(std::int64_t mtp, const network& net) { return problems(job(mtp), net).size(); }
static_assert(wrong(2, lower(models::llama_3_1_8b)) == 0);
static_assert(wrong(2, lower(models::bert_base)) == wrong(0, lower(models::bert_base)) + 1);
static_assert(wrong(17, lower(models::llama_3_1_8b)) == 1 && wrong(-1, lower(models::llama_3_1_8b)) == 1);

}  // namespace
