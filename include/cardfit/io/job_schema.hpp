// SPDX-License-Identifier: MIT
#pragma once

// A JSON Schema of the job file (draft 2020-12), made from the table of keys. It states what each key accepts by
// itself; what the keys must be together (a layout that divides the cards, a sequence that the model can take) only the
// reader checks.

#include <cardfit/io/key_table.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace cardfit::io {

namespace detail {

[[nodiscard]] inline nlohmann::ordered_json closed_object() {
    return {{"type", "object"}, {"properties", nlohmann::ordered_json::object()}, {"additionalProperties", false}};
}

[[nodiscard]] inline nlohmann::ordered_json words_schema(const keys::key_facts& key) {
    nlohmann::ordered_json words = nlohmann::ordered_json::array();
    for (const keys::word& each : key.words) words.push_back(each.name);
    return {{"type", "string"}, {"enum", std::move(words)}};
}

/// The schema of what a key accepts.
[[nodiscard]] inline nlohmann::ordered_json value_schema(const keys::key_facts& key) {
    switch (key.kind) {
        case keys::value_kind::integer:
            return {{"type", "integer"}, {"minimum", key.range.low}, {"maximum", key.range.high}};
        case keys::value_kind::number:
            return {{"type", "number"}, {"minimum", key.interval.low}, {"maximum", key.interval.high}};
        case keys::value_kind::boolean:
        case keys::value_kind::three_state:
            return {{"type", "boolean"}};
        case keys::value_kind::word:
            return words_schema(key);
        case keys::value_kind::words:
            return {{"type", "array"}, {"items", words_schema(key)}, {"minItems", 1}};
        case keys::value_kind::month:
            return {{"type", "string"}, {"pattern", "^(20[0-9][0-9]|2100)-(0[1-9]|1[0-2])$"}};
        case keys::value_kind::version:
            return {{"type", "string"}, {"pattern", "^([a-z.-]+ )?[vb]?[0-9]+([.][0-9]+)*"}};
        case keys::value_kind::card:
            return {{"anyOf", {{{"type", "string"}, {"minLength", 1}}, {{"type", "object"}, {"required", {"id"}}}}}};
        case keys::value_kind::model:
        case keys::value_kind::machine:
            return {{"type", "string"}, {"minLength", 1}};
        case keys::value_kind::cards:
            return {{"type", "array"},
                    {"items", {{"type", "string"}, {"minLength", 1}}},
                    {"minItems", 1},
                    {"maxItems", max_cards_of_split - 1}};
        case keys::value_kind::shares:
            return {{"type", "array"},
                    {"items", {{"type", "number"}, {"minimum", 0}, {"maximum", 1'000'000}}},
                    {"minItems", 1},
                    {"maxItems", max_cards_of_split}};
    }
    return nlohmann::ordered_json::object();
}

/// The schema of a key: what it accepts, its sentence, its unit and its default.
[[nodiscard]] inline nlohmann::ordered_json key_schema(const listed_key& key) {
    nlohmann::ordered_json schema = value_schema(*key.facts);
    std::string description(key.facts->documentation);
    if (!key.facts->unit.empty()) description += " Unit: " + std::string(key.facts->unit) + ".";
    if (key.default_value.is_null() && !key.absent.empty()) description += " If absent: " + key.absent + ".";
    schema["description"] = description;
    if (!key.default_value.is_null()) schema["default"] = key.default_value;
    return schema;
}

/// Adds a key to the object that is its section; further parts of the path are nested objects.
inline void add_key(nlohmann::ordered_json& object, std::string_view path, const listed_key& key) {
    const std::size_t dot = path.find('.');
    const std::string name(path.substr(0, dot));
    if (dot == path.npos) {
        object["properties"][name] = key_schema(key);
        if (key.facts->required) object["required"].push_back(name);
        return;
    }
    nlohmann::ordered_json& inner = object["properties"][name];
    if (inner.is_null()) inner = closed_object();
    add_key(inner, path.substr(dot + 1), key);
}

/// The schema of one section's object.
[[nodiscard]] inline nlohmann::ordered_json section_schema(keys::section section) {
    nlohmann::ordered_json object = closed_object();
    for (const listed_key& key : listed_keys()) {
        if (key.section != section) continue;
        const std::string_view path = key.facts->path;
        const std::string_view model = "model.transformer.";
        const bool dimensions = path.starts_with(model);
        add_key(object, path.substr(dimensions ? model.size() : path.find('.') + 1), key);
    }
    return object;
}

[[nodiscard]] inline nlohmann::ordered_json reference(const char* name) {
    return {{"$ref", std::string("#/$defs/") + name}};
}

[[nodiscard]] inline nlohmann::ordered_json model_schema() {
    const nlohmann::ordered_json text = {{"type", "string"}};
    nlohmann::ordered_json object = closed_object();
    object["properties"] = {{"transformer", reference("transformer")},
                            {"huggingface", {{"type", {"string", "object"}}}},
                            {"gguf", text},
                            {"safetensors", text},
                            {"folder", text}};
    object["minProperties"] = 1;
    object["maxProperties"] = 1;
    return {{"description", "A zoo id, a file that describes a model, or dimensions."}, {"anyOf", {text, object}}};
}

}  // namespace detail

/// Returns the JSON Schema of the job file.
[[nodiscard]] inline nlohmann::ordered_json job_schema() {
    nlohmann::ordered_json transformer = detail::section_schema(keys::section::transformer);
    transformer["anyOf"] = {{{"required", {"vocab"}}}, {{"required", {"patch_tokens"}}}};
    nlohmann::ordered_json job = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                                  {"title", "A job of cardfit"},
                                  {"type", "object"},
                                  {"properties", nlohmann::ordered_json::object()},
                                  {"required", {"model", "hardware"}},
                                  {"oneOf", {{{"required", {"training"}}}, {{"required", {"inference"}}}}},
                                  {"additionalProperties", false}};
    job["properties"]["model"] = detail::model_schema();
    job["properties"]["hardware"] = detail::reference("hardware");
    job["properties"]["training"] = detail::reference("training");
    job["properties"]["inference"] = {{"anyOf", {detail::reference("inference"), detail::reference("diffusion")}}};
    job["properties"]["layout"] = detail::reference("layout");
    job["$defs"] = {{"hardware", detail::section_schema(keys::section::hardware)},
                    {"training", detail::section_schema(keys::section::training)},
                    {"inference", detail::section_schema(keys::section::inference)},
                    {"diffusion", detail::section_schema(keys::section::diffusion)},
                    {"layout", detail::section_schema(keys::section::layout)},
                    {"transformer", std::move(transformer)}};
    job["$defs"]["hardware"]["oneOf"] = {{{"required", {"card"}}}, {{"required", {"machine"}}}};
    return job;
}

}  // namespace cardfit::io
