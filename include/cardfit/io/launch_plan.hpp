// SPDX-License-Identifier: MIT
#pragma once

// What every launcher's translation shares: the job with its layout resolved over nodes, the refusal of what a launcher
// cannot say, flags, and the text of TOML and YAML files.

#include <cardfit/io/job_file.hpp>
#include <cardfit/io/launch_script.hpp>
#include <cardfit/job/memory_rules.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfit::io {

namespace detail {

/// A job to be launched: `layout` resolved, cards by node. Translations go on after a refusal, so that all are
/// reported.
struct launch_request {
    const job_file& job;
    cardfit::layout layout{};
    int nodes = 1;
    int per_node = 1;
    std::string_view launcher{};
    std::vector<input_problem>* problems = nullptr;

    /// Refuses the value of a key unless `holds`.
    void require(bool holds, const std::string& key, const nlohmann::json& value, const std::string& accepted) const {
        if (!holds) problems->push_back(refused_value(key, value, accepted + " (" + text_of_launcher()));
    }
    [[nodiscard]] std::string text_of_launcher() const { return "under " + std::string(launcher) + ")"; }
    /// Returns how the loss computes logits: as the job says, else as its framework did at the job's date.
    [[nodiscard]] cardfit::loss loss() const {
        return cardfit::detail::loss_of(*job.training, row_of(job.training->framework).memory.logits);
    }
    /// Returns the format of the optimizer states: as the job says, else as its framework makes them.
    [[nodiscard]] number_format optimizer_state() const {
        return state_format(*job.training, row_of(*job.training).memory);
    }
    /// Returns the global batch: the micro-batches of all replicas in one step.
    [[nodiscard]] std::int64_t global_batch() const {
        const cardfit::training& t = *job.training;
        return t.micro_batch * t.gradient_accumulation * layout.data;
    }
};

/// The flags of one value of a job's key.
template <class Key>
struct flag_row {
    Key key;
    std::string_view flags;
};

/// Returns the row of a value. Where there is none, the field is refused with the names of the values that have one,
/// and null is returned.
template <class Row, std::size_t N, class Key, class Names>
[[nodiscard]] const Row* launch_row(const launch_request& r, const Row (&rows)[N], Key key, const std::string& field,
                                    const Names& names) {
    std::string accepted;
    for (const Row& row : rows) {
        if (row.key == key) return &row;
        accepted += (accepted.empty() ? "" : ", ") + std::string(name_of(names, row.key));
    }
    r.require(false, field, std::string(name_of(names, key)), accepted);
    return nullptr;
}

/// A command line under construction: `--flag`, or `--flag value`.
class flag_list {
public:
    explicit flag_list(std::initializer_list<std::string_view> words = {}) {
        for (const std::string_view word : words) add(word);
    }
    flag_list& add(std::string_view flag) {
        words_.push_back({std::string(flag)});
        return *this;
    }
    flag_list& add(std::string_view flag, launch_word value) {
        words_.push_back({std::string(flag)});
        words_.push_back(std::move(value));
        return *this;
    }
    flag_list& add(std::string_view flag, std::string_view value) { return add(flag, launch_word{std::string(value)}); }
    template <std::integral Number>
    flag_list& add(std::string_view flag, Number value) {
        return add(flag, std::string_view(std::to_string(value)));
    }
    flag_list& add_word(launch_word word) {
        words_.push_back(std::move(word));
        return *this;
    }
    /// Adds each word of a table's text, which spaces divide.
    flag_list& add_words(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = (std::min)(text.find(' '), text.size());
            if (end > 0) add(text.substr(0, end));
            text.remove_prefix((std::min)(end + 1, text.size()));
        }
        return *this;
    }
    /// Adds the words of another command.
    flag_list& add_all(flag_list other) {
        for (launch_word& word : other.words_) words_.push_back(std::move(word));
        return *this;
    }
    template <class... Value>
    flag_list& add_if(bool wanted, std::string_view flag, Value... value) {
        return wanted ? add(flag, std::move(value)...) : *this;
    }
    [[nodiscard]] std::vector<launch_word> words() && { return std::move(words_); }

private:
    std::vector<launch_word> words_{};
};

