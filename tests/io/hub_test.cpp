// SPDX-License-Identifier: MIT

// Tests what is fetched of a repository at the Hub, against a server of this machine: a sound one, one that refuses,
// and hostile ones, which must be refused in bounded time and memory. Without libcurl there is nothing to test.

#ifdef CARDFIT_WITH_HUB

#    include "../run_command.hpp"
#    include "http_server.hpp"

#    include <cardfit/io/answer.hpp>
#    include <cardfit/io/hub.hpp>
#    include <cardfit/io/text.hpp>

#    include <doctest/doctest.h>

#    include <chrono>
#    include <filesystem>

namespace io_hub_test {

using namespace cardfit;
namespace fs = std::filesystem;

namespace {

bool contains(const std::string& text, const std::string& piece) { return text.find(piece) != text.npos; }
std::string file(const std::string& name) {
    return io::read_file(std::string(CARDFIT_TEST_DATA) + "/io/" + name, "test");
}
std::string ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}
std::string status(const std::string& line, const std::string& headers = "") {
    return "HTTP/1.1 " + line + "\r\n" + headers + "Content-Length: 4\r\nConnection: close\r\n\r\nnope";
}
/// Returns the answer to a range request: the part of a body that the request asks for.
std::string part(const std::string& request, const std::string& body) {
    const std::size_t at = request.find("Range: bytes=0-");
    if (at == std::string::npos) return ok(body);
    const std::string bytes = body.substr(0, std::stoul(request.substr(at + 15)) + 1);
    return "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-" + std::to_string(bytes.size() - 1) + "/" +
           std::to_string(body.size()) + "\r\nContent-Length: " + std::to_string(bytes.size()) +
           "\r\nConnection: close\r\n\r\n" + bytes;
}
/// Returns the Hub's JSON for a repository with these files.
std::string listing(const std::vector<std::string>& files) {
    nlohmann::json siblings = nlohmann::json::array();
    for (const std::string& each : files) siblings.push_back({{"rfilename", each}});
    return nlohmann::json{{"id", "someone/Model"}, {"sha", "0123456789abcdef"}, {"siblings", siblings}}.dump();
}

/// The cache of one test, and the fetch of a name from a server.
struct test_hub {
    fs::path cache = fs::path(CARDFIT_SCRATCH) / "hub_cache";
    std::string token{};
    std::chrono::milliseconds deadline{3000};
    bool refresh = false;

    test_hub() { fs::remove_all(cache); }
    ~test_hub() { fs::remove_all(cache); }
    io::fetched_model fetch(const http_server& server, const std::string& name) const {
        const io::hub_options options{.endpoint = server.address(), .cache = cache, .refresh = refresh};
        return io::fetch_from_hub(
            io::phrase_of_model(name), options,
            io::requests_over({.endpoint = server.address(), .token = token, .deadline = deadline}));
    }
    /// Returns the message of a fetch that must fail, and checks that it leaves nothing in the cache.
    std::string refusal(const http_server& server, const std::string& name = "someone/Model") const {
        try {
            static_cast<void>(fetch(server, name));
        } catch (const io::input_error& e) {
            const std::string entry = io::detail::entry_of(io::phrase_of_model(name));
            for (const auto& each : fs::recursive_directory_iterator(cache)) {
                CHECK_FALSE(contains(each.path().filename().string(), ".partial"));
                CHECK_FALSE(each.path().filename() == entry);
            }
            return e.what();
        }
        return "no refusal";
    }
};

/// Answers the listing of a repository, and one file of it by a function.
http_server::handler serving(const std::string& name, std::function<void(const std::string&, http_client&)> answer) {
    return [name, answer = std::move(answer)](const std::string& path, const std::string& request, http_client& to) {
        if (path.starts_with("/api/models/")) return static_cast<void>(to.send(ok(listing({name}))));
        answer(request, to);
    };
}

}  // namespace

