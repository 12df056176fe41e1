// SPDX-License-Identifier: MIT
#pragma once

// The choices of `serve` for one machine: the jobs of the engines that may serve the model, in each of the formats that
// they load, under each layout. decide/serving_choices.hpp gives the figures of each.

#include "answer_flags.hpp"
#include "fit_command.hpp"
#include "serving_layout.hpp"

#include <cardfit/decide/serving_choices.hpp>
#include <cardfit/io/launch.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace tool {

struct serve_options {
    std::string model;
    hardware_flags hardware;
    /// The flags of keys: format, engine, its arguments, and the layout.
    job_flags settings;
    std::int64_t users = 0;
    seconds first_token{};
    seconds per_token{};
    double rate = 0;
    int percent = 90;
    int top = 8;
    bool json = false;
    answer_flags answer;
};

/// A choice, and the job of its engine, which it changes.
struct job_choice {
    std::size_t job = 0;
    serving_choice choice{};
    bytes file{};
};

/// Returns true for choices of the same engine and format.
[[nodiscard]] inline bool are_of_one_format(const job_choice& a, const job_choice& b) {
    return a.job == b.job && a.choice.job.weights == b.choice.job.weights;
}

/// The choices for one machine, best first.
struct served {
    std::vector<io::job_file> jobs{};
    std::vector<nlohmann::json> files{};  ///< that the jobs were read from
    network net{};                        ///< of the model, which all jobs serve
    serving_wish wish{};
    std::vector<job_choice> choices{};

    [[nodiscard]] const job_choice& best() const { return choices.front(); }
    /// Returns the job file of a choice.
    [[nodiscard]] io::job_file job_of(const job_choice& c) const {
        io::job_file job = jobs[c.job];
        job.inference = c.choice.job;
        job.layout = c.choice.layout;
        // An engine without a limit of sequences has as many slots as the batch.
        const service_state& at = c.choice.goodput;
        const std::int64_t slots = at.requests_per_second > 0 ? sequences_at(at, wish.percent) : 1;
        if (job.inference->max_sequences == 0) job.inference->batch = larger(job.inference->batch, slots);
        return job;
    }
};

