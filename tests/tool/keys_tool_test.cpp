// SPDX-License-Identifier: MIT

// Tests `keys`: the page and the schema that are made from the table of keys. The schema accepts what the reader
// accepts.

#include "../run_command.hpp"

#include <cardfit/io/diffusion_file.hpp>
#include <cardfit/io/job_schema.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

namespace tool_keys_tool_test {

using namespace cardfit;

namespace {

using json = nlohmann::json;

outcome run(const std::string& arguments) { return run_command(CARDFIT_TOOL " " + arguments); }

bool validates(const json& schema, const json& root, const json& value);

/// Returns whether a value is of one of the types that a schema names.
bool has_type(const json& type, const json& value) {
    if (type.is_array())
        return std::any_of(type.begin(), type.end(), [&](const json& each) { return has_type(each, value); });
    if (type == "null") return value.is_null();
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "number") return value.is_number();
    // According to JSON Schema, 6.1.1, a number with a zero fractional part is an integer; no job has one.
    REQUIRE(type == "integer");
    return value.is_number_integer();
}

bool validates_object(const json& schema, const json& root, const json& value) {
    for (const json& name : schema.value("required", json::array()))
        if (!value.contains(name.get<std::string>())) return false;
    if (value.size() < schema.value("minProperties", std::size_t{0})) return false;
    if (value.size() > schema.value("maxProperties", std::size_t{1000})) return false;
    const json properties = schema.value("properties", json::object());
    for (const auto& [name, member] : value.items()) {
        if (!properties.contains(name) && schema.contains("additionalProperties")) return false;
        if (properties.contains(name) && !validates(properties[name], root, member)) return false;
    }
    return true;
}

bool validates_scalar(const json& schema, const json& value) {
    if (schema.contains("minimum") && value < schema["minimum"]) return false;
    if (schema.contains("maximum") && value > schema["maximum"]) return false;
    if (schema.contains("minLength") && value.get<std::string>().size() < schema["minLength"]) return false;
    if (!schema.contains("pattern")) return true;
    return std::regex_search(value.get<std::string>(), std::regex(schema["pattern"].get<std::string>()));
}

/// Returns how many of a schema's alternatives a value satisfies.
std::ptrdiff_t met(const json& alternatives, const json& root, const json& value) {
    return std::count_if(alternatives.begin(), alternatives.end(),
                         [&](const json& each) { return validates(each, root, value); });
}

/// Implements the keywords of draft 2020-12 that the job's schema uses, and no others.
bool validates(const json& schema, const json& root, const json& value) {
    static const std::vector<std::string> known = {"$schema",       "$ref",
                                                   "$defs",         "title",
                                                   "description",   "default",
                                                   "type",          "properties",
                                                   "required",      "minProperties",
                                                   "maxProperties", "enum",
                                                   "minimum",       "maximum",
                                                   "minLength",     "pattern",
                                                   "items",         "minItems",
                                                   "maxItems",      "anyOf",
                                                   "oneOf",         "additionalProperties"};
    for (const auto& entry : schema.items())
        REQUIRE_MESSAGE(std::find(known.begin(), known.end(), entry.key()) != known.end(), entry.key());
    if (schema.contains("$ref"))
        return validates(root.at(json::json_pointer(schema["$ref"].get<std::string>().substr(1))), root, value);
    if (schema.contains("type") && !has_type(schema["type"], value)) return false;
    if (schema.contains("anyOf") && met(schema["anyOf"], root, value) == 0) return false;
    if (schema.contains("oneOf") && met(schema["oneOf"], root, value) != 1) return false;
    if (schema.contains("enum") &&
        std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
        return false;
    if (value.is_object()) return validates_object(schema, root, value);
    if (!value.is_array()) return validates_scalar(schema, value);
    if (value.size() < schema.value("minItems", std::size_t{0})) return false;
    if (value.size() > schema.value("maxItems", std::size_t{1000})) return false;
    return !schema.contains("items") || std::all_of(value.begin(), value.end(), [&](const json& each) {
        return validates(schema["items"], root, each);
    });
}

const json schema = json::parse(io::job_schema().dump());
bool is_valid(const json& job) { return validates(schema, schema, job); }

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path);
    REQUIRE_MESSAGE(in, path.string());
    return std::string(std::istreambuf_iterator<char>(in), {});
}

bool reader_accepts(const json& job) {
    try {
        if (io::asks_for_diffusion(job))
            static_cast<void>(io::read_diffusion(job));
        else
            static_cast<void>(io::read_job(job));
        return true;
    } catch (const io::input_error&) {
        return false;
    }
}

