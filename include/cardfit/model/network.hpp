// SPDX-License-Identifier: MIT
#pragma once

// What every architecture lowers to: a few kinds of block (block.hpp) between an embedding and a head. Estimators read
// this and never ask what kind of model it is.

#include <cardfit/model/block.hpp>
#include <cardfit/model/stored_weights.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace cardfit {

/// A tower in front of a network (vision_tower.hpp): it reads images and makes tokens of the sequence from them. Its
/// kinds of layer stand in the network's `blocks`, behind those of the network itself.
struct tower_answers {
    std::size_t block_kinds = 0;  ///< kinds of layer among `blocks`
    std::int64_t layers = 0;      ///< 0: there is no tower
    std::int64_t hidden = 0;      ///< hidden size
    std::int64_t heads = 0;       ///< attention heads
    /// Parameters around its layers: patches, positions, norms, and the projector to the network's width.
    std::int64_t outer_parameters = 0;
    std::int64_t image_passes = 0;  ///< tiles of one image, each of which passes through the layers alone
    std::int64_t pass_patches = 0;  ///< positions of one pass
    std::int64_t pass_flops = 0;    ///< FLOPs of one pass, forward, outside its layers
    std::int64_t image_tokens = 0;  ///< tokens of the sequence that one image takes
    std::int64_t crossed = 0;       ///< features of one image that layers of the network attend to, beside the sequence
    std::int64_t image_size = 0;    ///< side, in pixels, of the images that it was lowered for
    bool norm_is_rms = false;       ///< its norms are RMSNorms
};

/// Bytes that a layer of 16 bits saves per token and hidden element: 34 with three masks of dropout, which these
/// encoders have not (Korthikanti et al., arXiv 2205.05198, equation 1).
inline constexpr std::int64_t saved_by_text_layer = 34 - 3;

/// Text encoders beside a network that a job may train with it.
struct condition_texts {
    std::int64_t parameters = 0;     ///< of all encoders
    std::int64_t adapter_width = 0;  ///< parameters of adapters on queries, keys, values and outputs, per rank
    std::int64_t sample_bytes = 0;   ///< saved for backward of one sample's text, in 16 bits
};

/// A whole model: blocks between an embedding and a head.
struct network {
    layer_block blocks[max_block_kinds]{};  ///< the kinds of layer, the tower's last
    std::size_t block_kinds = 0;            ///< the number of `blocks`
    std::int64_t layers = 0;                ///< layers of all kinds but the tower's
    /// The last ones of `layers` that are trained to predict further tokens (prediction_layers.hpp).
    std::int64_t prediction_layers = 0;
    std::int64_t hidden = 0;  ///< hidden size
    /// The matrix in which tokens are looked up, which tensor parallelism divides; and the rest of the embedding, which
    /// every card holds.
    std::int64_t embedding_parameters = 0;
    std::int64_t position_parameters = 0;  ///< copied to every card
    /// The matrix that makes the logits (0 where it shares the embedding's weights), and what else follows the last
    /// layer.
    std::int64_t head_parameters = 0;
    std::int64_t final_parameters = 0;   ///< of the last norm and what follows it
    bool tied = false;                   ///< the head shares the embedding's matrix
    bool fused_query_key_value = false;  ///< one matrix in the model's own files
    /// Logits per token; 0: no vocabulary logits (a classification head).
    std::int64_t logits = 0;
    std::int64_t classes = 0;  ///< of a classification head; 0: none
    /// Elements per token of the final norm.
    std::int64_t final_norm_width = 0;
    bool final_norm_is_rms = true;  ///< otherwise a LayerNorm
    /// Longest sequence that the positions allow; 0: any.
    std::int64_t longest_sequence = 0;
    /// True for an encoder-decoder: the prompt is a source, which the encoder reads, and the sequence is the target.
    bool is_encoder_decoder = false;
    /// Longest source that the positions allow; 0: any.
    std::int64_t max_source_length = 0;
    /// Tokens of every source where the model fixes them (Whisper's 30 seconds); 0: it does not.
    std::int64_t fixed_source_length = 0;
    /// Tokens of a training's source that the layers were lowered for (source_length.hpp); 0: as many as the target's.
    std::int64_t source_length = 0;
    /// Elements per source token in front of an encoder's layers that are saved for backward (Whisper's convolutions).
    std::int64_t source_front_width = 0;
    /// Tokens of one sample where the model fixes them (images); 0: the job's sequence length.
    std::int64_t tokens_per_sample = 0;
    /// Side, in pixels, of the images that it was lowered for; 0: no images.
    std::int64_t image_size = 0;
    /// True for a network that only data parallelism divides (convolutional, recurrent).
    bool data_parallel_only = false;
    /// True for a network of convolutions over feature maps.
    bool convolutional = false;
    /// Bytes of frozen models that prepare a sample: text encoders and autoencoder of a diffusion model. They are not
    /// among the parameters, and a job may leave them out (training.conditions).
    std::int64_t condition_bytes = 0;
    /// The part of these bytes that makes latents: the autoencoder.
    std::int64_t latent_bytes = 0;
    /// The text encoders among them that a job may train: none, those of CLIP, all.
    condition_texts texts[3]{};
    /// Bytes per sample at the peak of their pass, which ends before the trained network begins.
    std::int64_t condition_sample_bytes = 0;
    /// FLOPs per sample, forward, outside blocks and vocabulary head: patches, a classifier.
    std::int64_t sample_flops = 0;
    std::int64_t heads = 1;     ///< attention heads, which tensor parallelism divides
    std::int64_t kv_heads = 1;  ///< KV heads, which tensor parallelism divides
    std::int64_t experts = 0;   ///< routed experts per layer, which expert parallelism divides
    /// Logits that every token makes where an adaptive softmax makes the rest for few (arXiv 1609.04309); 0: all.
    std::int64_t frequent_logits = 0;
    /// Positions computed per hundred that are asked for: sentences are padded to the longest of their batch.
    std::int64_t padded_percent = 100;
    /// Sequences of a sample whose tokens a published rate counts: a source and a target are 2.
    std::int64_t counted_sequences = 1;
    /// False for a model whose architecture is not known: its weights are `stored`, its activations are bounded, it has
    /// no time and is not trained.
    bool shape_verified = true;
    /// The weights as the model's files store them, where the model itself states them (stored_model.hpp).
    stored_weights stored{};
    tower_answers tower{};  ///< the tower that reads images
};

