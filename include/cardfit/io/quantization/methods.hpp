// SPDX-License-Identifier: MIT
#pragma once

// The quantization methods by the names that checkpoints give them: how each is read, or why it is not.

#include <cardfit/io/quantization/grouped_methods.hpp>
#include <cardfit/io/quantization/scheme_methods.hpp>

namespace cardfit::io::detail {

/// A method by its `quant_method`. Of methods that are not read, `why_not` says what their settings leave open.
struct quantization_method {
    std::string_view name;
    quantization_scheme (*read)(const settings&) = nullptr;
    std::string_view why_not{};
};

inline constexpr quantization_method quantization_methods[]{
    {"awq", &read_awq},
    {"awq_marlin", &read_awq},
    {"gptq", &read_gptq},
    {"gptq_marlin", &read_gptq},
    {"marlin", &read_gptq},
    {"auto-round", &read_auto_round},
    {"auto_round", &read_auto_round},
    {"intel/auto-round", &read_auto_round},
    {"bitsandbytes", &read_bitsandbytes},
    {"hqq", &read_hqq},
    {"eetq", &read_named_format<number_format::w8a8>},
    {"w8a8_int8", &read_named_format<number_format::w8a8>},
    {"fp8", &read_named_format<number_format::fp8>},
    {"fbgemm_fp8", &read_named_format<number_format::fp8>},
    {"ptpc_fp8", &read_named_format<number_format::fp8>},
    {"w8a8_fp8", &read_named_format<number_format::fp8>},
    {"mxfp8", &read_named_format<number_format::mxfp8>},
    {"mxfp4", &read_mxfp4},
    {"compressed-tensors", &read_compressed_tensors},
    {"compressed_tensors", &read_compressed_tensors},
    {"modelopt", &read_modelopt},
    {"modelopt_fp4", &read_modelopt},
    {"modelopt_mixed", &read_modelopt},
    {"quark", &read_quark},
    {"torchao", &read_torchao},
    {"aqlm", nullptr, "it stores codebooks and codes, whose bytes depend on each matrix"},
    {"vptq", nullptr, "it stores codebooks and codes, whose bytes depend on each matrix"},
    {"higgs", nullptr, "it stores points of a grid, whose bytes depend on the grid"},
    {"spqr", nullptr, "it stores outliers apart, whose number the settings do not state"},
    {"quip", nullptr, "it stores points of a lattice and signs"},
    {"squeezellm", nullptr, "it stores outliers apart, whose number the settings do not state"},
    {"bitnet", nullptr, "it stores ternary weights, four to a byte"},
    {"exl2", nullptr, "it stores each matrix with its own mean bits per weight"},
    {"exl3", nullptr, "it stores each matrix with its own mean bits per weight"},
    {"quanto", nullptr, "its packing depends on the version"},
    {"fp_quant", nullptr, "it stores rotated weights with a packing of its own"},
};

/// Returns the names of the methods that are read.
[[nodiscard]] inline std::string methods_that_are_read() {
    std::string text;
    for (const quantization_method& each : quantization_methods)
        if (each.read) text += (text.empty() ? "" : ", ") + std::string(each.name);
    return text;
}

/// Returns the method that settings name. Settings of older versions of bitsandbytes and of ModelOpt have no name.
[[nodiscard]] inline std::string method_name(const settings& in) {
    std::string name = in.text("quant_method");
    if (!name.empty()) return name;
    if (in.find("load_in_4bit") || in.find("load_in_8bit")) return "bitsandbytes";
    if (in.find("config_groups")) return "compressed-tensors";
    if (in.find("quant_algo") || in.find("quantization")) return "modelopt";
    return {};
}

/// Returns the scheme that the settings of a quantization state. Throws input_error for a method that is not known or
/// not read, with its name, and for settings that are not read, with their key.
[[nodiscard]] inline quantization_scheme read_scheme(const settings& in) {
    const std::string name = method_name(in);
    std::string why;
    for (const quantization_method& each : quantization_methods) {
        if (each.name != name) continue;
        if (each.read) return each.read(in);
        why = " (" + std::string(each.name) + " is known, but " + std::string(each.why_not) + ")";
    }
    in.refuse_format("quant_method", methods_that_are_read() + why);
}

}  // namespace cardfit::io::detail
