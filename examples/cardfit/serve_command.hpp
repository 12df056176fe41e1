// SPDX-License-Identifier: MIT
#pragma once

// serve: one line per card, with the format in which a model fits, the number of layers on the GPUs, the longest
// context length, and the number of users at the context length asked for.

#include "fit_command.hpp"

namespace tool {

struct serve_options {
    std::string model;
    hardware_flags hardware;
    /// The number of cards; 0: one card, or those of the machine.
    int count = 0;
    std::string weights;
    std::string engine;
    /// What the engine's own arguments say: its version, share, limits and cache.
    job_flags settings;
    /// The context length in tokens. 0 stands for 8192, or for the model's positions if they are fewer.
    std::int64_t context = 0;
    /// The GPU's part of a memory that it shares with the host, in MiB; 0: as shipped.
    std::int64_t gpu_limit_mebibytes = 0;
    bool json = false;
};

/// The answer for one card. All sizes fit even at the upper error bound.
struct served {
    io::job_file job;
    std::int64_t context = 0;
    layer_split split{};
    std::int64_t longest = 0;
    std::int64_t users = 0;
    /// True if the format was chosen as the highest precision that fits, rather than named by the user.
    bool chosen = false;
    /// True if a format was sought, and none fits.
    bool no_format = false;
};

/// Returns the job that the options describe, without its context length. If the options name no engine, it is
/// llama.cpp for GGUF formats and if no format is named for a model that is not published quantized, and vLLM
/// otherwise. llama.cpp divides the layers among the cards; other engines divide the matrices.
[[nodiscard]] inline io::job_file serve_job(const serve_options& o, const nlohmann::json& hardware) {
    fit_options flags;
    flags.model = o.model;
    flags.infer = true;
    if (o.count > 0) flags.flags.set("--cards", o.count);
    flags.flags.set("--prompt", 1);
    flags.flags.set("--generate", 0);
    if (!o.weights.empty()) flags.flags.set("--weights", o.weights);
    if (!o.engine.empty()) flags.flags.set("--engine", o.engine);
    for (const given_flag& each : o.settings.given) flags.flags.set(each.flag, each.value);
    if (o.gpu_limit_mebibytes != 0) flags.flags.set("--gpu-limit-mib", o.gpu_limit_mebibytes);
    const io::job_file as_asked = read_job(job_of(flags, hardware));
    const inference& asked = *as_asked.inference;
    const bool any_format = o.weights.empty() && !as_asked.published.quantized();
    const engine usual = assumed_engine(any_format || is_gguf(asked.weights));
    const engine engine = o.engine.empty() ? usual : asked.framework;
    flags.flags.set("--engine", io::name_of(io::engine_names, engine));
    flags.flags.set(row_of(engine).memory.splits_layers ? "--pipeline" : "--tensor", as_asked.hardware.cards);
    return read_job(job_of(flags, hardware));
}

/// Returns the error with the keys that serve sets itself renamed to the flag that the user gave.
[[nodiscard]] inline io::input_error in_flags(const io::input_error& e) {
    std::vector<io::input_problem> all;
    for (const io::input_problem& p : e.problems()) {
        const bool cards = p.key == "layout.pipeline" || p.key == "layout.tensor";
        all.push_back(cards ? io::refused_value("--cards", p.value, "with this engine: " + p.accepted) : p);
    }
    return io::input_error(std::move(all));
}

/// Returns the context length asked for, in tokens. Throws input_error if it leaves no room for an answer of one token.
[[nodiscard]] inline std::int64_t context_of(const serve_options& o, const network& net) {
    constexpr std::int64_t usual = 8192;
    const std::int64_t positions = net.longest_sequence > 0 ? net.longest_sequence : io::no_limit;
    if (o.context == 0) return smaller(usual, positions);
    if (o.context < 2 || o.context > positions)
        throw io::input_error(
            {io::refused_value("--context", o.context, "2 to " + std::to_string(positions) + " tokens")});
    return o.context;
}

[[nodiscard]] inline served serve_on(const serve_options& o, const nlohmann::json& hardware) {
    served s{.job = serve_job(o, hardware)};
    const network net = lower(s.job.model);
    if (!is_autoregressive(net) || net.is_encoder_decoder)
        throw io::input_error({io::refused_value("model", s.job.model_name,
                                                 "an autoregressive decoder (for other models use fit --infer)")});
    inference& i = *s.job.inference;
    s.context = context_of(o, net);
    i.prompt = s.context - 1;
    i.generate = 1;
    const io::published_weights& published = s.job.published;
    const bool given =
        !published.is_checkpoint || (published.quantized() && loads_weights(i.framework, published.formats.weights));
    if (o.weights.empty() && !given) {
        const format_choice best = best_weights(net, i, s.job.hardware, s.job.layout);
        s.chosen = best.accepted;
        s.no_format = !best.accepted;
        if (best.accepted) i = with_weights(i, best.format);
    }
    const lowered_inference lowered = lower_job(net, i, s.job.hardware, s.job.layout);
    s.longest = longest_context(lowered, error_bound::upper);
    const std::int64_t positions = s.job.context_length;
    if (positions > 0) s.longest = smaller(s.longest, larger(positions, s.context));
    s.users = largest_batch(lowered, error_bound::upper);
    s.split = leaves_layers_in_host(i, s.job.hardware)
                  ? layers_on_cards(net, i, s.job.hardware, error_bound::upper)
                  : layer_split{.on_card = s.users > 0 ? net.layers : 0, .layers = net.layers};
    return s;
}

/// Returns the machine and the engine as text: "2 x GeForce RTX 4090 with llama.cpp".
[[nodiscard]] inline std::string machine_text(const io::job_file& job) {
    return io::hardware_text(job.hardware) + " with " +
           std::string(io::name_of(io::engine_names, job.inference->framework));
}

/// Returns the way to a larger part of the memory that GPU and host share, where the job takes the shipped part.
[[nodiscard]] inline std::string larger_part_text(const machine& m) {
    if (!has_gpu_limit(m.card) || m.host.gpu_limit_mebibytes != 0) return {};
    return "; " + io::in_gib(usable_memory(m)) + " as shipped, --gpu-limit-mib states a larger part (" +
           std::string(row_of(m.card.memory_sharing).setting) + ")";
}

/// Returns the sentence about a model that does not fit on the GPUs as a whole, with equal shares per GPU.
[[nodiscard]] inline std::string partly_served_text(const served& s, const std::string& gpus) {
    const std::string layers = io::counted(s.split.layers, "layer");
    const std::string at_context = " at " + io::counted(s.context, "token");
    const std::string longest = s.longest > 0 ? io::counted(s.longest, "token") : std::string();
    const std::string fully = longest.empty() ? "" : "; fully on the " + gpus + " up to " + longest;
    const auto& engine = row_of(s.job.inference->framework).memory;
    const bool not_at_all =
        !leaves_layers_in_host(*s.job.inference, s.job.hardware) || (s.split.on_card == 0 && !engine.reads_gguf);
    if (not_at_all) return "does not fit" + at_context + fully + larger_part_text(s.job.hardware);
    if (s.split.on_card == s.split.layers)
        return "all " + layers + " on the " + gpus + at_context + " for 1 user with an uneven split (--tensor-split)" +
               (longest.empty() ? "" : "; up to " + longest + " with an even split");
    const bytes host = s.split.host_weights + s.split.host_cache;
    return std::to_string(s.split.on_card) + " of " + layers + " on the " + gpus + at_context + ", " +
           io::in_gib(host) + " in host memory" + io::host_memory_text(s.job.hardware, host) + fully;
}

/// Returns the name of the format, and whether the checkpoint is published in it. A checkpoint whose shape is not
/// verified is served as its file stores it.
[[nodiscard]] inline std::string format_served(const io::job_file& job) {
    if (!job.stored.shape_verified) return "the format of its file (shape not verified)";
    const number_format weights = job.inference->weights;
    const bool published = job.published.quantized() && io::is_as_published(job);
    return std::string(block_layout_of(weights).name) +
           (published ? ", as published," : io::requantizing_text(job, weights));
}

[[nodiscard]] inline std::string serve_line(const served& s) {
    if (s.no_format)
        return s.job.model_name + " on " + machine_text(s.job) + ": no format fits at " +
               io::counted(s.context, "token") + larger_part_text(s.job.hardware) + "\n";
    const std::string gpus = s.job.hardware.cards > 1 ? "GPUs" : "GPU";
    const std::string text = s.job.model_name + " in " + format_served(s.job) + " on " + machine_text(s.job) + ": ";
    if (s.users == 0) return text + partly_served_text(s, gpus) + "\n";
    const std::string context =
        s.longest >= io::no_limit ? "any context" : "up to " + io::counted(s.longest, "token") + " of context";
    return text + (s.chosen ? "highest precision that fits; " : "") + "all " + io::counted(s.split.layers, "layer") +
           " on the " + gpus + ", " + context + " for 1 user, " + io::counted(s.users, "user") + " at " +
           io::counted(s.context, "token") + "\n";
}

[[nodiscard]] inline nlohmann::ordered_json serve_json(const served& s) {
    nlohmann::ordered_json json = {{"card", s.job.hardware.card.id}, {"cards", s.job.hardware.cards}};
    if (!s.job.hardware.name.empty()) json.update(machine_json(s.job.hardware));
    json.update(
        {{"engine", io::name_of(io::engine_names, s.job.inference->framework)},
         {"weights", s.job.stored.shape_verified ? block_layout_of(s.job.inference->weights).name : "as stored"},
         {"as_published", io::is_as_published(s.job)},
         {"layers_on_cards", s.split.on_card},
         {"layers", s.split.layers},
         {"host_bytes", (s.split.host_weights + s.split.host_cache).number},
         {"longest_context", s.longest},
         {"context", s.context},
         {"users", s.users}});
    const std::optional<io::hourly_rent> rent = add_rent_json(json, s.job.hardware);
    if (rent && s.users > 0) json["price"]["usd_per_user_hour"] = rent->per_hour.number / static_cast<double>(s.users);
    return json;
}

/// Returns the line about the rent of a machine, per hour and per user and hour. The text is empty for a machine
/// without a price.
[[nodiscard]] inline std::string served_rent_text(const served& s) {
    const std::optional<io::hourly_rent> rent = rent_of(s.job.hardware);
    if (!rent) return {};
    const double users = static_cast<double>(s.users);
    return "  Rent: " + in_dollars(rent->per_hour.number) + " per hour" +
           (s.users > 0 ? ", " + in_dollars(rent->per_hour.number / users) + " per user and hour with " +
                              io::counted(s.users, "user") + " at " + io::counted(s.context, "token")
                        : "") +
           "\n";
}

[[nodiscard]] inline int serve_all(const serve_options& o) {
    fit_answers all;
    std::vector<machine> machines;
    for (const nlohmann::json& called : required_hardware_of(o.hardware)) {
        const served s = serve_on(o, called);
        if (s.users > 0 || s.split.on_card == s.split.layers) all.code = answered;
        const std::vector<io::assumption> assumed = io::assumed_of(s.job.hardware);
        all.text += serve_line(s) + served_rent_text(s) + io::assumed_text(assumed, style());
        machines.push_back(s.job.hardware);
        all.json.push_back(with_assumed(serve_json(s), assumed));
    }
    if (o.json)
        std::cout << io::dump(all.json.size() == 1 ? all.json[0] : all.json, 1) << "\n";
    else
        std::cout << all.text << prices_text(machines);
    return all.code;
}

inline int serve(const serve_options& o) {
    try {
        return serve_all(o);
    } catch (const io::input_error& e) {
        throw in_flags(e);
    } catch (const invalid_input& e) {
        throw in_flags(io::refused(e));
    }
}

/// The flags of keys that `serve` takes as `fit` does.
inline constexpr std::string_view engine_flags[]{"--engine-version", "--utilization",        "--max-sequences",
                                                 "--kv-cache",       "--max-batched-tokens", "--graphs"};

inline std::function<int()> add_serve(CLI::App& app) {
    const auto o = std::make_shared<serve_options>();
    app.add_option("model,--model", o->model,
                   "a zoo id, a config.json, or a checkpoint: a folder, an index, a .gguf or .safetensors file")
        ->required();
    add_hardware_flags(app, o->hardware, "card id or printed name; may be given several times");
    app.add_option("--cards", o->count, "number of cards; default: 1, or those of the machine")
        ->check(CLI::Range(1, 1024));
    app.add_option("--weights", o->weights, "format of the weights; default: the highest precision that fits");
    app.add_option("--engine", o->engine,
                   "default: llama.cpp for GGUF formats and where no format is named, else vllm");
    for (const io::listed_key& key : io::listed_keys())
        for (const std::string_view flag : engine_flags)
            if (key.section == keys::section::inference && key.facts->flag == flag) add_key_flag(app, key, o->settings);
    app.add_option("--context", o->context, "tokens of context per user; default: 8192, or the model's positions")
        ->check(CLI::Range(1, 100'000'000));
    app.add_option("--gpu-limit-mib", o->gpu_limit_mebibytes,
                   "GPU's part of a memory that it shares with the host; default: as shipped")
        ->check(CLI::Range(std::int64_t{1}, key_ranges::gpu_limit_mib.high));
    add_prices_flag(app);
    add_json_flag(app, o->json);
    return [o] { return serve(*o); };
}
inline constexpr command serve_command{
    "serve", "find the format, layers on the GPUs, context and users of a served model, for each card", add_serve};

}  // namespace tool
