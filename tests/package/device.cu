// SPDX-License-Identifier: MIT
// What a kernel can ask: constants of the compiler, units, and the points of a job that the host lowered. It needs
// --expt-relaxed-constexpr. On a machine with a card the program compares the kernel's answers with the host's.
#include <cardfit/cardfit.hpp>

#include <cstdio>
using namespace cardfit;

constexpr training job{.sequence_length = 1024};
constexpr std::int64_t needed = fit(models::gpt2, job, cards::rtx_4090).memory.device().number;

struct answers {
    std::int64_t constant = 0;
    std::int64_t cores = 0;
    std::int64_t units = 0;
    std::int64_t point = 0;
};

// Asks everything once, in the kernel and on the host alike.
__host__ __device__ inline answers ask(const lowered_training& lowered) {
    constexpr bool it_fits = fits(models::gpt2, job, cards::rtx_4090);
    static_assert(it_fits);
    answers result;
    result.constant = needed;
    result.cores = cards::rtx_4090.cuda_cores;
    result.units = (gibibytes(2) + mebibytes(1)).number;
    result.point = memory(lowered, 2, 512).device().number;
    return result;
}

__global__ void ask_on_device(const lowered_training* lowered, answers* result) {
    *result = ask(*lowered);
}

int main() {
    const lowered_training lowered = lower_job(models::gpt2, job, machine{cards::rtx_4090});
    const answers expected = ask(lowered);
    lowered_training* there = nullptr;
    answers* answered = nullptr;
    answers result;
    cudaMalloc(&there, sizeof(lowered));
    cudaMalloc(&answered, sizeof(result));
    cudaMemcpy(there, &lowered, sizeof(lowered), cudaMemcpyHostToDevice);
    ask_on_device<<<1, 1>>>(there, answered);
    const cudaError_t error = cudaMemcpy(&result, answered, sizeof(result), cudaMemcpyDeviceToHost);
    if (error != cudaSuccess) {
        std::printf("no answer from a device: %s\n", cudaGetErrorString(error));
        return 2;
    }
    const bool equal = result.constant == expected.constant && result.cores == expected.cores &&
                       result.units == expected.units && result.point == expected.point;
    std::printf("device and host: %s, the point needs %lld bytes\n", equal ? "equal" : "different",
                static_cast<long long>(result.point));
    return equal ? 0 : 1;
}
