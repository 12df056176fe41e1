// SPDX-License-Identifier: MIT

// Tests safetensors files against what an independent parser reads in them (tests/io/files/README.md), and files that
// must be refused.

#include <cardfit/io/safetensors.hpp>
#include <cardfit/io/stored/checkpoint.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace io_safetensors_test {

using namespace cardfit;
using nlohmann::json;

namespace {

const std::string folder = std::string(CARDFIT_TEST_DATA) + "/io/files/";

/// Checks that each tensor's shape and bytes are the parser's.
void check_tensors(const io::tensor_file& file, const json& header) {
    std::size_t seen = 0;
    for (const io::stored_tensor& t : file.tensors) {
        CAPTURE(t.name);
        if (!header.contains(t.name)) continue;
        const json& theirs = header[t.name];
        CHECK(json(t.shape) == theirs["shape"]);
        CHECK(t.bytes == theirs["data_offsets"][1].get<std::int64_t>() - theirs["data_offsets"][0].get<std::int64_t>());
        ++seen;
    }
    CHECK(seen == header.size() - header.count("__metadata__"));
}

std::string packed(const std::string& header, std::size_t data) {
    std::string raw;
    for (int i = 0; i < 8; ++i) raw.push_back(static_cast<char>(header.size() >> (8 * i) & 0xFFU));
    return raw + header + std::string(data, '\0');
}
io::tensor_file read(const std::string& bytes) {
    std::istringstream in(bytes);
    return io::read_safetensors(in, static_cast<std::int64_t>(bytes.size()));
}
void refused(const std::string& bytes, std::string_view key, std::string_view accepted) {
    CAPTURE(key);
    CAPTURE(bytes);
    try {
        static_cast<void>(read(bytes));
    } catch (const io::input_error& e) {
        REQUIRE(e.problems().size() == 1);
        CHECK(e.problems()[0].key == key);
        CHECK(e.problems()[0].accepted.find(accepted) != std::string::npos);
        return;
    }
    FAIL_CHECK("accepted");
}
std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return R"({"t":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

}  // namespace

TEST_CASE("safetensors files hold what an independent parser reads in them") {
    const io::tensor_file types = io::read_safetensors(folder + "all-types.safetensors");
    check_tensors(types, json::parse(std::ifstream(folder + "all-types.safetensors.read.json"))["header"]);
    CHECK_FALSE(types.model);
    const io::tensor_file file = io::read_safetensors(folder + "qwen3/model.safetensors");
    const json read_one = json::parse(std::ifstream(folder + "qwen3/model.safetensors.read.json"));
    check_tensors(file, read_one["header"]);
    CHECK(file.elements == read_one["parameterCount"]["BF16"]);
    CHECK(file.tensor_bytes == 2 * file.elements);
}

TEST_CASE("The config.json beside the weights makes the model, in one file and in shards") {
    const transformer expected{.layers = 1,
                               .hidden = 32,
                               .heads = 4,
                               .kv_heads = 2,
                               .head_dim = 16,
                               .ffn = 16,
                               .vocab = 40,
                               .tied_embeddings = true,
                               .head_norm = true};
    CHECK(std::get<transformer>(*io::read_checkpoint(folder + "qwen3/model.safetensors").model) == expected);
    CHECK(std::get<transformer>(*io::read_checkpoint(folder + "qwen3").model) == expected);
    const io::checkpoint shards = io::read_checkpoint(folder + "qwen3-sharded/model.safetensors.index.json");
    CHECK(std::get<transformer>(*shards.model) == expected);
    CHECK(shards.shape_verified);
    const io::tensor_file& sharded = shards.contents.file;
    const json read_all = json::parse(std::ifstream(folder + "qwen3-sharded/read.json"));
    std::size_t found = 0;
    for (const io::stored_tensor& t : sharded.tensors)
        for (const json& header : read_all["headers"])
            if (header.contains(t.name) && json(t.shape) == header[t.name]["shape"]) ++found;
    CHECK(found == sharded.tensors.size());
    CHECK(sharded.elements == read_all["parameterCount"]["BF16"]);
    // Without the config.json, the shapes are sufficient: a norm shows the width of a head.
    std::ifstream one_file(folder + "qwen3/model.safetensors", std::ios::binary);
    CHECK(*read(std::string(std::istreambuf_iterator<char>(one_file), {})).model == expected);
    // One shard alone is not the model: its index tells the others.
    const io::checkpoint shard = io::read_checkpoint(folder + "qwen3-sharded/model-00001-of-00002.safetensors");
    CHECK(shard.shape_verified);
    CHECK(shard.contents.bytes == sharded.tensor_bytes);
}

TEST_CASE("A safetensors file's bytes are told by kind") {
    const io::bytes_by_kind kinds = io::by_kind(io::read_safetensors(folder + "qwen3/model.safetensors"));
    CHECK(kinds.embedding == 2 * 40 * 32);
    CHECK(kinds.attention == 2 * 32 * (64 + 32 + 32 + 64));
    CHECK(kinds.feed_forward == 2 * 3 * 16 * 32);
    CHECK(kinds.norms_and_rest() == 2 * (3 * 32 + 2 * 16));
}

