// SPDX-License-Identifier: MIT

// Tests checkpoints by their bytes: quantized and packed tensors, folders, snapshots, indices alone and the Hub's
// answer. All counts are by hand, from the layout of each method's tensors.

#include "make_files.hpp"

#include <cardfit/io/answer.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <utility>

namespace io_stored_checkpoint_test {

using namespace cardfit;
using files::tensor;

namespace {

// A Llama of 2 layers: hidden 256, 4 heads, 2 key/value heads of 64, feed-forward 512, 1000 tokens.
constexpr std::int64_t matrices = 256 * 256 * 2 + 256 * 128 * 2 + 3 * 256 * 512;
constexpr std::int64_t llama_parameters = 2 * 1000 * 256 + 2 * (matrices + 2 * 256) + 256;

nlohmann::json llama_config() {
    return {{"model_type", "llama"},       {"architectures", {"LlamaForCausalLM"}},
            {"num_hidden_layers", 2},      {"hidden_size", 256},
            {"num_attention_heads", 4},    {"num_key_value_heads", 2},
            {"intermediate_size", 512},    {"vocab_size", 1000},
            {"tie_word_embeddings", false}};
}

struct matrix {
    const char* name;
    std::int64_t in;
    std::int64_t out;
};
constexpr matrix layer_matrices[]{{"self_attn.q_proj", 256, 256}, {"self_attn.k_proj", 256, 128},
                                  {"self_attn.v_proj", 256, 128}, {"self_attn.o_proj", 256, 256},
                                  {"mlp.gate_proj", 256, 512},    {"mlp.up_proj", 256, 512},
                                  {"mlp.down_proj", 512, 256}};

/// Returns the tensors of the model, where `make` returns those of one matrix.
template <class Make>
std::vector<tensor> llama(Make make) {
    std::vector<tensor> all{{"model.embed_tokens.weight", "BF16", {1000, 256}},
                            {"lm_head.weight", "BF16", {1000, 256}},
                            {"model.norm.weight", "BF16", {256}}};
    for (int layer = 0; layer < 2; ++layer) {
        const std::string stem = "model.layers." + std::to_string(layer) + ".";
        for (const char* norm : {"input_layernorm", "post_attention_layernorm"})
            all.push_back({stem + norm + ".weight", "BF16", {256}});
        for (const matrix& m : layer_matrices)
            for (tensor& t : make(stem + m.name, m.in, m.out)) all.push_back(std::move(t));
    }
    return all;
}
using made = std::vector<tensor>;

made plain(const std::string& name, std::int64_t in, std::int64_t out) {
    return {{name + ".weight", "BF16", {out, in}}};
}
made awq(const std::string& name, std::int64_t in, std::int64_t out) {
    return {{name + ".qweight", "I32", {in, out / 8}},
            {name + ".qzeros", "I32", {in / 128, out / 8}},
            {name + ".scales", "F16", {in / 128, out}}};
}
made gptq(const std::string& name, std::int64_t in, std::int64_t out) {
    return {{name + ".qweight", "I32", {in / 8, out}},
            {name + ".qzeros", "I32", {in / 128, out / 8}},
            {name + ".scales", "F16", {in / 128, out}},
            {name + ".g_idx", "I32", {in}}};
}
made fp8(const std::string& name, std::int64_t in, std::int64_t out) {
    return {{name + ".weight", "F8_E4M3", {out, in}}, {name + ".weight_scale_inv", "F32", {out / 128, in / 128}}};
}
made bitsandbytes(const std::string& name, std::int64_t in, std::int64_t out) {
    return {{name + ".weight", "U8", {in * out / 2, 1}},
            {name + ".weight.absmax", "U8", {in * out / 64}},
            {name + ".weight.quant_map", "F32", {16}},
            {name + ".weight.nested_absmax", "F32", {in * out / 64 / 256}},
            {name + ".weight.nested_quant_map", "F32", {256}},
            {name + ".weight.quant_state.bitsandbytes__nf4", "U8", {80}}};
}
made packed_words(const std::string& name, std::int64_t in, std::int64_t out) {
    return {{name + ".weight_packed", "I32", {out, in / 8}},
            {name + ".weight_scale", "BF16", {out, in / 128}},
            {name + ".weight_shape", "I64", {2}}};
}
made nvfp4(const std::string& name, std::int64_t in, std::int64_t out) {
    return {{name + ".weight", "U8", {out, in / 2}},
            {name + ".weight_scale", "F8_E4M3", {out, in / 16}},
            {name + ".weight_scale_2", "F32", {}},
            {name + ".input_scale", "F32", {}}};
}

/// Returns the checkpoint of these tensors in a folder with a config.json.
io::checkpoint in_folder(const std::string& name, const std::vector<tensor>& tensors, const nlohmann::json& config) {
    const auto folder = files::folder(name);
    files::safetensors(folder / "model.safetensors", tensors);
    files::write(folder / "config.json", config.dump());
    return io::read_checkpoint(folder.string());
}

nlohmann::json job_of(const nlohmann::json& model, const char* kind = "inference") {
    return {{"model", model}, {"hardware", {{"card", "rtx-4090"}}}, {kind, nlohmann::json::object()}};
}

}  // namespace

TEST_CASE("Quantized tensors have as many parameters as the model, and their own bytes") {
    static_assert(llama_parameters == 1'692'928);
    struct method {
        const char* name;
        made (*make)(const std::string&, std::int64_t, std::int64_t);
    };
    for (const method& m :
         {method{"plain", plain}, method{"awq", awq}, method{"gptq", gptq}, method{"fp8", fp8},
          method{"bitsandbytes", bitsandbytes}, method{"packed", packed_words}, method{"nvfp4", nvfp4}}) {
        CAPTURE(m.name);
        const std::vector<tensor> tensors = llama(m.make);
        const io::checkpoint c = in_folder(m.name, tensors, llama_config());
        CHECK(*c.contents.parameters == llama_parameters);
        CHECK(c.shape_verified);
        CHECK(c.weights.total() == files::bytes_of(tensors));
        CHECK(c.notes.empty());
        CHECK(c.weights.embedding == 2 * 1000 * 256);
        CHECK(c.weights.head == 2 * 1000 * 256);
        CHECK(c.weights.replicated == 2 * (2 * 2 * 256 + 256));
        // The memory of an inference counts these bytes.
        const io::job_file job =
            io::read_job(job_of({{"folder", c.contents.config.substr(0, c.contents.config.rfind('/'))}}));
        CHECK(io::answer(job).report.memory.components.weights.number == files::bytes_of(tensors));
    }
    // Words of 8 bits: the zero points show it, and so does the config.
    const auto eight = [](const std::string& name, std::int64_t in, std::int64_t out) -> made {
        return {{name + ".qweight", "I32", {in / 4, out}},
                {name + ".qzeros", "I32", {in / 128, out / 4}},
                {name + ".scales", "F16", {in / 128, out}}};
    };
    CHECK(*in_folder("gptq8", llama(eight), llama_config()).contents.parameters == llama_parameters);
}

TEST_CASE("Bytes are told by kind, with scales apart") {
    const io::checkpoint c = in_folder("kinds", llama(awq), llama_config());
    const io::bytes_by_kind kinds = io::by_kind(c.contents.file);
    CHECK(kinds.attention == 2 * (256 * 256 * 2 + 256 * 128 * 2) / 2);
    CHECK(kinds.feed_forward == 2 * 3 * 256 * 512 / 2);
    // A group of 128 rows has a 16-bit scale and a zero point of 4 bits per column.
    CHECK(kinds.scales == 2 * matrices / 128 * 5 / 2);
    CHECK(kinds.norms == 2 * (2 * 2 * 256 + 256));
}

TEST_CASE("A shape that does not agree with the tensors is not taken, and the answer says which is which") {
    nlohmann::json config = llama_config();
    config["num_hidden_layers"] = 3;
    const io::checkpoint c = in_folder("mismatch", llama(plain), config);
    CHECK_FALSE(c.shape_verified);
    CHECK(std::get_if<stored_model>(&*c.model));
    CHECK(c.weights.total() == 2 * llama_parameters);
    CHECK(c.why_no_shape.find(std::to_string(llama_parameters + matrices + 2 * 256)) != std::string::npos);
    CHECK(c.why_no_shape.find(std::to_string(llama_parameters)) != std::string::npos);
    // A file without the head that the config describes has no head (Qwen3-Embedding).
    std::vector<tensor> headless = llama(plain);
    headless.erase(headless.begin() + 1);
    const io::checkpoint embedding = in_folder("headless", headless, llama_config());
    CHECK(embedding.shape_verified);
    CHECK(embedding.weights.total() == 2 * (llama_parameters - 1000 * 256));
    REQUIRE(embedding.notes.size() == 1);
    CHECK(embedding.notes[0].find("no") != std::string::npos);
    // Layers past the last, which predict further tokens, are in the bytes and not in the shape (DeepSeek-V3).
    std::vector<tensor> more = llama(plain);
    more.push_back({"model.layers.2.eh_proj.weight", "BF16", {256, 512}});
    const io::checkpoint mtp = in_folder("mtp", more, llama_config());
    CHECK(mtp.shape_verified);
    CHECK(mtp.weights.total() == 2 * (llama_parameters + 256 * 512));
    CHECK(mtp.notes.at(0).find("131072") != std::string::npos);
}

TEST_CASE("A config.json that is not read takes the shape away, and never the bytes") {
    nlohmann::json config = llama_config();
    config["model_type"] = "brand_new";
    config["architectures"] = {"BrandNewForCausalLM"};
    // The sizes make as many parameters as the tensors have: a full answer, with a note.
    const io::checkpoint counted = in_folder("counted", llama(awq), config);
    CHECK(counted.shape_verified);
    CHECK(std::get<transformer>(*counted.model).ffn == 512);
    CHECK(counted.notes.at(0).find("no row") != std::string::npos);
    // Sizes that make another number are only bounds.
    config["intermediate_size"] = 700;
    const auto folder = files::folder("unread");
    files::safetensors(folder / "model.safetensors", llama(awq));
    files::write(folder / "config.json", config.dump());
    for (const nlohmann::json& model : {nlohmann::json{{"folder", folder.string()}},
                                        nlohmann::json{{"huggingface", (folder / "config.json").string()}},
                                        nlohmann::json{{"safetensors", (folder / "model.safetensors").string()}}}) {
        CAPTURE(model.dump());
        const io::job_file job = io::read_job(job_of(model));
        const io::answered_job a = io::answer(job);
        CHECK(a.report.memory.components.weights.number == files::bytes_of(llama(awq)));
        // 2 layers x 2 heads x 64 x keys and values, in 16 bits, for the prompt of 1024 tokens.
        CHECK(a.report.memory.components.kv_cache.number == 2 * 2 * 64 * 2 * 2 * 1024);
        CHECK_FALSE(a.serving);
        CHECK(a.stored["shape_verified"] == false);
        CHECK(a.stored["why"].get<std::string>().find("brand_new") != std::string::npos);
        CHECK_THROWS_WITH_AS(static_cast<void>(io::read_job(job_of(model, "training"))),
                             doctest::Contains("shape not verified"), io::input_error);
    }
    nlohmann::json other = job_of({{"folder", folder.string()}});
    other["inference"]["weights"] = "fp8";
    CHECK_THROWS_WITH_AS(static_cast<void>(io::read_job(other)), doctest::Contains("shape not verified"),
                         io::input_error);
    // A config.json that is no JSON is named, and the matrices of keys and values still show the cache.
    files::write(folder / "config.json", "{");
    const io::checkpoint broken = io::read_checkpoint(folder.string());
    CHECK(broken.notes.at(0).find("config.json is not valid JSON") != std::string::npos);
    REQUIRE(broken.model);
    CHECK(std::get<stored_model>(*broken.model).kinds[0] == stored_layers{.layers = 2, .cache_width = 256});
}

TEST_CASE("Layers that attend to an image keep its keys and values, and cache no tokens") {
    // Llama-3.2-90B-Vision: of 100 layers, 20 keep 8 heads of 128 for 4 tiles of 40 x 40 patches and a class token.
    const nlohmann::json config = io::parse_json_file(
        std::string(CARDFIT_TEST_DATA) + "/io/configs/meta-llama--Llama-3.2-90B-Vision-Instruct.json", "config");
    const io::shape_bounds bounds = io::config_shape(config, false);
    CHECK(bounds.unknown == "");
    CHECK(bounds.model.kinds[0] == stored_layers{.layers = 20, .state_width = 4 * 1601 * 2 * 8 * 128});
    CHECK(bounds.model.kinds[1] == stored_layers{.layers = 80, .cache_width = 2 * 8 * 128});
}

TEST_CASE("An index alone states the bytes, with a config.json beside it") {
    // Llama-3.1-8B: the index of the hub states 16,060,522,496 bytes, 2 x 8,030,261,248.
    const auto folder = files::folder("index");
    std::ifstream config(std::string(CARDFIT_TEST_DATA) + "/io/configs/Llama-3.1-8B.json");
    files::write(folder / "config.json", std::string(std::istreambuf_iterator<char>(config), {}));
    const nlohmann::json index = {{"metadata", {{"total_size", 16'060'522'496}}},
                                  {"weight_map",
                                   {{"model.layers.0.mlp.up_proj.weight", "model-00001-of-00002.safetensors"},
                                    {"model.norm.weight", "model-00002-of-00002.safetensors"}}}};
    const std::string path = files::write(folder / "model.safetensors.index.json", index.dump());
    for (const nlohmann::json& model :
         {nlohmann::json{{"folder", folder.string()}}, nlohmann::json{{"safetensors", path}}}) {
        nlohmann::json job = job_of(model);
        job["inference"]["framework"] = "vllm";
        const io::answered_job a = io::answer(io::read_job(job));
        CHECK(a.report.memory.components.weights.number == 16'060'522'496);
        CHECK(a.stored["shape_verified"] == true);
        CHECK(a.serving);
    }
    CHECK(io::read_contents(folder.string()).source == "model.safetensors.index.json");
    // Without a config.json, the bytes are known and the cache is not: the model is refused, with the bytes.
    std::filesystem::remove(folder / "config.json");
    CHECK(io::read_checkpoint(path).contents.bytes == 16'060'522'496);
    CHECK_THROWS_WITH_AS(static_cast<void>(io::read_job(job_of({{"folder", folder.string()}}))),
                         doctest::Contains("16060522496 bytes"), io::input_error);
}

TEST_CASE("A snapshot in the Hugging Face cache is a folder of links to blobs") {
    const auto cache = files::folder("models--org--name");
    const auto snapshot = cache / "snapshots" / "0123abcd";
    for (const auto& inner : {cache / "blobs", cache / "refs", snapshot}) std::filesystem::create_directories(inner);
    files::safetensors(cache / "blobs" / "aaaa", llama(plain));
    files::write(cache / "blobs" / "bbbb", llama_config().dump());
    files::write(cache / "refs" / "main", "0123abcd");
    std::filesystem::create_symlink("../../blobs/aaaa", snapshot / "model.safetensors");
    std::filesystem::create_symlink("../../blobs/bbbb", snapshot / "config.json");
    for (const auto& path : {snapshot, cache}) {
        const io::checkpoint c = io::read_checkpoint(path.string());
        CHECK(c.shape_verified);
        CHECK(c.weights.total() == 2 * llama_parameters);
    }
}

TEST_CASE("The Hub's answer for a model states the bytes by dtype, or the files by size") {
    const auto folder = files::folder("hub");
    files::write(folder / "config.json", llama_config().dump());
    const auto read = [&](const nlohmann::json& answer) {
        return io::read_checkpoint(files::write(folder / "answer.json", answer.dump()));
    };
    const io::checkpoint plain_counts =
        read({{"id", "org/name"},
              {"safetensors", {{"parameters", {{"BF16", llama_parameters}}}, {"total", llama_parameters}}}});
    CHECK(plain_counts.contents.bytes == 2 * llama_parameters);
    CHECK(plain_counts.contents.exact);
    CHECK(plain_counts.shape_verified);
    // Words may be counted as weights, so the counts are only a bound, and the sizes of the files are closer.
    const nlohmann::json words = {{"parameters", {{"F16", 1000}, {"I32", 8000}}}, {"total", 9000}};
    const io::checkpoint counts = read({{"id", "org/name"}, {"safetensors", words}});
    CHECK(counts.contents.bytes == 2 * 1000 + 4 * 8000);
    CHECK_FALSE(counts.contents.exact);
    const io::checkpoint sizes = read({{"id", "org/name"},
                                       {"safetensors", words},
                                       {"siblings",
                                        {{{"rfilename", "model.safetensors"}, {"size", 6000}},
                                         {{"rfilename", "original/model.safetensors"}, {"size", 7000}},
                                         {{"rfilename", "README.md"}, {"size", 10}}}}});
    CHECK(sizes.contents.bytes == 6000);
    CHECK_THROWS_AS(static_cast<void>(read({{"id", "org/name"}, {"siblings", nlohmann::json::array()}})),
                    io::input_error);
    CHECK_THROWS_AS(static_cast<void>(read({{"id", "a"}, {"safetensors", {{"parameters", {{"F99", 1}}}}}})),
                    io::input_error);
}

TEST_CASE("The number of parameters beside a config.json is told to readers of shapes") {
    const auto folder = files::folder("beside");
    const std::string config = files::write(folder / "config.json", llama_config().dump());
    CHECK_FALSE(io::parameters_beside(config, llama_config()));
    nlohmann::json typed = llama_config();
    typed["torch_dtype"] = "bfloat16";
    files::index(folder / "model.safetensors.index.json", llama(plain), "model-00001-of-00001.safetensors");
    CHECK_FALSE(io::parameters_beside(config, llama_config()));
    CHECK(io::parameters_beside(config, typed) == llama_parameters);
    files::safetensors(folder / "model-00001-of-00001.safetensors", llama(plain));
    CHECK(io::parameters_beside(config, llama_config()) == llama_parameters);
}

TEST_CASE("Parts of a model without their index count together, and not without one of them") {
    const std::vector<tensor> all = llama(plain);
    const std::vector<tensor> first(all.begin(), all.begin() + 8);
    const std::vector<tensor> second(all.begin() + 8, all.end());
    const auto folder = files::folder("parts");
    files::write(folder / "config.json", llama_config().dump());
    const std::string part = files::safetensors(folder / "model-00001-of-00002.safetensors", first);
    // Half of the bytes would fit where the model does not.
    for (const std::string& path : {folder.string(), part})
        CHECK_THROWS_WITH_AS(static_cast<void>(io::read_checkpoint(path)),
                             doctest::Contains("model-00002-of-00002.safetensors is missing"), io::input_error);
    files::safetensors(folder / "model-00002-of-00002.safetensors", second);
    for (const std::string& path : {folder.string(), part}) {
        const io::checkpoint c = io::read_checkpoint(path);
        CHECK(c.shape_verified);
        CHECK(c.weights.total() == files::bytes_of(all));
    }
    // A tensor in two parts is no model.
    files::safetensors(folder / "model-00002-of-00002.safetensors", first);
    CHECK_THROWS_WITH_AS(static_cast<void>(io::read_checkpoint(part)), doctest::Contains("each name once"),
                         io::input_error);
}

TEST_CASE("A config.json that states less than the tensors show does not bound the cache") {
    // Keys and values of 2 heads of 64 in each of 2 layers: 2 x 2 x 128 elements per token.
    const auto cache_of = [](const io::checkpoint& c) {
        std::int64_t width = 0;
        for (const stored_layers& kind : std::get<stored_model>(*c.model).kinds)
            width += kind.layers * kind.cache_width;
        return width;
    };
    nlohmann::json one_layer = llama_config();
    one_layer["num_hidden_layers"] = 1;
    const io::checkpoint fewer = in_folder("fewer_layers", llama(plain), one_layer);
    CHECK_FALSE(fewer.shape_verified);
    CHECK(cache_of(fewer) == 2 * 2 * 128);
    nlohmann::json one_head = llama_config();
    one_head["num_key_value_heads"] = 1;
    const io::checkpoint narrower = in_folder("fewer_heads", llama(plain), one_head);
    CHECK_FALSE(narrower.shape_verified);
    CHECK(cache_of(narrower) == 2 * 2 * 128);
    // A layer past the last counts as one of multi-token prediction where it has the matrix that joins two states.
    std::vector<tensor> predicting = llama(plain);
    predicting.push_back({"model.layers.1.eh_proj.weight", "BF16", {256, 512}});
    CHECK(in_folder("predicting", predicting, one_layer).shape_verified);
}

TEST_CASE("A config.json whose quantization is not read is answered by the weights beside it") {
    nlohmann::json config = llama_config();
    config["quantization_config"] = {{"quant_method", "bitnet"}};
    const io::checkpoint c = in_folder("beside", llama(awq), config);
    const nlohmann::json model = {{"huggingface", c.contents.config}};
    const io::job_file by_bytes = io::read_job(job_of(model));
    CHECK(by_bytes.model_name == c.contents.config);
    CHECK(io::answer(by_bytes).report.memory.components.weights.number == files::bytes_of(llama(awq)));
    // A job that names a format has the shape of the config.json.
    nlohmann::json named = job_of(model);
    named["inference"]["weights"] = "nf4";
    CHECK(io::read_job(named).stored.shape_verified);
    // Without weights beside it, the method is named.
    std::filesystem::remove(std::filesystem::path(c.contents.config).parent_path() / "model.safetensors");
    CHECK_THROWS_WITH_AS(static_cast<void>(io::read_job(job_of(model))), doctest::Contains("bitnet"), io::input_error);
}

}  // namespace io_stored_checkpoint_test
