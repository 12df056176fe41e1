// SPDX-License-Identifier: MIT
#pragma once

// Suggests what to try if a job does not fit, and names the smallest MIG slice if it does. These are searches over
// settings, numbers of cards and the card table. What they find is a text to read, and the job file that fits.

#include "answer_flags.hpp"
#include "calibration.hpp"
#include "fit_table.hpp"

#include <cardfit/decide/next_card.hpp>
#include <cardfit/decide/serving_choices.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/cards/mig.hpp>
#include <cardfit/io/counted.hpp>
#include <cardfit/io/diffusion_file.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

using namespace cardfit;

/// A way in which a job fits: in words, and as the job file that does so; null where no job file says it.
struct alternative {
    std::string text{};
    nlohmann::json job{};
};

/// Returns the `hardware` of a job file for a machine. A card that the job states itself stays as it states it.
[[nodiscard]] inline nlohmann::json hardware_file(const machine& m, const nlohmann::json& stated) {
    nlohmann::json file = {{"hardware", {{"card", m.card.id}}}};
    set_changed<machine>(keys::hardware_keys, machine{.card = m.card}, m, file);
    nlohmann::json hardware = std::move(file["hardware"]);
    const auto card = stated.find("card");
    if (card != stated.end() && card->is_object() && card->value("id", "") == m.card.id) hardware["card"] = *card;
    if (m.others.count == 0) return hardware;
    hardware["cards"] = m.cards - m.others.count;
    for (int k = 0; k < m.others.count; ++k) hardware["other_cards"].push_back(m.others.of[k]->id);
    return hardware;
}

/// The ways in which a job fits, in the order in which they are found.
class ways_of_job {
public:
    explicit ways_of_job(const fit_answer& of) : job_(of.job), file_(of.file) {}

    /// Adds the job with other settings, on the same machine.
    template <class Job>
    void add(std::string text, const Job& settings) {
        nlohmann::json file = file_;
        set_settings(settings, file);
        found_.push_back({std::move(text), std::move(file)});
    }
    /// Adds the job with these settings on another machine, in a layout of that machine.
    template <class Job>
    void add(std::string text, const Job& settings, const machine& m, const layout& l) {
        add(std::move(text), settings);
        nlohmann::json& file = found_.back().job;
        file["hardware"] = hardware_file(m, file_.value("hardware", nlohmann::json::object()));
        set_layout(l, file);
    }
    /// Adds a way that no job file says.
    void add(std::string text) { found_.push_back({std::move(text), {}}); }

    [[nodiscard]] const io::job_file& job() const { return job_; }
    [[nodiscard]] const std::vector<alternative>& found() const { return found_; }

private:
    void set_settings(const training& t, nlohmann::json& file) const {
        set_changed<training>(keys::training_keys, *job_.training, t, file);
    }
    void set_settings(const inference& i, nlohmann::json& file) const {
        set_changed<inference>(keys::inference_keys, *job_.inference, i, file);
    }

    const io::job_file& job_;
    const nlohmann::json& file_;
    std::vector<alternative> found_{};
};

/// Adds the next card up on which the job fits alone, if there is one.
template <class Job, class Accepts>
void add_next_card(const Job& settings, bool any_vendor, ways_of_job& ways, Accepts accepts) {
    const gpu* next = next_card(known_cards(), ways.job().hardware.card, any_vendor, accepts);
    if (next != nullptr) ways.add("1 x " + std::string(next->name), settings, *next, {});
}

/// Returns the job's machine with another number of cards. All of them are in one node if the node has room for them.
[[nodiscard]] inline machine with_cards(machine m, int cards) {
    m.cards = cards;
    m.per_node = 0;
    return m;
}

/// Returns the line of alternatives, such as "  Alternatives that fit: 4 cards with --sharding full; 1 x B200 SXM
/// (HGX/DGX) 180GB", or what was tried if there are none.
[[nodiscard]] inline std::string alternatives_text(const std::vector<alternative>& ways, const std::string& tried) {
    if (ways.empty()) return indented("No configuration fits: tried " + tried + ".");
    std::string text;
    for (const alternative& way : ways) text += (text.empty() ? "Alternatives that fit: " : "; ") + way.text;
    return indented(text);
}

/// Returns the alternatives as JSON: what each is, and the job file that fits, where one says it.
[[nodiscard]] inline nlohmann::ordered_json alternatives_json(const std::vector<alternative>& ways) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const alternative& way : ways) {
        all.push_back({{"text", way.text}});
        if (!way.job.is_null()) all.back()["job"] = way.job;
    }
    return all;
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
template <class Job, class FitsOn>
void add_raised_limit(const Job& settings, ways_of_job& ways, FitsOn fits_on) {
    const machine& m = ways.job().hardware;
    if (!has_gpu_limit(m.card) || m.capacity.number > 0) return;
    machine raised = m;
    const std::int64_t most = in_mebibytes_down(largest_gpu_limit(m.card));
    for (std::int64_t limit = in_mebibytes_down(usable_memory(m)) / 1024 * 1024 + 1024; limit <= most; limit += 1024) {
        raised.host.gpu_limit_mebibytes = limit;
        if (!fits_on(raised)) continue;
        ways.add("--gpu-limit-mib " + std::to_string(limit) + " (" +
                     std::string(row_of(m.card.memory_sharing).setting) + ")",
                 settings, raised, ways.job().layout);
        return;
    }
}

