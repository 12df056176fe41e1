// SPDX-License-Identifier: MIT
#pragma once

// The job file: model, hardware, training or inference, and layout, under the names of the C++ aggregates. The reader
// is strict: unknown keys, unknown names and values out of range are errors that name the key, the value and what is
// accepted.

#include <cardfit/estimate/training/lower.hpp>
#include <cardfit/hardware/links.hpp>
#include <cardfit/io/assumed_memory.hpp>
#include <cardfit/io/card_names.hpp>
#include <cardfit/io/core_problems.hpp>
#include <cardfit/io/read_model.hpp>

#include <nlohmann/json.hpp>

#include <optional>

namespace cardfit::io {

/// A job as its file states it, with defaults filled in.
struct job_file {
    any_model model{};
    std::string model_name{};
    machine hardware{};
    std::optional<cardfit::training> training{};
    std::optional<cardfit::inference> inference{};
    cardfit::layout layout{};
    /// The format of the weights in the file that the model is read from, where it is a file of weights.
    std::optional<number_format> file_weights{};
    /// Keys that the file leaves out, with the defaults that stand for them.
    std::vector<assumption> assumed{};
    /// Returns the side of an image in pixels that the job asks for; 0: the model's own.
    [[nodiscard]] std::int64_t image_size() const {
        return training ? training->image_size : inference ? inference->image_size : 0;
    }
};

namespace detail {

/// Refuses a link that the card does not have.
inline void check_link(const machine& m, findings& found) {
    const bool bridged =
        m.link == card_link::nvswitch || m.link == card_link::nvlink || m.link == card_link::nvlink_bridge;
    if (m.card.id.empty() || !bridged) return;
    const std::string card(m.card.id);
    const link_facts facts = links_of(m.card);
    const auto refuse = [&](const std::string& accepted) {
        found.problems.push_back(refused_value("hardware.link", name_of(link_names, m.link), accepted));
    };
    if (m.card.links.nvlink_bidirectional.number == 0)
        refuse("pcie, pcie-host (" + card + " has no NVLink)");
    else if (m.link == card_link::nvswitch && !facts.switched)
        refuse("another link (" + card + " has no NVSwitch)");
    else if (m.link == card_link::nvlink_bridge && facts.bridged == 0)
        refuse("another link (" + card + " takes no bridge)");
}

/// Finds the card by its id or printed name; a capacity tells cards of one name apart.
inline void read_card(const nlohmann::json& id, machine& m, findings& found) {
    const std::string name = id.is_string() ? id.get<std::string>() : std::string();
    if (const gpu* card = cards::find_by_name(name, m.capacity))
        m.card = *card;
    else
        found.problems.push_back(refused_value("hardware.card", id, accepted_cards(name, m.capacity)));
}

inline void read_hardware(const nlohmann::json* value, machine& m, findings& found) {
    if (!value) return found.problems.push_back(missing_key("hardware", "an object with the key card"));
    read_section(*value, "hardware", keys::hardware_keys, m, found);
    if (!value->is_object()) return;
    if (!value->contains("card"))
        return found.problems.push_back(missing_key("hardware.card", accepted_text(keys::hardware_keys[0].facts)));
    read_card((*value)["card"], m, found);
    if (!m.card.id.empty() && m.ecc == ecc_setting::on && !has_ecc(m.card))
        found.problems.push_back(
            refused_value("hardware.ecc", true, "false (" + std::string(m.card.id) + " has no ECC)"));
    check_link(m, found);
}

[[nodiscard]] inline training read_training(const nlohmann::json& value, findings& found) {
    training t;
    if (value.is_object() && value.contains("adapter")) t.adapter.method = adapter_method::lora;
    read_section(value, "training", keys::training_keys, t, found);
    return t;
}

/// `file_weights`: the format of the weights in the file that the model is read from, which stands for weights that the
/// job does not name.
[[nodiscard]] inline inference read_inference(const nlohmann::json& value, std::optional<number_format> file_weights,
                                              findings& found) {
    inference i;
    if (file_weights && stores_weights(*file_weights)) i.weights = *file_weights;
    read_section(value, "inference", keys::inference_keys, i, found);
    return i;
}

[[nodiscard]] inline layout read_layout(const nlohmann::json* value, findings& found) {
    static const nlohmann::json nothing = nlohmann::json::object();
    layout l;
    read_section(value ? *value : nothing, "layout", keys::layout_keys, l, found);
    return l;
}

/// Lowers the model; nothing where that is refused, which is added to what was found.
[[nodiscard]] inline std::optional<network> lower_or_refuse(const job_file& job, findings& found) {
    try {
        return lower(job.model, job.image_size());
    } catch (const invalid_input& e) {
        invalid_field wrong = e.what_is_wrong;
        // Lowerings name the size as a training has it.
        if (job.inference && std::string_view(wrong.field) == key_ranges::training_image_size.path)
            wrong.field = key_ranges::inference_image_size.path;
        found.problems.push_back(in_file(wrong));
        return {};
    }
}

/// Checks what only the whole job tells: a model without sense, a sequence longer than the model's positions, a layout
/// that does not divide the cards.
inline void check_whole(const job_file& job, findings& found) {
    add_core_problems(problems(job.model), found);
    if (!found.problems.empty()) return;
    const std::optional<network> lowered = lower_or_refuse(job, found);
    if (!lowered) return;
    const network& net = *lowered;
    if (job.training) add_core_problems(problems(*job.training, net), found);
    if (job.training) add_core_problems(problems(*job.training, job.hardware.card), found);
    if (job.inference) add_core_problems(problems(*job.inference, net), found);
    // An image's tokens are the network's own: no length is assumed.
    if (net.tokens_per_sample > 0)
        std::erase_if(found.assumed, [](const assumption& a) {
            return a.key == key_ranges::prompt.path || a.key == key_ranges::generate.path ||
                   a.key == key_ranges::sequence_length.path;
        });
    add_core_problems(problems(job.layout, job.hardware.cards, net), found);
    add_core_problems(problems(job.hardware), found);
}

inline void read_kind(const nlohmann::json* training, const nlohmann::json* inference, job_file& job, findings& found) {
    const std::string one = "either training or inference, and not both";
    if (!training && !inference) found.problems.push_back(missing_key("training", one));
    if (training && inference) found.problems.push_back(refused_value("inference", *inference, one));
    if (training) job.training = read_training(*training, found);
    if (inference) job.inference = read_inference(*inference, job.file_weights, found);
}

}  // namespace detail

/// Returns the job that a JSON object states. Throws input_error with all of its problems.
[[nodiscard]] inline job_file read_job(const nlohmann::json& value) {
    findings found;
    job_file job;
    object_reader in(value, "", found);
    if (!value.is_object())
        throw input_error(
            {refused_value("job", value, "an object with the keys model, hardware, training or inference, layout")});
    model_of_job model;
    detail::read_model(in.take("model"), model, found);
    job.model = model.model;
    job.model_name = std::move(model.name);
    job.file_weights = model.file_weights;
    detail::read_hardware(in.take("hardware"), job.hardware, found);
    const nlohmann::json* training = in.take("training");
    detail::read_kind(training, in.take("inference"), job, found);
    job.layout = detail::read_layout(in.take("layout"), found);
    in.finish();
    if (found.problems.empty()) detail::check_whole(job, found);
    if (found.problems.empty()) detail::assume_shared_memory(job.hardware, found);
    if (found.problems.empty()) detail::assume_host_link(job.training, job.hardware.card, found);
    if (!found.problems.empty()) throw input_error(std::move(found.problems));
    job.assumed = std::move(found.assumed);
    return job;
}

/// Returns the job that a JSON text states, or the `job` of a measured row.
[[nodiscard]] inline nlohmann::json job_of_text(std::string_view text) {
    nlohmann::json value = parse_json(text);
    const bool measured = value.is_object() && value.contains("job") && value.contains("measured");
    if (!measured) return value;
    // Moved, never copied: a copy of deeply nested text would need the stack.
    nlohmann::json job = std::move(value["job"]);
    return job;
}
/// Reads a job from JSON text, or from the `job` of a measured row. Throws input_error.
[[nodiscard]] inline job_file read_job_text(std::string_view text) { return read_job(job_of_text(text)); }

}  // namespace cardfit::io
