// SPDX-License-Identifier: MIT

// A plain document is what the parser of all of JSON makes of its text, and a job that is read from one is the job that
// is read from a tree.

#include <cardfit/io/answer.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace cardfit;

namespace {

[[nodiscard]] bool is_plain(std::string_view text) { return io::plain_json(text).is_plain(); }

/// Returns what the parser of all of JSON makes of a text; nothing if it refuses it.
[[nodiscard]] std::optional<nlohmann::json> parsed(const std::string& text) {
    try {
        return io::parse_json(text);
    } catch (const io::input_error&) {
        return {};
    }
}

/// Returns the answer to a job that is read from a tree; nothing if it is refused.
[[nodiscard]] std::optional<std::string> answer_by_tree(const std::string& text) {
    try {
        const io::job_file job = io::read_job(io::job_of_text(text));
        return io::answer_line(job, io::answer(job));
    } catch (const io::input_error&) {
        return {};
    }
}

constexpr std::array jobs{
    R"({"model": "llama-3.1-8b", "hardware": {"card": "h100-sxm5-80gb", "cards": 8}, "training": {"micro_batch": 2, )"
    R"("adapter": {"rank": 16, "targets": ["q", "v"]}, "optimizer": "adamw", "dropout": true}, "layout": {"data": 8}})",
    R"({"model": "gpt-oss-20b", "hardware": {"card": "rtx-4090", "host_memory_gb_s": 60.5}, "inference": {"batch": 4, )"
    R"("prompt": 1000, "generate": 200, "kv_cache": "fp8", "framework": "vllm", "memory_utilization": 0.85}})",
    R"({"model": {"transformer": {"layers": 24, "hidden": 1024, "heads": 16, "ffn": 4096, "vocab": 50257}}, )"
    R"("hardware": {"machine": "p5.48xlarge", "nodes": 2}, "training": {"sequence_length": 512}})",
    R"({"id": "a row", "job": {"model": "llama-2-7b", "hardware": {"card": "rtx-4090", "other_cards": ["rtx-3090"]}, )"
    R"("inference": {"framework": "llama.cpp", "weights": "q4_k_m", "tensor_split": [3, 2.5]}}, "measured": {}})",
    R"({"model": "resnet-50", "hardware": {"card": "a100-sxm4-40gb", "cards": 2}, "training": {"micro_batch": 64}})"};

/// Pieces that a job is spoilt with, or with which it remains one.
constexpr std::array<std::string_view, 42> pieces{"0",
                                                  "1",
                                                  "7",
                                                  "9007199254740993",
                                                  "123456789012345678901234567890",
                                                  "1e3",
                                                  "0.5",
                                                  "-1",
                                                  "-0",
                                                  "00",
                                                  ".5",
                                                  "5.",
                                                  "true",
                                                  "null",
                                                  "NaN",
                                                  "\"\"",
                                                  "[]",
                                                  "{}",
                                                  "[1, \"q\"]",
                                                  "{\"a\": 1}",
                                                  "\"bf16\"",
                                                  "\\",
                                                  "\"",
                                                  "\\u0041",
                                                  "\xC3\xA9",
                                                  "\xFF",
                                                  "\n",
                                                  "\t",
                                                  " ",
                                                  ",",
                                                  ":",
                                                  "{",
                                                  "}",
                                                  "[",
                                                  "]",
                                                  "\"FULL\"",
                                                  "fp_8",
                                                  "zero_3",
                                                  "micro_batch",
                                                  "\"layout\": {}",
                                                  "layout",
                                                  "1.0"};

/// Returns a job with up to three random changes of its text: bytes that are lost, repeated or replaced by a piece.
[[nodiscard]] std::string changed(std::mt19937& random) {
    const auto below = [&](std::size_t end) { return random() % end; };
    std::string text = jobs[below(jobs.size())];
    for (std::size_t change = below(4); change > 0; --change) {
        const std::size_t at = below(text.size());
        const std::size_t length = below(8);
        if (below(4) == 0)
            text.erase(at, length);
        else if (below(3) == 0)
            text.insert(at, text.substr(below(text.size()), length * 4));
        else if (const std::size_t value = text.find(": ", at); value != text.npos && below(2) == 0)
            text.replace(value + 2, text.find_first_of(",}]", value) - value - 2, pieces[below(pieces.size())]);
        else
            text.replace(at, length, pieces[below(pieces.size())]);
    }
    return text;
}

}  // namespace

