# SPDX-License-Identifier: MIT
"""Measures jobs of the job format with random weights, as the rows of measured_h200.jsonl were measured (PyTorch 2.11,
transformers 5.17, peft; one process per job).

    measure_jobs.py JOBS.jsonl [ID...]

Each line of JOBS.jsonl has an id, a job, whose model is {"huggingface": a configuration}, and, where wanted, a note, as
rows of measurements have. Trainings run in the Trainer, or in a plain loop if the note begins so; inferences in
generate, or in one forward pass if nothing is generated. Prints one line per job: peaks of allocated and reserved bytes,
what the driver says is used, and the median time of a step, or the time of the prefill and the rate of generated tokens
after it.
"""

import json
import os
import statistics
import sys
import time
import traceback

os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")
import torch
import transformers

STEPS = 9
WARM_STEPS = 4
FORMATS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
TARGETS = {"q": "q_proj", "k": "k_proj", "v": "v_proj", "o": "o_proj", "gate": "gate_proj", "up": "up_proj",
           "down": "down_proj"}
ENCODER_DECODERS = "t5", "mt5", "whisper", "bart"
IMAGES = "vit", "dinov2"


class Numbers(torch.utils.data.Dataset):
    """A data set of nothing: the collator makes the batch."""

    def __len__(self):
        return 65536

    def __getitem__(self, index):
        return index


class StepTimes(transformers.TrainerCallback):
    """Takes the time of each optimizer step."""

    def __init__(self):
        self.seconds = []

    def on_step_begin(self, *_, **__):
        torch.cuda.synchronize()
        self.start = time.perf_counter()

    def on_step_end(self, *_, **__):
        torch.cuda.synchronize()
        self.seconds.append(time.perf_counter() - self.start)


def configuration(job, dropout):
    values = dict(job["model"]["huggingface"])
    config = transformers.AutoConfig.for_model(values.pop("model_type"), **values)
    for key, value in list(vars(config).items()):
        if ("dropout" in key or "pdrop" in key) and isinstance(value, float) and not dropout:
            setattr(config, key, 0.0)
    return config


def make_model(config, kind, dtype, attention):
    with torch.device("cuda"):
        return kind.from_config(config, dtype=dtype, **({"attn_implementation": attention} if attention else {}))


def model_class(config, task):
    if config.model_type in IMAGES:
        return transformers.AutoModelForImageClassification
    if task == "classification":
        return transformers.AutoModelForSequenceClassification
    if config.model_type == "whisper":
        return transformers.AutoModelForSpeechSeq2Seq
    return transformers.AutoModelForSeq2SeqLM if config.model_type in ENCODER_DECODERS else transformers.AutoModelForCausalLM


def inputs_of(config, count, length, dtype=torch.float32, source=0):
    """Returns random inputs of one batch, on the host."""
    if config.model_type in IMAGES:
        return {"pixel_values": torch.randn(count, 3, config.image_size, config.image_size, dtype=dtype)}
    if config.model_type == "whisper":
        return {"input_features": torch.randn(count, config.num_mel_bins, 2 * config.max_source_positions, dtype=dtype)}
    return {"input_ids": torch.randint(10, config.vocab_size - 10, (count, source or length))}


def training_batch(config, job):
    t = job["training"]
    length = t.get("sequence_length", 0)
    batch = inputs_of(config, t["micro_batch"], length, source=t.get("source_length", 0))
    if config.model_type in IMAGES:
        batch["labels"] = torch.randint(0, config.num_labels, (t["micro_batch"],))
    elif t.get("objective") == "classification":
        batch["labels"] = torch.randint(0, 2, (t["micro_batch"],))
    elif config.model_type in ENCODER_DECODERS:
        batch["labels"] = torch.randint(10, config.vocab_size - 10, (t["micro_batch"], length))
    else:
        batch["labels"] = batch["input_ids"].clone()
    return batch


def training_model(job):
    t = job["training"]
    config = configuration(job, t.get("dropout", False))
    config.use_cache = False
    amp = t["precision"].removesuffix("-mixed") if t["precision"].endswith("-mixed") else ""
    adapter = t.get("adapter")
    weights = (amp if adapter else "fp32") if amp else t["precision"]
    attention = {"flash": "sdpa", "eager": "eager"}[t.get("attention", "flash")]
    if config.model_type in ("t5", "mt5", "deberta-v2"):
        attention = None
    model = make_model(config, model_class(config, t.get("objective", "sft")), FORMATS[weights], attention)
    if adapter:
        import peft

        model = peft.get_peft_model(model, peft.LoraConfig(
            r=adapter["rank"], lora_alpha=32, lora_dropout=0.0, task_type="CAUSAL_LM",
            target_modules=[TARGETS[each] for each in adapter["targets"]]))
    return model, config, amp


