// SPDX-License-Identifier: MIT
#pragma once

// The format of weights that the name of a checkpoint states: "Llama-3.1-8B-Instruct.Q4_K_M.gguf", "Qwen3-8B-AWQ",
// "qwen3:8b-q8_0".

#include <cardfit/io/names.hpp>
#include <cardfit/model/module_formats.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

/// What the words of a name say about the format of the weights.
struct named_format {
    /// The words, as the name has them: "Q4_K_M", "GPTQ-Int4"; empty if the name says nothing.
    std::string text{};
    std::optional<number_format> format{};  ///< the format that the words mean, if cardfit has it
    /// True for the name of a repository of GGUF files, of which each has a format of its own.
    bool many_files = false;
    /// True if the words say a format whose bytes do not follow from them.
    bool unknown = false;
};

namespace detail {

[[nodiscard]] inline std::string in_lower_case(std::string_view text) {
    std::string lower;
    for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

/// A word of names and the format that it states.
struct format_word {
    std::string_view word;
    number_format format;
};
inline constexpr format_word format_words[]{
    {"awq", number_format::awq_int4}, {"gptq", number_format::gptq_int4}, {"bnb", number_format::nf4},
    {"nf4", number_format::nf4},      {"fp8", number_format::fp8},        {"nvfp4", number_format::nvfp4},
    {"mxfp4", number_format::mxfp4},  {"w4a16", number_format::w4a16},    {"w8a16", number_format::w8a16},
    {"w8a8", number_format::w8a8},    {"hqq", number_format::hqq_int4},   {"bf16", number_format::bf16},
    {"fp16", number_format::fp16},    {"f16", number_format::fp16},       {"fp32", number_format::fp32},
    {"f32", number_format::fp32},
};

/// Words that say how many bits a method has.
inline constexpr std::string_view bits_words[]{"int4", "4bit", "int8", "8bit"};
/// Words of formats whose bytes do not follow from their names: the bits differ by layer, or the size of the groups
/// does. "UD" and "unsloth" mark Unsloth's dynamic mixes.
inline constexpr std::string_view unknown_words[]{"mlx",  "exl2", "exl3", "aqlm", "2bit", "3bit",    "5bit",
                                                  "6bit", "fp4",  "int2", "int3", "ud",   "unsloth", "autoround"};

/// Returns the format that a word of a name states by itself, or nothing.
[[nodiscard]] inline std::optional<number_format> format_of_word(std::string_view word) {
    for (const format_word& each : format_words)
        if (each.word == word) return each.format;
    for (const auto& each : weight_format_names)
        if (each.name == word && is_gguf(each.value)) return each.value;
    return {};
}

/// Returns true for the name of a file type of llama.cpp, whether cardfit has it or not: "q4_k_xl", "iq2_s".
[[nodiscard]] inline bool is_file_type(std::string_view word) {
    for (const std::string_view start : {"iq", "tq", "q"})
        if (word.starts_with(start)) {
            word.remove_prefix(start.size());
            return word.size() >= 3 && word[0] >= '1' && word[0] <= '8' && word[1] == '_';
        }
    return false;
}

template <class Words>
[[nodiscard]] bool has_word(const Words& words, std::string_view word) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

/// Joins the bits that a name states to the method before them: GPTQ and bitsandbytes have several.
inline void add_bits(named_format& found, std::string_view word) {
    const bool eight = word.find('8') != word.npos;
    if (!found.format || (eight && found.format == number_format::awq_int4)) {
        found.unknown = true;
        return;
    }
    if (eight && found.format == number_format::gptq_int4) found.format = number_format::gptq_int8;
    if (eight && found.format == number_format::nf4) found.format = number_format::int8;
}

/// Adds what one word says. Returns false for a word that says nothing about a format.
inline bool add_format_word(named_format& found, std::string_view word) {
    if (word == "gguf" || word == "ggml") {
        found.many_files = true;
        return true;
    }
    if (has_word(bits_words, word)) {
        add_bits(found, word);
        return true;
    }
    if (has_word(unknown_words, word)) {
        found.unknown = true;
        return true;
    }
    const std::optional<number_format> format = format_of_word(word);
    if (!format && !is_file_type(word)) return false;
    // Two formats in one name are those of different modules, and the name does not say of which.
    const bool differs = found.format && format && *found.format != *format;
    if (!format || differs) found.unknown = true;
    if (format) found.format = format;
    return true;
}

}  // namespace detail

/// Takes the words about a format out of a name: they become hyphens. Returns what they say.
[[nodiscard]] inline named_format take_format(std::string& name) {
    constexpr std::string_view between = "-.:/ ";
    named_format found;
    for (std::size_t begin = 0; begin < name.size();) {
        const std::size_t end = (std::min)(name.find_first_of(between, begin), name.size());
        const std::string word = name.substr(begin, end - begin);
        if (detail::add_format_word(found, detail::in_lower_case(word))) {
            found.text += (found.text.empty() ? "" : "-") + word;
            for (std::size_t i = begin; i < end; ++i) name[i] = '-';
        }
        begin = end + 1;
    }
    // One file of the repository was named.
    if (found.format || found.unknown) found.many_files = false;
    return found;
}

/// Returns the formats of a checkpoint whose name states one. Embedding and head of a checkpoint that is not GGUF stay
/// in 16 bits.
[[nodiscard]] inline published_formats formats_by_name(number_format weights) {
    published_formats formats{.weights = weights};
    if (is_gguf(weights) || !is_quantized(weights)) return formats;
    formats.modules.embedding = number_format::bf16;
    formats.modules.head = number_format::bf16;
    return formats;
}

}  // namespace cardfit::io
