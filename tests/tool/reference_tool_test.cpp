// SPDX-License-Identifier: MIT

// Tests `reference`: what it prints is read from the parser, and the shell accepts it.

#include "../run_command.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace tool_reference_tool_test {

namespace {

outcome run(const std::string& arguments) { return run_command(CARDFIT_TOOL " " + arguments); }

/// Returns the first line of a text that has more than 80 characters and more than one word; an address cannot be
/// broken.
std::string too_wide(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
        const auto width =
            static_cast<std::ptrdiff_t>(line.size()) - std::count_if(line.begin(), line.end(), continues);
        const std::size_t word = line.find_first_not_of(' ');
        if (width > 80 && line.find(' ', word) != line.npos) return line;
    }
    return {};
}

}  // namespace

TEST_CASE("what explains the tool is at most 80 characters wide") {
    std::istringstream list(run("--help").text);
    int commands = 0;
    for (std::string line; std::getline(list, line);) {
        const bool is_command = line.starts_with("  ") && line.size() > 2 && line[2] != ' ' && line[2] != '-';
        if (!is_command) continue;
        ++commands;
        const std::string name = line.substr(2, line.find(' ', 2) - 2);
        INFO(name);
        CHECK(too_wide(run(name + " --help").text).empty());
    }
    CHECK(commands == 21);
    for (const char* page : {"--help", "keys", "keys training", "cards h100-sxm5-80gb",
                             "cards h100-sxm5-80gb --sources", "machines gb200-nvl72", "machines", "cards", "models"}) {
        INFO(page);
        CHECK(too_wide(run(page).text).empty());
    }
}

TEST_CASE("--help says what a flag accepts, and a refusal says the same") {
    const std::string help = run("plan --help").text;
    CHECK(help.find("accepted: from 1 to 32") != help.npos);
    CHECK(run("plan gpt2 --top 0 2>&1").text == "cardfit: --top: 0 is not accepted; accepted: a number from 1 to 32\n");
    const std::string refused = run("fit gpt2 --card l4 --require never 2>&1").text;
    CHECK(refused == "cardfit: --require: \"never\" is not accepted; accepted: fits, likely, possible\n");
}

TEST_CASE("the man page has every command with its options") {
    const std::string page = run("reference --man").text;
    for (const char* each :
         {".SS cardfit fit", ".SS cardfit serve", ".SS cardfit import", "\\-\\-require", ".SH EXIT STATUS"})
        CHECK(page.find(each) != page.npos);
    // A line that starts with a dot is a request, and an argument's text must not become one.
    CHECK(page.find("\n..") == page.npos);
}

TEST_CASE("the guide's page of commands is what the tool prints") {
    std::ifstream file(CARDFIT_SOURCE "/examples/guide/commands.md");
    const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const bool same = page == run("reference --markdown").text;
    CHECK_MESSAGE(same, "run: cardfit reference --markdown > examples/guide/commands.md");
}

TEST_CASE("bash completes commands, flags, cards and models") {
    const std::string path = CARDFIT_SCRATCH "/completion.bash";
    std::ofstream(path) << run("reference --completion bash").text;
    const auto completed = [&](const std::string& words, int at) {
        return run_command("bash -c \"source " + path + "; COMP_WORDS=(" + words +
                           "); COMP_CWORD=" + std::to_string(at) + "; _cardfit; echo \\${COMPREPLY[@]}\"")
            .text;
    };
    CHECK(completed("cardfit mach", 1) == "machines\n");
    CHECK(completed("cardfit fit --card rtx-a60", 3) == "rtx-a6000\n");
    CHECK(completed("cardfit fit llama-3.1-8", 2).find("llama-3.1-8b") != std::string::npos);
    CHECK(completed("cardfit keys --sche", 2) == "--schema\n");
}

TEST_CASE("completions exist for three shells, and no other") {
    CHECK(run("reference --completion zsh").text.rfind("#compdef cardfit\n", 0) == 0);
    CHECK(run("reference --completion fish").text.find("-l card -x -a '") != std::string::npos);
    CHECK(run("reference --completion csh").code == 2);
}

TEST_CASE("the version is that of the headers, with the commit of a checkout") {
    const std::string text = run("--version").text;
    CHECK(text.rfind("cardfit 0.", 0) == 0);
}

TEST_CASE("report puts the job into the page, and says how to get a page where none is installed") {
    const std::string mark = R"(<script type="application/json" id="given-job">)";
    const std::string page = file("report_page.html", "<html>" + mark + "null</script></html>");
    const std::string job = file("report_job.json", R"({"model": "gpt2", "hardware": {"card": "l4"}, "training": {}})");
    const outcome o = run("report " + job + " --page " + page + " -o -");
    CHECK(o.code == 0);
    CHECK(o.text == "<html>" + mark + R"({"hardware":{"card":"l4"},"model":"gpt2","training":{}}</script></html>)");
    CHECK(run("report gpt2 --card t4 --page " + page + " -o -").text.find(R"("card":"t4")") != std::string::npos);
    const outcome other = run("report " + job + " --page " + job + " -o - 2>&1");
    CHECK(other.code == 2);
    CHECK(other.text.find("accepted: the page cardfit.html") != std::string::npos);
    const outcome unread =
        run("report " CARDFIT_SOURCE "/examples/models/llama-3.1-8b --card l4 --page " + page + " -o - 2>&1");
    CHECK(unread.code == 2);
    CHECK(unread.text.find("reads no files and no Hub") != std::string::npos);
    CHECK(run("report " + job + " --page /nowhere/page.html -o - 2>/dev/null").code == 2);
    CHECK(run("report " + job + " --page " + page + " -o /nowhere/page.html 2>/dev/null").code == 2);
}

TEST_CASE("report takes the page of its own installation, or says how to build one") {
    namespace fs = std::filesystem;
    const fs::path prefix = fs::path(CARDFIT_SCRATCH) / "report_prefix";
    fs::remove_all(prefix);
    fs::create_directories(prefix / "bin");
    const fs::path tool = prefix / "bin" / "cardfit";
    std::error_code on_other_disk;
    fs::create_hard_link(CARDFIT_TOOL, tool, on_other_disk);
    if (on_other_disk) fs::copy_file(CARDFIT_TOOL, tool);
    const std::string asked = tool.string() + " report gpt2 --card l4 -o -";
    const outcome none = run_command(asked + " 2>&1");
    CHECK(none.code == 2);
    CHECK(says(none, "this installation has no page"));
    CHECK(says(none, "cmake -DCARDFIT_BUILD_PAGE=ON, which needs Emscripten and npm"));
    const std::string mark = R"(<script type="application/json" id="given-job">)";
    // Beside a build's bin stands the page that was built, and in an installation its share.
    for (const char* place : {"page", "share/cardfit"}) {
        CAPTURE(place);
        fs::create_directories(prefix / place);
        std::ofstream(prefix / place / "cardfit.html") << place << mark << "null</script>";
        const outcome o = run_command(asked);
        CHECK(o.code == 0);
        CHECK(o.text.rfind(place + mark + R"({"hardware":{"card":"l4"},"model":"gpt2")", 0) == 0);
    }
}

}  // namespace tool_reference_tool_test
