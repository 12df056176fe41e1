// SPDX-License-Identifier: MIT
#pragma once

// Words that people type for values of a job's keys because other tools call them so: "zero3", "flash_attention_2",
// "adamw_bnb_8bit", "q_proj". Each has one meaning; answers say it in the key's own word. Case, and hyphen or
// underscore, do not matter for any word.

#include <cardfit/io/key_value.hpp>

#include <nlohmann/json.hpp>

#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

namespace detail {

/// A word for a value of a key, in lower case with hyphens, and the key's own word.
struct typed_word {
    std::string_view path;
    std::string_view typed;
    std::string_view own;
};
inline constexpr typed_word typed_words[]{
    {"layout.sharding", "zero0", "none"},
    {"layout.sharding", "zero-0", "none"},
    {"layout.sharding", "zero1", "optimizer"},
    {"layout.sharding", "zero2", "gradients"},
    {"layout.sharding", "zero3", "full"},
    {"layout.sharding", "ddp", "none"},
    {"layout.sharding", "no-shard", "none"},
    {"layout.sharding", "shard-grad-op", "gradients"},
    {"layout.sharding", "full-shard", "full"},
    {"layout.sharding", "fsdp2", "full"},
    {"training.attention", "sdpa", "flash"},
    {"training.attention", "flash-attn", "flash"},
    {"training.attention", "flash-attention-2", "flash"},
    {"training.attention", "flash-attention-3", "flash"},
    {"training.attention", "fa2", "flash"},
    {"training.attention", "fa3", "flash"},
    {"training.precision", "float32", "fp32"},
    {"training.precision", "bfloat16", "bf16"},
    {"training.precision", "bf16-true", "bf16"},
    {"training.precision", "float16", "fp16"},
    {"training.precision", "16-mixed", "fp16-mixed"},
    {"training.precision", "32-true", "fp32"},
    {"training.optimizer", "adamw-torch", "adamw"},
    {"training.optimizer", "adamw-torch-fused", "adamw"},
    {"training.optimizer", "adamw-hf", "adamw"},
    {"training.optimizer", "adamw-apex-fused", "adamw"},
    {"training.optimizer", "fused-adamw", "adamw"},
    {"training.optimizer", "adamw-bnb-8bit", "adamw-8bit"},
    {"training.optimizer", "adamw-torch-8bit", "adamw-8bit"},
    {"training.optimizer", "adamw8bit", "adamw-8bit"},
    {"training.optimizer", "adamw-torch-4bit", "adamw-4bit"},
    {"training.optimizer", "paged-adamw-32bit", "paged-adamw"},
    {"training.optimizer", "lion-32bit", "lion"},
    {"training.optimizer_state", "float32", "fp32"},
    {"training.optimizer_state", "bfloat16", "bf16"},
    {"training.loss", "chunked-nll", "chunked"},
    {"training.loss", "liger", "fused"},
    {"training.base_weights", "4bit", "nf4"},
    {"training.base_weights", "bnb-4bit", "nf4"},
    {"training.base_weights", "8bit", "int8"},
    {"training.base_weights", "awq", "awq-int4"},
    {"training.base_weights", "gptq", "gptq-int4"},
    {"training.base_weights", "bfloat16", "bf16"},
    {"training.base_weights", "float16", "fp16"},
    {"training.adapter.targets", "q-proj", "q"},
    {"training.adapter.targets", "k-proj", "k"},
    {"training.adapter.targets", "v-proj", "v"},
    {"training.adapter.targets", "o-proj", "o"},
    {"training.adapter.targets", "gate-proj", "gate"},
    {"training.adapter.targets", "up-proj", "up"},
    {"training.adapter.targets", "down-proj", "down"},
    {"training.adapter.targets", "embed-tokens", "embeddings"},
    {"training.adapter.targets", "lm-head", "head"},
    {"inference.weights", "4bit", "nf4"},
    {"inference.weights", "8bit", "int8"},
    {"inference.weights", "awq", "awq-int4"},
    {"inference.weights", "gptq", "gptq-int4"},
    {"inference.weights", "bfloat16", "bf16"},
    {"inference.weights", "float16", "fp16"},
    {"inference.weights", "half", "fp16"},
    {"inference.weights", "float32", "fp32"},
    {"inference.weights", "fp8-e4m3", "fp8"},
    {"inference.kv_cache", "q8-0", "int8"},
    {"inference.kv_cache", "q4-0", "int4"},
    {"inference.kv_cache", "f16", "fp16"},
    {"inference.kv_cache", "float16", "fp16"},
    {"inference.kv_cache", "bfloat16", "bf16"},
    {"inference.kv_cache", "fp8-e4m3", "fp8"},
    {"inference.kv_cache", "fp8-e5m2", "fp8"},
    {"inference.value_cache", "q8-0", "int8"},
    {"inference.value_cache", "q4-0", "int4"},
    {"inference.value_cache", "f16", "fp16"},
};

/// Returns a word in the form in which words are compared: lower case, with hyphens.
[[nodiscard]] inline std::string compared_word(std::string_view word) {
    std::string plain;
    for (const char c : word) plain += c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return plain;
}

/// Returns the key's own word for a word that means one of its values; nothing for another word.
[[nodiscard]] inline std::optional<std::string> own_word(const keys::key_facts& key, std::string_view typed) {
    constexpr std::size_t longest = 100;
    if (typed.size() > longest) return {};
    for (const keys::word& each : key.words)
        if (each.name == typed) return std::string(typed);
    const std::string plain = compared_word(typed);
    for (const keys::word& each : key.words)
        if (compared_word(each.name) == plain) return std::string(each.name);
    for (const typed_word& each : typed_words)
        if (each.path == key.path && each.typed == plain) return std::string(each.own);
    return {};
}

/// Replaces a value that is a word, or the words of a list, by the key's own.
inline void say_value_in_own_words(const keys::key_facts& key, nlohmann::json& value) {
    if (value.is_array())
        for (nlohmann::json& each : value)
            if (each.is_string()) say_value_in_own_words(key, each);
    if (!value.is_string()) return;
    if (const std::optional<std::string> own = own_word(key, value.get_ref<const std::string&>())) value = *own;
}

/// Replaces the words of the value at a path of a job.
inline void say_value_at(std::string_view path, nlohmann::json& value) {
    keys::visit_sections([&](keys::section section, const auto& table) {
        if (section == keys::section::transformer) return;
        for (const auto& key : table)
            if (key.facts.path == path &&
                (key.facts.kind == keys::value_kind::word || key.facts.kind == keys::value_kind::words))
                say_value_in_own_words(key.facts, value);
    });
}

/// Replaces the words of all values of an object. A job names few keys of the many that there are, so the keys that it
/// has are looked up. `deeper` is how many objects inside the object may have keys; a hostile job has more.
inline void say_members_in_own_words(const std::string& path, nlohmann::json& object, int deeper) {
    if (!object.is_object()) return;
    for (const auto& member : object.items()) {
        const std::string name = path + "." + member.key();
        if (member.value().is_string() || member.value().is_array()) say_value_at(name, member.value());
        if (deeper > 0) say_members_in_own_words(name, member.value(), deeper - 1);
    }
}

}  // namespace detail

/// Returns the name that is near enough to a typed one to be meant; empty if none is.
[[nodiscard]] inline std::string_view name_meant(std::string_view typed, std::vector<std::string_view> names) {
    const std::vector<std::string_view> nearest = closest(typed, std::move(names), 1);
    const bool meant = !nearest.empty() && edit_distance(typed.substr(0, 100), nearest.front()) <= 1 + typed.size() / 4;
    return meant ? nearest.front() : std::string_view();
}

/// Replaces the words of a job's values that other tools have by the keys' own. A word that is not known stays, for the
/// reader to refuse.
inline void say_in_own_words(nlohmann::json& job) {
    if (!job.is_object()) return;
    for (const char* section : {"hardware", "training", "inference", "layout"}) {
        const auto at = job.find(section);
        if (at != job.end()) detail::say_members_in_own_words(section, *at, 1);
    }
}

}  // namespace cardfit::io
