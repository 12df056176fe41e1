// SPDX-License-Identifier: MIT

// Tests config.json files of recurrent models and encoder-decoders against the parameter counts that their publishers
// state (tests/model/hybrid.static.cpp and encoder_decoder.static.cpp name each one's source), and files that must be
// refused. The objects below are the published files without the keys that do not affect the shape of the model.

#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/model/kv_cache.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace io_huggingface_model_test {

using namespace cardfit;
using nlohmann::json;

namespace {

// clang-format off
const json mamba_130m = json::parse(R"({"architectures": ["MambaForCausalLM"], "conv_kernel": 4, "expand": 2,
    "hidden_size": 768, "intermediate_size": 1536, "model_type": "mamba", "num_hidden_layers": 24, "state_size": 16,
    "time_step_rank": 48, "use_bias": false, "use_conv_bias": true, "vocab_size": 50280})");
const json falcon_mamba = json::parse(R"({"architectures": ["FalconMambaForCausalLM"], "conv_kernel": 4, "expand": 16,
    "hidden_size": 4096, "intermediate_size": 8192, "model_type": "falcon_mamba", "num_hidden_layers": 64,
    "state_size": 16, "tie_word_embeddings": false, "time_step_rank": 256, "use_bias": false, "use_conv_bias": true,
    "vocab_size": 65024})");
const json codestral_mamba = json::parse(R"({"architectures": ["Mamba2ForCausalLM"], "conv_kernel": 4, "expand": 2,
    "head_dim": 64, "hidden_size": 4096, "model_type": "mamba2", "n_groups": 8, "num_heads": 128,
    "num_hidden_layers": 64, "state_size": 128, "tie_word_embeddings": false, "time_step_rank": 256, "use_bias": false,
    "use_conv_bias": true, "vocab_size": 32768})");
const json jamba = json::parse(R"({"architectures": ["JambaForCausalLM"], "attn_layer_offset": 4,
    "attn_layer_period": 8, "expert_layer_offset": 1, "expert_layer_period": 2, "hidden_size": 4096,
    "intermediate_size": 14336, "mamba_conv_bias": true, "mamba_d_conv": 4, "mamba_d_state": 16, "mamba_dt_rank": 256,
    "mamba_expand": 2, "mamba_proj_bias": false, "model_type": "jamba", "num_attention_heads": 32, "num_experts": 16,
    "num_experts_per_tok": 2, "num_hidden_layers": 32, "num_key_value_heads": 8, "tie_word_embeddings": false,
    "vocab_size": 65536})");
const json bamba = json::parse(R"({"architectures": ["BambaForCausalLM"], "attention_bias": false,
    "attn_layer_indices": [9, 18, 27], "hidden_size": 4096, "intermediate_size": 14336, "mamba_conv_bias": true,
    "mamba_d_conv": 4, "mamba_d_head": "auto", "mamba_d_state": 128, "mamba_expand": 2, "mamba_n_groups": 1,
    "mamba_n_heads": 128, "mamba_proj_bias": false, "mlp_bias": false, "model_type": "bamba",
    "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "tie_word_embeddings": false,
    "vocab_size": 128256})");
const json granite = [] {
    json config = json::parse(R"({"architectures": ["GraniteMoeHybridForCausalLM"], "attention_bias": false,
        "hidden_size": 4096, "intermediate_size": 768, "mamba_conv_bias": true, "mamba_d_conv": 4, "mamba_d_head": 64,
        "mamba_d_state": 128, "mamba_expand": 2, "mamba_n_groups": 1, "mamba_n_heads": 128, "mamba_proj_bias": false,
        "model_type": "granitemoehybrid", "num_attention_heads": 32, "num_experts_per_tok": 10,
        "num_hidden_layers": 40, "num_key_value_heads": 8, "num_local_experts": 72, "shared_intermediate_size": 1536,
        "tie_word_embeddings": true, "vocab_size": 100352})");
    for (int i = 0; i < 40; ++i) config["layer_types"].push_back(i % 10 == 5 ? "attention" : "mamba");
    return config;
}();
const json nemotron_h = json::parse(R"({"architectures": ["NemotronHForCausalLM"], "attention_bias": false,
    "attention_head_dim": 128, "conv_kernel": 4, "expand": 2, "hidden_size": 4096,
    "hybrid_override_pattern": "M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M-", "intermediate_size": 21504,
    "mamba_head_dim": 64, "mamba_num_heads": 128, "mamba_proj_bias": false, "mlp_bias": false,
    "model_type": "nemotron_h", "n_groups": 8, "num_attention_heads": 32, "num_hidden_layers": 52,
    "num_key_value_heads": 8, "ssm_state_size": 128, "tie_word_embeddings": false, "use_bias": false,
    "use_conv_bias": true, "vocab_size": 131072})");
