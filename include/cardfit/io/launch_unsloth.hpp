// SPDX-License-Identifier: MIT
#pragma once

// A script of Python for Unsloth (unsloth/models/loader.py and llama.py, August 2026): its own calls, and TRL's trainer
// behind them, with the keyword arguments of the table that import reads such scripts with. One card trains.

#include <cardfit/io/import/tools/unsloth.hpp>
#include <cardfit/io/launch_tuners.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace cardfit::io::detail {

inline constexpr unexpressed_key unsloth_reasons[]{
    {"layout.tensor", "trains on one card"},
    {"layout.pipeline", "trains on one card"},
    {"layout.context", "trains on one card"},
    {"training.dropout", "leaves dropout to the model's config.json"},
    {"training.adapter.kbit_preparation", "does not widen the base"},
};

/// Unsloth's own attention, loss and kernels stand: no setting changes them.
inline constexpr phrase unsloth_phrases[]{
    {"training.attention", "flash", ""},
    {"liger", "none", ""},
    {"liger", "loss", ""},
    {"liger", "loss and all", ""},
    {"bits4.double", "true", ""},
    {"recompute", "true", "use_gradient_checkpointing=unsloth"},
    {"recompute", "false", "use_gradient_checkpointing=false"},
};
inline constexpr tuner unsloth_tuner{
    .target = {.of = &imports::unsloth_tool,
               .names = "model_name max_seq_length load_in_4bit load_in_8bit full_finetuning r use_dora "
                        "per_device_train_batch_size gradient_accumulation_steps bf16 fp16 torch_compile",
               .phrases = unsloth_phrases},
    .optimizer = "optim",
    .targets = "target_modules"};

/// The calls of the script, and the settings that are their keyword arguments. Others are SFTConfig's.
struct python_call {
    std::string_view name;
    std::string_view settings;
};
inline constexpr python_call unsloth_calls[]{
    {"FastLanguageModel.from_pretrained",
     "model_name max_seq_length load_in_4bit load_in_8bit full_finetuning use_gradient_checkpointing"},
    {"FastLanguageModel.get_peft_model", "r target_modules lora_dropout use_gradient_checkpointing use_dora"},
};

/// Returns the keyword arguments of some settings, each on a line of this indent.
template <class Belongs>
[[nodiscard]] std::string python_arguments(const std::vector<written_setting>& settings, const std::string& indent,
                                           Belongs belongs) {
    std::string text;
    for (const written_setting& each : settings)
        if (belongs(each.name)) text += indent + each.name + " = " + python_value(each.value) + ",\n";
    return text;
}

/// Returns the script. The data set and the learning rate stand for what the job does not say.
[[nodiscard]] inline std::string unsloth_script(const std::vector<written_setting>& settings, bool adapts) {
    const auto& [load, adapt] = unsloth_calls;
    const auto arguments_of = [&](const python_call& call) {
        return python_arguments(settings, "    ",
                                [&](std::string_view name) { return imports::lists(call.settings, name); });
    };
    const std::string trainers = python_arguments(settings, "        ", [](std::string_view name) {
        return std::none_of(std::begin(unsloth_calls), std::end(unsloth_calls),
                            [&](const python_call& call) { return imports::lists(call.settings, name); });
    });
    std::string text = "from unsloth import FastLanguageModel\n";
    text += "from datasets import load_dataset\nfrom trl import SFTConfig, SFTTrainer\n\n";
    text += "model, tokenizer = " + std::string(load.name) + "(\n" + arguments_of(load) + ")\n";
    if (adapts) text += "model = " + std::string(adapt.name) + "(\n    model,\n" + arguments_of(adapt) + ")\n";
    text += "trainer = SFTTrainer(\n    model = model,\n    processing_class = tokenizer,\n";
    text += "    train_dataset = load_dataset(\"trl-lib/Capybara\", split = \"train\"),\n    args = SFTConfig(\n";
    text += trainers;
    text += "        packing = True,\n        learning_rate = 2e-4,\n        output_dir = \"./outputs\",\n";
    return text + "    ),\n)\ntrainer.train()\n";
}

/// Returns the plan: a script and Python.
[[nodiscard]] inline launch_plan launch_unsloth(const launch_request& r) {
    const cardfit::training& t = *r.job.training;
    const transformer* m = launch_transformer(r);
    r.require(r.job.hardware.cards == 1, "hardware.cards", r.job.hardware.cards, "1: Unsloth trains on one card");
    if (!m || !r.problems->empty()) return {};
    setting_writer w(r, unsloth_tuner.target, t.software_date);
    static_cast<void>(say_training(w, r, unsloth_tuner, *m));
    launch_plan plan{.notes = {std::string(tuner_note),
                               "Unsloth's loss writes no logits, and no setting says so; its rows are not padded"}};
    plan.files.push_back({"unsloth_train.py", unsloth_script(w.settings(), t.adapter.method != adapter_method::none)});
    flag_list f({"python"});
    plan.command = std::move(f.add("unsloth_train.py")).words();
    return plan;
}

}  // namespace cardfit::io::detail
