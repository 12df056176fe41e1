// SPDX-License-Identifier: MIT
#pragma once

// Which attention a job runs: kernels that never write the matrix of scores do not know every kind of attention, and
// some know it only from a date on. What a framework's kernels know since when is in its row.

#include <cardfit/frameworks/row.hpp>
#include <cardfit/model/network.hpp>

#include <string_view>

namespace cardfit {

/// A kind of attention that flash kernels had to be taught.
struct attention_limit {
    bool attention_answers::*has = nullptr;
    software_date framework_memory::*known_since = nullptr;
    std::string_view name;
};

inline constexpr attention_limit attention_limits[]{
    {&attention_answers::sinks, &framework_memory::sinks_since, "attention sinks"},
    {&attention_answers::biased_scores, &framework_memory::biased_scores_since, "a bias for each pair of positions"},
};

/// Returns what a model's attention has that the flash kernels of a framework do not know at the job's date; null if
/// the job's attention runs as it says. A model's layers are alike in this, so the first kind tells.
[[nodiscard]] constexpr const attention_limit* limit_of_attention(const network& net, const training& t,
                                                                  const framework_memory& row) noexcept {
    if (t.attention != attention::flash) return nullptr;
    for (const attention_limit& limit : attention_limits)
        if (net.blocks[0].attention.*limit.has && t.software_date < row.*limit.known_since) return &limit;
    return nullptr;
}

}  // namespace cardfit
