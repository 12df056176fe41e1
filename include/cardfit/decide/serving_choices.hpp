// SPDX-License-Identifier: MIT
#pragma once

// The ways to serve a model on a machine, each estimated by the verbs that answer a single job: whether it keeps a
// wish, its longest context, its users at once, and its times. A choice is a job and a layout, so the figures of a
// choice are those of `fit` and `time` for the same job.

#include <cardfit/decide/disaggregated.hpp>
#include <cardfit/decide/format_quality.hpp>
#include <cardfit/decide/goodput.hpp>
#include <cardfit/decide/layout_generator.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>

#include <optional>

namespace cardfit {

/// What a user wishes of a server. A request has `prompt` tokens and generates `generate`; together they are the
/// context of a user.
struct serving_wish {
    std::int64_t prompt = 8191;  ///< tokens of a prompt
    std::int64_t generate = 1;   ///< tokens of an answer
    std::int64_t users = 0;      ///< at once, on all replicas; 0: one, and as many as fit are counted
    seconds first_token{};       ///< the longest time to the first token of a prompt that is read alone; 0: any
    seconds per_token{};         ///< the longest time per output token with all users; 0: any
    double rate = 0;             ///< requests per second that keep both times; 0: none is asked for
    int percent = 90;            ///< of the requests that keep the times at this rate

    /// Returns the tokens that one user's cache holds.
    [[nodiscard]] constexpr std::int64_t context() const noexcept { return prompt + generate; }
    /// Returns the times and their percentage of requests.
    [[nodiscard]] constexpr service_level level() const noexcept { return {first_token, per_token, percent}; }
    /// Returns true if a time is asked for.
    [[nodiscard]] constexpr bool limits_times() const noexcept {
        return first_token.number > 0 || per_token.number > 0;
    }
    /// Returns true if requests have a rate: they generate more than one token, and a time or a rate is asked for.
    [[nodiscard]] constexpr bool asks_for_rate() const noexcept { return generate > 1 && (limits_times() || rate > 0); }
};

/// Where the layers of a served model are.
enum class serving_place : unsigned char {
    cards,         ///< on the cards, in equal shares
    uneven_cards,  ///< on the cards, in shares that the job states where its engine is told
    host_too,      ///< some of them in the memory of the host
    nowhere,       ///< neither cards nor host hold them
};

/// How sure it is that a choice keeps the wish: at the upper error bound, by the central estimate, at the lower error
/// bound, or not at all.
using serving_verdict = sureness;

/// One way to serve a model.
struct serving_choice {
    /// Of one replica, with its share of the users that are wished for and the engine's own limit of sequences stated.
    inference job{};
    cardfit::layout layout{};                       ///< of one replica and the number of replicas
    serving_place place = serving_place::nowhere;   ///< where the weights are
    sureness fits = sureness::no;                   ///< how sure it is that it fits, whatever its times
    serving_verdict verdict = serving_verdict::no;  ///< how sure it is that the wish is met
    bool own_format = false;                        ///< the format in which the checkpoint is published
    bytes needed{};                                 ///< central estimate of the most-loaded GPU with these users
    bytes capacity{};                               ///< what a job can have of the card's memory
    layer_split split{};                            ///< which layers are on cards
    std::int64_t longest = 0;                       ///< context in tokens of one user alone
    std::int64_t users = 0;         ///< at once at the context, on all replicas, each even at the upper error bound
    bool has_time = false;          ///< false for a job or card without a known time
    seconds first_token{};          ///< of one prompt that is read alone
    seconds per_token{};            ///< with the users that are wished for
    tokens_per_second rate{};       ///< of decoding with `rated_users` on all replicas
    std::int64_t rated_users = 0;   ///< users behind `rate`
    double band = 0;                ///< half-width of the error band around each time, as a fraction
    disaggregated_server phases{};  ///< if its rate is not 0, `layout` is that of a group that generates
    /// At the most requests per second that keep the wish's times; rate 0: none, or not asked.
    service_state goodput{};

