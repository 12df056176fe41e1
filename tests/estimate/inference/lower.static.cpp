// SPDX-License-Identifier: MIT

// Tests what a stage of an inference holds, and the peaks over its phases, against hand counts of a small network.

#include <cardfit/estimate/inference/lower.hpp>

using namespace cardfit;

namespace {

// ---- A stage

/// Two layers of width 16: queries of 4 heads of 4, 2 heads of keys and values, and an ungated feed-forward of 32: 256
/// + 2 x 128 + 256 + 2 x 512 weights. 100 tokens of vocabulary, 3 more parameters of positions, 16 of the last norm.
constexpr network small() {
    network net{.block_kinds = 1,
                .layers = 2,
                .hidden = 16,
                .embedding_parameters = 1600,
                .position_parameters = 3,
                .head_parameters = 1600,
                .final_parameters = 16,
                .logits = 100,
                .heads = 4,
                .kv_heads = 2};
    layer_block& b = net.blocks[0];
    b.layers.end = 2;
    b.vector_parameters = 32;
    b.buffers = 5;
    b.add({.target = target::query, .in = 16, .out = 16});
    b.add({.target = target::key, .in = 16, .out = 8});
    b.add({.target = target::value, .in = 16, .out = 8});
    b.add({.target = target::output, .in = 16, .out = 16, .bias = true});
    b.add({.target = target::up, .in = 16, .out = 32});
    b.add({.target = target::down, .in = 32, .out = 16});
    b.attention = {.scores = score_kind::dot_product, .heads = 4, .score_heads = 4, .causal = true};
    b.cache = {.width = 16};
    b.width.of[tensor_role::query] = 16;
    b.width.of[tensor_role::key] = 8;
    b.width.of[tensor_role::value] = 8;
    b.width.of[tensor_role::up_output] = 32;
    b.width.of[tensor_role::feed_forward_hidden] = 32;
    return net;
}

/// What lowering a stage reads, with an engine whose rules are all plain.
struct stage_bench {
    network net = small();
    inference job{};
    layout l{.data = 1};
    engine_memory row{.hidden_copies = 2, .logit_bytes = 6};
    detail::trial_pass trial{};
    stage_content content{.layers = {2}, .embedding = true, .head = true};
    stored_weights stored{};
    std::int64_t compute = 2;
    std::int64_t first_experts = 0;
    bool host_takes = false;

    [[nodiscard]] constexpr detail::serving_inputs inputs() const {
        return {.net = net,
                .job = job,
                .l = l,
                .row = row,
                .trial = trial,
                .content = content,
                .stored = stored,
                .compute = compute,
                .unquantized = compute,
                .low = 0,
                .high = 2,
                .first_experts = first_experts,
                .host_takes_from_gpu = host_takes};
    }
    [[nodiscard]] constexpr inference_stage lowered() const { return detail::lower_stage(inputs()); }
};
template <class Change>
constexpr inference_stage stage_with(Change change) {
    stage_bench t;
    change(t);
    return t.lowered();
}
constexpr auto nothing = [](stage_bench&) {};

constexpr std::int64_t layer_weights = 256 + 2 * 128 + 256 + 16 + 2 * 512;
constexpr std::int64_t all_weights = 2 * (2 * (layer_weights + 32) + 1600 + 3 + 1600 + 16) + 2 * 4 * 5;

}  // namespace

// Weights of 2 bytes, and running statistics of 4; the cache of 16 elements in each of 2 layers, half of which exists
// twice while it grows.
constexpr inference_stage plain = stage_with(nothing);
static_assert(plain.weights == all_weights && plain.cache_per_token == 2 * 16 * 2 && plain.growth_per_token == 16);
// Two residuals of 16, beside 64 elements of feed-forward, or 2 x (16 + 8) + 8 of attention; two at the head.
static_assert(plain.feed_forward_per_token == (32 + 64) * 2 && plain.attention_per_token == (32 + 56) * 2);
static_assert(plain.hidden_per_token == 32 * 2 && plain.logit_row == 600 && plain.score == 0);
static_assert(plain.load == 0 && plain.scratch == 0 && plain.buffers_per_token == 0 && plain.graphs == 0);
static_assert(plain.state_sequence == 0 && plain.cross_per_token == 0 && plain.window_per_token[0] == 0 &&
              plain.window_tokens[0] == 0 && plain.image_activations == 0 && plain.image_features == 0 &&
              plain.missing == 0);

// One layer of two; neither embedding nor head.
constexpr inference_stage middle = stage_with([](stage_bench& t) { t.content = {.layers = {1}}; });
static_assert(middle.weights == 2 * (layer_weights + 32) + 20 && middle.cache_per_token == 32 &&
              middle.hidden_per_token == 0 && middle.logit_row == 0);
// Logits that return to the first card are fp32; the head's own card has copies of its own.
static_assert(stage_with([](stage_bench& t) {
                  t.content = {.layers = {1}, .embedding = true};
                  t.row.returns_logits = true;
              }).logit_row == 400 &&
              stage_with([](stage_bench& t) { t.content = {.layers = {1}, .embedding = true}; }).logit_row == 0);

// Two cards: halves of all matrices and of the heads; norms, positions and the last norm are whole.
constexpr inference_stage halved = stage_with([](stage_bench& t) { t.l.tensor = 2; });
static_assert(halved.weights == 2 * (2 * (layer_weights / 2 + 32) + 800 + 3 + 800 + 16) + 40);
static_assert(halved.cache_per_token == 32 && halved.feed_forward_per_token == (32 + 32) * 2 &&
              halved.attention_per_token == (32 + 28) * 2 && halved.logit_row == 300);
// Four cards have copies of the two heads of keys and values.
constexpr inference_stage quartered = stage_with([](stage_bench& t) { t.l.tensor = 4; });
static_assert(quartered.weights == 2 * (2 * ((256 + 272 + 1024) / 4 + 2 * 64 + 32) + 400 + 3 + 400 + 16) + 40);
static_assert(quartered.cache_per_token == 2 * 8 * 2);

// A shared table is one matrix, unless stages or the engine hold it twice.
constexpr auto tied = [](stage_bench& t) {
    t.net.tied = true;
    t.net.head_parameters = 0;
};
static_assert(stage_with(tied).weights == all_weights - 3200 && stage_with([](stage_bench& t) {
                                                                    tied(t);
                                                                    t.row.unties_table = true;
                                                                }).weights == all_weights);
static_assert(stage_with([](stage_bench& t) {
                  tied(t);
                  t.l.pipeline = 2;
              }).weights == all_weights);
// An embedding in host memory takes none of the card's, unless they are the same.
constexpr auto in_host = [](stage_bench& t) { t.row.embedding_in_host_since = t.job.software_date; };
static_assert(stage_with(in_host).weights == all_weights - 2 * 1603 && stage_with([](stage_bench& t) {
                                                                           in_host(t);
                                                                           t.host_takes = true;
                                                                       }).weights == all_weights);
static_assert(stage_with([](stage_bench& t) {
                  tied(t);
                  in_host(t);
              }).weights == all_weights - 2 * 1603);

// Adapters of rank 3, two of them, on rows and columns of every matrix: (32 + 24 + 24 + 32 + 48 + 48) a layer.
static_assert(stage_with([](stage_bench& t) {
                  t.job.adapters = 2;
                  t.job.adapter_rank = 3;
              }).weights == all_weights + 2 * 2 * 6 * 208);
static_assert(stage_with([](stage_bench& t) {
                  t.l.tensor = 2;
                  t.job.adapters = 2;
                  t.job.adapter_rank = 3;
              }).weights == halved.weights + 2 * 2 * 6 * 104);

