// SPDX-License-Identifier: MIT

// Tests what a stage of a training holds, and the peaks over its phases, against hand counts of a small network.

#include <cardfit/estimate/training/lower.hpp>

using namespace cardfit;

namespace {

// ---- Model states

/// Two layers of width 16 with two matrices of 16 x 16 and 4 vector parameters each, and an embedding and a head of 10
/// tokens; 3 parameters of positions and 16 of the last norm; running statistics of 5.
constexpr network small() {
    network net{.block_kinds = 1,
                .layers = 2,
                .hidden = 16,
                .embedding_parameters = 160,
                .position_parameters = 3,
                .head_parameters = 160,
                .final_parameters = 16,
                .logits = 10,
                .final_norm_width = 16};
    layer_block& b = net.blocks[0];
    b.layers.end = 2;
    b.vector_parameters = 4;
    b.buffers = 5;
    b.add({.target = target::query, .in = 16, .out = 16});
    b.add({.target = target::output, .in = 16, .out = 16});
    return net;
}

constexpr saved_table nothing_saved{};

/// What lowering a stage reads: 16-bit weights of 2 bytes, gradients of 4, master weights, AdamW in fp32.
struct stage_bench {
    network net = small();
    training job{};
    layout l{.data = 1, .sharding_group = 1};
    framework_memory row{};
    memory_rules rules{.kept = &nothing_saved,
                       .live = &nothing_saved,
                       .compute_width = 2 * width_scale,
                       .matrix_width = width_scale,
                       .recipe = {.weight = 2, .gradient = 4, .master = 4}};
    stage_content content{.layers = {2}, .embedding = true, .head = true};

    [[nodiscard]] constexpr stage_load lowered() const {
        return detail::lower_stage(detail::inputs_of(net, job, l, rules, row), content);
    }
};
template <class Change>
constexpr stage_load stage_with(Change change) {
    stage_bench t;
    change(t);
    return t.lowered();
}

constexpr std::int64_t all = 2 * (512 + 4) + 160 + 160 + 3 + 16;  // 1371

}  // namespace

constexpr stage_load plain = stage_with([](stage_bench&) {});
static_assert(plain.weights == 2 * all + 2 * 5 * 4 && plain.gradients == 4 * all && plain.optimizer == 12 * all);
static_assert(plain.gradients_early == 0 && plain.gradients_loss == 0 && plain.slack_loss == 0 &&
              plain.slack_first == 0 && plain.buckets == 0 && plain.step_temporaries == 0 && plain.scratch == 0);
static_assert(plain.gathered_forward == 0 && plain.gathered_head == 0 && plain.gathered_backward == 0 &&
              plain.gathered_ahead == 0);
// A stage of one layer, and the embedding alone or the head alone.
static_assert(stage_with([](stage_bench& t) { t.content = {.layers = {1}}; }).gradients == 4 * 516);
static_assert(stage_with([](stage_bench& t) { t.content = {.embedding = true}; }).gradients == 4 * 163 &&
              stage_with([](stage_bench& t) { t.content = {.head = true}; }).gradients == 4 * 176);
// Two cards divide matrices, embedding and head, not the vectors.
constexpr std::int64_t half = 2 * (256 + 4) + 80 + 80 + 3 + 16;
static_assert(stage_with([](stage_bench& t) { t.l.tensor = 2; }).gradients == 4 * half);
// A tied table counts once on one stage.
static_assert(stage_with([](stage_bench& t) {
                  t.net.tied = true;
                  t.net.head_parameters = 0;
              }).gradients == 4 * (all - 160));

// ZeRO over 3 cards: 1371 parameters are 457 for each; stage 1 shards optimizer states, 2 gradients too, 3 all.
constexpr layout over_three{.data = 3, .sharding = sharding::full, .sharding_group = 3};
constexpr stage_load sharded(sharding how) {
    return stage_with([=](stage_bench& t) {
        t.l = over_three;
        t.l.sharding = how;
    });
}
static_assert(sharded(sharding::optimizer).optimizer == 12 * 457 && sharded(sharding::optimizer).gradients == 4 * all &&
              sharded(sharding::optimizer).weights == plain.weights);
static_assert(sharded(sharding::gradients).gradients == 4 * 457 &&
              sharded(sharding::gradients).weights == plain.weights);
static_assert(sharded(sharding::full).weights == 2 * 457 + 40 && sharded(sharding::full).gradients == 4 * 457);
// FSDP gathers embedding, head and their norms, and two layers at a time; in backward one layer's gradients exist too.
static_assert(sharded(sharding::full).gathered_forward == 2 * (160 + 160 + 19 + 2 * 516) &&
              sharded(sharding::full).gathered_backward == 2 * (160 + 160 + 19 + 3 * 516));
// A stage of one layer has no next one.
static_assert(stage_with([](stage_bench& t) {
                  t.l = over_three;
                  t.content.layers[0] = 1;
              }).gathered_forward == 2 * (339 + 516));
static_assert(stage_with([](stage_bench& t) { t.l.sharding = sharding::full; }).gathered_forward == 0);

// Gradients that stay, those at the loss, and blocks of them that the allocator keeps.
constexpr auto staying = [](stage_bench& t) {
    t.rules.gradients_stay = true;
    t.rules.head_gradient_bytes = 2;
};
static_assert(stage_with(staying).gradients_early == 4 * all && stage_with(staying).gradients_loss == 4 * all + 320);
constexpr stage_load freed = stage_with([](stage_bench& t) {
    t.row.keeps_freed_gradients = true;
    t.rules.head_gradient_bytes = 2;
});
static_assert(freed.slack_loss == 4 * all - 320 && freed.slack_first == 4 * all && freed.gradients_loss == 320);
static_assert(stage_with([](stage_bench& t) {
                  staying(t);
                  t.row.keeps_freed_gradients = true;
              }).slack_loss == 0);
// An optimizer that steps in backward has one layer's gradients at a time, or the embedding's and head's.
static_assert(stage_with([](stage_bench& t) { t.job.optimizer_in_backward = true; }).gradients == 4 * 516);
static_assert(stage_with([](stage_bench& t) {
                  t.job.optimizer_in_backward = true;
                  t.rules.gradients_stay = true;
              }).gradients_early == 0);
static_assert(stage_with([](stage_bench& t) {
                  t.job.optimizer_in_backward = true;
                  t.net.embedding_parameters = 1600;
              }).gradients == 4 * (1600 + 160));
// Temporaries of a step: one in the states' format, and a copy of 2 bytes of the gradient; ZeRO-3 steps 100 at a time.
constexpr auto stepping = [](stage_bench& t) {
    t.rules.foreach_temporaries = 1;
    t.rules.recipe.step_gradient = 2;
};
static_assert(stage_with(stepping).step_temporaries == 6 * all);
static_assert(stage_with([](stage_bench& t) {
                  stepping(t);
                  t.l = over_three;
              }).step_temporaries == 6 * 457);
static_assert(stage_with([](stage_bench& t) {
                  stepping(t);
                  t.row.stepped_elements = 100;
                  t.l = over_three;
              }).step_temporaries == 600);
static_assert(stage_with([](stage_bench& t) {
                  stepping(t);
                  t.job.optimizer_in_backward = true;
              }).step_temporaries == 4 * 516);
static_assert(stage_with([](stage_bench& t) {
                  stepping(t);
                  t.job.optimizer = optimizer::paged_adamw;
              }).step_temporaries == 2 * all);