/// Returns true if a token depends on its past alone, so that the network can continue its input: false for an encoder,
/// which reads its sequence once and caches nothing.
[[nodiscard]] constexpr bool is_autoregressive(const network& net) noexcept {
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        if (net.blocks[k].attention.causal || net.blocks[k].state.update != state_update::none) return true;
    return false;
}

/// A model is anything that lowers to a network: `network lower(const M&)`, found by argument-dependent lookup.
template <class M>
concept architecture = requires(const M& model) {
    { lower(model) } -> std::same_as<network>;
};

/// A model that also lowers for images of another size: `network lower(const M&, image_size)`, pixels per side.
template <class M>
concept resizable = architecture<M> && requires(const M& model, std::int64_t image_size) {
    { lower(model, image_size) } -> std::same_as<network>;
};

/// Whatever the estimators take as a model: anything that lowers to a network, and a network itself.
template <class M>
concept network_model = architecture<M> || std::same_as<M, network>;

/// A network is its own lowering.
[[nodiscard]] constexpr const network& lower_model(const network& net, std::int64_t = 0) noexcept { return net; }
/// Returns a model's lowering for images of this size; 0: its own size. A model that cannot be resized lowers as it is,
/// and the job's check then refuses the size.
template <architecture M>
[[nodiscard]] constexpr network lower_model(const M& model, std::int64_t image_size = 0) {
    if constexpr (resizable<M>)
        return image_size == 0 ? lower(model) : lower(model, image_size);
    else
        return lower(model);
}

/// Returns the tower of a network as a network of its own, of which one sample is one pass; the result has no layers if
/// there is no tower.
[[nodiscard]] constexpr network tower_of(const network& net) {
    const tower_answers& t = net.tower;
    network tower;
    for (std::size_t k = 0; k < t.block_kinds; ++k) tower.blocks[k] = net.blocks[net.block_kinds + k];
    tower.block_kinds = t.block_kinds;
    tower.layers = t.layers;
    tower.hidden = t.hidden;
    tower.heads = t.heads;
    tower.kv_heads = t.heads;
    tower.position_parameters = t.outer_parameters;
    tower.tokens_per_sample = t.pass_patches;
    tower.image_size = t.image_size;
    tower.sample_flops = t.pass_flops;
    tower.final_norm_is_rms = t.norm_is_rms;
    return tower;
}

namespace detail {

/// Returns the kind of a network's last layer.
[[nodiscard]] constexpr const layer_block& last_layer(const network& net) noexcept {
    std::size_t last = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        if (net.blocks[k].layers.count(net.layers - 1, net.layers) > 0) last = k;
    return net.blocks[last];
}

}  // namespace detail

/// Returns the parameters of a network's tower; 0 if there is none.
[[nodiscard]] constexpr std::int64_t tower_parameters(const network& net) noexcept {
    const tower_answers& t = net.tower;
    std::int64_t sum = t.outer_parameters;
    for (std::size_t i = net.block_kinds; i < net.block_kinds + t.block_kinds; ++i)
        sum += net.blocks[i].layers.count(0, t.layers) * parameters(net.blocks[i]);
    return sum;
}

/// Returns the exact number of parameters of the whole network, its tower included.
[[nodiscard]] constexpr std::int64_t parameters(const network& net) noexcept {
    std::int64_t sum = net.embedding_parameters + net.position_parameters + net.head_parameters + net.final_parameters +
                       tower_parameters(net);
    for (std::size_t i = 0; i < net.block_kinds; ++i)
        sum += net.blocks[i].layers.count(0, net.layers) * parameters(net.blocks[i]);
    return sum;
}

/// Returns the parameters that one token visits (of experts, the active ones), embeddings and head included. A tower's
/// count too: a token of an image visited them.
[[nodiscard]] constexpr std::int64_t active_parameters(const network& net) noexcept {
    std::int64_t sum = net.embedding_parameters + net.position_parameters + net.head_parameters + net.final_parameters +
                       tower_parameters(net);
    for (std::size_t i = 0; i < net.block_kinds; ++i)
        sum += net.blocks[i].layers.count(0, net.layers) * active_parameters(net.blocks[i]);
    return sum;
}

/// Returns the parameters of any model that lowers to a network.
template <architecture M>
[[nodiscard]] constexpr std::int64_t parameters(const M& model) {
    return parameters(lower(model));
}
/// The same of a model, which is lowered first.
template <architecture M>
[[nodiscard]] constexpr std::int64_t active_parameters(const M& model) {
    return active_parameters(lower(model));
}

}  // namespace cardfit
