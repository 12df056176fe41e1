// SPDX-License-Identifier: MIT
#pragma once

// Reads YAML by yaml-cpp's events into a tree of JSON values, with limits on depth and on the number of nodes, aliases
// counted in full. This is the only header that needs yaml-cpp.

#include <cardfit/io/import/setting.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace cardfit::io::imports {

namespace detail {

/// Returns a plain scalar of YAML: null, a truth value, or its text. Numbers stay text, which tables read.
[[nodiscard]] inline nlohmann::json plain_scalar(const std::string& text) {
    for (const char* null : {"", "~", "null", "Null", "NULL"})
        if (text == null) return nullptr;
    return text;
}

/// Builds a tree from the events of one document.
class yaml_builder final : public YAML::EventHandler {
public:
    explicit yaml_builder(std::string name) : name_(std::move(name)) {}

    [[nodiscard]] nlohmann::json take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override { anchors_.clear(); }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t anchor) override { add(nullptr, anchor); }
    void OnAlias(const YAML::Mark&, YAML::anchor_t anchor) override {
        const auto known = anchors_.find(anchor);
        if (known == anchors_.end()) refuse("an alias stands inside the node that it names");
        nodes_ += known->second.second;
        add(known->second.first, 0);
    }
    void OnScalar(const YAML::Mark&, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
        const bool plain = tag == "?" || tag.empty();
        add(plain ? plain_scalar(value) : nlohmann::json(value), anchor);
    }
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(nlohmann::json::array(), anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
        open(nlohmann::json::object(), anchor);
    }
    void OnMapEnd() override { close(); }

private:
    /// A list or map that is being read: its value, the key that waits for a value, and where its nodes began.
    struct level {
        nlohmann::json value{};
        std::string key{};
        bool has_key = false;
        /// The keys that came from another map.
        std::set<std::string> merged{};
        YAML::anchor_t anchor = 0;
        std::size_t first_node = 0;
    };

    [[noreturn]] void refuse(const std::string& why) const {
        refuse_document(name_, why, "YAML of at most 64 levels and 100,000 values, aliases counted in full");
    }

    void count() {
        if (++nodes_ > most_nodes) refuse("it has more than 100,000 values");
    }

    void open(nlohmann::json value, YAML::anchor_t anchor) {
        count();
        if (levels_.size() >= static_cast<std::size_t>(deepest_node)) refuse("it nests more than 64 levels deep");
        levels_.push_back({.value = std::move(value), .anchor = anchor, .first_node = nodes_});
    }

    void close() {
        level done = std::move(levels_.back());
        levels_.pop_back();
        const std::size_t size = nodes_ - done.first_node + 1;
        if (done.anchor != 0) anchors_[done.anchor] = {done.value, size};
        place(std::move(done.value));
    }

    void add(nlohmann::json value, YAML::anchor_t anchor) {
        count();
        if (anchor != 0) anchors_[anchor] = {value, 1};
        place(std::move(value));
    }

    void place(nlohmann::json value) {
        if (levels_.empty()) {
            root_ = std::move(value);
            return;
        }
        level& top = levels_.back();
        if (top.value.is_array()) {
            top.value.push_back(std::move(value));
            return;
        }
        if (!top.has_key) return take_key(top, value);
        top.has_key = false;
        if (top.key == "<<") return merge(top, value);
        const bool merged = top.merged.erase(top.key) > 0;
        if (!merged && top.value.contains(top.key)) refuse("the key " + top.key + " is given twice");
        top.value[top.key] = std::move(value);
    }

    void take_key(level& top, const nlohmann::json& value) const {
        if (value.is_structured()) refuse("a key is a list or a map");
        top.key = scalar_text(value);
        top.has_key = true;
    }

    /// Adds the keys of a map that the map does not have yet. The map's own keys replace them.
    void merge(level& target, const nlohmann::json& value) const {
        if (!value.is_object()) refuse("<< stands before something else than a map");
        for (const auto& each : value.items()) {
            if (target.value.contains(each.key())) continue;
            target.value[each.key()] = each.value();
            target.merged.insert(each.key());
        }
    }

    std::string name_;
    nlohmann::json root_{};
    std::vector<level> levels_{};
    std::map<YAML::anchor_t, std::pair<nlohmann::json, std::size_t>> anchors_{};
    std::size_t nodes_ = 0;
};

}  // namespace detail

/// Returns the first documents of a YAML text, one to `most`. Throws input_error with the line of what is not YAML.
[[nodiscard]] inline std::vector<nlohmann::json> read_yaml(const std::string& text, const std::string& name,
                                                           std::size_t most) {
    if (text.size() > longest_document) refuse_document(name, "it is too long", "a file of at most 1 MiB");
    detail::yaml_builder builder(name);
    std::vector<nlohmann::json> documents;
    try {
        std::istringstream in(text);
        YAML::Parser parser(in);
        while (documents.size() < most && parser.HandleNextDocument(builder)) documents.push_back(builder.take());
    } catch (const YAML::Exception& e) {
        input_problem p{.key = name,
                        .accepted = "valid YAML",
                        .message = name + " is not valid YAML: " + e.msg,
                        .line = e.mark.is_null() ? 0 : e.mark.line + 1};
        if (p.line > 0) p.message += " (line " + std::to_string(p.line) + ")";
        throw input_error({std::move(p)});
    }
    if (documents.empty()) documents.emplace_back();
    return documents;
}

}  // namespace cardfit::io::imports
