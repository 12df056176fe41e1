// SPDX-License-Identifier: MIT
#pragma once

// Every training framework. A new one is a header in this folder, an enumerator of `framework` and a line in the list.

#include <cardfit/frameworks/deepspeed.hpp>
#include <cardfit/frameworks/detectron2.hpp>
#include <cardfit/frameworks/dle.hpp>
#include <cardfit/frameworks/litgpt.hpp>
#include <cardfit/frameworks/llm_foundry.hpp>
#include <cardfit/frameworks/megatron.hpp>
#include <cardfit/frameworks/megatron_deepspeed.hpp>
#include <cardfit/frameworks/megatron_swift.hpp>
#include <cardfit/frameworks/pytorch.hpp>
#include <cardfit/frameworks/tensorflow.hpp>
#include <cardfit/frameworks/torchtitan.hpp>
#include <cardfit/frameworks/torchtune.hpp>
#include <cardfit/frameworks/transformers.hpp>
#include <cardfit/frameworks/axolotl.hpp>
#include <cardfit/frameworks/llama_factory.hpp>
#include <cardfit/frameworks/ms_swift.hpp>
#include <cardfit/frameworks/peft.hpp>
#include <cardfit/frameworks/trl.hpp>
#include <cardfit/frameworks/unsloth.hpp>
#include <cardfit/row_table.hpp>

#include <cstddef>
#include <stdexcept>

namespace cardfit {

namespace detail {

// clang-format off
inline constexpr const framework_row* listed_frameworks[]{
    &frameworks::pytorch,
    &frameworks::transformers,
    &frameworks::torchtitan,
    &frameworks::torchtune,
    &frameworks::litgpt,
    &frameworks::llm_foundry,
    &frameworks::megatron,
    &frameworks::megatron_deepspeed,
    &frameworks::deepspeed,
    &frameworks::dle,
    &frameworks::detectron2,
    &frameworks::tensorflow,
    &frameworks::trl,
    &frameworks::peft,
    &frameworks::axolotl,
    &frameworks::llama_factory,
    &frameworks::ms_swift,
    &frameworks::unsloth,
    &frameworks::megatron_swift,
};
// clang-format on
static_assert(one_row_per_enumerator<listed_frameworks>,
              "a framework without a row, or with two: write frameworks/<name>.hpp and list it in frameworks/all.hpp");
inline constexpr row_table framework_table = by_enumerator(listed_frameworks);

}  // namespace detail

/// Returns the row of a framework. Throws std::out_of_range for a value that only a cast can make.
[[nodiscard]] constexpr const framework_row& row_of(framework f) {
    return *detail::framework_table.of[f <= framework{detail::highest_of<framework>}
                                           ? static_cast<std::size_t>(f)
                                           : throw std::out_of_range("cardfit: no such framework")];
}

/// Returns the framework that a launcher of `cardfit launch --for` runs; null for a name that no framework's row has.
[[nodiscard]] constexpr const framework_row* framework_of_launcher(std::string_view launcher) noexcept {
    for (const framework_row* row : detail::framework_table)
        if (!launcher.empty() && row->launch_name == launcher) return row;
    return nullptr;
}

}  // namespace cardfit
