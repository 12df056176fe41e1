// SPDX-License-Identifier: MIT
#pragma once

// The formats by module, which an inference and the frozen base of a training have under keys of the same names.

#include <cardfit/job/keys/key.hpp>

namespace cardfit::keys::detail {

inline constexpr auto module_format_words = as_words(module_format_names);

/// A row of one module: its path, its flag, its member and what it documents.
template <class Section>
[[nodiscard]] constexpr key<Section> module_key(std::string_view path, std::string_view flag,
                                                const member_access<Section>& access, std::string_view documentation) {
    return {.facts = {.path = path,
                      .kind = value_kind::word,
                      .words = module_format_words,
                      .absent = "as the weights",
                      .flag = flag,
                      .documentation = documentation},
            .member = access};
}

}  // namespace cardfit::keys::detail
