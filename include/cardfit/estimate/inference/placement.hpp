// SPDX-License-Identifier: MIT
#pragma once

// Where the layers of a served model are: on which card, or in host memory (llama.cpp's -ngl, --n-cpu-moe and
// --tensor-split).

#include <cardfit/engines/row.hpp>
#include <cardfit/estimate/arithmetic.hpp>
#include <cardfit/estimate/stages.hpp>

namespace cardfit {

/// Which layers and experts of a model the cards hold; the others are in host memory, with their KV cache.
struct placement {
    std::int64_t first_layer = 0;    ///< on the cards; those before it are not
    std::int64_t first_experts = 0;  ///< the first layer whose experts are on the cards
    bool head = true;                ///< the output layer is on the cards
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

/// Returns the shares of the layers that the cards of a machine hold under an engine that divides layers by shares:
/// those that the job states, or else the memory of each card. None stands for equal shares.
[[nodiscard]] constexpr card_shares shares_of(const inference& i, const machine& m) noexcept {
    if (i.tensor_split.count > 0 || m.others.count == 0) return i.tensor_split;
    card_shares shares{.count = m.cards};
    for (int card = 0; card < m.cards; ++card)
        shares.of[card] = static_cast<double>(usable_memory(seen_by_card(m, card)).number);
    return shares;
}

/// Returns the first of `places` layers on a card, or on none from it on: the first one whose index over `places` is at
/// least the part of the shares that is before the card (std::upper_bound over the summed shares in load_tensors,
/// llama-model.cpp).
[[nodiscard]] constexpr std::int64_t first_slot(const card_shares& shares, std::int64_t cards, std::int64_t card,
                                                std::int64_t places) noexcept {
    if (shares.count == 0) return divide_up(places * card, cards);
    double before = 0;
    double sum = 0;
    for (std::int64_t i = 0; i < shares.count; ++i) {
        if (i < card) before += shares.of[i];
        sum += shares.of[i];
    }
    return static_cast<std::int64_t>(whole_up(static_cast<double>(places) * before / sum));
}

/// The layers [low, high) of one pipeline stage, and what they are.
struct placed_stage {
    stage_content content{};
    std::int64_t low = 0;
    std::int64_t high = 0;
};

/// Returns the layers of stage i (from 0) under an engine that divides layers by shares. The head is one layer more.
[[nodiscard]] constexpr placed_stage shared_stage_of(const network& net, const layout& l, const placement& p,
                                                     const card_shares& shares, std::int64_t stage) noexcept {
    const std::int64_t places = net.layers - p.first_layer + (p.head ? 1 : 0);
    const std::int64_t first = first_slot(shares, l.pipeline, stage, places);
    const std::int64_t end = first_slot(shares, l.pipeline, stage + 1, places);
    placed_stage s{.low = smaller(p.first_layer + first, net.layers), .high = smaller(p.first_layer + end, net.layers)};
    s.content.embedding = stage == 0;
    s.content.head = p.head && first < places && end == places;
    for (std::size_t k = 0; k < net.block_kinds; ++k) s.content.layers[k] = net.blocks[k].layers.count(s.low, s.high);
    return s;
}

/// Returns the part of the layers on the cards that each card holds.
[[nodiscard]] constexpr card_shares parts_of(const network& net, const inference& i, const machine& m, const layout& l,
                                             const placement& p) noexcept {
    const double all = static_cast<double>(larger(net.layers - p.first_layer, 1));
    const card_shares shares = shares_of(i, m);
    card_shares parts{.count = l.pipeline};
    for (int card = 0; card < l.pipeline; ++card) {
        const placed_stage stage = shared_stage_of(net, l, p, shares, card);
        parts.of[card] = static_cast<double>(stage.high - stage.low) / all;
    }
    return parts;
}

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
