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
#include <vector>

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

/// A file of a folder, and what is in it.
struct stored_text {
    std::string name{};
    std::string text{};
};

std::vector<stored_text> texts_in(const std::string& folder) {
    std::vector<stored_text> texts;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(CARDFIT_TEST_DATA) + folder)) {
        if (entry.path().extension() == ".csv") continue;
        std::ifstream file(entry.path(), std::ios::binary);
        texts.push_back({entry.path().filename().string(), std::string(std::istreambuf_iterator<char>(file), {})});
    }
    return texts;
}

/// Gives the files of a folder to a reader, each with bytes changed at random.
void read_changed(const std::string& folder, void (*check)(const std::string&), int changes) {
    for (const stored_text& each : texts_in(folder)) {
        CAPTURE(each.name);
        std::mt19937 random(7);
        for (int i = 0; i < changes; ++i) {
            const std::string changed = mutated(each.text, random);
            CAPTURE(changed);
            CHECK_NOTHROW(fuzz::read_or_refuse(check, changed));
        }
    }
}

/// Gives the files of a corpus to its reader, which accepts all but those whose names say that they are refused.
/// Returns how many are accepted.
int read_corpus(const std::string& folder, void (*check)(const std::string&)) {
    int accepted = 0;
    for (const stored_text& each : texts_in(folder)) {
        CAPTURE(each.name);
        const bool is_refused = each.name.starts_with("refused-");
        CHECK_NOTHROW(fuzz::read_or_refuse(check, each.text));
        if (is_refused) {
            CHECK_THROWS_AS(check(each.text), io::input_error);
        } else {
            CHECK_NOTHROW(check(each.text));
            ++accepted;
        }
    }
    return accepted;
}

}  // namespace

TEST_CASE("jobs, prices and cards with bytes changed at random are read or refused") {
    read_changed("/fuzz/corpus/job", fuzz::check_job, 150);
    read_changed("/fuzz/corpus/text", fuzz::check_file, 150);
}

TEST_CASE("a config.json with bytes changed at random is a model that answers, or refused") {
    read_changed("/fuzz/corpus/config", fuzz::check_config, 150);
    read_changed("/io/configs", fuzz::check_config, 3);
}

TEST_CASE("The corpora of jobs, models and files are accepted, but for what their names call refused") {
    CHECK(read_corpus("/fuzz/corpus/job", fuzz::check_job) >= 9);
    CHECK(read_corpus("/fuzz/corpus/text", fuzz::check_file) >= 6);
    CHECK(read_corpus("/fuzz/corpus/config", fuzz::check_config) >= 2);
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
