// SPDX-License-Identifier: MIT
#pragma once

// The words that a job file accepts for each enumeration. The first word of a value is its name, the one that answers
// print; further words of the same value are aliases, which are accepted and never printed.

#include <cardfit/engines/all.hpp>
#include <cardfit/frameworks/all.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/diffusion_job.hpp>
#include <cardfit/job/inference.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/model/transformer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace cardfit::keys {

/// One word of one enumerator.
template <class E>
struct named {
    std::string_view name{};  ///< the word
    E value{};                ///< its enumerator
    bool alias = false;       ///< accepted, and never printed
};
template <class E>
named(std::string_view, E) -> named<E>;  ///< Deduces the enumeration.
template <class E>
named(std::string_view, E, bool) -> named<E>;  ///< Deduces the enumeration.

/// A word with its enumerator as a number, so that words of all enumerations have one type.
struct word {
    std::string_view name{};  ///< the word
    std::int64_t value = 0;   ///< its enumerator
    bool alias = false;       ///< accepted, and never printed
};

/// Returns the words of an enumeration as words of one type.
template <class E, std::size_t N>
[[nodiscard]] constexpr std::array<word, N> as_words(const std::array<named<E>, N>& names) {
    std::array<word, N> all{};
    for (std::size_t i = 0; i < N; ++i)
        all[i] = word{names[i].name, static_cast<std::int64_t>(names[i].value), names[i].alias};
    return all;
}

namespace detail {

/// Returns the largest number of aliases that a row may have: words besides its name.
template <class Row>
[[nodiscard]] constexpr std::size_t alias_capacity() {
    if constexpr (requires { Row::aliases; })
        return std::extent_v<decltype(Row::aliases)>;
    else
        return 0;
}

/// Returns the number of names and aliases in a table of rows.
template <class Row, class Table>
[[nodiscard]] constexpr std::size_t word_count(const Table& table) {
    std::size_t count = table.size();
    if constexpr (alias_capacity<Row>() > 0) {
        // The code asks for the size of each alias in place, because g++ 12 cannot copy an element that no initializer
        // named.
        for (std::size_t i = 0; i < table.size(); ++i)
            for (std::size_t k = 0; k < alias_capacity<Row>(); ++k)
                count += cardfit::detail::row_at(table.of[i]).aliases[k].size() > 0;
    }
    return count;
}

}  // namespace detail

/// Returns the words of a table's rows: all names first, in the order of the enumerators, then the aliases.
template <class Row, const auto& Table, std::size_t Count>
[[nodiscard]] constexpr auto names_of_rows() {
    using enumeration = decltype(Row::value);
    std::array<named<enumeration>, Count> names{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < Table.size(); ++i) {
        const Row& row = cardfit::detail::row_at(Table.of[i]);
        names[count++] = named<enumeration>{row.name, row.value};
    }
    if constexpr (detail::alias_capacity<Row>() > 0) {
        for (std::size_t i = 0; i < Table.size(); ++i) {
            const Row& row = cardfit::detail::row_at(Table.of[i]);
            for (std::size_t k = 0; k < detail::alias_capacity<Row>(); ++k)
                if (row.aliases[k].size() > 0) names[count++] = named<enumeration>{row.aliases[k], row.value, true};
        }
    }
    return names;
}

/// The words of an enumeration, as job files and flags write them; the first word of a value is the one that answers
/// print.
/// @{
inline constexpr std::array norm_names{named{"rms", norm_kind::rms}, named{"layer", norm_kind::layer}};
inline constexpr std::array biases_names{named{"none", biases::none}, named{"qkv", biases::qkv},
                                         named{"all", biases::all}};
inline constexpr std::array kind_names{named{"decoder", model_kind::decoder}, named{"encoder", model_kind::encoder}};

inline constexpr std::array link_names{named{"nvswitch", card_link::nvswitch}, named{"nvlink", card_link::nvlink},
                                       named{"nvlink-bridge", card_link::nvlink_bridge}, named{"pcie", card_link::pcie},
                                       named{"pcie-host", card_link::pcie_host}};
