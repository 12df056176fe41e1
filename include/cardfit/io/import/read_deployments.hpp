// SPDX-License-Identifier: MIT
#pragma once

// Files that deploy a server: Docker Compose and Kubernetes start a program in a container, and Triton's config.pbtxt
// names an engine with its settings.

#include <cardfit/io/import/read_files.hpp>
#include <cardfit/io/import/shell_words.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::imports::detail {

/// A container: its image, its program, and how many cards it has.
struct container {
    std::string image{};
    std::vector<std::string> words{};
    std::vector<std::string> variables{};
    std::string cards{};
    /// True if its words are the program, and false if they are flags of the image's own program.
    bool whole = false;
};

/// Returns the words of a command, which is a text or a list.
[[nodiscard]] inline std::vector<std::string> words_of_json(const nlohmann::json& value) {
    std::vector<std::string> words;
    if (value.is_array())
        for (const nlohmann::json& each : value)
            if (!each.is_structured()) words.push_back(scalar_text(each));
    if (!value.is_string()) return words;
    const shell_script script = read_shell(value.get_ref<const std::string&>());
    for (const shell_command& each : script.commands) {
        for (const auto& [name, text] : each.environment) words.push_back(name + "=" + text);
        words.insert(words.end(), each.words.begin(), each.words.end());
    }
    return words;
}

[[nodiscard]] inline const nlohmann::json* member(const nlohmann::json* tree, std::string_view name) {
    if (tree == nullptr || !tree->is_object()) return nullptr;
    const auto found = tree->find(name);
    return found == tree->end() ? nullptr : &*found;
}

/// Returns the value behind names with slashes between; null if there is none.
[[nodiscard]] inline const nlohmann::json* member_at(const nlohmann::json& tree, std::string_view path) {
    const nlohmann::json* at = &tree;
    while (at != nullptr && !path.empty()) {
        const std::string_view name = path.substr(0, path.find('/'));
        at = member(at, name);
        path.remove_prefix((std::min)(name.size() + 1, path.size()));
    }
    return at;
}

/// Returns variables that are a map, a list of NAME=VALUE, or a list of maps with name and value.
[[nodiscard]] inline std::vector<std::string> variables_of(const nlohmann::json& value) {
    std::vector<std::string> variables;
    if (value.is_object())
        for (const auto& [name, each] : value.items())
            if (!each.is_structured() && !each.is_null()) variables.push_back(name + "=" + scalar_text(each));
    if (!value.is_array()) return variables;
    for (const nlohmann::json& each : value) {
        const nlohmann::json* name = member(&each, "name");
        const nlohmann::json* text = member(&each, "value");
        if (each.is_string()) variables.push_back(each.get<std::string>());
        const bool both = name != nullptr && name->is_string() && text != nullptr && !text->is_structured();
        if (both) variables.push_back(name->get<std::string>() + "=" + scalar_text(*text));
    }
    return variables;
}

/// The keys by which a kind of file states a container.
struct container_keys {
    /// What replaces the image's own program.
    std::string_view program;
    std::string_view arguments;
    std::string_view variables;
};

/// Returns a container as these keys state it, its cards left out.
[[nodiscard]] inline container container_of(const nlohmann::json& stated, const container_keys& names) {
    container c;
    if (const auto* image = member(&stated, "image"); image != nullptr && image->is_string()) c.image = *image;
    if (const auto* program = member(&stated, names.program)) c.words = words_of_json(*program);
    c.whole = !c.words.empty();
    if (const auto* arguments = member(&stated, names.arguments)) {
        const std::vector<std::string> more = words_of_json(*arguments);
        c.words.insert(c.words.end(), more.begin(), more.end());
    }
    if (const auto* variables = member(&stated, names.variables)) c.variables = variables_of(*variables);
    return c;
}

/// Returns a service of Docker Compose.
[[nodiscard]] inline container container_of_service(const nlohmann::json& service) {
    container c = container_of(service, {"entrypoint", "command", "environment"});
    const auto* devices = member_at(service, "deploy/resources/reservations/devices");
    if (devices == nullptr || !devices->is_array() || devices->empty()) return c;
    const nlohmann::json* first = &(*devices)[0];
    if (const auto* count = member(first, "count"); count != nullptr && !count->is_structured())
        c.cards = scalar_text(*count);
    if (const auto* ids = member(first, "device_ids"); ids != nullptr && ids->is_array())
        c.cards = std::to_string(ids->size());
    return c;
}