// fp8: a byte per weight of the layers, and a scale of 4 bytes per block of 128 x 128 of its six matrices; an engine
// that quantizes the head, too, and one that quantizes on the card holds its largest matrix in 16 bits meanwhile.
// bitsandbytes keeps a buffer of it.
constexpr auto in_fp8 = [](stage_bench& t) { t.job.weights = number_format::fp8; };
constexpr std::int64_t saved_by_layer = 256 + 2 * 128 + 256 + 2 * 512 - 6 * 4;
static_assert(stage_with(in_fp8).weights == all_weights - 2 * saved_by_layer);
static_assert(stage_with([](stage_bench& t) {
                  in_fp8(t);
                  t.row.quantized_head = true;
                  t.row.quantizing_bytes = 2;
              }).weights == all_weights - 2 * saved_by_layer - 1600 + 4);
static_assert(stage_with([](stage_bench& t) {
                  in_fp8(t);
                  t.row.quantizing_bytes = 2;
              }).load == 2 * 512 &&
              stage_with([](stage_bench& t) { t.row.quantizing_bytes = 2; }).load == 0);
static_assert(stage_with([](stage_bench& t) {
                  in_fp8(t);
                  t.row.quantized_head = true;
                  t.row.quantizing_bytes = 2;
              }).load == 2 * 1600);
static_assert(stage_with([](stage_bench& t) { t.job.weights = number_format::nf4; }).scratch == 512 * 2);
static_assert(stage_with([](stage_bench& t) {
                  t.job.weights = number_format::gptq_int4;
                  t.row.keeps_dequantized = true;
              }).scratch == 512 * 2 &&
              stage_with([](stage_bench& t) { t.job.weights = number_format::gptq_int4; }).scratch == 0);
// Query, key and value coexist with their concatenation: 512 weights in each of 2 layers.
static_assert(stage_with([](stage_bench& t) { t.row.fuses_query_key_value = true; }).load == 2 * 2 * 512);
static_assert(stage_with([](stage_bench& t) {
                  t.row.fuses_query_key_value = true;
                  t.net.fused_query_key_value = true;
              }).load == 0);
// Autocast keeps half of the fp32 layers beside them.
static_assert(stage_with([](stage_bench& t) {
                  t.compute = 4;
                  t.job.weights = number_format::fp32;
                  t.job.autocast = true;
              }).scratch == (2 * 4 * (layer_weights + 32) + 40) / 2);

// Modules with formats of their own, and a layer left in 16 bits.
static_assert(stage_with([](stage_bench& t) { t.job.modules.head = number_format::fp8; }).weights ==
              all_weights - 1600 + 4);
static_assert(stage_with([](stage_bench& t) { t.job.modules.embedding = number_format::fp8; }).weights ==
              all_weights - 1600 + 4);
static_assert(stage_with([](stage_bench& t) {
                  in_fp8(t);
                  t.job.modules.unquantized_layers = 1;
              }).weights == all_weights - saved_by_layer);
static_assert(stage_with([](stage_bench& t) {
                  in_fp8(t);
                  t.job.modules.unquantized_layers = 5;
              }).weights == all_weights);

// ---- Cache and activations

// Scores of 2 bytes of 4 heads and a mask of 1 byte, before flash attention; buffers of the feed-forward that stay;
// rotary tables of 2 x positions x 4 elements in each layer.
static_assert(stage_with([](stage_bench& t) {
                  t.row.score_bytes = 2;
                  t.row.mask_bytes = 1;
              }).score == 4 * 2 + 1);
static_assert(stage_with([](stage_bench& t) {
                  t.row.score_bytes = 2;
                  t.row.mask_bytes = 1;
                  t.l.tensor = 2;
              }).score == 2 * 2 + 1);
static_assert(stage_with([](stage_bench& t) {
                  t.row.sink_score_bytes = 3;
                  t.net.blocks[0].attention.sinks = true;
              }).score == 4 * 3);
static_assert(stage_with([](stage_bench& t) {
                  t.row.sink_score_bytes = 3;
                  t.row.biased_score_bytes = 5;
                  t.net.blocks[0].attention.biased_scores = true;
              }).score == 4 * 5);
static_assert(stage_with([](stage_bench& t) { t.row.static_buffers_until = no_software_yet; }).buffers_per_token ==
              64 * 2);
constexpr auto rotary = [](stage_bench& t) { t.row.rotary_shared_since = no_software_yet; };
static_assert(stage_with(rotary).weights == all_weights + 2 * 2 * rotary_positions * 2 * 4);
static_assert(stage_with([](stage_bench& t) {
                  rotary(t);
                  t.net.longest_sequence = 1;
              }).weights == all_weights &&
              stage_with([](stage_bench& t) {
                  rotary(t);
                  t.net.is_encoder_decoder = true;
              }).weights == all_weights);

// A cache of a byte per element, with scales of 4 bytes per 32 elements; values in another format than keys.
static_assert(stage_with([](stage_bench& t) { t.job.kv_cache = number_format::fp8; }).cache_per_token == 2 * 16);
static_assert(stage_with([](stage_bench& t) {
                  t.job.kv_cache = number_format::int8;
                  t.row.cache_scale_bytes = 4;
              }).cache_per_token == 2 * (16 + 4));
static_assert(stage_with([](stage_bench& t) { t.job.value_cache = number_format::fp8; }).cache_per_token ==
              2 * (16 + 8));
// A window caches so many tokens; a search's keys are on every card; cross attention keeps 6 elements of the source,
// and a recurrence 10 and 4 elements, of 2 bytes unless the engine keeps them in others.
constexpr auto windowed = [](stage_bench& t) {
    t.net.blocks[0].attention.window = 64;
    t.row.windows_since = t.job.software_date;
};
static_assert(stage_with(windowed).window_per_token[0] == 64 && stage_with(windowed).window_tokens[0] == 64 &&
              stage_with(windowed).cache_per_token == 0);
static_assert(stage_with([](stage_bench& t) { t.net.blocks[0].attention.window = 64; }).cache_per_token == 64);
static_assert(stage_with([](stage_bench& t) { t.net.blocks[0].cache.scan_bytes = 7; }).cache_per_token == 2 * 39);
static_assert(stage_with([](stage_bench& t) { t.net.blocks[0].cache.cross_width = 6; }).cross_per_token == 2 * 12);
constexpr auto recurrent = [](stage_bench& t) {
    t.net.blocks[0].state = {.update = state_update::in_chunks, .width = 10, .convolution = 4};
};
static_assert(stage_with(recurrent).state_sequence == 2 * 28 && stage_with([](stage_bench& t) {
                                                                    recurrent(t);
                                                                    t.row.state_bytes = 4;
                                                                    t.row.convolution_state_bytes = 1;
                                                                    t.l.tensor = 2;
                                                                }).state_sequence == 2 * 22);
static_assert(stage_with([](stage_bench& t) {
                  recurrent(t);
                  t.net.blocks[0].state.copied = true;
                  t.l.tensor = 2;
              }).state_sequence == 2 * 28);
// A latent of 5 elements is whole on each card; an engine that expands it holds 12 elements of each token for a while.
constexpr auto compressed = [](stage_bench& t) {
    t.net.blocks[0].cache = {
        .width = 5, .by_head = false, .compressed = true, .expanded_width = 24, .expanded_heads = 4, .value_width = 2};
    t.l.tensor = 2;
};
static_assert(stage_with(compressed).cache_per_token == 2 * 10 && stage_with(compressed).growth_per_token == 5);
static_assert(stage_with([](stage_bench& t) {
                  compressed(t);
                  t.row.expands_latent = true;
              }).growth_per_token == 24);
static_assert(stage_with([](stage_bench& t) {
                  compressed(t);
                  t.row.latent_values_until = no_software_yet;
              }).cache_per_token == 2 * 14);
static_assert(stage_with([](stage_bench& t) {
                  compressed(t);
                  t.row.latent_since = no_software_yet;
              }).cache_per_token == 2 * 24);
static_assert(stage_with([](stage_bench& t) { t.net.blocks[0].attention.causal = false; }).cache_per_token == 0);

