// SPDX-License-Identifier: MIT
#pragma once

// The answer of `serve` in words and as JSON: the verdict on the best choice, the table of choices, and the command
// that starts the best one.

#include "launch_command.hpp"
#include "serve_choices.hpp"

#include <cardfit/io/launch.hpp>

#include <array>

namespace tool {

/// The word of a verdict, its word in JSON, and what is sure about it.
struct verdict_row {
    serving_verdict value{};
    std::string_view word;
    std::string_view name;
};
inline constexpr verdict_row verdict_rows[]{
    {serving_verdict::yes, "YES", "yes"},
    {serving_verdict::likely, "LIKELY", "likely"},
    {serving_verdict::unlikely, "UNLIKELY", "unlikely"},
    {serving_verdict::no, "NO", "no"},
};
[[nodiscard]] inline const verdict_row& row_of(serving_verdict v) { return verdict_rows[static_cast<std::size_t>(v)]; }

/// Returns a number of tokens with commas between thousands: "131,072".
[[nodiscard]] inline std::string with_commas(std::int64_t n) {
    std::string text = std::to_string(n);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
    return text;
}

/// Returns a time with three digits, in milliseconds below a second.
[[nodiscard]] inline std::string short_time(seconds t) {
    const double milliseconds = 1e3 * t.number;
    if (milliseconds >= 1e5) return io::fixed(t.number, 0) + " s";
    if (milliseconds >= 1e3) return io::fixed(t.number, milliseconds < 1e4 ? 2 : 1) + " s";
    return io::fixed(milliseconds, milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0) + " ms";
}

/// Returns how the layers or matrices are divided: "TP2 x DP4", "EP8", "PP2", "39 of 80", "1 card".
[[nodiscard]] inline std::string serving_layout_text(const serving_choice& c, const machine& m) {
    if (c.place == serving_place::host_too && c.job.cpu_expert_layers > 0)
        return "experts " + std::to_string(c.split.layers - c.job.cpu_expert_layers) + "/" +
               std::to_string(c.split.layers) + " + host";
    if (c.place == serving_place::host_too)
        return std::to_string(c.split.on_card) + "/" + std::to_string(c.split.layers) + " + host";
    if (c.phases.requests_per_second > 0) {
        const auto group = [](const char* name, const phase_replicas& each) {
            return std::string(name) + std::to_string(each.count) + "x" + layout_words(each.layout);
        };
        return group("P", c.phases.prefill) + " " + group("D", c.phases.decode);
    }
    if (c.place == serving_place::uneven_cards) return "PP" + std::to_string(m.cards) + " uneven";
    return layout_words(c.layout);
}

[[nodiscard]] inline std::string format_name(const io::job_file& job, const serving_choice& c) {
    return job.stored.shape_verified ? std::string(block_layout_of(c.job.weights).name) : "as stored";
}

/// Returns the class of a choice's format. Of a checkpoint that is published quantized, the published format is what
/// the others are compared with.
[[nodiscard]] inline std::string quality_text(const io::job_file& job, const serving_choice& c) {
    const bool published = c.own_format && job.published.quantized();
    return published || !job.stored.shape_verified ? "own" : std::string(name_of(quality_of(c.job.weights)));
}

/// Returns the price of a million tokens at the rate of a choice, in dollars; nothing without a price or a time.
[[nodiscard]] inline std::optional<double> dollars_per_million(const io::job_file& job, const serving_choice& c) {
    const std::optional<io::hourly_rent> rent = rent_of(job.hardware);
    if (!rent || !c.has_time || !(c.rate.number > 0)) return {};
    return rent->per_hour.number / 3600 / c.rate.number * 1e6;
}

[[nodiscard]] inline double bits_per_weight(const served& s, const job_choice& c) {
    const double count = static_cast<double>(parameters(lower(s.jobs[c.job].model)));
    return count > 0 ? 8 * static_cast<double>(c.file.number) / count : 0;
}

/// Returns the choices that the table shows: of each engine and format the best layout, and of the best format every
/// layout that no other beats; the best ones, if `most` are fewer.
[[nodiscard]] inline std::vector<job_choice> shown_choices(const served& s, std::size_t most) {
    std::vector<job_choice> shown;
    for (const job_choice& c : s.choices) {
        const bool of_best = c.job == s.best().job && c.choice.job.weights == s.best().choice.job.weights;
        const bool first = std::none_of(shown.begin(), shown.end(), [&](const job_choice& each) {
            return each.job == c.job && each.choice.job.weights == c.choice.job.weights;
        });
        const bool beaten = std::any_of(s.choices.begin(), s.choices.end(), [&](const job_choice& each) {
            return each.job == c.job && each.choice.job.weights == c.choice.job.weights &&
                   is_beaten_by(c.choice, each.choice);
        });
        if ((first || (of_best && !beaten)) && shown.size() < most) shown.push_back(c);
    }
    return shown;
}

/// Returns the mark of a choice in the table: how sure it is.
[[nodiscard]] inline std::string mark_of(const serving_choice& c, bool best) {
    if (best && c.verdict != serving_verdict::no) return "*";
    if (c.place == serving_place::host_too) return "+";
    return c.verdict == serving_verdict::yes      ? ""
           : c.verdict == serving_verdict::likely ? "~"
           : c.verdict == serving_verdict::no     ? "-"
                                                  : "?";
}

/// Returns true for a choice that runs, whose times mean something.
[[nodiscard]] inline bool runs(const serving_choice& c) {
    return c.has_time && (c.users > 0 || c.verdict != serving_verdict::no || c.place == serving_place::host_too);
}

[[nodiscard]] inline std::string rate_text(tokens_per_second rate) {
    if (rate.number < 100) return io::fixed(rate.number, 1);
    return with_commas(static_cast<std::int64_t>(rate.number + 0.5));
}

[[nodiscard]] inline std::vector<std::string> choice_cells(const served& s, const job_choice& c, bool best) {
    const io::job_file& job = s.jobs[c.job];
    const serving_choice& each = c.choice;
    const bool timed = runs(each);
    const std::optional<double> price = dollars_per_million(job, each);
    const double bits = bits_per_weight(s, c);
    return {mark_of(each, best),
            format_name(job, each),
            quality_text(job, each),
            bits > 0 ? io::fixed(bits, 1) : "-",
            io::fixed(in_gibibytes(c.file), 1),
            std::string(io::name_of(io::engine_names, each.job.framework)),
            serving_layout_text(each, job.hardware),
            each.place != serving_place::host_too || cardfit::detail::is_placed(each.job)
                ? io::fixed(in_gibibytes(each.needed), 1)
                : "-",
            each.longest >= io::no_limit ? "any"
            : each.longest > 0           ? with_commas(each.longest)
                                         : "-",
            each.users > 0 ? with_commas(each.users) : "-",
            timed ? short_time(each.first_token) : "-",
            timed ? short_time(each.per_token) : "-",
            timed ? rate_text(each.rate) : "-",
            timed && s.wish.asks_for_rate() ? io::fixed(each.goodput.requests_per_second, 2) : "-",
            timed && price ? in_dollars(*price) : "-",
            std::string(row_of(each.verdict).name)};
}

/// Returns the table of choices. In 80 columns it keeps what a user compares first.
[[nodiscard]] inline io::table choices_table(const served& s, std::size_t most) {
    io::table t{.columns = {{"", 0, true},
                            {"format", 0, true},
                            {"quality", 0, true},
                            {"bits", 6},
                            {"file GiB", 5},
                            {"engine", 0, true},
                            {"layout", 0, true},
                            {"GiB/card", 3},
                            {"max ctx", 1},
                            {"users", 0},
                            {"TTFT", 4},
                            {"TPOT", 0},
                            {"tok/s", 0},
                            {"req/s", 0},
                            {"$/M tok", prices() ? 2 : 8},
                            {"verdict", 7, true}}};
    for (const job_choice& c : shown_choices(s, most)) t.rows.push_back(choice_cells(s, c, t.rows.empty()));
    return t;
}

/// Returns the line that says what the marks of a table mean.
[[nodiscard]] inline std::string marks_text(const io::table& t) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> marks{{{"*", "best"},
                                                                                  {"~", "likely"},
                                                                                  {"?", "unlikely"},
                                                                                  {"+", "partly in host memory"},
                                                                                  {"-", "does not keep the wish"}}};
    std::string text;
    for (const auto& each : marks) {
        const bool used =
            std::any_of(t.rows.begin(), t.rows.end(), [&](const auto& row) { return row[0] == each.first; });
        if (used) text += (text.empty() ? "  " : "   ") + std::string(each.first) + " " + std::string(each.second);
    }
    return text.empty() ? text : text + "\n";
}

