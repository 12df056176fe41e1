// SPDX-License-Identifier: MIT
#pragma once

// The facts of a server as a job. A command line asks whether the server starts and how many tokens it holds, so the
// job is one sequence of the full length, or one a slot where the server divides its cache into slots.

#include <cardfit/io/import/lower_hardware.hpp>
#include <cardfit/io/import/prepare.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace cardfit::io::imports {

namespace detail {

/// Returns a length as servers take it: 32768, 32k, 1M; 0 for the model's own.
[[nodiscard]] inline std::int64_t length_of(request& r, std::string_view name) {
    std::string text = r.known.text(name);
    if (text.empty() || text == "auto" || text == "-1") return 0;
    std::int64_t unit = 1;
    if (text.back() == 'k') unit = 1000;
    if (text.back() == 'K') unit = 1024;
    if (text.back() == 'm') unit = 1'000'000;
    if (text.back() == 'M') unit = 1'048'576;
    if (unit > 1) text.pop_back();
    const std::optional<std::int64_t> number = integer_of(text);
    constexpr std::int64_t longest = 100'000'000;
    if (number && *number >= 0 && *number <= longest) return *number * unit;
    r.refuse(refused_value(r.known.find(name)->written, r.known.text(name), "a number of tokens"));
    return 0;
}

/// Returns the context of ollama where nobody states one: by its release, and since 2026 by the memory of all cards.
/// A context beyond the one of the model's training is cut to it (llm/server.go).
[[nodiscard]] inline std::int64_t ollama_context(request& r, const named_model& model) {
    const gpu* card = find_card(r.options.card, {}, r.options.own_cards);
    const software_date date{r.month / 100, r.month % 100};
    const double memory = card ? in_gibibytes(card->memory) * static_cast<double>(resolve_cards_quietly(r)) : 0;
    const default_context context = default_context_of(engines::ollama.memory, date, memory);
    const std::int64_t own = context_length_of(model.written, model.id);
    const std::int64_t tokens = own > 0 ? smaller(own, context.tokens) : context.tokens;
    r.assume("length", std::to_string(tokens), context.from_gibibytes > 0 ? "num_ctx by the cards' memory" : "num_ctx");
    return tokens;
}

/// Returns the tokens of a sequence. Refuses a command where neither it nor the model is known.
[[nodiscard]] inline std::int64_t served_length(request& r, const named_model& model) {
    const std::int64_t stated = length_of(r, "length");
    if (stated > 0) return stated;
    if (r.options.sequence_length > 0) return r.options.sequence_length;
    if (r.program->name == "ollama") return ollama_context(r, model);
    constexpr std::int64_t least_of_fit = 4096;
    if (r.program->framework == "llama.cpp" && r.known.is_true("fit")) {
        r.assume("length", "4096", "--fit: the context shrinks to what the card has, to 4096 tokens at least");
        r.lose("--fit", "on", "context and layers shrink until they fit: it starts where 4096 tokens do",
               effect::less_memory);
        return least_of_fit;
    }
    const std::int64_t own = context_length_of(model.written, model.id);
    if (own > 0) {
        r.assume("length", std::to_string(own), "the model's own length");
        return own;
    }
    r.refuse(missing_key("inference.prompt", "--seq N: neither the command nor the model's name states a length"));
    return 0;
}

/// Mixes of llama.cpp's types that a publisher names and no type of llama.cpp is (UD-Q4_K_XL), with the larger type
/// that they are counted as: their sizes differ by file.
inline constexpr value_pair mixes_of_types[]{
    {"q2_k_xl", "q3_k_m"}, {"q3_k_xl", "q4_k_m"}, {"q4_k_xl", "q5_k_m"},
    {"q5_k_xl", "q6_k"},   {"q6_k_xl", "q8_0"},   {"q8_k_xl", "bf16"},
};

/// Returns the type of llama.cpp's that a model without one in its name is counted as: that of the mix which the name
/// has, or of the file that is taken where it has none.
[[nodiscard]] inline std::string assumed_file_type(request& r) {
    const std::string name = io::detail::in_lower_case(r.known.text("model"));
    for (const value_pair& each : mixes_of_types) {
        if (name.find(each.theirs) == name.npos) continue;
        r.assume("inference.weights", std::string(each.ours),
                 std::string(each.theirs) +
                     " is a publisher's mix: the larger type; the file itself, where it is "
                     "there, has its own bytes");
        return std::string(each.ours);
    }
    r.assume("inference.weights", "q4_k_m", "the file that -hf and ollama take where the name states none");
    return "q4_k_m";
}

/// Returns the format of the weights: of a method that the command names, of the checkpoint, or the compute type.
[[nodiscard]] inline std::string served_format(request& r, const named_model& model) {
    std::string named = r.known.text("engine.format");
    if (r.known.has("inference.weights")) named = r.known.text("inference.weights");
    std::string dtype = r.known.text("engine.dtype");
    std::string of_name = model.format ? std::string(block_layout_of(*model.format).name) : std::string();
    const bool quantized = model.format && is_quantized(*model.format);
    if (quantized) return of_name;
    if (!named.empty()) return named;
    if (!dtype.empty()) return dtype;
    // Other engines convert a checkpoint in fp32; llama.cpp takes its file as it is.
    const bool as_it_is = r.program->framework == "llama.cpp";
    if (!of_name.empty() && (as_it_is || *model.format != number_format::fp32)) return of_name;
    if (as_it_is) return assumed_file_type(r);
    if (!model.open_format.empty())
        r.refuse(refused_value("model", model.written,
                               "a model whose format is clear (the name says " + model.open_format +
                                   "): --model, or the command's own flag for the quantization"));
    if (model.id.empty()) return {};
    const bool early = is_before_ampere(r);
    std::string half = early ? "fp16" : "bf16";
    r.assume("inference.weights", half, early ? "dtype auto: fp16 before Ampere" : "dtype auto: the checkpoint's");
    return half;
}

/// Returns the sizes of the layout, in which data-parallel replicas with experts share the experts.
[[nodiscard]] inline sizes served_sizes(request& r) {
    const facts& known = r.known;
    sizes s{.tensor = (std::max)(known.integer("layout.tensor", 1), std::int64_t{1}),
            .pipeline = (std::max)(known.integer("layout.pipeline", 1), std::int64_t{1}),
            .data = (std::max)(known.integer("layout.data", 1), std::int64_t{1})};
    const std::int64_t experts = bounded_product({s.data, s.tensor});
    if (known.is_true("engine.expert")) derive(r, "layout.expert", std::to_string(experts));
    const std::int64_t size = known.integer("engine.expert_size", 1);
    if (size > 1) derive(r, "layout.expert", std::to_string(size));
    if (!known.is_true("engine.data_attention")) return s;
    // The ranks of a tensor-parallel group divide the requests, and the experts, among them.
    const std::int64_t ranks = s.tensor;
    if (s.data <= 1 || ranks % s.data != 0) s.data = ranks;
    s.tensor = (std::max)(ranks / s.data, std::int64_t{1});
    if (!r.known.has("layout.expert")) derive(r, "layout.expert", std::to_string(ranks));
    return s;
}

/// Reads llama.cpp's split of the cards.
inline void split_layers(request& r, const card_count& cards, sizes& s) {
    if (r.program->framework != "llama.cpp" || cards.total <= 1) return;
    const std::string split = r.known.text("engine.split");
    if (split == "tensor") s.tensor = cards.total;
    if (split == "layer" || split.empty()) s.pipeline = cards.total;
}

/// Refuses cards behind llama.cpp's rpc-server, whose network no time here counts.
inline void refuse_remote_cards(request& r) {
    const fact* remote = r.known.find("engine.rpc");
    if (!remote || r.program->framework != "llama.cpp") return;
    r.refuse(refused_value(remote->written, r.known.text("engine.rpc"),
                           "cards of this machine alone, because the network to an rpc-server is not counted: without "
                           "--rpc, and with the remote cards among --cards, the memory of each card is answered"));
}

/// Adds the share of each card in the layers, if as many are stated as there are cards.
inline void add_shares(request& r, const card_count& cards, nlohmann::ordered_json& inference) {
    const fact* shares = r.known.find("inference.tensor_split");
    if (!shares || r.program->framework != "llama.cpp" || cards.total <= 1) return;
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const std::string& each : shares->values) {
        if (const std::optional<std::int64_t> whole = integer_of(each))
            list.push_back(*whole);
        else
            list.push_back(number_of(each).value_or(-1));
    }
    const bool layers = r.known.text("engine.split").empty() || r.known.text("engine.split") == "layer";
    if (layers && static_cast<std::int64_t>(list.size()) == cards.total) inference["tensor_split"] = std::move(list);
}

