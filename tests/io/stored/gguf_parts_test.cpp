// SPDX-License-Identifier: MIT

// Tests GGUF files of architectures that cardfit has no row for, and split ones: bytes by the tensors, and the cache by
// the metadata that all architectures share (ggml, docs/gguf.md). All figures are by hand.

#include "make_files.hpp"

#include <cardfit/io/answer.hpp>

#include <doctest/doctest.h>

#include <string>

namespace io_stored_gguf_parts_test {

using namespace cardfit;
using files::entry;
using files::gguf_tensor;

namespace {

std::vector<std::string> decoder(const std::string& name) {
    return {entry("general.architecture", name),       entry(name + ".block_count", 2),
            entry(name + ".embedding_length", 256),    entry(name + ".attention.head_count", 4),
            entry(name + ".feed_forward_length", 512), entry(name + ".attention.head_count_kv", 2),
            entry(name + ".attention.key_length", 96), entry(name + ".attention.value_length", 64)};
}
std::vector<gguf_tensor> tensors(const char* mixer = "attn_k") {
    std::vector<gguf_tensor> all{{"token_embd.weight", {256, 1000}, 8}, {"output_norm.weight", {256}, 0}};
    for (int layer = 0; layer < 2; ++layer) {
        const std::string stem = "blk." + std::to_string(layer) + ".";
        all.push_back({stem + mixer + ".weight", {256, 192}, 8});
        all.push_back({stem + "ffn_up.weight", {256, 512}, 8});
    }
    return all;
}
std::int64_t bytes_of(const std::vector<gguf_tensor>& all) {
    std::uint64_t sum = 0;
    for (const gguf_tensor& t : all) sum += files::bytes_of(t);
    return static_cast<std::int64_t>(sum);
}

stored_model model_of(const std::string& name, const std::vector<std::string>& entries,
                      const std::vector<gguf_tensor>& all) {
    const io::checkpoint c = io::read_checkpoint(files::gguf(files::folder(name) / "model.gguf", entries, all));
    CHECK_FALSE(c.shape_verified);
    CHECK(c.weights.total() == bytes_of(all));
    REQUIRE_MESSAGE(c.model, c.why_no_model);
    return std::get<stored_model>(*c.model);
}

std::string why_not(const std::string& name, const std::vector<std::string>& entries,
                    const std::vector<gguf_tensor>& all) {
    const io::checkpoint c = io::read_checkpoint(files::gguf(files::folder(name) / "model.gguf", entries, all));
    CHECK_FALSE(c.model);
    CHECK(c.contents.bytes == bytes_of(all));
    return c.why_no_model;
}

}  // namespace

TEST_CASE("A GGUF file of any architecture has its bytes, and the cache that its metadata states") {
    const stored_model m = model_of("any", decoder("brandnew"), tensors());
    CHECK(m.hidden == 256);
    CHECK(m.vocab == 1000);
    CHECK(m.query_width == 4 * 96);
    CHECK(m.kinds[0] == stored_layers{.layers = 2, .cache_width = 2 * (96 + 64)});
    // llama.cpp leaves the embedding in host memory, and reads it as a tied head on the GPU.
    nlohmann::json job = {{"model", {{"gguf", std::string(CARDFIT_SCRATCH) + "/stored/any/model.gguf"}}},
                          {"hardware", {{"card", "rtx-4090"}}},
                          {"inference", {{"framework", "llama.cpp"}, {"prompt", 1000}, {"generate", 24}}}};
    const io::answered_job a = io::answer(io::read_job(job));
    CHECK(a.report.memory.components.weights.number == bytes_of(tensors()));
    CHECK(a.report.memory.components.kv_cache.number == 2 * 2 * (96 + 64) * 2 * 1024);
    CHECK(a.stored["shape_verified"] == false);
}

TEST_CASE("Layers may cache differently: key/value heads by layer, windows, latents and recurrent states") {
    std::vector<std::string> entries = decoder("lists");
    entries[5] = entry("lists.attention.head_count_kv", std::vector<std::uint32_t>{2, 4});
    const stored_model lists = model_of("lists", entries, tensors());
    CHECK(lists.kinds[0] == stored_layers{.layers = 1, .cache_width = 2 * 160});
    CHECK(lists.kinds[1] == stored_layers{.layers = 1, .cache_width = 4 * 160});

    // A window counts only where the file lists its layers.
    entries = decoder("windows");
    entries.push_back(entry("windows.attention.sliding_window", 128));
    CHECK(model_of("windows", entries, tensors()).kinds[0].window == 0);
    entries.push_back(entry("windows.attention.sliding_window_pattern", std::vector<std::uint32_t>{1, 0}));
    const stored_model windows = model_of("windows", entries, tensors());
    CHECK(windows.kinds[0] == stored_layers{.layers = 1, .cache_width = 320, .window = 128});
    CHECK(windows.kinds[1] == stored_layers{.layers = 1, .cache_width = 320});

    // DeepSeek-V3 in llama.cpp: a latent of 512 and a rotary key of 64.
    entries = decoder("latent");
    entries.push_back(entry("latent.attention.kv_lora_rank", 512));
    entries.push_back(entry("latent.attention.key_length_mla", 192));
    entries.push_back(entry("latent.rope.dimension_count", 64));
    const stored_model latent = model_of("latent", entries, tensors());
    CHECK(latent.kinds[0] == stored_layers{.layers = 2, .cache_width = 576, .latent_values = 512});
    CHECK(latent.query_width == 4 * 192);

    // Mamba: 3 inputs of a convolution over 512 + 2 x 16 channels, and a state of 16 for each of 512.
    entries = decoder("recurrent");
    CHECK(why_not("recurrent", entries, tensors("ssm_in")).find("state of its recurrent layers") != std::string::npos);
    for (const auto& [key, value] : {std::pair("ssm.inner_size", 512), std::pair("ssm.state_size", 16),
                                     std::pair("ssm.group_count", 1), std::pair("ssm.conv_kernel", 4)})
        entries.push_back(entry(std::string("recurrent.") + key, static_cast<std::uint32_t>(value)));
    CHECK(model_of("recurrent", entries, tensors("ssm_in")).kinds[0] ==
          stored_layers{.layers = 2, .state_width = 512 * 16 + 3 * (512 + 2 * 16)});
}

TEST_CASE("What a GGUF file does not tell is said, and its bytes stay") {
    std::vector<std::string> none = decoder("none");
    none.erase(none.begin() + 1);
    CHECK(why_not("none", none, tensors()).find("block_count") != std::string::npos);
    std::vector<std::string> two = decoder("two");
    two.push_back(entry("two.decoder_block_count", 2));
    CHECK(why_not("two", two, tensors()).find("encoder-decoder") != std::string::npos);
    std::vector<std::string> many = decoder("many");
    many[1] = entry("many.block_count", 4'000'000'000U);
    CHECK(why_not("many", many, tensors()).find("number of its layers") != std::string::npos);
    std::vector<std::string> wide = decoder("wide");
    wide[6] = entry("wide.attention.key_length", 1'000'000'000U);
    wide[3] = entry("wide.attention.head_count", 1'000'000'000U);
    CHECK(why_not("wide", wide, tensors()).find("a possible shape") != std::string::npos);
}

TEST_CASE("A split GGUF model is all of its parts") {
    const auto folder = files::folder("split");
    std::vector<gguf_tensor> all = tensors();
    const std::vector<gguf_tensor> first(all.begin(), all.begin() + 4);
    const std::vector<gguf_tensor> second(all.begin() + 4, all.end());
    std::vector<std::string> head = decoder("parted");
    head.push_back(entry("split.no", 0));
    head.push_back(entry("split.count", 2));
    head.push_back(entry("split.tensors.count", 6));
    const std::vector<std::string> tail{entry("split.no", 1), entry("split.count", 2)};
    const std::string one = files::gguf(folder / "m-00001-of-00002.gguf", head, first);
    const auto refused = [](const std::string& path, const char* why) {
        CHECK_THROWS_WITH_AS(static_cast<void>(io::read_contents(path)), doctest::Contains(why), io::input_error);
    };
    try {
        static_cast<void>(io::read_contents(one));
        FAIL("the second part is missing");
    } catch (const io::input_error& e) {
        // A message cuts a long path; the problem has all of it.
        CHECK(e.problems().front().value.get<std::string>().ends_with("m-00002-of-00002.gguf"));
    }
    const std::string two = files::gguf(folder / "m-00002-of-00002.gguf", tail, second);
    for (const std::string& path : {one, two, folder.string()}) {
        const io::checkpoint c = io::read_checkpoint(path);
        CHECK(c.contents.bytes == bytes_of(all));
        CHECK(c.contents.file.tensors.size() == 6);
        CHECK(std::get<stored_model>(*c.model).kinds[0].layers == 2);
    }
    // Parts that are not those that the names state, or that repeat a tensor.
    files::gguf(folder / "m-00002-of-00002.gguf", {entry("split.no", 0), entry("split.count", 2)}, second);
    refused(one, "the part and the number of parts");
    files::gguf(folder / "m-00002-of-00002.gguf", tail, first);
    refused(one, "each name once");
    files::gguf(folder / "m-00002-of-00002.gguf", tail, {second.front()});
    refused(one, "the number of tensors");
    files::gguf(folder / "n-00001-of-99999.gguf", head, first);
    refused((folder / "n-00001-of-99999.gguf").string(), "1 to 10000 parts");
    refused(folder.string(), "2 GGUF models");
}

}  // namespace io_stored_gguf_parts_test
