// SPDX-License-Identifier: MIT
#pragma once

// Host memory of a training job: what offloading moves off the cards, what a checkpoint takes on disk and in memory
// while it is saved, and the batches that data loaders prefetch. The processes themselves, and what a worker needs to
// decode one sample, are not counted: nobody publishes them.

#include <cardfit/estimate/host_estimate.hpp>
#include <cardfit/estimate/training/lower.hpp>

namespace cardfit {

namespace detail {

/// Returns the job with everything on the card, as it would be saved: of a checkpoint, no rank counts the samples of
/// all ranks.
[[nodiscard]] constexpr training without_offload(training t) noexcept {
    t.offload = offload::none;
    t.offload_device = offload_device::host;
    t.optimizer_in_backward = false;
    t.generations = 0;
    if (row_of(t.optimizer).unpaged.exists) t.optimizer = row_of(t.optimizer).unpaged.value;
    return t;
}

/// Returns true if a job has all its states on the card and none paged: without_offload leaves it as it is.
[[nodiscard]] constexpr bool keeps_states(const training& t) noexcept {
    return t.offload == offload::none && t.offload_device == offload_device::host && !t.optimizer_in_backward &&
           !row_of(t.optimizer).unpaged.exists;
}

/// Returns the bytes of trained weights and of optimizer states, master weights included, that a checkpoint of this
/// stage has, or of all its weights. Gradients count the trained parameters exactly, whatever else lies among the
/// weights.
[[nodiscard]] constexpr std::int64_t saved_states(const stage_load& s, const mixed_recipe& recipe,
                                                  bool frozen_too) noexcept {
    return s.optimizer + (frozen_too ? s.weights : s.gradients / recipe.gradient * recipe.weight);
}

/// Returns the bytes that one card of a stage leaves on the host: `whole` is the stage with everything on the card.
/// Gradients are copied to the host in the format in which the optimizer reads them there: fp32 beside master weights.
[[nodiscard]] constexpr std::int64_t offloaded_bytes(const stage_load& whole, const stage_load& s,
                                                     const mixed_recipe& recipe, offload what, std::int64_t token_count,
                                                     std::int64_t length) noexcept {
    if (what == offload::none) return 0;
    if (what == offload::activations)
        return token_count *
               (whole.saved_per_token - s.saved_per_token + length * (whole.saved_per_score - s.saved_per_score));
    const std::int64_t gradient = recipe.master > 0 ? 4 : recipe.gradient;
    return whole.optimizer - s.optimizer + (whole.weights - s.weights) + whole.gradients / recipe.gradient * gradient;
}

/// Returns the bytes of ZeRO-Infinity's buffers in host memory for one rank of `trained` parameters, with DeepSpeed's
/// defaults: a billion parameters stay in memory (max_in_cpu) and five buffers of 1e8 elements stream the others, in 16
/// bits; four buffers of a sub-group of at most a billion fp32 elements stream the optimizer's states.
[[nodiscard]] constexpr std::int64_t nvme_buffers(std::int64_t trained, offload what) noexcept {
    const std::int64_t states = 4 * 4 * smaller(trained, 1'000'000'000);
    const std::int64_t weights = 2 * smaller(trained, 1'000'000'000) + 5 * 2 * std::int64_t{100'000'000};
    return states + (what == offload::full ? weights : 0);
}

/// Returns the bytes of one sample as a data loader makes it: images as fp32 (torchvision's ToTensor), the features of
/// Whisper's 30 seconds in at most 128 bands with two frames per position, and of each token an index, a label and a
/// mask in 64 bits.
[[nodiscard]] constexpr std::int64_t loaded_sample_bytes(const network& net, const training& t) noexcept {
    const std::int64_t image = 3 * 4 * net.image_size * net.image_size;
    if (image > 0) return image;
    const std::int64_t pixels = 3 * 4 * net.tower.image_size * net.tower.image_size * net.tower.image_passes;
    const std::int64_t sound = 2 * 128 * 4 * net.fixed_source_length;
    return 3 * 8 * (t.sequence_length + t.source_length) + sound + t.images * pixels;
}

/// Returns the bytes of the batches that the data loader of one process holds: PyTorch's prefetches `prefetch_factor`
/// batches for each worker (torch.utils.data documentation), and one more is being copied.
[[nodiscard]] constexpr std::int64_t loaded_bytes(const network& net, const training& t) noexcept {
    if (t.data_workers == 0) return 0;
    const double sample = static_cast<double>(loaded_sample_bytes(net, t)) * static_cast<double>(t.micro_batch);
    const double all = sample * static_cast<double>(t.data_workers * t.prefetch_factor + 1);
    return all < 1e17 ? static_cast<std::int64_t>(all) : std::int64_t{100'000'000'000'000'000};
}

}  // namespace detail

/// Returns the host memory that a training job needs and the size of its checkpoint, in bytes. `here` is the job as
/// lower_job lowers it by these rules. Throws invalid_input as lower_job does.
[[nodiscard]] constexpr host_estimate host_memory(const lowered_training& here, const network& net, const training& t,
                                                  const machine& m, const layout& given, const framework_memory& row) {
    const layout l = resolved(given, m.cards);
    const training saved = detail::without_offload(t);
    const mixed_recipe recipe = lower_rules(saved, l, row).recipe;
    const lowered_training whole = detail::keeps_states(t) ? here : lower_job(net, saved, m, given, row);
    const std::int64_t length = here.tokens_per_sample > 0 ? here.tokens_per_sample : t.sequence_length;
    const std::int64_t token_count = t.micro_batch * divide_up(length, std::int64_t{l.context});
    std::int64_t offloaded = 0;
    std::int64_t staged = 0;
    // A checkpoint of adapters has the adapters alone; one of a model has its frozen layers too.
    const bool frozen_too = t.trained_layers > 0 && t.adapter.method == adapter_method::none;
    for (std::size_t i = 0; i < here.stage_count; ++i) {
        offloaded = larger(offloaded, detail::offloaded_bytes(whole.stages[i], here.stages[i], recipe, t.offload,
                                                              token_count, length));
        staged = larger(staged, detail::saved_states(whole.stages[i], recipe, frozen_too));
    }
    const std::int64_t cards = smaller(cards_per_host(m), m.cards);
    const lowered_training alone = lower_job(net, saved, 1 * m.card, layout{}, row);
    const mixed_recipe undivided = lower_rules(saved, layout{.data = 1, .sharding_group = 1}, row).recipe;
    const std::int64_t checkpoint = detail::saved_states(alone.stages[0], undivided, frozen_too);
    const bool on_nvme = t.offload_device == offload_device::nvme;
    const std::int64_t trained = whole.stages[0].gradients / recipe.gradient;
    const std::int64_t streams = on_nvme ? cards * detail::nvme_buffers(trained, t.offload) : 0;
    const std::int64_t copies =
        moves_states(t.offload) && !on_nvme ? offloaded * cards / 1000 * row.host_buffer_per_mille : 0;
    return {.nvme = bytes_of(on_nvme ? offloaded * cards : 0),
            .offloaded = bytes_of(offloaded * cards),
            .buffers = bytes_of(copies + streams),
            .loading = bytes_of(cards * detail::loaded_bytes(net, t)),
            .checkpoint = bytes_of(checkpoint),
            .staged = bytes_of(smaller(staged * cards, checkpoint)),
            .available = m.host_memory};
}
/// The same of a job that is not lowered yet. Throws invalid_input as `lower_job` does.
[[nodiscard]] constexpr host_estimate host_memory(const network& net, const training& t, const machine& m,
                                                  const layout& given, const framework_memory& row) {
    return host_memory(lower_job(net, t, m, given, row), net, t, m, given, row);
}
/// Returns the host memory of a training, as for a lowered network. Throws invalid_input for a job, layout or model
/// that is invalid.
template <network_model M>
[[nodiscard]] constexpr host_estimate host_memory(const M& model, const training& t, const machine& m,
                                                  const layout& l = {}) {
    return host_memory(lower_model(model, t.image_size), t, m, l, row_of(t).memory);
}

}  // namespace cardfit
