// SPDX-License-Identifier: MIT

// Reads `block_configs`, which states each layer apart: the config.json files of Llama-3.3-Nemotron-Super-49B and
// Llama-3.1-Nemotron-Ultra-253B (as nemo/collections/llm/gpt/model/llama_nemotron_config.py of NVIDIA/NeMo copies
// them), and files that cannot be read.

#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/model/kv_cache.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
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

TEST_CASE("layers of more kinds than a network has places for count with their mean width") {
    // Of the 162 blocks of Ultra, 81 are layers, and these are of 15 kinds. By hand, from the sizes of each block:
    // 64 attend, with 8 heads of keys and values.
    const json ultra = config_named("nvidia--Llama-3_1-Nemotron-Ultra-253B-v1");
    constexpr std::int64_t h = 16384;
    std::int64_t count = 2 * 128256 * h + h;
    std::int64_t widest = 0;
    for (const json& block : ultra["block_configs"]) {
        if (!block["attention"]["no_op"]) count += 2 * h * h + 2 * h * 8 * 128 + h;
        if (block["ffn"]["no_op"]) continue;
        const auto width = static_cast<std::int64_t>(2 * block["ffn"]["ffn_mult"].get<double>() * h / 3);
        widest = std::max(widest, (width + 255) / 256 * 256);
        count += 3 * h * ((width + 255) / 256 * 256) + h;
    }
    const network net = model_of(ultra);
    CHECK(parameters(net) == count);
    CHECK(count == 253'401'268'224);
    CHECK(net.block_kinds == 8);
    CHECK(kv_cache_per_token(net) == bytes_of(64 * 2 * 8 * 128 * 2));
    std::int64_t largest = 0;
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        largest = std::max(largest, net.blocks[k].width.of[tensor_role::gate_output]);
    CHECK(largest == widest);
    // The work of all layers is that of their own widths.
    CHECK(static_cast<double>(active_parameters(net)) == doctest::Approx(static_cast<double>(count)).epsilon(1e-4));
}

TEST_CASE("block_configs that cannot be read are refused by name") {
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
    // More numbers of KV heads than there are places, which no merging makes one.
    for (std::size_t i = 0; i < 7; ++i) {
        file["block_configs"][i] = file["block_configs"][10];
        file["block_configs"][i]["attention"]["n_heads_in_group"] = 1 << i;
    }
    CHECK(error_of(file).find("at most 8 kinds") != std::string::npos);
}

}  // namespace io_block_configs_test
