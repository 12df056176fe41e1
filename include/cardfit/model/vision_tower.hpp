// SPDX-License-Identifier: MIT
#pragma once

// A vision tower: a vision transformer (ViT, arXiv 2010.11929) whose last layer makes features of patches, and the
// projector that makes tokens of a text model from them. Which image becomes how many patches and tokens is part of it.
// A tower of sound (the encoder of Whisper) differs in its front alone.

#include <cardfit/model/sound_front.hpp>
#include <cardfit/model/transformer.hpp>

namespace cardfit {

/// How an image becomes patches and tokens.
enum class image_grid : unsigned char {
    fixed,    ///< it is resized to the tower's own size (CLIP, SigLIP)
    dynamic,  ///< it keeps its size, rounded to whole tokens, within bounds (Qwen2-VL, arXiv 2409.12191, section 2.1)
    rows,     ///< the same, and one token more stands behind each row (Pixtral, arXiv 2410.07073, section 2.2)
    tiles,    ///< as many tiles of the own size as its area fills, and a thumbnail (InternVL, arXiv 2404.16821)
    crops,    ///< as many tiles as cover it, a thumbnail, and one token more behind each row (Phi-4-multimodal)
    fixed_tiles,  ///< always `max_tiles` tiles and a thumbnail (Idefics 3)
    joint_tiles,  ///< always `max_tiles` tiles, which one pass reads as one sequence (Llama 3.2 Vision)
    clip,         ///< it is no image: a clip of sound, padded to `sound_positions` (Whisper, arXiv 2212.04356)
};

/// One or two matrices that `copies` times take `in` features to `out`, behind a norm of `norm` elements. Without
/// `inner` there is one matrix; otherwise an activation stands between two.
struct vision_projector {
    std::int64_t norm = 0;    ///< elements of the norm in front; 0: none
    std::int64_t in = 0;      ///< elements of its input
    std::int64_t inner = 0;   ///< elements between two matrices; 0: one matrix
    std::int64_t out = 0;     ///< elements of its result; 0: no projector
    bool bias = true;         ///< matrices have a bias
    std::int64_t copies = 1;  ///< projectors of this shape
    friend constexpr bool operator==(const vision_projector&, const vision_projector&) = default;
};

/// Returns the weights in the matrices of a projector.
[[nodiscard]] constexpr std::int64_t matrix_parameters(const vision_projector& p) noexcept {
    const std::int64_t one = p.inner > 0 ? p.in * p.inner + p.inner * p.out : p.in * p.out;
    return p.copies * one;
}
/// Returns the parameters of a projector, its norm and its biases included.
[[nodiscard]] constexpr std::int64_t parameters(const vision_projector& p) noexcept {
    return matrix_parameters(p) + p.copies * (p.norm + (p.bias ? p.inner + p.out : 0));
}

/// The most projectors of a tower.
inline constexpr std::size_t max_projectors = 2;

/// A vision tower. Zero means none, or the default in the comment.
struct vision_tower {
    std::int64_t layers = 0;                     ///< hidden layers; 0: there is no tower
    std::int64_t hidden = 0;                     ///< hidden size
    std::int64_t heads = 0;                      ///< attention heads
    std::int64_t head_dim = 0;                   ///< default: hidden / heads
    std::int64_t ffn = 0;                        ///< width of the feed-forward
    bool ffn_gated = false;                      ///< a gate multiplies one half of it by the other
    cardfit::norm_kind norm = norm_kind::layer;  ///< LayerNorm or RMSNorm
    cardfit::biases biases = biases::all;        ///< the matrices that have a bias
    bool key_bias = true;                        ///< false: every matrix but that of keys has a bias (Whisper, DINOv3)
    bool query_bias = true;            ///< false: every matrix but those of queries, keys and values has a bias
    bool output_bias = true;           ///< false: nor has the matrix behind the heads one
    bool layer_scale = false;          ///< a weight per channel behind attention and feed-forward (arXiv 2103.17239)
    bool whole_query_norm = false;     ///< norms of the whole query and key (InternViT-6B)
    bool head_norm = false;            ///< norms of each head's query and key (Gemma 4)
    std::int64_t norms_per_layer = 2;  ///< norms of one layer
    cardfit::sliding_window window{};  ///< patches that a patch sees, and which layers see all (Qwen2.5-VL)
    std::int64_t outer_norms = 0;      ///< norms before and behind all layers

