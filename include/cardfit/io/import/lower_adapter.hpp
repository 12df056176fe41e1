// SPDX-License-Identifier: MIT
#pragma once

// Adapters as a job: the modules that peft adapts, the format of the frozen base, dropout, and whether the base is
// prepared for training on few bits.

#include <cardfit/io/import/lower_sharding.hpp>
#include <cardfit/frameworks/all.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports {

namespace detail {

/// Formats of checkpoints over which adapters are trained as they are; others are dequantized first.
inline constexpr std::string_view adapted_formats = "awq-int4 gptq-int4 nf4 nf4-dq";

/// Names of modules and the targets that they are.
inline constexpr value_pair module_targets[]{
    {"q_proj", "q"},
    {"k_proj", "k"},
    {"v_proj", "v"},
    {"o_proj", "o"},
    {"out_proj", "o"},
    {"gate_proj", "gate"},
    {"up_proj", "up"},
    {"down_proj", "down"},
    {"embed_tokens", "embeddings"},
    {"wte", "embeddings"},
    {"lm_head", "head"},
    {"c_attn", "q k v"},
    {"qkv_proj", "q k v"},
    {"query_key_value", "q k v"},
    {"Wqkv", "q k v"},
    {"W_pack", "q k v"},
    {"gate_up_proj", "gate up"},
    {"dense_h_to_4h", "up"},
    {"dense_4h_to_h", "down"},
    {"fc1", "up"},
    {"fc2", "down"},
    {"c_fc", "up"},
    {"wq", "q"},
    {"wk", "k"},
    {"wv", "v"},
    {"wo", "o"},
    {"w1", "gate"},
    {"w2", "down"},
    {"w3", "up"},
    {"output_proj", "o"},
    {"q", "q"},
    {"k", "k"},
    {"v", "v"},
    {"o", "o"},
    {"gate", "gate"},
    {"up", "up"},
    {"down", "down"},
    {"to_q", "q"},
    {"to_k", "k"},
    {"to_v", "v"},
    {"dense", "o"},
    {"embeddings", "embeddings"},
    {"head", "head"},
    {"query", "q"},
    {"key", "k"},
    {"value", "v"},
    {"c_proj", "o down"},
    {"linear_qkv", "q k v"},
    {"attention_qkv", "q k v"},
    {"attention_dense", "o"},
    {"mlp_fc1", "gate up"},
    {"mlp_fc2", "down"},
    {"linear_proj", "o"},
    {"linear_fc1", "gate up"},
    {"linear_fc2", "down"},
    {"output_layer", "head"},
    {"word_embeddings", "embeddings"},
};

/// The targets in the order in which jobs list them.
inline constexpr std::string_view target_order = "q k v o gate up down embeddings head";

/// Returns the targets of a text with spaces between, in the usual order and each once.
[[nodiscard]] inline std::vector<std::string> in_target_order(const std::string& targets) {
    std::vector<std::string> ordered;
    for_each_word(target_order, [&](std::string_view each) {
        if (lists(targets, each)) ordered.emplace_back(each);
    });
    return ordered;
}

/// Returns every linear layer but the head: those that a model's layers have, where the model is known.
[[nodiscard]] inline std::string all_linear(const named_model& model) {
    constexpr std::string_view usual = "q k v o gate up down";
    if (!model.model || !problems(*model.model).empty()) return std::string(usual);
    const std::uint32_t has = cardfit::detail::adaptable(lower(*model.model));
    std::string found;
    for (const auto& each : keys::target_names)
        if (lists(usual, each.name) && (has & targets(each.value).bits) != 0) found += " " + std::string(each.name);
    return found.empty() ? std::string(usual) : found;
}

/// Returns the targets that a module is; empty for a name that is not known.
[[nodiscard]] inline std::string_view targets_of_module(std::string_view module) {
    for (const value_pair& each : module_targets)
        if (each.theirs == module) return each.ours;
    return {};
}

/// Returns the characters of a name that a text begins with.
[[nodiscard]] inline std::string_view leading_name(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && is_name_character(text[length])) ++length;
    return text.substr(0, length);
}

/// Returns the targets that a regular expression names: "(q|k|v)_proj", "q_proj$|v_proj$". One that names no module is
/// empty.
[[nodiscard]] inline std::string targets_of_pattern(std::string_view text) {
    std::string targets;
    std::string_view suffix;
    bool inside = false;
    while (!text.empty()) {
        const std::string_view name = leading_name(text);
        if (text[0] == '(') {
            const std::size_t end = text.find(')');
            suffix = end == text.npos ? std::string_view() : leading_name(text.substr(end + 1));
            inside = end != text.npos;
        }
        if (text[0] == ')') inside = false;
        if (!name.empty()) {
            const std::string whole = std::string(name) + std::string(inside ? suffix : std::string_view());
            // A short name outside of a group is a part of a path.
            const bool counts = inside || whole.find('_') != whole.npos;
            if (counts) targets += " " + std::string(targets_of_module(whole));
        }
        text.remove_prefix((std::max)(name.size(), std::size_t{1}));
    }
    return targets.find_first_not_of(' ') == targets.npos ? std::string() : targets;
}

