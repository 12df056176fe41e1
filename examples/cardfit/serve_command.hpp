// SPDX-License-Identifier: MIT
#pragma once

// serve: one line a card: in which format a model fits, how many layers go on the cards, how long a context may be, and
// how many users fit at the context asked for.

#include "fit_command.hpp"

namespace tool {

struct serve_options {
    std::string model;
    std::vector<std::string> cards;
    int count = 1;
    std::string weights;
    std::string engine;
    std::int64_t context = 8192;
    bool json = false;
};

/// What one line says.
struct served {
    io::job_file job;
    layer_split split{};
    std::int64_t longest = 0;
    std::int64_t users = 0;
    bool chosen = false;  ///< the format was ours to choose
};

/// The job that the options state: llama.cpp for its files (and where no format is named), vLLM for the rest; cards
/// hold layers in turn under llama.cpp, and divide matrices elsewhere.
[[nodiscard]] inline io::job_file serve_job(const serve_options& o, const std::string& card) {
    fit_options flags;
    flags.model = o.model, flags.infer = true;
    const bool file = o.weights.empty() || o.weights.starts_with("q") || o.weights.starts_with("iq");
    const std::string engine = !o.engine.empty() ? o.engine : file ? "llama.cpp" : "vllm";
    flags.hardware["cards"] = o.count;
    flags.inference = {
        {"framework", engine}, {"prompt", o.context > 1 ? o.context - 1 : 1}, {"generate", o.context > 1 ? 1 : 0}};
    if (!o.weights.empty()) flags.inference["weights"] = o.weights;
    flags.layout[engine == "llama.cpp" ? "pipeline" : "tensor"] = o.count;
    return io::read_job(job_of(flags, card));
}

[[nodiscard]] inline served serve_on(const serve_options& o, const std::string& card) {
    served s{.job = serve_job(o, card)};
    const network net = lower(s.job.model);
    inference& i = *s.job.inference;
    if (o.weights.empty()) {
        const format_choice best = best_weights(net, i, s.job.hardware, s.job.layout);
        s.chosen = best.accepted;
        if (best.accepted) i.weights = best.format;
    }
    const lowered_inference lowered = lower_job(net, i, s.job.hardware, s.job.layout);
    s.split = layers_on_cards(net, i, s.job.hardware), s.longest = longest_context(lowered),
    s.users = largest_batch(lowered);
    if (s.longest > 0 && s.job.layout.tensor > 1) s.split.on_card = net.layers;
    return s;
}

[[nodiscard]] inline std::string serve_line(const served& s, const serve_options& o) {
    const inference& i = *s.job.inference;
    const std::string where = std::to_string(s.job.hardware.cards) + " x " + std::string(s.job.hardware.card.name);
    std::string text = s.job.model_name + " in " + std::string(layout_of(i.weights).name) + " on " + where + ": ";
    if (o.weights.empty() && !s.chosen) return text + "no format fits with " + std::to_string(o.context) + " tokens\n";
    if (s.longest == 0)
        return text + std::to_string(s.split.on_card) + " of " + std::to_string(s.split.layers) +
               " layers on the card" + (s.job.hardware.cards > 1 ? "s" : "") + " with " + std::to_string(o.context) +
               " tokens, " + io::in_gib(s.split.host_weights + s.split.host_cache) + " in host memory\n";
    return text + (s.chosen ? "the most bits that fit; " : "") + "all " + std::to_string(s.split.layers) +
           " layers on the card" + (s.job.hardware.cards > 1 ? "s" : "") + ", " + std::to_string(s.longest) +
           " tokens of context for one user, " + std::to_string(s.users) + " users at " + std::to_string(o.context) +
           "\n";
}

inline int serve(const serve_options& o) {
    try {
        nlohmann::ordered_json all = nlohmann::ordered_json::array();
        std::string text;
        int code = does_not_fit;
        for (const std::string& card : o.cards) {
            const served s = serve_on(o, card);
            if (s.longest > 0) code = answered;
            text += serve_line(s, o);
            all.push_back({{"card", s.job.hardware.card.id},
                           {"cards", s.job.hardware.cards},
                           {"engine", io::name_of(io::inference_framework_names, s.job.inference->framework)},
                           {"weights", layout_of(s.job.inference->weights).name},
                           {"layers_on_cards", s.split.on_card},
                           {"layers", s.split.layers},
                           {"host_bytes", (s.split.host_weights + s.split.host_cache).number},
                           {"longest_context", s.longest},
                           {"context", o.context},
                           {"users", s.users}});
        }
        std::cout << (o.json ? io::dump(o.cards.size() == 1 ? all[0] : all, 1) + "\n" : text);
        return code;
    } catch (const io::input_error& e) {
        return report_error(e, o.json);
    } catch (const invalid_input& e) {
        return report_error(io::refused(e), o.json);
    }
}

}  // namespace tool
