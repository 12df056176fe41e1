// SPDX-License-Identifier: MIT

// Tests that one job at many sizes has the fit of as many jobs of one size each.

#include <cardfit/io/answer.hpp>
#include <cardfit/io/job_sizes.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace job_sizes_test {

using namespace cardfit;

/// A job at a size: `%` is where its keys go.
struct sized_text {
    const char* text;
    const char* batch;
    const char* length;
};
constexpr sized_text jobs[]{
    {R"({"model": "llama-3.1-8b", "hardware": {"card": "h100-sxm5-80gb", "cards": 8},
         "layout": {"data": 8, "sharding": "full"}, "training": {%}})",
     "micro_batch", "sequence_length"},
    {R"({"model": "llama-3.1-8b", "hardware": {"card": "a100-sxm4-80gb"},
         "training": {"offload": "optimizer", "framework": "deepspeed", %}})",
     "micro_batch", "sequence_length"},
    {R"({"model": "llama-3.1-8b", "hardware": {"card": "rtx-4090"}, "inference": {"generate": 0, %}})", "batch",
     "prompt"},
};

std::string at_size(const sized_text& job, std::int64_t batch, std::int64_t length) {
    std::string text = job.text;
    const std::string keys = "\"" + std::string(job.batch) + "\": " + std::to_string(batch) + ", \"" + job.length +
                             "\": " + std::to_string(length);
    return text.replace(text.find('%'), 1, keys);
}

TEST_CASE("one job at many sizes fits as many jobs of one size each do") {
    const std::vector<std::int64_t> batches{1, 2, 3, 64, 1};
    const std::vector<std::int64_t> lengths{2048, 512, 4096, 2048, 1};
    for (const sized_text& job : jobs) {
        const io::job_file one = io::read_job_text(at_size(job, 1, 128));
        std::size_t answered = 0;
        io::fit_sizes(one, batches.size(), batches.data(), lengths.data(), [&](std::size_t i, const fit_report& got) {
            CAPTURE(job.text);
            CAPTURE(i);
            const io::answered_job alone = io::answer(io::read_job_text(at_size(job, batches[i], lengths[i])));
            CHECK(got.memory.device() == alone.need().device());
            CHECK(got.memory.device_high == alone.need().device_high);
            CHECK(got.grade == alone.report.grade);
            ++answered;
        });
        CHECK(answered == batches.size());
    }
}

TEST_CASE("the tokens that a job generates stay as they are in a longer context") {
    const io::job_file job = io::read_job_text(
        R"({"model": "llama-3.1-8b", "hardware": {"card": "rtx-4090"}, "inference": {"prompt": 7, "generate": 100}})");
    const io::sized_job sized(job);
    inference same = *job.inference;
    same.prompt = 900;
    CHECK(sized.fit({.batch = 1, .length = 1000}).memory.device() ==
          fit(lower(models::llama_3_1_8b), same, job.hardware).memory.device());
    same.prompt = 1;
    same.generate = 49;
    CHECK(sized.fit({.batch = 1, .length = 50}).memory.device() ==
          fit(lower(models::llama_3_1_8b), same, job.hardware).memory.device());
}

TEST_CASE("a size that a job cannot have is an error with its place") {
    const io::job_file job = io::read_job_text(at_size(jobs[0], 1, 128));
    const std::int64_t batches[]{1, 0, 1};
    const std::int64_t lengths[]{128, 128, 128};
    int answered = 0;
    try {
        io::fit_sizes(job, 3, batches, lengths, [&](std::size_t, const fit_report&) { ++answered; });
        FAIL("accepted");
    } catch (const io::input_error& e) {
        REQUIRE(e.problems().size() == 1);
        CHECK(e.problems()[0].key == "training.micro_batch");
        CHECK(e.problems()[0].line == 2);
    }
    CHECK(answered == 1);
}

TEST_CASE("what a job's own size bounds holds for no other size, whether or not it takes host memory") {
    const auto fit_at = [](const char* keys, const io::job_size& size) {
        const std::string text =
            R"({"model": "llama-3.1-8b", "hardware": {"card": "h100-sxm5-80gb"}, "training": {"sequence_length": 2048, )" +
            std::string(keys) + "}}";
        return io::sized_job(io::read_job_text(text)).fit(size);
    };
    const io::job_size small{.batch = 1, .length = 256};
    const fit_report plain = fit_at(R"("typical_length": 512)", small);
    const fit_report loaded = fit_at(R"("typical_length": 512, "data_workers": 4)", small);
    CHECK(loaded.memory.device() == plain.memory.device());
    // 4 workers hold 2 batches each, and one more is copied: of 256 tokens, with 3 numbers of 8 bytes each.
    CHECK(loaded.host.loading == bytes_of(9 * 256 * 24));
}

TEST_CASE("a context of no token is refused by the field that the size gives") {
    const io::job_file job = io::read_job_text(
        R"({"model": "llama-3.1-8b", "hardware": {"card": "rtx-4090"}, "inference": {"prompt": 7, "generate": 100}})");
    try {
        static_cast<void>(io::sized_job(job).fit({.batch = 1, .length = 0}));
        FAIL("accepted");
    } catch (const invalid_input& e) {
        CHECK(std::string(e.what()).find("inference.prompt is 0") != std::string::npos);
    }
}

}  // namespace job_sizes_test
