// SPDX-License-Identifier: MIT
#pragma once

// The bytes of a checkpoint by how parallelism divides them: from its tensors, or from a total and the shape of a
// model.

#include <cardfit/io/stored/contents.hpp>
#include <cardfit/model/network.hpp>

#include <map>
#include <string>
#include <string_view>

namespace cardfit::io {

namespace detail {

/// Returns the member that sums a tensor.
[[nodiscard]] inline std::int64_t stored_weights::*member_of(const named_tensor& about) {
    switch (about.kind) {
        case tensor_kind::embedding:
            return &stored_weights::embedding;
        case tensor_kind::head:
            return &stored_weights::head;
        case tensor_kind::attention:
            return about.key_value ? &stored_weights::key_value : &stored_weights::matrices;
        case tensor_kind::feed_forward:
            return &stored_weights::matrices;
        case tensor_kind::experts:
            return &stored_weights::experts;
        case tensor_kind::tower:
            return &stored_weights::tower;
        case tensor_kind::norms:
        case tensor_kind::other:
        case tensor_kind::count:
            break;
    }
    return &stored_weights::replicated;
}

/// Returns the elements of one matrix of a tensor: of a stack of experts' matrices, one of them.
[[nodiscard]] inline std::int64_t matrix_elements(const stored_tensor& t, std::int64_t parameters, bool row_first) {
    if (t.shape.size() < 2) return 0;
    if (t.shape.size() == 2) return parameters;
    const std::int64_t copies = row_first ? t.shape.back() : t.shape.front();
    return copies > 0 ? parameters / copies : parameters;
}

}  // namespace detail

/// Returns the bytes of a file's tensors by how parallelism divides them.
[[nodiscard]] inline stored_weights stored_weights_of(const tensor_file& file) {
    const tensors_by_name index = index_of(file);
    std::map<std::string_view, std::int64_t> layers;
    stored_weights sum;
    for (const stored_tensor& t : file.tensors) {
        const named_tensor about = tensor_named(t.name);
        sum.*detail::member_of(about) += t.bytes;
        if (about.layer.empty()) continue;
        std::int64_t& layer = layers[about.layer];
        layer += t.bytes;
        sum.largest_layer = larger(sum.largest_layer, layer);
        const std::int64_t elements = detail::matrix_elements(t, parameters_in(t, index), file.kind == "gguf");
        sum.largest_matrix = larger(sum.largest_matrix, elements);
    }
    return sum;
}

namespace detail {

/// The parameters of a network's layers by how parallelism divides them.
struct layer_shares {
    double key_value = 0;
    double experts = 0;
    double all = 0;
};
[[nodiscard]] inline layer_shares shares_of(const network& net) {
    layer_shares sum;
    for (std::size_t k = 0; k < net.block_kinds; ++k) {
        const layer_block& b = net.blocks[k];
        const auto layers = static_cast<double>(b.layers.count(0, net.layers));
        sum.all += layers * static_cast<double>(parameters(b));
        for (std::int64_t i = 0; i < b.linear_count; ++i) {
            const linear& m = b.linears[i];
            const bool by_head =
                (m.target == target::key || m.target == target::value) && m.split == weight_split::tensor;
            const double count = layers * static_cast<double>(parameters(m));
            if (by_head) sum.key_value += count;
            if (m.split == weight_split::expert) sum.experts += count;
        }
    }
    return sum;
}

}  // namespace detail

/// Returns a total divided as the parameters of a network are. Embedding and head are in 16 bits, because quantization
/// leaves them so; the rest is the layers'.
[[nodiscard]] inline stored_weights stored_weights_of(std::int64_t total, const network& net) {
    constexpr std::int64_t element = 2;
    stored_weights sum;
    sum.embedding = smaller(element * (net.embedding_parameters + net.position_parameters), total);
    sum.head = smaller(element * net.head_parameters, total - sum.embedding);
    const std::int64_t rest = total - sum.embedding - sum.head;
    const detail::layer_shares shares = detail::shares_of(net);
    const auto part = [&](double count) {
        return shares.all > 0 ? static_cast<std::int64_t>(static_cast<double>(rest) * (count / shares.all)) : 0;
    };
    sum.key_value = smaller(part(shares.key_value), rest);
    sum.experts = smaller(part(shares.experts), rest - sum.key_value);
    sum.matrices = rest - sum.key_value - sum.experts;
    return sum;
}

}  // namespace cardfit::io
