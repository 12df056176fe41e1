// SPDX-License-Identifier: MIT

// Tests what each change of a remedy does to a job and a layout, which jobs it leaves alone, and the order in which
// remedies are kept.

#include <cardfit/decide/remedies.hpp>

using namespace cardfit;

namespace {

/// Returns true if the change of this name applies, has this effect, and makes of a job what `expected` says.
template <class Change, std::size_t N, class Job>
constexpr bool makes(const Change (&changes)[N], std::string_view name, remedy_effect effect, changed_setting setting,
                     Job job, layout l, const Job& expected, const layout& laid) {
    for (const Change& change : changes) {
        if (change.name != name) continue;
        return change.apply(job, l, 8) && change.effect == effect && change.setting == setting && job == expected &&
               l == laid;
    }
    return false;
}
/// Returns true if the change of this name leaves a job alone.
template <class Change, std::size_t N, class Job>
constexpr bool leaves(const Change (&changes)[N], std::string_view name, const Job& before, const layout& before_laid) {
    for (const Change& change : changes) {
        if (change.name != name) continue;
        Job job = before;
        layout l = before_laid;
        return !change.apply(job, l, 8) && job == before && l == before_laid;
    }
    return false;
}

constexpr bool trains(std::string_view name, remedy_effect effect, changed_setting setting, const training& job,
                      const training& expected, const layout& l = {.data = 8}, const layout& laid = {.data = 8}) {
    return makes(detail::training_changes, name, effect, setting, job, l, expected, laid);
}
constexpr bool leaves_training(std::string_view name, const training& job, const layout& l = {.data = 8}) {
    return leaves(detail::training_changes, name, job, l);
}
constexpr bool serves(std::string_view name, remedy_effect effect, changed_setting setting, const inference& job,
                      const inference& expected, const layout& l = {.data = 8}, const layout& laid = {.data = 8}) {
    return makes(detail::inference_changes, name, effect, setting, job, l, expected, laid);
}
constexpr bool leaves_inference(std::string_view name, const inference& job, const layout& l = {.data = 8}) {
    return leaves(detail::inference_changes, name, job, l);
}

/// Returns a layout of 16 data-parallel ranks and three of another kind, and what a change by a factor makes of it.
constexpr layout of_sixteen_ranks(int layout::*way) {
    layout l{.data = 16, .sharding_group = 16};
    l.*way = 3;
    return l;
}
constexpr layout split_ranks(int layout::*way, int by) {
    layout l{.data = 16 / by};
    l.*way = 3 * by;
    return l;
}

}  // namespace

// ---- Trainings

static_assert(trains("recompute selective", remedy_effect::none, changed_setting::recompute, {},
                     {.recompute = recompute::selective}) &&
              leaves_training("recompute selective", {.recompute = recompute::selective}) &&
              leaves_training("recompute selective", {.recompute = recompute::full}));
static_assert(trains("recompute full", remedy_effect::none, changed_setting::recompute,
                     {.recompute = recompute::selective}, {.recompute = recompute::full}));
// A part of the micro-batch is accumulated, so the batch is the same.
static_assert(trains("half the micro-batch, accumulated", remedy_effect::none, changed_setting::micro_batch,
                     {.micro_batch = 6, .gradient_accumulation = 5}, {.micro_batch = 3, .gradient_accumulation = 10}) &&
              leaves_training("half the micro-batch, accumulated", {.micro_batch = 3}));
static_assert(trains("a quarter of the micro-batch, accumulated", remedy_effect::none, changed_setting::micro_batch,
                     {.micro_batch = 8}, {.micro_batch = 2, .gradient_accumulation = 4}) &&
              leaves_training("a quarter of the micro-batch, accumulated", {.micro_batch = 6}));
static_assert(trains("an eighth of the micro-batch, accumulated", remedy_effect::none, changed_setting::micro_batch,
                     {.micro_batch = 8}, {.micro_batch = 1, .gradient_accumulation = 8}) &&
              leaves_training("an eighth of the micro-batch, accumulated", {.micro_batch = 4}));
// Shards need two ranks of data or context, and less sharding before.
static_assert(trains("sharding optimizer", remedy_effect::none, changed_setting::sharding, {}, {}, {.data = 2},
                     {.data = 2, .sharding = sharding::optimizer}) &&
              leaves_training("sharding optimizer", {}, {.data = 1}) &&
              leaves_training("sharding optimizer", {}, {.data = 2, .sharding = sharding::optimizer}));
