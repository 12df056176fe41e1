// SPDX-License-Identifier: MIT
#pragma once

// The table of `compare`: one column a machine and one row a property. Properties that a job does not have, or that no
// machine differs in by design, have no row.

#include "compare_machines.hpp"
#include "remedies_text.hpp"

#include <cardfit/decide/scaling.hpp>
#include <cardfit/io/card_page.hpp>

#include <functional>

namespace tool {

/// Returns what one pass of a job that generates nothing answers, one of its batch: "image" or "sequence".
[[nodiscard]] inline std::string pass_unit(const io::job_file& job) {
    return io::detail::pass_unit(lower(job.model, job.image_size()));
}

/// The unit of work that the times of a comparison refer to, and what its throughput counts.
struct compared_work {
    std::string unit;
    std::string counted;
};
[[nodiscard]] inline compared_work work_of(const comparison& c, const io::job_file& job) {
    if (job.training) return {"step", "sample"};
    if (c.is_autoregressive) return {"token", "token"};
    return {"pass", pass_unit(job)};
}

/// Returns the dense rate in TFLOP/s of the format and accumulator that the matmuls of the job use.
[[nodiscard]] inline double matmul_rate(const io::job_file& job, const gpu& card) {
    const double rate = job.training ? matmul_rate(card, job.training->precision).number : card.rates.fp16.number;
    return rate / 1e12;
}
[[nodiscard]] inline std::string matmul_format(const io::job_file& job) {
    return std::string(job.training ? block_layout_of(row_of(job.training->precision).matrix).name : "fp16");
}

[[nodiscard]] inline std::string known_or_dash(double value, int digits, const std::string& unit = "") {
    return value > 0 ? io::fixed(value, digits) + unit : "-";
}

/// Returns a throughput with three digits.
[[nodiscard]] inline std::string rate_digits(double rate) {
    return rate < 1 ? io::fixed(rate, 3) : rate < 10 ? io::fixed(rate, 2) : whole_rate(rate);
}

/// Returns a figure of a machine that does not run the job as it stands in brackets.
[[nodiscard]] inline std::string bracketed(const compared_machine& m, const std::string& text) {
    return m.verdict() == sureness::no && text != "-" ? "(" + text + ")" : text;
}

/// One row of the table: a property, with a function that returns its value for a machine, or "-" if it has none.
struct compared_property {
    std::string name;
    std::function<std::string(const compared_machine&)> value;
};

/// Returns a property that is a column of the card's row, with its unit. "none" and "not known" are different values.
[[nodiscard]] inline compared_property fact(const char* name, card_field column) {
    return {name, [column](const compared_machine& c) { return io::figure_text(c.hardware().card, column); }};
}

/// Returns how the cards of a machine are joined, or could be.
[[nodiscard]] inline std::string joined_text(const machine& m) {
    if (m.cards > 1) return std::string(io::name_of(io::link_names, link_of(m)));
    const card_link nvlink = nvlink_of(m.card);
    if (nvlink == card_link::nvlink_bridge) return "bridge or PCIe";
    if (nvlink != card_link::by_default) return std::string(io::name_of(io::link_names, nvlink));
    return m.card.links.peer_access_over_pcie == documented::yes ? "PCIe" : "PCIe, no P2P";
}

/// Returns what a job needs of a card's memory, in GiB: "46.3 of 39.5".
[[nodiscard]] inline std::string need_of_usable(const fit_report& fit) {
    return io::fixed(in_gibibytes(fit.capacity - fit.headroom), 1) + " of " + io::fixed(in_gibibytes(fit.capacity), 1);
}

/// Returns the properties of the job at the settings that all machines share.
[[nodiscard]] inline std::vector<compared_property> same_properties(const io::job_file& job,
                                                                    const compared_work& work) {
    std::vector<compared_property> rows{
        {"answer", [](const compared_machine& c) { return std::string(row_of(c.verdict()).word); }},
        {"needs, of usable GiB",
         [](const compared_machine& c) { return c.same.runs ? need_of_usable(c.same.fit) : std::string("-"); }},
        {"time per " + work.unit,
         [](const compared_machine& c) {
             return c.same.has_time ? bracketed(c, io::short_time(c.same.time)) : std::string("-");
         }},
        {work.counted + "s/s", [](const compared_machine& c) {
             return c.same.has_time ? bracketed(c, rate_digits(c.same.throughput)) : std::string("-");
         }}};
    if (job.training)
        rows.push_back({"exposed communication", [](const compared_machine& c) {
                            if (c.hardware().cards == 1 || !c.same.has_time) return std::string("-");
                            const time_breakdown& b = c.same.breakdown;
                            const seconds all = b.tensor_communication + b.data_communication;
                            return bracketed(c, all.number > 0 ? io::short_time(all) : std::string("0 ms"));
                        }});
    return rows;
}

/// Returns a layout as tables have it, with the kind of sharding behind where there is one: "TP2 DP4 full".
[[nodiscard]] inline std::string sharded_words(const layout& l) {
    const bool shards = l.sharding != sharding::none && l.data > 1;
    return layout_words(l) + (shards ? " " + std::string(io::name_of(io::sharding_names, l.sharding)) : "");
}

/// Returns the properties of the job at the best settings of each machine.
[[nodiscard]] inline std::vector<compared_property> best_properties(const io::job_file& job,
                                                                    const compared_work& work) {
    const auto if_runs = [](const compared_machine& c, const std::string& text) {
        return c.runs_best() ? text : std::string("-");
    };
    std::vector<compared_property> rows;
    if (job.training)
        rows.push_back({"best: micro-batch", [if_runs](const compared_machine& c) {
                            return if_runs(c, std::to_string(c.best.job.micro_batch));
                        }});
    if (job.training)
        rows.push_back({"best: recompute", [if_runs](const compared_machine& c) {
                            return if_runs(c, std::string(io::name_of(io::recompute_names, c.best.job.recompute)));
                        }});
    rows.push_back(
        {"best: layout", [if_runs](const compared_machine& c) { return if_runs(c, sharded_words(c.best.layout)); }});
    rows.push_back({"best: " + work.counted + "s/s",
                    [if_runs](const compared_machine& c) { return if_runs(c, rate_digits(c.best.throughput)); }});
    rows.push_back({"best: J/" + work.counted, [if_runs](const compared_machine& c) {
                        return if_runs(c, known_or_dash(c.best.energy.number, c.best.energy.number < 10 ? 2 : 0));
                    }});
    rows.push_back({"largest safe " + batch_word(job), [](const compared_machine& c) {
                        return c.answer ? size_text(c.answer->safe_micro_batch) : std::string("-");
                    }});
    if (has_lengths(job))
        rows.push_back({"longest safe sequence", [](const compared_machine& c) {
                            if (!c.answer) return std::string("-");
                            return size_text(usable_length(c.job, c.answer->safe_sequence_length));
                        }});
    return rows;
}

/// Returns the properties of the cards that jobs of every kind feel.
[[nodiscard]] inline std::vector<compared_property> hardware_properties() {
    return {
        {"memory GB/s",
         [](const compared_machine& c) { return known_or_dash(c.hardware().card.memory_bandwidth.number / 1e9, 0); }},
        {"between cards", [](const compared_machine& c) { return joined_text(c.hardware()); }},
        {"board power W",
         [](const compared_machine& c) { return known_or_dash(c.hardware().card.board_power.number, 0); }},
        {"launch price", [](const compared_machine& c) {
             return known_or_dash(c.hardware().card.launch_price.number * c.hardware().cards, 0, " USD");
         }}};
}

/// Returns the properties of the cards that matter beyond this job: accumulators, FP64, the links, and how a board is
/// installed.
[[nodiscard]] inline std::vector<compared_property> fact_properties() {
    return {{"MIG",
             [](const compared_machine& c) {
                 const int slices = c.hardware().card.mig_instances;
                 return slices > 0 ? io::counted(slices, "slice") : std::string("no");
             }},
            {"ECC", [](const compared_machine& c) { return io::ecc_text(c.hardware().card.ecc); }},
            fact("cooling", card_field::cooling),
            fact("fp16, fp16 accumulation", card_field::fp16_tensor_acc16_dense),
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

/// Returns the properties of the cards that --facts adds, as JSON.
[[nodiscard]] inline nlohmann::ordered_json facts_json(const compared_machine& m) {
    nlohmann::ordered_json facts = nlohmann::ordered_json::object();
    for (const compared_property& each : fact_properties()) facts[each.name] = each.value(m);
    return facts;
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
             [](const compared_machine& c) {
                 const std::optional<io::hourly_rent> rent = rent_of(c.hardware());
                 return rent ? in_dollars(rent->per_hour.number) : std::string("-");
             }},
            {"cost per " + work.name, [training, work](const compared_machine& c) {
                 const std::optional<io::hourly_rent> rent = rent_of(c.hardware());
                 if (!rent || !c.same.has_time) return std::string("-");
                 return in_dollars(work.units * rent->during(time_of_work(c.same, training)).number);
             }}};
}

/// Leaves out the rows in which no machine has a value.
inline void keep_valued(std::vector<compared_property>& rows, const compared_machines& c) {
    std::erase_if(rows, [&](const compared_property& row) {
        return std::all_of(c.all.begin(), c.all.end(),
                           [&](const compared_machine& each) { return row.value(each) == "-"; });
    });
}

/// Returns the rows of the table. Rows in which no machine has a value are left out.
[[nodiscard]] inline std::vector<compared_property> properties_of(const compared_machines& c, bool facts) {
    const io::job_file& job = c.job();
    const compared_work work = work_of(c.same, job);
    std::vector<compared_property> rows = same_properties(job, work);
    const auto add = [&rows](const std::vector<compared_property>& more) {
        rows.insert(rows.end(), more.begin(), more.end());
    };
    add(best_properties(job, work));
    add(price_properties(job, costed_work_of(c.same, job)));
    rows.push_back({matmul_format(job) + ", dense TFLOP/s", [&job](const compared_machine& each) {
                        return known_or_dash(matmul_rate(job, each.hardware().card), 0);
                    }});
    add(hardware_properties());
    if (facts) add(fact_properties());
    rows.push_back({"part of", [](const compared_machine& each) {
                        const std::string text = io::module_text(each.hardware().card);
                        return text.empty() ? std::string("-") : text;
                    }});
    const bool one_card = std::all_of(c.all.begin(), c.all.end(),
                                      [](const compared_machine& each) { return each.hardware().cards == 1; });
    std::erase_if(rows, [&](const compared_property& row) { return one_card && row.name == "best: layout"; });
    keep_valued(rows, c);
    return rows;
}

/// Adds the rows of properties to a table whose columns are the machines.
inline void add_rows(const compared_machines& c, const std::vector<compared_property>& rows, io::table& t) {
    for (const compared_property& row : rows) {
        t.rows.push_back({row.name});
        for (const compared_machine& each : c.all) t.rows.back().push_back(row.value(each));
    }
}

/// Returns the table of the machines.
[[nodiscard]] inline io::table machines_table(const compared_machines& c, const std::vector<compared_property>& rows) {
    io::table t{.columns = {{"", 0, true}}};
    for (const compared_machine& each : c.all) t.columns.push_back({each.typed});
    add_rows(c, rows, t);
    return t;
}

/// Returns the first column of a table and those from `first` to before `last`.
[[nodiscard]] inline io::table columns_of(const io::table& t, std::size_t first, std::size_t last) {
    const auto part = [&](const auto& cells) {
        auto some = cells;
        some.assign(1, cells[0]);
        for (std::size_t k = first; k < last; ++k) some.push_back(cells[k]);
        return some;
    };
    io::table some{.columns = part(t.columns)};
    for (const std::vector<std::string>& row : t.rows) some.rows.push_back(part(row));
    return some;
}

/// Returns a table as text whose columns go on below where the output has no room for all side by side.
[[nodiscard]] inline std::string folded_text(const io::table& t) {
    const std::string indent = "  ";
    std::string text;
    for (std::size_t first = 1; first < t.columns.size();) {
        std::size_t last = t.columns.size();
        const auto width = [&] {
            return indent.size() + io::detail::line_width(io::detail::widths_of(columns_of(t, first, last)));
        };
        while (last > first + 1 && width() > output_width()) --last;
        text += io::table_text(columns_of(t, first, last), indent);
        first = last;
    }
    return text;
}

}  // namespace tool
