// SPDX-License-Identifier: MIT

// Tests the order of choices and what keeps a wish, by choices that differ in one figure.

#include <cardfit/decide/serving_choices.hpp>
#include <cardfit/hardware/cards/nvidia_ada_geforce.hpp>
#include <cardfit/model/zoo.hpp>

using namespace cardfit;

namespace {

/// A sure choice on the cards, in a format that loses little.
constexpr serving_choice common{.job = {.weights = number_format::q5_k_m},
                                .place = serving_place::cards,
                                .verdict = serving_verdict::likely,
                                .needed = bytes::from_number(100),
                                .longest = 10,
                                .users = 10,
                                .has_time = true,
                                .per_token = seconds_of(1),
                                .rate = tokens_per_second::from_number(10),
                                .goodput = {.requests_per_second = 10}};
template <class Change>
constexpr serving_choice with(Change change) {
    serving_choice c = common;
    change(c);
    return c;
}
constexpr bool before(const serving_choice& a, const serving_choice& b) {
    return serves_before(a, b) && !serves_before(b, a);
}

constexpr serving_choice surer = with([](serving_choice& c) { c.verdict = serving_verdict::yes; });
constexpr serving_choice unequal = with([](serving_choice& c) { c.place = serving_place::uneven_cards; });
constexpr serving_choice own = with([](serving_choice& c) { c.own_format = true; });
constexpr serving_choice lossless = with([](serving_choice& c) { c.job.weights = number_format::bf16; });
constexpr serving_choice sooner = with([](serving_choice& c) { c.goodput.requests_per_second = 11; });
constexpr serving_choice quicker = with([](serving_choice& c) { c.rate = tokens_per_second::from_number(11); });
constexpr serving_choice smaller_one = with([](serving_choice& c) { c.needed = bytes::from_number(99); });

/// Returns a choice that is worse in everything that counts less than what it is better in.
constexpr serving_choice worse_in_all(serving_choice c) {
    c.needed = bytes::from_number(1000);
    c.rate = tokens_per_second::from_number(1);
    c.goodput.requests_per_second = 1;
    c.job.weights = number_format::q3_k_m;
    return c;
}

}  // namespace

// Each criterion decides alone, and before those that follow it.
static_assert(!serves_before(common, common));
static_assert(before(surer, common) && before(common, unequal) && before(own, common) && before(lossless, common) &&
              before(sooner, common) && before(quicker, common) && before(smaller_one, common));
static_assert(before(worse_in_all(surer), common) && before(worse_in_all(own), common) &&
              before(worse_in_all(common), unequal));
static_assert(before(with([](serving_choice& c) {
                         c.job.weights = number_format::bf16;
                         c.goodput.requests_per_second = 1;
                         c.rate = tokens_per_second::from_number(1);
                         c.needed = bytes::from_number(1000);
                     }),
                     common));
static_assert(before(with([](serving_choice& c) {
                         c.goodput.requests_per_second = 11;
                         c.rate = tokens_per_second::from_number(1);
                         c.needed = bytes::from_number(1000);
                     }),
                     common));
static_assert(before(with([](serving_choice& c) {
                         c.rate = tokens_per_second::from_number(11);
                         c.needed = bytes::from_number(1000);
                     }),
                     common));

// Poor formats differ by their perplexity, good ones of one class do not: Q2_K rises by 3.52 of 6.23, IQ1_M by 19.26.
static_assert(detail::rise_of_poor(number_format::q2_k) > 0.56 && detail::rise_of_poor(number_format::q2_k) < 0.57);
static_assert(detail::rise_of_poor(number_format::q4_k_m) == 0 && detail::rise_of_poor(number_format::q8_1) == 0);

// In the host's memory too: good quality first, then fewer bytes there.
constexpr serving_choice in_host(number_format weights, std::int64_t host_gib) {
    return with([&](serving_choice& c) {
        c.place = serving_place::host_too;
        c.job.weights = weights;
        c.split.host_weights = gibibytes(host_gib);
    });
}
static_assert(before(in_host(number_format::q4_k_m, 9), in_host(number_format::q2_k, 1)) &&
              before(in_host(number_format::q4_k_m, 1), in_host(number_format::bf16, 2)) &&
              before(in_host(number_format::q2_k, 1), in_host(number_format::iq1_m, 2)) &&
              !serves_before(in_host(number_format::bf16, 1), in_host(number_format::bf16, 1)));

