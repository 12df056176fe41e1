// SPDX-License-Identifier: MIT
#pragma once

// Whether commands ask the Hugging Face Hub for a model that is known by no other way. A build without libcurl, and one
// that is told to stay offline, says so where it would have asked.

#include "console.hpp"

#include <cardfit/io/hub_files.hpp>
#ifdef CARDFIT_WITH_HUB
#    include <cardfit/io/hub.hpp>
#endif

#include <CLI/CLI.hpp>

#include <string>
#include <utility>

namespace tool {

namespace io = cardfit::io;

/// What the command line says about the Hub.
struct hub_choices {
    bool offline = false;
    bool refresh = false;
    /// True for a stream of jobs, which asks the Hub only with --online.
    bool of_stream = false;
};

/// Returns the choices of the command line.
[[nodiscard]] inline hub_choices& hub_choice() { return of_this_run<hub_choices>(); }

inline void add_hub_flags(CLI::App& app) {
    app.add_flag("--offline", hub_choice().offline, "ask no Hub for models (CARDFIT_OFFLINE=1, HF_HUB_OFFLINE=1)");
    app.add_flag("--refresh", hub_choice().refresh, "ask the Hub again for models that the cache has");
}

/// Returns why the Hub is not asked; empty if it is.
[[nodiscard]] inline std::string why_no_hub() {
    for (const char* name : {"CARDFIT_OFFLINE", "HF_HUB_OFFLINE"}) {
        const std::string value = io::detail::environment(name);
        if (!value.empty() && value != "0") return std::string(name) + " is set";
    }
    if (hub_choice().offline) return "--offline is given";
    if (hub_choice().of_stream) return "--jsonl asks no Hub without --online";
#ifdef CARDFIT_WITH_HUB
    return {};
#else
    return "this build has no libcurl";
#endif
}

/// Returns the function that fetches a model from the Hub. Where the Hub is not asked, it has what the cache has, and
/// refuses other models with the reason.
[[nodiscard]] inline io::model_fetcher hub_fetcher() {
    return []([[maybe_unused]] const io::model_phrase& phrase) -> io::fetched_model {
        const std::string why = why_no_hub();
#ifdef CARDFIT_WITH_HUB
        if (why.empty()) return io::fetch_from_hub(phrase, std::exchange(hub_choice().refresh, false));
#endif
        if (const auto cached = io::find_in_cache(phrase, io::hub_options_of_environment())) return *cached;
        const std::string accepted = io::accepted_names(phrase.repository()) + ", or a path";
        throw io::input_error(
            {io::input_problem{.key = "model",
                               .value = phrase.repository(),
                               .accepted = accepted,
                               .message = "model is \"" + phrase.repository() + "\", and the Hub is not asked (" + why +
                                          "); accepted: " + accepted}});
    };
}

}  // namespace tool
