# SPDX-License-Identifier: MIT
"""The Python module: answers as dicts, errors as exceptions, streams cut anywhere and left early.
usage: c_api_edges.py FOLDER-OF-cardfit.py"""

import json
import sys
import threading

sys.path.insert(0, sys.argv[1])
import cardfit  # noqa: E402

JOB = {"model": "gpt2", "hardware": {"card": "rtx-4090"}, "training": {"sequence_length": 1024}}

assert cardfit.version().count(".") == 2
assert cardfit.answer(JOB)["verdict"]["grade"] == "fits"
assert cardfit.answer(json.dumps(JOB)) == cardfit.answer(json.dumps(JOB).encode()) == cardfit.answer(JOB)

for bad in ({**JOB, "model": "gpt9"}, "", b"\xff", "\udcff", "{}\0", {**JOB, "model": "gp\0t2"}):
    try:
        cardfit.answer(bad)
        raise SystemExit(f"accepted: {bad!r}")
    except cardfit.JobError as error:
        assert error.problems and all(p["message"] for p in error.problems)

text = (json.dumps(JOB) + "\n").encode() * 3
whole = list(cardfit.answer_lines([text]))
assert len(whole) == 3
assert list(cardfit.answer_lines(text[i : i + 5] for i in range(0, len(text), 5))) == whole
assert list(cardfit.answer_lines([])) == []
early = cardfit.answer_lines([text, text])
assert next(early) == whole[0]
early.close()

# Threads at the same time, as a web service has them.
results = []
threads = [threading.Thread(target=lambda: results.append(cardfit.answer(JOB))) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert results == [cardfit.answer(JOB)] * 8

# A training that is about to start: TrainingArguments as a dict or an object, and DeepSpeed's configuration.
class Arguments:
    """Has what transformers.TrainingArguments.to_dict returns, in part."""

    def to_dict(self):
        return {
            "output_dir": "out",
            "per_device_train_batch_size": 2,
            "gradient_accumulation_steps": 4,
            "gradient_checkpointing": True,
            "bf16": True,
            "optim": "adamw_torch_fused",
            "learning_rate": 2e-5,
            "fsdp": [],
            "deepspeed": None,
        }


ZERO = {"zero_optimization": {"stage": 3}, "bf16": {"enabled": "auto"}, "train_micro_batch_size_per_gpu": "auto"}
RUN = {"model": "Qwen/Qwen2.5-7B", "card": "a100-sxm4-80gb", "cards": 8, "sequence_length": 2048}
checked = cardfit.check(Arguments(), ZERO, **RUN)
assert checked["job"]["layout"]["sharding"] == "full"
assert checked["job"]["training"]["micro_batch"] == 2
assert checked["job"]["training"]["gradient_accumulation"] == 4
assert checked["verdict"] == cardfit.answer(checked["job"])["verdict"]
assert checked["command"]["tool"] == "transformers"
assert cardfit.check({**Arguments().to_dict(), "deepspeed": ZERO}, **RUN)["job"] == checked["job"]
alone = cardfit.check(Arguments(), **{**RUN, "card": "rtx-4090", "cards": 1})
assert alone["verdict"]["grade"] == "does-not-fit"
assert cardfit.check({"per_device_train_batch_szie": 2}, **RUN)["command"]["unknown"]

for bad in ({"card": "h100"}, {**RUN, "cards": "8"}, {**RUN, "card": 8}, {**RUN, "tool": "make"}, {}):
    try:
        cardfit.check(Arguments(), **bad)
        raise SystemExit(f"accepted: {bad!r}")
    except cardfit.JobError as error:
        assert error.problems
