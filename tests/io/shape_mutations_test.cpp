// SPDX-License-Identifier: MIT

// No key that states a shape is ever ignored: in every published file that is read, each such key is changed, removed
// or added, and the answer must change or the file be refused. Keys that the family's class doesn't read are listed
// with the reason.

#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/huggingface/prediction.hpp>
#include <cardfit/model/kv_cache.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace io_shape_mutations_test {

using namespace cardfit;
using nlohmann::json;

namespace {

/// What a change must change: parameters, those that a token visits, heads, the positions that a token attends to, its
/// work beside the matrices, the cache of a long sequence, the recurrent state, or layers of multi-token prediction.
using answer = std::array<std::int64_t, 9>;

std::optional<answer> answer_of(const json& config) {
    constexpr std::int64_t long_sequence = 1'000'000;
    try {
        const network net = lower(io::read_huggingface_model(config));
        std::int64_t selected = all_positions;
        std::int64_t work = 0;
        for (std::size_t k = 0; k < net.block_kinds; ++k) {
            selected = (std::min)(selected, net.blocks[k].attention.selected);
            work += net.blocks[k].attention.flops;
        }
        return answer{parameters(net),
                      active_parameters(net),
                      net.heads,
                      net.kv_heads,
                      selected,
                      work,
                      kv_cache(net, long_sequence).number,
                      recurrent_state(net).number,
                      io::prediction_layers_of(config, net).parameters};
    } catch (const io::input_error&) {
        return std::nullopt;
    }
}

/// Returns other values for a key: numbers that are still plausible, the other truth value, a shorter list.
std::vector<json> others(const json& value) {
    if (value.is_number_integer()) return {value.get<std::int64_t>() * 2, value.get<std::int64_t>() + 2};
    if (value.is_boolean()) return {!value.get<bool>()};
    if (value.is_array() && !value.empty()) {
        json shorter = value;
        shorter.erase(shorter.size() - 1);
        return {shorter};
    }
    if (value.is_null() || value.is_array()) return {7};
    return {};
}

/// Returns true for keys of Gemma 4 that another key switches off: configuration_gemma4.py, modeling_gemma4.py.
bool is_switched_off(const json& config, std::string_view key) {
    if (key == "num_global_key_value_heads") return !config.value("attention_k_eq_v", false);
    if (key == "vocab_size_per_layer_input") return config.value("hidden_size_per_layer_input", 256) == 0;
    if (key == "use_double_wide_mlp") return config.value("num_kv_shared_layers", 0) == 0;
    const bool of_experts = key == "num_experts" || key == "moe_intermediate_size";
    return of_experts && !config.value("enable_moe_block", false);
}

/// Returns true for keys that a row of the readers' tables lists as idle, or that a switch of the file turns off.
bool is_listed_idle(const json& config, const std::string& type, std::string_view key) {
    const auto listed = [&](const auto* row) {
        return row && std::find(row->idle.begin(), row->idle.end(), key) != row->idle.end();
    };
    const auto* varied = io::detail::row_of_type(io::detail::varied_families, type);
    return listed(io::detail::row_of_type(io::detail::families, type)) ||
           listed(io::detail::row_of_type(io::detail::hybrid_families, type)) ||
           listed(io::detail::row_of_type(io::detail::rwkv_families, type)) ||
           listed(io::detail::row_of_type(io::detail::compressed_families, type)) ||
           (varied && (listed(&varied->common) || is_switched_off(config, key))) ||
           listed(io::detail::row_of_type(io::detail::encoder_families, type)) ||
           listed(io::detail::row_of_type(io::detail::encoder_decoder_families, type));
}

/// Returns true for keys that shape nothing under the values of the other keys of their file.
bool is_idle(const json& config, const network& net, std::string_view key) {
    const std::string type = config["model_type"];
    if (is_listed_idle(config, type, key)) return true;
    // The width of dense feed-forwards, where no layer has one.
    bool dense = false;
    for (std::size_t k = 0; k < net.block_kinds; ++k)
        dense = dense || (net.blocks[k].width.of[tensor_role::gate_output] > 0 && !net.blocks[k].feed_forward.experts);
    if (key == "intermediate_size") return !dense;
    // Qwen names a window and does not use it: configuration_qwen2.py.
    const auto* row = io::detail::row_of_type(io::detail::families, type);
    using io::detail::window_rule;
    const bool by_flag = row && row->window != window_rule::all && row->window != window_rule::pattern;
    if (key == "sliding_window") return by_flag && !config.value("use_sliding_window", false);
    // A list of types is what the class reads, whatever the pattern beside it says: configuration_gemma3.py.
    const bool listed_types = row && row->window == window_rule::pattern && config.contains("layer_types");
    if (key.ends_with("sliding_window_pattern")) return listed_types;
    // What stands in these lists behind the layers belongs to layers of prediction: configuration_deepseek_v4.py, and
    // configuration_step3p5.py.
    const bool goes_on = key == "compress_ratios" || (key == "layer_types" && type == "step3p5");
    if (goes_on && config.contains(key)) return config[key].size() > config["num_hidden_layers"];
    // A model without a vocabulary head has nothing to tie.
    if (key == "tie_word_embeddings") return net.logits == 0;
    // Falcon's older architecture has one head of keys and values whatever the file says: modeling_falcon.py.
    return type == "falcon" && (key == "num_kv_heads" || key == "n_head_kv");
}

/// Returns the object of a file that describes the text model.
const json& text_of(const json& config) {
    const auto inner = config.find("text_config");
    return inner == config.end() ? config : *inner;
}

/// Returns the keys of the text model of a file whose change is not noticed.
std::vector<std::string> unnoticed_keys(const json& config) {
    std::vector<std::string> keys;
    const std::optional<answer> before = answer_of(config);
    if (!before) return keys;
    const network net = lower(io::read_huggingface_model(config));
    for (const io::detail::shape_key& key : io::detail::shape_keys) {
        const std::string name(key.name);
        const json& text = text_of(config);
        const auto at = text.find(name);
        if (is_idle(text, net, key.name)) continue;
        for (const json& other : at == text.end() ? std::vector<json>{7} : others(*at)) {
            json changed = config;
            (config.contains("text_config") ? changed["text_config"] : changed)[name] = other;
            if (other != text.value(name, json()) && answer_of(changed) == before) keys.push_back(name);
        }
    }
    return keys;
}

/// Returns true if a row of a family reads the text model of a file.
bool has_row(const json& config) {
    if (!config.is_object() || !config.contains("model_type") || !text_of(config).is_object()) return false;
    const std::string type = text_of(config).value("model_type", "");
    return io::detail::row_of_type(io::detail::families, type) ||
           io::detail::row_of_type(io::detail::hybrid_families, type) ||
           io::detail::row_of_type(io::detail::rwkv_families, type) ||
           io::detail::row_of_type(io::detail::compressed_families, type) ||
           io::detail::row_of_type(io::detail::varied_families, type) ||
           io::detail::row_of_type(io::detail::encoder_families, type) ||
           io::detail::row_of_type(io::detail::encoder_decoder_families, type);
}

}  // namespace

TEST_CASE("changing a key that states a shape is noticed") {
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(CARDFIT_TEST_DATA) + "/io/configs")) {
        if (entry.path().extension() != ".json") continue;
        std::ifstream file(entry.path());
        const json config = json::parse(file, nullptr, false);
        if (!has_row(config) || !answer_of(config)) continue;
        ++files;
        for (const std::string& key : unnoticed_keys(config))
            FAIL_CHECK(entry.path().filename().string() << ": " << key << " is not noticed");
    }
    CHECK(files >= 80);
}

}  // namespace io_shape_mutations_test
