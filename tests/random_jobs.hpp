// SPDX-License-Identifier: MIT
#pragma once

// Makes random jobs whose parts are consistent, the same on every machine for a given seed. When a check fails,
// `CAPTURE(job)` prints the seed, the number of the job, and what differs from the defaults.

#include <cardfit/estimate/inference/time.hpp>
#include <cardfit/estimate/kernels/matmul.hpp>
#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/io/key_value.hpp>
#include <cardfit/model/encoder_decoder_zoo.hpp>
#include <cardfit/model/hybrid_zoo.hpp>
#include <cardfit/model/zoo.hpp>
#include <cardfit/row_table.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <ostream>
#include <random>
#include <string_view>

/// Returns how many random jobs a test makes: `usual` ones, or as many times more as the environment variable
/// CARDFIT_MORE_JOBS says (the target `nightly`).
[[nodiscard]] inline unsigned jobs_of(unsigned usual) {
    const char* more = std::getenv("CARDFIT_MORE_JOBS");
    const int times = more != nullptr ? std::atoi(more) : 1;
    return times > 1 ? usual * static_cast<unsigned>(times) : usual;
}

/// The origin of a random job, by which it can be made again: it is the `number`th job of a seed.
struct random_origin {
    unsigned seed = 0;
    unsigned number = 0;
};

struct random_training {
    random_origin origin{};
    cardfit::transformer model{};
    cardfit::training job{};
    cardfit::machine hardware{};
    cardfit::layout layout{};
};

struct random_inference {
    random_origin origin{};
    std::string_view model_id;
    cardfit::network net{};
    cardfit::inference job{};
    cardfit::machine hardware{};
    cardfit::layout layout{};
};

/// Prints the keys of a section that differ from their defaults.
template <class Section>
void print_changes(std::ostream& out, cardfit::keys::key_table<Section> table, const Section& section) {
    const Section defaults{};
    for (const cardfit::keys::key<Section>& key : table) {
        if (key.member.get == nullptr || key.member.get(section) == key.member.get(defaults)) continue;
        const auto value = cardfit::io::value_json(key.facts, key.member.get(section));
        out << ", " << key.facts.path << " = " << cardfit::io::plain_text(value);
    }
}

inline void print_machine(std::ostream& out, const random_origin& origin, const cardfit::machine& m,
                          const cardfit::layout& l) {
    out << "seed " << origin.seed << ", job " << origin.number << ": hardware.card = " << m.card.id;
    print_changes<cardfit::machine>(out, cardfit::keys::hardware_keys, m);
    print_changes<cardfit::layout>(out, cardfit::keys::layout_keys, l);
}

inline std::ostream& operator<<(std::ostream& out, const random_training& g) {
    print_machine(out, g.origin, g.hardware, g.layout);
    print_changes<cardfit::transformer>(out, cardfit::keys::transformer_keys, g.model);
    print_changes<cardfit::training>(out, cardfit::keys::training_keys, g.job);
    return out;
}

inline std::ostream& operator<<(std::ostream& out, const random_inference& g) {
    print_machine(out, g.origin, g.hardware, g.layout);
    out << ", model = " << g.model_id;
    print_changes<cardfit::inference>(out, cardfit::keys::inference_keys, g.job);
    return out;
}

class random_jobs {
public:
    explicit random_jobs(unsigned seed) : seed_(seed), random_(seed) {}

    /// Returns a training job of a random transformer on a card that refuses neither its precision nor its offloading.
    [[nodiscard]] random_training next_training() {
        random_training g{.origin = {seed_, number_++}, .model = model(), .job = training()};
        do g.layout = layout_of(g.model);
        while (!problems(g.layout, cards_of(g.layout), cardfit::lower(g.model)).empty());
        do g.hardware = cards_of(g.layout) * card();
        while (!problems(g.job.precision, g.hardware.card).empty() || !problems(g.job, g.hardware.card).empty());
        return g;
    }

    /// Returns a training job whose card and links have a step time.
    [[nodiscard]] random_training next_timed_training() {
        random_training g = next_training();
        g.hardware.card = timed_card(g.job);
        g.hardware.link = any<cardfit::card_link>();
        g.hardware.network_gbit = static_cast<double>(among({0, 100, 800}));
        return g;
    }

    /// Returns an inference of a transformer of the zoo on a card that has an inference time.
    [[nodiscard]] random_inference next_inference() {
        const cardfit::models::zoo_entry& entry = cardfit::models::all[below(cardfit::models::all.size())];
        return served(entry.id, cardfit::lower(*entry.model));
    }

    /// Returns the same for a hybrid or an encoder-decoder of the zoo.
    [[nodiscard]] random_inference next_sequence_inference() {
        namespace models = cardfit::models;
        const std::size_t n = below(models::hybrids.size() + models::encoder_decoders.size());
        if (n < models::hybrids.size()) return served(models::hybrids[n].id, cardfit::lower(*models::hybrids[n].model));
        const models::encoder_decoder_entry& entry = models::encoder_decoders[n - models::hybrids.size()];
        return served(entry.id, cardfit::lower(*entry.model));
    }

