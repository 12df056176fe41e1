// SPDX-License-Identifier: MIT

// For libFuzzer: any JSON is either the quantization of a checkpoint, or a problem with its reason. Built by clang++
// -fsanitize=fuzzer,address,undefined.

#include <cardfit/io/published_weights.hpp>

#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const nlohmann::json settings = nlohmann::json::parse(text, nullptr, false);
    if (settings.is_discarded()) return 0;
    const nlohmann::json config = {{"torch_dtype", "bfloat16"}, {"quantization_config", settings}};
    const cardfit::io::published_weights read =
        cardfit::io::read_published_weights(config, cardfit::models::deepseek_v2_lite);
    if (settings.is_null()) return 0;
    // It is read, or refused with a reason.
    if (read.known() == !read.problems.empty()) std::abort();
    if (!read.problems.empty() && read.problems.front().key.empty()) std::abort();
    return 0;
}
