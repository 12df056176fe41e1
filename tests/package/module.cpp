// SPDX-License-Identifier: MIT
// What a program can do that imports the module and includes nothing of the library: ask in the compiler and at run
// time, also the verbs whose headers <cardfit/cardfit.hpp> leaves out.
import cardfit;
using namespace cardfit;

constexpr training finetune{.micro_batch = 1, .sequence_length = 1024};
static_assert(fits(models::gpt2, finetune, cards::rtx_4090));
static_assert(!fits(models::llama_3_1_8b, finetune, cards::rtx_4090));
static_assert(time(models::gpt2, finetune, machine{cards::rtx_4090}).step > seconds_of(0.0));
static_assert(fits(models::bert_base, training{.sequence_length = 512}, cards::rtx_4090));
static_assert(memory_by_phase(lower_job(models::gpt2, finetune, cards::rtx_4090)).count == 4);

int main(int count, char**) {
    const fit_report report = fit(models::gpt2, finetune, count * cards::rtx_4090);
    return report.memory.device() < report.capacity ? 0 : 1;
}
