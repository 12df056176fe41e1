// SPDX-License-Identifier: MIT

// Compares the table as JSON, cell by cell, with cards.csv, the public tables and documents that it was taken from.
// Cells that the file itself calls unverified or derived are not compared. Where a later document overrules a cell, the
// row's note says so: "COLUMN overruled by DOCUMENT".

#include <cardfit/hardware/cards/all.hpp>
#include <cardfit/hardware/cards/lookup.hpp>
#include <cardfit/io/cards_table.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace hardware_cards_csv_test {

using namespace cardfit;

namespace {

/// Returns the cells of one line; a quoted cell may contain commas and doubled quotes.
std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> result(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
            result.back() += line[++i];
        else if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            result.emplace_back();
        else if (c != '\r')
            result.back() += c;
    }
    return result;
}

using csv_row = std::map<std::string, std::string>;

std::vector<csv_row> read_table() {
    std::ifstream file(std::string(CARDFIT_TEST_DATA) + "/hardware/cards.csv");
    std::string line;
    std::getline(file, line);
    const std::vector<std::string> header = cells(line);
    std::vector<csv_row> rows;
    while (std::getline(file, line)) {
        const std::vector<std::string> values = cells(line);
        REQUIRE(values.size() == header.size());
        csv_row row;
        for (std::size_t i = 0; i < header.size(); ++i) row[header[i]] = values[i];
        rows.push_back(std::move(row));
    }
    return rows;
}

std::set<std::string> words(const std::string& text) {
    std::istringstream in(text);
    std::set<std::string> result;
    for (std::string word; in >> word;) result.insert(word);
    return result;
}

/// Compares numbers as numbers and text as text. An empty cell is an unknown figure, or one that the card does not
/// have.
bool agrees(const nlohmann::ordered_json& value, const std::string& cell) {
    if (value.is_null() || value.is_boolean()) return cell.empty();
    if (value == "none" && cell.empty()) return true;
    if (value.is_string()) return value.get<std::string>() == cell;
    return !cell.empty() && value.get<double>() == doctest::Approx(std::stod(cell)).epsilon(1e-9);
}

}  // namespace

TEST_CASE("every verified cell of cards.csv is what the table says") {
    const std::vector<csv_row> table = read_table();
    CHECK(table.size() > 160);
    int compared = 0;
    for (const csv_row& row : table) {
        std::string id = row.at("id");
        std::replace(id.begin(), id.end(), '_', '-');
        const gpu* card = cards::find(id);
        REQUIRE_MESSAGE(card != nullptr, id);
        const nlohmann::ordered_json json = io::card_json(*card);
        CHECK(json["id"] == id);
        std::set<std::string> unsure = words(row.at("unverified"));
        unsure.merge(words(row.at("derived")));
        for (const io::card_column& column : io::card_columns) {
            const std::string key(column.key);
            if (unsure.contains(key) || !row.contains(key)) continue;
            ++compared;
            const bool overruled = card->note.find(key + " overruled by ") != card->note.npos;
            CHECK_MESSAGE((overruled || agrees(json[key], row.at(key))),
                          id << ": " << key << " is " << json[key].dump() << ", cards.csv " << row.at(key));
        }
    }
    CHECK(compared > 6000);
}

TEST_CASE("what a row marks estimated has a value, and every row names a source") {
    for (const gpu* card : cards::all) {
        const nlohmann::ordered_json json = io::card_json(*card);
        CHECK(json["source"] != "");
        for (const nlohmann::ordered_json& column : json["estimated"]) {
            const std::string key = column.get<std::string>();
            CHECK_MESSAGE(!json[key].is_null(), card->id << ": " << key);
        }
    }
}

TEST_CASE("every documented figure names its document") {
    for (const gpu* card : cards::all) {
        for (const io::card_column& column : io::card_columns) {
            if (standing_of(*card, column.value) != figure_standing::documented) continue;
            CHECK_MESSAGE(card->documents.of(column.value), card->id << ": " << column.key);
        }
    }
}

TEST_CASE("known, none and unknown are three things in JSON") {
    const nlohmann::ordered_json a100 = io::card_json(cards::a100_sxm4_80gb);
    CHECK(a100["fp8_dense"] == false);
    CHECK(a100["power_connector"] == "none");
    CHECK(a100["launch_price_usd"].is_null());
    const nlohmann::ordered_json export_card = io::card_json(cards::rtx_5090_d);
    CHECK(export_card["bf16_dense"].is_null());
    CHECK(export_card["nvlink_total_bidir_gb_s"] == false);
    CHECK(export_card["int4_dense"] == false);
    CHECK(io::card_json(cards::gb10)["bf16_dense"] == 118.8);
}

TEST_CASE("every row and every slice is found by its own name") {
    for (const gpu* card : cards::all) CHECK_MESSAGE(cards::find_by_name(card->name) == card, card->name);
    for (const gpu* slice : cards::all_mig) CHECK_MESSAGE(cards::find_by_name(slice->name) == slice, slice->name);
}

}  // namespace hardware_cards_csv_test
