// SPDX-License-Identifier: MIT
#pragma once

// Megatron-LM's arguments of pretrain_gpt.py (megatron/training/arguments.py at commit 000c4ac2, late 2025).

#include <cardfit/io/launch_frame.hpp>
#include <cardfit/job/training_time_rules.hpp>

#include <algorithm>
#include <numeric>

namespace cardfit::io::detail {

/// Flags of a precision; fp32 is Megatron's default and needs none.
inline constexpr flag_row<cardfit::precision> megatron_precisions[]{
    {precision::fp32, ""},
    {precision::bf16_mixed, "--bf16"},
    {precision::fp16_mixed, "--fp16"},
    {precision::fp8_mixed, "--bf16 --fp8-format hybrid"},
    {precision::mxfp8_mixed, "--bf16 --fp8-format e4m3 --fp8-recipe mxfp8"},
    {precision::nvfp4_mixed, "--bf16 --fp4-format e2m1 --fp4-recipe nvfp4"},
};
/// Megatron's Adam decays weights apart from the gradient; without decay Adam and AdamW are one.
inline constexpr flag_row<cardfit::optimizer> megatron_optimizers[]{
    {optimizer::adamw, "--optimizer adam --weight-decay 0.1"},
    {optimizer::adam, "--optimizer adam --weight-decay 0.0"},
    {optimizer::sgd, "--optimizer sgd --sgd-momentum 0.0"},
    {optimizer::sgd_momentum, "--optimizer sgd --sgd-momentum 0.9"},
    {optimizer::muon, "--optimizer muon"},
    {optimizer::lion, "--optimizer lion"},
    {optimizer::soap, "--optimizer soap"},
};
/// ZeRO stages: the first is the distributed optimizer, the others Megatron FSDP's strategies.
inline constexpr std::string_view megatron_fsdp_flags =
    "--use-distributed-optimizer --use-megatron-fsdp --ckpt-format fsdp_dtensor --no-gradient-accumulation-fusion";
inline constexpr flag_row<cardfit::sharding> megatron_shardings[]{
    {sharding::none, ""},
    {sharding::optimizer, "--use-distributed-optimizer"},
    {sharding::gradients, "--data-parallel-sharding-strategy optim_grads"},
    {sharding::full, "--data-parallel-sharding-strategy optim_grads_params"},
};
inline constexpr flag_row<cardfit::recompute> megatron_recomputes[]{
    {recompute::none, ""},
    {recompute::selective, "--recompute-granularity selective --recompute-modules core_attn"},
    {recompute::full, "--recompute-granularity full --recompute-method uniform --recompute-num-layers 1"},
};
/// Megatron's own fusion keeps fp32 copies of the logits; Transformer Engine's works in their place.
inline constexpr flag_row<cardfit::loss> megatron_losses[]{
    {loss::full, ""},
    {loss::fused, "--cross-entropy-loss-fusion --cross-entropy-fusion-impl te"},
    {loss::fused_kernel, "--cross-entropy-loss-fusion --cross-entropy-fusion-impl native"},
};
inline constexpr flag_row<cardfit::biases> megatron_bias_flags[]{
    {biases::none, "--disable-bias-linear"},
    {biases::qkv, "--disable-bias-linear --add-qkv-bias"},
    {biases::all, ""},
};

/// The keys that the arguments express.
inline constexpr std::string_view own_megatron_keys[]{
    "training.attention",       "training.dropout",    "training.gradients", "training.expert_capacity_factor",
    "training.pad_to_capacity", "training.mtp_layers", "layout.tensor",      "layout.pipeline",
    "layout.virtual_stages",    "layout.context",      "layout.expert",      "layout.sharding_group",
    "layout.sequence_parallel",
};
inline constexpr auto megatron_keys = with_own_keys(training_keys, own_megatron_keys);
static_assert(are_keys(megatron_keys));

/// Refuses models that GPT's arguments do not describe.
inline void refuse_model_for_megatron(const launch_request& r, const transformer& m) {
    const std::string key = "model.transformer.";
    r.require(m.norms_per_layer == 2, key + "norms_per_layer", m.norms_per_layer, "2");
    r.require(m.norm == norm_kind::rms || m.norm_bias, key + "norm_bias", false, "true for layer norms");
    r.require(!m.head_bias, key + "head_bias", true, "false");
    r.require(!m.output_bias, key + "output_bias", true, "false");
    r.require(!m.feed_forward_bias, key + "feed_forward_bias", true, "false");
    r.require(!m.joint_norm, key + "joint_norm", true, "false");
    r.require(m.norm_weights, key + "norm_weights", false, "true");
    r.require(!m.embedding_norm, key + "embedding_norm", true, "false");
    r.require(!m.headless, key + "headless", true, "false");
    r.require(!m.experts.shared_gate, key + "experts.shared_gate", true, "false");
    r.require(m.sparse_attention.heads == 0, key + "sparse_attention", true, "attention to all positions");
    r.require(!m.experts.router_bias || m.latent_attention.kv_rank > 0, key + "experts.router_bias", true,
              "false, or the correction of DeepSeek's routers");
}

/// Refuses settings of a training that have no argument.
inline void refuse_training_for_megatron(const launch_request& r, const cardfit::training& t) {
    const cardfit::layout& l = r.layout;
    r.require(t.attention != attention::flex, "training.attention", "flex", "flash, eager");
    r.require(t.offload != offload::full, "training.offload", "full", "none, optimizer, activations");
    r.require(t.offload != offload::activations || (l.pipeline == 1 && t.recompute == recompute::none),
              "training.offload", "activations", "activations only without a pipeline and without recompute");
    const bool aware = t.offload == offload::optimizer || r.optimizer_state() == number_format::bf16;
    const bool adam = t.optimizer == optimizer::adam || t.optimizer == optimizer::adamw;
    r.require(!aware || (l.sharding == sharding::optimizer && adam),
              t.offload == offload::optimizer ? "training.offload" : "training.optimizer_state",
              t.offload == offload::optimizer ? "optimizer" : "bf16",
              "none and fp32 unless Adam's states are shared out (sharding optimizer)");
    // Megatron-LM distributes the states of its newer optimizers layer by layer under --use-distributed-optimizer, and
    // refuses Megatron FSDP (training/arguments.py).
    const bool newer =
        t.optimizer == optimizer::muon || t.optimizer == optimizer::lion || t.optimizer == optimizer::soap;
    r.require(!newer || l.sharding == sharding::none || l.sharding == sharding::optimizer, "layout.sharding",
              std::string(name_of(sharding_names, l.sharding)), "none, optimizer under muon, lion and soap");
    r.require(l.expert == 1 || t.precision != precision::fp16_mixed, "training.precision", "fp16-mixed",
              "another precision with expert parallelism");
}

inline void refuse_layout_for_megatron(const launch_request& r, const transformer& m) {
    const cardfit::layout& l = r.layout;
    r.require(l.sequence_parallel != sequence_parallel::on || l.tensor > 1, "layout.sequence_parallel", true,
              "false without tensor parallelism");
    r.require(l.sequence_parallel != sequence_parallel::off || l.tensor == 1 || m.experts.count == 0,
              "layout.sequence_parallel", false, "true where experts meet tensor parallelism");
    r.require(kv_heads_of(m) % l.tensor == 0, "layout.tensor", l.tensor, "a divisor of the key and value heads");
    r.require(l.virtual_stages == 1 || r.job.training->gradient_accumulation % l.pipeline == 0,
              "training.gradient_accumulation", r.job.training->gradient_accumulation,
              "a multiple of the stages where they interleave");
    const bool fsdp = l.sharding == sharding::gradients || l.sharding == sharding::full;
    r.require(!fsdp || l.pipeline == 1, "layout.sharding", std::string(name_of(sharding_names, l.sharding)),
              "none, optimizer with a pipeline");
    r.require(l.sharding_group == l.data * l.context || l.sharding == sharding::optimizer, "layout.sharding_group",
              l.sharding_group, "data x context, or sharding optimizer");
    // Experts are whole (cardfit's layout), so their data-parallel size is what pipeline and experts leave.
    const int world = r.job.hardware.cards / l.pipeline;
    r.require(world % l.expert == 0, "layout.expert", l.expert, "a divisor of cards / pipeline");
}

inline void add_megatron_attention(const transformer& m, const cardfit::training& t, flag_list& f) {
    const latent_attention& l = m.latent_attention;
    f.add("--num-attention-heads", m.heads);
    if (l.kv_rank > 0) {
        f.add("--multi-latent-attention").add_if(l.q_rank > 0, "--q-lora-rank", l.q_rank);
        f.add("--kv-lora-rank", l.kv_rank).add("--qk-head-dim", l.nope_dim);
        f.add("--qk-pos-emb-head-dim", l.rope_dim).add("--v-head-dim", l.value_dim);
    } else {
        f.add("--kv-channels", m.head_dim > 0 ? m.head_dim : m.hidden / m.heads);
        if (kv_heads_of(m) != m.heads) f.add("--group-query-attention").add("--num-query-groups", kv_heads_of(m));
    }
    // FlashAttention wants one head width, and MLA has two; it knows no sinks, which cuDNN's kernels do.
    const std::string flash = l.kv_rank > 0 || m.attention_sinks ? "auto" : "flash";
    f.add("--attention-backend", t.attention == attention::flash ? flash : std::string("unfused"));
    f.add_if(m.head_norm, "--qk-layernorm");
    f.add_if(m.attention_sinks, "--softmax-type", std::string("learnable"));
    if (m.sliding_window.window == 0) return;
    f.add("--window-size", std::to_string(m.sliding_window.window) + ",0");
    f.add_if(m.sliding_window.global_every > 0, "--window-attn-skip-freq", m.sliding_window.global_every);
}

inline void add_megatron_experts(const launch_request& r, const transformer& m, flag_list& f) {
    const mixture_of_experts& e = m.experts;
    if (e.count == 0) return;
    f.add("--num-experts", e.count).add("--moe-router-topk", e.active).add("--moe-ffn-hidden-size", e.ffn);
    const std::int64_t shared = e.shared_ffn > 0 ? e.shared_ffn : e.shared * e.ffn;
    f.add_if(shared > 0, "--moe-shared-expert-intermediate-size", shared);
    if (e.dense_layers > 0)
        f.add("--moe-layer-freq",
              "([0]*" + std::to_string(e.dense_layers) + "+[1]*" + std::to_string(m.layers - e.dense_layers) + ")");
    if (e.router_bias) f.add_words("--moe-router-score-function sigmoid --moe-router-enable-expert-bias");
    f.add("--moe-grouped-gemm").add("--moe-token-dispatcher-type", std::string("alltoall"));
    f.add("--expert-model-parallel-size", r.layout.expert).add("--expert-tensor-parallel-size", 1);
    const cardfit::training& t = *r.job.training;
    f.add_if(t.expert_capacity_factor > 0, "--moe-expert-capacity-factor", decimal(t.expert_capacity_factor));
    f.add_if(t.pad_to_capacity, "--moe-pad-expert-input-to-capacity");
}

/// From this date on, the null tokenizer adds no token (NVIDIA/Megatron-LM at c9dfe347, 22 April 2026).
inline constexpr software_date null_tokenizer_exact{2026, 5};

/// Adds the vocabulary as the null tokenizer makes it. Megatron pads it to a multiple that every tensor-parallel rank
/// shares, which is the largest that pads nothing.
inline void add_megatron_vocabulary(const transformer& m, int tensor, const software_date& date, flag_list& f) {
    const std::int64_t common = std::gcd(m.vocab, std::int64_t{128} * tensor);
    const std::int64_t added = date < null_tokenizer_exact ? 1 : 0;
    f.add("--tokenizer-type", "NullTokenizer").add("--vocab-size", m.vocab - added);
    f.add("--make-vocab-size-divisible-by", common % tensor == 0 ? common / tensor : std::int64_t{1});
    f.add_if(!m.tied_embeddings, "--untie-embeddings-and-output-weights");
}

inline void add_megatron_model(const launch_request& r, const transformer& m, flag_list& f) {
    const cardfit::training& t = *r.job.training;
    f.add("--num-layers", m.layers).add("--hidden-size", m.hidden);
    f.add("--ffn-hidden-size", m.ffn > 0 ? m.ffn : m.experts.ffn);
    add_megatron_attention(m, t, f);
    f.add_if(m.ffn_gated, "--swiglu");
    f.add("--normalization", std::string(m.norm == norm_kind::rms ? "RMSNorm" : "LayerNorm"));
    if (const auto* b = launch_row(r, megatron_bias_flags, m.biases, "model.transformer.biases", biases_names))
        f.add_words(b->flags);
    f.add("--position-embedding-type", std::string(m.positions > 0 ? "learned_absolute" : "rope"));
    f.add("--max-position-embeddings", (std::max)(m.positions, t.sequence_length));
    add_megatron_vocabulary(m, r.layout.tensor, t.software_date, f);
    add_megatron_experts(r, m, f);
    f.add_if(t.mtp_layers > 0, "--mtp-num-layers", t.mtp_layers);
}

/// Adds the pipeline. Stages hold the same number of layers; where the layers do not divide, embedding and loss count
/// as a layer each.
inline void add_megatron_pipeline(const launch_request& r, const transformer& m, flag_list& f) {
    const cardfit::layout& l = r.layout;
    f.add("--pipeline-model-parallel-size", l.pipeline);
    if (l.pipeline == 1) return;
    const std::int64_t stages = std::int64_t{l.pipeline} * l.virtual_stages;
    const bool even = m.layers % stages == 0;
    r.require(even || (m.layers + 2) % stages == 0, "layout.pipeline", l.pipeline,
              "stages x virtual_stages that divide the layers, or the layers with embedding and head");
    if (!even) f.add_words("--account-for-embedding-in-pipeline-split --account-for-loss-in-pipeline-split");
    f.add_if(l.virtual_stages > 1, "--num-virtual-stages-per-pipeline-rank", l.virtual_stages);
}

/// Adds what hides collectives, as the estimate assumes it. Megatron FSDP turns its own on (training/arguments.py); the
/// optimizers that are shared out layer by layer gather nothing ahead.
inline void add_megatron_overlap(const launch_request& r, flag_list& f) {
    const cardfit::layout& l = r.layout;
    const cardfit::training& t = *r.job.training;
    if (t.software_date < overlap_since) return;
    const bool whole = l.sharding == sharding::none || l.sharding == sharding::optimizer;
    const bool adam = t.optimizer == optimizer::adam || t.optimizer == optimizer::adamw;
    f.add_if(whole && l.data * l.context > 1, "--overlap-grad-reduce");
    f.add_if(l.sharding == sharding::optimizer && adam && l.data * l.context > 1, "--overlap-param-gather");
    f.add_if(sequence_parallel_runs(l, true), "--tp-comm-overlap");
}

inline void add_megatron_layout(const launch_request& r, const transformer& m, flag_list& f) {
    const cardfit::layout& l = r.layout;
    f.add("--tensor-model-parallel-size", l.tensor);
    add_megatron_pipeline(r, m, f);
    f.add("--context-parallel-size", l.context);
    f.add_if(sequence_parallel_runs(l, true), "--sequence-parallel");
    if (l.sharding == sharding::gradients || l.sharding == sharding::full) f.add_words(megatron_fsdp_flags);
    if (const auto* s = launch_row(r, megatron_shardings, l.sharding, "layout.sharding", sharding_names))
        f.add_words(s->flags);
    const int copies = l.data * l.context / l.sharding_group;
    f.add_if(l.sharding == sharding::optimizer && copies > 1, "--num-distributed-optimizer-instances", copies);
    add_megatron_overlap(r, f);
}

inline void add_megatron_training(const launch_request& r, const transformer& m, flag_list& f) {
    const cardfit::training& t = *r.job.training;
    f.add("--seq-length", t.sequence_length).add("--micro-batch-size", t.micro_batch);
    f.add("--global-batch-size", r.global_batch());
    if (const auto* p = launch_row(r, megatron_precisions, t.precision, "training.precision", precision_names))
        f.add_words(p->flags);
    if (const auto* o = launch_row(r, megatron_optimizers, t.optimizer, "training.optimizer", optimizer_names))
        f.add_words(o->flags);
    if (const auto* c = launch_row(r, megatron_recomputes, t.recompute, "training.recompute", recompute_names))
        f.add_words(c->flags);
    const std::string dropout = t.dropout ? "0.1" : "0.0";
    f.add("--attention-dropout", dropout).add("--hidden-dropout", dropout);
    const bool half = r.optimizer_state() == number_format::bf16;
    f.add_if(half || t.offload == offload::optimizer, "--use-precision-aware-optimizer");
    if (half) f.add_words("--exp-avg-dtype bf16 --exp-avg-sq-dtype bf16");
    f.add_if(t.offload == offload::optimizer, "--optimizer-cpu-offload");
    f.add_if(t.gradients == number_format::bf16, "--grad-reduce-in-bf16");
    // Transformer Engine offloads all layers but one at most.
    f.add_if(t.offload == offload::activations, "--cpu-offloading-num-layers",
             (std::max)(m.layers - 1, std::int64_t{1}));
    if (const auto* c = launch_row(r, megatron_losses, r.loss(), "training.loss", loss_names)) f.add_words(c->flags);
}

inline constexpr std::string_view megatron_note =
    "mock data, a null tokenizer, 1000 steps and a learning rate of 3e-4 stand for what the job does not say";
inline constexpr std::string_view megatron_fp8_note =
    "the weights stay in bf16, with fp8 copies for the matmuls, and are estimated so; --fp8-param-gather, which no job "
    "key "
    "says, keeps them in fp8 alone and takes less memory than the estimate";

/// Returns the plan: torchrun pretrain_gpt.py. Sequence parallelism and context parallelism overlap only where the card
/// has one queue of work; Megatron FSDP only where it has more.
[[nodiscard]] inline launch_plan launch_megatron(const launch_request& r) {
    const transformer* m = launch_transformer(r);
    refuse_training_for_megatron(r, *r.job.training);
    if (!m) return {};
    refuse_model_for_megatron(r, *m);
    refuse_layout_for_megatron(r, *m);
    const bool fsdp = r.layout.sharding == sharding::gradients || r.layout.sharding == sharding::full;
    flag_list f({"env", std::string("CUDA_DEVICE_MAX_CONNECTIONS=") + (fsdp ? "8" : "1")});
    f.add_all(torchrun(r));
    f.add("pretrain_gpt.py");
    add_megatron_model(r, *m, f);
    add_megatron_layout(r, *m, f);
    add_megatron_training(r, *m, f);
    f.add("--train-iters", std::string("1000")).add("--lr", std::string("3e-4")).add("--mock-data");
    launch_plan plan{std::move(f).words(), {}, {std::string(megatron_note)}};
    const precision p = r.job.training->precision;
    if (p == precision::fp8_mixed || p == precision::mxfp8_mixed) plan.notes.emplace_back(megatron_fp8_note);
    return plan;
}

}  // namespace cardfit::io::detail
