// SPDX-License-Identifier: MIT
#pragma once

// scaling: throughput, speed-up and efficiency on 1, 2, 4 … cards, with and without NVLink. The answer is up to how
// many cards it is worth to go and what NVLink brings; then tables with both links side by side, CSV, Markdown, a JSON
// document, or a Vega-Lite document. In weak scaling, the global batch grows with the number of cards; in strong
// scaling, it stays the same.

#include "savings_command.hpp"
#include "scaling_inference.hpp"

#include <cardfit/decide/scaling.hpp>

namespace tool {

struct scaling_options {
    std::string path;
    hardware_flags hardware;
    int cards = 0;
    bool json = false;
    bool vega = false;
    answer_flags answer{};
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
                                   {"answer", row_of(p.verdict).name},
                                   {"step_seconds", p.time.step.number},
                                   {"step_seconds_low", p.time.step_low.number},
                                   {"step_seconds_high", p.time.step_high.number},
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
        for (const scaling_point& p : c.curve->items()) points.push_back(point_json(p, m));
        all.push_back({{"name", c.name},
                       {"batch", c.kind},
                       {"link", io::name_of(io::link_names, c.curve->link)},
                       {"loses_beyond_cards", c.curve->scaling_limit},
                       {"efficient_up_to_cards", c.curve->knee().cards},
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
        for (const scaling_point& p : c.curve->items()) {
            nlohmann::ordered_json v = {{"link", c.name}, {"batch", c.kind}};
            v.update(point_json(p, m));
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

/// Returns a speed-up with the mark of its point's verdict; one that does not fit stands in brackets.
[[nodiscard]] inline std::string speed_up_cell(const scaling_point& p) {
    const std::string text = io::fixed(p.speed_up, 2) + "x";
    return p.verdict == sureness::no ? "(" + text + ")" : std::string(row_of(p.verdict).mark) + text;
}

/// Returns the cells of one link: the speed-up, a bar for the efficiency, and the exposed communication.
[[nodiscard]] inline std::vector<std::string> link_cells(const scaling_point& p) {
    constexpr int width = 6;
    return {speed_up_cell(p), io::bar(p.efficiency, width),
            p.exposed_communication.number > 0 ? io::short_time(p.exposed_communication) : "-"};
}

/// Returns the table of one kind of scaling, with both links side by side where there are two.
[[nodiscard]] inline io::table scaling_table(const scaling_curve* nvlink, const scaling_curve& pcie) {
    io::table t{.columns = {{"cards"}, {"step", 1}, {"samples/s"}}};
    const auto add_link = [&t] {
        for (const io::table_column& column :
             {io::table_column{"speed-up"}, io::table_column{"", 2, true}, io::table_column{"comm."}})
            t.columns.push_back(column);
    };
    if (nvlink != nullptr) {
        add_link();
        t.columns.push_back({"|"});
        t.columns.push_back({"samples/s", 3});
    }
    add_link();
    for (std::size_t i = 0; i < pcie.count; ++i) {
        const scaling_point& first = nvlink != nullptr ? nvlink->points[i] : pcie.points[i];
        std::vector<std::string> row{std::to_string(first.cards), io::short_time(first.time.step),
                                     io::significant(first.time.samples_per_second, 3)};
        const auto add = [&row](const std::vector<std::string>& cells) {
            row.insert(row.end(), cells.begin(), cells.end());
        };
        if (nvlink != nullptr) {
            add(link_cells(nvlink->points[i]));
            add({"|", io::significant(pcie.points[i].time.samples_per_second, 3)});
        }
        add(link_cells(pcie.points[i]));
        t.rows.push_back(std::move(row));
    }
    return t;
}

/// Returns every point of every curve as a row, for programs.
[[nodiscard]] inline io::table points_table(const scaling_report& r) {
    io::table t{.columns = {{"link", 0, true},
                            {"scaling", 0, true},
                            {"cards"},
                            {"answer", 0, true},
                            {"step s"},
                            {"samples/s"},
                            {"speed-up"},
                            {"efficiency"},
                            {"exposed s"}}};
    for (const named_curve& c : curves_of(r))
        for (const scaling_point& p : c.curve->items())
            t.rows.push_back({std::string(io::name_of(io::link_names, c.curve->link)), c.kind, std::to_string(p.cards),
                              std::string(row_of(p.verdict).word), io::significant(p.time.step.number, 4),
                              io::significant(p.time.samples_per_second, 4), io::significant(p.speed_up, 4),
                              io::significant(p.efficiency, 4), io::significant(p.exposed_communication.number, 3)});
    return t;
}

/// Returns up to how many cards a curve is efficient: "up to 4 cards (66 %; 8 cards: 45 %)".
[[nodiscard]] inline std::string knee_text(const scaling_curve& c) {
    const scaling_point& knee = c.knee();
    const scaling_point& last = c.items().back();
    const std::string text = "up to " + io::counted(knee.cards, "card") + " (" + io::in_percent(knee.efficiency);
    if (knee.cards == last.cards) return text + ")";
    return text + "; " + io::counted(last.cards, "card") + ": " + io::in_percent(last.efficiency) + ")";
}

/// Returns how sure it is that the job fits all the cards of a curve.
[[nodiscard]] inline sureness verdict_of(const scaling_report& r) {
    return (r.has_nvlink ? r.weak_nvlink : r.weak_pcie).items().back().verdict;
}

/// Returns the first line: whether the job fits all the cards, and up to how many of them an efficiency of one half is
/// kept.
[[nodiscard]] inline std::string scaling_verdict(const scaling_report& r) {
    const scaling_curve& weak = r.has_nvlink ? r.weak_nvlink : r.weak_pcie;
    const scaling_curve& strong = r.has_nvlink ? r.strong_nvlink : r.strong_pcie;
    const sureness verdict = verdict_of(r);
    const std::string misses = verdict == sureness::no
                                   ? ": does not fit " + io::counted(weak.items().back().cards, "card") + "; efficient "
                                   : ": efficient ";
    return verdict_lines(verdict, misses + knee_text(weak) + " if the batch grows with the cards, " +
                                      knee_text(strong) + " if it stays");
}

/// Returns what NVLink brings: by how much all cards are faster with it, and from which micro-batch on it is not worth
/// it. The text is empty for cards without NVLink.
[[nodiscard]] inline std::string nvlink_text(const scaling_report& r) {
    if (!r.has_nvlink || r.weak_nvlink.count < 2) return {};
    const auto worth = [](const scaling_curve& with, const scaling_curve& without) {
        return io::in_percent(without.items().back().time.step.number / with.items().back().time.step.number - 1);
    };
    const int cards = r.weak_nvlink.items().back().cards;
    std::string text = std::string(io::name_of(io::link_names, r.weak_nvlink.link)) + " is worth " +
                       worth(r.weak_nvlink, r.weak_pcie) + " at " + io::counted(cards, "card") + " (" +
                       worth(r.strong_nvlink, r.strong_pcie) + " at a fixed batch) over " +
                       std::string(io::name_of(io::link_names, r.weak_pcie.link));
    if (r.nvlink_irrelevant_from_batch > 0)
        text += ", less than 2 % from micro-batch " + std::to_string(r.nvlink_irrelevant_from_batch) + " on";
    return indented(text);
}

/// Returns the numbers of cards beyond which a step of a fixed global batch gets slower, as lines.
[[nodiscard]] inline std::string slower_text(const scaling_report& r) {
    std::string text;
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
    io::table t{.columns = {{"cards"}, {"$/hour"}}};
    for (const named_curve& c : curves_of(r)) t.columns.push_back({c.kind});
    std::string links(io::name_of(io::link_names, r.weak_pcie.link));
    if (r.has_nvlink) links = std::string(io::name_of(io::link_names, r.weak_nvlink.link)) + ", then " + links;
    std::vector<machine> machines;
    for (std::size_t i = 0; i < r.weak_pcie.count; ++i) {
        machines.push_back(with_card_count(m, r.weak_pcie.points[i].cards));
        const machine& these = machines.back();
        const std::optional<io::hourly_rent> rent = rent_of(these);
        t.rows.push_back({std::to_string(these.cards), rent ? in_dollars(rent->per_hour.number) : "-"});
        for (const named_curve& c : curves_of(r))
            t.rows.back().push_back(i < c.curve->count ? cost_cell(these, c.curve->points[i].time.step) : "-");
    }
    return indented("$/1,000 steps: " + links) + printed(std::move(t), {}, "  ") + prices_text(machines);
}

/// Returns what the curves assume of nodes and network. The link is what they vary.
[[nodiscard]] inline std::vector<io::assumption> assumed_of_nodes(const io::job_file& job) {
    std::vector<io::assumption> assumed = io::assumed_of(job.hardware);
    std::erase_if(assumed, [](const io::assumption& each) { return each.key == "hardware.link"; });
    return assumed;
}

/// Returns the line that says what the columns and marks of the tables are.
[[nodiscard]] inline std::string scaling_legend(const scaling_report& r) {
    std::string text = "bars: efficiency; comm.: exposed communication per step";
    const std::vector<named_curve> curves = curves_of(r);
    const auto has = [&](sureness wanted) {
        return std::any_of(curves.begin(), curves.end(), [&](const named_curve& c) {
            const auto points = c.curve->items();
            return std::any_of(points.begin(), points.end(),
                               [&](const scaling_point& p) { return p.verdict == wanted; });
        });
    };
    for (const sureness each : {sureness::likely, sureness::unlikely})
        if (has(each)) text += "; " + std::string(row_of(each).mark) + " " + std::string(row_of(each).name);
    if (has(sureness::no)) text += "; ( ) does not fit";
    return indented(text);
}

/// Returns why the strong curves end before all the cards; empty if they do not.
[[nodiscard]] inline std::string short_batch_text(const scaling_report& r, std::int64_t global_batch) {
    const int last = r.strong_pcie.items().back().cards;
    if (last == r.weak_pcie.items().back().cards) return {};
    return indented("A global batch of " + io::counted(global_batch, "sample") + " has work for no more than " +
                    io::counted(last, "card") + ": --micro-batch or --accumulation state a larger one");
}

/// Returns both tables with what they are of.
[[nodiscard]] inline std::string scaling_tables(const scaling_report& r, const io::job_file& job) {
    const std::string pcie(io::name_of(io::link_names, r.weak_pcie.link));
    const std::string links =
        r.has_nvlink ? std::string(io::name_of(io::link_names, r.weak_nvlink.link)) + " | " + pcie : pcie;
    const auto titled = [&](const std::string& title, const scaling_curve* nvlink, const scaling_curve& other) {
        io::table t = scaling_table(r.has_nvlink ? nvlink : nullptr, other);
        static_cast<void>(io::narrow(t, output_width(), 2));
        return "  " + title + ": " + links + "\n" + io::table_text(t, "  ");
    };
    const training& t = *job.training;
    const time_estimate& first = r.strong_pcie.points[0].time;
    const auto global_batch = static_cast<std::int64_t>(first.samples_per_second * first.step.number + 0.5);
    return titled("Weak scaling, micro-batch " + io::with_commas(t.micro_batch) + " per card", &r.weak_nvlink,
                  r.weak_pcie) +
           titled("Strong scaling, global batch " + io::with_commas(global_batch), &r.strong_nvlink, r.strong_pcie) +
           short_batch_text(r, global_batch) + scaling_legend(r);
}

[[nodiscard]] inline std::string scaling_text(const scaling_options& o, const scaling_report& r,
                                              const io::job_file& job) {
    if (o.answer.quiet) return quiet_text(verdict_of(r));
    if (o.answer.csv || o.answer.markdown) return printed(points_table(r), o.answer, "");
    return scaling_verdict(r) + indented(io::title(job)) + nvlink_text(r) + slower_text(r) + scaling_tables(r, job) +
           scaling_cost_text(r, job.hardware) + assumptions_text(assumed_of_nodes(job));
}

/// Returns up to how many cards the curves go if the command does not say: those of the job, or, for a job of one card
/// or one that states a layout and no cards, as many times those of its layout as a machine of its card has.
[[nodiscard]] inline int usual_cards(const machine& m) {
    const bool by_layout = asked().names_model && !asked().job["hardware"].contains("machine");
    if ((m.cards > 1 && !by_layout) || !m.name.empty() || is_mig_slice(m.card)) return m.cards;
    return (std::max)(row_of(platform_of(m.card)).per_node / m.cards, 1) * m.cards;
}

/// Returns the job of the curves, with as many cards as they go up to.
[[nodiscard]] inline io::job_file scaled_job(const scaling_options& o) {
    // This says whether the command line names a model, whose layout is then one of as many cards.
    const bool serves = job_json(o.path).contains("inference");
    // The curves divide the model themselves.
    asked().plans_layout = serves;
    const auto job_of_cards = [&](int cards) {
        if (asked().names_model && cards > 0) asked().keys.set("--cards", cards);
        asked().job = nullptr;
        return job_on_hardware(o.path, o.hardware);
    };
    io::job_file job = job_of_cards(o.cards);
    const int cards = o.cards > 0 ? o.cards : usual_cards(job.hardware);
    if (asked().names_model && cards != job.hardware.cards) job = job_of_cards(cards);
    job.hardware.cards = cards;
    return job;
}

/// Answers for an inference. Throws input_error for the chart of a training's curves.
[[nodiscard]] inline int scale_served(const scaling_options& o, const io::job_file& job) {
    if (o.vega) refuse_flag("--vega", "--vega draws the curves of a training", "--csv or --json for an inference");
    return scale_inference(job, o.answer, o.json, assumed_of_nodes(job));
}

/// Answers the command. The exit code is 0 however few of the cards the job fits, unless --require asks for a verdict.
inline int scaling(const scaling_options& o) {
    io::job_file job = scaled_job(o);
    job.hardware.per_node = (std::min)(job.hardware.per_node, job.hardware.cards);
    if (job.inference) return scale_served(o, job);
    check_training(job);
    const scaling_report r = std::visit(
        [&](const auto& model) { return cardfit::scaling(model, *job.training, job.hardware, job.layout); }, job.model);
    if (o.vega)
        output() << io::dump(scaling_vega(r, io::title(job), job.hardware), 1) << "\n";
    else if (o.json)
        output() << io::dump(with_question(scaling_json(r, job.hardware), asked().job, assumed_of_nodes(job)), 1)
                 << "\n";
    else
        output() << scaling_text(o, r, job);
    return is_enough(o.answer, verdict_of(r), sureness::no) ? answered : does_not_fit;
}

inline std::function<int()> add_scaling(CLI::App& app) {
    const auto o = std::make_shared<scaling_options>();
    add_job_file(app, o->path);
    app.add_option("--cards", o->cards,
                   "largest number of cards; default: the job's, or a machine's for a job of one card")
        ->check(between(1, 8192));
    add_replacing_flags(app, o->hardware);
    add_prices_flag(app);
    add_answer_flags(app, o->answer, "none is asked for");
    add_json_flag(app, o->json);
    app.add_flag("--vega", o->vega, "print a Vega-Lite document of both curves");
    return [o] { return scaling(*o); };
}
inline constexpr command scaling_command{
    .name = "scaling",
    .help = "time of a step or token on 1, 2, 4 ... cards, with NVLink and without",
    .add = add_scaling,
    .takes_question = true};

}  // namespace tool
