// SPDX-License-Identifier: MIT

// Tests published config.json files against the parameter counts that their publishers state, and files that must be
// refused.

#include <cardfit/io/huggingface/read_decoder.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace io_huggingface_test {

using namespace cardfit;
using nlohmann::json;

namespace {

json load(const std::string& path) {
    std::ifstream file(path);
    REQUIRE_MESSAGE(file.good(), path);
    return json::parse(file);
}
json published(const std::string& id) { return load(std::string(CARDFIT_TEST_DATA) + "/io/configs/" + id + ".json"); }
transformer model(const std::string& id) { return io::read_huggingface_config(published(id)); }

/// Returns a published file with some keys changed.
json changed(const std::string& id, const json& changes) {
    json config = published(id);
    for (const auto& [key, value] : changes.items()) config[key] = value;
    return config;
}
json without(const std::string& id, const std::string& key) {
    json config = published(id);
    config.erase(key);
    return config;
}

std::vector<io::input_problem> refused(const json& config) {
    try {
        static_cast<void>(io::read_huggingface_config(config));
    } catch (const io::input_error& error) {
        REQUIRE_FALSE(error.problems().empty());
        for (const io::input_problem& p : error.problems()) {
            CHECK(std::string(error.what()).find(p.message) != std::string::npos);
            CHECK(p.message.rfind(p.key, 0) == 0);
            CHECK(p.message.ends_with("; accepted: " + p.accepted));
        }
        return error.problems();
    }
    FAIL_CHECK("accepted: " << config.dump());
    return {};
}

/// Checks that a file is refused for exactly one problem, with this key; what is accepted must begin with `accepted`.
void check_one(const json& config, std::string_view key, std::string_view accepted) {
    const std::vector<io::input_problem> found = refused(config);
    INFO((found.empty() ? std::string() : found.front().message));
    CHECK(found.size() == 1);
    if (found.empty()) return;
    CHECK(found.front().key == "model.huggingface" + std::string(key));
    CHECK(found.front().accepted.substr(0, accepted.size()) == accepted);
}

}  // namespace