def train_in_trainer(job):
    t = job["training"]
    model, config, amp = training_model(job)
    batch = training_batch(config, job)
    times = StepTimes()
    checkpoints = t["recompute"] == "full"
    arguments = transformers.TrainingArguments(
        output_dir="/tmp/measure_jobs", max_steps=STEPS, save_strategy="no", logging_strategy="no", report_to="none",
        remove_unused_columns=False, per_device_train_batch_size=t["micro_batch"],
        optim={"adamw": "adamw_torch"}.get(t["optimizer"], t["optimizer"]), torch_compile=t.get("compiled", False),
        gradient_accumulation_steps=t.get("gradient_accumulation", 1), gradient_checkpointing=checkpoints,
        gradient_checkpointing_kwargs={"use_reentrant": False} if checkpoints else None,
        bf16=amp == "bf16", fp16=amp == "fp16")
    transformers.Trainer(model=model, args=arguments, train_dataset=Numbers(), callbacks=[times],
                         data_collator=lambda items: dict(batch)).train()
    return {"step_seconds": statistics.median(times.seconds[WARM_STEPS:])}


def train_in_loop(job):
    t = job["training"]
    model, config, amp = training_model(job)
    model.train()
    run = torch.compile(model) if t.get("compiled") else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    batch = {key: value.cuda() for key, value in training_batch(config, job).items()}
    seconds = []
    for _ in range(STEPS):
        torch.cuda.synchronize()
        start = time.perf_counter()
        with torch.autocast("cuda", dtype=FORMATS[amp or "bf16"], enabled=bool(amp)):
            loss = run(**batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return {"step_seconds": statistics.median(seconds[WARM_STEPS:])}


@torch.inference_mode()
def infer(job):
    t = job["inference"]
    config = configuration(job, False)
    generated = t.get("generate", 0)
    dtype = FORMATS[t["weights"]]
    images = config.model_type in IMAGES
    kind = model_class(config, "") if generated or images else transformers.AutoModel
    attention = None if config.model_type in ("t5", "mt5") else "sdpa"
    model = make_model(config, kind, dtype, attention).eval()
    batch = {key: value.cuda() for key, value in inputs_of(config, t["batch"], t.get("prompt", 0), dtype).items()}

    def seconds_of(tokens):
        torch.cuda.synchronize()
        start = time.perf_counter()
        if tokens:
            more = {} if config.model_type == "whisper" else {"min_new_tokens": tokens}
            if config.model_type == "whisper":
                model.generation_config.eos_token_id = None
                model.generation_config.suppress_tokens = None
            model.generate(**batch, max_new_tokens=tokens, do_sample=False, pad_token_id=0, **more)
        else:
            model(**batch)
        torch.cuda.synchronize()
        return time.perf_counter() - start

    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    short = 1 if generated else 0
    first = statistics.median([seconds_of(short) for _ in range(5)][1:])
    if not generated:
        return {"prefill_seconds": first}
    whole = statistics.median([seconds_of(generated) for _ in range(3)][1:])
    return {"prefill_seconds": first, "decode_tokens_per_second": t["batch"] * (generated - 1) / (whole - first)}


def measure(job, plain):
    found = infer(job) if "inference" in job else train_in_loop(job) if plain else train_in_trainer(job)
    torch.cuda.synchronize()
    free, total = torch.cuda.mem_get_info()
    found.update(allocated=torch.cuda.max_memory_allocated(), reserved=torch.cuda.max_memory_reserved(),
                 device=total - free)
    return found


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    for row in rows:
        if sys.argv[2:] and row["id"] not in sys.argv[2:]:
            continue
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            try:
                found = measure(row["job"], row.get("note", "").startswith("a plain loop"))
            except BaseException:
                lines = traceback.format_exc().strip().splitlines()
                found = {"error": lines[-1][:300], "where": [each.strip()[:120] for each in lines[-7:-1]]}
            print(json.dumps({"id": row["id"], **found}), flush=True)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
