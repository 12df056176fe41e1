# SPDX-License-Identifier: MIT
"""Measures peaks of the Hugging Face Trainer and of torchvision networks, with random weights, as the rows of
measured_h100.jsonl were measured (PyTorch 2.11, transformers 5.17, peft; one process per row).

    measure_training.py ROW.json

ROW.json holds one object: model (a name of SHAPES or of torchvision), weights ("bf16", "fp32"), amp ("", "bf16",
"fp16"), batch, length or px, ckpt (true: checkpointing without reentrance), attention ("sdpa", "eager"), optim (a name
of transformers), and, where wanted, lora (rank), dropout, targets, last (only the last layers are trained), accumulate,
classifier, liger (true, or a liger_kernel_config), layers (instead of the model's own) and nhwc. Prints the peaks of allocated and reserved bytes and what the driver says is used.
"""

import json
import sys

import torch
import transformers

SHAPES = {
    "llama-3.2-1b": lambda: transformers.LlamaConfig(
        hidden_size=2048, num_hidden_layers=16, num_attention_heads=32, num_key_value_heads=8, head_dim=64,
        intermediate_size=8192, vocab_size=128256, tie_word_embeddings=True),
    "tinyllama-1.1b": lambda: transformers.LlamaConfig(
        hidden_size=2048, num_hidden_layers=22, num_attention_heads=32, num_key_value_heads=4, intermediate_size=5632),
    "llama-3-8b": lambda: transformers.LlamaConfig(
        hidden_size=4096, num_hidden_layers=32, num_attention_heads=32, num_key_value_heads=8, intermediate_size=14336,
        vocab_size=128256),
    "llama-2-7b": lambda: transformers.LlamaConfig(),
    "qwen2.5-0.5b": lambda: transformers.Qwen2Config(
        hidden_size=896, num_hidden_layers=24, num_attention_heads=14, num_key_value_heads=2, intermediate_size=4864,
        vocab_size=151936, tie_word_embeddings=True),
    "gemma-2b": lambda: transformers.GemmaConfig(
        hidden_size=2048, num_hidden_layers=18, num_attention_heads=8, num_key_value_heads=1, head_dim=256,
        intermediate_size=16384, vocab_size=256000),
    "mixtral-small": lambda: transformers.MixtralConfig(
        hidden_size=2048, num_hidden_layers=8, num_attention_heads=16, num_key_value_heads=8, intermediate_size=5632,
        vocab_size=32000, num_local_experts=8, num_experts_per_tok=2),
    "mixtral-narrow": lambda: transformers.MixtralConfig(
        hidden_size=1024, num_hidden_layers=8, num_attention_heads=16, num_key_value_heads=8, head_dim=64,
        intermediate_size=3584, vocab_size=32000, num_local_experts=8, num_experts_per_tok=2),
    "qwen3-moe-narrow": lambda: transformers.Qwen3MoeConfig(
        hidden_size=1024, num_hidden_layers=8, num_attention_heads=16, num_key_value_heads=4, head_dim=128,
        intermediate_size=4096, moe_intermediate_size=512, vocab_size=32000, num_experts=64, num_experts_per_tok=8),
    "bert-base": lambda: transformers.BertConfig(num_labels=2),
}
FORMATS = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}


class Numbers(torch.utils.data.Dataset):
    """A data set of nothing: the collator makes the batches."""

    def __len__(self):
        return 4096

    def __getitem__(self, index):
        return index


def model_of(row):
    config = SHAPES[row["model"]]()
    config.use_cache = False
    config.num_hidden_layers = row.get("layers", config.num_hidden_layers)
    kinds = transformers.AutoModelForSequenceClassification, transformers.AutoModelForCausalLM
    make = kinds[0] if row.get("classifier") else kinds[1]
    with torch.device("cuda"):
        model = make.from_config(config, attn_implementation=row.get("attention", "sdpa"), dtype=FORMATS[row["weights"]])
    if row.get("last"):
        model.requires_grad_(False)
        model.model.layers[-row["last"]:].requires_grad_(True)
    if row.get("lora"):
        import peft

        if row.get("ckpt"):
            model.enable_input_require_grads()
        model = peft.get_peft_model(model, peft.LoraConfig(
            r=row["lora"], lora_alpha=32, lora_dropout=row.get("dropout", 0.0), task_type="CAUSAL_LM",
            target_modules=row.get("targets", "all-linear")))
    return model, config


def train_text(row):
    model, config = model_of(row)

    def collate(items):
        tokens = torch.randint(0, config.vocab_size, (len(items), row["length"]))
        labels = torch.randint(0, 2, (len(items),)) if row.get("classifier") else tokens.clone()
        return {"input_ids": tokens, "labels": labels}

    arguments = transformers.TrainingArguments(
        output_dir="/tmp/measure_training", max_steps=4, save_strategy="no", logging_strategy="no", report_to="none",
        remove_unused_columns=False, per_device_train_batch_size=row["batch"], optim=row.get("optim", "adamw_torch"),
        gradient_accumulation_steps=row.get("accumulate", 1), gradient_checkpointing=bool(row.get("ckpt")),
        gradient_checkpointing_kwargs={"use_reentrant": False} if row.get("ckpt") else None,
        bf16=row["amp"] == "bf16", fp16=row["amp"] == "fp16", use_liger_kernel=bool(row.get("liger")),
        liger_kernel_config=row["liger"] if isinstance(row.get("liger"), dict) else None)
    transformers.Trainer(model=model, args=arguments, train_dataset=Numbers(), data_collator=collate).train()


def train_images(row):
    import torchvision

    torch.backends.cudnn.benchmark = row.get("benchmark", True)
    layout = torch.channels_last if row.get("nhwc") else torch.contiguous_format
    model = getattr(torchvision.models, row["model"])().cuda().to(memory_format=layout)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scaler = torch.amp.GradScaler("cuda", enabled=row["amp"] == "fp16")
    images = torch.randn(row["batch"], 3, row["px"], row["px"], device="cuda").contiguous(memory_format=layout)
    classes = torch.randint(0, 1000, (row["batch"],), device="cuda")
    for _ in range(8):
        with torch.autocast("cuda", dtype=FORMATS[row["amp"] or "bf16"], enabled=bool(row["amp"])):
            loss = torch.nn.functional.cross_entropy(model(images), classes)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad(set_to_none=True)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        row = json.load(file)
    train = train_text if row["model"] in SHAPES else train_images
    train(row)
    torch.cuda.synchronize()
    free, total = torch.cuda.mem_get_info()
    print(json.dumps({"allocated": torch.cuda.max_memory_allocated(), "reserved": torch.cuda.max_memory_reserved(),
                      "device": total - free}))


main()
