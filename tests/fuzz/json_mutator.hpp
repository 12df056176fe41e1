// SPDX-License-Identifier: MIT
#pragma once

// Changes JSON documents for libFuzzer. Bytes changed at random are rarely JSON any more, and names made of random
// bytes are never keys of a job. So most changes are those of a value, a member or an element, with the names that
// cardfit reads; one in eight is libFuzzer's own. A fuzzer of JSON texts includes this header and has these changes.

#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/key_table.hpp>
#include <cardfit/model/zoo.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(unsigned char* data, std::size_t size, std::size_t longest);

namespace fuzz {

/// Returns the names that cardfit reads: keys of the job and their words, cards, models, and kinds of config.json.
[[nodiscard]] inline const std::vector<std::string>& known_names() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> names{"model", "hardware", "training", "inference", "layout", "huggingface"};
        for (const cardfit::io::listed_key& key : cardfit::io::listed_keys()) {
            const std::string_view path = key.facts->path;
            names.emplace_back(path.substr(path.rfind('.') + 1));
            for (const cardfit::keys::word& each : key.facts->words) names.emplace_back(each.name);
        }
        for (const cardfit::gpu* card : cardfit::cards::all) names.emplace_back(card->id);
        for (const auto& entry : cardfit::models::all) names.emplace_back(entry.id);
        for (const std::string_view type : cardfit::io::huggingface_types()) names.emplace_back(type);
        return names;
    }();
    return all;
}

/// Makes changes that are the same for a given seed.
class json_changes {
public:
    explicit json_changes(unsigned seed) : random_(seed) {}

    /// Changes one value of a document.
    void change(nlohmann::json& document) {
        nlohmann::json& value = any_of(document);
        switch (below(6)) {
            case 0:
                value = scalar();
                break;
            case 1:
                value = nlohmann::json(any_of(document));
                break;
            case 2:
                erase_in(value);
                break;
            case 3:
                nudge(value);
                break;
            case 4:
                value = nlohmann::json::array({std::move(value)});
                break;
            default:
                add_to(value, scalar());
        }
    }

    /// Puts a part of one document into another.
    void cross(nlohmann::json& document, nlohmann::json& other) {
        nlohmann::json& from = any_of(other);
        nlohmann::json& to = any_of(document);
        if (!from.is_object() || !to.is_object() || from.empty()) {
            to = from;
            return;
        }
        const auto member = std::next(from.begin(), static_cast<std::ptrdiff_t>(below(from.size())));
        to[member.key()] = member.value();
    }

    [[nodiscard]] std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_()) % n; }

private:
    /// Returns the document or a value inside of it.
    [[nodiscard]] nlohmann::json& any_of(nlohmann::json& document) {
        std::vector<nlohmann::json*> all{&document};
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (!all[i]->is_structured()) continue;
            for (nlohmann::json& inner : *all[i]) all.push_back(&inner);
        }
        return *all[below(all.size())];
    }

    [[nodiscard]] const std::string& name() { return known_names()[below(known_names().size())]; }

    [[nodiscard]] nlohmann::json scalar() {
        constexpr std::int64_t whole[]{0,     1,      2,       3,         8,
                                       64,    100,    1024,    4096,      131'072,
                                       -1,    65'536, 1 << 30, 1LL << 31, std::numeric_limits<std::int64_t>::max(),
                                       7'777, 10'000, 999'999, 1LL << 53, std::numeric_limits<std::int64_t>::min()};
        constexpr double broken[]{0.5, 0.9, 1.0, 1.5, -0.0, 1e-300, 1e18, 1e300};
        switch (below(5)) {
            case 0:
                return broken[below(std::size(broken))];
            case 1:
                return below(2) == 1;
            case 2:
                return name();
            case 3:
                return below(3) == 0 ? nlohmann::json() : nlohmann::json::object();
            default:
                return whole[below(std::size(whole))];
        }
    }

    void erase_in(nlohmann::json& value) {
        if (value.is_structured() && !value.empty())
            value.erase(std::next(value.begin(), static_cast<std::ptrdiff_t>(below(value.size()))));
        else
            value = nullptr;
    }

    /// Makes a number a little larger, smaller, or twice as large.
    void nudge(nlohmann::json& value) {
        if (!value.is_number_integer()) {
            value = scalar();
            return;
        }
        const auto number = value.get<std::uint64_t>();
        const std::uint64_t near[]{number + 1, number - 1, number * 2, number / 2, 0 - number};
        value = static_cast<std::int64_t>(near[below(std::size(near))]);
    }

    void add_to(nlohmann::json& value, nlohmann::json added) {
        if (value.is_array())
            value.push_back(std::move(added));
        else if (value.is_object())
            value[name()] = std::move(added);
        else
            value = nlohmann::json::object({{name(), std::move(added)}});
    }

    std::mt19937 random_;
};

/// Returns the document that a text is, or a discarded value for a text that is none.
[[nodiscard]] inline nlohmann::json document_of(const unsigned char* data, std::size_t size) {
    return nlohmann::json::parse(data, data + size, nullptr, false);
}

/// Writes a document over the data of libFuzzer. Returns its size, or 0 if it is too long.
[[nodiscard]] inline std::size_t write_document(const nlohmann::json& document, unsigned char* data,
                                                std::size_t longest) {
    const std::string text = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (text.size() > longest) return 0;
    std::copy(text.begin(), text.end(), data);
    return text.size();
}

}  // namespace fuzz

extern "C" {

[[gnu::used]] inline std::size_t LLVMFuzzerCustomMutator(unsigned char* data, std::size_t size, std::size_t longest,
                                                         unsigned seed) {
    fuzz::json_changes changes(seed);
    nlohmann::json document = fuzz::document_of(data, size);
    if (document.is_discarded() || changes.below(8) == 0) return LLVMFuzzerMutate(data, size, longest);
    for (std::size_t i = 1 + changes.below(3); i > 0; --i) changes.change(document);
    const std::size_t written = fuzz::write_document(document, data, longest);
    return written > 0 ? written : LLVMFuzzerMutate(data, size, longest);
}

[[gnu::used]] inline std::size_t LLVMFuzzerCustomCrossOver(const unsigned char* data, std::size_t size,
                                                           const unsigned char* other, std::size_t other_size,
                                                           unsigned char* out, std::size_t longest, unsigned seed) {
    nlohmann::json document = fuzz::document_of(data, size);
    nlohmann::json from = fuzz::document_of(other, other_size);
    if (document.is_discarded() || from.is_discarded()) return 0;
    fuzz::json_changes(seed).cross(document, from);
    return fuzz::write_document(document, out, longest);
}
}
