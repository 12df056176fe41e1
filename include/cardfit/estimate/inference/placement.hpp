// SPDX-License-Identifier: MIT
#pragma once

// Where the layers of a served model are: on the cards, or in host memory (llama.cpp's -ngl and --n-cpu-moe).

#include <cardfit/engines/row.hpp>
#include <cardfit/estimate/stages.hpp>

namespace cardfit {

/// Which layers and experts of a model the cards hold; the others are in host memory, with their KV cache.
struct placement {
    std::int64_t first_layer = 0;    ///< on the cards; those before it are not
    std::int64_t first_experts = 0;  ///< the first layer whose experts are on the cards
    bool head = true;
    friend constexpr bool operator==(const placement&, const placement&) = default;
};

/// Returns where the `layers` of a model are. The last `inference.gpu_layers` are on the cards, and the head counts as
/// one of them: as the last one that follows the layers, or, from a date on, as the first one that is placed
/// (ggml-org/llama.cpp#18148, December 2025). The experts of the first `inference.cpu_expert_layers` are in host
/// memory.
[[nodiscard]] constexpr placement placement_of(std::int64_t layers, const inference& i,
                                               const engine_memory& row) noexcept {
    const std::int64_t placed = smaller(i.gpu_layers, layers + 1);
    const bool head_first = i.software_date >= row.head_placed_first_since;
    placement p;
    p.first_layer = head_first ? smaller(layers + 1 - placed, layers) : layers - smaller(placed, layers);
    p.head = head_first ? placed > 0 : placed > layers;
    p.first_experts = larger(p.first_layer, smaller(i.cpu_expert_layers, layers));
    return p;
}

namespace detail {

/// The layers [low, high) of one pipeline stage, and what they are.
struct placed_stage {
    stage_content content{};
    std::int64_t low = 0;
    std::int64_t high = 0;
};

/// Returns the layers of stage i (from 0): the cards divide among them the layers that are not in host memory.
[[nodiscard]] constexpr placed_stage placed_stage_of(const network& net, const layout& l, const placement& p,
                                                     std::int64_t stage, std::int64_t low) noexcept {
    placed_stage s{.content = content_of(net, l, 1, stage), .low = low, .high = low};
    if (p.first_layer > 0) {
        const std::int64_t on_cards = net.layers - p.first_layer;
        s.low = p.first_layer + first_layer(on_cards, l.pipeline, stage);
        s.high = stage + 1 == l.pipeline ? net.layers : p.first_layer + first_layer(on_cards, l.pipeline, stage + 1);
        for (std::size_t k = 0; k < net.block_kinds; ++k)
            s.content.layers[k] = net.blocks[k].layers.count(s.low, s.high);
    } else {
        for (const std::int64_t layers : s.content.layers) s.high += layers;
    }
    s.content.head = s.content.head && p.head;
    return s;
}

}  // namespace detail

}  // namespace cardfit
