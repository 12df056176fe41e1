// SPDX-License-Identifier: MIT

// Tests models of which only the stored bytes are known: a known shape with the bytes of its files needs what the
// shape alone needs, the same model without a shape needs at least that within its band, and neither its time nor its
// training is answered.

#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/stored_model.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

// Llama-3.1-8B in bf16 (arXiv 2407.21783, table 3: 32 layers of 4096, 32 heads, 8 key/value heads, 14336, 128256
// tokens): per layer q and o 2 x 4096², k and v 2 x 4096 x 1024, feed-forward 3 x 4096 x 14336, norms 2 x 4096.
constexpr std::int64_t table = 2LL * 128256 * 4096;
constexpr std::int64_t layer_matrices = 2LL * (2 * 4096 * 4096 + 3 * 4096 * 14336);
constexpr std::int64_t layer_key_value = 2LL * 2 * 4096 * 1024;
constexpr std::int64_t norms = 2LL * 2 * 4096;
constexpr stored_weights files{.embedding = table,
                               .head = table,
                               .matrices = 32 * layer_matrices,
                               .key_value = 32 * layer_key_value,
                               .replicated = 32 * norms + 2 * 4096,
                               .largest_layer = layer_matrices + layer_key_value + norms,
                               .largest_matrix = 4096LL * 14336};
static_assert(files.total() == 2 * 8'030'261'248);
static_assert(files.total() == 2 * parameters(models::llama_3_1_8b));

constexpr stored_model unknown{.weights = files,
                               .parameters = 8'030'261'248,
                               .hidden = 4096,
                               .heads = 32,
                               .kv_heads = 8,
                               .query_width = 4096,
                               .ffn = 14336,
                               .vocab = 128256,
                               .kinds = {{.layers = 32, .cache_width = 2 * 8 * 128}}};
static_assert(parameters(unknown) == 8'030'261'248);
static_assert(lower(unknown).layers == 32);

constexpr machine one = cards::h100_sxm5_80gb;
constexpr machine four = 4 * cards::h100_sxm5_80gb;

constexpr bool same(const engine e, const machine& m, const layout& l) {
    const inference plain{.prompt = 4000, .generate = 96, .framework = e};
    inference from_files = plain;
    from_files.stored = files;
    const memory_estimate a = memory(models::llama_3_1_8b, plain, m, l);
    const memory_estimate b = memory(models::llama_3_1_8b, from_files, m, l);
    return a.components == b.components && a.device_high == b.device_high;
}
static_assert(same(engine::transformers, one, {}));
static_assert(same(engine::vllm, one, {}));
static_assert(same(engine::llama_cpp, one, {}));
static_assert(same(engine::vllm, four, {.tensor = 4}));

// Stages of a pipeline are bounded by the largest layer: as many bytes, but for rounding and the final norm.
constexpr std::int64_t staged(const stored_weights& stored) {
    const inference i{.stored = stored, .framework = engine::vllm};
    return memory(models::llama_3_1_8b, i, four, {.pipeline = 4}).components.weights.number;
}
static_assert(staged(files) >= staged({}) && staged(files) < staged({}) + 100'000);

// Without a shape: the weights and the cache are exact, and the rest is within the band.
constexpr bool bounded(const engine e, const machine& m, const layout& l, std::int64_t batch) {
    const inference job{.batch = batch, .prompt = 4000, .generate = 96, .framework = e};
    const memory_estimate known = memory(lower_job(models::llama_3_1_8b, job, m, l));
    const memory_estimate bound = memory(lower_job(unknown, job, m, l));
    return known.components.weights == bound.components.weights &&
           known.components.kv_cache == bound.components.kv_cache && known.device() <= bound.device_high &&
           known.device() >= bound.device_low && bound.device_high > known.device_high;
}
static_assert(bounded(engine::transformers, one, {}, 1));
static_assert(bounded(engine::vllm, one, {}, 16));
static_assert(bounded(engine::llama_cpp, one, {}, 4));
static_assert(bounded(engine::vllm, four, {.tensor = 4}, 8));

// A latent of 512 + 64 elements per token and layer (DeepSeek-V3): 70,272 bytes per token, which no GPU divides.
constexpr stored_model latent{.weights = {.matrices = 1 << 30},
                              .hidden = 7168,
                              .heads = 128,
                              .kv_heads = 1,
                              .query_width = 128 * 192,
                              .ffn = 18432,
                              .vocab = 129280,
                              .kinds = {{.layers = 61, .cache_width = 576, .latent_values = 512}}};
constexpr std::int64_t cache_of(const stored_model& m, const machine& on, const layout& l, std::int64_t tokens) {
    const inference job{.prompt = tokens - 1, .generate = 1, .framework = engine::llama_cpp};
    return memory(lower_job(m, job, on, l)).components.kv_cache.number;
}
static_assert(cache_of(latent, one, {}, 4096) == 70'272LL * 4096);
static_assert(cache_of(latent, four, {.tensor = 4}, 4096) == 70'272LL * 4096);

// Layers with a window cache the window, and recurrent layers a state per sequence.
constexpr stored_model mixed{.weights = {.matrices = 1 << 30},
                             .hidden = 2048,
                             .heads = 16,
                             .kv_heads = 4,
                             .query_width = 2048,
                             .kinds = {{.layers = 4, .cache_width = 1024}, {.layers = 8, .state_width = 100'000}}};
static_assert(cache_of(mixed, one, {}, 4096) == 4 * 1024 * 2LL * 4096 + 8 * 100'000LL * 4);

// There is no time, no training and no adapter, and a model without cache or bytes is refused.
static_assert(!has_inference_time(cards::h100_sxm5_80gb, lower(unknown)));
static_assert(!problems(training{}, lower(unknown)).empty());
static_assert(problems(inference{}, lower(unknown)).empty());
static_assert(!problems(inference{.adapters = 1}, lower(unknown)).empty());
static_assert(!problems(stored_model{}).empty());

// Another format is not the files'.
static_assert(best_weights(lower(models::llama_3_1_8b), inference{.stored = files}, cards::h100_sxm5_80gb).format ==
              number_format::bf16);

}  // namespace
