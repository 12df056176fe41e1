// SPDX-License-Identifier: MIT

// Tests the bytes of GGUF files, by file type, against what their publishers state: for a file that is made now, bits
// per weight to four decimals; for files on the Hugging Face hub, GB to the digit that the page shows, vocabulary
// included.

#include <cardfit/job/gguf_mixes.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;
using enum number_format;

namespace {

constexpr network llama_3_1_8b = lower(models::llama_3_1_8b);
constexpr network llama_3_70b = lower(models::llama_3_70b);
constexpr network mixtral_8x22b = lower(models::mixtral_8x22b);

/// Returns whether 10,000 times the bits per weight of a file of this type, rounded, is `published`.
constexpr bool bits(number_format file, std::int64_t published) {
    const std::int64_t weights = parameters(llama_3_1_8b);
    const std::int64_t off = 8 * 10'000 * gguf_weight_bytes(llama_3_1_8b, file) - published * weights;
    return -weights <= 2 * off && 2 * off <= weights;
}

/// Returns whether a file's published size, in MB rounded to `step` MB, is the size of its tensors plus 0 to 8 MB of
/// vocabulary.
constexpr bool megabytes(std::int64_t tensors, std::int64_t published, std::int64_t step) {
    const double low = static_cast<double>(published) - static_cast<double>(step) / 2;
    const double size = static_cast<double>(tensors) / 1e6;
    return size <= low + static_cast<double>(step) && size + 8 >= low;
}
constexpr std::int64_t with_matrix(const network& net, number_format file) {
    mix_model m = mix_model_of(net);
    m.importance_matrix = importance_matrix::with;
    return gguf_bytes_by_kind(net, file, m).total();
}

}  // namespace

// llama.cpp, tools/quantize/README.md: meta-llama/Llama-3.1-8B. It counts the tensors without metadata: F16 has 16
// bits, and the norms are in fp32.
static_assert(bits(iq1_s, 2'0042) && bits(iq1_m, 2'1460) && bits(iq2_xxs, 2'3824) && bits(iq2_xs, 2'5882));
static_assert(bits(iq2_s, 2'7403) && bits(iq2_m, 2'9294) && bits(iq3_xxs, 3'2548) && bits(iq3_xs, 3'4977));
static_assert(bits(iq3_s, 3'6606) && bits(iq3_m, 3'7628) && bits(iq4_xs, 4'4597) && bits(iq4_nl, 4'6818));
static_assert(bits(q2_k_s, 2'9697) && bits(q2_k, 3'1593) && bits(q3_k_s, 3'6429) && bits(q3_k_l, 4'2979));
static_assert(bits(q4_k_s, 4'6672) && bits(q4_k_m, 4'8944) && bits(q5_k_s, 5'5704) && bits(q5_k_m, 5'7036));
static_assert(bits(q6_k, 6'5633) && bits(q8_0, 8'5008) && bits(fp16, 16'0005));
// The names without a suffix are aliases (tools/quantize/quantize.cpp).
static_assert(bits(q4_k, 4'8944) && bits(q5_k, 5'7036));

// TheBloke/Llama-2-7B-GGUF, file list: the model has no grouped-query attention.
constexpr network llama_2_7b = lower(models::llama_2_7b);
static_assert(megabytes(gguf_weight_bytes(llama_2_7b, q3_k_s), 2950, 10));
static_assert(megabytes(gguf_weight_bytes(llama_2_7b, q3_k_m), 3300, 10));
static_assert(megabytes(gguf_weight_bytes(llama_2_7b, q3_k_l), 3600, 10));
static_assert(megabytes(gguf_weight_bytes(llama_2_7b, q4_0), 3830, 10));
static_assert(megabytes(gguf_weight_bytes(llama_2_7b, q4_k_s), 3860, 10));
static_assert(megabytes(gguf_weight_bytes(llama_2_7b, q4_k_m), 4080, 10));
static_assert(megabytes(gguf_weight_bytes(llama_2_7b, q5_0), 4650, 10));
static_assert(megabytes(gguf_weight_bytes(llama_2_7b, q5_k_m), 4780, 10));

// gobean/Mixtral-8x7B-Instruct-v0.1-GGUF, file list: the model has 8 experts, and the file has one tensor per layer and
// matrix. (TheBloke's files of December 2023 have one tensor per expert, and follow other rules.)
constexpr network mixtral_8x7b = lower(models::mixtral_8x7b);
static_assert(megabytes(gguf_weight_bytes(mixtral_8x7b, q4_0), 26400, 100));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x7b, q4_k_m), 28400, 100));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x7b, q5_k_m), 33200, 100));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x7b, q6_k), 38400, 100));

// bartowski/Mixtral-8x22B-v0.1-GGUF, model card: the files were made by b2636 without an importance matrix. The sizes
// are sums over the parts of a file, so they include the rounding of up to 3 parts.
static_assert(megabytes(gguf_weight_bytes(mixtral_8x22b, q2_k), 52100, 30));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x22b, iq3_xs), 58220, 30));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x22b, q3_k_s), 61490, 30));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x22b, iq3_s), 61490, 30));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x22b, iq3_m), 64490, 30));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x22b, q3_k_m), 67780, 30));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x22b, q3_k_l), 72570, 30));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x22b, iq4_xs), 76350, 30));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x22b, iq4_nl), 80470, 30));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x22b, q4_k_s), 80470, 30));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x22b, q4_k_m), 85580, 30));
static_assert(megabytes(gguf_weight_bytes(mixtral_8x22b, q5_k_m), 99960, 30));

