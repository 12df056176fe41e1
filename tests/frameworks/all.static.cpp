// SPDX-License-Identifier: MIT

// Each framework is found by its enumerator, and no name or alias of one framework is a name or alias of another.

#include "../row_words.hpp"

#include <cardfit/frameworks/all.hpp>

#include <algorithm>

using namespace cardfit;

static_assert(&row_of(framework::torchtitan) == &frameworks::torchtitan);
static_assert(row_of(framework::megatron_deepspeed).name == "megatron-deepspeed");
static_assert(detail::framework_table.size() == 19);
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

// The presets that run on the Hugging Face Trainer state what each changes: TRL stopped to prepare quantized bases in
// December 2025 (huggingface/trl#4577), LLaMA-Factory's adapters have no dropout (lora_dropout 0.0), and Unsloth keeps
// checkpoints in host memory.
constexpr adapter_recipe adapters_of(framework f) { return row_of(f).memory.adapters; }
static_assert(adapters_of(framework::trl).widens_quantized_base &&
              adapters_of(framework::trl).widens_until == software_date{2025, 12});
static_assert(adapters_of(framework::trl).dropout && !adapters_of(framework::llama_factory).dropout);
static_assert(!adapters_of(framework::llama_factory).widens_quantized_base &&
              !adapters_of(framework::axolotl).widens_quantized_base &&
              !adapters_of(framework::ms_swift).widens_quantized_base);
static_assert(!adapters_of(framework::peft).dropout && adapters_of(framework::peft).widens_quantized_base);
static_assert(row_of(framework::unsloth).memory.checkpoints_on_host &&
              !row_of(framework::transformers).memory.checkpoints_on_host);

// Of logits that are computed piece by piece, or divided among cards, none takes more bytes than of all logits on one
// card: pieces never write more than the whole does, and each of two cards holds half of the vocabulary.
static_assert([] {
    for (const framework_row* row : detail::framework_table) {
        const logits_recipe& l = row->memory.logits;
        const int whole = (std::min)({l.full, l.replaced, l.unshifted});
        if (l.chunked > (std::min)(whole, l.compiled)) return false;
        if (l.fused > l.chunked) return false;
        if (l.tensor_parallel > 2 * whole) return false;
    }
    return true;
}());
