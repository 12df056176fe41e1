// SPDX-License-Identifier: MIT
#pragma once

// Reads a decoder whose kinds of layer differ in more than a window from its `config.json`, by the rows of
// `varied_decoders.hpp`.

#include <cardfit/io/huggingface/read_block_configs.hpp>
#include <cardfit/io/huggingface/read_decoder.hpp>
#include <cardfit/io/huggingface/read_hybrid.hpp>
#include <cardfit/io/huggingface/varied_decoders.hpp>
#include <cardfit/model/varied_zoo.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cardfit::io::detail {

/// Returns the layers from `first` on.
[[nodiscard]] inline layer_set layers_from(std::int64_t first) {
    layer_set set;
    for (std::int64_t i = first; i < max_listed_layers; ++i) set.add(i);
    return set;
}

/// Returns the layers that see all positions: those of the list `layer_types`, or every n-th if there is none.
[[nodiscard]] inline layer_set full_layers(config_reader& in, std::int64_t layers, std::int64_t every,
                                           std::initializer_list<std::string_view> others) {
    const nlohmann::json* types = in.find("layer_types");
    if (types && !types->is_null()) return listed_layers(in, layers, {"full_attention"}, others);
    return layers_every(every, every - 1);
}

/// Sets the four variants of a model with windows whose last `borrowing` layers attend to caches of earlier ones.
inline void set_borrowing_variants(varied_decoder& m, const layer_set& full, std::int64_t borrowing,
                                   layer_variant sliding, layer_variant global) {
    const layer_set borrowers = layers_from(m.common.layers - borrowing);
    sliding.layers = ~full & ~borrowers;
    global.layers = full & ~borrowers;
    m.variants[0] = sliding;
    m.variants[1] = global;
    sliding.layers = ~full & borrowers;
    global.layers = full & borrowers;
    sliding.source = key_value_source::borrowed;
    global.source = key_value_source::borrowed;
    m.variants[2] = sliding;
    m.variants[3] = global;
}

/// Returns the parameters of a layer's keys, values and the norm of its keys.
[[nodiscard]] constexpr std::int64_t unused_key_values(const transformer& t) noexcept {
    return 2 * t.hidden * t.kv_heads * t.head_dim + t.head_dim;
}

/// Reads the experts of Gemma 4. The dense feed-forward beside them works as a shared expert. The router's scales are
/// one per expert and one per channel, which stands in the place of its norm's weights.
inline void read_gemma4_experts(config_reader& in, varied_decoder& m) {
    mixture_of_experts& e = m.common.experts;
    if (!in.flag("enable_moe_block", false)) {
        e = {};
        return;
    }
    if (e.count == 0 || e.active == 0 || e.ffn == 0)
        in.refuse("num_experts", "num_experts, top_k_experts and moe_intermediate_size beside enable_moe_block");
    e.shared = 1;
    e.shared_ffn = m.common.ffn;
    e.router_bias = true;
    m.expert_norms = 4;
}

