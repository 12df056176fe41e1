// SPDX-License-Identifier: MIT

// Tests the inference memory of encoders and of networks on images.

#include <cardfit/decide/serve.hpp>
#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/model/detector_zoo.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

#include <string_view>

namespace estimate_inference_image_memory_test {

using namespace cardfit;

namespace {

constexpr machine card = cards::a100_sxm4_80gb;

std::int64_t device(const convnet& m, const inference& i) { return memory(m, i, card).device().number; }

}  // namespace

TEST_CASE("images: weights in the job's format, batch norms' statistics in fp32") {
    // torchvision's ResNet-50 has 25,557,032 parameters, and means and variances of 26,560 channels.
    CHECK(memory(models::resnet_50, inference{.weights = number_format::fp16}, card).components.weights ==
          bytes_of(2 * 25'557'032 + 4 * 2 * 26'560));
    CHECK(memory(models::resnet_50, inference{.weights = number_format::fp32}, card).components.weights ==
          bytes_of(4 * 25'557'032 + 4 * 2 * 26'560));
    // No library stores convolutions in four bits, so they remain in 16 bits.
    CHECK(memory(models::resnet_50, inference{.weights = number_format::nf4}, card).components.weights ==
          bytes_of(2 * 25'557'032 + 4 * 2 * 26'560));
}

TEST_CASE("images: activations are there, and grow with batch and size alone") {
    for (const models::convnet_entry& entry : models::convnets) {
        CAPTURE(entry.id);
        const inference one{.weights = number_format::fp16};
        const inference many{.weights = number_format::fp16, .batch = 64};
        const memory_estimate e = memory(*entry.model, one, card);
        // The activations are at least the first convolution's input and output.
        CHECK(e.components.activations.number > 2 * 3 * entry.model->height * entry.model->width);
        CHECK(memory(*entry.model, many, card).components.activations.number == 64 * e.components.activations.number);
        CHECK(e.components.kv_cache.number == 0);
        CHECK(e.peak_phase == memory_phase::prefill);
        CHECK(device(*entry.model, {.prompt = 1, .generate = 0}) == device(*entry.model, {.prompt = 7, .generate = 9}));
        std::int64_t before = 0;
        for (const std::int64_t size : {224, 320, 448, 672, 1344}) {
            const std::int64_t here = device(*entry.model, {.image_size = size});
            CHECK(here > before);
            before = here;
        }
        // Training saves for backward what inference frees.
        const memory_estimate trained =
            memory(*entry.model, training{.precision = precision::fp16, .micro_batch = 64}, card);
        CHECK(memory(*entry.model, many, card).allocated() < trained.allocated());
    }
    for (const models::detector_entry& entry : models::detectors) {
        CAPTURE(entry.id);
        CHECK(memory(entry.make(), inference{}, card).components.activations.number > 10'000'000);
    }
}

TEST_CASE("encoders: a prefill without a cache") {
    // 32 x 512 tokens of BERT-large need the residual, its sum, the normalized input and the embedding's output beside
    // the feed-forward's output and its activation, in 16 bits.
    const memory_estimate bert = memory(
        models::bert_large, inference{.weights = number_format::fp16, .batch = 32, .prompt = 512, .generate = 0}, card);
    CHECK(bert.components.kv_cache.number == 0);
    CHECK(bert.components.activations == bytes_of(std::int64_t{32} * 512 * (4 * 1024 + 2 * 4096) * 2));
    CHECK(bert.peak_phase == memory_phase::prefill);
    // 32 images of ViT-L/16 have 197 tokens each, whatever prompt the job states.
    const memory_estimate vit = memory(models::vit_l_16, inference{.batch = 32, .prompt = 4096}, card);
    CHECK(vit.components.activations == bytes_of(std::int64_t{32} * 197 * (4 * 1024 + 2 * 4096) * 2));
    CHECK(memory(models::vit_l_16, inference{.batch = 32, .image_size = 384}, card).components.activations ==
          bytes_of(std::int64_t{32} * 577 * (4 * 1024 + 2 * 4096) * 2));
}

TEST_CASE("images: what makes no sense is refused by field") {
    const auto field = [](const auto& m, const inference& i) -> std::string_view {
        try {
            static_cast<void>(memory(m, i, card));
        } catch (const invalid_input& e) {
            return e.what_is_wrong.field;
        }
        return {};
    };
    CHECK(field(models::resnet_50, {.weights = number_format::q4_k_m}) == "inference.weights");
    CHECK(field(models::llama_2_7b, {.image_size = 224}) != "");
    CHECK(field(lower(models::llama_2_7b), {.image_size = 224}) == "inference.image_size");
    CHECK(field(lower(models::resnet_50), {.image_size = 448}) == "inference.image_size");
    CHECK(field(models::resnet_50, {.image_size = 20'000}) != "");
}

}  // namespace estimate_inference_image_memory_test
