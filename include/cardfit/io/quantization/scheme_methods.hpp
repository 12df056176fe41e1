// SPDX-License-Identifier: MIT
#pragma once

// Methods that state a scheme for each group of modules: compressed-tensors, ModelOpt, Quark and torchao.

#include <cardfit/io/quantization/settings.hpp>

#include <algorithm>

namespace cardfit::io::detail {

/// Returns true for a scheme of a KV cache that has 8-bit floating-point values: {"num_bits": 8, "type": "float"}.
[[nodiscard]] inline bool is_fp8_cache(const nlohmann::json* scheme) {
    if (!scheme || !scheme->is_object()) return false;
    const auto type = scheme->find("type");
    const auto bits = scheme->find("num_bits");
    return type != scheme->end() && *type == "float" && bits != scheme->end() && *bits == 8;
}

/// Returns the format of floating-point weights: by blocks of 16 NVFP4, by blocks of 32 a format of the MX family.
[[nodiscard]] inline number_format float_format(const settings& weights, std::int64_t bits) {
    const std::int64_t rows = weights.integer("group_size", 0);
    if (bits == 4 && rows == 16) return number_format::nvfp4;
    if (bits == 4 && rows == 32) return number_format::mxfp4;
    if (bits == 8) return rows == 32 ? number_format::mxfp8 : number_format::fp8;
    weights.refuse_format("num_bits", "8, or 4 in groups of 16 or 32");
}

/// Returns the format of integer weights. Packed ones stand in 32-bit words; others take a byte each.
[[nodiscard]] inline number_format integer_format(const settings& weights, std::int64_t bits, bool packed) {
    const bool symmetric = weights.flag("symmetric", true);
    const nlohmann::json* order = weights.find("actorder");
    const bool ordered = order && *order != false && *order != "static" && *order != "weight";
    if (!packed && bits <= 8) return number_format::w8a8;
    if (bits == 4)
        return ordered ? number_format::gptq_int4 : symmetric ? number_format::w4a16 : number_format::awq_int4;
    if (bits == 8) return ordered || !symmetric ? number_format::gptq_int8 : number_format::w8a16;
    weights.refuse_format("num_bits", "4, 8");
}

/// Reads a group of config_groups. `format` is that of the whole file, where the group has none of its own.
[[nodiscard]] inline quantization_group read_config_group(const settings& in, const std::string& file_format) {
    const std::optional<settings> weights = in.inner("weights");
    if (!weights) in.refuse_format("weights", "an object with num_bits and type");
    const std::string own = in.text("format");
    const std::string& format = own.empty() ? file_format : own;
    const bool packed = format.empty() ? !in.find("input_activations")
                                       : format.find("pack") != format.npos || format.find("marlin") != format.npos;
    const std::int64_t bits = weights->integer("num_bits", 8);
    const std::string type = weights->text("type");
    if (type != "int" && type != "float") weights->refuse_format("type", "int, float");
    quantization_group group{.targets = in.names("targets")};
    group.format = type == "float" ? float_format(*weights, bits) : integer_format(*weights, bits, packed);
    group.group = weights->find("group_size") ? group_size(*weights, "group_size", -1) : key_ranges::group.high;
    return group;
}

inline void read_config_groups(const settings& in, quantization_scheme& scheme) {
    const std::optional<settings> groups = in.inner("config_groups");
    if (!groups) return;
    for (const auto& [name, value] : groups->object().items())
        scheme.groups.push_back(read_config_group(settings(value, groups->full(name)), in.text("format")));
}

[[nodiscard]] inline quantization_scheme read_compressed_tensors(const settings& in) {
    quantization_scheme scheme{.ignored = in.names("ignore")};
    read_config_groups(in, scheme);
    if (scheme.groups.empty()) in.refuse_format("config_groups", "an object of groups");
    if (is_fp8_cache(in.find("kv_cache_scheme"))) scheme.kv_cache = number_format::fp8;
    const std::string format = in.text("format");
    if (format.find("24") != format.npos || in.find("sparsity_config"))
        scheme.notes.push_back("sparse weights count as dense ones");
    return scheme;
}

/// A quantization of ModelOpt and its format.
struct modelopt_algorithm {
    std::string_view name;
    number_format format;
    std::int64_t group;
};
/// The names are those of QuantAlgo in TensorRT-LLM (quantization/mode.py).
inline constexpr modelopt_algorithm modelopt_algorithms[]{
    {"FP8", number_format::fp8, 128},
    {"FP8_PER_CHANNEL_PER_TOKEN", number_format::fp8, 128},
    {"FP8_BLOCK_SCALES", number_format::fp8, 128},
    {"FP8_PB_WO", number_format::fp8, 128},
    {"NVFP4", number_format::nvfp4, 16},
    {"NVFP4_AWQ", number_format::nvfp4, 16},
    {"W4A16_NVFP4", number_format::nvfp4, 16},
    {"W4A8_NVFP4_FP8", number_format::nvfp4, 16},
    {"MXFP8", number_format::mxfp8, 32},
    {"MXFP4", number_format::mxfp4, 32},
    {"W4A8_MXFP4_FP8", number_format::mxfp4, 32},
    {"W4A8_MXFP4_MXFP8", number_format::mxfp4, 32},
    {"W4A16_MXFP4", number_format::mxfp4, 32},
    {"W4A16", number_format::w4a16, 128},
    {"W4A16_AWQ", number_format::w4a16, 128},
    {"W4A8_AWQ", number_format::w4a16, 128},
    {"W8A16", number_format::w8a16, 128},
    {"W8A8_SQ_PER_CHANNEL", number_format::w8a8, 128},
    {"INT8", number_format::w8a8, 128},
};

/// Returns the group of an algorithm's name.
[[nodiscard]] inline quantization_group modelopt_group(const settings& in, const std::string& name) {
    std::string accepted;
    for (const modelopt_algorithm& each : modelopt_algorithms) {
        accepted += (accepted.empty() ? "" : ", ") + std::string(each.name);
        if (each.name != name) continue;
        const bool grouped = each.format == number_format::w4a16 || each.format == number_format::w8a16;
        return {.format = each.format, .group = grouped ? group_size(in, "group_size", each.group) : each.group};
    }
    in.refuse_format("quant_algo", accepted);
}

/// Adds a group for each module of a mixture of formats.
inline void read_quantized_layers(const settings& in, quantization_scheme& scheme) {
    const std::optional<settings> layers = in.inner("quantized_layers");
    if (!layers) in.refuse_format("quantized_layers", "an object of modules with their quant_algo");
    for (const auto& [name, value] : layers->object().items()) {
        const settings own(value, layers->full(name));
        const quantization_group group = modelopt_group(own, own.text("quant_algo"));
        const auto same = std::find_if(scheme.groups.begin(), scheme.groups.end(), [&](const quantization_group& g) {
            return g.format == group.format && g.group == group.group;
        });
        if (same != scheme.groups.end()) {
            same->targets.push_back(name);
            continue;
        }
        scheme.groups.push_back(group);
        scheme.groups.back().targets = {name};
    }
}

/// ModelOpt, as config.json has it, or as hf_quant_config.json beside it has it under "quantization".
[[nodiscard]] inline quantization_scheme read_modelopt(const settings& outer) {
    const std::optional<settings> nested = outer.inner("quantization");
    const settings& in = nested ? *nested : outer;
    quantization_scheme scheme{.ignored = in.names(in.find("ignore") ? "ignore" : "exclude_modules")};
    const bool in_groups = in.find("config_groups") != nullptr;
    const std::string algorithm = in.text("quant_algo");
    if (in_groups)
        read_config_groups(in, scheme);
    else if (algorithm == "MIXED_PRECISION")
        read_quantized_layers(in, scheme);
    else
        scheme.groups.push_back(modelopt_group(in, algorithm));
    const std::string cache = in.text("kv_cache_quant_algo");
    if (cache == "FP8" || is_fp8_cache(in.find("kv_cache_scheme"))) scheme.kv_cache = number_format::fp8;
    if (cache == "INT8") scheme.kv_cache = number_format::int8;
    if (!cache.empty() && cache != "FP8" && cache != "INT8")
        scheme.notes.push_back("the KV cache's " + cache.substr(0, 40) + " is not known; inference.kv_cache names one");
    return scheme;
}

/// A data type of Quark and its format.
struct quark_type {
    std::string_view name;
    number_format format;
};
inline constexpr quark_type quark_types[]{{"fp8_e4m3", number_format::fp8},   {"fp8_e5m2", number_format::fp8},
                                          {"int8", number_format::w8a8},      {"int4", number_format::w4a16},
                                          {"uint4", number_format::awq_int4}, {"fp4", number_format::mxfp4},
                                          {"fp4_e2m1", number_format::mxfp4}};

/// Returns the group of one of Quark's configurations; nothing where it leaves the weights alone. A list states stages,
/// of which the last one is stored.
[[nodiscard]] inline std::optional<quantization_group> quark_group(const settings& in) {
    const nlohmann::json* weight = in.find("weight");
    if (!weight || weight->empty()) return {};
    const settings stored(weight->is_array() ? weight->back() : *weight, in.full("weight"));
    const std::string type = stored.text("dtype");
    std::string accepted;
    for (const quark_type& each : quark_types) {
        accepted += (accepted.empty() ? "" : ", ") + std::string(each.name);
        if (each.name != type) continue;
        const std::int64_t rows = stored.find("group_size") ? group_size(stored, "group_size", -1) : 0;
        return quantization_group{.format = each.format, .group = rows > 0 ? rows : key_ranges::group.high};
    }
    stored.refuse_format("dtype", accepted);
}

/// Returns true if Quark's settings quantize the outputs of the key and value projections: the cache.
[[nodiscard]] inline bool has_quark_cache(const settings& in) {
    const nlohmann::json* cache = in.find("kv_cache_quant_config");
    return cache && cache->is_object() && !cache->empty();
}

[[nodiscard]] inline quantization_scheme read_quark(const settings& in) {
    quantization_scheme scheme{.ignored = in.names("exclude")};
    if (const std::optional<settings> layers = in.inner("layer_quant_config"))
        for (const auto& [pattern, value] : layers->object().items()) {
            std::optional<quantization_group> group = quark_group(settings(value, layers->full(pattern)));
            if (!group) continue;
            group->targets = {pattern};
            scheme.groups.push_back(std::move(*group));
        }
    if (const std::optional<settings> global = in.inner("global_quant_config"))
        if (std::optional<quantization_group> group = quark_group(*global)) scheme.groups.push_back(std::move(*group));
    if (scheme.groups.empty()) in.refuse_format("global_quant_config", "an object with weight");
    if (has_quark_cache(in)) scheme.kv_cache = number_format::fp8;
    return scheme;
}

/// A configuration of torchao, by its class or by its older name, and its format.
struct torchao_type {
    std::string_view name;
    number_format format;
};
inline constexpr torchao_type torchao_types[]{
    {"Int4WeightOnlyConfig", number_format::hqq_int4},
    {"int4_weight_only", number_format::hqq_int4},
    {"Float8DynamicActivationInt4WeightConfig", number_format::hqq_int4},
    {"Int8WeightOnlyConfig", number_format::w8a8},
    {"int8_weight_only", number_format::w8a8},
    {"Int8DynamicActivationInt8WeightConfig", number_format::w8a8},
    {"int8_dynamic_activation_int8_weight", number_format::w8a8},
    {"Float8WeightOnlyConfig", number_format::fp8},
    {"float8_weight_only", number_format::fp8},
    {"Float8DynamicActivationFloat8WeightConfig", number_format::fp8},
    {"float8_dynamic_activation_float8_weight", number_format::fp8},
    {"NVFP4WeightOnlyConfig", number_format::nvfp4},
    {"NVFP4InferenceConfig", number_format::nvfp4},
};

/// Returns the group of a torchao configuration of this name; `data` has its arguments.
[[nodiscard]] inline quantization_group torchao_group(const settings& in, std::string_view key, const std::string& name,
                                                      const std::optional<settings>& data) {
    std::string accepted;
    for (const torchao_type& each : torchao_types) {
        accepted += (accepted.empty() ? "" : ", ") + std::string(each.name);
        if (each.name != name) continue;
        const bool grouped = each.format == number_format::hqq_int4 && data && data->find("group_size");
        return {.format = each.format, .group = grouped ? group_size(*data, "group_size", 128) : 128};
    }
    in.refuse_format(key, accepted);
}

/// Adds the groups of a configuration for each module: names, regular expressions ("re:"), and "_default".
inline void read_torchao_modules(const settings& data, quantization_scheme& scheme) {
    const std::string_view key = data.find("fqn_to_config") ? "fqn_to_config" : "module_fqn_to_config";
    const std::optional<settings> modules = data.inner(key);
    if (!modules) data.refuse_format("fqn_to_config", "an object of modules with their configurations");
    for (const auto& [name, value] : modules->object().items()) {
        if (value.is_null()) {
            scheme.ignored.push_back(name);
            continue;
        }
        const settings own(value, modules->full(name));
        quantization_group group = torchao_group(own, "_type", own.text("_type"), own.inner("_data"));
        if (name != "_default") group.targets = {name};
        scheme.groups.push_back(std::move(group));
    }
}

[[nodiscard]] inline quantization_scheme read_torchao(const settings& in) {
    quantization_scheme scheme{.ignored = in.names("modules_to_not_convert"), .carries_adapters = true};
    scheme.quantizes_embedding = in.flag("include_input_output_embeddings");
    scheme.quantizes_head = scheme.quantizes_embedding;
    const nlohmann::json* type = in.find("quant_type");
    if (type && type->is_string()) {
        scheme.groups.push_back(
            torchao_group(in, "quant_type", type->get<std::string>(), in.inner("quant_type_kwargs")));
        return scheme;
    }
    const std::optional<settings> by_name = in.inner("quant_type");
    const std::optional<settings> usual = by_name ? by_name->inner("default") : std::nullopt;
    if (!usual) in.refuse_format("quant_type", "a name, or an object with default");
    const std::string name = usual->text("_type");
    const std::optional<settings> data = usual->inner("_data");
    const bool by_module = name == "ModuleFqnToConfig" || name == "FqnToConfig";
    if (by_module && data)
        read_torchao_modules(*data, scheme);
    else
        scheme.groups.push_back(torchao_group(*usual, "_type", name, data));
    return scheme;
}

}  // namespace cardfit::io::detail
