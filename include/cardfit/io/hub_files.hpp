// SPDX-License-Identifier: MIT
#pragma once

// What tells a model's size and shape of a repository at the Hugging Face Hub: the Hub's own JSON, config.json,
// hf_quant_config.json, the index, or the header of the one file of weights. They go to a folder of cardfit's cache,
// where the reader of folders reads them. How a request is made is the caller's (hub.hpp has libcurl's way).

#include <cardfit/io/gguf.hpp>
#include <cardfit/io/local_models.hpp>
#include <cardfit/io/stored/folder.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace cardfit::io {

/// A GET request. With `bytes` above 0 it asks for the bytes [0, bytes) of a file alone.
struct hub_request {
    std::string url{};       ///< the whole address
    std::int64_t bytes = 0;  ///< 0: the whole file
    /// The length of the longest answer that is accepted.
    std::int64_t longest = 0;
};

/// The answer to a request.
struct hub_reply {
    /// The status of HTTP; 0 if there was no answer.
    long status = 0;
    std::string body{};  ///< what was answered
    /// The size of the whole file, of which a part was asked for; 0 if it is not stated.
    std::int64_t whole = 0;
    /// The header Retry-After; empty if there is none.
    std::string retry_after{};
    /// Why there was no answer, or none that is accepted; empty if there was one.
    std::string failure{};
};
/// Sends a request; tests have one of their own.
using hub_get = std::function<hub_reply(const hub_request&)>;

/// Where the Hub is and where its answers are stored.
struct hub_options {
    std::string endpoint = "https://huggingface.co";  ///< address of the Hub
    std::filesystem::path cache{};                    ///< folder of stored answers
    /// True to ask the Hub again for what the cache has.
    bool refresh = false;
};

/// Returns the options that the environment states: HF_ENDPOINT, and the user's cache. Throws input_error.
[[nodiscard]] inline hub_options hub_options_of_environment() {
    hub_options options;
    if (std::string endpoint = detail::environment("HF_ENDPOINT"); !endpoint.empty()) {
        while (endpoint.ends_with('/')) endpoint.pop_back();
        const bool http = endpoint.starts_with("https://") || endpoint.starts_with("http://");
        if (!http || endpoint.find_first_of("@ \\\"'?#") != endpoint.npos)
            throw input_error({refused_value("HF_ENDPOINT", endpoint, "an address that begins with https://")});
        options.endpoint = endpoint;
    }
    const std::filesystem::path cache = detail::user_cache();
    options.cache = (cache.empty() ? std::filesystem::temp_directory_path() : cache) / "cardfit" / "hub";
    return options;
}

namespace detail {

/// Throws input_error: "model is NAME: WHY; accepted: WAY".
[[noreturn]] inline void refuse_hub(const model_phrase& phrase, const std::string& why, const std::string& way) {
    input_problem problem = refused_value("model", phrase.repository(), way);
    problem.message = "model is \"" + phrase.repository() + "\": " + why + "; accepted: " + way;
    throw input_error({std::move(problem)});
}

/// Throws input_error for an answer that is no success.
inline void check_reply(const model_phrase& phrase, const hub_options& options, const hub_reply& reply) {
    const std::string other = "a zoo id or a path (--offline asks no Hub)";
    const std::string page = options.endpoint + "/" + phrase.repository();
    if (!reply.failure.empty())
        refuse_hub(phrase, "no answer from " + options.endpoint + " (" + reply.failure + ")", other);
    if (reply.status == 200 || reply.status == 206) return;
    if (reply.status == 401)
        refuse_hub(phrase, "the Hub answers 401: it has no such repository, or it is private or gated",
                   "another name (" + accepted_names(phrase.name) + "), or HF_TOKEN with a token that may read it");
    if (reply.status == 403)
        refuse_hub(phrase, "the Hub answers 403: the repository is gated",
                   "HF_TOKEN of an account that has accepted its license at " + page);
    if (reply.status == 404)
        refuse_hub(phrase, "the Hub has no such repository or revision (404)",
                   accepted_names(phrase.name) + ", or a path");
    if (reply.status == 429)
        refuse_hub(phrase, "the Hub limits the rate of requests (429)",
                   "another try " +
                       (reply.retry_after.empty() ? std::string("later") : "after " + reply.retry_after + " s") +
                       ", or HF_TOKEN, which has a higher limit");
    refuse_hub(phrase, options.endpoint + " answers " + std::to_string(reply.status), other);
}

/// One repository at one revision: how its files are asked for, and where they go.
struct hub_download {
    const model_phrase& phrase;
    const hub_options& options;
    const hub_get& get;
    std::string commit{};
    std::filesystem::path folder{};
    /// The names of the files that the Hub lists.
    std::vector<std::string> files{};