// bartowski/Meta-Llama-3-70B-Instruct-GGUF, file list: the files were made with an importance matrix; the model has 80
// layers.
static_assert(megabytes(with_matrix(llama_3_70b, iq1_s), 15300, 100));
static_assert(megabytes(with_matrix(llama_3_70b, iq2_xxs), 19100, 100));
static_assert(megabytes(with_matrix(llama_3_70b, iq2_m), 24100, 100));
static_assert(megabytes(with_matrix(llama_3_70b, q2_k), 26400, 100));
static_assert(megabytes(with_matrix(llama_3_70b, iq3_xxs), 27500, 100));
static_assert(megabytes(with_matrix(llama_3_70b, q3_k_m), 34300, 100));
static_assert(megabytes(with_matrix(llama_3_70b, iq4_xs), 37900, 100));
static_assert(megabytes(with_matrix(llama_3_70b, q4_k_s), 40300, 100));
static_assert(megabytes(with_matrix(llama_3_70b, q4_k_m), 42500, 100));
static_assert(megabytes(with_matrix(llama_3_70b, q5_k_m), 49900, 100));

// bartowski/Qwen2.5-32B-Instruct-GGUF and lmstudio-community/Qwen2-500M-Instruct-GGUF, file lists. The small model has
// rows of 896, which are not divisible into blocks of 256, and a tied head.
static_assert(megabytes(with_matrix(lower(models::qwen2_5_32b), q3_k_m), 15900, 100));
static_assert(megabytes(with_matrix(lower(models::qwen2_5_32b), q4_k_s), 18800, 100));
static_assert(megabytes(with_matrix(lower(models::qwen2_5_0_5b), q4_k_s), 385, 1));
static_assert(megabytes(with_matrix(lower(models::qwen2_5_0_5b), iq4_xs), 349, 1));
static_assert(megabytes(with_matrix(lower(models::qwen2_5_0_5b), q5_k_m), 420, 1));

// Single tensors follow the rules that the header names.
constexpr mix_model of_8b = mix_model_of(llama_3_1_8b);
static_assert(format_in_mix(q4_k_m, target::down, 0, of_8b) == q6_k);
static_assert(format_in_mix(q4_k_m, target::down, 4, of_8b) == q4_k);
static_assert(format_in_mix(q4_k_m, target::down, 6, of_8b) == q6_k);
static_assert(format_in_mix(q4_k_m, target::down, 31, of_8b) == q6_k);
static_assert(format_in_mix(q4_k_m, target::query, 0, of_8b) == q4_k);
static_assert(format_in_mix(q4_k_m, target::head, 0, of_8b) == q6_k);
static_assert(format_in_mix(q4_k_m, target::embeddings, 0, of_8b) == q4_k);
static_assert(format_in_mix(q4_k_m, target::router, 0, of_8b) == fp32);
static_assert(format_in_mix(q4_k_m, target::query, 0, of_8b, 896) == q5_0);
static_assert(format_in_mix(q2_k, target::value, 0, of_8b) == q4_k);
static_assert(format_in_mix(q4_k_m, target::key, 0, mix_model_of(mixtral_8x7b)) == q8_0);
static_assert(format_in_mix(q4_k_s, target::value, 20, mix_model_of(llama_3_70b)) == q5_k);
static_assert(format_in_mix(mxfp4, target::up, 0, {.layers = 24, .experts = 32}, 2880, true) == mxfp4);
static_assert(format_in_mix(mxfp4, target::query, 0, {.layers = 24, .experts = 32}, 2880) == q8_0);

namespace {

/// Returns whether the parts of a model add up to the whole, wherever it is cut.
constexpr bool cuts_add_up(const network& net, number_format file) {
    const gguf_bytes whole = gguf_layer_bytes(net, file, 0, net.layers);
    for (std::int64_t cut = 0; cut <= net.layers; cut += 5) {
        const gguf_bytes a = gguf_layer_bytes(net, file, 0, cut);
        const gguf_bytes b = gguf_layer_bytes(net, file, cut, net.layers);
        if (a.layers() + b.layers() != whole.layers()) return false;
    }
    return true;
}
/// Returns whether the sum over the kinds of layers is the sum over all layers and matrices, one after the other.
constexpr bool sum_is_of_layers(const network& net, number_format file) {
    const mix_model m = mix_model_of(net);
    std::int64_t sum = 0;
    for (std::int64_t layer = 0; layer < net.layers; ++layer) {
        for (std::size_t k = 0; k < net.block_kinds; ++k) {
            if (net.blocks[k].layers.count(layer, layer + 1) == 0) continue;
            for (std::int64_t i = 0; i < net.blocks[k].linear_count; ++i) {
                const linear& l = net.blocks[k].linears[i];
                sum += storage(format_in_mix(file, l.target, layer, m, l.in), l.copies * l.in * l.out).number;
            }
        }
    }
    const gguf_bytes whole = gguf_layer_bytes(net, file, 0, net.layers);
    return sum == whole.attention + whole.feed_forward + whole.experts;
}

}  // namespace

static_assert(cuts_add_up(llama_3_70b, q4_k_m) && cuts_add_up(lower(models::gemma_3_12b), q5_k_m));
static_assert(cuts_add_up(lower(models::deepseek_v2_lite), iq3_m));
static_assert(sum_is_of_layers(llama_3_1_8b, q4_k_m) && sum_is_of_layers(lower(models::gemma_3_27b), q4_k_m));
static_assert(sum_is_of_layers(llama_3_1_8b, iq3_xs) && sum_is_of_layers(lower(models::qwen2_72b), q3_k_m));

// An embedding that is also the head is counted once, in the head's type.
static_assert(gguf_bytes_by_kind(lower(models::gemma_2b), q4_k_m).head == 0);
static_assert(gguf_bytes_by_kind(lower(models::gemma_2b), q4_k_m).embedding == 256'000LL * 2048 / 256 * 210);
