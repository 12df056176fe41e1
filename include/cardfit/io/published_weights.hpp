// SPDX-License-Identifier: MIT
#pragma once

// How a published checkpoint stores its weights, as its own files or the zoo state it. A job that names no format takes
// this one.

#include <cardfit/io/any_model.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/io/quantization/methods.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io {

/// The formats of a checkpoint, and what is known about them.
struct published_weights {
    published_formats formats{};  ///< weights, modules and KV cache
    /// True where an adapter is trained over the weights as they are; otherwise frameworks dequantize them first.
    bool carries_adapters = false;
    /// True for the published form of the model; false for one of many files that hold it (GGUF).
    bool is_checkpoint = true;
    /// True for GGUF files, which llama.cpp and Ollama run.
    bool is_gguf_file = false;
    /// True where only the name of the model states the formats.
    bool by_name = false;
    /// True where the name of the checkpoint says another format.
    bool contradicted = false;
    /// What the formats do not say exactly.
    std::vector<std::string> notes{};
    /// Why the formats are not known. A job that names a format itself does not need them.
    std::vector<input_problem> problems{};

    /// Returns true if the format of the weights is known.
    [[nodiscard]] bool known() const { return formats.weights != number_format::by_default; }
    /// Returns true for a checkpoint with fewer than 16 bits, which no one stores in another format but by quantizing
    /// it again.
    [[nodiscard]] bool quantized() const { return is_checkpoint && is_quantized(formats.weights); }
};

namespace detail {

/// A data type as torch and safetensors name it.
struct named_type {
    std::string_view name;
    number_format format;
};
inline constexpr named_type torch_types[]{
    {"float32", number_format::fp32},  {"float", number_format::fp32}, {"fp32", number_format::fp32},
    {"float16", number_format::fp16},  {"half", number_format::fp16},  {"fp16", number_format::fp16},
    {"bfloat16", number_format::bf16}, {"bf16", number_format::bf16},
};

/// The objects of a multimodal config.json that describe the text model.
inline constexpr std::string_view text_configs[]{"text_config", "llm_config", "language_config", "thinker_config"};

/// Returns a value of the config or, if it has none, of its text model.
[[nodiscard]] inline const nlohmann::json* find_in_config(const nlohmann::json& config,
                                                          std::initializer_list<std::string_view> keys) {
    const auto find = [&](const nlohmann::json& object) -> const nlohmann::json* {
        for (const std::string_view key : keys) {
            const auto at = object.find(std::string(key));
            if (at != object.end() && !at->is_null()) return &*at;
        }
        return nullptr;
    };
    if (!config.is_object()) return nullptr;
    if (const nlohmann::json* own = find(config)) return own;
    for (const std::string_view inner : text_configs) {
        const auto text = config.find(std::string(inner));
        if (text == config.end() || !text->is_object()) continue;
        if (const nlohmann::json* found = find(*text)) return found;
    }
    return nullptr;
}

/// Returns the data type of weights that are not quantized; nothing if the config states none.
[[nodiscard]] inline std::optional<number_format> type_of_config(const nlohmann::json& config) {
    const nlohmann::json* type = find_in_config(config, {"dtype", "torch_dtype"});
    if (!type || !type->is_string()) return {};
    std::string_view name = type->get_ref<const std::string&>();
    if (name.starts_with("torch.")) name.remove_prefix(6);
    for (const named_type& each : torch_types)
        if (each.name == name) return each.format;
    return {};
}

/// Returns the network of a model; nothing if the model is refused, which its own check reports.
[[nodiscard]] inline std::optional<network> network_of(const any_model& model) {
    try {
        if (!cardfit::problems(model).empty()) return {};
        return lower(model);
    } catch (const std::invalid_argument&) {
        return {};
    }
}

/// Reads `expert_dtype`, by which the config of DeepSeek-V4 says that its experts have another format than its
/// quantization: 4 bits with a scale in 8 bits per 32 elements (MXFP4).
inline void read_expert_type(const nlohmann::json& config, const std::string& path, quantization_scheme& scheme) {
    const nlohmann::json* type = find_in_config(config, {"expert_dtype"});
    if (!type || *type == "fp8") return;
    if (*type != "fp4" && *type != "mxfp4")
        throw input_error(
            {refused_value(path + ".expert_dtype", *type, "\"fp4\" or \"fp8\"; " + std::string(other_ways))});
    scheme.groups.push_back({.format = number_format::mxfp4, .group = 32, .targets = {"experts"}});
}

/// Reads the settings of a quantization into the formats of a network.
inline void read_quantization(const nlohmann::json& value, const std::string& path, const network& net,
                              const nlohmann::json& config, number_format left, published_weights& published) {
    const settings in(value, path);
    quantization_scheme scheme = read_scheme(in);
    read_expert_type(config, path.substr(0, path.rfind('.')), scheme);
    published.carries_adapters = scheme.carries_adapters;
    published.notes = scheme.notes;
    try {
        published.formats = formats_of(scheme, net, left, published.notes);
    } catch (const unread_pattern& e) {
        throw input_error({refused_value(path, value,
                                         "patterns of module names that are read (one has " + std::string(e.what()) +
                                             "); " + std::string(other_ways))});
    }
}

/// Adds a note where the settings of a quantization leave a vision tower in no list of modules that stay in 16 bits:
/// it counts in 16 bits all the same, which is an upper bound.
inline void note_tower(const nlohmann::json& quantization, const network& net, published_weights& published) {
    if (net.tower.layers == 0 || !is_quantized(published.formats.weights)) return;
    const std::string settings = quantization.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    for (const char* name : {"visual", "vision", "tower"})
        if (settings.find(name) != settings.npos) return;
    published.notes.push_back(
        "the vision tower counts in 16 bits; the settings do not say whether it is quantized too");
}

}  // namespace detail

