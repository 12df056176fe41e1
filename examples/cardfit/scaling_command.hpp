// SPDX-License-Identifier: MIT
#pragma once

// scaling: step time, speed-up and efficiency for 1, 2, 4 … cards, with NVLink and without, as a table with both curves
// side by side, as JSON, or as a Vega-Lite document.

#include "savings_command.hpp"

#include <cardfit/decide/scaling.hpp>

namespace tool {

struct scaling_options {
    std::string path;
    int cards = 0;
    bool json = false;
    bool vega = false;
};

/// The four curves by name.
struct named_curve {
    const char* name;
    const char* kind;
    const scaling_curve* curve;
};
[[nodiscard]] inline std::vector<named_curve> curves_of(const scaling_report& r) {
    std::vector<named_curve> all;
    if (r.has_nvlink) all.push_back({"with NVLink", "weak", &r.weak_nvlink});
    all.push_back({"without NVLink", "weak", &r.weak_pcie});
    if (r.has_nvlink) all.push_back({"with NVLink", "strong", &r.strong_nvlink});
    all.push_back({"without NVLink", "strong", &r.strong_pcie});
    return all;
}

[[nodiscard]] inline nlohmann::ordered_json point_json(const scaling_point& p) {
    return {{"cards", p.cards},
            {"fits", p.fits},
            {"step_seconds", p.time.step.number},
            {"samples_per_second", p.time.samples_per_second},
            {"speed_up", p.speed_up},
            {"efficiency", p.efficiency},
            {"exposed_communication_seconds", p.exposed_communication.number}};
}

[[nodiscard]] inline nlohmann::ordered_json scaling_json(const scaling_report& r) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const named_curve& c : curves_of(r)) {
        nlohmann::ordered_json points = nlohmann::ordered_json::array();
        for (std::size_t i = 0; i < c.curve->count; ++i) points.push_back(point_json(c.curve->points[i]));
        all.push_back({{"name", c.name},
                       {"batch", c.kind},
                       {"link", io::name_of(io::link_names, c.curve->link)},
                       {"loses_beyond_cards", c.curve->scaling_limit},
                       {"points", std::move(points)}});
    }
    return {{"curves", std::move(all)}, {"link_stops_mattering_at_micro_batch", r.nvlink_irrelevant_from_batch}};
}

/// Speed-up over cards, a line a link, a panel a kind of batch: any tool that reads Vega-Lite draws it.
[[nodiscard]] inline nlohmann::ordered_json scaling_vega(const scaling_report& r, const std::string& title) {
    nlohmann::ordered_json values = nlohmann::ordered_json::array();
    for (const named_curve& c : curves_of(r))
        for (std::size_t i = 0; i < c.curve->count; ++i) {
            nlohmann::ordered_json v = {{"link", c.name}, {"batch", c.kind}};
            v.update(point_json(c.curve->points[i]));
            values.push_back(std::move(v));
        }
    return {{"$schema", "https://vega.github.io/schema/vega-lite/v5.json"},
            {"title", title},
            {"data", {{"values", std::move(values)}}},
            {"mark", {{"type", "line"}, {"point", true}}},
            {"encoding",
             {{"x", {{"field", "cards"}, {"type", "quantitative"}, {"scale", {{"type", "log"}, {"base", 2}}}}},
              {"y", {{"field", "speed_up"}, {"type", "quantitative"}, {"scale", {{"type", "log"}, {"base", 2}}}}},
              {"color", {{"field", "link"}, {"type", "nominal"}}},
              {"column", {{"field", "batch"}, {"type", "nominal"}}}}}};
}

/// One kind of batch: both links side by side, with bars of efficiency.
[[nodiscard]] inline std::string scaling_text(const scaling_curve* nvlink, const scaling_curve& pcie,
                                              const char* kind) {
    std::vector<std::vector<std::string>> rows;
    rows.push_back({kind, "step", "speed-up", "exposed", "efficiency", ""});
    if (nvlink)
        for (const char* head : {"", "step", "speed-up", "exposed", "efficiency", ""}) rows[0].push_back(head);
    const auto cells = [](const scaling_point& p) {
        return std::vector<std::string>{io::in_time(p.time.step), io::fixed(p.speed_up, 2) + " x",
                                        io::in_time(p.exposed_communication), io::fixed(100 * p.efficiency, 1) + " %",
                                        io::bar(p.efficiency, 16) + (p.fits ? "" : " (does not fit for sure)")};
    };
    for (std::size_t i = 0; i < pcie.count; ++i) {
        std::vector<std::string> row{std::to_string(pcie.points[i].cards)};
        const std::vector<std::string> without = cells(pcie.points[i]);
        if (nvlink) {
            const std::vector<std::string> with = cells(nvlink->points[i]);
            row.insert(row.end(), with.begin(), with.end());
            row.push_back("|");
        }
        row.insert(row.end(), without.begin(), without.end());
        rows.push_back(row);
    }
    return io::aligned(rows, 1, "  ");
}

inline int scaling(const scaling_options& o) {
    try {
        io::job_file job = training_job(o.path);
        if (o.cards > 0) job.hardware.cards = o.cards;
        const scaling_report r = std::visit(
            [&](const auto& model) { return cardfit::scaling(model, *job.training, job.hardware, job.layout); },
            job.model);
        if (o.vega) {
            std::cout << io::dump(scaling_vega(r, io::title(job)), 1) << "\n";
        } else if (o.json) {
            std::cout << io::dump(scaling_json(r), 1) << "\n";
        } else {
            const std::string with =
                r.has_nvlink ? std::string(io::name_of(io::link_names, r.weak_nvlink.link)) + " (left), " : "";
            std::cout << io::title(job) << "\n  " << with << io::name_of(io::link_names, r.weak_pcie.link)
                      << (r.has_nvlink ? " (right)\n" : "\n")
                      << scaling_text(r.has_nvlink ? &r.weak_nvlink : nullptr, r.weak_pcie, "batch grows")
                      << scaling_text(r.has_nvlink ? &r.strong_nvlink : nullptr, r.strong_pcie, "batch stays");
            if (r.nvlink_irrelevant_from_batch > 0)
                std::cout << "  from a micro-batch of " << r.nvlink_irrelevant_from_batch << " on, all "
                          << job.hardware.cards << " cards lose less than 2 % by doing without NVLink\n";
            for (const scaling_curve* c : {&r.strong_nvlink, &r.strong_pcie})
                if (c->scaling_limit > 0)
                    std::cout << "  over " << io::name_of(io::link_names, c->link) << ", more than " << c->scaling_limit
                              << " cards lose time for this batch\n";
        }
        return answered;
    } catch (const io::input_error& e) {
        return report_error(e, o.json || o.vega);
    } catch (const invalid_input& e) {
        return report_error(io::refused(e), o.json || o.vega);
    }
}

}  // namespace tool