    [[nodiscard]] bool lists(const std::string& name) const { return has_word(files, name); }
    [[nodiscard]] std::string address_of(const std::string& file) const {
        return options.endpoint + "/" + phrase.repository() + "/resolve/" + commit + "/" + file;
    }
};

/// Returns an ending that no other process has at this time.
[[nodiscard]] inline std::string unique_ending() {
    std::random_device random;
    return std::to_string(random()) + std::to_string(random());
}

inline void write_file(const std::filesystem::path& path, const std::string& content) {
    std::ofstream file(path, std::ios::binary);
    file << content;
    if (!file.flush())
        throw input_error(
            {refused_value("XDG_CACHE_HOME", path.string(), "a folder for cardfit's cache that can be written")});
}

inline void download(const hub_download& from, const std::string& file, std::int64_t longest) {
    const hub_reply reply = from.get({.url = from.address_of(file), .longest = longest});
    check_reply(from.phrase, from.options, reply);
    write_file(from.folder / file, reply.body);
}

/// Stores the first bytes of a file of weights, and its size beside them. Throws input_error unless the answer is that
/// part of a larger file.
inline void download_start(const hub_download& from, const std::string& file, std::int64_t bytes) {
    const hub_reply reply = from.get({.url = from.address_of(file), .bytes = bytes, .longest = bytes});
    check_reply(from.phrase, from.options, reply);
    const auto length = static_cast<std::int64_t>(reply.body.size());
    const bool part = reply.status == 206 && reply.whole > 0 && length == (std::min)(bytes, reply.whole);
    if (!part)
        refuse_hub(from.phrase, "the server does not answer with the part of " + file + " that was asked for",
                   "a server that answers range requests, or the path of the file");
    write_file(from.folder / file, reply.body);
    write_file(from.folder / (file + std::string(whole_size_ending)), std::to_string(reply.whole));
}

/// Stores the header of a safetensors file, whose length is in its first 8 bytes.
inline void download_safetensors(const hub_download& from, const std::string& file) {
    constexpr std::int64_t usual = 256 * 1024;
    constexpr std::uint64_t longest = 100'000'000;  // the format's limit
    download_start(from, file, usual);
    const std::string start = read_file((from.folder / file).string(), "model");
    std::uint64_t length = 0;
    for (std::size_t i = (std::min)(start.size(), std::size_t{8}); i-- > 0;)
        length = length << 8U | static_cast<unsigned char>(start[i]);
    if (length > longest)
        refuse_hub(from.phrase, file + " states a header of " + std::to_string(length) + " bytes",
                   "a header of at most " + std::to_string(longest));
    if (length + 8 > start.size()) download_start(from, file, static_cast<std::int64_t>(length) + 8);
}

/// Stores the header of a GGUF file, whose length is not stated: its tokenizer may take some megabytes.
inline void download_gguf(const hub_download& from, const std::string& file) {
    constexpr std::int64_t least = std::int64_t{1} << 20;
    constexpr std::int64_t most = std::int64_t{64} << 20;
    for (std::int64_t bytes = least; bytes <= most; bytes *= 4) {
        download_start(from, file, bytes);
        try {
            static_cast<void>(read_gguf((from.folder / file).string()));
            return;
        } catch (const input_error&) {
            if (bytes == most) throw;
        }
    }
}

/// Returns the GGUF files of the format that the tag of a name states: all parts of one model. Throws input_error if
/// the name states none, or one that no file has.
[[nodiscard]] inline std::vector<std::string> gguf_files(const hub_download& from) {
    std::vector<std::string> found;
    std::string all;
    const std::string tag = in_lower_case(from.phrase.tag);
    for (const std::string& file : from.files) {
        if (!file.ends_with(".gguf") || file.starts_with("mmproj")) continue;
        all += (all.empty() ? "" : ", ") + file;
        if (!tag.empty() && in_lower_case(file).find(tag) != std::string::npos) found.push_back(file);
    }
    if (found.empty() && tag.empty() && all.find(',') == all.npos) return {all};
    constexpr std::size_t longest = 300;
    if (found.empty())
        refuse_hub(from.phrase,
                   tag.empty() ? "the repository has several GGUF files" : "no GGUF file has " + from.phrase.tag,
                   "NAME:FORMAT of one of " + all.substr(0, longest));
    return found;
}

/// Stores what the repository tells about its weights.
inline void download_weights(const hub_download& from) {
    constexpr std::int64_t longest_index = std::int64_t{64} << 20;
    constexpr std::size_t most_parts = 64;
    const std::string index = "model.safetensors.index.json";
    if (from.lists(index)) return download(from, index, longest_index);
    if (from.lists("model.safetensors")) return download_safetensors(from, "model.safetensors");
    const bool has_gguf = std::any_of(from.files.begin(), from.files.end(),
                                      [](const std::string& file) { return file.ends_with(".gguf"); });
    if (!has_gguf) return;
    const std::vector<std::string> parts = gguf_files(from);
    if (parts.size() > most_parts)
        refuse_hub(from.phrase, "the format has " + std::to_string(parts.size()) + " files", "at most 64 files");
    for (const std::string& part : parts) {
        if (!is_plain_name(part)) refuse_hub(from.phrase, "the file is " + part, "a file that is in no folder");
        download_gguf(from, part);
    }
}

/// Reads the Hub's JSON for a repository: its commit and its files. Throws input_error.
inline void read_listing(hub_download& from, const std::string& text) {
    const nlohmann::json listing = parse_json(text, {"model", "the Hub's answer"});
    const auto commit = listing.is_object() ? listing.find("sha") : listing.end();
    if (!listing.is_object() || commit == listing.end() || !commit->is_string() ||
        !is_plain_name(commit->get_ref<const std::string&>()))
        refuse_hub(from.phrase, "the Hub's answer has no commit (sha)", "a repository of models");
    from.commit = commit->get<std::string>();
    const auto siblings = listing.find("siblings");
    if (siblings == listing.end() || !siblings->is_array()) return;
    for (const nlohmann::json& file : *siblings)
        if (file.is_object() && file.contains("rfilename") && file["rfilename"].is_string())
            from.files.push_back(file["rfilename"].get<std::string>());
}

/// Returns the folder of a repository in cardfit's cache.
[[nodiscard]] inline std::filesystem::path folder_of_repository(const model_phrase& phrase,
                                                                const hub_options& options) {
    std::string host = options.endpoint.substr(options.endpoint.find("://") + 3);
    for (char& c : host)
        if (c == '/' || c == ':') c = '_';
    return options.cache / host / ("models--" + phrase.owner + "--" + phrase.name);
}

/// Returns the name under which the cache has a revision and, where there are several files, a format.
[[nodiscard]] inline std::string entry_of(const model_phrase& phrase) {
    std::string entry = phrase.revision.empty() ? "main" : phrase.revision;
    if (!phrase.tag.empty()) entry += "--" + in_lower_case(phrase.tag);
    return entry;
}

inline void download_all(hub_download& from) {
    constexpr std::int64_t longest_listing = std::int64_t{32} << 20;
    constexpr std::int64_t longest_config = std::int64_t{4} << 20;
    const std::string revision = from.phrase.revision.empty() ? "main" : from.phrase.revision;
    const hub_reply listing = from.get({.url = from.options.endpoint + "/api/models/" + from.phrase.repository() +
                                               "/revision/" + revision + "?blobs=true",
                                        .longest = longest_listing});
    check_reply(from.phrase, from.options, listing);
    read_listing(from, listing.body);
    write_file(from.folder / "hub.json", listing.body);
    for (const char* name : {"config.json", "hf_quant_config.json"})
        if (from.lists(name)) download(from, name, longest_config);
    download_weights(from);
    if (!describes_model(from.folder.string()))
        refuse_hub(from.phrase, "the repository has no config.json, no safetensors and no GGUF files",
                   "a repository of a model");
    write_file(from.folder / "commit", from.commit);
}

}  // namespace detail

