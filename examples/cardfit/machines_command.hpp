// SPDX-License-Identifier: MIT
#pragma once

// machines: the table of named machines, or one machine's page.

#include "commands.hpp"

#include <cardfit/io/machine_page.hpp>

namespace tool {

struct machines_options {
    std::vector<std::string> names;
    bool json = false;
    answer_flags answer{};
};

/// Returns the machines that a name means: one machine, or all machines of a seller. Throws input_error for a name that
/// means neither.
[[nodiscard]] inline std::vector<const named_machine*> machines_called(const std::string& name) {
    if (const named_machine* one = cardfit::machines::find(name)) return {one};
    std::vector<const named_machine*> sold;
    for (const named_machine* each : cardfit::machines::all)
        if (cardfit::machines::detail::match(name, each->seller).whole) sold.push_back(each);
    if (sold.empty()) throw io::input_error({io::unknown_machine("machine", name, name)});
    return sold;
}

inline int machines(const machines_options& o) {
    std::vector<const named_machine*> chosen;
    for (const std::string& name : o.names)
        for (const named_machine* each : machines_called(name)) chosen.push_back(each);
    if (o.names.empty()) chosen.assign(cardfit::machines::all.begin(), cardfit::machines::all.end());
    const bool one = chosen.size() == 1 && !o.names.empty();
    if (o.json) {
        nlohmann::ordered_json all = nlohmann::ordered_json::array();
        for (const named_machine* each : chosen) all.push_back(io::machine_json(*each));
        output() << io::dump(one ? all[0] : all, 1) << "\n";
    } else if (one && !o.answer.csv && !o.answer.markdown) {
        output() << io::machine_page(*chosen[0]);
    } else {
        output() << printed(io::table_of(io::machine_rows(chosen), 4, 3), o.answer, "");
    }
    return answered;
}

inline std::function<int()> add_machines(CLI::App& app) {
    const auto o = std::make_shared<machines_options>();
    app.add_option("name", o->names, "a machine's page, or the machines of a seller such as aws; default: all");
    add_json_flag(app, o->json);
    add_table_flags(app, o->answer);
    return [o] { return machines(*o); };
}
inline constexpr command machines_command{.name = "machines",
                                          .help = "list named machines and cloud instances, or print one",
                                          .add = add_machines,
                                          .reads_jobs = false};

}  // namespace tool
