// SPDX-License-Identifier: MIT

// Tests the parameters of text models with a vision tower against the totals of their published checkpoints and against
// counts by hand. The totals are those of the repositories' safetensors, as hf_models.json of AlexsJones/llmfit (commit
// 4d3ab0e) lists them, unless a comment names another source.

#include <cardfit/model/flops.hpp>
#include <cardfit/model/multimodal.hpp>
#include <cardfit/model/multimodal_zoo.hpp>

using namespace cardfit;

namespace {

// Totals of the checkpoints.
static_assert(parameters(models::qwen2_5_vl_7b) == 8'292'166'656);
static_assert(parameters(models::qwen2_5_vl_3b) == 3'754'622'976);
static_assert(parameters(models::qwen2_5_vl_72b) == 73'410'777'344);
static_assert(parameters(models::qwen3_vl_2b) == 2'127'532'032);
static_assert(parameters(models::qwen3_vl_4b) == 4'437'815'808);
static_assert(parameters(models::qwen3_vl_8b) == 8'767'123'696);
static_assert(parameters(models::qwen3_vl_32b) == 33'357'390'064);
static_assert(parameters(models::qwen3_vl_235b_a22b) == 235'670'022'896);
static_assert(parameters(models::gemma_3_4b_vision) == 4'300'079'472);
static_assert(parameters(models::gemma_3_12b_vision) == 12'187'325'040);
static_assert(parameters(models::gemma_3_27b_vision) == 27'432'406'640);
static_assert(parameters(models::pixtral_12b) == 12'682'739'712);
static_assert(parameters(models::internvl3_8b) == 7'944'373'760);
static_assert(parameters(models::llava_1_5_7b) == 7'063'427'072);
// debaditc/kvfit (scripts/build_registry.py) has this total of Mistral Small 3.2, whose shape is that of 3.1.
static_assert(parameters(models::mistral_small_3_1_24b) == 24'011'361'280);
// embeddings-benchmark/mteb (clip_models.py, commit a905523).
static_assert(parameters(models::clip_vit_l14) == 427'616'513);

// The tower of Qwen2.5-VL-7B by hand: 32 layers of 4 x 1280^2 + 4 x 1280 in attention, 3 x 1280 x 3420 + 2 x 3420 +
// 1280 in the gated feed-forward and 2 x 1280 in norms; patches of 3 x 2 x 14 x 14; a merger of 5120^2 and 5120 x 3584.
static_assert(tower_parameters(lower(models::qwen2_5_vl_7b)) ==
              32 * (4 * 1280 * 1280 + 4 * 1280 + 3 * 1280 * 3420 + 2 * 3420 + 1280 + 2 * 1280) +
                  1280 * 3 * 2 * 14 * 14 + 1280 + 5120 * 5120 + 5120 + 5120 * 3584 + 3584);

// FLOPs of a tower: those of its layers over one pass, once per tile.
static_assert(image_flops(lower(models::internvl3_8b, 896)) == 5 * image_flops(lower(models::internvl3_8b, 448)));
static_assert(image_flops(lower(models::qwen2_5_vl_7b.text)) == 0);
static_assert(forward_flops(models::llava_1_5_7b, 1000) == forward_flops(models::llava_1_5_7b.text, 1000));
// Layers: 2 FLOPs per weight and patch, attention 4 x width per pair; patches and the projector beside them.
static_assert(image_flops(lower(models::llava_1_5_7b)) == 24.0 * 577 * (2.0 * 12 * 1024 * 1024 + 4.0 * 1024 * 577) +
                                                              2.0 * 577 * 3 * 14 * 14 * 1024 +
                                                              2.0 * 576 * (1024.0 * 4096 + 4096.0 * 4096));

// The text model is untouched by its tower.
constexpr network joined = lower(models::gemma_3_4b_vision);
constexpr network alone = lower(models::gemma_3_4b_vision.text);
static_assert(joined.block_kinds == alone.block_kinds);
static_assert(joined.tower.block_kinds == 1);
static_assert(parameters(joined) - tower_parameters(joined) == parameters(alone));
static_assert(parameters(tower_of(joined)) == tower_parameters(joined));
static_assert(tower_of(alone).layers == 0);

}  // namespace
