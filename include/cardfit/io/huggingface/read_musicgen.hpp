// SPDX-License-Identifier: MIT
#pragma once

// Reads MusicGen (Copet et al., arXiv 2306.05284): the encoder of T5 for the text, a decoder of as many streams of
// tokens as the codec has codebooks, and EnCodec (arXiv 2210.13438), which makes sound of the tokens. The codec's
// parameters count and its work is not modeled. With classifier-free guidance, which its generation has by default,
// each sample runs twice: the job's batch is then two per sample.
//
// Source: models/{musicgen,encodec}/{configuration,modeling}_*.py of github.com/huggingface/transformers (4.5x).

#include <cardfit/io/any_model.hpp>
#include <cardfit/io/huggingface/config_reader.hpp>
#include <cardfit/io/huggingface/read_rows.hpp>
#include <cardfit/io/huggingface/shape_keys.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io::detail {

/// Returns the parameters of a convolution with weight norm: its weights, a length and a bias per result, or, if it is
/// transposed, a length per input.
[[nodiscard]] constexpr std::int64_t normed_convolution(std::int64_t in, std::int64_t out,
                                                        std::int64_t kernel) noexcept {
    return in * out * kernel + 2 * out;
}
[[nodiscard]] constexpr std::int64_t transposed_convolution(std::int64_t in, std::int64_t out,
                                                            std::int64_t kernel) noexcept {
    return in * out * kernel + in + out;
}

/// The sizes of EnCodec; the defaults are those of facebook/encodec_32khz.
struct codec_shape {
    std::int64_t filters = 64;
    std::int64_t hidden = 128;
    std::vector<std::int64_t> ratios{8, 5, 4, 4};
    std::int64_t channels = 1;
    std::int64_t lstm_layers = 2;
    std::int64_t codebook_size = 2048;
    std::int64_t quantizers = 4;
    bool shortcut = false;
};

/// Returns the parameters of a residual unit: a convolution over three positions to half the width, and one back; with
/// `shortcut`, one beside them.
[[nodiscard]] inline std::int64_t residual_unit(const codec_shape& c, std::int64_t width) {
    const std::int64_t path = normed_convolution(width, width / 2, 3) + normed_convolution(width / 2, width, 1);
    return path + (c.shortcut ? normed_convolution(width, width, 1) : 0);
}

/// Returns the parameters of EnCodec, with the running sums of its codebooks, which its files hold: codes twice,
/// counts, and a flag (modeling_encodec.py, EncodecEuclideanCodebook).
[[nodiscard]] inline std::int64_t parameters(const codec_shape& c) {
    constexpr std::int64_t kernel = 7;
    std::int64_t width = c.filters;
    std::int64_t encoder = normed_convolution(c.channels, width, kernel);
    std::int64_t decoder = normed_convolution(width, c.channels, kernel);
    for (auto ratio = c.ratios.rbegin(); ratio != c.ratios.rend(); ++ratio) {
        encoder += residual_unit(c, width) + normed_convolution(width, 2 * width, 2 * *ratio);
        decoder += residual_unit(c, width) + transposed_convolution(2 * width, width, 2 * *ratio);
        width *= 2;
    }
    const std::int64_t lstm = c.lstm_layers * (8 * width * width + 8 * width);
    encoder += lstm + normed_convolution(width, c.hidden, kernel);
    decoder += lstm + normed_convolution(c.hidden, width, kernel);
    return encoder + decoder + c.quantizers * (2 * c.codebook_size * c.hidden + c.codebook_size + 1);
}