/// Reads which of llama.cpp's layers, and whose experts, are on the cards.
inline void place_layers(request& r, const named_model& model) {
    if (r.known.is_true("engine.cpu_experts"))
        derive(r, "inference.cpu_expert_layers", std::to_string(key_ranges::cpu_expert_layers.high));
    const fact* layers = r.known.find("engine.layers");
    if (!layers || r.program->framework != "llama.cpp") return;
    const std::string text = layers->values.empty() ? "" : layers->values.front();
    const std::optional<std::int64_t> number = integer_of(text);
    if (!number || *number < 0) return;
    const transformer* decoder = decoder_of(model);
    // The layer behind the last is the head.
    if (decoder && *number > decoder->layers) return;
    if (!decoder && *number >= 99) return;
    derive(r, "inference.gpu_layers", text);
}

/// Two batches overlap the exchange of DeepEP alone (vllm-project/vllm#23693).
inline void overlap_exchange(request& r) {
    if (r.known.is_true("inference.two_batches") && !r.known.has("inference.expert_exchange"))
        derive(r, "inference.expert_exchange", "deepep");
}

/// Adds the cache's format. Checkpoints of AWQ compute in fp16 under vLLM.
inline void add_cache_format(request& r, const std::string& weights, nlohmann::ordered_json& inference) {
    std::string cache = r.known.text("inference.kv_cache");
    const std::string values = r.known.text("inference.value_cache");
    if (!values.empty() && cache.empty()) cache = "fp16";
    if (cache.empty() && r.program->name == "vllm" && weights == "awq-int4") cache = "fp16";
    if (!cache.empty()) inference["kv_cache"] = cache;
    if (!values.empty() && values != cache) inference["value_cache"] = values;
}

