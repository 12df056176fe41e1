// SPDX-License-Identifier: MIT
#pragma once

// Makes jobs of every model and of every key: a random model of the zoo or of random dimensions, and random values of
// the keys in their table, each kept where the job is accepted with it. Jobs of random_jobs.hpp
// have fewer keys, whose effects are known to be monotone; of these jobs, only what every answer promises is known.

#include "random_jobs.hpp"

#include <cardfit/io/job_file.hpp>
#include <cardfit/job/keys.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <ostream>
#include <set>
#include <string_view>

/// A job of any model, and what made it.
struct varied_job {
    random_origin origin{};
    cardfit::io::job_file file{};
};

inline std::ostream& operator<<(std::ostream& out, const varied_job& v) {
    print_machine(out, v.origin, v.file.hardware, v.file.layout);
    print_changes<cardfit::machine>(out, cardfit::keys::hardware_keys, v.file.hardware);
    out << ", model = " << v.file.model_name;
    if (const auto* m = std::get_if<cardfit::transformer>(&v.file.model))
        print_changes<cardfit::transformer>(out, cardfit::keys::transformer_keys, *m);
    if (v.file.training) print_changes<cardfit::training>(out, cardfit::keys::training_keys, *v.file.training);
    if (v.file.inference) print_changes<cardfit::inference>(out, cardfit::keys::inference_keys, *v.file.inference);
    return out;
}

class varied_jobs {
public:
    explicit varied_jobs(unsigned seed) : seed_(seed), random_(seed) {}

    /// Returns the next job that is accepted.
    [[nodiscard]] varied_job next() {
        for (;;) {
            varied_job v{.origin = {seed_, number_++}};
            set_model(v.file);
            v.file.hardware = static_cast<int>(random_.among({1, 1, 2, 8, 16})) * random_.card();
            if (random_.coin())
                v.file.training = first_training();
            else
                v.file.inference = first_inference();
            if (!is_accepted(v.file)) continue;
            // Some keys need others that come later in the table.
            for (int pass = 0; pass < 2; ++pass) {
                vary<cardfit::machine>(cardfit::keys::hardware_keys, v.file.hardware, v.file);
                vary<cardfit::layout>(cardfit::keys::layout_keys, v.file.layout, v.file);
                if (v.file.training) vary<cardfit::training>(cardfit::keys::training_keys, *v.file.training, v.file);
                if (v.file.inference)
                    vary<cardfit::inference>(cardfit::keys::inference_keys, *v.file.inference, v.file);
            }
            return v;
        }
    }

private:
    /// Returns a training with what no single key brings: adapters over a base, or a teacher.
    [[nodiscard]] cardfit::training first_training() {
        using namespace cardfit;
        training t{.sequence_length = random_.among({1, 128, 1024})};
        if (random_.coin()) t.framework = random_.any<framework>();
        switch (random_.below(8)) {
            case 0:
            case 1:
                t.adapter = {adapter_method::lora, random_.among({1, 8, 64}), targets(target::query, target::down)};
                if (random_.coin()) t.base_weights = random_.any<number_format>();
                break;
            case 2:
                t.objective = objective::distillation;
                t.frozen_parameters = 1'000'000'000;
                break;
            default:
                break;
        }
        return t;
    }

    /// Returns an inference with what no single key brings: speculation, or weights that few engines read.
    [[nodiscard]] cardfit::inference first_inference() {
        using namespace cardfit;
        inference i{.prompt = random_.among({1, 100, 500})};
        if (random_.coin()) i.framework = random_.any<engine>();
        if (random_.coin()) i.weights = random_.any<number_format>();
        if (random_.below(4) == 0)
            i.speculation = {.method = random_.any<drafting>(), .tokens = random_.among({1, 4}), .acceptance = 0.7};
        return i;
    }

    [[nodiscard]] static bool is_accepted(const cardfit::io::job_file& file) {
        cardfit::io::findings found;
        cardfit::io::detail::check_whole(file, found);
        return found.problems.empty() && lowers(file);
    }

    /// Returns true if the estimates take a job: some rules join a job and a card, and are theirs.
    [[nodiscard]] static bool lowers(const cardfit::io::job_file& file) {
        try {
            const cardfit::network net = lower(file.model, file.image_size());
            if (file.training)
                static_cast<void>(lower_job(net, *file.training, file.hardware, file.layout));
            else
                static_cast<void>(lower_job(net, *file.inference, file.hardware, file.layout));
            return true;
        } catch (const cardfit::invalid_input&) {
            return false;
        }
    }

    /// Gives the job a model of any zoo, or a transformer of random dimensions.
    void set_model(cardfit::io::job_file& file) {
        static const std::vector<std::string_view> ids = cardfit::io::model_ids();
        if (random_.below(3) == 0) {
            file.model = random_.model();
            file.model_name = "random dimensions";
            return;
        }
        if (random_.below(20) == 0) {
            const auto& entry = cardfit::models::diffusions[random_.below(std::size(cardfit::models::diffusions))];
            file.model = cardfit::diffusion_trainee{*entry.model};
            file.model_name = entry.id;
            return;
        }
        const std::string_view id = ids[random_.below(ids.size())];
        file.model = *cardfit::io::find_model(id);
        file.model_name = id;
    }

