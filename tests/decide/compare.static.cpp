// SPDX-License-Identifier: MIT

// Tests the reasons of comparisons, the front of a search for plans, and when a served choice keeps a wish, by answers
// of round numbers.

#include <cardfit/decide/compare.hpp>
#include <cardfit/decide/next_card.hpp>
#include <cardfit/decide/plan.hpp>
#include <cardfit/decide/rank.hpp>
#include <cardfit/decide/serving_choices.hpp>

using namespace cardfit;

namespace {

// ---- Comparisons

constexpr compared_card card_of(grade how, double time, bool runs = true) {
    return {.runs = runs, .fit = {.grade = how}, .has_time = time > 0, .time = seconds_of(time)};
}
constexpr comparison of(std::initializer_list<compared_card> cards, bool is_training = false) {
    comparison c{.is_training = is_training};
    for (const compared_card& each : cards) c.cards[c.count++] = each;
    set_reasons(c);
    return c;
}

}  // namespace

// The better card fits more surely, or is faster where both do; a card without a time is never faster.
static_assert(detail::better(card_of(grade::fits, 9), card_of(grade::tight, 1)) &&
              !detail::better(card_of(grade::does_not_fit, 1), card_of(grade::tight, 9)) &&
              detail::better(card_of(grade::fits, 1), card_of(grade::fits, 2)) &&
              !detail::better(card_of(grade::fits, 2), card_of(grade::fits, 2)) &&
              detail::better(card_of(grade::fits, 2), card_of(grade::fits, 0)) &&
              !detail::better(card_of(grade::fits, 0), card_of(grade::fits, 2)));
// The fastest one that fits wins; of equal ones the first; none of those that are unsure, do not run or have no time.
static_assert(of({card_of(grade::fits, 3), card_of(grade::fits, 2), card_of(grade::fits, 2)}).winner == 1);
static_assert(of({card_of(grade::tight, 1), card_of(grade::fits, 2), card_of(grade::fits, 1, false),
                  card_of(grade::fits, 0), card_of(grade::does_not_fit, 1)})
                  .winner == 1);
static_assert(of({card_of(grade::tight, 1)}).winner == 1 && of({}).winner == 0);

// What a card lacks: 30 bytes of the need, 20 at the upper bound; or a time.
constexpr comparison lacking = [] {
    compared_card large = card_of(grade::does_not_fit, 1);
    large.fit.headroom = bytes_of(-30);
    compared_card unsure = card_of(grade::tight, 1);
    unsure.fit.capacity = bytes_of(100);
    unsure.fit.memory.device_high = bytes_of(120);
    return of({large, unsure, card_of(grade::fits, 1, false), card_of(grade::fits, 0), card_of(grade::fits, 4)});
}();
static_assert(lacking.cards[0].reason == deciding_reason::capacity && lacking.cards[0].bytes_short == bytes_of(30) &&
              lacking.cards[1].reason == deciding_reason::unsure && lacking.cards[1].bytes_short == bytes_of(20) &&
              lacking.cards[2].reason == deciding_reason::no_time &&
              lacking.cards[3].reason == deciding_reason::no_time && lacking.cards[4].reason == deciding_reason::wins &&
              lacking.cards[4].slower == 1);

// A step of 10 seconds against one of 7: compute and bubble lose 1, communication 2 more than the optimizer saves.
constexpr time_breakdown parts(double compute, double tensor, double data, double bubble, double optimizer) {
    return {.compute = seconds_of(compute),
            .tensor_communication = seconds_of(tensor),
            .data_communication = seconds_of(data),
            .bubble = seconds_of(bubble),
            .optimizer = seconds_of(optimizer)};
}
constexpr comparison training_steps(const time_breakdown& slower, const time_breakdown& faster) {
    compared_card a = card_of(grade::fits, 10);
    a.breakdown = slower;
    compared_card b = card_of(grade::fits, 5);
    b.breakdown = faster;
    return of({a, b}, true);
}
constexpr bool loses(const time_breakdown& slower, const time_breakdown& faster, deciding_reason why, double lost) {
    const comparison c = training_steps(slower, faster);
    return c.cards[0].reason == why && c.cards[0].seconds_lost == seconds_of(lost) && c.cards[0].slower == 2;
}
static_assert(loses(parts(3, 2, 2, 2, 1), parts(2, 1, 1, 2, 2), deciding_reason::link, 2) &&
              loses(parts(3, 1, 1, 4, 2), parts(2, 1, 1, 1, 1), deciding_reason::compute, 4) &&
              loses(parts(1, 1, 1, 1, 9), parts(2, 1, 0, 1, 1), deciding_reason::optimizer, 8) &&
              loses(parts(3, 1, 1, 1, 2), parts(2, 1, 1, 1, 1), deciding_reason::compute, 1) &&
              loses(parts(3, 1, 2, 1, 1), parts(2, 1, 1, 1, 1), deciding_reason::compute, 1));

