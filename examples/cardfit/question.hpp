// SPDX-License-Identifier: MIT
#pragma once

// The question of a command: the job that a model with flags, a job file, or the settings of another tool state. All
// commands read it here.

#include "answer_flags.hpp"
#include "calibration.hpp"
#include "hardware_flags.hpp"
#include "lines.hpp"
#include "question_flags.hpp"
#include "serving_layout.hpp"
#include "training_layout.hpp"

#include <cardfit/io/import/account_text.hpp>
#include <cardfit/io/import/read_command.hpp>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

namespace tool {

using namespace cardfit;

/// Returns the text of a file, or of standard input for "-". Throws input_error if the file cannot be read.
[[nodiscard]] inline std::string read_all(const std::string& path) {
    if (path != "-") return io::read_file(path, "job");
    // A copy by the stream: the iterators of its buffer throw what the system says, instead of marking the stream.
    std::ostringstream text;
    while (input().peek() != std::istream::traits_type::eof()) text << input().rdbuf();
    refuse_unreadable(input());
    return std::move(text).str();
}

/// Writes a text to a file, or to standard output for "-". Throws input_error for the value of `flag`, the path, if the
/// file cannot be written.
inline void write_all(const std::string& flag, const std::string& path, const std::string& text) {
    if (path == "-") {
        output() << text;
        return;
    }
    std::ofstream file(path, std::ios::binary);
    if (!(file << text).flush())
        throw io::input_error({io::refused_value(flag, path, "the path of a file that can be written")});
}

/// Throws input_error for a flag that cannot be combined with the others.
[[noreturn]] inline void refuse_flag(const std::string& key, const std::string& message, const std::string& accepted) {
    throw io::input_error(
        {io::input_problem{.key = key, .accepted = accepted, .message = message + "; accepted: " + accepted}});
}

/// Throws input_error where a table is asked for that an answer does not have. `why` says so behind the flag.
inline void refuse_table(const answer_flags& flags, const std::string& why, const std::string& accepted) {
    const std::string flag = flags.csv ? "--csv" : "--markdown";
    if (flags.csv || flags.markdown) refuse_flag(flag, flag + " " + why, accepted);
}

namespace detail {

[[nodiscard]] inline bool begins_with_brace(const std::string& text, const char* braces) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first != text.npos && std::string_view(braces).find(text[first]) != std::string_view::npos;
}

/// Returns true for the JSON of a job file, or of something that means to be one.
[[nodiscard]] inline bool is_job(const nlohmann::json& json) {
    if (!json.is_object()) return false;
    for (const char* section : {"hardware", "training", "inference", "layout"})
        if (json.contains(section)) return true;
    const auto model = json.find("model");
    return model != json.end() && (model->is_string() || model->is_object());
}

/// Returns true for the JSON that describes a model: its configuration, the index of its files, or the Hub's page.
[[nodiscard]] inline bool is_model(const nlohmann::json& json) {
    static constexpr const char* keys[]{"model_type", "architectures",     "_class_name", "modelId",     "siblings",
                                        "weight_map", "num_hidden_layers", "hidden_size", "text_config", "n_layers",
                                        "n_layer"};
    return std::any_of(std::begin(keys), std::end(keys), [&](const char* key) { return json.contains(key); });
}

/// Returns the job of another tool's settings, and prints on standard error what was taken and what was not.
[[nodiscard]] inline nlohmann::json imported_job(const std::string& path) {
    const question& q = asked();
    const bool named = !q.card.empty() && io::is_meant_as_machine(q.card, own_cards().get());
    const io::imports::imported read = io::imports::import_command({path}, {.card = named ? std::string() : q.card,
                                                                            .machine = named ? q.card : q.machine,
                                                                            .own_cards = own_cards().get()});
    errors() << io::imports::account_text(read);
    return nlohmann::json(read.job);
}

/// Returns the same, or nothing for a file that holds the settings of no tool.
[[nodiscard]] inline std::optional<nlohmann::json> job_of_settings(const std::string& path) {
    try {
        return imported_job(path);
    } catch (const io::input_error& e) {
        if (e.problems().size() != 1 || e.problems()[0].value != "settings of no tool") throw;
        return {};
    }
}

/// Returns the job that a file states, or nothing for the file of a model. `json` is what the file holds.
[[nodiscard]] inline std::optional<nlohmann::json> job_of_json(const std::string& path, nlohmann::json json) {
    if (is_job(json)) return std::optional<nlohmann::json>(std::move(json));
    if (is_model(json)) return {};
    if (json.is_object() && !json.empty())
        if (std::optional<nlohmann::json> settings = job_of_settings(path)) return settings;
    // A command that takes models says what is wrong with the file as one.
    return asked().takes_models_alone ? std::nullopt : std::optional<nlohmann::json>(std::move(json));
}

/// Returns the job that a text leads to: standard input, a job file, or the settings of another tool. Returns nothing
/// for a model.
[[nodiscard]] inline std::optional<nlohmann::json> stated_job(const std::string& text) {
    if (text == "-") return io::job_of_text(read_all(text));
    std::error_code failed;
    const bool named = io::find_model(text) || io::find_diffusion(text) != nullptr || begins_with_brace(text, "{");
    if (named || io::is_weights_file(text) || std::filesystem::is_directory(text, failed)) return {};
    if (!io::detail::leads_to_file(text)) {
        // What looks like the path of a file is refused as one.
        if (io::detail::is_meant_as_path(text) && !asked().takes_models_alone) static_cast<void>(read_all(text));
        return {};
    }
    const std::string contents = read_all(text);
    if (begins_with_brace(contents, "{[")) return job_of_json(text, io::job_of_text(contents));
    return imported_job(text);
}

}  // namespace detail