namespace detail {

/// Returns the flags of a job of one token on this engine, for the search to lengthen. Its layout is one that every
/// number of cards has.
[[nodiscard]] inline fit_options flags_of(const serve_options& o, const std::string& engine,
                                          const std::string& weights) {
    fit_options flags;
    flags.model = o.model;
    flags.infer = true;
    for (const given_flag& each : o.settings.given)
        if (each.flag != "--context") flags.flags.set(each.flag, each.value);
    flags.flags.set("--prompt", 1);
    flags.flags.set("--generate", 0);
    if (!engine.empty()) flags.flags.set("--engine", engine);
    if (!weights.empty()) flags.flags.set("--weights", weights);
    return flags;
}

/// Reads a job whose layout is not chosen yet, without a note of it: it is not the answer.
[[nodiscard]] inline read_question read_filed(nlohmann::json file) {
    read_question read{.job = read_job(file)};
    read.file = std::move(file);
    return read;
}

/// Returns the job of an engine. A format that the engine does not run on the card is replaced by fp16 or q8_0, from
/// which the search starts; a format that the user names is not. Throws input_error for what is refused.
[[nodiscard]] inline read_question job_on(const serve_options& o, const nlohmann::json& hardware, engine e) {
    const std::string name(io::name_of(io::engine_names, e));
    try {
        return read_filed(job_of(flags_of(o, name, ""), hardware));
    } catch (const io::input_error& refused) {
        const bool named = o.settings.find("--weights") != nullptr;
        const bool format = std::any_of(refused.problems().begin(), refused.problems().end(),
                                        [](const io::input_problem& p) { return p.key == "inference.weights"; });
        if (named || !format) throw;
    }
    return read_filed(job_of(flags_of(o, name, row_of(e).memory.reads_gguf ? "q8_0" : "fp16"), hardware));
}

/// Returns true unless an engine is known to have no kernels for the cards of this vendor.
[[nodiscard]] inline bool runs_on(engine e, const gpu& card) {
    return card.vendor != vendor::apple || !row_of(e).lacks_apple;
}

/// Returns the jobs of the engines that may serve the model: the one that the user names, or else llama.cpp, which
/// reads GGUF files, and the usual engine of other checkpoints. Throws input_error if neither may.
[[nodiscard]] inline std::vector<read_question> jobs_of(const serve_options& o, const nlohmann::json& hardware) {
    const io::job_file asked = [&] {
        try {
            return read_job(job_of(flags_of(o, "", ""), hardware));
        } catch (const io::input_error&) {
            if (o.settings.find("--engine") || o.settings.find("--weights")) throw;
            return job_on(o, hardware, assumed_engine(true)).job;
        }
    }();
    const bool weights = o.settings.find("--weights") != nullptr;
    const bool one_file = !asked.published.is_checkpoint || !asked.stored.shape_verified;
    if (o.settings.find("--engine")) return {job_on(o, hardware, asked.inference->framework)};
    std::vector<read_question> jobs;
    std::vector<io::input_problem> problems;
    for (const bool gguf : {false, true}) {
        const engine e = assumed_engine(gguf);
        const number_format format = asked.inference->weights;
        if ((weights || one_file) && gguf != is_gguf(format) && e != asked.inference->framework) continue;
        if (!gguf && !runs_on(e, asked.hardware.card)) continue;
        try {
            jobs.push_back(job_on(o, hardware, e));
        } catch (const io::input_error& refused) {
            problems.insert(problems.end(), refused.problems().begin(), refused.problems().end());
        }
    }
    if (jobs.empty()) throw io::input_error(std::move(problems));
    return jobs;
}

/// Returns true for the format in which the checkpoint is published; one that nothing states is of 16 bits.
[[nodiscard]] inline bool is_own_format(const io::job_file& job, number_format format) {
    if (job.published.known() && job.published.is_checkpoint) return format == job.published.formats.weights;
    return !job.published.known() && format == number_format::bf16;
}

/// Returns the formats that are tried under the engine of a job, the model's own first.
[[nodiscard]] inline std::vector<number_format> formats_of(const serve_options& o, const io::job_file& job) {
    const inference& i = *job.inference;
    if (o.settings.find("--weights") || !job.published.is_checkpoint || !job.stored.shape_verified) return {i.weights};
    const bool gguf = row_of(i.framework).memory.reads_gguf;
    const number_format own = job.published.formats.weights;
    std::vector<number_format> formats;
    if (job.published.known() && loads_weights(i.framework, own)) formats.push_back(own);
    // No one quantizes a quantized checkpoint again but to a GGUF file.
    if (job.published.quantized() && (!formats.empty() && !gguf)) return formats;
    if (job.published.quantized() && own == number_format::mxfp4 && gguf) return {own};
    const auto add = [&](const auto& all) {
        for (const number_format each : all)
            if (std::find(formats.begin(), formats.end(), each) == formats.end()) formats.push_back(each);
    };
    if (gguf)
        add(gguf_by_quality);
    else
        add(formats_by_quality);
    if (!engine_runs(with_weights(i, number_format::bf16), job.hardware.card)) formats.push_back(number_format::fp16);
    return formats;
}

/// Returns the job's inference in a format: as the checkpoint stores it where that is its own format.
[[nodiscard]] inline inference in_format(const io::job_file& job, number_format format) {
    return job.inference->weights == format ? *job.inference : with_weights(*job.inference, format);
}

/// Adds the choices of one job.
inline void add_choices(const serve_options& o, std::size_t index, served& s) {
    const network& net = s.net;
    const io::job_file& job = s.jobs[index];
    for (const number_format format : formats_of(o, job)) {
        const inference i = in_format(job, format);
        if (!engine_runs(i, job.hardware.card) || !problems(i, net).empty()) continue;
        const bytes file = file_bytes(net, i, job.hardware.card);
        const auto keep = [&](serving_choice c) {
            c.own_format = is_own_format(job, format);
            s.choices.push_back({index, c, file});
        };
        const auto add = [&](const layout& l) { keep(serve_one(net, i, job.hardware, l, s.wish, job.context_length)); };
        if (states_layout(o.settings)) {
            add(job.layout);
            continue;
        }
        for_each_serving_layout(net, i, job.hardware, add);
        const auto split = serve_disaggregated(net, i, job.hardware, s.wish, job.context_length);
        if (split) keep(*split);
    }
}

/// Returns true for a choice that its engine's launcher can start, and for an engine without one.
[[nodiscard]] inline bool can_launch(const served& s, const job_choice& c) {
    const std::string_view launcher = row_of(c.choice.job.framework).launch_name;
    if (launcher.empty()) return true;
    try {
        static_cast<void>(io::launch(s.job_of(c), launcher));
        return true;
    } catch (const io::input_error&) {
        return false;
    }
}

/// Leaves out the choices that no launcher starts where one of the others keeps the wish: layouts over several nodes,
/// and engines whose command takes no images.
inline void prefer_launched(served& s) {
    const machine& m = s.jobs[0].hardware;
    if (m.cards <= cards_per_node(m) && s.net.tower.image_tokens == 0) return;
    std::vector<job_choice> launched;
    for (const job_choice& c : s.choices)
        if (c.choice.is_disaggregated() || can_launch(s, c)) launched.push_back(c);
    const bool kept = std::any_of(launched.begin(), launched.end(),
                                  [](const job_choice& c) { return c.choice.verdict != serving_verdict::no; });
    if (kept) s.choices = std::move(launched);
}

/// Returns the number that a flag states; nothing if it is not given. Throws input_error for one that is no number.
[[nodiscard]] inline std::optional<std::int64_t> number_of(const job_flags& flags, const char* flag) {
    const given_flag* given = flags.find(flag);
    if (given == nullptr) return {};
    if (!given->value.is_number_integer())
        throw io::input_error({io::refused_value(flag, given->value, "a number of tokens")});
    return given->value.get<std::int64_t>();
}

}  // namespace detail