/// Returns the table as a terminal shows it, without the columns in which all choices are alike.
[[nodiscard]] inline std::string choices_text(const serve_options& o, const served& s) {
    io::table t = choices_table(s, static_cast<std::size_t>(o.top));
    if (!prices()) io::remove_column(t, "$/M tok");
    if (!s.wish.asks_for_rate()) io::remove_column(t, "req/s");
    for (const char* alike : {"engine", "layout", "quality"})
        if (t.rows.size() > 1 && io::is_alike(t, alike)) io::remove_column(t, alike);
    return printed(t, o.answer, "  ") + marks_text(t);
}

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
        const bytes host = c.split.host_weights + c.split.host_cache;
        if (c.job.cpu_expert_layers > 0)
            return "all " + layers + " on the " + gpus + " but the experts of " +
                   std::to_string(c.job.cpu_expert_layers) + ", " + io::in_gib(host) + " in host memory" +
                   io::host_memory_text(job.hardware, host);
        return std::to_string(c.split.on_card) + " of " + layers + " on the " + gpus + ", " + io::in_gib(host) +
               " in host memory" + io::host_memory_text(job.hardware, host);
    }
    if (c.place == serving_place::uneven_cards)
        return "all " + layers + " on the " + gpus + " with an uneven split (--tensor-split)";
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

