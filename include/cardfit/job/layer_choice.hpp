// SPDX-License-Identifier: MIT
#pragma once

// Which layers a job trains where it trains only some of them, as a table: freezing, LLaMA-Pro's blocks, and LISA.

#include <cardfit/row_table.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cardfit {

/// Which layers are trained; `training.trained_layers` says how many. `detail::listed_layer_choices` has a row for
/// each.
enum class layer_choice : unsigned char { last, first, spaced, sampled };
/// Which of the embedding and the vocabulary head are trained beside them.
enum class trained_ends : unsigned char { by_default, none, embedding, head, both };

/// One way to choose layers.
struct layer_choice_row {
    layer_choice value{};                    ///< the choice
    std::string_view name;                   ///< the job file's word
    std::string_view aliases[2]{};           ///< further words
    trained_ends ends = trained_ends::none;  ///< unless the job says otherwise
    std::string_view source{};               ///< paper or program
};

namespace detail {

inline constexpr layer_choice_row listed_layer_choices[]{
    {.value = layer_choice::last,
     .name = "last",
     .source = "hiyouga/LLaMA-Factory, model/adapter.py: a positive freeze_trainable_layers. Embedding, final norm and "
               "head stay frozen"},
    {.value = layer_choice::first,
     .name = "first",
     .source = "hiyouga/LLaMA-Factory, model/adapter.py: a negative freeze_trainable_layers"},
    {.value = layer_choice::spaced,
     .name = "spaced",
     .aliases = {"llama-pro"},
     .source = "LLaMA Pro (arXiv 2401.02415): the last layer of each group; LLaMA-Factory's use_llama_pro"},
    {.value = layer_choice::sampled,
     .name = "sampled",
     .aliases = {"lisa"},
     .ends = trained_ends::both,
     .source = "LISA (arXiv 2403.17919): layers sampled anew every few steps, embedding and head always. The optimizer "
               "has states of the layers that are active: LMFlow (lisa_trainer.py) drops those of the layers before, "
               "and ms-swift (callback.py) samples before its optimizer is made"},
};
static_assert(one_row_per_enumerator<listed_layer_choices>,
              "a choice of layers without a row, or with two: add it to listed_layer_choices");
inline constexpr row_table layer_choice_table = by_enumerator(listed_layer_choices);

}  // namespace detail

/// Returns the row of a way to choose layers.
[[nodiscard]] constexpr const layer_choice_row& row_of(layer_choice c) noexcept {
    return detail::row_at(detail::layer_choice_table.of[static_cast<std::size_t>(c)]);
}

/// Returns true if layer `i` of `layers` is one of the `trained` that are chosen. Any layer may be sampled.
[[nodiscard]] constexpr bool is_chosen(layer_choice c, std::int64_t layers, std::int64_t trained,
                                       std::int64_t i) noexcept {
    const std::int64_t group = layers / trained;
    switch (c) {
        case layer_choice::last:
            return i >= layers - trained;
        case layer_choice::first:
            return i < trained;
        case layer_choice::spaced:
            return (i + 1) % group == 0 && (i + 1) / group <= trained;
        case layer_choice::sampled:
            break;
    }
    return true;
}

}  // namespace cardfit
