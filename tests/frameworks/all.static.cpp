// SPDX-License-Identifier: MIT

// Each framework is found by its enumerator, and no name or alias of one framework is a name or alias of another.

#include "../row_words.hpp"

#include <cardfit/frameworks/all.hpp>

using namespace cardfit;

static_assert(&row_of(framework::torchtitan) == &frameworks::torchtitan);
static_assert(row_of(framework::megatron_deepspeed).name == "megatron-deepspeed");
static_assert(detail::framework_table.size() == 13);
static_assert(framework_of_launcher("accelerate")->value == framework::transformers);
static_assert(framework_of_launcher("vllm") == nullptr && framework_of_launcher("") == nullptr);

static_assert(words_are_distinct(detail::framework_table));
static_assert(all_have_sources_and_bands(detail::framework_table));

// A framework without one of its tables of saved tensors would be read through a null pointer. Asserted here and not in
// the header, because g++ 12 does not take an address compared with null for a constant under -fsanitize=undefined.
static_assert([] {
    for (const framework_row* row : detail::framework_table) {
        const framework_memory& m = row->memory;
        if (!m.eager || !m.autocast || !m.compiled || !m.selective) return false;
    }
    return true;
}());
