// SPDX-License-Identifier: MIT

// For libFuzzer: any bytes are either a safetensors file or an input_error. Built by clang++
// -fsanitize=fuzzer,address,undefined.

#include <cardfit/io/safetensors.hpp>

#include <cstdlib>
#include <sstream>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
    try {
        const cardfit::io::tensor_file file = cardfit::io::read_safetensors(in, static_cast<std::int64_t>(size));
        if (file.tensor_bytes > static_cast<std::int64_t>(size)) std::abort();
        static_cast<void>(cardfit::io::by_kind(file));
    } catch (const cardfit::io::input_error& e) {
        // The input is refused, and the message says why.
        if (e.problems().empty() || e.problems().front().key.empty()) std::abort();
    }
    return 0;
}
