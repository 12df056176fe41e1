// SPDX-License-Identifier: MIT
#pragma once

// How a job scales over more GPUs, with NVLink and without. For training: step time, speed-up, efficiency and exposed
// communication for 1, 2, 4 … GPUs, with a batch that grows with the GPUs (weak scaling) and with a fixed global batch
// (strong scaling). For inference: time to the first token, time per output token, throughput and efficiency of a fixed
// batch whose model is divided among more GPUs.

#include <cardfit/decide/fits.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/training/step_time.hpp>
#include <cardfit/hardware/links.hpp>

#include <span>

namespace cardfit {

namespace detail {
/// Says that this header is included (declared.hpp).
struct scaling_header {};
}  // namespace detail

/// One point of a scaling curve.
struct scaling_point {
    int cards = 0;                    ///< the number of GPUs
    bool fits = false;                ///< even at the upper error bound
    sureness verdict = sureness::no;  ///< how sure it is that the job fits
    time_estimate time{};             ///< of one optimizer step
    double speed_up = 0;              ///< throughput over the throughput of the first point
    double efficiency = 0;            ///< the speed-up, divided by the factor by which there are more GPUs
    seconds exposed_communication{};  ///< per step
};

/// The most points of a curve.
inline constexpr std::size_t max_scaling_points = 16;

/// One curve: points at 1, 2, 4 … replicas of the model, and at all of them, over one link. A replica takes one GPU, or
/// as many as tensor, pipeline, context and expert parallelism need.
struct scaling_curve {
    card_link link{};                            ///< the link between the GPUs of a node
    scaling_point points[max_scaling_points]{};  ///< in the order of the number of GPUs
    std::size_t count = 0;                       ///< the number of points
    /// With more GPUs than this, a step of a fixed global batch gets slower; 0: no such number is within the curve.
    int scaling_limit = 0;