    [[nodiscard]] cardfit::training training() {
        using namespace cardfit;
        cardfit::training t;
        t.precision = any<precision>();
        t.optimizer = any<optimizer>();
        t.micro_batch = among({1, 2, 5, 16});
        t.gradient_accumulation = among({1, 3, 8});
        t.sequence_length = among({1, 128, 1000, 8192});
        t.recompute = any<recompute>();
        t.attention = any<attention>();
        t.dropout = coin();
        t.compiled = coin();
        t.framework = any<framework>();
        t.offload = any<offload>();
        t.loss = any<loss>();
        t.optimizer_in_backward = coin() && t.gradient_accumulation == 1;
        t.software_date = {integer({2018, 2021, 2023, 2026}), integer({1, 7})};
        if (below(3) == 0) {
            t.adapter = {adapter_method::lora, among({1, 8, 64}), targets(target::query, target::down)};
            if (coin()) t.base_weights = number_format::nf4;
            if (reads_shapes(row_of(t.optimizer).memory)) t.optimizer = optimizer::adamw;
        }
        return t;
    }

    /// Returns a card that has a step time for this job.
    [[nodiscard]] cardfit::gpu timed_card(const cardfit::training& t) {
        for (;;) {
            const cardfit::gpu& each = card();
            if (cardfit::has_step_time(each, t.precision) && problems(t, each).empty()) return each;
        }
    }

    [[nodiscard]] std::int64_t among(std::initializer_list<std::int64_t> values) {
        return values.begin()[below(values.size())];
    }

    /// Returns a transformer of text of the zoo, which may have more positions than its own, or one of random
    /// dimensions.
    [[nodiscard]] cardfit::transformer model() {
        cardfit::transformer m = random_shape();
        if (below(4) == 0) {
            do m = *cardfit::models::all[below(cardfit::models::all.size())].model;
            while (m.patch_tokens > 0);
            m.positions = 0;
        }
        return m;
    }

    /// Returns a random enumerator, of all that there are.
    template <class E>
    [[nodiscard]] E any() {
        return static_cast<E>(below(static_cast<std::size_t>(cardfit::detail::highest_of<E>) + 1));
    }
    [[nodiscard]] const cardfit::gpu& card() { return *cardfit::cards::all[below(cardfit::cards::all.size())]; }
    [[nodiscard]] bool coin() { return below(2) == 1; }
    [[nodiscard]] std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_()) % n; }

private:
    [[nodiscard]] static int cards_of(const cardfit::layout& l) { return l.data * l.tensor * l.pipeline * l.context; }

    [[nodiscard]] cardfit::layout layout_of(const cardfit::transformer& m) {
        cardfit::layout l;
        l.data = integer({1, 2, 8});
        l.tensor = integer({1, 2, 4});
        l.pipeline = integer({1, 2});
        l.context = integer({1, 2});
        l.expert = m.experts.count > 0 ? integer({1, l.data}) : 1;
        l.virtual_stages = l.pipeline > 1 && m.layers >= 4 ? integer({1, 2}) : 1;
        l.sharding = any<cardfit::sharding>();
        return l;
    }

    [[nodiscard]] cardfit::transformer random_shape() {
        using namespace cardfit;
        transformer m;
        m.layers = among({2, 6, 12, 24, 30, 32});
        m.heads = among({8, 16, 32});
        m.kv_heads = m.heads / among({1, 2, 8});
        m.hidden = m.heads * among({32, 36, 64, 128});
        m.ffn = m.hidden * among({2, 3, 4});
        m.vocab = among({1000, 32000, 128256});
        m.ffn_gated = coin();
        m.tied_embeddings = coin();
        m.norm = any<norm_kind>();
        m.biases = any<biases>();
        m.kind = any<model_kind>();
        if (coin())
            m.experts = {
                .count = 8, .active = 2, .ffn = m.ffn / 2, .shared = among({0, 1}), .dense_layers = among({0, 1})};
        if (below(3) == 0) m.sliding_window = {.window = among({128, 4096}), .global_every = among({0, 2, 6})};
        if (below(3) == 0)
            m.latent_attention = {
                .q_rank = among({0, 512}), .kv_rank = 256, .nope_dim = 64, .rope_dim = 32, .value_dim = 64};
        return m;
    }

    [[nodiscard]] random_inference served(std::string_view id, const cardfit::network& net) {
        using namespace cardfit;
        random_inference g{.origin = {seed_, number_++}, .model_id = id, .net = net};
        const std::int64_t longest = net.longest_sequence > 0 ? net.longest_sequence : 100'000;
        const std::int64_t source = net.max_source_length > 0 ? net.max_source_length : longest - 20;
        constexpr number_format caches[]{number_format::by_default, number_format::fp16, number_format::fp8,
                                         number_format::int8, number_format::int4};
        inference& i = g.job;
        do i.weights = any<number_format>();
        while (!stores_weights(i.weights));
        i.kv_cache = caches[below(5)];
        i.group = among({32, 64, 128});
        i.batch = among({1, 3, 64, 500});
        i.prompt = smaller(among({1, 100, 440, 4096, 30'000}), source);
        const std::int64_t room = net.is_encoder_decoder ? longest : longest - i.prompt;
        i.generate = smaller(among({0, 1, 10, 400}), is_autoregressive(net) ? room : 1);
        i.framework = any<engine>();
        i.full_prompt_logits = coin();
        i.software_date = {integer({2021, 2023, 2024, 2025, 2026}), 6};
        g.layout.pipeline = integer({1, 2});
        g.layout.tensor = net.heads % 2 == 0 ? integer({1, 2}) : 1;
        const int cards = g.layout.pipeline * g.layout.tensor;
        do g.hardware = cards * card();
        while (!has_inference_time(g.hardware.card, net, i.weights));
        return g;
    }

    [[nodiscard]] int integer(std::initializer_list<std::int64_t> values) { return static_cast<int>(among(values)); }

    unsigned seed_;
    unsigned number_ = 0;
    std::mt19937 random_;
};
