// SPDX-License-Identifier: MIT

// Tests that the sums and answers of estimates and decisions begin at nothing: what nobody stated or counted is 0, no,
// or none. A default of another value is named here.

#include <cardfit/decide/compare.hpp>
#include <cardfit/decide/goodput.hpp>
#include <cardfit/decide/next_card.hpp>
#include <cardfit/decide/plan.hpp>
#include <cardfit/decide/rank.hpp>
#include <cardfit/decide/remedies.hpp>
#include <cardfit/decide/require_fit.hpp>
#include <cardfit/decide/rollouts.hpp>
#include <cardfit/decide/savings.hpp>
#include <cardfit/decide/scaling.hpp>
#include <cardfit/decide/serving_choices.hpp>
#include <cardfit/decide/training_run.hpp>
#include <cardfit/estimate/diffusion/time.hpp>
#include <cardfit/estimate/kernels/forward_convolution.hpp>
#include <cardfit/estimate/training/step_time.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>

namespace decide_defaults_test {

using namespace cardfit;

namespace {

/// Returns true if a value that is made of nothing has no byte that is not 0, once `others`, whose defaults are
/// something, were taken back.
template <class T, class Others>
[[nodiscard]] bool begins_at_zero(Others others) {
    // An object of static storage has zeros in the bytes between its members too.
    static T made{};
    others(made);
    const auto* const bytes = reinterpret_cast<const std::byte*>(&made);
    return std::all_of(bytes, bytes + sizeof(T), [](std::byte b) { return b == std::byte{}; });
}
template <class... T>
[[nodiscard]] bool begin_at_zero() {
    return (begins_at_zero<T>([](T&) {}) && ...);
}

}  // namespace

TEST_CASE("sums begin at zero") {
    CHECK(begin_at_zero<detail::layer_time, detail::layer_pass, detail::layer_seconds, detail::step_work,
                        time_estimate>());
    CHECK(begin_at_zero<detail::rate, detail::parameter_sums, detail::layer_activations, detail::phase_load>());
    CHECK(begin_at_zero<detail::held_bytes, detail::passing_bytes, stage_load, block_cache_rules>());
    CHECK(begin_at_zero<detail::base_module_bytes>());
    CHECK(begin_at_zero<detail::weight_pass, detail::roofline, detail::token_copies, detail::inference_phase_load>());
    CHECK(begin_at_zero<all_reduce_latency, detail::attention_load, detail::dense_modules, detail::host_load>());
    CHECK(begin_at_zero<inference_stage, detail::trial_pass, detail::layer_weights, detail::embedding_head_bytes>());
    CHECK(begin_at_zero<detail::forward_sums, detail::convolution_sums, inference_time>());
}

TEST_CASE("answers begin at nothing") {
    CHECK(begin_at_zero<service_percentile, service_state, plan_progress, layer_split, rollout_estimate>());
    CHECK(begin_at_zero<training_run>());
}

TEST_CASE("where nothing is not zero, it is the neutral one") {
    CHECK(begins_at_zero<detail::card_rates>([](detail::card_rates& r) {
        CHECK(r.width == 4);
        r.width = 0;
    }));
    CHECK(begins_at_zero<detail::expert_traffic>([](detail::expert_traffic& t) {
        CHECK((t.ranks == 1 && t.per_node == 1));
        t.ranks = 0;
        t.per_node = 0;
    }));
    CHECK(begins_at_zero<detail::serving_load>([](detail::serving_load& s) {
        CHECK((s.tensor == 1 && s.pipeline == 1 && s.replicas == 1 && s.expert_cards == 1 && s.expert_ranks == 1));
        CHECK((s.per_node == 1 && s.traffic.ranks == 1 && s.traffic.per_node == 1));
        s.tensor = 0;
        s.pipeline = 0;
        s.replicas = 0;
        s.expert_cards = 0;
        s.expert_ranks = 0;
        s.per_node = 0;
        s.traffic.ranks = 0;
        s.traffic.per_node = 0;
    }));
    CHECK(begins_at_zero<stage_content>([](stage_content& s) {
        CHECK(s.in_flight == 1);
        s.in_flight = 0;
    }));
    const phase_replicas none{};
    CHECK((none.count == 0 && none.rate == 0));
    CHECK((disaggregated_server{}.requests_per_second == 0 && disaggregated_server{}.running == 0));
    CHECK(begins_at_zero<placement>([](placement& p) {
        CHECK(p.head);
        p.head = false;
    }));
}

}  // namespace decide_defaults_test
