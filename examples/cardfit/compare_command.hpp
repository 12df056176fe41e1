// SPDX-License-Identifier: MIT
#pragma once

// compare: cards side by side for one job, with the reason for the rank of each one.

#include "batch_command.hpp"
#include "prices.hpp"
#include "remedies_text.hpp"

#include <cardfit/decide/compare.hpp>
#include <cardfit/decide/savings.hpp>
#include <cardfit/io/card_page.hpp>

namespace tool {

struct compare_options {
    std::vector<std::string> cards;
    std::string job;
    bool facts = false;
    bool json = false;
};

/// Returns what one pass of a job that generates nothing answers, one of its batch: "image" or "sequence".
[[nodiscard]] inline std::string pass_unit(const io::job_file& job) {
    return io::detail::pass_unit(lower(job.model, job.image_size()));
}

/// The unit of work that the times of a comparison refer to, and the unit of the throughput.
struct compared_work {
    std::string unit;
    std::string throughput;
};
[[nodiscard]] inline compared_work work_of(const comparison& c, const io::job_file& job) {
    if (job.training) return {"step", " samples/s"};
    if (c.is_autoregressive) return {"token", " tokens/s"};
    return {"pass", " " + pass_unit(job) + "s/s"};
}

/// Returns the link that carries the communication, such as "communication over pcie-host (no peer access: through host
/// memory)".
[[nodiscard]] inline std::string link_text(const machine& m) {
    const card_link link = link_of(m);
    const std::string basis = io::detail::link_basis(m);
    const bool through_host = link == card_link::pcie_host && basis.empty();
    return "communication over " + std::string(io::name_of(io::link_names, link)) + basis +
           (through_host ? " (no peer access: through host memory)" : "");
}

[[nodiscard]] inline std::string reason_text(const compared_card& c, const compared_work& work) {
    const std::string lost = " +" + io::in_time(c.seconds_lost) + " per " + work.unit;
    switch (c.reason) {
        case deciding_reason::wins:
            return "fits; fastest";
        case deciding_reason::capacity:
            return "does not fit: needs " + io::in_gib(c.bytes_short) + " more than its " + io::in_gib(c.fit.capacity);
        case deciding_reason::unsure:
            return "may not fit: the upper error bound exceeds its memory by " + io::in_gib(c.bytes_short);
        case deciding_reason::compute:
            return "compute" + lost;
        case deciding_reason::bandwidth:
            return "memory bandwidth (" + io::fixed(c.hardware.card.memory_bandwidth.number / 1e9, 0) + " GB/s)" + lost;
        case deciding_reason::link:
            return link_text(c.hardware) + lost;
        case deciding_reason::optimizer:
            return "optimizer step" + lost;
        case deciding_reason::host:
            return "limited by engine overhead, not bandwidth:" + lost;
        case deciding_reason::no_time:
            return "no time estimate: it lacks the number format, or its rates are not published";
    }
    return {};
}

/// Returns the dense rate in TFLOP/s of the format and accumulator that the matmuls of the job use.
[[nodiscard]] inline double matmul_rate(const io::job_file& job, const gpu& card) {
    const double rate = job.training ? matmul_rate(card, job.training->precision).number : card.rates.fp16.number;
    return rate / 1e12;
}
[[nodiscard]] inline std::string matmul_format(const io::job_file& job) {
    return std::string(job.training ? block_layout_of(row_of(job.training->precision).matrix).name : "fp16");
}

[[nodiscard]] inline std::string known_or_dash(double value, int digits, const std::string& unit) {
    return value > 0 ? io::fixed(value, digits) + unit : "-";
}

/// One row of the table: a property, with a function that returns its value for a card, or "-" if the card has none.
struct compared_property {
    std::string name;
    std::function<std::string(const compared_card&)> value;
};

/// Returns a property that is a column of the card's row, with its unit. "none" and "not known" are different values.
[[nodiscard]] inline compared_property fact(const char* name, card_field column) {
    return {name, [column](const compared_card& c) { return io::figure_text(c.hardware.card, column); }};
}

[[nodiscard]] inline std::vector<compared_property> hardware_properties(const io::job_file& job) {
    return {
        {"usable memory", [](const compared_card& c) { return io::in_gib(c.fit.capacity); }},
        {"needed memory",
         [](const compared_card& c) { return c.runs ? io::in_gib(c.fit.capacity - c.fit.headroom) : "-"; }},
        {"verdict", [](const compared_card& c) { return std::string(io::name_of(io::grade_names, c.fit.grade)); }},
        {"peak matmul rate (" + matmul_format(job) + ", dense)",
         [&job](const compared_card& c) { return known_or_dash(matmul_rate(job, c.hardware.card), 0, " TFLOP/s"); }},
        {"memory bandwidth",
         [](const compared_card& c) {
             return known_or_dash(c.hardware.card.memory_bandwidth.number / 1e9, 0, " GB/s");
         }},
        {"link", [](const compared_card& c) { return std::string(io::name_of(io::link_names, link_of(c.hardware))); }},
        {"MIG",
         [](const compared_card& c) {
             const int slices = c.hardware.card.mig_instances;
             return slices > 0 ? io::counted(slices, "slice") : std::string("no");
         }},
        {"ECC", [](const compared_card& c) { return io::ecc_text(c.hardware.card.ecc); }},
        {"board power",
         [](const compared_card& c) { return known_or_dash(c.hardware.card.board_power.number, 0, " W"); }},
        fact("cooling", card_field::cooling)};
}

/// Returns the properties of the cards that matter beyond this job: accumulators, FP64, the links, and how a board is
/// installed.
[[nodiscard]] inline std::vector<compared_property> fact_properties() {
    return {fact("fp16, fp16 accumulation", card_field::fp16_tensor_acc16_dense),
            fact("fp16, fp32 accumulation", card_field::fp16_tensor_acc32_dense),
            fact("fp64", card_field::fp64_tflops),
            fact("NVLink or fabric", card_field::nvlink_total_bidir_gb_s),
            fact("joined by", card_field::nvlink_topology),
            fact("devices per module", card_field::devices_per_module),
            fact("peer access over PCIe", card_field::p2p_over_pcie),
            fact("slots", card_field::slot_width),
            fact("power connector", card_field::power_connector),
            fact("vGPU", card_field::vgpu)};
}

[[nodiscard]] inline std::vector<compared_property> time_properties(const io::job_file& job,
                                                                    const compared_work& work) {
    const std::string per_unit = " per " + work.unit;
    const bool training = job.training.has_value();
    return {
        {"time" + per_unit, [](const compared_card& c) { return c.has_time ? io::in_time(c.time) : std::string("-"); }},
        {"exposed communication",
         [training](const compared_card& c) {
             if (!training || c.hardware.cards == 1 || !c.has_time) return std::string("-");
             return io::in_time(c.breakdown.tensor_communication + c.breakdown.data_communication);
         }},
        {"throughput",
         [work](const compared_card& c) {
             return c.has_time ? io::fixed(c.throughput, 1) + work.throughput : std::string("-");
         }},
        {"energy" + per_unit,
         [](const compared_card& c) { return known_or_dash(c.energy.number, c.energy.number < 10 ? 2 : 0, " J"); }}};
}

/// What --prices computes the cost of: a training step, a generated token of all users together, or a sequence of a
/// pass.
struct costed_work {
    std::string of;
    std::string name;
    double units;
};
[[nodiscard]] inline costed_work costed_work_of(const comparison& c, const io::job_file& job) {
    if (job.training) return {"step", "1,000 steps", 1e3};
    if (c.is_autoregressive) return {"token", "1M tokens", 1e6};
    const std::string unit = pass_unit(job);
    return {unit, "1M " + unit + "s", 1e6};
}

/// Returns the time that a machine takes for one such unit of work.
[[nodiscard]] inline seconds time_of_work(const compared_card& c, bool training) {
    if (!c.has_time) return {};
    return training ? c.time : seconds_of(1 / c.throughput);
}

/// Returns the rows that --prices adds: the price per hour, and the cost of the work.
[[nodiscard]] inline std::vector<compared_property> price_properties(const io::job_file& job, const costed_work& work) {
    if (!prices()) return {};
    const bool training = job.training.has_value();
    return {{"price per hour",
             [](const compared_card& c) {
                 const std::optional<io::hourly_rent> rent = rent_of(c.hardware);
                 return rent ? in_dollars(rent->per_hour.number) : std::string("-");
             }},
            {"cost per " + work.name, [training, work](const compared_card& c) {
                 const std::optional<io::hourly_rent> rent = rent_of(c.hardware);
                 if (!rent || !c.has_time) return std::string("-");
                 return in_dollars(work.units * rent->during(time_of_work(c, training)).number);
             }}};
}

/// Returns the lines with the prices of the compared machines.
[[nodiscard]] inline std::string compared_prices_text(const comparison& c) {
    std::vector<machine> machines;
    for (std::size_t i = 0; i < c.count; ++i) machines.push_back(c.cards[i].hardware);
    return prices_text(machines);
}

/// Returns the card's name, or the named machine with its number of cards.
[[nodiscard]] inline std::string compared_name(const machine& m) {
    return m.name.empty() ? std::string(m.card.name) : io::hardware_text(m);
}

/// Returns a table with one column per card and one row per property, followed by the reasons.
[[nodiscard]] inline std::string comparison_text(const comparison& c, const io::job_file& job, bool facts) {
    const compared_work work = work_of(c, job);
    std::vector<compared_property> properties = hardware_properties(job);
    for (compared_property& each : time_properties(job, work)) properties.push_back(std::move(each));
    for (compared_property& each : price_properties(job, costed_work_of(c, job))) properties.push_back(std::move(each));
    if (facts)
        for (compared_property& each : fact_properties()) properties.push_back(std::move(each));
    if (std::any_of(c.cards, c.cards + c.count,
                    [](const compared_card& each) { return each.hardware.card.devices_per_module > 1; }))
        properties.push_back({"part of", [](const compared_card& each) {
                                  const std::string text = io::module_text(each.hardware.card);
                                  return text.empty() ? std::string("-") : text;
                              }});
    std::vector<std::vector<std::string>> rows{{""}};
    std::string reasons;
    for (const compared_property& each : properties) rows.push_back({each.name});
    for (std::size_t i = 0; i < c.count; ++i) {
        const compared_card& card = c.cards[i];
        rows[0].push_back(compared_name(card.hardware));
        for (std::size_t r = 0; r < properties.size(); ++r) rows[r + 1].push_back(properties[r].value(card));
        reasons += "  " + compared_name(card.hardware) + ": " + reason_text(card, work) +
                   (card.slower > 1 ? " (" + speed_text(card.slower) + ")" : "") + "\n";
    }
    return io::aligned(rows, 1, "  ") + reasons + compared_prices_text(c);
}

[[nodiscard]] inline nlohmann::ordered_json comparison_json(const comparison& c, const io::job_file& job) {
    static constexpr const char* reasons[] = {"wins", "capacity",  "unsure", "compute", "bandwidth",
                                              "link", "optimizer", "host",   "no-time"};
    const compared_work work = work_of(c, job);
    const costed_work costed = costed_work_of(c, job);
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < c.count; ++i) {
        const compared_card& each = c.cards[i];
        nlohmann::ordered_json one = {{"card", each.hardware.card.id},
                                      {"grade", io::name_of(io::grade_names, each.fit.grade)},
                                      {"capacity_bytes", each.fit.capacity.number},
                                      {"headroom_bytes", each.fit.headroom.number},
                                      {"reason", reasons[static_cast<std::size_t>(each.reason)]},
                                      {"text", reason_text(each, work)}};
        if (!each.hardware.name.empty()) one.update(machine_json(each.hardware));
        if (!each.runs) one["runs"] = false;
        if (each.has_time) one.update({{"seconds", each.time.number}, {"per_second", each.throughput}});
        if (each.has_time && each.slower > 0 && each.fit.grade != grade::does_not_fit) one["slower"] = each.slower;
        if (each.energy.number > 0) one["card_joules"] = each.energy.number;
        add_price_json(one, each.hardware, costed.of, time_of_work(each, job.training.has_value()));
        all.push_back(std::move(one));
    }
    return {{"winner", c.winner < c.count ? nlohmann::ordered_json(c.cards[c.winner].hardware.card.id) : nullptr},
            {"cards", std::move(all)}};
}

