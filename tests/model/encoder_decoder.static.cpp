// SPDX-License-Identifier: MIT

// Tests the parameter counts and caches of encoder-decoders against what publishers state. "HF total" is the `total` of
// the safetensors metadata that the model's page on Hugging Face shows. "Keras" is the `params` of the published
// preset. "Recalled" is a total from memory: no document that states it was read, and the count is the sum of the
// matrices of the model's class.

#include <cardfit/model/encoder_decoder_zoo.hpp>
#include <cardfit/model/kv_cache.hpp>
#include <cardfit/model/translation_zoo.hpp>

#include <cstdint>

using namespace cardfit;

// T5. Flan-T5 is T5 v1.1 with further training.
static_assert(parameters(models::t5_small) == 60'506'624);         // torch, num_parameters()
static_assert(parameters(models::t5_base) == 222'903'552);         // Keras t5_base
static_assert(parameters(models::t5_large) == 737'668'096);        // Keras t5_large
static_assert(parameters(models::t5_3b) == 2'851'598'336);         // torch, num_parameters()
static_assert(parameters(models::t5_11b) == 11'307'321'344);       // torch, num_parameters()
static_assert(parameters(models::flan_t5_small) == 76'961'152);    // torch, num_parameters()
static_assert(parameters(models::flan_t5_base) == 247'577'856);    // Keras t5_1.1_base
static_assert(parameters(models::flan_t5_large) == 783'150'080);   // torch, num_parameters()
static_assert(parameters(models::flan_t5_xl) == 2'849'757'184);    // Keras t5_1.1_xl
static_assert(parameters(models::flan_t5_xxl) == 11'135'332'352);  // Keras t5_1.1_xxl

// BART.
static_assert(parameters(models::bart_base) == 139'420'416);   // torch, num_parameters()
static_assert(parameters(models::bart_large) == 406'291'456);  // torch, num_parameters()

// Whisper, including the positions of the encoder (sines that the checkpoint stores).
static_assert(parameters(models::whisper_tiny) == 37'760'640);             // HF total
static_assert(parameters(models::whisper_base) == 72'593'920);             // HF total
static_assert(parameters(models::whisper_small) == 241'734'912);           // Keras whisper_small_multi
static_assert(parameters(models::whisper_medium) == 763'857'920);          // HF total
static_assert(parameters(models::whisper_large_v2) == 1'543'304'960);      // HF total
static_assert(parameters(models::whisper_large_v3) == 1'543'490'560);      // HF total
static_assert(parameters(models::whisper_large_v3_turbo) == 808'878'080);  // HF total
// Two layers of its decoder, of 26,236,160 by the difference of large-v3 and its turbo (28 layers).
static_assert(parameters(models::distil_whisper_large_v3) == 808'878'080 - 2 * ((1'543'490'560 - 808'878'080) / 28));

// BART as a classifier, mBART, NLLB, mT5.
// Recalled; by hand: BART large's 406,291,456, 1025 x 1024 and 3 x 1025.
static_assert(parameters(models::bart_large_mnli) == 407'344'131);
static_assert(lower(models::bart_large_mnli).logits == 0);
static_assert(parameters(models::mbart_large_50) == 610'879'488);           // recalled
static_assert(parameters(models::nllb_200_distilled_600m) == 615'073'792);  // recalled
static_assert(parameters(models::mt5_small) == 300'176'768);                // recalled
static_assert(parameters(models::mt5_base) == 582'401'280);                 // recalled
// By hand: words of 2048, 24 layers of 50,358,272 in the encoder and 24 of 67,147,776 in the decoder, two norms.
static_assert(parameters(models::nllb_200_3_3b) ==
              256'206 * 2048 + std::int64_t{24} * (50'358'272 + 67'147'776) + 2 * 4096);

// Cross attention caches 2 x inner width per source token and decoder layer, and the decoder's own cache stores as much
// per token of its own; the encoder caches nothing.
static_assert(cross_cache(models::t5_11b, 512).number == 2 * (128 * 128) * std::int64_t{24} * 512 * 2);
static_assert(kv_cache_per_token(models::t5_11b).number == 2 * (128 * 128) * 24 * 2);
static_assert(cross_cache(models::whisper_large_v3, 1500).number == 2 * 1280 * std::int64_t{32} * 1500 * 2);
static_assert(kv_cache_per_token(models::whisper_large_v3_turbo).number == 2 * 1280 * 4 * 2);
static_assert(cross_cache(models::transformer_big, 100).number == 2 * 1024 * 6 * 100 * 2);
