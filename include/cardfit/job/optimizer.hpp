// SPDX-License-Identifier: MIT
#pragma once

// What an optimizer stores per parameter, and how many bytes its step moves.

#include <cardfit/row_table.hpp>
#include <cardfit/units.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cardfit {

/// Optimizers; `detail::listed_optimizers` has a row for each.
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
    lion_8bit,
    adam_mini,
    came,
    prodigy,
    schedule_free_adamw,
    soap,
    shampoo,
    galore,
    galore_8bit,
    q_galore,
    apollo,
};

/// Optimizer states. Parameter-sized states have the job's format, `training::optimizer_state`.
struct optimizer_memory {
    int matrix_states = 0;  ///< parameter-sized states of a hidden matrix
    int lookup_states = 0;  ///< of embedding and head
    int vector_states = 0;  ///< of everything else
    /// States of a fixed width, their scales included: bytes per block of 256 parameters, which is exact for
    /// block-quantized states too.
    int bytes_per_256 = 0;
    /// Sets of one fp32 value per row and per column of each matrix.
    int factored = 0;
    /// Square matrices for each of the two sides of a hidden matrix, unless the side exceeds `largest_side`.
    int side_squares = 0;
    std::int64_t largest_side = 0;  ///< elements; a longer side has none
    /// The rank to which gradients of hidden matrices are projected where the job names none; 0: they are not. The
    /// states of a projected matrix have the elements of this rank times its longer side.
    std::int64_t default_rank = 0;
    /// Projections that are stored, of the rank times the shorter side: parameter-sized states, or bytes per 256.
    int projector_states = 0;
    int projector_bytes_per_256 = 0;  ///< 0: none of a fixed width
    /// Bytes per element of the matrix that its step updates: temporaries in fp32, and fp32 copies of a gradient and
    /// a weight of 16 bits.
    int matrix_temporaries = 0;
    int matrix_copies = 0;  ///< bytes per element, where weights have 16 bits
    /// Its step works on one tensor after the other, so that it never has temporaries of the size of all parameters.
    bool tensor_by_tensor = false;
    /// States lie in unified memory: the driver moves them to the host when the card is full, so they are not needed
    /// on the card.
    bool paged = false;
};

/// Bytes that an optimizer step moves per parameter.
struct optimizer_time {
    /// One kernel per step reads gradient, weight and two moments, writes the last three, and reads gradients for their
    /// norm. The figure is counted.
    double fused = 36;
    double looped = 104;  ///< the same operator by operator: counted
    /// Fine-tuning scripts step with this optimizer as it is, which `framework_time::steps_tensor_by_tensor` refers to.
    bool plain = false;
};

/// One optimizer.
struct optimizer_row {
    optimizer value{};                          ///< the optimizer
    std::string_view name;                      ///< the job file's word
    optimizer_memory memory{};                  ///< states and temporaries
    optimizer_time time{};                      ///< what its step reads and writes
    counterpart<optimizer> with_8bit_states{};  ///< the same update with 8-bit states
    counterpart<optimizer> unpaged{};           ///< the same update with states that no driver moves to the host
    row_sources sources{};                      ///< papers or programs
};

