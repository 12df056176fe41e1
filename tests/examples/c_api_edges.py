# SPDX-License-Identifier: MIT
"""The Python module: answers as dicts, errors as exceptions, streams cut anywhere and left early.
usage: c_api_edges.py FOLDER-OF-cardfit.py TOOL"""

import json
import subprocess
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

# A list of jobs has the answers of each of them, and the errors of those that are refused.
listed = [JOB, {**JOB, "model": "gpt9"}, {**JOB, "note": 'a ] in a "text"'}, JOB]
together = cardfit.answer_jobs(listed)
assert together[0] == together[3] == cardfit.answer(JOB)
assert [answer["error"]["line"] for answer in together[1:3]] == [2, 3] and together[2]["error"]["key"] == "note"
assert cardfit.answer_jobs([]) == [] and cardfit.answer_jobs("[[], 1]")[1]["error"]["key"] == "job"
assert cardfit.answer_jobs("\ufeff" + json.dumps([JOB])) == [cardfit.answer("\ufeff" + json.dumps(JOB))]
for no_list in ({}, "[", b"[1,]"):
    try:
        cardfit.answer_jobs(no_list)
        raise SystemExit(f"accepted: {no_list!r}")
    except cardfit.JobError as error:
        assert error.problems[0]["key"] == "jobs"

# One job at many sizes has the answers of as many jobs.
sizes = cardfit.answer_sizes(JOB, [1, 4, 64], [1024, 512, 1024])
for i, (batch, length) in enumerate([(1, 1024), (4, 512), (64, 1024)]):
    alone = cardfit.answer({**JOB, "training": {"micro_batch": batch, "sequence_length": length}})
    for key in ("device_bytes", "device_bytes_low", "device_bytes_high"):
        assert sizes[key][i] == alone["memory"][key]
    assert cardfit.GRADES[sizes["grade"][i]] == alone["verdict"]["grade"]
assert len(cardfit.answer_sizes(JOB, [], [])["grade"]) == 0
for bad, line in (((JOB, [1, 0], [512, 512]), 2), ((JOB, [1], [2048]), 1), (({**JOB, "model": "gpt9"}, [1], [512]), None)):
    try:
        cardfit.answer_sizes(*bad)
        raise SystemExit(f"accepted: {bad!r}")
    except cardfit.JobError as error:
        assert error.problems[0].get("line") == line

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

# Every command, as the tool answers it. Threads run commands at the same time, each with flags of its own.
TOOL = sys.argv[2]
TRAINING = {"model": "llama-3.1-8b", "hardware": {"card": "h100-sxm5-80gb", "cards": 8}, "training": {"sequence_length": 4096}}
SERVING = {"model": "llama-3.1-8b", "hardware": {"card": "l40s"}, "inference": {"framework": "vllm"}}
COMMANDS = [
    (["estimate", "-"], {"job": TRAINING}),
    (["batch", "-", "--card", "l40s", "--card", "t4"], {"job": TRAINING, "card": ["l40s", "t4"]}),
    (["savings", "-"], {"job": TRAINING}),
    (["scaling", "-"], {"job": TRAINING}),
    (["plan", "-", "--top", "2"], {"job": TRAINING, "top": 2}),
    (["rank", "-", "--top", "3"], {"job": SERVING, "top": 3}),
    (["launch", "-", "--for", "vllm"], {"job": SERVING, "for": "vllm"}),
    (["fit", "--model", "gpt2", "--card", "l4", "--seq", "512", "--per-node", "1"],
     {"model": "gpt2", "card": "l4", "seq": 512, "per_node": 1}),
    (["serve", "--model", "llama-3.1-8b", "--card", "l40s"], {"model": "llama-3.1-8b", "card": "l40s"}),
    (["cards", "l4", "t4"], {"arguments": ["l4", "t4"]}),
    (["machines"], {}),
    (["models", "gpt2"], {"arguments": ["gpt2"]}),
    (["keys"], {}),
    (["fit", "--model", "gpt2", "--card", "l5000"], {"model": "gpt2", "card": "l5000"}),
]


def of_tool(words, request):
    text = json.dumps(request["job"]) if "job" in request else ""
    ran = subprocess.run([TOOL, *words, "--json"], input=text, capture_output=True, text=True, check=False)
    return json.loads(ran.stdout)


requests = [{**request, "command": words[0]} for words, request in COMMANDS]
expected = [of_tool(words, request) for words, request in COMMANDS]
assert [json.loads(cardfit.command_text(each)) for each in requests] == expected
stream = "".join(json.dumps(each) + "\n" for each in requests).encode()
answers = [json.loads(line) for line in cardfit.command_lines([stream])]
assert answers[:-1] == expected[:-1] and answers[-1]["error"]["line"] == len(requests)
at_once = {}
threads = [
    threading.Thread(target=lambda i=i: at_once.update({i: json.loads(cardfit.command_text(requests[i]))}))
    for i in range(len(requests))
]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert [at_once[i] for i in range(len(requests))] == expected

assert cardfit.command("compare", "l40s", "l4", job=SERVING)["winner"] == "l40s"
assert cardfit.command("fit", model="gpt2", card="l4", infer=True)["card"] == "l4"
for bad in (("fit", {"model": "gpt9"}), ("fti", {}), ("batch", {"job": 7})):
    try:
        cardfit.command(bad[0], **bad[1])
        raise SystemExit(f"accepted: {bad!r}")
    except cardfit.JobError as error:
        assert error.problems
