// SPDX-License-Identifier: MIT
#pragma once

// A checkpoint as a model: its exact bytes, and the shape that its config.json or its metadata states. A shape counts
// as known only if it has as many parameters as the tensors; otherwise the checkpoint is a stored_model, which is
// answered by its bytes and by bounds.

#include <cardfit/io/any_model.hpp>
#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/stored/config_shape.hpp>
#include <cardfit/io/stored/contents.hpp>
#include <cardfit/io/stored/gguf_shape.hpp>
#include <cardfit/io/stored/stored_sums.hpp>
#include <cardfit/io/stored/tensor_shape.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

/// A checkpoint, and the model that it makes.
struct checkpoint {
    stored_contents contents{};  ///< bytes and tensors of its files
    /// The parsed config.json; null if there is none or it cannot be parsed.
    nlohmann::json config{};
    /// The model whose shape is known, or else the one that the bytes and bounds make; nothing if neither is known.
    std::optional<any_model> model{};
    /// False if the model is a stored_model.
    bool shape_verified = false;
    /// Why the shape is not known.
    std::string why_no_shape{};
    /// Why there is no model at all.
    std::string why_no_model{};
    stored_weights weights{};  ///< bytes and parameters by purpose
    /// The format that takes the most bytes, if cardfit has it.
    std::optional<number_format> format{};
    std::vector<std::string> notes{};  ///< for people
};