/// Returns a container of a Kubernetes pod.
[[nodiscard]] inline container container_of_pod(const nlohmann::json& stated) {
    container c = container_of(stated, {"command", "args", "env"});
    const auto* limits = member_at(stated, "resources/limits");
    for (const std::string_view card : {"nvidia.com/gpu", "amd.com/gpu"}) {
        const auto* count = member(limits, card);
        if (count != nullptr && !count->is_structured()) c.cards = scalar_text(*count);
    }
    return c;
}

/// Adds the containers of a file of Docker Compose or Kubernetes; none of another file.
inline void add_containers(const nlohmann::json& tree, std::vector<container>& all) {
    if (const auto* services = member(&tree, "services"); services != nullptr && services->is_object())
        for (const auto& each : *services) all.push_back(container_of_service(each));
    if (member(&tree, "apiVersion") == nullptr) return;
    for (const std::string_view place :
         {"spec/containers", "spec/template/spec/containers", "spec/jobTemplate/spec/template/spec/containers",
          "spec/predictor/containers", "spec/leaderWorkerTemplate/workerTemplate/spec/containers"}) {
        const auto* listed = member_at(tree, place);
        if (listed == nullptr || !listed->is_array()) continue;
        for (const nlohmann::json& each : *listed) all.push_back(container_of_pod(each));
    }
}

/// Returns the containers of a file's documents.
[[nodiscard]] inline std::vector<container> containers_of(const std::vector<nlohmann::json>& trees) {
    std::vector<container> all;
    for (const nlohmann::json& tree : trees) add_containers(tree, all);
    return all;
}

/// Returns the command that a container runs, as a shell would have it.
[[nodiscard]] inline std::vector<std::string> command_of(const container& c) {
    std::vector<std::string> words;
    if (c.whole) {
        words = {"env"};
        words.insert(words.end(), c.variables.begin(), c.variables.end());
    } else {
        words = {"docker", "run"};
        for (const std::string& each : c.variables) words.insert(words.end(), {"-e", each});
        words.push_back(c.image);
    }
    words.insert(words.end(), c.words.begin(), c.words.end());
    return words;
}

/// Returns the text between the next quotes behind a word; empty if there is none.
[[nodiscard]] inline std::string quoted_behind(std::string_view text, std::string_view word) {
    const std::size_t at = text.find(word);
    const std::size_t start = at == text.npos ? text.npos : text.find('"', at + word.size());
    const std::size_t end = start == text.npos ? text.npos : text.find('"', start + 1);
    return end == text.npos ? std::string() : std::string(text.substr(start + 1, end - start - 1));
}

/// Reads Triton's config.pbtxt: the engine that its backend names, with the settings of vLLM's model.json beside it, or
/// with TensorRT-LLM's parameters.
inline void read_triton(request& r, const std::string& name) {
    const std::filesystem::path path = find_file(name, r.options.place);
    const std::string text = read_text(path, name);
    const std::string backend = quoted_behind(text, "backend:");
    if (backend != "vllm" && backend != "tensorrtllm")
        throw input_error({refused_value(name + ": backend", backend, "vllm, tensorrtllm")});
    r.program = backend == "vllm" ? &vllm_tool : &trtllm_tool;
    r.note(name + " is read as a model of Triton whose backend is " + backend);
    if (backend == "vllm") {
        const std::string settings = (std::filesystem::path(name).parent_path() / "1" / "model.json").string();
        return read_settings_file(r, vllm_tool, settings);
    }
    std::vector<setting> settings;
    std::string_view rest = text;
    for (std::size_t at = rest.find("key:"); at != rest.npos; at = rest.find("key:")) {
        rest.remove_prefix(at);
        const std::string key = quoted_behind(rest, "key:");
        const std::string value = quoted_behind(rest.substr(0, rest.find("key:", 4)), "string_value:");
        const bool stated = !value.empty() && !value.starts_with("${");
        if (stated) settings.push_back({.name = key, .values = {value}, .written = key, .from = name});
        rest.remove_prefix(4);
    }
    account_for_all(trtllm_tool, settings, rank::file, r.known, r.accounts);
}

}  // namespace cardfit::io::imports::detail
