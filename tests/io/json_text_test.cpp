// SPDX-License-Identifier: MIT

// The two targets of a document say the same, and the text is the one that nlohmann's serializer writes.

#include <cardfit/io/answer.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

using namespace cardfit;

namespace {

/// Writes lists, objects and values of every kind, empty ones and nested ones among them.
template <class Out>
void write_everything(Out& out) {
    out.begin_object();
    io::write_member(out, "least", (std::numeric_limits<std::int64_t>::min)());
    io::write_member(out, "no", false);
    io::write_member(out, "third", 1.0 / 3);
    io::write_member(out, "whole", 2.0);
    io::write_member(out, "large", 1e300);
    io::write_member(out, "infinite", std::numeric_limits<double>::infinity());
    io::write_member(out, "quoted", std::string("a \"b\" \\ \n \x01"));
    io::write_member(out, "wide", std::string_view("±20 %"));
    io::write_member(out, "tree", nlohmann::ordered_json{{"z", 1}, {"a", nullptr}});
    out.key("list");
    out.begin_list();
    out.value(1);
    out.begin_list();
    out.end_list();
    out.begin_object();
    out.end_object();
    out.value(std::string_view());
    out.end_list();
    io::write_member(out, "last", 7);
    out.end_object();
}

}  // namespace

TEST_CASE("a document is the same as text and as a tree") {
    const auto write = [](auto& out) { write_everything(out); };
    const std::string text = io::line_of(write);
    CHECK(text == R"({"least":-9223372036854775808,"no":false,"third":0.3333333333333333,"whole":2.0,"large":1e+300,)"
                  R"("infinite":null,"quoted":"a \"b\" \\ \n \u0001","wide":"±20 %","tree":{"z":1,"a":null},)"
                  R"("list":[1,[],{},""],"last":7})");
    CHECK(io::tree_of(write).dump() == text);
    CHECK(io::dump(io::tree_of(write)) == text);
}

TEST_CASE("bytes of a text that are not UTF-8 are replaced") {
    const auto write = [](auto& out) { out.value(std::string("a\xFF")); };
    CHECK(io::line_of(write) == "\"a\xEF\xBF\xBD\"");
}

TEST_CASE("the line of an answer is its document") {
    // A pipeline, a training with images and adapters, cards of two models, and a model by another name on a module.
    for (
        const char* line :
        {R"({"model": "llama-3.1-405b", "hardware": {"card": "h100-sxm5-80gb", "cards": 1024}, "training":
             {"framework": "megatron"}, "layout": {"tensor": 8, "pipeline": 16, "data": 8}})",
         R"({"model": "llama-3.2-11b-vision", "hardware": {"card": "rtx-4090"}, "training": {"adapter": {"rank": 8, "targets": ["q"]}}})",
         R"({"model": "llama-3.1-8b", "hardware": {"card": "rtx-4090", "other_cards": ["rtx-3090"]}, "inference":
             {"framework": "llama.cpp", "weights": "q4_k_m"}})",
         R"({"model": "meta-llama/Llama-3.1-8B", "hardware": {"card": "mi250x"}, "inference": {"batch": 4}})"}) {
        CAPTURE(line);
        const io::job_file job = io::read_job_text(line);
        const io::answered_job answer = io::answer(job);
        CHECK(io::answer_line(job, answer) == io::answer_json(job, answer).dump());
    }
}