namespace detail {

/// Returns the bits of one weight where a quantization packs several in a word, as a config.json states them; 4 if it
/// states none.
[[nodiscard]] inline std::int64_t word_bits(const nlohmann::json& config) {
    constexpr std::int64_t usual = 4;
    if (!config.is_object()) return usual;
    const auto bits_of = [](const nlohmann::json& object) -> std::int64_t {
        for (const char* key : {"bits", "num_bits", "w_bit"})
            if (const auto at = object.find(key); at != object.end() && at->is_number_unsigned() && *at <= 8)
                return at->get<std::int64_t>();
        return 0;
    };
    const auto quantization = config.find("quantization_config");
    if (quantization == config.end() || !quantization->is_object()) return usual;
    if (const std::int64_t bits = bits_of(*quantization); bits > 1) return bits;
    const auto groups = quantization->find("config_groups");
    if (groups == quantization->end() || !groups->is_object()) return usual;
    for (const auto& [name, group] : groups->items()) {
        const auto weights = group.is_object() ? group.find("weights") : group.end();
        if (!group.is_object() || weights == group.end() || !weights->is_object()) continue;
        if (const std::int64_t bits = bits_of(*weights); bits > 1) return bits;
    }
    return usual;
}

/// The parameters that a file stores, and those among them that a description of the text model may leave out.
struct counted_parameters {
    std::int64_t all = 0;
    std::int64_t tower = 0;
    /// In layers of multi-token prediction, past the last one of the description.
    std::int64_t extra = 0;
    /// In the head.
    std::int64_t head = 0;
};

/// Returns true for a tensor that only layers of multi-token prediction have: the matrix that joins two hidden states
/// (eh_proj in the files of DeepSeek-V3, GLM 4.5 and their kin), or a module that is named after them.
[[nodiscard]] inline bool shows_prediction(std::string_view name) {
    const auto has = [&](std::string_view part) { return name.find(part) != name.npos; };
    return has(".eh_proj.") || name.starts_with("mtp.") || has(".mtp") || has("nextn");
}

/// Returns the layers past the last one of a description that are layers of multi-token prediction. Other layers past
/// the last show that the description is of another model.
[[nodiscard]] inline std::set<std::string_view> prediction_layers_in(const tensor_file& file, std::int64_t layers) {
    constexpr std::size_t most_digits = 6;
    std::set<std::string_view> predicting;
    for (const stored_tensor& t : file.tensors) {
        const std::string_view layer = tensor_named(t.name).layer;
        const std::string_view digits = layer.substr(layer.rfind('.') + 1);
        const bool is_number = !digits.empty() && digits.size() <= most_digits;
        if (is_number && std::stoll(std::string(digits)) >= layers && shows_prediction(t.name))
            predicting.insert(layer);
    }
    return predicting;
}

[[nodiscard]] inline counted_parameters count_parameters(const tensor_file& file, std::int64_t layers,
                                                         std::int64_t bits) {
    const tensors_by_name index = index_of(file);
    const std::set<std::string_view> predicting = prediction_layers_in(file, layers);
    counted_parameters sum;
    for (const stored_tensor& t : file.tensors) {
        const named_tensor about = tensor_named(t.name);
        const std::int64_t count = parameters_in(t, index, bits);
        sum.all += count;
        if (about.kind == tensor_kind::tower) sum.tower += count;
        if (about.kind == tensor_kind::head) sum.head += count;
        const bool predicts = predicting.contains(about.layer) || shows_prediction(t.name);
        if (about.kind != tensor_kind::tower && predicts) sum.extra += count;
    }
    return sum;
}

/// Returns true if two counts agree within 0.01 %.
[[nodiscard]] inline bool agree(std::int64_t a, std::int64_t b) { return (a > b ? a - b : b - a) <= b / 10'000; }

/// What is said about parts of a file that its description leaves out.
[[nodiscard]] inline std::string parts_beyond(bool tower, bool extra, const counted_parameters& count) {
    std::string text;
    if (tower) text += std::to_string(count.tower) + " parameters of towers";
    if (extra)
        text += (text.empty() ? "" : " and ") + std::to_string(count.extra) +
                " of layers past the last (multi-token prediction)";
    return text + " are in the file and in its bytes, and not in the shape";
}

/// Compares the parameters of a shape with those of the tensors: with all of them, or without the parts that a
/// description of the text model leaves out. Returns true if they agree; adds what is to be said about it.
[[nodiscard]] inline bool verify(std::int64_t shape, const counted_parameters& count, bool repeats_head,
                                 std::vector<std::string>& notes) {
    const std::int64_t all = count.all - (repeats_head ? count.head : 0);
    for (const bool tower : {false, true})
        for (const bool extra : {false, true}) {
            if ((tower && count.tower == 0) || (extra && count.extra == 0)) continue;
            const std::int64_t stored = all - (tower ? count.tower : 0) - (extra ? count.extra : 0);
            if (!agree(shape, stored)) continue;
            if (tower || extra) notes.push_back(parts_beyond(tower, extra, count));
            return true;
        }
    return false;
}

/// Returns a message without the ways forward, which the bytes of a checkpoint replace.
[[nodiscard]] inline std::string short_reason(const input_problem& p) {
    constexpr std::size_t longest = 160;
    if (p.key.ends_with(".model_type"))
        return p.message.substr(0, p.message.find("; accepted:")) + ", which is no family that is read";
    return p.message.size() > longest ? p.message.substr(0, longest) + "..." : p.message;
}

/// Makes a checkpoint of its bytes and of bounds, or says why it cannot.
inline void use_bounds(checkpoint& c, shape_bounds bounds, const std::string& from) {
    c.shape_verified = false;
    c.model.reset();
    if (c.weights.known() && bounds.unknown.empty()) {
        bounds.model.weights = c.weights;
        bounds.model.parameters = c.contents.parameters.value_or(0);
        const problem_list wrong = problems(bounds.model);
        if (wrong.empty()) return static_cast<void>(c.model = bounds.model);
        bounds.unknown = "a possible shape: " + invalid_input::describe(*wrong.begin());
    }
    c.why_no_model = from + " does not tell " + bounds.unknown;
}

[[nodiscard]] inline bool shows_recurrence(const stored_contents& contents) {
    const auto shows = [](const auto& names, auto name_of) {
        return std::any_of(names.begin(), names.end(), [&](const auto& each) { return shows_state(name_of(each)); });
    };
    return shows(contents.file.tensors, [](const stored_tensor& t) -> std::string_view { return t.name; }) ||
           shows(contents.names, [](const std::string& name) -> std::string_view { return name; });
}

/// Returns the bounds that a config.json and the tensors beside it make together: where they differ, the larger of
/// each.
[[nodiscard]] inline shape_bounds bounds_of(const checkpoint& c) {
    shape_bounds bounds = config_shape(c.config, shows_recurrence(c.contents));
    const bool has_names = c.contents.file.kind == "safetensors" && !shows_recurrence(c.contents);
    if (bounds.unknown.empty() && has_names) widen(bounds.model, tensor_shape(c.contents.file).model);
    return bounds;
}

/// Returns why a shape does not count: it has another number of parameters than the weights.
[[nodiscard]] inline std::string counts_differ(std::int64_t shape, std::int64_t stored) {
    return "config.json makes a model of " + std::to_string(shape) + " parameters, and the tensors hold " +
           std::to_string(stored) + "; the bytes are those of the tensors";
}

/// Accepts the shape of a config.json where it agrees with the tensors. Returns whether it does.
[[nodiscard]] inline bool accept_shape(checkpoint& c, any_model shape) {
    const network net = lower(shape);
    if (c.contents.file.tensors.empty()) {
        // A total alone has no names: the shape divides it.
        c.weights = stored_weights_of(c.contents.bytes, net);
        const std::int64_t stored = c.contents.parameters.value_or(parameters(net));
        // Some files repeat a tied embedding as a head.
        const std::int64_t repeated = net.tied ? net.logits * net.hidden : 0;
        if (agree(parameters(net), stored) || agree(parameters(net) + repeated, stored)) {
            c.model = shape;
            return true;
        }
        c.why_no_shape = counts_differ(parameters(net), stored);
        return false;
    }
    const counted_parameters count = count_parameters(c.contents.file, net.layers, word_bits(c.config));
    if (verify(parameters(net), count, net.tied, c.notes)) {
        if (net.tied && count.head > 0) c.weights.head = 0;
        c.model = shape;
        return true;
    }
    transformer* plain = std::get_if<transformer>(&shape);
    if (plain && count.head == 0 && net.head_parameters > 0 &&
        verify(parameters(net) - net.head_parameters, count, false, c.notes)) {
        plain->tied_embeddings = true;
        c.model = shape;
        c.notes.push_back("config.json describes a head of its own, and the file has none");
        return true;
    }
    c.why_no_shape = counts_differ(parameters(net), count.all);
    return false;
}

/// Accepts a shape that no family's row vouches for: only if it has as many parameters as the weights.
[[nodiscard]] inline bool accept_counted_shape(checkpoint& c, const transformer& shape) {
    const network net = lower(shape);
    std::vector<std::string> notes;
    if (c.contents.file.tensors.empty()) {
        const std::optional<std::int64_t> stored = parameters_of(c.contents, c.config);
        if (!stored || !agree(parameters(net), *stored)) return false;
        c.weights = stored_weights_of(c.contents.bytes, net);
    } else {
        const counted_parameters count = count_parameters(c.contents.file, net.layers, word_bits(c.config));
        if (!verify(parameters(net), count, net.tied, notes)) return false;
        if (net.tied && count.head > 0) c.weights.head = 0;
    }
    for (std::string& note : notes) c.notes.push_back(std::move(note));
    c.notes.push_back("the family has no row; the sizes of config.json make as many parameters as the weights have");
    c.model = shape;
    c.shape_verified = true;
    return true;
}

/// Tries the shapes that the sizes of a config.json of an unknown family may make, and those of its text part.
inline void try_counted_shapes(checkpoint& c) {
    const nlohmann::json text = text_part(c.config);
    for (const nlohmann::json* part : {&std::as_const(c.config), &text})
        for (const transformer& shape : general_shapes(*part))
            if (!c.shape_verified && accept_counted_shape(c, shape)) return;
}

/// Reads the shape of a checkpoint from its config.json.
inline void add_config_shape(checkpoint& c) {
    c.contents.parameters =
        c.contents.file.tensors.empty() ? c.contents.parameters : parameters_in(c.contents.file, word_bits(c.config));
    try {
        c.shape_verified = accept_shape(c, read_huggingface_model(c.config));
    } catch (const input_error& e) {
        c.why_no_shape =
            "config.json: " + (e.problems().empty() ? std::string(e.what()) : short_reason(e.problems()[0]));
    } catch (const std::invalid_argument& e) {
        c.why_no_shape = std::string("config.json: ") + e.what();
    }
    if (!c.shape_verified) try_counted_shapes(c);
    if (c.shape_verified) return;
    if (c.contents.file.tensors.empty()) c.weights = {.matrices = c.contents.bytes};
    use_bounds(c, bounds_of(c), "config.json");
}

/// Reads the shape of a checkpoint without a config.json.
inline void add_shape_of_file(checkpoint& c) {
    const tensor_file& file = c.contents.file;
    if (file.model) {
        c.model = *file.model;
        c.shape_verified = true;
        return;
    }
    c.why_no_shape = file.why_no_model;
    if (file.kind == "gguf") return use_bounds(c, gguf_shape(file), "the metadata");
    if (!file.tensors.empty()) return use_bounds(c, tensor_shape(file), "the file without a config.json");
    c.why_no_shape = "there is no config.json beside it";
    c.why_no_model = c.contents.source + " without a config.json does not tell what its layers cache";
}

/// Parses the config.json of a checkpoint. One that cannot be parsed takes nothing away but the shape.
inline void parse_config(checkpoint& c) {
    if (c.contents.config.empty()) return;
    try {
        c.config = parse_json_file(c.contents.config, std::string(folder_key));
    } catch (const input_error& e) {
        c.notes.push_back(e.what());
    }
}

}  // namespace detail

/// Reads the checkpoint that a path leads to: a folder, a file of weights, an index or the Hub's answer for a model.
/// Throws input_error that names the file that is wrong; a config.json that is not read only takes the shape away.
[[nodiscard]] inline checkpoint read_checkpoint(const std::string& path) {
    checkpoint c{.contents = read_contents(path)};
    c.notes = c.contents.notes;
    c.format = detail::most_frequent_format(c.contents.file);
    if (c.contents.file.weights) c.format = c.contents.file.weights;
    c.weights = stored_weights_of(c.contents.file);
    detail::parse_config(c);
    if (c.contents.bytes == 0) {
        const bool adapts = detail::is_file((std::filesystem::path(path) / "adapter_config.json").string());
        c.why_no_model = "there are no weights in " + path +
                         (adapts ? " but an adapter's; the model is the one that its adapter_config.json names" : "");
        if (c.config.is_object()) c.model = read_huggingface_model(c.config);
        c.shape_verified = c.model.has_value();
        return c;
    }
    if (c.config.is_object())
        detail::add_config_shape(c);
    else
        detail::add_shape_of_file(c);
    return c;
}

}  // namespace cardfit::io