    /// The points, in the order of the number of cards.
    [[nodiscard]] constexpr std::span<const scaling_point> items() const noexcept { return {points, count}; }
    /// The knee: the point of the most GPUs that are used with an efficiency of at least `least`. A curve has one,
    /// because its first point has an efficiency of 1.
    [[nodiscard]] constexpr const scaling_point& knee(double least = 0.5) const noexcept {
        std::size_t last = 0;
        while (last + 1 < count && points[last + 1].efficiency >= least) ++last;
        return points[last];
    }
};

/// Weak and strong scaling over both links.
struct scaling_report {
    bool has_nvlink = false;        ///< false: the curves over NVLink are empty
    scaling_curve weak_nvlink{};    ///< the global batch grows with the GPUs
    scaling_curve weak_pcie{};      ///< the global batch grows with the GPUs
    scaling_curve strong_nvlink{};  ///< the global batch stays
    scaling_curve strong_pcie{};    ///< the global batch stays
    /// The smallest micro-batch (1, 2, 4 …) at which all GPUs together are less than 2 % slower without NVLink; 0:
    /// there is none up to 1024.
    std::int64_t nvlink_irrelevant_from_batch = 0;
};

/// Returns how NVLink joins cards of this kind, from its topology; `by_default` for a card without NVLink.
[[nodiscard]] constexpr card_link nvlink_of(const gpu& card) noexcept {
    if (card.links.nvlink_bidirectional.number <= 0) return card_link::by_default;
    const link_facts facts = links_of(card);
    const card_link usual = link_of(machine{.card = card});
    if (usual == card_link::nvswitch || usual == card_link::nvlink) return usual;
    return facts.bridged > 0 ? card_link::nvlink_bridge : facts.switched ? card_link::nvswitch : card_link::nvlink;
}
/// Returns the link that cards of this kind have without NVLink: PCIe where a document says that they have peer access,
/// and through host memory otherwise.
[[nodiscard]] constexpr card_link pcie_of(const gpu& card) noexcept {
    return card.links.peer_access_over_pcie == documented::yes ? card_link::pcie : card_link::pcie_host;
}

namespace detail {

[[nodiscard]] constexpr machine with_cards(machine m, int cards, card_link link) noexcept {
    m.cards = cards;
    if (m.per_node > cards) m.per_node = cards;
    m.link = link;
    return m;
}

/// Returns the job of one of `replicas` ranks that share a fixed global batch: it first accumulates less, and then has
/// a smaller micro-batch. If the ranks do not divide the batch, this is the rank with the most samples, for which the
/// others wait.
[[nodiscard]] constexpr training shared_out(training t, int replicas) noexcept {
    const std::int64_t samples = t.micro_batch * t.gradient_accumulation;
    const std::int64_t most = divide_up(samples, replicas);
    t.micro_batch = smaller(t.micro_batch, most);
    t.gradient_accumulation = divide_up(most, t.micro_batch);
    return t;
}

/// Returns the smallest number of data-parallel ranks that the layout's expert parallelism allows.
[[nodiscard]] constexpr int fewest_ranks(const layout& l) noexcept {
    int ranks = 1;
    while (ranks < l.expert && ranks * l.context * l.tensor % l.expert != 0) ++ranks;
    return ranks;
}
[[nodiscard]] constexpr int cards_per_rank(const layout& l) noexcept { return l.tensor * l.pipeline * l.context; }

/// Returns the layout with `ranks` data-parallel ranks. Shards span all ranks where the layout's groups do not divide
/// them.
[[nodiscard]] constexpr layout over_ranks(layout l, int ranks) noexcept {
    l.data = ranks;
    if (l.sharding_group > 0 && ranks * l.context % l.sharding_group != 0) l.sharding_group = 0;
    return l;
}

/// Returns the time with the throughput of `samples` per step: those of the batch, where ranks with the most samples
/// determine the step time.
[[nodiscard]] constexpr time_estimate with_samples(time_estimate e, double samples) noexcept {
    const double throughput = samples / e.step.number;
    const double share = throughput / e.samples_per_second;
    e.samples_per_second = throughput;
    e.tokens_per_second = e.tokens_per_second * share;
    e.model_flops_utilization *= share;
    return e;
}

/// Returns the number of replicas of the next point: twice as many, or all of them at the last point.
[[nodiscard]] constexpr int next_replicas(int replicas, int all) noexcept {
    return replicas < all && all < 2 * replicas ? all : 2 * replicas;
}

/// A job whose scaling is asked for.
template <class M>
struct scaled_job {
    const M& model;
    const training& job;
    const machine& hardware;
    const layout& asked;
};

/// Returns the point of a curve at `replicas` replicas; its speed-up and efficiency are set by the curve.
template <class M>
[[nodiscard]] constexpr scaling_point point_at(const scaled_job<M>& s, int replicas, card_link link, bool strong) {
    const int ranks = replicas * fewest_ranks(s.asked);
    const machine cards = with_cards(s.hardware, ranks * cards_per_rank(s.asked), link);
    const layout l = over_ranks(s.asked, ranks);
    const training job = strong ? shared_out(s.job, replicas) : s.job;
    scaling_point p{.cards = cards.cards};
    p.time = step_time(s.model, job, cards, l);
    p.verdict = sureness_of(fit(s.model, job, cards, l));
    p.fits = p.verdict == sureness::yes;
    p.exposed_communication = p.time.breakdown.data_communication + p.time.breakdown.tensor_communication;
    if (!strong) return p;
    const std::int64_t batch = s.job.micro_batch * s.job.gradient_accumulation * fewest_ranks(s.asked);
    p.time = with_samples(p.time, static_cast<double>(batch));
    return p;
}

template <class M>
[[nodiscard]] constexpr scaling_curve curve(const scaled_job<M>& s, card_link link, bool strong) {
    scaling_curve c{.link = link};
    const std::int64_t batch = s.job.micro_batch * s.job.gradient_accumulation;
    const int replicas = s.hardware.cards / cards_per_rank(s.asked) / fewest_ranks(s.asked);
    const int most = strong ? static_cast<int>(smaller(replicas, batch)) : replicas;
    for (int n = 1; n <= most && c.count < max_scaling_points; n = next_replicas(n, most)) {
        scaling_point& p = c.points[c.count];
        p = point_at(s, n, link, strong);
        p.speed_up = p.time.samples_per_second / c.points[0].time.samples_per_second;
        p.efficiency = p.speed_up / n;
        const bool slower = c.count > 0 && p.time.step > c.points[c.count - 1].time.step;
        if (strong && slower && c.scaling_limit == 0) c.scaling_limit = c.points[c.count - 1].cards;
        ++c.count;
    }
    return c;
}

/// Returns the smallest micro-batch at which all GPUs together are less than 2 % slower without NVLink; 0: there is
/// none up to 1024.
template <class M>
[[nodiscard]] constexpr std::int64_t nvlink_irrelevant_from(const scaled_job<M>& s, card_link nvlink, card_link pcie) {
    const machine& m = s.hardware;
    const layout l = over_ranks(s.asked, m.cards / cards_per_rank(s.asked));
    training job = s.job;
    for (job.micro_batch = 1; job.micro_batch <= 1024; job.micro_batch *= 2) {
        const double with = step_time(s.model, job, with_cards(m, m.cards, nvlink), l).step.number;
        const double without = step_time(s.model, job, with_cards(m, m.cards, pcie), l).step.number;
        if (without < 1.02 * with) return job.micro_batch;
    }
    return 0;
}

}  // namespace detail

/// Returns how a job scales by data parallelism, up to the machine's number of GPUs; the other ways of the layout, its
/// sharding and its groups stay. The strong curve ends where the global batch has fewer samples than ranks.
/// Throws invalid_input as step_time does.
template <network_model M>
[[nodiscard]] constexpr scaling_report scaling(const M& model, const training& t, const machine& m,
                                               const layout& given = {}) {
    // Data parallelism is what the curves vary, so the layout's own is not checked.
    layout without_data = given;
    without_data.data = 0;
    without_data.sharding_group = 0;
    check(without_data, m.cards, lower_model(model, t.image_size));
    const card_link nvlink = nvlink_of(m.card);
    const card_link pcie = pcie_of(m.card);
    const detail::scaled_job<M> s{model, t, m, given};
    scaling_report r{.has_nvlink = nvlink != card_link::by_default};
    r.weak_pcie = detail::curve(s, pcie, false);
    r.strong_pcie = detail::curve(s, pcie, true);
    if (!r.has_nvlink) return r;
    r.weak_nvlink = detail::curve(s, nvlink, false);
    r.strong_nvlink = detail::curve(s, nvlink, true);
    r.nvlink_irrelevant_from_batch = detail::nvlink_irrelevant_from(s, nvlink, pcie);
    return r;
}

/// One point of an inference's scaling curve.
struct inference_scaling_point {
    int cards = 0;                    ///< the number of GPUs
    cardfit::layout layout{};         ///< degrees of parallelism
    bool fits = false;                ///< even at the upper error bound
    sureness verdict = sureness::no;  ///< how sure it is that the job fits
    inference_time time{};            ///< of prompt and tokens
    double throughput = 0;            ///< per second: generated tokens, or sequences where nothing is generated
    double speed_up = 0;              ///< throughput over that of the baseline; 0 before it
    double efficiency = 0;  ///< the speed-up, divided by the factor by which there are more GPUs; 0 before the baseline
};

/// One curve of an inference: its points over one link, in the order of the number of GPUs.
struct inference_scaling_curve {
    card_link link{};                                      ///< the link between the GPUs of a node
    inference_scaling_point points[max_scaling_points]{};  ///< in the order of the number of GPUs
    std::size_t count = 0;                                 ///< the number of points
    /// The index of the point that speed-up and efficiency refer to: the fewest GPUs that the job fits, or the first
    /// point if it fits none.
    std::size_t baseline = 0;

