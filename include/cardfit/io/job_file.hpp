// SPDX-License-Identifier: MIT
#pragma once

// The job file: model, hardware, training or inference, and layout, under the names of the C++ aggregates. The reader
// is strict: unknown keys, unknown names and values out of range are errors that name the key, the value and what is
// accepted.

#include <cardfit/estimate/inference/speculation.hpp>
#include <cardfit/io/assumed_memory.hpp>
#include <cardfit/io/card_names.hpp>
#include <cardfit/io/cards_file.hpp>
#include <cardfit/io/check_stated_job.hpp>
#include <cardfit/io/diffusion_names.hpp>
#include <cardfit/io/machine_defaults.hpp>
#include <cardfit/io/machine_names.hpp>
#include <cardfit/io/object_reader.hpp>
#include <cardfit/io/read_hardware.hpp>
#include <cardfit/io/read_model.hpp>
#include <cardfit/io/request_lengths.hpp>
#include <cardfit/io/stated_job.hpp>
#include <cardfit/io/typed_words.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace cardfit::io {

namespace detail {

/// Adds to what was found why the formats of the checkpoint are not known, where the job names none itself.
inline void require_formats(const published_weights& published, findings& found) {
    for (const input_problem& p : published.problems) found.problems.push_back(p);
}

/// Reads a training. The frozen base of an adapter has the formats of a quantized checkpoint over which adapters are
/// trained; full training has its own precision.
[[nodiscard]] inline training read_training(json_view value, const published_weights& published, findings& found) {
    training t;
    const bool adapted = names_key(value, "adapter");
    if (adapted) t.adapter.method = adapter_method::lora;
    const bool named = names_key(value, "base_weights");
    if (adapted && !named) require_formats(published, found);
    if (adapted && !named && published.carries_adapters && published.quantized()) {
        t.base_weights = published.formats.weights;
        t.base_modules = published.formats.modules;
    }
    read_section(value, "training", keys::training_keys, t, found);
    return t;
}

/// Returns true if the weights of an inference are those of a GGUF file: by the format that it names, or else by the
/// checkpoint's.
[[nodiscard]] inline bool takes_gguf(json_view value, const published_weights& published) {
    if (!names_key(value, "weights")) return published.is_gguf_file || is_gguf(published.formats.weights);
    const auto named = value_named(weight_format_names, word_of(value, "weights"));
    return named && is_gguf(*named);
}

/// Returns the engine that the keys of an inference name. Where they name none, it is llama.cpp for GGUF files, and the
/// default one for all others.
[[nodiscard]] inline engine engine_named(json_view value, const published_weights& published) {
    if (const auto named = value_named(engine_names, word_of(value, "framework"))) return *named;
    return takes_gguf(value, published) ? engine::llama_cpp : inference{}.framework;
}

/// Divides the context that a job states into prompt and generated tokens.
inline void read_context(json_view given, inference& i, findings& found) {
    if (!names_key(given, "context")) return;
    const keys::key_facts& facts = *keys::find(key_ranges::served_context.path);
    const std::string path(facts.path);
    const std::size_t before = found.problems.size();
    const std::int64_t context = parse_value(facts, path, given["context"], found.problems).whole;
    if (found.problems.size() != before) return;
    const auto stated = [&](const char* key, std::int64_t value) {
        return names_key(given, key) ? std::optional<std::int64_t>(value) : std::nullopt;
    };
    const auto parts =
        parts_of_context(path, context, stated("prompt", i.prompt), stated("generate", i.generate), found.problems);
    if (!parts) return;
    i.prompt = parts->prompt;
    i.generate = parts->generate;
    std::erase_if(found.assumed, [](const assumption& a) {
        return a.key == key_ranges::prompt.path || a.key == key_ranges::generate.path;
    });
}

/// Reads an inference, which has the weights of the checkpoint where it names none and its engine loads them. Where it
/// names another format, that is the format of all its modules.
[[nodiscard]] inline inference read_inference(json_view value, const published_weights& published, findings& found) {
    const published_formats& formats = published.formats;
    inference i{.framework = engine_named(value, published)};
    const bool named = names_key(value, "weights");
    const bool same = named && word_of(value, "weights") == block_layout_of(formats.weights).name;
    // A file of weights is loaded as it is: which engines read it is not asked.
    const bool loaded = !published.is_checkpoint || loads_weights(i.framework, formats.weights);
    const bool as_published = published.known() && (same || (!named && loaded));
    if (!named) require_formats(published, found);
    if (as_published) {
        i.weights = formats.weights;
        i.modules = formats.modules;
        i.group = formats.group;
    }
    read_section(value, "inference", keys::inference_keys, i, found);
    read_context(value, i, found);
    const bool casts = row_of(i.framework).memory.casts_fp32 && i.weights == number_format::fp32;
    if (casts && !named) i.weights = number_format::bf16;
    const bool cache_as_published = as_published && formats.kv_cache != number_format::by_default &&
                                    !names_key(value, "kv_cache") &&
                                    i.software_date >= row_of(i.framework).memory.checkpoint_cache_since;
    if (cache_as_published) i.kv_cache = formats.kv_cache;
    if (!published.known()) return i;
    // What the checkpoint states is not assumed.
    std::erase_if(found.assumed, [&](const assumption& a) {
        const bool of_cache = a.key == "inference.kv_cache" && cache_as_published;
        return of_cache || (as_published && (a.key == "inference.weights" || a.key == key_ranges::group.path));
    });
    return i;
}

/// Reads the shares of the layers that the cards hold.
inline void read_shares(json_view inference, job_file& job, findings& found) {
    if (!names_key(inference, "tensor_split") || !job.inference) return;
    const json_view stated = inference["tensor_split"];
    const char* key = "inference.tensor_split";
    card_shares shares;
    bool good = stated.is_array() && stated.size() > 0 && stated.size() <= max_cards_of_split;
    if (good)
        stated.for_each([&](std::string_view, json_view each) {
            const double share = each.number().value_or(-1);
            good = good && share >= 0 && share <= 1e6;
            shares.of[shares.count++] = share;
        });
    if (!good) return found.problems.push_back(refused_value(key, stated.shown(), accepted_text(*keys::find(key))));
    job.inference->tensor_split = shares;
}

/// Reads the draft model of speculative decoding, which is named as a model is.
inline void read_draft(json_view inference, const model_fetcher& fetch, job_file& job, findings& found) {
    const bool stated = names_key(inference, "speculation") && names_key(inference["speculation"], "draft");
    if (!stated || !job.inference) return;
    const json_view named = inference["speculation"]["draft"];
    const char* key = "inference.speculation.draft";
    if (!named.is_string())
        return found.problems.push_back(refused_value(key, named.shown(), accepted_text(*keys::find(key))));
    model_of_job draft;
    findings of_draft;
    read_model(named, fetch, draft, of_draft);
    const std::optional<network> net = of_draft.problems.empty() ? network_of(draft.model) : std::nullopt;
    if (!net || !is_autoregressive(*net) || net->is_encoder_decoder || !net->shape_verified)
        return found.problems.push_back(
            refused_value(key, named.shown(), "the name of a decoder (see: cardfit models)"));
    job.inference->speculation.draft = draft_of(*net);
    job.draft_name = std::string(*named.text());
}

/// Reads the layout. Cards of several models, and cards with shares of the layers, hold layers one after the other.
[[nodiscard]] inline layout read_layout(const std::optional<json_view>& value, const job_file& job, findings& found) {
    static const nlohmann::json nothing = nlohmann::json::object();
    layout l;
    const bool by_share = job.hardware.others.count > 0 || (job.inference && job.inference->tensor_split.count > 0);
    if (by_share) l.pipeline = job.hardware.cards;
    read_section(value.value_or(json_view(nothing)), "layout", keys::layout_keys, l, found);
    return l;
}

/// Returns the problem of a training of a checkpoint whose architecture is not known.
[[nodiscard]] inline input_problem untrainable(const job_file& job) {
    return broken_rule("model", job.model_name,
                       "shape not verified (" + job.stored.why_no_shape +
                           "): a training needs the architecture, such as a zoo id (see: cardfit models) or "
                           "{\"transformer\": {…}}; inference answers by the bytes");
}

/// Gives the job the bytes of its checkpoint, if it has the formats of the checkpoint. A checkpoint whose architecture
/// is not known has no other bytes than those.
inline void use_stored_weights(json_view given, job_file& job, findings& found) {
    if (!job.stored.weights.known()) return;
    const bool named = names_key(given, "weights");
    inference& i = *job.inference;
    const published_formats& formats = job.published.formats;
    const bool as_stored =
        job.published.known() ? i.weights == formats.weights && i.modules == formats.modules : !named;
    if (as_stored) {
        i.stored = job.stored.weights;
        if (job.text_only()) i.stored.tower = 0;
        std::erase_if(found.assumed, [](const assumption& a) { return a.key == "inference.weights"; });
    }
    if (!named || job.stored.shape_verified) return;
    found.problems.push_back(
        broken_rule("inference.weights", given["weights"].shown(),
                    "shape not verified (" + job.stored.why_no_shape +
                        "): the weights of this checkpoint are known as they are stored, and in no other format"));
}

/// Shortens the prompt that a job does not name to what an encoder reads at most, such as 512 tokens of BERT, and says
/// what an encoder of one length always reads, such as 1500 positions of Whisper.
inline void assume_prompt(json_view given, job_file& job, findings& found) {
    const std::optional<network> net = names_key(given, "prompt") ? std::nullopt : network_of(job.model);
    const std::int64_t fixed = net ? net->fixed_source_length : 0;
    if (!net || (fixed == 0 && (net->is_encoder_decoder || net->longest_sequence == 0))) return;
    std::int64_t& prompt = job.inference->prompt;
    const std::int64_t beside = is_autoregressive(*net) ? job.inference->generate : 0;
    const std::int64_t room = fixed > 0 ? fixed : net->longest_sequence - beside;
    if (fixed == 0 && (room >= prompt || room < 1)) return;
    prompt = room;
    assume_instead(key_ranges::prompt.path, std::to_string(prompt), found);
}

/// Says that the base under an adapter is not in the format of a quantized checkpoint: transformers trains none over
/// weights in mxfp4 or fp8 (quantizers/quantizer_mxfp4.py and quantizer_finegrained_fp8.py: is_trainable is false, and
/// the former asks for Mxfp4Config(dequantize=True)), and vLLM's formats are not loaded for training at all.
inline void note_dequantized_base(json_view training, job_file& job) {
    const bool adapted = job.training->adapter.method != adapter_method::none;
    if (!adapted || !job.published.quantized() || job.published.carries_adapters) return;
    if (names_key(training, "base_weights")) return;
    job.stored.notes.push_back(
        "the base is dequantized to 16 bits: transformers trains no adapter over " +
        std::string(block_layout_of(job.published.formats.weights).name) +
        " (its quantizers' is_trainable); training.base_weights names another format, such as nf4");
}

/// Shortens the length that a job does not name to the positions that a model has or is made for, such as 1024 of
/// GPT-2.
inline void assume_length(json_view given, const std::optional<network>& net, job_file& job, findings& found) {
    if (!net || names_key(given, "sequence_length")) return;
    std::int64_t& length = job.training->sequence_length;
    if (net->longest_sequence > 0) length = smaller(length, net->longest_sequence);
    if (job.context_length > 0) length = smaller(length, job.context_length);
    assume_instead(key_ranges::sequence_length.path, std::to_string(length), found);
}

/// Gives a training that names no attention the kernel that its framework takes by default for the model's scores.
inline void assume_default_attention(json_view given, const std::optional<network>& net, job_file& job,
                                     findings& found) {
    const framework_memory& row = row_of(job.training->framework).memory;
    if (names_key(given, "attention") || job.training->software_date < row.eager_softcap_since) return;
    if (!net || !net->blocks[0].attention.softcap) return;
    job.training->attention = attention::eager;
    assume_instead("training.attention",
                   "eager (the default of " + std::string(row_of(job.training->framework).name) +
                       " where scores are soft-capped; FlashAttention 2.6 knows them: flash)",
                   found);
}

/// States the defaults of a training that follow from its model.
inline void assume_for_model(json_view given, job_file& job, findings& found) {
    if (names_key(given, "sequence_length") && names_key(given, "attention")) return;
    const std::optional<network> net = network_of(job.model);
    assume_length(given, net, job, found);
    assume_default_attention(given, net, job, found);
}

inline void read_kind(const std::optional<json_view>& training, const std::optional<json_view>& inference,
                      const model_fetcher& fetch, job_file& job, findings& found) {
    const std::string one = "either training or inference, and not both";
    if (!training && !inference) found.problems.push_back(missing_key("training", one));
    if (training && inference) found.problems.push_back(refused_value("inference", inference->shown(), one));
    if (training) job.training = read_training(*training, job.published, found);
    if (inference) job.inference = read_inference(*inference, job.published, found);
    if (inference && !names_key(*inference, "framework") && takes_gguf(*inference, job.published))
        job.published.notes.push_back(
            "llama.cpp, which Ollama runs too, is the engine of GGUF files; "
            "inference.framework names another");
    if (training) note_dequantized_base(*training, job);
    if (training && job.stored.shape_verified) assume_for_model(*training, job, found);
    if (training && !job.stored.shape_verified) found.problems.push_back(untrainable(job));
    if (inference) use_stored_weights(*inference, job, found);
    if (inference) assume_prompt(*inference, job, found);
    if (inference) read_draft(*inference, fetch, job, found);
    if (inference) read_shares(*inference, job, found);
}

/// Reads the model of a training if it is a diffusion model; returns false if it is another one.
[[nodiscard]] inline bool read_trainee(const std::optional<json_view>& named, model_of_job& model) {
    const std::optional<diffusion_trainee> trainee = named ? find_trainee(*named) : std::nullopt;
    if (!trainee) return false;
    model.model = *trainee;
    model.name = named->is_string() ? std::string(*named->text()) : diffusers_path_of(*named);
    return true;
}

/// Reads a job, which has its defaults until then, from a view; see `read_job`.
inline void read_viewed_job(json_view value, const card_set* own, const model_fetcher& fetch, job_file& job) {
    findings found;
    object_reader in(value, "", found);
    if (!value.is_object())
        throw input_error({refused_value("job", value.shown(),
                                         "an object with the keys model, hardware, training or inference, layout")});
    model_of_job model;
    const std::optional<json_view> named = in.take("model");
    if (!value.contains("training") || !read_trainee(named, model)) read_model(named, fetch, model, found);
    const std::optional<json_view> inference = in.take("inference");
    if (inference && !names_key(*inference, "weights")) use_weights_beside(model, found);
    std::visit([&](const auto& each) { job.model = each; }, model.model);
    job.model_name = std::move(model.name);
    job.published = std::move(model.published);
    job.stored = std::move(model.stored);
    job.resolution = std::move(model.resolution);
    job.repository = std::move(model.repository);
    job.context_length = model.context_length;
    cards_of_job known{.own = own};
    read_hardware(in.take("hardware"), job.hardware, known, found);
    job.own_card = std::move(known.stated);
    const std::optional<json_view> training = in.take("training");
    read_kind(training, inference, fetch, job, found);
    job.layout = read_layout(in.take("layout"), job, found);
    in.finish();
    if (found.problems.empty()) refuse_unneeded(value, job, found);
    if (found.problems.empty()) check_whole(job, found);
    if (job.training) resolve_state_format(*job.training, found);
    if (found.problems.empty()) assume_shared_memory(job.hardware, found);
    if (found.problems.empty()) assume_host_link(job.training, job.hardware.card, found);
    if (found.problems.empty()) assume_host_memory(job.inference, job.hardware, found);
    if (!found.problems.empty()) throw input_error(std::move(found.problems));
    job.assumed = std::move(found.assumed);
}

/// Returns the job of a measured row; another document is a job itself.
[[nodiscard]] inline json_view job_in(json_view document) {
    return document.contains("job") && document.contains("measured") ? document["job"] : document;
}

/// Returns true if a job has a model of the zoo, or dimensions.
[[nodiscard]] inline bool has_known_model(json_view job) {
    const std::optional<json_view> model = job.find("model");
    if (!model) return false;
    return model->is_string() ? is_zoo_id(*model->text()) : model->contains("transformer");
}

}  // namespace detail

