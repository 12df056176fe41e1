// SPDX-License-Identifier: MIT
#pragma once

// The account of a command for people and as JSON.

#include <cardfit/io/import/read_command.hpp>

#include <string>
#include <vector>

namespace cardfit::io::imports {

namespace detail {

/// Returns a setting with its value: "--max-model-len 4096".
[[nodiscard]] inline std::string setting_text(const accounted& each) {
    return each.written + (each.value.empty() ? "" : " " + each.value);
}

[[nodiscard]] inline nlohmann::ordered_json entry_json(const accounted& each, const char* detail_key) {
    nlohmann::ordered_json json = {{"setting", each.written}};
    if (!each.value.empty()) json["value"] = each.value;
    if (!each.from.empty()) json["from"] = each.from;
    if (!each.detail.empty()) json[detail_key] = each.detail;
    return json;
}

[[nodiscard]] inline nlohmann::ordered_json entries_json(const std::vector<accounted>& all, const char* detail_key) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const accounted& each : all) list.push_back(entry_json(each, detail_key));
    return list;
}

}  // namespace detail

/// Returns true if something that the job cannot say makes the run need more memory than the answer says, as far as is
/// known.
[[nodiscard]] inline bool may_need_more(const account& a) {
    for (const accounted& each : a.lost)
        if (each.consequence == effect::more_memory) return true;
    return false;
}

/// Returns the account as JSON: every setting that was taken, is harmless, cannot be said or is not known, and the
/// defaults of the tool.
[[nodiscard]] inline nlohmann::ordered_json account_json(const imported& command) {
    const account& a = command.accounts;
    nlohmann::ordered_json lost = nlohmann::ordered_json::array();
    for (const accounted& each : a.lost) {
        lost.push_back(detail::entry_json(each, "needs"));
        lost.back()["effect"] = effect_text(each.consequence);
    }
    return {{"tool", command.tool_name},
            {"as_of", month_text(command.month)},
            {"taken", detail::entries_json(a.taken, "key")},
            {"defaults", detail::entries_json(a.defaults, "why")},
            {"harmless", detail::entries_json(a.harmless, "why")},
            {"cannot_be_said", std::move(lost)},
            {"unknown", detail::entries_json(a.unknown, "suggestion")},
            {"notes", a.notes}};
}

/// Returns the account as lines for people: what the answer rests on, and what it leaves out.
[[nodiscard]] inline std::string account_text(const imported& command) {
    const account& a = command.accounts;
    std::string text = "Read as " + command.tool_name + " of " + month_text(command.month) + ": " +
                       std::to_string(a.taken.size()) + " settings taken, " + std::to_string(a.harmless.size()) +
                       " change nothing\n";
    for (const std::string& note : a.notes) text += "  " + note + "\n";
    if (!a.defaults.empty()) text += "Defaults that nobody stated:\n";
    for (const accounted& each : a.defaults)
        text += "  " + each.written + " = " + each.value + " (" + each.from + ": " + each.detail + ")\n";
    if (!a.lost.empty()) text += "The job cannot say:\n";
    for (const accounted& each : a.lost)
        text += "  " + detail::setting_text(each) + ": " + each.detail + "; " +
                std::string(effect_text(each.consequence)) + "\n";
    if (!a.unknown.empty()) text += "Not known, and left out:\n";
    for (const accounted& each : a.unknown)
        text +=
            "  " + detail::setting_text(each) + (each.detail.empty() ? "" : " (is " + each.detail + " meant?)") + "\n";
    return text;
}

}  // namespace cardfit::io::imports