// Bandwidth bounds generated tokens, FLOPs a whole pass; the host, what neither explains.
constexpr gpu with_rates(double bandwidth, double rate) {
    return {.memory_bandwidth = bytes_per_second::from_number(bandwidth),
            .rates = {.fp16 = flop_per_second::from_number(rate)}};
}
static_assert(detail::inference_reason(with_rates(1, 1), with_rates(2, 2), true) == deciding_reason::bandwidth &&
              detail::inference_reason(with_rates(1, 1), with_rates(2, 2), false) == deciding_reason::compute &&
              detail::inference_reason(with_rates(1, 2), with_rates(2, 2), false) == deciding_reason::bandwidth &&
              detail::inference_reason(with_rates(2, 1), with_rates(2, 2), true) == deciding_reason::host);
static_assert([] {
    compared_card slow = card_of(grade::fits, 6);
    slow.hardware.card = with_rates(1, 1);
    compared_card fast = card_of(grade::fits, 2);
    fast.hardware.card = with_rates(2, 2);
    const comparison c = of({slow, fast});
    return c.cards[0].seconds_lost == seconds_of(4) && c.cards[0].slower == 3 &&
           c.cards[0].reason == deciding_reason::compute;
}());

// A throughput of cards x bandwidth x power: of limits of 3, 2 and 1.02 the dearest comes first, and one below 3 % is
// none.
constexpr machine of_limits(int cards, double bandwidth, double power) {
    gpu card = with_rates(bandwidth, 1);
    card.board_power = watts_of(power);
    return {.card = card, .cards = cards};
}
constexpr limit_costs costs =
    limits_of(of_limits(2, 1, 1), of_limits(4, 3, 1.02), 2, [](const machine& m, const machine_limit_row&) {
        return m.cards * m.card.memory_bandwidth.number * m.card.board_power.number;
    });
static_assert(costs.count == 2 && costs.items().size() == 2 && costs.of[0].limit == machine_limit::bandwidth &&
              costs.of[0].factor == 3 && costs.of[1].limit == machine_limit::cards && costs.of[1].factor == 2);
static_assert(limits_of(of_limits(2, 1, 1), of_limits(4, 3, 1), 0, [](const machine&, const machine_limit_row&) {
                  return 1.0;
              }).count == 0);
static_assert(row_of(machine_limit::memory).of_memory && row_of(machine_limit::cards).of_memory &&
              !row_of(machine_limit::link).of_memory && !row_of(machine_limit::power).of_memory);

// ---- The front of a search

namespace {

constexpr plan_space anywhere{};
constexpr detail::known_plan a_plan(double time, std::int64_t device) { return {.seconds = time, .device = device}; }
constexpr detail::known_front front(std::initializer_list<detail::known_plan> plans) {
    detail::known_front known;
    for (const detail::known_plan& each : plans) known.add(each);
    return known;
}
constexpr std::size_t count_of(std::initializer_list<detail::known_plan> plans) { return front(plans).items().size(); }
constexpr bool is(const detail::known_plan& p, int time, std::int64_t device) {
    return p.seconds == time && p.device == device;
}

}  // namespace

// From the fastest to the smallest; what is neither faster nor smaller goes.
constexpr detail::known_front three = front({a_plan(5, 50), a_plan(9, 10), a_plan(7, 30)});
static_assert(three.items().size() == 3 && is(three.items()[0], 5, 50) && is(three.items()[1], 7, 30) &&
              is(three.items()[2], 9, 10));
static_assert(count_of({a_plan(5, 50), a_plan(9, 10), a_plan(4, 10)}) == 1 &&
              count_of({a_plan(5, 50), a_plan(5, 50)}) == 1 && count_of({a_plan(5, 50), a_plan(5, 40)}) == 1 &&
              count_of({a_plan(5, 50), a_plan(4, 60)}) == 2);