/// Returns the job that a JSON object states. `own` are the user's cards, which must outlive the job, or null. `fetch`
/// is asked for a model that is known by no other way; without it, no one is. Throws input_error with all problems of
/// the job.
[[nodiscard]] inline job_file read_job(const nlohmann::json& value, const card_set* own = nullptr,
                                       const model_fetcher& fetch = {}) {
    job_file job;
    detail::read_viewed_job(value, own, fetch, job);
    return job;
}

/// Reads the job that a JSON text states, or the `job` of a measured row, if that is of the usual kind: plain JSON,
/// with a model of the zoo or dimensions, in the words of the keys. Returns false for any other text, which
/// `job_of_text` and `read_job` read, or refuse in full; `job` is then without meaning. (A job takes 14 KB, so none is
/// moved.)
[[nodiscard]] inline bool read_plain_job(std::string_view text, job_file& job, const card_set* own = nullptr,
                                         const model_fetcher& fetch = {}) {
    const plain_json document(text);
    if (!document.is_plain()) return false;
    const json_view stated = detail::job_in(json_view(document));
    if (!detail::has_known_model(stated)) return false;
    try {
        detail::read_viewed_job(stated, own, fetch, job);
        return true;
    } catch (const input_error&) {
        return false;
    }
}

/// Returns the job that a JSON text states, or the `job` of a measured row.
[[nodiscard]] inline nlohmann::json job_of_text(std::string_view text) {
    nlohmann::json value = parse_json(text);
    const bool measured = value.is_object() && value.contains("job") && value.contains("measured");
    // Moved, never copied: a copy of deeply nested text would need the stack.
    nlohmann::json job = measured ? std::move(value["job"]) : std::move(value);
    say_in_own_words(job);
    return job;
}
/// Reads a job from JSON text, or from the `job` of a measured row. Throws input_error.
[[nodiscard]] inline job_file read_job_text(std::string_view text, const card_set* own = nullptr) {
    job_file job;
    if (read_plain_job(text, job, own)) return job;
    job = job_file();
    const nlohmann::json document = job_of_text(text);
    detail::read_viewed_job(document, own, {}, job);
    return job;
}

}  // namespace cardfit::io
