// SPDX-License-Identifier: MIT

// Reads the fuzzers' corpora, and the files of tests/io/files, through the readers.

#include "text_readers.hpp"

#include <cardfit/io/gguf.hpp>
#include <cardfit/io/safetensors.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

namespace fuzz_corpus_test {

using namespace cardfit;

namespace {

/// Reads every file of a folder; each one is either read or refused with a reason. Returns how many files there are.
template <class Reader>
int read_all(const std::string& folder, Reader reader) {
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(CARDFIT_TEST_DATA) + folder)) {
        if (!entry.is_regular_file()) continue;
        CAPTURE(entry.path().string());
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(file), {});
        std::istringstream in(bytes);
        try {
            const io::tensor_file read = reader(in, static_cast<std::int64_t>(bytes.size()));
            CHECK(read.tensor_bytes <= static_cast<std::int64_t>(bytes.size()));
        } catch (const io::input_error& e) {
            CHECK_FALSE(e.problems().empty());
        }
        ++files;
    }
    return files;
}

/// Returns a text with some bytes changed, left out, doubled or cut off, the same for a given seed on every machine.
std::string mutated(std::string text, std::mt19937& random) {
    constexpr std::string_view marks = "{}[]\",:-0919eE.\\\n\t\0x";
    const unsigned changes = 1 + random() % 4;
    for (unsigned i = 0; i < changes && text.size() > 1; ++i) {
        const std::size_t at = 1 + random() % (text.size() - 1);
        const unsigned kind = static_cast<unsigned>(random() % 5);
        if (kind == 0) text[at] = marks[random() % marks.size()];
        if (kind == 1) text[at] = static_cast<char>(random() % 256);
        if (kind == 2) text.erase(at, 1 + random() % 8);
        if (kind == 3) text.insert(at, text.substr(at, random() % 16));
        if (kind == 4 && random() % 4 == 0) text.resize(at);
    }
    return text;
}

/// Returns true if a text is read, or refused with a reason.
bool is_read_or_refused(const std::string& text) {
    try {
        const std::string answer = read_text(text.front(), text.substr(1));
        return answer.find("nan") == answer.npos && answer.find("inf\"") == answer.npos;
    } catch (const io::input_error& e) {
        return !e.problems().empty() && !e.problems().front().message.empty();
    }
}

}  // namespace

TEST_CASE("jobs, prices and cards with bytes changed at random are read or refused") {
    int files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(CARDFIT_TEST_DATA) + "/fuzz/corpus/text")) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string text(std::istreambuf_iterator<char>(file), {});
        ++files;
        CHECK(is_read_or_refused(text));
        std::mt19937 random(7);
        for (int i = 0; i < 150; ++i) {
            const std::string changed = mutated(text, random);
            CAPTURE(changed);
            CHECK(is_read_or_refused(changed));
        }
    }
    CHECK(files >= 5);
}

TEST_CASE("The fuzzers' corpora are read or refused") {
    const auto gguf = [](std::istream& in, std::int64_t size) { return io::read_gguf(in, size); };
    const auto safetensors = [](std::istream& in, std::int64_t size) { return io::read_safetensors(in, size); };
    for (const char* folder : {"/fuzz/corpus/gguf", "/fuzz/corpus/safetensors", "/io/files"}) {
        CHECK(read_all(folder, gguf) > 3);
        CHECK(read_all(folder, safetensors) > 3);
    }
}

}  // namespace fuzz_corpus_test
