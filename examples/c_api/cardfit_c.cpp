// SPDX-License-Identifier: MIT

// The C interface to the library's job files and answers, and to the commands of the tool. Every function catches all
// exceptions, because none may reach a caller in another language.

#include "cardfit.h"

#include "../cardfit/run.hpp"

#include <cardfit/io/answer.hpp>
#include <cardfit/io/import/account_text.hpp>
#include <cardfit/io/import/read_command.hpp>
#include <cardfit/io/job_sizes.hpp>
#include <cardfit/io/text_edges.hpp>
#include <cardfit/version.hpp>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The bytes of a line that is not complete yet, and the status of the lines before it.
struct cardfit_stream {
    cardfit_line_callback callback;
    void* user;
    /// True for a stream of requests, false for one of jobs.
    bool of_commands = false;
    std::string unfinished{};
    std::size_t line = 0;
    int status = CARDFIT_OK;
    std::shared_ptr<const cardfit::io::card_set> cards{};

    [[nodiscard]] bool ended() const noexcept { return status == CARDFIT_STOPPED || status == CARDFIT_NO_MEMORY; }
};

namespace {

namespace io = cardfit::io;

#define CARDFIT_TEXT_OF(number) #number
#define CARDFIT_TEXT(number) CARDFIT_TEXT_OF(number)
constexpr const char* version =
    CARDFIT_TEXT(CARDFIT_VERSION_MAJOR) "." CARDFIT_TEXT(CARDFIT_VERSION_MINOR) "." CARDFIT_TEXT(CARDFIT_VERSION_PATCH);

/// The text of an answer. `bad` is true for the answer to a job that is not accepted.
struct answer_text {
    std::string json;
    bool bad = false;
};

[[nodiscard]] answer_text refusal(const io::input_error& error, std::size_t line) {
    return {io::dump(io::error_json(error, static_cast<int>(line))), true};
}

/// Returns what `run` returns, or its error as an answer. `key` names the text that is not accepted, and `line` is 0
/// outside a stream. Throws std::bad_alloc only.
template <class Run>
[[nodiscard]] answer_text answer_or_error(const char* key, std::size_t line, Run run) {
    try {
        return run();
    } catch (const io::input_error& e) {
        return refusal(e, line);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& e) {
        // No other exception is expected. If there is one, the caller gets it in the same form.
        return refusal(io::input_error({{key, {}, "a text that cardfit can answer", e.what()}}), line);
    }
}

/// Returns the answer or the error of one job; `cards` are the caller's, or null.
[[nodiscard]] answer_text answer_to(std::string_view job, const io::card_set* cards, std::size_t line) {
    return answer_or_error("job", line, [&] {
        const io::job_file read = io::read_job_text(job, cards);
        return answer_text{io::answer_line(read, io::answer(read))};
    });
}

/// Returns the texts of the values of a JSON list, each of which may be no JSON itself; nothing for a text that is no
/// list.
[[nodiscard]] std::optional<std::vector<std::string_view>> values_of_list(std::string_view text) {
    // As in the text of one job, a byte order mark is skipped.
    text = io::trimmed(io::without_byte_order_mark(text));
    if (text.size() < 2 || text.front() != '[' || text.back() != ']') return {};
    text = io::trimmed(text.substr(1, text.size() - 2));
    std::vector<std::string_view> values;
    if (text.empty()) return values;
    bool in_text = false;
    int depth = 0;
    std::size_t start = 0;
    const auto end_value = [&](std::size_t end) {
        values.push_back(io::trimmed(text.substr(start, end - start)));
        start = end + 1;
        return !values.back().empty();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_text) {
            if (c == '\\') ++i;
            in_text = c != '"';
            continue;
        }
        in_text = c == '"';
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        if (depth < 0 || (c == ',' && depth == 0 && !end_value(i))) return {};
    }
    if (in_text || depth > 0 || !end_value(text.size())) return {};
    return values;
}

/// Returns the answers to a list of jobs, or the error of a text that is no list. The error of a job has its place in
/// the list, from 1, as its line.
[[nodiscard]] answer_text answers_to(std::string_view text, const io::card_set* cards) {
    return answer_or_error("jobs", 0, [&] {
        const std::optional<std::vector<std::string_view>> jobs = values_of_list(text);
        if (!jobs) {
            const nlohmann::json value = io::parse_json(text, {.key = "jobs", .name = "jobs"});
            throw io::input_error({io::refused_value("jobs", value, "a list of jobs")});
        }
        answer_text all{"["};
        for (std::size_t i = 0; i < jobs->size(); ++i) {
            if (i > 0) all.json += ',';
            all.json += answer_to((*jobs)[i], cards, i + 1).json;
        }
        all.json += ']';
        return all;
    });
}

