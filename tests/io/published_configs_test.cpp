// SPDX-License-Identifier: MIT

// Reads the config.json files of published models, cut to the keys that shape a model, and compares the parameters and
// the cache with figures that their publishers state. The table is tests/io/configs/reference.csv. Its column `status`
// says what the reader answers:
//
//   exact    the count of the reference, with or without the layers of multi-token prediction that the file states
//   within   a count within 0.01 % of the reference
//   read     a count, where no reference is known
//   text     the count of the text part of a multimodal model, less than the reference
//   off      a count that differs: a reader that mends it must change the row. deepseek_v2_lite of mlc-llm lacks the
//            q_lora_rank: null of the published file; that of MusicGen
//            is a rounded figure, recalled; those of Qwen 3.5 and GLM 4.5 to 5 count the layer that predicts
//            a second token
//   refused  an error
//
// 59 of the 104 references are totals of safetensors files that hf_models.json of AlexsJones/llmfit (commit 4d3ab0e)
// lists for the model or one of its shape; those of Gemma 4 are the totals that the Hub's API states. The others are
// totals from memory or from a publisher's page, and were not looked up again: among them those of the diffusion
// transformers, encoder-decoders, DistilBERT, ModernBERT, wav2vec 2.0, InternLM 3, MiniCPM 3, AFM, Phi 3 small,
// MiniMax-Text-01, Minitron and ERNIE 4.5. A `source` of "reconstructed" means that the config.json itself was written
// from model cards, papers and defaults of its class.

#include <cardfit/io/diffusers.hpp>
#include <cardfit/io/huggingface/model.hpp>
#include <cardfit/io/huggingface/prediction.hpp>
#include <cardfit/io/import/context_lengths.hpp>
#include <cardfit/io/parse_json.hpp>
#include <cardfit/model/diffusion_parts.hpp>
#include <cardfit/model/kv_cache.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace io_published_configs_test {

using namespace cardfit;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// One row of the table. A figure that is not known is 0.
struct published {
    std::string config{};
    std::int64_t parameters = 0;
    std::int64_t cache_bytes = 0;
    std::string status{};
};

std::int64_t number_or_0(const std::string& text) { return text.empty() ? 0 : std::stoll(text); }

std::vector<published> references() {
    std::ifstream file(std::string(CARDFIT_TEST_DATA) + "/io/configs/reference.csv");
    std::string line;
    std::getline(file, line);
    REQUIRE(line == "family,config,source,model_type,parameters,kv_bytes_per_token_bf16,status");
    std::vector<published> rows;
    while (std::getline(file, line)) {
        std::vector<std::string> cells;
        std::istringstream text(line);
        for (std::string cell; std::getline(text, cell, ',');) cells.push_back(cell);
        REQUIRE_MESSAGE(cells.size() == 7, line);
        rows.push_back({cells[1], number_or_0(cells[4]), number_or_0(cells[5]), cells[6]});
    }
    return rows;
}

json config_of(const published& row) {
    return io::parse_json_file(std::string(CARDFIT_TEST_DATA) + "/io/configs/" + row.config + ".json", "config");
}

/// Returns the parameters of the pipeline that an index of diffusers stands for; 0 for another file.
std::int64_t parameters_of_pipeline(const published& row) {
    const std::string path = std::string(CARDFIT_TEST_DATA) + "/io/configs/" + row.config + ".json";
    return io::is_diffusers_path(path) ? parameters(io::read_diffusers(path)) : 0;
}

/// Returns the network of a file, or nothing if the reader refuses it.
std::optional<network> read(const published& row) {
    try {
        return lower(io::read_huggingface_model(config_of(row)));
    } catch (const io::input_error&) {
        return std::nullopt;
    }
}

/// Returns the status that a count deserves.
std::string status_of(const published& row, const std::optional<network>& net) {
    if (!net) return "refused";
    if (row.parameters == 0) return "read";
    const std::int64_t count = parameters(*net);
    const io::prediction_layers predicted = io::prediction_layers_of(config_of(row), *net);
    const std::int64_t with_layers = count + predicted.parameters;
    for (const std::int64_t each : {count, with_layers, with_layers + predicted.vocabulary_parameters})
        if (each == row.parameters) return "exact";
    const double error = static_cast<double>(count) / static_cast<double>(row.parameters) - 1;
    constexpr double tolerance = 1e-4;
    return std::abs(error) <= tolerance ? "within" : row.status == "text" && error < 0 ? "text" : "off";
}

}  // namespace

TEST_CASE("published configs have the parameters and the cache of their references") {
    const std::vector<published> rows = references();
    CHECK(rows.size() >= 133);
    for (const published& row : rows) {
        INFO(row.config);
        if (const std::int64_t count = parameters_of_pipeline(row); count > 0) {
            CHECK(row.status == "exact");
            CHECK(count == row.parameters);
            continue;
        }
        const std::optional<network> net = read(row);
        INFO((net ? parameters(*net) : 0), " parameters, published ", row.parameters);
        CHECK(status_of(row, net) == row.status);
        if (net && row.cache_bytes > 0 && row.status != "off")
            CHECK(kv_cache_per_token(*net) == bytes_of(row.cache_bytes));
    }
}

TEST_CASE("positions that are not recalled are those of published files") {
    std::set<std::string_view> read;
    for (const fs::directory_entry& entry : fs::directory_iterator(std::string(CARDFIT_TEST_DATA) + "/io/configs")) {
        if (entry.path().extension() != ".json") continue;
        const std::int64_t stated = io::context_length_in(io::parse_json_file(entry.path().string(), "config.json"));
        if (stated == 0) continue;
        std::string name = entry.path().stem().string();
        const std::size_t owner = name.find("--");
        if (owner != name.npos) name.erase(0, owner + 2);
        static_cast<void>(io::take_format(name));
        const std::optional<io::resolved_model> resolved = io::resolve_model(name);
        for (const io::context_length& each : io::context_lengths) {
            const bool same = io::detail::words_of_name(each.name) == io::detail::words_of_name(name) ||
                              (resolved && resolved->difference.empty() && each.name == resolved->id);
            if (same && each.tokens == stated) read.insert(each.name);
        }
    }
    for (const io::context_length& each : io::context_lengths)
        CHECK_MESSAGE((each.recalled || read.count(each.name) == 1), std::string(each.name));
    CHECK(read.size() > 20);
}

}  // namespace io_published_configs_test
