// SPDX-License-Identifier: MIT

// Tests towers alone: parameters against counts that others state, and the tokens of an image against the image
// processors of transformers and the papers.

#include <cardfit/decide/fits.hpp>
#include <cardfit/hardware/cards/nvidia_hopper.hpp>
#include <cardfit/model/flops.hpp>
#include <cardfit/model/multimodal_zoo.hpp>

using namespace cardfit;

namespace {

// DINOv2's base model: 86,580,480 parameters (facebook/dinov2-base in embeddings-benchmark/mteb, dino_models.py, commit
// a905523).
constexpr vision_tower dinov2_base{.layers = 12,
                                   .hidden = 768,
                                   .heads = 12,
                                   .ffn = 3072,
                                   .layer_scale = true,
                                   .outer_norms = 1,
                                   .class_tokens = 1,
                                   .positions = 1370,
                                   .mask_tokens = 1,
                                   .image_size = 518};
static_assert(parameters(dinov2_base) == 86'580'480);
// The gradients of LayerScale's two weights per channel need the 768 elements that each multiplies, of every token: 24
// MiB of each of 24 in bf16, with 64 images of 257 tokens, were listed on an H200 (measured_h200.jsonl, k03).
static_assert(lower(dinov2_base).blocks[0].width.of[tensor_role::scaled_by_channel] == 2 * 768);
// Nobody reads them where the weights are frozen: of a product, PyTorch saves a factor for the gradient of the other
// one (tools/autograd/derivatives.yaml, mul.Tensor). Of 12 layers, 257 tokens of 8 images are 2 x 768 elements of 2
// bytes.
constexpr adapter on_queries_and_values{
    .method = adapter_method::lora, .rank = 16, .targets = targets(target::query, target::value)};
constexpr std::int64_t layer_scale_saves(const adapter& a) {
    vision_tower scaled = dinov2_base;
    scaled.image_size = 224;
    vision_tower plain = scaled;
    plain.layer_scale = false;
    const training t{.precision = precision::bf16, .micro_batch = 8, .adapter = a};
    return memory(scaled, t, cards::h100_sxm5_80gb).components.activations.number -
           memory(plain, t, cards::h100_sxm5_80gb).components.activations.number;
}
static_assert(layer_scale_saves(on_queries_and_values) == 0);
// With the weights, that is 2 x 768 elements of 2 bytes in each of 12 layers, of 257 tokens of 8 images.
static_assert(layer_scale_saves({}) == 12 * 8 * 257 * 2 * 768 * 2);

// A tower's layers are those of a ViT: ViT-L/16 without its classifier. torchvision states 304,326,632 with it.
constexpr vision_tower vit_large{.layers = 24,
                                 .hidden = 1024,
                                 .heads = 16,
                                 .ffn = 4096,
                                 .outer_norms = 1,
                                 .patch_size = 16,
                                 .class_tokens = 1,
                                 .positions = 197};
constexpr transformer vit_large_classifier{.layers = 24,
                                           .hidden = 1024,
                                           .heads = 16,
                                           .ffn = 4096,
                                           .ffn_gated = false,
                                           .norm = norm_kind::layer,
                                           .biases = biases::all,
                                           .kind = model_kind::encoder,
                                           .patch_tokens = 196,
                                           .classes = 1000};
static_assert(parameters(vit_large_classifier) == 304'326'632);
static_assert(parameters(vit_large) + 1024 * 1000 + 1000 == parameters(vit_large_classifier));
static_assert(forward_flops(lower(vit_large), 1) + 2.0 * 1024 * 1000 ==
              forward_flops(lower(vit_large_classifier), 1) + 2.0 * 3 * 16 * 16 * 1024);

// Tokens that an image takes.
constexpr std::int64_t tokens(const vision_tower& t, std::int64_t pixels) { return cost_of_image(t, pixels).tokens; }
// LLaVA 1.5: 24 x 24 patches, without the class token. Gemma 3: mm_tokens_per_image is 256, whatever the image.
static_assert(tokens(models::llava_1_5_7b.vision, 0) == 576);
static_assert(cost_of_image(models::llava_1_5_7b.vision).patches == 577);
static_assert(tokens(models::gemma_3_4b_vision.vision, 2000) == 256);
static_assert(cost_of_image(models::gemma_3_4b_vision.vision).patches == 4096);
// Qwen2.5-VL (smart_resize): tokens of 28 x 28 pixels, 4 to 16,384 of them. 644 = 23 x 28, 1000 = 35.7 x 28.
static_assert(tokens(models::qwen2_5_vl_7b.vision, 644) == 23 * 23);
static_assert(tokens(models::qwen2_5_vl_7b.vision, 1000) == 36 * 36);
static_assert(tokens(models::qwen2_5_vl_7b.vision, 10) == 4);
static_assert(tokens(models::qwen2_5_vl_7b.vision, 90'000) == 16'384);
static_assert(cost_of_image(models::qwen2_5_vl_7b.vision, 644).patches == 46 * 46);
// Qwen3-VL: tokens of 32 x 32 pixels.
static_assert(tokens(models::qwen3_vl_8b.vision, 1024) == 32 * 32);
// Pixtral: a break behind each row of 16 x 16 pixels (arXiv 2410.07073, section 2.2); 1024 pixels at most.
static_assert(tokens(models::pixtral_12b.vision, 512) == 32 * 33);
static_assert(tokens(models::pixtral_12b.vision, 1024) == 64 * 65);
static_assert(tokens(models::pixtral_12b.vision, 4000) == 64 * 65);
static_assert(cost_of_image(models::pixtral_12b.vision, 1024).patches == 64 * 64);
// Mistral Small 3.1 merges 2 x 2 patches of 14 pixels: 1540 pixels are 55 tokens a side.
static_assert(tokens(models::mistral_small_3_1_24b.vision, 1540) == 55 * 56);
// InternVL: 256 tokens a tile of 448 pixels, 12 tiles at most and a thumbnail.
static_assert(tokens(models::internvl3_8b.vision, 448) == 256);
static_assert(tokens(models::internvl3_8b.vision, 896) == 5 * 256);
static_assert(tokens(models::internvl3_8b.vision, 4000) == 10 * 256);
static_assert(cost_of_image(models::internvl3_8b.vision, 896).passes == 5);

// A tower without sense is refused.
constexpr bool refused(vision_tower t) { return !problems(t).empty(); }
static_assert(!refused(models::pixtral_12b.vision));
static_assert(refused({}));
static_assert(refused([] {
    vision_tower t = models::pixtral_12b.vision;
    t.head_dim = 0;
    t.heads = 7;
    return t;
}()));

// Phi-4-multimodal: a tile of 448 has 32 x 32 patches and makes 16 x 16 tokens of them. Its processor's formula for one
// tile and the thumbnail: 256 + 1 + 256 + 16 + 16 (processing_phi4mm.py).
constexpr vision_tower cropped{.layers = 27,
                               .hidden = 1152,
                               .heads = 16,
                               .ffn = 4304,
                               .positions = 1024,
                               .grid = image_grid::crops,
                               .image_size = 448,
                               .merge = 2,
                               .max_tiles = 36};
static_assert(cost_of_image(cropped, 448).tokens == 256 + 1 + 256 + 16 + 16);
static_assert(cost_of_image(cropped, 448).patches == 2 * 1024);
// 3 x 3 tiles cover 1024 pixels: 48 rows of 48 tokens and one more.
static_assert(cost_of_image(cropped, 1024).tokens == 48 * 49 + 16 * 17 + 1);
static_assert(cost_of_image(cropped, 1024).passes == 10);
// Whisper's encoder for clips of 30 seconds, by hand: two convolutions over three frames, 1,500 positions, 32 layers
// whose keys have no bias, a norm.
constexpr vision_tower sound{.layers = 32,
                             .hidden = 1280,
                             .heads = 20,
                             .ffn = 5120,
                             .key_bias = false,
                             .outer_norms = 1,
                             .positions = 1500,
                             .grid = image_grid::clip,
                             .merge = 2,
                             .sound_bins = 128,
                             .sound_positions = 1500};
constexpr std::int64_t sound_layer = 4 * 1280 * 1280 + 3 * 1280 + 2 * 1280 * 5120 + 5120 + 1280 + 4 * 1280;
static_assert(parameters(sound) == 3 * 128 * 1280 + 3 * 1280 * 1280 + 2 * 1280 + 1500 * 1280 + 32 * sound_layer + 2560);
static_assert(cost_of_image(sound).tokens == 750);
// The first convolution runs on 3,000 frames, the second on 1,500 positions; two FLOPs a weight.
static_assert(lower(sound).sample_flops == std::int64_t{2} * 1500 * (2 * 3 * 128 * 1280 + 3 * 1280 * 1280));

// At most 36 tiles.
static_assert(cost_of_image(cropped, 10'000).passes == 37);

}  // namespace