/// Returns the first line: the verdict, and on what.
[[nodiscard]] inline std::string verdict_sentence(const served& s) {
    const serving_choice& c = s.best().choice;
    const io::job_file& job = s.jobs[s.best().job];
    const std::string engine(io::name_of(io::engine_names, c.job.framework));
    if (c.verdict == serving_verdict::no && c.place != serving_place::host_too)
        return title_of(s) + ": no choice keeps the wish " + wish_text(s.wish);
    const bool leaves = c.place == serving_place::host_too;
    const std::string partly = leaves ? "not in the memory of the cards alone; " : "";
    return title_of(s) + ": " + partly + format_sentence(job, c) + " with " + engine + ", " + place_text(job, c) +
           ", " + wish_text(s.wish);
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
           " tokens/s with " + io::counted(c.rated_users, "user") + "; ±" + io::fixed(100 * c.band, 0) + " %. ";
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

/// Returns why the best choice comes first.
[[nodiscard]] inline std::string reason_sentence(const served& s) {
    const serving_choice& c = s.best().choice;
    const io::job_file& job = s.jobs[s.best().job];
    if (c.verdict == serving_verdict::no) return larger_part_text(job.hardware);
    const format_quality* row = quality_row_of(c.job.weights);
    const bool worse = row != nullptr && row->rise > 0.001 && !c.own_format;
    std::string text = !job.published.is_checkpoint ? "The format is that of the file"
                       : c.own_format               ? "Best because it is the model's own format"
                                                    : "Best because no format of higher quality keeps the wish";
    if (worse)
        text += " (" + std::string(block_layout_of(c.job.weights).name) + ": perplexity +" +
                io::fixed(100 * row->rise, row->rise < 0.1 ? 1 : 0) + " % on Llama 3 8B)";
    const bool layouts = std::any_of(s.choices.begin(), s.choices.end(), [&](const job_choice& each) {
        const bool same = each.job == s.best().job && each.choice.job.weights == c.job.weights;
        return same && !(each.choice.layout == c.layout);
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
    if (c.place == serving_place::host_too) return cardfit::detail::is_placed(c.job);
    return c.place == serving_place::cards && c.verdict != serving_verdict::no;
}

/// Returns the command that starts the best choice, and what it needs; empty where no launcher writes one.
[[nodiscard]] inline std::string command_text(const served& s) {
    const serving_choice& c = s.best().choice;
    const std::string_view launcher = row_of(c.job.framework).launch_name;
    if (launcher.empty() || !has_command(c)) return {};
    if (c.phases.requests_per_second > 0)
        return io::wrapped(
                   "No command: P are the groups of cards that read prompts, D those that generate; each is a "
                   "server of its own, with the engine's connector of caches between them.",
                   output_width(), "  ") +
               "\n";
    try {
        const io::launch_plan plan = io::launch(s.job_of(s.best()), launcher);
        std::string text = "  Run:\n" + command_lines(plan.command, "  ");
        for (const std::string& note : plan.notes) text += io::wrapped("# " + note, output_width(), "  ") + "\n";
        return text;
    } catch (const io::input_error& refused) {
        return io::wrapped("No command: " + std::string(refused.what()), output_width(), "  ") + "\n";
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

/// Returns the first line of an answer: its verdict, in the color of the verdict.
[[nodiscard]] inline std::string headline(const served& s) {
    const serving_choice& c = s.best().choice;
    const std::string word(row_of(c.verdict).word);
    const bool runs = c.verdict != serving_verdict::no;
    const bool poor = runs && !c.own_format && quality_of(c.job.weights) == quality::poor;
    const std::string line =
        io::wrapped(word + (poor ? ", at poor quality: " : ": ") + verdict_sentence(s), output_width());
    const std::string painted = !runs                               ? style().bad(word)
                                : c.verdict == serving_verdict::yes ? style().good(word)
                                                                    : style().warn(word);
    return painted + line.substr(word.size()) + "\n";
}

/// Returns the answer for one machine as text.
[[nodiscard]] inline std::string served_text(const serve_options& o, const served& s) {
    const std::string more = figures_sentence(s) + goodput_sentence(s) + reason_sentence(s);
    std::string text = headline(s);
    if (!more.empty()) text += io::wrapped(more, output_width(), "  ") + "\n";
    return text + choices_text(o, s) + served_rent_text(s) + command_text(s);
}

[[nodiscard]] inline nlohmann::ordered_json phases_json(const disaggregated_server& d) {
    const auto group = [](const phase_replicas& each) {
        return nlohmann::ordered_json{
            {"groups", each.count}, {"layout", layout_json(each.layout)}, {"requests_per_second_each", each.rate}};
    };
    return {{"prefill", group(d.prefill)},
            {"decode", group(d.decode)},
            {"moved_bytes_per_request", d.moved.number},
            {"transfer_seconds", d.transfer.number}};
}

[[nodiscard]] inline nlohmann::ordered_json choice_json(const served& s, const job_choice& c) {
    const io::job_file& job = s.jobs[c.job];
    const serving_choice& each = c.choice;
    const format_quality* quality = quality_row_of(each.job.weights);
    nlohmann::ordered_json json = {{"engine", io::name_of(io::engine_names, each.job.framework)},
                                   {"weights", format_name(job, each)},
                                   {"quality", quality_text(job, each)},
                                   {"own_format", each.own_format},
                                   {"verdict", row_of(each.verdict).name},
                                   {"layout", layout_json(each.layout)},
                                   {"layers_on_cards", each.split.on_card},
                                   {"layers", each.split.layers},
                                   {"uneven", each.place == serving_place::uneven_cards},
                                   {"host_bytes", (each.split.host_weights + each.split.host_cache).number},
                                   {"file_bytes", c.file.number},
                                   {"bits_per_weight", bits_per_weight(s, c)},
                                   {"needed_bytes", each.needed.number},
                                   {"capacity_bytes", each.capacity.number},
                                   {"longest_context", each.longest},
                                   {"users", each.users}};
    if (quality && quality->rise >= 0) json["perplexity_rise"] = quality->rise;
    if (quality) json["quality_source"] = quality->source;
    if (each.has_time)
        json["time"] = {{"first_token_seconds", each.first_token.number},
                        {"per_token_seconds", each.per_token.number},
                        {"tokens_per_second", each.rate.number},
                        {"rated_users", each.rated_users},
                        {"band", each.band}};
    if (each.phases.requests_per_second > 0) json["disaggregated"] = phases_json(each.phases);
    if (each.has_time && s.wish.asks_for_rate())
        json["goodput"] = {{"requests_per_second", each.goodput.requests_per_second},
                           {"percentile", s.wish.percent},
                           {"running", each.goodput.running},
                           {"prompt_load", each.goodput.prompt_load},
                           {"first_token_seconds", each.goodput.first_token.number},
                           {"per_token_seconds", each.goodput.per_token.number}};
    if (const std::optional<double> price = dollars_per_million(job, each)) json["dollars_per_million_tokens"] = *price;
    return json;
}

[[nodiscard]] inline nlohmann::ordered_json command_json(const served& s) {
    const serving_choice& c = s.best().choice;
    const std::string_view launcher = row_of(c.job.framework).launch_name;
    if (launcher.empty() || !has_command(c)) return nullptr;
    if (c.phases.requests_per_second > 0) return nullptr;
    try {
        return launch_json(io::launch(s.job_of(s.best()), launcher));
    } catch (const io::input_error& refused) {
        return {{"refused", refused.what()}};
    }
}

/// Returns the answer for one machine as JSON: the best choice's figures at its top, and all choices.
[[nodiscard]] inline nlohmann::ordered_json served_json(const served& s) {
    const job_choice& best = s.best();
    const io::job_file& job = s.jobs[best.job];
    nlohmann::ordered_json json = {{"card", job.hardware.card.id}, {"cards", job.hardware.cards}};
    if (!job.hardware.name.empty()) json.update(machine_json(job.hardware));
    json["answer"] = row_of(best.choice.verdict).word;
    json["context"] = s.wish.context();
    json["prompt"] = s.wish.prompt;
    json["generate"] = s.wish.generate;
    json["as_published"] = io::is_as_published(s.job_of(best));
    json.update(choice_json(s, best));
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const job_choice& each : s.choices) all.push_back(choice_json(s, each));
    json["choices"] = std::move(all);
    if (nlohmann::ordered_json command = command_json(s); !command.is_null()) json["launch"] = std::move(command);
    const std::optional<io::hourly_rent> rent = add_rent_json(json, job.hardware);
    if (rent && best.choice.users > 0)
        json["price"]["usd_per_user_hour"] = rent->per_hour.number / static_cast<double>(best.choice.users);
    return json;
}

}  // namespace tool
