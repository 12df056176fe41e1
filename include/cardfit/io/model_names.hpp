// SPDX-License-Identifier: MIT
#pragma once

// The zoo model that a name means: a repository of the Hugging Face Hub (meta-llama/Llama-3.1-8B-Instruct), a name of
// Ollama's library (qwen3:8b), a file of a GGUF repository (hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M) or any
// spelling of these. A name counts as known only if it has the words of a model and none beside them but words that do
// not change the shape; a word that is not known is never left out.

#include <cardfit/io/any_model.hpp>
#include <cardfit/io/format_words.hpp>
#include <cardfit/io/listed_models.hpp>
#include <cardfit/io/model_aliases.hpp>
#include <cardfit/io/published_weights.hpp>
#include <cardfit/model/diffusion_zoo.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

/// The parts of a name.
struct model_phrase {
    /// The organization or user at the Hub; empty if the name has none.
    std::string owner{};
    std::string name{};  ///< the name itself
    /// The words behind a colon: a size and a format at Ollama, a format at the Hub.
    std::string tag{};
    /// The revision behind an at sign.
    std::string revision{};

    /// Returns "OWNER/NAME", or the name alone.
    [[nodiscard]] std::string repository() const { return owner.empty() ? name : owner + "/" + name; }
    /// Returns true for a name of Ollama's library: it has a tag and no owner.
    [[nodiscard]] bool is_ollama() const { return owner.empty() && !tag.empty(); }
};

namespace detail {

/// Removes the start of an address, if it has it.
inline void remove_address(std::string& text) {
    for (const std::string_view start : {"https://", "http://"})
        if (text.starts_with(start)) text.erase(0, start.size());
    for (const std::string_view start :
         {"huggingface.co/", "hf.co/", "registry.ollama.ai/library/", "ollama.com/library/", "library/"})
        if (text.starts_with(start)) text.erase(0, start.size());
}

/// Cuts what stands behind the last occurrence of a character off a text, and returns it.
[[nodiscard]] inline std::string cut_behind(std::string& text, char mark) {
    const std::size_t at = text.rfind(mark);
    if (at == text.npos) return {};
    std::string behind = text.substr(at + 1);
    text.erase(at);
    return behind;
}

[[nodiscard]] inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] inline bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

/// Returns the words of a name in lower case: runs of letters, and numbers with the letters behind them. "Llama3.1-8B"
/// and "llama-3.1 8b" both have the words llama, 3.1, 8b. An underscore between digits is a decimal point.
[[nodiscard]] inline std::vector<std::string> words_of_name(std::string_view name) {
    constexpr std::size_t longest = 200;  // a hostile name may be a megabyte long
    const std::string text = in_lower_case(name.substr(0, longest));
    std::vector<std::string> words;
    for (std::size_t i = 0; i < text.size();) {
        std::string word;
        const bool number = is_digit(text[i]);
        while (i < text.size()) {
            const bool point = number && (text[i] == '.' || text[i] == '_') && !word.empty() && is_digit(word.back()) &&
                               i + 1 < text.size() && is_digit(text[i + 1]);
            const bool part = is_letter(text[i]) || (number && is_digit(text[i]));
            if (!part && !point) break;
            word += point ? '.' : text[i];
            ++i;
        }
        if (word.empty())
            ++i;
        else
            words.push_back(std::move(word));
    }
    return words;
}

/// Words that do not change the shape of a model: how it was tuned, and how it is stored.
inline constexpr std::string_view shapeless_words[]{
    "instruct", "it",   "chat",     "pt",          "hf",         "latest",  "thinking", "quantized", "dynamic",
    "imatrix",  "meta", "original", "abliterated", "uncensored", "heretic", "deduped",  "qat",       "block"};

/// Returns true for a date: a year and a month (2507), a month and a day (0528), or a whole date (20241022).
[[nodiscard]] inline bool is_date(std::string_view word) {
    if (word.size() != 4 && word.size() != 8) return false;
    for (const char c : word)
        if (!is_digit(c)) return false;
    const auto two = [&](std::size_t at) { return (word[at] - '0') * 10 + (word[at + 1] - '0'); };
    if (word.size() == 8) return two(0) == 20 && two(4) >= 1 && two(4) <= 12;
    const bool year_and_month = two(0) >= 22 && two(0) <= 39 && two(2) >= 1 && two(2) <= 12;
    const bool month_and_day = two(0) >= 1 && two(0) <= 12 && two(2) >= 1 && two(2) <= 31;
    return year_and_month || month_and_day;
}

