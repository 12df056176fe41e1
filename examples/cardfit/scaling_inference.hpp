// SPDX-License-Identifier: MIT
#pragma once

// scaling of an inference: times and throughput of one batch as its model is divided among 1, 2, 4 … cards, with NVLink
// and without.

#include "savings_command.hpp"

#include <cardfit/decide/scaling.hpp>

namespace tool {

/// Returns the curve over the link that cards of this kind have at best.
[[nodiscard]] inline const inference_scaling_curve& best_curve(const inference_scaling_report& r) {
    return r.has_nvlink ? r.nvlink : r.pcie;
}

/// Returns the curves that a report has.
[[nodiscard]] inline std::vector<const inference_scaling_curve*> curves_of(const inference_scaling_report& r) {
    if (!r.has_nvlink) return {&r.pcie};
    return {&r.nvlink, &r.pcie};
}

/// Returns the machine with as many cards as a point has.
[[nodiscard]] inline machine machine_of(const inference_scaling_point& p, machine m) {
    m.cards = p.cards;
    m.per_node = (std::min)(m.per_node, p.cards);
    return m;
}

/// Returns the time that a million units of a point's work take.
[[nodiscard]] inline seconds million_of(const inference_scaling_point& p) { return seconds_of(1e6 / p.throughput); }

/// Returns every point of every curve as a row.
[[nodiscard]] inline io::table points_table(const inference_scaling_report& r, const io::job_file& job) {
    const bool generates = best_curve(r).points[0].time.inter_token.number > 0;
    io::table t{.columns = {{"link", 0, true}, {"cards"}, {"layout", 3, true}, {"answer", 0, true}}};
    t.columns.push_back({generates ? "TTFT" : "pass", 2});
    if (generates) t.columns.push_back({"TPOT"});
    for (const std::string& name : {rate_unit(job), std::string("speed-up"), std::string("efficiency")})
        t.columns.push_back({name});
    const std::string work = generates ? "tokens" : pass_unit(job) + "s";
    if (prices()) t.columns.push_back({"$/1M " + work});
    for (const inference_scaling_curve* c : curves_of(r))
        for (const inference_scaling_point& p : c->items()) {
            std::vector<std::string> row{std::string(io::name_of(io::link_names, c->link)), std::to_string(p.cards),
                                         layout_words(p.layout), std::string(row_of(p.verdict).word),
                                         io::short_time(p.time.prefill)};
            if (generates) row.push_back(io::short_time(p.time.inter_token));
            const bool compared = p.speed_up > 0;
            row.insert(row.end(), {io::significant(p.throughput, 3), compared ? io::fixed(p.speed_up, 2) + "x" : "-",
                                   compared ? io::in_percent(p.efficiency) : "-"});
            if (prices()) {
                const std::optional<io::hourly_rent> rent = rent_of(machine_of(p, job.hardware));
                row.push_back(rent ? in_dollars(rent->during(million_of(p)).number) : "-");
            }
            t.rows.push_back(std::move(row));
        }
    return t;
}

/// Returns the first line: whether the job fits all the cards, and how much faster they are than the fewest that it
/// fits.
[[nodiscard]] inline std::string scaling_verdict(const inference_scaling_report& r) {
    const inference_scaling_curve& c = best_curve(r);
    const inference_scaling_point& last = c.items().back();
    const inference_scaling_point& base = c.points[c.baseline];
    if (last.verdict == sureness::no)
        return verdict_lines(last.verdict, ": does not fit " + io::counted(last.cards, "card"));
    if (last.cards == base.cards)
        return verdict_lines(last.verdict, ": fits " + io::counted(last.cards, "card") + ", and no fewer");
    return verdict_lines(last.verdict, ": " + io::counted(last.cards, "card") + " are " + io::fixed(last.speed_up, 2) +
                                           "x as fast as " + io::counted(base.cards, "card") + " (" +
                                           io::in_percent(last.efficiency) + " efficient) for the same batch");
}

[[nodiscard]] inline nlohmann::ordered_json scaling_json(const inference_scaling_report& r, const machine& m) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const inference_scaling_curve* c : curves_of(r)) {
        nlohmann::ordered_json points = nlohmann::ordered_json::array();
        for (const inference_scaling_point& p : c->items()) {
            nlohmann::ordered_json point = {{"cards", p.cards},
                                            {"layout", layout_json(p.layout)},
                                            {"fits", p.fits},
                                            {"answer", row_of(p.verdict).name},
                                            {"prefill_seconds", p.time.prefill.number}};
            if (p.time.inter_token.number > 0) point["inter_token_seconds"] = p.time.inter_token.number;
            point.update({{"per_second", p.throughput}, {"speed_up", p.speed_up}, {"efficiency", p.efficiency}});
            add_price_json(point, machine_of(p, m), "million", million_of(p));
            points.push_back(std::move(point));
        }
        all.push_back({{"name", c == &r.nvlink ? "with NVLink" : "without NVLink"},
                       {"batch", "strong"},
                       {"link", io::name_of(io::link_names, c->link)},
                       {"points", std::move(points)}});
    }
    return {{"curves", std::move(all)}};
}

/// Returns the lines of the prices of the machines of a curve.
[[nodiscard]] inline std::string scaling_prices_text(const inference_scaling_report& r, const machine& m) {
    std::vector<machine> machines;
    for (const inference_scaling_point& p : r.pcie.items()) machines.push_back(machine_of(p, m));
    return prices_text(machines);
}

/// Answers scaling of an inference that has a time. The layout divides the model; where the job states none, there is
/// one replica. `assumed` is what the curves assume.
inline int scale_inference(const io::job_file& job, const answer_flags& flags, bool json,
                           const std::vector<io::assumption>& assumed) {
    check_time(job);
    const inference_scaling_report r = io::with_timed_model(
        job.model, lower(job.model, job.image_size()),
        [&](const auto& model) { return cardfit::scaling(model, *job.inference, job.hardware, job.layout); });
    const sureness verdict = best_curve(r).items().back().verdict;
    if (json)
        output() << io::dump(with_question(scaling_json(r, job.hardware), asked().job, assumed), 1) << "\n";
    else if (flags.quiet)
        output() << quiet_text(verdict);
    else if (flags.csv || flags.markdown)
        output() << printed(points_table(r, job), flags, "");
    else
        output() << scaling_verdict(r) << indented(io::title(job)) << printed(points_table(r, job), {}, "  ")
                 << scaling_prices_text(r, job.hardware) << assumptions_text(assumed);
    return is_enough(flags, verdict, sureness::no) ? answered : does_not_fit;
}

}  // namespace tool
