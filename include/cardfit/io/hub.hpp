// SPDX-License-Identifier: MIT
#pragma once

// Requests to the Hugging Face Hub through libcurl. This is the only header that includes it, and a program that
// includes this header links it. Every request has a deadline and a limit on what it receives, and the token goes to
// the Hub's own address alone.

#include <cardfit/io/hub_files.hpp>
#include <cardfit/version.hpp>

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace cardfit::io {

/// How requests to the Hub are made.
struct hub_connection {
    /// The address to which the token is sent.
    std::string endpoint{};
    /// Empty: requests are anonymous.
    std::string token{};
    /// The time for all requests of one model.
    std::chrono::milliseconds deadline{60'000};
    std::chrono::milliseconds connect{10'000};  ///< for one connection
};

/// Returns the user's token: HF_TOKEN, or the file that `hf auth login` writes; empty if there is none. Throws
/// input_error for one that cannot stand in a header.
[[nodiscard]] inline std::string hub_token() {
    std::string token;
    for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"})
        if (token.empty()) token = detail::environment(name);
    if (token.empty()) {
        const std::string named = detail::environment("HF_TOKEN_PATH");
        const std::filesystem::path file =
            named.empty() ? detail::huggingface_home() / "token" : std::filesystem::path(named);
        std::error_code failed;
        if (std::filesystem::is_regular_file(file, failed))
            token = read_file(file.string(), "HF_TOKEN_PATH").substr(0, 4096);
    }
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r' || token.back() == ' ')) token.pop_back();
    for (const char c : token)
        if (c <= ' ' || c > '~')
            throw input_error(
                {input_problem{.key = "HF_TOKEN",
                               .accepted = "a token of letters, digits and underscores",
                               .message = "HF_TOKEN has a character that no token has; accepted: a token of "
                                          "letters, digits and underscores"}});
    return token;
}

namespace detail {

/// What a request has received so far.
struct hub_transfer {
    const hub_request& request;
    CURL* handle = nullptr;
    hub_reply reply{};
    std::int64_t header_bytes = 0;
};

/// Returns the number behind the slash of "Content-Range: bytes 0-99/1234"; 0 if there is none.
[[nodiscard]] inline std::int64_t whole_of_range(std::string_view line) {
    const std::size_t slash = line.rfind('/');
    std::int64_t whole = 0;
    if (slash == line.npos) return 0;
    for (const char c : line.substr(slash + 1)) {
        if (!is_digit(c) || whole > (std::int64_t{1} << 60) / 10) return 0;
        whole = whole * 10 + (c - '0');
    }
    return whole;
}

/// Receives one line of the answer's headers. All headers together are limited.
inline std::size_t receive_header(char* data, std::size_t size, std::size_t count, void* to) {
    constexpr std::int64_t longest = 64 * 1024;
    hub_transfer& transfer = *static_cast<hub_transfer*>(to);
    const std::size_t length = size * count;
    transfer.header_bytes += static_cast<std::int64_t>(length);
    if (transfer.header_bytes > longest) return 0;
    std::string_view line(data, length);
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    const std::size_t colon = line.find(':');
    if (colon == line.npos) return length;
    const std::string name = in_lower_case(line.substr(0, colon));
    line.remove_prefix(colon + 1);
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    if (name == "content-range") transfer.reply.whole = whole_of_range(line);
    constexpr std::size_t longest_wait = 40;
    if (name == "retry-after") transfer.reply.retry_after = std::string(line.substr(0, longest_wait));
    return length;
}

/// Receives a piece of the body. What is longer than the request accepts ends the transfer, as does a whole file where
/// a part was asked for.
inline std::size_t receive_body(char* data, std::size_t size, std::size_t count, void* to) {
    hub_transfer& transfer = *static_cast<hub_transfer*>(to);
    const std::size_t length = size * count;
    long status = 0;
    curl_easy_getinfo(transfer.handle, CURLINFO_RESPONSE_CODE, &status);
    const auto left = transfer.request.longest - static_cast<std::int64_t>(transfer.reply.body.size());
    if (status >= 300) return length;  // the text of an error or of a redirection is not needed
    if (transfer.request.bytes > 0 && status != 206) {
        transfer.reply.failure = "it does not answer range requests";
        return 0;
    }
    if (static_cast<std::int64_t>(length) > left) {
        transfer.reply.failure = "its answer is longer than " + std::to_string(transfer.request.longest) + " bytes";
        return 0;
    }
    transfer.reply.body.append(data, length);
    return length;
}

/// Returns the scheme, host and port of an address: "https://huggingface.co".
[[nodiscard]] inline std::string_view origin_of(std::string_view url) {
    const std::size_t host = url.find("://");
    if (host == url.npos) return {};
    return url.substr(0, (std::min)(url.find_first_of("/?#", host + 3), url.size()));
}

struct close_curl {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using curl_handle = std::unique_ptr<CURL, close_curl>;

/// Makes one request without following a redirection, whose address is put into `next`.
[[nodiscard]] inline hub_reply get_once(const hub_connection& to, const hub_request& request,
                                        std::chrono::milliseconds left, std::string& next) {
    const curl_handle curl(curl_easy_init());
    hub_transfer transfer{.request = request, .handle = curl.get()};
    if (!curl) return {.failure = "libcurl cannot start"};
    const std::string agent =
        "cardfit/" + std::to_string(CARDFIT_VERSION_MAJOR) + "." + std::to_string(CARDFIT_VERSION_MINOR);
    const std::string range = "0-" + std::to_string(request.bytes - 1);
    const bool plain = to.endpoint.starts_with("http://");
    curl_easy_setopt(curl.get(), CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, plain ? "http,https" : "https");
    curl_easy_setopt(curl.get(), CURLOPT_USERAGENT, agent.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, long{left.count()});
    curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT_MS, long{(std::min)(left, to.connect).count()});
    curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, receive_body);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &transfer);
    if (request.bytes > 0) curl_easy_setopt(curl.get(), CURLOPT_RANGE, range.c_str());
    // The token goes to the Hub alone, and never to the host of a redirection.
    if (!to.token.empty() && origin_of(request.url) == origin_of(to.endpoint)) {
        curl_easy_setopt(curl.get(), CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(curl.get(), CURLOPT_XOAUTH2_BEARER, to.token.c_str());
    }
    const CURLcode code = curl_easy_perform(curl.get());
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &transfer.reply.status);
    if (code != CURLE_OK && transfer.reply.failure.empty()) transfer.reply.failure = curl_easy_strerror(code);
    char* redirection = nullptr;
    curl_easy_getinfo(curl.get(), CURLINFO_REDIRECT_URL, &redirection);
    next = redirection ? redirection : "";
    return transfer.reply;
}

/// Starts libcurl once in the program.
inline void start_curl() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(started);
}

}  // namespace detail

