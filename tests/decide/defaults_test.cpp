// SPDX-License-Identifier: MIT

// Tests that the sums and answers of estimates and decisions begin at nothing: what nobody stated or counted is 0, no,
// or none. A default of another value is named here.

#include <cardfit/decide/compare.hpp>
#include <cardfit/decide/diffusion_fits.hpp>
#include <cardfit/decide/disaggregated.hpp>
#include <cardfit/decide/format_quality.hpp>
#include <cardfit/decide/goodput.hpp>
#include <cardfit/decide/layout_generator.hpp>
#include <cardfit/decide/next_card.hpp>
#include <cardfit/decide/plan.hpp>
#include <cardfit/decide/rank.hpp>
#include <cardfit/decide/remedies.hpp>
#include <cardfit/decide/require_fit.hpp>
#include <cardfit/decide/rollouts.hpp>
#include <cardfit/decide/savings.hpp>
#include <cardfit/decide/scaling.hpp>
#include <cardfit/decide/serve.hpp>
#include <cardfit/decide/serving_choices.hpp>
#include <cardfit/decide/speculative.hpp>
#include <cardfit/decide/whole_run.hpp>
#include <cardfit/estimate/collectives.hpp>
#include <cardfit/estimate/diffusion/memory.hpp>
#include <cardfit/estimate/diffusion/step_time.hpp>
#include <cardfit/estimate/diffusion/time.hpp>
#include <cardfit/estimate/inference/lower.hpp>
#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/kernels/forward_convolution.hpp>
#include <cardfit/estimate/memory_phases.hpp>
#include <cardfit/estimate/power.hpp>
#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/estimate/training/memory.hpp>
#include <cardfit/estimate/training/step_time.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>

