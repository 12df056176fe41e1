// SPDX-License-Identifier: MIT

// For libFuzzer: any bytes are a job that is answered, or an input_error. An answer keeps what its parts promise, and a
// job that is written back has the same answer. Built by clang++ -fsanitize=fuzzer,address,undefined.

#include "json_mutator.hpp"
#include "text_readers.hpp"

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    fuzz::read_or_refuse(fuzz::check_job, std::string(reinterpret_cast<const char*>(data), size));
    return 0;
}