    std::int64_t patch_size = 14;   ///< pixels per side
    std::int64_t frames = 1;        ///< of a video that one patch spans; an image is repeated so often
    bool patch_bias = true;         ///< the patches' matrix has a bias
    std::int64_t class_tokens = 0;  ///< class token and registers, beside the patches
    std::int64_t positions = 0;     ///< rows of a learned position embedding
    std::int64_t mask_tokens = 0;   ///< learned tokens that only pre-training uses (DINOv2)
    std::int64_t scalars = 0;       ///< learned gates of positions and layers
    std::int64_t pooling_ffn = 0;   ///< feed-forward width of a head that pools by attention (SigLIP); 0: no such head

    image_grid grid = image_grid::fixed;  ///< how an image becomes patches
    std::int64_t image_size = 224;        ///< pixels per side of an image, or of a tile, where the job names none
    std::int64_t smallest_image = 0;      ///< pixels per side to which smaller images are enlarged
    std::int64_t largest_image = 0;       ///< pixels per side to which larger images are reduced; 0: any
    std::int64_t merge = 1;               ///< patches per side that become one token
    std::int64_t max_tiles = 1;           ///< tiles of one image, without the thumbnail
    /// Of a tower of sound: frequencies that two convolutions over three frames each read, and positions of a clip that
    /// the second one makes. `merge` positions in a row become one token.
    std::int64_t sound_bins = 0;
    std::int64_t sound_positions = 0;               ///< positions per sound
    vision_projector projectors[max_projectors]{};  ///< to the text model's width

