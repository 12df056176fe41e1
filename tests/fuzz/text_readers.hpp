// SPDX-License-Identifier: MIT
#pragma once

// What the fuzzer of texts and the replay of its corpus do with a text: its first byte chooses the reader, and the rest
// is a job, a file of prices or a file of cards. A text is read, or refused with a reason.

#include <cardfit/io/answer.hpp>
#include <cardfit/io/cards_file.hpp>
#include <cardfit/io/prices_file.hpp>

#include <string>

/// Answers a job and returns the answer's text, or reads one of the other files and returns an empty text. Throws
/// input_error for what is refused.
inline std::string read_text(char reader, const std::string& text) {
    namespace io = cardfit::io;
    if (reader == 'p') {
        static_cast<void>(io::read_prices(text, "prices.csv", "--prices"));
        return {};
    }
    if (reader == 'c') {
        static_cast<void>(io::read_cards(io::parse_json(text), "cards.json"));
        return {};
    }
    const io::job_file job = io::read_job_text(text);
    return io::dump(io::answer_json(job, io::answer(job)));
}
