// SPDX-License-Identifier: MIT
#pragma once

// The table of job keys for people and for programs: a Markdown page, rows of text, and JSON.

#include <cardfit/io/key_value.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

/// A key with what its absence means.
struct listed_key {
    keys::section section{};                 ///< the part of the job file
    const keys::key_facts* facts = nullptr;  ///< everything about the key
    /// For people: "hidden / heads", or the default's own text; empty for a required key.
    std::string absent{};
    /// The default as a job file states it; null where no such value exists.
    nlohmann::json default_value{};
};

namespace detail {

[[nodiscard]] inline std::vector<listed_key> list_keys() {
    std::vector<listed_key> all;
    keys::visit_sections([&](keys::section section, auto table) {
        for (const auto& key : table) {
            listed_key each{.section = section, .facts = &key.facts};
            if (!key.facts.required) each.absent = default_text(key);
            if (!key.facts.required && key.facts.absent.empty())
                each.default_value = value_json(key.facts, key.member.get({}));
            all.push_back(std::move(each));
        }
    });
    return all;
}

}  // namespace detail

/// Returns every key in the order of the table.
[[nodiscard]] inline const std::vector<listed_key>& listed_keys() {
    static const std::vector<listed_key> all = detail::list_keys();
    return all;
}

/// Returns the heading of a section: in the page of keys, and among the flags of `--help`.
[[nodiscard]] inline std::string_view title_of(keys::section section) {
    switch (section) {
        case keys::section::hardware:
            return "Hardware";
        case keys::section::training:
            return "Training";
        case keys::section::inference:
            return "Inference";
        case keys::section::diffusion:
            return "Inference of a diffusion model";
        case keys::section::layout:
            return "Layout";
        case keys::section::transformer:
            return "A transformer by its dimensions";
    }
    return {};
}

namespace detail {

/// The words of a key: its names, or its aliases.
[[nodiscard]] inline std::vector<std::string_view> words_of(const keys::key_facts& key, bool aliases) {
    std::vector<std::string_view> words;
    for (const keys::word& each : key.words)
        if (each.alias == aliases) words.push_back(each.name);
    return words;
}

[[nodiscard]] inline std::string in_code(std::string_view text) { return "`" + std::string(text) + "`"; }

/// "a, b", or in a page "`a`, `b`".
[[nodiscard]] inline std::string joined(const std::vector<std::string_view>& words, bool code = false) {
    std::string text;
    for (const std::string_view word : words)
        text += (text.empty() ? "" : ", ") + (code ? in_code(word) : std::string(word));
    return text;
}

/// What a key accepts, as a cell of the page.
[[nodiscard]] inline std::string values_cell(const keys::key_facts& key) {
    const std::string unit = key.unit.empty() ? "" : " " + std::string(key.unit);
    switch (key.kind) {
        case keys::value_kind::integer:
            return std::to_string(key.range.low) + " to " + std::to_string(key.range.high) + unit;
        case keys::value_kind::number:
            return decimal(key.interval.low) + " to " + decimal(key.interval.high) + unit;
        case keys::value_kind::boolean:
        case keys::value_kind::three_state:
            return "`true`, `false`";
        case keys::value_kind::word:
        case keys::value_kind::words: {
            const std::vector<std::string_view> aliases = words_of(key, true);
            return (key.kind == keys::value_kind::words ? "list of " : "") + joined(words_of(key, false), true) +
                   (aliases.empty() ? "" : "; aliases " + joined(aliases, true));
        }
        case keys::value_kind::month:
            return "a month, `\"2024-12\"`";
        case keys::value_kind::version:
            return "a version, `\"0.11.0\"`";
        case keys::value_kind::card:
            return "a card";
        case keys::value_kind::model:
            return "a model";
        case keys::value_kind::machine:
            return "a machine";
        case keys::value_kind::cards:
            return "list of cards";
        case keys::value_kind::shares:
            return "list of numbers";
    }
    return {};
}

[[nodiscard]] inline std::string default_cell(const listed_key& key) {
    if (key.facts->required) return "required";
    return key.default_value.is_null() ? key.absent : in_code(key.absent);
}

}  // namespace detail

/// What the page says before its tables.
inline constexpr std::string_view keys_introduction =
    R"(# Keys of the job file

