// SPDX-License-Identifier: MIT
#pragma once

// Reads which layers of a transformer see a sliding window, by the rule of its family.

#include <cardfit/io/huggingface/family.hpp>
#include <cardfit/key_ranges.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

namespace cardfit::io::detail {

/// Reads the list `layer_types` of a model without windows, if each of its types is one of these. Any other list stays
/// unread, and so is a problem.
inline void skip_types(config_reader& in, std::int64_t layers, std::initializer_list<std::string_view> types) {
    const auto at = in.object().find("layer_types");
    if (at == in.object().end() || !at->is_array() || at->size() != static_cast<std::size_t>(layers)) return;
    const auto known = [&](const nlohmann::json& type) {
        return std::any_of(types.begin(), types.end(),
                           [&](std::string_view name) { return type == std::string(name); });
    };
    if (std::all_of(at->begin(), at->end(), known)) static_cast<void>(in.find("layer_types"));
}

/// Reads the keys of a pattern that the class does not use, so that they count as read.
inline void skip_pattern(config_reader& in) {
    static_cast<void>(in.find("sliding_window_pattern"));
    static_cast<void>(in.find("_sliding_window_pattern"));
}

/// Reads the keys of a window that the model does not use, so that they count as read.
inline void skip_window(const family& row, config_reader& in, std::int64_t layers) {
    static_cast<void>(in.find(row.window_size.name));
    if (row.window == window_rule::pattern) skip_pattern(in);
    skip_types(in, layers, {"full_attention", "sliding_attention"});
}

/// Returns n where all but every n-th layer have the window: the file's number, or the length of a pattern such as
/// "LLLG", or the row's.
[[nodiscard]] inline std::int64_t window_period(const family& row, config_reader& in) {
    if (row.window_every == 2) return 2;
    const nlohmann::json* pattern = in.find("sliding_window_pattern");
    if (!pattern || !pattern->is_string())
        return in.size({"sliding_window_pattern", "_sliding_window_pattern", row.window_every}, 1, 10'000);
    const std::string letters = pattern->get<std::string>();
    constexpr std::size_t longest = 100;
    const bool known = !letters.empty() && letters.size() <= longest &&
                       letters.find_first_not_of('L') == letters.size() - 1 && letters.back() == 'G';
    if (!known) in.refuse("sliding_window_pattern", "a number of layers, or letters L before one G, such as \"LLLG\"");
    return known ? static_cast<std::int64_t>(letters.size()) : 0;
}

/// Returns which layers have the window, from the list `layer_types`. If this is not a list of the known types, adds a
/// problem and returns an empty list.
[[nodiscard]] inline std::vector<bool> listed_windows(const nlohmann::json& list, config_reader& in,
                                                      std::int64_t layers) {
    std::vector<bool> slides;
    bool known = list.is_array() && list.size() == static_cast<std::size_t>(layers);
    for (std::size_t i = 0; known && i < list.size(); ++i) {
        known = list[i] == "sliding_attention" || list[i] == "full_attention";
        slides.push_back(list[i] == "sliding_attention");
    }
    if (known) return slides;
    in.refuse("layer_types", "a list of num_hidden_layers times \"full_attention\" or \"sliding_attention\"");
    return {};
}

/// Returns which layers have the window by the rule of the family. The layer index `i` starts at 0.
[[nodiscard]] inline std::vector<bool> ruled_windows(const family& row, config_reader& in, std::int64_t layers) {
    constexpr std::int64_t class_default = 28;
    const bool bounded = row.window == window_rule::top_if_used || row.window == window_rule::alternating_if_used;
    const std::int64_t bound = bounded ? in.size({"max_window_layers", "", class_default}, 0, 10'000) : 0;
    const std::int64_t every = row.window == window_rule::pattern ? window_period(row, in) : 2;
    std::vector<bool> slides;
    for (std::int64_t i = 0; i < layers && every > 0; ++i) {
        const bool not_last = (i + 1) % every != 0;
        slides.push_back(row.window == window_rule::top_if_used           ? i >= bound
                         : row.window == window_rule::alternating_if_used ? not_last && i < bound
                         : row.window == window_rule::pattern             ? not_last
                                                                          : true);
    }
    return slides;
}

/// Reads the sliding window. cardfit can express a window in all layers, in none, or in all but every n-th layer.
inline void read_window(const family& row, config_reader& in, transformer& m) {
    if (row.window == window_rule::none) {
        const bool sparse = !row.index.heads.name.empty();
        return skip_types(in, m.layers, {sparse ? "deepseek_sparse_attention" : "full_attention"});
    }
    const bool by_flag = row.window != window_rule::all && row.window != window_rule::pattern;
    if (by_flag && !in.flag("use_sliding_window", false)) return skip_window(row, in, m.layers);
    const std::int64_t window = in.size(row.window_size, 1, key_ranges::dimensions::sliding_window_window.high);
    if (window == 0 || m.layers == 0) return skip_window(row, in, m.layers);
    const bool lists = row.window != window_rule::all && row.window != window_rule::all_if_used;
    const nlohmann::json* types = lists ? in.find("layer_types") : nullptr;
    const bool listed = types && !types->is_null();
    // A list is what the class reads, whatever the pattern beside it says.
    if (listed && row.window == window_rule::pattern) skip_pattern(in);
    const std::vector<bool> slides = listed ? listed_windows(*types, in, m.layers) : ruled_windows(row, in, m.layers);

    const auto full = std::find(slides.begin(), slides.end(), false);
    if (std::find(slides.begin(), slides.end(), true) == slides.end()) return;
    m.sliding_window = {.window = window, .global_every = full == slides.end() ? 0 : full - slides.begin() + 1};
    for (std::size_t i = 0; m.sliding_window.global_every > 0 && i < slides.size(); ++i) {
        const bool global = static_cast<std::int64_t>(i + 1) % m.sliding_window.global_every == 0;
        if (global != slides[i]) continue;
        return in.refuse(listed ? "layer_types" : "max_window_layers",
                         "a window in all layers, in none, or in all but every n-th (others are not supported)");
    }
}

}  // namespace cardfit::io::detail
