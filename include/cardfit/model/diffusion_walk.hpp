// SPDX-License-Identifier: MIT
#pragma once

// A walk with one sample through a part of a diffusion model. It sums the matrices block by block, and the elements
// that are live at the peak of the forward pass.

#include <cardfit/model/convnet_walk.hpp>
#include <cardfit/model/diffusion.hpp>
#include <cardfit/model/network.hpp>

namespace cardfit::detail {

/// Adds `copies` matrices of one shape to a block. They count as copies of one matrix, each of which every sample
/// visits.
constexpr void add_alike(layer_block& b, target kind, std::int64_t in, std::int64_t out, bool bias,
                         std::int64_t copies = 1) {
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        linear& m = b.linears[i];
        if (m.target != kind || m.in != in || m.out != out || m.bias != bias) continue;
        m.copies += copies;
        m.active += copies;
        return;
    }
    b.add({.target = kind,
           .split = weight_split::none,
           .in = in,
           .out = out,
           .copies = copies,
           .active = copies,
           .bias = bias});
}

/// Tracks what is live during a forward pass: `held` are the elements that later operators read; the tensors of the
/// running operator come on top. `visitor` is told of every operator, as convnet_visitor.hpp says.
template <class Visitor = no_visitor>
struct forward_walk {
    layer_block* into = nullptr;
    feature_map at{};
    bool eager = false;  ///< attention matrices are materialized
    std::int64_t held = 0;
    std::int64_t peak = 0;
    /// Where the tensors that backward needs are summed; null: nowhere.
    layer_block* saves = nullptr;
    Visitor visitor{};

    /// Notes that backward needs so many elements of a role.
    constexpr void save(tensor_role::type role, std::int64_t elements) {
        if (saves != nullptr) saves->width.of[role] += elements;
    }

    /// Notes an operator whose own tensors have `work` elements. Throws invalid_input if more than 1e15 elements are
    /// live.
    constexpr void phase_load(std::int64_t work) {
        if (static_cast<double>(held) + static_cast<double>(work) > 1e15)
            throw invalid_input({"inference.image_size", at.width, 0, 0, "a pass of less than 1e15 elements"});
        peak = larger(peak, held + work);
    }
    /// Walks a convolution. Tensor cores read channels last, and cuDNN transposes input and result into its workspace
    /// if the tensors have PyTorch's own order (as in convnet_walk.hpp).
    constexpr void convolve(std::int64_t out, std::int64_t kernel, std::int64_t stride = 1) {
        const feature_map in = at;
        const std::int64_t before = in.elements();
        const std::int64_t weights = kernel * kernel * at.channels * out;
        save(tensor_role::convolution_input, before);
        add_weights(weights, out);
        at = {out, divide_up(at.height, stride), divide_up(at.width, stride)};
        visitor.convolution({.in = in, .out = at, .kernel = kernel});
        phase_load(2 * (before + at.elements()));
    }
    /// Adds the weights of a convolution, biases included, to the block's single matrix of convolutions.
    constexpr void add_weights(std::int64_t weights, std::int64_t bias) {
        if (into->linear_count == 0 || into->linears[0].target != target::convolution)
            throw invalid_input({"model.diffusion", 0, 0, 0, "a block that begins with its convolutions"});
        into->linears[0].in += weights + bias;
    }
    /// Walks a group norm, which has two vectors. Autocast runs it in fp32, as a LayerNorm.
    constexpr void normalize() {
        into->vector_parameters += 2 * at.channels;
        visitor.pass(elementwise::layer_norm, at.elements());
        save(tensor_role::layer_norm_input, at.elements());
    }
    /// Walks a SiLU behind a norm, whose input has the norm's format.
    constexpr void activate() {
        visitor.pass(elementwise::activation, at.elements());
        save(tensor_role::layer_norm_input, at.elements());
    }

    /// Walks ResnetBlock2D: norm, SiLU and 3 x 3 convolution, twice. Between the two, the embedding of the time step is
    /// added where there is one. The input stays live for the sum, and the norm's result is live beside that of the
    /// SiLU.
    constexpr void residual(std::int64_t out, std::int64_t time_width) {
        const feature_map in = at;
        held += in.elements();
        save(tensor_role::layer_input, in.elements());
        normalize();
        activate();
        phase_load(2 * in.elements());
        convolve(out, 3);
        if (time_width > 0) {
            add_alike(*into, target::up, time_width, out, true);
            phase_load(2 * at.elements());
        }
        normalize();
        activate();
        phase_load(2 * at.elements());
        convolve(out, 3);
        if (in.channels != out) {
            add_weights(in.channels * out, out);
            visitor.convolution({.in = in, .out = at});
            phase_load(2 * at.elements() + in.elements() + at.elements());
        } else {
            phase_load(2 * at.elements());
        }
        visitor.pass(elementwise::activation, at.elements());
        held -= in.elements();
    }

    /// Returns the elements of one sample's attention matrices, before and after the softmax; 0 unless they are
    /// materialized.
    [[nodiscard]] constexpr std::int64_t scores(std::int64_t heads, std::int64_t from, std::int64_t to) const noexcept {
        return eager ? 2 * heads * from * to : 0;
    }