/// Adds the smallest numbers of the same card on which the job fits with full sharding: one with the recomputation that
/// the job asks for, and one with full recomputation if that takes fewer cards.
inline void add_sharded_counts(const network& net, ways_of_job& ways) {
    constexpr int most = 1024;
    const io::job_file& job = ways.job();
    if (!joins_others(job.hardware.card)) return;
    const recompute asked = job.training->recompute;
    int fewest = 2 * most;
    for (const recompute r : {asked, recompute::full}) {
        training t = *job.training;
        t.recompute = r;
        for (int n = 2; n < fewest; n *= 2) {
            const machine more = with_cards(job.hardware, n);
            const layout divided{.data = n, .sharding = sharding::full};
            if (!training_fits(net, t, more, divided)) continue;
            ways.add(io::counted(n, "card") + " with --sharding full" + (r == asked ? "" : " --recompute full"), t,
                     more, divided);
            fewest = n;
        }
        if (asked == recompute::full) break;
    }
}

/// Returns what to try if a training job does not fit: full recomputation, more of the same card with full sharding,
/// and the smallest single card.
[[nodiscard]] inline std::vector<alternative> training_ways(const fit_answer& each) {
    const io::job_file& job = each.job;
    const network net = lower(job.model, job.training->image_size);
    training recomputed = *job.training;
    recomputed.recompute = recompute::full;
    ways_of_job ways(each);
    if (training_fits(net, recomputed, job.hardware, job.layout)) ways.add("--recompute full", recomputed);
    add_raised_limit(*job.training, ways,
                     [&](const machine& m) { return training_fits(net, *job.training, m, job.layout); });
    add_sharded_counts(net, ways);
    add_next_card(*job.training, false, ways,
                  [&](const gpu& card) { return training_fits(net, *job.training, card, {}); });
    return ways.found();
}

/// Returns true if an inference fits a machine under a layout.
[[nodiscard]] inline bool inference_fits(const network& net, const inference& i, const machine& m, const layout& l) {
    return problems(l, m.cards, net).empty() && engine_runs(i, m.card) && fit(net, i, m, l).grade == grade::fits;
}

/// Adds the job with as few layers in host memory as the cards require, if the engine can leave layers there: as flags
/// for an engine that is told so, and for others in words.
inline void add_layer_split(const network& net, ways_of_job& ways) {
    const io::job_file& job = ways.job();
    const inference& i = *job.inference;
    if (!leaves_layers_in_host(i, job.hardware) || !is_autoregressive(net)) return;
    const auto in_host = [&](const layer_split& split) {
        return io::in_gib(split.in_host()) + " in host memory" + io::host_memory_text(job.hardware, split.in_host());
    };
    if (row_of(i.framework).memory.places_layers && !is_placed(i)) {
        const inference placed = cardfit::detail::placed(net, i, job.hardware, job.layout);
        if (!inference_fits(net, placed, job.hardware, job.layout)) return;
        ways.add(typed_text(flags_of(i, job.layout, remedy<inference>{.job = placed, .layout = job.layout})) + " (" +
                     in_host(cardfit::detail::split_of(net, lower_job(net, placed, job.hardware, job.layout))) + ")",
                 placed);
        return;
    }
    const layer_split split = layers_on_cards(net, i, job.hardware, error_bound::upper);
    if (split.on_card > 0)
        ways.add(std::to_string(split.on_card) + " of " + io::counted(split.layers, "layer") + " on the GPU, " +
                 in_host(split));
}

/// Adds the smallest number of the same card on which the inference fits if its layers or its matrices are divided
/// among the cards.
inline void add_divided_counts(const network& net, ways_of_job& ways) {
    constexpr int most = 64;
    const io::job_file& job = ways.job();
    if (!joins_others(job.hardware.card)) return;
    const bool splits_layers = row_of(job.inference->framework).memory.splits_layers;
    for (int n = 2 * job.hardware.cards; n <= most; n *= 2) {
        const layout divided = splits_layers ? layout{.pipeline = n} : layout{.tensor = n};
        const machine more = with_cards(job.hardware, n);
        if (!inference_fits(net, *job.inference, more, divided)) continue;
        ways.add(io::counted(n, "card") + " with " + (splits_layers ? "--pipeline " : "--tensor ") + std::to_string(n),
                 *job.inference, more, divided);
        return;
    }
}

/// Adds the inference with weights of lower precision, with a smaller batch, and with a shorter prompt.
inline void add_smaller_settings(const network& net, ways_of_job& ways) {
    const io::job_file& job = ways.job();
    const inference& i = *job.inference;
    const format_choice best = net.shape_verified ? best_weights(net, i, job.hardware, job.layout) : format_choice{};
    if (best.accepted)
        ways.add(
            "--weights " + std::string(block_layout_of(best.format).name) + io::requantizing_text(job, best.format),
            with_weights(i, best.format));
    const lowered_inference lowered = lower_job(net, i, job.hardware, job.layout);
    inference fewer = i;
    fewer.batch = largest_batch(lowered, error_bound::upper);
    if (fewer.batch > 0) ways.add("--batch " + std::to_string(fewer.batch), fewer);
    inference shorter = i;
    shorter.prompt = longest_context(lowered, error_bound::upper) - i.generate;
    if (shorter.prompt > 0) ways.add("--prompt " + std::to_string(shorter.prompt), shorter);
}