/// Reads the layers of Gemma 4: configuration_gemma4.py, Gemma4TextConfig; modeling_gemma4.py, Gemma4TextAttention and
/// Gemma4TextMLP.
inline void read_gemma4(config_reader& in, varied_decoder& m) {
    transformer& t = m.common;
    const layer_set full = full_layers(in, t.layers, 6, {"sliding_attention"});
    const std::int64_t window = in.size({"sliding_window", "", 512}, 1, dimensions::sliding_window_window.high);
    const std::int64_t global_head = in.size({"global_head_dim", "", 512}, 1, dimensions::head_dim.high);
    const std::int64_t global_heads = in.size({"num_global_key_value_heads", "", derived, derived}, 1, 10'000);
    const bool keys_as_values = in.flag("attention_k_eq_v", false);
    const std::int64_t borrowing = in.size({"num_kv_shared_layers", "", 0, 0}, 0, larger(t.layers - 1, 0));
    const bool wide = in.flag("use_double_wide_mlp", false) && borrowing > 0;
    m.layer_input = in.size({"hidden_size_per_layer_input", "", 256, 0}, 0, million);
    m.layer_input_vocab = in.size({"vocab_size_per_layer_input", "", 262'144}, 1, 10 * million);
    if (m.layer_input == 0) m.layer_input_vocab = 0;
    if (const nlohmann::json* reach = in.find("use_bidirectional_attention");
        reach && !reach->is_null() && *reach != "vision")
        in.refuse("use_bidirectional_attention", "null or \"vision\" (encoders are not supported)");

    read_gemma4_experts(in, m);
    layer_variant sliding{.window = window};
    layer_variant global{.head_dim = global_head};
    if (keys_as_values) {
        global.source = key_value_source::keys_as_values;
        global.kv_heads = global_heads;
    }
    set_borrowing_variants(m, full, borrowing, sliding, global);
    // Borrowing layers hold matrices for keys and values of their own, which they don't use; every layer, a scalar.
    for (const layer_variant* v : {&m.variants[2], &m.variants[3]})
        m.held_parameters += v->layers.count(0, t.layers) * unused_key_values(cardfit::detail::layer_of(m, *v));
    m.held_parameters += t.layers;
    if (!wide) return;
    m.variants[2].ffn = 2 * t.ffn;
    m.variants[3].ffn = 2 * t.ffn;
}

/// Reads the layers of Gemma 3n: configuration_gemma3n.py, Gemma3nTextConfig; modeling_gemma3n.py. Layers that attend
/// to another layer's cache hold matrices for keys and values of their own, which they don't use.
inline void read_gemma3n(config_reader& in, varied_decoder& m) {
    transformer& t = m.common;
    const layer_set full = full_layers(in, t.layers, 5, {"sliding_attention"});
    const std::int64_t window = in.size({"sliding_window", "", 512}, 1, dimensions::sliding_window_window.high);
    const std::int64_t borrowing = in.size({"num_kv_shared_layers", "", 15}, 0, larger(t.layers - 1, 0));
    m.layer_input = in.size({"hidden_size_per_layer_input", "", 256}, 1, million);
    m.layer_input_vocab = in.size({"vocab_size_per_layer_input", "", 262'144}, 1, 10 * million);
    m.updates = {.inputs = in.size({"altup_num_inputs", "", 4}, 2, 1000),
                 .laurel_rank = in.size({"laurel_rank", "", 64}, 1, million)};
    set_borrowing_variants(m, full, borrowing, {.window = window}, {});
    m.held_parameters = borrowing * unused_key_values(t);
}

/// Reads a model whose layers are of one kind: all have the window, if there is one.
inline void read_alike(config_reader& in, varied_decoder& m) {
    const std::int64_t window =
        in.size({"sliding_window", "", derived, derived}, 1, dimensions::sliding_window_window.high);
    m.variants[0] = {.layers = all_layers, .window = window};
}

/// Returns the layers of Llama 4 that see all positions, by `layer_types`, by `no_rope_layers`, in which 0 is such a
/// layer, or every fourth: configuration_llama4.py.
[[nodiscard]] inline layer_set llama4_full_layers(config_reader& in, std::int64_t layers) {
    const std::int64_t every = in.size({"no_rope_layer_interval", "", 4}, 1, 10'000);
    const nlohmann::json* rotated = in.find("no_rope_layers");
    const nlohmann::json* types = in.find("layer_types");
    if ((types && !types->is_null()) || !rotated || rotated->is_null() || rotated->empty())
        return full_layers(in, layers, every, {"chunked_attention"});
    layer_set full;
    bool known = rotated->is_array() && rotated->size() == static_cast<std::size_t>(layers);
    for (std::size_t i = 0; known && i < rotated->size(); ++i) {
        const std::optional<std::int64_t> rotates = config_reader::integer((*rotated)[i], 0, 1);
        known = rotates.has_value();
        if (rotates == 0) full.add(static_cast<std::int64_t>(i));
    }
    if (!known) in.refuse("no_rope_layers", "a list of num_hidden_layers times 0 or 1");
    return full;
}

/// Reads the layers of Llama 4. A token sees the positions of its chunk that are before it, on average half of them;
/// the cache holds a chunk, and the work is bounded by that of a window of a chunk.
inline void read_llama4(config_reader& in, varied_decoder& m) {
    const std::int64_t layers = m.common.layers;
    const layer_set full = llama4_full_layers(in, layers);
    const std::int64_t chunk =
        in.size({"attention_chunk_size", "", 8192, 0}, 1, dimensions::sliding_window_window.high);
    const std::int64_t step = in.size({"interleave_moe_layer_step", "", 1}, 1, 10'000);
    const nlohmann::json* listed = in.find("moe_layers");
    const bool by_list = listed && !listed->is_null() && !listed->empty();
    const layer_set sparse = by_list ? indexed_layers(in, layers, "moe_layers") : layers_every(step, step - 1);
    m.variants[0] = {.layers = sparse & ~full, .window = chunk};
    m.variants[1] = {.layers = sparse & full};
    m.variants[2] = {.layers = ~sparse & ~full, .window = chunk, .dense = true};
    m.variants[3] = {.layers = ~sparse & full, .dense = true};
}

/// Reads the layers of Llama 3.2 Vision, of which those of `cross_attention_layers` attend to images alone. The
/// embedding has eight rows more than the vocabulary: modeling_mllama.py, MllamaTextModel.
inline void read_mllama(config_reader& in, varied_decoder& m) {
    constexpr std::int64_t more_words = 8;
    const bool listed = in.find("cross_attention_layers") != nullptr;
    const layer_set crossing =
        listed ? indexed_layers(in, m.common.layers, "cross_attention_layers") : layers_every(5, 3);
    m.variants[0] = {.layers = ~crossing};
    m.variants[1] = {.layers = crossing, .source = key_value_source::images};
    m.held_parameters = more_words * m.common.hidden;
}

/// Returns the layers of a text such as "3,4,5". Anything else is a problem.
[[nodiscard]] inline layer_set enumerated_layers(config_reader& in, std::string_view key, std::int64_t layers) {
    layer_set set;
    const nlohmann::json* value = in.find(key);
    const std::string text = value && value->is_string() ? value->get<std::string>() + "," : "";
    bool known = text.size() > 1;
    for (std::size_t at = 0; known && at < text.size();) {
        const std::size_t end = text.find(',', at);
        const std::string digits = text.substr(at, end - at);
        constexpr std::size_t most_digits = 3;
        known = !digits.empty() && digits.size() <= most_digits &&
                digits.find_first_not_of("0123456789") == std::string::npos;
        const std::int64_t layer = known ? std::stoll(digits) : 0;
        known = known && layer < layers;
        if (known) set.add(layer);
        at = end + 1;
    }
    if (!known) in.refuse(key, "layers from 0 in a text, such as \"3,4,5\"");
    return set;
}

/// Reads the layers of Step 3.5: `layer_types`, which goes on with the layers of prediction; the heads of layers with a
/// window, which `attention_other_setting` states; and the layers with experts.
inline void read_step3p5(config_reader& in, varied_decoder& m) {
    const std::int64_t layers = m.common.layers;
    const std::int64_t window = in.size({"sliding_window"}, 1, dimensions::sliding_window_window.high);
    const layer_set sparse = enumerated_layers(in, "moe_layers_enum", layers);
    m.head_gate = in.flag("use_head_wise_attn_gate", false);
    layer_set full;
    const nlohmann::json* types = in.find("layer_types");
    if (!add_layers_of_types(full, types, layers, {"full_attention"}, {"sliding_attention"}))
        in.refuse("layer_types",
                  "a list of at least num_hidden_layers times \"full_attention\" or \"sliding_attention\"");
    layer_variant sliding{.window = window};
    const nlohmann::json* other = in.find("attention_other_setting");
    if (other && other->is_object()) {
        config_reader inner = in.inside("attention_other_setting", *other);
        inner.fixed({"attention_type", "\"sliding_attention\"", "heads of their own in other layers"});
        sliding.heads = inner.size({"num_attention_heads"}, 1, dimensions::heads.high);
        sliding.kv_heads = inner.size({"num_attention_groups"}, 1, dimensions::kv_heads.high);
        sliding.head_dim = inner.size({"head_dim"}, 1, dimensions::head_dim.high);
    } else if (other && !other->is_null()) {
        in.refuse("attention_other_setting", "an object");
    }
    layer_variant global{};
    sliding.layers = sparse & ~full;
    global.layers = sparse & full;
    m.variants[0] = sliding;
    m.variants[1] = global;
    sliding.layers = ~sparse & ~full;
    global.layers = ~sparse & full;
    sliding.dense = true;
    global.dense = true;
    m.variants[2] = sliding;
    m.variants[3] = global;
}

/// Reads what the layers of a family differ in.
inline void read_variants(variants_rule rule, config_reader& in, varied_decoder& m) {
    switch (rule) {
        case variants_rule::gemma3n:
            return read_gemma3n(in, m);
        case variants_rule::gemma4:
            return read_gemma4(in, m);
        case variants_rule::llama4:
            return read_llama4(in, m);
        case variants_rule::mllama:
            return read_mllama(in, m);
        case variants_rule::block_configs:
            return read_block_configs(in, m);
        case variants_rule::step3p5:
            return read_step3p5(in, m);
        case variants_rule::alike:
            return read_alike(in, m);
    }
}

/// Returns the decoder that an object describes by the row of its family.
[[nodiscard]] inline varied_decoder read_varied_body(const varied_family& row, config_reader& in, varied_decoder m,
                                                     const std::vector<input_problem>& found) {
    read_sizes(row.common, in, m.common);
    read_flags(row.common, in, m.common);
    for (const fixed_key& key : row.common.fixed) in.fixed(key);
    // Of a list of blocks, some may be no layers at all.
    const bool too_many = m.common.layers > max_listed_layers && row.rule != variants_rule::block_configs;
    if (found.empty() && too_many) in.refuse(in.name(row.common.layers), integers(1, max_listed_layers));
    if (found.empty()) read_variants(row.rule, in, m);
    if (found.empty()) refuse_unread_shapes(in, row.model_type, row.common.idle);
    if (found.empty()) add_problems(in, m, "model.");
    return m;
}

/// Returns the decoder of a config.json. Gemma 3n's towers, a MobileNet for images and a conformer for audio, are held
/// and not modeled: they are the same in both published models. Throws input_error.
[[nodiscard]] inline varied_decoder read_varied_config(const varied_family& row, const nlohmann::json& config,
                                                       const std::string& path) {
    std::vector<input_problem> found;
    config_reader outer(config, path, found);
    const std::string_view within = row.common.within;
    varied_decoder m;
    m.common = row.common.shape;
    read_head(row.common, outer, m.common);
    const nlohmann::json* body = within.empty() ? &config : outer.find(within);
    if (!body || !body->is_object()) {
        outer.refuse(within, "an object");
        throw input_error(std::move(found));
    }
    if (within.empty()) {
        m = read_varied_body(row, outer, m, found);
    } else {
        config_reader in(*body, outer.full(within), found);
        m = read_varied_body(row, in, m, found);
        constexpr std::string_view towers[]{"vision_config", "audio_config"};
        if (!outer.flag("tie_word_embeddings", true)) m.common.tied_embeddings = false;
        refuse_unread_shapes(outer, row.model_type, towers);
        m.held_parameters += models::gemma_3n_towers;
    }
    if (!found.empty()) throw input_error(std::move(found));
    return m;
}

/// Returns the parameters of Gemma 4's conformer for audio and of the matrix that takes its result to the text model's
/// width: modeling_gemma4.py, Gemma4AudioModel. 0 if the file has none.
[[nodiscard]] inline std::int64_t gemma4_audio_parameters(config_reader& outer, std::int64_t width) {
    const nlohmann::json* object = outer.find("audio_config");
    if (!object || object->is_null()) return 0;
    std::vector<input_problem> found;
    config_reader in(*object, outer.full("audio_config"), found);
    const std::int64_t h = in.size({"hidden_size", "", 1024}, 1, 100'000);
    const std::int64_t layers = in.size({"num_hidden_layers", "", 12}, 1, 1000);
    const std::int64_t heads = in.size({"num_attention_heads", "", 8}, 1, 10'000);
    const std::int64_t kernel = in.size({"conv_kernel_size", "", 5}, 1, 1000);
    const std::int64_t out = in.size({"output_proj_dims", "", 1536}, 1, 100'000);
    if (!found.empty()) throw input_error(std::move(found));
    // Two feed-forwards of 4 h; five matrices of attention and a scale of a head; three of the convolution.
    const std::int64_t layer = (16 + 5 + 3) * h * h + h / heads + (kernel + 4 + 2 + 3) * h;
    // Two strided convolutions over the spectrogram, of 128 and 32 channels, with norms, and a matrix.
    const std::int64_t channels[2]{128, 32};
    const std::int64_t subsampling =
        9 * channels[0] + channels[0] + 9 * channels[0] * channels[1] + channels[1] + channels[0] / 4 * channels[1] * h;
    return layers * layer + subsampling + h * out + out + out * width;
}

}  // namespace cardfit::io::detail
