// SPDX-License-Identifier: MIT
#pragma once

// What is known about a command while it is read: its facts, the account of its settings, the tool, and what the person
// who asks adds (the card, the model, a version).

#include <cardfit/io/card_names.hpp>
#include <cardfit/io/import/account.hpp>
#include <cardfit/io/import/context_lengths.hpp>
#include <cardfit/io/import/document.hpp>
#include <cardfit/io/machine_names.hpp>
#include <cardfit/io/stored/contents.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cardfit::io::imports {

/// What the person who asks adds to a command.
struct import_options {
    std::string card{};     ///< id or name of a card; empty: not given
    std::string machine{};  ///< name of a machine; empty: not given
    /// The number of cards; 0 if it is not given.
    std::int64_t cards = 0;
    /// A name or a path, or a JSON object, of the model instead of the command's.
    nlohmann::json model{};
    /// The tool, where the command does not tell.
    std::string tool{};
    /// A version ("0.6.3") or a month ("2024-09") of the tool.
    std::string version{};
    /// The sequence length in tokens; 0 if it is not given.
    std::int64_t sequence_length = 0;
    file_place place{};  ///< where files are looked for
    /// The user's cards, or null.
    const card_set* own_cards = nullptr;
};

/// A command that is being read.
struct request {
    const import_options& options;  ///< what the person who asks adds
    facts known{};                  ///< what the settings state
    account accounts{};             ///< what became of each setting
    const tool* program = nullptr;  ///< the tool by whose table the command is read
    /// The month of the tool's version, such as 202608.
    int month = 0;
    /// Files that were read, so that none is read twice.
    std::vector<std::string> files{};
    /// Files that a script writes before it starts its program, by name.
    std::map<std::string, std::string, std::less<>> written_files{};

    /// Adds a note for people.
    void note(std::string text) { accounts.notes.push_back(std::move(text)); }
    /// Adds a reason why there is no job.
    void refuse(input_problem problem) { accounts.problems.push_back(std::move(problem)); }
    /// Adds a value that the answer rests on and that nobody stated.
    void assume(std::string_view key, const std::string& value, std::string why) {
        accounts.defaults.push_back({.written = std::string(key),
                                     .value = value,
                                     .from = std::string(program->name),
                                     .detail = std::move(why)});
    }
    /// Adds what the job cannot say.
    void lose(std::string written, std::string value, std::string why, effect consequence) {
        accounts.lost.push_back({.written = std::move(written),
                                 .value = std::move(value),
                                 .from = std::string(program->name),
                                 .detail = std::move(why),
                                 .consequence = consequence});
    }
};

/// The model of a command: what the job names, and what is known about it.
struct named_model {
    nlohmann::ordered_json job{};  ///< the value of `model` in the job file
    /// The name that the command has.
    std::string written{};
    /// The zoo id; empty if the name means no zoo model.
    std::string id{};
    /// The format that the name or the zoo states; nothing if neither does.
    std::optional<number_format> format{};
    /// The words of the name about a format whose bytes do not follow from them; empty if there are none.
    std::string open_format{};
    /// The model, where it is known.
    std::optional<any_model> model{};
};

namespace detail {

/// Returns the transformer that a model is or has, or null.
[[nodiscard]] inline const transformer* decoder_of(const named_model& m) {
    if (!m.model) return nullptr;
    if (const auto* both = std::get_if<multimodal_transformer>(&*m.model)) return &both->text;
    return std::get_if<transformer>(&*m.model);
}

/// Reads a name whose format is not clear: bits that stand before their method (int4-awq), a repository of GGUF files,
/// whose format the command names, or a format whose bytes are not known.
inline void read_open_format(std::string name, const resolved_model& resolved, named_model& m) {
    const named_format named = take_format(name);
    std::string words = io::detail::in_lower_case(named.text);
    std::replace(words.begin(), words.end(), '-', ' ');
    std::size_t methods = 0;
    for_each_word(words, [&](std::string_view word) {
        const std::optional<number_format> format = io::detail::format_of_word(word);
        if (format) ++methods;
        if (format) m.format = format;
    });
    const bool eight_bits = words.find('8') != words.npos;
    if (methods == 1 && !eight_bits) return;
    m.format.reset();
    if (named.many_files && is_quantized(published_formats_of(resolved.id).weights))
        m.format = published_formats_of(resolved.id).weights;
    m.open_format = named.many_files ? std::string() : named.text;
}

/// Returns the name of a model's repository from its folder in a cache: models--OWNER--NAME of huggingface_hub, and
/// NAME with ___ for each point of ModelScope's (modelscope/hub/snapshot_download.py). Nothing for another name.
[[nodiscard]] inline std::optional<std::string> name_in_cache(std::string_view written) {
    constexpr std::string_view mark = "models--";
    constexpr std::string_view point = "___";
    if (const std::size_t at = written.find(mark); at != written.npos) {
        std::string name(written.substr(at + mark.size()));
        name = name.substr(0, name.find('/'));
        const std::size_t slash = name.find("--");
        if (slash != name.npos) name.replace(slash, 2, "/");
        return name;
    }
    if (written.find(point) == written.npos) return {};
    std::string name = io::detail::file_name(std::string(written));
    for (std::size_t at = name.find(point); at != name.npos; at = name.find(point)) name.replace(at, point.size(), ".");
    return name;
}

}  // namespace detail

/// Returns the model that a name means. A name that means a zoo model is its id; any other stays as it is written, for
/// the job's reader to look up.
[[nodiscard]] inline named_model model_named(const std::string& written, const file_place& place) {
    named_model m{.job = written, .written = written};
    const bool local = detail::is_regular(place.folder / written);
    if (local && written.ends_with(".gguf")) m.job = {{"gguf", (place.folder / written).string()}};
    if (find_named(written)) m.id = written;
    if (!local && m.id.empty()) {
        const bool path = written.starts_with('/') || written.starts_with('.');
        const std::string file = path || written.ends_with(".gguf") ? io::detail::file_name(written) : written;
        const std::string name = detail::name_in_cache(written).value_or(file);
        if (const std::optional<resolved_model> resolved = resolve_model(name)) {
            if (resolved->difference.empty()) m.id = resolved->id;
            m.model = resolved->model;
            if (resolved->published.problems.empty() && resolved->published.known())
                m.format = resolved->published.formats.weights;
            if (!resolved->published.problems.empty()) detail::read_open_format(name, *resolved, m);
        }
    }
    if (!m.id.empty()) {
        m.job = m.id;
        m.model = find_named(m.id);
        if (!m.format && published_formats_of(m.id).weights != number_format::by_default)
            m.format = published_formats_of(m.id).weights;
    }
    return m;
}

/// Returns the model of a command or of the options. Refuses a command without one.
[[nodiscard]] inline named_model model_of(request& r) {
    if (r.options.model.is_object()) {
        named_model m{.job = r.options.model, .written = r.known.text("model")};
        return m;
    }
    const std::string written =
        r.options.model.is_string() ? r.options.model.get<std::string>() : r.known.text("model");
    if (written.empty()) {
        r.refuse(missing_key("model", "a command that names its model, or --model"));
        return {};
    }
    return model_named(written, r.options.place);
}

}  // namespace cardfit::io::imports