/// A command line that prints an answer as JSON, and its exit code.
struct question {
    std::string command;
    std::string arguments;
    int code = 0;
};
const std::string tuned = "llama-3.1-8b --lora all --recompute full --seq 1024 --card a100-sxm4-80gb --cards 2";
const std::vector<question> questions = {{"fit", tuned},
                                         {"batch", tuned},
                                         {"savings", tuned},
                                         {"scaling", tuned},
                                         {"plan", tuned},
                                         {"rank", tuned + " --count 2"},
                                         {"compare", "rtx-4090 rtx-3090 --job llama-3.1-8b --lora all --seq 1024"},
                                         {"estimate", tuned},
                                         {"launch", tuned + " --for trl"},
                                         {"launch", "llama-3.1-8b --card rtx-4090 --for trl", 1},
                                         {"fit", "llama-3.1-8b --card rtx-4090 --card h200-sxm-141gb"},
                                         {"fit", "llama-3.1-8b --card rtx-4090", 1},
                                         {"fit", "sd-xl --infer --card rtx-4090"},
                                         {"batch", "llama-3.1-8b --infer --card rtx-4090"},
                                         {"rank", "llama-3.1-8b --infer --card rtx-4090"},
                                         {"plan", "llama-3.1-70b --card rtx-4090", 1},
                                         {"compare",
                                          "rtx-4090 v100-sxm2-32gb --job llama-3.2-1b --infer --engine vllm "
                                          "--weights fp8"},
                                         {"savings", "llama-3.1-8b --infer --card rtx-4090"},
                                         {"scaling", "llama-3.1-8b --infer --card a100-sxm4-80gb"},
                                         {"fit", "llama-3.1-8b --infer --card rtx-4090 --samples 100 --deadline 1h"},
                                         {"serve", "llama-3.1-8b --card rtx-4090"},
                                         {"serve", "llama-3.1-70b --card rtx-4090 --cards 2 --users 2"},
                                         {"serve", "llama-3.1-405b --card rtx-4090 --engine vllm", 1},
                                         {"serve", "llama-3.1-8b --card rtx-4090 --card h100-sxm5-80gb"}};

/// Returns what a question prints with --json. Each question is asked once.
json answer_of(const question& asked) {
    static std::map<std::string, outcome> known;
    const std::string line = asked.command + " " + asked.arguments + " --json 2>/dev/null";
    if (known.find(line) == known.end()) known[line] = run(line);
    REQUIRE(known[line].code == asked.code);
    return json::parse(known[line].text);
}

/// Returns the entries of an answer that each name a job: those of an array, the machines that `compare` sets side by
/// side, or the answer itself.
json entries_of(const question& asked, const json& answer) {
    if (answer.is_array()) return answer;
    return asked.command == "compare" ? answer["cards"] : json::array({answer});
}

json::json_pointer pointer_of(std::string key) {
    std::replace(key.begin(), key.end(), '.', '/');
    return json::json_pointer("/" + key);
}

const json small_job = json::parse(
    R"({"model": "llama-3.2-1b", "hardware": {"card": "a100-sxm4-80gb", "cards": 4},
        "training": {"adapter": {"rank": 8, "targets": ["q"]}}, "layout": {}})");

}  // namespace

TEST_CASE("the page of keys is what the command prints") {
    const outcome page = run("keys --markdown");
    CHECK(page.code == 0);
    CHECK(page.text == text_of(std::string(CARDFIT_SOURCE) + "/examples/job-keys.md"));
}

TEST_CASE("the schema is what the command prints") {
    const outcome printed = run("keys --schema");
    CHECK(printed.code == 0);
    CHECK(json::parse(printed.text) == schema);
    CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
}

TEST_CASE("the schema accepts every job of the examples and of the published rows") {
    int jobs = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::string(CARDFIT_SOURCE) + "/examples/jobs")) {
        if (entry.path().extension() != ".json") continue;
        CHECK_MESSAGE(is_valid(json::parse(text_of(entry.path()))), entry.path().string());
        ++jobs;
    }
    CHECK(jobs >= 8);
    for (const char* name : {"memory", "speed"}) {
        std::ifstream rows(std::string(CARDFIT_TEST_DATA) + "/published/" + name + ".jsonl");
        REQUIRE(rows);
        int number = 0;
        for (std::string line; std::getline(rows, line); ++number)
            if (number % 8 == 0) CHECK_MESSAGE(is_valid(json::parse(line)["job"]), line);
        CHECK(number > 500);
    }
    CHECK(is_valid(json::parse(
        R"({"model": "sd-xl", "hardware": {"card": "rtx-4090"}, "inference": {"width": 1024, "vae_tiling": true}})")));
}