// A full front drops its slowest plan. It has room for four times as many plans as a report.
constexpr detail::known_front full_front(bool fastest_first) {
    detail::known_front known;
    for (int n = 1; n <= 140; ++n) {
        const int time = fastest_first ? n : 141 - n;
        known.add(a_plan(time, 1000 - time));
    }
    return known;
}
constexpr bool has_fastest(const detail::known_front& known) {
    for (int n = 1; n <= 128; ++n)
        if (!is(known.items()[static_cast<std::size_t>(n) - 1], n, 1000 - n)) return false;
    return known.items().size() == 128 && max_front == 32;
}
static_assert(has_fastest(full_front(true)) && has_fastest(full_front(false)));
// A candidate is beaten by a plan that is as fast and as small.
static_assert([] {
    const detail::known_front one = front({a_plan(5, 50)});
    return one.beats(5, 50) && one.beats(6, 60) && !one.beats(4, 60) && !one.beats(6, 40) && !front({}).beats(6, 60);
}());
// Of the plans that are as fast, the slowest is the smallest.
static_assert(three.beats(8, 30) && !three.beats(8, 29) && three.beats(9, 10) && !three.beats(9, 9) &&
              !three.beats(4.9, 50));
// Layouts are tried by tensor, pipeline, context, virtual stages and expert parallelism, whose last varies fastest.
static_assert(detail::is_tried_before({.tensor = 1, .pipeline = 8}, {.tensor = 2}) &&
              detail::is_tried_before({.pipeline = 2, .context = 8}, {.pipeline = 3}) &&
              detail::is_tried_before({.virtual_stages = 8}, {.context = 2}) &&
              detail::is_tried_before({.expert = 8}, {.virtual_stages = 2}) &&
              detail::is_tried_before({.expert = 2}, {.expert = 4}) && !detail::is_tried_before({}, {}));
static_assert(samples_per_step({.micro_batch = 2, .gradient_accumulation = 3}, {.cards = 8}, {.tensor = 2}) == 24);

// ---- Wishes of a server

static_assert(detail::users_per_replica(10, 4) == 3 && detail::users_per_replica(0, 4) == 1 &&
              detail::users_per_replica(8, 4) == 2);
constexpr bool kept(double first, double each, double rate, serving_wish wish, bool has_time = true) {
    const serving_choice c{.has_time = has_time,
                           .first_token = seconds_of(first),
                           .per_token = seconds_of(each),
                           .goodput = {.requests_per_second = rate}};
    return detail::keeps_times(c, wish);
}
constexpr serving_wish limited{.first_token = seconds_of(2), .per_token = seconds_of(1)};
static_assert(kept(2, 1, 0, limited) && !kept(2.1, 1, 0, limited) && !kept(2, 1.1, 0, limited) && kept(9, 9, 0, {}));
static_assert(!kept(0, 0, 0, limited, false) && kept(0, 0, 0, {}, false) && !kept(0, 0, 9, {.rate = 1}, false));
static_assert(kept(2, 1, 3, {.rate = 3}) && !kept(2, 1, 2.9, {.rate = 3}));
static_assert(serving_wish{.prompt = 5, .generate = 7}.context() == 12 && !serving_wish{}.limits_times() &&
              limited.limits_times() && !limited.asks_for_rate() && !serving_wish{.generate = 2}.asks_for_rate() &&
              serving_wish{.generate = 2, .rate = 1}.asks_for_rate() &&
              serving_wish{.generate = 2, .per_token = seconds_of(1)}.asks_for_rate());
static_assert(serving_wish{}.context() == 8192 && serving_wish{}.level().percent == 90);
static_assert(service_level{.first_token = seconds_of(2)}.is_kept_by(seconds_of(2), seconds_of(9)) &&
              !service_level{.first_token = seconds_of(2)}.is_kept_by(seconds_of(3), {}));

// ---- Ranks, and the next card up