TEST_CASE("published models have the parameters that their publishers state") {
    struct row {
        const char* id;
        std::int64_t parameters;
    };
    // The counts are totals of the safetensors files, with these exceptions: gpt2 is counted without its 12 causal-mask
    // buffers; falcon has the tied head counted once (its files store it twice); deepseek-v3 is counted without the
    // multi-token-prediction layer and the FP8 scales; gpt-oss is counted after unpacking MXFP4; pythia is as in its
    // model card's table; gemma-3-4b is its language model (4,300,079,472 less 419,816,304 of vision tower and
    // projector).
    const row rows[] = {
        {"gpt2", 124'439'808},
        {"Llama-3.1-8B", 8'030'261'248},
        {"Mistral-7B-v0.1", 7'241'732'096},
        {"Mixtral-8x7B-v0.1", 46'702'792'704},
        {"Qwen-7B", 7'721'324'544},
        {"Qwen2.5-7B", 7'615'616'512},
        {"Qwen1.5-MoE-A2.7B", 14'315'784'192},
        {"Qwen3-8B", 8'190'735'360},
        {"Qwen3-30B-A3B", 30'532'122'624},
        {"gemma-7b", 8'537'680'896},
        {"gemma-2-9b", 9'241'705'984},
        {"gemma-3-1b-pt", 999'885'952},
        {"gemma-3-4b-pt", 3'880'263'168},
        {"phi-2", 2'779'683'840},
        {"Phi-3-mini-4k-instruct", 3'821'079'552},
        {"falcon-7b", 6'921'720'704},
        {"falcon-40b", 41'303'293'952},
        {"mpt-7b", 6'649'286'656},
        {"opt-6.7b", 6'658'473'984},
        {"pythia-6.9b", 6'857'302'016},
        {"DeepSeek-V2", 235'741'434'880},
        {"DeepSeek-V3", 671'026'419'200},
        {"gpt-oss-20b", 20'914'757'184},
    };
    for (const row& r : rows) {
        CAPTURE(r.id);
        CHECK(parameters(model(r.id)) == r.parameters);
    }
}

TEST_CASE("the example's config.json is Llama 3.1 8B") {
    const json example = load(std::string(CARDFIT_TEST_DATA) + "/../examples/models/llama-3.1-8b/config.json");
    const transformer m = io::read_huggingface_config(example);
    CHECK(m == model("Llama-3.1-8B"));
    CHECK(m.layers == 32);
    CHECK(m.hidden == 4096);
    CHECK(m.heads == 32);
    CHECK(m.kv_heads == 8);
    CHECK(m.ffn == 14'336);
    CHECK(m.vocab == 128'256);
    CHECK_FALSE(m.tied_embeddings);
    CHECK(m.biases == biases::none);
}

TEST_CASE("sliding windows") {
    using window = cardfit::sliding_window;
    CHECK(model("Mistral-7B-v0.1").sliding_window == window{4096, 0});
    CHECK(io::read_huggingface_config(without("Mistral-7B-v0.1", "sliding_window")).sliding_window == window{4096, 0});
    CHECK(io::read_huggingface_config(changed("Mistral-7B-v0.1", {{"sliding_window", nullptr}})).sliding_window ==
          window{});
    CHECK(model("Mixtral-8x7B-v0.1").sliding_window == window{});
    CHECK(model("Phi-3-mini-4k-instruct").sliding_window == window{2047, 0});
    CHECK(model("gemma-2-9b").sliding_window == window{4096, 2});
    CHECK(model("gemma-3-1b-pt").sliding_window == window{512, 6});
    CHECK(model("gemma-3-4b-pt").sliding_window == window{1024, 6});
    CHECK(model("gpt-oss-20b").sliding_window == window{128, 2});
    CHECK(io::read_huggingface_config(without("gpt-oss-20b", "layer_types")).sliding_window == window{128, 2});

    SUBCASE("Qwen 2 names a window and does not use it") {
        CHECK(model("Qwen2.5-7B").sliding_window == window{});
        CHECK(model("Qwen3-8B").sliding_window == window{});
        CHECK(model("Qwen1.5-MoE-A2.7B").sliding_window == window{});
        // A Qwen2-MoE that transformers saved again has a 0 there.
        CHECK(io::read_huggingface_config(changed("Qwen1.5-MoE-A2.7B", {{"sliding_window", 0}})).sliding_window ==
              window{});
    }
    SUBCASE("use_sliding_window with max_window_layers") {
        json used = changed("Qwen2.5-7B", {{"use_sliding_window", true}});
        CHECK(io::read_huggingface_config(used).sliding_window == window{});  // layers 28 and up: there are none
        used["max_window_layers"] = 0;
        CHECK(io::read_huggingface_config(used).sliding_window == window{131'072, 0});
        used["max_window_layers"] = 21;
        check_one(used, ".max_window_layers", "a window in all layers");
        CHECK(io::read_huggingface_config(
                  changed("Qwen3-30B-A3B", {{"use_sliding_window", true}, {"sliding_window", 4096}}))
                  .sliding_window == window{4096, 0});
    }
    SUBCASE("layer_types") {
        json config = changed("Qwen2.5-7B", {{"use_sliding_window", true}});
        config["layer_types"] = std::vector<std::string>(28, "sliding_attention");
        CHECK(io::read_huggingface_config(config).sliding_window == window{131'072, 0});
        config["layer_types"][13] = "full_attention";
        config["layer_types"][27] = "full_attention";
        CHECK(io::read_huggingface_config(config).sliding_window == window{131'072, 14});
        config["layer_types"][26] = "full_attention";
        check_one(config, ".layer_types", "a window in all layers");
        config["layer_types"][26] = "linear_attention";
        check_one(config, ".layer_types", "a list of num_hidden_layers times");
        config["layer_types"] = {"full_attention"};
        check_one(config, ".layer_types", "a list of num_hidden_layers times");
    }
}

TEST_CASE("defaults are those of the family's configuration class") {
    // Llama has as many key/value heads as query heads if the key is absent or null. Mistral has 8 if the key is
    // absent, and as many as query heads if it is null.
    CHECK(parameters(io::read_huggingface_config(without("Llama-3.1-8B", "num_key_value_heads"))) == 8'835'567'616);
    CHECK(io::read_huggingface_config(without("Mistral-7B-v0.1", "num_key_value_heads")) == model("Mistral-7B-v0.1"));
    CHECK(parameters(io::read_huggingface_config(changed("Mistral-7B-v0.1", {{"num_key_value_heads", nullptr}}))) ==
          7'241'732'096 + 32LL * 2 * 4096 * 3072);
    CHECK(io::read_huggingface_config(changed("gpt2", {{"n_inner", nullptr}})).ffn == 3072);
    CHECK(io::read_huggingface_config(changed("gpt2", {{"n_inner", 1000}})).ffn == 1000);
    CHECK(io::read_huggingface_config(without("gpt2", "n_positions")).positions == 1024);
    CHECK(model("gpt2").tied_embeddings);
    CHECK_FALSE(io::read_huggingface_config(changed("gpt2", {{"tie_word_embeddings", false}})).tied_embeddings);
    CHECK_FALSE(io::read_huggingface_config(without("Llama-3.1-8B", "tie_word_embeddings")).tied_embeddings);
    CHECK(model("opt-6.7b").positions == 2050);
    CHECK(model("gemma-7b").head_dim == 256);
    CHECK(io::read_huggingface_config(changed("Llama-3.1-8B", {{"head_dim", nullptr}})) == model("Llama-3.1-8B"));
    // The names of the attribute_map are accepted too.
    json renamed = without("gpt2", "n_embd");
    renamed["hidden_size"] = 768;
    CHECK(io::read_huggingface_config(renamed) == model("gpt2"));
}

TEST_CASE("flags that shape a model") {
    const transformer attention = io::read_huggingface_config(changed("Llama-3.1-8B", {{"attention_bias", true}}));
    CHECK(attention.biases == biases::qkv);
    CHECK(attention.output_bias);
    const json both = {{"attention_bias", true}, {"mlp_bias", true}};
    CHECK(io::read_huggingface_config(changed("Llama-3.1-8B", both)).biases == biases::all);
    const transformer feed_forward = io::read_huggingface_config(changed("Llama-3.1-8B", {{"mlp_bias", true}}));
    CHECK(feed_forward.biases == biases::none);
    CHECK(feed_forward.feed_forward_bias);
    CHECK(io::read_huggingface_config(changed("Qwen1.5-MoE-A2.7B", {{"qkv_bias", false}})).biases == biases::none);

    SUBCASE("Falcon's three architectures") {
        CHECK(model("falcon-7b").kv_heads == 1);
        CHECK(model("falcon-7b").norms_per_layer == 1);
        CHECK(model("falcon-40b").kv_heads == 8);
        CHECK(model("falcon-40b").norms_per_layer == 2);
        // tiiuae/falcon-rw-1b, whose model card says 1B, has 1,311,625,216 parameters with the head tied.
        const json rw = {{"model_type", "falcon"},
                         {"architectures", {"FalconForCausalLM"}},
                         {"alibi", true},
                         {"bias", true},
                         {"hidden_size", 2048},
                         {"multi_query", false},
                         {"new_decoder_architecture", false},
                         {"num_attention_heads", 32},
                         {"num_hidden_layers", 24},
                         {"parallel_attn", false},
                         {"vocab_size", 50304}};
        CHECK(io::read_huggingface_config(rw).norms_per_layer == 2);
        CHECK(parameters(io::read_huggingface_config(rw)) == 1'311'625'216);
        CHECK(io::read_huggingface_config(changed("falcon-40b", {{"num_ln_in_parallel_attn", 1}})).norms_per_layer ==
              1);
    }
    SUBCASE("DeepSeek") {
        CHECK(io::read_huggingface_config(changed("DeepSeek-V2", {{"q_lora_rank", nullptr}})).latent_attention.q_rank ==
              0);
        CHECK(io::read_huggingface_config(without("DeepSeek-V2", "q_lora_rank")).latent_attention.q_rank == 1536);
        CHECK(model("DeepSeek-V3").experts.dense_layers == 3);
        CHECK(model("DeepSeek-V3").experts.router_bias);
        // The file of DeepSeek-V3.2 differs from V3's in these keys.
        const json sparse = changed("DeepSeek-V3", {{"model_type", "deepseek_v32"},
                                                    {"architectures", {"DeepseekV32ForCausalLM"}},
                                                    {"index_n_heads", 64},
                                                    {"index_head_dim", 128},
                                                    {"index_topk", 2048}});
        CHECK(io::read_huggingface_config(sparse) == models::deepseek_v3_2);
        json missing = sparse;
        missing.erase("index_topk");
        check_one(missing, ".index_topk", "an integer from 1 to 1000000000");
    }
    SUBCASE("leading dense layers of a Qwen mixture") {
        CHECK(
            io::read_huggingface_config(changed("Qwen3-30B-A3B", {{"mlp_only_layers", {0, 1}}})).experts.dense_layers ==
            2);
        check_one(changed("Qwen3-30B-A3B", {{"mlp_only_layers", {5}}}), ".mlp_only_layers", "[], or the first layers");
        check_one(changed("Qwen3-30B-A3B", {{"decoder_sparse_step", 2}}), ".decoder_sparse_step", "1 (");
    }
}

TEST_CASE("shapes that cardfit cannot express are refused") {
    check_one(changed("opt-6.7b", {{"word_embed_proj_dim", 512}}), ".word_embed_proj_dim",
              "hidden_size, 4096 (projected");
    check_one(changed("opt-6.7b", {{"do_layer_norm_before", false}}), ".do_layer_norm_before", "true (norms after");
    check_one(changed("phi-2", {{"qk_layernorm", true}}), ".qk_layernorm", "false (");
    check_one(changed("mpt-7b", {{"no_bias", false}}), ".no_bias", "true (");
    check_one(changed("mpt-7b", {{"attn_config", {{"alibi", false}}}}), ".attn_config.alibi",
              "true (learned positions");
    check_one(changed("mpt-7b", {{"attn_config", {{"attn_type", "grouped_query_attention"}}}}),
              ".attn_config.attn_type", "\"multihead_attention\"");
    CHECK(io::read_huggingface_config(changed("mpt-7b", {{"attn_config", {{"attn_type", "multiquery_attention"}}}}))
              .kv_heads == 1);
    check_one(changed("DeepSeek-V3", {{"moe_layer_freq", 2}}), ".moe_layer_freq", "1 (");
    check_one(changed("gpt-oss-20b", {{"attention_bias", false}}), ".attention_bias", "true (");
    check_one(changed("Mistral-7B-v0.1", {{"architectures", {"MistralForTokenClassification"}}}), ".architectures",
              "a list whose first name");
    check_one(changed("Mistral-7B-v0.1", {{"architectures", "MistralForCausalLM"}}), ".architectures",
              "a list whose first name");
}

TEST_CASE("bad input names the key, the value and what is accepted") {
    SUBCASE("not a config.json at all") {
        for (const json& config : {json::array(), json(nullptr), json("llama"), json(7), json::array({json::object()})})
            check_one(config, "", "an object");
    }
    SUBCASE("the family") {
        const std::string accepted = "the model_type of a family";
        check_one(json::object(), ".model_type", accepted);
        CHECK(
            refused(json::object())
                .front()
                .message.starts_with("model.huggingface.model_type is missing; accepted: the model_type of a family"));
        check_one(changed("gpt2", {{"model_type", "mamba"}}), ".model_type", accepted);
        CHECK(refused(changed("gpt2", {{"model_type", "mamba"}})).front().value == "mamba");
        for (const json& type : {json(nullptr), json(5), json::array({"gpt2"}), json(""), json("GPT2")})
            check_one(changed("gpt2", {{"model_type", type}}), ".model_type", accepted);
        // The way forward is said, and not the list of all families.
        CHECK(refused(json::object()).front().accepted.find("{\"safetensors\": a path}") != std::string::npos);
        CHECK(refused(json::object()).front().accepted.find("qwen3_moe") == std::string::npos);
    }
    SUBCASE("a missing size") {
        const struct {
            const char* id;
            const char* key;
        } missing[] = {{"Llama-3.1-8B", "hidden_size"},
                       {"gpt2", "n_embd"},
                       {"gpt2", "n_layer"},
                       {"mpt-7b", "d_model"},
                       {"opt-6.7b", "ffn_dim"},
                       {"phi-2", "vocab_size"},
                       {"Mixtral-8x7B-v0.1", "num_local_experts"},
                       {"Mixtral-8x7B-v0.1", "intermediate_size"},
                       {"DeepSeek-V3", "kv_lora_rank"},
                       {"Qwen3-30B-A3B", "moe_intermediate_size"},
                       {"gemma-3-1b-pt", "num_attention_heads"}};
        for (const auto& absent : missing) {
            const std::string key = absent.key;
            CAPTURE(key);
            const auto found = refused(without(absent.id, key));
            CHECK(found.size() == 1);
            CHECK(found.front().key == "model.huggingface." + key);
            CHECK(found.front().value.is_null());
            CHECK(
                found.front().message.starts_with(found.front().key + " is missing; accepted: an integer from 1 to "));
        }
    }
    SUBCASE("what is no size") {
        const json huge = json::parse("[123456789012345678901234567890, 18446744073709551615, 9223372036854775808]");
        for (const json& value : {json("many"), json("32"), json(-1), json(0), json(32.0), json(0.5), json(1e300),
                                  json(true), json(nullptr), json::array({32}), json::object(), json(10'001), huge[0],
                                  huge[1], huge[2], json(std::numeric_limits<std::int64_t>::min())}) {
            CAPTURE(value.dump());
            check_one(changed("Llama-3.1-8B", {{"num_attention_heads", value}}), ".num_attention_heads",
                      "an integer from 1 to 10000");
            CHECK(refused(changed("Llama-3.1-8B", {{"num_attention_heads", value}})).front().value == value);
        }
        CHECK(refused(changed("Llama-3.1-8B", {{"num_attention_heads", "many"}})).front().message ==
              "model.huggingface.num_attention_heads is \"many\"; accepted: an integer from 1 to 10000");
        check_one(changed("Llama-3.1-8B", {{"num_key_value_heads", -8}}), ".num_key_value_heads",
                  "an integer from 1 to 10000, or null");
        check_one(changed("gemma-7b", {{"num_key_value_heads", nullptr}}), ".num_key_value_heads",
                  "an integer from 1 to 10000");
        check_one(changed("Mistral-7B-v0.1", {{"sliding_window", 4096.5}}), ".sliding_window",
                  "an integer from 1 to 1000000000, or null");
        check_one(changed("DeepSeek-V3", {{"q_lora_rank", "1536"}}), ".q_lora_rank",
                  "an integer from 1 to 1000000, or null");
    }
    SUBCASE("what is no flag") {
        for (const json& value : {json("false"), json(0), json::array()}) {
            check_one(changed("Llama-3.1-8B", {{"tie_word_embeddings", value}}), ".tie_word_embeddings",
                      "true, false, or null");
            check_one(changed("falcon-7b", {{"multi_query", value}}), ".multi_query", "true, false, or null");
            check_one(changed("Qwen2.5-7B", {{"use_sliding_window", value}}), ".use_sliding_window",
                      "true, false, or null");
        }
        // As in Python, null is false.
        CHECK(io::read_huggingface_config(changed("Llama-3.1-8B", {{"tie_word_embeddings", nullptr}})) ==
              model("Llama-3.1-8B"));
        CHECK(io::read_huggingface_config(changed("falcon-7b", {{"multi_query", nullptr}})).kv_heads == 71);
    }
    SUBCASE("nested objects of the wrong type") {
        for (const json& value : {json("x"), json(nullptr), json::array(), json(3)})
            check_one(changed("gemma-3-4b-pt", {{"text_config", value}}), ".text_config", "an object");
        check_one(without("gemma-3-4b-pt", "text_config"), ".text_config", "an object");
        json config = published("gemma-3-4b-pt");
        config["text_config"]["hidden_size"] = "wide";
        check_one(config, ".text_config.hidden_size", "an integer from 1 to 1000000");
        config["text_config"]["hidden_size"] = 2560;
        config["text_config"]["model_type"] = "llama";
        check_one(config, ".text_config.model_type", "\"gemma3_text\"");
        check_one(changed("mpt-7b", {{"attn_config", "alibi"}}), ".attn_config", "an object");
        check_one(changed("Qwen3-30B-A3B", {{"mlp_only_layers", "none"}}), ".mlp_only_layers",
                  "[], or the first layers");
        check_one(changed("gpt-oss-20b", {{"layer_types", {{"0", "full_attention"}}}}), ".layer_types",
                  "a list of num_hidden_layers");
    }
    SUBCASE("sizes that do not go together, under the file's own keys") {
        check_one(changed("Llama-3.1-8B", {{"num_attention_heads", 30}}), ".num_attention_heads",
                  "a divisor of the hidden size, 4096");
        check_one(changed("Llama-3.1-8B", {{"num_key_value_heads", 5}}), ".num_key_value_heads",
                  "a divisor of the number of heads, 32");
        check_one(changed("gpt2", {{"n_head", 7}}), ".n_head", "a divisor of the hidden size, 768");
        check_one(changed("Mixtral-8x7B-v0.1", {{"num_experts_per_tok", 9}}), ".num_experts_per_tok",
                  "an integer from 1 to 8");
        check_one(changed("DeepSeek-V3", {{"first_k_dense_replace", 62}}), ".first_k_dense_replace",
                  "an integer from 0 to 61");
    }
    SUBCASE("everything at once") {
        json config =
            changed("Llama-3.1-8B", {{"num_attention_heads", "many"}, {"vocab_size", -1}, {"tie_word_embeddings", 1}});
        config.erase("hidden_size");
        const auto found = refused(config);
        std::vector<std::string> keys;
        for (const auto& p : found) keys.push_back(p.key);
        CHECK(keys == std::vector<std::string>{"model.huggingface.hidden_size", "model.huggingface.num_attention_heads",
                                               "model.huggingface.vocab_size",
                                               "model.huggingface.tie_word_embeddings"});
    }
    SUBCASE("values that are long, deep, or no UTF-8") {
        const auto longer = refused(changed("gpt2", {{"n_embd", std::string(10'000, 'x')}}));
        CHECK(longer.front().message.size() < 200);
        std::string umlauts;
        for (int i = 0; i < 100; ++i) umlauts += "\xC3\xA4";
        CHECK_NOTHROW(static_cast<void>(json(refused(changed("gpt2", {{"n_embd", umlauts}})).front().message).dump()));
        CHECK_FALSE(refused(changed("gpt2", {{"n_embd", "\xFF"}})).empty());
        const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
        CHECK_FALSE(refused(json::parse(R"({"model_type": "gpt2", "architectures": [)" + deep + "]}")).empty());
        const json config = json::parse(R"({"model_type": )" + deep + "}");
        CHECK(refused(config).front().message.starts_with(
            "model.huggingface.model_type is nested more than 64 levels deep"));
    }
    SUBCASE("a size under two names") {
        check_one(changed("gpt2", {{"hidden_size", 1024}}), ".hidden_size", "the value of n_embd, 768");
        CHECK(io::read_huggingface_config(changed("gpt2", {{"hidden_size", 768}})) == model("gpt2"));
    }
    SUBCASE("keys that shape nothing are ignored") {
        CHECK(io::read_huggingface_config(changed("gpt2", {{"my_own", {1, 2}}, {"quantization_config", "x"}})) ==
              model("gpt2"));
    }
}

TEST_CASE("a key that shapes other families is never ignored") {
    // The findings' mutations: each was accepted with an unchanged answer.
    const json mutations[] = {{{"num_local_experts", 8}},        {{"kv_lora_rank", 512}},
                              {{"block_configs", {1, 2}}},       {{"num_key_value_heads_per_layer", {8, 4}}},
                              {{"cross_attention_layers", {3}}}, {{"vision_config", {{"depth", 27}}}},
                              {{"use_qk_norm", true}},           {{"num_kv_shared_layers", 10}},
                              {{"sliding_window", 4096}},        {{"index_topk", 2048}},
                              {{"num_nextn_predict_layers", 1}}};
    for (const json& mutation : mutations) {
        const std::string key = mutation.begin().key();
        CAPTURE(key);
        check_one(changed("Llama-3.1-8B", mutation), "." + key, "no such key, because it shapes no llama model");
        const json neutral = {{key, nullptr}};
        CHECK(io::read_huggingface_config(changed("Llama-3.1-8B", neutral)) == model("Llama-3.1-8B"));
    }
    check_one(changed("Qwen3-30B-A3B", {{"n_shared_experts", 1}}), ".n_shared_experts", "no such key");
    check_one(changed("Qwen3-30B-A3B", {{"shared_expert_intermediate_size", 512}}), ".shared_expert_intermediate_size",
              "no such key");
    check_one(changed("Mixtral-8x7B-v0.1", {{"num_shared_experts", 1}}), ".num_shared_experts", "no such key");
    check_one(changed("DeepSeek-V3", {{"num_key_value_heads", 64}}), ".num_key_value_heads",
              "the value of num_attention_heads, 128");
    json linear = changed("Qwen3-8B", {{"layer_types", json::array()}});
    for (int i = 0; i < 36; ++i) linear["layer_types"].push_back(i % 4 == 3 ? "full_attention" : "linear_attention");
    CHECK_FALSE(refused(linear).empty());
}

TEST_CASE("the class of a file is one of its family") {
    for (const char* other : {"Llama4ForCausalLM", "DeciLMForCausalLM", "DeepseekV32ForCausalLM",
                              "EagleLlamaForCausalLM", "LlavaLlamaForConditionalGeneration"})
        check_one(changed("Llama-3.1-8B", {{"architectures", {other}}}), ".architectures",
                  "a class of the family llama");
    CHECK(io::read_huggingface_config(changed("Llama-3.1-8B", {{"architectures", {"LLaMAForCausalLM"}}})) ==
          model("Llama-3.1-8B"));
    // A body without a head is an embedding model, and a classifier has a head of its own, without a bias.
    const transformer body = io::read_huggingface_config(changed("Llama-3.1-8B", {{"architectures", {"LlamaModel"}}}));
    CHECK(parameters(body) == 8'030'261'248 - 128'256 * 4096);
    const json classifier = {{"architectures", {"LlamaForSequenceClassification"}}, {"num_labels", 1}};
    CHECK(parameters(io::read_huggingface_config(changed("Llama-3.1-8B", classifier))) == parameters(body) + 4096);
}

TEST_CASE("families of 2022 to 2025 by the sizes in their files") {
    // The keys that shape each published config.json. The counts are made by hand from these sizes and the modules of
    // the family's class: attention, feed-forward or experts, norms and biases of a layer, embedding, head and final
    // norm.
    const struct {
        const char* config;
        std::int64_t parameters;
    } rows[] = {
        // databricks/dbrx-base: 40 x (88,080,384 + 16 x 198,180,864 + 98,304 + 12,288) + 2 x 616,562,688 + 6,144
        {R"({"model_type": "dbrx", "d_model": 6144, "n_heads": 48, "n_layers": 40, "vocab_size": 100352,
             "attn_config": {"kv_n_heads": 8, "clip_qkv": 8}, "tie_word_embeddings": false,
             "ffn_config": {"ffn_hidden_size": 10752, "moe_num_experts": 16, "moe_top_k": 4}})",
         131'596'523'520},
        // microsoft/Phi-3.5-MoE-instruct: biases of 10,240 in attention, LayerNorms, a head with a bias of 32,064
        {R"({"model_type": "phimoe", "architectures": ["PhiMoEForCausalLM"], "attention_bias": true,
             "hidden_size": 4096, "intermediate_size": 6400, "lm_head_bias": true, "num_attention_heads": 32,
             "num_experts_per_tok": 2, "num_hidden_layers": 32, "num_key_value_heads": 8, "num_local_experts": 16,
             "sliding_window": 131072, "tie_word_embeddings": false, "vocab_size": 32064})",
         41'873'153'344},
        // allenai/OLMo-2-1124-7B: norms of 4,096 on all queries and on all keys
        {R"({"model_type": "olmo2", "architectures": ["Olmo2ForCausalLM"], "attention_bias": false,
             "hidden_size": 4096, "intermediate_size": 11008, "num_attention_heads": 32, "num_hidden_layers": 32,
             "num_key_value_heads": 32, "tie_word_embeddings": false, "vocab_size": 100352})",
         7'298'617'344},
        // allenai/OLMoE-1B-7B-0924: 64 experts of 1,024
        {R"({"model_type": "olmoe", "architectures": ["OlmoeForCausalLM"], "hidden_size": 2048,
             "intermediate_size": 1024, "num_attention_heads": 16, "num_experts": 64, "num_experts_per_tok": 8,
             "num_hidden_layers": 16, "num_key_value_heads": 16, "tie_word_embeddings": false, "vocab_size": 50304})",
         6'919'161'856},
        // bigcode/starcoder2-7b: biases everywhere, LayerNorms, no gate
        {R"({"model_type": "starcoder2", "architectures": ["Starcoder2ForCausalLM"], "hidden_size": 4608,
             "intermediate_size": 18432, "num_attention_heads": 36, "num_hidden_layers": 32, "num_key_value_heads": 4,
             "sliding_window": 4096, "use_bias": true, "vocab_size": 49152})",
         7'173'923'840},
        // stabilityai/stablelm-2-1_6b: biases on queries, keys and values, LayerNorms
        {R"({"model_type": "stablelm", "architectures": ["StableLmForCausalLM"], "hidden_size": 2048,
             "intermediate_size": 5632, "num_attention_heads": 32, "num_hidden_layers": 24, "num_key_value_heads": 32,
             "tie_word_embeddings": false, "use_qkv_bias": true, "vocab_size": 100352})",
         1'644'515'328},
        // CohereLabs/c4ai-command-r-v01: one norm without a bias, a tied head
        {R"({"model_type": "cohere", "architectures": ["CohereForCausalLM"], "hidden_size": 8192,
             "intermediate_size": 22528, "num_attention_heads": 64, "num_hidden_layers": 40, "num_key_value_heads": 64,
             "use_qk_norm": false, "vocab_size": 256000})",
         34'980'831'232},
        // tencent/Hunyuan-A13B-Instruct: 64 experts and a shared one, norms on each head, lists with a size per layer
        {R"({"model_type": "hunyuan_v1_moe", "architectures": ["HunYuanMoEV1ForCausalLM"], "attention_head_dim": 128,
             "head_dim": 128, "hidden_size": 4096, "intermediate_size": 3072, "moe_intermediate_size": [3072, 3072],
             "moe_topk": [8, 8], "num_attention_heads": 32, "num_experts": 64, "num_hidden_layers": 2,
             "num_key_value_heads": 8, "num_shared_expert": [1, 1], "tie_word_embeddings": true, "use_qk_norm": true,
             "vocab_size": 128167})",
         2 * 2'495'881'472LL + 524'972'032 + 4096},
        // baidu/ERNIE-4.5-21B-A3B-PT: one dense layer, then 64 experts and two shared ones with a correction
        {R"({"model_type": "ernie4_5_moe", "architectures": ["Ernie4_5_MoeForCausalLM"], "hidden_size": 2560,
             "intermediate_size": 12288, "moe_intermediate_size": 1536, "moe_k": 6, "moe_layer_end_index": 27,
             "moe_layer_interval": 1, "moe_layer_start_index": 1, "moe_num_experts": 64, "moe_num_shared_experts": 2,
             "num_attention_heads": 20, "num_hidden_layers": 28, "num_key_value_heads": 4, "use_bias": false,
             "tie_word_embeddings": true, "vocab_size": 103424})",
         21'825'437'888},
    };
    for (const auto& row : rows) {
        const json config = json::parse(row.config);
        CAPTURE(config["model_type"].get<std::string>());
        CHECK(parameters(io::read_huggingface_config(config)) == row.parameters);
    }
    json gap = json::parse(rows[8].config);
    gap["moe_layer_end_index"] = 20;
    check_one(gap, ".moe_layer_end_index", "-1 or 27, the last layer");
    json uneven = json::parse(rows[7].config);
    uneven["moe_topk"] = {8, 4};
    check_one(uneven, ".moe_topk", "an integer from 1");
}

TEST_CASE("keys that published files repeat are taken") {
    // Qwen/Qwen3-Coder-480B-A35B-Instruct states its norms; google/gemma-3-270m a list of types and a pattern.
    const json coder = {{"use_qk_norm", true}, {"qkv_bias", false}, {"shared_expert_intermediate_size", 0}};
    CHECK(io::read_huggingface_config(changed("Qwen3-30B-A3B", coder)) == model("Qwen3-30B-A3B"));
    check_one(changed("Qwen3-30B-A3B", {{"use_qk_norm", false}}), ".use_qk_norm", "true (");
    json gemma = published("gemma-3-1b-pt");
    gemma["_sliding_window_pattern"] = 6;
    gemma["layer_types"] = json::array();
    for (int i = 0; i < 26; ++i) gemma["layer_types"].push_back(i % 6 == 5 ? "full_attention" : "sliding_attention");
    CHECK(io::read_huggingface_config(gemma) == model("gemma-3-1b-pt"));
    // MiniMaxAI/MiniMax-M2 lists attention of one type.
    json minimax = published("MiniMaxAI--MiniMax-M2.5");
    minimax["attn_type_list"] = std::vector<int>(62, 1);
    CHECK(io::read_huggingface_config(minimax) == model("MiniMaxAI--MiniMax-M2.5"));
    minimax["attn_type_list"][0] = 0;
    check_one(minimax, ".attn_type_list", "no such key");
}

TEST_CASE("windows of families whose pattern is a number, letters or a list") {
    json config = json::parse(R"({"model_type": "exaone4", "architectures": ["Exaone4ForCausalLM"], "hidden_size": 5120,
        "intermediate_size": 27392, "num_attention_heads": 40, "num_hidden_layers": 64, "num_key_value_heads": 8,
        "head_dim": 128, "sliding_window": 4096, "sliding_window_pattern": "LLLG", "vocab_size": 102400})");
    using window = cardfit::sliding_window;
    CHECK(io::read_huggingface_config(config).sliding_window == window{4096, 4});
    config["sliding_window_pattern"] = 4;
    CHECK(io::read_huggingface_config(config).sliding_window == window{4096, 4});
    config["sliding_window_pattern"] = "LGLL";
    check_one(config, ".sliding_window_pattern", "a number of layers, or letters L before one G");
    config["sliding_window_pattern"] = 4;
    config["sliding_window"] = nullptr;
    CHECK(io::read_huggingface_config(config).sliding_window == window{});
}

TEST_CASE("every family has one row, and its name is unique") {
    const auto by_name = [](const auto& a, const auto& b) { return a.model_type < b.model_type; };
    std::vector<std::string_view> names;
    for (const auto& row : io::detail::families) {
        CHECK_FALSE(row.model_type.empty());
        names.push_back(row.model_type);
    }
    CHECK(names.size() == std::size(io::detail::families));
    CHECK(std::is_sorted(io::detail::dense_decoders.begin(), io::detail::dense_decoders.end(), by_name));
    CHECK(std::is_sorted(io::detail::sparse_decoders.begin(), io::detail::sparse_decoders.end(), by_name));
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

}  // namespace io_huggingface_test