TEST_CASE("the schema refuses what the reader refuses, key by key") {
    int changed = 0;
    for (const io::listed_key& key : io::listed_keys()) {
        const keys::section section = key.section;
        if (section == keys::section::transformer || section == keys::section::diffusion) continue;
        json job = small_job;
        if (section == keys::section::inference) {
            job.erase("training");
            job["inference"] = json::object();
        }
        std::string pointer = "/" + std::string(key.facts->path);
        std::replace(pointer.begin(), pointer.end(), '.', '/');
        std::vector<json> bad = {nullptr, json::object(), -1, "no such word"};
        if (key.facts->kind == keys::value_kind::integer) bad.push_back(key.facts->range.high + 1);
        const keys::value_kind kind = key.facts->kind;
        const bool named =
            kind == keys::value_kind::card || kind == keys::value_kind::machine || kind == keys::value_kind::model;
        if (named) bad = {nullptr, json::object(), -1};
        REQUIRE_MESSAGE(is_valid(job), job.dump());
        REQUIRE_MESSAGE(reader_accepts(job), job.dump());
        for (const json& value : bad) {
            json wrong = job;
            wrong[json::json_pointer(pointer)] = value;
            CHECK_FALSE_MESSAGE(is_valid(wrong), wrong.dump());
            CHECK_FALSE_MESSAGE(reader_accepts(wrong), wrong.dump());
            ++changed;
        }
        json unknown = job;
        unknown[json::json_pointer(pointer + "x")] = 1;
        CHECK_FALSE_MESSAGE(is_valid(unknown), unknown.dump());
        CHECK_FALSE_MESSAGE(reader_accepts(unknown), unknown.dump());
    }
    CHECK(changed > 150);
}

TEST_CASE("a default that the schema names is accepted by the reader") {
    for (const io::listed_key& key : io::listed_keys()) {
        const bool training = key.section == keys::section::training;
        if (key.default_value.is_null() || (!training && key.section != keys::section::layout)) continue;
        json job = small_job;
        std::string pointer = "/" + std::string(key.facts->path);
        std::replace(pointer.begin(), pointer.end(), '.', '/');
        job[json::json_pointer(pointer)] = key.default_value;
        CHECK_MESSAGE(is_valid(job), job.dump());
        CHECK_MESSAGE(reader_accepts(job), job.dump());
    }
}

TEST_CASE("every flag reaches its key") {
    // The value is one that each key accepts, but it is not known whether the job as a whole is accepted: what matters
    // is that the reader, and not the command line, makes that decision.
    const outcome help = run("fit --help");
    for (const io::listed_key& key : io::listed_keys()) {
        if (key.facts->flag.empty()) continue;
        CHECK_MESSAGE(help.text.find(std::string(key.facts->flag) + " ") != std::string::npos, key.facts->flag);
    }
    CHECK(run("fit llama-3.2-1b --card rtx-4090 --display-bytes 1048576 --system wsl --software-date 2024-12").code <=
          1);
    const auto refuses = [](const std::string& flags, const std::string& message) {
        const outcome o = run("fit llama-3.2-1b --card rtx-4090 " + flags + " 2>&1");
        return o.code == 2 && o.text.find(message) != std::string::npos;
    };
    CHECK(refuses("--capacity-bytes 0", "hardware.capacity_bytes is 0"));
    CHECK(refuses("--virtual-stages 2", "layout.virtual_stages = 2: must be 1 without a pipeline"));
    CHECK(refuses("--infer --shared-prefix 2000", "inference.shared_prefix is 2000"));
    CHECK(refuses("--ecc maybe", "hardware.ecc is \"maybe\"; accepted: true, false"));
    CHECK(refuses("--rank 16", "--rank is 16 without --lora"));
    CHECK(refuses("--lora q --adapter-method qlora", "training.adapter.method is \"qlora\"; accepted: lora, dora"));
    CHECK(refuses("--group 64", "--group is an option of inference (inference.group); accepted: options of training"));
    CHECK(refuses("--infer --expert-imbalance-percent 150", "is an option of training"));
}

