// SPDX-License-Identifier: MIT
#pragma once

// What lowering reads of a network's layers in many layouts, most of which divide the layers alike and save the same.

#include <cardfit/estimate/training/activations.hpp>

#include <cstddef>
#include <cstdint>

namespace cardfit::detail {

/// The parameters of one layer of each kind on one GPU, and the elements of one matrix of each distinct shape.
struct divided_layers {
    parameter_sums of[max_block_kinds]{};
    std::int64_t shapes = 0;  ///< 0 where the framework has no scratch for it
};
[[nodiscard]] constexpr divided_layers divided_layers_of(const network& net, const training& t, const layout& l,
                                                         const framework_memory& row) noexcept {
    divided_layers divided{.shapes = row.matrix_scratch ? distinct_shapes(net, l) : 0};
    for (std::size_t k = 0; k < net.block_kinds; ++k) divided.of[k] = layer_parameters(net.blocks[k], l, t.adapter);
    return divided;
}

/// What one layer of each kind saves for backward.
struct saving_layers {
    layer_activations activations[max_block_kinds]{};
    std::int64_t transient[max_block_kinds]{};  ///< bytes per token of `transient_bytes`
};
[[nodiscard]] constexpr saving_layers saving_layers_of(const network& net, const memory_rules& rules,
                                                       std::int64_t tensor) noexcept {
    saving_layers saving;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        saving.activations[k] = activations_of_layer(net.blocks[k], net.hidden, rules, tensor, 0);
        saving.transient[k] = transient_bytes(net.blocks[k], rules, tensor);
    }
    return saving;
}

/// The layers that were asked for last, of one network that is trained without adapters: how they are divided follows
/// from tensor and expert parallelism, and what they save from tensor parallelism and the rules.
class recent_layers {
public:
    /// Returns `inputs_of`.
    [[nodiscard]] constexpr job_inputs inputs(const network& net, const training& t, const layout& l,
                                              const memory_rules& rules, const framework_memory& row) noexcept {
        const divided_layers& divided = divided_of(net, t, l, row);
        const saving_layers& saving = saving_of(net, l, rules);
        job_inputs in{.net = net,
                      .job = t,
                      .l = l,
                      .rules = rules,
                      .row = row,
                      .compute = rules.compute_width / width_scale,
                      .shapes = divided.shapes};
        for (std::size_t k = 0; k < net.block_kinds; ++k)
            in.kinds[k] = {
                .parameters = divided.of[k], .activations = saving.activations[k], .transient = saving.transient[k]};
        return in;
    }

private:
    struct divided_entry {
        int tensor = 0;  ///< 0: nothing is known
        int expert = 0;
        divided_layers layers{};
    };
    struct saving_entry {
        int tensor = 0;  ///< 0: nothing is known
        memory_rules rules{};
        saving_layers layers{};
    };

    [[nodiscard]] constexpr const divided_layers& divided_of(const network& net, const training& t, const layout& l,
                                                             const framework_memory& row) noexcept {
        for (const divided_entry& each : divided_)
            if (each.tensor == l.tensor && each.expert == l.expert) return each.layers;
        divided_entry& next = divided_[divided_count_++ % divided_places];
        next = {l.tensor, l.expert, divided_layers_of(net, t, l, row)};
        return next.layers;
    }
    [[nodiscard]] constexpr const saving_layers& saving_of(const network& net, const layout& l,
                                                           const memory_rules& rules) noexcept {
        for (const saving_entry& each : saving_)
            if (each.tensor == l.tensor && each.rules == rules) return each.layers;
        saving_entry& next = saving_[saving_count_++ % saving_places];
        next = {l.tensor, rules, saving_layers_of(net, rules, l.tensor)};
        return next.layers;
    }

    static constexpr std::size_t divided_places = 8;
    static constexpr std::size_t saving_places = 16;
    divided_entry divided_[divided_places]{};
    saving_entry saving_[saving_places]{};
    std::size_t divided_count_ = 0;
    std::size_t saving_count_ = 0;
};

}  // namespace cardfit::detail