/// Returns true for a number of parameters: "8b", "a22b" without its letter, "8x7b", "270m".
[[nodiscard]] inline bool is_size(std::string_view word) {
    return word.size() > 1 && is_digit(word[0]) && (word.back() == 'b' || word.back() == 'm');
}

/// Returns the words of a name that tell its shape. "base" is a size (bert-base) unless there is another one.
[[nodiscard]] inline std::vector<std::string> shape_words(std::string_view name) {
    std::vector<std::string> words = words_of_name(name);
    const bool sized = std::any_of(words.begin(), words.end(), [](const auto& word) { return is_size(word); });
    std::erase_if(words, [&](const std::string& word) {
        return (word == "base" && sized) || has_word(shapeless_words, word) || is_date(word);
    });
    return words;
}

/// Returns true if two names have the same words, in the same order.
[[nodiscard]] inline bool is_same_name(const std::vector<std::string>& words, std::string_view name) {
    return !words.empty() && words == shape_words(name);
}

[[nodiscard]] inline std::string_view name_of_repository(std::string_view repository) {
    return repository.substr(repository.find('/') + 1);
}

/// Returns the model of the zoo or the list that has these words as its id or as the name of its repository; empty if
/// none has. Of a text model and a multimodal one with it, the latter is what is published, and stands later in the
/// list.
[[nodiscard]] inline std::string_view id_with_words(const std::vector<std::string>& words) {
    std::string_view found;
    for (const published_model& each : published_models())
        if (is_same_name(words, each.id) || is_same_name(words, name_of_repository(each.repository))) found = each.id;
    if (!found.empty()) return found;
    for (const listed_model& each : listed_models)
        if (is_same_name(words, each.id) || is_same_name(words, name_of_repository(each.repository))) return each.id;
    for (const std::string_view id : model_ids())
        if (is_same_name(words, id)) return id;
    return {};
}

[[nodiscard]] inline const model_alias* alias_with_words(const std::vector<std::string>& words, bool of_ollama) {
    for (const model_alias& each : model_aliases)
        if ((of_ollama || !each.of_ollama) && is_same_name(words, each.name)) return &each;
    return nullptr;
}

/// Returns the alias with all words of a name, dates and tuning among them (Kimi-K2-Thinking), or null.
[[nodiscard]] inline const model_alias* alias_with_all_words(std::string_view name, bool of_ollama) {
    const std::vector<std::string> words = words_of_name(name);
    for (const model_alias& each : model_aliases)
        if ((of_ollama || !each.of_ollama) && words == words_of_name(each.name)) return &each;
    return nullptr;
}

/// Returns the model of an alias.
[[nodiscard]] inline any_model model_of_alias(const model_alias& alias) {
    any_model model = *find_named(alias.id);
    transformer* plain = std::get_if<transformer>(&model);
    if (!plain) return model;
    if (alias.untied) plain->tied_embeddings = false;
    if (alias.no_window) plain->sliding_window = {};
    if (alias.vocab > 0) plain->vocab = alias.vocab;
    return model;
}

}  // namespace detail

/// Returns the parts of a name.
[[nodiscard]] inline model_phrase phrase_of_model(std::string_view text) {
    constexpr std::size_t longest = 300;
    std::string rest(text.substr(0, longest));
    model_phrase phrase;
    detail::remove_address(rest);
    if (const std::size_t tree = rest.find("/tree/"); tree != rest.npos) {
        phrase.revision = rest.substr(tree + 6);
        rest.erase(tree);
    }
    if (phrase.revision.empty()) phrase.revision = detail::cut_behind(rest, '@');
    phrase.tag = detail::cut_behind(rest, ':');
    if (const std::size_t slash = rest.find('/'); slash != rest.npos) {
        phrase.owner = rest.substr(0, slash);
        rest.erase(0, slash + 1);
    }
    if (rest.find('/') == rest.npos && rest.ends_with(".gguf")) rest.erase(rest.size() - 5);
    phrase.name = rest;
    return phrase;
}

