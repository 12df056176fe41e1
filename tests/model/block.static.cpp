// SPDX-License-Identifier: MIT

// Tests what a lowering writes to a block: room for matrices, matrices that run as one matmul, and explicit properties.

#include <cardfit/estimate/kernels/layer.hpp>
#include <cardfit/model/hybrid_zoo.hpp>
#include <cardfit/model/translation_zoo.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

/// Returns the largest number of matrices in a layer of the zoo.
constexpr std::int64_t most_linears() {
    std::int64_t most = 0;
    for (const models::zoo_entry& entry : models::all)
        for (const layer_block& b : lower(*entry.model).blocks) most = larger(most, b.linear_count);
    for (const models::hybrid_entry& entry : models::hybrids)
        for (const layer_block& b : lower(*entry.model).blocks) most = larger(most, b.linear_count);
    return most;
}

/// Returns the number of matmuls of a layer, where those of one fused group count once.
constexpr std::int64_t matmuls(const layer_block& b) {
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < b.linear_count; ++i) count += detail::is_counted(b, i) ? 0 : 1;
    return count;
}

/// Returns the columns of the matmul that begins with the first matrix of this target.
constexpr std::int64_t columns_of(const layer_block& b, target first) {
    for (std::int64_t i = 0; i < b.linear_count; ++i)
        if (b.linears[i].target == first) return detail::fused_columns(b, i);
    return 0;
}

constexpr layer_block reversed(const layer_block& b) {
    layer_block other = b;
    for (std::int64_t i = 0; i < b.linear_count; ++i) other.linears[i] = b.linears[b.linear_count - 1 - i];
    return other;
}

constexpr layer_block llama = lower(models::llama_3_1_8b).blocks[0];
constexpr layer_block mixtral = lower(models::mixtral_8x7b).blocks[0];
constexpr network translator = lower(models::transformer_big);
constexpr network recurrent = lower(models::gnmt);
constexpr layer_block memory_layer = lower(models::transformer_xl_base).blocks[0];

}  // namespace

// DeepSeek-V3.2's sparse layers have 15 matrices.
static_assert(most_linears() == 15);
static_assert(max_linears >= 15);

// Query, key and value run as one matmul of 4096 + 2 x 1024 columns, gate and up as one of 2 x 14336.
static_assert(matmuls(llama) == 4);
static_assert(columns_of(llama, target::query) == 6144 && columns_of(llama, target::gate) == 28'672);
static_assert(columns_of(mixtral, target::gate) == 28'672);
// The order of the matrices does not matter.
static_assert(matmuls(reversed(llama)) == 4);
static_assert(columns_of(reversed(llama), target::value) == 6144 && columns_of(reversed(llama), target::up) == 28'672);
// The queries of a cross attention read a different tensor than its keys and values: q k v, o, q, k v, o, up, down.
static_assert(matmuls(translator.blocks[1]) == 7);
// Each direction of an LSTM has one matmul per time step, and one matmul over all tokens before it.
static_assert(recurrent.blocks[0].linear_count == 4 && recurrent.blocks[1].linear_count == 2);
static_assert(recurrent.blocks[0].linears[1].rows == matmul_rows::time_steps);
static_assert(recurrent.blocks[0].linears[3].rows == matmul_rows::second_direction);

// Properties are explicit: nothing has to be inferred from a member that is zero.
static_assert(llama.attention.scores == score_kind::dot_product && llama.attention.flash);
static_assert(recurrent.blocks[0].attention.scores == score_kind::additive);
static_assert(recurrent.blocks[1].attention.scores == score_kind::none);
static_assert(recurrent.blocks[1].state.update == state_update::step_by_step);
static_assert(lower(models::mamba_130m).blocks[0].state.update == state_update::in_chunks);
static_assert(memory_layer.attention.shifts_scores && !memory_layer.attention.flash);
static_assert(memory_layer.attention.memory == 192);
static_assert(lower(models::deepseek_v3).blocks[0].cache.compressed && !llama.cache.compressed);
static_assert(lower(models::mistral_7b).blocks[0].attention.window == 4096);
static_assert(llama.attention.window == all_positions);
static_assert(is_autoregressive(lower(models::mamba_130m)) && !is_autoregressive(lower(models::bert_base)));