/// Returns how the checkpoint of a config.json stores its weights: as its quantization_config states it, or else as
/// `beside`, the content of an hf_quant_config.json, does, or else in its dtype. `beside` may be null. A quantization
/// that is not read is a problem of the result, which a job may ignore that names a format itself.
[[nodiscard]] inline published_weights read_published_weights(const nlohmann::json& config, const any_model& model,
                                                              const nlohmann::json* beside = nullptr,
                                                              const std::string& path = "model.huggingface") {
    published_weights published;
    const std::optional<number_format> type = detail::type_of_config(config);
    const nlohmann::json* quantization = detail::find_in_config(config, {"quantization_config", "compression_config"});
    const std::string key = quantization ? path + ".quantization_config" : path + ".hf_quant_config.json";
    if (!quantization) quantization = beside;
    if (!quantization) {
        if (type) published.formats.weights = *type;
        return published;
    }
    const std::optional<network> net = detail::network_of(model);
    if (!net) return published;
    try {
        // What is left alone is in the type of the config, or in bfloat16, which takes as many bytes as float16.
        detail::read_quantization(*quantization, key, *net, config, type.value_or(number_format::bf16), published);
        detail::note_tower(*quantization, *net, published);
    } catch (const input_error& e) {
        published.problems = e.problems();
    }
    return published;
}

namespace detail {

/// Words by which the names of checkpoints say that they are quantized.
inline constexpr std::string_view quantized_words[]{"nvfp4", "mxfp4", "fp8",  "awq",  "gptq", "int4", "int8", "w4a16",
                                                    "w8a8",  "w8a16", "4bit", "8bit", "bnb",  "hqq",  "exl2", "exl3"};

/// Returns the word by which a path says that its model is quantized; empty if it says nothing.
[[nodiscard]] inline std::string_view quantized_word(std::string_view path) {
    std::string text;
    for (const char c : path) text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const auto is_part = [&](std::size_t at) {
        return at >= text.size() || std::string_view("-_./ ").find(text[at]) != std::string_view::npos;
    };
    for (const std::string_view word : quantized_words)
        for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1))
            if ((at == 0 || is_part(at - 1)) && is_part(at + word.size())) return word;
    return {};
}

/// Takes back what a config.json says about its weights where the name of the file contradicts it.
inline void compare_with_name(published_weights& published, const std::filesystem::path& file) {
    if (published.quantized() || !published.problems.empty()) return;
    const std::string folder = file.parent_path().filename().string();
    const std::string_view word = quantized_word(folder + "/" + file.filename().string());
    if (word.empty()) return;
    published.contradicted = true;
    published.notes.push_back("the name says " + std::string(word) +
                              ", which no file beside it states (hf_quant_config.json?); inference.weights names the "
                              "format");
}

}  // namespace detail

/// Returns the same for the path of a config.json, whose folder may hold an hf_quant_config.json. A name that says
/// another format than the files is a note.
[[nodiscard]] inline published_weights read_published_weights(const nlohmann::json& config, const any_model& model,
                                                              const std::filesystem::path& file) {
    const std::filesystem::path beside = file.parent_path() / "hf_quant_config.json";
    std::error_code missing;
    published_weights published;
    if (std::filesystem::is_regular_file(beside, missing)) {
        const nlohmann::json quantization = parse_json_file(beside.string(), "model.huggingface");
        published = read_published_weights(config, model, &quantization);
    } else {
        published = read_published_weights(config, model);
    }
    detail::compare_with_name(published, file);
    return published;
}

}  // namespace cardfit::io