static_assert(trains("sharding gradients", remedy_effect::none, changed_setting::sharding, {}, {},
                     {.data = 1, .context = 2}, {.data = 1, .context = 2, .sharding = sharding::gradients}) &&
              trains("sharding full", remedy_effect::none, changed_setting::sharding, {}, {}, {.data = 2},
                     {.data = 2, .sharding = sharding::full}));
// Ranks are taken from data parallelism, and their part of the batch is accumulated.
constexpr bool splits(std::string_view name, changed_setting setting, int by, int layout::*way) {
    return trains(name, remedy_effect::none, setting, {.gradient_accumulation = 5},
                  {.gradient_accumulation = std::int64_t{5} * by}, of_sixteen_ranks(way), split_ranks(way, by)) &&
           leaves_training(name, {}, {.data = by + 1}) && leaves_training(name, {}, {.data = by / 2});
}
static_assert(splits("tensor parallel over 2", changed_setting::tensor_parallel, 2, &layout::tensor) &&
              splits("tensor parallel over 4", changed_setting::tensor_parallel, 4, &layout::tensor) &&
              splits("tensor parallel over 8", changed_setting::tensor_parallel, 8, &layout::tensor));
static_assert(splits("pipeline of 2", changed_setting::pipeline, 2, &layout::pipeline) &&
              splits("pipeline of 4", changed_setting::pipeline, 4, &layout::pipeline) &&
              splits("pipeline of 8", changed_setting::pipeline, 8, &layout::pipeline));
static_assert(trains("optimizer states in host memory", remedy_effect::none, changed_setting::offload, {},
                     {.offload = offload::optimizer}) &&
              leaves_training("optimizer states in host memory", {.offload = offload::activations}));
static_assert(trains("parameters and states in host memory", remedy_effect::none, changed_setting::offload, {},
                     {.offload = offload::full}) &&
              leaves_training("parameters and states in host memory", {.offload = offload::optimizer}));
// A framework whose chunks take less than the whole takes them; the others have a fused loss.
static_assert(trains("loss in chunks", remedy_effect::none, changed_setting::loss, {.framework = framework::torchtune},
                     {.loss = loss::chunked, .framework = framework::torchtune}));
static_assert(trains("loss in chunks", remedy_effect::none, changed_setting::loss,
                     {.loss = loss::full, .framework = framework::llm_foundry},
                     {.loss = loss::fused, .framework = framework::llm_foundry}));
static_assert(leaves_training("loss in chunks", {.loss = loss::chunked, .framework = framework::torchtune}) &&
              leaves_training("loss in chunks", {.loss = loss::fused, .framework = framework::torchtune}) &&
              leaves_training("loss in chunks", {.loss = loss::masked, .framework = framework::torchtune}));
static_assert(trains("fused loss", remedy_effect::none, changed_setting::loss, {.framework = framework::torchtune},
                     {.loss = loss::fused, .framework = framework::torchtune}) &&
              leaves_training("fused loss", {.loss = loss::fused, .framework = framework::torchtune}) &&
              leaves_training("fused loss", {.framework = framework::llm_foundry}));
static_assert(trains("8-bit optimizer states", remedy_effect::numerics, changed_setting::states, {},
                     {.optimizer = optimizer::adamw_8bit}) &&
              leaves_training("8-bit optimizer states", {.optimizer = optimizer::sgd}));
static_assert(trains("bf16 optimizer states", remedy_effect::numerics, changed_setting::states, {},
                     {.optimizer_state = number_format::bf16}) &&
              leaves_training("bf16 optimizer states", {.optimizer_state = number_format::bf16}));
static_assert(trains("pure bf16", remedy_effect::numerics, changed_setting::precision, {},
                     {.precision = precision::bf16}) &&
              leaves_training("pure bf16", {.precision = precision::bf16}));
// LoRA on all linear layers (Dettmers et al. 2023, section 4).
constexpr adapter all_linear{.method = adapter_method::lora,
                             .rank = 16,
                             .targets = targets(target::query, target::key, target::value, target::output, target::gate,
                                                target::up, target::down)};
static_assert(all_linear.targets.has(target::value) && !all_linear.targets.has(target::head));
static_assert(trains("LoRA of rank 16", remedy_effect::fewer_trained, changed_setting::adapter, {},
                     {.adapter = all_linear}) &&
              trains("QLoRA of rank 16", remedy_effect::fewer_trained, changed_setting::adapter, {},
                     {.adapter = all_linear, .base_weights = number_format::nf4}) &&
              leaves_training("LoRA of rank 16", {.adapter = all_linear}));