TEST_CASE("what is plain is what the parser makes of it") {
    for (const char* text :
         {R"({})", R"([])", R"("a b")", R"(0)", R"(123456789012345)", R"(0.1)", R"(12345678.1234567)", R"(true)",
          " {\"a\" : [ 1 , {\"b\":\"c\"} ,[ ] ] ,\"d\":false}\r", R"({"a":{"a":{"a":0.25}},"b":""})"}) {
        CAPTURE(text);
        const io::plain_json document(text);
        REQUIRE(document.is_plain());
        CHECK(io::json_view(document).tree() == nlohmann::json::parse(text));
        CHECK(io::json_view(document).tree().dump() == nlohmann::json::parse(text).dump());
    }
}

TEST_CASE("what is not JSON, or unusual, is not plain") {
    for (const char* text : {"",
                             " ",
                             "{",
                             "}",
                             "{]",
                             "[1",
                             "[1,]",
                             "{,}",
                             R"({"a"})",
                             R"({"a":})",
                             R"({"a":1,})",
                             R"({a:1})",
                             "01",
                             "1.",
                             ".1",
                             "-1",
                             "+1",
                             "1e3",
                             "1.5E3",
                             "1234567890123456",
                             "0.1234567890123456",
                             "123456789012345.1",
                             "123456789012345.1234567890123456",
                             "tru",
                             "null",
                             "NaN",
                             "1 2",
                             R"("a\n")",
                             "\"a",
                             "\"\xC3\xA9\"",
                             "\"\t\"",
                             R"({"a":1,"a":1})",
                             R"({"a":{"b":1,"c":2,"b":3}})",
                             "[[[[[[[[[[1]]]]]]]]]]",
                             "\xEF\xBB\xBF{}"}) {
        CAPTURE(text);
        CHECK_FALSE(is_plain(text));
    }
    CHECK_FALSE(is_plain(std::string_view("1\0", 2)));
    std::string many = "[0";
    for (int i = 0; i < 1000; ++i) many += ",0";
    CHECK_FALSE(is_plain(many + "]"));
}

TEST_CASE("a plain job is the job of its tree") {
    std::mt19937 random(20261127);  // NOLINT(cert-msc32-c,cert-msc51-cpp): every run tests the same texts
    int plain_documents = 0;
    int plain_jobs = 0;
    int refused = 0;
    for (int i = 0; i < 6000; ++i) {
        const std::string text = changed(random);
        CAPTURE(text);
        const io::plain_json document(text);
        const std::optional<nlohmann::json> tree = document.is_plain() ? parsed(text) : std::nullopt;
        if (document.is_plain()) {
            ++plain_documents;
            REQUIRE(tree);
            CHECK(io::json_view(document).tree().dump() == tree->dump());
        }
        io::job_file job;
        if (!io::read_plain_job(text, job)) {
            ++refused;
            continue;
        }
        ++plain_jobs;
        const std::optional<std::string> expected = answer_by_tree(text);
        REQUIRE(expected);
        CHECK(io::answer_line(job, io::answer(job)) == *expected);
    }
    CHECK(plain_documents > 2000);
    CHECK(plain_jobs > 1500);
    CHECK(refused > 1500);
}

TEST_CASE("every unchanged job is plain") {
    for (const char* text : jobs) {
        CAPTURE(text);
        io::job_file job;
        CHECK(io::read_plain_job(text, job));
    }
}
