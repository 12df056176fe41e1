// SPDX-License-Identifier: MIT

// For libFuzzer: the names of models. Any text is taken for a model that cardfit has, or has models suggested that it
// has; what is asked of the Hub and of the caches stays inside them. Built by clang++
// -fsanitize=fuzzer,address,undefined.

#include <cardfit/io/hub_files.hpp>
#include <cardfit/io/model_names.hpp>

#include <cstdlib>
#include <string>

namespace {

using namespace cardfit;

/// A name of a repository stays one part of a path.
void check_phrase(const io::model_phrase& phrase) {
    if (!io::may_be_repository(phrase)) return;
    for (const std::string& part :
         {phrase.owner, phrase.name, phrase.tag, phrase.revision, io::detail::entry_of(phrase)})
        if (part.find_first_of("/\\") != part.npos || part == "." || part == "..") std::abort();
}

void check_resolved(const io::resolved_model& resolved) {
    if (!io::find_named(resolved.id)) std::abort();
    if (!problems(resolved.model).empty() || parameters(lower(resolved.model)) < 1) std::abort();
    if (resolved.published.problems.empty()) return;
    if (resolved.published.problems.front().message.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    check_phrase(io::phrase_of_model(text));
    const std::optional<io::resolved_model> resolved = io::resolve_model(text);
    if (resolved) check_resolved(*resolved);
    if (io::accepted_names(text).empty()) std::abort();
    return 0;
}
