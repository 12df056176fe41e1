// SPDX-License-Identifier: MIT
#pragma once

// The job file: model, hardware, training or inference, layout, under the names of the C++ aggregates. Strict: unknown
// keys, unknown names and values out of range are errors that name the key, the value and what is accepted.

#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/links.hpp>
#include <cardfit/io/any_model.hpp>
#include <cardfit/io/card_names.hpp>
#include <cardfit/io/huggingface_model.hpp>
#include <cardfit/io/object_reader.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/io/weights_file.hpp>
#include <cardfit/job/inference.hpp>

#include <nlohmann/json.hpp>

#include <optional>

namespace cardfit::io {

/// A job as its file states it, defaults filled in.
struct job_file {
    any_model model{};
    std::string model_name{};
    machine hardware{};
    std::optional<cardfit::training> training{};
    std::optional<cardfit::inference> inference{};
    cardfit::layout layout{};
    /// Where the model is read from a file of weights: the format that they have in it.
    std::optional<number_format> file_weights{};
    /// Keys that the file leaves out, with the defaults that stand for them.
    std::vector<assumption> assumed{};
    /// Pixels a side that the job asks for; 0: the model's own.
    [[nodiscard]] std::int64_t image_size() const {
        return training ? training->image_size : inference ? inference->image_size : 0;
    }
};

namespace detail {

inline void read_experts(const nlohmann::json& value, const std::string& path, mixture_of_experts& e, findings& found) {
    object_reader in(value, path, found);
    in.required_integer("count", e.count, 1, 100'000);
    in.required_integer("active", e.active, 1, 100'000);
    in.required_integer("ffn", e.ffn, 1, 10'000'000);
    in.integer("shared", e.shared, 0, 10'000);
    in.integer("shared_ffn", e.shared_ffn, 0, 10'000'000);
    in.integer("dense_layers", e.dense_layers, 0, 10'000);
    in.flag("shared_gate", e.shared_gate);
    in.flag("router_bias", e.router_bias);
    in.finish();
}

inline void read_latent_attention(const nlohmann::json& value, const std::string& path, latent_attention& l,
                                  findings& found) {
    object_reader in(value, path, found);
    in.integer("q_rank", l.q_rank, 0, 1'000'000);
    in.required_integer("kv_rank", l.kv_rank, 1, 1'000'000);
    in.required_integer("nope_dim", l.nope_dim, 1, 100'000);
    in.required_integer("rope_dim", l.rope_dim, 0, 100'000);
    in.required_integer("value_dim", l.value_dim, 1, 100'000);
    in.finish();
}

inline void read_sliding_window(const nlohmann::json& value, const std::string& path, sliding_window& w,
                                findings& found) {
    object_reader in(value, path, found);
    in.required_integer("window", w.window, 1, 1'000'000'000);
    in.integer("global_every", w.global_every, 0, 10'000);
    in.finish();
}

[[nodiscard]] inline transformer read_transformer(const nlohmann::json& value, findings& found) {
    const std::string path = "model.transformer";
    transformer m;
    object_reader in(value, path, found);
    in.required_integer("layers", m.layers, 1, 10'000);
    in.required_integer("hidden", m.hidden, 1, 1'000'000);
    in.required_integer("heads", m.heads, 1, 10'000);
    in.required_integer("ffn", m.ffn, 0, 10'000'000);
    const bool image = value.is_object() && value.contains("patch_tokens");
    if (image)
        in.integer("vocab", m.vocab, 0, 10'000'000);
    else
        in.required_integer("vocab", m.vocab, 1, 10'000'000);
    if (const nlohmann::json* given = in.take("kv_heads"); !given)
        in.assume("kv_heads", "heads");
    else
        in.integer("kv_heads", m.kv_heads, 1, 10'000);
    if (const nlohmann::json* given = in.take("head_dim"); !given)
        in.assume("head_dim", "hidden / heads");
    else
        in.integer("head_dim", m.head_dim, 1, 100'000);
    in.flag("ffn_gated", m.ffn_gated);
    in.flag("tied_embeddings", m.tied_embeddings);
    in.integer("positions", m.positions, 0, 100'000'000);
    in.name("norm", m.norm, norm_names);
    in.name("biases", m.biases, biases_names);
    in.name("kind", m.kind, kind_names);
    if (const nlohmann::json* e = in.take("experts")) read_experts(*e, path + ".experts", m.experts, found);
    if (const nlohmann::json* l = in.take("latent_attention"))
        read_latent_attention(*l, path + ".latent_attention", m.latent_attention, found);
    if (const nlohmann::json* w = in.take("sliding_window"))
        read_sliding_window(*w, path + ".sliding_window", m.sliding_window, found);
    if (in.take("patch_tokens")) in.integer("patch_tokens", m.patch_tokens, 1, 1'000'000);
    if (in.take("classes")) in.integer("classes", m.classes, 1, 10'000'000);
    if (in.take("norms_per_layer")) in.integer("norms_per_layer", m.norms_per_layer, 1, 4);
    if (in.take("norm_bias")) in.flag("norm_bias", m.norm_bias);
    if (in.take("head_norm")) in.flag("head_norm", m.head_norm);
    if (in.take("attention_sinks")) in.flag("attention_sinks", m.attention_sinks);
    if (in.take("head_bias")) in.flag("head_bias", m.head_bias);
    if (in.take("output_bias")) in.flag("output_bias", m.output_bias);
    if (in.take("patch_size")) in.integer("patch_size", m.patch_size, 1, 10'000);
    in.finish();
    return m;
}

[[nodiscard]] inline std::string hint(std::string_view what, const std::vector<std::string_view>& names) {
    std::string text = std::string(what);
    for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? " such as " : ", ") + std::string(names[i]);
    return text;
}

inline void read_named_model(const std::string& id, job_file& job, findings& found) {
    job.model_name = id;
    if (std::optional<any_model> model = find_model(id)) return static_cast<void>(job.model = std::move(*model));
    found.problems.push_back(refused_value("model", id,
                                           hint("a zoo id", closest(id, model_ids(), 3)) +
                                               " (see: cardfit models), {\"huggingface\": …} or {\"transformer\": …}"));
}

inline void read_model(const nlohmann::json* value, job_file& job, findings& found) {
    const std::string accepted =
        "a zoo id, {\"huggingface\": a path or a config.json's object}, {\"gguf\": a path}, {\"safetensors\": a path} "
        "or {\"transformer\": {…}}";
    if (!value) return found.problems.push_back(missing_key("model", accepted));
    if (value->is_string()) return read_named_model(value->get<std::string>(), job, found);
    if (!value->is_object() || value->size() != 1)
        return found.problems.push_back(refused_value("model", *value, accepted));
    object_reader in(*value, "model", found);
    if (const nlohmann::json* dimensions = in.take("transformer")) {
        job.model_name = "transformer";
        job.model = read_transformer(*dimensions, found);
    }
    if (const nlohmann::json* config = in.take("huggingface")) {
        job.model_name = config->is_string() ? config->get<std::string>() : "config.json";
        try {
            if (config->is_string())
                job.model =
                    read_huggingface_model(parse_json(read_file(config->get<std::string>(), "model.huggingface")));
            else
                job.model = read_huggingface_model(*config);
        } catch (const input_error& e) {
            for (const input_problem& p : e.problems()) found.problems.push_back(p);
        }
    }
    for (const char* kind : {"gguf", "safetensors"}) {
        const nlohmann::json* path = in.take(kind);
        if (!path) continue;
        job.model_name = path->is_string() ? path->get<std::string>() : kind;
        try {
            const tensor_file file = file_with_model(kind, *path);
            job.model = *file.model;
            job.file_weights = file.weights;
        } catch (const input_error& e) {
            for (const input_problem& p : e.problems()) found.problems.push_back(p);
        }
    }
    in.finish();
}

inline void read_hardware(const nlohmann::json* value, machine& m, findings& found) {
    if (!value) return found.problems.push_back(missing_key("hardware", "an object with the key card"));
    object_reader in(*value, "hardware", found);
    std::int64_t capacity = 0;
    std::int64_t display = 0;
    if (in.take("capacity_bytes")) {
        in.integer("capacity_bytes", capacity, 1, std::int64_t{1} << 60);
        m.capacity = bytes_of(capacity);
    }
    const nlohmann::json* id = in.take("card");
    if (!id && value->is_object())
        found.problems.push_back(missing_key("hardware.card", "a card's id (see: cardfit cards)"));
    if (id) {
        const std::string name = id->is_string() ? id->get<std::string>() : std::string();
        if (const gpu* card = cards::find_by_name(name, m.capacity))
            m.card = *card;
        else
            in.refuse_value("hardware.card", *id, accepted_cards(name, m.capacity));
    }
    in.integer("cards", m.cards, 1, 1'000'000);
    if (in.take("per_node")) in.integer("per_node", m.per_node, 1, 1'000'000);
    in.name("link", m.link, link_names, "");
    in.number("network_gbit", m.network_gbit, 0.001, 1e6, "a number from 0.001 to 1000000");
    bool ecc = false;
    if (in.take("ecc")) {
        in.flag("ecc", ecc);
        m.ecc = ecc ? ecc_setting::on : ecc_setting::off;
    }
    in.name("system", m.host.system, system_names, "");
    if (in.take("display_bytes")) {
        in.integer("display_bytes", display, 0, std::int64_t{1} << 40);
        m.host.display = bytes_of(display);
    }
    in.finish();
    if (!m.card.id.empty() && ecc && m.card.ecc == ecc_support::none)
        in.refuse_value("hardware.ecc", true, "false (" + std::string(m.card.id) + " has no ECC)");
    const bool bridged =
        m.link == card_link::nvswitch || m.link == card_link::nvlink || m.link == card_link::nvlink_bridge;
    if (m.card.id.empty() || !bridged) return;
    const std::string link(name_of(link_names, m.link));
    const std::string card(m.card.id);
    const link_facts facts = links_of(m.card);
    if (m.card.links.nvlink_bidirectional.number == 0)
        in.refuse_value("hardware.link", link, "pcie, pcie-host (no figure of an NVLink of " + card + " is known)");
    else if (m.link == card_link::nvswitch && !facts.switched)
        in.refuse_value("hardware.link", link, "another link (" + card + " has no NVSwitch)");
    else if (m.link == card_link::nvlink_bridge && facts.bridged == 0)
        in.refuse_value("hardware.link", link, "another link (" + card + " takes no bridge)");
}

inline void read_adapter(const nlohmann::json& value, adapter& a, findings& found) {
    object_reader in(value, "training.adapter", found);
    a.method = adapter_method::lora;
    in.name("method", a.method, adapter_names);
    in.required_integer("rank", a.rank, 1, 65'536);
    const nlohmann::json* list = in.take("targets");
    const std::string accepted = "a list of at least one of " + listed(target_names);
    if (!list)
        found.problems.push_back(missing_key("training.adapter.targets", accepted));
    else if (!list->is_array() || list->empty())
        found.problems.push_back(refused_value("training.adapter.targets", *list, accepted));
    else
        for (const nlohmann::json& each : *list) {
            const std::string* text = each.get_ptr<const std::string*>();
            const auto at = std::find_if(target_names.begin(), target_names.end(),
                                         [&](const auto& n) { return text && n.name == *text; });
            if (at == target_names.end())
                found.problems.push_back(refused_value("training.adapter.targets", each, accepted));
            else
                a.targets.bits |= targets(at->value).bits;
        }
    in.finish();
}

/// "2024-12"
inline void read_date(object_reader& in, software_date& date) {
    const nlohmann::json* value = in.take("software_date");
    if (!value) {
        const std::string month = std::to_string(date.month);
        return in.assume("software_date", std::to_string(date.year) + (month.size() < 2 ? "-0" : "-") + month);
    }
    const std::string* text = value->get_ptr<const std::string*>();
    const auto digits = [&](std::size_t from, std::size_t to) {
        int number = 0;
        for (std::size_t i = from; i < to; ++i)
            number = (*text)[i] >= '0' && (*text)[i] <= '9' ? number * 10 + ((*text)[i] - '0') : -1'000'000;
        return number;
    };
    const bool shaped = text && text->size() == 7 && (*text)[4] == '-';
    const software_date read = shaped ? software_date{digits(0, 4), digits(5, 7)} : software_date{};
    if (!shaped || read.year < 2000 || read.year > 2100 || read.month < 1 || read.month > 12)
        return in.refuse_value(in.full("software_date"), *value, "a month from \"2000-01\" to \"2100-12\"");
    date = read;
}

[[nodiscard]] inline training read_training(const nlohmann::json& value, findings& found) {
    training t;
    object_reader in(value, "training", found);
    in.name("precision", t.precision, precision_names);
    in.name("optimizer", t.optimizer, optimizer_names);
    in.name("optimizer_state", t.optimizer_state, formats({number_format::fp32, number_format::bf16}));
    in.integer("micro_batch", t.micro_batch, 1, 1'000'000);
    in.integer("gradient_accumulation", t.gradient_accumulation, 1, 1'000'000);
    in.integer("sequence_length", t.sequence_length, 1, 100'000'000);
    if (in.take("image_size")) in.integer("image_size", t.image_size, 1, 100'000);
    in.name("recompute", t.recompute, recompute_names);
    in.name("attention", t.attention, attention_names);
    in.flag("dropout", t.dropout);
    in.flag("compiled", t.compiled);
    if (const nlohmann::json* a = in.take("adapter")) read_adapter(*a, t.adapter, found);
    in.name("base_weights", t.base_weights, weight_format_names(), "");
    in.name("offload", t.offload, offload_names);
    in.name("loss", t.loss, loss_names, "as the framework does it");
    in.flag("optimizer_in_backward", t.optimizer_in_backward);
    if (in.take("expert_imbalance_percent"))
        in.integer("expert_imbalance_percent", t.expert_imbalance_percent, 100, 10'000);
    in.name("framework", t.framework, framework_names);
    read_date(in, t.software_date);
    in.finish();
    return t;
}

/// `file_weights`: of a model that is read from a file, which then stands for weights that the job does not name.
[[nodiscard]] inline inference read_inference(const nlohmann::json& value, std::optional<number_format> file_weights,
                                              findings& found) {
    inference i;
    if (file_weights && stores_weights(*file_weights)) i.weights = *file_weights;
    object_reader in(value, "inference", found);
    in.name("weights", i.weights, weight_format_names(), block_layout_of(i.weights).name);
    in.integer("group", i.group, 1, 65'536);
    in.name("kv_cache", i.kv_cache,
            formats({number_format::fp16, number_format::bf16, number_format::fp8, number_format::int8,
                     number_format::int4}),
            "the compute type");
    in.integer("batch", i.batch, 1, 10'000'000);
    in.integer("prompt", i.prompt, 1, 100'000'000);
    in.integer("generate", i.generate, 0, 100'000'000);
    if (in.take("image_size")) in.integer("image_size", i.image_size, 1, 100'000);
    in.name("framework", i.framework, engine_names);
    in.flag("full_prompt_logits", i.full_prompt_logits);
    if (in.take("shared_prefix")) in.integer("shared_prefix", i.shared_prefix, 0, 100'000'000);
    if (in.take("adapters")) in.integer("adapters", i.adapters, 0, 100'000);
    if (in.take("adapter_rank")) in.integer("adapter_rank", i.adapter_rank, 1, 65'536);
    in.number("memory_utilization", i.memory_utilization, 0.01, 1.0, "a number from 0.01 to 1");
    read_date(in, i.software_date);
    in.finish();
    return i;
}

[[nodiscard]] inline layout read_layout(const nlohmann::json* value, findings& found) {
    static const nlohmann::json nothing = nlohmann::json::object();
    layout l;
    object_reader in(value ? *value : nothing, "layout", found);
    if (in.take("data")) in.integer("data", l.data, 1, 1'000'000);
    in.integer("tensor", l.tensor, 1, 4096);
    in.integer("pipeline", l.pipeline, 1, 4096);
    in.integer("virtual_stages", l.virtual_stages, 1, 1024);
    in.integer("context", l.context, 1, 65'536);
    in.integer("expert", l.expert, 1, 65'536);
    in.name("sharding", l.sharding, sharding_names);
    if (in.take("sharding_group")) in.integer("sharding_group", l.sharding_group, 1, 1'000'000);
    bool sequence = false;
    if (in.take("sequence_parallel")) {
        in.flag("sequence_parallel", sequence);
        l.sequence_parallel = sequence ? sequence_parallel::on : sequence_parallel::off;
    }
    in.finish();
    return l;
}

/// What a job file calls the value of a core problem: names for enumerations, the number for the rest.
[[nodiscard]] inline nlohmann::json value_in_file(const problem& p) {
    const std::string_view field = p.field;
    for (const std::string_view format :
         {"inference.weights", "inference.kv_cache", "training.base_weights", "training.optimizer_state"})
        if (field == format) return block_layout_of(static_cast<number_format>(p.value)).name;
    if (field == "training.precision") return name_of(precision_names, static_cast<precision>(p.value));
    if (field != "training.adapter.targets") return p.value;
    nlohmann::json names = nlohmann::json::array();
    for (const auto& n : target_names)
        if ((p.value >> static_cast<unsigned>(n.value) & 1) != 0) names.push_back(n.name);
    return names;
}

/// A core problem as the job file's.
[[nodiscard]] inline input_problem in_file(const problem& p) {
    if (p.is_rule) return broken_rule(p.field, value_in_file(p), invalid_input::rule_of(p));
    if (*p.accepted != '\0') return refused_value(p.field, value_in_file(p), p.accepted);
    if (p.low == p.high) return broken_rule(p.field, value_in_file(p), "must be " + std::to_string(p.low));
    return refused_value(p.field, value_in_file(p), integers(p.low, p.high));
}

inline void add_core_problems(const problem_list& list, findings& found) {
    for (const problem& p : list) found.problems.push_back(in_file(p));
}

/// What only the whole job tells: a model that is none, a sequence longer than its positions, a layout that does not
/// divide the cards.
inline void read_whole(const job_file& job, findings& found) {
    add_core_problems(problems(job.model), found);
    if (!found.problems.empty()) return;
    network net;
    try {
        net = lower(job.model, job.image_size());
    } catch (const invalid_input& e) {
        problem_list one;
        problem wrong = e.what_is_wrong;
        // Lowerings name the size as a training has it.
        if (job.inference && std::string_view(wrong.field) == "training.image_size")
            wrong.field = "inference.image_size";
        one.add(wrong);
        return add_core_problems(one, found);
    }
    if (job.training) add_core_problems(problems(*job.training, net), found);
    if (job.inference) add_core_problems(problems(*job.inference, net), found);
    // An image's tokens are the network's own: no length is assumed.
    if (net.tokens_per_sample > 0)
        std::erase_if(found.assumed, [](const assumption& a) {
            return a.key == "inference.prompt" || a.key == "inference.generate" || a.key == "training.sequence_length";
        });
    add_core_problems(problems(job.layout, job.hardware.cards, net), found);
    add_core_problems(problems(job.hardware), found);
}

}  // namespace detail

/// Reads a job. Throws input_error with everything that is wrong.
[[nodiscard]] inline job_file read_job(const nlohmann::json& value) {
    findings found;
    job_file job;
    object_reader in(value, "", found);
    if (!value.is_object())
        throw input_error(
            {refused_value("job", value, "an object with the keys model, hardware, training or inference, layout")});
    detail::read_model(in.take("model"), job, found);
    detail::read_hardware(in.take("hardware"), job.hardware, found);
    const nlohmann::json* training = in.take("training");
    const nlohmann::json* inference = in.take("inference");
    const std::string one = "either training or inference, and not both";
    if (!training && !inference) found.problems.push_back(missing_key("training", one));
    if (training && inference) found.problems.push_back(refused_value("inference", *inference, one));
    if (training) job.training = detail::read_training(*training, found);
    if (inference) job.inference = detail::read_inference(*inference, job.file_weights, found);
    job.layout = detail::read_layout(in.take("layout"), found);
    in.finish();
    if (found.problems.empty()) detail::read_whole(job, found);
    if (!found.problems.empty()) throw input_error(std::move(found.problems));
    job.assumed = std::move(found.assumed);
    return job;
}

/// The job that a JSON text states, or the `job` of a measured row.
[[nodiscard]] inline nlohmann::json job_of_text(std::string_view text) {
    nlohmann::json value = parse_json(text);
    const bool measured = value.is_object() && value.contains("job") && value.contains("measured");
    if (!measured) return value;
    // Moved, never copied: a copy of deeply nested text would need the stack.
    nlohmann::json job = std::move(value["job"]);
    return job;
}
/// Reads a job from JSON text, or from the `job` of a measured row.
[[nodiscard]] inline job_file read_job_text(std::string_view text) { return read_job(job_of_text(text)); }

}  // namespace cardfit::io
