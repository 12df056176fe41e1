// SPDX-License-Identifier: MIT

// For libFuzzer: any bytes are a file that a user states (the first byte says which: cards, prices, a calibration or
// the planner's fleet), or an input_error. Built by clang++ -fsanitize=fuzzer,address,undefined.

#include "text_readers.hpp"

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    fuzz::read_or_refuse(fuzz::check_file, std::string(reinterpret_cast<const char*>(data), size));
    return 0;
}