namespace {

constexpr ranked_machine ranked(double throughput, double energy, double rent, int cards = 1,
                                sureness verdict = sureness::yes) {
    return {.hardware = {.cards = cards},
            .fits = verdict == sureness::yes,
            .verdict = verdict,
            .has_time = throughput > 0,
            .throughput = throughput,
            .energy = joules_of(energy),
            .rent = dollars_of(rent)};
}
constexpr bool before(const ranked_machine& a, const ranked_machine& b, rank_by by) {
    return detail::ranks_before(a, b, by) && !detail::ranks_before(b, a, by);
}
constexpr bool equal(const ranked_machine& a, const ranked_machine& b, rank_by by) {
    return !detail::ranks_before(a, b, by) && !detail::ranks_before(b, a, by);
}

}  // namespace

// The fastest, the one of the least energy, the cheapest; of equals the one of fewer cards; a machine without the
// figure behind those that have it, and one without a time or a fit behind all.
static_assert(before(ranked(3, 9, 9), ranked(2, 1, 1), rank_by::time) &&
              before(ranked(1, 1, 9), ranked(2, 2, 1), rank_by::energy) &&
              before(ranked(1, 9, 1), ranked(2, 1, 2), rank_by::rent));
static_assert(before(ranked(2, 1, 1, 1), ranked(2, 1, 1, 2), rank_by::time) &&
              equal(ranked(2, 1, 1), ranked(2, 9, 9), rank_by::time));
static_assert(before(ranked(1, 9, 9), ranked(2, 1, 1, 1, sureness::likely), rank_by::energy) &&
              before(ranked(1, 9, 9, 1, sureness::likely), ranked(2, 1, 1, 1, sureness::unlikely), rank_by::time));
static_assert(before(ranked(1, 9, 1), ranked(2, 0, 1), rank_by::energy) &&
              before(ranked(1, 0.5, 9), ranked(2, 0, 0), rank_by::rent));
static_assert(before(ranked(1, 9, 9), ranked(2, 1, 1, 1, sureness::no), rank_by::energy) &&
              before(ranked(1, 9, 9), ranked(0, 1, 1), rank_by::rent) &&
              equal(ranked(0, 1, 1), ranked(2, 1, 1, 1, sureness::no), rank_by::time));

namespace {

constexpr gpu sold(std::string_view id, int memory, int year, double price = 0) {
    return {.id = id,
            .segment = segment::consumer,
            .release_year = year,
            .memory = gibibytes(memory),
            .form_factor = form_factor::pcie,
            .launch_price = dollars_of(price)};
}
constexpr gpu asked_for = sold("asked", 24, 2022);
constexpr gpu small_old = sold("small-old", 32, 2020);
constexpr gpu small_new = sold("small-new", 40, 2022);
constexpr gpu large_new = sold("large-new", 48, 2025);
constexpr const gpu* shelf[]{&asked_for, &large_new, &small_old, &small_new};
template <class Accepts>
constexpr const gpu* next(Accepts accepts) {
    return next_card(shelf, asked_for, false, accepts);
}

}  // namespace

// Nearer is the one of less memory, then the newer one, then the cheaper one whose price is known.
static_assert(detail::is_nearer(sold("a", 24, 2020), sold("b", 32, 2025)) &&
              !detail::is_nearer(sold("a", 32, 2025), sold("b", 24, 2020)) &&
              detail::is_nearer(sold("a", 24, 2025), sold("b", 24, 2020)) &&
              !detail::is_nearer(sold("a", 24, 2020), sold("b", 24, 2025)) &&
              detail::is_nearer(sold("a", 24, 2020, 5), sold("b", 24, 2020, 6)) &&
              detail::is_nearer(sold("a", 24, 2020, 5), sold("b", 24, 2020)) &&
              !detail::is_nearer(sold("a", 24, 2020), sold("b", 24, 2020, 5)) &&
              !detail::is_nearer(sold("a", 24, 2020, 5), sold("b", 24, 2020, 5)));
// Cards released at most three years before the newest one come first, and older ones only where none of those will do.
static_assert(next([](const gpu&) { return true; }) == &small_new &&
              next([](const gpu& card) { return card.memory > gibibytes(40); }) == &large_new &&
              next([](const gpu& card) { return card.release_year == 2020; }) == &small_old &&
              next([](const gpu&) { return false; }) == nullptr);
static_assert(detail::newest_year(shelf, asked_for, {.kind = product_kind::consumer}) == 2025);

// ---- Sums of components

