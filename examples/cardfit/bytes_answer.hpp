// SPDX-License-Identifier: MIT
#pragma once

// The answer of fit to a checkpoint that states its bytes and not what its layers cache: whether the weights alone
// leave room. It says that a job does not fit where they do not, and never that it fits.

#include "commands.hpp"
#include "hardware_flags.hpp"

#include <cardfit/io/read_model.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tool {

/// The bytes of a checkpoint whose shape is not known, on one kind of card.
struct bytes_answer {
    io::job_file job{};  ///< of another model, for its hardware
    bytes capacity{};    ///< of one card
    bytes share{};       ///< of the weights on one card, if they divide evenly
    [[nodiscard]] bool exceeds() const { return share > capacity; }
};

/// Returns the checkpoint that a path leads to, if it states its bytes and makes no model. Problems of other keys than
/// the model's are not answered by it.
[[nodiscard]] inline std::optional<io::checkpoint> bytes_alone(const std::string& path, const io::input_error& why) {
    const auto of_model = [](const io::input_problem& p) { return p.key.starts_with("model"); };
    if (!std::all_of(why.problems().begin(), why.problems().end(), of_model)) return {};
    if (!io::detail::leads_to_file(path)) return {};
    try {
        io::checkpoint read = io::read_checkpoint(path);
        if (!read.model && read.contents.bytes > 0 && read.contents.exact) return read;
    } catch (const io::input_error&) {
        // What is wrong with the file is said already.
        return {};
    }
    return {};
}

[[nodiscard]] inline bytes_answer bytes_on(const io::checkpoint& c, const nlohmann::json& hardware) {
    bytes_answer a{.job = read_job({{"model", "gpt2"}, {"hardware", hardware}, {"inference", {{"prompt", 1}}}})};
    a.capacity = io::answer(a.job).report.capacity;
    a.share = bytes_of(divide_up(c.contents.bytes, std::int64_t{a.job.hardware.cards}));
    return a;
}

/// Returns what would tell the rest.
[[nodiscard]] inline std::string way_forward() {
    return "the config.json beside it, the headers of its shards, or dimensions as {\"transformer\": {…}}";
}

[[nodiscard]] inline nlohmann::ordered_json bytes_json(const io::checkpoint& c, const bytes_answer& a) {
    return {{"card", a.job.hardware.card.id},
            {"weights_bytes", c.contents.bytes},
            {"weights_source", c.contents.source},
            {"verdict",
             {{"grade", a.exceeds() ? "does-not-fit" : "unknown"},
              {"capacity_bytes", a.capacity.number},
              {"left_by_weights_bytes", (a.capacity - a.share).number}}},
            {"shape_verified", false},
            {"why_no_shape", c.why_no_model},
            {"accepted", way_forward()}};
}

[[nodiscard]] inline std::string bytes_text(const std::string& path, const io::checkpoint& c, const bytes_answer& a) {
    constexpr std::size_t width = 80;
    std::string text = style().warn(io::wrapped("Shape not verified: " + c.why_no_model + ".", width)) + "\n";
    text += path + " on " + io::hardware_text(a.job.hardware) + ": weights as stored, " +
            io::in_gib(bytes_of(c.contents.bytes)) + " in " + c.contents.source + "\n  ";
    const std::string each = a.job.hardware.cards > 1 ? " on each card, divided evenly" : "";
    if (a.exceeds())
        text +=
            style().bad("does not fit") + ", the weights alone are over by " + io::in_gib(a.share - a.capacity) + each;
    else
        text += "the weights leave " + io::in_gib(a.capacity - a.share) + " of " + io::in_gib(a.capacity) + each +
                "; whether cache and activations fit is not known";
    return text + "\n" + io::wrapped("  What tells the rest: " + way_forward(), width, "    ") + "\n";
}

/// Answers a checkpoint by its bytes alone, on each kind of card. Returns `does_not_fit` where the weights alone exceed
/// all of them, and else `bad_input`: there is no verdict.
inline int fit_bytes(const std::string& path, const io::checkpoint& c, const std::vector<nlohmann::json>& hardware,
                     bool json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    bool exceeds = true;
    std::string text;
    for (const nlohmann::json& called : hardware) {
        const bytes_answer a = bytes_on(c, called);
        exceeds = exceeds && a.exceeds();
        all.push_back(with_question(bytes_json(c, a), nullptr, io::assumed_of(a.job.hardware)));
        text += bytes_text(path, c, a);
    }
    output() << (json ? io::dump(all.size() == 1 ? all[0] : all, 2) + "\n" : text);
    return exceeds ? does_not_fit : bad_input;
}

}  // namespace tool
