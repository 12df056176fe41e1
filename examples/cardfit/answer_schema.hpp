// SPDX-License-Identifier: MIT
#pragma once

// A JSON Schema of the answers (draft 2020-12), made from two tables: the members of every object, and the objects that
// every command prints. It states the members that a program can rely on; an answer may have more of them.

#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <string_view>

namespace tool {

/// A member of an object of an answer.
struct answer_member {
    const char* object;
    const char* name;
    const char* type;  ///< of JSON Schema; "#name" is an object of this table, and "[]name" an array of them
    const char* description;
    bool required = true;
    const char* words = "";  ///< the values of a string, with a space between; empty: any
};

inline constexpr const char* verdict_words = "yes likely unlikely no";
inline constexpr const char* grade_words = "fits tight does-not-fit";

inline constexpr answer_member answer_members[]{
    {"memory", "allocated_bytes", "integer", "bytes of tensors on the most-loaded GPU"},
    {"memory", "reserved_bytes", "integer", "bytes that the allocator holds on the most-loaded GPU"},
    {"memory", "device_bytes", "integer", "bytes that the most-loaded GPU has in use"},
    {"memory", "device_bytes_low", "integer", "lower bound of device_bytes, in bytes", false},
    {"memory", "device_bytes_high", "integer", "upper bound of device_bytes, in bytes", false},
    {"memory", "peak_phase", "string", "the phase with the most memory", false},
    {"memory", "components", "object", "bytes at the peak, by component"},
    {"verdict", "grade", "string", "whether the upper bound fits, the estimate alone, or neither", true, grade_words},
    {"verdict", "answer", "string", "how sure it is that the job fits", false, verdict_words},
    {"verdict", "capacity_bytes", "integer", "bytes that a job can use of the card"},
    {"verdict", "headroom_bytes", "integer", "bytes of the capacity that are left; negative where it is exceeded"},
    {"verdict", "max_micro_batch", "integer", "the largest batch that is likely to fit, in samples", false},
    {"verdict", "max_sequence_length", "integer", "the longest sequence that is likely to fit, in tokens", false},
    {"verdict", "safe_micro_batch", "integer", "the largest batch that fits at the upper error bound, in samples",
     false},
    {"verdict", "safe_sequence_length", "integer", "the longest sequence that fits at the upper error bound, in tokens",
     false},
    {"time", "step_seconds", "number", "seconds of an optimizer step", false},
    {"time", "step_seconds_low", "number", "lower bound of step_seconds, in seconds", false},
    {"time", "step_seconds_high", "number", "upper bound of step_seconds, in seconds", false},
    {"time", "tokens_per_second", "number", "tokens per second on all cards", false},
    {"time", "samples_per_second", "number", "samples per second on all cards", false},
    {"time", "prefill_seconds", "number", "seconds to the first token", false},
    {"time", "inter_token_seconds", "number", "seconds between tokens", false},
    {"estimate", "memory", "#memory", "memory of the most-loaded GPU"},
    {"estimate", "verdict", "#verdict", "whether the job fits"},
    {"estimate", "time", "#time", "time of a step or of a request; absent where it is not known", false},
    {"estimate", "estimated", "array", "figures of the card that no document states"},
    {"fit", "card", "string", "id of the card"},
    {"fit", "memory", "#memory", "memory of the most-loaded GPU"},
    {"fit", "verdict", "#verdict", "whether the job fits"},
    {"fit", "time", "#time", "time of a step or of a request; absent where it is not known", false},
    {"fit", "estimated", "array", "figures of the card that no document states"},
    {"fit", "remedies", "[]remedy", "changes of the job that make it fit, where it does not", false},
    {"fit", "alternatives", "[]alternative", "other ways to fit, where the job does not: cards, formats, layers",
     false},
    {"fit", "smallest_slice", "[]alternative", "the smallest MIG slice of the card that the job fits, if any", false},
    {"fit", "run", "#run", "the whole run, where --samples or --tokens asks for it", false},
    {"run", "samples", "integer", "samples that are trained on, or requests that are answered", false},
    {"run", "steps", "integer", "optimizer steps, or batches of requests", false},
    {"run", "seconds", "number null", "seconds of the run; null where no time is known"},
    {"run", "seconds_low", "number", "lower bound of seconds", false},
    {"run", "seconds_high", "number", "upper bound of seconds", false},
    {"run", "generated_tokens", "integer", "tokens that the requests of an inference generate", false},
    {"run", "rent_dollars", "number", "US dollars of the run, where there is a price", false},
    {"run", "in_time", "string", "how sure it is that the deadline is kept", false, verdict_words},
    {"remedy", "changes", "array", "what is changed, in words"},
    {"remedy", "does", "string", "what the changes do to the result, in words"},
    {"remedy", "flags", "string", "the changes as flags of the command"},
    {"remedy", "patch", "object", "the changes as a merge patch (RFC 7396) of the job file"},
    {"remedy", "device_bytes", "integer", "bytes that the most-loaded GPU then has in use"},
    {"remedy", "slowdown", "number null", "times as slow as the unchanged job; null where it is not known"},
    {"alternative", "text", "string", "what is changed, in words"},
    {"alternative", "job", "object", "the job file that fits; absent where the engine places the layers itself", false},
    {"weights_alone", "card", "string", "id of the card"},
    {"weights_alone", "weights_bytes", "integer", "bytes of the weights as stored"},
    {"weights_alone", "verdict", "object", "whether the weights alone exceed the card"},
    {"weights_alone", "why_no_shape", "string", "why the rest is not known"},
    {"batch", "card", "string", "id of the card"},
    {"batch", "cards", "integer", "number of cards"},
    {"batch", "capacity_bytes", "integer", "bytes that a job can use of the card"},
    {"batch", "max_micro_batch", "integer", "the largest batch that is likely to fit, in samples"},
    {"batch", "max_sequence_length", "integer", "the longest sequence that is likely to fit, in tokens"},
    {"batch", "safe_micro_batch", "integer", "the largest batch that fits at the upper error bound, in samples"},
    {"batch", "safe_sequence_length", "integer", "the longest sequence that fits at the upper error bound, in tokens"},
    {"batch", "answer", "string", "how sure it is that the smallest batch fits", true, verdict_words},
    {"batch", "grid", "object", "batches and lengths, with memory and throughput"},
    {"savings", "precision", "string", "the precision of this entry"},
    {"savings", "supported", "boolean", "whether the card has the format"},
    {"savings", "reason", "string", "what bounds the step"},
    {"savings", "device_bytes", "integer", "bytes that the most-loaded GPU has in use", false},
    {"savings", "saved_bytes", "integer", "bytes less than in fp32; negative where it takes more", false},
    {"savings", "step_seconds", "number", "seconds of an optimizer step", false},
    {"savings", "speed_up", "number", "how many times as fast as fp32", false},
    {"savings", "answer", "string", "how sure it is that the job fits", false, verdict_words},
    {"format_saving", "weights", "string", "the format of the weights of this entry"},
    {"format_saving", "kv_cache", "string", "the format of the KV cache of this entry"},
    {"format_saving", "quality", "string", "the class of what the weights lose of the model's quality"},
    {"format_saving", "baseline", "boolean", "whether the others are compared with this entry"},
    {"format_saving", "device_bytes", "integer", "bytes that the most-loaded GPU has in use"},
    {"format_saving", "saved_bytes", "integer", "bytes less than the baseline; negative where it takes more"},
    {"format_saving", "prefill_seconds", "number", "seconds to the first token, or of a pass"},
    {"format_saving", "inter_token_seconds", "number", "seconds between tokens", false},
    {"format_saving", "tokens_per_second", "number", "generated tokens per second, with the prompt", false},
    {"format_saving", "speed_up", "number", "how many times as fast as the baseline per token, or per pass"},
    {"format_saving", "answer", "string", "how sure it is that the job fits", true, verdict_words},
    {"curve", "name", "string", "with which links the cards are joined"},
    {"curve", "batch", "string", "whether the batch grows with the cards", true, "weak strong"},
    {"curve", "link", "string", "the link between the cards"},
    {"curve", "points", "[]point", "one entry for each number of cards"},
    {"point", "cards", "integer", "number of cards"},
    {"point", "fits", "boolean", "whether the job fits even at the upper error bound"},
    {"point", "answer", "string", "how sure it is that the job fits", true, verdict_words},
    {"point", "step_seconds", "number", "seconds of an optimizer step"},
    {"point", "step_seconds_low", "number", "lower bound of step_seconds, in seconds"},
    {"point", "step_seconds_high", "number", "upper bound of step_seconds, in seconds"},
    {"point", "samples_per_second", "number", "samples per second on all cards"},
    {"point", "speed_up", "number", "throughput over that of the curve's first point"},
    {"point", "efficiency", "number", "the speed-up, divided by the factor by which there are more cards"},
    {"point", "exposed_communication_seconds", "number", "seconds of a step in which the cards only communicate"},
    {"scaling", "curves", "[]curve", "weak and strong scaling, by link"},
    {"served_point", "cards", "integer", "number of cards"},
    {"served_point", "layout", "object", "how the cards are divided"},
    {"served_point", "fits", "boolean", "whether the job fits even at the upper error bound"},
    {"served_point", "answer", "string", "how sure it is that the job fits", true, verdict_words},
    {"served_point", "prefill_seconds", "number", "seconds to the first token, or of a pass"},
    {"served_point", "inter_token_seconds", "number", "seconds between tokens", false},
    {"served_point", "per_second", "number", "tokens per second, or what a pass answers, on all cards"},
    {"served_point", "speed_up", "number", "throughput over that of the fewest cards that fit; 0 before them"},
    {"served_point", "efficiency", "number", "the speed-up, divided by the factor by which there are more cards"},
    {"served_curve", "name", "string", "with which links the cards are joined"},
    {"served_curve", "link", "string", "the link between the cards"},
    {"served_curve", "points", "[]served_point", "one entry for each number of cards"},
    {"served_scaling", "curves", "[]served_curve", "scaling of one batch of an inference, by link"},
    {"planned", "layout", "object", "how the cards are divided"},
    {"planned", "training", "object", "micro-batch, accumulation and recomputation"},
    {"planned", "step_seconds", "number", "seconds of an optimizer step"},
    {"planned", "device_bytes", "integer", "bytes that the most-loaded GPU has in use"},
    {"planned", "capacity_bytes", "integer", "bytes that a job can use of the card", false},
    {"plan", "plans", "[]planned", "layouts of which none is both faster and smaller than another"},
    {"plan", "recommended", "#planned", "the simplest within the error of the fastest; absent where none fits", false},
    {"plan", "nearest", "object", "what lacks the least memory, where nothing fits", false},
    {"plan", "candidates", "integer", "layouts that were tried"},
    {"plan", "stopped", "boolean", "whether the search was stopped before its end"},
    {"plan", "answer", "string", "how sure it is that the recommended plan fits", true, verdict_words},
    {"rank", "card", "string", "id of the card"},
    {"rank", "cards", "integer", "number of cards"},
    {"rank", "per_second", "number null", "samples or tokens per second; null where no time is known"},
    {"rank", "card_joules", "number null", "joules of the cards per sample or token; 0 or null where it is not known"},
    {"rank", "rent_dollars", "number null", "US dollars per sample or token; null without a price"},
    {"rank", "answer", "string", "how sure it is that the job fits", true, verdict_words},
    {"rank", "layout", "object", "how the cards are divided"},
    {"nearest_machine", "card", "string", "id of the card"},
    {"nearest_machine", "cards", "integer", "number of cards"},
    {"nearest_machine", "needed_bytes", "integer", "bytes that the most-loaded GPU needs in the smallest layout"},
    {"nearest_machine", "capacity_bytes", "integer", "bytes that the job can use of the card"},
    {"nearest_machine", "answer", "string", "that the job does not fit", true, "no"},
    {"compared", "card", "string", "id of the card"},
    {"compared", "named", "string", "the machine as the command line names it"},
    {"compared", "grade", "string", "whether the job fits at its own settings", true, grade_words},
    {"compared", "answer", "string", "how sure it is that the job fits", true, verdict_words},
    {"compared", "capacity_bytes", "integer", "bytes that the job can use; absent where it does not run", false},
    {"compared", "headroom_bytes", "integer", "bytes of these that are left; absent where it does not run", false},
    {"compared", "reason", "string", "what decides for or against the machine"},
    {"compared", "seconds", "number", "seconds of a step or of a token, at the job's settings", false},
    {"compared", "best", "object", "the fastest settings that fit", false},
    {"compared", "facts", "object", "what --facts adds of the card, in words", false},
    {"compared", "refused", "string", "why the machine does not run the job", false},
    {"comparison", "winner", "string null", "id of the fastest card at the job's settings; null where none fits"},
    {"comparison", "fastest_at_best", "string null", "the fastest machine at its best; null where none fits"},
    {"comparison", "cards", "[]compared", "the machines, in the order of the command line"},
    {"comparison", "version", "string", "name and version of the tool"},
    {"suite", "suite", "array", "one entry for each job of the suite"},
    {"suite", "facts", "object", "what --facts adds of each machine's card, in words", false},
    {"suite", "version", "string", "name and version of the tool"},
    {"launch", "verdict", "#verdict", "whether the job fits"},
    {"launch", "command", "array", "words of the command; absent where it is refused", false},
    {"launch", "files", "object", "texts of the files that the command reads, by name", false},
    {"launch", "refused", "string", "why there is no command", false},
    {"serve", "card", "string", "id of the card"},
    {"serve", "cards", "integer", "number of cards"},
    {"serve", "answer", "string", "how sure it is that the best choice keeps the wish", true, "YES LIKELY UNLIKELY NO"},
    {"serve", "fit", "string", "how sure it is that the best choice fits, whatever its times", true, verdict_words},
    {"serve", "engine", "string", "engine of the best choice"},
    {"serve", "weights", "string", "number format of its weights"},
    {"serve", "needed_bytes", "integer", "bytes that the most-loaded GPU needs"},
    {"serve", "capacity_bytes", "integer", "bytes that a job can use of the card"},
    {"serve", "longest_context", "integer", "the longest context that fits, in tokens"},
    {"serve", "users", "integer", "users at once whose contexts fit"},
    {"serve", "choices", "array", "formats, engines and layouts, the best one first"},
    {"problem", "key", "string", "the key or flag that is refused"},
    {"problem", "accepted", "string", "what is accepted"},
    {"problem", "message", "string", "what is wrong, in a sentence"},
    {"error", "error", "#problem", "the first problem"},
    {"error", "problems", "[]problem", "all problems"},
};

/// Whether the entries of an answer name their job.
enum class named_job : unsigned char { always, where_it_runs, never };

/// A kind of answer of a command.
struct answer_kind {
    const char* command;
    const char* entry;  ///< the object that names the job: the answer, or an entry of its array
    named_job job;
    bool alone = true;       ///< the answer can be one entry
    bool in_array = false;   ///< the answer can be an array of entries
    const char* whole = "";  ///< the object that holds the entries, where neither is so
};

/// The answers with exit codes 0 and 1; with 2 the answer of every command is the object `error`.
inline constexpr answer_kind answer_kinds[]{
    {"estimate", "estimate", named_job::always},
    {"fit", "fit", named_job::always, true, true},
    {"fit", "weights_alone", named_job::never, true, true},
    {"batch", "batch", named_job::always, true, true},
    {"savings", "savings", named_job::where_it_runs, false, true},
    {"savings", "format_saving", named_job::always, false, true},
    {"scaling", "scaling", named_job::always},
    {"scaling", "served_scaling", named_job::always},
    {"plan", "plan", named_job::always},
    {"rank", "rank", named_job::always, false, true},
    {"rank", "nearest_machine", named_job::never, false, true},
    {"compare", "compared", named_job::where_it_runs, false, false, "comparison"},
    {"compare", "suite", named_job::never, false, false, "suite"},
    {"launch", "launch", named_job::always},
    {"serve", "serve", named_job::where_it_runs, true, true},
};

namespace detail {

[[nodiscard]] inline nlohmann::ordered_json answer_ref(const std::string& name) {
    return {{"$ref", "#/$defs/" + name}};
}

/// Returns the words of a text, with a space between them, as an array; one word alone is a string.
[[nodiscard]] inline nlohmann::ordered_json words_of_text(const std::string& text) {
    nlohmann::ordered_json words = nlohmann::ordered_json::array();
    std::istringstream in(text);
    for (std::string word; in >> word;) words.push_back(word);
    return words.size() == 1 ? words[0] : words;
}

[[nodiscard]] inline nlohmann::ordered_json member_schema(const answer_member& m) {
    const std::string type = m.type;
    nlohmann::ordered_json schema = nlohmann::ordered_json::object();
    if (type.starts_with("#"))
        schema = answer_ref(type.substr(1));
    else if (type.starts_with("[]"))
        schema = {{"type", "array"}, {"items", answer_ref(type.substr(2))}};
    else
        schema["type"] = words_of_text(type);
    if (*m.words != '\0') {
        nlohmann::ordered_json words = words_of_text(m.words);
        schema["enum"] = words.is_array() ? words : nlohmann::ordered_json::array({words});
    }
    schema["description"] = m.description;
    return schema;
}

inline void add_member(nlohmann::ordered_json& objects, const answer_member& m) {
    nlohmann::ordered_json& object = objects[m.object];
    object["type"] = "object";
    object["properties"][m.name] = member_schema(m);
    if (m.required) object["required"].push_back(m.name);
}

/// Adds what with_question adds to an entry.
inline void add_question(nlohmann::ordered_json& objects, const answer_kind& kind) {
    if (kind.job != named_job::never)
        add_member(objects,
                   {kind.entry, "job", "object", "the job file that has this answer (see: cardfit keys --schema)",
                    kind.job == named_job::always});
    add_member(objects, {kind.entry, "assumed", "object", "values that the job does not state, by key"});
    add_member(objects, {kind.entry, "version", "string", "name and version of the tool"});
}

/// Returns the forms that a kind of answer has.
[[nodiscard]] inline nlohmann::ordered_json forms_of(const answer_kind& kind) {
    nlohmann::ordered_json forms = nlohmann::ordered_json::array();
    if (kind.alone) forms.push_back(answer_ref(kind.entry));
    if (kind.in_array) forms.push_back({{"type", "array"}, {"items", answer_ref(kind.entry)}});
    if (*kind.whole != '\0') forms.push_back(answer_ref(kind.whole));
    return forms;
}

}  // namespace detail

/// Returns the JSON Schema of the answers. The answer of `cardfit fit --json` is `#/$defs/fit-answer`, and so on for
/// every command.
[[nodiscard]] inline nlohmann::ordered_json answer_schema() {
    nlohmann::ordered_json objects = nlohmann::ordered_json::object();
    for (const answer_member& each : answer_members) detail::add_member(objects, each);
    for (const answer_kind& each : answer_kinds)
        if (std::string_view(each.entry) != each.whole) detail::add_question(objects, each);
    nlohmann::ordered_json commands = nlohmann::ordered_json::array();
    for (const answer_kind& each : answer_kinds) {
        const std::string name = std::string(each.command) + "-answer";
        if (!objects.contains(name)) {
            commands.push_back(detail::answer_ref(name));
            objects[name]["anyOf"].push_back(detail::answer_ref("error"));
        }
        for (nlohmann::ordered_json& form : detail::forms_of(each)) objects[name]["anyOf"].push_back(std::move(form));
    }
    return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "An answer of cardfit as JSON"},
            {"anyOf", std::move(commands)},
            {"$defs", std::move(objects)}};
}

}  // namespace tool