/// Returns what to try if an inference does not fit: weights of lower precision, a smaller batch, a shorter prompt,
/// some layers in host memory, more of the same card, and the smallest single card.
[[nodiscard]] inline std::vector<alternative> inference_ways(const fit_answer& each) {
    const io::job_file& job = each.job;
    const network net = lower(job.model, job.image_size());
    const inference& i = *job.inference;
    ways_of_job ways(each);
    add_smaller_settings(net, ways);
    add_raised_limit(i, ways, [&](const machine& m) { return inference_fits(net, i, m, job.layout); });
    add_layer_split(net, ways);
    add_divided_counts(net, ways);
    // llama.cpp runs on the cards of every vendor (its README, "Supported backends").
    add_next_card(i, row_of(i.framework).memory.reads_gguf, ways, [&](const gpu& card) {
        return !missing_for_inference(card, i.weights) && inference_fits(net, i, card, {});
    });
    return ways.found();
}

/// Returns what was tried to make a job fit, for the line that says that nothing does.
[[nodiscard]] inline std::string tried_text(const io::job_file& job) {
    if (job.training) return "up to 1024 of this card, and every single card of its vendor";
    return std::string(
               "lower precision, smaller batches, shorter prompts, up to 64 of this card, and every single "
               "card") +
           (row_of(job.inference->framework).memory.reads_gguf ? "" : " of its vendor");
}

/// Returns what to try if a job does not fit.
[[nodiscard]] inline std::vector<alternative> alternatives_of(const fit_answer& each) {
    return each.job.training ? training_ways(each) : inference_ways(each);
}

/// Returns what to try if the images of a diffusion model do not fit: the changes that are needed, one after another;
/// none if they do not fit even with all of them.
[[nodiscard]] inline std::vector<alternative> diffusion_ways(nlohmann::json job) {
    static const std::vector<given_flag> changes[]{{{"--vae-slicing", true}, {"--vae-tiling", true}},
                                                   {{"--offload", "model"}},
                                                   {{"--weights", "nf4"}},
                                                   {{"--batch", 1}}};
    std::string text;
    for (const std::vector<given_flag>& change : changes) {
        nlohmann::json changed = job;
        apply_flags({change}, job_kind::diffusion, changed);
        try {
            const io::diffusion_file file = read_diffusion(changed);
            job = std::move(changed);
            for (const given_flag& each : change)
                text += (text.empty() ? "" : " ") +
                        (each.value.is_boolean() ? each.flag : each.flag + " " + io::plain_text(each.value));
            if (fit(*file.model, file.job, file.hardware).grade == grade::fits) return {{text, job}};
        } catch (const io::input_error&) {
            // The card does not take this change.
            continue;
        }
    }
    return {};
}

/// Returns the line of what to try if the images of a diffusion model do not fit.
[[nodiscard]] inline std::string diffusion_alternatives(const io::diffusion_file& file, const nlohmann::json& job) {
    const bool offloads = !shares_memory_with_host(file.hardware.card);
    return alternatives_text(diffusion_ways(job), std::string("VAE slicing and tiling, ") +
                                                      (offloads ? "offloading, " : "") +
                                                      "nf4 weights, and one image at a time");
}

/// Returns the smallest MIG slice of the job's card on which the job fits, or nothing if there is none.
[[nodiscard]] inline std::vector<alternative> smallest_slice(const fit_answer& of) {
    const io::job_file& job = of.job;
    if (job.hardware.cards != 1) return {};
    const network net = lower(job.model, job.image_size());
    std::optional<machine> slice;
    for (const gpu* each : cardfit::cards::all_mig) {
        if (each->mig_parent != job.hardware.card.id) continue;
        if (slice && usable_memory(*each) >= usable_memory(*slice)) continue;
        machine m = *each;
        m.host = job.hardware.host;
        const fit_report report =
            job.training ? fit(net, *job.training, m, job.layout) : fit(net, *job.inference, m, job.layout);
        if (report.grade == grade::fits) slice = m;
    }
    ways_of_job ways(of);
    const auto add = [&](const auto& settings) {
        ways.add(std::string(slice->card.name), settings, *slice, job.layout);
    };
    if (slice && job.training) add(*job.training);
    if (slice && job.inference) add(*job.inference);
    return ways.found();
}

/// Returns the line about the smallest MIG slice on which the job fits. The text is empty if there is none.
[[nodiscard]] inline std::string smallest_slice_text(const fit_answer& of) {
    const std::vector<alternative> slice = smallest_slice(of);
    return slice.empty() ? std::string() : "  Smallest MIG slice that fits: " + slice[0].text + "\n";
}

}  // namespace tool