// Experts: 4 of 16 x 8 and 8 x 16 weights, over 2 cards; 20 elements of activations, one expert after the other or all
// at once; data-parallel ranks that share them gather the tokens of both.
constexpr auto experts = [](stage_bench& t) {
    layer_block& b = t.net.blocks[0];
    t.net.experts = 4;
    b.feed_forward.experts = true;
    b.linear_count = 4;
    b.add({.target = target::up, .split = weight_split::expert, .in = 16, .out = 8, .copies = 4, .active = 2});
    b.add({.target = target::down, .split = weight_split::expert, .in = 8, .out = 16, .copies = 4, .active = 2});
    b.width.of[tensor_role::up_output] = 0;
    b.width.of[tensor_role::feed_forward_hidden] = 0;
    b.width.of[tensor_role::expert_up_output] = 80;
    b.width.of[tensor_role::expert_gate_output] = 40;
    b.width.of[tensor_role::expert_hidden] = 60;
    b.width.of[tensor_role::expert_input] = 20;
};
constexpr std::int64_t expert_weights = all_weights + 2 * 2 * (4 * 256 - 1024);
static_assert(stage_with(experts).weights == expert_weights && stage_with([](stage_bench& t) {
                                                                   experts(t);
                                                                   t.l.expert = 2;
                                                               }).weights == expert_weights - 2 * 2 * 512);
static_assert(stage_with(experts).feed_forward_per_token == (32 + 50) * 2);
static_assert(stage_with([](stage_bench& t) {
                  experts(t);
                  t.row.experts_at_once = true;
              }).feed_forward_per_token == (32 + 200) * 2);
constexpr auto gathered = [](stage_bench& t) {
    experts(t);
    t.row.gathers_experts = true;
};
static_assert(stage_with(gathered).feed_forward_per_token == (32 + 180) * 2);
static_assert(stage_with([](stage_bench& t) {
                  gathered(t);
                  t.net.blocks[0].width.of[tensor_role::expert_input] = 150;
                  t.l.tensor = 2;
              }).feed_forward_per_token == (32 + 105) * 2);
