// SPDX-License-Identifier: MIT

// Tests invariants of the memory estimate over thousands of random jobs.

#include "../../random_jobs.hpp"

#include <cardfit/decide/fits.hpp>
#include <cardfit/model/encoder_zoo.hpp>
#include <cardfit/model/multimodal_zoo.hpp>

#include <doctest/doctest.h>

namespace estimate_training_memory_test {

using namespace cardfit;

namespace {

[[nodiscard]] memory_estimate estimate(const random_training& g) {
    return memory(g.model, g.job, g.hardware, g.layout);
}
[[nodiscard]] std::int64_t saved_at(const random_training& g) {
    return lower_job(g.model, g.job, g.hardware, g.layout).stages[0].saved_per_token;
}

const unsigned jobs = jobs_of(5000);

}  // namespace

TEST_CASE("components add up and the band encloses the estimate") {
    random_jobs make(1);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_training g = make.next_training();
        CAPTURE(g);
        const memory_estimate m = estimate(g);
        const memory_components& c = m.components;
        const bytes sum = c.weights + c.gradients + c.optimizer + c.activations + c.logits + c.gathered + c.buckets +
                          c.kv_cache + c.temporaries + c.workspace;
        REQUIRE(sum == m.allocated());
        REQUIRE(sum + c.fragmentation == m.reserved());
        REQUIRE(m.reserved() + c.context + c.communication == m.device());
        REQUIRE(m.device_low <= m.device());
        REQUIRE(m.device() <= m.device_high);
        for (const bytes part : {c.weights, c.gradients, c.optimizer, c.activations, c.logits, c.gathered, c.buckets,
                                 c.temporaries, c.workspace, c.fragmentation, c.context})
            REQUIRE(part >= bytes{});
    }
}

TEST_CASE("memory never falls when the job grows") {
    random_jobs make(2);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_training g = make.next_training();
        CAPTURE(g);
        // The allocator's slack is counted of whole thousands of bytes of two parts, between which bytes move.
        const bytes rounding = bytes_of(2 * lower_job(g.model, g.job, g.hardware, g.layout).slack_per_mille);
        const bytes before = estimate(g).device() - rounding;
        const auto grows = [&](auto change) {
            random_training larger = g;
            change(larger);
            return estimate(larger).device() >= before;
        };
        REQUIRE(grows([](random_training& x) { x.job.micro_batch += 1; }));
        REQUIRE(grows([](random_training& x) { x.job.micro_batch *= 3; }));
        REQUIRE(grows([](random_training& x) { x.job.sequence_length += 1; }));
        REQUIRE(grows([](random_training& x) { x.job.sequence_length *= 2; }));
        REQUIRE(grows([](random_training& x) { x.model.layers += x.layout.pipeline * x.layout.virtual_stages; }));
        // SOAP and the like keep no state of a side that is longer than their limit.
        if (!reads_shapes(row_of(g.job.optimizer).memory))
            REQUIRE(grows([](random_training& x) { x.model.hidden += x.model.heads * 32; }));
        REQUIRE(grows([](random_training& x) { x.model.ffn += 128; }));
        REQUIRE(grows([](random_training& x) { x.model.vocab += 1000; }));
    }
}

TEST_CASE("more sharding never needs more state") {
    random_jobs make(3);
    for (unsigned i = 0; i < jobs; ++i) {
        random_training g = make.next_training();
        CAPTURE(g);
        bytes last = gibibytes(1 << 20);
        for (const sharding s : {sharding::none, sharding::optimizer, sharding::gradients, sharding::full}) {
            g.layout.sharding = s;
            const lowered_training lowered = lower_job(g.model, g.job, g.hardware, g.layout);
            const bytes now =
                bytes_of(lowered.stages[0].weights + lowered.stages[0].gradients + lowered.stages[0].optimizer);
            REQUIRE(now <= last);
            last = now;
        }
    }
}