const json qwen3_next = json::parse(R"({"architectures": ["Qwen3NextForCausalLM"], "attention_bias": false,
    "decoder_sparse_step": 1, "full_attention_interval": 4, "head_dim": 256, "hidden_size": 2048,
    "linear_conv_kernel_dim": 4, "linear_key_head_dim": 128, "linear_num_key_heads": 16, "linear_num_value_heads": 32,
    "linear_value_head_dim": 128, "mlp_only_layers": [], "model_type": "qwen3_next", "moe_intermediate_size": 512,
    "num_attention_heads": 16, "num_experts": 512, "num_experts_per_tok": 10, "num_hidden_layers": 48,
    "num_key_value_heads": 2, "shared_expert_intermediate_size": 512, "tie_word_embeddings": false,
    "vocab_size": 151936})");
const json flan_t5_xxl = json::parse(R"({"architectures": ["T5ForConditionalGeneration"], "d_ff": 10240, "d_kv": 64,
    "d_model": 4096, "feed_forward_proj": "gated-gelu", "model_type": "t5", "num_decoder_layers": 24, "num_heads": 64,
    "num_layers": 24, "relative_attention_num_buckets": 32, "tie_word_embeddings": false, "vocab_size": 32128})");
const json t5_base = json::parse(R"({"architectures": ["T5ForConditionalGeneration"], "d_ff": 3072, "d_kv": 64,
    "d_model": 768, "model_type": "t5", "n_positions": 512, "num_heads": 12, "num_layers": 12,
    "relative_attention_num_buckets": 32, "vocab_size": 32128})");
const json bart_large = json::parse(R"({"add_final_layer_norm": false, "architectures": ["BartModel"], "d_model": 1024,
    "decoder_attention_heads": 16, "decoder_ffn_dim": 4096, "decoder_layers": 12, "encoder_attention_heads": 16,
    "encoder_ffn_dim": 4096, "encoder_layers": 12, "max_position_embeddings": 1024, "model_type": "bart",
    "normalize_before": false, "vocab_size": 50265})");
const json whisper_large_v3 = json::parse(R"({"architectures": ["WhisperForConditionalGeneration"], "d_model": 1280,
    "decoder_attention_heads": 20, "decoder_ffn_dim": 5120, "decoder_layers": 32, "encoder_attention_heads": 20,
    "encoder_ffn_dim": 5120, "encoder_layers": 32, "max_source_positions": 1500, "max_target_positions": 448,
    "model_type": "whisper", "num_mel_bins": 128, "vocab_size": 51866})");
// clang-format on

json changed(json config, const json& changes) {
    for (const auto& [key, value] : changes.items()) config[key] = value;
    return config;
}

void check_refused(const json& config, std::string_view key) {
    try {
        static_cast<void>(io::read_huggingface_model(config));
    } catch (const io::input_error& error) {
        INFO(std::string(error.what()));
        REQUIRE(error.problems().size() == 1);
        CHECK(error.problems().front().key == "model.huggingface." + std::string(key));
        return;
    }
    FAIL_CHECK("accepted: " << config.dump());
}

}  // namespace

