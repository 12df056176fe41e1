// SPDX-License-Identifier: MIT
#pragma once

// Host memory of an inference that places layers or experts off the cards (llama.cpp's -ngl and --n-cpu-moe).

#include <cardfit/estimate/host_estimate.hpp>
#include <cardfit/estimate/inference/kv_cache.hpp>
#include <cardfit/estimate/inference/stage.hpp>
#include <cardfit/hardware/machine.hpp>
#include <cardfit/job/gguf_mixes.hpp>

namespace cardfit {

namespace detail {

/// Returns the bytes of the weights that a placed job leaves in host memory: layers, experts, the embedding, and the
/// head where it is not on a card. Of stored weights, all layers are taken to have as many bytes.
[[nodiscard]] constexpr std::int64_t host_weights(const network& net, const inference& i, const placement& p) {
    const stored_weights& stored = stored_of(net, i);
    if (stored.known()) {
        const std::int64_t beside_experts = stored.in_layers() - stored.experts;
        return stored.embedding + beside_experts / net.layers * p.first_layer +
               stored.experts / net.layers * p.first_experts + (p.head ? 0 : stored.head);
    }
    const gguf_bytes file = gguf_bytes_by_kind(net, i.weights);
    const std::int64_t experts = gguf_layer_bytes(net, i.weights, p.first_layer, p.first_experts).experts;
    const std::int64_t layers = gguf_layer_bytes(net, i.weights, 0, p.first_layer).layers();
    return file.embedding + layers + experts + (p.head ? 0 : file.head);
}

/// Fills in what a placed job leaves in host memory, and what all hosts of the machine have.
constexpr void add_host_part(lowered_inference& job, const network& net, const inference& i, const engine_memory& row,
                             const machine& m, const layout& l) {
    const placement p = placement_of(net.layers, i, row);
    stage_content content{};
    for (std::size_t k = 0; k < net.block_kinds; ++k) content.layers[k] = net.blocks[k].layers.count(0, p.first_layer);
    const layout whole{.data = 1, .sharding_group = 1};
    add_cache(job.in_host, {.net = net,
                            .job = i,
                            .l = whole,
                            .row = row,
                            .trial = job.trial,
                            .content = content,
                            .stored = stored_of(net, i),
                            .compute = block_layout_of(compute_format_of(i)).block_bytes,
                            .high = p.first_layer});
    job.in_host.weights = host_weights(net, i, p);
    job.replicas = l.data;
    const int node = cards_per_node(m);
    job.host_memory = m.host_memory.number * divide_up(m.cards, node);
}

}  // namespace detail

/// Returns the KV cache that one replica of a lowered inference keeps in host memory, with the layers that it places
/// there.
[[nodiscard]] constexpr bytes host_cache(const lowered_inference& job, std::int64_t batch, std::int64_t prompt,
                                         std::int64_t generate) noexcept {
    return bytes_of(detail::cache_bytes(job, job.in_host, batch, prompt + job.image_tokens, generate));
}

/// Returns what a lowered inference takes of the memory of all hosts at this batch and these lengths, where it places
/// layers or experts there; otherwise all 0. Each replica has a cache of its own; the weights are pages of one file,
/// which the replicas share (llama.cpp maps files into memory unless `--no-mmap` is given).
[[nodiscard]] constexpr host_estimate host_memory(const lowered_inference& job, std::int64_t batch, std::int64_t prompt,
                                                  std::int64_t generate) noexcept {
    const bytes cache = host_cache(job, batch, prompt, generate);
    return {.offloaded = bytes_of(job.in_host.weights + job.replicas * cache.number),
            .available = bytes_of(job.host_memory)};
}

}  // namespace cardfit
