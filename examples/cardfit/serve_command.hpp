// SPDX-License-Identifier: MIT
#pragma once

// serve: whether and how a machine serves a model: a verdict, and a table of formats, engines and layouts with their
// memory, contexts, users, times and price, the best one first.

#include "serve_json.hpp"

namespace tool {

namespace detail {

/// Returns the exit code of one machine: 1 if the best choice is less sure than --require asks, or is NO without it.
[[nodiscard]] inline int code_of(const serve_options& o, const serving_choice& c) {
    return is_enough(o.answer, c.verdict) ? answered : does_not_fit;
}

[[nodiscard]] inline std::string text_of(const serve_options& o, const served& s) {
    if (o.answer.quiet) return quiet_text(s.best().choice.verdict);
    if (o.answer.csv || o.answer.markdown) return printed(choices_table(s, s.choices.size()), o.answer, "");
    // With -v, all that the best choice's job assumes; else what is assumed of the machine.
    const io::job_file& best = s.jobs[s.best().job];
    return served_text(o, s) +
           io::assumed_text(output_choice().verbose ? best.assumed : io::assumed_of(best.hardware), style());
}

}  // namespace detail

inline int serve(const serve_options& o) {
    fit_answers all;
    std::vector<machine> machines;
    for (const nlohmann::json& called : required_hardware_of(o.hardware)) {
        const served s = serve_on(o, called);
        all.code = (std::min)(all.code, detail::code_of(o, s.best().choice));
        machines.push_back(s.jobs[0].hardware);
        if (o.json)
            all.json.push_back(with_question(served_json(s), nullptr, io::assumed_of(s.jobs[0].hardware)));
        else
            all.text += (all.text.empty() || o.answer.quiet ? "" : "\n") + detail::text_of(o, s);
    }
    const bool prose = !o.answer.quiet && !o.answer.csv && !o.answer.markdown;
    if (prose) all.text += prices_text(machines);
    return print(all, o.json);
}

namespace detail {

/// Flags of keys that serve finds itself.
inline constexpr std::string_view found_flags[]{"--batch", "--full-prompt-logits"};

[[nodiscard]] inline bool serve_takes(const io::listed_key& key) {
    const std::string_view flag = key.facts->flag;
    if (flag.empty() || std::find(std::begin(found_flags), std::end(found_flags), flag) != std::end(found_flags))
        return false;
    const bool of_layout = key.section == keys::section::layout;
    const bool stated = std::find(std::begin(serving_layout_flags), std::end(serving_layout_flags), flag) !=
                        std::end(serving_layout_flags);
    return key.section == keys::section::inference || key.section == keys::section::hardware || (of_layout && stated);
}

/// Returns the seconds of a text such as "200", "200ms" or "0.2s"; a bare number is of milliseconds. Throws
/// ValidationError for another text.
[[nodiscard]] inline seconds time_of_text(const std::string& flag, const std::string& text) {
    const bool in_milliseconds = text.ends_with("ms");
    const bool in_seconds = !in_milliseconds && text.ends_with("s");
    const std::string number = text.substr(0, text.size() - (in_milliseconds ? 2 : in_seconds ? 1 : 0));
    const nlohmann::json value = nlohmann::json::parse(number, nullptr, false);
    const double seconds = value.is_number() ? value.get<double>() * (in_seconds ? 1 : 1e-3) : 0;
    if (!(seconds > 0 && seconds <= 1e5))
        throw CLI::ValidationError(flag, text + " is not a time; accepted: 1ms to 100000s, such as 200ms or 0.2s");
    return seconds_of(seconds);
}

inline void add_time_flag(CLI::App& app, const std::string& flag, seconds& time, const std::string& help) {
    app.add_option_function<std::string>(
           flag, [&time, flag](const std::string& text) { time = time_of_text(flag, text); }, help)
        ->type_name("TIME");
}

}  // namespace detail

inline std::function<int()> add_serve(CLI::App& app) {
    const auto o = std::make_shared<serve_options>();
    app.add_option("model,--model", o->model,
                   "a zoo id, a config.json, or a checkpoint: a folder, an index, a .gguf or .safetensors file")
        ->required();
    add_hardware_flags(app, o->hardware, "card id or printed name; may be given several times");
    app.add_option("--users", o->users, "users at once; default: 1, and the most are counted")
        ->check(CLI::Range(1, 1'000'000));
    detail::add_time_flag(app, "--ttft", o->first_token, "the longest time to the first token, such as 500ms or 2s");
    detail::add_time_flag(app, "--tpot", o->per_token, "the longest time per output token, such as 50ms");
    app.add_option("--rate", o->rate, "requests per second that must keep --ttft and --tpot")
        ->check(CLI::Range(1e-6, 1e9));
    app.add_option("--percentile", o->percent,
                   "percentage of requests that keep --ttft and --tpot at a rate; default: 90")
        ->check(CLI::IsMember({50, 90, 95, 99}));
    app.add_option("--top", o->top, "rows of the table; default: 8")->check(CLI::Range(1, 1000));
    add_answer_flags(app, o->answer);
    add_prices_flag(app);
    add_json_flag(app, o->json);
    for (const io::listed_key& key : io::listed_keys())
        if (detail::serve_takes(key) && app.get_option_no_throw(std::string(key.facts->flag)) == nullptr)
            add_key_flag(app, key, o->settings);
    return [o] { return serve(*o); };
}
inline constexpr command serve_command{
    "serve", "find format, engine and layout for a served model: a verdict, and a table of choices", add_serve};

}  // namespace tool