TEST_CASE("published configs of recurrent models and encoder-decoders have their publishers' parameters") {
    CHECK(parameters(lower(io::read_huggingface_model(mamba_130m))) == 129'135'360);
    CHECK(parameters(lower(io::read_huggingface_model(codestral_mamba))) == 7'285'403'648);
    CHECK(parameters(lower(io::read_huggingface_model(granite))) == 32'207'337'984);
    CHECK(parameters(lower(io::read_huggingface_model(t5_base))) == 222'903'552);
    CHECK(parameters(lower(io::read_huggingface_model(flan_t5_xxl))) == 11'135'332'352);
    CHECK(parameters(lower(io::read_huggingface_model(bart_large))) == 406'291'456);
    CHECK(parameters(lower(io::read_huggingface_model(whisper_large_v3))) == 1'543'490'560);
}

TEST_CASE("a published config is the zoo's model") {
    struct pair {
        const json* config;
        std::string_view id;
    };
    for (const pair& p :
         {pair{&mamba_130m, "mamba-130m"}, pair{&falcon_mamba, "falcon-mamba-7b"},
          pair{&codestral_mamba, "codestral-mamba-7b"}, pair{&jamba, "jamba-v0.1"}, pair{&bamba, "bamba-9b"},
          pair{&granite, "granite-4.0-h-small"}, pair{&nemotron_h, "nemotron-h-8b"},
          pair{&qwen3_next, "qwen3-next-80b-a3b"}, pair{&t5_base, "t5-base"}, pair{&flan_t5_xxl, "flan-t5-xxl"},
          pair{&bart_large, "bart-large"}, pair{&whisper_large_v3, "whisper-large-v3"}}) {
        INFO(p.id);
        const network read = lower(io::read_huggingface_model(*p.config));
        const std::optional<io::any_model> known = io::find_model(p.id);
        REQUIRE(known.has_value());
        const network zoo = lower(*known);
        CHECK(parameters(read) == parameters(zoo));
        CHECK(active_parameters(read) == active_parameters(zoo));
        CHECK(recurrent_state(read) == recurrent_state(zoo));
        CHECK(kv_cache_per_token(read) == kv_cache_per_token(zoo));
        CHECK(cross_cache(read, 100) == cross_cache(zoo, 100));
        CHECK(read.longest_sequence == zoo.longest_sequence);
    }
}

TEST_CASE("the transformers' reader still answers, and an unknown family is told the way forward") {
    CHECK(std::holds_alternative<transformer>(io::read_huggingface_model(
        json::parse(R"({"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
                        "intermediate_size": 128, "vocab_size": 100})"))));
    try {
        static_cast<void>(io::read_huggingface_model(json::parse(R"({"model_type": "retnet"})")));
        FAIL_CHECK("accepted");
    } catch (const io::input_error& error) {
        CHECK(std::string(error.what()).find("{\"safetensors\": a path}") != std::string::npos);
    }
}

TEST_CASE("a published Mamba states its sizes under two names") {
    // state-spaces/mamba-130m-hf has the keys of its original beside those of the class.
    const json both = changed(mamba_130m, {{"n_layer", 24}, {"d_model", 768}, {"d_inner", 1536}});
    CHECK(parameters(lower(io::read_huggingface_model(both))) == 129'135'360);
    check_refused(changed(both, {{"d_model", 1024}}), "d_model");
}

TEST_CASE("what no description can express is refused by its key") {
    check_refused(changed(mamba_130m, {{"use_bias", true}}), "use_bias");
    check_refused(changed(mamba_130m, {{"num_hidden_layers", 200}}), "num_hidden_layers");
    check_refused(changed(mamba_130m, {{"state_size", 0}}), "state_size");
    check_refused(changed(mamba_130m, {{"architectures", {"MambaForSequenceClassification"}}}), "architectures");
    check_refused(changed(jamba, {{"mamba_proj_bias", true}}), "mamba_proj_bias");
    check_refused(changed(nemotron_h, {{"hybrid_override_pattern", "M-M?"}}), "hybrid_override_pattern");
    check_refused(changed(nemotron_h, {{"hybrid_override_pattern", "M-M*"}}), "num_hidden_layers");
    check_refused(changed(granite, {{"layer_types", {"mamba"}}}), "layer_types");
    check_refused(changed(bamba, {{"attn_layer_indices", {9, 32}}}), "attn_layer_indices");
    check_refused(changed(qwen3_next, {{"mlp_only_layers", {0}}}), "mlp_only_layers");
    check_refused(changed(bart_large, {{"decoder_ffn_dim", 2048}}), "decoder_ffn_dim");
    check_refused(changed(bart_large, {{"normalize_before", true}}), "normalize_before");
    check_refused(changed(whisper_large_v3, {{"d_model", -1}}), "d_model");
    check_refused(changed(t5_base, {{"architectures", {"T5ForSequenceClassification"}}}), "architectures");
}

TEST_CASE("Kimi K3's text model: delta attention, latent experts, attention residuals") {
    const json file =
        io::parse_json_file(std::string(CARDFIT_TEST_DATA) + "/io/configs/moonshotai--Kimi-K3.json", "k3");
    const json& text = file["text_config"];
    const network net = lower(io::read_huggingface_model(text));
    // By hand, from the shapes of modeling_kimi_linear.py: 69 layers of delta attention, 24 of gated latent attention;
    // a dense feed-forward in the first layer; a mixture of earlier blocks before each half of a layer and at the end.
    constexpr std::int64_t h = 7168;
    constexpr std::int64_t inner = 96 * 128;
    constexpr std::int64_t delta =
        3 * h * inner + 3 * 4 * inner + (h + inner) * 128 + inner + 96 + 96 * h + h * inner + 128 + inner * h;
    constexpr std::int64_t latent = h * 1536 + 1536 + 1536 * 96 * 192 + h * 576 + 512 + 512 * 96 * 256 + 2 * inner * h;
    constexpr std::int64_t routed = 896LL * 3 * 3584 * 3072;
    constexpr std::int64_t experts = routed + 896 * h + 896 + 3 * h * 6144 + 2 * h * 3584 + 3584;
    constexpr std::int64_t total =
        69 * delta + 24 * latent + 3 * h * 33792 + 92 * experts + 93 * 6 * h + 2 * 163840 * h + h + 2 * h;
    CHECK(parameters(net) == total);
    // The published checkpoint, whose experts are mxfp4 (4.25 bits) and whose rest is bf16, has 1.56 TB.
    const double bytes = static_cast<double>(92 * routed) * 4.25 / 8 + static_cast<double>(total - 92 * routed) * 2;
    CHECK(bytes == doctest::Approx(1.56e12).epsilon(0.003));
    // 27 KiB of latent per token. The state of a sequence, in fp32, is 69 x 96 matrices of 128 x 128.
    CHECK(kv_cache_per_token(net) == bytes_of(27 * 1024));
    CHECK(recurrent_state(net, number_format::fp32, number_format::bf16) ==
          bytes_of(69 * (96 * 128 * 128 * 4 + 3 * 3 * inner * 2)));

    check_refused(changed(text, {{"routed_expert_hidden_size", 0}}), "routed_expert_hidden_size");
    json overlapping = text;
    overlapping["linear_attn_config"]["kda_layers"][0] = 4;
    check_refused(overlapping, "linear_attn_config.kda_layers");
    json short_list = text;
    short_list["linear_attn_config"]["full_attn_layers"].erase(0);
    check_refused(short_list, "linear_attn_config.kda_layers");
    check_refused(changed(text, {{"linear_attn_config", nullptr}}), "linear_attn_config");
}

TEST_CASE("DeepSeek-V4's kinds of layer are stated by ratios or by name") {
    const json file =
        io::parse_json_file(std::string(CARDFIT_TEST_DATA) + "/io/configs/deepseek-ai--DeepSeek-V4-Flash.json", "v4");
    const auto model = std::get<compressed_decoder>(io::read_huggingface_model(file));
    CHECK(model.searched.count(0, 43) == 21);
    CHECK(model.pooled.count(0, 43) == 20);
    json named = changed(file, {{"compress_ratios", nullptr}});
    for (int i = 0; i < 43; ++i)
        named["layer_types"].push_back(i < 2        ? "sliding_attention"
                                       : i % 2 == 0 ? "compressed_sparse_attention"
                                                    : "heavily_compressed_attention");
    CHECK(std::get<compressed_decoder>(io::read_huggingface_model(named)) == model);
    json other = file;
    other["compress_ratios"][5] = 64;
    check_refused(other, "compress_ratios");
    check_refused(changed(file, {{"compress_ratios", {0, 4}}}), "compress_ratios");
    check_refused(changed(file, {{"compress_rate_hca", 64}}), "compress_rate_hca");
    check_refused(changed(file, {{"num_key_value_heads", 8}}), "num_key_value_heads");
    check_refused(changed(file, {{"o_groups", 7}}), "output_groups");
}

TEST_CASE("Kimi K3 has a tower whose heads are wider than its hidden size") {
    const json file =
        io::parse_json_file(std::string(CARDFIT_TEST_DATA) + "/io/configs/moonshotai--Kimi-K3.json", "k3");
    const network net = lower(io::read_huggingface_model(file));
    // By hand: 27 layers of 1024 with heads of 1536 in all; patches of 14 x 14, one position each of 64 x 64; two
    // matrices over merged patches and a norm.
    constexpr std::int64_t h = 1024;
    constexpr std::int64_t layer = 4 * h * 1536 + 2 * h * 4096 + 2 * h;
    CHECK(tower_parameters(net) == 27 * layer + h + 3 * 14 * 14 * h + 64 * 64 * h + 4096 * 4096 + 4096 * 7168 + 7168);
    json other = file;
    other["vision_config"]["attn_bias"] = true;
    check_refused(other, "vision_config.attn_bias");
    other = file;
    other["vision_config"]["qkv_hidden_size"] = 1000;
    check_refused(other, "vision_config.qkv_hidden_size");
}

TEST_CASE("Step 3.5 has more heads in its layers with a window") {
    const json file =
        io::parse_json_file(std::string(CARDFIT_TEST_DATA) + "/io/configs/stepfun-ai--Step-3.5-Flash.json", "step");
    const network net = lower(io::read_huggingface_model(file));
    // By hand: 12 layers with 64 heads, 33 with 96; experts but in the first three layers. The model card: 196 billion
    // parameters, of which a token visits 11.
    constexpr std::int64_t h = 4096;
    constexpr std::int64_t full = 2 * h * 64 * 128 + 2 * h * 1024 + h * 64 + 256;
    constexpr std::int64_t windowed = 2 * h * 96 * 128 + 2 * h * 1024 + h * 96 + 256;
    constexpr std::int64_t experts = 289LL * 3 * h * 1280 + 288 * h + 288;
    CHECK(parameters(net) ==
          12 * full + 33 * windowed + 42 * experts + 3 * 3 * h * 11264 + 45 * 2 * h + 2 * 128896 * h + h);
    CHECK(kv_cache(net, 100'000) == bytes_of((12LL * 100'000 + 33 * 512) * 2 * 1024 * 2));
    check_refused(changed(file, {{"moe_layers_enum", "3,,4"}}), "moe_layers_enum");
    check_refused(changed(file, {{"moe_layers_enum", "3,45"}}), "moe_layers_enum");
    check_refused(changed(file, {{"layer_types", {"full_attention"}}}), "layer_types");
    check_refused(changed(file, {{"attention_other_setting", 96}}), "attention_other_setting");
    check_refused(changed(file, {{"sink", true}}), "sink");
}

TEST_CASE("Zamba2's layers share the weights of two blocks") {
    const json file =
        io::parse_json_file(std::string(CARDFIT_TEST_DATA) + "/io/configs/Zyphra--Zamba2-7B.json", "zamba2");
    const network net = lower(io::read_huggingface_model(file));
    // 13 layers have a block; 11 of them visit weights that two others hold.
    constexpr std::int64_t block = 3LL * 7168 * 7168 + 7168 * 3584 + 3 * 3584 * 14336;
    CHECK(active_parameters(net) == parameters(net) + 11 * block);
    json typed = changed(file, {{"hybrid_layer_ids", nullptr}});
    for (int i = 0; i < 81; ++i) typed["layers_block_type"].push_back("mamba");
    for (const json& layer : file["hybrid_layer_ids"]) typed["layers_block_type"][layer.get<std::size_t>()] = "hybrid";
    CHECK(io::read_huggingface_model(typed) == io::read_huggingface_model(file));
    typed["hybrid_layer_ids"] = {6};
    check_refused(typed, "hybrid_layer_ids");
    check_refused(changed(file, {{"attention_head_dim", 112}}), "attention_head_dim");
    check_refused(changed(file, {{"num_mem_blocks", 14}}), "shared.blocks");
}

TEST_CASE("Flan-T5's older files: a plain activation, and a flag that it is gated") {
    const json older = changed(flan_t5_xxl, {{"feed_forward_proj", "gelu"}, {"is_gated_act", true}});
    CHECK(parameters(lower(io::read_huggingface_model(older))) == 11'135'332'352);
}

}  // namespace io_huggingface_model_test
