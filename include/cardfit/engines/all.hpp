// SPDX-License-Identifier: MIT
#pragma once

// Every serving engine. A new one is a header in this folder, an enumerator of `engine` and a line in the list.

#include <cardfit/engines/autoawq.hpp>
#include <cardfit/engines/deepspeed.hpp>
#include <cardfit/engines/exllama.hpp>
#include <cardfit/engines/exllamav3.hpp>
#include <cardfit/engines/gpt_fast.hpp>
#include <cardfit/engines/litgpt.hpp>
#include <cardfit/engines/llama_cpp.hpp>
#include <cardfit/engines/lmdeploy.hpp>
#include <cardfit/engines/ollama.hpp>
#include <cardfit/engines/sglang.hpp>
#include <cardfit/engines/tensorrt_llm.hpp>
#include <cardfit/engines/tgi.hpp>
#include <cardfit/engines/transformers.hpp>
#include <cardfit/engines/vllm.hpp>
#include <cardfit/row_table.hpp>

#include <cstddef>
#include <stdexcept>

namespace cardfit {

namespace detail {

// clang-format off
inline constexpr const engine_row* listed_engines[]{
    &engines::transformers,
    &engines::vllm,
    &engines::sglang,
    &engines::llama_cpp,
    &engines::tensorrt_llm,
    &engines::lmdeploy,
    &engines::exllama,
    &engines::gpt_fast,
    &engines::deepspeed,
    &engines::litgpt,
    &engines::autoawq,
    &engines::tgi,
    &engines::exllamav3,
    &engines::ollama,
};
// clang-format on
static_assert(one_row_per_enumerator<listed_engines>,
              "an engine without a row, or with two: write engines/<name>.hpp and list it in engines/all.hpp");
inline constexpr row_table engine_table = by_enumerator(listed_engines);

}  // namespace detail

/// Returns the row of a serving engine.
[[nodiscard]] constexpr const engine_row& row_of(engine e) {
    return *detail::engine_table
                .of[e <= engine{detail::highest_of<engine>} ? static_cast<std::size_t>(e)
                                                            : throw std::out_of_range("cardfit: no such engine")];
}

/// Returns the engine that serves weights of GGUF files, or of other checkpoints, where a user names none.
[[nodiscard]] constexpr engine assumed_engine(bool gguf) noexcept {
    for (const engine_row* row : detail::engine_table)
        if (row->assumed && row->memory.reads_gguf == gguf) return row->value;
    return inference{}.framework;
}

}  // namespace cardfit
