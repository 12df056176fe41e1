// SPDX-License-Identifier: MIT

// Tests which formats by module follow from a scheme and a network.

#include <cardfit/io/quantization/scheme.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

namespace io_quantization_scheme_test {

using namespace cardfit;
using enum number_format;

namespace {

struct read_formats {
    published_formats formats{};
    std::vector<std::string> notes{};
};
read_formats read(const io::quantization_scheme& scheme, const transformer& model) {
    read_formats read;
    read.formats = io::formats_of(scheme, lower(model), bf16, read.notes);
    return read;
}

}  // namespace

TEST_CASE("a scheme for every linear layer leaves embedding and head") {
    const read_formats all = read({.groups = {{.format = fp8}}}, models::llama_3_1_8b);
    CHECK(all.formats == published_formats{.weights = fp8, .modules = {.embedding = bf16, .head = bf16}});
    CHECK(all.notes.empty());
    const read_formats head = read({.groups = {{.format = gptq_int4}}, .quantizes_head = true}, models::llama_3_1_8b);
    CHECK(head.formats.modules.head == gptq_int4);
    const read_formats named =
        read({.groups = {{.format = nvfp4, .targets = {"Linear", "lm_head"}}}}, models::llama_3_1_8b);
    CHECK(named.formats.modules.head == nvfp4);
}

TEST_CASE("leading dense layers are a module, whatever their numbers") {
    io::quantization_scheme scheme{.groups = {{.format = fp8}}};
    for (int layer = 0; layer < 3; ++layer) scheme.ignored.push_back("model.layers." + std::to_string(layer) + ".mlp");
    // The layer of multi-token prediction comes after the last one.
    scheme.ignored.push_back("model.layers.61");
    const read_formats dense = read(scheme, models::deepseek_v3);
    CHECK(dense.formats.modules.feed_forward == bf16);
    CHECK(dense.formats.modules.unquantized_layers == 0);
    CHECK(dense.notes.empty());
}

TEST_CASE("whole layers that are left are counted exactly") {
    // Meta's Llama-3.1-405B-FP8 leaves attention everywhere, and the first and the last layer.
    io::quantization_scheme scheme{.groups = {{.format = fp8}}};
    for (int layer = 0; layer < 126; ++layer)
        for (const char* matrix : {"q_proj", "k_proj", "v_proj", "o_proj"})
            scheme.ignored.push_back("model.layers." + std::to_string(layer) + ".self_attn." + matrix);
    for (const int layer : {0, 125})
        for (const char* matrix : {"gate_proj", "up_proj", "down_proj"})
            scheme.ignored.push_back("model.layers." + std::to_string(layer) + ".mlp." + matrix);
    const read_formats meta = read(scheme, models::llama_3_1_405b);
    CHECK(meta.formats.weights == fp8);
    CHECK(meta.formats.modules.attention == bf16);
    CHECK(meta.formats.modules.feed_forward == by_default);
    CHECK(meta.formats.modules.unquantized_layers == 2);
    CHECK(meta.notes.empty());
}

TEST_CASE("what cannot be said exactly is said as a note and bounded from above") {
    // Half a layer is counted as left whole; every second attention counts as all of them.
    const read_formats half =
        read({.groups = {{.format = fp8}}, .ignored = {"model.layers.5.mlp"}}, models::llama_3_1_8b);
    CHECK(half.formats.modules.unquantized_layers == 1);
    CHECK(half.notes.size() == 1);
    io::quantization_scheme second{.groups = {{.format = fp8}}};
    for (int layer = 0; layer < 32; layer += 2)
        second.ignored.push_back("model.layers." + std::to_string(layer) + ".self_attn");
    const read_formats attention = read(second, models::llama_3_1_8b);
    CHECK(attention.formats.modules.attention == bf16);
    CHECK(attention.formats.modules.unquantized_layers == 0);
    CHECK(attention.notes.size() == 1);
    // Two formats in one module count as the wider one.
    const read_formats mixed =
        read({.groups = {{.format = nvfp4, .targets = {"Linear"}}, {.format = fp8, .targets = {"model.layers.3.mlp"}}}},
             models::llama_3_1_8b);
    CHECK(mixed.formats.modules.feed_forward == fp8);
    CHECK(mixed.notes.size() == 1);
}

TEST_CASE("names of families that are not known are bounded from above, and experts stand for each other") {
    const read_formats unknown =
        read({.groups = {{.format = fp8}}, .ignored = {"model.layers.4.attention_block.wqkv"}}, models::llama_3_1_8b);
    CHECK(unknown.formats.modules.unquantized_layers == 1);
    const read_formats everywhere =
        read({.groups = {{.format = fp8}}, .ignored = {"fused_attention.projection"}}, models::llama_3_1_8b);
    CHECK(everywhere.formats.modules.attention == bf16);
    // Norms, routers and rotary tables are not quantized anyway.
    for (const char* vector : {"model.layers.0.input_layernorm", "model.layers.1.mlp.gate", "mlp.shared_expert_gate",
                               "self_attn.rotary_emb", "model.layers.0.linear_attn.conv1d", "e_score_correction_bias",
                               "model.layers.3.self_attn.q_norm.weight", "vision_tower", "multi_modal_projector"})
        CHECK(read({.groups = {{.format = fp8}}, .ignored = {vector}}, models::deepseek_v3).formats ==
              published_formats{.weights = fp8, .modules = {.embedding = bf16, .head = bf16}});
    const read_formats one_expert =
        read({.groups = {{.format = fp8}}, .ignored = {"model.layers.9.mlp.experts.17.down_proj.weight"}},
             models::deepseek_v3);
    CHECK(one_expert.formats.modules.unquantized_layers == 1);
    CHECK(one_expert.notes.size() == 1);
}

TEST_CASE("hundreds of thousands of names are read at once") {
    io::quantization_scheme scheme{.groups = {{.format = fp8, .targets = {}}}};
    for (int layer = 0; layer < 61; ++layer)
        for (int expert = 0; expert < 256; ++expert)
            for (const char* matrix : {"gate_proj", "up_proj", "down_proj"})
                scheme.groups.front().targets.push_back("model.layers." + std::to_string(layer) + ".mlp.experts." +
                                                        std::to_string(expert) + "." + matrix);
    const read_formats experts = read(scheme, models::deepseek_v3);
    CHECK(experts.formats.weights == fp8);
    CHECK(experts.formats.modules.attention == bf16);
    CHECK(experts.notes.empty());
}

TEST_CASE("the format of most parameters is that of the weights") {
    const read_formats experts =
        read({.groups = {{.format = fp8, .targets = {"re:.*self_attn.*"}}, {.format = mxfp4, .targets = {"experts"}}}},
             models::deepseek_v3);
    CHECK(experts.formats.weights == mxfp4);
    CHECK(experts.formats.modules.attention == fp8);
    CHECK(experts.formats.modules.shared_experts == bf16);
    CHECK(experts.formats.modules.feed_forward == bf16);
    const read_formats nothing = read({.groups = {{.format = fp8, .targets = {"vision_tower"}}}}, models::llama_3_1_8b);
    CHECK(nothing.formats.weights == bf16);
}

}  // namespace io_quantization_scheme_test