/// Returns the wish of the command line. Without --context, the context is what --prompt and --generate are together,
/// or else 8192 tokens, or the model's positions if they are fewer. Throws input_error for a context that the model has
/// no positions for, and for lengths that are no parts of it.
[[nodiscard]] inline serving_wish wish_of(const serve_options& o, const network& net) {
    constexpr std::int64_t usual = 8192;
    const std::int64_t positions = net.longest_sequence > 0 ? net.longest_sequence : io::no_limit;
    const std::optional<std::int64_t> prompt = detail::number_of(o.settings, "--prompt");
    const std::optional<std::int64_t> generate = detail::number_of(o.settings, "--generate");
    const std::int64_t parts = prompt && generate ? *prompt + *generate : smaller(usual, positions);
    const std::int64_t context = detail::number_of(o.settings, "--context").value_or(parts);
    if (context < 2 || context > positions)
        throw io::input_error(
            {io::refused_value("--context", context, "2 to " + std::to_string(positions) + " tokens")});
    std::vector<io::input_problem> problems;
    const auto lengths = io::parts_of_context("--context", context, prompt, generate, problems);
    if (!lengths) throw io::input_error(std::move(problems));
    if (o.rate > 0 && lengths->generate < 2)
        throw io::input_error({io::refused_value("--rate", o.rate, "a rate with --generate, the tokens of an answer")});
    return {.prompt = lengths->prompt,
            .generate = lengths->generate,
            .users = o.users,
            .first_token = o.first_token,
            .per_token = o.per_token,
            .rate = o.rate,
            .percent = o.percent};
}

/// Returns the choices for one machine. Throws input_error for a model that generates no text, and for whatever the
/// reader of the job refuses.
[[nodiscard]] inline served serve_on(const serve_options& o, const nlohmann::json& hardware) {
    served s;
    for (read_question& each : detail::jobs_of(o, hardware)) {
        s.files.push_back(std::move(each.file));
        s.jobs.push_back(std::move(each.job));
    }
    s.net = lower(s.jobs[0].model);
    if (!is_autoregressive(s.net) || s.net.is_encoder_decoder)
        throw io::input_error(
            {io::refused_value("model", s.jobs[0].model_name,
                               "an autoregressive decoder; images and sequences per second of other models are "
                               "in fit --infer, compare and rank")});
    s.wish = wish_of(o, s.net);
    for (std::size_t k = 0; k < s.jobs.size(); ++k) detail::add_choices(o, k, s);
    if (s.choices.empty())
        throw io::input_error({io::refused_value(
            "--cards", s.jobs[0].hardware.cards,
            "a number of cards among which the engine can divide the model, in a format that it runs on them")});
    detail::prefer_launched(s);
    std::stable_sort(s.choices.begin(), s.choices.end(),
                     [](const job_choice& a, const job_choice& b) { return serves_before(a.choice, b.choice); });
    return s;
}

/// Returns the job file of the best choice; null for one that reads prompts and generates on separate groups of cards,
/// which is more than one job.
[[nodiscard]] inline nlohmann::json best_file(const served& s) {
    const job_choice& best = s.best();
    if (best.choice.is_disaggregated()) return nullptr;
    const io::job_file& before = s.jobs[best.job];
    nlohmann::json file = s.files[best.job];
    io::job_file chosen = s.job_of(best);
    // Only a training has groups of sharding.
    chosen.layout.sharding_group = 0;
    set_layout(chosen, before, file);
    // Another format is that of all modules, and its groups are its own.
    if (before.inference->weights != best.choice.job.weights)
        for (const char* key : {"modules", "group"}) file["inference"].erase(key);
    return file;
}

}  // namespace tool
