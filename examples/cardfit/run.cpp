// SPDX-License-Identifier: MIT
// All commands, and what runs them.

#include "run.hpp"

#include "command_line.hpp"
#include "command_request.hpp"

#include <exception>
#include <new>

namespace tool {

int run_command(const std::vector<std::string>& words, console& streams) {
    const console_scope scope(streams);
    try {
        return run_words(words);
    } catch (const std::exception& e) {
        errors() << "cardfit: " << e.what() << "\n";
    }
    return bad_input;
}

request_answer answer_request(std::string_view text, int line) {
    try {
        const nlohmann::json request = io::parse_json(text, {.key = "request", .name = "request"});
        io::check_nesting(request, "request", "request");
        request_answer answer = detail::run_request(request);
        if (answer.code == bad_input) detail::add_line(answer.document, line);
        return answer;
    } catch (const io::input_error& e) {
        return {io::error_json(e, line), bad_input};
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& e) {
        const io::input_error error(
            {{.key = "request", .accepted = "a request that cardfit can answer", .message = e.what()}});
        return {io::error_json(error, line), bad_input};
    }
}

}  // namespace tool