/// Returns true for a name that may be a repository at the Hub: OWNER/NAME.
[[nodiscard]] inline bool may_be_repository(const model_phrase& phrase) {
    return detail::is_plain_name(phrase.owner) && detail::is_plain_name(phrase.name) &&
           (phrase.tag.empty() || detail::is_plain_name(phrase.tag)) &&
           (phrase.revision.empty() || detail::is_plain_name(phrase.revision));
}

namespace detail {

/// Returns the folder of the cache for a name, whether it is there or not.
[[nodiscard]] inline std::filesystem::path cache_folder(const model_phrase& phrase, const hub_options& options) {
    return folder_of_repository(phrase, options) / entry_of(phrase);
}

/// Returns a folder that was fetched, and the sentence about where it comes from.
[[nodiscard]] inline fetched_model described(const model_phrase& phrase, const hub_options& options, const char* how) {
    constexpr std::size_t shown = 12;
    const std::filesystem::path folder = cache_folder(phrase, options);
    const std::string commit = read_file((folder / "commit").string(), "model").substr(0, shown);
    return {folder.string(), phrase.repository() + " at " + options.endpoint + ", commit " + commit + how};
}

}  // namespace detail

/// Returns what the cache has of a repository at the Hub, or nothing. No one is asked.
[[nodiscard]] inline std::optional<fetched_model> find_in_cache(const model_phrase& phrase,
                                                                const hub_options& options) {
    std::error_code failed;
    if (!may_be_repository(phrase)) return {};
    if (!std::filesystem::is_regular_file(detail::cache_folder(phrase, options) / "commit", failed)) return {};
    return detail::described(phrase, options, " (cached; --refresh asks again)");
}