namespace {
/// Components of which each one has a bit of its own.
constexpr memory_components bits(std::int64_t unit) {
    memory_components c;
    std::int64_t bit = unit;
    for (const memory_component& each : memory_component_list) {
        c.*each.member = bytes_of(bit);
        bit *= 2;
    }
    return c;
}
}  // namespace
// Tensors are allocated; fragmentation and graphs are reserved beside them; context and communication are beside those.
constexpr memory_components all_bits = bits(1);
static_assert(memory_component_count == 14 && all_bits.weights.number == 1 && all_bits.workspace.number == 1 << 9 &&
              all_bits.graphs.number == 1 << 11 && all_bits.communication.number == 1 << 13);
static_assert(all_bits.allocated().number == (1 << 10) - 1 && all_bits.reserved().number == (1 << 12) - 1 &&
              all_bits.device().number == (1 << 14) - 1);
// Two models on one card each hold their states, caches and graphs; the running one its activations, logits, gathered
// weights and temporaries; and one process its workspace, context and communication.
constexpr memory_components two_models = shared_components(bits(1), bits(1 << 16));
constexpr std::int64_t both = (1 << 16) + 1;
static_assert(two_models.weights.number == both && two_models.gradients.number == 2 * both &&
              two_models.optimizer.number == 4 * both && two_models.activations.number == 8 << 16 &&
              two_models.logits.number == 16 << 16 && two_models.gathered.number == 32 << 16 &&
              two_models.buckets.number == 64 * both && two_models.kv_cache.number == 128 * both &&
              two_models.temporaries.number == 256 << 16);
static_assert(two_models.workspace.number == 512 && two_models.fragmentation.number == 1024 * both &&
              two_models.graphs.number == 2048 * both && two_models.context.number == 4096 &&
              two_models.communication.number == 8192 &&
              shared_components(bits(1 << 16), bits(1)).activations.number == 8 << 16);
constexpr memory_of_cards three_cards = [] {
    memory_of_cards sum;
    sum.add({.components = all_bits}, 2);
    sum.add({.components = all_bits}, 1);
    return sum;
}();
static_assert(three_cards.allocated == 3 * all_bits.allocated() && three_cards.reserved == 3 * all_bits.reserved() &&
              three_cards.device == 3 * all_bits.device());