namespace decide_defaults_test {

using namespace cardfit;

namespace {

/// Returns a value of which nothing was stated, made at run time.
template <class T>
[[nodiscard]] T made_now() {
    return T{};
}

/// Returns true if a value that is made of nothing has no byte that is not 0, once `others`, whose defaults are
/// something, were taken back.
template <class T, class Others>
[[nodiscard]] bool begins_at_zero(Others others) {
    // An object of static storage has zeros in the bytes between its members too.
    static T made = made_now<T>();
    others(made);
    const auto* const bytes = reinterpret_cast<const std::byte*>(&made);
    return std::all_of(bytes, bytes + sizeof(T), [](std::byte b) { return b == std::byte{}; });
}
template <class... T>
[[nodiscard]] bool begin_at_zero() {
    return (begins_at_zero<T>([](T&) {}) && ...);
}

/// Returns true if each of these is what a value of its type is when nobody stated it.
template <class... T>
[[nodiscard]] bool nothing(const T&... values) {
    return ((values == T{}) && ...);
}
/// Returns whether something holds of a value of which nothing was stated.
template <class T, class Condition>
[[nodiscard]] bool begins(Condition holds) {
    return holds(made_now<T>());
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
    CHECK(begin_at_zero<whole_run>());
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

TEST_CASE("images, groups of cards and power begin at nothing") {
    CHECK(begins<detail::collective_group>([](const auto& v) {
        return v.in_node == 1 && v.spacing == 1 && v.cards == 1 && v.nodes == 1 && v.total == 1;
    }));
    CHECK(begins<detail::diffusion_stage>([](const auto& v) {
        return nothing(v.weights, v.working_weights, v.scratch, v.sample, v.results) && v.samples == 1;
    }));
    CHECK(begins<detail::diffusion_stages>([](const auto& v) { return nothing(v.count, v.weights); }));
    CHECK(begins<detail::host_work>([](const auto& v) { return nothing(v.kernels, v.matrices, v.flops, v.units); }));
    CHECK(begins<diffusion_time>([](const auto& v) { return nothing(v.steps, v.images_per_second, v.band); }));
    CHECK(begins<memory_estimate>([](const auto& v) { return nothing(v.peak_stage); }));
    CHECK(begins<phase_memory>([](const auto& v) { return nothing(v.stage); }));
    CHECK(begins<memory_phase_list>([](const auto& v) { return nothing(v.count); }));
    CHECK(begins<power_conditions>([](const auto& v) { return v.draw == 1 && v.overhead == 1; }));
    CHECK(begins<power_excursion>([](const auto& v) { return v.factor == 1 && v.estimated; }));
    CHECK(begins<circuit>([](const auto& v) { return nothing(v.volts, v.amperes); }));
}

TEST_CASE("inferences begin at nothing") {
    CHECK(begins<detail::placed_stage>([](const auto& v) { return nothing(v.low, v.high); }));
    CHECK(begins<lowered_inference_time>([](const auto& v) {
        return nothing(v.is_encoder_decoder, v.longest_sequence, v.image_tokens, v.crossed, v.tower_flops);
    }));
    CHECK(begins<lowered_inference>([](const auto& v) {
        return nothing(v.stage_count, v.shared_prefix, v.chunk, v.reserves_context, v.profiled_sequences, v.graphs,
                       v.beside_share, v.workspace, v.context, v.communication, v.slack_per_mille, v.band_per_mille,
                       v.capacity, v.system, v.asks_for_share, v.is_encoder_decoder, v.tokens_per_sample, v.images,
                       v.image_tokens, v.crossed, v.token_bound, v.score_bound, v.fixed_bound) &&
               v.cache == cache_policy::grows && v.block_tokens == 1 && v.caches_while_decoding == 1 &&
               v.context_parallel == 1;
    }));
}

TEST_CASE("trainings begin at nothing") {
    CHECK(begins<detail::trained_parameters>([](const auto& v) { return nothing(v.dense, v.expert); }));
    CHECK(begins<detail::shares>([](const auto& v) { return v.weight == 1 && v.gradient == 1 && v.optimizer == 1; }));
    CHECK(begins<lowered_training>([](const auto& v) {
        return nothing(v.stage_count, v.workspace, v.activation_slack_per_mille, v.slack_per_mille, v.band_per_mille,
                       v.context, v.communication, v.engine, v.capacity, v.tokens_per_sample, v.samples_at_once,
                       v.token_bound, v.score_bound, v.fixed_bound) &&
               v.context_parallel == 1 && v.micro_batch == 1 && v.sequence_length == 1;
    }));
    CHECK(begins<detail::part_sharing>([](const auto& v) { return nothing(v.gathers, v.on_host); }));
    CHECK(begins<cards_in_time>([](const auto& v) { return nothing(v.cards); }));
}

TEST_CASE("what refers to a job begins at nothing beside it") {
    const network net{};
    const training t{};
    const machine m{};
    const framework_time row{};
    const detail::card_rates card{};
    const detail::time_job j{.net = net,
                             .job = t,
                             .hardware = m,
                             .l = {},
                             .row = row,
                             .card = card,
                             .constants = default_training_time_constants};
    CHECK(nothing(j.length, j.tokens, j.flash, j.adapted));
    CHECK((j.tensor == 1 && j.sequence_cards == 1));
    const lowered_training lowered = made_now<lowered_training>();
    const detail::stage_point at{.job = lowered, .stage = lowered.stages[0]};
    CHECK(nothing(at.tokens, at.length, at.saved, at.tower, at.layer, at.source_layer));
    const diffusion model{};
    const detail::trained_operators operators{.model = model};
    CHECK(nothing(operators.frozen));
    const detail::freezing_visitor<int> visitor{};
    CHECK(nothing(visitor.frozen));
}

TEST_CASE("decisions begin with no answer") {
    CHECK(begins<compared_card>([](const auto& v) {
        return nothing(v.has_time, v.throughput) && v.runs && v.reason == deciding_reason::no_time && v.slower == 1;
    }));
    CHECK(begins<comparison>(
        [](const auto& v) { return nothing(v.count, v.winner, v.is_training, v.is_autoregressive); }));
    CHECK(begins<machine_limit_row>([](const auto& v) { return nothing(v.of_memory); }));
    CHECK(begins<limit_cost>([](const auto& v) { return v.factor == 1; }));
    CHECK(begins<limit_costs>([](const auto& v) { return nothing(v.count); }));
    CHECK(begins<detail::time_difference>([](const auto& v) { return v.reason == deciding_reason::no_time; }));
    CHECK(begins<fit_report>([](const auto& v) { return v.grade == grade::does_not_fit; }));
    CHECK(begins<quality_row>([](const auto& v) { return nothing(v.most_rise); }));
    CHECK(begins<format_quality>([](const auto& v) { return nothing(v.estimated); }));
    CHECK(begins<request_traffic>([](const auto& v) { return v.prompt == 1024 && v.generate == 256; }));
    CHECK(begins<service_level>([](const auto& v) { return v.percent == 90; }));
    CHECK(begins<lowered_service>([](const auto& v) {
        return nothing(v.sequences, v.pass_tokens, v.prompt_seconds, v.weights_seconds) && v.replicas == 1 &&
               v.reads_prompts;
    }));
    CHECK(begins<detail::service_balance>(
        [](const auto& v) { return nothing(v.rate, v.step, v.extra, v.service, v.chunks); }));
    CHECK(begins<layout_bounds>([](const auto& v) {
        return v.tensor == 1 && v.pipeline == 1 && v.virtual_stages == 1 && v.context == 1 && v.expert == 1;
    }));
    CHECK(begins<detail::next_card_search>([](const auto& v) { return nothing(v.any_vendor, v.oldest_year); }));
}

TEST_CASE("plans, remedies, savings and curves begin with no answer") {
    CHECK(begins<plan>([](const auto& v) { return v.grade == grade::does_not_fit; }));
    CHECK(begins<plan_space>([](const auto& v) {
        return nothing(v.tight) && v.tensor == 64 && v.pipeline == 128 && v.virtual_stages == 8 && v.context == 16 &&
               v.expert == 64 && v.micro_batch == 64 && v.sharding && v.recompute && v.micro_batches &&
               v.most_sharding == cardfit::sharding::full;
    }));
    CHECK(begins<plan_report>([](const auto& v) { return nothing(v.count, v.stopped); }));
    CHECK(begins<recommendation>([](const auto& v) { return nothing(v.count); }));
    CHECK(
        begins<inference_plan>([](const auto& v) { return nothing(v.throughput) && v.grade == grade::does_not_fit; }));
    CHECK(begins<inference_plan_report>([](const auto& v) { return nothing(v.count, v.candidates, v.fitting); }));
    CHECK(begins<ranked_machine>(
        [](const auto& v) { return nothing(v.fits, v.has_time, v.throughput) && v.verdict == sureness::no; }));
    CHECK(begins<ranking>([](const auto& v) { return nothing(v.count); }));
    CHECK(begins<remedy<training>>(
        [](const auto& v) { return nothing(v.count, v.slowdown) && v.quality == cardfit::quality::lossless; }));
    CHECK(begins<remedy_report<inference>>([](const auto& v) { return nothing(v.count, v.fits_as_it_stands); }));
    CHECK(begins<verdict>([](const auto& v) { return nothing(v.needed_MiB, v.available_MiB); }));
    CHECK(begins<precision_saving>([](const auto& v) { return nothing(v.speed_up); }));
    CHECK(begins<format_saving>(
        [](const auto& v) { return nothing(v.memory_ratio, v.speed_up) && v.grade == grade::does_not_fit; }));
    CHECK(begins<format_savings_report>([](const auto& v) { return nothing(v.count); }));
    CHECK(begins<scaling_point>(
        [](const auto& v) { return nothing(v.cards, v.fits, v.speed_up, v.efficiency) && v.verdict == sureness::no; }));
    CHECK(begins<scaling_curve>([](const auto& v) { return nothing(v.count, v.scaling_limit); }));
    CHECK(begins<scaling_report>([](const auto& v) { return nothing(v.has_nvlink, v.nvlink_irrelevant_from_batch); }));
    CHECK(begins<inference_scaling_point>(
        [](const auto& v) { return nothing(v.cards, v.fits, v.throughput, v.speed_up, v.efficiency); }));
    CHECK(begins<inference_scaling_curve>([](const auto& v) { return nothing(v.count, v.baseline); }));
    CHECK(begins<inference_scaling_report>([](const auto& v) { return nothing(v.has_nvlink); }));
    CHECK(begins<format_choice>([](const auto& v) { return nothing(v.accepted); }));
    CHECK(begins<serving_wish>([](const auto& v) {
        return nothing(v.users, v.rate) && v.prompt == 8191 && v.generate == 1 && v.percent == 90;
    }));
    CHECK(begins<serving_choice>([](const auto& v) {
        return nothing(v.own_format, v.longest, v.users, v.has_time, v.rated_users, v.band) &&
               v.place == serving_place::nowhere;
    }));
    CHECK(begins<speculative_choice>([](const auto& v) { return v.least_acceptance == 2; }));
}

}  // namespace decide_defaults_test
