// SPDX-License-Identifier: MIT

// Tests memory that a GPU shares with its host against readings of public logs, and its rules on every such card.

#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/hardware/shared_memory.hpp>
#include <cardfit/job/diffusion_job.hpp>
#include <cardfit/job/training.hpp>
#include <cardfit/job/training_problems.hpp>

using namespace cardfit;

constexpr bool near(bytes size, double gibibytes, double share = 0.005) {
    const double value = in_gibibytes(size);
    return value >= gibibytes * (1 - share) && value <= gibibytes * (1 + share);
}
template <class Holds>
constexpr bool on_every_shared_card(Holds holds) {
    int count = 0;
    for (const gpu* card : cards::all) {
        if (!shares_memory_with_host(*card)) continue;
        ++count;
        if (!holds(*card)) return false;
    }
    return count > 40;
}

// Processors' memory, Apple's chips and the APU's socket are shared. Superchips have memory on both sides of
// NVLink-C2C.
static_assert(shares_memory_with_host(cards::mi300a) && shares_memory_with_host(cards::apple_m3_ultra_256gb) &&
              shares_memory_with_host(cards::ryzen_ai_max_395) && shares_memory_with_host(cards::jetson_thor_t5000));
static_assert(!shares_memory_with_host(cards::gh200_96gb) && !shares_memory_with_host(cards::mi300x) &&
              !shares_memory_with_host(cards::gb200) && !shares_memory_with_host(cards::rtx_4090));
static_assert([] {
    std::size_t at = 0;
    for (const memory_sharing_row& row : memory_sharing_rows)
        if (row.value != static_cast<memory_sharing>(at++) || row.source.empty() || row.limited == row.setting.empty())
            return false;
    return true;
}());

// As shipped: PyTorch sees 62.47 GiB on Strix Halo (unslothai/unsloth issue 7960), HIP allocates 96 GiB on MI300A
// (ROCm's optimization guide).
static_assert(near(usable_memory(cards::ryzen_ai_max_395), 62.47) && usable_memory(cards::mi300a) == 96_GiB);
// By setting: 96.00 GiB with ttm.pages_limit=25165824 (noamsto/nix-amd-ai issue 42), and 120; 112.00 GiB with
// iogpu.wired_limit_mb=114688 (antirez/ds4 pull request 893).
constexpr bytes limited_to(const gpu& card, std::int64_t mebibytes) {
    return usable_memory(machine{.card = card, .host = {.gpu_limit_mebibytes = mebibytes}});
}
static_assert(limited_to(cards::ryzen_ai_max_395, 25'165'824 / 256) == 96_GiB &&
              limited_to(cards::ryzen_ai_max_395, 122'880) == 120_GiB);
static_assert(limited_to(cards::apple_m4_max_128gb, 114'688) == 112_GiB);
// The totals that CUDA reports: 121.63 GiB on a GB10 (AlexsJones/llmfit pull request 872), 61.4 on an AGX Orin
// (ollama/ollama issue 3406). The system of an idle GB10 has 6.4 GiB of 119.68 in use (leptonai/gpud pull request
// 1170).
static_assert(near(usable_memory(cards::gb10) + reported_but_taken(cards::gb10), 121.63));
static_assert(near(usable_memory(cards::jetson_agx_orin_64gb) + reported_but_taken(cards::jetson_agx_orin_64gb), 61.4));
static_assert(near(operating_system_share(bytes_of(128'501'256'192)), 6.4, 0.01));
// So it has of a total that the user read.
static_assert(near(usable_memory(machine{.card = cards::gb10, .capacity = bytes_of(128'501'256'192)}), 119.68 - 6.4) &&
              usable_memory(machine{.card = cards::apple_m1_16gb, .capacity = 12_GiB}) == 12_GiB);
// A desktop takes its part of the same memory.
static_assert(usable_memory(cards::gb10, {}, {.display = 3_GiB}) == usable_memory(cards::gb10) - 3_GiB);

// The operating system gets a part on every such card, on the fast path of a machine too.
static_assert(on_every_shared_card([](const gpu& card) {
    const bytes usable = usable_memory(machine(card));
    const bool shipped = usable == usable_memory(card) && usable.number <= card.memory.number / 100 * 95;
    if (!has_gpu_limit(card)) return shipped && reported_but_taken(card).number > 0;
    return shipped && reported_but_taken(card).number == 0 && usable <= largest_gpu_limit(card);
}));

// A limit is refused where there is none, above 15/16, and beside a capacity.
constexpr bool refuses(const machine& m) {
    const problem_list found = problems(m);
    return found.size() == 1 && found.begin()->field == key_ranges::gpu_limit_mib.path;
}
static_assert(on_every_shared_card([](const gpu& card) {
    const std::int64_t most = in_mebibytes_down(largest_gpu_limit(card));
    const bool too_much = refuses(machine{.card = card, .host = {.gpu_limit_mebibytes = most + 1}});
    const bool negative = refuses(machine{.card = card, .host = {.gpu_limit_mebibytes = -1}});
    const bool beside = refuses(machine{.card = card, .capacity = 4_GiB, .host = {.gpu_limit_mebibytes = most}});
    const bool accepted = problems(machine{.card = card, .host = {.gpu_limit_mebibytes = most}}).empty();
    return too_much && negative && beside && accepted == has_gpu_limit(card);
}));
static_assert(refuses(machine{.card = cards::rtx_4090, .host = {.gpu_limit_mebibytes = 8192}}));

// No tensor leaves the card for a host that has the same memory, whatever is asked to leave it.
static_assert(on_every_shared_card([](const gpu& card) {
    for (const offload what : {offload::optimizer, offload::activations, offload::full})
        if (problems(training{.offload = what}, card).empty()) return false;
    return !problems(diffusion_job{.offload = diffusion_offload::model}, card).empty() &&
           problems(training{}, card).empty() && problems(diffusion_job{}, card).empty();
}));
static_assert(problems(training{.offload = offload::full}, cards::gh200_96gb).empty());