/// Returns torchrun's command for all cards; it is the same on every node. Flags: PyTorch 2.9,
/// torch/distributed/run.py.
[[nodiscard]] inline flag_list torchrun(const launch_request& r) {
    flag_list f({"torchrun"});
    if (r.nodes == 1) return std::move(f.add("--standalone").add("--nproc-per-node", r.per_node));
    f.add("--nnodes", r.nodes).add("--nproc-per-node", r.per_node);
    f.add("--rdzv-id", std::string("cardfit")).add("--rdzv-backend", std::string("c10d"));
    return std::move(f.add("--rdzv-endpoint", expanded("$MASTER_ADDR:29500")));
}

/// Returns the number of key and value heads; a latent makes one for each query head.
[[nodiscard]] inline std::int64_t kv_heads_of(const transformer& m) {
    return m.kv_heads > 0 && m.latent_attention.kv_rank == 0 ? m.kv_heads : m.heads;
}

/// Returns true if sequence parallelism is on; `by_default` says whether the launcher turns it on with tensor
/// parallelism.
[[nodiscard]] inline bool sequence_parallel_runs(const cardfit::layout& l, bool by_default) {
    if (l.tensor == 1) return false;
    return l.sequence_parallel == sequence_parallel::by_default ? by_default
                                                                : l.sequence_parallel == sequence_parallel::on;
}

/// Returns a value as JSON, TOML and YAML all read it. A text has JSON's escapes, and those of the characters that TOML
/// refuses or YAML takes for the end of a line: DEL, NEL, and the separators of lines and of paragraphs.
[[nodiscard]] inline std::string document_value(const nlohmann::ordered_json& value) {
    constexpr std::pair<std::string_view, std::string_view> escapes[]{
        {"\x7f", "\\u007f"}, {"\xc2\x85", "\\u0085"}, {"\xe2\x80\xa8", "\\u2028"}, {"\xe2\x80\xa9", "\\u2029"}};
    std::string text = value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    for (const auto& [raw, escape] : escapes)
        for (std::size_t at = text.find(raw); at != text.npos; at = text.find(raw, at))
            text.replace(at, raw.size(), escape);
    return text;
}

/// Returns a value as Python has it: JSON's texts, numbers and lists are Python's too.
[[nodiscard]] inline std::string python_value(const nlohmann::ordered_json& value) {
    if (value.is_null()) return "None";
    if (value.is_boolean()) return value == true ? "True" : "False";
    return document_value(value);
}

/// Returns a TOML document of sections; keys of values before nested sections, as TOML needs them. Its keys are those
/// of tables of ours.
[[nodiscard]] inline std::string toml_text(const nlohmann::ordered_json& document, const std::string& path = "") {
    std::string text;
    std::string nested;
    for (const auto& [key, value] : document.items()) {
        const std::string full = path.empty() ? key : path + "." + key;
        if (value.is_object())
            nested += toml_text(value, full);
        else
            text += key + " = " + document_value(value) + "\n";
    }
    if (!text.empty() && !path.empty()) text = "\n[" + path + "]\n" + text;
    return text + nested;
}

/// Returns a YAML document of scalars, lists of scalars and mappings. Its keys are those of tables of ours.
[[nodiscard]] inline std::string yaml_text(const nlohmann::ordered_json& document, const std::string& indent = "") {
    std::string text;
    for (const auto& [key, value] : document.items()) {
        const std::string written =
            value.is_object() ? "\n" + yaml_text(value, indent + "  ") : " " + document_value(value) + "\n";
        text += indent + key + ":" + written;
    }
    return text;
}

/// Returns the transformer of a job, or null after refusing another architecture.
[[nodiscard]] inline const transformer* launch_transformer(const launch_request& r) {
    const transformer* m = std::get_if<transformer>(&r.job.model);
    r.require(m && m->patch_tokens == 0 && m->classes == 0 && m->kind == model_kind::decoder, "model", r.job.model_name,
              "a decoder of text");
    return m && r.problems->empty() ? m : nullptr;
}

}  // namespace detail

}  // namespace cardfit::io
