// SPDX-License-Identifier: MIT
#pragma once

// Sections of a job file, read by the table of their keys into the C++ aggregates.

#include <cardfit/io/key_value.hpp>
#include <cardfit/io/object_reader.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cardfit::io {

namespace detail {

/// Reads one key into its member. A key without a member is only marked as known: its reader takes it itself.
template <class Section>
void read_key(object_reader& in, std::string_view name, const keys::key<Section>& key, Section& target,
              findings& found) {
    const std::optional<json_view> value = in.take(name);
    if (key.member.set == nullptr) return;
    if (!value && key.facts.required)
        found.problems.push_back(missing_key(in.full(name), accepted_text(key.facts)));
    else if (!value && key.facts.noted)
        in.assume(name, default_text(key, target));
    if (!value) return;
    const std::size_t before = found.problems.size();
    const keys::key_value parsed = parse_value(key.facts, in.full(name), *value, found.problems);
    if (found.problems.size() == before) key.member.set(target, parsed);
}

}  // namespace detail

/// Reads a section's keys. Keys whose path goes deeper than the reader's object are those of a nested object, which may
/// be absent. `before` is the length of the path that leads to the reader's object: 9 for "training.micro_batch".
template <class Section>
void read_keys(object_reader& in, keys::key_table<Section> table, std::size_t before, Section& target,
               findings& found) {
    if (!in.is_object()) return;
    const auto name_at = [&](std::size_t row) { return table[row].facts.path.substr(before); };
    for (std::size_t first = 0; first < table.size();) {
        const std::string_view name = name_at(first);
        const std::size_t dot = name.find('.');
        if (dot == name.npos) {
            detail::read_key(in, name, table[first], target, found);
            ++first;
            continue;
        }
        const std::string_view nested = name.substr(0, dot + 1);
        std::size_t end = first;
        while (end < table.size() && name_at(end).starts_with(nested)) ++end;
        if (const std::optional<json_view> object = in.take(nested.substr(0, dot))) {
            object_reader inner(*object, in.full(nested.substr(0, dot)), found);
            read_keys(inner, table.subspan(first, end - first), before + nested.size(), target, found);
            inner.finish();
        }
        first = end;
    }
}

/// Reads the whole object of a section.
template <class Section, std::size_t N>
void read_section(json_view object, const std::string& path, const keys::key<Section> (&table)[N], Section& target,
                  findings& found) {
    object_reader in(object, path, found);
    read_keys(in, keys::key_table<Section>(table), path.size() + 1, target, found);
    in.finish();
}

}  // namespace cardfit::io
