// SPDX-License-Identifier: MIT
#pragma once

// Suggests what to try if a job does not fit, and names the smallest MIG slice if it does. These are searches over
// settings, numbers of cards and the card table.

#include "answer_flags.hpp"
#include "calibration.hpp"

#include <cardfit/decide/next_card.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/mig.hpp>
#include <cardfit/io/counted.hpp>
#include <cardfit/io/diffusion_file.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tool {

using namespace cardfit;

/// Adds the next card up on which the job fits alone, if there is one.
template <class Accepts>
void add_next_card(const machine& m, bool any_vendor, std::vector<std::string>& ways, Accepts accepts) {
    const gpu* next = next_card(known_cards(), m.card, any_vendor, accepts);
    if (next != nullptr) ways.push_back("1 x " + std::string(next->name));
}

/// Returns the job's machine with another number of cards. All of them are in one node if the node has room for them.
[[nodiscard]] inline machine with_cards(machine m, int cards) {
    m.cards = cards;
    m.per_node = 0;
    return m;
}

/// Returns the line of alternatives, such as "  Alternatives that fit: 4 cards with --sharding full; 1 x B200 SXM
/// (HGX/DGX) 180GB", or what was tried if there are none.
[[nodiscard]] inline std::string alternatives_text(const std::vector<std::string>& ways, const std::string& tried) {
    if (ways.empty()) return indented("No configuration fits: tried " + tried + ".");
    std::string text;
    for (const std::string& way : ways) text += (text.empty() ? "Alternatives that fit: " : "; ") + way;
    return indented(text);
}

/// Returns true if a training job fits a machine under a layout, even at the upper error bound.
[[nodiscard]] inline bool training_fits(const network& net, const training& t, const machine& m, const layout& l) {
    // A card that lacks the format cannot run the job, however much memory it has.
    if (!problems(t, m.card).empty()) return false;
    if (!problems(l, m.cards, net).empty()) return false;
    return fit(net, t, m, l).grade == grade::fits;
}

/// Returns true if several cards of this kind work together as sold: in one machine, or as machines whose network a
/// document names (two DGX Spark). Other computers and laptops are not suggested by the dozen.
[[nodiscard]] inline bool joins_others(const gpu& card) {
    const platform_row& sold_in = row_of(platform_of(card));
    return sold_in.per_node > 1 || !sold_in.estimated;
}

/// Adds the smallest limit of the GPU's part of a shared memory, in steps of 1 GiB, with which the job fits.
/// `fits_on` answers for a machine.
template <class FitsOn>
void add_raised_limit(const machine& m, std::vector<std::string>& ways, FitsOn fits_on) {
    if (!has_gpu_limit(m.card) || m.capacity.number > 0) return;
    machine raised = m;
    const std::int64_t most = in_mebibytes_down(largest_gpu_limit(m.card));
    for (std::int64_t limit = in_mebibytes_down(usable_memory(m)) / 1024 * 1024 + 1024; limit <= most; limit += 1024) {
        raised.host.gpu_limit_mebibytes = limit;
        if (!fits_on(raised)) continue;
        ways.push_back("--gpu-limit-mib " + std::to_string(limit) + " (" +
                       std::string(row_of(m.card.memory_sharing).setting) + ")");
        return;
    }
}

/// Adds the smallest numbers of the same card on which the job fits with full sharding: one with the recomputation that
/// the job asks for, and one with full recomputation if that takes fewer cards.
inline void add_sharded_counts(const io::job_file& job, const network& net, std::vector<std::string>& ways) {
    constexpr int most = 1024;
    if (!joins_others(job.hardware.card)) return;
    const recompute asked = job.training->recompute;
    int fewest = 2 * most;
    for (const recompute r : {asked, recompute::full}) {
        training t = *job.training;
        t.recompute = r;
        for (int n = 2; n < fewest; n *= 2) {
            if (!training_fits(net, t, with_cards(job.hardware, n), {.data = n, .sharding = sharding::full})) continue;
            ways.push_back(io::counted(n, "card") + " with --sharding full" + (r == asked ? "" : " --recompute full"));
            fewest = n;
        }
        if (asked == recompute::full) break;
    }
}

/// Returns what to try if a training job does not fit: full recomputation, more of the same card with full sharding,
/// and the smallest single card.
[[nodiscard]] inline std::string training_alternatives(const io::job_file& job) {
    const network net = lower(job.model, job.training->image_size);
    training recomputed = *job.training;
    recomputed.recompute = recompute::full;
    std::vector<std::string> ways;
    if (training_fits(net, recomputed, job.hardware, job.layout)) ways.push_back("--recompute full");
    add_raised_limit(job.hardware, ways,
                     [&](const machine& m) { return training_fits(net, *job.training, m, job.layout); });
    add_sharded_counts(job, net, ways);
    add_next_card(job.hardware, false, ways,
                  [&](const gpu& card) { return training_fits(net, *job.training, card, {}); });
    return alternatives_text(ways, "up to 1024 of this card, and every single card of its vendor");
}

/// Returns true if an inference fits a machine under a layout.
[[nodiscard]] inline bool inference_fits(const network& net, const inference& i, const machine& m, const layout& l) {
    return problems(l, m.cards, net).empty() && engine_runs(i, m.card) && fit(net, i, m, l).grade == grade::fits;
}

