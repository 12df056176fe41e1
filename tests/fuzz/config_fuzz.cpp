// SPDX-License-Identifier: MIT

// For libFuzzer: any bytes are the config.json of a model that can be trained and served, or an input_error. The files
// of tests/io/configs are seeds too. Built by clang++ -fsanitize=fuzzer,address,undefined.

#include "json_mutator.hpp"
#include "text_readers.hpp"

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    fuzz::read_or_refuse(fuzz::check_config, std::string(reinterpret_cast<const char*>(data), size));
    return 0;
}
