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

/// Returns the job of the command line. Throws input_error for a training.
[[nodiscard]] inline nlohmann::json served_job(const std::string& text) {
    try {
        return base_job(text, false, true);
    } catch (const io::input_error& e) {
        if (e.problems().front().key != "--infer") throw;
        throw io::input_error({io::input_problem{
            .key = "training", .accepted = "inference", .message = "training: this command takes an inference"}});
    }
}

/// Returns true for a key of the lengths that the command line replaces: --context both parts, and a part the context.
[[nodiscard]] inline bool is_replaced(const job_flags& given, std::string_view flag) {
    if (flag == "--prompt" || flag == "--generate") return given.find("--context") != nullptr;
    return flag == "--context" && (given.find("--prompt") != nullptr || given.find("--generate") != nullptr);
}

/// Takes the settings of a job file as if flags stated them, and its sequences as users. Flags of the command line
/// stand in their place.
inline void take_job_file(serve_options& o) {
    const nlohmann::json job = served_job(o.model);
    if (asked().names_model || !takes_flags(job) || !job.contains("inference")) return;
    const job_flags given = o.settings;
    for (const io::listed_key& key : io::listed_keys()) {
        const std::string flag(key.facts->flag);
        const auto pointer = pointer_of(key.facts->path);
        if (!serve_takes(key) || key.section == keys::section::hardware || !job.contains(pointer)) continue;
        if (given.find(flag.c_str()) == nullptr && !is_replaced(given, flag)) o.settings.set(flag, job[pointer]);
    }
    const nlohmann::json& i = job["inference"];
    const nlohmann::json layout = job.value("layout", nlohmann::json::object());
    const auto count = [](const nlohmann::json& of, const char* key) {
        const auto at = of.find(key);
        return at != of.end() && at->is_number_integer() ? at->get<std::int64_t>() : 1;
    };
    const std::int64_t sequences = count(i, "batch");
    const bool in_range = sequences > 1 && sequences <= key_ranges::batch.high;
    if (o.users == 0 && in_range) o.users = sequences * (std::max)(count(layout, "data"), std::int64_t{1});
    nlohmann::json& base = *asked().base;
    for (const char* found : {"batch", "context", "full_prompt_logits"}) base["inference"].erase(found);
}

}  // namespace detail

inline int serve(serve_options o) {
    detail::take_job_file(o);
    fit_answers all;
    std::vector<machine> machines;
    for (const nlohmann::json& called : hardware_asked(o.hardware)) {
        const served s = serve_on(o, called);
        const nlohmann::json file = best_file(s);
        if (file.is_null() && !asked().save.empty())
            refuse_flag("--save-job", "the best choice reads prompts and generates on separate groups of cards",
                        "a layout of all cards, such as --tensor N, or no --save-job");
        note_job(file);
        all.code = (std::min)(all.code, detail::code_of(o, s.best().choice));
        machines.push_back(s.jobs[0].hardware);
        if (o.json)
            all.json.push_back(with_question(served_json(s), file, s.jobs[s.best().job].assumed));
        else
            all.text += (all.text.empty() || o.answer.quiet ? "" : "\n") + detail::text_of(o, s);
    }
    const bool prose = !o.answer.quiet && !o.answer.csv && !o.answer.markdown;
    if (prose) all.text += prices_text(machines);
    return print(all, o.json);
}

namespace detail {

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
                   "a zoo id, a config.json, a checkpoint (a folder, an index, a .gguf or .safetensors file), the job "
                   "file of an inference, or the settings of another tool as import reads them")
        ->required();
    add_hardware_flags(app, o->hardware, "card id or printed name; may be given several times");
    app.add_option("--users", o->users, "users at once; default: 1, and the most are counted")
        ->check(between(1, 1'000'000));
    detail::add_time_flag(app, "--ttft", o->first_token, "the longest time to the first token, such as 500ms or 2s");
    detail::add_time_flag(app, "--tpot", o->per_token, "the longest time per output token, such as 50ms");
    app.add_option("--rate", o->rate, "requests per second that must keep --ttft and --tpot")
        ->check(between(1e-6, 1e9));
    app.add_option("--percentile", o->percent,
                   "percentage of requests that keep --ttft and --tpot at a rate: 50, 90 (default), 95 or 99")
        ->check(one_of({"50", "90", "95", "99"}));
    app.add_option("--top", o->top, "rows of the table; default: 8")->check(between(1, 1000));
    app.add_option("--save-job", asked().save,
                   "write the best choice as a job file, for all commands to read; - prints it instead of the answer");
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