/// Returns the folder with what a repository at the Hub tells about its model: that of the cache, or else one that is
/// filled by requests. Nothing stays in the cache if one of them fails. Throws input_error.
[[nodiscard]] inline fetched_model fetch_from_hub(const model_phrase& phrase, const hub_options& options,
                                                  const hub_get& get) {
    namespace fs = std::filesystem;
    if (!may_be_repository(phrase))
        detail::refuse_hub(phrase, "this is no name of a repository",
                           "OWNER/NAME, OWNER/NAME@REVISION or OWNER/NAME:FORMAT");
    if (!options.refresh)
        if (std::optional<fetched_model> cached = find_in_cache(phrase, options)) return *cached;
    const fs::path folder = detail::cache_folder(phrase, options);
    const fs::path partial = folder.string() + ".partial-" + detail::unique_ending();
    std::error_code failed;
    fs::create_directories(partial, failed);
    detail::hub_download from{.phrase = phrase, .options = options, .get = get, .folder = partial};
    try {
        detail::download_all(from);
    } catch (...) {
        fs::remove_all(partial, failed);
        throw;
    }
    fs::remove_all(folder, failed);
    fs::rename(partial, folder, failed);
    if (failed)
        throw input_error(
            {refused_value("XDG_CACHE_HOME", folder.string(), "a folder for cardfit's cache that can be written")});
    return detail::described(phrase, options, "");
}

}  // namespace cardfit::io
