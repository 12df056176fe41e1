// SPDX-License-Identifier: MIT

// Tests decoders whose kinds of layer differ in more than a window, against what publishers state and against counts by
// hand. Totals of safetensors are those that hf_models.json of AlexsJones/llmfit (commit 4d3ab0e) lists, unless a
// comment names another source.

#include <cardfit/model/flops.hpp>
#include <cardfit/model/kv_cache.hpp>
#include <cardfit/model/varied_zoo.hpp>

using namespace cardfit;

namespace {

/// Returns whether `count` is within `half_step` of a published, rounded figure.
constexpr bool rounds_to(std::int64_t count, double published, double half_step) {
    const double off = static_cast<double>(count) - published;
    return -half_step <= off && off <= half_step;
}

// The model card of Gemma 4 (ai.google.dev, gemma/docs/core/model_card_4): 30.7B; 25.2B of which 3.8B are active. Its
// 5.1B and 8B count the towers of the small models too.
static_assert(rounds_to(parameters(models::gemma_4_31b.text), 30.7e9, 0.05e9));
static_assert(rounds_to(parameters(models::gemma_4_26b_a4b.text), 25.2e9, 0.05e9));
static_assert(rounds_to(active_parameters(models::gemma_4_26b_a4b.text), 3.8e9, 0.05e9));

// The safetensors totals that the Hub's API states for google/gemma-4-*-it, as lists of its answers quote them. Beside
// the matrices they count a scalar for each layer, in the two large models the shift and scale of the tower's features,
// and in the two small ones the keys, values and norms of the borrowing layers, which no layer uses: 18,880,512 and
// 55,055,616.
static_assert(parameters(models::gemma_4_31b) == 31'273'088'876);
static_assert(parameters(models::gemma_4_26b_a4b) == 25'805'936'206);
static_assert(parameters(models::gemma_4_e2b) == 5'123'178'051);
static_assert(parameters(models::gemma_4_e4b) == 7'996'156'490);

// A layer of Gemma 4 31B that sees all positions, by hand: 32 query heads of 512, four heads of keys that are values
// too, a feed-forward of 21504, four norms and those of queries and keys.
constexpr network dense = lower(models::gemma_4_31b.text);
static_assert(parameters(dense.blocks[1]) ==
              std::int64_t{5376} * (2 * 32 * 512 + 4 * 512) + 3 * 5376 * 21504 + 4 * 5376 + 2 * 512);
// Of 60 layers, 50 cache keys and values of 16 heads of 256, and 10 those of 4 heads of 512, in 2 bytes.
static_assert(kv_cache_per_token(dense) == bytes_of(2 * (50 * 2 * 16 * 256 + 10 * 2 * 4 * 512)));
// Beyond the window of 1024, only the 10 grow.
static_assert(kv_cache(dense, 3000) - kv_cache(dense, 2000) == bytes_of(1000 * 2 * 10 * 2 * 4 * 512));

// Gemma 4 E2B: of 35 layers, the first 15 cache one head of 256, or of 512 in three of them; the last 20 read their
// caches and have feed-forwards twice as wide.
constexpr network small = lower(models::gemma_4_e2b.text);
static_assert(kv_cache_per_token(small) == bytes_of(2 * (12 * 2 * 256 + 3 * 2 * 512)));
static_assert(small.block_kinds == 4);
static_assert(small.blocks[3].cache.width == 0);
static_assert(small.blocks[3].cache.borrowed_width == 2 * 512);
static_assert(parameters(small.blocks[3]) ==
              2 * 1536 * 8 * 512 + 512 + 3 * 1536 * 2 * 6144 + 4 * 1536 + 3 * 1536 * 256 + 1536);
static_assert(parameters(small.blocks[0]) ==
              2 * 1536 * 8 * 256 + 2 * 1536 * 256 + 2 * 256 + 3 * 1536 * 6144 + 4 * 1536 + 3 * 1536 * 256 + 1536);
// A borrowed layer attends like another: scores of 8 heads of 512.
static_assert(small.blocks[3].attention.self_width == 2 * 8 * 512);

// Gemma 3n: totals of both models, whose towers are the same; the text model by hand in its first layer. That of E4B is
// listed for lmstudio-community/gemma-3n-E4B-it-MLX-bf16. That of E2B was recalled; model sheets that quote the hub's
// safetensors metadata state it too, and none of its publisher was read.
static_assert(parameters(models::gemma_3n_e4b) == 7'849'978'192);
static_assert(parameters(models::gemma_3n_e2b) == 5'439'438'272);
constexpr network nested = lower(models::gemma_3n_e4b);
static_assert(parameters(nested.blocks[0]) == 2048 * (2 * 8 * 256 + 2 * 2 * 256) + 2 * 256 + 3 * 2048 * 16384 +
                                                  4 * 2048 + 2 * 2048 * 64 + 2048 + 2 * 2048 + 16 + 64 + 4 * 2048 +
                                                  3 * 2048 * 256 + 2048);
// The first 20 layers cache 2 heads of 256; full recomputation keeps four hidden states.
static_assert(kv_cache_per_token(nested) == bytes_of(2 * 20 * 2 * 2 * 256));
static_assert(nested.blocks[0].width.of[tensor_role::layer_input] == 4 * 2048);

// Llama 4: the safetensors total of Maverick; that of Scout in debaditc/kvfit
// (scripts/build_registry.py); the model cards' 17B active.
static_assert(parameters(models::llama_4_maverick) == 401'583'781'376);
static_assert(parameters(models::llama_4_scout) == 108'641'793'536);
static_assert(rounds_to(active_parameters(models::llama_4_scout.text), 17e9, 0.5e9));
static_assert(rounds_to(active_parameters(models::llama_4_maverick.text), 17e9, 0.5e9));
// 48 layers cache 8 heads of 128; 12 of them beyond a chunk.
static_assert(kv_cache_per_token(models::llama_4_scout) == bytes_of(2 * 48 * 2 * 8 * 128));
static_assert(kv_cache(models::llama_4_scout, 100'000) - kv_cache(models::llama_4_scout, 90'000) ==
              bytes_of(std::int64_t{2} * 10'000 * 12 * 2 * 8 * 128));

// Llama 3.2 Vision: the safetensors totals of both models. By hand, a layer that attends to images: 32 query heads and
// 8 of keys and values of 128, a feed-forward of 14336, two norms, those of a head's query and key, two gates.
static_assert(parameters(models::llama_3_2_11b_vision) == 10'670'220'835);
static_assert(parameters(models::llama_3_2_90b_vision) == 88'593'355'323);
constexpr network crossing = lower(models::llama_3_2_11b_vision);
static_assert(parameters(crossing.blocks[1]) ==
              2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336 + 2 * 4096 + 2 * 128 + 2);
// The text caches 8 heads of 128 in the 32 other layers. Four tiles of 1601 features each are cached in the eight,
// which the text's length does not change; of the sequence, an image takes one token.
static_assert(kv_cache_per_token(crossing) == bytes_of(2 * 32 * 2 * 8 * 128));
static_assert(crossing.tower.crossed == 4 * 1601);
static_assert(crossing.tower.image_tokens == 1);
static_assert(cross_cache(crossing, crossing.tower.crossed) == bytes_of(std::int64_t{2} * 8 * 2 * 8 * 128 * 6404));
// A token's scores with the features, and its probabilities with the values: two FLOPs each.
static_assert(crossing.blocks[1].attention.flops == std::int64_t{2} * 2 * 4096 * 6404);

// The description must give every layer one kind.
constexpr varied_decoder without_layer = [] {
    varied_decoder m = models::gemma_4_31b.text;
    m.variants[0].layers.words[0] &= ~std::uint64_t{1};
    return m;
}();
static_assert(!problems(without_layer).empty());
constexpr varied_decoder twice = [] {
    varied_decoder m = models::gemma_4_31b.text;
    m.variants[0].layers.add(5);
    return m;
}();
static_assert(!problems(twice).empty());

// Llama-3.3-Nemotron-Super-49B (config.json beside nvidia/Llama-3_3-Nemotron-Super-49B-v1): of the 80 layers of Llama
// 3.3 70B, 49 attend (A, B), and the feed-forwards have 21/4 (A, 5), 105/32 (3), 21/8 (B, 2), 21/16 (1), 1 (s) and 1/2
// (h) times 2/3 of the hidden size, in multiples of 256.
constexpr char super_layers[] = "BAAAAA22AAA3AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1221512111A1ss1sss11hhsshhshhAAAAAAAAA";
constexpr varied_decoder super_49b{
    .common = {.layers = 80, .hidden = 8192, .heads = 64, .vocab = 128256},
    .variants = {{.layers = layers_of(super_layers, 'A'), .kv_heads = 8, .ffn = 28672},
                 {.layers = layers_of(super_layers, 'B'), .kv_heads = 8, .ffn = 14336},
                 {.layers = layers_of(super_layers, '5'), .source = key_value_source::no_attention, .ffn = 28672},
                 {.layers = layers_of(super_layers, '3'), .source = key_value_source::no_attention, .ffn = 17920},
                 {.layers = layers_of(super_layers, '2'), .source = key_value_source::no_attention, .ffn = 14336},
                 {.layers = layers_of(super_layers, '1'), .source = key_value_source::no_attention, .ffn = 7168},
                 {.layers = layers_of(super_layers, 's'), .source = key_value_source::no_attention, .ffn = 5632},
                 {.layers = layers_of(super_layers, 'h'), .source = key_value_source::no_attention, .ffn = 2816}}};
constexpr network searched = lower(super_49b);
constexpr std::int64_t super_attention = std::int64_t{8192} * (2 * 8192 + 2 * 1024) + 8192;
constexpr std::int64_t super_widths = 49 * 28672 + 17920 + 6 * 14336 + 10 * 7168 + 8 * 5632 + 6 * 2816;
static_assert(parameters(searched) ==
              49 * super_attention + 3 * 8192 * super_widths + 80 * 8192 + 2 * std::int64_t{128256} * 8192 + 8192);
// The list has 49,867,145,216 for the repository; pages of its GGUF files state 49.9 B.
static_assert(rounds_to(parameters(searched), 49.9e9, 0.05e9));
// 49 layers cache keys and values of 8 heads of 128, in 2 bytes. A layer without attention scores and saves nothing of
// it.
static_assert(kv_cache_per_token(searched) == bytes_of(49 * 2 * 8 * 128 * 2));
static_assert(searched.kv_heads == 8);
static_assert(searched.blocks[2].attention.scores == score_kind::none);
static_assert(searched.blocks[2].cache.width == 0);
static_assert(searched.blocks[2].width.of[tensor_role::query] == 0);
static_assert(parameters(searched.blocks[2]) == 3 * 8192 * 28672 + 8192);

}  // namespace
