// SPDX-License-Identifier: MIT
#pragma once

// Servers by the tables that import reads them with: SGLang (server_arguments.md, 2026-05), trtllm-serve
// (commands/serve.py and llmapi/llm_args.py, 2026-02), LMDeploy (cli/utils.py, 2026-08) and text-generation-inference
// (reference/launcher.md, 2026-01).

#include <cardfit/engines/all.hpp>
#include <cardfit/io/import/tools/servers.hpp>
#include <cardfit/io/launch_serving.hpp>
#include <cardfit/io/launch_settings.hpp>

namespace cardfit::io::detail {

/// The keys that the arguments of these servers express.
inline constexpr std::string_view own_engine_keys[]{
    "inference.memory_utilization", "inference.max_sequences", "inference.graphs", "layout.data", "layout.expert",
    "inference.expert_exchange",    "inference.two_batches",
};
inline constexpr auto engine_keys = with_own_keys(server_keys, own_engine_keys);
static_assert(are_keys(engine_keys));

inline constexpr unexpressed_key engine_reasons[]{
    {"layout.sharding", "runs whole replicas"},
    {"inference.full_prompt_logits", "leaves them to each request"},
    {"inference.shared_prefix", "finds shared prefixes by itself"},
    {"inference.group", "takes the group size from the checkpoint"},
};

/// SGLang's methods of quantization: the plain ones of AWQ and GPTQ force slow kernels, as vLLM's do.
inline constexpr phrase sglang_phrases[]{
    {"engine.format", "awq-int4", "quantization=awq_marlin"},
    {"engine.format", "gptq-int4", "quantization=gptq_marlin"},
    {"engine.format", "fp8", "quantization=fp8"},
    {"engine.format", "nf4", "quantization=bitsandbytes load_format=bitsandbytes"},
    {"engine.format", "nvfp4", "quantization=modelopt_fp4"},
    {"engine.format", "mxfp4", "quantization=mxfp4"},
    {"engine.format", "w8a8", "quantization=w8a8_int8"},
};
inline constexpr settings_target sglang_target{
    .of = &imports::sglang_tool,
    .names =
        "model_path tp pp dp ep enable_dp_attention context_length mem_fraction_static dtype quantization "
        "kv_cache_dtype max_loras_per_batch max_lora_rank max_running_requests chunked_prefill_size "
        "disable_cuda_graph moe_a2a_backend enable_two_batch_overlap "
        "speculative_algorithm speculative_draft_model_path speculative_num_steps speculative_eagle_topk "
        "speculative_num_draft_tokens",
    .phrases = sglang_phrases};

/// A quantized checkpoint states its method to TensorRT-LLM.
inline constexpr phrase trtllm_phrases[]{
    {"engine.format", "fp8", ""},
    {"engine.format", "nvfp4", ""},
    {"engine.format", "awq-int4", ""},
    {"engine.format", "mxfp4", ""},
    {"inference.kv_cache", "fp8", "kv_cache_config.dtype=fp8"},
};
inline constexpr settings_target trtllm_target{
    .of = &imports::trtllm_tool,
    .names =
        "model tp_size pp_size ep_size max_seq_len max_batch_size max_num_tokens enable_attention_dp dtype "
        "kv_cache_config.free_gpu_memory_fraction kv_cache_config.dtype",
    .phrases = trtllm_phrases};

inline constexpr phrase lmdeploy_phrases[]{
    {"engine.dtype", "fp16", "dtype=float16"},
    {"engine.dtype", "bf16", "dtype=bfloat16"},
};
inline constexpr settings_target lmdeploy_target{
    .of = &imports::lmdeploy_tool,
    .names =
        "model_path tp session_len max_batch_size cache_max_entry_count quant_policy model_format dtype "
        "max_prefill_token_num",
    .phrases = lmdeploy_phrases};

/// Bits of bitsandbytes' formats are in their names; `max_batch_size` is for hardware that pads, so that requests are
/// what is limited.
inline constexpr phrase tgi_phrases[]{
    {"engine.dtype", "fp16", "dtype=float16"},
    {"engine.dtype", "bf16", "dtype=bfloat16"},
    {"engine.format", "awq-int4", "quantize=awq"},
    {"engine.format", "gptq-int4", "quantize=gptq"},
    {"engine.format", "fp8", "quantize=fp8"},
    {"engine.format", "nf4", "quantize=bitsandbytes-nf4"},
    {"inference.kv_cache", "fp8", "kv_cache_dtype=fp8_e5m2"},
};
inline constexpr settings_target tgi_target{.of = &imports::tgi_tool,
                                            .names =
                                                "model_id num_shard max_total_tokens max_input_tokens "
                                                "cuda_memory_fraction dtype quantize max_batch_prefill_tokens "
                                                "kv_cache_dtype",
                                            .phrases = tgi_phrases};

/// Says the format of the weights: the compute type, or a method of quantization. A quantized checkpoint states its
/// own.
inline void say_weights(setting_writer& w, const launch_request& r, std::string_view name) {
    if (states_its_formats(r.job)) return;
    const bool plain = !is_quantized(r.job.inference->weights);
    w.say(plain ? "engine.dtype" : "engine.format", std::string(name), "", "inference.weights");
}

/// Says what every server is told: the length, limits, formats and memory.
inline void say_engine(setting_writer& w, const launch_request& r, const engine_row& row) {
    const inference& i = *r.job.inference;
    w.say("length", i.prompt + i.generate, "", "inference.prompt");
    say_weights(w, r, name_of(format_names, i.weights));
    if (i.kv_cache != number_format::by_default)
        w.say("inference.kv_cache", std::string(name_of(format_names, i.kv_cache)), "", "inference.kv_cache");
    // An engine that computes its share is not told one that the job does not state.
    if (!same_number(i.memory_utilization, engines_utilization) || row.memory.computed.empty())
        w.say("inference.memory_utilization", decimal(told_utilization(i, row)), "", "inference.memory_utilization");
    if (i.max_batched_tokens > 0)
        w.say("inference.max_batched_tokens", i.max_batched_tokens, "0", "inference.max_batched_tokens");
    w.say("inference.graphs", i.graphs, "true", "inference.graphs");
    if (i.adapters == 0) return;
    w.say("inference.adapters", i.adapters, "0", "inference.adapters");
    w.say("inference.adapter_rank", i.adapter_rank, "16", "inference.adapter_rank");
}

/// Says how many sequences run at once.
inline void say_sequences(setting_writer& w, const inference& i) {
    w.say("inference.max_sequences", told_sequences(i), "", "inference.max_sequences");
}

/// Says how tokens reach experts on other ranks, where that is not the engine's default.
inline void say_exchange(setting_writer& w, const inference& i) {
    const std::string how(name_of(keys::expert_exchange_names, i.expert_exchange));
    if (i.expert_exchange != expert_exchange::gathered)
        w.say("inference.expert_exchange", how, "", "inference.expert_exchange");
    if (i.two_batches) w.say("inference.two_batches", true, "", "inference.two_batches");
}

/// SGLang's word for what proposes tokens. The layer of a model itself runs as EAGLE without a draft.
struct sglang_drafting {
    drafting key;
    std::string_view algorithm;
};
inline constexpr sglang_drafting sglang_draftings[]{
    {drafting::draft_model, "STANDALONE"}, {drafting::prediction, "EAGLE"}, {drafting::eagle, "EAGLE"},
    {drafting::eagle3, "EAGLE3"},          {drafting::ngram, "NGRAM"},
};

/// Says what proposes tokens: a chain of so many, which a pass checks with the model's own.
inline void say_sglang_speculation(setting_writer& w, const launch_request& r) {
    const speculation& how = r.job.inference->speculation;
    for (const sglang_drafting& each : sglang_draftings)
        if (each.key == how.method) w.write("speculative_algorithm", std::string(each.algorithm));
    if (how.method == drafting::none) return;
    if (const std::string draft = draft_checkpoint(r); !draft.empty()) w.write("speculative_draft_model_path", draft);
    w.write("speculative_num_draft_tokens", how.tokens + 1);
    if (how.method == drafting::ngram) return;
    w.write("speculative_num_steps", how.tokens);
    w.write("speculative_eagle_topk", 1);
}

/// Refuses speculative decoding, whose settings no command of a server says.
inline void refuse_speculation(const launch_request& r) {
    const drafting method = r.job.inference->speculation.method;
    r.require(method == drafting::none, "inference.speculation.method",
              std::string(name_of(keys::drafting_names, method)), "none (a launcher for vllm or sglang says it)");
}

/// Refuses a model that no server of text runs.
inline void refuse_model_for_engine(const launch_request& r) {
    const network net = lower(r.job.model, r.job.image_size());
    r.require(is_autoregressive(net) && !net.is_encoder_decoder && net.tower.layers == 0, "model", r.job.model_name,
              "a decoder of text without a vision tower");
}

/// Returns the plan: sglang.launch_server. Experts are shared by the ranks of one group; with attention by data they
/// divide the requests too.
[[nodiscard]] inline launch_plan launch_sglang(const launch_request& r) {
    const cardfit::layout& l = r.layout;
    refuse_model_for_engine(r);
    refuse_length(r, r.job.inference->prompt + r.job.inference->generate);
    setting_writer w(r, sglang_target, r.job.inference->software_date);
    const bool by_data = l.expert > 1 && l.data > 1;
    r.require(l.expert == 1 || l.expert == l.data * l.tensor, "layout.expert", l.expert, "1, or data x tensor");
    w.write("model_path", hub_model(r));
    w.say("layout.tensor", by_data ? l.tensor * l.data : l.tensor, "1", "layout.tensor");
    w.say("layout.pipeline", l.pipeline, "1", "layout.pipeline");
    w.say("layout.data", l.data, "1", "layout.data");
    if (by_data) w.say("engine.data_attention", true, "false", "layout.data");
    if (l.expert > 1) w.say("engine.expert_size", l.expert, "1", "layout.expert");
    say_engine(w, r, engines::sglang);
    say_sequences(w, *r.job.inference);
    say_exchange(w, *r.job.inference);
    say_sglang_speculation(w, r);
    flag_list f({"python", "-m", "sglang.launch_server"});
    add_settings(f, imports::sglang_tool, w.settings());
    if (r.nodes > 1) {
        f.add("--nnodes", r.nodes).add("--node-rank", expanded("$NODE_RANK"));
        f.add("--dist-init-addr", expanded("$MASTER_ADDR:29500"));
    }
    f.add_if(r.job.inference->adapters > 0, "--enable-lora");
    launch_plan plan{.command = std::move(f).words(), .notes = checkpoint_notes(r, true)};
    for (std::string& note : draft_notes(r)) plan.notes.push_back(std::move(note));
    return plan;
}

/// Returns the plan: trtllm-serve. What its flags do not say stands in a file, together with the share of memory, whose
/// section the file replaces.
[[nodiscard]] inline launch_plan launch_trtllm(const launch_request& r) {
    const cardfit::layout& l = r.layout;
    refuse_speculation(r);
    refuse_model_for_engine(r);
    setting_writer w(r, trtllm_target, r.job.inference->software_date);
    const bool by_data = l.data > 1;
    r.require(!by_data || (l.tensor == 1 && l.expert == l.data), "layout.data", l.data,
              "1, or attention by data: tensor 1, and experts over the same ranks");
    r.require(by_data || l.expert == 1 || l.expert == l.tensor, "layout.expert", l.expert, "1, or tensor");
    r.require(r.nodes == 1, "hardware.per_node", r.per_node, "all cards in one node");
    w.say("layout.tensor", by_data ? l.data : l.tensor, "1", "layout.tensor");
    w.say("layout.pipeline", l.pipeline, "1", "layout.pipeline");
    if (l.expert > 1) w.say("engine.expert_size", l.expert, "1", "layout.expert");
    if (by_data) w.say("engine.data_attention", true, "false", "layout.data");
    say_engine(w, r, engines::tensorrt_llm);
    say_sequences(w, *r.job.inference);
    std::vector<written_setting> flags;
    std::vector<written_setting> filed;
    constexpr std::string_view in_file = "enable_attention_dp dtype kv_cache_config.*";
    for (const written_setting& each : w.settings())
        (imports::lists(in_file, each.name) ? filed : flags).push_back(each);
    flag_list f({"trtllm-serve", hub_model(r)});
    add_settings(f, imports::trtllm_tool, flags);
    f.add("--extra_llm_api_options", "trtllm.yaml");
    return {.command = std::move(f).words(),
            .files = {{"trtllm.yaml", yaml_text(settings_document(filed))}},
            .notes = checkpoint_notes(r, false)};
}

/// Refuses what servers of one tensor-parallel group on one node cannot do.
inline void refuse_beyond_one_group(const launch_request& r) {
    const cardfit::layout& l = r.layout;
    r.require(l.data == 1, "layout.data", l.data, "1: one server is one replica");
    r.require(l.pipeline == 1, "layout.pipeline", l.pipeline, "1");
    r.require(l.expert == 1, "layout.expert", l.expert, "1");
    r.require(r.nodes == 1, "hardware.per_node", r.per_node, "all cards in one node");
}

/// Returns the plan: lmdeploy serve api_server.
[[nodiscard]] inline launch_plan launch_lmdeploy(const launch_request& r) {
    refuse_speculation(r);
    refuse_model_for_engine(r);
    refuse_beyond_one_group(r);
    setting_writer w(r, lmdeploy_target, r.job.inference->software_date);
    w.say("layout.tensor", r.layout.tensor, "1", "layout.tensor");
    say_engine(w, r, engines::lmdeploy);
    say_sequences(w, *r.job.inference);
    flag_list f({"lmdeploy", "serve", "api_server", hub_model(r)});
    add_settings(f, imports::lmdeploy_tool, w.settings());
    return {.command = std::move(f).words(), .notes = checkpoint_notes(r, true)};
}

/// Returns the plan: text-generation-launcher.
[[nodiscard]] inline launch_plan launch_tgi(const launch_request& r) {
    const inference& i = *r.job.inference;
    refuse_speculation(r);
    refuse_model_for_engine(r);
    refuse_beyond_one_group(r);
    r.require(i.max_sequences == 0, "inference.max_sequences", i.max_sequences,
              "0: TGI limits requests, by inference.batch");
    setting_writer w(r, tgi_target, i.software_date);
    w.write("model_id", hub_model(r));
    w.say("layout.tensor", r.layout.tensor, "1", "layout.tensor");
    w.say("length.input", i.prompt, "", "inference.prompt");
    say_engine(w, r, engines::tgi);
    w.write("max_concurrent_requests", i.batch);
    flag_list f({"text-generation-launcher"});
    add_settings(f, imports::tgi_tool, w.settings());
    return {.command = std::move(f).words(), .notes = checkpoint_notes(r, true)};
}

}  // namespace cardfit::io::detail