/// Returns the function that makes requests over a connection: at most 5 redirections each, and the deadline for all.
[[nodiscard]] inline hub_get requests_over(hub_connection to) {
    detail::start_curl();
    const auto end = std::chrono::steady_clock::now() + to.deadline;
    return [to = std::move(to), end](const hub_request& asked) {
        constexpr int most = 5;
        hub_request request = asked;
        for (int redirections = 0; redirections <= most; ++redirections) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
            if (left.count() <= 0) return hub_reply{.failure = "no answer within the time for one model"};
            std::string next;
            hub_reply reply = detail::get_once(to, request, left, next);
            const bool redirected = reply.failure.empty() && reply.status >= 300 && reply.status < 400 && !next.empty();
            if (!redirected) return reply;
            request.url = std::move(next);
        }
        return hub_reply{.failure = "more than 5 redirections"};
    };
}

/// Returns the folder with what a repository at the Hub tells about its model, as the environment states where the Hub
/// and the user's cache are. Throws input_error.
[[nodiscard]] inline fetched_model fetch_from_hub(const model_phrase& phrase, bool refresh) {
    hub_options options = hub_options_of_environment();
    options.refresh = refresh;
    return fetch_from_hub(phrase, options, requests_over({.endpoint = options.endpoint, .token = hub_token()}));
}

}  // namespace cardfit::io
