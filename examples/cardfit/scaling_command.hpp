// SPDX-License-Identifier: MIT
#pragma once

// scaling: step time, speed-up and efficiency on 1, 2, 4 … cards, with and without NVLink. The result is a table with
// both curves side by side, a JSON document, or a Vega-Lite document. In weak scaling, the global batch grows with the
// number of cards; in strong scaling, it stays the same.

#include "savings_command.hpp"

#include <cardfit/decide/scaling.hpp>

namespace tool {

struct scaling_options {
    std::string path;
    hardware_flags hardware;
    int cards = 0;
    bool json = false;
    bool vega = false;
};

/// One of the four curves, with its name.
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

/// Returns the machine with another number of cards.
[[nodiscard]] inline machine with_card_count(machine m, int cards) {
    m.cards = cards;
    m.per_node = (std::min)(m.per_node, cards);
    return m;
}

[[nodiscard]] inline nlohmann::ordered_json point_json(const scaling_point& p, const machine& m) {
    nlohmann::ordered_json json = {{"cards", p.cards},
                                   {"fits", p.fits},
                                   {"step_seconds", p.time.step.number},
                                   {"samples_per_second", p.time.samples_per_second},
                                   {"speed_up", p.speed_up},
                                   {"efficiency", p.efficiency},
                                   {"exposed_communication_seconds", p.exposed_communication.number}};
    add_price_json(json, with_card_count(m, p.cards), "step", p.time.step);
    return json;
}

[[nodiscard]] inline nlohmann::ordered_json scaling_json(const scaling_report& r, const machine& m) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const named_curve& c : curves_of(r)) {
        nlohmann::ordered_json points = nlohmann::ordered_json::array();
        for (std::size_t i = 0; i < c.curve->count; ++i) points.push_back(point_json(c.curve->points[i], m));
        all.push_back({{"name", c.name},
                       {"batch", c.kind},
                       {"link", io::name_of(io::link_names, c.curve->link)},
                       {"loses_beyond_cards", c.curve->scaling_limit},
                       {"points", std::move(points)}});
    }
    return {{"curves", std::move(all)}, {"link_stops_mattering_at_micro_batch", r.nvlink_irrelevant_from_batch}};
}

