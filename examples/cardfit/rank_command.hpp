// SPDX-License-Identifier: MIT
#pragma once

// rank: the fastest, the most efficient or the cheapest machines that a job fits on. Every card (or the cards named) is
// tried in several numbers, and MIG slices are tried if asked for.

#include "plan_command.hpp"

#include <cardfit/decide/rank.hpp>
#include <cardfit/hardware/cards/mig.hpp>

namespace tool {

struct rank_options {
    std::string job;
    hardware_flags hardware;
    std::vector<int> counts{1, 2, 4, 8};
    /// Prices in US dollars per GPU-hour, such as "rtx-4090=0.44".
    std::vector<std::string> prices;
    std::string by = "time";
    int top = 12;
    bool slices = false;
    bool json = false;
};

/// Returns the prices of --price by card id, in US dollars per GPU-hour. Throws input_error for a text that is not a
/// price.
[[nodiscard]] inline std::map<std::string, double> prices_of(const rank_options& o) {
    std::map<std::string, double> prices;
    for (const std::string& text : o.prices) {
        const std::size_t equals = text.find('=');
        const nlohmann::json value =
            equals == text.npos ? nlohmann::json() : nlohmann::json::parse(text.substr(equals + 1), nullptr, false);
        const gpu* card = equals == text.npos ? nullptr : find_card(text.substr(0, equals));
        if (!card || !value.is_number() || value.get<double>() <= 0 || value.get<double>() > 1e6)
            throw io::input_error(
                {io::refused_value("--price", text, "CARD=DOLLARS per GPU-hour, such as rtx-4090=0.44")});
        prices[std::string(card->id)] = value.get<double>();
    }
    return prices;
}

/// Returns the cards that the command line names. Throws input_error for the name of an unknown card.
[[nodiscard]] inline std::vector<const gpu*> chosen_cards(const rank_options& o) {
    std::vector<const gpu*> chosen;
    for (const std::string& name : o.hardware.cards) {
        if (io::is_meant_as_machine(name, own_cards().get())) continue;
        const gpu* card = find_card(name);
        if (!card) throw io::input_error({io::refused_value("--card", name, accepted_cards(name))});
        chosen.push_back(card);
    }
    if (o.hardware.cards.empty() && o.hardware.machines.empty())
        chosen.assign(known_cards().begin(), known_cards().end());
    return chosen;
}

/// Returns the machine that a name means, with the cards that it has. Throws input_error for an unknown name.
[[nodiscard]] inline machine machine_called(const std::string& key, const std::string& name) {
    std::vector<io::input_problem> problems;
    const std::optional<io::machine_choice> choice = io::read_machine(key, name, problems, {}, own_cards().get());
    if (!choice) throw io::input_error(std::move(problems));
    return choice->take(static_cast<int>(choice->count) * choice->cards_each());
}

/// Returns the machines to rank: each card in each number asked for, the MIG slices of these cards if asked for, and
/// the named machines as they are. If none is named, the machines that --prices has are ranked too. Throws input_error
/// for an unknown name.
[[nodiscard]] inline std::vector<machine> candidates(const rank_options& o) {
    const std::vector<const gpu*> chosen = chosen_cards(o);
    std::vector<machine> all;
    for (const gpu* card : chosen)
        for (const int n : o.counts) all.push_back(n * *card);
    for (const std::string& name : o.hardware.cards)
        if (io::is_meant_as_machine(name)) all.push_back(machine_called("--card", name));
    for (const std::string& name : o.hardware.machines) all.push_back(machine_called("--machine", name));
    const bool any = o.hardware.cards.empty() && o.hardware.machines.empty();
    if (any && prices())
        for (const io::machine_price& each : prices()->prices)
            if (!each.hardware.name.empty()) all.push_back(each.hardware);
    if (o.slices)
        for (const gpu* slice : cardfit::cards::all_mig)
            if (std::any_of(chosen.begin(), chosen.end(), [&](const gpu* c) { return c->id == slice->mig_parent; }))
                all.push_back(*slice);
    return all;
}

/// Returns the price per hour of one GPU of a machine: that of --price, or that of the user's file; 0 for a machine
/// that has none. A MIG slice takes its share of its card's price.
[[nodiscard]] inline dollars card_hour_of(const std::map<std::string, double>& stated, const machine& m) {
    const auto price = stated.find(std::string(m.card.mig_parent.empty() ? m.card.id : m.card.mig_parent));
    if (price == stated.end()) return card_hour_of(m);
    const double share = m.card.mig_slices_per_card > 0 ? m.card.mig_slices_per_card : 1;
    return dollars_of(price->second / share);
}

/// Returns the best that one machine makes of the job.
[[nodiscard]] inline ranked_machine ranked_on(const io::job_file& job, const machine& m, dollars hour) {
    if (job.training)
        return std::visit([&](const auto& model) { return rank_one(model, *job.training, m, hour); }, job.model);
    return io::with_timed_model(job.model, lower(job.model, job.image_size()),
                                [&](const auto& model) { return rank_one(model, *job.inference, m, hour); });
}

/// The machines that were tried, best first. If Ctrl-C stopped the search, they are fewer than the candidates.
struct ranking_report {
    std::vector<ranked_machine> ranked;
    std::size_t candidates = 0;
    [[nodiscard]] bool stopped() const { return ranked.size() < candidates; }
};

/// Throws input_error if machines are to be ranked by rent and none has a price.
inline void check_prices(const rank_options& o, const std::vector<machine>& machines,
                         const std::map<std::string, double>& stated) {
    if (o.by != "rent") return;
    for (const machine& m : machines)
        if (card_hour_of(stated, m).number > 0) return;
    throw io::input_error(
        {io::broken_rule("--by", o.by,
                         "no machine has a price; give --price CARD=DOLLARS per GPU-hour, or a file of "
                         "prices with --prices")});
}

[[nodiscard]] inline ranking_report ranking(const rank_options& o, const io::job_file& job) {
    const std::map<std::string, double> stated = prices_of(o);
    const std::vector<machine> machines = candidates(o);
    check_prices(o, machines, stated);
    std::vector<ranked_machine> all;
    for (const machine& m : machines) {
        const dollars hour = card_hour_of(stated, m);
        all.push_back(ranked_on(job, m, hour));
        if (is_interrupted()) break;
    }
    rank(all, o.by == "energy" ? rank_by::energy : o.by == "rent" ? rank_by::rent : rank_by::time);
    return {.ranked = std::move(all), .candidates = machines.size()};
}

/// Returns the machines of the ranking on which the job fits and has a time, at most `most` of them.
[[nodiscard]] inline std::vector<ranked_machine> best_of(const std::vector<ranked_machine>& all, int most) {
    std::vector<ranked_machine> best;
    for (const ranked_machine& r : all) {
        if (!r.fits || !r.has_time || best.size() == static_cast<std::size_t>(most)) break;
        best.push_back(r);
    }
    return best;
}

/// Returns true if the price of a ranked machine is that of the user's file, and not that of --price.
[[nodiscard]] inline bool is_priced_by_file(const ranked_machine& r) {
    return r.card_hour.number > 0 && rent_of(r.hardware) && r.card_hour == card_hour_of(r.hardware);
}

/// Returns the lines with the prices of the user's file that the ranking is made from.
[[nodiscard]] inline std::string ranked_prices_text(const std::vector<ranked_machine>& best) {
    std::vector<machine> machines;
    for (const ranked_machine& r : best)
        if (is_priced_by_file(r)) machines.push_back(r.hardware);
    return prices_text(machines);
}

[[nodiscard]] inline nlohmann::ordered_json ranking_json(const std::vector<ranked_machine>& best, bool stopped) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const ranked_machine& r : best) {
        nlohmann::ordered_json row = {{"card", r.hardware.card.id},
                                      {"cards", r.hardware.cards},
                                      {"per_second", r.throughput},
                                      {"card_joules", r.energy.number},
                                      {"rent_dollars", r.rent.number}};
        if (!r.hardware.name.empty()) row["machine"] = r.hardware.name;
        if (is_priced_by_file(r)) row["price"] = rent_json(*rent_of(r.hardware));
        if (stopped) row["stopped"] = true;
        rows.push_back(std::move(row));
    }
    return rows;
}