TEST_CASE("more recomputation never saves more") {
    random_jobs make(4);
    for (unsigned i = 0; i < jobs; ++i) {
        random_training g = make.next_training();
        CAPTURE(g);
        g.job.recompute = recompute::none;
        const std::int64_t none = saved_at(g);
        g.job.recompute = recompute::selective;
        const std::int64_t selective = saved_at(g);
        g.job.recompute = recompute::full;
        REQUIRE(selective <= none);
        REQUIRE(saved_at(g) <= selective);
    }
}

TEST_CASE("the largest micro-batch fits and one more does not, likewise the longest sequence") {
    random_jobs make(5);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_training g = make.next_training();
        CAPTURE(g);
        const lowered_training lowered = lower_job(g.model, g.job, g.hardware, g.layout);
        const auto holds = [&](std::int64_t batch, std::int64_t length) {
            return fit(lowered, batch, length).headroom >= bytes{};
        };
        const std::int64_t batch = largest_micro_batch(lowered, g.job.sequence_length);
        if (batch > 0) REQUIRE(holds(batch, g.job.sequence_length));
        if (batch < 1'000'000) REQUIRE_FALSE(holds(batch + 1, g.job.sequence_length));
        const std::int64_t length = longest_sequence(lowered, g.job.micro_batch);
        if (length > 0) REQUIRE(holds(g.job.micro_batch, length));
        if (length < lowered.longest_sequence) REQUIRE_FALSE(holds(g.job.micro_batch, length + 1));
        const auto grade_at = [&](std::int64_t n, std::int64_t tokens) { return fit(lowered, n, tokens).grade; };
        const std::int64_t safe = largest_micro_batch(lowered, g.job.sequence_length, error_bound::upper);
        REQUIRE(safe <= batch);
        if (safe > 0) REQUIRE(grade_at(safe, g.job.sequence_length) == grade::fits);
        if (safe < batch) REQUIRE(grade_at(safe + 1, g.job.sequence_length) == grade::tight);
        const std::int64_t safe_length = longest_sequence(lowered, g.job.micro_batch, error_bound::upper);
        REQUIRE(safe_length <= length);
        if (safe_length > 0) REQUIRE(grade_at(g.job.micro_batch, safe_length) == grade::fits);
    }
}

TEST_CASE("sizes that are safe are graded so with what the host holds") {
    random_jobs make(51);
    for (unsigned i = 0; i < 300; ++i) {
        random_training g = make.next_training();
        g.hardware.host_memory = gibibytes(make.among({16, 64, 256}));
        CAPTURE(g);
        const std::int64_t safe = largest_micro_batch(g.model, g.job, g.hardware, g.layout, error_bound::upper);
        const std::int64_t length = longest_sequence(g.model, g.job, g.hardware, g.layout, error_bound::upper);
        random_training at_batch = g;
        at_batch.job.micro_batch = safe;
        if (safe > 0) REQUIRE(fits(at_batch.model, at_batch.job, at_batch.hardware, at_batch.layout));
        g.job.sequence_length = length;
        if (length > 0) REQUIRE(fits(g.model, g.job, g.hardware, g.layout));
    }
}

TEST_CASE("the safe sizes and the host's memory are those of the job without what its own size bounds") {
    machine host = 4 * cards::h100_sxm5_80gb;
    host.host_memory = gibibytes(64);
    const layout full{.data = 4, .sharding = sharding::full};
    const training loading{.micro_batch = 8, .sequence_length = 1024, .data_workers = 8};
    const auto same_sizes = [&](const auto& model, training changed, training plain) {
        CHECK(largest_micro_batch(model, changed, host, full, error_bound::upper) ==
              largest_micro_batch(model, plain, host, full, error_bound::upper));
        CHECK(longest_sequence(model, changed, host, full, error_bound::upper) ==
              longest_sequence(model, plain, host, full, error_bound::upper));
    };
    training changed = loading;
    changed.typical_length = 512;
    changed.padding = padding::longest;
    same_sizes(models::gpt2, changed, loading);
    training grouped = loading;
    grouped.objective = objective::grpo;
    grouped.completion_length = 512;
    changed = grouped;
    changed.generations = 4;
    same_sizes(models::llama_3_1_8b, changed, grouped);
    // Eight completions are of the samples of all four ranks, and the checkpoint is of no more for that.
    changed.generations = 8;
    changed.micro_batch = 2;
    grouped.micro_batch = 2;
    CHECK(host_memory(models::gpt2, changed, host, full).checkpoint ==
          host_memory(models::gpt2, grouped, host, full).checkpoint);
    training cached = loading;
    cached.objective = objective::embedding;
    cached.gradient_cache = 8;
    cached.sequence_length = 128;
    CHECK(largest_micro_batch(models::bert_base, cached, host, full, error_bound::upper) > 8);
    // Two images of a tower are longer than a sequence of one token.
    training seeing = loading;
    seeing.micro_batch = 1;
    seeing.sequence_length = 8192;
    seeing.images = 2;
    const std::int64_t longest = longest_sequence(models::qwen2_5_vl_3b, seeing, host, full, error_bound::upper);
    CHECK(longest >= 2 * lower(models::qwen2_5_vl_3b).tower.image_tokens);
}

