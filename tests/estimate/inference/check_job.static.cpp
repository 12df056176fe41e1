// SPDX-License-Identifier: MIT

// Tests what is refused of cards of several models, of shares of cards, and of experts divided among cards.

#include <cardfit/estimate/inference/check_job.hpp>
#include <cardfit/estimate/training/check_job.hpp>
#include <cardfit/hardware/cards/mig.hpp>
#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/hardware/cards/nvidia_ampere_geforce.hpp>

using namespace cardfit;

namespace {

constexpr machine alike(int cards) { return cards * cards::rtx_4090; }
constexpr machine unlike{.card = cards::rtx_4090, .cards = 2, .others = {.of = {&cards::rtx_3090}, .count = 1}};

constexpr inference with_shares(card_shares shares, engine e = engine::llama_cpp) {
    inference i{.framework = e};
    i.tensor_split = shares;
    return i;
}
constexpr problem_list of(const inference& i, const machine& m, int stages) {
    return detail::share_problems(i, m, {.pipeline = stages});
}
constexpr bool refuses(const problem_list& found, std::string_view field, std::int64_t value) {
    return found.size() == 1 && found.begin()->field == field && found.begin()->value == value;
}

}  // namespace

// Without shares and with cards of one model, nothing is asked of engine and layout.
static_assert(of({.framework = engine::vllm}, alike(4), 1).empty());
// Cards of two models are llama.cpp's alone, and so are shares.
static_assert(of({.framework = engine::llama_cpp}, unlike, 2).empty());
static_assert(refuses(of({.framework = engine::vllm}, unlike, 2), "hardware.other_cards", 1));
static_assert(of(with_shares({.of = {3, 1}, .count = 2}), alike(2), 2).empty() &&
              of(with_shares({.of = {3, 1}, .count = 2}), unlike, 2).empty());
static_assert(refuses(of(with_shares({.of = {3, 1}, .count = 2}, engine::vllm), alike(2), 2), "inference.tensor_split",
                      2));
// Each card has a stage, and a share if any has one.
static_assert(refuses(of(with_shares({.of = {3, 1}, .count = 2}), alike(2), 1), "layout.pipeline", 1) &&
              of(with_shares({.of = {3, 1}, .count = 2}), alike(2), 1).begin()->limit == 2);
static_assert(refuses(of(with_shares({.of = {1}, .count = 1}), alike(2), 2), "inference.tensor_split", 1) &&
              refuses(of(with_shares({.of = {1, 1, 1}, .count = 3}), alike(2), 2), "inference.tensor_split", 3));
// A share may be 0 or a fraction; not all may be 0, and none less.
static_assert(of(with_shares({.of = {0, 1}, .count = 2}), alike(2), 2).empty() &&
              of(with_shares({.of = {0.25, 0.25}, .count = 2}), alike(2), 2).empty());
static_assert(refuses(of(with_shares({.of = {0, 0}, .count = 2}), alike(2), 2), "inference.tensor_split", 0) &&
              refuses(of(with_shares({.of = {-1, 5}, .count = 2}), alike(2), 2), "inference.tensor_split", 4) &&
              refuses(of(with_shares({.of = {5, -1}, .count = 2}), alike(2), 2), "inference.tensor_split", 4));

// MIG slices hold replicas of a served model, one each; nothing joins them for one model or for a training.
namespace {
constexpr machine slices(int count) { return count * cards::a100_sxm4_80gb_mig_3g_40gb; }
constexpr problem_list served_by(int count, const layout& l) { return detail::slice_problems(slices(count), l); }
}  // namespace
static_assert(served_by(1, {}).empty() && served_by(2, {.data = 2}).empty());
static_assert(refuses(served_by(2, {.data = 1, .tensor = 2}), "hardware.cards", 2) &&
              refuses(served_by(2, {.data = 1, .pipeline = 2}), "hardware.cards", 2) &&
              refuses(served_by(2, {.data = 2, .expert = 2}), "hardware.cards", 2));
static_assert(detail::slice_problems(alike(2), {.data = 1, .tensor = 2}).empty());
static_assert(detail::joined_problems(slices(1)).empty() && detail::joined_problems(alike(2)).empty() &&
              refuses(detail::joined_problems(slices(2)), "hardware.cards", 2));
