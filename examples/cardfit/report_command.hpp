// SPDX-License-Identifier: MIT
#pragma once

// report: writes the page (examples/web) with a job inside: one HTML file that answers it in any browser.

#include "commands.hpp"
#include "hardware_flags.hpp"
#include "question.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace tool {

struct report_options {
    std::string job;
    hardware_flags hardware;
    std::string page;
    std::string out;
};

/// Returns the path of the page: the one that the command line names, or the one of the installation of this program.
[[nodiscard]] inline std::string page_path(const report_options& o) {
    if (!o.page.empty()) return o.page;
    std::error_code failed;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failed);
    const std::filesystem::path prefix = program.parent_path().parent_path();
    for (const char* place : {"share/cardfit/cardfit.html", "page/cardfit.html"})
        if (std::filesystem::exists(prefix / place, failed)) return (prefix / place).string();
    const std::string accepted =
        "an installation with the page (cmake -DCARDFIT_BUILD_PAGE=ON, which needs Emscripten and npm), or --page with "
        "the path of cardfit.html";
    throw io::input_error({io::input_problem{.key = "--page",
                                             .value = (prefix / "share/cardfit/cardfit.html").string(),
                                             .accepted = accepted,
                                             .message = "this installation has no page; accepted: " + accepted}});
}

/// Throws input_error for a model that the page cannot read: a file, or a name that only the Hub knows.
inline void refuse_unread_model(const nlohmann::json& job) {
    const nlohmann::json& model = job.at("model");
    const bool in_zoo = model.is_string() && io::find_model(model.get_ref<const std::string&>());
    const bool stated = model.is_object() && model.contains("transformer");
    if (!in_zoo && !stated)
        throw io::input_error({io::refused_value(
            "model", model,
            "a model of `cardfit models`, or {\"transformer\": {…}}: the page reads no files and no Hub")});
}

/// Returns the page with a job inside. Throws input_error for a file that is not the page.
[[nodiscard]] inline std::string page_with(std::string page, const std::string& path, const nlohmann::json& job) {
    constexpr std::string_view before = "<script type=\"application/json\" id=\"given-job\">";
    constexpr std::string_view none = "null";
    const std::size_t at = page.find(before);
    if (at == page.npos || page.compare(at + before.size(), none.size(), none) != 0)
        throw io::input_error({io::refused_value("--page", path, "the page cardfit.html")});
    std::string text;
    // A "<" could end the script element.
    for (const char c : io::dump(nlohmann::ordered_json(job)))
        text += c == '<' ? std::string("\\u003c") : std::string(1, c);
    page.replace(at + before.size(), none.size(), text);
    return page;
}

inline int report(const report_options& o) {
    const nlohmann::json job = read_asked(on_hardware_of(o.hardware, job_json(o.job))).file;
    refuse_unread_model(job);
    const std::string path = page_path(o);
    write_all("-o", o.out, page_with(io::read_file(path, "--page"), path, job));
    return answered;
}

inline std::function<int()> add_report(CLI::App& app) {
    const auto o = std::make_shared<report_options>();
    add_job_file(app, o->job);
    add_replacing_flags(app, o->hardware);
    app.add_option("-o,--out", o->out, "the HTML file to write, or - for standard output")->required();
    app.add_option("--page", o->page, "the page cardfit.html, if it is not the one of this installation");
    return [o] { return report(*o); };
}
inline constexpr command report_command{.name = "report",
                                        .help = "write one HTML file that shows the answer to a job in a browser",
                                        .add = add_report,
                                        .takes_question = true};

}  // namespace tool