A job file is a JSON object with `model`, `hardware`, `training` or `inference`, and `layout`. `cardfit fit` takes every
key but a model's dimensions as a flag. Unknown keys, unknown names and values out of range are errors that name the key,
the value and what is accepted. `cardfit keys NAME` explains a key, `cardfit keys --schema` prints a JSON Schema of the
file, and `cardfit keys --markdown` prints this page.

`model` is one of:

- a zoo id (`cardfit models` lists them), such as `"llama-3.1-8b"`, or another name of a model: a repository at the
  Hugging Face Hub with a revision if need be (`"meta-llama/Llama-3.1-8B-Instruct"`, `"OWNER/NAME@REVISION"`), a name at
  Ollama (`"qwen3:8b"`), or a GGUF repository with the format (`"hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M"`). A
  format in the name is that of the weights. Names that the zoo does not have are looked up in the local Hugging Face
  cache, and then at the Hub (`HF_ENDPOINT`, `HF_TOKEN`), unless `--offline` is given; `estimate --jsonl` asks the Hub only
  with `--online`, and the C interface never does;
- the path of anything that the next three read, as a text;
- `{"huggingface": …}`: the path of a `config.json`, or its object; a `params.json` or `mlc-chat-config.json` is read
  too. Besides some 70 families of decoders, these are recurrent models (Mamba, Mamba-2, Falcon Mamba, Jamba, Bamba,
  Granite 4, Nemotron-H, Qwen3-Next, Qwen3.5), encoders (BERT, ModernBERT, wav2vec 2.0 and kin) and encoder-decoders
  (T5, BART, NLLB, Whisper and kin); for the latter,
  `inference.prompt` is the source (Whisper: 1500 for 30 seconds) and `inference.generate` the target;
- `{"folder": PATH}`: a folder of a model, such as a snapshot in the Hugging Face cache; or `{"gguf": PATH}` or
  `{"safetensors": PATH}`: a file of weights, one part of a split GGUF file, or an index, with its shards or without. The
  weights are the bytes that the headers state, whatever the architecture; one that is not read is answered for
  inference by bytes and bounds ("shape not verified"), without a time;
- `{"transformer": {…}}`: dimensions, listed at the end of this page;
- the id of a diffusion model (`sd-1.5`, `sd-xl`, `sd-3-medium`, `sd-3.5-large`, `flux.1-dev`), which takes an `inference`
  of its own, on one card and without a layout, or a `training` of its denoiser.
)";

/// Returns the page of keys: a Markdown table for each section.
[[nodiscard]] inline std::string keys_markdown() {
    std::string text(keys_introduction);
    const keys::section* previous = nullptr;
    const std::vector<listed_key>& all = listed_keys();
    for (const listed_key& key : all) {
        if (!previous || *previous != key.section)
            text += "\n## " + std::string(title_of(key.section)) +
                    "\n\n| key | values | default | flag | meaning |\n| --- | --- | --- | --- | --- |\n";
        previous = &key.section;
        const bool named = key.facts->path == "hardware.card" || key.facts->path == "hardware.machine";
        const std::string flag = named ? "--" + std::string(key.facts->path.substr(9)) : std::string(key.facts->flag);
        text += "| " + detail::in_code(key.facts->path) + " | " + detail::values_cell(*key.facts) + " | " +
                detail::default_cell(key) + " | " + (flag.empty() ? "" : detail::in_code(flag)) + " | " +
                std::string(key.facts->documentation) + " |\n";
    }
    return text;
}

/// Returns the table of keys as an array of objects. A member that does not apply is absent.
[[nodiscard]] inline nlohmann::ordered_json keys_json() {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const listed_key& key : listed_keys()) {
        const keys::key_facts& facts = *key.facts;
        nlohmann::ordered_json row = {{"key", facts.path}, {"section", title_of(key.section)}};
        if (!facts.flag.empty()) row["flag"] = facts.flag;
        row["accepted"] = accepted_text(facts);
        if (!detail::words_of(facts, true).empty()) row["aliases"] = detail::words_of(facts, true);
        if (!facts.unit.empty()) row["unit"] = facts.unit;
        row["required"] = facts.required;
        if (!key.default_value.is_null()) row["default"] = key.default_value;
        if (key.default_value.is_null() && !key.absent.empty()) row["absent"] = key.absent;
        row["meaning"] = facts.documentation;
        all.push_back(std::move(row));
    }
    return all;
}

}  // namespace cardfit::io
