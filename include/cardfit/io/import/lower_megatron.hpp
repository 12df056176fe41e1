// SPDX-License-Identifier: MIT
#pragma once

// The facts of Megatron, NeMo and nanoGPT, which state the dimensions of their model, as the dimensions of a
// transformer and the facts of a training.

#include <cardfit/io/import/prepare.hpp>
#include <cardfit/io/import/tools/bridge_recipes.hpp>
#include <cardfit/io/job_file.hpp>

#include <algorithm>
#include <string>

namespace cardfit::io::imports {

namespace detail {

/// Returns the words of a tokenizer, before padding; 0 if they are not known.
[[nodiscard]] inline std::int64_t tokenizer_words(request& r) {
    constexpr std::int64_t gpt2_words = 50'257;
    constexpr std::int64_t llama_words = 32'000;
    const std::int64_t stated = r.known.integer("gpt.vocab", 0);
    if (stated > 0) return stated;
    const std::string type = r.known.text("gpt.tokenizer");
    const std::string file = r.known.text("gpt.vocab_file");
    if (type == "GPT2BPETokenizer" || file.find("gpt2") != file.npos) return gpt2_words;
    const std::string of_model = r.known.text("gpt.tokenizer_model");
    if (!of_model.empty()) {
        const named_model model = model_named(of_model, {});
        if (const transformer* decoder = decoder_of(model)) return decoder->vocab;
    }
    const bool llama = type == "Llama2Tokenizer" || type == "GPTSentencePieceTokenizer";
    if (llama) r.assume("model.transformer.vocab", "32000", type + " of Llama 2");
    return llama ? llama_words : 0;
}

/// Returns the words padded to a multiple that every tensor-parallel rank shares.
[[nodiscard]] inline std::int64_t padded_vocabulary(request& r) {
    const std::int64_t words = tokenizer_words(r);
    const std::int64_t multiple =
        bounded_product({r.known.integer("gpt.vocab_multiple", 128), r.known.integer("layout.tensor", 1)});
    constexpr std::int64_t largest = 10'000'000;
    if (words <= 0 || words > largest || multiple > largest) {
        r.refuse(missing_key("model.transformer.vocab", "--vocab-size, a tokenizer that is known, or --model"));
        return 0;
    }
    return (words + multiple - 1) / multiple * multiple;
}

/// Returns the width of the feed-forward: 4 x hidden, or with a gate 8/3 x hidden up to a multiple of 64.
[[nodiscard]] inline std::int64_t ffn_of(const request& r, bool gated) {
    const std::int64_t hidden = r.known.integer("gpt.hidden", 0);
    if (r.known.integer("gpt.ffn", 0) > 0) return r.known.integer("gpt.ffn", 0);
    return gated ? hidden * 8 / 3 / 64 * 64 : 4 * hidden;
}

[[nodiscard]] inline bool is_gated(const request& r) {
    const std::string activation = r.known.text("gpt.activation");
    return r.known.is_true("gpt.swiglu") || activation.find("glu") != activation.npos;
}

/// Returns the layers before the first with experts, of a list such as ([0]*3+[1]*58). Another list is something that
/// the job cannot say.
[[nodiscard]] inline std::int64_t dense_layers_of(request& r) {
    const std::string kinds = r.known.text("gpt.layer_kinds");
    if (kinds.empty() || kinds == "1") return 0;
    constexpr std::string_view start = "([0]*";
    const std::size_t end = kinds.find("+[1]*");
    const bool simple = kinds.starts_with(start) && end != kinds.npos && kinds.find('+', end + 1) == kinds.npos;
    const auto dense = simple ? integer_of(kinds.substr(start.size(), end - start.size())) : std::nullopt;
    if (!dense) r.lose("moe_layer_freq", kinds, "model.transformer.experts.dense_layers", effect::either);
    return dense.value_or(0);
}

/// Adds the mixture of experts.
inline void add_experts(request& r, nlohmann::ordered_json& m) {
    if (r.known.integer("gpt.experts", 0) <= 0) return;
    nlohmann::ordered_json experts = {{"count", r.known.integer("gpt.experts", 0)},
                                      {"active", r.known.integer("gpt.active", 2)},
                                      {"ffn", r.known.integer("gpt.expert_ffn", m["ffn"].get<std::int64_t>())}};
    if (r.known.integer("gpt.shared_ffn", 0) > 0) experts["shared_ffn"] = r.known.integer("gpt.shared_ffn", 0);
    if (const std::int64_t dense = dense_layers_of(r); dense > 0) experts["dense_layers"] = dense;
    if (r.known.is_true("gpt.router_bias")) experts["router_bias"] = true;
    m["experts"] = std::move(experts);
}

/// Adds latent attention, whose heads have no other width.
inline void add_latent_attention(const request& r, nlohmann::ordered_json& m) {
    if (!r.known.is_true("gpt.latent")) return;
    nlohmann::ordered_json latent = {{"kv_rank", r.known.integer("gpt.kv_rank", 512)},
                                     {"nope_dim", r.known.integer("gpt.nope_dim", 128)},
                                     {"rope_dim", r.known.integer("gpt.rope_dim", 64)},
                                     {"value_dim", r.known.integer("gpt.value_dim", 128)}};
    if (r.known.integer("gpt.q_rank", 0) > 0) latent["q_rank"] = r.known.integer("gpt.q_rank", 0);
    m["latent_attention"] = std::move(latent);
}

/// Adds the window of attention; every window_attn_skip_freq-th layer attends to all positions.
inline void add_window(const request& r, nlohmann::ordered_json& m) {
    const fact* stated = r.known.find("gpt.window");
    if (!stated || stated->values.empty()) return;
    const std::int64_t window = integer_of(stated->values.front()).value_or(-1);
    if (window <= 0) return;
    m["sliding_window"] = {{"window", window}};
    if (const std::int64_t every = r.known.integer("gpt.window_skip", 0); every > 0)
        m["sliding_window"]["global_every"] = every;
}

/// Returns the dimensions as a job has them.
[[nodiscard]] inline nlohmann::ordered_json transformer_json(request& r) {
    const facts& known = r.known;
    nlohmann::ordered_json m = {{"layers", known.integer("gpt.layers", 0)},
                                {"hidden", known.integer("gpt.hidden", 0)},
                                {"heads", known.integer("gpt.heads", 0)}};
    const bool latent = known.is_true("gpt.latent");
    const bool grouped = known.is_true("gpt.grouped") || known.has("gpt.kv_heads");
    const std::int64_t groups = known.integer("gpt.kv_heads", 1);
    if (grouped && groups != known.integer("gpt.heads", 0)) m["kv_heads"] = groups;
    const bool gated = is_gated(r);
    m["ffn"] = ffn_of(r, gated);
    m["vocab"] = padded_vocabulary(r);
    const std::int64_t head_dim = known.integer("gpt.head_dim", 0);
    if (!latent && head_dim > 0 &&
        bounded_product({head_dim, known.integer("gpt.heads", 0)}) != known.integer("gpt.hidden", 0))
        m["head_dim"] = head_dim;
    m["ffn_gated"] = gated;
    m["tied_embeddings"] = known.is_true("gpt.tied");
    const bool learned = known.text("gpt.positions") == "learned_absolute" && !known.is_true("gpt.rope");
    if (learned) m["positions"] = known.integer("gpt.longest", known.integer("training.sequence_length", 0));
    const std::string norm = io::detail::compared_word(known.text("gpt.normalization"));
    m["norm"] = norm == "rmsnorm" ? "rms" : "layer";
    m["biases"] = known.is_true("gpt.bias") ? "all" : known.is_true("gpt.qkv_bias") ? "qkv" : "none";
    if (known.is_true("gpt.head_norm")) m["head_norm"] = true;
    if (known.text("gpt.softmax") == "learnable") m["attention_sinks"] = true;
    add_latent_attention(r, m);
    add_window(r, m);
    add_experts(r, m);
    return m;
}

/// Returns a transformer in which what follows from other dimensions is left out, so that equal models compare equal.
[[nodiscard]] inline transformer without_derived(transformer m) {
    const bool latent = m.latent_attention.kv_rank > 0;
    if (latent || m.kv_heads == m.heads) m.kv_heads = 0;
    if (latent || m.head_dim * m.heads == m.hidden) m.head_dim = 0;
    if (m.experts.count == 0) return m;
    if (m.experts.shared_ffn == 0) m.experts.shared_ffn = m.experts.shared * m.experts.ffn;
    m.experts.shared = 0;
    if (m.experts.dense_layers == 0) m.ffn = 0;
    return m;
}

/// Returns the zoo model of these dimensions, the last of several; empty if there is none.
[[nodiscard]] inline std::string zoo_id_of(const nlohmann::ordered_json& dimensions) {
    findings found;
    const nlohmann::json document = dimensions;
    const transformer stated = io::detail::read_transformer(document, found);
    if (!found.problems.empty()) return {};
    std::string id;
    for (const published_model& each : published_models()) {
        const std::optional<any_model> model = find_model(each.id);
        const transformer* known = model ? std::get_if<transformer>(&*model) : nullptr;
        if (known && without_derived(*known) == without_derived(stated)) id = each.id;
    }
    return id;
}

/// Returns the precision of Megatron's flags.
[[nodiscard]] inline std::string megatron_precision(const request& r) {
    const facts& known = r.known;
    const std::string trainer = known.text("gpt.precision");
    const std::string fp8 = known.text("gpt.fp8");
    if (known.has("gpt.fp4")) return "nvfp4-mixed";
    if (!fp8.empty() && fp8 != "False" && fp8 != "false")
        return known.text("gpt.fp8_recipe") == "mxfp8" ? "mxfp8-mixed" : "fp8-mixed";
    if (known.is_true("bf16") || trainer.find("bf16") != trainer.npos) return "bf16-mixed";
    return known.is_true("fp16") || trainer.find("16") != trainer.npos ? "fp16-mixed" : "fp32";
}

/// Derives sharding, offload and recompute from Megatron's flags.
inline void derive_megatron_division(request& r) {
    const facts& known = r.known;
    const std::string optimizer = known.text("gpt.optimizer");
    if (!optimizer.empty())
        derive(r, "training.optimizer", word_of({.values = megatron_optimizers_of}, optimizer).value_or("adamw"));
    const bool distributed = known.is_true("gpt.distributed_optimizer") || optimizer.starts_with("distributed");
    if (!known.has("layout.sharding") && known.is_true("gpt.fsdp")) derive(r, "layout.sharding", "full");
    if (!known.has("layout.sharding") && distributed) derive(r, "layout.sharding", "optimizer");
    const std::int64_t copies = known.integer("gpt.instances", 1);
    if (copies > 1) {
        const std::int64_t ranks = resolve_cards_quietly(r) / bounded_product({known.integer("layout.tensor", 1),
                                                                               known.integer("layout.pipeline", 1)});
        derive(r, "layout.sharding_group", std::to_string((std::max)(ranks / copies, std::int64_t{1})));
    }
    if (known.is_true("gpt.offload")) derive(r, "training.offload", "optimizer");
    if (known.integer("gpt.offload_layers", 0) > 0) derive(r, "training.offload", "activations");
    if (known.is_true("gpt.recompute_activations") && !known.has("training.recompute"))
        derive(r, "training.recompute", "selective");
    const std::int64_t each = known.integer("gpt.layers_per_virtual_stage", 0);
    const std::int64_t stages = bounded_product({known.integer("layout.pipeline", 1), each});
    if (each > 0)
        derive(r, "layout.virtual_stages",
               std::to_string((std::max)(known.integer("gpt.layers", 0) / stages, std::int64_t{1})));
}

/// Derives the type of the optimizer states, if both moments have it; each is fp32 by default.
inline void derive_megatron_states(request& r) {
    const auto type_of = [&](std::string_view name) { return r.known.has(name) ? r.known.text(name) : "fp32"; };
    const std::string first = type_of("gpt.state");
    const std::string second = type_of("gpt.second_state");
    if (first == "bf16" && second == "bf16") derive(r, "training.optimizer_state", "bf16");
    if (first == second && (first == "bf16" || first == "fp32")) return;
    r.lose("--exp-avg-dtype, --exp-avg-sq-dtype", first + ", " + second, "training.optimizer_state: these two types",
           effect::less_memory);
}

}  // namespace detail

/// Derives the facts of a training from Megatron's flags and NeMo's keys.
inline void prepare_megatron(request& r) {
    const facts& known = r.known;
    if (!known.has("training.precision")) detail::derive(r, "training.precision", detail::megatron_precision(r));
    detail::derive_megatron_division(r);
    const bool drops = known.is_above_zero("gpt.dropout") || known.is_above_zero("gpt.attention_dropout");
    if (drops) detail::derive(r, "training.dropout", "true");
    if (known.is_true("gpt.flash")) detail::derive(r, "training.attention", "flash");
    detail::derive_megatron_states(r);
    const bool without_momentum = known.has("gpt.momentum") && !known.is_above_zero("gpt.momentum");
    if (without_momentum && known.text("training.optimizer") == "sgd-momentum")
        detail::derive(r, "training.optimizer", "sgd");
    // Megatron-SWIFT's row has its own fused loss.
    const bool swift = r.program == &megatron_swift_tool;
    const bool refuses_fused = swift && known.has("gpt.fused_loss") && !known.is_true("gpt.fused_loss");
    const bool full_by_default = r.program->framework == "megatron" && r.program != &megatron_bridge_tool;
    if (known.is_true("gpt.fused_loss") && !swift)
        detail::derive(r, "training.loss", known.text("gpt.fused_loss_by") == "te" ? "fused" : "fused-kernel");
    else if (refuses_fused || full_by_default)
        detail::derive(r, "training.loss", "full");
    // Without tensor parallelism there is nothing to divide a sequence among.
    if (known.integer("layout.tensor", 1) <= 1) r.known.erase("layout.sequence_parallel");
}

namespace detail {

/// Returns the model that the name of a recipe begins with, as models are named: "qwen25_7b_sft_config" is
/// "qwen2.5-7b".
[[nodiscard]] inline std::string model_of_recipe(std::string_view recipe) {
    std::size_t end = recipe.size();
    for (const std::string_view stage :
         {"_pretrain", "_sft", "_peft", "_finetune", "_lora", "_low_precision", "_config"})
        end = (std::min)(end, recipe.find(stage));
    std::string name = dashed_name(recipe.substr(0, end));
    const std::size_t digit = name.find_first_of("0123456789");
    const bool version = digit != name.npos && digit + 1 < name.size() && name[digit + 1] >= '0' &&
                         name[digit + 1] <= '9' && (digit + 2 == name.size() || name[digit + 2] == '-');
    if (version) name.insert(digit + 1, ".");
    return name;
}

/// Reads Megatron-Bridge's recipe, whose own settings are those of a Python function and stay unread where they are not
/// among `bridge_recipes`, and its precision.
inline void prepare_megatron_bridge(request& r) {
    const std::string recipe = r.known.text("bridge.recipe");
    if (!recipe.empty() && !r.known.has("model")) derive(r, "model", model_of_recipe(recipe));
    if (!recipe.empty() && !bridge_recipe_named(recipe))
        r.lose("recipe", recipe,
               "the recipe's own parallel sizes, batches and precision, where the command states none", effect::either);
    const bool peft = recipe.find("_peft") != recipe.npos || recipe.find("_lora") != recipe.npos;
    if (peft && !r.known.has("lora")) derive(r, "lora", "true");
    if (!r.known.has("lora")) derive(r, "lora", "false");
    const std::string precision = r.known.text("bridge.precision");
    const bool fp8 = precision.find("fp8") != precision.npos || recipe.find("_fp8") != recipe.npos;
    const bool mxfp8 = precision.find("mxfp8") != precision.npos || recipe.find("_fp8mx") != recipe.npos;
    if (fp8) derive(r, "training.precision", mxfp8 ? "mxfp8-mixed" : "fp8-mixed");
}

}  // namespace detail

/// Returns the model of the dimensions that a command states: a zoo model if one has them.
[[nodiscard]] inline named_model model_of_dimensions(request& r) {
    const bool by_name = r.program == &megatron_swift_tool || r.program == &megatron_bridge_tool;
    const bool named =
        by_name || !r.options.model.is_null() || (r.known.has("model") && r.known.text("model").starts_with("gpt2"));
    if (named) return model_of(r);
    named_model m;
    for (const std::string_view dimension : {"gpt.layers", "gpt.hidden", "gpt.heads"})
        if (r.known.integer(dimension, 0) <= 0)
            r.refuse(missing_key("model.transformer." + std::string(dimension.substr(4)),
                                 "a command that states it, or --model"));
    if (!r.accounts.problems.empty()) return m;
    const nlohmann::ordered_json dimensions = detail::transformer_json(r);
    if (!r.accounts.problems.empty()) return m;
    m.id = detail::zoo_id_of(dimensions);
    if (m.id.empty())
        m.job = {{"transformer", dimensions}};
    else
        m.job = m.id;
    m.written = m.id;
    return m;
}

}  // namespace cardfit::io::imports