TEST_CASE("every answer as JSON names the job that has it, what it assumes, and the version") {
    const std::string of_version = run("--version").text;
    for (const question& each : questions) {
        CAPTURE(each.arguments);
        const json answer = answer_of(each);
        CHECK((answer.is_array() || answer["version"].is_string()));
        for (const json& entry : entries_of(each, answer)) {
            CHECK(of_version.starts_with(entry["version"].get<std::string>()));
            REQUIRE(entry["assumed"].is_object());
            REQUIRE(entry.contains("job") == (entry.value("supported", true) && entry.value("runs", true)));
            // What a machine that does not run the job would have left is not known.
            if (each.command == "compare") CHECK(entry.contains("headroom_bytes") == entry.contains("job"));
            if (!entry.contains("job")) continue;
            CHECK(is_valid(entry["job"]));
            CHECK(reader_accepts(entry["job"]));
            for (const auto& assumed : entry["assumed"].items())
                CHECK_FALSE_MESSAGE(entry["job"].contains(pointer_of(assumed.key())), assumed.key());
        }
    }
}

TEST_CASE("the schema of the answers accepts what every command prints, and refuses a wrong type or a missing member") {
    const json answers = json::parse(run("keys --answer-schema").text);
    CHECK(answers["$schema"] == "https://json-schema.org/draft/2020-12/schema");
    const auto accepts = [&](const std::string& command, const json& answer) {
        return validates(answers["$defs"].at(command + "-answer"), answers, answer);
    };
    std::set<std::string> commands;
    for (const question& each : questions) {
        CAPTURE(each.arguments);
        const json answer = answer_of(each);
        REQUIRE(accepts(each.command, answer));
        CHECK(validates(answers, answers, answer));
        commands.insert(each.command);
        // A member of every entry, by its place in the answer.
        const std::string place = answer.is_array() ? "/0" : each.command == "compare" ? "/cards/0" : "";
        for (const char* member : {"/version", "/assumed"}) {
            json wrong = answer;
            wrong[json::json_pointer(place + member)] = 1;
            CHECK_FALSE(accepts(each.command, wrong));
        }
        json missing = answer;
        missing[json::json_pointer(place)].erase("version");
        CHECK_FALSE(accepts(each.command, missing));
    }
    CHECK(commands.size() == answers["anyOf"].size());
    // Machines without a time, and the nearest where none fits.
    for (const question& each : {question{"rank", "llama-3.2-1b --card m3-max-64gb"},
                                 question{"rank", "llama-3.1-70b --card rtx-4090 --count 1", 1}}) {
        const json answer = answer_of(each);
        CHECK_FALSE(answer.empty());
        CHECK(accepts(each.command, answer));
    }
    json fit = answer_of(questions[0]);
    fit["verdict"]["grade"] = "perhaps";
    CHECK_FALSE(accepts("fit", fit));
    fit["verdict"]["grade"] = "fits";
    CHECK(accepts("fit", fit));
    fit["memory"]["device_bytes"] = "20 GiB";
    CHECK_FALSE(accepts("fit", fit));
    CHECK(accepts("compare", json::parse(run("compare rtx-4090 l4 --json").text)));
    for (const std::string command : {"fit", "estimate", "batch", "rank"}) {
        json refusal = json::parse(run(command + " nosuch --card rtx-4090 --json 2>/dev/null").text);
        CHECK(accepts(command, refusal));
        refusal["problems"][0]["message"] = 1;
        CHECK_FALSE(accepts(command, refusal));
    }
}

TEST_CASE("the job of an entry has the figures of the entry") {
    const auto estimate = [](const json& job) {
        return json::parse(run("estimate --json " + file("echoed.json", job.dump())).text);
    };
    const json savings = answer_of(questions[2]);
    REQUIRE(savings.is_array());
    for (const json& row : savings)
        if (row.contains("job"))
            CHECK_MESSAGE(estimate(row["job"])["memory"]["device_bytes"] == row["device_bytes"], row.dump());
    const json plan = answer_of(questions[4]);
    CHECK(estimate(plan["job"])["memory"]["device_bytes"] == plan["recommended"]["device_bytes"]);
    const json compared = answer_of(questions[6]);
    for (const json& machine : compared["cards"])
        CHECK(estimate(machine["job"])["verdict"]["headroom_bytes"] == machine["headroom_bytes"]);
    for (const question& each : questions) {
        if (each.command != "serve") continue;
        CAPTURE(each.arguments);
        for (const json& served : entries_of(each, answer_of(each))) {
            const json verdict = estimate(served["job"])["verdict"];
            CHECK(verdict["capacity_bytes"] == served["capacity_bytes"]);
            CHECK(verdict["capacity_bytes"].get<std::int64_t>() - verdict["headroom_bytes"].get<std::int64_t>() ==
                  served["needed_bytes"]);
            CHECK((verdict["grade"] == "does-not-fit") == (served["answer"] == "NO"));
        }
    }
}

}  // namespace tool_keys_tool_test
