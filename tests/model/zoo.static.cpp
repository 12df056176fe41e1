// SPDX-License-Identifier: MIT

// Tests the parameter counts of the model zoo against what the publishers state. "HF total" is the `total` of the
// safetensors metadata that the model's page on Hugging Face shows. It counts stored tensors, so where a checkpoint
// stores more than the model's parameters, the difference is named and added. "Keras" is the `params` of the published
// Keras preset.

#include <cardfit/model/zoo.hpp>

#include <cstdint>

using namespace cardfit;

namespace {

/// Returns whether `count` is within `half_step` of a published, rounded figure.
constexpr bool rounds_to(std::int64_t count, double published, double half_step) {
    const double off = static_cast<double>(count) - published;
    return -half_step <= off && off <= half_step;
}

/// Returns vocabulary size times width, the size of the input embedding. Some publishers leave it out of the active
/// parameters, and some checkpoints store it twice although the model ties it to the head.
constexpr std::int64_t embedding(const transformer& m) { return m.vocab * m.hidden; }

}  // namespace

// GPT-2. HF totals also count the causal masks, a buffer of 1024 x 1024 per layer.
static_assert(parameters(models::gpt2) == 124'439'808);                     // Keras gpt2_base_en
static_assert(parameters(models::gpt2) + 12 * 1024 * 1024 == 137'022'720);  // HF total
static_assert(parameters(models::gpt2_medium) == 354'823'168);              // Keras gpt2_medium_en
static_assert(parameters(models::gpt2_large) == 774'030'080);               // Keras gpt2_large_en
static_assert(parameters(models::gpt2_xl) == 1'557'611'200);                // Keras gpt2_extra_large_en

// BERT, with both pre-training heads.
static_assert(parameters(models::bert_base) == 110'106'428);   // HF total
static_assert(parameters(models::bert_large) == 336'226'108);  // HF total

// OPT.
static_assert(parameters(models::opt_125m) == 125'239'296);          // torch, num_parameters()
static_assert(parameters(models::opt_1_3b) == 1'315'758'080);        // torch, num_parameters()
static_assert(2 * parameters(models::opt_6_7b) == 13'316'947'968);   // bytes of the fp16 checkpoint
static_assert(rounds_to(parameters(models::opt_30b), 30e9, 0.5e9));  // arXiv 2205.01068, table 1

// Pythia.
static_assert(parameters(models::pythia_1b) == 1'011'781'632);    // model card, table of the suite
static_assert(parameters(models::pythia_6_9b) == 6'857'302'016);  // model card, table of the suite

// MPT.
static_assert(2 * parameters(models::mpt_7b) == 13'298'573'312);  // total_size of the bf16 index

// Falcon. The checkpoints store the head in addition to the embedding that it is tied to.
static_assert(parameters(models::falcon_7b) + embedding(models::falcon_7b) == 7'217'189'760);     // HF total
static_assert(parameters(models::falcon_40b) + embedding(models::falcon_40b) == 41'835'970'560);  // HF total

// Llama 2. HF totals also count the rotary frequencies, a buffer of 64 per layer.
static_assert(parameters(models::llama_2_7b) + 32 * 64 == 6'738'417'664);    // HF total
static_assert(parameters(models::llama_2_13b) + 40 * 64 == 13'015'866'880);  // HF total
static_assert(parameters(models::llama_2_70b) + 80 * 64 == 68'976'653'312);  // HF total

// Llama 3.
static_assert(parameters(models::llama_3_8b) == 8'030'261'248);        // HF total
static_assert(parameters(models::llama_3_70b) == 70'553'706'496);      // HF total
static_assert(parameters(models::llama_3_1_8b) == 8'030'261'248);      // HF total
static_assert(parameters(models::llama_3_1_70b) == 70'553'706'496);    // HF total
static_assert(parameters(models::llama_3_1_405b) == 405'853'388'800);  // HF total
static_assert(parameters(models::llama_3_2_1b) == 1'235'814'400);      // HF total
static_assert(parameters(models::llama_3_2_3b) == 3'212'749'824);      // HF total

// TinyLlama.
static_assert(parameters(models::tinyllama_1_1b) == 1'100'048'384);  // HF total

// Mistral.
static_assert(parameters(models::mistral_7b) == 7'241'732'096);                     // HF total
static_assert(parameters(models::mixtral_8x7b) == 46'702'792'704);                  // HF total
static_assert(parameters(models::mixtral_8x22b) == 140'620'634'112);                // HF total
static_assert(rounds_to(active_parameters(models::mixtral_8x7b), 12.9e9, 0.05e9));  // mistral.ai: 12.9B per token
static_assert(rounds_to(active_parameters(models::mixtral_8x22b), 39e9, 0.5e9));    // mistral.ai: 39B of 141B

// Qwen.
static_assert(2 * parameters(models::qwen_1_8b) == 3'673'657'344);    // bytes of the bf16 checkpoint
static_assert(parameters(models::qwen_7b) == 7'721'324'544);          // torch, as calflops lists it
static_assert(parameters(models::qwen_14b) == 14'167'290'880);        // GGUF metadata of Qwen1.5-14B
static_assert(rounds_to(parameters(models::qwen_72b), 72e9, 0.5e9));  // model card: 72B

// Qwen 1.5 MoE.
static_assert(parameters(models::qwen1_5_moe_a2_7b) == 14'315'784'192);                 // Keras qwen1.5_moe_2.7b_en
static_assert(rounds_to(active_parameters(models::qwen1_5_moe_a2_7b), 2.7e9, 0.05e9));  // model card: 2.7B activated

// Qwen 2 and 2.5.
static_assert(parameters(models::qwen2_7b) == 7'615'616'512);      // HF total
static_assert(parameters(models::qwen2_72b) == 72'706'203'648);    // HF total
static_assert(parameters(models::qwen2_5_0_5b) == 494'032'768);    // HF total
static_assert(parameters(models::qwen2_5_1_5b) == 1'543'714'304);  // HF total
static_assert(parameters(models::qwen2_5_3b) == 3'085'938'688);    // HF total
static_assert(parameters(models::qwen2_5_7b) == 7'615'616'512);    // HF total
static_assert(parameters(models::qwen2_5_14b) == 14'770'033'664);  // HF total
static_assert(parameters(models::qwen2_5_32b) == 32'763'876'352);  // HF total
static_assert(parameters(models::qwen2_5_72b) == 72'706'203'648);  // HF total

// Qwen 3. The two smallest models store the head in addition to the embedding that it is tied to.
static_assert(parameters(models::qwen3_0_6b) + embedding(models::qwen3_0_6b) == 751'632'384);    // HF total
static_assert(parameters(models::qwen3_1_7b) == 1'720'574'976);                                  // Keras qwen3_1.7b_en
static_assert(parameters(models::qwen3_1_7b) + embedding(models::qwen3_1_7b) == 2'031'739'904);  // HF total
static_assert(parameters(models::qwen3_4b) == 4'022'468'096);                                    // HF total
static_assert(parameters(models::qwen3_8b) == 8'190'735'360);                                    // HF total
static_assert(parameters(models::qwen3_14b) == 14'768'307'200);                                  // HF total
static_assert(parameters(models::qwen3_32b) == 32'762'123'264);                                  // HF total
static_assert(parameters(models::qwen3_30b_a3b) == 30'532'122'624);                              // HF total
static_assert(parameters(models::qwen3_235b_a22b) == 235'093'634'560);                           // HF total
// Model cards: 3.3B (which is 3.35 truncated) and 22B activated.
static_assert(rounds_to(active_parameters(models::qwen3_30b_a3b), 3.3e9, 0.1e9));
static_assert(rounds_to(active_parameters(models::qwen3_235b_a22b), 22e9, 0.5e9));

// Gemma.
static_assert(parameters(models::gemma_2b) == 2'506'172'416);      // Keras gemma_2b_en
static_assert(parameters(models::gemma_7b) == 8'537'680'896);      // Keras gemma_7b_en
static_assert(parameters(models::gemma_2_2b) == 2'614'341'888);    // HF total
static_assert(parameters(models::gemma_2_9b) == 9'241'705'984);    // HF total
static_assert(parameters(models::gemma_2_27b) == 27'227'128'320);  // HF total
static_assert(parameters(models::gemma_3_1b) == 999'885'952);      // HF total
// HF totals include the vision encoder and the projector. Their size is what Keras states with them less what it states
// for the text model alone. Keras's vocabulary is the 262144 tokens without the rows of the image token, so its counts
// of the text model differ from those here.
static_assert(parameters(models::gemma_3_4b) + (4'299'915'632 - 3'880'099'328) == 4'300'079'472);
static_assert(parameters(models::gemma_3_12b) + (12'187'079'280 - 11'765'788'416) == 12'187'325'040);
static_assert(parameters(models::gemma_3_27b) + (27'432'062'576 - 27'009'002'240) == 27'432'406'640);

// Phi.
static_assert(parameters(models::phi_1_5) == 1'418'270'720);     // HF total
static_assert(parameters(models::phi_2) == 2'779'683'840);       // HF total
static_assert(parameters(models::phi_3_mini) == 3'821'079'552);  // HF total
static_assert(parameters(models::phi_4) == 14'659'507'200);      // HF total

// DeepSeek V2. Model cards: 21B and 2.4B activated. The latter is 2.45 truncated, and leaves out the input embedding,
// as V3's figure does.
static_assert(parameters(models::deepseek_v2) == 235'741'434'880);      // HF total
static_assert(parameters(models::deepseek_v2_lite) == 15'706'484'224);  // HF total
static_assert(rounds_to(active_parameters(models::deepseek_v2) - embedding(models::deepseek_v2), 21e9, 0.5e9));
static_assert(rounds_to(active_parameters(models::deepseek_v2_lite) - embedding(models::deepseek_v2_lite), 2.4e9,
                        0.06e9));

// DeepSeek V3. The HF total also counts layer 61, which predicts a second token (one more sparse layer of MLA, router
// with its bias, 256 + 1 experts and two norms; three more norms, a 2h x h projection, and copies of embedding and
// head), and the scales of the fp8 weights, one per block of 128 x 128.
constexpr std::int64_t v3_layer_61 = [] {
    constexpr std::int64_t h = 7168;
    constexpr std::int64_t mla = h * 1536 + 1536 + 1536 * 128 * 192 + h * 576 + 512 + 512 * 128 * 256 + 128 * 128 * h;
    constexpr std::int64_t experts = h * 256 + 256 + 257 * 3 * h * 2048;
    return mla + experts + 2 * h + 3 * h + 2 * h * h + 2 * 129280 * h;
}();
constexpr std::int64_t v3_scales = [] {
    // These are the blocks of the five MLA matrices (576 is 4.5 blocks, stored as 5), of one expert, and of a dense
    // layer.
    constexpr std::int64_t mla = 12 * 56 + 192 * 12 + 5 * 56 + 256 * 4 + 56 * 128;
    constexpr std::int64_t expert = 3 * 16 * 56;
    constexpr std::int64_t dense = 3 * 144 * 56;
    return 62 * mla + 59 * 257 * expert + 3 * dense;
}();
static_assert(parameters(models::deepseek_v3) + v3_layer_61 + v3_scales == 684'531'386'000);  // HF total
// Recalled, without scales of FP8: hf_models.json of AlexsJones/llmfit (commit 4d3ab0e) lists 1,026,470,731,056 for
// moonshotai/Kimi-K2-Instruct, 62.5 M more, which is about one scale per 128 x 128 weights.
static_assert(parameters(models::kimi_k2) == 1'026'408'232'448);
static_assert(rounds_to(parameters(models::deepseek_v3), 671e9, 0.5e9));  // README_WEIGHTS.md: 671B
// README_WEIGHTS.md says 36.7B, including both embedding and head, but the count is close to that only with one of
// them.
static_assert(rounds_to(active_parameters(models::deepseek_v3) - embedding(models::deepseek_v3), 37e9, 0.5e9));

// gpt-oss. The model card (arXiv 2508.10925, table 1) leaves the input embedding out of the active parameters.
static_assert(parameters(models::gpt_oss_20b) == 20'914'757'184);               // HF total
static_assert(parameters(models::gpt_oss_120b) == 116'829'156'672);             // HF total
static_assert(rounds_to(parameters(models::gpt_oss_20b), 20.91e9, 0.005e9));    // model card, table 1
static_assert(rounds_to(parameters(models::gpt_oss_120b), 116.83e9, 0.005e9));  // model card, table 1
static_assert(rounds_to(active_parameters(models::gpt_oss_20b) - embedding(models::gpt_oss_20b), 3.61e9, 0.005e9));
static_assert(rounds_to(active_parameters(models::gpt_oss_120b) - embedding(models::gpt_oss_120b), 5.13e9, 0.005e9));

// Vision transformers.
static_assert(parameters(models::vit_b_16) == 86'567'656);   // torchvision, num_params
static_assert(parameters(models::vit_l_16) == 304'326'632);  // torchvision, num_params
