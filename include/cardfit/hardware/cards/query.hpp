// SPDX-License-Identifier: MIT
#pragma once

// Questions to the table, at compile time too: which cards have this much memory, that format, NVLink; in which order.
//
//     constexpr auto wanted = cards::query({.min_memory = 24_GiB, .format = number_format::bf16, .nvlink = true});
//     constexpr auto fastest = cards::sorted(wanted, &gpu::memory_bandwidth);
//     constexpr auto mine = cards::where([](const gpu& g) { return g.board_power <= 300_W; }, wanted);

#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/number_format.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <stdexcept>

namespace cardfit::cards {

/// Dense peak of the unit that multiplies matrices of a format: the tensor core's, for fp64 and fp32 the vector unit's
/// where there is no other. Block-scaled 8- and 4-bit formats are counted with fp8 and fp4 where the card has them from
/// the Blackwell (10.0) or CDNA4 generation on. Zero: the card has no such unit. Throws std::invalid_argument for
/// formats that weights are only stored in (nf4, GGUF types …).
[[nodiscard]] constexpr flop_per_second matrix_rate(const gpu& card, number_format format) {
    const peak_rates& r = card.rates;
    const bool scales_blocks = card.compute_capability >= compute_capability{10, 0} || card.architecture == "CDNA4";
    switch (format) {
        case number_format::fp64:
            return r.fp64_tensor.number > 0 ? r.fp64_tensor : r.fp64;
        case number_format::fp32:
            return r.fp32;
        case number_format::tf32:
            return r.tf32;
        case number_format::fp16:
            return r.fp16.number > 0 ? r.fp16 : r.fp16_accumulate_fp16;
        case number_format::bf16:
            return r.bf16;
        case number_format::fp8:
            return r.fp8.number > 0 ? r.fp8 : r.fp8_accumulate_fp16;
        case number_format::mxfp8:
            return scales_blocks ? r.fp8 : flop_per_second{};
        case number_format::nvfp4:
            return card.vendor == vendor::nvidia ? r.fp4 : flop_per_second{};
        case number_format::mxfp4:
            return r.fp4;
        case number_format::int8:
            return r.int8;
        case number_format::int4:
            return r.int4;
        default:
            throw std::invalid_argument(
                "cardfit: no unit multiplies this format; accepted: fp64, fp32, tf32, fp16, bf16, fp8, mxfp8, nvfp4, "
                "mxfp4, int8, int4");
    }
}

/// What a card must have. Left out: anything goes.
struct requirements {
    /// Marketed capacity of the board.
    bytes min_memory{};
    std::optional<number_format> format{};
    bool nvlink = false;
    std::optional<cardfit::vendor> vendor{};
    std::optional<cardfit::segment> segment{};
};

/// Whether a card meets them. NVLink is NVIDIA's: the links of other vendors' modules are not counted.
[[nodiscard]] constexpr bool meets(const gpu& card, const requirements& wanted) {
    if (card.memory < wanted.min_memory) return false;
    if (wanted.format && matrix_rate(card, *wanted.format).number <= 0) return false;
    if (wanted.nvlink && (card.vendor != vendor::nvidia || card.links.nvlink_bidirectional.number <= 0)) return false;
    if (wanted.vendor && card.vendor != *wanted.vendor) return false;
    return !wanted.segment || card.segment == *wanted.segment;
}

/// The whole table, or a part of it.
[[nodiscard]] constexpr card_list every() noexcept { return {all, all.size()}; }

/// The cards for which a predicate over `const gpu&` holds, in the order of `from`.
template <class Predicate>
[[nodiscard]] constexpr card_list where(Predicate predicate, const card_list& from = every()) {
    card_list chosen;
    for (const gpu* card : from)
        if (std::invoke(predicate, *card)) chosen.push_back(card);
    return chosen;
}

/// The cards that meet the requirements, in the table's order.
[[nodiscard]] constexpr card_list query(const requirements& wanted, const card_list& from = every()) {
    return where([&](const gpu& card) { return meets(card, wanted); }, from);
}

/// By a key: a member (`&gpu::memory_bandwidth`) or a function of `const gpu&`; largest first, or smallest with
/// `ascending`. Cards with equal keys keep their order.
template <class Key>
[[nodiscard]] constexpr card_list sorted(card_list list, Key key, bool ascending = false) {
    const card_list given = list;
    std::array<std::size_t, all.size()> order{};
    for (std::size_t i = 0; i < given.count; ++i) order[i] = i;
    std::sort(order.data(), order.data() + given.count, [&](std::size_t a, std::size_t b) {
        const gpu& first = *given.rows[ascending ? a : b];
        const gpu& second = *given.rows[ascending ? b : a];
        if (std::invoke(key, first) < std::invoke(key, second)) return true;
        if (std::invoke(key, second) < std::invoke(key, first)) return false;
        return a < b;
    });
    for (std::size_t i = 0; i < given.count; ++i) list.rows[i] = given.rows[order[i]];
    return list;
}

}  // namespace cardfit::cards
