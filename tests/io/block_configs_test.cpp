// SPDX-License-Identifier: MIT

// Reads `block_configs`, which states each layer apart: the config.json files of Llama-3.3-Nemotron-Super-49B and
// Llama-3.1-Nemotron-Ultra-253B (as nemo/collections/llm/gpt/model/llama_nemotron_config.py of NVIDIA/NeMo copies
// them), and files that cannot be read.

#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/model/kv_cache.hpp>

#include <doctest/doctest.h>

#include <string>

namespace io_block_configs_test {

using namespace cardfit;
using nlohmann::json;

namespace {

json config_named(const std::string& name) {
    return io::parse_json_file(std::string(CARDFIT_TEST_DATA) + "/io/configs/" + name + ".json", "config");
}
network model_of(const json& config) { return lower(io::read_huggingface_model(config)); }

/// Returns the message of the error that a file gives; empty if there is none.
std::string error_of(const json& config) {
    try {
        static_cast<void>(model_of(config));
    } catch (const io::input_error& e) {
        return e.what();
    }
    return "";
}

}  // namespace

TEST_CASE("the layers that block_configs states have their own widths") {
    const json super = config_named("nvidia--Llama-3_3-Nemotron-Super-49B-v1");
    const network net = model_of(super);
    // By hand: tests/model/varied_decoder.static.cpp counts the same layers.
    CHECK(parameters(net) == 49'867'145'216);
    CHECK(net.block_kinds == 8);
    CHECK(kv_cache_per_token(net) == bytes_of(49 * 2 * 8 * 128 * 2));
}

TEST_CASE("block_configs that cannot be read are refused by name") {
    // Of the 162 blocks of Ultra, 81 are layers, and these are of 15 kinds.
    CHECK(error_of(config_named("nvidia--Llama-3_1-Nemotron-Ultra-253B-v1")).find("of at most 8 kinds") !=
          std::string::npos);
    const json super = config_named("nvidia--Llama-3_3-Nemotron-Super-49B-v1");
    json file = super;
    file["block_configs"][3]["attention"]["replace_with_linear"] = true;
    CHECK(error_of(file).find("block_configs[3]") != std::string::npos);
    file = super;
    file["block_configs"][3]["attention"]["n_heads_in_group"] = 7;
    CHECK(error_of(file).find("a divisor of num_attention_heads") != std::string::npos);
    file = super;
    file["block_configs"][3]["ffn"]["no_op"] = true;
    CHECK(error_of(file).find("block_configs[3]") != std::string::npos);
    file = super;
    file["block_configs"][3]["ffn"]["no_op"] = "yes";
    CHECK(error_of(file).find("block_configs[3]") != std::string::npos);
    for (const json& mult : {json(nullptr), json(-1), json(1e300), json("wide")}) {
        file = super;
        file["block_configs"][3]["ffn"]["ffn_mult"] = mult;
        CHECK(error_of(file).find("block_configs[3]") != std::string::npos);
    }
    file = super;
    file["block_configs"].erase(3);
    CHECK(error_of(file).find("num_hidden_layers objects") != std::string::npos);
    file = super;
    file["block_configs"] = 80;
    CHECK(error_of(file).find("num_hidden_layers objects") != std::string::npos);
    file = super;
    for (std::size_t i = 0; i < 20; ++i) file["block_configs"][i]["ffn"]["ffn_mult"] = 1.0 + static_cast<double>(i);
    CHECK(error_of(file).find("at most 8 kinds") != std::string::npos);
}

}  // namespace io_block_configs_test