TEST_CASE("a config.json and an index: the shape and the bytes, asked once") {
    test_hub hub;
    const std::string index =
        R"({"metadata":{"total_size":16381470720},"weight_map":{"lm_head.weight":"model-1.safetensors"}})";
    http_server server([&](const std::string& path, const std::string&, http_client& to) {
        if (path == "/api/models/someone/Model/revision/main?blobs=true")
            to.send(ok(listing({"config.json", "model.safetensors.index.json", "model-1.safetensors"})));
        else if (path == "/someone/Model/resolve/0123456789abcdef/config.json")
            to.send(ok(file("configs/Qwen3-8B.json")));
        else if (path == "/someone/Model/resolve/0123456789abcdef/model.safetensors.index.json")
            to.send(ok(index));
        else
            to.send(status("404 Not Found"));
    });
    const nlohmann::json job = {
        {"model", "someone/Model"}, {"hardware", {{"card", "h100-sxm5-80gb"}}}, {"inference", {{"prompt", 16}}}};
    const auto fetcher = [&](const io::model_phrase& phrase) { return hub.fetch(server, phrase.repository()); };
    const io::job_file read = io::read_job(job, nullptr, fetcher);
    CHECK(parameters(lower(read.model)) == 8'190'735'360);
    // Qwen3-8B's index states 2 bytes per parameter.
    CHECK(read.stored.weights.total() == 16'381'470'720);
    CHECK(contains(read.resolution, "commit 0123456789ab"));
    CHECK(contains(io::answer_text(read, io::answer(read), {}), "Model: someone/Model is someone/Model at http"));
    CHECK(server.requests().size() == 3);
    CHECK(contains(io::read_job(job, nullptr, fetcher).resolution, "cached"));
    CHECK(server.requests().size() == 3);
    hub.refresh = true;
    static_cast<void>(hub.fetch(server, "someone/Model"));
    CHECK(server.requests().size() == 6);
    // Without a fetcher no one is asked.
    CHECK_THROWS_AS(static_cast<void>(io::read_job(job)), io::input_error);
    CHECK(server.requests().size() == 6);
}

TEST_CASE("the header of a safetensors file, and of one file among several GGUF ones") {
    test_hub hub;
    const std::string weights = file("files/all-types.safetensors");
    const std::string gguf = file("files/tiny-llama.gguf");
    http_server server([&](const std::string& path, const std::string& request, http_client& to) {
        if (path.starts_with("/api/models/someone/Model/revision/main"))
            to.send(ok(listing({"model.safetensors"})));
        else if (path.starts_with("/api/models/someone/Model-GGUF/revision/v1"))
            to.send(ok(listing({"Model-Q4_0.gguf", "Model-Q8_0.gguf", "mmproj-Q4_0.gguf"})));
        else
            to.send(part(request, path.ends_with(".gguf") ? gguf : weights));
    });
    const io::tensor_file whole =
        io::read_safetensors(std::string(CARDFIT_TEST_DATA) + "/io/files/all-types.safetensors");
    const std::string folder = hub.fetch(server, "someone/Model").folder;
    CHECK(io::read_contents(folder).bytes == whole.tensor_bytes);
    CHECK(server.requests().size() == 2);
    const io::tensor_file llama = io::read_gguf(std::string(CARDFIT_TEST_DATA) + "/io/files/tiny-llama.gguf");
    const io::fetched_model one = hub.fetch(server, "hf.co/someone/Model-GGUF:Q4_0@v1");
    CHECK(io::read_contents(one.folder).bytes == llama.tensor_bytes);
    CHECK(contains(server.requests().back(), "/Model-Q4_0.gguf"));
    CHECK(contains(hub.refusal(server, "someone/Model-GGUF:Q5_K_M@v1").substr(0, 300), "no GGUF file has Q5_K_M"));
}

TEST_CASE("of a large file only the start is fetched, and its size is that of the whole") {
    test_hub hub;
    // A header of 300 kB, larger than the first request, of a file of 3 GB.
    nlohmann::json header;
    for (int i = 0; i < 3000; ++i)
        header["model.layers." + std::to_string(i) + ".mlp.up_proj.weight"] = {
            {"dtype", "BF16"}, {"shape", {500, 1000}}, {"data_offsets", {i * 1'000'000LL, (i + 1) * 1'000'000LL}}};
    const std::string text = header.dump();
    std::string start(8, '\0');
    for (std::size_t i = 0; i < 8; ++i) start[i] = static_cast<char>(text.size() >> (8 * i) & 0xFFU);
    start += text;
    const std::int64_t whole = 3'000'000'000LL + static_cast<std::int64_t>(start.size());
    http_server server(serving("model.safetensors", [&](const std::string& request, http_client& to) {
        const std::string answer = part(request, start + std::string(1000, '\0'));
        const std::string real = "/" + std::to_string(start.size() + 1000) + "\r\n";
        std::string sized = answer;
        sized.replace(sized.find(real), real.size(), "/" + std::to_string(whole) + "\r\n");
        to.send(sized);
    }));
    CHECK(text.size() > 256 * 1024);
    CHECK(io::read_contents(hub.fetch(server, "someone/Model").folder).bytes == 3'000'000'000LL);
    CHECK(server.requests().size() == 3);
}

TEST_CASE("the tool asks the Hub that HF_ENDPOINT names, and keeps the answer") {
    test_hub hub;
    http_server server([&](const std::string& path, const std::string&, http_client& to) {
        to.send(ok(path.starts_with("/api/") ? listing({"config.json"}) : file("configs/Qwen3-8B.json")));
    });
    const std::string tool = "env -u HF_HUB_OFFLINE -u CARDFIT_OFFLINE XDG_CACHE_HOME=" + hub.cache.string() +
                             " HF_HOME=/nowhere HF_ENDPOINT=" + server.address() + " " + CARDFIT_TOOL +
                             " fit someone/Model --infer --card rtx-4090 --card rtx-3090";
    const outcome answered = run_command(tool + " 2>&1");
    CHECK(contains(answered.text, "someone/Model (8.19 B parameters)"));
    CHECK(server.requests().size() == 2);
    // What the cache has is there offline too.
    CHECK(contains(run_command(tool + " --offline 2>&1").text, "someone/Model (8.19 B parameters)"));
    CHECK(server.requests().size() == 2);
    static_cast<void>(run_command(tool + " --refresh 2>&1"));
    CHECK(server.requests().size() == 4);
}

TEST_CASE("answers that refuse say what to do") {
    test_hub hub;
    std::string answer;
    http_server server([&](const std::string&, const std::string&, http_client& to) { to.send(answer); });
    answer = status("401 Unauthorized");
    CHECK(contains(hub.refusal(server), "HF_TOKEN"));
    answer = status("403 Forbidden");
    CHECK(contains(hub.refusal(server), "accepted its license at " + server.address() + "/someone/Model"));
    answer = status("404 Not Found");
    CHECK(contains(hub.refusal(server, "someone/qwen3-800b"), "such as qwen3-"));
    answer = status("429 Too Many Requests", "Retry-After: 17\r\n");
    CHECK(contains(hub.refusal(server), "after 17 s"));
    answer = status("503 Service Unavailable");
    CHECK(contains(hub.refusal(server), "503"));
    answer = ok("<html>");
    CHECK(contains(hub.refusal(server), "the Hub's answer is not valid JSON"));
    answer = ok(R"({"sha": "../../etc", "siblings": []})");
    CHECK(contains(hub.refusal(server), "no commit"));
    answer = ok(listing({"README.md"}));
    CHECK(contains(hub.refusal(server), "no config.json"));
    CHECK(contains(hub.refusal(server, "someone/Model@a/b"), "no name of a repository"));
    // A port where no one listens.
    const io::hub_options nowhere{.endpoint = "http://127.0.0.1:1", .cache = hub.cache};
    CHECK_THROWS_WITH_AS(static_cast<void>(io::fetch_from_hub(io::phrase_of_model("someone/Model"), nowhere,
                                                              io::requests_over({.endpoint = nowhere.endpoint}))),
                         doctest::Contains("--offline"), io::input_error);
}

TEST_CASE("the token goes to the Hub alone, and nowhere into the cache") {
    test_hub hub;
    hub.token = "hf_secret";
    http_server other(
        [](const std::string&, const std::string&, http_client& to) { to.send(ok(file("configs/Qwen3-8B.json"))); });
    http_server server([&](const std::string& path, const std::string&, http_client& to) {
        if (path.starts_with("/api/")) return static_cast<void>(to.send(ok(listing({"config.json"}))));
        to.send(status("302 Found", "Location: " + other.address() + "/config.json\r\n"));
    });
    const io::fetched_model fetched = hub.fetch(server, "someone/Model");
    for (const std::string& request : server.requests()) CHECK(contains(request, "Authorization: Bearer hf_secret"));
    REQUIRE(other.requests().size() == 1);
    CHECK_FALSE(contains(other.requests()[0], "hf_secret"));
    for (const auto& entry : fs::recursive_directory_iterator(hub.cache))
        if (entry.is_regular_file()) CHECK_FALSE(contains(io::read_file(entry.path().string(), "test"), "hf_secret"));
    setenv("HF_TOKEN", "hf_secret\r\nX-Other: 1", 1);
    CHECK_THROWS_WITH_AS(static_cast<void>(io::hub_token()), doctest::Contains("HF_TOKEN has a character"),
                         io::input_error);
    unsetenv("HF_TOKEN");
}

TEST_CASE("hostile servers are refused in bounded time and memory") {
    test_hub hub;
    const auto refused = [&](const http_server::handler& answer, const char* says) {
        const auto begin = std::chrono::steady_clock::now();
        http_server server(answer);
        const std::string message = hub.refusal(server);
        CHECK_MESSAGE(contains(message, says), message);
        CHECK(std::chrono::steady_clock::now() - begin < hub.deadline + std::chrono::seconds(3));
    };
    // A body that never ends, with and without a length.
    refused(serving("config.json",
                    [](const std::string&, http_client& to) {
                        to.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
                        while (to.send(std::string(65'536, ' '))) continue;
                    }),
            "longer than 4194304 bytes");
    // Headers that never end.
    refused(serving("config.json",
                    [](const std::string&, http_client& to) {
                        to.send("HTTP/1.1 200 OK\r\n");
                        while (to.send("X-Header: " + std::string(1000, 'x') + "\r\n")) continue;
                    }),
            "no answer from");
    // Fewer bytes than the length says.
    refused(
        serving("config.json", [](const std::string&,
                                  http_client& to) { to.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"); }),
        "no answer from");
    // Redirections in a circle, and to a file of this machine.
    refused([](const std::string& path, const std::string&,
               http_client& to) { to.send(status("302 Found", "Location: " + path + "\r\n")); },
            "more than 5 redirections");
    refused([](const std::string&, const std::string&,
               http_client& to) { to.send(status("302 Found", "Location: file:///etc/passwd\r\n")); },
            "no answer from");
    // A server that answers byte by byte.
    hub.deadline = std::chrono::milliseconds(1500);
    refused(serving("config.json",
                    [](const std::string&, http_client& to) {
                        to.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                        while (to.send(" ")) std::this_thread::sleep_for(std::chrono::milliseconds(50));
                    }),
            "no answer from");
    hub.deadline = std::chrono::milliseconds(3000);
    // A server that sends the whole file where a part was asked for.
    refused(serving("model.safetensors",
                    [](const std::string&, http_client& to) { to.send(ok(std::string(1'000'000, 'x'))); }),
            "does not answer range requests");
    // A header of 10 GB, and a part that is shorter than what was asked for.
    const std::string ten_gigabytes{"\x00\xE4\x0B\x54\x02\x00\x00\x00{}", 10};
    refused(
        serving("model.safetensors",
                [&](const std::string&, http_client& to) {
                    to.send(
                        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/10\r\nContent-Length: 10\r\n\r\n" +
                        ten_gigabytes);
                }),
        "states a header of 10000000000 bytes");
    refused(serving("model.safetensors",
                    [&](const std::string&, http_client& to) {
                        to.send(
                            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/20000000000\r\nContent-Length: "
                            "10\r\n\r\n" +
                            ten_gigabytes);
                    }),
            "does not answer with the part");
}

}  // namespace io_hub_test

#endif