constexpr std::int64_t shared_experts(std::int64_t tokens, int ranks) {
    return stage_with([=](stage_bench& t) {
               gathered(t);
               t.trial = {.tokens = tokens, .sequences = 1, .logit_bytes = 4};
               t.l.data = ranks;
               t.l.expert = ranks;
           })
        .feed_forward_per_token;
}
// At most 32,768 tokens of all ranks are read at once; the hidden states of all of them exist before and after.
static_assert(shared_experts(1024, 4) == (32 + 4 * 180 + 2 * 4 * 16) * 2 &&
              shared_experts(16'384, 4) == (32 + 2 * 180 + 2 * 4 * 16) * 2 &&
              shared_experts(65'536, 4) == (32 + 180 + 2 * 4 * 16) * 2);
// The first layer's experts are in host memory: half of 2 layers'.
static_assert(stage_with([](stage_bench& t) {
                  experts(t);
                  t.first_experts = 1;
              }).weights == expert_weights - 2 * 1024);
// The trial run samples logits of its own width, which no card divides.
static_assert(stage_with([](stage_bench& t) {
                  t.trial = {.tokens = 8, .sequences = 1, .logit_bytes = 7};
                  t.l.tensor = 2;
              }).logit_row == 700);

// ---- Weights as files store them

// 1000 bytes of matrices, 200 of keys and values, 400 of experts and 40 that every card has, in 2 layers; 300 of the
// embedding and 500 of the head.
constexpr auto stored = [](stage_bench& t) {
    t.stored = {.embedding = 300, .head = 500, .matrices = 1000, .key_value = 200, .experts = 400, .replicated = 40};
};
static_assert(stage_with(stored).weights == 300 + 500 + 1640 && stage_with([](stage_bench& t) {
                                                                    stored(t);
                                                                    t.l.tensor = 4;
                                                                }).weights == 75 + 125 + 250 + 100 + 100 + 40);
static_assert(stage_with([](stage_bench& t) {
                  stored(t);
                  t.stored.head = 0;
              }).weights == 300 + 1640 &&
              stage_with([](stage_bench& t) {
                  stored(t);
                  t.stored.head = 0;
                  t.row.unties_table = true;
              }).weights == 300 + 300 + 1640);
static_assert(stage_with([](stage_bench& t) {
                  stored(t);
                  t.stored.tower = 70;
              }).weights == 300 + 500 + 1640 + 70 &&
              stage_with([](stage_bench& t) {
                  stored(t);
                  t.stored.tower = 70;
                  t.job.text_only = true;
              }).weights == 300 + 500 + 1640);
// A stage of one layer takes half, and a byte for the fraction; or as much as the largest layer, with what is outside
// the layers where they are smaller than the mean.
constexpr std::int64_t one_stored_layer(std::int64_t largest, std::int64_t layers = 1) {
    return stage_with([=](stage_bench& t) {
               stored(t);
               t.content = {.layers = {layers}};
               t.stored.largest_layer = largest;
           })
        .weights;
}
static_assert(one_stored_layer(0) == 821 && one_stored_layer(1000) == 1001 && one_stored_layer(800) == 841);
static_assert(one_stored_layer(0, 2) == 1640 && one_stored_layer(2000) == 1640 && one_stored_layer(0, 0) == 0);
static_assert(stage_with([](stage_bench& t) {
                  experts(t);
                  stored(t);
                  t.first_experts = 1;
              }).weights == 300 + 500 + 1640 - 200);
static_assert(stage_with([](stage_bench& t) {
                  experts(t);
                  stored(t);
                  t.first_experts = 1;
                  t.l.expert = 2;
              }).weights == 300 + 500 + 1640 - 200 - 100);
static_assert(stage_with([](stage_bench& t) {
                  stored(t);
                  t.row.fuses_query_key_value = true;
                  t.net.shape_verified = false;
              }).load == 1240);

// ---- A vision tower

// One layer of 8 x 8 with 3 vector parameters, 10 around it; two passes of 4 patches per image, whose attention has
// 2 x 12 elements; 5 tokens and 2 crossed features of width 16.
constexpr auto seeing = [](stage_bench& t) {
    t.net.tower = {.block_kinds = 1,
                   .layers = 1,
                   .hidden = 8,
                   .outer_parameters = 10,
                   .image_passes = 2,
                   .pass_patches = 4,
                   .image_tokens = 5,
                   .crossed = 2};
    layer_block& b = t.net.blocks[1];
    b.layers.end = 1;
    b.vector_parameters = 3;
    b.add({.target = target::query, .in = 8, .out = 8});
    b.width.of[tensor_role::query] = 8;
    b.width.of[tensor_role::key] = 4;
};
static_assert(stage_with(seeing).weights == all_weights + 2 * (10 + 3 + 64) &&
              stage_with(seeing).image_activations == 2 * 4 * (16 + 24) * 2 &&
              stage_with(seeing).image_features == 7 * 16 * 2);
static_assert(stage_with([](stage_bench& t) {
                  seeing(t);
                  t.l.tensor = 2;
              }).weights == halved.weights + 2 * (10 + 3 + 32) &&
              stage_with([](stage_bench& t) {
                  seeing(t);
                  t.job.text_only = true;
              }).weights == all_weights);
static_assert(stage_with([](stage_bench& t) {
                  seeing(t);
                  t.row.score_bytes = 3;
                  t.net.blocks[1].attention = {.scores = score_kind::dot_product, .score_heads = 2};
              }).image_activations == 2 * 4 * ((16 + 24) * 2 + 4 * 2 * 3));
static_assert(stage_with([](stage_bench& t) {
                  seeing(t);
                  t.net.blocks[1].width.of[tensor_role::up_output] = 30;
              }).image_activations == 2 * 4 * (16 + 30) * 2);

// ---- Peaks over the phases

namespace {

/// A stage of amounts that tell each other apart: a batch of 2 sequences of 10 tokens and 4 more.
constexpr inference_stage amounts{.weights = 1000,
                                  .load = 7,
                                  .scratch = 20,
                                  .cache_per_token = 3,
                                  .growth_per_token = 11,
                                  .feed_forward_per_token = 100,
                                  .attention_per_token = 90,
                                  .score = 2,
                                  .buffers_per_token = 5,
                                  .hidden_per_token = 40,
                                  .logit_row = 500,
                                  .image_activations = 9000,
                                  .image_features = 300};
constexpr lowered_inference lowered{.stages = {amounts}, .stage_count = 1, .workspace = 50, .capacity = 1'000'000};

enum class phase { load, tower, prefill, head, decode };
template <class Change>
constexpr detail::inference_phase_load at(phase which, Change change, std::int64_t batch = 2, std::int64_t prompt = 10,
                                          std::int64_t generate = 4) {
    lowered_inference job = lowered;
    change(job);
    const detail::inference_point point = detail::point_of(job, job.stages[0], batch, prompt, generate);
    switch (which) {
        case phase::load:
            return detail::load_peak(point);
        case phase::tower:
            return detail::tower_peak(point);
        case phase::prefill:
            return detail::prefill_peak(point);
        case phase::head:
            return detail::head_peak(point);
        case phase::decode:
            break;
    }
    return detail::decode_peak(point);
}
constexpr auto as_it_is = [](lowered_inference&) {};
constexpr auto preallocated = [](lowered_inference& job) { job.cache = cache_policy::whole_context; };

}  // namespace

static_assert(at(phase::load, as_it_is).total == 1000 + 50 + 7 && at(phase::load, as_it_is).when == memory_phase::load);
// 20 tokens with the wider of 100 and 90 + 2 x 10 bytes and 5 of buffers; a cache of 20 tokens, or of 28 at once.
static_assert(at(phase::prefill, as_it_is).activations == 20 * 115 && at(phase::prefill, as_it_is).cache == 60 &&
              at(phase::prefill, as_it_is).total == 1050 + 60 + 2300 + 20);
static_assert(at(phase::prefill, preallocated).cache == 84 &&
              at(phase::prefill, [](lowered_inference& job) { job.stages[0].score = 0; }).activations == 20 * 105);
// Buffers for the contexts of all sequences together, or of one cache.
static_assert(at(phase::prefill, [](lowered_inference& job) { job.reserves_context = true; }).activations ==
              28 * (90 + 2 * 28 + 5));
static_assert(at(phase::prefill, [](lowered_inference& job) {
                  job.reserves_context = true;
                  job.job.unified_cache = true;
              }).activations == 14 * (90 + 2 * 14 + 5));
// Chunks of 8 tokens, two ranks of a context, and images whose features wait.
static_assert(at(phase::prefill, [](lowered_inference& job) { job.chunk = 8; }).activations == 8 * 115);
static_assert(at(phase::prefill, [](lowered_inference& job) { job.context_parallel = 2; }).activations == 10 * 115);
constexpr auto with_images = [](lowered_inference& job) {
    job.images = 3;
    job.image_tokens = 15;
};
static_assert(at(phase::prefill, with_images).activations == 50 * (90 + 2 * 25 + 5) + 2 * 3 * 300 &&
              at(phase::prefill, with_images).cache == 2 * 25 * 3);
// All 6 images at once, or as many as 8 tokens have of 5 each: one. The cache that grows is empty then.
static_assert(at(phase::tower, with_images).activations == 6 * 9000 + 6 * 300 &&
              at(phase::tower, with_images).cache == 0);
static_assert(at(phase::tower, [](lowered_inference& job) {
                  with_images(job);
                  preallocated(job);
                  job.chunk = 10;
              }).activations == 2 * 9000 + 6 * 300);
static_assert(at(phase::tower, [](lowered_inference& job) {
                  with_images(job);
                  preallocated(job);
                  job.chunk = 4;
              }).total == 1050 + 174 + 9000 + 1800);
static_assert(at(phase::tower, with_images).when == memory_phase::prefill);
// The head: 20 hidden states, and logits of the last tokens or of all.
static_assert(at(phase::head, as_it_is).activations == 20 * 45 && at(phase::head, as_it_is).logits == 1000 &&
              at(phase::head, as_it_is).total == 1050 + 60 + 900 + 1000 + 20);
static_assert(at(phase::head, [](lowered_inference& job) { job.job.full_prompt_logits = true; }).logits == 10'000);
static_assert(at(phase::head, [](lowered_inference& job) { job.profiled_sequences = 9; }).logits == 4500 &&
              at(phase::head, [](lowered_inference& job) { job.profiled_sequences = 1; }).logits == 1000);
// Decoding: 28 tokens of cache, beside which 11 bytes of each grow; or a copy of the whole.
static_assert(at(phase::decode, as_it_is).cache == 84 && at(phase::decode, as_it_is).temporaries == 20 + 28 * 11);
static_assert(at(phase::decode, as_it_is).activations == 2 * 100 + 20 * 5 &&
              at(phase::decode, as_it_is).logits == 1000);
static_assert(at(phase::decode, as_it_is).when == memory_phase::decode &&
              at(phase::decode, as_it_is).total == 1050 + 84 + 300 + 1000 + 328);
static_assert(at(phase::decode, preallocated).temporaries == 20 && at(phase::decode, [](lowered_inference& job) {
                                                                       job.caches_while_decoding = 2;
                                                                   }).temporaries == 20 + 84 + 28 * 11);
static_assert(at(phase::decode, as_it_is, 2, 10, 0).total == 0);
static_assert(at(phase::decode, [](lowered_inference& job) { job.is_encoder_decoder = true; }).temporaries ==
              20 + 8 * 11);
// The trial run: its tokens and sequences count, whatever the job's; a long sequence is cut, or taken whole.
constexpr detail::inference_phase_load trial(detail::trial_pass run, phase which = phase::head) {
    return at(which, [=](lowered_inference& job) { job.trial = run; });
}
static_assert(trial({.tokens = 6, .sequences = 3}).activations == 6 * 45 &&
              trial({.tokens = 6, .sequences = 3}).logits == 1500 &&
              trial({.tokens = 6, .sequences = 1}, phase::decode).activations == 100 + 30);
static_assert(trial({.tokens = 6, .sequences = 3, .whole_sequence = true}).activations == 14 * 45 &&
              trial({.tokens = 60, .sequences = 3, .whole_sequence = true}).activations == 60 * 45);
static_assert(trial({.tokens = 6, .sequences = 3, .cut_beyond = 13, .cut_tokens = 2}).activations == 2 * 45 &&
              trial({.tokens = 6, .sequences = 3, .cut_beyond = 13, .cut_tokens = 2}).logits == 0);
static_assert(trial({.tokens = 6, .sequences = 3, .cut_beyond = 13, .cut_tokens = 2, .cut_samples = true}).logits ==
                  1500 &&
              trial({.tokens = 6, .sequences = 3, .cut_beyond = 14, .cut_tokens = 2}).logits == 1500);

// ---- The cache of a batch

namespace {
template <class Change>
constexpr std::int64_t cached(std::int64_t batch, std::int64_t prompt, std::int64_t generate, Change change,
                              detail::windows_hold windows = detail::windows_hold::the_window) {
    lowered_inference job = lowered;
    change(job);
    return detail::cache_bytes(job, job.stages[0], batch, prompt, generate, windows);
}
}  // namespace
// Blocks of 16 tokens are whole; 16 of 20 shared tokens are cached once; states and sources count per sequence.
constexpr auto in_blocks = [](lowered_inference& job) { job.block_tokens = 16; };
static_assert(cached(2, 10, 4, in_blocks) == 2 * 16 * 3 && cached(2, 10, 7, in_blocks) == 2 * 32 * 3);
static_assert(cached(3, 40, 4, [](lowered_inference& job) {
                  in_blocks(job);
                  job.shared_prefix = 20;
              }) == 3 * 48 * 3 - 2 * 16 * 3);
static_assert(cached(3, 10, 4, [](lowered_inference& job) { job.shared_prefix = 20; }) == 3 * 14 * 3 - 2 * 10 * 3);
static_assert(cached(2, 10, 4, [](lowered_inference& job) {
                  job.stages[0].state_sequence = 1000;
                  job.stages[0].cross_per_token = 100;
                  job.crossed = 5;
              }) == 2 * (14 * 3 + 1000 + 500));
static_assert(cached(2, 10, 4, [](lowered_inference& job) {
                  job.stages[0].state_sequence = 1000;
                  job.stages[0].cross_per_token = 100;
                  job.is_encoder_decoder = true;
                  job.shared_prefix = 8;
              }) == 2 * (4 * 3 + 1000 + 1000));
static_assert(cached(2, 10, 0, [](lowered_inference& job) { job.is_encoder_decoder = true; }) == 2 * 3);
static_assert(cached(3, 10, 4, [](lowered_inference& job) {
                  job.stages[0].state_sequence = 1000;
                  job.stages[0].cross_per_token = 100;
                  job.crossed = 5;
                  job.job.unified_cache = true;
              }) == 14 * 3 + 3 * 1000 + 3 * 500);
static_assert(cached(2, 10, 4, [](lowered_inference& job) { job.context_parallel = 2; }) == 2 * 7 * 3);
// A window of 4 tokens, into which a chunk of 2 is read; or the whole prompt while the cache grows.
constexpr auto in_window = [](lowered_inference& job) {
    job.stages[0].window_per_token[1] = 10;
    job.stages[0].window_tokens[1] = 4;
    job.chunk = 2;
};
static_assert(cached(2, 10, 4, in_window) == 2 * (42 + 60) &&
              cached(2, 10, 4, in_window, detail::windows_hold::the_whole_prompt) == 2 * (42 + 140));
static_assert(cached(2, 3, 0, in_window) == 2 * (9 + 30));
static_assert(cached(2, 10, 4, [](lowered_inference& job) {
                  in_window(job);
                  job.job.unified_cache = true;
              }) == 42 + 100);

// ---- Budgets

namespace {
constexpr lowered_inference sharing(cache_policy policy) {
    lowered_inference job = lowered;
    job.cache = policy;
    job.context = 1000;
    job.communication = 500;
    job.graphs = 200;
    job.capacity = 100'000;
    job.system = 4000;
    job.job.batch = 2;
    job.job.prompt = 10;
    job.job.generate = 4;
    job.job.memory_utilization = 0.5;
    return job;
}
constexpr std::int64_t budget_of(lowered_inference job) { return budget(job, memory(job)).number; }
}  // namespace

// The peak of 3430 bytes is prefill's; beside it stand graphs, context and communication.
static_assert(memory(sharing(cache_policy::grows)).device().number == 1050 + 60 + 2300 + 20 + 1700);
static_assert(memory(sharing(cache_policy::grows)).peak_phase == memory_phase::prefill);
static_assert(budget_of(sharing(cache_policy::grows)) == 100'000);
// Half of what the runtime reports, 104'000, and what the engine takes beside it.
static_assert([] {
    lowered_inference job = sharing(cache_policy::fraction_of_total);
    job.beside_share = 300;
    return budget_of(job) == 52'000 + 300;
}());
static_assert([] {
    lowered_inference job = sharing(cache_policy::fraction_of_total);
    job.job.memory_utilization = 0.99;
    return budget_of(job) == 100'000;
}());
// Weights and cache alone fill half of what context and communication leave: 1500 + 49'250, and activations, logits,
// buffers and graphs stand beside it.
static_assert(budget_of(sharing(cache_policy::fraction_for_cache)) == 1500 + 49'250 + 2300 + 20 + 200);
// All but half of what is free without the cache.
static_assert([] {
    const lowered_inference job = sharing(cache_policy::fraction_of_free);
    const memory_estimate need = memory(job);
    const std::int64_t free = 100'000 - need.device().number + need.components.kv_cache.number;
    return budget(job, need).number == 100'000 - (free - free / 2);
}());
// A cache that gets half of the free memory needs twice its bytes free.
static_assert(detail::required_bytes(sharing(cache_policy::fraction_of_free), {.cache = 60, .total = 1000}) == 1060 &&
              detail::required_bytes(sharing(cache_policy::grows), {.cache = 60, .total = 1000}) == 1000);
// An engine that asks for its share first finds 100'000 - 1000 of 104'000 bytes free: 95 %.
static_assert(largest_utilization(sharing(cache_policy::fraction_of_total)) == 0.95);
constexpr bool starts_with(double utilization, bool asks, std::int64_t connector = 0) {
    lowered_inference job = sharing(cache_policy::fraction_of_total);
    job.capacity = 100 * bytes_per_mebibyte;
    job.system = 0;
    job.context = bytes_per_mebibyte;
    job.asks_for_share = asks;
    job.job.connector_mib = connector;
    job.job.memory_utilization = utilization;
    return starts(job);
}
static_assert(starts_with(0.99, true) && !starts_with(0.995, true) && starts_with(0.995, false));
static_assert(starts_with(0.5, false, 49) && !starts_with(0.5, false, 50));
// Graphs that find no room beside a share of everything overfill the card.
constexpr bool overfilled(cache_policy policy, std::int64_t graphs, std::int64_t beside) {
    lowered_inference job = sharing(policy);
    job.graphs = graphs;
    job.beside_share = beside;
    job.job.memory_utilization = 0.99;
    return overfills(job, memory(job));
}
static_assert(overfilled(cache_policy::fraction_of_total, 200, 2301) &&
              !overfilled(cache_policy::fraction_of_total, 200, 2300) &&
              !overfilled(cache_policy::fraction_of_total, 0, 2301) &&
              !overfilled(cache_policy::whole_context, 200, 2301));
// The allocator's slack is 10 per thousand of whole thousands; the band is 100 of whole thousands, and no less than the
// weights.
static_assert([] {
    lowered_inference job = sharing(cache_policy::grows);
    job.slack_per_mille = 10;
    job.band_per_mille = 100;
    const memory_estimate e = memory(job);
    return e.components.fragmentation.number == 30 && e.device().number == 5160 && e.device_low.number == 4660 &&
           e.device_high.number == 5660;
}());

// ---- Points

constexpr bool reached(std::int64_t batch, std::int64_t prompt, std::int64_t generate, bool translates = false) {
    lowered_inference job = lowered;
    job.longest_sequence = 100;
    job.max_source_length = 50;
    job.image_tokens = 10;
    job.is_encoder_decoder = translates;
    return detail::within_reach(job, batch, prompt, generate) == problems(job, batch, prompt, generate).empty() &&
           detail::within_reach(job, batch, prompt, generate);
}
static_assert(reached(1, 1, 0) && reached(10'000'000, 1, 0) && reached(1, 90, 0) && reached(1, 80, 10));
static_assert(!reached(0, 1, 0) && !reached(10'000'001, 1, 0) && !reached(1, 0, 0) && !reached(1, 91, 0) &&
              !reached(1, 80, 11) && !reached(1, 1, -1));
static_assert(reached(1, 40, 100, true) && !reached(1, 41, 100, true) && !reached(1, 40, 101, true));
static_assert(!problems(lowered_inference{}, 1, 1, 0).empty());

// ---- Bounds, and stages that share a place

namespace {

/// A power of ten for each amount, so that the digits of a sum tell its parts.
constexpr inference_stage digits = [] {
    inference_stage s{.weights = 3,
                      .load = 20,
                      .scratch = 300,
                      .cache_per_token = 1,
                      .state_sequence = 100,
                      .cross_per_token = 1000,
                      .growth_per_token = 10'000,
                      .feed_forward_per_token = 100'000,
                      .attention_per_token = 1'000'000,
                      .score = 7,
                      .buffers_per_token = 10'000'000,
                      .hidden_per_token = 100'000'000,
                      .logit_row = 1'000'000'000,
                      .image_activations = 10'000'000'000,
                      .image_features = 100'000'000'000,
                      .graphs = 5,
                      .missing = 6};
    s.window_per_token[3] = 10;
    s.window_tokens[3] = 9;
    return s;
}();

template <class Change>
constexpr lowered_inference bounded(Change change) {
    lowered_inference job{.profiled_sequences = 2, .images = 2};
    job.trial.sequences = 1;
    job.trial.tokens = 5;
    job.trial.cut_tokens = 4;
    change(job);
    detail::raise_bounds(job, digits);
    return job;
}

}  // namespace

// A token of cache may exist twice while it grows, and a state in two formats; each image has its features and a pass.
static_assert(bounded(as_it_is).token_bound == 2 * (1 + 10 + 100) + 1'111'111'000.0 + 2 * 110'000'000'000.0);
static_assert(bounded(as_it_is).score_bound == 7);
static_assert(bounded(as_it_is).fixed_bound == 323 + 2e9 + 5 * 111'100'000.0);
static_assert(bounded([](lowered_inference& job) {
                  job.trial.sequences = 3;
                  job.trial.cut_tokens = 6;
              }).fixed_bound == 323 + 3e9 + 6 * 111'100'000.0);
// The bounds of several stages add up.
static_assert(bounded([](lowered_inference& job) {
                  job.token_bound = 5e12;
                  job.score_bound = 10;
                  job.fixed_bound = 5e12;
              }).token_bound == 5e12 + bounded(as_it_is).token_bound);
static_assert(bounded([](lowered_inference& job) { job.score_bound = 10; }).score_bound == 17);
static_assert(bounded([](lowered_inference& job) { job.fixed_bound = 5e12; }).fixed_bound ==
              5e12 + bounded(as_it_is).fixed_bound);

// A place that two stages share has the larger one of each amount.
constexpr bool covers_all(inference_stage a, const inference_stage& b) {
    detail::cover(a, b);
    return a.weights == 3 && a.load == 20 && a.scratch == 300 && a.cache_per_token == 1 && a.state_sequence == 100 &&
           a.cross_per_token == 1000 && a.growth_per_token == 10'000 && a.feed_forward_per_token == 100'000 &&
           a.attention_per_token == 1'000'000 && a.score == 7 && a.buffers_per_token == 10'000'000 &&
           a.hidden_per_token == 100'000'000 && a.logit_row == 1'000'000'000 && a.image_activations == 10'000'000'000 &&
           a.image_features == 100'000'000'000 && a.graphs == 5 && a.missing == 6 && a.window_per_token[3] == 10 &&
           a.window_tokens[3] == 9;
}
static_assert(covers_all({}, digits) && covers_all(digits, {}));

// ---- Rules of the engine, and the smaller cards of a machine

namespace {

constexpr machine one_card{.card = {.memory = bytes::from_number(1'000'000'000)}};

template <class Change>
constexpr lowered_inference ruled(Change change) {
    network net = small();
    inference i{};
    engine_memory row{.cache = cache_policy::fraction_of_total,
                      .block_tokens = 16,
                      .profiled_sequences = 3,
                      .reserves_context = true};
    row.shares_prefixes = true;
    row.prefill_chunk = 512;
    lowered_inference job;
    change(net, i, row, job);
    detail::add_cache_rules(job, net, i, row, one_card);
    return job;
}

}  // namespace

constexpr lowered_inference by_the_row =
    ruled([](network&, inference& i, engine_memory&, lowered_inference&) { i.shared_prefix = 20; });
static_assert(by_the_row.cache == cache_policy::fraction_of_total && by_the_row.block_tokens == 16 &&
              by_the_row.chunk == 512 && by_the_row.shared_prefix == 20 && by_the_row.profiled_sequences == 3 &&
              by_the_row.caches_while_decoding == 1 && by_the_row.reserves_context);
// Before the month that the row names, the engine keeps whole contexts, and reads prompts at once.
static_assert(ruled([](network&, inference& i, engine_memory& row, lowered_inference&) {
                  row.budget_since = no_software_yet;
                  row.chunked_since = i.software_date;
              }).cache == cache_policy::whole_context);
static_assert(ruled([](network&, inference& i, engine_memory& row, lowered_inference&) {
                  row.budget_since = i.software_date;
                  row.chunked_since = no_software_yet;
              }).cache == cache_policy::fraction_of_total);
static_assert(ruled([](network&, inference&, engine_memory& row, lowered_inference&) {
                  row.chunked_since = no_software_yet;
              }).chunk == 0 &&
              ruled([](network&, inference& i, engine_memory& row, lowered_inference&) {
                  row.chunked_since = i.software_date;
              }).chunk == 512);
// The job's own limit of a pass; a trial run's tokens, or its whole sequence.
static_assert(ruled([](network&, inference& i, engine_memory&, lowered_inference&) {
                  i.max_batched_tokens = 1;
              }).chunk == 1);
static_assert(ruled([](network&, inference& i, engine_memory& row, lowered_inference&) {
                  i.max_batched_tokens = 1;
                  row.chunked_since = no_software_yet;
              }).chunk == 0);
static_assert(ruled([](network&, inference&, engine_memory&, lowered_inference& job) { job.trial.tokens = 1; }).chunk ==
                  1 &&
              ruled([](network&, inference&, engine_memory&, lowered_inference& job) {
                  job.trial.tokens = 1;
                  job.trial.whole_sequence = true;
              }).chunk == 0);
// An engine that shares no prefix; a network without a cache, or of an encoder and a decoder.
static_assert(ruled([](network&, inference& i, engine_memory& row, lowered_inference&) {
                  i.shared_prefix = 20;
                  row.shares_prefixes = false;
              }).shared_prefix == 0);
static_assert(ruled([](network& net, inference&, engine_memory&, lowered_inference&) {
                  net.blocks[0].attention.causal = false;
              }).cache == cache_policy::grows);
static_assert(ruled([](network& net, inference&, engine_memory&, lowered_inference&) {
                  net.is_encoder_decoder = true;
              }).chunk == 0);
// A cache that grows is copied until the month in which it no longer is.
constexpr int copies(bool until_later, cache_policy policy) {
    return ruled([&](network&, inference& i, engine_memory& row, lowered_inference&) {
               row.cache = policy;
               row.cache_in_place_since = until_later ? no_software_yet : i.software_date;
           })
        .caches_while_decoding;
}
static_assert(copies(true, cache_policy::grows) == 2 && copies(false, cache_policy::grows) == 1 &&
              copies(true, cache_policy::whole_context) == 1);

// ---- Single functions at their bounds

namespace {

template <class Change, class Function>
constexpr auto asked_of(Change change, Function function) {
    stage_bench t;
    change(t);
    return function(t.inputs());
}

/// Two kinds of layer, of which the first has experts of 16 x 8 and a router, in one layer each.
constexpr auto two_kinds = [](stage_bench& t) {
    t.net.block_kinds = 2;
    t.net.blocks[0].layers = {.end = 1};
    t.net.blocks[0].feed_forward.experts = true;
    t.net.blocks[0].add({.target = target::router, .split = weight_split::none, .in = 16, .out = 4});
    t.net.blocks[0].add(
        {.target = target::up, .split = weight_split::expert, .in = 16, .out = 64, .copies = 4, .active = 2});
    t.net.blocks[1] = layer_block{.layers = {.begin = 1, .end = 2}};
    t.net.experts = 4;
    t.content = {.layers = {1, 1}, .embedding = true, .head = true};
};

constexpr auto layers_in = [](const detail::serving_inputs& in) { return detail::weights_of_layers(in); };

}  // namespace

// Convolutions are stored in 8 bits and more, and in no format of groups.
static_assert(detail::stores_convolutions(number_format::fp8) && detail::stores_convolutions(number_format::bf16) &&
              !detail::stores_convolutions(number_format::nf4) &&
              !detail::stores_convolutions(number_format::gptq_int8));
// Routers stay in 16 bits; a format of experts leaves everything else so where there are experts, be it one.
constexpr auto stays = [](target which, number_format weights, std::int64_t expert_count) {
    return asked_of(
        [&](stage_bench& t) {
            t.job.weights = weights;
            t.net.experts = expert_count;
        },
        [&](const detail::serving_inputs& in) {
            return detail::stays_unquantized({.target = which, .split = weight_split::none}, in);
        });
};
static_assert(stays(target::router, number_format::fp8, 4) && !stays(target::query, number_format::fp8, 4) &&
              !stays(target::convolution, number_format::fp8, 0) && stays(target::convolution, number_format::nf4, 0) &&
              stays(target::query, number_format::mxfp4, 1) && !stays(target::query, number_format::mxfp4, 0) &&
              !stays(target::recurrence, number_format::fp8, 4) && !stays(target::head, number_format::fp8, 4));
// Kernels of MXFP4 pad experts to multiples: of 10 inside, for each part of it, and of 12 of the model's width.
constexpr linear padded(target which, int tensor_cards, int expert_ranks, std::int64_t multiple = 12) {
    return asked_of(
        [&](stage_bench& t) {
            t.row.mxfp4_hidden_multiple = multiple;
            t.row.mxfp4_inner_multiple = 10;
            t.l.tensor = tensor_cards;
            t.l.expert = expert_ranks;
        },
        [&](const detail::serving_inputs& in) {
            const bool down = which == target::down;
            return detail::padded(
                {.target = which, .split = weight_split::expert, .in = down ? 32 : 16, .out = down ? 16 : 32},
                number_format::mxfp4, in);
        });
}
static_assert(padded(target::up, 1, 1).in == 24 && padded(target::up, 1, 1).out == 40 &&
              padded(target::down, 1, 1).in == 40 && padded(target::down, 1, 1).out == 24);
static_assert(padded(target::up, 3, 1).out == 3 * 20 && padded(target::up, 3, 3).out == 40 &&
              padded(target::up, 3, 2).out == 40 && padded(target::up, 1, 1, 0).out == 32);
// A network without heads of keys and values has its matrices whole on each card.
static_assert(asked_of([](stage_bench& t) { t.net.kv_heads = 0; },
                       [](const detail::serving_inputs& in) {
                           return detail::weight_bytes({.target = target::key, .in = 16, .out = 8}, number_format::bf16,
                                                       in);
                       }) == 256);
// Adapters are on every matrix but routers: 204 rows and columns of attention and feed-forward, and 4 x 80 of experts.
static_assert(asked_of(
                  [](stage_bench& t) {
                      two_kinds(t);
                      t.job.adapters = 1;
                      t.job.adapter_rank = 1;
                  },
                  layers_in)
                  .adapters == 32 + 24 + 24 + 32 + 48 + 48 + 4 * 80);
// The largest matrix is an expert's 16 x 64, which tensor parallelism leaves whole; of 512 others, half.
static_assert(asked_of(two_kinds, layers_in).largest == 1024 && asked_of(
                                                                    [](stage_bench& t) {
                                                                        two_kinds(t);
                                                                        t.l.tensor = 2;
                                                                    },
                                                                    layers_in)
                                                                        .largest == 1024);
static_assert(asked_of([](stage_bench& t) { t.l.tensor = 2; }, layers_in).largest == 256);
// A GGUF file's bytes are counted as a whole, so none of its matrices has bytes of its own.
static_assert(asked_of([](stage_bench& t) { t.job.weights = number_format::q8_0; }, layers_in).query_key_value == 0);
// Layers left in 16 bits: each kind once, whatever the number, and those that grow before those that do not.
constexpr std::int64_t left_in_16(std::int64_t layers) {
    return asked_of(
        [&](stage_bench& t) {
            two_kinds(t);
            t.job.weights = number_format::fp8;
            t.job.modules.unquantized_layers = layers;
        },
        [](const detail::serving_inputs& in) { return detail::bytes_of_unquantized_layers(in); });
}
// 1,792 weights of attention and feed-forward and 4 x 1,024 of experts grow by a byte each, less the scales of 10
// blocks.
static_assert(left_in_16(1) == 1792 + 4096 - 10 * 4 && left_in_16(5) == left_in_16(1) &&
              left_in_16(2) == left_in_16(1));
// As much as the largest layer, and no byte more than all.
static_assert(one_stored_layer(1640) == 1640 && one_stored_layer(1) >= 1639);
// Expert layers of several kinds add up; of the experts that files store, those before the first on the card are off
// it.
static_assert(asked_of(two_kinds, [](const detail::serving_inputs& in) {
                  network net = in.net;
                  net.blocks[1].feed_forward.experts = true;
                  return 100 * detail::expert_layers(net, 0, 2) + 10 * detail::expert_layers(net, 1, 2) +
                         detail::expert_layers(in.net, 0, 2);
              }) == 211);
constexpr std::int64_t stored_off_card(std::int64_t first, int kinds_with_experts) {
    return asked_of(
        [&](stage_bench& t) {
            two_kinds(t);
            stored(t);
            t.net.blocks[0].feed_forward.experts = kinds_with_experts > 0;
            t.net.blocks[1].feed_forward.experts = kinds_with_experts > 1;
            t.first_experts = first;
        },
        [](const detail::serving_inputs& in) { return detail::stored_experts_off_card(in); });
}
static_assert(stored_off_card(1, 1) == 400 && stored_off_card(1, 2) == 200 && stored_off_card(2, 2) == 400 &&
              stored_off_card(9, 2) == 400 && stored_off_card(1, 0) == 0 && stored_off_card(0, 2) == 0);
static_assert(asked_of(
                  [](stage_bench& t) {
                      stored(t);
                      t.stored.largest_matrix = 5000;
                      t.l.tensor = 2;
                  },
                  layers_in)
                  .largest == 2500);

// The head is quantized where the engine does it, in no format of 16 bits or of fp32, and where it has a matrix.
template <class Change>
constexpr bool quantizes(Change change) {
    return asked_of(
        [&](stage_bench& t) {
            t.job.weights = number_format::fp8;
            t.row.quantized_head = true;
            change(t);
        },
        [](const detail::serving_inputs& in) { return detail::quantizes_head(in); });
}
static_assert(quantizes(nothing) && quantizes([](stage_bench& t) { t.net.logits = 1; }) &&
              !quantizes([](stage_bench& t) { t.net.logits = 0; }) &&
              !quantizes([](stage_bench& t) { t.net.tied = true; }) &&
              !quantizes([](stage_bench& t) { t.row.quantized_head = false; }) &&
              !quantizes([](stage_bench& t) { t.compute = 4; }) &&
              !quantizes([](stage_bench& t) { t.job.weights = number_format::bf16; }));
// A table that ends within a row: 17 elements of 2 bytes, or two rows of 16 of a byte with a scale of 4.
static_assert(detail::table_bytes(number_format::bf16, 17, small(), 128) == 34 &&
              detail::table_bytes(number_format::fp32, 17, small(), 128) == 68 &&
              detail::table_bytes(number_format::fp8, 17, small(), 128) == 32 + 4);
// A stored head that is 0 shares the embedding's bytes, if the network makes logits.
constexpr std::int64_t stored_head(std::int64_t logits, std::int64_t head, int stages) {
    return asked_of(
        [&](stage_bench& t) {
            stored(t);
            t.net.logits = logits;
            t.stored.head = head;
            t.l.pipeline = stages;
        },
        [](const detail::serving_inputs& in) { return detail::embedding_head_of(in).head; });
}
static_assert(stored_head(1, 0, 2) == 300 && stored_head(1, 0, 1) == 0 && stored_head(0, 0, 2) == 0 &&
              stored_head(1, 1, 1) == 1 && stored_head(100, 500, 1) == 500);
// A quantized head of 1,600 weights, the largest matrix, is made on the card, if it is one of its own.
constexpr std::int64_t made_on_card(bool shared, bool quantized) {
    return stage_with([&](stage_bench& t) {
               t.job.weights = number_format::fp8;
               t.net.tied = shared;
               t.row.quantized_head = quantized;
               t.row.quantizing_bytes = 1;
           })
        .load;
}
static_assert(made_on_card(false, true) == 1600 && made_on_card(true, true) == 512 &&
              made_on_card(false, false) == 512);

// ---- Activations at their bounds

// Experts are gathered where data-parallel ranks share them: neither without ranks of experts nor with one of data.
constexpr std::int64_t gathered_by(int data, int expert, std::int64_t tokens = 0) {
    return asked_of(
        [&](stage_bench& t) {
            experts(t);
            t.l.data = data;
            t.l.expert = expert;
            t.trial.tokens = tokens;
        },
        [](const detail::serving_inputs& in) { return detail::gathered_experts_width(in.net.blocks[0], in); });
}
static_assert(gathered_by(1, 2) == gathered_by(1, 1) && gathered_by(2, 1) == gathered_by(1, 1) &&
              gathered_by(2, 2) == 2 * gathered_by(1, 1) + 2 * 2 * 16);
static_assert(gathered_by(20'000, 2) == 20'000 * (gathered_by(1, 1) + 2 * 16) &&
              gathered_by(40'000, 2) == 32'768 * gathered_by(1, 1) + 2 * 40'000 * 16 &&
              gathered_by(40'000, 2, 1) == gathered_by(40'000, 2) &&
              gathered_by(40'000, 2, 2) == 16'384 * gathered_by(1, 1) + 2 * 40'000 * 16);
// An engine that gathers experts has nothing to gather for a layer without them.
static_assert(asked_of(
                  [](stage_bench& t) {
                      t.row.gathers_experts = true;
                      t.l = {.data = 4, .expert = 4};
                  },
                  [](const detail::serving_inputs& in) { return detail::feed_forward_width(in.net.blocks[0], in); }) ==
              64);
static_assert(asked_of(
                  [](stage_bench& t) {
                      t.row.gathers_experts = true;
                      t.l = {.data = 2, .expert = 2};
                      t.net.blocks[0].width.of[tensor_role::expert_hidden] = 1;
                  },
                  [](const detail::serving_inputs& in) { return detail::feed_forward_width(in.net.blocks[0], in); }) ==
              2 + 2 * 2 * 16);
// A mask stands beside scores of either kind, and beside no others.
constexpr std::int64_t mask(score_kind kind) {
    return asked_of(
        [&](stage_bench& t) {
            t.row.mask_bytes = 3;
            t.net.blocks[0].attention.scores = kind;
        },
        [](const detail::serving_inputs& in) { return detail::attention_matrix_bytes(in.net.blocks[0], in); });
}
static_assert(mask(score_kind::dot_product) == 3 && mask(score_kind::additive) == 3 && mask(score_kind::none) == 0);
// Static buffers until the month in which they are no more; fp32 has logits of its own width.
static_assert(stage_with([](stage_bench& t) { t.row.static_buffers_until = t.job.software_date; }).buffers_per_token ==
              0);
static_assert(stage_with([](stage_bench& t) { t.compute = 4; }).logit_row == 400 &&
              stage_with([](stage_bench& t) { t.compute = 1; }).logit_row == 600);
static_assert(stage_with([](stage_bench& t) {
                  t.trial.tokens = 1;
                  t.trial.logit_bytes = 8;
                  t.l.tensor = 2;
              }).logit_row == 800);
// Rotary tables until the month in which layers share them; graphs by stages of layers, or of the whole engine.
static_assert(stage_with([](stage_bench& t) { t.row.rotary_shared_since = t.job.software_date; }).weights ==
              all_weights);
static_assert(stage_with([](stage_bench& t) { t.row.graph_mebibytes = 3; }).graphs == 3 * 1024 * 1024 &&
              stage_with([](stage_bench& t) {
                  t.row.graph_mebibytes = 3;
                  t.job.graphs = false;
              }).graphs == 0);

// A stage of one layer has its activations.
static_assert(middle.feed_forward_per_token == (32 + 64) * 2 && middle.attention_per_token == (32 + 56) * 2);

// ---- Points at their bounds

// Nothing that a point does not state is in it.
constexpr bool states_nothing(const detail::inference_point& at) {
    return at.batch == 0 && at.prompt == 0 && at.generate == 0 && at.image_features == 0 && at.full_cache == 0 &&
           at.prompt_cache == 0 && at.positions == 0 && at.tokens == 0 && at.decoded == 0 && at.sampled == 0;
}
static_assert(states_nothing({.job = lowered, .stage = lowered.stages[0]}));
constexpr bool inputs_state_nothing(const detail::serving_inputs& in) {
    return in.compute == 2 && in.unquantized == 2 && in.low == 0 && in.high == 0 && in.first_experts == 0 &&
           !in.host_takes_from_gpu;
}
static_assert([] {
    const stage_bench t;
    return inputs_state_nothing({.net = t.net,
                                 .job = t.job,
                                 .l = t.l,
                                 .row = t.row,
                                 .trial = t.trial,
                                 .content = t.content,
                                 .stored = t.stored});
}());
// A sequence longer than one token is cut where all are; one image is as good as several; a chunk may be one token.
static_assert(trial({.tokens = 6, .sequences = 3, .cut_beyond = 1, .cut_tokens = 2}).activations == 2 * 45);
static_assert(trial({.tokens = 1, .sequences = 3}).activations == 45);
static_assert(at(phase::prefill, [](lowered_inference& job) { job.chunk = 1; }).activations == 115);
constexpr auto one_image = [](lowered_inference& job) {
    with_images(job);
    job.images = 1;
    job.image_tokens = 5;
};
static_assert(at(phase::prefill, one_image).activations == 30 * (90 + 2 * 15 + 5) + 2 * 300 &&
              at(phase::tower, one_image).activations == 2 * 9000 + 2 * 300);
static_assert(at(phase::tower, [](lowered_inference& job) {
                  one_image(job);
                  job.chunk = 1;
              }).activations == 9000 + 2 * 300);
// Images of one token each: eight of them in a chunk of eight.
static_assert(at(phase::tower, [](lowered_inference& job) {
                  with_images(job);
                  job.images = 9;
                  job.image_tokens = 9;
                  job.chunk = 8;
              }).activations == 8 * 9000 + 18 * 300);
static_assert(at(phase::head, as_it_is).when == memory_phase::prefill &&
              at(phase::prefill, as_it_is).when == memory_phase::prefill);
// Of two phases that need the same, the earlier one is named.
constexpr memory_phase larger_of(std::int64_t loading, std::int64_t decoding) {
    const detail::inference_phase_load first{.total = loading, .when = memory_phase::load};
    const detail::inference_phase_load second{.total = decoding, .when = memory_phase::decode};
    return detail::larger_phase(first, second).when;
}
static_assert(larger_of(5, 5) == memory_phase::load && larger_of(5, 6) == memory_phase::decode);
// A job of one image has a peak of its tower.
static_assert([] {
    lowered_inference job = lowered;
    one_image(job);
    job.stages[0].image_activations = 1'000'000;
    return detail::peak_over_phases(job, job.stages[0], 1, 1, 0).activations == 1'000'000 + 300;
}());

// The bytes of a point are less than 2e18: 1e18 fixed, and two tokens of 5e17, or of which a score with each is half.
constexpr bool within(double fixed, double token, double score) {
    const lowered_inference job{
        .stage_count = 1, .block_tokens = 0, .token_bound = token, .score_bound = score, .fixed_bound = fixed};
    return detail::within_reach(job, 1, 2, 0);
}
static_assert(within(1.9e18, 0, 0) && !within(2e18, 0, 0));
static_assert(within(1e18, 4.9e17, 0) && !within(1e18, 5e17, 0) && within(1e18, 0, 2.4e17) &&
              !within(1e18, 0, 2.5e17) && !within(0, 5e17, 2.5e17) && within(0, 4.9e17, 2.5e17));