/// Returns what the throughput of a ranking counts.
[[nodiscard]] inline std::string ranked_unit(const io::job_file& job) {
    if (job.training) return "sample";
    const network net = lower(job.model, job.image_size());
    return cardfit::detail::runs_one_pass(net) ? io::detail::pass_unit(net) : "token";
}

[[nodiscard]] inline std::string ranking_text(const std::vector<ranked_machine>& best, const std::string& unit) {
    std::vector<std::vector<std::string>> table{{"machine", "layout", unit + "s/s", "J/" + unit, "$/1M " + unit + "s"}};
    for (const ranked_machine& r : best) {
        cardfit::plan laid;
        laid.layout = r.layout;
        if (laid.layout.data == 0) laid.layout.data = 1;
        table.push_back({io::hardware_text(r.hardware), layout_text(laid),
                         io::fixed(r.throughput, r.throughput < 100 ? 2 : 0),
                         r.energy.number > 0 ? io::fixed(r.energy.number, r.energy.number < 100 ? 2 : 0) : "-",
                         r.rent.number > 0 ? io::fixed(1e6 * r.rent.number, 2) : "-"});
    }
    return io::aligned(table, 2, "  ");
}

/// Returns "82 machines", or "82 of 944 machines" if the search was stopped.
[[nodiscard]] inline std::string tried_text(const ranking_report& all) {
    const std::string of_all = all.stopped() ? std::to_string(all.ranked.size()) + " of " : std::string();
    return of_all + io::counted(static_cast<std::int64_t>(all.candidates), "machine");
}