/// Returns the comparison of the job on each of the cards.
[[nodiscard]] inline comparison compared(const std::vector<io::job_file>& jobs) {
    const io::job_file& job = jobs[0];
    std::vector<machine> machines;
    for (const io::job_file& each : jobs) machines.push_back(each.hardware);
    if (job.inference)
        return io::with_timed_model(job.model, lower(job.model, job.image_size()), [&](const auto& model) {
            return cardfit::compare(model, *job.inference, machines, job.layout);
        });
    return std::visit([&](const auto& model) { return cardfit::compare(model, *job.training, machines, job.layout); },
                      job.model);
}

inline int compare(const compare_options& o) {
    if (o.cards.empty() || o.cards.size() > max_compared)
        throw io::input_error({io::refused_value("cards", o.cards.size(), "1 to 16 cards")});
    const nlohmann::json given = job_json(o.job);
    std::vector<io::job_file> jobs;
    for (const std::string& name : o.cards) jobs.push_back(read_asked(on_hardware(given, hardware_called(name))).job);
    const comparison all = compared(jobs);
    if (o.json)
        output() << io::dump(comparison_json(all, jobs[0]), 1) << "\n";
    else
        output() << io::title(jobs[0]) << "\n" << comparison_text(all, jobs[0], o.facts);
    const bool runs = std::any_of(all.cards, all.cards + all.count,
                                  [](const compared_card& c) { return c.fit.grade != grade::does_not_fit; });
    return runs ? answered : does_not_fit;
}

inline std::function<int()> add_compare(CLI::App& app) {
    const auto o = std::make_shared<compare_options>();
    app.add_option("cards", o->cards, "card ids, names as nvidia-smi prints them, or machines such as 2xp4d.24xlarge")
        ->required();
    app.add_option("--job,--model", o->job, "a job file, - for standard input, or a model with flags as fit has them")
        ->required();
    app.add_flag("--facts", o->facts, "also print accumulators, FP64, links, slots, plugs and vGPU");
    add_prices_flag(app);
    add_json_flag(app, o->json);
    return [o] { return compare(*o); };
}
inline constexpr command compare_command{
    "compare", "compare cards for a job, with the reason for each one's rank", add_compare, true, false, true, true};

}  // namespace tool
