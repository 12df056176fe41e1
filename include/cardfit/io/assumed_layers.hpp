// SPDX-License-Identifier: MIT
#pragma once

// What an answer says about a training of only some layers: which ends are trained beside them, and the format of the
// frozen ones.

#include <cardfit/estimate/training/trained_layers.hpp>
#include <cardfit/io/object_reader.hpp>
#include <cardfit/job/keys/words.hpp>

#include <string>

namespace cardfit::io::detail {

/// Adds what a job that trains only some layers does not name.
inline void assume_layers(const training& t, findings& found) {
    if (t.trained_layers == 0) return;
    const bool adapted = t.adapter.method != adapter_method::none;
    if (!adapted && t.trained_ends == trained_ends::by_default) {
        const std::string ends(keys::name_of(keys::trained_ends_names, cardfit::detail::ends_of(t)));
        const std::string choice(row_of(t.trained_layer_choice).name);
        found.assumed.push_back(
            {"training.trained_ends", ends + " (of embedding and head, with " + choice + " layers)"});
    }
    if (!adapted && t.base_weights == number_format::by_default)
        found.assumed.push_back(
            {"training.base_weights", std::string(block_layout_of(base_format(t)).name) + " (the frozen layers)"});
}

}  // namespace cardfit::io::detail
