// SPDX-License-Identifier: MIT

// Reads the fuzzers' corpora, and the files of tests/io/files, through the readers.

#include <cardfit/io/gguf.hpp>
#include <cardfit/io/safetensors.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
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

}  // namespace

TEST_CASE("The fuzzers' corpora are read or refused") {
    const auto gguf = [](std::istream& in, std::int64_t size) { return io::read_gguf(in, size); };
    const auto safetensors = [](std::istream& in, std::int64_t size) { return io::read_safetensors(in, size); };
    for (const char* folder : {"/fuzz/corpus/gguf", "/fuzz/corpus/safetensors", "/io/files"}) {
        CHECK(read_all(folder, gguf) > 3);
        CHECK(read_all(folder, safetensors) > 3);
    }
}

}  // namespace fuzz_corpus_test