/// What a name means.
struct resolved_model {
    std::string id{};   ///< the id of the zoo, or owner/name
    any_model model{};  ///< the model
    /// The formats of its weights; problems if the name states a format whose bytes do not follow from it.
    published_weights published{};
    /// The repository at the Hub that the name states; empty if it states none.
    std::string repository{};
    /// What differs from the zoo model.
    std::string difference{};
};

namespace detail {

/// Returns what an alias differs in, as words.
[[nodiscard]] inline std::string difference_of(const model_alias& alias) {
    std::string text;
    if (alias.untied) text += ", with a head of its own";
    if (alias.no_window) text += ", without a sliding window";
    if (alias.vocab > 0) text += ", with " + std::to_string(alias.vocab) + " words";
    return text;
}

/// Returns the problem of a name whose words leave the bytes of the weights open.
[[nodiscard]] inline input_problem open_format(const std::string& text, const std::string& words) {
    return refused_value("model", text,
                         "a name whose format has bytes that follow from it (the name says " + words +
                             "), the path or repository of its files, or inference.weights");
}

/// Fills in the formats that a name states. Names of Ollama's library without one are q4_k_m: its older models are
/// q4_0, which takes less (recalled).
inline void add_named_formats(resolved_model& model, const std::string& text, const model_phrase& phrase,
                              const named_format& named) {
    model.published = published_of_named(model.id, model.model);
    const bool has_own = is_quantized(model.published.formats.weights);
    if (named.unknown || named.many_files) {
        model.published.problems.push_back(
            open_format(text, named.unknown ? named.text : "GGUF, and not which of its files, such as :Q4_K_M"));
        return;
    }
    model.published.is_gguf_file = phrase.is_ollama();
    std::optional<number_format> format = named.format;
    if (!format && phrase.is_ollama() && !has_own) format = number_format::q4_k_m;
    if (!format || *format == model.published.formats.weights) return;
    model.published = {.formats = formats_by_name(*format),
                       .is_checkpoint = !is_gguf(*format),
                       .is_gguf_file = phrase.is_ollama() || is_gguf(*format),
                       .by_name = true};
    if (!named.format) model.published.notes.push_back("q4_k_m is Ollama's usual format; the name states none");
}

}  // namespace detail

namespace detail {

/// A zoo model by its id, and the alias that led to it, or null.
struct found_model {
    std::string_view id{};
    const model_alias* alias = nullptr;
};

/// Returns the zoo model with the words of a name, without those of its format.
[[nodiscard]] inline found_model find_by_words(const std::string& name, bool of_ollama) {
    if (const model_alias* alias = alias_with_all_words(name, of_ollama)) return {alias->id, alias};
    const std::vector<std::string> words = shape_words(name);
    if (const std::string_view id = id_with_words(words); !id.empty()) return {id, nullptr};
    const model_alias* alias = alias_with_words(words, of_ollama);
    return {alias ? alias->id : std::string_view(), alias};
}

}  // namespace detail

/// Returns the zoo model that a name means, or nothing.
[[nodiscard]] inline std::optional<resolved_model> resolve_model(const std::string& text) {
    const model_phrase phrase = phrase_of_model(text);
    std::string name = phrase.tag.empty() ? phrase.name : phrase.name + "-" + phrase.tag;
    const named_format named = take_format(name);
    detail::found_model found = detail::find_by_words(name, phrase.is_ollama());
    if (!found.alias && found.id.empty()) {
        // An underscore between digits is a point in "1_8B", and a hyphen in "qwen3_8b".
        std::replace(name.begin(), name.end(), '_', '-');
        found = detail::find_by_words(name, phrase.is_ollama());
    }
    if (found.id.empty()) return {};
    resolved_model model{.id = std::string(found.id)};
    model.model = found.alias ? detail::model_of_alias(*found.alias) : *find_named(found.id);
    if (found.alias) model.difference = detail::difference_of(*found.alias);
    const listed_model* listed = find_listed(model.id);
    if (!phrase.owner.empty())
        model.repository = phrase.repository();
    else if (listed && !found.alias && named.text.empty())
        model.repository = listed->repository;
    detail::add_named_formats(model, text, phrase, named);
    return model;
}