/// Lists the buffers of a KV connector as lost, unless it registers the cache itself (NIXL, Mooncake).
inline void account_connector(request& r) {
    const std::string config = r.known.text("connector.config");
    for (const std::string_view registers : {"NixlConnector", "MooncakeConnector", "OffloadingConnector"})
        if (config.find(registers) != config.npos) return;
    if (!config.empty())
        r.lose("--kv-transfer-config", config, "inference.connector_mib: buffers of the connector",
               effect::more_memory);
}

/// What proposes tokens under the words of the engines, in lower case. SGLang's EAGLE is DeepSeek's own prediction
/// layer where the command names no draft; TensorRT-LLM's and vLLM's layers of models end in "mtp".
inline constexpr value_pair drafting_methods[]{
    {"ngram", "ngram"},
    {"[ngram]", "ngram"},
    {"eagle", "eagle"},
    {"eagle2", "eagle"},
    {"eagle3", "eagle3"},
    {"eagle3onemodel", "eagle3"},
    {"nextn", "mtp"},
    {"mtp", "mtp"},
    {"draft_model", "draft-model"},
    {"standalone", "draft-model"},
    {"drafttarget", "draft-model"},
};

/// Returns the word of the job for an engine's method; empty for one that no job can say.
[[nodiscard]] inline std::string drafting_word(std::string method) {
    method = io::detail::in_lower_case(method);
    if (method.ends_with("_mtp")) return "mtp";
    for (const value_pair& each : drafting_methods)
        if (each.theirs == method) return std::string(each.ours);
    return {};
}

