// SPDX-License-Identifier: MIT

// Asks a question some times, for instructions.sh to count the instructions that one asking takes.
// usage: instructions QUESTION TIMES

#include <cardfit/cardfit.hpp>
#include <cardfit/decide/plan.hpp>

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
std::int64_t searches(std::int64_t times) {
    const network net = lower(models::llama_3_1_8b);
    training each = job;
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < times; ++i) {
        each.gradient_accumulation = 8 + 8 * (i % 2);
        sum += best_plans(net, each, eight, sharded).best().device.number >> 20U;
    }
    return sum;
}

/// A question, and how it is asked some times.
struct question {
    std::string_view name;
    std::int64_t (*ask)(std::int64_t);
};
constexpr question questions[]{{"estimate", estimates}, {"point", points}, {"plan", searches}};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const std::int64_t times = std::atoll(argv[2]);
    for (const question& each : questions)
        if (each.name == argv[1]) {
            std::printf("%lld\n", static_cast<long long>(each.ask(times)));
            return 0;
        }
    return 2;
}