/// Returns the job that is ranked. A model is read for the first card that is named: the ranking replaces the machine.
[[nodiscard]] inline io::job_file ranked_job(const rank_options& o) {
    asked().plans_layout = true;
    nlohmann::json job = job_json(o.job);
    const bool stated = !takes_flags(job) || job.value("hardware", nlohmann::json::object()).contains("card") ||
                        job.value("hardware", nlohmann::json::object()).contains("machine");
    if (!stated) {
        const std::vector<nlohmann::json> named = hardware_of(o.hardware);
        job["hardware"].update(named.empty() ? nlohmann::json{{"card", "h100-sxm5-80gb"}} : named.front());
    }
    return read_asked(job).job;
}

inline int rank(const rank_options& o) {
    const io::job_file job = ranked_job(o);
    const interrupt_scope interrupts;
    const ranking_report all = ranking(o, job);
    const std::vector<ranked_machine> best = best_of(all.ranked, o.top);
    const std::string tried = tried_text(all);
    if (o.json)
        output() << io::dump(ranking_json(best, all.stopped()), 1) << "\n";
    else if (best.empty())
        output() << "  The job fits none of the " << tried << " tried.\n";
    else
        output() << ranking_text(best, ranked_unit(job)) << "  Best of " << tried << ", by " << o.by << ".\n"
                 << ranked_prices_text(best);
    if (all.stopped()) return report_stop("machines");
    return best.empty() ? does_not_fit : answered;
}

inline std::function<int()> add_rank(CLI::App& app) {
    const auto o = std::make_shared<rank_options>();
    add_job_file(app, o->job);
    add_hardware_flags(app, o->hardware, "only this card; may be given several times");
    app.add_option("--count", o->counts, "cards per machine; default: 1, 2, 4 and 8")->check(CLI::Range(1, 1024));
    app.add_option("--price", o->prices, "CARD=DOLLARS, in US dollars per GPU-hour; may be given several times");
    add_prices_flag(app);
    app.add_option("--by", o->by, "sort by time, energy or rent")->check(CLI::IsMember({"time", "energy", "rent"}));
    app.add_option("--top", o->top, "number of results")->check(CLI::Range(1, 1000));
    app.add_flag("--mig", o->slices, "include MIG slices");
    add_json_flag(app, o->json);
    return [o] { return rank(*o); };
}
inline constexpr command rank_command{
    "rank", "find the fastest, most efficient or cheapest machines that fit a job", add_rank, true, false, true, true};

}  // namespace tool