/// Returns the method where the command states none: vLLM knows EAGLE's heads by their names, and takes a model's own
/// layer without a draft (config/speculative.py); llama.cpp's drafts are models; TGI without one takes n-grams.
[[nodiscard]] inline std::string drafting_by_default(const request& r, const std::string& draft) {
    if (r.program->name == "tgi") return "ngram";
    const std::string name = io::detail::in_lower_case(draft);
    if (name == "[ngram]") return "ngram";
    if (name.find("eagle3") != name.npos) return "eagle3";
    if (name.find("eagle-") != name.npos) return "eagle";
    return draft.empty() ? "mtp" : "draft-model";
}

/// Sets the facts that vLLM's JSON object about speculation holds.
inline void read_speculation_config(request& r) {
    const std::string text = r.known.text("speculation.config");
    if (text.empty()) return;
    const nlohmann::json config = nlohmann::json::parse(text, nullptr, false);
    if (!config.is_object()) return r.refuse(refused_value("--speculative-config", text, "a JSON object"));
    constexpr value_pair keys[]{{"method", "speculation.method"},
                                {"model", "speculation.draft"},
                                {"num_speculative_tokens", "inference.speculation.tokens"}};
    for (const value_pair& each : keys)
        if (const auto at = config.find(std::string(each.theirs)); at != config.end() && !at->is_null())
            derive(r, each.ours, scalar_text(*at));
}

/// The share of proposed tokens that is accepted where no flag of an engine states one; it decides the time alone.
inline constexpr double assumed_acceptance = 0.7;

/// Returns the tokens that an engine proposes per pass where the command states none: SGLang 5 for Llama and Grok and 3
/// for others (docs/advanced_features/speculative_decoding.md), llama.cpp up to 16 (tools/server/README.md).
[[nodiscard]] inline std::int64_t drafted_by_default(const request& r) {
    if (r.program->framework == "llama.cpp") return 16;
    const std::string name = io::detail::in_lower_case(r.known.text("model"));
    return name.find("llama") != name.npos || name.find("grok") != name.npos ? 5 : 3;
}

/// Adds speculative decoding. What no job can say of it is listed as lost.
inline void add_speculation(request& r, nlohmann::ordered_json& inference) {
    read_speculation_config(r);
    const std::string stated = r.known.text("speculation.method");
    const std::string draft = r.known.text("speculation.draft");
    std::int64_t tokens = r.known.integer("inference.speculation.tokens", 0);
    if (stated.empty() && draft.empty() && tokens == 0) return;
    const bool own_layer = io::detail::in_lower_case(stated) == "eagle" && draft.empty();
    const std::string method = own_layer        ? "mtp"
                               : stated.empty() ? drafting_by_default(r, draft)
                                                : drafting_word(stated);
    const std::int64_t checked = r.known.integer("speculation.checked", 0);
    if (tokens == 0) tokens = checked > 1 ? checked - 1 : drafted_by_default(r);
    const named_model named = method == "draft-model" ? model_named(draft, r.options.place) : named_model{};
    if (method.empty() || (method == "draft-model" && named.id.empty()))
        return r.lose("speculation", stated.empty() ? draft : stated, "inference.speculation", effect::more_memory);
    inference["speculation"] = {{"method", method}, {"tokens", tokens}, {"acceptance", assumed_acceptance}};
    if (method == "draft-model") inference["speculation"]["draft"] = named.id;
    r.assume("inference.speculation.acceptance", "0.7", "no flag states it, and it decides the time alone");
}

