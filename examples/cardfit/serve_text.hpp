// SPDX-License-Identifier: MIT
#pragma once

// The answer of `serve` in words: the verdict on the best choice, its figures and why it comes first, the table of
// choices, and the command that starts the best one.

#include "launch_command.hpp"
#include "serve_speculation.hpp"
#include "serve_table.hpp"

#include <cardfit/io/launch.hpp>

namespace tool {

/// Returns the way to a larger part of the memory that GPU and host share, where the job takes the shipped part.
[[nodiscard]] inline std::string larger_part_text(const machine& m) {
    if (!has_gpu_limit(m.card) || m.host.gpu_limit_mebibytes != 0) return {};
    return io::in_gib(usable_memory(m)) + " as shipped; --gpu-limit-mib states a larger part (" +
           std::string(row_of(m.card.memory_sharing).setting) + "). ";
}

/// Returns the format as a sentence names it: "bf16 (its own format)", "iq1_m (poor)".
[[nodiscard]] inline std::string format_sentence(const io::job_file& job, const serving_choice& c) {
    if (!job.stored.shape_verified) return "the format of its file (shape not verified)";
    const std::string name = format_name(job, c);
    if (c.own_format) return name + " (its own format)";
    if (!job.published.is_checkpoint) return name + " (its file's format)";
    return name + " (" + quality_text(job, c) + ")";
}

/// Returns where the layers are: "all 80 layers on the GPU", "39 of 80 layers on the GPU, 21.40 GiB in host memory".
[[nodiscard]] inline std::string place_text(const io::job_file& job, const serving_choice& c) {
    const std::string gpus = job.hardware.cards > 1 ? "GPUs" : "GPU";
    const std::string layers = io::counted(c.split.layers, "layer");
    if (c.place == serving_place::host_too) {
        const bytes host = c.split.in_host();
        if (c.job.cpu_expert_layers > 0)
            return "all " + layers + " on the " + gpus + " but the experts of " +
                   std::to_string(c.job.cpu_expert_layers) + ", " + io::in_gib(host) + " in host memory" +
                   io::host_memory_text(job.hardware, host);
        return std::to_string(c.split.on_card) + " of " + layers + " on the " + gpus + ", " + io::in_gib(host) +
               " in host memory" + io::host_memory_text(job.hardware, host);
    }
    if (c.place == serving_place::uneven_cards)
        return "all " + layers + " on the " + gpus + " with an uneven split (--tensor-split" +
               (c.job.tensor_split.count > 0 ? " " + io::detail::shares_text(c.job.tensor_split) : "") + ")";
    return "all " + layers + " on the " + gpus;
}

[[nodiscard]] inline std::string wish_text(const serving_wish& wish) {
    std::string text = "at " + with_commas(wish.context()) + " tokens of context";
    if (wish.users > 0) text += " for " + io::counted(wish.users, "user");
    if (wish.first_token.number > 0) text += ", TTFT within " + short_time(wish.first_token);
    if (wish.per_token.number > 0) text += ", TPOT within " + short_time(wish.per_token);
    if (wish.rate > 0) text += ", " + io::fixed(wish.rate, wish.rate < 10 ? 2 : 0) + " requests/s";
    return text;
}

/// Returns the machine as a sentence names it.
[[nodiscard]] inline std::string title_of(const served& s) {
    return s.jobs[0].model_name + " on " + io::hardware_text(s.jobs[0].hardware);
}

/// Returns true for a choice that fits, or may fit, and whose times are not those that are wished for.
[[nodiscard]] inline bool is_refused_for_time(const serving_choice& c) {
    return c.verdict == serving_verdict::no && c.fits != sureness::no;
}

/// Returns true for an answer whose choices fit, or may fit, and keep no time that is wished for.
[[nodiscard]] inline bool is_refused_for_time(const served& s) {
    return s.best().choice.verdict == serving_verdict::no &&
           std::any_of(s.choices.begin(), s.choices.end(),
                       [](const job_choice& c) { return is_refused_for_time(c.choice); });
}

/// Returns true if a choice that fits has a time.
[[nodiscard]] inline bool has_times(const served& s) {
    return std::any_of(s.choices.begin(), s.choices.end(),
                       [](const job_choice& c) { return c.choice.fits != sureness::no && c.choice.has_time; });
}

/// Returns why no choice keeps the wish: none fits, or those that fit are too slow.
[[nodiscard]] inline std::string refusal_sentence(const served& s) {
    if (!is_refused_for_time(s)) return "no choice fits ";
    return has_times(s) ? "it fits, but no choice is fast enough " : "it fits, but its times are not known ";
}

/// Returns the first line: the verdict, and on what.
[[nodiscard]] inline std::string verdict_sentence(const served& s) {
    const serving_choice& c = s.best().choice;
    const io::job_file& job = s.jobs[s.best().job];
    const std::string engine(io::name_of(io::engine_names, c.job.framework));
    if (c.verdict == serving_verdict::no) return title_of(s) + ": " + refusal_sentence(s) + wish_text(s.wish);
    return title_of(s) + ": " + format_sentence(job, c) + " with " + engine + ", " + place_text(job, c) + ", " +
           wish_text(s.wish);
}

/// Returns what the best choice does: contexts, users and times.
[[nodiscard]] inline std::string figures_sentence(const served& s) {
    const serving_choice& c = s.best().choice;
    std::string text;
    if (c.longest > 0)
        text = c.longest >= io::no_limit ? "Any context" : "Up to " + with_commas(c.longest) + " tokens of context";
    if (c.longest > 0) text += " for 1 user";
    if (c.users > 0) text += ", " + io::counted(c.users, "user") + " at " + with_commas(s.wish.context()) + " tokens";
    if (!text.empty()) text += ". ";
    if (!runs(c)) return text;
    return text + "TTFT " + short_time(c.first_token) + " (a prompt of " + with_commas(s.wish.prompt) + "), TPOT " +
           short_time(c.per_token) + " (" + io::counted(larger(s.wish.users, 1), "user") + "), " + rate_text(c.rate) +
           " tokens/s with " + io::counted(c.rated_users, "user") + "; ±" + io::in_percent(c.band) + ". ";
}

/// Returns what the best choice does at the most requests per second, and what that assumes.
[[nodiscard]] inline std::string goodput_sentence(const served& s) {
    const service_state& at = s.best().choice.goodput;
    if (!s.wish.asks_for_rate() || !(at.requests_per_second > 0)) return {};
    return "Goodput " + io::fixed(at.requests_per_second, 2) + " requests/s of " + with_commas(s.wish.prompt) + " + " +
           with_commas(s.wish.generate) + " tokens: " + std::to_string(s.wish.percent) + " % have a TTFT of " +
           short_time(at.first_token) + " and a TPOT of " + short_time(at.per_token) + " or less, with " +
           io::fixed(at.running, 1) +
           " running per replica (random arrivals, continuous batching, prompts in chunks between steps; the server's "
           "own time per request is not counted). ";
}

/// Returns the choice that keeps good quality with some layers in host memory, as a sentence, if there is one.
[[nodiscard]] inline std::string host_choice_text(const served& s) {
    for (const job_choice& each : s.choices) {
        if (each.choice.place != serving_place::host_too) continue;
        const io::job_file& job = s.jobs[each.job];
        return "Of higher quality: " + format_sentence(job, each.choice) + " with " + place_text(job, each.choice) +
               ". ";
    }
    return {};
}

/// Returns how far a choice is from a wish that it does not keep: the largest ratio of what it has to what is asked
/// for, of memory and of times.
[[nodiscard]] inline double distance_from(const serving_wish& wish, const serving_choice& c) {
    double ratio =
        static_cast<double>(c.needed.number) / static_cast<double>((std::max)(c.capacity.number, std::int64_t{1}));
    if (wish.limits_times() && !c.has_time) return 1e9;
    if (wish.first_token.number > 0) ratio = (std::max)(ratio, c.first_token.number / wish.first_token.number);
    if (wish.per_token.number > 0) ratio = (std::max)(ratio, c.per_token.number / wish.per_token.number);
    if (wish.rate > 0) ratio = (std::max)(ratio, wish.rate / (std::max)(c.goodput.requests_per_second, 1e-9));
    return ratio;
}

/// Returns the sentence about the choice that comes nearest to a wish that none keeps.
[[nodiscard]] inline std::string nearest_sentence(const served& s) {
    const auto nearest = std::min_element(s.choices.begin(), s.choices.end(), [&](const auto& a, const auto& b) {
        return distance_from(s.wish, a.choice) < distance_from(s.wish, b.choice);
    });
    const serving_choice& c = nearest->choice;
    const io::job_file& job = s.jobs[nearest->job];
    const std::string times =
        runs(c) ? ", TTFT " + short_time(c.first_token) + ", TPOT " + short_time(c.per_token) : "";
    return "Nearest: " + format_sentence(job, c) + " with " +
           std::string(io::name_of(io::engine_names, c.job.framework)) + ", " + serving_layout_text(c, job.hardware) +
           ": " + io::in_gib(c.needed) + " of " + io::in_gib(c.capacity) + " per card" + times + ". ";
}

/// Returns why the best choice comes first.
[[nodiscard]] inline std::string reason_sentence(const served& s) {
    const serving_choice& c = s.best().choice;
    const io::job_file& job = s.jobs[s.best().job];
    if (c.verdict == serving_verdict::no) return nearest_sentence(s) + larger_part_text(job.hardware);
    const format_quality* row = quality_row_of(c.job.weights);
    const bool worse = row != nullptr && quality_of_rise(row->rise) != quality::lossless && !c.own_format;
    const bool leaves = c.place == serving_place::host_too;
    std::string text = !job.published.is_checkpoint ? "The format is that of the file"
                       : leaves       ? "Best because it leaves the least in host memory among those of good quality"
                       : c.own_format ? "Best because it is the model's own format"
                                      : "Best because no format of higher quality keeps the wish";
    if (worse)
        text += " (" + std::string(block_layout_of(c.job.weights).name) + ": perplexity +" +
                io::fixed(100 * row->rise, row->rise < 0.1 ? 1 : 0) + " % on Llama 3 8B)";
    if (leaves && job.hardware.host_memory.number == 0)
        text += "; what the host has is not known (--machine states it)";
    const bool layouts = std::any_of(s.choices.begin(), s.choices.end(), [&](const job_choice& each) {
        return are_of_one_format(each, s.best()) && !(each.choice.layout == c.layout);
    });
    text += layouts ? ", and this layout has the highest rate in it. " : ". ";
    return quality_of(c.job.weights) == quality::poor && worse ? text + host_choice_text(s) : text;
}

/// Returns a command as lines no wider than the output, which end in a backslash where the command goes on.
[[nodiscard]] inline std::string command_lines(const std::vector<io::launch_word>& words, const std::string& indent) {
    const std::size_t width = output_width() - 2;
    std::string text;
    std::string line = indent;
    for (const io::launch_word& word : words) {
        const std::string quoted = io::shell_word(word);
        if (line.size() > indent.size() && line.size() + quoted.size() > width) {
            text += line + "\\\n";
            line = indent + "  ";
        }
        line += quoted + " ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return text + line + "\n";
}

/// Returns true for a choice whose job says where its layers are: on the cards in equal shares, or placed by a flag.
[[nodiscard]] inline bool has_command(const serving_choice& c) {
    if (c.place == serving_place::host_too) return is_placed(c.job) && c.verdict != serving_verdict::no;
    const bool stated = c.place == serving_place::cards || c.job.tensor_split.count > 0;
    return stated && c.place != serving_place::nowhere && c.verdict != serving_verdict::no;
}

/// Returns the commands of the best choice where some groups of cards read prompts and others generate.
[[nodiscard]] inline io::disaggregated_launch phases_of(const served& s) {
    const disaggregated_server& d = s.best().choice.phases;
    const auto job_of_group = [&](const phase_replicas& group) {
        io::job_file job = s.job_of(s.best());
        job.hardware = cardfit::detail::cards_of_group(job.hardware, group.cards_each());
        job.layout = group.layout;
        return job;
    };
    return io::launch_disaggregated(job_of_group(d.prefill), d.prefill.count, job_of_group(d.decode), d.decode.count,
                                    row_of(s.best().choice.job.framework).launch_name);
}

[[nodiscard]] inline std::string notes_text(const io::launch_plan& plan) {
    std::string text;
    for (const std::string& note : plan.notes) text += indented("# " + note);
    return text;
}

/// Returns the commands under NVIDIA Dynamo as text: with -v all of them, and else where they are.
[[nodiscard]] inline std::string dynamo_commands(const io::disaggregated_launch& all) {
    if (!output_choice().verbose) return "  # under NVIDIA Dynamo: -v or --json has these commands\n";
    return "  Under NVIDIA Dynamo, P, D and the frontend:\n" + command_lines(all.dynamo_prefill, "  ") +
           command_lines(all.dynamo_decode, "  ") + command_lines(all.dynamo_frontend, "  ");
}

/// Returns these commands as text.
[[nodiscard]] inline std::string phase_commands(const io::disaggregated_launch& all, const serving_choice& c) {
    const auto run = [](const phase_replicas& group, const std::string& what) {
        const bool one = group.count == 1;
        return "  Run on " + (one ? "" : std::to_string(group.count) + " groups of ") +
               io::counted(group.cards_each(), "card") + (one ? "" : " each") + ", " + what + ":\n";
    };
    return run(c.phases.prefill, "P, to read prompts") + command_lines(all.prefill.command, "  ") +
           run(c.phases.decode, "D, to generate") + command_lines(all.decode.command, "  ") +
           "  Run in front of them:\n" + command_lines(all.router, "  ") + notes_text(all.decode) +
           dynamo_commands(all);
}

/// Returns the command that starts the best choice, and what it needs; empty where no launcher writes one.
[[nodiscard]] inline std::string command_text(const served& s) {
    const serving_choice& c = s.best().choice;
    const std::string_view launcher = row_of(c.job.framework).launch_name;
    if (launcher.empty() || !has_command(c)) return {};
    try {
        if (c.is_disaggregated()) return phase_commands(phases_of(s), c);
        const io::launch_plan plan = io::launch(s.job_of(s.best()), launcher);
        return "  Run:\n" + command_lines(plan.command, "  ") + notes_text(plan);
    } catch (const io::input_error& refused) {
        return indented("No command: " + std::string(refused.what()));
    }
}

/// Returns the line about the rent of a machine, per hour and per user and hour. The text is empty for a machine
/// without a price.
[[nodiscard]] inline std::string served_rent_text(const served& s) {
    const serving_choice& c = s.best().choice;
    const std::optional<io::hourly_rent> rent = rent_of(s.jobs[0].hardware);
    if (!rent) return {};
    const double users = static_cast<double>(c.users);
    return "  Rent: " + in_dollars(rent->per_hour.number) + " per hour" +
           (c.users > 0 ? ", " + in_dollars(rent->per_hour.number / users) + " per user and hour with " +
                              io::counted(c.users, "user") + " at " + with_commas(s.wish.context()) + " tokens"
                        : "") +
           "\n";
}

/// Returns how many tokens an image takes of a model that sees, and how many images a request has; empty for others.
[[nodiscard]] inline std::string served_images_text(const served& s) {
    const io::job_file& job = s.jobs[s.best().job];
    return io::detail::image_text(io::detail::image_of(s.net, job.inference->images, job.text_only()));
}

/// Returns the first line of an answer: its verdict, in the color of the verdict.
[[nodiscard]] inline std::string headline(const served& s) {
    const serving_choice& c = s.best().choice;
    if (c.verdict == serving_verdict::no)
        return verdict_lines(c.verdict,
                             (is_refused_for_time(s) && has_times(s) ? ", too slow: " : ": ") + verdict_sentence(s));
    const bool poor = !c.own_format && quality_of(c.job.weights) == quality::poor;
    const bool partly = c.place == serving_place::host_too;
    const std::string how = std::string(poor ? ", at poor quality" : "") + (partly ? ", partly in host memory" : "");
    return verdict_lines(c.verdict, how + ": " + verdict_sentence(s));
}

/// Returns the answer for one machine as text.
[[nodiscard]] inline std::string served_text(const serve_options& o, const served& s) {
    const std::string more = figures_sentence(s) + goodput_sentence(s) + reason_sentence(s);
    std::string text = headline(s);
    if (!more.empty()) text += indented(more);
    return text + choices_text(o, s) + proposals_text(o, s) + served_images_text(s) + served_rent_text(s) +
           command_text(s);
}

}  // namespace tool
