// SPDX-License-Identifier: MIT
#pragma once

// What other tools call the zoo's models.

#include <cardfit/io/launch_frame.hpp>

namespace cardfit::io::detail {

/// A zoo model by its repository at the Hugging Face hub, and by torchtitan's name and flavor (torchtitan 0.2:
/// torchtitan/models/*/__init__.py), where it has one.
struct model_alias {
    std::string_view id;
    std::string_view hub;
    std::string_view titan_name = "";
    std::string_view titan_flavor = "";
};
inline constexpr model_alias model_aliases[]{
    {"llama-2-7b", "meta-llama/Llama-2-7b-hf"},
    {"llama-2-13b", "meta-llama/Llama-2-13b-hf"},
    {"llama-2-70b", "meta-llama/Llama-2-70b-hf"},
    {"llama-3-8b", "meta-llama/Meta-Llama-3-8B", "llama3", "8B"},
    {"llama-3-70b", "meta-llama/Meta-Llama-3-70B", "llama3", "70B"},
    {"llama-3.1-8b", "meta-llama/Llama-3.1-8B", "llama3", "8B"},
    {"llama-3.1-70b", "meta-llama/Llama-3.1-70B", "llama3", "70B"},
    {"llama-3.1-405b", "meta-llama/Llama-3.1-405B", "llama3", "405B"},
    {"llama-3.2-1b", "meta-llama/Llama-3.2-1B"},
    {"llama-3.2-3b", "meta-llama/Llama-3.2-3B"},
    {"mistral-7b", "mistralai/Mistral-7B-v0.1"},
    {"mixtral-8x7b", "mistralai/Mixtral-8x7B-v0.1"},
    {"mixtral-8x22b", "mistralai/Mixtral-8x22B-v0.1"},
    {"qwen2-7b", "Qwen/Qwen2-7B"},
    {"qwen2-72b", "Qwen/Qwen2-72B"},
    {"qwen2.5-0.5b", "Qwen/Qwen2.5-0.5B"},
    {"qwen2.5-1.5b", "Qwen/Qwen2.5-1.5B"},
    {"qwen2.5-3b", "Qwen/Qwen2.5-3B"},
    {"qwen2.5-7b", "Qwen/Qwen2.5-7B"},
    {"qwen2.5-14b", "Qwen/Qwen2.5-14B"},
    {"qwen2.5-32b", "Qwen/Qwen2.5-32B"},
    {"qwen2.5-72b", "Qwen/Qwen2.5-72B"},
    {"qwen1.5-moe-a2.7b", "Qwen/Qwen1.5-MoE-A2.7B"},
    {"qwen3-0.6b", "Qwen/Qwen3-0.6B", "qwen3", "0.6B"},
    {"qwen3-1.7b", "Qwen/Qwen3-1.7B", "qwen3", "1.7B"},
    {"qwen3-4b", "Qwen/Qwen3-4B", "qwen3", "4B"},
    {"qwen3-8b", "Qwen/Qwen3-8B", "qwen3", "8B"},
    {"qwen3-14b", "Qwen/Qwen3-14B", "qwen3", "14B"},
    {"qwen3-32b", "Qwen/Qwen3-32B", "qwen3", "32B"},
    {"qwen3-30b-a3b", "Qwen/Qwen3-30B-A3B", "qwen3", "30B-A3B"},
    {"qwen3-235b-a22b", "Qwen/Qwen3-235B-A22B", "qwen3", "235B-A22B"},
    {"deepseek-v2", "deepseek-ai/DeepSeek-V2", "deepseek_v3", "236B"},
    {"deepseek-v2-lite", "deepseek-ai/DeepSeek-V2-Lite", "deepseek_v3", "16B"},
    {"deepseek-v3", "deepseek-ai/DeepSeek-V3", "deepseek_v3", "671B"},
    {"gemma-2b", "google/gemma-2b"},
    {"gemma-7b", "google/gemma-7b"},
    {"gemma-2-2b", "google/gemma-2-2b"},
    {"gemma-2-9b", "google/gemma-2-9b"},
    {"gemma-2-27b", "google/gemma-2-27b"},
    {"gpt-oss-20b", "openai/gpt-oss-20b"},
    {"gpt-oss-120b", "openai/gpt-oss-120b"},
    {"gpt2", "openai-community/gpt2"},
    {"gpt2-medium", "openai-community/gpt2-medium"},
    {"gpt2-large", "openai-community/gpt2-large"},
    {"gpt2-xl", "openai-community/gpt2-xl"},
    {"opt-125m", "facebook/opt-125m"},
    {"opt-1.3b", "facebook/opt-1.3b"},
    {"opt-6.7b", "facebook/opt-6.7b"},
    {"opt-30b", "facebook/opt-30b"},
    {"phi-1.5", "microsoft/phi-1_5"},
    {"phi-2", "microsoft/phi-2"},
    {"phi-3-mini", "microsoft/Phi-3-mini-4k-instruct"},
    {"phi-4", "microsoft/phi-4"},
    {"falcon-7b", "tiiuae/falcon-7b"},
    {"falcon-40b", "tiiuae/falcon-40b"},
};

/// The alias of a job's model: of its zoo id, else of the zoo model with the same dimensions; null where none is.
[[nodiscard]] inline const model_alias* alias_of(const job_file& job) {
    for (const model_alias& row : model_aliases)
        if (row.id == job.model_name) return &row;
    for (const model_alias& row : model_aliases)
        if (const std::optional<any_model> known = find_model(row.id)) {
            const transformer* a = std::get_if<transformer>(&*known);
            const transformer* b = std::get_if<transformer>(&job.model);
            if (a && b && *a == *b) return &row;
        }
    return nullptr;
}

[[nodiscard]] inline bool ends_with(std::string_view text, std::string_view end) { return text.ends_with(end); }

/// What a tool of the Hugging Face world loads: the folder of the job's config.json or weights, else the hub's
/// repository. Refuses a model that is dimensions alone.
[[nodiscard]] inline std::string hub_model(const launch_request& r) {
    const std::string& name = r.job.model_name;
    if (ends_with(name, ".json") || ends_with(name, ".safetensors")) {
        const std::size_t slash = name.rfind('/');
        if (slash != name.npos) return name.substr(0, slash);
    }
    if (const model_alias* alias = alias_of(r.job)) return std::string(alias->hub);
    r.require(false, "model", name, "a zoo id with a repository at the hub, or a path to a config.json");
    return "";
}

}  // namespace cardfit::io::detail
