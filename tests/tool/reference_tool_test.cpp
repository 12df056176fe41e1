// SPDX-License-Identifier: MIT

// Tests `reference`: what it prints is read from the parser, and the shell accepts it.

#include "../run_command.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

namespace tool_reference_tool_test {

namespace {

outcome run(const std::string& arguments) { return run_command(CARDFIT_TOOL " " + arguments); }

}  // namespace

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