/// Returns a Vega-Lite chart of the speed-up over the number of cards, with one line per link and one panel each for
/// weak and strong scaling.
[[nodiscard]] inline nlohmann::ordered_json scaling_vega(const scaling_report& r, const std::string& title,
                                                         const machine& m) {
    nlohmann::ordered_json values = nlohmann::ordered_json::array();
    for (const named_curve& c : curves_of(r))
        for (std::size_t i = 0; i < c.curve->count; ++i) {
            nlohmann::ordered_json v = {{"link", c.name}, {"batch", c.kind}};
            v.update(point_json(c.curve->points[i], m));
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

/// Returns the table of one kind of scaling, with both links side by side and with bars for the efficiency.
[[nodiscard]] inline std::string scaling_text(const scaling_curve* nvlink, const scaling_curve& pcie,
                                              const char* kind) {
    std::vector<std::vector<std::string>> rows;
    rows.push_back({kind, "step", "speed-up", "exposed", "efficiency", ""});
    if (nvlink)
        for (const char* head : {"", "step", "speed-up", "exposed", "efficiency", ""}) rows[0].push_back(head);
    const auto cells = [](const scaling_point& p) {
        return std::vector<std::string>{io::in_time(p.time.step), io::fixed(p.speed_up, 2) + "x",
                                        io::in_time(p.exposed_communication), io::fixed(100 * p.efficiency, 1) + " %",
                                        io::bar(p.efficiency, 16) + (p.fits ? "" : " (may not fit)")};
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

/// Returns the sentences below the tables: the batch from which NVLink no longer matters, and the number of cards from
/// which more cards no longer help.
[[nodiscard]] inline std::string scaling_limits_text(const scaling_report& r, int cards) {
    std::string text;
    if (r.nvlink_irrelevant_from_batch > 0)
        text += "  Without NVLink, " + io::counted(cards, "card") + " are less than 2 % slower from micro-batch " +
                std::to_string(r.nvlink_irrelevant_from_batch) + " on.\n";
    for (const scaling_curve* c : {&r.strong_nvlink, &r.strong_pcie})
        if (c->scaling_limit > 0)
            text += "  Over " + std::string(io::name_of(io::link_names, c->link)) + ", more than " +
                    io::counted(c->scaling_limit, "card") + (c->scaling_limit == 1 ? " is" : " are") +
                    " slower for this global batch.\n";
    return text;
}

/// Returns the table of what 1,000 steps cost on each number of cards, by curve, with the price below it. The text is
/// empty without --prices.
[[nodiscard]] inline std::string scaling_cost_text(const scaling_report& r, const machine& m) {
    if (!prices()) return {};
    std::vector<std::vector<std::string>> rows{{"$/1,000 steps", "$/hour"}};
    for (const named_curve& c : curves_of(r))
        rows[0].push_back(std::string(c.kind) + ", " + std::string(io::name_of(io::link_names, c.curve->link)));
    std::vector<machine> machines;
    for (std::size_t i = 0; i < r.weak_pcie.count; ++i) {
        machines.push_back(with_card_count(m, r.weak_pcie.points[i].cards));
        const machine& these = machines.back();
        const std::optional<io::hourly_rent> rent = rent_of(these);
        rows.push_back({std::to_string(these.cards), rent ? in_dollars(rent->per_hour.number) : "-"});
        for (const named_curve& c : curves_of(r))
            rows.back().push_back(i < c.curve->count ? cost_cell(these, c.curve->points[i].time.step) : "-");
    }
    return io::aligned(rows, 1, "  ") + prices_text(machines);
}

/// Returns what the curves assume of nodes and network. The link is what they vary.
[[nodiscard]] inline std::vector<io::assumption> assumed_of_nodes(const io::job_file& job) {
    std::vector<io::assumption> assumed = io::assumed_of(job.hardware);
    std::erase_if(assumed, [](const io::assumption& each) { return each.key == "hardware.link"; });
    return assumed;
}

[[nodiscard]] inline std::string scaling_text(const scaling_report& r, const io::job_file& job) {
    const std::string pcie(io::name_of(io::link_names, r.weak_pcie.link));
    const std::string links =
        r.has_nvlink ? std::string(io::name_of(io::link_names, r.weak_nvlink.link)) + " (left), " + pcie + " (right)"
                     : pcie;
    return io::title(job) + "\n  " + links + "\n" +
           scaling_text(r.has_nvlink ? &r.weak_nvlink : nullptr, r.weak_pcie, "weak scaling") +
           scaling_text(r.has_nvlink ? &r.strong_nvlink : nullptr, r.strong_pcie, "strong scaling") +
           scaling_limits_text(r, job.hardware.cards) + scaling_cost_text(r, job.hardware) +
           io::assumed_text(assumed_of_nodes(job), style());
}

inline int scaling(const scaling_options& o) {
    io::job_file job = training_job(o.path, o.hardware);
    if (o.cards > 0) job.hardware.cards = o.cards;
    job.hardware.per_node = (std::min)(job.hardware.per_node, job.hardware.cards);
    const scaling_report r = std::visit(
        [&](const auto& model) { return cardfit::scaling(model, *job.training, job.hardware, job.layout); }, job.model);
    if (o.vega)
        output() << io::dump(scaling_vega(r, io::title(job), job.hardware), 1) << "\n";
    else if (o.json)
        output() << io::dump(with_assumed(scaling_json(r, job.hardware), assumed_of_nodes(job)), 1) << "\n";
    else
        output() << scaling_text(r, job);
    return answered;
}

inline std::function<int()> add_scaling(CLI::App& app) {
    const auto o = std::make_shared<scaling_options>();
    add_job_file(app, o->path, "a training job file");
    app.add_option("--cards", o->cards, "largest number of cards; default: the job's")->check(CLI::Range(1, 8192));
    add_replacing_flags(app, o->hardware);
    add_prices_flag(app);
    add_json_flag(app, o->json);
    app.add_flag("--vega", o->vega, "print a Vega-Lite document of both curves");
    return [o] { return scaling(*o); };
}
inline constexpr command scaling_command{"scaling", "step time on 1, 2, 4 ... cards, with NVLink and without",
                                         add_scaling};

}  // namespace tool
