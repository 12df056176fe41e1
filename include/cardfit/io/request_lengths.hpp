// SPDX-License-Identifier: MIT
#pragma once

// A context as prompt and generated tokens: `inference.context` of a job file and --context of the command line, which
// mean the same.

#include <cardfit/io/input_error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cardfit::io {

/// The tokens of a request.
struct request_lengths {
    std::int64_t prompt = 0;    ///< tokens of the prompt
    std::int64_t generate = 0;  ///< tokens of the answer
};

/// Returns the parts of a context, of which the prompt, the generated tokens or both may be stated. If neither is, one
/// token is generated. Adds a problem under `key`, and returns nothing, if what is stated are no parts of the context.
[[nodiscard]] inline std::optional<request_lengths> parts_of_context(const std::string& key, std::int64_t context,
                                                                     std::optional<std::int64_t> prompt,
                                                                     std::optional<std::int64_t> generate,
                                                                     std::vector<input_problem>& problems) {
    const auto refuse = [&](const std::string& accepted) -> std::optional<request_lengths> {
        problems.push_back(refused_value(key, context, accepted));
        return {};
    };
    if (prompt && generate && *prompt + *generate != context)
        return refuse(std::to_string(*prompt + *generate) + ", which are prompt and generated tokens together");
    if (prompt && *prompt > context)
        return refuse("at least " + std::to_string(*prompt) + ", the tokens of the prompt");
    if (generate && *generate >= context)
        return refuse("more than " + std::to_string(*generate) + ", the generated tokens");
    if (prompt) return request_lengths{*prompt, context - *prompt};
    const std::int64_t generated = generate.value_or(1);
    return request_lengths{context - generated, generated};
}

}  // namespace cardfit::io
