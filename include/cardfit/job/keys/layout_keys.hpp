// SPDX-License-Identifier: MIT
#pragma once

// The keys of `layout`: data x tensor x pipeline x context = cards.

#include <cardfit/job/keys/key.hpp>
#include <cardfit/job/layout.hpp>

namespace cardfit::keys {

/// The words of a key, those of all enumerations as one type.
/// @{
inline constexpr auto sharding_words = as_words(sharding_names);
inline constexpr auto schedule_words = as_words(schedule_names);
/// @}

/// The keys of `layout`.
inline constexpr key<layout> layout_keys[]{
    {.facts = {.path = "layout.data",
               .range = key_ranges::data,
               .unit = "ranks",
               .absent = "what the other sizes leave of the cards",
               .flag = "--data",
               .documentation = "Data-parallel size."},
     .member = member<layout, &layout::data>},
    {.facts = {.path = "layout.tensor",
               .range = key_ranges::tensor,
               .unit = "ranks",
               .noted = true,
               .flag = "--tensor",
               .documentation = "Tensor-parallel size."},
     .member = member<layout, &layout::tensor>},
    {.facts = {.path = "layout.pipeline",
               .range = key_ranges::pipeline,
               .unit = "stages",
               .noted = true,
               .flag = "--pipeline",
               .documentation = "Pipeline stages; also of device_map and of llama.cpp's split by layers."},
     .member = member<layout, &layout::pipeline>},
    {.facts = {.path = "layout.virtual_stages",
               .range = key_ranges::virtual_stages,
               .unit = "chunks of layers",
               .noted = true,
               .needs = key_needs::training,
               .flag = "--virtual-stages",
               .documentation = "Virtual stages per rank of an interleaved pipeline."},
     .member = member<layout, &layout::virtual_stages>},
    {.facts = {.path = "layout.schedule",
               .kind = value_kind::word,
               .words = schedule_words,
               .needs = key_needs::training,
               .flag = "--schedule",
               .documentation = "Pipeline schedule; 1f1b is interleaved where a rank has virtual stages."},
     .member = member<layout, &layout::schedule>},
    {.facts = {.path = "layout.context",
               .range = key_ranges::context,
               .unit = "ranks",
               .noted = true,
               .flag = "--context-parallel",
               .documentation = "Context-parallel size."},
     .member = member<layout, &layout::context>},
    {.facts = {.path = "layout.expert",
               .range = key_ranges::expert,
               .unit = "ranks",
               .noted = true,
               .flag = "--expert",
               .documentation = "Expert-parallel size, a divisor of data x context x tensor."},
     .member = member<layout, &layout::expert>},
    {.facts = {.path = "layout.sharding",
               .kind = value_kind::word,
               .words = sharding_words,
               .noted = true,
               .needs = key_needs::training,
               .flag = "--sharding",
               .documentation =
                   "What data-parallel ranks shard: optimizer states (ZeRO-1), and gradients (ZeRO-2), and "
                   "weights (ZeRO-3, FSDP)."},
     .member = member<layout, &layout::sharding>},
    {.facts = {.path = "layout.sharding_group",
               .range = key_ranges::sharding_group,
               .unit = "cards",
               .absent = "data x context",
               .needs = key_needs::training,
               .flag = "--sharding-group",
               .documentation = "Cards that one full set of shards spans (HSDP)."},
     .member = member<layout, &layout::sharding_group>},
    {.facts = {.path = "layout.sequence_parallel",
               .kind = value_kind::three_state,
               .absent = "as the framework does it",
               .needs = key_needs::training,
               .flag = "--sequence-parallel",
               .documentation = "Sequence parallelism inside the tensor-parallel group."},
     .member = member<layout, &layout::sequence_parallel>},
};

}  // namespace cardfit::keys
