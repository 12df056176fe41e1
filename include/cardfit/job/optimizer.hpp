// SPDX-License-Identifier: MIT
#pragma once

// What an optimizer keeps for each parameter, and what its step needs beside that.

#include <cardfit/units.hpp>

#include <cstddef>
#include <string_view>

namespace cardfit {

enum class optimizer : unsigned char {
    sgd,
    sgd_momentum,
    adam,
    adamw,
    lamb,
    adamw_8bit,
    adamw_4bit,
    adamw_fp8,
    adafactor,
    lion,
    muon,
    paged_adamw,
    paged_adamw_8bit,
};

/// State of one parameter as bytes a block of 256: exact for block-quantised states too.
struct optimizer_row {
    std::string_view name;
    /// Parameter-sized states of a hidden matrix, of embedding and head, and of everything else, in the job's format.
    int matrix_states = 0;
    int lookup_states = 0;
    int vector_states = 0;
    /// Fixed-width state, bytes a block of 256 parameters (quantized states with their scales).
    int bytes_per_256 = 0;
    /// One fp32 value a row and a column of each matrix instead of parameter-sized states.
    bool factored = false;
    /// States lie in unified memory: the driver moves them to the host when the card is full, so they are no need.
    bool paged = false;
    std::string_view source;
};

namespace detail {

inline constexpr optimizer_row optimizer_rows[]{
    {"sgd", 0, 0, 0, 0, false, false, "no state"},
    {"sgd-momentum", 1, 1, 1, 0, false, false, "Sutskever et al. 2013: one velocity"},
    {"adam", 2, 2, 2, 0, false, false, "Kingma & Ba, arXiv 1412.6980: two moments"},
    {"adamw", 2, 2, 2, 0, false, false, "Loshchilov & Hutter, arXiv 1711.05101: two moments"},
    {"lamb", 2, 2, 2, 0, false, false, "You et al., arXiv 1904.00962: two moments"},
    {"adamw-8bit", 0, 0, 0, 2 * (256 + 4), false, false,
     "Dettmers et al., arXiv 2110.02861: two 8-bit moments, an fp32 scale a block of 256"},
    {"adamw-4bit", 0, 0, 0, 2 * (128 + 8), false, false,
     "Li et al., arXiv 2309.01507: two 4-bit moments, an fp32 scale a block of 128"},
    {"adamw-fp8", 0, 0, 0, 2 * (256 + 4), false, false,
     "torchao low-bit optimizers: two fp8 moments, an fp32 scale a block of 256"},
    {"adafactor", 0, 0, 1, 0, true, false,
     "Shazeer & Stern, arXiv 1804.04235: row and column sums of the second moment"},
    {"lion", 1, 1, 1, 0, false, false, "Chen et al., arXiv 2302.06675: one momentum"},
    {"muon", 1, 2, 2, 0, false, false, "Jordan et al. 2024: one momentum for hidden matrices, AdamW for the rest"},
    {"paged-adamw", 2, 2, 2, 0, false, true, "QLoRA (arXiv 2305.14314), section 3: paged optimizers"},
    {"paged-adamw-8bit", 0, 0, 0, 2 * (256 + 4), false, true, "the same with 8-bit moments (bitsandbytes)"},
};

}  // namespace detail

[[nodiscard]] constexpr const optimizer_row& row_of(optimizer o) noexcept {
    return detail::optimizer_rows[static_cast<std::size_t>(o)];
}

/// Parameters that an optimizer steps, by what they are; `edges` are rows and columns of all their matrices.
struct stepped_parameters {
    std::int64_t matrix = 0;
    std::int64_t lookup = 0;
    std::int64_t vector = 0;
    std::int64_t edges = 0;
};

/// Parameter-sized states of a hidden matrix that a step has on the card.
[[nodiscard]] constexpr int states_on_card(const optimizer_row& row) noexcept {
    return row.paged ? 0 : row.matrix_states;
}

/// Bytes of optimizer state on the card, with parameter-sized states of `state_width` bytes each.
[[nodiscard]] constexpr std::int64_t state_bytes(optimizer o, const stepped_parameters& p,
                                                 std::int64_t state_width) noexcept {
    const optimizer_row& row = row_of(o);
    if (row.paged) return 0;
    return (row.matrix_states * p.matrix + row.lookup_states * p.lookup + row.vector_states * p.vector) * state_width +
           divide_up(p.matrix + p.lookup + p.vector, 256) * row.bytes_per_256 + (row.factored ? p.edges * 4 : 0);
}

}  // namespace cardfit