// No sequence becomes shorter than 128 tokens, and none is longer than the longest.
static_assert(trains("half the sequence", remedy_effect::shorter_context, changed_setting::sequence,
                     {.sequence_length = 256, .typical_length = 200},
                     {.sequence_length = 128, .typical_length = 128}) &&
              leaves_training("half the sequence", {.sequence_length = 255}));
static_assert(trains("a quarter of the sequence", remedy_effect::shorter_context, changed_setting::sequence,
                     {.sequence_length = 1024, .typical_length = 100},
                     {.sequence_length = 256, .typical_length = 100}) &&
              leaves_training("a quarter of the sequence", {.sequence_length = 511}));

// ---- Inferences

constexpr bool spreads(std::string_view name, changed_setting setting, int by, int layout::*way) {
    return serves(name, remedy_effect::none, setting, {}, {}, of_sixteen_ranks(way), split_ranks(way, by)) &&
           leaves_inference(name, {}, {.data = by + 1}) && leaves_inference(name, {}, {.data = by / 2});
}
static_assert(spreads("tensor parallel over 2", changed_setting::tensor_parallel, 2, &layout::tensor) &&
              spreads("tensor parallel over 4", changed_setting::tensor_parallel, 4, &layout::tensor) &&
              spreads("tensor parallel over 8", changed_setting::tensor_parallel, 8, &layout::tensor));
static_assert(spreads("layers over 2 cards", changed_setting::pipeline, 2, &layout::pipeline) &&
              spreads("layers over 4 cards", changed_setting::pipeline, 4, &layout::pipeline));
static_assert(serves("fp8 cache", remedy_effect::numerics, changed_setting::cache, {},
                     {.kv_cache = number_format::fp8}) &&
              serves("int8 cache", remedy_effect::numerics, changed_setting::cache, {},
                     {.kv_cache = number_format::int8}) &&
              leaves_inference("fp8 cache", {.kv_cache = number_format::int8}));
// Weights become narrower, in the formats that an engine loads: llama.cpp's in llama.cpp, the others elsewhere.
constexpr bool stores(std::string_view name, number_format format, engine in, number_format narrower) {
    return serves(name, remedy_effect::numerics, changed_setting::weights, {.framework = in},
                  {.weights = format, .framework = in}) &&
           leaves_inference(name, {.weights = format, .framework = in}) &&
           leaves_inference(name, {.weights = narrower, .framework = in}) &&
           leaves_inference(name, {.framework = in == engine::llama_cpp ? engine::vllm : engine::llama_cpp});
}
static_assert(stores("fp8 weights", number_format::fp8, engine::vllm, number_format::awq_int4) &&
              stores("gptq-int8 weights", number_format::gptq_int8, engine::vllm, number_format::awq_int4) &&
              stores("awq-int4 weights", number_format::awq_int4, engine::vllm, number_format::gptq_int2));
static_assert(stores("q8_0 weights", number_format::q8_0, engine::llama_cpp, number_format::q6_k) &&
              stores("q6_k weights", number_format::q6_k, engine::llama_cpp, number_format::q5_k_m) &&
              stores("q5_k_m weights", number_format::q5_k_m, engine::llama_cpp, number_format::q4_k_m) &&
              stores("q4_k_m weights", number_format::q4_k_m, engine::llama_cpp, number_format::q3_k_m) &&
              stores("q3_k_m weights", number_format::q3_k_m, engine::llama_cpp, number_format::q2_k));
static_assert(serves("half the prompt", remedy_effect::shorter_context, changed_setting::sequence,
                     {.prompt = 256, .shared_prefix = 200}, {.prompt = 128, .shared_prefix = 128}) &&
              leaves_inference("half the prompt", {.prompt = 255}) &&
              serves("a quarter of the prompt", remedy_effect::shorter_context, changed_setting::sequence,
                     {.prompt = 512, .shared_prefix = 100}, {.prompt = 128, .shared_prefix = 100}) &&
              leaves_inference("a quarter of the prompt", {.prompt = 511}));
