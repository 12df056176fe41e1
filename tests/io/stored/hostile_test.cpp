// SPDX-License-Identifier: MIT

// Hostile files and folders are refused in bounded time and memory, and the message names what is wrong.

#include "make_files.hpp"

#include <cardfit/io/job_file.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <chrono>
#include <string>

namespace io_stored_hostile_test {

using namespace cardfit;

namespace {

/// Reads a path, which must be refused with this text within seconds.
void refused(const std::string& path, const char* why) {
    CAPTURE(path);
    const auto start = std::chrono::steady_clock::now();
    CHECK_THROWS_WITH_AS(static_cast<void>(io::read_checkpoint(path)), doctest::Contains(why), io::input_error);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}

std::string index_text(const std::string& total, const std::string& map) {
    return R"({"metadata":{"total_size":)" + total + R"(},"weight_map":)" + map + "}";
}

}  // namespace

TEST_CASE("A safetensors file that claims a header of 10 GB is refused before anything is allocated") {
    const auto folder = files::folder("huge");
    constexpr std::uint64_t ten_gigabytes = 10'000'000'000;
    files::write(folder / "model.safetensors", files::little_endian(ten_gigabytes, 8) + "{", ten_gigabytes);
    refused(folder.string(), "at most 100000000");
    files::write(folder / "model.safetensors", files::little_endian(~0ULL, 8));
    refused(folder.string(), "safetensors.header.length");
    // Data that ends too early, and a message that names the file.
    files::write(folder / "model.safetensors",
                 files::little_endian(57, 8) + R"({"t":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}  )", 8);
    refused(folder.string(), "model.safetensors: ");
}

TEST_CASE("An index cannot lead out of its folder, and its numbers cannot overflow") {
    const auto folder = files::folder("index-hostile");
    const auto write = [&](const std::string& text) {
        return files::write(folder / "model.safetensors.index.json", text);
    };
    for (const char* file : {"../x.safetensors", "/etc/passwd", "a\\\\b.safetensors", "..", ".", "", "c:x.safetensors"})
        refused(write(index_text("1", R"({"t":")" + std::string(file) + "\"}")), "the name of a file beside the index");
    refused(write(index_text("1", R"({"t":7})")), "the name of a file beside the index");
    refused(write(index_text("1", "{}")), "weight_map");
    refused(write(index_text("1", "[]")), "weight_map");
    refused(write(R"({"weight_map":{"t":"a.safetensors"}})"), "total_size");
    for (const char* total : {"-1", "1.5", "1e300", "18446744073709551615", "\"1\"", "null", "[1]"})
        refused(write(index_text(total, R"({"t":"a.safetensors"})")), "total_size");
    refused(write(R"({"metadata":{"total_size":1,"total_size":2},"weight_map":{"t":"a.safetensors"}})"), "twice");
    refused(write(R"({"metadata":{"total_size":1},"weight_map":{"t":"a.safetensors","t":"b.safetensors"}})"), "twice");
    // Endless nesting.
    refused(write(std::string(1'000'000, '[')), "is not valid JSON");
    refused(write(R"({"metadata":)" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}"), "64 levels");
    // A shard that holds a tensor which the index does not name there.
    files::safetensors(folder / "a.safetensors", {{"t", "F32", {1}}, {"u", "F32", {1}}});
    refused(write(index_text("4", R"({"t":"a.safetensors"})")), "each tensor in the file that the index names");
    refused(write(index_text("4", R"({"t":"a.safetensors","u":"a.safetensors","v":"a.safetensors"})")),
            "a file that holds the tensor");
    // Files of which all together have more than 2^60 bytes.
    nlohmann::json map;
    const std::uint64_t length = std::uint64_t{1} << 59;
    for (int i = 0; i < 3; ++i) {
        const std::string name = "s" + std::to_string(i) + ".safetensors";
        const std::string header = R"({"t)" + std::to_string(i) + R"(":{"dtype":"U8","shape":[)" +
                                   std::to_string(length) + R"(],"data_offsets":[0,)" + std::to_string(length) + "]}}";
        files::write(folder / name, files::little_endian(header.size(), 8) + header);
        std::error_code too_large;
        std::filesystem::resize_file(folder / name, 8 + header.size() + length, too_large);
        if (too_large) return;  // This file system has no files of that size.
        map["t" + std::to_string(i)] = name;
    }
    refused(write(index_text("4", map.dump())), "2^60 bytes in all files together");
}

TEST_CASE("Links in a circle, pipes and folders are no files of weights") {
    const auto folder = files::folder("links");
    std::filesystem::create_symlink("model.safetensors", folder / "model.safetensors");
    std::filesystem::create_symlink("b.gguf", folder / "a.gguf");
    std::filesystem::create_symlink("a.gguf", folder / "b.gguf");
    std::filesystem::create_symlink(".", folder / "snapshots");
    refused((folder / "model.safetensors").string(), "a file that can be read");
    refused((folder / "a.gguf").string(), "a file that can be read");
    std::filesystem::create_symlink("self", folder / "self");
    refused((folder / "self").string(), "a file that can be read");
    std::filesystem::remove(folder / "snapshots");
    CHECK(io::read_checkpoint(folder.string()).contents.bytes == 0);
    // Nobody writes to these pipes, so that opening one would wait forever.
    REQUIRE(mkfifo((folder / "pipe.gguf").c_str(), 0600) == 0);
    REQUIRE(mkfifo((folder / "pipe.safetensors").c_str(), 0600) == 0);
    REQUIRE(mkfifo((folder / "pipe.index").c_str(), 0600) == 0);
    for (const char* name : {"pipe.gguf", "pipe.safetensors", "pipe.index"})
        refused((folder / name).string(), "a file that can be read");
    refused("/dev/zero", "a file that can be read");
    std::filesystem::create_directory(folder / "dir.safetensors");
    CHECK(io::read_contents((folder / "dir.safetensors").string()).bytes == 0);
    refused((folder / "nothing").string(), "a file that can be read");
    // A revision that leads out of the snapshots is not followed.
    const auto cache = files::folder("models--hostile");
    std::filesystem::create_directories(cache / "refs");
    std::filesystem::create_directories(cache / "snapshots" / "one");
    std::filesystem::create_directories(cache / "snapshots" / "two");
    files::write(cache / "refs" / "main", "../../..");
    refused(cache.string(), "one snapshot");
}

TEST_CASE("A hostile config.json takes nothing away but the shape") {
    const auto folder = files::folder("config-hostile");
    const std::vector<files::tensor> tensors{{"model.embed_tokens.weight", "BF16", {1000, 256}},
                                             {"model.layers.0.self_attn.q_proj.weight", "BF16", {256, 256}},
                                             {"model.layers.0.self_attn.k_proj.weight", "BF16", {128, 256}},
                                             {"model.layers.0.self_attn.v_proj.weight", "BF16", {128, 256}}};
    files::safetensors(folder / "model.safetensors", tensors);
    for (const std::string& config :
         {std::string(500'000, '{'), std::string("[]"), std::string("\"x\""), std::string("{\"a\":1,\"a\":2}"),
          std::string(R"({"model_type":"x","num_hidden_layers":9e999})"),
          std::string(R"({"model_type":"x","num_hidden_layers":18446744073709551615,"hidden_size":-1})"),
          std::string(R"({"model_type":"x","num_hidden_layers":10000,"hidden_size":999999999,)"
                      R"("num_attention_heads":999999999,"num_key_value_heads":999999999,"head_dim":999999999})"),
          R"({"model_type":"x","text_config":)" + std::string(200'000, '[') + std::string(200'000, ']') + "}"}) {
        CAPTURE(config.substr(0, 60));
        files::write(folder / "config.json", config);
        const io::checkpoint c = io::read_checkpoint(folder.string());
        CHECK(c.contents.bytes == files::bytes_of(tensors));
        CHECK_FALSE(c.shape_verified);
    }
    // The Hub's answer cannot overflow either.
    for (const char* answer :
         {R"({"id":"a","safetensors":{"parameters":{"BF16":1152921504606846977}}})",
          R"({"id":"a","safetensors":{"parameters":{"F64":1152921504606846976}}})",
          R"({"id":"a","safetensors":{"parameters":{"F32":200000000000000000,"I32":200000000000000000}}})",
          R"({"id":"a","safetensors":{"parameters":{"BF16":-1}}})", R"({"id":"a","safetensors":{"parameters":[]}})",
          R"({"id":"a","safetensors":{},"siblings":[{"rfilename":"model.safetensors","size":-5}]})"})
        CHECK_THROWS_AS(static_cast<void>(io::read_checkpoint(files::write(folder / "answer.json", answer))),
                        io::input_error);
}

TEST_CASE("A config that nests without end is refused inside a job too") {
    const std::string deep = R"({"model":{"huggingface":{"model_type":"x","text_config":{"a":)" +
                             std::string(500'000, '[') + std::string(500'000, ']') +
                             R"(}}},"hardware":{"card":"rtx-4090"},"inference":{}})";
    CHECK_THROWS_WITH_AS(static_cast<void>(io::read_job_text(deep)), doctest::Contains("64 levels"), io::input_error);
}

}  // namespace io_stored_hostile_test