/// Adds the number of layers that the cards can store, if the engine can leave the other layers in host memory.
inline void add_layer_split(const io::job_file& job, const network& net, std::vector<std::string>& ways) {
    const inference& i = *job.inference;
    if (!leaves_layers_in_host(i, job.hardware) || !is_autoregressive(net)) return;
    const layer_split split = layers_on_cards(net, i, job.hardware, error_bound::upper);
    // If no layer is on the card, only llama.cpp can run the model from host memory.
    if (split.on_card == 0 && !row_of(i.framework).memory.reads_gguf) return;
    const bytes host = split.in_host();
    ways.push_back(std::to_string(split.on_card) + " of " + io::counted(split.layers, "layer") + " on the GPU, " +
                   io::in_gib(host) + " in host memory" + io::host_memory_text(job.hardware, host));
}

/// Adds the smallest number of the same card on which the inference fits if its layers or its matrices are divided
/// among the cards.
inline void add_divided_counts(const io::job_file& job, const network& net, std::vector<std::string>& ways) {
    constexpr int most = 64;
    if (!joins_others(job.hardware.card)) return;
    const bool splits_layers = row_of(job.inference->framework).memory.splits_layers;
    for (int n = 2 * job.hardware.cards; n <= most; n *= 2) {
        const layout divided = splits_layers ? layout{.pipeline = n} : layout{.tensor = n};
        if (!inference_fits(net, *job.inference, with_cards(job.hardware, n), divided)) continue;
        ways.push_back(io::counted(n, "card") + " with " + (splits_layers ? "--pipeline " : "--tensor ") +
                       std::to_string(n));
        return;
    }
}

/// Returns what to try if an inference does not fit: weights of lower precision, a smaller batch, a shorter prompt,
/// some layers in host memory, more of the same card, and the smallest single card.
[[nodiscard]] inline std::string inference_alternatives(const io::job_file& job) {
    const network net = lower(job.model, job.image_size());
    const inference& i = *job.inference;
    std::vector<std::string> ways;
    const format_choice best = net.shape_verified ? best_weights(net, i, job.hardware, job.layout) : format_choice{};
    if (best.accepted)
        ways.push_back("--weights " + std::string(block_layout_of(best.format).name) +
                       io::requantizing_text(job, best.format));
    const lowered_inference lowered = lower_job(net, i, job.hardware, job.layout);
    const std::int64_t batch = largest_batch(lowered, error_bound::upper);
    const std::int64_t context = longest_context(lowered, error_bound::upper);
    if (batch > 0) ways.push_back("--batch " + std::to_string(batch));
    if (context > i.generate) ways.push_back("--prompt " + std::to_string(context - i.generate));
    add_raised_limit(job.hardware, ways, [&](const machine& m) { return inference_fits(net, i, m, job.layout); });
    add_layer_split(job, net, ways);
    add_divided_counts(job, net, ways);
    // llama.cpp runs on the cards of every vendor (its README, "Supported backends").
    const bool any_vendor = row_of(i.framework).memory.reads_gguf;
    add_next_card(job.hardware, any_vendor, ways, [&](const gpu& card) {
        return !missing_for_inference(card, i.weights) && inference_fits(net, i, card, {});
    });
    return alternatives_text(ways, std::string("lower precision, smaller batches, shorter prompts, up to 64 of this "
                                               "card, and every single card") +
                                       (any_vendor ? "" : " of its vendor"));
}

/// Returns what to try if the images of a diffusion model do not fit, one change after another.
[[nodiscard]] inline std::string diffusion_alternatives(const io::diffusion_file& file) {
    struct change {
        const char* flags;
        void (*apply)(diffusion_job&);
    };
    static constexpr change changes[]{
        {" --vae-slicing --vae-tiling",
         [](diffusion_job& j) {
             j.vae_slicing = true;
             j.vae_tiling = true;
         }},
        {" --offload model", [](diffusion_job& j) { j.offload = diffusion_offload::model; }},
        {" --weights nf4", [](diffusion_job& j) { j.weights = number_format::nf4; }},
        {" --batch 1", [](diffusion_job& j) { j.batch = 1; }},
    };
    diffusion_job job = file.job;
    std::string flags;
    for (const change& each : changes) {
        const diffusion_job before = job;
        each.apply(job);
        if (!problems(job, file.hardware.card).empty()) {
            job = before;
            continue;
        }
        flags += each.flags;
        if (fit(*file.model, job, file.hardware).grade == grade::fits) return alternatives_text({flags.substr(1)}, {});
    }
    const bool offloads = !shares_memory_with_host(file.hardware.card);
    return alternatives_text({}, std::string("VAE slicing and tiling, ") + (offloads ? "offloading, " : "") +
                                     "nf4 weights, and one image at a time");
}

/// Returns the smallest MIG slice of the job's card on which the job fits. The text is empty if there is none.
[[nodiscard]] inline std::string smallest_slice(const io::job_file& job) {
    if (job.hardware.cards != 1) return {};
    const network net = lower(job.model, job.image_size());
    const gpu* slice = nullptr;
    for (const gpu* each : cardfit::cards::all_mig) {
        if (each->mig_parent != job.hardware.card.id) continue;
        if (slice != nullptr && usable_memory(*each) >= usable_memory(*slice)) continue;
        machine m = *each;
        m.host = job.hardware.host;
        const fit_report report =
            job.training ? fit(net, *job.training, m, job.layout) : fit(net, *job.inference, m, job.layout);
        if (report.grade == grade::fits) slice = each;
    }
    return slice ? "  Smallest MIG slice that fits: " + std::string(slice->name) + "\n" : std::string();
}

}  // namespace tool
