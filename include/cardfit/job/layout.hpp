// SPDX-License-Identifier: MIT
#pragma once

// The parallel layout: how a job is divided among cards.

#include <cardfit/hardware/machine.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/problem.hpp>
#include <cardfit/row_table.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cardfit {

/// What is sharded over data-parallel ranks: nothing; optimizer states (ZeRO-1); gradients as well (ZeRO-2); weights as
/// well (ZeRO-3, FSDP).
enum class sharding : unsigned char { none, optimizer, gradients, full };
/// Sequence parallelism inside the tensor-parallel group: by default as the framework does it.
enum class sequence_parallel : unsigned char { by_default, off, on };

/// The order in which a pipeline's stages run micro-batches; interleaved where a rank has virtual stages.
enum class pipeline_schedule : unsigned char { one_f_one_b, gpipe, zero_bubble, zero_bubble_h2 };

/// What a schedule costs.
struct schedule_row {
    pipeline_schedule value{};  ///< the schedule
    std::string_view name;      ///< the job file's word
    /// True if a stage saves the activations of all micro-batches before backward begins.
    bool saves_all = false;
    /// A stage that is followed by n - 1 others has n `warm_up` - (`warm_up` - 1) micro-batches in flight.
    int warm_up = 1;
    /// The bubble in thirds of forward and backward of one micro-batch, where forward, the gradient of the input and
    /// the gradient of the weights take a third each.
    int bubble_thirds = 3;
    bool interleaves = false;  ///< virtual stages are possible
    std::string_view source;   ///< paper, section
};

namespace detail {

inline constexpr schedule_row listed_schedules[]{
    {.value = pipeline_schedule::one_f_one_b,
     .name = "1f1b",
     .interleaves = true,
     .source = "Narayanan et al., arXiv 2104.04473, section 2.2"},
    {.value = pipeline_schedule::gpipe,
     .name = "gpipe",
     .saves_all = true,
     .source = "Huang et al., arXiv 1811.06965; Narayanan et al., arXiv 2104.04473, section 2.2.1"},
    {.value = pipeline_schedule::zero_bubble,
     .name = "zero-bubble",
     .bubble_thirds = 1,
     .interleaves = true,
     .source = "Qi et al., arXiv 2401.10241, table 1: ZB-H1, (p - 1)(T_F + T_B - T_W)"},
    {.value = pipeline_schedule::zero_bubble_h2,
     .name = "zero-bubble-h2",
     .warm_up = 2,
     .bubble_thirds = 0,
     .source = "Qi et al., arXiv 2401.10241, table 1: ZB-H2, (p - 1)(T_F + T_B - 2 T_W), 2 p - 1 micro-batches"},
};
static_assert(one_row_per_enumerator<listed_schedules>,
              "a schedule without a row, or with two: add it to listed_schedules");
inline constexpr row_table schedule_table = by_enumerator(listed_schedules);

}  // namespace detail

/// Returns the row of a schedule.
[[nodiscard]] constexpr const schedule_row& row_of(pipeline_schedule s) noexcept {
    return detail::schedule_table.of[static_cast<std::size_t>(s)];
}

/// The degrees of parallelism; data x tensor x pipeline x context = cards.
struct layout {
    int data = 0;                                 ///< 0: the cards divided by the other three
    int tensor = 1;                               ///< cards that share the matrices of each layer
    int pipeline = 1;                             ///< pipeline stages
    int virtual_stages = 1;                       ///< virtual stages (chunks of layers) per pipeline stage
    int context = 1;                              ///< cards that share the positions of each sequence
    int expert = 1;                               ///< cards among which experts are divided, out of data x context
    cardfit::sharding sharding = sharding::none;  ///< what data-parallel ranks share (ZeRO, FSDP)
    int sharding_group = 0;  ///< cards that share one copy of the weights (HSDP); 0: data x context
    /// activations between matmuls are divided too
    cardfit::sequence_parallel sequence_parallel = sequence_parallel::by_default;
    pipeline_schedule schedule = pipeline_schedule::one_f_one_b;  ///< the order of the micro-batches in a pipeline
    friend constexpr bool operator==(const layout&, const layout&) = default;
};

/// Returns the layout with `data` and `sharding_group` filled in for a number of cards, of a layout that `problems`
/// accepts.
[[nodiscard]] constexpr layout resolved(layout l, int cards) noexcept {
    const std::int64_t rest = std::int64_t{l.tensor} * l.pipeline * l.context;
    if (l.data == 0) l.data = rest > 0 && rest <= cards ? static_cast<int>(cards / rest) : 1;
    if (l.sharding_group == 0) l.sharding_group = l.data * l.context;
    return l;
}

