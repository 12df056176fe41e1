// SPDX-License-Identifier: MIT
#pragma once

// Families of text models with a tower for images or sound: where config.json has the two, which classes stand in where
// it names none, and what joins them. There is one row per family; `read_multimodal.hpp` reads files by these rows.
//
// Source of every row: configuration_<family>.py and modeling_<family>.py of github.com/huggingface/transformers
// (4.5x); for internvl_chat, kimi_vl, kimi_k25 and phi4mm the remote code beside the weights (see towers.hpp).

#include <cardfit/io/huggingface/read_tower.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace cardfit::io::detail {

/// What makes tokens of the text model from a tower's features.
enum class join_rule : unsigned char {
    qwen2,        ///< a norm of each patch, then two matrices over the merged patches
    qwen3,        ///< the same, and mergers of `deepstack_visual_indexes`
    gemma4,       ///< averages of `pooling_kernel_size` x as many patches, one matrix
    gemma3,       ///< averages to `mm_tokens_per_image`, a norm, one matrix
    llama4,       ///< two matrices over merged patches, and one to the text model's width
    llava,        ///< two matrices
    llava_next,   ///< two matrices and a token that ends a row of patches; tiles
    mistral3,     ///< a norm, a matrix over merged patches, two matrices
    internvl,     ///< a norm and two matrices over merged patches
    idefics3,     ///< one matrix over merged patches
    paligemma,    ///< one matrix
    phi4,         ///< two matrices, and learned tokens between rows and between images
    kimi,         ///< a norm of each patch, then two matrices over the merged patches
    kimi_k3,      ///< two matrices without biases over the merged patches, then a norm
    mllama,       ///< one matrix over the features of several layers
    glm4v,        ///< one matrix over merged patches, then a norm, a matrix and a gated feed-forward
    qwen2_audio,  ///< averages of two positions of sound, one matrix
    voxtral,      ///< two matrices over four positions of sound
};

/// The row of a family.
struct multimodal_family {
    std::string_view model_type = "";
    std::string_view text_within = "text_config";  ///< empty: config.json itself has the text model's keys
    std::string_view vision_within = "vision_config";
    std::string_view text_type = "";    ///< the model_type of a text model that the file does not name
    std::string_view vision_type = "";  ///< the model_type of a tower that the file does not name
    /// True if every tower of the family is of `vision_type`, whatever its model_type.
    bool one_vision_type = false;
    /// True if the text model is of `text_type`, whatever its model_type.
    bool one_text_type = false;
    join_rule join = join_rule::llava;
    /// The text model's tie_word_embeddings where the file states it nowhere.
    bool tied = false;
    /// Sizes of the text model that its class in this family has and the text model's own class has not, as JSON.
    std::string_view text_defaults = "{}";
};

/// The text model of Pixtral and of LLaVA 1.5 files is stated as a difference from the defaults of its class.
inline constexpr std::string_view llama_defaults =
    R"({"num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32, "intermediate_size": 11008,
        "vocab_size": 32000})";

