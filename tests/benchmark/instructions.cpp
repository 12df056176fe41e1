// SPDX-License-Identifier: MIT

// Asks a question some times, for instructions.sh to count the instructions that one asking takes.
// usage: instructions QUESTION TIMES

#include <cardfit/cardfit.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

using namespace cardfit;

namespace {

const machine eight = 8 * cards::h100_sxm5_80gb;
constexpr layout sharded{.data = 8, .sharding = sharding::full};
constexpr training job{.sequence_length = 8192, .recompute = recompute::selective, .framework = framework::torchtitan};

/// Returns a sum over the answers, so that the compiler leaves none out.
std::int64_t estimates(std::int64_t times) {
    transformer model = models::llama_3_1_8b;
    training each = job;
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < times; ++i) {
        each.micro_batch = 1 + i % 4;
        sum += memory(model, each, eight, sharded).device().number >> 20U;
    }
    return sum;
}
std::int64_t points(std::int64_t times) {
    const lowered_training lowered = lower_job(models::llama_3_1_8b, job, eight, sharded);
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < times; ++i) sum += memory(lowered, 1 + i % 4, 8192).device().number >> 20U;
    return sum;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const std::int64_t times = std::atoll(argv[2]);
    const std::int64_t sum = argv[1] == std::string_view("estimate") ? estimates(times) : points(times);
    std::printf("%lld\n", static_cast<long long>(sum));
    return 0;
}