inline constexpr std::array system_names{named{"linux", host_system::linux_host},
                                         named{"windows", host_system::windows}, named{"wsl", host_system::wsl}};

inline constexpr std::array recompute_names{named{"none", recompute::none}, named{"selective", recompute::selective},
                                            named{"full", recompute::full}};
inline constexpr std::array attention_names{named{"flash", attention::flash}, named{"eager", attention::eager},
                                            named{"flex", attention::flex}};
inline constexpr std::array serving_attention_names{
    named{"flash", serving_attention::flash}, named{"eager", serving_attention::eager},
    named{"on", serving_attention::flash, true}, named{"off", serving_attention::eager, true}};
inline constexpr std::array fused_kernels_names{
    named{"none", fused_kernels::none}, named{"norms", fused_kernels::norms},
    named{"activations", fused_kernels::activations}, named{"all", fused_kernels::all}};
inline constexpr std::array memory_format_names{named{"contiguous", memory_format::contiguous},
                                                named{"channels-last", memory_format::channels_last}};
inline constexpr std::array offload_names{named{"none", offload::none}, named{"optimizer", offload::optimizer},
                                          named{"activations", offload::activations}, named{"full", offload::full}};
inline constexpr std::array offload_device_names{named{"host", offload_device::host},
                                                 named{"nvme", offload_device::nvme}};
inline constexpr std::array loss_names{named{"full", loss::full}, named{"chunked", loss::chunked},
                                       named{"fused", loss::fused}, named{"fused-kernel", loss::fused_kernel},
                                       named{"masked", loss::masked}};
inline constexpr std::array adapter_names{named{"lora", adapter_method::lora}, named{"dora", adapter_method::dora}};
inline constexpr std::array target_names{named{"q", target::query},   named{"k", target::key},
                                         named{"v", target::value},   named{"o", target::output},
                                         named{"gate", target::gate}, named{"up", target::up},
                                         named{"down", target::down}, named{"embeddings", target::embeddings},
                                         named{"head", target::head}};
inline constexpr auto precision_names =
    names_of_rows<precision_row, cardfit::detail::precision_table,
                  detail::word_count<precision_row>(cardfit::detail::precision_table)>();
inline constexpr auto optimizer_names =
    names_of_rows<optimizer_row, cardfit::detail::optimizer_table,
                  detail::word_count<optimizer_row>(cardfit::detail::optimizer_table)>();
inline constexpr auto objective_names =
    names_of_rows<objective_row, cardfit::detail::objective_table,
                  detail::word_count<objective_row>(cardfit::detail::objective_table)>();
inline constexpr auto layer_choice_names =
    names_of_rows<layer_choice_row, cardfit::detail::layer_choice_table,
                  detail::word_count<layer_choice_row>(cardfit::detail::layer_choice_table)>();
inline constexpr std::array trained_ends_names{named{"none", trained_ends::none},
                                               named{"embedding", trained_ends::embedding},
                                               named{"head", trained_ends::head}, named{"both", trained_ends::both}};
inline constexpr std::array conditions_names{
    named{"computed", conditions::computed}, named{"cached", conditions::cached},
    named{"latents-cached", conditions::latents_cached}, named{"texts-cached", conditions::texts_cached}};
inline constexpr std::array trained_texts_names{named{"none", trained_texts::none}, named{"clip", trained_texts::clip},
                                                named{"all", trained_texts::all}};
inline constexpr std::array padding_names{named{"none", padding::none}, named{"longest", padding::longest}};
inline constexpr std::array rollout_names{named{"trainer", rollout_engine::trainer},
                                          named{"colocated", rollout_engine::colocated},
                                          named{"apart", rollout_engine::apart}};
inline constexpr auto framework_names =
    names_of_rows<framework_row, cardfit::detail::framework_table,
                  detail::word_count<framework_row>(cardfit::detail::framework_table)>();
inline constexpr auto engine_names = names_of_rows<engine_row, cardfit::detail::engine_table,
                                                   detail::word_count<engine_row>(cardfit::detail::engine_table)>();