static_assert(band_low(10'500, 100).number == 9500 && band_high(10'500, 100).number == 11'500 &&
              band_low(10'500, 100, 9000).number == 9500 && band_low(10'500, 100, 10'000).number == 10'000);

// ---- Rates, bounds of a search, formats by quality, shares of cards

// Tokens where any are generated, and sequences per pass where none are.
static_assert(detail::throughput_of({.prefill = seconds_of(2), .generated = tokens_per_second::from_number(5)}, 6) ==
                  5 &&
              detail::throughput_of({.prefill = seconds_of(2)}, 6) == 3 &&
              detail::token_or_pass({.prefill = seconds_of(2), .inter_token = seconds_of(1)}) == seconds_of(1) &&
              detail::token_or_pass({.prefill = seconds_of(2)}) == seconds_of(2));
// Once a pipeline is full, further micro-batches change nothing: three per stage, and one.
static_assert(detail::filling({.gradient_accumulation = 100}, {.pipeline = 4}) == 13 &&
              detail::filling({.gradient_accumulation = 5}, {.pipeline = 4}) == 5);
static_assert(anywhere.tensor == 64 && anywhere.pipeline == 128 && anywhere.virtual_stages == 8 &&
              anywhere.context == 16 && anywhere.expert == 64 && anywhere.micro_batch == 64 && anywhere.sharding &&
              anywhere.recompute && anywhere.micro_batches && !anywhere.tight);
// No layout holds less than weights of 2 bytes, gradients of 4, master weights and two states of 4: of 512 weights in
// 3 layers, an embedding of 100 and experts of 4 x 128.
constexpr network bounded = [] {
    network net{.block_kinds = 1, .layers = 3, .hidden = 16, .embedding_parameters = 100, .experts = 4};
    layer_block& b = net.blocks[0];
    b.layers.end = 3;
    b.add({.target = target::query, .in = 16, .out = 32});
    b.add({.target = target::up, .split = weight_split::expert, .in = 16, .out = 8, .copies = 4});
    return net;
}();
constexpr double state_bytes_of(const training& t, const layout& l, bool adapted = false) {
    return detail::state_bound(detail::whole_parameters_of(bounded), t, l,
                               {.recipe = {.weight = 2, .gradient = 4, .master = 4}, .adapted = adapted});
}
constexpr double dense_weights = 3 * 512 + 100;
constexpr double expert_weights = 3 * 512;
static_assert(state_bytes_of({}, {}) == 18 * (dense_weights + expert_weights) &&
              state_bytes_of({}, {.tensor = 2, .pipeline = 2}) == 18 * (dense_weights + expert_weights) / 4 &&
              state_bytes_of({}, {.expert = 4, .sharding_group = 1}) == 18 * (dense_weights + expert_weights / 4));
static_assert(state_bytes_of({}, {.sharding = sharding::optimizer, .sharding_group = 4}) ==
                  (6 + 12 / 4.0) * (dense_weights + expert_weights) &&
              state_bytes_of({}, {.sharding = sharding::full, .sharding_group = 4}) ==
                  18 / 4.0 * (dense_weights + expert_weights) &&
              state_bytes_of({.offload = offload::optimizer}, {}) == 6 * (dense_weights + expert_weights));
static_assert(state_bytes_of({.offload = offload::full}, {}) == 0 && state_bytes_of({}, {}, true) == 0 &&
              state_bytes_of({.optimizer_in_backward = true}, {}) == 0);
// Formats from the highest precision on, each of them once, in the files that an engine loads.
template <std::size_t N>
constexpr bool are_loaded_once(const number_format (&formats)[N], engine loading) {
    for (std::size_t k = 0; k < N; ++k) {
        if (!loads_weights(loading, formats[k])) return false;
        for (std::size_t other = 0; other < k; ++other)
            if (formats[other] == formats[k]) return false;
    }
    return formats[0] == number_format::bf16;
}
static_assert(are_loaded_once(gguf_by_quality, engine::llama_cpp) && are_loaded_once(formats_by_quality, engine::vllm));

namespace {
constexpr bool refuses(const inference& i, const machine& m, const layout& l, std::string_view field,
                       std::int64_t value) {
    const problem_list found = detail::share_problems(i, m, l);
    return found.size() == 1 && found.begin()->field == field && found.begin()->value == value;
}
constexpr card_shares parts_of(std::initializer_list<double> shares) {
    card_shares of;
    for (const double each : shares) of.of[of.count++] = each;
    return of;
}
constexpr inference shared_out(engine e, std::initializer_list<double> shares) {
    return {.framework = e, .tensor_split = parts_of(shares)};
}
constexpr gpu another{};
constexpr machine of_two_models{.cards = 2, .others = {.of = {&another}, .count = 1}};
constexpr layout two_stages{.pipeline = 2};
}  // namespace
// llama.cpp alone divides layers by shares: one for each card, none below 0, and not all of them 0.
static_assert(detail::share_problems(shared_out(engine::llama_cpp, {1, 0}), {.cards = 2}, two_stages).empty() &&
              detail::share_problems(shared_out(engine::llama_cpp, {}), of_two_models, two_stages).empty() &&
              detail::share_problems(shared_out(engine::vllm, {}), {.cards = 2}, {}).empty());
static_assert(refuses(shared_out(engine::vllm, {}), of_two_models, two_stages, "hardware.other_cards", 1) &&
              refuses(shared_out(engine::vllm, {1, 2}), {.cards = 2}, two_stages, "inference.tensor_split", 2) &&
              refuses(shared_out(engine::llama_cpp, {1, 2}), {.cards = 2}, {.data = 2}, "layout.pipeline", 1) &&
              refuses(shared_out(engine::llama_cpp, {1, 2, 3}), {.cards = 2}, two_stages, "inference.tensor_split",
                      3) &&
              refuses(shared_out(engine::llama_cpp, {0, 0}), {.cards = 2}, two_stages, "inference.tensor_split", 0) &&
              refuses(shared_out(engine::llama_cpp, {-1, 5}), {.cards = 2}, two_stages, "inference.tensor_split", 4));
// A training takes cards of one model.
static_assert(detail::joined_problems(of_two_models).size() == 1 && detail::joined_problems({.cards = 2}).empty());
// Verdicts are in the order of their table.
static_assert(row_of(sureness::yes).value == sureness::yes && row_of(sureness::no).value == sureness::no);
