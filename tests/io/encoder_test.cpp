// SPDX-License-Identifier: MIT

// Reads config.json files of encoders and encoder-decoders. Each count is one that others state, as the comment says,
// or a count by hand of the class's matrices. "Recalled" is from memory: no document that states it was read. mteb is
// embeddings-benchmark/mteb (`n_parameters`, commit a905523), Keras is keras-team/keras-hub (`params`, commit 71453d0).

#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/job_file.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace io_encoder_test {

using namespace cardfit;
using nlohmann::json;

namespace {

json config(const char* name) {
    std::ifstream file(std::string(CARDFIT_TEST_DATA) + "/io/configs/" + name + ".json");
    REQUIRE_MESSAGE(file.good(), name);
    return json::parse(file);
}
json changed(const char* name, const json& keys) {
    json c = config(name);
    c.update(keys);
    return c;
}
std::int64_t count(const json& c) { return parameters(lower(io::read_huggingface_model(c))); }
encoder read(const json& c) { return std::get<encoder>(io::read_huggingface_model(c)); }

/// Checks that a file is refused for one problem, with this key.
void check_refused(const json& c, const std::string& key) {
    std::string found;
    try {
        static_cast<void>(io::read_huggingface_model(c));
    } catch (const io::input_error& e) {
        CHECK(e.problems().size() == 1);
        found = e.problems().front().key;
    }
    CHECK(found == "model.huggingface." + key);
}

constexpr const char* bert = "bert-base-uncased";

}  // namespace

TEST_CASE("MusicGen, by hand") {
    // MusicGen small: the encoder of T5 base, 109,628,544; a matrix to 1024; four embeddings of 2,049 rows and four
    // heads; 2,048 stored positions; 24 layers with two attentions and three norms; a norm; EnCodec of 32 kHz.
    const std::int64_t h = 1024;
    const std::int64_t decoder = 4 * 2049 * h + 4 * 2048 * h + 2048 * h + 24 * (16 * h * h + 6 * h) + 2 * h;
    // EnCodec: widths 64 to 1024, two LSTMs of two layers each way, convolutions with lengths of their own, 4
    // codebooks.
    const std::int64_t units[]{64, 128, 256, 512};
    const std::int64_t ratios[]{4, 4, 5, 8};
    std::int64_t codec = (64 * 7 + 2 * 64) + (1024 * 128 * 7 + 2 * 128) + (128 * 1024 * 7 + 2 * 1024) + (64 * 7 + 2);
    codec += 2 * 2 * (8 * h * h + 8 * h) + 4 * (2 * 2048 * 128 + 2048 + 1);
    for (std::size_t i = 0; i < 4; ++i) {
        const std::int64_t w = units[i];
        codec += 2 * (w * w / 2 * 3 + w + w * w / 2 + 2 * w);
        codec += (2 * w * w * 2 * ratios[i] + 4 * w) + (2 * w * w * 2 * ratios[i] + 3 * w);
    }
    CHECK(count(config("facebook--musicgen-small")) == 109'628'544 + 768 * h + h + decoder + codec);
    check_refused(changed("facebook--musicgen-small", {{"text_encoder", {{"model_type", "bert"}}}}),
                  "text_encoder.model_type");
}