/// The words of vLLM, SGLang and llama.cpp for the same methods are aliases.
inline constexpr std::array expert_exchange_names{named{"all-gather", expert_exchange::gathered},
                                                  named{"deepep", expert_exchange::sent},
                                                  named{"allgather_reducescatter", expert_exchange::gathered, true},
                                                  named{"deepep_low_latency", expert_exchange::sent, true}};
inline constexpr std::array drafting_names{named{"none", drafting::none},
                                           named{"draft-model", drafting::draft_model},
                                           named{"mtp", drafting::prediction},
                                           named{"eagle", drafting::eagle},
                                           named{"eagle3", drafting::eagle3},
                                           named{"ngram", drafting::ngram},
                                           named{"draft_model", drafting::draft_model, true},
                                           named{"deepseek_mtp", drafting::prediction, true},
                                           named{"nextn", drafting::prediction, true},
                                           named{"prompt-lookup", drafting::ngram, true}};

inline constexpr auto schedule_names =
    names_of_rows<schedule_row, cardfit::detail::schedule_table,
                  detail::word_count<schedule_row>(cardfit::detail::schedule_table)>();
/// ZeRO's stages and FSDP by their own names are aliases.
inline constexpr std::array sharding_names{named{"none", sharding::none},
                                           named{"optimizer", sharding::optimizer},
                                           named{"gradients", sharding::gradients},
                                           named{"full", sharding::full},
                                           named{"zero-1", sharding::optimizer, true},
                                           named{"zero-2", sharding::gradients, true},
                                           named{"zero-3", sharding::full, true},
                                           named{"fsdp", sharding::full, true}};
inline constexpr std::array diffusion_offload_names{named{"none", diffusion_offload::none},
                                                    named{"model", diffusion_offload::model}};

/// Every number format, also those that no key accepts.
inline constexpr auto format_names = names_of_rows<block_layout, cardfit::detail::format_table,
                                                   detail::word_count<block_layout>(cardfit::detail::format_table)>();

namespace detail {

[[nodiscard]] constexpr std::size_t weight_format_count() {
    std::size_t count = 0;
    for (const named<number_format>& n : format_names) count += stores_weights(n.value);
    return count;
}

}  // namespace detail

/// The formats that a model's weights may be stored in: all that an inference or a frozen base may name.
inline constexpr auto weight_format_names = [] {
    std::array<named<number_format>, detail::weight_format_count()> names{};
    std::size_t count = 0;
    for (const named<number_format>& n : format_names)
        if (stores_weights(n.value)) names[count++] = n;
    return names;
}();

namespace detail {

[[nodiscard]] constexpr bool stores_matrices(number_format format) {
    return stores_weights(format) && !is_gguf(format);
}
[[nodiscard]] constexpr std::size_t module_format_count() {
    std::size_t count = 0;
    for (const named<number_format>& n : format_names) count += stores_matrices(n.value);
    return count;
}

}  // namespace detail

/// The formats that a module of a model may be stored in: those of single matrices, which GGUF formats are not.
inline constexpr auto module_format_names = [] {
    std::array<named<number_format>, detail::module_format_count()> names{};
    std::size_t count = 0;
    for (const named<number_format>& n : format_names)
        if (detail::stores_matrices(n.value)) names[count++] = n;
    return names;
}();

/// The formats of optimizer states, and those of a key/value cache.
inline constexpr std::array state_format_names{named{"fp32", number_format::fp32}, named{"bf16", number_format::bf16}};
inline constexpr std::array cache_format_names{
    named{"fp16", number_format::fp16}, named{"bf16", number_format::bf16}, named{"fp8", number_format::fp8},
    named{"int8", number_format::int8}, named{"int4", number_format::int4}, named{"q4_1", number_format::q4_1},
    named{"q5_0", number_format::q5_0}, named{"q5_1", number_format::q5_1}, named{"iq4_nl", number_format::iq4_nl}};
/// @}

/// Returns the name of an enumerator; "?" if no word stands for it.
template <class Names, class E>
[[nodiscard]] constexpr std::string_view name_of(const Names& names, E value) {
    for (const auto& n : names)
        if (n.value == value) return n.name;
    return "?";
}

}  // namespace cardfit::keys
