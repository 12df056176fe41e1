// SPDX-License-Identifier: MIT

// Reads decoders without a row of their family: by the names that all families share, from params.json, and from
// mlc-chat-config.json; and counts layers of multi-token prediction.

#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/huggingface/prediction.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

namespace io_general_decoder_test {

using namespace cardfit;
using nlohmann::json;

namespace {

json published(const std::string& id) {
    std::ifstream file(std::string(CARDFIT_TEST_DATA) + "/io/configs/" + id + ".json");
    REQUIRE_MESSAGE(file.good(), id);
    return json::parse(file);
}

/// Returns true if one of the shapes that a file may have is within 0.01 % of a count.
bool may_have(const json& config, std::int64_t count) {
    const std::vector<transformer> shapes = io::general_shapes(config);
    return std::any_of(shapes.begin(), shapes.end(), [&](const transformer& m) {
        const std::int64_t off = parameters(m) - count;
        return (off < 0 ? -off : off) * 10'000 <= count;
    });
}

std::string refusal(const json& config) {
    try {
        static_cast<void>(io::read_huggingface_model(config));
    } catch (const io::input_error& error) {
        return error.what();
    }
    FAIL_CHECK("accepted");
    return "";
}

}  // namespace

TEST_CASE("without a row, the sizes make the shape that the file of the weights counts") {
    // The rows are not used: a type that no family has takes their place. The counts are those of
    // tests/io/configs/reference.csv, without layers of multi-token prediction.
    const struct {
        const char* id;
        std::int64_t parameters;
    } files[] = {{"Llama-3.1-8B", 8'030'261'248},
                 {"Mixtral-8x7B-v0.1", 46'702'792'704},
                 {"DeepSeek-V3", 671'026'419'200},
                 {"Qwen3-30B-A3B", 30'532'122'624},
                 {"arcee-ai--AFM-4.5B-Base", 4'619'184'640},
                 {"ibm-granite--granite-3.3-8b-instruct", 8'170'864'640},
                 {"ByteDance-Seed--Seed-OSS-36B-Instruct", 36'151'104'512},
                 {"THUDM--glm-4-9b-chat", 9'399'951'392},
                 {"inclusionAI--Ling-mini-2.0", 16'255'643'392},
                 {"MiniMaxAI--MiniMax-M2.5", 228'703'644'928},
                 {"baidu--ERNIE-4.5-0.3B-PT", 360'748'032}};
    for (const auto& file : files) {
        CAPTURE(std::string(file.id));
        json config = published(file.id);
        config["model_type"] = "unheard_of";
        CHECK(may_have(config, file.parameters));
        CHECK_FALSE(may_have(config, file.parameters + file.parameters / 100));
    }
}

TEST_CASE("a mechanism that the sizes do not tell is no plain decoder") {
    for (const char* id : {"google--gemma-3n-E4B-it", "LiquidAI--LFM2-8B-A1B", "tiiuae--Falcon-H1-7B-Instruct",
                           "deepseek-ai--DeepSeek-V4-Flash", "moonshotai--Kimi-K3", "mlc--rwkv5_3b"}) {
        CAPTURE(std::string(id));
        const json config = published(id);
        CHECK(io::general_shapes(config.contains("text_config") ? config["text_config"] : config).empty());
    }
    CHECK(io::general_shapes(json::array()).empty());
    CHECK(io::general_shapes(json::object()).empty());
    CHECK(io::general_shapes({{"num_hidden_layers", "many"}}).empty());
}

TEST_CASE("a refusal of a family states the ways that stay open") {
    json config = published("Llama-3.1-8B");
    config["model_type"] = "lama";
    const std::string message = refusal(config);
    CAPTURE(message);
    CHECK(message.find("such as \"llama\"") != std::string::npos);
    CHECK(message.find("{\"safetensors\": a path}") != std::string::npos);
    CHECK(message.find("{\"transformer\": {\"layers\":32,\"hidden\":4096,\"heads\":32,\"kv_heads\":8,\"ffn\":14336,"
                       "\"vocab\":128256}}") != std::string::npos);
    CHECK(message.size() < 800);
    json multimodal = {{"model_type", "some_vl"}, {"text_config", published("Qwen3-8B")}};
    CHECK(refusal(multimodal).find("its text part alone") != std::string::npos);
}

TEST_CASE("what nests a hundred thousand deep is refused where a part of a file would be copied") {
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    CHECK_FALSE(refusal(json::parse(R"({"model_type": "some_vl", "text_config": {"x": )" + deep + "}}")).empty());
    CHECK_FALSE(refusal(json::parse(R"({"model_type": "llama", "model_config": {"x": )" + deep + "}}")).empty());
}

TEST_CASE("params.json of Meta and Mistral") {
    // Meta states the width of the feed-forward by a rule: 1.3 x 8/3 x 4096, rounded up to a multiple of 1024.
    const json llama = published("meta-llama--Llama-3.1-8B-original-params.json");
    CHECK(std::get<transformer>(io::read_huggingface_model(llama)).ffn == 14'336);
    // mistralai/Mistral-7B-v0.1 and Mixtral-8x7B-v0.1 have the shapes of their config.json.
    const json mistral = {{"dim", 4096},          {"n_layers", 32},    {"head_dim", 128},
                          {"hidden_dim", 14'336}, {"n_heads", 32},     {"n_kv_heads", 8},
                          {"vocab_size", 32'000}, {"norm_eps", 1e-05}, {"sliding_window", 4096}};
    CHECK(parameters(std::get<transformer>(io::read_huggingface_model(mistral))) == 7'241'732'096);
    CHECK(std::get<transformer>(io::read_huggingface_model(mistral)).sliding_window.window == 4096);
    json mixtral = mistral;
    mixtral["moe"] = {{"num_experts_per_tok", 2}, {"num_experts", 8}};
    CHECK(parameters(std::get<transformer>(io::read_huggingface_model(mixtral))) == 46'702'792'704);
    json tower = mistral;
    tower["vision_encoder"] = {{"hidden_size", 1024}};
    CHECK(refusal(tower).starts_with("model.huggingface.vision_encoder"));
    json unknown = llama;
    unknown["vocab_size"] = -1;
    CHECK(refusal(unknown).starts_with("model.huggingface.vocab_size is -1"));
    unknown = llama;
    unknown["ffn_dim_multiplier"] = "wide";
    CHECK(refusal(unknown).starts_with("model.huggingface.ffn_dim_multiplier"));
}

TEST_CASE("mlc-chat-config.json has the config.json inside") {
    json inner = published("Llama-3.1-8B");
    inner.erase("model_type");
    const json mlc = {{"model_type", "llama"}, {"quantization", "q4f16_1"}, {"model_config", inner}};
    CHECK(parameters(std::get<transformer>(io::read_huggingface_model(mlc))) == 8'030'261'248);
    json bad = mlc;
    bad["model_config"]["hidden_size"] = 0;
    CHECK(refusal(bad).starts_with("model.huggingface.model_config.hidden_size"));
}

TEST_CASE("layers of multi-token prediction are counted apart") {
    // DeepSeek-V3 (README of the repository): 671 B parameters of the main model and 14 B of the prediction module,
    // with its embedding and head; the total of its file is 13.505 B more than the model, with 41.5 M scales of FP8.
    json config = published("DeepSeek-V3");
    const network net = lower(io::read_huggingface_model(config));
    config["num_nextn_predict_layers"] = 1;
    CHECK(parameters(lower(io::read_huggingface_model(config))) == parameters(net));
    const io::prediction_layers v3 = io::prediction_layers_of(config, net);
    CHECK(v3.layers == 1);
    const std::int64_t all = v3.parameters + v3.vocabulary_parameters;
    CHECK(all > 13'400'000'000);
    CHECK(all < 13'600'000'000);
    config["num_nextn_predict_layers"] = 0;
    CHECK(io::prediction_layers_of(config, net).parameters == 0);
    CHECK(io::prediction_layers_of(published("Llama-3.1-8B"), net).layers == 0);
    CHECK(io::prediction_layers_of(json::array(), net).layers == 0);
}

}  // namespace io_general_decoder_test
