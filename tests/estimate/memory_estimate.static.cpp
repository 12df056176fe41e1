// SPDX-License-Identifier: MIT

// Tests which components each sum of an estimate has, by components that are powers of ten, and what two models share.

#include <cardfit/estimate/memory_estimate.hpp>

using namespace cardfit;

namespace {

/// Components of which each is a power of ten, so that the digits of a sum tell its parts.
constexpr memory_components digits{.weights = bytes::from_number(1),
                                   .gradients = bytes::from_number(10),
                                   .optimizer = bytes::from_number(100),
                                   .activations = bytes::from_number(1000),
                                   .logits = bytes::from_number(10'000),
                                   .gathered = bytes::from_number(100'000),
                                   .buckets = bytes::from_number(1'000'000),
                                   .kv_cache = bytes::from_number(10'000'000),
                                   .temporaries = bytes::from_number(100'000'000),
                                   .workspace = bytes::from_number(1'000'000'000),
                                   .fragmentation = bytes::from_number(10'000'000'000),
                                   .graphs = bytes::from_number(100'000'000'000),
                                   .context = bytes::from_number(1'000'000'000'000),
                                   .communication = bytes::from_number(10'000'000'000'000)};

}  // namespace

// Tensors are allocated; the allocator reserves what it cannot use and graphs beside them; the device has the context
// and the communicators too.
static_assert(digits.allocated().number == 1'111'111'111 && digits.reserved().number == 111'111'111'111 &&
              digits.device().number == 11'111'111'111'111);
// Two models on one card: both have weights, states, buckets, caches, unused blocks and graphs; one's activations,
// logits, gathered weights and temporaries are there at a time; and one context, workspace and communicator serve both.
constexpr memory_components twice = shared_components(digits, digits);
static_assert(twice.weights.number == 2 && twice.gradients.number == 20 && twice.optimizer.number == 200 &&
              twice.activations.number == 1000 && twice.logits.number == 10'000 && twice.gathered.number == 100'000 &&
              twice.buckets.number == 2'000'000 && twice.kv_cache.number == 20'000'000 &&
              twice.temporaries.number == 100'000'000 && twice.workspace.number == 1'000'000'000 &&
              twice.fragmentation.number == 20'000'000'000 && twice.graphs.number == 200'000'000'000 &&
              twice.context.number == 1'000'000'000'000 && twice.communication.number == 10'000'000'000'000);
// The larger one's activations, whichever model has them; what is there once is the main model's.
constexpr memory_components beside_nothing = shared_components({}, digits);
static_assert(beside_nothing.activations.number == 1000 && beside_nothing.temporaries.number == 100'000'000 &&
              beside_nothing.weights.number == 1 && beside_nothing.context.number == 0 &&
              beside_nothing.workspace.number == 0 && beside_nothing.communication.number == 0);
static_assert(shared_components(digits, {}).activations.number == 1000 &&
              shared_components(digits, {}).context.number == 1'000'000'000'000);

// A band of 100 per mille is of whole thousands, and its lower end no less than the weights.
static_assert(band_low(10'999, 100).number == 9999 && band_high(10'999, 100).number == 11'999);
static_assert(band_low(10'000, 100, 8000).number == 9000 && band_low(10'000, 100, 9500).number == 9500);
constexpr memory_estimate banded = with_band({.components = {.weights = bytes::from_number(10'000)}}, 150);
static_assert(banded.device_low.number == 8500 && banded.device_high.number == 11'500);
// Three cards of one kind and one of another.
constexpr memory_of_cards four = [] {
    memory_of_cards sum;
    sum.add({.components = digits}, 3);
    sum.add({.components = {.weights = bytes::from_number(5)}}, 1);
    return sum;
}();
static_assert(four.allocated.number == std::int64_t{3} * 1'111'111'111 + 5 &&
              four.reserved.number == 3 * 111'111'111'111 + 5 && four.device.number == 3 * 11'111'111'111'111 + 5);