// Buckets: two copies of the gradients where data parallelism reduces them, and 100 elements in 16 bits, which ZeRO
// allocates on one card too.
constexpr std::int64_t buckets(int data, sharding how, std::int64_t elements = 100) {
    return stage_with([=](stage_bench& t) {
               t.row.bucket_gradient_copies = 2;
               t.row.bucket_elements = elements;
               t.l = {.data = data, .sharding = how, .sharding_group = data};
           })
        .buckets;
}
static_assert(buckets(1, sharding::none) == 0 && buckets(3, sharding::none) == 2 * 4 * all + 200 &&
              buckets(1, sharding::optimizer) == 200 && buckets(3, sharding::full) == 200 &&
              buckets(3, sharding::none, 100'000) == 2 * 4 * all + 2 * all);
// Narrow copies of matrices alone; dummy gradients of each distinct shape and of the head.
static_assert(stage_with([](stage_bench& t) { t.rules.narrow_copies = 2; }).weights == plain.weights + 2 * 2 * 512);
static_assert(stage_with([](stage_bench& t) { t.row.matrix_scratch = true; }).scratch == 2 * (2 * 256 + 160));
static_assert(stage_with([](stage_bench& t) {
                  t.row.matrix_scratch = true;
                  t.net.blocks[0].linears[1].target = target::query;
                  t.l.tensor = 2;
              }).scratch == 2 * (2 * 128 + 80));
// Autocast's copies of 2 bytes live through forward and backward; those of checkpoints one layer at a time.
constexpr auto casting = [](stage_bench& t) { t.rules.recipe.cast_cache = 2; };
static_assert(stage_with(casting).gathered_head == 320 && stage_with(casting).gathered_forward == 2 * 1024 + 320 &&
              stage_with(casting).gathered_backward == 2 * 1024 + 320);
static_assert(stage_with([](stage_bench& t) {
                  casting(t);
                  t.rules.checkpoint_width = 2 * width_scale;
              }).gathered_backward == 2 * 512);
static_assert(stage_with([](stage_bench& t) {
                  casting(t);
                  t.rules.widened = true;
              }).gathered_forward == 320);
// A stage that stays gathered has unsharded fp32 gradients.
static_assert(stage_with([](stage_bench& t) { t.rules.whole_stage = true; }).gathered_forward == 2 * all &&
              stage_with([](stage_bench& t) { t.rules.whole_stage = true; }).gathered_backward == 6 * all);
// States in host memory take none of the card's; weights and gradients do not either in a full offload, which fetches
// layers.
static_assert(stage_with([](stage_bench& t) { t.job.offload = offload::optimizer; }).optimizer == 0 &&
              stage_with([](stage_bench& t) { t.job.offload = offload::optimizer; }).weights == plain.weights);
constexpr stage_load on_host = stage_with([](stage_bench& t) { t.job.offload = offload::full; });
static_assert(on_host.weights == 0 && on_host.gradients == 0 && on_host.optimizer == 0 &&
              on_host.gathered_forward == 2 * (339 + 2 * 516) && on_host.gathered_backward == 2 * (339 + 3 * 516));

// Experts: 4 of 16 x 8 on 2 cards, whose states 2 of the 4 data-parallel ranks share.
constexpr auto experts = [](stage_bench& t) {
    t.net.experts = 4;
    t.net.blocks[0].add(
        {.target = target::up, .split = weight_split::expert, .in = 16, .out = 8, .copies = 4, .active = 2});
};
static_assert(stage_with(experts).gradients == 4 * (all + 2 * 512) &&
              stage_with(experts).optimizer == 12 * (all + 2 * 512));
static_assert(stage_with([](stage_bench& t) {
                  experts(t);
                  t.l = {.data = 4, .expert = 2, .sharding = sharding::optimizer, .sharding_group = 4};
              }).optimizer == divide_up(12 * all, std::int64_t{4}) + 12 * 512 / 2);
static_assert(stage_with([](stage_bench& t) {
                  experts(t);
                  t.l = {.data = 4, .expert = 2, .sharding = sharding::full, .sharding_group = 4};
              }).weights == divide_up(2 * all, std::int64_t{4}) + 2 * 512 / 2 + 40);
static_assert(stage_with([](stage_bench& t) {
                  experts(t);
                  t.rules.narrow_copies = 1;
              }).weights == plain.weights + 2 * 1024 + 1024 + 1024);
// Frozen weights of the model have no gradient and no state.
static_assert(stage_with([](stage_bench& t) { t.net.blocks[0].linears[1].frozen = true; }).gradients ==
                  4 * (all - 512) &&
              stage_with([](stage_bench& t) { t.net.blocks[0].linears[1].frozen = true; }).weights == plain.weights);

// Adapters of rank 2 on queries: (16 + 16) x 2 a layer, beside a base of 2 bytes that has neither.
constexpr auto adapted = [](stage_bench& t) {
    t.job.adapter = {.method = adapter_method::lora, .rank = 2, .targets = targets(target::query)};
    t.rules.adapted = true;
    t.rules.base = number_format::bf16;
};
static_assert(stage_with(adapted).gradients == 4 * 128 && stage_with(adapted).optimizer == 12 * 128 &&
              stage_with(adapted).weights == 2 * 128 + 40 + 2 * all);
// A base in 8 bits: embeddings, head, norms and positions stay in 16; one layer's matrix is dequantized at a time.
constexpr auto in_eight_bits = [](stage_bench& t) {
    adapted(t);
    t.rules.base = number_format::int8;
};
static_assert(stage_with(in_eight_bits).weights == 2 * 128 + 40 + 1024 + 2 * (all - 1024) &&
              stage_with(in_eight_bits).scratch == 2 * 256);
static_assert(stage_with([](stage_bench& t) {
                  in_eight_bits(t);
                  t.row.adapters.quantized_head = true;
              }).weights == 2 * 128 + 40 + 1024 + 160 + 2 * (all - 1024 - 160));
static_assert(stage_with([](stage_bench& t) {
                  in_eight_bits(t);
                  t.rules.widened = true;
                  t.rules.recipe.weight = 4;
              }).weights == 4 * 128 + 40 + 1024 + 4 * (all - 1024));
// DoRA trains a magnitude per output, and materializes two matrices for its norm.
constexpr auto magnitudes = [](stage_bench& t) {
    adapted(t);
    t.job.adapter.method = adapter_method::dora;
};
static_assert(stage_with(magnitudes).gradients == 4 * (128 + 2 * 16) && stage_with(magnitudes).scratch == 2 * 2 * 256);
// Modules with formats of their own: head and embedding in 8 bits; one layer of two in 16 bits.
static_assert(stage_with([](stage_bench& t) {
                  in_eight_bits(t);
                  t.job.base_modules.head = number_format::int8;
                  t.job.base_modules.embedding = number_format::int8;
              }).weights == 2 * 128 + 40 + 1024 + 320 + 2 * (all - 1024 - 320));
static_assert(stage_with([](stage_bench& t) {
                  in_eight_bits(t);
                  t.job.base_modules.unquantized_layers = 1;
              }).weights == 2 * 128 + 40 + 512 + 2 * (all - 512));
static_assert(stage_with([](stage_bench& t) {
                  in_eight_bits(t);
                  t.job.base_modules.head = number_format::int8;
                  t.l.tensor = 2;
              }).weights == 2 * 2 * 32 + 40 + 512 + 80 + 2 * (half - 512 - 80));
// Attention in 8 bits over a base of 4: one layer of two, and the other one in 16 bits.
constexpr auto attention_in_eight_bits = [](stage_bench& t) {
    in_eight_bits(t);
    t.rules.base = number_format::int4;
    t.job.base_modules.attention = number_format::int8;
};
static_assert(stage_with(attention_in_eight_bits).weights == stage_with(in_eight_bits).weights);
static_assert(stage_with([](stage_bench& t) {
                  attention_in_eight_bits(t);
                  t.job.base_modules.unquantized_layers = 1;
              }).weights == 2 * 128 + 40 + 512 + 2 * (all - 512));
// FSDP gathers a quantized layer as it is stored, and two of them ahead in backward.
static_assert(stage_with([](stage_bench& t) {
                  in_eight_bits(t);
                  t.l = over_three;
              }).gathered_forward == 2 * 339 + 2 * (512 + 8) &&
              stage_with([](stage_bench& t) {
                  in_eight_bits(t);
                  t.l = over_three;
              }).gathered_ahead == 512 + 8);

// ---- Optimizers whose states follow shapes

constexpr std::int64_t states(optimizer which, std::int64_t rank, std::int64_t in, std::int64_t out) {
    return stage_with([=](stage_bench& t) {
               t.rules.recipe.master = 0;
               t.job.optimizer = which;
               t.job.optimizer_rank = rank;
               t.net.blocks[0].linears[0].in = in;
               t.net.blocks[0].linears[0].out = out;
           })
        .optimizer;
}
// Adafactor keeps a row and a column of each matrix in fp32; GaLore two moments of rank 4 along the longer side, and a
// projection along the shorter; Muon one momentum of hidden matrices, AdamW's two of the rest.
static_assert(states(optimizer::muon, 0, 16, 16) == 4 * (1024 + 2 * (all - 1024)));
static_assert(states(optimizer::sgd_momentum, 0, 16, 16) == 4 * all && states(optimizer::sgd, 0, 16, 16) == 0);
static_assert(states(optimizer::galore, 4, 8, 32) ==
              4 * (2 * 2 * (4 * 32 + 4 * 16) + 2 * (4 * 8 + 4 * 16) + 2 * (2 * 4 + 160 + 160 + 19)));

// SOAP keeps a square and its eigenvectors for each side of up to 10,000 elements (its max_precond_dim), that one
// included, and none for a longer one.
constexpr std::int64_t square = std::int64_t{10'000} * 10'000;
static_assert(states(optimizer::soap, 0, 10'000, 1) > 2 * 2 * 4 * square &&
              states(optimizer::soap, 0, 10'001, 1) < 4 * square && states(optimizer::soap, 0, 1, 10'001) < 4 * square);
static_assert(states(optimizer::soap, 0, 1, 10'000) > 2 * 2 * 4 * square);

// ---- Activations

namespace {

/// Two bytes of each layer input and one byte of its mask are saved; under eager attention a copy of the scores.
constexpr saved_table inputs_saved = [] {
    saved_table table;
    table.tensors.of[tensor_role::layer_input] = {.compute = 1};
    table.tensors.of[tensor_role::query] = {.compute = 1};
    table.tensors.of[tensor_role::rms_norm_input] = {.wide = 1};
    table.scores = {.compute = 1};
    return table;
}();
constexpr saved_table less_saved = [] {
    saved_table table;
    table.tensors.of[tensor_role::layer_input] = {.compute = 1};
    return table;
}();
constexpr auto saving = [](stage_bench& t) {
    t.rules.live = &inputs_saved;
    t.rules.kept = &inputs_saved;
    for (std::int8_t& each : t.rules.needed.of) each = 1;
    layer_block& b = t.net.blocks[0];
    b.width.of[tensor_role::layer_input] = 16;
    b.width.of[tensor_role::query] = 24;
    b.attention.score_heads = 3;
};
template <class Change>
constexpr stage_load saving_with(Change change) {
    stage_bench t;
    saving(t);
    change(t);
    return t.lowered();
}

}  // namespace

// 16 and 24 elements of 2 bytes in each of 2 layers. The head saves 16 elements of its input and of the norm's in fp32,
// and an index; the embedding an index.
constexpr stage_load saved = saving_with([](stage_bench&) {});
static_assert(saved.saved_per_token == 2 * 80 && saved.layer_per_token == 80 && saved.recomputed_per_token == 0 &&
              saved.held_per_token == 0 && saved.saved_per_score == 0);
static_assert(saved.embedding_head_per_token == 8 + 8 + 16 * 4 + 16 * 2);
static_assert(saving_with([](stage_bench& t) { t.content.in_flight = 3; }).saved_per_token == 3 * 160);
static_assert(saving_with([](stage_bench& t) {
                  t.content.in_flight = 3;
                  t.l.virtual_stages = 2;
              }).saved_per_token == 240);
static_assert(saving_with([](stage_bench& t) { t.rules.scores = true; }).saved_per_score == 2 * 3 * 2 &&
              saving_with([](stage_bench& t) { t.rules.scores = true; }).layer_per_score == 3 * 2);
// A checkpoint is a layer's input; the layer is recomputed whole.
constexpr auto checkpointed = [](stage_bench& t) {
    t.rules.checkpoint_width = 2 * width_scale;
    t.rules.scores = true;
};
static_assert(saving_with(checkpointed).saved_per_token == 2 * 32 &&
              saving_with(checkpointed).recomputed_per_token == 80 &&
              saving_with(checkpointed).layer_per_token == 32 + 80 && saving_with(checkpointed).saved_per_score == 0 &&
              saving_with(checkpointed).recomputed_per_score == 6 && saving_with(checkpointed).layer_per_score == 6);
static_assert(saving_with([](stage_bench& t) {
                  checkpointed(t);
                  t.rules.inputs_stay = true;
              }).held_per_token == 2 * 32);
// Selective: the input alone is saved, and queries and scores are recomputed.
constexpr auto selective = [](stage_bench& t) {
    t.rules.kept = &less_saved;
    t.rules.selective = true;
    t.rules.scores = true;
};
static_assert(saving_with(selective).saved_per_token == 2 * 32 && saving_with(selective).recomputed_per_token == 48 &&
              saving_with(selective).recomputed_per_score == 6 && saving_with(selective).layer_per_token == 80);
static_assert(saving_with([](stage_bench& t) {
                  selective(t);
                  t.rules.kept_wide = &inputs_saved;
                  t.rules.wide_percent = 25;
              }).saved_per_token == 2 * (32 + 12));
// Offloaded activations: the layer that runs, and the one that is copied.
static_assert(saving_with([](stage_bench& t) {
                  t.net.layers = 5;
                  t.content.layers[0] = 5;
                  t.job.offload = offload::activations;
                  t.rules.scores = true;
              }).saved_per_token == 160);
static_assert(saving_with([](stage_bench& t) {
                  t.content.layers[0] = 5;
                  checkpointed(t);
                  t.row.checkpoints_on_host = true;
              }).saved_per_token == 64);
static_assert(saving_with([](stage_bench& t) {
                  t.row.keeps_stage_outputs = true;
                  t.l.pipeline = 2;
              }).saved_per_token == 160 + 32);
// The gradients of a feed-forward's tensors exist only while its backward runs; so do DoRA's outputs: 2 x 16 of 2
// bytes.
static_assert(saving_with([](stage_bench& t) {
                  t.net.blocks[0].width.of[tensor_role::up_output] = 10;
                  t.net.blocks[0].width.of[tensor_role::gate_output] = 20;
                  t.net.blocks[0].width.of[tensor_role::feed_forward_hidden] = 30;
                  t.net.blocks[0].convolution.gradient_width = 4;
              }).layer_per_token == 80 + 2 * 64);
static_assert(saving_with([](stage_bench& t) {
                  t.net.blocks[0].width.of[tensor_role::expert_up_output] = 10;
                  t.net.blocks[0].width.of[tensor_role::expert_gate_output] = 20;
                  t.net.blocks[0].width.of[tensor_role::expert_hidden] = 30;
                  t.l.tensor = 2;
              }).recomputed_per_token == 60);
static_assert(saving_with(magnitudes).saved_per_token == 2 * (80 + 2 * 16 * 2));
// Winograd's transforms: 4 bytes of 7 elements per token, and of 11 fixed ones; a negative width takes from these, of a
// micro-batch of 2.
static_assert(saving_with([](stage_bench& t) {
                  t.rules.convolution_transforms = true;
                  t.net.blocks[0].convolution.transform_width = 7;
                  t.net.blocks[0].convolution.transform_elements = 11;
              }).layer_per_token == 80 + 28 &&
              saving_with([](stage_bench& t) {
                  t.rules.convolution_transforms = true;
                  t.job.micro_batch = 2;
                  t.net.blocks[0].convolution.transform_width = -3;
                  t.net.blocks[0].convolution.transform_elements = 11;
              }).scratch == 4 * (11 - 6));
// Logits: 10 of 6 bytes, of which 2 come after forward's end; a masked loss has 15 % of them. Two cards halve them.
constexpr auto losing = [](stage_bench& t) {
    t.rules.logit_bytes = 6;
    t.rules.early_logit_bytes = 4;
};
static_assert(saving_with(losing).logits_per_token == 60 && saving_with(losing).late_logits_per_token == 20);
static_assert(saving_with([](stage_bench& t) {
                  losing(t);
                  t.rules.masked_percent = 15;
              }).logits_per_token == 9 &&
              saving_with([](stage_bench& t) {
                  losing(t);
                  t.l.tensor = 2;
              }).logits_per_token == 30);
// Dropout adds a byte of mask per element of the embedding; sequence parallelism divides it and the head's input.
static_assert(saving_with([](stage_bench& t) { t.rules.dropout = true; }).embedding_head_per_token ==
              saved.embedding_head_per_token + 16);
static_assert(saving_with([](stage_bench& t) {
                  t.rules.sequence_parallel = true;
                  t.l.tensor = 2;
                  t.row.gathers_sequence = true;
              }).embedding_head_per_token == 8 + 8 + 16 * 2 + 16 &&
              saving_with([](stage_bench& t) {
                  t.rules.sequence_parallel = true;
                  t.row.gathers_sequence = true;
              }).gathered_sequence_per_token == 32);
static_assert(saving_with([](stage_bench& t) {
                  checkpointed(t);
                  t.rules.sequence_parallel = true;
                  t.l.tensor = 2;
              }).saved_per_token == 2 * 16);
// A prediction layer's loss leaves the head's input and an fp32 tensor of its logits.
static_assert(saving_with([](stage_bench& t) {
                  losing(t);
                  t.job.loss = loss::full;
                  t.net.prediction_layers = 1;
              }).logits_per_token == 60 + 40 &&
              saving_with([](stage_bench& t) {
                  t.job.loss = loss::chunked;
                  t.net.prediction_layers = 1;
              }).embedding_head_per_token == saved.embedding_head_per_token + 32);

// ---- Peaks over the phases

namespace {

constexpr stage_load amounts{.weights = 1000,
                             .gradients = 2000,
                             .gradients_early = 100,
                             .gradients_loss = 200,
                             .slack_loss = 11,
                             .slack_first = 13,
                             .optimizer = 3000,
                             .gathered_forward = 900,
                             .gathered_head = 50,
                             .gathered_backward = 800,
                             .gathered_ahead = 300,
                             .buckets = 17,
                             .step_temporaries = 4000,
                             .scratch = 19,
                             .saved_per_token = 40,
                             .saved_per_score = 2,
                             .recomputed_per_token = 30,
                             .recomputed_per_score = 1,
                             .layer_per_token = 60,
                             .layer_per_score = 3,
                             .held_per_token = 5,
                             .embedding_head_per_token = 7,
                             .logits_per_token = 90,
                             .late_logits_per_token = 20,
                             .gathered_sequence_per_token = 4,
                             .tower_per_sample = 500,
                             .source_layer_per_sample = 600};
constexpr lowered_training lowered{.stages = {amounts},
                                   .stage_count = 1,
                                   .workspace = 23,
                                   .context = 10'000,
                                   .communication = 20'000,
                                   .engine = 40'000,
                                   .capacity = 1'000'000};
constexpr detail::stage_point point = detail::point_of(lowered, lowered.stages[0], 2, 20, 10);

}  // namespace

// Two samples of 10 tokens: 20 x (40 + 7 + 10 x 2 + 4) and the tower's; a layer's 20 x (60 + 10 x 3 + 4 + 5).
static_assert(point.saved == 20 * 71 + 1000 && point.tower == 1000 && point.layer == 20 * 99 &&
              point.source_layer == 1200);
constexpr std::int64_t fixed = 1000 + 3000 + 17 + 23;
// What is gathered for forward counts as far as it exceeds the later logits: 900 - 20 x 20.
static_assert(detail::loss_peak(point).total == fixed + 200 + 2420 + 1800 + 500 + 19 + 11 &&
              detail::loss_peak(point).gathered == 500 && detail::loss_peak(point).when == memory_phase::loss);
static_assert(detail::backward_start_peak(point).total == fixed + 100 + 2420 + 20 * 40 + 800 + 19 + 13 &&
              detail::backward_start_peak(point).when == memory_phase::backward);
static_assert(detail::backward_end_peak(point).total == fixed + 2000 + 1980 + 1000 + 500 + 19 &&
              detail::backward_end_peak(point).when == memory_phase::backward);
static_assert(detail::step_peak(point).total == fixed + 2000 + 4000 &&
              detail::step_peak(point).when == memory_phase::step);
static_assert(memory(lowered, 2, 10).device().number == fixed + 6000 + 70'000 &&
              memory(lowered, 2, 10).peak_phase == memory_phase::step);
// An encoder's layer that is larger; two ranks of a context; fewer samples at once.
static_assert(detail::backward_end_peak(detail::point_of(lowered, lowered.stages[0], 20, 20, 10)).activations ==
              12'000 + 10'000);
template <class Change>
constexpr memory_estimate at_ten(Change change, std::int64_t batch = 2) {
    lowered_training job = lowered;
    job.stages[0].step_temporaries = 0;
    job.stages[0].gradients = 0;
    change(job);
    return memory(job, batch, 10);
}
static_assert(at_ten([](lowered_training& job) { job.context_parallel = 2; }).components.logits.number == 900);
static_assert(at_ten([](lowered_training& job) { job.samples_at_once = 1; }).components.activations.number ==
              10 * 71 + 2 * 500);
static_assert(at_ten([](lowered_training& job) { job.tokens_per_sample = 30; }).components.logits.number == 60 * 90);
// Percentages of the allocator: 70 per mille of whole thousands of activations, 20 of everything else.
static_assert(at_ten([](lowered_training& job) {
                  job.activation_slack_per_mille = 70;
                  job.slack_per_mille = 20;
              }).components.fragmentation.number == 2 * 70 + 6 * 20 + 11);
static_assert(at_ten([](lowered_training& job) { job.band_per_mille = 100; }).device_low.number ==
                  fixed + 4950 + 70'000 - 7800 &&
              at_ten([](lowered_training& job) { job.band_per_mille = 100; }).device_high.number ==
                  fixed + 4950 + 70'000 + 7800);
// The most-loaded of two stages.
static_assert(at_ten([](lowered_training& job) {
                  job.stage_count = 2;
                  job.stages[1] = job.stages[0];
                  job.stages[1].weights = 9000;
                  job.stage_index[1] = 7;
              }).peak_stage == 7);

constexpr bool reached(std::int64_t batch, std::int64_t length) {
    lowered_training job = lowered;
    job.longest_sequence = 100;
    return detail::within_reach(job, batch, length) && problems(job, batch, length).empty();
}
static_assert(reached(1, 1) && reached(1'000'000, 100) && !reached(0, 1) && !reached(1'000'001, 1) && !reached(1, 0) &&
              !reached(1, 101));
static_assert(!problems(lowered_training{}, 1, 1).empty());
// The bounds hold every point: bytes at 2 samples of 10 tokens, and of 1000.
constexpr bool bounded(std::int64_t batch, std::int64_t length) {
    lowered_training job = lowered;
    detail::bound_again(job);
    const double tokens = static_cast<double>(batch * length);
    const double most = job.fixed_bound + tokens * (job.token_bound + static_cast<double>(length) * job.score_bound);
    return most + 200'000 >= static_cast<double>(memory(job, batch, length).device().number);
}
static_assert(bounded(2, 10) && bounded(7, 1000) && bounded(1000, 1));

// ---- Blocks of the allocator

namespace {

/// Phases whose loss has 5000 bytes of activations, 600 of logits of 6 bytes each, and 300 of a layer beside them.
constexpr detail::step_phases phases{.loss = {.activations = 5000, .logits = 600, .slack = 7, .total = 9007},
                                     .first = {.activations = 5300, .slack = 5, .total = 9305},
                                     .last = {.slack = 3, .total = 7003},
                                     .step = {.slack = 2, .total = 8002}};
constexpr block_cache_rules counted{.counted = true,
                                    .logit_bytes = 6,
                                    .copy_bytes = 2,
                                    .forward_layer_percent = 80,
                                    .backward_layer_percent = 50,
                                    .gathered_percent = 150};
constexpr detail::passing_bytes passing = detail::passing_of(counted, phases);

}  // namespace

// 100 logits: one block of 4 bytes each, a copy of 2; of the layer's 300 bytes, 80 % of whole hundreds.
static_assert(phases.layer() == 300 && passing.activations == 5000 + 240 && passing.logit_block == 400 &&
              passing.logit_copy == 200 && passing.logit_blocks == 1 && passing.logits() == 600);
// Logits of 14 bytes have three blocks in fp32; those of 2 bytes one of 2 each and no copy; none without a loss.
constexpr detail::passing_bytes passing_with(std::int64_t bytes_each, std::int64_t logits) {
    block_cache_rules rules = counted;
    rules.logit_bytes = bytes_each;
    detail::step_phases with = phases;
    with.loss.logits = logits;
    return detail::passing_of(rules, with);
}
static_assert(passing_with(14, 1400).logit_blocks == 3 && passing_with(14, 1400).logits() == 3 * 400 + 200 &&
              passing_with(2, 200).logits() == 200 && passing_with(2, 200).logit_copy == 0 &&
              passing_with(4, 400).logit_copy == 200 && passing_with(6, 0).logits() == 0 &&
              passing_with(0, 600).logits() == 0);
static_assert(detail::step_phases{.loss = {.activations = 9}, .first = {.activations = 5}}.layer() == 0);

// States of 6000, half of 1000 of gradients and half of a logit's block are born in 5000 saved bytes and 200 of 16-bit
// logits first: 1500 beyond them break the block of 400, or as much of it as is needed.
constexpr std::int64_t broken(std::int64_t optimizer, std::int64_t before = 5000) {
    return detail::broken_blocks(passing, before, {.gradients = 1000, .optimizer = optimizer});
}
static_assert(broken(6000) == 400 && broken(4800) == 300 && broken(4400) == 0 && broken(0) == 0 &&
              broken(100, 600) == 0 && broken(100, 100) == 400 && broken(100, 300) == 300);

// What is held: the loss with its blocks, the step, the end of backward with half of a layer, or its start; and one and
// a half times what is gathered.
constexpr std::int64_t cached(bool apart, std::int64_t optimizer, std::int64_t gathered,
                              detail::step_phases with = phases) {
    lowered_training job = lowered;
    job.cache = counted;
    job.cache.gradients_apart = apart;
    const stage_load stage{.gradients = 1000, .optimizer = optimizer, .gathered_backward = gathered};
    return detail::cached_bytes({.job = job, .stage = stage}, with, detail::passing_of(counted, with));
}
static_assert(cached(true, 0, 0) == 8000 + 5300 + 600 && cached(true, 0, 200) == 8000 + 5300 + 600 + 300);
// First loss: 9000 - 5000 - 600 - states + 5240 + 600, and the broken blocks; the first layer needs 9300.
static_assert(cached(false, 0, 0) == 9300 && cached(false, 0, 200) == 9600);
static_assert([] {
    detail::step_phases loss_first = phases;
    loss_first.loss.total = 20'007;
    detail::step_phases step_first = phases;
    step_first.step.total = 20'002;
    detail::step_phases end_first = phases;
    end_first.last.total = 20'003;
    return cached(false, 6000, 0, loss_first) == 20'000 - 5600 - 6000 + 5240 + 600 + 400 &&
           cached(false, 0, 0, loss_first) == 20'000 - 5600 + 5240 + 600 &&
           cached(false, 6000, 0, step_first) == 20'000 + 400 && cached(false, 0, 0, end_first) == 20'000 + 150;
}());
// It is no less than the need, and no more than the card leaves it.
constexpr detail::held_bytes held(std::int64_t capacity, std::int64_t optimizer, std::int64_t peak) {
    lowered_training job = lowered;
    job.cache = counted;
    job.capacity = capacity;
    job.activation_slack_per_mille = 100;
    job.slack_per_mille = 10;
    const stage_load stage{.gradients = 1000, .optimizer = optimizer};
    return detail::held_by_blocks({.job = job, .stage = stage}, phases, {.total = peak}, 1000);
}
// 9300 cached: slack of 5 x 100 of activations, and of 4 x 10 of the rest.
static_assert(held(100'000, 0, 9305).held == 9300 + 500 + 40 && held(100'000, 0, 9305).needed == 9305 &&
              held(10'500, 0, 9305).held == 9500 && held(5000, 0, 9305).held == 9305);
// Of 400 broken bytes, 600 of states beyond the saved ones fill all; of 300, none are left either.
static_assert(held(100'000, 6000, 1).needed == 9007 && held(100'000, 4800, 1).needed == 9007 + 300);
// Where blocks are counted, the upper bound is no more than the card has, unless the need may be more.
constexpr std::int64_t upper(std::int64_t device, std::int64_t needed) {
    lowered_training job = lowered;
    job.band_per_mille = 100;
    job.capacity = 100'000;
    return detail::upper_bound(job, device, needed).number;
}
static_assert(upper(95'000, 95'000) == 104'500 && upper(90'000, 80'000) == 99'000 && upper(95'000, 80'000) == 100'000 &&
              upper(98'000, 95'000) == 104'500);
// An H100's trace: forward under a checkpoint leaves four fifths of a layer, experts three tenths; where FSDP holds the
// inputs of frozen layers, backward breaks half of them.
constexpr block_cache_rules blocks(const layout& l, bool adapted_base, std::int64_t expert_count, std::int64_t width) {
    const network net{.experts = expert_count};
    const framework_memory row{.block_streams = block_streams::sharded};
    const memory_rules rules{.compute_width = width * width_scale, .logit_bytes = 9, .adapted = adapted_base};
    return detail::cached_blocks(net, l, row, rules);
}
constexpr layout all_shards{.data = 2, .sharding = sharding::full};
static_assert(blocks({.data = 1}, false, 0, 2).counted &&
              blocks({.data = 1}, false, 0, 2).forward_layer_percent == 80 &&
              blocks({.data = 1}, false, 4, 2).forward_layer_percent == 30 &&
              blocks({.data = 1}, false, 0, 2).copy_bytes == 2 && blocks({.data = 1}, false, 0, 4).copy_bytes == 0 &&
              blocks({.data = 1}, false, 0, 2).logit_bytes == 9);
static_assert(!blocks({.data = 1}, false, 0, 2).gradients_apart && blocks(all_shards, false, 0, 2).gradients_apart &&
              !blocks(all_shards, true, 0, 2).gradients_apart && !blocks({.data = 2}, false, 0, 2).gradients_apart &&
              blocks({.data = 1, .context = 2, .sharding = sharding::full}, false, 0, 2).gradients_apart &&
              !blocks({.data = 1, .sharding = sharding::full}, false, 0, 2).gradients_apart);
static_assert(blocks(all_shards, true, 0, 2).backward_layer_percent == 50 &&
              blocks(all_shards, false, 0, 2).backward_layer_percent == 0 &&
              blocks(all_shards, true, 0, 2).gathered_percent == 150 &&
              blocks(all_shards, false, 0, 2).gathered_percent == 100 &&
              blocks({.data = 2}, false, 0, 2).gathered_percent == 0);

// ---- Bounds

// A power of ten for each amount, so that the digits of a bound tell its parts.
constexpr lowered_training bounds(lowered_training job) {
    detail::raise_bounds(job, {.weights = 1,
                               .gradients = 1000,
                               .optimizer = 10,
                               .gathered_backward = 100,
                               .buckets = 10'000,
                               .step_temporaries = 100'000,
                               .scratch = 1'000'000,
                               .saved_per_token = 1,
                               .saved_per_score = 1,
                               .recomputed_per_token = 10,
                               .recomputed_per_score = 10,
                               .layer_per_token = 100'000'000,
                               .layer_per_score = 100,
                               .held_per_token = 100'000,
                               .embedding_head_per_token = 100,
                               .logits_per_token = 1000,
                               .gathered_sequence_per_token = 10'000,
                               .tower_per_sample = 1'000'000,
                               .source_layer_per_sample = 10'000'000});
    return job;
}
static_assert(bounds({}).token_bound == 111'111'111 && bounds({}).score_bound == 111 &&
              bounds({}).fixed_bound == 1'111'111);
// Those of several stages add up.
constexpr lowered_training again = bounds({.token_bound = 2e9, .score_bound = 2000, .fixed_bound = 2e9});
static_assert(again.token_bound == 2'111'111'111 && again.score_bound == 2111 && again.fixed_bound == 2'001'111'111);
// Bounds that are made again begin with the bytes of an engine on the same card.
static_assert([] {
    lowered_training job{.stage_count = 1, .engine = 5, .token_bound = 9, .score_bound = 9, .fixed_bound = 9};
    job.stages[0].weights = 7;
    detail::bound_again(job);
    return job.token_bound == 0 && job.score_bound == 0 && job.fixed_bound == 12;
}());

// ---- What diffusion models train beside the denoiser

namespace {

/// The first stage with text encoders of 1000 parameters, 5 of adapters per rank, and 62 bytes of saved tensors a
/// sample.
template <class Change>
constexpr stage_load with_texts(Change change) {
    stage_bench t;
    t.net.texts[1] = {.parameters = 1000, .adapter_width = 5, .sample_bytes = 62};
    t.net.texts[2] = {.parameters = 2000, .adapter_width = 6, .sample_bytes = 124};
    t.job.text_encoders = trained_texts::clip;
    change(t);
    const detail::job_inputs in = detail::inputs_of(t.net, t.job, t.l, t.rules, t.row);
    stage_load s{.weights = 1'000'000, .gradients = 7, .optimizer = 9, .saved_per_token = 3, .tower_per_sample = 11};
    detail::add_diffusion_recipe(s, in);
    return s;
}
constexpr auto under_adapters = [](stage_bench& t) {
    t.rules.adapted = true;
    t.job.adapter = {.method = adapter_method::lora, .rank = 4, .targets = targets(target::query)};
};

}  // namespace

// Trained weights of 2 bytes take the place of 16-bit ones; gradients of 4, AdamW's 8 and a master copy of 4; all saved
// tensors of the text in 16 bits.
constexpr stage_load trained_clip = with_texts([](stage_bench&) {});
static_assert(trained_clip.weights == 1'000'000 && trained_clip.gradients == 7 + 4000 &&
              trained_clip.optimizer == 9 + 12 * 1000 && trained_clip.tower_per_sample == 11 + 62);
constexpr stage_load in_fp32 = with_texts([](stage_bench& t) {
    t.rules.recipe.weight = 4;
    t.rules.compute_width = 4 * width_scale;
});
static_assert(in_fp32.weights == 1'002'000 && in_fp32.tower_per_sample == 11 + 124);
// Adapters of rank 4 on 5 elements each are trained beside the weights.
constexpr stage_load adapted_clip = with_texts(under_adapters);
static_assert(adapted_clip.weights == 1'000'000 + 2 * 20 && adapted_clip.gradients == 7 + 4 * 20 &&
              adapted_clip.optimizer == 9 + 12 * 20);
// A checkpoint is a layer's input, 2 of the 31 bytes that a layer saves.
static_assert(with_texts([](stage_bench& t) { t.job.recompute = recompute::full; }).tower_per_sample == 11 + 4 &&
              with_texts([](stage_bench& t) { t.job.recompute = recompute::selective; }).tower_per_sample == 11 + 62);
static_assert(with_texts([](stage_bench& t) { t.job.text_encoders = trained_texts::all; }).gradients == 7 + 8000 &&
              with_texts([](stage_bench& t) { t.job.text_encoders = trained_texts::none; }).gradients == 7);
// A moving average of the denoiser's 1371 parameters, or of 128 of adapters, in the weights' 2 bytes.
constexpr auto averaging = [](stage_bench& t) {
    t.job.text_encoders = trained_texts::none;
    t.job.ema = true;
};
static_assert(with_texts(averaging).optimizer == 9 + 2 * parameters(small()) && with_texts([](stage_bench& t) {
                                                                                    averaging(t);
                                                                                    under_adapters(t);
                                                                                }).optimizer == 9 + 2 * 2 * 4 * 32);
// A sample of the class beside each sample doubles what samples save.
static_assert(with_texts([](stage_bench& t) {
                  t.job.text_encoders = trained_texts::none;
                  t.job.prior_preservation = true;
              }).saved_per_token == 6);
// Latents are made unless they are cached.
constexpr bool makes(conditions how) {
    training t{};
    t.conditions = how;
    return detail::makes_latents(t);
}
static_assert(makes(conditions::computed) && makes(conditions::texts_cached) && !makes(conditions::latents_cached) &&
              !makes(conditions::cached));

// ---- Bands, and what changes a network

namespace {
/// A row whose bands are of different widths.
constexpr framework_memory banded{.band_per_mille = 50};
template <class Change>
constexpr std::int64_t band(Change change) {
    framework_memory row = banded;
    row.experts_band_per_mille = 60;
    row.offload_band_per_mille = 70;
    row.pipeline_band_per_mille = 80;
    row.fp4_band_per_mille = 90;
    row.quantized_base_band_per_mille = 95;
    network net = small();
    training t{};
    layout l{.data = 1};
    change(net, t, l, row);
    return detail::band_of(net, t, l, row);
}
constexpr auto plain_job = [](network&, training&, layout&, framework_memory&) {};
constexpr auto offloaded = [](network&, training& t, layout&, framework_memory&) { t.offload = offload::optimizer; };
constexpr auto quantized_base = [](network&, training& t, layout&, framework_memory&) {
    t.adapter.method = adapter_method::lora;
    t.base_weights = number_format::nf4;
};
}  // namespace

static_assert(band(plain_job) == 50);
static_assert(band([](network& net, training&, layout&, framework_memory&) { net.experts = 1; }) == 60);
static_assert(band(offloaded) == 70 &&
              band([](network&, training& t, layout&, framework_memory&) { t.offload = offload::full; }) == 50);
static_assert(band([](network&, training&, layout& l, framework_memory&) { l.pipeline = 2; }) == 80);
static_assert(band([](network&, training& t, layout&, framework_memory&) { t.precision = precision::nvfp4_mixed; }) ==
              90);
static_assert(band(quantized_base) == 95 && band([](network&, training& t, layout&, framework_memory&) {
                                                t.adapter.method = adapter_method::lora;
                                                t.base_weights = number_format::bf16;
                                            }) == 50);
// The band of diffusion models is a fifth: of six measured peaks the farthest is 7 % away, and Flux LoRA 11 %.
static_assert(band([](network& net, training&, layout&, framework_memory&) { net.condition_bytes = 1; }) == 200);
// The widest band that applies counts, and a framework's own if that is wider.
static_assert(band([](network& net, training& t, layout& l, framework_memory& row) {
                  net.experts = 1;
                  quantized_base(net, t, l, row);
                  offloaded(net, t, l, row);
                  l.pipeline = 2;
              }) == 95);
static_assert(band([](network& net, training& t, layout& l, framework_memory& row) {
                  row.band_per_mille = 300;
                  net.experts = 1;
                  net.condition_bytes = 1;
                  t.precision = precision::nvfp4_mixed;
                  quantized_base(net, t, l, row);
                  offloaded(net, t, l, row);
                  l.pipeline = 2;
              }) == 300);

// Prediction layers, an imbalance of experts and a capacity factor change the trained network.
constexpr bool changes(std::int64_t predictions, std::int64_t imbalance, double capacity) {
    training t{};
    t.mtp_layers = predictions;
    t.expert_imbalance_percent = imbalance;
    t.expert_capacity_factor = capacity;
    return detail::changes_network(t);
}
static_assert(!changes(0, 100, 0) && changes(1, 100, 0) && changes(0, 101, 0) && changes(0, 100, 0.5) &&
              changes(0, 150, 0));
// Experts' tensors grow by the imbalance: from the experts' input to their output, and no others.
static_assert([] {
    network net = small();
    for (std::size_t role = 0; role < tensor_role_count; ++role) net.blocks[0].width.of[role] = 10;
    training t{};
    t.expert_imbalance_percent = 150;
    const network changed = detail::changed_network(net, t, {.data = 2, .expert = 2});
    for (std::size_t role = 0; role < tensor_role_count; ++role) {
        const bool of_experts = role >= tensor_role::expert_input && role <= tensor_role::expert_output;
        if (changed.blocks[0].width.of[role] != (of_experts ? 15 : 10)) return false;
    }
    return changed.prediction_layers == 0;
}());

// ---- Stages that share places

namespace {
/// Adds so many stages of which each has a layer more of the first kind and one fewer of the second.
constexpr stage_list of_stages(std::size_t count) {
    stage_list made;
    for (std::size_t i = 0; i < count; ++i)
        made.add({.layers = {static_cast<std::int64_t>(i), static_cast<std::int64_t>(count - 1 - i)}},
                 static_cast<int>(10 + i));
    return made;
}
constexpr bool has(const stage_list& stages, std::size_t place, std::int64_t first, std::int64_t second) {
    return stages.content[place].layers[0] == first && stages.content[place].layers[1] == second;
}
}  // namespace

static_assert(max_distinct_stages == 8 && of_stages(3).count == 3 && of_stages(3).index[2] == 12 &&
              has(of_stages(3), 0, 0, 2) && has(of_stages(3), 2, 2, 0));
static_assert(of_stages(8).count == 8 && has(of_stages(8), 7, 7, 0));
// The ninth and tenth share the last place with the eighth: the most layers of each kind.
static_assert(of_stages(10).count == 8 && has(of_stages(10), 6, 6, 3) && has(of_stages(10), 7, 9, 2) &&
              of_stages(10).index[7] == 19);
// A stage that another one covers needs no place.
static_assert([] {
    stage_list made;
    made.add({.layers = {2}, .embedding = true}, 0);
    made.add({.layers = {2}}, 1);
    made.add({.layers = {1}, .head = true}, 2);
    return made.count == 2 && made.index[1] == 2;
}());

// Offloaded states and weights leave nothing of theirs on the card.
constexpr stage_load moved(offload to_host) {
    stage_load s{.weights = 1,
                 .gradients = 2,
                 .gradients_early = 3,
                 .gradients_loss = 4,
                 .slack_loss = 5,
                 .slack_first = 6,
                 .optimizer = 7,
                 .step_temporaries = 8};
    detail::offload_states(s, to_host);
    return s;
}
static_assert(moved(offload::full).weights == 0 && moved(offload::full).gradients == 0 &&
              moved(offload::full).gradients_early == 0 && moved(offload::full).gradients_loss == 0 &&
              moved(offload::full).slack_loss == 0 && moved(offload::full).slack_first == 0 &&
              moved(offload::full).optimizer == 0 && moved(offload::full).step_temporaries == 0);
static_assert(moved(offload::optimizer).weights == 1 && moved(offload::optimizer).gradients == 2 &&
              moved(offload::optimizer).slack_first == 6 && moved(offload::optimizer).optimizer == 0 &&
              moved(offload::optimizer).step_temporaries == 0);
static_assert(moved(offload::activations).optimizer == 7 && moved(offload::none).step_temporaries == 8);

// Blocks are counted one by one from the month on in which PyTorch frees gradients; before it, by percentages.
constexpr lowered_training counting(software_date date) {
    stage_bench t;
    t.job.software_date = date;
    t.row.early_activation_slack_per_mille = 11;
    t.row.early_slack_per_mille = 12;
    lowered_training made;
    detail::count_blocks(made, detail::inputs_of(t.net, t.job, t.l, t.rules, t.row));
    return made;
}
static_assert(counting(gradients_freed_since).cache.counted && counting(gradients_freed_since).slack_per_mille == 0);
static_assert(!counting({2022, 1}).cache.counted && counting({2022, 1}).slack_per_mille == 12 &&
              counting({2022, 1}).activation_slack_per_mille == 11);

// ---- Activations at their bounds

// Winograd's transforms never take bytes from other tensors; the kind of layer with the most saved bytes per score.
static_assert(detail::transformed_weights(layer_block{.convolution = {.transform_width = -7, .transform_elements = 11}},
                                          2) == 0 &&
              detail::transformed_weights(layer_block{.convolution = {.transform_width = 7, .transform_elements = 11}},
                                          2) == 44 &&
              detail::transformed_weights(layer_block{.convolution = {.transform_width = -5, .transform_elements = 11}},
                                          2) == 4);
static_assert(saving_with([](stage_bench& t) {
                  t.row.keeps_stage_outputs = true;
                  t.l.pipeline = 2;
              }).saved_per_token == 160 + 2 * 16 &&
              saving_with([](stage_bench& t) { t.row.keeps_stage_outputs = true; }).saved_per_token == 160);
static_assert(saving_with([](stage_bench& t) {
                  t.rules.scores = true;
                  t.content.layers[0] = 3;
                  t.net.blocks[0].layers.end = 3;
                  t.net.layers = 3;
                  t.job.offload = offload::activations;
              }).saved_per_score == 2 * 3 * 2);
static_assert(saving_with([](stage_bench& t) {
                  checkpointed(t);
                  t.row.checkpoints_on_host = true;
                  t.content.layers[0] = 3;
                  t.net.layers = 3;
              }).saved_per_token == 2 * 32);
// The sequence is gathered where the framework gathers it and tensor parallelism divides it.
static_assert(saving_with([](stage_bench& t) {
                  t.row.gathers_sequence = true;
                  t.rules.sequence_parallel = true;
              }).gathered_sequence_per_token == 2 * 16 &&
              saving_with([](stage_bench& t) { t.row.gathers_sequence = true; }).gathered_sequence_per_token == 0);

// ---- Experts in everything that is gathered, stepped and reduced

// A layer has 516 dense parameters and 512 of experts on a card.
constexpr auto gathered_experts = [](stage_bench& t) {
    experts(t);
    t.l.sharding = sharding::full;
    t.l.sharding_group = 4;
};
static_assert(stage_with(gathered_experts).gathered_forward == 2 * (320 + 19 + 2 * (516 + 512)) &&
              stage_with(gathered_experts).gathered_backward == 2 * (320 + 19 + 3 * (516 + 512)) &&
              stage_with(gathered_experts).gathered_ahead == 0);
constexpr auto casting_experts = [](stage_bench& t) {
    experts(t);
    casting(t);
};
static_assert(stage_with(casting_experts).gathered_forward == 2 * (1024 + 1024) + 320 &&
              stage_with(casting_experts).gathered_backward == stage_with(casting_experts).gathered_forward);
static_assert(stage_with([](stage_bench& t) {
                  casting_experts(t);
                  t.rules.checkpoint_width = width_scale;
              }).gathered_backward == 2 * (512 + 512));
static_assert(stage_with([](stage_bench& t) {
                  casting_experts(t);
                  t.rules.wide_experts = true;
              }).gathered_forward == 2 * 1024 + 320 &&
              stage_with([](stage_bench& t) {
                  casting_experts(t);
                  t.rules.wide_experts = true;
                  t.rules.checkpoint_width = width_scale;
              }).gathered_backward == 2 * 512);
// Nothing is copied of weights that are widened, and no base under adapters is, unless it is fp32.
static_assert(stage_with([](stage_bench& t) {
                  casting_experts(t);
                  t.rules.widened = true;
              }).gathered_forward == 320 &&
              stage_with([](stage_bench& t) {
                  casting_experts(t);
                  t.rules.widened = true;
                  t.rules.checkpoint_width = 1;
              }).gathered_backward == 0);
constexpr std::int64_t copied_base(number_format base) {
    return stage_with([=](stage_bench& t) {
               casting(t);
               adapted(t);
               t.rules.base = base;
           })
        .gathered_forward;
}
static_assert(copied_base(number_format::bf16) == 0 && copied_base(number_format::fp32) == 2 * 1024 + 320);
static_assert(stage_with([](stage_bench& t) {
                  experts(t);
                  t.rules.whole_stage = true;
              }).gathered_forward == 2 * (all + 1024) &&
              stage_with([](stage_bench& t) {
                  experts(t);
                  t.rules.whole_stage = true;
              }).gathered_backward == 6 * (all + 1024));
static_assert(stage_with([](stage_bench& t) {
                  experts(t);
                  t.job.optimizer_in_backward = true;
              }).gradients == 4 * (516 + 512));
static_assert(stage_with([](stage_bench& t) {
                  experts(t);
                  t.l.data = 2;
                  t.l.sharding = sharding::full;
                  t.row.bucket_elements = 1'000'000;
              }).buckets == 2 * (all + 1024));
// Gradients that are gone when the first layer's backward runs are slack of the allocator.
static_assert(stage_with([](stage_bench& t) {
                  t.row.keeps_freed_gradients = true;
                  t.rules.gradients_stay = true;
              }).slack_first == 0);
// Two ranks of data or of a context make replicas.
static_assert(stage_with([](stage_bench& t) {
                  t.l.data = 1;
                  t.l.context = 2;
                  t.row.bucket_elements = 100;
              }).buckets == 200);
// The larger kind of layer is the unit that is gathered, by its dense parameters and experts together.
static_assert(stage_with([](stage_bench& t) {
                  gathered_experts(t);
                  t.net.block_kinds = 2;
                  t.net.blocks[1] = t.net.blocks[0];
                  t.net.blocks[0].layers = {.end = 1};
                  t.net.blocks[1].layers = {.begin = 1, .end = 2};
                  t.net.blocks[1].linear_count = 2;
                  t.net.blocks[1].vector_parameters = 100;
                  t.content.layers[0] = 1;
                  t.content.layers[1] = 1;
              }).gathered_forward == 2 * (320 + 19 + 2 * (516 + 512)));

// ---- A tower's activations

// One layer of a tower that saves 8 elements of 2 bytes: over 3 images of 2 passes of 4 patches, for each micro-batch
// in flight.
constexpr auto seeing = [](stage_bench& t) {
    t.net.tower = {.block_kinds = 1, .layers = 1, .hidden = 8, .image_passes = 2, .pass_patches = 4};
    t.net.blocks[1] = layer_block{.layers = {.end = 1}};
    t.net.blocks[1].width.of[tensor_role::query] = 8;
    t.job.images = 3;
};
constexpr std::int64_t tower_saves = saving_with(seeing).tower_per_sample;
static_assert(tower_saves > 0 && tower_saves % (3 * 2 * 4) == 0);
static_assert(saving_with([](stage_bench& t) {
                  seeing(t);
                  t.content.in_flight = 2;
              }).tower_per_sample == 2 * tower_saves &&
              saving_with([](stage_bench& t) {
                  seeing(t);
                  t.job.images = 6;
              }).tower_per_sample == 2 * tower_saves &&
              saving_with([](stage_bench& t) {
                  seeing(t);
                  t.net.tower.image_passes = 1;
              }).tower_per_sample == tower_saves / 2 &&
              saving_with([](stage_bench& t) {
                  seeing(t);
                  t.net.tower.pass_patches = 8;
              }).tower_per_sample == 2 * tower_saves);
// A tower that is frozen, not loaded, or beside adapters saves nothing, and neither does a stage without the embedding.
static_assert(saving_with([](stage_bench& t) {
                  seeing(t);
                  t.job.frozen_tower = true;
              }).tower_per_sample == 0 &&
              saving_with([](stage_bench& t) {
                  seeing(t);
                  t.job.images = 0;
              }).tower_per_sample == 0 &&
              saving_with([](stage_bench& t) {
                  seeing(t);
                  t.content.embedding = false;
              }).tower_per_sample == 0 &&
              saving_with([](stage_bench& t) {
                  seeing(t);
                  t.job.images = 1;
              }).tower_per_sample == tower_saves / 3);

// ---- A source of its own length

namespace {
/// The small network's two layers, as those of an encoder that reads 10 tokens beside a front of 3 elements, or as a
/// decoder's that attends to them.
constexpr stage_load with_source_of(bool encodes, std::int64_t length, int context = 1, std::int64_t in_flight = 1) {
    return saving_with([=](stage_bench& t) {
        t.net.is_encoder_decoder = true;
        t.net.source_length = length;
        t.net.source_front_width = 3;
        t.net.blocks[0].encodes = encodes;
        t.l.context = context;
        t.content.in_flight = in_flight;
    });
}
constexpr stage_load encoder10 = with_source_of(true, 10);
constexpr stage_load decoder10 = with_source_of(false, 10);
}  // namespace

// Of an encoder, 80 bytes a token in each of two layers and a front of 3 x 2, all by the source's tokens; nothing by
// the target's. A decoder reads one tensor of 16 x 2 beside its own 80.
static_assert(encoder10.tower_per_sample == 10 * (2 * 80 + 6) && encoder10.saved_per_token == 0 &&
              encoder10.layer_per_token == 0 && encoder10.source_layer_per_sample == 0);
static_assert(decoder10.tower_per_sample == 10 * 32 && decoder10.saved_per_token == 160);
static_assert(with_source_of(true, 20).tower_per_sample == 2 * encoder10.tower_per_sample &&
              with_source_of(true, 10, 2).tower_per_sample == encoder10.tower_per_sample / 2 &&
              with_source_of(true, 10, 1, 3).tower_per_sample == 3 * encoder10.tower_per_sample);
// Scores of each token with each: 3 heads of 2 bytes.
static_assert(saving_with([](stage_bench& t) {
                  t.rules.scores = true;
                  t.net.is_encoder_decoder = true;
                  t.net.source_length = 10;
                  t.net.blocks[0].encodes = true;
              }).tower_per_sample == 2 * 10 * (80 + 10 * 6));
// Offloaded, two layers' tensors are on the card.
static_assert(saving_with([](stage_bench& t) {
                  t.net.is_encoder_decoder = true;
                  t.net.source_length = 10;
                  t.net.blocks[0].encodes = true;
                  t.net.blocks[0].layers.end = 3;
                  t.net.layers = 3;
                  t.content.layers[0] = 3;
                  t.job.offload = offload::activations;
              }).tower_per_sample == 10 * 2 * 80);
// Under a checkpoint, a layer's input is saved, and the whole layer exists while its backward runs.
static_assert(saving_with([](stage_bench& t) {
                  checkpointed(t);
                  t.net.is_encoder_decoder = true;
                  t.net.source_length = 10;
                  t.net.blocks[0].encodes = true;
              }).source_layer_per_sample == 10 * (80 + 10 * 6) &&
              saving_with([](stage_bench& t) {
                  checkpointed(t);
                  t.net.is_encoder_decoder = true;
                  t.net.source_length = 10;
                  t.net.blocks[0].encodes = true;
              }).tower_per_sample == 10 * 2 * 32);

// ---- States of biases, and kinds that save nothing

// GaLore projects no bias: AdamW's two moments in fp32 of 32 outputs in each of 2 layers.
constexpr std::int64_t projected_states(bool bias) {
    return stage_with([=](stage_bench& t) {
               t.rules.recipe.master = 0;
               t.job.optimizer = optimizer::galore;
               t.job.optimizer_rank = 4;
               t.net.blocks[0].linears[0].out = 32;
               t.net.blocks[0].linears[0].bias = bias;
           })
        .optimizer;
}
static_assert(projected_states(true) - projected_states(false) == 4 * 2 * 2 * 32);
// Adapters of rank 2 on one expert of 16 x 8 a layer: 2 x (16 + 8) each, beside those of queries.
static_assert(stage_with([](stage_bench& t) {
                  adapted(t);
                  t.net.experts = 1;
                  t.net.blocks[0].add({.target = target::up, .split = weight_split::expert, .in = 16, .out = 8});
                  t.job.adapter.targets = targets(target::query, target::up);
              }).gradients == 4 * (128 + 2 * 2 * 24));
// Layers that save nothing hold nothing.
static_assert(stage_with([](stage_bench& t) { t.rules.inputs_stay = true; }).held_per_token == 0);