inline constexpr std::array multimodal_families{
    multimodal_family{.model_type = "gemma3",
                      .text_type = "gemma3_text",
                      .vision_type = "siglip_vision_model",
                      .join = join_rule::gemma3,
                      .tied = true,
                      .text_defaults = R"({"num_hidden_layers": 26, "hidden_size": 2304, "num_attention_heads": 8,
                          "intermediate_size": 9216, "vocab_size": 262208})"},
    multimodal_family{.model_type = "gemma4",
                      .text_type = "gemma4_text",
                      .vision_type = "gemma4_vision",
                      .one_vision_type = true,
                      .join = join_rule::gemma4,
                      .tied = true},
    // The text models are GLM-4 and GLM-4.5 with the rotation of three axes.
    multimodal_family{.model_type = "glm4v",
                      .text_type = "glm4",
                      .vision_type = "glm4v",
                      .one_vision_type = true,
                      .one_text_type = true,
                      .join = join_rule::glm4v},
    multimodal_family{.model_type = "glm4v_moe",
                      .text_type = "glm4_moe",
                      .vision_type = "glm4v_moe",
                      .one_vision_type = true,
                      .one_text_type = true,
                      .join = join_rule::glm4v},
    multimodal_family{.model_type = "idefics3",
                      .text_type = "llama",
                      .vision_type = "idefics3_vision",
                      .one_vision_type = true,
                      .join = join_rule::idefics3,
                      .text_defaults = llama_defaults},
    multimodal_family{.model_type = "internvl",
                      .text_type = "qwen2",
                      .vision_type = "internvl_vision",
                      .one_vision_type = true,
                      .join = join_rule::internvl},
    multimodal_family{.model_type = "internvl_chat",
                      .text_within = "llm_config",
                      .text_type = "qwen2",
                      .vision_type = "intern_vit_6b",
                      .one_vision_type = true,
                      .join = join_rule::internvl},
    multimodal_family{.model_type = "kimi_k25",
                      .text_type = "kimi_k2",
                      .vision_type = "kimi_k25",
                      .one_vision_type = true,
                      .join = join_rule::kimi},
    multimodal_family{.model_type = "kimi_k3",
                      .text_type = "kimi_linear",
                      .vision_type = "kimi_k3",
                      .one_vision_type = true,
                      .join = join_rule::kimi_k3},
    multimodal_family{.model_type = "kimi_vl",
                      .text_type = "deepseek_v3",
                      .vision_type = "moonvit",
                      .one_vision_type = true,
                      .join = join_rule::kimi},
    multimodal_family{.model_type = "llama4",
                      .text_type = "llama4_text",
                      .vision_type = "llama4_vision_model",
                      .one_vision_type = true,
                      .join = join_rule::llama4},
    multimodal_family{.model_type = "llava",
                      .text_type = "llama",
                      .vision_type = "clip_vision_model",
                      .join = join_rule::llava,
                      .text_defaults = llama_defaults},
    multimodal_family{.model_type = "llava_next",
                      .text_type = "llama",
                      .vision_type = "clip_vision_model",
                      .join = join_rule::llava_next,
                      .text_defaults = llama_defaults},
    multimodal_family{.model_type = "llava_onevision",
                      .text_type = "qwen2",
                      .vision_type = "siglip_vision_model",
                      .join = join_rule::llava_next},
    multimodal_family{.model_type = "mllama",
                      .text_type = "mllama_text_model",
                      .vision_type = "mllama_vision_model",
                      .one_vision_type = true,
                      .join = join_rule::mllama},
    multimodal_family{
        .model_type = "mistral3", .text_type = "mistral", .vision_type = "pixtral", .join = join_rule::mistral3},
    multimodal_family{.model_type = "paligemma",
                      .text_type = "gemma",
                      .vision_type = "siglip_vision_model",
                      .join = join_rule::paligemma,
                      .tied = true},
    multimodal_family{.model_type = "phi4mm",
                      .text_within = "",
                      .text_type = "phi4mm_text",
                      .vision_type = "phi4mm",
                      .one_vision_type = true,
                      .join = join_rule::phi4},
    multimodal_family{.model_type = "qwen2_audio",
                      .vision_within = "audio_config",
                      .text_type = "qwen2",
                      .vision_type = "qwen2_audio_encoder",
                      .one_vision_type = true,
                      .join = join_rule::qwen2_audio,
                      .text_defaults = R"({"num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
                          "num_key_value_heads": 32, "intermediate_size": 22016, "vocab_size": 151936})"},
    multimodal_family{.model_type = "qwen2_vl",
                      .text_within = "",
                      .text_type = "qwen2_vl_text",
                      .vision_type = "qwen2_vl",
                      .one_vision_type = true,
                      .join = join_rule::qwen2},
    multimodal_family{.model_type = "qwen2_5_vl",
                      .text_within = "",
                      .text_type = "qwen2_5_vl_text",
                      .vision_type = "qwen2_5_vl",
                      .one_vision_type = true,
                      .join = join_rule::qwen2},
    multimodal_family{.model_type = "qwen3_vl",
                      .text_type = "qwen3_vl_text",
                      .vision_type = "qwen3_vl",
                      .one_vision_type = true,
                      .join = join_rule::qwen3},
    multimodal_family{.model_type = "qwen3_vl_moe",
                      .text_type = "qwen3_vl_moe_text",
                      .vision_type = "qwen3_vl_moe",
                      .one_vision_type = true,
                      .join = join_rule::qwen3},
    multimodal_family{.model_type = "qwen3_5",
                      .text_type = "qwen3_5_text",
                      .vision_type = "qwen3_5",
                      .one_vision_type = true,
                      .join = join_rule::qwen3},
    multimodal_family{.model_type = "qwen3_5_moe",
                      .text_type = "qwen3_5_moe_text",
                      .vision_type = "qwen3_5_moe",
                      .one_vision_type = true,
                      .join = join_rule::qwen3},
    multimodal_family{.model_type = "smolvlm",
                      .text_type = "llama",
                      .vision_type = "smolvlm_vision",
                      .one_vision_type = true,
                      .join = join_rule::idefics3,
                      .text_defaults = llama_defaults},
    multimodal_family{.model_type = "voxtral",
                      .vision_within = "audio_config",
                      .text_type = "llama",
                      .vision_type = "voxtral_encoder",
                      .one_vision_type = true,
                      .join = join_rule::voxtral},
};

}  // namespace cardfit::io::detail
