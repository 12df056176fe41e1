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
    std::int64_t context = 0;  // 0: 8192, or the model's positions where they are fewer
    bool json = false;
};

/// What one line says; sizes are those that fit for sure.
struct served {
    io::job_file job;
    std::int64_t context = 0;
    layer_split split{};
    std::int64_t longest = 0;
    std::int64_t users = 0;
    bool chosen = false;  ///< the format was ours to choose
};

/// The job that the options state, before its context: llama.cpp for its files (and where no format is named), vLLM for
/// the rest; cards hold layers in turn under llama.cpp, and divide matrices elsewhere.
[[nodiscard]] inline io::job_file serve_job(const serve_options& o, const std::string& card) {
    fit_options flags;
    flags.model = o.model;
    flags.infer = true;
    flags.hardware["cards"] = o.count;
    flags.inference = {{"prompt", 1}, {"generate", 0}};
    if (!o.weights.empty()) flags.inference["weights"] = o.weights;
    if (!o.engine.empty()) flags.inference["framework"] = o.engine;
    const inference asked = *io::read_job(job_of(flags, card)).inference;
    const engine usual = o.weights.empty() || is_gguf(asked.weights) ? engine::llama_cpp : engine::vllm,
                 engine = o.engine.empty() ? usual : asked.framework;
    flags.inference["framework"] = io::name_of(io::engine_names, engine);
    flags.layout[row_of(engine).memory.splits_layers ? "pipeline" : "tensor"] = o.count;
    return io::read_job(job_of(flags, card));
}

/// What the user did not write is named as what was written.
[[nodiscard]] inline io::input_error in_flags(const io::input_error& e) {
    std::vector<io::input_problem> all;
    for (const io::input_problem& p : e.problems()) {
        const bool cards = p.key == "layout.pipeline" || p.key == "layout.tensor";
        all.push_back(cards ? io::refused_value("--cards", p.value, "with this engine: " + p.accepted) : p);
    }
    return io::input_error(std::move(all));
}

/// The context asked for, which must leave room for an answer of one token.
[[nodiscard]] inline std::int64_t context_of(const serve_options& o, const network& net) {
    constexpr std::int64_t usual = 8192;
    const std::int64_t positions = net.longest_sequence > 0 ? net.longest_sequence : io::no_limit;
    if (o.context == 0) return smaller(usual, positions);
    if (o.context < 2 || o.context > positions)
        throw io::input_error(
            {io::refused_value("--context", o.context, "2 to " + std::to_string(positions) + " tokens")});
    return o.context;
}

[[nodiscard]] inline served serve_on(const serve_options& o, const std::string& card) {
    served s{.job = serve_job(o, card)};
    const network net = lower(s.job.model);
    if (!cardfit::detail::is_autoregressive(net) || net.is_encoder_decoder)
        throw io::input_error({io::refused_value("model", s.job.model_name,
                                                 "a model that continues its prompt (fit --infer takes the others)")});
    inference& i = *s.job.inference;
    s.context = context_of(o, net);
    i.prompt = s.context - 1;
    i.generate = 1;
    if (o.weights.empty() && !s.job.file_weights) {
        const format_choice best = best_weights(net, i, s.job.hardware, s.job.layout);
        s.chosen = best.accepted;
        if (best.accepted) i.weights = best.format;
    }
    const lowered_inference lowered = lower_job(net, i, s.job.hardware, s.job.layout);
    s.longest = longest_context(lowered, error_bound::upper);
    s.users = largest_batch(lowered, error_bound::upper);
    s.split = row_of(i.framework).memory.splits_layers
                  ? layers_on_cards(net, i, s.job.hardware, error_bound::upper)
                  : layer_split{.on_card = s.users > 0 ? net.layers : 0, .layers = net.layers};
    return s;
}

[[nodiscard]] inline std::string serve_line(const served& s, const serve_options& o) {
    const inference& i = *s.job.inference;
    const std::string where = " on " + std::to_string(s.job.hardware.cards) + " x " +
                              std::string(s.job.hardware.card.name) + " under " +
                              std::string(io::name_of(io::engine_names, i.framework)) + ": ";
    const bool none = o.weights.empty() && !s.job.file_weights && !s.chosen;
    if (none)
        return s.job.model_name + where + "no format fits for sure with " + std::to_string(s.context) + " tokens\n";
    const std::string text = s.job.model_name + " in " + std::string(block_layout_of(i.weights).name) + where,
                      cards = s.job.hardware.cards > 1 ? "cards" : "card";
    const std::string context =
        s.longest >= io::no_limit ? "any context" : std::to_string(s.longest) + " tokens of context";
    const std::string whole =
        s.longest > 0 ? "; all of it with at most " + std::to_string(s.longest) + " tokens\n" : "\n";
    const bool nowhere = s.split.on_card == 0 && !row_of(i.framework).memory.reads_gguf;
    if (s.users == 0 && (nowhere || !row_of(i.framework).memory.splits_layers))
        return text + "does not fit for sure with " + std::to_string(s.context) + " tokens" + whole;
    if (s.users == 0 && s.split.on_card == s.split.layers)
        return text + "all " + std::to_string(s.split.layers) + " layers on the cards with " +
               std::to_string(s.context) +
               " tokens for one user, where each card takes as many layers as it holds, not "
               "equal shares (--tensor-split)" +
               (s.longest > 0 ? "; in equal shares " + std::to_string(s.longest) + " tokens\n" : "\n");
    if (s.users == 0)
        return text + std::to_string(s.split.on_card) + " of " + std::to_string(s.split.layers) + " layers on the " +
               cards + " with " + std::to_string(s.context) + " tokens, " +
               io::in_gib(s.split.host_weights + s.split.host_cache) + " in host memory" + whole;
    return text + (s.chosen ? "the most bits that fit; " : "") + "all " + std::to_string(s.split.layers) +
           " layers on the " + cards + ", " + context + " for one user, " + std::to_string(s.users) + " users at " +
           std::to_string(s.context) + "\n";
}

inline int serve(const serve_options& o) {
    try {
        nlohmann::ordered_json all = nlohmann::ordered_json::array();
        std::string text;
        int code = does_not_fit;
        for (const std::string& card : o.cards) {
            const served s = serve_on(o, card);
            if (s.users > 0 || s.split.on_card == s.split.layers) code = answered;
            text += serve_line(s, o);
            all.push_back({{"card", s.job.hardware.card.id},
                           {"cards", s.job.hardware.cards},
                           {"engine", io::name_of(io::engine_names, s.job.inference->framework)},
                           {"weights", block_layout_of(s.job.inference->weights).name},
                           {"layers_on_cards", s.split.on_card},
                           {"layers", s.split.layers},
                           {"host_bytes", (s.split.host_weights + s.split.host_cache).number},
                           {"longest_context", s.longest},
                           {"context", s.context},
                           {"users", s.users}});
        }
        std::cout << (o.json ? io::dump(o.cards.size() == 1 ? all[0] : all, 1) + "\n" : text);
        return code;
    } catch (const io::input_error& e) {
        return report_error(in_flags(e), o.json);
    } catch (const invalid_input& e) {
        return report_error(in_flags(io::refused(e)), o.json);
    }
}

}  // namespace tool
