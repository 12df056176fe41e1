// SPDX-License-Identifier: MIT
#pragma once

// rank: every card (or those named), in several counts, MIG slices too, for one job: the fastest and the cheapest that
// fit.

#include "plan_command.hpp"

#include <cardfit/decide/rank.hpp>
#include <cardfit/hardware/cards/mig.hpp>

namespace tool {

struct rank_options {
    std::string job;
    std::vector<std::string> cards;
    std::vector<int> counts{1, 2, 4, 8};
    std::vector<std::string> prices;  // "rtx-4090=0.44", dollars a card and hour
    std::string by = "time";
    int top = 12;
    bool slices = false;
    bool json = false;
};

/// Prices by card id. Throws input_error for what is no price.
[[nodiscard]] inline std::map<std::string, double> prices_of(const rank_options& o) {
    std::map<std::string, double> prices;
    for (const std::string& text : o.prices) {
        const std::size_t equals = text.find('=');
        const nlohmann::json value =
            equals == text.npos ? nlohmann::json() : nlohmann::json::parse(text.substr(equals + 1), nullptr, false);
        const gpu* card = equals == text.npos ? nullptr : cardfit::cards::find_by_name(text.substr(0, equals), {});
        if (!card || !value.is_number() || value.get<double>() <= 0 || value.get<double>() > 1e6)
            throw io::input_error(
                {io::refused_value("--price", text, "CARD=DOLLARS a card and hour, such as rtx-4090=0.44")});
        prices[std::string(card->id)] = value.get<double>();
    }
    return prices;
}

[[nodiscard]] inline std::vector<machine> candidates(const rank_options& o) {
    std::vector<const gpu*> chosen;
    for (const std::string& name : o.cards) {
        const gpu* card = cardfit::cards::find_by_name(name, {});
        if (!card) throw io::input_error({io::refused_value("--card", name, io::accepted_cards(name, {}))});
        chosen.push_back(card);
    }
    if (o.cards.empty()) chosen.assign(cardfit::cards::all.begin(), cardfit::cards::all.end());
    std::vector<machine> all;
    for (const gpu* card : chosen)
        for (const int n : o.counts) all.push_back(n * *card);
    if (o.slices)
        for (const gpu* slice : cardfit::cards::all_mig)
            if (o.cards.empty() ||
                std::any_of(chosen.begin(), chosen.end(), [&](const gpu* c) { return c->id == slice->mig_parent; }))
                all.push_back(*slice);
    return all;
}

[[nodiscard]] inline std::vector<ranked_machine> ranking(const rank_options& o, const io::job_file& job) {
    const std::map<std::string, double> prices = prices_of(o);
    std::vector<ranked_machine> all;
    for (const machine& m : candidates(o)) {
        const auto price = prices.find(std::string(m.card.mig_parent.empty() ? m.card.id : m.card.mig_parent));
        const double share = m.card.mig_slices_per_card > 0 ? m.card.mig_slices_per_card : 1;
        const dollars hour = price == prices.end() ? dollars{} : dollars_of(price->second / share);
        all.push_back(std::visit(
            [&](const auto& model) {
                return job.training ? rank_one(model, *job.training, m, hour)
                                    : rank_one(lower(job.model, job.image_size()), *job.inference, m, hour);
            },
            job.model));
        if (detail::interrupted != 0) break;
    }
    rank(all, o.by == "energy" ? rank_by::energy : o.by == "rent" ? rank_by::rent : rank_by::time);
    return all;
}

inline int rank(const rank_options& o) {
    try {
        const io::job_file job = io::read_job(job_json(o.job));
        std::signal(SIGINT, detail::note_interrupt);
        const std::vector<ranked_machine> all = ranking(o, job);
        std::signal(SIGINT, SIG_DFL);
        const bool training = job.training.has_value();
        nlohmann::ordered_json rows = nlohmann::ordered_json::array();
        std::vector<std::vector<std::string>> table{{"machine", "layout", training ? "samples/s" : "tokens/s",
                                                     training ? "J a sample" : "J a token",
                                                     training ? "$ a million samples" : "$ a million tokens"}};
        for (const ranked_machine& r : all) {
            if (!r.fits || !r.has_time || rows.size() == static_cast<std::size_t>(o.top)) break;
            cardfit::plan laid;
            laid.layout = r.layout;
            if (laid.layout.data == 0) laid.layout.data = 1;
            rows.push_back({{"card", r.hardware.card.id},
                            {"cards", r.hardware.cards},
                            {"per_second", r.throughput},
                            {"card_joules", r.energy.number},
                            {"rent_dollars", r.rent.number}});
            table.push_back({std::to_string(r.hardware.cards) + " x " + std::string(r.hardware.card.name),
                             layout_text(laid), io::fixed(r.throughput, r.throughput < 100 ? 2 : 0),
                             r.energy.number > 0 ? io::fixed(r.energy.number, r.energy.number < 100 ? 2 : 0) : "-",
                             r.rent.number > 0 ? io::fixed(1e6 * r.rent.number, 2) : "-"});
        }
        if (o.json)
            std::cout << io::dump(rows, 1) << "\n";
        else if (rows.empty())
            std::cout << "  the job fits on none of " << all.size() << " machines\n";
        else
            std::cout << io::aligned(table, 2, "  ") << "  of " << all.size() << " machines, by " << o.by << "\n";
        return rows.empty() ? does_not_fit : answered;
    } catch (const io::input_error& e) {
        return report_error(e, o.json);
    } catch (const invalid_input& e) {
        return report_error(io::refused(e), o.json);
    }
}

}  // namespace tool
