// SPDX-License-Identifier: MIT
#pragma once

// The changes that make a job fit, as text and as JSON. Each change is shown with its cost in time and its effect on
// the result.

#include <cardfit/decide/remedies.hpp>
#include <cardfit/io/text.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace tool {

using namespace cardfit;

/// Returns a ratio of times in words: "13.5x slower", "1.15x faster", "same speed".
[[nodiscard]] inline std::string speed_text(double slowdown) {
    if (std::abs(slowdown - 1) < 0.005) return "same speed";
    const double factor = slowdown > 1 ? slowdown : 1 / slowdown;
    return io::fixed(factor, factor < 10 ? 2 : 1) + (slowdown > 1 ? "x slower" : "x faster");
}

[[nodiscard]] inline number_format weights_of(const inference& job) { return job.weights; }
[[nodiscard]] inline number_format weights_of(const training& job) { return base_format(job); }

/// Returns true if a remedy stores the weights of an inference in a format that its quantized checkpoint does not have.
template <class Job>
[[nodiscard]] bool requantizes(const io::job_file& job, const remedy<Job>& r) {
    return job.inference && weights_of(r.job) != job.inference->weights && io::requantizes(job, weights_of(r.job));
}

template <class Job>
[[nodiscard]] std::string remedies_text(const io::job_file& job, const remedy_report<Job>& r) {
    static constexpr const char* effects[] = {"no accuracy effect", "lower precision", "trains adapters only",
                                              "shorter context", "smaller batch"};
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < r.count; ++i) {
        const remedy<Job>& each = r.of[i];
        rows.push_back({std::string(each.first) + (each.second.empty() ? "" : " + " + std::string(each.second)) +
                            (requantizes(job, each) ? " (re-quantized)" : ""),
                        effects[static_cast<std::size_t>(each.effect)], speed_text(each.slowdown),
                        io::in_gib(each.device)});
    }
    if (rows.empty()) return "  No single change or pair of changes makes it fit.\n";
    std::string table = "  Changes that make it fit (within the error margin):\n" + io::aligned(rows, 2, "    ");
    const auto again = [&](const remedy<Job>& each) { return requantizes(job, each); };
    if (std::none_of(r.items().begin(), r.items().end(), again)) return table;
    return table + "    re-quantized: not the published " +
           std::string(block_layout_of(job.published.formats.weights).name) + " checkpoint\n";
}

template <class Job>
[[nodiscard]] nlohmann::ordered_json remedies_json(const io::job_file& job, const remedy_report<Job>& r) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < r.count; ++i) {
        nlohmann::ordered_json changes = {r.of[i].first};
        if (!r.of[i].second.empty()) changes.push_back(r.of[i].second);
        all.push_back({{"changes", std::move(changes)},
                       {"effect", static_cast<int>(r.of[i].effect)},
                       {"slowdown", r.of[i].slowdown},
                       {"device_bytes", r.of[i].device.number}});
        if (requantizes(job, r.of[i])) all.back()["requantizes"] = true;
    }
    return all;
}

/// Calls `use` with the remedies of the job, or does nothing if the job's time is not known.
template <class Use>
void with_remedies(const io::job_file& job, const io::answered_job& a, Use use) {
    if (a.serving)
        use(io::with_timed_model(job.model, lower(job.model, job.image_size()),
                                 [&](const auto& m) { return remedies(m, *job.inference, job.hardware, job.layout); }));
    else if (a.step)
        std::visit([&](const auto& m) { use(remedies(m, *job.training, job.hardware, job.layout)); }, job.model);
}

}  // namespace tool
