// SPDX-License-Identifier: MIT
#pragma once

// The longest sequence that the model of a command was made for, which servers take where nobody states one.

#include <cardfit/io/context_lengths.hpp>
#include <cardfit/io/model_names.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cardfit::io::imports {

/// Returns the longest sequence of a model by the name that a command has, or else by its zoo id; 0 if neither is
/// known.
[[nodiscard]] inline std::int64_t context_length_of(const std::string& name, std::string_view id) {
    const std::string repository(io::detail::name_of_repository(name));
    std::string plain = repository;
    static_cast<void>(take_format(plain));
    for (const std::string& spelled : {repository, plain})
        for (const context_length& each : context_lengths)
            if (io::detail::words_of_name(each.name) == io::detail::words_of_name(spelled)) return each.tokens;
    return io::context_length_of(id);
}

}  // namespace cardfit::io::imports
