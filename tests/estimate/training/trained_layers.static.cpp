// SPDX-License-Identifier: MIT

// Tests which layers a job trains, and how the bytes of frozen layers join those of trained ones, by counts by hand.

#include <cardfit/estimate/training/trained_layers.hpp>

using namespace cardfit;

namespace {

/// Six layers: a small kind of four, of 64 weights each, and a large one of two, of 128; a table of 80 elements, and a
/// head that may share it.
constexpr network six_layers(bool tied = false) {
    network net{.block_kinds = 2,
                .layers = 6,
                .hidden = 8,
                .embedding_parameters = 80,
                .position_parameters = 3,
                .head_parameters = tied ? 0 : 80,
                .final_parameters = 8,
                .tied = tied,
                .logits = 10};
    net.blocks[0].layers = {.end = 4};
    net.blocks[0].add({.target = target::query, .in = 8, .out = 8});
    net.blocks[1].layers = {.begin = 4, .end = 6};
    net.blocks[1].add({.target = target::query, .in = 8, .out = 16});
    return net;
}
constexpr training choosing(layer_choice choice, std::int64_t layers, trained_ends ends = trained_ends::none) {
    training t{};
    t.trained_layers = layers;
    t.trained_layer_choice = choice;
    t.trained_ends = ends;
    return t;
}
constexpr training with_adapters(training t, target_set on = targets(target::query), recompute how = recompute::none) {
    t.adapter = {.method = adapter_method::lora, .rank = 4, .targets = on};
    t.recompute = how;
    return t;
}
constexpr bool is(const std::int64_t (&counts)[max_block_kinds], std::int64_t first, std::int64_t second) {
    return counts[0] == first && counts[1] == second && detail::layers_of(counts) == first + second;
}
constexpr detail::layer_split split(const training& t, const framework_memory& row = {}) {
    return detail::split_layers(six_layers(), t, row);
}

}  // namespace

// ---- Which ends and layers are trained

constexpr bool ends(trained_ends which, bool tied, bool embedding, bool head) {
    const training t = choosing(layer_choice::last, 1, which);
    return detail::trains_embedding(six_layers(tied), t) == embedding &&
           detail::trains_head(six_layers(tied), t) == head;
}
static_assert(ends(trained_ends::none, false, false, false) && ends(trained_ends::none, true, false, false) &&
              ends(trained_ends::both, false, true, true) && ends(trained_ends::both, true, true, true));
// A table that both share is trained with either.
static_assert(ends(trained_ends::embedding, false, true, false) && ends(trained_ends::embedding, true, true, true) &&
              ends(trained_ends::head, false, false, true) && ends(trained_ends::head, true, true, true));
// Adapters are on their targets alone.
static_assert(detail::ends_of(with_adapters(choosing(layer_choice::last, 1, trained_ends::both))) ==
                  trained_ends::none &&
              detail::ends_of(choosing(layer_choice::last, 1, trained_ends::head)) == trained_ends::head);
constexpr bool reaches(const training& t, bool needs = false) {
    framework_memory row{};
    row.adapters.checkpoints_need_input_gradients = needs;
    return detail::reaches_embedding(six_layers(), t, row);
}
static_assert(reaches(choosing(layer_choice::last, 1, trained_ends::embedding)) &&
              !reaches(choosing(layer_choice::last, 1, trained_ends::head)));
static_assert(!reaches(with_adapters({})) && reaches(with_adapters({}, targets(target::embeddings))) &&
              reaches(with_adapters({}, targets(target::query), recompute::full), true) &&
              !reaches(with_adapters({}, targets(target::query), recompute::full)) &&
              !reaches(with_adapters({}, targets(target::query), recompute::selective), true));
static_assert(detail::kind_of_layer(six_layers(), 0) == 0 && detail::kind_of_layer(six_layers(), 3) == 0 &&
              detail::kind_of_layer(six_layers(), 4) == 1 && detail::kind_of_layer(six_layers(), 5) == 1);

// The last three of six layers: no gradient passes below them, unless the embedding is trained.
static_assert(is(split(choosing(layer_choice::last, 3)).trained, 1, 2) &&
              is(split(choosing(layer_choice::last, 3)).relaying, 0, 0) &&
              is(split(choosing(layer_choice::last, 3)).pruned, 3, 0));
static_assert(is(split(choosing(layer_choice::last, 3, trained_ends::embedding)).relaying, 3, 0) &&
              is(split(choosing(layer_choice::last, 3, trained_ends::embedding)).pruned, 0, 0));
