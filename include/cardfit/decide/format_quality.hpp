// SPDX-License-Identifier: MIT
#pragma once

// How much a storage format of weights costs in quality: the rise of perplexity that was published for it, and a class
// from lossless to poor. Larger models lose less than the 8B model that most figures are of: a Llama 2 70B in q2_k has
// a perplexity 8.8 % higher (llama.cpp, examples/perplexity/README.md at 0a21ad6e), a Llama 3 8B one of 56 %.

#include <cardfit/number_format.hpp>

#include <string_view>

namespace cardfit {

/// The quality of a model in a format, compared with the format that it was trained in.
enum class quality : unsigned char { lossless, near_lossless, good, usable, poor };

/// The words of `quality`, and the largest rise of perplexity of each class, as a fraction.
struct quality_row {
    quality value{};        ///< the class
    std::string_view name;  ///< its name in answers
    double most_rise = 0;   ///< of perplexity, as a fraction
};
/// One row for each class.
inline constexpr quality_row quality_rows[]{
    {quality::lossless, "lossless", 0.001}, {quality::near_lossless, "near", 0.01}, {quality::good, "good", 0.05},
    {quality::usable, "usable", 0.2},       {quality::poor, "poor", 1e9},
};

/// Returns the name of a class.
[[nodiscard]] constexpr std::string_view name_of(quality q) noexcept {
    return quality_rows[static_cast<std::size_t>(q)].name;
}

/// Returns the class of a rise of perplexity, as a fraction.
[[nodiscard]] constexpr quality quality_of_rise(double rise) noexcept {
    for (const quality_row& row : quality_rows)
        if (rise <= row.most_rise) return row.value;
    return quality::poor;
}

/// Stands for a format whose rise of perplexity is not published.
inline constexpr double unpublished_rise = -1;

/// What is published about a format's quality.
struct format_quality {
    number_format format{};          ///< the format of weights
    double rise = unpublished_rise;  ///< of perplexity, as a fraction
    quality stated{};                ///< the class where no rise is published
    std::string_view source = "";    ///< the table or paper
    bool estimated = false;          ///< the class follows from a similar format
};

namespace detail {

/// Perplexity of Wikitext-2 under Llama 3 8B: the rise beside 6.2316 of the 16-bit logits; i-quants with the importance
/// matrix "WT 10m" (iq1_s: "WT 1m"), the others without one.
inline constexpr std::string_view scoreboard =
    "llama.cpp, tools/perplexity/README.md, LLaMA 3 8b Scoreboard (revision f364eb6f)";
inline constexpr double scoreboard_perplexity = 6.231636;
[[nodiscard]] constexpr format_quality on_scoreboard(number_format format, double difference) noexcept {
    return {.format = format, .rise = difference / scoreboard_perplexity, .source = scoreboard};
}
inline constexpr std::string_view bf16_or_death =
    "Kurtic et al., \"Give Me BF16 or Give Me Death\"? (arXiv:2411.02355): FP8 lossless, INT8 1 to 3 % of accuracy, "
    "INT4 weights competitive with it";

inline constexpr format_quality format_qualities[]{
    {.format = number_format::fp32, .rise = 0, .source = "at least the format of training"},
    {.format = number_format::bf16, .rise = 0, .source = "the format of training"},
    {.format = number_format::fp16, .rise = 0, .source = "more digits than the bf16 of training"},
    {.format = number_format::fp8, .stated = quality::lossless, .source = bf16_or_death},
    {.format = number_format::mxfp8, .stated = quality::lossless, .source = bf16_or_death, .estimated = true},
    {.format = number_format::w8a8, .stated = quality::good, .source = bf16_or_death},
    {.format = number_format::int8, .stated = quality::near_lossless, .source = bf16_or_death, .estimated = true},
    {.format = number_format::w8a16, .stated = quality::near_lossless, .source = bf16_or_death, .estimated = true},
    {.format = number_format::gptq_int8, .stated = quality::near_lossless, .source = bf16_or_death, .estimated = true},
    {.format = number_format::awq_int4, .stated = quality::good, .source = bf16_or_death},
    {.format = number_format::gptq_int4, .stated = quality::good, .source = bf16_or_death},
    {.format = number_format::w4a16, .stated = quality::good, .source = bf16_or_death},
    {.format = number_format::hqq_int4, .stated = quality::good, .source = bf16_or_death, .estimated = true},
    {.format = number_format::nf4, .stated = quality::good, .source = bf16_or_death, .estimated = true},
    {.format = number_format::nf4_dq, .stated = quality::good, .source = bf16_or_death, .estimated = true},
    {.format = number_format::nvfp4, .stated = quality::good, .source = bf16_or_death, .estimated = true},
    {.format = number_format::mxfp4, .stated = quality::good, .source = bf16_or_death, .estimated = true},
    on_scoreboard(number_format::q8_0, 0.002650),
    on_scoreboard(number_format::q6_k, 0.021748),
    on_scoreboard(number_format::q5_k_m, 0.056974),
    on_scoreboard(number_format::q5_k_s, 0.104964),
    on_scoreboard(number_format::q5_1, 0.106223),
    on_scoreboard(number_format::q5_0, 0.131591),
    on_scoreboard(number_format::q4_k_m, 0.175482),
    on_scoreboard(number_format::q4_k_s, 0.268895),
    on_scoreboard(number_format::iq4_nl, 0.223959),
    on_scoreboard(number_format::iq4_xs, 0.228071),
    on_scoreboard(number_format::q4_1, 0.451103),
    on_scoreboard(number_format::q4_0, 0.468514),
    on_scoreboard(number_format::q3_k_l, 0.556242),
    on_scoreboard(number_format::q3_k_m, 0.656864),
    on_scoreboard(number_format::iq3_m, 0.666694),
    on_scoreboard(number_format::iq3_s, 0.733867),
    on_scoreboard(number_format::iq3_xs, 0.931409),
    on_scoreboard(number_format::iq3_xxs, 1.226803),
    on_scoreboard(number_format::q3_k_s, 1.632152),
    on_scoreboard(number_format::iq2_m, 2.369166),
    on_scoreboard(number_format::q2_k_s, 3.092145),
    on_scoreboard(number_format::iq2_s, 3.419148),
    on_scoreboard(number_format::q2_k, 3.519934),
    on_scoreboard(number_format::iq2_xs, 4.529791),
    on_scoreboard(number_format::iq2_xxs, 7.860148),
    on_scoreboard(number_format::iq1_m, 19.262089),
    on_scoreboard(number_format::iq1_s, 51.866126),
};

}  // namespace detail

/// Returns what is published about a format's quality; null if nothing is.
[[nodiscard]] constexpr const format_quality* quality_row_of(number_format format) noexcept {
    for (const format_quality& row : detail::format_qualities)
        if (row.format == format) return &row;
    return nullptr;
}

/// Returns the class of a format; `poor` for one about which nothing is published.
[[nodiscard]] constexpr quality quality_of(number_format format) noexcept {
    const format_quality* row = quality_row_of(format);
    if (row == nullptr) return quality::poor;
    return same_number(row->rise, unpublished_rise) ? row->stated : quality_of_rise(row->rise);
}

}  // namespace cardfit