namespace detail {

inline constexpr const char* counted_from_accesses = "counted from the accesses";
inline constexpr const char* as_adam = "estimated: as Adam's";
inline constexpr const char* half_of_adam = "half of Adam's: one moment or none";
/// Two 8-bit moments with an fp32 scale per block of 256.
inline constexpr int two_8bit_moments = 2 * (256 + 4);
/// One of them.
inline constexpr int one_8bit_moment = 256 + 4;
/// Two 4-bit moments with an fp32 scale per block of 128.
inline constexpr int two_4bit_moments = 2 * (128 + 8);

inline constexpr optimizer_row listed_optimizers[]{
    {.value = optimizer::sgd,
     .name = "sgd",
     .time = {.fused = 18, .looped = 18},
     .sources = {.memory = "no state", .time = half_of_adam}},
    {.value = optimizer::sgd_momentum,
     .name = "sgd-momentum",
     .memory = {.matrix_states = 1, .lookup_states = 1, .vector_states = 1},
     .time = {.fused = 18, .looped = 18},
     .sources = {.memory = "Sutskever et al. 2013: one velocity", .time = half_of_adam}},
    {.value = optimizer::adam,
     .name = "adam",
     .memory = {.matrix_states = 2, .lookup_states = 2, .vector_states = 2},
     .time = {.plain = true},
     .with_8bit_states = {true, optimizer::adamw_8bit},
     .sources = {.memory = "Kingma & Ba, arXiv 1412.6980: two moments", .time = counted_from_accesses}},
    {.value = optimizer::adamw,
     .name = "adamw",
     .memory = {.matrix_states = 2, .lookup_states = 2, .vector_states = 2},
     .with_8bit_states = {true, optimizer::adamw_8bit},
     .sources = {.memory = "Loshchilov & Hutter, arXiv 1711.05101: two moments", .time = counted_from_accesses}},
    {.value = optimizer::lamb,
     .name = "lamb",
     .memory = {.matrix_states = 2, .lookup_states = 2, .vector_states = 2},
     .time = {.fused = 104, .looped = 104},
     .sources = {.memory = "You et al., arXiv 1904.00962: two moments",
                 .time = "norms of every tensor, twice, before the update"}},
    {.value = optimizer::adamw_8bit,
     .name = "adamw-8bit",
     .memory = {.bytes_per_256 = two_8bit_moments},
     .sources = {.memory = "Dettmers et al., arXiv 2110.02861: two 8-bit moments, an fp32 scale per block of 256",
                 .time = as_adam}},
    {.value = optimizer::adamw_4bit,
     .name = "adamw-4bit",
     .memory = {.bytes_per_256 = two_4bit_moments},
     .sources = {.memory = "Li et al., arXiv 2309.01507: two 4-bit moments, an fp32 scale per block of 128",
                 .time = as_adam}},
    {.value = optimizer::adamw_fp8,
     .name = "adamw-fp8",
     .memory = {.bytes_per_256 = two_8bit_moments},
     .sources = {.memory = "torchao low-bit optimizers: two fp8 moments, an fp32 scale per block of 256",
                 .time = as_adam}},
    {.value = optimizer::adafactor,
     .name = "adafactor",
     .memory = {.vector_states = 1, .factored = 1, .matrix_temporaries = 8, .matrix_copies = 8},
     .sources = {.memory =
                     "Shazeer & Stern, arXiv 1804.04235: row and column sums of the second moment; its step in Hugging "
                     "Face transformers (optimization.py): the squared gradient and the update that replaces it, and "
                     "16 bytes per element of the largest matrix in bf16 were measured (measured_h100.jsonl, h049a)",
                 .time = as_adam}},
    {.value = optimizer::lion,
     .name = "lion",
     .memory = {.matrix_states = 1, .lookup_states = 1, .vector_states = 1},
     .sources = {.memory = "Chen et al., arXiv 2302.06675: one momentum", .time = as_adam}},
    {.value = optimizer::muon,
     .name = "muon",
     .memory = {.matrix_states = 1, .lookup_states = 2, .vector_states = 2},
     .sources = {.memory = "Jordan et al. 2024: one momentum for hidden matrices, AdamW for the rest",
                 .time = as_adam}},
    {.value = optimizer::paged_adamw,
     .name = "paged-adamw",
     .memory = {.matrix_states = 2, .lookup_states = 2, .vector_states = 2, .paged = true},
     .unpaged = {true, optimizer::adamw},
     .sources = {.memory = "QLoRA (arXiv 2305.14314), section 3: paged optimizers", .time = counted_from_accesses}},
    {.value = optimizer::paged_adamw_8bit,
     .name = "paged-adamw-8bit",
     .memory = {.bytes_per_256 = two_8bit_moments, .paged = true},
     .unpaged = {true, optimizer::adamw_8bit},
     .sources = {.memory = "the same with 8-bit moments (bitsandbytes)", .time = as_adam}},
    {.value = optimizer::lion_8bit,
     .name = "lion-8bit",
     .memory = {.bytes_per_256 = one_8bit_moment},
     .sources = {.memory = "Lion's momentum in 8 bits, an fp32 scale per block of 256 (Lion8bit of bitsandbytes)",
                 .time = as_adam}},
    {.value = optimizer::adam_mini,
     .name = "adam-mini",
     .memory = {.matrix_states = 1, .lookup_states = 1, .vector_states = 1, .factored = 1, .tensor_by_tensor = true},
     .sources = {.memory = "Zhang et al., arXiv 2406.16793: one momentum; the second moment has a value per block of a "
                           "matrix, of which no matrix has more than rows (counted as Adafactor's)",
                 .time = as_adam}},
    {.value = optimizer::came,
     .name = "came",
     .memory = {.matrix_states = 1,
                .lookup_states = 1,
                .vector_states = 2,
                .factored = 2,
                .matrix_temporaries = 8,
                .matrix_copies = 8,
                .tensor_by_tensor = true},
     .sources = {.memory =
                     "Luo et al., arXiv 2307.02047: one momentum; row and column sums of the second moment and of "
                     "the instability; its step's temporaries as Adafactor's, from whose code it comes (estimated)",
                 .time = as_adam}},
    {.value = optimizer::prodigy,
     .name = "prodigy",
     .memory = {.matrix_states = 4, .lookup_states = 4, .vector_states = 4, .tensor_by_tensor = true},
     .sources = {.memory = "Mishchenko & Defazio, arXiv 2306.06101: two moments, the weights at the start, and the "
                           "weighted sum of gradients",
                 .time = as_adam}},
    {.value = optimizer::schedule_free_adamw,
     .name = "schedule-free-adamw",
     .memory = {.matrix_states = 2, .lookup_states = 2, .vector_states = 2},
     .sources = {.memory = "Defazio et al., arXiv 2405.15682: the second moment and the base iterate z",
                 .time = as_adam}},
    {.value = optimizer::soap,
     .name = "soap",
     .memory = {.matrix_states = 2,
                .lookup_states = 2,
                .vector_states = 2,
                .side_squares = 2,
                .largest_side = 10'000,
                .tensor_by_tensor = true},
     .sources = {.memory = "Vyas et al., arXiv 2409.11321: two moments; for each side of a matrix up to 10,000 "
                           "(max_precond_dim) a covariance and its eigenvectors",
                 .time = as_adam}},
    {.value = optimizer::shampoo,
     .name = "shampoo",
     .memory = {.lookup_states = 1,
                .vector_states = 1,
                .side_squares = 2,
                .largest_side = 1'000'000'000,
                .tensor_by_tensor = true},
     .sources = {.memory =
                     "Gupta et al., arXiv 1802.09568, algorithm 1: for each side a preconditioner and its inverse "
                     "root; diagonal sums for embeddings and vectors (estimated)",
                 .time = as_adam}},
    {.value = optimizer::galore,
     .name = "galore",
     .memory = {.matrix_states = 2,
                .lookup_states = 2,
                .vector_states = 2,
                .default_rank = 128,
                .projector_states = 1,
                .tensor_by_tensor = true},
     .sources = {.memory = "Zhao et al., arXiv 2403.03507, section 4: two moments of the projected gradient, and the "
                           "projection",
                 .time = as_adam}},
    {.value = optimizer::galore_8bit,
     .name = "galore-8bit",
     .memory = {.bytes_per_256 = two_8bit_moments, .default_rank = 128, .projector_states = 1},
     .sources = {.memory = "the same with 8-bit moments (GaLoreAdamW8bit)", .time = as_adam}},
    {.value = optimizer::q_galore,
     .name = "q-galore",
     .memory = {.bytes_per_256 = two_8bit_moments, .default_rank = 128, .projector_bytes_per_256 = 128 + 8},
     .sources = {.memory = "Zhang et al., arXiv 2407.08296: 8-bit moments and a projection in 4 bits, with a scale per "
                           "block (estimated as one per 128); the weights keep the job's format",
                 .time = as_adam}},
    {.value = optimizer::apollo,
     .name = "apollo",
     .memory =
         {.matrix_states = 2, .lookup_states = 2, .vector_states = 2, .default_rank = 256, .tensor_by_tensor = true},
     .sources = {.memory = "Zhu et al., arXiv 2412.05270, table 1: two moments of the projected gradient; the random "
                           "projection is made again from its seed",
                 .time = as_adam}},
};
static_assert(one_row_per_enumerator<listed_optimizers>,
              "an optimizer without a row, or with two: add it to listed_optimizers");
inline constexpr row_table optimizer_table = by_enumerator(listed_optimizers);

}  // namespace detail

