// SPDX-License-Identifier: MIT
#pragma once

// A row of the lists of published models that the zoo does not have.

#include <string_view>

namespace cardfit::io {

/// A published model by the id that cardfit gives it, with its repository at the Hub.
struct listed_model {
    std::string_view id;          ///< name in the library, as the tool takes it
    std::string_view repository;  ///< owner/name at the Hugging Face Hub
    /// The keys of its config.json that make its shape and its formats.
    std::string_view config;
};

}  // namespace cardfit::io
