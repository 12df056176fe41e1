// SPDX-License-Identifier: MIT

// Real commands of other tools as jobs. Each folder of cases/ has the command, the files that it names, the job that is
// expected (written by hand from the tool's sources), what the person who asks adds (options.json), and why the job
// differs from the expected one where it does (differences).

#include <cardfit/io/diffusion_file.hpp>
#include <cardfit/io/import/read_command.hpp>
#include <cardfit/io/job_file.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace io_import_read_command_test {

using namespace cardfit;
namespace imports = cardfit::io::imports;
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& path) {
    std::ifstream in(path);
    REQUIRE_MESSAGE(in, path.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

nlohmann::json json_of(const fs::path& path) { return nlohmann::json::parse(text_of(path)); }

/// Returns the words of a command's text, variables before it included.
std::vector<std::string> words_of(const std::string& text) {
    const imports::shell_script script = imports::read_shell(text);
    REQUIRE(!script.commands.empty());
    std::vector<std::string> words;
    for (const auto& [name, value] : script.commands[0].environment) words.push_back(name + "=" + value);
    words.insert(words.end(), script.commands[0].words.begin(), script.commands[0].words.end());
    return words;
}

/// Adds the keys of one section in which two jobs differ.
template <class Section>
void compare(keys::key_table<Section> table, const Section& a, const Section& b, std::vector<std::string>& found) {
    for (const keys::key<Section>& key : table) {
        if (key.member.get == nullptr) continue;
        const keys::key_value left = key.member.get(a);
        const keys::key_value right = key.member.get(b);
        if (left == right) continue;
        found.push_back(std::string(key.facts.path) + ": " + io::value_json(key.facts, left).dump() + ", expected " +
                        io::value_json(key.facts, right).dump());
    }
}

/// Returns the keys in which a job differs from the expected one.
std::vector<std::string> differences(const nlohmann::json& given, const nlohmann::json& expected) {
    if (io::asks_for_diffusion(expected))
        return given == expected ? std::vector<std::string>{} : std::vector{given.dump()};
    const io::job_file a = io::read_job(given);
    const io::job_file b = io::read_job(expected);
    std::vector<std::string> found;
    if (!(a.model == b.model)) found.push_back("model: " + a.model_name + ", expected " + b.model_name);
    if (a.hardware.card.id != b.hardware.card.id) found.push_back("hardware.card: another card");
    compare<machine>(keys::hardware_keys, a.hardware, b.hardware, found);
    REQUIRE(a.training.has_value() == b.training.has_value());
    if (a.training) compare<training>(keys::training_keys, *a.training, *b.training, found);
    if (a.inference) compare<inference>(keys::inference_keys, *a.inference, *b.inference, found);
    const layout mine = resolved(a.layout, a.hardware.cards);
    compare<layout>(keys::layout_keys, mine, resolved(b.layout, b.hardware.cards), found);
    return found;
}

imports::import_options options_of(const fs::path& folder) {
    const nlohmann::json stated = json_of(folder / "options.json");
    imports::import_options options{.card = stated.value("card", ""), .place = {folder}};
    options.cards = stated.value("cards", 0);
    options.version = stated.value("version", "");
    options.sequence_length = stated.value("seq", 0);
    options.tool = stated.value("as", "");
    if (stated.contains("model")) options.model = stated["model"];
    return options;
}

}  // namespace

TEST_CASE("commands of other tools are the jobs that their sources say") {
    int cases = 0;
    for (const fs::directory_entry& entry :
         fs::directory_iterator(std::string(CARDFIT_TEST_DATA) + "/io/import/cases")) {
        const fs::path folder = entry.path();
        CAPTURE(folder.filename().string());
        const nlohmann::json stated = json_of(folder / "options.json");
        const nlohmann::json explained = stated.value("differences", nlohmann::json::object());
        const imports::import_options options = options_of(folder);
        imports::imported got;
        try {
            got = imports::import_command(words_of(text_of(folder / "command.txt")), options);
        } catch (const io::input_error& e) {
            FAIL_CHECK(std::string(e.what()));
            continue;
        }
        std::string unknown;
        for (const imports::accounted& each : got.accounts.unknown) unknown += each.written + " ";
        CHECK_MESSAGE(unknown.empty(), unknown);
        try {
            for (const std::string& each : differences(nlohmann::json(got.job), json_of(folder / "expected.json")))
                CHECK_MESSAGE(explained.contains(each.substr(0, each.find(':'))), each);
        } catch (const io::input_error& e) {
            FAIL_CHECK(std::string(e.what()));
        }
        ++cases;
    }
    CHECK(cases == 42);
}

TEST_CASE("every row of every tool sets a key or a fact, or says what is lost") {
    for (const imports::tool* each : imports::tools)
        for (const std::span<const imports::row> rows : each->rows)
            for (const imports::row& r : rows) CHECK_MESSAGE(imports::are_facts({&r, 1}), std::string(r.theirs));
    CHECK(imports::are_facts(imports::accelerate_rows));
    CHECK(imports::are_facts(imports::deepspeed_rows));
}

}  // namespace io_import_read_command_test
