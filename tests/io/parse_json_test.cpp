// SPDX-License-Identifier: MIT

// Tests how the JSON that Python writes is read: numbers that JSON does not have, and messages that name the file.

#include <cardfit/io/read_model.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace io_parse_json_test {

using namespace cardfit;

namespace {

/// Writes a text to a file in the scratch folder, and returns its path.
std::string written(const std::string& name, const std::string& text) {
    const std::filesystem::path folder = std::filesystem::path(CARDFIT_SCRATCH) / "parse_json";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / name, std::ios::binary) << text;
    return (folder / name).string();
}

std::string message_of(const std::string& path) {
    try {
        static_cast<void>(io::parse_json_file(path, "model.huggingface"));
    } catch (const io::input_error& e) {
        REQUIRE(e.problems().size() == 1);
        CHECK(e.problems()[0].key == "model.huggingface");
        return e.what();
    }
    return {};
}

}  // namespace

TEST_CASE("Numbers that only Python writes are read as texts") {
    const std::string path =
        written("numbers.json", R"({"a": [0.0, Infinity], "b": -Infinity, "c": NaN, "d": "NaN \" Infinity \\"})");
    const nlohmann::json read = io::parse_json_file(path, "model.huggingface");
    CHECK(read["a"] == nlohmann::json{0.0, "Infinity"});
    CHECK(read["b"] == "-Infinity");
    CHECK(read["c"] == "NaN");
    CHECK(read["d"] == "NaN \" Infinity \\");
}

TEST_CASE("A message about a file that is not JSON names the file and the line") {
    const std::string path = written("broken.json", "{\n\"a\": 1,\n\"b\": Infinit\n}");
    CHECK(message_of(path).find("broken.json is not valid JSON") != std::string::npos);
    CHECK(message_of(path).find("line 3") != std::string::npos);
}

TEST_CASE("A number that Python writes is refused where it is a size, and read where it shapes nothing") {
    // The shape of mamba-130m, whose `time_step_limit` Python writes with Infinity.
    nlohmann::json config = {{"model_type", "mamba2"},  {"architectures", {"Mamba2ForCausalLM"}},
                             {"num_hidden_layers", 24}, {"hidden_size", 768},
                             {"vocab_size", 50288},     {"state_size", 128},
                             {"num_heads", 24},         {"head_dim", 64},
                             {"n_groups", 1},           {"expand", 2},
                             {"conv_kernel", 4},        {"tie_word_embeddings", true}};
    const auto text_with = [&](const char* key, const char* value) {
        std::string text = config.dump();
        text.pop_back();
        return text + ", \"" + key + "\": " + value + "}";
    };
    const auto read = [&](const std::string& text) {
        io::findings found;
        io::model_of_job job;
        const nlohmann::json model = {{"huggingface", written("config.json", text)}};
        io::detail::read_model(io::json_view(model), {}, job, found);
        return found.problems.empty() ? std::string() : found.problems[0].message;
    };
    CHECK(read(text_with("time_step_limit", "[0.0, Infinity]")) == "");
    config.erase("hidden_size");
    CHECK(read(text_with("hidden_size", "Infinity")).find("hidden_size is \"Infinity\"") != std::string::npos);
}

}  // namespace io_parse_json_test
