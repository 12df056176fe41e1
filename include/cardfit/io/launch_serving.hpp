// SPDX-License-Identifier: MIT
#pragma once

// Serving: vLLM's arguments (vllm/config/parallel.py, cache.py, engine/arg_utils.py, 2026) and llama.cpp's
// (tools/server/README.md at commit 00dc8057, 2026).

#include <cardfit/io/launch_models.hpp>
#include <cardfit/job/gguf_mixes.hpp>

#include <algorithm>
#include <array>

namespace cardfit::io::detail {

/// The keys that the arguments of every server but ollama express.
inline constexpr auto server_keys = std::to_array<std::string_view>({
    "hardware.cards",
    "hardware.per_node",
    "inference.weights",
    "inference.kv_cache",
    "inference.batch",
    "inference.prompt",
    "inference.generate",
    "inference.adapters",
    "inference.adapter_rank",
    "inference.max_batched_tokens",
    "inference.speculation.method",
    "inference.speculation.tokens",
    "layout.tensor",
    "layout.pipeline",
});
static_assert(are_keys(server_keys));

/// Why no server expresses these keys.
inline constexpr unexpressed_key serving_reasons[]{
    {"layout.sharding", "runs whole replicas"},
    {"inference.full_prompt_logits", "leaves them to each request"},
    {"inference.memory_utilization", "allocates what the context needs, without a budget"},
    {"inference.max_sequences", "has as many slots as inference.batch"},
    {"inference.max_batched_tokens", "reads prompts in micro-batches of its own"},
    {"inference.graphs", "records graphs as it was built"},
    {"inference.gpu_layers", "leaves no layer in host memory"},
    {"inference.cpu_expert_layers", "leaves no layer in host memory"},
    {"inference.value_cache", "has one format for keys and values"},
    {"inference.attention", "chooses its attention kernels itself"},
    {"inference.shared_prefix", "gives each slot a cache of its own"},
    {"inference.group", "takes the group size from the checkpoint"},
    {"inference.expert_exchange", "has no data-parallel ranks that share experts"},
    {"inference.two_batches", "runs a step as one batch"},
    {"inference.connector_mib", "is told of a KV connector in a file of the connector's own"},
};

/// Weights under vLLM: the compute type, the method of loading (fp8, nf4), or the method of the quantized checkpoint.
/// The name of a method chooses its kernels: the plain ones of AWQ and GPTQ are slow (vllm-project/vllm#21376), and
/// Marlin's run from compute capability 8.0 on. Without flags, the checkpoint states its method.
struct vllm_weight_row {
    number_format key;
    std::string_view flags;
    std::string_view before_ampere = flags;
};
inline constexpr vllm_weight_row vllm_weight_flags[]{
    {number_format::fp32, "--dtype float32"},
    {number_format::fp16, "--dtype float16"},
    {number_format::bf16, "--dtype bfloat16"},
    {number_format::fp8, "--quantization fp8"},
    {number_format::nf4, "--quantization bitsandbytes"},
    {number_format::gptq_int8, "--quantization gptq_marlin", "--quantization gptq"},
    {number_format::gptq_int4, "--quantization gptq_marlin", "--quantization gptq"},
    {number_format::awq_int4, "--quantization awq_marlin", "--quantization awq"},
    {number_format::nvfp4, "--quantization modelopt_fp4"},
    {number_format::mxfp4, ""},
    {number_format::w4a16, ""},
    {number_format::w8a16, ""},
    {number_format::w8a8, ""},
};
struct cache_format {
    number_format key;
    std::string_view name;
};
inline constexpr cache_format vllm_caches[]{
    {number_format::by_default, "auto"},
    {number_format::fp16, "float16"},
    {number_format::bf16, "bfloat16"},
    {number_format::fp8, "fp8"},
    {number_format::int8, "int8_per_token_head"},
    {number_format::int4, "int4_per_token_head"},
};
inline constexpr cache_format llama_caches[]{
    {number_format::by_default, "f16"}, {number_format::fp16, "f16"},  {number_format::bf16, "bf16"},
    {number_format::int8, "q8_0"},      {number_format::int4, "q4_0"}, {number_format::q4_1, "q4_1"},
    {number_format::q5_0, "q5_0"},      {number_format::q5_1, "q5_1"}, {number_format::iq4_nl, "iq4_nl"},
};

inline void add_vllm_layout(const launch_request& r, flag_list& f) {
    const cardfit::layout& l = r.layout;
    f.add("--tensor-parallel-size", l.tensor).add("--pipeline-parallel-size", l.pipeline);
    f.add("--data-parallel-size", l.data);
    r.require(l.expert == 1 || l.expert == l.data * l.tensor, "layout.expert", l.expert, "1, or data x tensor");
    f.add_if(l.expert > 1, "--enable-expert-parallel");
    const int replica = l.tensor * l.pipeline;
    if (r.nodes == 1) return;
    if (l.data == 1) {
        f.add("--nnodes", r.nodes).add("--node-rank", expanded("$NODE_RANK"));
        f.add("--master-addr", expanded("$MASTER_ADDR"));
        return;
    }
    r.require(r.per_node % replica == 0, "layout.data", l.data,
              "replicas (tensor x pipeline) that divide a node's cards, or 1");
    f.add("--data-parallel-size-local", r.per_node / replica);
    f.add("--data-parallel-address", expanded("$MASTER_ADDR")).add("--data-parallel-rpc-port", 13345);
}

/// Returns vLLM's command of the nodes behind the first, which serve no requests of their own; empty for one node.
[[nodiscard]] inline std::vector<launch_word> vllm_elsewhere(const launch_request& r, const flag_list& first) {
    if (r.nodes == 1) return {};
    flag_list f = first;
    f.add("--headless");
    const int replicas = r.per_node / (r.layout.tensor * r.layout.pipeline);
    f.add_if(r.layout.data > 1, "--data-parallel-start-rank",
             expanded("$((NODE_RANK * " + std::to_string(replicas) + "))"));
    return std::move(f).words();
}

/// Refuses sequences beyond the positions of the model, which vLLM and SGLang do not start with.
inline void refuse_length(const launch_request& r, std::int64_t tokens) {
    const std::int64_t positions = positions_of(r);
    r.require(positions == 0 || tokens <= positions, "inference.prompt", r.job.inference->prompt,
              "prompt, images and generate of at most " + std::to_string(positions) +
                  " tokens together, the model's positions");
}

/// Returns the fraction of the memory that a server is told: the job's, or else the engine's default at the job's date.
[[nodiscard]] inline double told_utilization(const inference& i, const engine_row& row) {
    if (!same_number(i.memory_utilization, engines_utilization)) return i.memory_utilization;
    return cardfit::detail::default_utilization_of(row.memory, as_released(i).software_date);
}

/// Returns how many sequences a server is told to run at once: the limit of the job, or else its batch.
[[nodiscard]] inline std::int64_t told_sequences(const inference& i) {
    return i.max_sequences > 0 ? i.max_sequences : i.batch;
}

/// Returns the notes that a server's weights need. `quantizes`: the server makes fp8 and nf4 as it loads.
[[nodiscard]] inline std::vector<std::string> checkpoint_notes(const launch_request& r, bool quantizes) {
    const number_format weights = r.job.inference->weights;
    const bool stated = states_its_formats(r.job);
    const bool at_load = quantizes && (weights == number_format::fp8 || weights == number_format::nf4);
    if (stated || !((is_quantized(weights) && !at_load) || requantizes(r.job, weights))) return {};
    return {"the model's name must be that of a checkpoint in " + format_text(weights) +
            requantizing_text(r.job, weights)};
}

/// Returns the value of `--speculative-config` (vllm/config/speculative.py, 2026-08; "mtp" for every model's own layer
/// since 0.11, recalled).
[[nodiscard]] inline std::string vllm_speculation(const launch_request& r) {
    const speculation& how = r.job.inference->speculation;
    const bool own_layer = how.method == drafting::prediction;
    const bool one_word = as_released(*r.job.inference).software_date >= software_date{2025, 10};
    std::string method(name_of(keys::drafting_names, how.method));
    if (how.method == drafting::draft_model) method = "draft_model";
    if (own_layer && !one_word) method = "deepseek_mtp";
    nlohmann::ordered_json config = {{"method", method}, {"num_speculative_tokens", how.tokens}};
    if (const std::string draft = draft_checkpoint(r); !draft.empty()) config["model"] = draft;
    if (how.method == drafting::ngram) config["prompt_lookup_max"] = 4;
    return config.dump();
}

/// The keys that the arguments of vllm serve express.
inline constexpr std::string_view own_vllm_keys[]{
    "inference.images",
    "inference.text_only",
    "inference.shared_prefix",
    "inference.memory_utilization",
    "inference.max_sequences",
    "inference.graphs",
    "inference.expert_exchange",
    "inference.two_batches",
    "layout.data",
    "layout.expert",
};
inline constexpr auto vllm_keys = with_own_keys(server_keys, own_vllm_keys);
static_assert(are_keys(vllm_keys));

/// Returns the plan: vllm serve.
[[nodiscard]] inline launch_plan launch_vllm(const launch_request& r) {
    const inference& i = *r.job.inference;
    const network net = lower(r.job.model, r.job.image_size());
    r.require(is_autoregressive(net) && !net.is_encoder_decoder, "model", r.job.model_name, "a decoder of text");
    flag_list f({"vllm", "serve", hub_model(r)});
    add_vllm_layout(r, f);
    const std::int64_t tokens = i.prompt + i.images * net.tower.image_tokens + i.generate;
    refuse_length(r, tokens);
    f.add("--max-model-len", tokens);
    f.add("--max-num-seqs", told_sequences(i));
    if (i.max_batched_tokens > 0) f.add("--max-num-batched-tokens", i.max_batched_tokens);
    f.add_if(!i.graphs, "--enforce-eager");
    f.add_if(i.expert_exchange == expert_exchange::sent, "--all2all-backend", "deepep_low_latency");
    f.add_if(i.two_batches, "--enable-dbo");
    // Without images, vLLM does not load the tower (docs/configuration/conserving_memory.md).
    f.add_if(i.images > 0 || i.text_only, "--limit-mm-per-prompt", "{\"image\":" + std::to_string(i.images) + "}");
    f.add("--gpu-memory-utilization", decimal(told_utilization(i, row_of(engine::vllm))));
    // A quantized checkpoint states its own format.
    const bool stated = states_its_formats(r.job);
    const vllm_weight_row* weights =
        stated ? nullptr : launch_row(r, vllm_weight_flags, i.weights, "inference.weights", format_names);
    const gpu& card = r.job.hardware.card;
    const bool early = card.vendor == vendor::nvidia && card.compute_capability < compute_capability{8, 0};
    if (weights) f.add_words(early ? weights->before_ampere : weights->flags);
    if (const auto* c = launch_row(r, vllm_caches, i.kv_cache, "inference.kv_cache", format_names))
        f.add("--kv-cache-dtype", std::string(c->name));
    f.add(i.shared_prefix > 0 ? "--enable-prefix-caching" : "--no-enable-prefix-caching");
    // MaxLoRARanks of vllm/config/lora.py at 01230b40.
    constexpr std::array<std::int64_t, 9> ranks{1, 8, 16, 32, 64, 128, 256, 320, 512};
    const bool ranked = std::find(ranks.begin(), ranks.end(), i.adapter_rank) != ranks.end();
    r.require(i.adapters == 0 || ranked, "inference.adapter_rank", i.adapter_rank,
              "1, 8, 16, 32, 64, 128, 256, 320, 512");
    if (i.adapters > 0) f.add("--enable-lora").add("--max-loras", i.adapters).add("--max-lora-rank", i.adapter_rank);
    if (i.speculation.method != drafting::none) f.add("--speculative-config", vllm_speculation(r));
    launch_plan plan{.notes = checkpoint_notes(r, true), .command_elsewhere = vllm_elsewhere(r, f)};
    plan.command = std::move(f).words();
    for (std::string& note : draft_notes(r)) plan.notes.push_back(std::move(note));
    return plan;
}

/// Returns the file of weights: as the job names it, else by the model's and the format's name.
[[nodiscard]] inline std::string gguf_file(const launch_request& r) {
    if (r.job.model_name.ends_with(".gguf")) return path_word(r.job.model_name);
    const number_format weights = r.job.inference->weights;
    std::string format(block_layout_of(weights).name);
    // Names of GGUF files: the hub's ggml-org/gguf-naming convention has F32 and F16.
    if (weights == number_format::fp32) format = "f32";
    if (weights == number_format::fp16) format = "f16";
    for (char& c : format)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return path_word(r.job.model_name) + "-" + format + ".gguf";
}

inline void refuse_for_llama_cpp(const launch_request& r, const inference& i) {
    const drafting method = i.speculation.method;
    r.require(method == drafting::none || method == drafting::draft_model, "inference.speculation.method",
              std::string(name_of(keys::drafting_names, method)), "none or draft-model");
    r.require(r.layout.data == 1, "layout.data", r.layout.data, "1: one server is one replica");
    r.require(r.layout.tensor == 1 || r.layout.pipeline == 1, "layout.tensor", r.layout.tensor,
              "1 with a split by layers");
    r.require(r.nodes == 1, "hardware.per_node", r.per_node, "all cards in one node");
    // llama-server takes the tower from a second file (--mmproj), which no job names.
    const bool tower = lower(r.job.model, r.job.image_size()).tower.layers > 0;
    r.require(!tower, "model", r.job.model_name, "a model without a vision tower");
    // ggml-org/llama.cpp#23792 (about June 2026).
    constexpr software_date quantized_split_cache{2026, 6};
    const bool quantized = i.kv_cache == number_format::int8 || i.kv_cache == number_format::int4;
    r.require(!quantized || r.layout.tensor == 1 || i.software_date >= quantized_split_cache, "inference.kv_cache",
              std::string(block_layout_of(i.kv_cache).name), "fp16, bf16 with a split by rows before June 2026");
    r.require(is_gguf_file_type(i.weights), "inference.weights", std::string(block_layout_of(i.weights).name),
              "fp32, fp16, bf16, mxfp4 or a GGUF format");
}

/// Returns the shares of cards as llama.cpp takes them: "3,1".
[[nodiscard]] inline std::string shares_text(const card_shares& shares) {
    std::string text;
    for (int card = 0; card < shares.count; ++card) text += (card == 0 ? "" : ",") + decimal(shares.of[card]);
    return text;
}

/// The keys that the arguments of llama-server express.
inline constexpr std::string_view own_llama_cpp_keys[]{
    "inference.attention",   "inference.gpu_layers",   "inference.cpu_expert_layers",
    "inference.value_cache", "inference.tensor_split", "hardware.other_cards",
};
inline constexpr auto llama_cpp_keys = with_own_keys(server_keys, own_llama_cpp_keys);
static_assert(are_keys(llama_cpp_keys));

/// Returns the plan: llama-server. `-c` is the context of all slots together; `--fit off` keeps it as given.
[[nodiscard]] inline launch_plan launch_llama_cpp(const launch_request& r) {
    const inference& i = *r.job.inference;
    const cardfit::layout& l = r.layout;
    refuse_for_llama_cpp(r, i);
    const std::string file = gguf_file(r);
    flag_list f({"llama-server", "--model", file});
    f.add("--ctx-size", i.batch * (i.prompt + i.generate)).add("--parallel", i.batch).add("--no-kv-unified");
    f.add("--n-gpu-layers", i.gpu_layers == all_layers_on_cards ? "all" : std::to_string(i.gpu_layers));
    if (i.cpu_expert_layers > 0) f.add("--n-cpu-moe", i.cpu_expert_layers);
    f.add("--split-mode", std::string(l.tensor > 1 ? "tensor" : l.pipeline > 1 ? "layer" : "none"));
    if (i.tensor_split.count > 0) f.add("--tensor-split", shares_text(i.tensor_split));
    // Values are in the format of the keys unless the job says otherwise.
    const bool own = i.value_cache != number_format::by_default;
    const auto* k = launch_row(r, llama_caches, i.kv_cache, "inference.kv_cache", format_names);
    const auto* v = own ? launch_row(r, llama_caches, i.value_cache, "inference.value_cache", format_names) : k;
    if (k && v) f.add("--cache-type-k", k->name).add("--cache-type-v", v->name);
    if (i.max_batched_tokens > 0) f.add("--ubatch-size", i.max_batched_tokens);
    const bool flash = !writes_scores(as_released(i), row_of(i).memory);
    f.add("--flash-attn", flash ? "on" : "off").add("--fit", "off");
    const bool drafts = i.speculation.method == drafting::draft_model;
    const std::string draft = path_word(r.job.draft_name) + "-BF16.gguf";
    if (drafts) f.add("--model-draft", draft).add("--draft-max", i.speculation.tokens);
    std::string adapters;
    for (std::int64_t each = 1; each <= i.adapters; ++each)
        adapters += (each > 1 ? ",adapter-" : "adapter-") + std::to_string(each) + ".gguf";
    f.add_if(i.adapters > 0, "--lora", adapters);
    launch_plan plan{.command = std::move(f).words()};
    if (drafts)
        plan.notes.push_back("replace " + draft + " by the path of the draft's file, which is counted in 16 bits");
    if (i.adapters > 0) plan.notes.push_back("the adapters' files have rank " + std::to_string(i.adapter_rank));
    if (!r.job.model_name.ends_with(".gguf"))
        plan.notes.push_back("replace " + file + " by your file's path" + requantizing_text(r.job, i.weights));
    return plan;
}

}  // namespace cardfit::io::detail