// ---- What is beaten

namespace {
/// Returns the seven choices of which each has one figure better than `common`.
template <class Visit>
constexpr void for_each_better(Visit visit) {
    visit(lossless);
    visit(surer);
    visit(sooner);
    visit(quicker);
    visit(with([](serving_choice& c) { c.per_token = seconds_of(0.5); }));
    visit(with([](serving_choice& c) { c.users = 11; }));
    visit(with([](serving_choice& c) { c.longest = 11; }));
}
constexpr int count(bool beaten) {
    int n = 0;
    for_each_better(
        [&](const serving_choice& c) { n += is_beaten_by(beaten ? common : c, beaten ? c : common) ? 1 : 0; });
    return n;
}
}  // namespace

static_assert(!is_beaten_by(common, common) && count(true) == 7 && count(false) == 0);
// One figure that is better and one that is worse beat nothing.
static_assert([] {
    bool none = true;
    for_each_better([&](const serving_choice& c) {
        for_each_better([&](const serving_choice& other) {
            const bool same = c.job.weights == other.job.weights && c.verdict == other.verdict &&
                              c.goodput.requests_per_second == other.goodput.requests_per_second &&
                              c.rate == other.rate && c.per_token == other.per_token && c.users == other.users &&
                              c.longest == other.longest;
            none = none && !is_beaten_by(c, other) && (same || !is_beaten_by(other, c));
        });
    });
    return none;
}());
// A time that is not known is the longest.
constexpr serving_choice untimed = with([](serving_choice& c) { c.has_time = false; });
static_assert(is_beaten_by(untimed, common) && !is_beaten_by(common, untimed));
static_assert(is_beaten_by(untimed, with([](serving_choice& c) { c.per_token = seconds_of(1e29); })));

// ---- Wishes

static_assert(serving_wish{.prompt = 100, .generate = 20}.context() == 120);
static_assert(!serving_wish{}.limits_times() && serving_wish{.first_token = seconds_of(1)}.limits_times() &&
              serving_wish{.per_token = seconds_of(1)}.limits_times() &&
              serving_wish{.first_token = seconds_of(0.5)}.limits_times() &&
              serving_wish{.per_token = seconds_of(0.5)}.limits_times());
static_assert(serving_wish{.first_token = seconds_of(1), .per_token = seconds_of(2), .percent = 50}.level().percent ==
              50);
// A single token has no rate; two have one where a time or a rate is asked for.
static_assert(!serving_wish{.generate = 1, .rate = 0.5}.asks_for_rate() &&
              serving_wish{.generate = 2, .rate = 0.5}.asks_for_rate() &&
              serving_wish{.generate = 2, .per_token = seconds_of(1)}.asks_for_rate() &&
              !serving_wish{.generate = 2}.asks_for_rate());
// Seven users on three replicas are three on one of them; nobody is one.
static_assert(detail::users_per_replica(7, 3) == 3 && detail::users_per_replica(0, 3) == 1 &&
              detail::users_per_replica(6, 3) == 2 && detail::users_per_replica(5, 1) == 5);

// Times keep a wish up to the limit; unknown ones keep none; a rate is kept from the rate on.
constexpr bool keeps(const serving_wish& wish, bool timed = true) {
    return detail::keeps_times(with([&](serving_choice& c) {
                                   c.has_time = timed;
                                   c.first_token = seconds_of(3);
                               }),
                               wish);
}
static_assert(keeps({}) && keeps({}, false) && !keeps({.rate = 1}, false) &&
              !keeps({.per_token = seconds_of(9)}, false) && !keeps({.first_token = seconds_of(9)}, false));
static_assert(keeps({.rate = 10}) && !keeps({.rate = 10.5}) && keeps({.rate = 0.5}));
static_assert(keeps({.first_token = seconds_of(3), .per_token = seconds_of(1)}) &&
              !keeps({.first_token = seconds_of(2.9)}) && !keeps({.per_token = seconds_of(0.9)}) &&
              !keeps({.first_token = seconds_of(3), .per_token = seconds_of(0.9)}));
