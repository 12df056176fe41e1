// SPDX-License-Identifier: MIT
#pragma once

// Training of only some layers as a sum of parts: a network of the trained layers, and networks of the frozen ones.
// PyTorch prunes the graph below the lowest tensor that needs a gradient: layers there save nothing and have no
// backward. Frozen layers above it pass a gradient on to their input.

#include <cardfit/estimate/parameters.hpp>
#include <cardfit/estimate/training/stage.hpp>

namespace cardfit::detail {

/// The number of layers of each kind, by what backward does with them.
struct layer_split {
    std::int64_t trained[max_block_kinds]{};
    std::int64_t relaying[max_block_kinds]{};  ///< frozen, with a gradient of their inputs
    std::int64_t pruned[max_block_kinds]{};    ///< frozen, below everything that is trained
};

/// Returns the number of layers of all kinds.
[[nodiscard]] constexpr std::int64_t layers_of(const std::int64_t (&counts)[max_block_kinds]) noexcept {
    std::int64_t sum = 0;
    for (const std::int64_t count : counts) sum += count;
    return sum;
}

/// Returns which of the embedding and the head a job trains. Adapters have them among their targets, and count as
/// `none` here.
[[nodiscard]] constexpr trained_ends ends_of(const training& t) noexcept {
    if (t.adapter.method != adapter_method::none) return trained_ends::none;
    return t.trained_ends == trained_ends::by_default ? row_of(t.trained_layer_choice).ends : t.trained_ends;
}

/// Returns true if the job trains the embedding; one that the head shares is trained with the head.
[[nodiscard]] constexpr bool trains_embedding(const network& net, const training& t) noexcept {
    const trained_ends ends = ends_of(t);
    return ends == trained_ends::both || ends == trained_ends::embedding || (net.tied && ends == trained_ends::head);
}
/// Returns true if the job trains the head.
[[nodiscard]] constexpr bool trains_head(const network& net, const training& t) noexcept {
    const trained_ends ends = ends_of(t);
    return ends == trained_ends::both || ends == trained_ends::head || (net.tied && ends == trained_ends::embedding);
}

/// Returns true if backward reaches the first layer, whichever layers are trained: the embedding is trained, or
/// checkpoints under adapters make its output need a gradient.
[[nodiscard]] constexpr bool reaches_embedding(const network& net, const training& t,
                                               const framework_memory& row) noexcept {
    const bool adapted = t.adapter.method != adapter_method::none;
    if (!adapted) return trains_embedding(net, t);
    return t.adapter.targets.has(target::embeddings) ||
           (row.adapters.checkpoints_need_input_gradients && t.recompute == recompute::full);
}

/// Returns the kind of layer `i`.
[[nodiscard]] constexpr std::size_t kind_of_layer(const network& net, std::int64_t i) noexcept {
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        if (net.blocks[k].layers.count(i, i + 1) > 0) return k;
    return 0;
}

/// Moves sampled layers from the frozen ones to the trained ones: those of the largest kind, which may be sampled.
constexpr void sample_largest(layer_split& split, const network& net, std::int64_t trained) noexcept {
    while (trained > 0) {
        std::size_t largest = 0;
        std::int64_t most = -1;
        for (std::size_t k = 0; k < net.block_kinds; ++k) {
            if (split.relaying[k] == 0 || parameters(net.blocks[k]) <= most) continue;
            most = parameters(net.blocks[k]);
            largest = k;
        }
        const std::int64_t here = smaller(trained, split.relaying[largest]);
        if (here == 0) return;
        split.trained[largest] += here;
        split.relaying[largest] -= here;
        trained -= here;
    }
}

/// Returns how a job splits the layers of its network.
[[nodiscard]] constexpr layer_split split_layers(const network& net, const training& t,
                                                 const framework_memory& row) noexcept {
    layer_split split;
    const bool sampled = t.trained_layer_choice == layer_choice::sampled;
    bool reached = sampled || reaches_embedding(net, t, row);
    for (std::int64_t i = 0; i < net.layers; ++i) {
        const std::size_t kind = kind_of_layer(net, i);
        const bool chosen = !sampled && is_chosen(t.trained_layer_choice, net.layers, t.trained_layers, i);
        reached = reached || chosen;
        ++(chosen ? split.trained : reached ? split.relaying : split.pruned)[kind];
    }
    if (sampled) sample_largest(split, net, t.trained_layers);
    return split;
}

/// Returns the network with so many layers of each kind alone.
[[nodiscard]] constexpr network with_layers(network net, const std::int64_t (&counts)[max_block_kinds]) noexcept {
    for (std::size_t k = 0; k < net.block_kinds; ++k) net.blocks[k].layers = {.end = counts[k]};
    return net;
}

/// Returns the network without the parameters of its embedding, of its head, or of both; what they compute stays.
[[nodiscard]] constexpr network without_ends(network net, bool embedding, bool head) noexcept {
    if (embedding) {
        net.embedding_parameters = 0;
        net.position_parameters = 0;
    }
    if (head) {
        net.head_parameters = 0;
        net.final_parameters = 0;
    }
    return net;
}

/// Returns a network that is only what its layers, or its frozen ends, are: another part has the tower and what
/// prepares samples.
[[nodiscard]] constexpr network part_alone(network net) noexcept {
    net.tower = {};
    net.condition_bytes = 0;
    net.condition_sample_bytes = 0;
    return net;
}

/// Returns the job with all layers of its network trained.
[[nodiscard]] constexpr training training_all_layers(training t) noexcept {
    t.trained_layers = 0;
    t.trained_layer_choice = layer_choice::last;
    t.trained_ends = trained_ends::by_default;
    return t;
}

/// Returns the job of frozen layers: a base without an adapter on it.
[[nodiscard]] constexpr training frozen_job(training t) noexcept {
    t = training_all_layers(t);
    t.adapter.method = adapter_method::lora;
    t.adapter.rank = 0;
    t.adapter.targets = {};
    t.images = 0;
    return t;
}

/// Which bytes of two parts of a network never exist together.
struct part_sharing {
    bool gathers = false;  ///< weights are gathered for a layer or two at a time; autocast's copies exist for all
    bool on_host = false;  ///< activations are in host memory, but for those of two layers
};

/// Returns what a job's parts share.
[[nodiscard]] constexpr part_sharing sharing_of(const training& t, const layout& l,
                                                const framework_memory& row) noexcept {
    return {
        .gathers = l.sharding == sharding::full || t.offload == offload::full,
        .on_host = t.offload == offload::activations || (row.checkpoints_on_host && t.recompute == recompute::full)};
}

/// Adds the frozen layers of one part.
constexpr void add_frozen_layers(stage_load& s, const stage_load& part, const part_sharing& shared) noexcept {
    s.weights += part.weights;
    s.held_per_token += part.held_per_token;
    for (std::int64_t stage_load::*saved : {&stage_load::saved_per_token, &stage_load::saved_per_score})
        s.*saved = shared.on_host ? larger(s.*saved, part.*saved) : s.*saved + part.*saved;
    for (std::int64_t stage_load::*largest :
         {&stage_load::recomputed_per_token, &stage_load::recomputed_per_score, &stage_load::layer_per_token,
          &stage_load::layer_per_score, &stage_load::scratch, &stage_load::gathered_ahead})
        s.*largest = larger(s.*largest, part.*largest);
    for (std::int64_t stage_load::*gathered : {&stage_load::gathered_forward, &stage_load::gathered_backward})
        s.*gathered = shared.gathers ? larger(s.*gathered, part.*gathered) : s.*gathered + part.*gathered;
}

/// Takes the activations of frozen layers from a lowering whose residual path is wider.
constexpr void add_residual(stage_load& part, const stage_load& wide) noexcept {
    for (std::int64_t stage_load::*each :
         {&stage_load::saved_per_token, &stage_load::saved_per_score, &stage_load::held_per_token,
          &stage_load::recomputed_per_token, &stage_load::recomputed_per_score, &stage_load::layer_per_token,
          &stage_load::layer_per_score})
        part.*each = wide.*each;
}

/// Adds layers that no gradient reaches: they hold nothing but their weights.
constexpr void add_pruned_layers(stage_load& s, stage_load part, const part_sharing& shared) noexcept {
    part.saved_per_token = 0;
    part.saved_per_score = 0;
    part.held_per_token = 0;
    part.recomputed_per_token = 0;
    part.recomputed_per_score = 0;
    part.layer_per_token = 0;
    part.layer_per_score = 0;
    add_frozen_layers(s, part, shared);
}

/// Adds a frozen embedding or head, whose gathered weights stay beside those of any layer.
constexpr void add_frozen_ends(stage_load& s, const stage_load& part) noexcept {
    s.weights += part.weights;
    s.gathered_forward += part.gathered_forward;
    s.gathered_backward += part.gathered_backward;
}

/// Takes what a lowering counted of a head that is frozen: its gradient at the loss, and autocast's copy of it.
constexpr void take_head(stage_load& s, const network& net, const memory_rules& rules, const layout& l,
                         const part_sharing& shared) noexcept {
    const std::int64_t head = divide_up(net.logits * net.hidden, l.tensor);
    s.gradients_loss -= head * rules.head_gradient_bytes;
    if (shared.gathers) return;
    s.gathered_head -= head * rules.recipe.cast_cache;
    s.gathered_forward -= head * rules.recipe.cast_cache;
    if (rules.checkpoint_width == 0) s.gathered_backward -= head * rules.recipe.cast_cache;
}

}  // namespace cardfit::detail