/// Reads EnCodec.
[[nodiscard]] inline codec_shape read_codec(config_reader& in, std::int64_t codebooks) {
    codec_shape c{.quantizers = codebooks};
    c.filters = in.size({"num_filters", "", c.filters}, 2, 10'000);
    c.hidden = in.size({"hidden_size", "", c.hidden}, 1, 100'000);
    c.channels = in.size({"audio_channels", "", c.channels}, 1, 2);
    c.lstm_layers = in.size({"num_lstm_layers", "", c.lstm_layers}, 0, 100);
    c.codebook_size = in.size({"codebook_size", "", c.codebook_size}, 1, million);
    c.shortcut = in.flag("use_conv_shortcut", c.shortcut);
    in.fixed({"norm_type", "\"weight_norm\"", "other norms"});
    in.fixed({"num_residual_layers", "1", "more residual units"});
    in.fixed({"kernel_size", "7", "other kernels"});
    in.fixed({"compress", "2", "other widths of residual units"});
    const nlohmann::json* ratios = in.find("upsampling_ratios");
    if (!ratios) return c;
    c.ratios.clear();
    constexpr std::size_t most = 8;
    bool known = ratios->is_array() && !ratios->empty() && ratios->size() <= most;
    for (std::size_t i = 0; known && i < ratios->size(); ++i) {
        const auto ratio = config_reader::integer((*ratios)[i], 1, 100);
        known = ratio.has_value();
        c.ratios.push_back(ratio.value_or(1));
    }
    if (!known) in.refuse("upsampling_ratios", "a list of 1 to 8 integers from 1 to 100");
    return c;
}

/// Reads the encoder of T5 in front of the decoder.
[[nodiscard]] inline source_stack read_text_stack(config_reader& in, std::int64_t& layers) {
    in.fixed({"model_type", "\"t5\"", "other encoders"});
    source_stack s;
    layers = in.size({"num_layers", "", 6}, 1, 1000);
    s.hidden = in.size({"d_model", "", 512}, 1, 100'000);
    s.heads = in.size({"num_heads", "", 8}, 1, 10'000);
    s.head_dim = in.size({"d_kv", "", 64}, 1, 100'000);
    s.ffn = in.size({"d_ff", "", 2048}, 1, million);
    s.vocab = in.size({"vocab_size", "", 32'128}, 1, 10 * million);
    s.relative_buckets = in.size({"relative_attention_num_buckets", "", 32}, 1, 100'000);
    s.ffn_gated = names_gate(in);
    return s;
}

/// Returns the model of a file of MusicGen. Throws input_error.
[[nodiscard]] inline encoder_decoder read_musicgen_config(const nlohmann::json& config, const std::string& path) {
    std::vector<input_problem> found;
    config_reader outer(config, path, found);
    config_reader text = outer.part("text_encoder");
    config_reader sound = outer.part("audio_encoder");
    config_reader in = outer.part("decoder");
    encoder_decoder m;
    m.source = read_text_stack(text, m.encoder_layers);
    m.decoder_layers = in.size({"num_hidden_layers", "", 24}, 1, 1000);
    m.hidden = in.size({"hidden_size", "", 1024}, 1, 100'000);
    m.heads = in.size({"num_attention_heads", "", 16}, 1, 10'000);
    m.ffn = in.size({"ffn_dim", "", 4096}, 1, million);
    m.target_positions = in.size({"max_position_embeddings", "", 2048}, 1, million);
    const std::int64_t codebooks = in.size({"num_codebooks", "", 4}, 1, 100);
    // Each step makes a token of every codebook. Each embedding has a row more than its head, for padding.
    m.vocab = codebooks * in.size({"vocab_size", "", 2048}, 1, 100'000);
    m.tied_embeddings = in.flag("tie_word_embeddings", false);
    if (m.tied_embeddings) in.refuse("tie_word_embeddings", "false");
    m.biases = biases::none;
    m.stack_norms = 1;
    m.held_parameters = codebooks * m.hidden + parameters(read_codec(sound, codebooks));
    constexpr std::string_view idle[]{"tie_word_embeddings"};
    for (config_reader* part : {&text, &sound, &in}) refuse_unread_shapes(*part, "musicgen", idle);
    if (found.empty()) add_problems(in, m, "model.encoder_decoder.");
    if (!found.empty()) throw input_error(std::move(found));
    return m;
}

}  // namespace cardfit::io::detail
