// SPDX-License-Identifier: MIT
#pragma once

// A text model that reads images: a vision tower makes tokens of them, which stand in the sequence among those of the
// text (LLaVA, arXiv 2304.08485). Contrastive pairs of a tower and a text encoder (CLIP, arXiv 2103.00020) are the same
// two parts, whose results meet behind both.

#include <cardfit/model/hybrid.hpp>
#include <cardfit/model/vision_tower.hpp>

namespace cardfit {

/// How a tower and a text model work together.
enum class modality_fusion : unsigned char {
    in_sequence,  ///< images become tokens of the text model's sequence
    contrastive,  ///< both end in one vector, and the text model has no vocabulary head (CLIP, SigLIP)
};

/// A text model with a vision tower. `Text` is any model that lowers to a network: transformer, hybrid.
template <architecture Text>
struct multimodal {
    Text text{};                                            ///< the model that reads tokens
    vision_tower vision{};                                  ///< the tower that reads images
    modality_fusion fusion = modality_fusion::in_sequence;  ///< how the tower's features join the text
    /// Of a contrastive pair: the text's projection, and scalars such as the temperature.
    vision_projector text_projection{};
    std::int64_t scalars = 0;  ///< parameters that are single numbers
    friend constexpr bool operator==(const multimodal&, const multimodal&) = default;
};

/// A transformer with a vision tower.
using multimodal_transformer = multimodal<transformer>;
/// A hybrid of recurrence and attention with a vision tower.
using multimodal_hybrid = multimodal<hybrid>;

namespace detail {

/// Adds the scores of a layer that attends to the features of one image: products of queries with keys and of
/// probabilities with values, two FLOPs each.
constexpr void cross_images(layer_block& b, const network& net, const image_cost& cost) noexcept {
    if (b.cache.cross_width == 0) return;
    const std::int64_t queries = net.heads * b.attention.head_width;
    b.attention.flops += 4 * queries * cost.crossed;
}

/// Returns a text network with a tower in front of it. `cost` is that of an image of the size that the tower was
/// lowered for. Throws invalid_input if the two have more kinds of layer than a network has places.
[[nodiscard]] constexpr network with_tower(network net, const network& tower, const image_cost& cost) {
    problem_list found(on_problem::refuse);
    const std::size_t kinds = net.block_kinds + tower.block_kinds;
    found.require(field_condition{kinds <= max_block_kinds, "model.vision.layers", static_cast<std::int64_t>(kinds),
                                  "layers of at most 16 kinds in text model and tower together"});
    for (std::size_t k = 0; k < tower.block_kinds; ++k) net.blocks[net.block_kinds + k] = tower.blocks[k];
    for (std::size_t k = 0; k < net.block_kinds && cost.crossed > 0; ++k) cross_images(net.blocks[k], net, cost);
    net.tower = {.block_kinds = tower.block_kinds,
                 .layers = tower.layers,
                 .hidden = tower.hidden,
                 .heads = tower.heads,
                 .outer_parameters = tower.embedding_parameters + tower.position_parameters + tower.final_parameters,
                 .image_passes = cost.passes,
                 .pass_patches = tower.tokens_per_sample,
                 .pass_flops = tower.sample_flops,
                 .image_tokens = cost.tokens,
                 .crossed = cost.crossed,
                 .image_size = tower.image_size,
                 .norm_is_rms = tower.final_norm_is_rms};
    return net;
}

/// Takes the vocabulary head from a text model whose result is one vector, and lets every token see all others'
/// keys without a cache.
constexpr void make_encoder(network& net) noexcept {
    net.logits = 0;
    net.head_parameters = 0;
    net.tied = false;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        net.blocks[k].attention.causal = false;
        net.blocks[k].cache = {};
        net.blocks[k].encodes = true;
    }
}

}  // namespace detail

/// Returns everything that is wrong with a model's dimensions; the list is empty if nothing is wrong.
template <architecture Text>
[[nodiscard]] constexpr problem_list problems(const multimodal<Text>& m, on_problem action = on_problem::keep) {
    problem_list found(action);
    found.append(problems(m.text, action));
    found.append(problems(m.vision, action));
    return found;
}

/// Returns a text model with its tower, lowered to blocks for images of `image_size` pixels per side; 0 stands for the
/// tower's own size. Throws invalid_input for dimensions that make no model.
template <architecture Text>
[[nodiscard]] constexpr network lower(const multimodal<Text>& m, std::int64_t image_size = 0) {
    network text = lower(m.text);
    image_cost cost = cost_of_image(m.vision, image_size);
    const network tower = lower(m.vision, image_size);
    if (m.fusion == modality_fusion::contrastive) {
        detail::make_encoder(text);
        text.final_parameters += parameters(m.text_projection) + m.scalars;
        cost.tokens = 0;
    }
    return detail::with_tower(text, tower, cost);
}

}  // namespace cardfit
