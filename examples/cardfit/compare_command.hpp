// SPDX-License-Identifier: MIT
#pragma once

// compare: cards side by side for one job, and the reasons that decide.

#include "batch_command.hpp"

#include <cardfit/decide/compare.hpp>
#include <cardfit/decide/savings.hpp>

namespace tool {

struct compare_options {
    std::vector<std::string> cards;
    std::string job;
    bool json = false;
};

/// What a comparison's times are of, and what its cards do a second.
struct compared_work {
    const char* time;
    const char* work;
};
[[nodiscard]] inline compared_work work_of(const comparison& c, const io::job_file& job) {
    if (job.training) return {" a step", " samples"};
    if (c.is_autoregressive) return {" a token", " tokens"};
    return {" a pass", " sequences"};
}

[[nodiscard]] inline std::string reason_text(const compared_card& c, const compared_work& work) {
    const gpu& card = c.hardware.card;
    const std::string lost = io::in_time(c.seconds_lost) + work.time;
    switch (c.reason) {
        case deciding_reason::wins:
            return "fits, and takes the least time";
        case deciding_reason::capacity:
            return "cannot run it: " + io::in_gib(c.bytes_short) + " too much for " + io::in_gib(c.fit.capacity);
        case deciding_reason::unsure:
            return "may not fit: the high end of the band is " + io::in_gib(c.bytes_short) + " over";
        case deciding_reason::compute:
            return "computes " + lost + " longer";
        case deciding_reason::bandwidth:
            return "reads weights and cache at " + io::fixed(card.memory_bandwidth.number / 1e9, 0) + " GB/s: " + lost +
                   " longer";
        case deciding_reason::link:
            return "waits " + lost + " longer for " + std::string(io::name_of(io::link_names, link_of(c.hardware))) +
                   (link_of(c.hardware) == card_link::pcie_host ? " (no peer access: through host memory)" : "");
        case deciding_reason::optimizer:
            return "steps the optimizer " + lost + " longer";
        case deciding_reason::host:
            return "waits for the engine, not for its memory: " + lost + " longer";
        case deciding_reason::no_time:
            return "has no unit for the format, or nobody published its rates";
    }
    return {};
}

/// The dense rate of the format and accumulator that the job multiplies in, TFLOP/s.
[[nodiscard]] inline double matmul_rate(const io::job_file& job, const gpu& card) {
    const double rate = job.training ? matmul_rate(card, job.training->precision).number : card.rates.fp16.number;
    return rate / 1e12;
}

[[nodiscard]] inline std::string known_or_dash(double value, int digits, const std::string& unit) {
    return value > 0 ? io::fixed(value, digits) + unit : "-";
}

/// One column a card, one row a property.
[[nodiscard]] inline std::string comparison_text(const comparison& c, const io::job_file& job) {
    std::vector<std::vector<std::string>> rows{{""},
                                               {"memory a job can have"},
                                               {"needed"},
                                               {"verdict"},
                                               {"products"},
                                               {"bandwidth"},
                                               {"link"},
                                               {"MIG"},
                                               {"ECC"},
                                               {"power"},
                                               {"cooling"},
                                               {"time"},
                                               {"exposed communication"},
                                               {"a second"},
                                               {"energy"}};
    const bool training = job.training.has_value();
    for (std::size_t i = 0; i < c.count; ++i) {
        const compared_card& each = c.cards[i];
        const gpu& card = each.hardware.card;
        const std::vector<std::string> cells{
            std::string(card.name),
            io::in_gib(each.fit.capacity),
            io::in_gib(each.fit.capacity - each.fit.headroom),
            std::string(io::name_of(io::grade_names, each.fit.grade)),
            known_or_dash(matmul_rate(job, card), 0, " TFLOP/s"),
            known_or_dash(card.memory_bandwidth.number / 1e9, 0, " GB/s"),
            std::string(io::name_of(io::link_names, link_of(each.hardware))),
            card.mig_instances > 0 ? std::to_string(card.mig_instances) + " slices" : "no",
            card.ecc == ecc_support::none ? "no" : "yes",
            known_or_dash(card.board_power.number, 0, " W"),
            std::string(name_of(card.cooling)),
            each.has_time ? io::in_time(each.time) : "-",
            training && each.hardware.cards > 1 && each.has_time
                ? io::in_time(each.breakdown.tensor_communication + each.breakdown.data_communication)
                : "-",
            each.has_time ? io::fixed(each.throughput, 1) + work_of(c, job).work : "-",
            each.energy.number > 0 ? io::fixed(each.energy.number, each.energy.number < 10 ? 2 : 0) + " J" : "-"};
        for (std::size_t r = 0; r < cells.size(); ++r) rows[r].push_back(cells[r]);
    }
    std::string text = io::aligned(rows, 1, "  ");
    for (std::size_t i = 0; i < c.count; ++i)
        text += "  " + std::string(c.cards[i].hardware.card.name) + " " + reason_text(c.cards[i], work_of(c, job)) +
                (c.cards[i].slower > 1 ? " (" + io::fixed(c.cards[i].slower, 2) + " x the time)" : "") + "\n";
    return text;
}

[[nodiscard]] inline nlohmann::ordered_json comparison_json(const comparison& c, const io::job_file& job) {
    static constexpr const char* reasons[] = {"wins", "capacity",  "unsure", "compute", "bandwidth",
                                              "link", "optimizer", "host",   "no-time"};
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < c.count; ++i) {
        const compared_card& each = c.cards[i];
        nlohmann::ordered_json one = {{"card", each.hardware.card.id},
                                      {"grade", io::name_of(io::grade_names, each.fit.grade)},
                                      {"capacity_bytes", each.fit.capacity.number},
                                      {"headroom_bytes", each.fit.headroom.number},
                                      {"reason", reasons[static_cast<std::size_t>(each.reason)]},
                                      {"text", reason_text(each, work_of(c, job))}};
        if (each.has_time) one.update({{"seconds", each.time.number}, {"per_second", each.throughput}});
        if (each.has_time && each.slower > 0 && each.fit.grade != grade::does_not_fit) one["slower"] = each.slower;
        if (each.energy.number > 0) one["card_joules"] = each.energy.number;
        all.push_back(std::move(one));
    }
    return {{"winner", c.winner < c.count ? nlohmann::ordered_json(c.cards[c.winner].hardware.card.id) : nullptr},
            {"cards", std::move(all)}};
}

