// SPDX-License-Identifier: MIT

// Tests patterns of module names against the answers that Python's re.match and fnmatch give, and patterns that a
// hostile file may have.

#include <cardfit/io/quantization/module_names.hpp>

#include <doctest/doctest.h>

namespace io_quantization_name_pattern_test {

using namespace cardfit;

TEST_CASE("regular expressions of checkpoints match as re.match does") {
    using io::matches_at_start;
    CHECK(matches_at_start(".*self_attn.*", "model.layers.3.self_attn.q_proj"));
    CHECK(!matches_at_start("self_attn", "model.layers.3.self_attn.q_proj"));
    // moonshotai/Kimi-K2.5: dense feed-forwards, and neither experts nor shared experts.
    const char* dense = ".*mlp\\.(gate|up|gate_up|down)_proj.*";
    CHECK(matches_at_start(dense, "model.layers.0.mlp.gate_proj"));
    CHECK(matches_at_start(dense, "model.layers.0.mlp.gate_up_proj"));
    CHECK(!matches_at_start(dense, "model.layers.1.mlp.experts.0.gate_proj"));
    CHECK(matches_at_start("model\\.layers\\.(0|1|2)\\..*", "model.layers.2.mlp.up_proj"));
    CHECK(!matches_at_start("model\\.layers\\.(0|1|2)\\..*", "model.layers.22.mlp.up_proj"));
    CHECK(matches_at_start(".*layers\\.[0-9]+\\.mlp\\.experts\\.\\d+\\.(w1|w2)$", "model.layers.17.mlp.experts.3.w2"));
    CHECK(!matches_at_start(".*layers\\.[^1]\\.mlp.*", "model.layers.1.mlp.up_proj"));
    CHECK(matches_at_start("^(?!.*experts).*mlp.*", "model.layers.1.mlp.up_proj"));
    CHECK(!matches_at_start("^(?!.*experts).*mlp.*", "model.layers.1.mlp.experts.0.up_proj"));
    CHECK(matches_at_start("a{2,3}b", "aaab"));
    CHECK(!matches_at_start("a{2,3}b", "aaaab"));
    CHECK(matches_at_start("(?:ab)*c", "ababc"));
    CHECK(matches_at_start("a+?b?", "aab"));
    CHECK(matches_at_start("", "anything"));
}

TEST_CASE("wildcards match whole names") {
    using io::matches_wildcard;
    CHECK(matches_wildcard("*lm_head*", "language_model.lm_head"));
    CHECK(matches_wildcard("model.layers.*.self_attn", "model.layers.0.self_attn"));
    CHECK(!matches_wildcard("model.layers.*.self_attn", "model.layers.0.self_attn.q_proj"));
    CHECK(matches_wildcard("a?c", "abc"));
    CHECK(!matches_wildcard("a.c", "abc"));
}

TEST_CASE("expressions that are not read are refused, and none takes exponential time") {
    using io::matches_at_start;
    for (const char* bad : {"(", ")", "a)", "[abc", "*a", "a{3,1}", "a{x}", "\\", "\\1", "(?P<x>a)", "(?<=a)b", "a**"})
        CHECK_THROWS_AS(static_cast<void>(matches_at_start(bad, "abc")), io::unread_pattern);
    const std::string many_a(150, 'a');
    CHECK(!matches_at_start("(a*)*b", many_a));
    CHECK(!matches_at_start("(a|aa)+$b", many_a));
    CHECK(!matches_at_start("(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x", many_a));
    CHECK(!matches_at_start("((((((((a*)*)*)*)*)*)*)*)*b", many_a));
    CHECK_THROWS_AS(static_cast<void>(matches_at_start(std::string(40, '(') + "a", "a")), io::unread_pattern);
    CHECK_THROWS_AS(static_cast<void>(matches_at_start(std::string(5000, 'a'), "a")), io::unread_pattern);
    CHECK(!matches_at_start("a", std::string(100'000, 'a')));
}

TEST_CASE("patterns mean matrices of the text model's layers") {
    const io::detail::spellings& query = io::detail::matrices_of(module_kind::attention).front();
    const io::detail::spellings& gate = io::detail::matrices_of(module_kind::feed_forward).front();
    const auto means = [](const char* text, std::int64_t layer, const io::detail::spellings& matrix) {
        return io::module_pattern(text).means(layer, matrix);
    };
    CHECK(means("self_attn", 7, query));
    CHECK(!means("self_attn", 7, gate));
    CHECK(means("model.layers.7", 7, gate));
    CHECK(!means("model.layers.7", 70, gate));
    CHECK(means("model.layers.7.mlp", 7, gate));
    CHECK(!means("model.layers.7.mlp.gate", 7, gate));
    CHECK(means("model.language_model.layers.7.self_attn*", 7, query));
    CHECK(means("language_model.model.layers.1.mlp.gate_proj", 1, gate));
    CHECK(means("model.layers.*.self_attn", 3, query));
    CHECK(means("re:.*layers\\.3\\..*", 3, gate));
    CHECK(!means("re:.*layers\\.3\\..*", 4, gate));
    // A router is no gate of a feed-forward, and other models' layers are not the text model's.
    CHECK(!means("gate", 0, gate));
    CHECK(!means("mlp.gate", 0, gate));
    CHECK(!means("vision_tower.encoder.layers.7", 7, query));
    CHECK(!means("mtp.layers.0*", 0, query));
    CHECK(!means("mtp*", 0, query));
    CHECK(!means("lm_head", 0, query));
    CHECK(io::module_pattern("lm_head").means(io::detail::matrices_of(module_kind::head).front()));
    CHECK(io::module_pattern("*lm_head*").means(io::detail::matrices_of(module_kind::head).front()));
    CHECK(io::module_pattern("language_model.lm_head").means(io::detail::matrices_of(module_kind::head).front()));
}

}  // namespace io_quantization_name_pattern_test