static_assert(serves("half the sequences at once", remedy_effect::less_work, changed_setting::batch, {.batch = 2},
                     {.batch = 1}) &&
              leaves_inference("half the sequences at once", {.batch = 1}) &&
              serves("a quarter of the sequences at once", remedy_effect::less_work, changed_setting::batch,
                     {.batch = 9}, {.batch = 2}) &&
              leaves_inference("a quarter of the sequences at once", {.batch = 3}) &&
              serves("an eighth of the sequences at once", remedy_effect::less_work, changed_setting::batch,
                     {.batch = 8}, {.batch = 1}) &&
              leaves_inference("an eighth of the sequences at once", {.batch = 7}));

// ---- Which remedies are kept

namespace {

using report = remedy_report<training>;

/// A remedy whose changes have the letter of its time as their name, so that those of different times have no change in
/// common.
constexpr remedy<training> cure(remedy_effect effect, std::size_t changes, double time,
                                offload to_host = offload::none) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
    remedy<training> made{.count = changes, .effect = effect, .job = {.offload = to_host}, .time = seconds_of(time)};
    for (std::size_t i = 0; i < changes; ++i) made.names[i] = letters.substr(static_cast<std::size_t>(time) % 26, 1);
    return made;
}
constexpr report kept(std::initializer_list<remedy<training>> all) {
    report found;
    for (const remedy<training>& each : all) detail::keep_remedy(found, each);
    return found;
}
constexpr auto none = remedy_effect::none;
constexpr auto numerics = remedy_effect::numerics;

}  // namespace

// One dominates that is no worse in effect, changes and time, and better in one of them; what moves tensors to the host
// never dominates what does not.
static_assert(cure(none, 1, 1).dominates(cure(none, 1, 2)) && cure(none, 1, 1).dominates(cure(none, 2, 1)) &&
              cure(none, 1, 1).dominates(cure(numerics, 1, 1)));
static_assert(!cure(none, 1, 1).dominates(cure(none, 1, 1)) && !cure(none, 1, 2).dominates(cure(none, 2, 1)) &&
              !cure(none, 2, 1).dominates(cure(numerics, 1, 1)) && !cure(numerics, 1, 1).dominates(cure(none, 2, 2)));
static_assert(!cure(none, 1, 1, offload::optimizer).dominates(cure(none, 1, 2)) &&
              !cure(none, 1, 1, offload::activations).dominates(cure(none, 1, 2)) &&
              cure(none, 1, 1, offload::optimizer).dominates(cure(none, 1, 2, offload::full)) &&
              cure(none, 1, 1).dominates(cure(none, 1, 2, offload::full)));
// Dominated ones are dropped, before and after; of equals the first stays.
static_assert(kept({cure(none, 1, 2), cure(none, 1, 1)}).count == 1 &&
              kept({cure(none, 1, 2), cure(none, 1, 1)}).of[0].time == seconds_of(1));
static_assert(kept({cure(none, 1, 1), cure(none, 1, 2)}).count == 1 &&
              kept({cure(none, 1, 1), cure(none, 1, 1)}).count == 1);
static_assert(kept({cure(none, 1, 1, offload::full), cure(none, 1, 1)}).count == 1 &&
              kept({cure(none, 1, 1, offload::full), cure(none, 1, 2)}).count == 2);
// The least effect comes first, then the fewest changes, then the fastest.
constexpr report ordered = kept({cure(numerics, 1, 3), cure(none, 3, 2), cure(none, 2, 5), cure(numerics, 2, 1)});
static_assert(ordered.count == 4 && ordered.items().size() == 4 && !ordered.fits_as_it_stands);
static_assert(ordered.of[0].effect == none && ordered.of[0].changes() == 2 && ordered.of[1].changes() == 3 &&
              ordered.of[2].effect == numerics && ordered.of[2].changes() == 1 && ordered.of[3].changes() == 2);
constexpr report same_changes = kept({cure(none, 1, 5, offload::none), cure(none, 1, 3, offload::full)});
static_assert(same_changes.count == 2 && same_changes.of[0].time == seconds_of(3));
// What makes all changes of another one and more does more than is needed. Fewer changes are better, whatever they are.
constexpr remedy<training> named(std::string_view first, std::string_view second, double time) {
    return {.names = {first, second}, .count = second.empty() ? 1U : 2U, .time = seconds_of(time)};
}
static_assert(named("b", "", 9).is_part_of(named("a", "b", 1)) && named("b", "", 9).dominates(named("a", "b", 1)) &&
              !named("c", "", 9).is_part_of(named("a", "b", 1)) && !named("c", "", 9).dominates(named("a", "b", 1)));
