// SPDX-License-Identifier: MIT

// Tests the training memory of networks on images: it grows with what it should grow with, and invalid input is
// refused.

#include <cardfit/decide/fits.hpp>
#include <cardfit/hardware/cards/nvidia_ampere.hpp>
#include <cardfit/hardware/cards/nvidia_volta.hpp>
#include <cardfit/model/detector_zoo.hpp>
#include <cardfit/model/zoo.hpp>

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

namespace estimate_training_convnet_memory_test {

using namespace cardfit;

namespace {

[[nodiscard]] std::vector<convnet> all_networks() {
    std::vector<convnet> all;
    for (const models::convnet_entry& e : models::convnets) all.push_back(*e.model);
    for (const models::detector_entry& e : models::detectors) all.push_back(e.make());
    return all;
}

[[nodiscard]] bytes device(const convnet& m, const training& t) { return memory(m, t, cards::a100_sxm4_80gb).device(); }

template <class M>
[[nodiscard]] bool refuses(const M& model, const training& t, const machine& m, const layout& l, const char* field) {
    try {
        static_cast<void>(memory(model, t, m, l));
    } catch (const invalid_input& e) {
        return std::string_view(e.what()).find(field) == 0;
    }
    return false;
}

}  // namespace

TEST_CASE("the running means and variances of batch norms are weights that are not trained") {
    // torchvision's resnet50: 25,557,032 parameters, and 26,560 channels of batch norms with two statistics each.
    const training job{.precision = precision::fp32, .micro_batch = 1};
    CHECK(memory(models::resnet_50, job, cards::a100_sxm4_80gb).components.weights ==
          bytes_of(4 * 25'557'032 + 4 * 2 * 26'560));
}

// 5,249,477,632 bytes allocated on an H100 with 128 images (measured_h100.jsonl, h092a).
TEST_CASE("images: ReLU6 saves its input beside its result") {
    const training t{.precision = precision::fp16_mixed, .optimizer = optimizer::sgd_momentum, .micro_batch = 128};
    const double allocated =
        static_cast<double>(memory(models::mobilenet_v2, t, cards::a100_sxm4_80gb).allocated().number);
    CHECK(allocated > 0.96 * 5'249'477'632.0);
    CHECK(allocated < 1.02 * 5'249'477'632.0);
}

TEST_CASE("images: memory grows with batch and size, and shrinks with recomputation and 16 bits") {
    for (const convnet& m : all_networks()) {
        const training job{.precision = precision::fp32, .optimizer = optimizer::sgd_momentum, .micro_batch = 4};
        const auto changed = [&](auto change) {
            training t = job;
            change(t);
            return device(m, t);
        };
        const bytes now = device(m, job);
        const std::int64_t side = lower(m).image_size;
        CHECK(changed([](training& t) { t.micro_batch = 5; }) >= now);
        CHECK(changed([](training& t) { t.micro_batch = 64; }) > now);
        CHECK(changed([&](training& t) { t.image_size = 2 * side; }) > now);
        CHECK(changed([](training& t) { t.micro_batch = 64, t.precision = precision::fp16_mixed; }) <
              changed([](training& t) { t.micro_batch = 64; }));
        CHECK(changed([](training& t) { t.micro_batch = 64, t.recompute = recompute::selective; }) <=
              changed([](training& t) { t.micro_batch = 64; }));
        CHECK(changed([](training& t) { t.micro_batch = 64, t.recompute = recompute::full; }) <
              changed([](training& t) { t.micro_batch = 64; }));
        CHECK(fit(m, job, cards::a100_sxm4_80gb).memory.components.logits == bytes{});
    }
}

TEST_CASE("images: what is frozen has no gradient, no optimizer state, and keeps nothing") {
    convnet frozen = models::resnet_50;
    for (int i = 0; i < 3; ++i) {
        frozen.stages[i].frozen = true;
        frozen.stages[i].norm = norm_after::frozen;
    }
    const training job{.precision = precision::fp32, .optimizer = optimizer::adamw, .micro_batch = 8};
    const memory_components whole = memory(models::resnet_50, job, cards::a100_sxm4_80gb).components;
    const memory_components part = memory(frozen, job, cards::a100_sxm4_80gb).components;
    CHECK(lower_job(frozen, job, cards::a100_sxm4_80gb).stages[0].gradients <
          lower_job(models::resnet_50, job, cards::a100_sxm4_80gb).stages[0].gradients);
    CHECK(part.optimizer < whole.optimizer);
    CHECK(part.activations < whole.activations);
}

TEST_CASE("images: input that makes no sense is refused by name") {
    const machine one = cards::a100_sxm4_80gb;
    const machine two = 2 * cards::a100_sxm4_80gb;
    const convnet& good = models::resnet_50;
    CHECK(refuses(good, {.image_size = -1}, one, {}, "training.image_size is -1; accepted: 0 to 16384"));
    CHECK(refuses(good, {.image_size = 1'000'000'000'000}, one, {}, "training.image_size is 1000000000000"));
    CHECK(refuses(models::u_net, {.image_size = 100}, one, {}, "training.image_size is 100; accepted: an image large"));
    CHECK(refuses(models::vit_b_16, {.image_size = 100}, one, {}, "training.image_size is 100; accepted: a multiple"));
    CHECK(refuses(models::vit_b_16, {.image_size = -16}, one, {}, "training.image_size is -16; accepted: 16 to 16000"));
    CHECK(refuses(lower(good), {.image_size = 448}, one, {},
                  "training.image_size = 448: must be the size that the network was lowered for (224)"));
    CHECK(memory(lower(good, 448), training{.image_size = 448}, one).device() ==
          memory(good, training{.image_size = 448}, one).device());
    CHECK(refuses(good, {.micro_batch = 0}, one, {}, "training.micro_batch"));
    CHECK(refuses(good, {}, two, {.tensor = 2}, "layout.tensor"));
    CHECK(refuses(good, {}, two, {.pipeline = 2}, "layout.pipeline"));
    CHECK(refuses(good, {}, two, {.context = 2}, "layout.context"));
    CHECK(refuses(good, {}, two, {.expert = 2}, "layout.expert"));
    const auto with = [&](auto change) {
        convnet m = good;
        change(m);
        return m;
    };
    CHECK(refuses(with([](convnet& m) { m.height = 0; }), {}, one, {}, "model.convnet.height is 0"));
    CHECK(refuses(with([](convnet& m) { m.stages[0].width = -64; }), {}, one, {}, "model.convnet.stages.width"));
    CHECK(refuses(with([](convnet& m) { m.stages[0].stride = 0; }), {}, one, {}, "model.convnet.stages.stride"));
    CHECK(refuses(with([](convnet& m) { m.stages[2].groups = 7; }), {}, one, {}, "model.convnet.stages.groups"));
    CHECK(refuses(with([](convnet& m) { m.stages[0].width = 0; }), {}, one, {}, "model.convnet.stages.width is 0"));
    CHECK(refuses(with([](convnet& m) {
                      m.height = m.width = 100'000;
                      for (convnet_stage& s : m.stages) s.width = 100'000, s.repeats = 1000;
                  }),
                  {}, one, {}, "model.convnet.stages.width is 100000"));
    CHECK(refuses(convnet{}, {}, one, {}, "model.convnet.stages"));
}

}  // namespace estimate_training_convnet_memory_test
