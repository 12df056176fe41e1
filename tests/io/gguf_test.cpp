// SPDX-License-Identifier: MIT

// Tests GGUF files against what an independent parser reads in them (tests/io/files/README.md), and files that must be
// refused.

#include <cardfit/io/gguf.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace io_gguf_test {

using namespace cardfit;
using nlohmann::json;

namespace {

const std::string folder = std::string(CARDFIT_TEST_DATA) + "/io/files/";

json parser_read(const std::string& name) { return json::parse(std::ifstream(folder + name + ".json")); }

/// Returns cardfit's name of a type, which the parser names as ggml does.
std::string our_name(std::string type) {
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const auto& [theirs, ours] : {std::pair("f32", "fp32"), std::pair("f16", "fp16"), std::pair("f64", "fp64")})
        if (type == theirs) return ours;
    return type;
}

/// Checks that names, types, shapes and offsets are the parser's, and that each tensor's bytes, padded, end where the
/// next tensor begins.
void check_tensors(const std::string& name, std::int64_t alignment) {
    CAPTURE(name);
    const io::tensor_file file = io::read_gguf(folder + name);
    const json read = parser_read(name);
    REQUIRE(file.tensors.size() == read["tensors"].size());
    for (std::size_t i = 0; i < file.tensors.size(); ++i) {
        const io::stored_tensor& t = file.tensors[i];
        const json& theirs = read["tensors"][i];
        CAPTURE(t.name);
        CHECK(t.name == theirs["name"].get<std::string>());
        CHECK(t.type == our_name(theirs["type"].get<std::string>()));
        CHECK(json(t.shape) == theirs["shape"]);
        CHECK(t.offset == theirs["offset"]);
        if (i + 1 < file.tensors.size())
            CHECK(divide_up(t.bytes, alignment) * alignment ==
                  read["tensors"][i + 1]["offset"].get<std::int64_t>() - t.offset);
    }
    CHECK(file.elements == read["parameters"]);
}

std::string u32(std::uint32_t n) {
    std::string raw;
    for (int i = 0; i < 4; ++i) raw.push_back(static_cast<char>(n >> (8 * i) & 0xFFU));
    return raw;
}
std::string u64(std::uint64_t n) {
    return u32(static_cast<std::uint32_t>(n)) + u32(static_cast<std::uint32_t>(n >> 32));
}
std::string text(std::string_view t) { return u64(t.size()) + std::string(t); }
std::string head(std::uint64_t tensors, std::uint64_t entries, std::uint32_t version = 3) {
    return "GGUF" + u32(version) + u64(tensors) + u64(entries);
}
std::string tensor(std::string_view name, std::initializer_list<std::uint64_t> shape, std::uint32_t type,
                   std::uint64_t offset) {
    std::string row = text(name) + u32(static_cast<std::uint32_t>(shape.size()));
    for (const std::uint64_t n : shape) row += u64(n);
    return row + u32(type) + u64(offset);
}
/// Returns the header padded to 32 bytes, followed by the given number of bytes of data.
std::string with_data(std::string header, std::size_t bytes) {
    header.resize((header.size() + 31) / 32 * 32 + bytes);
    return header;
}

io::tensor_file read(const std::string& bytes) {
    std::istringstream in(bytes);
    return io::read_gguf(in, static_cast<std::int64_t>(bytes.size()));
}
void refused(const std::string& bytes, std::string_view key, std::string_view accepted) {
    CAPTURE(key);
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

}  // namespace

TEST_CASE("GGUF files hold what an independent parser reads in them") {
    check_tensors("tiny-llama.gguf", 32);
    check_tensors("tiny-qwen3moe.gguf", 32);
    check_tensors("tiny-gemma3.gguf", 64);
    check_tensors("all-types.gguf", 32);
}

TEST_CASE("A GGUF file's metadata and tensors make its model") {
    CHECK(*io::read_gguf(folder + "tiny-llama.gguf").model ==
          transformer{.layers = 2, .hidden = 32, .heads = 4, .kv_heads = 2, .ffn = 64, .vocab = 40});
    CHECK(*io::read_gguf(folder + "tiny-qwen3moe.gguf").model ==
          transformer{.layers = 1,
                      .hidden = 32,
                      .heads = 4,
                      .kv_heads = 2,
                      .head_dim = 16,
                      .vocab = 24,
                      .experts = {.count = 4, .active = 2, .ffn = 32},
                      .head_norm = true});
    CHECK(*io::read_gguf(folder + "tiny-gemma3.gguf").model ==
          transformer{.layers = 1,
                      .hidden = 32,
                      .heads = 2,
                      .kv_heads = 1,
                      .head_dim = 32,
                      .ffn = 64,
                      .vocab = 24,
                      .tied_embeddings = true,
                      .sliding_window = {.window = 16, .global_every = 6},
                      .norms_per_layer = 4,
                      .head_norm = true});
    const io::tensor_file bare = io::read_gguf(folder + "all-types.gguf");
    CHECK_FALSE(bare.model);
    CHECK(bare.why_no_model == "the file names no general.architecture");
}

TEST_CASE("A GGUF file's bytes are told by kind") {
    // tiny-llama has 18 bytes per 32 elements of q4_0, 22 of q5_0 and 34 of q8_0.
    const io::tensor_file file = io::read_gguf(folder + "tiny-llama.gguf");
    const io::bytes_by_kind kinds = io::by_kind(file);
    CHECK(kinds.embedding == 40 * 18);
    CHECK(kinds.head == 40 * 34);
    CHECK(kinds.attention == 2 * (32 * 18 + 16 * 18 + 16 * 34 + 32 * 18));
    CHECK(kinds.feed_forward == 2 * (2 * 64 * 18 + 64 * 22));
    CHECK(kinds.experts == 0);
    CHECK(kinds.norms_and_rest() == 4 * (5 * 32 + 4));
    CHECK(file.tensor_bytes ==
          kinds.embedding + kinds.head + kinds.attention + kinds.feed_forward + kinds.norms_and_rest());
}

