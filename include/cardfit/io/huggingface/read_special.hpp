// SPDX-License-Identifier: MIT
#pragma once

// Reads what a family of transformers has beyond sizes and flags.

#include <cardfit/io/huggingface/family.hpp>
#include <cardfit/io/huggingface/read_sizes.hpp>
#include <cardfit/io/huggingface/shape_keys.hpp>

namespace cardfit::io::detail {

/// Reads the rules of Falcon: modeling_falcon.py, FalconAttention and FalconDecoderLayer.
inline void read_falcon(config_reader& in, transformer& m) {
    const bool new_architecture = in.flag("new_decoder_architecture", false);
    const bool multi_query = in.flag("multi_query", true);
    const bool parallel = in.flag("parallel_attn", true);
    const std::int64_t norms = in.size({"num_ln_in_parallel_attn", "", derived, derived}, 1, 2);
    if (!new_architecture) m.kv_heads = multi_query ? 1 : m.heads;
    m.norms_per_layer = !parallel || norms == 2 || (new_architecture && norms == 0) ? 2 : 1;
}

/// Reads the rules of MPT: modeling_mpt.py, and for multi-query attention the remote code beside the weights of
/// mosaicml.
inline void read_mpt(config_reader& in, transformer& m) {
    m.ffn = in.size({"expansion_ratio", "", 4}, 1, 100) * m.hidden;
    const nlohmann::json* attention = in.find("attn_config");
    if (!attention || attention->is_null()) return;
    if (!attention->is_object()) return in.refuse("attn_config", "an object");
    config_reader inner = in.inside("attn_config", *attention);
    inner.fixed({"alibi", "true", "learned positions"});
    inner.fixed({"qk_ln", "false", "norms on whole queries and keys"});
    const nlohmann::json* type = inner.find("attn_type");
    if (!type || *type == "multihead_attention") return;
    if (*type == "multiquery_attention") {
        m.kv_heads = 1;
    } else {
        inner.refuse("attn_type", "\"multihead_attention\" or \"multiquery_attention\"");
    }
}

/// Reads the rules of OPT: modeling_opt.py, OPTLearnedPositionalEmbedding (an offset of 2), and the projections of
/// opt-350m.
inline void read_opt(config_reader& in, transformer& m) {
    if (m.positions > 0) m.positions += 2;
    const std::int64_t width = in.size({"word_embed_proj_dim", "", m.hidden, m.hidden}, 1, million);
    if (width > 0 && m.hidden > 0 && width != m.hidden) {
        in.refuse("word_embed_proj_dim",
                  "hidden_size, " + std::to_string(m.hidden) + " (projected embeddings are not supported)");
    }
}

/// Reads the rules of ChatGLM: modeling_chatglm.py beside THUDM/glm-4-9b, SelfAttention. The class ChatGLMModel has the
/// head.
inline void read_chatglm(config_reader& in, transformer& m) {
    if (in.flag("multi_query_attention", false)) m.kv_heads = in.size({"multi_query_group_num", "", 1}, 1, m.heads);
}

/// Reads the nested sizes of DBRX: configuration_dbrx.py, DbrxAttentionConfig and DbrxFFNConfig.
inline void read_dbrx(config_reader& in, transformer& m) {
    const nlohmann::json* attention = in.find("attn_config");
    const nlohmann::json* experts = in.find("ffn_config");
    if (!attention || !attention->is_object()) return in.refuse("attn_config", "an object");
    if (!experts || !experts->is_object()) return in.refuse("ffn_config", "an object");
    config_reader a = in.inside("attn_config", *attention);
    config_reader f = in.inside("ffn_config", *experts);
    m.kv_heads = a.size({"kv_n_heads"}, 1, dimensions::kv_heads.high);
    m.experts.count = f.size({"moe_num_experts"}, 1, dimensions::experts.high);
    m.experts.active = f.size({"moe_top_k"}, 1, dimensions::active_experts.high);
    m.experts.ffn = f.size({"ffn_hidden_size"}, 1, dimensions::expert_ffn.high);
    refuse_unread_shapes(a, "dbrx", {});
    refuse_unread_shapes(f, "dbrx", {});
}

/// Reads the dense feed-forward beside Arctic's experts, which is as wide as the hidden size and has a norm of its own:
/// modeling_arctic.py, ArcticDecoderLayer.
inline void read_arctic(config_reader& in, transformer& m) {
    if (!in.flag("parallel_attn_mlp_res", false)) return;
    m.experts.shared = 1;
    m.experts.shared_ffn = m.hidden;
    m.norms_per_layer = 3;
}

/// Reads where the sparse layers of ERNIE 4.5 end: configuration_ernie4_5_moe.py. -1 stands for the last layer.
inline void read_ernie(config_reader& in, const transformer& m) {
    const nlohmann::json* end = in.find("moe_layer_end_index");
    if (end && !end->is_null() && *end != -1 && *end != m.layers - 1)
        in.refuse("moe_layer_end_index", "-1 or " + std::to_string(m.layers - 1) +
                                             ", the last layer (dense layers at the end are not supported)");
}

/// Reads the shared key and value head of modeling_gpt_bigcode.py, GPTBigCodeAttention.
inline void read_gpt_bigcode(config_reader& in, transformer& m) {
    if (in.flag("multi_query", true)) m.kv_heads = 1;
}

/// Applies the rule that a family has beyond sizes and flags.
inline void read_special(const family& row, config_reader& in, transformer& m) {
    switch (row.special) {
        case special_rule::none:
            break;
        case special_rule::arctic:
            read_arctic(in, m);
            break;
        case special_rule::chatglm:
            read_chatglm(in, m);
            break;
        case special_rule::dbrx:
            read_dbrx(in, m);
            break;
        case special_rule::ernie:
            read_ernie(in, m);
            break;
        case special_rule::falcon:
            read_falcon(in, m);
            break;
        case special_rule::gpt_bigcode:
            read_gpt_bigcode(in, m);
            break;
        case special_rule::mpt:
            read_mpt(in, m);
            break;
        case special_rule::opt:
            read_opt(in, m);
            break;
        // Qwen 1 halves its intermediate_size (rounded down): one half is the width of the gate, the other that of the
        // linear part.
        case special_rule::qwen:
            m.ffn /= 2;
            break;
        // modeling_stablelm.py, StableLmDecoderLayer: attention and feed-forward read one norm.
        case special_rule::stablelm:
            if (in.flag("use_parallel_residual", false)) m.norms_per_layer = 1;
            break;
    }
}

}  // namespace cardfit::io::detail