/// Returns the `model` of a job file as JSON, where the command line states it so: {"transformer": {…}}.
[[nodiscard]] inline std::optional<nlohmann::json> stated_model(const std::string& text) {
    if (!detail::begins_with_brace(text, "{")) return {};
    try {
        return io::parse_json(text);
    } catch (const io::input_error& e) {
        std::vector<io::input_problem> found = e.problems();
        for (io::input_problem& p : found) {
            p.key = "model";
            if (p.message.starts_with("job")) p.message.replace(0, std::string_view("job").size(), "model");
        }
        throw io::input_error(std::move(found));
    }
}

/// Returns the job of a model alone: a training with the defaults, or an inference.
[[nodiscard]] inline nlohmann::json job_of_model(const std::string& text, bool infer) {
    const nlohmann::json named = io::is_diffusers_path(text) ? nlohmann::json{{"folder", text}} : nlohmann::json(text);
    return {{"model", stated_model(text).value_or(named)},
            {"hardware", nlohmann::json::object()},
            {infer ? "inference" : "training", nlohmann::json::object()}};
}

/// Throws input_error for --train or --infer where the job is of the other kind.
inline void refuse_other_kind(const nlohmann::json& job, bool train, bool infer) {
    if (train && infer) refuse_flag("--train", "--train and --infer are given together", "one of them");
    if (train && job.contains("inference")) refuse_flag("--train", "the job is an inference", "no --train");
    if (infer && job.contains("training")) refuse_flag("--infer", "the job is a training", "no --infer");
}

/// Returns the job that the text of a command line means, without its flags: a job file, the settings of another tool,
/// or a model. Throws input_error for what cannot be read.
[[nodiscard]] inline nlohmann::json base_job(const std::string& text, bool train, bool infer) {
    question& q = asked();
    if (q.base && q.text == text) return *q.base;
    std::optional<nlohmann::json> stated = detail::stated_job(text);
    // A copy of deeply nested text would need the stack.
    if (stated && !io::detail::nests_within(*stated, 64))
        throw io::input_error({io::refused_value("job", *stated, "keys of a job file")});
    q.text = text;
    q.names_model = !stated;
    if (train && infer) refuse_other_kind({}, train, infer);
    q.base = stated ? std::move(*stated) : job_of_model(text, infer);
    if (!q.names_model && q.base->is_object()) refuse_other_kind(*q.base, train, infer);
    return *q.base;
}