inline int compare(const compare_options& o) {
    try {
        if (o.cards.empty() || o.cards.size() > max_compared)
            throw io::input_error({io::refused_value("cards", o.cards.size(), "1 to 16 cards")});
        const nlohmann::json given = job_json(o.job);
        std::vector<io::job_file> jobs;
        for (const std::string& card : o.cards) jobs.push_back(io::read_job(on_card(given, card)));
        comparison all;
        for (const io::job_file& job : jobs) {
            const machine one[]{job.hardware};
            const comparison c = std::visit(
                [&](const auto& model) {
                    return job.training
                               ? cardfit::compare(model, *job.training, one, job.layout)
                               : cardfit::compare(lower(job.model, job.image_size()), *job.inference, one, job.layout);
                },
                job.model);
            all.cards[all.count++] = c.cards[0];
            all.is_autoregressive = all.is_autoregressive || c.is_autoregressive;
        }
        cardfit::detail::give_reasons(all, jobs[0].training.has_value());
        if (o.json)
            std::cout << io::dump(comparison_json(all, jobs[0]), 1) << "\n";
        else
            std::cout << io::title(jobs[0]) << "\n" << comparison_text(all, jobs[0]);
        const bool runs = std::any_of(all.cards, all.cards + all.count,
                                      [](const compared_card& c) { return c.fit.grade != grade::does_not_fit; });
        return runs ? answered : does_not_fit;
    } catch (const io::input_error& e) {
        return report_error(e, o.json);
    } catch (const invalid_input& e) {
        return report_error(io::refused(e), o.json);
    }
}

}  // namespace tool