    friend constexpr bool operator==(const vision_tower&, const vision_tower&) = default;
};

/// What a tower reads of one image and makes of it.
struct image_cost {
    std::int64_t passes = 0;   ///< tiles, thumbnail included
    std::int64_t patches = 0;  ///< positions of all passes, class tokens included
    std::int64_t tokens = 0;   ///< that join the text
    std::int64_t crossed = 0;  ///< features that layers of the text model attend to
};

/// Returns everything that is wrong with a tower's dimensions; the list is empty if nothing is wrong.
[[nodiscard]] constexpr problem_list problems(const vision_tower& m, on_problem action = on_problem::keep) {
    constexpr std::int64_t million = 1'000'000;
    problem_list found(action);
    found.ranges(invalid_field{"model.vision.layers", m.layers, 1, 1000},
                 invalid_field{"model.vision.hidden", m.hidden, 1, 100'000},
                 invalid_field{"model.vision.heads", m.heads, 1, 10'000},
                 invalid_field{"model.vision.head_dim", m.head_dim, 0, 100'000},
                 invalid_field{"model.vision.ffn", m.ffn, 1, million},
                 invalid_field{"model.vision.window.window", m.window.window, 0, million},
                 invalid_field{"model.vision.window.global_every", m.window.global_every, 0, 1000},
                 invalid_field{"model.vision.outer_norms", m.outer_norms, 0, 2},
                 invalid_field{"model.vision.patch_size", m.patch_size, 1, 10'000},
                 invalid_field{"model.vision.frames", m.frames, 1, 100},
                 invalid_field{"model.vision.class_tokens", m.class_tokens, 0, 10'000},
                 invalid_field{"model.vision.positions", m.positions, 0, million},
                 invalid_field{"model.vision.mask_tokens", m.mask_tokens, 0, 1000},
                 invalid_field{"model.vision.scalars", m.scalars, 0, million},
                 invalid_field{"model.vision.pooling_ffn", m.pooling_ffn, 0, million},
                 invalid_field{"model.vision.image_size", m.image_size, m.patch_size, 100'000},
                 invalid_field{"model.vision.smallest_image", m.smallest_image, 0, 100'000},
                 invalid_field{"model.vision.largest_image", m.largest_image, 0, 100'000},
                 invalid_field{"model.vision.merge", m.merge, 1, 100},
                 invalid_field{"model.vision.max_tiles", m.max_tiles, 1, 1000},
                 invalid_field{"model.vision.sound_bins", m.sound_bins, m.grid == image_grid::clip ? 1 : 0, 100'000},
                 invalid_field{"model.vision.sound_positions", m.sound_positions,
                               m.grid == image_grid::clip ? m.merge : 0, million});
    for (const vision_projector& p : m.projectors)
        found.ranges(invalid_field{"model.vision.projectors.norm", p.norm, 0, million},
                     invalid_field{"model.vision.projectors.in", p.in, 0, million},
                     invalid_field{"model.vision.projectors.inner", p.inner, 0, million},
                     invalid_field{"model.vision.projectors.out", p.out, 0, million},
                     invalid_field{"model.vision.projectors.copies", p.copies, 0, 1000});
    if (!found.empty()) return found;
    found.require(field_condition{m.head_dim > 0 || m.hidden % m.heads == 0, "model.vision.head_dim", m.head_dim,
                                  "a head_dim, or a hidden that is a multiple of heads"});
    return found;
}

namespace detail {

/// Returns the side of the square grid of tiles that an image of this size fills. InternVL takes a larger grid of the
/// image's shape where the image has more than half the pixels of that grid (find_closest_aspect_ratio in the code
/// beside its weights).
[[nodiscard]] constexpr std::int64_t tiles_per_side(const vision_tower& m, std::int64_t image_size) noexcept {
    std::int64_t side = 1;
    for (std::int64_t n = 2; n * n <= m.max_tiles; ++n)
        if (2 * image_size * image_size > m.image_size * m.image_size * n * n) side = n;
    return side;
}

/// Returns what an image costs that is read whole, as a square of tokens.
[[nodiscard]] constexpr image_cost whole_image(const vision_tower& m, std::int64_t image_size) noexcept {
    const std::int64_t cell = m.patch_size * m.merge;
    std::int64_t side = larger(image_size, m.smallest_image);
    if (m.largest_image > 0) side = smaller(side, m.largest_image);
    // Pixtral pads to whole tokens; Qwen2-VL rounds to the nearest.
    const std::int64_t cells = m.grid == image_grid::rows ? divide_up(side, cell) : (side + cell / 2) / cell;
    const std::int64_t n = larger(cells, 1);
    const std::int64_t patches = n * m.merge * n * m.merge + m.class_tokens;
    return {.passes = 1, .patches = patches, .tokens = m.grid == image_grid::rows ? n * (n + 1) : n * n};
}

/// Returns what an image costs that is read in tiles of the tower's own size.
[[nodiscard]] constexpr image_cost tiled_image(const vision_tower& m, std::int64_t tiles) noexcept {
    const std::int64_t side = m.image_size / m.patch_size;
    const std::int64_t tokens = (side / m.merge) * (side / m.merge);
    const std::int64_t passes = tiles > 1 ? tiles + 1 : 1;
    return {.passes = passes, .patches = passes * (side * side + m.class_tokens), .tokens = passes * tokens};
}

/// Returns what an image costs that is cut into a square of crops, of which the thumbnail has a row of its own: a token
/// ends each row of tokens of the crops and of the thumbnail, and one stands between the two
/// (processing_phi4mm.py beside microsoft/Phi-4-multimodal-instruct).
[[nodiscard]] constexpr image_cost cropped_image(const vision_tower& m, std::int64_t image_size) noexcept {
    std::int64_t n = larger(divide_up(image_size, m.image_size), 1);
    while (n > 1 && n * n > m.max_tiles) --n;
    const std::int64_t side = m.image_size / m.patch_size;
    const std::int64_t row = side / m.merge;
    const std::int64_t passes = n * n + 1;
    return {.passes = passes,
            .patches = passes * (side * side + m.class_tokens),
            .tokens = n * row * (n * row + 1) + row * (row + 1) + 1};
}

/// Returns what an image costs whose tiles are one sequence. Each tile's patches are padded to a multiple of 8
/// (transformers, modeling_mllama.py, MllamaVisionModel.forward).
[[nodiscard]] constexpr image_cost joint_image(const vision_tower& m) noexcept {
    constexpr std::int64_t multiple = 8;
    const std::int64_t side = m.image_size / m.patch_size;
    const std::int64_t tile = side * side + m.class_tokens;
    return {.passes = 1,
            .patches = m.max_tiles * divide_up(tile, multiple) * multiple,
            .tokens = 1,
            .crossed = m.max_tiles * tile};
}

}  // namespace detail

/// Returns what a square image of `image_size` pixels per side costs; 0 stands for the tower's own size. For another
/// image, `image_size` is the square root of its area.
[[nodiscard]] constexpr image_cost cost_of_image(const vision_tower& m, std::int64_t image_size = 0) noexcept {
    const std::int64_t size = image_size > 0 ? image_size : m.image_size;
    switch (m.grid) {
        case image_grid::fixed:
            return detail::tiled_image(m, 1);
        case image_grid::dynamic:
        case image_grid::rows:
            return detail::whole_image(m, size);
        case image_grid::tiles: {
            const std::int64_t side = detail::tiles_per_side(m, size);
            return detail::tiled_image(m, side * side);
        }
        case image_grid::crops:
            return detail::cropped_image(m, size);
        case image_grid::fixed_tiles:
            return detail::tiled_image(m, m.max_tiles);
        case image_grid::joint_tiles:
            return detail::joint_image(m);
        case image_grid::clip:
            return {.passes = 1, .patches = m.sound_positions, .tokens = m.sound_positions / m.merge};
    }
    return {};
}

namespace detail {

/// Returns the transformer whose layers a tower has.
[[nodiscard]] constexpr transformer layer_of(const vision_tower& m) noexcept {
    return {.layers = m.layers,
            .hidden = m.hidden,
            .heads = m.heads,
            .head_dim = m.head_dim,
            .ffn = m.ffn,
            .ffn_gated = m.ffn_gated,
            .norm = m.norm,
            .biases = m.query_bias ? m.biases : biases::none,
            .kind = model_kind::encoder,
            .sliding_window = m.window,
            .norms_per_layer = m.norms_per_layer,
            .head_norm = m.head_norm,
            .output_bias = m.biases == biases::all && m.output_bias,
            .feed_forward_bias = m.biases == biases::all,
            .joint_norm = m.whole_query_norm};
}

/// Adds the weights per channel behind attention and feed-forward, whose gradients need what they multiply.
constexpr void add_layer_scale(layer_block& b, std::int64_t hidden) {
    b.vector_parameters += 2 * hidden;
    b.width.of[tensor_role::scaled_by_channel] += 2 * hidden;
}

/// Returns the parameters of a head that pools by attention: a learned query, attention, a norm and a feed-forward.
[[nodiscard]] constexpr std::int64_t pooling_parameters(const vision_tower& m) noexcept {
    const std::int64_t h = m.hidden;
    if (m.pooling_ffn == 0) return 0;
    return h + 4 * h * h + 4 * h + 2 * h + 2 * h * m.pooling_ffn + m.pooling_ffn + h;
}

/// Returns the matrix that reads patches.
[[nodiscard]] constexpr stack_front patch_front(const vision_tower& m, std::int64_t patches) noexcept {
    const std::int64_t weights = 3 * m.frames * m.patch_size * m.patch_size * m.hidden;
    return {.parameters = weights + (m.patch_bias ? m.hidden : 0), .flops = 2 * patches * weights};
}

/// Adds what surrounds a tower's layers: patches, positions, class tokens, norms, a pooling head and the projectors.
constexpr void add_tower_ends(network& net, const vision_tower& m, const image_cost& cost) {
    const std::int64_t h = m.hidden;
    const std::int64_t positions = cost.patches / cost.passes;
    const stack_front front =
        m.grid == image_grid::clip ? audio_front(m.sound_bins, h, positions) : patch_front(m, positions);
    const std::int64_t norm = vectors_of(mechanism::residual_norms{.hidden = h, .kind = m.norm});
    net.embedding_parameters = front.parameters;
    net.position_parameters = (m.class_tokens + m.mask_tokens + m.positions) * h;
    net.final_parameters = m.outer_norms * norm + pooling_parameters(m) + m.scalars;
    net.sample_flops = front.flops;
    for (const vision_projector& p : m.projectors) {
        net.final_parameters += parameters(p);
        net.sample_flops += 2 * (cost.tokens + cost.crossed) / cost.passes * matrix_parameters(p);
    }
}

}  // namespace detail

/// Returns a tower lowered to blocks for images of `image_size` pixels per side; 0 stands for its own size. A sample is
/// one pass, which is one tile where an image is read in tiles, and a token is a patch of it. Throws invalid_input for
/// dimensions that make no tower, and for a size beyond 100,000 pixels.
[[nodiscard]] constexpr network lower(const vision_tower& m, std::int64_t image_size = 0) {
    check(m);
    problem_list found(on_problem::refuse);
    found.ranges(invalid_field{"training.image_size", image_size, 0, 100'000});
    const image_cost cost = cost_of_image(m, image_size);
    const transformer layer = detail::layer_of(m);
    network net;
    net.layers = m.layers;
    net.hidden = m.hidden;
    net.heads = m.heads;
    net.kv_heads = m.heads;
    net.final_norm_is_rms = m.norm == norm_kind::rms;
    net.final_norm_width = m.outer_norms > 0 ? m.hidden : 0;
    detail::add_layers(net, layer, false, 0, m.layers);
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        if (m.layer_scale) detail::add_layer_scale(net.blocks[k], m.hidden);
        if (!m.key_bias) drop_biases(net.blocks[k], target::key);
        net.blocks[k].cache = {};
        net.blocks[k].encodes = true;
    }
    detail::add_tower_ends(net, m, cost);
    net.tokens_per_sample = cost.patches / cost.passes;
    net.image_size = image_size > 0 ? image_size : m.image_size;
    if (m.grid == image_grid::clip) net.image_size = 0;
    return net;
}

}  // namespace cardfit