TEST_CASE("a single card's job is what all cards of one take, and more cards sum up") {
    random_jobs make(6);
    for (unsigned i = 0; i < jobs; ++i) {
        const random_training g = make.next_training();
        CAPTURE(g);
        const memory_estimate peak = estimate(g);
        const memory_of_cards all = memory_of_all_cards(lower(g.model), g.job, g.hardware, g.layout);
        REQUIRE(all.device <= g.hardware.cards * peak.device());
        REQUIRE(all.device >= (g.hardware.cards / g.layout.pipeline) * peak.device());
        if (g.layout.pipeline == 1) REQUIRE(all.allocated == g.hardware.cards * peak.allocated());
    }
}

TEST_CASE("an objective is refused for a model that does not generate, and its head takes no adapter of the model's") {
    const network bert = lower(models::bert_base);
    const training grpo{.objective = objective::grpo, .sequence_length = 128};
    CHECK(problems(grpo, lower(models::gpt2)).empty());
    CHECK_FALSE(problems(grpo, bert).empty());
    const adapter head{adapter_method::lora, 8, targets(target::query, target::head)};
    const training embeds{.objective = objective::embedding, .sequence_length = 128, .adapter = head};
    CHECK_FALSE(problems(embeds, lower(models::llama_3_1_8b)).empty());
    CHECK(problems(training{.sequence_length = 128, .adapter = head}, lower(models::llama_3_1_8b)).empty());
}

