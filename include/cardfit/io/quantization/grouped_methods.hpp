// SPDX-License-Identifier: MIT
#pragma once

// Methods that quantize in one format: GPTQ, AWQ, AutoRound, bitsandbytes, HQQ, EETQ, and the fp8 and MX formats of
// transformers and vLLM. The keys are those of transformers (utils/quantization_config.py) and of vLLM
// (model_executor/layers/quantization/).

#include <cardfit/io/quantization/settings.hpp>

namespace cardfit::io::detail {

inline constexpr format_of_bits gptq_formats[]{{2, number_format::gptq_int2},
                                               {3, number_format::gptq_int3},
                                               {4, number_format::gptq_int4},
                                               {8, number_format::gptq_int8}};
inline constexpr format_of_bits awq_formats[]{{4, number_format::awq_int4}};
inline constexpr format_of_bits hqq_formats[]{{4, number_format::hqq_int4}};

/// Adds the exceptions of GPTQModel's "dynamic": "-:" before a regular expression leaves the modules that it matches,
/// "+:" or nothing gives them other settings.
inline void add_dynamic(const settings& in, quantization_scheme& scheme, const quantization_group& usual) {
    const std::optional<settings> dynamic = in.inner("dynamic");
    if (!dynamic) return;
    for (const auto& [pattern, value] : dynamic->object().items()) {
        const bool signed_pattern = pattern.starts_with("-:") || pattern.starts_with("+:");
        const std::string name = "re:" + pattern.substr(signed_pattern ? 2 : 0);
        if (pattern.starts_with("-:")) {
            scheme.ignored.push_back(name);
            continue;
        }
        const settings own(value, dynamic->full(pattern));
        quantization_group group{.format = usual.format, .targets = {name}};
        if (own.find("bits")) group.format = format_of(own, "bits", own.integer("bits", 4), gptq_formats);
        group.group = own.find("group_size") ? group_size(own, "group_size", 128) : usual.group;
        scheme.groups.push_back(std::move(group));
    }
}

[[nodiscard]] inline quantization_scheme read_gptq(const settings& in) {
    quantization_scheme scheme{.quantizes_head = in.flag("lm_head"), .carries_adapters = true};
    quantization_group group{.format = format_of(in, "bits", in.integer("bits", 4), gptq_formats),
                             .group = group_size(in, "group_size", 128)};
    if (in.find("modules_in_block_to_quantize")) group.targets = in.names("modules_in_block_to_quantize");
    scheme.groups.push_back(group);
    add_dynamic(in, scheme, group);
    return scheme;
}

[[nodiscard]] inline quantization_scheme read_awq(const settings& in) {
    const std::string_view bits = in.find("bits") ? "bits" : "w_bit";
    const std::string_view rows = in.find("group_size") ? "group_size" : "q_group_size";
    return {.groups = {{.format = format_of(in, bits, in.integer(bits, 4), awq_formats),
                        .group = group_size(in, rows, 128)}},
            .ignored = in.names("modules_to_not_convert"),
            .quantizes_head = in.flag("lm_head"),
            .carries_adapters = true};
}

/// AutoRound stores what GPTQ or AWQ stores; "extra_config" has the modules with other settings.
[[nodiscard]] inline quantization_scheme read_auto_round(const settings& in) {
    const bool as_awq = in.text("packing_format").find("awq") != std::string::npos;
    const std::int64_t bits = in.integer("bits", 4);
    quantization_scheme scheme{.carries_adapters = true};
    scheme.groups.push_back(
        {.format = as_awq ? format_of(in, "bits", bits, awq_formats) : format_of(in, "bits", bits, gptq_formats),
         .group = group_size(in, "group_size", 128)});
    const std::optional<settings> extra = in.inner("extra_config");
    if (!extra) return scheme;
    for (const auto& [name, value] : extra->object().items()) {
        const settings own(value, extra->full(name));
        const std::int64_t own_bits = own.integer("bits", bits);
        const std::string pattern = name.find_first_of("*?\\(") == name.npos ? name : "re:" + name;
        if (own_bits >= 16)
            scheme.ignored.push_back(pattern);
        else
            scheme.groups.push_back({.format = format_of(own, "bits", own_bits, gptq_formats),
                                     .group = group_size(own, "group_size", scheme.groups.front().group),
                                     .targets = {pattern}});
    }
    return scheme;
}

/// bitsandbytes: NF4 and FP4 take the same bytes. Where no module is named, the head is left alone.
[[nodiscard]] inline quantization_scheme read_bitsandbytes(const settings& in) {
    quantization_scheme scheme{.ignored = in.names("llm_int8_skip_modules"), .carries_adapters = true};
    const bool four = in.flag("load_in_4bit") || in.flag("_load_in_4bit");
    const bool eight = in.flag("load_in_8bit") || in.flag("_load_in_8bit");
    if (four == eight) in.refuse("load_in_4bit", "true, or true for load_in_8bit, and not both");
    const std::string type = in.text("bnb_4bit_quant_type");
    if (four && !type.empty() && type != "nf4" && type != "fp4") in.refuse_format("bnb_4bit_quant_type", "nf4, fp4");
    const number_format in_four = in.flag("bnb_4bit_use_double_quant") ? number_format::nf4_dq : number_format::nf4;
    scheme.groups.push_back({.format = four ? in_four : number_format::int8});
    return scheme;
}

[[nodiscard]] inline quantization_scheme read_hqq(const settings& in) {
    const std::optional<settings> outer = in.inner("quant_config");
    const std::optional<settings> weights = outer ? outer->inner("weight_quant_params") : std::nullopt;
    if (!weights) in.refuse_format("quant_config", "an object with weight_quant_params");
    return {.groups = {{.format = format_of(*weights, "nbits", weights->integer("nbits", 4), hqq_formats),
                        .group = group_size(*weights, "group_size", 64)}},
            .ignored = in.names("skip_modules"),
            .carries_adapters = true};
}

/// Methods whose name is the format, with a list of the modules that are left: fp8 in blocks, rows or tensors.
template <number_format Format>
[[nodiscard]] quantization_scheme read_named_format(const settings& in) {
    quantization_scheme scheme{.groups = {{.format = Format}}};
    for (const std::string_view key : {"modules_to_not_convert", "ignored_layers", "exclude_modules"})
        for (std::string& name : in.names(key)) scheme.ignored.push_back(std::move(name));
    const nlohmann::json* cache = in.find("kv_cache_scheme");
    if (cache && cache->is_string() && cache->get<std::string>().find("fp8") != std::string::npos)
        scheme.kv_cache = number_format::fp8;
    return scheme;
}

/// MXFP4 as gpt-oss has it: the experts alone.
[[nodiscard]] inline quantization_scheme read_mxfp4(const settings& in) {
    quantization_scheme scheme = read_named_format<number_format::mxfp4>(in);
    scheme.groups.front().targets = {"experts"};
    return scheme;
}

}  // namespace cardfit::io::detail