TEST_CASE("A GGUF file whose parts make no sense is refused") {
    CHECK(read(head(0, 0)).tensors.empty());
    refused("", "gguf.magic", "goes on");
    refused("GGML" + u32(3) + u64(0) + u64(0), "gguf.magic", "GGUF");
    refused(head(0, 0, 1), "gguf.version", "2 or 3");
    refused(head(0, 0, 4), "gguf.version", "2 or 3");
    refused(head(0, 0, 3U << 24), "gguf.version", "big-endian");
    refused(head(~0ULL, 0), "gguf.tensor_count", "the file holds no more");
    refused(head(0, 1ULL << 63), "gguf.metadata_count", "the file holds no more");
    refused(head(0, 1) + u64(~0ULL) + std::string(64, 'a'), "gguf.metadata[0].key.length", "the file holds no more");
    refused(head(0, 1) + text("k\xFF") + u32(0) + std::string(32, '\0'), "gguf.metadata[0].key", "UTF-8");
    refused(head(0, 1) + text("k\xED\xA0\x80") + u32(0) + "a", "gguf.metadata[0].key", "UTF-8");
    refused(head(0, 1) + text("k") + u32(13) + std::string(8, '\0'), "gguf.k.type", "0 to 12");
    refused(head(0, 1) + text("k") + u32(4) + "abc", "gguf.k", "goes on");
    refused(head(0, 2) + text("k") + u32(0) + "a" + text("k") + u32(0) + "a", "gguf.metadata.key", "each key once");
    refused(head(0, 1) + text("k") + u32(9) + u32(10) + u64(1ULL << 61), "gguf.k.length", "the file holds no more");
    std::string nested = head(0, 1) + text("k") + u32(9);
    for (int i = 0; i < 6; ++i) nested += u32(9) + u64(1);
    refused(nested + u32(0) + u64(0), "gguf.k", "at most 4 deep");
    for (const std::uint32_t alignment : {0U, 3U, 48U, 1U << 30U})
        refused(head(0, 1) + text("general.alignment") + u32(4) + u32(alignment), "gguf.general.alignment",
                "a power of two");
}

TEST_CASE("A GGUF tensor that cannot be is refused") {
    const auto one = [](const std::string& row) { return with_data(head(1, 0) + row, 64); };
    CHECK(read(one(tensor("t", {4, 4}, 0, 0))).tensor_bytes == 64);
    CHECK(read(one(tensor("t", {32}, 2, 32))).tensor_bytes == 18);
    refused(one(tensor("t", {17}, 0, 0)), "gguf.t.offset", "within the file");
    refused(one(tensor("t", {4}, 0, 64)), "gguf.t.offset", "within the file");
    refused(one(tensor("t", {4}, 0, ~0ULL)), "gguf.tensors[0].offset", "within the file");
    refused(one(tensor("t", {4}, 0, 8)), "gguf.t.offset", "a multiple of 32");
    refused(one(tensor("t", {}, 0, 0)), "gguf.tensors[0].dimensions", "1 to 4");
    refused(one(tensor("t", {1, 1, 1, 1, 1}, 0, 0)), "gguf.tensors[0].dimensions", "1 to 4");
    refused(one(tensor("t", {4, 0}, 0, 0)), "gguf.tensors[0].shape", "2^63");
    refused(one(tensor("t", {1ULL << 32, 1ULL << 32}, 0, 0)), "gguf.tensors[0].shape", "2^63");
    refused(one(tensor("t", {1ULL << 62}, 0, 0)), "gguf.tensors[0].shape", "bytes");
    refused(one(tensor("t", {16}, 2, 0)), "gguf.tensors[0].shape", "whole blocks of 32");
    refused(one(tensor("t", {16}, 4, 0)), "gguf.tensors[0].type", "a ggml type");
    refused(one(tensor("\xC0\x80", {16}, 0, 0)), "gguf.tensors[0].name", "UTF-8");
    const auto two = [](const std::string& a, const std::string& b) { return with_data(head(2, 0) + a + b, 64); };
    CHECK(read(two(tensor("a", {8}, 0, 0), tensor("b", {8}, 0, 32))).tensor_bytes == 64);
    refused(two(tensor("a", {8}, 0, 0), tensor("a", {8}, 0, 32)), "gguf.tensors.name", "each name once");
    refused(two(tensor("a", {9}, 0, 0), tensor("b", {8}, 0, 32)), "gguf.b.offset", "behind the end of a");
}

TEST_CASE("A GGUF file cut off anywhere is refused") {
    std::ifstream in(folder + "tiny-gemma3.gguf", std::ios::binary);
    const std::string whole(std::istreambuf_iterator<char>(in), {});
    for (std::size_t size = 0; size < whole.size(); size += size < 2000 ? 1 : 997)
        CHECK_THROWS_AS(static_cast<void>(read(whole.substr(0, size))), io::input_error);
    // The stated size exceeds that of the stream.
    std::istringstream cut(whole.substr(0, 500));
    CHECK_THROWS_AS(static_cast<void>(io::read_gguf(cut, static_cast<std::int64_t>(whole.size()))), io::input_error);
    CHECK_THROWS_AS(static_cast<void>(io::read_gguf(folder + "not-there.gguf")), io::input_error);
    CHECK_THROWS_AS(static_cast<void>(io::read_gguf(folder)), io::input_error);
}

}  // namespace io_gguf_test
