// SPDX-License-Identifier: MIT
#pragma once

// Speculative decoding: how many tokens one pass of the model yields where a draft proposes several, what the draft
// takes beside the model, and the work of one of its passes. A draft is a smaller model; a layer that was trained to
// predict further tokens (DeepSeek-V3, arXiv 2412.19437, section 2.2); or a layer that predicts the model's features
// (EAGLE, arXiv 2401.15077; EAGLE-3, arXiv 2503.01840). N-grams of the text itself take nothing.

#include <cardfit/estimate/inference/kv_cache.hpp>
#include <cardfit/estimate/inference/weights.hpp>
#include <cardfit/model/prediction_layers.hpp>

namespace cardfit {

/// Returns the mean number of tokens that a pass yields where `drafted` tokens are proposed and each is accepted with
/// this probability after those before it: (1 - a^(n + 1)) / (1 - a) (Leviathan et al., arXiv 2211.17192, equation 1).
[[nodiscard]] constexpr double tokens_per_pass(double acceptance, std::int64_t drafted) noexcept {
    double sum = 1;
    double all_accepted = 1;
    for (std::int64_t i = 0; i < drafted; ++i) {
        all_accepted *= acceptance;
        sum += all_accepted;
    }
    return sum;
}

/// Returns what a network is as the draft of another one.
[[nodiscard]] constexpr draft_model draft_of(const network& net) noexcept {
    draft_model draft{
        .layers = net.layers, .hidden = net.hidden, .head = net.logits * net.hidden, .parameters = parameters(net)};
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        const std::int64_t layers = b.layers.count(0, net.layers);
        draft.cache_width += layers * b.cache.width;
        for (std::int64_t i = 0; i < b.linear_count; ++i)
            draft.matrices += layers * b.linears[i].in * b.linears[i].out * b.linears[i].active;
    }
    return draft;
}

namespace detail {

/// Tokens of the vocabulary that EAGLE-3's heads predict (github.com/SafeAILab/EAGLE, configs of its releases).
inline constexpr std::int64_t eagle3_vocabulary = 32'000;

/// Returns the draft of EAGLE: one layer as the model's, without experts other than those of one token, behind a matrix
/// that joins the features of the model with the embedding. EAGLE-3 joins features of three layers, attends to two
/// inputs, and has a head of its own.
[[nodiscard]] constexpr draft_model eagle_draft(const network& net, bool third) noexcept {
    const layer_block& b = last_layer(net);
    const std::int64_t joined = third ? 3 : 2;
    draft_model draft{.layers = 1, .hidden = net.hidden, .cache_width = b.cache.width};
    draft.matrices = joined * net.hidden * net.hidden;
    for (std::int64_t i = 0; i < b.linear_count; ++i) {
        const linear& m = b.linears[i];
        const bool reads_hidden = m.target == target::query || m.target == target::key || m.target == target::value;
        const std::int64_t inputs = third && reads_hidden && m.in == net.hidden ? 2 : 1;
        if (m.target != target::router) draft.matrices += inputs * m.in * m.out * m.active;
    }
    const std::int64_t own_head = eagle3_vocabulary * net.hidden;
    draft.head = third ? own_head : net.logits * net.hidden;
    draft.parameters = draft.matrices + (third ? own_head : 0);
    return draft;
}

/// Returns the draft of a job whose own layer does not predict. A method without a draft has none.
[[nodiscard]] constexpr draft_model draft_beside(const network& net, const speculation& s) noexcept {
    if (s.method == drafting::draft_model) return s.draft;
    if (s.method == drafting::eagle || s.method == drafting::eagle3)
        return eagle_draft(net, s.method == drafting::eagle3);
    return {};
}

/// Returns the bytes of a prediction layer's weights on one GPU: a layer in the formats of the model's last one, the
/// matrix that joins the hidden state with the embedding, which every GPU holds, and three norms. It shares the model's
/// embedding and head.
[[nodiscard]] constexpr std::int64_t prediction_weights(const serving_inputs& in) {
    const layer_block& b = last_layer(in.net);
    layer_weights sum{.bytes = b.vector_parameters * in.compute + 4 * b.buffers};
    for (std::int64_t i = 0; i < b.linear_count; ++i) add_matrix(sum, b.linears[i], b, in, 1);
    const linear joins = joint_matrix(in.net);
    return checked::add(sum.bytes, (joins.in * joins.out + joint_vectors(in.net)) * in.compute);
}

/// Adds the weights and the cache of a draft to the stage that has the head.
constexpr void add_draft(inference_stage& s, const serving_inputs& in) {
    const speculation& how = in.job.speculation;
    if (how.method == drafting::none || how.method == drafting::ngram || !in.content.head) return;
    if (how.method == drafting::prediction) {
        const cache_layout cached = cache_of(last_layer(in.net), in.row, in.job.software_date);
        s.weights = checked::add(s.weights, prediction_weights(in));
        s.cache_per_token += layer_cache_bytes(cached, in);
        return;
    }
    const draft_model draft = draft_beside(in.net, how);
    s.weights = checked::add(s.weights, divide_up(checked::multiply(draft.parameters, in.compute), in.l.tensor));
    s.cache_per_token += divide_up(storage(cache_format(in.job), draft.cache_width).number, in.l.tensor);
}

}  // namespace detail

}  // namespace cardfit
