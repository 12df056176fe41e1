// SPDX-License-Identifier: MIT

// Tests the parameter counts of encoders against what others state, and what an encoder is not: it has no cache, and
// without a vocabulary head no logits. The position_ids that some files store are not counted. The sources are:
//
//   mteb            `n_parameters` of the model in embeddings-benchmark/mteb, commit a905523
//   Keras           `params` of the preset in keras-team/keras-hub, commit 71453d0
//   llmfit          hf_models.json of AlexsJones/llmfit, commit 4d3ab0e
//   huggingface.js  its test of the reader of safetensors metadata (parse-safetensors-metadata.spec.ts)
//   recalled        the total of the model's safetensors from memory, in no document that was read; it equals the count

#include <cardfit/model/encoder_zoo.hpp>
#include <cardfit/model/kv_cache.hpp>

#include <cstdint>

using namespace cardfit;

static_assert(parameters(models::all_minilm_l6_v2) == 22'713'216);        // mteb, Keras
static_assert(parameters(models::all_minilm_l12_v2) == 33'360'000);       // mteb, Keras
static_assert(parameters(models::all_mpnet_base_v2) == 109'486'464);      // mteb
static_assert(parameters(models::bge_small_en) == 33'360'000);            // Keras
static_assert(parameters(models::bge_base_en) == 109'482'240);            // Keras
static_assert(parameters(models::bge_large_en) == 335'141'888);           // Keras
static_assert(parameters(models::bge_m3) == 567'754'752);                 // mteb (manu/bge-m3-custom-fr)
static_assert(parameters(models::multilingual_e5_base) == 278'043'648);   // mteb (xlm-roberta-base)
static_assert(parameters(models::multilingual_e5_large) == 559'890'432);  // mteb (xlm-roberta-large)
static_assert(parameters(models::nomic_embed_text_v1_5) == 136'731'648);  // mteb, llmfit
static_assert(parameters(models::modernbert_base) == 149'655'232);        // recalled
static_assert(parameters(models::distilbert_base) == 66'985'530);         // recalled
static_assert(parameters(models::roberta_base) == 124'697'433);           // huggingface.js
static_assert(parameters(models::xlm_roberta_base) == 278'295'186);       // recalled
static_assert(parameters(models::xlm_roberta_large) == 560'142'482);      // recalled
static_assert(parameters(models::deberta_v3_base) == 183'831'552);        // Keras
static_assert(parameters(models::t5_xxl_encoder) == 4'762'310'656);       // llmfit (XLabs-AI/xflux_text_encoders)
static_assert(parameters(models::wav2vec2_base_960h) == 94'396'320);      // recalled

// By hand, from the dimensions of arXiv 2412.13663, table 4: words; 28 layers of four matrices of 1024 x 1024, three of
// 1024 x 2624 and two norms; the head's matrix and the norms outside the layers, less that of the first layer; a bias
// per word.
static_assert(parameters(models::modernbert_large) ==
              50'368 * 1024 + 28 * (4 * 1024 * 1024 + 3 * 1024 * 2624 + 2 * 1024) + 1024 * 1024 + 2 * 1024 + 50'368);
// By hand: words and their norm, 512 relative positions and theirs, 24 layers of 12,596,224 as BERT-large has them.
static_assert(parameters(models::deberta_v3_large) ==
              128'100 * 1024 + 2048 + 512 * 1024 + 2048 + std::int64_t{24} * 12'596'224);

// An encoder keeps nothing of the tokens that it has read.
static_assert(kv_cache_per_token(models::bge_m3).number == 0);
static_assert(!is_autoregressive(lower(models::bge_m3)));
static_assert(lower(models::bge_m3).logits == 0);
static_assert(lower(models::xlm_roberta_base).logits == 250'002);
static_assert(lower(models::xlm_roberta_base).tied);
static_assert(lower(models::bge_m3).longest_sequence == 8192);  // the model card's 8192 tokens

// DeBERTa has three sets of scores (arXiv 2006.03654, equation 2, without the last term).
static_assert(lower(models::deberta_v3_base).blocks[0].attention.score_heads == 3 * 12);
static_assert(lower(models::deberta_v3_base).blocks[0].attention.biased_scores);
static_assert(!lower(models::bge_m3).blocks[0].attention.biased_scores);

// ModernBERT: layers 1, 4, 7 … 22 see all tokens.
static_assert(lower(models::modernbert_base).blocks[0].layers.count(0, 22) == 8);
static_assert(lower(models::modernbert_base).blocks[1].attention.window == 128);

// Dimensions that make no model.
constexpr encoder with(std::int64_t layers, std::int64_t heads, std::int64_t window) {
    encoder m = models::bge_small_en;
    m.layers = layers;
    m.heads = heads;
    m.window = window;
    return m;
}
static_assert(problems(with(12, 12, 0)).empty());
static_assert(!problems(with(0, 12, 0)).empty());
static_assert(!problems(with(12, 7, 0)).empty());    // 384 is no multiple of 7
static_assert(!problems(with(12, 12, 64)).empty());  // a window without a rule for the other layers