    /// Gives one in eight keys of a section a random value, where the job is accepted with it.
    template <class Section>
    void vary(cardfit::keys::key_table<Section> table, Section& section, const cardfit::io::job_file& file) {
        for (const cardfit::keys::key<Section>& each : table) {
            if (each.member.get == nullptr || each.member.set == nullptr || random_.below(8) != 0) continue;
            const Section before = section;
            each.member.set(section, value_of(each.facts, each.member.get(section)));
            if (!is_accepted(file)) section = before;
        }
    }

    /// Returns a random value that a key accepts by itself; for kinds that are not varied, its present one.
    [[nodiscard]] cardfit::keys::key_value value_of(const cardfit::keys::key_facts& key,
                                                    cardfit::keys::key_value present) {
        using cardfit::keys::value_kind;
        switch (key.kind) {
            case value_kind::integer:
                return {.whole = std::clamp(random_.among({key.range.low, key.range.low + 1, 2, 4, 8, 33, 100, 1024}),
                                            key.range.low, key.range.high)};
            case value_kind::number:
                return {.real = std::clamp(0.1 * static_cast<double>(random_.among({1, 5, 8, 9, 10, 15, 20, 1000})),
                                           key.interval.low, key.interval.high)};
            case value_kind::boolean:
                return {.whole = random_.among({0, 1})};
            case value_kind::three_state:
                return {.whole = random_.among({0, 1, 2})};
            case value_kind::word:
                return {.whole = key.words[random_.below(key.words.size())].value};
            case value_kind::words:
                return {.whole = std::int64_t{1} << key.words[random_.below(key.words.size())].value |
                                 std::int64_t{1} << key.words[random_.below(key.words.size())].value};
            case value_kind::month:
                return {.whole = 100 * random_.among({2019, 2021, 2023, 2024, 2025, 2026}) + random_.among({1, 6})};
            case value_kind::version:
            case value_kind::card:
            case value_kind::model:
            case value_kind::machine:
            case value_kind::cards:
            case value_kind::shares:
                return present;
        }
        return present;
    }

    unsigned seed_;
    unsigned number_ = 0;
    random_jobs random_;
};

/// Counts in how many jobs each key has another value than its default, and which of its words came up.
class key_coverage {
public:
    void count(const varied_job& v) {
        ++jobs_;
        ++models_[v.file.model_name];
        add<cardfit::machine>(cardfit::keys::hardware_keys, v.file.hardware);
        add<cardfit::layout>(cardfit::keys::layout_keys, v.file.layout);
        if (v.file.training) add<cardfit::training>(cardfit::keys::training_keys, *v.file.training);
        if (v.file.inference) add<cardfit::inference>(cardfit::keys::inference_keys, *v.file.inference);
    }

    /// Returns what never came up: keys, and words of keys.
    [[nodiscard]] std::set<std::string> missing() const {
        std::set<std::string> never;
        for (const auto& [path, seen] : keys_) {
            if (seen.changed == 0) never.insert(std::string(path));
            for (const cardfit::keys::word& each : seen.facts->words)
                if (!each.alias && seen.changed > 0 && !seen.words.contains(each.value))
                    never.insert(std::string(path) + " = " + std::string(each.name));
        }
        return never;
    }

    /// Prints a row for each key: the jobs in which it has another value than its default, and how many of its words
    /// came up.
    friend std::ostream& operator<<(std::ostream& out, const key_coverage& c) {
        out << c.jobs_ << " jobs, " << c.models_.size() << " models\n";
        for (const auto& [path, seen] : c.keys_) {
            out << path << ": " << seen.changed << " jobs";
            if (!seen.facts->words.empty()) out << ", " << seen.words.size() << " words";
            out << "\n";
        }
        return out;
    }

private:
    struct seen_key {
        const cardfit::keys::key_facts* facts = nullptr;
        unsigned changed = 0;
        std::set<std::int64_t> words{};
    };

    template <class Section>
    void add(cardfit::keys::key_table<Section> table, const Section& section) {
        const Section defaults{};
        for (const cardfit::keys::key<Section>& each : table) {
            if (each.member.get == nullptr) continue;
            seen_key& seen = keys_[each.facts.path];
            seen.facts = &each.facts;
            const cardfit::keys::key_value value = each.member.get(section);
            seen.changed += value != each.member.get(defaults) ? 1U : 0U;
            const bool is_set = each.facts.kind == cardfit::keys::value_kind::words;
            for (const cardfit::keys::word& word : each.facts.words)
                if (is_set ? (value.whole >> word.value & 1) != 0 : value.whole == word.value)
                    seen.words.insert(word.value);
        }
    }

    unsigned jobs_ = 0;
    std::map<std::string, unsigned, std::less<>> models_{};
    std::map<std::string_view, seen_key> keys_{};
};
