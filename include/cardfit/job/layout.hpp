// SPDX-License-Identifier: MIT
#pragma once

// The parallel layout: how a job is divided among cards.

#include <cardfit/hardware/machine.hpp>
#include <cardfit/model/network.hpp>
#include <cardfit/problem.hpp>

namespace cardfit {

/// What is sharded over data-parallel ranks: nothing; optimizer states (ZeRO-1); gradients as well (ZeRO-2); weights as
/// well (ZeRO-3, FSDP).
enum class sharding : unsigned char { none, optimizer, gradients, full };
/// Sequence parallelism inside the tensor-parallel group: by default as the framework does it.
enum class sequence_parallel : unsigned char { by_default, off, on };

/// The degrees of parallelism; data x tensor x pipeline x context = cards.
struct layout {
    int data = 0;  ///< 0: the cards divided by the other three
    int tensor = 1;
    int pipeline = 1;
    int virtual_stages = 1;
    int context = 1;
    int expert = 1;
    cardfit::sharding sharding = sharding::none;
    int sharding_group = 0;  ///< cards that share one copy of the weights (HSDP); 0: data x context
    cardfit::sequence_parallel sequence_parallel = sequence_parallel::by_default;
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

/// Returns everything that is wrong with a layout of this network on a number of cards; empty if nothing is.
[[nodiscard]] constexpr problem_list problems(const layout& given, int cards, const network& net,
                                              on_problem action = on_problem::keep) {
    problem_list found(action);
    // In `data` and `sharding_group`, 0 stands for "not given".
    found.ranges(
        invalid_field{key_ranges::data.path, given.data, 0, key_ranges::data.high},
        invalid_field{key_ranges::sharding_group.path, given.sharding_group, 0, key_ranges::sharding_group.high});
    found.within(ranged{key_ranges::tensor, given.tensor}, ranged{key_ranges::pipeline, given.pipeline},
                 ranged{key_ranges::virtual_stages, given.virtual_stages}, ranged{key_ranges::context, given.context},
                 ranged{key_ranges::expert, given.expert});
    if (!found.empty()) return found;
    const std::int64_t rest = std::int64_t{given.tensor} * given.pipeline * given.context;
    const std::int64_t data = given.data > 0 ? given.data : larger(cards / rest, 1);
    const bool divided = given.tensor > 1;
    const bool staged = given.pipeline > 1;
    found.require(requirement{given.data > 0 || cards % rest == 0,
                              divided  ? "layout.tensor"
                              : staged ? "layout.pipeline"
                                       : "layout.context",
                              divided  ? given.tensor
                              : staged ? given.pipeline
                                       : given.context,
                              "tensor x pipeline x context must divide hardware.cards", cards});
    if (!found.empty()) return found;
    found.require(requirement{data * rest == cards, "layout.data", given.data,
                              "data x tensor x pipeline x context must equal hardware.cards", cards});
    if (!found.empty()) return found;
    const std::int64_t group = given.sharding_group > 0 ? given.sharding_group : data * given.context;
    const std::int64_t chunks = std::int64_t{given.pipeline} * given.virtual_stages;
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
        requirement{chunks <= (alone ? 1 : net.layers), "layout.pipeline", given.pipeline,
                    alone ? data_alone : "pipeline x virtual_stages must not exceed the model's layers",
                    alone ? 0 : net.layers},
        requirement{given.virtual_stages == 1 || given.pipeline > 1, "layout.virtual_stages", given.virtual_stages,
                    "must be 1 without a pipeline"});
    return found;
}

/// Returns true if tensor parallelism assigns whole KV heads to each card. torchtitan and Megatron-LM copy no heads, so
/// they need it.
[[nodiscard]] constexpr bool divides_heads(const layout& l, const network& net) noexcept {
    return net.kv_heads % l.tensor == 0;
}

}  // namespace cardfit