    /// The points of the curve.
    [[nodiscard]] constexpr std::span<const inference_scaling_point> items() const noexcept { return {points, count}; }
};

/// The scaling of an inference over both links; without NVLink, `nvlink` is empty.
struct inference_scaling_report {
    bool has_nvlink = false;           ///< false: `nvlink` is empty
    inference_scaling_curve nvlink{};  ///< over the card's own link
    inference_scaling_curve pcie{};    ///< over PCI Express
};

namespace detail {

/// Returns the layout that divides the model `n` ways: by tensor parallelism, or by pipeline stages under an engine
/// that splits by layers.
[[nodiscard]] constexpr layout divided(layout l, const inference& i, int n) noexcept {
    if (row_of(i).memory.splits_layers)
        l.pipeline = n;
    else
        l.tensor = n;
    return l;
}
/// Returns the number of GPUs of a layout whose `data` is filled in.
[[nodiscard]] constexpr int cards_of(const layout& l) noexcept { return l.data * l.tensor * l.pipeline * l.context; }
/// Returns the largest degree for which the machine has enough GPUs.
[[nodiscard]] constexpr int largest_degree(const layout& undivided, const machine& m) noexcept {
    return m.cards / undivided.data / undivided.tensor / undivided.pipeline / undivided.context;
}

/// Returns the layout of a model that is not divided by what a curve varies, with one replica where none is given.
/// Throws invalid_input for a degree out of range, and where the machine has too few GPUs.
[[nodiscard]] constexpr layout undivided_layout(const layout& given, const inference& i, const machine& m) {
    layout l = divided(given, i, 1);
    problem_list found(on_problem::refuse);
    found.ranges(invalid_field{key_ranges::data.path, given.data, 0, key_ranges::data.high});
    found.within(ranged{key_ranges::tensor, l.tensor}, ranged{key_ranges::pipeline, l.pipeline},
                 ranged{key_ranges::context, l.context}, ranged{key_ranges::expert, l.expert});
    if (l.data == 0) l.data = 1;
    found.require(requirement{largest_degree(l, m) >= 1, "layout.data", l.data,
                              "data x tensor x pipeline x context must not exceed hardware.cards", m.cards});
    return l;
}

/// Sets the baseline of a curve, and speed-up and efficiency from it on.
constexpr void set_efficiency(inference_scaling_curve& c) noexcept {
    for (std::size_t k = c.count; k > 0; --k)
        if (c.points[k - 1].fits) c.baseline = k - 1;
    const inference_scaling_point base = c.points[c.baseline];
    for (std::size_t k = c.baseline; k < c.count; ++k) {
        inference_scaling_point& p = c.points[k];
        p.speed_up = p.throughput / base.throughput;
        p.efficiency = p.speed_up * base.cards / p.cards;
    }
}

/// Returns the curve over one link. `undivided` is the layout of a model that is not divided by what the curve varies.
template <network_model M>
[[nodiscard]] constexpr inference_scaling_curve curve(const M& model, const network& net, const inference& i,
                                                      const machine& m, const layout& undivided, card_link link) {
    inference_scaling_curve c{.link = link};
    const int most = largest_degree(undivided, m);
    for (int n = 1; n <= most && c.count < max_scaling_points; n = next_replicas(n, most)) {
        const layout l = divided(undivided, i, n);
        const int cards = cards_of(l);
        // For example, a degree that does not divide the model's heads.
        if (!problems(l, cards, net).empty()) continue;
        const machine part = with_cards(m, cards, link);
        inference_scaling_point& p = c.points[c.count];
        p = {.cards = cards,
             .layout = l,
             .verdict = sureness_of(fit(net, i, part, l)),
             .time = time(model, net, i, part, l, constants_of(i))};
        p.fits = p.verdict == sureness::yes;
        p.throughput = throughput_of(p.time, static_cast<double>(i.batch) * l.data);
        ++c.count;
    }
    set_efficiency(c);
    return c;
}

}  // namespace detail

/// Returns how an inference of a fixed batch scales as its model is divided among 1, 2, 4 … of the machine's GPUs, and
/// among all of them: by tensor parallelism, or by pipeline stages under an engine that splits by layers. Degrees that
/// the model refuses, because they do not divide its heads or exceed its layers, are left out. The other ways of the
/// layout stay as given, with one replica where none is given, so that a point has as many GPUs as they need times the
/// degree. Throws invalid_input as lower_job and lower_time do, and where the machine has too few GPUs for the other
/// ways.
template <network_model M>
[[nodiscard]] constexpr inference_scaling_report scaling(const M& model, const inference& i, const machine& m,
                                                         const layout& given = {}) {
    const network net = lower_model(model, i.image_size);
    check(m);
    check(i, net);
    const layout undivided = detail::undivided_layout(given, i, m);
    const card_link nvlink = nvlink_of(m.card);
    inference_scaling_report r{.has_nvlink = nvlink != card_link::by_default};
    r.pcie = detail::curve(model, net, i, m, undivided, pcie_of(m.card));
    // Where there is no point, this names what the model refuses.
    if (r.pcie.count == 0) check(undivided, detail::cards_of(undivided), net);
    if (r.has_nvlink) r.nvlink = detail::curve(model, net, i, m, undivided, nvlink);
    return r;
}

}  // namespace cardfit
