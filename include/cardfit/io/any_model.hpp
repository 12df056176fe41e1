// SPDX-License-Identifier: MIT
#pragma once

// A model of any architecture, as a job file names it, and the zoo ids of all architectures.

#include <cardfit/model/compressed_decoder.hpp>
#include <cardfit/model/convnet_zoo.hpp>
#include <cardfit/model/denoiser.hpp>
#include <cardfit/model/detector_zoo.hpp>
#include <cardfit/model/diffusion_training.hpp>
#include <cardfit/model/encoder_decoder_zoo.hpp>
#include <cardfit/model/encoder_zoo.hpp>
#include <cardfit/model/hybrid_zoo.hpp>
#include <cardfit/model/multimodal_zoo.hpp>
#include <cardfit/model/rwkv.hpp>
#include <cardfit/model/stored_model.hpp>
#include <cardfit/model/translation_zoo.hpp>
#include <cardfit/model/varied_zoo.hpp>
#include <cardfit/model/zoo.hpp>

#include <concepts>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace cardfit {

namespace io {
/// A model of any kind that a job file may name.
using any_model =
    std::variant<transformer, convnet, encoder_decoder, recurrent_translator, recurrent_memory_transformer, hybrid,
                 multimodal_transformer, multimodal_hybrid, vision_tower, encoder, denoiser, stored_model,
                 varied_decoder, multimodal_varied, rwkv, compressed_decoder, diffusion_trainee>;
}  // namespace io

// These functions are in the namespace of the models, where argument-dependent lookup finds them. They are
// templates, so that no model is implicitly converted to any_model.

/// Returns the model lowered for images of this size in pixels; 0 stands for the model's own image size. Throws
/// invalid_input.
template <std::same_as<io::any_model> M>
[[nodiscard]] network lower(const M& model, std::int64_t image_size = 0) {
    return std::visit([&](const auto& m) { return lower_model(m, image_size); }, model);
}
/// Returns the problems of the model, whatever its architecture.
template <std::same_as<io::any_model> M>
[[nodiscard]] problem_list problems(const M& model) {
    return std::visit([](const auto& m) { return problems(m); }, model);
}

namespace io {

/// Returns what `use` makes of the model that a time is computed of: the convolutional network itself, whose lowering
/// no longer has the shapes of its convolutions, and the lowered network of every other model.
template <class Use>
[[nodiscard]] auto with_timed_model(const any_model& model, const network& net, Use use) {
    const convnet* shapes = std::get_if<convnet>(&model);
    return shapes != nullptr ? use(*shapes) : use(net);
}

namespace detail {

/// Calls `visit` with each zoo whose entries have an id, a model and the repository of its checkpoint.
template <class Visit>
void visit_published_zoos(Visit visit) {
    visit(models::all);
    visit(models::hybrids);
    visit(models::multimodals);
    visit(models::varied_decoders);
    visit(models::varied_texts);
    visit(models::encoders);
    visit(models::encoder_decoders);
}

}  // namespace detail

/// Calls `use` with the model of this zoo id, as the type that it has. Returns false if the zoo has none.
template <class Use>
bool with_zoo_model(std::string_view id, Use use) {
    bool listed = false;
    const auto search = [&](const auto& zoo) {
        for (const auto& entry : zoo) {
            if (listed || entry.id != id) continue;
            use(*entry.model);
            listed = true;
        }
    };
    detail::visit_published_zoos(search);
    search(models::convnets);
    for (const models::detector_entry& entry : models::detectors) {
        if (listed || entry.id != id) continue;
        use(entry.make());
        listed = true;
    }
    const auto compare = [&](std::string_view own, const auto& model) {
        if (listed || own != id) return;
        use(model);
        listed = true;
    };
    compare(models::transformer_big_id, models::transformer_big);
    compare(models::gnmt_id, models::gnmt);
    compare(models::transformer_xl_base_id, models::transformer_xl_base);
    return listed;
}

/// Returns the model with this zoo id, or nothing if the zoo has none.
[[nodiscard]] inline std::optional<any_model> find_model(std::string_view id) {
    std::optional<any_model> listed;
    with_zoo_model(id, [&](const auto& model) { listed.emplace(model); });
    return listed;
}

/// Returns true for the id of a model in the zoo.
[[nodiscard]] inline bool is_zoo_id(std::string_view id) {
    return with_zoo_model(id, [](const auto&) {});
}

/// The names of a zoo model: its id, and the repository of its published checkpoint on the Hugging Face hub.
struct published_model {
    std::string_view id;          ///< its id in the zoo
    std::string_view repository;  ///< owner/name at the Hugging Face Hub
};

/// Returns the zoo models whose repository is known, family by family.
[[nodiscard]] inline std::vector<published_model> published_models() {
    std::vector<published_model> all;
    detail::visit_published_zoos([&](const auto& zoo) {
        for (const auto& entry : zoo) all.push_back({entry.id, entry.repository});
    });
    return all;
}

/// Returns the published model with this zoo id, or else the first one with the same dimensions as `model`. Returns
/// nothing if there is none.
[[nodiscard]] inline std::optional<published_model> find_published(std::string_view id, const any_model& model) {
    const std::vector<published_model> all = published_models();
    for (const published_model& each : all)
        if (each.id == id) return each;
    for (const published_model& each : all)
        if (find_model(each.id) == model) return each;
    return {};
}

/// Returns the formats of the published checkpoint of a zoo model; `number_format::by_default` where its row states
/// none.
[[nodiscard]] inline published_formats published_formats_of(std::string_view id) {
    for (const models::zoo_entry& entry : models::all)
        if (entry.id == id) return entry.published;
    return {};
}

/// Returns all zoo ids, family by family.
[[nodiscard]] inline std::vector<std::string_view> model_ids() {
    std::vector<std::string_view> ids;
    const auto add = [&](const auto& zoo) {
        for (const auto& entry : zoo) ids.push_back(entry.id);
    };
    detail::visit_published_zoos(add);
    add(models::convnets);
    add(models::detectors);
    for (const std::string_view id : {models::transformer_big_id, models::gnmt_id, models::transformer_xl_base_id})
        ids.push_back(id);
    return ids;
}

}  // namespace io

}  // namespace cardfit