/// Returns the answer or the error of one request, as the tool's command prints it.
[[nodiscard]] answer_text command_answer(std::string_view request, std::size_t line) {
    const tool::request_answer answer = tool::answer_request(request, static_cast<int>(line));
    return {io::dump(answer.document), answer.code == tool::bad_input};
}

/// Returns a text of a request; empty if it is not given. Throws input_error for another kind of value.
[[nodiscard]] std::string text_in(const nlohmann::json& request, const char* key) {
    const nlohmann::json value = request.value(key, nlohmann::json());
    if (value.is_null()) return {};
    if (!value.is_string()) throw io::input_error({io::refused_value(key, value, "a text")});
    return value.get<std::string>();
}

/// Returns a number of a request; 0 if it is not given. Throws input_error for another kind of value.
[[nodiscard]] std::int64_t number_in(const nlohmann::json& request, const char* key) {
    const nlohmann::json value = request.value(key, nlohmann::json());
    if (value.is_null()) return 0;
    constexpr std::int64_t largest = 100'000'000;
    const bool whole = value.is_number_integer() && value >= 1 && value <= largest;
    if (!whole) throw io::input_error({io::refused_value(key, value, "a whole number from 1 to 100000000")});
    return value.get<std::int64_t>();
}

/// Returns the job that the settings of a request mean, with the account of them. No file is opened but those that the
/// settings name.
[[nodiscard]] io::imports::imported import_of(const nlohmann::json& request) {
    io::imports::import_options options{.card = text_in(request, "card"),
                                        .machine = text_in(request, "machine"),
                                        .cards = number_in(request, "cards"),
                                        .model = request.value("model", nlohmann::json()),
                                        .tool = text_in(request, "tool"),
                                        .version = text_in(request, "version"),
                                        .sequence_length = number_in(request, "sequence_length")};
    const nlohmann::json settings = request.value("settings", nlohmann::json());
    if (!settings.is_object())
        throw io::input_error({io::missing_key("settings", "an object, such as TrainingArguments.to_dict()")});
    return io::imports::import_settings(settings, request.value("deepspeed", nlohmann::json()), options);
}

/// Returns the answer to the settings of another tool, with the job that they mean and the account of them.
[[nodiscard]] answer_text check_of(std::string_view text) {
    return answer_or_error("request", 0, [&] {
        const nlohmann::json request = io::parse_json(text, {.key = "request", .name = "request"});
        if (!request.is_object()) throw io::input_error({io::refused_value("request", request, "an object")});
        const io::imports::imported command = import_of(request);
        const io::job_file job = io::read_job(nlohmann::json(command.job));
        nlohmann::ordered_json answer = io::answer_json(job, io::answer(job));
        answer["job"] = command.job;
        answer["command"] = io::imports::account_json(command);
        return answer_text{io::dump(answer)};
    });
}

/// Reads the caller's cards, and returns their error, or an empty text if they are accepted.
[[nodiscard]] answer_text read_cards(const char* text, std::shared_ptr<const io::card_set>& cards) {
    return answer_or_error("cards", 0, [&] {
        cards = io::read_cards(io::parse_json(text, {.key = "cards", .name = "cards"}), "of the caller");
        return answer_text{};
    });
}

/// Returns a copy that `free` releases; null if memory runs out.
[[nodiscard]] char* copy_of(const std::string& text) noexcept {
    char* copy = static_cast<char*>(std::malloc(text.size() + 1));
    if (copy) std::memcpy(copy, text.c_str(), text.size() + 1);
    return copy;
}

/// Answers one line, which is a job or a request. An exception from a C++ callback stops the stream.
void answer_line(cardfit_stream& s, std::string_view job) {
    ++s.line;
    const answer_text answer = s.of_commands ? command_answer(job, s.line) : answer_to(job, s.cards.get(), s.line);
    if (answer.bad) s.status = CARDFIT_BAD_LINES;
    if (s.callback(answer.json.c_str(), s.line, s.user) != 0) s.status = CARDFIT_STOPPED;
}

/// Answers the complete lines at the front of `bytes` and stores the remainder.
void answer_lines(cardfit_stream& s, std::string_view bytes) {
    while (!s.ended()) {
        const std::size_t end = bytes.find('\n');
        if (end == bytes.npos) return static_cast<void>(s.unfinished.append(bytes));
        if (s.unfinished.empty()) {
            answer_line(s, bytes.substr(0, end));
        } else {
            const std::string whole = std::exchange(s.unfinished, {}).append(bytes.substr(0, end));
            answer_line(s, whole);
        }
        bytes.remove_prefix(end + 1);
    }
}

/// Runs one step of a stream and turns an exception into the status of the stream.
template <class Step>
int guarded(cardfit_stream& s, Step step) noexcept {
    if (s.ended()) return s.status;
    try {
        step();
    } catch (const std::bad_alloc&) {
        s.status = CARDFIT_NO_MEMORY;
    } catch (...) {
        s.status = CARDFIT_STOPPED;
    }
    return s.status;
}

}  // namespace