/// Returns the row of an optimizer.
[[nodiscard]] constexpr const optimizer_row& row_of(optimizer o) noexcept {
    return detail::optimizer_table.of[static_cast<std::size_t>(o)];
}

/// Numbers of parameters that an optimizer updates, by kind.
struct stepped_parameters {
    std::int64_t matrix = 0;     ///< of hidden matrices
    std::int64_t lookup = 0;     ///< of embedding and head
    std::int64_t vector = 0;     ///< of norms and biases
    std::int64_t edges = 0;      ///< rows and columns of all matrices, for factored states
    std::int64_t projector = 0;  ///< elements of the projections of hidden matrices
    std::int64_t squares = 0;    ///< elements of one square matrix for each side of every hidden matrix
};

/// Returns true if the states of an optimizer depend on the shapes of the matrices.
[[nodiscard]] constexpr bool reads_shapes(const optimizer_memory& row) noexcept {
    return row.side_squares > 0 || row.default_rank > 0;
}

/// Returns the number of parameter-sized states of a hidden matrix that lie on the card.
[[nodiscard]] constexpr int states_on_card(const optimizer_memory& row) noexcept {
    return row.paged || row.default_rank > 0 ? 0 : row.matrix_states;
}

/// Returns true if a step's temporaries of all parameters (torch's foreach) lie on the card.
[[nodiscard]] constexpr bool steps_all_on_card(const optimizer_memory& row) noexcept {
    return !row.paged && !row.tensor_by_tensor && row.matrix_states > 0;
}

/// Returns the bytes of optimizer states on the card, where each parameter-sized state takes `state_width` bytes per
/// parameter.
[[nodiscard]] constexpr std::int64_t state_bytes(const optimizer_memory& row, const stepped_parameters& p,
                                                 std::int64_t state_width) noexcept {
    if (row.paged) return 0;
    const std::int64_t states =
        row.matrix_states * p.matrix + row.lookup_states * p.lookup + row.vector_states * p.vector;
    const std::int64_t blocks = divide_up(p.matrix + p.lookup + p.vector, 256);
    return (states + row.side_squares * p.squares + row.projector_states * p.projector) * state_width +
           blocks * row.bytes_per_256 + divide_up(p.projector, 256) * row.projector_bytes_per_256 +
           row.factored * p.edges * 4;
}

}  // namespace cardfit