TEST_CASE("the classes of BERT differ in what stands behind the layers") {
    const auto of = [](const char* name) { return count(changed(bert, {{"architectures", {name}}})); };
    CHECK(of("BertForPreTraining") == 110'106'428);  // huggingface.js, parse-safetensors-metadata.spec.ts
    CHECK(of("BertModel") == 109'482'240);           // Keras
    // The body without its pooler (768 x 769), and a classifier of each token.
    CHECK(of("BertForQuestionAnswering") == 109'482'240 - 768 * 769 + 2 * 769);
    CHECK(of("BertForSequenceClassification") == 109'482'240 + 2 * 769);
    // A matrix of 768 x 769, a norm, and a bias per word.
    CHECK(of("BertForMaskedLM") == 109'482'240 + 2 * 768 + 30'522);
    json three = changed(bert, {{"architectures", {"BertForSequenceClassification"}}});
    three["id2label"] = {{"0", "a"}, {"1", "b"}, {"2", "c"}};
    CHECK(count(three) == 109'482'240 + 3 * 769);
    CHECK(lower(read(changed(bert, {{"architectures", {"BertModel"}}}))).logits == 0);
    CHECK(lower(read(config(bert))).logits == 30'522);
}

TEST_CASE("encoders have no cache, and read no more than their positions") {
    const network net = lower(read(config("BAAI--bge-m3")));
    CHECK_FALSE(is_autoregressive(net));
    CHECK(net.blocks[0].cache.width == 0);
    CHECK(net.longest_sequence == 8192);  // 8194 rows less the two that RoBERTa does not use
}

TEST_CASE("a job that names no prompt has one that the encoder reads") {
    const json job = {
        {"model", "bge-small-en-v1.5"}, {"hardware", {{"card", "rtx-4090"}}}, {"inference", json::object()}};
    const io::job_file read_whole = io::read_job(job);
    CHECK(read_whole.inference->prompt == 512);
    bool assumed = false;
    for (const io::assumption& each : read_whole.assumed)
        assumed = assumed || (each.key == "inference.prompt" && each.value == "512");
    CHECK(assumed);
    json longer = job;
    longer["inference"]["prompt"] = 513;
    CHECK_THROWS_AS(static_cast<void>(io::read_job(longer)), io::input_error);
}

TEST_CASE("published encoders have the parameters of their files") {
    const json minilm = {{"architectures", {"BertModel"}}, {"hidden_size", 384}, {"intermediate_size", 1536}};
    // sentence-transformers/all-MiniLM-L6-v2: mteb.
    json l6 = changed(bert, minilm);
    l6.update({{"num_hidden_layers", 6}});
    CHECK(count(l6) == 22'713'216);
    // BAAI/bge-small-en-v1.5 has 12 such layers, 6 x 1,774,464 more: Keras.
    CHECK(count(changed(bert, minilm)) == 33'360'000);
    // sentence-transformers/all-mpnet-base-v2: mteb.
    const json mpnet = {{"architectures", {"MPNetModel"}}, {"model_type", "mpnet"},  {"hidden_size", 768},
                        {"intermediate_size", 3072},       {"vocab_size", 30527},    {"max_position_embeddings", 514},
                        {"num_attention_heads", 12},       {"num_hidden_layers", 12}};
    CHECK(count(mpnet) == 109'486'464);
    // Alibaba-NLP/gte-base-en-v1.5 and gte-multilingual-base: mteb.
    json gte = {{"architectures", {"NewModel"}}, {"model_type", "new"},  {"hidden_size", 768},
                {"intermediate_size", 3072},     {"vocab_size", 30528},  {"num_attention_heads", 12},
                {"num_hidden_layers", 12},       {"type_vocab_size", 0}, {"position_embedding_type", "rope"}};
    CHECK(count(gte) == 136'776'192);
    gte.update({{"vocab_size", 250'048}, {"type_vocab_size", 1}});
    CHECK(count(gte) == 305'368'320);
    // The first DeBERTa, microsoft/deberta-base: recalled, as num_parameters() of DebertaModel.
    const json deberta = {{"model_type", "deberta"},        {"hidden_size", 768},
                          {"intermediate_size", 3072},      {"vocab_size", 50265},
                          {"num_attention_heads", 12},      {"num_hidden_layers", 12},
                          {"max_position_embeddings", 512}, {"type_vocab_size", 0},
                          {"relative_attention", true},     {"pos_att_type", {"c2p", "p2c"}},
                          {"max_relative_positions", -1},   {"position_biased_input", false}};
    CHECK(count(deberta) == 138'601'728);
    // The published config of deberta-v3-base has this key, and then the reference is exact.
    CHECK(count(changed("microsoft--deberta-v3-base", {{"norm_rel_ebd", "layer_norm"}})) == 183'831'552);
    // google/electra-small-discriminator, by hand: embeddings of 128 (30522 + 512 + 2 rows and a norm), a projection to
    // 256, 12 layers of 789,760, and 256 x 257 + 257 behind them.
    const json electra = {{"architectures", {"ElectraForPreTraining"}},
                          {"model_type", "electra"},
                          {"embedding_size", 128},
                          {"hidden_size", 256},
                          {"intermediate_size", 1024},
                          {"num_attention_heads", 4},
                          {"num_hidden_layers", 12},
                          {"vocab_size", 30522},
                          {"max_position_embeddings", 512},
                          {"type_vocab_size", 2}};
    CHECK(count(electra) == (30'522 + 512 + 2 + 2) * 128 + 128 * 256 + 256 + 12 * 789'760 + 256 * 257 + 257);
}

TEST_CASE("ModernBERT sees all tokens in every third layer, from the first on") {
    const network net = lower(read(config("answerdotai--ModernBERT-base")));
    CHECK(net.block_kinds == 2);
    CHECK(net.blocks[0].layers.count(0, 22) == 8);
    CHECK(net.blocks[0].layers.count(0, 1) == 1);
    CHECK(net.blocks[1].layers.count(0, 22) == 14);
    CHECK(net.blocks[1].attention.window == 128);
}

TEST_CASE("models of sound") {
    const char* wav2vec2 = "facebook--wav2vec2-base-960h";
    // facebook/hubert-base-ls960: the body, 32 x 769 = 24,608 less than the speech recognizer of 32 letters.
    CHECK(count(changed(wav2vec2, {{"model_type", "hubert"}, {"architectures", {"HubertModel"}}})) == 94'371'712);
    // microsoft/wavlm-base-plus, by hand: HuBERT's body, a table of 320 positions for 12 heads, and in each of 12
    // layers 12 constants and a matrix of 64 to 8 with its bias.
    CHECK(count(changed(wav2vec2, {{"model_type", "wavlm"}, {"architectures", {"WavLMModel"}}})) ==
          94'371'712 + 320 * 12 + 12 * (12 + 64 * 8 + 8));
    // facebook/wav2vec2-large-xlsr-53: recalled, as num_parameters() of Wav2Vec2Model.
    const json large = {{"architectures", {"Wav2Vec2Model"}}, {"hidden_size", 1024},     {"intermediate_size", 4096},
                        {"num_attention_heads", 16},          {"num_hidden_layers", 24}, {"conv_bias", true},
                        {"feat_extract_norm", "layer"}};
    CHECK(count(changed(wav2vec2, large)) == 315'438'720);
    check_refused(changed(wav2vec2, {{"conv_kernel", {10, 3, 3}}}), "conv_kernel");
    check_refused(changed(wav2vec2, {{"add_adapter", true}}), "add_adapter");
}

TEST_CASE("encoders alone of T5's kin") {
    const char* flux = "black-forest-labs--FLUX.1-dev--text_encoder_2";
    CHECK(std::holds_alternative<encoder>(io::read_huggingface_model(config(flux))));
    // The whole model of the same file is Flan-T5 XXL (Keras t5_1.1_xxl).
    CHECK(count(changed(flux, {{"architectures", {"T5ForConditionalGeneration"}}})) == 11'135'332'352);
}

TEST_CASE("BART as a classifier has no vocabulary head") {
    // facebook/bart-large-mnli: recalled; by hand in tests/model/encoder_decoder.static.cpp.
    const json mnli = {{"architectures", {"BartForSequenceClassification"}},
                       {"model_type", "bart"},
                       {"d_model", 1024},
                       {"encoder_layers", 12},
                       {"decoder_layers", 12},
                       {"encoder_attention_heads", 16},
                       {"decoder_attention_heads", 16},
                       {"encoder_ffn_dim", 4096},
                       {"decoder_ffn_dim", 4096},
                       {"max_position_embeddings", 1024},
                       {"vocab_size", 50265},
                       {"id2label", {{"0", "a"}, {"1", "b"}, {"2", "c"}}}};
    CHECK(count(mnli) == 407'344'131);
    CHECK(lower(io::read_huggingface_model(mnli)).logits == 0);
}

TEST_CASE("other shapes of these families are refused") {
    check_refused(changed(bert, {{"architectures", {"RobertaModel"}}}), "architectures");
    check_refused(changed(bert, {{"architectures", {"BertLMHeadModel"}}}), "architectures");
    check_refused(changed(bert, {{"position_embedding_type", "relative_key"}}), "position_embedding_type");
    check_refused(changed(bert, {{"is_decoder", true}}), "is_decoder");
    check_refused(changed(bert, {{"embedding_size", 128}}), "embedding_size");
    check_refused(changed(bert, {{"num_attention_heads", 7}}), "head_dim");
    check_refused(changed("answerdotai--ModernBERT-base", {{"mlp_bias", true}}), "mlp_bias");
    check_refused(changed("nomic-ai--nomic-embed-text-v1.5", {{"moe_every_n_layers", 2}}), "moe_every_n_layers");
    check_refused(changed("microsoft--deberta-v3-base", {{"conv_kernel_size", 3}}), "conv_kernel_size");
    check_refused(changed("facebook--nllb-200-distilled-600M", {{"architectures", {"M2M100ForTokenClassification"}}}),
                  "architectures");
}

}  // namespace io_encoder_test
