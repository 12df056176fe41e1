// SPDX-License-Identifier: MIT
#pragma once

// Files of settings: YAML, TOML or JSON by their names, read within limits. Only regular files are opened, and only
// those that a command names.

#include <cardfit/io/import/setting.hpp>
#include <cardfit/io/parse_json.hpp>
#ifdef CARDFIT_WITH_YAML
#    include <cardfit/io/import/read_yaml.hpp>
#endif
#ifdef CARDFIT_WITH_TOML
#    include <cardfit/io/import/read_toml.hpp>
#endif

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

namespace cardfit::io::imports {

/// Where the files of a command are looked for.
struct file_place {
    /// The folder in which the command would run; empty for the current one.
    std::filesystem::path folder{};
};

namespace detail {

[[nodiscard]] inline bool is_regular(const std::filesystem::path& path) {
    std::error_code failed;
    return path.native().find('\0') == std::string::npos && std::filesystem::is_regular_file(path, failed) && !failed;
}

[[nodiscard]] inline bool ends_in(std::string_view name, std::initializer_list<std::string_view> ends) {
    return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return name.ends_with(end); });
}

/// Returns the trees of the first documents of a YAML text, one to `most`. JSON is YAML too.
[[nodiscard]] inline std::vector<nlohmann::json> yaml_trees([[maybe_unused]] const std::string& text,
                                                            const std::string& name,
                                                            [[maybe_unused]] std::size_t most) {
#ifdef CARDFIT_WITH_YAML
    return read_yaml(text, name, most);
#else
    refuse_document(name, "this build has no yaml-cpp", "a build with yaml-cpp, or the settings as flags");
#endif
}

[[nodiscard]] inline nlohmann::json toml_tree([[maybe_unused]] const std::string& text, const std::string& name) {
#ifdef CARDFIT_WITH_TOML
    return read_toml(text, name);
#else
    refuse_document(name, "this build has no toml++", "a build with toml++, or the settings as flags");
#endif
}

[[nodiscard]] inline nlohmann::json json_tree(const std::string& text, const std::string& name) {
    if (text.size() > longest_document) refuse_document(name, "it is too long", "a file of at most 1 MiB");
    nlohmann::json tree = parse_json(io::detail::with_python_numbers_quoted(text), {name, name});
    check_nesting(tree, name, name);
    return tree;
}

/// Returns the trees of the first documents of a text, one to `most`, whatever they are.
[[nodiscard]] inline std::vector<nlohmann::json> trees_of(const std::string& text, const std::string& name,
                                                          std::size_t most) {
    if (ends_in(name, {".json"})) return {json_tree(text, name)};
    if (ends_in(name, {".toml"})) return {toml_tree(text, name)};
    return yaml_trees(text, name, most);
}

}  // namespace detail

/// Returns the path of a file that a command names: as the command's folder has it, or else beside `beside`. Throws
/// input_error if there is none.
[[nodiscard]] inline std::filesystem::path find_file(const std::string& name, const file_place& place,
                                                     const std::filesystem::path& beside = {}) {
    std::filesystem::path here = place.folder / name;
    if (detail::is_regular(here)) return here;
    if (!beside.empty() && detail::is_regular(beside.parent_path() / name)) return beside.parent_path() / name;
    throw input_error({refused_value(name, here.string(), "the path of a file that can be read")});
}

/// Returns true if a file is at this place.
[[nodiscard]] inline bool has_file(const std::string& name, const file_place& place) {
    return detail::is_regular(place.folder / name);
}

/// Returns the text of a file that a command names. Throws input_error for what is no regular file of at most 1 MiB.
[[nodiscard]] inline std::string read_text(const std::filesystem::path& path, const std::string& name) {
    std::error_code failed;
    const bool regular = detail::is_regular(path);
    const std::uintmax_t size = regular ? std::filesystem::file_size(path, failed) : 0;
    if (!regular || failed) throw input_error({refused_value(name, path.string(), "a file that can be read")});
    if (size > longest_document) refuse_document(name, "it is too long", "a file of at most 1 MiB");
    return io::read_file(path.string(), name);
}

/// Returns true for the name of a file of settings.
[[nodiscard]] inline bool is_document(std::string_view name) {
    return detail::ends_in(name, {".yaml", ".yml", ".json", ".toml"});
}

/// The documents that are read of one file.
inline constexpr std::size_t most_documents = 1000;

/// Returns the trees of the first documents of a text of settings, one to `most`, read as the name of its file says.
/// Only YAML may have several.
[[nodiscard]] inline std::vector<nlohmann::json> documents_of(const std::string& text, const std::string& name,
                                                              std::size_t most = most_documents) {
    std::vector<nlohmann::json> trees = detail::trees_of(text, name, most);
    if (!trees.front().is_object())
        refuse_document(name, "it is no map of keys and values", "a file of keys and values");
    return trees;
}

/// Returns the tree of a text of settings: that of its first document.
[[nodiscard]] inline nlohmann::json document_of(const std::string& text, const std::string& name) {
    return documents_of(text, name, 1).front();
}

}  // namespace cardfit::io::imports