extern "C" {

const char* cardfit_version(void) { return version; }

char* cardfit_answer(const char* job_json) { return cardfit_answer_with_cards(job_json, nullptr); }

char* cardfit_answer_with_cards(const char* job_json, const char* cards_json) {
    try {
        std::shared_ptr<const io::card_set> cards;
        const answer_text refused = cards_json ? read_cards(cards_json, cards) : answer_text{};
        if (refused.bad) return copy_of(refused.json);
        if (job_json) return copy_of(answer_to(job_json, cards.get(), 0).json);
        return copy_of(refusal(io::input_error({io::missing_key("job", "the text of a job file")}), 0).json);
    } catch (...) {
        return nullptr;
    }
}

char* cardfit_answer_jobs(const char* jobs_json, const char* cards_json) {
    try {
        std::shared_ptr<const io::card_set> cards;
        const answer_text refused = cards_json ? read_cards(cards_json, cards) : answer_text{};
        if (refused.bad) return copy_of(refused.json);
        if (jobs_json) return copy_of(answers_to(jobs_json, cards.get()).json);
        return copy_of(refusal(io::input_error({io::missing_key("jobs", "a list of jobs")}), 0).json);
    } catch (...) {
        return nullptr;
    }
}

char* cardfit_check(const char* request_json) {
    try {
        if (request_json) return copy_of(check_of(request_json).json);
        return copy_of(refusal(io::input_error({io::missing_key("request", "the text of a request")}), 0).json);
    } catch (...) {
        return nullptr;
    }
}

char* cardfit_command(const char* request_json, int* exit_code) {
    if (exit_code) *exit_code = tool::bad_input;
    try {
        if (!request_json)
            return copy_of(refusal(io::input_error({io::missing_key("request", "the text of a request")}), 0).json);
        const tool::request_answer answer = tool::answer_request(request_json);
        if (exit_code) *exit_code = answer.code;
        return copy_of(io::dump(answer.document));
    } catch (...) {
        return nullptr;
    }
}

int cardfit_answer_sizes(const char* job_json, size_t count, const int64_t* batches, const int64_t* lengths,
                         int64_t* device_bytes, int64_t* device_bytes_low, int64_t* device_bytes_high,
                         signed char* grades, char** error) {
    if (error) *error = nullptr;
    if (!job_json || (count > 0 && (!batches || !lengths))) return CARDFIT_MISUSE;
    try {
        const answer_text refused = answer_or_error("job", 0, [&] {
            const io::job_file job = io::read_job_text(job_json);
            io::fit_sizes(job, count, batches, lengths, [&](std::size_t i, const cardfit::fit_report& report) {
                if (device_bytes) device_bytes[i] = report.memory.device().number;
                if (device_bytes_low) device_bytes_low[i] = report.memory.device_low.number;
                if (device_bytes_high) device_bytes_high[i] = report.memory.device_high.number;
                if (grades) grades[i] = static_cast<signed char>(report.grade);
            });
            return answer_text{};
        });
        if (!refused.bad) return CARDFIT_OK;
        if (error) *error = copy_of(refused.json);
        return CARDFIT_BAD_LINES;
    } catch (...) {
        return CARDFIT_NO_MEMORY;
    }
}

void cardfit_free(char* text) { std::free(text); }

cardfit_stream* cardfit_stream_open(cardfit_line_callback callback, void* user) {
    return callback ? new (std::nothrow) cardfit_stream{callback, user} : nullptr;
}

cardfit_stream* cardfit_command_stream_open(cardfit_line_callback callback, void* user) {
    return callback ? new (std::nothrow) cardfit_stream{callback, user, true} : nullptr;
}

int cardfit_stream_cards(cardfit_stream* stream, const char* cards_json) {
    if (!stream || stream->of_commands || !cards_json) return CARDFIT_MISUSE;
    bool refused = false;
    const int status = guarded(*stream, [&] {
        std::shared_ptr<const io::card_set> cards;
        const answer_text error = read_cards(cards_json, cards);
        refused = error.bad;
        if (!refused) stream->cards = std::move(cards);
        if (refused && stream->callback(error.json.c_str(), 0, stream->user) != 0) stream->status = CARDFIT_STOPPED;
    });
    return refused && !stream->ended() ? CARDFIT_BAD_CARDS : status;
}

int cardfit_stream_write(cardfit_stream* stream, const char* bytes, size_t size) {
    if (!stream || (!bytes && size > 0)) return CARDFIT_MISUSE;
    return guarded(*stream, [&] { answer_lines(*stream, std::string_view(bytes, size)); });
}

int cardfit_stream_close(cardfit_stream* stream) {
    if (!stream) return CARDFIT_MISUSE;
    const int status = guarded(*stream, [&] {
        if (!stream->unfinished.empty()) answer_line(*stream, stream->unfinished);
    });
    delete stream;
    return status;
}

}  // extern "C"