namespace detail {

/// What more stages than a network can have break.
[[nodiscard]] constexpr const char* stages_rule(bool alone, const layout& given) noexcept {
    if (alone) return "must be 1, because this network runs data-parallel only";
    return given.virtual_stages > 1
               ? "pipeline x virtual_stages must not exceed the model's layers with embedding and head"
               : "pipeline x virtual_stages must not exceed the model's layers";
}

/// Adds that the cards do not divide among tensor, pipeline and context parallelism, with the first of them that is
/// used.
constexpr void add_undivided(problem_list& found, const layout& given, int cards) {
    const bool divided = given.tensor > 1;
    const bool staged = given.pipeline > 1;
    const char* path = divided ? "layout.tensor" : staged ? "layout.pipeline" : "layout.context";
    const int value = divided ? given.tensor : staged ? given.pipeline : given.context;
    found.require(requirement{false, path, value, "tensor x pipeline x context must divide hardware.cards", cards});
}

}  // namespace detail

/// Returns everything that is wrong with a layout of this network on a number of cards; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const layout& given, int cards, const network& net,
                                              on_problem action = on_problem::keep) {
    problem_list found(action);
    // In `data` and `sharding_group`, 0 stands for "not given".
    if (!__builtin_is_constant_evaluated())
        found.enumerators(enumerated{"layout.sharding", given.sharding}, enumerated{"layout.schedule", given.schedule},
                          enumerated{"layout.sequence_parallel", given.sequence_parallel});
    found.ranges(
        invalid_field{key_ranges::data.path, given.data, 0, key_ranges::data.high},
        invalid_field{key_ranges::sharding_group.path, given.sharding_group, 0, key_ranges::sharding_group.high});
    found.within(ranged{key_ranges::tensor, given.tensor}, ranged{key_ranges::pipeline, given.pipeline},
                 ranged{key_ranges::virtual_stages, given.virtual_stages}, ranged{key_ranges::context, given.context},
                 ranged{key_ranges::expert, given.expert});
    if (!found.empty()) return found;
    const std::int64_t rest = std::int64_t{given.tensor} * given.pipeline * given.context;
    const std::int64_t data = given.data > 0 ? given.data : larger(cards / rest, 1);
    if (given.data <= 0 && cards % rest != 0) detail::add_undivided(found, given, cards);
    if (!found.empty()) return found;
    found.require(requirement{data * rest == cards, "layout.data", given.data,
                              "data x tensor x pipeline x context must equal hardware.cards", cards});
    if (!found.empty()) return found;
    const std::int64_t group = given.sharding_group > 0 ? given.sharding_group : data * given.context;
    const std::int64_t chunks = std::int64_t{given.pipeline} * given.virtual_stages;
    // An interleaved pipeline may give the embedding and the head a virtual stage each (Llama 3.1 405B: 126 layers on
    // 16 stages of 8 chunks, arXiv 2407.21783, section 3.3.2).
    const std::int64_t units = net.layers + (given.virtual_stages > 1 ? 2 : 0);
    const bool alone = net.data_parallel_only;
    constexpr const char* data_alone = "must be 1, because this network runs data-parallel only";
    found.require(
        requirement{data * given.context * given.tensor % given.expert == 0, "layout.expert", given.expert,
                    "must divide data x context x tensor", data * given.context * given.tensor},
        requirement{given.expert == 1 || (net.experts > 0 && net.experts % given.expert == 0), "layout.expert",
                    given.expert,
                    net.experts > 0 ? "must divide the model's experts" : "must be 1, because the model has no experts",
                    net.experts},
        requirement{net.heads % given.tensor == 0 && (given.tensor == 1 || !alone), "layout.tensor", given.tensor,
                    alone ? data_alone : "must divide the model's heads", alone ? 0 : net.heads},
        requirement{given.context == 1 || !alone, "layout.context", given.context, data_alone},
        requirement{data * given.context % group == 0, "layout.sharding_group", group, "must divide data x context",
                    data * given.context},
        requirement{chunks <= (alone ? 1 : units), "layout.pipeline", given.pipeline, detail::stages_rule(alone, given),
                    alone ? 0 : units},
        requirement{given.virtual_stages == 1 || given.pipeline > 1, "layout.virtual_stages", given.virtual_stages,
                    "must be 1 without a pipeline"},
        requirement{given.virtual_stages == 1 || row_of(given.schedule).interleaves, "layout.virtual_stages",
                    given.virtual_stages, "must be 1 with layout.schedule gpipe and zero-bubble-h2"});
    return found;
}

/// Returns true if tensor parallelism assigns whole KV heads to each card. torchtitan and Megatron-LM copy no heads, so
/// they need it.
[[nodiscard]] constexpr bool divides_heads(const layout& l, const network& net) noexcept {
    return net.kv_heads % l.tensor == 0;
}

}  // namespace cardfit
