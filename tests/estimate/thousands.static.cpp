// SPDX-License-Identifier: MIT

// Tests how much a compiler evaluates under its default limits (clang: 1,048,576 steps per constant): a thousand full
// estimates in one static_assert, and ten thousand points of one lowered job in another.

#include <cardfit/decide/fits.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

constexpr machine eight = 8 * cards::h100_sxm5_80gb;
constexpr layout sharded{.data = 8, .sharding = sharding::full};
constexpr training job{.sequence_length = 8192, .recompute = recompute::selective, .framework = framework::torchtitan};

constexpr int thousand_estimates() {
    int grown = 0;
    std::int64_t last = 0;
    for (int i = 1; i <= 1000; ++i) {
        training each = job;
        each.micro_batch = i;
        const std::int64_t now = memory(models::llama_3_1_8b, each, eight, sharded).device().number;
        grown += now >= last;
        last = now;
    }
    return grown;
}

constexpr int ten_thousand_points() {
    const lowered_training lowered = lower_job(models::llama_3_1_8b, job, eight, sharded);
    int grown = 0;
    std::int64_t last = 0;
    for (int i = 1; i <= 10'000; ++i) {
        const std::int64_t now = memory(lowered, i, 128).device().number;
        grown += now >= last;
        last = now;
    }
    return grown;
}

static_assert(thousand_estimates() == 1000);
static_assert(ten_thousand_points() == 10'000);

}  // namespace