// Sampled layers may be any, so those of the most parameters are counted, and a gradient passes all.
static_assert(is(split(choosing(layer_choice::sampled, 1)).trained, 0, 1) &&
              is(split(choosing(layer_choice::sampled, 1)).relaying, 4, 1) &&
              is(split(choosing(layer_choice::sampled, 1)).pruned, 0, 0));
static_assert(is(split(choosing(layer_choice::sampled, 3)).trained, 1, 2) &&
              is(split(choosing(layer_choice::sampled, 3)).relaying, 3, 0));
static_assert(is(split(choosing(layer_choice::sampled, 6)).trained, 4, 2) &&
              is(split(choosing(layer_choice::sampled, 9)).trained, 4, 2));

// ---- Parts of a network and of a job

constexpr network of_counts = [] {
    const std::int64_t counts[max_block_kinds]{3, 1};
    return detail::with_layers(six_layers(), counts);
}();
static_assert(of_counts.blocks[0].layers.count(0, 9) == 3 && of_counts.blocks[1].layers.count(0, 9) == 1);
constexpr network headless = detail::without_ends(six_layers(), false, true);
constexpr network tableless = detail::without_ends(six_layers(), true, false);
static_assert(headless.embedding_parameters == 80 && headless.position_parameters == 3 &&
              headless.head_parameters == 0 && headless.final_parameters == 0);
static_assert(tableless.embedding_parameters == 0 && tableless.position_parameters == 0 &&
              tableless.head_parameters == 80 && tableless.final_parameters == 8);
static_assert([] {
    network net = six_layers();
    net.tower.layers = 4;
    net.condition_bytes = 5;
    net.condition_sample_bytes = 6;
    const network alone = detail::part_alone(net);
    return alone.tower.layers == 0 && alone.condition_bytes == 0 && alone.condition_sample_bytes == 0;
}());
constexpr training frozen = detail::frozen_job([] {
    training t = choosing(layer_choice::sampled, 2, trained_ends::both);
    t.adapter = {.method = adapter_method::dora, .rank = 8, .targets = targets(target::query)};
    t.images = 3;
    return t;
}());
static_assert(frozen.trained_layers == 0 && frozen.trained_layer_choice == layer_choice::last &&
              frozen.trained_ends == trained_ends::by_default && frozen.adapter.method == adapter_method::lora &&
              frozen.adapter.rank == 0 && frozen.adapter.targets == target_set{} && frozen.images == 0);
constexpr training all_of_it = detail::training_all_layers(choosing(layer_choice::sampled, 2, trained_ends::both));
static_assert(all_of_it.trained_layers == 0 && all_of_it.trained_layer_choice == layer_choice::last &&
              all_of_it.trained_ends == trained_ends::by_default);

constexpr detail::part_sharing sharing(sharding how, offload to_host, bool on_host = false,
                                       recompute saved = recompute::full) {
    framework_memory row{};
    row.checkpoints_on_host = on_host;
    training t{};
    t.offload = to_host;
    t.recompute = saved;
    return detail::sharing_of(t, {.data = 2, .sharding = how}, row);
}
static_assert(sharing(sharding::full, offload::none).gathers && sharing(sharding::none, offload::full).gathers &&
              !sharing(sharding::gradients, offload::optimizer).gathers &&
              !sharing(sharding::none, offload::activations).gathers);
static_assert(sharing(sharding::none, offload::activations).on_host &&
              !sharing(sharding::none, offload::optimizer).on_host &&
              sharing(sharding::none, offload::none, true).on_host && !sharing(sharding::none, offload::none).on_host &&
              !sharing(sharding::none, offload::none, true, recompute::selective).on_host);

// ---- Sums of parts

namespace {

/// A trained part of ones and tens, and a frozen one of twos and twenties.
constexpr stage_load amounts(std::int64_t unit) {
    return {.weights = unit,
            .gradients_loss = unit,
            .gathered_forward = 10 * unit,
            .gathered_head = unit,
            .gathered_backward = 11 * unit,
            .gathered_ahead = 12 * unit,
            .scratch = 13 * unit,
            .saved_per_token = 14 * unit,
            .saved_per_score = 15 * unit,
            .recomputed_per_token = 16 * unit,
            .recomputed_per_score = 17 * unit,
            .layer_per_token = 18 * unit,
            .layer_per_score = 19 * unit,
            .held_per_token = 20 * unit};
}
constexpr stage_load joined(std::int64_t trained, std::int64_t part, bool gathers, bool on_host, bool pruned = false) {
    stage_load s = amounts(trained);
    const detail::part_sharing shared{.gathers = gathers, .on_host = on_host};
    if (pruned)
        detail::add_pruned_layers(s, amounts(part), shared);
    else
        detail::add_frozen_layers(s, amounts(part), shared);
    return s;
}
/// Returns true if what one layer holds at a time is that of the larger part.
constexpr bool takes_larger(std::int64_t trained, std::int64_t part) {
    const stage_load s = joined(trained, part, false, false);
    const std::int64_t more = trained > part ? trained : part;
    return s.recomputed_per_token == 16 * more && s.recomputed_per_score == 17 * more &&
           s.layer_per_token == 18 * more && s.layer_per_score == 19 * more && s.scratch == 13 * more &&
           s.gathered_ahead == 12 * more;
}

}  // namespace