namespace detail {

/// The models that a name may mean, the best first.
struct name_candidates {
    std::vector<std::string_view> ids{};
    /// True if each of them has all words of the name.
    bool have_all_words = false;
};

/// Returns the ids of the zoo, of its diffusion models, of listed models, and the names of aliases that lead to one.
[[nodiscard]] inline std::vector<std::string_view> names_to_suggest() {
    std::vector<std::string_view> names = model_ids();
    for (const models::diffusion_entry& each : models::diffusions) names.push_back(each.id);
    for (const listed_model& each : listed_models) names.push_back(each.id);
    for (const model_alias& each : model_aliases)
        if (!each.id.empty() && !each.of_ollama) names.push_back(each.name);
    return names;
}

/// Returns the names that have all of these words.
[[nodiscard]] inline std::vector<std::string_view> names_with(const std::vector<std::string>& words, std::size_t most) {
    std::vector<std::string_view> found;
    for (const std::string_view name : names_to_suggest()) {
        const std::vector<std::string> own = words_of_name(name);
        const bool all = std::all_of(words.begin(), words.end(), [&](const auto& word) { return has_word(own, word); });
        if (all && !words.empty() && found.size() < most) found.push_back(name);
    }
    return found;
}

/// Returns true if two words begin names of one family: they are equal, or one contains the other (codellama, llama).
[[nodiscard]] inline bool is_one_family(std::string_view a, std::string_view b, bool equal) {
    constexpr std::size_t shortest = 4;
    if (equal) return a == b;
    const bool contains = a.find(b) != a.npos || b.find(a) != b.npos;
    return contains && (std::min)(a.size(), b.size()) >= shortest;
}

/// Returns the names of the same family: those that begin with the same word, or with one that contains it, the most
/// words in common first.
[[nodiscard]] inline std::vector<std::string_view> names_of_family(const std::vector<std::string>& words, bool equal,
                                                                   std::size_t most) {
    std::vector<std::pair<std::ptrdiff_t, std::string_view>> ranked;
    for (const std::string_view name : names_to_suggest()) {
        const std::vector<std::string> own = words_of_name(name);
        if (words.empty() || own.empty() || !is_one_family(own.front(), words.front(), equal)) continue;
        const auto shared =
            std::count_if(words.begin(), words.end(), [&](const auto& word) { return has_word(own, word); });
        ranked.emplace_back(-shared, name);
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string_view> found;
    for (const auto& [shared, name] : ranked)
        if (found.size() < most) found.push_back(name);
    return found;
}

/// Returns the names that are spelled almost as the text is: at most a quarter of its characters differ.
[[nodiscard]] inline std::vector<std::string_view> names_spelled_like(const std::string& text, std::size_t most) {
    std::vector<std::string_view> found = closest(text, names_to_suggest(), most);
    std::erase_if(found, [&](std::string_view name) {
        return edit_distance(text.substr(0, 100), in_lower_case(name)) > text.size() / 4;
    });
    return found;
}

}  // namespace detail

/// Returns the models to suggest for a name that is not known: those that have all of its words, or else those of its
/// family, or else those spelled almost alike.
[[nodiscard]] inline detail::name_candidates candidates_for(const std::string& text) {
    constexpr std::size_t most = 8;
    constexpr std::size_t few = 3;
    const model_phrase phrase = phrase_of_model(text);
    std::string name = phrase.tag.empty() ? phrase.name : phrase.name + "-" + phrase.tag;
    static_cast<void>(take_format(name));
    const std::vector<std::string> words = detail::shape_words(name);
    detail::name_candidates found{detail::names_with(words, most), true};
    if (!found.ids.empty()) return found;
    found = {detail::names_of_family(words, true, few), false};
    if (found.ids.empty()) found.ids = detail::names_of_family(words, false, few);
    if (found.ids.empty()) found.ids = detail::names_spelled_like(detail::in_lower_case(phrase.name), few);
    return found;
}

/// Returns the models that are close to a name, as "a zoo id such as kimi-k2", or "a zoo id" if none is.
[[nodiscard]] inline std::string accepted_names(const std::string& text) {
    const detail::name_candidates candidates = candidates_for(text);
    std::string names = candidates.have_all_words && candidates.ids.size() > 1
                            ? "one of the models of that name, such as "
                        : candidates.ids.empty() ? "a zoo id (see: cardfit models; none is of that family)"
                                                 : "a zoo id such as ";
    for (const std::string_view& id : candidates.ids)
        names += (&id == &candidates.ids[0] ? "" : ", ") + std::string(id);
    return candidates.ids.empty() ? names : names + " (see: cardfit models)";
}

}  // namespace cardfit::io
