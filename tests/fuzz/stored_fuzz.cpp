// SPDX-License-Identifier: MIT

// For libFuzzer: what follows the headers. The first byte chooses a reader: an index, the Hub's answer for a model, a
// config.json, a safetensors header with the bounds of its shape, a GGUF header with those of its metadata, or the JSON
// that Python writes. Any bytes are read or refused with a reason, and what is read makes a checked model. Built by
// clang++ -fsanitize=fuzzer,address,undefined.

#include <cardfit/io/stored/checkpoint.hpp>

#include <cstdlib>
#include <sstream>
#include <string>

namespace {

using namespace cardfit;

/// A model that bounds make is refused by its own check or lowers to a network.
void use(const io::shape_bounds& bounds, const io::tensor_file& file) {
    if (!bounds.unknown.empty()) return;
    stored_model m = bounds.model;
    m.weights = io::stored_weights_of(file);
    if (problems(m).empty() && lower(m).layers < 1) std::abort();
}

/// The bytes by kind and by division are those of the file, and no count is negative.
void use(const io::tensor_file& file) {
    if (io::stored_weights_of(file).total() != file.tensor_bytes) std::abort();
    const io::bytes_by_kind k = io::by_kind(file);
    if (k.embedding + k.attention + k.feed_forward + k.experts + k.head + k.tower + k.scales + k.norms + k.other !=
        file.tensor_bytes)
        std::abort();
    if (io::parameters_in(file) < 0) std::abort();
}

void read_config(const std::string& text) {
    const nlohmann::json config = io::parse_json(io::detail::with_python_numbers_quoted(text));
    const io::shape_bounds bounds = io::config_shape(config, false);
    stored_model m = bounds.model;
    m.weights.matrices = 1;
    if (bounds.unknown.empty() && problems(m).empty() && lower(m).layers < 1) std::abort();
    static_cast<void>(io::detail::word_bits(config));
    for (const transformer& shape : io::general_shapes(config)) static_cast<void>(parameters(shape));
    static_cast<void>(io::read_huggingface_model(config));
}

void read(unsigned char reader, const std::string& text) {
    const auto size = static_cast<std::int64_t>(text.size());
    std::istringstream in(text);
    switch (reader % 5) {
        case 0:
            if (io::read_weights_index(io::parse_json(text)).total_bytes < 0) std::abort();
            break;
        case 1:
            if (io::read_hub_model(io::parse_json(text)).bytes < 0) std::abort();
            break;
        case 2:
            read_config(text);
            break;
        case 3: {
            const io::tensor_file file = io::read_safetensors(in, size);
            use(file);
            use(io::tensor_shape(file), file);
            break;
        }
        default: {
            const io::tensor_file file = io::read_gguf(in, size);
            use(file);
            use(io::gguf_shape(file), file);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    try {
        read(data[0], std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
    } catch (const io::input_error& e) {
        // The input is refused, and the message says why.
        if (e.problems().empty() || e.problems().front().key.empty()) std::abort();
    } catch (const invalid_input&) {
        // The core refuses a shape by name.
    }
    return 0;
}