/// Adds what the command states of adapters, limits and the engine's settings.
inline void add_engine_settings(const request& r, nlohmann::ordered_json& inference) {
    constexpr std::string_view lowered =
        "weights kv_cache value_cache batch prompt generate memory_utilization adapters adapter_rank "
        "text_only framework software_date tensor_split";
    imports::add_stated_keys(r, "inference.", lowered, inference);
    if (r.known.is_true("inference.text_only")) inference["text_only"] = true;
    if (!r.known.is_true("engine.lora") && !r.known.has("inference.adapters")) return;
    inference["adapters"] = r.known.integer("inference.adapters", 1);
    inference["adapter_rank"] = r.known.integer("inference.adapter_rank", 16);
}

/// Returns the model that a server loads. A GGUF file has the text part of a model that reads images.
[[nodiscard]] inline named_model served_model(request& r) {
    named_model m = model_of(r);
    constexpr std::string_view vision = "-vision";
    const bool both = r.program->framework == "llama.cpp" && m.id.ends_with(vision);
    const std::string text = both ? m.id.substr(0, m.id.size() - vision.size()) : "";
    if (!both || !find_model(text)) return m;
    r.lose("--mmproj", m.id, "the vision tower, which is a file of its own", effect::more_memory);
    m.id = text;
    m.job = text;
    m.model = find_model(text);
    return m;
}

/// Returns the `inference` of a job.
[[nodiscard]] inline nlohmann::ordered_json inference_json(request& r, const named_model& model) {
    nlohmann::ordered_json inference;
    inference["framework"] = std::string(r.program->framework);
    const std::string weights = served_format(r, model);
    if (!weights.empty()) inference["weights"] = weights;
    add_cache_format(r, weights, inference);
    std::int64_t length = served_length(r, model);
    const std::int64_t slots = (std::max)(r.known.integer("slots", 1), std::int64_t{1});
    const bool shares = r.program->name == "llama.cpp" && slots > 1 && !r.known.is_true("slots.unified");
    if (shares) length = (std::max)(length / slots, std::int64_t{2});
    inference["batch"] = slots;
    const bool unified = r.known.is_true("slots.unified") && r.month >= 202507;
    if (slots > 1 && unified) inference["unified_cache"] = true;
    const std::int64_t input = r.known.integer("length.input", 0);
    const std::int64_t prompt = input > 0 && input < length ? input : (std::max)(length - 1, std::int64_t{1});
    inference["prompt"] = prompt;
    inference["generate"] = (std::max)(length - prompt, std::int64_t{1});
    if (r.known.has("inference.memory_utilization") && r.program->framework != "llama.cpp")
        inference["memory_utilization"] = number_of(r.known.text("inference.memory_utilization")).value_or(0);
    add_engine_settings(r, inference);
    add_speculation(r, inference);
    account_connector(r);
    inference["software_date"] = month_text(r.month);
    return inference;
}

}  // namespace detail

/// Returns the job of a server.
[[nodiscard]] inline nlohmann::ordered_json lower_server(request& r) {
    const named_model model = detail::served_model(r);
    sizes s = detail::served_sizes(r);
    const std::int64_t replica = bounded_product({s.tensor, s.pipeline, s.data});
    // Nodes of a server are parts of one layout: they do not say how many cards there are.
    const card_count started = count_cards(r.known);
    if (replica > 1) r.known.erase("cards.visible");
    detail::refuse_remote_cards(r);
    card_count cards = resolve_cards(r, replica > 1 ? replica : started.total);
    detail::split_layers(r, cards, s);
    detail::place_layers(r, model);
    detail::overlap_exchange(r);
    nlohmann::ordered_json job;
    job["model"] = model.job;
    job["hardware"] = hardware_json(r, cards);
    if (!r.accounts.problems.empty()) return job;
    job["inference"] = detail::inference_json(r, model);
    detail::add_shares(r, cards, job["inference"]);
    add_layout(r, s, {}, job);
    return job;
}

}  // namespace cardfit::io::imports