/// Returns the job that the text of a command line means. Throws input_error for what cannot be read, and for a job of
/// a diffusion model.
[[nodiscard]] inline nlohmann::json job_json(const std::string& text) {
    nlohmann::json job = base_job(text, asked().train, asked().infer);
    if (io::asks_for_diffusion(job))
        throw io::input_error({io::refused_value(
            "model", job["model"], "a language or vision model; for diffusion models use estimate or fit")});
    return job;
}

/// Notes the job file that gives the answer of the command. Of several, the first is the one that is saved.
inline void note_job(const nlohmann::json& job) {
    if (asked().job.is_null()) asked().job = job;
}

/// Writes the keys of a section whose values differ from those of `before` into a job file. A value that is the
/// default, which no text states, takes the key out.
template <class Section>
void set_changed(keys::key_table<Section> table, const Section& before, const Section& after, nlohmann::json& job) {
    for (const keys::key<Section>& key : table) {
        if (key.member.get == nullptr || key.member.get(before) == key.member.get(after)) continue;
        const nlohmann::json value = io::value_json(key.facts, key.member.get(after));
        const nlohmann::json::json_pointer at = pointer_of(key.facts.path);
        if (!value.is_null())
            job[at] = value;
        else if (job.contains(at))
            job[at.parent_pointer()].erase(at.back());
    }
}

/// Writes a layout into a job file, in place of its own. A group of sharding that has all ranks is the default, which
/// an inference must not state.
inline void set_layout(layout l, nlohmann::json& file) {
    if (l.sharding_group == l.data * l.context) l.sharding_group = 0;
    file.erase("layout");
    set_changed<layout>(keys::layout_keys, {}, l, file);
}

/// Writes the layout that was chosen for a job into its file.
inline void set_layout(const io::job_file& job, const io::job_file& before, nlohmann::json& file) {
    set_layout(job.layout, file);
    if (job.training) set_changed<training>(keys::training_keys, *before.training, *job.training, file);
    if (job.inference) set_changed<inference>(keys::inference_keys, *before.inference, *job.inference, file);
}

/// A job as a command reads it, with the line that names a chosen layout.
struct read_question {
    io::job_file job{};
    std::string layout_line{};
    nlohmann::json file{};  ///< the job file that has the answer
};

/// States the number of cards that a stated layout divides a job over, where the command line names a model and a card,
/// and no number of cards.
inline void set_needed_cards(nlohmann::json& job) {
    const auto layout = job.find("layout");
    const auto hardware = job.find("hardware");
    if (!asked().names_model || layout == job.end() || !layout->is_object() || !hardware->is_object()) return;
    if (hardware->contains("cards") || hardware->contains("machine")) return;
    std::int64_t cards = 1;
    for (const char* way : {"data", "tensor", "pipeline", "context"}) {
        const nlohmann::json size = layout->value(way, nlohmann::json(1));
        const bool counts = size.is_number_integer() && size > 0 && size <= key_ranges::cards.high / cards;
        if (!counts) return;
        cards *= size.get<std::int64_t>();
    }
    if (cards > 1) (*hardware)["cards"] = cards;
}

/// Reads a job and notes it. Where the command line names a model, and `flags` state no layout, the layout is chosen.
[[nodiscard]] inline read_question read_asked(const nlohmann::json& given, const job_flags& flags) {
    nlohmann::json whole = given;
    set_needed_cards(whole);
    read_question read{.job = read_job(whole)};
    if (asked().names_model && !asked().plans_layout && read.job.hardware.cards > 1) {
        const io::job_file before = read.job;
        read.layout_line =
            read.job.training ? choose_training_layout(flags, read.job) : choose_layout(flags, given, read.job);
        if (!read.layout_line.empty()) set_layout(read.job, before, whole);
    }
    note_job(whole);
    read.file = std::move(whole);
    return read;
}

/// Reads the job with the flags that asked() has, as above.
[[nodiscard]] inline read_question read_asked(const nlohmann::json& given) {
    return read_asked(with_flags(given), asked().keys);
}

/// Writes the job file that --save-job asks for. Throws input_error if it cannot be written.
inline void save_job() {
    const std::string& path = asked().save;
    if (path.empty() || asked().job.is_null()) return;
    write_all("--save-job", path, io::dump(nlohmann::ordered_json(asked().job), 2) + "\n");
}

}  // namespace tool