static_assert(takes_larger(1, 2) && takes_larger(2, 1));
// Weights and what is held add up; saved tensors and gathered weights too, unless the parts take turns.
constexpr stage_load sums = joined(1, 2, false, false);
static_assert(sums.weights == 3 && sums.held_per_token == 60 && sums.saved_per_token == 14 * 3 &&
              sums.saved_per_score == 15 * 3 && sums.gathered_forward == 10 * 3 && sums.gathered_backward == 11 * 3);
constexpr stage_load turns = joined(1, 2, true, true);
static_assert(turns.weights == 3 && turns.held_per_token == 60 && turns.saved_per_token == 14 * 2 &&
              turns.saved_per_score == 15 * 2 && turns.gathered_forward == 10 * 2 && turns.gathered_backward == 11 * 2);
static_assert(joined(2, 1, true, true).saved_per_token == 14 * 2 &&
              joined(2, 1, true, true).gathered_forward == 10 * 2);
// Layers that no gradient reaches have weights, and are gathered as the others.
constexpr stage_load below = joined(1, 2, false, false, true);
static_assert(below.weights == 3 && below.held_per_token == 20 && below.saved_per_token == 14 &&
              below.saved_per_score == 15 && below.recomputed_per_token == 16 && below.recomputed_per_score == 17 &&
              below.layer_per_token == 18 && below.layer_per_score == 19 && below.scratch == 26 &&
              below.gathered_forward == 30);
// Beside nothing that is trained, they hold nothing of activations either.
constexpr stage_load alone_below = joined(0, 2, false, false, true);
static_assert(alone_below.weights == 2 && alone_below.held_per_token == 0 && alone_below.saved_per_token == 0 &&
              alone_below.saved_per_score == 0 && alone_below.recomputed_per_token == 0 &&
              alone_below.recomputed_per_score == 0 && alone_below.layer_per_token == 0 &&
              alone_below.layer_per_score == 0);
// A wider residual path has the activations of its own lowering, and no other bytes of it.
constexpr stage_load residual = [] {
    stage_load s = amounts(1);
    detail::add_residual(s, amounts(2));
    return s;
}();
static_assert(residual.saved_per_token == 28 && residual.saved_per_score == 30 && residual.held_per_token == 40 &&
              residual.recomputed_per_token == 32 && residual.recomputed_per_score == 34 &&
              residual.layer_per_token == 36 && residual.layer_per_score == 38 && residual.weights == 1 &&
              residual.gathered_forward == 10);
constexpr stage_load with_ends = [] {
    stage_load s = amounts(1);
    detail::add_frozen_ends(s, amounts(2));
    return s;
}();
static_assert(with_ends.weights == 3 && with_ends.gathered_forward == 30 && with_ends.gathered_backward == 33 &&
              with_ends.saved_per_token == 14);
// A frozen head of 80 weights, 40 on each of two cards, has no gradient of 4 bytes and no copy of 2 in either
// direction; under a checkpoint none was counted in backward, and gathered weights stay.
constexpr stage_load taken(bool gathers, std::int64_t checkpoint) {
    stage_load s{.gradients_loss = 1000, .gathered_forward = 2000, .gathered_head = 3000, .gathered_backward = 4000};
    memory_rules rules{.recipe = {.cast_cache = 2}};
    rules.head_gradient_bytes = 4;
    rules.checkpoint_width = checkpoint;
    detail::take_head(s, six_layers(), rules, {.data = 1, .tensor = 2}, {.gathers = gathers});
    return s;
}
static_assert(taken(false, 0).gradients_loss == 840 && taken(false, 0).gathered_forward == 1920 &&
              taken(false, 0).gathered_head == 2920 && taken(false, 0).gathered_backward == 3920);
static_assert(taken(false, 1).gathered_backward == 4000 && taken(false, 1).gathered_forward == 1920);
static_assert(taken(true, 0).gradients_loss == 840 && taken(true, 0).gathered_forward == 2000 &&
              taken(true, 0).gathered_head == 3000 && taken(true, 0).gathered_backward == 4000);
