// SPDX-License-Identifier: MIT
#pragma once

// The transformer that a GGUF file describes. Its dimensions come from the metadata (ggml, docs/gguf.md); its norms,
// its biases and whether its head is tied come from the names of the tensors. The model is accepted only if it has
// exactly as many parameters as the file.

#include <cardfit/io/tensor_file.hpp>

#include <algorithm>

namespace cardfit::io::detail {

/// An architecture by its name in llama.cpp (src/llama-arch.cpp). Which layers have global attention is stated in the
/// code of llama.cpp, not in the file.
struct gguf_architecture {
    std::string_view name;
    /// Every n-th layer has global attention. With 0, no layer has it if there is a window.
    std::int64_t global_every = 0;
    /// True if the window that the file names is used. (Qwen 2 names one and switches it off.)
    bool window = true;
};
inline constexpr gguf_architecture gguf_architectures[]{
    {"llama"},           {"mistral3"},
    {"qwen2", 0, false}, {"qwen2moe", 0, false},
    {"qwen3", 0, false}, {"qwen3moe", 0, false},
    {"gemma"},           {"gemma2", 2},
    {"gemma3", 6},       {"phi3"},
    {"gpt-oss", 2},
};

/// The formats by number of `general.file_type`, as in llama.cpp's enum llama_ftype (include/llama.h). `by_default`
/// stands for the types that were removed.
inline constexpr number_format gguf_file_types[]{
    number_format::fp32,       number_format::fp16,       number_format::q4_0,       number_format::q4_1,
    number_format::by_default, number_format::by_default, number_format::by_default, number_format::q8_0,
    number_format::q5_0,       number_format::q5_1,       number_format::q2_k,       number_format::q3_k_s,
    number_format::q3_k_m,     number_format::q3_k_l,     number_format::q4_k_s,     number_format::q4_k_m,
    number_format::q5_k_s,     number_format::q5_k_m,     number_format::q6_k,       number_format::iq2_xxs,
    number_format::iq2_xs,     number_format::q2_k_s,     number_format::iq3_xs,     number_format::iq3_xxs,
    number_format::iq1_s,      number_format::iq4_nl,     number_format::iq3_s,      number_format::iq3_m,
    number_format::iq2_s,      number_format::iq2_m,      number_format::iq4_xs,     number_format::iq1_m,
    number_format::bf16};

/// Returns the file type that the metadata states, or else the format of the largest part of the tensors' bytes.
[[nodiscard]] inline std::optional<number_format> gguf_file_format(
    const std::map<std::string, nlohmann::json>& metadata, const tensor_file& file) {
    const auto stated = metadata.find("general.file_type");
    const bool known =
        stated != metadata.end() && stated->second.is_number_unsigned() && stated->second < std::size(gguf_file_types);
    const number_format type = known ? gguf_file_types[stated->second.get<std::size_t>()] : number_format::by_default;
    return type == number_format::by_default ? most_frequent_format(file) : type;
}

/// Looks up facts about the model in the metadata and among the tensors of a file.
class gguf_facts {
public:
    gguf_facts(const std::map<std::string, nlohmann::json>& metadata, const tensor_file& file, std::string prefix)
        : metadata_(metadata), file_(file), prefix_(std::move(prefix)) {}

