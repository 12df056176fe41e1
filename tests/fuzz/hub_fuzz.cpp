// SPDX-License-Identifier: MIT

// For libFuzzer: what a server answers. The first byte chooses: the listing of a repository, or two parts of a split
// GGUF file. Any bytes are read or refused with a reason, and no file is asked for outside the repository. Built by
// clang++ -fsanitize=fuzzer,address,undefined.

#include <cardfit/io/hub_files.hpp>
#include <cardfit/io/stored/gguf_parts.hpp>
#include <cardfit/io/stored/hub_model.hpp>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

using namespace cardfit;

void read_listing(const std::string& text) {
    const io::model_phrase phrase{.owner = "someone", .name = "Model-GGUF", .tag = "q4_0"};
    const io::hub_options options{};
    const io::hub_get none = [](const io::hub_request&) { return io::hub_reply{}; };
    io::detail::hub_download from{.phrase = phrase, .options = options, .get = none};
    io::detail::read_listing(from, text);
    if (from.commit.find_first_of("/\\") != from.commit.npos) std::abort();
    for (const std::string& file : io::detail::gguf_files(from))
        if (!from.lists(file)) std::abort();
    if (io::read_hub_model(io::parse_json(text)).bytes < 0) std::abort();
}

/// Reads a split file whose parts are the two halves of a text.
void read_parts(const std::string& text) {
    static const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("cardfit-fuzz-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    const std::string first = (folder / "m-00001-of-00002.gguf").string();
    std::ofstream(first, std::ios::binary) << text.substr(0, text.size() / 2);
    std::ofstream(folder / "m-00002-of-00002.gguf", std::ios::binary) << text.substr(text.size() / 2);
    const io::tensor_file file = io::read_gguf_parts(first);
    if (file.tensor_bytes < 0 || file.tensor_bytes > static_cast<std::int64_t>(text.size())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        if (data[0] % 2 == 0)
            read_listing(text);
        else
            read_parts(text);
    } catch (const io::input_error& e) {
        // The input is refused, and the message says why.
        if (e.problems().empty() || e.problems().front().key.empty()) std::abort();
    }
    return 0;
}