    /// Returns true if some replicas read prompts and others generate.
    [[nodiscard]] constexpr bool is_disaggregated() const noexcept { return phases.requests_per_second > 0; }
};

namespace detail {

/// Returns how many of all users one replica serves.
[[nodiscard]] constexpr std::int64_t users_per_replica(std::int64_t users, std::int64_t replicas) noexcept {
    return larger(divide_up(larger(users, 1), replicas), 1);
}

/// Returns true for times that are known to keep the wish.
[[nodiscard]] constexpr bool keeps_times(const serving_choice& c, const serving_wish& wish) noexcept {
    const bool asked = wish.limits_times() || wish.rate > 0;
    const bool rate = same_number(wish.rate, 0.0) || c.goodput.requests_per_second >= wish.rate;
    return (!asked || c.has_time) && rate && wish.level().is_kept_by(c.first_token, c.per_token);
}

constexpr void add_times(serving_choice& c, const network& net, const machine& m, const serving_wish& wish) {
    if (!has_inference_time(m, net, c.job.weights)) return;
    const lowered_inference_time lowered = lower_time(net, c.job, m, c.layout);
    const inference_time alone = time(lowered, 1, wish.prompt, wish.generate);
    const inference_time loaded = time(lowered, c.job.batch, wish.prompt, wish.generate);
    c.rated_users = wish.users > 0 ? wish.users : larger(c.users, 1);
    const inference_time rated =
        time(lowered, users_per_replica(c.rated_users, c.layout.data), wish.prompt, wish.generate);
    c.has_time = true;
    c.first_token = alone.prefill;
    c.per_token = loaded.inter_token;
    c.rate = rated.decode;
    c.band = alone.band;
    if (!wish.asks_for_rate()) return;
    const lowered_service service = lower_service(net, c.job, m, c.layout, {wish.prompt, wish.generate});
    c.goodput = goodput(service, wish.level());
}

/// Returns where the layers of a placed job are.
[[nodiscard]] constexpr cardfit::layer_split split_of(const network& net, const lowered_inference& lowered) {
    const inference& i = lowered.job;
    const placement p = placement_of(net.layers, i, row_of(i).memory);
    return {.on_card = net.layers - p.first_layer,
            .layers = net.layers,
            .host_weights = bytes_of(lowered.in_host.weights),
            .host_cache = host_cache(lowered, i.batch, i.prompt, i.generate)};
}

/// Returns the job with as little in host memory as the cards hold the rest of: the experts of the first layers, or
/// else whole layers, or else all of them.
[[nodiscard]] constexpr inference placed(const network& net, const inference& i, const machine& m, const layout& l) {
    const auto fits_so = [&](const inference& job) {
        const fit_report report = fit(lower_job(net, job, m, l));
        return grade_of(report.memory, report.capacity) == grade::fits;
    };
    inference job = i;
    job.cpu_expert_layers = net.layers;
    const bool experts = net.experts > 0;
    if (experts && fits_so(job)) {
        const std::int64_t kept = largest_that_holds(net.layers - 1, [&](std::int64_t n) {
            job.cpu_expert_layers = net.layers - n;
            return fits_so(job);
        });
        job.cpu_expert_layers = net.layers - kept;
        return job;
    }
    job.cpu_expert_layers = 0;
    const std::int64_t kept = largest_that_holds(net.layers, [&](std::int64_t n) {
        job.gpu_layers = n;
        return fits_so(job);
    });
    job.gpu_layers = kept;
    return job;
}

/// Adds what the memory of a choice's job decides. `positions` are the model's; 0: not known.
constexpr void add_memory(serving_choice& c, const network& net, const machine& m, std::int64_t positions) {
    const lowered_inference lowered = lower_job(net, c.job, m, c.layout);
    const std::int64_t at_once = c.job.max_sequences > 0 ? c.job.max_sequences : key_ranges::batch.high;
    const fit_report report = fit(lowered);
    c.fits = c.job.batch > at_once ? sureness::no : sureness_of(report);
    c.needed = report.memory.device();
    c.capacity = report.capacity;
    c.users = smaller(largest_batch(lowered, error_bound::upper), at_once) * c.layout.data;
    lowered_inference alone = lowered;
    alone.job.batch = 1;
    std::int64_t longest = longest_context(alone, error_bound::upper);
    if (positions > 0) longest = smaller(longest, larger(positions, c.job.prompt + c.job.generate));
    c.longest = larger(c.longest, longest);
    if (is_placed(c.job)) c.split = split_of(net, lowered);
}

/// Finds where the layers go if equal shares do not fit.
constexpr void add_split(serving_choice& c, const network& net, const machine& m, std::int64_t positions) {
    if (!leaves_layers_in_host(c.job, m) || c.layout.data > 1 || c.layout.tensor > 1) return;
    c.split = layers_on_cards(net, c.job, m, error_bound::upper);
    const bool all_on_cards = c.split.on_card == c.split.layers;
    // Shares that the job states stay as they are.
    if (all_on_cards && c.job.tensor_split.count > 0) return;
    if (all_on_cards) {
        c.place = serving_place::uneven_cards;
        c.fits = sureness::yes;
        if (!row_of(c.job).memory.splits_by_share || c.split.shares.count == 0) return;
        // The engine is told the layers of each card.
        c.job.tensor_split = c.split.shares;
        add_memory(c, net, m, positions);
        return;
    }
    if (c.place == serving_place::cards) return;
    const engine_memory& row = row_of(c.job).memory;
    if (row.places_layers) {
        serving_choice left = c;
        left.job = placed(net, c.job, m, c.layout);
        left.place = serving_place::host_too;
        add_memory(left, net, m, positions);
        // A job of which the cards hold no layer, or for which the host is known to be too small, stays as it was.
        if (left.fits != sureness::no && left.split.on_card > 0) c = left;
        return;
    }
    // No job says which layers other engines leave in host memory.
    if (c.split.on_card > 0) c.place = serving_place::host_too;
}

}  // namespace detail

/// Returns the figures of one way to serve: the job `i` of one replica, on a machine under a layout. The job's batch,
/// prompt and generated tokens are replaced by those of the wish. `positions` are the model's; 0: not known. Throws
/// invalid_input as lower_job and lower_time do.
[[nodiscard]] constexpr serving_choice serve_one(const network& net, const inference& i, const machine& m,
                                                 const layout& l, const serving_wish& wish,
                                                 std::int64_t positions = 0) {
    serving_choice c{.job = i, .layout = resolved(l, m.cards)};
    c.job.batch = detail::users_per_replica(wish.users, c.layout.data);
    c.job.prompt = wish.prompt;
    c.job.generate = wish.generate;
    const detail::trial_pass trial = detail::trial_of(as_released(i), row_of(i).memory, m);
    if (trial.sequences > 0 && i.max_sequences == 0) c.job.max_sequences = larger(trial.sequences, c.job.batch);
    detail::add_memory(c, net, m, positions);
    const bool holds = c.users > 0 || c.fits != sureness::no;
    if (!is_placed(i)) c.split = {.on_card = c.users > 0 ? net.layers : 0, .layers = net.layers};
    if (holds) c.place = is_placed(i) ? serving_place::host_too : serving_place::cards;
    if (!is_placed(i) && c.users == 0) detail::add_split(c, net, m, positions);
    if (c.place != serving_place::host_too || is_placed(c.job)) detail::add_times(c, net, m, wish);
    c.verdict = detail::keeps_times(c, wish) ? c.fits : serving_verdict::no;
    return c;
}

/// Returns the figures of a disaggregated server: the best groups of cards that read prompts and that generate, for an
/// engine that serves so and a wish that limits times at a rate. Nothing is returned if none keeps the wish. Throws
/// invalid_input as serve_one does.
[[nodiscard]] constexpr std::optional<serving_choice> serve_disaggregated(const network& net, const inference& i,
                                                                          const machine& m, const serving_wish& wish,
                                                                          std::int64_t positions = 0) {
    if (!row_of(i).disaggregates || m.cards < 2 || !wish.asks_for_rate() || !wish.limits_times()) return {};
    if (!has_inference_time(m.card, net, i.weights)) return {};
    const disaggregated_server d = best_disaggregation(net, i, m, {wish.prompt, wish.generate}, wish.level());
    if (!(d.requests_per_second > 0)) return {};
    serving_wish of_group = wish;
    of_group.users = wish.users > 0 ? divide_up(wish.users, d.decode.count) : 0;
    of_group.rate = 0;
    const machine group = detail::cards_of_group(m, d.decode.cards_each());
    serving_choice c = serve_one(net, i, group, d.decode.layout, of_group, positions);
    c.phases = d;
    c.users *= d.decode.count;
    c.rated_users *= d.decode.count;
    c.rate = tokens_per_second::from_number(c.rate.number * static_cast<double>(d.decode.count));
    c.goodput = {.requests_per_second = d.requests_per_second,
                 .running = d.running,
                 .first_token = d.first_token,
                 .per_token = d.per_token};
    c.verdict = detail::keeps_times(c, wish) ? c.fits : serving_verdict::no;
    return c;
}

/// Returns the bytes of a model's weights in the files of a checkpoint in the job's format, metadata left out. The
/// files of other formats than GGUF hold what transformers loads. Throws invalid_input as lower_job does.
[[nodiscard]] constexpr bytes file_bytes(const network& net, const inference& i, const gpu& card) {
    if (stored_of(net, i).known()) return bytes_of(stored_of(net, i).total());
    if (row_of(i).memory.reads_gguf || is_gguf(i.weights)) return bytes_of(gguf_weight_bytes(net, i.weights));
    inference loaded = i;
    loaded.framework = engine::transformers;
    loaded.engine_version = {};
    loaded.adapters = 0;
    return bytes_of(lower_job(net, loaded, card).stages[0].weights);
}

/// Calls `visit` with each layout in which an engine serves a model on all cards of a machine: the layers divided
/// among the cards, or data x tensor x pipeline, with experts divided among all ranks or not.
template <class Visit>
constexpr void for_each_serving_layout(const network& net, const inference& i, const machine& m, Visit visit) {
    const engine_memory& row = row_of(i).memory;
    if (row.splits_layers) {
        const layout divided{.data = 1, .pipeline = m.cards};
        if (problems(divided, m.cards, net).empty()) visit(divided);
        return;
    }
    const int stages = row.pipeline_by_nccl ? m.cards : 1;
    for (layout_generator each(m.cards, {.tensor = m.cards, .pipeline = stages}); each.valid(); each.next()) {
        layout l = each.current();
        if (problems(l, m.cards, net).empty()) visit(l);
        if (l.pipeline > 1 || l.data * l.tensor == 1) continue;
        l.expert = l.data * l.tensor;
        if (problems(l, m.cards, net).empty()) visit(l);
    }
}

namespace detail {

[[nodiscard]] constexpr bool leaves_layers(const serving_choice& c) noexcept {
    return c.place == serving_place::host_too;
}

/// Returns true if `a` is the better of two choices that leave layers in host memory: the one of good quality, and then
/// the one that leaves less there.
[[nodiscard]] constexpr bool leaves_before(const serving_choice& a, const serving_choice& b) noexcept {
    const bool good_a = quality_of(a.job.weights) <= quality::good;
    const bool good_b = quality_of(b.job.weights) <= quality::good;
    if (good_a != good_b) return good_a;
    return a.split.in_host() < b.split.in_host();
}

/// Returns the rise of perplexity by which poor formats are told from worse ones; 0 for other formats.
[[nodiscard]] constexpr double rise_of_poor(number_format format) noexcept {
    const format_quality* row = quality_row_of(format);
    return row != nullptr && quality_of(format) == quality::poor ? row->rise : 0;
}

}  // namespace detail

/// Returns true if `a` is the better answer to a wish: the likely ones before the others, and of those the ones that
/// are whole on the cards; then the surer one; then the one in the checkpoint's own format; then the higher quality,
/// the higher rate, and the fewer bytes.
[[nodiscard]] constexpr bool serves_before(const serving_choice& a, const serving_choice& b) noexcept {
    const bool likely_a = a.verdict <= serving_verdict::likely;
    const bool likely_b = b.verdict <= serving_verdict::likely;
    if (likely_a != likely_b) return likely_a;
    if (likely_a && detail::leaves_layers(a) != detail::leaves_layers(b)) return detail::leaves_layers(b);
    if (a.verdict != b.verdict) return a.verdict < b.verdict;
    if (a.place != b.place) return a.place < b.place;
    if (detail::leaves_layers(a)) return detail::leaves_before(a, b);
    if (a.own_format != b.own_format) return a.own_format;
    const quality of_a = quality_of(a.job.weights);
    const quality of_b = quality_of(b.job.weights);
    if (of_a != of_b) return of_a < of_b;
    const double worse_a = detail::rise_of_poor(a.job.weights);
    const double worse_b = detail::rise_of_poor(b.job.weights);
    if (!same_number(worse_a, worse_b)) return worse_a < worse_b;
    if (!same_number(a.goodput.requests_per_second, b.goodput.requests_per_second))
        return a.goodput.requests_per_second > b.goodput.requests_per_second;
    if (a.rate != b.rate) return a.rate > b.rate;
    return a.needed < b.needed;
}

/// Returns the best layout of a job on a machine for a wish, with its figures. A job without a layout that the machine
/// has keeps the first that its engine tries. Throws invalid_input as serve_one does.
[[nodiscard]] constexpr serving_choice best_serving_layout(const network& net, const inference& i, const machine& m,
                                                           const serving_wish& wish, std::int64_t positions = 0) {
    serving_choice best;
    bool any = false;
    for_each_serving_layout(net, i, m, [&](const layout& l) {
        const serving_choice c = serve_one(net, i, m, l, wish, positions);
        if (!any || serves_before(c, best)) best = c;
        any = true;
    });
    return best;
}

/// Returns true if another choice is at least as good in every figure, and better in one: quality, time per token,
/// rate, users and longest context.
[[nodiscard]] constexpr bool is_beaten_by(const serving_choice& a, const serving_choice& b) noexcept {
    const auto token = [](const serving_choice& c) { return c.has_time ? c.per_token.number : 1e30; };
    const quality of_a = quality_of(a.job.weights);
    const quality of_b = quality_of(b.job.weights);
    const double good_a = a.goodput.requests_per_second;
    const double good_b = b.goodput.requests_per_second;
    const bool no_worse = of_b <= of_a && token(b) <= token(a) && b.rate >= a.rate && b.users >= a.users &&
                          b.longest >= a.longest && b.verdict <= a.verdict && good_b >= good_a;
    const bool better = of_b < of_a || token(b) < token(a) || b.rate > a.rate || b.users > a.users ||
                        b.longest > a.longest || b.verdict < a.verdict || good_b > good_a;
    return no_worse && better;
}

}  // namespace cardfit