    /// Notes what `depth` transformer layers save: inputs of three norms; of self-attention, cross-attention to the
    /// text, and a GEGLU of four times the width; and the input of the projections around them.
    constexpr void save_transformer(std::int64_t depth, std::int64_t heads, std::int64_t text_tokens) {
        if (saves == nullptr) return;
        const std::int64_t e = at.elements();
        const std::int64_t text = text_tokens * at.channels;
        save(tensor_role::layer_input, depth * e);
        save(tensor_role::layer_norm_input, depth * 3 * e);
        save(tensor_role::attention_input, depth * 2 * e + 2 * e);
        save(tensor_role::attention_input_casts, depth * 4 * e + 2 * e);
        save(tensor_role::query, depth * 2 * e);
        save(tensor_role::key, depth * (e + text));
        save(tensor_role::value, depth * (e + text));
        save(tensor_role::key_value_expanded, depth * 2 * (e + text));
        save(tensor_role::attention_output, depth * 2 * e);
        save(tensor_role::feed_forward_input, depth * e);
        save(tensor_role::feed_forward_input_casts, depth * e);
        save(tensor_role::gate_output, depth * 4 * e);
        save(tensor_role::up_output, depth * 4 * e);
        save(tensor_role::activation_output, depth * 4 * e);
        save(tensor_role::feed_forward_hidden, depth * 4 * e);
        save(tensor_role::softmax_statistics, depth * 2 * heads * at.positions());
        saves->attention.score_heads += depth * heads * at.positions() * (at.positions() + text_tokens);
    }

    /// Tells the visitor of `depth` transformer layers and of the projections around them. Their matrices run at every
    /// position; those that read the text at every token of it.
    constexpr void tell_transformer(std::int64_t depth, std::int64_t heads, std::int64_t cross,
                                    std::int64_t text_tokens) const {
        const std::int64_t c = at.channels;
        const std::int64_t n = at.positions();
        const auto as_wide_as = [&](std::int64_t channels) { return feature_map{channels, at.height, at.width}; };
        visitor.convolution({.in = at, .out = at, .times = 6 * depth + 2, .matrix = true});
        visitor.convolution(
            {.in = {cross, 1, text_tokens}, .out = {c, 1, text_tokens}, .times = 2 * depth, .matrix = true});
        visitor.convolution({.in = at, .out = as_wide_as(8 * c), .times = depth, .matrix = true});
        visitor.convolution({.in = as_wide_as(4 * c), .out = at, .times = depth, .matrix = true});
        visitor.attention({.from = n, .to = n, .heads = heads, .width = c, .times = depth});
        visitor.attention({.from = n, .to = text_tokens, .heads = heads, .width = c, .times = depth});
        visitor.pass(elementwise::layer_norm, 3 * depth * at.elements());
        // A GEGLU of four times the width reads both halves, and three residual sums and the heads' copies pass too.
        visitor.pass(elementwise::activation, 14 * depth * at.elements());
    }

    /// Walks Transformer2DModel: a projection in and one out, and between them `depth` layers of self-attention,
    /// cross-attention to the text and a GEGLU feed-forward of four times the width.
    constexpr void transform(std::int64_t depth, std::int64_t heads, std::int64_t cross, std::int64_t text_tokens) {
        if (depth == 0) return;
        const std::int64_t c = at.channels;
        const std::int64_t n = at.positions();
        const std::int64_t e = at.elements();
        normalize();
        add_alike(*into, target::query, c, c, false, 4 * depth);  // q, k, v; q of the cross-attention
        add_alike(*into, target::output, c, c, true, 2 * depth + 2);
        add_alike(*into, target::key, cross, c, false, 2 * depth);
        add_alike(*into, target::gate, c, 8 * c, true, depth);
        add_alike(*into, target::down, 4 * c, c, true, depth);
        into->vector_parameters += 6 * c * depth;
        tell_transformer(depth, heads, cross, text_tokens);
        save_transformer(depth, heads, text_tokens);
        // The module's input stays live. Attention holds the residual, its norm, three projections and their result.
        held += e;
        phase_load(5 * e + larger(e, scores(heads, n, n)));
        phase_load(5 * e + scores(heads, n, text_tokens));
        // GEGLU holds the residual, its norm, both halves, the activated half, and the two halves multiplied.
        phase_load(2 * e + 8 * e + 4 * e + 4 * e);
        held -= e;
    }

    /// Walks the autoencoder's single-head attention over all positions.
    constexpr void attend_plainly() {
        const std::int64_t c = at.channels;
        const std::int64_t e = at.elements();
        normalize();
        add_alike(*into, target::query, c, c, true, 3);
        add_alike(*into, target::output, c, c, true);
        visitor.convolution({.in = at, .out = at, .times = 4, .matrix = true});
        visitor.attention({.from = at.positions(), .to = at.positions(), .width = c});
        held += e;
        phase_load(5 * e + scores(1, at.positions(), at.positions()));
        held -= e;
    }

    /// Doubles the positions per side, then walks a 3 x 3 convolution.
    constexpr void upsample() {
        const std::int64_t before = at.elements();
        at.height *= 2;
        at.width *= 2;
        held += before;
        visitor.pass(elementwise::activation, at.elements());
        phase_load(at.elements());
        held -= before;
        convolve(at.channels, 3);
    }
};

}  // namespace cardfit::detail
