// SPDX-License-Identifier: MIT
#pragma once

// Every key of a job, in one table: what the reader accepts, what the tool's flags take, what a launcher must express
// or refuse, and what the table of keys and the JSON Schema say. A new key is a member of its aggregate with its check,
// a range in key_ranges.hpp where it is a number, and a row in the table of its section.

#include <cardfit/job/keys/hardware_keys.hpp>
#include <cardfit/job/keys/inference_keys.hpp>
#include <cardfit/job/keys/layout_keys.hpp>
#include <cardfit/job/keys/training_keys.hpp>
#include <cardfit/job/keys/transformer_keys.hpp>

namespace cardfit::keys {

/// The sections of a job file that have keys. `diffusion` is `inference` where the model is a diffusion model.
enum class section : unsigned char { hardware, training, inference, diffusion, layout, transformer };

/// Calls `visit` with each section and its table of keys, in the order in which the table of keys lists them.
template <class Visit>
constexpr void visit_sections(Visit visit) {
    visit(section::hardware, key_table<machine>(hardware_keys));
    visit(section::training, key_table<cardfit::training>(training_keys));
    visit(section::inference, key_table<cardfit::inference>(inference_keys));
    visit(section::diffusion, key_table<diffusion_job>(diffusion_keys));
    visit(section::layout, key_table<cardfit::layout>(layout_keys));
    visit(section::transformer, key_table<cardfit::transformer>(transformer_keys));
}

/// Returns the facts of the key with this path; null where there is none. A path that an inference and a diffusion
/// model's inference both have is that of the first.
[[nodiscard]] constexpr const key_facts* find(std::string_view path) {
    const key_facts* found = nullptr;
    visit_sections([&](section, const auto& table) {
        for (const auto& each : table)
            if (!found && each.facts.path == path) found = &each.facts;
    });
    return found;
}

/// Returns true for the path of a key. It compares no address with null, which g++ 12 does not take for a constant
/// under -fsanitize=undefined (GCC bug 71962).
[[nodiscard]] constexpr bool is_key(std::string_view path) {
    bool found = false;
    visit_sections([&](section, const auto& table) {
        for (const auto& each : table) found = found || each.facts.path == path;
    });
    return found;
}

}  // namespace cardfit::keys
