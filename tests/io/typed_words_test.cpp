// SPDX-License-Identifier: MIT

// Words of other tools for values of a job's keys: each is one of the key's own words.

#include <cardfit/io/typed_words.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>

namespace io_typed_words_test {

using namespace cardfit;

TEST_CASE("every typed word stands for a word of its key, and for one only") {
    std::set<std::pair<std::string, std::string>> seen;
    for (const io::detail::typed_word& each : io::detail::typed_words) {
        CAPTURE(std::string(each.typed));
        const keys::key_facts* key = keys::find(each.path);
        REQUIRE(key);
        bool known = false;
        for (const keys::word& word : key->words) {
            known = known || (word.name == each.own && !word.alias);
            // A word that the key has itself needs no row.
            CHECK(io::detail::compared_word(word.name) != each.typed);
        }
        CHECK(known);
        CHECK(io::detail::compared_word(each.typed) == each.typed);
        CHECK(seen.emplace(each.path, each.typed).second);
    }
}

TEST_CASE("words are said in the keys' own, whatever their case") {
    nlohmann::json job = {
        {"training",
         {{"optimizer", "AdamW_BnB_8bit"},
          {"attention", "flash_attention_2"},
          {"precision", "BF16_Mixed"},
          {"adapter", {{"rank", 8}, {"targets", {"q_proj", "V", "lm_head"}}}}}},
        {"layout", {{"sharding", "FULL_SHARD"}}},
        {"inference",
         {{"weights", "Q4_K_M"}, {"kv_cache", "q8_0"}, {"value_cache", "q4_0"}, {"framework", "nothing"}}}};
    io::say_in_own_words(job);
    CHECK(job["training"]["optimizer"] == "adamw-8bit");
    CHECK(job["training"]["attention"] == "flash");
    CHECK(job["training"]["precision"] == "bf16-mixed");
    CHECK(job["training"]["adapter"]["targets"] == nlohmann::json({"q", "v", "head"}));
    CHECK(job["layout"]["sharding"] == "full");
    CHECK(job["inference"]["weights"] == "q4_k_m");
    CHECK(job["inference"]["kv_cache"] == "int8");
    CHECK(job["inference"]["value_cache"] == "int4");
    // A word that is not known stays, for the reader to refuse.
    CHECK(job["inference"]["framework"] == "nothing");
    nlohmann::json odd = {{"training", 3}, {"layout", {{"sharding", {1, nullptr}}}}, {"inference", nullptr}};
    CHECK_NOTHROW(io::say_in_own_words(odd));
}

}  // namespace io_typed_words_test
