// SPDX-License-Identifier: MIT

// Each engine is found by its enumerator, and no name or alias of one engine is a name or alias of another.

#include "../row_words.hpp"

#include <cardfit/engines/all.hpp>

using namespace cardfit;

static_assert(&row_of(engine::vllm) == &engines::vllm);
static_assert(row_of(engine::tensorrt_llm).name == "tensorrt-llm");
static_assert(detail::engine_table.size() == 14);
static_assert(assumed_engine(true) == engine::llama_cpp && assumed_engine(false) == engine::vllm);

// vLLM multiplied AWQ weights with AWQ's own kernel at first, and uses Marlin from 0.5.2 (July 2024) on.
static_assert(kernel_of(engines::vllm.time, number_format::awq_int4, {2024, 6}).kernel == &kernels::awq_fused);
static_assert(kernel_of(engines::vllm.time, number_format::awq_int4, {2024, 7}).kernel == &kernels::marlin);
static_assert(kernel_of(engines::vllm.time, number_format::gptq_int4, latest_software_date).kernel == &kernels::marlin);
static_assert(kernel_of(engines::vllm.time, number_format::fp32, latest_software_date).kernel == &kernels::gemm);

static_assert(words_are_distinct(detail::engine_table));
static_assert(all_have_sources_and_bands(detail::engine_table));

// Each engine has a kernel for the formats that it does not name. Asserted here and not in the header, because g++ 12
// does not take an address compared with null for a constant under -fsanitize=undefined.
static_assert([] {
    for (const engine_row* row : detail::engine_table)
        if (detail::last_choice(row->time, every_other, {}) == nullptr) return false;
    return true;
}());

// Releases are listed by version and by month, so that a version has the rules of its month.
static_assert([] {
    for (const engine_row* row : detail::engine_table)
        for (std::size_t i = 1; i < row->releases.size(); ++i) {
            const engine_release& before = row->releases[i - 1];
            const engine_release& now = row->releases[i];
            if (now.version <= before.version || now.date < before.date) return false;
        }
    return true;
}());
static_assert(row_of(engine::sglang).releases.size() > 10 && row_of(engine::tensorrt_llm).releases.size() > 10 &&
              row_of(engine::lmdeploy).releases.size() > 10 && row_of(engine::tgi).releases.size() > 10);