TEST_CASE("input that makes no sense is refused by name, never answered") {
    const auto refuses = [](const transformer& model, const training& job, const machine& m, const layout& l,
                            const char* field) {
        try {
            static_cast<void>(memory(model, job, m, l));
        } catch (const invalid_input& e) {
            return std::string_view(e.what()).find(field) == 0;
        }
        return false;
    };
    const transformer good = models::llama_3_1_8b;
    const auto with = [](auto value, auto change) {
        change(value);
        return value;
    };
    const machine one = cards::rtx_4090;
    CHECK(refuses(with(good, [](auto& m) { m.layers = 0; }), {}, one, {},
                  "model.transformer.layers is 0; accepted: 1 to 10000"));
    CHECK(refuses(with(good, [](auto& m) { m.hidden = -4096; }), {}, one, {}, "model.transformer.hidden"));
    CHECK(refuses(with(good, [](auto& m) { m.heads = 33; }), {}, one, {}, "model.transformer.head_dim"));
    CHECK(refuses(with(good, [](auto& m) { m.kv_heads = 5; }), {}, one, {}, "model.transformer.kv_heads"));
    CHECK(refuses(with(good,
                       [](auto& m) {
                           m.layers = 10'000, m.hidden = 1'000'000, m.ffn = 10'000'000,
                           m.experts = {.count = 100'000, .active = 1, .ffn = 10'000'000};
                       }),
                  {}, one, {}, "model.transformer.hidden"));
    CHECK(refuses(good, {.micro_batch = 0}, one, {}, "training.micro_batch is 0"));
    CHECK(refuses(good, {.micro_batch = -1}, one, {}, "training.micro_batch is -1"));
    CHECK(refuses(good, {.sequence_length = 0}, one, {}, "training.sequence_length"));
    CHECK(refuses(good, {.micro_batch = 1'000'000, .sequence_length = 100'000'000}, one, {}, "training.micro_batch"));
    CHECK(refuses(models::gpt2, {.sequence_length = 1025}, one, {}, "training.sequence_length"));
    CHECK(refuses(good, {.adapter = {adapter_method::lora, 0, targets(target::query)}}, one, {},
                  "training.adapter.rank"));
    CHECK(refuses(good, {.adapter = {adapter_method::lora, 8, {}}}, one, {}, "training.adapter.targets"));
    CHECK(refuses(good, {.base_weights = number_format::nf4}, one, {}, "training.base_weights"));
    CHECK(refuses(good, {}, 8 * cards::a100_sxm4_80gb, {.data = 3}, "layout.data"));
    CHECK(refuses(good, {}, 8 * cards::a100_sxm4_80gb, {.expert = 8}, "layout.expert"));
    CHECK(refuses(models::mixtral_8x7b, {}, 64 * cards::a100_sxm4_80gb, {.expert = 64}, "layout.expert"));
    CHECK(refuses(good, {}, 64 * cards::a100_sxm4_80gb, {.tensor = 64}, "layout.tensor"));
    CHECK(refuses(models::gpt2, {.sequence_length = 1024, .adapter = {adapter_method::lora, 8, targets(target::gate)}},
                  one, {}, "training.adapter.targets"));
    CHECK(refuses(good, {.expert_imbalance_percent = 150}, one, {},
                  "training.expert_imbalance_percent = 150: must be 100"));
    CHECK(refuses(good, {.image_size = 224}, one, {}, "training.image_size"));
    CHECK(refuses(good, {}, machine{.card = cards::rtx_3090, .ecc = ecc_setting::on}, {}, "hardware.ecc"));
    CHECK(refuses(good, {}, machine{.card = cards::rtx_3090, .cards = 2, .per_node = 3}, {}, "hardware.per_node"));
    CHECK(refuses(good, {}, 64 * cards::a100_sxm4_80gb, {.pipeline = 64}, "layout.pipeline"));
    CHECK(refuses(good, {}, one, {.virtual_stages = 2}, "layout.virtual_stages"));
    CHECK_THROWS_AS(static_cast<void>(0 * cards::rtx_4090), std::invalid_argument);
    CHECK(problems(training{.micro_batch = 0, .sequence_length = 0}, lower(good)).size() == 2);
}

TEST_CASE("fewer trained layers never need more, and all of them need what the whole model does") {
    random_jobs make(9);
    for (unsigned i = 0; i < jobs / 4; ++i) {
        random_training g = make.next_training();
        if (g.layout.pipeline > 1) continue;
        CAPTURE(g);
        const bool adapted = g.job.adapter.method != adapter_method::none;
        // FSDP's mixed precision runs a network that is trained as a whole in 16 bits. A frozen 16-bit base runs under
        // autocast, which computes LayerNorms, and the powers of GPT-2's activation, in fp32: up to half as much again
        // where the matrices of the trained layers save 4 bits.
        const std::int64_t allowed_part = g.model.norm == norm_kind::layer ? 2 : 20;
        const memory_estimate whole = estimate(g);
        const stage_load all = lower_job(g.model, g.job, g.hardware, g.layout).stages[0];
        for (const layer_choice choice :
             {layer_choice::last, layer_choice::first, layer_choice::spaced, layer_choice::sampled}) {
            g.job.trained_layer_choice = choice;
            g.job.trained_layers = g.model.layers;
            g.job.trained_ends = adapted ? trained_ends::by_default : trained_ends::both;
            REQUIRE(estimate(g).components == whole.components);
            std::int64_t last = 0;
            for (std::int64_t layers = 1; layers <= g.model.layers; layers *= 2) {
                g.job.trained_layers = layers;
                const lowered_training some = lower_job(g.model, g.job, g.hardware, g.layout);
                const stage_load& s = some.stages[0];
                const std::int64_t states = s.gradients + s.optimizer;
                REQUIRE(states >= last);
                REQUIRE(states <= all.gradients + all.optimizer);
                REQUIRE(s.weights <= all.weights + 1024);  // parts round up by themselves
                REQUIRE(s.saved_per_token <= all.saved_per_token + all.saved_per_token / allowed_part);
                REQUIRE(s.saved_per_score <= all.saved_per_score);
                last = states;
            }
        }
    }
}

TEST_CASE("logits in pieces, or divided among cards, never take more than all of them") {
    random_jobs make(24);
    for (unsigned i = 0; i < jobs / 4; ++i) {
        random_training g = make.next_training();
        if (g.model.heads % 4 != 0) continue;
        CAPTURE(g);
        const auto logits_of = [&](loss how, int tensor) {
            g.job.loss = how;
            g.hardware.cards = g.hardware.cards / g.layout.tensor * tensor;
            g.layout.tensor = tensor;
            const lowered_training lowered = lower_job(g.model, g.job, g.hardware, g.layout);
            return lowered.stages[lowered.stage_count - 1].logits_per_token;
        };
        g.layout.expert = 1;
        const std::int64_t whole = logits_of(loss::full, 1);
        REQUIRE(logits_of(loss::chunked, 1) <= whole);
        REQUIRE(logits_of(loss::full, 2) <= whole);
        REQUIRE(logits_of(loss::full, 4) <= whole);
        REQUIRE(logits_of(loss::fused, 1) <= logits_of(loss::chunked, 1));
    }
}

TEST_CASE("a loss in chunks never needs more than a loss of all logits at once") {
    random_jobs make(25);
    for (unsigned i = 0; i < jobs / 4; ++i) {
        random_training g = make.next_training();
        CAPTURE(g);
        const auto needed = [&](loss how) {
            g.job.loss = how;
            return memory(g.model, g.job, g.hardware, g.layout).device();
        };
        const bytes whole = needed(loss::full);
        const std::int64_t tokens = g.job.micro_batch * g.job.sequence_length / g.layout.context;
        // Of few tokens, the logits take less than the head's gradient, which exists with every chunk.
        if (tokens < 2 * g.model.hidden) continue;
        REQUIRE(needed(loss::chunked) <= whole);
    }
}

TEST_CASE("an objective needs at least what the training of its sequences needs") {
    random_jobs make(23);
    for (unsigned i = 0; i < 300; ++i) {
        random_training g = make.next_training();
        if (g.job.loss == loss::masked || lower(g.model).logits == 0) continue;
        const bytes plain = estimate(g).device();
        for (const objective_row& row : detail::objective_table) {
            if (row.generates && g.model.kind == model_kind::encoder) continue;
            g.job.objective = row.value;
            g.job.frozen_parameters = row.needs_frozen ? 1'000'000'000 : 0;
            CAPTURE(g);
            REQUIRE(problems(g.job, lower(g.model)).empty());
            const memory_estimate m = estimate(g);
            REQUIRE(m.device() == m.reserved() + m.components.context + m.components.communication);
            REQUIRE((m.device() >= plain || !row.vocabulary));
            if (!row.generates) continue;
            // An engine on the same cards takes more than one on its own, and less when it sleeps.
            g.job.rollouts = rollout_engine::apart;
            const bytes apart = estimate(g).device();
            g.job.rollouts = rollout_engine::colocated;
            const bytes awake = estimate(g).device();
            g.job.engine_sleeps = true;
            const bytes asleep = estimate(g).device();
            REQUIRE(apart <= asleep);
            REQUIRE(apart < awake);
            g.job.engine_sleeps = false;
            g.job.rollouts = rollout_engine::trainer;
        }
    }
}

namespace {

/// Returns the job with another objective; with a frozen model of a billion parameters where the objective needs one.
[[nodiscard]] random_training with_objective(random_training g, objective o) {
    g.job.objective = o;
    g.job.frozen_parameters = row_of(o).needs_frozen ? 1'000'000'000 : 0;
    return g;
}
[[nodiscard]] lowered_training lowered(const random_training& g) {
    return lower_job(g.model, g.job, g.hardware, g.layout);
}
[[nodiscard]] std::int64_t states_of(const random_training& g) {
    const stage_load s = lowered(g).stages[0];
    return s.gradients + s.optimizer;
}

}  // namespace

TEST_CASE("pairs, references and teachers cost what they are made of") {
    random_jobs make(61);
    for (unsigned i = 0; i < jobs / 8; ++i) {
        const random_training g = make.next_training();
        if (g.job.loss == loss::masked || g.job.offload == offload::full || lower(g.model).logits == 0) continue;
        CAPTURE(g);
        const stage_load single = lowered(g).stages[0];
        // A pair without a reference is two sequences, byte for byte.
        random_training twice = g;
        twice.job.micro_batch *= 2;
        REQUIRE(estimate(with_objective(g, objective::orpo)).components == estimate(twice).components);
        // A reference beside full training is a frozen copy of the weights, and beside adapters it is the base. It has
        // no gradients and no states.
        const random_training pair = with_objective(g, objective::dpo);
        const stage_load referenced = lowered(pair).stages[0];
        const bool adapted = g.job.adapter.method != adapter_method::none;
        REQUIRE(referenced.gradients + referenced.optimizer == single.gradients + single.optimizer);
        REQUIRE(referenced.saved_per_token == 2 * single.saved_per_token);
        if (adapted) REQUIRE(referenced.weights == single.weights);
        if (!adapted) REQUIRE(referenced.weights > single.weights);
        if (!adapted) REQUIRE(referenced.weights <= 2 * single.weights + 1024);
        // A teacher runs forward alone: it adds weights and logits, and nothing that waits for backward.
        const stage_load taught = lowered(with_objective(g, objective::distillation)).stages[0];
        REQUIRE(taught.gradients + taught.optimizer == single.gradients + single.optimizer);
        REQUIRE(taught.saved_per_token == single.saved_per_token);
        REQUIRE(taught.weights > single.weights);
        REQUIRE(taught.logits_per_token >= single.logits_per_token);
        if (g.model.kind == model_kind::encoder) continue;
        // GRPO has no value model, which PPO trains beside the policy.
        REQUIRE(states_of(with_objective(g, objective::grpo)) == states_of(g));
        REQUIRE(states_of(with_objective(g, objective::ppo)) == 2 * states_of(g));
        // One or a few outputs in place of the vocabulary.
        for (const objective o : {objective::reward, objective::embedding, objective::classification})
            REQUIRE(lowered(with_objective(g, o)).stages[0].logits_per_token == 0);
    }
}

TEST_CASE("optimizers that are made to store less never store more") {
    random_jobs make(62);
    for (unsigned i = 0; i < jobs / 8; ++i) {
        random_training g = make.next_training();
        if (g.job.adapter.method != adapter_method::none || moves_states(g.job.offload)) continue;
        const auto states = [&](optimizer o, std::int64_t rank = 0) {
            g.job.optimizer = o;
            g.job.optimizer_rank = rank;
            CAPTURE(g);
            return lowered(g).stages[0].optimizer;
        };
        const std::int64_t adam = states(optimizer::adamw);
        for (const optimizer o : {optimizer::adamw_8bit, optimizer::lion, optimizer::lion_8bit, optimizer::adam_mini,
                                  optimizer::adafactor, optimizer::muon, optimizer::sgd})
            REQUIRE(states(o) <= adam);
        // The ranks are far below the sides of the smallest matrices, of 64 elements.
        REQUIRE(states(optimizer::galore, 8) <= adam);
        REQUIRE(states(optimizer::galore_8bit, 8) <= states(optimizer::galore, 8));
        REQUIRE(states(optimizer::galore, 4) <= states(optimizer::galore, 8));
        REQUIRE(states(optimizer::apollo, 8) <= adam);
        REQUIRE(states(optimizer::adamw_8bit) <= adam);
    }
}

}  // namespace estimate_training_memory_test
