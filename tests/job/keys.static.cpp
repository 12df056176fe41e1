// SPDX-License-Identifier: MIT

// Tests the table of job keys: rows are complete, paths agree with their ranges, and every key accepts its own default.

#include <cardfit/job/keys.hpp>

using namespace cardfit;

namespace {

constexpr std::string_view prefix_of(keys::section section) {
    switch (section) {
        case keys::section::hardware:
            return "hardware.";
        case keys::section::training:
            return "training.";
        case keys::section::inference:
        case keys::section::diffusion:
            return "inference.";
        case keys::section::layout:
            return "layout.";
        case keys::section::transformer:
            return "model.transformer.";
    }
    return "";
}

/// Returns whether a row has what its kind of value needs, and a documentation that ends as a sentence does.
constexpr bool complete(const keys::key_facts& key) {
    const bool documented = !key.documentation.empty() && key.documentation.back() == '.';
    switch (key.kind) {
        case keys::value_kind::integer:
            return documented && key.path == key.range.path && key.range.low < key.range.high;
        case keys::value_kind::number:
            return documented && key.path == key.interval.path && key.interval.low < key.interval.high;
        case keys::value_kind::word:
        case keys::value_kind::words:
            return documented && key.words.size() > 1;
        default:
            return documented;
    }
}

constexpr bool rows_are_complete() {
    bool good = true;
    keys::visit_sections([&](keys::section section, const auto& table) {
        for (const auto& each : table) {
            good = good && complete(each.facts) && each.facts.path.starts_with(prefix_of(section));
            good = good && (each.facts.flag.empty() || each.facts.flag.starts_with("--"));
        }
    });
    return good;
}
static_assert(rows_are_complete());

/// Every key of a job has a flag except the card and the machine, which the command takes by itself; the dimensions of
/// a model have none.
constexpr bool flags_are_complete() {
    bool good = true;
    keys::visit_sections([&](keys::section section, const auto& table) {
        for (const auto& each : table)
            good = good && each.facts.flag.empty() ==
                               (section == keys::section::transformer || each.facts.path == "hardware.card" ||
                                each.facts.path == "hardware.machine");
    });
    return good;
}
static_assert(flags_are_complete());

/// No key occurs twice in a section.
constexpr bool paths_are_unique() {
    bool good = true;
    keys::visit_sections([&](keys::section, const auto& table) {
        for (std::size_t i = 0; i < table.size(); ++i)
            for (std::size_t k = 0; k < i; ++k) good = good && table[i].facts.path != table[k].facts.path;
    });
    return good;
}
static_assert(paths_are_unique());

/// A default lies in the key's own range, or is the value that the aggregate has for "not given": 0, or a word that no
/// file may use.
template <class Section>
constexpr bool defaults_are_accepted(keys::key_table<Section> table) {
    for (const keys::key<Section>& each : table) {
        const keys::key_facts& key = each.facts;
        if (each.member.get == nullptr) continue;
        const keys::key_value value = each.member.get(Section{});
        const bool in_range = value.whole >= key.range.low && value.whole <= key.range.high;
        const bool unset = value.whole == 0 && (key.required || !key.absent.empty());
        if (key.kind == keys::value_kind::integer && !in_range && !unset) return false;
        bool known = !key.absent.empty();
        for (const keys::word& word : key.words) known = known || word.value == value.whole;
        if (key.kind == keys::value_kind::word && !known) return false;
    }
    return true;
}
constexpr bool all_defaults_are_accepted() {
    bool good = true;
    keys::visit_sections([&](keys::section, const auto& table) { good = good && defaults_are_accepted(table); });
    return good;
}
static_assert(all_defaults_are_accepted());

/// The paths by which the core's checks name a field are keys of the table.
static_assert(keys::find("training.micro_batch")->range.high == key_ranges::micro_batch.high);
static_assert(keys::find("layout.sharding_group") != nullptr);
static_assert(keys::find("training.batch") == nullptr);

/// A member is read and written through its row.
constexpr training changed_by_row(std::string_view path, keys::key_value value) {
    training t;
    for (const keys::key<training>& each : keys::training_keys)
        if (each.facts.path == path) each.member.set(t, value);
    return t;
}
static_assert(changed_by_row("training.micro_batch", {.whole = 4}) == training{.micro_batch = 4});
static_assert(changed_by_row("training.adapter.rank", {.whole = 8}) == training{.adapter = {.rank = 8}});
static_assert(changed_by_row("training.software_date", {.whole = 202412}) ==
              training{.software_date = {.year = 2024, .month = 12}});

/// The first word of an enumerator is its name; aliases follow.
static_assert(keys::name_of(keys::sharding_names, sharding::full) == "full");
static_assert(keys::name_of(keys::engine_names, engine::llama_cpp) == "llama.cpp");
constexpr bool aliases_follow_names() {
    for (const auto& each : keys::engine_names)
        if (each.alias && keys::name_of(keys::engine_names, each.value) == each.name) return false;
    return true;
}
static_assert(aliases_follow_names());

}  // namespace