    /// Returns a size, or `absent` if the key is absent. A list with one value per layer is accepted if all values are
    /// equal; otherwise the result is -1, which no model accepts.
    [[nodiscard]] std::int64_t size(const std::string& key, std::int64_t absent) const {
        const auto at = metadata_.find(prefix_ + "." + key);
        if (at == metadata_.end()) return absent;
        const nlohmann::json& value = at->second.is_array() && !at->second.empty() ? at->second.front() : at->second;
        const bool same = !at->second.is_array() || std::all_of(at->second.begin(), at->second.end(),
                                                                [&](const nlohmann::json& v) { return v == value; });
        const bool small = value.is_number_integer() && value >= 0 && value <= 1'000'000'000;
        return same && small ? value.get<std::int64_t>() : -1;
    }
    /// Returns the extent of a tensor in one dimension, or 0 if there is no such tensor or dimension.
    [[nodiscard]] std::int64_t extent(std::string_view name, std::size_t dimension) const {
        for (const stored_tensor& t : file_.tensors)
            if (t.name == name) return dimension < t.shape.size() ? t.shape[dimension] : 0;
        return 0;
    }
    [[nodiscard]] bool has(std::string_view name) const { return extent(name, 0) > 0; }

private:
    const std::map<std::string, nlohmann::json>& metadata_;
    const tensor_file& file_;
    std::string prefix_;
};

/// Adds the facts that the tensors of the first layer show.
inline void add_layer_facts(const gguf_facts& of, transformer& m) {
    m.head_norm = of.has("blk.0.attn_q_norm.weight");
    m.attention_sinks = of.has("blk.0.attn_sinks.weight");
    m.fused_query_key_value = of.has("blk.0.attn_qkv.weight");
    m.norms_per_layer = of.has("blk.0.post_ffw_norm.weight") ? 4 : 2;
    const bool attention_bias = of.has("blk.0.attn_q.bias") || of.has("blk.0.attn_qkv.bias");
    m.output_bias = of.has("blk.0.attn_output.bias");
    const bool down_bias = of.has("blk.0.ffn_down.bias") || of.has("blk.0.ffn_down_exps.bias");
    m.biases = attention_bias ? (down_bias && m.output_bias ? biases::all : biases::qkv) : biases::none;
    if (m.biases == biases::all) m.output_bias = false;
    m.tied_embeddings = !of.has("output.weight");
    m.experts.router_bias = of.has("blk.0.ffn_gate_inp.bias");
    m.experts.shared_gate = of.has("blk.0.ffn_gate_inp_shexp.weight");
    m.experts.shared_ffn = of.extent("blk.0.ffn_up_shexp.weight", 1);
    m.experts.shared = m.experts.shared_ffn > 0 ? 1 : 0;
}

/// Returns the transformer that the metadata and the tensors describe. It may have problems, which the caller checks.
[[nodiscard]] inline transformer gguf_transformer(const gguf_facts& of, const gguf_architecture& row) {
    transformer m;
    m.layers = of.size("block_count", 0);
    m.hidden = of.size("embedding_length", 0);
    m.ffn = of.size("feed_forward_length", 0);
    m.heads = of.size("attention.head_count", 0);
    m.kv_heads = of.size("attention.head_count_kv", m.heads);
    m.head_dim = of.size("attention.key_length", 0);
    m.vocab = of.extent("token_embd.weight", 1);
    m.experts.count = of.size("expert_count", 0);
    if (m.experts.count > 0) {
        m.experts.active = of.size("expert_used_count", 0);
        m.experts.ffn = of.extent("blk.0.ffn_up_exps.weight", 1);
        m.ffn = 0;
    }
    const std::int64_t window = row.window ? of.size("attention.sliding_window", 0) : 0;
    if (window > 0) m.sliding_window = {.window = window, .global_every = row.global_every};
    add_layer_facts(of, m);
    return m;
}

/// Adds the model to the file, or the reason why there is none.
inline void add_gguf_model(const std::map<std::string, nlohmann::json>& metadata, tensor_file& file) {
    file.weights = gguf_file_format(metadata, file);
    const auto name = metadata.find("general.architecture");
    if (name == metadata.end() || !name->second.is_string())
        return static_cast<void>(file.why_no_model = "the file names no general.architecture");
    file.architecture = name->second.get<std::string>();
    const auto* row = std::find_if(std::begin(gguf_architectures), std::end(gguf_architectures),
                                   [&](const gguf_architecture& a) { return a.name == file.architecture; });
    if (row == std::end(gguf_architectures))
        return static_cast<void>(file.why_no_model = "the architecture is not among those that cardfit reads");
    const gguf_facts of(metadata, file, file.architecture);
    const transformer m = gguf_transformer(of, *row);
    const problem_list found = problems(m);
    if (!found.empty())
        return static_cast<void>(file.why_no_model =
                                     "the metadata makes no model: " + invalid_input::describe(*found.begin()));
    // The rotary factors are a table that the kernels use; they don't count as parameters.
    std::int64_t elements = file.elements;
    for (const stored_tensor& t : file.tensors)
        if (t.name.find("rope_") != std::string::npos) elements -= t.elements;
    if (parameters(m) != elements)
        return static_cast<void>(file.why_no_model = "the metadata makes a model of " + std::to_string(parameters(m)) +
                                                     " parameters, the tensors hold " + std::to_string(elements));
    file.model = m;
}

}  // namespace cardfit::io::detail
