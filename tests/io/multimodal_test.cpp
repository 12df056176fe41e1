// SPDX-License-Identifier: MIT

// Reads config.json files of models with a vision tower, and breaks them key by key. Published files are in
// published_configs_test.cpp. The files here are cut to the keys that shape a model; the totals are those of the
// repositories' safetensors, as hf_models.json of AlexsJones/llmfit (commit 4d3ab0e) lists them; those of GLM-4.1V and
// Qwen2-Audio were recalled, and are what the keys and the code of both make by hand.

#include <cardfit/io/huggingface/model.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <variant>

namespace io_multimodal_test {

using namespace cardfit;
using nlohmann::json;

namespace {

json siglip(std::int64_t layers, std::int64_t image) {
    return {{"model_type", "siglip_vision_model"},
            {"hidden_size", 1152},
            {"intermediate_size", 4304},
            {"num_attention_heads", 16},
            {"num_hidden_layers", layers},
            {"patch_size", 14},
            {"image_size", image},
            {"vision_use_head", false}};
}
json clip_large(std::int64_t image) {
    return {{"model_type", "clip_vision_model"},
            {"hidden_size", 1024},
            {"intermediate_size", 4096},
            {"num_attention_heads", 16},
            {"num_hidden_layers", 24},
            {"patch_size", 14},
            {"image_size", image}};
}
json qwen2_vl(std::int64_t hidden) {
    return {{"depth", 32},           {"embed_dim", 1280}, {"mlp_ratio", 4},          {"num_heads", 16},
            {"hidden_size", hidden}, {"patch_size", 14},  {"spatial_merge_size", 2}, {"temporal_patch_size", 2}};
}

network read(const json& config) { return lower(io::read_huggingface_model(config)); }
std::int64_t count(const json& config) { return parameters(read(config)); }

const json paligemma = {{"model_type", "paligemma"},
                        {"architectures", {"PaliGemmaForConditionalGeneration"}},
                        {"text_config",
                         {{"model_type", "gemma"},
                          {"hidden_size", 2048},
                          {"intermediate_size", 16384},
                          {"num_attention_heads", 8},
                          {"num_hidden_layers", 18},
                          {"num_key_value_heads", 1},
                          {"vocab_size", 257216}}},
                        {"vision_config", siglip(27, 224)}};
const json llava = {{"model_type", "llava"},
                    {"text_config", {{"model_type", "llama"}, {"vocab_size", 32064}}},
                    {"vision_config", clip_large(336)}};
const json qwen = {{"model_type", "qwen2_vl"},       {"hidden_size", 3584},          {"intermediate_size", 18944},
                   {"num_attention_heads", 28},      {"num_hidden_layers", 28},      {"num_key_value_heads", 4},
                   {"use_sliding_window", false},    {"tie_word_embeddings", false}, {"vocab_size", 152064},
                   {"vision_config", qwen2_vl(3584)}};

/// Returns the message of the refusal; empty if the file is read.
std::string refusal(const json& config) {
    try {
        static_cast<void>(read(config));
    } catch (const io::input_error& e) {
        return e.what();
    }
    return {};
}

json file(const std::string& name) {
    std::ifstream in(std::string(CARDFIT_TEST_DATA) + "/io/configs/" + name + ".json");
    return json::parse(in);
}

}  // namespace

TEST_CASE("models with a vision tower have the parameters of their checkpoints") {
    CHECK(count(paligemma) == 2'923'466'480);
    CHECK(count(llava) == 7'063'427'072);
    CHECK(count(qwen) == 8'291'375'616);
    const json next = {{"model_type", "llava_next"},
                       {"text_config",
                        {{"model_type", "mistral"},
                         {"intermediate_size", 14336},
                         {"num_key_value_heads", 8},
                         {"sliding_window", nullptr},
                         {"vocab_size", 32064}}},
                       {"vision_config", clip_large(336)}};
    CHECK(count(next) == 7'566'747'648);
    // Qwen3.5-27B: 27,781,427,952 with its layer that predicts a second token, which has two matrices of attention of
    // 24 heads with gates, two of 4 key and value heads, a feed-forward, a matrix over two states, and norms.
    constexpr std::int64_t h = 5120;
    constexpr std::int64_t prediction =
        h * 24 * 256 * 3 + 2 * h * 4 * 256 + 3 * h * 17408 + 2 * h * h + 2 * h + 2 * 256 + 3 * h;
    CHECK(count(file("Qwen--Qwen3.5-27B")) + prediction == 27'781'427'952);
    json smol = file("HuggingFaceTB--SmolVLM2-2.2B-Instruct");
    // The first SmolVLM has 49,155 words.
    smol["text_config"]["vocab_size"] = 49155;
    CHECK(count(smol) == 2'246'272'880);
}

TEST_CASE("GLM-4.1V, and GLM-4.5V's tower") {
    const json glm = {{"model_type", "glm4v"},
                      {"architectures", {"Glm4vForConditionalGeneration"}},
                      {"text_config",
                       {{"model_type", "glm4v_text"},
                        {"attention_bias", true},
                        {"hidden_size", 4096},
                        {"intermediate_size", 13696},
                        {"num_attention_heads", 32},
                        {"num_hidden_layers", 40},
                        {"num_key_value_heads", 2},
                        {"vocab_size", 151552}}},
                      {"vision_config",
                       {{"model_type", "glm4v"},
                        {"attention_bias", false},
                        {"depth", 24},
                        {"hidden_size", 1536},
                        {"image_size", 336},
                        {"in_channels", 3},
                        {"intermediate_size", 13696},
                        {"num_heads", 12},
                        {"out_hidden_size", 4096},
                        {"patch_size", 14},
                        {"spatial_merge_size", 2},
                        {"temporal_patch_size", 2}}}};
    CHECK(count(glm) == 10'292'777'472);
    // Tokens of 28 x 28 pixels.
    CHECK(read(glm).tower.image_tokens == 12 * 12);
    json narrow = glm;
    narrow["vision_config"]["out_hidden_size"] = 2048;
    CHECK(refusal(narrow).find("out_hidden_size") != std::string::npos);
}

TEST_CASE("encoders of sound make tokens of clips") {
    const json audio = {
        {"model_type", "qwen2_audio"},
        {"architectures", {"Qwen2AudioForConditionalGeneration"}},
        {"audio_config", {{"model_type", "qwen2_audio_encoder"}}},
        {"text_config", {{"model_type", "qwen2"}, {"intermediate_size", 11008}, {"vocab_size", 156032}}},
        {"vocab_size", 156032}};
    CHECK(count(audio) == 8'397'094'912);
    const network net = read(audio);
    // A clip of 30 seconds has 1,500 positions, of which two become a token.
    CHECK(net.tower.pass_patches == 1500);
    CHECK(net.tower.image_tokens == 750);
    CHECK(net.tower.image_size == 0);
    // Voxtral Mini, by hand: Whisper's encoder of 636,968,960, which Qwen2-Audio has too; two matrices; 30 layers.
    const std::int64_t layer = 2 * 3072 * 4096 + 2 * 3072 * 1024 + 3 * 3072 * 8192 + 2 * 3072;
    const json voxtral = {{"model_type", "voxtral"},
                          {"audio_config", {{"model_type", "voxtral_encoder"}, {"hidden_size", 1280}}},
                          {"text_config",
                           {{"model_type", "llama"},
                            {"head_dim", 128},
                            {"hidden_size", 3072},
                            {"intermediate_size", 8192},
                            {"num_attention_heads", 32},
                            {"num_hidden_layers", 30},
                            {"num_key_value_heads", 8},
                            {"tie_word_embeddings", false},
                            {"vocab_size", 131072}}}};
    CHECK(count(voxtral) ==
          636'968'960 + 5120 * 3072 + 3072 * 3072 + 30 * layer + 2 * std::int64_t{131072} * 3072 + 3072);
    CHECK(read(voxtral).tower.image_tokens == 375);
    for (const char* key : {"num_mel_bins", "encoder_layers", "d_model", "encoder_ffn_dim", "max_source_positions"}) {
        json other = audio;
        other["audio_config"][key] = 2560;
        INFO(key);
        if (std::string(key) == "encoder_layers")
            CHECK(refusal(other).find(key) != std::string::npos);
        else
            CHECK(count(other) != count(audio));
    }
}

TEST_CASE("images become the tokens that the processors make") {
    CHECK(read(paligemma).tower.image_tokens == 256);
    CHECK(read(llava).tower.image_tokens == 576);
    CHECK(read(file("google--gemma-3-4b-it")).tower.image_tokens == 256);
    CHECK(read(file("OpenGVLab--InternVL3-8B")).tower.image_tokens == 256);
    // Idefics 3 and SmolVLM: 4 x 4 tiles and the whole image, 81 tokens each.
    CHECK(read(file("HuggingFaceTB--SmolVLM2-2.2B-Instruct")).tower.image_tokens == 17 * 81);
    // Mistral 3: 55 x 55 tokens of 28 pixels, and a break behind each row.
    CHECK(read(file("mistralai--Devstral-Small-2-24B-Instruct")).tower.image_tokens == 55 * 56);
}

TEST_CASE("a file's text part and its tower are the zoo's") {
    const auto model = io::read_huggingface_model(file("Qwen--Qwen2.5-VL-7B-Instruct"));
    REQUIRE(std::holds_alternative<multimodal_transformer>(model));
    CHECK(std::get<multimodal_transformer>(model) == models::qwen2_5_vl_7b);
    CHECK(io::read_huggingface_model(file("google--gemma-3-4b-it")) == io::any_model(models::gemma_3_4b_vision));
    CHECK(io::read_huggingface_model(file("mistral-community--pixtral-12b")) == io::any_model(models::pixtral_12b));
    CHECK(io::read_huggingface_model(llava) == io::any_model(models::llava_1_5_7b));
}

TEST_CASE("every size of a tower matters, and a broken one is named with its place") {
    const json whole = file("Qwen--Qwen3-VL-8B-Instruct");
    for (const char* key : {"depth", "hidden_size", "intermediate_size", "patch_size", "spatial_merge_size",
                            "temporal_patch_size", "num_position_embeddings"}) {
        INFO(key);
        json changed = whole;
        changed["vision_config"][key] = 2 * changed["vision_config"][key].get<std::int64_t>();
        CHECK((!refusal(changed).empty() || count(changed) != count(whole)));
        changed["vision_config"][key] = -1;
        CHECK(refusal(changed).find(std::string("model.huggingface.vision_config.") + key) != std::string::npos);
        changed["vision_config"][key] = "4";
        CHECK(refusal(changed).find(std::string("model.huggingface.vision_config.") + key) != std::string::npos);
    }
    json fewer = whole;
    fewer["vision_config"]["deepstack_visual_indexes"] = {8, 16};
    CHECK(count(fewer) < count(whole));
    json heads = whole;
    heads["vision_config"]["num_heads"] = 7;
    CHECK(refusal(heads).find("vision_config.head_dim") != std::string::npos);
    json channels = whole;
    channels["vision_config"]["in_channels"] = 4;
    CHECK(refusal(channels).find("vision_config.in_channels") != std::string::npos);
    json windows = file("Qwen--Qwen2.5-VL-7B-Instruct");
    windows["vision_config"]["fullatt_block_indexes"] = {7, 15, 23, 30};
    CHECK(refusal(windows).find("fullatt_block_indexes") != std::string::npos);
    json tower = llava;
    tower["vision_config"]["model_type"] = "a_new_tower";
    CHECK(refusal(tower).find("vision_config.model_type") != std::string::npos);
    json sound = llava;
    sound["audio_config"] = {{"hidden_size", 1024}};
    CHECK(refusal(sound).find("model.huggingface.audio_config") != std::string::npos);
    json list = llava;
    list["vision_config"] = {1, 2};
    CHECK(refusal(list).find("model.huggingface.vision_config") != std::string::npos);
    json text = whole;
    text["text_config"]["num_hidden_layers"] = 0;
    CHECK(refusal(text).find("model.huggingface.text_config.num_hidden_layers") != std::string::npos);
    json gemma = file("google--gemma-3-4b-it");
    gemma["mm_tokens_per_image"] = 255;
    CHECK(refusal(gemma).find("mm_tokens_per_image") != std::string::npos);
}

TEST_CASE("Phi-4-multimodal holds a conformer and adapters beside its text model and its tower") {
    const json whole = file("microsoft--Phi-4-multimodal-instruct");
    // By hand. Adapters of rank 256 + 320: each has 45,056 rows and columns per layer. A layer of the conformer: two
    // feed-forwards of 1536, attention, convolutions and a norm.
    json fewer = whole;
    fewer["speech_lora"]["r"] = 319;
    CHECK(count(whole) - count(fewer) == 32 * 45'056);
    fewer = whole;
    fewer["audio_processor"]["config"]["num_blocks"] = 23;
    CHECK(count(whole) - count(fewer) == 17'858'560);
    fewer = whole;
    fewer.erase("vision_lora");
    CHECK(count(whole) - count(fewer) == 32 * 256 * 45'056);

    json broken = whole;
    broken["speech_lora"] = 7;
    CHECK(refusal(broken).find("model.huggingface.speech_lora") != std::string::npos);
    broken = whole;
    broken["audio_processor"]["config"]["num_blocks"] = "24";
    CHECK(refusal(broken).find("model.huggingface.audio_processor.config.num_blocks") != std::string::npos);
    broken = whole;
    broken["audio_processor"] = {1, 2};
    CHECK(refusal(broken).find("model.huggingface.audio_processor") != std::string::npos);
}

}  // namespace io_multimodal_test