/// Returns the targets of a module, a regular expression or a word for all linear layers; empty if it names none.
[[nodiscard]] inline std::string targets_of(const std::string& written, const named_model& model) {
    for (const std::string_view all : {"all-linear", "all", "all_linear", "*_proj"})
        if (written == all) return all_linear(model);
    // The job's words for a feed-forward are those of all experts.
    if (written.find("shared_expert") != written.npos) return {};
    // AutoModel's patterns begin with a star.
    const std::string_view known = targets_of_module(written.substr(written.find_last_of(".*") + 1));
    if (!known.empty() || !is_pattern(written)) return std::string(known);
    return targets_of_pattern(written);
}

/// Adds the targets that a list of modules names. A module that is not known is something that the job cannot say.
inline void add_modules(request& r, const std::string& fact_name, const named_model& model, std::string& targets) {
    const fact* listed = r.known.find(fact_name);
    if (!listed) return;
    for (const std::string& written : listed->values) {
        const std::string found = targets_of(written, model);
        if (found.empty())
            r.lose(listed->written, written, "training.adapter.targets has no word for this module",
                   effect::more_memory);
        targets += " " + found;
    }
}

/// The models whose queries, keys and values are one matrix, which peft adapts where nobody names modules, and the
/// other modules that it then adapts (peft/utils/constants.py, 2026-08). Of other models it adapts queries and values.
inline constexpr value_pair usual_modules[]{
    {"gpt2*", "q k v"}, {"falcon-7b falcon-40b", "q k v"}, {"pythia*", "q k v"},
    {"mpt*", "q k v"},  {"phi-1.5 phi-2", "q v up down"},
};

[[nodiscard]] inline std::string usual_targets(const named_model& model) {
    for (const value_pair& each : usual_modules)
        if (lists(each.theirs, model.id)) return std::string(each.ours);
    return "q v";
}

/// Returns the memory of the job's framework, by whose row the keys that nobody states are set.
[[nodiscard]] inline const framework_memory& memory_of_framework(const request& r, const sharded& division) {
    const std::optional<framework> named = value_named(keys::framework_names, framework_of(r, division));
    return row_of(named.value_or(framework::transformers)).memory;
}

/// Returns true for a base in a format of bitsandbytes'.
[[nodiscard]] inline bool is_of_bitsandbytes(std::string_view base) {
    return base.starts_with("nf4") || base == "int8";
}

/// Adds dropout and the preparation of the base, where the command or the tool says something else than the framework's
/// row. Only a base of bitsandbytes that is not fully sharded can be prepared.
inline void add_switches(request& r, const sharded& division, std::string_view base, nlohmann::ordered_json& adapter) {
    const adapter_recipe& usual = memory_of_framework(r, division).adapters;
    if (r.known.has("lora.dropout")) {
        const bool drops = r.known.is_above_zero("lora.dropout");
        if (drops != usual.dropout) adapter["dropout"] = drops;
    }
    const bool preparable = is_of_bitsandbytes(base) && division.sharding != "full";
    const bool said = r.known.has("training.adapter.kbit_preparation") && preparable;
    const bool prepared = r.known.is_true("training.adapter.kbit_preparation");
    if (said && prepared != usual.widens_quantized_base) adapter["kbit_preparation"] = prepared;
}

}  // namespace detail

/// Returns true if the command trains adapters.
[[nodiscard]] inline bool trains_adapter(const facts& known) {
    const bool named = known.has("lora.targets") || known.has("lora.all_linear");
    return known.has("lora") ? known.is_true("lora") : named;
}

/// Returns the adapter of the job, over a base of this format; empty for one that is not quantized.
[[nodiscard]] inline nlohmann::ordered_json adapter_json(request& r, const named_model& model, const sharded& division,
                                                         std::string_view base) {
    std::string targets;
    detail::add_modules(r, "lora.targets", model, targets);
    if (r.known.is_true("lora.all_linear")) targets += " " + detail::all_linear(model);
    if (targets.empty()) {
        targets = detail::usual_targets(model);
        r.assume("training.adapter.targets", targets, "peft's modules for this architecture");
    }
    detail::add_modules(r, "lora.saved", model, targets);
    constexpr std::int64_t usual_rank = 8;
    if (!r.known.has("training.adapter.rank")) r.assume("training.adapter.rank", "8", "r of LoraConfig");
    nlohmann::ordered_json adapter = {{"method", r.known.is_true("lora.dora") ? "dora" : "lora"},
                                      {"rank", r.known.integer("training.adapter.rank", usual_rank)},
                                      {"targets", detail::in_target_order(targets)}};
    detail::add_switches(r, division, base, adapter);
    return adapter;
}

/// Returns the format of the frozen base: as the command says, or as the checkpoint's name does; empty for one that is
/// not quantized.
[[nodiscard]] inline std::string base_weights_of(request& r, const named_model& model) {
    if (r.known.has("training.base_weights")) return r.known.text("training.base_weights");
    const std::int64_t bits = r.known.integer("quant.bits", 0);
    if (r.known.is_true("bits8") || bits == 8) return "int8";
    if (!r.known.is_true("bits4") && bits != 4) {
        const std::string_view named = model.format ? block_layout_of(*model.format).name : std::string_view();
        return lists(detail::adapted_formats, named) ? std::string(named) : std::string();
    }
    if (r.known.has("bits4.type") && r.known.text("bits4.type") != "nf4")
        r.lose("bnb_4bit_quant_type", r.known.text("bits4.type"), "training.base_weights: of the same bytes as nf4",
               effect::time_only);
    return r.known.is_true("bits4.double") ? "nf4-dq" : "nf4";
}

}  // namespace cardfit::io::imports
