// SPDX-License-Identifier: MIT

// For libFuzzer: any bytes are a job, a file of prices or of cards (the first byte says which) that is answered, or an
// input_error. Built by clang++ -fsanitize=fuzzer,address,undefined.

#include "text_readers.hpp"

#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    try {
        static_cast<void>(
            read_text(static_cast<char>(data[0]), std::string(reinterpret_cast<const char*>(data) + 1, size - 1)));
    } catch (const cardfit::io::input_error& e) {
        if (e.problems().empty()) std::abort();
    }
    return 0;
}
