// SPDX-License-Identifier: MIT
#pragma once

// A job as its file states it.

#include <cardfit/hardware/machine.hpp>
#include <cardfit/io/any_model.hpp>
#include <cardfit/io/cards_file.hpp>
#include <cardfit/io/object_reader.hpp>
#include <cardfit/io/published_weights.hpp>
#include <cardfit/io/read_model.hpp>
#include <cardfit/job/inference.hpp>
#include <cardfit/job/layout.hpp>
#include <cardfit/job/training.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cardfit::io {

/// A job as its file states it, with defaults filled in.
struct job_file {
    any_model model{};         ///< the model, of any kind
    std::string model_name{};  ///< as the file has it
    machine hardware{};        ///< cards, nodes and links
    /// The card that the job itself states, to whose texts `hardware` points; null if it names a card.
    std::shared_ptr<const card_set> own_card{};
    std::optional<cardfit::training> training{};    ///< present for a training
    std::optional<cardfit::inference> inference{};  ///< present for an inference
    cardfit::layout layout{};                       ///< degrees of parallelism
    /// How the checkpoint of the model stores its weights, where that is known.
    published_weights published{};
    stored_facts stored{};  ///< what files of weights state
    /// What the name of the model was taken for; empty for a zoo id or a path.
    std::string resolution{};
    /// The repository at the Hub that the name states; empty if it states none.
    std::string repository{};
    /// The longest context that the model is made for, where memory alone would allow more; 0: not known.
    std::int64_t context_length = 0;
    /// The name of the draft of speculative decoding; empty if the job has none.
    std::string draft_name{};
    /// Keys that the file leaves out, with the defaults that stand for them.
    std::vector<assumption> assumed{};
    /// Returns the side of an image in pixels that the job asks for; 0: the model's own.
    [[nodiscard]] std::int64_t image_size() const {
        return training ? training->image_size : inference ? inference->image_size : 0;
    }
    /// Returns true if the job leaves out the vision tower of its model.
    [[nodiscard]] bool text_only() const { return training ? training->text_only : inference && inference->text_only; }
};

}  // namespace cardfit::io