static_assert(!named("a", "", 9).is_part_of(named("a", "", 1)) && !named("a", "b", 1).is_part_of(named("a", "", 9)));
static_assert(named("c", "", 1).dominates(named("a", "b", 1)) && !named("a", "b", 1).dominates(named("c", "", 1)));
// Of the same effect and number of changes, the format of the better quality comes first, and the worse one stays only
// if it is faster.
constexpr remedy<training> stored(quality how, double time) {
    remedy<training> made = cure(numerics, 1, time);
    made.quality = how;
    return made;
}
constexpr report by_quality = kept({stored(quality::good, 5), stored(quality::near_lossless, 7)});
static_assert(quality::near_lossless < quality::good && by_quality.count == 2 &&
              by_quality.of[0].quality == quality::near_lossless);
constexpr remedy<training> worse = stored(quality::good, 5);
constexpr remedy<training> better = stored(quality::near_lossless, 5);
static_assert(better.dominates(worse) && !worse.dominates(better) && kept({worse, better}).count == 1 &&
              kept({better, worse}).of[0].quality == quality::near_lossless);

// Twelve are kept, the best ones.
constexpr remedy<training> nth(int n) {
    return cure(static_cast<remedy_effect>((n - 1) / 3), static_cast<std::size_t>((n - 1) % 3 + 1), 100 - n);
}
constexpr report many = [] {
    report found;
    for (int n = 1; n <= 14; ++n) detail::keep_remedy(found, nth(n));
    return found;
}();
constexpr report crowded = [] {
    report found;
    for (int n = 14; n >= 1; --n) detail::keep_remedy(found, nth(n));
    return found;
}();
static_assert(max_remedies == 12 && many.count == 12 && crowded.count == 12);
static_assert([] {
    for (int n = 1; n <= 12; ++n)
        if (many.of[n - 1].time != seconds_of(100 - n) || crowded.of[n - 1].time != seconds_of(100 - n)) return false;
    return true;
}());
// A search is settled where a remedy of at most this effect keeps everything on the cards.
static_assert(detail::is_settled(kept({cure(numerics, 1, 1)}), numerics) &&
              !detail::is_settled(kept({cure(numerics, 1, 1)}), none) &&
              !detail::is_settled(kept({cure(none, 1, 1, offload::full)}), numerics) &&
              !detail::is_settled(report{}, remedy_effect::less_work));

// ---- The search

namespace {

/// Changes that a test can count: each adds a power of ten to the accumulation.
template <std::int64_t Amount>
constexpr bool adds(training& t, layout&, int cards) noexcept {
    if (cards != 8) return false;
    t.gradient_accumulation += Amount;
    return true;
}
constexpr bool refuses(training&, layout&, int) noexcept { return false; }
constexpr training_change countable[]{
    {"one", none, changed_setting::loss, adds<1>},
    {"ten", none, changed_setting::sequence, adds<10>},
    {"other ten", none, changed_setting::sequence, adds<10>},
    {"never", none, changed_setting::offload, refuses},
    {"hundred", numerics, changed_setting::states, adds<100>},
    {"thousand", none, changed_setting::adapter, adds<1000>},
};
/// Returns the remedies that make the accumulation at least `wanted`.
constexpr report found_for(std::int64_t wanted) {
    report found;
    detail::try_changes(found, countable, training{.gradient_accumulation = 0}, layout{.data = 8}, 8,
                        [=](remedy<training>& r) {
                            r.time = seconds_of(1);
                            return r.job.gradient_accumulation >= wanted;
                        });
    return found;
}
constexpr bool has(const report& found, std::size_t changes, std::int64_t accumulation) {
    return found.count > 0 && found.of[0].count == changes && found.of[0].job.gradient_accumulation == accumulation;
}

}  // namespace

// One change, a pair of different settings, three at once; 11 of 11 without a gravest effect, and nothing beyond all.
static_assert(has(found_for(1), 1, 1) && found_for(1).of[0].names[0] == "one");
static_assert(has(found_for(1000), 1, 1000) && has(found_for(1010), 2, 1010) && has(found_for(1011), 3, 1011));
static_assert(has(found_for(1111), 4, 1111) && found_for(1111).of[0].effect == numerics &&
              found_for(1011).of[0].effect == none && found_for(1112).count == 0);
static_assert(found_for(20).of[0].job.gradient_accumulation >= 100);