TEST_CASE("A safetensors header that makes no sense is refused") {
    CHECK(read(packed("{}", 0)).tensors.empty());
    CHECK(read(packed(R"({"__metadata__":{"format":"pt"}}  )", 0)).tensors.empty());
    CHECK(read(packed(one("\"F32\"", "[]", "[0,4]"), 4)).tensor_bytes == 4);
    CHECK(read(packed(one("\"F32\"", "[0]", "[0,0]"), 0)).tensor_bytes == 0);
    refused("", "safetensors.file_size", "at least 8 bytes");
    refused(std::string(8, '\xFF'), "safetensors.header.length", "the file has left");
    refused(packed("", 0), "safetensors.header", "begins with {");
    refused(packed("[]", 0), "safetensors.header", "begins with {");
    refused(packed("{", 0), "safetensors.header", "valid JSON");
    refused(packed("{} x", 0), "safetensors.header", "valid JSON");
    refused(packed("{\"\xFF\":1}", 0), "safetensors.header", "valid JSON");
    refused(packed(R"({"t":1})", 0), "safetensors.t", "an object");
    refused(packed(R"({"t":{}})", 0), "safetensors.t.dtype", "each of");
    refused(packed(R"({"t":{"dtype":{}}})", 0), "safetensors.t.dtype", "name of a type");
    refused(packed(R"({"t":{"more":1}})", 0), "safetensors.t.more", "the keys dtype");
    refused(packed(R"({"t":{"dtype":"F32","dtype":"F32"}})", 0), "safetensors.t.dtype", "each key once");
    refused(packed(R"({"__metadata__":{"a":1}})", 0), "safetensors.__metadata__.a", "texts");
    refused(packed(R"({"__metadata__":{},"__metadata__":{}})", 0), "safetensors.__metadata__", "each key once");
    refused(packed("{\"t\":" + std::string(100'000, '['), 0), "safetensors.t", "an object");
    refused(packed("{\"t\":{\"shape\":" + std::string(100'000, '['), 0), "safetensors.t.shape", "whole numbers");
}

TEST_CASE("A safetensors tensor that cannot be is refused") {
    refused(packed(one("\"F99\"", "[1]", "[0,4]"), 4), "safetensors.t.dtype", "a dtype");
    refused(packed(one("\"F32\"", "[-1]", "[0,4]"), 4), "safetensors.t.shape", "whole numbers");
    refused(packed(one("\"F32\"", "[1.5]", "[0,4]"), 4), "safetensors.t.shape", "whole numbers");
    refused(packed(one("\"F32\"", "[18446744073709551615]", "[0,4]"), 4), "safetensors.t.shape", "2^63");
    refused(packed(one("\"F32\"", "[4294967296,4294967296]", "[0,4]"), 4), "safetensors.t.shape", "2^63");
    refused(packed(one("\"F32\"", "[4294967296,1073741824]", "[0,4]"), 4), "safetensors.t.shape", "2^60");
    refused(packed(one("\"F4\"", "[3]", "[0,4]"), 4), "safetensors.t.shape", "whole bytes");
    refused(packed(one("\"F32\"", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]"), 4), "safetensors.t.shape",
            "at most 16");
    refused(packed(one("\"F32\"", "[1]", "[4,0]"), 4), "safetensors.t.data_offsets", "begin <= end");
    refused(packed(one("\"F32\"", "[1]", "[0,4,8]"), 4), "safetensors.t.data_offsets", "[begin, end]");
    refused(packed(one("\"F32\"", "[1]", "[0,8]"), 8), "safetensors.t.data_offsets", "4 bytes");
    refused(packed(one("\"F32\"", "[1]", "[0,4]"), 3), "safetensors.t.data_offsets", "within");
    refused(packed(one("\"F32\"", "[1]", "[4,8]"), 8), "safetensors.t.data_offsets", "without holes");
    refused(packed(one("\"F32\"", "[1]", "[0,4]"), 5), "safetensors.file_size", "4 bytes behind the header");
    const std::string row = R"({"dtype":"F32","shape":[1],"data_offsets":)";
    refused(packed("{\"a\":" + row + "[0,4]},\"a\":" + row + "[4,8]}}", 8), "safetensors.tensors.name",
            "each name once");
    refused(packed("{\"a\":" + row + "[0,4]},\"b\":" + row + "[2,6]}}", 6), "safetensors.b.offset",
            "behind the end of a");
}

TEST_CASE("An index that leads elsewhere is refused") {
    for (const char* bad : {"../x.safetensors", "/etc/x.safetensors", "a\\b.safetensors", "x.bin", ""})
        CHECK_THROWS_AS(static_cast<void>(io::safetensors_shards({{"weight_map", {{"t", bad}}}})), io::input_error);
    CHECK_THROWS_AS(static_cast<void>(io::safetensors_shards({{"weight_map", {{"t", 1}}}})), io::input_error);
    CHECK_THROWS_AS(static_cast<void>(io::safetensors_shards(json::array())), io::input_error);
    CHECK(io::safetensors_shards(
              {{"weight_map", {{"t", "b.safetensors"}, {"u", "a.safetensors"}, {"v", "b.safetensors"}}}}) ==
          std::vector<std::string>{"a.safetensors", "b.safetensors"});
    CHECK_THROWS_AS(static_cast<void>(io::read_safetensors(folder + "not-there.safetensors")), io::input_error);
}

}  // namespace io_safetensors_test
